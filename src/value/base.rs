//! What units are made of: currencies by their ISO 4217 codes, and quantities with the dimension that they measure.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What is counted: money of one currency, or a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Base {
    /// An ISO 4217 code.
    Currency([u8; 3]),
    /// An entry of [`QUANTITIES`], by its place.
    Quantity(usize),
}

/// A quantity unit: its word, the dimension it measures and its power of ten against that dimension's base.
pub struct Quantity {
    /// The word of the language.
    pub word: &'static str,
    /// Units of one dimension convert.
    pub dimension: &'static str,
    /// `tonne` is 10^3 kg.
    pub power: i32,
}

const fn quantity(word: &'static str, dimension: &'static str, power: i32) -> Quantity {
    Quantity { word, dimension, power }
}

/// All quantity units that the language knows.
pub const QUANTITIES: &[Quantity] = &[
    quantity("kg", "mass", 0),
    quantity("tonne", "mass", 3),
    quantity("g", "mass", -3),
    quantity("piece", "pieces", 0),
    quantity("pair", "pairs", 0),
    quantity("set", "sets", 0),
    quantity("dozen", "dozens", 0),
    quantity("head", "heads", 0),
    quantity("litre", "volume", 0),
    quantity("m3", "volume", 3),
    quantity("m", "length", 0),
    quantity("km", "length", 3),
    quantity("m2", "area", 0),
    quantity("kWh", "energy", 0),
    quantity("MWh", "energy", 3),
    quantity("GWh", "energy", 6),
    quantity("carat", "carats", 0),
    quantity("person", "persons", 0),
    quantity("TEU", "containers", 0),
    quantity("day", "days", 0),
];

/// The ISO 4217 codes that trade data use, in order.
pub const CURRENCIES: &str = "AED AFN ALL AMD ANG AOA ARS ATS AUD AWG AZN BAM BBD BDT BEF BGL BGN BHD BIF BMD BND BOB BRL BSD BTN BWP \
BYN BZD CAD CDF CHF CLP CNH CNY COP CRC CUP CVE CYP CZK DEM DJF DKK DOP DZD EEK EGP ERN ESP ETB EUR FIM FJD FKP FRF GBP GEL GHS \
GIP GMD GNF GRD GTQ GYD HKD HNL HRK HTG HUF IDR IEP ILS INR IQD IRR ISK ITL JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK \
LBP LKR LRD LSL LTL LUF LVL LYD MAD MDL MGA MKD MMK MNT MOP MRU MTL MUR MVR MWK MXN MYR MZN NAD NGN NIO NLG NOK NPR NZD OMR PAB \
PEN PGK PHP PKR PLN PTE PYG QAR ROL RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SIT SKK SLE SOS SRD SSP STN SVC SYP SZL THB TJS \
TMT TND TOP TRL TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XDR XOF XPF YER ZAR ZMW ZWL";

/// The currency that a word names, exactly as written.
pub fn currency(word: &str) -> Option<[u8; 3]> {
    let code: [u8; 3] = word.as_bytes().try_into().ok()?;
    CURRENCIES.split_ascii_whitespace().any(|c| c == word).then_some(code)
}

impl Base {
    /// The base that a word names.
    pub fn parse(word: &str) -> Option<Base> {
        let by_word = || QUANTITIES.iter().position(|q| q.word == word).map(Base::Quantity);
        currency(word).map(Base::Currency).or_else(by_word)
    }

    pub(super) fn dimension_and_power(&self) -> (&str, i32) {
        match self {
            Base::Currency(code) => (std::str::from_utf8(code).unwrap_or("?"), 0),
            Base::Quantity(i) => QUANTITIES.get(*i).map(|q| (q.dimension, q.power)).unwrap_or(("?", 0)),
        }
    }

    /// The power of ten from `self` to `other`, if both measure the same.
    pub(super) fn same(&self, other: &Base) -> Option<i32> {
        let ((a, p), (b, q)) = (self.dimension_and_power(), other.dimension_and_power());
        (a == b && matches!(self, Base::Currency(_)) == matches!(other, Base::Currency(_))).then_some(p - q)
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Base::Currency(code) => f.write_str(std::str::from_utf8(code).unwrap_or("?")),
            Base::Quantity(i) => f.write_str(QUANTITIES.get(*i).map(|q| q.word).unwrap_or("?")),
        }
    }
}

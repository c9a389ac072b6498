//! Units: what a value counts, in which power of ten. In: words such as `bn CNY`, `USD/kg`, `%`, `2018 = 100`.
//! Out: whether two units go together, by which power of ten they differ, and the unit of a product or quotient.

pub use super::base::{Base, CURRENCIES, QUANTITIES, Quantity, currency};
use super::period::{self, Period};
use super::unit_words;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How a number without a base is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Form {
    /// An amount or a plain number.
    #[default]
    Plain,
    /// Hundredths.
    Percent,
    /// Hundredths, as a yearly rate.
    PercentPerYear,
    /// A difference of percentages.
    Points,
    /// An index with its base, where known.
    Index(Option<Period>),
    /// What no file, layout or declaration says; series with one number here share it, whatever it is.
    Unknown(u64),
}

/// A unit: `10^ten × num / den`, with a form and a price base.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Unit {
    /// The power of ten: 9 for bn.
    pub ten: i32,
    /// What is counted.
    pub num: Vec<Base>,
    /// Per what.
    pub den: Vec<Base>,
    /// Amount, percent, points or index.
    pub form: Form,
    /// At the prices of this period; `None` is current prices.
    pub prices: Option<Period>,
    /// Whether a query asked for just this: then it is printed so. No part of what the unit is.
    pub asked: bool,
}

impl PartialEq for Unit {
    fn eq(&self, other: &Unit) -> bool {
        (self.ten, self.form, self.prices) == (other.ten, other.form, other.prices)
            && self.num == other.num
            && self.den == other.den
    }
}

impl Eq for Unit {}

/// The words for powers of ten.
const SCALES: &[(&str, i32)] = &[("thousand", 3), ("mn", 6), ("bn", 9), ("tn", 12)];

impl Unit {
    /// A plain number.
    pub fn plain() -> Unit {
        Unit::default()
    }

    /// Hundredths.
    pub fn percent() -> Unit {
        Unit { form: Form::Percent, ..Unit::default() }
    }

    /// Percentage points.
    pub fn points() -> Unit {
        Unit { form: Form::Points, ..Unit::default() }
    }

    /// Percent a year.
    pub fn percent_per_year() -> Unit {
        Unit { form: Form::PercentPerYear, ..Unit::default() }
    }

    /// An index.
    pub fn index(base: Option<Period>) -> Unit {
        Unit { form: Form::Index(base), ..Unit::default() }
    }

    /// The unit of a column that nothing says: the same for all series of the column.
    pub fn unknown(dataset: &str, column: &str) -> Unit {
        Unit { form: Form::Unknown(mixed(&[dataset.as_bytes(), column.as_bytes()])), ..Unit::default() }
    }

    /// Whether nothing says what it counts.
    pub fn is_unknown(&self) -> bool {
        matches!(self.form, Form::Unknown(_))
    }

    /// One currency, as it stands.
    pub fn money(code: [u8; 3]) -> Unit {
        Unit { num: vec![Base::Currency(code)], ..Unit::default() }
    }

    /// Whether it is a bare number, of any power of ten.
    pub fn is_plain(&self) -> bool {
        self.num.is_empty() && self.den.is_empty() && self.form == Form::Plain
    }

    /// Whether it is in hundredths.
    pub fn is_percent(&self) -> bool {
        matches!(self.form, Form::Percent | Form::PercentPerYear | Form::Points)
    }

    /// The currency, if it is an amount of money (not money per something).
    pub fn currency(&self) -> Option<[u8; 3]> {
        match (self.num.as_slice(), self.den.as_slice()) {
            ([Base::Currency(code)], []) => Some(*code),
            _ => None,
        }
    }

    /// Money per money: `(CNY, USD)` for CNY/USD.
    pub fn exchange(&self) -> Option<([u8; 3], [u8; 3])> {
        match (self.num.as_slice(), self.den.as_slice()) {
            ([Base::Currency(a)], [Base::Currency(b)]) if a != b => Some((*a, *b)),
            _ => None,
        }
    }

    /// Whether any money is in it.
    pub fn has_money(&self) -> bool {
        self.num.iter().chain(&self.den).any(|b| matches!(b, Base::Currency(_)))
    }

    /// The power of ten by which a value in `self` is multiplied to be in `other`; `None` if they do not go together.
    pub fn power_to(&self, other: &Unit) -> Option<i32> {
        if self.prices != other.prices || self.num.len() != other.num.len() || self.den.len() != other.den.len() {
            return None;
        }
        let mut power = self.ten - other.ten;
        for (a, b) in self.num.iter().zip(&other.num) {
            power += a.same(b)?;
        }
        for (a, b) in self.den.iter().zip(&other.den) {
            power -= a.same(b)?;
        }
        let hundredths = |u: &Unit| if u.is_percent() { -2 } else { 0 };
        match (self.form, other.form) {
            (Form::Index(a), Form::Index(b)) => (a == b || a.is_none() || b.is_none()).then_some(power),
            (Form::Unknown(a), Form::Unknown(b)) => (a == b).then_some(power),
            (Form::Points, Form::Points) => Some(power),
            (Form::Index(_) | Form::Unknown(_) | Form::Points, _)
            | (_, Form::Index(_) | Form::Unknown(_) | Form::Points) => None,
            _ => Some(power + hundredths(self) - hundredths(other)),
        }
    }

    /// The unit of a product, and the power of ten by which the product of the numbers is multiplied.
    pub fn times(&self, other: &Unit) -> (Unit, i32) {
        if let Some(unit) = self.with_unknown(other, b'*') {
            return (unit, hundredths(self) + if other.is_plain() { other.ten } else { 0 });
        }
        let num = self.num.iter().chain(&other.num).copied().collect();
        let den = self.den.iter().chain(&other.den).copied().collect();
        Self::reduced(num, den, self, other, other.ten)
    }

    /// The unit of a quotient, and the power of ten by which the quotient of the numbers is multiplied.
    pub fn over(&self, other: &Unit) -> (Unit, i32) {
        if let Some(unit) = self.with_unknown(other, b'/') {
            return (unit, hundredths(self) - if other.is_plain() { other.ten } else { 0 });
        }
        let num = self.num.iter().chain(&other.den).copied().collect();
        let den = self.den.iter().chain(&other.num).copied().collect();
        Self::reduced(num, den, self, other, -other.ten)
    }

    /// The unit of a product or quotient of which a side is unknown: plain where it cancels, the same beside a number,
    /// else another unknown one. `None` if both are known.
    fn with_unknown(&self, other: &Unit, how: u8) -> Option<Unit> {
        let bare = |u: &Unit| u.is_plain() || u.is_percent() || matches!(u.form, Form::Index(_));
        match (self.form, other.form) {
            (Form::Unknown(a), Form::Unknown(b)) if a == b && how == b'/' => Some(Unit::plain()),
            (Form::Unknown(_), _) if bare(other) => Some(self.clone()),
            (_, Form::Unknown(_)) if bare(self) && how == b'*' => Some(other.clone()),
            (Form::Unknown(_), _) | (_, Form::Unknown(_)) => {
                let id = mixed(&[self.identity().as_bytes(), &[how], other.identity().as_bytes()]);
                Some(Unit { form: Form::Unknown(id), ..Unit::default() })
            }
            _ => None,
        }
    }

    fn identity(&self) -> String {
        match self.form {
            Form::Unknown(id) => id.to_string(),
            _ => self.to_string(),
        }
    }

    fn reduced(mut num: Vec<Base>, mut den: Vec<Base>, a: &Unit, b: &Unit, ten_b: i32) -> (Unit, i32) {
        let mut ten = a.ten + ten_b;
        let mut i = 0;
        while let Some(n) = num.get(i).copied() {
            let hit = den.iter().enumerate().find_map(|(j, d)| n.same(d).map(|p| (j, p)));
            if let Some((j, p)) = hit {
                num.remove(i);
                den.remove(j);
                ten += p;
            } else {
                i += 1;
            }
        }
        let mut power = if a.is_percent() { -2 } else { 0 };
        let indexed = [a, b].into_iter().find(|u| matches!(u.form, Form::Index(_)));
        let form = match indexed {
            Some(u) if num.is_empty() && den.is_empty() && (a.is_plain() || b.is_plain()) => u.form,
            _ => Form::Plain,
        };
        let prices = if num.is_empty() { None } else { a.prices.or(b.prices) };
        // A relation is printed as it is, not in billions: CNY/piece, a plain ratio.
        if num.is_empty() || !den.is_empty() {
            power += ten;
            ten = 0;
        }
        (Unit { ten, num, den, form, prices, asked: false }, power)
    }

    /// As [`Unit::times`] with hundredths of both sides taken out.
    pub fn product(&self, other: &Unit) -> (Unit, i32) {
        let (unit, power) = self.times(other);
        (unit, power + if other.is_percent() { -2 } else { 0 })
    }

    /// As [`Unit::over`] with hundredths of both sides taken out.
    pub fn quotient(&self, other: &Unit) -> (Unit, i32) {
        let (unit, power) = self.over(other);
        (unit, power + if other.is_percent() { 2 } else { 0 })
    }

    /// Reads a unit of the language; the error names the word that was not understood.
    pub fn parse(text: &str) -> Result<Unit, String> {
        let text = text.trim();
        match text.to_ascii_lowercase().as_str() {
            "%" => return Ok(Unit::percent()),
            "pp" => return Ok(Unit::points()),
            // Tenths of a percent, as customs print changes.
            "0.1 %" | "0.1%" | "‰" => return Ok(Unit { ten: -1, ..Unit::percent() }),
            "% a year" => return Ok(Unit::percent_per_year()),
            "" | "plain" => return Ok(Unit::plain()),
            _ => {}
        }
        if let Some((base, "100")) = text.split_once('=').map(|(a, b)| (a.trim(), b.trim())) {
            let period = period::parse_fixed(base).ok_or_else(|| base.to_string())?;
            return Ok(Unit::index(Some(period)));
        }
        let (text, prices) = match text.split_once(" at ") {
            Some((unit, rest)) => {
                let word = rest.trim().strip_suffix("prices").ok_or_else(|| format!("at {rest}"))?;
                (unit, Some(period::parse_fixed(word).ok_or_else(|| rest.to_string())?))
            }
            None => (text, None),
        };
        let (over, under) = match text.split_once('/') {
            Some((a, b)) => (a, Some(b)),
            None => (text, None),
        };
        let mut unit = Unit { prices, ..Unit::default() };
        for word in over.split_whitespace() {
            if let Some(power) = power_of_ten(word) {
                unit.ten += power;
            } else if let Some((power, base)) = unit_words::chinese(word) {
                unit.ten += power;
                unit.num.push(Base::parse(base).ok_or_else(|| word.to_string())?);
            } else {
                unit.num.push(Base::parse(word).ok_or_else(|| word.to_string())?);
            }
        }
        for word in under.unwrap_or("").split_whitespace() {
            if let Some(power) = power_of_ten(word) {
                unit.ten -= power;
            } else {
                unit.den.push(Base::parse(word).ok_or_else(|| word.to_string())?);
            }
        }
        Ok(unit)
    }

    /// The words that a unit may be made of, for completion and did-you-mean.
    pub fn words() -> impl Iterator<Item = &'static str> {
        let scales = SCALES.iter().map(|(w, _)| *w);
        scales.chain(CURRENCIES.split_ascii_whitespace()).chain(QUANTITIES.iter().map(|q| q.word)).chain(["%", "pp"])
    }

    /// The words before the base: `bn`, `100 mn`, nothing.
    pub fn scale_word(ten: i32) -> String {
        let found = SCALES.iter().rev().find(|(_, p)| *p <= ten);
        match (found, ten) {
            (_, 0) => String::new(),
            (Some((word, p)), _) if *p == ten => (*word).to_string(),
            (Some((word, p)), _) if ten - p < 3 => {
                format!("{} {word}", 10i64.pow((ten - p).unsigned_abs()))
            }
            (None, 1..) => 10i64.pow(ten.unsigned_abs()).to_string(),
            _ => format!("10^{ten}"),
        }
    }
}

/// Two powers of ten fewer for what is in hundredths.
fn hundredths(unit: &Unit) -> i32 {
    if unit.is_percent() { -2 } else { 0 }
}

/// A number for some texts, the same in every run (FNV-1a).
fn mixed(parts: &[&[u8]]) -> u64 {
    let bytes = parts.iter().flat_map(|p| p.iter().copied().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn power_of_ten(word: &str) -> Option<i32> {
    if let Some((_, p)) = SCALES.iter().find(|(w, _)| *w == word) {
        return Some(*p);
    }
    if let Some(exponent) = word.strip_prefix("10^") {
        return exponent.parse().ok().filter(|e: &i32| e.abs() <= 30);
    }
    let zeros = word.strip_prefix('1')?;
    (zeros.len() <= 18 && zeros.bytes().all(|b| b == b'0')).then(|| i32::try_from(zeros.len()).ok()).flatten()
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.form {
            Form::Percent if self.ten == -1 => return f.write_str("0.1 %"),
            Form::Percent => return f.write_str("%"),
            Form::PercentPerYear => return f.write_str("% a year"),
            Form::Points => return f.write_str("pp"),
            Form::Index(Some(base)) => return write!(f, "{base} = 100"),
            Form::Index(None) => return f.write_str("index"),
            Form::Unknown(_) => return f.write_str("(unit not declared)"),
            Form::Plain => {}
        }
        let words = |bases: &[Base]| bases.iter().map(|b| b.to_string()).collect::<Vec<_>>().join(" ");
        let mut parts = vec![Unit::scale_word(self.ten), words(&self.num)];
        parts.retain(|p| !p.is_empty());
        f.write_str(&parts.join(" "))?;
        if !self.den.is_empty() {
            let one = if parts.is_empty() { "1" } else { "" };
            write!(f, "{one}/{}", words(&self.den))?;
        }
        if let Some(base) = self.prices {
            write!(f, " at {base} prices")?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn u(text: &str) -> Unit {
        Unit::parse(text).unwrap()
    }

    #[test]
    fn units_read_and_print() {
        for text in
            ["bn CNY", "USD/kg", "%", "pp", "100 mn CNY", "CNY at 2018 prices", "2018 = 100", "thousand USD", ""]
        {
            assert_eq!(u(text).to_string(), text);
        }
        assert_eq!(u("1000 USD").to_string(), "thousand USD");
        assert_eq!(Unit::parse("bn yuan"), Err("yuan".into()));
    }

    #[test]
    fn scales_convert_and_currencies_do_not() {
        assert_eq!(u("bn CNY").power_to(&u("mn CNY")), Some(3));
        assert_eq!(u("tonne").power_to(&u("kg")), Some(3));
        assert_eq!(u("bn CNY").power_to(&u("bn USD")), None);
        assert_eq!(u("CNY at 2018 prices").power_to(&u("CNY")), None);
        assert_eq!(u("%").power_to(&u("")), Some(-2));
        assert_eq!(u("%").power_to(&u("CNY")), None);
        assert_eq!(
            (u("%").power_to(&u("pp")), u("pp").power_to(&u("%")), u("pp").power_to(&u(""))),
            (None, None, None)
        );
        assert_eq!((u("亿元"), u("万美元")), (u("100 mn CNY"), u("10 thousand USD")));
        assert_eq!(u("万美元").to_string(), "10 thousand USD");
    }

    #[test]
    fn unknown_is_not_plain() {
        let (v, w) = (Unit::unknown("d", "v"), Unit::unknown("d", "w"));
        assert_eq!(
            (v.power_to(&v), v.power_to(&w), v.power_to(&u("")), u("CNY").power_to(&v)),
            (Some(0), None, None, None)
        );
        assert_eq!(v.quotient(&v), (Unit::plain(), 0));
        assert_eq!(v.quotient(&u("mn")), (v.clone(), -6));
        assert_eq!(v.product(&u("%")), (v.clone(), -2));
        // Divided by another, it is a third.
        let (x, _) = v.quotient(&w);
        assert!(x.is_unknown() && x != v && x != w);
        assert_eq!(v.quotient(&w), v.quotient(&w));
        let (y, _) = u("USD").quotient(&v);
        assert!(y.is_unknown() && y != x);
    }

    #[test]
    fn quotients_cancel() {
        let (unit, power) = u("bn CNY").quotient(&u("bn piece"));
        assert_eq!((unit.to_string().as_str(), power), ("CNY/piece", 0));
        let (unit, power) = u("bn CNY").quotient(&u("mn piece"));
        assert_eq!((unit.to_string().as_str(), power), ("CNY/piece", 3));
        let (unit, power) = u("mn CNY").quotient(&u("bn CNY"));
        assert_eq!((unit.to_string().as_str(), power), ("", -3));
        let (unit, power) = u("thousand USD").quotient(&u("tonne"));
        assert_eq!((unit.to_string().as_str(), power), ("USD/tonne", 3));
        let (unit, power) = u("bn USD").product(&u("CNY/USD"));
        assert_eq!((unit.to_string().as_str(), power), ("bn CNY", 0));
        let (unit, power) = u("bn CNY").product(&u("%"));
        assert_eq!((unit.to_string().as_str(), power), ("bn CNY", -2));
    }
}

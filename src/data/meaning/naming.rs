//! What the name of a column says of its numbers: units in brackets, words such as `price` or `growth`. A unit is
//! taken only where every word of it is known; a kind that has no sum is taken on a hint, for it only makes careful.

use crate::data::info::Meaning;
use crate::data::known::layouts::Layout;
use crate::value::{Kind, Unit, unit};

const SCALES: &[(&str, i32)] = &[
    ("thousand", 3),
    ("thousands", 3),
    ("ths", 3),
    ("万", 4),
    ("mil", 6),
    ("mio", 6),
    ("million", 6),
    ("millions", 6),
    ("mn", 6),
    ("亿", 8),
    ("bil", 9),
    ("billion", 9),
    ("billions", 9),
    ("bn", 9),
    ("trillion", 12),
    ("tn", 12),
];
const UNITS: &[(&str, &str)] = &[
    ("us$", "USD"),
    ("usd", "USD"),
    ("$", "USD"),
    ("dollar", "USD"),
    ("dollars", "USD"),
    ("美元", "USD"),
    ("cny", "CNY"),
    ("rmb", "CNY"),
    ("yuan", "CNY"),
    ("人民币", "CNY"),
    ("元", "CNY"),
    ("eur", "EUR"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("€", "EUR"),
    ("gbp", "GBP"),
    ("£", "GBP"),
    ("jpy", "JPY"),
    ("yen", "JPY"),
    ("krw", "KRW"),
    ("inr", "INR"),
    ("brl", "BRL"),
    ("kg", "kg"),
    ("kilogram", "kg"),
    ("kilograms", "kg"),
    ("千克", "kg"),
    ("tonne", "tonne"),
    ("tonnes", "tonne"),
    ("t", "tonne"),
    ("吨", "tonne"),
    ("piece", "piece"),
    ("pieces", "piece"),
    ("pcs", "piece"),
    ("个", "piece"),
    ("%", "%"),
    ("percent", "%"),
    ("pc", "%"),
];
/// Words that may stand beside a unit and change nothing.
const FILLERS: &[&str] = &["current", "us", "of", "in", "nominal", "values", "prices", "(", ")"];

/// The unit that a text names, if all its words are known: `US$ Mil`, `亿元`, `MIO_EUR`, `1000 tonnes`.
pub fn unit_in(text: &str) -> Option<Unit> {
    let mut text = text.to_lowercase().replace(['_', ',', ';'], " ");
    for (word, _) in SCALES.iter().filter(|(w, _)| !w.is_ascii()) {
        text = text.replace(word, &format!(" {word} "));
    }
    let (mut ten, mut unit) = (0, None);
    for word in text.split_whitespace() {
        if let Some((_, power)) = SCALES.iter().find(|(w, _)| *w == word) {
            ten += power;
        } else if let Some((_, base)) = UNITS.iter().find(|(w, _)| *w == word) {
            if unit.replace(*base).is_some_and(|u| u != *base) {
                return None;
            }
        } else if word.starts_with('1') && word.bytes().skip(1).all(|b| b == b'0') {
            ten += i32::try_from(word.len()).ok()? - 1;
        } else if !FILLERS.contains(&word) {
            return None;
        }
    }
    let scale = if ten == 0 { String::new() } else { format!("{} ", 10i64.checked_pow(u32::try_from(ten).ok()?)?) };
    Unit::parse(&format!("{scale}{}", unit?)).ok()
}

/// The unit in the brackets of a name, or a name that is one.
pub fn unit_of_name(name: &str) -> Option<Unit> {
    let inside = name.rsplit_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inside, _)| inside);
    let part = inside
        .or(name.rsplit_once('（').and_then(|(_, rest)| rest.split_once('）')).map(|(inside, _)| inside))
        .unwrap_or(name);
    unit_in(part).or_else(|| name.rsplit_once(',').and_then(|(_, unit)| unit_in(unit)))
}

/// Words that tell kinds which have no sum.
const HINTS: &[(Kind, &[&str])] = &[
    (Kind::Rate, &["exchange rate", "exchange_rate", "exchangerate", "fx", "fx_rate"]),
    (
        Kind::Growth,
        &["growth", "inflation", "yoy", "y/y", "mom", "change %", "% change", "pct_change", "annual %", "growth rate"],
    ),
    (Kind::Index, &["index", "cpi", "ppi", "xpi", "mpi", "deflator"]),
    (Kind::Price, &["price", "unit_price", "unit price", "uv", "unit value", "unit_value", "unitvalue"]),
    (Kind::Share, &["share", "% of", "percent of"]),
    (Kind::Ratio, &["ratio", "hhi", "percap", "per capita", "per head", "rca", "gini"]),
];

/// The kind without a sum that a name hints at.
pub fn hinted(name: &str) -> Option<Kind> {
    let lower = name.to_lowercase();
    let words = |text: &str| {
        text.split(|c: char| !c.is_alphanumeric() && c != '%' && c != '/').map(String::from).collect::<Vec<_>>()
    };
    let all = words(&lower);
    HINTS
        .iter()
        .find(|(_, hints)| hints.iter().any(|h| all.windows(words(h).len()).any(|w| w == words(h))))
        .map(|(kind, _)| *kind)
}

/// What a name says of the numbers below it, if it says anything.
pub fn meaning(name: &str) -> Option<Meaning> {
    let unit = unit_of_name(name);
    let kind = hinted(name);
    match (kind, unit) {
        (None, None) => None,
        (None, Some(u)) if u.is_percent() => Some(Meaning::new(Kind::Share, u)),
        (None, Some(u)) => Some(Meaning::new(Kind::Flow, u)),
        (Some(k @ (Kind::Growth | Kind::Share)), _) => Some(Meaning::new(k, Unit::percent())),
        (Some(Kind::Index), _) => Some(Meaning::new(Kind::Index, Unit::index(None))),
        (Some(k), _) => Some(Meaning::new(k, Unit::plain())),
    }
}

/// What FRED's names of exchange rates say: `DEXCHUS` is yuan per dollar.
pub fn fred(name: &str) -> Option<Meaning> {
    let pair = name.strip_prefix("DEX").or_else(|| name.strip_prefix("EX"))?;
    let code = |two: &str| {
        let known = [
            ("US", "USD"),
            ("CH", "CNY"),
            ("JP", "JPY"),
            ("UK", "GBP"),
            ("EU", "EUR"),
            ("KO", "KRW"),
            ("CA", "CAD"),
            ("IN", "INR"),
            ("BZ", "BRL"),
            ("MX", "MXN"),
            ("SZ", "CHF"),
            ("TA", "TWD"),
            ("HK", "HKD"),
            ("SI", "SGD"),
            ("TH", "THB"),
            ("MA", "MYR"),
            ("AL", "AUD"),
            ("NZ", "NZD"),
            ("NO", "NOK"),
            ("SD", "SEK"),
            ("DN", "DKK"),
            ("SF", "ZAR"),
        ];
        known.iter().find(|(c, _)| *c == two).map(|(_, currency)| *currency)
    };
    let (a, b) = (code(pair.get(..2)?)?, code(pair.get(2..).filter(|r| r.len() == 2)?)?);
    Unit::parse(&format!("{a}/{b}")).ok().map(|u| Meaning::new(Kind::Rate, u))
}

/// A column name as a series name: letters, digits and underscores.
pub fn series_name(header: &str) -> String {
    let before = header.split(['(', '（']).next().filter(|b| !b.trim().is_empty()).unwrap_or(header);
    let mut out = String::new();
    for c in before.chars() {
        if c.is_alphanumeric() || c == '_' {
            out.push(c);
        } else if !out.ends_with('_') && !out.is_empty() {
            out.push('_');
        }
    }
    let out = out.trim_end_matches('_');
    if out.is_empty() { "value".into() } else { out.to_string() }
}

/// What a number column means by its name and its layout; the flag says whether that is known rather than assumed.
pub fn meaning_of(header: &str, known: Option<&Meaning>, layout: Option<&Layout>) -> (Meaning, bool) {
    if let Some(meaning) = known {
        return (meaning.clone(), true);
    }
    if let Some(base) = layout.and_then(|l| l.rates_of)
        && let Ok(unit) = Unit::parse(&format!("{header}/{base}"))
    {
        return (Meaning::new(Kind::Rate, unit), true);
    }
    if let Some(meaning) = fred(header) {
        return (meaning, true);
    }
    if unit::currency(header).is_some() {
        return (Meaning::new(Kind::Rate, Unit::plain()), false);
    }
    match meaning(header) {
        Some(meaning) => {
            let known = !meaning.unit.is_plain() && meaning.kind != Kind::Index;
            (meaning, known)
        }
        None => (Meaning::new(Kind::Flow, Unit::plain()), false),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn units_in_names() {
        let unit = |t: &str| unit_of_name(t).map(|u| u.to_string());
        assert_eq!(unit("Trade Value (US$)").as_deref(), Some("USD"));
        assert_eq!(unit("Export(US$ Mil)").as_deref(), Some("mn USD"));
        assert_eq!(unit("Value (million USD)").as_deref(), Some("mn USD"));
        assert_eq!(unit("GDP (current US$)").as_deref(), Some("USD"));
        assert_eq!(unit("金额（亿元）").as_deref(), Some("100 mn CNY"));
        assert_eq!(unit("MIO_EUR").as_deref(), Some("mn EUR"));
        assert_eq!(unit("Value"), None);
        assert_eq!(unit("GDP (constant 2010 US$)"), None);
    }

    #[test]
    fn columns_become_series() {
        assert_eq!(series_name("Trade Value (US$)"), "Trade_Value");
        assert_eq!(series_name("金额（亿元）"), "金额");
        assert_eq!(series_name("(%)"), "value");
        let (meaning, known) = meaning_of("GDP (current US$)", None, None);
        assert!(known && meaning.unit.to_string() == "USD" && meaning.kind == Kind::Flow);
        assert!(!meaning_of("trade", None, None).1);
    }

    #[test]
    fn kinds_in_names() {
        assert_eq!(hinted("Exchange rate"), Some(Kind::Rate));
        assert_eq!(hinted("uv"), Some(Kind::Price));
        assert_eq!(hinted("unit_price"), Some(Kind::Price));
        assert_eq!(hinted("gdp_percap"), Some(Kind::Ratio));
        assert_eq!(hinted("gdp"), None);
        assert_eq!(hinted("trade"), None);
        assert_eq!(fred("DEXCHUS").unwrap().unit.to_string(), "CNY/USD");
        assert_eq!(fred("DEXUSEU").unwrap().unit.to_string(), "USD/EUR");
        assert!(fred("EXPORTS").is_none());
    }
}

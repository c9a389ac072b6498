//! What the name of a column says of its numbers: units in brackets, words such as `price` or `growth`. A unit is
//! taken only where every word of it is known; a kind that has no sum is taken on a hint, for it only makes careful.

use crate::data::info::Meaning;
use crate::data::known::layouts::Layout;
use crate::data::meaning::kinds;
use crate::value::{Kind, Period, Unit, period, unit, unit_text};

/// The unit in the brackets of a name, behind its comma or `in`, at its end, or a name that is one.
pub fn unit_of_name(name: &str) -> Option<Unit> {
    let inside = |open: char, close: char| {
        let parts = name.split(open).skip(1).filter_map(move |rest| rest.split_once(close)).map(|(inside, _)| inside);
        parts.collect::<Vec<_>>()
    };
    let brackets = [('(', ')'), ('（', '）'), ('[', ']')].into_iter().flat_map(|(open, close)| inside(open, close));
    let brackets: Vec<&str> = brackets.collect();
    if let Some(unit) = brackets.iter().rev().find_map(|part| unit_text::read(part)) {
        // `美元(千元)`: the name is the currency, the brackets say how many of its units.
        let outside = name.split(['(', '（', '[']).next().and_then(unit_text::read).filter(|u| u.currency().is_some());
        return match outside {
            Some(own) if unit.currency().is_some() && own.currency() != unit.currency() => {
                let counted = brackets.iter().any(|part| part.ends_with('元') || part.ends_with('圓'));
                counted.then_some(Unit { ten: unit.ten, ..own })
            }
            _ => Some(unit),
        };
    }
    if !brackets.is_empty() {
        return None;
    }
    // Of what prices an amount is told is no part of its unit.
    let spaced = kinds::without_price_base(&name.replace('_', " "));
    let behind = |sign: &str| spaced.rsplit_once(sign).and_then(|(_, rest)| unit_text::read(rest));
    behind(",")
        .or_else(|| behind(" in "))
        .or_else(|| behind(" IN "))
        .or_else(|| unit_text::read(&spaced))
        .or_else(|| at_end(&spaced))
}

/// The unit that the last words of a name are: `exports usd mn`, `weight kg`, `出口万美元`.
fn at_end(name: &str) -> Option<Unit> {
    let words: Vec<&str> = name.split_whitespace().collect();
    let mut found = None;
    // An amount per something is not what stands behind `per`.
    let per = words.iter().position(|w| w.eq_ignore_ascii_case("per"));
    for start in (1..per.unwrap_or(words.len())).rev() {
        let tail = words.get(start..)?;
        if tail.iter().any(|w| w.len() < 2) {
            break;
        }
        match unit_text::read(&tail.join(" ")) {
            Some(unit) => found = Some(unit),
            // A scale may stand in front of what it scales.
            None if unit_text::scale_alone(&tail.join(" ")).is_some() => {}
            // How it is valued is no unit, but may stand behind one.
            None if tail.iter().all(|w| ["fob", "cif"].contains(&w.to_lowercase().as_str())) => {}
            None => break,
        }
    }
    let chinese = || {
        let starts = name.char_indices().skip(1).map(|(at, _)| at).filter_map(|at| name.get(at..));
        starts.filter(|tail| tail.starts_with(['万', '亿', '千', '百'])).find_map(unit_text::read)
    };
    found.or_else(chinese)
}

/// What a name says of the numbers below it, if it says anything.
pub fn meaning(name: &str) -> Option<Meaning> {
    if let Some(base) = base_of_name(name) {
        return Some(Meaning::new(Kind::Index, Unit::index(Some(base))));
    }
    let unit = unit_of_name(name);
    let kind = kinds::told(name);
    // So much of one money for another is a rate, in whatever words: `cny_per_usd`.
    if let (Some(u), None | Some(Kind::Ratio | Kind::Rate)) = (&unit, kind)
        && u.exchange().is_some()
    {
        return Some(Meaning::new(Kind::Rate, u.clone()));
    }
    // Money is no percentage and no index, whatever else the name speaks of: tariff revenue, growth hormones.
    // Of money without a scale it may be said in which money a growth or a rate is.
    let money = unit.as_ref().is_some_and(|u| u.currency().is_some() && u.ten != 0) && !kinds::says_growth_surely(name);
    let amount = |k: &Kind| money && !kinds::has_amounts(name, *k) || *k == Kind::Stock && kinds::names_trade(name);
    let kind = if kind.as_ref().is_some_and(amount) { Some(Kind::Flow) } else { kind };
    let Some(kind) = kind.filter(|k| *k != Kind::Flow) else {
        return match unit {
            Some(u) if u.is_percent() => Some(Meaning::new(Kind::Share, u)),
            Some(u) if u.exchange().is_some() => Some(Meaning::new(Kind::Rate, u)),
            // Money for a quantity.
            Some(u) if u.has_money() && u.currency().is_none() => Some(Meaning::new(Kind::Price, u)),
            None if kind.is_none() && is_priced(name) => Some(Meaning::new(Kind::Price, Unit::unknown("", ""))),
            Some(u) => Some(Meaning::new(Kind::Flow, u)),
            None => kind.map(|k| Meaning::new(k, Unit::plain())),
        };
    };
    let percent = || unit.clone().filter(Unit::is_percent);
    let unit = match kind {
        Kind::Growth | Kind::Share => percent().unwrap_or_else(Unit::percent),
        Kind::Index => Unit::index(base_of_name(name)),
        Kind::Ratio if kinds::is_pure(name) => percent().unwrap_or_else(Unit::plain),
        // What is told of is the kind; the unit only where it is written.
        _ => unit.unwrap_or_else(|| Unit::unknown("", "")),
    };
    Some(Meaning::new(kind, unit))
}

/// Whether the brackets of a name say money for something: `Crude oil ($/bbl)`.
fn is_priced(name: &str) -> bool {
    let inside = name.rsplit_once(['(', '[']).map_or("", |(_, rest)| rest);
    let money = |over: &str| unit_text::read(over).is_some_and(|u| u.currency().is_some());
    inside.split_once('/').is_some_and(|(over, _)| money(over))
}

/// Whether a name says `$` or dollars, and not whose.
pub fn is_bare_dollar(name: &str) -> bool {
    let lower = name.to_lowercase();
    let whose = ["us", "u.s", "usd", "american", "international"].iter().any(|w| kinds::says_word(&lower, w));
    let own = lower.split('$').rev().skip(1).any(|before| before.ends_with(|c: char| c.is_alphabetic()));
    (lower.contains('$') || lower.contains("dollar")) && !whose && !own
}

/// Whether a name says of its shares that they are in hundredths.
pub fn says_percent(name: &str) -> bool {
    unit_of_name(name).is_some_and(|u| u.is_percent()) || kinds::says_percent(name)
}

/// The base of an index in the brackets of a name: `CPI (2010 = 100)`.
fn base_of_name(name: &str) -> Option<Period> {
    let (_, inside) = name.rsplit_once(['(', '（', '['])?;
    let (base, hundred) = inside.split_once('=')?;
    hundred.trim().starts_with("100").then(|| period::parse_fixed(base.trim())).flatten()
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
    whole_name(header.split(['(', '（']).next().filter(|b| !b.trim().is_empty()).unwrap_or(header))
}

/// The same with what stands in brackets.
pub fn whole_name(header: &str) -> String {
    let mut out = String::new();
    for c in header.chars() {
        if c.is_alphanumeric() || c == '_' {
            out.push(c);
        } else if !out.ends_with('_') && !out.is_empty() {
            out.push('_');
        }
    }
    let out = out.trim_end_matches('_');
    if out.is_empty() { "value".into() } else { out.to_string() }
}

/// What the name of a number column and its layout say of it.
pub struct Told {
    /// Kind and unit.
    pub meaning: Meaning,
    /// Whether the unit is known rather than left open.
    pub known: bool,
    /// Whether the kind is that of any column, for nothing tells it.
    pub kind_is_assumed: bool,
}

/// What a number column means by its name and its layout.
pub fn meaning_of(header: &str, known: Option<&Meaning>, layout: Option<&Layout>) -> Told {
    let told = |meaning: Meaning, known: bool| Told { meaning, known, kind_is_assumed: false };
    if let Some(meaning) = known {
        return told(meaning.clone(), true);
    }
    if let Some(base) = layout.and_then(|l| l.rates_of)
        && let Ok(unit) = Unit::parse(&format!("{header}/{base}"))
    {
        return told(Meaning::new(Kind::Rate, unit), true);
    }
    if layout.is_some_and(|l| l.per_multiple) {
        return told(Meaning::new(Kind::Rate, Unit::unknown("", "")), false);
    }
    if let Some(meaning) = fred(header) {
        return told(meaning, true);
    }
    if unit::currency(header).is_some() {
        return told(Meaning::new(Kind::Rate, Unit::plain()), false);
    }
    let meaning = meaning(header).unwrap_or_else(|| Meaning::new(Kind::Flow, Unit::plain()));
    let open = meaning.unit.is_plain() || meaning.unit.is_unknown() || meaning.unit == Unit::index(None);
    // SDMX calls numbers of all kinds so.
    let any = header.starts_with("OBS_VALUE") && open;
    let kind_is_assumed = meaning.kind == Kind::Flow && (any || kinds::told(header) != Some(Kind::Flow));
    Told { meaning, known: !open, kind_is_assumed }
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
        assert_eq!(unit("Value(USD$ 1000)").as_deref(), Some("thousand USD"));
        assert_eq!(unit("出口(万美元)").as_deref(), Some("10 thousand USD"));
        assert_eq!(unit("出口额万美元").as_deref(), Some("10 thousand USD"));
        assert_eq!(unit("exports_usd_mn").as_deref(), Some("mn USD"));
        assert_eq!(unit("value_mn_usd").as_deref(), Some("mn USD"));
        assert_eq!(unit("weight_kg").as_deref(), Some("kg"));
        assert_eq!(unit("QUANTITY_IN_100KG").as_deref(), Some("100 kg"));
        assert_eq!(unit("Exports, US$ million").as_deref(), Some("mn USD"));
        assert_eq!(unit("Exports in thousand EUR").as_deref(), Some("thousand EUR"));
        assert_eq!(unit("Value (in thousands)"), None);
        assert_eq!(unit("price_usd_per_kg").as_deref(), Some("USD/kg"));
        assert_eq!(unit("Valor US$ FOB").as_deref(), Some("USD"));
        assert_eq!(unit("gdp_per_person"), None);
        assert_eq!(unit("trade_total"), None);
        assert_eq!(unit("units"), None);
        assert_eq!(unit("Value"), None);
        assert_eq!(unit("GDP (constant 2010 US$)"), None);
    }

    #[test]
    fn columns_become_series() {
        assert_eq!(series_name("Trade Value (US$)"), "Trade_Value");
        assert_eq!(series_name("金额（亿元）"), "金额");
        assert_eq!(series_name("(%)"), "value");
        let told = meaning_of("GDP (current US$)", None, None);
        assert!(told.known && told.meaning.unit.to_string() == "USD" && told.meaning.kind == Kind::Flow);
        assert!(told.kind_is_assumed);
        for name in
            ["tariff revenue (mn USD)", "growth hormones (mn USD)", "shares, exports (mn USD)", "rolling stock exports"]
        {
            let told = meaning_of(name, None, None);
            assert!(told.meaning.kind == Kind::Flow && told.kind_is_assumed, "{name}");
        }
        for (name, kind) in [
            ("average exports (mn USD)", Kind::Rate),
            ("exports per capita (USD)", Kind::Ratio),
            ("unit price (USD)", Kind::Price),
            ("cny_per_usd", Kind::Rate),
            ("reserves (mn USD)", Kind::Stock),
            ("exports ytd (mn USD)", Kind::Cumulative),
            ("export growth (%)", Kind::Growth),
        ] {
            assert_eq!(meaning_of(name, None, None).meaning.kind, kind, "{name}");
        }
        let told = meaning_of("trade", None, None);
        assert!(!told.known && !told.kind_is_assumed);
        let told = meaning_of("unemployment_rate", None, None);
        assert!(!told.known && told.meaning.kind == Kind::Rate && told.meaning.unit.is_unknown());
        assert_eq!(meaning_of("CPI (2010 = 100)", None, None).meaning.unit.to_string(), "2010 = 100");
    }

    #[test]
    fn names_of_exchange_rates() {
        assert_eq!(fred("DEXCHUS").unwrap().unit.to_string(), "CNY/USD");
        assert_eq!(fred("DEXUSEU").unwrap().unit.to_string(), "USD/EUR");
        assert!(fred("EXPORTS").is_none());
    }
}

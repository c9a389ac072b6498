//! Units as offices write them in headers and cells: `US$ Thousand`, `万美元`, `$bn`, `USD per tonne`. In: a text. Out: a
//! unit, if every word of it is known. Nothing is guessed: a text that says a scale alone, or two currencies, is no unit.

use super::base::currency;
use super::unit::Unit;
use super::unit_words::{BASES, SCALES, base, scale};

/// Letters that are scales beside money alone: `$m`, `€k`.
const LETTERS: &[(&str, i32)] = &[("k", 3), ("m", 6), ("b", 9)];

/// Words that may stand beside a unit and change nothing.
const FILLERS: &[&str] = &[
    "current",
    "us",
    "u",
    "s",
    "of",
    "in",
    "nominal",
    "value",
    "values",
    "prices",
    "unit",
    "units",
    "fob",
    "cif",
    "customs",
    "basis",
    "monthly",
    "total",
    "seasonally",
    "adjusted",
    "unadjusted",
    "not",
    "sa",
    "nsa",
    "单位",
    "值",
];

/// Codes of currencies that are words of headers as well.
const ENGLISH: &[&str] = &["ALL", "TOP", "TRY", "CUP", "MOP", "PEN", "BAM", "GEL"];

/// What is a million of something to some, and one of it to others.
pub const AMBIGUOUS: &str = "Mt";

/// Codes of currencies that are read in small letters too: no words of a language that a header may be in.
const SMALL: &[&str] = &[
    "gbp", "jpy", "krw", "inr", "brl", "aud", "cad", "chf", "nzd", "sek", "dkk", "sgd", "hkd", "twd", "mxn", "zar",
    "thb", "idr", "vnd", "pln", "czk", "huf", "myr",
];

/// One word of a text.
enum Word {
    Scale(i32),
    Letter(i32),
    Base(&'static str),
    Code([u8; 3]),
    Filler,
}

/// The parts of a text: runs of letters, of digits, and signs; a run of Chinese is cut where the table has its words.
fn parts(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let class = |c: char| match c {
        c if c.is_ascii_digit() => 1,
        c if c.is_ascii_alphabetic() => 2,
        c if c.is_alphabetic() => 3,
        '$' | '€' | '£' | '%' | '₩' | '₹' => 4,
        _ => 0,
    };
    let mut before = 0;
    let chars: Vec<char> = text.chars().collect();
    for (i, c) in chars.iter().enumerate() {
        let now = class(*c);
        // A sign between groups of three digits.
        let next = chars.get(i + 1).copied().unwrap_or(' ');
        if now == 0 && before == 1 && matches!(c, ',' | ' ' | '\'') && class(next) == 1 {
            continue;
        }
        if now != 0 {
            match out.last_mut().filter(|_| now == before && now != 4) {
                Some(last) => last.push(*c),
                None => out.push(c.to_string()),
            }
        }
        before = now;
    }
    out
}

/// Cuts a run of Chinese into words of the table.
fn cut(mut run: &str) -> Option<Vec<Word>> {
    let mut out = Vec::new();
    while !run.is_empty() {
        let of =
            |list: &mut dyn Iterator<Item = &'static str>| list.filter(|w| run.starts_with(*w)).max_by_key(|w| w.len());
        let known = of(&mut BASES.iter().map(|(w, _)| *w));
        let scaled = of(&mut SCALES.iter().map(|(w, _)| *w));
        let filler = of(&mut FILLERS.iter().copied());
        let word = [known, scaled, filler].into_iter().flatten().max_by_key(|w| w.len())?;
        out.push(base(word).map(Word::Base).or_else(|| scale(word).map(Word::Scale)).unwrap_or(Word::Filler));
        run = run.strip_prefix(word)?;
    }
    Some(out)
}

/// The words that a part is; the text is as it was written, for codes of currencies are read in capitals alone.
fn words_of(part: &str) -> Option<Vec<Word>> {
    let lower = part.to_lowercase();
    // A million tonnes to physicists, one metric tonne to traders.
    if part == AMBIGUOUS {
        return None;
    }
    if part.starts_with(|c: char| c.is_ascii_digit()) {
        let zeros = part.strip_prefix('1')?;
        let power = zeros.bytes().all(|b| b == b'0').then(|| i32::try_from(zeros.len()).ok()).flatten()?;
        return Some(vec![Word::Scale(power)]);
    }
    if !part.is_ascii() && base(&lower).is_none() {
        return cut(part);
    }
    if let Some(base) = base(&lower) {
        return Some(vec![Word::Base(base)]);
    }
    if let Some(power) = scale(&lower) {
        return Some(vec![Word::Scale(power)]);
    }
    if let Some(code) = currency(&part.to_uppercase()).filter(|_| !ENGLISH.contains(&part.to_uppercase().as_str()))
        && (part == part.to_uppercase() || SMALL.contains(&lower.as_str()))
    {
        return Some(vec![Word::Code(code)]);
    }
    if let Some((_, power)) = LETTERS.iter().find(|(w, _)| *w == lower) {
        return Some(vec![Word::Letter(*power)]);
    }
    if FILLERS.contains(&lower.as_str()) {
        return Some(vec![Word::Filler]);
    }
    // `MUSD`, `kEUR`, `USDmn`, `kt`.
    let scales = || SCALES.iter().chain(LETTERS).filter(|(w, _)| w.is_ascii());
    let money = |w: &str| base(w).filter(|b| b.len() == 3 && w.len() >= 3);
    let joined = scales().find_map(|(w, power)| {
        let found = lower.strip_prefix(w).or_else(|| lower.strip_suffix(w));
        found.and_then(money).map(|base| vec![Word::Scale(*power), Word::Base(base)])
    });
    joined.or_else(|| (lower == "kt").then(|| vec![Word::Scale(3), Word::Base("tonne")]))
}

/// The unit of one side of a quotient: the power of ten, and what is counted.
fn side(text: &str) -> Option<(i32, String)> {
    let (mut ten, mut letters, mut found): (i32, i32, Option<String>) = (0, 0, None);
    for word in parts(text).iter().map(|part| words_of(part)).collect::<Option<Vec<_>>>()?.into_iter().flatten() {
        let named = match word {
            Word::Scale(power) => {
                ten += power;
                continue;
            }
            Word::Letter(power) => {
                letters += power;
                continue;
            }
            Word::Filler => continue,
            Word::Base(base) => base.to_string(),
            Word::Code(code) => String::from_utf8_lossy(&code).into_owned(),
        };
        if found.replace(named.clone()).is_some_and(|before| before != named) {
            return None;
        }
    }
    let found = found?;
    let money = found.len() == 3 && found == found.to_uppercase() && found != "TEU";
    (letters == 0 || money).then_some((ten + letters, found))
}

/// The unit that a text names, if all its words are known: `US$ Mil`, `亿元`, `MIO_EUR`, `1000 tonnes`, `USD/kg`.
pub fn read(text: &str) -> Option<Unit> {
    let whose = named_dollars(text);
    let text = whose.as_deref().unwrap_or(text);
    let lower = text.to_lowercase();
    let cut = text.split_once('/').or_else(|| {
        let at = lower.find(" per ").filter(|_| lower.len() == text.len())?;
        Some((text.get(..at)?, text.get(at + 5..)?))
    });
    let (over, under) = cut.map_or((text, None), |(a, b)| (a, Some(b)));
    let (ten, counted) = side(over)?;
    let scale = |ten: i32| {
        Some(if ten == 0 { String::new() } else { format!("{} ", 10i64.checked_pow(u32::try_from(ten).ok()?)?) })
    };
    let under = match under.map(side) {
        Some(Some((ten, counted))) => format!("/{}{counted}", scale(ten)?),
        Some(None) => return None,
        None => String::new(),
    };
    if counted == "%" && (ten != 0 || !under.is_empty()) {
        return None;
    }
    Unit::parse(&format!("{}{counted}{under}", scale(ten)?)).ok()
}

/// Dollars that say whose they are: `HK$`, `A$'000`.
fn named_dollars(text: &str) -> Option<String> {
    const WHOSE: &[(&str, &str)] = &[
        ("HK$", "HKD"),
        ("AU$", "AUD"),
        ("A$", "AUD"),
        ("CA$", "CAD"),
        ("C$", "CAD"),
        ("S$", "SGD"),
        ("NT$", "TWD"),
        ("NZ$", "NZD"),
        ("R$", "BRL"),
        ("MX$", "MXN"),
    ];
    let starts = |at: usize| text.get(..at).is_none_or(|t| !t.ends_with(|c: char| c.is_alphabetic()));
    let found = |(sign, code): &(&str, &str)| {
        text.find(sign).filter(|at| starts(*at)).map(|_| (sign.to_string(), code.to_string()))
    };
    let (sign, code) = WHOSE.iter().find_map(found)?;
    let plain = text.replace(&sign, &format!(" {code} "));
    // `'000`
    Some(plain.replace("'000", " 1000 "))
}

/// Whether a text says a scale and nothing else: `in thousands`.
pub fn scale_alone(text: &str) -> Option<i32> {
    let words = parts(text).iter().map(|part| words_of(part)).collect::<Option<Vec<_>>>()?;
    let mut ten = 0;
    for word in words.into_iter().flatten() {
        match word {
            Word::Scale(power) => ten += power,
            Word::Filler => {}
            Word::Letter(_) | Word::Base(_) | Word::Code(_) => return None,
        }
    }
    (ten > 0).then_some(ten)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_as_offices_write_them() {
        for (text, unit) in [
            ("US$", "USD"),
            ("US$ Mil", "mn USD"),
            ("USD$ 1000", "thousand USD"),
            ("USD 1,000", "thousand USD"),
            ("US$ Thousand", "thousand USD"),
            ("Thousands of U.S. dollars", "thousand USD"),
            ("Millions of US Dollars, Seasonally Adjusted", "mn USD"),
            ("current US$", "USD"),
            ("万美元", "10 thousand USD"),
            ("亿元", "100 mn CNY"),
            ("亿元人民币", "100 mn CNY"),
            ("单位：万美元", "10 thousand USD"),
            ("MIO_EUR", "mn EUR"),
            ("$bn", "bn USD"),
            ("US$m", "mn USD"),
            ("€m", "mn EUR"),
            ("£ million", "mn GBP"),
            ("MUSD", "mn USD"),
            ("EUR mn", "mn EUR"),
            ("CHF million", "mn CHF"),
            ("1000 tonnes", "thousand tonne"),
            ("100kg", "100 kg"),
            ("kt", "thousand tonne"),
            ("USD/t", "USD/tonne"),
            ("$ per kg", "USD/kg"),
            ("CNY per USD", "CNY/USD"),
            ("%", "%"),
            ("per cent", ""),
            ("thousands", ""),
            ("constant 2010 US$", ""),
            ("¥", ""),
            ("all", ""),
            ("USD EUR", ""),
            ("m", ""),
            ("Canadian dollars", ""),
            ("mn %", ""),
        ] {
            assert_eq!(read(text).map(|u| u.to_string()).unwrap_or_default(), unit, "{text}");
        }
        assert_eq!(
            (scale_alone("in thousands"), scale_alone("thousand USD"), scale_alone("of")),
            (Some(3), None, None)
        );
    }
}

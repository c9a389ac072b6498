//! Names of columns that say a period and something else: `Exported value in 2021`, `Y2020`, `2020_Value`, `IJAN`. In: a
//! name. Out: the period, or the part of a year, and what is left of the name.

use crate::data::known::period_forms;
use crate::data::known::totals;
use crate::data::known::year_parts::{self, YearPart};
use crate::value::Period;
use crate::value::period::Freq;

/// What the name of a column says.
#[derive(Clone, Debug, PartialEq)]
pub struct Heading<T> {
    /// What stands beside the period; nothing, if it says no more than that it is one.
    pub stem: String,
    /// The period or part.
    pub of: T,
    /// As it is written.
    pub text: String,
    /// Whether its cells are marks of those of the stem: `Y2020F`.
    pub is_mark: bool,
}

/// Words that say no more than that a period follows.
const LEADING: &[&str] = &["in", "for", "of", "at", "year", "y", "yr"];

/// A longer name is a sentence.
const LONGEST: usize = 200;

/// A year, half, quarter or month at the end or the beginning of a name.
pub fn period(name: &str) -> Option<Heading<Period>> {
    let name = name.trim();
    if name.len() > LONGEST {
        return None;
    }
    let bracketed = |name: &str| {
        let (head, inside) = name.strip_suffix(')')?.rsplit_once('(')?;
        let stem = stem(head).filter(|s| !s.is_empty())?;
        Some(Heading { stem, of: single(inside.trim())?, text: inside.trim().to_string(), is_mark: false })
    };
    if let Some(found) = bracketed(name) {
        return Some(found);
    }
    // What else stands in brackets at the end is the unit.
    let (name, unit) = match name.strip_suffix(')').and_then(|n| n.rsplit_once('(')) {
        Some((head, unit)) if !head.trim().is_empty() => (head.trim_end(), format!(" ({unit})")),
        Some(_) | None => (name, String::new()),
    };
    if let Some(year) = name.strip_prefix('Y').and_then(|rest| rest.strip_suffix(['F', 'N']))
        && let Some(of) = single(year)
    {
        return Some(Heading { stem: String::new(), of, text: year.to_string(), is_mark: true });
    }
    let ends = cuts(name).filter_map(|at| Some((name.get(..at)?, name.get(at..)?)));
    let starts = cuts(name).collect::<Vec<_>>().into_iter().rev();
    let starts = starts.filter_map(|at| Some((name.get(at..)?, name.get(..at)?)));
    ends.chain(starts).find_map(|(rest, text)| {
        let stem = stem(rest)?;
        let text = text.trim_matches(is_between);
        let of = single(text)?;
        let is_unit = stem.is_empty() && !unit.is_empty();
        let stem = if is_unit { return None } else { format!("{stem}{unit}") };
        Some(Heading { stem, of, text: text.to_string(), is_mark: false })
    })
}

/// A month, quarter or half, or else the whole year, behind a name: `IJAN`, `Exports Q1`, `EYR`.
pub fn part(name: &str) -> Option<Heading<Option<YearPart>>> {
    let name = name.trim();
    if name.len() > LONGEST {
        return None;
    }
    let places = name.char_indices().map(|(at, _)| at).filter(|at| *at > 0);
    places.filter_map(|at| Some((name.get(..at)?, name.get(at..)?.trim_matches(is_between)))).find_map(
        |(rest, text)| {
            // A single letter with a number may be anything.
            let of = match year_parts::named(text) {
                Some(YearPart::Whole) => None,
                Some(part) => Some(part),
                None if is_whole_year(text) => None,
                None => return None,
            };
            let stem = stem(rest).filter(|s| !s.is_empty())?;
            Some(Heading { stem, of, text: text.to_string(), is_mark: false })
        },
    )
}

/// What a name may say beside a period or a part of a year.
pub fn stems(name: &str) -> impl Iterator<Item = String> {
    period(name).map(|h| h.stem).into_iter().chain(part(name).map(|h| h.stem))
}

/// Whether a column beside months is their total.
pub fn is_whole_year(name: &str) -> bool {
    let lower = name.trim().to_lowercase();
    totals::is_total(name.trim())
        || ["annual", "year total", "total year", "jan-dec", "whole year", "yr", "year"].contains(&lower.as_str())
}

/// Whether a sign stands between the parts of a name.
fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, '_' | '-' | ':' | ',' | '.' | '–')
}

/// Where a name may be cut: behind a sign, and between letters and digits.
fn cuts(name: &str) -> impl DoubleEndedIterator<Item = usize> + '_ {
    let pairs = name.char_indices().zip(name.chars().skip(1));
    let cut = |(at, a): (usize, char), b: char| {
        let between = is_between(a) || (a.is_alphabetic() && b.is_ascii_digit());
        let before = is_between(b) || (a.is_ascii_digit() && b.is_alphabetic());
        (between || before).then_some(at + a.len_utf8())
    };
    pairs.filter_map(move |(a, b)| cut(a, b)).collect::<Vec<_>>().into_iter()
}

/// What is left of a name; nothing, where it leaves open what the period is.
fn stem(rest: &str) -> Option<String> {
    let mut rest = rest.trim_matches(is_between);
    while let Some((head, word)) = rest.rsplit_once(is_between).or((!rest.is_empty()).then_some(("", rest)))
        && LEADING.contains(&word.to_lowercase().as_str())
    {
        rest = head.trim_matches(is_between);
    }
    let last = rest.rsplit(is_between).next().unwrap_or("").to_lowercase();
    let open = ["fy", "fiscal", "since", "base", "to", "until", "from", "between", "prices", "constant"];
    // Another year beside the period: of two years, neither is the one.
    let numbers = rest.split(|c: char| !c.is_ascii_digit());
    let dated = numbers.filter(|n| n.len() == 4).any(|n| n.parse().is_ok_and(|y: i32| (1800..=2100).contains(&y)));
    (!open.contains(&last.as_str()) && !dated).then(|| rest.to_string())
}

/// One year, half, quarter or month, with its year in four digits.
fn single(text: &str) -> Option<Period> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let period = period_forms::read_any(text).filter(|_| digits >= 4 && text.len() <= 16)?;
    let short = matches!(period.freq(), Some(Freq::Year | Freq::Half | Freq::Quarter | Freq::Month));
    (short && (1800..=2100).contains(&period.first_month().0)).then_some(period)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn periods_in_names() {
        let read = |name: &str| period(name).map(|h| format!("{}|{}|{}", h.stem, h.of, h.is_mark));
        for (name, told) in [
            ("Exported value in 2021", "Exported value|2021|false"),
            ("Exported value in 2020-Q1", "Exported value|2020-Q1|false"),
            ("Y2020", "|2020|false"),
            ("Y2020F", "|2020|true"),
            ("2020_Value", "Value|2020|false"),
            ("Value (USD thousand) 2020", "Value (USD thousand)|2020|false"),
            ("Exports 2020 (US$ mn)", "Exports (US$ mn)|2020|false"),
            ("exports2019", "exports|2019|false"),
            ("Value 2020M05", "Value|2020-05|false"),
            ("Exports, Jan 2020", "Exports|2020-01|false"),
            ("Value (2020)", "Value|2020|false"),
        ] {
            assert_eq!(read(name).as_deref(), Some(told), "{name}");
        }
        for name in
            ["GDP 2015 prices 2020", "Growth 2019-2023", "FY2020", "Exports FY 2020", "HS2017", "2017", "85423190"]
        {
            assert!(period(name).is_none_or(|h| h.stem == "HS"), "{name}: {:?}", read(name));
        }
    }

    #[test]
    fn parts_of_years_in_names() {
        let read = |name: &str| part(name).map(|h| (h.stem, h.of));
        assert_eq!(read("IJAN"), Some(("I".into(), Some(YearPart::Month(1)))));
        assert_eq!(read("EYR"), Some(("E".into(), None)));
        assert_eq!(read("Exports Q1"), Some(("Exports".into(), Some(YearPart::Quarter(1)))));
        assert_eq!(read("January"), None);
        assert_eq!(read("country"), None);
    }
}

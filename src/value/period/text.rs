//! Periods as the language writes them: `2018-Q3`, `Jan..Nov 2024`, `latest`. In: words. Out: an interval, or what the
//! data must say first.

use super::interval::{Freq, Period, month_number};
use super::season::Season;
use std::fmt;

/// A period as a query says it; some need the data to be known.
#[derive(Clone, Debug, PartialEq)]
pub enum PeriodText {
    /// Said in full.
    Fixed(Period),
    /// The last period of the data.
    Latest,
    /// January of this year to the last month of the data.
    YearToDate(Period),
    /// This part of each year.
    Each(Season),
    /// One of the parts of each year within a range: the first from a period on, or the last up to it.
    Part(Season, Box<PeriodText>, RangeEnd),
    /// The name of a parameter.
    Named(String),
}

/// An end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeEnd {
    /// Its first period.
    First,
    /// Its last period.
    Last,
}

impl PeriodText {
    /// The part of each year that it is, or is one of.
    pub fn season(&self) -> Option<Season> {
        match self {
            PeriodText::Each(season) | PeriodText::Part(season, ..) => Some(*season),
            PeriodText::Fixed(_) | PeriodText::Latest | PeriodText::YearToDate(_) | PeriodText::Named(_) => None,
        }
    }
}

impl fmt::Display for PeriodText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PeriodText::Fixed(p) => write!(f, "{p}"),
            PeriodText::Latest => write!(f, "latest"),
            PeriodText::YearToDate(p) => write!(f, "ytd {p}"),
            PeriodText::Each(season) => write!(f, "{season}"),
            PeriodText::Part(_, of, _) => write!(f, "{of}"),
            PeriodText::Named(name) => write!(f, "{name}"),
        }
    }
}

/// Reads a period of the language: `2018`, `2018-H1`, `2018-Q3`, `2018-03`, `Mar 2018`, `2018-03-15`, `2024-W05`,
/// ranges with `..`, `Jan..Nov 2024`, `latest`, `ytd 2024`, and without a year `Nov`, `Q1`, `Apr..Mar`. `None` if it is
/// none of these.
pub fn parse(text: &str) -> Option<PeriodText> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("latest") {
        return Some(PeriodText::Latest);
    }
    let mut words = text.split_whitespace();
    if words.next().is_some_and(|w| w.eq_ignore_ascii_case("ytd")) {
        let year = parse_fixed(words.next()?)?;
        return (words.next().is_none() && year.freq() == Some(Freq::Year)).then_some(PeriodText::YearToDate(year));
    }
    parse_fixed(text).map(PeriodText::Fixed).or_else(|| Season::parse(text).map(PeriodText::Each))
}

/// As [`parse`], for periods that are said in full.
pub fn parse_fixed(text: &str) -> Option<Period> {
    let Some((left, right)) = text.split_once("..") else {
        return parse_unit(text.trim());
    };
    let (left, right) = (left.trim(), right.trim());
    let to = parse_unit(right)?;
    let from = match month_number(left) {
        Some(m) => Period::month(to.first_month().0, m)?,
        None => parse_unit(left)?,
    };
    (from.first() <= to.last() && from.first() <= to.first()).then(|| from.span(to))
}

/// The parts of `Nov 2010..2013`, which could be a range or one month of each year.
pub fn month_to_year(text: &str) -> Option<(&str, i32, i32)> {
    let (left, right) = text.split_once("..")?;
    let (month, first) = left.trim().split_once(char::is_whitespace)?;
    month_number(month)?;
    Some((month, number(first.trim(), 4)?, number(right.trim(), 4)?))
}

fn parse_unit(text: &str) -> Option<Period> {
    if let Some((month, year)) = text.split_once(char::is_whitespace) {
        return Period::month(number(year.trim(), 4)?, month_number(month)?);
    }
    let mut parts = text.split('-');
    let year = number(parts.next()?, 4)?;
    let Some(second) = parts.next() else {
        return Period::year(year);
    };
    let third = parts.next();
    if parts.next().is_some() {
        return None;
    }
    if let Some(third) = third {
        return Period::day(year, number(second, 2)?.unsigned_abs(), number(third, 2)?.unsigned_abs());
    }
    let (letter, digits) = second.split_at(second.find(|c: char| c.is_ascii_digit())?);
    match letter {
        "" => Period::month(year, number(digits, 2)?.unsigned_abs()),
        "H" | "h" => Period::half(year, number(digits, 1)?.unsigned_abs()),
        "Q" | "q" => Period::quarter(year, number(digits, 1)?.unsigned_abs()),
        "W" | "w" => Period::week(year, number(digits, 2)?.unsigned_abs()),
        _ => None,
    }
}

fn number(text: &str, digits: usize) -> Option<i32> {
    (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

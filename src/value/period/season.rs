//! A part of each year, without saying which: `Nov`, `Q1`, `Jan..Nov`, `Apr..Mar`. In: words. Out: the period that it is
//! in a year. Knows nothing of data.

use super::interval::{Freq, MONTHS, Period, month_number};
use crate::value::calendar::date_of;
use std::fmt;

/// So many months of each year, from one of them on; it may end in the year after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Season {
    first: u32,
    months: u32,
}

/// No series has more years.
const MAX_YEARS: i32 = 20_000;

impl Season {
    /// Reads `Nov`, `Q1`, `H2`, `Jan..Nov`, `Q2..Q3`, `Apr..Mar`; `None` if it is none of these.
    pub fn parse(text: &str) -> Option<Season> {
        let Some((from, to)) = text.split_once("..") else { return part(text) };
        let (from, to) = (part(from)?, part(to)?);
        let end = to.first + to.months;
        let months = (end + 12 - from.first - 1) % 12 + 1;
        Some(Season { first: from.first, months })
    }

    /// Its first and its last month.
    pub fn ends(self) -> (&'static str, &'static str) {
        (name(self.first), name(self.first + self.months - 1))
    }

    /// The period that begins in a year.
    pub fn in_year(self, year: i32) -> Option<Period> {
        let first = Period::month(year, self.first)?;
        let last = first.shift(i32::try_from(self.months).ok()? - 1, Freq::Month)?;
        Some(first.span(last))
    }

    /// The first that begins with a period or after it.
    pub fn first_from(self, period: Period) -> Option<Period> {
        let year = date_of(period.first()).0;
        (year..=year + 1).filter_map(|y| self.in_year(y)).find(|p| p.first() >= period.first())
    }

    /// The last that ends with a period or before it.
    pub fn last_until(self, period: Period) -> Option<Period> {
        let year = date_of(period.last()).0;
        (year - 1..=year).rev().filter_map(|y| self.in_year(y)).find(|p| p.last() <= period.last())
    }

    /// All that share a day with a span, in order.
    pub fn touching(self, span: Period) -> Vec<Period> {
        let (from, to) = (date_of(span.first()).0 - 1, date_of(span.last()).0);
        let years = from..=to.min(from + MAX_YEARS);
        years.filter_map(|y| self.in_year(y)).filter(|p| p.overlaps(span)).collect()
    }

    /// The coarsest step of time whose units make it up.
    pub fn step(self) -> Freq {
        let aligned = |n: u32| self.months.is_multiple_of(n) && (self.first - 1).is_multiple_of(n);
        if aligned(12) {
            Freq::Year
        } else if aligned(6) {
            Freq::Half
        } else if aligned(3) {
            Freq::Quarter
        } else {
            Freq::Month
        }
    }
}

/// The short name of a month; the thirteenth is January again.
fn name(month: u32) -> &'static str {
    MONTHS.get((month as usize + 11) % 12).copied().unwrap_or("")
}

/// `Nov`, `Q1`, `H2`.
fn part(text: &str) -> Option<Season> {
    let text = text.trim();
    if let Some(first) = month_number(text) {
        return Some(Season { first, months: 1 });
    }
    let (letter, digits) = text.split_at_checked(1)?;
    let number = |most: u32| digits.parse::<u32>().ok().filter(|n| digits.len() == 1 && (1..=most).contains(n));
    match letter {
        "Q" | "q" => number(4).map(|n| Season { first: n * 3 - 2, months: 3 }),
        "H" | "h" => number(2).map(|n| Season { first: n * 6 - 5, months: 6 }),
        _ => None,
    }
}

impl fmt::Display for Season {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.step(), self.months) {
            (Freq::Quarter, 3) => write!(f, "Q{}", self.first.div_ceil(3)),
            (Freq::Half, 6) => write!(f, "H{}", self.first.div_ceil(6)),
            (_, 1) => write!(f, "{}", name(self.first)),
            _ => write!(f, "{}..{}", name(self.first), name(self.first + self.months - 1)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn in_2009(text: &str) -> String {
        Season::parse(text).unwrap().in_year(2009).unwrap().to_string()
    }

    #[test]
    fn a_part_of_each_year_is_a_period_in_a_year() {
        for (said, printed, period) in [
            ("Nov", "Nov", "2009-11"),
            ("november", "Nov", "2009-11"),
            ("q1", "Q1", "2009-Q1"),
            ("H2", "H2", "2009-H2"),
            ("Jan..Nov", "Jan..Nov", "2009-01..2009-11"),
            ("Apr..Mar", "Apr..Mar", "2009-04..2010-03"),
            ("Nov..Feb", "Nov..Feb", "2009-11..2010-02"),
            ("Jan..Dec", "Jan..Dec", "2009"),
            ("Q2..Q3", "Apr..Sep", "2009-04..2009-09"),
            ("Q4..Q1", "Oct..Mar", "2009-10..2010-03"),
        ] {
            assert_eq!(Season::parse(said).unwrap().to_string(), printed);
            assert_eq!(in_2009(said), period);
        }
        for not in ["Q5", "H3", "2009", "Nov 2009", "Q12", "", ".."] {
            assert_eq!(Season::parse(not), None, "{not}");
        }
    }

    #[test]
    fn those_within_a_range_lie_wholly_in_it() {
        let season = Season::parse("Apr..Mar").unwrap();
        let (from, to) = (Period::year(2009).unwrap(), Period::year(2013).unwrap());
        assert_eq!(season.first_from(from).unwrap().to_string(), "2009-04..2010-03");
        assert_eq!(season.last_until(to).unwrap().to_string(), "2012-04..2013-03");
        assert_eq!(season.touching(from).len(), 2);
    }
}

//! Periods as intervals of days, both ends included. In: text such as `2018-Q3` or `Jan..Nov 2024`.
//! Out: a period, its canonical text, its neighbours by calendar. Knows nothing of data.

use crate::value::calendar::{Day, date_of, day_of, days_in_month, weekday};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A stretch of whole days. Printed in its canonical form: `2018`, `2018-H1`, `2018-Q3`, `2018-03`, `2018-03-15`, `2024-01..2024-11`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Period {
    first: Day,
    last: Day,
}

/// A step of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Freq {
    /// One day.
    Day,
    /// Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
    /// Three months.
    Quarter,
    /// Six months.
    Half,
    /// A calendar year.
    Year,
}

impl Freq {
    /// The word of the language: `month`.
    pub fn word(self) -> &'static str {
        match self {
            Freq::Day => "day",
            Freq::Week => "week",
            Freq::Month => "month",
            Freq::Quarter => "quarter",
            Freq::Half => "half",
            Freq::Year => "year",
        }
    }

    /// The frequency that a word names.
    pub fn parse(word: &str) -> Option<Freq> {
        let all = [Freq::Day, Freq::Week, Freq::Month, Freq::Quarter, Freq::Half, Freq::Year];
        all.into_iter().find(|f| f.word().eq_ignore_ascii_case(word))
    }

    /// Its length in months; `None` for days and weeks.
    pub fn months(self) -> Option<i32> {
        match self {
            Freq::Day | Freq::Week => None,
            Freq::Month => Some(1),
            Freq::Quarter => Some(3),
            Freq::Half => Some(6),
            Freq::Year => Some(12),
        }
    }

    /// How many of them a year has (for annualising).
    pub fn per_year(self) -> f64 {
        match self {
            Freq::Day => 365.25,
            Freq::Week => 365.25 / 7.0,
            Freq::Month => 12.0,
            Freq::Quarter => 4.0,
            Freq::Half => 2.0,
            Freq::Year => 1.0,
        }
    }
}

/// Short names of the months.
pub const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The number of a month by its English name (three letters or whole).
pub fn month_number(word: &str) -> Option<u32> {
    const LONG: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let lower = word.to_ascii_lowercase();
    let found = MONTHS.iter().position(|m| m.eq_ignore_ascii_case(word));
    found.or_else(|| LONG.iter().position(|m| *m == lower)).and_then(|i| u32::try_from(i + 1).ok())
}

impl Period {
    /// From a first to a last day.
    pub fn days(first: Day, last: Day) -> Option<Period> {
        (first <= last).then_some(Period { first, last })
    }

    /// The calendar unit of frequency `freq` that starts in this year at the 1-based `number`.
    fn months_from(year: i32, month: u32, count: i32) -> Option<Period> {
        let first = day_of(year, month, 1)?;
        let index = year * 12 + month as i32 - 1 + count - 1;
        let (y, m) = (index.div_euclid(12), index.rem_euclid(12).unsigned_abs() + 1);
        Some(Period { first, last: day_of(y, m, days_in_month(y, m))? })
    }

    /// A calendar year.
    pub fn year(year: i32) -> Option<Period> {
        Self::months_from(year, 1, 12)
    }

    /// A half year, 1 or 2.
    pub fn half(year: i32, number: u32) -> Option<Period> {
        (1..=2).contains(&number).then(|| Self::months_from(year, number * 6 - 5, 6)).flatten()
    }

    /// A quarter, 1 to 4.
    pub fn quarter(year: i32, number: u32) -> Option<Period> {
        (1..=4).contains(&number).then(|| Self::months_from(year, number * 3 - 2, 3)).flatten()
    }

    /// A month, 1 to 12.
    pub fn month(year: i32, number: u32) -> Option<Period> {
        Self::months_from(year, number, 1)
    }

    /// One day.
    pub fn day(year: i32, month: u32, day: u32) -> Option<Period> {
        let d = day_of(year, month, day)?;
        Some(Period { first: d, last: d })
    }

    /// An ISO 8601 week, Monday to Sunday.
    pub fn week(year: i32, number: u32) -> Option<Period> {
        let jan4 = day_of(year, 1, 4)?;
        let first = jan4 - weekday(jan4) + 7 * (i32::try_from(number).ok()? - 1);
        let thursday = date_of(first + 3).0;
        ((1..=53).contains(&number) && thursday == year).then_some(Period { first, last: first + 6 })
    }

    /// Both and all between.
    pub fn span(self, other: Period) -> Period {
        Period { first: self.first.min(other.first), last: self.last.max(other.last) }
    }

    /// First day.
    pub fn first(self) -> Day {
        self.first
    }

    /// Last day.
    pub fn last(self) -> Day {
        self.last
    }

    /// How many days.
    pub fn len_days(self) -> i32 {
        self.last - self.first + 1
    }

    /// Year and month of the first day.
    pub fn first_month(self) -> (i32, u32) {
        let (y, m, _) = date_of(self.first);
        (y, m)
    }

    /// Year and month of the last day.
    pub fn last_month(self) -> (i32, u32) {
        let (y, m, _) = date_of(self.last);
        (y, m)
    }

    /// How many whole calendar months; `None` when it begins or ends inside one.
    pub fn months(self) -> Option<i32> {
        let (y1, m1, d1) = date_of(self.first);
        let (y2, m2, d2) = date_of(self.last);
        (d1 == 1 && d2 == days_in_month(y2, m2)).then_some((y2 - y1) * 12 + m2 as i32 - m1 as i32 + 1)
    }

    /// How many sub-periods coverage is counted in: months where it has whole ones, else days.
    pub fn parts(self) -> u32 {
        self.months().unwrap_or_else(|| self.len_days()).unsigned_abs()
    }

    /// The frequency of which it is one calendar unit.
    pub fn freq(self) -> Option<Freq> {
        if self.first == self.last {
            return Some(Freq::Day);
        }
        let Some(months) = self.months() else {
            return (self.len_days() == 7 && weekday(self.first) == 0).then_some(Freq::Week);
        };
        let (_, start) = self.first_month();
        match (months, start) {
            (1, _) => Some(Freq::Month),
            (3, 1 | 4 | 7 | 10) => Some(Freq::Quarter),
            (6, 1 | 7) => Some(Freq::Half),
            (12, 1) => Some(Freq::Year),
            _ => None,
        }
    }

    /// Whether all of `other` lies within.
    pub fn contains(self, other: Period) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    /// Whether they share a day.
    pub fn overlaps(self, other: Period) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// The unit of `freq` in which it begins.
    pub fn floor(self, freq: Freq) -> Period {
        Self::unit_around(self.first, freq)
    }

    /// The unit of `freq` around a day.
    pub fn unit_around(day: Day, freq: Freq) -> Period {
        let (y, m, _) = date_of(day);
        let found = match freq {
            Freq::Day => None,
            Freq::Week => {
                let first = day - weekday(day);
                Some(Period { first, last: first + 6 })
            }
            Freq::Month => Self::month(y, m),
            Freq::Quarter => Self::quarter(y, (m - 1) / 3 + 1),
            Freq::Half => Self::half(y, (m - 1) / 6 + 1),
            Freq::Year => Self::year(y),
        };
        found.unwrap_or(Period { first: day, last: day })
    }

    /// The units of `freq` that touch this period, in order; at most `limit`.
    pub fn units(self, freq: Freq, limit: usize) -> Vec<Period> {
        let mut out = Vec::new();
        let mut unit = self.floor(freq);
        while unit.first <= self.last && out.len() < limit {
            out.push(unit);
            let next = Self::unit_around(unit.last + 1, freq);
            if next.first <= unit.first {
                break;
            }
            unit = next;
        }
        out
    }

    /// Moved by `n` units of `freq` along the calendar: a month stays a month, whatever its length.
    pub fn shift(self, n: i32, freq: Freq) -> Option<Period> {
        let Some(step) = freq.months() else {
            let days = if freq == Freq::Week { 7 } else { 1 } * n;
            return Some(Period { first: self.first + days, last: self.last + days });
        };
        let by = step.checked_mul(n)?;
        let moved = |day: Day, to_month_end: bool| {
            let (y, m, d) = date_of(day);
            let index = y * 12 + m as i32 - 1 + by;
            let (y, m) = (index.div_euclid(12), index.rem_euclid(12).unsigned_abs() + 1);
            let end = days_in_month(y, m);
            day_of(y, m, if to_month_end { end } else { d.min(end) })
        };
        if freq == Freq::Year && self.freq() == Some(Freq::Week) {
            let (y, _, _) = date_of(self.first + 3);
            let number = (self.first - Self::week(y, 1)?.first) / 7 + 1;
            return Self::week(y + n, number.unsigned_abs());
        }
        Some(Period { first: moved(self.first, false)?, last: moved(self.last, self.months().is_some())? })
    }

    /// What lies from the first of January of its last year to its end.
    pub fn year_to_date(self) -> Period {
        let year = Self::unit_around(self.last, Freq::Year);
        Period { first: year.first, last: self.last }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y1, m1, d1) = date_of(self.first);
        let (y2, m2, d2) = date_of(self.last);
        match self.freq() {
            Some(Freq::Day) => write!(f, "{y1:04}-{m1:02}-{d1:02}"),
            Some(Freq::Week) => {
                let (y, _, _) = date_of(self.first + 3);
                let start = Self::week(y, 1).map(|w| w.first).unwrap_or(self.first);
                write!(f, "{y:04}-W{:02}", (self.first - start) / 7 + 1)
            }
            Some(Freq::Month) => write!(f, "{y1:04}-{m1:02}"),
            Some(Freq::Quarter) => write!(f, "{y1:04}-Q{}", (m1 - 1) / 3 + 1),
            Some(Freq::Half) => write!(f, "{y1:04}-H{}", (m1 - 1) / 6 + 1),
            Some(Freq::Year) => write!(f, "{y1:04}"),
            None => match self.months() {
                Some(_) if m1 == 1 && m2 == 12 => write!(f, "{y1:04}..{y2:04}"),
                Some(_) => write!(f, "{y1:04}-{m1:02}..{y2:04}-{m2:02}"),
                None => write!(f, "{y1:04}-{m1:02}-{d1:02}..{y2:04}-{m2:02}-{d2:02}"),
            },
        }
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::text::parse_fixed;
    use super::*;

    fn p(text: &str) -> Period {
        parse_fixed(text).unwrap()
    }

    #[test]
    fn a_period_prints_in_its_canonical_form() {
        for (said, printed) in [
            ("2018", "2018"),
            ("2018-H1", "2018-H1"),
            ("2018-Q3", "2018-Q3"),
            ("2018-03", "2018-03"),
            ("Mar 2018", "2018-03"),
            ("2018-03-15", "2018-03-15"),
            ("2018..2020", "2018..2020"),
            ("Jan..Nov 2024", "2024-01..2024-11"),
            ("2024-01..2024-11", "2024-01..2024-11"),
            ("2024-01..2024-06", "2024-H1"),
            ("2024-01..2024-12", "2024"),
            ("Nov 2023..Feb 2024", "2023-11..2024-02"),
            ("2024-W05", "2024-W05"),
        ] {
            assert_eq!(p(said).to_string(), printed);
            assert_eq!(p(printed), p(said));
        }
        for wrong in ["2018-13", "18", "2018-2024", "2024..2018", "2018-00", "Foo 2018", "2023-02-29", ""] {
            assert_eq!(parse_fixed(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn shifts_go_by_calendar() {
        assert_eq!(p("2024-02").shift(-1, Freq::Year), Some(p("2023-02")));
        assert_eq!(p("2024-01..2024-11").shift(-1, Freq::Year), Some(p("2023-01..2023-11")));
        assert_eq!(p("2024-Q1").shift(-1, Freq::Quarter), Some(p("2023-Q4")));
        assert_eq!(p("2024-02-29").shift(-1, Freq::Year), Some(p("2023-02-28")));
        assert_eq!(p("2024-01").shift(-1, Freq::Month), Some(p("2023-12")));
    }

    #[test]
    fn the_units_of_a_year_are_its_months() {
        let months = p("2024").units(Freq::Month, 100);
        assert_eq!(months.len(), 12);
        assert_eq!(months.last().copied(), Some(p("2024-12")));
        assert_eq!(p("2024-03").units(Freq::Year, 10), [p("2024")]);
    }
}

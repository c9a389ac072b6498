//! When a time of a story is. In: a phrase, the day of the story, what was told before. Out: a period; nothing where no
//! year can be known. Guesses nothing.

use super::phrases::{Phrase, Year};
use super::words::Comparison;
use crate::value::period::{Freq, Period};

/// What a time is told from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    /// Year and month of the day of the story, or of the last time told with its year.
    pub day: Option<(i32, u32)>,
    /// The time that the sentence is about.
    pub main: Option<Period>,
    /// The latest time told of, or that of the sentence: a month without year that lies within is of its year.
    pub whole: Option<Period>,
    /// The last month told of.
    pub month: Option<Period>,
    /// The first month of the fiscal year of who reports.
    pub fiscal: Option<u32>,
}

/// The first month of the fiscal year of a country that is known to count so.
pub fn fiscal_month(reporter: Option<&str>) -> Option<u32> {
    Some(match reporter? {
        "IND" | "JPN" => 4,
        "AUS" | "PAK" | "BGD" | "EGY" | "KEN" => 7,
        "USA" | "THA" | "MMR" => 10,
        _ => return None,
    })
}

fn span(year: i32, from: u32, to: u32) -> Option<Period> {
    let last = Period::month(if to < from { year + 1 } else { year }, to)?;
    Some(Period::month(year, from)?.span(last))
}

impl Standing {
    /// The year of a span that ends with this month, if it is not told: the last that is not after the story.
    fn year_of(&self, year: Year, from: u32, to: u32) -> Option<i32> {
        let back = i32::from(to < from);
        match year {
            Year::Is(year) => Some(year),
            Year::Back(by) => self.day.map(|(y, _)| y + by),
            Year::Unsaid => {
                // What lies within the time that the sentence is about is of its year.
                if let Some(main) = self.whole.filter(|m| m.months().is_some_and(|n| n >= 3)) {
                    let (year, _) = main.first_month();
                    if back == 0 && span(year, from, to).is_some_and(|p| main != p && main.contains(p)) {
                        return Some(year);
                    }
                }
                let (year, month) = self.day?;
                Some(if to <= month { year } else { year - 1 } - back)
            }
        }
    }

    /// When it is.
    pub fn resolve(&self, phrase: Phrase) -> Option<Period> {
        match phrase {
            Phrase::Months(year, from, to) => span(self.year_of(year, from, to)?, from, to),
            Phrase::Days(year, month, first, last) => {
                let year = self.year_of(year, month, month)?;
                Some(Period::day(year, month, first)?.span(Period::day(year, month, last)?))
            }
            Phrase::FirstDays(last) => {
                let (year, month) = self.day?;
                Some(Period::day(year, month, 1)?.span(Period::day(year, month, last)?))
            }
            Phrase::Between((y1, m1), (y2, m2)) => Some(Period::month(y1, m1)?.span(Period::month(y2, m2)?)),
            Phrase::Ending(year, month, count) => {
                let last = Period::month(self.year_of(year, month, month)?, month)?;
                Some(last.shift(1 - i32::try_from(count).ok()?, Freq::Month)?.span(last))
            }
            Phrase::Year(Year::Unsaid) => Period::year(self.main.or(self.month)?.first_month().0),
            Phrase::Year(year) => Period::year(self.year_of(year, 1, 12)?),
            Phrase::Years(from, to) => Some(Period::year(from)?.span(Period::year(to)?)),
            Phrase::Quarter(year, number) => {
                let (from, to) = (number * 3 - 2, number * 3);
                Period::quarter(self.year_of(year, from, to)?, number)
            }
            Phrase::Fiscal(year, from, to) => {
                let first = self.fiscal?;
                let (y, m) = self.day?;
                let current = if m >= first { y } else { y - 1 };
                let begin = match year {
                    Year::Is(year) => year,
                    Year::Back(by) => current + by,
                    Year::Unsaid => current,
                };
                let start = Period::month(begin, first)?;
                let at = |n: u32| start.shift(i32::try_from(n).ok()? - 1, Freq::Month);
                Some(at(from)?.span(at(to)?))
            }
            Phrase::Change(from, to) => {
                let _ = from;
                span(self.year_of(Year::Unsaid, to, to)?, to, to)
            }
            Phrase::YearBefore => self.main?.shift(-1, Freq::Year),
            Phrase::SameIn(year) => {
                let main = self.main?;
                let to = match year {
                    Year::Is(year) => year,
                    Year::Back(by) => self.day?.0 + by,
                    Year::Unsaid => return None,
                };
                main.shift(to - main.last_month().0, Freq::Year)
            }
            Phrase::MonthBefore => {
                let month = self.main.filter(|m| m.months() == Some(1)).or(self.month)?;
                month.shift(-1, Freq::Month)
            }
            Phrase::QuarterBefore => self.main?.shift(-1, Freq::Quarter),
            Phrase::LastMonth => {
                let (year, month) = self.day?;
                Period::month(year, month)?.shift(-1, Freq::Month)
            }
            Phrase::ThisMonth => self.day.and_then(|(year, month)| Period::month(year, month)),
            Phrase::LastQuarter => {
                let (year, month) = self.day?;
                Period::quarter(year, month.div_ceil(3))?.shift(-1, Freq::Quarter)
            }
            Phrase::YearToDate => {
                let told = self.month.map(Period::last_month);
                let before = || self.day.map(|(y, m)| if m == 1 { (y - 1, 12) } else { (y, m - 1) });
                let (year, month) = told.or_else(before)?;
                span(year, 1, month)
            }
            Phrase::InTheMonth => self.month,
        }
    }
}

/// The time that is compared with.
pub fn base_of(period: Period, comparison: Comparison) -> Option<Period> {
    match (comparison, period.months()) {
        (Comparison::Year, _) => period.shift(-1, Freq::Year),
        (Comparison::Month, Some(3)) | (Comparison::Quarter, _) => period.shift(-1, Freq::Quarter),
        (Comparison::Month, _) => period.shift(-1, Freq::Month),
    }
}

/// How two times are compared, if that is one of the usual ways.
pub fn comparison_of(period: Period, base: Period) -> Option<Comparison> {
    let same = |c| (base_of(period, c) == Some(base)).then_some(c);
    match period.months() {
        Some(1) => same(Comparison::Year).or(same(Comparison::Month)),
        Some(3) => same(Comparison::Year).or(same(Comparison::Quarter)),
        _ => same(Comparison::Year),
    }
}

/// Whether the time is told by another: a year earlier, the month before.
pub fn is_relative(phrase: Phrase) -> bool {
    matches!(phrase, Phrase::YearBefore | Phrase::MonthBefore | Phrase::QuarterBefore | Phrase::SameIn(_))
}

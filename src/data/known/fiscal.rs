//! Fiscal years as data write them: `2007-08`, `2007/2008`, `FY2023`. In: cells, and the first month as it is declared.
//! Out: periods of twelve months. Never guesses that month: no file says it.

use crate::data::known::year_parts;
use crate::value::Period;
use crate::value::period::Freq;

/// A fiscal year by its label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    /// Both calendar years are written; the first of them.
    Two(i32),
    /// One is written: the one in which it begins, or ends.
    One(i32),
}

/// When a fiscal year begins, and by which year it is called where only one is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FiscalYear {
    first_month: u32,
    by_end: bool,
}

fn digits(text: &str, len: usize) -> Option<i32> {
    (text.len() == len && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn label(cell: &str) -> Option<Label> {
    let text = cell.trim();
    let named = text.strip_prefix("FY").or_else(|| text.strip_prefix("fy")).map(str::trim_start);
    let rest = named.unwrap_or(text);
    if let Some((first, second)) = rest.split_once(['-', '/', '\u{2013}']) {
        let year = digits(first.trim(), 4)?;
        let second = second.trim();
        let follows = match second.len() {
            2 => digits(second, 2)? == (year + 1).rem_euclid(100),
            _ => digits(second, 4)? == year + 1,
        };
        return follows.then_some(Label::Two(year));
    }
    named?;
    digits(rest, 4).or_else(|| digits(rest, 2).map(year_parts::of_two_digits)).map(Label::One)
}

/// Whether a label cannot be a month.
fn is_certain(cell: &str) -> bool {
    let second = cell.trim().split(['-', '/', '\u{2013}']).nth(1).unwrap_or("").trim();
    second.len() == 4 || !digits(second, 2).is_some_and(|month| (1..=12).contains(&month))
}

/// A cell that shows it, if all cells are fiscal years: two or more different ones whose second part is always the first
/// plus one, or one that can be nothing else.
pub fn shown<'a>(cells: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut found: Vec<&str> = Vec::new();
    for cell in cells {
        label(cell)?;
        if found.len() < 2 && !found.contains(&cell.trim()) {
            found.push(cell.trim());
        }
    }
    let first = *found.first()?;
    (found.len() > 1 || is_certain(first)).then(|| first.to_string())
}

/// Whether a cell may be a fiscal year.
pub fn is_label(cell: &str) -> bool {
    label(cell).is_some()
}

/// The lines to choose from, for a column that holds labels such as this one.
pub fn advice(column: &str, cell: &str) -> String {
    let line = |form: &str| format!("`period from {column}: {form}`");
    let from = line("fiscal year from Apr");
    match label(cell) {
        Some(Label::One(_)) => {
            format!("{from} if it begins in that year, {} if it ends in it", line("fiscal year to Mar"))
        }
        _ if is_certain(cell) => from,
        _ => format!("{from}, or {} if they are months", line("YYYY-MM")),
    }
}

/// What a declared form says: `fiscal year from Apr`, or `fiscal year to Mar` where a single year is the last.
pub fn declared(form: &str) -> Option<FiscalYear> {
    let lower = form.trim().to_lowercase();
    let rest = lower.strip_prefix("fiscal year ")?.trim_start();
    if let Some(month) = rest.strip_prefix("from ") {
        return Some(FiscalYear { first_month: year_parts::month_number(month.trim())?, by_end: false });
    }
    let last = year_parts::month_number(rest.strip_prefix("to ")?.trim())?;
    Some(FiscalYear { first_month: last % 12 + 1, by_end: true })
}

impl FiscalYear {
    /// A cell as a period; a year alone is read too.
    pub fn read(self, cell: &str) -> Option<Period> {
        let start = match label(cell).or_else(|| digits(cell.trim(), 4).map(Label::One))? {
            // A year that begins in January has no second half in the next.
            Label::Two(year) => (self.first_month > 1).then_some(year)?,
            Label::One(year) => year - i32::from(self.by_end && self.first_month > 1),
        };
        let first = Period::month(start, self.first_month)?;
        Some(first.span(first.shift(11, Freq::Month)?))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn fiscal_years_are_told_from_months() {
        let shown = |cells: &[&str]| super::shown(cells.iter().copied());
        assert_eq!(shown(&["2007-08", "2008-09"]).as_deref(), Some("2007-08"));
        assert_eq!(shown(&["2007/08", "2010/11"]).as_deref(), Some("2007/08"));
        assert_eq!(shown(&["2009/2010"]).as_deref(), Some("2009/2010"));
        assert_eq!(shown(&["1999-00"]).as_deref(), Some("1999-00"));
        assert_eq!(shown(&["FY2023"]).as_deref(), Some("FY2023"));
        // One month, months, years.
        assert_eq!(shown(&["2007-08"]), None);
        assert_eq!(shown(&["2007-08", "2007-09"]), None);
        assert_eq!(shown(&["2007", "2008"]), None);
    }

    #[test]
    fn the_first_month_is_declared() {
        let read = |form: &str, cell: &str| declared(form).unwrap().read(cell).map(|p| p.to_string());
        assert_eq!(read("fiscal year from Apr", "2009-10").as_deref(), Some("2009-04..2010-03"));
        assert_eq!(read("fiscal year from July", "1999-00").as_deref(), Some("1999-07..2000-06"));
        assert_eq!(read("fiscal year from Apr", "FY2023").as_deref(), Some("2023-04..2024-03"));
        assert_eq!(read("fiscal year to Sep", "FY2023").as_deref(), Some("2022-10..2023-09"));
        assert_eq!(read("fiscal year from Jan", "FY23").as_deref(), Some("2023"));
        assert_eq!(read("fiscal year from Jan", "2009-10"), None);
        assert!(declared("fiscal year from 4").is_none() && declared("YYYY-MM").is_none());
    }
}

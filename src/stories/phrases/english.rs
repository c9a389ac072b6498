//! Times in English that say their own month, quarter or year.

use super::super::lexer::{Piece, Shape};
use super::{Phrase, Reader, Year, month_of, ordinal, relative};

/// What begins with a number: `2024`, `11 months of 2024`, `20 November`.
pub(super) fn number(r: &mut Reader) -> Option<Phrase> {
    let start = r.at;
    if let Some(year) = r.year() {
        let next = r.piece(0).map(|p| p.text.to_lowercase()).unwrap_or_default();
        let back = r.at;
        // `2023-24`, `2023/24`: a year that does not begin in January; `2018-2023`: years.
        if matches!(next.as_str(), "-" | "/" | "–") && r.piece(1).is_some_and(|p| p.shape == Shape::Number) {
            r.at += 1;
            if let Some(end) = r.year() {
                return if end == year + 1 && next != "-" && next != "–" {
                    Some(Phrase::Fiscal(Year::Is(year), 1, 12))
                } else {
                    Some(Phrase::Years(year, end))
                };
            }
            if r.number(0, 99) == u32::try_from((year + 1) % 100).ok() {
                return Some(Phrase::Fiscal(Year::Is(year), 1, 12));
            }
            r.at = back;
        }
        let unit =
            ["billion", "million", "trillion", "bn", "tonnes", "tons", "units", "percent", "%", "per", "元", "亿"];
        let joined = r.piece(0).is_some_and(|p| matches!(p.shape, Shape::Word) && p.start == r.end_before());
        return (!unit.contains(&next.as_str()) && !joined).then_some(Phrase::Year(Year::Is(year)));
    }
    r.at = start;
    let number = r.number(1, 31)?;
    if r.any(&["months to", "months through", "months ended", "months ending", "-month period to", "months until"]) {
        let _ = r.any(&["end-", "the end of", "in"]);
        let month = r.month()?;
        return Some(Phrase::Ending(r.of_year(), month, number.min(24)));
    }
    if (2..=12).contains(&number) && r.any(&["months of", "months in", "months into"]) {
        return first_months(r, number);
    }
    // `20 November`.
    let month = r.month()?;
    Some(Phrase::Days(r.of_year(), month, number, number))
}

/// The first so many months, of whatever year is told next.
fn first_months(r: &mut Reader, number: u32) -> Option<Phrase> {
    let back = r.at;
    if r.any(&[
        "this fiscal year",
        "this fiscal",
        "the fiscal year",
        "the current fiscal year",
        "the current fiscal",
        "the fiscal",
        "the financial year",
        "the current financial year",
        "this financial year",
    ]) {
        let year = r.year();
        return Some(Phrase::Fiscal(year.map_or(Year::Unsaid, Year::Is), 1, number));
    }
    if r.any(&["fiscal", "fy", "the fiscal year"]) {
        let year = r.fiscal_year()?;
        return Some(Phrase::Fiscal(year, 1, number));
    }
    r.at = back;
    if let Some(year) = r.year() {
        let fiscal = matches!(r.piece(0).map(|p| p.text), Some("-" | "/" | "–"));
        let second = r.piece(1).is_some_and(|p| p.shape == Shape::Number && p.text.len() <= 4);
        if fiscal && second {
            r.at += 2;
            return Some(Phrase::Fiscal(Year::Is(year), 1, number));
        }
        return Some(Phrase::Months(Year::Is(year), 1, number));
    }
    let year = match () {
        () if r.any(&["this year", "the year", "the current year"]) => Year::Back(0),
        () if r.any(&["last year", "the previous year"]) => Year::Back(-1),
        () => return None,
    };
    Some(Phrase::Months(year, 1, number))
}

/// What begins with a word.
pub(super) fn word(r: &mut Reader) -> Option<Phrase> {
    let start = r.at;
    for read in [month_first, part_of_year, relative::read] {
        if let Some(phrase) = read(r) {
            return Some(phrase);
        }
        r.at = start;
    }
    None
}

/// `November 2024`, `Jan.-Nov.`, `Nov. 1 to 20`, `between February and March`.
fn month_first(r: &mut Reader) -> Option<Phrase> {
    if r.words("between") {
        let (from, to) = (r.month()?, r.words("and").then(|| r.month()).flatten()?);
        return Some(if to == from % 12 + 1 { Phrase::Change(from, to) } else { spanning(r, from, to) });
    }
    let first = r.piece(0)?;
    // `Jan-Nov`, one word.
    if let Some((a, b)) = first.text.split_once(['-', '‑'])
        && let (Some(a), Some(b)) = (month_of(a), month_of(b))
    {
        r.at += 1;
        return Some(spanning(r, a, b));
    }
    let month = r.month()?;
    let back = r.at;
    let year = r.year();
    if let Some(y1) = year {
        // `April 2023 to March 2024`.
        let here = r.at;
        if r.dash()
            && let (Some(m2), Some(y2)) = (r.month(), r.year())
        {
            return Some(Phrase::Between((y1, month), (y2, m2)));
        }
        r.at = here;
        return Some(Phrase::Months(Year::Is(y1), month, month));
    }
    r.at = back;
    if r.dash() || r.any(&["and", "&", "/"]) {
        let and = r.end_before() > 0 && r.pieces.get(r.at - 1).is_some_and(|p| matches!(p.text, "and" | "&" | "/"));
        if let Some(second) = r.month()
            && (!and || second == month + 1 || month == 12 && second == 1)
        {
            return Some(spanning(r, month, second));
        }
    }
    r.at = back;
    if let Some(day) = r.day() {
        let here = r.at;
        if r.dash()
            && let Some(last) = r.day().filter(|last| *last > day)
        {
            return Some(Phrase::Days(r.of_year(), month, day, last));
        }
        r.at = here;
        return Some(Phrase::Days(r.of_year(), month, day, day));
    }
    // `the September quarter of 2024`
    if r.words("quarter") {
        return Some(Phrase::Ending(r.of_year_or(), month, 3));
    }
    let _ = r.words("alone");
    Some(Phrase::Months(r.of_year(), month, month))
}

/// A span of months, with the year behind it, if it is told.
fn spanning(r: &mut Reader, from: u32, to: u32) -> Phrase {
    let back = r.at;
    let _ = r.any(&["period of", "period"]);
    if r.any(&[
        "of this fiscal year",
        "of this fiscal",
        "this fiscal",
        "of the current fiscal year",
        "of the fiscal year",
    ]) {
        return Phrase::Months(Year::Unsaid, from, to);
    }
    match r.of_year() {
        Year::Unsaid => {
            if !r.pieces.get(r.at.wrapping_sub(1)).is_some_and(|p| p.is("period")) {
                r.at = back;
            }
            Phrase::Months(Year::Unsaid, from, to)
        }
        Year::Is(year) => {
            // `April-November 2024-25`.
            if r.piece(0).is_some_and(|p| matches!(p.text, "-" | "/" | "–"))
                && r.piece(1).is_some_and(|p| p.shape == Shape::Number && p.text.len() == 2)
            {
                r.at += 2;
            }
            Phrase::Months(Year::Is(year), from, to)
        }
        year => Phrase::Months(year, from, to),
    }
}

/// Parts of a year: `the first 11 months of 2024`, `the first quarter`, `Q1 2024`, `the three months to October`.
fn part_of_year(r: &mut Reader) -> Option<Phrase> {
    let first = r.piece(0)?;
    if let [letter @ (b'Q' | b'H'), digit @ b'1'..=b'4'] = first.text.as_bytes() {
        r.at += 1;
        let number = u32::from(digit - b'0');
        let year = r.of_year();
        return part(if *letter == b'Q' { "quarter" } else { "half" }, number, year);
    }
    if r.any(&["first-quarter", "second-quarter", "third-quarter", "fourth-quarter", "first-half", "second-half"]) {
        let (number, kind) = first.text.split_once('-')?;
        let year = r.of_year();
        return part(&kind.to_lowercase(), ordinal(number)?, year);
    }
    if first.is("fiscal") || first.is("FY") {
        r.at += 1;
        let _ = r.words("year");
        return Some(Phrase::Fiscal(r.fiscal_year()?, 1, 12));
    }
    let _ = r.words("the");
    if r.any(&["year to date", "year so far", "start of the year", "beginning of the year"]) {
        return Some(Phrase::YearToDate);
    }
    if r.any(&["previous fiscal year", "preceding fiscal year", "previous financial year", "previous fiscal"]) {
        return Some(Phrase::YearBefore);
    }
    if r.any(&["last fiscal year", "last financial year", "last fiscal"]) {
        return Some(Phrase::Fiscal(Year::Back(-1), 1, 12));
    }
    let ordinal_first = r.any(&["first", "opening"]);
    if ordinal_first || r.any(&["last", "past", "latest"]) {
        let number = r.number(2, 31);
        if let Some(number) = number {
            if r.any(&["months of", "months in", "months"]) && ordinal_first && number <= 12 {
                let back = r.at;
                return first_months(r, number).or_else(|| {
                    r.at = back;
                    Some(Phrase::Months(Year::Unsaid, 1, number))
                });
            }
            if r.any(&["days of the month", "days of this month", "days this month", "days of the month"]) {
                return Some(Phrase::FirstDays(number));
            }
            if r.any(&["days of", "days in"]) {
                let month = r.month()?;
                return Some(Phrase::Days(r.of_year(), month, 1, number));
            }
            if r.any(&["quarters of", "quarters"]) && ordinal_first && number <= 4 {
                return Some(Phrase::Months(r.of_year_or(), 1, number * 3));
            }
            return None;
        }
        r.at -= 1;
    }
    if let Some(number) = r.number(2, 24) {
        if r.any(&["months to", "months through", "months ended", "months ending", "months until"]) {
            let _ = r.any(&["end-", "the end of", "in"]);
            let month = r.month()?;
            return Some(Phrase::Ending(r.of_year(), month, number));
        }
        if number <= 8 && r.any(&["quarters to", "quarters ended", "quarters ending", "quarters through"]) {
            return quarters_to(r, number);
        }
        if number <= 12 && r.any(&["months of", "months in"]) {
            return first_months(r, number);
        }
        return None;
    }
    let number = ordinal(r.piece(0)?.text)?;
    r.at += 1;
    let kind = r.piece(0)?.text.to_lowercase();
    matches!(kind.as_str(), "quarter" | "half").then(|| r.at += 1)?;
    let back = r.at;
    if r.any(&[
        "of this fiscal year",
        "of the fiscal year",
        "of this fiscal",
        "of the current fiscal year",
        "of fiscal",
    ]) {
        let year = r.fiscal_year().unwrap_or(Year::Unsaid);
        let (from, to) = if kind == "quarter" { (number * 3 - 2, number * 3) } else { (number * 6 - 5, number * 6) };
        return Some(Phrase::Fiscal(year, from, to));
    }
    r.at = back;
    let year = r.of_year();
    part(&kind, number, year)
}

/// `the four quarters to the end of Q1 2024`, behind the `to`.
fn quarters_to(r: &mut Reader, count: u32) -> Option<Phrase> {
    let _ = r.any(&["the end of", "end of", "end-"]);
    let (last, year) = match part_of_year(r)? {
        Phrase::Quarter(year, number) => (number * 3, year),
        Phrase::Ending(year, month, _) => (month, year),
        _ => return None,
    };
    Some(Phrase::Ending(year, last, count * 3))
}

fn part(kind: &str, number: u32, year: Year) -> Option<Phrase> {
    match kind {
        "quarter" if number <= 4 => Some(Phrase::Quarter(year, number)),
        "half" if number <= 2 => Some(Phrase::Months(year, number * 6 - 5, number * 6)),
        _ => None,
    }
}

impl Reader<'_, '_> {
    /// One past the last byte that was taken.
    fn end_before(&self) -> usize {
        self.at.checked_sub(1).and_then(|b| self.pieces.get(b)).map_or(0, Piece::end)
    }

    /// The year of a fiscal year: `2024`, `2023-24`.
    fn fiscal_year(&mut self) -> Option<Year> {
        if let Some(year) = self.year() {
            if self.piece(0).is_some_and(|p| matches!(p.text, "-" | "/" | "–"))
                && self.piece(1).is_some_and(|p| p.shape == Shape::Number)
            {
                self.at += 2;
            }
            return Some(Year::Is(year));
        }
        self.number(10, 99).map(|n| Year::Is(2000 + i32::try_from(n).unwrap_or(0)))
    }

    /// A day of a month: a whole number up to 31 that no unit follows, perhaps with the ending of an ordinal.
    fn day(&mut self) -> Option<u32> {
        let back = self.at;
        let day = self.number(1, 31)?;
        let piece = self.pieces.get(back)?;
        if piece.shape != Shape::Number {
            self.at = back;
            return None;
        }
        if self.piece(0).is_some_and(|p| p.start == piece.end() && matches!(p.text, "st" | "nd" | "rd" | "th")) {
            self.at += 1;
            return Some(day);
        }
        let next = self.piece(0).map(|p| p.text.to_lowercase()).unwrap_or_default();
        const UNITS: [&str; 19] = [
            "billion",
            "million",
            "trillion",
            "bn",
            "mn",
            "m",
            "percent",
            "%",
            "per",
            "pct",
            "tonnes",
            "tons",
            "units",
            "pc",
            "thousand",
            "percentage",
            "$",
            "times",
            "points",
        ];
        if UNITS.contains(&next.as_str()) {
            self.at = back;
            return None;
        }
        Some(day)
    }

    fn of_year_or(&mut self) -> Year {
        if let Some(year) = self.year() { Year::Is(year) } else { self.of_year() }
    }
}

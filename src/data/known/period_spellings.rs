//! Spellings of periods that only some offices use. In: one cell. Out: a period, if the cell is written so. Each is a form
//! of its own, for a column is read by one.

use crate::data::known::year_parts::{self, YearPart, marked, month_number, of_two_digits, year_of};
use crate::value::Period;
use crate::value::period;

fn number(text: &str) -> Option<u32> {
    let good = !text.is_empty() && text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit());
    good.then(|| text.parse().ok()).flatten()
}

fn two_digits(text: &str) -> Option<i32> {
    if text.len() == 2 { number(text).and_then(|n| i32::try_from(n).ok()).map(of_two_digits) } else { None }
}

/// `Jan-23`, `Jan '23`, as spreadsheets write months.
pub(super) fn month_and_short_year(cell: &str) -> Option<Period> {
    let (month, year) = cell.split_once(['-', '/', '\''])?;
    Period::month(two_digits(year.trim())?, month_number(month)?)
}

/// `YR2021`, as the World Bank's programs write years.
pub(super) fn prefixed_year(cell: &str) -> Option<Period> {
    Period::year(year_of(cell.strip_prefix("YR").or_else(|| cell.strip_prefix("yr"))?)?)
}

/// `1Q23`, `1Q2010`, `Q1/2010`, `Q1-2010`.
pub(super) fn quarter_first(cell: &str) -> Option<Period> {
    let upper = cell.to_uppercase();
    let (quarter, year) = match upper.strip_prefix('Q') {
        Some(rest) => rest.split_once(['/', '-'])?,
        None => upper.split_once('Q')?,
    };
    let year = year.trim().trim_start_matches('\'');
    Period::quarter(year_of(year).or_else(|| two_digits(year))?, number(quarter.trim())?)
}

/// `2010:01`, `2010:11`, `2010:M1`.
pub(super) fn colon_month(cell: &str) -> Option<Period> {
    let (year, part) = cell.split_once(':')?;
    Period::month(year_of(year)?, number(part.trim().trim_start_matches(['M', 'm']))?)
}

/// `2010:1`, `2010:Q1`.
pub(super) fn colon_quarter(cell: &str) -> Option<Period> {
    let (year, part) = cell.split_once(':')?;
    let part = part.trim().trim_start_matches(['Q', 'q']);
    if part.len() == 1 { Period::quarter(year_of(year)?, number(part)?) } else { None }
}

/// `113年1月`, `民國113年`: the year 1 is 1912.
pub(super) fn minguo(cell: &str) -> Option<Period> {
    let (year, rest) = cell.trim_start_matches("民國").trim_start_matches("中華民國").split_once('年')?;
    let good = (2..=3).contains(&year.trim().len()) && year.trim().bytes().all(|b| b.is_ascii_digit());
    let year = 1911 + year.trim().parse::<i32>().ok().filter(|_| good)?;
    match rest.trim().strip_suffix('月') {
        Some(month) => Period::month(year, number(month.trim())?),
        None if rest.trim().is_empty() => Period::year(year),
        None => None,
    }
}

/// `45292`: the day of a spreadsheet that wrote a number for it. Years and months are written with other counts of digits,
/// but for a year and its quarter: 20241.
pub(super) fn serial_day(cell: &str) -> Option<Period> {
    let sound = cell.len() == 5 && cell.bytes().all(|b| b.is_ascii_digit());
    let days: i32 = cell.parse().ok().filter(|d| sound && (21_005..=60_000).contains(d))?;
    let first = Period::day(1899, 12, 30)?;
    first.shift(days, crate::value::Freq::Day)
}

fn term(cell: &str) -> Option<(i32, u32)> {
    let (year, part) = cell.split_once(['T', 't'])?;
    let part = part.trim();
    match year_of(year.trim().trim_end_matches('-')) {
        Some(year) if part.len() == 1 => Some((year, number(part)?)),
        _ => {
            let (part, rest) = cell.strip_prefix(['T', 't'])?.split_once([' ', '-', '/'])?;
            Some((year_of(rest)?, number(part)?))
        }
    }
}

/// `2010-T1`: a quarter where the office counts four of them.
pub(super) fn term_quarter(cell: &str) -> Option<Period> {
    let (year, part) = term(cell)?;
    Period::quarter(year, part)
}

/// `2010-T1`: four months where the office counts three of them, as SDMX does.
pub(super) fn term_of_four_months(cell: &str) -> Option<Period> {
    let (year, part) = term(cell)?;
    let last = (1..=3).contains(&part).then_some(4 * part)?;
    Some(Period::month(year, last - 3)?.span(Period::month(year, last)?))
}

/// `2010-01/2010-12`, `2010M1/2010M12`, `2010-01-01/2010-12-31`: both ends.
pub(super) fn both_ends(cell: &str) -> Option<Period> {
    let (first, last) = cell.split_once('/')?;
    let read = |text: &str| -> Option<Period> {
        let text = text.trim();
        let year = year_of(text.get(..4)?)?;
        let rest = text.get(4..)?;
        match rest.strip_prefix(['M', 'm']) {
            Some(month) => Period::month(year, number(month)?),
            None if rest.is_empty() || text.contains(' ') => None,
            None => period::parse_fixed(text),
        }
    };
    let (first, last) = (read(first)?, read(last)?);
    (first.first() <= last.first()).then(|| first.span(last))
}

/// `13 April 2026`, `Jan 1 2000`, `1-Jan-2000`, `April 13, 2026`.
pub(super) fn worded_day(cell: &str) -> Option<Period> {
    let words: Vec<&str> = cell.split([' ', '-', ',', '/', '.']).filter(|w| !w.is_empty() && *w != "de").collect();
    let [a, b, year] = words.as_slice() else { return None };
    let year = year_of(year)?;
    match (month_number(a), month_number(b)) {
        (Some(month), None) => Period::day(year, month, number(b)?),
        (None, Some(month)) => Period::day(year, month, number(a)?),
        (Some(_), Some(_)) | (None, None) => None,
    }
}

/// `2023p`, `2023*`, `2023-Q4 (p)`.
pub(super) fn with_mark(cell: &str) -> Option<Period> {
    let plain = marked(cell).map_or(cell, |(period, _)| period);
    let (year, rest) = (year_of(plain.get(..4)?)?, plain.get(4..)?.trim_start_matches([' ', '-']));
    if rest.is_empty() {
        return Period::year(year);
    }
    let part = year_parts::named(rest);
    match part {
        Some(part @ (YearPart::Month(_) | YearPart::Quarter(_) | YearPart::Half(_))) => part.of(year),
        Some(YearPart::Whole) | None => Period::month(year, number(rest).filter(|_| rest.len() == 2)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_offices() {
        type Form = fn(&str) -> Option<Period>;
        let cases: &[(Form, &str, &str)] = &[
            (month_and_short_year, "Jan-23", "2023-01"),
            (month_and_short_year, "Dec-98", "1998-12"),
            (prefixed_year, "YR2021", "2021"),
            (quarter_first, "1Q23", "2023-Q1"),
            (quarter_first, "4Q2010", "2010-Q4"),
            (quarter_first, "Q1/2010", "2010-Q1"),
            (colon_month, "2010:11", "2010-11"),
            (colon_quarter, "2010:Q3", "2010-Q3"),
            (term_quarter, "2010-T4", "2010-Q4"),
            (term_quarter, "T2 2010", "2010-Q2"),
            (term_of_four_months, "2010T3", "2010-09..2010-12"),
            (both_ends, "2010-01/2010-12", "2010"),
            (both_ends, "2010M1/2010M11", "2010-01..2010-11"),
            (both_ends, "2010-01-01/2010-12-31", "2010"),
            (worded_day, "13 April 2026", "2026-04-13"),
            (worded_day, "Jan 1 2000", "2000-01-01"),
            (worded_day, "1-Jan-2000", "2000-01-01"),
            (with_mark, "2023p", "2023"),
            (with_mark, "2023-Q4 (p)", "2023-Q4"),
            (with_mark, "2023-07*", "2023-07"),
        ];
        for (form, cell, period) in cases {
            assert_eq!(form(cell).map(|p| p.to_string()).as_deref(), Some(*period), "{cell}");
        }
        for (form, cell) in
            [(both_ends as Form, "2010/2011"), (worded_day, "1 2 2000"), (month_and_short_year, "Jan-2023")]
        {
            assert_eq!(form(cell), None, "{cell}");
        }
    }
}

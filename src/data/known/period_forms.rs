//! How periods are written in data. A column is read by the one form under which all its cells are periods.

use crate::data::known::fiscal;
use crate::data::known::period_spellings as spellings;
pub use crate::data::known::year_parts::marked;
use crate::data::known::year_parts::month_number;
use crate::value::period::{self, Period};

/// A way of writing periods.
#[derive(Debug)]
pub struct PeriodForm {
    /// For people: `YYYY.MM`.
    pub name: &'static str,
    /// Reads one cell.
    pub read: fn(&str) -> Option<Period>,
}

/// The forms, the most usual first.
pub const FORMS: &[PeriodForm] = &[
    PeriodForm { name: "YYYY, YYYY-MM, YYYY-Qn, YYYY-MM..YYYY-MM", read: canonical },
    PeriodForm { name: "YYYYMM", read: compact_month },
    PeriodForm { name: "YYYYMMDD", read: compact_day },
    PeriodForm { name: "YYYY.MM", read: dotted_month },
    PeriodForm { name: "SDMX (2024-M01, 2024M1, 2024q1, 2024-S2, 2024A)", read: sdmx },
    PeriodForm { name: "YYYY/M", read: slashed },
    PeriodForm { name: "MM/YYYY", read: month_first },
    PeriodForm { name: "Mon YYYY, Jan-Nov YYYY", read: worded },
    PeriodForm { name: "YYYY年M月", read: chinese },
    PeriodForm { name: "YYYY [YRYYYY]", read: world_bank },
    PeriodForm { name: "YYYYPP (52 is the year)", read: comext },
    PeriodForm { name: "ISO 8601 start/duration", read: iso_range },
    PeriodForm { name: "YYYY-MM-DD 00:00", read: midnight },
    PeriodForm { name: "DD/MM/YYYY", read: |c| day_of(c, true) },
    PeriodForm { name: "MM/DD/YYYY", read: |c| day_of(c, false) },
    PeriodForm { name: "YYYY.M", read: dotted_short },
    PeriodForm { name: "Mon-YY (50 to 99 are 1950 to 1999)", read: spellings::month_and_short_year },
    PeriodForm { name: "YRYYYY", read: spellings::prefixed_year },
    PeriodForm { name: "nQYY, nQYYYY, Qn/YYYY", read: spellings::quarter_first },
    PeriodForm { name: "YYYY:Q", read: spellings::colon_quarter },
    PeriodForm { name: "YYYY:M", read: spellings::colon_month },
    PeriodForm { name: "YYYY-Tn, a quarter", read: spellings::term_quarter },
    PeriodForm { name: "YYYY-Tn, four months", read: spellings::term_of_four_months },
    PeriodForm { name: "YYYY-MM/YYYY-MM, both ends", read: spellings::both_ends },
    PeriodForm { name: "D Month YYYY, Month D YYYY", read: spellings::worded_day },
    PeriodForm { name: "YYY年M月, years of the Republic of China", read: spellings::minguo },
    PeriodForm { name: "days since 1899-12-30, as spreadsheets count", read: spellings::serial_day },
    PeriodForm { name: "a year, quarter or month with a mark behind it (2023p, 2023*)", read: spellings::with_mark },
];

/// Forms under which a cell may be another period than under a form that stands near it.
const CLASHING: &[&str] =
    &["DD/MM/YYYY", "MM/DD/YYYY", "YYYY:Q", "YYYY:M", "YYYY-Tn, a quarter", "YYYY-Tn, four months"];
/// The form whose cells are read as a number would be written.
const DOTTED: &str = "YYYY.M";

/// The form whose cells are numbers that may be anything.
const SERIAL: &str = "days since 1899-12-30, as spreadsheets count";

/// Why a column is not one of periods.
#[derive(Clone, Debug, PartialEq)]
pub enum NotPeriods {
    /// This cell is no period, or not written as the others are.
    Cell(String),
    /// All cells can be read in two ways; the names of both.
    Ambiguous(&'static str, &'static str),
    /// All are fiscal years, as this one, and nobody said when they begin.
    Fiscal(String),
    /// There is no such form.
    NoForm,
}

/// How the cells of a column are read as periods, and what they are; each different cell need be given only once.
/// `declared` is the name of a form.
pub fn read_column<'a>(
    cells: impl Iterator<Item = &'a str> + Clone,
    declared: Option<&str>,
) -> Result<(&'static str, Vec<Period>), NotPeriods> {
    if let Some(years) = declared.and_then(fiscal::declared) {
        let read = cells.map(|c| years.read(c).ok_or_else(|| NotPeriods::Cell(c.to_string())));
        return Ok(("fiscal year", read.collect::<Result<_, _>>()?));
    }
    if let (None, Some(cell)) = (declared, fiscal::shown(cells.clone())) {
        return Err(NotPeriods::Fiscal(cell));
    }
    let mut best: Option<(usize, String)> = None;
    let mut found: Vec<(&'static str, Vec<Period>)> = Vec::new();
    let wanted =
        |form: &PeriodForm| declared.is_none_or(|d| form.name.to_lowercase().contains(&d.trim().to_lowercase()));
    if !FORMS.iter().any(wanted) {
        return Err(NotPeriods::NoForm);
    }
    for form in FORMS.iter().filter(|f| wanted(f)) {
        let mut out = Vec::new();
        let mut wrong = None;
        for cell in cells.clone() {
            match (form.read)(cell.trim()) {
                Some(p) => out.push(p),
                None => {
                    wrong = Some(cell.to_string());
                    break;
                }
            }
        }
        match wrong {
            None if !out.is_empty() => {
                found.push((form.name, out));
                // Day and month can stand in two orders; most other forms exclude each other.
                if !CLASHING.contains(&form.name) {
                    break;
                }
            }
            None => return Err(NotPeriods::Cell(String::new())),
            Some(cell) if best.as_ref().is_none_or(|(n, _)| out.len() > *n) => best = Some((out.len(), cell)),
            Some(_) => {}
        }
    }
    if let [(a, first), (b, second), ..] = found.as_slice()
        && first != second
        && !(*a == "YYYY:Q" && are_all_quarters(first))
    {
        return Err(NotPeriods::Ambiguous(a, b));
    }
    let found = found.into_iter().next().or_else(|| several(cells.clone()).filter(|_| declared.is_none()));
    let Some((mut name, mut out)) = found else {
        return Err(NotPeriods::Cell(best.map(|(_, cell)| cell).unwrap_or_default()));
    };
    if name == DOTTED
        && cells.clone().any(|c| c.trim().ends_with(".1"))
        && !cells.clone().any(|c| c.trim().ends_with(".10"))
    {
        // As a number, October is 2023.1.
        return Err(NotPeriods::Ambiguous("January", "October"));
    }
    if let Some(wide) = widened(&mut out) {
        name = wide;
    }
    Ok((name, out))
}

/// Whether all four quarters are there, and more than one year: months would not all end in April.
fn are_all_quarters(periods: &[Period]) -> bool {
    let mut quarters: Vec<u32> = periods.iter().map(|p| p.first_month().1).collect();
    quarters.sort_unstable();
    quarters.dedup();
    let year = periods.first().map(|p| p.first_month().0);
    quarters.len() == 4 && periods.iter().any(|p| Some(p.first_month().0) != year)
}

/// Cells in forms of their own, each of which can be read in one way only: years beside quarters, months beside both.
fn several<'a>(cells: impl Iterator<Item = &'a str>) -> Option<(&'static str, Vec<Period>)> {
    let sure = || FORMS.iter().filter(|f| !CLASHING.contains(&f.name) && f.name != DOTTED);
    let one = |cell: &str| {
        let mut read = sure().filter_map(|f| (f.read)(cell.trim()));
        let first = read.next()?;
        (read.all(|other| other == first) && (1700..=2200).contains(&first.first_month().0)).then_some(first)
    };
    let periods = cells.map(one).collect::<Option<Vec<Period>>>()?;
    Some(("several forms, each of them clear", periods))
}

/// Days that are all the first of a month, or all the last, at most one a month, stand for their months; for
/// quarters or years, if there are none between.
pub fn widened(periods: &mut [Period]) -> Option<&'static str> {
    let month = |p: &Period| p.floor(period::Freq::Month);
    let day = periods.iter().all(|p| p.first() == p.last());
    let first = periods.iter().all(|p| month(p).first() == p.first());
    let last = periods.iter().all(|p| month(p).last() == p.last());
    let mut different: Vec<Period> = periods.to_vec();
    different.sort_unstable();
    different.dedup();
    if !day || !(first || last) || different.len() < 2 {
        return None;
    }
    let months: Vec<u32> = different.iter().map(|p| p.first_month().1).collect();
    let all = |list: &[u32]| months.iter().all(|m| list.contains(m));
    let (freq, name) = match (different.len() > 2, first) {
        (true, true) if all(&[1]) => (period::Freq::Year, "first day of the year"),
        (true, false) if all(&[12]) => (period::Freq::Year, "last day of the year"),
        (true, true) if all(&[1, 4, 7, 10]) => (period::Freq::Quarter, "first day of the quarter"),
        (true, false) if all(&[3, 6, 9, 12]) => (period::Freq::Quarter, "last day of the quarter"),
        (_, true) => (period::Freq::Month, "first day of the month"),
        (_, false) => (period::Freq::Month, "last day of the month"),
    };
    for p in periods.iter_mut() {
        *p = p.floor(freq);
    }
    Some(name)
}

/// One cell by any form, for column names that are periods: of the last centuries, not product codes.
pub fn read_any(cell: &str) -> Option<Period> {
    if is_no_period(cell) {
        return None;
    }
    let usual = FORMS.iter().filter(|f| f.name != DOTTED && f.name != SERIAL);
    usual.filter_map(|f| (f.read)(cell.trim())).find(|p| (1700..=2200).contains(&p.first_month().0))
}

/// Whether a cell is surely none: a few digits, or decimals that are neither a year and a month.
pub fn is_no_period(cell: &str) -> bool {
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match cell.split_once('.') {
        Some((whole, decimals)) => {
            (whole.len() != 4 || decimals.len() > 2) && all_digits(whole) && all_digits(decimals)
        }
        None => cell.len() < 3 && all_digits(cell),
    }
}

fn digits(text: &str) -> Option<i32> {
    (!text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn year(text: &str) -> Option<i32> {
    if text.len() == 4 { digits(text) } else { None }
}

fn month(year: i32, text: &str) -> Option<Period> {
    if text.len() > 2 {
        return None;
    }
    Period::month(year, digits(text)?.unsigned_abs())
}

fn canonical(cell: &str) -> Option<Period> {
    if cell.contains(' ') { None } else { period::parse_fixed(cell) }
}

fn compact_month(cell: &str) -> Option<Period> {
    let whole = cell.len() == 6;
    whole.then(|| month(year(cell.get(..4)?)?, cell.get(4..)?)).flatten()
}

fn compact_day(cell: &str) -> Option<Period> {
    if cell.len() != 8 {
        return None;
    }
    let (m, d) = (digits(cell.get(4..6)?)?, digits(cell.get(6..)?)?);
    Period::day(year(cell.get(..4)?)?, m.unsigned_abs(), d.unsigned_abs())
}

fn dotted_month(cell: &str) -> Option<Period> {
    let (y, m) = cell.split_once('.')?;
    (m.len() == 2).then(|| month(year(y)?, m)).flatten()
}

fn sdmx(cell: &str) -> Option<Period> {
    let y = year(cell.get(..4)?)?;
    let rest = cell.get(4..)?;
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    if rest.is_empty() {
        return Period::year(y);
    }
    let n = if rest.len() == 1 { 1 } else { digits(rest.get(1..)?)?.unsigned_abs() };
    if rest.len() == 1 && !rest.eq_ignore_ascii_case("A") {
        return None;
    }
    match rest.bytes().next()?.to_ascii_uppercase() {
        b'A' => (n == 1).then(|| Period::year(y)).flatten(),
        b'S' | b'H' => Period::half(y, n),
        b'Q' => Period::quarter(y, n),
        b'M' => Period::month(y, n),
        b'W' => Period::week(y, n),
        _ => None,
    }
}

fn slashed(cell: &str) -> Option<Period> {
    let mut parts = cell.split('/');
    let (y, m) = (year(parts.next()?)?, parts.next()?);
    match (parts.next(), parts.next()) {
        (None, _) => month(y, m),
        (Some(d), None) => Period::day(y, digits(m)?.unsigned_abs(), digits(d)?.unsigned_abs()),
        _ => None,
    }
}

fn month_first(cell: &str) -> Option<Period> {
    let (m, y) = cell.split_once('/')?;
    month(year(y)?, m)
}

fn worded(cell: &str) -> Option<Period> {
    let words: Vec<&str> = cell.split([' ', '.', '-', '+', ',']).filter(|w| !w.is_empty() && *w != "de").collect();
    let years: Vec<i32> = words.iter().filter_map(|w| year(w)).collect();
    let [y] = years.as_slice() else { return None };
    let rest: Vec<&str> = words.into_iter().filter(|w| year(w).is_none()).collect();
    let part = |w: &str| -> Option<Period> {
        if let Some(m) = month_number(w) {
            return Period::month(*y, m);
        }
        let n = digits(w.get(1..)?)?.unsigned_abs();
        match w.to_ascii_uppercase().bytes().next()? {
            b'Q' => Period::quarter(*y, n),
            b'H' => Period::half(*y, n),
            _ => None,
        }
    };
    match rest.as_slice() {
        // A year among months or quarters.
        [] if cell.len() == 4 => Period::year(*y),
        [one] => part(one),
        [a, b] => {
            let (a, b) = (part(a)?, part(b)?);
            (a.first() < b.first()).then(|| a.span(b))
        }
        _ => None,
    }
}

fn chinese(cell: &str) -> Option<Period> {
    let (y, rest) = cell.split_once(['年', '년'])?;
    let y = year(y.trim())?;
    let rest = rest.trim();
    // `2024년(1-11월)`
    let rest = rest.strip_prefix(['(', '（']).and_then(|r| r.strip_suffix([')', '）'])).unwrap_or(rest);
    match rest.strip_suffix(['月', '월']) {
        Some(m) => match m.split_once(['-', '至', '~', '～', '—', '–']) {
            Some((a, b)) => Some(month(y, a.trim().trim_end_matches('月'))?.span(month(y, b.trim())?)),
            None => month(y, m.trim()),
        },
        None if rest.trim().is_empty() => Period::year(y),
        None => None,
    }
}

fn world_bank(cell: &str) -> Option<Period> {
    let (y, rest) = cell.split_once(" [YR")?;
    (rest.strip_suffix(']')? == y).then(|| Period::year(year(y)?)).flatten()
}

fn comext(cell: &str) -> Option<Period> {
    if cell.len() != 6 {
        return None;
    }
    let y = year(cell.get(..4)?)?;
    if cell.get(4..)? == "52" { Period::year(y) } else { month(y, cell.get(4..)?) }
}

fn midnight(cell: &str) -> Option<Period> {
    let (day, time) = cell.split_once(['T', ' '])?;
    let time = time.trim_end_matches('Z');
    let none = !time.is_empty() && time.bytes().all(|b| matches!(b, b'0' | b':' | b'.'));
    if none && day.len() == 10 { canonical(day) } else { None }
}

fn day_of(cell: &str, day_first: bool) -> Option<Period> {
    let mark = cell.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '/' | '.' | '-'))?;
    let mut parts = cell.split(mark);
    let (a, b, y) = (parts.next()?, parts.next()?, year(parts.next()?)?);
    if parts.next().is_some() || a.len() > 2 || b.len() > 2 {
        return None;
    }
    let (d, m) = if day_first { (a, b) } else { (b, a) };
    Period::day(y, digits(m)?.unsigned_abs(), digits(d)?.unsigned_abs())
}

fn dotted_short(cell: &str) -> Option<Period> {
    let (y, m) = cell.split_once('.')?;
    month(year(y)?, m)
}

fn iso_range(cell: &str) -> Option<Period> {
    let (start, duration) = cell.split_once('/')?;
    let day = period::parse_fixed(start.split('T').next()?)?;
    let count = duration.strip_prefix('P')?;
    let (number, unit) = count.split_at(count.len().checked_sub(1)?);
    let n = digits(number)?;
    let freq = match unit {
        "D" => period::Freq::Day,
        "W" => period::Freq::Week,
        "M" => period::Freq::Month,
        "Y" => period::Freq::Year,
        _ => return None,
    };
    let next = day.shift(n, freq)?;
    Period::days(day.first(), next.first() - 1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn the_published_forms_are_read() {
        for (cells, first) in [
            (vec!["2018", "2024-01..2024-11", "2024-04"], "2018"),
            (vec!["202401", "202402"], "2024-01"),
            (vec!["2023.01", "2023.10"], "2023-01"),
            (vec!["2016-01-01", "2016-02-01"], "2016-01"),
            (vec!["2016-01-04", "2016-01-05"], "2016-01-04"),
            (vec!["2024-M01"], "2024-01"),
            (vec!["2024M1"], "2024-01"),
            (vec!["2024Q1"], "2024-Q1"),
            (vec!["2024-S2"], "2024-H2"),
            (vec!["2024-A1"], "2024"),
            (vec!["2016/1", "2016/10"], "2016-01"),
            (vec!["09/2024"], "2024-09"),
            (vec!["Jan-Nov 2024"], "2024-01..2024-11"),
            (vec!["2024 Jan+Feb"], "2024-01..2024-02"),
            (vec!["Q1-Q3 2024"], "2024-01..2024-09"),
            (vec!["2024年1月"], "2024-01"),
            (vec!["2024년 1월"], "2024-01"),
            (vec!["listopad 2023", "grudzień 2023"], "2023-11"),
            (vec!["Şubat 2023", "Ağustos 2023"], "2023-02"),
            (vec!["май 2023", "декабрь 2023"], "2023-05"),
            (vec!["2024 [YR2024]"], "2024"),
            (vec!["202452", "202401"], "2024"),
            (vec!["2000-01-01T00:00:00/P2M"], "2000-01..2000-02"),
        ] {
            let (_, periods) = read_column(cells.iter().copied(), None).unwrap();
            assert_eq!(periods[0].to_string(), first, "{cells:?}");
        }
        let read = |cells: &[&str]| read_column(cells.iter().copied(), None).map(|(_, p)| p[0].to_string());
        assert_eq!(read(&["202401", "202413"]), Err(NotPeriods::Cell("202413".into())));
        assert_eq!(read(&["13/01/2024", "02/03/2024"]), Ok("2024-01-13".into()));
        assert_eq!(read(&["01/02/2024", "02/03/2024"]), Err(NotPeriods::Ambiguous("DD/MM/YYYY", "MM/DD/YYYY")));
        assert_eq!(read(&["2023.1", "2023.2", "2023.11"]), Err(NotPeriods::Ambiguous("January", "October")));
        assert_eq!(read(&["2023.1", "2023.2", "2023.10"]), Ok("2023-01".into()));
        assert_eq!(read(&["2002-03-31", "2002-06-30", "2002-09-30"]), Ok("2002-Q1".into()));
        assert_eq!(read(&["2002-01-01", "2003-01-01", "2004-01-01"]), Ok("2002".into()));
        assert_eq!(read(&["2002-01-01 00:00:00", "2002-02-01 00:00:00"]), Ok("2002-01".into()));
        assert_eq!(read(&["2007-08", "2008-09"]), Err(NotPeriods::Fiscal("2007-08".into())));
        let months = read_column(["2007-08", "2008-09"].into_iter(), Some("YYYY-MM")).unwrap();
        assert_eq!(months.1[1].to_string(), "2008-09");
        assert_eq!(read(&["2010:1", "2010:2"]), Err(NotPeriods::Ambiguous("YYYY:Q", "YYYY:M")));
        assert_eq!(read(&["2010:1", "2010:2", "2010:3", "2010:4", "2011:1"]), Ok("2010-Q1".into()));
        assert_eq!(read(&["2010:1", "2010:12"]), Ok("2010-01".into()));
        assert_eq!(read(&["1948", "1955 Q1"]), Ok("1948".into()));
        assert_eq!(read(&["2023-03", "1Q2024", "April 2024"]), Ok("2023-03".into()));
        assert_eq!(read(&["enero de 2010", "dic 2010"]), Ok("2010-01".into()));
    }

    #[test]
    fn what_is_surely_no_period_is_none_by_any_form() {
        let mut rng = fastrand::Rng::with_seed(5);
        for _ in 0..100_000 {
            let mut digits = |most| -> String { (0..rng.usize(1..=most)).map(|_| rng.digit(10)).collect() };
            let cell = [digits(3), format!("{}.{}", digits(9), digits(5))];
            let read = |f: &PeriodForm, cell: &str| f.name != DOTTED && f.name != SERIAL && (f.read)(cell).is_some();
            let wrong = |cell: &&String| is_no_period(cell) && FORMS.iter().any(|f| read(f, cell));
            assert_eq!(cell.iter().find(wrong), None);
        }
    }
}

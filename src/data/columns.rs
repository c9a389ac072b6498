//! From cells to numbers and codes. The type of a column is decided over all its cells, never by a sample; codes stay
//! text with their leading zeros.

use super::records::TextColumn;
use super::store::Numbers;
use crate::value::Reason;
use crate::value::number::Decimal;

/// What stands for "no number" in a column whose other cells are numbers.
const MISSING: &[&str] = &["", "..", "...", "NA", "N/A", "n/a", "NULL", "null", "-", "–", ":"];
/// What some programs write for a number that is none.
const NOT_A_NUMBER: &[&str] = &["nan", "inf", "-inf", "+inf", "infinity", "-infinity"];

/// A column read as numbers.
pub struct NumberColumn {
    /// The numbers.
    pub numbers: Numbers,
    /// Decimals, if exact.
    pub places: Option<u8>,
    /// The missing markers met, other than the empty cell.
    pub markers: Vec<String>,
    /// Rows that are missing for a reason of their own.
    pub reasons: Vec<(u32, Reason)>,
}

/// Why a column is not one of numbers.
pub struct NotNumbers {
    /// The first row that is none, counted from 0.
    pub row: usize,
    /// What stands there.
    pub cell: String,
    /// How many cells are numbers.
    pub numbers: usize,
}

enum Cell {
    Exact(Decimal),
    Float(f64),
    Missing(Reason),
}

/// Reads a column; `markers` are the declared missing markers. Where a file declares that what is absent is zero, the
/// empty cell is; what is marked as missing stays missing.
pub fn numbers(column: &TextColumn, markers: &[String], empty_is_zero: bool) -> Result<NumberColumn, NotNumbers> {
    let grouped = is_grouped(column, markers);
    let mut cells = Vec::with_capacity(column.len());
    let mut met: Vec<String> = Vec::new();
    let mut wrong: Option<(usize, String)> = None;
    let mut count = 0;
    for (row, raw) in column.cells().enumerate() {
        let text = raw.trim();
        if empty_is_zero && text.is_empty() {
            cells.push(Cell::Exact(Decimal::default()));
            continue;
        }
        if is_missing(text, markers) {
            if !text.is_empty() && !met.iter().any(|m| m == text) {
                met.push(text.to_string());
            }
            cells.push(Cell::Missing(Reason::NotReported));
            continue;
        }
        let plain: std::borrow::Cow<'_, str> =
            if grouped && text.contains(',') { text.replace(',', "").into() } else { text.into() };
        match (Decimal::parse(&plain), plain.parse::<f64>()) {
            (Some(d), _) => cells.push(Cell::Exact(d)),
            (None, Ok(x)) if x.is_finite() && starts_as_number(&plain) => cells.push(Cell::Float(x)),
            _ if NOT_A_NUMBER.contains(&plain.to_lowercase().as_str()) => {
                cells.push(Cell::Missing(Reason::Undefined));
                continue;
            }
            _ => {
                wrong.get_or_insert((row, text.to_string()));
                cells.push(Cell::Missing(Reason::NotReported));
                continue;
            }
        }
        count += 1;
    }
    if let Some((row, cell)) = wrong {
        return Err(NotNumbers { row, cell, numbers: count });
    }
    if count == 0 {
        return Err(NotNumbers { row: 0, cell: String::new(), numbers: 0 });
    }
    let places =
        cells.iter().filter_map(|c| if let Cell::Exact(d) = c { Some(d.places) } else { None }).max().unwrap_or(0);
    let reasons = (0u32..)
        .zip(&cells)
        .filter_map(|(row, c)| if let Cell::Missing(r) = c { Some((row, *r)) } else { None })
        .filter(|(_, r)| *r != Reason::NotReported)
        .collect();
    let exact: Option<Vec<i64>> = cells
        .iter()
        .map(|c| match c {
            Cell::Exact(d) => d.rescale(places),
            Cell::Float(_) => None,
            Cell::Missing(_) => Some(i64::MIN),
        })
        .collect();
    Ok(match exact {
        Some(values) => NumberColumn { numbers: Numbers::Exact(values), places: Some(places), markers: met, reasons },
        None => {
            let values = cells.iter().map(|c| match c {
                Cell::Exact(d) => crate::value::number::scaled_to_f64(i128::from(d.mantissa), u32::from(d.places)),
                Cell::Float(x) => *x,
                Cell::Missing(_) => f64::NAN,
            });
            NumberColumn { numbers: Numbers::Float(values.collect()), places: None, markers: met, reasons }
        }
    })
}

/// Whether a cell stands for "no number".
pub fn is_missing(text: &str, markers: &[String]) -> bool {
    MISSING.contains(&text) || markers.iter().any(|m| m == text)
}

fn starts_as_number(text: &str) -> bool {
    text.trim_start_matches(['-', '+']).starts_with(|c: char| c.is_ascii_digit() || c == '.')
}

/// Whether commas part the thousands: in every cell that has one, and no cell of four digits or more goes without.
fn is_grouped(column: &TextColumn, markers: &[String]) -> bool {
    let mut any = false;
    for cell in column.cells() {
        let text = cell.trim();
        if is_missing(text, markers) {
            continue;
        }
        let digits = text.strip_prefix('-').unwrap_or(text);
        let whole = digits.split('.').next().unwrap_or("");
        let mut groups = whole.split(',');
        let first = groups.next().unwrap_or("");
        let rest: Vec<&str> = groups.collect();
        let is_number = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        if !is_number(first) || first.len() > 3 || !rest.iter().all(|g| g.len() == 3 && is_number(g)) {
            return false;
        }
        any |= !rest.is_empty();
    }
    any
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::records;
    use super::*;

    fn column(cells: &str) -> TextColumn {
        records::read(format!("x;y\n{cells}\n").as_bytes()).unwrap().columns.remove(0)
    }

    #[test]
    fn thousands_are_read_only_when_the_whole_column_agrees() {
        let ok = numbers(&column("19,863;a\n13,450;a\n798;a"), &[], false).ok().unwrap();
        assert!(matches!(ok.numbers, Numbers::Exact(v) if v == [19_863, 13_450, 798]));
        assert!(numbers(&column("19,863;a\n1,5;a"), &[], false).is_err());
        assert!(numbers(&column("19,863;a\n13450;a"), &[], false).is_err());
    }

    #[test]
    fn missing_is_not_zero_and_not_a_number_is_missing() {
        let read = numbers(&column("1.5;a\n..;a\ninf;a\n;a"), &[], false).ok().unwrap();
        assert!(matches!(read.numbers, Numbers::Exact(v) if v == [15, i64::MIN, i64::MIN, i64::MIN]));
        assert_eq!(read.reasons, [(2, Reason::Undefined)]);
    }
}

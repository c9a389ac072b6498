//! Answers as a workbook, a sheet each: numbers are numbers and never rounded, every text is a text and never a formula.
//! In: sheets. Out: the bytes of the file, or why there can be none. Knows neither files nor which sheets there were.

use super::beside;
use crate::diagnostic::words::counted;
use crate::pause::paced;
use crate::value::{Named, Value};
use std::sync::Arc;

/// Characters that the name of a sheet may have, as spreadsheets count them.
const LONGEST: usize = 31;
/// Rows of a sheet, its head among them.
const MOST_ROWS: usize = 1_048_576;
/// Columns of a sheet.
const MOST_COLUMNS: usize = 16_384;
/// Characters of one cell.
const MOST_TEXT: usize = 32_767;
/// Signs that the name of a sheet may not have.
const FORBIDDEN: [char; 7] = ['[', ']', ':', '*', '?', '/', '\\'];

/// One sheet of a workbook.
#[derive(Debug)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// What it holds: values that have the same rows.
    pub columns: Vec<Named>,
}

/// Why there is no workbook.
#[derive(Debug)]
pub enum Unfit {
    /// What spreadsheets do not take, in words.
    Refused(String),
    /// The user asked to stop.
    Stopped,
}

/// What is wrong with the name of a sheet.
pub fn wrong_name(name: &str) -> Option<String> {
    let length = name.encode_utf16().count();
    if name.trim().is_empty() {
        return Some("a sheet needs a name behind `#`".into());
    }
    if length > LONGEST {
        return Some(format!("the sheet name `{name}` has {length} characters, and {LONGEST} are the most"));
    }
    if let Some(sign) = name.chars().find(|c| FORBIDDEN.contains(c) || c.is_control()) {
        let sign = sign.escape_debug();
        return Some(format!("the name of a sheet cannot hold `{sign}`, nor any of `[ ] : * ? / \\`"));
    }
    if name.starts_with('\'') || name.ends_with('\'') {
        return Some(format!("the sheet name `{name}` begins or ends with an apostrophe"));
    }
    name.eq_ignore_ascii_case("history").then(|| "spreadsheets keep the name `History` for themselves".into())
}

/// A label as a part of the name of a sheet.
pub fn safe(label: &str) -> String {
    label.replace(FORBIDDEN, "_")
}

/// What is too large for a sheet.
fn too_large(sheet: &Sheet) -> Option<String> {
    let first = sheet.columns.first().map(|c| &c.value)?;
    let rows = first.rows.len();
    if rows >= MOST_ROWS {
        let most = MOST_ROWS - 1;
        return Some(format!("the answer has {}, and a sheet takes {most}; `.csv` takes all", counted(rows, "row")));
    }
    let columns = heads(&sheet.columns).len();
    if columns > MOST_COLUMNS {
        return Some(format!("the answer has {}, and a sheet takes {MOST_COLUMNS}", counted(columns, "column")));
    }
    let labels = first.dims.iter().flat_map(|d| d.labels.iter());
    let long = labels.map(|l| l.encode_utf16().count()).find(|n| *n > MOST_TEXT);
    long.map(|n| format!("a label has {n} characters, and a cell takes {MOST_TEXT}"))
}

/// Whether a value has marks that need a column.
fn is_marked(value: &Value) -> bool {
    paced(&value.rows).any(|r| !beside::marks(r).is_empty())
}

fn is_timed(value: &Value) -> bool {
    paced(&value.rows).any(|r| r.period().is_some())
}

/// The head of each column: labels, period, numbers with their units, marks of those that have any.
fn heads(columns: &[Named]) -> Vec<String> {
    let Some(first) = columns.first().map(|c| &c.value) else { return Vec::new() };
    let mut out: Vec<String> = first.dims.iter().map(|d| d.name.to_string()).collect();
    out.extend(is_timed(first).then(|| "period".to_string()));
    out.extend(columns.iter().map(|c| beside::head(&c.name, &c.value)));
    out.extend(columns.iter().filter(|c| is_marked(&c.value)).map(|c| format!("{} marks", c.name)));
    out
}

/// The bytes of a workbook of these sheets; `goes_on` is asked now and then.
///
/// # Errors
/// A sheet is too large or has a name that spreadsheets do not take, or the user asked to stop.
pub fn book(sheets: &[Arc<Sheet>], goes_on: &dyn Fn() -> bool) -> Result<Vec<u8>, Unfit> {
    for sheet in sheets {
        if let Some(words) = wrong_name(&sheet.name).or_else(|| too_large(sheet)) {
            return Err(Unfit::Refused(words));
        }
    }
    written::book(sheets, goes_on)
}

#[cfg(feature = "excel")]
mod written {
    use super::{Sheet, Unfit, beside, heads, is_marked, is_timed};
    use crate::pause::paced;
    use crate::value::Named;
    use crate::value::period::Period;
    use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
    use std::sync::Arc;
    use unicode_width::UnicodeWidthStr;

    /// Rows of a sheet that waits in a file of its own instead of in memory, which takes 200 bytes for each cell.
    const MANY: usize = 50_000;
    /// Rows between two looks at whether to go on.
    const STEP: usize = 4096;

    impl From<XlsxError> for Unfit {
        fn from(error: XlsxError) -> Unfit {
            Unfit::Refused(format!("the workbook cannot be made: {error}"))
        }
    }

    /// The same answers make the same bytes, so the file does not say when it was made.
    pub(super) fn book(sheets: &[Arc<Sheet>], goes_on: &dyn Fn() -> bool) -> Result<Vec<u8>, Unfit> {
        let mut book = Workbook::new();
        let undated = ExcelDateTime::from_ymd(1980, 1, 1)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&undated));
        for sheet in sheets {
            let rows = sheet.columns.first().map_or(0, |c| c.value.rows.len());
            let page = if rows > MANY { book.add_worksheet_with_low_memory()? } else { book.add_worksheet() };
            fill(page, sheet, goes_on)?;
        }
        if !goes_on() {
            return Err(Unfit::Stopped);
        }
        Ok(book.save_to_buffer()?)
    }

    fn place(at: usize) -> u32 {
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    fn fill(page: &mut Worksheet, sheet: &Sheet, goes_on: &dyn Fn() -> bool) -> Result<(), Unfit> {
        page.set_name(&sheet.name)?;
        let Some(first) = sheet.columns.first().map(|c| &c.value) else { return Ok(()) };
        let heads = heads(&sheet.columns);
        let bold = Format::new().set_bold();
        for ((head, width), at) in heads.iter().zip(widths(&sheet.columns, &heads)).zip(0..) {
            page.write_string_with_format(0, at, head, &bold)?;
            page.set_column_width(at, u32::try_from(width).unwrap_or(10))?;
        }
        page.set_freeze_panes(1, 0)?;
        let timed = is_timed(first);
        let marked: Vec<bool> = sheet.columns.iter().map(|c| is_marked(&c.value)).collect();
        for (at, row) in paced(&first.rows).enumerate() {
            if at % STEP == 0 && !goes_on() {
                return Err(Unfit::Stopped);
            }
            let (line, mut columns) = (place(at + 1), 0..);
            let mut next = || columns.next().unwrap_or(u16::MAX);
            for (dim, key) in first.dims.iter().zip(row.key()) {
                text(page, line, next(), dim.label(*key))?;
            }
            if timed {
                text(page, line, next(), &row.period().map(|p: Period| p.to_string()).unwrap_or_default())?;
            }
            for column in &sheet.columns {
                let at_column = next();
                if let Some(Ok(number)) = column.value.rows.get(at).map(|r| r.datum()) {
                    page.write_number(line, at_column, number)?;
                }
            }
            for (column, _) in sheet.columns.iter().zip(&marked).filter(|(_, marked)| **marked) {
                let marks = column.value.rows.get(at).map(beside::marks).unwrap_or_default();
                text(page, line, next(), &marks)?;
            }
        }
        Ok(())
    }

    /// How wide a column is, by its head and the first of its texts.
    fn widths(columns: &[Named], heads: &[String]) -> Vec<usize> {
        let mut out: Vec<usize> = heads.iter().map(|h| h.width()).collect();
        if let Some(first) = columns.first().map(|c| &c.value) {
            for (width, dim) in out.iter_mut().zip(&first.dims) {
                *width = dim.labels.iter().take(1000).map(|l| l.width()).fold(*width, usize::max);
            }
        }
        out.into_iter().map(|w| w.clamp(10, 40)).collect()
    }

    /// A text, whatever it begins with.
    fn text(page: &mut Worksheet, line: u32, column: u16, text: &str) -> Result<(), XlsxError> {
        if !text.is_empty() {
            page.write_string(line, column, text)?;
        }
        Ok(())
    }
}

#[cfg(not(feature = "excel"))]
mod written {
    use super::{Sheet, Unfit};
    use std::sync::Arc;

    pub(super) fn book(_: &[Arc<Sheet>], _: &dyn Fn() -> bool) -> Result<Vec<u8>, Unfit> {
        Err(Unfit::Refused("this build writes no workbooks".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sheets_are_those_that_spreadsheets_take() {
        let long = "a".repeat(31);
        for name in ["data", "Côte d'Ivoire", "=1+1", "集成电路", long.as_str()] {
            assert_eq!(wrong_name(name), None, "{name}");
        }
        let longer = "a".repeat(32);
        for name in ["", " ", "a/b", "a[1]", "x:y", "'x", "x'", "HISTORY", "a\nb", longer.as_str()] {
            assert!(wrong_name(name).is_some(), "{name}");
        }
        // Such a sign counts twice.
        assert!(wrong_name(&"🚢".repeat(15)).is_none() && wrong_name(&"🚢".repeat(16)).is_some());
    }
    #[test]
    fn a_sheet_has_so_many_rows_and_no_more() {
        let mut value = Value::scalar(1.0, crate::value::Unit::default(), crate::value::Kind::Flow);
        let row = value.rows.first().cloned().into_iter().collect::<Vec<_>>();
        value.rows = row.iter().cycle().take(MOST_ROWS - 1).cloned().collect();
        let sheet = |value: Value| Sheet { name: "a".into(), columns: vec![Named { name: "x".into(), value }] };
        assert_eq!(too_large(&sheet(value.clone())), None);
        value.rows.extend(row);
        let sheet = sheet(value);
        assert!(too_large(&sheet).is_some_and(|w| w.contains("1048576 rows, and a sheet takes 1048575")));
        assert!(matches!(book(&[Arc::new(sheet)], &|| true), Err(Unfit::Refused(_))));
        assert!(matches!(book(&[], &|| false), Err(Unfit::Stopped)));
    }
}

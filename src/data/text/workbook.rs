//! A sheet of a workbook as CSV text, row by row, so that it goes through the same loader. In: the bytes of an .xlsx,
//! .ods or .xls file. Line numbers are those of the sheet's rows.

use crate::data::doubt::LoadError;
use calamine::{Data, Reader};
use std::io::Cursor;

/// The sheet of this name, or the only one that holds something.
pub fn as_text(bytes: &[u8], sheet: Option<&str>) -> Result<String, LoadError> {
    let fail = |e: calamine::Error| LoadError::new(format!("the workbook cannot be read: {e}"));
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(fail)?;
    let names = book.sheet_names();
    let name = match sheet {
        Some(name) if names.iter().any(|n| n == name) => name.to_string(),
        Some(name) => {
            let error = LoadError::new(format!("the workbook has no sheet `{name}`"));
            return Err(error.advice(format!("its sheets are {}", names.join(", "))));
        }
        None => {
            let filled: Vec<&String> =
                names.iter().filter(|n| book.worksheet_range(n).is_ok_and(|r| !r.is_empty())).collect();
            match filled.as_slice() {
                [] => return Err(LoadError::new("the workbook is empty")),
                [only] => (*only).clone(),
                [first, ..] => {
                    let error =
                        LoadError::new(format!("the workbook has {} sheets: {}", filled.len(), names.join(", ")));
                    return Err(error.advice(format!("say which: `with {{ sheet \"{first}\" }}`")));
                }
            }
        }
    };
    let range = book.worksheet_range(&name).map_err(fail)?;
    let mut out = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let skip_rows = range.start().map_or(0, |(row, _)| row);
    let failed = |e: csv::Error| LoadError::new(e.to_string());
    let width = range.width();
    for _ in 0..skip_rows {
        out.write_record(std::iter::repeat_n("", width.max(2))).map_err(failed)?;
    }
    for row in range.rows() {
        out.write_record(row.iter().map(text)).map_err(failed)?;
    }
    let bytes = out.into_inner().map_err(|e| LoadError::new(e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| LoadError::new(e.to_string()))
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(s) => s.replace(['\n', '\r', '\0'], " "),
        Data::Float(x) => crate::value::number::plain(*x),
        Data::Int(n) => n.to_string(),
        Data::Bool(b) => b.to_string(),
        Data::DateTime(d) => match d.as_datetime().filter(|_| d.is_datetime()) {
            Some(time) => time.to_string().trim_end_matches(" 00:00:00").to_string(),
            None => crate::value::number::plain(d.as_f64()),
        },
        Data::DateTimeIso(s) | Data::DurationIso(s) => s.split('T').next().unwrap_or(s).to_string(),
        Data::Error(_) => "#N/A".into(),
    }
}

//! CSV and TSV: one line per cell, numbers never rounded.

use super::{Answer, beside};
use crate::pause::paced;
use crate::value::Value;
use crate::value::{number, period::Period};
use std::borrow::Cow;
use std::fmt::Write;
use std::io;

/// The names of the columns.
fn header(value: &Value) -> Vec<String> {
    let timed = paced(&value.rows).any(|r| r.period().is_some());
    let mut out: Vec<String> = value.dims.iter().map(|d| d.name.to_string()).collect();
    out.extend(timed.then(|| "period".to_string()));
    out.extend(["value", "unit", "flags", "coverage", "reason"].map(String::from));
    out
}

/// With this separator; several values side by side have a column each.
///
/// # Errors
/// It cannot be written.
pub fn separated(answer: &Answer<'_>, separator: u8, to: &mut dyn io::Write) -> io::Result<()> {
    let safe = answer.settings.csv_safe;
    let [(_, value)] = answer.columns else {
        let (names, mut lines) = beside::texts(answer.columns);
        let numbers = number_columns(answer.columns, &names);
        for line in lines.iter_mut().filter(|_| safe) {
            for (cell, _) in line.iter_mut().zip(&numbers).filter(|(_, is_number)| !**is_number) {
                *cell = as_text(cell, safe).into_owned();
            }
        }
        let names: Vec<_> = names.iter().map(|name| as_text(name, safe).into_owned()).collect();
        let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(to);
        let written = std::iter::once(&names).chain(&lines).try_for_each(|line| writer.write_record(line));
        return finished(written, writer);
    };
    let timed = paced(&value.rows).any(|r| r.period().is_some());
    let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(to);
    let written = writer.write_record(header(value).iter().map(|n| as_text(n, safe).into_owned())).and_then(|()| {
        // There may be very many rows: what repeats is put into words once.
        let unit = value.unit.to_string();
        let mut period = (None, String::new());
        let mut text = String::new();
        for row in paced(&value.rows) {
            for (dim, place) in value.dims.iter().zip(row.key()) {
                writer.write_field(as_text(dim.label(*place), safe).as_ref())?;
            }
            if timed {
                if period.0 != row.period() {
                    period = (row.period(), row.period().map(|p: Period| p.to_string()).unwrap_or_default());
                }
                writer.write_field(&period.1)?;
            }
            writer.write_field(row.datum().map(number::plain).unwrap_or_default())?;
            writer.write_field(as_text(&unit, safe).as_ref())?;
            writer.write_field(row.flags().words().join(" "))?;
            text.clear();
            if let Some(coverage) = row.coverage() {
                // Writing into a text cannot fail.
                let (have, of) = coverage.counted();
                let _ = write!(text, "{have}/{of}");
            }
            writer.write_field(&text)?;
            writer.write_field(row.datum().err().map_or("", |r| r.words()))?;
            writer.write_record(None::<&[u8]>)?;
        }
        Ok(())
    });
    finished(written, writer)
}

/// A text, where wanted with a mark before what a spreadsheet would compute.
fn as_text(text: &str, safe: bool) -> Cow<'_, str> {
    if safe && text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}").into() } else { text.into() }
}

/// Writes what is left; an error of the writer is given back as it is.
pub(super) fn finished(written: csv::Result<()>, mut writer: csv::Writer<&mut dyn io::Write>) -> io::Result<()> {
    match written.map_err(csv::Error::into_kind) {
        Ok(()) => writer.flush(),
        Err(csv::ErrorKind::Io(error)) => Err(error),
        Err(other) => Err(io::Error::other(format!("{other:?}"))),
    }
}

/// Which columns of a table hold numbers.
pub fn number_columns(columns: &[(&str, &Value)], names: &[String]) -> Vec<bool> {
    let of = |name: &String| match columns {
        [_] => name == "value",
        _ => columns.iter().any(|(n, v)| beside::head(n, v) == *name),
    };
    names.iter().map(of).collect()
}

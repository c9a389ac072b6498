//! CSV and TSV: one line per cell, numbers never rounded.

use super::{Answer, beside};
use crate::pause::paced;
use crate::value::{Coverage, Flags, Period, Value};
use std::borrow::Cow;
use std::io::{self, Write};

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
    rows(value, (separator, safe), to)
}

/// So many bytes are written at a time.
const PIECE: usize = 1 << 16;

/// The rows of one value. There may be very many: what repeats is put into words, and between quotes, once.
fn rows(value: &Value, (separator, safe): (u8, bool), to: &mut dyn io::Write) -> io::Result<()> {
    let timed = paced(&value.rows).any(|r| r.period().is_some());
    let field = |text: &str| field(&as_text(text, safe), separator);
    let mut labels: Vec<Vec<Option<Vec<u8>>>> = value.dims.iter().map(|d| vec![None; d.labels.len()]).collect();
    let names: Vec<Vec<u8>> = header(value).iter().map(|name| field(name)).collect();
    let mut out = names.join(&separator);
    out.push(b'\n');
    let unit = [&[separator][..], &field(&value.unit.to_string()), &[separator]].concat();
    let mut periods: Recent<Option<Period>> = Recent::default();
    let mut marks: Recent<(Flags, Option<Coverage>)> = Recent::default();
    for row in paced(&value.rows) {
        for ((dim, place), labels) in value.dims.iter().zip(row.key()).zip(&mut labels) {
            match labels.get_mut(*place as usize) {
                Some(known) => out.extend_from_slice(known.get_or_insert_with(|| field(dim.label(*place)))),
                None => out.extend_from_slice(&field(dim.label(*place))),
            }
            out.push(separator);
        }
        if timed {
            let text = |period: Option<Period>| period.map(|p| field(&p.to_string())).unwrap_or_default();
            out.extend_from_slice(periods.text(row.period(), text));
            out.push(separator);
        }
        if let Ok(x) = row.datum() {
            // As `number::plain` writes it.
            if x == 0.0 { out.push(b'0') } else { write!(out, "{x}")? }
        }
        out.extend_from_slice(&unit);
        let text = |(flags, coverage): (Flags, Option<Coverage>)| {
            let covered = coverage.map(|c| c.counted()).map(|(have, of)| format!("{have}/{of}"));
            [field(&flags.words().join(" ")), field(&covered.unwrap_or_default())].join(&separator)
        };
        out.extend_from_slice(marks.text((row.flags(), row.coverage()), text));
        out.push(separator);
        if let Err(reason) = row.datum() {
            out.extend_from_slice(&field(reason.words()));
        }
        out.push(b'\n');
        if out.len() >= PIECE {
            to.write_all(&out)?;
            out.clear();
        }
    }
    to.write_all(&out)?;
    to.flush()
}

/// Texts of the rows before: the same few come again and again, most often one after the other.
struct Recent<K> {
    known: Vec<(K, Vec<u8>)>,
    /// Where the next one is, most likely.
    next: usize,
}

impl<K> Default for Recent<K> {
    fn default() -> Recent<K> {
        Recent { known: Vec::new(), next: 0 }
    }
}

impl<K: Copy + PartialEq> Recent<K> {
    /// So many are looked through.
    const MOST: usize = 32;

    fn text(&mut self, key: K, make: impl FnOnce(K) -> Vec<u8>) -> &[u8] {
        let likely = self.known.get(self.next).is_some_and(|(known, _)| *known == key);
        let at = if likely { Some(self.next) } else { self.known.iter().position(|(known, _)| *known == key) };
        let at = at.unwrap_or_else(|| {
            if self.known.len() >= Self::MOST {
                self.known.clear();
            }
            self.known.push((key, make(key)));
            self.known.len() - 1
        });
        self.next = if at + 1 < self.known.len() { at + 1 } else { 0 };
        self.known.get(at).map_or(&[], |(_, text)| text)
    }
}

/// A text as a field, between quotes where it needs them.
fn field(text: &str, separator: u8) -> Vec<u8> {
    if !text.bytes().any(|b| matches!(b, b'"' | b'\n' | b'\r') || b == separator) {
        return text.as_bytes().to_vec();
    }
    let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(Vec::new());
    // The second field keeps an empty first one from being put between quotes. Writing into memory cannot fail.
    let _ = writer.write_record([text, ""]);
    let mut bytes = writer.into_inner().unwrap_or_default();
    bytes.truncate(bytes.len().saturating_sub(2));
    bytes
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

//! A sheet of a workbook as CSV text, row by row, so that it goes through the same loader. In: the bytes of an .xlsx,
//! .ods or .xls file. Line numbers are those of the sheet's rows. No size that a file claims is believed.

use crate::data::doubt::LoadError;
use crate::data::guard::guarded;
use calamine::{Data, Reader, Sheets, Xlsx};
use std::io::Cursor;

/// More than this, unpacked, is no sheet that a person has made.
const MAX_UNPACKED: u64 = 4 << 30;
/// A sheet of more cells than this, nearly all of them empty, has one that lies far off.
const MANY_CELLS: u64 = 1_000_000;
/// So many cells may be empty for one that is not.
const MOST_EMPTY: u64 = 200;

/// The sheet of this name, or the only one that holds something.
pub fn as_text(bytes: &[u8], sheet: Option<&str>) -> Result<String, LoadError> {
    if let Some(size) = unpacked_size(bytes).filter(|size| *size > MAX_UNPACKED) {
        return Err(LoadError::new(format!("the workbook would take {} MB unpacked", size >> 20)));
    }
    guarded("the workbook", || read(bytes, sheet))?
}

type Book<'b> = Sheets<Cursor<&'b [u8]>>;

fn fail(e: impl std::fmt::Display) -> LoadError {
    LoadError::new(format!("the workbook cannot be read: {e}"))
}

fn read(bytes: &[u8], sheet: Option<&str>) -> Result<String, LoadError> {
    let mut book: Book<'_> = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(fail)?;
    let names = book.sheet_names();
    if let Some(name) = sheet {
        if names.iter().any(|n| n == name) {
            return written(&cells(&mut book, name)?);
        }
        let error = LoadError::new(format!("the workbook has no sheet `{name}`"));
        return Err(error.advice(format!("its sheets are {}", names.join(", "))));
    }
    let mut filled: Vec<(&String, Vec<Cell>)> = Vec::new();
    let mut wrong = None;
    for name in &names {
        match cells(&mut book, name) {
            Ok(cells) if cells.is_empty() => {}
            Ok(cells) => filled.push((name, cells)),
            Err(e) => wrong = Some(e),
        }
    }
    match (filled.as_slice(), wrong) {
        ([], Some(error)) => Err(error),
        ([], None) => Err(LoadError::new("the workbook is empty")),
        ([(_, only)], _) => written(only),
        ([(first, _), ..], _) => {
            let error = LoadError::new(format!("the workbook has {} sheets: {}", filled.len(), names.join(", ")));
            Err(error.advice(format!("say which: `with {{ sheet \"{first}\" }}`")))
        }
    }
}

/// A cell that holds something: its row, its column, its text.
type Cell = (u32, u32, String);

/// The cells of a sheet that hold something, row by row.
fn cells(book: &mut Book<'_>, name: &str) -> Result<Vec<Cell>, LoadError> {
    let mut out = match book {
        Sheets::Xlsx(book) => streamed(book, name)?,
        other => {
            let range = other.worksheet_range(name).map_err(fail)?;
            let (row, column) = range.start().unwrap_or_default();
            let at = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            let place = |(r, c, cell): (usize, usize, &Data)| (row + at(r), column + at(c), text(cell));
            range.used_cells().map(place).collect()
        }
    };
    out.retain(|(_, _, text)| !text.is_empty());
    out.sort_by_key(|(row, column, _)| (*row, *column));
    far_off(&out)?;
    Ok(out)
}

/// The cells of a sheet as they stand in the file; what lies between them takes no room.
fn streamed(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Vec<Cell>, LoadError> {
    let mut reader = book.worksheet_cells_reader(name).map_err(fail)?;
    let mut out = Vec::new();
    while let Some(cell) = reader.next_cell().map_err(fail)? {
        let (row, column) = cell.get_position();
        out.push((row, column, text(&Data::from(cell.get_value().clone()))));
    }
    Ok(out)
}

/// Refuses a sheet of which a few cells lie far off: as a table it would be nearly endless.
fn far_off(cells: &[Cell]) -> Result<(), LoadError> {
    let rows = cells.iter().map(|(r, _, _)| u64::from(*r) + 1).max().unwrap_or(0);
    let columns = cells.iter().map(|(_, c, _)| u64::from(*c) + 1).max().unwrap_or(0);
    let all = rows * columns;
    if all <= MANY_CELLS || all <= cells.len() as u64 * MOST_EMPTY {
        return Ok(());
    }
    let last = cells.iter().max_by_key(|(r, c, _)| u64::from(*r) + u64::from(*c));
    let place = last.map(|(r, c, _)| format!("{}{}", letters(*c), r + 1)).unwrap_or_default();
    let message =
        format!("the sheet has {} cells in {rows} rows and {columns} columns; {place} lies far off", cells.len());
    Err(LoadError::new(message).advice("delete what lies beside the table, or export the table as CSV"))
}

/// The letters of a column: `A`, …, `Z`, `AA`.
fn letters(column: u32) -> String {
    let (before, last) = (column / 26, column % 26);
    let own = char::from(b'A' + u8::try_from(last).unwrap_or(0));
    if before == 0 { own.to_string() } else { letters(before - 1) + &own.to_string() }
}

/// Cells as CSV; rows and columns in front of the first stay, empty, so that lines are rows.
fn written(cells: &[Cell]) -> Result<String, LoadError> {
    let failed = |e: csv::Error| LoadError::new(e.to_string());
    let mut out = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let first = cells.iter().map(|(_, c, _)| *c).min().unwrap_or(0);
    let width = cells.iter().map(|(_, c, _)| *c - first + 1).max().unwrap_or(0).max(2) as usize;
    let mut line = vec![""; width];
    let mut rest = cells;
    let rows = cells.last().map_or(0, |(r, _, _)| r + 1);
    for row in 0..rows {
        let count = rest.iter().take_while(|(r, _, _)| *r == row).count();
        let (own, after) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        line.fill("");
        for (_, column, text) in own {
            if let Some(place) = line.get_mut((*column - first) as usize) {
                *place = text;
            }
        }
        out.write_record(&line).map_err(failed)?;
        rest = after;
    }
    let bytes = out.into_inner().map_err(|e| LoadError::new(e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| LoadError::new(e.to_string()))
}

/// What the parts of a packed file take unpacked, by what its directory says.
fn unpacked_size(bytes: &[u8]) -> Option<u64> {
    let number = |at: usize, len: usize| -> Option<u64> {
        Some(bytes.get(at..at + len)?.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b)))
    };
    let end = memchr::memmem::rfind(bytes, b"PK\x05\x06")?;
    let (count, mut at) = (number(end + 10, 2)?, usize::try_from(number(end + 16, 4)?).ok()?);
    let mut size = 0u64;
    for _ in 0..count {
        if bytes.get(at..at + 4)? != b"PK\x01\x02" {
            return None;
        }
        size = size.saturating_add(number(at + 24, 4)?);
        let names = number(at + 28, 2)? + number(at + 30, 2)? + number(at + 32, 2)?;
        at += 46 + usize::try_from(names).ok()?;
    }
    Some(size)
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

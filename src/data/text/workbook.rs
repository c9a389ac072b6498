//! A sheet of a workbook as CSV text, row by row, so that it goes through the same loader. In: the bytes of an .xlsx,
//! .ods or .xls file. Line numbers are those of the sheet's rows. No size that a file claims is believed.

use crate::data::doubt::LoadError;
use crate::data::guard::guarded;
use crate::data::room::Room;
use crate::data::text::shown::{Shown, scale_of};
use crate::pause::{Paced, paced};
use calamine::{Data, DataRef, Dimensions, Reader, Sheets, Style, Xlsx};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

/// More than this, unpacked, is no sheet that a person has made.
const MAX_UNPACKED: u64 = 4 << 30;
/// A sheet of more cells than this, nearly all of them empty, has one that lies far off.
const MANY_CELLS: u64 = 1_000_000;
/// A heading stands over so many columns at most.
const MOST_MERGED: u32 = 200;
/// So many cells may be empty for one that is not.
const MOST_EMPTY: u64 = 200;

/// The sheet of this name, or the only one that holds something.
///
/// # Errors
/// It is damaged, or takes more than there is room for; or several sheets hold something.
pub fn as_text(bytes: &[u8], sheet: Option<&str>, room: Room) -> Result<String, LoadError> {
    let parts = unpacked(bytes).unwrap_or_default();
    if parts.all > MAX_UNPACKED {
        return Err(LoadError::new(format!("the workbook would take {} MB unpacked", parts.all >> 20)));
    }
    // Texts that cells share are held from the beginning.
    let room = room.beside(bytes.len());
    room.check(parts.texts)?;
    guarded("the workbook", || read(bytes, sheet, room.beside(parts.texts)))?
}

type Bytes<'b> = Paced<Cursor<&'b [u8]>>;
type Book<'b> = Sheets<Bytes<'b>>;

fn fail(e: impl std::fmt::Display) -> LoadError {
    LoadError::new(format!("the workbook cannot be read: {e}"))
}

fn read(bytes: &[u8], sheet: Option<&str>, room: Room) -> Result<String, LoadError> {
    let mut book: Book<'_> = calamine::open_workbook_auto_from_rs(Paced(Cursor::new(bytes))).map_err(fail)?;
    let names = book.sheet_names();
    if let Some(name) = sheet {
        if names.iter().any(|n| n == name) {
            return written(&cells(&mut book, name, room)?, room);
        }
        let error = LoadError::new(format!("the workbook has no sheet `{name}`"));
        return Err(error.advice(format!("its sheets are {}", names.join(", "))));
    }
    let mut filled: Vec<(&String, Cells)> = Vec::new();
    let mut wrong = None;
    for name in &names {
        let held = filled.iter().map(|(_, cells)| cells.size()).sum();
        match cells(&mut book, name, room.beside(held)) {
            Ok(cells) if cells.places.is_empty() => {}
            Ok(cells) => filled.push((name, cells)),
            Err(e) => wrong = Some(e),
        }
    }
    match (filled.as_slice(), wrong) {
        ([], Some(error)) => Err(error),
        ([], None) => Err(LoadError::new("the workbook is empty")),
        ([(_, only)], _) => written(only, room),
        ([(first, _), ..], _) => {
            let error = LoadError::new(format!("the workbook has {} sheets: {}", filled.len(), names.join(", ")));
            Err(error.advice(format!("say which: `with {{ sheet \"{first}\" }}`")))
        }
    }
}

/// The cells of a sheet that hold something.
#[derive(Default)]
struct Cells {
    /// Of each its row, its column, and where its text ends, which begins where the one before ends.
    places: Vec<(u32, u32, u32)>,
    texts: String,
}

impl Cells {
    /// Adds a cell, whose text `write` appends.
    fn add(&mut self, row: u32, column: u32, room: Room, write: impl FnOnce(&mut String)) -> Result<(), LoadError> {
        let start = self.texts.len();
        write(&mut self.texts);
        if self.texts.len() > start {
            let end = u32::try_from(self.texts.len()).map_err(|_| room.exceeded())?;
            self.places.push((row, column, end));
        }
        room.check(self.size())
    }

    /// What they take, in bytes.
    fn size(&self) -> usize {
        self.texts.len() + self.places.len() * size_of::<(u32, u32, u32)>()
    }

    /// Their rows, columns and texts.
    fn iter(&self) -> impl Iterator<Item = (u32, u32, &str)> {
        let mut start = 0;
        paced(&self.places).map(move |(row, column, end)| {
            let text = self.texts.get(start..*end as usize).unwrap_or("");
            start = *end as usize;
            (*row, *column, text)
        })
    }

    /// Gives cells that are one over several rows, or a heading over several columns, their text in each of these.
    fn merged(
        &mut self,
        regions: impl FnOnce() -> Result<Vec<Dimensions>, LoadError>,
        room: Room,
    ) -> Result<(), LoadError> {
        // To look for them is to read the sheet again: only where a column of words has gaps.
        let mut columns: BTreeMap<u32, (u32, bool)> = BTreeMap::new();
        let (mut top, mut last) = (u32::MAX, 0);
        for (row, column, text) in self.iter() {
            (top, last) = (top.min(row), last.max(row));
            let (count, words) = columns.entry(column).or_insert((0, true));
            // A heading stands above whatever there is.
            *words &= *count == 0 || is_label(text);
            *count += 1;
        }
        let Some(first) = columns.keys().next().copied() else { return Ok(()) };
        let labels = |(count, words): &(u32, bool)| *words && *count > 1 && *count < last + 1 - top;
        let headings = || self.iter().take_while(|(row, ..)| *row == top).count() < columns.len();
        if !columns.values().any(labels) && !headings() {
            return Ok(());
        }
        // What begins at the left and goes over columns is a title.
        let fills = |r: &Dimensions| {
            (r.start.0 < r.end.0 && r.start.1 == r.end.1) || (r.start.1 > first && r.start.0 == r.end.0)
        };
        let regions: Vec<Dimensions> = regions()?.into_iter().filter(fills).collect();
        let mut more: Vec<(u32, u32, String)> = Vec::new();
        for (row, column, text) in self.iter() {
            // An amount of several rows is not one of each.
            for r in regions.iter().filter(|r| r.start == (row, column) && is_label(text)) {
                let down = (row + 1..=r.end.0.min(last)).map(|row| (row, column));
                let across = (column + 1..=r.end.1.min(column + MOST_MERGED)).map(|column| (row, column));
                more.extend(down.chain(across).map(|(row, column)| (row, column, text.to_string())));
            }
        }
        for (row, column, text) in more {
            self.add(row, column, room, |to| to.push_str(&text))?;
        }
        Ok(())
    }

    /// Row by row, where they do not stand so.
    fn sorted(self, room: Room) -> Result<Cells, LoadError> {
        if self.places.is_sorted_by_key(|(row, column, _)| (*row, *column)) {
            return Ok(self);
        }
        let mut all: Vec<(u32, u32, &str)> = self.iter().collect();
        all.sort_by_key(|(row, column, _)| (*row, *column));
        let mut out = Cells::default();
        for (row, column, text) in all {
            out.add(row, column, room, |to| to.push_str(text))?;
        }
        Ok(out)
    }
}

/// The cells of a sheet that hold something, row by row.
fn cells(book: &mut Book<'_>, name: &str, room: Room) -> Result<Cells, LoadError> {
    let out = match book {
        Sheets::Xlsx(book) => streamed(book, name, room)?,
        other => {
            let range = other.worksheet_range(name).map_err(fail)?;
            let (row, column) = range.start().unwrap_or_default();
            let at = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            let mut out = Cells::default();
            for (r, c, cell) in paced(range.used_cells()) {
                out.add(row + at(r), column + at(c), room, |to| text(cell, to))?;
            }
            out
        }
    };
    let out = out.sorted(room)?;
    far_off(&out.places)?;
    Ok(out)
}

/// The cells of a sheet as they stand in the file; what lies between them takes no room.
fn streamed(book: &mut Xlsx<Bytes<'_>>, name: &str, room: Room) -> Result<Cells, LoadError> {
    let mut reader = book.worksheet_cells_reader(name).map_err(fail)?;
    let format = |style: &Style| style.number_format.as_ref().map_or(Shown::Plain, |f| Shown::of(&f.format_code));
    let shown: Vec<Shown> = reader.styles().iter().map(format).collect();
    let mut out = Cells::default();
    // The scales that headings say, each of its column, and of the whole sheet what stands in no column of such numbers.
    let worded = shown.iter().any(|s| matches!(s, Shown::Worded(_)));
    let mut scales: BTreeMap<u32, BTreeSet<i32>> = BTreeMap::new();
    while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(fail)? {
        let (row, column) = cell.get_position();
        let mut shown = shown.get(style).copied().unwrap_or(Shown::Plain);
        if worded {
            let text = match cell.get_value() {
                DataRef::SharedString(text) => Some(*text),
                DataRef::String(text) => Some(text.as_str()),
                _ => None,
            };
            text.into_iter().for_each(|text| scales.entry(column).or_default().extend(scale_of(text)));
            if matches!(shown, Shown::Worded(_)) {
                let own = scales.get(&column).filter(|own| !own.is_empty());
                shown = match own {
                    Some(own) => shown.under(own),
                    None => shown.under(&scales.values().flatten().copied().collect()),
                };
            }
        }
        out.add(row, column, room, |to| match cell.get_value() {
            DataRef::SharedString(shared) => one_line(shared, to),
            DataRef::Float(x) => shown.number(*x, to),
            DataRef::Int(n) => shown.number(*n as f64, to),
            other => text(&Data::from(other.clone()), to),
        })?;
    }
    drop(reader);
    out.merged(|| book.merge_cells_by_sheet_name(name).map_err(fail), room)?;
    Ok(out)
}

/// Whether a text is a label rather than an amount: words, a year, a code with zeros in front.
fn is_label(text: &str) -> bool {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let year = digits && text.len() == 4 && ("1800".."2200").contains(&text);
    text.starts_with(char::is_alphabetic) || year || (digits && text.len() > 1 && text.starts_with('0'))
}

/// Refuses a sheet of which a few cells lie far off: as a table it would be nearly endless.
fn far_off(cells: &[(u32, u32, u32)]) -> Result<(), LoadError> {
    let rows = cells.iter().map(|(r, ..)| u64::from(*r) + 1).max().unwrap_or(0);
    let columns = cells.iter().map(|(_, c, ..)| u64::from(*c) + 1).max().unwrap_or(0);
    let all = rows * columns;
    if all <= MANY_CELLS || all <= cells.len() as u64 * MOST_EMPTY {
        return Ok(());
    }
    let last = cells.iter().max_by_key(|(r, c, ..)| u64::from(*r) + u64::from(*c));
    let place = last.map(|(r, c, ..)| format!("{}{}", letters(*c), r + 1)).unwrap_or_default();
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
fn written(cells: &Cells, room: Room) -> Result<String, LoadError> {
    let failed = |e: csv::Error| LoadError::new(e.to_string());
    let room = room.beside(cells.size());
    let mut out = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let first = cells.places.iter().map(|(_, c, _)| *c).min().unwrap_or(0);
    let width = cells.places.iter().map(|(_, c, _)| *c - first + 1).max().unwrap_or(0).max(2) as usize;
    let mut line = vec![""; width];
    let mut rest = cells.iter().peekable();
    let rows = cells.places.last().map_or(0, |(r, ..)| r + 1);
    for row in 0..rows {
        line.fill("");
        while let Some((_, column, text)) = rest.next_if(|(r, ..)| *r == row) {
            if let Some(at) = line.get_mut((column - first) as usize) {
                *at = text;
            }
        }
        out.write_record(&line).map_err(failed)?;
        room.check(out.get_ref().len())?;
    }
    let bytes = out.into_inner().map_err(|e| LoadError::new(e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| LoadError::new(e.to_string()))
}

/// What the parts of a packed file take unpacked.
#[derive(Default)]
struct Unpacked {
    all: u64,
    /// The texts that cells share.
    texts: usize,
}

/// What the parts of a packed file take unpacked, by what its directory says.
fn unpacked(bytes: &[u8]) -> Option<Unpacked> {
    let number = |at: usize, len: usize| -> Option<u64> {
        Some(bytes.get(at..at + len)?.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b)))
    };
    let end = memchr::memmem::rfind(bytes, b"PK\x05\x06")?;
    let (count, mut at) = (number(end + 10, 2)?, usize::try_from(number(end + 16, 4)?).ok()?);
    let mut out = Unpacked::default();
    for _ in 0..count {
        if bytes.get(at..at + 4)? != b"PK\x01\x02" {
            return None;
        }
        let size = number(at + 24, 4)?;
        out.all = out.all.saturating_add(size);
        let name = usize::try_from(number(at + 28, 2)?).ok()?;
        if bytes.get(at + 46..at + 46 + name)?.ends_with(b"sharedStrings.xml") {
            out.texts = out.texts.saturating_add(usize::try_from(size).ok()?);
        }
        at += 46 + name + usize::try_from(number(at + 30, 2)? + number(at + 32, 2)?).ok()?;
    }
    Some(out)
}

/// A text on one line.
fn one_line(text: &str, to: &mut String) {
    to.extend(text.chars().map(|c| if matches!(c, '\n' | '\r' | '\0') { ' ' } else { c }));
}

fn text(cell: &Data, to: &mut String) {
    let words = match cell {
        Data::Empty => return,
        Data::String(s) => return one_line(s, to),
        Data::Float(x) => crate::value::number::plain(*x),
        Data::Int(n) => n.to_string(),
        Data::Bool(b) => b.to_string(),
        Data::DateTime(d) => match d.as_datetime().filter(|_| d.is_datetime()) {
            Some(time) => time.to_string().trim_end_matches(" 00:00:00").to_string(),
            None => crate::value::number::plain(d.as_f64()),
        },
        Data::DateTimeIso(s) | Data::DurationIso(s) => s.split('T').next().unwrap_or(s).to_string(),
        Data::Error(_) => "#N/A".into(),
    };
    to.push_str(&words);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_asked_on_the_way_whether_to_go_on() {
        let bytes = include_bytes!("../../../tests/files/two_sheets.xlsx");
        for most in 0..3 {
            let asked = std::rc::Rc::new(std::cell::Cell::new(0));
            let count = std::rc::Rc::clone(&asked);
            let stop = move || count.replace(count.get() + 1) >= most;
            assert!(crate::pause::stoppable(stop, || as_text(bytes, None, Room::of(1 << 24))).is_none(), "{most}");
            assert_eq!(asked.get(), most + 1);
        }
    }
}

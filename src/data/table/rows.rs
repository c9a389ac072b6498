//! The rows of one block of a file. In: a block that ends where a record ends. Out: parts of columns, the line of every
//! row, and what did not fit. Blocks whose quotes are regular are cut all at once; others record by record.

use crate::data::columns::part::How;
use crate::data::table::blocks::Block;
use crate::data::table::desk::Desk;
use crate::data::table::records::{Parsed, Reading, Stop};
use crate::data::table::sieve::{self, Verdicts};
use crate::data::text::bytes::no_nul;
use crate::data::text::dialect::{self, Dialect};
use crate::data::text::fields::{Fields, Room, RowEnd, Take};
use crate::data::text::head::Head;
use crate::data::text::quotes::check_quotes;

/// One reader of blocks, with what it knows of the texts of all its blocks.
pub(in crate::data) struct Worker {
    pub(in crate::data) number: usize,
    pub(in crate::data) desks: Vec<Desk>,
    pub(in crate::data) verdicts: Verdicts,
    room: Room,
}

impl Worker {
    pub(in crate::data) fn new(number: usize, how: &[How]) -> Worker {
        Worker {
            number,
            desks: how.iter().map(|h| Desk::new(*h)).collect(),
            verdicts: Verdicts::default(),
            room: Room::default(),
        }
    }
}

/// Whether all bytes are separators, blanks or quotes.
fn is_blank(row: &[u8], separator: u8, quote: Option<u8>) -> bool {
    row.iter().all(|b| *b == separator || b.is_ascii_whitespace() || Some(*b) == quote)
}

/// Whether a record is a row: of the width of the header, with a separator more at its end only where all rows have it (in
/// one row alone, a separator too many may stand anywhere), and not empty.
pub fn fits(record: &csv::ByteRecord, head: &Head) -> bool {
    let width = head.names.len();
    let empty = |c: &[u8]| c.trim_ascii().is_empty();
    let surplus = record.len() > width && record.iter().skip(width).all(empty);
    let right = record.len() == width || (surplus && head.surplus);
    right && !(width > 1 && record.iter().next().is_some_and(empty) && record.iter().all(empty))
}

/// Whether a record is the header once more.
pub fn is_header(cells: &[&str], head: &Head) -> bool {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    head.header_line.is_some()
        && head.names.len() > 1
        && cells.len() >= head.names.len()
        && cells.iter().zip(&head.names).all(|(cell, name)| words(cell) == *name)
}

/// Whether a return stands anywhere but before a line end.
fn has_lone_return(text: &[u8]) -> bool {
    memchr::memchr_iter(b'\r', text).any(|i| !matches!(text.get(i + 1), Some(b'\n') | None))
}

impl Reading<'_> {
    /// Reads a block.
    pub(in crate::data) fn parse(&self, block: &Block, worker: &mut Worker) -> Result<Parsed, Stop> {
        self.budget.check()?;
        let bytes = block.bytes();
        let Ok(text) = std::str::from_utf8(bytes) else { return Err(Stop::NotUtf8) };
        let odd = memchr::memchr2(0, b'\r', bytes).is_some();
        if odd {
            no_nul(bytes, block.line).map_err(Stop::Error)?;
        }
        if self.head.dialect.escape.is_none()
            && !(odd && has_lone_return(bytes))
            && let Some(parsed) = self.at_once(text, block.line, odd, worker)
        {
            return Ok(parsed);
        }
        check_quotes(bytes, self.head.dialect, block.line).map_err(Stop::Error)?;
        Ok(self.one_by_one(text, block.line, worker))
    }

    /// How a row begins that is the header once more, without quotes and with them, as it most often does.
    fn starts_of_header(&self) -> Option<[Vec<u8>; 2]> {
        let Head { names, header_line: Some(_), dialect, .. } = self.head else { return None };
        let [first, second, ..] = names.as_slice() else { return None };
        let (quote, separator) = (char::from(dialect.quote), char::from(dialect.separator));
        let quoted = format!("{quote}{first}{quote}{separator}{quote}{second}{quote}");
        Some([format!("{first}{separator}{second}").into_bytes(), quoted.into_bytes()])
    }

    /// Whether the first names of the header stand in a text as they do in a header.
    fn may_repeat_header(&self, text: &[u8]) -> bool {
        let starts = self.starts_of_header();
        starts.is_some_and(|starts| starts.iter().any(|start| memchr::memmem::find(text, start).is_some()))
    }

    /// Whether a row begins as the header does.
    fn repeats_header(&self, fields: &Fields<'_>) -> bool {
        let Some([plain, quoted]) = self.starts_of_header() else { return false };
        let (Some(first), Some(quote)) = (plain.first(), quoted.first()) else { return false };
        let bytes = fields.text.as_bytes();
        (0..fields.rows()).any(|row| {
            let rest = bytes.get(fields.row(row).0..).unwrap_or(&[]);
            match rest.first() {
                Some(byte) if byte == first || byte == quote => rest.starts_with(&plain) || rest.starts_with(&quoted),
                _ => false,
            }
        })
    }

    /// The rows of a block whose quotes are regular: all fields are found first, then read column by column. None if
    /// they are not, or if a row between quotes does not fit.
    fn at_once(&self, text: &str, first_line: usize, returns: bool, worker: &mut Worker) -> Option<Parsed> {
        let Dialect { separator, quote, .. } = self.head.dialect;
        let (bytes, width) = (text.as_bytes(), self.head.names.len());
        let quote = memchr::memchr(quote, bytes).map(|_| quote);
        let mut out = Parsed::new(worker.number, text.len());
        let mut fields = Fields::new(text, width, quote, std::mem::take(&mut worker.room));
        let is_even = fields.cut_even(self.head.dialect, returns);
        if is_even && self.repeats_header(&fields) {
            return None;
        }
        if is_even && !self.has_empty(&fields, quote) {
            let rows = fields.rows();
            out.lines.push_run(first_line, rows);
            out.rows = rows;
            out.lone_tail = if width > 2 { (0..rows).rev().take_while(|row| fields.is_lone(*row)).count() } else { 0 };
            self.columns(&fields, worker, &mut out);
            worker.room = fields.into_room();
            return Some(out);
        }
        if self.may_repeat_header(bytes) {
            return None;
        }
        let mut blank = false;
        let regular = fields.cut(self.head.dialect, |fields: &Fields<'_>, row: &RowEnd| {
            if row.end == row.start {
                blank = true;
                return Take::Drop;
            }
            let whole = bytes.get(row.start..row.end).unwrap_or(&[]);
            let first_is_blank = whole.first().is_some_and(|b| is_blank(&[*b], separator, quote));
            let right = row.fields == width
                || (row.fields > width
                    && self.head.surplus
                    && is_blank(bytes.get(fields.last_end()..row.end).unwrap_or(&[]), separator, quote));
            if right && !(first_is_blank && is_blank(whole, separator, quote)) {
                out.row(first_line + row.line, width > 2 && fields.is_lone(fields.rows() - 1), blank);
                blank = false;
                return Take::Keep;
            }
            if quote.is_some() {
                return Take::Stop;
            }
            let cells: Vec<&str> = text.get(row.start..row.end).unwrap_or("").split(char::from(separator)).collect();
            out.misfit(first_line + row.line, &cells);
            blank = false;
            Take::Drop
        });
        if !regular {
            return None;
        }
        self.columns(&fields, worker, &mut out);
        worker.room = fields.into_room();
        Some(out)
    }

    /// Whether some row has nothing but separators and blanks.
    fn has_empty(&self, fields: &Fields<'_>, quote: Option<u8>) -> bool {
        let (bytes, separator) = (fields.text.as_bytes(), self.head.dialect.separator);
        (0..fields.rows()).any(|row| {
            let (start, end) = fields.row(row);
            let row = bytes.get(start..end).unwrap_or(&[]);
            row.first().is_none_or(|b| is_blank(&[*b], separator, quote)) && is_blank(row, separator, quote)
        })
    }

    /// Reads the cells of a block column by column; of the rows that are kept, where not all are.
    fn columns(&self, fields: &Fields<'_>, worker: &mut Worker, out: &mut Parsed) {
        let sieve = self.sieve.and_then(|s| s.condition.as_ref().map(|condition| (s, condition)));
        let room = if sieve.is_some() { 0 } else { fields.rows() };
        out.parts = worker.desks.iter().map(|d| d.part(room)).collect();
        let whole = |column: usize| sieve.is_none_or(|(s, _)| s.is_whole(column));
        for (column, (desk, part)) in worker.desks.iter_mut().zip(&mut out.parts).enumerate() {
            if whole(column) {
                desk.fill(part, fields, column, None);
            }
        }
        if let Some((_, condition)) = sieve {
            let pass = worker.verdicts.rows(condition, &worker.desks, &out.parts);
            for (column, (desk, part)) in worker.desks.iter_mut().zip(&mut out.parts).enumerate() {
                if whole(column) {
                    sieve::thin(part, &pass);
                } else {
                    desk.fill(part, fields, column, Some(&pass));
                }
            }
            out.lines = out.lines.kept(&pass);
        }
        worker.desks.iter_mut().zip(&mut out.parts).for_each(|(d, p)| d.close(p));
    }

    /// The rows of a block, record by record; quotes are known to stand where they may.
    fn one_by_one(&self, text: &str, first_line: usize, worker: &mut Worker) -> Parsed {
        let (bytes, width) = (text.as_bytes(), self.head.names.len());
        let mut out = Parsed::new(worker.number, text.len());
        out.parts = worker.desks.iter().map(|d| d.part(0)).collect();
        let mut reader = dialect::reader(self.head.dialect).buffer_capacity(1 << 16).from_reader(bytes);
        let mut record = csv::ByteRecord::new();
        let (mut line, mut counted) = (first_line, 0);
        while reader.read_byte_record(&mut record).unwrap_or(false) {
            let mut start = record.position().and_then(|p| usize::try_from(p.byte()).ok()).unwrap_or(0);
            line += memchr::memchr_iter(b'\n', bytes.get(counted..start).unwrap_or(&[])).count();
            counted = start;
            let mut blank = false;
            while matches!(bytes.get(start), Some(b'\n' | b'\r')) {
                if bytes.get(start) == Some(&b'\n') {
                    blank = true;
                    line += 1;
                }
                start += 1;
                counted = start;
            }
            // The block is UTF-8 and fields are cut at ASCII bytes.
            let cells: Vec<&str> = record.iter().map(|cell| std::str::from_utf8(cell).unwrap_or("")).collect();
            if is_header(&cells, self.head) {
                out.headers.push(line);
                continue;
            }
            if !fits(&record, self.head) {
                out.misfit(line, &cells);
                continue;
            }
            for ((desk, part), cell) in worker.desks.iter_mut().zip(&mut out.parts).zip(&cells) {
                desk.push(part, cell);
            }
            let empty = |c: &&str| c.trim().is_empty();
            let lone = width > 2 && !cells.first().is_some_and(empty) && cells.iter().skip(1).all(empty);
            out.row(line, lone, blank);
        }
        worker.desks.iter_mut().zip(&mut out.parts).for_each(|(d, p)| d.close(p));
        out
    }
}

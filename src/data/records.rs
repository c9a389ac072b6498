//! From text to rows. In: a reader of UTF-8 text and the head of its table. Out: columns, the line of every row, and
//! what did not fit. Read in blocks cut at record ends, several at a time, joined in order: the same for any number
//! of threads. What a lenient reader accepts in silence (broken quotes, rows of another width, NUL) is an error here.

use super::Budget;
use super::blocks::{Block, Blocks};
use super::column::Column;
use super::decimals::zero_bytes;
use super::desk::{Desk, Fields, How, Part};
use super::dialect::{self, Dialect, Head};
use super::doubt::LoadError;
use super::lines::Lines;
use super::quotes::check_quotes;
use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Mutex, PoisonError};

/// How many rows that do not fit are remembered.
const MAX_MISFITS: usize = 200;
/// A row that has not the width of the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Misfit {
    /// Its line.
    pub line: usize,
    /// How many fields it has.
    pub fields: usize,
    /// How many of them hold something.
    pub filled: usize,
    /// The first of them that does.
    pub first: String,
    /// How many good rows stand above it.
    pub rows_above: usize,
}

/// The rows of a file.
#[derive(Clone, Debug)]
pub struct Rows {
    /// One per name of the head.
    pub columns: Vec<Column>,
    /// The line of each row.
    pub lines: Lines,
    /// How many rows.
    pub count: usize,
    /// How many rows in all, with those that were handed on before.
    pub total: usize,
    /// Rows that do not fit, in order.
    pub misfits: Vec<Misfit>,
    /// Rows at the end of which only the first field holds something: how many.
    pub lone_tail: usize,
    /// The line before the first of these that is blank, if there is one.
    pub blank_before_tail: bool,
}

/// What came of a block.
struct Parsed {
    worker: usize,
    parts: Vec<Part>,
    lines: Lines,
    misfits: Vec<Misfit>,
    lone_tail: usize,
    blank_before_tail: bool,
    bytes: usize,
}

impl Parsed {
    /// Notes a good row: its line, whether only its first field holds something, whether a blank line stands above.
    fn row(&mut self, line: usize, lone: bool, blank: bool) {
        self.lines.push(line);
        if lone {
            self.blank_before_tail |= self.lone_tail == 0 && blank;
            self.lone_tail += 1;
        } else {
            (self.lone_tail, self.blank_before_tail) = (0, false);
        }
    }
}

/// Whether a row has nothing but separators and blanks.
fn is_empty(row: &[u8], separator: u8) -> bool {
    let odd = |b: &u8| *b == separator || b.is_ascii_whitespace();
    row.first().is_none_or(odd) && row.iter().all(odd)
}

/// Whether only the first field of a row holds something.
fn is_lone(bytes: &[u8], fields: &Fields<'_>, row: usize) -> bool {
    let ends = fields.ends.get(row * fields.width..).unwrap_or(&[]);
    let (Some(first), Some(second), Some(last)) = (ends.first(), ends.get(1), ends.last()) else { return false };
    let blank = |b: &u8| b.is_ascii_whitespace();
    if second - first > 1 && !bytes.get(*first as usize + 1).is_some_and(blank) {
        return false;
    }
    let rest = bytes.get(*first as usize..*last as usize).unwrap_or(&[]);
    let separator = bytes.get(*first as usize).copied().unwrap_or(b',');
    rest.iter().all(|b| *b == separator || blank(b))
        && !bytes
            .get(fields.starts.get(row).map_or(0, |s| *s as usize)..*first as usize)
            .unwrap_or(&[])
            .iter()
            .all(blank)
}

/// Why reading stopped.
#[derive(Debug)]
pub enum Stop {
    /// The file is no table.
    Error(LoadError),
    /// The bytes are not UTF-8: the whole file must be decoded first.
    NotUtf8,
    /// The user asked.
    Interrupted,
    /// Reading failed.
    Io(std::io::Error),
}

/// How reading is done.
pub struct Reading<'a> {
    /// The head of the table.
    pub head: &'a Head,
    /// How each column is read.
    pub how: &'a [How],
    /// How many threads.
    pub threads: usize,
    /// Asks whether to stop.
    pub budget: &'a Budget,
    /// Told how many bytes are read, now and then.
    pub progress: &'a (dyn Fn(u64) + Sync),
    /// About how many bytes there are, if known.
    pub size: Option<u64>,
}

/// Takes rows in parts, as they are read.
pub struct Parts<'a> {
    /// So many at a time, or a few more.
    pub rows: usize,
    /// Takes them.
    pub take: &'a mut dyn FnMut(Rows) -> Result<(), Stop>,
}

impl Rows {
    /// Hands on what was read so far; the texts stay numbered as they are.
    fn split(&mut self) -> Rows {
        let part = |column: &mut Column| match column {
            Column::Words(words, codes) => Column::Words(words.clone(), std::mem::take(codes)),
            other => std::mem::replace(
                other,
                match other {
                    Column::Left => Column::Left,
                    _ => Column::new(How::Decimals),
                },
            ),
        };
        let columns = self.columns.iter_mut().map(part).collect();
        let (lines, count) = (std::mem::take(&mut self.lines), std::mem::take(&mut self.count));
        Rows { columns, lines, count, total: count, misfits: Vec::new(), lone_tail: 0, blank_before_tail: false }
    }
}

impl Reading<'_> {
    /// Reads all rows; `reader` begins with the first. Where `parts` takes them, the last are given back.
    pub fn rows<'r>(&self, reader: Box<dyn Read + Send + 'r>, mut parts: Option<Parts<'_>>) -> Result<Rows, Stop> {
        let mut rows = Rows {
            columns: self.how.iter().map(|h| Column::new(*h)).collect(),
            lines: Lines::default(),
            count: 0,
            total: 0,
            misfits: Vec::new(),
            lone_tail: 0,
            blank_before_tail: false,
        };
        let dialect = self.head.dialect;
        let mut blocks =
            Blocks { reader, carry: Vec::new(), number: 0, line: self.head.line, quote: dialect.quote, done: false };
        let mut read = 0u64;
        let mut desks = self.desks();
        let mut maps: Vec<Vec<Vec<u32>>> = vec![vec![Vec::new(); self.how.len()]; self.threads.max(1) + 1];
        // A small file is read here; threads cost more than they bring.
        if let Some(first) = blocks.next().map_err(Stop::Io)? {
            let parsed = self.parse(first, &mut desks, 0)?;
            read += parsed.bytes as u64;
            join(&mut rows, parsed, &mut maps);
            if let (Some(size), false, None) = (self.size, blocks.done, &parts) {
                let expected = rows.count as u64 * size.max(read) / read.max(1);
                let expected = usize::try_from(expected + expected / 50).unwrap_or(0);
                rows.columns.iter_mut().for_each(|c| c.expect(expected));
            }
        }
        if !blocks.done {
            self.on_threads(blocks, &mut rows, read, &mut maps, parts.as_mut())?;
        }
        for column in &mut rows.columns {
            match column {
                Column::Words(_, codes) => codes.shrink(),
                Column::Decimals(d) => d.values.shrink_to_fit(),
                Column::Left => {}
            }
        }
        Ok(rows)
    }

    fn on_threads(
        &self,
        blocks: Blocks<'_>,
        rows: &mut Rows,
        mut read: u64,
        maps: &mut [Vec<Vec<u32>>],
        mut parts: Option<&mut Parts<'_>>,
    ) -> Result<(), Stop> {
        let threads = self.threads.max(1);
        let shared = Mutex::new(blocks);
        let stopped = std::sync::atomic::AtomicBool::new(false);
        let stop = || stopped.load(std::sync::atomic::Ordering::Relaxed);
        let (send, receive) = std::sync::mpsc::sync_channel::<(usize, Result<Parsed, Stop>)>(threads);
        let mut waiting: BTreeMap<usize, Result<Parsed, Stop>> = BTreeMap::new();
        let mut outcome = Ok(());
        std::thread::scope(|scope| {
            for worker in 1..=threads {
                let send = send.clone();
                let (shared, stop) = (&shared, &stop);
                scope.spawn(move || {
                    let mut desks = self.desks();
                    while !stop() {
                        let next = shared.lock().unwrap_or_else(PoisonError::into_inner).next();
                        let (number, result) = match next {
                            Ok(Some(block)) => (block.number, self.parse(block, &mut desks, worker)),
                            Ok(None) => break,
                            Err(e) => (usize::MAX, Err(Stop::Io(e))),
                        };
                        if send.send((number, result)).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(send);
            let mut expected = 1;
            while let Ok((number, result)) = receive.recv() {
                waiting.insert(number, result);
                while let Some(result) = waiting.remove(&expected) {
                    expected += 1;
                    match result {
                        Ok(parsed) if outcome.is_ok() => {
                            read += parsed.bytes as u64;
                            join(rows, parsed, maps);
                            (self.progress)(read);
                            if let Some(parts) = parts.as_deref_mut().filter(|p| rows.count >= p.rows)
                                && let Err(e) = (parts.take)(rows.split())
                            {
                                outcome = Err(e);
                                stopped.store(true, std::sync::atomic::Ordering::Relaxed);
                            }
                        }
                        Ok(_) => {}
                        Err(e) => {
                            if outcome.is_ok() {
                                outcome = Err(e);
                            }
                            stopped.store(true, std::sync::atomic::Ordering::Relaxed);
                        }
                    }
                }
            }
            if let (Ok(()), Some((_, Err(e)))) = (&outcome, waiting.pop_last()) {
                outcome = Err(e);
            }
        });
        outcome
    }

    /// The rows of a block without quotes: each line is a record. The fields are found first, then read column by
    /// column.
    fn plain(&self, text: &str, first_line: usize, desks: &mut [Desk], out: &mut Parsed) {
        let (separator, width) = (self.head.dialect.separator, self.head.names.len());
        let bytes = text.as_bytes();
        let rows = bytes.len() / (3 * width + 1);
        let mut fields =
            Fields { text, starts: Vec::with_capacity(rows), ends: Vec::with_capacity(rows * width), width };
        let (mut start, mut line, mut blank) = (0, first_line, false);
        let mut count = 0;
        let mut mark = |at: usize| {
            count += 1;
            if bytes.get(at) == Some(&separator) {
                if count <= width {
                    fields.ends.push(at as u32);
                }
                return;
            }
            let end = if at > start && bytes.get(at - 1) == Some(&b'\r') { at - 1 } else { at };
            let row = fields.starts.len();
            let good = count == width && end > start && !is_empty(bytes.get(start..end).unwrap_or(&[]), separator);
            if good {
                fields.ends.push(end as u32);
                fields.starts.push(start as u32);
                out.row(line, width > 2 && is_lone(bytes, &fields, row), blank);
                blank = false;
            } else {
                fields.ends.truncate(row * width);
                blank = self.uneven(text.get(start..end).unwrap_or(""), line, blank, (start, &mut fields), out);
            }
            (start, count) = (at + 1, 0);
            line += 1;
        };
        // Separators and line ends, eight bytes at a time.
        let (separators, ends) = (u64::from_le_bytes([separator; 8]), u64::from_le_bytes([b'\n'; 8]));
        let (words, rest) = bytes.as_chunks::<8>();
        for (i, word) in words.iter().enumerate() {
            let word = u64::from_le_bytes(*word);
            let mut found = zero_bytes(word ^ separators) | zero_bytes(word ^ ends);
            while found != 0 {
                mark(i * 8 + (found.trailing_zeros() / 8) as usize);
                found &= found - 1;
            }
        }
        for (i, _) in rest.iter().enumerate().filter(|(_, b)| **b == separator || **b == b'\n') {
            mark(words.len() * 8 + i);
        }
        if bytes.last() != Some(&b'\n') {
            mark(bytes.len());
        }
        for (column, (desk, part)) in desks.iter_mut().zip(&mut out.parts).enumerate() {
            desk.fill(part, &fields, column);
        }
    }

    /// A line that has not as many fields as the header: blank, with an empty field too many, or a misfit. Whether it
    /// is blank.
    fn uneven(&self, row: &str, line: usize, blank: bool, at: (usize, &mut Fields<'_>), out: &mut Parsed) -> bool {
        if row.is_empty() {
            return true;
        }
        let (start, fields) = at;
        let (separator, width) = (char::from(self.head.dialect.separator), self.head.names.len());
        let cells: Vec<&str> = row.split(separator).collect();
        let filled: Vec<&str> = cells.iter().map(|c| c.trim()).filter(|c| !c.is_empty()).collect();
        let surplus = cells.iter().skip(width).all(|c| c.trim().is_empty());
        let fits = cells.len() > width && surplus && (self.head.surplus || cells.len() == width + 1);
        if fits && !filled.is_empty() {
            let mut end = start;
            fields.starts.push(u32::try_from(start).unwrap_or(u32::MAX));
            for cell in cells.iter().take(width) {
                end += cell.len();
                fields.ends.push(u32::try_from(end).unwrap_or(u32::MAX));
                end += 1;
            }
            let lone = width > 2 && filled.len() == 1 && !cells.first().is_some_and(|c| c.trim().is_empty());
            out.row(line, lone, blank);
            return false;
        }
        if out.misfits.len() < MAX_MISFITS && !(cells.len() <= 1 && filled.is_empty()) {
            let first = filled.first().unwrap_or(&"").chars().take(60).collect();
            let rows_above = out.lines.len();
            out.misfits.push(Misfit { line, fields: cells.len(), filled: filled.len(), first, rows_above });
        }
        false
    }

    fn desks(&self) -> Vec<Desk> {
        self.how.iter().map(|h| Desk::new(*h)).collect()
    }

    fn parse(&self, block: Block, desks: &mut [Desk], worker: usize) -> Result<Parsed, Stop> {
        self.budget.check().map_err(|_| Stop::Interrupted)?;
        let Ok(text) = std::str::from_utf8(&block.text) else { return Err(Stop::NotUtf8) };
        let line_at = |at: usize| block.line + memchr::memchr_iter(b'\n', block.text.get(..at).unwrap_or(&[])).count();
        if let Some(at) = memchr::memchr(0, &block.text) {
            return Err(Stop::Error(LoadError::at(
                line_at(at),
                "there is a NUL byte; the file is damaged, or no text",
            )));
        }
        let dialect = self.head.dialect;
        check_quotes(&block.text, dialect, block.line).map_err(Stop::Error)?;
        let mut out = Parsed {
            worker,
            parts: desks.iter().map(|d| d.part(block.text.len() / (8 * self.how.len() + 1))).collect(),
            lines: Lines::default(),
            misfits: Vec::new(),
            lone_tail: 0,
            blank_before_tail: false,
            bytes: block.text.len(),
        };
        let width = self.head.names.len();
        if is_plain(&block.text, dialect) {
            self.plain(text, block.line, desks, &mut out);
            desks.iter_mut().zip(&mut out.parts).for_each(|(d, p)| d.close(p));
            return Ok(out);
        }
        let mut reader = dialect::reader(dialect).buffer_capacity(1 << 16).from_reader(text.as_bytes());
        let mut record = csv::ByteRecord::new();
        let (mut line, mut counted) = (block.line, 0);
        while reader.read_byte_record(&mut record).unwrap_or(false) {
            let mut start = record.position().and_then(|p| usize::try_from(p.byte()).ok()).unwrap_or(0);
            let lines = memchr::memchr_iter(b'\n', block.text.get(counted..start).unwrap_or(&[])).count();
            line += lines;
            counted = start;
            let mut blank = false;
            while matches!(block.text.get(start), Some(b'\n' | b'\r')) {
                if block.text.get(start) == Some(&b'\n') {
                    blank = true;
                    line += 1;
                }
                start += 1;
                counted = start;
            }
            let empty = |c: &[u8]| c.trim_ascii().is_empty();
            if !fits(&record, self.head) {
                let filled = record.iter().filter(|c| !empty(c)).count();
                if out.misfits.len() < MAX_MISFITS && !(record.len() <= 1 && filled == 0) {
                    let first = record.iter().find(|c| !empty(c)).unwrap_or(&[]);
                    let first = String::from_utf8_lossy(first).trim().chars().take(60).collect();
                    let rows_above = out.lines.len();
                    out.misfits.push(Misfit { line, fields: record.len(), filled, first, rows_above });
                }
                continue;
            }
            for ((desk, part), cell) in desks.iter_mut().zip(&mut out.parts).zip(record.iter()) {
                // The block is UTF-8 and fields are cut at ASCII bytes.
                desk.push(part, std::str::from_utf8(cell).unwrap_or(""));
            }
            let lone = width > 2 && !record.iter().next().is_some_and(empty) && record.iter().skip(1).all(empty);
            out.row(line, lone, blank);
        }
        desks.iter_mut().zip(&mut out.parts).for_each(|(d, p)| d.close(p));
        Ok(out)
    }
}

/// Whether a text has no quotes and no lone returns, so that lines are records.
fn is_plain(text: &[u8], dialect: Dialect) -> bool {
    memchr::memchr(dialect.quote, text).is_none()
        && memchr::memchr_iter(b'\r', text).all(|i| matches!(text.get(i + 1), Some(b'\n') | None))
}

/// Whether a record is a row: of the width of the header, perhaps with a separator too many at its end, and not empty.
pub fn fits(record: &csv::ByteRecord, head: &Head) -> bool {
    let width = head.names.len();
    let empty = |c: &[u8]| c.trim_ascii().is_empty();
    let surplus = record.len() > width && record.iter().skip(width).all(empty);
    let right = record.len() == width || (surplus && (head.surplus || record.len() == width + 1));
    right && !(width > 1 && record.iter().next().is_some_and(empty) && record.iter().all(empty))
}

fn join(rows: &mut Rows, parsed: Parsed, maps: &mut [Vec<Vec<u32>>]) {
    if let Some(maps) = maps.get_mut(parsed.worker) {
        for ((column, part), map) in rows.columns.iter_mut().zip(parsed.parts).zip(maps) {
            column.append(part, map);
        }
    }
    let above = rows.total;
    let room = MAX_MISFITS.saturating_sub(rows.misfits.len());
    let misfits = parsed.misfits.into_iter().take(room);
    rows.misfits.extend(misfits.map(|m| Misfit { rows_above: m.rows_above + above, ..m }));
    let all_lone = parsed.lone_tail == parsed.lines.len();
    rows.lone_tail = if all_lone { rows.lone_tail + parsed.lone_tail } else { parsed.lone_tail };
    rows.blank_before_tail = parsed.blank_before_tail || (all_lone && rows.blank_before_tail);
    rows.count += parsed.lines.len();
    rows.total += parsed.lines.len();
    rows.lines.append(&parsed.lines);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::super::dialect::TextSpec;
    use super::*;

    fn read(text: &str, threads: usize) -> Result<Rows, LoadError> {
        let head = dialect::find(text, &TextSpec::default(), true)?;
        let how = vec![How::Words; head.names.len()];
        let reading =
            Reading { head: &head, how: &how, threads, budget: &Budget::default(), progress: &|_| (), size: None };
        reading.rows(Box::new(text.as_bytes().get(head.start..).unwrap()), None).map_err(|e| match e {
            Stop::Error(e) => e,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let rows = read("a,b\n1,\"x\ny\"\n\n2,z\r\n3,w", 1).unwrap();
        assert_eq!((0..3).map(|r| rows.lines.get(r)).collect::<Vec<_>>(), [2, 5, 6]);
        assert_eq!(rows.columns[1].text(0), "x\ny");
    }

    #[test]
    fn broken_quotes_are_found_where_they_open() {
        let line = |text: &str| read(text, 1).err().and_then(|e| e.line);
        assert_eq!(line("a,b\n1,x\n2,\"y\n3,z\n"), Some(3));
        assert_eq!(line("a,b\n1,\"x\n\"2\",y\n"), Some(2));
        assert_eq!(line("a,b\n1,x\n2,y \"z\"\n"), Some(3));
        assert_eq!(line("a,b\n1,\"x\"y\n"), Some(2));
    }

    #[test]
    fn many_blocks_are_the_same_as_one_whatever_the_threads() {
        let mut text = String::from("a,b\n");
        let long = "y".repeat(200);
        for i in 0..60_000 {
            text.push_str(&format!("{i},\"x\n{}{long}\"\n", i % 7));
        }
        let one = read(&text, 1).unwrap();
        let many = read(&text, 3).unwrap();
        assert_eq!(one.count, 60_000);
        assert_eq!(one.lines, many.lines);
        assert_eq!(many.lines.get(59_999), 2 + 2 * 59_999);
        assert!([0, 1, 30_000, 59_999].iter().all(|r| one.columns[0].text(*r) == many.columns[0].text(*r)));
    }
}

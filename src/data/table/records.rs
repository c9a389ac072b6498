//! From text to rows. In: a reader of UTF-8 text and the head of its table. Out: columns, the line of every row, and
//! what did not fit. Read in blocks cut at record ends, several at a time, joined in order: the same for any number
//! of threads. What a lenient reader accepts in silence (broken quotes, rows of another width, NUL) is an error here.

use crate::data::columns::column::Column;
use crate::data::columns::lines::Lines;
use crate::data::columns::part::How;
use crate::data::doubt::LoadError;
use crate::data::table::blocks::Blocks;
use crate::data::table::rows::{Parsed, Worker};
use crate::data::table::sieve::Sieve;
use crate::data::text::head::Head;
use crate::data::work::{Budget, Stopped, in_order};
use std::io::Read;

/// How many rows that do not fit are remembered.
pub(in crate::data) const MAX_MISFITS: usize = 200;

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

impl From<Stopped> for Stop {
    fn from(_: Stopped) -> Stop {
        Stop::Interrupted
    }
}

/// How reading is done.
pub struct Reading<'a> {
    /// The head of the table.
    pub head: &'a Head,
    /// How each column is read.
    pub how: &'a [How],
    /// Which rows are kept; all, without one.
    pub sieve: Option<&'a Sieve>,
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
    /// None yet.
    pub(in crate::data) fn empty(how: &[How]) -> Rows {
        Rows {
            columns: how.iter().map(|h| Column::new(*h)).collect(),
            lines: Lines::default(),
            count: 0,
            total: 0,
            misfits: Vec::new(),
            lone_tail: 0,
            blank_before_tail: false,
        }
    }

    /// Gives back what growing took too much.
    pub(in crate::data) fn shrink(&mut self) {
        for column in &mut self.columns {
            match column {
                Column::Words(_, codes) => codes.shrink(),
                Column::Decimals(d) => d.values.shrink_to_fit(),
                Column::Left => {}
            }
        }
    }

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
        let mut rows = Rows::empty(self.how);
        let dialect = self.head.dialect;
        let mut blocks = Blocks { reader, carry: Vec::new(), line: self.head.line, quote: dialect.quote, done: false };
        let mut read = 0u64;
        let mut worker = Worker::new(0, self.how);
        let mut maps: Vec<Vec<Vec<u32>>> = vec![vec![Vec::new(); self.how.len()]; self.threads.max(1) + 1];
        // A small file is read here; threads cost more than they bring.
        if let Some(first) = blocks.next().transpose().map_err(Stop::Io)? {
            let parsed = self.parse(first, &mut worker)?;
            read += parsed.bytes as u64;
            join(&mut rows, parsed, &mut maps);
            if let (Some(size), false, None, None) = (self.size, blocks.done, &parts, self.sieve) {
                let expected = rows.count as u64 * size.max(read) / read.max(1);
                let expected = usize::try_from(expected + expected / 50).unwrap_or(0);
                rows.columns.iter_mut().for_each(|c| c.expect(expected));
            }
        }
        if !blocks.done {
            let blocks = blocks.map(|block| block.map_err(Stop::Io));
            let work = |worker: &mut Worker, block| self.parse(block, worker);
            let take = |parsed: Parsed| {
                read += parsed.bytes as u64;
                join(&mut rows, parsed, &mut maps);
                (self.progress)(read);
                match parts.as_mut().filter(|p| rows.count >= p.rows) {
                    Some(parts) => (parts.take)(rows.split()),
                    None => Ok(()),
                }
            };
            in_order(self.threads, blocks, |number| Worker::new(number, self.how), work, take)?;
        }
        rows.shrink();
        Ok(rows)
    }
}

/// Joins what came of the next block.
pub(in crate::data) fn join(rows: &mut Rows, parsed: Parsed, maps: &mut [Vec<Vec<u32>>]) {
    if let Some(maps) = maps.get_mut(parsed.worker) {
        for ((column, part), map) in rows.columns.iter_mut().zip(parsed.parts).zip(maps) {
            column.append(part, map);
        }
    }
    let above = rows.total;
    let room = MAX_MISFITS.saturating_sub(rows.misfits.len());
    let misfits = parsed.misfits.into_iter().take(room);
    rows.misfits.extend(misfits.map(|m| Misfit { rows_above: m.rows_above + above, ..m }));
    let all_lone = parsed.lone_tail == parsed.rows;
    rows.lone_tail = if all_lone { rows.lone_tail + parsed.lone_tail } else { parsed.lone_tail };
    rows.blank_before_tail = parsed.blank_before_tail || (all_lone && rows.blank_before_tail);
    rows.count += parsed.lines.len();
    rows.total += parsed.rows;
    rows.lines.append(&parsed.lines);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;
    use crate::data::text::dialect::TextSpec;
    use crate::data::text::head;

    fn read(text: &str, threads: usize) -> Result<Rows, LoadError> {
        let head = head::find(text, &TextSpec::default(), true)?;
        let how = vec![How::Words; head.names.len()];
        let reading = Reading {
            head: &head,
            how: &how,
            sieve: None,
            threads,
            budget: &Budget::default(),
            progress: &|_| (),
            size: None,
        };
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

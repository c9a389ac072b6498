//! From text to rows. In: a reader of UTF-8 text and the head of its table. Out: columns, the line of every row, and
//! what did not fit. Read in blocks cut at record ends, several at a time, joined in order: the same for any number
//! of threads. What a lenient reader accepts in silence (broken quotes, rows of another width, NUL) is an error here.

use crate::data::columns::words::Words;
use crate::data::table::blocks::{Block, Blocks, Spare};
use crate::data::table::records::{Parsed, Reading, Rows, Stop, join};
use crate::data::table::rows::Worker;
use crate::data::work::in_order;
use std::io::Read;

/// Takes rows in parts, as they are read.
pub struct Parts<'a> {
    /// So many at a time, or a few more.
    pub rows: usize,
    /// The texts that the columns are known to hold.
    pub texts: &'a [Words],
    /// Takes them.
    pub take: &'a mut dyn FnMut(Rows) -> Result<(), Stop>,
}

impl Reading<'_> {
    /// Reads all rows; `reader` begins with the first. Where `parts` takes them, the last are given back.
    pub fn rows<'r>(&self, reader: Box<dyn Read + Send + 'r>, mut parts: Option<Parts<'_>>) -> Result<Rows, Stop> {
        let mut rows = Rows::empty(self.how, parts.as_ref().map_or(&[], |p| p.texts));
        let dialect = self.head.dialect;
        let (spare, quote) = (Spare::default(), dialect.quote);
        let mut blocks = Blocks { reader, spare: &spare, carry: Vec::new(), line: self.head.line, quote, done: false };
        let mut read = 0u64;
        let mut worker = Worker::new(0, self.how);
        let mut maps: Vec<Vec<Vec<u32>>> = vec![vec![Vec::new(); self.how.len()]; self.threads.max(1) + 1];
        // A small file is read here; threads cost more than they bring.
        if let Some(first) = blocks.next().transpose().map_err(Stop::Io)? {
            let parsed = self.parse(&first, &mut worker)?;
            spare.put(first);
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
            let work = |worker: &mut Worker, block: Block| {
                let parsed = self.parse(&block, worker);
                spare.put(block);
                parsed
            };
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;
    use crate::data::columns::part::How;
    use crate::data::doubt::LoadError;
    use crate::data::text::dialect::TextSpec;
    use crate::data::text::head;
    use crate::data::work::Budget;

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

//! The first records of a text, cut leniently, to be weighed: what is wrong in them is found when they are read.

use crate::data::text::dialect::{self, Dialect};

/// A record with something in it, and where it stands.
pub(super) struct Record {
    /// Where it begins, in bytes.
    pub(super) start: usize,
    /// Its 1-based line.
    pub(super) line: usize,
    pub(super) cells: Vec<String>,
}

impl Record {
    /// How many cells hold something.
    pub(super) fn filled(&self) -> usize {
        self.cells.iter().filter(|c| !c.trim().is_empty()).count()
    }
}

/// How many records are weighed.
pub(super) const SAMPLE: usize = 2000;

/// The lines of a text in which no quote stands, each with where it begins; those are its records. `None` where a reader
/// of the dialect must look.
fn lines(text: &[u8], dialect: Dialect) -> Option<impl Iterator<Item = (usize, &[u8])>> {
    let quoted = dialect.escape.is_some() || memchr::memchr(dialect.quote, text).is_some();
    if quoted || text.starts_with(b"\xEF\xBB\xBF") {
        return None;
    }
    let mut at = 0;
    Some(std::iter::from_fn(move || {
        while matches!(text.get(at), Some(b'\n' | b'\r')) {
            at += 1;
        }
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let line = rest.get(..memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len()))?;
        let start = at;
        at += line.len();
        Some((start, line))
    }))
}

/// Whether something stands in a cell.
fn is_filled(cell: &[u8]) -> bool {
    cell.iter().any(u8::is_ascii_graphic) || !String::from_utf8_lossy(cell).trim().is_empty()
}

/// What is done with a record: where it begins, and its cells.
type Take<'a> = &'a mut dyn FnMut(usize, &mut dyn Iterator<Item = &[u8]>);

/// Hands on the records of a text, cut leniently, with something in them; at most `limit`.
fn each(text: &[u8], dialect: Dialect, limit: usize, take: Take<'_>) {
    let mut left = limit;
    if let Some(lines) = lines(text, dialect) {
        for (start, line) in lines {
            if left == 0 {
                return;
            }
            if line.split(|b| *b == dialect.separator).any(is_filled) {
                take(start, &mut line.split(|b| *b == dialect.separator));
                left -= 1;
            }
        }
        return;
    }
    let mut reader = dialect::reader(dialect).from_reader(text);
    let mut record = csv::ByteRecord::new();
    while left > 0 && reader.read_byte_record(&mut record).unwrap_or(false) {
        let mut start = record.position().and_then(|p| usize::try_from(p.byte()).ok()).unwrap_or(0);
        while matches!(text.get(start), Some(b'\n' | b'\r')) {
            start += 1;
        }
        if record.iter().any(is_filled) {
            take(start, &mut record.iter());
            left -= 1;
        }
    }
}

/// Cuts a text into records, leniently; at most `limit`, without blank lines.
pub(super) fn records(text: &[u8], dialect: Dialect, limit: usize, whole: bool) -> Vec<Record> {
    let mut out: Vec<Record> = Vec::new();
    let (mut line, mut counted) = (1, 0);
    each(text, dialect, limit, &mut |start, cells| {
        line += memchr::memchr_iter(b'\n', text.get(counted..start).unwrap_or(&[])).count();
        counted = start;
        out.push(Record { start, line, cells: cells.map(|c| String::from_utf8_lossy(c).into_owned()).collect() });
    });
    if !whole && out.len() > 1 {
        out.pop();
    }
    out
}

/// How many fields each record has, of those that [`records`] would give.
pub(super) fn widths(text: &[u8], dialect: Dialect, limit: usize, whole: bool) -> Vec<usize> {
    let mut out = Vec::new();
    each(text, dialect, limit, &mut |_, cells| out.push(cells.count()));
    if !whole && out.len() > 1 {
        out.pop();
    }
    out
}

/// The most usual number of fields, and how many records have it. Lines of one field may be titles and notes around a
/// short table.
pub(super) fn usual_width(widths: impl Iterator<Item = usize>) -> (usize, usize) {
    let mut counts = std::collections::BTreeMap::new();
    for width in widths {
        *counts.entry(width).or_insert(0usize) += 1;
    }
    let most = |least: usize| counts.iter().filter(|(w, _)| **w >= least).map(|(w, n)| (*n, *w)).max();
    let (n, width) = most(1).unwrap_or((0, 1));
    match most(2).filter(|(of, _)| width == 1 && *of >= 3 && of * 2 >= n) {
        Some((n, width)) => (width, n),
        None => (width, n),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// As a reader of CSV cuts it, whatever stands in it.
    fn read(text: &[u8], dialect: Dialect) -> Vec<Vec<String>> {
        let reader = dialect::reader(dialect).from_reader(text);
        let cells = |r: csv::ByteRecord| r.iter().map(|c| String::from_utf8_lossy(c).into_owned()).collect();
        let all = reader.into_byte_records().map(|r| cells(r.unwrap()));
        all.filter(|cells: &Vec<String>| cells.iter().any(|c| !c.trim().is_empty())).collect()
    }

    #[test]
    fn lines_without_quotes_are_the_records_that_a_reader_finds() {
        let dialect = Dialect { separator: b';', quote: b'"', escape: None };
        let signs = ["a", "7", ";", ";", " ", "\n", "\r\n", "\r", "é", "\u{3000}", ",", "bc"];
        let mut random = fastrand::Rng::with_seed(5);
        for _ in 0..5000 {
            let text: String = (0..random.usize(0..30)).map(|_| signs[random.usize(0..signs.len())]).collect();
            let found = records(text.as_bytes(), dialect, 1000, true);
            let cells: Vec<Vec<String>> = found.iter().map(|r| r.cells.clone()).collect();
            assert_eq!(cells, read(text.as_bytes(), dialect), "{text:?}");
            let starts = found.iter().all(|r| text.get(r.start..).unwrap().starts_with(r.cells.first().unwrap()));
            let line = |r: &Record| text.get(..r.start).unwrap().matches('\n').count() + 1;
            assert!(starts && found.iter().all(|r| r.line == line(r)), "{text:?}");
            let wide: Vec<usize> = cells.iter().map(Vec::len).collect();
            assert_eq!(widths(text.as_bytes(), dialect, 1000, true), wide);
        }
    }
}

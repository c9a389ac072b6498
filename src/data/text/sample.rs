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

/// Cuts a text into records, leniently; at most `limit`, without blank lines.
pub(super) fn records(text: &[u8], dialect: Dialect, limit: usize, whole: bool) -> Vec<Record> {
    let mut reader = dialect::reader(dialect).from_reader(text);
    let mut record = csv::ByteRecord::new();
    let mut out: Vec<Record> = Vec::new();
    let (mut line, mut counted) = (1, 0);
    while out.len() < limit && reader.read_byte_record(&mut record).unwrap_or(false) {
        let mut start = record.position().and_then(|p| usize::try_from(p.byte()).ok()).unwrap_or(0);
        while matches!(text.get(start), Some(b'\n' | b'\r')) {
            start += 1;
        }
        line += memchr::memchr_iter(b'\n', text.get(counted..start).unwrap_or(&[])).count();
        counted = start;
        let cells = record.iter().map(|c| String::from_utf8_lossy(c).into_owned()).collect();
        let record = Record { start, line, cells };
        if record.filled() > 0 {
            out.push(record);
        }
    }
    if !whole && out.len() > 1 {
        out.pop();
    }
    out
}

/// The most usual number of fields, and how many records have it. Lines of one field may be titles and notes around a
/// short table.
pub(super) fn usual_width(records: &[Record]) -> (usize, usize) {
    let mut counts = std::collections::BTreeMap::new();
    for record in records {
        *counts.entry(record.cells.len()).or_insert(0usize) += 1;
    }
    let most = |least: usize| counts.iter().filter(|(w, _)| **w >= least).map(|(w, n)| (*n, *w)).max();
    let (n, width) = most(1).unwrap_or((0, 1));
    match most(2).filter(|(of, _)| width == 1 && *of >= 3 && of * 2 >= n) {
        Some((n, width)) => (width, n),
        None => (width, n),
    }
}

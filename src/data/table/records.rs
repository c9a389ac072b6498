//! What is read of a file: its rows, what did not fit, and why reading stopped. In: what came of each block, in order.
//! Out: columns, the line of every row.

use crate::data::columns::column::Column;
use crate::data::columns::lines::Lines;
use crate::data::columns::part::{How, Part};
use crate::data::columns::words::Words;
use crate::data::doubt::LoadError;
use crate::data::table::sieve::Sieve;
use crate::data::text::head::Head;
use crate::data::work::{Budget, Stopped};

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
    /// How many texts of each column were known before these rows.
    pub known: Vec<usize>,
    /// The line of each row.
    pub lines: Lines,
    /// How many rows.
    pub count: usize,
    /// How many rows in all, with those that were handed on before.
    pub total: usize,
    /// Rows that do not fit, in order.
    pub misfits: Vec<Misfit>,
    /// Lines that are the header again: the first, and how many.
    pub headers: Option<(usize, usize)>,
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

impl Rows {
    /// None yet.
    pub(in crate::data) fn empty(how: &[How], texts: &[Words]) -> Rows {
        let none = Words::default();
        let texts = texts.iter().chain(std::iter::repeat(&none));
        let columns: Vec<Column> = how.iter().zip(texts).map(|(h, texts)| Column::with_texts(*h, texts)).collect();
        Rows {
            known: columns.iter().map(Column::texts_len).collect(),
            columns,
            lines: Lines::default(),
            count: 0,
            total: 0,
            misfits: Vec::new(),
            headers: None,
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
    pub(in crate::data) fn split(&mut self) -> Rows {
        let columns = self.columns.iter_mut().map(Column::handed_on).collect();
        let known = std::mem::replace(&mut self.known, self.columns.iter().map(Column::texts_len).collect());
        let (lines, count) = (std::mem::take(&mut self.lines), std::mem::take(&mut self.count));
        Rows {
            columns,
            known,
            lines,
            count,
            total: count,
            misfits: Vec::new(),
            headers: None,
            lone_tail: 0,
            blank_before_tail: false,
        }
    }
}

/// What came of a block.
pub(in crate::data) struct Parsed {
    /// The worker whose desks numbered the texts.
    pub(in crate::data) worker: usize,
    pub(in crate::data) parts: Vec<Part>,
    /// The line of each row that is kept.
    pub(in crate::data) lines: Lines,
    /// How many rows, kept or not.
    pub(in crate::data) rows: usize,
    pub(in crate::data) misfits: Vec<Misfit>,
    /// Lines that are the header again.
    pub(in crate::data) headers: Vec<usize>,
    pub(in crate::data) lone_tail: usize,
    pub(in crate::data) blank_before_tail: bool,
    pub(in crate::data) bytes: usize,
}

impl Parsed {
    pub(in crate::data) fn new(worker: usize, bytes: usize) -> Parsed {
        Parsed {
            worker,
            parts: Vec::new(),
            lines: Lines::default(),
            rows: 0,
            misfits: Vec::new(),
            headers: Vec::new(),
            lone_tail: 0,
            blank_before_tail: false,
            bytes,
        }
    }

    /// Notes a good row: its line, whether only its first field holds something, whether a blank line stands above.
    pub(in crate::data) fn row(&mut self, line: usize, lone: bool, blank: bool) {
        self.rows += 1;
        self.lines.push(line);
        if lone {
            self.blank_before_tail |= self.lone_tail == 0 && blank;
            self.lone_tail += 1;
        } else {
            (self.lone_tail, self.blank_before_tail) = (0, false);
        }
    }

    /// Notes a row that does not fit, unless nothing stands in it.
    pub(in crate::data) fn misfit(&mut self, line: usize, cells: &[&str]) {
        let filled: Vec<&str> = cells.iter().map(|c| c.trim()).filter(|c| !c.is_empty()).collect();
        if self.misfits.len() < MAX_MISFITS && !(cells.len() <= 1 && filled.is_empty()) {
            let first = filled.first().unwrap_or(&"").chars().take(60).collect();
            let misfit = Misfit { line, fields: cells.len(), filled: filled.len(), first, rows_above: self.rows };
            self.misfits.push(misfit);
        }
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
    if let Some(first) = parsed.headers.first() {
        let (known, count) = rows.headers.unwrap_or((*first, 0));
        rows.headers = Some((known, count + parsed.headers.len()));
    }
    let all_lone = parsed.lone_tail == parsed.rows;
    rows.lone_tail = if all_lone { rows.lone_tail + parsed.lone_tail } else { parsed.lone_tail };
    rows.blank_before_tail = parsed.blank_before_tail || (all_lone && rows.blank_before_tail);
    rows.count += parsed.lines.len();
    rows.total += parsed.rows;
    rows.lines.append(&parsed.lines);
}

//! One table: columns with their names, and the line of every row. Knows neither how it was read nor what its columns
//! are for.

use crate::data::columns::column::Column;
use crate::data::columns::lines::Lines;
use crate::data::doubt::Doubt;
use crate::data::table::origin::Origin;

/// One or more files as a table.
#[derive(Debug)]
pub struct Table {
    /// Column names.
    pub header: Vec<String>,
    /// One per name.
    pub columns: Vec<Column>,
    /// The line of each row.
    pub lines: Lines,
    /// How many rows.
    pub rows: usize,
    /// Between fields.
    pub separator: u8,
    /// The line of the header.
    pub header_line: Option<usize>,
    /// What the bytes are.
    pub origin: Origin,
    /// The first row of each file.
    pub files: Vec<(usize, String)>,
    /// That lines above the header were left out, of each file that has some.
    pub above: Vec<Doubt>,
    /// What else was not beyond doubt.
    pub doubts: Vec<Doubt>,
    /// Whether columns or rows were left out that are not asked for.
    pub is_partial: bool,
}

impl Table {
    /// The file that a row comes from, if there are several.
    pub fn file(&self, row: usize) -> Option<&str> {
        let at = self.files.partition_point(|(first, _)| *first <= row);
        let found = at.checked_sub(1).and_then(|i| self.files.get(i));
        found.filter(|_| self.files.len() > 1).map(|(_, name)| name.as_str())
    }

    /// Only some of the rows.
    pub fn keep(&mut self, keep: &[bool]) {
        let before: Vec<usize> =
            self.files.iter().map(|(first, _)| keep.iter().take(*first).filter(|k| **k).count()).collect();
        for (file, first) in self.files.iter_mut().zip(before) {
            file.0 = first;
        }
        self.lines = self.lines.kept(keep);
        for column in &mut self.columns {
            *column = std::mem::replace(column, Column::Left).kept(keep);
        }
        self.rows = keep.iter().filter(|k| **k).count();
    }
}

//! One table: columns with their names, and the line of every row. Knows neither how it was read nor what its columns
//! are for.

use crate::data::columns::column::Column;
use crate::data::columns::lines::Lines;
use crate::data::doubt::Doubt;
use crate::data::table::origin::Origin;

/// What one of several files has of its own.
#[derive(Clone, Debug)]
pub struct Own {
    /// Its name.
    pub name: String,
    /// Between its fields.
    pub separator: u8,
    /// What the lines above its header say.
    pub titles: Vec<String>,
}

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
    /// What each of several files has of its own, that of the first too.
    pub own: Vec<Own>,
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

    /// Leaves out the rows in which a column has one of some texts, and forgets these; the others stay numbered. How many
    /// rows, and the line of the first.
    pub fn leave_out(&mut self, at: usize, texts: &[String]) -> Option<(usize, usize)> {
        let Some(Column::Words(words, codes)) = self.columns.get_mut(at) else { return None };
        let out: Vec<bool> = words.iter().map(|w| texts.iter().any(|t| t == w)).collect();
        let other = words.iter().find(|w| !texts.iter().any(|t| t == w))?.to_string();
        let keep: Vec<bool> = codes.iter().map(|c| !out.get(c as usize).copied().unwrap_or(false)).collect();
        if let Some(column) = self.columns.get_mut(at) {
            column.relabelled(|w| if texts.iter().any(|t| t == w) { other.clone() } else { w.to_string() });
        }
        let first = keep.iter().position(|k| !k).map(|row| self.lines.get(row));
        let count = keep.iter().filter(|k| !**k).count();
        if count > 0 {
            self.keep(&keep);
        }
        first.map(|line| (count, line))
    }

    /// Only some of the rows; the texts stay numbered as they are.
    pub fn keep(&mut self, keep: &[bool]) {
        let before: Vec<usize> =
            self.files.iter().map(|(first, _)| keep.iter().take(*first).filter(|k| **k).count()).collect();
        for (file, first) in self.files.iter_mut().zip(before) {
            file.0 = first;
        }
        self.lines = self.lines.kept(keep);
        for column in &mut self.columns {
            *column = std::mem::replace(column, Column::Left).thinned(keep);
        }
        self.rows = keep.iter().filter(|k| **k).count();
    }
}

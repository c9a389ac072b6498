//! The line of every row of a file, kept as runs of lines that follow each other.

/// The lines of rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lines {
    /// From this row on, rows stand on lines one after another, beginning with this one.
    runs: Vec<(u32, u32)>,
    rows: u32,
}

impl Lines {
    /// Adds the line of the next row.
    pub fn push(&mut self, line: usize) {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        let follows = self.runs.last().is_some_and(|(row, first)| first.wrapping_add(self.rows - row) == line);
        if !follows {
            self.runs.push((self.rows, line));
        }
        self.rows += 1;
    }

    /// Adds rows on lines that follow each other.
    pub fn push_run(&mut self, line: usize, rows: usize) {
        if rows > 0 {
            self.push(line);
            self.rows += u32::try_from(rows - 1).unwrap_or(0);
        }
    }

    pub(in crate::data) fn append(&mut self, more: &Lines) {
        let offset = self.rows;
        for (row, line) in &more.runs {
            let follows = self.runs.last().is_some_and(|(r, first)| first.wrapping_add(offset + row - r) == *line);
            if !follows {
                self.runs.push((offset + row, *line));
            }
        }
        self.rows += more.rows;
    }

    /// Rows and the lines on which they stand, from which on they follow each other.
    pub(in crate::data) fn runs(&self) -> &[(u32, u32)] {
        &self.runs
    }

    /// So many rows in these runs.
    pub(in crate::data) fn of_runs(runs: Vec<(u32, u32)>, rows: u32) -> Lines {
        Lines { runs, rows }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.rows as usize
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The line of a row, from 1.
    pub fn get(&self, row: usize) -> usize {
        let row = u32::try_from(row).unwrap_or(u32::MAX);
        let at = self.runs.partition_point(|(r, _)| *r <= row);
        at.checked_sub(1).and_then(|i| self.runs.get(i)).map_or(0, |(r, line)| (line + (row - r)) as usize)
    }

    /// The same with only some rows.
    pub fn kept(&self, keep: &[bool]) -> Lines {
        let mut out = Lines::default();
        keep.iter().enumerate().filter(|(_, k)| **k).for_each(|(row, _)| out.push(self.get(row)));
        out
    }
}

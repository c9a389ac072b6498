//! The cells of one block of a file as parts of columns. Each reader of blocks has a desk for every column, at which
//! its texts are numbered once for all its blocks; parts are joined to columns in the order of the file.

use crate::data::columns::decimals::{Decimals, decimal_within};
use crate::data::columns::part::{How, Part};
use crate::data::columns::words::{Words, packed_within};
use crate::data::text::fields::Fields;

/// What one reader of blocks knows of a column: its texts are numbered once for all its blocks.
#[derive(Debug)]
pub enum Desk {
    /// Texts, and how many of them were handed on.
    Words(Words, usize),
    /// Numbers.
    Decimals,
    /// Nothing.
    Left,
}

impl Desk {
    /// An empty desk.
    pub fn new(how: How) -> Desk {
        match how {
            How::Words => Desk::Words(Words::default(), 0),
            How::Decimals => Desk::Decimals,
            How::Leave => Desk::Left,
        }
    }

    /// A part for about so many rows.
    pub fn part(&self, rows: usize) -> Part {
        match self {
            Desk::Words(..) => Part::Words(Vec::with_capacity(rows), Vec::new()),
            Desk::Decimals => Part::Decimals(Decimals { values: Vec::with_capacity(rows), ..Decimals::default() }),
            Desk::Left => Part::Left,
        }
    }

    /// Adds the cell of the next row to a part.
    pub fn push(&mut self, part: &mut Part, cell: &str) {
        match (self, part) {
            (Desk::Words(words, _), Part::Words(rows, _)) => {
                let same = rows.last().copied().filter(|last| cell.len() > 7 && words.get(*last) == cell);
                rows.push(same.unwrap_or_else(|| words.place(cell)));
            }
            (_, Part::Decimals(d)) => d.push(cell),
            _ => {}
        }
    }

    /// Adds the cells of one column of a block, of all rows or of some.
    pub fn fill(&mut self, part: &mut Part, fields: &Fields<'_>, column: usize, pass: Option<&[bool]>) {
        if fields.is_doubled(column) {
            // Quotes are written twice somewhere in the column: cells are looked at one by one.
            let kept = |row: usize| pass.is_none_or(|p| p.get(row).copied().unwrap_or(false));
            for (_, (start, end)) in fields.of(column).enumerate().filter(|(row, _)| kept(*row)) {
                let once = fields.unquoted(start, end);
                self.push(part, once.as_deref().or(fields.text.get(start..end)).unwrap_or(""));
            }
            return;
        }
        match pass {
            None => self.fill_with(part, fields.text, fields.of(column)),
            Some(pass) => {
                let rows = pass.iter().enumerate().filter(|(_, pass)| **pass);
                self.fill_with(part, fields.text, rows.map(|(row, _)| fields.at(row, column)));
            }
        }
    }

    fn fill_with(&mut self, part: &mut Part, text: &str, cells: impl Iterator<Item = (usize, usize)>) {
        match (self, part) {
            (Desk::Words(words, _), Part::Words(rows, _)) => {
                for (start, end) in cells {
                    let place = match packed_within(text.as_bytes(), start, end) {
                        Some(key) => words.place_within(key, text, start, end),
                        None => {
                            let cell = text.get(start..end).unwrap_or("");
                            let same = rows.last().copied().filter(|last| words.get(*last) == cell);
                            same.unwrap_or_else(|| words.place(cell))
                        }
                    };
                    rows.push(place);
                }
            }
            (_, Part::Decimals(d)) => {
                for (start, end) in cells {
                    let read = decimal_within(text.as_bytes(), start, end);
                    match read.and_then(|(m, places)| d.fitted(m, places)) {
                        Some(value) => d.values.push(value),
                        None => d.push_odd(text.get(start..end).unwrap_or("")),
                    }
                }
            }
            _ => {}
        }
    }

    /// Hands the new texts on with the part.
    pub fn close(&mut self, part: &mut Part) {
        if let (Desk::Words(words, sent), Part::Words(_, new)) = (self, part) {
            *new = words.since(*sent);
            *sent = words.len();
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;
    use crate::data::columns::column::Column;

    #[test]
    fn parts_join_to_what_one_part_would_be() {
        let cells: Vec<String> = (0..1000).map(|i| format!("{}", (i * 7) % 300)).collect();
        for size in [1, 3, 1000] {
            let mut column = Column::new(How::Words);
            let mut desks = [(Desk::new(How::Words), Vec::new()), (Desk::new(How::Words), Vec::new())];
            for (i, chunk) in cells.chunks(size).enumerate() {
                let (desk, map) = &mut desks[i % 2];
                let mut part = desk.part(size);
                chunk.iter().for_each(|c| desk.push(&mut part, c));
                desk.close(&mut part);
                column.append(part, map);
            }
            assert!((0..1000).all(|i| column.text(i) == cells[i]));
        }
    }

    #[test]
    fn decimals_keep_their_value_when_later_ones_have_more_places() {
        let mut column = Column::new(How::Decimals);
        for cells in [&["1", "2.5"][..], &["NA", "0.125", "007"], &["9223372036854775807", "3"]] {
            let mut desk = Desk::new(How::Decimals);
            let mut part = desk.part(0);
            cells.iter().for_each(|c| desk.push(&mut part, c));
            column.append(part, &mut Vec::new());
        }
        let texts: Vec<String> = (0..7).map(|i| column.text(i)).collect();
        assert_eq!(texts, ["1.000", "2.500", "NA", "0.125", "007", "9223372036854775807", "3.000"]);
    }
}

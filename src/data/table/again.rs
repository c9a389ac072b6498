//! The rows of a table once more, cell by cell, as they are written. In: the same files, and what is kept of the table
//! that was read. Out: one row after another.

use crate::data::doubt::LoadError;
use crate::data::table::one::Table;
use crate::data::table::open::{Piece, TableSpec, head, open};
use crate::data::table::records::Stop;
use crate::data::table::rows::{fits, is_header};
use crate::data::text::dialect;
use crate::data::work::Budget;

/// What is kept of a table to read its rows once more.
#[derive(Clone, Debug)]
pub struct TableShape {
    /// Column names.
    pub header: Vec<String>,
    /// Rows of each file.
    pub counts: Vec<usize>,
    /// Whether the files were decoded from another encoding.
    pub decoded: bool,
}

impl Table {
    /// What is needed to read the rows once more.
    pub fn shape(&self) -> TableShape {
        let ends = self.files.iter().skip(1).map(|(first, _)| *first).chain([self.rows]);
        let counts = self.files.iter().zip(ends).map(|((first, _), end)| end - first).collect();
        TableShape { header: self.header.clone(), counts, decoded: self.origin.decoded }
    }
}

/// The error of a reader without what the library puts around it.
fn io_error(error: csv::Error) -> std::io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
    }
}

/// The cells of the rows of a table that was read, once more, one row after another, as they are written; `each`
/// says whether to go on.
pub fn rows(
    pieces: &[Piece<'_>],
    spec: &TableSpec,
    table: &TableShape,
    budget: &Budget,
    each: &mut dyn FnMut(&[&str]) -> bool,
) -> Result<(), Stop> {
    for (piece, count) in pieces.iter().zip(&table.counts) {
        let opened = open(piece, spec, table.decoded, budget)?;
        let head = head(&opened, spec)?;
        let order: Vec<usize> =
            table.header.iter().map(|h| head.names.iter().position(|n| n == h).unwrap_or(usize::MAX)).collect();
        let mut reader = dialect::reader(head.dialect).from_reader(opened.from(head.start));
        let mut record = csv::ByteRecord::new();
        let mut left = *count;
        while left > 0 {
            if !reader.read_byte_record(&mut record).map_err(|e| Stop::Io(io_error(e)))? {
                return Err(Stop::Error(LoadError::new("it is shorter than before: it changes while it is read")));
            }
            let all: Vec<&str> = record.iter().map(|c| std::str::from_utf8(c).unwrap_or("")).collect();
            if !fits(&record, &head) || is_header(&all, &head) {
                continue;
            }
            left -= 1;
            if left.is_multiple_of(1 << 12) {
                budget.check()?;
            }
            let cell = |at: &usize| record.get(*at).and_then(|c| std::str::from_utf8(c).ok()).unwrap_or("");
            let cells: Vec<&str> = order.iter().map(cell).collect();
            if !each(&cells) {
                return Ok(());
            }
        }
    }
    Ok(())
}

//! Parquet files as columns of texts and numbers, so that all that follows is as for any file. In: the bytes of a file.
//! Out: the same rows that its CSV would give, row groups read by several threads and joined in order. Columns that are
//! not asked for are not decoded; of row groups whose statistics show that no row is kept, only what every row tells.
//! Lines are row numbers, from 1.

use crate::data::columns::part::{How, Part};
use crate::data::doubt::LoadError;
use crate::data::guard::guarded;
use crate::data::pages::Shared;
use crate::data::table::choice::Choice;
use crate::data::table::desk::Desk;
use crate::data::table::parquet_cells::{Cells, as_meant};
use crate::data::table::records::{Parsed, Rows, Stop, join};
use crate::data::table::rows::Worker;
use crate::data::table::sieve::{Sieve, Test, thin};
use crate::data::work::{Budget, in_order};
use crate::diagnostic::words::megabytes;
use ::parquet::basic::{ConvertedType, LogicalType, Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::ColumnChunkMetaData;
use ::parquet::file::reader::{ChunkReader, FileReader, Length, SerializedFileReader};
use ::parquet::file::statistics::Statistics;
use ::parquet::schema::types::ColumnDescriptor;
use bytes::Bytes;
use std::io::{BufReader, Read};
use std::sync::Arc;

/// Integers of one column this far apart are amounts.
const MAX_CODES: i64 = 1_000_000;
/// Statistics of integers this far apart are not gone through one by one.
const MAX_RANGE: i64 = 10_000;

/// Bytes that a cell takes at least.
const CELL: u64 = 4;
/// Room that is taken for the rows of a group before they are there.
const ROOM: usize = 1 << 20;

/// What is damaged, where it is.
const WHAT: &str = "the Parquet file";

/// Bytes that are read at once where it is not known how many are needed.
const AHEAD: usize = 1 << 12;

/// A file of which parts are read.
struct Chunks(Shared);

/// All from a place on.
struct From {
    pages: Shared,
    at: u64,
}

impl Read for From {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let left = usize::try_from(self.pages.size().saturating_sub(self.at)).unwrap_or(usize::MAX);
        let count = left.min(out.len());
        self.pages.read_at(self.at, out.get_mut(..count).unwrap_or(&mut []))?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.0.size()
    }
}

impl ChunkReader for Chunks {
    type T = BufReader<From>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(BufReader::with_capacity(AHEAD, From { pages: Arc::clone(&self.0), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        // What a file says of itself is a claim: no more is taken than there is.
        if start.checked_add(length as u64).is_none_or(|end| end > self.0.size()) {
            return Err(ParquetError::EOF("a part lies behind the end of the file".into()));
        }
        let mut out = vec![0; length];
        self.0.read_at(start, &mut out)?;
        Ok(out.into())
    }
}

/// A file whose head is read.
pub struct File {
    reader: SerializedFileReader<Chunks>,
    /// Column names.
    pub names: Vec<String>,
    /// How many rows.
    pub rows: u64,
}

fn damaged(error: &ParquetError) -> LoadError {
    LoadError::new(format!("the Parquet file cannot be read: {error}"))
}

impl File {
    /// Reads the head of a file that is held.
    pub fn open(bytes: Vec<u8>) -> Result<File, LoadError> {
        File::at(Arc::new(bytes))
    }

    /// Reads the head of a file, of which no more is read than is asked for.
    pub fn at(pages: Shared) -> Result<File, LoadError> {
        guarded(WHAT, || File::head(pages))?
    }

    fn head(pages: Shared) -> Result<File, LoadError> {
        let reader = SerializedFileReader::new(Chunks(pages)).map_err(|e| damaged(&e))?;
        let schema = reader.metadata().file_metadata().schema_descr_ptr();
        for column in schema.columns() {
            let strange = column.max_rep_level() > 0 || column.path().parts().len() > 1;
            if strange || column.physical_type() == Type::INT96 {
                let message = format!("column `{}` of the Parquet file holds no plain values", column.path().string());
                return Err(LoadError::new(message).advice("export the file with plain columns: numbers, texts, dates"));
            }
        }
        let names = schema.columns().iter().map(|c| c.name().to_string()).collect();
        let rows = u64::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or(0);
        Ok(File { reader, names, rows })
    }

    /// That its rows may be held in so many bytes. What a file says of itself is no more than a claim, but one that must
    /// agree with itself, and that is no reason to take all the memory there is.
    ///
    /// # Errors
    /// The file is larger, or says two things of its rows.
    pub fn fits(&self, most: u64) -> Result<(), LoadError> {
        let groups = self.reader.metadata().row_groups();
        let rows = groups.iter().try_fold(0u64, |all, group| all.checked_add(u64::try_from(group.num_rows()).ok()?));
        let lengths_agree =
            groups.iter().all(|group| group.columns().iter().all(|column| column.num_values() == group.num_rows()));
        if rows != Some(self.rows) || !lengths_agree {
            return Err(LoadError::new("the Parquet file is damaged: it says two things of how many rows it has"));
        }
        let bytes = self.rows.saturating_mul(self.names.len() as u64).saturating_mul(CELL);
        if bytes <= most {
            return Ok(());
        }
        let message = format!(
            "it has {} rows of {} columns, which take about {} MB, and `--max-memory` is {} MB",
            self.rows,
            self.names.len(),
            megabytes(bytes),
            megabytes(most)
        );
        Err(LoadError::new(message).advice("load the file in parts, or raise `--max-memory`"))
    }

    fn column(&self, at: usize) -> Option<&ColumnDescriptor> {
        self.reader.metadata().file_metadata().schema_descr().columns().get(at).map(|c| c.as_ref())
    }

    /// Columns that are numbers by their type are read as numbers, all others as texts.
    pub fn ways(&self, choices: &[Choice]) -> Vec<How> {
        let way = |(at, choice): (usize, &Choice)| {
            let fraction = self.column(at).is_some_and(|c| {
                matches!(c.physical_type(), Type::DOUBLE | Type::FLOAT) || c.converted_type() == ConvertedType::DECIMAL
            });
            match choice {
                Choice::Leave => How::Leave,
                Choice::Any if fraction || self.is_wide(at) => How::Decimals,
                Choice::Any | Choice::Words => How::Words,
            }
        };
        choices.iter().enumerate().map(way).collect()
    }

    /// Whether a column holds integers so far apart that they can be no codes and no periods.
    fn is_wide(&self, at: usize) -> bool {
        let plain = |c: &ColumnDescriptor| {
            let dated = [ConvertedType::DATE, ConvertedType::TIMESTAMP_MILLIS, ConvertedType::TIMESTAMP_MICROS];
            !dated.contains(&c.converted_type()) && !matches!(c.logical_type_ref(), Some(LogicalType::Timestamp(_)))
        };
        let range = |statistics: &Statistics| match statistics {
            Statistics::Int32(s) => Some((i64::from(*s.min_opt()?), i64::from(*s.max_opt()?))),
            Statistics::Int64(s) => Some((*s.min_opt()?, *s.max_opt()?)),
            _ => None,
        };
        let groups = self.reader.metadata().row_groups().iter();
        let ranges = groups.filter_map(|g| g.columns().get(at)?.statistics().and_then(range));
        let meant = |(least, most)| {
            let column = self.column(at)?;
            Some((as_meant(least, column)?, as_meant(most, column).unwrap_or(i64::MAX)))
        };
        let all = ranges.filter_map(meant).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        self.column(at).is_some_and(plain) && all.is_some_and(|(least, most)| most.saturating_sub(least) >= MAX_CODES)
    }

    /// All rows, or those that a sieve keeps.
    pub fn read(&self, how: &[How], sieve: Option<&Sieve>, threads: usize, budget: &Budget) -> Result<Rows, Stop> {
        let groups = self.reader.num_row_groups();
        let mut rows = Rows::empty(how, &[]);
        let mut maps = vec![vec![Vec::new(); how.len()]; groups.max(1)];
        let work = |(): &mut (), group| {
            budget.check()?;
            guarded(WHAT, || self.group(group, how, sieve)).map_err(Stop::Error)?
        };
        in_order(
            threads,
            (0..groups).map(Ok),
            |_| (),
            work,
            |parsed| {
                join(&mut rows, parsed, &mut maps);
                Ok(())
            },
        )?;
        rows.shrink();
        Ok(rows)
    }

    fn group(&self, group: usize, how: &[How], sieve: Option<&Sieve>) -> Result<Parsed, Stop> {
        let fail = |e: ParquetError| Stop::Error(damaged(&e));
        let reader = self.reader.get_row_group(group).map_err(fail)?;
        let groups = self.reader.metadata().row_groups().iter();
        let before: i64 = groups.take(group).map(|g| g.num_rows()).sum();
        let count = usize::try_from(reader.metadata().num_rows()).unwrap_or(0);
        let mut worker = Worker::new(group, how);
        let mut out = Parsed::new(group, 0);
        out.rows = count;
        out.lines.push_run(usize::try_from(before).unwrap_or(0) + 1, count);
        out.parts = worker.desks.iter().map(|d| d.part(count.min(ROOM))).collect();
        let condition = sieve.and_then(|s| s.condition.as_ref());
        let whole = |at: usize| condition.is_none() || sieve.is_some_and(|s| s.is_whole(at));
        let fill = |at: usize, worker: &mut Worker, parts: &mut [Part], pass: Option<&[bool]>| {
            let (Some(desk), Some(part), Some(column)) = (worker.desks.get_mut(at), parts.get_mut(at), self.column(at))
            else {
                return Ok(());
            };
            if matches!(desk, Desk::Left) {
                return Ok(());
            }
            let pages = reader.get_column_page_reader(at).map_err(fail)?;
            let mut packed = Cells { desk: &mut *desk, part: &mut *part, pass, column };
            if packed.pages(pages, count).map_err(fail)? {
                return Ok(());
            }
            *part = desk.part(count.min(ROOM));
            let cells = reader.get_column_reader(at).map_err(fail)?;
            Cells { desk, part, pass, column }.all(cells, count).map_err(fail)
        };
        for at in (0..how.len()).filter(|at| whole(*at)) {
            fill(at, &mut worker, &mut out.parts, None)?;
        }
        if let Some((at, test)) = condition {
            let none = reader.metadata().columns().get(*at).is_some_and(|c| excludes(c, test));
            let pass = if none {
                vec![false; count]
            } else {
                worker.verdicts.rows(&(*at, test.clone()), &worker.desks, &out.parts)
            };
            for at in 0..how.len() {
                if whole(at) {
                    if let Some(part) = out.parts.get_mut(at) {
                        thin(part, &pass);
                    }
                } else if !none {
                    fill(at, &mut worker, &mut out.parts, Some(&pass))?;
                }
            }
            out.lines = out.lines.kept(&pass);
        }
        worker.desks.iter_mut().zip(&mut out.parts).for_each(|(d, p)| d.close(p));
        Ok(out)
    }

    /// The file as CSV text, for those who look at its rows.
    pub fn as_text(&self, budget: &Budget) -> Result<String, Stop> {
        let rows = self.read(&vec![How::Words; self.names.len()], None, 1, budget)?;
        let mut writer = csv::Writer::from_writer(Vec::new());
        let written = writer.write_record(&self.names).and_then(|()| {
            (0..rows.count).try_for_each(|row| writer.write_record(rows.columns.iter().map(|c| c.text(row))))
        });
        let text = written.ok().and_then(|()| writer.into_inner().ok()).and_then(|bytes| String::from_utf8(bytes).ok());
        Ok(text.unwrap_or_default())
    }
}

/// Whether statistics show that no text of a column passes.
fn excludes(chunk: &ColumnChunkMetaData, test: &Test) -> bool {
    let meant = |x: Option<i64>| as_meant(x?, chunk.column_descr());
    let integers = |least: Option<i64>, largest: Option<i64>| match (meant(least), meant(largest)) {
        (Some(a), Some(b)) if b.saturating_sub(a) <= MAX_RANGE => !(a..=b).any(|n| test(&n.to_string())),
        _ => false,
    };
    match chunk.statistics() {
        Some(Statistics::Int32(s)) => integers(s.min_opt().map(|n| (*n).into()), s.max_opt().map(|n| (*n).into())),
        Some(Statistics::Int64(s)) => integers(s.min_opt().copied(), s.max_opt().copied()),
        Some(Statistics::ByteArray(s)) => match (s.min_opt(), s.max_opt()) {
            (Some(a), Some(b)) if a == b => a.as_utf8().is_ok_and(|text| !test(text)),
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn file() -> File {
        File::open(include_bytes!("../../../tests/files/trade.parquet").to_vec()).unwrap()
    }

    fn texts(file: &File, how: &[How], sieve: Option<&Sieve>, threads: usize) -> Vec<String> {
        let rows = file.read(how, sieve, threads, &Budget::default()).unwrap();
        let line = |row| {
            let cells: Vec<String> = rows.columns.iter().map(|c| c.text(row)).collect();
            format!("{} {}", rows.lines.get(row), cells.join("|"))
        };
        (0..rows.count).map(line).collect()
    }

    #[test]
    fn columns_are_what_their_text_would_be() {
        let file = file();
        assert_eq!(file.names, ["t", "i", "j", "k", "v", "q", "price", "cost", "day"]);
        let all = texts(&file, &[How::Words; 9], None, 1);
        assert_eq!(all.len(), 12);
        assert_eq!(all[0], "1 2018|156|842|010121|1.5|0.125|2.50|-1.2500|2018-01-31");
        assert_eq!(all[1], "2 2018|156|276|854231|1234567.891||0.10|2.5000|2018-02-28");
        assert_eq!(all, texts(&file, &[How::Words; 9], None, 3));
        let mut how = [How::Words; 9];
        (how[4], how[5], how[0], how[7], how[8]) =
            (How::Decimals, How::Decimals, How::Leave, How::Decimals, How::Leave);
        assert_eq!(texts(&file, &how, None, 2)[1], "2 |156|276|854231|1234567.891|NA|0.10|2.5000|");
    }

    #[test]
    fn rows_that_a_sieve_leaves_out_are_not_there() {
        let file = file();
        let test: Test = Arc::new(|text: &str| text == "842");
        let sieve = Sieve { condition: Some((1, test)), whole: vec![0] };
        let kept = texts(&file, &[How::Words; 9], Some(&sieve), 2);
        let all = texts(&file, &[How::Words; 9], None, 1);
        let expected: Vec<&String> = all.iter().filter(|row| row.contains("|842|156|")).collect();
        assert_eq!(kept.iter().collect::<Vec<_>>(), expected);
        assert!(kept.len() == 4);
        // A group in which nobody passes is known by its statistics.
        let chunk = file.reader.metadata().row_group(0).column(1);
        assert!(excludes(chunk, &(Arc::new(|text: &str| text == "842") as Test)));
        assert!(!excludes(chunk, &(Arc::new(|text: &str| text == "156") as Test)));
    }

    #[test]
    fn integers_without_a_sign_are_read_so() {
        let file = File::open(include_bytes!("../../../tests/files/unsigned.parquet").to_vec()).unwrap();
        let expected =
            ["1 USA|2022|1|1|10000000000000000000|4294967295", "2 JPN|2022|200|4000000000|5|7", "3 KOR|2022|3|3|6|8"];
        for how in
            [[How::Words; 6], [How::Words, How::Words, How::Decimals, How::Decimals, How::Decimals, How::Decimals]]
        {
            assert_eq!(texts(&file, &how, None, 1), expected);
        }
        let chunk = file.reader.metadata().row_group(0).column(5);
        assert!(!excludes(chunk, &(Arc::new(|text: &str| text == "4294967295") as Test)));
    }
}

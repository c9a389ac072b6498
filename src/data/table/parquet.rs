//! Parquet files as columns of texts and numbers, so that all that follows is as for any file. In: the bytes of a file.
//! Out: the same rows that its CSV would give, row groups read by several threads and joined in order. Columns that are
//! not asked for are not decoded; of row groups whose statistics show that no row is kept, only what every row tells.
//! Lines are row numbers, from 1.

use crate::data::columns::decimals::POWERS;
use crate::data::columns::part::{How, Part};
use crate::data::doubt::LoadError;
use crate::data::table::Choice;
use crate::data::table::desk::Desk;
use crate::data::table::records::{Rows, Stop, join};
use crate::data::table::rows::{Parsed, Worker};
use crate::data::table::sieve::{Sieve, Test};
use crate::data::work::{Budget, in_order};
use crate::value::calendar::date_of;
use ::parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::data_type::DataType;
use ::parquet::errors::ParquetError;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::file::statistics::Statistics;
use ::parquet::schema::types::ColumnDescriptor;
use bytes::Bytes;
use rustc_hash::FxHashMap;

/// Cells decoded at a time.
const BATCH: usize = 1 << 16;
/// Integers of one column this far apart are amounts.
const MAX_CODES: i64 = 1_000_000;
/// Statistics of integers this far apart are not gone through one by one.
const MAX_RANGE: i64 = 10_000;

/// A file whose head is read.
pub struct File {
    reader: SerializedFileReader<Bytes>,
    /// Column names.
    pub names: Vec<String>,
    /// How many rows.
    pub rows: u64,
}

fn damaged(error: &ParquetError) -> LoadError {
    LoadError::new(format!("the Parquet file cannot be read: {error}"))
}

impl File {
    /// Reads the head of a file.
    pub fn open(bytes: Vec<u8>) -> Result<File, LoadError> {
        let reader = SerializedFileReader::new(Bytes::from(bytes)).map_err(|e| damaged(&e))?;
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
        let all = ranges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        self.column(at).is_some_and(plain) && all.is_some_and(|(least, most)| most.saturating_sub(least) >= MAX_CODES)
    }

    /// All rows, or those that a sieve keeps.
    pub fn read(&self, how: &[How], sieve: Option<&Sieve>, threads: usize, budget: &Budget) -> Result<Rows, Stop> {
        let groups = self.reader.num_row_groups();
        let mut rows = Rows::empty(how);
        let mut maps = vec![vec![Vec::new(); how.len()]; groups.max(1)];
        let work = |(): &mut (), group| {
            budget.check()?;
            self.group(group, how, sieve)
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
        let mut out = Parsed::new(&worker, 0);
        out.rows = count;
        out.lines.push_run(usize::try_from(before).unwrap_or(0) + 1, count);
        out.parts = worker.desks.iter().map(|d| d.part(count)).collect();
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
            let cells = reader.get_column_reader(at).map_err(fail)?;
            Cells { desk, part, pass, column }.all(cells, count).map_err(fail)
        };
        for at in (0..how.len()).filter(|at| whole(*at)) {
            fill(at, &mut worker, &mut out.parts, None)?;
        }
        if let Some((at, test)) = condition {
            let none = reader.metadata().columns().get(*at).is_some_and(|c| excludes(c.statistics(), test));
            let pass = if none {
                vec![false; count]
            } else {
                worker.verdicts.rows(&(*at, test.clone()), &worker.desks, &out.parts)
            };
            for at in 0..how.len() {
                if whole(at) {
                    if let Some(part) = out.parts.get_mut(at) {
                        crate::data::table::sieve::thin(part, &pass);
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
fn excludes(statistics: Option<&Statistics>, test: &Test) -> bool {
    let integers = |least: Option<i64>, largest: Option<i64>| match (least, largest) {
        (Some(a), Some(b)) if b.saturating_sub(a) <= MAX_RANGE => !(a..=b).any(|n| test(&n.to_string())),
        _ => false,
    };
    match statistics {
        Some(Statistics::Int32(s)) => integers(s.min_opt().map(|n| (*n).into()), s.max_opt().map(|n| (*n).into())),
        Some(Statistics::Int64(s)) => integers(s.min_opt().copied(), s.max_opt().copied()),
        Some(Statistics::ByteArray(s)) => match (s.min_opt(), s.max_opt()) {
            (Some(a), Some(b)) if a == b => a.as_utf8().is_ok_and(|text| !test(text)),
            _ => false,
        },
        _ => false,
    }
}

/// One column of a row group on its way to a part.
struct Cells<'a> {
    desk: &'a mut Desk,
    part: &'a mut Part,
    pass: Option<&'a [bool]>,
    column: &'a ColumnDescriptor,
}

impl Cells<'_> {
    fn all(&mut self, reader: ColumnReader, count: usize) -> Result<(), ParquetError> {
        match reader {
            ColumnReader::BoolColumnReader(r) => {
                self.each(r, count, |cells, x| cells.text(if *x { "true" } else { "false" }))
            }
            ColumnReader::Int32ColumnReader(r) => {
                let mut known = Known::default();
                self.each(r, count, move |cells, x| cells.integer(i64::from(*x), &mut known))
            }
            ColumnReader::Int64ColumnReader(r) => {
                let mut known = Known::default();
                self.each(r, count, move |cells, x| cells.integer(*x, &mut known))
            }
            ColumnReader::FloatColumnReader(r) => self.each(r, count, |cells, x| cells.text(&format!("{x}"))),
            ColumnReader::DoubleColumnReader(r) => self.each(r, count, |cells, x| cells.float(*x)),
            ColumnReader::ByteArrayColumnReader(r) => self.each(r, count, |cells, x| cells.bytes(x.data())),
            ColumnReader::FixedLenByteArrayColumnReader(r) => self.each(r, count, |cells, x| cells.bytes(x.data())),
            ColumnReader::Int96ColumnReader(_) => Err(ParquetError::General("an outdated form of time".into())),
        }
    }

    /// Goes through all cells; what is null is an empty cell.
    fn each<T: DataType>(
        &mut self,
        mut reader: ColumnReaderImpl<T>,
        count: usize,
        mut put: impl FnMut(&mut Self, &T::T),
    ) -> Result<(), ParquetError> {
        let present = self.column.max_def_level();
        let (mut values, mut levels) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH));
        let mut row = 0;
        while row < count {
            values.clear();
            levels.clear();
            let defined = if present > 0 { Some(&mut levels) } else { None };
            let (read, _, _) = reader.read_records(BATCH.min(count - row), defined, None, &mut values)?;
            if read == 0 {
                return Err(ParquetError::General(format!("column `{}` ends early", self.column.name())));
            }
            let mut next = values.iter();
            for i in 0..read {
                let value = if levels.get(i).is_none_or(|level| *level == present) { next.next() } else { None };
                if self.pass.is_none_or(|pass| pass.get(row + i).copied().unwrap_or(false)) {
                    match value {
                        Some(value) => put(self, value),
                        // A number that is null is marked as missing, which an empty cell is not.
                        None if matches!(self.part, Part::Decimals(_)) => self.text("NA"),
                        None => self.text(""),
                    }
                }
            }
            row += read;
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        self.desk.push(self.part, text);
    }

    /// A text, or a decimal in as many bytes as it takes.
    fn bytes(&mut self, bytes: &[u8]) {
        if self.column.converted_type() == ConvertedType::DECIMAL {
            let negative = bytes.first().is_some_and(|b| b & 0x80 != 0);
            let start = if negative { -1i128 } else { 0 };
            let x = bytes.iter().fold(start, |x, b| (x << 8) | i128::from(*b));
            match i64::try_from(x) {
                Ok(x) if matches!(self.part, Part::Decimals(_)) => self.integer(x, &mut Known::default()),
                _ => self.text(&crate::value::number::scaled(x, u32::try_from(self.scale()).unwrap_or(0))),
            }
            return;
        }
        // What is no text is marked by the sign for that.
        self.text(std::str::from_utf8(bytes).unwrap_or("\u{FFFD}"));
    }

    fn integer(&mut self, x: i64, known: &mut Known) {
        let scale = u8::try_from(self.scale()).ok().filter(|s| *s <= 9);
        if let Part::Decimals(d) = self.part
            && let Some(value) = scale.and_then(|scale| d.fitted(x, scale))
        {
            d.values.push(value);
            return;
        }
        if let (Desk::Words(words, _), Part::Words(rows, _)) = (&mut *self.desk, &mut *self.part) {
            let place = match (known.last, known.all.get(&x)) {
                (Some((last, place)), _) if last == x => place,
                (_, Some(place)) => *place,
                _ => {
                    let place = words.place(&written(x, self.column));
                    known.all.insert(x, place);
                    place
                }
            };
            known.last = Some((x, place));
            rows.push(place);
            return;
        }
        let text = written(x, self.column);
        self.text(&text);
    }

    fn scale(&self) -> i32 {
        if self.column.converted_type() == ConvertedType::DECIMAL { self.column.type_scale() } else { 0 }
    }

    /// The decimal that a number was written as: the one of so many places that reads as the same number.
    fn float(&mut self, x: f64) {
        if let Part::Decimals(d) = self.part {
            for places in usize::from(d.places)..POWERS.len() {
                let Some(power) = POWERS.get(places).map(|p| *p as f64) else { break };
                let mantissa = (x * power).round();
                // So few digits that no two decimals are the same number.
                if mantissa.abs() >= 1e15 {
                    break;
                }
                if mantissa / power == x {
                    let fitted = u8::try_from(places).ok().and_then(|p| d.fitted(mantissa as i64, p));
                    let Some(value) = fitted else { break };
                    d.values.push(value);
                    return;
                }
            }
        }
        if x.is_nan() { self.text("") } else { self.text(&format!("{x}")) }
    }
}

/// Places of integers that were met.
#[derive(Default)]
struct Known {
    last: Option<(i64, u32)>,
    all: FxHashMap<i64, u32>,
}

/// An integer as a file of text would have it: dates and decimals by the type of their column.
fn written(x: i64, column: &ColumnDescriptor) -> String {
    let date = |day: i64| {
        let (year, month, day) = date_of(i32::try_from(day).unwrap_or(0));
        format!("{year:04}-{month:02}-{day:02}")
    };
    let time = |per_day: i64| {
        let (day, rest) = (x.div_euclid(per_day), x.rem_euclid(per_day));
        let seconds = rest / (per_day / 86_400);
        let clock = format!("T{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        if rest == 0 { date(day) } else { date(day) + &clock }
    };
    let nanoseconds = matches!(column.logical_type_ref(), Some(LogicalType::Timestamp(t)) if t.unit == TimeUnit::NANOS);
    match column.converted_type() {
        ConvertedType::DATE => date(x),
        ConvertedType::TIMESTAMP_MILLIS => time(86_400_000),
        ConvertedType::TIMESTAMP_MICROS => time(86_400_000_000),
        ConvertedType::DECIMAL => {
            crate::value::number::scaled(i128::from(x), u32::try_from(column.type_scale()).unwrap_or(0))
        }
        _ if nanoseconds => time(86_400_000_000_000),
        _ => x.to_string(),
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
        let statistics = file.reader.metadata().row_group(0).column(1).statistics();
        assert!(excludes(statistics, &(Arc::new(|text: &str| text == "842") as Test)));
        assert!(!excludes(statistics, &(Arc::new(|text: &str| text == "156") as Test)));
    }
}

//! The cells of one column of a Parquet file as the texts or numbers that its CSV would have. In: a reader of a column
//! and its type. Out: a part of a column. Knows nothing of other columns.

use crate::data::columns::amounts::Amount;
use crate::data::columns::decimals::POWERS;
use crate::data::columns::part::Part;
use crate::data::table::desk::Desk;
use crate::value::calendar::date_of;
use ::parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::data_type::DataType;
use ::parquet::errors::ParquetError;
use ::parquet::schema::types::ColumnDescriptor;
use rustc_hash::FxHashMap;

/// A value of a column.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Integer(i64),
    Float(f32),
    Double(f64),
    Bytes(&'a [u8]),
}

/// What a value of a dictionary became, so that it is made once.
#[derive(Clone, Copy, Default)]
pub(super) enum Memo {
    #[default]
    None,
    /// The place of its text.
    Place(u32),
    /// An amount of so many decimals.
    Amount(Amount, u8),
}

/// Cells decoded at a time.
const BATCH: usize = 1 << 16;
/// One column of a row group on its way to a part.
pub(super) struct Cells<'a> {
    pub(super) desk: &'a mut Desk,
    pub(super) part: &'a mut Part,
    /// Which rows are kept; all, without one.
    pub(super) pass: Option<&'a [bool]>,
    pub(super) column: &'a ColumnDescriptor,
}

impl Cells<'_> {
    /// Reads the cells of all rows.
    pub(super) fn all(&mut self, reader: ColumnReader, count: usize) -> Result<(), ParquetError> {
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
                        None => self.missing(),
                    }
                }
            }
            row += read;
        }
        Ok(())
    }

    /// The next row has no value.
    pub(super) fn missing(&mut self) {
        // A number that is null is marked as missing, which an empty cell is not.
        self.text(if matches!(self.part, Part::Decimals(_)) { "NA" } else { "" });
    }

    /// The value of the next row.
    pub(super) fn value(&mut self, value: Value<'_>, known: &mut Known) {
        match value {
            Value::Integer(x) => self.integer(x, known),
            Value::Float(x) => self.text(&format!("{x}")),
            Value::Double(x) => self.float(x),
            Value::Bytes(bytes) => self.bytes(bytes),
        }
    }

    /// A value of a dictionary, of the next rows.
    pub(super) fn again(&mut self, value: Value<'_>, memo: &mut Memo, known: &mut Known, mut times: usize) {
        while times > 0 {
            match (&mut *self.part, *memo) {
                (Part::Words(rows, _), Memo::Place(place)) => {
                    rows.extend(std::iter::repeat_n(place, times));
                    return;
                }
                (Part::Decimals(d), Memo::Amount(amount, places)) if d.places == places => {
                    d.values.extend(std::iter::repeat_n(amount, times));
                    return;
                }
                _ => {}
            }
            self.value(value, known);
            times -= 1;
            *memo = match &*self.part {
                Part::Words(rows, _) => rows.last().map_or(Memo::None, |place| Memo::Place(*place)),
                // What is no amount is a text, each time it is met.
                Part::Decimals(d) => match d.values.last() {
                    Some(amount) if !amount.is_missing() => Memo::Amount(*amount, d.places),
                    _ => Memo::None,
                },
                Part::Left => return,
            };
        }
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
        let Some(x) = as_meant(x, self.column) else {
            // More than a signed number can say.
            return self.text(&x.cast_unsigned().to_string());
        };
        let scale = u8::try_from(self.scale()).ok().filter(|s| *s <= 9);
        if let Part::Decimals(d) = self.part
            && let Some(value) = scale.and_then(|scale| d.fitted(x, scale))
        {
            d.values.push(value);
            return;
        }
        if let (Desk::Words(words, _), Part::Words(rows, _)) = (&mut *self.desk, &mut *self.part) {
            let place = match known.last {
                Some((last, place)) if last == x => place,
                _ => *known.all.entry(x).or_insert_with(|| words.place(&written(x, self.column))),
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
pub(super) struct Known {
    last: Option<(i64, u32)>,
    all: FxHashMap<i64, u32>,
}

/// What the bits of an integer mean in a column, which may have no sign; nothing of what is too large for one with a sign.
pub(super) fn as_meant(x: i64, column: &ColumnDescriptor) -> Option<i64> {
    let unsigned = matches!(column.logical_type_ref(), Some(LogicalType::Integer(of)) if !of.is_signed);
    let of_old = [ConvertedType::UINT_8, ConvertedType::UINT_16, ConvertedType::UINT_32, ConvertedType::UINT_64];
    if x >= 0 || !(unsigned || of_old.contains(&column.converted_type())) {
        return Some(x);
    }
    (column.physical_type() == Type::INT32).then_some(x & 0xFFFF_FFFF)
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

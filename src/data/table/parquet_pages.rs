//! The pages of one column of a Parquet file as they are packed: places in a dictionary, runs of one place, values one
//! behind another. In: pages. Out: the same cells as a reader of values gives, each text of a dictionary looked up once
//! and runs passed on as runs. Pages that are packed otherwise are left to that reader.

use crate::data::table::parquet_cells::{Cells, Known, Memo, Value};
use ::parquet::basic::{Encoding, Type};
use ::parquet::column::page::{Page, PageReader};
use ::parquet::errors::ParquetError;

/// Some rows of a page: of one place, or of a place each in a list.
enum Stretch {
    Same(u32, usize),
    Each(std::ops::Range<usize>),
}

/// Places that are packed as runs and bits.
struct Places {
    stretches: Vec<Stretch>,
    list: Vec<u32>,
}

fn early() -> ParquetError {
    ParquetError::General("a page ends early".into())
}

impl Places {
    /// Of so many bits each; there must be `count` of them.
    fn read(mut bytes: &[u8], width: u8, count: usize) -> Result<Places, ParquetError> {
        if width > 32 {
            return Err(ParquetError::General("a page has places of more than 32 bits".into()));
        }
        let mut out = Places { stretches: Vec::new(), list: Vec::new() };
        let mut left = count;
        while left > 0 {
            let head = varint(&mut bytes).ok_or_else(early)?;
            let many = usize::try_from(head >> 1).map_err(|_| early())?;
            if head & 1 == 0 {
                let (own, rest) = bytes.split_at_checked(usize::from(width.div_ceil(8))).ok_or_else(early)?;
                bytes = rest;
                let place = own.iter().rev().fold(0u32, |place, byte| place << 8 | u32::from(*byte));
                let rows = many.min(left);
                out.stretches.push(Stretch::Same(place, rows));
                left -= rows;
                continue;
            }
            // Groups of eight; the last may be longer than the page has rows, and its bytes may be cut off.
            let rows = many.saturating_mul(8).min(left);
            let size = many.saturating_mul(usize::from(width)).min(bytes.len());
            let (own, rest) = bytes.split_at(size);
            bytes = rest;
            let start = out.list.len();
            unpack(own, width, rows, &mut out.list);
            if out.list.len() - start < rows {
                return Err(early());
            }
            out.stretches.push(Stretch::Each(start..start + rows));
            left -= rows;
        }
        Ok(out)
    }
}

/// A number in seven bits a byte, the lowest first.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let (mut out, mut shift) = (0u64, 0);
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        out |= u64::from(byte & 0x7F).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(out);
        }
        shift += 7;
    }
}

/// Numbers of so many bits each, the lowest bits first.
fn unpack(bytes: &[u8], width: u8, rows: usize, out: &mut Vec<u32>) {
    if width == 0 {
        out.extend(std::iter::repeat_n(0, rows));
        return;
    }
    let (width, mask) = (u32::from(width), (1u64 << width) - 1);
    let (mut held, mut bits) = (0u64, 0);
    let end = out.len() + rows;
    for byte in bytes {
        held |= u64::from(*byte) << bits;
        bits += 8;
        while bits >= width && out.len() < end {
            out.push((held & mask) as u32);
            held >>= width;
            bits -= width;
        }
    }
}

/// Values one behind another.
struct Plain<'a> {
    bytes: &'a [u8],
    of: Type,
    /// Bytes of each where the type says it.
    size: usize,
}

impl<'a> Plain<'a> {
    fn next(&mut self) -> Option<Value<'a>> {
        let mut take = |size: usize| {
            let (own, rest) = self.bytes.split_at_checked(size)?;
            self.bytes = rest;
            Some(own)
        };
        Some(match self.of {
            Type::INT32 => Value::Integer(i64::from(i32::from_le_bytes(take(4)?.try_into().ok()?))),
            Type::INT64 => Value::Integer(i64::from_le_bytes(take(8)?.try_into().ok()?)),
            Type::DOUBLE => Value::Double(f64::from_le_bytes(take(8)?.try_into().ok()?)),
            Type::FLOAT => Value::Float(f32::from_le_bytes(take(4)?.try_into().ok()?)),
            Type::FIXED_LEN_BYTE_ARRAY => Value::Bytes(take(self.size)?),
            _ => {
                let size = u32::from_le_bytes(take(4)?.try_into().ok()?);
                Value::Bytes(take(usize::try_from(size).ok()?)?)
            }
        })
    }
}

/// A dictionary, and what became of each of its values.
#[derive(Default)]
struct Dictionary<'a> {
    values: Vec<Value<'a>>,
    memo: Vec<Memo>,
    known: Known,
}

/// A page with its parts found.
struct Parts<'a> {
    /// Whether rows have a value; all have without it.
    levels: Option<&'a [u8]>,
    values: &'a [u8],
    rows: usize,
    encoding: Encoding,
}

fn parts(page: &Page, optional: bool) -> Option<Parts<'_>> {
    match page {
        Page::DataPage { buf, num_values, encoding, def_level_encoding, .. } => {
            let rows = usize::try_from(*num_values).ok()?;
            if !optional {
                return Some(Parts { levels: None, values: buf, rows, encoding: *encoding });
            }
            if *def_level_encoding != Encoding::RLE {
                return None;
            }
            let (size, rest) = buf.split_first_chunk::<4>()?;
            let (levels, values) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*size)).ok()?)?;
            Some(Parts { levels: Some(levels), values, rows, encoding: *encoding })
        }
        Page::DataPageV2 { buf, num_values, encoding, def_levels_byte_len, rep_levels_byte_len, .. } => {
            let rows = usize::try_from(*num_values).ok()?;
            let (_, rest) = buf.split_at_checked(usize::try_from(*rep_levels_byte_len).ok()?)?;
            let (levels, values) = rest.split_at_checked(usize::try_from(*def_levels_byte_len).ok()?)?;
            Some(Parts { levels: optional.then_some(levels), values, rows, encoding: *encoding })
        }
        Page::DictionaryPage { .. } => None,
    }
}

impl Cells<'_> {
    /// Reads the cells of all rows; `false` if some of them are packed in a way that is not known here, so that they must
    /// be read otherwise from the first on.
    pub(super) fn pages(&mut self, mut pages: Box<dyn PageReader>, count: usize) -> Result<bool, ParquetError> {
        let of = self.column.physical_type();
        if matches!(of, Type::BOOLEAN | Type::INT96) || self.column.max_def_level() > 1 {
            return Ok(false);
        }
        let size = match of {
            Type::FIXED_LEN_BYTE_ARRAY => usize::try_from(self.column.type_length()).unwrap_or(0),
            _ => 0,
        };
        let mut held = None;
        let mut next = pages.get_next_page()?;
        if let Some(Page::DictionaryPage { buf, num_values, encoding, .. }) = &next {
            if !matches!(encoding, Encoding::PLAIN | Encoding::PLAIN_DICTIONARY) {
                return Ok(false);
            }
            held = Some((buf.clone(), *num_values));
            next = pages.get_next_page()?;
        }
        let mut dictionary = Dictionary::default();
        if let Some((bytes, count)) = &held {
            let mut plain = Plain { bytes, of, size };
            for _ in 0..*count {
                dictionary.values.push(plain.next().ok_or_else(early)?);
            }
            dictionary.memo = vec![Memo::default(); dictionary.values.len()];
        }
        let mut row = 0;
        while let Some(page) = next {
            let Some(parts) = parts(&page, self.column.max_def_level() > 0) else { return Ok(false) };
            if row + parts.rows > count {
                return Err(ParquetError::General("a column has more rows than its group".into()));
            }
            if !self.page(&parts, (of, size), &mut dictionary, row)? {
                return Ok(false);
            }
            row += parts.rows;
            next = pages.get_next_page()?;
        }
        if row == count { Ok(true) } else { Err(early()) }
    }

    fn page(
        &mut self,
        parts: &Parts<'_>,
        (of, size): (Type, usize),
        dictionary: &mut Dictionary<'_>,
        first: usize,
    ) -> Result<bool, ParquetError> {
        let levels = match parts.levels {
            Some(levels) => Places::read(levels, 1, parts.rows)?,
            None => Places { stretches: vec![Stretch::Same(1, parts.rows)], list: Vec::new() },
        };
        let filled = |s: &Stretch| match s {
            Stretch::Same(level, rows) => usize::from(*level == 1) * rows,
            Stretch::Each(range) => levels.list.get(range.clone()).unwrap_or(&[]).iter().filter(|l| **l == 1).count(),
        };
        let present: usize = levels.stretches.iter().map(filled).sum();
        let mut values = match parts.encoding {
            Encoding::PLAIN => Values::Plain(Plain { bytes: parts.values, of, size }),
            Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY => {
                let (width, packed) = match parts.values.split_first() {
                    Some((width, packed)) => (*width, packed),
                    None => (0, parts.values),
                };
                let places = Places::read(packed, width, present)?;
                Values::Places { places, at: 0, done: 0 }
            }
            _ => return Ok(false),
        };
        let mut row = first;
        for stretch in &levels.stretches {
            match stretch {
                Stretch::Same(1, rows) => {
                    self.some(&mut values, dictionary, row, *rows)?;
                    row += rows;
                }
                Stretch::Same(_, rows) => {
                    self.none(row, *rows);
                    row += rows;
                }
                Stretch::Each(range) => {
                    // Neighbours of one kind go together.
                    let list = levels.list.get(range.clone()).unwrap_or(&[]);
                    for alike in list.chunk_by(|a, b| a == b) {
                        match alike.first() {
                            Some(1) => self.some(&mut values, dictionary, row, alike.len())?,
                            _ => self.none(row, alike.len()),
                        }
                        row += alike.len();
                    }
                }
            }
        }
        Ok(true)
    }

    /// How many of some rows are kept.
    fn kept(&self, row: usize, rows: usize) -> usize {
        self.pass.map_or(rows, |pass| pass.iter().skip(row).take(rows).filter(|pass| **pass).count())
    }

    fn keeps(&self, row: usize) -> bool {
        self.pass.is_none_or(|pass| pass.get(row).copied().unwrap_or(false))
    }

    /// Rows without a value.
    fn none(&mut self, row: usize, rows: usize) {
        for _ in 0..self.kept(row, rows) {
            self.missing();
        }
    }

    /// The next rows that have a value.
    fn some(
        &mut self,
        values: &mut Values<'_>,
        dictionary: &mut Dictionary<'_>,
        mut row: usize,
        rows: usize,
    ) -> Result<(), ParquetError> {
        let end = row + rows;
        match values {
            Values::Plain(plain) => {
                while row < end {
                    let value = plain.next().ok_or_else(early)?;
                    if self.keeps(row) {
                        self.value(value, &mut dictionary.known);
                    }
                    row += 1;
                }
            }
            Values::Places { places, at, done } => {
                let mut known = |cells: &mut Self, place: u32, times: usize| {
                    let (value, memo) =
                        (dictionary.values.get(place as usize), dictionary.memo.get_mut(place as usize));
                    let (Some(value), Some(memo)) = (value, memo) else {
                        return Err(ParquetError::General("a page names a value that is not in its dictionary".into()));
                    };
                    cells.again(*value, memo, &mut dictionary.known, times);
                    Ok(())
                };
                while row < end {
                    let (length, take) = match places.stretches.get(*at).ok_or_else(early)? {
                        Stretch::Same(place, length) => {
                            let take = (length - *done).min(end - row);
                            let times = self.kept(row, take);
                            if times > 0 {
                                known(self, *place, times)?;
                            }
                            (*length, take)
                        }
                        Stretch::Each(range) => {
                            let take = (range.len() - *done).min(end - row);
                            let from = range.start + *done;
                            let list = places.list.get(from..from + take).unwrap_or(&[]);
                            for (place, row) in list.iter().zip(row..) {
                                if self.keeps(row) {
                                    known(self, *place, 1)?;
                                }
                            }
                            (range.len(), take)
                        }
                    };
                    row += take;
                    *done += take;
                    if *done == length {
                        (*at, *done) = (*at + 1, 0);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The values of a page.
enum Values<'a> {
    Plain(Plain<'a>),
    /// In the dictionary; how far they are read.
    Places {
        places: Places,
        at: usize,
        done: usize,
    },
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn all(places: &Places) -> Vec<u32> {
        let mut out = Vec::new();
        for stretch in &places.stretches {
            match stretch {
                Stretch::Same(place, rows) => out.extend(std::iter::repeat_n(*place, *rows)),
                Stretch::Each(range) => out.extend_from_slice(&places.list[range.clone()]),
            }
        }
        out
    }

    #[test]
    fn runs_and_bits_are_read_as_the_format_says() {
        // The example of the format's description: 0 to 7 in three bits each are 10001000 11000110 11111010.
        let packed = [0b0000_0011, 0b1000_1000, 0b1100_0110, 0b1111_1010];
        assert_eq!(all(&Places::read(&packed, 3, 8).unwrap()), [0, 1, 2, 3, 4, 5, 6, 7]);
        // A run of 300 times 5, of which the page has 200; then three of a group of eight.
        let run = [0b1101_1000, 0b0000_0100, 5];
        assert_eq!(all(&Places::read(&run, 3, 200).unwrap()), [5; 200]);
        let mixed = [6 << 1, 9, 0b0000_0011, 0x21, 0x43, 0, 0];
        assert_eq!(all(&Places::read(&mixed, 4, 9).unwrap()), [9, 9, 9, 9, 9, 9, 1, 2, 3]);
        assert!(Places::read(&packed, 3, 9).is_err());
        assert!(Places::read(&packed, 33, 8).is_err());
        assert!(Places::read(&[0x80], 3, 1).is_err());
        assert_eq!(all(&Places::read(&[4 << 1], 0, 4).unwrap()), [0; 4]);
    }
}

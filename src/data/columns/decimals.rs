//! Cells that are plain decimals, kept as scaled integers. In: texts. Out: numbers, and the few texts that are none.

use crate::data::columns::amounts::Amount;
use crate::data::columns::words::Words;

/// Cells that are plain decimals, and the few that are not.
#[derive(Clone, Debug, Default)]
pub struct Decimals {
    /// Scaled by `places`; missing where `odd` has the cell.
    pub values: Vec<Amount>,
    /// Decimals of all values.
    pub places: u8,
    /// The cells that do not fit: row, and place of the text.
    pub odd: Vec<(u32, u32)>,
    /// The texts of these cells.
    pub words: Words,
}

/// Decimals that a column may have and be exact.
const MAX_PLACES: u8 = 9;

impl Decimals {
    pub(in crate::data) fn push(&mut self, cell: &str) {
        match decimal(cell.as_bytes()).and_then(|(m, places)| self.fitted(m, places)) {
            Some(value) => self.values.push(value),
            None => self.push_odd(cell),
        }
    }

    pub(in crate::data) fn push_odd(&mut self, cell: &str) {
        let row = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.values.push(Amount::MISSING);
        let word = self.words.place(cell);
        self.odd.push((row, word));
    }

    /// The odd cells: row and text.
    pub fn odd_texts(&self) -> impl Iterator<Item = (u32, &str)> {
        self.odd.iter().map(|(row, word)| (*row, self.words.get(*word)))
    }

    /// A decimal at the places of the column, which become more if it has more.
    pub(in crate::data) fn fitted(&mut self, mantissa: i64, places: u8) -> Option<Amount> {
        if places > self.places {
            self.rescale(places)?;
        }
        mantissa.checked_mul(*POWERS.get(usize::from(self.places - places))?).and_then(Amount::new)
    }

    /// All values with more decimals, if they fit.
    fn rescale(&mut self, places: u8) -> Option<()> {
        let by = 10i64.checked_pow(u32::from(places.checked_sub(self.places)?))?;
        if by == 1 {
            return Some(());
        }
        if self.values.iter().any(|v| v.times(by).is_none()) {
            return None;
        }
        self.values.iter_mut().for_each(|v| *v = v.times(by).unwrap_or(Amount::MISSING));
        self.places = places;
        Some(())
    }

    /// Adds the rows of a later part; values that do not fit become texts again.
    pub(in crate::data) fn append(&mut self, mut more: Decimals) {
        let places = self.places.max(more.places);
        if self.rescale(places).is_some() && more.rescale(places).is_some() {
            let offset = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
            let map: Vec<u32> = more.words.iter().map(|w| self.words.place(w)).collect();
            let place = |w: u32| map.get(w as usize).copied().unwrap_or(0);
            self.odd.extend(more.odd.iter().map(|(row, w)| (row + offset, place(*w))));
            self.values.append(&mut more.values);
            return;
        }
        let mut odd = more.odd_texts();
        for value in &more.values {
            let Some(value) = value.get() else {
                let text = odd.next().map_or("", |(_, t)| t);
                let row = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
                self.values.push(Amount::MISSING);
                let word = self.words.place(text);
                self.odd.push((row, word));
                continue;
            };
            self.push(&crate::value::number::scaled(i128::from(value), u32::from(more.places)));
        }
    }
}

/// Powers of ten.
pub(in crate::data) const POWERS: [i64; 10] =
    [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

/// A decimal without signs of grouping, leading zeros or an exponent: its digits and how many stand behind the point.
pub fn decimal(cell: &[u8]) -> Option<(i64, u8)> {
    let (negative, digits) = match cell {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if digits.len() > 18 || matches!(digits, [] | [b'.', ..] | [b'0', b'0'..=b'9', ..]) {
        return None;
    }
    let (mut mantissa, mut point) = (0i64, None);
    for (i, b) in digits.iter().enumerate() {
        match b {
            b'0'..=b'9' => mantissa = mantissa * 10 + i64::from(b - b'0'),
            b'.' if point.is_none() => point = Some(i),
            _ => return None,
        }
    }
    let places = point.map_or(0, |at| digits.len() - at - 1);
    let places = u8::try_from(places).ok().filter(|p| *p <= MAX_PLACES)?;
    Some((if negative { -mantissa } else { mantissa }, places))
}

/// The same byte eight times.
const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// A bit at the top of every byte of `word` that is zero, and nowhere else.
pub(in crate::data) const fn zero_bytes(word: u64) -> u64 {
    !(((word & each(0x7F)) + each(0x7F)) | word | each(0x7F))
}

/// As [`decimal`], for one to eight characters held in a number, the first in its lowest byte: all digits at once,
/// without a branch for each.
fn short_decimal(word: u64, len: usize) -> Option<(i64, u8)> {
    let point = zero_bytes(word ^ each(b'.'));
    let (digits, count, places) = if point == 0 {
        (word, len, 0)
    } else {
        let at = (point.trailing_zeros() / 8) as usize;
        let below = (1u64 << (8 * at)) - 1;
        let behind = if at == 7 { 0 } else { word >> (8 * (at + 1)) };
        ((word & below) | (behind << (8 * at)), len - 1, len - at - 1)
    };
    let whole = count - places;
    if count == 0 || whole == 0 || (whole > 1 && word & 0xFF == u64::from(b'0')) {
        return None;
    }
    // The digits moved to the top, zeros before them.
    let shift = 64 - 8 * count;
    let padding = if shift == 0 { 0 } else { each(b'0') >> (8 * count) };
    let text = (digits << shift) | padding;
    let value = text.wrapping_sub(each(b'0'));
    if (text.wrapping_add(each(0x46)) | value) & each(0x80) != 0 {
        return None;
    }
    // Pairs, then fours, then all eight.
    let pairs = (value & each(0x0F)).wrapping_mul(1 + (10 << 8)) >> 8;
    let fours = (pairs & 0x00FF_00FF_00FF_00FF).wrapping_mul(1 + (100 << 16)) >> 16;
    let all = (fours & 0x0000_FFFF_0000_FFFF).wrapping_mul(1 + (10_000 << 32)) >> 32;
    Some((i64::try_from(all).ok()?, u8::try_from(places).ok()?))
}

/// The decimal that stands in a part of a text.
pub(in crate::data) fn decimal_within(text: &[u8], start: usize, end: usize) -> Option<(i64, u8)> {
    let len = end.wrapping_sub(start);
    if (1..=8).contains(&len)
        && let Some(bytes) = text.get(start..start + 8).and_then(|b| <[u8; 8]>::try_from(b).ok())
    {
        let word = u64::from_le_bytes(bytes);
        let word = if len == 8 { word } else { word & ((1u64 << (8 * len)) - 1) };
        if let Some(found) = short_decimal(word, len) {
            return Some(found);
        }
    }
    decimal(text.get(start..end)?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn short_decimals_are_read_as_long_ones() {
        let mut rng = 88172645463325252u64;
        let letters = b"0123456789012345678901234567890123456789...-e ";
        for _ in 0..200_000 {
            let mut cell = Vec::new();
            rng ^= rng << 13;
            rng ^= rng >> 7;
            rng ^= rng << 17;
            for i in 0..1 + rng % 9 {
                cell.push(letters[(rng >> (6 * i)) as usize % letters.len()]);
            }
            let text = [&cell[..], b",12345678"].concat();
            assert_eq!(decimal_within(&text, 0, cell.len()), decimal(&cell), "{}", String::from_utf8_lossy(&cell));
        }
    }
}

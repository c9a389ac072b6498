//! A block of numbers in as few bytes each as the distance from the least to the largest needs. In: numbers of a block.
//! Out: bytes, and what is needed to have the numbers again.

use crate::data::columns::amounts::Amount;

/// How the numbers of a block are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packed {
    /// The least number, from which the others are counted.
    pub(super) least: i64,
    /// The largest.
    pub(super) most: i64,
    /// Bytes of each; [`PLAIN`] is as they are.
    pub(super) width: u8,
}

/// Numbers that are too far apart are written as they are.
pub(super) const PLAIN: u8 = 9;

/// The bytes that a number needs.
fn width(largest: u64) -> u8 {
    u8::try_from(8 - largest.leading_zeros() / 8).unwrap_or(8)
}

fn put(out: &mut Vec<u8>, number: u64, width: u8) {
    out.extend_from_slice(number.to_le_bytes().get(..usize::from(width)).unwrap_or(&[]));
}

/// Writes places of a list.
pub(super) fn codes(codes: &[u32], out: &mut Vec<u8>) -> Packed {
    let least = codes.iter().copied().min().unwrap_or(0);
    let most = codes.iter().copied().max().unwrap_or(0);
    let width = width(u64::from(most - least));
    codes.iter().for_each(|code| put(out, u64::from(code - least), width));
    Packed { least: i64::from(least), most: i64::from(most), width }
}

/// Writes amounts; zero stands for a missing one.
pub(super) fn amounts(amounts: &[Amount], out: &mut Vec<u8>) -> Packed {
    let present = || amounts.iter().filter_map(|a| a.get());
    let (Some(least), Some(most)) = (present().min(), present().max()) else {
        return Packed { least: 0, most: 0, width: 0 };
    };
    let Some(distance) = most.abs_diff(least).checked_add(1) else {
        amounts.iter().for_each(|a| out.extend_from_slice(&a.get().unwrap_or(i64::MIN).to_le_bytes()));
        return Packed { least, most, width: PLAIN };
    };
    let width = width(distance);
    let number = |a: &Amount| a.get().map_or(0, |a| a.wrapping_sub(least) as u64 + 1);
    amounts.iter().for_each(|a| put(out, number(a), width));
    Packed { least, most, width }
}

/// Adds what the numbers of some bytes, each of this width, stand for; as many as there are rows.
fn extend<T: Clone>(out: &mut Vec<T>, bytes: &[u8], width: u8, rows: usize, of: impl Fn(u64) -> T) {
    fn wide<const N: usize, T>(out: &mut Vec<T>, bytes: &[u8], of: impl Fn(u64) -> T) {
        let number = |chunk: &[u8; N]| {
            let mut whole = [0; 8];
            if let Some(low) = whole.get_mut(..N) {
                low.copy_from_slice(chunk);
            }
            u64::from_le_bytes(whole)
        };
        out.extend(bytes.as_chunks::<N>().0.iter().map(|chunk| of(number(chunk))));
    }
    match width {
        0 => out.extend(std::iter::repeat_n(of(0), rows)),
        1 => out.extend(bytes.iter().map(|b| of(u64::from(*b)))),
        2 => wide::<2, T>(out, bytes, of),
        3 => wide::<3, T>(out, bytes, of),
        4 => wide::<4, T>(out, bytes, of),
        5 => wide::<5, T>(out, bytes, of),
        6 => wide::<6, T>(out, bytes, of),
        7 => wide::<7, T>(out, bytes, of),
        _ => wide::<8, T>(out, bytes, of),
    }
}

impl Packed {
    /// How many bytes so many rows take.
    pub(super) fn size(&self, rows: usize) -> usize {
        rows * usize::from(self.width.min(8))
    }

    /// Adds the places that were written, each as it is held in memory.
    pub(super) fn codes_of<T: Clone>(&self, bytes: &[u8], rows: usize, out: &mut Vec<T>, held: impl Fn(u32) -> T) {
        let least = self.least as u32;
        extend(out, bytes, self.width, rows, |n| held(least.wrapping_add(n as u32)));
    }

    /// Adds the amounts that were written.
    pub(super) fn amounts_of(&self, bytes: &[u8], rows: usize, out: &mut Vec<Amount>) {
        let amount = |number: i64| Amount::new(number).unwrap_or(Amount::MISSING);
        if self.width == PLAIN {
            return extend(out, bytes, 8, rows, |n| amount(n as i64));
        }
        let before = self.least.wrapping_sub(1);
        let of = |n: u64| if n == 0 { Amount::MISSING } else { amount(before.wrapping_add(n as i64)) };
        extend(out, bytes, self.width, rows, of);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_as_they_were() {
        let amount = |n: i64| Amount::new(n).unwrap();
        let most = i64::MAX;
        for block in [
            vec![],
            vec![Amount::MISSING; 3],
            vec![amount(7); 4],
            vec![amount(0), amount(254), Amount::MISSING],
            vec![amount(0), amount(255), Amount::MISSING],
            vec![amount(-1), amount(65_534)],
            vec![amount(-1), amount(65_535)],
            vec![amount(1 << 40), Amount::MISSING, amount(-(1 << 39))],
            vec![amount(most), amount(0), amount(-1)],
            vec![amount(most), amount(-most), Amount::MISSING, amount(0)],
        ] {
            let mut bytes = Vec::new();
            let packed = amounts(&block, &mut bytes);
            assert_eq!(bytes.len(), packed.size(block.len()), "{block:?}");
            let mut again = Vec::new();
            packed.amounts_of(&bytes, block.len(), &mut again);
            assert_eq!(again, block);
        }
        for block in [vec![], vec![5; 9], vec![0, 255], vec![0, 256], vec![70_000, 3], vec![u32::MAX, 0]] {
            let (mut bytes, mut again) = (Vec::new(), Vec::new());
            let packed = codes(&block, &mut bytes);
            assert_eq!(bytes.len(), packed.size(block.len()));
            packed.codes_of(&bytes, block.len(), &mut again, |code| code);
            assert_eq!(again, block);
        }
    }
}

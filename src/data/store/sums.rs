//! Sums and counts of groups: integers exactly, in whatever order they are added; other numbers in the order of the file.

use crate::data::Total;
use crate::data::columns::amounts::{Amount, Numbers, WideAmount};
use crate::data::store::selection::BLOCK;
use crate::value::{Flags, Reason};
use rustc_hash::FxHashMap;
use std::ops::AddAssign;

/// Whether the sum of all numbers without their signs fits 64 bits, and so every sum of some.
pub fn is_narrow(numbers: &Numbers) -> bool {
    let Numbers::Exact(cells) = numbers else { return false };
    let sum: u128 = cells
        .chunks(BLOCK)
        .map(|c| c.iter().map(|v| v.get().map_or(0, |v| u128::from(v.unsigned_abs()))).sum::<u128>())
        .sum();
    i64::try_from(sum).is_ok()
}

/// A number that sums of a column are kept in.
pub(in crate::data) trait Summed: Copy + Default + AddAssign + Send {
    type Cell: Copy + Send + Sync;
    /// Whether the order of adding makes no difference.
    const IS_EXACT: bool;
    /// The amount of a cell; `None` is missing.
    fn of(cell: Self::Cell) -> Option<Self>;
    fn total(self) -> Total;
}

impl Summed for i64 {
    type Cell = Amount;
    const IS_EXACT: bool = true;
    fn of(cell: Amount) -> Option<i64> {
        cell.get()
    }
    fn total(self) -> Total {
        Total::Exact(i128::from(self))
    }
}

impl Summed for i128 {
    type Cell = Amount;
    const IS_EXACT: bool = true;
    fn of(cell: Amount) -> Option<i128> {
        cell.get().map(i128::from)
    }
    fn total(self) -> Total {
        Total::Exact(self)
    }
}

/// A sum of a wide column, none of which leaves 128 bits.
#[derive(Clone, Copy, Default)]
pub(in crate::data) struct WideSum(i128);

impl AddAssign for WideSum {
    fn add_assign(&mut self, other: WideSum) {
        self.0 = self.0.saturating_add(other.0);
    }
}

impl Summed for WideSum {
    type Cell = WideAmount;
    const IS_EXACT: bool = true;
    fn of(cell: WideAmount) -> Option<WideSum> {
        cell.get().map(WideSum)
    }
    fn total(self) -> Total {
        Total::Exact(self.0)
    }
}

impl Summed for f64 {
    type Cell = f64;
    const IS_EXACT: bool = false;
    fn of(cell: f64) -> Option<f64> {
        (!cell.is_nan()).then_some(cell)
    }
    fn total(self) -> Total {
        Total::Float(self)
    }
}

#[derive(Clone, Copy, Default)]
pub(in crate::data) struct Sum<A> {
    pub(in crate::data) amount: A,
    pub(in crate::data) count: u32,
    pub(in crate::data) rows: u32,
}

impl<A: Summed> Sum<A> {
    /// The sum of some cells.
    pub(in crate::data) fn of(cells: &[A::Cell]) -> Sum<A> {
        // Without a branch, so that several are added at a time.
        let amount = cells.iter().fold(A::default(), |mut sum, cell| {
            sum += A::of(*cell).unwrap_or_default();
            sum
        });
        let counted = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let count = counted(cells.iter().filter(|cell| A::of(**cell).is_some()).count());
        Sum { amount, count, rows: counted(cells.len()) }
    }

    #[inline]
    fn take(&mut self, cell: A::Cell) {
        self.rows += 1;
        if let Some(amount) = A::of(cell) {
            self.amount += amount;
            self.count += 1;
        }
    }

    pub(in crate::data) fn join(&mut self, other: &Sum<A>) {
        self.amount += other.amount;
        self.count += other.count;
        self.rows += other.rows;
    }
}

/// Sums of groups by their index: the places of its keys as one number.
pub(in crate::data) enum Sums<A> {
    /// One for each index from the first on.
    Dense(u64, Vec<Sum<A>>),
    /// Only those that there are.
    Sparse(FxHashMap<u64, Sum<A>>),
}

/// The groups of some rows.
pub(in crate::data) struct Groups<A> {
    pub(in crate::data) sums: Sums<A>,
    /// Why the first missing cell of a group is missing, where it is not simply `not reported`.
    pub(in crate::data) reasons: FxHashMap<u64, Reason>,
    pub(in crate::data) flags: FxHashMap<u64, Flags>,
}

impl<A: Summed> Groups<A> {
    #[inline]
    pub(in crate::data) fn add(&mut self, index: u64, sum: &Sum<A>) {
        match &mut self.sums {
            Sums::Dense(first, sums) => {
                if let Some(slot) = sums.get_mut((index - *first) as usize) {
                    slot.join(sum);
                }
            }
            Sums::Sparse(sums) => sums.entry(index).or_default().join(sum),
        }
    }

    /// Adds cells with the index of each.
    pub(in crate::data) fn add_all(&mut self, cells: impl Iterator<Item = (u64, A::Cell)>) {
        match &mut self.sums {
            // A sum is sooner found again than it is guessed whether the next cell is of the same.
            Sums::Dense(first, sums) => {
                let first = *first;
                for (index, cell) in cells {
                    if let Some(slot) = sums.get_mut((index - first) as usize) {
                        slot.take(cell);
                    }
                }
            }
            Sums::Sparse(sums) => in_runs(cells, |index, run| sums.entry(index).or_default().join(run)),
        }
    }

    /// Adds the groups of other rows, further down.
    pub(in crate::data) fn join(&mut self, other: Groups<A>) {
        match other.sums {
            Sums::Dense(first, sums) => {
                for (index, sum) in (first..).zip(&sums).filter(|(_, s)| s.rows > 0) {
                    self.add(index, sum);
                }
            }
            Sums::Sparse(sums) => sums.iter().for_each(|(index, sum)| self.add(*index, sum)),
        }
        for (index, reason) in other.reasons {
            self.reasons.entry(index).or_insert(reason);
        }
        for (index, flags) in other.flags {
            let slot = self.flags.entry(index).or_default();
            *slot = slot.with(flags);
        }
    }
}

/// Sums of cells that follow each other with the same index; one by one where the order of adding makes a difference.
fn in_runs<A: Summed>(cells: impl Iterator<Item = (u64, A::Cell)>, mut each: impl FnMut(u64, &Sum<A>)) {
    let mut run = Sum::default();
    let mut at = 0;
    for (index, cell) in cells {
        if index != at || !A::IS_EXACT {
            if run.rows > 0 {
                each(at, &run);
            }
            (at, run) = (index, Sum::default());
        }
        run.take(cell);
    }
    if run.rows > 0 {
        each(at, &run);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(sums: Sums<i64>) -> Groups<i64> {
        Groups { sums, reasons: FxHashMap::default(), flags: FxHashMap::default() }
    }

    fn amount(number: i64) -> Amount {
        Amount::new(number).unwrap_or(Amount::MISSING)
    }

    fn found(groups: &Groups<i64>) -> Vec<(u64, i64, u32, u32)> {
        let one = |index: u64, s: &Sum<i64>| (index, s.amount, s.count, s.rows);
        let mut out: Vec<_> = match &groups.sums {
            Sums::Dense(first, sums) => (*first..).zip(sums).map(|(i, s)| one(i, s)).filter(|s| s.3 > 0).collect(),
            Sums::Sparse(sums) => sums.iter().map(|(i, s)| one(*i, s)).collect(),
        };
        out.sort_unstable();
        out
    }

    #[test]
    fn an_array_and_a_map_have_the_same_sums() {
        let missing = Amount::MISSING;
        let cells = [(7, amount(1)), (7, amount(2)), (5, missing), (7, amount(4)), (6, amount(-3)), (6, missing)];
        // 7: 1 + 2 + 4; 6: −3 of two rows; 5: one row, nothing in it.
        let expected = [(5, 0, 0, 1), (6, -3, 1, 2), (7, 7, 3, 3)];
        let mut dense = groups(Sums::Dense(5, vec![Sum::default(); 3]));
        dense.add_all(cells.into_iter());
        assert_eq!(found(&dense), expected);
        let mut sparse = groups(Sums::Sparse(FxHashMap::default()));
        sparse.add_all(cells.into_iter());
        assert_eq!(found(&sparse), expected);
        sparse.join(dense);
        assert_eq!(found(&sparse), [(5, 0, 0, 2), (6, -6, 2, 4), (7, 14, 6, 6)]);
    }

    #[test]
    fn a_column_is_narrow_if_no_sum_leaves_64_bits() {
        assert!(is_narrow(&Numbers::Exact(vec![amount(i64::MAX), Amount::MISSING])));
        assert!(!is_narrow(&Numbers::Exact(vec![amount(i64::MAX), amount(-1)])));
        assert!(!is_narrow(&Numbers::Float(vec![1.0])));
    }
}

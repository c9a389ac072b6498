//! From sums by index to rows in the order of their keys. In: groups, and how their indices are made. Out: one row after
//! another, none of them kept.

use crate::data::store::layout::Layout;
use crate::data::store::selection::Key;
use crate::data::store::sums::{Groups, Sum, Summed};
use crate::data::{AggregateRow, Budget, SourceError, Total};
use crate::value::{Flags, Period, Reason};
use rustc_hash::FxHashMap;

/// A way through groups.
pub(super) struct Walk<'a> {
    periods: &'a [Period],
    /// How many places each key has.
    sizes: Vec<u64>,
    /// Per key, how far apart two places are.
    strides: &'a [u64],
    /// How far apart two periods are.
    step: u64,
    reasons: &'a FxHashMap<u64, Reason>,
    flags: &'a FxHashMap<u64, Flags>,
    marked: bool,
    row: AggregateRow,
    each: &'a mut dyn FnMut(&AggregateRow),
}

impl<'a> Walk<'a> {
    /// Through groups of these keys and of periods; `None` where there is no period at all.
    pub(super) fn new<A: Summed>(
        keys: &[&Key<'_>],
        layout: &'a Layout,
        periods: &'a [Period],
        groups: &'a Groups<A>,
        each: &'a mut dyn FnMut(&AggregateRow),
    ) -> Option<Walk<'a>> {
        let row = AggregateRow {
            key: keys.iter().map(|_| 0).collect(),
            period: periods.first().copied()?,
            total: Total::Exact(0),
            count: 0,
            rows: 0,
            reason: None,
            flags: Flags::none(),
        };
        Some(Walk {
            periods,
            sizes: keys.iter().map(|k| k.size).collect(),
            strides: layout.strides.get(..keys.len()).unwrap_or(&[]),
            step: layout.strides.last().copied().unwrap_or(1),
            reasons: &groups.reasons,
            flags: &groups.flags,
            marked: !groups.reasons.is_empty() || !groups.flags.is_empty(),
            row,
            each,
        })
    }

    fn keyed(&mut self, key: &[u64]) {
        for (slot, place) in self.row.key.iter_mut().zip(key) {
            *slot = u32::try_from(*place).unwrap_or(0);
        }
    }

    #[inline]
    fn show<A: Summed>(&mut self, index: u64, period: Period, sum: &Sum<A>) {
        let row = &mut self.row;
        row.period = period;
        (row.total, row.count, row.rows) = (sum.amount.total(), u64::from(sum.count), u64::from(sum.rows));
        row.reason = (sum.count < sum.rows).then_some(Reason::NotReported);
        if self.marked {
            row.reason = row.reason.map(|r| self.reasons.get(&index).copied().unwrap_or(r));
            row.flags = self.flags.get(&index).copied().unwrap_or_default();
        }
        (self.each)(row);
    }

    /// Through all places in the order of the keys, the last fastest; the first key from where the part begins.
    pub(super) fn dense<A: Summed>(&mut self, first: u64, sums: &[Sum<A>], budget: &Budget) -> Result<(), SourceError> {
        let mut key = vec![0u64; self.sizes.len()];
        let mut ends = self.sizes.clone();
        if let (Some(place), Some(end), Some(stride)) = (key.first_mut(), ends.first_mut(), self.strides.first()) {
            *place = first / stride;
            *end = (first + sums.len() as u64) / stride;
        }
        let mut at: u64 = key.iter().zip(self.strides).map(|(place, stride)| place * stride).sum();
        let (periods, step) = (self.periods, self.step);
        for turn in 0usize.. {
            if turn.is_multiple_of(1 << 16) {
                budget.check()?;
            }
            self.keyed(&key);
            for (index, period) in (0..).map(|time| at + time * step).zip(periods) {
                let sum = index.checked_sub(first).and_then(|i| sums.get(i as usize));
                if let Some(sum) = sum.filter(|s| s.rows > 0) {
                    self.show(index, *period, sum);
                }
            }
            if !next(&mut key, &mut at, &ends, self.strides) {
                break;
            }
        }
        Ok(())
    }

    /// Through those that there are, in the order of their indices.
    pub(super) fn sparse<A: Summed>(
        &mut self,
        sums: &FxHashMap<u64, Sum<A>>,
        budget: &Budget,
    ) -> Result<(), SourceError> {
        let mut found: Vec<(u64, &Sum<A>)> = sums.iter().map(|(index, sum)| (*index, sum)).collect();
        found.sort_unstable_by_key(|(index, _)| *index);
        let mut key = vec![0u64; self.sizes.len()];
        for (turn, (index, sum)) in found.into_iter().enumerate() {
            if turn.is_multiple_of(1 << 16) {
                budget.check()?;
            }
            let mut rest = index;
            for (place, stride) in key.iter_mut().zip(self.strides) {
                (*place, rest) = (rest / stride, rest % stride);
            }
            let Some(period) = self.periods.get(rest as usize).copied() else { continue };
            self.keyed(&key);
            self.show(index, period, sum);
        }
        Ok(())
    }
}

/// The next place of the last key that has one, and all keys behind it from the start; whether there is one.
fn next(key: &mut [u64], at: &mut u64, ends: &[u64], strides: &[u64]) -> bool {
    let mut places = key.iter_mut().zip(ends).zip(strides).rev();
    places.any(|((place, end), stride)| {
        if *place + 1 < *end {
            (*place, *at) = (*place + 1, *at + stride);
            return true;
        }
        *at -= *place * stride;
        *place = 0;
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_count_up_with_the_last_fastest() {
        // Two places and three, where neighbours of the first key lie one apart and of the second two.
        let (mut key, mut at, mut seen) = (vec![0, 0], 0, Vec::new());
        loop {
            seen.push((key.clone(), at));
            if !next(&mut key, &mut at, &[2, 3], &[1, 2]) {
                break;
            }
        }
        let expected = [([0, 0], 0), ([0, 1], 2), ([0, 2], 4), ([1, 0], 1), ([1, 1], 3), ([1, 2], 5)];
        assert_eq!(seen, expected.map(|(key, at)| (key.to_vec(), at)));
    }
}

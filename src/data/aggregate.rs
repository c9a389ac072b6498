//! Sums and counts per group over coded columns. In: keys and tests, both already resolved against the dictionaries.
//! Out: rows sorted by key, the same for any number of threads: integers are added exactly, in whatever order; other
//! numbers are added in the order of the file.

use super::codes::Codes;
use super::store::{Numbers, Store};
use super::{AggregateRow, Budget, SourceError, Total};
use crate::value::{Flags, Labels, Reason};
use rustc_hash::FxHashMap;
use std::ops::AddAssign;

/// Rows that are looked at together.
pub const BLOCK: usize = 4096;
/// Groups that are kept in an array rather than in a map.
const MAX_DENSE: u64 = 1 << 24;
const MAX_GROUPS: usize = 20_000_000;
/// Rows below which a second thread costs more than it brings.
const ROWS_PER_THREAD: usize = 200_000;

/// One group key made ready: the dimension's codes per row and, per code, the place in the answer's labels.
pub struct Key<'a> {
    /// Per row.
    pub codes: &'a Codes,
    /// Per code.
    pub places: Vec<u32>,
    /// How many labels.
    pub size: u64,
}

/// One condition made ready: per code, whether it passes.
pub struct Test<'a> {
    /// Per row.
    pub codes: &'a Codes,
    /// Per code.
    pub pass: Vec<bool>,
    /// Place of the column in [`Store::blocks`].
    pub column: usize,
}

/// The least and largest code of each block of some columns.
pub fn all_ranges(columns: &[&Codes]) -> Vec<Vec<(u32, u32)>> {
    fn of<T: Copy + Ord + Into<u32>>(codes: &[T]) -> Vec<(u32, u32)> {
        let range = |block: &[T]| Some((*block.iter().min()?, *block.iter().max()?));
        codes.chunks(BLOCK).filter_map(range).map(|(least, largest)| (least.into(), largest.into())).collect()
    }
    let one = |codes: &&Codes| match codes {
        Codes::U8(codes) => of(codes),
        Codes::U16(codes) => of(codes),
        Codes::U32(codes) => of(codes),
    };
    columns.iter().map(one).collect()
}

/// Whether the sum of all numbers without their signs fits 64 bits, and so every sum of some.
pub fn is_narrow(numbers: &Numbers) -> bool {
    let Numbers::Exact(cells) = numbers else { return false };
    let sum: u128 = cells
        .chunks(BLOCK)
        .map(|c| c.iter().filter(|v| **v != i64::MIN).map(|v| u128::from(v.unsigned_abs())).sum::<u128>())
        .sum();
    i64::try_from(sum).is_ok()
}

/// A number that sums of a column are kept in.
trait Amount: Copy + Default + AddAssign + Send {
    type Cell: Copy + Send + Sync;
    /// The amount of a cell; `None` is missing.
    fn of(cell: Self::Cell) -> Option<Self>;
    fn total(self) -> Total;
}

impl Amount for i64 {
    type Cell = i64;
    fn of(cell: i64) -> Option<i64> {
        (cell != i64::MIN).then_some(cell)
    }
    fn total(self) -> Total {
        Total::Exact(i128::from(self))
    }
}

impl Amount for i128 {
    type Cell = i64;
    fn of(cell: i64) -> Option<i128> {
        (cell != i64::MIN).then_some(i128::from(cell))
    }
    fn total(self) -> Total {
        Total::Exact(self)
    }
}

impl Amount for f64 {
    type Cell = f64;
    fn of(cell: f64) -> Option<f64> {
        (!cell.is_nan()).then_some(cell)
    }
    fn total(self) -> Total {
        Total::Float(self)
    }
}

#[derive(Clone, Copy, Default)]
struct Sum<A> {
    amount: A,
    count: u32,
    rows: u32,
}

impl<A: Amount> Sum<A> {
    fn join(&mut self, other: &Sum<A>) {
        self.amount += other.amount;
        self.count += other.count;
        self.rows += other.rows;
    }
}

/// The groups of some rows.
struct Groups<A> {
    dense: Vec<Sum<A>>,
    sparse: FxHashMap<u64, Sum<A>>,
    reasons: FxHashMap<u64, Reason>,
    flags: FxHashMap<u64, Flags>,
}

struct Job<'a, A: Amount> {
    store: &'a Store,
    keys: Vec<&'a Key<'a>>,
    tests: &'a [Test<'a>],
    /// Per test, how many codes pass below each.
    passing: Vec<Vec<u32>>,
    cells: &'a [A::Cell],
    column: u32,
    size: u64,
    dense: bool,
    budget: &'a Budget,
}

impl<A: Amount> Job<'_, A> {
    /// Whether any row of a block can pass.
    fn can_pass(&self, block: usize) -> bool {
        self.tests.iter().zip(&self.passing).all(|(test, below)| {
            let Some((lo, hi)) = self.store.blocks.get(test.column).and_then(|b| b.get(block)) else { return true };
            let at = |i: u32| below.get(i as usize).or(below.last()).copied().unwrap_or(0);
            at(*hi + 1) > at(*lo)
        })
    }

    fn blocks(&self, from: usize, to: usize) -> Result<Groups<A>, SourceError> {
        let size = if self.dense { usize::try_from(self.size).unwrap_or(0) } else { 0 };
        let mut out = Groups {
            dense: vec![Sum::default(); size],
            sparse: FxHashMap::default(),
            reasons: FxHashMap::default(),
            flags: FxHashMap::default(),
        };
        let mut buffer = vec![0u32; BLOCK];
        let mut pass = vec![true; BLOCK];
        let mut index = vec![0u64; BLOCK];
        let rows = self.cells.len();
        let marked = !self.store.flags.is_empty();
        for block in from..to {
            if block % 16 == 0 {
                self.budget.check()?;
                if out.sparse.len() > MAX_GROUPS {
                    return Err(SourceError::TooLarge);
                }
            }
            if !self.can_pass(block) {
                continue;
            }
            let start = block * BLOCK;
            let n = BLOCK.min(rows - start);
            let (Some(buffer), Some(pass), Some(index)) = (buffer.get_mut(..n), pass.get_mut(..n), index.get_mut(..n))
            else {
                continue;
            };
            pass.fill(true);
            for test in self.tests {
                test.codes.fill(start, buffer);
                for (p, c) in pass.iter_mut().zip(&*buffer) {
                    *p &= test.pass.get(*c as usize).copied().unwrap_or(false);
                }
            }
            if !pass.contains(&true) {
                continue;
            }
            index.fill(0);
            for key in &self.keys {
                key.codes.fill(start, buffer);
                for (i, c) in index.iter_mut().zip(&*buffer) {
                    *i = *i * key.size + u64::from(key.places.get(*c as usize).copied().unwrap_or(0));
                }
            }
            let cells = self.cells.get(start..start + n).unwrap_or(&[]);
            for (row, ((p, i), cell)) in pass.iter().zip(&*index).zip(cells).enumerate() {
                if !*p {
                    continue;
                }
                let sum = match out.dense.get_mut(*i as usize) {
                    Some(sum) if self.dense => sum,
                    _ => out.sparse.entry(*i).or_default(),
                };
                sum.rows += 1;
                match A::of(*cell) {
                    Some(amount) => {
                        sum.amount += amount;
                        sum.count += 1;
                    }
                    None => {
                        let place = u32::try_from(start + row).unwrap_or(u32::MAX);
                        let reason =
                            self.store.reasons.get(&(self.column, place)).copied().unwrap_or(Reason::NotReported);
                        out.reasons.entry(*i).or_insert(reason);
                    }
                }
                if marked && let Some(flags) = self.store.flags.get(&u32::try_from(start + row).unwrap_or(u32::MAX)) {
                    let slot = out.flags.entry(*i).or_default();
                    *slot = slot.with(*flags);
                }
            }
        }
        Ok(out)
    }

    fn run(&self, threads: usize) -> Result<Vec<AggregateRow>, SourceError> {
        let blocks = self.cells.len().div_ceil(BLOCK);
        let threads = threads.min(self.cells.len() / ROWS_PER_THREAD).max(1);
        let mut parts = if threads == 1 {
            vec![self.blocks(0, blocks)?]
        } else {
            let share = blocks.div_ceil(threads);
            std::thread::scope(|scope| {
                let jobs: Vec<_> = (0..threads)
                    .map(|t| scope.spawn(move || self.blocks(t * share, ((t + 1) * share).min(blocks))))
                    .collect();
                jobs.into_iter()
                    .map(|j| j.join().unwrap_or(Err(SourceError::Interrupted)))
                    .collect::<Result<Vec<_>, _>>()
            })?
        };
        let rest = parts.split_off(1);
        let Some(mut all) = parts.pop() else { return Ok(Vec::new()) };
        for part in rest {
            for (a, b) in all.dense.iter_mut().zip(&part.dense) {
                a.join(b);
            }
            for (key, sum) in &part.sparse {
                all.sparse.entry(*key).or_default().join(sum);
            }
            for (key, reason) in part.reasons {
                all.reasons.entry(key).or_insert(reason);
            }
            for (key, flags) in part.flags {
                let slot = all.flags.entry(key).or_default();
                *slot = slot.with(flags);
            }
        }
        Ok(self.sorted(all))
    }

    fn sorted(&self, all: Groups<A>) -> Vec<AggregateRow> {
        let mut found: Vec<(u64, Sum<A>)> = (0u64..).zip(all.dense).filter(|(_, s)| s.rows > 0).collect();
        found.extend(all.sparse);
        found.sort_unstable_by_key(|(i, _)| *i);
        let periods = &self.store.info.periods;
        let rows = found.into_iter().filter_map(|(index, sum)| {
            let mut rest = index;
            let mut key: Labels = std::iter::repeat_n(0, self.keys.len()).collect();
            for (slot, k) in key.iter_mut().zip(&self.keys).rev() {
                *slot = u32::try_from(rest % k.size.max(1)).unwrap_or(0);
                rest /= k.size.max(1);
            }
            let period = *periods.get(key.pop()? as usize)?;
            Some(AggregateRow {
                key,
                period,
                total: sum.amount.total(),
                count: u64::from(sum.count),
                rows: u64::from(sum.rows),
                reason: all.reasons.get(&index).copied(),
                flags: all.flags.get(&index).copied().unwrap_or_default(),
            })
        });
        rows.collect()
    }
}

/// The groups of a column of numbers by keys and period.
pub fn rows(
    store: &Store,
    keys: &[Key<'_>],
    tests: &[Test<'_>],
    column: usize,
    budget: &Budget,
) -> Result<Vec<AggregateRow>, SourceError> {
    let periods = store.info.periods.len();
    let time = Key {
        codes: &store.periods,
        places: (0..u32::try_from(periods).unwrap_or(0)).collect(),
        size: periods.max(1) as u64,
    };
    let keys: Vec<&Key<'_>> = keys.iter().chain([&time]).collect();
    let size = keys.iter().try_fold(1u64, |n, k| n.checked_mul(k.size.max(1))).ok_or(SourceError::TooLarge)?;
    let dense = size <= MAX_DENSE.min((1 << 16).max(4 * store.periods.len() as u64));
    let passing = tests.iter().map(|t| below(&t.pass)).collect();
    let place = u32::try_from(column).unwrap_or(u32::MAX);
    match store.numbers.get(column) {
        Some(Numbers::Exact(cells)) => {
            if store.narrow.get(column) == Some(&true) {
                let job = Job::<i64> { store, keys, tests, passing, cells, column: place, size, dense, budget };
                job.run(budget.threads())
            } else {
                let job = Job::<i128> { store, keys, tests, passing, cells, column: place, size, dense, budget };
                job.run(budget.threads())
            }
        }
        Some(Numbers::Float(cells)) => {
            Job::<f64> { store, keys, tests, passing, cells, column: place, size, dense, budget }.run(1)
        }
        None => Ok(Vec::new()),
    }
}

/// How many codes pass before each place, and one for the end.
fn below(pass: &[bool]) -> Vec<u32> {
    let mut n = 0;
    let mut out = vec![0];
    for p in pass {
        n += u32::from(*p);
        out.push(n);
    }
    out
}

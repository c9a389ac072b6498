//! Sums and counts per group over coded columns. In: keys and tests, both already resolved against the dictionaries.
//! Out: groups in the order of their keys, the same for any number of threads: integers are added exactly, in whatever
//! order; other numbers are added in the order of the file, each group by one thread.

use crate::data::columns::amounts::Numbers;
use crate::data::store::columns::Columns;
use crate::data::store::layout::{Layout, varies};
use crate::data::store::selection::{BLOCK, Key, Selection, Test, below, count_within, extend};
use crate::data::store::sums::{Groups, Sum, Summed, Sums, WideSum};
use crate::data::store::walk::Walk;
use crate::data::work::in_order;
use crate::data::{AggregateRow, Budget, SourceError};
use crate::value::{Period, Reason};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// Groups that are kept in an array rather than in a map.
const MAX_DENSE: u64 = 1 << 24;
const MAX_GROUPS: usize = 20_000_000;
/// Rows below which a second thread costs more than it brings.
const ROWS_PER_THREAD: usize = 1 << 16;
/// An array of more groups is not copied for each thread: each takes a range of the first key.
const MAX_COPIED: u64 = 1 << 16;
/// Groups whose sums stay near the processor while rows are added to them.
const NEAR: u64 = 1 << 18;

/// A part of the work: some blocks, and the groups that they can have.
struct Part<'a> {
    tests: Vec<Test<'a>>,
    blocks: std::ops::Range<usize>,
    groups: std::ops::Range<u64>,
}

struct Job<'a, A: Summed> {
    columns: &'a Columns,
    periods: &'a [Period],
    keys: Vec<&'a Key<'a>>,
    layout: Layout,
    tests: &'a [Test<'a>],
    cells: &'a [A::Cell],
    column: u32,
    size: u64,
    dense: bool,
    budget: &'a Budget,
}

impl<'a, A: Summed> Job<'a, A> {
    fn part(&self, part: &Part<'_>) -> Result<Groups<A>, SourceError> {
        let sums = if self.dense {
            let size = usize::try_from(part.groups.end - part.groups.start).unwrap_or(0);
            Sums::Dense(part.groups.start, vec![Sum::default(); size])
        } else {
            Sums::Sparse(FxHashMap::default())
        };
        let mut out = Groups { sums, reasons: FxHashMap::default(), flags: FxHashMap::default() };
        let passing: Vec<Vec<u32>> = part.tests.iter().map(|t| below(&t.pass)).collect();
        let mut index = vec![0u64; BLOCK];
        let mut rows = Selection { all: true, rows: Vec::with_capacity(BLOCK) };
        let marked = !self.columns.flags.is_empty() || self.columns.reasons.keys().any(|(c, _)| *c == self.column);
        for block in part.blocks.clone() {
            if block % 16 == 0 {
                self.budget.check()?;
                if matches!(&out.sums, Sums::Sparse(sums) if sums.len() > MAX_GROUPS) {
                    return Err(SourceError::TooLarge);
                }
            }
            let start = block * BLOCK;
            let size = BLOCK.min(self.cells.len() - start);
            if !self.select(&mut rows, part, &passing, block, size) {
                continue;
            }
            self.budget.look(size);
            let cells = self.cells.get(start..start + size).unwrap_or(&[]);
            let count = if rows.all { size } else { rows.rows.len() };
            let (base, varying) = self.varying(block);
            if A::IS_EXACT && rows.all && varying.is_empty() && !marked {
                out.add(base, &Sum::of(cells));
                continue;
            }
            let Some(index) = index.get_mut(..count) else { continue };
            index.fill(base);
            varying.iter().for_each(|(key, stride)| extend(index, (key, *stride), start, &rows));
            let cell = |row: &u16| cells.get(usize::from(*row)).copied();
            if rows.all {
                out.add_all(index.iter().copied().zip(cells.iter().copied()));
            } else {
                out.add_all(index.iter().copied().zip(rows.rows.iter().filter_map(cell)));
            }
            if marked {
                let row_at = |i: usize| if rows.all { i } else { rows.rows.get(i).map_or(0, |r| usize::from(*r)) };
                for (i, index) in index.iter().enumerate() {
                    let row = row_at(i);
                    let missing = cells.get(row).is_some_and(|cell| A::of(*cell).is_none());
                    self.mark(&mut out, *index, u32::try_from(start + row).unwrap_or(u32::MAX), missing);
                }
            }
        }
        Ok(out)
    }

    /// What the keys that have one place in a block give its indices, and the other keys with their strides.
    fn varying(&self, block: usize) -> (u64, SmallVec<[(&'a Key<'a>, u64); 4]>) {
        let mut base = 0;
        let mut varying = SmallVec::new();
        for (key, stride) in self.keys.iter().zip(&self.layout.strides) {
            match self.columns.blocks.get(key.column).and_then(|b| b.get(block)) {
                Some((least, largest)) if least == largest => base += key.place(*least) * stride,
                _ => varying.push((*key, *stride)),
            }
        }
        (base, varying)
    }

    /// Notes why a cell is missing, and the marks of its row.
    fn mark(&self, out: &mut Groups<A>, index: u64, row: u32, missing: bool) {
        if missing {
            let reason = self.columns.reasons.get(&(self.column, row)).copied().unwrap_or(Reason::NotReported);
            out.reasons.entry(index).or_insert(reason);
        }
        if let Some(flags) = self.columns.flags.get(&row) {
            let slot = out.flags.entry(index).or_default();
            *slot = slot.with(*flags);
        }
    }

    /// Finds the rows of a block that pass all tests; whether there are any.
    fn select(&self, rows: &mut Selection, part: &Part<'_>, passing: &[Vec<u32>], block: usize, size: usize) -> bool {
        rows.all = true;
        let mut open = Vec::new();
        for (test, below) in part.tests.iter().zip(passing) {
            let Some((least, largest)) = self.columns.blocks.get(test.column).and_then(|b| b.get(block)) else {
                open.push(test);
                continue;
            };
            let pass = count_within(below, (*least, *largest));
            if pass == 0 {
                return false;
            }
            // Where all codes of the range pass, so does every row.
            if pass <= largest - least {
                open.push(test);
            }
        }
        for test in open {
            rows.narrow(test.codes, block * BLOCK, size, &test.pass);
            if rows.rows.is_empty() {
                return false;
            }
        }
        true
    }

    /// The work cut into parts: by rows where each thread can have an array of its own, else by the first key. Where
    /// blocks of rows hold few places of that key, as in a sorted file, a part is as small as the processor likes it.
    fn parts(&self) -> Vec<Part<'a>> {
        let blocks = self.cells.len().div_ceil(BLOCK);
        let threads = self.budget.threads().min(self.cells.len() / ROWS_PER_THREAD).max(1);
        let whole = |blocks| Part { tests: self.tests.to_vec(), blocks, groups: 0..self.size };
        if A::IS_EXACT && (!self.dense || self.size <= MAX_COPIED) {
            let share = blocks.div_ceil(threads);
            return (0..threads).map(|t| whole((t * share).min(blocks)..((t + 1) * share).min(blocks))).collect();
        }
        let Some(key) = self.keys.first() else { return vec![whole(0..blocks)] };
        let stride = (self.size / key.size.max(1)).max(1);
        let cuts = if self.dense && self.size > MAX_COPIED && !varies(self.columns, key) {
            let places = usize::try_from((NEAR / stride).max(1)).unwrap_or(1);
            (0..key.size).step_by(places).chain([key.size]).collect()
        } else if threads > 1 {
            self.cuts(key, threads)
        } else {
            vec![0, key.size]
        };
        cuts.windows(2)
            .filter_map(|cut| if let [from, to] = cut { Some(*from..*to) } else { None })
            .filter(|range| !range.is_empty())
            .map(|range| {
                let pass = key.places.iter().map(|p| range.contains(&u64::from(*p))).collect();
                let mut tests = vec![Test { codes: key.codes, pass, column: key.column }];
                tests.extend(self.tests.iter().cloned());
                Part { tests, blocks: 0..blocks, groups: range.start * stride..range.end * stride }
            })
            .collect()
    }

    /// Ranges of the places of a key with about as many rows each.
    fn cuts(&self, key: &Key<'_>, threads: usize) -> Vec<u64> {
        let mut rows = vec![0u64; usize::try_from(key.size).unwrap_or(0)];
        for (least, largest) in self.columns.blocks.get(key.column).into_iter().flatten() {
            let place = |code: u32| key.places.get(code as usize).copied().unwrap_or(0);
            if let Some(slot) = rows.get_mut(place(least + (largest - least) / 2) as usize) {
                *slot += 1;
            }
        }
        let all: u64 = rows.iter().sum();
        let mut cuts = vec![0];
        let mut sum = 0;
        for (place, count) in (1u64..).zip(rows) {
            sum += count;
            if sum * threads as u64 >= all * cuts.len() as u64 && cuts.len() < threads {
                cuts.push(place);
            }
        }
        cuts.push(key.size);
        cuts
    }

    fn run(&self, each: &mut dyn FnMut(&AggregateRow)) -> Result<(), SourceError> {
        let parts = self.parts();
        let apart = parts.windows(2).all(|p| matches!(p, [a, b] if a.groups.end <= b.groups.start));
        let mut all: Option<Groups<A>> = None;
        in_order(
            self.budget.threads(),
            parts.iter().map(Ok),
            |_| (),
            |(), part| self.part(part),
            |groups| match &mut all {
                _ if apart => self.visit(groups, each),
                Some(all) => {
                    all.join(groups);
                    Ok(())
                }
                None => {
                    all = Some(groups);
                    Ok(())
                }
            },
        )?;
        all.map_or(Ok(()), |groups| self.visit(groups, each))
    }

    /// Shows all groups in the order of their keys.
    fn visit(&self, groups: Groups<A>, each: &mut dyn FnMut(&AggregateRow)) -> Result<(), SourceError> {
        let Some((_, keys)) = self.keys.split_last() else { return Ok(()) };
        let Some(mut walk) = Walk::new(keys, &self.layout, self.periods, &groups, each) else { return Ok(()) };
        match &groups.sums {
            Sums::Dense(first, sums) => walk.dense(*first, sums, self.budget),
            Sums::Sparse(sums) => walk.sparse(sums, self.budget),
        }
    }
}

/// Shows the groups of a column of numbers by keys and period, in their order.
pub fn visit(
    (columns, periods): (&Columns, &[Period]),
    keys: &[Key<'_>],
    tests: &[Test<'_>],
    column: usize,
    budget: &Budget,
    each: &mut dyn FnMut(&AggregateRow),
) -> Result<(), SourceError> {
    let time = Key {
        codes: &columns.periods,
        places: (0..u32::try_from(periods.len()).unwrap_or(0)).collect(),
        own: true,
        size: periods.len().max(1) as u64,
        column: columns.codes.len(),
    };
    let keys: Vec<&Key<'_>> = keys.iter().chain([&time]).collect();
    let size = keys.iter().try_fold(1u64, |n, k| n.checked_mul(k.size.max(1))).ok_or(SourceError::TooLarge)?;
    let dense = size <= MAX_DENSE.min((1 << 16).max(4 * columns.len() as u64));
    let layout = if dense { Layout::new(columns, &keys) } else { Layout::plain(&keys) };
    let place = u32::try_from(column).unwrap_or(u32::MAX);
    match columns.numbers.get(column) {
        Some(Numbers::Exact(cells)) => {
            if columns.narrow.get(column) == Some(&true) {
                Job::<i64> { columns, periods, keys, layout, tests, cells, column: place, size, dense, budget }
                    .run(each)
            } else {
                Job::<i128> { columns, periods, keys, layout, tests, cells, column: place, size, dense, budget }
                    .run(each)
            }
        }
        Some(Numbers::Wide(cells)) => {
            Job::<WideSum> { columns, periods, keys, layout, tests, cells, column: place, size, dense, budget }
                .run(each)
        }
        Some(Numbers::Float(cells)) => {
            Job::<f64> { columns, periods, keys, layout, tests, cells, column: place, size, dense, budget }.run(each)
        }
        None => Ok(()),
    }
}

//! Sums and counts per group over coded columns. In: keys and tests, both already resolved against the dictionaries.
//! Out: groups in the order of their keys, the same for any number of threads: integers are added exactly, in whatever
//! order; other numbers are added in the order of the file, each group by one thread.

use super::codes::Codes;
use super::store::{Numbers, Store};
use super::threads::in_order;
use super::{AggregateRow, Budget, SourceError, Total};
use crate::value::{Flags, Labels, Period, Reason};
use rustc_hash::FxHashMap;
use std::ops::AddAssign;

/// Rows that are looked at together.
pub const BLOCK: usize = 4096;
/// Groups that are kept in an array rather than in a map.
const MAX_DENSE: u64 = 1 << 24;
const MAX_GROUPS: usize = 20_000_000;
/// Rows below which a second thread costs more than it brings.
const ROWS_PER_THREAD: usize = 1 << 16;
/// An array of more groups is not copied for each thread: each takes a range of the first key.
const MAX_COPIED: u64 = 1 << 16;
/// Groups whose sums stay near the processor while rows are added to them.
const NEAR: u64 = 1 << 18;

/// One group key made ready: the dimension's codes per row and, per code, the place in the answer's labels.
pub struct Key<'a> {
    /// Per row.
    pub codes: &'a Codes,
    /// Per code.
    pub places: Vec<u32>,
    /// Whether every code is its own place.
    pub own: bool,
    /// How many labels.
    pub size: u64,
    /// Place of the column in [`Store::blocks`].
    pub column: usize,
}

/// One condition made ready: per code, whether it passes.
#[derive(Clone)]
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
        let range = |block: &[T]| {
            let first = *block.first()?;
            Some(block.iter().fold((first, first), |(least, largest), code| (least.min(*code), largest.max(*code))))
        };
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
    /// Whether the order of adding makes no difference.
    const IS_EXACT: bool;
    /// The amount of a cell; `None` is missing.
    fn of(cell: Self::Cell) -> Option<Self>;
    fn total(self) -> Total;
}

impl Amount for i64 {
    type Cell = i64;
    const IS_EXACT: bool = true;
    fn of(cell: i64) -> Option<i64> {
        (cell != i64::MIN).then_some(cell)
    }
    fn total(self) -> Total {
        Total::Exact(i128::from(self))
    }
}

impl Amount for i128 {
    type Cell = i64;
    const IS_EXACT: bool = true;
    fn of(cell: i64) -> Option<i128> {
        (cell != i64::MIN).then_some(i128::from(cell))
    }
    fn total(self) -> Total {
        Total::Exact(self)
    }
}

impl Amount for f64 {
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

/// Sums of groups by their index: the places of its keys as one number.
enum Sums<A> {
    /// One for each index from the first on.
    Dense(u64, Vec<Sum<A>>),
    /// Only those that there are.
    Sparse(FxHashMap<u64, Sum<A>>),
}

/// The groups of some rows.
struct Groups<A> {
    sums: Sums<A>,
    /// Why the first missing cell of a group is missing, where it is not simply `not reported`.
    reasons: FxHashMap<u64, Reason>,
    flags: FxHashMap<u64, Flags>,
}

impl<A: Amount> Groups<A> {
    #[inline]
    fn add(&mut self, index: u64, sum: &Sum<A>) {
        match &mut self.sums {
            Sums::Dense(first, sums) => {
                if let Some(slot) = sums.get_mut((index - *first) as usize) {
                    slot.join(sum);
                }
            }
            Sums::Sparse(sums) => sums.entry(index).or_default().join(sum),
        }
    }

    /// Adds cells with the index of each; most often several in a row have the same.
    fn add_all(&mut self, cells: impl Iterator<Item = (u64, A::Cell)>) {
        let mut run = Sum::default();
        let mut at = 0;
        for (index, cell) in cells {
            if index != at || !A::IS_EXACT {
                if run.rows > 0 {
                    self.add(at, &run);
                }
                (at, run) = (index, Sum::default());
            }
            run.rows += 1;
            if let Some(amount) = A::of(cell) {
                run.amount += amount;
                run.count += 1;
            }
        }
        if run.rows > 0 {
            self.add(at, &run);
        }
    }

    /// Adds the groups of other rows, further down.
    fn join(&mut self, other: Groups<A>) {
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

/// Which rows of a block are looked at.
struct Selection {
    /// All of them, whatever `rows` says.
    all: bool,
    rows: Vec<u16>,
}

impl Selection {
    fn narrow(&mut self, codes: &Codes, start: usize, size: usize, pass: &[bool]) {
        fn of<T: Copy + Into<u32>>(sel: &mut Selection, codes: &[T], pass: &[bool]) {
            let passes = |code: T| pass.get(code.into() as usize).copied().unwrap_or(false);
            let mut kept = 0;
            if sel.all {
                sel.rows.resize(codes.len(), 0);
                for (row, code) in (0u16..).zip(codes) {
                    // Written in any case, and kept by counting on: no branch is there to be guessed wrong.
                    if let Some(slot) = sel.rows.get_mut(kept) {
                        *slot = row;
                    }
                    kept += usize::from(passes(*code));
                }
            } else {
                for at in 0..sel.rows.len() {
                    let row = sel.rows.get(at).copied().unwrap_or(0);
                    if let Some(slot) = sel.rows.get_mut(kept) {
                        *slot = row;
                    }
                    kept += usize::from(codes.get(usize::from(row)).is_some_and(|code| passes(*code)));
                }
            }
            sel.rows.truncate(kept);
            sel.all = false;
        }
        match codes {
            Codes::U8(codes) => of(self, codes.get(start..start + size).unwrap_or(&[]), pass),
            Codes::U16(codes) => of(self, codes.get(start..start + size).unwrap_or(&[]), pass),
            Codes::U32(codes) => of(self, codes.get(start..start + size).unwrap_or(&[]), pass),
        }
    }
}

/// Takes the places of one key into the indices of the selected rows.
fn extend(index: &mut [u64], key: &Key<'_>, start: usize, rows: &Selection) {
    fn of<T: Copy + Into<u32>>(index: &mut [u64], codes: &[T], key: &Key<'_>, rows: &Selection) {
        let own = key.own;
        let looked_up = |code: u32| key.places.get(code as usize).copied().unwrap_or(0);
        let place = |code: T| u64::from(if own { code.into() } else { looked_up(code.into()) });
        if rows.all {
            for (slot, code) in index.iter_mut().zip(codes) {
                *slot = *slot * key.size + place(*code);
            }
        } else {
            for (slot, row) in index.iter_mut().zip(&rows.rows) {
                *slot = *slot * key.size + codes.get(usize::from(*row)).map_or(0, |code| place(*code));
            }
        }
    }
    match key.codes {
        Codes::U8(codes) => of(index, codes.get(start..).unwrap_or(&[]), key, rows),
        Codes::U16(codes) => of(index, codes.get(start..).unwrap_or(&[]), key, rows),
        Codes::U32(codes) => of(index, codes.get(start..).unwrap_or(&[]), key, rows),
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

/// A part of the work: some blocks, and the groups that they can have.
struct Part<'a> {
    tests: Vec<Test<'a>>,
    blocks: std::ops::Range<usize>,
    groups: std::ops::Range<u64>,
}

/// How an index is made of the places of the keys: the outermost key first. Which one varies fastest is not the order of
/// the answer: groups that the same block of rows adds to lie together.
struct Layout {
    /// Places in the list of keys.
    order: Vec<usize>,
    /// Per key, how far apart the groups of two neighbouring places are.
    strides: Vec<u64>,
}

/// Whether most blocks of rows hold many places of a key.
fn varies(store: &Store, key: &Key<'_>) -> bool {
    let ranges = store.blocks.get(key.column).map_or(&[][..], |r| r);
    let wide = |(least, largest): &&(u32, u32)| u64::from(largest - least) * 8 > key.size.min(64);
    ranges.iter().filter(wide).count() * 2 > ranges.len()
}

impl Layout {
    /// As the keys stand: indices rise with them.
    fn plain(keys: &[&Key<'_>]) -> Layout {
        Layout::of((0..keys.len()).collect(), keys)
    }

    /// The first key stays outermost, so that parts of the answer are parts of the array; then those that hardly vary
    /// within a block.
    fn new(store: &Store, keys: &[&Key<'_>]) -> Layout {
        let varies = |at: usize| at > 0 && keys.get(at).is_some_and(|key| varies(store, key));
        let mut order: Vec<usize> = (0..keys.len()).collect();
        order.sort_by_key(|at| varies(*at));
        Layout::of(order, keys)
    }

    fn of(order: Vec<usize>, keys: &[&Key<'_>]) -> Layout {
        let mut strides = vec![1; keys.len()];
        let mut stride = 1u64;
        for at in order.iter().rev() {
            if let (Some(slot), Some(key)) = (strides.get_mut(*at), keys.get(*at)) {
                *slot = stride;
                stride = stride.saturating_mul(key.size.max(1));
            }
        }
        Layout { order, strides }
    }
}

struct Job<'a, A: Amount> {
    store: &'a Store,
    keys: Vec<&'a Key<'a>>,
    layout: Layout,
    tests: &'a [Test<'a>],
    cells: &'a [A::Cell],
    column: u32,
    size: u64,
    dense: bool,
    budget: &'a Budget,
}

impl<'a, A: Amount> Job<'a, A> {
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
        let marked = !self.store.flags.is_empty() || self.store.reasons.keys().any(|(c, _)| *c == self.column);
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
            let cells = self.cells.get(start..start + size).unwrap_or(&[]);
            let count = if rows.all { size } else { rows.rows.len() };
            let Some(index) = index.get_mut(..count) else { continue };
            index.fill(0);
            let ordered = self.layout.order.iter().filter_map(|at| self.keys.get(*at));
            ordered.for_each(|key| extend(index, key, start, &rows));
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

    /// Notes why a cell is missing, and the marks of its row.
    fn mark(&self, out: &mut Groups<A>, index: u64, row: u32, missing: bool) {
        if missing {
            let reason = self.store.reasons.get(&(self.column, row)).copied().unwrap_or(Reason::NotReported);
            out.reasons.entry(index).or_insert(reason);
        }
        if let Some(flags) = self.store.flags.get(&row) {
            let slot = out.flags.entry(index).or_default();
            *slot = slot.with(*flags);
        }
    }

    /// Finds the rows of a block that pass all tests; whether there are any.
    fn select(&self, rows: &mut Selection, part: &Part<'_>, passing: &[Vec<u32>], block: usize, size: usize) -> bool {
        rows.all = true;
        let mut open = Vec::new();
        for (test, below) in part.tests.iter().zip(passing) {
            let Some((least, largest)) = self.store.blocks.get(test.column).and_then(|b| b.get(block)) else {
                open.push(test);
                continue;
            };
            let at = |code: u32| below.get(code as usize).or(below.last()).copied().unwrap_or(0);
            let pass = at(*largest + 1) - at(*least);
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
        let cuts = if self.dense && self.size > MAX_COPIED && !varies(self.store, key) {
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
        for (least, largest) in self.store.blocks.get(key.column).into_iter().flatten() {
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
            &parts,
            self.budget.threads(),
            |part| self.part(part),
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
        let periods = &self.store.info.periods;
        let Some((_, keys)) = self.keys.split_last() else { return Ok(()) };
        let Some(first) = periods.first().copied() else { return Ok(()) };
        let marked = !groups.reasons.is_empty() || !groups.flags.is_empty();
        let key: Labels = keys.iter().map(|_| 0).collect();
        let mut row = AggregateRow {
            key,
            period: first,
            total: Total::Exact(0),
            count: 0,
            rows: 0,
            reason: None,
            flags: Flags::none(),
        };
        let keyed = |row: &mut AggregateRow, key: &[u64]| {
            for (slot, place) in row.key.iter_mut().zip(key) {
                *slot = u32::try_from(*place).unwrap_or(0);
            }
        };
        let mut show = |row: &mut AggregateRow, index: u64, period: Period, sum: &Sum<A>| {
            row.period = period;
            (row.total, row.count, row.rows) = (sum.amount.total(), u64::from(sum.count), u64::from(sum.rows));
            row.reason = (sum.count < sum.rows).then_some(Reason::NotReported);
            if marked {
                row.reason = row.reason.map(|r| groups.reasons.get(&index).copied().unwrap_or(r));
                row.flags = groups.flags.get(&index).copied().unwrap_or_default();
            }
            each(row);
        };
        let strides = self.layout.strides.get(..keys.len()).unwrap_or(&[]);
        let step = self.layout.strides.last().copied().unwrap_or(1);
        match &groups.sums {
            Sums::Dense(first, sums) => {
                // Through all places in the order of the keys, the last fastest; the first key from where the part begins.
                let mut key = vec![0u64; keys.len()];
                let mut ends: Vec<u64> = keys.iter().map(|k| k.size).collect();
                if let (Some(place), Some(end), Some(stride)) = (key.first_mut(), ends.first_mut(), strides.first()) {
                    *place = first / stride;
                    *end = (first + sums.len() as u64) / stride;
                }
                let mut at: u64 = key.iter().zip(strides).map(|(place, stride)| place * stride).sum();
                for turn in 0usize.. {
                    if turn.is_multiple_of(1 << 16) {
                        self.budget.check()?;
                    }
                    keyed(&mut row, &key);
                    for (index, period) in (0..).map(|time| at + time * step).zip(periods.iter()) {
                        let sum = index.checked_sub(*first).and_then(|i| sums.get(i as usize));
                        if let Some(sum) = sum.filter(|s| s.rows > 0) {
                            show(&mut row, index, *period, sum);
                        }
                    }
                    // The next place of the last key that has one, and all keys behind it from the start.
                    let mut places = key.iter_mut().zip(&ends).zip(strides).rev();
                    let on = places.by_ref().any(|((place, end), stride)| {
                        if *place + 1 < *end {
                            (*place, at) = (*place + 1, at + stride);
                            return true;
                        }
                        at -= *place * stride;
                        *place = 0;
                        false
                    });
                    if !on {
                        break;
                    }
                }
            }
            Sums::Sparse(sums) => {
                let mut found: Vec<(u64, &Sum<A>)> = sums.iter().map(|(index, sum)| (*index, sum)).collect();
                found.sort_unstable_by_key(|(index, _)| *index);
                let mut key = vec![0u64; keys.len()];
                for (index, sum) in found {
                    let mut rest = index;
                    for (place, stride) in key.iter_mut().zip(strides) {
                        (*place, rest) = (rest / stride, rest % stride);
                    }
                    let Some(period) = periods.get(rest as usize) else { continue };
                    keyed(&mut row, &key);
                    show(&mut row, index, *period, sum);
                }
            }
        }
        Ok(())
    }
}

/// Shows the groups of a column of numbers by keys and period, in their order.
pub fn visit(
    store: &Store,
    keys: &[Key<'_>],
    tests: &[Test<'_>],
    column: usize,
    budget: &Budget,
    each: &mut dyn FnMut(&AggregateRow),
) -> Result<(), SourceError> {
    let periods = store.info.periods.len();
    let time = Key {
        codes: &store.periods,
        places: (0..u32::try_from(periods).unwrap_or(0)).collect(),
        own: true,
        size: periods.max(1) as u64,
        column: store.codes.len(),
    };
    let keys: Vec<&Key<'_>> = keys.iter().chain([&time]).collect();
    let size = keys.iter().try_fold(1u64, |n, k| n.checked_mul(k.size.max(1))).ok_or(SourceError::TooLarge)?;
    let dense = size <= MAX_DENSE.min((1 << 16).max(4 * store.periods.len() as u64));
    let layout = if dense { Layout::new(store, &keys) } else { Layout::plain(&keys) };
    let place = u32::try_from(column).unwrap_or(u32::MAX);
    match store.numbers.get(column) {
        Some(Numbers::Exact(cells)) => {
            if store.narrow.get(column) == Some(&true) {
                Job::<i64> { store, keys, layout, tests, cells, column: place, size, dense, budget }.run(each)
            } else {
                Job::<i128> { store, keys, layout, tests, cells, column: place, size, dense, budget }.run(each)
            }
        }
        Some(Numbers::Float(cells)) => {
            Job::<f64> { store, keys, layout, tests, cells, column: place, size, dense, budget }.run(each)
        }
        None => Ok(()),
    }
}

//! A saved dataset that answers. A question that names its rows reads the blocks that may hold them; one of the whole
//! table reads the columns that it needs, which then stay in memory. What turns out to be damaged is read anew from the
//! file that the dataset was made of.

use crate::data::columns::amounts::Numbers;
use crate::data::columns::codes::Codes;
use crate::data::columns::lines::Lines;
use crate::data::doubt::Doubt;
use crate::data::info::DatasetInfo;
use crate::data::saved::open::{Book, Opened, Trouble};
use crate::data::seen::Seen;
use crate::data::source::{Aggregate, AggregateRequest, Groups, Observation, Paired, Source, SourceError};
use crate::data::store::Store;
use crate::data::store::columns::Columns;
use crate::data::store::selection::{self, BLOCK};
use crate::data::work::{Budget, together};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

/// Reads the dataset anew from its file.
pub type Again = Box<dyn Fn(&Budget) -> Result<Arc<dyn Source>, SourceError> + Send + Sync>;

/// A question reads its blocks alone where they are at most this part of all.
const PART: usize = 4;

/// A dataset whose rows are read when they are needed.
pub struct Saved {
    info: DatasetInfo,
    book: Book,
    /// What is known of the rows without reading any.
    shell: Store,
    /// The columns that were read as a whole.
    resident: RwLock<Resident>,
    /// Blocks of columns that were read for single questions.
    spent: AtomicUsize,
    /// The blocks that the last such question read: the next one is often of the same rows.
    last: Mutex<Option<Arc<Part>>>,
    seen: Seen,
    again: Again,
    /// What answers in place of a file that is damaged.
    instead: OnceLock<Arc<dyn Source>>,
    damaged: AtomicBool,
}

/// Columns in memory, and which of them are.
struct Resident {
    store: Store,
    codes: Vec<bool>,
    numbers: Vec<bool>,
    marks: bool,
}

/// Some blocks as a dataset of their own, and which columns of it are there.
struct Part {
    conditions: Vec<(usize, Vec<bool>)>,
    blocks: Vec<usize>,
    needs: Needs,
    store: Store,
}

/// Columns that a question needs: those of codes (dimensions, then periods, then flows), those of numbers.
#[derive(Clone)]
struct Needs {
    codes: Vec<usize>,
    numbers: Vec<usize>,
}

impl Needs {
    fn are_within(&self, others: &Needs) -> bool {
        let all = |own: &[usize], others: &[usize]| own.iter().all(|at| others.contains(at));
        all(&self.codes, &others.codes) && all(&self.numbers, &others.numbers)
    }
}

impl fmt::Debug for Saved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Saved").field("info", &self.info).finish_non_exhaustive()
    }
}

impl Saved {
    /// A saved dataset, and what its loader doubted.
    pub fn new(opened: Opened, again: Again) -> (Saved, Vec<Doubt>) {
        let Opened { book, shell, doubts, .. } = opened;
        let resident = Resident {
            codes: vec![false; book.first_number()],
            numbers: vec![false; shell.columns.numbers.len()],
            marks: false,
            store: shell.clone(),
        };
        let saved = Saved {
            info: shell.info.clone(),
            book,
            shell,
            resident: RwLock::new(resident),
            spent: AtomicUsize::new(0),
            last: Mutex::new(None),
            seen: Seen::default(),
            again,
            instead: OnceLock::new(),
            damaged: AtomicBool::new(false),
        };
        (saved, doubts)
    }

    /// Whether it was found to be damaged since this was asked last.
    pub fn was_damaged(&self) -> bool {
        self.damaged.swap(false, Ordering::Relaxed)
    }

    fn needs(&self, request: &AggregateRequest, more: Option<usize>) -> Needs {
        let dims = self.info.dims.len();
        let measures = [Some(request.measure), more].into_iter().flatten();
        let measures: Vec<_> = measures.filter_map(|m| self.shell.measures.get(m)).collect();
        let tested = measures.iter().flat_map(|m| m.tests.iter().map(|(dim, _)| *dim));
        let grouped = request.group_by.iter().map(|g| g.dim).chain(request.filters.iter().map(|f| f.dim));
        let flows = measures.iter().any(|m| m.flow.is_some()) && self.shell.columns.flows.is_some();
        let mut codes: Vec<usize> =
            grouped.chain(tested).filter(|d| *d < dims).chain([dims]).chain(flows.then_some(dims + 1)).collect();
        codes.sort_unstable();
        codes.dedup();
        let mut numbers: Vec<usize> = measures.iter().map(|m| m.column).collect();
        numbers.dedup();
        Needs { codes, numbers }
    }

    /// The blocks in which a row passes all conditions, found by the columns of the conditions alone.
    fn passing(
        &self,
        conditions: &[(usize, Vec<bool>)],
        mut blocks: Vec<usize>,
        budget: &Budget,
    ) -> Result<Vec<usize>, Trouble> {
        let mut rows: Vec<Vec<bool>> = blocks.iter().map(|block| vec![true; self.book.rows_of(*block)]).collect();
        for (column, pass) in conditions {
            let below = selection::below(pass);
            let ranges = self.shell.columns.blocks.get(*column).map_or(&[][..], |r| r);
            // Where all codes of a block pass, its rows need no look.
            let all = |(least, most): &(u32, u32)| selection::count_within(&below, (*least, *most)) > most - least;
            let open = |block: &usize| !ranges.get(*block).is_some_and(all);
            let looked_at: Vec<usize> = blocks.iter().copied().filter(open).collect();
            self.spent.fetch_add(looked_at.len(), Ordering::Relaxed);
            let codes = self.book.codes(*column, &looked_at, budget)?;
            let mut codes = codes.iter();
            for (_, rows) in blocks.iter().zip(&mut rows).filter(|(block, _)| open(block)) {
                for (row, code) in rows.iter_mut().zip(codes.by_ref()) {
                    *row &= pass.get(code as usize).copied().unwrap_or(false);
                }
            }
            let stays: Vec<bool> = rows.iter().map(|rows| rows.contains(&true)).collect();
            let mut stay = stays.iter();
            blocks.retain(|_| stay.next().copied().unwrap_or(true));
            let mut stay = stays.iter();
            rows.retain(|_| stay.next().copied().unwrap_or(true));
        }
        Ok(blocks)
    }

    /// The rows of a question, if they were read for the last one or lie in few blocks.
    fn part_of(
        &self,
        request: &AggregateRequest,
        needs: &Needs,
        budget: &Budget,
    ) -> Result<Option<Arc<Part>>, Trouble> {
        let blocks = self.shell.blocks_of(request);
        let all = self.book.blocks();
        // What was read in parts as often as the whole has blocks is better read as a whole.
        if blocks.len() * PART > all || self.spent.load(Ordering::Relaxed) > all {
            return Ok(None);
        }
        let known = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let known = known.filter(|part| needs.are_within(&part.needs));
        let conditions = self.shell.conditions(request);
        if let Some(part) = known.as_ref().filter(|part| part.conditions == conditions) {
            return Ok(Some(Arc::clone(part)));
        }
        let blocks = self.passing(&conditions, blocks, budget)?;
        let holds = |part: &Part| blocks.iter().all(|block| part.blocks.binary_search(block).is_ok());
        if let Some(part) = known.filter(|part| holds(part)) {
            return Ok(Some(part));
        }
        self.spent.fetch_add(blocks.len(), Ordering::Relaxed);
        let store = self.part(needs, &blocks, budget)?;
        let part = Arc::new(Part { conditions, blocks, needs: needs.clone(), store });
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&part));
        Ok(Some(part))
    }

    /// Some blocks as a dataset of their own.
    fn part(&self, needs: &Needs, blocks: &[usize], budget: &Budget) -> Result<Store, Trouble> {
        let mut store = self.shell.clone();
        let columns = &mut store.columns;
        for at in &needs.codes {
            *slot(columns, *at).ok_or(Trouble::Damaged)? = self.book.codes(*at, blocks, budget)?;
        }
        for at in &needs.numbers {
            *columns.numbers.get_mut(*at).ok_or(Trouble::Damaged)? = self.book.numbers_of(*at, blocks, budget)?;
        }
        self.book.mark(blocks, columns, budget)?;
        for ranges in &mut columns.blocks {
            *ranges = blocks.iter().filter_map(|block| ranges.get(*block)).copied().collect();
        }
        Ok(store)
    }

    /// Reads whole columns that are not there yet.
    fn fetch(&self, needs: &Needs, budget: &Budget) -> Result<(), Trouble> {
        let mut resident = self.resident.write().unwrap_or_else(PoisonError::into_inner);
        let blocks: Vec<usize> = (0..self.book.blocks()).collect();
        let lacks = |there: &[bool], at: &usize| there.get(*at) == Some(&false);
        let codes: Vec<usize> = needs.codes.iter().copied().filter(|at| lacks(&resident.codes, at)).collect();
        let numbers: Vec<usize> = needs.numbers.iter().copied().filter(|at| lacks(&resident.numbers, at)).collect();
        let (read_codes, read_numbers) = together(
            budget.threads(),
            || codes.iter().map(|at| self.book.codes(*at, &blocks, budget)).collect::<Result<Vec<Codes>, _>>(),
            || numbers.iter().map(|at| self.book.numbers_of(*at, &blocks, budget)).collect::<Result<Vec<Numbers>, _>>(),
        );
        let Resident { store, codes: coded, numbers: numbered, marks } = &mut *resident;
        for (at, read) in codes.iter().zip(read_codes?) {
            *slot(&mut store.columns, *at).ok_or(Trouble::Damaged)? = read;
            coded.iter_mut().skip(*at).take(1).for_each(|there| *there = true);
        }
        for (at, read) in numbers.iter().zip(read_numbers?) {
            *store.columns.numbers.get_mut(*at).ok_or(Trouble::Damaged)? = read;
            numbered.iter_mut().skip(*at).take(1).for_each(|there| *there = true);
        }
        if !*marks {
            self.book.mark(&blocks, &mut store.columns, budget)?;
            *marks = true;
        }
        Ok(())
    }

    fn has(&self, needs: &Needs) -> bool {
        let resident = self.resident.read().unwrap_or_else(PoisonError::into_inner);
        let all = |there: &[bool], wanted: &[usize]| wanted.iter().all(|at| there.get(*at) == Some(&true));
        all(&resident.codes, &needs.codes) && all(&resident.numbers, &needs.numbers)
    }

    /// Asks the rows that a question needs.
    fn ask<T>(
        &self,
        (request, more): (&AggregateRequest, Option<usize>),
        budget: &Budget,
        ask: &mut dyn FnMut(&dyn Source) -> Result<T, SourceError>,
    ) -> Result<T, SourceError> {
        if let Some(instead) = self.instead.get() {
            return ask(&**instead);
        }
        let needs = self.needs(request, more);
        if !self.has(&needs) {
            // Of another measure of the same rows it must be known whether any row lacks it.
            let part = if more.is_none() { self.part_of(request, &needs, budget) } else { Ok(None) };
            let read = match part {
                Ok(None) => self.fetch(&needs, budget).map(|()| None),
                part => part,
            };
            match read {
                Ok(Some(part)) => return ask(&part.store),
                Ok(None) => {}
                Err(Trouble::Stopped) => return Err(SourceError::Interrupted),
                Err(Trouble::Damaged) => return ask(&*self.anew(budget)?),
            }
        }
        ask(&self.resident.read().unwrap_or_else(PoisonError::into_inner).store)
    }

    /// What is in the file that the dataset was made of.
    fn anew(&self, budget: &Budget) -> Result<Arc<dyn Source>, SourceError> {
        self.damaged.store(true, Ordering::Relaxed);
        let source = (self.again)(budget)?;
        Ok(Arc::clone(self.instead.get_or_init(|| source)))
    }

    fn observations(
        &self,
        request: &AggregateRequest,
        limit: usize,
        budget: &Budget,
    ) -> Result<Result<Vec<Observation>, SourceError>, Trouble> {
        let blocks = self.shell.blocks_of(request);
        let mut needs = self.needs(request, None);
        needs.codes = (0..self.book.first_number()).collect();
        let mut part = self.part(&needs, &blocks, budget)?;
        let (all, times) = (self.book.lines(budget)?, self.shell.times.max(1));
        let mut lines = Lines::default();
        for row in blocks.iter().flat_map(|block| block * BLOCK..(block + 1) * BLOCK).take(part.columns.len()) {
            lines.push(all.get(row / times));
        }
        (part.lines, part.times) = (lines, 1);
        Ok(part.explain(request, limit, budget))
    }
}

/// A column of codes: a dimension, the periods, the flows.
fn slot(columns: &mut Columns, at: usize) -> Option<&mut Codes> {
    let dims = columns.codes.len();
    match at.checked_sub(dims) {
        None => columns.codes.get_mut(at),
        Some(0) => Some(&mut columns.periods),
        Some(_) => columns.flows.as_mut(),
    }
}

impl Source for Saved {
    fn info(&self) -> &DatasetInfo {
        &self.info
    }

    fn aggregate(&self, request: &AggregateRequest, budget: &Budget) -> Result<Aggregate, SourceError> {
        self.ask((request, None), budget, &mut |source| source.aggregate(request, budget))
    }

    fn visit(&self, request: &AggregateRequest, budget: &Budget, groups: &mut dyn Groups) -> Result<(), SourceError> {
        self.ask((request, None), budget, &mut |source| source.visit(request, budget, groups))
    }

    fn visit_paired(
        &self,
        request: &AggregateRequest,
        other: &Paired,
        budget: &Budget,
        groups: &mut dyn Groups,
    ) -> Result<bool, SourceError> {
        self.ask((request, Some(other.measure)), budget, &mut |source| {
            source.visit_paired(request, other, budget, groups)
        })
    }

    fn seen(&self) -> Option<&Seen> {
        Some(&self.seen)
    }

    fn explain(
        &self,
        request: &AggregateRequest,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<Observation>, SourceError> {
        if let Some(instead) = self.instead.get() {
            return instead.explain(request, limit, budget);
        }
        match self.observations(request, limit, budget) {
            Ok(found) => found,
            Err(Trouble::Stopped) => Err(SourceError::Interrupted),
            Err(Trouble::Damaged) => self.anew(budget)?.explain(request, limit, budget),
        }
    }
}

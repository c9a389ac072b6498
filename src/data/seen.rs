//! What was asked of a source before and is asked by nearly every question: where its measures have numbers, which groups
//! have rows at all, whether a place trades with itself. In: a question. Out: its answer, asked for once.

use crate::data::presence::{self, Presence};
use crate::data::source::{AggregateRequest, AggregateRow, Filter, GroupKey, Groups, Source, SourceError, Total};
use crate::data::work::Budget;
use crate::value::{Dimension, Flags, Labels, Period, Reason};
use rustc_hash::FxHashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// More groups than are remembered.
const MOST_GROUPS: usize = 1 << 18;
/// Questions whose groups are remembered.
const QUESTIONS: usize = 16;

/// A measure, keys and filters.
type Grouped = (usize, Vec<GroupKey>, Vec<Filter>);
/// A measure, two dimensions and codes.
type Crossed = (usize, (usize, usize), Vec<String>);

/// What is remembered of a source.
#[derive(Debug, Default)]
pub struct Seen {
    /// By measure, dimensions and filters.
    codes: Memory<(usize, Vec<usize>, Vec<Filter>), Arc<Presence>>,
    /// Each group that has a row, and the period of one.
    groups: Memory<Grouped, Arc<[(Labels, Period)]>>,
    /// Whether a place meets itself.
    meetings: Memory<Crossed, bool>,
}

/// Answers by question.
#[derive(Debug)]
struct Memory<Q, A>(Mutex<FxHashMap<Q, A>>);

impl<Q, A> Default for Memory<Q, A> {
    fn default() -> Self {
        Memory(Mutex::default())
    }
}

impl<Q: Hash + Eq, A: Clone> Memory<Q, A> {
    fn get(&self, question: &Q) -> Option<A> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(question).cloned()
    }

    /// Remembers an answer, and forgets all others where there are so many.
    fn put(&self, question: Q, answer: A, most: usize) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= most {
            known.clear();
        }
        known.insert(question, answer);
    }

    /// The answer that is remembered, or else is found.
    fn or_ask(&self, question: Q, ask: impl FnOnce() -> Result<A, SourceError>) -> Result<A, SourceError> {
        if let Some(known) = self.get(&question) {
            return Ok(known);
        }
        let found = ask()?;
        self.put(question, found.clone(), usize::MAX);
        Ok(found)
    }
}

impl Seen {
    /// As [`Source::presence`], remembered.
    pub(in crate::data) fn codes(
        &self,
        source: &(impl Source + ?Sized),
        measure: usize,
        dims: &[usize],
        filters: &[Filter],
        budget: &Budget,
    ) -> Result<Arc<Presence>, SourceError> {
        let question = (measure, dims.to_vec(), filters.to_vec());
        self.codes.or_ask(question, || presence::ask(source, measure, dims, filters, budget))
    }

    /// Whether a place meets itself, as [`Source::meets_itself`] says, remembered.
    pub(in crate::data) fn meets(
        &self,
        (measure, dims, codes): (usize, (usize, usize), &[String]),
        ask: impl FnOnce() -> Result<bool, SourceError>,
    ) -> Result<bool, SourceError> {
        self.meetings.or_ask((measure, dims, codes.to_vec()), ask)
    }

    /// As [`Source::visit_near`]: all periods are looked at once, and then only those that are near.
    pub(in crate::data) fn near(
        &self,
        source: &(impl Source + ?Sized),
        request: &AggregateRequest,
        near: Period,
        budget: &Budget,
        groups: &mut dyn Groups,
    ) -> Result<(), SourceError> {
        let question = (request.measure, request.group_by.clone(), request.filters.clone());
        let Some(known) = self.groups.get(&question) else {
            let mut noting = Noting { found: Vec::new(), of: groups };
            source.visit(request, budget, &mut noting)?;
            let found = noting.found;
            if found.len() <= MOST_GROUPS {
                self.groups.put(question, found.into(), QUESTIONS);
            }
            return Ok(());
        };
        let mut filling = Filling { rest: &known, of: groups };
        source.visit(&AggregateRequest { within: Some(near), ..request.clone() }, budget, &mut filling)?;
        filling.all();
        Ok(())
    }
}

/// Whether some row has a number and one of these codes in both of two dimensions.
pub(in crate::data) fn meets(
    source: &(impl Source + ?Sized),
    measure: usize,
    (one, other): (usize, usize),
    codes: &[String],
    budget: &Budget,
) -> Result<bool, SourceError> {
    let filters = [one, other].map(|dim| Filter { dim, keep: true, codes: codes.to_vec() }).to_vec();
    let group_by = [one, other].map(|dim| GroupKey { dim, level: None }).to_vec();
    let answer = source.aggregate(&AggregateRequest { measure, group_by, within: None, filters }, budget)?;
    let label =
        |at: usize, row: &AggregateRow| answer.dims.get(at).zip(row.key.get(at)).map(|(d, k)| d.label(*k).to_string());
    let meets = |row: &AggregateRow| row.count > 0 && label(0, row).is_some() && label(0, row) == label(1, row);
    Ok(answer.rows.iter().any(meets))
}

/// Notes which groups there are on their way.
struct Noting<'g> {
    found: Vec<(Labels, Period)>,
    of: &'g mut dyn Groups,
}

impl Groups for Noting<'_> {
    fn begin(&mut self, dims: Vec<Dimension>, places: u32) {
        self.of.begin(dims, places);
    }

    fn group(&mut self, row: &AggregateRow) {
        if self.found.len() <= MOST_GROUPS && self.found.last().is_none_or(|(key, _)| *key != row.key) {
            self.found.push((row.key.clone(), row.period));
        }
        self.of.group(row);
    }
}

/// Puts groups that are known and have no row among those that have one; both come in the order of their keys.
struct Filling<'g> {
    rest: &'g [(Labels, Period)],
    of: &'g mut dyn Groups,
}

impl Filling<'_> {
    /// Gives out a group of which only is known that it has a row in this period.
    fn empty(&mut self, (key, period): &(Labels, Period)) {
        self.of.group(&AggregateRow {
            key: key.clone(),
            period: *period,
            total: Total::Exact(0),
            count: 0,
            rows: 1,
            reason: Some(Reason::NotReported),
            flags: Flags::none(),
        });
    }

    /// Those before this key.
    fn before(&mut self, key: &Labels) {
        while let Some((first, rest)) = self.rest.split_first().filter(|(first, _)| first.0 <= *key) {
            self.rest = rest;
            if first.0 != *key {
                self.empty(first);
            }
        }
    }

    /// All that are left.
    fn all(&mut self) {
        std::mem::take(&mut self.rest).iter().for_each(|group| self.empty(group));
    }
}

impl Groups for Filling<'_> {
    fn begin(&mut self, dims: Vec<Dimension>, places: u32) {
        self.of.begin(dims, places);
    }

    fn group(&mut self, row: &AggregateRow) {
        self.before(&row.key);
        self.of.group(row);
    }
}

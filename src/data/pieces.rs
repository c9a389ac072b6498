//! A source that is asked the same of one group after another: what all groups need is asked once, and each is answered
//! out of it. In: any source, and the keys whose labels change from question to question. Out: the same answers.

use crate::data::info::DatasetInfo;
use crate::data::presence::{self, Presence};
use crate::data::source::{
    Aggregate, AggregateRequest, AggregateRow, Filter, GroupKey, Groups, Observation, Paired, Source, SourceError,
};
use crate::data::without::{Merged, is_of_parts};
use crate::data::work::Budget;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What is asked of all groups together: the request with the keys, without their filters.
type Question = (AggregateRequest, Option<Paired>);

/// A source whose answers for one group are taken from one for all.
#[derive(Debug)]
pub struct Pieces {
    source: Arc<dyn Source>,
    /// Those of groups before the one that is ranked within them.
    keys: Vec<GroupKey>,
    /// What was asked of all groups; nothing where the source cannot tell or the answer is too large to be held.
    known: Mutex<FxHashMap<Question, Option<Arc<Whole>>>>,
}

/// The answer for all groups.
#[derive(Debug)]
struct Whole {
    answer: Aggregate,
    /// Of the first key that is filtered: its labels in order, each with the places of its rows.
    labels: Vec<(Arc<str>, Vec<usize>)>,
}

/// A request taken apart.
struct Parts<'r> {
    question: Question,
    /// The filters of the keys, with the place of the key in the answer; the first key first.
    filters: Vec<(usize, GroupKey, &'r Filter)>,
    /// How many keys the request has of its own.
    own: usize,
}

impl Pieces {
    /// The source, which will be asked for single labels of these keys, or for all but some.
    pub fn new(source: Arc<dyn Source>, mut keys: Vec<GroupKey>) -> Pieces {
        for key in &mut keys {
            // Totals, ranges and codes of a level above stand under labels of others.
            let dim = source.info().dims.get(key.dim);
            let below = |level: usize| {
                dim.filter(|d| is_of_parts(d)).is_some_and(|d| {
                    d.codes.iter().all(|c| c.len() >= level && c.bytes().all(|b| b.is_ascii_alphanumeric()))
                })
            };
            key.level = key.level.filter(|level| below(*level));
        }
        Pieces { source, keys, known: Mutex::default() }
    }

    /// A request taken apart; nothing where it filters none of the keys, or the labels of one do not tell what passes.
    fn parts<'r>(&self, request: &'r AggregateRequest, paired: Option<&Paired>) -> Option<Parts<'r>> {
        // What is not exact depends on the order in which it is added.
        self.info().measures.get(request.measure)?.places?;
        let mut group_by = request.group_by.clone();
        let mut filters = Vec::new();
        for key in &self.keys {
            for filter in request.filters.iter().filter(|f| f.dim == key.dim) {
                // A longer code parts what is under one label.
                if key.level.is_some_and(|level| filter.codes.iter().any(|code| code.len() > level)) {
                    return None;
                }
                let known = group_by.iter().position(|k| k == key);
                let place = known.unwrap_or(group_by.len());
                if known.is_none() {
                    group_by.push(*key);
                }
                filters.push((place, *key, filter));
            }
        }
        if filters.is_empty() {
            return None;
        }
        let rest = |f: &&Filter| self.keys.iter().all(|key| key.dim != f.dim);
        let all = AggregateRequest {
            group_by,
            filters: request.filters.iter().filter(rest).cloned().collect(),
            ..request.clone()
        };
        Some(Parts { question: (all, paired.copied()), filters, own: request.group_by.len() })
    }

    /// What is asked of all groups, asked once.
    fn whole(&self, parts: &Parts<'_>, budget: &Budget) -> Result<Option<Arc<Whole>>, SourceError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(whole) = known.get(&parts.question) {
            return Ok(whole.clone());
        }
        let (request, paired) = &parts.question;
        let mut held = Held { answer: Aggregate::default(), most: budget.most(size_of::<AggregateRow>()), over: false };
        let told = match paired {
            Some(paired) => self.source.visit_paired(request, paired, budget, &mut held)?,
            None => self.source.visit(request, budget, &mut held).map(|()| true)?,
        };
        let first = parts.filters.first().map_or(0, |(place, ..)| *place);
        let whole = (told && !held.over).then(|| Arc::new(Whole::new(held.answer, first)));
        known.insert(parts.question.clone(), whole.clone());
        Ok(whole)
    }

    /// Answers out of what is known of all groups; whether that was possible.
    fn answered(
        &self,
        request: &AggregateRequest,
        paired: Option<&Paired>,
        budget: &Budget,
        groups: &mut dyn Groups,
    ) -> Result<bool, SourceError> {
        let Some(parts) = self.parts(request, paired) else { return Ok(false) };
        let Some(whole) = self.whole(&parts, budget)? else { return Ok(false) };
        let answer = &whole.answer;
        let mut dims = answer.dims.clone();
        dims.truncate(parts.own);
        let mut merged = Merged::begun(parts.own, dims, answer.places, groups);
        let few = whole.rows(&parts.filters, self.info());
        let tests: Vec<(usize, Vec<bool>)> = parts
            .filters
            .iter()
            .skip(usize::from(few.is_some()))
            .filter_map(|(place, key, filter)| {
                let passes = filter.passes(self.info().dims.get(key.dim)?);
                Some((*place, answer.dims.get(*place)?.labels.iter().map(|label| passes(label)).collect()))
            })
            .collect();
        let passes = |row: &&AggregateRow| {
            let one = |(place, pass): &(usize, Vec<bool>)| {
                row.key.get(*place).and_then(|label| pass.get(*label as usize)).copied().unwrap_or(false)
            };
            tests.iter().all(one)
        };
        budget.look(few.as_ref().map_or(answer.rows.len(), Vec::len));
        match few {
            Some(few) => {
                few.iter().filter_map(|at| answer.rows.get(*at)).filter(passes).for_each(|row| merged.add(row));
            }
            None => answer.rows.iter().filter(passes).for_each(|row| merged.add(row)),
        }
        merged.close();
        Ok(true)
    }
}

impl Whole {
    fn new(answer: Aggregate, first: usize) -> Whole {
        let names = answer.dims.get(first).map_or(&[][..], |d| &d.labels);
        let mut labels: Vec<(Arc<str>, Vec<usize>)> = names.iter().map(|name| (Arc::clone(name), Vec::new())).collect();
        for (at, row) in answer.rows.iter().enumerate() {
            if let Some((_, of)) = row.key.get(first).and_then(|label| labels.get_mut(*label as usize)) {
                of.push(at);
            }
        }
        labels.sort_unstable();
        Whole { answer, labels }
    }

    /// The rows that pass the first filter, in their order, where it keeps one code: those of it and of all below it.
    fn rows(&self, filters: &[(usize, GroupKey, &Filter)], info: &DatasetInfo) -> Option<Vec<usize>> {
        let (_, key, filter) = filters.first().filter(|(.., filter)| filter.keep)?;
        let ([code], dim) = (filter.codes.as_slice(), info.dims.get(key.dim)?) else { return None };
        let code = dim.find(code).unwrap_or_else(|| Arc::from(code.as_str()));
        let passes = filter.passes(dim);
        let from = self.labels.partition_point(|(label, _)| *label < code);
        let below = self.labels.iter().skip(from).take_while(|(label, _)| label.starts_with(code.as_ref()));
        let mut rows: Vec<usize> =
            below.filter(|(label, _)| passes(label)).flat_map(|(_, rows)| rows).copied().collect();
        rows.sort_unstable();
        Some(rows)
    }
}

/// An answer that is kept up to a size.
struct Held {
    answer: Aggregate,
    most: usize,
    over: bool,
}

impl Groups for Held {
    fn begin(&mut self, dims: Vec<crate::value::Dimension>, places: u32) {
        self.answer.begin(dims, places);
    }

    fn group(&mut self, row: &AggregateRow) {
        self.over |= self.answer.rows.len() >= self.most;
        if !self.over {
            self.answer.group(row);
        }
    }
}

impl Source for Pieces {
    fn info(&self) -> &DatasetInfo {
        self.source.info()
    }

    fn aggregate(&self, request: &AggregateRequest, budget: &Budget) -> Result<Aggregate, SourceError> {
        let mut all = Aggregate::default();
        self.visit(request, budget, &mut all)?;
        Ok(all)
    }

    fn visit(&self, request: &AggregateRequest, budget: &Budget, groups: &mut dyn Groups) -> Result<(), SourceError> {
        if self.answered(request, None, budget, groups)? {
            return Ok(());
        }
        self.source.visit(request, budget, groups)
    }

    fn visit_paired(
        &self,
        request: &AggregateRequest,
        other: &Paired,
        budget: &Budget,
        groups: &mut dyn Groups,
    ) -> Result<bool, SourceError> {
        if self.answered(request, Some(other), budget, groups)? {
            return Ok(true);
        }
        self.source.visit_paired(request, other, budget, groups)
    }

    fn presence(
        &self,
        measure: usize,
        dims: &[usize],
        filters: &[Filter],
        budget: &Budget,
    ) -> Result<Arc<Presence>, SourceError> {
        if filters.iter().any(|f| self.keys.iter().any(|key| key.dim == f.dim)) {
            return presence::ask(self, measure, dims, filters, budget);
        }
        self.source.presence(measure, dims, filters, budget)
    }

    fn explain(
        &self,
        request: &AggregateRequest,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<Observation>, SourceError> {
        self.source.explain(request, limit, budget)
    }
}

//! A source that is asked the same of one group after another: what all groups need is asked once, and each is answered
//! out of it. In: any source, and the keys whose labels change from question to question. Out: the same answers.

use crate::data::info::DatasetInfo;
use crate::data::presence::{self, Presence};
use crate::data::source::{
    Aggregate, AggregateRequest, AggregateRow, Filter, GroupKey, Groups, Observation, Paired, Source, SourceError,
};
use crate::data::without::Merged;
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
    /// Of the first key that is filtered: where each label is that no other begins with, and by label its rows.
    labels: FxHashMap<Arc<str>, usize>,
    rows: Vec<Vec<usize>>,
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
    /// The source, which will be asked for single labels of these keys, or for all but some; nothing where labels of a
    /// level do not tell which codes are below them.
    pub fn new(source: Arc<dyn Source>, keys: Vec<GroupKey>) -> Option<Pieces> {
        let plain = |code: &str| code.bytes().all(|b| b.is_ascii_alphanumeric());
        let told = |key: &GroupKey| {
            key.level.is_none()
                || source.info().dims.get(key.dim).is_some_and(|d| d.codes.iter().all(|code| plain(code)))
        };
        keys.iter().all(told).then(|| Pieces { source, keys, known: Mutex::default() })
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
        let tests: Vec<(usize, Vec<bool>)> = parts
            .filters
            .iter()
            .skip(usize::from(whole.label(&parts.filters).is_some()))
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
        match whole.label(&parts.filters) {
            Some(label) => {
                let rows = whole.rows.get(label).map_or(&[][..], |rows| rows);
                budget.look(rows.len());
                rows.iter().filter_map(|at| answer.rows.get(*at)).filter(passes).for_each(|row| merged.add(row));
            }
            None => {
                budget.look(answer.rows.len());
                answer.rows.iter().filter(passes).for_each(|row| merged.add(row));
            }
        }
        merged.close();
        Ok(true)
    }
}

impl Whole {
    fn new(answer: Aggregate, first: usize) -> Whole {
        let names = answer.dims.get(first).map_or(&[][..], |d| &d.labels);
        let mut labels: Vec<(Arc<str>, usize)> = names.iter().cloned().zip(0..).collect();
        labels.sort_unstable();
        let next: Vec<Arc<str>> = labels.iter().skip(1).map(|(label, _)| Arc::clone(label)).collect();
        let alone = |((label, at), next): ((Arc<str>, usize), Option<&Arc<str>>)| {
            next.is_none_or(|next| !next.starts_with(label.as_ref())).then_some((label, at))
        };
        let nexts = next.iter().map(Some).chain([None]);
        let labels = labels.into_iter().zip(nexts).filter_map(alone).collect();
        let mut rows = vec![Vec::new(); names.len()];
        for (at, row) in answer.rows.iter().enumerate() {
            if let Some(of) = row.key.get(first).and_then(|label| rows.get_mut(*label as usize)) {
                of.push(at);
            }
        }
        Whole { answer, labels, rows }
    }

    /// The one label that the first filter keeps, where it is one.
    fn label(&self, filters: &[(usize, GroupKey, &Filter)]) -> Option<usize> {
        let (_, _, filter) = filters.first()?;
        let [code] = filter.codes.as_slice() else { return None };
        self.labels.get(code.as_str()).copied().filter(|_| filter.keep)
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

    fn held(&self) -> u64 {
        self.source.held()
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

    fn meets_itself(
        &self,
        measure: usize,
        dims: (usize, usize),
        codes: &[String],
        budget: &Budget,
    ) -> Result<bool, SourceError> {
        self.source.meets_itself(measure, dims, codes, budget)
    }

    fn statement(&self, request: &AggregateRequest) -> Option<String> {
        self.source.statement(request)
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

//! A dataset in memory: dictionary-coded dimensions, scaled integers for measures. In: an [`AggregateRequest`].
//! Out: exact sums per group, sorted. A filter is resolved against the dictionary once; no text is touched per row,
//! and blocks of rows whose codes cannot pass are not looked at.

pub mod aggregate;
pub mod columns;
mod layout;
pub mod selection;
pub mod sums;
mod walk;

use crate::data::columns::codes::Codes;
use crate::data::columns::lines::Lines;
use crate::data::info::{DatasetInfo, DimInfo};
use crate::data::seen::Seen;
use crate::data::source::{Aggregate, AggregateRequest, GroupKey, Groups, Observation, Paired, Source, SourceError};
use crate::data::store::columns::Columns;
use crate::data::store::selection::{BLOCK, Key, Test};
use crate::data::work::Budget;
use crate::value::{Dimension, Period, number};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A measure: a column, and of which rows it is made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MeasureData {
    /// Place in [`Columns::numbers`].
    pub column: usize,
    /// Only rows with this code in the flow column.
    pub flow: Option<u32>,
    /// Only rows whose code of a dimension passes.
    pub tests: Vec<(usize, Vec<bool>)>,
    /// Only rows of this time.
    pub within: Option<Period>,
}

impl MeasureData {
    /// Whether it is made of the same rows as another.
    pub fn is_of_the_rows_of(&self, other: &MeasureData) -> bool {
        self.flow == other.flow && self.tests == other.tests && self.within == other.within
    }
}

/// Rows in columns, and what they are.
#[derive(Clone, Debug)]
pub struct Store {
    /// What it is.
    pub info: DatasetInfo,
    /// The rows.
    pub columns: Columns,
    /// Per measure, its column.
    pub measures: Vec<MeasureData>,
    /// The line of each row of the file.
    pub lines: Lines,
    /// Observations of one row of the file.
    pub times: usize,
    /// The first row of each file.
    pub files: Vec<(usize, String)>,
    /// Whether years of the file are the sums of their parts: then these are no sums from January.
    pub adds_up: bool,
    /// Periods that were asked for once, so that the next question finds them.
    pub seen: Arc<Seen>,
}

impl Store {
    /// Only some rows; the lines of the file are then listed one by one.
    pub fn keep(&mut self, keep: &[bool]) {
        let chosen: Vec<usize> = keep.iter().enumerate().filter(|(_, k)| **k).map(|(row, _)| row).collect();
        let mut lines = Lines::default();
        chosen.iter().for_each(|row| lines.push(self.lines.get(row / self.times)));
        self.columns.keep(keep, &chosen);
        self.lines = lines;
        self.times = 1;
        self.info.rows = chosen.len();
    }

    /// The line of an observation.
    pub fn line(&self, row: usize) -> usize {
        self.lines.get(row / self.times.max(1))
    }

    /// Which rows a measure is made of.
    pub fn rows_of(&self, measure: &MeasureData) -> Vec<bool> {
        let tests = self.own_tests(measure);
        (0..self.columns.periods.len()).map(|row| passes(&tests, row)).collect()
    }

    fn own_tests(&self, measure: &MeasureData) -> Vec<Test<'_>> {
        let mut out = Vec::new();
        if let (Some(flows), Some(flow)) = (&self.columns.flows, measure.flow) {
            let size = flows.iter().max().map_or(0, |m| m as usize + 1).max(flow as usize + 1);
            let pass = (0..size).map(|i| u32::try_from(i) == Ok(flow)).collect();
            out.push(Test { codes: flows, pass, column: self.columns.codes.len() + 1 });
        }
        for (dim, pass) in &measure.tests {
            if let Some(codes) = self.columns.codes.get(*dim) {
                out.push(Test { codes, pass: pass.clone(), column: *dim });
            }
        }
        if let Some(within) = measure.within {
            let pass = self.info.periods.iter().map(|p| within.contains(*p)).collect();
            out.push(Test { codes: &self.columns.periods, pass, column: self.columns.codes.len() });
        }
        out
    }

    /// The blocks of rows that may hold some of a request, by the ranges of their codes alone.
    pub(in crate::data) fn blocks_of(&self, request: &AggregateRequest) -> Vec<usize> {
        let tests = self.tests(request);
        let passing: Vec<Vec<u32>> = tests.iter().map(|t| selection::below(&t.pass)).collect();
        let count = self.columns.blocks.first().map_or(0, Vec::len);
        let may = |block: &usize| {
            tests.iter().zip(&passing).all(|(test, below)| {
                let range = self.columns.blocks.get(test.column).and_then(|b| b.get(*block));
                range.is_none_or(|range| selection::count_within(below, *range) > 0)
            })
        };
        (0..count).filter(may).collect()
    }

    /// Of each condition of a request, its column of codes and which codes pass.
    pub(in crate::data) fn conditions(&self, request: &AggregateRequest) -> Vec<(usize, Vec<bool>)> {
        self.tests(request).into_iter().map(|test| (test.column, test.pass)).collect()
    }

    fn key(&self, group: &GroupKey) -> Option<(Key<'_>, Dimension)> {
        let dim = self.info.dims.get(group.dim)?;
        let codes = self.columns.codes.get(group.dim)?;
        let (labels, places) = dim.at_level(group.level);
        let (own, size) = (group.level.is_none(), labels.len() as u64);
        let dimension = Dimension { name: dim.name.clone(), labels };
        Some((Key { codes, places, own, size, column: group.dim }, dimension))
    }

    /// Whether some row has a number and one of these codes in both dimensions; the first is enough.
    fn has_one_twice(
        &self,
        measure: usize,
        (one, other): (usize, usize),
        codes: &[String],
        budget: &Budget,
    ) -> Result<bool, SourceError> {
        let (Some(data), Some(a), Some(b)) =
            (self.measures.get(measure), self.info.dims.get(one), self.info.dims.get(other))
        else {
            return Ok(false);
        };
        let (Some(ones), Some(others)) = (self.columns.codes.get(one), self.columns.codes.get(other)) else {
            return Ok(false);
        };
        let wanted: FxHashSet<&str> = codes.iter().map(String::as_str).collect();
        let places: FxHashMap<&str, u32> = b.codes.iter().map(|c| c.as_ref()).zip(0..).collect();
        let twin = |code: &Arc<str>| places.get(code.as_ref()).copied().filter(|_| wanted.contains(code.as_ref()));
        let twins: Vec<u32> = a.codes.iter().map(|code| twin(code).unwrap_or(u32::MAX)).collect();
        let (tests, numbers) = (self.own_tests(data), self.columns.numbers.get(data.column));
        let (mut left, mut right) = (vec![0; BLOCK], vec![0; BLOCK]);
        for start in (0..ones.len()).step_by(BLOCK) {
            budget.check()?;
            let size = BLOCK.min(ones.len() - start);
            budget.look(size);
            ones.fill(start, &mut left);
            others.fill(start, &mut right);
            let mut rows = left.iter().zip(&right).take(size).enumerate();
            let met = rows.any(|(at, (x, y))| {
                twins.get(*x as usize) == Some(y)
                    && passes(&tests, start + at)
                    && numbers.is_some_and(|n| n.has(start + at))
            });
            if met {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Groups of the rows that pass.
    fn visit_where(
        &self,
        request: &AggregateRequest,
        tests: &[Test<'_>],
        budget: &Budget,
        groups: &mut dyn Groups,
    ) -> Result<(), SourceError> {
        let (keys, dims): (Vec<Key<'_>>, Vec<Dimension>) = request.group_by.iter().filter_map(|g| self.key(g)).unzip();
        let column = self.measures.get(request.measure).map_or(0, |m| m.column);
        let places = self.info.measures.get(request.measure).and_then(|m| m.places).unwrap_or(0);
        groups.begin(dims, u32::from(places));
        aggregate::visit((&self.columns, &self.info.periods), &keys, tests, column, budget, &mut |row| {
            groups.group(row)
        })
    }

    /// Per filtered dimension, which codes pass.
    fn tests(&self, request: &AggregateRequest) -> Vec<Test<'_>> {
        let mut out: Vec<Test<'_>> = Vec::new();
        for filter in &request.filters {
            let (Some(dim), Some(codes)) = (self.info.dims.get(filter.dim), self.columns.codes.get(filter.dim)) else {
                continue;
            };
            let passes = filter.passes(dim);
            out.push(Test { codes, pass: dim.codes.iter().map(|c| passes(c)).collect(), column: filter.dim });
        }
        if let Some(measure) = self.measures.get(request.measure) {
            out.extend(self.own_tests(measure));
        }
        if let Some(within) = request.within {
            let pass = self.info.periods.iter().map(|p| within.contains(*p)).collect();
            out.push(Test { codes: &self.columns.periods, pass, column: self.columns.codes.len() });
        }
        out
    }
}

fn passes(tests: &[Test<'_>], row: usize) -> bool {
    tests.iter().all(|t| t.codes.get(row).and_then(|c| t.pass.get(c as usize)).copied().unwrap_or(false))
}

impl Source for Store {
    fn info(&self) -> &DatasetInfo {
        &self.info
    }

    fn aggregate(&self, request: &AggregateRequest, budget: &Budget) -> Result<Aggregate, SourceError> {
        let mut answer = Aggregate::default();
        self.visit(request, budget, &mut answer)?;
        Ok(answer)
    }

    fn visit(&self, request: &AggregateRequest, budget: &Budget, groups: &mut dyn Groups) -> Result<(), SourceError> {
        self.visit_where(request, &self.tests(request), budget, groups)
    }

    fn meets_itself(
        &self,
        measure: usize,
        dims: (usize, usize),
        codes: &[String],
        budget: &Budget,
    ) -> Result<bool, SourceError> {
        self.seen.meets((measure, dims, codes), || self.has_one_twice(measure, dims, codes, budget))
    }

    fn visit_paired(
        &self,
        request: &AggregateRequest,
        other: &Paired,
        budget: &Budget,
        groups: &mut dyn Groups,
    ) -> Result<bool, SourceError> {
        let (Some(this), Some(that)) = (self.measures.get(request.measure), self.measures.get(other.measure)) else {
            return Ok(false);
        };
        // Of other rows, as those of another flow are, nothing is known row by row.
        if !this.is_of_the_rows_of(that) {
            return Ok(false);
        }
        let Some(numbers) = self.columns.numbers.get(that.column) else { return Ok(false) };
        let lacks = numbers.lacking(other.zero_is_none);
        if lacks.is_empty() && !other.has {
            groups.begin(Vec::new(), 0);
            return Ok(true);
        }
        let codes: Codes = lacks.into_iter().map(u32::from).collect();
        let mut tests = self.tests(request);
        tests.push(Test { codes: &codes, pass: vec![other.has, !other.has], column: usize::MAX });
        self.visit_where(request, &tests, budget, groups)?;
        Ok(true)
    }

    fn seen(&self) -> Option<&Seen> {
        Some(&self.seen)
    }

    fn held(&self) -> u64 {
        self.columns.held()
    }

    fn explain(
        &self,
        request: &AggregateRequest,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<Observation>, SourceError> {
        budget.check()?;
        let tests = self.tests(request);
        let Some(measure) = self.measures.get(request.measure) else { return Ok(Vec::new()) };
        let places = self.info.measures.get(request.measure).and_then(|m| m.places).unwrap_or(0);
        let rows = (0..self.columns.periods.len()).filter(|row| passes(&tests, *row));
        let found = rows.filter_map(|row| {
            let numbers = self.columns.numbers.get(measure.column)?;
            let value = match numbers.exact(row) {
                Some(digits) => Some(number::trim_zeros(&number::scaled(digits, u32::from(places))).to_string()),
                None => Some(numbers.float(row, places)).filter(|v| !v.is_nan()).map(number::plain),
            };
            let code =
                |(codes, dim): (&Codes, &DimInfo)| codes.get(row).map(|c| dim.label(c).to_string()).unwrap_or_default();
            let codes = self.columns.codes.iter().zip(&self.info.dims).map(code).collect();
            let period = *self.info.periods.get(self.columns.periods.get(row)? as usize)?;
            Some(Observation { place: format!("line {}", self.line(row)), period, codes, value })
        });
        Ok(found.take(limit).collect())
    }
}

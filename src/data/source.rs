//! The one question that may be asked of data: sums and counts per group and period. In: an [`AggregateRequest`].
//! Out: an [`Aggregate`], or its groups one by one. Knows nothing of how data are stored, nor of queries.

use crate::data::info::{DatasetInfo, DimInfo};
use crate::data::known::ranges;
use crate::data::presence::{self, Presence};
use crate::data::seen::{self, Seen};
use crate::data::sql::DbFault;
use crate::data::work::{Budget, Stopped};
use crate::value::{Dimension, Flags, Labels, Period, Reason, number};
use rustc_hash::FxHashSet;
use std::fmt;
use std::sync::Arc;

/// One key of a group: a dimension, at one level of its codes if it is nested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupKey {
    /// Place of the dimension.
    pub dim: usize,
    /// Code length to group at.
    pub level: Option<usize>,
}

/// Which codes of one dimension are read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Place of the dimension.
    pub dim: usize,
    /// Whether the codes are kept or left out.
    pub keep: bool,
    /// The codes; in a nested dimension each stands for itself and all below.
    pub codes: Vec<String>,
}

/// So many codes are compared one by one.
const FEW: usize = 4;

impl Filter {
    /// Which codes of its dimension pass. A code of the filter may be another word for one of the dimension's.
    pub fn passes(&self, dim: &DimInfo) -> impl Fn(&str) -> bool + use<> {
        let meant = |c: &String| dim.find(c).unwrap_or_else(|| Arc::from(c.as_str()));
        // A list may have as many codes as the dimension.
        let wanted: FxHashSet<Arc<str>> = self.codes.iter().map(meant).collect();
        let (nested, keep) = (dim.nested, self.keep);
        // A range of codes stands above those within it.
        let spans: Vec<Arc<str>> = wanted.iter().filter(|c| nested && ranges::is_range(c)).cloned().collect();
        // A few are sooner compared than looked up.
        let few: Option<Vec<Arc<str>>> = (wanted.len() <= FEW).then(|| wanted.iter().cloned().collect());
        move |code| {
            // A range begins with the first of its codes, and is none of it.
            let nested = nested && code.bytes().all(|b| b.is_ascii_alphanumeric());
            let above = || (0..code.len()).filter_map(|n| code.get(..n)).any(|c| wanted.contains(c));
            let hit = match &few {
                Some(few) => few.iter().any(|c| code == c.as_ref() || (nested && code.starts_with(c.as_ref()))),
                None => wanted.contains(code) || (nested && above()),
            };
            let hit = hit || spans.iter().any(|span| ranges::holds(span, code));
            hit == keep
        }
    }
}

/// The one shape of a question to a source: sums and counts of a measure per group and period.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AggregateRequest {
    /// Place of the measure.
    pub measure: usize,
    /// The dimensions that stay.
    pub group_by: Vec<GroupKey>,
    /// Only rows whose period lies within.
    pub within: Option<Period>,
    /// Only rows with these codes.
    pub filters: Vec<Filter>,
}

/// The other measure of the rows that are summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Paired {
    /// Place of the measure.
    pub measure: usize,
    /// Whether zero counts as no number.
    pub zero_is_none: bool,
    /// Whether rows that have it are summed, or those that lack it.
    pub has: bool,
}

/// A sum, exact where the data are decimals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Total {
    /// Scaled by the decimals of the measure.
    Exact(i128),
    /// Not exact.
    Float(f64),
}

impl Total {
    /// Both together, or the first less the second. All sums of an answer are of one sort.
    pub fn joined(self, other: Total, minus: bool) -> Total {
        match (self, other) {
            (Total::Exact(a), Total::Exact(b)) => {
                Total::Exact(if minus { a.saturating_sub(b) } else { a.saturating_add(b) })
            }
            (Total::Float(a), Total::Float(b)) => Total::Float(if minus { a - b } else { a + b }),
            (a, _) => a,
        }
    }

    /// As a number, of a sum with so many decimals.
    pub fn number(self, places: u32) -> f64 {
        match self {
            Total::Exact(mantissa) => number::scaled_to_f64(mantissa, places),
            Total::Float(x) => x,
        }
    }
}

/// One group and period.
#[derive(Clone, Debug)]
pub struct AggregateRow {
    /// One place per group key, in the dimensions of the answer.
    pub key: Labels,
    /// The period of the rows.
    pub period: Period,
    /// The sum of those present.
    pub total: Total,
    /// How many were present.
    pub count: u64,
    /// How many rows stood for it, missing ones included.
    pub rows: u64,
    /// Why the first missing one is missing.
    pub reason: Option<Reason>,
    /// Marks of the rows.
    pub flags: Flags,
}

impl AggregateRow {
    /// Adds the rows of another group.
    pub fn add(&mut self, other: &AggregateRow) {
        self.total = self.total.joined(other.total, false);
        self.count += other.count;
        self.rows += other.rows;
        self.reason = self.reason.or(other.reason);
        self.flags = self.flags.with(other.flags);
    }
}

/// The answer to an [`AggregateRequest`]: rows sorted by key, then period.
#[derive(Clone, Debug, Default)]
pub struct Aggregate {
    /// The labels of the keys.
    pub dims: Vec<Dimension>,
    /// The groups.
    pub rows: Vec<AggregateRow>,
    /// Decimals of the exact sums.
    pub places: u32,
}

impl Aggregate {
    /// Hands the groups on, one after another.
    pub fn shown(self, groups: &mut dyn Groups) {
        groups.begin(self.dims, self.places);
        self.rows.iter().for_each(|row| groups.group(row));
    }
}

/// One observation as it stands in the data, for `explain`.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// Where it stands, in words: a line of a file, a key of a table.
    pub place: String,
    /// Its period.
    pub period: Period,
    /// Its codes, in the order of the dimensions.
    pub codes: Vec<String>,
    /// The number as text; `None` when missing.
    pub value: Option<String>,
}

/// Why a source gave no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum SourceError {
    /// The file could not be read again.
    Failed(String),
    /// The database gave no answer.
    Database(DbFault),
    /// The user asked to stop.
    Interrupted,
    /// The answer would be larger than the limit.
    TooLarge,
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SourceError::Failed(why) => why,
            SourceError::Database(fault) => return fault.fmt(f),
            SourceError::Interrupted => "stopped before it was finished",
            SourceError::TooLarge => "the answer has more groups than fit in memory",
        })
    }
}

impl From<DbFault> for SourceError {
    fn from(fault: DbFault) -> SourceError {
        if fault == DbFault::Stopped { SourceError::Interrupted } else { SourceError::Database(fault) }
    }
}

impl From<Stopped> for SourceError {
    fn from(_: Stopped) -> SourceError {
        SourceError::Interrupted
    }
}

/// Takes groups one after another, in the order of their keys.
pub trait Groups {
    /// Before the first: the dimensions of the keys, and how many decimals exact sums have.
    fn begin(&mut self, dims: Vec<Dimension>, places: u32);

    /// The next group.
    fn group(&mut self, row: &AggregateRow);
}

impl Groups for Aggregate {
    fn begin(&mut self, dims: Vec<Dimension>, places: u32) {
        (self.dims, self.places) = (dims, places);
    }

    fn group(&mut self, row: &AggregateRow) {
        self.rows.push(row.clone());
    }
}

/// Where data come from. The same bytes for the same question, however it is computed.
///
/// Whatever asks for an answer gets it or a [`SourceError`]: the source failed, the budget was stopped, the answer is
/// too large.
pub trait Source: Send + Sync + fmt::Debug {
    /// What the dataset is.
    fn info(&self) -> &DatasetInfo;

    /// Sums and counts per group and period, sorted by key, then period.
    ///
    /// # Errors
    /// The source failed, the budget was stopped, or the answer has more groups than fit.
    fn aggregate(&self, request: &AggregateRequest, budget: &Budget) -> Result<Aggregate, SourceError>;

    /// As [`Source::aggregate`], one group after another, none of them kept.
    ///
    /// # Errors
    /// As [`Source::aggregate`]; groups that were given out before are then not the whole.
    fn visit(&self, request: &AggregateRequest, budget: &Budget, groups: &mut dyn Groups) -> Result<(), SourceError> {
        self.aggregate(request, budget)?.shown(groups);
        Ok(())
    }

    /// As [`Source::visit`], of rows that lie within a period; but each group that has rows in others only is given out with
    /// some row, too: with one of those, or with one of no number in a period outside.
    ///
    /// # Errors
    /// As [`Source::visit`].
    fn visit_near(
        &self,
        request: &AggregateRequest,
        near: Period,
        budget: &Budget,
        groups: &mut dyn Groups,
    ) -> Result<(), SourceError> {
        match self.seen() {
            Some(seen) => seen.near(self, request, near, budget, groups),
            None => self.visit(request, budget, groups),
        }
    }

    /// As [`Source::visit`], of rows in which another measure of the same rows has a number, or has none. `false`, and
    /// nothing given out, where the source cannot tell: the other measure is then asked for row by row.
    ///
    /// # Errors
    /// As [`Source::visit`].
    fn visit_paired(
        &self,
        _request: &AggregateRequest,
        _other: &Paired,
        _budget: &Budget,
        _groups: &mut dyn Groups,
    ) -> Result<bool, SourceError> {
        Ok(false)
    }

    /// Whether some row has a number and one of these codes in both of two dimensions.
    ///
    /// # Errors
    /// As [`Source::aggregate`].
    fn meets_itself(
        &self,
        measure: usize,
        dims: (usize, usize),
        codes: &[String],
        budget: &Budget,
    ) -> Result<bool, SourceError> {
        let ask = || seen::meets(self, measure, dims, codes, budget);
        match self.seen() {
            Some(seen) => seen.meets((measure, dims, codes), ask),
            None => ask(),
        }
    }

    /// Bytes of memory that its rows take, so that it is known what is left for answers.
    fn held(&self) -> u64 {
        0
    }

    /// Where it remembers what was asked of where its measures have numbers, if it does.
    fn seen(&self) -> Option<&Seen> {
        None
    }

    /// The periods in which a measure has a number at all, in rows that pass.
    ///
    /// # Errors
    /// As [`Source::aggregate`].
    fn observed(&self, measure: usize, filters: &[Filter], budget: &Budget) -> Result<Arc<[Period]>, SourceError> {
        Ok(self.presence(measure, &[], filters, budget)?.observed())
    }

    /// Which codes of these dimensions have numbers when, in rows that pass.
    ///
    /// # Errors
    /// As [`Source::aggregate`].
    fn presence(
        &self,
        measure: usize,
        dims: &[usize],
        filters: &[Filter],
        budget: &Budget,
    ) -> Result<Arc<Presence>, SourceError> {
        match self.seen() {
            Some(seen) => seen.codes(self, measure, dims, filters, budget),
            None => presence::ask(self, measure, dims, filters, budget),
        }
    }

    /// The statement that answers a request, where the source puts it to a database.
    fn statement(&self, _request: &AggregateRequest) -> Option<String> {
        None
    }

    /// The observations behind a request, in the order of the data, at most `limit`.
    ///
    /// # Errors
    /// As [`Source::aggregate`].
    fn explain(
        &self,
        request: &AggregateRequest,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<Observation>, SourceError>;
}

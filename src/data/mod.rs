//! Data and the one question that may be asked of them. In: files and declarations. Out: sums and counts per group
//! and period, through [`Source`]. Knows nothing of queries: no averages, no shares, no growth.

pub mod columns;
pub mod declare;
pub mod doubt;
pub mod known;
pub mod load;
pub mod meaning;
pub mod store;
pub mod table;
pub mod text;
pub mod threads;

use crate::value::{Dimension, Flags, Kind, Labels, Period, Reason, Unit};
use rustc_hash::FxHashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How a flow is valued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Valuation {
    /// Free on board: at the exporter's border.
    Fob,
    /// Cost, insurance, freight: at the importer's border.
    Cif,
}

/// A dimension of a dataset.
#[derive(Clone, Debug)]
pub struct DimInfo {
    /// `partner`, `hs`, …
    pub name: Arc<str>,
    /// All codes, sorted, each once.
    pub codes: Arc<Vec<Arc<str>>>,
    /// Places of the codes that are totals of all others.
    pub totals: Vec<u32>,
    /// Places of the codes that are groups of some others, which may overlap: never part of a sum.
    pub groups: Vec<u32>,
    /// Whether a code contains all codes that begin with it (HS).
    pub nested: bool,
    /// Whether the codes count different things (indicators, units), so that there is no sum over them.
    pub distinct: bool,
    /// Whether the codes are countries, which have several codes and names.
    pub geographic: bool,
    /// The column it was read from; `None` for a constant.
    pub column: Option<String>,
}

impl DimInfo {
    /// The level of a code: its length in a nested dimension.
    pub fn level(code: &str) -> usize {
        code.len()
    }

    /// The code at a place.
    pub fn label(&self, place: u32) -> &str {
        self.codes.get(place as usize).map_or("", |c| c)
    }

    /// The code that a text means: itself, or another name of the same country.
    pub fn find(&self, text: &str) -> Option<Arc<str>> {
        if let Ok(at) = self.codes.binary_search_by(|c| c.as_ref().cmp(text)) {
            return self.codes.get(at).cloned();
        }
        if !self.geographic {
            return None;
        }
        let total = || {
            known::places::is_total(text)
                .then(|| self.totals.first().and_then(|t| self.codes.get(*t as usize)).cloned())
                .flatten()
        };
        let Some(country) = known::places::iso3(text) else { return total() };
        self.codes.iter().find(|c| known::places::iso3(c) == Some(country)).cloned()
    }

    /// Whether the code at this place is a group of some others.
    pub fn is_group(&self, place: u32) -> bool {
        self.groups.binary_search(&place).is_ok()
    }

    /// Whether the code at this place is a total.
    pub fn is_total(&self, place: u32) -> bool {
        self.totals.binary_search(&place).is_ok()
    }

    /// Whether some codes are totals of others, or lie below others, so that a plain sum would count twice.
    pub fn is_mixed(&self) -> bool {
        let total = !self.totals.is_empty() && self.totals.len() < self.codes.len();
        total || !self.groups.is_empty() || (self.nested && self.levels().len() > 1)
    }

    /// The lengths of the codes of a nested dimension that are not totals, in order.
    pub fn levels(&self) -> Vec<usize> {
        let parts =
            self.codes.iter().enumerate().filter(|(i, _)| !self.is_total(u32::try_from(*i).unwrap_or(u32::MAX)));
        let mut out: Vec<usize> = parts.map(|(_, c)| Self::level(c)).collect();
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// A measure of a dataset.
#[derive(Clone, Debug)]
pub struct MeasureInfo {
    /// As queries name it.
    pub name: Arc<str>,
    /// What it counts.
    pub unit: Unit,
    /// What may be done to it.
    pub kind: Kind,
    /// FOB or CIF, where declared.
    pub valuation: Option<Valuation>,
    /// Whether it is declared seasonally adjusted.
    pub adjusted: bool,
    /// The column it was read from.
    pub column: String,
    /// Decimals of the data; `None` where they are not exact.
    pub places: Option<u8>,
    /// Whether its kind and unit were declared rather than left plain.
    pub declared: bool,
    /// Places of the dimensions of which it has one code only, by its declaration.
    pub pinned: Vec<usize>,
}

/// What a dataset is.
#[derive(Clone, Debug)]
pub struct DatasetInfo {
    /// As queries name it.
    pub name: Arc<str>,
    /// The path as the user wrote it.
    pub file: String,
    /// Its dimensions.
    pub dims: Vec<DimInfo>,
    /// Its measures.
    pub measures: Vec<MeasureInfo>,
    /// The periods of its rows, in order.
    pub periods: Arc<Vec<Period>>,
    /// How many observations it has.
    pub rows: usize,
    /// Whether a row that is not there stands for zero.
    pub absent_is_zero: bool,
    /// How the table is laid out, in a few words.
    pub layout: String,
    /// The declaration that would say what was understood, one item a line.
    pub declaration: Vec<String>,
    /// Where it comes from, as declared: `source`, `licence`, `retrieved`, `note`.
    pub provenance: Vec<(String, String)>,
}

impl DatasetInfo {
    /// The place of a dimension.
    pub fn dim(&self, name: &str) -> Option<usize> {
        self.dims.iter().position(|d| d.name.as_ref() == name)
    }

    /// The place of a measure.
    pub fn measure(&self, name: &str) -> Option<usize> {
        self.measures.iter().position(|m| m.name.as_ref() == name)
    }
}

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

/// A sum, exact where the data are decimals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Total {
    /// Scaled by the decimals of the measure.
    Exact(i128),
    /// Not exact.
    Float(f64),
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

/// One observation as it stands in the file, for `explain`.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// 1-based line of the file.
    pub line: usize,
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
    /// The user asked to stop.
    Interrupted,
    /// The answer would be larger than the limit.
    TooLarge,
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SourceError::Failed(why) => why,
            SourceError::Interrupted => "stopped before it was finished",
            SourceError::TooLarge => "the answer has more groups than fit in memory",
        })
    }
}

/// Whether work should stop, polled in every loop over data, and how many threads it may take.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    stop: Arc<AtomicBool>,
    threads: usize,
}

impl Budget {
    /// With so many threads for work that can be shared; 0 is 1.
    pub fn with_threads(mut self, threads: usize) -> Budget {
        self.threads = threads;
        self
    }

    /// How many threads.
    pub fn threads(&self) -> usize {
        self.threads.max(1)
    }

    /// Asks all work under this budget to stop.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Lets work begin again.
    pub fn restart(&self) {
        self.stop.store(false, Ordering::Relaxed);
    }

    /// An error if work should stop.
    pub fn check(&self) -> Result<(), SourceError> {
        if self.stop.load(Ordering::Relaxed) { Err(SourceError::Interrupted) } else { Ok(()) }
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

/// The periods in which a measure has a number in rows that pass.
fn observed_in(
    source: &(impl Source + ?Sized),
    measure: usize,
    filters: &[Filter],
    budget: &Budget,
) -> Result<Arc<[Period]>, SourceError> {
    let request = AggregateRequest { measure, group_by: Vec::new(), within: None, filters: filters.to_vec() };
    let answer = source.aggregate(&request, budget)?;
    Ok(answer.rows.iter().filter(|r| r.count > 0).map(|r| r.period).collect())
}

/// The periods in which measures have numbers, by filters, as far as they were asked for: nearly every question asks.
#[derive(Debug, Default)]
pub struct Seen(Mutex<SeenPeriods>);

/// By measure and filters.
type SeenPeriods = FxHashMap<(usize, Vec<Filter>), Arc<[Period]>>;

impl Seen {
    /// As [`Source::observed`], remembered.
    fn periods(
        &self,
        source: &(impl Source + ?Sized),
        measure: usize,
        filters: &[Filter],
        budget: &Budget,
    ) -> Result<Arc<[Period]>, SourceError> {
        let key = (measure, filters.to_vec());
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(periods) = known {
            return Ok(periods);
        }
        let periods = observed_in(source, measure, filters, budget)?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&periods));
        Ok(periods)
    }
}

/// Where data come from. The same bytes for the same question, however it is computed.
pub trait Source: Send + Sync + fmt::Debug {
    /// What the dataset is.
    fn info(&self) -> &DatasetInfo;

    /// Sums and counts per group and period.
    fn aggregate(&self, request: &AggregateRequest, budget: &Budget) -> Result<Aggregate, SourceError>;

    /// As [`Source::aggregate`], one group after another, none of them kept.
    fn visit(&self, request: &AggregateRequest, budget: &Budget, groups: &mut dyn Groups) -> Result<(), SourceError> {
        let answer = self.aggregate(request, budget)?;
        groups.begin(answer.dims, answer.places);
        answer.rows.iter().for_each(|row| groups.group(row));
        Ok(())
    }

    /// The periods in which a measure has a number at all, in rows that pass.
    fn observed(&self, measure: usize, filters: &[Filter], budget: &Budget) -> Result<Arc<[Period]>, SourceError> {
        observed_in(self, measure, filters, budget)
    }

    /// The observations behind a request, in the order of the file, at most `limit`.
    fn explain(&self, request: &AggregateRequest, limit: usize) -> Vec<Observation>;
}

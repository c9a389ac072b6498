//! Which codes have numbers when. In: a measure, dimensions, filters. Out: per combination of codes, its periods. Knows
//! no questions; what an absent code means is not said here.

use crate::data::info::DatasetInfo;
use crate::data::source::{AggregateRequest, AggregateRow, Filter, GroupKey, Groups, Source, SourceError};
use crate::data::work::Budget;
use crate::value::{Dimension, Labels, Period, Reason};
use std::sync::Arc;

/// More combinations of codes than anybody looks at one by one.
pub(in crate::data) const MAX_COMBINATIONS: usize = 1 << 20;

/// Which codes of some dimensions have numbers when.
#[derive(Debug, Default)]
pub struct Presence {
    /// The dimensions.
    pub dims: Vec<Dimension>,
    /// Per combination of codes that has a row, the periods in which it has a number, in order.
    pub members: Vec<(Labels, Vec<Period>)>,
    /// Per combination of codes, the periods in which a row has no number, as far as there are any.
    pub lacking: Vec<(Labels, Vec<Period>)>,
    /// Without dimensions: periods of which nothing is known but that it is kept secret.
    secret: Vec<Period>,
    /// Whether the source cannot even tell them apart.
    are_too_many: bool,
}

impl Groups for Presence {
    fn begin(&mut self, dims: Vec<Dimension>, _places: u32) {
        self.dims = dims;
    }

    fn group(&mut self, row: &AggregateRow) {
        if self.members.len() > MAX_COMBINATIONS {
            return;
        }
        if self.members.last().is_none_or(|(key, _)| *key != row.key) {
            self.members.push((row.key.clone(), Vec::new()));
        }
        if let Some((_, periods)) = self.members.last_mut().filter(|_| row.count > 0) {
            periods.push(row.period);
        }
        if row.rows > row.count {
            if self.lacking.last().is_none_or(|(key, _)| *key != row.key) {
                self.lacking.push((row.key.clone(), Vec::new()));
            }
            self.lacking.last_mut().into_iter().for_each(|(_, periods)| periods.push(row.period));
        }
        if row.key.is_empty() && row.count == 0 && row.reason == Some(Reason::Suppressed) {
            self.secret.push(row.period);
        }
    }
}

impl Presence {
    /// Whether there are too many combinations to be told apart.
    pub fn is_too_large(&self) -> bool {
        self.are_too_many || self.members.len() > MAX_COMBINATIONS
    }

    /// Of more combinations than anybody looks at.
    pub(in crate::data) fn of_too_many() -> Presence {
        Presence { are_too_many: true, ..Presence::default() }
    }

    /// Of one combination, with these periods.
    pub fn of_one(periods: Vec<Period>) -> Presence {
        Presence { members: vec![(Labels::new(), periods)], ..Presence::default() }
    }

    /// Without dimensions: the periods in which there is a number, or one that is kept secret.
    pub fn observed(&self) -> Arc<[Period]> {
        let mut all: Vec<Period> = self.members.iter().flat_map(|(_, periods)| periods).copied().collect();
        all.extend(&self.secret);
        all.sort_unstable();
        all.into()
    }

    /// Whether every combination has the same periods.
    pub fn is_uniform(&self) -> bool {
        self.members.windows(2).all(|w| matches!(w, [(_, a), (_, b)] if a == b))
    }
}

/// Asks for it, one group after another.
pub(in crate::data) fn ask(
    source: &(impl Source + ?Sized),
    measure: usize,
    dims: &[usize],
    filters: &[Filter],
    budget: &Budget,
) -> Result<Arc<Presence>, SourceError> {
    let group_by = dims.iter().map(|dim| GroupKey { dim: *dim, level: None }).collect();
    let request = AggregateRequest { measure, group_by, within: None, filters: filters.to_vec() };
    let mut found = Presence::default();
    match source.visit(&request, budget, &mut found) {
        // The answer to the query itself may be small.
        Err(SourceError::TooLarge) => found = Presence::of_too_many(),
        asked => asked?,
    }
    Ok(Arc::new(found))
}

/// The dimensions along which an absent row is a missing observation.
pub fn missing_along(info: &DatasetInfo, flow: bool) -> impl Iterator<Item = usize> {
    info.dims.iter().enumerate().filter(move |(_, dim)| !flow || !dim.absent_is_zero).map(|(place, _)| place)
}

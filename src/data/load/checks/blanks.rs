//! Blank labels that stand for all: a total has no country, no region, no unit of its own. In: a source, or its parts one
//! after another. Out: blanks that are totals, and dimensions of parts alone, set in the dimensions.

use crate::data::work::Budget;
use crate::data::{AggregateRequest, DimInfo, GroupKey, Source, SourceError};
use crate::value::Period;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A dimension with a blank, and another with totals.
type Both = (Arc<str>, Arc<str>);

/// The labels of other dimensions that stand beside the blank of one.
#[derive(Default)]
pub(super) struct Blanks {
    beside: BTreeMap<Both, BTreeSet<Arc<str>>>,
    /// Dimensions of which totals of another have a label that is no blank.
    told: BTreeSet<Arc<str>>,
    /// Dimensions of which other labels are more than the blank, beside totals of another in some period.
    less: BTreeSet<Both>,
}

/// The place of the blank among other labels, if it is no total yet.
fn blank(dim: &DimInfo) -> Option<u32> {
    let at = dim.codes.iter().position(|c| c.is_empty()).and_then(|at| u32::try_from(at).ok())?;
    (dim.codes.len() > 1 && !dim.distinct && !dim.is_total(at)).then_some(at)
}

impl Blanks {
    /// Whether a dimension has a blank that may stand for all.
    pub(super) fn may_be(dims: &[DimInfo]) -> bool {
        dims.iter().any(|d| blank(d).is_some()) && dims.iter().any(|d| !d.totals.is_empty())
    }

    /// Adds what stands beside the blanks of a source, or of a part of one.
    pub(super) fn add(
        &mut self,
        source: &dyn Source,
        within: Option<Period>,
        budget: &Budget,
    ) -> Result<(), SourceError> {
        let info = source.info();
        if info.measures.is_empty() {
            return Ok(());
        }
        let own = info.dims.iter().enumerate().filter(|(_, d)| blank(d).is_some());
        for (place, dim) in own {
            for (at, other) in info.dims.iter().enumerate().filter(|(at, d)| *at != place && !d.totals.is_empty()) {
                let group_by = [place, at].map(|dim| GroupKey { dim, level: None }).to_vec();
                let request = AggregateRequest { measure: 0, group_by, within, filters: Vec::new() };
                let answer = source.aggregate(&request, budget)?;
                let label = |row: &crate::data::AggregateRow, at: usize| {
                    answer.dims.get(at).and_then(|d| d.labels.get(*row.key.get(at)? as usize)).cloned()
                };
                let beside = self.beside.entry((dim.name.clone(), other.name.clone())).or_default();
                let blanks = answer.rows.iter().filter(|row| label(row, 0).is_some_and(|l| l.is_empty()));
                beside.extend(blanks.filter_map(|row| label(row, 1)));
                // A mode of transport that is not told is less than those that are.
                let total = |row: &crate::data::AggregateRow| {
                    let label = label(row, 1);
                    label.is_some_and(|l| other.codes.binary_search(&l).is_ok_and(|at| other.is_total(at as u32)))
                };
                if answer.rows.iter().any(|row| total(row) && label(row, 0).is_some_and(|l| !l.is_empty())) {
                    self.told.insert(dim.name.clone());
                }
                let mut sums: BTreeMap<Period, BTreeMap<Arc<str>, f64>> = BTreeMap::new();
                for row in answer.rows.iter().filter(|row| row.count > 0 && total(row)) {
                    let Some(label) = label(row, 0) else { continue };
                    *sums.entry(row.period).or_default().entry(label).or_default() += row.total.number(answer.places);
                }
                let short = |of: &BTreeMap<Arc<str>, f64>| {
                    let blank = of.get("").copied();
                    blank.is_some_and(|blank| of.values().any(|x| *x > 1.01 * blank.abs()))
                };
                if sums.values().any(short) {
                    self.less.insert((dim.name.clone(), other.name.clone()));
                }
            }
        }
        Ok(())
    }

    /// Makes blanks totals that stand beside nothing but totals of another dimension.
    pub(super) fn settle(&self, dims: &mut [DimInfo]) {
        let totals: BTreeMap<Arc<str>, BTreeSet<Arc<str>>> = dims
            .iter()
            .map(|d| (d.name.clone(), d.totals.iter().filter_map(|t| d.codes.get(*t as usize)).cloned().collect()))
            .collect();
        for dim in dims.iter_mut() {
            let less = |key: &Both| self.less.contains(key);
            let mut others =
                self.beside.iter().filter(|(key, beside)| key.0 == dim.name && !beside.is_empty() && !less(key));
            let all = others.any(|((_, other), beside)| totals.get(other).is_some_and(|t| beside.is_subset(t)));
            let seen = self.beside.keys().any(|(own, _)| *own == dim.name);
            dim.of_parts = seen && !self.told.contains(&dim.name);
            if let Some(at) = blank(dim).filter(|_| all) {
                dim.totals.push(at);
                dim.totals.sort_unstable();
            }
        }
    }
}

//! Codes that are totals in one place and parts in another, weighed: a total is nowhere less than one of its parts. In: a
//! source, or its parts one after another. Out: the codes that somewhere are less, which are parts themselves.

use crate::data::work::Budget;
use crate::data::{AggregateRequest, AggregateRow, DimInfo, GroupKey, Groups, Source, SourceError};
use crate::value::{Dimension, Labels, Period};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// So much less than a part is rounding.
const SLACK: f64 = 1.01;

/// The codes that were found to be parts, with their dimensions.
#[derive(Default)]
pub(super) struct Parts {
    found: BTreeSet<(Arc<str>, Arc<str>)>,
}

impl Parts {
    /// Whether a code of a dimension is one.
    pub(super) fn has(&self, dim: &DimInfo, code: u32) -> bool {
        let code = dim.codes.get(code as usize).cloned();
        code.is_some_and(|code| self.found.contains(&(dim.name.clone(), code)))
    }

    /// Weighs codes of the dimension at a place beside the others, all else alike, in a source or in a part of one.
    pub(super) fn add(
        &mut self,
        source: &dyn Source,
        (place, doubtful): (usize, &[u32]),
        measures: &[usize],
        budget: &Budget,
    ) -> Result<(), SourceError> {
        let info = source.info();
        let Some(dim) = info.dims.get(place) else { return Ok(()) };
        for measure in measures {
            let others = (0..info.dims.len()).filter(|at| *at != place).chain([place]);
            let group_by = others.map(|dim| GroupKey { dim, level: None }).collect();
            let request = AggregateRequest { measure: *measure, group_by, within: None, filters: Vec::new() };
            let labels = doubtful.iter().filter_map(|at| dim.codes.get(*at as usize)).cloned().collect();
            let mut weigh = Weigh {
                dim,
                labels,
                own: Vec::new(),
                places: 0,
                key: None,
                cells: BTreeMap::new(),
                short: BTreeSet::new(),
            };
            source.visit(&request, budget, &mut weigh)?;
            weigh.close();
            self.found.extend(weigh.short.into_iter().map(|label| (dim.name.clone(), label)));
        }
        Ok(())
    }
}

/// The codes of one group after another, by their periods.
struct Weigh<'d> {
    dim: &'d DimInfo,
    /// The codes in doubt.
    labels: Vec<Arc<str>>,
    /// The labels of the answer.
    own: Vec<Arc<str>>,
    places: u32,
    /// The group at hand, but for the code.
    key: Option<Labels>,
    cells: BTreeMap<Period, Vec<(u32, f64)>>,
    short: BTreeSet<Arc<str>>,
}

impl Groups for Weigh<'_> {
    fn begin(&mut self, dims: Vec<Dimension>, places: u32) {
        self.own = dims.last().map(|d| d.labels.to_vec()).unwrap_or_default();
        self.places = places;
    }

    fn group(&mut self, row: &AggregateRow) {
        let Some((code, others)) = row.key.split_last() else { return };
        if self.key.as_deref() != Some(others) {
            self.close();
            self.key = Some(others.into());
        }
        if row.count > 0 {
            self.cells.entry(row.period).or_default().push((*code, row.total.number(self.places)));
        }
    }
}

impl Weigh<'_> {
    /// Weighs the group at hand.
    fn close(&mut self) {
        for cells in std::mem::take(&mut self.cells).into_values() {
            // What falls below zero may be larger than what it is a part of.
            if cells.len() < 2 || cells.iter().any(|(_, x)| *x < 0.0) {
                continue;
            }
            let label = |code: u32| self.own.get(code as usize);
            let known = |code: u32| {
                let at = label(code).and_then(|l| self.dim.codes.binary_search(l).ok());
                at.and_then(|at| u32::try_from(at).ok())
            };
            for (code, x) in &cells {
                let Some(own) = label(*code).filter(|l| self.labels.contains(l)) else { continue };
                let parts = || cells.iter().filter(|(c, _)| known(*c).is_some_and(|at| !self.dim.is_total(at)));
                let largest = parts().map(|(_, part)| *part).fold(0.0, f64::max);
                // Codes of countries of one length may be groups.
                let alike = parts().filter(|(c, _)| {
                    let group = known(*c).is_some_and(|at| self.dim.is_group(at));
                    !self.dim.geographic && !group && label(*c).is_some_and(|l| l.len() == own.len())
                });
                let together: f64 = alike.map(|(_, part)| part).sum();
                if SLACK * x < largest.max(together) {
                    self.short.insert(own.clone());
                }
            }
        }
    }
}

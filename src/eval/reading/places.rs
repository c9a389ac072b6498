//! To which cells of an answer a row of a source belongs: by the labels that stay and the periods that are wanted. In:
//! a row's codes and period. Out: the places of cells. Knows no numbers.

use crate::plan::{Demand, Key};
use crate::value::absence::Names;
use crate::value::{Dimension, Labels, Period};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A cell by its labels and its period.
pub(in crate::eval) type Place = (Names, Period);

/// The cells of an answer.
pub(in crate::eval) struct Places<'a> {
    keys: &'a [Key],
    wanted: &'a [Period],
    dims: Vec<Dimension>,
    /// Where each key stands among the dimensions, in the order of the keys.
    at: Vec<(usize, Option<usize>)>,
    known: FxHashMap<Period, Vec<Period>>,
}

impl<'a> Places<'a> {
    /// Of what is asked.
    pub(in crate::eval) fn new(demand: &'a Demand, wanted: &'a [Period]) -> Places<'a> {
        Places { keys: &demand.keys, wanted, dims: Vec::new(), at: Vec::new(), known: FxHashMap::default() }
    }

    /// With the dimensions of the rows.
    pub(in crate::eval) fn begin(&mut self, dims: Vec<Dimension>) {
        let place = |key: &Key| {
            let at = dims.iter().position(|d| d.name.as_ref() == key.dim)?;
            Some((at, key.level))
        };
        self.at = self.keys.iter().filter_map(place).collect();
        self.dims = dims;
    }

    /// The cells that a row belongs to.
    pub(in crate::eval) fn of(&mut self, key: &Labels, period: Period) -> Vec<Place> {
        let name = |(at, level): &(usize, Option<usize>)| -> Option<Arc<str>> {
            let label = self.dims.get(*at)?.labels.get(*key.get(*at)? as usize)?;
            Some(level.and_then(|l| label.get(..l)).map_or_else(|| label.clone(), Arc::from))
        };
        let Some(names) = self.at.iter().map(name).collect::<Option<Names>>() else { return Vec::new() };
        let wanted = self.wanted;
        let within =
            self.known.entry(period).or_insert_with(|| wanted.iter().copied().filter(|w| w.contains(period)).collect());
        within.iter().map(|w| (names.clone(), *w)).collect()
    }
}

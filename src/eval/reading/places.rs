//! To which cells of an answer a row of a source belongs: by the labels that stay, the conditions on two dimensions and on
//! parts of the year, and the periods that are wanted. In: a row's codes and period. Out: the places of cells. Knows no
//! numbers.

use crate::data::DatasetInfo;
use crate::data::DimInfo;
use crate::eval::meeting::labels;
use crate::eval::reading::{calendar, regroup};
use crate::plan::{Condition, Demand, Key};
use crate::value::absence::Names;
use crate::value::{Dimension, Labels, Period};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A cell by its labels and its period.
pub(in crate::eval) type Place = (Names, Period);

/// The labels of each code of a dimension: one, or those of the groups that it is in.
type Named = Vec<Vec<Arc<str>>>;

/// The cells of an answer.
pub(in crate::eval) struct Places<'a> {
    info: &'a DatasetInfo,
    keys: &'a [Key],
    wanted: &'a [Period],
    /// Of parts of the year.
    months: Vec<&'a Condition>,
    /// Of two dimensions that are to be the same, or not to be.
    compared: Vec<(&'a str, &'a str, bool)>,
    dims: Vec<Dimension>,
    /// For each key where it stands among the dimensions, and the labels of its codes.
    at: Vec<(usize, Named)>,
    pairs: Vec<(usize, usize, bool)>,
    known: FxHashMap<Period, Vec<Period>>,
}

impl<'a> Places<'a> {
    /// Of what is asked of a dataset.
    pub(in crate::eval) fn new(info: &'a DatasetInfo, demand: &'a Demand, wanted: &'a [Period]) -> Places<'a> {
        let compared = demand.filters.iter().filter_map(|f| regroup::pair(info, f).map(|(a, b)| (a, b, f.keep)));
        Places {
            info,
            keys: &demand.keys,
            wanted,
            months: demand.filters.iter().filter(|f| f.step().is_some()).collect(),
            compared: compared.collect(),
            dims: Vec::new(),
            at: Vec::new(),
            pairs: Vec::new(),
            known: FxHashMap::default(),
        }
    }

    /// The dimensions that rows must tell.
    pub(in crate::eval) fn needs(&self) -> Vec<usize> {
        let compared = self.compared.iter().flat_map(|(a, b, _)| [*a, *b]);
        let names = self.keys.iter().map(|k| k.dim.as_str()).chain(compared);
        let mut dims: Vec<usize> = names.filter_map(|name| self.info.dim(name)).collect();
        dims.sort_unstable();
        dims.dedup();
        dims
    }

    /// With the dimensions of the rows.
    pub(in crate::eval) fn begin(&mut self, dims: Vec<Dimension>) {
        let find = |name: &str| dims.iter().position(|d| d.name.as_ref() == name);
        let of_key = |key: &Key| {
            let at = find(&key.dim)?;
            let dim = self.info.dim(&key.dim).and_then(|d| self.info.dims.get(d))?;
            let labels = |code: &Arc<str>| match (&key.rows, key.level) {
                (Some(rows), _) => {
                    rows.of_code(dim, code).iter().filter_map(|p| rows.labels.get(*p as usize).cloned()).collect()
                }
                (None, Some(level)) => vec![DimInfo::cut(code, level).map_or_else(|| code.clone(), Arc::from)],
                (None, None) => vec![code.clone()],
            };
            Some((at, dims.get(at)?.labels.iter().map(labels).collect()))
        };
        self.at = self.keys.iter().filter_map(of_key).collect();
        self.pairs = self.compared.iter().filter_map(|(a, b, same)| Some((find(a)?, find(b)?, *same))).collect();
        self.dims = dims;
    }

    /// Whether a row passes the conditions that no filter of the source holds.
    fn passes(&self, key: &Labels, period: Period) -> bool {
        let label = |at: usize| Some(self.dims.get(at)?.label(*key.get(at)?));
        let dim = |at: usize| self.dims.get(at).map_or("", |d| d.name.as_ref());
        let same = |a: usize, b: usize| label(a).zip(label(b)).is_some_and(|(x, y)| labels::is_same(dim(a), x, y));
        self.pairs.iter().all(|(a, b, keep)| same(*a, *b) == *keep)
            && self.months.iter().all(|f| calendar::passes(f, Some(period)))
    }

    /// The cells that a row belongs to.
    pub(in crate::eval) fn of(&mut self, key: &Labels, period: Period) -> Vec<Place> {
        if !self.passes(key, period) {
            return Vec::new();
        }
        let mut all: Vec<Names> = vec![Names::new()];
        for (at, named) in &self.at {
            let labels = key.get(*at).and_then(|place| named.get(*place as usize)).map_or(&[][..], Vec::as_slice);
            let with = |names: &Names, label: &Arc<str>| names.iter().cloned().chain([label.clone()]).collect();
            all = all.iter().flat_map(|names| labels.iter().map(|label| with(names, label))).collect();
        }
        let wanted = self.wanted;
        let within =
            self.known.entry(period).or_insert_with(|| wanted.iter().copied().filter(|w| w.contains(period)).collect());
        all.iter().flat_map(|names| within.iter().map(|w| (names.clone(), *w))).collect()
    }
}

//! A source without the rows of some combinations of codes. In: any source, dimensions with the level at which they are
//! looked at, combinations. Out: a source of the other rows, which answers as one that never had these.

use crate::data::info::{DatasetInfo, DimInfo};
use crate::data::source::{
    Aggregate, AggregateRequest, AggregateRow, GroupKey, Groups, Observation, Source, SourceError,
};
use crate::data::work::Budget;
use crate::value::{Dimension, Labels};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// A source without some rows.
#[derive(Debug)]
pub struct Without {
    info: DatasetInfo,
    source: Arc<dyn Source>,
    keys: Vec<GroupKey>,
    /// The labels that are known, by key, with numbers of their own.
    known: Vec<FxHashMap<Arc<str>, u32>>,
    out: FxHashSet<Labels>,
}

impl Without {
    /// The source without rows of these combinations of labels, a label for each key.
    pub fn new(source: Arc<dyn Source>, keys: Vec<GroupKey>, combinations: &[Vec<Arc<str>>]) -> Without {
        let mut known: Vec<FxHashMap<Arc<str>, u32>> = vec![FxHashMap::default(); keys.len()];
        let mut numbered = |labels: &Vec<Arc<str>>| -> Labels {
            let one = |(label, known): (&Arc<str>, &mut FxHashMap<Arc<str>, u32>)| {
                let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
                *known.entry(Arc::clone(label)).or_insert(next)
            };
            labels.iter().zip(&mut known).map(one).collect()
        };
        let out = combinations.iter().map(&mut numbered).collect();
        // What is remembered of the whole source is not of this one.
        let name = format!("{}, a part", source.info().name);
        let info = DatasetInfo { name: name.into(), ..source.info().clone() };
        Without { info, source, keys, known, out }
    }

    /// The numbers of the labels of an answer.
    fn numbers(&self, dims: &[Dimension]) -> Vec<Vec<u32>> {
        let of = |(dim, known): (&Dimension, &FxHashMap<Arc<str>, u32>)| {
            dim.labels.iter().map(|label| known.get(label).copied().unwrap_or(u32::MAX)).collect()
        };
        dims.iter().zip(&self.known).map(of).collect()
    }
}

/// The groups of other rows on their way: those of one key of the question follow each other.
struct Others<'a> {
    without: &'a Without,
    places: Vec<usize>,
    numbers: Vec<Vec<u32>>,
    merged: Merged<'a>,
}

/// Groups of more keys than were asked for, on their way to those that were: what has the same keys is added up. They
/// come in the order of their keys, those that were asked for first.
pub(in crate::data) struct Merged<'a> {
    /// How many keys the question has.
    own: usize,
    /// Those of the key at hand, in the order of their periods.
    found: Vec<AggregateRow>,
    groups: &'a mut dyn Groups,
}

impl<'a> Merged<'a> {
    /// For a question of so many keys, of which these are the labels.
    pub(in crate::data) fn begun(
        own: usize,
        dims: Vec<Dimension>,
        places: u32,
        groups: &'a mut dyn Groups,
    ) -> Merged<'a> {
        groups.begin(dims, places);
        Merged { own, found: Vec::new(), groups }
    }

    /// Takes the next group.
    pub(in crate::data) fn add(&mut self, row: &AggregateRow) {
        let own = row.key.get(..self.own).unwrap_or(&[]);
        if self.found.first().is_some_and(|known| known.key.as_slice() != own) {
            self.close();
        }
        match self.found.binary_search_by(|known| known.period.cmp(&row.period)) {
            Ok(at) => {
                if let Some(known) = self.found.get_mut(at) {
                    known.add(row);
                }
            }
            Err(at) => self.found.insert(at, AggregateRow { key: own.into(), ..row.clone() }),
        }
    }

    /// Gives out what is left.
    pub(in crate::data) fn close(&mut self) {
        self.found.drain(..).for_each(|row| self.groups.group(&row));
    }
}

impl Groups for Others<'_> {
    fn begin(&mut self, mut dims: Vec<Dimension>, places: u32) {
        let asked: Vec<Dimension> = self.places.iter().filter_map(|at| dims.get(*at).cloned()).collect();
        self.numbers = self.without.numbers(&asked);
        dims.truncate(self.merged.own);
        self.merged.groups.begin(dims, places);
    }

    fn group(&mut self, row: &AggregateRow) {
        let number = |(at, numbers): (&usize, &Vec<u32>)| {
            row.key.get(*at).and_then(|code| numbers.get(*code as usize)).copied().unwrap_or(u32::MAX)
        };
        let combination: Labels = self.places.iter().zip(&self.numbers).map(number).collect();
        if self.without.out.contains(&combination) {
            return;
        }
        self.merged.add(row);
    }
}

impl Source for Without {
    fn info(&self) -> &DatasetInfo {
        &self.info
    }

    fn aggregate(&self, request: &AggregateRequest, budget: &Budget) -> Result<Aggregate, SourceError> {
        let mut all = Aggregate::default();
        self.visit(request, budget, &mut all)?;
        Ok(all)
    }

    fn visit(&self, request: &AggregateRequest, budget: &Budget, groups: &mut dyn Groups) -> Result<(), SourceError> {
        let own = request.group_by.len();
        let mut group_by = request.group_by.clone();
        // Where each key stands among those that are asked for.
        let mut places = Vec::with_capacity(self.keys.len());
        for key in &self.keys {
            places.push(group_by.iter().position(|k| k == key).unwrap_or_else(|| {
                group_by.push(*key);
                group_by.len() - 1
            }));
        }
        let merged = Merged { own, found: Vec::new(), groups };
        let mut others = Others { without: self, places, numbers: Vec::new(), merged };
        self.source.visit(&AggregateRequest { group_by, ..request.clone() }, budget, &mut others)?;
        others.merged.close();
        Ok(())
    }

    fn explain(
        &self,
        request: &AggregateRequest,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<Observation>, SourceError> {
        let label = |o: &Observation, key: &GroupKey| {
            let code = o.codes.get(key.dim).map_or("", String::as_str);
            code.get(..key.level.unwrap_or(code.len())).unwrap_or(code).to_string()
        };
        let stays = |o: &Observation| {
            let of = self.keys.iter().zip(&self.known);
            let combination: Labels =
                of.map(|(key, known)| known.get(label(o, key).as_str()).copied().unwrap_or(u32::MAX)).collect();
            !self.out.contains(&combination)
        };
        let all = self.source.explain(request, usize::MAX, budget)?;
        Ok(all.into_iter().filter(stays).take(limit).collect())
    }
}

/// Whether a dimension holds parts alone, all of one level, so that no row of it stands for others.
pub fn is_of_parts(dim: &DimInfo) -> bool {
    dim.totals.is_empty() && dim.groups.is_empty() && (!dim.nested || dim.levels().len() < 2)
}

//! A source without the rows of some combinations of codes. In: any source, dimensions with the level at which they are
//! looked at, combinations. Out: a source of the other rows, which answers as one that never had these.

use crate::data::info::{DatasetInfo, DimInfo};
use crate::data::source::{Aggregate, AggregateRequest, AggregateRow, GroupKey, Observation, Source, SourceError};
use crate::data::work::Budget;
use crate::value::{Dimension, Labels, Period};
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

impl Source for Without {
    fn info(&self) -> &DatasetInfo {
        &self.info
    }

    fn aggregate(&self, request: &AggregateRequest, budget: &Budget) -> Result<Aggregate, SourceError> {
        let own = request.group_by.len();
        let group_by = request.group_by.iter().chain(&self.keys).copied().collect();
        let Aggregate { mut dims, rows, places } =
            self.source.aggregate(&AggregateRequest { group_by, ..request.clone() }, budget)?;
        let numbers = self.numbers(dims.get(own..).unwrap_or(&[]));
        let mut found: FxHashMap<(Labels, Period), AggregateRow> = FxHashMap::default();
        for row in rows {
            let combination: Labels = row
                .key
                .iter()
                .skip(own)
                .zip(&numbers)
                .map(|(code, numbers)| numbers.get(*code as usize).copied().unwrap_or(u32::MAX))
                .collect();
            if self.out.contains(&combination) {
                continue;
            }
            let key: Labels = row.key.iter().take(own).copied().collect();
            match found.get_mut(&(key.clone(), row.period)) {
                Some(known) => known.add(&row),
                None => drop(found.insert((key.clone(), row.period), AggregateRow { key, ..row })),
            }
        }
        dims.truncate(own);
        let mut rows: Vec<AggregateRow> = found.into_values().collect();
        rows.sort_unstable_by(|a, b| a.key.cmp(&b.key).then(a.period.cmp(&b.period)));
        Ok(Aggregate { dims, rows, places })
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

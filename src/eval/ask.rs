//! What is asked of the source of a measure: periods, dimensions, codes; and how each of the periods is answered. The
//! same for those who take cells one by one and those who need a table of them.

use super::Evaluator;
use super::mixed::is_mixed;
use super::observed::Reading;
use super::paths::{Path, Spans};
use crate::data::{AggregateRequest, DatasetInfo, Filter, GroupKey, MeasureInfo, Source};
use crate::diagnostic::codes;
use crate::plan::{Condition, Demand, Grid, Key, Plan};
use crate::syntax::Fault;
use crate::value::{Kind, Period, Reason};
use std::sync::Arc;

/// What is asked of the source of a measure.
pub(super) struct Question<'q> {
    pub(super) measure: &'q MeasureInfo,
    pub(super) wanted: &'q [Period],
    /// Dimensions that stay, with their places in the source.
    pub(super) keys: Vec<(&'q Key, usize)>,
    /// Dimensions whose codes are totals of others, or lie below others.
    pub(super) mixed: Vec<usize>,
    pub(super) spans: Arc<Spans>,
    pub(super) request: AggregateRequest,
}

impl Evaluator<'_> {
    /// The filters of a demand that this dataset knows.
    pub fn filters(info: &DatasetInfo, demand: &Demand) -> Vec<Filter> {
        let known = |f: &Condition| {
            let dim = info.dim(&f.dim.node)?;
            let meant =
                |c: &String| info.dims.get(dim).and_then(|d| d.find(c)).map_or_else(|| c.clone(), |c| c.to_string());
            Some(Filter { dim, keep: f.keep, codes: f.codes.iter().map(|c| meant(&c.node)).collect() })
        };
        demand.filters.iter().filter_map(known).collect()
    }

    /// What is asked of the source. Of a dimension that mixes totals and parts all codes are asked.
    pub(super) fn ask<'q>(
        &mut self,
        plan: &Plan,
        source: &'q Arc<dyn Source>,
        measure: usize,
        demand: &'q Demand,
    ) -> Result<Question<'q>, Fault> {
        let Grid::List(wanted) = &demand.grid else {
            return self.fault(&codes::BUG, plan.span, "periods are not listed");
        };
        let info = source.info();
        let Some(m) = info.measures.get(measure) else { return self.fault(&codes::BUG, plan.span, "no such measure") };
        let filters = Self::filters(info, demand);
        self.one_of_distinct(info, m, &filters, demand, plan.span)?;
        let keys: Vec<(&Key, usize)> = demand.keys.iter().filter_map(|k| info.dim(&k.dim).map(|d| (k, d))).collect();
        let mixed: Vec<usize> = info
            .dims
            .iter()
            .enumerate()
            .filter(|(place, dim)| is_mixed(dim, &filters, *place))
            .map(|(p, _)| p)
            .collect();
        let mut group_by: Vec<GroupKey> = keys
            .iter()
            .map(|(k, dim)| GroupKey { dim: *dim, level: k.level.filter(|_| !mixed.contains(dim)) })
            .collect();
        let extra = mixed.iter().filter(|d| !keys.iter().any(|(_, k)| k == *d));
        group_by.extend(extra.map(|dim| GroupKey { dim: *dim, level: None }));
        let spans = self.spans(source, measure, demand, plan.span)?;
        let extent = wanted.iter().copied().reduce(Period::span);
        // A label has a row if any period has one, so that where labels are listed all periods are looked at.
        let within = extent.filter(|_| keys.is_empty() && spans.step().is_some() && m.meaning.kind != Kind::Cumulative);
        let request = AggregateRequest { measure, group_by, within, filters };
        Ok(Question { measure: m, wanted, keys, mixed, spans, request })
    }

    /// How each of the wanted periods is answered; gaps are said.
    pub(super) fn answers(
        &mut self,
        reading: &Reading<'_>,
        spans: &Spans,
        wanted: &[Period],
    ) -> Result<Vec<Result<Path, Reason>>, Fault> {
        let mut paths = Vec::with_capacity(wanted.len());
        for period in wanted {
            let path = self.path(reading, spans, *period)?;
            match &path {
                Ok(path) => self.say_gap(reading, path, *period),
                Err(_) => self.say_combined(reading, spans, *period),
            }
            paths.push(path);
        }
        Ok(paths)
    }
}

//! What is asked of the source of a measure: periods, dimensions, codes; and how each of the periods is answered. The
//! same for those who take cells one by one and those who need a table of them.

use crate::data::{AggregateRequest, DatasetInfo, DimInfo, Filter, GroupKey, MeasureInfo, Source};
use crate::diagnostic::codes;
use crate::eval::Evaluator;
use crate::eval::reading::observed::Reading;
use crate::eval::reading::paths::{Path, Spans};
use crate::eval::totals::mixed::{LATEST, is_mixed, newest};
use crate::plan::{Condition, Demand, Grid, Key, Plan};
use crate::syntax::Fault;
use crate::value::{Kind, Period, Reason};
use std::sync::Arc;

/// Datasets of so many rows are read for every code of every dimension where totals stand beside their parts: a total
/// that is there for some reporters only answers for these. In larger ones it is asked first whether that is so.
const APART: usize = 200_000;

/// What is asked of the source of a measure.
pub(in crate::eval) struct Question<'q> {
    pub(in crate::eval) measure: &'q MeasureInfo,
    pub(in crate::eval) wanted: &'q [Period],
    /// Dimensions that stay, with their places in the source.
    pub(in crate::eval) keys: Vec<(&'q Key, usize)>,
    /// Dimensions whose codes are totals of others, or lie below others.
    pub(in crate::eval) mixed: Vec<usize>,
    /// Dimensions of which the newest edition of each observation counts.
    pub(in crate::eval) newest: Vec<usize>,
    /// Filters that leave codes out of what stands above them.
    pub(in crate::eval) cuts: Vec<Filter>,
    pub(in crate::eval) spans: Arc<Spans>,
    /// All that the wanted periods need, where no label without a row in them is wanted.
    pub(in crate::eval) near: Option<Period>,
    pub(in crate::eval) request: AggregateRequest,
}

impl Evaluator<'_> {
    /// The filters of a demand that this dataset knows.
    pub fn filters(info: &DatasetInfo, demand: &Demand) -> Vec<Filter> {
        let editions = newest(info, demand);
        let known = |f: &Condition| {
            if f.other.is_some() || f.step().is_some() {
                return None;
            }
            if let (Some(rows), Some(dim)) = (&f.rows, info.dim(&f.dim.node)) {
                let labels: Vec<&str> = f.codes.iter().map(|c| c.node.as_str()).collect();
                let codes = info.dims.get(dim).map(|d| rows.codes(d, &labels)).unwrap_or_default();
                return Some(Filter { dim, keep: f.keep, codes });
            }
            let dim = info
                .dim(&f.dim.node)
                .filter(|d| !(f.codes.iter().any(|c| c.node == LATEST) && editions.contains(d)))?;
            let meant =
                |c: &String| info.dims.get(dim).and_then(|d| d.find(c)).map_or_else(|| c.clone(), |c| c.to_string());
            Some(Filter { dim, keep: f.keep, codes: f.codes.iter().map(|c| meant(&c.node)).collect() })
        };
        demand.filters.iter().filter_map(known).collect()
    }

    /// The filters under which a measure is read: numbers that are repeated under each code of a dimension count once,
    /// unless the query speaks of that dimension.
    pub fn filters_of(info: &DatasetInfo, measure: &MeasureInfo, demand: &Demand) -> Vec<Filter> {
        let mut filters = Self::filters(info, demand);
        let listed = |dim: usize| demand.keys.iter().any(|k| info.dim(&k.dim) == Some(dim));
        if let Some(repeated) = measure.repeated.as_ref().filter(|r| !r.once.is_empty() && !listed(r.dim))
            && !filters.iter().any(|f| f.dim == repeated.dim)
        {
            filters.push(Filter { dim: repeated.dim, keep: true, codes: repeated.once.clone() });
        }
        filters
    }

    /// What is asked of the source. Of a dimension that mixes totals and parts all codes are asked.
    pub(in crate::eval) fn ask<'q>(
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
        let filters = Self::filters_of(info, m, demand);
        self.remark_reading(source, m, wanted, demand, plan.span);
        let keys: Vec<(&Key, usize)> = demand.keys.iter().filter_map(|k| info.dim(&k.dim).map(|d| (k, d))).collect();
        let newest = newest(info, demand);
        let mixed: Vec<usize> = info
            .dims
            .iter()
            .enumerate()
            .filter(|(place, dim)| is_mixed(dim, &filters, *place) && !newest.contains(place))
            .map(|(p, _)| p)
            .collect();
        // What has a total for some codes of another dimension only is judged for each of them.
        // So is who has no row in the middle of a year, of sums from January.
        let cumulative = m.meaning.kind == Kind::Cumulative;
        let apart = !newest.is_empty() || cumulative || (!mixed.is_empty() && info.rows <= APART);
        let key_of = |place: &usize| keys.iter().find(|(_, k)| k == place).map(|(k, _)| k);
        let open = |(place, dim): &(usize, &DimInfo)| {
            // The row of a total has another unit of quantity than its parts, or none, and no port.
            let told = || !info.is_of_quantity(m, dim) && !dim.of_parts;
            let told = key_of(place).map_or_else(told, |key| key.level.is_some());
            dim.codes.len() > 1 && !mixed.contains(place) && told
        };
        let open: Vec<usize> = info.dims.iter().enumerate().filter(open).map(|(place, _)| place).collect();
        let plain = if apart {
            open
        } else if mixed.is_empty() {
            Vec::new()
        } else {
            let listed: Vec<usize> = keys.iter().map(|(_, dim)| *dim).filter(|dim| !open.contains(dim)).collect();
            self.uneven(source, measure, (&open, &listed, &mixed), &filters, plan.span)?
        };
        let mut group_by: Vec<GroupKey> = keys
            .iter()
            .map(|(k, dim)| {
                let whole = mixed.contains(dim) || plain.contains(dim);
                GroupKey { dim: *dim, level: k.level.filter(|_| !whole) }
            })
            .collect();
        let plain: Vec<usize> = plain.into_iter().filter(|place| key_of(place).is_none()).collect();
        let extra = mixed.iter().filter(|d| !keys.iter().any(|(_, k)| k == *d));
        group_by.extend(plain.iter().chain(extra).map(|dim| GroupKey { dim: *dim, level: None }));
        // What a filter leaves out of a total is taken from it, so it is read.
        let (cuts, filters): (Vec<Filter>, Vec<Filter>) =
            filters.into_iter().partition(|f| !f.keep && mixed.contains(&f.dim));
        let spans = self.spans(source, measure, demand, plan.span)?;
        let extent = wanted.iter().copied().reduce(Period::span);
        let near = extent.filter(|_| spans.step().is_some() && m.meaning.kind != Kind::Cumulative);
        // A label has a row if any period has one, so that where labels are listed all periods are looked at.
        let within = near.filter(|_| keys.is_empty());
        let request = AggregateRequest { measure, group_by, within, filters };
        self.one_of_distinct(source, &request, m, demand, plan.span)?;
        Ok(Question { measure: m, wanted, keys, mixed, newest, cuts, spans, near, request })
    }

    /// How each of the wanted periods is answered; gaps are said.
    pub(in crate::eval) fn answers(
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

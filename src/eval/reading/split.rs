//! Sums over labels that report in different steps: one by month, one by year. In: a measure. Out: its sum, each label
//! answered in steps of its own. Where all report alike, this is not asked.

use crate::data::Source;
use crate::eval::Evaluator;
use crate::eval::reading::paths::Spans;
use crate::eval::reading::presence::Judged;
use crate::pause::paced;
use crate::plan::{Demand, Key, Plan};
use crate::span::Span;
use crate::syntax::Fault;
use crate::value::{Cell, Coverage, Flags, Kind, Labels, Period, Row, Value, number};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Up to here a decimal is the nearest to its number.
const EXACT: f64 = 4e15;

impl Evaluator<'_> {
    /// The dimensions to be summed label by label, because their labels report in different steps.
    pub(in crate::eval) fn split_by(
        &mut self,
        source: &Arc<dyn Source>,
        measure: usize,
        demand: &Demand,
        span: Span,
    ) -> Result<Vec<String>, Fault> {
        let info = source.info();
        let Some(m) = info.measures.get(measure).filter(|m| matches!(m.meaning.kind, Kind::Flow | Kind::Stock)) else {
            return Ok(Vec::new());
        };
        if self.spans(source, measure, demand, span)?.step().is_some() {
            return Ok(Vec::new());
        }
        let filters = crate::eval::reading::presence::telling(info, measure, Self::filters_of(info, m, demand));
        let keys: Vec<(&Key, usize)> = demand.keys.iter().filter_map(|k| info.dim(&k.dim).map(|d| (k, d))).collect();
        let judged = Judged::new(info, m, filters, &keys);
        // Of readings of one thing one is chosen.
        let adds = |dim: &usize| info.dims.get(*dim).is_some_and(|d| !d.distinct || info.is_of_quantity(m, d));
        let summed: Vec<usize> =
            judged.dims.iter().copied().filter(|d| !keys.iter().any(|(_, k)| k == d) && adds(d)).collect();
        if summed.is_empty() {
            return Ok(Vec::new());
        }
        let asked = source.presence(measure, &judged.dims, &judged.filters, self.budget);
        let presence = asked.map_err(|e| self.stopped(&e, span))?;
        let alike = |periods: &Vec<Period>| Spans::new(periods.clone()).step();
        let steps: Vec<_> = presence.members.iter().filter(|(_, p)| !p.is_empty()).map(|(_, p)| alike(p)).collect();
        let differ = !presence.is_too_large() && steps.windows(2).any(|w| matches!(w, [a, b] if a != b));
        let name = |dim: &usize| info.dims.get(*dim).map(|d| d.name.to_string());
        Ok(if differ { summed.iter().filter_map(name).collect() } else { Vec::new() })
    }

    /// The sum over these dimensions, label by label.
    pub(in crate::eval) fn split(
        &mut self,
        plan: &Plan,
        source: &Arc<dyn Source>,
        measure: usize,
        demand: &Demand,
        dims: &[String],
    ) -> Result<Value, Fault> {
        let mut finer = demand.clone();
        for dim in dims {
            finer.keys.push(Key::plain(dim, plan.span));
        }
        let value = self.leaf(plan, source, measure, &finer)?;
        let kept: Vec<usize> = value
            .dims
            .iter()
            .enumerate()
            .filter(|(_, d)| !dims.iter().any(|x| *x == *d.name))
            .map(|(i, _)| i)
            .collect();
        let mut sums: BTreeMap<(Labels, Option<Period>), Vec<Cell>> = BTreeMap::new();
        for row in paced(&value.rows) {
            let key = kept.iter().filter_map(|i| row.key().get(*i).copied()).collect();
            sums.entry((key, row.period())).or_default().push(row.cell());
        }
        let rows = sums.into_iter().map(|((key, period), cells)| Row::new(key, period, added(&cells, period)));
        let dims = kept.iter().filter_map(|i| value.dims.get(*i).cloned()).collect();
        Ok(Value { dims, rows: rows.collect(), ..value })
    }
}

/// The sum of the cells that are there.
pub(super) fn added(cells: &[Cell], period: Option<Period>) -> Cell {
    let there: Vec<&Cell> = cells.iter().filter(|c| c.datum.is_ok()).collect();
    let Some(first) = there.first() else {
        return cells.first().copied().unwrap_or(Cell::missing(crate::value::Reason::NotReported));
    };
    let sum: f64 = there.iter().filter_map(|c| c.datum.ok()).sum();
    let flags = there.iter().fold(Flags::none(), |f, c| f.with(c.flags));
    let coverage = there.iter().filter_map(|c| c.coverage).reduce(Coverage::lesser).or(first.coverage);
    let parts = period.map_or(1, |p| p.parts());
    let count = |c: &Cell| match c.coverage {
        Some(coverage) if c.datum.is_ok() => coverage.counted(),
        _ => (0, parts),
    };
    let (have, of) = cells.iter().map(count).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    // What all lack alike is not in the data; that makes the period partial and no label missing.
    let alike = cells.iter().all(|c| c.datum.is_ok() && c.coverage == first.coverage);
    let observed = (have < of && cells.len() > 1 && !alike).then_some((have, of));
    let flags = if observed.is_some() { flags.with(Flags::MISSING) } else { flags };
    Cell { datum: crate::value::finite(sum), coverage: coverage.map(|c| Coverage { observed, ..c }), flags }
}

/// The sum of numbers, of so many decimals if that is known.
pub(super) fn exact_sum(xs: &mut dyn Iterator<Item = f64>, places: Option<u8>) -> f64 {
    let xs: Vec<f64> = xs.collect();
    let scaled = |places: u8| -> Option<f64> {
        let scale = 10f64.powi(i32::from(places));
        let mut total: i128 = 0;
        for x in &xs {
            let mantissa = (x * scale).round();
            if mantissa.abs() > EXACT {
                return None;
            }
            total += mantissa as i128;
        }
        Some(number::scaled_to_f64(total, u32::from(places)))
    };
    places.and_then(scaled).unwrap_or_else(|| xs.iter().sum())
}

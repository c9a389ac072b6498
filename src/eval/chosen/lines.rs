//! Values side by side as lines: one for each label and period, with a cell of every value. In: values, lined up by
//! label as operators line them up. Out: lines that can be left out, put in order, and added; and values again.

use crate::diagnostic::{Diagnostic, codes};
use crate::eval::Evaluator;
use crate::eval::meeting::align;
use crate::pause::paced;
use crate::plan::operator::Needs;
use crate::plan::{Demand, Node, Plan, axis};
use crate::syntax::Fault;
use crate::value::{Absence, Cell, Dimension, Flags, Kind, Labels, Period, Reason, Row, Value, distinct};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::collections::BTreeSet;

/// One line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub key: Labels,
    pub period: Option<Period>,
    pub cells: SmallVec<[Cell; 1]>,
}

impl Line {
    /// The cell by which is chosen.
    pub(super) fn first(&self) -> Cell {
        self.cells.first().copied().unwrap_or(Cell::missing(Reason::NotReported))
    }

    /// Whether it is what no label accounts for.
    pub(super) fn is_rest(&self) -> bool {
        self.first().flags.has(Flags::REST)
    }
}

/// What a column is made from, and what it is but for its rows.
pub(super) struct Column<'p> {
    pub plan: &'p Plan,
    pub demand: Demand,
    /// Without rows.
    pub value: Value,
}

/// Columns and lines.
pub(super) struct Lines<'p> {
    pub dims: Vec<Dimension>,
    pub columns: Vec<Column<'p>>,
    pub lines: Vec<Line>,
}

impl<'p> Lines<'p> {
    /// One value.
    pub(super) fn of_one(plan: &'p Plan, demand: Demand, mut value: Value) -> Lines<'p> {
        let rows = paced(std::mem::take(&mut value.rows));
        let line = |r: Row| Line { key: r.key().into(), period: r.period(), cells: SmallVec::from_elem(r.cell(), 1) };
        let dims = value.dims.clone();
        Lines { dims, lines: rows.map(line).collect(), columns: vec![Column { plan, demand, value }] }
    }

    /// The values of the columns, with their rows in the order of the lines.
    pub(super) fn values(self) -> Vec<Value> {
        let mut columns: Vec<Value> =
            self.columns.into_iter().map(|c| Value { dims: self.dims.clone(), ..c.value }).collect();
        for column in &mut columns {
            column.rows.reserve_exact(self.lines.len());
        }
        for line in paced(self.lines) {
            for (column, cell) in columns.iter_mut().zip(line.cells) {
                column.rows.push(Row::new(line.key.clone(), line.period, cell));
            }
        }
        columns
    }

    /// The first column with the place of each line for its number, so that others can be lined up with it.
    pub(super) fn numbered(&self) -> Value {
        let rows = self
            .lines
            .iter()
            .enumerate()
            .map(|(place, line)| Row::new(line.key.clone(), line.period, Cell::number(place as f64)));
        let fixed = self.columns.first().is_some_and(|c| c.value.fixed);
        let base = Value::scalar(0.0, Default::default(), Kind::Number);
        Value { dims: self.dims.clone(), rows: rows.collect(), absent: Absence::Missing, fixed, ..base }
    }

    /// The periods of the lines, in order.
    pub(super) fn periods(&self) -> Vec<Period> {
        distinct(self.lines.iter().filter_map(|l| l.period)).into_iter().collect()
    }

    /// What a line is about, in words.
    pub(super) fn about(&self, line: &Line) -> String {
        let labels = self.dims.iter().zip(&line.key).map(|(d, k)| d.label(*k).to_string());
        labels.chain(line.period.map(|p| p.to_string())).collect::<Vec<_>>().join(" ")
    }
}

/// A column before it is lined up.
pub(super) struct Loose<'p> {
    pub name: &'p str,
    pub plan: &'p Plan,
    pub demand: Demand,
    pub value: Value,
}

impl Evaluator<'_> {
    /// Several values side by side.
    pub(super) fn side_by_side<'p>(&mut self, loose: Vec<Loose<'p>>) -> Result<Lines<'p>, Fault> {
        let dims = common_dims(&loose)?;
        let is_timed = |v: &Value| !v.fixed && paced(&v.rows).any(|r| r.period().is_some());
        let any_timed = loose.iter().any(|l| is_timed(&l.value));
        let one_period = {
            let all = distinct(loose.iter().flat_map(|l| l.value.rows.iter().map(Row::period)));
            all.len() == 1
        };
        let mut keys: BTreeSet<(Labels, Option<Period>)> = BTreeSet::new();
        let mut found = Vec::new();
        for l in loose {
            let timed = is_timed(&l.value);
            let repeats = (any_timed && !timed) || (!any_timed && !one_period);
            let maps = maps(&l.value, &dims);
            let mut cells: FxHashMap<(Labels, Option<Period>), Cell> = FxHashMap::default();
            for row in paced(&l.value.rows) {
                cells.insert((placed(&maps, row.key()), row.period().filter(|_| !repeats)), row.cell());
            }
            if !repeats || !any_timed {
                keys.extend(paced(cells.keys().cloned()));
            } else if l.plan.any(&|p| matches!(p.node, Node::Measure(..))) {
                let message = format!("`{}` is one number for each label, the same beside every period", l.name);
                let span = axis::clauses(l.plan).1.span;
                self.say(Diagnostic::new(&codes::REPEATED_ITEM, span, message));
            }
            found.push((l, cells, repeats));
        }
        let mut lines: Vec<Line> =
            paced(keys).map(|(key, period)| Line { key, period, cells: SmallVec::new() }).collect();
        let mut columns = Vec::new();
        for (l, cells, repeats) in found {
            // Of a comparison with an earlier period, the first periods have no row.
            let lags = |p: &Plan| matches!(&p.node, Node::Call(c) if c.entry.needs == Needs::Series);
            let reason = if l.plan.any(&lags) { Reason::NoBase } else { Reason::NotReported };
            // Of a period in which no label has a row nothing is known, whatever an absent label stands for.
            let known = distinct(l.value.rows.iter().map(Row::period));
            for line in paced(&mut lines) {
                let own = l.value.dims.is_empty();
                let key = if own { Labels::new() } else { line.key.clone() };
                let at = (key, line.period.filter(|_| !repeats));
                let absent = || match repeats || known.contains(&line.period) {
                    true => l.value.absent.cell(&dims, &line.key, line.period, reason),
                    false => Absence::Missing.cell(&dims, &line.key, line.period, reason),
                };
                line.cells.push(cells.get(&at).copied().unwrap_or_else(absent));
            }
            let mut value = l.value;
            value.rows = Vec::new();
            columns.push(Column { plan: l.plan, demand: l.demand, value });
        }
        Ok(Lines { dims, columns, lines })
    }
}

/// The dimensions of all columns with the labels of all; a column without one of them has no line of its own.
fn common_dims(loose: &[Loose<'_>]) -> Result<Vec<Dimension>, Fault> {
    let Some(first) = loose.iter().max_by_key(|l| l.value.dims.len()) else { return Ok(Vec::new()) };
    let first_dims = loose.iter().find(|l| l.value.dims.len() == first.value.dims.len()).unwrap_or(first);
    let mut dims = first_dims.value.dims.clone();
    for l in loose {
        let data = l.plan.any(&|p| matches!(p.node, Node::Measure(..)));
        let lacks = dims.iter().find(|d| l.value.dim(&d.name).is_none());
        if let (Some(dim), true) = (lacks, data || !l.value.dims.is_empty()) {
            let message = format!("`{}` has no {}, and the columns beside it are by {}", l.name, dim.name, dim.name);
            return Err(Box::new(Diagnostic::new(&codes::WRONG_ARGUMENTS, l.plan.span, message)));
        }
        for dim in &mut dims {
            if let Some(other) = l.value.dim(&dim.name).and_then(|at| l.value.dims.get(at)) {
                *dim = align::merged(dim, other).0;
            }
        }
    }
    Ok(dims)
}

/// How the labels of a value stand in these dimensions: per dimension, its place in the key and the place of each label.
fn maps(value: &Value, dims: &[Dimension]) -> Vec<(usize, Vec<u32>)> {
    let map = |dim: &Dimension| {
        let (at, own) = value.dim(&dim.name).and_then(|at| value.dims.get(at).map(|d| (at, d)))?;
        Some((at, align::merged(dim, own).2))
    };
    dims.iter().filter_map(map).collect()
}

fn placed(maps: &[(usize, Vec<u32>)], key: &[u32]) -> Labels {
    let place =
        |(at, map): &(usize, Vec<u32>)| key.get(*at).and_then(|k| map.get(*k as usize)).copied().unwrap_or_default();
    maps.iter().map(place).collect()
}

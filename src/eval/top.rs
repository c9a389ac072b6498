//! `top N` and `bottom N`: the largest or smallest labels of the last `by` dimension, and a `rest` row that keeps the
//! total. What adds up is summed into the rest; what does not is computed again for all others together.

use crate::diagnostic::{Diagnostic, codes};
use crate::eval::Evaluator;
use crate::plan::{Condition, Demand, Key, Plan};
use crate::span::Spanned;
use crate::syntax::Fault;
use crate::value::{Cell, Dimension, Flags, Kind, Labels, Period, Row, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The label of all that is not shown.
pub const REST: &str = "rest";

impl Evaluator<'_> {
    /// Cuts a breakdown to its largest or smallest.
    pub fn top(
        &mut self,
        plan: &Plan,
        inner: &Plan,
        count: usize,
        bottom: bool,
        demand: &Demand,
    ) -> Result<Value, Fault> {
        let value = self.eval(inner, demand)?;
        let Some(place) = value.dims.len().checked_sub(1) else { return Ok(value) };
        let last: Option<Period> = value.rows.iter().filter_map(|r| r.period).max_by_key(|p| (p.last(), p.first()));
        let several = value.rows.iter().any(|r| r.period.is_some() && r.period != last);
        let mut groups: BTreeMap<Labels, Vec<Row>> = BTreeMap::new();
        for row in &value.rows {
            let group = row.key.get(..place).unwrap_or(&[]).into();
            groups.entry(group).or_default().push(row.clone());
        }
        let mut rows = Vec::new();
        let mut rest_rows = Vec::new();
        for (group, members) in groups {
            let mut ranked: Vec<(u32, f64)> = members
                .iter()
                .filter(|r| r.period == last && !r.cell.flags.has(Flags::REST))
                .filter_map(|r| r.key.get(place).copied().zip(r.cell.datum.ok()))
                .collect();
            ranked.sort_by(|a, b| {
                let order = if bottom { a.1.total_cmp(&b.1) } else { b.1.total_cmp(&a.1) };
                order.then(a.0.cmp(&b.0))
            });
            let chosen: Labels = ranked.iter().take(count).map(|(c, _)| *c).collect();
            let position = |r: &Row| r.key.get(place).and_then(|c| chosen.iter().position(|x| x == c));
            let mut kept: Vec<Row> = members.iter().filter(|r| position(r).is_some()).cloned().collect();
            kept.sort_by(|a, b| position(a).cmp(&position(b)).then_with(|| a.period.cmp(&b.period)));
            let others: Vec<Row> = members.into_iter().filter(|r| position(r).is_none()).collect();
            rows.extend(kept);
            if !others.is_empty() {
                self.say_swallowed(plan, &others, &value);
                let rest = self.rest(inner, demand, &value, place, &group, &chosen, &others)?;
                rest_rows.push((group, rest));
            }
        }
        if several && !self.has_said(&codes::TOP_N_BY_END, plan.span) {
            let period = last.map(|p| p.to_string()).unwrap_or_default();
            self.say(Diagnostic::new(
                &codes::TOP_N_BY_END,
                plan.span,
                if count == 1 {
                    format!("the one was chosen by {period}")
                } else {
                    format!("the {count} were chosen by {period}")
                },
            ));
        }
        let mut out = with_rest(value, place);
        let rest_label = out.dims.get(place).and_then(|d| u32::try_from(d.labels.len() - 1).ok()).unwrap_or(0);
        // The rest follows the rows of its group.
        let mut ordered = Vec::new();
        let mut groups: Vec<Labels> = rows.iter().map(|r| r.key.get(..place).unwrap_or(&[]).into()).collect();
        groups.dedup();
        for group in groups {
            ordered.extend(rows.iter().filter(|r| r.key.get(..place).unwrap_or(&[]) == group.as_slice()).cloned());
            for (_, rest) in rest_rows.iter().filter(|(g, _)| *g == group) {
                for (period, cell) in rest {
                    let mut key = group.clone();
                    key.push(rest_label);
                    ordered.push(Row { key, period: *period, cell: *cell });
                }
            }
        }
        out.rows = ordered;
        Ok(out)
    }

    /// What no label accounts for is part of the rest.
    fn say_swallowed(&mut self, plan: &Plan, others: &[Row], value: &Value) {
        let last = others.iter().filter(|r| r.cell.flags.has(Flags::REST)).max_by_key(|r| r.period.map(|p| p.last()));
        let Some((row, x)) = last.and_then(|r| r.cell.datum.ok().map(|x| (r, x))) else { return };
        let unit = if value.unit.is_unknown() { String::new() } else { format!(" {}", value.unit) };
        let period = row.period.map(|p| format!(" in {p}")).unwrap_or_default();
        let amount = crate::value::number::significant(x, 6);
        let message = format!("`rest` holds {amount}{}{period} that no label accounts for", unit.trim_end());
        self.say(Diagnostic::new(&codes::NOT_ALLOCATED, plan.span, message));
    }

    #[allow(clippy::too_many_arguments)] // one group, its rows and what they came from
    fn rest(
        &mut self,
        inner: &Plan,
        demand: &Demand,
        value: &Value,
        place: usize,
        group: &[u32],
        chosen: &[u32],
        others: &[Row],
    ) -> Result<Vec<(Option<Period>, Cell)>, Fault> {
        if value.kind.adds_over_dimensions() || matches!(value.kind, Kind::Share | Kind::Points) {
            let periods: BTreeSet<Option<Period>> = others.iter().map(|r| r.period).collect();
            return Ok(periods
                .into_iter()
                .map(|period| {
                    let cells: Vec<Cell> = others.iter().filter(|r| r.period == period).map(|r| r.cell).collect();
                    (period, added(&cells))
                })
                .collect());
        }
        // Prices and indices of others together are nothing that the data know.
        let published = |(source, m): &(&Arc<dyn crate::data::Source>, usize)| {
            source.info().measures.get(*m).is_some_and(|m| !m.meaning.kind.adds_over_dimensions())
        };
        if inner.leaves().iter().any(published) {
            return Ok(Vec::new());
        }
        let mut below = demand.clone();
        below.keys.retain(|k| value.dims.get(place).is_none_or(|d| k.name.node != d.name.as_ref()));
        let span = inner.span;
        let condition = |d: &Dimension, codes: Vec<String>, keep: bool| Condition {
            dim: Spanned::new(Key::dimension(&d.name), span),
            keep,
            codes: codes.into_iter().map(|c| Spanned::new(c, span)).collect(),
        };
        let Some(last) = value.dims.get(place) else { return Ok(Vec::new()) };
        let shown = chosen.iter().map(|c| last.label(*c).to_string()).collect();
        below.filters.push(condition(last, shown, false));
        for (dim, code) in value.dims.iter().zip(group) {
            below.filters.push(condition(dim, vec![dim.label(*code).to_string()], true));
        }
        let without = strip_key(inner, &last.name);
        let result = self.quietly(|e| e.eval(&without, &below))?;
        Ok(result.rows.into_iter().map(|r| (r.period, r.cell)).collect())
    }
}

/// Cells of one period added up.
fn added(cells: &[Cell]) -> Cell {
    let present: Vec<&Cell> = cells.iter().filter(|c| c.datum.is_ok()).collect();
    let Some(first) = present.first() else {
        return cells.first().copied().unwrap_or(Cell::missing(crate::value::Reason::NotReported));
    };
    let mut total: Cell = **first;
    for cell in present.iter().skip(1) {
        total = total.joined(**cell, total.datum.and_then(|x| cell.datum.map(|y| x + y)));
    }
    if present.len() < cells.len() {
        total.flags = total.flags.with(Flags::MISSING);
    }
    total.flags = total.flags.without(Flags::REST);
    total
}

/// The labels with `rest` after all others, so that no code can be mistaken for it.
fn with_rest(mut value: Value, place: usize) -> Value {
    if let Some(dim) = value.dims.get_mut(place) {
        let mut labels: Vec<Arc<str>> = dim.labels.to_vec();
        labels.push(REST.into());
        *dim = Dimension { name: dim.name.clone(), labels: Arc::new(labels) };
    }
    value
}

/// The plan with this key taken out of its `by` clauses, wherever they stand.
fn strip_key(plan: &Plan, name: &str) -> Plan {
    use crate::plan::{Node, Scope};
    let boxed = |p: &Plan| Box::new(strip_key(p, name));
    let node = match &plan.node {
        Node::Scoped(inner, Scope::By(keys, freq)) => {
            let keys = keys.iter().filter(|k| k.name.node != name).cloned().collect();
            Node::Scoped(boxed(inner), Scope::By(keys, *freq))
        }
        Node::Scoped(inner, scope) => Node::Scoped(boxed(inner), scope.clone()),
        Node::Held(inner) => Node::Held(boxed(inner)),
        Node::Across(inner, dims) => Node::Across(boxed(inner), dims.clone()),
        Node::Deflated(inner, index) => Node::Deflated(boxed(inner), Arc::clone(index)),
        Node::Sum(terms) => Node::Sum(terms.iter().map(|(s, p)| (*s, strip_key(p, name))).collect()),
        Node::Product(factors) => Node::Product(factors.iter().map(|(f, p)| (*f, strip_key(p, name))).collect()),
        Node::ShareOf(a, b) => Node::ShareOf(boxed(a), boxed(b)),
        Node::Compare(op, a, b) => Node::Compare(*op, boxed(a), boxed(b)),
        Node::Call(call) => {
            let operands = call.operands.iter().map(|p| strip_key(p, name)).collect();
            Node::Call(Box::new(crate::plan::Call { operands, ..call.as_ref().clone() }))
        }
        Node::Number(..) | Node::Measure(..) => plan.node.clone(),
    };
    Plan { node, span: plan.span }
}

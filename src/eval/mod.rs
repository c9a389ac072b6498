//! From a checked plan to an outcome: the value, how it came about, and what a careful analyst would say of it.
//! Each node is asked for the periods and dimensions that are wanted of it and asks its operands for what it needs,
//! so that quotients are taken of sums and lags go by calendar. Prints nothing.

mod chosen;
pub mod compare;
mod evaluator;
mod grid;
mod held;
mod meeting;
mod money;
mod nodes;
mod reading;
mod remarks;
mod totals;

pub use crate::plan::evaluation::Cells;
pub use crate::plan::trace;
pub use chosen::{REST, TOTAL};
pub use evaluator::Evaluator;
pub use remarks::signs::beyond_whole;

use crate::data::{Budget, Stopped};
use crate::diagnostic::{Diagnostic, codes};
use crate::pause::paced;
use crate::plan::catalogue::Catalogue;
use crate::plan::choices::{Item, Table};
use crate::plan::{Demand, Plan};
use crate::span::Span;
use crate::syntax::Fault;
use crate::value::{Cell, Flags, Labels, Reason, Row, Value};
use trace::{Step, Trace};

/// A value with its provenance and diagnostics.
#[derive(Debug)]
pub struct Outcome {
    /// The answer: one value, or several side by side with the same rows.
    pub values: Vec<Value>,
    /// Warnings and notes.
    pub diagnostics: Vec<Diagnostic>,
    /// How it came about; empty unless asked for.
    pub steps: Vec<Step>,
}

impl Outcome {
    /// The only value, or the first.
    pub fn into_value(self) -> Option<Value> {
        self.values.into_iter().next()
    }
}

/// Evaluates a checked plan.
pub fn evaluate(catalogue: &Catalogue, plan: &Plan, budget: &Budget, explain: bool) -> Result<Outcome, Fault> {
    let trace = if explain { Trace::on() } else { Trace::default() };
    let mut evaluator = Evaluator::new(catalogue, budget, trace);
    evaluator.root = Some((plan.span, totals::mixed::is_simple(plan)));
    evaluator.shared.count(plan);
    stoppable(budget, plan.span, || {
        let value = rests_last(evaluator.eval(plan, &Demand::whole())?);
        evaluator.finish(vec![value], plan.span)
    })
}

/// Evaluates a checked table: its columns, with their rows as they come out.
pub fn evaluate_table(catalogue: &Catalogue, table: &Table, budget: &Budget, explain: bool) -> Result<Outcome, Fault> {
    let trace = if explain { Trace::on() } else { Trace::default() };
    let mut evaluator = Evaluator::new(catalogue, budget, trace);
    let simple = |items: &[Item]| matches!(items, [one] if totals::mixed::is_simple(&one.plan));
    evaluator.root = Some((table.span, simple(&table.items)));
    table.items.iter().for_each(|item| evaluator.shared.count(&item.plan));
    stoppable(budget, table.span, || {
        let values = evaluator.table(table)?;
        evaluator.finish(values, table.span)
    })
}

/// An evaluation, which may be stopped in loops that cannot fail.
fn stoppable<T>(budget: &Budget, span: Span, work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    let told = |stopped: Stopped| Box::new(Diagnostic::new(&codes::INTERRUPTED, span, stopped.to_string()));
    budget.stoppable(work).map_err(told)?
}

impl Evaluator<'_> {
    /// What is said of an answer as a whole.
    fn finish(mut self, values: Vec<Value>, span: Span) -> Result<Outcome, Fault> {
        // Of what no row shows, no note is needed.
        let listed = |v: &Value, r: &Row| {
            r.flags().has(Flags::REST) && !r.key().iter().zip(&v.dims).any(|(k, d)| d.label(*k) == REST)
        };
        if !values.iter().any(|v| paced(&v.rows).any(|r| listed(v, r))) {
            let swallowed = |d: &Diagnostic| d.code == &codes::NOT_ALLOCATED && !d.message.contains("`rest`");
            self.diagnostics.retain(|d| !swallowed(d));
        }
        for value in &values {
            self.remark_provisional(value, span);
        }
        let diagnostics = remarks::alike::together(self.diagnostics);
        Ok(Outcome { values, diagnostics, steps: self.trace.finish() })
    }
}

/// Two values met cell by cell, by label and period.
pub fn meet(a: Value, b: &Value, join: impl FnMut(Cell, Cell) -> Cell) -> Value {
    meeting::align::combine(a, b, join)
}

/// The same of two whose absent labels are zero beside those of the other.
pub fn meet_all(a: Value, b: Value, join: impl FnMut(Cell, Cell) -> Cell) -> Value {
    let (a, b) = meeting::filled::both(a, b);
    meet(a, &b, join)
}

/// What no label accounts for stands behind the labels.
fn rests_last(mut value: Value) -> Value {
    let rest = |r: &Row| r.flags().has(Flags::REST);
    let ordered = value.rows.is_sorted_by(|a, b| (a.key(), a.period()) <= (b.key(), b.period()));
    if ordered && !value.dims.is_empty() && paced(&value.rows).any(rest) {
        let outer = value.dims.len() - 1;
        let group = |r: &Row| -> Labels { r.key().get(..outer).unwrap_or(&[]).into() };
        value.rows.sort_by_key(|r| (group(r), rest(r)));
    }
    value
}

/// A cell's number with the reason when there is none.
pub fn datum(cell: Option<Cell>, absent: Reason) -> Result<f64, Reason> {
    cell.map_or(Err(absent), |c| c.datum)
}

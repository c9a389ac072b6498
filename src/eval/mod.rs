//! From a checked plan to an outcome: the value, how it came about, and what a careful analyst would say of it.
//! Each node is asked for the periods and dimensions that are wanted of it and asks its operands for what it needs,
//! so that quotients are taken of sums and lags go by calendar. Prints nothing.

pub mod compare;
mod evaluator;
mod grid;
mod held;
mod meeting;
mod money;
mod nodes;
mod reading;
mod remarks;
mod top;
mod totals;

pub use crate::plan::evaluation::Cells;
pub use crate::plan::trace;
pub use evaluator::Evaluator;

use crate::data::Budget;
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::catalogue::Catalogue;
use crate::plan::{Demand, Plan};
use crate::syntax::Fault;
use crate::value::{Cell, Flags, Labels, Reason, Row, Value};
use trace::{Step, Trace};

/// A value with its provenance and diagnostics.
#[derive(Debug)]
pub struct Outcome {
    /// The answer.
    pub value: Value,
    /// Warnings and notes.
    pub diagnostics: Vec<Diagnostic>,
    /// How it came about; empty unless asked for.
    pub steps: Vec<Step>,
}

/// Evaluates a checked plan.
pub fn evaluate(catalogue: &Catalogue, plan: &Plan, budget: &Budget, explain: bool) -> Result<Outcome, Fault> {
    let trace = if explain { Trace::on() } else { Trace::default() };
    let mut evaluator = Evaluator::new(catalogue, budget, trace);
    evaluator.root = Some((plan.span, totals::mixed::is_simple(plan)));
    let value = rests_last(evaluator.eval(plan, &Demand::whole())?);
    // Of what no row shows, no note is needed.
    if !value.rows.iter().any(|r| r.cell.flags.has(Flags::REST)) {
        let swallowed = |d: &Diagnostic| d.code == &codes::NOT_ALLOCATED && !d.message.contains("`rest`");
        evaluator.diagnostics.retain(|d| !swallowed(d));
    }
    evaluator.remark_provisional(&value, plan.span);
    Ok(Outcome { value, diagnostics: evaluator.diagnostics, steps: evaluator.trace.finish() })
}

/// Two values met cell by cell, by label and period.
pub fn meet(a: Value, b: &Value, join: impl FnMut(Cell, Cell) -> Cell) -> Value {
    meeting::align::combine(a, b, join)
}

/// What no label accounts for stands behind the labels.
fn rests_last(mut value: Value) -> Value {
    let rest = |r: &Row| r.cell.flags.has(Flags::REST);
    let ordered = value.rows.is_sorted_by(|a, b| (&a.key, a.period) <= (&b.key, b.period));
    if ordered && !value.dims.is_empty() && value.rows.iter().any(rest) {
        let outer = value.dims.len() - 1;
        let group = |r: &Row| -> Labels { r.key.get(..outer).unwrap_or(&[]).into() };
        value.rows.sort_by_key(|r| (group(r), rest(r)));
    }
    value
}

/// A cell's number with the reason when there is none.
pub fn datum(cell: Option<&Cell>, absent: Reason) -> Result<f64, Reason> {
    cell.map_or(Err(absent), |c| c.datum)
}

//! Sums of which one side knows no such labels as the other. In: two values that are about to be added. Out: a warning
//! where an amount would be added anew under each label. Adds nothing.

use crate::diagnostic::{Diagnostic, codes};
use crate::eval::Evaluator;
use crate::pause::paced;
use crate::plan::{Node, Plan};
use crate::value::{Dimension, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The labels of a dimension that have a row.
fn used(value: &Value, place: usize) -> BTreeSet<Arc<str>> {
    let Some(dim) = value.dims.get(place) else { return BTreeSet::new() };
    let mut places: Vec<u32> = paced(&value.rows).filter_map(|r| r.key().get(place).copied()).collect();
    places.sort_unstable();
    places.dedup();
    places.iter().filter_map(|p| dim.labels.get(*p as usize).cloned()).collect()
}

impl Evaluator<'_> {
    /// Warns where a sum takes an amount that knows no such labels once for each of them.
    pub(in crate::eval) fn repeats(&mut self, (a, x): (&Plan, &Value), (b, y): (&Plan, &Value)) {
        if !x.kind.is_level() || !y.kind.is_level() {
            return;
        }
        for ((plan, value), other) in [((a, x), y), ((b, y), x)] {
            let lacks = |d: &&Dimension| value.dim(&d.name).is_none() && !knows(plan, &d.name) && d.labels.len() > 1;
            let Some(dim) = other.dims.iter().find(lacks) else { continue };
            let count = other.dim(&dim.name).map_or(0, |place| used(other, place).len());
            if count < 2 || plan.leaves().is_empty() || matches!(plan.node, Node::Held(_)) {
                continue;
            }
            let message = format!("this has no `{}`, and is added anew under each of its {count} labels", dim.name);
            let warning = Diagnostic::new(&codes::LABELS_DO_NOT_MEET, plan.span, message).here("the same for all");
            self.say(warning.advice(format!(
                "the sum of both needs no `by {}`; a share or quotient by it is fine: `… / …`",
                dim.name
            )));
        }
    }
}

/// Whether a dataset below a plan has this dimension.
fn knows(plan: &Plan, dim: &str) -> bool {
    plan.leaves().iter().any(|(source, _)| source.info().dim(dim).is_some())
}

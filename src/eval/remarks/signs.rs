//! Parts of a whole that are not of one sign: a balance is made of surpluses and deficits, so one part may be more than
//! the whole. In: shares. Out: what is to be said of them. Changes no number.

use crate::diagnostic::{Diagnostic, codes};
use crate::pause::paced;
use crate::plan::operator::Reduce;
use crate::plan::{Call, Node, Plan};
use crate::span::Span;
use crate::value::{Flags, Value, about, number};
use std::sync::Arc;

/// What is said of parts of one whole, in terms of which `all` is 100 or 1, where one is below zero or beyond all. What
/// no label accounts for is no part that somebody asked for.
pub fn beyond_whole(shares: &Value, all: f64, span: Span) -> Option<Diagnostic> {
    // Parts that make up the whole may be a little more, as sums of binary numbers.
    let near = all * 1e-9;
    let listed = paced(&shares.rows).filter(|r| !r.flags().has(Flags::REST));
    let numbers = || listed.clone().filter_map(|r| r.datum().ok().map(|x| (r, x)));
    let (row, x) = numbers().find(|(_, x)| *x < -near).or_else(|| numbers().find(|(_, x)| *x > all + near))?;
    let of = about(&shares.dims, row.key(), row.period());
    let of = if of.is_empty() { "the part".to_string() } else { of };
    let part = format!("{} %", number::significant(100.0 * x / all, 3));
    let message = match x < 0.0 {
        true => format!("{of} is {part} of the whole: its parts are of both signs, so they are no shares of it"),
        false => format!(
            "{of} is {part} of the whole: the other parts together are below zero, or the total holds less than its parts"
        ),
    };
    let warning = Diagnostic::new(&codes::PARTS_OF_BOTH_SIGNS, span, message);
    Some(warning.advice("compare the amounts, or what is above zero and what is below each for itself"))
}

/// Whether a whole is the same as the part, but for what clauses and `across` leave out or add up.
pub(in crate::eval) fn is_its_whole(part: &Plan, whole: &Plan) -> bool {
    let sums = |p: &Plan| matches!(&p.node, Node::Across(..)) || matches!(&p.node, Node::Call(call) if is_sum(call));
    let chooses = |p: &Plan| matches!(&p.node, Node::Scoped(_, crate::plan::Scope::Where(_)));
    (whole.any(&sums) || part.any(&chooses)) && is_same(core(part), core(whole))
}

fn is_sum(call: &Call) -> bool {
    call.entry.reduce == Some(Reduce::Sum) && !call.over.is_empty()
}

/// What is computed, whatever its clauses say.
fn core(plan: &Plan) -> &Plan {
    match &plan.node {
        Node::Scoped(inner, _) | Node::Held(inner) | Node::Across(inner, _) | Node::Chosen(inner, _) => core(inner),
        Node::Call(call) if is_sum(call) => call.operands.first().map_or(plan, core),
        _ => plan,
    }
}

/// Whether two plans are the same sums of the same series.
fn is_same(a: &Plan, b: &Plan) -> bool {
    match (&a.node, &b.node) {
        (Node::Measure(s, m), Node::Measure(t, n)) => Arc::ptr_eq(s, t) && m == n,
        (Node::Sum(x), Node::Sum(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|((s, p), (t, q))| s == t && is_same(core(p), core(q)))
        }
        _ => false,
    }
}

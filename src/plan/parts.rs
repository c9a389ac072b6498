//! Parts of one whole add up: a quotient may be summed over a dimension exactly when its denominator does not vary with
//! it. In: a plan and a dimension. Out: whether values of the plan have a sum over it.

use super::operator::Parts;
use super::{Node, Plan};
use crate::syntax::ast::Factor;

/// Whether a value is another for each label of a dimension.
fn varies(plan: &Plan, dim: &str) -> bool {
    match &plan.node {
        Node::Number(..) => false,
        Node::Measure(source, _) => source.info().dim(dim).is_some(),
        Node::Across(_, dims) if dims.iter().any(|d| d == dim) => false,
        Node::Call(call) if call.entry.reduce.is_some() && call.keys.iter().any(|k| k.dim == dim) => false,
        _ => plan.children().into_iter().any(|c| varies(c, dim)),
    }
}

/// Whether the values of a plan add up over a dimension.
pub fn add_up(plan: &Plan, dim: &str) -> bool {
    match &plan.node {
        Node::Number(..) | Node::Compare(..) => false,
        Node::Measure(source, m) => {
            source.info().measures.get(*m).is_some_and(|m| m.meaning.kind.adds_over_dimensions())
        }
        Node::Sum(terms) => terms.iter().all(|(_, p)| add_up(p, dim)),
        Node::Product(factors) => {
            // What holds or not chooses among the parts; it does not change them.
            let amounts = factors.iter().filter(|(_, p)| !is_truth(p));
            let mut varying = amounts.filter(|(_, p)| varies(p, dim));
            match (varying.next(), varying.next()) {
                (Some((Factor::Times, part)), None) => add_up(part, dim),
                _ => false,
            }
        }
        Node::ShareOf(part, whole) => add_up(part, dim) && !varies(whole, dim),
        Node::Across(inner, _) | Node::Scoped(inner, _) | Node::Held(inner) => add_up(inner, dim),
        Node::Deflated(inner, _) | Node::Chosen(inner, _) => add_up(inner, dim),
        Node::Call(call) => match call.entry.parts {
            Parts::Never => false,
            Parts::OfWhole | Parts::AsOperand => call.operands.iter().all(|o| add_up(o, dim)),
        },
    }
}

fn is_truth(plan: &Plan) -> bool {
    match &plan.node {
        Node::Compare(..) => true,
        Node::Scoped(inner, _) | Node::Held(inner) => is_truth(inner),
        _ => false,
    }
}

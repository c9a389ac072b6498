//! Whether the dimensions and codes that a query names are in the data below it. Gives back what is unknown, with what
//! was most likely meant.

use super::{Condition, Plan};
use crate::data::DimInfo;
use crate::diagnostic::{Diagnostic, codes, suggest};
use crate::span::Spanned;

/// Every dimension must be in one of the datasets below.
pub(super) fn unknown_dimensions(plan: &Plan, dims: &[Spanned<String>]) -> Vec<Diagnostic> {
    let leaves = plan.leaves();
    let mut faults = Vec::new();
    for dim in dims {
        if leaves.is_empty() || leaves.iter().any(|(s, _)| s.info().dim(&dim.node).is_some()) {
            continue;
        }
        let mut known: Vec<&str> =
            leaves.iter().flat_map(|(s, _)| s.info().dims.iter().map(|d| d.name.as_ref())).collect();
        known.sort_unstable();
        known.dedup();
        let near = suggest::nearest(&dim.node, known.iter().copied());
        let fault = Diagnostic::new(&codes::UNKNOWN_NAME, dim.span, format!("no dimension is named `{}`", dim.node))
            .here("unknown");
        let first = leaves.first().and_then(|(s, m)| s.info().measures.get(*m)).map(|m| m.name.to_string());
        faults.push(match (near.as_slice(), known.as_slice()) {
            ([], []) => fault.advice(format!("{} has no dimensions", first.unwrap_or_default())),
            ([], known) => fault.advice(format!("the dimensions are {}", suggest::either(known))),
            (near, _) => fault.advice(format!("did you mean {}?", suggest::either(near))),
        });
    }
    faults
}

/// Every code must be one of the dimension's, or stand above some in a nested one.
pub(super) fn unknown_codes(plan: &Plan, condition: &Condition) -> Vec<Diagnostic> {
    let leaves = plan.leaves();
    let dims: Vec<&DimInfo> = leaves
        .iter()
        .filter_map(|(s, _)| s.info().dims.iter().find(|d| d.name.as_ref() == condition.dim.node))
        .collect();
    let mut faults = Vec::new();
    for code in &condition.codes {
        let known = |d: &&DimInfo| {
            let nested = d.nested && d.codes.iter().any(|c| c.starts_with(code.node.as_str()));
            nested || d.find(&code.node).is_some()
        };
        if dims.iter().any(known) {
            continue;
        }
        let labels = dims.iter().flat_map(|d| d.codes.iter().map(|c| c.as_ref()));
        let near = suggest::nearest(&code.node, labels.clone());
        let some: Vec<&str> = labels.take(5).collect();
        let message = format!("no row has {} `{}`", condition.dim.node, code.node);
        let fault = Diagnostic::new(&codes::UNKNOWN_CODE, code.span, message).here("unknown");
        faults.push(match near.as_slice() {
            [] => fault.advice(format!("its codes begin with {}", some.join(", "))),
            near => fault.advice(format!("did you mean {}?", suggest::either(near))),
        });
    }
    faults
}

//! Whether the dimensions and codes that a query names are in the data below it. Gives back what is unknown, with what
//! was most likely meant.

use crate::data::DimInfo;
use crate::data::known::{places, ranges, roles};
use crate::diagnostic::{Diagnostic, codes, suggest, words};
use crate::plan::grouping::Grouping;
use crate::plan::{Condition, Demand, Node, Plan};
use crate::span::Spanned;
use crate::syntax::format;
use std::sync::Arc;

/// Every dimension must be in one of the datasets below.
pub(super) fn unknown_dimensions(plan: &Plan, dims: &[Spanned<String>]) -> Vec<Diagnostic> {
    let leaves = plan.leaves();
    let mut faults = Vec::new();
    for dim in dims {
        // The calendar is in all data.
        if dim.node.ends_with(" of year") {
            continue;
        }
        if leaves.is_empty() || leaves.iter().any(|(s, _)| s.info().dim(&dim.node).is_some()) {
            continue;
        }
        let mut known: Vec<&str> =
            leaves.iter().flat_map(|(s, _)| s.info().dims.iter().map(|d| d.name.as_ref())).collect();
        known.sort_unstable();
        known.dedup();
        let near = meant_dimension(&dim.node, plan, &known);
        let mut fault =
            Diagnostic::new(&codes::UNKNOWN_NAME, dim.span, format!("no dimension is named `{}`", dim.node))
                .here("unknown");
        let first = leaves.first().and_then(|(s, m)| s.info().measures.get(*m)).map(|m| m.name.to_string());
        fault.edits = near.iter().take(2).map(|name| vec![(dim.span, format::word(name))]).collect();
        faults.push(match (near.as_slice(), known.as_slice()) {
            _ if STEPS.contains(&dim.node.as_str()) => {
                fault.advice("steps of time stand after `by`; a period follows `for`: `for 2023`")
            }
            ([], []) => fault.advice(format!("{} has no dimensions", first.unwrap_or_default())),
            ([], known) => fault.advice(format!("the dimensions are {}", suggest::either(known))),
            (near, _) => fault.advice(format!("did you mean {}?", suggest::either(near))),
        });
    }
    faults
}

/// The dimensions, and steps of time, that a word may mean.
fn meant_dimension<'a>(word: &str, plan: &'a Plan, known: &[&'a str]) -> Vec<&'a str> {
    let near = suggest::nearest(word, known.iter().copied().chain(STEPS.iter().copied()));
    if near.first().is_some_and(|n| *n != word) {
        return near;
    }
    let lower = word.to_lowercase();
    if ["country", "countries", "place", "area", "geo"].contains(&lower.as_str()) {
        let leaves = plan.leaves();
        let geographic = |name: &&str| {
            leaves.iter().any(|(s, _)| {
                s.info().dims.iter().any(|d| d.geographic && d.name.as_ref() == *name && d.codes.len() > 1)
            })
        };
        return known.iter().copied().filter(geographic).collect();
    }
    let product = ["product", "products", "commodity", "commodities", "code"].contains(&lower.as_str());
    known.iter().copied().filter(|name| product && *name == "hs").collect()
}

/// Words after `by` that are no dimensions.
const STEPS: &[&str] = &["year", "half", "quarter", "month"];

/// Whether a code names a country that a dimension of countries may lack.
pub(super) fn is_country(dims: &[&DimInfo], code: &str) -> bool {
    dims.iter().any(|d| d.geographic) && places::iso3(code).is_some()
}

/// The dimensions that a condition is asked of: an operator may ask another one than is named.
fn asked_of<'p>(plan: &'p Plan, condition: &Condition, out: &mut Vec<&'p DimInfo>) {
    match &plan.node {
        Node::Measure(source, _) => {
            out.extend(source.info().dims.iter().find(|d| d.name.as_ref() == condition.dim.node));
        }
        Node::Call(call) => {
            let demand = Demand { filters: vec![condition.clone()], ..Demand::whole() };
            let below = (call.entry.asks)(call, &demand);
            let condition = below.filters.last().unwrap_or(condition);
            call.operands.iter().for_each(|o| asked_of(o, condition, out));
        }
        Node::Deflated(inner, _) => asked_of(inner, condition, out),
        _ => plan.children().into_iter().for_each(|c| asked_of(c, condition, out)),
    }
}

/// Of more unknown codes in one condition only the first are told one by one.
const MANY: usize = 5;

/// Every code must be one of the dimension's, or stand above some in a nested one.
pub(super) fn unknown_codes(plan: &Plan, condition: &Condition) -> Vec<Diagnostic> {
    let mut dims: Vec<&DimInfo> = Vec::new();
    asked_of(plan, condition, &mut dims);
    if let Some(rows) = &condition.rows {
        return unknown_labels(rows, condition);
    }
    if let Some(other) = &condition.other {
        return two_kinds(plan, condition, other).into_iter().collect();
    }
    let mut faults = Vec::new();
    let known = |code: &str| {
        dims.iter().any(|d| {
            let nested = d.nested && d.codes.iter().any(|c| DimInfo::cut(c, code.len()) == Some(code));
            let newest = code == "latest" && roles::is_vintage(&d.name);
            newest || nested || d.find(code).is_some()
        })
    };
    // Of a group of countries some may have no row.
    let group = condition.codes.len() > 1 && condition.codes.iter().any(|c| known(&c.node));
    let unknown = |code: &&Spanned<String>| !(known(&code.node) || group && is_country(&dims, &code.node));
    let unknown: Vec<&Spanned<String>> = condition.codes.iter().filter(unknown).collect();
    let each = if unknown.len() > MANY { MANY - 1 } else { MANY };
    for code in unknown.iter().take(each) {
        let message = format!("no row has {} `{}`", condition.dim.node, code.node);
        let fault = Diagnostic::new(&codes::UNKNOWN_CODE, code.span, message).here("unknown");
        let fault = meant_code(fault, &dims, code);
        let elsewhere = if fault.edits.is_empty() { of_another(plan, code) } else { None };
        faults.push(match elsewhere {
            Some((dim, known)) => fault.advice(format!("`{known}` is a {dim} in these data")),
            None => fault,
        });
    }
    if let Some((next, rest)) = unknown.get(each..).and_then(<[_]>::split_first) {
        let more = words::counted(rest.len() + 1, "more code");
        let message = format!("{more} of {} are unknown, from `{}` on", condition.dim.node, next.node);
        faults.push(Diagnostic::new(&codes::UNKNOWN_CODE, next.span, message).here("and others"));
    }
    faults
}

/// The dimension that has a code which another one lacks, and the code as it is written there.
fn of_another(plan: &Plan, code: &Spanned<String>) -> Option<(String, String)> {
    let leaves = plan.leaves();
    let mut dims = leaves.iter().flat_map(|(s, _)| s.info().dims.iter());
    dims.find_map(|d| d.find(&code.node).map(|known| (d.name.to_string(), known.to_string())))
}

/// Every label must be one of those that codes are put together under.
fn unknown_labels(rows: &Grouping, condition: &Condition) -> Vec<Diagnostic> {
    let unknown = |code: &&Spanned<String>| rows.place(&code.node).is_none();
    let fault = |code: &Spanned<String>| {
        let message = format!("no code has the label `{}`", code.node);
        let mut fault = Diagnostic::new(&codes::UNKNOWN_CODE, code.span, message).here("unknown");
        let labels = || rows.labels.iter().map(|l| l.as_ref());
        let near = suggest::nearest(&code.node, labels());
        fault.edits.extend(near.first().map(|best| vec![(code.span, format::code(best))]));
        match near.as_slice() {
            [] => fault.advice(format!("the labels begin with {}", labels().take(5).collect::<Vec<_>>().join(", "))),
            near => fault.advice(format!("did you mean {}?", suggest::either(near))),
        }
    };
    condition.codes.iter().filter(unknown).map(fault).collect()
}

/// Two dimensions that are compared must hold codes of one kind.
fn two_kinds(plan: &Plan, condition: &Condition, other: &Spanned<String>) -> Option<Diagnostic> {
    let unknown = unknown_dimensions(plan, std::slice::from_ref(other)).into_iter().next();
    let leaves = plan.leaves();
    let has = |name: &str| leaves.iter().find_map(|(s, _)| s.info().dims.iter().find(|d| d.name.as_ref() == name));
    let kinds = has(&condition.dim.node).zip(has(&other.node));
    let (a, b) = match kinds {
        Some(both) => both,
        None => return unknown,
    };
    let message = format!("`{}` and `{}` hold codes of different kinds", a.name, b.name);
    let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, other.span, message);
    (a.geographic != b.geographic || a.nested != b.nested).then(|| fault.label(condition.dim.span, "other codes"))
}

/// With the codes that may have been meant. Of nested codes only one of the same length stands for the same: a shorter
/// one holds more, a longer one less.
fn meant_code(mut fault: Diagnostic, dims: &[&DimInfo], code: &Spanned<String>) -> Diagnostic {
    let nested = dims.iter().any(|d| d.nested) && code.node.starts_with(|c: char| c.is_ascii_digit());
    let cut = |c: &Arc<str>, text: &str| DimInfo::cut(c, text.len()) == Some(text);
    let below = |text: &str| dims.iter().any(|d| d.nested && d.codes.iter().any(|c| cut(c, text)));
    let bare = code.node.trim_end_matches(['*', '%', 'x', 'X', '.']);
    let forms = [bare.to_string(), bare.replace(['.', ' '], ""), format!("0{bare}")];
    if let Some(right) = forms.iter().find(|f| nested && **f != code.node && !f.is_empty() && below(f)) {
        fault.edits.push(vec![(code.span, format::code(right))]);
        let why =
            if right.starts_with('0') { "codes keep their zeros" } else { "a code stands for itself and all below it" };
        return fault.advice(format!("did you mean `{right}`? {why}"));
    }
    let labels = || dims.iter().flat_map(|d| d.codes.iter().map(|c| c.as_ref()));
    if let Some(range) = labels().find(|label| nested && ranges::holds(label, &code.node)) {
        return fault.advice(format!("it is told within `{range}` only"));
    }
    if nested {
        let length = code.node.len();
        let mut alike: Vec<&str> = labels().filter_map(|c| DimInfo::cut(c, length)).collect();
        alike.sort_unstable();
        alike.dedup();
        let chapter = code.node.get(..2).unwrap_or("");
        let siblings: Vec<&str> = alike.iter().copied().filter(|c| c.starts_with(chapter)).take(6).collect();
        let advice = match siblings.as_slice() {
            [] => format!(
                "its codes of that length begin with {}",
                alike.iter().copied().take(5).collect::<Vec<_>>().join(", ")
            ),
            some => format!(
                "of {chapter} there {} {}",
                if some.len() == 1 { "is" } else { "are" },
                suggest::listed(some, "and")
            ),
        };
        return if alike.is_empty() { fault } else { fault.advice(advice) };
    }
    let near = suggest::nearest(&code.node, labels());
    fault.edits.extend(near.first().map(|best| vec![(code.span, format::code(best))]));
    match near.as_slice() {
        [] => fault.advice(format!("its codes begin with {}", labels().take(5).collect::<Vec<_>>().join(", "))),
        near => fault.advice(format!("did you mean {}?", suggest::either(near))),
    }
}

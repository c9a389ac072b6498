//! Whether a value has a time axis that a clause or an operator outside can choose from. In: a plan. Out: yes or no,
//! and why not. Knows no numbers.

use super::{Node, Plan, Scope};
use crate::plan::operator::Needs;
use crate::span::{Span, Spanned};
use crate::value::Freq;
use crate::value::period::{PeriodText, Season};

/// The clauses around a query, from the outermost, and what stands within them.
pub fn clauses(mut plan: &Plan) -> (Vec<(&Scope, Span)>, &Plan) {
    let mut scopes = Vec::new();
    loop {
        match &plan.node {
            Node::Scoped(inner, scope) => {
                scopes.push((scope, plan.span));
                plan = inner;
            }
            Node::Chosen(inner, _) => plan = inner,
            _ => return (scopes, plan),
        }
    }
}

/// Whether a query keeps only the first or last of its periods.
fn is_ended(plan: &Plan) -> bool {
    match &plan.node {
        Node::Scoped(inner, _) => is_ended(inner),
        Node::Chosen(_, choices) => choices.end.is_some(),
        _ => false,
    }
}

/// Whether the clauses of a query name the base of an index.
pub fn names_base(inner: &Plan) -> bool {
    clauses(inner).0.iter().any(|(s, _)| matches!(s, Scope::With(..)))
}

/// The step of time that the clauses of a query name.
pub fn step(inner: &Plan) -> Option<Freq> {
    clauses(inner).0.iter().find_map(|(s, _)| match s {
        Scope::By(_, freq) => *freq,
        _ => None,
    })
}

/// The step of time that parentheses in a plan hold: what an operator outside sees.
pub fn held_step(plan: &Plan) -> Option<Freq> {
    match &plan.node {
        Node::Held(inner) => step(inner),
        _ => plan.children().into_iter().filter_map(held_step).min(),
    }
}

/// Whether the clauses of a query cut its periods to a range.
pub fn is_cut(inner: &Plan) -> bool {
    is_ended(inner) || clauses(inner).0.iter().any(|(s, _)| matches!(s, Scope::Window(..) | Scope::At(_)))
}

/// The part of each year that the clauses of a query name.
pub fn season(inner: &Plan) -> Option<Season> {
    clauses(inner).0.iter().find_map(|(s, _)| match s {
        Scope::At(Spanned { node: PeriodText::Each(season), .. }) => Some(*season),
        _ => None,
    })
}

/// Whether all that has periods below stands in parentheses with a part of each year.
pub fn is_seasonal(plan: &Plan) -> bool {
    match &plan.node {
        Node::Number(..) | Node::Measure(..) => false,
        Node::Held(inner) => season(inner).is_some(),
        _ => {
            let mut timed = plan.children().into_iter().filter(|c| takes_time(c)).peekable();
            timed.peek().is_some() && timed.all(is_seasonal)
        }
    }
}

/// Whether a term that is the same for every period is added to, or taken from, one that is not.
pub fn adds_constants(plan: &Plan) -> bool {
    match &plan.node {
        Node::Held(_) => false,
        Node::Sum(terms) if terms.iter().any(|(_, t)| takes_time(t)) && terms.iter().any(|(_, t)| !takes_time(t)) => {
            true
        }
        _ => plan.children().into_iter().any(adds_constants),
    }
}

/// Whether a query that says its own periods is one number for each label, without a time axis.
pub fn is_pinned(inner: &Plan) -> bool {
    let (scopes, core) = clauses(inner);
    if step(inner).is_some() {
        return false;
    }
    let at = scopes.iter().any(|(s, _)| matches!(s, Scope::At(p) if p.node.season().is_none()));
    let window = scopes.iter().any(|(s, _)| matches!(s, Scope::Window(..)));
    at || (window && !is_series(core))
}

/// Whether a clause of time outside has something to choose from.
pub fn takes_time(plan: &Plan) -> bool {
    match &plan.node {
        Node::Number(..) => false,
        Node::Measure(..) => true,
        Node::Held(inner) => !is_pinned(inner),
        _ => plan.children().into_iter().any(takes_time),
    }
}

/// Whether a part takes one number from a whole range, in what no parentheses hold.
pub fn takes_range(plan: &Plan, ends_only: bool) -> bool {
    match &plan.node {
        Node::Held(_) => false,
        Node::Call(call) if call.over.is_empty() => match call.entry.needs {
            Needs::EndPoints => true,
            Needs::Within if !ends_only => true,
            _ => plan.children().into_iter().any(|c| takes_range(c, ends_only)),
        },
        _ => plan.children().into_iter().any(|c| takes_range(c, ends_only)),
    }
}

/// Whether a value over a range has one number for each period of it.
fn is_series(plan: &Plan) -> bool {
    match &plan.node {
        Node::Number(..) => false,
        Node::Measure(..) => true,
        Node::Held(inner) => !is_pinned(inner),
        Node::Call(call) if call.over.is_empty() && matches!(call.entry.needs, Needs::EndPoints | Needs::Within) => {
            false
        }
        _ => plan.children().into_iter().any(is_series),
    }
}

/// Where the periods of a value without an axis were said.
pub fn pinned_at(plan: &Plan) -> Option<Span> {
    match &plan.node {
        Node::Held(inner) if is_pinned(inner) => clauses(inner).0.iter().find_map(|(s, span)| match s {
            Scope::At(p) => Some(p.span),
            Scope::Window(a, b) => Some(a.span.to(b.span)),
            _ => Some(*span).filter(|_| false),
        }),
        _ => plan.children().into_iter().find_map(pinned_at),
    }
}

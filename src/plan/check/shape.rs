//! Whether the parts of a query fit each other in time: one number for a range does not stand beside a series, an
//! operator over time needs an axis, and a clause of time something to choose from. Gives back what is wrong.

use crate::diagnostic::{Diagnostic, codes};
use crate::plan::operator::Needs;
use crate::plan::{Call, Demand, Grid, Node, Plan, Scope, axis};
use crate::span::Span;
use crate::value::Freq;

/// One number for a whole range beside a series: `of` binds tighter than arithmetic, so the series is not part of what
/// grew, and the two have nothing in common.
pub(super) fn number_beside_series(parts: &[&Plan], demand: &Demand) -> Option<Diagnostic> {
    let Grid::Window(_, _, step) = &demand.grid else { return None };
    let one = |p: &Plan| axis::takes_range(p, step.is_some());
    let ends = parts.iter().find(|p| one(p))?;
    let series = parts.iter().find(|p| axis::takes_time(p) && !one(p))?;
    let last = parts.last()?;
    let message = "one side is a single number for the whole range, the other a series";
    let mut fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, series.span, message).here("a series");
    fault = fault.label(ends.span, "one number");
    if let Node::Call(call) = &ends.node
        && let Some(operand) = call.operands.first()
        && operand.span.start < last.span.end
    {
        let place = |place: usize| at(operand.span, place);
        fault.edits.push(vec![(place(operand.span.start), "(".into()), (place(last.span.end), ")".into())]);
    }
    Some(fault.advice("an operator with `of` applies to what follows it directly; parentheses take in more"))
}

/// An operator over time on a bare number: `average of 1 / x` is the average of 1, divided by x.
pub(super) fn number_reduced(parts: &[&Plan]) -> Option<Diagnostic> {
    let (first, last) = (parts.first()?, parts.last()?);
    let Node::Call(call) = &first.node else { return None };
    let over_time = call.over.is_empty() && call.entry.needs != Needs::Each;
    let operand = call.operands.first().filter(|o| over_time && matches!(o.node, Node::Number(..)))?;
    let message = format!("`{}` works on a series, and this is a number", call.said());
    let mut fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, call.words, message).label(operand.span, "a number");
    if parts.len() > 1 {
        fault.edits.push(vec![
            (at(operand.span, operand.span.start), "(".into()),
            (at(operand.span, last.span.end), ")".into()),
        ]);
        return Some(
            fault.advice("an operator with `of` applies to what follows it directly; parentheses take in more"),
        );
    }
    Some(fault)
}

/// The place between two characters.
fn at(span: Span, place: usize) -> Span {
    Span { start: place, end: place, ..span }
}

/// `a - b / c` as `(a - b) / c`: how a term may have been meant to be taken in.
pub(super) fn taken_in(a: &Plan, b: &Plan) -> Option<Vec<(Span, String)>> {
    // `count of x > 5 kg` as `count of (x > 5 kg)`.
    if let (Node::Call(call), Node::Number(..)) = (&a.node, &b.node) {
        let operand = call.operands.last()?;
        let inside = operand.span.source == b.span.source && operand.span.end <= b.span.start;
        return inside.then(|| {
            vec![(at(operand.span, operand.span.start), "(".into()), (at(operand.span, b.span.end), ")".into())]
        });
    }
    let Node::Product(factors) = &b.node else { return None };
    let (_, first) = factors.first()?;
    let inside = a.span.source == first.span.source && a.span.end <= first.span.start;
    inside.then(|| vec![(at(a.span, a.span.start), "(".into()), (at(a.span, first.span.end), ")".into())])
}

/// An operator over time on a value for one period, which has no axis any more.
pub(super) fn no_axis(call: &Call) -> Option<Diagnostic> {
    let over_time = match call.entry.needs {
        Needs::EndPoints | Needs::Series | Needs::Base | Needs::Either => true,
        Needs::Within => call.over.is_empty(),
        Needs::Each => false,
    };
    let at = call.operands.iter().filter(|o| over_time && !axis::takes_time(o)).find_map(axis::pinned_at)?;
    let message = format!("`{}` works on a series, and this is one number for each label", call.said());
    let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, call.words, message).here("needs periods");
    Some(fault.label(at, "said here").advice("what stands in parentheses holds; say the periods outside of them"))
}

/// A step of time finer than the one that stands in parentheses.
pub(super) fn finer_than_inside(inner: &Plan, scope: &Scope) -> Option<Diagnostic> {
    let (Scope::By(_, Some(freq)), Node::Held(held)) = (scope, &axis::clauses(inner).1.node) else { return None };
    if let Some(season) = axis::season(held).filter(|_| *freq < Freq::Year) {
        let message = format!("this has one value for each {season}, and `by {}` is finer", freq.word());
        let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, inner.span, message).here(format!("for {season}"));
        return Some(fault.advice("what stands in parentheses holds; say the finer step inside of them"));
    }
    let step = axis::step(held).filter(|step| freq < step)?;
    let message = format!("this has one value for each {}, and `by {}` is finer", step.word(), freq.word());
    let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, inner.span, message).here(format!("by {}", step.word()));
    Some(fault.advice("what stands in parentheses holds; say the finer step inside of them"))
}

/// A clause of time on what is for one period, or one range, already.
pub(super) fn nothing_to_choose(inner: &Plan, scope: &Scope) -> Option<Diagnostic> {
    let at = match scope {
        Scope::Window(a, b) => a.span.to(b.span),
        Scope::At(p) => p.span,
        Scope::By(_, Some(_)) => inner.span,
        _ => return None,
    };
    let first = axis::pinned_at(inner).filter(|_| !axis::takes_time(inner))?;
    let message = "the periods are said inside already, and what stands in parentheses holds";
    let fault = Diagnostic::new(&codes::CLAUSE_TWICE, at, message).here("again");
    Some(fault.label(first, "already said"))
}

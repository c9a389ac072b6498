//! Whether what a key names is still there for it: what `across` sums out and what an operator with `over` uses up is not
//! split by `by`. Gives back what would be passed over. A filter outside `across` is undone by it, as it says.

use crate::diagnostic::{Diagnostic, codes};
use crate::plan::{Call, Key, Node, Plan};
use crate::span::{Span, Spanned};
use crate::syntax::format;

/// What takes a dimension away.
enum Taken<'p> {
    /// `across`, as it stands, its dimensions and what stands under it.
    Across(&'p Plan, &'p [String], &'p Plan),
    /// `over`.
    Over(&'p Call),
}

/// A key of `by` of which nothing that is asked has labels any more. What a dimension is taken away from while another
/// part keeps it is a denominator.
pub(super) fn keys_gone(plan: &Plan, inner: &Plan, keys: &[Key]) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for (at, key) in keys.iter().enumerate().filter(|(_, k)| !k.yields) {
        let name = &key.name.node;
        let Some(taken) = taken(inner, (&key.dim, name)) else { continue };
        let mut fault = fault(&key.name, &format!("`by {name}` has nothing to split"), &taken);
        let beside = |at: Option<usize>| at.and_then(|at| keys.get(at)).map(|k| k.name.span);
        // The key with the comma that it does not need any more; a clause of one key goes whole.
        let own = key.name.span;
        let without = match (beside(at.checked_sub(1)), beside(Some(at + 1))) {
            (Some(before), _) => Span { start: before.end, ..own },
            (None, Some(next)) => Span { end: next.start, ..own },
            (None, None) => after(inner, plan.span.end),
        };
        fault.edits.push(vec![(without, String::new())]);
        if let Taken::Across(..) = taken {
            fault = fault.advice(format!("as a denominator it stands beside what keeps {name}: `x / x across {name}`"));
        }
        faults.push(fault);
    }
    faults
}

fn fault(at: &Spanned<String>, what: &str, taken: &Taken<'_>) -> Diagnostic {
    let new = |message: String| Diagnostic::new(&codes::WRONG_ARGUMENTS, at.span, message);
    match taken {
        Taken::Across(plan, dims, inner) => {
            let dim = Key::dimension(&at.node);
            let left: Vec<String> =
                dims.iter().filter(|d| **d != dim && **d != at.node).map(|d| format::word(d)).collect();
            let words = if left.is_empty() { String::new() } else { format!(" across {}", left.join(", ")) };
            let mut fault = new(format!("{what}: `across` sums {} out", format::word(&dim)));
            // What stands in parentheses ends with one.
            for end in ["", ")"] {
                fault.edits.push(vec![(after(inner, plan.span.end), format!("{words}{end}"))]);
            }
            fault.label(plan.span, "summed out")
        }
        Taken::Over(call) => {
            let message = format!("{what}: `{} over {}` uses {} up", call.said(), call.over.join(", "), at.node);
            new(message).label(call.words, "used up").here("again")
        }
    }
}

/// From the end of a part to here.
fn after(inner: &Plan, end: usize) -> Span {
    Span { start: inner.span.end, end, ..inner.span }
}

/// What takes a dimension away, under a name that it may have, from every measure below that has it.
fn taken<'p>(plan: &'p Plan, (dim, name): (&str, &str)) -> Option<Taken<'p>> {
    let mut first = None;
    let kept = keeps(plan, (dim, name), &mut first);
    first.filter(|_| !kept)
}

/// Whether some measure below is asked for a dimension; the first that takes it away is noted.
fn keeps<'p>(plan: &'p Plan, names: (&str, &str), first: &mut Option<Taken<'p>>) -> bool {
    let (dim, name) = names;
    match &plan.node {
        Node::Measure(source, _) => name.ends_with(" of year") || source.info().dim(dim).is_some(),
        Node::Across(inner, dims) if dims.iter().any(|d| d == dim || d == name) => {
            first.get_or_insert(Taken::Across(plan, dims, inner));
            false
        }
        Node::Call(call) if uses_up(call, name) => {
            first.get_or_insert(Taken::Over(call));
            false
        }
        Node::Deflated(inner, _) => keeps(inner, names, first),
        _ => plan.children().into_iter().any(|c| keeps(c, names, first)),
    }
}

/// Whether an operator leaves no labels of a key.
fn uses_up(call: &Call, name: &str) -> bool {
    !call.entry.keeps && call.keys.iter().any(|k| k.name.node == name)
}

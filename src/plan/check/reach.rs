//! Whether the data reach as far down as a query asks: a step of time finer than theirs, or a level of codes longer
//! than theirs, has no answer. Gives back what is wrong.

use crate::diagnostic::{Diagnostic, codes};
use crate::plan::{Key, Plan, Scope};
use crate::span::Span;
use crate::value::Freq;

/// A step of time that no data below have.
pub(super) fn finer_than_data(plan: &Plan, freq: Freq, span: Span) -> Option<Diagnostic> {
    let steps: Option<Vec<Freq>> = plan.leaves().iter().map(|(s, _)| s.info().finest()).collect();
    let known = steps?.into_iter().min().filter(|known| freq < *known)?;
    let message = format!("the data are by {}, and `by {}` is finer", known.word(), freq.word());
    let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message).here(format!("by {}", known.word()));
    Some(fault.advice(format!("`by {}` is the finest step there is", known.word())))
}

/// Levels of codes that no data below reach.
pub(super) fn deeper_than_codes<'k>(plan: &Plan, keys: impl Iterator<Item = &'k Key>) -> Vec<Diagnostic> {
    let leaves = plan.leaves();
    let mut faults = Vec::new();
    for (key, level) in keys.filter_map(|k| k.level.map(|l| (k, l))) {
        let dims = leaves.iter().filter_map(|(s, _)| s.info().dims.iter().find(|d| d.name.as_ref() == key.dim));
        let longest = dims.filter(|d| d.nested).filter_map(|d| d.levels().last().copied()).max();
        let Some(longest) = longest.filter(|longest| *longest < level) else { continue };
        let message = format!("the codes of `{}` have at most {longest} digits, not {level}", key.dim);
        let mut fault = Diagnostic::new(&codes::UNKNOWN_NAME, key.name.span, message).here("not in the data");
        fault.edits.push(vec![(key.name.span, format!("{}{longest}", key.dim))]);
        faults.push(fault);
    }
    faults
}

/// A part of each year that is finer than the data below.
pub(super) fn finer_part(plan: &Plan, scope: &Scope) -> Option<Diagnostic> {
    let Scope::At(p) = scope else { return None };
    let season = p.node.season()?;
    let steps: Option<Vec<Freq>> = plan.leaves().iter().map(|(s, _)| s.info().finest()).collect();
    let known = steps?.into_iter().min().filter(|known| season.step() < *known)?;
    let message = format!("the data are by {}, and {season} is a part of one", known.word());
    Some(Diagnostic::new(&codes::WRONG_ARGUMENTS, p.span, message).here(format!("by {}", known.word())))
}

//! Lists that are told together: `exports and imports were A and B, respectively`. In: items with subjects and times.
//! Out: to each figure of a list its own flow, partner, product or time.

use super::amounts::{Item, Placed};
use super::dates::Standing;
use super::figure::{Figure, Role, Source, Subject};
use super::phrases::{Phrase, Year};
use super::subjects::Group;
use super::view::View;
use super::words::{Class, Flow, Joint};
use crate::value::period::Period;

/// Figures that follow one another with nothing but joints between.
fn runs(view: &View, figures: &[Figure]) -> Vec<Vec<(usize, usize)>> {
    let kind = |f: usize| figures.get(f).map(|f| matches!(f.role, Role::Growth | Role::Share | Role::ShareChange));
    let mut out: Vec<Vec<(usize, usize)>> = Vec::new();
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut joined = false;
    let mut bracket = 0;
    for i in 0..view.items.len() {
        if let Some(f) = view.figure(i) {
            if bracket > 0 {
                continue;
            }
            let same = open.last().is_some_and(|(_, l)| kind(*l) == kind(f)) && joined;
            if !same {
                out.push(std::mem::take(&mut open));
            }
            open.push((i, f));
            joined = false;
            continue;
        }
        match view.item(i) {
            _ if view.opens(i) => bracket += 1,
            _ if view.closes(i) => bracket = (bracket - 1).max(0),
            Some(Item::Known(Class::Joint(Joint::And))) => joined = true,
            Some(Item::Known(Class::Joint(Joint::With))) if view.word(i).chars().all(super::words::is_han) => {
                joined = true
            }
            _ if view.comma(i) => joined = true,
            Some(Item::Known(
                Class::Direction(..)
                | Class::About
                | Class::MoreThan
                | Class::Nearly
                | Class::Joint(Joint::By | Joint::To),
            )) => {}
            _ if bracket > 0 => {}
            _ => {
                out.push(std::mem::take(&mut open));
                joined = false;
            }
        }
    }
    out.push(open);
    out.retain(|run| run.len() > 1);
    out
}

/// Whether `respectively` is said of a run.
fn is_respective(view: &View, run: &[(usize, usize)]) -> bool {
    let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) else { return false };
    let is = |i: usize| view.class(i) == Some(Class::Respectively);
    let end = view.past(*last);
    is(end) || (view.comma(end) && is(end + 1)) || is(last + 1) || (first.saturating_sub(4)..*first).any(is)
}

/// Gives what is told together its own; the first figure of the sentence has the number `first`, the first group `groups`.
pub fn set(
    items: &[Placed],
    text: &str,
    figures: &mut [Figure],
    first: usize,
    found: &mut [Group],
    groups: usize,
    standing: &Standing,
) {
    let view = View { items, text };
    let mut paired: Vec<usize> = Vec::new();
    let runs = runs(&view, figures);
    let respective = |run: &[(usize, usize)]| is_respective(&view, run);
    let any_respective = runs.iter().any(|run| respective(run));
    let mut next_group = groups + found.len();
    for run in &runs {
        let Some((at, f)) = run.first().copied() else { continue };
        let Some(group) = figures.get(f).and_then(|f| f.group.checked_sub(groups)).and_then(|g| found.get(g)).cloned()
        else {
            continue;
        };
        let amounts = figures.get(f).is_some_and(|f| f.role == Role::Level);
        let is_base = figures.get(f).is_some_and(|f| f.is_base);
        let told = respective(run) || any_respective && (!amounts || is_base);
        let flows = flows_before(&view, at, figures, run.len());
        let products = products_before(&view, at, figures, run.len());
        let list = lists(&view, at, standing);
        let single = run.iter().all(|(_, f)| {
            figures
                .get(*f)
                .is_some_and(|g| g.group == figures.get(run.first().map_or(0, |r| r.1)).map_or(0, |h| h.group))
        });
        if !single {
            continue;
        }
        for (n, (_, f)) in run.iter().enumerate() {
            let Some(figure) = figures.get_mut(*f) else { continue };
            if let Some(flow) = group.pair.get(n).filter(|_| group.pair.len() == run.len()) {
                figure.subject.flow = Some(*flow);
                paired.push(*f);
            } else if told && group.partners.len() == run.len() {
                figure.subject.partner = group.partners.get(n).cloned().unwrap_or_default();
                paired.push(*f);
            } else if told && group.products.len() == run.len() {
                figure.subject.product = group.products.get(n).cloned().unwrap_or_default();
                paired.push(*f);
            } else if told && flows.len() == run.len() {
                figure.subject.flow = flows.get(n).copied();
                paired.push(*f);
            } else if told && products.len() == run.len() {
                figure.subject = products.get(n).cloned().unwrap_or_else(|| figure.subject.clone());
                paired.push(*f);
            } else if told && list.len() == run.len() && !is_base {
                figure.period = list.get(n).copied();
                figure.from_period = Source::Said;
                figure.is_base = false;
                paired.push(*f);
            }
        }
    }
    // What stands in a bracket behind, or beside, goes with it.
    for f in first..figures.len() {
        let Some(figure) = figures.get(f).cloned() else { continue };
        let Some(group) = figure.group.checked_sub(groups).and_then(|g| found.get(g)) else { continue };
        if group.pair.len() < 2 || paired.contains(&f) {
            continue;
        }
        let before = paired.iter().copied().filter(|p| *p < f).max();
        let flow = match before.filter(|b| figures.get(*b).is_some_and(|b| b.group == figure.group)) {
            Some(b) if figure.bracketed => figures.get(b).and_then(|b| b.subject.flow),
            _ if figure.bracketed && f > first => figures.get(f - 1).and_then(|b| b.subject.flow),
            _ => Some(Flow::Trade),
        };
        if let Some(figure) = figures.get_mut(f) {
            figure.subject.flow = flow;
        }
    }
    // Each of a pair is a series of its own.
    for f in paired {
        if let Some(figure) = figures.get_mut(f) {
            figure.group = next_group;
            next_group += 1;
        }
    }
}

/// The flows of as many figures before, where each is of another: `exports fell A and imports B, beating expectations of C
/// and D respectively`.
fn flows_before(view: &View, at: usize, figures: &[Figure], count: usize) -> Vec<Flow> {
    let before: Vec<&Figure> = (0..at).filter_map(|t| view.figure(t)).filter_map(|f| figures.get(f)).collect();
    let last: Vec<Flow> = before.iter().rev().take(count).rev().filter_map(|f| f.subject.flow).collect();
    let mut apart = last.clone();
    apart.dedup();
    if apart.len() == count && before.len() == count { last } else { Vec::new() }
}

/// The series of as many levels before, where each is of another product: `chips came to A and displays to B, up C and D,
/// respectively`.
fn products_before(view: &View, at: usize, figures: &[Figure], count: usize) -> Vec<Subject> {
    let before = (0..at).filter_map(|t| view.figure(t)).filter_map(|f| figures.get(f));
    let subjects: Vec<&Subject> = before.filter(|f| f.role == Role::Level).map(|f| &f.subject).collect();
    let mut apart: Vec<&str> = subjects.iter().map(|s| s.product.as_str()).collect();
    apart.sort_unstable();
    apart.dedup();
    let fits = subjects.len() == count && apart.len() == count;
    if fits { subjects.into_iter().cloned().collect() } else { Vec::new() }
}

/// Times that are told together before a place: `for 2020 and 2019`.
fn lists(view: &View, before: usize, standing: &Standing) -> Vec<Period> {
    let mut out = Vec::new();
    let mut joined = false;
    for i in 0..before {
        match view.item(i) {
            Some(Item::Time(phrase)) => {
                // `for 2020 and 2019 the first-quarter figures`
                let years = out.len() > 1 && out.iter().all(|p: &Period| p.months() == Some(12));
                if !joined
                    && years
                    && let Some(part) = in_year(phrase)
                {
                    out = out.iter().filter_map(|p| standing.resolve(part(p.first_month().0))).collect();
                    continue;
                }
                if !joined {
                    out.clear();
                }
                out.extend(standing.resolve(phrase));
                joined = false;
            }
            _ if view.comma(i) || view.is_joint(i, Joint::And) => joined = true,
            _ => joined = false,
        }
    }
    out
}

/// A part of a year whose year is not told, as that part of a year.
fn in_year(phrase: Phrase) -> Option<impl Fn(i32) -> Phrase> {
    let fits = matches!(phrase, Phrase::Quarter(Year::Unsaid, _) | Phrase::Months(Year::Unsaid, ..));
    fits.then_some(move |year| match phrase {
        Phrase::Quarter(_, number) => Phrase::Quarter(Year::Is(year), number),
        Phrase::Months(_, from, to) => Phrase::Months(Year::Is(year), from, to),
        other => other,
    })
}

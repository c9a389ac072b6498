//! `top N`, `largest first`, `first N`: which lines are kept by their size or their period, and in which order. What is
//! left out is handed back by group, so that a rest can be made of it.

use super::lines::{Line, Lines};
use crate::diagnostic::{Diagnostic, codes};
use crate::eval::Evaluator;
use crate::pause::{paced, turn};
use crate::plan::choices::{Amount, End, Order, Top};
use crate::plan::evaluation::OFTEN;
use crate::syntax::Fault;
use crate::value::{Labels, Period};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// What tells a group of lines: its labels in the dimensions that are not ranked, and its period where that is not.
pub(super) type Group = (Labels, Option<Period>);

/// What was chosen: how lines are grouped, and what was left out of each group.
pub(super) struct Ranked {
    /// The places of the dimensions whose labels were ranked.
    pub dims: Vec<usize>,
    /// Those of the others.
    others: Vec<usize>,
    /// Whether each period has a ranking of its own.
    pub by_period: bool,
    /// Whether periods were ranked, so that there is no rest in any of them.
    pub ranks_periods: bool,
    /// Per group, in the order of the lines: the labels that were kept, and the lines that were not.
    pub groups: Vec<(Group, Vec<Labels>, Vec<Line>)>,
}

/// Keys that name parts of the calendar, so that they rank as periods do.
pub(super) fn is_calendar(name: &str) -> bool {
    name.ends_with(" of year")
}

/// The labels of a line in these dimensions.
fn labels(line: &Line, dims: &[usize]) -> Labels {
    dims.iter().filter_map(|d| line.key.get(*d).copied()).collect()
}

impl Ranked {
    pub(super) fn group(&self, line: &Line) -> Group {
        (labels(line, &self.others), line.period.filter(|_| self.by_period))
    }
}

impl Evaluator<'_> {
    /// Keeps the largest or smallest.
    pub(super) fn keep_top(&mut self, table: &mut Lines<'_>, top: &Top) -> Result<Ranked, Fault> {
        let (dims, ranks_periods) = self.ranked_keys(table, top)?;
        let by_period = !top.over.is_empty() && !ranks_periods;
        let others = (0..table.dims.len()).filter(|d| !dims.contains(d)).collect();
        let mut out = Ranked { dims, others, by_period, ranks_periods, groups: Vec::new() };
        let last: Option<Period> = table.periods().into_iter().max_by_key(|p| (p.last(), p.first()));
        let several = table.lines.iter().any(|l| l.period.is_some() && l.period != last);
        let mut groups: Vec<(Group, Vec<Line>)> = Vec::new();
        let mut places: FxHashMap<Group, usize> = FxHashMap::default();
        for (at, line) in std::mem::take(&mut table.lines).into_iter().enumerate() {
            if at.is_multiple_of(OFTEN) {
                self.go_on(top.span)?;
            }
            let group = out.group(&line);
            match groups.last_mut().filter(|(last, _)| *last == group) {
                Some((_, members)) => members.push(line),
                None => {
                    let next = groups.len();
                    let place = *places.entry(group.clone()).or_insert(next);
                    if place == next {
                        groups.push((group, Vec::new()));
                    }
                    if let Some((_, members)) = groups.get_mut(place) {
                        members.push(line);
                    }
                }
            }
        }
        drop(places);
        let mut ties = false;
        for (at, (group, members)) in groups.into_iter().enumerate() {
            if at.is_multiple_of(OFTEN / 16) {
                self.go_on(top.span)?;
            }
            let counts = |l: &&Line| ranks_periods || by_period || l.period == last;
            let what = |l: &Line| (labels(l, &out.dims), l.period.filter(|_| ranks_periods));
            let mut ranked: Vec<_> = paced(&members)
                .filter(counts)
                .filter(|l| !l.is_rest())
                .filter_map(|l| Some((what(l), l.first().datum.ok()?)))
                .collect();
            ranked.sort_by(|a, b| {
                turn();
                let size = if top.bottom { a.1.total_cmp(&b.1) } else { b.1.total_cmp(&a.1) };
                size.then_with(|| a.0.cmp(&b.0))
            });
            let count = match top.amount {
                Amount::Count(n) => n,
                Amount::Part(part) => {
                    let whole = members.iter().filter(counts).filter_map(|l| l.first().datum.ok());
                    self.reaching(&ranked.iter().map(|r| r.1).collect::<Vec<_>>(), whole.sum(), part, top)?
                }
            };
            let edge = count.checked_sub(1).and_then(|at| ranked.get(at)).map(|r| r.1);
            let tied = ranked.iter().skip(count).take_while(|r| Some(r.1) == edge).count();
            ties |= tied > 0;
            let chosen: Vec<_> = ranked.into_iter().take(count + tied).map(|r| r.0).collect();
            let position: FxHashMap<_, usize> = chosen.iter().enumerate().map(|(i, w)| (w.clone(), i)).collect();
            let (mut kept, mut left) = (Vec::new(), Vec::new());
            for line in paced(members) {
                match position.get(&what(&line)) {
                    Some(place) => kept.push((*place, line)),
                    None => left.push(line),
                }
            }
            kept.sort_by_key(|(place, line)| (*place, line.period));
            table.lines.extend(kept.into_iter().map(|(_, line)| line));
            out.groups.push((group, chosen.into_iter().map(|w| w.0).collect(), left));
        }
        if ties {
            let message = "several are as large as the last that was chosen, so all of them are kept";
            self.say(Diagnostic::new(&codes::TIES, top.span, message));
        }
        if several && !by_period && !ranks_periods {
            let period = last.map(|p| p.to_string()).unwrap_or_default();
            let message = match top.amount {
                Amount::Count(1) => format!("the one was chosen by {period}"),
                Amount::Count(n) => format!("the {n} were chosen by {period}"),
                Amount::Part(_) => format!("they were chosen by {period}"),
            };
            self.say(Diagnostic::new(&codes::TOP_N_BY_END, top.span, message));
        }
        Ok(out)
    }

    /// The dimensions whose labels are ranked, and whether periods are.
    fn ranked_keys(&self, table: &Lines<'_>, top: &Top) -> Result<(Vec<usize>, bool), Fault> {
        let timed = table.lines.iter().any(|l| l.period.is_some());
        if top.over.is_empty() {
            let own = |d: &&usize| table.dims.get(**d).is_some_and(|d| !is_calendar(&d.name));
            let all: Vec<usize> = (0..table.dims.len()).collect();
            return match all.iter().rev().find(own) {
                Some(last) => Ok((vec![*last], false)),
                None => Ok((all, timed)),
            };
        }
        let (mut dims, mut periods) = (Vec::new(), false);
        for key in &top.over {
            let name = key.name.node.as_str();
            match table.dims.iter().position(|d| d.name.as_ref() == name) {
                Some(at) => dims.push(at),
                None if timed && crate::value::Freq::parse(name).is_some() => periods = true,
                None => {
                    let message = format!("`{name}` is no key of the result, so nothing can be ranked over it");
                    let known: Vec<&str> = table.dims.iter().map(|d| d.name.as_ref()).collect();
                    let mut fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, key.name.span, message);
                    if !known.is_empty() {
                        fault = fault.advice(format!("its keys are {}", known.join(", ")));
                    }
                    return Err(Box::new(fault));
                }
            }
        }
        Ok((dims, periods))
    }

    /// How many of the largest together reach a part of the whole.
    fn reaching(&self, ranked: &[f64], whole: f64, part: f64, top: &Top) -> Result<usize, Fault> {
        if ranked.iter().any(|x| *x < 0.0) {
            let message = "some amounts are below zero, so no part of their total can be reached";
            let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, top.span, message);
            return Err(Box::new(fault.advice("`top N` takes a number of them")));
        }
        let wanted = whole * part / 100.0 * (1.0 - 1e-12);
        let mut sum = 0.0;
        for (place, x) in ranked.iter().enumerate() {
            sum += x;
            if sum >= wanted {
                return Ok(place + 1);
            }
        }
        Ok(ranked.len())
    }

    /// Puts lines in order: by the value of the last period, with the other periods of a label beside it.
    pub(super) fn put_in_order(&mut self, table: &mut Lines<'_>, order: &Order) {
        let last: Option<Period> = table.periods().into_iter().max_by_key(|p| (p.last(), p.first()));
        let by_period = table.dims.is_empty();
        let what = |l: &Line| (l.key.clone(), l.period.filter(|_| by_period));
        let mut ranked: Vec<_> = table
            .lines
            .iter()
            .inspect(|_| turn())
            .filter(|l| by_period || l.period == last)
            .map(|l| (what(l), l.first().datum.ok(), l.is_rest()))
            .collect();
        // What no label accounts for comes last, and what is missing before it.
        ranked.sort_by(|a, b| {
            turn();
            let size = match (a.1, b.1) {
                (Some(x), Some(y)) if order.smallest => x.total_cmp(&y),
                (Some(x), Some(y)) => y.total_cmp(&x),
                (x, y) => y.is_some().cmp(&x.is_some()),
            };
            a.2.cmp(&b.2).then(size).then_with(|| a.0.cmp(&b.0))
        });
        let position: FxHashMap<_, usize> = ranked.into_iter().enumerate().map(|(i, r)| (r.0, i)).collect();
        let at = |l: &Line| position.get(&what(l)).copied().unwrap_or(usize::MAX);
        let mut lines: Vec<(usize, Line)> =
            paced(std::mem::take(&mut table.lines)).map(|line| (at(&line), line)).collect();
        lines.sort_by(|(a, x), (b, y)| {
            turn();
            a.cmp(b).then_with(|| x.key.cmp(&y.key)).then_with(|| x.period.cmp(&y.period))
        });
        table.lines = lines.into_iter().map(|(_, line)| line).collect();
    }

    /// Keeps the first or last periods.
    pub(super) fn keep_ends(&self, table: &mut Lines<'_>, end: &End) -> Result<(), Fault> {
        let kept = cut(table.periods(), end);
        if table.lines.iter().any(|l| l.period.is_none()) {
            let message = "the result has no periods of which some could be kept";
            return self.fault(&codes::WRONG_ARGUMENTS, end.span, message);
        }
        let kept: BTreeSet<Period> = kept.into_iter().collect();
        table.lines.retain(|l| l.period.is_some_and(|p| kept.contains(&p)));
        Ok(())
    }
}

/// The first or last of some periods.
pub(in crate::eval) fn cut(mut periods: Vec<Period>, end: &End) -> Vec<Period> {
    periods.sort_unstable();
    if end.last {
        periods.split_off(periods.len().saturating_sub(end.count))
    } else {
        periods.truncate(end.count);
        periods
    }
}

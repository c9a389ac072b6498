//! Two periods compared over what both have: pairs of sub-period and label. In: an operand and pairs of periods. Out:
//! sums over the pairs that both ends have, and what was left out; a warning where it makes a difference that prints.

use super::*;
use crate::diagnostic::Diagnostic;
use crate::plan::composition::{Difference, Membership, listed, named};
use crate::plan::{Condition, Grid, Key};
use crate::span::Spanned;
use crate::value::absence::Names;
use crate::value::series;
use crate::value::{Cell, Dimension, Flags, Period, Reason, number};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Sums of both ends over what both have.
#[derive(Clone, Debug, Default)]
pub(super) struct Pair {
    pub before: f64,
    pub after: f64,
    /// What each end has in all.
    pub whole: (f64, f64),
    /// How many pairs were compared, and in which of the later sub-periods.
    pub count: usize,
    pub when: BTreeSet<Period>,
    /// Whether something of what was compared is missing in a sum.
    pub lacks: bool,
    /// Labels of which something was compared.
    pub compared: BTreeSet<String>,
    /// Labels of which the earlier or the later end holds more, with the amount.
    pub left: (BTreeMap<String, f64>, BTreeMap<String, f64>),
}

/// An operand at both ends of some pairs of periods.
pub(super) struct Matched {
    /// The dimensions of the result.
    pub dims: Vec<Arc<str>>,
    /// By its labels, one for each pair.
    pub pairs: BTreeMap<Names, Vec<Pair>>,
}

/// The names of the labels of a row.
pub(super) fn names(dims: &[Dimension], key: &[u32]) -> Names {
    dims.iter().zip(key).filter_map(|(d, k)| d.labels.get(*k as usize).cloned()).collect()
}

/// The sub-periods of two ends that stand at the same place in them.
fn steps(step: Option<Freq>, (a, b): (Period, Period)) -> Vec<(Period, Period)> {
    let shorter = |p: Period| p.freq().is_none_or(|f| step.is_some_and(|s| s < f));
    match step.filter(|s| s.months().is_some() && shorter(a) && shorter(b)) {
        Some(step) => a.units(step, 4000).into_iter().zip(b.units(step, 4000)).collect(),
        None => vec![(a, b)],
    }
}

/// An operand at both ends of every pair, summed over what both have.
pub(super) fn matched(
    ev: &mut dyn Evaluation,
    plan: &Plan,
    demand: &Demand,
    (step, extra): (Option<Freq>, &[String]),
    pairs: &[(Period, Period)],
) -> Result<Matched, Fault> {
    let parts: Vec<Vec<(Period, Period)>> = pairs.iter().map(|p| steps(step, *p)).collect();
    let all: BTreeSet<Period> = parts.iter().flatten().flat_map(|(p, q)| [*p, *q]).collect();
    let mut finer = demand.at(all.into_iter().collect());
    for dim in extra.iter().filter(|d| !demand.keys.iter().any(|k| k.dim == **d && k.is_codes())) {
        finer.keys.push(Key::plain(dim, Span::default()));
    }
    let value = ev.eval_quietly(plan, &finer)?;
    // The codes of a dimension whose members are asked for stand behind these, under the same name.
    let named = |d: &Dimension| demand.keys.iter().any(|k| k.name.node == d.name.as_ref());
    let first = |at: usize, d: &Dimension| value.dims.iter().position(|other| other.name == d.name) == Some(at);
    let own: Vec<bool> = value.dims.iter().enumerate().map(|(at, d)| named(d) && first(at, d)).collect();
    let dims = value.dims.iter().zip(&own).filter(|(_, own)| **own).map(|(d, _)| d.name.clone()).collect();
    let mut out = Matched { dims, pairs: BTreeMap::new() };
    for (key, cells) in series(&value).iter() {
        let of = |mine: bool| -> Names {
            let labels = value.dims.iter().zip(key).zip(&own).filter(|(_, own)| **own == mine);
            labels.filter_map(|((d, k), _)| d.labels.get(*k as usize).cloned()).collect()
        };
        let label = of(false).iter().map(|l| l.to_string()).collect::<Vec<_>>().join("/");
        let cell = |p: &Period| {
            let none = || value.absent.cell(&value.dims, key, Some(*p), Reason::NotReported);
            cells.get(p).unwrap_or_else(none)
        };
        let sums = out.pairs.entry(of(true)).or_insert_with(|| vec![Pair::default(); pairs.len()]);
        for (sum, parts) in sums.iter_mut().zip(&parts) {
            for (then, now) in parts {
                sum.add((cell(then), cell(now)), *now, &label);
            }
        }
    }
    Ok(out)
}

impl Pair {
    fn add(&mut self, (then, after): (Cell, Cell), now: Period, label: &str) {
        let cells = (then.datum, after.datum);
        self.lacks |= cells.0.is_ok() && cells.1.is_ok() && [then, after].iter().any(|c| c.flags.has(Flags::MISSING));
        self.whole.0 += cells.0.unwrap_or(0.0);
        self.whole.1 += cells.1.unwrap_or(0.0);
        match cells {
            (Ok(x), Ok(y)) => {
                self.before += x;
                self.after += y;
                self.count += 1;
                self.compared.insert(label.to_string());
                self.when.insert(now);
            }
            (Ok(x), Err(_)) => *self.left.0.entry(label.to_string()).or_default() += x,
            (Err(_), Ok(y)) => *self.left.1.entry(label.to_string()).or_default() += y,
            (Err(_), Err(_)) => {}
        }
    }

    /// Whether labels were left out, rather than months alone.
    pub(super) fn has_left_labels(&self) -> bool {
        self.left.0.keys().chain(self.left.1.keys()).any(|l| !l.is_empty())
    }

    /// What was left out, in words, with its part of the end that has it.
    pub(super) fn left_out(&self, (a, b): (Period, Period)) -> String {
        let side = |left: &BTreeMap<String, f64>, whole: f64, (at, other): (Period, Period)| {
            let mut found: Vec<(&String, &f64)> = left.iter().collect();
            found.sort_by(|p, q| q.1.abs().total_cmp(&p.1.abs()));
            let share = 100.0 * left.values().sum::<f64>() / whole;
            let labels = listed(&named(found.into_iter().map(|(l, _)| l.clone())));
            // Of amounts of both signs it is no part of the whole.
            let is_part = (0.0..=100.0).contains(&share);
            let part = if is_part { format!(", {} % of it", number::significant(share, 3)) } else { String::new() };
            let some = left.keys().any(|l| self.compared.contains(l));
            let words = match some {
                true => format!("{at} has parts of {labels} that {other} lacks{part}"),
                false => format!("only {at} has {labels}{part}"),
            };
            (!left.is_empty()).then_some(words)
        };
        let words = [side(&self.left.0, self.whole.0, (a, b)), side(&self.left.1, self.whole.1, (b, a))];
        words.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }
}

/// Whether two numbers print alike.
pub(super) fn prints_alike(x: f64, y: f64, unit: &Unit, kind: Kind) -> bool {
    let decimals = |x: f64| usize::try_from((2 - number::magnitude(x.abs())).clamp(1, 2)).unwrap_or(1);
    match kind {
        Kind::Growth | Kind::Share | Kind::Points if unit.is_percent() || kind != Kind::Points => {
            let places = decimals(x);
            let text = |x: f64| number::round_to(x, places, number::Rounding::HalfAway);
            text(x) == text(y)
        }
        _ => number::significant(x, 5) == number::significant(y, 5),
    }
}

/// A comparison whose two ends may hold different labels.
pub(super) struct Compared<'c> {
    pub call: &'c Call,
    pub plan: &'c Plan,
    pub demand: &'c Demand,
    /// Where the ends are said.
    pub at: Span,
    /// Unit and kind of the result.
    pub out: &'c Type,
    /// Kind of the operand.
    pub kind: Kind,
    pub formula: &'c dyn Fn(f64, f64) -> Result<f64, Reason>,
}

/// Warns where two ends hold different labels and the figure over those of both prints differently. `results` are the
/// numbers that are printed, by labels and pair.
pub(super) fn composition(
    ev: &mut dyn Evaluation,
    c: &Compared<'_>,
    pairs: &[(Period, Period)],
    results: &dyn Fn() -> Vec<(Names, usize, f64)>,
) -> Result<(), Fault> {
    let found = ev.memberships(c.plan, c.demand)?;
    let differs = |m: &Membership, (a, b): (Period, Period)| {
        let difference = m.difference(a, b);
        (!difference.is_none()).then_some(difference)
    };
    let changed: Vec<usize> = (0..pairs.len())
        .filter(|i| pairs.get(*i).is_some_and(|p| found.iter().any(|m| differs(m, *p).is_some())))
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    let results = &results();
    if !c.kind.is_level() {
        return among_common(ev, c, pairs, results, &found);
    }
    let extra: BTreeSet<String> = found.iter().flat_map(|m| m.dims.iter().cloned()).collect();
    let extra: Vec<String> = extra.into_iter().collect();
    let step = found.first().and_then(Membership::step);
    let Ok(sums) = matched(ev, c.plan, c.demand, (step, &extra), pairs) else { return Ok(()) };
    for (names, at, printed) in results.iter().filter(|(_, at, _)| changed.contains(at)) {
        let (Some(pair), Some(ends)) = (sums.pairs.get(names).and_then(|s| s.get(*at)), pairs.get(*at)) else {
            continue;
        };
        if pair.left.0.is_empty() && pair.left.1.is_empty() {
            continue;
        }
        let alike = if pair.count == 0 { Err(Reason::NoBase) } else { (c.formula)(pair.before, pair.after) };
        if alike.is_ok_and(|z| prints_alike(*printed, z, &c.out.unit, c.out.kind)) {
            continue;
        }
        say(ev, c, (names, &extra), *ends, &pair.left_out(*ends), alike);
        break;
    }
    Ok(())
}

/// The same for what has no sum: with a filter on the labels that both ends have alike.
fn among_common(
    ev: &mut dyn Evaluation,
    c: &Compared<'_>,
    pairs: &[(Period, Period)],
    results: &[(Names, usize, f64)],
    found: &[Membership],
) -> Result<(), Fault> {
    for (names, at, printed) in results {
        let Some((a, b)) = pairs.get(*at).copied() else { continue };
        let differences: Vec<Difference> = found.iter().map(|m| m.difference(a, b)).filter(|d| !d.is_none()).collect();
        let Some(first) = differences.first() else { continue };
        let [dim] = first.dims.as_slice() else { continue };
        let kept: Vec<Names> =
            first.both.iter().filter(|n| differences.iter().all(|d| d.both.contains(n))).cloned().collect();
        let codes: Vec<Spanned<String>> =
            kept.iter().filter_map(|n| n.last()).map(|l| Spanned::new(l.to_string(), Span::default())).collect();
        let mut demand = c.demand.at(vec![a, b]);
        let name = Spanned::new(dim.clone(), Span::default());
        let alike = if codes.is_empty() {
            Err(Reason::NoBase)
        } else {
            demand.filters.push(Condition::on_codes(name, true, codes));
            let Ok(value) = ev.eval_quietly(c.plan, &demand) else { continue };
            let all = series(&value);
            let cells = all.iter().find(|(key, _)| self::names(&value.dims, key) == *names);
            let number =
                |p: Period| cells.as_ref().and_then(|(_, c)| c.get(&p)).map_or(Err(Reason::NoBase), |c| c.datum);
            number(a).and_then(|x| number(b).and_then(|y| (c.formula)(x, y)))
        };
        if alike.is_ok_and(|z| prints_alike(*printed, z, &c.out.unit, c.out.kind)) {
            continue;
        }
        let side =
            |labels: &[Names], p: Period| (!labels.is_empty()).then(|| format!("only {p} has {}", listed(labels)));
        let words: Vec<String> = [side(&first.before, a), side(&first.after, b)].into_iter().flatten().collect();
        say(ev, c, (names, std::slice::from_ref(dim)), (a, b), &words.join("; "), alike);
        break;
    }
    Ok(())
}

fn say(
    ev: &mut dyn Evaluation,
    c: &Compared<'_>,
    (of, dims): (&Names, &[String]),
    (a, b): (Period, Period),
    left: &str,
    alike: Result<f64, Reason>,
) {
    let plural = |d: &String| match d.as_str() {
        "reporter" | "partner" | "sector" | "country" | "product" => {
            d.strip_suffix('y').map_or(format!("{d}s"), |d| format!("{d}ies"))
        }
        _ => format!("labels of {d}"),
    };
    let plural = dims.iter().map(plural).collect::<Vec<_>>().join(" and ");
    let of = if of.is_empty() { String::new() } else { format!("of {}, ", listed(std::slice::from_ref(of))) };
    let message = format!("{of}{a} and {b} hold different {plural}: {left}");
    let mut warning = Diagnostic::new(&codes::COMPOSITION_CHANGED, c.at, message);
    if let Ok(z) = alike {
        let unit = if c.out.kind == Kind::Index { String::new() } else { c.out.unit.to_string() };
        warning = warning.here(format!("{} {unit} like for like", number::significant(z, 3)).replace("  ", " "));
        if let Some(words) = like_for_like(c.call, c.kind, c.demand) {
            warning.edits.push(vec![(c.call.words, words)]);
        }
    }
    ev.say(warning);
}

/// The operator that compares values of this kind like for like, where there is one.
pub(super) fn like_for_like(call: &Call, kind: Kind, demand: &Demand) -> Option<String> {
    let words = format!("like-for-like {}", call.entry.name);
    let known = lookup(&words).is_some() && kind.is_level();
    // What the parentheses hold is not taken apart.
    let open = matches!(demand.grid, Grid::Window(..)) || call.entry.needs == Needs::Series;
    (known && open).then_some(words)
}

//! Change over what both ends have: pairs of month and label. In: an operand and two ends, or a series. Out: growth or
//! change over the pairs, and a note of what was left out.

use super::ends::{ends_asked, present};
use super::formulas::{decimal_difference, percent_change};
use super::matched::{Pair, matched};
use super::steps::{step, wanted, without_lead_in};
use super::*;
use crate::diagnostic::{Diagnostic, Level};
use crate::eval::trace::{Line, Step, put, result};
use crate::plan::Grid;
use crate::plan::composition::Membership;
use crate::value::absence::Names;
use crate::value::series::{Series, series};
use crate::value::{Absence, Cell, Coverage, Dimension, Flags, Labels, Period, Reason, Row};
use std::collections::BTreeSet;
use std::sync::Arc;

const fn like(name: &'static str, summary: &'static str, formula: &'static str) -> Entry {
    Entry {
        name,
        needs: Needs::EndPoints,
        summary,
        formula,
        notes: "Compares pairs of month and reporter (or another label whose absence is a missing observation) that both ends have, and says which are left out. Without a pair there is no answer.",
        cites: &["General Administration of Customs of China: January-to-month comparisons"],
        asks: ends_asked,
        result: growth_type,
        ..plain(ends)
    }
}

/// The family.
pub const ENTRIES: &[Entry] = &[
    Entry {
        instead: Some("like-for-like change"),
        examples: &[("like-for-like growth of exports where reporter = CHN from 2020 to 2021", "8.08 %")],
        ..like(
            "like-for-like growth",
            "Growth over the months and labels that both periods have.",
            "100 * (sum of x[b] / sum of x[a] - 1), over the pairs present in both",
        )
    },
    Entry {
        result: change_type,
        examples: &[("like-for-like change of exports where reporter = CHN from 2020 to 2021", "8.4433 bn CNY")],
        ..like(
            "like-for-like change",
            "Change over the months and labels that both periods have.",
            "sum of x[b] - sum of x[a], over the pairs present in both",
        )
    },
    Entry {
        needs: Needs::Series,
        step: Some(Freq::Year),
        asks: same,
        eval: by_year,
        examples: &[("like-for-like yoy growth of exports where reporter = CHN for 2021", "8.08 %")],
        ..like(
            "like-for-like yoy growth",
            "Growth on the same period of the year before, over the months and labels that both have.",
            "100 * (sum of x[t] / sum of x[t - 1 year] - 1), over the pairs present in both",
        )
    },
];

fn differs(call: &Call) -> bool {
    call.entry.name.ends_with("change")
}

fn formula(call: &Call) -> impl Fn(f64, f64) -> Result<f64, Reason> + use<> {
    let differs = differs(call);
    move |x, y| if differs { Ok(decimal_difference(y, x)) } else { percent_change(x, y) }
}

fn words(call: &Call, x: f64, y: f64) -> String {
    if differs(call) { format!("{} - {}", put(y), put(x)) } else { format!("100 * ({} / {} - 1)", put(y), put(x)) }
}

/// Unit and kind of the result.
fn out(call: &Call, value: &Value) -> Type {
    let percent = Type::percent(Kind::Growth);
    let operand = Type::new(value.unit.clone(), value.kind);
    if differs(call) { change_type(call, &[operand]).unwrap_or(percent) } else { percent }
}

/// A step, and dimensions.
type Apart = (Option<Freq>, Vec<String>);

/// The step of an operand that can be taken apart, and the dimensions along which its labels may be missing.
fn open(ev: &mut dyn Evaluation, plan: &Plan, demand: &Demand) -> Result<Option<Apart>, Fault> {
    let natural = ev.natural(plan, &Demand { grid: Grid::Natural, ..demand.clone() })?.unwrap_or_default();
    let first = natural.first().and_then(|p| p.freq());
    if first.is_none_or(|f| f.months().is_none()) || natural.iter().any(|p| p.freq() != first) {
        return Ok(None);
    }
    let found = ev.memberships(plan, demand)?;
    let dims: BTreeSet<String> = found.iter().flat_map(|m: &Membership| m.dims.iter().cloned()).collect();
    Ok(Some((first, dims.into_iter().collect())))
}

fn ends(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let Grid::Window(from, to, _) = &demand.grid else {
        let message = format!("`{}` needs two periods: `from … to …`", call.entry.name);
        return ev.fault(&codes::WRONG_ARGUMENTS, call.words, message);
    };
    let pair = ev.ends(plan, demand, from, to)?;
    let Some((step, extra)) = open(ev, plan, demand)? else { return by_stretch(ev, call, demand, span) };
    let whole = ev.eval_quietly(plan, &demand.at(vec![pair.0, pair.1]))?;
    is_sum(call, &whole)?;
    let found = matched(ev, plan, demand, (step, &extra), &[pair])?;
    if found.pairs.values().flatten().all(|p| p.count == 0) {
        let message = format!("{} and {} have no month in common", pair.0, pair.1);
        return ev.fault(&codes::MISSING_OBSERVATION, from.span.to(to.span), message);
    }
    let value = told(ev, call, &whole, &found.dims, &found.pairs, &[pair], from.span.to(to.span));
    Ok(Value { fixed: true, ..value })
}

/// Only what is a sum of labels and months can be taken apart into them.
fn is_sum(call: &Call, whole: &Value) -> Result<(), Fault> {
    if whole.kind.is_level() {
        return Ok(());
    }
    let message = format!("{} are not sums of labels and months", whole.kind.plural());
    let fault = Diagnostic::new(&codes::SUM_OF_NONADDITIVE, call.words, message);
    Err(Box::new(fault.advice("compare the sums that they are made of, each like for like")))
}

fn by_year(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let (n, freq) = step(call);
    let periods = wanted(ev, call, plan, demand)?;
    let pairs: Vec<(Period, Period)> = periods.iter().filter_map(|p| p.shift(-n, freq).map(|q| (q, *p))).collect();
    let Some((step, extra)) = open(ev, plan, demand)? else {
        let message = "the data have no common step, so that months cannot be told apart";
        return ev.fault(&codes::WRONG_ARGUMENTS, call.words, message);
    };
    let whole = ev.eval_quietly(plan, &demand.at(periods))?;
    is_sum(call, &whole)?;
    let found = matched(ev, plan, demand, (step, &extra), &pairs)?;
    let mut value = told(ev, call, &whole, &found.dims, &found.pairs, &pairs, call.words);
    if demand.grid.is_open() {
        value.rows = without_lead_in(value.rows);
    }
    Ok(value)
}

/// The cells of all pairs, and what was left out.
fn told(
    ev: &mut dyn Evaluation,
    call: &Call,
    whole: &Value,
    dims: &[Arc<str>],
    found: &std::collections::BTreeMap<Names, Vec<Pair>>,
    pairs: &[(Period, Period)],
    at: Span,
) -> Value {
    let labels = |place: usize| {
        let mut all: Vec<Arc<str>> = found.keys().filter_map(|names| names.get(place).cloned()).collect();
        all.sort_unstable();
        all.dedup();
        Arc::new(all)
    };
    let dims: Vec<Dimension> =
        dims.iter().enumerate().map(|(i, name)| Dimension { name: name.clone(), labels: labels(i) }).collect();
    let place =
        |(dim, name): (&Dimension, &Arc<str>)| dim.labels.binary_search(name).ok().and_then(|i| u32::try_from(i).ok());
    let out = out(call, whole);
    let (mut rows, mut lines, mut left) = (Vec::new(), Vec::new(), Vec::new());
    let telling = ev.is_telling();
    for (names, sums) in found {
        let key: Labels = dims.iter().zip(names).filter_map(place).collect();
        for (pair, (a, b)) in sums.iter().zip(pairs) {
            let ends = call.entry.needs == Needs::EndPoints;
            let period = if ends { a.span(*b) } else { *b };
            let datum = if pair.count == 0 { Err(Reason::NoBase) } else { formula(call)(pair.before, pair.after) };
            if telling && let Ok(z) = datum {
                let about =
                    names.iter().map(|n| n.to_string()).chain([period.to_string()]).collect::<Vec<_>>().join(", ");
                let arithmetic = words(call, pair.before, pair.after);
                lines.push(Line { about, arithmetic, result: result(z), unit: out.unit.to_string() });
            }
            let words = pair.left_out((*a, *b));
            if pair.count > 0 && pair.has_left_labels() && !words.is_empty() {
                left.push(words);
            }
            rows.push(Row::new(&key, Some(period), cell(pair, *b, datum)));
        }
    }
    if let Some(first) = left.first() {
        let more = if left.len() > 1 { format!(", and so on in {} more", left.len() - 1) } else { String::new() };
        let note = Diagnostic::new(&codes::COMPOSITION_CHANGED, at, format!("left out: {first}{more}"));
        ev.say(note.at_level(Level::Note));
    }
    ev.tell(|| Step {
        say: "like for like over the months and labels that both ends have".into(),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    let mut value = Value { dims, unit: out.unit, kind: out.kind, rows, absent: Absence::Missing, fixed: false };
    value.sort();
    value
}

/// A number over the pairs, marked where they are not all months of the later period.
fn cell(pair: &Pair, b: Period, datum: Result<f64, Reason>) -> Cell {
    let Some(span) = pair.when.iter().copied().reduce(Period::span) else { return Cell::missing(Reason::NoBase) };
    let have = pair.when.iter().map(|p| p.parts()).sum();
    let coverage = Coverage { span, have, of: b.parts(), observed: None };
    let flags = if coverage.is_full() { Flags::none() } else { Flags::PARTIAL };
    let flags = if pair.lacks { flags.with(Flags::MISSING) } else { flags };
    Cell { datum, coverage: Some(coverage), flags }
}

/// Over the months that stand alone in both, or the longest stretch that both can answer as a whole, where the spans of
/// the data have no common step.
fn by_stretch(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let Grid::Window(from, to, _) = &demand.grid else {
        return ev.fault(
            &codes::WRONG_ARGUMENTS,
            call.words,
            format!("`{}` needs two periods: `from … to …`", call.entry.name),
        );
    };
    let (a, b) = ev.ends(plan, demand, from, to)?;
    let years = b.first_month().0 - a.first_month().0;
    // Months that stand alone in both; else the longest run of months that both can answer.
    let mut months = Vec::new();
    for month in b.units(Freq::Month, 1200) {
        let Some(then) = month.shift(-years, Freq::Year).filter(|m| a.contains(*m)) else { continue };
        if present(ev, plan, demand, &[month, then]) {
            months.push((then, month));
        }
    }
    let run = longest_run(ev, plan, demand, a, b, years);
    let pairs = match run {
        Some(pair) if pair.1.parts() as usize >= months.len() => vec![pair],
        _ => months,
    };
    if pairs.is_empty() {
        let message = format!("{a} and {b} have no month in common");
        return ev.fault(&codes::MISSING_OBSERVATION, from.span.to(to.span), message);
    }
    let (then, now): (Vec<Period>, Vec<Period>) = pairs.iter().copied().unzip();
    let wanted: Vec<Period> = then.iter().chain(&now).copied().collect();
    let value = ev.eval(plan, &demand.at(wanted))?;
    is_sum(call, &value)?;
    let sum = |cells: Series<'_>, periods: &[Period]| -> Result<f64, Reason> {
        periods.iter().try_fold(0.0, |s, p| cells.get(p).map_or(Err(Reason::NotReported), |c| c.datum).map(|x| s + x))
    };
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let period = now.iter().copied().reduce(Period::span).unwrap_or(b);
    let telling = ev.is_telling();
    for (key, cells) in series(&value).iter() {
        let datum =
            sum(cells, &then).and_then(|x| sum(cells, &now).and_then(|y| formula(call)(x, y).map(|z| (x, y, z))));
        if telling && let Ok((x, y, z)) = datum {
            let about = value.dims.iter().zip(key).map(|(d, k)| d.label(*k).to_string()).collect::<Vec<_>>().join(", ");
            lines.push(Line {
                about,
                arithmetic: words(call, x, y),
                result: result(z),
                unit: out(call, &value).unit.to_string(),
            });
        }
        let coverage =
            Coverage { span: period, have: now.iter().map(|p| p.parts()).sum(), of: b.parts(), observed: None };
        let cell = Cell { datum: datum.map(|(_, _, z)| z), coverage: Some(coverage), flags: Flags::none() };
        let cell = if coverage.is_full() { cell } else { Cell { flags: Flags::PARTIAL, ..cell } };
        let lacks = then.iter().chain(&now).filter_map(|p| cells.get(p)).any(|c| c.flags.has(Flags::MISSING));
        let cell = if lacks { Cell { flags: cell.flags.with(Flags::MISSING), ..cell } } else { cell };
        rows.push(Row::new(key, Some(a.span(b)), cell));
    }
    let named = pairs.iter().map(|(_, m)| m.to_string()).collect::<Vec<_>>().join(", ");
    ev.tell(|| Step {
        say: format!("like for like over {named} and the same of {}", a.first_month().0),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    let out = out(call, &value);
    Ok(Value { dims: value.dims, unit: out.unit, kind: out.kind, rows, absent: Absence::Missing, fixed: true })
}

/// The longest stretch of months of `b` that both ends can answer as a whole.
fn longest_run(
    ev: &mut dyn Evaluation,
    plan: &Plan,
    demand: &Demand,
    a: Period,
    b: Period,
    years: i32,
) -> Option<(Period, Period)> {
    let months = b.units(Freq::Month, 12);
    let mut runs: Vec<(Period, Period)> = Vec::new();
    for (i, first) in months.iter().enumerate() {
        for last in months.iter().skip(i) {
            let now = first.span(*last);
            runs.extend(now.shift(-years, Freq::Year).filter(|t| a.contains(*t)).map(|t| (t, now)));
        }
    }
    runs.sort_by_key(|(_, now)| -now.len_days());
    runs.into_iter().find(|(then, now)| present(ev, plan, demand, &[*then, *now]))
}

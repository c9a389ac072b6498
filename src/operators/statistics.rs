//! How two series go together: correlation, slope, weighted average; over their common periods, or over a dimension. In:
//! two operands. Out: one number for each group of what they both have.

use super::over::{listed, with_over};
use super::summary::MAX_STEPS;
use super::*;
use crate::diagnostic::{Diagnostic, words};
use crate::eval::meet_all;
use crate::eval::trace::{Line, Step, put, result};
use crate::pause::paced;
use crate::plan::rules;
use crate::plan::{Grid, axis};
use crate::syntax::ast::Factor;
use crate::value::{Absence, Cell, Datum, Flags, Labels, Period, Reason, Row, about, times_ten};
use std::collections::{BTreeMap, BTreeSet};

const fn entry(name: &'static str, summary: &'static str, formula: &'static str, notes: &'static str) -> Entry {
    Entry {
        name,
        operands: 2,
        over: Over::Optional,
        needs: Needs::Within,
        summary,
        formula,
        notes,
        cites: &["ISO 3534-1, Statistics: vocabulary and symbols"],
        asks: asked,
        result: no_unit,
        ..plain(eval)
    }
}

/// The family.
pub const ENTRIES: &[Entry] = &[
    Entry {
        examples: &[("correlation of exports and imports where reporter = CHN from 2019-01 to 2019-12", "0.447")],
        ..entry(
            "correlation",
            "How closely two series go together in a line: from -1 to 1.",
            "sum of (x - mean x)(y - mean y) / square root of (sum of (x - mean x)^2 * sum of (y - mean y)^2)",
            "Over the periods that both have, or over a dimension. Fewer than three pairs, or a series that does not vary, have none.",
        )
    },
    Entry {
        result: slope_type,
        examples: &[("slope of exports and imports where reporter = CHN from 2019-01 to 2019-12", "0.626")],
        ..entry(
            "slope",
            "By how much the first changes with one of the second, in a line of least squares.",
            "sum of (x - mean x)(y - mean y) / sum of (x - mean x)^2, y the first operand, x the second",
            "Of logarithms it is an elasticity. Fewer than three pairs, or a second that does not vary, have none.",
        )
    },
    Entry {
        over: Over::Needed,
        needs: Needs::Each,
        asks: with_over,
        result: mean_of_first,
        cites: &["IMF, Export and Import Price Index Manual: unit values and weights"],
        examples: &[(
            "weighted average over partner of (exports / exports_weight) and exports_weight where reporter = CHN for 2019",
            "695,349 CNY/tonne",
        )],
        ..entry(
            "weighted average",
            "The mean of the first with the second as weights.",
            "sum of (x * w) / sum of w",
            "Of the labels that have both. Of prices, ratios and shares it is the mean of the whole that plain means miss.",
        )
    },
];

fn asked(call: &Call, demand: &Demand) -> Demand {
    let mut below = with_over(call, demand);
    below.mean_is_asked = true;
    if call.over.is_empty() {
        below.grid = match below.grid {
            Grid::Every(_) | Grid::At(..) => Grid::Natural,
            Grid::Window(a, b, _) => Grid::Window(a, b, None),
            other => other,
        };
    }
    below
}

fn no_unit(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    no_truth(call, types)?;
    Ok(Type::new(Unit::plain(), Kind::Ratio))
}

fn slope_type(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    no_truth(call, types)?;
    let (y, x) = (first(types), types.get(1).cloned().unwrap_or_else(|| first(types)));
    let found = rules::product(&y, Factor::Over, &x).0;
    Ok(Type { kind: ratio(found.kind), ..found })
}

fn ratio(kind: Kind) -> Kind {
    if kind.is_level() || kind == Kind::Number { Kind::Ratio } else { kind }
}

fn mean_of_first(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    no_truth(call, types)?;
    let w = types.get(1).cloned().unwrap_or_else(|| first(types));
    if !w.kind.is_level() && !matches!(w.kind, Kind::Number | Kind::Share) {
        let message = format!("{} are no weights", w.kind.plural());
        return refuse(&codes::WRONG_ARGUMENTS, message, "weights are amounts: a value, a quantity, a population");
    }
    Ok(first(types))
}

/// A pair at the same labels and period.
type Pair = (Datum, Datum, Flags);

fn eval(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let (Some(x), Some(y)) = (call.operands.first(), call.operands.get(1)) else {
        return ev.fault(&codes::BUG, span, "an operand is missing");
    };
    let over_time = call.over.is_empty();
    let outer: Vec<Period>;
    let below = if over_time {
        let natural = Demand { grid: Grid::Natural, ..asked(call, demand) };
        let known = |ev: &mut dyn Evaluation, plan| ev.natural(plan, &natural);
        let (a, b) = (known(ev, x)?, known(ev, y)?);
        let common: Vec<Period> = match (a, b) {
            (Some(a), Some(b)) => a.into_iter().filter(|p| b.contains(p)).collect(),
            (a, b) => a.or(b).unwrap_or_default(),
        };
        outer = match &demand.grid {
            Grid::Natural => common.iter().copied().reduce(Period::span).into_iter().collect(),
            Grid::Window(from, to, None) => {
                let (a, b) = ev.ends(x, demand, from, to)?;
                vec![a.span(b)]
            }
            _ => ev.periods(x, demand)?,
        };
        let steps = match &demand.grid {
            Grid::Window(_, _, None) => match axis::held_step(x) {
                Some(step) => outer.iter().flat_map(|o| o.units(step, MAX_STEPS)).collect(),
                None => ev.periods(x, demand)?,
            },
            _ => common,
        };
        let wanted: BTreeSet<Period> = steps.into_iter().filter(|s| outer.iter().any(|o| o.contains(*s))).collect();
        asked(call, demand).at(wanted.into_iter().collect())
    } else {
        outer = Vec::new();
        listed(ev, x, &with_over(call, demand))?
    };
    let (a, b) = (ev.eval(x, &below)?, ev.eval(y, &below)?);
    let (s, t) = (Type::new(a.unit.clone(), a.kind), Type::new(b.unit.clone(), b.kind));
    let power = if call.entry.name == "slope" { rules::product(&s, Factor::Over, &t).1 } else { 0 };
    let found = (call.entry.result)(call, &[s, t]).unwrap_or(Type::new(Unit::plain(), Kind::Ratio));
    let mut pairs: Vec<Pair> = Vec::new();
    let met = meet_all(a, b, |p, q| {
        pairs.push((p.datum, q.datum, p.flags.with(q.flags)));
        Cell::number((pairs.len() - 1) as f64)
    });
    let stays: Vec<bool> = met.dims.iter().map(|d| !call.over.iter().any(|o| o == d.name.as_ref())).collect();
    let mut groups: BTreeMap<(Labels, Option<Period>), Vec<Pair>> = BTreeMap::new();
    for row in paced(&met.rows) {
        let Some(pair) = row.datum().ok().and_then(|at| pairs.get(at as usize)) else { continue };
        let key: Labels = row.key().iter().zip(&stays).filter(|(_, s)| **s).map(|(k, _)| *k).collect();
        if over_time {
            for o in outer.iter().filter(|o| row.period().is_none_or(|p| o.contains(p))) {
                groups.entry((key.clone(), Some(*o))).or_default().push(*pair);
            }
        } else {
            groups.entry((key, row.period())).or_default().push(*pair);
        }
    }
    let dims: Vec<_> = met.dims.iter().zip(&stays).filter(|(_, s)| **s).map(|(d, _)| d.clone()).collect();
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let telling = ev.is_telling();
    for ((key, period), members) in groups {
        let both: Vec<(f64, f64)> = members.iter().filter_map(|(x, y, _)| Some((x.ok()?, y.ok()?))).collect();
        let mut flags = members.iter().fold(Flags::none(), |f, (_, _, g)| f.with(*g));
        if both.len() < members.len() {
            flags = flags.with(Flags::MISSING);
            if !ev.has_said(&codes::MISSING_OBSERVATION, call.words) {
                let message = format!(
                    "{} {} present on both sides",
                    words::part_of(both.len(), members.len(), "pair"),
                    words::be(both.len())
                );
                ev.say(Diagnostic::new(&codes::MISSING_OBSERVATION, call.words, message));
            }
        }
        let (datum, arithmetic) = formula(call.entry.name, &both, telling);
        let cell = Cell { datum: Ok(0.0), coverage: None, flags }.with(datum.map(|z| times_ten(z, power)));
        if telling && let Ok(z) = datum {
            let about = about(&dims, &key, period);
            lines.push(Line { about, arithmetic, result: result(z), unit: found.unit.to_string() });
        }
        rows.push(Row::new(key, period, cell));
    }
    ev.tell(|| Step {
        say: format!("the {} of what both have", call.entry.name),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    let fixed = over_time && outer.len() == 1;
    Ok(Value { dims, unit: found.unit, kind: found.kind, rows, absent: Absence::Missing, fixed })
}

/// The number of some pairs, with its arithmetic where that is told.
fn formula(name: &str, pairs: &[(f64, f64)], telling: bool) -> (Datum, String) {
    let told = |words: &dyn Fn() -> String| if telling { words() } else { String::new() };
    if pairs.is_empty() {
        return (Err(Reason::NotReported), String::new());
    }
    if name == "weighted average" {
        let weights: f64 = pairs.iter().map(|(_, w)| w).sum();
        if weights <= 0.0 || pairs.iter().any(|(_, w)| *w < 0.0) {
            return (Err(Reason::NonpositiveDenominator), String::new());
        }
        let sum: f64 = pairs.iter().map(|(x, w)| x * w).sum();
        let terms = || pairs.iter().map(|(x, w)| format!("{} * {}", put(*x), put(*w))).collect::<Vec<_>>().join(" + ");
        return (Ok(sum / weights), told(&|| format!("({}) / {}", terms(), put(weights))));
    }
    if pairs.len() < 3 {
        return (Err(Reason::Undefined), String::new());
    }
    let n = pairs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / n;
    let (ma, mb) = (mean(|p| p.0), mean(|p| p.1));
    let sum = |of: &dyn Fn(f64, f64) -> f64| pairs.iter().map(|(a, b)| of(a - ma, b - mb)).sum::<f64>();
    let (ab, aa, bb) = (sum(&|a, b| a * b), sum(&|a, _| a * a), sum(&|_, b| b * b));
    let under = if name == "slope" { bb } else { aa * bb };
    if under <= 0.0 {
        return (Err(Reason::Undefined), String::new());
    }
    if name == "slope" {
        (Ok(ab / bb), told(&|| format!("{} / {}", put(ab), put(bb))))
    } else {
        let words = || format!("{} / ({} * {})^(1 / 2)", put(ab), put(aa), put(bb));
        (Ok((ab / under.sqrt()).clamp(-1.0, 1.0)), told(&words))
    }
}

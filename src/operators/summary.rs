//! One number from many: over time, or over a dimension named by `over`.

use super::over::{grouped, listed, with_over};
use super::reduce::{arithmetic, reduce};
use super::steps::{marks, within};
use super::*;
use crate::diagnostic::{Diagnostic, words};
use crate::eval::trace::{Line, Step, result};
use crate::plan::{Grid, axis};
use crate::value::series;
use crate::value::{Absence, Cell, Coverage, Flags, Freq, Period, Reason, Row, about};
use std::collections::BTreeSet;

const fn entry(
    name: &'static str,
    reduce: Reduce,
    summary: &'static str,
    formula: &'static str,
    notes: &'static str,
) -> Entry {
    Entry {
        name,
        over: Over::Optional,
        needs: Needs::Within,
        reduce: Some(reduce),
        summary,
        formula,
        notes,
        cites: &["ISO 3534-1, Statistics: vocabulary and symbols"],
        asks: asked,
        ..plain(summarise)
    }
}

/// More steps than any range has.
pub(super) const MAX_STEPS: usize = 100_000;

/// The family.
pub const ENTRIES: &[Entry] = &[
    Entry {
        result: mean_type,
        examples: &[("average of exports where reporter = CHN from 2019-01 to 2019-12", "9.0413 bn CNY")],
        ..entry(
            "average",
            Reduce::Mean,
            "The mean of the periods, or over a dimension.",
            "(x1 + … + xn) / n",
            "Missing ones are left out and the answer is marked. Of yes and no: how many are yes, in percent. A mean of growth rates or indices is warned about.",
        )
    },
    Entry {
        result: sum_type,
        examples: &[("sum of exports where reporter = CHN from 2019-01 to 2019-12", "108.5 bn CNY")],
        ..entry(
            "sum",
            Reduce::Sum,
            "The sum of the periods, or over a dimension.",
            "x1 + … + xn",
            "Only for what adds up: not for shares, growth, prices, indices.",
        )
    },
    Entry {
        examples: &[("min of exports where reporter = CHN from 2019-01 to 2019-12", "8.0107 bn CNY")],
        ..entry(
            "min",
            Reduce::Least,
            "The smallest of the periods, or over a dimension.",
            "min(x1, …, xn)",
            "Missing ones are left out and the answer is marked.",
        )
    },
    Entry {
        examples: &[("max of exports where reporter = CHN from 2019-01 to 2019-12", "9.7892 bn CNY")],
        ..entry(
            "max",
            Reduce::Greatest,
            "The largest of the periods, or over a dimension.",
            "max(x1, …, xn)",
            "Missing ones are left out and the answer is marked.",
        )
    },
    Entry {
        over: Over::Never,
        examples: &[("first of exports where reporter = CHN from 2019-01 to 2019-12", "9.5683 bn CNY")],
        ..entry("first", Reduce::First, "The first of the periods that is not missing.", "x[first]", "")
    },
    Entry {
        over: Over::Never,
        examples: &[("last of exports where reporter = CHN from 2019-01 to 2019-12", "9.3813 bn CNY")],
        ..entry("last", Reduce::Last, "The last of the periods that is not missing.", "x[last]", "")
    },
    Entry {
        result: count_type,
        examples: &[("count of exports where reporter = CHN by year from 2019 to 2021", "2020 12")],
        ..entry(
            "count",
            Reduce::Count,
            "How many of the periods, or of the labels of a dimension, have a value that is not zero, or for how many it holds.",
            "number of x[i] that are neither missing, zero nor no",
            "What is missing is not counted, and the answer is marked. Counts have no sum: a partner of two months is one partner, and `count over` counts anew.",
        )
    },
    Entry {
        examples: &[("median of exports where reporter = CHN from 2019-01 to 2019-12", "9.2382 bn CNY")],
        ..entry(
            "median",
            Reduce::Quantile,
            "The middle of the periods, or over a dimension.",
            "the mean of the two in the middle where their number is even",
            "Missing ones are left out and the answer is marked.",
        )
    },
    Entry {
        cites: &["Hyndman and Fan (1996), Sample Quantiles in Statistical Packages: type 7"],
        examples: &[("90th percentile of exports where reporter = CHN from 2019-01 to 2019-12", "9.6727 bn CNY")],
        ..entry(
            "Nth percentile",
            Reduce::Quantile,
            "The value below which so many percent of the periods lie, or of the labels of a dimension.",
            "x(k) + f * (x(k+1) - x(k)), k + f = 1 + (n - 1) N / 100, x in order",
            "Written with its number: `90th percentile`, `25th percentile over partner`. Between order statistics in a line, as R's type 7.",
        )
    },
    Entry {
        result: change_type,
        examples: &[("stdev of exports where reporter = CHN from 2019-01 to 2019-12", "610.15 mn CNY")],
        ..entry(
            "stdev",
            Reduce::Spread,
            "The standard deviation of a sample: of the periods, or over a dimension.",
            "square root of (sum of (x[i] - mean)^2 / (n - 1))",
            "Of percentages in points. Fewer than two values have none.",
        )
    },
];

/// Counts are plain numbers that have no sum.
fn count_type(_: &Call, _: &[Type]) -> Result<Type, Refusal> {
    Ok(Type::new(Unit::plain(), Kind::Count))
}

/// Unit and kind of the result.
fn out(call: &Call, value: &Value) -> Type {
    let own = Type::new(value.unit.clone(), value.kind);
    (call.entry.result)(call, std::slice::from_ref(&own)).unwrap_or(own)
}

fn asked(call: &Call, demand: &Demand) -> Demand {
    let mut below = with_over(call, demand);
    below.mean_is_asked |= call.entry.reduce != Some(Reduce::Sum);
    if call.over.is_empty() {
        // Within a year the operand is read in its own steps.
        below.grid = match below.grid {
            Grid::Every(_) => Grid::Natural,
            Grid::Window(a, b, _) => Grid::Window(a, b, None),
            Grid::At(..) => Grid::Natural,
            other => other,
        };
    }
    below
}

fn summarise(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let Some(plan) = call.operands.first() else { return ev.fault(&codes::BUG, span, "the operator has no operand") };
    if call.over.is_empty() { over_time(ev, call, plan, demand) } else { over_dims(ev, call, plan, demand) }
}

fn over_time(ev: &mut dyn Evaluation, call: &Call, plan: &Plan, demand: &Demand) -> Result<Value, Fault> {
    let natural = Demand { grid: Grid::Natural, ..asked(call, demand) };
    let inner = ev.natural(plan, &natural)?.unwrap_or_default();
    // Of parts of the years, what lies between them does not count.
    let seasonal = demand.grid.season().is_some() || axis::is_seasonal(plan);
    // The periods of the result, and for each the steps within it.
    let outer: Vec<Period> = match &demand.grid {
        Grid::At(..) if seasonal => ev.periods(plan, demand)?.into_iter().reduce(Period::span).into_iter().collect(),
        Grid::Natural => inner.iter().copied().reduce(Period::span).into_iter().collect(),
        Grid::Window(from, to, None) => {
            let (a, b) = ev.ends(plan, demand, from, to)?;
            vec![a.span(b)]
        }
        _ => ev.periods(plan, demand)?,
    };
    let steps: Vec<Period> = match &demand.grid {
        Grid::Window(_, _, None) if demand.calendar().is_none() => match axis::held_step(plan) {
            Some(step) => outer.iter().flat_map(|o| o.units(step, MAX_STEPS)).collect(),
            None => ev.periods(plan, demand)?,
        },
        Grid::At(..) if demand.grid.season().is_some() => ev.periods(plan, demand)?,
        _ => inner.clone(),
    };
    let overlap = steps.windows(2).any(|w| matches!(w, [a, b] if a.overlaps(*b)));
    // What is the same for every period counts in each of them.
    if call.entry.reduce == Some(Reduce::Sum) && !axis::adds_constants(plan) && !seasonal {
        let value = ev.eval(plan, &demand.at(outer))?;
        ev.tell(|| Step {
            say: "the sum over the period".into(),
            formula: call.entry.formula.into(),
            ..Step::default()
        });
        return Ok(Value { fixed: value.rows.len() == 1, ..value });
    }
    if overlap {
        let message = "the periods of the data overlap, so it is not clear of what to take it";
        let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, call.words, message);
        return Err(Box::new(fault.advice("say the steps: `from 2018 to 2023`")));
    }
    let wanted: BTreeSet<Period> = steps.iter().copied().filter(|s| outer.iter().any(|o| o.contains(*s))).collect();
    let below = Demand { grid: Grid::List(wanted.iter().copied().collect::<Vec<_>>().into()), ..asked(call, demand) };
    let value = ev.eval(plan, &below)?;
    averaged(ev, call, &value);
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let mut gaps: Option<(Period, usize, usize)> = None;
    let telling = ev.is_telling();
    let within_each: Vec<(Period, Vec<Period>)> =
        outer.iter().map(|o| (*o, wanted.iter().copied().filter(|s| o.contains(*s)).collect())).collect();
    for (key, cells) in series(&value).iter() {
        for (period, inside) in &within_each {
            let members = within(cells, inside);
            let xs: Vec<f64> = members.iter().filter_map(|(_, c)| c.datum.ok()).collect();
            let found = reduce(call, value.kind, &xs);
            let mut flags = marks(members.iter().map(|(_, c)| c));
            let days = days_expected(value.kind, *period, inside, &inner).filter(|_| !seasonal);
            let expected = days.unwrap_or(inside.len());
            if xs.len() < expected {
                flags = flags.with(Flags::MISSING);
                gaps.get_or_insert((*period, xs.len(), expected));
            }
            let have: u32 =
                members.iter().filter(|(_, c)| c.datum.is_ok()).filter_map(|(_, c)| c.coverage.map(|c| c.have)).sum();
            let span = inside.iter().copied().reduce(Period::span).unwrap_or(*period);
            let parts = |p: &Period| cells.get(p).and_then(|c| c.coverage).map_or(p.parts(), |c| c.of);
            let of =
                if seasonal || demand.calendar().is_some() { inside.iter().map(parts).sum() } else { period.parts() };
            // Days are counted in days, whatever the period.
            let of = if days.is_some() { period.len_days().unsigned_abs() } else { of };
            let coverage = Coverage { span, have, of, observed: None };
            if have < coverage.of && value.kind.is_level() && !xs.is_empty() {
                flags = flags.with(Flags::PARTIAL);
            }
            // Means of part of a period: their months are counted too.
            let months = members.iter().all(|(p, _)| p.months().is_some());
            let part = value.kind.is_mean() && months && have < coverage.of && !xs.is_empty();
            if part {
                flags = flags.with(Flags::PARTIAL);
            }
            let coverage = (value.kind.is_level() || part).then_some(coverage);
            if telling && let Ok(z) = found {
                let about = about(&value.dims, key, Some(*period));
                lines.push(Line {
                    about,
                    arithmetic: arithmetic(call, value.kind, &xs),
                    result: result(z),
                    unit: out(call, &value).unit.to_string(),
                });
            }
            rows.push(Row::new(key, Some(*period), Cell { datum: found, coverage, flags }));
        }
    }
    if let Some((period, have, of)) = gaps.filter(|_| demand.keys.is_empty()) {
        let message = format!("{} of {period} {} present", words::part_of(have, of, "period"), words::be(have));
        ev.say(Diagnostic::new(&codes::MISSING_OBSERVATION, call.words, message).here(format!("{have} of {of}")));
    }
    let fixed = outer.len() == 1;
    ev.tell(|| Step {
        say: format!("the {} over the periods within", call.entry.name),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    let Type { unit, kind } = out(call, &value);
    Ok(Value { rows, fixed, absent: Absence::Missing, unit, kind, ..value })
}

/// How many days a period has between the first and the last that are observed, of amounts day by day; of a stock or a
/// rate a day without a row is none that is missing: there are no markets on Sundays.
fn days_expected(kind: Kind, period: Period, inside: &[Period], observed: &[Period]) -> Option<usize> {
    let days = !inside.is_empty() && inside.iter().all(|p| p.freq() == Some(Freq::Day));
    let first = observed.first()?.first().max(period.first());
    let last = observed.last()?.last().min(period.last());
    let part = Period::days(first, last).filter(|_| kind == Kind::Flow && days)?;
    usize::try_from(part.len_days()).ok()
}

/// A mean of growth rates or of indices misleads.
fn averaged(ev: &mut dyn Evaluation, call: &Call, value: &Value) {
    if call.entry.reduce != Some(Reduce::Mean) {
        return;
    }
    if value.kind == Kind::Growth {
        let message = "a plain mean of growth rates is not the growth over the whole";
        ev.say(
            Diagnostic::new(&codes::AVERAGED_GROWTH, call.words, message).advice("`cagr of x from … to …` compounds"),
        );
    }
    let unweighted = matches!(value.kind, Kind::Index | Kind::Ratio | Kind::UnitValue | Kind::Price);
    if unweighted && !call.over.is_empty() {
        let message = format!("a mean of {} without weights", value.kind.plural());
        let warning = Diagnostic::new(&codes::UNWEIGHTED_INDEX_MEAN, call.words, message);
        ev.say(warning.advice("the quotient of the sums weighs each part by its size"));
    }
}

fn over_dims(ev: &mut dyn Evaluation, call: &Call, plan: &Plan, demand: &Demand) -> Result<Value, Fault> {
    let below = listed(ev, plan, &with_over(call, demand))?;
    let value = ev.eval(plan, &below)?;
    averaged(ev, call, &value);
    let (dims, groups) = grouped(&value, &call.over);
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let telling = ev.is_telling();
    for ((key, period), members) in groups {
        let xs: Vec<f64> = members.iter().filter_map(|c| c.datum.ok()).collect();
        let none = members.first().and_then(|c| c.datum.err()).unwrap_or(Reason::NotReported);
        let found = reduce(call, value.kind, &xs).map_err(|_| none);
        let mut flags = marks(members.iter());
        if xs.len() < members.len() {
            flags = flags.with(Flags::MISSING);
            let message = format!("{} of {} {} present", xs.len(), members.len(), words::be(xs.len()));
            if !ev.has_said(&codes::MISSING_OBSERVATION, call.words) {
                ev.say(Diagnostic::new(&codes::MISSING_OBSERVATION, call.words, message));
            }
        }
        let coverage = members.iter().filter_map(|c| c.coverage).reduce(Coverage::lesser);
        if telling && let Ok(z) = found {
            let about = about(&dims, &key, period);
            lines.push(Line {
                about,
                arithmetic: arithmetic(call, value.kind, &xs),
                result: result(z),
                unit: out(call, &value).unit.to_string(),
            });
        }
        rows.push(Row::new(key, period, Cell { datum: found, coverage, flags }));
    }
    ev.tell(|| Step {
        say: format!("the {} over {}", call.entry.name, call.over.join(", ")),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    let Type { unit, kind } = out(call, &value);
    Ok(Value { dims, rows, fixed: false, absent: Absence::Missing, unit, kind })
}

//! Along time, of all periods so far, and of a line through them. In: a series. Out: for each period what its past makes
//! of it, or where the line stands.

use super::*;
use crate::diagnostic::Diagnostic;
use crate::eval::trace::{Line, Step, put, result};
use crate::plan::Grid;
use crate::value::series;
use crate::value::{Absence, Cell, Flags, Period, Reason, Row, about};

const fn entry(name: &'static str, summary: &'static str, formula: &'static str, notes: &'static str) -> Entry {
    Entry {
        name,
        needs: Needs::Series,
        summary,
        formula,
        notes,
        cites: &["ISO 3534-1, Statistics: vocabulary and symbols"],
        ..plain(running)
    }
}

/// The family.
pub const ENTRIES: &[Entry] = &[
    Entry {
        examples: &[("cumulative max of exports where reporter = CHN from 2019-01 to 2019-12", "2019-12 9.789")],
        ..entry(
            "cumulative max",
            "The largest from the first period of the result to each.",
            "max(x[first], …, x[t])",
            "A period that is missing has none, and those after it are marked.",
        )
    },
    Entry {
        examples: &[("cumulative min of exports where reporter = CHN from 2019-01 to 2019-12", "2019-12 8.011")],
        ..entry(
            "cumulative min",
            "The smallest from the first period of the result to each.",
            "min(x[first], …, x[t])",
            "A period that is missing has none, and those after it are marked.",
        )
    },
    Entry {
        result: factor_type,
        examples: &[(
            "cumulative product of (exports / 1-year lag of exports) where reporter = CHN from 2019 to 2020",
            "2020 1.15",
        )],
        ..entry(
            "cumulative product",
            "The product from the first period of the result to each, of plain factors.",
            "x[first] * … * x[t]",
            "Of growth factors it is the growth since the first. After a period that is missing there is none.",
        )
    },
    Entry {
        needs: Needs::Each,
        eval: trend,
        cites: &["Draper and Smith (1998), Applied Regression Analysis: a straight line by least squares"],
        examples: &[(
            "trend of (exports by year from 2018 to 2020) where reporter = CHN for 2021",
            "122.66 bn CNY  2021  x extrapolated",
        )],
        ..entry(
            "trend",
            "The straight line of least squares through a series, at any period.",
            "a + b * t, b = sum of (t - mean t)(x - mean x) / sum of (t - mean t)^2",
            "The line goes through the whole periods of the operand; what stands in parentheses is its sample. Outside of it the answer is marked as extrapolated. Fewer than three values have none.",
        )
    },
];

fn factor_type(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    no_truth(call, types)?;
    let x = first(types);
    if x.unit.is_plain() {
        return Ok(Type::new(Unit::plain(), Kind::Ratio));
    }
    let message = format!("`{}` multiplies plain factors, and this is in {}", call.said(), x.unit);
    refuse(&codes::UNIT_MISMATCH, message, "a growth in percent is the factor `x / 1-year lag of x`")
}

fn running(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let wanted = ev.periods(plan, demand)?;
    let value = ev.eval(plan, &demand.at(wanted.clone()))?.labels_only();
    let product = call.entry.name == "cumulative product";
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let telling = ev.is_telling();
    for (key, cells) in series(&value).iter() {
        let (mut so_far, mut lost): (Option<f64>, Option<Reason>) = (None, None);
        for period in &wanted {
            let cell = cells.get(period).unwrap_or(Cell::missing(Reason::NotReported));
            let datum = match (cell.datum, lost.filter(|_| product)) {
                (_, Some(reason)) => Err(reason),
                (Err(reason), None) => {
                    lost = Some(reason);
                    Err(reason)
                }
                (Ok(x), None) => {
                    let z = match (so_far, call.entry.name) {
                        (None, _) => x,
                        (Some(y), "cumulative max") => y.max(x),
                        (Some(y), "cumulative min") => y.min(x),
                        (Some(y), _) => y * x,
                    };
                    if telling {
                        let arithmetic = match (so_far, call.entry.name) {
                            (None, _) => put(x),
                            (Some(y), "cumulative max") => format!("max({}, {})", put(y), put(x)),
                            (Some(y), "cumulative min") => format!("min({}, {})", put(y), put(x)),
                            (Some(y), _) => format!("{} * {}", put(y), put(x)),
                        };
                        let about = about(&value.dims, key, Some(*period));
                        lines.push(Line { about, arithmetic, result: result(z), unit: value.unit.to_string() });
                    }
                    so_far = Some(z);
                    Ok(z)
                }
            };
            let flags = if lost.is_some() && datum.is_ok() { cell.flags.with(Flags::MISSING) } else { cell.flags };
            rows.push(Row::new(key, Some(*period), Cell { flags, ..cell }.with(datum)));
        }
    }
    ev.tell(|| Step {
        say: format!("the {} from the first period", call.entry.name),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    let kind = if product { Kind::Ratio } else { value.kind };
    Ok(Value { rows, kind, absent: Absence::Missing, fixed: false, ..value })
}

/// The place of a period among those of its step.
fn place(period: Period) -> Option<f64> {
    let months = period.months().filter(|m| *m > 0)?;
    let (year, month) = period.first_month();
    Some((f64::from(year) * 12.0 + f64::from(month)) / f64::from(months))
}

fn trend(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let wanted = ev.periods(plan, demand)?;
    let natural = ev.natural(plan, &Demand { grid: Grid::Natural, ..demand.clone() })?.unwrap_or_default();
    let length = wanted.first().and_then(|p| p.months());
    let alike = |list: &[Period]| list.iter().all(|p| p.months() == length);
    let sample: Vec<Period> = match wanted.first().and_then(|p| p.freq()) {
        _ if alike(&natural) => natural,
        Some(step) => natural.into_iter().reduce(Period::span).map(|e| e.units(step, 100_000)).unwrap_or_default(),
        None => Vec::new(),
    };
    if !alike(&wanted) || length.is_none() {
        let message = "a line needs periods of one length";
        return ev.fault(&codes::WRONG_ARGUMENTS, call.words, message);
    }
    let value = ev.eval(plan, &demand.at(sample.clone()))?.labels_only();
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let telling = ev.is_telling();
    for (key, cells) in series(&value).iter() {
        let whole = |c: &Cell| !c.flags.has(Flags::PARTIAL) && !c.flags.has(Flags::MISSING);
        let points: Vec<(f64, f64)> =
            sample.iter().filter_map(|p| Some((place(*p)?, cells.get(p).filter(whole)?.datum.ok()?))).collect();
        let n = points.len() as f64;
        let (mt, mx) = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
        let tx: f64 = points.iter().map(|(t, x)| (t - mt) * (x - mx)).sum();
        let tt: f64 = points.iter().map(|(t, _)| (t - mt).powi(2)).sum();
        if points.len() < 3 && demand.keys.is_empty() {
            let message = format!("a line needs at least three whole periods, and there are {}", points.len());
            return ev.fault(&codes::TOO_SHORT, call.words, message);
        }
        let known = sample.first().copied().zip(sample.last().copied());
        for period in &wanted {
            let at = place(*period).filter(|_| points.len() >= 3 && tt > 0.0);
            let datum = at.map(|t| mx + tx / tt * (t - mt)).ok_or(Reason::Undefined);
            let outside = known.is_some_and(|(a, b)| period.first() < a.first() || period.last() > b.last());
            let flags = if outside { Flags::none().with(Flags::EXTRAPOLATED) } else { Flags::none() };
            if outside && !ev.has_said(&codes::EXTRAPOLATED, call.words) {
                let message = format!("{period} lies outside the periods through which the line goes");
                ev.say(Diagnostic::new(&codes::EXTRAPOLATED, call.words, message));
            }
            if telling && let (Ok(z), Some(t)) = (datum, at) {
                let about = about(&value.dims, key, Some(*period));
                let how = format!("{} + {} / {} * {}", put(mx), put(tx), put(tt), put(t - mt));
                lines.push(Line { about, arithmetic: how, result: result(z), unit: value.unit.to_string() });
            }
            let cell = Cell { datum: Ok(0.0), coverage: None, flags }.with(datum);
            rows.push(Row::new(key, Some(*period), cell));
        }
    }
    ev.tell(|| Step {
        say: "the line of least squares".into(),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    Ok(Value { rows, absent: Absence::Missing, fixed: wanted.len() == 1, ..value })
}

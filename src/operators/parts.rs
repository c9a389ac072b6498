//! Change taken apart: over the months that both ends have, along a trend, and by the parts of a whole.

use super::ends::{ends, instead, say_absent, say_bases};
use super::formulas::{base, decimal_difference};
use super::matched::names;
use super::*;
use crate::diagnostic::{Diagnostic, words};
use crate::eval::trace::{Line, Step, put, result};
use crate::plan::composition::listed;
use crate::value::absence::Names;
use crate::value::series;
use crate::value::{Absence, Cell, Flags, Period, Reason, Row};

pub(super) fn trend(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let periods = ev.periods(plan, demand)?;
    if periods.len() < 3 {
        return ev.fault(
            &codes::TOO_SHORT,
            call.words,
            format!("a trend needs at least three periods, and the range has {}", periods.len()),
        );
    }
    let value = ev.eval(plan, &demand.at(periods.clone()))?;
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let whole = periods.iter().copied().reduce(Period::span);
    let telling = ev.is_telling();
    for (key, cells) in series(&value).iter() {
        let points: Vec<(f64, f64)> = periods
            .iter()
            .zip(0u32..)
            .filter_map(|(p, t)| cells.get(p).and_then(|c| c.datum.ok()).map(|x| (f64::from(t), x)))
            .collect();
        if points.iter().any(|(_, x)| *x <= 0.0) && demand.keys.is_empty() {
            return ev.fault(
                &codes::NONPOSITIVE_MULTIPLICATIVE,
                call.words,
                "a value of the range is zero or negative, and has no logarithm",
            );
        }
        if points.len() < 3 && demand.keys.is_empty() {
            return ev.fault(
                &codes::TOO_SHORT,
                call.words,
                format!("a trend needs at least three values, and {} are present", points.len()),
            );
        }
        let datum = slope(&points).map(|b| 100.0 * (b.exp() - 1.0)).ok_or(Reason::Undefined);
        if telling && let (Some(b), Ok(z)) = (slope(&points), datum) {
            lines.push(Line {
                about: format!("b from {} points", points.len()),
                arithmetic: format!("100 * (exp({}) - 1)", put(b)),
                result: result(z),
                unit: "%".into(),
            });
        }
        let flags = cells.values().fold(Flags::none(), |f, c| f.with(c.flags));
        let flags = if points.len() < periods.len() { flags.with(Flags::MISSING) } else { flags };
        if points.len() < periods.len() && !ev.has_said(&codes::MISSING_OBSERVATION, call.words) {
            ev.say(Diagnostic::new(
                &codes::MISSING_OBSERVATION,
                call.words,
                format!(
                    "{} {} present",
                    words::part_of(points.len(), periods.len(), "period"),
                    words::be(points.len())
                ),
            ));
        }
        rows.push(Row::new(key, whole, Cell { datum, coverage: None, flags }));
    }
    ev.tell(|| Step {
        say: "least squares through the logarithms".into(),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    Ok(Value {
        dims: value.dims,
        unit: Unit::percent(),
        kind: Kind::Growth,
        rows,
        absent: Absence::Missing,
        fixed: true,
    })
}

/// The least-squares slope of ln x over t; none without three positive points.
fn slope(points: &[(f64, f64)]) -> Option<f64> {
    if points.len() < 3 || points.iter().any(|(_, x)| *x <= 0.0) {
        return None;
    }
    let n = points.len() as f64;
    let mean_t = points.iter().map(|(t, _)| t).sum::<f64>() / n;
    let mean_y = points.iter().map(|(_, x)| x.ln()).sum::<f64>() / n;
    let covariance: f64 = points.iter().map(|(t, x)| (t - mean_t) * (x.ln() - mean_y)).sum();
    let variance: f64 = points.iter().map(|(t, _)| (t - mean_t).powi(2)).sum();
    Some(covariance / variance)
}

pub(super) fn contributions(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    if demand.keys.is_empty() {
        return ev.fault(
            &codes::WRONG_ARGUMENTS,
            call.words,
            format!("`{}` needs the parts: `by DIMENSION`", call.entry.name),
        );
    }
    let parts = ends(ev, call, demand, span)?;
    let plan = operand(ev, call, span)?;
    let value = ev.eval(plan, &demand.at(vec![parts.a, parts.b]))?;
    let whole = ev.eval(plan, &Demand { keys: Vec::new(), ..demand.at(vec![parts.a, parts.b]) })?;
    let none = Cell::missing(Reason::NoBase);
    let at = |p: Period| series(&whole).of(&[]).get(&p).unwrap_or(none);
    let (first, last) = (at(parts.a), at(parts.b));
    let seasonal = ev.is_seasonal(plan, whole.kind);
    ev.compare_cells((&first, parts.a), (&last, parts.b), seasonal, parts.from.to(parts.to), &mut |ev| {
        instead(ev, plan, demand, &parts, (&first, &last))
    });
    // In percent of the whole at first, or of its change.
    let shares = call.entry.name == "contribution shares";
    let total = if shares {
        let change = first.datum.and_then(|x| last.datum.map(|y| decimal_difference(y, x)));
        change.and_then(|d| if d == 0.0 { Err(Reason::ZeroBase) } else { Ok(d) })
    } else {
        first.datum.and_then(base)
    };
    let out = if shares { Type::percent(Kind::Share) } else { Type::new(Unit::points(), Kind::Points) };
    if let Err(reason) = total {
        say_bases(ev, call, &[reason]);
        if matches!(reason, Reason::NoBase | Reason::OutsideData | Reason::NotReported) {
            say_absent(ev, plan, demand, &parts, parts.a, parts.from, reason)?;
        }
    }
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let mut lacking: Vec<Names> = Vec::new();
    let telling = ev.is_telling();
    for (key, cells) in series(&value).iter() {
        let zero = Cell { datum: Ok(0.0), coverage: first.coverage, flags: Flags::none() };
        let (x, y) = (cells.get(&parts.a).unwrap_or(zero), cells.get(&parts.b).unwrap_or(zero));
        let datum =
            total.and_then(|t| x.datum.and_then(|x| y.datum.map(|y| (x, y, 100.0 * decimal_difference(y, x) / t))));
        if telling && let (Ok((x, y, z)), Ok(t)) = (datum, total) {
            let about = value.dims.iter().zip(key).map(|(d, k)| d.label(*k).to_string()).collect::<Vec<_>>().join(", ");
            lines.push(Line {
                about,
                arithmetic: format!("100 * ({} - {}) / {}", put(y), put(x), put(t)),
                result: result(z),
                unit: out.unit.to_string(),
            });
        }
        if total.is_ok() && datum.is_err() {
            lacking.push(names(&value.dims, key));
        }
        rows.push(Row::new(key, Some(parts.a.span(parts.b)), x.joined(y, datum.map(|(_, _, z)| z))));
    }
    if !lacking.is_empty() {
        // The whole has what is there of these at one end.
        let message = format!(
            "{} without {} or {}: the parts do not add up, for the whole has them at one end only",
            listed(&lacking),
            parts.a,
            parts.b
        );
        ev.say(Diagnostic::new(&codes::MISSING_OBSERVATION, call.words, message));
        for row in &mut rows {
            row.set_flags(row.flags().with(Flags::MISSING));
        }
    }
    ev.tell(|| Step {
        say: format!("{} from {} to {}", call.entry.name, parts.a, parts.b),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    Ok(Value { dims: value.dims, unit: out.unit, kind: out.kind, rows, absent: Absence::Missing, fixed: true })
}

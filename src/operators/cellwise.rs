//! Operators on one cell, or on two that stand at the same labels and period. Missing where an operand is, or where the
//! formula has no value.

use super::*;
use crate::eval::meet_all;
use crate::eval::trace::{Line, Step, put, result};
use crate::value::{Reason, times_ten};

const fn entry(name: &'static str, operands: usize, summary: &'static str, formula: &'static str) -> Entry {
    Entry {
        name,
        operands,
        summary,
        formula,
        cites: &["ISO 80000-2, Mathematical signs and symbols"],
        result: pure,
        ..plain(of_one)
    }
}

/// The family.
pub const ENTRIES: &[Entry] = &[
    Entry {
        notes: "Of plain numbers only.",
        examples: &[("exponential of log of (ic_exports / (ic_exports for 2018)) for 2023", "1.71")],
        ..entry("exponential", 1, "The exponential.", "exp(x)")
    },
    Entry {
        notes: "Of plain numbers only; undefined below zero.",
        examples: &[("square root of (ic_exports / (ic_exports for 2018)) for 2023", "1.31")],
        ..entry("square root", 1, "The square root.", "x^(1 / 2)")
    },
    Entry {
        parts: Parts::AsOperand,
        result: same_numbers,
        examples: &[("absolute value of (ic_exports - ic_imports) for 2022", "1.7409 tn CNY")],
        ..entry("absolute value", 1, "The number without its sign.", "x if x >= 0, else -x")
    },
    Entry {
        parts: Parts::AsOperand,
        result: alike,
        eval: of_two,
        examples: &[("smaller of ic_exports and ic_imports for 2022", "1.0254 tn CNY")],
        ..entry("smaller", 2, "The smaller of two, cell by cell.", "min(x, y)")
    },
    Entry {
        parts: Parts::AsOperand,
        result: alike,
        eval: of_two,
        examples: &[("larger of ic_exports and ic_imports for 2022", "2.7663 tn CNY")],
        ..entry("larger", 2, "The larger of two, cell by cell.", "max(x, y)")
    },
];

/// Exponentials and roots are taken of numbers without a unit.
fn pure(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    no_truth(call, types)?;
    let x = first(types);
    if x.unit.is_plain() || matches!(x.kind, Kind::Index) {
        return Ok(Type::new(Unit::plain(), Kind::Ratio));
    }
    let message = format!("`{}` is taken of a plain number, and this is in {}", call.said(), x.unit);
    refuse(&codes::UNIT_MISMATCH, message, "divide by an amount of the same unit first: `x / (x for 2018)`")
}

fn same_numbers(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    no_truth(call, types)?;
    Ok(first(types))
}

/// Two that compare; the result is in the unit of the first.
fn alike(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    no_truth(call, types)?;
    let (x, y) = (first(types), types.get(1).cloned().unwrap_or_else(|| first(types)));
    if crate::plan::rules::comparable(&x, &y, (false, false)).is_some() {
        return Ok(Type { kind: if x.kind == Kind::Number { y.kind } else { x.kind }, ..x });
    }
    let words = |t: &Type| if t.unit.is_plain() { "a plain number".to_string() } else { t.unit.to_string() };
    refuse(&codes::UNIT_MISMATCH, format!("{} cannot be compared with {}", words(&y), words(&x)), "")
}

fn of_one(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let mut value = ev.eval(plan, demand)?;
    // A percentage or a scaled number is taken as the number that it stands for.
    let power = if call.entry.name == "absolute value" { 0 } else { value.unit.ten };
    let mut lines = Vec::new();
    let telling = ev.is_telling();
    for row in &mut value.rows {
        let Ok(x) = row.datum() else { continue };
        let x = times_ten(x, power);
        let datum = match call.entry.name {
            "exponential" => Ok(x.exp()),
            "square root" if x < 0.0 => Err(Reason::Undefined),
            "square root" => Ok(x.sqrt()),
            _ => Ok(x.abs()),
        };
        row.set_datum(datum);
        if telling && let Ok(z) = row.datum() {
            let arithmetic = match call.entry.name {
                "exponential" => format!("exp({})", put(x)),
                "square root" => format!("{}^(1 / 2)", put(x)),
                _ => format!("max({}, -{})", put(x), put(x)),
            };
            let about = row.period().map(|p| p.to_string()).unwrap_or_default();
            lines.push(Line { about, arithmetic, result: result(z), unit: String::new() });
        }
    }
    if call.entry.name != "absolute value" {
        (value.unit, value.kind) = (Unit::plain(), Kind::Ratio);
        value.absent = crate::value::Absence::Missing;
        value.rows.retain(|r| !r.flags().has(crate::value::Flags::REST));
    }
    told(ev, call, lines);
    Ok(value)
}

fn of_two(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let Some(other) = call.operands.get(1) else { return ev.fault(&codes::BUG, span, "an operand is missing") };
    let below = if demand_is_open(demand) { ev.listed(plan, demand)? } else { demand.clone() };
    let (a, b) = (ev.eval(plan, &below)?, ev.eval(other, &below)?);
    let (s, t) = (Type::new(a.unit.clone(), a.kind), Type::new(b.unit.clone(), b.kind));
    let power = crate::plan::rules::comparable(&s, &t, (false, false)).unwrap_or(0);
    let smaller = call.entry.name == "smaller";
    let kind = if a.kind == Kind::Number { b.kind } else { a.kind };
    let mut lines = Vec::new();
    let telling = ev.is_telling();
    let value = meet_all(a, b, |x, y| {
        let both = x.datum.and_then(|p| y.datum.map(|q| (p, times_ten(q, power))));
        let datum = both.map(|(p, q)| if smaller { p.min(q) } else { p.max(q) });
        if telling && let (Ok((p, q)), Ok(z)) = (both, datum) {
            let name = if smaller { "min" } else { "max" };
            let arithmetic = format!("{name}({}, {})", put(p), put(q));
            lines.push(Line { about: String::new(), arithmetic, result: result(z), unit: s.unit.to_string() });
        }
        x.joined(y, datum)
    });
    told(ev, call, lines);
    Ok(Value { kind, ..value })
}

fn demand_is_open(demand: &Demand) -> bool {
    !matches!(demand.grid, crate::plan::Grid::List(_))
}

fn told(ev: &mut dyn Evaluation, call: &Call, lines: Vec<Line>) {
    ev.tell(|| Step {
        say: format!("the {} of each cell", call.entry.name),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
}

//! How concentrated a value is over the labels of a dimension.

use super::summary::{grouped, with_over};
use super::time::marks;
use super::*;
use crate::diagnostic::Diagnostic;
use crate::eval::trace::{Line, Step, put, result};
use crate::value::{Cell, Coverage, Flags, Reason, Row};

const fn entry(
    name: &'static str,
    summary: &'static str,
    formula: &'static str,
    notes: &'static str,
    cites: &'static [&'static str],
) -> Entry {
    Entry {
        name,
        operands: 1,
        over: Over::Needed,
        needs: Needs::Each,
        summary,
        formula,
        notes,
        cites,
        examples: &[],
        asks: with_over,
        result: ratio_type,
        eval: concentration,
    }
}

/// The family.
pub const ENTRIES: &[Entry] = &[
    entry(
        "hhi",
        "The Herfindahl–Hirschman index of concentration, 1/n to 1.",
        "sum of (x[k] / X)^2, X = sum of x over k",
        "On shares from 0 to 1; some publish it times 10 000. Totals among the labels are left out.",
        &["World Bank WITS, Trade Indicators: Hirschman–Herfindahl index"],
    ),
    entry(
        "normalised hhi",
        "The Herfindahl–Hirschman index between 0 and 1 whatever the number of labels.",
        "(H - 1/n) / (1 - 1/n), H = sum of (x[k] / X)^2, n = labels present",
        "Undefined for a single label.",
        &["World Bank WITS, Trade Indicators: Hirschman–Herfindahl index, normalised"],
    ),
];

fn ratio_type(_: &Call, types: &[Type]) -> Result<Type, Refusal> {
    let x = first(types);
    if !x.kind.adds_over_dimensions() {
        return refuse(&codes::SUM_OF_NONADDITIVE, format!("{} have no sum to be a share of", x.kind.plural()), "");
    }
    Ok(Type::new(Unit::plain(), Kind::Ratio))
}

fn concentration(ev: &mut Evaluator<'_>, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let Some(plan) = call.operands.first() else { return ev.fault(&codes::BUG, span, "the operator has no operand") };
    let below = ev.listed(plan, &with_over(call, demand))?;
    let value = ev.eval(plan, &below)?;
    let (dims, groups) = grouped(&value, &call.over);
    let normalised = call.entry.name.starts_with("normalised");
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for ((key, period), members) in groups {
        let xs: Vec<f64> = members.iter().filter_map(|c| c.datum.ok()).collect();
        let total: f64 = xs.iter().sum();
        let n = xs.len() as f64;
        let datum = if xs.is_empty() {
            Err(members.first().and_then(|c| c.datum.err()).unwrap_or(Reason::NotReported))
        } else if total <= 0.0 {
            Err(Reason::NonpositiveDenominator)
        } else if xs.iter().any(|x| *x < 0.0) || (normalised && xs.len() < 2) {
            Err(Reason::Undefined)
        } else {
            let h: f64 = xs.iter().map(|x| (x / total).powi(2)).sum();
            Ok(if normalised { (h - 1.0 / n) / (1.0 - 1.0 / n) } else { h })
        };
        let mut flags = marks(members.iter());
        if xs.len() < members.len() {
            flags = flags.with(Flags::MISSING);
            if !ev.has_said(&codes::MISSING_OBSERVATION, call.words) {
                let message = format!("{} of {} are present", xs.len(), members.len());
                ev.say(Diagnostic::new(&codes::MISSING_OBSERVATION, call.words, message));
            }
        }
        let count = xs.len();
        if let (Ok(z), true) = (datum, ev.trace.is_on() && count <= 12) {
            let labels = dims.iter().zip(&key).map(|(d, k)| d.label(*k).to_string());
            let about = labels.chain(period.map(|p| p.to_string())).collect::<Vec<_>>().join(", ");
            let sum = xs.iter().map(|x| put(*x)).collect::<Vec<_>>().join(" + ");
            let terms = xs.iter().map(|x| format!("({} / ({sum}))^2", put(*x))).collect::<Vec<_>>().join(" + ");
            let arithmetic = if normalised { format!("({terms} - 1 / {count}) / (1 - 1 / {count})") } else { terms };
            lines.push(Line { about, arithmetic, result: result(z), unit: String::new() });
        }
        let coverage = members.iter().filter_map(|c| c.coverage).reduce(Coverage::lesser);
        rows.push(Row { key, period, cell: Cell { datum, coverage, flags } });
    }
    if rows.iter().any(|r| r.cell.datum == Err(Reason::NonpositiveDenominator)) {
        ev.say(Diagnostic::new(
            &codes::NONPOSITIVE_DENOMINATOR,
            call.words,
            "the whole is zero or negative in some cells; they are missing",
        ));
    }
    ev.tell(|| Step {
        say: format!("concentration over {}", call.over.join(", ")),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    Ok(Value { dims, unit: Unit::plain(), kind: Kind::Ratio, rows, absent_is_zero: false, fixed: false })
}

//! Shares of a whole, and ranks within it.

use super::over::{listed, with_over};
use super::*;
use crate::diagnostic::Diagnostic;
use crate::eval::beyond_whole;
use crate::eval::trace::{Line, Step, put, result};
use crate::pause::paced;
use crate::plan::Key;
use crate::plan::evaluation::OFTEN;
use crate::value::{Absence, Reason, Row, about};
use std::collections::BTreeMap;

/// The family.
pub const ENTRIES: &[Entry] = &[
    Entry {
        name: "share",
        parts: Parts::OfWhole,
        compares: true,
        summary: "Each part in percent of the whole.",
        formula: "100 * x[k] / sum of x over k",
        notes: "The whole is the sum over all dimensions named by `by`, whatever filter stands on them. Shares within one of them are written out: `x as share of x across partner by reporter, partner`.",
        cites: &["World Bank WITS, Trade Indicators: shares"],
        examples: &[("share of exports where reporter = CHN by partner for 2019", "NLD 31.0")],
        result: share_type,
        ..plain(share)
    },
    Entry {
        name: "rank",
        over: Over::Needed,
        keeps: true,
        summary: "The place of each label when ordered from the largest.",
        formula: "1 + number of labels with a larger x",
        notes: "Equal values share a rank. The dimension ranked over stays in the result.",
        cites: &["ISO 3534-1, Statistics: vocabulary and symbols"],
        examples: &[("rank over partner of exports where reporter = CHN for 2019", "VNM 2")],
        asks: with_over,
        result: rank_type,
        ..plain(rank)
    },
    Entry {
        name: "cumulative share",
        over: Over::Needed,
        keeps: true,
        summary: "The share of each label and all larger ones together.",
        formula: "sum of 100 * x[j] / sum of x over all, over the j with x[j] >= x[k]",
        notes: "Rows come from the largest down. The whole is the sum over the dimension, whatever filter stands on it. The dimension stays in the result.",
        cites: &["World Bank WITS, Trade Indicators: shares"],
        examples: &[("cumulative share over partner of exports where reporter = CHN for 2019", "VNM 55.6")],
        asks: with_over,
        result: share_type,
        ..plain(cumulative)
    },
];

/// The running share of each label, from the largest down; rows come in that order.
fn cumulative(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let Some(plan) = call.operands.first() else { return ev.fault(&codes::BUG, span, "the operator has no operand") };
    let below = ev.listed(plan, &with_over(call, demand))?;
    let value = ev.eval(plan, &below)?.labels_only();
    let dims: Vec<String> = call.over.iter().map(|d| Key::dimension(d)).collect();
    let whole = ev.eval(plan, &below.across(&dims))?;
    let ranked: Vec<bool> = value.dims.iter().map(|d| call.over.iter().any(|o| o == d.name.as_ref())).collect();
    let group =
        |row: &Row| -> Vec<u32> { row.key().iter().zip(&ranked).filter(|(_, r)| !**r).map(|(k, _)| *k).collect() };
    // Each row with its share of the whole of its group.
    let met = crate::eval::meet(value.clone(), &whole, |x, y| {
        let share = x.datum.and_then(|x| {
            y.datum.and_then(|y| if y > 0.0 { Ok(100.0 * x / y) } else { Err(Reason::NonpositiveDenominator) })
        });
        x.joined(y, share)
    });
    if let Some(warning) = beyond_whole(&met, 100.0, span) {
        ev.say(warning);
    }
    let mut groups: BTreeMap<_, Vec<Row>> = BTreeMap::new();
    for row in paced(met.rows) {
        groups.entry((group(&row), row.period())).or_default().push(row);
    }
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let telling = ev.is_telling();
    for ((_, period), mut members) in groups {
        members.sort_by(|a, b| {
            let size = match (a.datum(), b.datum()) {
                (Ok(x), Ok(y)) => y.total_cmp(&x),
                (x, y) => y.is_ok().cmp(&x.is_ok()),
            };
            size.then_with(|| a.key().cmp(b.key()))
        });
        let mut sum = 0.0;
        for mut row in members {
            if let Ok(x) = row.datum() {
                let before = sum;
                sum += x;
                row.set_datum(Ok(sum));
                if telling {
                    let about = about(&met.dims, row.key(), period);
                    let arithmetic = format!("{} + {}", put(before), put(x));
                    lines.push(Line { about, arithmetic, result: result(sum), unit: "%".into() });
                }
            }
            rows.push(row);
        }
    }
    ev.tell(|| Step {
        say: format!("shares added up over {} from the largest", call.over.join(", ")),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    Ok(Value { rows, dims: met.dims, unit: Unit::percent(), kind: Kind::Share, absent: Absence::Missing, fixed: false })
}

fn share_type(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    no_truth(call, types)?;
    let x = first(types);
    if !x.kind.adds_over_dimensions() {
        return refuse(&codes::SUM_OF_NONADDITIVE, format!("{} have no sum to be a share of", x.kind.plural()), "");
    }
    Ok(Type::percent(Kind::Share))
}

fn rank_type(_: &Call, _: &[Type]) -> Result<Type, Refusal> {
    Ok(Type::new(Unit::plain(), Kind::Ratio))
}

fn share(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let Some(plan) = call.operands.first() else { return ev.fault(&codes::BUG, span, "the operator has no operand") };
    if demand.keys.is_empty() {
        let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, call.words, "`share` needs the parts: `by DIMENSION`");
        return Err(Box::new(fault.advice("the share of one series in another is `x as share of y`")));
    }
    let demand = ev.listed(plan, demand)?;
    let dims: Vec<String> = demand.keys.iter().map(|k| k.dim.clone()).collect();
    ev.begin();
    let part = ev.eval(plan, &demand)?;
    let mut whole = ev.eval(plan, &demand.across(&dims))?;
    whole.absent = Absence::Missing;
    let value = ev.share(part, &whole, span)?;
    if let Some(warning) = beyond_whole(&value, 100.0, span) {
        ev.say(warning);
    }
    Ok(value)
}

fn rank(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let Some(plan) = call.operands.first() else { return ev.fault(&codes::BUG, span, "the operator has no operand") };
    let below = listed(ev, plan, &with_over(call, demand))?;
    let value = ev.eval(plan, &below)?;
    let ranked: Vec<bool> = value.dims.iter().map(|d| call.over.iter().any(|o| o == d.name.as_ref())).collect();
    let rest =
        |row: &Row| -> Vec<u32> { row.key().iter().zip(&ranked).filter(|(_, r)| !**r).map(|(k, _)| *k).collect() };
    let mut groups: BTreeMap<_, Vec<f64>> = BTreeMap::new();
    for (at, row) in paced(&value.rows).enumerate() {
        if at.is_multiple_of(OFTEN) {
            ev.go_on(span)?;
        }
        groups.entry((rest(row), row.period())).or_default().extend(row.datum().ok());
    }
    for (at, list) in groups.values_mut().enumerate() {
        if at.is_multiple_of(OFTEN) {
            ev.go_on(span)?;
        }
        list.sort_by(|a, b| b.total_cmp(a));
    }
    let mut rows = value.rows.clone();
    for (at, row) in rows.iter_mut().enumerate() {
        if at.is_multiple_of(OFTEN) {
            ev.go_on(span)?;
        }
        let list = groups.get(&(rest(row), row.period()));
        let place = |x: f64| list.map_or(0, |l| l.partition_point(|y| *y > x)) as f64 + 1.0;
        row.set_datum(row.datum().map(place));
    }
    ev.tell(|| Step {
        say: format!("ranked over {} from the largest", call.over.join(", ")),
        formula: call.entry.formula.into(),
        ..Step::default()
    });
    Ok(Value { unit: Unit::plain(), kind: Kind::Ratio, rows, absent: Absence::Missing, ..value })
}

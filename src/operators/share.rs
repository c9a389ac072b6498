//! Shares of a whole, and ranks within it.

use super::over::with_over;
use super::*;
use crate::diagnostic::Diagnostic;
use crate::eval::trace::Step;
use crate::value::{Absence, Row};
use std::collections::BTreeMap;

/// The family.
pub const ENTRIES: &[Entry] = &[
    Entry {
        name: "share",
        operands: 1,
        over: Over::Never,
        needs: Needs::Each,
        step: None,
        change: None,
        instead: None,
        reduce: None,
        parts: Parts::OfWhole,
        summary: "Each part in percent of the whole.",
        formula: "100 * x[k] / sum of x over k",
        notes: "The whole is the sum over all dimensions named by `by`, whatever filter stands on them. Shares within one of them are written out: `x as share of x across partner by reporter, partner`.",
        cites: &["World Bank WITS, Trade Indicators: shares"],
        examples: &[("share of exports where reporter = CHN by partner for 2019", "NLD 31.0")],
        asks: same,
        result: share_type,
        eval: share,
    },
    Entry {
        name: "rank",
        operands: 1,
        over: Over::Needed,
        needs: Needs::Each,
        step: None,
        change: None,
        instead: None,
        reduce: None,
        parts: Parts::Never,
        summary: "The place of each label when ordered from the largest.",
        formula: "1 + number of labels with a larger x",
        notes: "Equal values share a rank. The dimension ranked over stays in the result.",
        cites: &["ISO 3534-1, Statistics: vocabulary and symbols"],
        examples: &[("rank over partner of exports where reporter = CHN for 2019", "VNM 2")],
        asks: with_over,
        result: rank_type,
        eval: rank,
    },
];

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
    ev.share(part, &whole, span)
}

fn rank(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let Some(plan) = call.operands.first() else { return ev.fault(&codes::BUG, span, "the operator has no operand") };
    let below = ev.listed(plan, &with_over(call, demand))?;
    let value = ev.eval(plan, &below)?;
    let ranked: Vec<bool> = value.dims.iter().map(|d| call.over.iter().any(|o| o == d.name.as_ref())).collect();
    let rest = |row: &Row| -> Vec<u32> { row.key.iter().zip(&ranked).filter(|(_, r)| !**r).map(|(k, _)| *k).collect() };
    let mut groups: BTreeMap<_, Vec<f64>> = BTreeMap::new();
    for row in &value.rows {
        groups.entry((rest(row), row.period)).or_default().extend(row.cell.datum.ok());
    }
    for list in groups.values_mut() {
        list.sort_by(|a, b| b.total_cmp(a));
    }
    let mut rows = value.rows.clone();
    for row in &mut rows {
        let list = groups.get(&(rest(row), row.period));
        let place = |x: f64| list.map_or(0, |l| l.partition_point(|y| *y > x)) as f64 + 1.0;
        row.cell = row.cell.with(row.cell.datum.map(place));
    }
    ev.tell(|| Step {
        say: format!("ranked over {} from the largest", call.over.join(", ")),
        formula: call.entry.formula.into(),
        ..Step::default()
    });
    Ok(Value { unit: Unit::plain(), kind: Kind::Ratio, rows, absent: Absence::Missing, ..value })
}

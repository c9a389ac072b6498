//! What comes to one day of a period. In: a flow. Out: its amount by the calendar days of what it covers.

use super::*;
use crate::eval::trace::{Line, Step, put, result};
use crate::pause::paced;
use crate::plan::rules;
use crate::syntax::ast::Factor;
use crate::value::series;
use crate::value::unit::Base;
use crate::value::{Cell, Freq, Labels, Period, Row, about};
use std::collections::{BTreeSet, HashMap};

/// The family.
pub const ENTRIES: &[Entry] = &[Entry {
    name: "daily average",
    needs: Needs::Series,
    summary: "What comes to one day of the period.",
    formula: "x[t] / calendar days of t",
    notes: "Of a period that is not whole, by the days of its months that are there. Calendar days, not working days: months of 31 and of 28 days compare, and a day without a row is a day.",
    cites: &["IMF, Quarterly National Accounts Manual (2017), chapter 7: calendar effects"],
    examples: &[("daily average of exports where reporter = CHN for 2019", "297.2 mn CNY/day")],
    result: a_day,
    ..plain(daily)
}];

/// The type of what is so much a day: `mn USD/day` of `mn USD`.
fn per_day(x: &Type) -> Type {
    let day = Unit { num: Base::parse("day").into_iter().collect(), ..Unit::default() };
    let found = rules::product(x, Factor::Over, &Type::new(day, Kind::Number)).0;
    Type::new(Unit { ten: x.unit.ten, ..found.unit }, Kind::Rate)
}

/// Amounts within a period have an amount a day; what holds at a moment or for all of it has none.
fn a_day(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    no_truth(call, types)?;
    let x = first(types);
    if !x.kind.adds_over_time() {
        let message =
            format!("`{}` is of amounts within a period, and this is {}", call.said(), words::one(x.kind.word()));
        return refuse(&codes::WRONG_ARGUMENTS, message, "the mean over time is `average of …`");
    }
    Ok(per_day(&x))
}

fn daily(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let value = ev.eval(plan, demand)?;
    let found = per_day(&Type::new(value.unit.clone(), value.kind));
    let months = months_of_gaps(ev, plan, demand, &value)?;
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let telling = ev.is_telling();
    for row in paced(value.rows) {
        let days = row.period().map(|p| days_of(&row, p, &months));
        let datum = match (row.datum(), days) {
            (Ok(x), Some(days)) => {
                let z = x / f64::from(days);
                if telling {
                    let about = about(&value.dims, row.key(), row.period());
                    let arithmetic = format!("{} / {days}", put(x));
                    lines.push(Line { about, arithmetic, result: result(z), unit: found.unit.to_string() });
                }
                Ok(z)
            }
            (datum, _) => datum,
        };
        rows.push(Row::new(row.key(), row.period(), row.cell().with(datum)));
    }
    ev.tell(|| Step {
        say: "by the calendar days of each period".into(),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    Ok(Value { rows, unit: found.unit, kind: found.kind, ..value })
}

/// The months that are there, by key, where what a cell covers has gaps.
type Months = HashMap<Labels, BTreeSet<Period>>;

fn has_gaps(cell: &Cell) -> bool {
    cell.datum.is_ok() && cell.coverage.is_some_and(|c| c.have < c.span.parts())
}

fn months_of_gaps(ev: &mut dyn Evaluation, plan: &Plan, demand: &Demand, value: &Value) -> Result<Months, Fault> {
    let gaps = paced(&value.rows).filter(|r| has_gaps(&r.cell())).filter_map(|r| r.period());
    let months: BTreeSet<Period> = gaps.flat_map(|p| p.units(Freq::Month, 100_000)).collect();
    let mut out = Months::new();
    if months.is_empty() {
        return Ok(out);
    }
    let value = ev.eval_quietly(plan, &demand.at(months.into_iter().collect()))?;
    for (key, cells) in series(&value).iter() {
        out.insert(key.into(), cells.iter().filter(|(_, c)| c.datum.is_ok()).map(|(p, _)| p).collect());
    }
    Ok(out)
}

/// The days of what a cell covers.
fn days_of(row: &Row, period: Period, months: &Months) -> i32 {
    let covered = row.coverage().map_or(period, |c| c.span);
    if !has_gaps(&row.cell()) {
        return covered.len_days();
    }
    let there = months.get(row.key()).into_iter().flatten().filter(|m| covered.contains(**m));
    let days: i32 = there.map(|m| m.len_days()).sum();
    if days > 0 { days } else { covered.len_days() }
}

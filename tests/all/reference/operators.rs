//! The operators of the reference, as their formulas say. In: an operand and what is asked. Out: a cell.

use super::evaluate::{Answer, Around, Cell, Reason, Refusal, When, cell, filters_on, members, share};
use super::number::{Num, whole};
use super::panel::{Panel, Span};
use super::query::{Expr, Op};
use super::shape;
use num_traits::{Signed, Zero};

/// A later value on an earlier one.
fn compared(op: Op, base: &Cell, later: &Cell) -> Cell {
    let value =
        base.value.clone().map_err(|why| if why == Reason::OutsideFilter { why } else { Reason::Absent }).and_then(
            |a| {
                let b = later.value.clone()?;
                match op {
                    Op::Change | Op::YoyChange => Ok(b - a),
                    _ if a.is_positive() => Ok((b / a - whole(1)) * whole(100)),
                    _ => Err(Reason::Undefined),
                }
            },
        );
    // A later value that is missing is the reason, whatever the base.
    let value = match later.value {
        Err(why) => Err(why),
        Ok(_) => value,
    };
    Cell { value, have: base.have + later.have, of: base.of + later.of }
}

fn all(cells: &[Cell], value: Result<Num, Reason>) -> Cell {
    Cell { value, have: cells.iter().map(|c| c.have).sum(), of: cells.iter().map(|c| c.of).sum() }
}

fn reduce(op: Op, cells: &[Cell]) -> Cell {
    let numbers: Vec<Num> = cells.iter().filter_map(|c| c.value.clone().ok()).collect();
    let count = whole(i64::try_from(numbers.len()).unwrap());
    let found = match op {
        _ if numbers.is_empty() => None,
        Op::Average => Some(numbers.iter().sum::<Num>() / count),
        Op::Min => numbers.iter().min().cloned(),
        Op::Max => numbers.iter().max().cloned(),
        _ => Some(numbers.iter().sum::<Num>()),
    };
    let first = cells.iter().find_map(|c| c.value.clone().err()).unwrap_or(Reason::NotReported);
    let mut out = all(cells, found.ok_or(first));
    // One that is left out for another reason than its rows is missing all the same.
    out.of += cells.iter().filter(|c| c.value.is_err() && c.have == c.of).count() as i32;
    out
}

pub fn over_time(panel: &Panel, op: Op, x: &Expr, around: &Around, when: When) -> Answer {
    let shape = shape::of(panel, x)?;
    if op != Op::Share && !shape.has_axis() {
        return Err(Refusal::Code("wrong-arguments"));
    }
    let at = |span: Span| cell(panel, x, around, When::At(span));
    if op.ends() {
        let When::Ends(a, b) = when else { return Err(Refusal::Code("wrong-arguments")) };
        return Ok(compared(op, &at(a)?, &at(b)?));
    }
    if op.reduces() {
        let (span, step) = match when {
            When::At(span) => (span, shape.step),
            When::Ends(a, b) => (a.to(b), a.months().max(shape.step)),
            When::Never => return Err(Refusal::Unsaid("no period")),
        };
        if op == Op::Sum && shape.step <= panel.step {
            return at(span);
        }
        let cells = span.steps(step).into_iter().map(at).collect::<Result<Vec<Cell>, _>>()?;
        return Ok(reduce(op, &cells));
    }
    if op == Op::Share {
        return share_of_whole(panel, x, around, when);
    }
    let When::At(span) = when else { return Err(Refusal::Code("wrong-arguments")) };
    match op {
        Op::YoyGrowth | Op::YoyChange => Ok(compared(op, &at(span.back(12))?, &at(span)?)),
        Op::YearLag => at(span.back(12)),
        Op::WindowSum(_) | Op::WindowAverage(_) if span.months() != panel.step => Err(Refusal::Code("wrong-arguments")),
        Op::WindowSum(n) | Op::WindowAverage(n) => {
            let cells = (0..n).rev().map(|i| at(span.back(i * span.months()))).collect::<Result<Vec<Cell>, _>>()?;
            let kind = if matches!(op, Op::WindowSum(_)) { Op::Sum } else { Op::Average };
            if cells.iter().any(|c| c.value.is_err() || c.have < c.of) {
                return Ok(all(&cells, Err(Reason::Absent)));
            }
            Ok(reduce(kind, &cells))
        }
        Op::YtdSum => at(Span { first: span.first.div_euclid(12) * 12, last: span.last }),
        Op::CumulativeSum => match around.first {
            Some(first) => at(first.to(span)),
            None => Err(Refusal::Unsaid("a cumulation without a first period")),
        },
        Op::Index => {
            let Some(base) = around.base else { return Err(Refusal::Code("wrong-arguments")) };
            let (base, later) = (at(base)?, at(span)?);
            let growth = compared(Op::YoyGrowth, &base, &later);
            Ok(Cell { value: growth.value.map(|g| g + whole(100)), ..growth })
        }
        _ => Err(Refusal::Code("wrong-arguments")),
    }
}

/// Each part in percent of the whole, which is taken over all dimensions of `by`.
fn share_of_whole(panel: &Panel, x: &Expr, around: &Around, when: When) -> Answer {
    if !panel.features.on("filters under across") && filters_on(x, &around.by) {
        return Err(Refusal::Unsaid("a filter under `across`"));
    }
    let part = cell(panel, x, around, when)?;
    let mut outside = around.clone();
    outside.keys.retain(|(d, _)| !around.by.contains(d));
    outside.filters.retain(|f| !around.by.contains(&f.dim()));
    Ok(share(&part, &cell(panel, x, &outside, when)?))
}

pub fn over_dims(panel: &Panel, op: Op, over: &[&'static str], x: &Expr, around: &Around, when: When) -> Answer {
    if over.iter().any(|d| !panel.dims.iter().any(|p| p.name == *d)) {
        return Err(Refusal::Code("unknown-name"));
    }
    if shape::of(panel, x)?.is_fixed() && !panel.features.on("fixed over a dimension") {
        return Err(Refusal::Unsaid("an operator over a dimension of what has no axis"));
    }
    let found = members(panel, over, x, around, when)?;
    if found.is_empty() && !panel.features.on("excluding filters") {
        return Err(Refusal::Unsaid("filters that exclude each other"));
    }
    let cells: Vec<Cell> = found.iter().map(|(_, c)| c.clone()).collect();
    match op {
        Op::Sum | Op::Average | Op::Min | Op::Max => Ok(reduce(op, &cells)),
        Op::Hhi => {
            let numbers: Vec<Num> = cells.iter().filter_map(|c| c.value.clone().ok()).collect();
            if numbers.iter().any(Signed::is_negative) {
                return Err(Refusal::Unsaid("concentration with negative parts"));
            }
            let sum: Num = numbers.iter().sum();
            if numbers.is_empty() {
                return Ok(reduce(Op::Sum, &cells));
            }
            let value = if sum.is_zero() {
                Err(Reason::Undefined)
            } else {
                Ok(numbers.iter().map(|n| (n / &sum) * (n / &sum)).sum())
            };
            Ok(all(&cells, value))
        }
        Op::Rank => {
            let own: Vec<&str> =
                over.iter().filter_map(|d| around.keys.iter().find(|(k, _)| k == d).map(|(_, c)| *c)).collect();
            let Some((_, mine)) = found.iter().find(|(key, _)| *key == own) else {
                return Err(Refusal::Unsaid("a rank without a label"));
            };
            let value = mine.value.clone().map(|m| {
                let above = cells.iter().filter(|c| c.value.as_ref().is_ok_and(|v| *v > m)).count();
                whole(1 + i64::try_from(above).unwrap())
            });
            Ok(all(&cells, value))
        }
        _ => Err(Refusal::Code("wrong-arguments")),
    }
}

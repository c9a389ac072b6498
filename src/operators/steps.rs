//! Steps of time: how far an operator looks back, the periods of its result, the operand at other periods, and what
//! belongs to a list of cells.

use super::*;
use crate::diagnostic::{Diagnostic, words};
use crate::plan::Grid;
use crate::value::Series;
use crate::value::{Cell, Flags, Period, Reason, Row};
use std::collections::BTreeSet;

/// The step that the words of a call name: backwards for all but `lead`.
pub(super) fn step(call: &Call) -> (i32, Freq) {
    call.entry.step.map(|freq| (1, freq)).or(call.every).unwrap_or((1, Freq::Month))
}

/// The periods of the result; those of the step itself where the query leaves them open.
pub(super) fn wanted(ev: &mut dyn Evaluation, call: &Call, plan: &Plan, demand: &Demand) -> Result<Vec<Period>, Fault> {
    let (_, freq) = step(call);
    let periods = ev.periods(plan, demand)?;
    let coarser = |p: &Period| p.freq().is_some_and(|f| f > freq);
    if let Some(long) = periods.iter().find(|p| freq != Freq::Year && coarser(p)) {
        let have = long.freq().map_or("longer".to_string(), |f| words::one(f.word()));
        let message = format!("`{}` steps by {}, and {long} is {have}", call.said(), freq.word());
        let mut fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, call.words, message);
        let known = ev.natural(plan, &Demand { grid: Grid::Natural, ..demand.clone() })?.unwrap_or_default();
        let fine: Vec<&Period> = known.iter().filter(|p| p.freq().is_some_and(|f| f <= freq)).collect();
        if let (Some(first), Some(last)) = (fine.first(), fine.last()) {
            fault.range = Some((first.floor(freq).to_string(), last.floor(freq).to_string()));
        }
        return Err(Box::new(fault));
    }
    let finer = |p: &Period| p.freq().is_some_and(|f| f < freq);
    if freq != Freq::Year && matches!(demand.grid, Grid::Natural) && !periods.is_empty() && periods.iter().all(finer) {
        return ev.periods(plan, &Demand { grid: Grid::Every(freq), ..demand.clone() });
    }
    Ok(periods)
}

/// Refuses periods that are no steps of a window: of a month there are no two years, and of a day no three months.
pub(super) fn one_step_each(call: &Call, wanted: &[Period]) -> Result<(), Fault> {
    let (n, freq) = step(call);
    let fits = |p: &Period| match freq.months() {
        Some(months) => p.months() == Some(months),
        None => p.len_days() == if freq == Freq::Week { 7 } else { 1 },
    };
    let Some(other) = wanted.iter().find(|p| !fits(p)) else { return Ok(()) };
    let have = other.freq().map_or("no calendar period".to_string(), |f| words::one(f.word()));
    let said = call.said();
    let message = format!("`{said}` steps by {}, and {other} is {have}", freq.word());
    let mut fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, call.words, message);
    // As many of its own steps.
    let times = match (freq.months(), other.months()) {
        (Some(long), Some(short)) if long % short == 0 => Some(long / short),
        (None, None) => Some(7),
        _ => None,
    };
    let own = other.freq().zip(times.filter(|k| *k > 1)).and_then(|(own, k)| Some((own, n.checked_mul(k)?)));
    match (own, wanted.first(), wanted.last()) {
        (Some((own, count)), ..) => {
            let right = said.replacen(&format!("{n}-{}", freq.word()), &format!("{count}-{}", own.word()), 1);
            fault.edits.push(vec![(call.words, right)]);
        }
        (None, Some(first), Some(last)) => {
            let last = Period::unit_around(last.last(), freq);
            fault.range = Some((first.floor(freq).to_string(), last.to_string()));
        }
        _ => {}
    }
    Err(Box::new(fault))
}

/// Each wanted period with the one that is so many steps away, and what asks for all of them.
pub(super) fn shifted(
    ev: &mut dyn Evaluation,
    call: &Call,
    demand: &Demand,
    span: Span,
    by: i32,
) -> Result<(Demand, Vec<(Period, Period)>), Fault> {
    let plan = operand(ev, call, span)?;
    let (_, freq) = step(call);
    let wanted = wanted(ev, call, plan, demand)?;
    let pairs: Vec<(Period, Period)> = wanted.iter().filter_map(|p| p.shift(by, freq).map(|q| (*p, q))).collect();
    let all: BTreeSet<Period> = pairs.iter().flat_map(|(p, q)| [*p, *q]).collect();
    Ok((demand.at(all.into_iter().collect()), pairs))
}
/// Without the first periods, which no query asked for and for which nothing can have a base.
pub(super) fn without_lead_in(rows: Vec<Row>) -> Vec<Row> {
    let first = rows.iter().filter(|r| r.datum() != Err(Reason::NoBase)).filter_map(|r| r.period()).min();
    match first {
        Some(first) => rows.into_iter().filter(|r| r.period() >= Some(first)).collect(),
        None => rows,
    }
}
/// The marks of all cells.
pub(super) fn marks<'a>(cells: impl Iterator<Item = &'a Cell>) -> Flags {
    cells.fold(Flags::none(), |f, c| f.with(c.flags))
}

/// The cells of a series that lie in a period, in order.
pub(super) fn within(cells: Series<'_>, periods: &[Period]) -> Vec<(Period, Cell)> {
    periods.iter().filter_map(|p| cells.get(p).map(|c| (*p, c))).collect()
}

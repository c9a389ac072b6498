//! Operators that read more than one period for each of their result: moving windows, cumulations, an index's base.

use super::lacking::Lacking;
use super::matched::{Compared, composition, names};
use super::steps::{one_step_each, step, wanted, without_lead_in};
use super::*;
use crate::diagnostic::Diagnostic;
use crate::eval::compare::alike;
use crate::eval::trace::{Line, Step, put, result};
use crate::plan::Grid;
use crate::value::period::PeriodText;
use crate::value::{Absence, Cell, Flags, Period, Reason, Row, about};
use std::collections::BTreeSet;

/// How far the steps of a window lie from its period, and how much each counts: so many up to it, or as many on both
/// sides, of an even number the two ends by half.
fn weights(n: i32, centred: bool) -> Vec<(i32, f64)> {
    match (centred, n % 2) {
        (false, _) => (1 - n..=0).map(|k| (k, 1.0)).collect(),
        (true, 0) => (-n / 2..=n / 2).map(|k| (k, if k.abs() == n / 2 { 0.5 } else { 1.0 })).collect(),
        (true, _) => (-(n / 2)..=n / 2).map(|k| (k, 1.0)).collect(),
    }
}

pub(super) fn moving_average(
    ev: &mut dyn Evaluation,
    call: &Call,
    demand: &Demand,
    span: Span,
) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let (n, freq) = step(call);
    let wanted = wanted(ev, call, plan, demand)?;
    // The mean of five years is one of the same month of each, too.
    if freq != Freq::Year {
        one_step_each(call, &wanted)?;
    }
    let centred = call.entry.name.starts_with("centred");
    let weights = weights(n, centred);
    let window = |t: &Period| weights.iter().map(|(k, _)| t.shift(*k, freq)).collect::<Option<Vec<Period>>>();
    let windows: Vec<(Period, Vec<Period>)> = wanted.iter().filter_map(|t| Some((*t, window(t)?))).collect();
    let all: BTreeSet<Period> = windows.iter().flat_map(|(_, w)| w.iter().copied()).collect();
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let telling = ev.is_telling();
    let value = ev.each_series(plan, &demand.at(all.into_iter().collect()), &mut |of, key, cells| {
        for (t, window) in &windows {
            if !cells.has(t) && of.absent == Absence::Missing {
                continue;
            }
            let none = |p: &Period| of.absent.cell(&of.dims, key, Some(*p), Reason::NoBase);
            let members: Vec<Cell> = window.iter().map(|p| cells.get(p).unwrap_or_else(|| none(p))).collect();
            let weighed = members.iter().zip(&weights);
            let sum = weighed.clone().try_fold(0.0, |s, (c, (_, w))| c.datum.map(|x| s + w * x));
            let own = weighed.clone().find(|(_, (k, _))| *k == 0).map(|(c, _)| c.datum);
            let datum = match (sum, own) {
                (Ok(s), _) => Ok(s / f64::from(n)),
                (Err(_), Some(Err(reason))) => Err(reason),
                (Err(Reason::OutsideFilter), _) => Err(Reason::OutsideFilter),
                (Err(_), _) => Err(Reason::NoBase),
            };
            let joined =
                members.iter().copied().reduce(|a, b| a.joined(b, Ok(0.0))).unwrap_or(Cell::missing(Reason::NoBase));
            if telling && let Ok(z) = datum {
                let half = |w: f64| if w < 1.0 { " / 2" } else { "" };
                let number = |(c, (_, w)): (&Cell, &(i32, f64))| Some(format!("{}{}", put(c.datum.ok()?), half(*w)));
                let numbers: Vec<String> = weighed.filter_map(number).collect();
                let about = about(&of.dims, key, Some(*t));
                lines.push(Line {
                    about,
                    arithmetic: format!("({}) / {n}", numbers.join(" + ")),
                    result: result(z),
                    unit: of.unit.to_string(),
                });
            }
            rows.push(Row::new(key, Some(*t), joined.with(datum)));
        }
    })?;
    if demand.grid.is_open() {
        rows = without_lead_in(rows);
    }
    ev.tell(|| Step {
        say: format!("the mean of {n} {}s {} each period", freq.word(), if centred { "around" } else { "up to" }),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    Ok(Value { rows, fixed: false, ..value })
}

/// A window that is not full is missing: before the first observation it has no base.
fn full(cell: Cell, window: Period) -> Cell {
    match cell.coverage.filter(|c| cell.datum.is_ok() && !c.is_full()) {
        Some(c) if c.span.first() > window.first() => Cell::missing(Reason::NoBase),
        Some(_) => Cell::missing(Reason::NotReported),
        None => cell,
    }
}

/// The operand over longer spans, each told under the period that it ends with.
fn over_spans(
    ev: &mut dyn Evaluation,
    call: &Call,
    demand: &Demand,
    span: Span,
    (wanted, whole): (Vec<Period>, bool),
    reach: impl Fn(Period) -> Option<Period>,
) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let spans: Vec<(Period, Period)> = wanted.iter().filter_map(|t| reach(*t).map(|s| (*t, s))).collect();
    let all: BTreeSet<Period> = spans.iter().map(|(_, s)| *s).collect();
    let mut rows = Vec::new();
    let value = ev.each_series(plan, &demand.at(all.into_iter().collect()), &mut |_, key, cells| {
        for (t, s) in &spans {
            if let Some(cell) = cells.get(s) {
                let cell = if whole { full(cell, *s) } else { cell };
                rows.push(Row::new(key, Some(*t), cell));
            }
        }
    })?;
    let said: Vec<String> = spans.iter().map(|(t, s)| format!("{t} is {s}")).take(4).collect();
    ev.tell(|| Step {
        say: format!("{}: {}", call.entry.name, said.join(", ")),
        formula: call.entry.formula.into(),
        ..Step::default()
    });
    Ok(Value { rows, fixed: false, ..value })
}

pub(super) fn moving_sum(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let (n, freq) = step(call);
    let wanted = wanted(ev, call, plan, demand)?;
    one_step_each(call, &wanted)?;
    let natural = demand.grid.is_open();
    let first = wanted.first().copied();
    let reach = |t: Period| {
        let from = t.shift(1 - n, freq)?;
        (!natural || first.is_none_or(|f| from.first() >= f.first())).then(|| from.span(t))
    };
    let value = over_spans(ev, call, demand, span, (wanted, true), reach)?;
    if natural { Ok(Value { rows: without_lead_in(value.rows), ..value }) } else { Ok(value) }
}

pub(super) fn ytd_sum(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let wanted = ev.periods(plan, demand)?;
    over_spans(ev, call, demand, span, (wanted, false), |t| Some(t.year_to_date()))
}

pub(super) fn cumulative_sum(
    ev: &mut dyn Evaluation,
    call: &Call,
    demand: &Demand,
    span: Span,
) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    if demand.grid.season().is_some() || crate::plan::axis::is_seasonal(plan) {
        let message = "what lies between the parts of the years would count too";
        let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, call.words, message);
        return Err(Box::new(fault.advice("`sum of …` adds up these parts alone")));
    }
    let wanted = ev.periods(plan, demand)?;
    let first = wanted.first().copied();
    over_spans(ev, call, demand, span, (wanted, false), |t| first.map(|f| f.span(t)))
}

pub(super) fn index(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let Some((base, level)) = demand.base.clone() else {
        return ev.fault(&codes::WRONG_ARGUMENTS, call.words, "`index` needs its base: `with 2018 = 100`");
    };
    let PeriodText::Fixed(base_period) = base.node else {
        return ev.fault(&codes::WRONG_ARGUMENTS, base.span, "the base of an index is a fixed period");
    };
    let mut wanted = ev.periods(plan, demand)?;
    let step =
        |list: &[Period]| list.first().and_then(|p| p.freq()).filter(|f| list.iter().all(|p| p.freq() == Some(*f)));
    if step(&wanted).is_none() && matches!(demand.grid, Grid::Natural) {
        let freq = base_period.freq().unwrap_or(Freq::Year);
        wanted = ev.periods(plan, &Demand { grid: Grid::Every(freq), ..demand.clone() })?;
    }
    let bases = match step(&wanted).filter(|f| base_period.freq().is_none_or(|b| *f < b)) {
        Some(f) => base_period.units(f, 4000),
        None => vec![base_period],
    };
    let all: BTreeSet<Period> = wanted.iter().chain(&bases).copied().collect();
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let mut absent: Option<Reason> = None;
    let mut lacking = Lacking::default();
    let mut short: Option<Period> = None;
    let telling = ev.is_telling();
    let has_seasons = ev.is_seasonal(plan, Kind::Flow);
    let is_year = |t: &Period| t.freq() == base_period.freq() && t.freq() == Some(Freq::Year);
    let mut unlike: Option<(Cell, Cell, Period)> = None;
    let value = ev.each_series(plan, &demand.at(all.into_iter().collect()), &mut |of, key, cells| {
        // What the base lacks, each number of the index lacks.
        let there = bases.iter().filter_map(|p| cells.get(p)).filter(|c| c.datum.is_ok());
        let based = there.reduce(|a, b| a.joined(b, a.datum));
        // A mean of several periods, of one of which something is missing, is one of what is there.
        let gap = bases.iter().filter(|_| bases.len() > 1);
        let gap = gap.copied().find(|p| cells.get(p).is_some_and(|c| c.flags.has(Flags::MISSING)));
        short = short.or(gap);
        let present: Vec<f64> = bases.iter().filter_map(|p| cells.get(p)).filter_map(|c| c.datum.ok()).collect();
        let sum: f64 = present.iter().sum();
        let mean = match bases.iter().map(|p| crate::eval::datum(cells.get(p), Reason::NoBase)).find_map(Result::err) {
            None => {
                lacking.others = true;
                Ok(sum / present.len() as f64)
            }
            Some(reason) => {
                absent.get_or_insert(reason);
                lacking.add(&of.dims, key);
                Err(if reason == Reason::OutsideFilter { reason } else { Reason::NoBase })
            }
        };
        let mean = mean.and_then(|m| {
            if m > 0.0 {
                Ok(m)
            } else if m == 0.0 {
                Err(Reason::ZeroBase)
            } else {
                Err(Reason::NegativeBase)
            }
        });
        for t in &wanted {
            let Some(cell) = cells.get(t) else { continue };
            let datum = cell.datum.and_then(|x| mean.map(|m| (x, m, level * x / m)));
            if telling && let Ok((x, m, z)) = datum {
                lines.push(Line {
                    about: about(&of.dims, key, Some(*t)),
                    arithmetic: format!("{} * {} / {}", put(level), put(x), put(m)),
                    result: result(z),
                    unit: String::new(),
                });
            }
            let base_cell = bases.first().and_then(|p| cells.get(p)).unwrap_or(cell);
            if unlike.is_none()
                && bases.len() == 1
                && cell.datum.is_ok()
                && base_cell.datum.is_ok()
                && let (Some(x), Some(y)) = (base_cell.coverage, cell.coverage)
                && !alike(&x, &y, has_seasons && of.kind == Kind::Flow && is_year(t))
            {
                unlike = Some((base_cell, cell, *t));
            }
            let datum = datum.map(|(_, _, z)| z);
            let cell = based.map_or_else(|| cell.with(datum), |based| cell.joined(based, datum));
            rows.push(Row::new(key, Some(*t), cell));
        }
    })?;
    if let Some(gap) = short {
        let message = format!("not all that belongs to {gap}, a part of the base {base_period}, is there");
        ev.say(Diagnostic::new(&codes::MISSING_OBSERVATION, base.span, message).here("base"));
    }
    if let Some((base_cell, cell, t)) = unlike {
        let seasonal = has_seasons && value.kind == Kind::Flow && is_year(&t);
        ev.compare_cells((&base_cell, base_period), (&cell, t), seasonal, base.span, &mut |_| Vec::new());
    }
    if let Some(reason) = absent {
        let of = lacking.whose().map(|labels| format!("of {labels}, ")).unwrap_or_default();
        let message = format!("{of}the base {base_period} is {}", reason.words());
        ev.say(Diagnostic::new(&codes::MISSING_OBSERVATION, base.span, message).here(reason.words()));
    }
    let out = Type::new(Unit::index(None), Kind::Index);
    let place = |r: &Row| wanted.iter().position(|t| r.period() == Some(*t));
    let number = |r: &Row| Some((names(&value.dims, r.key()), place(r)?, r.datum().ok()?));
    let printed = || rows.iter().filter_map(number).collect();
    let formula = |x: f64, y: f64| if x > 0.0 { Ok(level * y / x) } else { Err(Reason::Undefined) };
    if bases.len() == 1 {
        let compared = Compared { call, plan, demand, at: base.span, out: &out, kind: value.kind, formula: &formula };
        let ends: Vec<(Period, Period)> = wanted.iter().map(|t| (base_period, *t)).collect();
        composition(ev, &compared, &ends, &printed)?;
    }
    ev.tell(|| Step {
        say: format!("relative to the mean of {base_period}"),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    let unit = if level == 100.0 { Unit::index(Some(base_period)) } else { Unit::index(None) };
    Ok(Value { dims: value.dims, unit, kind: Kind::Index, rows, absent: Absence::Missing, fixed: false })
}

pub(super) fn log(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let mut value = ev.eval(plan, demand)?;
    let mut lines = Vec::new();
    let mut low = false;
    let telling = ev.is_telling();
    for row in &mut value.rows {
        let before = row.datum();
        let datum = before.and_then(|x| if x > 0.0 { Ok(x.ln()) } else { Err(Reason::Undefined) });
        low |= before.is_ok() && datum.is_err();
        if telling && let (Ok(x), Ok(z)) = (before, datum) {
            lines.push(Line {
                about: row.period().map(|p| p.to_string()).unwrap_or_default(),
                arithmetic: format!("ln({})", put(x)),
                result: result(z),
                unit: String::new(),
            });
        }
        row.set_datum(datum);
    }
    if low && value.rows.len() == 1 {
        return ev.fault(
            &codes::NONPOSITIVE_MULTIPLICATIVE,
            call.words,
            "the value is zero or negative, and has no logarithm",
        );
    }
    ev.tell(|| Step { say: "natural logarithm".into(), formula: call.entry.formula.into(), lines, ..Step::default() });
    Ok(Value { unit: Unit::plain(), kind: Kind::Ratio, ..value })
}

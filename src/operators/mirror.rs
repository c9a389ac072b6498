//! Series told another way: what the partners report, two series joined into one, how long something has lasted.

use super::*;
use crate::diagnostic::Diagnostic;
use crate::eval::trace::{Line, Step, put, result};
use crate::plan::{Condition, Grid, Key};
use crate::span::Spanned;
use crate::value::series::{AllSeries, Series, series};
use crate::value::{Absence, Cell, Dimension, Flags, Labels, Period, Reason, Row, number};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

const fn entry(
    name: &'static str,
    operands: usize,
    needs: Needs,
    summary: &'static str,
    formula: &'static str,
) -> Entry {
    Entry {
        name,
        operands,
        needs,
        summary,
        formula,
        cites: &["United Nations, IMTS 2010: Compilers Manual, bilateral asymmetries"],
        result: same_type,
        ..plain(mirror)
    }
}

/// The family.
pub const ENTRIES: &[Entry] = &[
    Entry {
        asks: swapped,
        parts: Parts::AsOperand,
        // Of others: filters and keys change places below it.
        compares: true,
        notes: "Reporter and partner change places, in filters and keys; the flow stays as it is named, so that the mirror of exports stands beside imports. A partner that does not report is missing.",
        examples: &[("mirror of exports where reporter = JPN and partner = CHN for 2019", "23.679 bn CNY")],
        ..entry(
            "mirror",
            1,
            Needs::Each,
            "The same flow as the partners report it.",
            "x with reporter and partner in each other's place",
        )
    },
    Entry {
        asks: same,
        eval: splice,
        notes: "The first series up to the first period that both have, then the second, brought to the level of the first there. The factor is said.",
        cites: &["IMF, Quarterly National Accounts Manual (2017): linking series"],
        examples: &[("splice of (ic_exports from 2018 to 2020) and ic_exports for 2023", "956.77 bn CNY")],
        ..entry(
            "splice",
            2,
            Needs::Either,
            "Two series as one, on the base of the first.",
            "x[t] up to the link, then y[t] * x[link] / y[link]",
        )
    },
    Entry {
        result: streak_type,
        eval: streak,
        notes: "Periods in a row, up to this one, in which it holds; zero where it does not. A period that is missing ends the row, and the next are marked until it starts anew.",
        cites: &["ISO 3534-1, Statistics: vocabulary and symbols (runs)"],
        examples: &[("streak of (exports > 8 bn CNY) where reporter = CHN for 2019-12", "13")],
        ..entry(
            "streak",
            1,
            Needs::Series,
            "For how many periods in a row it has held.",
            "1 + streak[t - 1] where it holds, else 0",
        )
    },
];

const REPORTER: &str = "reporter";
const PARTNER: &str = "partner";

fn other(dim: &str) -> &str {
    match dim {
        REPORTER => PARTNER,
        PARTNER => REPORTER,
        dim => dim,
    }
}

/// The demand with reporter and partner in each other's place.
fn swapped(_: &Call, demand: &Demand) -> Demand {
    let name = |n: &Spanned<String>| Spanned::new(other(&n.node).to_string(), n.span);
    let mut below = demand.clone();
    below.keys =
        demand.keys.iter().map(|k| Key { name: name(&k.name), dim: other(&k.dim).to_string(), ..k.clone() }).collect();
    below.filters = demand.filters.iter().map(|f| Condition { dim: name(&f.dim), ..f.clone() }).collect();
    for list in [&mut below.ignored, &mut below.singly, &mut below.added] {
        list.iter_mut().for_each(|d| *d = other(d).to_string());
    }
    below
}

fn mirror(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let has = |dim: &str| plan.leaves().iter().all(|(s, _)| s.info().dim(dim).is_some());
    if !has(REPORTER) || !has(PARTNER) {
        let message = "`mirror` needs data with reporters and partners";
        return ev.fault(&codes::WRONG_ARGUMENTS, call.words, message);
    }
    let mut value = ev.eval(plan, &swapped(call, demand))?;
    for dim in &mut value.dims {
        *dim = Dimension { name: other(&dim.name).into(), labels: dim.labels.clone() };
    }
    value.absent = Absence::Missing;
    ev.tell(|| Step { say: "as the partners report it".into(), formula: call.entry.formula.into(), ..Step::default() });
    Ok(value)
}

fn splice(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let Some(second) = call.operands.get(1) else { return ev.fault(&codes::BUG, span, "an operand is missing") };
    let natural = Demand { grid: Grid::Natural, ..demand.clone() };
    let (a, b) = (ev.natural(plan, &natural)?.unwrap_or_default(), ev.natural(second, &natural)?.unwrap_or_default());
    let Some(link) = a.iter().filter(|p| b.contains(p)).min().copied() else {
        return ev.fault(
            &codes::WRONG_ARGUMENTS,
            call.words,
            "the two series have no period in common to link them at",
        );
    };
    let wanted = match &demand.grid {
        Grid::Natural => a.into_iter().chain(b).collect::<BTreeSet<Period>>().into_iter().collect(),
        Grid::List(list) => list.to_vec(),
        _ => union(ev, (plan, second), demand)?,
    };
    // Longer periods than the link may hold parts of both.
    if let Some(long) = wanted.iter().find(|p| p.contains(link) && **p != link) {
        let message = format!("the series are linked at {link}, which lies within {long}");
        return ev.fault(&codes::WRONG_ARGUMENTS, call.words, message);
    }
    let mut asked: BTreeSet<Period> = wanted.iter().copied().collect();
    asked.insert(link);
    let below = demand.at(asked.into_iter().collect());
    let (x, y) = (ev.eval(plan, &below)?.labels_only(), ev.eval(second, &below)?.labels_only());
    let power = crate::plan::rules::comparable(
        &Type::new(x.unit.clone(), x.kind),
        &Type::new(y.unit.clone(), y.kind),
        (false, false),
    );
    let mut links: Vec<f64> = Vec::new();
    let mut lines = Vec::new();
    let mut rows = Vec::new();
    let met = crate::eval::meet(x.clone(), &y, |p, _| p);
    let (first, other) = (series(&x), series(&y));
    let own = (places_in(&x, &met.dims), places_in(&y, &met.dims));
    // The labels of both as the first spells them stand in the met value; each side is looked up by its own.
    let telling = ev.is_telling();
    for (key, _) in series(&met).iter() {
        let names: Vec<&str> = met.dims.iter().zip(key).map(|(d, k)| d.label(*k)).collect();
        let find = |places: &[Option<FxHashMap<&str, u32>>], all: &AllSeries<'_>| {
            let of_both =
                places.iter().zip(&names).filter_map(|(places, name)| Some(places.as_ref()?.get(name).copied()));
            let own: Option<Labels> = of_both.collect();
            own.map(|own| all.of(&own).rows().to_vec()).unwrap_or_default()
        };
        let (xs, ys) = (find(&own.0, &first), find(&own.1, &other));
        let none = Cell::missing(Reason::NotReported);
        let at = |rows: &[Row], p: Period| Series::new(rows).get(&p).unwrap_or(none);
        let factor = match (at(&xs, link).datum, at(&ys, link).datum) {
            (Ok(p), Ok(q)) if q != 0.0 => Ok((p, q)),
            (Ok(_), Ok(_)) => Err(Reason::ZeroBase),
            (Err(r), _) | (_, Err(r)) => Err(r),
        };
        links.extend(factor.ok().map(|(p, q)| p / q));
        for period in &wanted {
            let cell = if *period <= link {
                at(&xs, *period)
            } else {
                let cell = at(&ys, *period);
                let datum = cell.datum.and_then(|z| factor.map(|(p, q)| z * p / q));
                if telling && let (Ok(z), Ok((p, q)), Ok(w)) = (cell.datum, factor, datum) {
                    let about = names.iter().map(|n| n.to_string()).chain([period.to_string()]).collect::<Vec<_>>();
                    lines.push(Line {
                        about: about.join(", "),
                        arithmetic: format!("{} * {} / {}", put(z), put(p), put(q)),
                        result: result(w),
                        unit: x.unit.to_string(),
                    });
                }
                cell.with(datum)
            };
            rows.push(Row::new(key, Some(*period), cell));
        }
    }
    if power.is_none() {
        let message = format!("{} is continued by {}", x.unit, y.unit);
        ev.say(Diagnostic::new(&codes::SPLICED, call.words, message));
    } else if let ([factor], true) = (links.as_slice(), !ev.has_said(&codes::SPLICED, call.words)) {
        let message =
            format!("linked at {link}: the second series is multiplied by {}", number::significant(*factor, 6));
        ev.say(Diagnostic::new(&codes::SPLICED, call.words, message));
    }
    ev.tell(|| Step { say: format!("linked at {link}"), formula: call.entry.formula.into(), lines, ..Step::default() });
    Ok(Value { rows, absent: Absence::Missing, fixed: false, dims: met.dims, unit: x.unit, kind: x.kind })
}

/// Per dimension, the place of each label in a value that has the dimension.
fn places_in<'v>(value: &'v Value, dims: &[Dimension]) -> Vec<Option<FxHashMap<&'v str, u32>>> {
    let of = |name: &Arc<str>| {
        let dim = value.dims.iter().find(|d| d.name == *name)?;
        Some(dim.labels.iter().map(|l| l.as_ref()).zip(0u32..).collect())
    };
    dims.iter().map(|d| of(&d.name)).collect()
}

/// The periods of a range that either series has.
fn union(ev: &mut dyn Evaluation, (a, b): (&Plan, &Plan), demand: &Demand) -> Result<Vec<Period>, Fault> {
    let mut all: BTreeSet<Period> = ev.periods(a, demand)?.into_iter().collect();
    all.extend(ev.periods(b, demand)?);
    Ok(all.into_iter().collect())
}

fn streak_type(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    if first(types).kind != Kind::Truth {
        let message = format!("`{}` counts periods in which a comparison holds, and this is none", call.said());
        return refuse(&codes::WRONG_ARGUMENTS, message, "for example `streak of (exports < imports)`");
    }
    Ok(Type::new(Unit::plain(), Kind::Count))
}

fn streak(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let wanted = ev.periods(plan, demand)?;
    // A row may have begun before the first period that is asked for.
    let step = wanted.first().and_then(|p| p.freq());
    let known = ev.natural(plan, &Demand { grid: Grid::Natural, ..demand.clone() })?.unwrap_or_default();
    let earliest = known.into_iter().reduce(Period::span);
    let mut all: BTreeSet<Period> = wanted.iter().copied().collect();
    if let (Some(step), Some(extent), Some(last)) = (step, earliest, wanted.last()) {
        all.extend(extent.units(step, 100_000).into_iter().filter(|p| p.first() <= last.first()));
    }
    let all: Vec<Period> = all.into_iter().collect();
    let value = ev.eval(plan, &demand.at(all.clone()))?;
    let mut rows = Vec::new();
    for (key, cells) in series(&value).iter() {
        let (mut run, mut broken) = (0.0, false);
        for period in &all {
            let cell = cells.get(period).unwrap_or(Cell::missing(Reason::NotReported));
            let datum = match cell.datum {
                Ok(x) if x != 0.0 => {
                    run += 1.0;
                    Ok(run)
                }
                Ok(_) => {
                    (run, broken) = (0.0, false);
                    Ok(0.0)
                }
                Err(reason) => {
                    (run, broken) = (0.0, true);
                    Err(reason)
                }
            };
            let flags = if broken && datum.is_ok() { cell.flags.with(Flags::MISSING) } else { cell.flags };
            if wanted.contains(period) {
                rows.push(Row::new(key, Some(*period), Cell { flags, ..cell }.with(datum)));
            }
        }
    }
    ev.tell(|| Step {
        say: "periods in a row in which it holds".into(),
        formula: call.entry.formula.into(),
        ..Step::default()
    });
    Ok(Value { rows, unit: Unit::plain(), kind: Kind::Count, absent: Absence::Missing, fixed: false, ..value })
}

//! The products that two periods have in common, and the index over them: against the base, or link by link. What was
//! left out, and how far a chain drifts, is said.

use super::formulas::{Formula, Product};
use crate::diagnostic::{Diagnostic, Level, codes};
use crate::eval::meet;
use crate::eval::trace::{Line, Step, put, result};
use crate::operators::over::with_over;
use crate::pause::paced;
use crate::plan::evaluation::Evaluation;
use crate::plan::{Call, Demand, Grid};
use crate::span::Span;
use crate::syntax::Fault;
use crate::value::period::PeriodText;
use crate::value::{
    Absence, Cell, Coverage, Flags, Freq, Kind, Labels, Period, Reason, Row, Unit, Value, about, number,
};
use std::collections::{BTreeMap, BTreeSet};

/// A value and a quantity in each period, of each product.
type Products = BTreeMap<Labels, BTreeMap<Period, (Cell, Cell)>>;

/// So many products are shown by `explain`.
const SHOWN: usize = 12;
/// A chain that differs from the index against the base by more has drifted.
const DRIFT: f64 = 0.05;
/// Less than this part of the value is no fair sample.
const FAIR: f64 = 0.9;

/// An index of a period, and its arithmetic if that is to be told.
struct Relative {
    value: f64,
    arithmetic: Option<String>,
}

/// Which index is asked for.
struct Asked {
    formula: Formula,
    of_volume: bool,
    chained: bool,
    base: Period,
    level: f64,
}

impl Asked {
    fn of(call: &Call, demand: &Demand) -> Option<Asked> {
        let (base, level) = demand.base.clone()?;
        let PeriodText::Fixed(base) = base.node else { return None };
        let name = call.entry.name;
        let (chained, name) = name.strip_prefix("chained ").map_or((false, name), |rest| (true, rest));
        let (of_volume, words) = match name.strip_suffix(" volume index") {
            Some(words) => (true, words),
            None => (false, name.strip_suffix(" price index")?),
        };
        Some(Asked { formula: Formula::named(words)?, of_volume, chained, base, level })
    }
}

/// What two periods have in common, and how much of the value of each that is.
#[derive(Default)]
struct Match {
    products: Vec<Product>,
    then: Part,
    now: Part,
}

/// A part of the value of a period.
#[derive(Clone, Copy, Default)]
struct Part {
    matched: f64,
    all: f64,
}

impl Part {
    fn share(self) -> f64 {
        if self.all > 0.0 { self.matched / self.all } else { 1.0 }
    }
}

/// The index numbers of a group of products.
pub(super) fn index(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let (Some(value), Some(quantity)) = (call.operands.first(), call.operands.get(1)) else {
        return ev.fault(&codes::BUG, span, "an operand is missing");
    };
    let Some(asked) = Asked::of(call, demand) else {
        return ev.fault(
            &codes::WRONG_ARGUMENTS,
            call.words,
            "the base of an index is a fixed period: `with 2018 = 100`",
        );
    };
    let wanted = wanted(ev, call, demand, asked.base)?;
    let step = wanted.first().and_then(|p| p.freq()).unwrap_or(Freq::Year);
    let bases = match asked.base.freq() {
        Some(f) if f <= step => vec![asked.base],
        _ => asked.base.units(step, 4000),
    };
    let all: BTreeSet<Period> = match asked.chained {
        true => {
            wanted.iter().chain(&bases).copied().reduce(Period::span).map_or_else(Vec::new, |s| s.units(step, 4000))
        }
        false => wanted.iter().chain(&bases).copied().collect(),
    }
    .into_iter()
    .chain(asked.base.shift(-1, asked.base.freq().unwrap_or(step)).filter(|_| asked.formula.needs_before()))
    .collect();
    let below = Demand { base: None, ..with_over(call, demand) }.at(all.iter().copied().collect());
    let (mut a, mut b) = (ev.eval(value, &below)?, ev.eval(quantity, &below)?);
    ev.pair_up((value, quantity), &below, (&mut a, &mut b), call.words)?;
    let (a, b) = (a.labels_only(), b.labels_only());
    let mut pairs = Vec::new();
    let met = meet(a, &b, |x, y| {
        pairs.push((x, y));
        Cell::number((pairs.len() - 1) as f64)
    });
    let stays: Vec<bool> = met.dims.iter().map(|d| !call.over.iter().any(|o| o == d.name.as_ref())).collect();
    let dims: Vec<_> = met.dims.iter().zip(&stays).filter(|(_, s)| **s).map(|(d, _)| d.clone()).collect();
    let mut groups: BTreeMap<Labels, Products> = BTreeMap::new();
    for row in paced(&met.rows) {
        let (Some(pair), Some(period)) = (row.datum().ok().and_then(|at| pairs.get(at as usize)), row.period()) else {
            continue;
        };
        let part = |mine: bool| row.key().iter().zip(&stays).filter(|(_, s)| **s == mine).map(|(k, _)| *k).collect();
        groups.entry(part(true)).or_default().entry(part(false)).or_default().insert(period, *pair);
    }
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let mut said = Said::default();
    let telling = ev.is_telling();
    for (key, products) in &groups {
        let tells = telling && products.len() <= SHOWN;
        let numbers = if asked.chained {
            chained((&asked, tells), products, &all, &bases, &wanted, &mut said)
        } else {
            wanted.iter().map(|t| against((&asked, tells), products, &bases, *t, &mut said)).collect()
        };
        for (t, found) in wanted.iter().zip(numbers) {
            // What the base lacks, or a link of a chain, the index lacks.
            let links = all.iter().filter(|p| asked.chained && asked.base.span(*t).contains(**p));
            let used: BTreeSet<&Period> = bases.iter().chain([t]).chain(links).collect();
            let cells = || used.iter().flat_map(|t| products.values().filter_map(|p| p.get(*t)));
            let flags = cells().fold(Flags::none(), |f, (x, y)| f.with(x.flags).with(y.flags));
            let coverage = cells().filter_map(|(x, _)| x.coverage).reduce(Coverage::lesser);
            let datum = found.as_ref().map(|r| r.value).map_err(|reason| *reason);
            if let Ok(Relative { value, arithmetic: Some(arithmetic) }) = found {
                let about = about(&dims, key, Some(*t));
                lines.push(Line { about, arithmetic, result: result(value), unit: String::new() });
            }
            rows.push(Row::new(key, Some(*t), Cell { datum, coverage, flags }));
        }
    }
    said.tell(ev, call, asked.base);
    if asked.of_volume {
        compare_ends(ev, (call, demand), &groups, &asked, &wanted);
    }
    ev.tell(|| Step {
        say: format!("{} over {}", call.entry.name, call.over.join(", ")),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    let unit = if asked.level == 100.0 { Unit::index(Some(asked.base)) } else { Unit::index(None) };
    let mut out = Value { dims, unit, kind: Kind::Index, rows, absent: Absence::Missing, fixed: false };
    out.sort();
    Ok(out)
}

/// Warns where the quantities of a period are not of as many months as those of the base.
fn compare_ends(
    ev: &mut dyn Evaluation,
    (call, demand): (&Call, &Demand),
    groups: &BTreeMap<Labels, Products>,
    asked: &Asked,
    wanted: &[Period],
) {
    let cell = |t: &Period| {
        let all = groups.values().flat_map(|g| g.values()).filter_map(|p| p.get(t));
        all.map(|(_, quantity)| *quantity).find(|c| c.datum.is_ok())
    };
    let Some(then) = cell(&asked.base) else { return };
    for t in wanted {
        let Some(now) = cell(t).filter(|_| t.freq() == asked.base.freq()) else { continue };
        let seasonal = t.freq() == Some(Freq::Year);
        // The period before is whole where this one is not over yet.
        let earlier = t.freq().and_then(|f| t.shift(-1, f));
        let edit = match (&demand.grid, earlier) {
            (Grid::At(said, None), Some(earlier)) => vec![vec![(said.span, earlier.to_string())]],
            _ => Vec::new(),
        };
        ev.compare_cells((&then, asked.base), (&now, *t), seasonal, call.words, &mut |_| edit.clone());
    }
}

/// The periods of the result; without any in the query, those of the step of the base.
fn wanted(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, base: Period) -> Result<Vec<Period>, Fault> {
    let Some(plan) = call.operands.first() else { return Ok(Vec::new()) };
    let demand = with_over(call, demand);
    if matches!(demand.grid, Grid::Natural) {
        let step = base.freq().unwrap_or(Freq::Year);
        return ev.periods(plan, &Demand { grid: Grid::Every(step), ..demand });
    }
    ev.periods(plan, &demand)
}

/// What is to be said once all is computed.
#[derive(Default)]
struct Said {
    /// The smallest part of the value that was compared: which periods, and of each how much.
    least: Option<(Period, Period, Part, Part)>,
    /// The largest drift: until when, the chain, the index against the base.
    drift: Option<(Period, f64, f64)>,
    no_before: bool,
}

impl Said {
    fn part(&mut self, (then, now): (Period, Period), found: &Match) {
        let share = |p: &(Period, Period, Part, Part)| p.2.share().min(p.3.share());
        let new = (then, now, found.then, found.now);
        if !found.products.is_empty() && self.least.as_ref().is_none_or(|known| share(&new) < share(known)) {
            self.least = Some(new);
        }
    }

    fn drifts(&mut self, at: Period, chain: f64, direct: f64) {
        let size = |c: f64, d: f64| (c / d).ln().abs();
        let known = self.drift.map_or((1.0 + DRIFT).ln(), |(_, c, d)| size(c, d));
        if size(chain, direct) > known {
            self.drift = Some((at, chain, direct));
        }
    }

    fn tell(self, ev: &mut dyn Evaluation, call: &Call, base: Period) {
        let show = |x: f64| number::significant(x, 3);
        if let Some((then, now, a, b)) = self.least
            && (show(100.0 * a.share()) != "100" || show(100.0 * b.share()) != "100")
        {
            let message = format!(
                "products with a value and a quantity in both periods are {} % of the value of {then} and {} % of {now}",
                show(100.0 * a.share()),
                show(100.0 * b.share())
            );
            let level = if a.share().min(b.share()) < FAIR { Level::Warning } else { Level::Note };
            ev.say(Diagnostic::new(&codes::UNPAIRED_ROWS, call.words, message).at_level(level));
        }
        if let Some((at, chain, direct)) = self.drift {
            let message = format!(
                "chained from {base} to {at} it is {}, against the base directly {}",
                show(chain),
                show(direct)
            );
            ev.say(Diagnostic::new(&codes::CHAIN_DRIFT, call.words, message));
        }
        if self.no_before {
            let message =
                format!("`{}` takes its weights from the period before {base}, and there is nothing", call.said());
            ev.say(Diagnostic::new(&codes::MISSING_OBSERVATION, call.words, message));
        }
    }
}

/// A price and a quantity, where both can be had; of longer periods the quantity of a shorter one within.
fn price(cells: Option<&(Cell, Cell)>) -> Option<(f64, f64)> {
    let (value, quantity) = cells.and_then(|(x, y)| Some((x.datum.ok()?, y.datum.ok()?)))?;
    (value > 0.0 && quantity > 0.0).then_some((value / quantity, quantity))
}

/// Price and quantity of the base, as one period of the step: of several, that of all and the mean.
fn mean(cells: &BTreeMap<Period, (Cell, Cell)>, bases: &[Period]) -> Option<(f64, f64)> {
    let known: Vec<(f64, f64)> = bases.iter().filter_map(|p| price(cells.get(p))).collect();
    let (value, quantity) = known.iter().fold((0.0, 0.0), |(v, q), (p, n)| (v + p * n, q + n));
    (quantity > 0.0).then(|| (value / quantity, quantity / bases.len() as f64))
}

/// What the base and a period have in common.
fn common(asked: &Asked, products: &Products, then: &[Period], now: Period) -> Match {
    let mut out = Match::default();
    let before = asked.base.shift(-1, asked.base.freq().unwrap_or(Freq::Year)).filter(|_| asked.formula.needs_before());
    for cells in products.values() {
        let (a, b) = (mean(cells, then), price(cells.get(&now)));
        let value = |p: &Period| cells.get(p).and_then(|(x, _)| x.datum.ok()).unwrap_or(0.0).max(0.0);
        out.then.all += then.iter().map(value).sum::<f64>() / then.len().max(1) as f64;
        out.now.all += value(&now);
        let (Some((p0, q0)), Some((p1, q1))) = (a, b) else { continue };
        let before = before.and_then(|t| price(cells.get(&t)));
        if asked.formula.needs_before() && before.is_none() {
            continue;
        }
        out.then.matched += p0 * q0;
        out.now.matched += p1 * q1;
        out.products.push(match asked.of_volume {
            false => Product { p0, q0, p1, q1, before },
            true => Product { p0: q0, q0: p0, p1: q1, q1: p1, before: before.map(|(p, q)| (q, p)) },
        });
    }
    out
}

/// The index of one period against the base.
fn against(
    (asked, tells): (&Asked, bool),
    products: &Products,
    bases: &[Period],
    t: Period,
    said: &mut Said,
) -> Result<Relative, Reason> {
    let found = common(asked, products, bases, t);
    said.part((asked.base, t), &found);
    match asked.formula.of(&found.products) {
        Some(factor) => {
            let told = || format!("{} * {}", put(asked.level), asked.formula.told(&found.products));
            Ok(Relative { value: asked.level * factor, arithmetic: tells.then(told) })
        }
        None => {
            said.no_before |= asked.formula.needs_before();
            Err(absent(products, bases, t))
        }
    }
}

/// Why two periods have nothing in common.
fn absent(products: &Products, bases: &[Period], t: Period) -> Reason {
    let has = |p: &Period| products.values().any(|cells| price(cells.get(p)).is_some());
    if !bases.iter().any(has) {
        Reason::NoBase
    } else if has(&t) {
        Reason::Undefined
    } else {
        let cells = products.values().filter_map(|cells| cells.get(&t));
        cells.into_iter().find_map(|(x, y)| x.datum.err().or(y.datum.err())).unwrap_or(Reason::NotReported)
    }
}

/// The index of each wanted period, as a product of links.
fn chained(
    (asked, tells): (&Asked, bool),
    products: &Products,
    all: &BTreeSet<Period>,
    bases: &[Period],
    wanted: &[Period],
    said: &mut Said,
) -> Vec<Result<Relative, Reason>> {
    let first = wanted.iter().chain(bases).min().copied();
    let steps: Vec<Period> = all.iter().copied().filter(|p| first.is_none_or(|f| f <= *p)).collect();
    // The level of each period, the first being one; nothing from a link on that cannot be made.
    let mut levels: BTreeMap<Period, (usize, f64)> = BTreeMap::new();
    let (mut run, mut level) = (0, 1.0);
    let mut links: Vec<(Period, String)> = Vec::new();
    for (i, t) in steps.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|i| steps.get(i));
        let link = before.map(|b| {
            let found = common(asked, products, &[*b], *t);
            said.part((*b, *t), &found);
            if tells {
                links.push((*t, asked.formula.told(&found.products)));
            }
            asked.formula.of(&found.products)
        });
        match link {
            Some(Some(link)) => level *= link,
            Some(None) => (run, level) = (run + 1, 1.0),
            None => {}
        }
        if products.values().any(|cells| price(cells.get(t)).is_some()) {
            levels.insert(*t, (run, level));
        }
    }
    let of = |t: &Period| levels.get(t).copied();
    let base: Option<Vec<(usize, f64)>> = bases.iter().map(of).collect();
    let mean = base.filter(|b| b.iter().all(|(run, _)| b.first().is_some_and(|f| f.0 == *run)));
    let mean = mean.map(|b| (b.first().map_or(0, |f| f.0), b.iter().map(|x| x.1).sum::<f64>() / b.len().max(1) as f64));
    let number = |t: &Period, said: &mut Said| {
        let Some((base_run, base_level)) = mean else { return Err(absent(products, bases, *t)) };
        let Some((_, level)) = of(t).filter(|(run, _)| *run == base_run) else {
            return Err(absent(products, bases, *t));
        };
        let value = asked.level * level / base_level;
        let direct = asked.formula.of(&common(asked, products, bases, *t).products);
        if let Some(direct) = direct {
            said.drifts(*t, value, asked.level * direct);
        }
        if !tells {
            return Ok(Relative { value, arithmetic: None });
        }
        let (from, to) = (bases.first().min(Some(t)), bases.first().max(Some(t)));
        let between = links.iter().filter(|(p, _)| Some(p) > from && Some(p) <= to);
        let factors: Vec<&str> = between.map(|(_, text)| text.as_str()).collect();
        let arithmetic = match (bases.len(), bases.first() <= Some(t)) {
            (1, true) => [&[put(asked.level).as_str()], factors.as_slice()].concat().join(" * "),
            (1, false) => format!("{} / ({})", put(asked.level), factors.join(" * ")),
            _ => format!("{} * {} / {}", put(asked.level), put(level), put(base_level)),
        };
        Ok(Relative { value, arithmetic: Some(arithmetic) })
    };
    wanted.iter().map(|t| number(t, said)).collect()
}

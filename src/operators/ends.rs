//! The operand at both ends of a range, a formula of the two, and what is said where an end is absent, partial or no
//! base.

use super::matched::{Compared, composition, names};
use super::*;
use crate::diagnostic::Diagnostic;
use crate::eval::compare::alike;
use crate::eval::trace::{Line, Step, put, result};
use crate::pause::paced;
use crate::plan::Grid;
use crate::value::{Absence, Cell, Coverage, Flags, Labels, Period, Reason, Row, Series, about};

/// Both ends of a range, and where they are said.
pub(super) struct Ends {
    pub a: Period,
    pub b: Period,
    pub from: Span,
    pub to: Span,
}

impl Ends {
    /// The cells of a series at both ends.
    fn cells(&self, of: &Value, key: &[u32], cells: Series<'_>) -> (Cell, Cell) {
        let none = |p: Period, reason| of.absent.cell(&of.dims, key, Some(p), reason);
        let before = cells.get(&self.a).unwrap_or_else(|| none(self.a, Reason::NoBase));
        let after = cells.get(&self.b).unwrap_or_else(|| none(self.b, Reason::NotReported));
        (before, after)
    }
}

pub(super) fn ends(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Ends, Fault> {
    let plan = operand(ev, call, span)?;
    let Grid::Window(from, to, _) = &demand.grid else {
        let message = format!("`{}` needs two periods: `from … to …`", call.entry.name);
        return ev.fault(&codes::WRONG_ARGUMENTS, call.words, message);
    };
    let (a, b) = ev.ends(plan, demand, from, to)?;
    if a == b {
        return ev.fault(
            &codes::WRONG_ARGUMENTS,
            from.span.to(to.span),
            format!("both ends are {a}, so nothing can change"),
        );
    }
    Ok(Ends { a, b, from: from.span, to: to.span })
}

/// What is computed of both ends.
pub(super) struct Computed<'f> {
    /// A number from two values, or why there is none.
    pub formula: &'f dyn Fn(f64, f64) -> Result<f64, Reason>,
    /// The same in words.
    pub words: &'f dyn Fn(&str, &str) -> String,
    /// Unit and kind of the result, by those of the operand.
    pub out: &'f dyn Fn(&Value) -> Type,
    /// What is said, or refused, before all else.
    pub first: &'f dyn Fn(&mut dyn Evaluation, &Seen) -> Result<(), Fault>,
}

/// What was seen of the operand.
#[derive(Default)]
pub(super) struct Seen {
    /// A number that is zero or negative.
    pub low: bool,
    /// A period that is not whole.
    pub part: bool,
}

impl Seen {
    fn note(&mut self, cell: &Cell) {
        self.low |= cell.datum.is_ok_and(|x| x <= 0.0);
        self.part |= cell.coverage.is_some_and(|c| !c.is_full());
    }
}

/// Computes a formula of the two ends for every group, with the warnings that belong to it.
pub(super) fn from_ends(
    ev: &mut dyn Evaluation,
    call: &Call,
    demand: &Demand,
    ends: &Ends,
    how: &Computed<'_>,
) -> Result<Value, Fault> {
    let plan = operand(ev, call, call.words)?;
    let has_seasons = ev.is_seasonal(plan, Kind::Flow);
    let period = ends.a.span(ends.b);
    let telling = ev.is_telling();
    let (mut rows, mut numbers) = (Vec::new(), Vec::new());
    let mut bases: Vec<Reason> = Vec::new();
    let mut missing: Option<(Period, Span, Reason)> = None;
    let mut unlike: Option<(Cell, Cell)> = None;
    let mut lone = Vec::new();
    let mut seen = Seen::default();
    let below = demand.at(vec![ends.a, ends.b]);
    let value = ev.each_series(plan, &below, &mut |of, key, cells| {
        cells.values().for_each(|c| seen.note(&c));
        let (x, y) = ends.cells(of, key, cells);
        let datum = match (x.datum, y.datum) {
            (Ok(p), Ok(q)) => (how.formula)(p, q),
            (Err(reason), _) => {
                missing.get_or_insert((ends.a, ends.from, reason));
                Err(reason)
            }
            (_, Err(reason)) => {
                missing.get_or_insert((ends.b, ends.to, reason));
                Err(reason)
            }
        };
        if let (Ok(p), Ok(q)) = (x.datum, y.datum) {
            if unlike.is_none()
                && let (Some(s), Some(t)) = (x.coverage, y.coverage)
                && !alike(&s, &t, has_seasons && of.kind == Kind::Flow)
            {
                unlike = Some((x, y));
            }
            match datum {
                Ok(z) if telling => numbers.push((Labels::from_slice(key), p, q, z)),
                Ok(_) => {}
                Err(reason) => bases.push(reason),
            }
        }
        if demand.keys.is_empty() {
            lone.push((x, y));
        }
        rows.push(Row::new(key, Some(period), x.joined(y, datum)));
    })?;
    (how.first)(ev, &seen)?;
    let seasonal = has_seasons && value.kind == Kind::Flow;
    if let Some((x, y)) = unlike {
        ev.compare_cells((&x, ends.a), (&y, ends.b), seasonal, ends.from.to(ends.to), &mut |ev| {
            instead(ev, plan, demand, ends, (&x, &y))
        });
    }
    let all_missing = rows.iter().all(|r| r.datum().is_err());
    if let (Some((wanted, at, reason)), true) = (missing, all_missing || demand.keys.is_empty()) {
        say_absent(ev, plan, demand, ends, wanted, at, reason)?;
    }
    say_bases(ev, call, &bases);
    let out = (how.out)(&value);
    let number = |r: &Row| r.datum().ok().map(|z| (names(&value.dims, r.key()), 0, z));
    let printed = || rows.iter().filter_map(number).collect();
    let at = ends.from.to(ends.to);
    let compared = Compared { call, plan, demand, at, out: &out, kind: value.kind, formula: how.formula };
    composition(ev, &compared, &[(ends.a, ends.b)], &printed)?;
    ev.remark_codes(plan, demand, (ends.a, ends.b));
    if call.entry.change == Some(Change::Growth)
        && demand.keys.is_empty()
        && ends.a.shift(1, Freq::Year) == Some(ends.b)
    {
        let known = lone.iter().filter_map(|(x, y)| Some((ends.b, y.datum.ok()?, ends.a, x.datum.ok()?)));
        rebound(ev, plan, demand, &known.collect::<Vec<_>>(), call.words);
    }
    ev.nominal(plan, &value.unit, ends.a, ends.b, demand);
    ev.tell(|| Step {
        say: format!("{} from {} to {}", call.entry.name, ends.a, ends.b),
        formula: call.entry.formula.into(),
        lines: numbers
            .iter()
            .map(|(key, p, q, z)| Line {
                about: about(&value.dims, key, None),
                arithmetic: (how.words)(&put(*p), &put(*q)),
                result: result(*z),
                unit: out.unit.to_string(),
            })
            .collect(),
        ..Step::default()
    });
    Ok(Value { dims: value.dims, unit: out.unit, kind: out.kind, rows, absent: Absence::Missing, fixed: true })
}

/// Says which end is not in the data, and the nearest that is.
pub(super) fn say_absent(
    ev: &mut dyn Evaluation,
    plan: &Plan,
    demand: &Demand,
    ends: &Ends,
    wanted: Period,
    at: Span,
    reason: Reason,
) -> Result<(), Fault> {
    let natural = ev.natural(plan, &Demand { grid: Grid::Natural, ..demand.clone() })?.unwrap_or_default();
    let alike: Vec<Period> = natural.iter().copied().filter(|p| p.freq() == wanted.freq()).collect();
    let known = |list: &[Period]| list.first().copied().zip(list.iter().copied().max_by_key(|p| p.last()));
    let (message, near) = match known(if alike.is_empty() { &natural } else { &alike }) {
        Some((first, _)) if wanted.first() < first.first() => {
            (format!("{wanted} is {}; the first period present is {first}", reason.words()), Some(first))
        }
        Some((_, last)) if wanted.last() > last.last() => {
            (format!("{wanted} is {}; the last period present is {last}", reason.words()), Some(last))
        }
        _ => (
            format!("{wanted} is {}", reason.words()),
            alike.iter().copied().find(|p| p.first() > wanted.first() && p.first() < ends.b.first()),
        ),
    };
    let mut warning = Diagnostic::new(&codes::MISSING_OBSERVATION, at, message).here(reason.words());
    let other = if wanted == ends.a { ends.b } else { ends.a };
    if let Some(near) = near.filter(|n| *n != other && present(ev, plan, demand, &[*n, other])) {
        warning.edits.push(vec![(at, near.to_string())]);
    }
    ev.say(warning);
    Ok(())
}

pub(super) fn say_bases(ev: &mut dyn Evaluation, call: &Call, bases: &[Reason]) {
    for (reason, code) in [(Reason::ZeroBase, &codes::ZERO_BASE), (Reason::NegativeBase, &codes::NEGATIVE_BASE)] {
        let count = bases.iter().filter(|r| **r == reason).count();
        if count == 0 {
            continue;
        }
        let what = if reason == Reason::ZeroBase { "zero" } else { "negative" };
        let message =
            if bases.len() == 1 { format!("the base is {what}") } else { format!("{count} bases are {what}") };
        let mut warning = Diagnostic::new(code, call.words, message).here("undefined");
        warning.edits.extend(call.instead().map(|c| vec![(call.words, c)]));
        ev.say(warning);
    }
}

/// Whether the operand is there and whole for all these periods.
pub(super) fn present(ev: &mut dyn Evaluation, plan: &Plan, demand: &Demand, periods: &[Period]) -> bool {
    let value = ev.eval_quietly(plan, &demand.at(periods.to_vec()));
    value.is_ok_and(|v| {
        !v.rows.is_empty()
            && periods.iter().all(|p| paced(&v.rows).any(|r| r.period() == Some(*p)))
            && paced(&v.rows).all(|r| {
                r.datum().is_ok() && r.coverage().is_none_or(|c| c.is_full()) && !r.flags().has(Flags::MISSING)
            })
    })
}

/// Ranges that compare like with like: the covered months in both years, else full periods on either side.
pub(super) fn instead(
    ev: &mut dyn Evaluation,
    plan: &Plan,
    demand: &Demand,
    ends: &Ends,
    (x, y): (&Cell, &Cell),
) -> Vec<crate::diagnostic::Edit> {
    let (a, b) = (ends.a, ends.b);
    let years = b.first_month().0 - a.first_month().0;
    let mut found = Vec::new();
    let coverage = |c: &Cell| c.coverage.map(|c: Coverage| c.span);
    let within = |(s, t): &(Period, Period)| a.contains(*s) && b.contains(*t) && (*s, *t) != (a, b);
    let candidates = [
        // What is there of one end, and the same months of the other, if it has them.
        coverage(y).and_then(|s| s.shift(-years, Freq::Year).map(|t| (t, s))).filter(within),
        coverage(x).and_then(|s| s.shift(years, Freq::Year).map(|t| (s, t))).filter(within),
        b.shift(-1, b.freq().unwrap_or(Freq::Year)).filter(|p| p.first() > a.first()).map(|p| (a, p)),
        a.shift(1, a.freq().unwrap_or(Freq::Year)).filter(|p| p.first() < b.first()).map(|p| (p, b)),
        b.shift(-1, Freq::Year).filter(|p| p.first() > a.first()).map(|p| (p, b)),
    ];
    for (from, to) in candidates.into_iter().flatten() {
        let alike = Coverage::full(from);
        let season = crate::eval::compare::alike(&alike, &Coverage::full(to), true);
        if season && present(ev, plan, demand, &[from, to]) {
            found.push(vec![(ends.from, from.to_string()), (ends.to, to.to_string())]);
        }
        if found.len() == 2 {
            break;
        }
    }
    found
}

/// Notes growth over a year that makes good a fall of the year before: each period with its value, and its base.
pub(super) fn rebound(
    ev: &mut dyn Evaluation,
    plan: &Plan,
    demand: &Demand,
    known: &[(Period, f64, Period, f64)],
    span: Span,
) {
    let risen = known.iter().find(|(_, y, _, x)| *x > 0.0 && y / x >= 1.2);
    let Some((t, y, base, x)) = risen else { return };
    let Some(before) = base.shift(-1, Freq::Year) else { return };
    let Ok(value) = ev.eval_quietly(plan, &demand.at(vec![before])) else { return };
    let whole = |c: &Cell| c.coverage.is_none_or(|c| c.is_full());
    if let Some(z) = value.single().filter(|r| whole(&r.cell())).and_then(|r| r.datum().ok()) {
        ev.remark_rebound((*y, *x, z), (*t, *base), span);
    }
}

/// The operand is asked for the ends themselves, whatever the step of the result.
pub(super) fn ends_asked(_: &Call, demand: &Demand) -> Demand {
    match &demand.grid {
        Grid::Window(a, b, _) => Demand { grid: Grid::Window(a.clone(), b.clone(), None), ..demand.clone() },
        _ => demand.clone(),
    }
}

//! How concentrated a value is over the labels of a dimension.

use super::over::with_over;
use super::*;
use crate::data::DimInfo;
use crate::diagnostic::Diagnostic;
use crate::eval::Cells;
use crate::eval::trace::{Line, Step, put, result};
use crate::plan::parts;
use crate::value::{Absence, Cell, Coverage, Dimension, Flags, Labels, Period, Reason, Row, about, number};
use rustc_hash::FxHashMap;

const fn entry(
    name: &'static str,
    summary: &'static str,
    formula: &'static str,
    notes: &'static str,
    cites: &'static [&'static str],
) -> Entry {
    Entry {
        name,
        over: Over::Needed,
        summary,
        formula,
        notes,
        cites,
        asks: with_over,
        result: ratio_type,
        ..plain(hhi)
    }
}

/// The family.
pub const ENTRIES: &[Entry] = &[
    Entry {
        examples: &[("hhi over partner of exports where reporter = CHN for 2019", "0.255")],
        ..entry(
            "hhi",
            "The Herfindahl–Hirschman index of concentration, 1/n to 1.",
            "sum of (x[k] / X)^2, X = sum of x over k",
            "On shares from 0 to 1; some publish it times 10 000. Totals among the labels are left out; X is the published total where there is one, so that parts of a whole give the lower bound.",
            &["World Bank WITS, Trade Indicators: Hirschman–Herfindahl index"],
        )
    },
    Entry {
        eval: normalised_hhi,
        examples: &[("normalised hhi over partner of exports where reporter = CHN for 2019", "0.00701")],
        ..entry(
            "normalised hhi",
            "The Herfindahl–Hirschman index between 0 and 1 whatever the number of labels.",
            "(H - 1/n) / (1 - 1/n), H = sum of (x[k] / X)^2, n = labels present",
            "Undefined for a single label.",
            &["World Bank WITS, Trade Indicators: Hirschman–Herfindahl index, normalised"],
        )
    },
];

fn ratio_type(_: &Call, types: &[Type]) -> Result<Type, Refusal> {
    let x = first(types);
    if !x.kind.adds_over_dimensions() {
        return refuse(&codes::SUM_OF_NONADDITIVE, format!("{} have no sum to be a share of", x.kind.plural()), "");
    }
    Ok(Type::new(Unit::plain(), Kind::Ratio))
}

/// What is known of a whole and its parts.
#[derive(Clone, Debug, Default)]
struct Whole {
    sum: f64,
    squares: f64,
    present: u32,
    /// How many of them are not zero: a label with nothing is none.
    traded: u32,
    members: u32,
    has_negative: bool,
    reason: Option<Reason>,
    flags: Flags,
    coverage: Option<Coverage>,
    /// The first parts, for `explain`.
    parts: Vec<f64>,
}

/// So many parts are shown by `explain`.
const SHOWN: usize = 12;

/// Sums and sums of squares of cells, by what is left of their keys.
struct Wholes<'a> {
    over: &'a [String],
    shows: bool,
    dims: Vec<Dimension>,
    /// Places in the key of the dimensions that stay.
    stays: Vec<usize>,
    known: FxHashMap<(Labels, Option<Period>), usize>,
    list: Vec<(Labels, Option<Period>, Whole)>,
    /// The last key, and where its periods are in the list.
    recent: (Labels, Vec<(Option<Period>, usize)>),
    /// Which of the recent periods is met next, most likely.
    next: usize,
}

impl Wholes<'_> {
    /// Where the whole of a cell is in the list: cells come in the order of their keys, so it is most often among the
    /// recent ones.
    fn place(&mut self, key: &[u32], period: Option<Period>) -> usize {
        let same = self.recent.0.len() == self.stays.len()
            && self.recent.0.iter().zip(&self.stays).all(|(known, place)| key.get(*place) == Some(known));
        if same {
            let likely = self.recent.1.get(self.next).filter(|(p, _)| *p == period);
            let found = likely.or_else(|| self.recent.1.iter().find(|(p, _)| *p == period)).copied();
            if let Some((_, at)) = found {
                let after = if likely.is_some() { self.next + 1 } else { self.next };
                self.next = if after < self.recent.1.len() { after } else { 0 };
                return at;
            }
        } else {
            let kept = self.stays.iter().filter_map(|place| key.get(*place).copied()).collect();
            self.recent = (kept, Vec::new());
            self.next = 0;
        }
        let next = self.list.len();
        let at = *self.known.entry((self.recent.0.clone(), period)).or_insert(next);
        if at == next {
            self.list.push((self.recent.0.clone(), period, Whole::default()));
        }
        self.recent.1.push((period, at));
        at
    }
}

impl Cells for Wholes<'_> {
    fn begin(&mut self, dims: &[Dimension]) {
        let stays = |d: &Dimension| !self.over.iter().any(|o| o == d.name.as_ref());
        self.stays = (0..).zip(dims).filter(|(_, d)| stays(d)).map(|(place, _)| place).collect();
        self.dims = dims.iter().filter(|d| stays(d)).cloned().collect();
        // No key is like this one.
        self.recent = (std::iter::repeat_n(u32::MAX, self.stays.len() + 1).collect(), Vec::new());
    }

    fn cell(&mut self, key: &[u32], period: Option<Period>, cell: &Cell) {
        let place = self.place(key, period);
        let Some((_, _, whole)) = self.list.get_mut(place) else { return };
        whole.members += 1;
        whole.flags = whole.flags.with(cell.flags);
        whole.coverage = match (whole.coverage, cell.coverage) {
            (Some(a), Some(b)) if a != b => Some(a.lesser(b)),
            (a, b) => a.or(b),
        };
        match cell.datum {
            Ok(x) => {
                whole.sum += x;
                whole.squares += x * x;
                whole.present += 1;
                whole.traded += u32::from(x != 0.0);
                whole.has_negative |= x < 0.0;
                if self.shows && whole.parts.len() <= SHOWN {
                    whole.parts.push(x);
                }
            }
            Err(reason) => {
                whole.reason.get_or_insert(reason);
            }
        }
    }
}

impl Whole {
    /// The index of the parts in a whole, which may hold more than they.
    fn index(&self, all: f64, normalised: bool) -> Result<f64, Reason> {
        let n = f64::from(self.traded);
        if self.present == 0 {
            Err(self.reason.unwrap_or(Reason::NotReported))
        } else if all <= 0.0 {
            Err(Reason::NonpositiveDenominator)
        } else if self.has_negative || (normalised && self.traded < 2) {
            Err(Reason::Undefined)
        } else {
            let h = self.squares / (all * all);
            Ok(if normalised { normal(h, n) } else { h })
        }
    }
}

fn normal(h: f64, n: f64) -> f64 {
    (h - 1.0 / n) / (1.0 - 1.0 / n)
}

/// The published totals of what the labels are parts of, by what is left of the keys; none where nothing is a total.
fn totals(
    ev: &mut dyn Evaluation,
    call: &Call,
    plan: &Plan,
    below: &Demand,
) -> Result<FxHashMap<(String, Option<Period>), f64>, Fault> {
    let over: Vec<String> = call.keys.iter().map(|k| k.dim.clone()).collect();
    // What has no sum is no part of a published total.
    if !over.iter().all(|d| parts::add_up(plan, d)) {
        return Ok(FxHashMap::default());
    }
    let stand = |d: &DimInfo| over.iter().any(|o| o == d.name.as_ref()) && d.is_mixed();
    if !plan.leaves().iter().any(|(source, _)| source.info().dims.iter().any(stand)) {
        return Ok(FxHashMap::default());
    }
    let mut asked = below.clone();
    asked.keys.retain(|k| !over.contains(&k.dim));
    asked.ignored.extend(over);
    let whole = ev.eval_quietly(plan, &asked)?;
    let number = |r: &Row| r.cell.datum.ok().map(|x| ((labels(&whole.dims, &r.key), r.period), x));
    Ok(whole.rows.iter().filter_map(number).collect())
}

fn labels(dims: &[Dimension], key: &[u32]) -> String {
    dims.iter().zip(key).map(|(d, k)| d.label(*k)).collect::<Vec<_>>().join(", ")
}

/// Says between which bounds the index lies where the labels are a part of the whole, if that can be seen.
fn say_bounds(ev: &mut dyn Evaluation, call: &Call, whole: &Whole, all: f64, normalised: bool) {
    let rest = 1.0 - whole.sum / all;
    let (low, n) = (whole.squares / (all * all), f64::from(whole.traded));
    let high = low + rest * rest;
    let (low, high) = if normalised { (normal(low, n), normal(high, n + 1.0)) } else { (low, high) };
    let show = |x: f64| number::significant(x, 3);
    if rest < 1e-9 || show(low) == show(high) || ev.has_said(&codes::CONCENTRATION_OF_A_PART, call.words) {
        return;
    }
    let message = format!(
        "the listed labels are {} % of the whole: the index lies between {} and {}",
        number::significant(100.0 * (1.0 - rest), 3),
        show(low),
        show(high)
    );
    let warning = Diagnostic::new(&codes::CONCENTRATION_OF_A_PART, call.words, message);
    ev.say(warning.advice("the lower bound spreads the rest over very many labels, the upper one gives it to one"));
}

fn hhi(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    concentration(ev, call, demand, span, false)
}

fn normalised_hhi(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    concentration(ev, call, demand, span, true)
}

fn concentration(
    ev: &mut dyn Evaluation,
    call: &Call,
    demand: &Demand,
    span: Span,
    normalised: bool,
) -> Result<Value, Fault> {
    let Some(plan) = call.operands.first() else { return ev.fault(&codes::BUG, span, "the operator has no operand") };
    let below = ev.listed(plan, &with_over(call, demand))?;
    let mut wholes = Wholes {
        over: &call.over,
        shows: ev.is_telling(),
        dims: Vec::new(),
        stays: Vec::new(),
        known: FxHashMap::default(),
        list: Vec::new(),
        recent: (Labels::new(), Vec::new()),
        next: 0,
    };
    ev.each_cell(plan, &below, &mut wholes)?;
    let Wholes { dims, list, .. } = wholes;
    let totals = totals(ev, call, plan, &below)?;
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for (key, period, whole) in list {
        let total = totals.get(&(labels(&dims, &key), period)).filter(|t| **t > 0.0).copied();
        let all = total.unwrap_or(whole.sum);
        let datum = whole.index(all, normalised);
        if total.is_some() && datum.is_ok() {
            say_bounds(ev, call, &whole, all, normalised);
        }
        let mut flags = whole.flags;
        if whole.present < whole.members {
            flags = flags.with(Flags::MISSING);
            if !ev.has_said(&codes::MISSING_OBSERVATION, call.words) {
                let message = format!("{} of {} are present", whole.present, whole.members);
                ev.say(Diagnostic::new(&codes::MISSING_OBSERVATION, call.words, message));
            }
        }
        let count = whole.parts.len();
        if let (Ok(z), true) = (datum, ev.is_telling() && count <= SHOWN) {
            let about = about(&dims, &key, period);
            let sum = match total.filter(|t| (t - whole.sum).abs() > 1e-9 * t.abs()) {
                Some(total) => put(total),
                None => whole.parts.iter().map(|x| put(*x)).collect::<Vec<_>>().join(" + "),
            };
            let terms =
                whole.parts.iter().map(|x| format!("({} / ({sum}))^2", put(*x))).collect::<Vec<_>>().join(" + ");
            let arithmetic = if normalised { format!("({terms} - 1 / {count}) / (1 - 1 / {count})") } else { terms };
            lines.push(Line { about, arithmetic, result: result(z), unit: String::new() });
        }
        rows.push(Row { key, period, cell: Cell { datum, coverage: whole.coverage, flags } });
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
    let mut value =
        Value { dims, unit: Unit::plain(), kind: Kind::Ratio, rows, absent: Absence::Missing, fixed: false };
    value.sort();
    Ok(value)
}

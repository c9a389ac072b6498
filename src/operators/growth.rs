//! Change between two end points: growth, its compound, logarithmic and like-for-like forms, and what contributed.

use super::parts;
use super::*;
use crate::diagnostic::Diagnostic;
use crate::eval::compare::{Series, series};
use crate::eval::trace::{Line, Step, put, result};
use crate::plan::Grid;
use crate::value::{Cell, Coverage, Flags, Labels, Period, Reason, Row};

/// The family.
pub const ENTRIES: &[Entry] = &[
    Entry {
        name: "growth",
        operands: 1,
        over: Over::Never,
        needs: Needs::EndPoints,
        summary: "Growth between two periods, in percent.",
        formula: "100 * (x[b] / x[a] - 1)",
        notes: "Undefined for a base that is zero or negative: ask for `change`. Both ends must cover the same months.",
        cites: &["Eurostat, Handbook on Rapid Estimates: growth rates"],
        examples: &[("growth of ic_exports from 2018 to 2023", "71.2 %")],
        asks: ends_asked,
        result: growth_type,
        eval: growth,
    },
    Entry {
        name: "change",
        operands: 1,
        over: Over::Never,
        needs: Needs::EndPoints,
        summary: "Change between two periods, in the unit of the series; points for percentages.",
        formula: "x[b] - x[a]",
        notes: "Defined for zero and negative bases too.",
        cites: &["Eurostat, Handbook on Rapid Estimates: growth rates"],
        examples: &[("change of ic_exports from 2018 to 2023", "397.77 bn CNY")],
        asks: ends_asked,
        result: change_type,
        eval: change,
    },
    Entry {
        name: "log growth",
        operands: 1,
        over: Over::Never,
        needs: Needs::EndPoints,
        summary: "Logarithmic growth between two periods, in percent.",
        formula: "100 * ln(x[b] / x[a])",
        notes: "Adds up over time. Undefined for values that are zero or negative.",
        cites: &["Törnqvist, Vartia & Vartia 1985, How should relative changes be measured?"],
        examples: &[("log growth of ic_exports from 2018 to 2023", "53.7 %")],
        asks: ends_asked,
        result: growth_type,
        eval: log_growth,
    },
    Entry {
        name: "cagr",
        operands: 1,
        over: Over::Never,
        needs: Needs::EndPoints,
        summary: "Compound annual growth rate between two periods.",
        formula: "100 * ((x[b] / x[a])^(1/n) - 1), n = years from a to b",
        notes: "n counts the intervals, not the observations. Undefined for a base that is zero or negative.",
        cites: &["World Bank WITS, Trade Indicators: compound annual growth rate"],
        examples: &[("cagr of ic_exports from 2018 to 2023", "11.3 % a year")],
        asks: ends_asked,
        result: yearly_type,
        eval: cagr,
    },
    Entry {
        name: "annualised growth",
        operands: 1,
        over: Over::Never,
        needs: Needs::EndPoints,
        summary: "Growth between two periods, as if it went on for a year.",
        formula: "100 * ((x[b] / x[a])^(p/n) - 1), n = steps from a to b, p = steps in a year",
        notes: "Amplifies noise and season; the steps are those of the end points (months, quarters, years).",
        cites: &["OECD, Data and Metadata Reporting Handbook: annualised rates"],
        examples: &[],
        asks: ends_asked,
        result: yearly_type,
        eval: annualised,
    },
    Entry {
        name: "like-for-like growth",
        operands: 1,
        over: Over::Never,
        needs: Needs::EndPoints,
        summary: "Growth over the months that both periods have.",
        formula: "100 * (sum of x[b] / sum of x[a] - 1), over the months present in both",
        notes: "The months that were compared are named. Without a month in common there is no answer.",
        cites: &["General Administration of Customs of China: January-to-month comparisons"],
        examples: &[],
        asks: ends_asked,
        result: growth_type,
        eval: parts::like_for_like,
    },
    Entry {
        name: "trend growth",
        operands: 1,
        over: Over::Never,
        needs: Needs::EndPoints,
        summary: "Growth per step by least squares through all periods of the range.",
        formula: "100 * (exp(b) - 1), ln x[t] = a + b * t",
        notes: "Needs at least three values, all above zero. The step is that of the end points.",
        cites: &["UNCTAD Handbook of Statistics, Calculation methods: average annual growth (exp form)"],
        examples: &[],
        asks: ends_asked,
        result: growth_type,
        eval: parts::trend,
    },
    Entry {
        name: "growth contributions",
        operands: 1,
        over: Over::Never,
        needs: Needs::EndPoints,
        summary: "What each part adds to the growth of the whole, in percentage points.",
        formula: "100 * (x[k,b] - x[k,a]) / X[a], X = sum of x over k",
        notes: "The parts are those named by `by`. They add up to the growth of the whole; a part without a row counts as nothing, as it does in the whole.",
        cites: &["INSEE, definition c1207: contribution to growth"],
        examples: &[],
        asks: ends_asked,
        result: points_type,
        eval: parts::contributions,
    },
];

fn ends_asked(_: &Call, demand: &Demand) -> Demand {
    match &demand.grid {
        Grid::Window(a, b, _) => Demand { grid: Grid::Window(a.clone(), b.clone(), None), ..demand.clone() },
        _ => demand.clone(),
    }
}

fn yearly_type(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    growth_type(call, types).map(|t| Type::new(Unit::percent_per_year(), t.kind))
}

fn points_type(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    growth_type(call, types)?;
    let x = first(types);
    if !x.kind.adds_over_dimensions() {
        return refuse(
            &codes::SUM_OF_NONADDITIVE,
            format!("{} do not add up, so no part contributes", x.kind.plural()),
            "",
        );
    }
    Ok(Type::new(Unit::points(), Kind::Points))
}

/// The operand at both ends.
pub(super) struct Ends {
    pub a: Period,
    pub b: Period,
    pub from: Span,
    pub to: Span,
    pub value: Value,
    pub series: Series,
}

impl Ends {
    fn cells(&self) -> Vec<(Labels, Cell, Cell)> {
        let absent = if self.value.absent_is_zero { Cell::number(0.0) } else { Cell::missing(Reason::NoBase) };
        let later = if self.value.absent_is_zero { Cell::number(0.0) } else { Cell::missing(Reason::NotReported) };
        let at = |cells: &std::collections::HashMap<Period, Cell>| {
            (cells.get(&self.a).copied().unwrap_or(absent), cells.get(&self.b).copied().unwrap_or(later))
        };
        self.series.iter().map(|(key, cells)| (key.clone(), at(cells).0, at(cells).1)).collect()
    }
}

pub(super) fn ends(ev: &mut Evaluator<'_>, call: &Call, demand: &Demand, span: Span) -> Result<Ends, Fault> {
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
    let value = ev.eval(plan, &demand.at(vec![a, b]))?;
    let series = series(&value);
    Ok(Ends { a, b, from: from.span, to: to.span, value, series })
}

/// A number from two values, or why there is none.
type Formula<'f> = &'f dyn Fn(f64, f64) -> Result<f64, Reason>;

/// Computes a formula of the two ends for every group, with the warnings that belong to it.
fn from_ends(
    ev: &mut Evaluator<'_>,
    call: &Call,
    demand: &Demand,
    ends: Ends,
    out: Type,
    formula: Formula<'_>,
    words: &dyn Fn(&str, &str) -> String,
) -> Result<Value, Fault> {
    let plan = operand(ev, call, call.words)?;
    let seasonal = ev.is_seasonal(plan, ends.value.kind);
    let period = ends.a.span(ends.b);
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let mut bases: Vec<Reason> = Vec::new();
    let mut missing: Option<(Period, Span, Reason)> = None;
    for (key, x, y) in ends.cells() {
        let datum = match (x.datum, y.datum) {
            (Ok(p), Ok(q)) => formula(p, q),
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
            ev.compare_cells((&x, ends.a), (&y, ends.b), seasonal, ends.from.to(ends.to), |ev| {
                instead(ev, plan, demand, &ends, (&x, &y))
            });
            match datum {
                Ok(z) => {
                    let about = ends
                        .value
                        .dims
                        .iter()
                        .zip(&key)
                        .map(|(d, k)| d.label(*k).to_string())
                        .collect::<Vec<_>>()
                        .join(", ");
                    lines.push(Line {
                        about,
                        arithmetic: words(&put(p), &put(q)),
                        result: result(z),
                        unit: out.unit.to_string(),
                    });
                }
                Err(reason) => bases.push(reason),
            }
        }
        rows.push(Row { key, period: Some(period), cell: x.joined(y, datum) });
    }
    let all_missing = rows.iter().all(|r| r.cell.datum.is_err());
    if let (Some((wanted, at, reason)), true) = (missing, all_missing || demand.keys.is_empty()) {
        say_absent(ev, plan, demand, &ends, wanted, at, reason)?;
    }
    say_bases(ev, call, &bases);
    ev.nominal(plan, &ends.value.unit, ends.a, ends.b, demand);
    ev.tell(|| Step {
        say: format!("{} from {} to {}", call.entry.name, ends.a, ends.b),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    Ok(Value { dims: ends.value.dims, unit: out.unit, kind: out.kind, rows, absent_is_zero: false, fixed: true })
}

/// Says which end is not in the data, and the nearest that is.
pub(super) fn say_absent(
    ev: &mut Evaluator<'_>,
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

pub(super) fn say_bases(ev: &mut Evaluator<'_>, call: &Call, bases: &[Reason]) {
    for (reason, code) in [(Reason::ZeroBase, &codes::ZERO_BASE), (Reason::NegativeBase, &codes::NEGATIVE_BASE)] {
        let count = bases.iter().filter(|r| **r == reason).count();
        if count == 0 {
            continue;
        }
        let what = if reason == Reason::ZeroBase { "zero" } else { "negative" };
        let message =
            if bases.len() == 1 { format!("the base is {what}") } else { format!("{count} bases are {what}") };
        let mut warning = Diagnostic::new(code, call.words, message).here("undefined");
        let change = match (call.every, call.entry.name) {
            (Some((n, step)), _) => Some(format!("{n}-{} change", step.word())),
            (None, "growth" | "cagr" | "log growth" | "annualised growth") => Some("change".to_string()),
            (None, name) if name.ends_with(" growth") => Some(name.replace("growth", "change")),
            (None, _) => None,
        };
        warning.edits.extend(change.map(|c| vec![(call.words, c)]));
        ev.say(warning);
    }
}

/// Whether the operand is there and whole for all these periods.
pub(super) fn present(ev: &mut Evaluator<'_>, plan: &Plan, demand: &Demand, periods: &[Period]) -> bool {
    let value = ev.quietly(|e| e.eval(plan, &demand.at(periods.to_vec())));
    value.is_ok_and(|v| {
        !v.rows.is_empty()
            && periods.iter().all(|p| v.rows.iter().any(|r| r.period == Some(*p)))
            && v.rows.iter().all(|r| {
                r.cell.datum.is_ok() && r.cell.coverage.is_none_or(|c| c.is_full()) && !r.cell.flags.has(Flags::MISSING)
            })
    })
}

/// Ranges that compare like with like: the covered months in both years, else full periods on either side.
pub(super) fn instead(
    ev: &mut Evaluator<'_>,
    plan: &Plan,
    demand: &Demand,
    ends: &Ends,
    (x, y): (&Cell, &Cell),
) -> Vec<crate::diagnostic::Edit> {
    let (a, b) = (ends.a, ends.b);
    let years = b.first_month().0 - a.first_month().0;
    let mut found = Vec::new();
    let coverage = |c: &Cell| c.coverage.map(|c: Coverage| c.span);
    let candidates = [
        coverage(y).filter(|s| *s != b).and_then(|s| s.shift(-years, Freq::Year).map(|t| (t, s))),
        coverage(x).filter(|s| *s != a).and_then(|s| s.shift(years, Freq::Year).map(|t| (s, t))),
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

pub(super) fn base(x: f64) -> Result<f64, Reason> {
    if x == 0.0 {
        Err(Reason::ZeroBase)
    } else if x < 0.0 {
        Err(Reason::NegativeBase)
    } else {
        Ok(x)
    }
}

fn growth(ev: &mut Evaluator<'_>, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let ends = ends(ev, call, demand, span)?;
    let words = |x: &str, y: &str| format!("100 * ({y} / {x} - 1)");
    from_ends(ev, call, demand, ends, Type::percent(Kind::Growth), &percent_change, &words)
}

/// `100 * (y / x - 1)`.
pub(super) fn percent_change(x: f64, y: f64) -> Result<f64, Reason> {
    base(x).map(|x| 100.0 * (y / x - 1.0))
}

fn change(ev: &mut Evaluator<'_>, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let ends = ends(ev, call, demand, span)?;
    let x = Type::new(ends.value.unit.clone(), ends.value.kind);
    let out = change_type(call, &[x]).unwrap_or(Type::percent(Kind::Points));
    from_ends(ev, call, demand, ends, out, &|x, y| Ok(decimal_difference(y, x)), &|x, y| format!("{y} - {x}"))
}

/// `y - x`, taken on the decimal digits where both are short decimals, so that 1.3 - 1.1 is 0.2.
pub(super) fn decimal_difference(y: f64, x: f64) -> f64 {
    use crate::value::number::{Decimal, plain, scaled_to_f64};
    let exact = || {
        let (p, q) = (Decimal::parse(&plain(y))?, Decimal::parse(&plain(x))?);
        let places = p.places.max(q.places);
        let difference = i128::from(p.rescale(places)?) - i128::from(q.rescale(places)?);
        Some(scaled_to_f64(difference, u32::from(places)))
    };
    exact().unwrap_or(y - x)
}

fn log_growth(ev: &mut Evaluator<'_>, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let ends = ends(ev, call, demand, span)?;
    let low = ends.value.rows.iter().any(|r| r.cell.datum.is_ok_and(|x| x <= 0.0));
    if low && demand.keys.is_empty() {
        return ev.fault(
            &codes::NONPOSITIVE_MULTIPLICATIVE,
            call.words,
            "an end of the range is zero or negative, and has no logarithm",
        );
    }
    let formula = |x: f64, y: f64| if y > 0.0 { base(x).map(|x| 100.0 * (y / x).ln()) } else { Err(Reason::Undefined) };
    from_ends(ev, call, demand, ends, Type::percent(Kind::Growth), &formula, &|x, y| format!("100 * ln({y} / {x})"))
}

fn cagr(ev: &mut Evaluator<'_>, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let ends = ends(ev, call, demand, span)?;
    let months = months_between(ends.a, ends.b);
    let years = f64::from(months) / 12.0;
    if months % 12 != 0 {
        let message = format!("{} and {} are {months} months apart, not a whole number of years", ends.a, ends.b);
        ev.say(Diagnostic::new(&codes::CAGR_INTERVAL, ends.from.to(ends.to), message));
    }
    let formula = |x: f64, y: f64| {
        if y >= 0.0 { base(x).map(|x| 100.0 * ((y / x).powf(1.0 / years) - 1.0)) } else { Err(Reason::Undefined) }
    };
    let words = |x: &str, y: &str| format!("100 * (({y} / {x})^(1 / {}) - 1)", put(years));
    from_ends(ev, call, demand, ends, Type::new(Unit::percent_per_year(), Kind::Growth), &formula, &words)
}

fn months_between(a: Period, b: Period) -> i32 {
    let (x, y) = (a.first_month(), b.first_month());
    (y.0 - x.0) * 12 + y.1 as i32 - x.1 as i32
}

fn annualised(ev: &mut Evaluator<'_>, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let ends = ends(ev, call, demand, span)?;
    let step = ends.a.freq().filter(|f| f.months().is_some() && ends.b.freq() == Some(*f));
    let Some(step) = step else {
        let message = "the ends must be months, quarters, halves or years";
        return ev.fault(&codes::WRONG_ARGUMENTS, ends.from.to(ends.to), message);
    };
    let n = f64::from(months_between(ends.a, ends.b)) / f64::from(step.months().unwrap_or(12));
    let p = step.per_year();
    if ends.value.rows.iter().any(|r| r.cell.coverage.is_some_and(|c| !c.is_full())) {
        ev.say(Diagnostic::new(&codes::ANNUALISED_PARTIAL, call.words, "an end of the range is not a whole period"));
    }
    let formula = |x: f64, y: f64| {
        if y >= 0.0 { base(x).map(|x| 100.0 * ((y / x).powf(p / n) - 1.0)) } else { Err(Reason::Undefined) }
    };
    let words = |x: &str, y: &str| format!("100 * (({y} / {x})^({} / {}) - 1)", put(p), put(n));
    let seasonal_out = Type::new(Unit::percent_per_year(), Kind::Growth);
    from_ends(ev, call, demand, ends, seasonal_out, &formula, &words)
}

//! Operators along time: changes on an earlier period, moving windows, cumulations, indices. Lags go by calendar.

use super::growth::{decimal_difference, percent_change};
use super::*;
use crate::diagnostic::Diagnostic;
use crate::eval::compare::series;
use crate::eval::trace::{Line, Step, put, result};
use crate::plan::{Grid, Plan};
use crate::value::period::PeriodText;
use crate::value::{Cell, Flags, Period, Reason, Row};
use std::collections::{BTreeSet, HashMap};

const fn lagged(name: &'static str, summary: &'static str, formula: &'static str, notes: &'static str) -> Entry {
    Entry {
        name,
        operands: 1,
        over: Over::Never,
        needs: Needs::Series,
        summary,
        formula,
        notes,
        cites: &["IMF, Quarterly National Accounts Manual: growth rates"],
        examples: &[],
        asks: same,
        result: growth_type,
        eval: lag_change,
    }
}

const fn differenced(name: &'static str, summary: &'static str, formula: &'static str) -> Entry {
    Entry { result: change_type, ..lagged(name, summary, formula, "Points for percentages and indices.") }
}

const YOY: &str = "A missing or zero base gives a missing result. For Lunar New Year countries January and February should be taken together.";
const STEP: &str = "Only meaningful for seasonally adjusted series; declare them `adjusted`.";

/// The family.
pub const ENTRIES: &[Entry] = &[
    Entry {
        examples: &[("yoy growth of ic_exports for 2023", "-6.69 %")],
        ..lagged(
            "yoy growth",
            "Growth on the same period of the year before, in percent.",
            "100 * (x[t] / x[t - 1 year] - 1)",
            YOY,
        )
    },
    lagged("qoq growth", "Growth on the quarter before, in percent.", "100 * (x[t] / x[t - 1 quarter] - 1)", STEP),
    lagged("mom growth", "Growth on the month before, in percent.", "100 * (x[t] / x[t - 1 month] - 1)", STEP),
    lagged(
        "N-month growth",
        "Growth on the period so many steps before, in percent.",
        "100 * (x[t] / x[t - N] - 1)",
        "N steps of any frequency: `12-month growth`, `2-year growth`.",
    ),
    differenced("yoy change", "Change on the same period of the year before.", "x[t] - x[t - 1 year]"),
    differenced("qoq change", "Change on the quarter before.", "x[t] - x[t - 1 quarter]"),
    differenced("mom change", "Change on the month before.", "x[t] - x[t - 1 month]"),
    differenced("N-month change", "Change on the period so many steps before.", "x[t] - x[t - N]"),
    Entry {
        result: same_type,
        eval: lag,
        ..lagged(
            "N-month lag",
            "The value so many steps before.",
            "x[t - N]",
            "By calendar: a gap in the data stays a gap.",
        )
    },
    Entry {
        result: same_type,
        eval: lag,
        ..lagged(
            "N-month lead",
            "The value so many steps after.",
            "x[t + N]",
            "By calendar: a gap in the data stays a gap.",
        )
    },
    Entry {
        result: moving_type,
        eval: moving_sum,
        ..lagged(
            "N-month sum",
            "The sum of so many steps up to the period.",
            "sum of x[t - N + 1 .. t]",
            "Trailing: the window ends with the period.",
        )
    },
    Entry {
        result: same_type,
        eval: moving_average,
        ..lagged(
            "N-month average",
            "The mean of so many steps up to the period.",
            "(x[t - N + 1] + … + x[t]) / N",
            "Trailing: the window ends with the period. All steps must be present.",
        )
    },
    Entry {
        result: moving_type,
        eval: ytd_sum,
        examples: &[("ytd sum of ic_exports for 2024-11", "1.03 tn CNY")],
        ..lagged("ytd sum", "The sum from January to the period.", "sum of x[Jan .. t]", "Starts anew each January.")
    },
    Entry {
        result: moving_type,
        eval: cumulative_sum,
        ..lagged(
            "cumulative sum",
            "The sum from the first period to each.",
            "sum of x[first .. t]",
            "Begins with the first period of the result.",
        )
    },
    Entry {
        needs: Needs::Base,
        result: index_type,
        eval: index,
        examples: &[("index of ic_exports with 2018 = 100 for 2023", "171.2")],
        ..lagged(
            "index",
            "The series relative to a base period.",
            "100 * x[t] / mean of x over the base period",
            "The base is the mean of its periods: `with 2018 = 100` on months takes the mean of the twelve.",
        )
    },
    Entry {
        needs: Needs::Each,
        result: log_type,
        eval: log,
        ..lagged(
            "log",
            "The natural logarithm.",
            "ln x[t]",
            "Of the number in its unit. Undefined for zero and negative values.",
        )
    },
];

fn moving_type(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    sum_type(call, types)
}

fn index_type(_: &Call, _: &[Type]) -> Result<Type, Refusal> {
    Ok(Type::new(Unit::index(None), Kind::Index))
}

fn log_type(_: &Call, _: &[Type]) -> Result<Type, Refusal> {
    Ok(Type::new(Unit::plain(), Kind::Ratio))
}

/// The step that the words of a call name: backwards for all but `lead`.
fn step(call: &Call) -> (i32, Freq) {
    match call.entry.name {
        name if name.starts_with("yoy") => (1, Freq::Year),
        name if name.starts_with("qoq") => (1, Freq::Quarter),
        name if name.starts_with("mom") => (1, Freq::Month),
        _ => call.every.unwrap_or((1, Freq::Month)),
    }
}

fn operand<'a>(ev: &Evaluator<'_>, call: &'a Call, span: Span) -> Result<&'a Plan, Fault> {
    match call.operands.first() {
        Some(plan) => Ok(plan),
        None => ev.fault(&codes::BUG, span, "the operator has no operand"),
    }
}

/// The periods of the result; those of the step itself where the query leaves them open.
fn wanted(ev: &mut Evaluator<'_>, call: &Call, plan: &Plan, demand: &Demand) -> Result<Vec<Period>, Fault> {
    let (_, freq) = step(call);
    let periods = ev.periods(plan, demand)?;
    let coarser = |p: &Period| p.freq().is_some_and(|f| f > freq);
    if freq != Freq::Year && periods.iter().any(coarser) {
        let have = periods.first().and_then(|p| p.freq()).map_or("longer periods", Freq::word);
        let message = format!("`{}` steps by {} and the periods are by {have}", call.entry.name, freq.word());
        return ev.fault(&codes::WRONG_ARGUMENTS, call.words, message);
    }
    let finer = |p: &Period| p.freq().is_some_and(|f| f < freq);
    if freq != Freq::Year && matches!(demand.grid, Grid::Natural) && !periods.is_empty() && periods.iter().all(finer) {
        return ev.periods(plan, &Demand { grid: Grid::Every(freq), ..demand.clone() });
    }
    Ok(periods)
}

/// Each wanted period with the one that is so many steps away, and the operand at all of them.
fn shifted(
    ev: &mut Evaluator<'_>,
    call: &Call,
    demand: &Demand,
    span: Span,
    by: i32,
) -> Result<(Value, Vec<(Period, Period)>), Fault> {
    let plan = operand(ev, call, span)?;
    let (_, freq) = step(call);
    let wanted = wanted(ev, call, plan, demand)?;
    let pairs: Vec<(Period, Period)> = wanted.iter().filter_map(|p| p.shift(by, freq).map(|q| (*p, q))).collect();
    let all: BTreeSet<Period> = pairs.iter().flat_map(|(p, q)| [*p, *q]).collect();
    let value = ev.eval(plan, &demand.at(all.into_iter().collect()))?;
    Ok((value, pairs))
}

fn lag_change(ev: &mut Evaluator<'_>, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let (n, freq) = step(call);
    let (value, pairs) = shifted(ev, call, demand, span, -n)?;
    let plan = operand(ev, call, span)?;
    let growing = call.entry.name.ends_with("growth");
    let absent = if value.absent_is_zero { Cell::number(0.0) } else { Cell::missing(Reason::NoBase) };
    let x_type = Type::new(value.unit.clone(), value.kind);
    let out = if growing {
        Type::percent(Kind::Growth)
    } else {
        change_type(call, &[x_type]).unwrap_or(Type::percent(Kind::Points))
    };
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let mut bases: Vec<Reason> = Vec::new();
    let mut no_base: Vec<(Period, Period)> = Vec::new();
    for (key, cells) in series(&value) {
        for (t, before) in &pairs {
            let Some(now) = cells.get(t).copied() else { continue };
            let then = cells.get(before).copied().unwrap_or(absent);
            let datum = match (then.datum, now.datum) {
                (Ok(x), Ok(y)) if growing => percent_change(x, y).inspect_err(|r| bases.push(*r)),
                (Ok(x), Ok(y)) => Ok(decimal_difference(y, x)),
                (_, Err(reason)) => Err(reason),
                (Err(_), Ok(_)) => {
                    no_base.push((*t, *before));
                    Err(Reason::NoBase)
                }
            };
            if then.datum.is_ok() && now.datum.is_ok() {
                let whole = freq.months().is_some_and(|m| (m * n) % 12 == 0);
                let seasonal = whole && ev.is_seasonal(plan, value.kind);
                ev.compare_cells((&then, *before), (&now, *t), seasonal, call.words, |_| Vec::new());
            }
            if let (Ok(x), Ok(y), Ok(z)) = (then.datum, now.datum, datum) {
                let labels = value.dims.iter().zip(&key).map(|(d, k)| d.label(*k).to_string());
                let about = labels.chain([t.to_string()]).collect::<Vec<_>>().join(", ");
                let arithmetic = if growing {
                    format!("100 * ({} / {} - 1)", put(y), put(x))
                } else {
                    format!("{} - {}", put(y), put(x))
                };
                lines.push(Line { about, arithmetic, result: result(z), unit: out.unit.to_string() });
            }
            rows.push(Row { key: key.clone(), period: Some(*t), cell: then.joined(now, datum) });
        }
    }
    if matches!(demand.grid, Grid::Natural | Grid::Every(_)) {
        rows = without_lead_in(rows);
    } else if let (Some((t, before)), true) = (no_base.first(), demand_is_explicit(demand)) {
        let message = format!("{t} has no base: {before} is not in the data");
        ev.say(Diagnostic::new(&codes::MISSING_OBSERVATION, call.words, message).here("no base"));
    }
    say_bases(ev, call, &bases);
    unadjusted(ev, call, plan, value.kind);
    lunar(ev, call, plan, demand, &rows);
    ev.tell(|| Step {
        say: format!("{} of each period on the one before it", call.entry.name),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    Ok(Value { dims: value.dims, unit: out.unit, kind: out.kind, rows, absent_is_zero: false, fixed: false })
}

fn demand_is_explicit(demand: &Demand) -> bool {
    matches!(demand.grid, Grid::Window(..) | Grid::At(..))
}

/// Without the first periods, which no query asked for and for which nothing can have a base.
fn without_lead_in(rows: Vec<Row>) -> Vec<Row> {
    let first = rows.iter().filter(|r| r.cell.datum != Err(Reason::NoBase)).filter_map(|r| r.period).min();
    match first {
        Some(first) => rows.into_iter().filter(|r| r.period >= Some(first)).collect(),
        None => rows,
    }
}

fn say_bases(ev: &mut Evaluator<'_>, call: &Call, bases: &[Reason]) {
    for (reason, code, what) in
        [(Reason::ZeroBase, &codes::ZERO_BASE, "zero"), (Reason::NegativeBase, &codes::NEGATIVE_BASE, "negative")]
    {
        let count = bases.iter().filter(|r| **r == reason).count();
        if count > 0 {
            let message = if count == 1 { format!("a base is {what}") } else { format!("{count} bases are {what}") };
            let mut warning = Diagnostic::new(code, call.words, message).here("undefined there");
            let name = match call.every {
                Some((n, f)) => format!("{n}-{} change", f.word()),
                None => call.entry.name.replace("growth", "change"),
            };
            warning.edits.push(vec![(call.words, name)]);
            ev.say(warning);
        }
    }
}

fn unadjusted(ev: &mut Evaluator<'_>, call: &Call, plan: &Plan, kind: Kind) {
    let short = call.entry.name.starts_with("mom") || call.entry.name.starts_with("qoq");
    if short && ev.is_seasonal(plan, kind) {
        let message = format!("`{}` of a series that is not seasonally adjusted", call.entry.name);
        let mut warning = Diagnostic::new(&codes::MOM_UNADJUSTED, call.words, message);
        let yoy = call.entry.name.replace("mom", "yoy").replace("qoq", "yoy");
        warning.edits.push(vec![(call.words, yoy)]);
        ev.say(warning);
    }
}

/// Months of Lunar New Year's day, 1990 to 2030: 1 for January, 2 for February.
const NEW_YEAR_MONTHS: &[u8; 41] = b"12212122122122121221221212212212212122122";
const NEW_YEAR_COUNTRIES: &[&str] = &["CHN", "HKG", "TWN", "KOR", "VNM", "SGP"];

/// January and February on their own, in years in which the holiday fell in different months.
fn lunar(ev: &mut Evaluator<'_>, call: &Call, plan: &Plan, demand: &Demand, rows: &[Row]) {
    let (n, freq) = step(call);
    let sources = plan.leaves();
    let concerned = sources.iter().any(|(s, _)| {
        let Some(dim) = s.info().dims.iter().find(|d| d.name.as_ref() == "reporter") else { return false };
        let pinned: Vec<&str> = demand
            .filters
            .iter()
            .filter(|f| f.keep && f.dim.node == "reporter")
            .flat_map(|f| f.codes.iter().map(|c| c.node.as_str()))
            .collect();
        let all: Vec<&str> = if pinned.is_empty() { dim.codes.iter().map(|c| c.as_ref()).collect() } else { pinned };
        all.iter().all(|c| NEW_YEAR_COUNTRIES.contains(c))
    });
    if !concerned {
        return;
    }
    let month = |year: i32| usize::try_from(year - 1990).ok().and_then(|i| NEW_YEAR_MONTHS.get(i)).copied();
    let hit = rows.iter().filter(|r| r.cell.datum.is_ok()).filter_map(|r| r.period).find(|p| {
        let (year, m) = p.first_month();
        let early = p.freq() == Some(Freq::Month) && m <= 2;
        let moved = freq == Freq::Year && month(year).is_some() && month(year) != month(year - n);
        early && (moved || freq == Freq::Month)
    });
    if let Some(p) = hit {
        let (year, _) = p.first_month();
        let both = format!("{year}-01..{year}-02");
        let message = format!("Lunar New Year moves between January and February, and {p} is compared alone");
        let warning = Diagnostic::new(&codes::LUNAR_NEW_YEAR, call.words, message);
        ev.say(warning.advice(format!("take the two months together: `for {both}`")));
    }
}

fn lag(ev: &mut Evaluator<'_>, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let (n, _) = step(call);
    let by = if call.entry.name.ends_with("lead") { n } else { -n };
    let (value, pairs) = shifted(ev, call, demand, span, by)?;
    let mut rows = Vec::new();
    let mut lines = Vec::new();
    for (key, cells) in series(&value) {
        for (t, other) in &pairs {
            let cell = cells.get(other).copied().unwrap_or(Cell::missing(Reason::NotReported));
            if let Ok(x) = cell.datum {
                lines.push(Line {
                    about: format!("{t} from {other}"),
                    arithmetic: put(x),
                    result: result(x),
                    unit: value.unit.to_string(),
                });
            }
            rows.push(Row { key: key.clone(), period: Some(*t), cell });
        }
    }
    ev.tell(|| Step {
        say: format!("the value {n} steps away"),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    Ok(Value { rows, fixed: false, ..value })
}

/// The window of so many steps that ends with a period.
fn window(t: Period, n: i32, freq: Freq) -> Option<Vec<Period>> {
    (0..n).rev().map(|k| t.shift(-k, freq)).collect()
}

fn moving_average(ev: &mut Evaluator<'_>, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let (n, freq) = step(call);
    let wanted = wanted(ev, call, plan, demand)?;
    let windows: Vec<(Period, Vec<Period>)> =
        wanted.iter().filter_map(|t| window(*t, n, freq).map(|w| (*t, w))).collect();
    let all: BTreeSet<Period> = windows.iter().flat_map(|(_, w)| w.iter().copied()).collect();
    let value = ev.eval(plan, &demand.at(all.into_iter().collect()))?;
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let absent = if value.absent_is_zero { Cell::number(0.0) } else { Cell::missing(Reason::NoBase) };
    for (key, cells) in series(&value) {
        for (t, window) in &windows {
            if !cells.contains_key(t) && !value.absent_is_zero {
                continue;
            }
            let members: Vec<Cell> = window.iter().map(|p| cells.get(p).copied().unwrap_or(absent)).collect();
            let sum = members.iter().try_fold(0.0, |s, c| c.datum.map(|x| s + x));
            let datum = match (sum, members.last().map(|c| c.datum)) {
                (Ok(s), _) => Ok(s / f64::from(n)),
                (Err(_), Some(Err(reason))) => Err(reason),
                (Err(_), _) => Err(Reason::NoBase),
            };
            let joined =
                members.iter().skip(1).fold(members.first().copied().unwrap_or(absent), |a, b| a.joined(*b, Ok(0.0)));
            if let Ok(z) = datum {
                let numbers: Vec<String> = members.iter().filter_map(|c| c.datum.ok()).map(put).collect();
                let labels = value.dims.iter().zip(&key).map(|(d, k)| d.label(*k).to_string());
                let about = labels.chain([t.to_string()]).collect::<Vec<_>>().join(", ");
                lines.push(Line {
                    about,
                    arithmetic: format!("({}) / {n}", numbers.join(" + ")),
                    result: result(z),
                    unit: value.unit.to_string(),
                });
            }
            rows.push(Row { key: key.clone(), period: Some(*t), cell: joined.with(datum) });
        }
    }
    if matches!(demand.grid, Grid::Natural | Grid::Every(_)) {
        rows = without_lead_in(rows);
    }
    ev.tell(|| Step {
        say: format!("the mean of {n} {}s up to each period", freq.word()),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    Ok(Value { rows, fixed: false, ..value })
}

/// The operand over longer spans, each told under the period that it ends with.
fn over_spans(
    ev: &mut Evaluator<'_>,
    call: &Call,
    demand: &Demand,
    span: Span,
    wanted: Vec<Period>,
    reach: impl Fn(Period) -> Option<Period>,
) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let spans: Vec<(Period, Period)> = wanted.iter().filter_map(|t| reach(*t).map(|s| (*t, s))).collect();
    let all: BTreeSet<Period> = spans.iter().map(|(_, s)| *s).collect();
    let value = ev.eval(plan, &demand.at(all.into_iter().collect()))?;
    let mut rows = Vec::new();
    for (key, cells) in series(&value) {
        for (t, s) in &spans {
            if let Some(cell) = cells.get(s) {
                rows.push(Row { key: key.clone(), period: Some(*t), cell: *cell });
            }
        }
    }
    let said: Vec<String> = spans.iter().map(|(t, s)| format!("{t} is {s}")).take(4).collect();
    ev.tell(|| Step {
        say: format!("{}: {}", call.entry.name, said.join(", ")),
        formula: call.entry.formula.into(),
        ..Step::default()
    });
    Ok(Value { rows, fixed: false, ..value })
}

fn moving_sum(ev: &mut Evaluator<'_>, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let (n, freq) = step(call);
    let wanted = wanted(ev, call, plan, demand)?;
    let natural = matches!(demand.grid, Grid::Natural | Grid::Every(_));
    let first = wanted.first().copied();
    let reach = |t: Period| {
        let from = t.shift(1 - n, freq)?;
        (!natural || first.is_none_or(|f| from.first() >= f.first())).then(|| from.span(t))
    };
    over_spans(ev, call, demand, span, wanted, reach)
}

fn ytd_sum(ev: &mut Evaluator<'_>, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let wanted = ev.periods(plan, demand)?;
    over_spans(ev, call, demand, span, wanted, |t| Some(t.year_to_date()))
}

fn cumulative_sum(ev: &mut Evaluator<'_>, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let wanted = ev.periods(plan, demand)?;
    let first = wanted.first().copied();
    over_spans(ev, call, demand, span, wanted, |t| first.map(|f| f.span(t)))
}

fn index(ev: &mut Evaluator<'_>, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
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
    let value = ev.eval(plan, &demand.at(all.into_iter().collect()))?;
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let mut absent: Option<Reason> = None;
    for (key, cells) in series(&value) {
        let present: Vec<f64> = bases.iter().filter_map(|p| cells.get(p)).filter_map(|c| c.datum.ok()).collect();
        let sum: f64 = present.iter().sum();
        let mean = match bases.iter().map(|p| crate::eval::datum(cells.get(p), Reason::NoBase)).find_map(Result::err) {
            None => Ok(sum / present.len() as f64),
            Some(reason) => {
                absent.get_or_insert(reason);
                Err(Reason::NoBase)
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
            if let Ok((x, m, z)) = datum {
                let labels = value.dims.iter().zip(&key).map(|(d, k)| d.label(*k).to_string());
                let about = labels.chain([t.to_string()]).collect::<Vec<_>>().join(", ");
                lines.push(Line {
                    about,
                    arithmetic: format!("{} * {} / {}", put(level), put(x), put(m)),
                    result: result(z),
                    unit: String::new(),
                });
            }
            let base_cell = bases.first().and_then(|p| cells.get(p)).copied().unwrap_or(*cell);
            if bases.len() == 1 && cell.datum.is_ok() && base_cell.datum.is_ok() {
                let seasonal = ev.is_seasonal(plan, value.kind);
                ev.compare_cells(
                    (&base_cell, base_period),
                    (cell, *t),
                    seasonal && t.freq() == base_period.freq() && t.freq() == Some(Freq::Year),
                    base.span,
                    |_| Vec::new(),
                );
            }
            rows.push(Row { key: key.clone(), period: Some(*t), cell: cell.with(datum.map(|(_, _, z)| z)) });
        }
    }
    if let Some(reason) = absent {
        let message = format!("the base {base_period} is {}", reason.words());
        ev.say(Diagnostic::new(&codes::MISSING_OBSERVATION, base.span, message).here(reason.words()));
    }
    ev.tell(|| Step {
        say: format!("relative to the mean of {base_period}"),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    let unit = if level == 100.0 { Unit::index(Some(base_period)) } else { Unit::index(None) };
    Ok(Value { dims: value.dims, unit, kind: Kind::Index, rows, absent_is_zero: false, fixed: false })
}

fn log(ev: &mut Evaluator<'_>, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let mut value = ev.eval(plan, demand)?;
    let mut lines = Vec::new();
    let mut low = false;
    for row in &mut value.rows {
        let before = row.cell.datum;
        let datum = before.and_then(|x| if x > 0.0 { Ok(x.ln()) } else { Err(Reason::Undefined) });
        low |= before.is_ok() && datum.is_err();
        if let (Ok(x), Ok(z)) = (before, datum) {
            lines.push(Line {
                about: row.period.map(|p| p.to_string()).unwrap_or_default(),
                arithmetic: format!("ln({})", put(x)),
                result: result(z),
                unit: String::new(),
            });
        }
        row.cell = row.cell.with(datum);
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

/// The marks of all cells.
pub(super) fn marks<'a>(cells: impl Iterator<Item = &'a Cell>) -> Flags {
    cells.fold(Flags::none(), |f, c| f.with(c.flags))
}

/// The cells of a series that lie in a period, in order.
pub(super) fn within(cells: &HashMap<Period, Cell>, periods: &[Period]) -> Vec<(Period, Cell)> {
    periods.iter().filter_map(|p| cells.get(p).map(|c| (*p, *c))).collect()
}

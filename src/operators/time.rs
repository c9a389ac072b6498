//! Operators along time: changes on an earlier period, moving windows, cumulations, indices. Lags go by calendar.

use super::ends::{rebound, say_bases};
use super::formulas::{decimal_difference, percent_change};
use super::lacking::Lacking;
use super::matched::{Compared, composition, like_for_like, names};
use super::steps::{shifted, step};
use super::windows;
use super::*;
use crate::diagnostic::{Diagnostic, words};
use crate::eval::compare::alike;
use crate::eval::trace::{Line, Step, put, result};
use crate::plan::Grid;
use crate::plan::evaluation::Edits;
use crate::value::{Absence, Cell, Labels, Period, Reason, Row, about};
use std::collections::BTreeSet;

const fn lagged(name: &'static str, summary: &'static str, formula: &'static str, notes: &'static str) -> Entry {
    Entry {
        name,
        needs: Needs::Series,
        summary,
        formula,
        notes,
        cites: &["IMF, Quarterly National Accounts Manual: growth rates"],
        result: growth_type,
        ..plain(lag_change)
    }
}

const fn grown(name: &'static str, summary: &'static str, formula: &'static str, notes: &'static str) -> Entry {
    Entry { change: Some(Change::Growth), ..lagged(name, summary, formula, notes) }
}

const fn differenced(name: &'static str, summary: &'static str, formula: &'static str) -> Entry {
    Entry {
        change: Some(Change::Difference),
        parts: Parts::AsOperand,
        result: change_type,
        ..lagged(name, summary, formula, "Points for percentages and indices.")
    }
}

const YOY: &str = "A missing or zero base gives a missing result. For Lunar New Year countries January and February should be taken together.";
const STEP: &str = "Only meaningful for seasonally adjusted series; declare them `adjusted`.";

/// The family.
pub const ENTRIES: &[Entry] = &[
    Entry {
        step: Some(Freq::Year),
        instead: Some("yoy change"),
        examples: &[("yoy growth of ic_exports for 2023", "-6.69 %")],
        ..grown(
            "yoy growth",
            "Growth on the same period of the year before, in percent.",
            "100 * (x[t] / x[t - 1 year] - 1)",
            YOY,
        )
    },
    Entry {
        step: Some(Freq::Quarter),
        instead: Some("qoq change"),
        examples: &[("qoq growth of exports where reporter = CHN for 2019-Q3", "-10.0 %")],
        ..grown("qoq growth", "Growth on the quarter before, in percent.", "100 * (x[t] / x[t - 1 quarter] - 1)", STEP)
    },
    Entry {
        step: Some(Freq::Month),
        instead: Some("mom change"),
        examples: &[("mom growth of exports where reporter = CHN for 2019-03", "-2.63 %")],
        ..grown("mom growth", "Growth on the month before, in percent.", "100 * (x[t] / x[t - 1 month] - 1)", STEP)
    },
    Entry {
        instead: Some("N-month change"),
        examples: &[("6-month growth of exports where reporter = CHN for 2019-09", "-10.2 %")],
        ..grown(
            "N-month growth",
            "Growth on the period so many steps before, in percent.",
            "100 * (x[t] / x[t - N] - 1)",
            "N steps of any frequency: `12-month growth`, `2-year growth`.",
        )
    },
    Entry {
        step: Some(Freq::Year),
        examples: &[("yoy change of exports where reporter = CHN for 2019", "8.8641 bn CNY")],
        ..differenced("yoy change", "Change on the same period of the year before.", "x[t] - x[t - 1 year]")
    },
    Entry {
        step: Some(Freq::Quarter),
        examples: &[("qoq change of exports where reporter = CHN for 2019-Q3", "-2.8173 bn CNY")],
        ..differenced("qoq change", "Change on the quarter before.", "x[t] - x[t - 1 quarter]")
    },
    Entry {
        step: Some(Freq::Month),
        examples: &[("mom change of exports where reporter = CHN for 2019-03", "-257.7 mn CNY")],
        ..differenced("mom change", "Change on the month before.", "x[t] - x[t - 1 month]")
    },
    Entry {
        examples: &[("6-month change of exports where reporter = CHN for 2019-09", "-968.9 mn CNY")],
        ..differenced("N-month change", "Change on the period so many steps before.", "x[t] - x[t - N]")
    },
    Entry {
        parts: Parts::AsOperand,
        result: same_type,
        eval: lag,
        examples: &[("1-year lag of exports where reporter = CHN for 2020", "108.5 bn CNY")],
        ..lagged(
            "N-month lag",
            "The value so many steps before.",
            "x[t - N]",
            "By calendar: a gap in the data stays a gap.",
        )
    },
    Entry {
        parts: Parts::AsOperand,
        result: same_type,
        eval: lead,
        examples: &[("1-year lead of exports where reporter = CHN for 2018", "108.5 bn CNY")],
        ..lagged(
            "N-month lead",
            "The value so many steps after.",
            "x[t + N]",
            "By calendar: a gap in the data stays a gap.",
        )
    },
    Entry {
        parts: Parts::AsOperand,
        result: moving_type,
        eval: windows::moving_sum,
        examples: &[("3-month sum of exports where reporter = CHN for 2019-09", "25.343 bn CNY")],
        ..lagged(
            "N-month sum",
            "The sum of so many steps up to the period.",
            "sum of x[t - N + 1 .. t]",
            "Trailing: the window ends with the period, which is one of its steps: of a month, `24-month sum` rather than `2-year sum`.",
        )
    },
    Entry {
        parts: Parts::AsOperand,
        result: number_type,
        eval: windows::moving_average,
        examples: &[("3-month average of exports where reporter = CHN for 2019-09", "8.4478 bn CNY")],
        ..lagged(
            "N-month average",
            "The mean of so many steps up to the period.",
            "(x[t - N + 1] + … + x[t]) / N",
            "Trailing: the window ends with the period. All steps must be present. A `5-year average` of a month is that of this month in five years.",
        )
    },
    Entry {
        parts: Parts::AsOperand,
        result: number_type,
        eval: windows::moving_average,
        examples: &[("centred 12-month average of exports where reporter = CHN for 2019-06", "9.0008 bn CNY")],
        ..lagged(
            "centred N-month average",
            "The mean of so many steps around the period.",
            "(x[t - N / 2] / 2 + x[t - N / 2 + 1] + … + x[t + N / 2] / 2) / N; of an odd N all count alike",
            "As many steps on both sides; of an even number the two ends count by half, so that each month of a year does once. All steps must be present.",
        )
    },
    Entry {
        parts: Parts::AsOperand,
        result: moving_type,
        eval: windows::ytd_sum,
        examples: &[("ytd sum of ic_exports for 2024-11", "1.03 tn CNY")],
        ..lagged("ytd sum", "The sum from January to the period.", "sum of x[Jan .. t]", "Starts anew each January.")
    },
    Entry {
        parts: Parts::AsOperand,
        result: moving_type,
        eval: windows::cumulative_sum,
        examples: &[("cumulative sum of exports where reporter = CHN from 2018 to 2020", "2020 322.81")],
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
        eval: windows::index,
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
        eval: windows::log,
        examples: &[("log of exports where reporter = CHN for 2019", "11.6")],
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

fn index_type(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    no_truth(call, types)?;
    Ok(Type::new(Unit::index(None), Kind::Index))
}

fn log_type(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    no_truth(call, types)?;
    Ok(Type::new(Unit::plain(), Kind::Ratio))
}
fn lag_change(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let (n, freq) = step(call);
    let (below, pairs) = shifted(ev, call, demand, span, -n)?;
    let plan = operand(ev, call, span)?;
    let growing = call.entry.change == Some(Change::Growth);
    let (mut rows, mut numbers) = (Vec::new(), Vec::new());
    let mut bases: Vec<Reason> = Vec::new();
    let mut no_base: Option<(Period, Period, Lacking)> = None;
    let mut with_base = BTreeSet::new();
    let has_seasons = freq.months().is_some_and(|m| (m * n) % 12 == 0) && ev.is_seasonal(plan, Kind::Flow);
    let telling = ev.is_telling();
    let formula = |x: f64, y: f64| if growing { percent_change(x, y) } else { Ok(decimal_difference(y, x)) };
    let mut unlike: Option<((Cell, Period), (Cell, Period))> = None;
    let mut lone = Vec::new();
    let value = ev.each_series(plan, &below, &mut |of, key, cells| {
        for (t, before) in &pairs {
            let Some(now) = cells.get(t) else { continue };
            let none = || of.absent.cell(&of.dims, key, Some(*before), Reason::NoBase);
            let then = cells.get(before).unwrap_or_else(none);
            if then.datum.is_ok() && !key.is_empty() {
                with_base.insert(*before);
            }
            let datum = match (then.datum, now.datum) {
                (Ok(x), Ok(y)) => formula(x, y).inspect_err(|r| bases.push(*r)),
                (_, Err(reason)) => Err(reason),
                (Err(Reason::OutsideFilter), Ok(_)) => Err(Reason::OutsideFilter),
                (Err(_), Ok(_)) => {
                    let (first, _, lacking) = no_base.get_or_insert_with(|| (*t, *before, Lacking::default()));
                    if first == t {
                        lacking.add(&of.dims, key);
                    }
                    Err(Reason::NoBase)
                }
            };
            if let (Ok(x), Ok(y)) = (then.datum, now.datum) {
                if unlike.is_none()
                    && let (Some(s), Some(u)) = (then.coverage, now.coverage)
                    && !alike(&s, &u, has_seasons && of.kind == Kind::Flow)
                {
                    unlike = Some(((then, *before), (now, *t)));
                }
                if telling && let Ok(z) = datum {
                    numbers.push((Labels::from_slice(key), *t, x, y, z));
                }
            }
            if demand.keys.is_empty()
                && let (Some(Ok(y)), Some(Ok(x))) = (cells.get(t).map(|c| c.datum), cells.get(before).map(|c| c.datum))
            {
                lone.push((*t, y, *before, x));
            }
            rows.push(Row::new(key, Some(*t), then.joined(now, datum)));
        }
    })?;
    let x_type = Type::new(value.unit.clone(), value.kind);
    let out = if growing {
        Type::percent(Kind::Growth)
    } else {
        change_type(call, &[x_type]).unwrap_or(Type::percent(Kind::Points))
    };
    if let Some(((then, before), (now, t))) = unlike {
        let edits: Edits<'_> = &mut |_| {
            like_for_like(call, value.kind, demand).map(|words| vec![(call.words, words)]).into_iter().collect()
        };
        let seasonal = has_seasons && value.kind == Kind::Flow;
        ev.compare_cells((&then, before), (&now, t), seasonal, call.words, edits);
    }
    if demand.grid.is_open() {
        // The first periods have no base by nature, and no query asked for them.
        let first = pairs.first().map(|(t, _)| t.first());
        let nature = |p: Period| pairs.iter().any(|(t, before)| *t == p && Some(before.first()) < first);
        rows.retain(|r| !(r.datum() == Err(Reason::NoBase) && r.period().is_some_and(nature)));
    } else if let (Some((t, before, mut lacking)), true) = (no_base, demand_is_explicit(demand)) {
        lacking.others = with_base.contains(&before);
        let message = match lacking.whose() {
            Some(labels) => format!("of {labels}, {t} has no base: only others have {before}"),
            // It may be there for what a condition leaves out.
            None if plan.leaves().iter().any(|(s, _)| s.info().periods.contains(&before)) => {
                format!("{t} has no base: {before} is not reported")
            }
            None => format!("{t} has no base: {before} is not in the data"),
        };
        ev.say(Diagnostic::new(&codes::MISSING_OBSERVATION, call.words, message).here("no base"));
    }
    say_bases(ev, call, &bases);
    let place = |r: &Row| pairs.iter().position(|(t, _)| r.period() == Some(*t));
    let number = |r: &Row| Some((names(&value.dims, r.key()), place(r)?, r.datum().ok()?));
    let printed = || rows.iter().filter_map(number).collect();
    let compared = Compared { call, plan, demand, at: call.words, out: &out, kind: value.kind, formula: &formula };
    let ends: Vec<(Period, Period)> = pairs.iter().map(|(t, before)| (*before, *t)).collect();
    composition(ev, &compared, &ends, &printed)?;
    if let Some((t, before)) = pairs.first().zip(pairs.last()).map(|(a, b)| (b.0, a.1)) {
        ev.remark_codes(plan, demand, (before, t));
    }
    if growing && demand.keys.is_empty() && freq.months().is_some_and(|m| m * n == 12) && demand_is_explicit(demand) {
        rebound(ev, plan, demand, &lone, call.words);
    }
    unadjusted(ev, call, plan, value.kind);
    lunar(ev, call, plan, demand, &rows);
    let before = match (n, freq.months().map(|m| m * n)) {
        (_, Some(12)) => "the same one a year before".to_string(),
        (1, _) => "the one before it".to_string(),
        _ => format!("the one {n} {}s before", freq.word()),
    };
    ev.tell(|| Step {
        say: format!("{} of each period on {before}", call.entry.name),
        formula: call.entry.formula.into(),
        lines: numbers
            .iter()
            .map(|(key, t, x, y, z)| Line {
                about: about(&value.dims, key, Some(*t)),
                arithmetic: if growing {
                    format!("100 * ({} / {} - 1)", put(*y), put(*x))
                } else {
                    format!("{} - {}", put(*y), put(*x))
                },
                result: result(*z),
                unit: out.unit.to_string(),
            })
            .collect(),
        ..Step::default()
    });
    Ok(Value { dims: value.dims, unit: out.unit, kind: out.kind, rows, absent: Absence::Missing, fixed: false })
}

fn demand_is_explicit(demand: &Demand) -> bool {
    matches!(demand.grid, Grid::Window(..) | Grid::At(..)) && !demand.grid.is_open()
}
fn unadjusted(ev: &mut dyn Evaluation, call: &Call, plan: &Plan, kind: Kind) {
    let short = matches!(call.entry.step, Some(Freq::Month | Freq::Quarter));
    if short && ev.is_seasonal(plan, kind) {
        let message = format!("`{}` of a series that is not seasonally adjusted", call.said());
        let mut warning = Diagnostic::new(&codes::MOM_UNADJUSTED, call.words, message);
        warning.edits.extend(call.entry.change.map(|change| vec![(call.words, change.by_year().to_string())]));
        ev.say(warning);
    }
}

/// Months of Lunar New Year's day, 1990 to 2030: 1 for January, 2 for February.
const NEW_YEAR_MONTHS: &[u8; 41] = b"12212122122122121221221212212212212122122";
const NEW_YEAR_COUNTRIES: &[&str] = &["CHN", "HKG", "TWN", "KOR", "VNM", "SGP"];

/// January and February on their own, in years in which the holiday fell in different months.
fn lunar(ev: &mut dyn Evaluation, call: &Call, plan: &Plan, demand: &Demand, rows: &[Row]) {
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
    let hit = rows.iter().filter(|r| r.datum().is_ok()).filter_map(|r| r.period()).find(|p| {
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

fn lag(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    moved(ev, call, demand, span, -step(call).0)
}

fn lead(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    moved(ev, call, demand, span, step(call).0)
}

/// The values so many steps away.
fn moved(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span, by: i32) -> Result<Value, Fault> {
    let (below, pairs) = shifted(ev, call, demand, span, by)?;
    let plan = operand(ev, call, span)?;
    let mut rows = Vec::new();
    let mut numbers = Vec::new();
    let telling = ev.is_telling();
    let value = ev.each_series(plan, &below, &mut |of, key, cells| {
        for (t, other) in &pairs {
            let none = || of.absent.cell(&of.dims, key, Some(*other), Reason::NotReported);
            let cell = cells.get(other).unwrap_or_else(none);
            if telling && let Ok(x) = cell.datum {
                numbers.push((*t, *other, x));
            }
            rows.push(Row::new(key, Some(*t), cell));
        }
    })?;
    let line = |(t, other, x): &(Period, Period, f64)| Line {
        about: format!("{t} from {other}"),
        arithmetic: put(*x),
        result: result(*x),
        unit: value.unit.to_string(),
    };
    let lines = numbers.iter().map(line).collect();
    ev.tell(|| Step {
        say: format!("the value {} away", words::counted(by.unsigned_abs() as usize, "step")),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    Ok(Value { rows, fixed: false, ..value })
}

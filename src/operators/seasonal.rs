//! Series freed of their seasons, and the parts that they are taken apart into: trend, season, remainder. In: a series by
//! month or quarter, all of it. Out: one of its parts at the periods that are asked for.

use super::decompose::{Parts, Windows, classical, stl};
use super::*;
use crate::diagnostic::{Diagnostic, Level, words};
use crate::eval::trace::{Line, Step, put, result};
use crate::plan::Grid;
use crate::plan::operator::Parts as Adds;
use crate::value::series;
use crate::value::{Absence, Cell, Flags, Period, Reason, Row, about};

const CLASSICAL: &str = "The season is the same each year; it needs two full years without a gap, and reads all of them, whatever period is asked for. The trend is missing in the first and last half year. Of a week's season: `7-day …`.";
const STL: &str = "The season is the same each year (`s.window = \"periodic\"`); windows, degrees, jumps and rounds are those of `stl` in R, and `explain` prints them. It needs more than two full years without a gap, and reads all of them. Of a week's season: `7-day …`.";

type Examples = &'static [(&'static str, &'static str)];

const fn entry(name: &'static str, summary: &'static str, formula: &'static str, examples: Examples) -> Entry {
    Entry {
        name,
        needs: Needs::Series,
        parts: Adds::Never,
        summary,
        formula,
        examples,
        has_season: true,
        notes: CLASSICAL,
        cites: &["Kendall and Stuart (1983), The Advanced Theory of Statistics, vol. 3: `decompose` in R"],
        ..plain(apart)
    }
}

const fn smoothed(name: &'static str, summary: &'static str, examples: Examples) -> Entry {
    Entry {
        notes: STL,
        cites: &["Cleveland et al. (1990), STL: A Seasonal-Trend Decomposition Procedure Based on Loess"],
        ..entry(name, summary, LOESS, examples)
    }
}

const FIGURE: &str = "s = mean of x[t] / trend[t] over the years, normalised to a mean of 1";
const DIFFERENCE: &str = "s = mean of x[t] - trend[t] over the years, normalised to a mean of 0";
const LOESS: &str = "x = trend + s + remainder, by local regression";

/// The family.
pub const ENTRIES: &[Entry] = &[
    Entry {
        adjusts: true,
        ..entry(
            "seasonal adjustment",
            "Freed of its season, which multiplies.",
            FIGURE,
            &[(
                "seasonal adjustment of (exports where reporter = CHN from 2018-01 to 2020-12) for 2019-06",
                "9.6441 bn CNY",
            )],
        )
    },
    Entry {
        adjusts: true,
        ..entry(
            "additive seasonal adjustment",
            "Freed of its season, which is added.",
            DIFFERENCE,
            &[(
                "additive seasonal adjustment of (exports where reporter = CHN from 2018-01 to 2020-12) for 2019-06",
                "9.6471 bn CNY",
            )],
        )
    },
    entry(
        "classical trend",
        "The mean of a year around each period, its ends by half.",
        "(x[t - 6] / 2 + x[t - 5] + … + x[t + 5] + x[t + 6] / 2) / 12",
        &[("classical trend of (exports where reporter = CHN from 2018-01 to 2020-12) for 2019-06", "9.0008 bn CNY")],
    ),
    Entry {
        result: factor_type,
        ..entry(
            "classical seasonal",
            "By what the season multiplies.",
            FIGURE,
            &[("classical seasonal of (exports where reporter = CHN from 2018-01 to 2020-12) for 2019-06", "0.945")],
        )
    },
    Entry {
        result: factor_type,
        ..entry(
            "classical remainder",
            "By what is left multiplies.",
            "x[t] / (trend[t] * s)",
            &[("classical remainder of (exports where reporter = CHN from 2018-01 to 2020-12) for 2019-06", "1.07")],
        )
    },
    entry(
        "additive classical trend",
        "The mean of a year around each period, its ends by half.",
        "(x[t - 6] / 2 + x[t - 5] + … + x[t + 5] + x[t + 6] / 2) / 12",
        &[(
            "additive classical trend of (exports where reporter = CHN from 2018-01 to 2020-12) for 2019-06",
            "9.0008 bn CNY",
        )],
    ),
    entry(
        "additive classical seasonal",
        "What the season adds.",
        DIFFERENCE,
        &[(
            "additive classical seasonal of (exports where reporter = CHN from 2018-01 to 2020-12) for 2019-06",
            "-537.48 mn CNY",
        )],
    ),
    entry(
        "additive classical remainder",
        "What is left.",
        "x[t] - trend[t] - s",
        &[(
            "additive classical remainder of (exports where reporter = CHN from 2018-01 to 2020-12) for 2019-06",
            "646.33 mn CNY",
        )],
    ),
    Entry {
        adjusts: true,
        ..smoothed(
            "stl adjustment",
            "Freed of its season by STL.",
            &[("stl adjustment of (exports where reporter = CHN from 2018-01 to 2020-12) for 2019-06", "9.511 bn CNY")],
        )
    },
    smoothed(
        "stl trend",
        "The trend of STL.",
        &[("stl trend of (exports where reporter = CHN from 2018-01 to 2020-12) for 2019-06", "9.0032 bn CNY")],
    ),
    smoothed(
        "stl seasonal",
        "What the season adds, by STL.",
        &[("stl seasonal of (exports where reporter = CHN from 2018-01 to 2020-12) for 2019-06", "-401.37 mn CNY")],
    ),
    smoothed(
        "stl remainder",
        "What STL leaves.",
        &[("stl remainder of (exports where reporter = CHN from 2018-01 to 2020-12) for 2019-06", "507.8 mn CNY")],
    ),
    Entry {
        adjusts: true,
        ..smoothed(
            "robust stl adjustment",
            "Freed of its season by STL, odd values counting less.",
            &[(
                "robust stl adjustment of (exports where reporter = CHN from 2018-01 to 2020-12) for 2019-06",
                "9.1054 bn CNY",
            )],
        )
    },
    smoothed(
        "robust stl trend",
        "The trend of STL, odd values counting less.",
        &[("robust stl trend of (exports where reporter = CHN from 2018-01 to 2020-12) for 2019-06", "9.0123 bn CNY")],
    ),
    smoothed(
        "robust stl seasonal",
        "What the season adds, by STL, odd values counting less.",
        &[(
            "robust stl seasonal of (exports where reporter = CHN from 2018-01 to 2020-12) for 2019-06",
            "4.1731 mn CNY",
        )],
    ),
    smoothed(
        "robust stl remainder",
        "What STL leaves, odd values counting less.",
        &[(
            "robust stl remainder of (exports where reporter = CHN from 2018-01 to 2020-12) for 2019-06",
            "93.085 mn CNY",
        )],
    ),
];

fn factor_type(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    no_truth(call, types)?;
    Ok(Type::new(Unit::plain(), Kind::Ratio))
}

/// What a call asks for.
#[derive(Clone, Copy)]
struct How {
    stl: bool,
    robust: bool,
    multiplied: bool,
    part: Part,
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Adjusted,
    Trend,
    Season,
    Remainder,
}

impl How {
    fn of(entry: &Entry) -> How {
        let stl = entry.name.contains("stl");
        let part = match entry.name.rsplit(' ').next() {
            Some("trend") => Part::Trend,
            Some("seasonal") => Part::Season,
            Some("remainder") => Part::Remainder,
            _ => Part::Adjusted,
        };
        let multiplied = !stl && !entry.name.starts_with("additive");
        How { stl, robust: entry.name.starts_with("robust"), multiplied, part }
    }

    /// One number of a series that is taken apart, and its arithmetic.
    fn number(self, x: f64, trend: Option<f64>, s: f64) -> Result<(f64, String), Reason> {
        let two = |a: f64, b: f64| if self.multiplied { a / b } else { a - b };
        let sign = if self.multiplied { "/" } else { "-" };
        match self.part {
            Part::Adjusted => Ok((two(x, s), format!("{} {sign} {}", put(x), put(s)))),
            Part::Season => Ok((s, put(s))),
            Part::Trend => trend.map(|t| (t, put(t))).ok_or(Reason::NoBase),
            Part::Remainder => {
                let t = trend.ok_or(Reason::NoBase)?;
                let how = format!("{} {sign} {} {sign} {}", put(x), put(t), put(s));
                Ok((two(two(x, t), s), how))
            }
        }
    }
}

/// The periods of all that the operand has, at the step of the result.
fn sample(ev: &mut dyn Evaluation, plan: &Plan, demand: &Demand, step: Freq) -> Result<Vec<Period>, Fault> {
    let natural = ev.natural(plan, &Demand { grid: Grid::Natural, ..demand.clone() })?.unwrap_or_default();
    // Gaps are periods too.
    Ok(natural.into_iter().reduce(Period::span).map(|extent| extent.units(step, 100_000)).unwrap_or_default())
}

fn apart(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let how = How::of(call.entry);
    let wanted = ev.periods(plan, demand)?;
    let step = wanted.first().and_then(|p| p.freq()).filter(|f| wanted.iter().all(|p| p.freq() == Some(*f)));
    let (step, season) = match (step, call.every) {
        (Some(step), Some((n, of))) if step == of && n > 1 => (step, n.unsigned_abs() as usize),
        (Some(Freq::Month), None) => (Freq::Month, 12),
        (Some(Freq::Quarter), None) => (Freq::Quarter, 4),
        (_, Some((n, of))) => {
            let known = step.map_or("periods of several lengths".to_string(), |f| format!("{}s", f.word()));
            let message = format!("`{}` is of a season of {n} {}s, and these are {known}", call.said(), of.word());
            return ev.fault(&codes::WRONG_ARGUMENTS, call.words, &message);
        }
        _ => {
            let known = step.map_or("periods of several lengths".to_string(), |f| format!("{}s", f.word()));
            let message =
                format!("`{}` takes the seasons out of months or quarters, and these are {known}", call.said());
            return ev.fault(&codes::WRONG_ARGUMENTS, call.words, &message);
        }
    };
    let sample = sample(ev, plan, demand, step)?;
    let value = ev.eval(plan, &demand.at(sample.clone()))?.labels_only();
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let factor = how.multiplied && matches!(how.part, Part::Season | Part::Remainder);
    let mut windows = None;
    let (mut flawed, mut count) = (Vec::new(), 0);
    let telling = ev.is_telling();
    for (key, cells) in series(&value).iter() {
        count += 1;
        let cell = |p: &Period| {
            let none = || value.absent.cell(&value.dims, key, Some(*p), Reason::NotReported);
            let cell = cells.get(p).unwrap_or_else(none);
            // The last quarter may lack a month.
            if cell.flags.has(Flags::PARTIAL) { cell.with(Err(Reason::NotReported)) } else { cell }
        };
        let all: Vec<Cell> = sample.iter().map(cell).collect();
        let first = all.iter().position(|c| c.datum.is_ok()).unwrap_or(0);
        let last = all.iter().rposition(|c| c.datum.is_ok()).unwrap_or(0);
        let own = all.get(first..=last).unwrap_or(&[]);
        let numbers: Vec<f64> = own.iter().filter_map(|c| c.datum.ok()).collect();
        let least = if how.stl { 2 * season + 1 } else { 2 * season };
        let flaw = if numbers.len() < own.len() {
            let gap = own.iter().position(|c| c.datum.is_err()).and_then(|at| sample.get(first + at));
            let gap = gap.map_or(String::new(), |p| p.to_string());
            Some((
                &codes::TOO_SHORT,
                format!(
                    "a season is found in a series without a gap, and {gap} is missing; `(… from … to …)` is a part of it"
                ),
            ))
        } else if numbers.len() < least {
            let have = words::counted(numbers.len(), step.word());
            let more = if how.stl { "more than two full" } else { "two full" };
            let more = format!("{more} {}", if call.every.is_some() { "rounds" } else { "years" });
            Some((&codes::TOO_SHORT, format!("a season needs {more}, and there are {have}")))
        } else if how.multiplied && numbers.iter().any(|x| *x <= 0.0) {
            let message =
                format!("a season that multiplies needs positive values; `additive {}` takes others", call.said());
            Some((&codes::NONPOSITIVE_MULTIPLICATIVE, message))
        } else {
            None
        };
        let parts = match flaw {
            Some(flaw) => {
                let of = about(&value.dims, key, None);
                flawed.push(if of.is_empty() { flaw } else { (flaw.0, format!("{of}: {}", flaw.1)) });
                Parts::default()
            }
            None if how.stl => {
                let chosen = Windows::of(numbers.len(), season, how.robust);
                windows = Some(chosen);
                stl(&numbers, season, chosen)
            }
            None => classical(&numbers, season, how.multiplied),
        };
        // The season is made of all periods: what one of them lacks, all answers lack.
        let lacks = own.iter().any(|c| c.flags.has(Flags::MISSING));
        let lacking = if lacks { Flags::none().with(Flags::MISSING) } else { Flags::none() };
        for period in &wanted {
            let at = sample.binary_search(period).ok();
            let own = at.and_then(|at| all.get(at)).copied().unwrap_or(Cell::missing(Reason::OutsideData));
            let place = at.and_then(|at| at.checked_sub(first));
            let part = place.and_then(|p| Some((parts.trend.get(p).copied()?, parts.season.get(p).copied()?)));
            let found = match (own.datum, part) {
                (Ok(x), Some((trend, s))) => how.number(x, trend, s),
                (Ok(_), None) => Err(Reason::Undefined),
                (Err(reason), _) => Err(reason),
            };
            if telling && let Ok((z, arithmetic)) = &found {
                let unit = if factor { String::new() } else { value.unit.to_string() };
                let about = about(&value.dims, key, Some(*period));
                lines.push(Line { about, arithmetic: arithmetic.clone(), result: result(*z), unit });
            }
            let cell = Cell { flags: own.flags.with(lacking), ..own.with(found.map(|(z, _)| z)) };
            rows.push(Row::new(key, Some(*period), cell));
        }
    }
    if let Some((code, message)) = flawed.first() {
        if flawed.len() == count {
            return ev.fault(code, call.words, message);
        }
        let more = if flawed.len() > 1 { format!("; so {} more", flawed.len() - 1) } else { String::new() };
        ev.say(Diagnostic::new(code, call.words, format!("{message}{more}")).at_level(Level::Warning));
    }
    let say = match windows {
        Some(w) => format!(
            "STL of {season} {}s: season periodic, trend window {}, low-pass window {}, jumps of a tenth, {} inner and {} outer rounds",
            step.word(),
            w.trend,
            w.low,
            w.inner,
            w.outer
        ),
        None => format!("the season of {season} {}s taken out of all that is known", step.word()),
    };
    ev.tell(|| Step { say, formula: call.entry.formula.into(), lines, ..Step::default() });
    let (unit, kind) = if factor { (Unit::plain(), Kind::Ratio) } else { (value.unit.clone(), value.kind) };
    Ok(Value { rows, unit, kind, absent: Absence::Missing, fixed: false, ..value })
}

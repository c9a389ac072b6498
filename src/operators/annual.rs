//! A part of a year told as a whole one: as if the rest were like it, or by what the rest was of the year before. In: a flow.
//! Out: what the year would be, marked as an estimate.

use super::*;
use crate::diagnostic::Diagnostic;
use crate::eval::trace::{Line, Step, put, result};
use crate::pause::paced;
use crate::value::series;
use crate::value::{Absence, Cell, Datum, Flags, Freq, Period, Reason, Row, about};
use std::collections::BTreeSet;

/// The family.
pub const ENTRIES: &[Entry] = &[
    Entry {
        name: "annualised sum",
        needs: Needs::Series,
        summary: "A part of a year as if the rest of it were like it.",
        formula: "x[t] * 12 / months of t",
        notes: "Season is not looked at, which a warning says: `seasonally annualised sum` does. Of a year that is not whole yet, its months so far. A part that lies in two years, or lacks a month within, has none.",
        cites: &["IMF, Quarterly National Accounts Manual (2017): annualised levels"],
        examples: &[("annualised sum of exports where reporter = CHN for Jan..Jun 2019", "114.1 bn CNY")],
        result: a_year,
        ..plain(annual)
    },
    Entry {
        name: "seasonally annualised sum",
        needs: Needs::Series,
        summary: "A part of a year as a whole one, by what the whole was to that part a year before.",
        formula: "x[t] * X[y - 1] / x[t - 1 year], X[y - 1] the whole year before",
        notes: "Of a year that is not whole yet, its months so far. Without the whole year before there is none. The rest of the year is taken to be to its part as the year before; no more than that.",
        cites: &["United Nations, IMTS 2010: Compilers Manual, estimates of the current year"],
        examples: &[("seasonally annualised sum of exports where reporter = CHN for Jan..Jun 2019", "110.7 bn CNY")],
        result: a_year,
        ..plain(annual)
    },
];

/// Amounts within a period make up a year.
fn a_year(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    no_truth(call, types)?;
    let x = first(types);
    if x.kind != Kind::Flow {
        let message =
            format!("`{}` is of amounts within a period, and this is {}", call.said(), words::one(x.kind.word()));
        return refuse(&codes::WRONG_ARGUMENTS, message, "");
    }
    Ok(Type { kind: Kind::AnnualRate, ..x })
}

/// What a cell covers, if it is the months of one year without a gap, and how many they are.
fn part_of_year(cell: &Cell, period: Period) -> Option<(Period, i32)> {
    let covered = cell.coverage.map_or(period, |c| c.span);
    let whole = cell.coverage.is_none_or(|c| c.have >= c.span.parts());
    let months = covered.months().filter(|_| whole && covered.first_month().0 == covered.last_month().0)?;
    Some((covered, months))
}

fn annual(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let wanted = ev.periods(plan, demand)?;
    let value = ev.eval(plan, &demand.at(wanted))?;
    let seasonal = call.entry.name == "seasonally annualised sum";
    let parts =
        paced(&value.rows).filter_map(|r| part_of_year(&r.cell(), r.period()?)).filter(|(_, n)| seasonal && *n < 12);
    let before: BTreeSet<Period> = parts.flat_map(|(p, _)| year_before(p)).flatten().collect();
    let earlier = match before.is_empty() {
        true => None,
        false => Some(ev.eval_quietly(plan, &demand.at(before.into_iter().collect()))?),
    };
    let earlier = earlier.as_ref().map(series);
    let telling = ev.is_telling();
    let whole = |c: &Cell| c.coverage.is_none_or(|c| c.is_full());
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let mut short: Option<(Period, i32)> = None;
    for row in paced(&value.rows) {
        let arithmetic = |words: &dyn Fn() -> String| if telling { words() } else { String::new() };
        let told: Result<(f64, String), Reason> = row.datum().and_then(|x| {
            let (covered, months) = row.period().and_then(|p| part_of_year(&row.cell(), p)).ok_or(Reason::Undefined)?;
            if months >= 12 {
                return Ok((x, arithmetic(&|| put(x))));
            }
            short.get_or_insert((covered, months));
            if !seasonal {
                let words = || format!("{} * 12 / {months}", put(x));
                return Ok((x * 12.0 / f64::from(months), arithmetic(&words)));
            }
            let cells = earlier.as_ref().map(|s| s.of(row.key()));
            let number = |p: Option<Period>| -> Datum {
                let cell = cells.zip(p).and_then(|(c, p)| c.get(&p)).filter(|c| whole(c));
                cell.map_or(Err(Reason::NoBase), |c| c.datum.map_err(|_| Reason::NoBase))
            };
            let [part, year] = year_before(covered);
            let (part, year) = (number(part)?, number(year)?);
            if part <= 0.0 {
                return Err(if part == 0.0 { Reason::ZeroBase } else { Reason::NegativeBase });
            }
            let words = || format!("{} * {} / {}", put(x), put(year), put(part));
            Ok((x * year / part, arithmetic(&words)))
        });
        if telling && let Ok((z, arithmetic)) = &told {
            let about = about(&value.dims, row.key(), row.period());
            lines.push(Line {
                about,
                arithmetic: arithmetic.clone(),
                result: result(*z),
                unit: value.unit.to_string(),
            });
        }
        let partial = row.flags().without(Flags::PARTIAL).with(Flags::ESTIMATED);
        let is_part = row.period().and_then(|p| part_of_year(&row.cell(), p)).is_some_and(|(_, n)| n < 12);
        let flags = if is_part { partial } else { row.flags() };
        let coverage = row.coverage().filter(|_| !is_part);
        rows.push(Row::new(row.key(), row.period(), Cell { coverage, flags, ..row.cell() }.with(told.map(|(z, _)| z))));
    }
    if let Some((at, months)) = short.filter(|_| !seasonal) {
        let message = format!(
            "{at} is {} of 12, and the rest of the year is taken to be like them",
            words::counted(months as usize, "month")
        );
        let mut warning = Diagnostic::new(&codes::ANNUALISED_PARTIAL, call.words, message);
        warning.edits.push(vec![(call.words, "seasonally annualised sum".to_string())]);
        ev.say(warning);
    }
    if rows.iter().any(|r| r.datum() == Err(Reason::NoBase)) {
        let message = "the year before is not whole in the data, and it tells the season";
        ev.say(Diagnostic::new(&codes::MISSING_OBSERVATION, call.words, message));
    }
    ev.tell(|| Step {
        say: "the part of a year as a whole one".into(),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    Ok(Value { rows, kind: Kind::AnnualRate, absent: Absence::Missing, ..value })
}

/// The same part of the year before, and that whole year.
fn year_before(part: Period) -> [Option<Period>; 2] {
    [part.shift(-1, Freq::Year), Period::year(part.first_month().0 - 1)]
}

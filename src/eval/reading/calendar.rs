//! Months, quarters and halves of the year as rows. In: the periods that are wanted, and a value for each unit of the
//! calendar within them. Out: for each of these periods, a row for each month of the year. Reads nothing.

use crate::diagnostic::{Diagnostic, codes, words};
use crate::eval::Evaluator;
use crate::eval::reading::split::exact_sum;
use crate::pause::paced;
use crate::plan::{Condition, Demand, Grid};
use crate::span::Span;
use crate::syntax::Fault;
use crate::value::{Cell, Coverage, Flags, Freq, Kind, Labels, Period, Reason, Row, Value, finite};
use std::collections::{BTreeMap, BTreeSet};

/// More periods than any series has.
const MAX_PERIODS: usize = 100_000;

/// The step of the calendar that keys or conditions need.
fn step(demand: &Demand) -> Option<Freq> {
    let filters = demand.filters.iter().filter_map(Condition::step);
    demand.calendar().into_iter().chain(filters).min()
}

/// The demand for the units of the calendar within the wanted periods, of those parts of the year that are observed in
/// any year; and these periods.
pub(super) fn finer(demand: &Demand, wanted: &[Period], observed: &[Period]) -> (Demand, Vec<Period>) {
    let Some(step) = step(demand) else { return (demand.at(wanted.to_vec()), wanted.to_vec()) };
    let part = |p: &Period| p.first_month().1;
    let known: BTreeSet<u32> = observed.iter().flat_map(|p| p.units(step, 12)).map(|u| part(&u)).collect();
    let units: BTreeSet<Period> = wanted
        .iter()
        .flat_map(|w| w.units(step, MAX_PERIODS).into_iter().filter(|u| w.contains(*u) && known.contains(&part(u))))
        .collect();
    (demand.at(units.into_iter().collect()), wanted.to_vec())
}

/// Whether a period is in one of the months that a condition names.
pub(super) fn passes(condition: &Condition, period: Option<Period>) -> bool {
    let Some((rows, period)) = condition.rows.as_ref().zip(period) else { return true };
    let own = rows.of_period(period).and_then(|p| rows.labels.get(p as usize));
    let named = own.is_some_and(|label| condition.codes.iter().any(|c| c.node.eq_ignore_ascii_case(label)));
    named == condition.keep
}

impl Evaluator<'_> {
    /// The units of the calendar put together under the wanted periods, by the kind of the numbers.
    pub(super) fn over_years(
        &mut self,
        value: Value,
        demand: &Demand,
        (wanted, places): (&[Period], Option<u8>),
        span: Span,
    ) -> Result<Value, Fault> {
        let calendar: Vec<usize> =
            value.dims.iter().enumerate().filter(|(_, d)| is_calendar(demand, &d.name)).map(|(i, _)| i).collect();
        let mut series: BTreeMap<Labels, Vec<(Period, Cell)>> = BTreeMap::new();
        for row in paced(&value.rows) {
            series.entry(row.key().into()).or_default().extend(row.period().map(|p| (p, row.cell())));
        }
        let mut rows = Vec::new();
        let mut counts: BTreeMap<Period, BTreeMap<String, u32>> = BTreeMap::new();
        for (key, mut cells) in series {
            cells.sort_by_key(|(p, _)| *p);
            for period in wanted {
                let inside: Vec<&(Period, Cell)> = cells.iter().filter(|(p, _)| period.contains(*p)).collect();
                if inside.is_empty() {
                    continue;
                }
                let cell = match together(&inside, *period, (value.kind, demand.mean_is_asked), places) {
                    Some(cell) => cell,
                    None => return self.no_sum_of_years(&value, span),
                };
                let name: Vec<&str> =
                    calendar.iter().filter_map(|d| Some(value.dims.get(*d)?.label(*key.get(*d)?))).collect();
                let there = inside.iter().filter(|(_, c)| c.datum.is_ok()).count();
                let most = counts.entry(*period).or_default().entry(name.join(" ")).or_default();
                *most = (*most).max(u32::try_from(there).unwrap_or(u32::MAX));
                rows.push(Row::new(&key, Some(*period), cell));
            }
        }
        if value.kind.adds_over_time() && !demand.mean_is_asked {
            self.say_uneven(&counts, span);
        }
        let fixed = wanted.len() == 1 && !matches!(demand.grid, Grid::Every(_));
        Ok(Value { rows, fixed: value.fixed && fixed, ..value })
    }

    fn no_sum_of_years(&self, value: &Value, span: Span) -> Result<Value, Fault> {
        let message = format!("the {} of several years have no sum", value.kind.plural());
        let fault = Diagnostic::new(&codes::SUM_OF_NONADDITIVE, span, message).here(words::one(value.kind.word()));
        Err(Box::new(
            fault.advice("a mean can be asked for: `average of …`; `by year` beside it keeps the years apart"),
        ))
    }

    /// Warns where a sum over years holds one month more often than another.
    fn say_uneven(&mut self, counts: &BTreeMap<Period, BTreeMap<String, u32>>, span: Span) {
        for (period, labels) in counts {
            let least = labels.iter().min_by_key(|(_, n)| **n);
            let most = labels.iter().max_by_key(|(_, n)| **n);
            let (Some((few, n)), Some((many, m))) = (least, most) else { continue };
            if n == m || *m < 2 {
                continue;
            }
            let times = |n: u32| if n == 1 { "once".to_string() } else { format!("{n} times") };
            let message = format!(
                "in {period} {few} is there {} and {many} {}, so their sums are not alike",
                times(*n),
                times(*m)
            );
            let warning = Diagnostic::new(&codes::MISSING_OBSERVATION, span, message);
            self.say(
                warning.advice("`average of …` compares the months; a range of whole years has each equally often"),
            );
            return;
        }
    }
}

fn is_calendar(demand: &Demand, name: &str) -> bool {
    demand.keys.iter().any(|k| k.name.node == name && k.step().is_some())
}

/// The cells of one month of the year in a period, as one; `None` if they have no sum and no mean.
fn together(
    inside: &[&(Period, Cell)],
    period: Period,
    (kind, mean): (Kind, bool),
    places: Option<u8>,
) -> Option<Cell> {
    if let [(own, cell)] = inside {
        let coverage = cell.coverage.unwrap_or(Coverage::full(*own));
        return Some(Cell { coverage: cell.coverage.map(|_| coverage), ..*cell });
    }
    let there: Vec<&(Period, Cell)> = inside.iter().copied().filter(|(_, c)| c.datum.is_ok()).collect();
    let xs: Vec<f64> = there.iter().filter_map(|(_, c)| c.datum.ok()).collect();
    let Some((_, first)) = there.first() else {
        let reason = inside.first().and_then(|(_, c)| c.datum.err()).unwrap_or(Reason::NotReported);
        return Some(Cell::missing(reason));
    };
    let sum = exact_sum(&mut xs.iter().copied(), places);
    let x = match kind {
        Kind::Flow | Kind::Cumulative | Kind::Number => sum,
        Kind::Stock => *xs.last()?,
        Kind::Rate | Kind::AnnualRate => sum / xs.len() as f64,
        _ if mean => sum / xs.len() as f64,
        _ => return None,
    };
    let mut flags = there.iter().fold(Flags::none(), |f, (_, c)| f.with(c.flags));
    let part = |(p, c): &&(Period, Cell)| match c.coverage.filter(|_| c.datum.is_ok()) {
        Some(coverage) => (coverage.have, coverage.of),
        None => (if c.datum.is_ok() { p.parts() } else { 0 }, p.parts()),
    };
    let (have, of) = inside.iter().map(part).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    if have < of {
        flags = flags.with(Flags::PARTIAL);
    }
    let coverage = first.coverage.map(|_| Coverage { span: period, have, of, observed: None });
    Some(Cell { datum: finite(x), coverage, flags })
}

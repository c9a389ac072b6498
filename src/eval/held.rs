//! Queries in parentheses or behind a name that say their own periods. What they say holds: an outer clause chooses
//! among their periods, an operator outside sees nothing else, and what they do not cover is outside the filter.

use crate::diagnostic::{Diagnostic, codes};
use crate::eval::Evaluator;
use crate::eval::chosen::cut;
use crate::pause::paced;
use crate::plan::{Demand, Grid, Node, Plan, axis};
use crate::syntax::Fault;
use crate::value::period::Season;
use crate::value::{Cell, Coverage, Flags, Freq, Kind, Labels, Period, Reason, Row, Value};
use std::collections::BTreeSet;

/// What of a wanted period a query answers.
enum Part {
    /// All of it.
    Whole,
    /// Only this much, in its own steps.
    Of(Period),
    /// The part of a year that begins in it.
    Season(Period),
    /// Nothing.
    Outside,
}

impl Evaluator<'_> {
    /// The value of a query that says its own periods, for those that are wanted of it.
    pub(super) fn held(&mut self, plan: &Plan, inner: &Plan, demand: &Demand) -> Result<Value, Fault> {
        let own = demand.held(inner);
        if axis::is_pinned(inner) {
            let value = self.eval(inner, &own)?;
            return Ok(Value { fixed: true, ..value });
        }
        if matches!(demand.grid, Grid::Natural) {
            let value = self.eval(inner, &own)?;
            return Ok(Value { fixed: false, ..value });
        }
        let wanted = self.periods(plan, demand)?;
        let known = self.own_periods(inner, &own)?;
        let cut = axis::is_cut(inner);
        let of = |wanted: Period| match axis::season(inner) {
            Some(season) => self.of_season(plan, &known, wanted, season),
            None => Ok((wanted, part(&known, wanted, cut))),
        };
        let parts: Vec<(Period, Part)> = wanted.iter().map(|p| of(*p)).collect::<Result<_, _>>()?;
        let step = axis::step(inner).or_else(|| known.first().and_then(|p| p.freq()));
        let cuts = |p: &Period| known.iter().any(|k| k.overlaps(*p) && !p.contains(*k));
        for (period, found) in &parts {
            let within = match found {
                Part::Of(common) => *common,
                Part::Season(_) => continue,
                Part::Whole | Part::Outside => *period,
            };
            if let Some(step) = step.filter(|s| cuts(&within) || period.freq().is_some_and(|f| f < *s)) {
                return self.too_fine(plan, *period, step);
            }
        }
        let mut asked: BTreeSet<Period> = parts
            .iter()
            .filter_map(|(p, found)| match found {
                Part::Whole => Some(*p),
                Part::Of(q) | Part::Season(q) => Some(*q),
                Part::Outside => None,
            })
            .collect();
        if asked.is_empty() {
            // Nothing of it is wanted, but which labels it has is to be known.
            asked.extend(known.first());
        }
        let value = self.eval(inner, &own.at(asked.into_iter().collect()))?;
        self.adds_up(plan, &value, &known, &parts)?;
        Ok(Value { fixed: false, ..told_as_wanted(value, &parts) })
    }

    /// What of a wanted period a query of a part of each year answers: the part itself, or a year by the part that begins
    /// in it.
    fn of_season(
        &self,
        plan: &Plan,
        known: &[Period],
        wanted: Period,
        season: Season,
    ) -> Result<(Period, Part), Fault> {
        let year = wanted.first_month().0;
        let found = if season.in_year(year) == Some(wanted) {
            known.contains(&wanted).then_some(Part::Whole)
        } else if wanted.freq() == Some(Freq::Year) {
            season.in_year(year).filter(|p| known.contains(p)).map(Part::Season)
        } else {
            let message = format!("this has one value for each {season}, and {wanted} is asked of it");
            let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, plan.span, message).here(format!("for {season}"));
            return Err(Box::new(
                fault.advice("what stands in parentheses holds; say the other periods inside of them"),
            ));
        };
        Ok((wanted, found.unwrap_or(Part::Outside)))
    }

    /// The periods that a query has by its own clauses.
    pub(super) fn own_periods(&mut self, inner: &Plan, own: &Demand) -> Result<Vec<Period>, Fault> {
        let mut demand = own.clone();
        let mut core = inner;
        loop {
            match &core.node {
                Node::Scoped(within, scope) => {
                    demand = demand.under(scope);
                    core = within;
                }
                Node::Chosen(within, choices) => match &choices.end {
                    None => core = within,
                    Some(end) if choices.when.is_empty() => {
                        return Ok(cut(self.own_periods(within, &demand)?, end));
                    }
                    // Which periods are left, only the values tell.
                    Some(_) => {
                        let value = self.quietly(|e| e.eval(core, &demand))?;
                        let mut periods: Vec<Period> = paced(&value.rows).filter_map(|r| r.period()).collect();
                        periods.sort_unstable();
                        periods.dedup();
                        return Ok(periods);
                    }
                },
                _ => return self.periods(core, &demand),
            }
        }
    }

    fn too_fine<T>(&self, plan: &Plan, period: Period, step: Freq) -> Result<T, Fault> {
        let message = format!("this has one value for each {}, and {period} is asked of it", step.word());
        let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, plan.span, message).here(format!("by {}", step.word()));
        Err(Box::new(fault.advice("what stands in parentheses holds; say the finer step inside of them")))
    }

    /// Longer periods than its own are sums of these, for what has a sum, a last or a mean.
    fn adds_up(&self, plan: &Plan, value: &Value, known: &[Period], parts: &[(Period, Part)]) -> Result<(), Fault> {
        let longer = parts.iter().find(|(p, part)| match part {
            Part::Whole => !known.contains(p),
            Part::Of(_) => true,
            Part::Season(_) | Part::Outside => false,
        });
        let answers = value.kind.is_level() || matches!(value.kind, Kind::Rate | Kind::Number);
        let Some((period, _)) = longer.filter(|_| !answers) else { return Ok(()) };
        let message = format!("the {} within {period} have no sum", value.kind.plural());
        let fault = Diagnostic::new(&codes::SUM_OF_NONADDITIVE, plan.span, message).here(format!("a {}", value.kind));
        Err(Box::new(fault.advice("a mean can be asked for: `average of …`")))
    }
}

/// What of a wanted period lies in the periods of a query.
fn part(known: &[Period], wanted: Period, is_cut: bool) -> Part {
    if known.contains(&wanted) || !is_cut {
        return Part::Whole;
    }
    let Some(extent) = known.iter().copied().reduce(Period::span) else { return Part::Outside };
    let common = Period::days(extent.first().max(wanted.first()), extent.last().min(wanted.last()));
    match common.filter(|c| c.first() <= c.last()) {
        Some(common) if common == wanted => Part::Whole,
        Some(common) => Part::Of(common),
        None => Part::Outside,
    }
}

/// The rows under the periods that were wanted: a part is marked, what is outside is missing.
fn told_as_wanted(value: Value, parts: &[(Period, Part)]) -> Value {
    let mut keys: Vec<Labels> = paced(&value.rows).map(|r| r.key().into()).collect();
    keys.sort_unstable();
    keys.dedup();
    if keys.is_empty() && value.dims.is_empty() {
        keys.push(Labels::new());
    }
    let simple = parts.iter().all(|(_, part)| matches!(part, Part::Whole));
    if simple {
        return value;
    }
    let mut rows: Vec<Row> = Vec::new();
    for (wanted, part) in parts {
        match part {
            Part::Whole => rows.extend(paced(&value.rows).filter(|r| r.period() == Some(*wanted)).cloned()),
            Part::Of(common) => rows.extend(
                value
                    .rows
                    .iter()
                    .filter(|r| r.period() == Some(*common))
                    .map(|r| Row::new(r.key(), Some(*wanted), of_part(r.cell(), *common, *wanted))),
            ),
            Part::Season(own) => rows.extend(
                value
                    .rows
                    .iter()
                    .filter(|r| r.period() == Some(*own))
                    .map(|r| Row::new(r.key(), Some(*wanted), r.cell())),
            ),
            Part::Outside => {
                rows.extend(keys.iter().map(|key| Row::new(key, Some(*wanted), Cell::missing(Reason::OutsideFilter))))
            }
        }
    }
    let mut value = Value { rows, ..value };
    value.sort();
    value
}

/// A cell of a part of a period, told as one of the period.
fn of_part(cell: Cell, common: Period, wanted: Period) -> Cell {
    if common == wanted {
        return cell;
    }
    let have = cell.coverage.map_or(common.parts(), |c| c.have);
    let span = cell.coverage.map_or(common, |c| c.span);
    let coverage = Coverage { span, have, of: wanted.parts(), observed: cell.coverage.and_then(|c| c.observed) };
    Cell { coverage: Some(coverage), flags: cell.flags.with(Flags::PARTIAL), ..cell }
}

//! Which periods an answer has: those of the data, all units of a step, a range, one. Turned here into a list.

use crate::data::Source;
use crate::diagnostic::{Diagnostic, codes, words};
use crate::eval::Evaluator;
use crate::eval::reading::paths::Spans;
use crate::eval::reading::presence;
use crate::plan::operator::Needs;
use crate::plan::{Demand, Grid, Node, Plan, Scope, axis};
use crate::span::{Span, Spanned};
use crate::syntax::Fault;
use crate::value::period::{PeriodText, RangeEnd};
use crate::value::{Freq, Kind, Period};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

/// More periods than any series has.
const MAX_PERIODS: usize = 100_000;

impl Evaluator<'_> {
    /// The same demand with its periods as a list.
    pub fn listed(&mut self, plan: &Plan, demand: &Demand) -> Result<Demand, Fault> {
        if matches!(demand.grid, Grid::List(_)) {
            return Ok(demand.clone());
        }
        let periods = self.periods(plan, demand)?;
        Ok(demand.at(periods))
    }

    /// The periods of the answer.
    pub fn periods(&mut self, plan: &Plan, demand: &Demand) -> Result<Vec<Period>, Fault> {
        match &demand.grid {
            Grid::List(list) => Ok(list.to_vec()),
            Grid::Natural if demand.calendar().is_some() => Ok(self
                .natural(plan, demand)?
                .unwrap_or_default()
                .into_iter()
                .reduce(Period::span)
                .into_iter()
                .collect()),
            Grid::Natural => Ok(self.natural(plan, demand)?.unwrap_or_default()),
            Grid::Every(freq) => {
                let natural = self.natural(plan, demand)?.unwrap_or_default();
                let extent = natural.into_iter().reduce(Period::span);
                Ok(extent.map(|e| e.units(*freq, MAX_PERIODS)).unwrap_or_default())
            }
            Grid::At(Spanned { node: PeriodText::Each(season), .. }, None) => {
                let natural = Demand { grid: Grid::Natural, ..demand.clone() };
                let extent = self.natural(plan, &natural)?.unwrap_or_default().into_iter().reduce(Period::span);
                Ok(extent.map(|e| season.touching(e)).unwrap_or_default())
            }
            Grid::At(period, every) => {
                let at = self.fixed(plan, demand, period)?;
                Ok(every.map_or(vec![at], |f| at.units(f, MAX_PERIODS)))
            }
            Grid::Window(from, to, every) => {
                let (a, b) = self.ends(plan, demand, from, to)?;
                if from.node.season().is_some() {
                    let years = 0..=b.first_month().0 - a.first_month().0;
                    return Ok(years.filter_map(|n| a.shift(n, Freq::Year)).collect());
                }
                if demand.calendar().is_some() && every.is_none() {
                    return Ok(vec![a.span(b)]);
                }
                if let Some(freq) = every {
                    return Ok(a.span(b).units(*freq, MAX_PERIODS));
                }
                match (a.freq(), b.freq()) {
                    (Some(x), Some(y)) if x == y => Ok(a.span(b).units(x, MAX_PERIODS)),
                    (None, None) if a.months().is_some() && a.months() == b.months() => {
                        let years = b.first_month().0 - a.first_month().0;
                        Ok((0..=years)
                            .filter_map(|n| a.shift(n, Freq::Year))
                            .filter(|p| p.first() <= b.first())
                            .collect())
                    }
                    _ => {
                        let word = |p: Period| {
                            p.freq().map_or(words::counted(p.parts() as usize, "month"), |f| words::one(f.word()))
                        };
                        let message =
                            format!("{a} is {} and {b} is {}; the ends of a range are of one step", word(a), word(b));
                        self.fault(&codes::WRONG_ARGUMENTS, from.span.to(to.span), message)
                    }
                }
            }
        }
    }

    /// The two ends of a range, in order.
    pub fn ends(
        &mut self,
        plan: &Plan,
        demand: &Demand,
        from: &Spanned<PeriodText>,
        to: &Spanned<PeriodText>,
    ) -> Result<(Period, Period), Fault> {
        let (a, b) = (self.fixed(plan, demand, from)?, self.fixed(plan, demand, to)?);
        if let (PeriodText::Part(season, first, _), PeriodText::Part(_, last, _), true) =
            (&from.node, &to.node, b.first() < a.first())
        {
            let message = format!("no {season} lies wholly within {first} to {last}");
            return self.fault(&codes::WRONG_ARGUMENTS, from.span.to(to.span), message);
        }
        if b.first() < a.first() {
            let mut fault =
                Diagnostic::new(&codes::WRONG_ARGUMENTS, from.span.to(to.span), format!("{b} is before {a}"));
            fault.edits.push(vec![(from.span, b.to_string()), (to.span, a.to_string())]);
            return Err(Box::new(fault));
        }
        Ok((a, b))
    }

    /// A period that may depend on the data.
    fn fixed(&mut self, plan: &Plan, demand: &Demand, text: &Spanned<PeriodText>) -> Result<Period, Fault> {
        match &text.node {
            PeriodText::Fixed(p) => Ok(*p),
            PeriodText::Latest => {
                let natural =
                    self.natural(plan, &Demand { grid: Grid::Natural, ..demand.clone() })?.unwrap_or_default();
                let last = natural.into_iter().max_by_key(|p| (p.last(), p.first()));
                last.map_or_else(
                    || {
                        self.fault(
                            &codes::MISSING_OBSERVATION,
                            text.span,
                            "there are no data, so there is no latest period",
                        )
                    },
                    Ok,
                )
            }
            PeriodText::YearToDate(year) => {
                let natural =
                    self.natural(plan, &Demand { grid: Grid::Natural, ..demand.clone() })?.unwrap_or_default();
                let last = natural.into_iter().filter(|p| year.contains(*p)).map(|p| p.last()).max();
                let period = last.and_then(|l| Period::days(year.first(), l));
                period.map_or_else(
                    || self.fault(&codes::MISSING_OBSERVATION, text.span, format!("there are no data for {year}")),
                    Ok,
                )
            }
            PeriodText::Each(season) => {
                let message = format!("`{season}` is a part of each year, and one period is needed here");
                self.fault(&codes::WRONG_ARGUMENTS, text.span, message)
            }
            PeriodText::Part(season, of, end) => {
                let of = self.fixed(plan, demand, &Spanned::new(of.as_ref().clone(), text.span))?;
                let found = match end {
                    RangeEnd::First => season.first_from(of),
                    RangeEnd::Last => season.last_until(of),
                };
                found.map_or_else(|| self.fault(&codes::BUG, text.span, "a year is out of reach"), Ok)
            }
            PeriodText::Named(name) => self.fault(&codes::BUG, text.span, format!("`{name}` was not looked up")),
        }
    }

    /// The periods that the data below have; `None` where there are only numbers.
    pub fn natural(&mut self, plan: &Plan, demand: &Demand) -> Result<Option<Vec<Period>>, Fault> {
        match &plan.node {
            Node::Number(..) => Ok(None),
            Node::Measure(source, measure) => {
                let periods = self.spans(source, *measure, demand, plan.span)?.natural();
                // Months of the year are told apart within each year.
                if demand.calendar().is_some() {
                    let years: BTreeSet<Period> = periods.iter().map(|p| p.floor(Freq::Year)).collect();
                    return Ok(Some(years.into_iter().collect()));
                }
                Ok(Some(periods))
            }
            Node::Across(inner, dims) => self.natural(inner, &demand.across(dims)),
            Node::Deflated(inner, _) => self.natural(inner, demand),
            Node::Held(inner) if axis::is_pinned(inner) => Ok(None),
            Node::Held(inner) => self.own_periods(inner, &demand.held(inner)).map(Some),
            Node::Chosen(inner, _) => self.natural(inner, demand),
            Node::Scoped(inner, scope) => {
                let under = demand.under(scope);
                match scope {
                    Scope::Window(..) | Scope::At(_) if matches!(demand.grid, Grid::Natural) => {
                        self.periods(inner, &under).map(Some)
                    }
                    _ => self.natural(inner, &Demand { grid: Grid::Natural, ..under }),
                }
            }
            _ => {
                let mut parts = Vec::new();
                let either = matches!(&plan.node, Node::Call(call) if call.entry.needs == Needs::Either);
                for child in plan.children() {
                    if let Some(periods) = self.natural(child, demand)? {
                        parts.push((axis::is_seasonal(child), periods));
                    }
                }
                with_years(&mut parts);
                let mut found: Option<Vec<Period>> = None;
                for (_, more) in parts {
                    found = Some(match found {
                        None => more,
                        Some(so_far) if either => all(so_far, more),
                        Some(so_far) => common(so_far, more),
                    });
                }
                Ok(found)
            }
        }
    }

    /// The spans in which a measure is observed at all. Only filters count on dimensions along which an absent row is a
    /// missing observation: a reporter that has others for the period had no trade there.
    pub fn spans(
        &mut self,
        source: &Arc<dyn Source>,
        measure: usize,
        demand: &Demand,
        span: Span,
    ) -> Result<Arc<Spans>, Fault> {
        let info = source.info();
        let own = info.measures.get(measure).map(|m| Self::filters_of(info, m, demand));
        let filters = presence::telling(info, measure, own.unwrap_or_default());
        let key = format!("{} {measure} {filters:?}", info.name);
        if let Some(found) = self.spans.get(&key) {
            return Ok(Arc::clone(found));
        }
        let seen = source.observed(measure, &filters, self.budget).map_err(|e| self.stopped(&e, span))?;
        let cumulative = info.measures.get(measure).is_some_and(|m| m.meaning.kind == Kind::Cumulative);
        let list = seen.iter().map(|p| if cumulative { p.year_to_date() } else { *p }).collect();
        let spans = Arc::new(Spans::new(list));
        self.spans.insert(key, Arc::clone(&spans));
        Ok(spans)
    }
}

/// Parts of each year stand beside years, and beside other parts of them, under the year in which they begin.
fn with_years(parts: &mut [(bool, Vec<Period>)]) {
    let years = |list: &[Period]| !list.is_empty() && list.iter().all(|p| p.freq() == Some(Freq::Year));
    let several = parts.iter().any(|(a, list)| *a && parts.iter().any(|(b, other)| *b && other != list));
    if several || parts.iter().any(|(seasonal, list)| !seasonal && years(list)) {
        for (_, list) in parts.iter_mut().filter(|(seasonal, _)| *seasonal) {
            list.iter_mut().for_each(|p| *p = p.floor(Freq::Year));
            list.dedup();
        }
    }
}

/// The periods of both; of those of unlike steps the longer ones, in which the other has some; if there are none, all of
/// either.
fn common(a: Vec<Period>, b: Vec<Period>) -> Vec<Period> {
    let known: HashSet<Period> = b.iter().copied().collect();
    let both: Vec<Period> = a.iter().copied().filter(|p| known.contains(p)).collect();
    if !both.is_empty() {
        return both;
    }
    let step = |list: &[Period]| {
        let first = list.first()?.freq()?;
        list.iter().all(|p| p.freq() == Some(first)).then_some(first)
    };
    let (long, freq, short) = match (step(&a), step(&b)) {
        (Some(x), Some(y)) if x > y => (&a, x, &b),
        (Some(x), Some(y)) if x < y => (&b, y, &a),
        _ => return all(a, b),
    };
    let begun: HashSet<Period> = short.iter().map(|p| p.floor(freq)).collect();
    let both: Vec<Period> = long.iter().copied().filter(|p| begun.contains(p)).collect();
    if both.is_empty() { all(a, b) } else { both }
}

/// The periods of either, in order.
fn all(a: Vec<Period>, b: Vec<Period>) -> Vec<Period> {
    let mut all = a;
    all.extend(b);
    all.sort_unstable();
    all.dedup();
    all
}

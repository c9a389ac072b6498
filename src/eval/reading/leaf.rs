//! A measure, read from its source for the wanted periods, dimensions and codes: what the source gives put together by
//! group, and the cells that this makes.

use crate::data::{Aggregate, AggregateRequest, AggregateRow, DatasetInfo, DimInfo, MeasureInfo, Source, Total};
use crate::diagnostic::words;
use crate::eval::reading::ask::Question;
use crate::eval::reading::cells::Collected;
use crate::eval::reading::cumulated::carried;
use crate::eval::reading::observed::{Observed, Reading};
use crate::eval::reading::regroup::is_regrouped;
use crate::eval::totals::crossed::Crossed;
use crate::eval::totals::left::Collapse;
use crate::eval::totals::uneven::is_uneven;
use crate::eval::trace::{self, Line, Step};
use crate::eval::{Evaluator, money};
use crate::pause::paced;
use crate::plan::{Demand, Plan};
use crate::span::Span;
use crate::syntax::Fault;
use crate::value::{Dimension, Flags, Kind, Labels, Period, Row, Unit, Value, about};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The observations of one group, by period.
type Series = Vec<(Labels, Vec<(Period, Observed)>)>;

/// What a source gave, put together by group.
struct Gathered {
    dims: Vec<Dimension>,
    places: u32,
    series: Series,
}

impl Evaluator<'_> {
    /// Reads a measure.
    pub fn leaf(
        &mut self,
        plan: &Plan,
        source: &Arc<dyn Source>,
        measure: usize,
        demand: &Demand,
    ) -> Result<Value, Fault> {
        let demand = &self.listed(plan, demand)?;
        let info = source.info();
        if let Some(m) = info.measures.get(measure)
            && let unit = money::unit_after(&m.meaning.unit, &demand.money)
            && let Some(value) = self.nothing_passes(info, unit, m.meaning.kind, demand)
        {
            return Ok(value);
        }
        if is_regrouped(info, demand) {
            return self.regrouped(plan, source, measure, demand);
        }
        let apart = self.split_by(source, measure, demand, plan.span)?;
        if !apart.is_empty() {
            return self.split(plan, source, measure, demand, &apart);
        }
        if self.can_flow(info, measure, demand) {
            let mut collected = Collected::within(self.budget);
            let absent = self.flow(plan, source, measure, demand, (&mut collected, false))?;
            self.fits(collected.rows.len() + collected.over, plan.span)?;
            let (unit, kind) = info
                .measures
                .get(measure)
                .map_or((Unit::plain(), Kind::Flow), |m| (m.meaning.unit.clone(), m.meaning.kind));
            let Collected { dims, rows, .. } = collected;
            return Ok(Value { dims, unit, kind, rows, absent, fixed: false });
        }
        let question = self.ask(plan, source, measure, demand)?;
        let gathered = self.gather(source, &question, demand, plan.span)?;
        self.cells(source, question, gathered, demand, plan.span)
    }

    /// What the source gives: totals counted once, money changed, rows by group and period.
    fn gather(
        &mut self,
        source: &Arc<dyn Source>,
        question: &Question<'_>,
        demand: &Demand,
        span: Span,
    ) -> Result<Gathered, Fault> {
        let Question { measure: m, wanted, keys, mixed, newest, cuts, request, .. } = question;
        let info = source.info();
        let mut answer = source.aggregate(request, self.budget).map_err(|e| self.stopped(&e, span))?;
        if m.meaning.kind == Kind::Cumulative {
            answer = carried(answer);
        }
        for dim in newest {
            if let Some(place) = request.group_by.iter().position(|k| k.dim == *dim) {
                answer = latest(answer, place);
            }
        }
        let collapse = |place: usize, dim: usize, key| {
            Some(Collapse {
                place,
                dim: info.dims.get(dim)?,
                key,
                cuts: cuts.iter().filter(|f| f.dim == dim).collect(),
                pinned: request.filters.iter().any(|f| f.keep && f.dim == dim),
                adds: m.meaning.kind.adds_over_dimensions(),
                unit: &m.meaning.unit,
                wanted: (wanted, demand.compares),
                reaches: m.meaning.kind == Kind::Cumulative,
            })
        };
        // What is not listed goes first, code by code of what is: a total over it may stand beside one code only. What has
        // no total is added up last, for a total may stand beside some of its codes.
        let behind = || request.group_by.iter().enumerate().skip(keys.len()).rev();
        let mut left: Vec<(usize, usize)> = behind().map(|(place, k)| (place, k.dim)).collect();
        left.retain(|(_, dim)| mixed.contains(dim));
        while !left.is_empty() {
            // Of several, one along which no total of the others stands for some only.
            let judged = |(place, dim): &(usize, usize), other: usize| {
                info.dims.get(*dim).is_some_and(|dim| is_uneven(&answer, (*place, dim), other))
            };
            let free = |at: &usize| {
                let Some((other, _)) = left.get(*at) else { return false };
                left.iter().filter(|(place, _)| place != other).all(|one| !judged(one, *other))
            };
            let next = if left.len() == 1 { 0 } else { (0..left.len()).find(free).unwrap_or(0) };
            let (place, dim) = left.remove(next);
            left.iter_mut().filter(|(other, _)| *other > place).for_each(|(other, _)| *other -= 1);
            let Some(how) = collapse(place, dim, None) else { continue };
            answer = self.collapse(answer, &how, demand, span)?;
        }
        let both = keys.iter().enumerate().filter(|(_, (_, dim))| mixed.contains(dim));
        let both = both.filter_map(|(place, (_, dim))| Some((place, info.dims.get(*dim)?))).collect();
        let crossed = Crossed::of(&answer, both);
        for (place, (key, dim)) in keys.iter().enumerate() {
            // Read code by code, though a level is wanted.
            let finer = key.level.is_some() && request.group_by.get(place).is_some_and(|k| k.level.is_none());
            if mixed.contains(dim) || finer {
                let Some(how) = collapse(place, *dim, Some(*key)) else { continue };
                answer = self.collapse(answer, &how, demand, span)?;
            }
        }
        if m.meaning.kind.adds_over_dimensions() {
            self.say_crossed(&crossed, &answer, span);
        }
        for (place, _) in behind().filter(|(_, k)| !mixed.contains(&k.dim)) {
            answer = summed(answer, place);
        }
        let named = answer.dims.into_iter().zip(keys);
        let dims = named.map(|(d, (k, _))| Dimension { name: k.name.node.as_str().into(), labels: d.labels }).collect();
        let mut series = Series::new();
        let mut changes: Vec<Line> = Vec::new();
        if keys.is_empty() {
            series.push((Labels::new(), Vec::new()));
        }
        self.trace.begin();
        let cumulative = m.meaning.kind == Kind::Cumulative;
        let changes_money = money::unit_after(&m.meaning.unit, &demand.money) != m.meaning.unit;
        if changes_money {
            let mut periods: Vec<Period> = paced(&answer.rows).map(|row| row.period).collect();
            periods.sort_unstable();
            periods.dedup();
            self.ask_rates(&m.meaning.unit, &demand.money, &periods)?;
        }
        for row in paced(answer.rows) {
            // Sums from January are changed when all of a year are there.
            let now = changes_money && !cumulative;
            let observed = self.observed(&row, m, answer.places, demand, (now, span), &mut changes)?;
            let period = if cumulative { row.period.year_to_date() } else { row.period };
            // The rows are sorted by key: those of one group follow each other.
            match series.last_mut().filter(|(key, _)| *key == row.key) {
                Some((_, list)) => list.push((period, observed)),
                None => series.push((row.key, vec![(period, observed)])),
            }
        }
        if cumulative {
            // Two spans may be read as one: the later row counts.
            for (_, list) in &mut series {
                list.reverse();
                list.sort_by_key(|(p, _)| *p);
                list.dedup_by_key(|(p, _)| *p);
                self.remark_fall(m, list, answer.places, question.wanted, span);
                if changes_money {
                    self.change_cumulated(list, (m, answer.places), (demand, span), &mut changes)?;
                }
            }
        }
        if !changes.is_empty() {
            self.tell_money(changes, &demand.money);
        }
        Ok(Gathered { dims, places: answer.places, series })
    }

    /// The cells of all groups and periods, and how they came about.
    fn cells(
        &mut self,
        source: &Arc<dyn Source>,
        question: Question<'_>,
        Gathered { dims, places, series }: Gathered,
        demand: &Demand,
        span: Span,
    ) -> Result<Value, Fault> {
        let Question { measure: m, wanted, keys, spans, request, .. } = question;
        let kind = if m.meaning.kind == Kind::Cumulative { Kind::Flow } else { m.meaning.kind };
        let mean = demand.mean_is_asked;
        let reading = Reading { source, measure: request.measure, kind, places, span, mean };
        let unit = money::unit_after(&m.meaning.unit, &demand.money);
        let paths = self.answers(&reading, &spans, wanted)?;
        let listed = (keys.as_slice(), spans.as_ref());
        let (standings, absent) = self.standings(source, request.measure, demand, listed, (wanted, &paths), span)?;
        let seats = standings.seats(&dims);
        let mut value = Value { dims, unit, kind, rows: Vec::new(), absent, fixed: false };
        let mut lines = Vec::new();
        value.rows.reserve(series.len());
        for (key, observed) in &series {
            let own = seats.of(key);
            for (at, (period, path)) in wanted.iter().zip(&paths).enumerate() {
                let standing = (own.get(at), keys.is_empty());
                let Some((cell, arithmetic)) = self.cell(&reading, path, observed, standing) else { continue };
                if let (Some(arithmetic), Ok(x)) = (arithmetic, cell.datum) {
                    let about = about(&value.dims, key, Some(*period));
                    lines.push(Line { about, arithmetic, result: trace::result(x), unit: value.unit.to_string() });
                }
                value.rows.push(Row::new(key, Some(*period), cell));
            }
        }
        mark_rests(&mut value);
        value.sort();
        let used: Vec<Period> = paths.iter().flatten().flat_map(|p| p.steps.iter().map(|(_, p)| *p)).collect();
        let request = AggregateRequest { group_by: Vec::new(), ..request };
        self.trace_leaf(&reading, &request, lines, &used, demand)?;
        Ok(value)
    }

    /// One group of rows, its money changed if that is asked.
    fn observed(
        &mut self,
        row: &AggregateRow,
        m: &MeasureInfo,
        places: u32,
        demand: &Demand,
        (changes_money, span): (bool, Span),
        changes: &mut Vec<Line>,
    ) -> Result<Observed, Fault> {
        let mut observed = Observed::from(row);
        if row.count == 0 || !changes_money {
            return Ok(observed);
        }
        let amount = row.total.number(places);
        match self.factor(&m.meaning.unit, &demand.money, row.period, span)? {
            Ok((factor, words)) => {
                observed.total = Total::Float(amount * factor);
                if self.trace.is_on() {
                    changes.push(Line {
                        about: row.period.to_string(),
                        arithmetic: format!("{}{words}", trace::put(amount)),
                        result: trace::result(amount * factor),
                        unit: money::unit_after(&m.meaning.unit, &demand.money).to_string(),
                    });
                }
            }
            Err(reason) => {
                observed.count = 0;
                observed.reason = Some(reason);
            }
        }
        Ok(observed)
    }

    fn trace_leaf(
        &mut self,
        reading: &Reading<'_>,
        request: &AggregateRequest,
        lines: Vec<Line>,
        used: &[Period],
        demand: &Demand,
    ) -> Result<(), Fault> {
        if !self.trace.is_on() {
            return Ok(());
        }
        let info = reading.source.info();
        let Some(m) = info.measures.get(reading.measure) else { return Ok(()) };
        let cumulative = m.meaning.kind == Kind::Cumulative;
        let all = reading.source.explain(request, 10_000, self.budget).map_err(|e| self.stopped(&e, reading.span))?;
        let known = |p: Period| used.contains(&if cumulative { p.year_to_date() } else { p });
        let mut observations: Vec<String> = all
            .iter()
            .filter(|o| known(o.period) && o.value.is_some())
            .map(|o| {
                let codes = o.codes.iter().map(|c| format!("{c}, ")).collect::<String>();
                let value = o.value.clone().unwrap_or_default();
                format!("{} {}: {codes}{} = {value} {}", info.file, o.place, o.period, m.meaning.unit)
                    .trim_end()
                    .to_string()
            })
            .collect();
        if let Some(sql) = reading.source.statement(request) {
            observations.push(format!("asked: {sql}"));
        }
        if observations.len() > trace::MAX_LINES {
            let more = observations.len() - trace::MAX_LINES;
            observations.drain(trace::MAX_LINES / 2..trace::MAX_LINES / 2 + more);
            observations.insert(trace::MAX_LINES / 2, format!("… {more} more …"));
        }
        let unit = if m.meaning.unit.is_plain() { String::new() } else { format!(" in {}", m.meaning.unit) };
        let how = match reading.kind {
            Kind::Flow | Kind::Number => "sums over time",
            Kind::Stock => "the last counts",
            Kind::AnnualRate => "the mean over time",
            Kind::Rate => "the mean over time",
            _ => "taken as published",
        };
        let say = format!(
            "{} from {}: {}{unit} ({how}){}",
            m.name,
            info.file,
            words::one(m.meaning.kind.word()),
            asked(info, demand)
        );
        let formula = if lines.is_empty() {
            String::new()
        } else {
            "the observations that make up the period, with their signs".into()
        };
        self.trace.end(|| Step { say, formula, lines, observations, ..Step::default() });
        Ok(())
    }
}

/// A label that stands for what no other accounts for does so in every period.
fn mark_rests(value: &mut Value) {
    let rests: BTreeSet<Labels> =
        paced(&value.rows).filter(|r| r.flags().has(Flags::REST)).map(|r| r.key().into()).collect();
    if !rests.is_empty() {
        let marked = paced(&mut value.rows).filter(|r| rests.contains(r.key()));
        marked.for_each(|r| r.set_flags(r.flags().with(Flags::REST)));
    }
}

/// Of each observation, the row with the last code at a place.
fn latest(mut answer: Aggregate, place: usize) -> Aggregate {
    let rest = |row: &AggregateRow| {
        let mut key = row.key.clone();
        key.remove(place);
        (key, row.period)
    };
    let mut last: BTreeMap<(Labels, Period), u32> = BTreeMap::new();
    let code = |row: &AggregateRow| row.key.get(place).copied().unwrap_or(0);
    for row in paced(&answer.rows) {
        let known = last.entry(rest(row)).or_default();
        *known = code(row).max(*known);
    }
    answer.rows.retain(|row| last.get(&rest(row)) == Some(&code(row)));
    answer
}

/// An answer with one dimension summed away.
fn summed(mut answer: Aggregate, place: usize) -> Aggregate {
    let mut groups: BTreeMap<(Labels, Period), AggregateRow> = BTreeMap::new();
    for mut row in paced(answer.rows) {
        row.key.remove(place);
        match groups.get_mut(&(row.key.clone(), row.period)) {
            Some(known) => known.add(&row),
            None => drop(groups.insert((row.key.clone(), row.period), row)),
        }
    }
    answer.dims.remove(place);
    Aggregate { rows: groups.into_values().collect(), ..answer }
}

/// In words, which codes were read and which dimensions stay.
fn asked(info: &DatasetInfo, demand: &Demand) -> String {
    let known = |name: &str| info.dim(name).is_some();
    let mut out = String::new();
    for f in demand.filters.iter().filter(|f| known(&f.dim.node)) {
        let codes: Vec<&str> = f.codes.iter().map(|c| c.node.as_str()).collect();
        out.push_str(&format!(", where {} is {}{}", f.dim.node, if f.keep { "" } else { "not " }, codes.join(" or ")));
    }
    let keys: Vec<&str> = demand.keys.iter().filter(|k| known(&k.dim)).map(|k| k.name.node.as_str()).collect();
    if !keys.is_empty() {
        out.push_str(&format!(", by {}", keys.join(", ")));
    }
    let stays = |d: &&DimInfo| !demand.keys.iter().any(|k| k.dim == d.name.as_ref());
    let summed: Vec<&str> =
        info.dims.iter().filter(stays).filter(|d| d.codes.len() > 1).map(|d| d.name.as_ref()).collect();
    if !summed.is_empty() {
        out.push_str(&format!(", summed over {}", summed.join(", ")));
    }
    out
}

//! A measure, read from its source for the wanted periods, dimensions and codes. Sums are exact as long as nothing but
//! sums and differences of decimals is taken.

use super::cells::Collected;
use super::paths::{Path, Spans};
use super::trace::{self, Line, Step};
use super::{Evaluator, money};
use crate::data::{AggregateRequest, AggregateRow, DatasetInfo, DimInfo, Filter, GroupKey, MeasureInfo, Source, Total};
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::{Demand, Grid, Key, Plan};
use crate::span::Span;
use crate::syntax::{Fault, format};
use crate::value::number;
use crate::value::{Cell, Dimension, Flags, Freq, Kind, Labels, Period, Reason, Row, Unit, Value};
use std::sync::Arc;

/// One observation of a group: a sum over rows, or why there is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Observed {
    pub(super) total: Total,
    pub(super) count: u64,
    pub(super) rows: u64,
    pub(super) reason: Option<Reason>,
    pub(super) flags: Flags,
}

impl From<&AggregateRow> for Observed {
    fn from(row: &AggregateRow) -> Observed {
        Observed { total: row.total, count: row.count, rows: row.rows, reason: row.reason, flags: row.flags }
    }
}

/// What is asked of one leaf, looked up.
pub(super) struct Reading<'a> {
    pub(super) source: &'a Arc<dyn Source>,
    pub(super) measure: usize,
    pub(super) kind: Kind,
    pub(super) places: u32,
    pub(super) span: Span,
    pub(super) mean: bool,
    pub(super) absent_is_zero: bool,
}

impl Evaluator<'_> {
    /// The filters of a demand that this dataset knows.
    pub fn filters(info: &DatasetInfo, demand: &Demand) -> Vec<Filter> {
        let known = |f: &crate::plan::Condition| {
            let dim = info.dim(&f.dim.node)?;
            let meant =
                |c: &String| info.dims.get(dim).and_then(|d| d.find(c)).map_or_else(|| c.clone(), |c| c.to_string());
            Some(Filter { dim, keep: f.keep, codes: f.codes.iter().map(|c| meant(&c.node)).collect() })
        };
        demand.filters.iter().filter_map(known).collect()
    }

    /// Reads a measure.
    pub fn leaf(
        &mut self,
        plan: &Plan,
        source: &Arc<dyn Source>,
        measure: usize,
        demand: &Demand,
    ) -> Result<Value, Fault> {
        let demand = &self.listed(plan, demand)?;
        if self.can_flow(source.info(), measure, demand) {
            let info = source.info();
            let mut collected = Collected::default();
            self.flow(plan, source, measure, demand, &mut collected)?;
            let (unit, kind) = info
                .measures
                .get(measure)
                .map_or((Unit::plain(), Kind::Flow), |m| (m.meaning.unit.clone(), m.meaning.kind));
            let Collected { dims, rows } = collected;
            return Ok(Value { dims, unit, kind, rows, absent_is_zero: info.absent_is_zero, fixed: false });
        }
        let Grid::List(wanted) = &demand.grid else {
            return self.fault(&codes::BUG, plan.span, "periods are not listed");
        };
        let info = source.info();
        let Some(m) = info.measures.get(measure) else { return self.fault(&codes::BUG, plan.span, "no such measure") };
        let filters = Self::filters(info, demand);
        self.one_of_distinct(info, m, &filters, demand, plan.span)?;
        let keys: Vec<(&Key, usize)> = demand.keys.iter().filter_map(|k| info.dim(&k.dim).map(|d| (k, d))).collect();
        let mixed: Vec<usize> =
            (0..info.dims.len()).filter(|d| info.dims.get(*d).is_some_and(|d2| is_mixed(d2, &filters, *d))).collect();
        let mut group_by: Vec<GroupKey> = keys
            .iter()
            .map(|(k, dim)| GroupKey { dim: *dim, level: k.level.filter(|_| !mixed.contains(dim)) })
            .collect();
        let extra: Vec<usize> = mixed.iter().copied().filter(|d| !keys.iter().any(|(_, k)| k == d)).collect();
        group_by.extend(extra.iter().map(|dim| GroupKey { dim: *dim, level: None }));
        let cumulative = m.meaning.kind == Kind::Cumulative;
        let extent = wanted.iter().copied().reduce(Period::span);
        let spans = self.spans(source, measure, demand, plan.span)?;
        let within = extent.filter(|_| spans.step().is_some() && !cumulative);
        let request = AggregateRequest { measure, group_by, within, filters };
        let mut answer = source.aggregate(&request, self.budget).map_err(|e| self.stopped(&e, plan.span))?;
        for (place, (key, dim)) in keys.iter().enumerate().filter(|(_, (_, d))| mixed.contains(d)) {
            let Some(info) = info.dims.get(*dim) else { continue };
            answer = self.collapse(answer, place, info, Some(key), demand, plan.span)?;
        }
        for (i, dim) in extra.iter().enumerate().rev() {
            let Some(info) = info.dims.get(*dim) else { continue };
            answer = self.collapse(answer, keys.len() + i, info, None, demand, plan.span)?;
        }
        let dims = answer
            .dims
            .into_iter()
            .zip(&keys)
            .map(|(d, (k, _))| Dimension { name: k.name.node.as_str().into(), labels: d.labels });
        let dims: Vec<Dimension> = dims.collect();
        let mut series: Vec<(Labels, Vec<(Period, Observed)>)> = Vec::new();
        let mut changes: Vec<Line> = Vec::new();
        if keys.is_empty() {
            series.push((Labels::new(), Vec::new()));
        }
        self.trace.begin();
        let changes_money = money::unit_after(&m.meaning.unit, &demand.money) != m.meaning.unit;
        for row in answer.rows {
            let observed = self.observed(&row, m, answer.places, demand, (changes_money, plan.span), &mut changes)?;
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
            }
        }
        if !changes.is_empty() {
            self.tell_money(changes, &demand.money);
        }
        let kind = if cumulative { Kind::Flow } else { m.meaning.kind };
        let reading = Reading {
            source,
            measure,
            kind,
            places: answer.places,
            span: plan.span,
            mean: demand.mean_is_asked,
            absent_is_zero: info.absent_is_zero,
        };
        let mut value = Value {
            dims,
            unit: money::unit_after(&m.meaning.unit, &demand.money),
            kind,
            rows: Vec::new(),
            absent_is_zero: info.absent_is_zero,
            fixed: false,
        };
        let mut lines = Vec::new();
        let mut used: Vec<Period> = Vec::new();
        let mut paths = Vec::with_capacity(wanted.len());
        for period in wanted.iter() {
            let path = self.path(&reading, &spans, *period)?;
            used.extend(path.iter().flat_map(|p| p.steps.iter().map(|(_, p)| *p)));
            match &path {
                Ok(path) => self.say_gap(&reading, path, *period),
                Err(_) => self.say_combined(&reading, &spans, *period),
            }
            paths.push(path);
        }
        value.rows.reserve(series.len());
        for (key, observed) in &series {
            for (period, path) in wanted.iter().zip(&paths) {
                let Some((cell, arithmetic)) = self.cell(&reading, path, observed, keys.is_empty()) else { continue };
                if let (Some(arithmetic), Ok(x)) = (arithmetic, cell.datum) {
                    let labels = value.dims.iter().zip(key).map(|(d, k)| d.label(*k).to_string());
                    let about: Vec<String> = labels.chain([period.to_string()]).collect();
                    lines.push(Line {
                        about: about.join(", "),
                        arithmetic,
                        result: trace::result(x),
                        unit: value.unit.to_string(),
                    });
                }
                value.rows.push(Row { key: key.clone(), period: Some(*period), cell });
            }
        }
        value.sort();
        let request = AggregateRequest { group_by: Vec::new(), ..request };
        self.trace_leaf(&reading, &request, lines, &used, demand);
        Ok(value)
    }

    /// One group of rows, its money changed if that is asked.
    fn observed(
        &mut self,
        row: &AggregateRow,
        m: &crate::data::MeasureInfo,
        places: u32,
        demand: &Demand,
        (changes_money, span): (bool, Span),
        changes: &mut Vec<Line>,
    ) -> Result<Observed, Fault> {
        let mut observed = Observed::from(row);
        if row.count == 0 || !changes_money {
            return Ok(observed);
        }
        let amount = match row.total {
            Total::Exact(mantissa) => number::scaled_to_f64(mantissa, places),
            Total::Float(x) => x,
        };
        match self.factor(&m.meaning.unit, &demand.money, row.period, span)? {
            Ok((factor, words)) => {
                observed.total = Total::Float(amount * factor);
                if self.trace.is_on() && changes.len() <= trace::MAX_LINES {
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

    /// How a period is answered, by the kind of the measure.
    pub(super) fn path(
        &mut self,
        reading: &Reading<'_>,
        spans: &Spans,
        wanted: Period,
    ) -> Result<Result<Path, Reason>, Fault> {
        Ok(match reading.kind {
            Kind::Flow | Kind::Cumulative | Kind::Number => spans.sum(wanted),
            Kind::Stock => spans.last(wanted),
            Kind::Rate => spans.mean(wanted),
            _ if reading.mean => spans.mean(wanted),
            kind => match spans.exact(wanted) {
                Ok(path) => Ok(path),
                Err(Some(reason)) => Err(reason),
                Err(None) => {
                    let message = format!("the {} for {wanted} are not the sum of those within it", kind.plural());
                    let fault =
                        Diagnostic::new(&codes::SUM_OF_NONADDITIVE, reading.span, message).here(format!("a {kind}"));
                    return Err(Box::new(fault.advice(
                        "compute the relation from the sums of its parts, or ask for a mean: `average of …`",
                    )));
                }
            },
        })
    }

    /// The cell of one group for one period; none where the group simply has no rows.
    pub(super) fn cell(
        &self,
        reading: &Reading<'_>,
        path: &Result<Path, Reason>,
        observed: &[(Period, Observed)],
        lone: bool,
    ) -> Option<(Cell, Option<String>)> {
        let path = match path {
            Ok(path) => path,
            Err(reason) => return Some((Cell::missing(*reason), None)),
        };
        let mut exact: Option<i128> = Some(0);
        let (mut float, mut count, mut rows) = (0.0, 0u64, 0u64);
        let mut flags = Flags::none();
        let mut reason = None;
        let mut coverage = path.coverage;
        let mut words = String::new();
        let mut broken = false;
        let find = |span: &Period| {
            let at = observed.binary_search_by(|(p, _)| p.cmp(span)).ok();
            at.and_then(|i| observed.get(i)).map(|(_, o)| o)
        };
        let telling = self.trace.is_on();
        for (plus, span) in &path.steps {
            let Some(o) = find(span) else { continue };
            rows += 1;
            flags = flags.with(o.flags);
            if o.count < o.rows {
                flags = flags.with(Flags::MISSING);
                reason = reason.or(o.reason);
            }
            if o.count == 0 {
                coverage.have = coverage.have.saturating_sub(span.parts());
                broken |= !plus || path.steps.iter().any(|(p, _)| !p);
                continue;
            }
            count += 1;
            let text = match o.total {
                Total::Exact(m) => {
                    exact = exact.map(|sum| if *plus { sum + m } else { sum - m });
                    telling.then(|| number::scaled(m, reading.places))
                }
                Total::Float(x) => {
                    exact = None;
                    float += if *plus { x } else { -x };
                    telling.then(|| trace::put(x))
                }
            };
            let Some(text) = text else { continue };
            let text = if text.starts_with('-') && !text.starts_with("(-") { format!("({text})") } else { text };
            words.push_str(&match (words.is_empty(), plus) {
                (true, true) => text,
                (true, false) => format!("-{text}"),
                (false, true) => format!(" + {text}"),
                (false, false) => format!(" - {text}"),
            });
        }
        if rows == 0 {
            return match (reading.absent_is_zero, lone) {
                (true, _) => Some((Cell { datum: Ok(0.0), coverage: Some(path.coverage), flags }, None)),
                (false, true) => Some((Cell::missing(Reason::NotReported), None)),
                (false, false) => None,
            };
        }
        if count == 0 || broken {
            return Some((Cell::missing(reason.unwrap_or(Reason::NotReported)), None));
        }
        if !coverage.is_full() {
            flags = flags.with(Flags::PARTIAL);
        }
        if path.gap.is_some() || coverage.have < path.coverage.have {
            flags = flags.with(Flags::MISSING);
        }
        let sum = exact.map_or(float, |m| number::scaled_to_f64(m, reading.places));
        let mean = !reading.kind.adds_over_time() && reading.kind != Kind::Stock && count > 1;
        let x = if mean { sum / count as f64 } else { sum };
        let told = (telling && count > 1).then(|| if mean { format!("({words}) / {count}") } else { words });
        let cell = Cell { datum: crate::value::finite(x), coverage: Some(coverage), flags };
        Some((cell, told))
    }

    /// A period inside which some months are missing is a warning even where it stands alone.
    pub(super) fn say_gap(&mut self, reading: &Reading<'_>, path: &Path, wanted: Period) {
        let Some(gap) = path.gap else { return };
        let name = reading.source.info().measures.get(reading.measure).map(|m| m.name.to_string()).unwrap_or_default();
        let (have, of) = (path.coverage.have, path.coverage.of);
        let message = format!(
            "{} for {wanted} has {have} of {of} {}: {gap} is missing",
            format::dotted(&name),
            if wanted.months().is_some() { "months" } else { "days" }
        );
        let mut warning =
            Diagnostic::new(&codes::MISSING_OBSERVATION, reading.span, message).here(format!("{have} of {of} present"));
        warning.advice = Some("`allowing missing` records that this is known".into());
        self.say(warning);
    }

    /// January or February alone, where only both together are published.
    pub(super) fn say_combined(&mut self, reading: &Reading<'_>, spans: &Spans, wanted: Period) {
        let (year, month) = wanted.first_month();
        let both = Period::month(year, 1).zip(Period::month(year, 2)).map(|(a, b)| a.span(b));
        let Some(both) = both.filter(|b| month <= 2 && wanted.freq() == Some(Freq::Month) && spans.list().contains(b))
        else {
            return;
        };
        let message = format!("{wanted} is published only together with its neighbour, as {both}");
        let note = Diagnostic::new(&codes::COMBINED_JAN_FEB, reading.span, message);
        self.say(note.advice(format!("take the two months together: `for {both}`")));
    }

    fn trace_leaf(
        &mut self,
        reading: &Reading<'_>,
        request: &AggregateRequest,
        lines: Vec<Line>,
        used: &[Period],
        demand: &Demand,
    ) {
        if !self.trace.is_on() {
            return;
        }
        let info = reading.source.info();
        let Some(m) = info.measures.get(reading.measure) else { return };
        let cumulative = m.meaning.kind == Kind::Cumulative;
        let all = reading.source.explain(request, 10_000);
        let known = |p: Period| used.contains(&if cumulative { p.year_to_date() } else { p });
        let mut observations: Vec<String> = all
            .iter()
            .filter(|o| known(o.period) && o.value.is_some())
            .map(|o| {
                let codes = o.codes.iter().map(|c| format!("{c}, ")).collect::<String>();
                let value = o.value.clone().unwrap_or_default();
                format!("{} line {}: {codes}{} = {value} {}", info.file, o.line, o.period, m.meaning.unit)
                    .trim_end()
                    .to_string()
            })
            .collect();
        if observations.len() > trace::MAX_LINES {
            let more = observations.len() - trace::MAX_LINES;
            observations.truncate(trace::MAX_LINES);
            observations.push(format!("and {more} more"));
        }
        let unit = if m.meaning.unit.is_plain() { String::new() } else { format!(" in {}", m.meaning.unit) };
        let how = match reading.kind {
            Kind::Flow | Kind::Number => "sums over time",
            Kind::Stock => "the last counts",
            Kind::Rate => "the mean over time",
            _ => "taken as published",
        };
        let say = format!("{} from {}: a {}{unit} ({how}){}", m.name, info.file, m.meaning.kind, asked(info, demand));
        let formula = if lines.is_empty() {
            String::new()
        } else {
            "the observations that make up the period, with their signs".into()
        };
        self.trace.end(|| Step { say, formula, lines, observations, ..Step::default() });
    }
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

impl Evaluator<'_> {
    /// Indicators and units have no sum: a query names one, or lists them.
    pub(super) fn one_of_distinct(
        &self,
        info: &DatasetInfo,
        measure: &MeasureInfo,
        filters: &[Filter],
        demand: &Demand,
        span: crate::span::Span,
    ) -> Result<(), Fault> {
        for (place, dim) in info.dims.iter().enumerate().filter(|(i, d)| d.distinct && !measure.pinned.contains(i)) {
            let passes = |code: &str| {
                filters.iter().filter(|f| f.dim == place).all(|f| f.codes.iter().any(|c| c == code) == f.keep)
            };
            let left: Vec<&Arc<str>> = dim.codes.iter().filter(|c| passes(c)).collect();
            let listed = demand.keys.iter().any(|k| k.dim == dim.name.as_ref());
            if let (true, false, [first, ..]) = (left.len() > 1, listed, left.as_slice()) {
                let message =
                    format!("the {} codes of `{}` count different things and have no sum", left.len(), dim.name);
                let mut fault = Diagnostic::new(&codes::MIXED_LEVELS, span, message).here("which one?");
                let end = crate::span::Span { start: span.end, ..span };
                fault.edits.push(vec![(end, format!(" where {} = {}", dim.name, crate::syntax::format::code(first)))]);
                fault.edits.push(vec![(end, format!(" by {}", dim.name))]);
                return Err(Box::new(fault));
            }
        }
        Ok(())
    }
}

/// Whether the codes that pass the filters are totals of others, or lie below others.
pub(super) fn is_mixed(dim: &DimInfo, filters: &[Filter], place: usize) -> bool {
    if !dim.is_mixed() {
        return false;
    }
    let passes = |code: &str| {
        filters.iter().filter(|f| f.dim == place).all(|f| {
            let hit = f.codes.iter().any(|c| code == c || (dim.nested && code.starts_with(c.as_str())));
            hit == f.keep
        })
    };
    let codes = (0u32..).zip(dim.codes.iter()).filter(|(_, c)| passes(c));
    let rest = DimInfo {
        codes: Arc::new(codes.clone().map(|(_, c)| c.clone()).collect()),
        totals: codes.zip(0u32..).filter(|((i, _), _)| dim.is_total(*i)).map(|(_, j)| j).collect(),
        name: dim.name.clone(),
        groups: (0u32..)
            .zip(dim.codes.iter())
            .filter(|(_, c)| passes(c))
            .zip(0u32..)
            .filter(|((i, _), _)| dim.is_group(*i))
            .map(|(_, j)| j)
            .collect(),
        nested: dim.nested,
        distinct: dim.distinct,
        geographic: dim.geographic,
        column: None,
    };
    rest.is_mixed()
}

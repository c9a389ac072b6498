//! What was observed of one measure, and the cell that it makes for a period. Sums are exact as long as nothing but
//! sums and differences of decimals is taken.

use crate::data::{AggregateRow, Source, Total};
use crate::diagnostic::{Diagnostic, codes, words};
use crate::eval::Evaluator;
use crate::eval::reading::paths::{Path, Spans};
use crate::eval::reading::presence::{Standing, is_flow};
use crate::eval::trace;
use crate::span::Span;
use crate::syntax::{Fault, format};
use crate::value::{Cell, Flags, Freq, Kind, Period, Reason, number};
use std::sync::Arc;

/// One observation of a group: a sum over rows, or why there is none.
#[derive(Clone, Copy, Debug)]
pub(in crate::eval) struct Observed {
    pub(in crate::eval) total: Total,
    pub(in crate::eval) count: u64,
    pub(in crate::eval) rows: u64,
    pub(in crate::eval) reason: Option<Reason>,
    pub(in crate::eval) flags: Flags,
}

impl From<&AggregateRow> for Observed {
    fn from(row: &AggregateRow) -> Observed {
        Observed { total: row.total, count: row.count, rows: row.rows, reason: row.reason, flags: row.flags }
    }
}

/// Whether nobody of a group has a row for this step of its path.
pub(in crate::eval) fn is_lost(standing: Option<&Standing>, step: usize) -> bool {
    matches!(standing, Some(Standing::Part(lost, _)) if lost.get(step) == Some(&true))
}

/// The cell of a group that has no row: no trade where it reports at all, else missing, else none at all.
pub(in crate::eval) fn absent(kind: Kind, path: &Path, standing: Option<&Standing>, lone: bool) -> Option<Cell> {
    let mut coverage = path.coverage;
    match standing {
        Some(Standing::Absent) => return Some(Cell::missing(Reason::NotReported)),
        Some(Standing::Unexpected) => return lone.then_some(Cell::missing(Reason::NotReported)),
        Some(Standing::Part(_, observed)) => coverage.observed = *observed,
        Some(Standing::Whole | Standing::Own(_)) | None => {}
    }
    if !is_flow(kind) {
        return lone.then_some(Cell::missing(Reason::NotReported));
    }
    let lost = path.steps.iter().enumerate().filter(|(at, _)| is_lost(standing, *at));
    coverage.have = coverage.have.saturating_sub(lost.map(|(_, (_, span))| span.parts()).sum());
    let partial = if coverage.is_full() { Flags::none() } else { Flags::PARTIAL };
    let missing = if coverage.observed.is_some() { Flags::MISSING } else { Flags::none() };
    Some(Cell { datum: Ok(0.0), coverage: Some(coverage), flags: partial.with(missing) })
}

/// What is asked of one leaf, looked up.
pub(in crate::eval) struct Reading<'a> {
    pub(in crate::eval) source: &'a Arc<dyn Source>,
    pub(in crate::eval) measure: usize,
    pub(in crate::eval) kind: Kind,
    pub(in crate::eval) places: u32,
    pub(in crate::eval) span: Span,
    pub(in crate::eval) mean: bool,
}

impl Evaluator<'_> {
    /// How a period is answered, by the kind of the measure.
    pub(in crate::eval) fn path(
        &mut self,
        reading: &Reading<'_>,
        spans: &Spans,
        wanted: Period,
    ) -> Result<Result<Path, Reason>, Fault> {
        Ok(match reading.kind {
            Kind::Flow | Kind::Cumulative | Kind::Number => spans.sum(wanted),
            Kind::Stock => spans.last(wanted),
            Kind::Rate | Kind::AnnualRate => spans.mean(wanted),
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
    pub(in crate::eval) fn cell(
        &self,
        reading: &Reading<'_>,
        path: &Result<Path, Reason>,
        observed: &[(Period, Observed)],
        (standing, lone): (Option<&Standing>, bool),
    ) -> Option<(Cell, Option<String>)> {
        let path = match path {
            Ok(path) => {
                if let Some(Standing::Own(own)) = standing {
                    own
                } else {
                    path
                }
            }
            Err(reason) => return Some((Cell::missing(*reason), None)),
        };
        let mut exact: Option<i128> = Some(0);
        let (mut float, mut count, mut rows) = (0.0, 0u64, 0u64);
        let (mut cells, mut kept) = ((0u64, 0u64), Vec::new());
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
        for (at, (plus, span)) in path.steps.iter().enumerate() {
            if is_lost(standing, at) {
                coverage.have = coverage.have.saturating_sub(span.parts());
                broken |= !plus || path.steps.iter().any(|(p, _)| !p);
            }
            let Some(o) = find(span) else { continue };
            cells = (cells.0 + o.count, cells.1 + o.rows);
            rows += 1;
            flags = flags.with(o.flags);
            if o.count < o.rows {
                flags = flags.with(Flags::MISSING);
                reason = reason.or(o.reason);
            }
            if o.count == 0 {
                if !is_lost(standing, at) {
                    coverage.have = coverage.have.saturating_sub(span.parts());
                }
                broken |= !plus || path.steps.iter().any(|(p, _)| !p);
                continue;
            }
            count += 1;
            kept.push(*span);
            let text = match o.total {
                Total::Exact(m) => {
                    let joined = |sum: i128| if *plus { sum.checked_add(m) } else { sum.checked_sub(m) };
                    if let Some(sum) = exact {
                        exact = joined(sum);
                        if exact.is_none() {
                            float = number::scaled_to_f64(sum, reading.places);
                        }
                    }
                    if exact.is_none() {
                        float += number::scaled_to_f64(if *plus { m } else { -m }, reading.places);
                    }
                    telling.then(|| number::scaled(m, reading.places))
                }
                Total::Float(x) => {
                    if let Some(sum) = exact.take() {
                        float = number::scaled_to_f64(sum, reading.places);
                    }
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
            return absent(reading.kind, path, standing, lone).map(|cell| (cell, None));
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
        if coverage.have < path.coverage.have
            && let Some(span) = kept.into_iter().reduce(Period::span)
        {
            coverage.span = span;
        }
        coverage.observed = match standing {
            Some(Standing::Part(_, observed)) => *observed,
            _ => None,
        };
        if coverage.observed.is_none() && count > 0 && cells.0 < cells.1 && path.coverage.have == coverage.have {
            coverage.observed = u32::try_from(cells.0).ok().zip(u32::try_from(cells.1).ok());
        }
        if coverage.observed.is_some() {
            flags = flags.with(Flags::MISSING);
        }
        if path.steps.len() > 2 && path.steps.iter().any(|(plus, _)| !plus) {
            flags = flags.with(Flags::ESTIMATED);
        }
        let sum = exact.map_or(float, |m| number::scaled_to_f64(m, reading.places));
        let mean = !reading.kind.adds_over_time() && reading.kind != Kind::Stock && count > 1;
        let x = if mean { sum / count as f64 } else { sum };
        let told = (telling && count > 1).then(|| if mean { format!("({words}) / {count}") } else { words });
        let cell = Cell { datum: crate::value::finite(x), coverage: Some(coverage), flags };
        Some((cell, told))
    }

    /// A period inside which some months are missing is a warning even where it stands alone.
    pub(in crate::eval) fn say_gap(&mut self, reading: &Reading<'_>, path: &Path, wanted: Period) {
        let Some(gap) = path.gap else { return };
        let name = reading.source.info().measures.get(reading.measure).map(|m| m.name.to_string()).unwrap_or_default();
        let (have, of) = (path.coverage.have as usize, path.coverage.of as usize);
        let parts = words::part_of(have, of, path.coverage.part());
        let message = format!("{} for {wanted} has {parts}: {gap} is missing", format::dotted(&name));
        let mut warning =
            Diagnostic::new(&codes::MISSING_OBSERVATION, reading.span, message).here(format!("{have} of {of} present"));
        warning.advice = Some("`allowing missing` records that this is known".into());
        self.say(warning);
    }

    /// January or February alone, where only both together are published.
    pub(in crate::eval) fn say_combined(&mut self, reading: &Reading<'_>, spans: &Spans, wanted: Period) {
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
}

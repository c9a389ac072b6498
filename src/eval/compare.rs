//! Two cells of different periods or series compared: whether they cover the same part of their periods, and what is
//! said when they do not.

use crate::diagnostic::{Diagnostic, codes, words};
use crate::eval::Evaluator;
use crate::span::Span;
use crate::value::{Cell, Coverage, Freq, Kind, Period, Value};
use std::collections::HashMap;

/// `12 months` or `only 2024-01..2024-11 (11 of 12 months)`.
pub fn covered(c: &Coverage) -> String {
    let (have, of) = (c.have as usize, c.of as usize);
    if c.is_full() {
        words::counted(of, c.part())
    } else {
        format!("only {} ({})", c.span, words::part_of(have, of, c.part()))
    }
}

/// Whether two coverages are of the same length and season, so that their amounts compare.
pub fn alike(a: &Coverage, b: &Coverage, seasonal: bool) -> bool {
    let season = |p: Period| (p.first_month().1, p.last_month().1);
    let same_length = match (a.span.months(), b.span.months()) {
        (Some(x), Some(y)) => x == y && a.have == b.have,
        // Months and leap years differ by a day or three; that is no other length.
        _ => a.have.abs_diff(b.have) <= 1 && a.span.len_days().abs_diff(b.span.len_days()) <= 3,
    };
    let short = a.span.months().is_some_and(|m| m % 12 != 0);
    same_length && (!seasonal || !short || season(a.span) == season(b.span))
}

impl Evaluator<'_> {
    /// Warns when the two sides of an operation do not cover the same part of a period that they share.
    pub fn compare_spans(&mut self, a: &Value, b: &Value, span: Span) {
        let partial = |v: &Value| v.rows.iter().any(|r| r.coverage().is_some_and(|c| !c.is_full()));
        if !partial(a) && !partial(b) {
            return;
        }
        let mut known: HashMap<Period, Coverage> = HashMap::new();
        for row in a.rows.iter().filter(|r| r.datum().is_ok()) {
            if let (Some(p), Some(c)) = (row.period(), row.coverage()) {
                known.entry(p).or_insert(c);
            }
        }
        for row in b.rows.iter().filter(|r| r.datum().is_ok()) {
            let (Some(p), Some(c)) = (row.period(), row.coverage()) else { continue };
            let Some(other) = known.get(&p) else { continue };
            if other.span != c.span || other.have != c.have {
                let message = format!("for {p} one side covers {} and the other {}", covered(other), covered(&c));
                let mut warning = Diagnostic::new(&codes::PARTIAL_PERIOD, span, message);
                let both = Period::days(other.span.first().max(c.span.first()), other.span.last().min(c.span.last()));
                if let Some(both) = both {
                    warning.advice = Some(format!("`for {both}` compares what both cover"));
                }
                self.say(warning);
                return;
            }
        }
    }

    /// Warns when a number of one period meets one of another of the same length, and one of the two is not whole: the
    /// exports of each year over those of a year of which eleven months are there.
    pub fn compare_pinned(&mut self, a: &Value, b: &Value, span: Span) {
        let level = |v: &Value| v.kind.is_level() && v.kind != Kind::Stock;
        if !(a.fixed || b.fixed) || !level(a) || !level(b) {
            return;
        }
        let known = |v: &Value| -> Vec<(Period, Coverage)> {
            let rows = v.rows.iter().filter(|r| r.datum().is_ok());
            let mut all: Vec<_> = rows.filter_map(|r| r.period().zip(r.coverage())).collect();
            all.sort_unstable_by_key(|(p, _)| *p);
            all.dedup_by_key(|(p, _)| *p);
            all
        };
        let (x, y) = (known(a), known(b));
        let differ = |(p, c): &(Period, Coverage), (q, d): &(Period, Coverage)| {
            let whole = c.is_full() && d.is_full();
            p != q && p.months() == q.months() && p.months().is_some() && !whole && !alike(c, d, false)
        };
        let Some((one, other)) = x.iter().find_map(|one| Some((one, y.iter().find(|other| differ(one, other))?)))
        else {
            return;
        };
        let message = format!("{} covers {}, {} {}", one.0, covered(&one.1), other.0, covered(&other.1));
        let (short, long) = if one.1.is_full() { (other, one) } else { (one, other) };
        let years = long.0.first_month().0 - short.0.first_month().0;
        let mut warning = Diagnostic::new(&codes::PARTIAL_PERIOD, span, message).here(covered(&short.1));
        if let Some(then) = short.1.span.shift(years, Freq::Year).filter(|p| long.0.contains(*p)) {
            warning = warning.advice(format!("`for {}` and `for {then}` cover the same months", short.1.span));
        }
        self.say(warning);
    }

    /// Warns when two cells that an operator compares do not cover the same length and season. `edits` are the ways to
    /// ask for the same that do not mislead.
    pub fn compare_cells(
        &mut self,
        (a, from): (&Cell, Period),
        (b, to): (&Cell, Period),
        seasonal: bool,
        span: Span,
        edits: impl FnOnce(&mut Self) -> Vec<crate::diagnostic::Edit>,
    ) -> bool {
        let (Some(x), Some(y)) = (a.coverage, b.coverage) else { return true };
        if alike(&x, &y, seasonal) {
            return true;
        }
        if self.has_said(&codes::PARTIAL_PERIOD, span) {
            return false;
        }
        let message = if x.is_full() && y.is_full() && covered(&x) == covered(&y) {
            format!("{from} and {to} are not the same season")
        } else if x.is_full() && y.is_full() {
            format!("{from} and {to} are not of the same length: {} against {}", covered(&x), covered(&y))
        } else {
            format!("{from} covers {}, {to} {}", covered(&x), covered(&y))
        };
        let edits = edits(self);
        let mut warning = Diagnostic::new(&codes::PARTIAL_PERIOD, span, message);
        let season = covered(&x) == covered(&y);
        warning = warning.here(if season {
            "another season".into()
        } else if y.is_full() {
            covered(&x)
        } else {
            covered(&y)
        });
        warning.edits = edits;
        self.say(warning);
        false
    }

    /// Whether this code was already said of this place.
    pub fn has_said(&self, code: &'static crate::diagnostic::Code, span: Span) -> bool {
        self.diagnostics.iter().any(|d| d.code == code && d.span() == span)
    }

    /// Whether amounts of this kind have seasons.
    pub fn is_seasonal(&self, plan: &crate::plan::Plan, kind: Kind) -> bool {
        let adjusted = plan.leaves().iter().all(|(s, m)| s.info().measures.get(*m).is_some_and(|m| m.meaning.adjusted));
        let freed = plan.any(&|p| matches!(&p.node, crate::plan::Node::Call(call) if call.entry.adjusts));
        kind == Kind::Flow && !adjusted && !freed
    }
}

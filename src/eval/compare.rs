//! Two cells of different periods or series compared: whether they cover the same part of their periods, and what is
//! said when they do not.

use crate::diagnostic::{Diagnostic, codes, words};
use crate::eval::Evaluator;
use crate::eval::meeting::align::merged;
use crate::pause::paced;
use crate::plan::{Demand, Plan};
use crate::span::Span;
use crate::value::{Cell, Coverage, Freq, Kind, Labels, Period, Row, Value};
use rustc_hash::FxHashMap;

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

/// A period, and how much of it is there.
type Covered = (Period, Coverage);

/// The first two coverages that differ of numbers that meet: those of the same labels, and of the same period where
/// `by_period`. Looked for only where some number is not whole.
fn first_unlike(
    a: &Value,
    b: &Value,
    by_period: bool,
    differ: impl Fn(&Covered, &Covered) -> bool,
) -> Option<(Covered, Covered)> {
    let known = |r: &Row| r.period().zip(r.coverage()).filter(|_| r.datum().is_ok());
    let is_partial = |v: &Value| paced(&v.rows).filter_map(known).any(|(_, c)| !c.is_full());
    if !is_partial(a) && !is_partial(b) {
        return None;
    }
    let shared = a.dims.iter().enumerate().filter_map(|(i, dim)| {
        let j = b.dim(&dim.name)?;
        let (_, mine, theirs) = merged(dim, b.dims.get(j)?);
        Some(((i, mine), (j, theirs)))
    });
    let (mine, theirs): (Vec<_>, Vec<_>) = shared.unzip();
    let place = |row: &Row, dims: &[(usize, Vec<u32>)], period: Period| -> (Labels, Option<Period>) {
        let label = |(at, to): &(usize, Vec<u32>)| row.key().get(*at).and_then(|k| to.get(*k as usize)).copied();
        (dims.iter().filter_map(label).collect(), by_period.then_some(period))
    };
    let mut of_a: FxHashMap<(Labels, Option<Period>), Vec<Covered>> = FxHashMap::default();
    for row in paced(&a.rows) {
        let Some(found) = known(row) else { continue };
        let list = of_a.entry(place(row, &mine, found.0)).or_default();
        if list.last() != Some(&found) {
            list.push(found);
        }
    }
    for row in paced(&b.rows) {
        let Some(other) = known(row) else { continue };
        let list = of_a.get(&place(row, &theirs, other.0));
        if let Some(one) = list.and_then(|list| paced(list).find(|one| differ(one, &other))) {
            return Some((*one, other));
        }
    }
    None
}

impl Evaluator<'_> {
    /// Warns when the two sides of an operation do not cover the same part of a period that they share.
    pub fn compare_spans(&mut self, (a, b): (&Value, &Value), asked: Option<(&[&Plan], &Demand)>, span: Span) {
        let differ = |one: &Covered, other: &Covered| one.1.span != other.1.span || one.1.have != other.1.have;
        let Some(((period, one), (_, other))) = first_unlike(a, b, true, differ) else { return };
        let message = format!("for {period} one side covers {} and the other {}", covered(&one), covered(&other));
        let mut warning = Diagnostic::new(&codes::PARTIAL_PERIOD, span, message);
        let (first, last) = (one.span.first().max(other.span.first()), one.span.last().min(other.span.last()));
        // Of a year in one piece nothing covers a part of it.
        let mut has = |both: &Period| {
            asked.iter().flat_map(|(plans, demand)| plans.iter().map(move |plan| (plan, demand))).all(
                |(plan, demand)| {
                    let value = self.quietly(|e| e.eval(plan, &demand.at(vec![*both])));
                    value.is_ok_and(|value| value.rows.iter().any(|r| r.datum().is_ok()))
                },
            )
        };
        let both = Period::days(first, last).filter(|both| has(both));
        if let Some(both) = both {
            warning.advice = Some(format!("`for {both}` compares what both cover"));
        }
        self.say(warning);
    }

    /// Warns when a number of one period meets one of another of the same length, and one of the two is not whole: the
    /// exports of each year over those of a year of which eleven months are there. Whether it said so.
    pub fn compare_pinned(&mut self, a: &Value, b: &Value, span: Span) -> bool {
        let level = |v: &Value| v.kind.is_level() && v.kind != Kind::Stock;
        if !(a.fixed || b.fixed) || !level(a) || !level(b) {
            return false;
        }
        let differ = |(p, c): &Covered, (q, d): &Covered| {
            let whole = c.is_full() && d.is_full();
            p != q && p.months() == q.months() && p.months().is_some() && !whole && !alike(c, d, false)
        };
        let Some((one, other)) = first_unlike(a, b, false, differ) else { return false };
        let message = format!("{} covers {}, {} {}", one.0, covered(&one.1), other.0, covered(&other.1));
        let (short, long) = if one.1.is_full() { (other, one) } else { (one, other) };
        let years = long.0.first_month().0 - short.0.first_month().0;
        let mut warning = Diagnostic::new(&codes::PARTIAL_PERIOD, span, message).here(covered(&short.1));
        let then = short.1.span.shift(years, Freq::Year).filter(|p| long.0.contains(*p));
        // What lacks a month between others has no shorter period.
        if let Some(then) = then.filter(|_| short.1.span != short.0) {
            warning = warning.advice(format!("`for {}` and `for {then}` cover the same months", short.1.span));
        }
        self.say(warning);
        true
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

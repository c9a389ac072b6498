//! Parts that make up a whole, by their names: goods and services, one partner and all others, months of a span. No sum is
//! sought among figures that only happen to add up. In: figures. Out: relations.

use super::figure::{Figure, Role};
use super::interval::Interval;
use super::known::{Known, counts};
use super::relation::{Relation, span, take};
use crate::value::period::Period;

/// Products that are the two parts of a whole.
const PARTS: [(&str, &str, &str); 6] = [
    ("goods", "services", "goods_and_services"),
    ("oil_and_gas", "non-oil_and_gas", "goods"),
    ("oil", "non-oil", "goods"),
    ("re-exports", "domestic_exports", "goods"),
    ("foreign-invested_sector", "domestic_sector", "goods"),
    ("general_trade", "processing_trade", ""),
];

/// The sums of which a level is the whole.
pub fn sums(known: &Known, i: usize) -> Vec<Relation> {
    let Some(total) = known.get(i) else { return Vec::new() };
    let mut out = Vec::new();
    for (a, b, whole) in PARTS {
        if total.subject.product == whole {
            let first = known.levels(total, |k| k.1 = a);
            let second = known.levels(total, |k| k.1 = b);
            out.extend(pick(known, i, first, second));
        }
    }
    if total.subject.partner == "world" {
        for others in known.left.iter().copied() {
            let partner = others.trim_start_matches("NON-");
            let but = known.levels(total, |k| k.2 = others);
            out.extend(pick(known, i, known.levels(total, |k| k.2 = partner), but));
        }
    }
    out.extend(tiles(known, i));
    out
}

fn sum(known: &Known, parts: Vec<usize>, i: usize) -> Option<Relation> {
    let total = known.get(i)?;
    let mut computed = Interval::new(0.0, 0.0);
    let mut words = Vec::new();
    for part in &parts {
        let figure = known.get(*part)?;
        computed = computed.plus(span(figure));
        words.push(format!("{} {}", figure.number(), figure.unit()));
    }
    let formula = words.join(" + ").replace("+ -", "- ");
    let mut figures = parts;
    figures.push(i);
    Some(Relation {
        name: "sum",
        figures,
        computed,
        printed: span(total),
        formula,
        result: format!("{} {}", total.number(), total.unit()),
        one: 10f64.powi(total.ten),
    })
}

/// The pair that fits, else the first.
fn pick(known: &Known, i: usize, first: &[usize], second: &[usize]) -> Option<Relation> {
    let all: Vec<Relation> = take(first)
        .flat_map(|a| take(second).map(move |b| (a, b)))
        .filter_map(|(a, b)| sum(known, vec![a, b], i))
        .collect();
    let fits = all.iter().position(|r| r.computed.meets(r.printed)).unwrap_or(0);
    all.into_iter().nth(fits)
}

/// Quarters or months of the same series that make up the time of the whole.
fn tiles(known: &Known, i: usize) -> Option<Relation> {
    let total = known.get(i)?;
    let whole = total.period.filter(|p| p.months().is_some_and(|m| m >= 2))?;
    let inside = |f: &(usize, &Figure)| {
        f.1.role == Role::Level
            && counts(f.1)
            && f.1.measure == total.measure
            && f.1.basis == total.basis
            && f.1.period.is_some_and(|p| p != whole && whole.contains(p))
    };
    let mut parts: Vec<(Period, usize)> = Vec::new();
    let like = known.like(i).iter().filter_map(|n| known.get(*n).map(|f| (*n, f)));
    for (n, figure) in like.filter(inside) {
        if let Some(period) = figure.period
            && !parts.iter().any(|(p, _)| *p == period)
        {
            parts.push((period, n));
        }
    }
    parts.sort_by_key(|(p, _)| (p.first(), p.last()));
    // The longest that begins where the one before ends.
    let mut chosen = Vec::new();
    let mut next = whole.first();
    while next <= whole.last() {
        let (period, n) = parts.iter().rfind(|(p, _)| p.first() == next)?;
        chosen.push(*n);
        next = period.last() + 1;
    }
    if chosen.len() < 2 { None } else { sum(known, chosen, i) }
}

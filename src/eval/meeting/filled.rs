//! Rows that stand for zero beside labels that only another value lists: a reporter that exports no such product has zero
//! of it where the world's exports stand beside. In: two values of which one has more dimensions. Out: the same with those
//! rows. A product or quotient needs none: zero of anything is zero, and is absent still.

use super::align::merged;
use crate::pause::paced;
use crate::value::{Absence, Cell, Labels, Period, Reason, Row, Value, distinct};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

/// Both values, each with the rows that its absent labels stand for beside the other.
pub(in crate::eval) fn both(a: Value, b: Value) -> (Value, Value) {
    let filled = (beside(&a, &b), beside(&b, &a));
    (filled.0.unwrap_or(a), filled.1.unwrap_or(b))
}

/// A value with a row for each label of the other that it lacks in any of its own groups, where that is known to be zero.
pub(in crate::eval) fn beside(a: &Value, b: &Value) -> Option<Value> {
    let shared: Vec<(usize, usize)> =
        a.dims.iter().enumerate().filter_map(|(i, d)| b.dim(&d.name).map(|j| (i, j))).collect();
    let is_zero = matches!(a.absent, Absence::Zero | Absence::Where(_));
    if !is_zero || shared.is_empty() || shared.len() == a.dims.len() || a.fixed != b.fixed {
        return None;
    }
    let mut value = a.clone();
    // Of each shared dimension, where the labels of the other stand.
    let mut places: Vec<Vec<u32>> = Vec::new();
    for (i, j) in &shared {
        let (dim, from_a, from_b) = merged(a.dims.get(*i)?, b.dims.get(*j)?);
        for row in &mut value.rows {
            if let Some(slot) = row.key_mut().get_mut(*i) {
                *slot = from_a.get(*slot as usize).copied().unwrap_or(*slot);
            }
        }
        *value.dims.get_mut(*i)? = dim;
        places.push(from_b);
    }
    let own = |key: &[u32]| -> Labels {
        key.iter().enumerate().filter(|(i, _)| !shared.iter().any(|(s, _)| s == i)).map(|(_, k)| *k).collect()
    };
    let known: FxHashSet<(Labels, Option<Period>)> = paced(&value.rows).map(|r| (r.key().into(), r.period())).collect();
    let groups: BTreeSet<Labels> = paced(&value.rows).map(|r| own(r.key())).collect();
    let timed = |v: &Value| paced(&v.rows).any(|r| r.period().is_some());
    let periods = distinct(value.rows.iter().map(Row::period));
    let mut rows = Vec::new();
    for other in paced(&b.rows) {
        let labels: Option<Vec<u32>> = shared
            .iter()
            .zip(&places)
            .map(|((_, j), from)| from.get(*other.key().get(*j)? as usize).copied())
            .collect();
        let Some(labels) = labels else { continue };
        let at: Vec<Option<Period>> = match (timed(a), timed(b)) {
            (true, false) => periods.iter().copied().collect(),
            (false, _) => vec![None],
            (true, true) => vec![other.period()],
        };
        for group in paced(&groups) {
            let mut own = group.iter();
            let key: Labels = (0..value.dims.len())
                .map(|i| match shared.iter().position(|(s, _)| *s == i) {
                    Some(place) => labels.get(place).copied().unwrap_or_default(),
                    None => own.next().copied().unwrap_or_default(),
                })
                .collect();
            for period in &at {
                let cell: Cell = value.absent.cell(&value.dims, &key, *period, Reason::NotReported);
                if cell.datum.is_ok() && !known.contains(&(key.clone(), *period)) {
                    rows.push(Row::new(&key, *period, cell));
                }
            }
        }
    }
    if rows.is_empty() {
        return None;
    }
    rows.sort_by(|x, y| (x.key(), x.period()).cmp(&(y.key(), y.period())));
    rows.dedup_by(|x, y| x.key() == y.key() && x.period() == y.period());
    value.rows.extend(rows);
    value.sort();
    Some(value)
}

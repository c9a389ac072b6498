//! Codes that are readings of one thing where several of them stand for one observation: provisional and final figures,
//! scenarios, a year beside its months. In: a store. Out: the dimensions that have no sum, set.

use crate::data::columns::codes::Codes;
use crate::data::known::roles;
use crate::data::store::Store;
use crate::value::Period;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// Of more rows the first are looked at.
const MOST: usize = 3_000_000;

/// Looks at the dimensions that are called as one of readings.
pub fn readings(store: &mut Store) {
    for place in 0..store.info.dims.len() {
        let Some(dim) = store.info.dims.get(place).filter(|d| !d.distinct && d.codes.len() > 1) else { continue };
        if !roles::may_be_readings(&dim.name, dim.codes.iter().map(|c| c.as_ref())) {
            continue;
        }
        let twice = if roles::is_frequency(&dim.name) { overlap(store, place) } else { is_twice(store, place) };
        if let Some(dim) = store.info.dims.get_mut(place).filter(|_| twice) {
            dim.distinct = true;
            dim.totals.clear();
            dim.groups.clear();
        }
    }
}

/// What tells the observations of a store apart, but for one dimension and the period.
pub(super) fn others(store: &Store, place: usize) -> Vec<&Codes> {
    let dims = store.columns.codes.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, codes)| codes);
    dims.chain(store.columns.flows.iter()).collect()
}

/// A number for the codes of a row, by which rows are told apart.
pub(super) fn key(columns: &[&Codes], row: usize) -> u64 {
    let mut hasher = FxHasher::default();
    columns.iter().for_each(|codes| codes.get(row).unwrap_or(0).hash(&mut hasher));
    hasher.finish()
}

/// Whether two codes stand for one observation.
fn is_twice(store: &Store, place: usize) -> bool {
    let mut columns = others(store, place);
    columns.push(&store.columns.periods);
    let Some(own) = store.columns.codes.get(place) else { return false };
    let mut seen: FxHashMap<u64, u32> = FxHashMap::default();
    (0..own.len().min(MOST)).any(|row| {
        let code = own.get(row).unwrap_or(0);
        *seen.entry(key(&columns, row)).or_insert(code) != code
    })
}

/// Whether two codes stand for times of one series that overlap: a year, and its months.
fn overlap(store: &Store, place: usize) -> bool {
    let columns = others(store, place);
    let Some(own) = store.columns.codes.get(place) else { return false };
    // By series and code, from when to when it tells.
    let mut seen: FxHashMap<u64, FxHashMap<u32, Period>> = FxHashMap::default();
    for row in 0..own.len().min(MOST) {
        let period = store.columns.periods.get(row).and_then(|at| store.info.periods.get(at as usize));
        let Some(period) = period.copied() else { continue };
        let spans = seen.entry(key(&columns, row)).or_default();
        let span = spans.entry(own.get(row).unwrap_or(0)).or_insert(period);
        *span = span.span(period);
    }
    seen.values().any(|spans| {
        spans.iter().any(|(code, span)| spans.iter().any(|(other, of)| other != code && of.overlaps(*span)))
    })
}

//! What all checks look at: the numbers of a measure, row by row, and the rows of each series in time.

use crate::data::doubt::Doubt;
use crate::data::store::Store;
use crate::value::Period;
use crate::value::number;
use crate::value::period::Freq;
use rustc_hash::FxHashMap;

/// So many orders of magnitude, over all periods, lie between totals and their rounding where chance is no explanation.
pub(super) const SURE: f64 = 3.0;
/// Below this, equal sums of small numbers are nothing to speak of.
pub(super) const SUSPECT: f64 = 1.5;
/// Of so many rows a relation must be seen in.
pub(super) const ENOUGH: usize = 6;
/// So many series are looked at.
const SAMPLE: usize = 500;
/// Single values are weighed in datasets of so few series.
pub(super) const MAX_SERIES: usize = 30;
/// How many places of one kind are said one by one.
const MAX_SAID: usize = 3;

/// The rows of one series in the order of time.
pub(super) type Series = Vec<(Period, usize)>;

/// The numbers of a measure, row by row, and its rounding.
pub(super) struct Values {
    pub(super) cells: Vec<f64>,
    pub(super) unit: f64,
}

/// The numbers of a measure.
pub(super) fn values(store: &Store, measure: usize) -> Values {
    let Some((data, info)) = store.measures.get(measure).zip(store.info.measures.get(measure)) else {
        return Values { cells: Vec::new(), unit: 0.0 };
    };
    let mine = store.rows_of(data);
    let places = info.places.unwrap_or(0);
    let cell = |row: usize| store.columns.numbers.get(data.column).map_or(f64::NAN, |v| v.float(row, places));
    let cells = mine.iter().enumerate().map(|(row, mine)| if *mine { cell(row) } else { f64::NAN }).collect();
    Values { cells, unit: if info.places.is_some() { 10f64.powi(-i32::from(places)) } else { 0.0 } }
}

/// Rows of one key in the order of time; of the first series only, where there are very many.
pub(super) fn series(store: &Store) -> Vec<Series> {
    let months = store.info.periods.iter().any(|p| p.freq() == Some(Freq::Month));
    let keys: usize = store.info.dims.iter().fold(1usize, |n, d| n.saturating_mul(d.codes.len().max(1)));
    // Years are only weighed value by value, and that only where there are few series.
    if store.info.periods.len() < ENOUGH || (!months && keys > MAX_SERIES) {
        return Vec::new();
    }
    let mut places: FxHashMap<u64, usize> = FxHashMap::default();
    let mut out: Vec<Series> = Vec::new();
    for row in 0..store.columns.periods.len() {
        let columns = store.columns.codes.iter().chain(store.columns.flows.iter()).map(|c| c.get(row).unwrap_or(0));
        let key = columns.zip(store.info.dims.iter().map(|d| d.codes.len() as u64 + 1).chain([8]));
        let key = key.fold(0u64, |key, (code, size)| key.wrapping_mul(size).wrapping_add(u64::from(code)));
        let next = out.len();
        let at = match places.get(&key) {
            Some(at) => *at,
            None if next < SAMPLE => {
                places.insert(key, next);
                out.push(Vec::new());
                next
            }
            None => continue,
        };
        let period = store.columns.periods.get(row).and_then(|p| store.info.periods.get(p as usize));
        if let (Some(period), Some(list)) = (period, out.get_mut(at)) {
            list.push((*period, row));
        }
    }
    out.iter_mut().for_each(|s| s.sort_unstable());
    out
}

/// Whether a relation was seen to fail often enough to look no further.
pub(super) fn hopeless(all: usize, holds: usize) -> bool {
    all >= 200 && holds * 10 < all * 7
}

/// The name of a measure.
pub(super) fn name(store: &Store, m: usize) -> String {
    store.info.measures.get(m).map(|m| m.name.to_string()).unwrap_or_default()
}

/// A number for a message.
pub(super) fn show(x: f64) -> String {
    number::plain(x)
}

/// Says the first few of many.
pub(super) fn say(out: &mut Vec<Doubt>, mut found: Vec<Doubt>) {
    found.sort_by_key(|d| d.line);
    let more = found.len().saturating_sub(MAX_SAID);
    found.truncate(MAX_SAID);
    if let (Some(last), true) = (found.last_mut(), more > 0) {
        last.message.push_str(&format!(" (and {more} more such lines)"));
    }
    out.extend(found);
}

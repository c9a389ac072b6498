//! Checks of a dataset against itself: figures that must add up, values out of step, cumulations. In: a store.
//! Out: doubts with the lines concerned; kinds that the numbers prove (a cumulation, a unit value) are set. A relation
//! counts as meant where it holds in nearly all rows: then the others are mistakes.

mod blanks;
mod cumulations;
mod doubtful;
mod identities;
mod levels;
pub mod readings;
pub mod repeated;
mod rollups;
pub mod steps;
pub(in crate::data) mod totals;
mod values;

use crate::data::MeasureInfo;
use crate::data::declare::{Said, Spec};
use crate::data::doubt::Doubt;
use crate::data::load::checks::values::Values;
use crate::data::store::Store;

/// Datasets beyond this are not looked at value by value.
const MAX_ROWS: usize = 300_000;
/// Relations between more columns than this are not searched for.
const MAX_MEASURES: usize = 14;

/// Runs all checks.
pub fn run(store: &mut Store, said: &mut [Said], spec: &Spec) -> Vec<Doubt> {
    let rows = store.columns.periods.len();
    if rows > MAX_ROWS {
        return Vec::new();
    }
    let values: Vec<Values> = (0..store.measures.len()).map(|m| values::values(store, m)).collect();
    let series = values::series(store);
    let mut out = Vec::new();
    let mut balanced = vec![false; values.len()];
    if values.len() <= MAX_MEASURES {
        identities::sums(store, &values, &mut balanced, &mut out);
        identities::quotients(store, &values, said);
        cumulations::cumulations(store, &values, (&series, said), &mut out);
    }
    for m in 0..values.len() {
        let Some(v) = values.get(m) else { continue };
        let declared = |i: &MeasureInfo| spec.measures.iter().any(|s| s.column.node == i.column);
        if !store.info.measures.get(m).is_some_and(declared) {
            cumulations::named(store, m, v, (&series, said));
        }
        cumulations::resets(store, m, v, &series, &mut out);
        levels::jumps(store, m, v, &series, &mut out);
        levels::steps(store, m, v, &series, &mut out);
        levels::indices(store, m, v, &mut out);
        levels::signs(store, m, v, balanced.get(m).copied().unwrap_or(false), &mut out);
    }
    out
}

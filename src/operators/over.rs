//! Dimensions that an operator uses up: asked for below it, and taken out of the keys of what comes.

use super::*;
use crate::pause::paced;
use crate::plan::axis;
use crate::value::{Cell, Dimension, Labels, Period};
use rustc_hash::FxHashMap;

/// The demand for a list of periods, unless the operand takes its number from a whole range.
pub(super) fn listed(ev: &mut dyn Evaluation, plan: &Plan, demand: &Demand) -> Result<Demand, Fault> {
    if axis::takes_range(plan, false) { Ok(demand.clone()) } else { ev.listed(plan, demand) }
}

/// The demand with dimensions that an operator uses up.
pub(super) fn with_over(call: &Call, demand: &Demand) -> Demand {
    let mut below = demand.clone();
    for key in &call.keys {
        if !below.keys.iter().any(|k| k.name.node == key.name.node) {
            below.keys.push(key.clone());
        }
    }
    below
}
/// The cells of each group, by what is left of the key and the period; in order.
pub(super) type Groups = Vec<((Labels, Option<Period>), Vec<Cell>)>;

/// Takes dimensions out of the keys.
pub(super) fn grouped(value: &Value, over: &[String]) -> (Vec<Dimension>, Groups) {
    let stays: Vec<bool> = value.dims.iter().map(|d| !over.iter().any(|o| o == d.name.as_ref())).collect();
    let dims = value.dims.iter().zip(&stays).filter(|(_, s)| **s).map(|(d, _)| d.clone()).collect();
    // The key as one number, where the labels allow it: there may be millions of rows.
    let sizes: Vec<u64> =
        value.dims.iter().zip(&stays).map(|(d, s)| if *s { d.labels.len().max(1) as u64 } else { 0 }).collect();
    let fits = sizes.iter().filter(|s| **s > 0).try_fold(1u64 << 24, |n, s| n.checked_mul(*s)).is_some();
    let mut periods: FxHashMap<Option<Period>, u64> = FxHashMap::default();
    let mut index: FxHashMap<u64, usize> = FxHashMap::default();
    let mut slow: FxHashMap<(Labels, Option<Period>), usize> = FxHashMap::default();
    let mut groups = Groups::new();
    for row in paced(&value.rows) {
        let kept = || row.key().iter().zip(&stays).filter(|(_, s)| **s).map(|(k, _)| *k).collect::<Labels>();
        let next = groups.len();
        let at = if fits {
            let count = periods.len() as u64;
            let period = *periods.entry(row.period()).or_insert(count);
            let parts = row.key().iter().zip(&sizes).filter(|(_, s)| **s > 0);
            let key = parts.fold(period, |key, (k, s)| key * s + u64::from(*k));
            *index.entry(key).or_insert(next)
        } else {
            *slow.entry((kept(), row.period())).or_insert(next)
        };
        match groups.get_mut(at) {
            Some((_, members)) => members.push(row.cell()),
            None => groups.push(((kept(), row.period()), vec![row.cell()])),
        }
    }
    groups.sort_by(|(a, _), (b, _)| a.cmp(b));
    (dims, groups)
}

//! Values that are told again under each unit of their quantity: a record for kilograms, and one for pieces, with the
//! value in both. In: a store. Out: that they count once, set in the measures, and what is said of it.

use crate::data::Repeated;
use crate::data::doubt::Doubt;
use crate::data::load::checks::readings::{key, others};
use crate::data::load::checks::values::{SURE, name};
use crate::data::store::Store;
use crate::diagnostic::{codes, words};
use rustc_hash::{FxHashMap, FxHashSet};

/// Of so many observations with several units the value must be the same.
const MOST: f64 = 0.9;
/// So many observations tell whether values are repeated; all of them, which unit has each.
const SAMPLE: usize = 100_000;
/// Of more rows it is not looked for which unit has each.
const MANY: usize = 10_000_000;

/// Looks for them, in each dimension that is the unit of quantities.
pub fn repeated(store: &mut Store) -> Vec<Doubt> {
    let mut out = Vec::new();
    for m in 0..store.info.measures.len() {
        let info = &store.info;
        let Some(measure) = info.measures.get(m).filter(|m| m.meaning.kind.adds_over_dimensions()) else { continue };
        let of_unit =
            |dim: &usize| info.dims.get(*dim).is_some_and(|d| d.codes.len() > 1 && info.is_of_quantity(measure, d));
        let dims: Vec<usize> = (0..info.dims.len()).filter(of_unit).filter(|d| !measure.pinned.contains(d)).collect();
        for dim in dims {
            let Some(found) = once(store, m, dim) else { continue };
            let Some(unit) = store.info.dims.get(dim).map(|d| d.name.to_string()) else { continue };
            let how = match found.once.as_slice() {
                [] => "and no unit is known to have all of it".to_string(),
                codes => format!("and counts once, as it stands under {}", words::some(codes, 4)),
            };
            let message = format!("`{}` is told again under each `{unit}` of an observation, {how}", name(store, m));
            out.push(Doubt::new(&codes::LAYOUT_GUESSED, None, message));
            if let Some(measure) = store.info.measures.get_mut(m) {
                measure.repeated = Some(found);
            }
        }
    }
    out
}

/// The value of each observation under each unit.
type Told = FxHashMap<u64, Vec<(u32, f64)>>;

/// The units under which each value stands once, if it is repeated under several.
fn once(store: &Store, measure: usize, dim: usize) -> Option<Repeated> {
    let (units, data) = (store.columns.codes.get(dim)?, store.measures.get(measure)?);
    let (numbers, mine) = (store.columns.numbers.get(data.column)?, store.rows_of(data));
    let places = store.info.measures.get(measure)?.places;
    let unit = places.map_or(0.0, |p| 10f64.powi(-i32::from(p)));
    let cell = |row: usize| Some(numbers.float(row, places.unwrap_or(0))).filter(|x| x.is_finite());
    let mut columns = others(store, dim);
    columns.push(&store.columns.periods);
    let told = |every: u64| {
        let mut out = Told::default();
        for row in mine.iter().enumerate().filter(|(_, mine)| **mine).map(|(row, _)| row) {
            let hash = key(&columns, row);
            if (hash >> 7).is_multiple_of(every)
                && let Some(x) = cell(row)
            {
                out.entry(hash).or_default().push((units.get(row).unwrap_or(0), x));
            }
        }
        out
    };
    let every = (mine.len() / SAMPLE).max(1) as u64;
    let some = told(every);
    let same = share(&some, unit)?;
    if same < 1.0 || mine.len() > MANY {
        return Some(Repeated { dim, once: Vec::new() });
    }
    let all = if every > 1 { told(1) } else { some };
    let whole = share(&all, unit) == Some(1.0);
    Some(Repeated { dim, once: if whole { cover(store, dim, &all) } else { Vec::new() } })
}

/// The share of the observations with several units whose value is the same under each, if it is that of repeated values.
fn share(told: &Told, unit: f64) -> Option<f64> {
    let (mut same, mut all, mut orders) = (0usize, 0usize, 0.0);
    for told in told.values().filter(|told| told.len() > 1) {
        let Some((_, first)) = told.iter().find(|(_, x)| *x != 0.0) else { continue };
        all += 1;
        if told.iter().all(|(_, x)| x == first) {
            same += 1;
            orders += (first.abs() / unit.max(1e-12 * first.abs())).log10().max(0.0);
        }
    }
    let share = same as f64 / all.max(1) as f64;
    (orders >= SURE && share >= MOST).then_some(share)
}

/// Codes of which each observation has one.
fn cover(store: &Store, dim: usize, told: &Told) -> Vec<String> {
    let mut by_unit: FxHashMap<u32, Vec<u64>> = FxHashMap::default();
    for (key, list) in told {
        list.iter().for_each(|(unit, _)| by_unit.entry(*unit).or_default().push(*key));
    }
    let mut units: Vec<(u32, Vec<u64>)> = by_unit.into_iter().collect();
    units.sort_unstable_by_key(|(unit, of)| (usize::MAX - of.len(), *unit));
    let mut covered: FxHashSet<u64> = FxHashSet::default();
    let mut chosen = Vec::new();
    for (unit, of) in units {
        if of.iter().all(|key| !covered.contains(key)) {
            covered.extend(of);
            chosen.extend(store.info.dims.get(dim).map(|d| d.label(unit).to_string()));
        }
    }
    if covered.len() == told.len() { chosen } else { Vec::new() }
}

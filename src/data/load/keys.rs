//! Whether two rows are for the same observation. In: the codes of all rows. Out: an error with both lines, or, as
//! declared, the rows that stay.

use crate::data::DimInfo;
use crate::data::columns::codes::Codes;
use crate::data::declare::Duplicates;
use crate::data::doubt::{LoadError, Refusal};
use crate::diagnostic::codes;
use crate::value::Period;
use rustc_hash::{FxHashMap, FxHashSet};

/// Rows whose keys are made at a time.
const BLOCK: usize = 4096;
/// How many bits per row a table of all possible keys may take.
const BITS_PER_ROW: u64 = 32;
/// How many keys are compared at a time where that table would be larger.
const CHUNK: usize = 1 << 21;

/// The codes of one row as one number.
pub(in crate::data) struct Keys<'a> {
    columns: Vec<(&'a Codes, u64)>,
    size: Option<u64>,
}

impl Keys<'_> {
    /// The keys of rows `start..`.
    fn fill(&self, start: usize, out: &mut [u64]) {
        let mut codes = vec![0u32; out.len()];
        out.fill(0);
        for (column, size) in &self.columns {
            column.fill(start, &mut codes);
            for (key, code) in out.iter_mut().zip(&codes) {
                *key = key.wrapping_mul(*size).wrapping_add(u64::from(*code));
            }
        }
    }

    fn of(&self, row: usize) -> u64 {
        self.columns
            .iter()
            .fold(0, |key, (codes, size)| key.wrapping_mul(*size).wrapping_add(u64::from(codes.get(row).unwrap_or(0))))
    }
}

/// The first two rows of one key, with the keys of all rows.
pub(in crate::data) fn first_pair<'a>(
    dims: &[DimInfo],
    all: &'a [Codes],
    places: &'a Codes,
    flows: Option<&'a Codes>,
    periods: &[Period],
) -> Option<(Keys<'a>, (usize, usize))> {
    let mut columns: Vec<(&Codes, u64)> = all.iter().zip(dims).map(|(c, d)| (c, d.codes.len() as u64)).collect();
    columns.push((places, periods.len() as u64));
    columns.extend(flows.map(|f| (f, 8)));
    let size = columns.iter().try_fold(1u64, |n, (_, s)| n.checked_mul((*s).max(1)));
    let keys = Keys { columns, size };
    let pair = pair_of(&keys, places.len())?;
    Some((keys, pair))
}

/// The rows that stay where two are for the same observation, as it is declared; `place` is the line and the file of a
/// row. Else an error with both lines.
pub(in crate::data) fn resolved<'a>(
    policy: Duplicates,
    place: &dyn Fn(usize) -> (usize, Option<&'a str>),
    dims: &[DimInfo],
    periods: &[Period],
    (keys, (first, second)): (&Keys<'_>, (usize, usize)),
) -> Result<Option<Vec<bool>>, Refusal> {
    let code = |column: usize| keys.columns.get(column).and_then(|(codes, _)| codes.get(first)).unwrap_or(0);
    if policy != Duplicates::Refuse {
        let rows = keys.columns.first().map_or(0, |(codes, _)| codes.len());
        return Ok(Some(kept(keys, rows, policy)));
    }
    let named = dims.iter().enumerate().map(|(i, d)| format!("{} {}", d.name, d.label(code(i))));
    let period = periods.get(code(dims.len()) as usize).map(|p| p.to_string());
    let what: Vec<String> = named.chain(period).collect();
    let at = |row: usize| match place(row) {
        (line, Some(file)) => format!("{file}:{line}"),
        (line, None) => line.to_string(),
    };
    let message = format!("lines {} and {} are both for {}", at(first), at(second), what.join(", "));
    let mut error = LoadError::at(place(second).0, message);
    error.code = &codes::DUPLICATE_KEY;
    error.file = place(second).1.map(String::from);
    let advice =
        "declare the column that tells them apart as a dimension, or what counts: `duplicates sum`, `first` or `last`";
    Err(error.advice(advice).into())
}

/// The first two rows of one key, by the place of the second.
fn pair_of(keys: &Keys<'_>, rows: usize) -> Option<(usize, usize)> {
    if is_sorted(keys, rows) {
        return None;
    }
    let dense = keys.size.filter(|s| *s <= BITS_PER_ROW.saturating_mul(rows as u64).max(1 << 20));
    let second = match dense {
        Some(size) => {
            let mut seen = vec![0u64; usize::try_from(size / 64 + 1).unwrap_or(0)];
            let mut block = vec![0u64; BLOCK];
            (0..rows).find(|row| {
                if row % BLOCK == 0 {
                    keys.fill(*row, &mut block);
                }
                let key = block.get(row % BLOCK).copied().unwrap_or(0);
                let Some(word) = usize::try_from(key / 64).ok().and_then(|i| seen.get_mut(i)) else { return false };
                let bit = 1u64 << (key % 64);
                let twice = *word & bit != 0;
                *word |= bit;
                twice
            })
        }
        None => sparse_pair(keys, rows),
    };
    second.and_then(|second| {
        let key = keys.of(second);
        (0..second).find(|row| keys.of(*row) == key && same(keys, *row, second)).map(|first| (first, second))
    })
}

/// Whether rows that agree in all but one column stand together, and rise in that one: then no two are the same. Most
/// files are sorted like that, and it is seen without remembering every key.
fn is_sorted(keys: &Keys<'_>, rows: usize) -> bool {
    let Some(last) = (0..keys.columns.len()).max_by_key(|i| keys.columns.get(*i).map_or(0, |(_, size)| *size)) else {
        return false;
    };
    let mut outer: Vec<(&Codes, u64)> = keys.columns.clone();
    let (inner, _) = outer.remove(last);
    let size = outer.iter().try_fold(1u64, |n, (_, s)| n.checked_mul((*s).max(1)));
    if size.is_none() {
        return false;
    }
    let outer = Keys { columns: outer, size };
    let mut begins = vec![false; BLOCK];
    let mut seen: FxHashSet<u64> = FxHashSet::default();
    for start in (0..rows).step_by(BLOCK) {
        let Some(begins) = begins.get_mut(..BLOCK.min(rows - start)) else { return false };
        begins.fill(false);
        outer.columns.iter().for_each(|(codes, _)| codes.mark_changes(start, begins));
        if start == 0
            && let Some(first) = begins.first_mut()
        {
            *first = true;
        }
        if !inner.rises(start, begins) {
            return false;
        }
        for (row, _) in (start..).zip(&*begins).filter(|(_, begins)| **begins) {
            if !seen.insert(outer.of(row)) {
                return false;
            }
        }
        // So many runs are no sorting, and would take more memory than the keys.
        if seen.len() > 10_000 + rows / 4 {
            return false;
        }
    }
    true
}

fn same(keys: &Keys<'_>, a: usize, b: usize) -> bool {
    keys.columns.iter().all(|(c, _)| c.get(a) == c.get(b))
}

/// As above, part by part: keys that leave the same rest are compared with each other only.
fn sparse_pair(keys: &Keys<'_>, rows: usize) -> Option<usize> {
    let parts = (rows / CHUNK + 1) as u64;
    let mut best: Option<usize> = None;
    for part in 0..parts {
        // Keys that do not fit 64 bits may meet by chance; what meets is compared in full.
        let mut seen: FxHashMap<u64, u32> = FxHashMap::default();
        for row in 0..best.unwrap_or(rows) {
            let key = keys.of(row);
            if parts > 1 && (key ^ (key >> 32)) % parts != part {
                continue;
            }
            match seen.entry(key) {
                std::collections::hash_map::Entry::Vacant(v) => {
                    v.insert(u32::try_from(row).unwrap_or(u32::MAX));
                }
                std::collections::hash_map::Entry::Occupied(first) => {
                    if keys.size.is_some() || same(keys, *first.get() as usize, row) {
                        best = Some(row);
                        break;
                    }
                }
            }
        }
    }
    best
}

fn kept(keys: &Keys<'_>, rows: usize, policy: Duplicates) -> Vec<bool> {
    let mut seen: FxHashMap<Vec<u32>, usize> = FxHashMap::default();
    let mut keep = vec![true; rows];
    for row in 0..rows {
        let key: Vec<u32> = keys.columns.iter().map(|(c, _)| c.get(row).unwrap_or(0)).collect();
        let Some(first) = seen.get(&key).copied() else {
            seen.insert(key, row);
            continue;
        };
        let out = if policy == Duplicates::Last { first } else { row };
        // Sums need no rows to go: adding is what every question does.
        if policy != Duplicates::Sum
            && let Some(slot) = keep.get_mut(out)
        {
            *slot = false;
        }
        if policy == Duplicates::Last {
            seen.insert(key, row);
        }
    }
    keep
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn codes(list: &[u32]) -> Codes {
        list.iter().copied().collect()
    }

    /// With the size of each column as given: whether a table of all keys is kept depends on it.
    fn pair(columns: &[(&Codes, u64)]) -> Option<(usize, usize)> {
        let size = columns.iter().try_fold(1u64, |n, (_, s)| n.checked_mul((*s).max(1)));
        let rows = columns.first().map_or(0, |(codes, _)| codes.len());
        pair_of(&Keys { columns: columns.to_vec(), size }, rows)
    }

    #[test]
    fn the_first_pair_is_found_by_any_way() {
        let (a, b) = (codes(&[0, 1, 0, 2, 0, 1]), codes(&[0, 0, 1, 0, 0, 0]));
        // Rows 0 and 4 are both (0, 0); rows 1 and 5 meet later.
        assert_eq!(pair(&[(&a, 3), (&b, 2)]), Some((0, 4)));
        assert_eq!(pair(&[(&a, 1 << 40), (&b, 2)]), Some((0, 4)));
        assert_eq!(pair(&[(&a, u64::MAX), (&b, 2)]), Some((0, 4)));
        let apart = codes(&[0, 0, 1, 0, 2, 1]);
        assert_eq!(pair(&[(&a, 3), (&apart, 3)]), None);
    }

    #[test]
    fn rows_that_stand_in_order_are_seen_to_be_different() {
        let (outer, inner) = (codes(&[0, 0, 0, 1, 1]), codes(&[0, 1, 2, 0, 2]));
        let keys = |outer, inner| Keys { columns: vec![(outer, 2), (inner, 3)], size: Some(6) };
        assert!(is_sorted(&keys(&outer, &inner), 5));
        let again = codes(&[0, 1, 1, 0, 2]);
        assert!(!is_sorted(&keys(&outer, &again), 5));
        let returns = codes(&[0, 0, 1, 1, 0]);
        assert!(!is_sorted(&keys(&returns, &inner), 5));
    }

    #[test]
    fn of_two_rows_the_declared_one_stays() {
        let a = codes(&[0, 1, 0]);
        let keys = Keys { columns: vec![(&a, 2)], size: Some(2) };
        assert_eq!(kept(&keys, 3, Duplicates::First), [true, true, false]);
        assert_eq!(kept(&keys, 3, Duplicates::Last), [false, true, true]);
        assert_eq!(kept(&keys, 3, Duplicates::Sum), [true, true, true]);
    }
}

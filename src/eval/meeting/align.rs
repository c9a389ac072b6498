//! Two values lined up by label: by the names of their dimensions, the labels in them, and the period. Never by place.

use crate::eval::meeting::labels;
use crate::pause;
use crate::pause::paced;
use crate::plan::Grid;
use crate::value::{Cell, Dimension, Labels, Period, Reason, Row, Value};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// One table of labels for both, and the place in it of each label of either.
pub(in crate::eval) fn merged(a: &Dimension, b: &Dimension) -> (Dimension, Vec<u32>, Vec<u32>) {
    let places = |n: usize| (0..u32::try_from(n).unwrap_or(u32::MAX)).collect::<Vec<u32>>();
    if Arc::ptr_eq(&a.labels, &b.labels) || a.labels == b.labels {
        return (a.clone(), places(a.labels.len()), places(b.labels.len()));
    }
    let theirs = labels::as_spelled_in(a, b);
    let within_a = || theirs.iter().map(|l| a.labels.binary_search(l).ok().and_then(|i| u32::try_from(i).ok()));
    if a.labels.is_sorted()
        && let Some(from_b) = within_a().collect::<Option<Vec<u32>>>()
    {
        return (a.clone(), places(a.labels.len()), from_b);
    }
    let mut labels: Vec<Arc<str>> = a.labels.iter().chain(theirs.iter()).cloned().collect();
    labels.sort_unstable();
    labels.dedup();
    let map = |list: &[Arc<str>]| -> Vec<u32> {
        list.iter().map(|l| labels.binary_search(l).ok().and_then(|i| u32::try_from(i).ok()).unwrap_or(0)).collect()
    };
    let (from_a, from_b) = (map(&a.labels), map(&theirs));
    (Dimension { name: a.name.clone(), labels: Arc::new(labels) }, from_a, from_b)
}

fn mapped(maps: &[Vec<u32>], key: &[u32]) -> Labels {
    key.iter().zip(maps).map(|(k, m)| m.get(*k as usize).copied().unwrap_or(*k)).collect()
}

/// The periods of two values by which their rows meet; a pinned period meets every other.
fn meeting(a: &Value, b: &Value) -> (bool, bool) {
    let timed = |v: &Value| paced(&v.rows).any(|r| r.period().is_some());
    let (ta, tb) = (timed(a), timed(b));
    // What is made of numbers for unlike periods is of none, and stays so beside a number for one.
    if ta != tb && a.fixed && b.fixed {
        return (false, false);
    }
    if !ta || !tb {
        return (ta, tb);
    }
    let same = a.rows.first().map(|r| r.period()) == b.rows.first().map(|r| r.period());
    match (a.fixed, b.fixed) {
        (true, true) => (same, same),
        (true, false) => (false, true),
        (false, true) => (true, false),
        (false, false) => (true, true),
    }
}

/// The rows of a value by the labels and the period by which they meet those of another.
struct Meeting {
    sizes: Vec<usize>,
    periods: FxHashMap<Option<Period>, u128>,
    last: Option<(Option<Period>, u128)>,
    /// The first row of each place; an array for the lower places, grown as needed.
    dense: Vec<u32>,
    sparse: FxHashMap<u128, u32>,
    limit: usize,
    /// Per row, the next one at the same place.
    after: Vec<u32>,
    /// Whether some place has more than one row.
    has_several: bool,
}

/// No row.
const NONE: u32 = u32::MAX;
/// Places that an array may have in any case.
const FEW: usize = 1 << 16;

impl Meeting {
    fn new(sizes: Vec<usize>, rows: usize, others: usize) -> Meeting {
        Meeting {
            sizes,
            periods: FxHashMap::default(),
            last: None,
            dense: Vec::new(),
            sparse: FxHashMap::default(),
            limit: FEW.max((rows + others) * 4),
            after: vec![NONE; rows],
            has_several: false,
        }
    }

    fn place<'k>(&mut self, key: impl Iterator<Item = Option<&'k u32>>, period: Option<Period>) -> u128 {
        pause::turn();
        let period = match self.last {
            Some((last, place)) if last == period => place,
            _ => {
                let next = self.periods.len() as u128;
                let place = *self.periods.entry(period).or_insert(next);
                self.last = Some((period, place));
                place
            }
        };
        let parts = key.zip(&self.sizes);
        parts.fold(period, |at, (label, size)| at * *size as u128 + u128::from(label.copied().unwrap_or(0)))
    }

    /// Adds a row before those that were added.
    fn add(&mut self, place: u128, row: usize) {
        let first = u32::try_from(row).unwrap_or(NONE);
        let after = match usize::try_from(place).ok().filter(|place| *place < self.limit) {
            Some(place) => {
                if place >= self.dense.len() {
                    self.dense.resize(place + 1, NONE);
                }
                self.dense.get_mut(place).map_or(NONE, |slot| std::mem::replace(slot, first))
            }
            None => self.sparse.insert(place, first).unwrap_or(NONE),
        };
        self.has_several |= after != NONE;
        if let Some(slot) = self.after.get_mut(row) {
            *slot = after;
        }
    }

    /// The first row at a place.
    fn first(&self, place: u128) -> Option<usize> {
        let found = match usize::try_from(place).ok().filter(|place| *place < self.limit) {
            Some(place) => self.dense.get(place),
            None => self.sparse.get(&place),
        };
        found.filter(|row| **row != NONE).map(|row| *row as usize)
    }

    /// The next row at the place of this one.
    fn next(&self, row: usize) -> Option<usize> {
        self.after.get(row).filter(|row| **row != NONE).map(|row| *row as usize)
    }
}

/// Joins two values cell by cell. Where a dimension is in one of them only, the other is the same for all its labels.
pub fn combine(a: Value, b: &Value, mut join: impl FnMut(Cell, Cell) -> Cell) -> Value {
    let mut dims = Vec::new();
    let (mut maps_a, mut maps_b): (Vec<Vec<u32>>, Vec<Vec<u32>>) = (Vec::new(), b.dims.iter().map(identity).collect());
    for dim in &a.dims {
        match b.dim(&dim.name).and_then(|i| b.dims.get(i).map(|d| (i, d))) {
            Some((i, other)) => {
                let (dimension, from_a, from_b) = merged(dim, other);
                dims.push(dimension);
                maps_a.push(from_a);
                if let Some(slot) = maps_b.get_mut(i) {
                    *slot = from_b;
                }
            }
            None => {
                dims.push(dim.clone());
                maps_a.push(identity(dim));
            }
        }
    }
    let extra: Vec<usize> =
        b.dims.iter().enumerate().filter(|(_, d)| a.dim(&d.name).is_none()).map(|(i, _)| i).collect();
    dims.extend(extra.iter().filter_map(|i| b.dims.get(*i).cloned()));
    let shared: Vec<(usize, usize)> =
        a.dims.iter().enumerate().filter_map(|(i, d)| b.dim(&d.name).map(|j| (i, j))).collect();
    let only_a = a.dims.len() > shared.len();
    let (time_a, time_b) = meeting(&a, b);
    let by_time = time_a && time_b;
    let sizes = shared.iter().map(|(i, _)| dims.get(*i).map_or(1, |d| d.labels.len().max(1))).collect();
    let mut meeting = Meeting::new(sizes, b.rows.len(), a.rows.len());
    let keys_b: Vec<Labels> = paced(&b.rows).map(|r| mapped(&maps_b, r.key())).collect();
    for (i, (row, key)) in paced(&b.rows).zip(&keys_b).enumerate().rev() {
        let at = meeting.place(shared.iter().map(|(_, j)| key.get(*j)), row.period().filter(|_| by_time));
        meeting.add(at, i);
    }
    let absent_a = a.absent.clone();
    let no_a = |dims: &[Dimension], key: &[u32], p: Option<Period>| absent_a.cell(dims, key, p, Reason::NotReported);
    let no_b = |dims: &[Dimension], key: &[u32], p: Option<Period>| b.absent.cell(dims, key, p, Reason::NotReported);
    let absent = absent_a.clone().and(b.absent.clone());
    let mut used = vec![false; b.rows.len()];
    let timed = |v: &Value| paced(&v.rows).any(|r| r.period().is_some());
    let fixed = (a.fixed || !timed(&a)) && (b.fixed || !timed(b)) && (a.fixed || b.fixed);
    let (unit, kind) = (a.unit.clone(), a.kind);
    let same_labels = dims.iter().zip(&a.dims).all(|(ours, theirs)| Arc::ptr_eq(&ours.labels, &theirs.labels));
    // Where every row of the first meets one of the second at most, it becomes a row of the result as it stands.
    if extra.is_empty() && same_labels && (time_a || !time_b) && !meeting.has_several {
        let mut rows = a.rows;
        for row in &mut rows {
            let at = meeting.place(shared.iter().map(|(i, _)| row.key().get(*i)), row.period().filter(|_| by_time));
            let hit = meeting.first(at);
            if let Some(slot) = hit.and_then(|i| used.get_mut(i)) {
                *slot = true;
            }
            let period = row.period().filter(|_| by_time);
            let none = || no_b(&dims, row.key(), period);
            let other = hit.and_then(|i| b.rows.get(i)).map_or_else(none, |other| other.cell());
            row.set_cell(join(row.cell(), other));
            row.set_period(row.period().filter(|_| time_a));
        }
        if !only_a {
            for ((row, key), _) in paced(&b.rows).zip(&keys_b).zip(&used).filter(|(_, used)| !**used) {
                let key: Labels = shared.iter().filter_map(|(_, j)| key.get(*j).copied()).collect();
                let cell = join(no_a(&dims, &key, row.period().filter(|_| by_time)), row.cell());
                rows.push(Row::new(key, row.period().filter(|_| time_b), cell));
            }
        }
        let mut value = Value { dims, unit, kind, rows, absent, fixed };
        value.sort();
        return value;
    }
    let mut rows = Vec::new();
    for row in paced(&a.rows) {
        let key = mapped(&maps_a, row.key());
        let at = meeting.place(shared.iter().map(|(i, _)| key.get(*i)), row.period().filter(|_| by_time));
        let mut hit = meeting.first(at);
        let met = hit.is_some();
        let period = |other: Option<Period>| {
            if time_a {
                row.period()
            } else if time_b {
                other
            } else {
                None
            }
        };
        while let Some(i) = hit {
            hit = meeting.next(i);
            let (Some(other), Some(other_key)) = (b.rows.get(i), keys_b.get(i)) else { continue };
            if let Some(u) = used.get_mut(i) {
                *u = true;
            }
            let mut whole = key.clone();
            whole.extend(extra.iter().filter_map(|j| other_key.get(*j).copied()));
            rows.push(Row::new(whole, period(other.period()), join(row.cell(), other.cell())));
        }
        if !met && extra.is_empty() {
            let none = no_b(&dims, &key, row.period().filter(|_| by_time));
            rows.push(Row::new(key, period(None), join(row.cell(), none)));
        }
    }
    if !only_a {
        for ((row, key), _) in paced(&b.rows).zip(&keys_b).zip(&used).filter(|(_, u)| !**u) {
            let mut whole: Labels = shared.iter().filter_map(|(_, j)| key.get(*j).copied()).collect();
            whole.extend(extra.iter().filter_map(|j| key.get(*j).copied()));
            let period = if time_b { row.period() } else { None };
            let cell = join(no_a(&dims, &whole, row.period().filter(|_| by_time)), row.cell());
            rows.push(Row::new(whole, period, cell));
        }
    }
    let mut value = Value { dims, unit, kind, rows, absent, fixed };
    value.sort();
    value
}

/// A number for one period as it stands beside the periods of another value: the same for each of them. Where the other
/// has none, those are meant that are wanted.
pub fn beside(fixed: &Value, other: &Value, grid: &Grid) -> Option<Value> {
    if !fixed.fixed || other.fixed {
        return None;
    }
    // That it is whole says nothing of the periods beside which it stands.
    let whole = |c: &Cell| Cell { coverage: c.coverage.filter(|c| !c.is_full()), ..*c };
    if fixed.dims.is_empty() && !other.rows.is_empty() {
        let rows = paced(&fixed.rows).map(|r| Row::new(r.key(), r.period(), whole(&r.cell()))).collect();
        return Some(Value { rows, ..fixed.clone() });
    }
    let mut periods: Vec<Period> = paced(&other.rows).filter_map(|r| r.period()).collect();
    periods.sort_unstable();
    periods.dedup();
    if let (true, Grid::List(wanted)) = (other.rows.is_empty(), grid) {
        periods = wanted.to_vec();
    }
    if periods.is_empty() {
        return None;
    }
    let rows = paced(&fixed.rows)
        .flat_map(|r| periods.iter().map(|p| Row::new(r.key(), Some(*p), whole(&r.cell()))))
        .collect();
    let mut value = Value { rows, fixed: false, ..fixed.clone() };
    value.sort();
    Some(value)
}

/// Two values of which one may be a number for one period, as they stand beside each other.
pub fn together(a: Value, b: Value, grid: &Grid) -> (Value, Value) {
    let (x, y) = (beside(&a, &b, grid), beside(&b, &a, grid));
    (x.unwrap_or(a), y.unwrap_or(b))
}

fn identity(d: &Dimension) -> Vec<u32> {
    (0..u32::try_from(d.labels.len()).unwrap_or(u32::MAX)).collect()
}

/// The cell of `part` that met this row of `total`.
pub fn matching(total: &Value, row: &Row, part: &Value) -> Option<Cell> {
    let wanted: Vec<(usize, &str)> = part
        .dims
        .iter()
        .enumerate()
        .filter_map(|(i, d)| {
            let at = total.dim(&d.name)?;
            let place = row.key().get(at)?;
            total.dims.get(at).map(|t| (i, t.label(*place)))
        })
        .collect();
    let fits = |r: &&Row| {
        let met = wanted.iter().all(|(i, label)| {
            part.dims.get(*i).zip(r.key().get(*i)).is_some_and(|(d, k)| labels::is_same(&d.name, d.label(*k), label))
        });
        met && (r.period() == row.period() || part.fixed || r.period().is_none())
    };
    paced(&part.rows).find(fits).map(|r| r.cell())
}

/// What a row is about: its labels and its period.
pub fn about(value: &Value, row: &Row) -> String {
    let labels = value.dims.iter().zip(row.key()).map(|(d, k)| d.label(*k).to_string());
    labels.chain(row.period().map(|p| p.to_string())).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::value::period::parse_fixed;
    use crate::value::{Kind, Unit};

    /// Rows of one dimension: label, period, number.
    fn value(dim: &str, rows: &[(&str, &str, f64)]) -> Value {
        let mut labels: Vec<Arc<str>> = rows.iter().map(|(l, _, _)| Arc::from(*l)).collect();
        labels.sort_unstable();
        labels.dedup();
        let place = |l: &str| u32::try_from(labels.iter().position(|x| x.as_ref() == l).unwrap()).unwrap();
        let row = |(l, p, x): &(&str, &str, f64)| Row::new([place(l)], parse_fixed(p), Cell::number(*x));
        let rows = rows.iter().map(row).collect();
        let dims = vec![Dimension { name: dim.into(), labels: Arc::new(labels.clone()) }];
        Value { dims, rows, ..Value::scalar(0.0, Unit::plain(), Kind::Number) }
    }

    fn shown(v: &Value) -> Vec<String> {
        v.rows.iter().map(|r| format!("{}: {:?}", about(v, r), r.datum().map_err(|e| e.words()))).collect()
    }

    fn difference(a: Value, b: &Value) -> Value {
        combine(a, b, |x, y| x.joined(y, x.datum.and_then(|p| y.datum.map(|q| p - q))))
    }

    #[test]
    fn rows_meet_by_label_never_by_place() {
        let a = value("partner", &[("A", "2022", 10.0), ("B", "2022", 20.0)]);
        let b = value("partner", &[("B", "2022", 3.0), ("C", "2022", 4.0)]);
        let out = shown(&difference(a.clone(), &b));
        assert_eq!(out, ["A, 2022: Err(\"not reported\")", "B, 2022: Ok(17.0)", "C, 2022: Err(\"not reported\")"]);
        let zero = |v: Value| Value { absent: crate::value::Absence::Zero, ..v };
        let out = shown(&difference(zero(a), &zero(b)));
        assert_eq!(out, ["A, 2022: Ok(10.0)", "B, 2022: Ok(17.0)", "C, 2022: Ok(-4.0)"]);
    }

    #[test]
    fn a_dimension_of_one_side_repeats_the_other() {
        let a = value("partner", &[("A", "2022", 10.0), ("B", "2022", 20.0)]);
        let whole =
            Value { dims: Vec::new(), rows: vec![Row::new([], a.rows[0].period(), a.rows[0].cell())], ..a.clone() };
        assert_eq!(shown(&difference(a, &whole)), ["A, 2022: Ok(0.0)", "B, 2022: Ok(10.0)"]);
    }

    #[test]
    fn a_number_for_one_period_stands_beside_every_period() {
        let series = value("partner", &[("A", "2022", 10.0), ("A", "2023", 20.0)]);
        let base = Value { fixed: true, ..value("partner", &[("A", "2021", 1.0), ("B", "2021", 2.0)]) };
        let (series, spread) = together(series, base, &Grid::Natural);
        let out = shown(&difference(series, &spread));
        let b = |year| format!("B, {year}: Err(\"not reported\")");
        assert_eq!(out, ["A, 2022: Ok(9.0)".into(), "A, 2023: Ok(19.0)".into(), b(2022), b(2023)]);
        // Where the series has no rows, it is missing in the periods that are wanted.
        let none = value("partner", &[]);
        let base = Value { fixed: true, ..value("partner", &[("B", "2021", 2.0)]) };
        let grid = Grid::List(vec![parse_fixed("2019").unwrap()].into());
        let (none, spread) = together(none, base, &grid);
        assert_eq!(shown(&difference(none, &spread)), ["B, 2019: Err(\"not reported\")"]);
    }
}

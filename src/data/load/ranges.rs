//! Groups of a file that is read part by part, of which memory holds so many only: the first of them in the order of their
//! keys. In: the groups of each part. Out: those that were held, in order, and where the next reading is to begin.

use crate::data::info::DatasetInfo;
use crate::data::source::{AggregateRow, Groups, SourceError};
use crate::data::{GroupKey, Total};
use crate::value::{Dimension, Flags, Labels, Period, Reason};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Bytes that a held group takes, by a generous estimate.
const GROUP: u64 = 96;
/// So many groups are held in the least of memories.
const FEW: usize = 1 << 13;

/// How many groups are held of so much memory.
pub(super) fn most_groups(memory: u64) -> usize {
    usize::try_from(memory / 5 / GROUP).unwrap_or(usize::MAX).max(FEW)
}

struct Sum {
    total: Total,
    count: u64,
    rows: u64,
    reason: Option<Reason>,
    flags: Flags,
}

/// Groups by an index that rises with their keys and periods, within a range of it.
pub(super) struct Range<'a> {
    dims: Vec<Dimension>,
    places: Vec<FxHashMap<&'a str, u64>>,
    periods: Vec<Period>,
    most: usize,
    from: u64,
    until: u64,
    sums: FxHashMap<u64, Sum>,
    /// Decimals of the sums, and of those of the part at hand.
    decimals: (u32, u32),
    /// The places of the part's labels.
    maps: Vec<Vec<u64>>,
    /// Whether the file has become another one.
    differs: bool,
}

/// The labels of all keys.
pub(super) fn dims(info: &DatasetInfo, keys: &[GroupKey]) -> Vec<Dimension> {
    let of = |key: &GroupKey| {
        let dim = info.dims.get(key.dim)?;
        let labels = key.level.map_or_else(|| dim.codes.clone(), |level| Arc::new(dim.labels_at(level)));
        Some(Dimension { name: dim.name.clone(), labels })
    };
    keys.iter().filter_map(of).collect()
}

impl<'a> Range<'a> {
    /// From an index on. Fails where keys have more combinations than can be numbered.
    pub(super) fn new(
        info: &DatasetInfo,
        dims: &'a [Dimension],
        (from, most): (u64, usize),
    ) -> Result<Range<'a>, SourceError> {
        let mut periods = info.periods.to_vec();
        periods.sort_unstable();
        let sizes = dims.iter().map(|d| d.labels.len() as u64).chain([periods.len() as u64]);
        sizes.clone().try_fold(1u64, |n, size| n.checked_mul(size.max(1))).ok_or(SourceError::TooLarge)?;
        let place = |d: &'a Dimension| d.labels.iter().map(|l| l.as_ref()).zip(0u64..).collect();
        Ok(Range {
            dims: dims.to_vec(),
            places: dims.iter().map(place).collect(),
            periods,
            most,
            from,
            until: u64::MAX,
            sums: FxHashMap::default(),
            decimals: (0, 0),
            maps: Vec::new(),
            differs: false,
        })
    }

    /// Leaves the upper half for another reading.
    fn halve(&mut self) {
        let mut held: Vec<u64> = self.sums.keys().copied().collect();
        let middle = held.len() / 2;
        let (_, at, _) = held.select_nth_unstable(middle);
        let until = *at;
        self.until = until;
        self.sums.retain(|index, _| *index < until);
    }

    /// Hands on what is held; where the next reading begins, if more was left out.
    pub(super) fn shown(self, out: &mut dyn Groups) -> Result<Option<u64>, SourceError> {
        if self.differs {
            return Err(SourceError::Failed("the file is not the one that was loaded".into()));
        }
        if self.from == 0 {
            out.begin(self.dims.clone(), self.decimals.0);
        }
        let mut held: Vec<(u64, Sum)> = self.sums.into_iter().collect();
        held.sort_unstable_by_key(|(index, _)| *index);
        let periods = self.periods.len().max(1) as u64;
        for (index, sum) in held {
            let Some(period) = self.periods.get((index % periods) as usize) else { continue };
            let mut rest = index / periods;
            let mut key = Labels::from_elem(0, self.dims.len());
            for (slot, dim) in key.iter_mut().zip(&self.dims).rev() {
                let size = dim.labels.len().max(1) as u64;
                *slot = u32::try_from(rest % size).unwrap_or(u32::MAX);
                rest /= size;
            }
            let Sum { total, count, rows, reason, flags } = sum;
            out.group(&AggregateRow { key, period: *period, total, count, rows, reason, flags });
        }
        Ok((self.until != u64::MAX).then_some(self.until))
    }
}

impl Groups for Range<'_> {
    fn begin(&mut self, dims: Vec<Dimension>, places: u32) {
        if places > self.decimals.0 {
            let before = self.decimals.0;
            self.sums.values_mut().for_each(|sum| sum.total = at_places(sum.total, before, places));
            self.decimals.0 = places;
        }
        self.decimals.1 = places;
        let map = |(dim, known): (&Dimension, &FxHashMap<&str, u64>)| {
            dim.labels.iter().map(|l| known.get(l.as_ref()).copied().unwrap_or(u64::MAX)).collect()
        };
        self.maps = dims.iter().zip(&self.places).map(map).collect();
    }

    fn group(&mut self, row: &AggregateRow) {
        let mut index = 0u64;
        for ((code, map), dim) in row.key.iter().zip(&self.maps).zip(&self.dims) {
            let Some(place) = map.get(*code as usize).copied().filter(|place| *place != u64::MAX) else {
                self.differs = true;
                return;
            };
            index = index * dim.labels.len().max(1) as u64 + place;
        }
        let Ok(period) = self.periods.binary_search(&row.period) else {
            self.differs = true;
            return;
        };
        index = index * self.periods.len().max(1) as u64 + period as u64;
        if index < self.from || index >= self.until {
            return;
        }
        let total = at_places(row.total, self.decimals.1, self.decimals.0);
        match self.sums.get_mut(&index) {
            Some(sum) => {
                sum.total = joined(sum.total, total, self.decimals.0);
                sum.count += row.count;
                sum.rows += row.rows;
                sum.reason = sum.reason.or(row.reason);
                sum.flags = sum.flags.with(row.flags);
            }
            None => {
                let AggregateRow { count, rows, reason, flags, .. } = *row;
                self.sums.insert(index, Sum { total, count, rows, reason, flags });
                if self.sums.len() > self.most {
                    self.halve();
                }
            }
        }
    }
}

/// A sum at more decimals; not exact where that does not fit.
fn at_places(total: Total, from: u32, to: u32) -> Total {
    match total {
        Total::Exact(m) => {
            let scaled = 10i128.checked_pow(to.saturating_sub(from)).and_then(|by| m.checked_mul(by));
            scaled.map_or_else(|| Total::Float(crate::value::number::scaled_to_f64(m, from)), Total::Exact)
        }
        Total::Float(x) => Total::Float(x),
    }
}

fn joined(a: Total, b: Total, places: u32) -> Total {
    let exact = if let (Total::Exact(a), Total::Exact(b)) = (a, b) { a.checked_add(b) } else { None };
    exact.map_or_else(|| Total::Float(a.number(places) + b.number(places)), Total::Exact)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::data::info::DimInfo;
    use crate::data::source::Aggregate;
    use std::collections::BTreeMap;

    #[test]
    fn groups_beyond_what_is_held_come_with_the_next_reading() {
        let codes: Vec<String> = (0..40).map(|n| format!("p{n:02}")).collect();
        let dim = DimInfo::new("partner", codes.iter().map(String::as_str));
        let years: Vec<Period> = (2018..2022).filter_map(Period::year).collect();
        let info = DatasetInfo::new("d", vec![dim], Vec::new(), years.clone());
        let dims = dims(&info, &[GroupKey { dim: 0, level: None }]);
        let mut rng = fastrand::Rng::with_seed(5);
        // Parts with labels of their own, in some order, with one decimal or two; and their sums in hundredths.
        let mut expected: BTreeMap<(String, Period), (i128, u64)> = BTreeMap::new();
        let parts: Vec<(Vec<Arc<str>>, u32, Vec<AggregateRow>)> = (0..20)
            .map(|_| {
                let mut labels: Vec<Arc<str>> =
                    (0..10).map(|_| Arc::from(codes.get(rng.usize(..40)).unwrap().as_str())).collect();
                labels.sort_unstable();
                labels.dedup();
                let places = rng.u32(1..3);
                let rows = (0..30).map(|_| {
                    let (at, period) = (rng.usize(..labels.len()), *years.get(rng.usize(..4)).unwrap());
                    let amount = i128::from(rng.i64(-50..50));
                    let sum = expected.entry((labels.get(at).unwrap().to_string(), period)).or_default();
                    *sum = (sum.0 + amount * if places == 1 { 10 } else { 1 }, sum.1 + 1);
                    let key = Labels::from_slice(&[u32::try_from(at).unwrap()]);
                    let total = Total::Exact(amount);
                    AggregateRow { key, period, total, count: 1, rows: 1, reason: None, flags: Flags::none() }
                });
                let rows = rows.collect();
                (labels, places, rows)
            })
            .collect();
        let mut out = Aggregate::default();
        let (mut from, mut readings) = (Some(0), 0);
        while let Some(at) = from {
            let mut held = Range::new(&info, &dims, (at, 12)).unwrap();
            for (labels, places, rows) in &parts {
                let own = Dimension { name: "partner".into(), labels: Arc::new(labels.clone()) };
                held.begin(vec![own], *places);
                rows.iter().for_each(|row| held.group(row));
            }
            from = held.shown(&mut out).unwrap();
            readings += 1;
        }
        assert!(readings > 5 && out.places == 2, "{readings} {}", out.places);
        let found: Vec<((String, Period), (i128, u64))> = out
            .rows
            .iter()
            .map(|r| {
                let label = out.dims.first().unwrap().label(*r.key.first().unwrap()).to_string();
                let Total::Exact(sum) = r.total else { return ((label, r.period), (i128::MAX, 0)) };
                ((label, r.period), (sum, r.count))
            })
            .collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
    }
}

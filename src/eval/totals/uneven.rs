//! Whether what stands above others does so for all alike: one reporter may have a row for the world and another its
//! partners alone, one report headings and another their products. In: a measure, dimensions with totals, groups or
//! levels, and the others. Out: along which of the others rows may not be added up before it is judged what counts.

use crate::data::{Aggregate, AggregateRequest, AggregateRow, DimInfo, Filter, GroupKey, Groups, Source};
use crate::eval::Evaluator;
use crate::pause::paced;
use crate::span::Span;
use crate::syntax::Fault;
use crate::value::{Dimension, Period};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Bits of the place of a label or a period in a combination.
const BITS: usize = 18;

impl Evaluator<'_> {
    /// Of these dimensions, those along which what stands above others is there for some codes only.
    pub(in crate::eval) fn uneven(
        &mut self,
        source: &Arc<dyn Source>,
        measure: usize,
        (open, listed, mixed): (&[usize], &[usize], &[usize]),
        filters: &[Filter],
        span: Span,
    ) -> Result<Vec<usize>, Fault> {
        let asked = format!("{} {measure} {open:?} {listed:?} {mixed:?} {filters:?}", source.info().name);
        if let Some(known) = self.uneven.get(&asked) {
            return Ok(known.clone());
        }
        // One that is even may be added up, and the next is judged without it.
        let mut left = open.to_vec();
        let mut found = Vec::new();
        while let Some(at) = left.pop() {
            let mut is = false;
            for place in mixed {
                let others = left.iter().chain(&found).chain(listed).chain(mixed).copied().filter(|d| d != place);
                let others: Vec<usize> = others.collect();
                is = is || self.stands_for_some(source, measure, (at, *place, &others), filters, span)?;
            }
            if is {
                found.push(at);
            }
        }
        self.uneven.insert(asked, found.clone());
        Ok(found)
    }

    /// Whether codes of one dimension that stand above others do so for some codes of another one only, all else alike.
    fn stands_for_some(
        &self,
        source: &Arc<dyn Source>,
        measure: usize,
        (other, place, rest): (usize, usize, &[usize]),
        filters: &[Filter],
        span: Span,
    ) -> Result<bool, Fault> {
        let Some(dim) = source.info().dims.get(place) else { return Ok(false) };
        let Some(above) = Above::of(dim, filters, place) else { return Ok(false) };
        let mut dims = rest.to_vec();
        dims.sort_unstable();
        dims.dedup();
        dims.extend([other, place]);
        let group_by = dims.iter().map(|dim| GroupKey { dim: *dim, level: None }).collect();
        let request = AggregateRequest { measure, group_by, within: None, filters: filters.to_vec() };
        let Some(mut seen) = Seen::new(above, dims.len()) else { return Ok(true) };
        for pass in [Pass::Above, Pass::Below] {
            seen.pass = pass;
            source.visit(&request, self.budget, &mut seen).map_err(|e| self.stopped(&e, span))?;
            if seen.of_all.is_empty() {
                return Ok(false);
            }
        }
        Ok(seen.uneven)
    }
}

/// Whether codes of a dimension that stand above others do so for some labels of another one only, all else alike: then
/// the other one is not taken away before. Both by their places in an answer.
pub(in crate::eval) fn is_uneven(answer: &Aggregate, (place, dim): (usize, &DimInfo), other: usize) -> bool {
    let Some(above) = Above::of(dim, &[], place) else { return false };
    let rest = (0..answer.dims.len()).filter(|at| *at != place && *at != other);
    let order: Vec<usize> = rest.chain([other, place]).collect();
    let dims: Vec<Dimension> = order.iter().filter_map(|at| answer.dims.get(*at).cloned()).collect();
    let Some(mut seen) = Seen::new(above, dims.len()) else { return true };
    for pass in [Pass::Above, Pass::Below] {
        seen.pass = pass;
        seen.begin(dims.clone(), answer.places);
        for row in paced(&answer.rows) {
            let key = order.iter().filter_map(|at| row.key.get(*at).copied()).collect();
            seen.group(&AggregateRow { key, ..row.clone() });
        }
    }
    seen.uneven
}

/// What stands above each code of a dimension.
#[derive(Default)]
struct Above {
    /// By code, the codes above it.
    of: FxHashMap<Arc<str>, Vec<u32>>,
    /// Codes that stand above others, by number; all totals and groups are one.
    tops: FxHashMap<Arc<str>, u32>,
}

impl Above {
    /// Of the codes that pass the filters; none where none stands above another.
    fn of(dim: &DimInfo, filters: &[Filter], place: usize) -> Option<Above> {
        let tests: Vec<_> = filters.iter().filter(|f| f.dim == place && f.keep).map(|f| f.passes(dim)).collect();
        let mut out = Above::default();
        let codes = || (0u32..).zip(dim.codes.iter()).filter(|(_, code)| tests.iter().all(|passes| passes(code)));
        let stands = |at: u32| dim.is_total(at) || dim.is_group(at);
        out.tops.extend(codes().filter(|(at, _)| stands(*at)).map(|(_, code)| (Arc::clone(code), 0)));
        let has_totals = !out.tops.is_empty();
        let known: FxHashSet<&str> = codes().filter(|(at, _)| !stands(*at)).map(|(_, code)| code.as_ref()).collect();
        for (_, code) in codes().filter(|(at, _)| !stands(*at)) {
            let mut above: Vec<u32> = if has_totals { vec![0] } else { Vec::new() };
            let shorter = (1..code.len()).filter_map(|n| code.get(..n)).filter(|c| dim.nested && known.contains(c));
            for top in shorter {
                let next = u32::try_from(out.tops.len() + 1).unwrap_or(u32::MAX);
                above.push(*out.tops.entry(Arc::from(top)).or_insert(next));
            }
            if !above.is_empty() {
                out.of.insert(Arc::clone(code), above);
            }
        }
        (!out.tops.is_empty() && !out.of.is_empty()).then_some(out)
    }
}

/// Whether it is noted where codes stand above others, or looked for rows below where they do not.
#[derive(Clone, Copy, Default, PartialEq)]
enum Pass {
    #[default]
    Above,
    Below,
}

/// Where codes stand above others.
#[derive(Default)]
struct Seen {
    above: Above,
    pass: Pass,
    /// Numbers of the labels of each dimension, the same in both passes.
    labels: Vec<FxHashMap<Arc<str>, u32>>,
    periods: FxHashMap<Period, u32>,
    /// The dimensions of this pass.
    dims: Vec<Dimension>,
    /// Combinations with the other dimension, and without it.
    of_each: FxHashSet<u128>,
    of_all: FxHashSet<u128>,
    uneven: bool,
}

impl Seen {
    /// Of groups of so many dimensions; none of more than a combination has room for, with the period and what stands
    /// above.
    fn new(above: Above, dims: usize) -> Option<Seen> {
        let labels = vec![FxHashMap::default(); dims];
        ((dims + 1) * BITS <= 128).then(|| Seen { above, labels, ..Seen::default() })
    }

    /// The number of a label, the same in both passes.
    fn number(&mut self, at: usize, place: u32) -> u32 {
        let Some(label) = self.dims.get(at).and_then(|d| d.labels.get(place as usize)) else { return 0 };
        let Some(known) = self.labels.get_mut(at) else { return 0 };
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
        let number = match known.get(label) {
            Some(number) => *number,
            None => *known.entry(Arc::clone(label)).or_insert(next),
        };
        self.in_bits(number)
    }

    /// A number that has room in a combination; of more it cannot be told that they are even.
    fn in_bits(&mut self, number: u32) -> u32 {
        self.uneven |= number >> BITS != 0;
        number
    }

    /// The combination of a group without the dimension that is judged and the other one, and with the latter.
    fn combination(&mut self, row: &AggregateRow) -> (u128, u128) {
        let next = u32::try_from(self.periods.len()).unwrap_or(u32::MAX);
        let period = *self.periods.entry(row.period).or_insert(next);
        let mut packed = u128::from(self.in_bits(period));
        let count = row.key.len();
        for at in 0..count.saturating_sub(2) {
            let number = row.key.get(at).map_or(0, |place| self.number(at, *place));
            packed = packed << BITS | u128::from(number);
        }
        let other = count.saturating_sub(2);
        let number = row.key.get(other).map_or(0, |place| self.number(other, *place));
        (packed, packed << BITS | u128::from(number))
    }
}

impl Groups for Seen {
    fn begin(&mut self, dims: Vec<Dimension>, _: u32) {
        self.dims = dims;
    }

    fn group(&mut self, row: &AggregateRow) {
        if self.uneven {
            return;
        }
        let place = row.key.last().copied().unwrap_or_default();
        let Some(code) = self.dims.last().and_then(|d| d.labels.get(place as usize)).cloned() else { return };
        match self.pass {
            Pass::Above => {
                let Some(top) = self.above.tops.get(&code).copied() else { return };
                let (all, each) = self.combination(row);
                self.of_all.insert(all << BITS | u128::from(top));
                self.of_each.insert(each << BITS | u128::from(top));
            }
            Pass::Below => {
                let Some(tops) = self.above.of.get(&code).cloned() else { return };
                let (all, each) = self.combination(row);
                let stands =
                    |set: &FxHashSet<u128>, packed: u128, top: u32| set.contains(&(packed << BITS | u128::from(top)));
                let some = tops.iter().any(|top| stands(&self.of_all, all, *top) && !stands(&self.of_each, each, *top));
                self.uneven |= some;
            }
        }
    }
}

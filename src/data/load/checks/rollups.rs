//! Rows that are blank in several columns at once, as ROLLUP and CUBE of databases write totals. In: a source, or its
//! parts one after another. Out: the blanks that are totals, set in the dimensions, or what is to be said of them.

use crate::data::doubt::Doubt;
use crate::data::load::checks::values::{SURE, SUSPECT};
use crate::data::work::Budget;
use crate::data::{AggregateRequest, AggregateRow, DatasetInfo, DimInfo, GroupKey, Groups, Source, SourceError};
use crate::diagnostic::{Level, codes, words};
use crate::syntax::format;
use crate::value::{Dimension, Period};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The dimensions in which a row is blank.
type Pattern = BTreeSet<Arc<str>>;

/// The sum of the rows of a pattern, and of how many numbers.
type Cells = BTreeMap<(usize, Period), (f64, u64)>;

/// What differs by so much of itself may be a total of which some parts are not told.
const NEAR: f64 = 0.1;

/// Sums of rows by the dimensions in which they are blank.
#[derive(Default)]
pub(super) struct Rollups {
    sums: BTreeMap<Pattern, Cells>,
}

/// The place of the label that stands for none.
fn blank(dim: &DimInfo) -> Option<u32> {
    let at = dim.codes.iter().position(|code| is_blank(code))?;
    u32::try_from(at).ok().filter(|_| dim.codes.len() > 1 && !dim.distinct)
}

/// A label of nothing, as databases write it too.
fn is_blank(label: &str) -> bool {
    matches!(label, "" | "NULL" | "null" | "(null)" | "<null>" | "\\N")
}

impl Rollups {
    /// Whether several dimensions have a blank, and one that is no total yet.
    pub(super) fn may_be(dims: &[DimInfo]) -> bool {
        let blanks = || dims.iter().filter_map(|dim| Some((dim, blank(dim)?)));
        blanks().count() > 1 && blanks().any(|(dim, at)| !dim.is_total(at))
    }

    /// Adds the sums of a source, or of a part of one.
    pub(super) fn add(
        &mut self,
        source: &dyn Source,
        (measures, within): (&[usize], Option<Period>),
        budget: &Budget,
    ) -> Result<(), SourceError> {
        let dims = &source.info().dims;
        let places = (0..dims.len()).filter(|at| dims.get(*at).is_some_and(|dim| blank(dim).is_some()));
        let group_by: Vec<GroupKey> = places.map(|dim| GroupKey { dim, level: None }).collect();
        for measure in measures {
            let request =
                AggregateRequest { measure: *measure, group_by: group_by.clone(), within, filters: Vec::new() };
            let mut sums = Sums { measure: *measure, blanks: Vec::new(), places: 0, sums: &mut self.sums };
            source.visit(&request, budget, &mut sums)?;
        }
        Ok(())
    }

    /// Makes blanks totals where the rows that are blank in some dimensions come to what the rows without a blank do.
    pub(super) fn settle(&self, info: &DatasetInfo, dims: &mut [DimInfo], doubts: &mut Vec<Doubt>) {
        // The rows with the fewest blanks; all have one where a file tells the same by two columns, one after the other.
        let base = self.sums.iter().min_by_key(|(pattern, _)| pattern.len());
        let Some((base, parts)) = base.filter(|_| Rollups::may_be(dims)) else { return };
        let others = || self.sums.iter().filter(|(p, _)| *p != base);
        let weighed = || others().map(|(p, cells)| (p, weigh(info, cells, parts)));
        let equal = |w: Weight| if let Weight::Equal(orders) = w { Some(orders) } else { None };
        // Totals may come to what totals of fewer columns do, where some of the parts are not told.
        let steps = || {
            others()
                .flat_map(|of| others().map(move |(p, cells)| (p, cells, of)))
                .filter(|(p, _, (q, _))| q.len() < p.len() && q.is_subset(p))
        };
        let above = |cells: &Cells| {
            let least = |at, sum: f64| cells.get(at).is_none_or(|(x, _)| x - sum >= -1e-9 * sum.abs());
            parts.iter().all(|(at, (sum, _))| least(at, *sum))
        };
        let mut known: BTreeMap<&Pattern, f64> = weighed().filter_map(|(p, w)| Some((p, equal(w)?))).collect();
        let mut told: BTreeSet<&Pattern> = known.keys().copied().collect();
        for (p, cells, (q, of)) in steps().filter(|(.., (_, of))| above(of)) {
            if let Some(orders) = equal(weigh(info, cells, of)) {
                known.entry(p).or_insert(orders);
                told.extend([p, q]);
            }
        }
        let all: Pattern = told.iter().flat_map(|p| p.iter().chain(base).cloned()).collect();
        let unlike = |p: &Pattern, w: &Weight| matches!(w, Weight::Near | Weight::Unlike) && !told.contains(p);
        let other = weighed().any(|(p, w)| unlike(p, &w) && p.is_subset(&all));
        let orders: f64 = known.values().sum();
        if all.len() > 1 && orders >= SURE && !other {
            let message =
                format!("rows that are blank in {} are the sum of the others in every period: totals", named(&all));
            doubts.push(Doubt::new(&codes::TOTAL_FOUND, None, message));
            for dim in dims.iter_mut().filter(|dim| all.contains(&dim.name)) {
                if let Some(at) = blank(dim).filter(|at| !dim.is_total(*at)) {
                    dim.totals.push(at);
                    dim.totals.sort_unstable();
                }
            }
            return;
        }
        let open = |p: &Pattern| dims.iter().any(|d| p.contains(&d.name) && blank(d).is_some_and(|at| !d.is_total(at)));
        let near = |(p, w): (&Pattern, Weight)| match w {
            Weight::Near => p.union(base).count() > 1,
            Weight::Equal(_) => all.len() > 1 && orders >= SUSPECT,
            Weight::Unlike | Weight::Unknown => false,
        };
        let found = weighed().filter(|(p, _)| open(p)).find_map(|(p, w)| near((p, w)).then_some(p));
        if let Some(pattern) = found {
            let message = format!(
                "rows that are blank in {} come to about what other rows do; they are added to them",
                named(&pattern.union(base).cloned().collect())
            );
            let of = dims.iter().filter(|d| pattern.contains(&d.name)).filter_map(|d| Some((d, blank(d)?)));
            let say: Vec<String> = of
                .map(|(d, at)| format!("aggregates {} {}", format::word(&d.name), format::quoted(d.label(at))))
                .collect();
            let advice = format!("if they are totals, say so: `with {{ {} }}`", say.join(", "));
            doubts.push(Doubt::new(&codes::AGGREGATE_ROW, None, message).advice(advice).at_level(Level::Warning));
        }
    }
}

fn named(pattern: &Pattern) -> String {
    let names: Vec<String> = pattern.iter().map(|d| format!("`{d}`")).collect();
    words::some(&names, 4)
}

/// What rows that are blank somewhere are beside those that are blank nowhere.
enum Weight {
    /// The same, wherever both are: by so many orders of magnitude.
    Equal(f64),
    /// About the same.
    Near,
    /// Something else.
    Unlike,
    /// Nowhere beside each other.
    Unknown,
}

fn weigh(info: &DatasetInfo, cells: &Cells, parts: &Cells) -> Weight {
    let (mut orders, mut out) = (BTreeMap::<usize, f64>::new(), Weight::Unknown);
    for (at, (x, count)) in cells {
        let Some((sum, of)) = parts.get(at) else { continue };
        let places = info.measures.get(at.0).and_then(|m| m.places);
        let unit = places.map_or(0.0, |p| 10f64.powi(-i32::from(p)));
        let slack = 0.5 * unit * ((count + of) as f64) + 1e-12 * sum.abs();
        let apart = (x - sum).abs();
        if apart > NEAR * sum.abs() && apart > slack {
            return Weight::Unlike;
        }
        match out {
            _ if apart > slack => out = Weight::Near,
            Weight::Unknown => out = Weight::Equal(0.0),
            _ => {}
        }
        if *sum != 0.0 {
            *orders.entry(at.0).or_default() += (sum.abs() / slack).log10().max(0.0);
        }
    }
    match out {
        Weight::Equal(_) => Weight::Equal(orders.into_values().fold(0.0, f64::max)),
        other => other,
    }
}

/// The groups of a source on their way to their patterns.
struct Sums<'s> {
    measure: usize,
    /// By key, its dimension and the place of its blank.
    blanks: Vec<(Arc<str>, Option<u32>)>,
    places: u32,
    sums: &'s mut BTreeMap<Pattern, Cells>,
}

impl Groups for Sums<'_> {
    fn begin(&mut self, dims: Vec<Dimension>, places: u32) {
        let place = |d: &Dimension| d.labels.iter().position(|l| is_blank(l)).and_then(|at| u32::try_from(at).ok());
        self.blanks = dims.iter().map(|d| (d.name.clone(), place(d))).collect();
        self.places = places;
    }

    fn group(&mut self, row: &AggregateRow) {
        if row.count == 0 {
            return;
        }
        let keys = row.key.iter().zip(&self.blanks);
        let pattern = keys.filter(|(code, (_, at))| *at == Some(**code)).map(|(_, (name, _))| name.clone()).collect();
        let cell = self.sums.entry(pattern).or_default().entry((self.measure, row.period)).or_default();
        *cell = (cell.0 + row.total.number(self.places), cell.1 + row.count);
    }
}

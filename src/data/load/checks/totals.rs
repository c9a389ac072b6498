//! Totals under any name, found by their sums: a code that equals the others together in every period, too closely for
//! chance. In: a source, or its parts one after another. Out: totals and codes above others set in the dataset, and what
//! is to be said of them. Dimensions of very many codes are not looked at, nor those whose total is known.

use crate::data::declare::Spec;
use crate::data::doubt::Doubt;
use crate::data::known::totals::is_doubtful;
use crate::data::load::checks::blanks::Blanks;
use crate::data::load::checks::doubtful::Parts;
use crate::data::load::checks::rollups::Rollups;
use crate::data::load::checks::values::{SURE, SUSPECT};
use crate::data::work::Budget;
use crate::data::{AggregateRequest, DatasetInfo, DimInfo, GroupKey, Source, SourceError};
use crate::diagnostic::codes;
use crate::value::Period;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Dimensions of more codes are not searched.
const MAX_CODES: usize = 2_000;
/// Of dimensions of more codes no total is doubted.
const MOST_CODES: usize = 50_000;
/// So many series are looked at.
pub const MAX_MEASURES: usize = 4;
/// Datasets of more rows are searched only where a total is seen in their first period.
const MANY_ROWS: usize = 1_000_000;
/// A total has so many parts at least.
const PARTS: usize = 3;

/// The sum and the number of cells of one code.
type Cells = BTreeMap<(usize, Period), f64>;

/// Sums by dimension and code.
#[derive(Default)]
pub(in crate::data::load) struct Sums {
    sums: FxHashMap<(Arc<str>, Arc<str>), Cells>,
    /// Whether they are of a file's parts: a dimension has more codes than are known so far.
    of_parts: bool,
    /// Totals that are declared, with their dimensions.
    declared: Vec<(String, String)>,
    /// Codes that are totals elsewhere, and parts here.
    parts: Parts,
    /// Blank labels that may stand for all.
    blanks: Blanks,
    /// Rows that are blank in several columns at once.
    rollups: Rollups,
}

/// How well a code is the sum of others.
struct Evidence {
    parts: usize,
    orders: f64,
}

/// The totals that a declaration names, with their dimensions.
fn declared_of(spec: &Spec) -> Vec<(String, String)> {
    spec.aggregates.iter().map(|(dim, code)| (dim.node.clone(), code.node.clone())).collect()
}

fn searched(dim: &DimInfo) -> bool {
    may_be_searched(dim) && dim.totals.is_empty() && dim.codes.len() >= 3
}

/// Whether a dimension may be searched when all its codes are known.
fn may_be_searched(dim: &DimInfo) -> bool {
    !dim.distinct && dim.codes.len() <= MAX_CODES
}

/// Searches a dataset that is at hand.
pub(in crate::data) fn search(
    source: &dyn Source,
    spec: &Spec,
    budget: &Budget,
) -> Result<(Vec<DimInfo>, Vec<Doubt>), SourceError> {
    let info = source.info();
    let mut sums = Sums { declared: declared_of(spec), ..Sums::default() };
    let blanks = Blanks::may_be(&info.dims) || Rollups::may_be(&info.dims);
    let sure = info.dims.iter().all(|d| sums.doubtful(d).is_empty()) && !blanks;
    if info.rows > MANY_ROWS && sure {
        let mut first = Sums::default();
        first.add(source, info.periods.first().copied(), budget)?;
        if first.dims(info).1.is_empty() {
            return Ok((info.dims.clone(), Vec::new()));
        }
    }
    sums.add(source, None, budget)?;
    Ok(sums.dims(info))
}

impl Sums {
    /// None yet, of a file that is read in parts.
    pub(in crate::data::load) fn of_parts(spec: &Spec) -> Sums {
        Sums { of_parts: true, declared: declared_of(spec), ..Sums::default() }
    }

    /// The totals of a dimension that are so by a code which is that of a part elsewhere.
    fn doubtful(&self, dim: &DimInfo) -> Vec<u32> {
        let said = |label: &str| self.declared.iter().any(|(d, l)| d == dim.name.as_ref() && l == label);
        let by_code = |t: &&u32| is_doubtful(dim.label(**t)) && !said(dim.label(**t));
        if dim.codes.len() > MOST_CODES { Vec::new() } else { dim.totals.iter().filter(by_code).copied().collect() }
    }

    /// Adds the sums of a source, or of a part of one.
    pub(in crate::data::load) fn add(
        &mut self,
        source: &dyn Source,
        within: Option<Period>,
        budget: &Budget,
    ) -> Result<(), SourceError> {
        let info = source.info();
        let adds = |m: &usize| info.measures.get(*m).is_some_and(|m| m.meaning.kind.adds_over_dimensions());
        let measures: Vec<usize> = (0..info.measures.len()).filter(adds).take(MAX_MEASURES).collect();
        for (place, dim) in info.dims.iter().enumerate() {
            let doubtful = self.doubtful(dim);
            if !doubtful.is_empty() {
                self.parts.add(source, (place, &doubtful), &measures, budget)?;
            }
        }
        let looked_at = |d: &DimInfo| self.of_parts && may_be_searched(d) || searched(d);
        let dims: Vec<(usize, &DimInfo)> = info.dims.iter().enumerate().filter(|(_, d)| looked_at(d)).collect();
        for (place, dim) in dims {
            for measure in &measures {
                let group_by = vec![GroupKey { dim: place, level: None }];
                let request = AggregateRequest { measure: *measure, group_by, within, filters: Vec::new() };
                let answer = source.aggregate(&request, budget)?;
                let labels = answer.dims.first().map(|d| d.labels.clone()).unwrap_or_default();
                for row in answer.rows.iter().filter(|r| r.count > 0) {
                    let Some(label) = row.key.first().and_then(|k| labels.get(*k as usize)) else { continue };
                    let x = row.total.number(answer.places);
                    let cells = self.sums.entry((dim.name.clone(), label.clone())).or_default();
                    *cells.entry((*measure, row.period)).or_default() += x;
                }
            }
        }
        if self.of_parts || Rollups::may_be(&info.dims) {
            self.rollups.add(source, (&measures, within), budget)?;
        }
        self.blanks.add(source, within, budget)
    }

    /// The dimensions with what was found of them, and what is to be said.
    pub(in crate::data::load) fn dims(&self, info: &DatasetInfo) -> (Vec<DimInfo>, Vec<Doubt>) {
        let mut doubts = Vec::new();
        let mut dims = info.dims.clone();
        for dim in &mut dims {
            let parts: Vec<u32> = dim.totals.iter().filter(|total| self.parts.has(dim, **total)).copied().collect();
            dim.totals.retain(|total| !parts.contains(total));
        }
        self.blanks.settle(&mut dims);
        self.rollups.settle(info, &mut dims, &mut doubts);
        for dim in dims.iter_mut().filter(|d| searched(d)) {
            self.dim(info, dim, &mut doubts);
        }
        (dims, doubts)
    }

    fn dim(&self, info: &DatasetInfo, dim: &mut DimInfo, doubts: &mut Vec<Doubt>) {
        let empty = Cells::new();
        let all: Vec<&Cells> =
            dim.codes.iter().map(|c| self.sums.get(&(dim.name.clone(), c.clone())).unwrap_or(&empty)).collect();
        if all.iter().any(|cells| cells.values().any(|x| *x < 0.0)) {
            return;
        }
        let count = u32::try_from(dim.codes.len()).unwrap_or(0);
        self.above(info, dim, &all, doubts);
        // Those that stand highest, and no groups beside their members.
        let below = |i: u32| {
            let code = dim.label(i);
            dim.nested && dim.codes.iter().any(|c| c.as_ref() != code && !c.is_empty() && code.starts_with(c.as_ref()))
        };
        let highest: Vec<u32> = (0..count).filter(|i| !dim.is_group(*i) && !below(*i)).collect();
        let size = |i: &u32| all.get(*i as usize).map_or(0.0, |c| c.values().sum::<f64>());
        let largest = highest.iter().copied().max_by(|a, b| size(a).total_cmp(&size(b)));
        let groups: Vec<u32> = dim.groups.iter().copied().filter(|_| highest.len() > 1).collect();
        for (total, known) in largest.into_iter().map(|c| (c, false)).chain(groups.into_iter().map(|c| (c, true))) {
            let parts: Vec<&Cells> =
                highest.iter().filter(|i| **i != total).filter_map(|i| all.get(*i as usize)).copied().collect();
            let Some(cells) = all.get(total as usize).filter(|_| parts.len() > 1) else { continue };
            let Some(found) = equal(info, cells, &parts) else { continue };
            let label = dim.label(total).to_string();
            if found.orders >= if known { SUSPECT } else { SURE } && (known || found.parts >= PARTS) {
                let message = format!("`{label}` of `{}` is the sum of the others in every period: a total", dim.name);
                doubts.push(Doubt::new(&codes::TOTAL_FOUND, None, message));
                dim.totals.push(total);
            } else if found.orders >= SUSPECT && !known && found.parts > 1 {
                doubts.push(Doubt::suspect(&dim.name, &label));
            }
        }
        dim.totals.sort_unstable();
        let totals = dim.totals.clone();
        dim.groups.retain(|g| !totals.contains(g));
    }

    /// Codes that equal those that begin with them, in a dimension that is not known to be made so.
    fn above(&self, info: &DatasetInfo, dim: &mut DimInfo, all: &[&Cells], doubts: &mut Vec<Doubt>) {
        if dim.nested || dim.codes.iter().any(|c| c.is_empty()) {
            return;
        }
        let (mut open, mut parents): (Vec<usize>, BTreeMap<usize, Vec<&Cells>>) = (Vec::new(), BTreeMap::new());
        let text = |i: usize| dim.codes.get(i).map_or("", |c| c.as_ref());
        for (i, cells) in all.iter().enumerate() {
            while open.last().is_some_and(|o| !text(i).starts_with(text(*o))) {
                open.pop();
            }
            if let Some(parent) = open.last() {
                parents.entry(*parent).or_default().push(cells);
            }
            open.push(i);
        }
        let (mut orders, mut parts) = (0.0, 0);
        for (parent, kids) in &parents {
            let Some(found) = all.get(*parent).and_then(|cells| equal(info, cells, kids)) else { return };
            orders += found.orders;
            parts += kids.len();
        }
        if orders < SURE || parts < 2 {
            return;
        }
        let names: Vec<String> = parents.keys().take(3).map(|i| format!("`{}`", text(*i))).collect();
        let message = format!(
            "{} of `{}` {} the sum of the codes that begin so",
            names.join(", "),
            dim.name,
            if names.len() > 1 { "are each" } else { "is" }
        );
        doubts.push(Doubt::new(&codes::TOTAL_FOUND, None, message));
        dim.groups.extend(parents.keys().filter_map(|i| u32::try_from(*i).ok()));
        dim.groups.sort_unstable();
        dim.groups.dedup();
    }
}

/// Whether a code is the sum of others wherever either has a number.
fn equal(info: &DatasetInfo, total: &Cells, parts: &[&Cells]) -> Option<Evidence> {
    let mut sums: BTreeMap<(usize, Period), (f64, usize)> = BTreeMap::new();
    for (at, x) in parts.iter().flat_map(|cells| cells.iter()) {
        let sum = sums.entry(*at).or_default();
        *sum = (sum.0 + x, sum.1 + usize::from(*x != 0.0));
    }
    if sums.len() != total.len() {
        return None;
    }
    let mut orders: BTreeMap<usize, f64> = BTreeMap::new();
    let mut most = 0;
    for (at, x) in total {
        let (sum, count) = sums.get(at)?;
        let places = info.measures.get(at.0).and_then(|m| m.places);
        let unit = places.map_or(0.0, |p| 10f64.powi(-i32::from(p)));
        let slack = 0.5 * unit * (*count as f64 + 1.0) + 1e-12 * x.abs();
        if (x - sum).abs() > slack {
            return None;
        }
        most = most.max(*count);
        if *x > 0.0 {
            *orders.entry(at.0).or_default() += (x / slack).log10();
        }
    }
    let orders = orders.into_values().fold(0.0, f64::max);
    Some(Evidence { parts: most, orders })
}

impl Doubt {
    /// What may be a total, by too little to say so.
    fn suspect(dim: &str, label: &str) -> Doubt {
        let message = format!("`{label}` of `{dim}` equals the sum of the others; it is added to them as one of them");
        let words = crate::syntax::format::quoted(label);
        let how =
            format!("if it is a total, say so: `with {{ aggregates {} {words} }}`", crate::syntax::format::word(dim));
        Doubt::new(&codes::AGGREGATE_ROW, None, message).advice(how).at_level(crate::diagnostic::Level::Warning)
    }
}

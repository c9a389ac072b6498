//! Codes that cannot be added up as they stand: totals among their parts, and codes that are readings of the same
//! thing. Where a choice is needed, what can be chosen.

use crate::data::known::roles;
use crate::data::{AggregateRequest, DatasetInfo, DimInfo, Filter, GroupKey, MeasureInfo, Source};
use crate::diagnostic::{Diagnostic, codes};
use crate::eval::Evaluator;
use crate::pause::paced;
use crate::plan::{Demand, Node, Plan};
use crate::span::Span;
use crate::syntax::{Fault, format};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// So many readings are offered.
const OFFERED: usize = 6;

/// The word for the newest edition of each observation.
pub const LATEST: &str = "latest";

impl Evaluator<'_> {
    /// Readings of the same thing have no sum: a query names one, or lists them.
    pub(in crate::eval) fn one_of_distinct(
        &self,
        source: &Arc<dyn Source>,
        request: &AggregateRequest,
        measure: &MeasureInfo,
        demand: &Demand,
        span: Span,
    ) -> Result<(), Fault> {
        let info = source.info();
        // Of numbers that are told under several units again, those count under which each stands once; of others that a
        // query names, none is the one to count.
        let uncountable = |at: usize| {
            let counted = |once: &[String]| request.filters.iter().any(|f| f.dim == at && f.keep && f.codes == once);
            measure.repeated.as_ref().is_some_and(|r| r.dim == at && (r.once.is_empty() || !counted(&r.once)))
        };
        let open = |(place, dim): &(usize, &DimInfo)| {
            dim.distinct
                && dim.codes.len() > 1
                && !measure.pinned.contains(place)
                && (!info.is_of_quantity(measure, dim) || uncountable(*place))
                && !demand.keys.iter().any(|k| k.dim == dim.name.as_ref())
                && !newest(info, demand).contains(place)
        };
        let mut most: Option<(&DimInfo, Vec<Arc<str>>)> = None;
        for (place, dim) in info.dims.iter().enumerate().filter(open) {
            let passes = passing(dim, &request.filters, place, false);
            if dim.codes.iter().filter(|c| passes(c)).count() < 2 {
                continue;
            }
            let group_by = vec![GroupKey { dim: place, level: None }];
            let asked = AggregateRequest { group_by, ..request.clone() };
            let answer = source.aggregate(&asked, self.budget).map_err(|e| self.stopped(&e, span))?;
            let mut there: Vec<u32> = paced(&answer.rows).filter_map(|r| r.key.first().copied()).collect();
            there.sort_unstable();
            there.dedup();
            let labels = answer.dims.first().map(|d| d.labels.clone()).unwrap_or_default();
            let left: Vec<Arc<str>> = there.iter().filter_map(|c| labels.get(*c as usize)).cloned().collect();
            // The one that tells most apart is chosen first: it may settle the others.
            if left.len() > most.as_ref().map_or(1, |(_, known)| known.len()) {
                most = Some((dim, left));
            }
        }
        if let Some((dim, left)) = most {
            let left: Vec<&str> = left.iter().map(|c| c.as_ref()).collect();
            return Err(self.choose_one(dim, &left, demand, span));
        }
        Ok(())
    }

    fn choose_one(&self, dim: &DimInfo, left: &[&str], demand: &Demand, span: Span) -> Fault {
        let some: Vec<&str> = left.iter().copied().take(OFFERED).collect();
        let more = if left.len() > some.len() { ", …" } else { "" };
        let message = format!(
            "`{}` holds {} readings of the same thing, which have no sum: {}{more}",
            dim.name,
            left.len(),
            some.join(", ")
        );
        let mut fault = Diagnostic::new(&codes::CHOOSE_ONE, span, message).here("which one?");
        let name = format::word(&dim.name);
        if roles::is_vintage(&dim.name) {
            fault.edits.push(vec![self.clause_at(span, &format!("where {name} = {LATEST}"))]);
        }
        for code in &some {
            fault.edits.push(vec![self.clause_at(span, &format!("where {name} = {}", format::code(code)))]);
        }
        if demand.keys.is_empty() && !matches!(demand.grid, crate::plan::Grid::Every(_)) {
            fault.edits.push(vec![self.clause_at(span, &format!("by {name}"))]);
        }
        Box::new(fault)
    }

    /// Where a clause is put that is about a series: behind it, or behind all where the series is one of several.
    pub(in crate::eval) fn clause_at(&self, span: Span, words: &str) -> (Span, String) {
        let end = self.root.map_or(span.end, |root| if root.1 { span.end } else { root.0.end });
        (Span { start: end, end, ..span }, format!(" {words}"))
    }
}

/// Whether there is one series only, under clauses and operators.
pub(in crate::eval) fn is_simple(plan: &Plan) -> bool {
    match &plan.node {
        Node::Measure(..) => true,
        Node::Scoped(inner, _) | Node::Held(inner) | Node::Across(inner, _) | Node::Chosen(inner, _) => {
            is_simple(inner)
        }
        Node::Call(call) => matches!(call.operands.as_slice(), [one] if is_simple(one)),
        Node::Number(..) | Node::Sum(_) | Node::Product(_) | Node::Deflated(..) => false,
        Node::ShareOf(..) | Node::Compare(..) => false,
    }
}

/// The dimensions of which the newest edition of each observation is asked.
pub(in crate::eval) fn newest(info: &DatasetInfo, demand: &Demand) -> Vec<usize> {
    let asks = |f: &&crate::plan::Condition| {
        f.keep && roles::is_vintage(&f.dim.node) && f.codes.iter().any(|c| c.node == LATEST)
    };
    let place = |f: &crate::plan::Condition| {
        info.dim(&f.dim.node).filter(|p| info.dims.get(*p).is_some_and(|d| d.find(LATEST).is_none()))
    };
    demand.filters.iter().filter(asks).filter_map(place).collect()
}

/// Which codes of the dimension at this place pass all filters, or those that keep codes.
fn passing(dim: &DimInfo, filters: &[Filter], place: usize, keeping: bool) -> impl Fn(&str) -> bool {
    let mine = filters.iter().filter(|f| f.dim == place && (f.keep || !keeping));
    let tests: Vec<_> = mine.map(|f| f.passes(dim)).collect();
    move |code| tests.iter().all(|test| test(code))
}

/// Whether the codes that pass the filters are totals of others, or lie below others; or stand above some that a
/// filter leaves out.
pub(in crate::eval) fn is_mixed(dim: &DimInfo, filters: &[Filter], place: usize) -> bool {
    if !dim.is_mixed() {
        return false;
    }
    let (all, keeping) = (passing(dim, filters, place, false), passing(dim, filters, place, true));
    let (mut count, mut totals, mut groups, mut cuts) = (0usize, 0usize, 0usize, Vec::new());
    let mut levels: FxHashSet<usize> = FxHashSet::default();
    for (i, code) in (0u32..).zip(dim.codes.iter()) {
        if all(code) {
            count += 1;
            totals += usize::from(dim.is_total(i));
            groups += usize::from(dim.is_group(i));
            if !dim.is_total(i) {
                levels.insert(DimInfo::level(code));
            }
        } else if !dim.is_total(i) && keeping(code) {
            cuts.push(code);
        }
    }
    let mixes = count > 1 && ((totals > 0 && totals < count) || groups > 0 || (dim.nested && levels.len() > 1));
    let stands = |code: &Arc<str>| {
        let above = |n: usize| code.get(..n).is_some_and(|c| dim.codes.binary_search_by(|d| d.as_ref().cmp(c)).is_ok());
        dim.nested && (1..code.len()).any(|n| levels.contains(&n) && above(n) && code.get(..n).is_some_and(&all))
    };
    mixes || (totals > 0 && !cuts.is_empty()) || cuts.into_iter().any(stands)
}

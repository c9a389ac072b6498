//! Codes that cannot be added up as they stand: totals among their parts, and codes that count different things.

use super::Evaluator;
use crate::data::{DatasetInfo, DimInfo, Filter, MeasureInfo};
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::Demand;
use crate::span::Span;
use crate::syntax::{Fault, format};
use std::sync::Arc;

impl Evaluator<'_> {
    /// Indicators and units have no sum: a query names one, or lists them.
    pub(super) fn one_of_distinct(
        &self,
        info: &DatasetInfo,
        measure: &MeasureInfo,
        filters: &[Filter],
        demand: &Demand,
        span: Span,
    ) -> Result<(), Fault> {
        for (place, dim) in info.dims.iter().enumerate().filter(|(i, d)| d.distinct && !measure.pinned.contains(i)) {
            let passes = passing(dim, filters, place);
            let left: Vec<&Arc<str>> = dim.codes.iter().filter(|c| passes(c)).collect();
            let listed = demand.keys.iter().any(|k| k.dim == dim.name.as_ref());
            if let (true, false, [first, ..]) = (left.len() > 1, listed, left.as_slice()) {
                let message =
                    format!("the {} codes of `{}` count different things and have no sum", left.len(), dim.name);
                let mut fault = Diagnostic::new(&codes::MIXED_LEVELS, span, message).here("which one?");
                let end = Span { start: span.end, ..span };
                fault.edits.push(vec![(end, format!(" where {} = {}", dim.name, format::code(first)))]);
                fault.edits.push(vec![(end, format!(" by {}", dim.name))]);
                return Err(Box::new(fault));
            }
        }
        Ok(())
    }
}

/// Which codes of the dimension at this place pass all filters.
fn passing(dim: &DimInfo, filters: &[Filter], place: usize) -> impl Fn(&str) -> bool {
    let tests: Vec<_> = filters.iter().filter(|f| f.dim == place).map(|f| f.passes(dim)).collect();
    move |code| tests.iter().all(|test| test(code))
}

/// Whether the codes that pass the filters are totals of others, or lie below others.
pub(super) fn is_mixed(dim: &DimInfo, filters: &[Filter], place: usize) -> bool {
    if !dim.is_mixed() {
        return false;
    }
    let passes = passing(dim, filters, place);
    let codes = (0u32..).zip(dim.codes.iter()).filter(|(_, c)| passes(c));
    let rest = DimInfo {
        codes: Arc::new(codes.clone().map(|(_, c)| c.clone()).collect()),
        totals: codes.zip(0u32..).filter(|((i, _), _)| dim.is_total(*i)).map(|(_, j)| j).collect(),
        name: dim.name.clone(),
        groups: (0u32..)
            .zip(dim.codes.iter())
            .filter(|(_, c)| passes(c))
            .zip(0u32..)
            .filter(|((i, _), _)| dim.is_group(*i))
            .map(|(_, j)| j)
            .collect(),
        nested: dim.nested,
        distinct: dim.distinct,
        geographic: dim.geographic,
        absent_is_zero: dim.absent_is_zero,
        column: None,
    };
    rest.is_mixed()
}

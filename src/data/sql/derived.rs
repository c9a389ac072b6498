//! Answers that follow from answers of the same question: of fewer keys, or of fewer periods. In: what is known. Out: an
//! answer without a statement. Sums of binary fractions follow from nothing, for their last digits depend on the order.

use crate::data::presence::missing_along;
use crate::data::source::{Aggregate, AggregateRequest, AggregateRow, GroupKey, Total};
use crate::data::sql::asked::Asked;
use crate::value::{Labels, Reason};
use rustc_hash::FxHashMap;

/// Groups up to which one asks more finely than has to be.
const FEW_GROUPS: usize = 50_000;

/// Rows without order together: a reason of its own goes before none in particular.
pub(super) fn reason(one: Option<Reason>, other: Option<Reason>) -> Option<Reason> {
    [one, other].into_iter().flatten().min_by_key(|r| *r == Reason::NotReported)
}

/// The places of the keys of a request among those of an answer to another, where it follows from that.
fn follows(known: &AggregateRequest, request: &AggregateRequest) -> Option<Vec<usize>> {
    let same = known.measure == request.measure && known.filters == request.filters;
    let holds = known.within.is_none() || known.within == request.within;
    let place = |key: &GroupKey| known.group_by.iter().position(|k| k == key);
    (same && holds).then(|| request.group_by.iter().map(place).collect()).flatten()
}

/// The answer that follows from those that are known, from the smallest where there are several.
pub(super) fn derived(known: &FxHashMap<AggregateRequest, Aggregate>, request: &AggregateRequest) -> Option<Aggregate> {
    let found = known.iter().filter_map(|(other, answer)| Some((follows(other, request)?, answer)));
    let (places, answer) = found.min_by_key(|(_, answer)| answer.rows.len())?;
    let mut groups: FxHashMap<(Labels, crate::value::Period), AggregateRow> = FxHashMap::default();
    for row in answer.rows.iter().filter(|row| request.within.is_none_or(|w| w.contains(row.period))) {
        let key: Labels = places.iter().filter_map(|at| row.key.get(*at).copied()).collect();
        match groups.get_mut(&(key.clone(), row.period)) {
            Some(_) if matches!(row.total, Total::Float(_)) => return None,
            Some(group) => {
                let why = reason(group.reason, row.reason);
                group.add(row);
                group.reason = why;
            }
            None => {
                groups.insert((key.clone(), row.period), AggregateRow { key, ..row.clone() });
            }
        }
    }
    let mut rows: Vec<AggregateRow> = groups.into_values().collect();
    rows.sort_unstable_by(|a, b| a.key.cmp(&b.key).then(a.period.cmp(&b.period)));
    let dims = places.iter().filter_map(|at| answer.dims.get(*at).cloned()).collect();
    Some(Aggregate { dims, rows, places: answer.places })
}

/// What to ask in place of a request without keys: by those who report too, for it is asked next who of them was there.
pub(super) fn finer(table: &Asked, request: &AggregateRequest) -> Option<AggregateRequest> {
    let measure = table.info.measures.get(request.measure).filter(|m| m.places.is_some())?;
    if !request.group_by.is_empty() || request.within.is_some() {
        return None;
    }
    let varies = |dim: &usize| table.dims.get(*dim).is_some_and(Option::is_some) && !measure.pinned.contains(dim);
    let along: Vec<usize> = missing_along(&table.info, true).filter(varies).collect();
    if along.is_empty() || request.filters.iter().any(|f| !along.contains(&f.dim)) {
        return None;
    }
    let codes = |dim: &usize| table.info.dims.get(*dim).map_or(1, |d| d.codes.len());
    let groups = along.iter().map(codes).fold(table.info.periods.len(), usize::saturating_mul);
    let group_by = along.iter().map(|dim| GroupKey { dim: *dim, level: None }).collect();
    (groups <= FEW_GROUPS).then(|| AggregateRequest { group_by, ..request.clone() })
}

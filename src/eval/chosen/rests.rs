//! What `top` left out of many groups, computed at once: the question is asked once more, of all rows but those of the
//! labels that were kept in their group. In: a column that has no sum, and what was kept. Out: by group, the rest.

use super::lines::{Column, Lines};
use super::ranked::{Group, Ranked};
use crate::data::pieces::Pieces;
use crate::data::source::GroupKey;
use crate::data::without::{Without, is_of_parts};
use crate::data::{DatasetInfo, Source};
use crate::eval::Evaluator;
use crate::pause::paced;
use crate::plan::choices::{key_named, without_key};
use crate::plan::{Key, Node, Plan, Scope};
use crate::syntax::Fault;
use crate::value::{Cell, Dimension, Labels, Period};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Fewer groups are asked for one by one, which also reads tables of totals and parts.
pub(super) const MANY: usize = 16;

/// By group, its rest by period.
pub(super) type Rests = FxHashMap<Group, BTreeMap<Option<Period>, Cell>>;

/// The labels that were kept of some groups, those of the group first.
type Kept = Vec<Vec<Arc<str>>>;

impl Evaluator<'_> {
    /// The rests of all groups of a column; `None` where they are asked for one by one.
    pub(super) fn rests(
        &mut self,
        table: &Lines<'_>,
        column: &Column<'_>,
        ranked: &Ranked,
    ) -> Result<Option<Rests>, Fault> {
        let [at] = ranked.dims.as_slice() else { return Ok(None) };
        let Some(dim) = table.dims.get(*at) else { return Ok(None) };
        if ranked.groups.len() < MANY {
            return Ok(None);
        }
        let others: Vec<&Dimension> = table.dims.iter().enumerate().filter(|(d, _)| d != at).map(|(_, d)| d).collect();
        let plain = |d: &Dimension| {
            let key = key_named(column.plan, &column.demand, &d.name)?;
            (key.rows.is_none() && key.step().is_none()).then_some(key)
        };
        let keys: Option<Vec<Key>> = others.iter().copied().chain([dim]).map(plain).collect();
        let (Some(keys), Some(plan)) = (keys, without_key(column.plan, &dim.name)) else { return Ok(None) };
        let mut below = column.demand.clone();
        below.keys.retain(|k| k.name.node != dim.name.as_ref());
        let mut out = Rests::default();
        // Where each period has a ranking of its own, so has it a rest.
        for (period, kept) in kept_by_period(ranked, (&others, dim)) {
            // Of ties all may be kept.
            if ranked.groups.iter().filter(|(of, ..)| of.1 == period).all(|(_, _, left)| left.is_empty()) {
                continue;
            }
            let Some(plan) = of_parts(&plan, &keys, &kept) else { return Ok(None) };
            let value = self.quietly(|e| e.eval(&plan, &below))?;
            // What lists them all the same compares them, and has nothing for several together.
            if value.dims.iter().any(|d| d.name == dim.name) {
                return Ok(Some(Rests::default()));
            }
            let places: Vec<FxHashMap<&str, u32>> =
                others.iter().map(|d| d.labels.iter().map(|l| l.as_ref()).zip(0u32..).collect()).collect();
            let own: Option<Vec<usize>> = others.iter().map(|d| value.dim(&d.name)).collect();
            let Some(own) = own else { return Ok(None) };
            for row in paced(&value.rows) {
                let place = |(dim, places): (&usize, &FxHashMap<&str, u32>)| {
                    places.get(value.dims.get(*dim)?.label(*row.key().get(*dim)?)).copied()
                };
                let group: Option<Labels> = own.iter().zip(&places).map(place).collect();
                if let Some(group) = group {
                    out.entry((group, period)).or_default().insert(row.period(), row.cell());
                }
            }
        }
        Ok(Some(out))
    }
}

/// The plan of a column with sources that are asked of one group after another of all but some labels.
pub(super) fn asked_in_pieces(column: &Column<'_>, dims: &[Dimension], ranked: &[usize]) -> Plan {
    let others = dims.iter().enumerate().filter(|(at, _)| !ranked.contains(at)).map(|(_, d)| d);
    let keys = others.chain(ranked.iter().filter_map(|at| dims.get(*at)));
    let keys: Vec<Key> = keys.filter_map(|d| key_named(column.plan, &column.demand, &d.name)).collect();
    // The same source stays the same.
    let mut known: FxHashMap<usize, Arc<dyn Source>> = FxHashMap::default();
    column.plan.with_sources(&mut |source| {
        let place = |key: &Key| Some(GroupKey { dim: source.info().dim(&key.dim)?, level: key.level });
        let pieces = || Arc::new(Pieces::new(Arc::clone(source), keys.iter().filter_map(place).collect()));
        Arc::clone(known.entry(Arc::as_ptr(source).cast::<()>().addr()).or_insert_with(|| pieces()))
    })
}

/// The labels that were kept, by the period of their ranking.
fn kept_by_period(ranked: &Ranked, (others, dim): (&[&Dimension], &Dimension)) -> BTreeMap<Option<Period>, Kept> {
    let labels = |dims: &[&Dimension], places: &Labels| -> Vec<Arc<str>> {
        let label = |(d, place): (&&Dimension, &u32)| d.labels.get(*place as usize).cloned();
        dims.iter().zip(places).filter_map(label).collect()
    };
    let mut out: BTreeMap<Option<Period>, Kept> = BTreeMap::new();
    for (group, chosen, _) in &ranked.groups {
        let of = labels(others, &group.0);
        let kept = out.entry(group.1).or_default();
        kept.extend(chosen.iter().map(|c| [of.clone(), labels(&[dim], c)].concat()));
    }
    out
}

/// The plan with its sources without these combinations of labels of the keys, of which the last is ranked. `None` if a
/// source has rows that stand for others, or a node looks beyond its own group.
fn of_parts(plan: &Plan, keys: &[Key], kept: &[Vec<Arc<str>>]) -> Option<Plan> {
    let below = |p: &Plan| of_parts(p, keys, kept);
    let boxed = |p: &Plan| below(p).map(Box::new);
    let node = match &plan.node {
        Node::Measure(source, measure) => Node::Measure(without(source, keys, kept)?, *measure),
        Node::Scoped(_, Scope::By(keys, _)) if keys.iter().any(|k| k.rows.is_some()) => return None,
        Node::Scoped(inner, scope) => Node::Scoped(boxed(inner)?, scope.clone()),
        Node::Held(inner) => Node::Held(boxed(inner)?),
        Node::Sum(terms) => Node::Sum(terms.iter().map(|(s, p)| Some((*s, below(p)?))).collect::<Option<_>>()?),
        Node::Product(factors) => {
            Node::Product(factors.iter().map(|(f, p)| Some((*f, below(p)?))).collect::<Option<_>>()?)
        }
        Node::ShareOf(part, whole) => Node::ShareOf(boxed(part)?, boxed(whole)?),
        Node::Compare(op, a, b) => Node::Compare(*op, boxed(a)?, boxed(b)?),
        Node::Across(inner, dims) => {
            let summed = |k: &Key| dims.contains(&k.dim);
            let (ranked, groups) = keys.split_last()?;
            match (summed(ranked), groups.iter().any(summed)) {
                // A whole over what is ranked holds what was kept, too.
                (true, _) => Node::Across(inner.clone(), dims.clone()),
                (false, false) => Node::Across(boxed(inner)?, dims.clone()),
                // A whole over the groups lacks what one of them kept: it is another for each.
                (false, true) => return None,
            }
        }
        Node::Call(call) if call.entry.compares || call.keys.iter().any(|k| k.rows.is_some()) => return None,
        Node::Call(call) => {
            let operands = call.operands.iter().map(below).collect::<Option<_>>()?;
            Node::Call(Box::new(crate::plan::Call { operands, ..call.as_ref().clone() }))
        }
        Node::Number(..) => plan.node.clone(),
        Node::Deflated(..) | Node::Chosen(..) => return None,
    };
    Some(Plan { node, span: plan.span })
}

fn without(source: &Arc<dyn Source>, keys: &[Key], kept: &[Vec<Arc<str>>]) -> Option<Arc<dyn Source>> {
    let info: &DatasetInfo = source.info();
    let alike = info.periods.windows(2).all(|w| matches!(w, [a, b] if a.freq() == b.freq()));
    if !alike || !info.dims.iter().all(is_of_parts) {
        return None;
    }
    let place = |key: &Key| Some(GroupKey { dim: info.dim(&key.dim)?, level: key.level });
    let own: Vec<GroupKey> = keys.iter().map(place).collect::<Option<_>>()?;
    let called = |(key, label): (&GroupKey, &Arc<str>)| match (key.level, info.dims.get(key.dim)) {
        (None, Some(dim)) => dim.find(label).unwrap_or_else(|| Arc::clone(label)),
        _ => Arc::clone(label),
    };
    let combinations: Vec<Vec<Arc<str>>> =
        kept.iter().map(|labels| own.iter().zip(labels).map(called).collect()).collect();
    Some(Arc::new(Without::new(Arc::clone(source), own, &combinations)))
}

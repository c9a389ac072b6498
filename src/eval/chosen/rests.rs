//! What `top` left out of many groups, computed at once: the question is asked once more, of all rows but those of the
//! labels that were kept in their group. In: a column that has no sum, and what was kept. Out: by group, the rest.

use super::lines::{Column, Lines};
use super::ranked::Ranked;
use crate::data::source::GroupKey;
use crate::data::without::{Without, is_of_parts};
use crate::data::{DatasetInfo, Source};
use crate::eval::Evaluator;
use crate::plan::choices::{key_named, without_key};
use crate::plan::{Key, Node, Plan, Scope};
use crate::syntax::Fault;
use crate::value::{Cell, Dimension, Labels, Period};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Fewer groups are asked for one by one, which also reads tables of totals and parts.
const MANY: usize = 16;

/// By the labels of a group, its rest by period.
pub(super) type Rests = FxHashMap<Labels, BTreeMap<Option<Period>, Cell>>;

impl Evaluator<'_> {
    /// The rests of all groups of a column; `None` where they are asked for one by one.
    pub(super) fn rests(
        &mut self,
        table: &Lines<'_>,
        column: &Column<'_>,
        ranked: &Ranked,
    ) -> Result<Option<Rests>, Fault> {
        if ranked.groups.len() < MANY || ranked.by_period || !is_plain(column.plan) {
            return Ok(None);
        }
        let [at] = ranked.dims.as_slice() else { return Ok(None) };
        let others: Vec<&Dimension> = table.dims.iter().enumerate().filter(|(d, _)| d != at).map(|(_, d)| d).collect();
        let Some(dim) = table.dims.get(*at) else { return Ok(None) };
        let plain = |d: &Dimension| {
            let key = key_named(column.plan, &column.demand, &d.name)?;
            (key.rows.is_none() && key.step().is_none()).then_some(key)
        };
        let keys: Option<Vec<Key>> = others.iter().copied().chain([dim]).map(plain).collect();
        let (Some(keys), Some(without)) = (keys, without_key(column.plan, &dim.name)) else { return Ok(None) };
        let mut kept: Vec<Vec<Arc<str>>> = Vec::new();
        for (group, chosen, _) in &ranked.groups {
            let labels = |dims: &[&Dimension], places: &Labels| -> Vec<Arc<str>> {
                dims.iter().zip(places).map(|(d, place)| Arc::from(d.label(*place))).collect()
            };
            let group = labels(&others, &group.0);
            kept.extend(chosen.iter().map(|c| [group.clone(), labels(&[dim], c)].concat()));
        }
        let Some(plan) = of_parts(&without, &keys, &kept) else { return Ok(None) };
        let mut below = column.demand.clone();
        below.keys.retain(|k| k.name.node != dim.name.as_ref());
        let value = self.quietly(|e| e.eval(&plan, &below))?;
        if value.dims.iter().any(|d| d.name == dim.name) {
            return Ok(Some(Rests::default()));
        }
        let places: Vec<FxHashMap<&str, u32>> =
            others.iter().map(|d| d.labels.iter().map(|l| l.as_ref()).zip(0u32..).collect()).collect();
        let own: Option<Vec<usize>> = others.iter().map(|d| value.dim(&d.name)).collect();
        let Some(own) = own else { return Ok(None) };
        let mut out = Rests::default();
        for row in &value.rows {
            let place = |(dim, places): (&usize, &FxHashMap<&str, u32>)| {
                places.get(value.dims.get(*dim)?.label(*row.key.get(*dim)?)).copied()
            };
            let group: Option<Labels> = own.iter().zip(&places).map(place).collect();
            if let Some(group) = group {
                out.entry(group).or_default().insert(row.period, row.cell);
            }
        }
        Ok(Some(out))
    }
}

/// Whether a plan asks for its labels alone: nothing of it is a whole that holds what is left out, too.
fn is_plain(plan: &Plan) -> bool {
    let odd = |p: &Plan| match &p.node {
        Node::Across(..) | Node::ShareOf(..) | Node::Deflated(..) | Node::Chosen(..) | Node::Compare(..) => true,
        Node::Call(call) => !call.over.is_empty() || !call.keys.is_empty(),
        Node::Scoped(_, Scope::By(keys, _)) => keys.iter().any(|k| k.rows.is_some()),
        Node::Scoped(..) | Node::Held(..) | Node::Sum(..) | Node::Product(..) => false,
        Node::Number(..) | Node::Measure(..) => false,
    };
    !plan.any(&odd)
}

/// The plan with its sources without these combinations; `None` if one of them has rows that stand for others.
fn of_parts(plan: &Plan, keys: &[Key], kept: &[Vec<Arc<str>>]) -> Option<Plan> {
    let below = |p: &Plan| of_parts(p, keys, kept);
    let node = match &plan.node {
        Node::Measure(source, measure) => Node::Measure(without(source, keys, kept)?, *measure),
        Node::Scoped(inner, scope) => Node::Scoped(Box::new(below(inner)?), scope.clone()),
        Node::Held(inner) => Node::Held(Box::new(below(inner)?)),
        Node::Sum(terms) => Node::Sum(terms.iter().map(|(s, p)| Some((*s, below(p)?))).collect::<Option<_>>()?),
        Node::Product(factors) => {
            Node::Product(factors.iter().map(|(f, p)| Some((*f, below(p)?))).collect::<Option<_>>()?)
        }
        Node::Call(call) => {
            let operands = call.operands.iter().map(below).collect::<Option<_>>()?;
            Node::Call(Box::new(crate::plan::Call { operands, ..call.as_ref().clone() }))
        }
        Node::Number(..) => plan.node.clone(),
        Node::Across(..) | Node::ShareOf(..) | Node::Deflated(..) | Node::Chosen(..) | Node::Compare(..) => {
            return None;
        }
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

//! Which labels the sums below a plan are made of, as far as an absent one is a missing observation. In: a plan and
//! what is asked of it. Out: a membership for every measure that is summed over such labels.

use crate::data::{DimInfo, Source};
use crate::eval::Evaluator;
use crate::eval::reading::presence::{Judged, is_flow, telling};
use crate::plan::composition::Membership;
use crate::plan::{Demand, Key, Node, Plan};
use crate::span::Span;
use crate::syntax::Fault;
use crate::value::absence::Names;
use crate::value::{Kind, Labels, Period};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Evaluator<'_> {
    /// The memberships of all measures that are summed over labels; none where all labels have the same periods.
    pub fn memberships(&mut self, plan: &Plan, demand: &Demand) -> Result<Vec<Membership>, Fault> {
        let mut out = Vec::new();
        self.collect(plan, demand, true, &mut out)?;
        out.retain(|m| !m.is_uniform());
        Ok(out)
    }

    /// The memberships of all measures that are summed over labels of which each has a row when it reports.
    pub(in crate::eval) fn all_memberships(&mut self, plan: &Plan, demand: &Demand) -> Result<Vec<Membership>, Fault> {
        let mut out = Vec::new();
        self.collect(plan, demand, false, &mut out)?;
        Ok(out)
    }

    /// Those of a plan; with those of labels that may have no row, but have one without a number.
    fn collect(&mut self, plan: &Plan, demand: &Demand, empty: bool, out: &mut Vec<Membership>) -> Result<(), Fault> {
        match &plan.node {
            Node::Measure(source, measure) => {
                let info = source.info();
                let Some(m) = info.measures.get(*measure) else { return Ok(()) };
                if !m.meaning.kind.is_level() {
                    return Ok(());
                }
                if empty {
                    out.extend(self.emptied(source, *measure, demand, plan.span)?);
                }
                let filters = telling(info, *measure, Self::filters_of(info, m, demand));
                let keys: Vec<(&Key, usize)> =
                    demand.keys.iter().filter_map(|k| info.dim(&k.dim).map(|d| (k, d))).collect();
                let judged = Judged::new(info, m, filters, &keys);
                let name = |dim: &usize| info.dims.get(*dim).map(|d| d.name.to_string());
                // Under other labels than its codes a dimension is summed too: over those of a label.
                let stays = |dim: usize| keys.iter().any(|(key, at)| *at == dim && key.is_codes());
                let summed: Vec<usize> = judged.dims.iter().copied().filter(|d| !stays(*d)).collect();
                if summed.is_empty() {
                    return Ok(());
                }
                let asked = source.presence(*measure, &judged.dims, &judged.filters, self.budget);
                let presence = asked.map_err(|e| self.stopped(&e, plan.span))?;
                if presence.is_too_large() {
                    return Ok(());
                }
                let cumulative = m.meaning.kind == crate::value::Kind::Cumulative;
                let told = |p: &Period| if cumulative { p.year_to_date() } else { *p };
                let members = presence.members.iter().map(|(key, periods)| {
                    let names = key.iter().zip(&presence.dims).filter_map(|(k, d)| d.labels.get(*k as usize).cloned());
                    let mut periods: Vec<Period> = periods.iter().map(told).collect();
                    periods.sort_unstable();
                    (names.collect(), periods)
                });
                out.push(Membership {
                    dims: summed.iter().filter_map(name).collect(),
                    members: members.collect(),
                    others: Vec::new(),
                });
                Ok(())
            }
            Node::Across(inner, dims) => self.collect(inner, &demand.across(dims), empty, out),
            Node::Deflated(inner, _) => self.collect(inner, demand, empty, out),
            Node::Scoped(inner, scope) => self.collect(inner, &demand.under(scope), empty, out),
            Node::Chosen(inner, _) => self.collect(inner, demand, empty, out),
            // What stands in parentheses with its own periods is the same at both ends.
            Node::Held(inner) if crate::plan::axis::is_pinned(inner) => Ok(()),
            Node::Held(inner) => self.collect(inner, &demand.held(inner), empty, out),
            Node::Call(call) => {
                let before = out.len();
                for operand in &call.operands {
                    self.collect(operand, demand, empty, out)?;
                }
                let own = out.split_off(before);
                out.extend(own.into_iter().filter(|m| !m.dims.iter().any(|d| call.over.contains(d))));
                Ok(())
            }
            Node::Number(..) | Node::Sum(_) | Node::Product(_) | Node::ShareOf(..) | Node::Compare(..) => {
                plan.children().into_iter().try_for_each(|child| self.collect(child, demand, empty, out))
            }
        }
    }

    /// Which labels have rows without a number when, along dimensions in which no row would be no trade: an empty cell
    /// is not zero.
    fn emptied(
        &mut self,
        source: &Arc<dyn Source>,
        measure: usize,
        demand: &Demand,
        span: Span,
    ) -> Result<Option<Membership>, Fault> {
        let info = source.info();
        let Some(m) = info.measures.get(measure).filter(|m| is_flow(m.meaning.kind)) else { return Ok(None) };
        let filters = Self::filters_of(info, m, demand);
        let asked = source.presence(measure, &[], &telling(info, measure, filters.clone()), self.budget);
        if asked.map_err(|e| self.stopped(&e, span))?.lacking.is_empty() {
            return Ok(None);
        }
        let stays = |dim: usize| demand.keys.iter().any(|k| k.is_codes() && info.dim(&k.dim) == Some(dim));
        let of = |(at, dim): &(usize, &DimInfo)| {
            dim.absent_is_zero && !dim.is_mixed() && dim.codes.len() > 1 && !m.pinned.contains(at) && !stays(*at)
        };
        let dims: Vec<usize> = info.dims.iter().enumerate().filter(of).map(|(at, _)| at).collect();
        if dims.is_empty() {
            return Ok(None);
        }
        let asked = source.presence(measure, &dims, &filters, self.budget);
        let presence = asked.map_err(|e| self.stopped(&e, span))?;
        if presence.is_too_large() || presence.lacking.is_empty() {
            return Ok(None);
        }
        let cumulative = m.meaning.kind == Kind::Cumulative;
        let told = |p: Period| if cumulative { p.year_to_date() } else { p };
        let spans = self.spans(source, measure, demand, span)?;
        let lacking: FxHashMap<&Labels, &Vec<Period>> = presence.lacking.iter().map(|(k, list)| (k, list)).collect();
        let names = |key: &Labels| -> Names {
            key.iter().zip(&presence.dims).filter_map(|(k, d)| d.labels.get(*k as usize).cloned()).collect()
        };
        let without = |list: &[Period]| {
            let list: BTreeSet<Period> = list.iter().map(|p| told(*p)).collect();
            spans.list().iter().copied().filter(|p| !list.contains(p)).collect::<Vec<_>>()
        };
        // All labels of one dimension, by which a filter can be made; of several only those that matter.
        let member = |(key, _): &(Labels, Vec<Period>)| match lacking.get(key) {
            Some(list) => Some((names(key), without(list))),
            None => (dims.len() == 1).then(|| (names(key), spans.list().to_vec())),
        };
        let members = presence.members.iter().filter_map(member).collect();
        let dims = dims.iter().filter_map(|dim| info.dims.get(*dim)).map(|d| d.name.to_string()).collect();
        Ok(Some(Membership { dims, members, others: spans.list().to_vec() }))
    }
}

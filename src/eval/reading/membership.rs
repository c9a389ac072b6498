//! Which labels the sums below a plan are made of, as far as an absent one is a missing observation. In: a plan and
//! what is asked of it. Out: a membership for every measure that is summed over such labels.

use crate::eval::Evaluator;
use crate::eval::reading::presence::{Judged, telling};
use crate::plan::composition::Membership;
use crate::plan::{Demand, Key, Node, Plan};
use crate::syntax::Fault;
use crate::value::Period;

impl Evaluator<'_> {
    /// The memberships of all measures that are summed over labels; none where all labels have the same periods.
    pub fn memberships(&mut self, plan: &Plan, demand: &Demand) -> Result<Vec<Membership>, Fault> {
        let uniform = |m: &Membership| m.members.windows(2).all(|w| matches!(w, [(_, a), (_, b)] if a == b));
        Ok(self.all_memberships(plan, demand)?.into_iter().filter(|m| !uniform(m)).collect())
    }

    /// The memberships of all measures that are summed over labels.
    pub(in crate::eval) fn all_memberships(&mut self, plan: &Plan, demand: &Demand) -> Result<Vec<Membership>, Fault> {
        let mut out = Vec::new();
        self.collect(plan, demand, &mut out)?;
        Ok(out)
    }

    fn collect(&mut self, plan: &Plan, demand: &Demand, out: &mut Vec<Membership>) -> Result<(), Fault> {
        match &plan.node {
            Node::Measure(source, measure) => {
                let info = source.info();
                let Some(m) = info.measures.get(*measure) else { return Ok(()) };
                if !m.meaning.kind.is_level() {
                    return Ok(());
                }
                let filters = telling(info, *measure, Self::filters(info, demand));
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
                out.push(Membership { dims: summed.iter().filter_map(name).collect(), members: members.collect() });
                Ok(())
            }
            Node::Across(inner, dims) => self.collect(inner, &demand.across(dims), out),
            Node::Deflated(inner, _) => self.collect(inner, demand, out),
            Node::Scoped(inner, scope) => self.collect(inner, &demand.under(scope), out),
            Node::Chosen(inner, _) => self.collect(inner, demand, out),
            // What stands in parentheses with its own periods is the same at both ends.
            Node::Held(inner) if crate::plan::axis::is_pinned(inner) => Ok(()),
            Node::Held(inner) => self.collect(inner, &demand.held(inner), out),
            Node::Call(call) => {
                let before = out.len();
                for operand in &call.operands {
                    self.collect(operand, demand, out)?;
                }
                let own = out.split_off(before);
                out.extend(own.into_iter().filter(|m| !m.dims.iter().any(|d| call.over.contains(d))));
                Ok(())
            }
            Node::Number(..) | Node::Sum(_) | Node::Product(_) | Node::ShareOf(..) | Node::Compare(..) => {
                plan.children().into_iter().try_for_each(|child| self.collect(child, demand, out))
            }
        }
    }
}

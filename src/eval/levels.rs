//! Rows that are totals of other rows, kept from counting twice. In: groups that hold both. Out: parts where they are
//! present and add up, else the total; a fault where neither can be known.

use super::Evaluator;
use crate::data::{Aggregate, AggregateRow, DimInfo, Total};
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::{Demand, Key};
use crate::span::Span;
use crate::syntax::{Fault, format};
use crate::value::{Dimension, Labels, Period};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Parts and total may differ by this part of the total before they count as different.
const TOLERANCE: f64 = 0.001;

/// Rows with their codes, by the rest of the key, the period and the label that they go to.
type Members = BTreeMap<(Labels, Period, String), Vec<(u32, AggregateRow)>>;

impl Evaluator<'_> {
    /// Takes the dimension at `place` of an answer from all its codes to the wanted level, or away altogether.
    pub fn collapse(
        &mut self,
        answer: Aggregate,
        place: usize,
        dim: &DimInfo,
        key: Option<&Key>,
        demand: &Demand,
        span: Span,
    ) -> Result<Aggregate, Fault> {
        let Some(codes) = answer.dims.get(place).map(|d| d.labels.clone()) else { return Ok(answer) };
        let label_of = |code: &str| -> String {
            match key.map(|k| k.level) {
                None => String::new(),
                Some(None) => code.to_string(),
                Some(Some(level)) => code.get(..level).unwrap_or(code).to_string(),
            }
        };
        let pinned = demand.filters.iter().any(|f| f.keep && f.dim.node == dim.name.as_ref());
        let mut groups: Members = Members::new();
        let mut dropped: Option<String> = None;
        let parts = answer.rows.iter().filter_map(|r| r.key.get(place)).any(|c| !dim.is_total(*c));
        let members_exist =
            answer.rows.iter().filter_map(|r| r.key.get(place)).any(|c| !dim.is_total(*c) && !dim.is_group(*c));
        for row in answer.rows {
            let code = row.key.get(place).copied().unwrap_or(0);
            let text = codes.get(code as usize).map(|c| c.to_string()).unwrap_or_default();
            if key.is_some() && parts && dim.is_total(code) && !pinned {
                dropped = Some(text);
                continue;
            }
            if dim.is_group(code) && !pinned && members_exist {
                continue;
            }
            let too_short = key.and_then(|k| k.level).is_some_and(|l| text.len() < l);
            if too_short && dim.nested {
                continue;
            }
            let mut rest = row.key.clone();
            rest.remove(place);
            groups.entry((rest, row.period, label_of(&text))).or_default().push((code, row));
        }
        if let (Some(label), Some(key)) = (dropped, key) {
            let message = format!("the total `{label}` was left out of the breakdown by {}", key.name.node);
            let note = Diagnostic::new(&codes::AGGREGATE_ROW, key.name.span, message);
            self.say(note.advice(format!("`where {} = {}` asks for it", dim.name, format::code(&label))));
        }
        if let Some(key) = key.filter(|k| k.level.is_none() && dim.nested) {
            self.one_level(&groups, &codes, key)?;
        }
        let mut labels: Vec<Arc<str>> = groups.keys().map(|(_, _, l)| Arc::from(l.as_str())).collect();
        labels.sort_unstable();
        labels.dedup();
        let mut rows = Vec::with_capacity(groups.len());
        for ((mut rest, period, label), members) in groups {
            let mut row = self.counted_once(members, &codes, dim, answer.places, period, span)?;
            if key.is_some() {
                let at = labels.binary_search_by(|l| l.as_ref().cmp(label.as_str())).ok();
                rest.insert(place.min(rest.len()), at.and_then(|i| u32::try_from(i).ok()).unwrap_or(0));
            }
            row.key = rest;
            rows.push(row);
        }
        let mut dims = answer.dims;
        if key.is_some() {
            if let Some(d) = dims.get_mut(place) {
                *d = Dimension { name: d.name.clone(), labels: Arc::new(labels) };
            }
        } else {
            dims.remove(place);
        }
        rows.sort_by(|a, b| a.key.cmp(&b.key).then(a.period.cmp(&b.period)));
        Ok(Aggregate { dims, rows, places: answer.places })
    }

    /// `by hs` needs codes of one length.
    fn one_level(&mut self, groups: &Members, codes: &[Arc<str>], key: &Key) -> Result<(), Fault> {
        let mut levels: Vec<usize> =
            groups.values().flatten().filter_map(|(c, _)| codes.get(*c as usize)).map(|c| DimInfo::level(c)).collect();
        levels.sort_unstable();
        levels.dedup();
        if levels.len() < 2 {
            return Ok(());
        }
        let names: Vec<String> = levels.iter().map(|l| format!("{}{l}", key.dim)).collect();
        let message = format!("`{}` holds codes of {} levels ({})", key.dim, levels.len(), names.join(", "));
        let mut fault = Diagnostic::new(&codes::MIXED_LEVELS, key.name.span, message).here("which level?");
        fault.edits = names.iter().map(|n| vec![(key.name.span, n.clone())]).collect();
        Err(Box::new(fault))
    }

    /// The sum of rows of one group, some of which may be totals of others.
    fn counted_once(
        &mut self,
        members: Vec<(u32, AggregateRow)>,
        codes: &[Arc<str>],
        dim: &DimInfo,
        places: u32,
        period: Period,
        span: Span,
    ) -> Result<AggregateRow, Fault> {
        let text = |c: u32| codes.get(c as usize).map(|c| c.as_ref()).unwrap_or("");
        let above = |a: u32, b: u32| {
            a != b && !dim.is_total(b) && (dim.is_total(a) || (dim.nested && text(b).starts_with(text(a))))
        };
        let amount = |r: &AggregateRow| match r.total {
            Total::Exact(m) => crate::value::number::scaled_to_f64(m, places),
            Total::Float(x) => x,
        };
        let mut left_out = vec![false; members.len()];
        // Totals from the highest: where their parts are there and add up, the parts count, else the total.
        for (i, (code, total)) in members.iter().enumerate() {
            let below: Vec<usize> =
                (0..members.len()).filter(|j| members.get(*j).is_some_and(|(c, _)| above(*code, *c))).collect();
            if below.is_empty() || left_out.get(i).copied().unwrap_or(false) {
                continue;
            }
            let leaves = below
                .iter()
                .filter_map(|j| members.get(*j))
                .filter(|(c, _)| !members.iter().any(|(d, _)| above(*c, *d)));
            let (mut sum, mut whole) = (0.0, true);
            for (_, row) in leaves {
                sum += amount(row);
                whole &= row.count == row.rows;
            }
            let goal = amount(total);
            let adds_up = (sum - goal).abs()
                <= TOLERANCE * goal.abs() + 0.5 * below.len() as f64 * 10f64.powi(-i32::try_from(places).unwrap_or(0));
            let drop: Vec<usize> = if total.count == 0 || (adds_up && whole) {
                vec![i]
            } else if !whole {
                below
            } else {
                return Err(self.mixed(dim, text(*code), &members, codes, (sum, goal), period, span));
            };
            for j in drop {
                if let Some(slot) = left_out.get_mut(j) {
                    *slot = true;
                }
            }
        }
        let mut kept = members.into_iter().zip(left_out).filter(|(_, out)| !out).map(|((_, row), _)| row);
        let Some(mut row) = kept.next() else {
            return Err(Box::new(Diagnostic::new(&codes::BUG, span, "a group without rows")));
        };
        for other in kept {
            row.total = match (row.total, other.total) {
                (Total::Exact(a), Total::Exact(b)) => Total::Exact(a + b),
                (Total::Float(a), Total::Float(b)) => Total::Float(a + b),
                (a, _) => a,
            };
            row.count += other.count;
            row.rows += other.rows;
            row.reason = row.reason.or(other.reason);
            row.flags = row.flags.with(other.flags);
        }
        Ok(row)
    }

    #[allow(clippy::too_many_arguments)] // the parts of one message
    fn mixed(
        &self,
        dim: &DimInfo,
        total: &str,
        members: &[(u32, AggregateRow)],
        codes: &[Arc<str>],
        (sum, goal): (f64, f64),
        period: Period,
        span: Span,
    ) -> Fault {
        let percent = crate::value::number::significant(100.0 * sum / goal, 4);
        let message = format!(
            "the rows of `{}` mix the total `{total}` with parts that are {percent} % of it in {period}",
            dim.name
        );
        let some = members.iter().filter_map(|(c, _)| codes.get(*c as usize)).find(|c| c.as_ref() != total);
        let mut fault = Diagnostic::new(&codes::MIXED_LEVELS, span, message).here("which rows?");
        let choose = |text: &str| format!("where {} = {}", dim.name, format::code(text));
        let mut advice = format!("choose: `{}` takes the total", choose(total));
        if let Some(part) = some {
            advice.push_str(&format!(", `{}` one part, `by {}` lists the parts", choose(part), dim.name));
        }
        fault.advice = Some(advice);
        let end = Span { start: span.end, ..span };
        fault.edits.push(vec![(end, format!(" {}", choose(total)))]);
        Box::new(fault)
    }
}

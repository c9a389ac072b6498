//! Rows that are totals of other rows, kept from counting twice. In: groups that hold both. Out: the whole where it is
//! asked for, the parts and what they leave over where these are; a fault where what is asked would count twice.

use crate::data::{Aggregate, AggregateRow, DimInfo, Total};
use crate::diagnostic::{Diagnostic, codes};
use crate::eval::Evaluator;
use crate::eval::totals::groups::{self, Known, Members, present_of_each, set_groups};
use crate::eval::totals::left::{Collapse, Left, is_beyond};
use crate::eval::totals::whole::{Gap, Ladder, Standing};
use crate::pause::paced;
use crate::plan::{Demand, Key};
use crate::span::Span;
use crate::syntax::Fault;
use crate::value::{Dimension, Flags, Labels, Period, Reason};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What no label accounts for.
pub(in crate::eval) use crate::plan::grouping::NOT_ALLOCATED;

/// What is listed, by the rest of the key, the period and the label.
type Listed = BTreeMap<(Labels, Period, String), AggregateRow>;

/// Where there is a total, and where only its parts, by the rest of the key.
#[derive(Default)]
struct Totals {
    there: BTreeSet<Labels>,
    gone: Vec<(Labels, Period)>,
}

impl Totals {
    fn note(&mut self, rest: &Labels, period: Period, standing: &Standing<'_>) {
        match standing.whole {
            Some(_) => drop(self.there.insert(rest.clone())),
            None if !standing.roots.is_empty() => self.gone.push((rest.clone(), period)),
            None => {}
        }
    }

    /// What parts leave over is not known where their total is missing; where they leave nothing anywhere, it is not
    /// listed.
    fn unknown(self, rows: &mut Listed, codes: &[Arc<str>]) {
        let is_rest = |row: &AggregateRow| row.flags.has(Flags::REST);
        let left: BTreeSet<String> = rows
            .iter()
            .filter(|(_, row)| is_rest(row) && row.count > 0)
            .map(|((.., label), _)| label.clone())
            .collect();
        rows.retain(|(.., label), row| !is_rest(row) || row.count > 0 || left.contains(label));
        let label = rest_label(codes, None);
        let Some(like) = rows.values().next().map(|row| row.total) else { return };
        for (rest, period) in
            self.gone.into_iter().filter(|(rest, _)| left.contains(&label) && self.there.contains(rest))
        {
            rows.insert((rest, period, label.clone()), unknown(period, Reason::NotReported, like));
        }
    }
}

/// A remainder that nobody knows, of the sort of sums of others.
fn unknown(period: Period, reason: Reason, like: Total) -> AggregateRow {
    let (key, total, flags) = (Labels::new(), like.joined(like, true), Flags::REST);
    AggregateRow { key, period, total, count: 0, rows: 1, reason: Some(reason), flags }
}

impl Collapse<'_> {
    /// Whether a period has a part in what is asked.
    fn matters(&self, period: Period) -> bool {
        self.reaches || self.wanted.0.iter().any(|w| w.overlaps(period))
    }
}

impl Evaluator<'_> {
    /// Takes one dimension of an answer from all its codes to the wanted level, or away altogether.
    pub(in crate::eval) fn collapse(
        &mut self,
        answer: Aggregate,
        how: &Collapse<'_>,
        demand: &Demand,
        span: Span,
    ) -> Result<Aggregate, Fault> {
        let Some(codes) = answer.dims.get(how.place).map(|d| d.labels.clone()) else { return Ok(answer) };
        let mut groups = Members::new();
        for row in paced(answer.rows) {
            let code = row.key.get(how.place).copied().unwrap_or(0);
            let mut rest = row.key.clone();
            rest.remove(how.place);
            groups.entry((rest, row.period)).or_default().push((code, row));
        }
        for members in groups.values_mut() {
            members.sort_by_key(|(code, _)| *code);
        }
        let mut ladder = Ladder::new(how.dim, codes, answer.places);
        let present = present(&ladder, &groups);
        cut(&mut ladder, how);
        let known = Known::of(&ladder, &present);
        set_groups(&mut ladder, how, &present, &known);
        if let Some(key) = how.key.filter(|k| k.level.is_none() && how.dim.nested) {
            self.one_level(&ladder, &present, key)?;
        }
        if how.wanted.1 {
            even_out(&ladder, &mut groups, how);
        }
        // Whether a group counts is judged for each of the others apart: its members may be reported by some only.
        let own = if how.dim.groups.is_empty() || how.pinned { BTreeMap::new() } else { present_of_each(&groups) };
        let mut doubled = groups::doubled(&ladder, &present, &known).filter(|_| own.is_empty());
        let mut clash = doubled;
        let mut at: Option<Labels> = None;
        let singly = demand.singly.iter().any(|d| d == how.dim.name.as_ref());
        let mut left = Left::new(self.trace.is_on() && !singly);
        let mut rows = Listed::new();
        let mut totals = Totals::default();
        for ((rest, period), members) in groups {
            if let Some(codes) = own.get(&rest).filter(|_| at.as_ref() != Some(&rest)) {
                set_groups(&mut ladder, how, codes, &known);
                doubled = groups::doubled(&ladder, codes, &known);
                clash = clash.or(doubled);
                at = Some(rest.clone());
            }
            let standing = ladder.stand(members);
            let mut take = |label: String, row: AggregateRow| match rows.get_mut(&(rest.clone(), period, label.clone()))
            {
                Some(known) => known.add(&row),
                None => drop(rows.insert((rest.clone(), period, label), row)),
            };
            match how.key {
                None => {
                    let twice = doubled.filter(|_| standing.whole.is_none() && how.adds);
                    if let Some(pair) = twice.filter(|(a, b)| both(&standing, *a, *b)) {
                        return Err(self.two_systems(&ladder, pair, span));
                    }
                    left.idle(&ladder, &standing, standing.whole.is_none());
                    left.nothing(&standing, period, how.adds && how.matters(period));
                    if how.adds && how.matters(period) {
                        left.answered(&rest, &standing, period);
                    }
                    if let Some(row) = standing.all() {
                        take(String::new(), row);
                    }
                }
                Some(key) => {
                    left.idle(&ladder, &standing, true);
                    totals.note(&rest, period, &standing);
                    let mut parts = Parts { ladder: &ladder, how, key, period, left: &mut left, take: &mut take };
                    parts.list(&standing, doubled.is_none());
                }
            }
        }
        let name = how.key.map_or(how.dim.name.as_ref(), |k| k.name.node.as_str());
        let listed = how.key.map_or(span, |k| k.name.span);
        let added = how.adds && demand.added.iter().any(|d| d == how.dim.name.as_ref());
        if let (true, Some(pair)) = (added, clash) {
            return Err(self.two_systems(&ladder, pair, span));
        }
        if let (true, Some((total, message))) = (added, left.beyond(&ladder, name)) {
            return Err(self.mixed(&ladder, total, message, span));
        }
        totals.unknown(&mut rows, &ladder.codes);
        self.tell_left(&mut left, name, how.unit);
        self.say_left(&left, &ladder, name, how, (listed, singly));
        if singly {
            rows.retain(|_, row| !row.flags.has(Flags::REST));
        }
        Ok(put_together(answer.dims, answer.places, how, rows))
    }

    /// `by hs` needs codes of one length.
    fn one_level(&mut self, ladder: &Ladder<'_>, present: &[u32], key: &Key) -> Result<(), Fault> {
        let above = |c: u32| ladder.dim.is_total(c) || ladder.is_range(c);
        let parts = present.iter().filter(|c| !above(**c) && !ladder.is_cut(**c));
        let mut levels: Vec<usize> = parts.map(|c| DimInfo::level(ladder.text(*c))).collect();
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
}

/// Where periods are compared, a code answers for those below it in all of them or in none: its rows go where it lacks
/// a period in which others tell what lies below it, if these tell the other periods too.
fn even_out(ladder: &Ladder<'_>, groups: &mut Members, how: &Collapse<'_>) {
    let mut seen: BTreeMap<Labels, BTreeMap<u32, BTreeSet<Period>>> = BTreeMap::new();
    for ((rest, period), members) in groups.iter().filter(|((_, p), _)| how.matters(*p)) {
        let codes = seen.entry(rest.clone()).or_default();
        for (code, _) in members.iter().filter(|(c, row)| row.count > 0 && !ladder.is_idle(*c)) {
            codes.entry(*code).or_default().insert(*period);
        }
    }
    let mut uneven: BTreeSet<(Labels, u32)> = BTreeSet::new();
    for (rest, codes) in seen {
        let mut told: BTreeMap<u32, BTreeSet<Period>> = BTreeMap::new();
        for (code, periods) in &codes {
            let tops = codes.keys().filter(|c| ladder.dim.is_total(**c) && !ladder.dim.is_total(*code));
            for above in ladder.above(*code).chain(tops.copied()).filter(|c| codes.contains_key(c)) {
                told.entry(above).or_default().extend(periods);
            }
        }
        for (code, told) in told {
            if codes.get(&code).is_some_and(|own| own.is_subset(&told) && own.len() < told.len()) {
                uneven.insert((rest.clone(), code));
            }
        }
    }
    if !uneven.is_empty() {
        for ((rest, _), members) in groups.iter_mut() {
            members.retain(|(code, _)| !uneven.contains(&(rest.clone(), *code)));
        }
    }
}

/// Which codes the answer has, in order.
fn present(ladder: &Ladder<'_>, groups: &Members) -> Vec<u32> {
    let mut seen = vec![false; ladder.codes.len()];
    for (code, _) in groups.values().flatten() {
        if let Some(slot) = seen.get_mut(*code as usize) {
            *slot = true;
        }
    }
    (0u32..).zip(seen).filter(|(_, s)| *s).map(|(c, _)| c).collect()
}

/// Notes which codes filters leave out.
fn cut(ladder: &mut Ladder<'_>, how: &Collapse<'_>) {
    for filter in &how.cuts {
        let passes = filter.passes(how.dim);
        for (code, slot) in ladder.codes.iter().zip(&mut ladder.cut) {
            *slot |= !passes(code);
        }
    }
}

fn both(standing: &Standing<'_>, a: u32, b: u32) -> bool {
    let there = |code: u32| standing.roots.iter().any(|r| standing.code(*r) == code);
    there(a) && there(b)
}

/// The parts of one cell on their way to their labels.
struct Parts<'a, 'k> {
    ladder: &'a Ladder<'a>,
    how: &'a Collapse<'a>,
    key: &'a Key,
    period: Period,
    left: &'a mut Left,
    take: &'k mut dyn FnMut(String, AggregateRow),
}

impl Parts<'_, '_> {
    fn list(&mut self, standing: &Standing<'_>, clear: bool) {
        let named = self.how.pinned && self.key.level.is_none();
        match self.key.level {
            None => {
                for (at, (code, row)) in standing.members.iter().enumerate() {
                    if self.ladder.is_cut(*code) || self.ladder.is_idle(*code) {
                        continue;
                    }
                    let total = self.ladder.dim.is_total(*code);
                    if self.ladder.is_range(*code) && !standing.kids(at).is_empty() && !named {
                        self.left.replaced(*code);
                        if self.how.adds {
                            self.gap(standing, at, standing.kids(at), Some(*code));
                        }
                    } else if !total {
                        standing.worth(at).into_iter().for_each(|w| (self.take)(self.ladder.text(*code).into(), w));
                    } else if named {
                        (self.take)(self.ladder.text(*code).into(), row.clone());
                    }
                }
            }
            Some(level) => standing.roots.iter().for_each(|root| self.level(standing, *root, level)),
        }
        if let Some(whole) = standing.whole.filter(|_| self.how.adds && clear && !named) {
            self.gap(standing, whole, &standing.roots, None);
        }
    }

    /// The codes of one level below a code, and what those above it leave over.
    fn level(&mut self, standing: &Standing<'_>, at: usize, level: usize) {
        let code = standing.code(at);
        let text = self.ladder.text(code);
        if let Some(label) = DimInfo::cut(text, level) {
            standing.worth(at).into_iter().for_each(|w| (self.take)(label.to_string(), w));
            return;
        }
        if self.ladder.is_cut(code) {
            return;
        }
        standing.kids(at).iter().for_each(|kid| self.level(standing, *kid, level));
        if self.how.adds {
            self.gap(standing, at, standing.kids(at), Some(code));
        }
    }

    fn gap(&mut self, standing: &Standing<'_>, at: usize, below: &[usize], code: Option<u32>) {
        let own = standing.members.get(at).map_or(0.0, |(_, row)| self.ladder.amount(row));
        if !self.how.matters(self.period) {
            return;
        }
        match standing.gap(at, below) {
            Gap::None => self.left.whole(standing.code(at), self.period, own, own),
            Gap::Over(sum) => {
                self.left.whole(standing.code(at), self.period, own, sum);
                let like = standing.members.get(at).map(|(_, row)| row.total);
                if let Some(like) = like.filter(|_| is_beyond(own, sum)) {
                    let label = rest_label(&self.ladder.codes, code.map(|c| self.ladder.text(c)));
                    (self.take)(label, unknown(self.period, Reason::Undefined, like));
                }
            }
            Gap::Short(rest) => {
                let amount = self.ladder.amount(&rest);
                self.left.whole(standing.code(at), self.period, own, own - amount);
                let label = rest_label(&self.ladder.codes, code.map(|c| self.ladder.text(c)));
                if self.left.lines.is_some() {
                    let parts = below.iter().filter_map(|k| standing.full(*k)).filter(|p| p.count > 0);
                    let parts: Vec<f64> = parts.map(|p| self.ladder.amount(&p)).collect();
                    self.left.tell(&label, self.period, own, &parts, amount);
                }
                self.left.short(standing.code(at), &label, self.period, (amount, own));
                (self.take)(label, rest);
            }
        }
    }
}

/// `not allocated`, or `85 not allocated`; never a code of the data, which are sorted.
fn rest_label(codes: &[Arc<str>], code: Option<&str>) -> String {
    let label = code.map_or(NOT_ALLOCATED.to_string(), |c| format!("{c} {NOT_ALLOCATED}"));
    let taken = codes.binary_search_by(|c| c.as_ref().cmp(&label)).is_ok();
    if taken { format!("{label} (rest)") } else { label }
}

fn put_together(mut dims: Vec<Dimension>, places: u32, how: &Collapse<'_>, found: Listed) -> Aggregate {
    let mut labels: Vec<Arc<str>> = found.keys().map(|(_, _, l)| Arc::from(l.as_str())).collect();
    labels.sort_unstable();
    labels.dedup();
    let mut rows: Vec<AggregateRow> = Vec::with_capacity(found.len());
    for ((mut rest, period, label), mut row) in found {
        if how.key.is_some() {
            let at = labels.binary_search_by(|l| l.as_ref().cmp(label.as_str())).ok();
            rest.insert(how.place.min(rest.len()), at.and_then(|i| u32::try_from(i).ok()).unwrap_or(0));
        }
        (row.key, row.period) = (rest, period);
        rows.push(row);
    }
    if how.key.is_none() {
        dims.remove(how.place);
    } else if let Some(d) = dims.get_mut(how.place) {
        *d = Dimension { name: d.name.clone(), labels: Arc::new(labels) };
    }
    rows.sort_by(|a, b| a.key.cmp(&b.key).then(a.period.cmp(&b.period)));
    Aggregate { dims, rows, places }
}

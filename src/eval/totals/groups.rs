//! Groups of labels among their members: a group counts only where nothing else tells what it tells. In: the codes that are
//! there, of all or of one of the others. Out: which groups do not count, and two that tell some of the same.

use crate::data::AggregateRow;
use crate::data::known::{ranges, totals};
use crate::eval::totals::left::Collapse;
use crate::eval::totals::whole::Ladder;
use crate::value::{Labels, Period};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// Rows with their codes, by the rest of the key and the period.
pub(super) type Members = BTreeMap<(Labels, Period), Vec<(u32, AggregateRow)>>;

/// Groups count only where nothing stands for them: not beside a total and its parts, nor beside their members. Those
/// that a query names stand above their members.
pub(super) fn set_groups(ladder: &mut Ladder<'_>, how: &Collapse<'_>, present: &[u32], known: &Known) {
    let dim = how.dim;
    if dim.groups.is_empty() {
        return;
    }
    let is_range = |c: u32| ranges::is_range(dim.label(c));
    let is_part = |c: &&u32| !dim.is_total(**c) && !dim.is_group(**c);
    let parts: Vec<u32> = present.iter().filter(is_part).copied().collect();
    let total = present.iter().any(|c| dim.is_total(*c) && !ladder.is_cut(*c));
    // A range of codes stands above them.
    for group in present.iter().copied().filter(|c| dim.is_group(*c) && !is_range(*c)) {
        let holds = |part: &&u32| known.holds.contains(&(group, **part));
        let held: Vec<u32> = parts.iter().filter(holds).copied().collect();
        let stands_for = !parts.is_empty() && (total || !held.is_empty());
        if how.pinned {
            let below = |m: &&u32| {
                totals::is_group(&dim.name, ladder.text(group)) || ladder.text(**m).starts_with(ladder.text(group))
            };
            let below: Vec<u32> = held.iter().filter(below).copied().collect();
            below.iter().for_each(|member| ladder.put_above(group, *member));
        } else if let Some(slot) = ladder.idle.get_mut(group as usize) {
            *slot = stands_for;
        }
    }
    // One that tells some of what an idle one tells is an aggregate as well.
    let groups: Vec<u32> = present.iter().copied().filter(|c| dim.is_group(*c) && !is_range(*c)).collect();
    let overlap = |a: u32, b: u32| known.overlaps.contains(&(a, b));
    let mut idle: Vec<u32> = groups.iter().copied().filter(|g| ladder.is_idle(*g)).collect();
    let mut next = 0;
    while let Some(out) = idle.get(next).copied() {
        let more: Vec<u32> = groups.iter().copied().filter(|g| !idle.contains(g) && overlap(*g, out)).collect();
        idle.extend(more);
        next += 1;
    }
    for group in idle {
        if let Some(slot) = ladder.idle.get_mut(group as usize) {
            *slot = true;
        }
    }
}

/// What is known of groups and the codes beside them, found once.
#[derive(Default)]
pub(super) struct Known {
    /// A group, and a part that it may hold.
    holds: FxHashSet<(u32, u32)>,
    /// Two groups that tell some of the same.
    overlaps: FxHashSet<(u32, u32)>,
}

impl Known {
    pub(super) fn of(ladder: &Ladder<'_>, present: &[u32]) -> Known {
        let (dim, mut out) = (ladder.dim, Known::default());
        let groups = || present.iter().copied().filter(|c| dim.is_group(*c));
        for group in groups() {
            let parts = present.iter().copied().filter(|c| !dim.is_total(*c) && !dim.is_group(*c));
            let holds = |part: &u32| totals::may_hold(&dim.name, ladder.text(group), ladder.text(*part));
            out.holds.extend(parts.filter(holds).map(|part| (group, part)));
            let overlap = |other: &u32| totals::overlap(&dim.name, ladder.text(group), ladder.text(*other));
            out.overlaps.extend(groups().filter(overlap).map(|other| (group, other)));
        }
        out
    }
}

/// The codes that each of the others has, in any period.
pub(super) fn present_of_each(groups: &Members) -> BTreeMap<Labels, Vec<u32>> {
    let mut out: BTreeMap<Labels, Vec<u32>> = BTreeMap::new();
    for ((rest, _), members) in groups {
        out.entry(rest.clone()).or_default().extend(members.iter().map(|(code, _)| *code));
    }
    out.values_mut().for_each(|codes| {
        codes.sort_unstable();
        codes.dedup();
    });
    out
}

/// Two groups that count and tell some of the same.
pub(super) fn doubled(ladder: &Ladder<'_>, present: &[u32], known: &Known) -> Option<(u32, u32)> {
    let dim = ladder.dim;
    let groups: Vec<u32> = present.iter().filter(|c| dim.is_group(**c) && !ladder.is_idle(**c)).copied().collect();
    let overlap = |a: u32, b: u32| known.overlaps.contains(&(a, b));
    groups.iter().find_map(|a| groups.iter().find(|b| *b > a && overlap(*a, **b)).map(|b| (*a, *b)))
}

//! Which labels a sum is made of, and when each of them was there. In: what an evaluation found of every measure below
//! a plan. Out: the labels that one of two periods has and the other lacks. Knows no numbers.

use crate::value::absence::Names;
use crate::value::{Freq, Period};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The labels that one measure is summed over, along dimensions in which an absent row is a missing observation.
#[derive(Clone, Debug, PartialEq)]
pub struct Membership {
    /// The dimensions that are summed out.
    pub dims: Vec<String>,
    /// Per combination of labels, the periods in which it has a number, in order.
    pub members: Vec<(Names, Vec<Period>)>,
    /// The same of all others, where only those are members of which something is missing.
    pub others: Vec<Period>,
}

/// Labels of which only one of two periods holds what both could.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// The dimensions of the labels.
    pub dims: Vec<String>,
    /// In the earlier only.
    pub before: Vec<Names>,
    /// In the later only.
    pub after: Vec<Names>,
    /// In both alike.
    pub both: Vec<Names>,
}

impl Difference {
    /// Whether both hold the same.
    pub fn is_none(&self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }
}

/// A sub-period by its place in the longer one: months after its start, and how many.
type Place = (i32, i32);

/// Those of the earlier and of the later period.
type Sides = (BTreeSet<Place>, BTreeSet<Place>);

fn place(p: Period, of: Period) -> Option<Place> {
    let months = p.months()?;
    let ((y, m), (z, n)) = (p.first_month(), of.first_month());
    Some(((y - z) * 12 + i32::try_from(m).ok()? - i32::try_from(n).ok()?, months))
}

fn places(periods: &[Period], of: Period) -> BTreeSet<Place> {
    let from = periods.partition_point(|p| p.first() < of.first());
    let within = periods.iter().skip(from).take_while(|p| p.first() <= of.last()).filter(|p| p.last() <= of.last());
    within.filter_map(|p| place(*p, of)).collect()
}

impl Membership {
    /// What of the labels differs between two periods, in the sub-periods that anybody has in both.
    pub fn difference(&self, before: Period, after: Period) -> Difference {
        let parts: Vec<Sides> =
            self.members.iter().map(|(_, list)| (places(list, before), places(list, after))).collect();
        let others = (places(&self.others, before), places(&self.others, after));
        let all = |side: fn(&Sides) -> &BTreeSet<Place>| {
            parts.iter().chain([&others]).flat_map(|p| side(p).iter().copied()).collect::<BTreeSet<Place>>()
        };
        let (then, now) = (all(|p| &p.0), all(|p| &p.1));
        let common: BTreeSet<Place> = then.intersection(&now).copied().collect();
        let mut out = Difference { dims: self.dims.clone(), ..Difference::default() };
        for ((names, _), (x, y)) in self.members.iter().zip(&parts) {
            let (x, y) = (x.intersection(&common), y.intersection(&common));
            let (x, y): (BTreeSet<&Place>, BTreeSet<&Place>) = (x.collect(), y.collect());
            match (x.is_subset(&y), y.is_subset(&x)) {
                (true, true) if x.is_empty() => {}
                (true, true) => out.both.push(names.clone()),
                (false, _) => out.before.push(names.clone()),
                (true, false) => out.after.push(names.clone()),
            }
        }
        out
    }

    /// Whether all have a number in the same periods.
    pub fn is_uniform(&self) -> bool {
        let mut lists = self.members.iter().map(|(_, list)| list).chain(Some(&self.others).filter(|o| !o.is_empty()));
        let first = lists.next();
        lists.all(|list| Some(list) == first)
    }

    /// The step of all periods, if they have one.
    pub fn step(&self) -> Option<Freq> {
        let all = self.members.iter().map(|(_, list)| list).chain([&self.others]);
        let mut steps = all.flat_map(|list| list.iter().map(|p| p.freq()));
        let first = steps.next()??;
        steps.all(|s| s == Some(first)).then_some(first)
    }

    /// The labels that have a number in a period.
    pub fn within(&self, period: Period) -> BTreeSet<Names> {
        let has = |list: &Vec<Period>| list.iter().any(|p| period.contains(*p));
        self.members.iter().filter(|(_, list)| has(list)).map(|(names, _)| names.clone()).collect()
    }
}

/// Labels in words, at most three.
pub fn listed(labels: &[Names]) -> String {
    let word = |names: &Names| names.iter().map(|n| n.to_string()).collect::<Vec<_>>().join("/");
    let shown: Vec<String> = labels.iter().take(3).map(word).collect();
    match labels.len() {
        n if n > 3 => format!("{} and {} more", shown.join(", "), n - 3),
        _ => shown.join(", "),
    }
}

/// The labels as [`listed`] takes them, from words.
pub fn named(labels: impl IntoIterator<Item = String>) -> Vec<Names> {
    labels.into_iter().map(|l| vec![Arc::from(l.as_str())]).collect()
}

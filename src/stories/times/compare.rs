//! What growths are on, and when the levels are that others are compared with.

use super::super::dates::{self, Standing};
use super::super::figure::{Figure, Role, Source};
use super::super::phrases::{Phrase, Year};
use super::super::view::View;
use super::super::words::{Class, Comparison, Joint};
use super::{Clock, Use, time};
use crate::value::period::{Freq, Period};

/// Bases and comparisons.
pub(super) fn compare(view: &View, uses: &[Option<Use>], figures: &mut [Figure], first: usize, clock: &mut Clock) {
    // What is said behind or before each figure.
    let mut said: Vec<(usize, Comparison)> = Vec::new();
    let mut bases: Vec<(usize, Phrase)> = Vec::new();
    let mut pending: Vec<Phrase> = Vec::new();
    let mut lead: Option<Comparison> = None;
    for i in 0..view.items.len() {
        if let Some(Class::Compare(comparison)) = view.class(i) {
            let owner = owner_of_comparison(view, i, figures);
            match owner {
                Some(f) => said.push((f, comparison)),
                None => lead = Some(comparison),
            }
        }
        if let (Some(phrase), Some(Some(Use::Base(owner)))) = (time(view, i), uses.get(i)) {
            match owner {
                Some(f) => bases.push((*f, phrase)),
                None => pending.push(phrase),
            }
        }
        if let (Some(Phrase::Change(..)), Some(Some(_))) = (time(view, i), uses.get(i)) {
            lead = Some(Comparison::Month);
        }
        if let Some(f) = view.figure(i) {
            if let Some(phrase) =
                pending.last().copied().filter(|_| figures.get(f).is_some_and(|f| f.role != Role::Level))
            {
                bases.push((f, phrase));
            } else if let Some(comparison) = lead {
                said.push((f, comparison));
            }
        }
    }
    let changes = |f: &Figure| matches!(f.role, Role::Growth | Role::Change | Role::Multiple | Role::ShareChange);
    for f in first..figures.len() {
        let Some(figure) = figures.get(f).filter(|f| changes(f)).cloned() else { continue };
        let Some(period) = figure.period else { continue };
        let standing = Standing { main: Some(period), ..clock.standing };
        let same = |g: usize| {
            g == f
                || figures.get(g).is_some_and(|o| {
                    o.group == figure.group && changes(o) && (o.start > figure.start || o.bracketed || figure.bracketed)
                })
        };
        let own_base = bases.iter().find(|(g, _)| *g == f).or_else(|| bases.iter().find(|(g, _)| same(*g)));
        let mut base = own_base.and_then(|(_, phrase)| base_period(*phrase, period, &standing));
        let mut comparison = base.and_then(|b| dates::comparison_of(period, b));
        if base.is_none() {
            comparison =
                said.iter().find(|(g, _)| *g == f).or_else(|| said.iter().find(|(g, _)| same(*g))).map(|(_, c)| *c);
            base = comparison.and_then(|c| dates::base_of(period, c));
        }
        if base.is_none() {
            // The level to compare with of the same group.
            let level = figures.iter().skip(first).find(|l| {
                l.group == figure.group && l.is_base && l.role == Role::Level && l.period.is_some_and(|p| p != period)
            });
            base = level.and_then(|l| l.period);
            comparison = base.and_then(|b| dates::comparison_of(period, b));
        }
        let compared = base.is_some();
        if comparison.is_some() {
            clock.comparison = comparison;
        }
        if base.is_none() {
            comparison = Some(usual(clock, period));
            base = comparison.and_then(|c| dates::base_of(period, c));
        }
        if let Some(figure) = figures.get_mut(f) {
            (figure.base, figure.comparison, figure.compared) = (base, comparison, compared);
        }
    }
    joined(view, figures, clock);
    base_levels(figures, first, clock);
}

/// `exports were down 2.8% and imports 0.1% on September`: both.
fn joined(view: &View, figures: &mut [Figure], clock: &Clock) {
    let mut before: Option<usize> = None;
    let mut and = false;
    for i in 0..view.items.len() {
        and |= view.is_joint(i, Joint::And);
        if view.semicolon(i) || view.is_joint(i, Joint::Break) {
            before = None;
        }
        let Some(f) = view.figure(i) else { continue };
        let (Some(b), true) = (before.replace(f), std::mem::take(&mut and)) else { continue };
        let (Some(one), Some(two)) = (figures.get(b).cloned(), figures.get(f).cloned()) else { continue };
        let growths = one.role == Role::Growth && two.role == Role::Growth && !one.is_base && !two.is_base;
        if growths
            && !one.compared
            && two.compared
            && one.period == two.period
            && clock.comparison.is_some()
            && let Some(figure) = figures.get_mut(b)
        {
            (figure.base, figure.comparison, figure.compared) = (two.base, two.comparison, true);
        }
    }
}

fn base_period(phrase: Phrase, period: Period, standing: &Standing) -> Option<Period> {
    match phrase {
        Phrase::Year(Year::Back(-1)) | Phrase::Year(Year::Is(_)) if period.months() != Some(12) => {
            let year = standing.resolve(phrase)?.first_month().0;
            period.shift(year - period.last_month().0, Freq::Year)
        }
        Phrase::LastMonth => period.shift(-1, Freq::Month),
        _ => standing.resolve(phrase),
    }
}

/// How a time is compared where nothing tells: as the last that fits its length.
fn usual(clock: &Clock, period: Period) -> Comparison {
    match (clock.comparison, period.months()) {
        (Some(Comparison::Month), Some(1)) => Comparison::Month,
        (Some(Comparison::Month | Comparison::Quarter), Some(3)) => Comparison::Quarter,
        _ => Comparison::Year,
    }
}

/// Levels to compare with that have no time of their own: before the level beside by the comparison of the group.
fn base_levels(figures: &mut [Figure], first: usize, clock: &mut Clock) {
    for f in first..figures.len() {
        let Some(figure) = figures.get(f).filter(|f| f.is_base).cloned() else { continue };
        let main = figures.iter().skip(first).filter(|l| l.group == figure.group && !l.is_base && l.period.is_some());
        let before = main.clone().rfind(|l| l.start < figure.start).or_else(|| main.clone().next());
        let Some(level) = before.map(|l| (l.period, l.from_period, l.base)) else {
            if figure.period.is_none()
                && let (Some(p), Some(slot)) =
                    (clock.standing.main.and_then(|m| dates::base_of(m, usual(clock, m))), figures.get_mut(f))
            {
                (slot.period, slot.from_period) = (Some(p), Source::Carried(1));
            }
            continue;
        };
        let growth =
            figures.iter().skip(first).find(|g| g.group == figure.group && g.base.is_some()).and_then(|g| g.base);
        if figure.period.is_none() {
            let shifted = level.0.and_then(|p| dates::base_of(p, usual(clock, p)));
            let found = level.2.or(growth).or(shifted);
            if let Some(slot) = figures.get_mut(f) {
                (slot.period, slot.from_period) = (found, Source::Beside);
            }
        } else if let (Some(period), Some(base), Role::Level) = (level.0, figure.period, figure.role)
            && let Some(comparison) = dates::comparison_of(period, base)
        {
            clock.comparison = Some(comparison);
        }
    }
}

/// The figure that a comparison is said of: the one before in its clause, else the next.
fn owner_of_comparison(view: &View, i: usize, figures: &[Figure]) -> Option<usize> {
    let changes = |f: usize| {
        figures
            .get(f)
            .is_some_and(|f| matches!(f.role, Role::Growth | Role::Change | Role::Multiple | Role::ShareChange))
    };
    let mut at = i;
    for _ in 0..5 {
        let Some(b) = at.checked_sub(1) else { break };
        if let Some(f) = view.figure(b) {
            if changes(f) {
                return Some(f);
            }
            break;
        }
        if view.breaks(b) && !view.closes(b) {
            break;
        }
        at = b;
    }
    (i + 1..(i + 7).min(view.items.len())).find_map(|t| view.figure(t)).filter(|f| changes(*f))
}

//! What is found of one series by itself: said twice, a part larger than its whole, two currencies, unlike lengths, jumps. In:
//! figures by what they are of. Out: findings.

use super::figure::{Figure, Measure, Open, Role, Source};
use super::finding::{Finding, Kind, simple};
use super::interval::Interval;
use super::known::{Known, counts, of_quantity};
use super::relation::span;
use super::say;
use crate::value::period::Period;
use rustc_hash::{FxHashMap, FxHashSet};

/// Whether two figures of one series say the same thing.
fn is_twin(a: &Figure, b: &Figure) -> bool {
    let compared = a.base == b.base || !a.compared || !b.compared;
    let unit = a.of_unit.is_none() || b.of_unit.is_none() || a.of_unit == b.of_unit;
    unit && a.role == b.role
        && a.period == b.period
        && compared
        && a.whole == b.whole
        && a.measure == b.measure
        && of_quantity(a) == of_quantity(b)
        && (a.basis == Some("real")) == (b.basis == Some("real"))
}

/// The figures of the series of one, behind it.
fn behind<'a>(known: &'a Known, i: usize) -> impl Iterator<Item = (usize, &'a Figure)> {
    known.like(i).iter().copied().filter(move |j| *j > i).filter_map(|j| known.get(j).map(|f| (j, f)))
}

fn levels<'a>(known: &'a Known) -> impl Iterator<Item = (usize, &'a Figure)> {
    known.figures.iter().enumerate().filter(|(_, f)| counts(f) && f.role == Role::Level)
}

/// Said twice.
pub(super) fn twice(known: &Known, out: &mut Vec<Finding>) {
    let mut done: FxHashSet<usize> = FxHashSet::default();
    for (i, a) in known.figures.iter().enumerate().filter(|(_, f)| counts(f)) {
        if done.contains(&i) || a.role == Role::Multiple || a.open != Open::None {
            continue;
        }
        for (j, b) in behind(known, i).filter(|(_, b)| is_twin(a, b) && b.open == Open::None).take(3) {
            let (x, y) = (span(a), span(b));
            let headline = a.sentence == 1 && b.sentence > 1;
            let said = |f: &Figure| {
                f.from_subject[0] == Source::Said && matches!(f.from_period, Source::Said | Source::Beside)
            };
            let carried = |f: &Figure| {
                matches!(f.from_subject[0], Source::Carried(_)) || matches!(f.from_period, Source::Carried(_))
            };
            let near = (x.middle() / y.middle() - 1.0).abs() <= 0.2;
            let kind = match x.meets(y) {
                true if a.sentence != b.sentence => Kind::Follows,
                true => continue,
                false if headline && said(a) && said(b) && near => Kind::Contradicts,
                false if carried(a) || carried(b) => continue,
                false => Kind::Doubtful,
            };
            done.insert(j);
            let mut finding = simple(kind, "restated", vec![i, j], say::twice(a, b, kind));
            (finding.computed, finding.printed) = (Some(x), Some(y));
            out.push(finding);
        }
    }
}

/// A month that is larger than the span that holds it.
pub(super) fn parts(known: &Known, out: &mut Vec<Finding>) {
    let near = |f: &Figure| matches!(f.from_period, Source::Said | Source::Beside | Source::Carried(0 | 1));
    let mut told: FxHashSet<usize> = FxHashSet::default();
    for (i, part) in levels(known) {
        let flow = matches!(part.subject.flow_word(), Some("exports" | "imports" | "trade"));
        if !flow || part.open != Open::None || !near(part) {
            continue;
        }
        let like = known.like(i).iter().filter_map(|j| known.get(*j).map(|f| (*j, f)));
        for (j, whole) in
            like.filter(|(_, w)| w.role == Role::Level && w.open == Open::None && w.measure == part.measure)
        {
            let (Some(p), Some(w)) = (part.period, whole.period) else { continue };
            if p != w && w.contains(p) && near(whole) && span(part).low > span(whole).high && told.insert(j) {
                let mut finding = simple(Kind::Contradicts, "part-of-whole", vec![i, j], say::part(part, whole));
                (finding.computed, finding.printed) = (Some(span(part)), Some(span(whole)));
                out.push(finding);
            }
        }
    }
}

/// The most figures that stand between an amount and the same in another currency.
const BETWEEN: usize = 6;

/// Two currencies and a time, and the rates that are implied for them.
type Rates = FxHashMap<(Measure, Measure, Option<Period>), Vec<(Interval, [usize; 2])>>;

/// One figure in two currencies.
pub(super) fn rates(figures: &[Figure], out: &mut Vec<Finding>) {
    let mut seen: Rates = FxHashMap::default();
    let money = |f: &Figure| counts(f) && f.role == Role::Level && matches!(f.measure, Measure::Money(_));
    for (i, a) in figures.iter().enumerate().filter(|(_, f)| money(f) && !f.bracketed) {
        let near = figures.iter().enumerate().skip(i + 1).take(BETWEEN).take_while(|(_, b)| b.sentence == a.sentence);
        let other = near.filter(|(_, b)| money(b) && b.measure != a.measure).find(|(_, b)| {
            let same = b.subject == a.subject && b.period == a.period && b.value.signum() == a.value.signum();
            same && (b.bracketed || b.start.saturating_sub(a.end) < 24)
        });
        let Some((j, b)) = other else { continue };
        let Some(rate) = span(a).sizes().over(span(b).sizes()) else { continue };
        let (Measure::Money(x), Measure::Money(y)) = (a.measure, b.measure) else { continue };
        let unit = format!("{x}/{y}");
        let mut finding = simple(Kind::Rate, "exchange-rate", vec![i, j], say::rate(a, b, rate, &unit));
        finding.computed = Some(rate);
        finding.unit = Some(unit.clone());
        out.push(finding);
        let before = seen.entry((a.measure, b.measure, a.period)).or_default();
        if let Some((r, of)) = before.iter().find(|(r, _)| !r.meets(rate)) {
            let far = (r.middle() / rate.middle() - 1.0).abs() > 0.02;
            let kind = if far { Kind::Contradicts } else { Kind::Doubtful };
            let mut finding = simple(kind, "exchange-rate", vec![of[0], of[1], i, j], say::rates(*r, rate, &unit));
            (finding.computed, finding.printed) = (Some(rate), Some(*r));
            out.push(finding);
        }
        if before.len() < 16 {
            before.push((rate, [i, j]));
        }
    }
}

fn months(figure: &Figure) -> Option<i32> {
    figure.period.and_then(Period::months)
}

/// Levels of one series side by side that are of different length, in different years.
pub(super) fn lengths(known: &Known, out: &mut Vec<Finding>) {
    let mut told: FxHashSet<(usize, Measure)> = FxHashSet::default();
    for (i, a) in levels(known) {
        let series = known.like(i).first().copied().unwrap_or(i);
        if told.contains(&(series, a.measure)) {
            continue;
        }
        let unlike =
            behind(known, i).filter(|(_, b)| b.role == Role::Level && b.measure == a.measure).filter_map(|(j, b)| {
                let (p, q) = (a.period?, b.period?);
                let (m, n) = (p.months()?, q.months()?);
                let years = (p.last_month().0 - q.last_month().0).abs();
                let like = m == n || m < 2 || n < 2 || m.max(n) > 2 * m.min(n) || years == 0 || p.overlaps(q);
                (!like).then_some((years, j, b))
            });
        // The nearest in time: that is what a reader sets beside it.
        let Some((_, j, b)) = unlike.min_by_key(|(years, j, _)| (*years, *j)) else { continue };
        // Where like stands beside like as well, the reader has what is to be compared.
        let mut like = known.like(i).iter().filter_map(|n| known.get(*n));
        let matched =
            like.any(|c| c.measure == a.measure && c.is_base && months(c) == months(a) && c.period != a.period);
        if !matched {
            told.insert((series, a.measure));
            out.push(simple(Kind::Unlike, "length", vec![i, j], say::unlike(a, b)));
        }
    }
}

/// A level that is hundreds of times another of its series.
pub(super) fn jumps(known: &Known, out: &mut Vec<Finding>) {
    const FAR: f64 = 500.0;
    let checked: FxHashSet<(usize, usize)> = out
        .iter()
        .filter(|f| f.relation == "growth")
        .filter_map(|f| Some((*f.figures.first()?, *f.figures.get(1)?)))
        .collect();
    let mut told: FxHashSet<usize> = FxHashSet::default();
    for (i, a) in levels(known) {
        if told.contains(&i) {
            continue;
        }
        let other = behind(known, i).find(|(_, b)| {
            let q = (a.amount() / b.amount()).abs();
            let far = q.is_finite() && q > 0.0 && (q >= FAR || q <= 1.0 / FAR);
            b.role == Role::Level && b.measure == a.measure && months(a) == months(b) && far
        });
        let Some((j, b)) = other else { continue };
        told.extend([i, j]);
        if !checked.contains(&(i, j)) && !checked.contains(&(j, i)) {
            let mut finding = simple(Kind::Suspect, "level-jump", vec![i, j], say::jump(a, b));
            (finding.computed, finding.printed) = (Some(span(a)), Some(span(b)));
            out.push(finding);
        }
    }
}

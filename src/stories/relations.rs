//! Which figures of a story follow from which: all relations that have their operands, evaluated on what rounds to the
//! printed numbers. In: figures. Out: relations with both sides as intervals. Judges nothing.

use super::changes;
use super::figure::{Figure, Role};
use super::interval::Interval;
use super::known::{Known, counts};
use super::relation::{Relation, amount, best, factor, one, result, span, take};
use super::words::Flow;
use rustc_hash::FxHashSet;

/// All relations of a story.
pub fn all(known: &Known) -> Vec<Relation> {
    let mut out: Vec<Relation> = Vec::new();
    let figures = known.figures;
    let mut told: FxHashSet<(&'static str, Vec<usize>)> = FxHashSet::default();
    for (i, figure) in figures.iter().enumerate().filter(|(_, f)| counts(f)) {
        let found: Vec<Option<Relation>> = match figure.role {
            Role::Level => vec![two(known, i, Flow::Balance), two(known, i, Flow::Trade)],
            Role::Growth => vec![growth(known, i), from_change(known, i), of_sum(known, i)],
            Role::Change => vec![change(known, i), changes::of_balance(known, i), changes::sum(known, i)],
            Role::Share => vec![share(known, i)],
            Role::Multiple => multiple(known, i),
            _ => vec![],
        };
        out.extend(found.into_iter().flatten());
        if figure.role == Role::Level {
            out.extend(super::sums::sums(known, i));
            out.extend(changes::balance(known, i));
        }
    }
    // Once each: of a level that is said twice, the one that fits.
    out.sort_by_key(|r| !r.computed.meets(r.printed));
    out.retain(|r| {
        let same = r.figures.iter().map(|f| known.first_like(*f)).collect();
        told.insert((r.name, same))
    });
    out.sort_by_key(|r| r.figures.last().copied());
    out
}

/// Exports less imports, or both together.
fn two(known: &Known, i: usize, flow: Flow) -> Option<Relation> {
    let total = known.get(i).filter(|f| f.subject.flow_word() == Some(flow.series()))?;
    let mut all = Vec::new();
    for e in take(known.levels(total, |k| k.0 = "exports")) {
        for m in take(known.levels(total, |k| k.0 = "imports")) {
            let (Some(x), Some(y)) = (known.get(e), known.get(m)) else { continue };
            let plus = flow == Flow::Trade;
            let computed = if plus { span(x).plus(span(y)) } else { span(x).minus(span(y)) };
            all.push(Relation {
                name: if plus { "trade" } else { "balance" },
                figures: vec![e, m, i],
                computed,
                printed: span(total),
                formula: format!("{} {} {}", amount(x), if plus { "+" } else { "-" }, amount(y)),
                result: result(total),
                one: one(total),
            });
        }
    }
    best(all)
}

fn growth(known: &Known, i: usize) -> Option<Relation> {
    let growth = known.get(i)?;
    let base = growth.base?;
    let mut all = Vec::new();
    for unit in known.units(growth) {
        for l in take(known.levels(growth, |k| k.4 = unit)) {
            for b in take(known.levels(growth, |k| (k.4, k.5) = (unit, base))) {
                let (Some(x), Some(y)) = (known.get(l), known.get(b)) else { continue };
                // The growth of a deficit is that of its size; one that changes its sign has none.
                if x.value.signum() != y.value.signum() {
                    continue;
                }
                let Some(computed) = span(x).over(span(y)) else { continue };
                all.push(Relation {
                    name: "growth",
                    figures: vec![l, b, i],
                    computed,
                    printed: factor(growth),
                    formula: format!("{} / {} - 1", amount(x), amount(y)),
                    result: result(growth),
                    one: 0.01,
                });
            }
        }
    }
    best(all)
}

fn change(known: &Known, i: usize) -> Option<Relation> {
    let change = known.get(i)?;
    let base = change.base?;
    let mut all = Vec::new();
    for l in take(known.levels(change, |_| ())) {
        for b in take(known.levels(change, |k| k.5 = base)) {
            let (Some(x), Some(y)) = (known.get(l), known.get(b)) else { continue };
            all.push(Relation {
                name: "change",
                figures: vec![l, b, i],
                computed: span(x).minus(span(y)),
                printed: span(change),
                formula: format!("{} - {}", amount(x), amount(y)),
                result: result(change),
                one: one(change),
            });
        }
    }
    best(all)
}

/// A growth from the level and its change alone.
fn from_change(known: &Known, i: usize) -> Option<Relation> {
    let growth = known.get(i)?;
    let mut all = Vec::new();
    for unit in known.units(growth) {
        for c in take(known.changes(growth, |k| k.4 = unit)) {
            for l in take(known.levels(growth, |k| k.4 = unit)) {
                let (Some(x), Some(y)) = (known.get(l), known.get(c)) else { continue };
                // Of a deficit both signs are turned.
                let (level, change) =
                    if x.value < 0.0 { (span(x).times(-1.0), span(y).times(-1.0)) } else { (span(x), span(y)) };
                let ends = [
                    (level.low, change.low),
                    (level.low, change.high),
                    (level.high, change.low),
                    (level.high, change.high),
                ];
                let values: Vec<f64> = ends.iter().map(|(l, c)| l / (l - c)).filter(|v| v.is_finite()).collect();
                let low = values.iter().copied().fold(f64::INFINITY, f64::min);
                let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                if low.is_finite() && level.low - change.high > 0.0 {
                    all.push(Relation {
                        name: "growth-from-change",
                        figures: vec![l, c, i],
                        computed: Interval::new(low, high),
                        printed: factor(growth),
                        formula: format!("{} / ({} - {}) - 1", amount(x), amount(x), amount(y)),
                        result: result(growth),
                        one: 0.01,
                    });
                }
            }
        }
    }
    best(all)
}

/// The growth of trade or of a balance from those of exports and imports.
fn of_sum(known: &Known, i: usize) -> Option<Relation> {
    let growth = known.get(i).filter(|g| g.base.is_some())?;
    let flow = growth.subject.flow?;
    let sign = match flow.series() {
        "trade" => 1.0,
        "balance" => -1.0,
        _ => return None,
    };
    let mut all = Vec::new();
    for unit in known.units(growth) {
        let level = |flow: &'static str| known.levels(growth, |k| (k.0, k.4) = (flow, unit)).first().copied();
        let rate = |flow: &'static str| known.growths(growth, growth.base, |k| k.0 = flow).first().copied();
        let (Some(e), Some(m), Some(ge), Some(gm)) =
            (level("exports"), level("imports"), rate("exports"), rate("imports"))
        else {
            continue;
        };
        let (Some(x), Some(y), Some(gx), Some(gy)) = (known.get(e), known.get(m), known.get(ge), known.get(gm)) else {
            continue;
        };
        // Each end of each operand: the quotient is monotone in every one of them.
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        let ends = |i: Interval| [i.low, i.high];
        for a in ends(span(x)) {
            for b in ends(span(y)) {
                for g in ends(factor(gx)) {
                    for h in ends(factor(gy)) {
                        let (now, before) = (a + sign * b, a / g + sign * b / h);
                        let q = now / before;
                        (low, high) = (low.min(q), high.max(q));
                    }
                }
            }
        }
        let before = [span(x).middle() / factor(gx).middle(), span(y).middle() / factor(gy).middle()];
        let base = before.iter().zip([1.0, sign]).map(|(b, s)| b * s).sum::<f64>();
        let loose = before.iter().map(|b| b.abs()).sum::<f64>() * 0.01;
        // A balance near nothing has no growth worth checking, nor one that changes its sign.
        if !low.is_finite() || !high.is_finite() || low <= 0.0 || sign < 0.0 && base.abs() < loose {
            continue;
        }
        let op = if sign > 0.0 { "+" } else { "-" };
        let was = |f: &Figure, g: &Figure| format!("{} / (1 + {})", amount(f), amount(g));
        all.push(Relation {
            name: "growth-of-sum",
            figures: vec![e, ge, m, gm, i],
            computed: Interval::new(low, high),
            printed: factor(growth),
            formula: format!("({} {op} {}) / ({} {op} {}) - 1", amount(x), amount(y), was(x, gx), was(y, gy)),
            result: result(growth),
            one: 0.01,
        });
    }
    best(all)
}

fn share(known: &Known, i: usize) -> Option<Relation> {
    let share = known.get(i)?;
    let mut all = Vec::new();
    for unit in known.units(share) {
        let pairs: Vec<(usize, usize)> = match share.whole? {
            "cover" => pairs(
                known.levels(share, |k| (k.0, k.4) = ("exports", unit)),
                known.levels(share, |k| (k.0, k.4) = ("imports", unit)),
            ),
            "imports" => {
                pairs(known.levels(share, |k| k.4 = unit), known.levels(share, |k| (k.0, k.4) = ("imports", unit)))
            }
            "trade" if share.subject.flow_word() != Some("trade") => {
                pairs(known.levels(share, |k| k.4 = unit), known.levels(share, |k| (k.0, k.4) = ("trade", unit)))
            }
            _ => {
                let wholes = ["goods", "goods_and_services"].iter().flat_map(|total| {
                    known.levels(share, |k| (k.1, k.2, k.4) = (total, "world", unit)).iter().copied()
                });
                let wholes: Vec<usize> = wholes.collect();
                pairs(known.levels(share, |k| k.4 = unit), &wholes)
            }
        };
        for (part, whole) in pairs.into_iter().filter(|(a, b)| a != b) {
            let (Some(x), Some(y)) = (known.get(part), known.get(whole)) else { continue };
            let Some(computed) = span(x).sizes().over(span(y)) else { continue };
            all.push(Relation {
                name: "share",
                figures: vec![part, whole, i],
                computed: computed.times(100.0),
                printed: span(share),
                formula: format!("{} / {}", amount(x), amount(y)),
                result: result(share),
                one: 1.0,
            });
        }
    }
    best(all)
}

fn pairs(a: &[usize], b: &[usize]) -> Vec<(usize, usize)> {
    take(a).flat_map(|x| take(b).map(move |y| (x, y))).collect()
}

fn multiple(known: &Known, i: usize) -> Vec<Option<Relation>> {
    let Some(multiple) = known.get(i) else { return vec![] };
    let Some(base) = multiple.base else { return vec![] };
    let (low, high) = multiple.bounds();
    let printed = Interval { low: low.unwrap_or(0.0), high: high.unwrap_or(f64::INFINITY) };
    let mut levels = Vec::new();
    for unit in known.measures().iter().copied() {
        for (l, b) in
            pairs(known.levels(multiple, |k| k.4 = unit), known.levels(multiple, |k| (k.4, k.5) = (unit, base)))
        {
            let (Some(x), Some(y)) = (known.get(l), known.get(b)) else { continue };
            if let Some(computed) = span(x).over(span(y)) {
                let formula = format!("{} / {}", amount(x), amount(y));
                levels.push(Relation {
                    name: "multiple",
                    figures: vec![l, b, i],
                    computed,
                    printed,
                    formula,
                    result: multiple.number(),
                    one: 1.0,
                });
            }
        }
    }
    let rates: Vec<Relation> = known
        .like(i)
        .iter()
        .filter_map(|g| known.get(*g).map(|f| (*g, f)))
        .filter(|(_, g)| {
            g.role == Role::Growth
                && counts(g)
                && g.subject == multiple.subject
                && g.period == multiple.period
                && g.base == Some(base)
        })
        .take(1)
        .map(|(g, growth)| Relation {
            name: "multiple",
            figures: vec![g, i],
            computed: factor(growth),
            printed,
            formula: format!("1 + {}", amount(growth)),
            result: multiple.number(),
            one: 1.0,
        })
        .collect();
    vec![best(levels), best(rates)]
}

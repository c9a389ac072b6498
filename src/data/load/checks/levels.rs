//! Single values out of step: far from both neighbours, or negative among very many positive ones.

use crate::data::MeasureInfo;
use crate::data::doubt::Doubt;
use crate::data::load::checks::values::{ENOUGH, MAX_SERIES, Series, Values, name, say, show};
use crate::data::store::Store;
use crate::diagnostic::codes;
use crate::syntax::format;
use crate::value::number;
use crate::value::{Kind, Period};

/// Single values far from both neighbours, which are near each other.
pub(super) fn jumps(store: &Store, m: usize, v: &Values, series: &[Series], out: &mut Vec<Doubt>) {
    let additive = |i: &MeasureInfo| {
        matches!(i.meaning.kind, Kind::Flow | Kind::Cumulative | Kind::Stock | Kind::Index | Kind::Rate)
    };
    if !store.info.measures.get(m).is_some_and(additive) {
        return;
    }
    // Small trade of many partners in many goods jumps about by nature.
    if series.len() > MAX_SERIES {
        return;
    }
    let mut found = Vec::new();
    for rows in series.iter().filter(|s| s.len() >= ENOUGH) {
        let cells: Vec<(usize, f64)> = rows
            .iter()
            .filter_map(|(_, row)| v.cells.get(*row).map(|x| (*row, *x)))
            .filter(|(_, x)| !x.is_nan() && *x != 0.0)
            .collect();
        let mut odd = Vec::new();
        for three in cells.windows(3) {
            let [(_, a), (row, x), (_, b)] = three else { continue };
            let (up, down) = (far(*x, *a), far(*x, *b));
            if up * down > 0.0 && up.abs() >= 1.8 && down.abs() >= 1.8 && far(*a, *b).abs() < 0.5 {
                odd.push((*row, *a, *x, *b, (up + down) / 2.0));
            }
        }
        if odd.is_empty() || odd.len() * 10 > cells.len() {
            continue;
        }
        let bad: Vec<usize> = odd.iter().map(|(row, ..)| *row).collect();
        let calm: Vec<f64> = cells.iter().filter(|(row, _)| !bad.contains(row)).map(|(_, x)| *x).collect();
        let mut steps: Vec<f64> =
            calm.windows(2).filter_map(|w| if let [a, b] = w { Some(far(*b, *a).abs()) } else { None }).collect();
        steps.sort_by(f64::total_cmp);
        // Where a series jumps about anyway, a jump says nothing.
        let usual = steps.get(steps.len() * 9 / 10).copied().unwrap_or(9.0);
        if usual > 0.9 {
            continue;
        }
        for (row, a, x, b, log) in odd {
            let times = number::significant(10f64.powf(log.abs()), 3);
            let word = if log > 0.0 { "above" } else { "below" };
            let message = format!(
                "`{}` {} is about {times} times {word} its neighbours {} and {}",
                name(store, m),
                show(x),
                show(a),
                show(b)
            );
            found.push(Doubt::new(&codes::LEVEL_JUMP, Some(store.line(row)), message));
        }
    }
    say(out, found);
}

/// How far apart two values are, in powers of ten.
fn far(a: f64, b: f64) -> f64 {
    (a.abs() / b.abs()).log10()
}

/// A step that lasts, between values that are calm before it and after: the scale has changed.
pub(super) fn steps(store: &Store, m: usize, v: &Values, series: &[Series], out: &mut Vec<Doubt>) {
    let Some(info) = store.info.measures.get(m).filter(|i| i.meaning.kind != Kind::Cumulative) else { return };
    if series.len() > MAX_SERIES {
        return;
    }
    let mut found = Vec::new();
    for rows in series.iter().filter(|s| s.len() >= ENOUGH) {
        let value = |row: &usize| v.cells.get(*row).copied().filter(|x| !x.is_nan() && *x != 0.0);
        let cells: Vec<(Period, usize, f64)> =
            rows.iter().filter_map(|(p, row)| value(row).map(|x| (*p, *row, x))).collect();
        let logs: Vec<f64> =
            cells.windows(2).filter_map(|w| if let [a, b] = w { Some(far(b.2, a.2)) } else { None }).collect();
        let largest = (0..logs.len()).max_by(|a, b| {
            let size = |i: &usize| logs.get(*i).map_or(0.0, |x| x.abs());
            size(a).total_cmp(&size(b))
        });
        let Some((at, log)) = largest.and_then(|at| logs.get(at).map(|log| (at, *log))) else { continue };
        let calm = logs.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, x)| x.abs()).fold(0.0, f64::max);
        // Two values on either side at least, and no other step that comes near.
        if log.abs() < 1.8 || calm > 0.5 || at < 1 || at + 3 > cells.len() {
            continue;
        }
        let (Some((last, _, a)), Some((first, row, b)), Some((start, ..))) =
            (cells.get(at), cells.get(at + 1), cells.first())
        else {
            continue;
        };
        let times = number::significant(10f64.powf(log.abs()), 2);
        let word = if log > 0.0 { "above" } else { "below" };
        let name = name(store, m);
        let message = format!(
            "`{name}` is {} in {first}, about {times} times {word} {} in {last}, and stays there: another scale",
            show(*b),
            show(*a)
        );
        let kind = info.meaning.kind.word();
        let item = format!("{} from {}: {kind} in ?", format::word(&name), format::column_text(&info.column));
        let advice = format!("declare both: `{item}` and `{item} for {}`", start.span(*last));
        found.push(Doubt::new(&codes::LEVEL_JUMP, Some(store.line(*row)), message).advice(advice));
    }
    say(out, found);
}

/// Negative values under the name of an index, which has none.
pub(super) fn indices(store: &Store, m: usize, v: &Values, out: &mut Vec<Doubt>) {
    let Some(info) = store.info.measures.get(m).filter(|i| i.meaning.kind == Kind::Index) else { return };
    let negative = || v.cells.iter().enumerate().filter(|(_, x)| **x < 0.0);
    let Some((row, x)) = negative().next() else { return };
    let count = negative().count();
    let more = if count > 1 { format!(" and {} other values are", count - 1) } else { " is".into() };
    let message =
        format!("`{}` is an index by its name, but {}{more} negative, which no index is", info.name, show(*x));
    let advice = format!(
        "if it is a change in percent, declare it: `{} from {}: growth in %`",
        format::word(&info.name),
        format::column_text(&info.column)
    );
    out.push(Doubt::new(&codes::UNEXPECTED_SIGN, Some(store.line(row)), message).advice(advice));
}

/// A few negative values among very many positive ones.
pub(super) fn signs(store: &Store, m: usize, v: &Values, balance: bool, out: &mut Vec<Doubt>) {
    let Some(info) = store.info.measures.get(m).filter(|i| i.meaning.kind == Kind::Flow && !balance) else { return };
    if store.info.dims.iter().any(|d| d.distinct && d.codes.len() > 1) {
        return;
    }
    let there = v.cells.iter().filter(|x| !x.is_nan()).count();
    let negative: Vec<usize> = v.cells.iter().enumerate().filter(|(_, x)| **x < 0.0).map(|(row, _)| row).collect();
    if there < 50 || negative.is_empty() || negative.len() * 100 > there {
        return;
    }
    let doubt = |row: usize| {
        let x = v.cells.get(row).copied().unwrap_or(0.0);
        let message = format!("`{}` is negative, {}, where nearly all others are positive", info.name, show(x));
        Doubt::new(&codes::UNEXPECTED_SIGN, Some(store.line(row)), message)
    };
    say(out, negative.into_iter().map(doubt).collect());
}

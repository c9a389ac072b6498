//! Checks of a dataset against itself: figures that must add up, values out of step, cumulations. In: a store.
//! Out: doubts with the lines concerned; kinds that the numbers prove (a cumulation, a unit value) are set. A relation
//! counts as meant where it holds in nearly all rows: then the others are mistakes.

use crate::data::MeasureInfo;
use crate::data::doubt::Doubt;
use crate::data::store::{Numbers, Store};
use crate::diagnostic::codes;
use crate::value::number;
use crate::value::period::Freq;
use crate::value::{Kind, Period};
use rustc_hash::FxHashMap;

/// Datasets beyond this are not looked at value by value.
const MAX_ROWS: usize = 300_000;
/// Relations between more columns than this are not searched for.
const MAX_MEASURES: usize = 14;
/// Of so many rows a relation must be seen in.
const ENOUGH: usize = 6;
/// So many series are looked at.
const SAMPLE: usize = 500;
/// Single values are weighed in datasets of so few series.
const MAX_SERIES: usize = 30;
/// How many places of one kind are said one by one.
const MAX_SAID: usize = 3;

/// The numbers of a measure, row by row, and its rounding.
struct Values {
    cells: Vec<f64>,
    unit: f64,
}

/// Runs all checks.
pub fn run(store: &mut Store) -> Vec<Doubt> {
    let rows = store.columns.periods.len();
    if rows > MAX_ROWS {
        return Vec::new();
    }
    let values: Vec<Values> = (0..store.measures.len()).map(|m| values(store, m)).collect();
    let series = series(store);
    let mut out = Vec::new();
    let mut balanced = vec![false; values.len()];
    if values.len() <= MAX_MEASURES {
        sums(store, &values, &mut balanced, &mut out);
        quotients(store, &values);
        cumulations(store, &values, &series, &mut out);
    }
    for m in 0..values.len() {
        let Some(v) = values.get(m) else { continue };
        resets(store, m, v, &series, &mut out);
        jumps(store, m, v, &series, &mut out);
        signs(store, m, v, balanced.get(m).copied().unwrap_or(false), &mut out);
    }
    out
}

fn values(store: &Store, measure: usize) -> Values {
    let Some((data, info)) = store.measures.get(measure).zip(store.info.measures.get(measure)) else {
        return Values { cells: Vec::new(), unit: 0.0 };
    };
    let mine = store.rows_of(data);
    let places = info.places.unwrap_or(0);
    let cell = |row: usize| match store.columns.numbers.get(data.column) {
        Some(Numbers::Exact(v)) => match v.get(row) {
            Some(&i64::MIN) | None => f64::NAN,
            Some(x) => number::scaled_to_f64(i128::from(*x), u32::from(places)),
        },
        Some(Numbers::Float(v)) => v.get(row).copied().unwrap_or(f64::NAN),
        None => f64::NAN,
    };
    let cells = mine.iter().enumerate().map(|(row, mine)| if *mine { cell(row) } else { f64::NAN }).collect();
    Values { cells, unit: if info.places.is_some() { 10f64.powi(-i32::from(places)) } else { 0.0 } }
}

/// Rows of one key in the order of time; of the first series only, where there are very many.
fn series(store: &Store) -> Vec<Vec<(Period, usize)>> {
    let months = store.info.periods.iter().any(|p| p.freq() == Some(Freq::Month));
    let keys: usize = store.info.dims.iter().map(|d| d.codes.len().max(1)).product();
    // Years are only weighed value by value, and that only where there are few series.
    if store.info.periods.len() < ENOUGH || (!months && keys > MAX_SERIES) {
        return Vec::new();
    }
    let mut places: FxHashMap<u64, usize> = FxHashMap::default();
    let mut out: Vec<Vec<(Period, usize)>> = Vec::new();
    for row in 0..store.columns.periods.len() {
        let columns = store.columns.codes.iter().chain(store.columns.flows.iter()).map(|c| c.get(row).unwrap_or(0));
        let key = columns.zip(store.info.dims.iter().map(|d| d.codes.len() as u64 + 1).chain([8]));
        let key = key.fold(0u64, |key, (code, size)| key.wrapping_mul(size).wrapping_add(u64::from(code)));
        let next = out.len();
        let at = match places.get(&key) {
            Some(at) => *at,
            None if next < SAMPLE => {
                places.insert(key, next);
                out.push(Vec::new());
                next
            }
            None => continue,
        };
        let period = store.columns.periods.get(row).and_then(|p| store.info.periods.get(p as usize));
        if let (Some(period), Some(list)) = (period, out.get_mut(at)) {
            list.push((*period, row));
        }
    }
    out.iter_mut().for_each(|s| s.sort_unstable());
    out
}

/// Whether a relation was seen to fail often enough to look no further.
fn hopeless(all: usize, holds: usize) -> bool {
    all >= 200 && holds * 10 < all * 7
}

fn name(store: &Store, m: usize) -> String {
    store.info.measures.get(m).map(|m| m.name.to_string()).unwrap_or_default()
}

fn show(x: f64) -> String {
    number::plain(x)
}

/// Says the first few of many.
fn say(out: &mut Vec<Doubt>, mut found: Vec<Doubt>) {
    found.sort_by_key(|d| d.line);
    let more = found.len().saturating_sub(MAX_SAID);
    found.truncate(MAX_SAID);
    if let (Some(last), true) = (found.last_mut(), more > 0) {
        last.message.push_str(&format!(" (and {more} more such lines)"));
    }
    out.extend(found);
}

/// `x = y + z` in nearly every row: total and parts, exports, imports and balance.
fn sums(store: &Store, values: &[Values], balanced: &mut [bool], out: &mut Vec<Doubt>) {
    for (x, vx) in values.iter().enumerate() {
        for (y, vy) in values.iter().enumerate() {
            for (z, vz) in values.iter().enumerate().skip(y + 1) {
                if x == y || x == z {
                    continue;
                }
                let slack = 2.01 * vx.unit.max(vy.unit).max(vz.unit);
                let (mut all, mut holds, mut wrong) = (0usize, 0usize, Vec::new());
                for (row, ((a, b), c)) in vx.cells.iter().zip(&vy.cells).zip(&vz.cells).enumerate() {
                    if a.is_nan() || b.is_nan() || c.is_nan() || (*b == 0.0 && *c == 0.0) {
                        continue;
                    }
                    all += 1;
                    let close = (a - b - c).abs() <= slack + 1e-9 * a.abs().max(b.abs()).max(c.abs());
                    // A part that is zero proves nothing.
                    holds += usize::from(close && *b != 0.0 && *c != 0.0);
                    if !close {
                        wrong.push((row, *a, *b, *c));
                    }
                    if hopeless(all, holds) {
                        break;
                    }
                }
                // Before it is clear that the relation is meant, it must hold nearly always.
                if all < ENOUGH || holds * 10 < all * 9 {
                    continue;
                }
                if let Some(slot) = balanced.get_mut(z) {
                    *slot = true;
                }
                let doubt = |(row, a, b, c): (usize, f64, f64, f64)| {
                    let message = format!(
                        "`{}` {} is not `{}` {} + `{}` {}, as it is in the other rows",
                        name(store, x),
                        show(a),
                        name(store, y),
                        show(b),
                        name(store, z),
                        show(c)
                    );
                    Doubt::new(&codes::IDENTITY_FAILED, Some(store.line(row)), message)
                };
                say(out, wrong.into_iter().map(doubt).collect());
            }
        }
    }
}

/// `x = y / z`: a unit value beside value and quantity.
fn quotients(store: &mut Store, values: &[Values]) {
    let priced: Vec<bool> = store.info.measures.iter().map(|m| m.meaning.kind == Kind::Price).collect();
    let is_price = |m: usize| priced.get(m).copied().unwrap_or(false);
    // Of the two that make the value together, the one that is called a price is the price, or the one behind.
    let quotient = |x: usize, z: usize| !is_price(z) && (is_price(x) || x > z);
    for (x, vx) in values.iter().enumerate() {
        let undeclared = store.info.measures.get(x).is_some_and(|m| !m.declared);
        if !undeclared {
            continue;
        }
        'pairs: for (y, vy) in values.iter().enumerate() {
            for (z, vz) in values.iter().enumerate() {
                if x == y || x == z || y == z || !quotient(x, z) {
                    continue;
                }
                let (mut all, mut holds) = (0usize, 0usize);
                for ((a, b), c) in vx.cells.iter().zip(&vy.cells).zip(&vz.cells) {
                    if a.is_nan() || b.is_nan() || c.is_nan() || *c == 0.0 || *b == 0.0 || *c == 1.0 {
                        continue;
                    }
                    all += 1;
                    holds += usize::from((a - b / c).abs() <= 0.51 * vx.unit.max(1e-12 * a.abs()) + 1e-9 * a.abs());
                    if hopeless(all, holds) {
                        break;
                    }
                }
                if all >= 2 * ENOUGH && holds * 10 >= all * 9 {
                    let unit = match (store.info.measures.get(y), store.info.measures.get(z)) {
                        (Some(a), Some(b)) if a.declared && b.declared => Some(a.meaning.unit.over(&b.meaning.unit).0),
                        _ => None,
                    };
                    let text = unit.as_ref().map(|u| u.to_string()).unwrap_or_else(|| "?".into());
                    said(store, x, &format!("price in {text}"));
                    if let Some(m) = store.info.measures.get_mut(x) {
                        m.meaning.kind = Kind::Price;
                        m.declared = unit.is_some();
                        m.meaning.unit = unit.unwrap_or_else(|| m.meaning.unit.clone());
                    }
                    break 'pairs;
                }
            }
        }
    }
}

/// Changes what the declaration says of a measure.
fn said(store: &mut Store, m: usize, meaning: &str) {
    let Some(name) = store.info.measures.get(m).map(|m| crate::syntax::format::word(&m.name)) else { return };
    for line in &mut store.info.declaration {
        if line.starts_with(&format!("{name} from "))
            && let Some((before, _)) = line.split_once(": ")
        {
            *line = format!("{before}: {meaning}");
        }
    }
}

/// `x(m) = x(m − 1) + y(m)`, beginning anew each January.
fn cumulations(store: &mut Store, values: &[Values], series: &[Vec<(Period, usize)>], out: &mut Vec<Doubt>) {
    for (x, vx) in values.iter().enumerate() {
        for (y, vy) in values.iter().enumerate() {
            if x == y {
                continue;
            }
            let slack = 2.01 * vx.unit.max(vy.unit);
            let (mut all, mut holds, mut steps, mut wrong) = (0usize, 0usize, 0usize, Vec::new());
            for rows in series {
                for pair in rows.windows(2) {
                    let [(before, i), (after, j)] = pair else { continue };
                    let month = |p: &Period| (p.freq() == Some(Freq::Month)).then(|| p.first_month());
                    let (Some((year, m)), Some((next_year, n))) = (month(before), month(after)) else { continue };
                    let at = |v: &Values, row: usize| v.cells.get(row).copied().unwrap_or(f64::NAN);
                    let (b, a, step) = (at(vx, *i), at(vx, *j), at(vy, *j));
                    let expected = if next_year == year && n == m + 1 {
                        steps += 1;
                        b + step
                    } else if n == 1 {
                        step
                    } else {
                        continue;
                    };
                    if a.is_nan() || expected.is_nan() {
                        continue;
                    }
                    all += 1;
                    if (a - expected).abs() <= slack + 1e-9 * a.abs() {
                        holds += 1;
                    } else {
                        wrong.push((*j, a, expected));
                    }
                }
            }
            if all < ENOUGH || steps < ENOUGH || holds * 10 < all * 8 {
                continue;
            }
            let plain = store.info.measures.get(x).is_some_and(|m| !m.declared && m.meaning.kind == Kind::Flow);
            if plain {
                if let Some(m) = store.info.measures.get_mut(x) {
                    m.meaning.kind = Kind::Cumulative;
                }
                said(store, x, "cumulative flow in ?");
            }
            let doubt = |(row, a, expected): (usize, f64, f64)| {
                let message = format!(
                    "`{}` is {}, but with the months of `{}` it would be {}",
                    name(store, x),
                    show(a),
                    name(store, y),
                    number::significant(expected, 12)
                );
                Doubt::new(&codes::IDENTITY_FAILED, Some(store.line(row)), message)
            };
            say(out, wrong.into_iter().map(doubt).collect());
        }
    }
}

/// A monthly flow that grows within each year and falls every January.
fn resets(store: &Store, m: usize, v: &Values, series: &[Vec<(Period, usize)>], out: &mut Vec<Doubt>) {
    let Some(info) = store.info.measures.get(m).filter(|i| i.meaning.kind == Kind::Flow) else { return };
    let (mut rises, mut steps, mut falls, mut januaries) = (0usize, 0usize, 0usize, 0usize);
    for rows in series {
        for pair in rows.windows(2) {
            let [(before, i), (after, j)] = pair else { continue };
            if before.freq() != Some(Freq::Month) || after.freq() != Some(Freq::Month) {
                continue;
            }
            let (Some(b), Some(a)) = (v.cells.get(*i), v.cells.get(*j)) else { continue };
            if b.is_nan() || a.is_nan() {
                continue;
            }
            if after.first_month().0 == before.first_month().0 {
                steps += 1;
                rises += usize::from(a >= b);
            } else if after.first_month().1 <= 2 {
                januaries += 1;
                falls += usize::from(*a < 0.6 * b);
            }
        }
    }
    if januaries >= 2 && falls == januaries && steps >= 12 && rises == steps {
        let message =
            format!("`{}` grows within every year and falls each January, as sums from January do", info.name);
        let advice = format!(
            "if it is one, declare it: `{} from {}: cumulative flow`",
            info.name,
            crate::syntax::format::column_text(&info.column)
        );
        out.push(Doubt::new(&codes::CUMULATIVE_AS_FLOW, None, message).advice(advice));
    }
}

/// Single values far from both neighbours, which are near each other.
fn jumps(store: &Store, m: usize, v: &Values, series: &[Vec<(Period, usize)>], out: &mut Vec<Doubt>) {
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
        let far = |a: f64, b: f64| (a.abs() / b.abs()).log10();
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

/// A few negative values among very many positive ones.
fn signs(store: &Store, m: usize, v: &Values, balance: bool, out: &mut Vec<Doubt>) {
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

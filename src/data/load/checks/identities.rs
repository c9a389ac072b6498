//! Columns that make another together: total and parts, exports, imports and balance; value, quantity and price.

use crate::data::declare::Said;
use crate::data::doubt::Doubt;
use crate::data::load::checks::values::{ENOUGH, Values, hopeless, name, say, show};
use crate::data::store::Store;
use crate::diagnostic::codes;
use crate::value::Kind;

/// `x = y + z` in nearly every row: total and parts, exports, imports and balance.
pub(super) fn sums(store: &Store, values: &[Values], balanced: &mut [bool], out: &mut Vec<Doubt>) {
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
pub(super) fn quotients(store: &mut Store, values: &[Values], said: &mut [Said]) {
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
                    // A yes or no, or a number that is mostly rounding, is the quotient of very much.
                    let rough = 0.51 * vx.unit > 0.05 * a.abs() || *a == 1.0;
                    if a.is_nan() || b.is_nan() || c.is_nan() || *c == 0.0 || *b == 0.0 || *c == 1.0 || rough {
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
                    let series = name(store, x);
                    said.iter_mut().for_each(|s| s.mean(&series, &format!("price in {text}")));
                    if let Some(m) = store.info.measures.get_mut(x) {
                        m.meaning.kind = Kind::Price;
                        m.kind_is_assumed = false;
                        m.declared = unit.is_some();
                        m.meaning.unit = unit.unwrap_or_else(|| m.meaning.unit.clone());
                    }
                    break 'pairs;
                }
            }
        }
    }
}

//! Sums since January: beside the months that they are made of, or by their course alone.

use crate::data::declare::Said;
use crate::data::doubt::Doubt;
use crate::data::load::checks::values::{ENOUGH, Series, Values, name, say, show};
use crate::data::store::Store;
use crate::diagnostic::codes;
use crate::syntax::format::column_text;
use crate::value::number;
use crate::value::period::Freq;
use crate::value::{Kind, Period};

/// `x(m) = x(m − 1) + y(m)`, beginning anew each January.
pub(super) fn cumulations(
    store: &mut Store,
    values: &[Values],
    (series, said): (&[Series], &mut [Said]),
    out: &mut Vec<Doubt>,
) {
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
                    m.kind_is_assumed = false;
                }
                let series = name(store, x);
                said.iter_mut().for_each(|s| s.mean(&series, "cumulative flow in ?"));
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
pub(super) fn resets(store: &Store, m: usize, v: &Values, series: &[Series], out: &mut Vec<Doubt>) {
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
        let advice =
            format!("if it is one, declare it: `{} from {}: cumulative flow`", info.name, column_text(&info.column));
        out.push(Doubt::new(&codes::CUMULATIVE_AS_FLOW, None, message).advice(advice));
    }
}

//! Sums since January: beside the months that they are made of, or by their course alone.

use crate::data::MeasureInfo;
use crate::data::declare::{Said, meaning_text};
use crate::data::doubt::Doubt;
use crate::data::load::checks::values::{ENOUGH, Series, Values, name, say, show};
use crate::data::meaning::kinds;
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
            // One damaged cell breaks two steps.
            let nearly = holds * 10 >= all * 8 || (wrong.len() <= 2 && holds + 1 >= ENOUGH);
            if all < ENOUGH || steps < ENOUGH || !nearly {
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

/// How a monthly series goes on within years, and over their ends.
#[derive(Default)]
struct Course {
    steps: usize,
    rises: usize,
    januaries: usize,
    falls: usize,
    /// Falls to an eighth and less: twelve months alike are twelve times the first.
    deep: usize,
}

impl Course {
    fn of(v: &Values, series: &[Series]) -> Course {
        let mut out = Course::default();
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
                    out.steps += 1;
                    out.rises += usize::from(a >= b);
                } else if after.first_month().1 <= 2 {
                    out.januaries += 1;
                    out.falls += usize::from(*a < 0.6 * b);
                    out.deep += usize::from(a * 8.0 <= *b);
                }
            }
        }
        out
    }

    /// Whether it rises within years, but for a damaged cell in two years.
    fn rises_within(&self) -> bool {
        self.steps - self.rises <= self.steps / 22
    }
}

/// A monthly flow that grows within each year and falls every January.
pub(super) fn resets(store: &mut Store, m: usize, v: &Values, series: &[Series], out: &mut Vec<Doubt>) {
    if store.adds_up {
        return;
    }
    let Some(info) = store.info.measures.get_mut(m).filter(|i| i.meaning.kind == Kind::Flow) else { return };
    let course = Course::of(v, series);
    let each = course.januaries > 0 && course.falls == course.januaries && course.rises_within();
    let often = course.januaries >= 2 && course.steps >= 12;
    let deep = course.deep == course.januaries && course.steps >= 11;
    let named = kinds::hinted(&info.column) == Some(Kind::Cumulative);
    if each && (often || deep || named) {
        info.looks_cumulative = true;
        let message =
            format!("`{}` grows within every year and falls each January, as sums from January do", info.name);
        let advice =
            format!("if it is one, declare it: `{} from {}: cumulative flow`", info.name, column_text(&info.column));
        out.push(Doubt::new(&codes::CUMULATIVE_AS_FLOW, None, message).advice(advice));
    }
}

/// A column whose name says that it cumulates, and whose numbers do not begin anew in January: what runs on is a stock,
/// what falls within the year a flow like any other.
pub(super) fn named(store: &mut Store, m: usize, v: &Values, (series, said): (&[Series], &mut [Said])) {
    let by_name =
        |i: &MeasureInfo| i.meaning.kind == Kind::Cumulative && kinds::hinted(&i.column) == Some(Kind::Cumulative);
    let Some(info) = store.info.measures.get_mut(m).filter(|i| by_name(i)) else { return };
    let course = Course::of(v, series);
    let kind = if course.januaries > 0 && course.falls == 0 && course.rises_within() {
        Kind::Stock
    } else if course.steps >= ENOUGH && course.rises * 3 < course.steps * 2 {
        info.kind_is_assumed = true;
        Kind::Flow
    } else {
        return;
    };
    info.meaning.kind = kind;
    let words = meaning_text(&info.meaning);
    let name = info.name.to_string();
    said.iter_mut().for_each(|s| s.mean(&name, &words));
}

//! What becomes of several numbers: a sum, a mean, a rank statistic. In: numbers in their order. Out: one number, with
//! arithmetic that a reader can do again.

use super::*;
use crate::eval::trace::put;
use crate::value::Reason;

/// What an operator makes of some numbers; with its arithmetic.
pub(super) fn reduce(call: &Call, kind: Kind, xs: &[f64]) -> Result<(f64, String), Reason> {
    let numbers: Vec<String> = xs.iter().map(|x| put(*x)).collect();
    let n = xs.len();
    // What is left of parts that cancel each other out is nothing.
    let sum = || {
        let (sum, size) = xs.iter().fold((0.0, 0.0), |(s, a), x| (s + x, a + x.abs()));
        if sum.abs() <= 4.0 * f64::EPSILON * size { 0.0 } else { sum }
    };
    let reduce = call.entry.reduce.ok_or(Reason::Undefined)?;
    if n == 0 {
        return Err(Reason::NotReported);
    }
    let found = match reduce {
        Reduce::Sum => Some((sum(), numbers.join(" + "))),
        Reduce::Mean => Some((sum() / n as f64, format!("({}) / {n}", numbers.join(" + ")))),
        Reduce::Least => xs.iter().copied().reduce(f64::min).map(|x| (x, format!("min({})", numbers.join(", ")))),
        Reduce::Greatest => xs.iter().copied().reduce(f64::max).map(|x| (x, format!("max({})", numbers.join(", ")))),
        Reduce::First => xs.first().map(|x| (*x, put(*x))),
        Reduce::Last => xs.last().map(|x| (*x, put(*x))),
        Reduce::Count => {
            let count = xs.iter().filter(|x| **x != 0.0).count();
            Some((count as f64, count.to_string()))
        }
        Reduce::Quantile => {
            // The number of the words, as in `90th percentile`; the median is the fiftieth.
            let part = call.every.map_or(50, |(n, _)| n);
            quantile(xs, f64::from(part) / 100.0)
        }
        Reduce::Spread => return spread(xs),
    };
    let found = match (kind, reduce) {
        (Kind::Truth, Reduce::Mean) => found.map(|(z, how)| (100.0 * z, format!("100 * {how}"))),
        _ => found,
    };
    found.ok_or(Reason::Undefined)
}

/// The quantile between order statistics, as R's type 7: at 1 + (n - 1) p of the ordered numbers.
fn quantile(xs: &[f64], p: f64) -> Option<(f64, String)> {
    let mut ordered = xs.to_vec();
    ordered.sort_by(f64::total_cmp);
    let place = (ordered.len() - 1) as f64 * p;
    let below = place.floor();
    let (a, part) = (*ordered.get(below as usize)?, place - below);
    if part == 0.0 {
        return Some((a, put(a)));
    }
    let b = *ordered.get(below as usize + 1)?;
    Some((a + part * (b - a), format!("{} + {} * ({} - {})", put(a), put(part), put(b), put(a))))
}

/// The standard deviation of a sample.
fn spread(xs: &[f64]) -> Result<(f64, String), Reason> {
    if xs.len() < 2 {
        return Err(Reason::Undefined);
    }
    let n = xs.len() as f64;
    let mean = xs.iter().sum::<f64>() / n;
    let squares: f64 = xs.iter().map(|x| (x - mean).powi(2)).sum();
    let terms: Vec<String> = xs.iter().map(|x| format!("({} - {})^2", put(*x), put(mean))).collect();
    Ok(((squares / (n - 1.0)).sqrt(), format!("(({}) / {})^(1 / 2)", terms.join(" + "), xs.len() - 1)))
}

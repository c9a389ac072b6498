//! What becomes of several numbers: a sum, a mean, a rank statistic. In: numbers in their order. Out: one number, and
//! where it is asked for the arithmetic, which a reader can do again.

use super::*;
use crate::eval::trace::put;
use crate::value::Reason;

/// What an operator makes of some numbers.
pub(super) fn reduce(call: &Call, kind: Kind, xs: &[f64]) -> Result<f64, Reason> {
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
        Reduce::Sum => Some(sum()),
        Reduce::Mean if kind == Kind::Truth => Some(100.0 * (sum() / n as f64)),
        Reduce::Mean => Some(sum() / n as f64),
        Reduce::Least => xs.iter().copied().reduce(f64::min),
        Reduce::Greatest => xs.iter().copied().reduce(f64::max),
        Reduce::First => xs.first().copied(),
        Reduce::Last => xs.last().copied(),
        Reduce::Count => Some(xs.iter().filter(|x| **x != 0.0).count() as f64),
        Reduce::Quantile => {
            quantile(xs, part(call)).map(|(a, part, b)| if part == 0.0 { a } else { a + part * (b - a) })
        }
        Reduce::Spread => return spread(xs),
    };
    found.ok_or(Reason::Undefined)
}

/// How it comes about.
pub(super) fn arithmetic(call: &Call, kind: Kind, xs: &[f64]) -> String {
    let joined = |by: &str| xs.iter().map(|x| put(*x)).collect::<Vec<_>>().join(by);
    let n = xs.len();
    match call.entry.reduce {
        Some(Reduce::Sum) => joined(" + "),
        Some(Reduce::Mean) if kind == Kind::Truth => format!("100 * ({}) / {n}", joined(" + ")),
        Some(Reduce::Mean) => format!("({}) / {n}", joined(" + ")),
        Some(Reduce::Least) => format!("min({})", joined(", ")),
        Some(Reduce::Greatest) => format!("max({})", joined(", ")),
        Some(Reduce::First) => xs.first().map(|x| put(*x)).unwrap_or_default(),
        Some(Reduce::Last) => xs.last().map(|x| put(*x)).unwrap_or_default(),
        Some(Reduce::Count) => xs.iter().filter(|x| **x != 0.0).count().to_string(),
        Some(Reduce::Quantile) => match quantile(xs, part(call)) {
            Some((a, 0.0, _)) => put(a),
            Some((a, part, b)) => format!("{} + {} * ({} - {})", put(a), put(part), put(b), put(a)),
            None => String::new(),
        },
        Some(Reduce::Spread) => {
            let mean = xs.iter().sum::<f64>() / n as f64;
            let terms: Vec<String> = xs.iter().map(|x| format!("({} - {})^2", put(*x), put(mean))).collect();
            format!("(({}) / {})^(1 / 2)", terms.join(" + "), n.saturating_sub(1))
        }
        None => String::new(),
    }
}

/// The number of the words, as in `90th percentile`; the median is the fiftieth.
fn part(call: &Call) -> f64 {
    f64::from(call.every.map_or(50, |(n, _)| n)) / 100.0
}

/// The quantile between order statistics, as R's type 7, at 1 + (n - 1) p of the ordered numbers: the one below, how far
/// it is from there, the one above.
fn quantile(xs: &[f64], p: f64) -> Option<(f64, f64, f64)> {
    let mut ordered = xs.to_vec();
    ordered.sort_unstable_by(f64::total_cmp);
    let place = (ordered.len() - 1) as f64 * p;
    let below = place.floor();
    let (a, part) = (*ordered.get(below as usize)?, place - below);
    if part == 0.0 {
        return Some((a, part, a));
    }
    Some((a, part, *ordered.get(below as usize + 1)?))
}

/// The standard deviation of a sample.
fn spread(xs: &[f64]) -> Result<f64, Reason> {
    if xs.len() < 2 {
        return Err(Reason::Undefined);
    }
    let n = xs.len() as f64;
    let mean = xs.iter().sum::<f64>() / n;
    let squares: f64 = xs.iter().map(|x| (x - mean).powi(2)).sum();
    Ok((squares / (n - 1.0)).sqrt())
}

//! Numbers in seasons, apart: the classical way and STL, both in the conventions of R. In: the numbers of one series at
//! equal steps, and how many steps a season has. Out: trend, season and remainder at each. Knows no period and no unit.

/// What a series is made of.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    /// Missing where the window of a moving average reaches over an end.
    pub trend: Vec<Option<f64>>,
    pub season: Vec<f64>,
}

/// `decompose()` of R: a centred moving average over one season, the mean of what it leaves for each place in the season,
/// and these means normalised.
pub(super) fn classical(x: &[f64], season: usize, multiplied: bool) -> Parts {
    let half = season / 2;
    let at = |i: usize| x.get(i).copied().unwrap_or(0.0);
    let mean = |i: usize| {
        // An odd season has a middle; of an even one the ends count half.
        let end = if season.is_multiple_of(2) { 0.5 } else { 1.0 };
        let window: f64 = (i + 1 - half..i + half).map(at).sum::<f64>() + end * (at(i - half) + at(i + half));
        window / season as f64
    };
    let trend: Vec<Option<f64>> = (0..x.len()).map(|i| (i >= half && i + half < x.len()).then(|| mean(i))).collect();
    let apart = |i: usize| {
        let t = trend.get(i).copied().flatten()?;
        Some(if multiplied { at(i) / t } else { at(i) - t })
    };
    let means: Vec<f64> = (0..season)
        .map(|place| {
            let all: Vec<f64> = (place..x.len()).step_by(season).filter_map(apart).collect();
            all.iter().sum::<f64>() / all.len() as f64
        })
        .collect();
    let level = means.iter().sum::<f64>() / season as f64;
    let figure = |i: usize| {
        let own = means.get(i % season).copied().unwrap_or(level);
        if multiplied { own / level } else { own - level }
    };
    Parts { season: (0..x.len()).map(figure).collect(), trend }
}

/// How STL smooths: its windows in steps, all odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Windows {
    pub season: usize,
    pub trend: usize,
    pub low: usize,
    pub inner: usize,
    pub outer: usize,
}

fn next_odd(x: f64) -> usize {
    let x = x.round() as usize;
    if x.is_multiple_of(2) { x + 1 } else { x }
}

impl Windows {
    /// Those of `stl(x, s.window = "periodic", robust = …)` in R, for a series of so many steps.
    pub(super) fn of(steps: usize, season: usize, robust: bool) -> Windows {
        let long = 10 * steps + 1;
        let trend = (1.5 * season as f64 / (1.0 - 1.5 / long as f64)).ceil();
        let (inner, outer) = if robust { (1, 15) } else { (2, 0) };
        Windows { season: long, trend: next_odd(trend), low: next_odd(season as f64), inner, outer }
    }
}

/// A loess smoother: its window, the degree of its lines, at every how many steps it is computed.
#[derive(Clone, Copy)]
struct Loess {
    window: usize,
    line: bool,
    jump: usize,
}

impl Loess {
    fn new(window: usize, line: bool) -> Loess {
        Loess { window, line, jump: window.div_ceil(10) }
    }

    /// The smoothed value at a place, from the numbers from `left` to `right`; places are counted from one.
    fn at(&self, y: &[f64], x: f64, (left, right): (usize, usize), weights: Option<&[f64]>) -> Option<f64> {
        let mut reach = (x - left as f64).max(right as f64 - x);
        if self.window > y.len() {
            reach += ((self.window - y.len()) / 2) as f64;
        }
        let weight = |j: usize| {
            let r = (j as f64 - x).abs();
            let near = match r {
                r if r <= 0.001 * reach => 1.0,
                r if r <= 0.999 * reach => (1.0 - (r / reach).powi(3)).powi(3),
                _ => 0.0,
            };
            near * weights.map_or(1.0, |w| w.get(j - 1).copied().unwrap_or(0.0))
        };
        let mut w: Vec<f64> = (left..=right).map(weight).collect();
        let all: f64 = w.iter().sum();
        if all <= 0.0 {
            return None;
        }
        w.iter_mut().for_each(|w| *w /= all);
        if reach > 0.0 && self.line {
            let place = |i: usize| (left + i) as f64;
            let mean: f64 = w.iter().enumerate().map(|(i, w)| w * place(i)).sum();
            let spread: f64 = w.iter().enumerate().map(|(i, w)| w * (place(i) - mean).powi(2)).sum();
            if spread.sqrt() > 0.001 * (y.len() as f64 - 1.0) {
                let slope = (x - mean) / spread;
                w.iter_mut().enumerate().for_each(|(i, w)| *w *= slope * (place(i) - mean) + 1.0);
            }
        }
        Some(w.iter().zip(y.iter().skip(left - 1)).map(|(w, y)| w * y).sum())
    }

    /// All of a series smoothed: at every jump, and on straight lines between.
    fn smooth(&self, y: &[f64], weights: Option<&[f64]>) -> Vec<f64> {
        let n = y.len();
        if n < 2 {
            return y.to_vec();
        }
        let jump = self.jump.min(n - 1).max(1);
        let half = self.window.div_ceil(2);
        let window = |i: usize| match () {
            () if self.window >= n => (1, n),
            () if i < half => (1, self.window),
            () if i > n - half => (n - self.window + 1, n),
            () => (i - half + 1, self.window + i - half),
        };
        let own = |i: usize| y.get(i - 1).copied().unwrap_or(0.0);
        let value = |i: usize, window: (usize, usize)| self.at(y, i as f64, window, weights).unwrap_or(own(i));
        let mut known: Vec<(usize, f64)> = (1..=n).step_by(jump).map(|i| (i, value(i, window(i)))).collect();
        if let Some((last, _)) = known.last().copied().filter(|(last, _)| *last != n) {
            // The end is smoothed with the window of the last jump.
            known.push((n, value(n, window(last))));
        }
        let mut out = Vec::with_capacity(n);
        for pair in known.windows(2) {
            let [(i, a), (j, b)] = pair else { continue };
            let step = (b - a) / (j - i) as f64;
            out.extend((0..j - i).map(|k| a + step * k as f64));
        }
        out.extend(known.last().map(|(_, z)| *z));
        out
    }
}

/// The means of so many neighbours.
fn moving(x: &[f64], n: usize) -> Vec<f64> {
    x.windows(n).map(|w| w.iter().sum::<f64>() / n as f64).collect()
}

/// The places of a season smoothed one by one, each reaching one season over both ends.
fn cycles(y: &[f64], season: usize, smoother: Loess, weights: Option<&[f64]>) -> Vec<f64> {
    let mut out = vec![0.0; y.len() + 2 * season];
    for place in 0..season {
        let every = |list: &[f64]| list.iter().skip(place).step_by(season).copied().collect::<Vec<f64>>();
        let (own, weights) = (every(y), weights.map(every));
        let (k, weights) = (own.len(), weights.as_deref());
        let inside = smoother.smooth(&own, weights);
        let before = smoother.at(&own, 0.0, (1, smoother.window.min(k)), weights).or(inside.first().copied());
        let left = (k + 1).saturating_sub(smoother.window).max(1);
        let after = smoother.at(&own, (k + 1) as f64, (left, k), weights).or(inside.last().copied());
        let all = before.into_iter().chain(inside.iter().copied()).chain(after);
        for (i, z) in all.enumerate() {
            if let Some(slot) = out.get_mut(i * season + place) {
                *slot = z;
            }
        }
    }
    out
}

/// How much each number counts, by how far it lies from what fits.
fn robustness(y: &[f64], trend: &[f64], season: &[f64]) -> Vec<f64> {
    let off: Vec<f64> = y.iter().zip(trend).zip(season).map(|((y, t), s)| (y - t - s).abs()).collect();
    let mut sorted = off.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len();
    let middle = |i: usize| sorted.get(i).copied().unwrap_or(0.0);
    let six = 3.0 * (middle(n / 2) + middle(n - n / 2 - 1));
    let weight = |r: &f64| match *r {
        r if r <= 0.001 * six => 1.0,
        r if r <= 0.999 * six => (1.0 - (r / six).powi(2)).powi(2),
        _ => 0.0,
    };
    off.iter().map(weight).collect()
}

/// STL (Cleveland et al. 1990) with a season that is the same each year.
pub(super) fn stl(x: &[f64], period: usize, windows: Windows) -> Parts {
    let (seasonal, low) = (Loess::new(windows.season, false), Loess::new(windows.low, true));
    let smoother = Loess::new(windows.trend, true);
    let (mut trend, mut season) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    let mut weights: Option<Vec<f64>> = None;
    let less = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<f64>>();
    for round in 0..=windows.outer {
        for _ in 0..windows.inner {
            let cycles = cycles(&less(x, &trend), period, seasonal, weights.as_deref());
            let means = moving(&moving(&moving(&cycles, period), period), 3);
            let level = low.smooth(&means, None);
            season = less(cycles.get(period..).unwrap_or(&[]), &level);
            trend = smoother.smooth(&less(x, &season), weights.as_deref());
        }
        if round < windows.outer {
            weights = Some(robustness(x, &trend, &season));
        }
    }
    // The same each year: the mean of each place.
    let mean = |place: usize| {
        let all: Vec<f64> = season.iter().skip(place).step_by(period).copied().collect();
        all.iter().sum::<f64>() / all.len() as f64
    };
    let means: Vec<f64> = (0..period).map(mean).collect();
    let season = (0..x.len()).map(|i| means.get(i % period).copied().unwrap_or(0.0)).collect();
    Parts { trend: trend.into_iter().map(Some).collect(), season }
}

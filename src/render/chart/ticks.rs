//! Round numbers along an axis. In: the least and the largest number, and about how many ticks. Out: ticks in steps of 1,
//! 2 or 5 times a power of ten, which hold both, and their texts.

use crate::value::number::{self, Rounding};

/// An axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// Where it begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
    /// Its ticks and their texts, from below.
    pub ticks: Vec<(f64, String)>,
}

impl Scale {
    /// An axis that holds both numbers, with about so many steps.
    pub fn new((low, high): (f64, f64), steps: usize) -> Scale {
        let (low, high) = if low < high {
            (low, high)
        } else if low == 0.0 {
            (0.0, 1.0)
        } else {
            // Of one number only its surroundings can be shown.
            (low - low.abs() / 10.0, low + low.abs() / 10.0)
        };
        let steps = f64::from(u32::try_from(steps.max(1)).unwrap_or(1));
        let step = round_step((high - low) / steps);
        let (first, last) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
        let places = usize::try_from(-number::magnitude(step)).unwrap_or(0);
        let text = |x: f64| number::grouped(&number::round_to(x, places, Rounding::HalfAway));
        let mut ticks = Vec::new();
        let mut at = first;
        while at <= last && ticks.len() < 100 {
            let x = at * step + 0.0;
            ticks.push((x, text(x)));
            at += 1.0;
        }
        Scale { low: first * step, high: last * step, ticks }
    }

    /// How far up a number stands, from 0 to 1.
    pub fn part(&self, x: f64) -> f64 {
        ((x - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

/// The smallest of 1, 2, 5 times a power of ten that is not below.
fn round_step(least: f64) -> f64 {
    let power = 10f64.powi(number::magnitude(least));
    let found = [1.0, 2.0, 5.0].into_iter().map(|m| m * power).find(|s| *s >= least * (1.0 - 1e-9));
    found.unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(low: f64, high: f64, steps: usize) -> Vec<String> {
        Scale::new((low, high), steps).ticks.into_iter().map(|(_, t)| t).collect()
    }

    #[test]
    fn ticks_are_round_and_hold_all() {
        assert_eq!(texts(0.0, 100.0, 5), ["0", "20", "40", "60", "80", "100"]);
        assert_eq!(texts(0.0, 101.0, 5), ["0", "50", "100", "150"]);
        assert_eq!(texts(-3.0, 4.0, 5), ["-4", "-2", "0", "2", "4"]);
        assert_eq!(texts(0.12, 0.31, 4), ["0.10", "0.15", "0.20", "0.25", "0.30", "0.35"]);
        assert_eq!(texts(1e6, 4e6, 3), ["1,000,000", "2,000,000", "3,000,000", "4,000,000"]);
        assert_eq!(texts(5.0, 5.0, 2), ["4.5", "5.0", "5.5"]);
        assert_eq!(texts(0.0, 0.0, 2), ["0.0", "0.5", "1.0"]);
        let scale = Scale::new((0.0, 200.0), 4);
        assert_eq!((scale.part(0.0), scale.part(50.0), scale.part(200.0)), (0.0, 0.25, 1.0));
    }
}

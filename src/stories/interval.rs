//! Intervals: what rounds to a printed number, and what comes of several. In: bounds; a side may be open. Out: bounds.

/// From a least to a greatest, both included; an infinite side is open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The least.
    pub low: f64,
    /// The greatest.
    pub high: f64,
}

impl Interval {
    /// Between two numbers.
    pub fn new(a: f64, b: f64) -> Interval {
        Interval { low: a.min(b), high: a.max(b) }
    }

    /// The sum of both.
    pub fn plus(self, other: Interval) -> Interval {
        Interval { low: self.low + other.low, high: self.high + other.high }
    }

    /// What is left of one without the other.
    pub fn minus(self, other: Interval) -> Interval {
        Interval { low: self.low - other.high, high: self.high - other.low }
    }

    /// The quotient; nothing where the divisor may be zero.
    pub fn over(self, other: Interval) -> Option<Interval> {
        (other.low > 0.0 || other.high < 0.0).then_some(())?;
        let all = [self.low / other.low, self.low / other.high, self.high / other.low, self.high / other.high];
        let found = Interval {
            low: all.iter().copied().fold(f64::INFINITY, f64::min),
            high: all.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        };
        (found.low.is_finite() && found.high.is_finite()).then_some(found)
    }

    /// The product with a number.
    pub fn times(self, by: f64) -> Interval {
        Interval::new(self.low * by, self.high * by)
    }

    /// The same moved by a number.
    pub fn moved(self, by: f64) -> Interval {
        Interval { low: self.low + by, high: self.high + by }
    }

    /// The middle.
    pub fn middle(self) -> f64 {
        (self.low + self.high) / 2.0
    }

    /// How far from end to end.
    pub fn width(self) -> f64 {
        self.high - self.low
    }

    /// Sizes without signs.
    pub fn sizes(self) -> Interval {
        if self.high <= 0.0 { Interval { low: -self.high, high: -self.low } } else { self }
    }

    /// Whether the two have a number in common, within the dust of binary arithmetic.
    pub fn meets(self, other: Interval) -> bool {
        let size = [self.low, self.high, other.low, other.high]
            .iter()
            .map(|x| x.abs())
            .filter(|x| x.is_finite())
            .fold(0.0, f64::max);
        let dust = 1e-9 * size;
        self.low <= other.high + dust && other.low <= self.high + dust
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn intervals_hold_all_that_may_be() {
        // 35.6 on 33.8, each to a tenth: 35.55 / 33.85 to 35.65 / 33.75.
        let growth = Interval::new(35.55, 35.65).over(Interval::new(33.75, 33.85)).unwrap();
        assert!((growth.low - 1.050_221_6).abs() < 1e-6 && (growth.high - 1.056_296_3).abs() < 1e-6);
        assert!(!growth.meets(Interval::new(1.0575, 1.0585)));
        assert!(Interval::new(0.1, 0.2).plus(Interval::new(0.2, 0.3)).meets(Interval::new(0.5, 0.6)));
        assert_eq!(Interval::new(1.0, 2.0).over(Interval::new(-1.0, 1.0)), None);
        assert_eq!(Interval::new(-3.0, -2.0).sizes(), Interval::new(2.0, 3.0));
    }
}

//! The numbers of a column: exact amounts, of which one value says that there is none, or the nearest floating-point
//! numbers. Knows neither how they are written nor what they count.

use crate::value::number;

/// A decimal without its point, or the mark of a missing one; as large as the number alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Amount(i64);

impl Amount {
    /// There is no number.
    pub const MISSING: Amount = Amount(i64::MIN);

    /// A number; `None` for the one that marks a missing one.
    #[inline]
    pub fn new(number: i64) -> Option<Amount> {
        (number != i64::MIN).then_some(Amount(number))
    }

    /// The number, unless it is missing.
    #[inline]
    pub fn get(self) -> Option<i64> {
        (self.0 != i64::MIN).then_some(self.0)
    }

    /// Whether there is no number.
    #[inline]
    pub fn is_missing(self) -> bool {
        self.0 == i64::MIN
    }

    /// So many times as much, if it fits; what is missing stays so.
    #[inline]
    pub fn times(self, by: i64) -> Option<Amount> {
        self.get().map_or(Some(self), |number| number.checked_mul(by).and_then(Amount::new))
    }

    /// The number with its decimals; not a number if it is missing.
    pub fn float(self, places: u8) -> f64 {
        self.get().map_or(f64::NAN, |number| number::scaled_to_f64(i128::from(number), u32::from(places)))
    }
}

/// The numbers of one column.
#[derive(Clone, Debug)]
pub enum Numbers {
    /// Decimals, scaled.
    Exact(Vec<Amount>),
    /// Anything else; NaN is missing.
    Float(Vec<f64>),
}

impl Numbers {
    /// Every number times ten to the power that `by` gives for its row; exact columns stay so, at their decimals.
    pub fn multiply(&mut self, by: &dyn Fn(usize) -> i32) {
        self.multiply_with(by, Some(0));
    }

    /// As [`Numbers::multiply`], for powers below zero too: the decimals that the column has then.
    pub fn multiply_with(&mut self, by: &dyn Fn(usize) -> i32, places: Option<u8>) -> Option<u8> {
        let least = (0..self.len()).map(by).min().unwrap_or(0).min(0);
        let more = least.unsigned_abs();
        if let (Numbers::Exact(values), Some(places)) = (&mut *self, places) {
            let scaled = |(row, v): (usize, &Amount)| {
                let power = u32::try_from(by(row) - least).ok()?;
                if v.is_missing() { Some(*v) } else { v.times(10i64.checked_pow(power)?) }
            };
            let fits: Option<Vec<Amount>> = values.iter().enumerate().map(scaled).collect();
            if let Some(scaled) = fits {
                *values = scaled;
                return Some(places + u8::try_from(more).unwrap_or(0));
            }
            *self = Numbers::Float(values.iter().map(|v| v.float(places)).collect());
        }
        if let Numbers::Float(values) = self {
            for (row, v) in values.iter_mut().enumerate() {
                *v = crate::value::times_ten(*v, by(row));
            }
        }
        None
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        match self {
            Numbers::Exact(v) => v.len(),
            Numbers::Float(v) => v.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Only some rows.
    pub fn keep(&mut self, keep: &[bool]) {
        let mut rows = keep.iter();
        match self {
            Numbers::Exact(v) => v.retain(|_| rows.next().copied().unwrap_or(true)),
            Numbers::Float(v) => v.retain(|_| rows.next().copied().unwrap_or(true)),
        }
    }
}

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

/// As [`Amount`], of up to 38 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct WideAmount(i128);

impl WideAmount {
    /// There is no number.
    pub const MISSING: WideAmount = WideAmount(i128::MIN);

    /// A number.
    pub fn new(number: i128) -> Option<WideAmount> {
        (number != i128::MIN).then_some(WideAmount(number))
    }

    /// The number, unless it is missing.
    #[inline]
    pub fn get(self) -> Option<i128> {
        (self.0 != i128::MIN).then_some(self.0)
    }

    /// The number with its decimals; not a number if it is missing.
    pub fn float(self, places: u8) -> f64 {
        self.get().map_or(f64::NAN, |number| number::scaled_to_f64(number, u32::from(places)))
    }
}

impl From<Amount> for WideAmount {
    fn from(amount: Amount) -> WideAmount {
        amount.get().map_or(WideAmount::MISSING, |number| WideAmount(i128::from(number)))
    }
}

/// The numbers of one column.
#[derive(Clone, Debug)]
pub enum Numbers {
    /// Decimals, scaled.
    Exact(Vec<Amount>),
    /// Decimals, scaled, some of them too long for an [`Amount`]; no sum of some of them leaves 128 bits.
    Wide(Vec<WideAmount>),
    /// Anything else; NaN is missing.
    Float(Vec<f64>),
}

impl Default for Numbers {
    fn default() -> Numbers {
        Numbers::Exact(Vec::new())
    }
}

impl Numbers {
    /// Bytes that they take.
    pub fn held(&self) -> usize {
        match self {
            Numbers::Exact(v) => size_of_val(v.as_slice()),
            Numbers::Wide(v) => size_of_val(v.as_slice()),
            Numbers::Float(v) => size_of_val(v.as_slice()),
        }
    }

    /// Per row, whether there is no number, or zero where that counts as none; empty if every row has one.
    pub fn lacking(&self, zero_too: bool) -> Vec<bool> {
        let out: Vec<bool> = match self {
            Numbers::Exact(cells) => cells.iter().map(|c| c.get().is_none_or(|x| zero_too && x == 0)).collect(),
            Numbers::Wide(cells) => cells.iter().map(|c| c.get().is_none_or(|x| zero_too && x == 0)).collect(),
            Numbers::Float(cells) => cells.iter().map(|x| x.is_nan() || (zero_too && *x == 0.0)).collect(),
        };
        if out.contains(&true) { out } else { Vec::new() }
    }

    /// Whether a row has a number.
    pub fn has(&self, row: usize) -> bool {
        match self {
            Numbers::Exact(cells) => cells.get(row).is_some_and(|c| c.get().is_some()),
            Numbers::Wide(cells) => cells.get(row).is_some_and(|c| c.get().is_some()),
            Numbers::Float(cells) => cells.get(row).is_some_and(|x| !x.is_nan()),
        }
    }

    /// Wide numbers, if the sum of all without their signs fits, and so every sum of some.
    pub fn wide(cells: Vec<WideAmount>) -> Option<Numbers> {
        let size = |v: &WideAmount| v.get().map_or(0, i128::unsigned_abs);
        let sum = cells.iter().try_fold(0u128, |sum, v| sum.checked_add(size(v)))?;
        i128::try_from(sum).is_ok().then_some(Numbers::Wide(cells))
    }

    /// Every number times ten to the power that `by` gives for its row; exact columns stay so where that fits 38 digits.
    /// In and out: the decimals of the column, if it is exact.
    pub fn multiply(&mut self, by: &dyn Fn(usize) -> i32, places: Option<u8>) -> Option<u8> {
        let least = (0..self.len()).map(by).min().unwrap_or(0).min(0);
        if let Some(places) = places {
            let more = u8::try_from(least.unsigned_abs()).ok().and_then(|more| places.checked_add(more));
            if let Some((scaled, places)) = more.and_then(|p| Some((self.scaled(&|row| by(row) - least)?, p))) {
                *self = scaled;
                return Some(places);
            }
            *self = Numbers::Float((0..self.len()).map(|row| self.float(row, places)).collect());
        }
        if let Numbers::Float(values) = self {
            for (row, v) in values.iter_mut().enumerate() {
                *v = crate::value::times_ten(*v, by(row));
            }
        }
        None
    }

    /// Exact numbers times ten to powers that are none below zero, if they fit.
    fn scaled(&self, by: &dyn Fn(usize) -> i32) -> Option<Numbers> {
        let power = |row: usize| u32::try_from(by(row)).ok();
        if let Numbers::Exact(cells) = self {
            let one = |(row, v): (usize, &Amount)| {
                if v.is_missing() { Some(*v) } else { v.times(10i64.checked_pow(power(row)?)?) }
            };
            if let Some(scaled) = cells.iter().enumerate().map(one).collect() {
                return Some(Numbers::Exact(scaled));
            }
        }
        let one = |(row, v): (usize, WideAmount)| match v.get() {
            None => Some(v),
            Some(number) => WideAmount::new(number.checked_mul(10i128.checked_pow(power(row)?)?)?),
        };
        let wide: Option<Vec<WideAmount>> = match self {
            Numbers::Exact(cells) => cells.iter().map(|v| WideAmount::from(*v)).enumerate().map(one).collect(),
            Numbers::Wide(cells) => cells.iter().copied().enumerate().map(one).collect(),
            Numbers::Float(_) => None,
        };
        wide.and_then(Numbers::wide)
    }

    /// The number of a row as a floating-point number, its decimals being so many; not a number if it is missing.
    pub fn float(&self, row: usize, places: u8) -> f64 {
        match self {
            Numbers::Exact(v) => v.get(row).map_or(f64::NAN, |v| v.float(places)),
            Numbers::Wide(v) => v.get(row).map_or(f64::NAN, |v| v.float(places)),
            Numbers::Float(v) => v.get(row).copied().unwrap_or(f64::NAN),
        }
    }

    /// The digits of a row's number, if it is exact and not missing.
    pub fn exact(&self, row: usize) -> Option<i128> {
        match self {
            Numbers::Exact(v) => v.get(row).and_then(|v| v.get()).map(i128::from),
            Numbers::Wide(v) => v.get(row).and_then(|v| v.get()),
            Numbers::Float(_) => None,
        }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        match self {
            Numbers::Exact(v) => v.len(),
            Numbers::Wide(v) => v.len(),
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
            Numbers::Wide(v) => v.retain(|_| rows.next().copied().unwrap_or(true)),
            Numbers::Float(v) => v.retain(|_| rows.next().copied().unwrap_or(true)),
        }
    }
}

//! Whether numbers that are called shares are fractions of one or hundredths. In: the numbers of a column and the period
//! of each. Out: yes or no. Knows no name.

use crate::data::columns::amounts::Numbers;
use crate::data::columns::codes::Codes;
use rustc_hash::FxHashMap;

/// How far from its whole a sum of rounded shares may be.
const SLACK: f64 = 0.02;

/// All within 0 and 1, or about 1 together in each period; never what is about 100 together.
pub(super) fn are_fractions(numbers: &Numbers, places: Option<u8>, periods: &Codes) -> bool {
    let cells: Vec<f64> = (0..numbers.len()).map(|row| numbers.float(row, places.unwrap_or(0))).collect();
    let mut sums: FxHashMap<u32, (f64, usize)> = FxHashMap::default();
    for (x, period) in cells.iter().zip(periods.iter()).filter(|(x, _)| !x.is_nan()) {
        let sum = sums.entry(period).or_default();
        *sum = (sum.0 + x, sum.1 + 1);
    }
    let about =
        |whole: f64| !sums.is_empty() && sums.values().all(|(sum, n)| *n >= 2 && (sum - whole).abs() <= SLACK * whole);
    let mut known = cells.iter().filter(|x| !x.is_nan()).peekable();
    let within = known.peek().is_some() && known.all(|x| (0.0..=1.0).contains(x));
    !about(100.0) && (within || about(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_one_and_of_a_hundred() {
        let test = |list: &[f64], periods: &[u32]| {
            are_fractions(&Numbers::Float(list.to_vec()), None, &periods.iter().copied().collect())
        };
        assert!(test(&[0.74, 0.26], &[0, 0]) && test(&[1.2, -0.2], &[0, 0]) && test(&[0.3], &[0]));
        assert!(!test(&[74.0, 26.0], &[0, 0]) && !test(&[1.2, -0.3], &[0, 0]) && !test(&[], &[]));
        // Two hundred small ones in percent.
        assert!(!test(&[0.5; 200], &[0; 200]));
    }
}

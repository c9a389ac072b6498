//! Whether numbers that are called shares are fractions of one or hundredths. In: what the numbers of a column come to in
//! each period. Out: yes or no. Knows no name.

use crate::data::meaning::evidence::Numbers;
use crate::value::Period;

/// How far from its whole a sum of rounded shares may be.
const SLACK: f64 = 0.02;
/// Shares of so many times as much on the average are not of one unit.
const FAR: f64 = 10.0;

/// All within 0 and 1, or about 1 together in each period; never what is about 100 together.
pub(super) fn are_fractions(numbers: &Numbers) -> bool {
    let sums = &numbers.sums;
    let about =
        |whole: f64| !sums.is_empty() && sums.values().all(|(sum, n)| *n >= 2 && (sum - whole).abs() <= SLACK * whole);
    let within = !sums.is_empty() && !numbers.beyond;
    !about(100.0) && (within || about(1.0))
}

/// A column of shares, and the files of which it is made: those of them that are in fractions, and in percent.
pub(super) struct Files<'a> {
    /// The first row of each, and its name.
    pub(super) files: &'a [(usize, String)],
    /// How many rows there are.
    pub(super) rows: usize,
}

impl Files<'_> {
    /// A file whose shares are fractions of one, and one whose are not, if there are both.
    pub(super) fn unlike(&self, cell: &dyn Fn(usize) -> Option<(Period, f64)>) -> Option<(String, String)> {
        if self.files.len() < 2 {
            return None;
        }
        let ends = self.files.iter().skip(1).map(|(first, _)| *first).chain([self.rows]);
        let all: Vec<(&str, Numbers, f64)> = self
            .files
            .iter()
            .zip(ends)
            .map(|((first, name), end)| {
                let mut numbers = Numbers::default();
                let (mut sum, mut count) = (0.0, 0usize);
                for (period, x) in (*first..end).filter_map(cell) {
                    numbers.add(period, x);
                    (sum, count) = (sum + x.abs(), count + 1);
                }
                (name.as_str(), numbers, sum / count.max(1) as f64)
            })
            .collect();
        let told = |numbers: &Numbers, whole: f64| {
            !numbers.sums.is_empty()
                && numbers.sums.values().all(|(sum, n)| *n >= 2 && (sum - whole).abs() <= SLACK * whole)
        };
        for (name, numbers, mean) in all.iter().filter(|(_, numbers, _)| are_fractions(numbers)) {
            let percent = |(_, other, of): &&(&str, Numbers, f64)| {
                !other.sums.is_empty() && !are_fractions(other) && (told(numbers, 1.0) || *of > FAR * mean)
            };
            if let Some((other, ..)) = all.iter().find(percent) {
                return Some((name.to_string(), other.to_string()));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::meaning::evidence::Evidence;

    #[test]
    fn shares_of_one_and_of_a_hundred() {
        let test = |list: &[f64]| {
            let mut evidence = Evidence::default();
            evidence.next_part();
            are_fractions(evidence.numbers("x", list.iter().filter_map(|x| Some((Period::year(2024)?, *x)))))
        };
        assert!(test(&[0.74, 0.26]) && test(&[1.2, -0.2]) && test(&[0.3]));
        assert!(!test(&[74.0, 26.0]) && !test(&[1.2, -0.3]) && !test(&[]));
        // Two hundred small ones in percent.
        assert!(!test(&[0.5; 200]));
    }
}

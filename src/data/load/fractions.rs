//! Whether numbers that are called shares are fractions of one or hundredths. In: what the numbers of a column come to in
//! each period. Out: yes or no. Knows no name.

use crate::data::meaning::evidence::Numbers;

/// How far from its whole a sum of rounded shares may be.
const SLACK: f64 = 0.02;

/// All within 0 and 1, or about 1 together in each period; never what is about 100 together.
pub(super) fn are_fractions(numbers: &Numbers) -> bool {
    let sums = &numbers.sums;
    let about =
        |whole: f64| !sums.is_empty() && sums.values().all(|(sum, n)| *n >= 2 && (sum - whole).abs() <= SLACK * whole);
    let within = !sums.is_empty() && !numbers.beyond;
    !about(100.0) && (within || about(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::meaning::evidence::Evidence;
    use crate::value::Period;

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

//! Exact fractions. In: whole numbers. Out: sums, products and quotients without rounding.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive;

/// An exact number.
pub type Num = BigRational;

pub fn whole(n: i64) -> Num {
    Num::from_integer(BigInt::from(n))
}

/// Whether a double of a unit is the number, or as near as differences of doubles come.
pub fn near(x: f64, unit: f64, exact: &Num) -> bool {
    let y = exact.to_f64().unwrap_or(f64::NAN);
    (x * unit - y).abs() <= 1e-9 * y.abs().max(unit)
}

//! Formulas of two numbers, with what makes them undefined.

use crate::value::Reason;

pub(super) fn base(x: f64) -> Result<f64, Reason> {
    if x == 0.0 {
        Err(Reason::ZeroBase)
    } else if x < 0.0 {
        Err(Reason::NegativeBase)
    } else {
        Ok(x)
    }
}
/// `100 * (y / x - 1)`.
pub(super) fn percent_change(x: f64, y: f64) -> Result<f64, Reason> {
    base(x).map(|x| 100.0 * (y / x - 1.0))
}
/// `y - x`, taken on the decimal digits where both are short decimals, so that 1.3 - 1.1 is 0.2.
pub(super) fn decimal_difference(y: f64, x: f64) -> f64 {
    use crate::value::number::{Decimal, plain, scaled_to_f64};
    let exact = || {
        let (p, q) = (Decimal::parse(&plain(y))?, Decimal::parse(&plain(x))?);
        let places = p.places.max(q.places);
        let difference = i128::from(p.rescale(places)?) - i128::from(q.rescale(places)?);
        Some(scaled_to_f64(difference, u32::from(places)))
    };
    exact().unwrap_or(y - x)
}

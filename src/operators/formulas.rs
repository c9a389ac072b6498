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
/// `100 * (y / x - 1)`, as `100 * (y - x) / x`: in whole thousandths where both are such, so that the change from 1000 to
/// 1712.5 is 71.25 and not a little less.
pub(super) fn percent_change(x: f64, y: f64) -> Result<f64, Reason> {
    const SCALE: f64 = 1000.0;
    /// A hundred times as much is a whole number still.
    const EXACT: f64 = 4e13;
    let whole = |x: f64| {
        let scaled = (x * SCALE).round();
        (scaled.abs() < EXACT && scaled / SCALE == x).then_some(scaled)
    };
    base(x).map(|x| {
        let (x, y) = whole(x).zip(whole(y)).unwrap_or((x, y));
        100.0 * (y - x) / x
    })
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

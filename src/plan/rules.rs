//! Units and kinds of sums, products and shares, with the power of ten that the numbers need. Used by the check
//! before evaluation and by the evaluation itself, so that the two cannot differ.

use crate::syntax::ast::{Factor, Sign};
use crate::value::unit::{Base, Form};
use crate::value::{Kind, Unit};

/// What is known of a value before its numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Type {
    /// What it counts.
    pub unit: Unit,
    /// What may be done to it.
    pub kind: Kind,
}

impl Type {
    /// From its parts.
    pub fn new(unit: Unit, kind: Kind) -> Type {
        Type { unit, kind }
    }

    /// A percentage of this kind.
    pub fn percent(kind: Kind) -> Type {
        Type { unit: Unit::percent(), kind }
    }
}

/// The type of `a + b` or `a - b`, and the power of ten for `b`'s numbers; `None` if they have no sum.
pub fn sum(a: &Type, sign: Sign, b: &Type) -> Option<(Type, i32)> {
    if a.kind == Kind::Truth || b.kind == Kind::Truth {
        return None;
    }
    if let Some(power) = bare_beside_unknown(a, b) {
        let (unit, kind) = if a.unit.is_unknown() { (a.unit.clone(), a.kind) } else { (b.unit.clone(), b.kind) };
        return Some((Type { unit, kind }, power));
    }
    // Points are added to and taken from a percentage.
    let mixed = match (a.unit.form, b.unit.form) {
        (Form::Percent | Form::PercentPerYear, Form::Points) => Some(a),
        (Form::Points, Form::Percent | Form::PercentPerYear) => Some(b),
        _ => None,
    };
    if let Some(percentage) = mixed {
        return Some((percentage.clone(), 0));
    }
    let power = b.unit.power_to(&a.unit)?;
    let points = a.unit.is_percent() && b.unit.is_percent();
    let minus = sign == Sign::Minus;
    let same_form = a.unit.form == b.unit.form;
    let (unit, kind) = match (a.kind, b.kind) {
        _ if points && minus && same_form => (Unit::points(), Kind::Points),
        (Kind::Index, Kind::Index) if minus => (Unit::plain(), Kind::Points),
        (x, y) if x == y => (a.unit.clone(), x),
        (x, Kind::Number | Kind::Points) => (a.unit.clone(), x),
        (Kind::Number, y) if a.unit.is_plain() && b.unit.is_percent() => {
            (a.unit.clone(), if y == Kind::Share { Kind::Ratio } else { Kind::Number })
        }
        (Kind::Number, y) => (a.unit.clone(), y),
        (Kind::Flow | Kind::Cumulative, Kind::Flow | Kind::Cumulative) => (a.unit.clone(), Kind::Flow),
        _ => (a.unit.clone(), Kind::Ratio),
    };
    Some((Type { unit, kind }, power))
}

/// The power of ten for `b` where one of two is a bare number and the other has a unit that nobody says.
pub fn bare_beside_unknown(a: &Type, b: &Type) -> Option<i32> {
    let bare = |t: &Type| t.unit.is_plain() && t.kind == Kind::Number;
    match (a.unit.is_unknown(), b.unit.is_unknown()) {
        (true, false) => bare(b).then_some(b.unit.ten),
        (false, true) => bare(a).then_some(-a.unit.ten),
        _ => None,
    }
}

/// The power of ten that brings `b` into the unit of `a` to be compared with it; `None` if they do not compare. A bare
/// zero fits every unit.
pub fn comparable(a: &Type, b: &Type, zero: (bool, bool)) -> Option<i32> {
    if zero.0 || zero.1 {
        return Some(0);
    }
    bare_beside_unknown(a, b).or_else(|| b.unit.power_to(&a.unit))
}

/// The type of `a * b` or `a / b`, and the power of ten for the result's numbers.
pub fn product(a: &Type, how: Factor, b: &Type) -> (Type, i32) {
    let over = how == Factor::Over;
    // What holds counts once, what does not not at all.
    match (a.kind, b.kind) {
        (Kind::Truth, _) if !over => return (b.clone(), 0),
        (_, Kind::Truth) if !over => return (a.clone(), 0),
        _ => {}
    }
    if b.unit.is_plain() && (a.unit.is_percent() || matches!(a.unit.form, Form::Index(_))) && b.kind == Kind::Number {
        let power = if over { -b.unit.ten } else { b.unit.ten };
        return (a.clone(), power);
    }
    let (unit, power) = if over { a.unit.quotient(&b.unit) } else { a.unit.product(&b.unit) };
    let relation = matches!(b.kind, Kind::Number | Kind::Share | Kind::Ratio | Kind::Growth | Kind::Index);
    let kind = match (a.kind, b.kind) {
        (x, Kind::Number) => x,
        (Kind::Number, y) if !over => y,
        (Kind::Flow | Kind::Cumulative, _) if relation => Kind::Flow,
        (Kind::Stock, _) if relation => Kind::Stock,
        (Kind::AnnualRate, _) if relation => Kind::AnnualRate,
        (_, Kind::Flow) if !over && unit.den.is_empty() => Kind::Flow,
        (Kind::Flow | Kind::Cumulative, Kind::Rate) if unit.den.is_empty() => Kind::Flow,
        _ if unit.exchange().is_some() => Kind::Rate,
        _ if is_unit_value(&unit) => Kind::UnitValue,
        _ => Kind::Ratio,
    };
    (Type { unit, kind }, power)
}

fn is_unit_value(unit: &Unit) -> bool {
    matches!((unit.num.as_slice(), unit.den.as_slice()), ([Base::Currency(_)], [Base::Quantity(_)]))
}

/// The power of ten for the percentage that `part` is of `whole`; `None` if it is not a part of it.
pub fn share(part: &Type, whole: &Type) -> Option<i32> {
    let (unit, power) = part.unit.quotient(&whole.unit);
    (unit.is_plain() && part.unit.prices == whole.unit.prices).then_some(power + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(unit: &str, kind: Kind) -> Type {
        Type::new(Unit::parse(unit).unwrap_or_default(), kind)
    }

    #[test]
    fn points_go_with_percentages_and_yes_or_no_with_amounts() {
        let (share, points) = (t("%", Kind::Share), t("pp", Kind::Points));
        assert_eq!(sum(&share, Sign::Plus, &points), Some((share.clone(), 0)));
        assert_eq!(sum(&share, Sign::Minus, &share), Some((points.clone(), 0)));
        assert_eq!(sum(&points, Sign::Plus, &t("", Kind::Number)), None);
        let (truth, flow) = (t("", Kind::Truth), t("mn USD", Kind::Flow));
        assert_eq!(product(&flow, Factor::Times, &truth), (flow.clone(), 0));
        assert_eq!(product(&truth, Factor::Times, &flow), (flow, 0));
        assert_eq!(sum(&truth, Sign::Plus, &truth), None);
    }

    #[test]
    fn a_bare_number_meets_an_unknown_unit_and_nothing_else_does() {
        let unknown = Type::new(Unit::unknown("d", "v"), Kind::Flow);
        let other = Type::new(Unit::unknown("d", "w"), Kind::Flow);
        let five = t("", Kind::Number);
        assert_eq!(sum(&unknown, Sign::Plus, &five), Some((unknown.clone(), 0)));
        assert_eq!(sum(&five, Sign::Plus, &unknown), Some((unknown.clone(), 0)));
        assert_eq!(sum(&unknown, Sign::Plus, &other), None);
        assert_eq!(sum(&unknown, Sign::Plus, &t("USD", Kind::Flow)), None);
        assert_eq!(comparable(&unknown, &t("USD", Kind::Number), (false, true)), Some(0));
        assert_eq!(share(&unknown, &unknown), Some(2));
        assert_eq!(share(&unknown, &other), None);
    }
}

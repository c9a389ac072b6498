//! Money in a plan: the unit after conversion and deflation, the rates that are loaded, the base of an index. Gives back
//! what cannot be converted.

use super::catalogue::Catalogue;
use super::{Node, Plan, Scope, Transform};
use crate::diagnostic::{Diagnostic, codes};
use crate::span::Span;
use crate::syntax::Fault;
use crate::value::period::PeriodText;
use crate::value::unit::{Base, Form};
use crate::value::{Period, Unit};

/// The currency of a unit.
fn currency(unit: &Unit) -> Option<[u8; 3]> {
    unit.num.iter().find_map(|b| match b {
        Base::Currency(code) => Some(*code),
        Base::Quantity(_) => None,
    })
}

/// Whether this is an amount of money, or a relation to one, that can be converted and deflated.
pub(super) fn is_money(plan: &Plan) -> bool {
    let unit = match &plan.node {
        Node::Measure(source, m) => source.info().measures.get(*m).map(|m| &m.meaning.unit),
        Node::Number(_, unit) => Some(unit),
        _ => None,
    };
    unit.is_some_and(|u| currency(u).is_some() && u.exchange().is_none())
}

/// The unit of money after all changes; what cannot be changed is a fault of the place where it stands.
pub(super) fn changed(
    catalogue: &Catalogue,
    unit: &Unit,
    transforms: &[Transform],
    place: Span,
) -> Result<Unit, Fault> {
    let mut unit = unit.clone();
    for transform in transforms.iter().rev() {
        let Some(from) = currency(&unit) else { continue };
        if unit.exchange().is_some() {
            continue;
        }
        match transform {
            Transform::Convert(to, _, span) if *to != from => {
                if !rate_exists(catalogue, from, *to) {
                    return Err(Box::new(no_rate(from, *to, *span, place)));
                }
                for base in &mut unit.num {
                    if *base == Base::Currency(from) {
                        *base = Base::Currency(*to);
                    }
                }
            }
            Transform::Convert(..) => {}
            Transform::Deflate(index) => {
                if let Some(known) = unit.prices {
                    let message = format!("this is already at prices of {known}");
                    return Err(Box::new(Diagnostic::new(&codes::DEFLATOR_BASE, place, message)));
                }
                unit.prices = index_base(index);
            }
        }
    }
    Ok(unit)
}

fn no_rate(from: [u8; 3], to: [u8; 3], span: Span, place: Span) -> Diagnostic {
    let (to, from) = (ascii(to), ascii(from));
    let message = format!("no loaded table has rates between {from} and {to}");
    let fault =
        Diagnostic::new(&codes::NO_RATE, span, message).here("to convert into").label(place, format!("in {from}"));
    let (under, over) = (to.to_lowercase(), from.to_lowercase());
    fault.advice(format!(
        "load one: `load \"rates.csv\" as fx with {{ {over}_per_{under} from COLUMN: rate in {from}/{to} }}`"
    ))
}

/// The base period of an index, where it is known from the plan.
pub fn index_base(plan: &Plan) -> Option<Period> {
    match &plan.node {
        Node::Measure(source, m) => match source.info().measures.get(*m)?.meaning.unit.form {
            Form::Index(base) => base,
            _ => None,
        },
        Node::Scoped(_, Scope::With(p, _)) => match p.node {
            PeriodText::Fixed(p) => Some(p),
            _ => None,
        },
        _ => plan.children().into_iter().find_map(index_base),
    }
}

/// Whether some loaded measures convert one currency into the other, directly or through a third.
pub fn rate_exists(catalogue: &Catalogue, from: [u8; 3], to: [u8; 3]) -> bool {
    let pairs = catalogue.exchange_pairs();
    let linked = |a: [u8; 3], b: [u8; 3]| pairs.iter().any(|(x, y)| (*x == a && *y == b) || (*x == b && *y == a));
    linked(from, to) || pairs.iter().flat_map(|(x, y)| [*x, *y]).any(|third| linked(from, third) && linked(third, to))
}

/// A currency code as text.
pub fn ascii(code: [u8; 3]) -> String {
    String::from_utf8_lossy(&code).into_owned()
}

//! The rounding of amounts that a claim types: `58.7 bn USD` stands for everything that rounds to it, and so does what
//! is computed from it. In: the query of a claim. Out: the least and the greatest that it may be.

use super::Session;
use crate::eval;
use crate::syntax::ast::{Expr, ExprNode, Literal, Query};
use crate::value::number::{self, Rounding};

/// More amounts than this are taken as they are typed: all of their ends would have to be tried.
const MOST: usize = 6;

/// The least and the greatest value of a query of one number, given the rounding of the amounts in it.
pub(super) fn bounds(session: &Session, query: &Query) -> Option<(f64, f64)> {
    let mut count = 0;
    each_amount(&mut query.clone(), &mut |_| count += 1);
    if count == 0 || count > MOST {
        return None;
    }
    let mut found: Option<(f64, f64)> = None;
    for ends in 0..1u32 << count {
        let mut moved = query.clone();
        let mut place = 0;
        each_amount(&mut moved, &mut |amount| {
            shift(amount, ends >> place & 1 == 1);
            place += 1;
        });
        let plan = session.plan(&moved).ok()?;
        let value = eval::evaluate(&session.catalogue, &plan, &session.answering(), false).ok()?.into_value()?;
        let x = value.single()?.datum().ok()?;
        found = Some(found.map_or((x, x), |(a, b)| (a.min(x), b.max(x))));
    }
    found
}

/// The amount at the upper or lower end of what rounds to it.
fn shift(amount: &mut Literal, up: bool) {
    let places = amount.number.split_once('.').map_or(0, |(_, f)| f.len());
    let Ok(x) = amount.number.parse::<f64>() else { return };
    let half = 0.5 * 10f64.powi(-i32::try_from(places).unwrap_or(0));
    amount.number = number::round_to(if up { x + half } else { x - half }, places + 1, Rounding::HalfAway);
}

/// Every number with a unit; a bare one is exact.
fn each_amount(query: &mut Query, take: &mut dyn FnMut(&mut Literal)) {
    in_expr(&mut query.expr, take);
}

fn in_expr(expr: &mut Expr, take: &mut dyn FnMut(&mut Literal)) {
    match &mut expr.node {
        ExprNode::Number(literal) => {
            if !literal.unit.is_empty() && !literal.number.contains(['e', 'E']) {
                take(literal);
            }
        }
        ExprNode::Name(_) => {}
        ExprNode::Sum(terms) => terms.iter_mut().for_each(|(_, e)| in_expr(e, take)),
        ExprNode::Product(factors) => factors.iter_mut().for_each(|(_, e)| in_expr(e, take)),
        ExprNode::Call { operands, .. } => operands.iter_mut().for_each(|e| in_expr(e, take)),
        ExprNode::Across { inner, .. } => in_expr(inner, take),
        ExprNode::Deflated { inner, by } => {
            in_expr(inner, take);
            in_expr(by, take);
        }
        ExprNode::ShareOf { part, whole } => {
            in_expr(part, take);
            in_expr(whole, take);
        }
        ExprNode::Compare { left, right, .. } => {
            in_expr(left, take);
            in_expr(right, take);
        }
        ExprNode::List(items) => items.iter_mut().for_each(|e| in_expr(e, take)),
        ExprNode::Group(inner) => each_amount(inner, take),
    }
}

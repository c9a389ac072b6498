//! The body of a definition for one call: what its header names becomes what the call says. In: a body and what stands for
//! the names. Out: the body with these in their place.

use crate::syntax::ast::{self, Choice, Clause, DimName, Expr, ExprNode, Literal, Much, Query};
use crate::value::period::PeriodText;

/// The word of a header that stands for any number and step; with another unit, for any number of these.
pub(super) const STEP: &str = "N-month";
/// Its number, in the body.
pub(super) const NUMBER: &str = "N";

/// What the parts of a header stand for in one call.
#[derive(Default)]
pub(super) struct Put {
    /// Dimensions: that of the call, and the roles that an operator of the library asks of the data.
    pub(super) dims: Vec<(String, Vec<DimName>)>,
    /// The number of the step, and the words for it.
    pub(super) step: Option<(String, String)>,
    /// Whether the header leaves the unit of the step open.
    pub(super) any_step: bool,
    pub(super) periods: Vec<(String, PeriodText)>,
    pub(super) number: Option<(String, String)>,
}

impl Put {
    pub(super) fn query(&self, query: &mut Query) {
        self.expr(&mut query.expr);
        for clause in &mut query.clauses {
            self.clause(&mut clause.node);
        }
    }

    fn expr(&self, expr: &mut Expr) {
        match &mut expr.node {
            ExprNode::Number(_) => {}
            ExprNode::Name(name) => {
                let own = self.number.as_ref().filter(|(n, _)| n == name).map(|(_, x)| x.clone());
                let step = self.step.as_ref().filter(|_| name == NUMBER).map(|(x, _)| x.clone());
                if let Some(number) = own.or(step) {
                    expr.node = ExprNode::Number(Literal { number, unit: String::new() });
                }
            }
            ExprNode::Sum(terms) => terms.iter_mut().for_each(|(_, e)| self.expr(e)),
            ExprNode::Product(factors) => factors.iter_mut().for_each(|(_, e)| self.expr(e)),
            ExprNode::Call { words, over, operands } => {
                if let (Some((number, step)), Some(rest)) = (&self.step, words.node.strip_prefix("N-")) {
                    words.node = match rest.strip_prefix("month").filter(|_| self.any_step) {
                        Some(rest) => format!("{step}{rest}"),
                        None => format!("{number}-{rest}"),
                    };
                }
                self.dims(over);
                operands.iter_mut().for_each(|e| self.expr(e));
            }
            ExprNode::Across { inner, dims } => {
                self.dims(dims);
                self.expr(inner);
            }
            ExprNode::Deflated { inner, by } => {
                self.expr(inner);
                self.expr(by);
            }
            ExprNode::ShareOf { part: a, whole: b } | ExprNode::Compare { left: a, right: b, .. } => {
                self.expr(a);
                self.expr(b);
            }
            ExprNode::Group(query) => self.query(query),
            ExprNode::List(items) => items.iter_mut().for_each(|e| self.expr(e)),
        }
    }

    fn clause(&self, clause: &mut Clause) {
        match clause {
            Clause::Where(conditions) => conditions.iter_mut().for_each(|c| self.dim(&mut c.dim)),
            Clause::When(choices) => choices.iter_mut().for_each(|c| match c {
                Choice::Codes(c) => self.dim(&mut c.dim),
                Choice::Holds(e) => self.expr(e),
            }),
            Clause::By(keys) => {
                let mut out = Vec::new();
                for key in keys.drain(..) {
                    let mut dims = vec![key.dim.clone()];
                    self.dims(&mut dims);
                    out.extend(dims.into_iter().map(|dim| ast::ByKey { dim, among: key.among.clone() }));
                }
                *keys = out;
            }
            Clause::FromTo(a, b) => {
                self.period(&mut a.node);
                self.period(&mut b.node);
            }
            Clause::For(p) => self.period(&mut p.node),
            Clause::With { period, number } => {
                self.period(&mut period.node);
                if let Some((_, x)) = self.number.as_ref().filter(|(n, _)| *n == number.node) {
                    number.node.clone_from(x);
                }
            }
            Clause::Top { much, over, .. } => {
                self.dims(over);
                self.much(&mut much.node);
            }
            Clause::End { count, .. } => self.much(&mut count.node),
            Clause::In { .. } | Clause::Total | Clause::Order { .. } | Clause::Allowing(_) => {}
        }
    }

    fn much(&self, much: &mut Much) {
        let Much::Named(name) = much else { return };
        let step = self.step.as_ref().filter(|_| name == NUMBER).map(|(x, _)| x);
        let own = self.number.as_ref().filter(|(n, _)| n == name).map(|(_, x)| x);
        if let Some(n) = own.or(step).and_then(|x| x.parse().ok()) {
            *much = Much::Count(n);
        }
    }

    fn period(&self, period: &mut PeriodText) {
        let PeriodText::Named(name) = period else { return };
        if let Some((_, text)) = self.periods.iter().find(|(n, _)| n == name) {
            *period = text.clone();
        }
    }

    /// A dimension of the header becomes that of the call; of several, the first.
    fn dim(&self, dim: &mut DimName) {
        let mut one = vec![dim.clone()];
        self.dims(&mut one);
        if let Some(first) = one.into_iter().next() {
            *dim = first;
        }
    }

    /// The dimensions that one of the body stands for.
    pub(super) fn dimensions(&self, dim: DimName) -> Vec<DimName> {
        let mut out = vec![dim];
        self.dims(&mut out);
        out
    }

    fn dims(&self, dims: &mut Vec<DimName>) {
        let of = |d: &DimName| self.dims.iter().find(|(name, _)| d.attribute.is_none() && d.name.node == *name);
        if dims.iter().any(|d| of(d).is_some()) {
            let put = |d: &DimName| of(d).map_or_else(|| vec![d.clone()], |(_, found)| found.clone());
            *dims = dims.iter().flat_map(put).collect();
        }
    }
}

//! From pest's pairs to expressions. Chains stay flat; `and` goes to the operator of the nearest `of`.

use super::Fault;
use super::ast::*;
use super::grammar::Rule;
use super::lower::{Lower, joined};
use crate::span::{Span, Spanned};
use pest::iterators::Pair;

impl Lower {
    /// A query, or several side by side. What compares with `=` stands in parentheses or after `when`: elsewhere the
    /// sign names and declares.
    pub(super) fn query(&self, pair: Pair<'_, Rule>) -> Result<Query, Fault> {
        let query = self.inner_query(pair)?;
        let items = match &query.expr.node {
            ExprNode::List(items) => items.as_slice(),
            _ => std::slice::from_ref(&query.expr),
        };
        match items.iter().find(|e| matches!(e.node, ExprNode::Compare { op: Comparison::Equal, .. })) {
            None => Ok(query),
            Some(equation) => {
                let message = "`=` compares only in parentheses and after `when`";
                let mut fault = self.fault(equation.span, message);
                let at = |place: usize| Span::new(self.source, place, place);
                fault.edits.push(vec![(at(equation.span.start), "(".into()), (at(equation.span.end), ")".into())]);
                Err(Box::new(fault.advice("`assert … is VALUE` checks one number")))
            }
        }
    }

    fn inner_query(&self, pair: Pair<'_, Rule>) -> Result<Query, Fault> {
        let span = self.span(&pair);
        let mut items = Vec::new();
        let mut clauses = Vec::new();
        for part in pair.into_inner() {
            if part.as_rule() == Rule::clause {
                clauses.push(self.clause(part)?);
            } else {
                items.push(self.expr(part)?);
            }
        }
        let expr = match (items.len(), items.pop()) {
            (_, None) => return Err(self.fault(span, "a query is missing here")),
            (1, Some(only)) => only,
            (_, Some(last)) => {
                let all = items.iter().fold(last.span, |s, e| s.to(e.span));
                items.push(last);
                Spanned::new(ExprNode::List(items), all)
            }
        };
        Ok(Query { expr, clauses })
    }

    pub(super) fn expr(&self, pair: Pair<'_, Rule>) -> Result<Expr, Fault> {
        let span = self.span(&pair);
        let mut parts = pair.into_inner();
        let Some(first) = parts.next() else {
            return Err(self.fault(span, "a query is missing here"));
        };
        let mut left = self.sum(first)?;
        for rest in parts {
            let whole = left.span.to(self.span(&rest));
            let (mut op, mut right) = (None, None);
            for part in rest.into_inner() {
                match part.as_rule() {
                    Rule::compare => op = Some(self.comparison(&part)?),
                    Rule::sum => right = Some(self.sum(part)?),
                    _ => {}
                }
            }
            let right = Box::new(right.ok_or_else(|| self.fault(whole, "the right side is missing"))?);
            let inner = Box::new(left);
            let node = match op {
                Some(op) => ExprNode::Compare { op, left: inner, right },
                None => ExprNode::ShareOf { part: inner, whole: right },
            };
            left = Spanned::new(node, whole);
        }
        Ok(left)
    }

    fn sum(&self, pair: Pair<'_, Rule>) -> Result<Expr, Fault> {
        let span = self.span(&pair);
        let mut terms = Vec::new();
        let mut sign = Sign::Plus;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::plus => sign = Sign::Plus,
                Rule::minus => sign = Sign::Minus,
                _ => terms.push((sign, self.product(part)?)),
            }
        }
        match (terms.len(), terms.pop()) {
            (1, Some((_, only))) => Ok(only),
            (_, Some(last)) => {
                terms.push(last);
                Ok(Spanned::new(ExprNode::Sum(terms), span))
            }
            (_, None) => Err(self.fault(span, "a query is missing here")),
        }
    }

    fn product(&self, pair: Pair<'_, Rule>) -> Result<Expr, Fault> {
        let span = self.span(&pair);
        let mut factors = Vec::new();
        let mut how = Factor::Times;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::times => how = Factor::Times,
                Rule::over => how = Factor::Over,
                _ => factors.push((how, self.unary(part)?)),
            }
        }
        match (factors.len(), factors.pop()) {
            (1, Some((_, only))) => Ok(only),
            (_, Some(last)) => {
                factors.push(last);
                Ok(Spanned::new(ExprNode::Product(factors), span))
            }
            (_, None) => Err(self.fault(span, "a query is missing here")),
        }
    }

    fn unary(&self, pair: Pair<'_, Rule>) -> Result<Expr, Fault> {
        let span = self.span(&pair);
        let mut negative = false;
        let mut inner = None;
        for part in pair.into_inner() {
            if part.as_rule() == Rule::minus {
                negative = !negative;
            } else {
                inner = Some(self.phrase(part)?);
            }
        }
        let inner = inner.ok_or_else(|| self.fault(span, "a query is missing here"))?;
        Ok(if negative { Spanned::new(ExprNode::Sum(vec![(Sign::Minus, inner)]), span) } else { inner })
    }

    fn phrase(&self, pair: Pair<'_, Rule>) -> Result<Expr, Fault> {
        let span = self.span(&pair);
        // Each item: its operators, outermost first, and what they apply to.
        let mut items = Vec::new();
        let mut heads = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::head => heads.push(self.head(part)?),
                Rule::postfix => items.push((std::mem::take(&mut heads), self.postfix(part)?)),
                Rule::item => {
                    let mut heads = Vec::new();
                    let mut operand = None;
                    for part in part.into_inner() {
                        if part.as_rule() == Rule::head {
                            heads.push(self.head(part)?);
                        } else {
                            operand = Some(self.postfix(part)?);
                        }
                    }
                    items.push((heads, operand.ok_or_else(|| self.fault(span, "a query is missing here"))?));
                }
                _ => {}
            }
        }
        // From the right: operands wait until the nearest operator to their left takes them.
        let mut waiting: Vec<Expr> = Vec::new();
        for (mut heads, operand) in items.into_iter().rev() {
            let Some((words, over)) = heads.pop() else {
                waiting.insert(0, operand);
                continue;
            };
            waiting.insert(0, operand);
            let mut call = self.call(words, over, std::mem::take(&mut waiting));
            while let Some((words, over)) = heads.pop() {
                call = self.call(words, over, vec![call]);
            }
            waiting.push(call);
        }
        let extra = waiting.get(1).map(|e| e.span);
        match (extra, waiting.into_iter().next()) {
            (None, Some(only)) => Ok(only),
            (Some(at), _) => {
                Err(self.fault(at, "`and` joins the operands of an operator with `of`, and none stands before it"))
            }
            (None, None) => Err(self.fault(span, "a query is missing here")),
        }
    }

    fn call(&self, words: Name, over: Vec<DimName>, operands: Vec<Expr>) -> Expr {
        let span = operands.iter().fold(words.span, |s, o| s.to(o.span));
        Spanned::new(ExprNode::Call { words, over, operands }, span)
    }

    fn head(&self, pair: Pair<'_, Rule>) -> Result<(Name, Vec<DimName>), Fault> {
        let span = self.span(&pair);
        let (mut words, mut over) = (Vec::new(), Vec::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::op_word => words.push(self.word(&part)),
                Rule::over_dims => over = self.over(part)?,
                _ => {}
            }
        }
        let words = joined(&words).ok_or_else(|| self.fault(span, "an operator is missing before `of`"))?;
        Ok((words, over))
    }

    /// `over partner, hs`
    pub(super) fn over(&self, pair: Pair<'_, Rule>) -> Result<Vec<DimName>, Fault> {
        match pair.into_inner().find(|p| p.as_rule() == Rule::names) {
            Some(names) => self.dims(names),
            None => Ok(Vec::new()),
        }
    }

    fn postfix(&self, pair: Pair<'_, Rule>) -> Result<Expr, Fault> {
        let span = self.span(&pair);
        let mut parts = pair.into_inner();
        let Some(first) = parts.next() else {
            return Err(self.fault(span, "a query is missing here"));
        };
        let mut expr = self.primary(first)?;
        for part in parts {
            let whole = expr.span.to(self.span(&part));
            let inner = Box::new(expr);
            let is_across = part.as_rule() == Rule::across;
            let operand = part.into_inner().find(|p| matches!(p.as_rule(), Rule::names | Rule::primary));
            let operand = operand.ok_or_else(|| self.fault(whole, "the clause is not complete"))?;
            let node = if is_across {
                ExprNode::Across { inner, dims: self.dims(operand)? }
            } else {
                ExprNode::Deflated { inner, by: Box::new(self.primary(operand)?) }
            };
            expr = Spanned::new(node, whole);
        }
        Ok(expr)
    }

    fn primary(&self, pair: Pair<'_, Rule>) -> Result<Expr, Fault> {
        let span = self.span(&pair);
        let inner = self.first(pair)?;
        let node = match inner.as_rule() {
            Rule::query => ExprNode::Group(Box::new(self.inner_query(inner)?)),
            Rule::quantity => ExprNode::Number(self.literal(inner).node),
            _ => ExprNode::Name(self.word(&inner).node),
        };
        Ok(Spanned::new(node, span))
    }
}

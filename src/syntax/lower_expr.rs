//! From pest's pairs to expressions. Chains stay flat; `and` goes to the operator of the nearest `of`.

use super::Fault;
use super::ast::*;
use super::grammar::Rule;
use super::lower::{Lower, joined};
use crate::span::Spanned;
use pest::iterators::Pair;

impl Lower {
    pub(super) fn query(&self, pair: Pair<'_, Rule>) -> Result<Query, Fault> {
        let span = self.span(&pair);
        let mut expr = None;
        let mut clauses = Vec::new();
        for part in pair.into_inner() {
            if part.as_rule() == Rule::clause {
                clauses.push(self.clause(part)?);
            } else {
                expr = Some(self.expr(part)?);
            }
        }
        let expr = expr.ok_or_else(|| self.fault(span, "a query is missing here"))?;
        Ok(Query { expr, clauses })
    }

    fn expr(&self, pair: Pair<'_, Rule>) -> Result<Expr, Fault> {
        let span = self.span(&pair);
        let mut parts = pair.into_inner();
        let Some(first) = parts.next() else {
            return Err(self.fault(span, "a query is missing here"));
        };
        let left = self.sum(first)?;
        let Some(rest) = parts.next() else {
            return Ok(left);
        };
        let shares = rest.as_rule() == Rule::share_of;
        let (mut op, mut right) = (None, None);
        for part in rest.into_inner() {
            match part.as_rule() {
                Rule::compare => op = Some(self.comparison(&part)?),
                Rule::sum => right = Some(self.sum(part)?),
                _ => {}
            }
        }
        let right = Box::new(right.ok_or_else(|| self.fault(span, "the right side is missing"))?);
        let left = Box::new(left);
        let node = match op {
            Some(op) if !shares => ExprNode::Compare { op, left, right },
            _ => ExprNode::ShareOf { part: left, whole: right },
        };
        Ok(Spanned::new(node, span))
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
        for item in pair.into_inner().filter(|p| p.as_rule() == Rule::item) {
            let mut heads = Vec::new();
            let mut operand = None;
            for part in item.into_inner() {
                if part.as_rule() == Rule::head {
                    heads.push(self.head(part)?);
                } else {
                    operand = Some(self.postfix(part)?);
                }
            }
            items.push((heads, operand.ok_or_else(|| self.fault(span, "a query is missing here"))?));
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

    fn call(&self, words: Name, over: Vec<Name>, operands: Vec<Expr>) -> Expr {
        let span = operands.iter().fold(words.span, |s, o| s.to(o.span));
        Spanned::new(ExprNode::Call { words, over, operands }, span)
    }

    fn head(&self, pair: Pair<'_, Rule>) -> Result<(Name, Vec<Name>), Fault> {
        let span = self.span(&pair);
        let (mut words, mut over) = (Vec::new(), Vec::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::op_word => words.push(self.word(&part)),
                Rule::over_dims => {
                    over =
                        part.into_inner().filter(|p| p.as_rule() == Rule::names).flat_map(|n| self.names(n)).collect();
                }
                _ => {}
            }
        }
        let words = joined(&words).ok_or_else(|| self.fault(span, "an operator is missing before `of`"))?;
        Ok((words, over))
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
                ExprNode::Across { inner, dims: self.names(operand) }
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
            Rule::query => ExprNode::Group(Box::new(self.query(inner)?)),
            Rule::quantity => ExprNode::Number(self.literal(inner).node),
            _ => ExprNode::Name(self.word(&inner).node),
        };
        Ok(Spanned::new(node, span))
    }
}

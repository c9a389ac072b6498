//! From the tree to a table: its columns, and what is chosen among their results, looked up. In: a statement's query,
//! whose expression may be a list. Out: plans for the columns, and the choices.

use super::clauses::is_choice;
use super::params::misfit;
use super::resolver::{Frame, Resolver, deepest};
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::catalogue::{Catalogue, is_numbered};
use crate::plan::choices::{Amount, Choices, Comparing, End, Item, Order, Side, Table, Top, When};
use crate::plan::*;
use crate::syntax::ast::{self, Clause, Codes, DimName, Expr, ExprNode, Much, Query};
use crate::syntax::{Fault, format};
use std::borrow::Cow;
use std::sync::Arc;

/// Looks up a statement's query.
///
/// # Errors
/// Every name, unit, key or parameter that is unknown.
pub fn table(catalogue: &Catalogue, query: &Query) -> Result<Table, Vec<Fault>> {
    let mut r = Resolver { catalogue, deepest: deepest(catalogue), nodes: 0, faults: Vec::new() };
    let table = r.table(query, &Frame::default());
    if r.faults.is_empty() { table.ok_or_else(Vec::new) } else { Err(r.faults) }
}

impl Resolver<'_> {
    /// The head of an item; an answer that has only a number for a name is called as its query.
    fn head_of(&self, item: &Expr, depth: usize) -> String {
        match &item.node {
            ExprNode::Name(name) if is_numbered(name) && depth < self.deepest => {
                self.catalogue.lets.get(name).map_or_else(|| head(item), |query| self.head_of(&query.expr, depth + 1))
            }
            _ => head(item),
        }
    }

    fn table(&mut self, query: &Query, frame: &Frame) -> Option<Table> {
        let named = match &query.expr.node {
            ExprNode::Name(name) if frame.depth < self.deepest => self.catalogue.lets.get(name).cloned(),
            _ => None,
        };
        let span = frame.at.unwrap_or(query.span());
        if let Some(named) = &named
            && query.clauses.is_empty()
        {
            let inside = Frame { depth: frame.depth + 1, at: Some(span), ..Frame::default() };
            return self.table(named, &inside);
        }
        self.said_once(query, frame);
        self.list_after_keys(query, frame);
        self.beside_itself(query, frame);
        let at = frame.at.unwrap_or(query.expr.span);
        let named_list = named.as_ref().and_then(|q| match &q.expr.node {
            ExprNode::List(items) => Some((q, items)),
            _ => None,
        });
        let items: Vec<Cow<'_, Expr>> = match (&query.expr.node, named_list) {
            (ExprNode::List(items), _) => items.iter().map(Cow::Borrowed).collect(),
            (_, Some((inner, _))) if inner.clauses.iter().any(|c| is_choice(&c.node)) => {
                let message = "these are several series of which the name chooses already, so no clause can follow";
                return self.fail(Diagnostic::new(&codes::WRONG_ARGUMENTS, at, message));
            }
            (_, Some((inner, items))) => {
                let held = |e: &Expr| {
                    let query = Query { expr: e.clone(), clauses: inner.clauses.clone() };
                    Cow::Owned(Spanned::new(ExprNode::Group(Box::new(query)), e.span))
                };
                items.iter().map(held).collect()
            }
            _ => vec![Cow::Borrowed(&query.expr)],
        };
        // What a named list says is told where the name stands.
        let frame = &if named_list.is_some() { Frame { at: Some(at), ..frame.clone() } } else { frame.clone() };
        let frame = &self.within(query, frame);
        let cores: Vec<Option<Plan>> = items.iter().map(|item| self.expr(item, frame)).collect();
        let choices = self.choices(query, cores.first().and_then(Option::as_ref), frame);
        let (mut found, mut allowing) = (Vec::new(), Vec::new());
        let names: Vec<String> = match named_list {
            Some((_, items)) => items.iter().map(head).collect(),
            None => items.iter().map(|item| self.head_of(item, 0)).collect(),
        };
        for (place, (name, core)) in names.into_iter().zip(cores).enumerate() {
            // A clause that is wrong is so once, whatever the number of columns.
            let known = self.faults.len();
            let plan = self.under_clauses(core, query, frame);
            if place > 0 {
                self.faults.truncate(known);
            }
            found.push(plan.map(|plan| Item { name, plan }));
        }
        for clause in &query.clauses {
            if let Clause::Allowing(_) = &clause.node {
                let scopes = self.clause(clause, frame).unwrap_or_default();
                allowing.extend(scopes.into_iter().filter_map(|s| match s {
                    Scope::Allowing(code) => Some(code),
                    _ => None,
                }));
            }
        }
        let items = found.into_iter().collect::<Option<Vec<Item>>>()?;
        Some(Table { items, choices: choices?, allowing, span })
    }

    /// What a query chooses among its results; `core` is what `it` means.
    pub(super) fn choices(&mut self, query: &Query, core: Option<&Plan>, frame: &Frame) -> Option<Choices> {
        let mut out = Choices::default();
        for clause in &query.clauses {
            let span = frame.at.unwrap_or(clause.span);
            match &clause.node {
                Clause::When(list) => {
                    for choice in list {
                        out.when.push(self.when(choice, core, frame)?);
                    }
                }
                Clause::Top { much, bottom, over } => {
                    let over = over.iter().map(|d| self.key(d, frame)).collect::<Option<Vec<Key>>>()?;
                    out.top = Some(Top { amount: self.amount(much, frame)?, bottom: *bottom, over, span });
                }
                Clause::End { count, last } => match self.amount(count, frame)? {
                    Amount::Count(count) => out.end = Some(End { count, last: *last, span }),
                    Amount::Part(_) => return None,
                },
                Clause::Order { smallest } => out.order = Some(Order { smallest: *smallest, span }),
                Clause::Total => out.total = Some(span),
                _ => {}
            }
        }
        Some(out)
    }

    fn amount(&mut self, much: &Spanned<Much>, frame: &Frame) -> Option<Amount> {
        let span = frame.at.unwrap_or(much.span);
        match &much.node {
            Much::Count(n) => Some(Amount::Count(*n)),
            Much::Part(text) => text.parse().ok().map(Amount::Part),
            Much::Named(name) => {
                let Some(value) = self.catalogue.params.get(name) else {
                    let message = format!("`{name}` is no number, and no parameter is called so");
                    return self.fail(Diagnostic::new(&codes::UNKNOWN_NAME, span, message));
                };
                match value.node.trim().parse().ok().filter(|n: &usize| *n > 0) {
                    Some(n) => Some(Amount::Count(n)),
                    None => {
                        let fault = misfit(name, value, span, "a whole number above zero");
                        self.fail(fault)
                    }
                }
            }
        }
    }

    fn when(&mut self, choice: &ast::Choice, core: Option<&Plan>, frame: &Frame) -> Option<When> {
        match choice {
            ast::Choice::Holds(expr) => self.comparing(expr, core, frame),
            ast::Choice::Codes(c) if self.is_dimension(&c.dim) => {
                let at = match &c.codes {
                    Codes::One(code) | Codes::Named(code) => c.dim.span().to(code.span),
                    Codes::Set(codes) => codes.iter().fold(c.dim.span(), |s, c| s.to(c.span)),
                };
                Some(When::Codes(self.condition(c, frame)?, frame.at.unwrap_or(at)))
            }
            ast::Choice::Codes(c) => match &c.codes {
                // `it = 0`, `rank = 1`: a number or a name stands where a code would.
                Codes::One(code) if c.dim.attribute.is_none() => {
                    let left = Spanned::new(ExprNode::Name(c.dim.name.node.clone()), c.dim.name.span);
                    let number = code.node.parse::<f64>().is_ok();
                    let literal = || ast::Literal { number: code.node.clone(), unit: String::new() };
                    let right = if number { ExprNode::Number(literal()) } else { ExprNode::Name(code.node.clone()) };
                    let op = if c.keep { ast::Comparison::Equal } else { ast::Comparison::NotEqual };
                    let (left, right) = (Box::new(left), Box::new(Spanned::new(right, code.span)));
                    let whole = c.dim.name.span.to(code.span);
                    self.comparing(&Spanned::new(ExprNode::Compare { op, left, right }, whole), core, frame)
                }
                _ => {
                    let span = frame.at.unwrap_or(c.dim.span());
                    let message = format!("no dimension is named `{}`", format::key(&c.dim));
                    self.fail(Diagnostic::new(&codes::UNKNOWN_NAME, span, message))
                }
            },
        }
    }

    fn comparing(&mut self, expr: &Expr, core: Option<&Plan>, frame: &Frame) -> Option<When> {
        let ExprNode::Compare { op, left, right } = &expr.node else { return None };
        let mut inside = frame.clone();
        Arc::make_mut(&mut inside.operands).extend(core.map(|plan| ("it".to_string(), plan.clone())));
        let mut side = |e: &Expr| match &e.node {
            ExprNode::Name(name) if name == "it" => Some(Side::It(frame.at.unwrap_or(e.span))),
            _ => self.expr(e, &inside).map(Side::Of),
        };
        let (left, right) = (side(left), side(right));
        let span = frame.at.unwrap_or(expr.span);
        Some(When::Holds(Box::new(Comparing { op: *op, left: left?, right: right?, span })))
    }

    /// `exports by partner, imports`: the second is no key, but a series that should stand beside the first.
    fn list_after_keys(&mut self, query: &Query, frame: &Frame) {
        for (place, clause) in query.clauses.iter().enumerate() {
            let Clause::By(keys) = &clause.node else { continue };
            let at = keys.iter().skip(1).position(|k| self.is_series(&k.dim)).map(|at| at + 1);
            let Some(first) = at.and_then(|at| keys.get(at)) else { continue };
            let (kept, moved) = keys.split_at(at.unwrap_or(0));
            let mut items = match &query.expr.node {
                ExprNode::List(items) => items.clone(),
                _ => vec![query.expr.clone()],
            };
            for key in moved {
                let name = Spanned::new(ExprNode::Name(key.dim.name.node.clone()), key.dim.name.span);
                items.push(match &key.dim.attribute {
                    None => name,
                    Some(words) => {
                        let call = ExprNode::Call { words: words.clone(), over: Vec::new(), operands: vec![name] };
                        Spanned::new(call, key.dim.span())
                    }
                });
            }
            let mut clauses = query.clauses.clone();
            if let Some(slot) = clauses.get_mut(place) {
                slot.node = Clause::By(kept.to_vec());
            }
            // Two lists of keys were two queries in one.
            let mut by = None;
            clauses.retain_mut(|c| match (&mut c.node, &mut by) {
                (Clause::By(more), Some(found)) => {
                    let found: &mut Vec<ast::ByKey> = found;
                    found.append(more);
                    false
                }
                (Clause::By(keys), None) => {
                    by = Some(std::mem::take(keys));
                    true
                }
                _ => true,
            });
            let mut by = by.unwrap_or_default();
            let mut seen: Vec<String> = Vec::new();
            by.retain(|k| {
                !seen.contains(&format::key(&k.dim)) && {
                    seen.push(format::key(&k.dim));
                    true
                }
            });
            for clause in &mut clauses {
                if let Clause::By(keys) = &mut clause.node {
                    *keys = std::mem::take(&mut by);
                }
            }
            let right = Query { expr: Spanned::new(ExprNode::List(items), query.expr.span), clauses };
            let span = frame.at.unwrap_or(first.dim.span());
            let message = format!("`{}` is a series, not a key", format::key(&first.dim));
            let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message).help(format::query(&right));
            let fault = fault.advice("series side by side stand before the clauses, which apply to all of them");
            self.faults.push(Box::new(fault));
        }
    }

    /// `exports / exports for 2022`: clauses apply to all on their left, so this is one everywhere.
    fn beside_itself(&mut self, query: &Query, frame: &Frame) {
        let (a, b, says) = match &query.expr.node {
            ExprNode::Product(factors) => match factors.as_slice() {
                [(_, a), (ast::Factor::Over, b)] => (a, b, "divided by itself is one"),
                _ => return,
            },
            ExprNode::Sum(terms) => match terms.as_slice() {
                [(ast::Sign::Plus, a), (ast::Sign::Minus, b)] => (a, b, "less itself is nothing"),
                _ => return,
            },
            ExprNode::ShareOf { part, whole } => (part.as_ref(), whole.as_ref(), "is all of itself"),
            _ => return,
        };
        if a != b || matches!(a.node, ExprNode::Number(_)) {
            return;
        }
        let span = frame.at.unwrap_or(query.expr.span);
        let message = format!("`{}` {says}, whatever the data", format::expr(a));
        let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message);
        let narrows = |c: &&Spanned<Clause>| matches!(c.node, Clause::For(_) | Clause::FromTo(..) | Clause::Where(_));
        let (own, outer): (Vec<_>, Vec<_>) = query.clauses.iter().cloned().partition(|c| narrows(&c));
        if own.is_empty() {
            return;
        }
        let narrowed = Query { expr: b.clone(), clauses: own };
        let group = Spanned::new(ExprNode::Group(Box::new(narrowed)), b.span);
        let node = match query.expr.node.clone() {
            ExprNode::Product(_) => {
                ExprNode::Product(vec![(ast::Factor::Times, a.clone()), (ast::Factor::Over, group)])
            }
            ExprNode::Sum(_) => ExprNode::Sum(vec![(ast::Sign::Plus, a.clone()), (ast::Sign::Minus, group)]),
            _ => ExprNode::ShareOf { part: Box::new(a.clone()), whole: Box::new(group) },
        };
        let right = Query { expr: Spanned::new(node, query.expr.span), clauses: outer };
        let fault = fault.help(format::query(&right));
        self.faults.push(Box::new(
            fault.advice("clauses apply to the whole expression on their left; parentheses keep one part apart"),
        ));
    }

    /// Whether a word after `by` or `across` is a series, or an operator on one.
    pub(super) fn is_series(&self, dim: &DimName) -> bool {
        let name = &dim.name.node;
        let series = self.catalogue.lets.contains_key(name) || !self.catalogue.find(name).is_empty();
        let operator = |words: &str| self.catalogue.is_operator(words);
        match &dim.attribute {
            None => series && !self.is_dimension(dim),
            Some(words) => series && operator(&words.node),
        }
    }

    /// Whether a word stands for a dimension of the data.
    fn is_dimension(&self, dim: &DimName) -> bool {
        let name = Key::dimension(&dim.name.node);
        let known = self.catalogue.dimensions();
        let held = || self.catalogue.params.get(&dim.name.node).map(|value| Key::dimension(&value.node));
        dim.attribute.is_some() || known.contains(&name) || held().is_some_and(|name| known.contains(&name))
    }
}

/// The head of a column: the expression as written, without parentheses around all of it.
fn head(item: &Expr) -> String {
    match &item.node {
        ExprNode::Group(query) if query.clauses.is_empty() => head(&query.expr),
        ExprNode::Group(query) => format::query(query),
        ExprNode::Name(name) => name.clone(),
        _ => format::expr(item),
    }
}

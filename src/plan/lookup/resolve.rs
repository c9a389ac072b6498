//! From the tree to a plan: names, operators, units, keys and parameters are looked up, with did-you-mean. Named
//! queries and user operators are put in place, their spans being where they were used.

use super::clauses::{is_choice, says_periods};
use super::params::misfit;
use super::resolver::{Frame, Resolver, deepest};
use crate::diagnostic::{Diagnostic, codes, suggest};
use crate::plan::catalogue::Catalogue;
use crate::plan::operator::Over;
use crate::plan::*;
use crate::syntax::ast::{self, Expr, ExprNode, Query};
use crate::syntax::keywords::begins_statement;
use crate::syntax::units::parse_unit;
use crate::syntax::{Fault, format, parse_literal};
use crate::value::number::Decimal;

/// How many nodes it may have.
const MAX_NODES: usize = 20_000;

/// Looks up a query.
pub fn resolve(catalogue: &Catalogue, query: &Query) -> Result<Plan, Vec<Fault>> {
    let mut r = Resolver { catalogue, deepest: deepest(catalogue), nodes: 0, faults: Vec::new() };
    let plan = r.query(query, &Frame::default());
    if r.faults.is_empty() { plan.ok_or_else(Vec::new) } else { Err(r.faults) }
}

impl Resolver<'_> {
    /// A query in parentheses or behind a name: the periods that it says hold.
    pub(super) fn inner(&mut self, query: &Query, frame: &Frame) -> Option<Plan> {
        let plan = self.query(query, frame)?;
        let span = plan.span;
        Some(if says_periods(query) { Plan { node: Node::Held(Box::new(plan)), span } } else { plan })
    }

    fn query(&mut self, query: &Query, frame: &Frame) -> Option<Plan> {
        self.said_once(query, frame);
        let frame = &self.within(query, frame);
        let core = self.expr(&query.expr, frame);
        let choices = self.choices(query, core.as_ref(), frame);
        let plan = self.under_clauses(core, query, frame);
        let (mut plan, choices) = (plan?, choices?);
        if !choices.is_none() {
            let span = plan.span.to(frame.at.unwrap_or(query.span()));
            plan = Plan { node: Node::Chosen(Box::new(plan), Arc::new(choices)), span };
        }
        // What is known may be said of the choice too.
        for clause in query.clauses.iter().filter(|c| matches!(c.node, ast::Clause::Allowing(_))) {
            for scope in self.clause(clause, frame)? {
                let span = plan.span.to(frame.at.unwrap_or(clause.span));
                plan = Plan { node: Node::Scoped(Box::new(plan), scope), span };
            }
        }
        Some(plan)
    }

    /// An expression under the clauses that say which data go in.
    pub(super) fn under_clauses(&mut self, core: Option<Plan>, query: &Query, frame: &Frame) -> Option<Plan> {
        let mut plan = core;
        let data = |c: &&Spanned<ast::Clause>| !is_choice(&c.node) && !matches!(c.node, ast::Clause::Allowing(_));
        for clause in query.clauses.iter().filter(data) {
            if self.is_taken_whole(&clause.node, &query.expr) {
                continue;
            }
            let span = frame.at.unwrap_or(clause.span);
            let scopes = self.clause(clause, frame).and_then(|scopes| self.beside_season(scopes, query, frame));
            for scope in scopes.unwrap_or_default() {
                plan = plan.map(|p| {
                    let whole = p.span.to(span);
                    Plan { node: Node::Scoped(Box::new(p), scope), span: whole }
                });
            }
        }
        plan
    }

    pub(super) fn expr(&mut self, expr: &Expr, frame: &Frame) -> Option<Plan> {
        let span = frame.at.unwrap_or(expr.span);
        self.nodes += 1;
        if frame.depth > self.deepest || self.nodes > MAX_NODES {
            return self.too_large(span);
        }
        let below = Frame { depth: frame.depth + 1, ..frame.clone() };
        let node = match &expr.node {
            ExprNode::Number(literal) => {
                let (x, unit) = self.literal(literal, span)?;
                Node::Number(x, unit)
            }
            ExprNode::Name(name) => return self.name(name, span, &below),
            ExprNode::Sum(terms) => {
                let plans: Vec<Option<(Sign, Plan)>> =
                    terms.iter().map(|(s, t)| self.expr(t, &below).map(|p| (*s, p))).collect();
                Node::Sum(plans.into_iter().collect::<Option<_>>()?)
            }
            ExprNode::Product(factors) => {
                let plans: Vec<Option<(Factor, Plan)>> =
                    factors.iter().map(|(f, t)| self.expr(t, &below).map(|p| (*f, p))).collect();
                Node::Product(plans.into_iter().collect::<Option<_>>()?)
            }
            ExprNode::Call { words, over, operands } => return self.call(words, over, operands, span, &below),
            ExprNode::Across { inner, dims } if dims.iter().skip(1).any(|d| self.is_series(d)) => {
                let first = dims.iter().skip(1).position(|d| self.is_series(d)).unwrap_or(0);
                let (Some(last), Some(series)) = (dims.get(first), dims.get(first + 1)) else { return None };
                let message = format!("`{}` is a series, not a dimension", format::key(series));
                let at = frame.at.unwrap_or(series.span());
                let mut fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, at, message);
                let place = |span: Span, at: usize| Span { start: at, end: at, ..span };
                let (start, end) = (inner.span.start, last.span().end);
                fault
                    .edits
                    .push(vec![(place(inner.span, start), "(".to_string()), (place(inner.span, end), ")".to_string())]);
                return self.fail(fault.advice("series side by side stand before the clauses, each in parentheses"));
            }
            ExprNode::Across { inner, dims } => {
                let dims: Option<Vec<Key>> = dims.iter().map(|d| self.key(d, &below)).collect();
                let inner = self.expr(inner, &below);
                Node::Across(Box::new(inner?), dims?.into_iter().map(|k| k.dim).collect())
            }
            ExprNode::Deflated { inner, by } => {
                let (inner, by) = (self.expr(inner, &below), self.expr(by, &below));
                Node::Deflated(Box::new(inner?), Arc::new(by?))
            }
            ExprNode::ShareOf { part, whole } => {
                let (part, whole) = (self.expr(part, &below), self.expr(whole, &below));
                Node::ShareOf(Box::new(part?), Box::new(whole?))
            }
            ExprNode::Compare { op, left, right } => {
                let (left, right) = (self.expr(left, &below), self.expr(right, &below));
                Node::Compare(*op, Box::new(left?), Box::new(right?))
            }
            ExprNode::List(_) => {
                let message = "several series side by side are a way to print; here one is needed";
                return self.fail(Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message));
            }
            ExprNode::Group(query) => {
                let mut plan = self.inner(query, &below)?;
                plan.span = span;
                return Some(plan);
            }
        };
        Some(Plan { node, span })
    }

    fn literal(&mut self, literal: &ast::Literal, span: Span) -> Option<(f64, Unit)> {
        let text = Spanned::new(literal.unit.clone(), span);
        let unit = match parse_unit(&text, &codes::UNIT_MISMATCH) {
            Ok(unit) => unit,
            Err(fault) => {
                self.faults.push(fault);
                return None;
            }
        };
        let exact = Decimal::parse(&literal.number);
        let x = exact.map(|d| crate::value::number::scaled_to_f64(i128::from(d.mantissa), u32::from(d.places)));
        match x.or_else(|| literal.number.parse().ok()).filter(|x: &f64| x.is_finite()) {
            Some(x) => Some((x, unit)),
            None => self.fail(Diagnostic::new(&codes::SYNTAX, span, format!("`{}` is not a number", literal.number))),
        }
    }

    fn name(&mut self, name: &str, span: Span, frame: &Frame) -> Option<Plan> {
        if let Some(plan) = frame.operands.get(name) {
            // An operand that is put in place again and again makes a plan as large as one that is written so.
            self.nodes += size(plan);
            return if self.nodes > MAX_NODES { self.too_large(span) } else { Some(plan.clone()) };
        }
        if let Some(query) = self.catalogue.lets.get(name).cloned() {
            let inside = Frame { depth: frame.depth, at: Some(frame.at.unwrap_or(span)), ..Frame::default() };
            return self.inner(&query, &inside);
        }
        if let Some(value) = self.catalogue.params.get(name).cloned() {
            let Some(literal) = parse_literal(&value.node) else {
                let fault = misfit(name, &value, span, "a number");
                return self.fail(fault);
            };
            let (x, unit) = self.literal(&literal, span)?;
            return Some(Plan { node: Node::Number(x, unit), span });
        }
        match self.catalogue.find(name).as_slice() {
            [(source, measure)] => Some(Plan { node: Node::Measure(Arc::clone(source), *measure), span }),
            [] => self.unknown_name(name, span),
            several => {
                let names: Vec<String> = several.iter().map(|(s, _)| format!("{}.{name}", s.info().name)).collect();
                let words: Vec<&str> = names.iter().map(String::as_str).collect();
                let message = format!("`{name}` is in {} datasets", several.len());
                let fault = Diagnostic::new(&codes::AMBIGUOUS_NAME, span, message).here("which one?");
                self.fail(fault.advice(format!("write {}", suggest::either(&words))))
            }
        }
    }

    fn too_large(&mut self, span: Span) -> Option<Plan> {
        if !self.faults.is_empty() {
            return None;
        }
        let message = "the query is too large once its names are put in place";
        self.fail(Diagnostic::new(&codes::TOO_LARGE, span, message))
    }

    fn unknown_name(&mut self, name: &str, span: Span) -> Option<Plan> {
        let names = self.catalogue.names();
        let near = suggest::nearest(name, names.iter().map(String::as_str));
        let mut fault =
            Diagnostic::new(&codes::UNKNOWN_NAME, span, format!("no series is named `{name}`")).here("unknown");
        if let Some(advice) = crate::syntax::of_prompt(name) {
            return self.fail(fault.advice(advice));
        }
        if let Some((a, b)) = name.split_once('-').filter(|(a, b)| !a.is_empty() && !b.is_empty()) {
            let known = |n: &str| names.iter().any(|k| k == n) || n.bytes().all(|c| c.is_ascii_digit());
            if known(a) && (known(b) || b.split('-').all(known)) {
                return self.fail(fault.advice(format!("minus has blanks around it: `{a} - {b}`")));
            }
        }
        if self.catalogue.datasets.contains_key(name) {
            let series: Vec<String> = self
                .catalogue
                .datasets
                .get(name)
                .map(|s| s.info().measures.iter().map(|m| m.name.to_string()).collect())
                .unwrap_or_default();
            let words: Vec<&str> = series.iter().map(String::as_str).take(6).collect();
            fault.message = format!("`{name}` is a dataset, not a series");
            return self.fail(fault.advice(format!("its series are {}", suggest::either(&words))));
        }
        if begins_statement(name) && near.is_empty() {
            fault.message = format!("`{name}` begins a statement, and nothing follows it");
            let first = self.catalogue.datasets.keys().next().filter(|_| name == "describe");
            fault.edits.extend(first.map(|dataset| vec![(span, format!("{name} {}", format::word(dataset)))]));
            return self.fail(fault.advice(match name {
                "describe" => "it tells of a dataset, or of a series".to_string(),
                "explain" => {
                    "it tells how the answer of a query comes about, or what a word means: `explain exports`".into()
                }
                _ => format!("`help {name}` shows an example"),
            }));
        }
        if self.catalogue.operators.lookup(name).is_some() {
            fault.message = format!("`{name}` is an operator and needs `of`");
            return self.fail(fault.advice(format!("write `{name} of …`; `help {name}` shows an example")));
        }
        if self.catalogue.dimensions().iter().any(|d| d == name) {
            fault.message = format!("`{name}` is a dimension, not a series");
            return self.fail(fault.advice(format!("dimensions stand after `by`, `where` and `over`: `by {name}`")));
        }
        fault = match near.as_slice() {
            [] if names.is_empty() => fault.advice("nothing is loaded; begin with `load \"file.csv\" as NAME`"),
            [] => fault.advice("`list series` prints all"),
            near => fault.advice(format!("did you mean {}?", suggest::either(near))),
        };
        let known = |wanted: &str| names.iter().any(|n| n == wanted);
        if ["balance", "trade_balance", "net_exports"].contains(&name) && known("exports") && known("imports") {
            fault.edits.push(vec![(span, "(exports - imports)".into())]);
            return self.fail(fault.advice("the balance is `exports - imports`"));
        }
        // Of several that are equally near each is offered.
        let several = near.first().is_some_and(|n| n.len() > name.len() && n.contains(name) && !n.starts_with(name));
        let offered = near.iter().take(if several { 3 } else { 1 });
        fault.edits.extend(offered.map(|near| vec![(span, format::dotted(near))]));
        self.fail(fault)
    }

    fn call(
        &mut self,
        words: &ast::Name,
        over: &[ast::DimName],
        operands: &[Expr],
        span: Span,
        frame: &Frame,
    ) -> Option<Plan> {
        let at = frame.at.unwrap_or(words.span);
        if let Some(fault) = self.bare_attribute(over, operands) {
            return self.fail(fault);
        }
        let plans: Vec<Option<Plan>> = operands.iter().map(|o| self.expr(o, frame)).collect();
        let name = words.node.to_lowercase();
        if self.is_defined(&words.node) {
            let plans: Vec<Plan> = plans.into_iter().collect::<Option<_>>()?;
            return self.defined_call(words, over, plans, span, frame);
        }
        let Some((entry, every)) = self.catalogue.operators.lookup(&name) else {
            return self.unknown_operator(&words.node, at);
        };
        let plans: Vec<Plan> = plans.into_iter().collect::<Option<_>>()?;
        if plans.len() != entry.operands {
            let message =
                format!("`{}` takes {} and is given {}", words.node, operands_text(entry.operands), plans.len());
            return self.fail(Diagnostic::new(&codes::WRONG_ARGUMENTS, at, message).advice(example_advice(entry)));
        }
        let keys: Vec<Key> = over.iter().map(|o| self.key(o, frame)).collect::<Option<_>>()?;
        let over: Vec<String> = keys.iter().map(|k| k.name.node.clone()).collect();
        match (entry.over, over.is_empty()) {
            (Over::Needed, true) => {
                return self.needs_dimension(&words.node, at, &plans, &example_advice(entry));
            }
            (Over::Never, false) => {
                let message = format!("`{}` uses up no dimension, so `over` has no meaning here", words.node);
                return self.fail(Diagnostic::new(&codes::WRONG_ARGUMENTS, at, message).advice(example_advice(entry)));
            }
            _ => {}
        }
        let call = Call { entry, every, over, keys, operands: plans, words: at };
        Some(Plan { node: Node::Call(Box::new(call)), span })
    }

    /// An operator that uses up a dimension does not say which: those that it could are offered.
    pub(super) fn needs_dimension(&mut self, words: &str, at: Span, operands: &[Plan], more: &str) -> Option<Plan> {
        let end = Span { start: at.end, ..at };
        let several = self.dimensions_below(operands);
        let edit = |dim: &String| vec![(end, format!(" over {}", format::word(dim)))];
        let message = format!("`{words}` needs to know the dimension it uses up");
        let mut fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, at, message);
        fault.edits = several.iter().take(3).map(edit).collect();
        self.fail(fault.advice(format!("write `{words} over DIMENSION of …`; {more}")))
    }

    /// The dimensions of several codes that operands have.
    fn dimensions_below(&self, operands: &[Plan]) -> Vec<String> {
        let leaves = operands.iter().flat_map(Plan::leaves);
        let dims = leaves.flat_map(|(source, _)| source.info().dims.iter().filter(|d| d.codes.len() > 1));
        let mut names: Vec<String> = dims.map(|d| d.name.to_string()).collect();
        // Partners are what is asked about most.
        names.sort_by_key(|name| (name != "partner", name.clone()));
        names.dedup();
        names
    }

    fn unknown_operator(&mut self, words: &str, at: Span) -> Option<Plan> {
        let all = self.catalogue.operator_names();
        let meant = super::elsewhere::operator_elsewhere(words);
        let near = match meant.as_deref().filter(|name| self.catalogue.is_operator(name)) {
            Some(name) => vec![name],
            None => suggest::nearest(words, all.iter().map(String::as_str)),
        };
        let mut fault =
            Diagnostic::new(&codes::UNKNOWN_OPERATOR, at, format!("no operator is named `{words}`")).here("unknown");
        fault.edits.extend(near.first().map(|best| vec![(at, (*best).to_string())]));
        self.fail(match near.as_slice() {
            [] => fault.advice("`list operators` prints all"),
            near => fault.advice(format!("did you mean {}?", suggest::either(near))),
        })
    }
}

/// How many nodes a plan has.
fn size(plan: &Plan) -> usize {
    1 + plan.children().into_iter().map(size).sum::<usize>()
}

pub(super) fn operands_text(n: usize) -> String {
    if n == 1 { "one operand".into() } else { format!("{n} operands joined by `and`") }
}

fn example_advice(entry: &Entry) -> String {
    match entry.examples.first() {
        Some((query, _)) => format!("for example `{query}`"),
        None => format!("`help {}`", entry.name),
    }
}

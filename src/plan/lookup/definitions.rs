//! Calls of operators that a script defines, put in place: dimensions, steps, periods and numbers of the header are
//! replaced in the body, operands keep the plans of the caller, so that no name of the body can catch one of theirs.

use super::put::{Put, STEP};
use super::resolver::{Frame, Resolver};
use super::roles::is_role;
use super::usable::parts;
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::definition::Definition;
use crate::plan::*;
use crate::syntax::ast::{self, Clause, DimName, Expr, ExprNode, Name, Query, Takes};

/// A definition, and the number and words of its step.
type Defined = (Arc<Definition>, Option<(String, String)>);

impl Resolver<'_> {
    /// The operator that is defined under these words, with what its step stands for; of several the one that fits a call.
    fn defined(&self, words: &str, fits: &dyn Fn(&Definition) -> bool) -> Option<Defined> {
        if let Some(found) = self.catalogue.defined(words, fits) {
            return Some((found, None));
        }
        let (step, rest) = words.split_once(' ')?;
        let (number, unit) = step.split_once('-')?;
        let sound = number.parse::<u32>().is_ok_and(|n| (1..=1200).contains(&n)) && Freq::parse(unit).is_some();
        let named = |step: &str| self.catalogue.defined(&format!("{step} {rest}"), fits);
        let own = named(&format!("N-{unit}")).or_else(|| named(STEP));
        Some((own.filter(|_| sound)?, Some((number.to_string(), step.to_string()))))
    }

    /// Whether an operator is defined under these words.
    pub(super) fn is_defined(&self, words: &str) -> bool {
        self.defined(words, &|_| true).is_some()
    }

    /// A call of an operator that a script defines.
    pub(super) fn defined_call(
        &mut self,
        words: &Name,
        over: &[DimName],
        plans: Vec<Plan>,
        span: Span,
        frame: &Frame,
    ) -> Option<Plan> {
        let fits = |d: &Definition| d.over.is_some() != over.is_empty() && d.params.len() == plans.len();
        let (definition, step) = self.defined(&words.node, &fits)?;
        let at = frame.at.unwrap_or(words.span);
        let written = || format!("`{}`", definition.header());
        if plans.len() != definition.params.len() {
            let takes = super::resolve::operands_text(definition.params.len());
            let message = format!("`{}` takes {takes} and is given {}", words.node, plans.len());
            let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, at, message);
            return self.fail(fault.advice(format!("it is defined as {}", written())));
        }
        let any_step = definition.name.starts_with(STEP);
        let mut put = Put { step, any_step, ..Put::default() };
        match (&definition.over, over.is_empty()) {
            (None, true) => {}
            (Some(dim), false) => put.dims.push((dim.clone(), over.to_vec())),
            (Some(_), true) => {
                let written = format!("it is defined as {}", written());
                return self.needs_dimension(&words.node, at, &plans, &written);
            }
            (None, false) => {
                let message = format!("`{}` uses up no dimension, so `over` has no meaning here", words.node);
                let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, at, message);
                return self.fail(fault.advice(format!("it is defined as {}", written())));
            }
        }
        if let Some(takes) = &definition.takes {
            let found = frame.taken.iter().find_map(|clause| taken(takes, clause));
            let Some((periods, number)) = found else {
                let clause = match takes {
                    Takes::FromTo(..) => "from … to …",
                    Takes::For(_) => "for …",
                    Takes::With(..) => "with … = …",
                };
                let message = format!("`{}` needs `{clause}`", words.node);
                let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, at, message);
                return self.fail(fault.advice(format!("it is defined as {}", written())));
            };
            for (name, text) in periods {
                let looked = self.period(&Spanned::new(text, at), frame)?;
                put.periods.push((name, looked.node));
            }
            put.number = number;
        }
        put.dims.extend(self.roles(&definition, &plans, over, at)?);
        let mut body = definition.body.clone();
        let listed: Vec<DimName> = listed(&mut body, &definition).into_iter().flat_map(|d| put.dimensions(d)).collect();
        put.query(&mut body);
        let inside = Frame {
            depth: frame.depth,
            at: Some(frame.at.unwrap_or(span)),
            operands: Arc::new(definition.params.iter().cloned().zip(plans).collect()),
            taken: Vec::new(),
        };
        let plan = self.inner(&body, &inside)?;
        if listed.is_empty() {
            return Some(plan);
        }
        let key = |d: &DimName| Some(Key { yields: true, ..self.key(d, frame)? });
        let keys: Vec<Key> = listed.iter().map(key).collect::<Option<_>>()?;
        let span = plan.span;
        Some(Plan { node: Node::Scoped(Box::new(plan), Scope::By(keys, None)), span })
    }

    /// The frame within a query: the clauses that an operator of its expression may take for itself.
    pub(super) fn within(&self, query: &Query, frame: &Frame) -> Frame {
        let own: Vec<Clause> = query.clauses.iter().map(|c| c.node.clone()).filter(is_taken).collect();
        let taken = if own.is_empty() { frame.taken.clone() } else { own };
        Frame { taken, ..frame.clone() }
    }

    /// Whether a clause of a query acts within operators alone, because nothing else of the expression is a series.
    pub(super) fn is_taken_whole(&self, clause: &Clause, expr: &Expr) -> bool {
        is_taken(clause) && self.takes(expr, clause) && self.only_takes(expr, clause)
    }

    fn taking(&self, words: &str, clause: &Clause) -> bool {
        let takes = self.defined(words, &|_| true).and_then(|(d, _)| d.takes.clone());
        takes.is_some_and(|takes| taken(&takes, clause).is_some())
    }

    fn takes(&self, expr: &Expr, clause: &Clause) -> bool {
        match &expr.node {
            ExprNode::Call { words, operands, .. } => {
                self.taking(&words.node, clause) || operands.iter().any(|o| self.takes(o, clause))
            }
            _ => parts(expr).into_iter().any(|e| self.takes(e, clause)),
        }
    }

    fn only_takes(&self, expr: &Expr, clause: &Clause) -> bool {
        match &expr.node {
            ExprNode::Number(_) => true,
            ExprNode::Name(_) => false,
            ExprNode::Call { words, operands, .. } => {
                self.taking(&words.node, clause) || operands.iter().all(|o| self.only_takes(o, clause))
            }
            ExprNode::Group(query) => {
                query.clauses.iter().any(|c| is_taken(&c.node)) || self.only_takes(&query.expr, clause)
            }
            _ => parts(expr).into_iter().all(|e| self.only_takes(e, clause)),
        }
    }
}

/// The dimensions that a body says to stay at its end; taken out of it, because a call may rather name a level of one, or
/// hold it to one code.
fn listed(body: &mut Query, definition: &Definition) -> Vec<DimName> {
    let own = |key: &ast::ByKey| {
        let name = &key.dim.name.node;
        let known = definition.over.as_ref() == Some(name) || is_role(name);
        known && key.among.is_none() && key.dim.attribute.is_none()
    };
    let mut found = Vec::new();
    body.clauses.retain(|c| match &c.node {
        Clause::By(keys) if definition.over.is_some() && keys.iter().all(own) => {
            found.extend(keys.iter().map(|k| k.dim.clone()));
            false
        }
        _ => true,
    });
    found
}

/// A clause that an operator of the script may take.
fn is_taken(clause: &Clause) -> bool {
    matches!(clause, Clause::FromTo(..) | Clause::For(_) | Clause::With { .. })
}

/// What the names of a header are, given a clause of the call.
type Taken = (Vec<(String, PeriodText)>, Option<(String, String)>);

fn taken(takes: &Takes, clause: &Clause) -> Option<Taken> {
    match (takes, clause) {
        (Takes::FromTo(a, b), Clause::FromTo(from, to)) => {
            Some((vec![(a.node.clone(), from.node.clone()), (b.node.clone(), to.node.clone())], None))
        }
        (Takes::For(p), Clause::For(period)) => Some((vec![(p.node.clone(), period.node.clone())], None)),
        (Takes::With(p, n), Clause::With { period, number }) => {
            Some((vec![(p.node.clone(), period.node.clone())], Some((n.node.clone(), number.node.clone()))))
        }
        _ => None,
    }
}

//! Calls of operators that a script defines, put in place: dimensions, steps, periods and numbers of the header are
//! replaced in the body, operands keep the plans of the caller, so that no name of the body can catch one of theirs.

use super::resolver::{Frame, Resolver};
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::catalogue::Definition;
use crate::plan::operator::Registry;
use crate::plan::*;
use crate::syntax::ast::{self, Choice, Clause, DimName, Expr, ExprNode, Literal, Much, Name, Query, Takes};
use crate::syntax::format;

/// The word of a header that stands for any number and step; with another unit, for any number of these.
const STEP: &str = "N-month";
/// Its number, in the body.
const NUMBER: &str = "N";

/// What the parts of a header stand for in one call.
#[derive(Default)]
struct Put {
    dim: Option<(String, Vec<DimName>)>,
    /// The number of the step, and the words for it.
    step: Option<(String, String)>,
    /// Whether the header leaves the unit of the step open.
    any_step: bool,
    periods: Vec<(String, PeriodText)>,
    number: Option<(String, String)>,
}

/// A definition, and the number and words of its step.
type Defined = (Arc<Definition>, Option<(String, String)>);

impl Resolver<'_> {
    /// The operator that a script defines under these words, with what its step stands for.
    fn defined(&self, words: &str) -> Option<Defined> {
        if let Some(found) = self.catalogue.definitions.get(words) {
            return Some((Arc::clone(found), None));
        }
        let (step, rest) = words.split_once(' ')?;
        let (number, unit) = step.split_once('-')?;
        let sound = number.parse::<u32>().is_ok_and(|n| (1..=1200).contains(&n)) && Freq::parse(unit).is_some();
        let all = &self.catalogue.definitions;
        let own = all.get(&format!("N-{unit} {rest}")).or_else(|| all.get(&format!("{STEP} {rest}")));
        Some((Arc::clone(own.filter(|_| sound)?), Some((number.to_string(), step.to_string()))))
    }

    /// Whether a script defines an operator under these words.
    pub(super) fn is_defined(&self, words: &str) -> bool {
        self.defined(words).is_some()
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
        let (definition, step) = self.defined(&words.node)?;
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
            (Some(dim), false) => put.dim = Some((dim.clone(), over.to_vec())),
            (Some(_), true) => {
                let message = format!("`{}` needs to know the dimension it uses up", words.node);
                let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, at, message);
                return self.fail(fault.advice(format!("write `{} over DIMENSION of …`", words.node)));
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
        let mut body = definition.body.clone();
        put.query(&mut body);
        let inside = Frame {
            depth: frame.depth,
            at: Some(frame.at.unwrap_or(span)),
            operands: Arc::new(definition.params.iter().cloned().zip(plans).collect()),
            taken: Vec::new(),
        };
        self.inner(&body, &inside)
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
        let takes = self.defined(words).and_then(|(d, _)| d.takes.clone());
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

/// The expressions directly within one.
fn parts(expr: &Expr) -> Vec<&Expr> {
    match &expr.node {
        ExprNode::Number(_) | ExprNode::Name(_) => Vec::new(),
        ExprNode::Sum(terms) => terms.iter().map(|(_, e)| e).collect(),
        ExprNode::Product(factors) => factors.iter().map(|(_, e)| e).collect(),
        ExprNode::Call { operands, .. } => operands.iter().collect(),
        ExprNode::Across { inner, .. } => vec![inner],
        ExprNode::Deflated { inner, by } => vec![inner, by],
        ExprNode::ShareOf { part: a, whole: b } | ExprNode::Compare { left: a, right: b, .. } => vec![a, b],
        ExprNode::Group(query) => vec![&query.expr],
        ExprNode::List(items) => items.iter().collect(),
    }
}

impl Put {
    fn query(&self, query: &mut Query) {
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

    fn dims(&self, dims: &mut Vec<DimName>) {
        let Some((name, of)) = &self.dim else { return };
        let own = |d: &DimName| d.attribute.is_none() && d.name.node == *name;
        if dims.iter().any(own) {
            *dims = dims.iter().flat_map(|d| if own(d) { of.clone() } else { vec![d.clone()] }).collect();
        }
    }
}

/// Why a definition could never be called, if so.
pub fn unusable(definition: &Definition, registry: Registry, known: &dyn Fn(&str) -> bool) -> Option<String> {
    let name = &definition.name;
    let (mut used, mut unknown) = (Vec::new(), None);
    let mut twice: Vec<&String> = definition.params.iter().chain(&definition.over).collect();
    twice.sort_unstable();
    if let Some(w) = twice.windows(2).find(|w| w.first() == w.last()) {
        return Some(format!("`{}` stands for two things", w.first().map_or("", |n| n.as_str())));
    }
    if definition.body.clauses.iter().any(|c| matches!(c.node, Clause::Total)) {
        return Some("`with total` adds a row to a printed table, and the body is a value".into());
    }
    words_of(&definition.body, &mut used, &mut |words| {
        let own = words == name;
        let plain = words.strip_prefix("N-").map_or(words.to_string(), |rest| format!("3-{rest}"));
        if own || !(registry.lookup(&plain).is_some() || known(words) || known(&plain)) {
            unknown.get_or_insert((words.to_string(), own));
        }
    });
    if let Some((words, own)) = unknown {
        return Some(if own {
            format!("`{words}` calls itself, and would never end")
        } else {
            format!("no operator is named `{words}`")
        });
    }
    let text = format::query(&definition.body);
    let is_used = |word: &str| used.iter().any(|u| u == word);
    if let Some(unused) = definition.params.iter().chain(&definition.over).find(|p| !is_used(p)) {
        return Some(format!("`{unused}` is never used in `{text}`"));
    }
    if name.starts_with("N-") && !is_used(STEP) && !is_used(NUMBER) {
        return Some("`N` is never used, so the step would change nothing".into());
    }
    None
}

/// All names of a body, and the words of its operators.
fn words_of(query: &Query, used: &mut Vec<String>, call: &mut dyn FnMut(&str)) {
    fn dims(list: &[DimName], used: &mut Vec<String>) {
        used.extend(list.iter().map(|d| d.name.node.clone()));
    }
    fn expr(e: &Expr, used: &mut Vec<String>, call: &mut dyn FnMut(&str)) {
        match &e.node {
            ExprNode::Name(name) => used.push(name.clone()),
            ExprNode::Call { words, over, .. } => {
                call(&words.node);
                if words.node.starts_with("N-") {
                    used.push(STEP.into());
                }
                dims(over, used);
            }
            ExprNode::Across { dims: list, .. } => dims(list, used),
            ExprNode::Group(query) => return words_of(query, used, call),
            _ => {}
        }
        parts(e).into_iter().for_each(|p| expr(p, used, call));
    }
    expr(&query.expr, used, call);
    for clause in &query.clauses {
        match &clause.node {
            Clause::Where(conditions) => used.extend(conditions.iter().map(|c| c.dim.name.node.clone())),
            Clause::By(keys) => used.extend(keys.iter().map(|k| k.dim.name.node.clone())),
            Clause::Top { over, much, .. } => {
                dims(over, used);
                used.extend(named(&much.node));
            }
            Clause::End { count, .. } => used.extend(named(&count.node)),
            Clause::When(choices) => choices.iter().for_each(|c| match c {
                Choice::Codes(c) => used.push(c.dim.name.node.clone()),
                Choice::Holds(e) => expr(e, used, call),
            }),
            _ => {}
        }
    }
}

fn named(much: &Much) -> Option<String> {
    match much {
        Much::Named(name) => Some(name.clone()),
        Much::Count(_) | Much::Part(_) => None,
    }
}

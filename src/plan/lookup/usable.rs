//! Whether a definition could ever be called: its names are used, its operators are known, and none is itself. In: a
//! definition. Out: why not.

use super::put::{NUMBER, STEP};
use crate::plan::definition::Definition;
use crate::plan::operator::Registry;
use crate::syntax::ast::{Choice, Clause, DimName, Expr, ExprNode, Much, Query};
use crate::syntax::format;

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
    words_of(&definition.body, &mut used, &mut |words, _, _| {
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

/// What is done with a call: its words, whether it names a dimension, and how many operands it has.
type Called<'a> = dyn FnMut(&str, bool, usize) + 'a;

/// All names of a body, and its calls.
pub fn words_of(query: &Query, used: &mut Vec<String>, call: &mut Called<'_>) {
    fn dims(list: &[DimName], used: &mut Vec<String>) {
        used.extend(list.iter().map(|d| d.name.node.clone()));
    }
    fn expr(e: &Expr, used: &mut Vec<String>, call: &mut Called<'_>) {
        match &e.node {
            ExprNode::Name(name) => used.push(name.clone()),
            ExprNode::Call { words, over, operands } => {
                call(&words.node, !over.is_empty(), operands.len());
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

/// The expressions directly within one.
pub(super) fn parts(expr: &Expr) -> Vec<&Expr> {
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

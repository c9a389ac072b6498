//! What chooses among results: `when`, `top`, `largest first`, `first N`, `with total`, in the order in which they act,
//! whatever the order written. Data go in by `where`, `by` and periods; these say what comes out.

use super::{Condition, Demand, Key, Node, Plan, Scope};
use crate::diagnostic::Code;
use crate::span::Span;
use crate::syntax::ast::Comparison;

/// All choices of one query.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// Which results come out.
    pub when: Vec<When>,
    /// Which of their periods.
    pub end: Option<End>,
    /// The largest or smallest of them.
    pub top: Option<Top>,
    /// In which order.
    pub order: Option<Order>,
    /// Whether a row for all together is added, and where that is said.
    pub total: Option<Span>,
}

/// One condition on results, with its place.
#[derive(Clone, Debug)]
pub enum When {
    /// These codes of a key.
    Codes(Condition, Span),
    /// A comparison of two values, each lined up with the result.
    Holds(Box<Comparing>),
}

/// A comparison that chooses.
#[derive(Clone, Debug)]
pub struct Comparing {
    /// How.
    pub op: Comparison,
    /// What is on the left.
    pub left: Side,
    /// What is on the right.
    pub right: Side,
    /// Where it is said.
    pub span: Span,
}

/// One side of a comparison that chooses.
#[derive(Clone, Debug)]
pub enum Side {
    /// The result itself.
    It(Span),
    /// Another value under the same filters, keys and periods.
    Of(Plan),
}

impl When {
    /// Where it is said.
    pub fn span(&self) -> Span {
        match self {
            When::Codes(_, span) => *span,
            When::Holds(comparing) => comparing.span,
        }
    }
}

impl Side {
    /// Where it is said.
    pub fn span(&self) -> Span {
        match self {
            Side::It(span) => *span,
            Side::Of(plan) => plan.span,
        }
    }
}

/// How many are kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// So many.
    Count(usize),
    /// The fewest of the largest that together reach this part of all, in percent.
    Part(f64),
}

/// The largest or smallest.
#[derive(Clone, Debug)]
pub struct Top {
    /// How many.
    pub amount: Amount,
    /// The smallest.
    pub bottom: bool,
    /// What is ranked, where it is said.
    pub over: Vec<Key>,
    /// Where it is said.
    pub span: Span,
}

/// The first or last periods.
#[derive(Clone, Copy, Debug)]
pub struct End {
    /// How many.
    pub count: usize,
    /// The last.
    pub last: bool,
    /// Where it is said.
    pub span: Span,
}

/// The order of the rows.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// The smallest first.
    pub smallest: bool,
    /// Where it is said.
    pub span: Span,
}

/// One column of a table.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its head: the name of a query, else the expression as written.
    pub name: String,
    /// What it is, under the clauses that say which data go in.
    pub plan: Plan,
}

/// A whole statement: one query, or several side by side, and what is chosen among the results of the first.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its columns; at least one.
    pub items: Vec<Item>,
    /// What comes out.
    pub choices: Choices,
    /// Warnings that are known.
    pub allowing: Vec<&'static Code>,
    /// Where all of it stands.
    pub span: Span,
}

impl Choices {
    /// Whether everything comes out as it is.
    pub fn is_none(&self) -> bool {
        self.when.is_empty() && self.end.is_none() && self.top.is_none() && self.order.is_none() && self.total.is_none()
    }

    /// The values that conditions read.
    pub fn plans(&self) -> impl Iterator<Item = &Plan> {
        self.when
            .iter()
            .flat_map(|w| match w {
                When::Codes(..) => [None, None],
                When::Holds(c) => [of(&c.left), of(&c.right)],
            })
            .flatten()
    }
}

fn of(side: &Side) -> Option<&Plan> {
    match side {
        Side::It(_) => None,
        Side::Of(plan) => Some(plan),
    }
}

/// What is asked of the expression within the clauses of a query, and that expression.
pub fn within<'p>(plan: &'p Plan, demand: &Demand) -> (Demand, &'p Plan) {
    let (mut demand, mut core) = (demand.clone(), plan);
    while let Node::Scoped(inner, scope) = &core.node {
        demand = demand.under(scope);
        core = inner;
    }
    (demand, core)
}

/// The plan with a key taken out of its `by` clauses, wherever they stand; nothing where a choice within needs it.
pub fn without_key(plan: &Plan, name: &str) -> Option<Plan> {
    let boxed = |p: &Plan| without_key(p, name).map(Box::new);
    let node = match &plan.node {
        Node::Scoped(inner, Scope::By(keys, freq)) => {
            let keys = keys.iter().filter(|k| k.name.node != name).cloned().collect();
            Node::Scoped(boxed(inner)?, Scope::By(keys, *freq))
        }
        Node::Scoped(inner, scope) => Node::Scoped(boxed(inner)?, scope.clone()),
        Node::Held(inner) => Node::Held(boxed(inner)?),
        Node::Across(inner, dims) => Node::Across(boxed(inner)?, dims.clone()),
        Node::Deflated(inner, index) => Node::Deflated(boxed(inner)?, std::sync::Arc::clone(index)),
        Node::Sum(terms) => {
            Node::Sum(terms.iter().map(|(s, p)| Some((*s, without_key(p, name)?))).collect::<Option<_>>()?)
        }
        Node::Product(factors) => {
            Node::Product(factors.iter().map(|(f, p)| Some((*f, without_key(p, name)?))).collect::<Option<_>>()?)
        }
        Node::ShareOf(a, b) => Node::ShareOf(boxed(a)?, boxed(b)?),
        Node::Compare(op, a, b) => Node::Compare(*op, boxed(a)?, boxed(b)?),
        // It has a value for each label of the key, and none without it.
        Node::Call(call) if call.over.iter().any(|d| d == name) => return None,
        Node::Call(call) => {
            let operands = call.operands.iter().map(|p| without_key(p, name)).collect::<Option<_>>()?;
            Node::Call(Box::new(super::Call { operands, ..call.as_ref().clone() }))
        }
        // An order and the ends in time choose no labels; the order has no meaning without them.
        Node::Chosen(inner, choices) if choices.when.is_empty() && choices.top.is_none() => {
            let choices = Choices { order: None, total: None, ..choices.as_ref().clone() };
            Node::Chosen(boxed(inner)?, choices.into())
        }
        Node::Chosen(..) => return None,
        Node::Number(..) | Node::Measure(..) => plan.node.clone(),
    };
    Some(Plan { node, span: plan.span })
}

/// The key of this name that a plan or its demand lists.
pub fn key_named(plan: &Plan, demand: &Demand, name: &str) -> Option<Key> {
    fn listed(plan: &Plan, name: &str) -> Option<Key> {
        let own = match &plan.node {
            Node::Scoped(_, Scope::By(keys, _)) => keys.iter().find(|k| k.name.node == name),
            _ => None,
        };
        own.cloned().or_else(|| plan.children().into_iter().find_map(|c| listed(c, name)))
    }
    demand.keys.iter().find(|k| k.name.node == name).cloned().or_else(|| listed(plan, name))
}

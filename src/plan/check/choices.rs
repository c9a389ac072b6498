//! Whether what a query chooses among its results has a meaning: keys that are there, comparisons of like with like, a
//! total that can be had. Beside that, whether several queries can stand side by side. Gives back all faults.

use super::checker::{Checker, named};
use super::names::unknown_codes;
use super::shape::number_beside_series;
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::catalogue::Catalogue;
use crate::plan::choices::{Amount, Choices, Comparing, Side, Table, When, within, without_key};
use crate::plan::rules::{self, Type};
use crate::plan::{Condition, Demand, Grid, Key, Node, Plan, Scope, axis, parts};
use crate::span::{Span, Spanned};
use crate::syntax::Fault;
use crate::value::{Freq, Kind, Unit};

/// Checks a table; the types of its columns, or everything that is wrong with it.
///
/// # Errors
/// What has no meaning, in any of the columns or choices.
pub fn check_table(catalogue: &Catalogue, table: &Table) -> Result<Vec<Type>, Vec<Fault>> {
    let mut checker = Checker::new(catalogue);
    let whole = Demand::whole();
    let types: Vec<Option<Type>> = table.items.iter().map(|item| checker.node(&item.plan, &whole)).collect();
    let found = types.into_iter().collect::<Option<Vec<Type>>>().and_then(|types| {
        let inner: Vec<(Demand, &Plan)> = table.items.iter().map(|i| within(&i.plan, &whole)).collect();
        if let ([(demand, _), _, ..], true) = (inner.as_slice(), table.items.len() > 1) {
            let cores: Vec<&Plan> = inner.iter().map(|(_, core)| *core).collect();
            let advice = "a number for the range stands beside no series; `yoy growth of …` is one";
            let fault = number_beside_series(&cores, demand);
            checker.fits(fault.map(|f| Diagnostic { edits: Vec::new(), ..f }.advice(advice)))?;
        }
        let first = table.items.first()?;
        checker.choices(&first.plan, &table.choices, &whole, types.first()?)?;
        if let Some(span) = table.choices.total {
            for item in &table.items {
                checker.total(&item.plan, span)?;
            }
        }
        Some(types)
    });
    checker.done(found)
}

/// What a clause of several columns has to act on: `in` the amounts, a clause of time what has periods. The other columns
/// stay as they are. Nothing changes where there is one column only.
///
/// # Errors
/// No column is an amount that `in` could act on.
pub fn settle(catalogue: &Catalogue, table: &mut Table) -> Result<(), Vec<Fault>> {
    if table.items.len() < 2 {
        return Ok(());
    }
    let is_pinned = |plan: &Plan| !axis::takes_time(plan) && axis::pinned_at(plan).is_some();
    if !table.items.iter().all(|i| is_pinned(&i.plan)) {
        for item in table.items.iter_mut().filter(|i| is_pinned(&i.plan)) {
            item.plan = without_time(&item.plan);
        }
    }
    let Some(unit) = table.items.first().and_then(|i| unit_of(&i.plan)).cloned() else { return Ok(()) };
    let whole = Demand::whole();
    let bare = |plan: &Plan| {
        let without = without_unit(plan);
        Checker::new(catalogue).node(&without, &whole).map(|t| (t, without))
    };
    let found: Option<Vec<(Type, Plan)>> = table.items.iter().map(|i| bare(&i.plan)).collect();
    // What is wrong with a column is said where it is checked.
    let Some(found) = found else { return Ok(()) };
    let is_amount = |t: &Type| t.unit.is_unknown() || !t.unit.num.is_empty();
    if !found.iter().any(|(t, _)| is_amount(t)) {
        let message = "no column is an amount, so none can be expressed in a unit";
        return Err(vec![Box::new(Diagnostic::new(&codes::UNIT_MISMATCH, unit.span, message))]);
    }
    for (item, (t, without)) in table.items.iter_mut().zip(found).filter(|(_, (t, _))| !is_amount(t)) {
        // Growth in dollars is the growth of the dollar series.
        let money = item.plan.any(&|p| crate::plan::money::is_money(p));
        if !(money && unit.node.currency().is_some()) || t.kind == Kind::Number {
            item.plan = without;
        }
    }
    Ok(())
}

/// The unit that the clauses of a query name.
fn unit_of(plan: &Plan) -> Option<&Spanned<Unit>> {
    axis::clauses(plan).0.iter().find_map(|(s, _)| match s {
        Scope::In(unit, _) => Some(unit),
        _ => None,
    })
}

/// The plan without its clauses of time.
fn without_time(plan: &Plan) -> Plan {
    let Node::Scoped(inner, scope) = &plan.node else { return plan.clone() };
    let inner = without_time(inner);
    let scope = match scope {
        Scope::Window(..) | Scope::At(_) => return inner,
        Scope::By(keys, _) => Scope::By(keys.clone(), None),
        other => other.clone(),
    };
    Plan { node: Node::Scoped(Box::new(inner), scope), span: plan.span }
}

/// The plan without the outermost `in`.
fn without_unit(plan: &Plan) -> Plan {
    match &plan.node {
        Node::Scoped(inner, Scope::In(..)) => inner.as_ref().clone(),
        Node::Scoped(inner, scope) => {
            Plan { node: Node::Scoped(Box::new(without_unit(inner)), scope.clone()), span: plan.span }
        }
        _ => plan.clone(),
    }
}

/// The keys of a result, in order: those asked of it, and those it names.
fn keys(plan: &Plan, demand: &Demand) -> Vec<Key> {
    let (under, core) = within(plan, demand);
    let mut out = under.keys;
    fn named(plan: &Plan, out: &mut Vec<Key>) {
        if let Node::Scoped(_, Scope::By(keys, _)) = &plan.node {
            for key in keys {
                if !out.iter().any(|k| k.name.node == key.name.node) {
                    out.push(key.clone());
                }
            }
        }
        plan.children().into_iter().for_each(|c| named(c, out));
    }
    named(core, &mut out);
    out
}

impl Checker<'_> {
    /// A query in parentheses that chooses.
    pub(super) fn chosen(&mut self, inner: &Plan, choices: &Choices, demand: &Demand) -> Option<Type> {
        let found = self.node(inner, demand)?;
        if let Some(span) = choices.total {
            let message = "`with total` adds a row to a printed table, and in parentheses there is none";
            return self.fail(Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message));
        }
        self.choices(inner, choices, demand, &found)?;
        Some(found)
    }

    fn choices(&mut self, plan: &Plan, choices: &Choices, demand: &Demand, found: &Type) -> Option<()> {
        let keys = keys(plan, demand);
        let (under, core) = within(plan, demand);
        for when in &choices.when {
            match when {
                When::Codes(condition, span) => self.when_codes(plan, condition, &keys, *span)?,
                When::Holds(comparing) => self.when_holds(comparing, (&under, core), found)?,
            }
        }
        let timed = axis::takes_time(plan);
        let one =
            matches!(&under.grid, Grid::At(p, None) if p.node.season().is_none()) || axis::takes_range(core, false);
        if let Some(end) = choices.end.filter(|_| !timed || one) {
            let message = "the result has no periods of which some could be kept";
            return self.fail(Diagnostic::new(&codes::WRONG_ARGUMENTS, end.span, message));
        }
        let Some(top) = &choices.top else { return Some(()) };
        let what = if top.bottom { "bottom" } else { "top" };
        if keys.is_empty() && (!timed || one) {
            let message = format!("`{what}` chooses among the rows of a dimension, and none is named by `by`");
            return self.fail(Diagnostic::new(&codes::WRONG_ARGUMENTS, top.span, message));
        }
        for over in &top.over {
            let known = keys.iter().any(|k| k.name.node == over.name.node);
            if known || (timed && Freq::parse(&over.name.node).is_some()) {
                continue;
            }
            let message = format!("`{}` is no key of the result, so nothing can be ranked over it", over.name.node);
            let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, over.name.span, message);
            let names: Vec<&str> = keys.iter().map(|k| k.name.node.as_str()).collect();
            let advice = match names.as_slice() {
                [] => "its keys stand after `by`".to_string(),
                names => format!("its keys are {}", names.join(", ")),
            };
            return self.fail(fault.advice(advice));
        }
        if let Amount::Part(_) = top.amount {
            let ranked = top.over.last().or(keys.last());
            let adds = ranked.map_or(found.kind.adds_over_time(), |k| {
                found.kind.adds_over_dimensions() || parts::add_up(plan, &k.dim)
            });
            if !adds {
                let message = format!("{} have no total, so no part of it can be reached", found.kind.plural());
                let fault = Diagnostic::new(&codes::SUM_OF_NONADDITIVE, top.span, message);
                return self.fail(fault.advice(format!("`{what} N` takes a number of them")));
            }
        }
        Some(())
    }

    fn when_codes(&mut self, plan: &Plan, condition: &Condition, keys: &[Key], span: Span) -> Option<()> {
        let dim = &condition.dim.node;
        if !keys.iter().any(|k| k.name.node == *dim || k.dim == *dim) {
            let message = format!("`{dim}` is no key of the result, so it cannot choose among its rows");
            let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message);
            let advice = format!("`where` chooses the data that go in; `by {dim}` makes a row for each");
            return self.fail(fault.advice(advice));
        }
        self.fail_all(unknown_codes(plan, condition))
    }

    fn when_holds(&mut self, c: &Comparing, (demand, core): (&Demand, &Plan), found: &Type) -> Option<()> {
        let mut of = |side: &Side| match side {
            Side::It(_) => Some(found.clone()),
            Side::Of(plan) => {
                // Beside one number for a range, an open side is taken over the range as one period.
                let open = axis::takes_range(core, false) && !axis::takes_range(plan, false);
                let mut demand = demand.clone();
                if let (true, Grid::Window(from, ..)) = (open, &demand.grid) {
                    demand.grid = Grid::At(from.clone(), None);
                }
                self.node(plan, &demand)
            }
        };
        let (left, right) = (of(&c.left), of(&c.right));
        let (left, right) = (left?, right?);
        let zero = |s: &Side| match s {
            Side::It(_) => false,
            Side::Of(plan) => super::checker::is_zero(plan),
        };
        if rules::comparable(&left, &right, (zero(&c.left), zero(&c.right))).is_some() {
            return Some(());
        }
        let message = format!("{} cannot be compared with {}", named(&right), named(&left));
        let fault = Diagnostic::new(&codes::UNIT_MISMATCH, c.left.span(), message).here(named(&left));
        self.fail(fault.label(c.right.span(), named(&right)))
    }

    /// The total of a column: the same without its last key, or the sum of its parts.
    fn total(&mut self, plan: &Plan, span: Span) -> Option<()> {
        let whole = Demand::whole();
        let keys = keys(plan, &whole);
        let Some(last) = keys.iter().rev().find(|k| !k.name.node.ends_with(" of year")) else {
            let message = "`with total` adds up the labels of a key, and none is named by `by`";
            return self.fail(Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message));
        };
        if parts::add_up(plan, &last.dim) {
            return Some(());
        }
        let without = without_key(plan, &last.name.node);
        let mut alone = Checker::new(self.catalogue);
        if without.is_some_and(|p| alone.node(&p, &whole).is_some() && alone.is_sound()) {
            return Some(());
        }
        let message = format!("there is no such value for all of {} together", last.name.node);
        let fault = Diagnostic::new(&codes::SUM_OF_NONADDITIVE, span, message);
        self.fail(fault.label(plan.span, "this needs its labels apart"))
    }
}

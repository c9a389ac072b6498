//! The walk over the nodes of a plan. In: a node and what is asked of it. Out: its value; what a clause changes is
//! passed down, what cannot be answered is named. Takes no sums of its own.

use crate::diagnostic::{Diagnostic, Level, codes};
use crate::eval::meeting::{align, filled};
use crate::eval::remarks::signs;
use crate::eval::{Evaluator, money};
use crate::pause::paced;
use crate::plan::rules::{self, Type};
use crate::plan::{Demand, Grid, Node, Plan, Scope, Transform, axis};
use crate::syntax::Fault;
use crate::syntax::ast::{Factor, Sign};
use crate::value::period::PeriodText;
use crate::value::{Absence, Cell, Flags, Kind, Period, Reason, Row, Unit, Value, times_ten};
use std::sync::Arc;

impl Evaluator<'_> {
    /// The value of a node, as it is asked for.
    pub fn eval(&mut self, plan: &Plan, demand: &Demand) -> Result<Value, Fault> {
        self.budget.check().map_err(|e| self.stopped(&e.into(), plan.span))?;
        let value = self.node(plan, demand)?;
        self.fits(value.rows.len(), plan.span)?;
        // What some operands lack stands where `by` says, too.
        Ok(value.ordered(demand.keys.iter().map(|key| key.name.node.as_str())))
    }

    fn node(&mut self, plan: &Plan, demand: &Demand) -> Result<Value, Fault> {
        match &plan.node {
            Node::Number(x, unit) => self.number(plan, *x, unit, demand),
            Node::Measure(source, measure) => self.leaf_once(plan, source, *measure, demand),
            Node::Call(call) => {
                self.trace.begin();
                let value = (call.entry.eval)(self, call, &demand.given_to(call), plan.span);
                let told = self.told.take().unwrap_or_default();
                self.trace.end(|| told);
                let value = passed_by(value?, &call.over);
                // What is made of numbers for one period is one itself.
                let pinned = axis::pinned_at(plan).is_some() && !axis::takes_time(plan);
                Ok(Value { fixed: value.fixed || pinned, ..value })
            }
            Node::Across(inner, dims) => {
                let mut value = self.eval(inner, &demand.across(dims))?;
                value.absent = Absence::Missing;
                Ok(value)
            }
            Node::Deflated(inner, index) => {
                let mut under = demand.clone();
                under.money.push(Transform::Deflate(Arc::clone(index)));
                self.eval(inner, &under)
            }
            Node::Scoped(inner, scope) => self.scoped(plan, inner, scope, demand),
            Node::Held(inner) => self.held(plan, inner, demand),
            Node::Chosen(inner, choices) => self.chosen(inner, choices, demand),
            Node::Sum(terms) => {
                let demand = &self.shared(plan, demand)?;
                self.trace.begin();
                let result = self.sum(terms, demand);
                self.close_chain(&result, terms.iter().map(|(s, p)| (if *s == Sign::Plus { "+" } else { "-" }, p)));
                result.map(|(v, _)| v)
            }
            Node::Product(factors) => {
                let demand = &self.shared(plan, demand)?;
                self.trace.begin();
                let result = self.product(factors, demand);
                self.close_chain(
                    &result,
                    factors.iter().map(|(f, p)| (if *f == Factor::Times { "*" } else { "/" }, p)),
                );
                result.map(|(v, _)| v)
            }
            Node::ShareOf(part, whole) => {
                let demand = &self.shared(plan, demand)?;
                self.trace.begin();
                let (mut a, mut b) = (self.eval(part, demand)?, self.eval(whole, demand)?);
                self.pair_up((part, whole), demand, (&mut a, &mut b), plan.span)?;
                self.same_labels((part, &a), (whole, &b), demand, plan.span)?;
                let (a, b) = align::together(a, b, &demand.grid);
                let value = self.share(a, &b, Some((&[part, whole], demand)), plan.span)?;
                if signs::is_its_whole(part, whole)
                    && let Some(warning) = signs::beyond_whole(&value, 100.0, plan.span)
                {
                    self.say(warning);
                }
                Ok(value)
            }
            Node::Compare(op, left, right) => {
                let demand = &self.shared(plan, demand)?;
                let (a, b) = (self.eval(left, demand)?.labels_only(), self.eval(right, demand)?.labels_only());
                let told = self.compare_pinned(&a, &b, right.span);
                let (a, b) = align::together(a, b, &demand.grid);
                if !told {
                    self.compare_spans((&a, &b), Some((&[left, right], demand)), right.span);
                }
                let (a, b) = filled::both(a, b);
                let (s, t) = (Type::new(a.unit.clone(), a.kind), Type::new(b.unit.clone(), b.kind));
                self.compare_labels(&a, &b, right.span);
                let power = rules::comparable(&s, &t, (false, false)).unwrap_or(0);
                // Where nothing is compared with something, it is decided alike wherever nothing is.
                let decided =
                    |x: f64| !paced(&b.rows).any(|r| r.datum().is_ok_and(|y| op.holds(x, times_ten(y, power))));
                let absent = match b.dims.is_empty() {
                    true if !a.dims.is_empty() && decided(0.0) => a.absent.clone(),
                    false if !op.holds(0.0, 0.0) => a.absent.clone().and(b.absent.clone()),
                    _ => Absence::Missing,
                };
                let mut out = align::combine(a, &b, |x, y| {
                    let both = x.datum.and_then(|p| y.datum.map(|q| (p, q)));
                    x.joined(y, both.map(|(p, q)| f64::from(u8::from(op.holds(p, times_ten(q, power))))))
                });
                (out.unit, out.kind, out.absent) = (Unit::plain(), Kind::Truth, absent);
                Ok(out)
            }
        }
    }

    /// The periods that all operands share, unless one of them takes its number from the whole range.
    fn shared(&mut self, plan: &Plan, demand: &Demand) -> Result<Demand, Fault> {
        if matches!(demand.grid, Grid::List(_)) || axis::takes_range(plan, false) {
            Ok(demand.clone())
        } else {
            self.listed(plan, demand)
        }
    }

    /// A number of the query; an amount of money is converted for each period that is asked of it.
    fn number(&mut self, plan: &Plan, x: f64, unit: &Unit, demand: &Demand) -> Result<Value, Fault> {
        let after = money::unit_after(unit, &demand.money);
        if after == *unit {
            return Ok(Value::scalar(x, unit.clone(), Kind::Number));
        }
        let periods = self.periods(plan, demand)?;
        if periods.is_empty() {
            let message = "the rate depends on the period, and none is said";
            let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, plan.span, message);
            return Err(Box::new(fault.advice("add `for 2024`, or the period that is meant")));
        }
        let mut rows = Vec::with_capacity(periods.len());
        for period in periods {
            let factor = self.factor(unit, &demand.money, period, plan.span)?;
            let cell = Cell::number(0.0).with(factor.map(|(f, _)| x * f));
            rows.push(Row::new([], Some(period), cell));
        }
        Ok(Value { rows, ..Value::scalar(x, after, Kind::Number) })
    }

    fn scoped(&mut self, plan: &Plan, inner: &Plan, scope: &Scope, demand: &Demand) -> Result<Value, Fault> {
        match scope {
            Scope::Where(_) | Scope::By(..) | Scope::With(..) => self.eval(inner, &demand.under(scope)),
            Scope::Window(..) | Scope::At(_) => {
                let mine = demand.grid.is_open();
                let mut value = self.eval(inner, &demand.under(scope))?;
                let mut periods: Vec<Option<Period>> = paced(&value.rows).map(|r| r.period()).collect();
                periods.dedup();
                value.fixed = mine && periods.len() == 1 && !is_each(scope);
                if mine {
                    self.say_missing(plan, &value, scope);
                }
                Ok(value)
            }
            Scope::In(unit, _) => {
                let value = self.eval(inner, &demand.under(scope))?;
                match value.unit.power_to(&unit.node) {
                    Some(power) => {
                        self.rescale_step(&value, power, &unit.node);
                        Ok(value.rescale(power, unit.node.clone()))
                    }
                    None if !value.unit.has_money() => Ok(value),
                    None => self.fault(
                        &codes::UNIT_MISMATCH,
                        unit.span,
                        format!("{} cannot be expressed in {}", value.unit, unit.node),
                    ),
                }
            }
            Scope::Allowing(code) => {
                let before = self.diagnostics.len();
                let value = self.eval(inner, demand)?;
                let later = self.diagnostics.split_off(before.min(self.diagnostics.len()));
                self.diagnostics.extend(later.into_iter().filter(|d| d.code != *code || d.level == Level::Error));
                Ok(value)
            }
        }
    }

    /// A wanted answer that is not in the data is named, with what is.
    fn say_missing(&mut self, plan: &Plan, value: &Value, scope: &Scope) {
        let reasons: Vec<Reason> = paced(&value.rows).filter_map(|r| r.datum().err()).collect();
        let all = !value.rows.is_empty() && reasons.len() == value.rows.len();
        let already = self.diagnostics.iter().any(|d| d.level >= Level::Warning);
        let (Some(reason), true, false) = (reasons.first(), all, already) else { return };
        let (Scope::At(period) | Scope::Window(period, _)) = scope else { return };
        let mut extent: Option<Period> = None;
        for (source, measure) in plan.leaves() {
            if let Ok(spans) = self.spans(source, measure, &Demand::whole(), plan.span) {
                extent = match (extent, spans.extent()) {
                    (Some(a), Some(b)) => Some(a.span(b)),
                    (a, b) => a.or(b),
                };
            }
        }
        // Of other rows there may be some for it.
        let covered = matches!((&period.node, extent), (PeriodText::Fixed(p), Some(all)) if all.contains(*p));
        let reason = if covered && *reason == Reason::OutsideData { &Reason::NotReported } else { reason };
        let known = extent.map(|e| format!("; the data cover {e}")).unwrap_or_default();
        let message = format!("the answer for {} is {}{known}", period.node, reason.words());
        self.say(Diagnostic::new(&codes::MISSING_OBSERVATION, period.span, message).here(reason.words()));
    }
}

/// What no label accounts for has no growth, no price and no index; and no sum of labels is one of them.
fn passed_by(mut value: Value, over: &[String]) -> Value {
    if !over.is_empty() && value.dims.iter().all(|d| !over.iter().any(|o| o == d.name.as_ref())) {
        paced(&mut value.rows).for_each(|r| r.set_flags(r.flags().without(Flags::REST)));
    }
    match value.kind {
        Kind::Growth | Kind::Index | Kind::Price | Kind::UnitValue | Kind::Rate => value.labels_only(),
        Kind::Flow | Kind::Cumulative | Kind::Stock | Kind::Share | Kind::Ratio | Kind::Points => value,
        Kind::AnnualRate | Kind::Number | Kind::Truth | Kind::Count => value,
    }
}

/// Whether a clause names a part of each year, of which the data may have one only.
fn is_each(scope: &Scope) -> bool {
    matches!(scope, Scope::At(p) if p.node.season().is_some())
}

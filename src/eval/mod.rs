//! From a checked plan to an outcome: the value, how it came about, and what a careful analyst would say of it.
//! Each node is asked for the periods and dimensions that are wanted of it and asks its operands for what it needs,
//! so that quotients are taken of sums and lags go by calendar. Prints nothing.

mod align;
mod cells;
pub mod compare;
mod grid;
mod leaf;
mod levels;
mod money;
pub mod paths;
mod top;
pub mod trace;

pub use cells::Cells;

use crate::data::{Budget, SourceError};
use crate::diagnostic::{Code, Diagnostic, Level, codes};
use crate::plan::catalogue::Catalogue;
use crate::plan::rules::{self, Type};
use crate::plan::{Demand, Grid, Node, Plan, Scope};
use crate::span::Span;
use crate::syntax::Fault;
use crate::syntax::ast::{Factor, Sign};
use crate::value::{Cell, Kind, Period, Reason, Unit, Value, times_ten};
use paths::Spans;
use std::collections::HashMap;
use std::sync::Arc;
use trace::{Line, Step, Trace};

/// A value with its provenance and diagnostics.
#[derive(Debug)]
pub struct Outcome {
    /// The answer.
    pub value: Value,
    /// Warnings and notes.
    pub diagnostics: Vec<Diagnostic>,
    /// How it came about; empty unless asked for.
    pub steps: Vec<Step>,
}

/// Evaluates a checked plan.
pub fn evaluate(catalogue: &Catalogue, plan: &Plan, budget: &Budget, explain: bool) -> Result<Outcome, Fault> {
    let trace = if explain { Trace::on() } else { Trace::default() };
    let mut evaluator = Evaluator {
        catalogue,
        budget,
        diagnostics: Vec::new(),
        trace,
        told: None,
        spans: HashMap::new(),
        rates: HashMap::new(),
    };
    let value = evaluator.eval(plan, &Demand::whole())?;
    Ok(Outcome { value, diagnostics: evaluator.diagnostics, steps: evaluator.trace.finish() })
}

/// The state of one evaluation.
#[derive(Debug)]
pub struct Evaluator<'a> {
    catalogue: &'a Catalogue,
    budget: &'a Budget,
    diagnostics: Vec<Diagnostic>,
    /// How the answer comes about.
    pub trace: Trace,
    told: Option<Step>,
    spans: HashMap<String, Arc<Spans>>,
    rates: HashMap<String, Result<f64, Reason>>,
}

impl Evaluator<'_> {
    /// Adds a warning or note, once; the same of another place underlines that too.
    pub fn say(&mut self, diagnostic: Diagnostic) {
        let known = self.diagnostics.iter_mut().find(|d| d.code == diagnostic.code && d.message == diagnostic.message);
        match known {
            Some(known) => {
                for label in diagnostic.labels {
                    if !known.labels.iter().any(|l| l.span == label.span) {
                        known.labels.push(label);
                    }
                }
            }
            None => self.diagnostics.push(diagnostic),
        }
    }

    /// A fault at a place.
    pub fn fault<T>(&self, code: &'static Code, span: Span, message: impl Into<String>) -> Result<T, Fault> {
        Err(Box::new(Diagnostic::new(code, span, message)))
    }

    fn stopped(&self, error: &SourceError, span: Span) -> Fault {
        let code = match error {
            SourceError::Interrupted => &codes::INTERRUPTED,
            SourceError::TooLarge => &codes::TOO_LARGE,
            SourceError::Failed(_) => &codes::NOT_LOADED,
        };
        Box::new(Diagnostic::new(code, span, error.to_string()))
    }

    /// Runs `work` without keeping what it says or how it went.
    pub fn quietly<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let said = std::mem::take(&mut self.diagnostics);
        let open = self.trace.pause();
        let result = work(self);
        self.trace.resume(open);
        self.diagnostics = said;
        result
    }

    /// The value of a node, as it is asked for.
    pub fn eval(&mut self, plan: &Plan, demand: &Demand) -> Result<Value, Fault> {
        self.budget.check().map_err(|e| self.stopped(&e.into(), plan.span))?;
        match &plan.node {
            Node::Number(x, unit) => Ok(Value::scalar(*x, unit.clone(), Kind::Number)),
            Node::Measure(source, measure) => self.leaf(plan, source, *measure, demand),
            Node::Call(call) => {
                self.trace.begin();
                let value = (call.entry.eval)(self, call, demand, plan.span);
                let told = self.told.take().unwrap_or_default();
                self.trace.end(|| told);
                value
            }
            Node::Across(inner, dims) => {
                let mut value = self.eval(inner, &demand.across(dims))?;
                value.absent_is_zero = false;
                Ok(value)
            }
            Node::Deflated(inner, index) => {
                let mut under = demand.clone();
                under.money.push(crate::plan::Transform::Deflate(Arc::clone(index)));
                self.eval(inner, &under)
            }
            Node::Scoped(inner, scope) => self.scoped(plan, inner, scope, demand),
            Node::Sum(terms) => {
                let demand = &self.shared(plan, demand)?;
                self.trace.begin();
                let result = self.sum(terms, demand);
                self.close_chain(&result, terms.iter().map(|(s, _)| if *s == Sign::Plus { "+" } else { "-" }));
                result.map(|(v, _)| v)
            }
            Node::Product(factors) => {
                let demand = &self.shared(plan, demand)?;
                self.trace.begin();
                let result = self.product(factors, demand);
                self.close_chain(&result, factors.iter().map(|(f, _)| if *f == Factor::Times { "*" } else { "/" }));
                result.map(|(v, _)| v)
            }
            Node::ShareOf(part, whole) => {
                let demand = &self.shared(plan, demand)?;
                self.trace.begin();
                let (a, b) = (self.eval(part, demand)?, self.eval(whole, demand)?);
                let value = self.share(a, &b, plan.span)?;
                Ok(value)
            }
            Node::Compare(op, left, right) => {
                let demand = &self.shared(plan, demand)?;
                let (a, b) = (self.eval(left, demand)?, self.eval(right, demand)?);
                let power = b.unit.power_to(&a.unit).unwrap_or(0);
                let mut out = align::combine(a, &b, |x, y| {
                    let both = x.datum.and_then(|p| y.datum.map(|q| (p, q)));
                    x.joined(y, both.map(|(p, q)| f64::from(u8::from(op.holds(p, times_ten(q, power))))))
                });
                (out.unit, out.kind) = (Unit::plain(), Kind::Truth);
                Ok(out)
            }
        }
    }

    /// An operator tells how its result came about.
    pub fn tell(&mut self, step: impl FnOnce() -> Step) {
        if self.trace.is_on() {
            self.told = Some(step());
        }
    }

    /// The periods that all operands share, unless one of them has its own.
    fn shared(&mut self, plan: &Plan, demand: &Demand) -> Result<Demand, Fault> {
        use crate::operators::Needs;
        let own = |p: &Plan| match &p.node {
            Node::Scoped(_, Scope::Window(..) | Scope::At(_)) => true,
            Node::Call(c) => matches!(c.entry.needs, Needs::EndPoints | Needs::Within),
            _ => false,
        };
        if matches!(demand.grid, Grid::List(_)) || plan.any(&own) {
            Ok(demand.clone())
        } else {
            self.listed(plan, demand)
        }
    }

    /// The first of several values; it stays among them only where they are to be shown later.
    fn head(&self, parts: &mut Vec<Value>) -> Option<Value> {
        if self.trace.is_on() {
            return parts.first().cloned();
        }
        (!parts.is_empty()).then(|| parts.remove(0))
    }

    fn sum(&mut self, terms: &[(Sign, Plan)], demand: &Demand) -> Result<(Value, Vec<Value>), Fault> {
        let mut parts = Vec::new();
        for (_, term) in terms {
            parts.push(self.eval(term, demand)?);
        }
        let Some((mut total, (sign, _))) = self.head(&mut parts).zip(terms.first()) else {
            return self.fault(&codes::BUG, Span::default(), "an empty sum");
        };
        let pairs = terms.iter().skip(1).zip(parts.iter().skip(parts.len() + 1 - terms.len()));
        if *sign == Sign::Minus {
            total.rows.iter_mut().for_each(|r| r.cell = r.cell.with(r.cell.datum.map(|x| -x)));
        }
        for ((sign, term), part) in pairs {
            let (a, b) = (Type::new(total.unit.clone(), total.kind), Type::new(part.unit.clone(), part.kind));
            let Some((sum, power)) = rules::sum(&a, *sign, &b) else {
                return self.fault(&codes::UNIT_MISMATCH, term.span, format!("{} and {} have no sum", a.unit, b.unit));
            };
            self.compare_spans(&total, part, term.span);
            let minus = *sign == Sign::Minus;
            total = align::combine(total, part, |x, y| {
                let both = x.datum.and_then(|p| y.datum.map(|q| (p, times_ten(q, power))));
                x.joined(y, both.map(|(p, q)| if minus { p - q } else { p + q }))
            });
            (total.unit, total.kind) = (sum.unit, sum.kind);
        }
        self.cif_fob(terms);
        Ok((total, parts))
    }

    fn product(&mut self, factors: &[(Factor, Plan)], demand: &Demand) -> Result<(Value, Vec<Value>), Fault> {
        let mut parts = Vec::new();
        for (_, factor) in factors {
            parts.push(self.eval(factor, demand)?);
        }
        let Some(mut total) = self.head(&mut parts) else {
            return self.fault(&codes::BUG, Span::default(), "an empty product");
        };
        let pairs = factors.iter().skip(1).zip(parts.iter().skip(parts.len() + 1 - factors.len()));
        for ((how, factor), part) in pairs {
            let (a, b) = (Type::new(total.unit.clone(), total.kind), Type::new(part.unit.clone(), part.kind));
            let (product, power) = rules::product(&a, *how, &b);
            self.compare_spans(&total, part, factor.span);
            self.fx_product(&a, *how, &b, factor, demand);
            let mut zero = false;
            total = align::combine(total, part, |x, y| {
                let datum = x.datum.and_then(|p| y.datum.map(|q| (p, q))).and_then(|(p, q)| match how {
                    Factor::Times => Ok(times_ten(p * q, power)),
                    Factor::Over if q == 0.0 => {
                        zero = true;
                        Err(Reason::ZeroQuantity)
                    }
                    Factor::Over => Ok(times_ten(p / q, power)),
                });
                x.joined(y, datum)
            });
            if zero {
                self.say(Diagnostic::new(
                    &codes::ZERO_QUANTITY,
                    factor.span,
                    "the denominator is zero in some cells; they are missing",
                ));
            }
            if product.kind == Kind::Rate && a.kind != Kind::Rate && b.kind != Kind::Rate {
                let message = format!("the quotient of {} and {} implies an exchange rate", a.unit, b.unit);
                self.say(Diagnostic::new(&codes::IMPLIED_RATE, factor.span, message));
            }
            (total.unit, total.kind) = (product.unit, product.kind);
        }
        Ok((total, parts))
    }

    /// `100 * part / whole`.
    pub fn share(&mut self, part: Value, whole: &Value, span: Span) -> Result<Value, Fault> {
        let (a, b) = (Type::new(part.unit.clone(), part.kind), Type::new(whole.unit.clone(), whole.kind));
        let Some(power) = rules::share(&a, &b) else {
            self.trace.end(Step::default);
            return self.fault(&codes::UNIT_MISMATCH, span, format!("{} is no part of {}", a.unit, b.unit));
        };
        self.compare_spans(&part, whole, span);
        let mut negative = false;
        let mut lines = Vec::new();
        let on = self.trace.is_on();
        let scale = if power == 2 { String::new() } else { format!(" * 10^{}", power - 2) };
        let mut value = align::combine(part, whole, |x, y| {
            let datum = x.datum.and_then(|p| y.datum.map(|q| (p, q))).and_then(|(p, q)| {
                if q <= 0.0 {
                    negative = true;
                    return Err(Reason::NonpositiveDenominator);
                }
                let share = times_ten(100.0 * p / q, power - 2);
                if on {
                    let arithmetic = format!("100 * {} / {}{scale}", trace::put(p), trace::put(q));
                    lines.push(Line {
                        about: String::new(),
                        arithmetic,
                        result: trace::result(share),
                        unit: "%".into(),
                    });
                }
                Ok(share)
            });
            x.joined(y, datum)
        });
        (value.unit, value.kind) = (Unit::percent(), Kind::Share);
        if negative {
            self.say(Diagnostic::new(
                &codes::NONPOSITIVE_DENOMINATOR,
                span,
                "the whole is zero or negative in some cells; their shares are missing",
            ));
        }
        self.trace.end(|| Step {
            say: "the part in percent of the whole".into(),
            formula: "100 * part / whole".into(),
            lines,
            ..Step::default()
        });
        Ok(value)
    }

    fn scoped(&mut self, plan: &Plan, inner: &Plan, scope: &Scope, demand: &Demand) -> Result<Value, Fault> {
        match scope {
            Scope::Where(_) | Scope::By(..) | Scope::With(..) => self.eval(inner, &demand.under(scope)),
            Scope::Window(..) | Scope::At(_) => {
                let mine = matches!(demand.grid, Grid::Natural | Grid::Every(_));
                let mut value = self.eval(inner, &demand.under(scope))?;
                let mut periods: Vec<Option<Period>> = value.rows.iter().map(|r| r.period).collect();
                periods.dedup();
                value.fixed = mine && periods.len() == 1;
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
            Scope::Top(count, bottom) => self.top(plan, inner, *count, *bottom, demand),
            Scope::Allowing(code) => {
                let before = self.diagnostics.len();
                let value = self.eval(inner, demand)?;
                let later = self.diagnostics.split_off(before.min(self.diagnostics.len()));
                self.diagnostics.extend(later.into_iter().filter(|d| d.code != *code || d.level == Level::Error));
                Ok(value)
            }
        }
    }

    fn rescale_step(&mut self, value: &Value, power: i32, unit: &Unit) {
        if power == 0 || !self.trace.is_on() {
            return;
        }
        self.trace.begin();
        let lines = value.rows.iter().filter_map(|r| r.cell.datum.ok().map(|x| (r, x))).map(|(r, x)| Line {
            about: r.period.map(|p| p.to_string()).unwrap_or_default(),
            arithmetic: if power > 0 {
                format!("{} * 10^{power}", trace::put(x))
            } else {
                format!("{} / 10^{}", trace::put(x), -power)
            },
            result: trace::result(times_ten(x, power)),
            unit: unit.to_string(),
        });
        let lines = lines.collect();
        self.trace.end(|| Step {
            say: format!("expressed in {unit}"),
            formula: "x * 10^n".into(),
            lines,
            ..Step::default()
        });
    }

    /// A wanted answer that is not in the data is named, with what is.
    fn say_missing(&mut self, plan: &Plan, value: &Value, scope: &Scope) {
        let reasons: Vec<Reason> = value.rows.iter().filter_map(|r| r.cell.datum.err()).collect();
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
        let known = extent.map(|e| format!("; the data cover {e}")).unwrap_or_default();
        let message = format!("the answer for {} is {}{known}", period.node, reason.words());
        self.say(Diagnostic::new(&codes::MISSING_OBSERVATION, period.span, message).here(reason.words()));
    }

    /// Tells of a chain of terms or factors.
    fn close_chain(&mut self, result: &Result<(Value, Vec<Value>), Fault>, signs: impl Iterator<Item = &'static str>) {
        if !self.trace.is_on() {
            return;
        }
        let signs: Vec<&str> = signs.collect();
        let Ok((total, parts)) = result else {
            self.trace.end(Step::default);
            return;
        };
        let mut lines = Vec::new();
        for row in total.rows.iter().take(trace::MAX_LINES + 1) {
            let Ok(x) = row.cell.datum else { continue };
            let words: Vec<String> = parts
                .iter()
                .zip(&signs)
                .enumerate()
                .filter_map(|(i, (part, sign))| {
                    let cell = align::matching(total, row, part)?;
                    let number = trace::put(cell.datum.ok()?);
                    Some(if i == 0 && *sign != "-" { number } else { format!("{sign} {number}") })
                })
                .collect();
            if words.len() != parts.len() {
                continue;
            }
            let arithmetic = words.join(" ");
            let power = chain_power(parts, &signs);
            let arithmetic = if power == 0 { arithmetic } else { format!("{arithmetic} * 10^{power}") };
            let about = align::about(total, row);
            lines.push(Line { about, arithmetic, result: trace::result(x), unit: total.unit.to_string() });
        }
        let product = signs.iter().any(|s| *s == "/" || *s == "*");
        let say = if product { "factors multiplied and divided" } else { "terms added and taken away" };
        let say = if chain_is_plain(parts, &signs) {
            say.to_string()
        } else {
            String::from("units brought together, then ") + say
        };
        let lines = if chain_is_plain(parts, &signs) || product { lines } else { Vec::new() };
        let formula: Vec<String> = signs
            .iter()
            .enumerate()
            .map(|(i, s)| if i == 0 { "x1".to_string() } else { format!("{s} x{}", i + 1) })
            .collect();
        self.trace.end(|| Step { say, formula: formula.join(" "), lines, ..Step::default() });
    }
}

/// The power of ten that the units of a chain of factors leave to the numbers.
fn chain_power(parts: &[Value], signs: &[&str]) -> i32 {
    if !signs.iter().skip(1).any(|s| *s == "*" || *s == "/") {
        return 0;
    }
    let mut types = parts.iter().map(|p| Type::new(p.unit.clone(), p.kind)).zip(signs);
    let Some((mut left, _)) = types.next() else { return 0 };
    let mut power = 0;
    for (right, sign) in types {
        let how = if *sign == "/" { Factor::Over } else { Factor::Times };
        let (product, p) = rules::product(&left, how, &right);
        left = product;
        power += p;
    }
    power
}

/// Whether all terms have one unit, so that their numbers can be added as they stand.
fn chain_is_plain(parts: &[Value], signs: &[&str]) -> bool {
    let product = signs.iter().skip(1).any(|s| *s == "*" || *s == "/");
    let first = parts.first().map(|p| &p.unit);
    product || parts.iter().all(|p| first.is_some_and(|u| p.unit.power_to(u) == Some(0)))
}

/// A cell's number with the reason when there is none.
pub fn datum(cell: Option<&Cell>, absent: Reason) -> Result<f64, Reason> {
    cell.map_or(Err(absent), |c| c.datum)
}

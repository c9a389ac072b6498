//! What a careful analyst would add to a sum or a quotient: growth in two currencies, CIF below FOB, a part of a year taken
//! for a year. In: terms or factors with their values. Out: warnings. Changes no number.

use crate::data::info::Valuation;
use crate::diagnostic::{Diagnostic, codes, words};
use crate::eval::Evaluator;
use crate::plan::money::ascii;
use crate::plan::operator::Change;
use crate::plan::{Demand, Node, Plan, Scope};
use crate::span::Span;
use crate::syntax::ast::Factor;
use crate::value::{Kind, Value};

/// A series with its valuation: what it is called without it.
struct Valued {
    stem: String,
    valuation: Valuation,
}

/// Which of two values is CIF where the other is the same at FOB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::eval) enum Cif {
    First,
    Second,
}

/// Whether two terms are one flow, valued at CIF and at FOB.
pub(in crate::eval) fn cif_and_fob(a: &Plan, b: &Plan) -> Option<Cif> {
    let (x, y) = (valued(a)?, valued(b)?);
    match (x.valuation, y.valuation) {
        _ if x.stem != y.stem => None,
        (Valuation::Cif, Valuation::Fob) => Some(Cif::First),
        (Valuation::Fob, Valuation::Cif) => Some(Cif::Second),
        _ => None,
    }
}

fn valued(plan: &Plan) -> Option<Valued> {
    match &plan.node {
        Node::Scoped(inner, _) | Node::Held(inner) => valued(inner),
        Node::Measure(source, at) => {
            let m = source.info().measures.get(*at)?;
            let lower = m.name.to_lowercase();
            let stem: Vec<&str> = lower.split('_').filter(|w| !["cif", "fob"].contains(w)).collect();
            Some(Valued { stem: stem.join("_"), valuation: m.meaning.valuation? })
        }
        _ => None,
    }
}

/// The currency in which a plan reckons.
fn currency(plan: &Plan) -> Option<[u8; 3]> {
    match &plan.node {
        Node::Scoped(_, Scope::In(unit, _)) if unit.node.currency().is_some() => unit.node.currency(),
        Node::Measure(source, at) => source.info().measures.get(*at)?.meaning.unit.currency(),
        _ => plan.children().into_iter().find_map(currency),
    }
}

/// The growth below a factor.
fn growth(plan: &Plan) -> Option<&Plan> {
    match &plan.node {
        Node::Call(call) if call.entry.change == Some(Change::Growth) => Some(plan),
        _ => plan.children().into_iter().find_map(growth),
    }
}

/// A whole number of the query.
fn literal(plan: &Plan) -> Option<f64> {
    match &plan.node {
        Node::Number(x, unit) if unit.is_plain() && unit.ten == 0 && x.fract() == 0.0 => Some(*x),
        _ => None,
    }
}

impl Evaluator<'_> {
    /// Growth in one currency beside growth in another.
    pub(in crate::eval) fn remark_growths(
        &mut self,
        (a, x): (&Plan, &Value),
        (b, y): (&Plan, &Value),
        demand: &Demand,
    ) {
        if x.kind == Kind::Growth && y.kind == Kind::Growth && demand.money.is_empty() {
            self.remark_currencies(currency(a), currency(b), (a.span, b.span));
        }
    }

    /// Growth in one currency applied to an amount in another.
    pub(in crate::eval) fn remark_grown(&mut self, factors: &[(Factor, Plan)], demand: &Demand) {
        if !demand.money.is_empty() {
            return;
        }
        let grown = factors.iter().find_map(|(_, p)| growth(p).map(|g| (p, g)));
        let Some((factor, growing)) = grown else { return };
        let amount = factors
            .iter()
            .map(|(_, p)| p)
            .find(|p| !std::ptr::eq(*p, factor) && growth(p).is_none() && currency(p).is_some());
        if let Some(amount) = amount {
            self.remark_currencies(currency(growing), currency(amount), (growing.span, amount.span));
        }
    }

    fn remark_currencies(&mut self, a: Option<[u8; 3]>, b: Option<[u8; 3]>, (at, other): (Span, Span)) {
        let (Some(a), Some(b)) = (a, b) else { return };
        if a != b {
            let (a, b) = (ascii(a), ascii(b));
            let message =
                format!("growth in {a} stands beside figures in {b}: they differ by the change of the exchange rate");
            let warning = Diagnostic::new(&codes::GROWTH_CURRENCY, at, message).here(format!("in {a}"));
            self.say(
                warning
                    .label(other, format!("in {b}"))
                    .advice(format!("`in {b}` converts before it compares, if a rate is loaded")),
            );
        }
    }

    /// Freight is not negative.
    pub(in crate::eval) fn remark_cif_below_fob(&mut self, cells: usize, (a, b): (Span, Span)) {
        if cells > 0 {
            let message = format!("the CIF value is below the FOB value in {}", words::counted(cells, "cell"));
            self.say(Diagnostic::new(&codes::CIF_BELOW_FOB, a, message).label(b, ""));
        }
    }

    /// `x * 12 / 11`: eleven months taken for a year.
    pub(in crate::eval) fn remark_annualised(&mut self, factors: &[(Factor, Plan)]) {
        let mut flat: Vec<(Factor, &Plan)> = Vec::new();
        for (how, factor) in factors {
            match &factor.node {
                Node::Product(inner) if *how == Factor::Times && inner.iter().all(|(_, p)| literal(p).is_some()) => {
                    flat.extend(inner.iter().map(|(h, p)| (*h, p)));
                }
                _ => flat.push((*how, factor)),
            }
        }
        let number = |wanted: Factor| {
            flat.iter().filter(move |(how, _)| *how == wanted).filter_map(|(_, p)| literal(p).map(|x| (x, p.span)))
        };
        let year = number(Factor::Times).find(|(x, _)| [4.0, 12.0, 52.0, 365.0].contains(x));
        let Some((of, at)) = year else { return };
        let Some((have, end)) = number(Factor::Over).find(|(x, _)| *x >= 1.0 && *x < of) else { return };
        let seasonal = flat.iter().any(|(_, p)| {
            let flow = |(s, m): &(&std::sync::Arc<dyn crate::data::Source>, usize)| {
                s.info().measures.get(*m).is_some_and(|m| matches!(m.meaning.kind, Kind::Flow | Kind::Cumulative))
            };
            p.leaves().iter().any(flow) && self.is_seasonal(p, Kind::Flow)
        });
        if seasonal && at.source == end.source {
            let span = if at.start <= end.start { at.to(end) } else { end.to(at) };
            let message = format!("{have} of {of} parts of a year are taken for a whole one");
            let warning = Diagnostic::new(&codes::ANNUALISED_PARTIAL, span, message);
            self.say(warning.advice("the same parts of the year before compare with it: `for Jan..Nov` of both years"));
        }
    }
}

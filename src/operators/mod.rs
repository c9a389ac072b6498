//! The registry. One entry says all there is to know of an operator; name lookup, the check, completion, `help`,
//! `explain`, did-you-mean and the reference manual read it, and nothing else mentions the operator.

mod annual;
mod cellwise;
mod complexity;
mod concentration;
mod daily;
mod decompose;
mod ends;
mod formulas;
pub mod growth;
mod index_numbers;
mod lacking;
mod like;
mod manual;
mod matched;
mod mirror;
mod over;
mod parts;
mod reduce;
mod running;
mod seasonal;
mod share;
mod statistics;
mod steps;
mod summary;
mod time;
mod windows;

use crate::diagnostic::{Code, codes, words};
use crate::plan::evaluation::Evaluation;
use crate::plan::operator::{Body, Change, Entry, Needs, Over, Parts, Reduce, Refusal, Registry};
use crate::plan::rules::Type;
use crate::plan::{Call, Demand, Plan};
use crate::span::Span;
use crate::syntax::Fault;
use crate::value::{Freq, Kind, Unit, Value};
pub use manual::{manual, page, section, signature};

/// Every operator, by family.
pub const REGISTRY: Registry = Registry {
    families: &[
        growth::ENTRIES,
        like::ENTRIES,
        time::ENTRIES,
        summary::ENTRIES,
        statistics::ENTRIES,
        cellwise::ENTRIES,
        mirror::ENTRIES,
        running::ENTRIES,
        daily::ENTRIES,
        annual::ENTRIES,
        seasonal::ENTRIES,
        share::ENTRIES,
        concentration::ENTRIES,
        index_numbers::ENTRIES,
        complexity::ENTRIES,
    ],
};

/// Every operator.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    REGISTRY.all()
}

/// The names of all operators.
pub fn names() -> Vec<String> {
    REGISTRY.names()
}

/// The operator that these words name, with the number of its step: `3-month average`.
pub fn lookup(words: &str) -> Option<(&'static Entry, Option<(i32, Freq)>)> {
    REGISTRY.lookup(words)
}

/// What a call with one operand is applied to.
fn operand<'a>(ev: &dyn Evaluation, call: &'a Call, span: Span) -> Result<&'a Plan, Fault> {
    match call.operands.first() {
        Some(plan) => Ok(plan),
        None => ev.fault(&codes::BUG, span, "the operator has no operand"),
    }
}

/// What most operators are: of one operand, asked as they are asked, with a number of its unit and kind. A family says
/// what is its own.
const fn plain(eval: Body) -> Entry {
    Entry {
        name: "",
        operands: 1,
        over: Over::Never,
        keeps: false,
        needs: Needs::Each,
        step: None,
        change: None,
        instead: None,
        reduce: None,
        parts: Parts::Never,
        compares: false,
        adjusts: false,
        has_season: false,
        summary: "",
        formula: "",
        notes: "",
        cites: &[],
        examples: &[],
        asks: same,
        result: number_type,
        eval,
    }
}

fn same(_: &Call, demand: &Demand) -> Demand {
    demand.clone()
}

fn refuse<T>(code: &'static Code, message: impl Into<String>, advice: &str) -> Result<T, Refusal> {
    let advice = (!advice.is_empty()).then(|| advice.to_string());
    Err(Refusal { code, message: message.into(), advice })
}

fn first(types: &[Type]) -> Type {
    types.first().cloned().unwrap_or(Type::new(Unit::plain(), Kind::Number))
}

/// Growth of what is itself a percentage is no growth but points.
fn growth_type(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    no_truth(call, types)?;
    let x = first(types);
    if matches!(x.kind, Kind::Share | Kind::Growth | Kind::Points) {
        let advice = call.instead().map(|name| format!("the difference of percentages is in points: `{name} of …`"));
        let advice = advice.unwrap_or_default();
        return refuse(&codes::UNIT_MISMATCH, format!("{} is already in percent", words::one(x.kind.word())), &advice);
    }
    Ok(Type::percent(Kind::Growth))
}

/// A difference: points for percentages and indices, else the unit of the operand.
fn change_type(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    no_truth(call, types)?;
    let x = first(types);
    if x.unit.is_percent() {
        return Ok(Type::new(Unit::points(), Kind::Points));
    }
    let kind = if x.kind == Kind::Index { Kind::Points } else { x.kind };
    let unit = if x.kind == Kind::Index { Unit::plain() } else { x.unit };
    Ok(Type::new(unit, kind))
}

/// As the operand.
fn same_type(_: &Call, types: &[Type]) -> Result<Type, Refusal> {
    Ok(first(types))
}

/// As the operand, which is a number; of yes and no only the share of yes has a meaning.
fn number_type(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    no_truth(call, types)?;
    Ok(first(types))
}

/// Yes and no are no numbers.
fn no_truth(call: &Call, types: &[Type]) -> Result<(), Refusal> {
    if types.iter().all(|t| t.kind != Kind::Truth) {
        return Ok(());
    }
    let over = if call.over.is_empty() { String::new() } else { format!(" over {}", call.over.join(", ")) };
    let advice =
        format!("`average{over} of …` is the share of yes; yes or no times an amount keeps the amount where it holds");
    refuse(&codes::SUM_OF_NONADDITIVE, format!("`{}` needs numbers, and this is yes or no", call.said()), &advice)
}

/// The mean of numbers, or how often it is yes, in percent.
fn mean_type(_: &Call, types: &[Type]) -> Result<Type, Refusal> {
    let x = first(types);
    Ok(if x.kind == Kind::Truth { Type::percent(Kind::Share) } else { x })
}

/// Only what adds up can be summed.
fn sum_type(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    no_truth(call, types)?;
    let x = first(types);
    let adds = if call.over.is_empty() { x.kind.adds_over_time() } else { x.kind.adds_over_dimensions() };
    if adds {
        return Ok(x);
    }
    let advice = match x.kind {
        Kind::Growth => "the change over the whole range is `growth of x from … to …`",
        Kind::Share | Kind::Ratio | Kind::UnitValue => {
            "compute the relation from the sums of its parts: `sum of a / sum of b`"
        }
        _ => "a mean can be asked for: `average of …`",
    };
    refuse(&codes::SUM_OF_NONADDITIVE, format!("{} have no sum", x.kind.plural()), advice)
}

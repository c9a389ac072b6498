//! The registry. One entry says all there is to know of an operator; name lookup, the check, completion, `help`,
//! `explain`, did-you-mean and the reference manual read it, and nothing else mentions the operator.

mod concentration;
mod ends;
mod formulas;
pub mod growth;
mod manual;
mod over;
mod parts;
mod share;
mod steps;
mod summary;
mod time;
mod windows;

use crate::diagnostic::{Code, codes};
use crate::eval::Evaluator;
use crate::plan::rules::Type;
use crate::plan::{Call, Demand, Plan};
use crate::span::Span;
use crate::syntax::Fault;
use crate::value::{Freq, Kind, Unit, Value};
pub use manual::{manual, page};

/// Which periods an operator reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// The two ends of `from … to …`; it gives one number.
    EndPoints,
    /// The periods of the result, and others relative to them.
    Series,
    /// All periods within those of the result; without any, all there are.
    Within,
    /// Only the periods of the result.
    Each,
    /// The periods of the result, and a base given by `with PERIOD = NUMBER`.
    Base,
}

/// Whether an operator uses up a dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// `over` has no meaning.
    Never,
    /// `over` must be said.
    Needed,
    /// `over D` uses up a dimension; without it, time.
    Optional,
}

/// Why an operator does not take what it is given.
#[derive(Debug)]
pub struct Refusal {
    /// The code.
    pub code: &'static Code,
    /// One sentence.
    pub message: String,
    /// What to do.
    pub advice: Option<String>,
}

/// All there is to know of an operator.
pub struct Entry {
    /// The words before `of`; `N-month` stands for any number and step.
    pub name: &'static str,
    /// How many operands it takes.
    pub operands: usize,
    /// Which dimension it uses up.
    pub over: Over,
    /// Which periods it reads.
    pub needs: Needs,
    /// One sentence.
    pub summary: &'static str,
    /// With symbols: x is the operand, t the period of the result, a and b the end points.
    pub formula: &'static str,
    /// Edge cases and conventions.
    pub notes: &'static str,
    /// Sources of the formula.
    pub cites: &'static [&'static str],
    /// Queries on the shipped examples, with their answers as printed.
    pub examples: &'static [(&'static str, &'static str)],
    /// What the operands are asked, given what the result is asked.
    pub asks: fn(&Call, &Demand) -> Demand,
    /// Unit and kind of the result.
    pub result: fn(&Call, &[Type]) -> Result<Type, Refusal>,
    /// The body.
    pub eval: fn(&mut Evaluator<'_>, &Call, &Demand, Span) -> Result<Value, Fault>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Every operator, by family.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    let families: [&'static [Entry]; 5] =
        [growth::ENTRIES, time::ENTRIES, summary::ENTRIES, share::ENTRIES, concentration::ENTRIES];
    families.into_iter().flatten()
}

/// The names of all operators.
pub fn names() -> Vec<String> {
    all().map(|e| e.name.to_string()).collect()
}

/// The operator that these words name, with the number of its step: `3-month average`.
pub fn lookup(words: &str) -> Option<(&'static Entry, Option<(i32, Freq)>)> {
    let words = words.to_lowercase();
    if let Some(entry) = all().find(|e| e.name.eq_ignore_ascii_case(&words)) {
        return Some((entry, None));
    }
    let (step, rest) = words.split_once(' ')?;
    let (number, unit) = step.split_once('-')?;
    let number: i32 = number.parse().ok().filter(|n| (1..=1200).contains(n))?;
    let freq = Freq::parse(unit)?;
    let name = format!("N-month {rest}");
    all().find(|e| e.name == name).map(|e| (e, Some((number, freq))))
}

/// What a call with one operand is applied to.
fn operand<'a>(ev: &Evaluator<'_>, call: &'a Call, span: Span) -> Result<&'a Plan, Fault> {
    match call.operands.first() {
        Some(plan) => Ok(plan),
        None => ev.fault(&codes::BUG, span, "the operator has no operand"),
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
    let x = first(types);
    if matches!(x.kind, Kind::Share | Kind::Growth | Kind::Points) {
        let name = call.entry.name.replace("growth", "change");
        let advice = format!("the difference of percentages is in points: `{name} of …`");
        return refuse(&codes::UNIT_MISMATCH, format!("a {} is already in percent", x.kind), &advice);
    }
    Ok(Type::percent(Kind::Growth))
}

/// A difference: points for percentages and indices, else the unit of the operand.
fn change_type(_: &Call, types: &[Type]) -> Result<Type, Refusal> {
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

/// Only what adds up can be summed.
fn sum_type(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
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

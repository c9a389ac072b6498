//! What an operator is: all that is to be known of it before it is called, and its body. The registry is handed in
//! with the catalogue; nothing here knows which operators there are.

use super::evaluation::Evaluation;
use super::rules::Type;
use super::{Call, Demand};
use crate::diagnostic::Code;
use crate::span::Span;
use crate::syntax::Fault;
use crate::value::{Freq, Value};

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
    /// The periods of the result, which are those of either operand.
    Either,
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

/// What is made of a value and the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// In percent of the one before.
    Growth,
    /// The difference.
    Difference,
}

impl Change {
    /// The operator that gives it as a series, free of seasons.
    pub fn by_year(self) -> &'static str {
        match self {
            Change::Growth => "yoy growth",
            Change::Difference => "yoy change",
        }
    }
}

/// How many numbers become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduce {
    /// Added up.
    Sum,
    /// Their mean.
    Mean,
    /// The smallest.
    Least,
    /// The largest.
    Greatest,
    /// The first that is there.
    First,
    /// The last that is there.
    Last,
    /// How many are neither zero nor no.
    Count,
    /// The one at a part of the way through all in order.
    Quantile,
    /// Their standard deviation.
    Spread,
}

/// Whether results add up over the labels of a dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// They do not.
    Never,
    /// As far as the operand does: a difference, a lag, a sum.
    AsOperand,
    /// They are parts of one whole, which the operator takes: shares, contributions.
    OfWhole,
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

/// What makes the value of a call, as it is asked.
pub type Body = fn(&mut dyn Evaluation, &Call, &Demand, Span) -> Result<Value, Fault>;

/// All there is to know of an operator.
pub struct Entry {
    /// The words before `of`; `N-month` stands for any number and step.
    pub name: &'static str,
    /// How many operands it takes.
    pub operands: usize,
    /// Which dimension it uses up.
    pub over: Over,
    /// Whether the dimension that `over` names stays in the result.
    pub keeps: bool,
    /// Which periods it reads.
    pub needs: Needs,
    /// The step back that the words name: a quarter for `qoq`.
    pub step: Option<Freq>,
    /// What is made of a value and the one before.
    pub change: Option<Change>,
    /// The operator that has an answer where this has none, as for a base of zero.
    pub instead: Option<&'static str>,
    /// How many numbers become one.
    pub reduce: Option<Reduce>,
    /// Whether results add up over the labels of a dimension.
    pub parts: Parts,
    /// Whether the number of a label depends on those of others that are listed beside it.
    pub compares: bool,
    /// Whether its result is free of seasons.
    pub adjusts: bool,
    /// Whether a number of steps before its name is the length of its season: `7-day seasonal adjustment`.
    pub has_season: bool,
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
    pub eval: Body,
}

impl Call {
    /// The operator as the query names it: `3-month average`.
    pub fn said(&self) -> String {
        match self.every {
            Some((n, _)) if self.entry.name.starts_with("Nth ") => self.entry.name.replacen("Nth", &with_ending(n), 1),
            Some((n, step)) if self.entry.has_season => format!("{n}-{} {}", step.word(), self.entry.name),
            Some((n, step)) => self.entry.name.replace("N-month", &format!("{n}-{}", step.word())),
            None => self.entry.name.to_string(),
        }
    }

    /// The operator to ask instead where this one has no answer, with the number of the step.
    pub fn instead(&self) -> Option<String> {
        let words = self.entry.instead?;
        Some(match self.every {
            Some((n, step)) => words.replace("N-month", &format!("{n}-{}", step.word())),
            None => words.to_string(),
        })
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Every operator, by family.
#[derive(Clone, Copy, Debug, Default)]
pub struct Registry {
    /// The families.
    pub families: &'static [&'static [Entry]],
}

impl Registry {
    /// Every operator.
    pub fn all(&self) -> impl Iterator<Item = &'static Entry> + use<> {
        self.families.iter().copied().flatten()
    }

    /// The names of all operators.
    pub fn names(&self) -> Vec<String> {
        self.all().map(|e| e.name.to_string()).collect()
    }

    /// The operator that these words name, with the number of its step: `3-month average`.
    pub fn lookup(&self, words: &str) -> Option<(&'static Entry, Option<(i32, Freq)>)> {
        let words = words.to_lowercase();
        // `90th percentile`
        if let Some((number, rest)) = words.split_once(' ').and_then(|(n, rest)| Some((ordinal(n)?, rest)))
            && let Some(entry) = self.all().find(|e| e.name.strip_prefix("Nth ") == Some(rest))
        {
            return Some((entry, Some((number, Freq::Month))));
        }
        if let Some(entry) = self.all().find(|e| e.name.eq_ignore_ascii_case(&words)) {
            return Some((entry, None));
        }
        // `12-month average`, `centred 12-month average`
        let step = |word: &str| {
            let (number, unit) = word.split_once('-')?;
            let number: i32 = number.parse().ok().filter(|n| (1..=1200).contains(n))?;
            Some((number, Freq::parse(unit)?))
        };
        let (word, found) = words.split(' ').find_map(|word| Some((word, step(word)?)))?;
        let name = words.replacen(word, "N-month", 1);
        let season = words.strip_prefix(word).map(str::trim_start);
        let named = |e: &&Entry| e.name == name || e.has_season && Some(e.name) == season;
        self.all().find(named).map(|e| (e, Some(found)))
    }
}

/// The number of `1st`, `2nd`, `90th`, of a part in percent.
fn ordinal(word: &str) -> Option<i32> {
    let number: i32 = word.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse().ok()?;
    ((1..=99).contains(&number) && word == with_ending(number)).then_some(number)
}

fn with_ending(number: i32) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

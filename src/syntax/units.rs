//! Units of queries, checks and declarations: the unit that words name, or what was probably meant.

use super::Fault;
use super::ast::Name;
use crate::diagnostic::{Diagnostic, suggest};
use crate::value::unit_text::AMBIGUOUS;
use crate::value::{Unit, period, unit_words};

/// Reads a unit, with did-you-mean for the word that is none.
pub fn parse_unit(text: &Name, code: &'static crate::diagnostic::Code) -> Result<Unit, Fault> {
    Unit::parse(&text.node).map_err(|word| {
        let mut fault = Diagnostic::new(code, text.span, format!("`{word}` is no unit"));
        let lower = word.to_lowercase();
        let scale = match lower.as_str() {
            "m" => Some(6),
            "b" => Some(9),
            other => unit_words::scale(other),
        };
        let foreign = match lower.as_str() {
            "¥" => Some("CNY"),
            "tons" => Some("tonne"),
            "units" => Some("piece"),
            other => unit_words::base(other),
        };
        let foreign = foreign.map(String::from).or_else(|| scale.map(Unit::scale_word));
        let near = suggest::nearest(&word, Unit::words());
        if word == AMBIGUOUS {
            fault = fault.advice("it is a million tonnes to some, a metric tonne to others: write `mn tonne` or `tonne`");
        } else if let Some(right) = foreign {
            fault = fault.advice(format!("write `{right}`"));
            fault.edits.push(vec![(text.span, ordered(&text.node.replacen(&word, &right, 1)))]);
        } else if period::parse_fixed(&word).is_some() {
            fault = fault.advice(format!("a period follows `for`: `for {word}`"));
        } else if !near.is_empty() {
            fault = fault.advice(format!("did you mean {}?", suggest::either(&near)));
        } else {
            fault = fault.advice("units are a currency (CNY), a quantity (kg), a scale before it (bn CNY), a quotient (USD/kg) or %; `list units`");
        }
        Box::new(fault)
    })
}

/// The scale before what is counted: `mn USD` of `USD mn`.
fn ordered(text: &str) -> String {
    match text.split_once(' ') {
        Some((base, scale)) if unit_words::scale(scale).is_some() && unit_words::scale(base).is_none() => {
            format!("{scale} {base}")
        }
        _ => text.to_string(),
    }
}

//! What the registry says, as text: `help NAME` and the reference manual.

use super::all;
use crate::plan::operator::{Entry, Needs, Over};

/// What follows the name of an operator: ` over DIMENSION of x from PERIOD to PERIOD`.
pub fn signature(entry: &Entry) -> String {
    let operands = match entry.operands {
        1 => "x".to_string(),
        n => (1..=n).map(|i| format!("x{i}")).collect::<Vec<_>>().join(" and "),
    };
    let over = match entry.over {
        Over::Never => "",
        Over::Needed => " over DIMENSION",
        Over::Optional => " [over DIMENSION]",
    };
    let tail = match entry.needs {
        Needs::EndPoints => " from PERIOD to PERIOD",
        Needs::Base => " with PERIOD = 100",
        Needs::Series | Needs::Within | Needs::Each | Needs::Either => "",
    };
    format!("{over} of {operands}{tail}")
}

/// The page of one operator.
pub fn page(entry: &Entry) -> String {
    let mut out = format!("{}{}\n\n{}\n\n  {}\n", entry.name, signature(entry), entry.summary, entry.formula);
    if !entry.notes.is_empty() {
        out.push_str(&format!("\n{}\n", entry.notes));
    }
    for (query, answer) in entry.examples {
        out.push_str(&format!("\nExample: {query}\n         {answer}\n"));
    }
    for cite in entry.cites {
        out.push_str(&format!("\nSource: {cite}\n"));
    }
    out
}

/// The reference manual of all operators, in Markdown.
pub fn manual() -> String {
    let mut out = String::from(
        "# Operators\n\nMade from the registry by `tradeql help manual`; the words before `of` name the operator.\n",
    );
    for entry in all() {
        out.push_str(&format!("\n## {}\n\n{}", entry.name, section(entry)));
    }
    out
}

/// What the registry says of one operator, in Markdown, without its head.
pub fn section(entry: &Entry) -> String {
    let mut out = format!("{}\n\n    {}\n", entry.summary, entry.formula);
    if !entry.notes.is_empty() {
        out.push_str(&format!("\n{}\n", entry.notes));
    }
    for (query, answer) in entry.examples {
        out.push_str(&format!("\nExample: `{query}` is {answer}\n"));
    }
    for cite in entry.cites {
        out.push_str(&format!("\nSource: {cite}\n"));
    }
    out
}

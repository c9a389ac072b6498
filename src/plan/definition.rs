//! Operators that are written in the language: what a `def` says, and the library of those that come with the program.
//! Calls of them are put in place elsewhere.

use crate::syntax::ast::{Query, Statement, Takes};
use crate::syntax::format;
use std::sync::Arc;

/// An operator that is written in the language.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its words; `N-month` stands for any number and step.
    pub name: String,
    /// The dimension that a call names.
    pub over: Option<String>,
    /// The names of its operands.
    pub params: Vec<String>,
    /// The clause of a call that is for the body alone.
    pub takes: Option<Takes>,
    /// What it computes.
    pub body: Query,
    /// The remarks above it, without their signs.
    pub help: String,
    /// As it is written.
    pub text: String,
}

impl Definition {
    /// What a statement defines, given the text before it, whose last remarks are its help; nothing of another statement.
    pub fn written(statement: &Statement, before: &str) -> Option<Definition> {
        let Statement::Def { name, over, params, takes, body } = statement else { return None };
        Some(Definition {
            name: name.node.clone(),
            over: over.as_ref().map(|d| d.node.clone()),
            params: params.iter().map(|p| p.node.clone()).collect(),
            takes: takes.clone(),
            body: body.clone(),
            help: remarks_above(before),
            text: format::statement(statement),
        })
    }

    /// What stands before the sign.
    pub fn header(&self) -> &str {
        let text = self.text.strip_prefix("def ").unwrap_or(&self.text);
        match &self.takes {
            Some(Takes::With(_, n)) => {
                let end = text.find(&format!("= {} =", n.node)).map(|at| at + 2 + n.node.len());
                end.and_then(|end| text.get(..end)).unwrap_or(text)
            }
            _ => text.split(" = ").next().unwrap_or(text),
        }
    }

    /// The first sentence of its help.
    pub fn summary(&self) -> &str {
        self.help.split_inclusive(". ").next().unwrap_or("").lines().next().unwrap_or("").trim()
    }
}

/// The remarks at the end of a text, without their signs.
fn remarks_above(text: &str) -> String {
    let remarks = text.lines().rev().map(str::trim).take_while(|line| line.starts_with('#'));
    let unsigned = |line: &'_ str| -> String {
        let rest = line.trim_start_matches('#');
        rest.strip_prefix(' ').unwrap_or(rest).trim_end().to_string()
    };
    let mut lines: Vec<String> = remarks.map(unsigned).collect();
    lines.reverse();
    lines.join("\n")
}

/// The operators that come with the program and are written in its language; handed in with the registry, and read when
/// the first of them is looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Library {
    /// All of them, in the order in which they are written.
    pub read: Option<fn() -> &'static [Arc<Definition>]>,
}

impl Library {
    /// All of them; one name may stand for several that take other operands.
    pub fn all(&self) -> &'static [Arc<Definition>] {
        self.read.map_or(&[], |read| read())
    }
}

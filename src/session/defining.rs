//! `def`: an operator of the script, kept with the remarks above it, or refused if it could never be called.

use super::{Body, Session};
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::catalogue::Definition;
use crate::plan::lookup::definitions;
use crate::span::Span;
use crate::syntax::ast::Statement;
use crate::syntax::{self, Fault};
use std::sync::Arc;

impl Session {
    pub(super) fn define(&mut self, statement: &Statement, span: Span) -> Result<Body, Fault> {
        let definition = self.defined_by(statement, span)?;
        let done = format!("`{}` is defined", definition.header());
        self.catalogue.definitions.insert(definition.name.clone(), Arc::new(definition));
        Ok(Body::Done(done))
    }

    /// What a statement defines, if it could be called.
    pub(super) fn defined_by(&self, statement: &Statement, span: Span) -> Result<Definition, Fault> {
        let Statement::Def { name, over, params, takes, body } = statement else {
            return Err(Box::new(Diagnostic::new(&codes::BUG, span, "this defines nothing")));
        };
        if crate::operators::lookup(&name.node.replacen("N-", "3-", 1)).is_some() {
            let message = format!("`{}` is already an operator", name.node);
            return Err(Box::new(Diagnostic::new(&codes::AMBIGUOUS_NAME, name.span, message)));
        }
        let definition = Definition {
            name: name.node.clone(),
            over: over.as_ref().map(|d| d.node.clone()),
            params: params.iter().map(|p| p.node.clone()).collect(),
            takes: takes.clone(),
            body: body.clone(),
            help: self.remarks_above(span),
            text: syntax::format::statement(statement),
        };
        let known = |words: &str| self.catalogue.definitions.contains_key(words);
        if let Some(why) = definitions::unusable(&definition, self.catalogue.operators, &known) {
            let message = format!("`{}` could never be called: {why}", name.node);
            return Err(Box::new(Diagnostic::new(&codes::WRONG_ARGUMENTS, name.span, message)));
        }
        Ok(definition)
    }

    /// The remarks directly above a statement, without their signs.
    fn remarks_above(&self, span: Span) -> String {
        let before = self.sources.snippet(Span { start: 0, end: span.start, ..span });
        let remarks = before.lines().rev().map(str::trim).take_while(|line| line.starts_with('#'));
        let mut lines: Vec<&str> = remarks.map(|line| line.trim_start_matches('#').trim()).collect();
        lines.reverse();
        lines.join("\n")
    }
}

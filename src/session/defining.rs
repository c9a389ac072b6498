//! `def`: an operator of the script, kept with the remarks above it, or refused if it could never be called.

use super::{Body, Session};
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::definition::Definition;
use crate::plan::lookup::usable;
use crate::span::Span;
use crate::syntax::Fault;
use crate::syntax::ast::Statement;
use std::sync::Arc;

impl Session {
    /// Refuses a name that a series has.
    pub(super) fn name_is_free(&self, name: &str, span: Span) -> Result<(), Fault> {
        let series = self.catalogue.measures().any(|(_, _, m)| m.name.as_ref() == name);
        if series {
            let message = format!("`{name}` is already a series of a dataset");
            return Err(Box::new(Diagnostic::new(&codes::AMBIGUOUS_NAME, span, message).advice("choose another name")));
        }
        Ok(())
    }

    pub(super) fn define(&mut self, statement: &Statement, span: Span) -> Result<Body, Fault> {
        let definition = self.defined_by(statement, span)?;
        let replaces = self.catalogue.library.all().iter().any(|d| d.name == definition.name);
        let instead = if replaces { ", in place of the one of the library" } else { "" };
        let done = format!("`{}` is defined{instead}", definition.header());
        self.catalogue.definitions.insert(definition.name.clone(), Arc::new(definition));
        Ok(Body::Done(done))
    }

    /// What a statement defines, if it could be called.
    pub(super) fn defined_by(&self, statement: &Statement, span: Span) -> Result<Definition, Fault> {
        let before = self.sources.snippet(Span { start: 0, end: span.start, ..span });
        let (Statement::Def { name, .. }, Some(definition)) = (statement, Definition::written(statement, before))
        else {
            return Err(Box::new(Diagnostic::new(&codes::BUG, span, "this defines nothing")));
        };
        if crate::operators::lookup(&name.node.replacen("N-", "3-", 1)).is_some() {
            let message = format!("`{}` is already an operator", name.node);
            return Err(Box::new(Diagnostic::new(&codes::AMBIGUOUS_NAME, name.span, message)));
        }
        let known = |words: &str| self.catalogue.defined(words, |_| true).is_some();
        if let Some(why) = usable::unusable(&definition, self.catalogue.operators, &known) {
            let message = format!("`{}` could never be called: {why}", name.node);
            return Err(Box::new(Diagnostic::new(&codes::WRONG_ARGUMENTS, name.span, message)));
        }
        Ok(definition)
    }
}

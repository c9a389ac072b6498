//! `def`: an operator of the script, kept with the remarks above it, or refused if it could never be called.

use super::{Body, Session};
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::definition::Definition;
use crate::plan::lookup::{chain_of, path_to_itself, usable};
use crate::span::Span;
use crate::syntax::Fault;
use crate::syntax::ast::{Name, Query, Statement};
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

    /// Keeps the name of a series, unless it would stand for itself.
    pub(super) fn name_series(&mut self, name: &Name, query: &Query) -> Result<(), Fault> {
        let before = self.catalogue.lets.insert(name.node.clone(), Arc::new(query.clone()));
        let Some(path) = path_to_itself(&self.catalogue, &name.node) else {
            self.note_chain(&name.node);
            return Ok(());
        };
        match before {
            Some(before) => self.catalogue.lets.insert(name.node.clone(), before),
            None => self.catalogue.lets.remove(&name.node),
        };
        let message = format!("`{}` would stand for itself{}", name.node, through(&path));
        let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, name.span, message);
        Err(Box::new(
            fault.advice("a name stands for its query, not for the numbers of now: give this one another name"),
        ))
    }

    fn note_chain(&mut self, name: &str) {
        let count = chain_of(&self.catalogue, name);
        self.catalogue.chains.note(name, count);
    }

    pub(super) fn define(&mut self, statement: &Statement, span: Span) -> Result<Body, Fault> {
        let definition = self.defined_by(statement, span)?;
        let replaces = self.catalogue.library.all().iter().any(|d| d.name == definition.name);
        let instead = if replaces { ", in place of the one of the library" } else { "" };
        let done = format!("`{}` is defined{instead}", definition.header());
        let (key, span) = (definition.name.clone(), definition_span(statement, span));
        let before = self.catalogue.definitions.insert(key.clone(), Arc::new(definition));
        let Some(path) = path_to_itself(&self.catalogue, &key) else {
            self.note_chain(&key);
            return Ok(Body::Done(done));
        };
        match before {
            Some(before) => self.catalogue.definitions.insert(key.clone(), before),
            None => self.catalogue.definitions.remove(&key),
        };
        let message = format!("`{key}` would call itself{}, and never end", through(&path));
        Err(Box::new(Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message)))
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

fn definition_span(statement: &Statement, span: Span) -> Span {
    if let Statement::Def { name, .. } = statement { name.span } else { span }
}

/// How it comes about, for the end of a sentence.
fn through(path: &[String]) -> String {
    let names: Vec<String> = path.iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() { String::new() } else { format!(", by {}", names.join(", ")) }
}

//! The state of one evaluation: what it may ask, what it has said so far, how the answer comes about. Knows no node of
//! a plan.

use super::paths::Spans;
use super::trace::{Step, Trace};
use crate::data::{Budget, SourceError};
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::plan::catalogue::Catalogue;
use crate::span::Span;
use crate::syntax::Fault;
use crate::value::Reason;
use std::collections::HashMap;
use std::sync::Arc;

/// The state of one evaluation.
#[derive(Debug)]
pub struct Evaluator<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) budget: &'a Budget,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// How the answer comes about.
    pub trace: Trace,
    pub(super) told: Option<Step>,
    pub(super) spans: HashMap<String, Arc<Spans>>,
    pub(super) rates: HashMap<String, Result<f64, Reason>>,
}

impl<'a> Evaluator<'a> {
    /// Before anything is evaluated.
    pub(super) fn new(catalogue: &'a Catalogue, budget: &'a Budget, trace: Trace) -> Evaluator<'a> {
        Evaluator {
            catalogue,
            budget,
            diagnostics: Vec::new(),
            trace,
            told: None,
            spans: HashMap::new(),
            rates: HashMap::new(),
        }
    }
}

impl Evaluator<'_> {
    /// Adds a warning or note, once; the same of another place underlines that too.
    pub fn say(&mut self, diagnostic: Diagnostic) {
        let known = self.diagnostics.iter_mut().find(|d| d.code == diagnostic.code && d.message == diagnostic.message);
        match known {
            Some(known) => {
                for label in diagnostic.labels {
                    if !known.labels.iter().any(|l| l.span == label.span) {
                        known.labels.push(label);
                    }
                }
            }
            None => self.diagnostics.push(diagnostic),
        }
    }

    /// A fault at a place.
    pub fn fault<T>(&self, code: &'static Code, span: Span, message: impl Into<String>) -> Result<T, Fault> {
        Err(Box::new(Diagnostic::new(code, span, message)))
    }

    pub(super) fn stopped(&self, error: &SourceError, span: Span) -> Fault {
        let code = match error {
            SourceError::Interrupted => &codes::INTERRUPTED,
            SourceError::TooLarge => &codes::TOO_LARGE,
            SourceError::Failed(_) => &codes::NOT_LOADED,
        };
        Box::new(Diagnostic::new(code, span, error.to_string()))
    }

    /// Runs `work` without keeping what it says or how it went.
    pub fn quietly<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let said = std::mem::take(&mut self.diagnostics);
        let open = self.trace.pause();
        let result = work(self);
        self.trace.resume(open);
        self.diagnostics = said;
        result
    }
    /// An operator tells how its result came about.
    pub fn tell(&mut self, step: impl FnOnce() -> Step) {
        if self.trace.is_on() {
            self.told = Some(step());
        }
    }
}

//! A diagnostic as JSON, as a type: its fields are the contract. In: a diagnostic and the texts of the session. Out:
//! an object whose spans are counted in characters from the start of the statement.

use super::{Diagnostic, Label};
use crate::span::{Sources, Span};
use serde::Serialize;

/// A diagnostic.
#[derive(Debug, Serialize)]
pub struct Said<'a> {
    /// The stable slug.
    pub code: &'static str,
    /// `error`, `warning` or `note`.
    pub level: &'static str,
    /// One sentence.
    pub message: &'a str,
    /// The main place, where it is within the statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<[usize; 2]>,
    /// All places, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<Place<'a>>>,
    /// The data file, if that is where it is.
    #[serde(flatten)]
    pub place: Option<InFile<'a>>,
    /// Queries that are right.
    pub help: &'a [String],
    /// A sentence of advice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<&'a str>,
}

/// One place in a statement with its words.
#[derive(Debug, Serialize)]
pub struct Place<'a> {
    /// First character, and one past the last.
    pub span: [usize; 2],
    /// What is there.
    pub text: &'a str,
}

/// A place in a data file.
#[derive(Debug, Serialize)]
pub struct InFile<'a> {
    /// Path as the user wrote it.
    pub file: &'a str,
    /// 1-based line, where known.
    pub file_line: Option<usize>,
}

impl Diagnostic {
    /// As JSON; `query` is the span of the statement that places are counted from.
    pub fn said<'a>(&'a self, sources: &Sources, query: Span) -> Said<'a> {
        let counted = |span: Span| {
            let inside = span.source == query.source && span.start >= query.start && span.end <= query.end;
            let from = sources.snippet(Span { end: span.start, ..query }).chars().count();
            inside.then(|| [from, from + sources.snippet(span).chars().count()])
        };
        let place = |l: &'a Label| counted(l.span).map(|span| Place { span, text: &l.text });
        let labels: Vec<Place<'a>> = self.labels.iter().filter_map(place).collect();
        Said {
            code: self.code.slug,
            level: self.level.word(),
            message: &self.message,
            span: counted(self.span()),
            labels: (labels.len() > 1).then_some(labels),
            place: self.place.as_ref().map(|p| InFile { file: &p.file, file_line: p.line }),
            help: &self.help,
            advice: self.advice.as_deref(),
        }
    }
}

//! What tradeql says when something is wrong or needs care. In: a code, a span, a sentence, the right query.
//! Out: the same as text ([`report`]) or JSON ([`json`]). The codes and their lessons are one table ([`codes`]).

pub mod codes;
pub mod json;
pub mod report;
pub mod suggest;
pub mod visible;
pub mod words;

use crate::span::Span;
pub use codes::{Code, Level};

/// One underlined place with a few words.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there.
    pub text: String,
}

/// A place in a data file.
#[derive(Clone, Debug, PartialEq)]
pub struct FilePlace {
    /// Path as the user wrote it.
    pub file: String,
    /// 1-based line, where known.
    pub line: Option<usize>,
}

/// An error, a warning or a note.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// The stable slug and its lesson.
    pub code: &'static Code,
    /// How grave it is; a code has a usual level, strictness may raise it.
    pub level: Level,
    /// One sentence, lower case, naming what was found.
    pub message: String,
    /// The places; the first is the main one.
    pub labels: Vec<Label>,
    /// Queries that are right, ready to paste.
    pub help: Vec<String>,
    /// A sentence of advice, where no query can be offered or more is to be said.
    pub advice: Option<String>,
    /// Where in a data file, if that is where it is.
    pub place: Option<FilePlace>,
    /// Changes of the statement that make it right; the session turns each into a query of `help`.
    pub edits: Vec<Edit>,
    /// Texts that may have been meant, each with its advice, the likeliest first; the session offers the first that
    /// has a meaning.
    pub meant: Vec<(String, String)>,
    /// A range of periods that the statement lacks, with which it would have a meaning.
    pub range: Option<(String, String)>,
}

/// A change of the statement: spans and the words that replace them.
pub type Edit = Vec<(Span, String)>;

impl Diagnostic {
    /// A diagnostic at the usual level of its code.
    pub fn new(code: &'static Code, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            level: code.level,
            message: message.into(),
            labels: vec![Label { span, text: String::new() }],
            help: Vec::new(),
            advice: None,
            place: None,
            edits: Vec::new(),
            meant: Vec::new(),
            range: None,
        }
    }

    /// Says what is at the main place.
    pub fn here(mut self, text: impl Into<String>) -> Self {
        if let Some(label) = self.labels.first_mut() {
            label.text = text.into();
        }
        self
    }

    /// Underlines a further place.
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Offers a query that is right.
    pub fn help(mut self, query: impl Into<String>) -> Self {
        let query = query.into();
        if !self.help.contains(&query) {
            self.help.push(query);
        }
        self
    }

    /// Adds a sentence of advice.
    pub fn advice(mut self, text: impl Into<String>) -> Self {
        self.advice = Some(text.into());
        self
    }

    /// Points into a data file.
    pub fn at_file(mut self, file: impl Into<String>, line: Option<usize>) -> Self {
        self.place = Some(FilePlace { file: file.into(), line });
        self
    }

    /// The same at another level.
    pub fn at_level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// The main place; of a diagnostic without one, nowhere rather than in some text.
    pub fn span(&self) -> Span {
        self.labels.first().map_or(Span::NOWHERE, |l| l.span)
    }
}

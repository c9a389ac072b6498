//! What a loader says of a file: why it cannot be read, and what a careful reader would doubt in it.

use crate::diagnostic::{Code, Diagnostic, Level, codes};
use crate::span::Span;
use crate::syntax::Fault;

/// Why a file is not a table, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadError {
    /// Which diagnostic it is.
    pub code: &'static Code,
    /// 1-based line.
    pub line: Option<usize>,
    /// One sentence.
    pub message: String,
    /// What to do.
    pub advice: Option<String>,
    /// The file, if it is one of several.
    pub file: Option<String>,
}

impl LoadError {
    /// An error at a line.
    pub fn at(line: usize, message: impl Into<String>) -> LoadError {
        LoadError { line: Some(line), ..LoadError::new(message) }
    }

    /// An error of the whole file.
    pub fn new(message: impl Into<String>) -> LoadError {
        LoadError { code: &codes::BAD_DATA, line: None, message: message.into(), advice: None, file: None }
    }

    /// Says what to do.
    pub fn advice(mut self, text: impl Into<String>) -> LoadError {
        self.advice = Some(text.into());
        self
    }

    /// As a diagnostic of the statement at `span`, which loads `file`.
    pub fn diagnostic(self, span: Span, file: &str) -> Diagnostic {
        let mut out = Diagnostic::new(self.code, span, self.message);
        out.advice = self.advice;
        out.at_file(self.file.as_deref().unwrap_or(file), self.line)
    }
}

/// Something that was understood, but might be meant otherwise, or is wrong in the data.
#[derive(Clone, Debug, PartialEq)]
pub struct Doubt {
    /// Which diagnostic it is.
    pub code: &'static Code,
    /// 1-based line of the first place.
    pub line: Option<usize>,
    /// One sentence.
    pub message: String,
    /// What to do.
    pub advice: Option<String>,
    /// How grave it is, where that is not what the code usually is.
    pub level: Option<Level>,
}

impl Doubt {
    /// A doubt.
    pub fn new(code: &'static Code, line: Option<usize>, message: impl Into<String>) -> Doubt {
        Doubt { code, line, message: message.into(), advice: None, level: None }
    }

    /// The words of a doubt about blank labels of a column.
    pub fn blank_in(column: &str) -> String {
        format!(" blank in column `{column}`")
    }

    /// Whether it is one about blank labels of this column.
    pub fn is_of_blanks(&self, column: &str) -> bool {
        self.message.contains(&Doubt::blank_in(column))
    }

    /// Sets how grave it is.
    pub fn at_level(mut self, level: Level) -> Doubt {
        self.level = Some(level);
        self
    }

    /// Says what to do.
    pub fn advice(mut self, text: impl Into<String>) -> Doubt {
        self.advice = Some(text.into());
        self
    }

    /// As a diagnostic of the statement at `span`, which loads `file`.
    pub fn diagnostic(&self, span: Span, file: &str) -> Diagnostic {
        let mut out = Diagnostic::new(self.code, span, self.message.clone());
        out.advice = self.advice.clone();
        out.level = self.level.unwrap_or(out.level);
        out.at_file(file, self.line)
    }
}

/// A fault in the declaration, or one in the file.
pub enum Refusal {
    /// Points into the declaration.
    Declaration(Fault),
    /// Points into the file.
    File(LoadError),
}

impl From<LoadError> for Refusal {
    fn from(error: LoadError) -> Refusal {
        Refusal::File(error)
    }
}

impl Refusal {
    /// As a fault of the statement at `span`, which loads `file`.
    pub fn fault(self, span: Span, file: &str) -> Fault {
        match self {
            Refusal::Declaration(fault) => fault,
            Refusal::File(error) => Box::new(error.diagnostic(span, file)),
        }
    }
}

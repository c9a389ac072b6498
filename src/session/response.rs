//! What comes of one statement: an answer, words, or nothing but diagnostics. It is made by the session and read by
//! whoever prints; it knows no format.

use super::stories::StoryRead;
use super::verdict::Verdict;
use crate::diagnostic::{Diagnostic, Level, codes};
use crate::eval::trace::Step;
use crate::render::chart::Chart;
use crate::span::Span;
use crate::value::{Named, Value};

/// What a statement gives.
#[derive(Debug)]
pub enum Body {
    /// An answer.
    Value(Value),
    /// Several side by side, with the same rows in the same order.
    List(Vec<Named>),
    /// An answer, or several side by side, and how it came about.
    Explained(Vec<Named>, Vec<Step>),
    /// An answer checked against a printed one.
    Checked(Value, Verdict),
    /// An answer, or several side by side, as a chart.
    Plotted(Vec<Named>, Box<Chart>),
    /// A story that was read.
    Story(Box<StoryRead>),
    /// Words.
    Text(String),
    /// Files were written: their names, and words for the prompt.
    Written(Vec<String>, String),
    /// Something was done; words for the prompt.
    Done(String),
}

impl Body {
    /// The answer of a statement: a value, or several.
    pub(super) fn of(mut answer: Vec<Named>) -> Body {
        match (answer.len(), answer.pop()) {
            (1, Some(only)) => Body::Value(only.value),
            (_, Some(last)) => {
                answer.push(last);
                Body::List(answer)
            }
            (_, None) => Body::Done(String::new()),
        }
    }

    /// The values of an answer.
    pub fn values(&self) -> Vec<&Value> {
        match self {
            Body::Value(value) | Body::Checked(value, _) => vec![value],
            Body::List(all) | Body::Explained(all, _) | Body::Plotted(all, _) => all.iter().map(|n| &n.value).collect(),
            Body::Text(_) | Body::Story(_) | Body::Written(..) | Body::Done(_) => Vec::new(),
        }
    }
}

/// What came of one statement.
#[derive(Debug)]
pub struct Response {
    /// Where the statement stands.
    pub span: Span,
    /// The 1-based line on which it begins.
    pub line: usize,
    /// The statement as it is written, its lines joined.
    pub query: String,
    /// What it gives; `None` when it failed.
    pub body: Option<Body>,
    /// The errors of a failed statement, and all warnings and notes.
    pub diagnostics: Vec<Diagnostic>,
    /// What its numbers are called: the name of a query, else the expression as written.
    pub name: String,
    /// The keys of its rows in the order in which they are written, steps of time among them.
    pub keys: Vec<String>,
    /// The files that the answer comes from.
    pub files: Vec<String>,
}

impl Response {
    /// Nothing yet of a statement.
    pub(super) fn begun(span: Span, line: usize, query: String) -> Response {
        let (name, diagnostics, keys, files) = Default::default();
        Response { span, line, query, body: None, diagnostics, name, keys, files }
    }

    /// Whether the statement failed.
    pub fn failed(&self) -> bool {
        self.body.is_none()
    }

    /// Whether an assertion of it does not hold.
    pub fn assertion_failed(&self) -> bool {
        matches!(&self.body, Some(Body::Checked(_, v)) if v.must_hold && v.holds != Some(true))
    }

    /// Whether data could not be loaded.
    pub fn load_failed(&self) -> bool {
        let data = [
            &codes::BAD_DATA,
            &codes::AMBIGUOUS_THOUSANDS,
            &codes::NOT_LOADED,
            &codes::DUPLICATE_KEY,
            &codes::BAD_DECLARATION,
            &codes::DATABASE,
            &codes::TABLE_CHANGED,
            &codes::SECRET_IN_SCRIPT,
        ];
        self.failed() && self.diagnostics.iter().any(|d| d.level == Level::Error && data.contains(&d.code))
    }

    /// A warning where warnings are errors makes the statement fail.
    pub(super) fn refuse_warnings(&mut self) {
        let mut any = false;
        for diagnostic in self.diagnostics.iter_mut().filter(|d| d.level == Level::Warning) {
            diagnostic.level = Level::Error;
            any = true;
        }
        if any {
            self.body = None;
        }
    }
}

/// A statement as it is written, without remarks and on one line.
pub(super) fn on_one_line(text: &str) -> String {
    let text = text.split('\n').map(without_remark).collect::<Vec<_>>().join(" ");
    if text.contains('"') { text.trim().into() } else { text.split_whitespace().collect::<Vec<_>>().join(" ") }
}

/// A line without the remark at its end.
fn without_remark(line: &str) -> &str {
    let mut quote = None;
    for (i, c) in line.char_indices() {
        match (quote, c) {
            (None, '#') => return line.get(..i).unwrap_or(line),
            (None, '"' | '`') => quote = Some(c),
            (Some(q), c) if c == q => quote = None,
            _ => {}
        }
    }
    line
}

//! One response as one JSON object on a line, as types: their fields are the contract of `--format json`.

use crate::diagnostic::json::Said;
use crate::diagnostic::{Diagnostic, Level};
use crate::eval::trace::Step;
use crate::render::json::{Cells, cells, line};
use crate::session::{Body, Response, Session, Verdict};
use crate::value::Value;
use serde::Serialize;

/// One statement.
#[derive(Serialize)]
struct Line<'a> {
    /// The 1-based line on which it begins.
    line: usize,
    query: &'a str,
    #[serde(flatten)]
    outcome: Outcome<'a>,
    /// What else is said: further errors, then warnings and notes.
    diagnostics: Vec<Said<'a>>,
}

/// What it gives.
#[derive(Serialize)]
#[serde(untagged)]
enum Outcome<'a> {
    Failed { error: Option<Said<'a>> },
    Answer(Cells<'a>),
    Explained(Explained<'a>),
    Checked(Checked<'a>),
    Text { text: &'a str },
    Done {},
}

#[derive(Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    cells: Cells<'a>,
    explain: Vec<serde_json::Value>,
}

#[derive(Serialize)]
struct Checked<'a> {
    #[serde(flatten)]
    cells: Cells<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assert: Option<Asserted<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claim: Option<Claimed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    citing: Option<&'a str>,
}

/// What came of an assertion.
#[derive(Serialize)]
struct Asserted<'a> {
    passed: bool,
    actual: Option<f64>,
    expected: Option<f64>,
    would_print: &'a str,
}

/// What came of a claim.
#[derive(Serialize)]
struct Claimed<'a> {
    holds: bool,
    actual: Option<f64>,
    printed: Option<f64>,
    would_print: &'a str,
}

/// The line of a response; nothing where something was done and nothing is to be said.
pub(super) fn of(session: &Session, response: &Response) -> String {
    fn within<'a>(session: &Session, response: &Response, d: &'a Diagnostic) -> Said<'a> {
        d.said(&session.sources, response.span)
    }
    let is_error = |d: &&Diagnostic| d.level == Level::Error;
    let mut errors = response.diagnostics.iter().filter(is_error);
    let outcome = match &response.body {
        None => Outcome::Failed { error: errors.next().map(|d| within(session, response, d)) },
        Some(Body::Value(value)) => Outcome::Answer(cells(value)),
        Some(Body::Explained(value, steps)) => {
            let explain = steps.iter().flat_map(flat).map(Step::to_json).collect();
            Outcome::Explained(Explained { cells: cells(value), explain })
        }
        Some(Body::Checked(value, verdict)) => Outcome::Checked(checked(value, verdict)),
        Some(Body::Text(text)) => Outcome::Text { text },
        Some(Body::Done(_)) if response.diagnostics.is_empty() => return String::new(),
        Some(Body::Done(_)) => Outcome::Done {},
    };
    let rest = errors.chain(response.diagnostics.iter().filter(|d| !is_error(d)));
    let diagnostics = rest.map(|d| within(session, response, d)).collect();
    line(&Line { line: response.line, query: &response.query, outcome, diagnostics })
}

fn checked<'a>(value: &'a Value, v: &'a Verdict) -> Checked<'a> {
    let (actual, printed, would_print) = (v.actual, v.printed, v.would_print.as_str());
    Checked {
        cells: cells(value),
        assert: v.must_hold.then_some(Asserted { passed: v.holds, actual, expected: printed, would_print }),
        claim: (!v.must_hold).then_some(Claimed { holds: v.holds, actual, printed, would_print }),
        citing: v.citing.as_deref(),
    }
}

/// Steps without those that only hold others.
fn flat(step: &Step) -> Vec<&Step> {
    if step.say.is_empty() { step.below.iter().flat_map(flat).collect() } else { vec![step] }
}

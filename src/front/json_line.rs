//! One response as one JSON object on a line, as types: their fields are the contract of `--format json`.

use crate::diagnostic::json::Said;
use crate::diagnostic::{Diagnostic, Level};
use crate::eval::trace::Step;
use crate::render::json::{self, Cells, beside, cells};
use crate::session::{Body, Failed, Response, Session, Verdict};
use crate::value::{Named, Value};
use serde::Serialize;
use std::io::Write;

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
    Story(crate::stories::json::Read<'a>),
    Written { written: &'a [String] },
    Done {},
}

#[derive(Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    cells: Cells<'a>,
    steps: Vec<serde_json::Value>,
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
    unit: &'a str,
    would_print: &'a str,
    /// How many cells were compared.
    cells: usize,
    failed: Vec<FailedCell<'a>>,
}

/// A cell in which an assertion does not hold.
#[derive(Serialize)]
struct FailedCell<'a> {
    #[serde(flatten)]
    labels: std::collections::BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<&'a str>,
    actual: Option<f64>,
    expected: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

/// What came of a claim.
#[derive(Serialize)]
struct Claimed<'a> {
    /// `null` where it cannot be checked.
    holds: Option<bool>,
    actual: Option<f64>,
    printed: Option<f64>,
    would_print: &'a str,
    /// What the rounding of typed amounts allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed: Option<[f64; 2]>,
}

/// Writes the line of a response; nothing where something was done and nothing is to be said.
pub(super) fn write(session: &Session, response: &Response, to: &mut dyn Write) -> std::io::Result<()> {
    fn within<'a>(session: &Session, response: &Response, d: &'a Diagnostic) -> Said<'a> {
        d.said(&session.sources, response.span)
    }
    let is_error = |d: &&Diagnostic| d.level == Level::Error;
    let mut errors = response.diagnostics.iter().filter(is_error);
    let outcome = match &response.body {
        None => Outcome::Failed { error: errors.next().map(|d| within(session, response, d)) },
        Some(Body::Value(value)) => Outcome::Answer(cells(value)),
        Some(Body::List(all) | Body::Plotted(all, _)) => Outcome::Answer(beside(&Named::columns(all))),
        Some(Body::Explained(all, steps)) => {
            let steps = steps.iter().flat_map(flat).map(Step::to_json).collect();
            Outcome::Explained(Explained { cells: beside(&Named::columns(all)), steps })
        }
        Some(Body::Checked(value, verdict)) => Outcome::Checked(checked(value, verdict)),
        Some(Body::Written(written, _)) => Outcome::Written { written },
        Some(Body::Story(story)) => Outcome::Story(story.json()),
        Some(Body::Text(text)) => Outcome::Text { text },
        Some(Body::Done(_)) if response.diagnostics.is_empty() => return Ok(()),
        Some(Body::Done(_)) => Outcome::Done {},
    };
    let rest = errors.chain(response.diagnostics.iter().filter(|d| !is_error(d)));
    let diagnostics = rest.map(|d| within(session, response, d)).collect();
    json::write(&Line { line: response.line, query: &response.query, outcome, diagnostics }, to)
}

fn checked<'a>(value: &'a Value, v: &'a Verdict) -> Checked<'a> {
    let (actual, printed, would_print) = (v.actual, v.printed, v.would_print.as_str());
    let failed = |f: &'a Failed| FailedCell {
        labels: f.labels.iter().map(|(name, label)| (name.as_str(), label.as_str())).collect(),
        period: f.period.as_deref(),
        actual: f.actual.ok(),
        expected: f.expected.ok(),
        reason: f.actual.err().or(f.expected.err()).map(|r| r.words()),
    };
    let asserted = || Asserted {
        passed: v.holds == Some(true),
        actual,
        expected: printed,
        unit: &v.unit,
        would_print,
        cells: v.cells,
        failed: v.failed.iter().map(failed).collect(),
    };
    let allowed = v.allowed.map(|(a, b)| [a, b]);
    Checked {
        cells: cells(value),
        assert: v.must_hold.then(asserted),
        claim: (!v.must_hold).then_some(Claimed { holds: v.holds, actual, printed, would_print, allowed }),
        citing: v.citing.as_deref(),
    }
}

/// Steps without those that only hold others.
fn flat(step: &Step) -> Vec<&Step> {
    if step.say.is_empty() { step.below.iter().flat_map(flat).collect() } else { vec![step] }
}

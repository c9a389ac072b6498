//! `tradeql inspect FILE`: what the loader understands, for people with the doubts first, or as one JSON object whose
//! rows are written as they are read.

use super::arguments::Arguments;
use super::output::Printing;
use super::printer::Printer;
use super::streams::{Out, print_err};
use super::{batch, exit, inspect_page};
use crate::data::Budget;
use crate::data::doubt::Doubt;
use crate::data::load::inspect::Inspection;
use crate::diagnostic::json::Said;
use crate::diagnostic::report::{Style, draw};
use crate::diagnostic::{Diagnostic, codes};
use crate::render::{Format, json};
use serde::Serialize;
use std::path::Path;

/// Rows that people are shown.
const SHOWN: usize = 5;
/// Inspects a file.
pub fn run(file: &str, arguments: &Arguments, printing: Printing, budget: Budget) -> u8 {
    let mut session = match batch::session(arguments, Path::new(""), None, &mut Printer::new(printing, file), budget) {
        Ok(session) => session,
        Err(code) => return code,
    };
    let span = session.argument("inspect", file);
    let as_json = printing.format == Format::Json;
    let mut out = Out::new();
    let mut count = 0;
    let mut shown: Vec<Vec<Option<String>>> = Vec::new();
    let limit = arguments.limit.unwrap_or(if as_json { usize::MAX } else { SHOWN });
    let out_cell = std::cell::RefCell::new(&mut out);
    let begun = std::cell::Cell::new(false);
    let mut begin = |found: &Inspection| {
        if as_json {
            out_cell.borrow_mut().put(&head(found));
            begun.set(true);
        }
    };
    let mut each = |row: Vec<Option<String>>| {
        if count >= limit {
            return false;
        }
        count += 1;
        if as_json {
            let comma = if count > 1 { "," } else { "" };
            return out_cell.borrow_mut().put(&format!("{comma}{}", written(&row)));
        }
        shown.push(row);
        count < limit
    };
    match session.inspect(file, arguments.raw, span, &mut begin, &mut each) {
        Ok(found) => {
            let refused = arguments.deny_warnings
                && found.doubts.iter().any(|d| d.code.level == crate::diagnostic::Level::Warning);
            if as_json {
                out.put(&tail(file, &found));
            } else {
                let doubts: Vec<Diagnostic> = found.doubts.iter().map(|d| d.diagnostic(span, file)).collect();
                out.put(&inspect_page::page(file, &found, &doubts, &shown));
            }
            match (out.finish(), refused) {
                (false, _) => exit::FAILED,
                (true, true) => exit::DATA,
                (true, false) => exit::OK,
            }
        }
        Err(fault) => {
            if as_json {
                let refused = json::line(&Refused { error: fault.said(&session.sources, span) });
                // What has begun as one object ends as one.
                let begun = begun.get();
                out.put(&if begun { format!("],{}", refused.trim_start_matches('{')) } else { refused });
            }
            out.finish();
            print_err(&draw(
                &fault,
                &session.sources,
                Style { colour: printing.colour_err, width: session.catalogue.settings.page_width() },
            ));
            if fault.code == &codes::INTERRUPTED { exit::INTERRUPTED } else { exit::DATA }
        }
    }
}

/// What stands before the rows, which are written one after another.
#[derive(Serialize)]
struct Head<'a> {
    header: &'a [String],
    rows: [(); 0],
}

/// What stands behind them.
#[derive(Serialize)]
struct Tail<'a> {
    warnings: Vec<Warning<'a>>,
    layout: &'a str,
    declaration: String,
    encoding: String,
    separator: char,
    notes: &'a [String],
}

/// What is not beyond doubt.
#[derive(Serialize)]
struct Warning<'a> {
    code: &'static str,
    message: &'a str,
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'a str>,
}

/// A file that cannot be read.
#[derive(Serialize)]
struct Refused<'a> {
    error: Said<'a>,
}

fn written(part: &impl Serialize) -> String {
    json::line(part).trim_end().to_string()
}

/// The object up to the bracket in which the rows stand.
fn head(found: &Inspection) -> String {
    written(&Head { header: &found.header, rows: [] }).trim_end_matches("]}").to_string()
}

/// The object from the end of the rows.
fn tail(file: &str, found: &Inspection) -> String {
    fn warning(d: &Doubt) -> Warning<'_> {
        Warning { code: d.code.slug, message: &d.message, line: d.line, advice: d.advice.as_deref() }
    }
    let tail = json::line(&Tail {
        warnings: found.doubts.iter().map(warning).collect(),
        layout: &found.layout,
        declaration: inspect_page::declaration(file, found, &str::to_string),
        encoding: found.origin.to_string(),
        separator: found.separator,
        notes: &found.notes,
    });
    format!("],{}", tail.trim_start_matches('{'))
}

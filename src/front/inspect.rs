//! `tradeql inspect FILE`: what the loader understands, for people with the doubts first, or as one JSON object whose
//! rows are written as they are read.

use super::arguments::Arguments;
use super::batch::{print_err, print_out};
use super::output::Printing;
use super::{batch, exit};
use crate::data::doubt::Doubt;
use crate::data::load::inspect::Inspection;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::json::Said;
use crate::diagnostic::report::{Style, draw};
use crate::render::{Format, json};
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// Rows that people are shown.
const SHOWN: usize = 5;
/// The longest cell that people are shown.
const WIDE: usize = 24;

/// Inspects a file.
pub fn run(file: &str, arguments: &Arguments, printing: Printing) -> u8 {
    let mut session = match batch::session(arguments, Path::new(""), None, printing) {
        Ok(session) => session,
        Err(code) => return code,
    };
    let span = session.argument("inspect", file);
    let as_json = printing.format == Format::Json;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut count = 0;
    let mut shown: Vec<Vec<Option<String>>> = Vec::new();
    let limit = arguments.limit.unwrap_or(if as_json { usize::MAX } else { SHOWN });
    let out_cell = std::cell::RefCell::new(&mut out);
    let mut begin = |found: &Inspection| {
        if as_json {
            let _ = write!(out_cell.borrow_mut(), "{}", head(found));
        }
    };
    let mut each = |row: Vec<Option<String>>| {
        if count >= limit {
            return false;
        }
        count += 1;
        if as_json {
            let comma = if count > 1 { "," } else { "" };
            return write!(out_cell.borrow_mut(), "{comma}{}", written(&row)).is_ok();
        }
        shown.push(row);
        count < limit
    };
    match session.inspect(file, arguments.raw, span, &mut begin, &mut each) {
        Ok(found) => {
            let refused = arguments.deny_warnings
                && found.doubts.iter().any(|d| d.code.level == crate::diagnostic::Level::Warning);
            if as_json {
                let _ = out.write_all(tail(file, &found).as_bytes());
            } else {
                let doubts: Vec<Diagnostic> = found.doubts.iter().map(|d| d.diagnostic(span, file)).collect();
                let _ = out.write_all(people(file, &found, &doubts, &shown).as_bytes());
            }
            let _ = out.flush();
            if refused { exit::DATA } else { exit::OK }
        }
        Err(fault) => {
            let _ = out.flush();
            drop(out);
            if as_json {
                print_out(&json::line(&Refused { error: fault.said(&session.sources, span) }));
            }
            print_err(&draw(&fault, &session.sources, Style { colour: printing.colour_err, ..Style::default() }));
            exit::DATA
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
    encoding: &'a str,
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
        declaration: declaration(file, found),
        encoding: &found.encoding,
        separator: found.separator,
        notes: &found.notes,
    });
    format!("],{}", tail.trim_start_matches('{'))
}

fn declaration(file: &str, found: &Inspection) -> String {
    if found.declaration.is_empty() {
        return String::new();
    }
    let name = found.info.as_ref().map_or("data", |i| i.name.as_ref());
    let lines: Vec<String> = found.declaration.iter().map(|l| format!("  {l}\n")).collect();
    format!("load {} as {name} with {{\n{}}}", crate::syntax::format::quoted(file), lines.concat())
}

fn short(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    if text.chars().count() > WIDE { text.chars().take(WIDE - 1).chain(['…']).collect() } else { text }
}

/// At a glance: the doubts, what it is, the first rows, the declaration.
fn people(file: &str, found: &Inspection, doubts: &[Diagnostic], shown: &[Vec<Option<String>>]) -> String {
    let mut out = String::new();
    for doubt in doubts {
        let line = doubt.place.as_ref().and_then(|p| p.line).map(|l| format!("line {l}: ")).unwrap_or_default();
        out.push_str(&format!(
            "{} {line}{} [{}]\n",
            if doubt.level == crate::diagnostic::Level::Note { "note:" } else { "doubt:" },
            doubt.message,
            doubt.code.slug
        ));
        if let Some(advice) = &doubt.advice {
            out.push_str(&format!("       {advice}\n"));
        }
    }
    for note in &found.notes {
        out.push_str(&format!("note: {note}\n"));
    }
    if !out.is_empty() {
        out.push('\n');
    }
    let separator = match found.separator {
        ',' => "commas",
        ';' => "semicolons",
        '\t' => "tabs",
        '|' => "bars",
        _ => "another separator",
    };
    let header = found.header_line.map_or("no header".to_string(), |l| format!("header on line {l}"));
    // What is no text has neither.
    let text = if found.encoding == "Parquet" { String::new() } else { format!(", {separator}, {header}") };
    out.push_str(&format!("{file}: {}\n", found.layout));
    out.push_str(&format!("{} rows, {} columns, {}{text}\n", found.rows, found.header.len(), found.encoding));
    if let Some(info) = &found.info {
        let extent = info.periods.iter().copied().reduce(crate::value::Period::span);
        out.push_str(&format!(
            "periods: {} ({} different)\n",
            extent.map(|e| e.to_string()).unwrap_or_default(),
            info.periods.len()
        ));
        for dim in &info.dims {
            let some: Vec<String> = dim.codes.iter().take(6).map(|c| short(c)).collect();
            let more = if dim.codes.len() > 6 { ", …" } else { "" };
            let totals: Vec<&str> = dim.totals.iter().map(|t| dim.label(*t)).collect();
            let total = if totals.is_empty() { String::new() } else { format!("; total: {}", totals.join(", ")) };
            let groups = if dim.groups.is_empty() {
                String::new()
            } else {
                format!("; {} groups, left out of sums", dim.groups.len())
            };
            out.push_str(&format!(
                "{}: {} codes: {}{more}{total}{groups}\n",
                dim.name,
                dim.codes.len(),
                some.join(", ")
            ));
        }
        for m in &info.measures {
            let unit = if m.declared { m.meaning.unit.to_string() } else { "unit not known".into() };
            out.push_str(&format!("{}: {}, {unit}, from column {}\n", m.name, m.meaning.kind, m.column));
        }
    }
    out.push('\n');
    let mut widths: Vec<usize> = found.header.iter().map(|h| short(h).chars().count()).collect();
    let cells: Vec<Vec<String>> =
        shown.iter().map(|r| r.iter().map(|c| c.as_deref().map_or("–".into(), short)).collect()).collect();
    for row in &cells {
        widths.iter_mut().zip(row).for_each(|(w, c)| *w = (*w).max(c.chars().count()));
    }
    let line = |cells: Vec<String>| {
        let padded: Vec<String> = cells.iter().zip(&widths).take(8).map(|(c, w)| format!("{c:<w$}")).collect();
        format!("  {}{}\n", padded.join("  ").trim_end(), if cells.len() > 8 { "  …" } else { "" })
    };
    out.push_str(&line(found.header.iter().map(|h| short(h)).collect()));
    cells.into_iter().for_each(|row| out.push_str(&line(row)));
    let declaration = declaration(file, found);
    if !declaration.is_empty() {
        out.push_str(&format!("\n{declaration}\n"));
        if declaration.contains('?') {
            out.push_str("\nA `?` stands for what the file does not say: currency or quantity, and scale.\n");
        }
    }
    out
}

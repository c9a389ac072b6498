//! One response as text for stdout and for stderr, in the wanted format.

use super::json_line;
use crate::diagnostic::report::{Style, draw};
use crate::render::{self, Answer, Format};
use crate::session::{Body, Response, Session, Verdict};
use crate::value::{Named, Value};

/// How to print.
#[derive(Clone, Copy, Debug)]
pub struct Printing {
    /// The format of results.
    pub format: Format,
    /// Colours on stdout.
    pub colour_out: bool,
    /// Colours on stderr.
    pub colour_err: bool,
    /// The query above its answer.
    pub with_query: bool,
    /// What was done, for the prompt.
    pub with_done: bool,
}

/// The result of a statement, for stdout.
pub fn result(session: &Session, response: &Response, printing: Printing) -> String {
    if printing.format == Format::Json {
        return json_line::of(session, response);
    }
    let Some(body) = &response.body else { return String::new() };
    let mut out = String::new();
    let titled = printing.with_query && printing.format == Format::Table;
    let indent = |text: &str| {
        if titled {
            text.lines().map(|l| format!("  {l}").trim_end().to_string() + "\n").collect()
        } else {
            text.to_string()
        }
    };
    let title = |out: &mut String| {
        if titled {
            out.push_str(&format!("{}\n", response.query));
        }
    };
    match body {
        Body::Value(value) => {
            title(&mut out);
            out.push_str(&indent(&text(session, response, &[("", value)], printing)));
        }
        Body::List(columns) => {
            title(&mut out);
            out.push_str(&indent(&text(session, response, &Named::columns(columns), printing)));
        }
        Body::Explained(columns, steps) => {
            title(&mut out);
            out.push_str(&indent(&text(session, response, &Named::columns(columns), printing)));
            out.push('\n');
            out.push_str(&indent(&render::explain::draw(steps)));
        }
        Body::Checked(_, verdict) => {
            title(&mut out);
            out.push_str(&indent(&verdict_text(verdict)));
        }
        Body::Text(text) => out.push_str(text),
        Body::Done(text) | Body::Written(_, text) if printing.with_done && !text.is_empty() => {
            out.push_str(&format!("{text}\n"));
        }
        Body::Done(_) | Body::Written(..) => {}
    }
    if titled && !out.is_empty() {
        out.push('\n');
    }
    out
}

fn text(session: &Session, response: &Response, columns: &[(&str, &Value)], printing: Printing) -> String {
    let (title, files, settings) = (&response.query, &response.files, &session.catalogue.settings);
    let keys = &response.keys;
    let named = session.named(columns, printing.format);
    let named = named.as_deref().map(Named::columns);
    let columns = named.as_deref().unwrap_or(columns);
    printing.format.text(&Answer { columns, title, keys, files, settings, colour: printing.colour_out })
}

fn verdict_text(v: &Verdict) -> String {
    let cited = v.citing.as_ref().map(|c| format!("  ({c})")).unwrap_or_default();
    let within = v.allowed_words().map(|a| format!(", within the rounding of what is typed ({a})")).unwrap_or_default();
    match (v.holds, v.must_hold) {
        (Some(true), _) => format!("holds: {}{within}{cited}\n", v.would_print),
        (Some(false), true) => format!("FAILS: {}, not {}{cited}\n", v.would_print, v.expected),
        (Some(false), false) => format!("does not hold: {}, not {}{cited}\n", v.would_print, v.expected),
        (None, true) => format!("FAILS: cannot be checked, {}{cited}\n", v.would_print),
        (None, false) => format!("cannot be checked: {}{cited}\n", v.would_print),
    }
}

/// The diagnostics of a statement, for stderr.
pub fn diagnostics(session: &Session, response: &Response, printing: Printing) -> String {
    let style = Style { colour: printing.colour_err, width: session.catalogue.settings.width };
    response.diagnostics.iter().map(|d| draw(d, &session.sources, style)).collect()
}

/// How long a statement took until its answer was there, before anything is printed.
pub fn timing(took: std::time::Duration) -> String {
    format!("{:.1} ms\n", took.as_secs_f64() * 1000.0)
}

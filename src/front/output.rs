//! One response as text for stdout and for stderr, in the wanted format.

use super::json_line;
use crate::diagnostic::report::{Style, draw};
use crate::diagnostic::visible::{visible, visible_lines, wrapped};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::catalogue::Settings;
use crate::render::chart::terminal::{self, Screen};
use crate::render::chart::{Chart, picture};
use crate::render::markup::Markup;
use crate::render::{self, Answer, Format};
use crate::session::{Body, Response, Session, Verdict};
use crate::value::{Named, Value};
use std::io::Write;

/// How diagnostics are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Telling {
    /// With the place underlined.
    #[default]
    Full,
    /// A line each, for logs and editors: `script.tql:7:12: warning: code: message`.
    Line,
    /// An object each.
    Json,
}

/// How to print.
#[derive(Clone, Copy, Debug)]
pub struct Printing {
    /// The format of results.
    pub format: Format,
    /// How diagnostics are told.
    pub telling: Telling,
    /// Errors alone are told.
    pub quiet: bool,
    /// Colours on stdout.
    pub colour_out: bool,
    /// Colours on stderr.
    pub colour_err: bool,
    /// The query above its answer.
    pub with_query: bool,
    /// What was done, for the prompt.
    pub with_done: bool,
    /// Whether other programs may be run: in a sandbox none is.
    pub programs: bool,
}

impl Printing {
    /// Without colours and titles.
    pub fn plain(format: Format) -> Printing {
        let telling = Telling::Full;
        let (quiet, colour_out, colour_err, with_query, with_done, programs) = Default::default();
        Printing { format, telling, quiet, colour_out, colour_err, with_query, with_done, programs }
    }
}

/// How far an answer below its query stands in.
const INDENT: usize = 2;

/// Whether the result of a statement is written while it is made: what programs read, and tables of documents.
pub fn is_streamed(response: &Response, printing: Printing) -> bool {
    match printing.format {
        Format::Json => true,
        Format::Table | Format::Xlsx => false,
        _ => matches!(response.body, Some(Body::Value(_) | Body::List(_))),
    }
}

/// Writes such a result.
///
/// # Errors
/// It cannot be written.
pub fn streamed(session: &Session, response: &Response, printing: Printing, to: &mut dyn Write) -> std::io::Result<()> {
    let columns = match &response.body {
        _ if printing.format == Format::Json => return json_line::write(session, response, to),
        Some(Body::Value(value)) => vec![(response.name.as_str(), value)],
        Some(Body::List(all)) => Named::columns(all),
        _ => Vec::new(),
    };
    let called = (response.query.as_str(), response.keys.as_slice());
    match printing.format.markup() {
        Some(markup) => session.write_markup(&columns, markup, called, &response.files, to),
        None => session.write_columns(&columns, printing.format, called, &response.files, to),
    }
}

/// The result of a statement, for stdout.
pub fn result(session: &Session, response: &Response, printing: Printing) -> String {
    if is_streamed(response, printing) {
        return render::text_of(|to| streamed(session, response, printing, to));
    }
    if let (Some(markup), Some(body)) = (printing.format.markup(), &response.body) {
        return document(session, response, body, markup, printing);
    }
    let Some(body) = &response.body else { return String::new() };
    let mut out = String::new();
    let titled = printing.with_query && printing.format == Format::Table;
    let indent = |text: &str| {
        if titled {
            text.lines().map(|l| format!("{}{l}", " ".repeat(INDENT)).trim_end().to_string() + "\n").collect()
        } else {
            text.to_string()
        }
    };
    let title = |out: &mut String| {
        if titled {
            out.push_str(&format!("{}\n", visible(&response.query)));
        }
    };
    match body {
        Body::Value(value) => {
            title(&mut out);
            out.push_str(&indent(&text(session, response, &[(&response.name, value)], printing)));
        }
        Body::List(columns) => {
            title(&mut out);
            out.push_str(&indent(&text(session, response, &Named::columns(columns), printing)));
        }
        Body::Plotted(columns, chart) => {
            title(&mut out);
            let drawn = drawn(session, chart, printing).filter(|_| printing.format == Format::Table);
            let table = || text(session, response, &Named::columns(columns), printing);
            out.push_str(&indent(&drawn.unwrap_or_else(table)));
        }
        Body::Explained(columns, steps) => {
            title(&mut out);
            out.push_str(&indent(&text(session, response, &Named::columns(columns), printing)));
            out.push('\n');
            out.push_str(&indent(&render::explain::draw(steps)));
        }
        Body::Checked(value, verdict) => {
            title(&mut out);
            out.push_str(&indent(&verdict_text(value, verdict)));
        }
        Body::Story(story) => {
            title(&mut out);
            out.push_str(&indent(&visible_lines(&story.page())));
        }
        Body::Text(text) => out.push_str(&fitted(session, &visible_lines(text))),
        Body::Done(text) | Body::Written(_, text) if printing.with_done && !text.is_empty() => {
            out.push_str(&format!("{}\n", visible(text)));
        }
        Body::Done(_) | Body::Written(..) => {}
    }
    if titled && !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Words on a terminal, their lines broken between words; what stands in is left as it is, and so is all for a pipe.
fn fitted(session: &Session, text: &str) -> String {
    let Some(width) = session.catalogue.settings.terminal else { return text.to_string() };
    let fits = |line: &str| line.starts_with([' ', '|']) || line.chars().count() <= width;
    let lines = text.lines().flat_map(|l| if fits(l) { vec![l.to_string()] } else { wrapped(l, width) });
    lines.map(|l| l + "\n").collect()
}

/// The result as a part of a document, where it is no table alone.
fn document(session: &Session, response: &Response, body: &Body, markup: Markup, printing: Printing) -> String {
    let title = response.query.as_str();
    match body {
        Body::Value(_) | Body::List(_) | Body::Done(_) | Body::Written(..) => String::new(),
        Body::Explained(columns, steps) => {
            let answer = text(session, response, &Named::columns(columns), printing);
            answer + &markup.steps(steps)
        }
        Body::Plotted(columns, chart) => {
            let drawn = || drawn(session, chart, printing).map(|text| markup.words(title, &text));
            let picture = match markup {
                Markup::Html => Some(format!("<section>\n{}</section>\n", picture::svg(chart))),
                Markup::Markdown => drawn(),
                Markup::Latex => None,
            };
            picture.unwrap_or_else(|| text(session, response, &Named::columns(columns), printing))
        }
        Body::Checked(value, verdict) => markup.words(title, &verdict_text(value, verdict)),
        Body::Story(story) if markup == Markup::Html => story.html(),
        Body::Story(story) => markup.words(title, &story.page()),
        Body::Text(text) => markup.words("", text),
    }
}

fn text(session: &Session, response: &Response, columns: &[(&str, &Value)], printing: Printing) -> String {
    let (title, files, keys) = (&response.query, &response.files, &response.keys);
    let mut settings: Settings = session.catalogue.settings.clone();
    if printing.with_query {
        settings.width = Some(settings.page_width().saturating_sub(INDENT));
    }
    let named = session.named(columns, printing.format);
    let named = named.as_deref().map(Named::columns);
    let columns = named.as_deref().unwrap_or(columns);
    let answer = Answer { columns, title, keys, files, settings: &settings, colour: printing.colour_out };
    match printing.format.markup() {
        Some(markup) => markup.answer(&answer),
        None => printing.format.text(&answer),
    }
}

/// A chart in characters; none where the page has no room for it.
pub(super) fn drawn(session: &Session, chart: &Chart, printing: Printing) -> Option<String> {
    let settings = &session.catalogue.settings;
    let width = settings.page_width().saturating_sub(if printing.with_query { INDENT } else { 0 });
    let page = printing.format == Format::Table;
    terminal::draw(chart, Screen { width, ascii: page && settings.ascii, colour: page && printing.colour_out })
}

pub(super) fn verdict_text(value: &Value, v: &Verdict) -> String {
    let cited = v.citing.as_ref().map(|c| format!("  ({})", visible(c))).unwrap_or_default();
    let marks = render::table::marked(value).map(|marks| format!("  {marks}")).unwrap_or_default();
    let cited = marks + &cited;
    let within = v.allowed_words().map(|a| format!(", within the rounding of what is typed ({a})")).unwrap_or_default();
    match (v.holds, v.must_hold) {
        (Some(true), _) => format!("holds: {}{within}{cited}\n", v.would_print),
        (Some(false), true) => format!("FAILS: {}, not {}{cited}\n", v.would_print, v.expected),
        (Some(false), false) => format!("does not hold: {}, not {}{cited}\n", v.would_print, v.expected),
        (None, true) => format!("FAILS: cannot be checked, {}{cited}\n", v.would_print),
        (None, false) => format!("cannot be checked: {}{cited}\n", v.would_print),
    }
}

/// A diagnostic of a statement, for stderr; one that was told before in one line.
pub fn diagnostic(
    session: &Session,
    response: &Response,
    diagnostic: &Diagnostic,
    before: bool,
    printing: Printing,
) -> String {
    match printing.telling {
        Telling::Json => serde_json::to_string(&diagnostic.said(&session.sources, response.span))
            .map(|line| line + "\n")
            .unwrap_or_default(),
        Telling::Line => line(session, diagnostic),
        Telling::Full if before => {
            let sign = if diagnostic.level == Level::Warning { '⚠' } else { '☞' };
            let said = format!("{sign} {} ({}, as before)", visible(&diagnostic.message), diagnostic.code.slug);
            let lines = wrapped(&said, session.catalogue.settings.page_width().saturating_sub(4));
            format!("  {}\n", lines.join("\n    "))
        }
        Telling::Full => {
            let style = Style { colour: printing.colour_err, width: session.catalogue.settings.page_width() };
            draw(diagnostic, &session.sources, style)
        }
    }
}

/// `script.tql:7:12: warning: code: message; try: query`.
fn line(session: &Session, diagnostic: &Diagnostic) -> String {
    let span = diagnostic.span();
    let place = match (&diagnostic.place, session.sources.get(span.source)) {
        (Some(place), _) => {
            let line = place.line.map(|l| format!(":{l}")).unwrap_or_default();
            format!("{}{line}", place.file)
        }
        (None, Some(source)) => {
            let before = source.text.get(..span.start).unwrap_or_default();
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            format!("{}:{}:{column}", source.name, before.matches('\n').count() + 1)
        }
        (None, None) => String::new(),
    };
    let more: String = match diagnostic.help.first() {
        Some(query) => format!("; try: {query}"),
        None => diagnostic.advice.as_ref().map(|a| format!("; {a}")).unwrap_or_default(),
    };
    let (level, slug) = (diagnostic.level.word(), diagnostic.code.slug);
    format!("{}\n", visible(&format!("{place}: {level}: {slug}: {}{more}", diagnostic.message)))
}

/// How long a statement took until its answer was there, before anything is printed.
pub fn timing(took: std::time::Duration) -> String {
    format!("{:.1} ms\n", took.as_secs_f64() * 1000.0)
}

//! What a person or a program gets to see of a session: diagnostics first, each once, then the answer, which is the last
//! thing that the eye meets.

use super::output::{self, Printing};
use super::pager;
use super::streams::{Out, print_err, print_out, say};
use crate::data::{Budget, Stopped};
use crate::diagnostic::visible::visible;
use crate::diagnostic::{Diagnostic, Level};
use crate::render::Format;
use crate::session::{Response, Session};
use std::collections::BTreeSet;
use std::io::Write;
use std::time::Duration;

/// Prints the responses of one session.
pub struct Printer {
    printing: Printing,
    /// What a document is called.
    title: String,
    /// What was told in full.
    told: BTreeSet<String>,
    /// Whether the head of the document is there.
    begun: bool,
    /// The only table so far: what it is called, and its lines. Of several each is named.
    held: Option<(String, String)>,
    /// Whether a table was printed.
    several: bool,
    /// Whether no statement comes after this one: its answer need not be held.
    pub is_last: bool,
}

/// What an answer is printed under; what failed is told whole, also if it was stopped.
fn watched(session: &Session, response: &Response) -> Option<Budget> {
    (!response.failed()).then(|| session.budget.clone())
}

/// What is made of a response, unless it is stopped on the way.
fn unless_stopped<T>(session: &Session, response: &Response, make: impl FnOnce() -> T) -> Option<T> {
    match watched(session, response) {
        Some(budget) => budget.stoppable(make).ok(),
        None => Some(make()),
    }
}

impl Printer {
    /// A printer of a document that is called so.
    pub fn new(printing: Printing, title: &str) -> Printer {
        let (told, begun, held, several, is_last) = Default::default();
        Printer { printing, title: title.to_string(), told, begun, held, several, is_last }
    }

    /// Prints what came of a statement, and whether that could be done.
    pub fn print(&mut self, session: &Session, response: &Response, took: Duration) -> bool {
        let written = match self.direct(session, response) {
            Some(written) => written,
            None => {
                let Some((said, text)) = unless_stopped(session, response, || self.texts(session, response)) else {
                    say("stopped before the answer was drawn");
                    return false;
                };
                print_err(&said);
                let text = self.apart(session, response, text);
                text.is_empty() || pager::show(session, (self.printing, watched(session, response)), &text)
            }
        };
        if session.catalogue.settings.timing {
            print_err(&output::timing(took));
        }
        written
    }

    /// Prints an answer that programs read as it is made, and whether that could be done; `None` where it must be there as
    /// a whole first.
    fn direct(&mut self, session: &Session, response: &Response) -> Option<bool> {
        let printing = Printing { format: self.format(session), ..self.printing };
        let separated = matches!(printing.format, Format::Csv | Format::Tsv) && !printing.with_done;
        let waits = separated && (!self.is_last || self.held.is_some() || self.several);
        if waits || pager::pages(session, printing) || !output::is_streamed(response, printing) {
            return None;
        }
        print_err(&self.said_of(session, response, printing.format));
        let head = self.head(printing.format);
        let mut out = Out::watched(watched(session, response));
        let written = unless_stopped(session, response, || {
            out.write_all(head.as_bytes())?;
            output::streamed(session, response, printing, &mut out)
        });
        out.note(written.unwrap_or_else(|| Err(std::io::Error::other(Stopped))));
        Some(out.finish())
    }

    /// Prints what was held back.
    pub fn finish(&mut self) -> bool {
        self.held.take().is_none_or(|(_, text)| print_out(&text))
    }

    /// Tables of separated values one after another are no table: of several each stands apart under its name. What is the
    /// only one is known at the end.
    fn apart(&mut self, session: &Session, response: &Response, text: String) -> String {
        let separated = matches!(self.format(session), Format::Csv | Format::Tsv);
        let is_answer = response.body.as_ref().is_some_and(|b| !b.values().is_empty());
        if self.printing.with_done || !separated || !is_answer || text.is_empty() {
            return text;
        }
        let named = |query: &str, text: &str| format!("# {}\n{text}", visible(query));
        match self.held.take() {
            Some((query, first)) => {
                self.several = true;
                format!("{}\n{}", named(&query, &first), named(&response.query, &text))
            }
            None if self.several => format!("\n{}", named(&response.query, &text)),
            None => {
                self.held = Some((response.query.clone(), text));
                String::new()
            }
        }
    }

    fn format(&self, session: &Session) -> Format {
        session.catalogue.settings.format.and_then(Format::parse).unwrap_or(self.printing.format)
    }

    /// What is said of a statement, and its answer.
    pub fn texts(&mut self, session: &Session, response: &Response) -> (String, String) {
        let printing = Printing { format: self.format(session), ..self.printing };
        let said = self.said_of(session, response, printing.format);
        let text = output::result(session, response, printing);
        (said, if text.is_empty() { text } else { self.head(printing.format) + &text })
    }

    /// The head of a document, before its first part.
    fn head(&mut self, format: Format) -> String {
        let first = format.markup().is_some() && !std::mem::replace(&mut self.begun, true);
        let markup = format.markup().filter(|_| first);
        markup.map(|m| m.head(&self.title)).unwrap_or_default()
    }

    fn said_of(&mut self, session: &Session, response: &Response, format: Format) -> String {
        match format {
            // In JSON the object of a statement holds what is said of it.
            Format::Json => String::new(),
            _ => response.diagnostics.iter().map(|d| self.said(session, response, d)).collect(),
        }
    }

    fn said(&mut self, session: &Session, response: &Response, diagnostic: &Diagnostic) -> String {
        if self.printing.quiet && diagnostic.level != Level::Error {
            return String::new();
        }
        // What is true of the data whatever is asked of them is told in full once; what offers another query always.
        let silencer = |query: &String| query.contains(" allowing ");
        let repeats = diagnostic.level != Level::Error && diagnostic.help.iter().all(silencer);
        let key = format!("{} {}", diagnostic.code.slug, diagnostic.message);
        let before = repeats && !self.told.insert(key);
        output::diagnostic(session, response, diagnostic, before, self.printing)
    }
}

//! What a person or a program gets to see of a session: diagnostics first, each once, then the answer, which is the last
//! thing that the eye meets.

use super::output::{self, Printing};
use super::pager;
use super::streams::{print_err, print_out};
use crate::diagnostic::visible::visible;
use crate::diagnostic::{Diagnostic, Level};
use crate::render::Format;
use crate::session::{Response, Session};
use std::collections::BTreeSet;
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
}

impl Printer {
    /// A printer of a document that is called so.
    pub fn new(printing: Printing, title: &str) -> Printer {
        Printer { printing, title: title.to_string(), told: BTreeSet::new(), begun: false, held: None, several: false }
    }

    /// Prints what came of a statement, and whether that could be done.
    pub fn print(&mut self, session: &Session, response: &Response, took: Duration) -> bool {
        let (said, text) = self.texts(session, response);
        print_err(&said);
        let text = self.apart(session, response, text);
        let written = text.is_empty() || pager::show(session, self.printing, &text);
        if session.catalogue.settings.timing {
            print_err(&output::timing(took));
        }
        written
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
        // In JSON the object of a statement holds what is said of it.
        let said = match printing.format {
            Format::Json => String::new(),
            _ => response.diagnostics.iter().map(|d| self.said(session, response, d)).collect(),
        };
        let text = output::result(session, response, printing);
        (said, if text.is_empty() { text } else { self.head(printing.format) + &text })
    }

    /// The head of a document, before its first part.
    fn head(&mut self, format: Format) -> String {
        let first = format.markup().is_some() && !std::mem::replace(&mut self.begun, true);
        let markup = format.markup().filter(|_| first);
        markup.map(|m| m.head(&self.title)).unwrap_or_default()
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

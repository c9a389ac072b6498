//! What a person or a program gets to see of a session: diagnostics first, each once, then the answer, which is the last
//! thing that the eye meets.

use super::output::{self, Printing};
use super::pager;
use super::streams::print_err;
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
}

impl Printer {
    /// A printer of a document that is called so.
    pub fn new(printing: Printing, title: &str) -> Printer {
        Printer { printing, title: title.to_string(), told: BTreeSet::new(), begun: false }
    }

    /// Prints what came of a statement, and whether that could be done.
    pub fn print(&mut self, session: &Session, response: &Response, took: Duration) -> bool {
        let (said, text) = self.texts(session, response);
        print_err(&said);
        let written = text.is_empty() || pager::show(session, &text);
        if session.catalogue.settings.timing {
            print_err(&output::timing(took));
        }
        written
    }

    /// What is said of a statement, and its answer.
    pub fn texts(&mut self, session: &Session, response: &Response) -> (String, String) {
        let set = session.catalogue.settings.format.and_then(Format::parse);
        let printing = Printing { format: set.unwrap_or(self.printing.format), ..self.printing };
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

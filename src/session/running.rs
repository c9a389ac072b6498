//! From a text to responses: statement by statement, each undone if it fails, and run again where it needs more data than
//! were read for it. In: a text. Out: a response for each statement.

use super::{Mode, Response, Session, loading, response};
use crate::diagnostic::{Diagnostic, Level, codes};
use crate::plan::lookup::deepest;
use crate::span::{Span, Spanned};
use crate::stack;
use crate::syntax::Parsed;
use crate::syntax::ast::{FileName, Statement};

/// The deepest plan, of names within names, that fits on the caller's stack.
const SHALLOW: usize = 160;
/// Room for a level of a deeper one.
const LEVEL: usize = 128 << 10;

impl Session {
    /// Runs all statements of a text; `each` sees every response and says whether to go on.
    pub fn run(&mut self, name: &str, text: &str, mode: Mode, each: &mut dyn FnMut(&Session, Response) -> bool) {
        let (id, parsed) = self.parse(name, text);
        match parsed {
            Err(fault) => {
                let whole = Response::begun(Span::new(id, 0, text.len()), 1, String::new());
                each(self, Response { diagnostics: vec![*fault], ..whole });
            }
            Ok(statements) => {
                for (i, parsed) in statements.iter().enumerate() {
                    if self.foresees && matches!(parsed.statement, Ok(Statement::Load { .. } | Statement::Use { .. })) {
                        self.asked = self.foreseen(statements.get(i..).unwrap_or(&[]));
                    }
                    let response = self.considered(parsed, mode);
                    if !each(self, response) {
                        return;
                    }
                }
            }
        }
    }

    /// Runs one statement. What fails, what the data do not have, and what needs more than was read is only
    /// said of data that are read whole.
    fn considered(&mut self, parsed: &Parsed, mode: Mode) -> Response {
        let response = self.statement(parsed.clone(), mode);
        let absent = response.diagnostics.iter().any(|d| d.code == &codes::MISSING_OBSERVATION);
        let beyond = self.partial.iter().any(loading::Partial::is_beyond);
        if self.partial.is_empty() || !(absent || beyond || response.failed()) {
            return response;
        }
        match self.complete() {
            Ok(()) => self.statement(parsed.clone(), mode),
            Err(fault) => Response { body: None, diagnostics: vec![*fault], ..response },
        }
    }

    /// Runs one statement. What it changes is kept only if it succeeds.
    pub fn statement(&mut self, parsed: Parsed, mode: Mode) -> Response {
        let query = response::on_one_line(self.sources.snippet(parsed.span));
        self.performed(parsed, query, mode)
    }

    /// Loads what an argument of the program names, as a statement does, under this name or that of the file; `said` is
    /// the argument as it was given.
    pub fn load_argument(&mut self, said: &str, path: &str, name: Option<&str>) -> Response {
        let span = self.argument("--load", said);
        let path = Spanned::new(FileName::Text(path.to_string()), span);
        let name = name.map(|name| Spanned::new(name.to_string(), span));
        let statement = Ok(Statement::Load { path, name, declaration: None, keep: false });
        self.performed(Parsed { span, line: 1, statement }, said.to_string(), Mode::Run)
    }

    /// The place of an argument of the program, which is a text like any other.
    pub(crate) fn argument(&mut self, origin: &str, said: &str) -> Span {
        Span::new(self.sources.add(origin, said), 0, said.len())
    }

    /// Performs a statement that is called so, with room for as many names within names as there are.
    fn performed(&mut self, parsed: Parsed, query: String, mode: Mode) -> Response {
        let depth = deepest(&self.catalogue);
        if depth <= SHALLOW {
            return self.at_once(parsed, query, mode);
        }
        let (span, line, text) = (parsed.span, parsed.line, query.clone());
        stack::with_room(depth.saturating_mul(LEVEL), || self.at_once(parsed, query, mode)).unwrap_or_else(|_| {
            let fault = Diagnostic::new(&codes::TOO_LARGE, span, "no thread could be started for names this deep");
            Response { diagnostics: vec![fault], ..Response::begun(span, line, text) }
        })
    }

    fn at_once(&mut self, parsed: Parsed, query: String, mode: Mode) -> Response {
        let mut response = Response::begun(parsed.span, parsed.line, query);
        // Every statement changes the catalogue last, when nothing can fail any more, but for a script within the script
        // and for warnings that are errors.
        let risky = self.catalogue.settings.strict || matches!(parsed.statement, Ok(Statement::Use { .. }));
        let before = risky.then(|| self.catalogue.clone());
        match parsed.statement.map_err(|f| vec![f]).and_then(|s| self.perform(&s, parsed.span, mode, &mut response)) {
            Ok(body) => response.body = Some(body),
            Err(faults) => {
                let warnings = std::mem::take(&mut response.diagnostics);
                // What stops a statement is an error, whatever the code usually is.
                let errors = faults.into_iter().map(|f| f.at_level(Level::Error));
                response.diagnostics = errors.chain(warnings).collect();
            }
        }
        self.say_damaged(parsed.span, &mut response.diagnostics);
        self.settle();
        if self.catalogue.settings.strict {
            response.refuse_warnings();
        }
        if let (true, Some(before)) = (response.failed(), before) {
            self.catalogue = before;
        }
        let mut diagnostics = std::mem::take(&mut response.diagnostics);
        for diagnostic in &mut diagnostics {
            self.offer(diagnostic, parsed.span, response.body.as_ref());
        }
        if response.body.is_none() {
            self.offer_what_was_meant(&mut diagnostics, parsed.span);
        }
        response.diagnostics = diagnostics;
        response
    }
}

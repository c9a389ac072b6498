//! `use "other.tql"`: what a script names, named here too. Relative paths of the other script are taken from its own
//! folder while it is read, and from ours again whatever comes of it.

use super::{Body, Mode, Response, Session};
use crate::data::load::io_words;
use crate::data::meaning::asked::Asked;
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::lookup::forecast;
use crate::span::{SourceId, Span};
use crate::syntax::{self, Fault, Parsed, Statement};
use std::path::Path;

/// Scripts that may use one another, one within the other.
const DEEPEST: usize = 64;
/// So many are looked into before they are run.
const MOST_USED: usize = 64;

impl Session {
    pub(super) fn use_script(&mut self, path: &str, span: Span, response: &mut Response) -> Result<Body, Vec<Fault>> {
        let full = self.base.join(path);
        let fail = |message: String| vec![Box::new(Diagnostic::new(&codes::NOT_LOADED, span, message))];
        let real = self.files.real(&full);
        if self.using.contains(&real) {
            return Err(fail(format!("`{path}` uses itself")));
        }
        if self.using.len() >= DEEPEST {
            return Err(fail(format!(
                "`{path}` is used by a script within a script, {DEEPEST} deep; no more are followed"
            )));
        }
        let read = self.small_file(&full);
        let bytes = read.map_err(|e| fail(format!("`{path}` cannot be read: {}", io_words(&e))))?;
        self.protect(&full);
        let text = String::from_utf8(bytes).map_err(|_| fail(format!("`{path}` is not UTF-8")))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_string();
        let folder = full.parent().map(Path::to_path_buf).unwrap_or_default();
        let base = std::mem::replace(&mut self.base, folder);
        self.using.push(real);
        let used = self.names_of(path, &text, response);
        self.using.pop();
        self.base = base;
        used.map(|()| Body::Done(format!("used {path}")))
    }

    /// Runs what names something in a script, and nothing else of it.
    fn names_of(&mut self, path: &str, text: &str, response: &mut Response) -> Result<(), Vec<Fault>> {
        let (_, parsed) = self.parse(path, text);
        for parsed in parsed.map_err(|f| vec![f])? {
            if parsed.statement.as_ref().is_ok_and(|s| !names_something(s)) {
                continue;
            }
            let inner = self.statement(parsed, Mode::Run);
            if inner.failed() {
                return Err(inner.diagnostics.into_iter().map(Box::new).collect());
            }
            response.diagnostics.extend(inner.diagnostics);
        }
        Ok(())
    }

    /// What statements will ask of data, as far as that can be known before any are read.
    pub(super) fn foreseen(&self, statements: &[Parsed]) -> Option<Asked> {
        let mut all = Vec::new();
        self.expanded(statements, &self.base, &mut { MOST_USED }, &mut all)?;
        let asked = forecast::asked(&self.catalogue, &self.arguments, &all.iter().collect::<Vec<_>>())?;
        Some(Asked { least: self.least_rows, ..asked })
    }

    /// Statements with what the scripts that they use name in its place; nothing where one cannot be read, or only once.
    fn expanded(&self, parsed: &[Parsed], base: &Path, left: &mut usize, all: &mut Vec<Statement>) -> Option<()> {
        for parsed in parsed {
            let statement = parsed.statement.as_ref().ok()?;
            let Statement::Use { path } = statement else {
                all.push(statement.clone());
                continue;
            };
            *left = left.checked_sub(1)?;
            let full = base.join(&path.node);
            if self.files.waits(&full) {
                return None;
            }
            let text = String::from_utf8(self.small_file(&full).ok()?).ok()?;
            let used = syntax::parse_script(SourceId(0), text.strip_prefix('\u{feff}').unwrap_or(&text)).ok()?;
            let naming = |p: &Parsed| p.statement.as_ref().map_or(true, names_something);
            let used: Vec<Parsed> = used.into_iter().filter(naming).collect();
            self.expanded(&used, full.parent().unwrap_or(Path::new("")), left, all)?;
        }
        Some(())
    }
}

/// What of a script counts for one that uses it.
fn names_something(statement: &Statement) -> bool {
    matches!(
        statement,
        Statement::Load { .. }
            | Statement::Declare { .. }
            | Statement::Use { .. }
            | Statement::Let { .. }
            | Statement::LetSet { .. }
            | Statement::Def { .. }
            | Statement::Param { .. }
    )
}

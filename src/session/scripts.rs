//! `use "other.tql"`: what a script names, named here too. Relative paths of the other script are taken from its own
//! folder while it is read, and from ours again whatever comes of it.

use super::{Body, Mode, Response, Session};
use crate::data::load::io_words;
use crate::diagnostic::{Diagnostic, codes};
use crate::span::Span;
use crate::syntax::{Fault, Statement};
use std::path::Path;

/// Scripts that may use one another, one within the other.
const DEEPEST: usize = 64;

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
            let names = matches!(
                parsed.statement,
                Err(_)
                    | Ok(Statement::Load { .. }
                        | Statement::Declare { .. }
                        | Statement::Use { .. }
                        | Statement::Let { .. }
                        | Statement::LetSet { .. }
                        | Statement::Def { .. }
                        | Statement::Param { .. })
            );
            if !names {
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
}

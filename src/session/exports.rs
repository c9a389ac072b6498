//! `export QUERY into "f.csv"`: an answer into files, all of them or none. In: a query and the name of a file. Out: what
//! was written. A file that is there is replaced only where that is said, and one that the session has read is never.

use super::targets::{self, Target};
use super::watched::Polled;
use super::{Body, Content, Mode, Response, Session, books};
use crate::data::Stopped;
use crate::diagnostic::{Diagnostic, codes, suggest};
use crate::render::{Format, xlsx};
use crate::span::Spanned;
use crate::syntax::ast::{FileName, Name, Query};
use crate::syntax::{Fault, format};
use crate::value::Named;
use std::io::Write;
use std::path::{Path, PathBuf};

impl Session {
    pub(super) fn export(
        &mut self,
        query: &Query,
        into: &Spanned<FileName>,
        overwrite: bool,
        mode: Mode,
        response: &mut Response,
    ) -> Result<Body, Vec<Fault>> {
        let into = self.file_name(into).map_err(|f| vec![f])?;
        let Some(format) = Format::of_path(books::split(&into.node).0) else {
            let suffixes = suggest::listed(&Format::suffixes().collect::<Vec<_>>(), "or");
            let message = format!("`{}` does not say its format; names end in {suffixes}", into.node);
            return Err(refused(&into, message));
        };
        if !targets::is_pattern(&into.node) {
            self.may_write(&into, &into.node, overwrite).map_err(|f| vec![f])?;
            if let Some(words) = books::split(&into.node).1.and_then(xlsx::wrong_name) {
                return Err(refused(&into, words));
            }
        }
        let (Some(answer), _) = self.answer(query, mode, false, response)? else {
            return Ok(Body::Done(String::new()));
        };
        let snippet = self.sources.snippet(into.span).to_string();
        let targets = targets::targets(answer, &into, &snippet).map_err(|f| vec![f])?;
        let rows = targets.iter().map(|t| t.columns.first().map_or(0, |c| c.value.rows.len())).sum();
        let names: Vec<String> = targets.iter().map(|t| t.name.clone()).collect();
        if format == Format::Xlsx {
            self.write_books(&into, targets, overwrite)?;
        } else {
            let mut files: Vec<(PathBuf, Content<'_>)> = Vec::new();
            for target in &targets {
                let path = self.may_write(&into, &target.name, overwrite).map_err(|f| vec![f])?;
                let (session, response) = (&*self, &*response);
                files.push((path, Box::new(move |to| session.draw(target, format, (query, response), to))));
            }
            self.put(&into, &files)?;
        }
        let noun = if books::split(&into.node).1.is_some() { "sheet" } else { "file" };
        let text = format!("wrote {}: {}", into.node, targets::counted(names.len(), noun, rows));
        Ok(Body::Written(names, text))
    }

    /// All workbooks in their places, or none; what they hold is kept for the sheets that come after.
    fn write_books(&mut self, into: &Name, targets: Vec<Target>, overwrite: bool) -> Result<(), Vec<Fault>> {
        let drawn = self.books(into, targets, overwrite).map_err(|f| vec![f])?;
        let (mut files, mut kept) = (Vec::new(), Vec::new());
        for books::Drawn { path, bytes, book } in drawn {
            kept.push((path.clone(), book));
            files.push((path, bytes));
        }
        self.write(into, &files)?;
        for (path, book) in kept {
            self.books.insert(self.files.real(&path), book);
        }
        Ok(())
    }

    /// Writes the text of a file.
    fn draw(
        &self,
        target: &Target,
        format: Format,
        (query, response): (&Query, &Response),
        to: &mut dyn Write,
    ) -> std::io::Result<()> {
        // A document is called as what it answers, not as the statement that wrote it.
        let asked = if format.markup().is_some() { format::query(query) } else { response.query.clone() };
        let title = if target.label.is_empty() { asked } else { format!("{asked}: {}", target.label) };
        let mut to = Polled { to, budget: &self.budget, since: 0 };
        let columns = Named::columns(&target.columns);
        let write = || self.write_columns(&columns, format, (&title, &response.keys), &response.files, &mut to);
        self.budget.stoppable(write).map_err(std::io::Error::other)?
    }

    /// All files in their places, or none.
    pub(super) fn write(&self, into: &Name, files: &[(PathBuf, Vec<u8>)]) -> Result<(), Vec<Fault>> {
        let files: Vec<_> = files.iter().map(|(path, bytes)| (path.clone(), self.polled(bytes))).collect();
        self.put(into, &files)
    }

    fn polled<'a>(&'a self, bytes: &'a [u8]) -> Content<'a> {
        Box::new(move |to| Polled { to, budget: &self.budget, since: 0 }.write_all(bytes))
    }

    /// The same, written as it is made.
    fn put(&self, into: &Name, files: &[(PathBuf, Content<'_>)]) -> Result<(), Vec<Fault>> {
        if self.reads_only {
            return Err(refused(into, format!("nothing is written here, and `{}` neither", into.node)));
        }
        self.files.put_all(files).map_err(|(path, error)| {
            if Stopped::is_in(&error) {
                let message = "stopped before the file was written";
                return vec![Box::new(Diagnostic::new(&codes::INTERRUPTED, into.span, message)) as Fault];
            }
            let name = path.strip_prefix(&self.base).unwrap_or(&path).display().to_string();
            refused(into, format!("`{name}` cannot be written: {}", crate::data::load::io_words(&error)))
        })
    }

    /// Writes a script of what was done, as an export is written.
    ///
    /// # Errors
    /// One sentence on why it is not written: it is there already, it was read, or the system refuses.
    pub fn write_script(&self, path: &Path, text: &str, overwrite: bool) -> Result<(), String> {
        let full = self.base.join(path);
        let name = path.display();
        if self.inputs.contains(&self.files.real(&full)) {
            return Err(format!("`{name}` was read by this session, and is not replaced"));
        }
        if !overwrite && !self.overwrite && self.files.exists(&full) {
            return Err(format!("`{name}` is there already; `save \"{name}\" overwrite` replaces it"));
        }
        let files = [(full, text.as_bytes().to_vec())];
        let words = |e: &std::io::Error| crate::data::load::io_words(e);
        self.files.write_all(&files).map_err(|(_, e)| format!("`{name}` cannot be written: {}", words(&e)))
    }

    /// The path of a file, or of the workbook of a sheet, if it may be written.
    pub(super) fn may_write(&self, into: &Name, name: &str, overwrite: bool) -> Result<PathBuf, Fault> {
        let (name, sheet) = books::split(name);
        let path = self.base.join(name);
        let fail = |message: String| Box::new(Diagnostic::new(&codes::WRONG_ARGUMENTS, into.span, message));
        if self.inputs.contains(&self.files.real(&path)) {
            let fault = fail(format!("`{name}` was read by this session, and an export does not replace it"));
            return Err(Box::new(fault.advice("choose another name")));
        }
        let is_own = || sheet.is_some() && self.is_own_book(&path);
        if !overwrite && !self.overwrite && self.files.exists(&path) && !is_own() {
            let fault = fail(format!("`{name}` is there already"));
            let whole = if sheet.is_some() { "it with all of its sheets" } else { "it" };
            let words =
                format!("`into {} overwrite` replaces {whole}, and so does `--overwrite`", format::quoted(&into.node));
            return Err(Box::new(fault.advice(words)));
        }
        Ok(path)
    }

    /// Writes nothing from now on, whatever its statements say.
    pub fn read_only(&mut self) {
        self.reads_only = true;
    }

    /// Whether a file was read.
    pub fn has_read(&self, path: &Path) -> bool {
        self.inputs.contains(&self.files.real(path))
    }

    /// The files that were read, with what they hold now.
    pub fn files_read(&self) -> Vec<(PathBuf, std::io::Result<Vec<u8>>)> {
        self.inputs.iter().map(|path| (path.clone(), self.files.read(path))).collect()
    }

    /// What a file holds, as this session may read it.
    ///
    /// # Errors
    /// What the system says of a file that is not there or may not be read.
    pub fn bytes_of(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        self.files.read(path)
    }

    /// A file that was read, so that no export replaces it.
    pub fn protect(&mut self, path: &Path) {
        self.inputs.insert(self.files.real(path));
    }
}

fn refused(into: &Name, message: String) -> Vec<Fault> {
    vec![Box::new(Diagnostic::new(&codes::WRONG_ARGUMENTS, into.span, message))]
}

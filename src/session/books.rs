//! Workbooks that a session writes: `export QUERY into "book.xlsx#sheet"`. In: the files and sheets of an export. Out: the
//! bytes of each workbook, with the sheets that the session has put into it before. Writes nothing.

use super::targets::Target;
use super::{Fault, Session};
use crate::data::guard::caught;
use crate::diagnostic::{Diagnostic, codes};
use crate::render::xlsx::{self, Sheet, Unfit};
use crate::syntax::ast::Name;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What stands between the name of a workbook and that of a sheet.
const SHEET: &str = ".xlsx#";
/// The sheet of a workbook that is named without one.
const ONLY: &str = "data";

/// A workbook that this session has written.
pub(super) struct Book {
    sheets: Vec<Arc<Sheet>>,
    /// Of what was written: a workbook that somebody else has changed since is no longer ours.
    mark: u64,
}

/// A workbook to be written: its path, its bytes, and how it is kept.
pub(super) struct Drawn {
    pub path: PathBuf,
    pub bytes: Vec<u8>,
    pub book: Book,
}

/// The file and the sheet that a name stands for.
pub(super) fn split(name: &str) -> (&str, Option<&str>) {
    let at = name.to_ascii_lowercase().find(SHEET).map(|at| at + SHEET.len() - 1);
    match at.and_then(|at| name.split_at_checked(at)) {
        Some((file, sheet)) => (file, sheet.strip_prefix('#')),
        None => (name, None),
    }
}

fn mark(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

impl Session {
    /// Whether a workbook may take a sheet more: this session wrote it, and nobody else has since.
    pub(super) fn is_own_book(&self, path: &Path) -> bool {
        let book = self.books.get(&self.files.real(path));
        book.is_some_and(|b| self.files.read(path).is_ok_and(|bytes| mark(&bytes) == b.mark))
    }

    /// The workbooks of an export.
    pub(super) fn books(&self, into: &Name, targets: Vec<Target>, overwrite: bool) -> Result<Vec<Drawn>, Fault> {
        let fail = |message: String| Box::new(Diagnostic::new(&codes::WRONG_ARGUMENTS, into.span, message));
        let mut books: BTreeMap<String, (String, PathBuf, Vec<Arc<Sheet>>)> = BTreeMap::new();
        for target in targets {
            let (file, sheet) = split(&target.name);
            let path = self.may_write(into, &target.name, overwrite)?;
            let (named, _, sheets) = books.entry(file.to_lowercase()).or_insert_with(|| {
                let own =
                    self.books.get(&self.files.real(&path)).filter(|_| sheet.is_some() && self.is_own_book(&path));
                (file.to_string(), path, own.map(|b| b.sheets.clone()).unwrap_or_default())
            });
            // On many systems upper and lower case are one file.
            if named != file {
                return Err(fail(format!("`{named}` and `{file}` would be one file")));
            }
            let name = match sheet {
                Some(sheet) if target.label.is_empty() => sheet.to_string(),
                Some(sheet) => xlsx::safe(sheet),
                None => ONLY.to_string(),
            };
            if let Some(words) = xlsx::wrong_name(&name) {
                return Err(fail(words));
            }
            let same = sheets.iter().position(|s| s.name.to_lowercase() == name.to_lowercase());
            let new = Arc::new(Sheet { name, columns: target.columns });
            match same.and_then(|at| sheets.get_mut(at)) {
                None => sheets.push(new),
                Some(_) if !overwrite && !self.overwrite => {
                    let fault = fail(format!("`{file}` has a sheet `{}` already", new.name));
                    return Err(Box::new(fault.advice("`overwrite` behind the name replaces it")));
                }
                Some(old) => *old = new,
            }
        }
        books.into_values().map(|(_, path, sheets)| self.book(into, path, sheets)).collect()
    }

    fn book(&self, into: &Name, path: PathBuf, sheets: Vec<Arc<Sheet>>) -> Result<Drawn, Fault> {
        // A large sheet waits in a file of its own, and the disk may be full.
        let made = caught(|| xlsx::book(&sheets, &|| self.budget.check().is_ok()));
        let failed = |words| Err(Unfit::Refused(format!("the workbook cannot be made: {words}")));
        let bytes = made.unwrap_or_else(failed).map_err(|unfit| {
            Box::new(match unfit {
                Unfit::Refused(words) => Diagnostic::new(&codes::WRONG_ARGUMENTS, into.span, words),
                Unfit::Stopped => {
                    Diagnostic::new(&codes::INTERRUPTED, into.span, "stopped before the file was written")
                }
            })
        })?;
        let book = Book { sheets, mark: mark(&bytes) };
        Ok(Drawn { path, bytes, book })
    }
}

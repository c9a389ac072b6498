//! Tables of databases as data. In: what a statement names, and the databases that the front end has. Out: a table and who
//! is asked for it, or the file that it is. A session without databases has none.

use super::Session;
use crate::data::declare::Spec;
use crate::data::sql::copy::{self, Copied};
use crate::data::sql::dialect::ColumnOf;
use crate::data::sql::target::{self, Database, Unusable};
use crate::data::sql::{Address, Databases, DbFault, Engine, TableName, Target};
use crate::data::text::dialect::TextSpec;
use crate::diagnostic::{Diagnostic, codes, words};
use crate::span::Span;
use crate::syntax::Fault;
use std::path::PathBuf;
use std::sync::Arc;

/// Rows up to which a table is copied, where the user says nothing else.
pub const COPIED_ROWS: usize = 200_000;

/// Rows of a large table that are looked at to see what its columns are.
const SHOWN_ROWS: usize = 1000;

/// The files that may stand for a table in a folder that has the name of a database.
const FORMS: [&str; 8] = ["csv", "csv.gz", "csv.zst", "tsv", "parquet", "json", "xlsx", "txt"];

/// Where data are.
pub(super) enum Where {
    /// In files, as they are called from here.
    Files(String),
    /// In a table.
    Table(Table),
}

/// A table, and who is asked for it.
pub(super) struct Table {
    pub(super) engine: Arc<dyn Engine>,
    pub(super) name: TableName,
}

impl Session {
    /// Lets statements name databases.
    pub fn ask_databases(&mut self, databases: Box<dyn Databases>) {
        self.databases = Some(databases.into());
    }

    /// Gives a name to a database, or to a folder of files that stand for its tables.
    pub fn name_source(&mut self, name: &str, target: &str) {
        self.named.insert(name.to_string(), target.to_string());
    }

    /// Rows up to which a table is copied; a larger one is asked where it is.
    pub fn set_copied_rows(&mut self, rows: usize) {
        self.copied_rows = rows;
    }

    /// What a text names, `None` where that is a file.
    fn target(&self, path: &str, span: Span) -> Result<Option<Target>, Fault> {
        Target::parse(path, &|name| self.named.contains_key(name)).map_err(|why| unusable(why, span))
    }

    /// Refuses a target that holds a password, without printing it.
    pub(super) fn without_secret(&mut self, path: &str) -> Result<(), Fault> {
        if self.target(path, Span::default()).is_ok() {
            return Ok(());
        }
        let masked = format!("load \"{}\"", target::masked(path));
        let span = self.argument("load", &masked);
        self.target(path, span).map(|_| ())
    }

    /// How a dataset's place is shown: without users.
    pub(super) fn shown(&self, path: &str, span: Span) -> Result<String, Fault> {
        Ok(self.target(path, span)?.map_or_else(|| path.to_string(), |t| t.shown()))
    }

    /// The name of a file or table without its folder, its ending and its schema.
    pub(super) fn stem(&self, path: &str) -> Option<String> {
        let target = self.target(path, Span::default()).ok()??;
        target.table.map(|table| table.name)
    }

    /// Where the declaration of a table is: a file of its name.
    pub(super) fn declaration_of_table(&self, path: &str) -> Option<String> {
        let target = self.target(path, Span::default()).ok()??;
        target.table.map(|table| format!("{}.with", table.file_stem()))
    }

    /// Where the data are that a statement names.
    pub(super) fn place_of(&self, path: &str, span: Span) -> Result<Where, Fault> {
        let Some(target) = self.target(path, span)? else { return Ok(Where::Files(path.to_string())) };
        let database = match target.database {
            Database::Named(name) => {
                let known = self.named.get(&name).cloned().unwrap_or_default();
                match target::database(&known).map_err(|why| unusable(why, span))? {
                    Some(database) => database,
                    None => return self.file_of(&name, &known, target.table.as_ref(), span),
                }
            }
            other => other,
        };
        let address = match database {
            Database::File(dialect, file) => {
                let full = self.base.join(&file);
                if !self.files.exists(&full) {
                    let message = format!("`{file}` cannot be read: there is no such file");
                    return Err(Box::new(Diagnostic::new(&codes::NOT_LOADED, span, message)));
                }
                Address::File(dialect, full)
            }
            Database::Server(dialect, address) => Address::Server(dialect, address),
            Database::Named(name) => {
                let message = format!("`{name}` is not the name of a database");
                return Err(Box::new(Diagnostic::new(&codes::NOT_LOADED, span, message)));
            }
        };
        let none = || DbFault::NoClient("this session asks no database".into());
        let engine = self.databases.as_ref().ok_or_else(none).and_then(|all| all.engine(&address));
        let engine = engine.map_err(|why| failed(&why, span))?;
        let name = match target.table {
            Some(name) => name,
            None => self.only_table(&*engine, path, span)?,
        };
        Ok(Where::Table(Table { engine, name }))
    }

    /// The file that stands for a table, where a name means a folder of files.
    fn file_of(&self, name: &str, known: &str, table: Option<&TableName>, span: Span) -> Result<Where, Fault> {
        let Some(table) = table else { return Ok(Where::Files(known.to_string())) };
        let folder = PathBuf::from(known);
        let file = |end: &&str| folder.join(format!("{}.{end}", table.file_stem()));
        let found = FORMS.iter().map(file).find(|path| self.files.exists(&self.base.join(path)));
        let Some(found) = found else {
            let message =
                format!("`{name}` is a folder of files here, and none of them is called `{}`", table.file_stem());
            let advice = format!("a table stands there as a file such as `{}.csv`", table.file_stem());
            return Err(Box::new(Diagnostic::new(&codes::NOT_LOADED, span, message).advice(advice)));
        };
        Ok(Where::Files(found.to_string_lossy().into_owned()))
    }

    /// The only table of a database.
    fn only_table(&self, engine: &dyn Engine, path: &str, span: Span) -> Result<TableName, Fault> {
        let all = copy::tables(engine, &self.budget).map_err(|why| failed(&why, span))?;
        if let [only] = all.as_slice() {
            return Ok(only.clone());
        }
        let names: Vec<String> = all.iter().map(ToString::to_string).collect();
        let message = format!("the database has {}", words::counted(names.len(), "table"));
        let fault = Diagnostic::new(&codes::DATABASE, span, message);
        let shown = self.shown(path, span)?;
        Err(Box::new(match names.as_slice() {
            [] => fault.advice("a role sees the tables that it may read"),
            [first, ..] => fault.advice(format!("name one, as in `\"{shown}#{first}\"`: {}", words::some(&names, 12))),
        }))
    }

    /// A small table as text; of a larger one its first rows.
    pub(super) fn copied(&self, table: &Table, span: Span) -> Result<Copied, Fault> {
        let copied = copy::copied(&*table.engine, &table.name, self.copied_rows.max(SHOWN_ROWS), &self.budget);
        copied.map_err(|why| failed(&why, span))
    }

    /// A statement is done: what is asked next may see another state of the data.
    pub(super) fn settle(&self) {
        if let Some(databases) = &self.databases {
            databases.settle();
        }
    }
}

/// What is declared of the text of a file is not of a table, whose text is ours.
pub(super) fn of_a_table(spec: &Spec, columns: &[ColumnOf]) -> Spec {
    let text =
        TextSpec { separator: Some(b','), quote: Some(b'"'), header: Some(true), is_ours: true, ..TextSpec::default() };
    let mut spec = Spec { text, encoding: None, sheet: None, ..spec.clone() };
    // Numbers of a database are written with a point.
    let is_fraction = |c: &ColumnOf| ["num", "dec", "real", "double", "float"].iter().any(|k| c.kind.starts_with(k));
    if columns.iter().any(is_fraction) {
        (spec.decimal, spec.thousands) = (None, None);
    }
    spec
}

/// A fault of a database as one of a statement.
pub(super) fn failed(why: &DbFault, span: Span) -> Fault {
    let mut fault = Diagnostic::new(why.code(), span, why.to_string());
    fault.advice = why.advice().map(String::from);
    Box::new(fault)
}

fn unusable(why: Unusable, span: Span) -> Fault {
    Box::new(match why {
        Unusable::Secret => Diagnostic::new(&codes::SECRET_IN_SCRIPT, span, "the target holds a password")
            .advice("leave it out, and put it where the client looks for it: `~/.pgpass`, PGSERVICE or PGPASSWORD"),
        Unusable::Said(message) => Diagnostic::new(&codes::DATABASE, span, message),
    })
}

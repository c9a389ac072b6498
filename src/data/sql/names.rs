//! What databases and tables are called. Knows no SQL and no targets.

use std::fmt;
use std::path::PathBuf;

/// How a database writes SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    /// PostgreSQL, from version 14 on.
    Postgres,
    /// DuckDB.
    DuckDb,
    /// SQLite.
    Sqlite,
    /// ClickHouse.
    ClickHouse,
}

impl Dialect {
    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Postgres => "PostgreSQL",
            Dialect::DuckDb => "DuckDB",
            Dialect::Sqlite => "SQLite",
            Dialect::ClickHouse => "ClickHouse",
        }
    }
}

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Address {
    /// In a file.
    File(Dialect, PathBuf),
    /// At a server: what its client takes, without a password.
    Server(Dialect, String),
}

/// A table, and the schema that it is in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableName {
    /// Its schema, if it is said.
    pub schema: Option<String>,
    /// Its name.
    pub name: String,
}

impl TableName {
    /// `schema.table`, each part perhaps in double quotes.
    pub(super) fn parse(text: &str) -> Option<TableName> {
        let mut parts: Vec<String> = Vec::new();
        let mut rest = text;
        loop {
            let (part, after) = match rest.strip_prefix('"') {
                Some(inner) => {
                    let mut end = None;
                    let mut at = inner.char_indices().peekable();
                    while let Some((i, c)) = at.next() {
                        if c != '"' {
                            continue;
                        }
                        if at.next_if(|(_, next)| *next == '"').is_none() {
                            end = Some(i);
                            break;
                        }
                    }
                    (inner.get(..end?)?.replace("\"\"", "\""), inner.get(end? + 1..)?)
                }
                None => {
                    let end = rest.find('.').unwrap_or(rest.len());
                    (rest.get(..end)?.to_string(), rest.get(end..)?)
                }
            };
            if part.is_empty() || part.contains('\0') {
                return None;
            }
            parts.push(part);
            match after.strip_prefix('.') {
                Some(next) => rest = next,
                None if after.is_empty() => break,
                None => return None,
            }
        }
        let name = parts.pop()?;
        let schema = parts.pop();
        parts.is_empty().then_some(TableName { schema, name })
    }

    /// Schema and name.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.schema.as_deref().into_iter().chain([self.name.as_str()])
    }

    /// The name of a file that holds this table.
    pub fn file_stem(&self) -> String {
        self.parts().collect::<Vec<_>>().join(".")
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.parts().enumerate() {
            let plain = part.chars().all(|c| c.is_alphanumeric() || c == '_');
            f.write_str(if at > 0 { "." } else { "" })?;
            if plain { f.write_str(part)? } else { write!(f, "\"{}\"", part.replace('"', "\"\""))? }
        }
        Ok(())
    }
}

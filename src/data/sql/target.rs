//! What a script says where data are: `office#trade.panel`, `trade.duckdb#panel`, `postgresql://host/db#schema.table`.
//! In: the text behind `load`. Out: a [`Target`], or nothing where it is the name of a file. Knows no connections.

use crate::data::sql::names::{Dialect, TableName};

/// What a script says where a table is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Which database.
    pub database: Database,
    /// Which table of it; none is the only one.
    pub table: Option<TableName>,
}

/// What a script says where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// A name that the user gave to it.
    Named(String),
    /// A file, by its path.
    File(Dialect, String),
    /// A server.
    Server(Dialect, String),
}

/// Why a text is no target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It holds a password.
    Secret,
    /// It says something that it may not.
    Said(String),
}

/// How the names of files with a database in them end.
const ENDS: [(&str, Dialect); 7] = [
    (".duckdb", Dialect::DuckDb),
    (".ddb", Dialect::DuckDb),
    (".sqlite", Dialect::Sqlite),
    (".sqlite3", Dialect::Sqlite),
    (".db3", Dialect::Sqlite),
    (".db", Dialect::Sqlite),
    // A folder, which `clickhouse local` keeps tables in.
    (".clickhouse", Dialect::ClickHouse),
];

/// How the addresses of servers begin.
const SCHEMES: [(&str, Dialect); 3] =
    [("postgresql://", Dialect::Postgres), ("postgres://", Dialect::Postgres), ("clickhouse://", Dialect::ClickHouse)];

/// What may be asked of a connection in a target: nothing that is secret, and nothing that reads or runs something else.
fn keys(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::ClickHouse => &["secure"],
        _ => &["host", "port", "dbname", "user", "service", "sslmode", "connect_timeout"],
    }
}

/// A database by its address or its file's name; `None` where it is neither.
///
/// # Errors
/// It holds a password, or asks for what a target may not.
pub fn database(text: &str) -> Result<Option<Database>, Unusable> {
    let lower = text.to_ascii_lowercase();
    if let Some((scheme, dialect)) = SCHEMES.iter().find(|(scheme, _)| lower.starts_with(scheme)) {
        checked(text.get(scheme.len()..).unwrap_or(""), keys(*dialect))?;
        return Ok(Some(Database::Server(*dialect, text.to_string())));
    }
    let found = ENDS.iter().find(|(end, _)| lower.ends_with(end) && lower.len() > end.len());
    Ok(found.map(|(_, dialect)| Database::File(*dialect, text.to_string())))
}

/// Refuses passwords and whatever else a target may not say.
fn checked(rest: &str, keys: &[&str]) -> Result<(), Unusable> {
    // Whatever a password is made of, it stands between a colon and a sign of at.
    if rest.rsplit_once('@').is_some_and(|(user, _)| user.contains(':')) {
        return Err(Unusable::Secret);
    }
    let asked = rest.split_once('?').map_or("", |(_, asked)| asked);
    for pair in asked.split('&').filter(|p| !p.is_empty()) {
        // The name of a table may stand behind it.
        let key = pair.split(['=', '#']).next().unwrap_or("").to_ascii_lowercase();
        // A key may be written with signs of percent, which would hide what it says.
        if key.contains("pass") || key.contains('%') {
            return Err(Unusable::Secret);
        }
        if !keys.contains(&key.as_str()) {
            let message = format!("a target may not say `{key}`; it may say {}", keys.join(", "));
            return Err(Unusable::Said(message));
        }
    }
    Ok(())
}

impl Target {
    /// What a text names, `None` where that is a file; `is_name` knows the names that the user gave to databases.
    ///
    /// # Errors
    /// It is a target, but one that cannot be.
    pub fn parse(text: &str, is_name: &dyn Fn(&str) -> bool) -> Result<Option<Target>, Unusable> {
        if SCHEMES.iter().any(|(scheme, _)| text.to_ascii_lowercase().starts_with(scheme)) {
            database(text)?;
        }
        for (at, _) in text.match_indices('#') {
            let (before, table) = (text.get(..at).unwrap_or(""), text.get(at + 1..).unwrap_or(""));
            let found = if is_name(before) { Some(Database::Named(before.to_string())) } else { database(before)? };
            let Some(database) = found else { continue };
            let table = TableName::parse(table)
                .ok_or_else(|| Unusable::Said(format!("`{table}` is no `table` and no `schema.table`")))?;
            return Ok(Some(Target { database, table: Some(table) }));
        }
        let found = if is_name(text) { Some(Database::Named(text.to_string())) } else { database(text)? };
        Ok(found.map(|database| Target { database, table: None }))
    }

    /// As it is shown: without a user, and without what is asked of the connection.
    pub fn shown(&self) -> String {
        let database = match &self.database {
            Database::Named(name) | Database::File(_, name) => name.clone(),
            Database::Server(_, text) => without_user(text),
        };
        match &self.table {
            Some(table) => format!("{database}#{table}"),
            None => database,
        }
    }
}

/// A text with every password in it left out.
pub fn masked(text: &str) -> String {
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let (plain, table) = host.rsplit_once('#').map_or((host, String::new()), |(b, table)| (b, format!("#{table}")));
    format!("{scheme}://{}{table}", plain.split('?').next().unwrap_or(""))
}

/// The address of a server without a user and what is asked of the connection.
pub fn without_user(address: &str) -> String {
    let plain = address.split('?').next().unwrap_or(address);
    let Some((scheme, rest)) = plain.split_once("://") else { return plain.to_string() };
    let end = rest.find('/').unwrap_or(rest.len());
    let (hosts, path) = rest.split_at(end);
    format!("{scheme}://{}{path}", hosts.rsplit_once('@').map_or(hosts, |(_, host)| host))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Option<Target>, Unusable> {
        Target::parse(text, &|name| name == "office")
    }

    fn said(text: &str) -> String {
        let target = parsed(text).unwrap().unwrap();
        let table = target.table.as_ref().map(|t| t.parts().collect::<Vec<_>>().join("|")).unwrap_or_default();
        format!("{} {table}", target.shown())
    }

    #[test]
    fn targets_are_told_from_files() {
        for file in ["panel.csv", "a#b.csv", "office.csv", "data/#1.csv", ".db", "-", "*.csv", "offices#t"] {
            assert_eq!(parsed(file), Ok(None), "{file}");
        }
        assert_eq!(said("office#trade.panel"), "office#trade.panel trade|panel");
        assert_eq!(said("office"), "office ");
        assert_eq!(said("a/b.duckdb#panel"), "a/b.duckdb#panel panel");
        assert_eq!(said("x.DB"), "x.DB ");
        assert_eq!(said("a#1.sqlite#t"), "a#1.sqlite#t t");
        assert_eq!(said("x.db#\"My schema\".\"t\"\".x\""), "x.db#\"My schema\".\"t\"\".x\" My schema|t\".x");
        assert_eq!(said("postgresql://me@h:1/d?sslmode=require#s.t"), "postgresql://h:1/d#s.t s|t");
        assert_eq!(said("clickhouse://me@h:9440/d?secure#t"), "clickhouse://h:9440/d#t t");
        assert_eq!(said("a/b.clickhouse#d.t"), "a/b.clickhouse#d.t d|t");
    }

    #[test]
    fn what_a_target_may_not_say_is_refused() {
        for secret in [
            "postgresql://me:pw@h/d#t",
            "postgres://me:@h/d#t",
            "postgresql://h/d?password=x#t",
            "postgresql://h/d?PASSFILE=x#t",
            "postgresql://h/d?p%61ssword=x#t",
            "postgresql://a,b:c@h/d",
            "postgresql://me:a#b@h/d#t",
            "postgresql://me:a/b?c@h/d#t",
            "clickhouse://me:pw@h/d#t",
            "clickhouse://h/d?password=x#t",
        ] {
            assert_eq!(parsed(secret), Err(Unusable::Secret), "{secret}");
            assert!(["://h/d#t", "://h/d"].iter().any(|end| masked(secret).ends_with(end)), "{}", masked(secret));
        }
        for wrong in [
            "postgresql://h/d?options=-c%20x#t",
            "clickhouse://h/d?config-file=x#t",
            "x.db#",
            "x.db#a.b.c.d",
            "x.db#a..b",
            "x.db#\"a",
            "x.db#\"a\"b",
        ] {
            assert!(matches!(parsed(wrong), Err(Unusable::Said(_))), "{wrong}");
        }
    }
}

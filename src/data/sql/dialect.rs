//! How databases write the few things in which they differ: names, texts, what a table has. In: names. Out: SQL. Knows no
//! connections.

use crate::data::sql::names::{Dialect, TableName};
use std::fmt::Write;

/// A column of a table, and its type as the database calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnOf {
    /// Its name.
    pub name: String,
    /// Its type, in small letters.
    pub kind: String,
}

/// A type of ClickHouse without what is around it, and without the words of an enumeration.
fn bare(kind: &str) -> &str {
    let mut kind = kind;
    while let Some(inner) =
        ["nullable(", "lowcardinality("].iter().find_map(|w| kind.strip_prefix(w)?.strip_suffix(')'))
    {
        kind = inner;
    }
    if kind.starts_with("enum") { "enum" } else { kind }
}

impl Dialect {
    /// A column by its name and its type as the database writes it.
    pub fn column(self, name: String, kind: &str) -> ColumnOf {
        let kind = if self == Dialect::ClickHouse { bare(kind) } else { kind };
        ColumnOf { name, kind: kind.to_string() }
    }

    /// A name in double quotes. To ClickHouse a backslash means something in names and in texts.
    pub fn quoted(self, name: &str) -> String {
        format!("\"{}\"", self.escaped(name).replace('"', "\"\""))
    }

    /// A text in single quotes. To others backslashes mean nothing in it: where they could, the client says that they do
    /// not. Clients take ends of lines from their input for ends of lines, so that a carriage return would be lost.
    pub fn literal(self, text: &str) -> String {
        let plain = format!("'{}'", self.escaped(text).replace('\'', "''"));
        if !text.contains('\r') {
            return plain;
        }
        match self {
            Dialect::Postgres => format!("E{}", plain.replace('\\', "\\\\").replace('\r', "\\r")),
            Dialect::ClickHouse => plain.replace('\r', "\\r"),
            Dialect::DuckDb => plain.replace('\r', "' || chr(13) || '"),
            Dialect::Sqlite => plain.replace('\r', "' || char(13) || '"),
        }
    }

    fn escaped(self, text: &str) -> String {
        if self == Dialect::ClickHouse { text.replace('\\', "\\\\") } else { text.to_string() }
    }

    /// The name of a table in a statement.
    pub fn table(self, table: &TableName) -> String {
        let mut out = String::new();
        for (at, part) in table.parts().enumerate() {
            // Writing into a text cannot fail.
            let _ = write!(out, "{}{}", if at > 0 { "." } else { "" }, self.quoted(part));
        }
        out
    }

    /// Asks for the columns of a table and their types, in order.
    pub fn columns(self, table: &TableName) -> String {
        let own = self.literal(&table.name);
        match self {
            Dialect::Postgres => format!(
                "SELECT a.attname, lower(format_type(a.atttypid, a.atttypmod)) FROM pg_attribute a \
                 WHERE a.attrelid = to_regclass({}) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
                self.literal(&self.table(table))
            ),
            Dialect::DuckDb => {
                let schema = table.schema.as_deref().map_or("current_schema()".to_string(), |s| self.literal(s));
                format!(
                    "SELECT column_name, lower(data_type) FROM duckdb_columns() WHERE database_name = current_database() \
                     AND schema_name = {schema} AND table_name = {own} ORDER BY column_index"
                )
            }
            Dialect::Sqlite => {
                let schema = table.schema.as_deref().map_or(String::new(), |s| format!(", {}", self.literal(s)));
                format!("SELECT name, lower(type) FROM pragma_table_info({own}{schema}) ORDER BY cid")
            }
            Dialect::ClickHouse => {
                let schema = table.schema.as_deref().map_or("currentDatabase()".to_string(), |s| self.literal(s));
                format!(
                    "SELECT name, lower(type) FROM system.columns WHERE database = {schema} AND table = {own} \
                     AND default_kind <> 'EPHEMERAL' ORDER BY position"
                )
            }
        }
    }

    /// Asks for the unique indices of a table that hold for all rows, and their columns, of which none may be NULL; none
    /// where a database has no such thing.
    pub fn unique(self, table: &TableName) -> Option<String> {
        let own = self.literal(&table.name);
        Some(match self {
            // Its keys say how rows lie, and may stand in many.
            Dialect::ClickHouse => return None,
            Dialect::Postgres => format!(
                "SELECT i.indexrelid::text, a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid \
                 AND a.attnum = ANY (i.indkey) WHERE i.indrelid = to_regclass({}) AND i.indisunique AND i.indisvalid \
                 AND i.indpred IS NULL AND i.indexprs IS NULL AND NOT EXISTS (SELECT FROM pg_attribute n \
                 WHERE n.attrelid = i.indrelid AND n.attnum = ANY (i.indkey) AND NOT n.attnotnull)",
                self.literal(&self.table(table))
            ),
            Dialect::DuckDb => {
                let schema = table.schema.as_deref().map_or("current_schema()".to_string(), |s| self.literal(s));
                format!(
                    "SELECT CAST(constraint_index AS VARCHAR), unnest(constraint_column_names) FROM duckdb_constraints() \
                     WHERE database_name = current_database() AND schema_name = {schema} AND table_name = {own} \
                     AND constraint_type = 'PRIMARY KEY'"
                )
            }
            // A key of SQLite may hold NULL, unless the table says that it does not.
            Dialect::Sqlite => format!(
                "SELECT l.name, i.name FROM pragma_index_list({own}) AS l JOIN pragma_index_info(l.name) AS i \
                 WHERE l.\"unique\" = 1 AND l.partial = 0 AND NOT EXISTS (SELECT 1 FROM pragma_index_info(l.name) AS x \
                 LEFT JOIN pragma_table_info({own}) AS c ON c.name = x.name WHERE COALESCE(c.\"notnull\", 0) = 0)"
            ),
        })
    }

    /// Asks for the tables that there are: schema and name.
    pub fn tables(self) -> &'static str {
        match self {
            Dialect::Postgres => {
                "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                 WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT c.relispartition \
                 AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1, 2 LIMIT 1000"
            }
            Dialect::DuckDb => {
                "SELECT schema_name, table_name FROM (SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal \
                 UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal) ORDER BY 1, 2 LIMIT 1000"
            }
            Dialect::Sqlite => {
                "SELECT 'main', name FROM sqlite_master WHERE type IN ('table', 'view') \
                 AND substr(name, 1, 7) <> 'sqlite_' ORDER BY 2 LIMIT 1000"
            }
            Dialect::ClickHouse => {
                "SELECT if(database = currentDatabase(), '', database), name FROM system.tables WHERE NOT is_temporary \
                 AND lower(database) NOT IN ('system', 'information_schema') AND NOT startsWith(name, '.inner') \
                 ORDER BY 1, 2 LIMIT 1000"
            }
        }
    }

    /// The schema that a table without one is in.
    pub fn usual_schema(self) -> &'static str {
        match self {
            Dialect::Postgres => "public",
            Dialect::DuckDb | Dialect::Sqlite => "main",
            // Which it is says the address.
            Dialect::ClickHouse => "",
        }
    }

    /// A column as its cells are to come. SQLite prints fifteen digits of a number with a binary fraction; where they are
    /// not all, it is asked for all of them. ClickHouse fills texts of a fixed length up, and its enumerations know no texts
    /// but their own.
    pub fn cell(self, column: &ColumnOf) -> String {
        let name = self.quoted(&column.name);
        let plain = ["char", "text", "clob", "int", "date"].iter().any(|k| column.kind.contains(k));
        match self {
            Dialect::Sqlite if !plain => format!(
                "CASE WHEN typeof({name}) = 'real' AND CAST(CAST({name} AS TEXT) AS REAL) <> {name} \
                 THEN printf('%!.17g', {name}) ELSE {name} END"
            ),
            Dialect::ClickHouse if column.kind == "enum" || column.kind.starts_with("fixedstring") => {
                format!("toString({name})")
            }
            Dialect::Postgres | Dialect::DuckDb | Dialect::Sqlite | Dialect::ClickHouse => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_themselves_in_every_dialect() {
        assert_eq!(Dialect::Postgres.literal("a'b\\c"), "'a''b\\c'");
        assert_eq!(Dialect::Postgres.literal("a'\\\r\n"), "E'a''\\\\\\r\n'");
        assert_eq!(Dialect::Sqlite.literal("a\rb"), "'a' || char(13) || 'b'");
        assert_eq!(Dialect::DuckDb.literal("a\rb"), "'a' || chr(13) || 'b'");
        assert_eq!(Dialect::ClickHouse.literal("a'b\\c\r"), "'a''b\\\\c\\r'");
        assert_eq!(Dialect::ClickHouse.quoted("a\"\\"), "\"a\"\"\\\\\"");
    }

    #[test]
    fn types_of_clickhouse_lose_what_is_around_them() {
        let kind = |kind| Dialect::ClickHouse.column("x".into(), kind).kind;
        assert_eq!(kind("lowcardinality(nullable(string))"), "string");
        assert_eq!(kind("nullable(decimal(18, 4))"), "decimal(18, 4)");
        assert_eq!(kind("enum8('int' = 1, 'x)' = 2)"), "enum");
        assert_eq!(kind("array(nullable(int8))"), "array(nullable(int8))");
    }
}

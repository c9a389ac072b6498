//! The databases of the tests: SQLite and DuckDB by their programs, PostgreSQL and ClickHouse by servers that somebody has
//! started. Where one is not there a word is printed, and it is an error where `TRADEQL_REQUIRE_DATABASES` is set.
//!
//! `TRADEQL_TEST_PG` names a folder with a folder `s1` to `s4` for each server's socket, whose superuser is `postgres`;
//! `TRADEQL_TEST_CLICKHOUSE` one with the socket of what `tests/databases/clickhouse` serves.

use super::tool::{Folder, Ran};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};
use tradeql::data::sql::Dialect;

/// A table: its name, its columns, its rows. `\N` is NULL; the empty text is itself where the column is text.
pub struct Table {
    pub name: String,
    pub columns: Vec<(String, String)>,
    pub rows: Vec<Vec<String>>,
}

/// Says that tests are left out, to whoever runs them; an error where they must not be.
pub fn skipped(what: &str) {
    assert!(std::env::var_os("TRADEQL_REQUIRE_DATABASES").is_none(), "{what} is required and not there");
    // What tests print is kept back where they pass.
    let _ = writeln!(std::io::stderr(), "skipped: {what} is not there");
}

/// The servers, if there are any.
pub fn postgres() -> Option<PathBuf> {
    let found = std::env::var_os("TRADEQL_TEST_PG").map(PathBuf::from);
    if found.is_none() {
        skipped("PostgreSQL (TRADEQL_TEST_PG)");
    }
    found
}

/// Whether a client is on the PATH.
pub fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let there = found.is_ok_and(|s| s.success());
    if !there {
        skipped(program);
    }
    there
}

/// Whether ClickHouse is served.
pub fn has_clickhouse() -> bool {
    let there = std::env::var_os("TRADEQL_TEST_CLICKHOUSE").is_some();
    if !there {
        skipped("ClickHouse (TRADEQL_TEST_CLICKHOUSE)");
    }
    there
}

/// Puts SQL to a program that reads it from stdin.
pub fn put(program: &str, arguments: &[&str], sql: &str) -> String {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(sql.as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success() && !err.contains("ERROR"), "{sql:.300}: {err}");
    String::from_utf8(out.stdout).unwrap()
}

pub fn sqlite(file: &str, sql: &str) -> String {
    put("sqlite3", &["-bail", file], sql)
}

pub fn duckdb(file: &str, sql: &str) -> String {
    put("duckdb", &["-bail", "-init", "/dev/null", file], sql)
}

/// To the server of ClickHouse.
pub fn clickhouse(database: &str, sql: &str) -> String {
    put("clickhouse", &["client", &format!("clickhouse://localhost/{database}")], sql)
}

/// As the superuser of a server.
pub fn psql(server: &str, sql: &str) -> String {
    let host = postgres().unwrap().join(server);
    let host = host.to_str().unwrap();
    put("psql", &["-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", host, "-U", "postgres", "-d", "postgres"], sql)
}

/// What a role that may read and nothing else calls a server.
pub fn target(server: &str, user: &str) -> String {
    format!("postgresql:///postgres?host={}&user={user}", postgres().unwrap().join(server).display())
}

/// The numbers of the programs that make up a server.
fn programs_of(server: &str) -> Vec<String> {
    let file = postgres().unwrap().join(server).join("data/postmaster.pid");
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let Some(first) = text.lines().next() else { return Vec::new() };
    let children = std::fs::read_to_string(format!("/proc/{first}/task/{first}/children")).unwrap_or_default();
    std::iter::once(first).chain(children.split_whitespace()).map(String::from).collect()
}

/// Sends a signal to all of a server.
pub fn signal(server: &str, name: &str) {
    Command::new("kill").arg(format!("-{name}")).args(programs_of(server)).stderr(Stdio::null()).status().unwrap();
}

/// Starts a server again that is not there.
pub fn revive(server: &str) {
    let folder = postgres().unwrap().join(server);
    let at = folder.to_str().unwrap().to_string();
    let there = Command::new("pg_isready").args(["-q", "-h", &at]).status().unwrap();
    if there.success() {
        return;
    }
    let how = format!("-k {at} -c listen_addresses= -c fsync=off -c max_connections=60");
    let start = ["pg_ctl", "-w", "-D", &format!("{at}/data"), "-l", &format!("{at}/log"), "-o", &how, "start"];
    let program = Command::new("which").arg("pg_ctl").output().unwrap();
    let program = String::from_utf8(program.stdout).unwrap();
    let begin = || {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", program.trim()]).args(&start[1..]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
    };
    // One that was killed is there for a moment yet.
    let again = (0..20).any(|at| {
        std::thread::sleep(std::time::Duration::from_millis(if at == 0 { 0 } else { 250 }));
        begin()
    });
    assert!(again, "{server} does not start again");
}

/// Roles and links between the servers, made once.
pub fn prepared() -> bool {
    static DONE: OnceLock<bool> = OnceLock::new();
    *DONE.get_or_init(|| {
        let Some(folder) = postgres() else { return false };
        for server in ["s1", "s2", "s3", "s4"] {
            revive(server);
            psql(
                server,
                "DO $$ BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;\n\
                 DO $$ BEGIN CREATE ROLE stranger LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;\n\
                 CREATE SCHEMA IF NOT EXISTS trade; GRANT USAGE ON SCHEMA trade TO reader, stranger;\n\
                 ALTER DEFAULT PRIVILEGES IN SCHEMA trade GRANT SELECT ON TABLES TO reader;",
            );
        }
        let mut sql = String::from("CREATE EXTENSION IF NOT EXISTS postgres_fdw;\n");
        for server in ["s2", "s3", "s4"] {
            let host = folder.join(server);
            sql.push_str(&format!(
                "CREATE SERVER IF NOT EXISTS {server} FOREIGN DATA WRAPPER postgres_fdw \
                 OPTIONS (host '{}', dbname 'postgres', extensions 'postgres_fdw');\n\
                 GRANT USAGE ON FOREIGN SERVER {server} TO reader;\n",
                host.display()
            ));
            for (role, user) in [("reader", "reader"), ("postgres", "postgres")] {
                sql.push_str(&format!(
                    "CREATE USER MAPPING IF NOT EXISTS FOR {role} SERVER {server} \
                     OPTIONS (user '{user}', password_required 'false');\n"
                ));
            }
        }
        psql("s1", &sql);
        true
    })
}

/// One test at a time makes and drops tables of the servers.
pub fn alone() -> std::sync::MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A type as a database calls it.
fn type_of(database: &str, kind: &str) -> String {
    match (database, kind) {
        ("sqlite", "double" | "numeric") => "REAL".into(),
        ("sqlite", "integer" | "bigint") => "INTEGER".into(),
        ("sqlite", "date") => "DATE".into(),
        ("sqlite", _) => "TEXT".into(),
        ("duckdb", "numeric") => "DECIMAL(38,6)".into(),
        ("clickhouse", "numeric") => "Nullable(Decimal(38, 6))".into(),
        ("clickhouse", "double") => "Nullable(Float64)".into(),
        ("clickhouse", "integer") => "Nullable(Int32)".into(),
        ("clickhouse", "bigint") => "Nullable(Int64)".into(),
        ("clickhouse", "date") => "Nullable(Date)".into(),
        ("clickhouse", "char(5)") => "Nullable(FixedString(5))".into(),
        ("clickhouse", _) => "Nullable(String)".into(),
        // As many do: whole numbers of eight bytes, words that stand often once.
        ("clickhouse, narrow", "integer" | "bigint") => "Nullable(Int64)".into(),
        ("clickhouse, narrow", "text" | "char(5)") => "LowCardinality(Nullable(String))".into(),
        ("clickhouse, narrow", "numeric") => "Nullable(Decimal(28, 6))".into(),
        ("clickhouse, narrow", other) => type_of("clickhouse", other),
        ("postgres", "double") => "double precision".into(),
        (_, other) => other.to_string(),
    }
}

impl Table {
    /// As a file.
    pub fn csv(&self) -> String {
        let cell = |text: &String| match text.as_str() {
            "\\N" => String::new(),
            text if text.contains([',', '"', '\n', '\r', '\'', ' ']) => format!("\"{}\"", text.replace('"', "\"\"")),
            text => text.to_string(),
        };
        let mut out = self.columns.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>().join(",") + "\n";
        for row in &self.rows {
            out.push_str(&(row.iter().map(cell).collect::<Vec<_>>().join(",") + "\n"));
        }
        out
    }

    fn columns(&self, database: &str) -> String {
        let one = |(name, kind): &(String, String)| format!("\"{name}\" {}", type_of(database, kind));
        self.columns.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// The rows in SQL.
    fn inserts(&self, dialect: Dialect, name: &str) -> String {
        let cell = |(text, (_, kind)): (&String, &(String, String))| match (text.as_str(), kind.as_str()) {
            ("\\N", _) => "NULL".to_string(),
            (text, "double" | "numeric" | "integer" | "bigint") => text.to_string(),
            (text, _) => dialect.literal(text),
        };
        let mut out = String::new();
        for rows in self.rows.chunks(500) {
            let row = |row: &Vec<String>| {
                format!("({})", row.iter().zip(&self.columns).map(cell).collect::<Vec<_>>().join(", "))
            };
            let rows: Vec<String> = rows.iter().map(row).collect();
            out.push_str(&format!("INSERT INTO {name} VALUES {};\n", rows.join(", ")));
        }
        out
    }

    /// Makes it in a file of SQLite or DuckDB.
    pub fn create(&self, database: &str, file: &str) {
        let dialect = if database == "sqlite" { Dialect::Sqlite } else { Dialect::DuckDb };
        let sql = format!(
            "BEGIN; CREATE TABLE \"{0}\" ({1});\n{2}COMMIT;\n",
            self.name,
            self.columns(database),
            self.inserts(dialect, &format!("\"{}\"", self.name))
        );
        if database == "sqlite" {
            sqlite(file, &sql)
        } else {
            duckdb(file, &sql)
        };
    }

    /// Makes it in a database of ClickHouse, in two sorts of types.
    pub fn create_in_clickhouse(&self, database: &str) {
        let mut sql = format!("CREATE DATABASE IF NOT EXISTS {database};\n");
        for (end, sort) in [("", "clickhouse"), ("_narrow", "clickhouse, narrow")] {
            let name = format!("{database}.\"{}{end}\"", self.name);
            sql.push_str(&format!(
                "CREATE OR REPLACE TABLE {name} ({}) ENGINE = MergeTree ORDER BY tuple();\n{}",
                self.columns(sort),
                self.inserts(Dialect::ClickHouse, &name)
            ));
        }
        clickhouse("default", &sql);
    }

    /// Makes it at one server, and shared out over two others by its first column.
    pub fn create_at_servers(&self) {
        let (name, columns) = (&self.name, self.columns("postgres"));
        let first = &self.columns[0].0;
        for server in ["s2", "s3"] {
            psql(
                server,
                &format!(
                    "DROP TABLE IF EXISTS trade.\"{name}_part\" CASCADE; CREATE TABLE trade.\"{name}_part\" ({columns});"
                ),
            );
        }
        let mut sql = format!(
            "DROP TABLE IF EXISTS trade.\"{name}\", trade.\"{name}_shared\" CASCADE;\nCREATE TABLE trade.\"{name}\" ({columns});\n\
             CREATE TABLE trade.\"{name}_shared\" ({columns}) PARTITION BY HASH (\"{first}\");\n"
        );
        for (at, server) in ["s2", "s3"].iter().enumerate() {
            sql.push_str(&format!(
                "CREATE FOREIGN TABLE trade.\"{name}_{server}\" PARTITION OF trade.\"{name}_shared\" \
                 FOR VALUES WITH (MODULUS 2, REMAINDER {at}) SERVER {server} \
                 OPTIONS (schema_name 'trade', table_name '{name}_part');\n"
            ));
        }
        sql.push_str(&self.inserts(Dialect::Postgres, &format!("trade.\"{name}\"")));
        sql.push_str(&format!("INSERT INTO trade.\"{name}_shared\" SELECT * FROM trade.\"{name}\";\n"));
        sql.push_str(&format!("ANALYZE trade.\"{name}\";"));
        psql("s1", &sql);
    }
}

/// The program, in a folder, with what is on this machine's PATH.
pub fn run(folder: &Folder, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tradeql"));
    command.args(arguments).current_dir(&folder.0).env("NO_COLOR", "1").env("HOME", &folder.0);
    command.env_remove("XDG_CONFIG_HOME").stdin(Stdio::null());
    let out = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { out: text(out.stdout), err: text(out.stderr), code: out.status.code().unwrap_or(-1) }
}

//! What real databases do when something is wrong with them, or with what they hold: an error in time, and the session
//! lives on.

use super::servers::{self, duckdb, psql, sqlite};
use super::tool::Folder;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tradeql::front::{Clients, Disk};
use tradeql::session::{Mode, Session};

/// Whether no statement of a role runs at a server, which is waited for.
fn falls_idle(server: &str, role: &str) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(8) {
        let busy = psql(
            server,
            &format!("SELECT count(*) FROM pg_stat_activity WHERE usename = '{role}' AND state = 'active';"),
        );
        if busy.trim() == "0" {
            return true;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    false
}

/// A table whose reading takes long, at a server.
fn slow_table(server: &str) {
    psql(
        server,
        "CREATE OR REPLACE VIEW trade.slow AS SELECT 2020 AS year, 1.5 AS exports FROM pg_sleep(60); GRANT SELECT ON trade.slow TO reader;",
    );
}

/// The slow table of another server, as a table of the first.
fn far_table(server: &str, name: &str) {
    slow_table(server);
    psql(
        "s1",
        &format!(
            "DROP FOREIGN TABLE IF EXISTS trade.{name}; CREATE FOREIGN TABLE trade.{name} (year integer, exports numeric) \
             SERVER {server} OPTIONS (schema_name 'trade', table_name 'slow'); GRANT SELECT ON trade.{name} TO reader;"
        ),
    );
}

#[test]
fn what_goes_wrong_at_a_server_is_an_error_in_time() {
    if !servers::prepared() {
        return;
    }
    let _alone = servers::alone();
    slow_table("s1");
    far_table("s2", "far");
    let folder = Folder::new("server-faults");
    psql(
        "s1",
        "DROP TABLE IF EXISTS trade.plain; CREATE TABLE trade.plain (year integer, exports numeric); INSERT INTO trade.plain VALUES (2020, 5);",
    );
    let source = |user| format!("office={}", servers::target("s1", user));
    let load = |user, table: &str, more: &[&str]| {
        let (source, load) = (source(user), format!("load \"office#{table}\""));
        let mut all = vec!["-e", &load, "--source", &source];
        all.extend(more);
        let ran = servers::run(&folder, &all);
        (ran.code, ran.err.split_whitespace().filter(|w| *w != "│").collect::<Vec<_>>().join(" "))
    };
    let (code, said) = load("stranger", "trade.plain", &[]);
    assert!(code == 3 && said.contains("the database denies it: permission denied for table plain"), "{said}");
    let (code, said) = load("nobody", "trade.plain", &[]);
    assert!(code == 3 && said.contains("role \"nobody\" does not exist"), "{said}");
    let (code, said) = load("reader", "trade.plan", &[]);
    assert!(code == 3 && said.contains("did you mean `trade.plain`"), "{said}");
    for table in ["trade.slow", "trade.far"] {
        let begun = Instant::now();
        let (code, said) = load("reader", table, &["--timeout", "1"]);
        assert!(code == 124 && begun.elapsed() < Duration::from_secs(8), "{table}: {code} {said}");
        assert!(falls_idle("s1", "reader") && falls_idle("s2", "reader"), "{table} goes on after the time is over");
        // An interrupt of a run ends it too, and so does its end.
        for (signal, codes) in [("-INT", &[130][..]), ("-TERM", &[130, 143])] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_tradeql"));
            command.args(["-e", &format!("load \"office#{table}\""), "--source", &source("reader")]);
            command.env("HOME", &folder.0);
            let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(Duration::from_millis(1000));
            Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
            assert!(codes.contains(&child.wait_with_output().unwrap().status.code().unwrap_or(-1)));
            assert!(falls_idle("s1", "reader") && falls_idle("s2", "reader"), "{table} goes on after {signal}");
        }
    }
    // A shard that is lost in the middle gives no part of a sum.
    let killer = std::thread::spawn(|| {
        std::thread::sleep(Duration::from_millis(1500));
        psql("s2", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader';");
    });
    let begun = Instant::now();
    let (code, said) = load("reader", "trade.far", &[]);
    killer.join().unwrap();
    assert!(code == 3 && said.contains("database-failed"), "{code} {said}");
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_server_that_dies_or_hangs_ends_the_statement_and_not_the_session() {
    if !servers::prepared() {
        return;
    }
    let _alone = servers::alone();
    let folder = Folder::new("server-dies");
    psql(
        "s1",
        "DROP TABLE IF EXISTS trade.alive; CREATE TABLE trade.alive (year integer, exports numeric); INSERT INTO trade.alive VALUES (2020, 5);",
    );
    let target = servers::target("s1", "reader");
    for how in ["STOP", "KILL"] {
        servers::revive("s4");
        far_table("s4", "lost");
        let mut session = session(&folder.0, 0);
        session.name_source("office", &target);
        let budget = session.budget.clone();
        let other = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(1000));
            servers::signal("s4", how);
            if how == "STOP" {
                // What hangs is ended by the time that the user gives it.
                std::thread::sleep(Duration::from_millis(1000));
                budget.stop();
            }
        });
        let begun = Instant::now();
        let (_, codes) = said(&mut session, "load \"office#trade.lost\"");
        let lasted = begun.elapsed();
        other.join().unwrap();
        let code = if how == "STOP" { "interrupted" } else { "database-failed" };
        let told = codes.len() == 1 && codes[0].starts_with(code);
        // The session lives on, and so does the server that it asks.
        session.budget.restart();
        let load = "load \"office#trade.alive\" as t with { exports from exports: flow in mn USD }\nt.exports for 2020";
        let (out, after) = said(&mut session, load);
        if how == "STOP" {
            servers::signal("s4", "CONT");
        } else {
            servers::revive("s4");
        }
        assert!(told && lasted < Duration::from_secs(8), "{how}: {codes:?} after {lasted:?}");
        assert!(out.len() == 1 && out[0].contains('5'), "{how}: {after:?}");
        assert!(falls_idle("s1", "reader"), "{how}");
    }
}

/// A session in this process, with what it says.
fn said(session: &mut Session, text: &str) -> (Vec<String>, Vec<String>) {
    let (mut out, mut codes) = (Vec::new(), Vec::new());
    session.run("test", text, Mode::Run, &mut |session, response| {
        codes.extend(response.diagnostics.iter().map(|d| format!("{}: {}", d.code.slug, d.message)));
        if let Some(tradeql::session::Body::Value(value)) = &response.body {
            out.push(session.text(value, tradeql::render::Format::Csv, "", &[]));
        }
        true
    });
    (out, codes)
}

fn session(folder: &Path, copied: usize) -> Session {
    let mut session = Session::new(Box::new(Disk), folder);
    session.ask_databases(Box::new(Clients::new(Box::new(|| ()))));
    session.set_copied_rows(copied);
    session
}

#[test]
fn a_table_that_changes_is_told_and_not_summed() {
    if !servers::has("sqlite3") {
        return;
    }
    let folder = Folder::new("changes");
    let file = folder.0.join("x.db").display().to_string();
    sqlite(
        &file,
        "CREATE TABLE t (year INTEGER, partner TEXT, exports REAL); INSERT INTO t VALUES (2020, 'A', 1), (2020, 'B', 2);",
    );
    let mut session = session(&folder.0, 0);
    let (_, codes) = said(&mut session, "load \"x.db#t\" as t with { exports from exports: flow in mn USD }");
    assert!(codes.len() == 1 && codes[0].starts_with("not-checked"), "{codes:?}");
    assert!(said(&mut session, "t.exports for 2020").0[0].contains('3'));
    sqlite(&file, "INSERT INTO t VALUES (2021, 'A', 5);");
    let (out, codes) = said(&mut session, "t.exports by year");
    assert!(out.is_empty() && codes[0].starts_with("table-changed: 2021 was not there"), "{codes:?}");
    // The session lives on, and reads it anew.
    said(&mut session, "load \"x.db#t\" as t with { exports from exports: flow in mn USD }");
    assert!(said(&mut session, "t.exports for 2021").0[0].contains('5'));
    sqlite(&file, "INSERT INTO t VALUES (2021, 'C', 5);");
    let (out, codes) = said(&mut session, "t.exports by partner for 2021");
    assert!(out.is_empty() && codes[0].contains("`C` in column `partner` was not there"), "{codes:?}");
}

#[test]
fn what_cannot_be_asked_says_so_at_load() {
    if !servers::has("sqlite3") {
        return;
    }
    let folder = Folder::new("cannot");
    let file = folder.0.join("x.db").display().to_string();
    sqlite(
        &file,
        "CREATE TABLE texts (year INTEGER, partner TEXT, exports REAL); INSERT INTO texts VALUES (2020, 'A', 1), (2021, 'A', 'n/a');\n\
         CREATE TABLE wide (partner TEXT, \"2020\" REAL, \"2021\" REAL); INSERT INTO wide VALUES ('A', 1, 2), ('B', 3, 4);\n\
         CREATE TABLE twice (year INTEGER, partner TEXT, exports REAL); INSERT INTO twice VALUES (2020, 'A', 1);\n\
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) INSERT INTO twice SELECT 2021, 'p' || i, i FROM n;\n\
         INSERT INTO twice VALUES (2021, 'p29999', 3);\n\
         CREATE TABLE empty (year INTEGER, exports REAL);\n\
         CREATE TABLE endless (year INTEGER, exports REAL); INSERT INTO endless VALUES (2020, 1), (2021, 9e999);",
    );
    let mut asks = session(&folder.0, 0);
    for (table, words) in [
        ("texts", "column `exports` holds text or infinity in 1 rows"),
        ("wide", "its periods or codes are columns"),
        ("twice", "two rows are for the same observation: year 2021, partner p29999"),
        ("endless", "which has no sum"),
        ("empty", "the table has no rows"),
    ] {
        let (_, codes) = said(&mut asks, &format!("load \"x.db#{table}\""));
        assert!(codes.iter().any(|c| c.contains(words)), "{table}: {codes:?}");
        assert!(!asks.catalogue.datasets.contains_key(table));
    }
    let (_, codes) =
        said(&mut asks, "load \"x.db#twice\" with { exports from exports: flow in mn USD, duplicates first }");
    assert!(codes.iter().any(|c| c.contains("its rows have no order")), "{codes:?}");
    let (_, codes) = said(
        &mut asks,
        "load \"x.db#twice\" with { exports from exports: flow in mn USD, duplicates sum }\ntwice.exports where partner = p29999 for 2021",
    );
    assert!(codes.iter().all(|c| !c.contains("same observation")), "{codes:?}");
    // Copied, they are as files are.
    let mut copies = session(&folder.0, 200_000);
    let (out, codes) = said(
        &mut copies,
        "load \"x.db#wide\" with { partner from partner }\nload \"x.db#texts\"\ntexts.exports for 2020",
    );
    assert!(out.len() == 1 && out[0].contains('1'), "{codes:?}");
}

#[test]
fn two_databases_meet_in_one_expression() {
    if !servers::has("sqlite3") || !servers::has("duckdb") {
        return;
    }
    let folder = Folder::new("two");
    let (lite, duck) = (folder.0.join("x.db").display().to_string(), folder.0.join("x.duckdb").display().to_string());
    sqlite(&lite, "CREATE TABLE a (year INTEGER, exports REAL); INSERT INTO a VALUES (2020, 10), (2021, 20);");
    duckdb(&duck, "CREATE TABLE b (year INTEGER, imports DOUBLE); INSERT INTO b VALUES (2020, 4), (2021, 5);");
    let mut session = session(&folder.0, 0);
    let text = "load \"x.db#a\" with { exports from exports: flow in mn USD }\n\
                load \"x.duckdb#b\" with { imports from imports: flow in mn USD }\na.exports - b.imports by year";
    let (out, codes) = said(&mut session, text);
    // 10 - 4 and 20 - 5.
    assert!(out.len() == 1 && out[0].contains("6") && out[0].contains("15"), "{out:?} {codes:?}");
    // A writer is not held up while nothing is asked.
    duckdb(&duck, "INSERT INTO b VALUES (2022, 6);");
    sqlite(&lite, "INSERT INTO a VALUES (2022, 30);");
}

//! One file of cases, the same bytes from a file and from every database, copied and asked; what shards compute by
//! themselves; and what real servers do when something is wrong with them.

use super::servers::{self, Table, duckdb, psql, sqlite};
use super::tool::{Folder, root};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tradeql::front::{Clients, Disk};
use tradeql::session::{Mode, Session};

/// A table, what is declared of it, and questions.
struct Case {
    title: String,
    table: Table,
    declared: String,
    questions: Vec<String>,
}

/// The cells of a line between commas; a comma in a case of its own would be quoted, and there is none.
fn cells(line: &str) -> Vec<String> {
    line.split(',').map(|c| if c == "''" { String::new() } else { c.to_string() }).collect()
}

fn cases() -> Vec<Case> {
    let text = std::fs::read_to_string(root().join("tests/databases/cases.txt")).unwrap();
    let mut out = Vec::new();
    for (at, section) in text.split("\n== ").skip(1).enumerate() {
        let (title, body) = section.split_once('\n').unwrap();
        let parts: Vec<&str> = format!("{body}\n").leak().split("--\n").collect();
        let [columns, rows, declared, questions] = parts[..] else { panic!("{title} has {} parts", parts.len()) };
        let lines = |text: &str| text.lines().filter(|l| !l.is_empty()).map(String::from).collect::<Vec<_>>();
        let column = |line: &String| line.split_once(' ').map(|(n, k)| (n.to_string(), k.to_string())).unwrap();
        let columns: Vec<(String, String)> = lines(columns).iter().map(column).collect();
        let rows: Vec<Vec<String>> = lines(rows).iter().map(|l| cells(l)).collect();
        assert!(rows.iter().all(|r| r.len() == columns.len()), "{title}: a row does not fit");
        let table = Table { name: format!("t{at}"), columns, rows };
        out.push(Case { title: title.into(), table, declared: declared.into(), questions: lines(questions) });
    }
    assert!(out.len() > 10);
    out
}

/// The made-up panel and its rates, with the twelve questions.
fn twelve() -> Case {
    let text = std::fs::read_to_string(root().join("examples/twelve_questions.tql")).unwrap();
    let questions = text.lines().filter(|l| !l.starts_with("load") && !l.starts_with('#')).map(String::from).collect();
    let panel = std::fs::read_to_string(root().join("examples/data/made_up_panel.csv")).unwrap();
    let kinds = ["text", "text", "text", "text", "text", "double", "integer"];
    Case {
        title: "twelve questions".into(),
        table: table_of("panel", &panel, &kinds),
        declared: std::fs::read_to_string(root().join("examples/data/made_up_panel.csv.with")).unwrap(),
        questions,
    }
}

fn table_of(name: &str, text: &str, kinds: &[&str]) -> Table {
    let mut lines = text.lines();
    let columns = lines.next().unwrap().split(',').zip(kinds).map(|(n, k)| (n.to_string(), k.to_string())).collect();
    Table { name: name.into(), columns, rows: lines.map(cells).collect() }
}

/// What a source answers to a case: all its bytes.
fn answers(folder: &Folder, case: &Case, source: &str, table: &str, copied: bool) -> String {
    let name = &case.table.name;
    let declared = case.declared.trim();
    let block = if declared.contains('{') || declared.is_empty() {
        declared.to_string()
    } else {
        format!("{{ {} }}", declared.replace('\n', ", "))
    };
    let block = block.lines().filter(|l| !l.starts_with('#')).collect::<Vec<_>>().join("\n");
    let with = if block.is_empty() { String::new() } else { format!(" with {block}") };
    let rates = if name == "panel" { "load \"office#rates\" as rates\n" } else { "" };
    // The name of the table is that of the file in all of them.
    let as_name = if name == "panel" { "trade" } else { "t" };
    let text = format!("load \"office#{table}\" as {as_name}{with}\n{rates}{}\n", case.questions.join("\n"));
    let script = folder.write("s.tql", &text);
    let rows = if copied { "200000" } else { "0" };
    let source = format!("office={source}");
    let ran = servers::run(folder, &["run", &script, "--source", &source, "--copy-rows", rows, "--format", "json"]);
    let source_line = |out: String| out.replace(&format!("office#{table}\""), "office#T\"");
    let how = if copied { "copied" } else { "asked" };
    let last = ran.out.lines().last().unwrap_or_default();
    assert_eq!(ran.code, 0, "{} from {source}, {how}: {}\n{last:.900}\n{text}", case.title, ran.err);
    let asked = ran.err.contains("not-checked") || ran.out.contains("not-checked");
    assert_eq!(asked, !copied && !source.contains("/files"), "{}: {}", case.title, ran.err);
    // What is said of loading may differ.
    let loaded = |line: &&str| line.contains("\"query\":\"load ");
    source_line(ran.out.lines().filter(|l| !loaded(l)).map(|l| format!("{l}\n")).collect())
}

fn first_difference(a: &str, b: &str) -> String {
    let differs = a.lines().zip(b.lines()).find(|(a, b)| a != b);
    differs.map_or("one is longer".into(), |(a, b)| format!("\n{a:.1500}\n{b:.1500}"))
}

/// Every case from these sources, each a name, a target and how the table is called there.
fn same_as_files(folder: &Folder, cases: &[Case], sources: &[(&str, String, &str)]) {
    for case in cases {
        let name = &case.table.name;
        let files = folder.0.join("files").display().to_string();
        let of_file = answers(folder, case, &files, name, true);
        assert!(
            of_file.lines().count() >= case.questions.iter().filter(|q| !q.starts_with("let") && !q.is_empty()).count()
        );
        for (what, source, end) in sources {
            for copied in [true, false] {
                let of_table = answers(folder, case, source, &end.replace('T', name), copied);
                let how = if copied { "copied" } else { "asked" };
                assert!(
                    of_table == of_file,
                    "{}, {what}, {how}: {}",
                    case.title,
                    first_difference(&of_file, &of_table)
                );
            }
        }
    }
}

fn prepared(name: &str) -> (Folder, Vec<Case>, Table) {
    let folder = Folder::new(name);
    let mut all = cases();
    all.push(twelve());
    std::fs::create_dir_all(folder.0.join("files")).unwrap();
    let rates = std::fs::read_to_string(root().join("examples/data/made_up_rates.csv")).unwrap();
    let rates = table_of("rates", &rates, &["text", "double", "double"]);
    std::fs::copy(root().join("examples/data/made_up_rates.csv.with"), folder.0.join("rates.with")).unwrap();
    for table in all.iter().map(|c| &c.table).chain([&rates]) {
        folder.write(&format!("files/{}.csv", table.name), &table.csv());
    }
    (folder, all, rates)
}

#[test]
fn sqlite_answers_as_files_do() {
    if !servers::has("sqlite3") {
        return;
    }
    let (folder, cases, rates) = prepared("same-sqlite");
    let file = folder.0.join("x.db").display().to_string();
    cases.iter().map(|c| &c.table).chain([&rates]).for_each(|t| t.create("sqlite", &file));
    same_as_files(&folder, &cases, &[("SQLite", file, "T")]);
}

#[test]
fn duckdb_answers_as_files_do() {
    if !servers::has("duckdb") {
        return;
    }
    let (folder, cases, rates) = prepared("same-duckdb");
    let file = folder.0.join("x.duckdb").display().to_string();
    cases.iter().map(|c| &c.table).chain([&rates]).for_each(|t| t.create("duckdb", &file));
    same_as_files(&folder, &cases, &[("DuckDB", file, "T")]);
}

#[test]
fn postgresql_answers_as_files_do_from_one_server_and_from_shards() {
    if !servers::prepared() {
        return;
    }
    let _alone = servers::alone();
    let (folder, cases, rates) = prepared("same-postgres");
    cases.iter().map(|c| &c.table).chain([&rates]).for_each(Table::create_at_servers);
    psql(
        "s1",
        "CREATE OR REPLACE VIEW public.rates AS SELECT * FROM trade.rates; GRANT SELECT ON public.rates TO reader;",
    );
    let target = servers::target("s1", "reader");
    let sources = [("PostgreSQL", target.clone(), "trade.T"), ("PostgreSQL, shared out", target, "trade.T_shared")];
    same_as_files(&folder, &cases, &sources);
}

#[test]
fn shards_group_and_sum_by_themselves() {
    if !servers::prepared() {
        return;
    }
    let _alone = servers::alone();
    let (folder, mut cases, _) = prepared("pushdown");
    let case = cases.remove(0);
    case.table.create_at_servers();
    let questions = [
        "exports by year",
        "exports by partner, year",
        "exports by hs2, year",
        "exports where hs = 01 by partner for 2022",
        "exports where partner != USA by year",
        "imports by partner for 2023 allowing missing",
    ];
    let name = format!("trade.{}_shared", case.table.name);
    for question in questions {
        let load = format!("load \"office#{name}\" as t with {{ {} }}", case.declared.trim().replace('\n', ", "));
        let source = format!("office={}", servers::target("s1", "reader"));
        let ran = servers::run(
            &folder,
            &["-e", &format!("{load}\nexplain {question}"), "--source", &source, "--copy-rows", "0"],
        );
        let sql = ran
            .out
            .lines()
            .find_map(|l| l.split_once("asked: "))
            .unwrap_or_else(|| panic!("{question}: {}", ran.err))
            .1;
        let plan =
            psql("s1", &format!("SET enable_partitionwise_aggregate = on;\nEXPLAIN (VERBOSE, COSTS OFF) {sql};"));
        let scans = plan.matches("Foreign Scan").count();
        assert!(scans >= 1 && plan.matches("Relations: Aggregate on").count() == scans, "{question}: {sql}\n{plan}");
        assert!(!plan.contains("HashAggregate") && !plan.contains("GroupAggregate"), "{question}: {plan}");
    }
}

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

/// A table whose reading takes long, at a shard and at a server of its own.
fn slow_tables() {
    psql(
        "s2",
        "CREATE OR REPLACE VIEW trade.slow AS SELECT 2020 AS year, 1.5 AS exports FROM pg_sleep(60); GRANT SELECT ON trade.slow TO reader;",
    );
    psql(
        "s1",
        "CREATE OR REPLACE VIEW trade.slow AS SELECT 2020 AS year, 1.5 AS exports FROM pg_sleep(60); GRANT SELECT ON trade.slow TO reader;\n\
         DROP FOREIGN TABLE IF EXISTS trade.far; CREATE FOREIGN TABLE trade.far (year integer, exports numeric) SERVER s2 \
         OPTIONS (schema_name 'trade', table_name 'slow'); GRANT SELECT ON trade.far TO reader;",
    );
}

#[test]
fn what_goes_wrong_at_a_server_is_an_error_in_time() {
    if !servers::prepared() {
        return;
    }
    let _alone = servers::alone();
    slow_tables();
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
        // An interrupt of a run ends it too.
        let mut command = Command::new(env!("CARGO_BIN_EXE_tradeql"));
        command.args(["-e", &format!("load \"office#{table}\""), "--source", &source("reader")]).env("HOME", &folder.0);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(1500));
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
        assert!(falls_idle("s1", "reader") && falls_idle("s2", "reader"), "{table} goes on after an interrupt");
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

#[test]
fn statements_of_a_question_are_few() {
    if !servers::has("sqlite3") {
        return;
    }
    let (folder, mut cases, _) = prepared("few");
    let case = cases.pop().unwrap();
    let file = folder.0.join("x.db").display().to_string();
    case.table.create("sqlite", &file);
    // A client that notes what it is told, and hands it on.
    let log = folder.0.join("log");
    let program = folder.write(
        "sqlite3",
        &format!("#!/bin/sh\ntee -a {} | /usr/bin/env PATH=/usr/bin:/bin sqlite3 \"$@\"\n", log.display()),
    );
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let count = |question: &str| {
        let _ = std::fs::remove_file(&log);
        let script = format!(
            "load \"x.db#panel\" as trade with {}\n{question}\n",
            case.declared.lines().filter(|l| !l.starts_with('#')).collect::<Vec<_>>().join("\n")
        );
        folder.write("s.tql", &script);
        let out = Command::new(env!("CARGO_BIN_EXE_tradeql"))
            .args(["run", "s.tql", "--copy-rows", "0"])
            .current_dir(&folder.0)
            .env("PATH", format!("{}:/usr/bin:/bin", folder.0.display()))
            .env("HOME", &folder.0)
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        std::fs::read_to_string(&log)
            .unwrap()
            .lines()
            .filter(|l| l.starts_with("SELECT") || l.starts_with("BEGIN;SELECT"))
            .count()
    };
    let load = count("");
    let asked = |question: &str| count(question) - load;
    for (question, most) in [
        ("exports by year", 4),
        ("growth of exports from 2018 to 2023", 4),
        ("3-month average of yoy growth of exports from 2023-01 to 2024-11", 4),
        ("share of exports by partner for 2023 top 10", 6),
        ("exports - imports where partner = USA by year", 8),
    ] {
        let number = asked(question);
        assert!((1..=most).contains(&number), "{question}: {number} statements");
    }
}

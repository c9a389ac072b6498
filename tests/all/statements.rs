//! What is asked of databases for a question: few statements, which shards answer by themselves.

#![cfg(unix)]

use super::conformance::{Case, prepared};
use super::servers::{self, psql};
use super::tool::Folder;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

/// A client that notes what it is told: it stands under its own name before the real one and hands its input on.
fn noting(folder: &Folder, program: &str) {
    let usual = std::env::var("PATH").unwrap();
    std::fs::create_dir(folder.0.join("bin")).unwrap();
    let script = format!("#!/bin/sh\ntee -a '{}' | PATH='{usual}' {program} \"$@\"\n", folder.0.join("log").display());
    let name = folder.write(&format!("bin/{program}"), &script);
    std::fs::set_permissions(&name, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// The statements that a load and a question take.
fn statements(folder: &Folder, case: &Case, (source, table): (&str, &str), question: &str) -> Vec<String> {
    let log = folder.0.join("log");
    let _ = std::fs::remove_file(&log);
    let declared: Vec<&str> = case.declared.trim().lines().filter(|l| !l.starts_with('#')).collect();
    let block = match declared.as_slice() {
        [] => String::new(),
        lines if lines[0].starts_with('{') => format!(" with {}", lines.join("\n")),
        lines => format!(" with {{ {} }}", lines.join(", ")),
    };
    folder.write("s.tql", &format!("load \"office#{table}\" as trade{block}\n{question}\n"));
    let path = format!("{}:{}", folder.0.join("bin").display(), std::env::var("PATH").unwrap());
    let out = Command::new(env!("CARGO_BIN_EXE_tradeql"))
        .args(["run", "s.tql", "--copy-rows", "0", "--source", &format!("office={source}")])
        .current_dir(&folder.0)
        .env("PATH", path)
        .env("HOME", &folder.0)
        .output()
        .unwrap();
    assert!(out.status.success(), "{question}: {}", String::from_utf8_lossy(&out.stderr));
    let text = std::fs::read_to_string(&log).unwrap();
    // A client that is told the end of an answer by a word in SQL is told one of these for each.
    let is_one = |l: &&str| l.starts_with("SELECT ") && !l.starts_with("SELECT '");
    text.lines().filter(is_one).map(String::from).collect()
}

#[test]
fn shards_group_and_sum_by_themselves() {
    if !servers::prepared() {
        return;
    }
    let _alone = servers::alone();
    let (folder, cases, _) = prepared("pushdown");
    noting(&folder, "psql");
    let words = [
        "exports by year",
        "exports by partner, year",
        "exports by partner, hs, year",
        "exports by hs2, year",
        "exports by partner, hs2 for 2022",
        "exports by hs4 for 2023 allowing missing",
        "exports where hs = 01 by partner for 2022",
        "exports where partner != USA by year",
        "exports where partner = USA and hs = 01 by year",
        "exports where partner among {USA, DEU} and hs = 01 by hs2, year",
        "exports where partner != USA and hs = 85 by partner, hs4, year",
        "share of exports by partner for 2022",
        "growth of exports from 2022 to 2023",
        "exports - imports by year allowing missing",
        "imports by partner for 2023 allowing missing",
    ];
    let numbers = [
        "exports by year",
        "exports by hs2 for 2022",
        "exports by reporter, hs4 for 2022",
        "exports where hs = 01 by partner, year",
        "exports where reporter = 842 and hs = 8542 by year",
        "exports where reporter among {842, 156} and partner != 842 by reporter, partner, hs2 for 2022",
    ];
    let zeros = [
        "exports by year",
        "tonnes by partner, hs2, year allowing missing",
        "exports / tonnes by year allowing missing",
    ];
    let source = servers::target("s1", "reader");
    let zero = cases.iter().find(|c| c.title == "zero is none").unwrap();
    for (case, questions) in [(&cases[0], &words[..]), (&cases[1], &numbers), (zero, &zeros)] {
        case.table.create_at_servers();
        let table = format!("trade.{}_shared", case.table.name);
        let load = statements(&folder, case, (&source, &table), "").len();
        for (at, question) in questions.iter().enumerate() {
            let all = statements(&folder, case, (&source, &table), question);
            assert!(all.len() > load, "{question} takes no statement");
            // Those of the load are looked at once.
            for sql in all.iter().skip(if at == 0 { 0 } else { load }).filter(|sql| sql.contains(" GROUP BY ")) {
                let set = "SET enable_partitionwise_aggregate = on;\nEXPLAIN (VERBOSE, COSTS OFF)";
                let plan = psql("s1", &format!("{set} {sql}"));
                let scans = plan.matches("Foreign Scan").count();
                let alone = plan.matches("Relations: Aggregate on").count() == scans;
                assert!(scans >= 1 && alone, "{question}: {sql}\n{plan}");
                let here = ["HashAggregate", "GroupAggregate"].iter().any(|word| plan.contains(word));
                assert!(!here, "{question}: {sql}\n{plan}");
            }
        }
    }
}

/// How many statements each of these takes, beside those of the load.
const FEW: [(&str, usize); 6] = [
    ("exports by year", 1),
    ("growth of exports from 2018 to 2023", 1),
    ("3-month average of yoy growth of exports from 2023-01 to 2024-11", 1),
    ("share of exports by partner for 2023 top 10", 2),
    ("exports by reporter, hs2 for 2022", 2),
    ("exports - imports where partner = USA by year", 4),
];

/// Counts what a client is told.
fn counted(program: &str, source: &str, table: &str) {
    let (folder, mut cases, _) = prepared(&format!("few-{program}"));
    let case = cases.pop().unwrap();
    match program {
        "psql" => case.table.create_at_servers(),
        "clickhouse" => case.table.create_in_clickhouse("few"),
        "duckdb" => case.table.create("duckdb", &folder.0.join("x.duckdb").display().to_string()),
        _ => case.table.create("sqlite", &folder.0.join("x.db").display().to_string()),
    }
    noting(&folder, program);
    let count = |question: &str| statements(&folder, &case, (source, table), question).len();
    let load = count("");
    for (question, expected) in FEW {
        assert_eq!(count(question) - load, expected, "{program}: {question}");
    }
}

#[test]
fn statements_of_a_question_are_few() {
    if servers::has("sqlite3") {
        counted("sqlite3", "x.db", "panel");
    }
    if servers::has("duckdb") {
        counted("duckdb", "x.duckdb", "panel");
    }
    if servers::has_clickhouse() {
        counted("clickhouse", "clickhouse://localhost/few", "panel");
    }
    if servers::prepared() {
        let _alone = servers::alone();
        counted("psql", &servers::target("s1", "reader"), "trade.panel_shared");
    }
}

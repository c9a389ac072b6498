//! What is asked of databases for a question: few statements, which shards answer by themselves.

#![cfg(unix)]

use super::conformance::prepared;
use super::servers::{self, psql};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

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

/// How many statements each of these takes, beside those of the load.
const FEW: [(&str, usize); 6] = [
    ("exports by year", 1),
    ("growth of exports from 2018 to 2023", 1),
    ("3-month average of yoy growth of exports from 2023-01 to 2024-11", 1),
    ("share of exports by partner for 2023 top 10", 2),
    ("exports by reporter, hs2 for 2022", 2),
    ("exports - imports where partner = USA by year", 4),
];

/// Counts what a client is told: it stands under its own name before the real one, notes its input and hands it on.
fn counted(program: &str, source: &str, table: &str) {
    let (folder, mut cases, _) = prepared(&format!("few-{program}"));
    let case = cases.pop().unwrap();
    match program {
        "psql" => case.table.create_at_servers(),
        "clickhouse" => case.table.create_in_clickhouse("few"),
        "duckdb" => case.table.create("duckdb", &folder.0.join("x.duckdb").display().to_string()),
        _ => case.table.create("sqlite", &folder.0.join("x.db").display().to_string()),
    }
    let log = folder.0.join("log");
    let usual = std::env::var("PATH").unwrap();
    std::fs::create_dir(folder.0.join("bin")).unwrap();
    let name = folder.write(
        &format!("bin/{program}"),
        &format!("#!/bin/sh\ntee -a '{}' | PATH='{usual}' {program} \"$@\"\n", log.display()),
    );
    std::fs::set_permissions(&name, std::fs::Permissions::from_mode(0o755)).unwrap();
    let count = |question: &str| {
        let _ = std::fs::remove_file(&log);
        let declared: Vec<&str> = case.declared.lines().filter(|l| !l.starts_with('#')).collect();
        let script = format!("load \"office#{table}\" as trade with {}\n{question}\n", declared.join("\n"));
        folder.write("s.tql", &script);
        let out = Command::new(env!("CARGO_BIN_EXE_tradeql"))
            .args(["run", "s.tql", "--copy-rows", "0", "--source", &format!("office={source}")])
            .current_dir(&folder.0)
            .env("PATH", format!("{}:{usual}", folder.0.join("bin").display()))
            .env("HOME", &folder.0)
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let text = std::fs::read_to_string(&log).unwrap();
        // A client that is told its end by a word in SQL is told one of these for each.
        text.lines().filter(|l| l.starts_with("SELECT ") && !l.starts_with("SELECT '")).count()
    };
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

//! What is asked of databases for a question: few statements, which shards answer by themselves.

use super::conformance::prepared;
use super::servers::{self, psql};
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

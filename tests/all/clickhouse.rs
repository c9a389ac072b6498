//! What only ClickHouse has: types that wrap, fill up or enumerate, and a program for each statement.

use super::servers::{self, clickhouse};
use super::tool::{Folder, Ran};

/// A question to a table of a database, which is asked and not copied unless it is said.
fn ask(folder: &Folder, database: &str, load: &str, question: &str, more: &[&str]) -> Ran {
    let text = format!("load \"clickhouse://localhost/{database}#t\" as t{load}\n{question}");
    let mut arguments = vec!["-e", &text, "--format", "csv"];
    arguments.extend(if more.is_empty() { &["--copy-rows", "0"] } else { more });
    servers::run(folder, &arguments)
}

#[test]
fn types_of_clickhouse_are_read_as_they_are() {
    if !servers::has_clickhouse() {
        return;
    }
    let folder = Folder::new("clickhouse-kinds");
    clickhouse(
        "default",
        "CREATE DATABASE IF NOT EXISTS kinds;\n\
         CREATE OR REPLACE TABLE kinds.t (year UInt16, way Enum8('sea' = 1, 'air' = 2, 'point' = 3), \
         partner LowCardinality(FixedString(5)), hs FixedString(6), k UInt32, whole Int64, large UInt64, cents Decimal(38, 2), \
         short Float32, gone Nullable(Int8)) ENGINE = MergeTree ORDER BY (hs, year);\n\
         INSERT INTO kinds.t VALUES \
         (2022, 'sea', 'USA', '010121', 10121, 9223372036854775807, 18446744073709551615, 40000000000000000000000000000000000.01, 0.1, 1), \
         (2022, 'sea', 'DEU', '854231', 854231, 9223372036854775807, 18446744073709551615, 40000000000000000000000000000000000.02, 0.2, NULL), \
         (2022, 'air', 'DEU', '854231', 854231, 1, 1, 1, 1, 1);",
    );
    let load = " with { year from year, way from way, partner from partner, hs from hs, skip k, whole from whole: flow in USD, \
                large from large: flow in USD, cents from cents: flow in USD, short from short: flow in USD, gone from gone: flow in USD }";
    for more in [&[][..], &["--copy-rows", "1000"]] {
        let value = |question: &str, expected: &str| {
            let ran = ask(&folder, "kinds", load, question, more);
            assert_eq!(ran.code, 0, "{question}: {} {}", ran.err, ran.out);
            assert!(ran.out.lines().any(|l| l.contains(expected)), "{question}: no {expected} in {}", ran.out);
        };
        // Twice 2^63 - 1, twice 2^64 - 1: both wrap in sums of their own width, to -2. Shown as a
        // number of sixteen digits.
        value("t.whole where way = sea for 2022", "2022,18446744073709552000,");
        value("t.large where way = sea for 2022", "2022,36893488147419103");
        value("t.cents where way = sea for 2022", "2022,8000000000000000");
        value("t.short where way = sea for 2022", "0.3");
        value("t.short where way = sea by partner for 2022", "USA");
        value("t.short where way = air by hs2 for 2022", "85");
        value("t.short where way = sea and partner = DEU and hs = 8542 for 2022", "0.2");
        value("t.gone where way = sea by partner for 2022 allowing missing", "DEU");
    }
}

#[test]
fn a_folder_of_clickhouse_is_a_database_too() {
    if !servers::has_clickhouse() {
        return;
    }
    let folder = Folder::new("clickhouse-local");
    let path = folder.0.join("x.clickhouse").display().to_string();
    servers::put(
        "clickhouse",
        &["local", "--path", &path],
        "CREATE TABLE default.t (year Int32, exports Float64) ENGINE = MergeTree ORDER BY year;\n\
         INSERT INTO default.t VALUES (2021, 1.25), (2022, 2.5);",
    );
    let text = "load \"x.clickhouse#t\" as t with { exports from exports: flow in mn USD }\nchange of t.exports from 2021 to 2022";
    for rows in ["0", "1000"] {
        let ran = servers::run(&folder, &["-e", text, "--copy-rows", rows, "--format", "csv"]);
        // 2.5 - 1.25.
        assert!(ran.code == 0 && ran.out.contains("1.25"), "{} {}", ran.out, ran.err);
    }
    let lost = servers::run(&folder, &["-e", "load \"x.clickhouse#u\""]);
    assert!(lost.code == 3 && lost.err.contains("there is no table `u`"), "{}", lost.err);
    let lost = servers::run(&folder, &["-e", "load \"clickhouse://localhost/nowhere#t\""]);
    assert!(lost.err.contains("cannot be reached: Database nowhere does not exist"), "{}", lost.err);
}

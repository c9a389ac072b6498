//! Calls, streams and exit codes.

use super::tool::{Folder, root, run, run_in};

const IC: &str = "examples/data/china_ic_trade.csv";

#[test]
fn exit_codes_say_what_happened() {
    let folder = Folder::new("exit");
    let script = |name: &str, text: &str| folder.write(name, text);
    let good = std::path::absolute(IC).unwrap();
    let load = format!("load \"{}\" as ic\n", good.display());
    assert_eq!(run(&["run", &script("ok.tql", &format!("{load}ic_exports for 2023\n"))]).code, 0);
    assert_eq!(run(&["run", &script("fail.tql", &format!("{load}ic_exprots\n"))]).code, 1);
    assert_eq!(run(&["run", &script("data.tql", "load \"nothing.csv\" as x\n")]).code, 3);
    assert_eq!(
        run(&["run", &script("assert.tql", &format!("{load}assert ic_exports for 2023 is 1 bn CNY\n"))]).code,
        4
    );
    assert_eq!(run(&["run", &script("claim.tql", &format!("{load}claim ic_exports for 2023 is 1 bn CNY\n"))]).code, 0);
    assert_eq!(run(&["run", "no-such-script.tql"]).code, 2);
    assert_eq!(run(&["frobnicate"]).code, 2);
    assert_eq!(run(&["--format", "xml"]).code, 2);
    assert_eq!(run(&["--version"]).code, 0);
}

#[test]
fn a_run_stops_at_the_first_error_and_a_check_goes_on() {
    let folder = Folder::new("stop");
    let path = folder.write("two.tql", "1 + 1\nunknown_a\n2 + 2\nunknown_b\n");
    let ran = run(&["run", &path]);
    assert_eq!(ran.out, "1 + 1\n  2\n\n");
    assert!(ran.err.contains("unknown_a") && !ran.err.contains("unknown_b"));
    let checked = run(&["check", &path]);
    assert_eq!((checked.code, checked.out.as_str()), (1, ""));
    assert!(checked.err.contains("unknown_a") && checked.err.contains("unknown_b"));
}

#[test]
fn results_go_to_stdout_and_diagnostics_to_stderr() {
    let ran = run(&["-e", "growth of ic_exports from 2018 to 2024", "--load", IC]);
    assert_eq!(ran.out, "84.3 %  2018..2024  p partial: 11 of 12 months\n");
    assert!(ran.err.contains("partial-period-comparison") && !ran.err.contains("84.3"));
    let denied = run(&["-e", "growth of ic_exports from 2018 to 2024", "--load", IC, "--deny", "warnings"]);
    assert_eq!((denied.code, denied.out.as_str()), (1, ""));
    let allowed =
        run(&["-e", "growth of ic_exports from 2018 to 2024 allowing partial", "--load", IC, "--deny", "warnings"]);
    assert_eq!(allowed.code, 0);
}

#[test]
fn the_json_of_a_query_is_the_contract() {
    let ran = run(&["-e", "growth of ic_exports from 2018 to 2024", "--load", IC, "--format", "json"]);
    let object: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(object["line"], 1);
    assert_eq!(object["query"], "growth of ic_exports from 2018 to 2024");
    assert_eq!((&object["kind"], &object["unit"]), (&"growth".into(), &"%".into()));
    let row = &object["rows"][0];
    // 100 * (1030 / 559 - 1) in f64, computed outside.
    assert_eq!(row["value"].as_f64(), Some(84.257_602_862_254_03));
    assert_eq!((&row["period"], &row["coverage"]), (&"2018..2024".into(), &serde_json::json!([11, 12])));
    assert_eq!(object["diagnostics"][0]["span"], serde_json::json!([26, 38]));
    let failed = run(&["-e", "ic_exprots", "--load", IC, "--format", "json"]);
    let object: serde_json::Value = serde_json::from_str(&failed.out).unwrap();
    assert_eq!(object["error"]["code"], "unknown-name");
    assert!(object.get("rows").is_none());
}

#[test]
fn the_formats_hold_the_same_numbers() {
    let show = |format: &str| run(&["-e", "ic_exports by year for 2023", "--load", IC, "--format", format]).out;
    assert_eq!(show("csv"), "period,value,unit,flags,coverage,reason\n2023,956.77,bn CNY,,12/12,\n");
    let source = "source: examples/data/china_ic_trade.csv\n\n";
    let one = "**`ic_exports by year for 2023`**\n\n956.77 bn CNY (2023)\n\n";
    assert_eq!(show("md"), format!("{one}{source}"));
    assert!(show("html").contains("<strong>956.77 bn CNY</strong> (2023)"));
    // Documents show what the table shows: name and unit over rounded numbers, marks beside them.
    let show = |format: &str| run(&["-e", "ic_exports from 2022 to 2024", "--load", IC, "--format", format]).out;
    let rows = "| period | ic_exports [bn CNY] |\n| --- | ---: |\n| 2022 | 1,025.4 |\n| 2023 | 956.8 |\n| 2024 | 1,030.0 p |\n";
    let notes = "\np partial: 2024 (11 of 12)  \n";
    assert_eq!(show("md"), format!("**`ic_exports from 2022 to 2024`**\n\n{rows}{notes}{source}"));
    let html = show("html");
    assert!(
        html.starts_with("<!doctype html>") && html.contains("<td class=\"n\">1,030.0 <sup>p</sup></td>"),
        "{html}"
    );
    let tex = show("latex");
    assert!(tex.contains("period & ic\\_exports \\\\\n & bn CNY \\\\\n\\midrule\n2022 & 1,025.4 \\\\\n"), "{tex}");
    assert!(tex.contains("2024 & 1,030.0\\textsuperscript{p} \\\\\n\\bottomrule"), "{tex}");
}

#[test]
fn parameters_are_set_from_outside() {
    let folder = Folder::new("param");
    let path = folder.write("p.tql", "param factor = 2\nparam from_year = 2018\n3 * factor\n");
    assert_eq!(run(&["run", &path]).out, "3 * factor\n  6\n\n");
    assert_eq!(run(&["run", &path, "--arg", "factor=5"]).out, "3 * factor\n  15\n\n");
    assert_eq!(run(&["run", &path, "--arg", "fcator=5"]).code, 2);
}

#[test]
fn paths_are_relative_to_the_script_and_exports_are_whole() {
    let folder = Folder::new("paths");
    std::fs::create_dir(folder.0.join("sub")).unwrap();
    folder.write("sub/d.csv", "period,sales\n2020,1.5\n2021,2.25\n");
    folder.write("sub/defs.tql", "load \"d.csv\" as d\nlet doubled = 2 * sales\n");
    folder.write("main.tql", "use \"sub/defs.tql\"\ndoubled for 2021\nexport sales into \"out.csv\"\n");
    let ran = run_in(&folder.0, &["run", "main.tql"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "doubled for 2021\n  4.5 (unit not declared)  2021\n\n"),
        "{}",
        ran.err
    );
    let written = std::fs::read_to_string(folder.0.join("out.csv")).unwrap();
    assert_eq!(
        written,
        "period,value,unit,flags,coverage,reason\n2020,1.5,(unit not declared),,12/12,\n2021,2.25,(unit not declared),,12/12,\n"
    );
}

#[test]
fn a_script_that_cannot_be_used_leaves_the_folder_as_it_was() {
    let folder = Folder::new("use");
    std::fs::create_dir(folder.0.join("sub")).unwrap();
    folder.write("d.csv", "period,sales\n2020,1.5\n");
    folder.write("sub/fails.tql", "load \"nowhere.csv\" as n\n");
    folder.write("sub/unread.tql", "let = = =\n");
    folder.write("sub/large.tql", &"# remark\n".repeat(1 << 20));
    for used in ["fails", "unread", "large", "nowhere"] {
        // A check goes on after what fails: our own file is found, and the script may be used again.
        folder.write("main.tql", &format!("use \"sub/{used}.tql\"\nload \"d.csv\" as d\nuse \"sub/{used}.tql\"\n"));
        let ran = run_in(&folder.0, &["check", "main.tql", "--format", "json"]);
        let failed: Vec<&str> = ran.out.lines().filter(|l| l.contains("\"error\":")).collect();
        assert_eq!(failed.len(), 2, "{used}: {}", ran.out);
        assert!(failed.iter().all(|l| l.contains("\"query\":\"use ") && !l.contains("uses itself")), "{failed:?}");
    }
}

#[test]
fn a_failed_statement_leaves_no_trace() {
    let ran = run(&["-e", "let a = ic_exports\nlet a = nothing_at_all", "--load", IC]);
    assert_eq!(ran.code, 1);
    let broken = Folder::new("broken");
    broken.write("bad.csv", "period,x\n2020,1\n2020,2\n");
    let ran = run_in(&broken.0, &["-e", "load \"bad.csv\" as b"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("lines 2 and 3 are both for 2020"), "{}", ran.err);
}

#[test]
fn a_second_column_of_a_name_has_one_of_its_own() {
    let folder = Folder::new("twins");
    let path = folder.write("f.csv", "period,x,x\n2020,1,2\n2021,3,4\n");
    let ran = run(&["-e", "x, x_2 for 2021", "--load", &path, "--format", "csv"]);
    assert!(ran.err.contains("a second column is named `x`"), "{}", ran.err);
    assert!(ran.out.contains("2021,3,4"), "{}{}", ran.out, ran.err);
}

#[test]
fn broken_files_are_refused_with_their_line() {
    let folder = Folder::new("files");
    for (text, says) in [
        ("", "the file is empty"),
        ("period,x\n", "a header and no rows"),
        ("period,x\n2020,1\n2021,1,2\n", "line 3: the row has 3 fields and the header 2"),
        ("period,x,y\n2020,\"a,1\n2021,b,2\n", "line 2: a quote is opened here and never closed"),
        ("period,x\n2020,1\nsoon,2\n", "line 3: `soon` in column `period` is not a period"),
        ("period,x\n2020,1\n2021,2\n2022,n.n.\n", "line 4: `n.n.` in column `x` is not a number"),
        ("x,y\n1,2\n", "no column holds the periods"),
        ("period,x\n2020,1\u{0}\n", "NUL"),
    ] {
        let path = folder.write("f.csv", text);
        let ran = run(&["-e", "1", "--load", &path]);
        assert_eq!(ran.code, 3, "{text:?}");
        let flat = ran.err.split_whitespace().filter(|w| *w != "│").collect::<Vec<_>>().join(" ");
        assert!(flat.contains(says), "{says}: {flat}");
    }
}

#[test]
fn layouts_are_understood() {
    let folder = Folder::new("layouts");
    let wide = folder.write("wide.csv", "reporter;2020;2021;2022\nCHN;1.5;2.5;..\nDEU;3;4;5\n");
    // 1.5 + 3 = 4.5; CHN 2022 is missing.
    let ran = run(&["-e", "value by reporter", "--load", &wide, "--format", "csv"]);
    assert!(
        ran.out.contains("CHN,2021,2.5") && ran.out.contains("CHN,2022,,(unit not declared),,,not reported"),
        "{}",
        ran.out
    );
    let flow = folder.write("flow.csv", "period,flow,value\n202401,Export,10\n202401,Import,4\n");
    assert_eq!(run(&["-e", "exports - imports for 2024-01", "--load", &flow]).out, "6 (unit not declared)  2024-01\n");
    // January to February less January, from a cumulation.
    let cum = "load \"cum.csv\" as c with { sales from ytd: cumulative flow in mn USD }\nsales for 2024-02";
    folder.write("cum.csv", "period,ytd\n2024-01,10\n2024-02,25\n");
    assert_eq!(run_in(&folder.0, &["-e", cum]).out, "15 mn USD  2024-02\n");
    // HS codes at two levels beside a total are counted once, as text.
    let hs = folder.write("hs.csv", "period,hs,value\n2020,TOTAL,10\n2020,09,10\n2020,0901,6\n2020,0902,4\n");
    assert_eq!(run(&["-e", "value for 2020", "--load", &hs]).out, "10 (unit not declared)  2020\n");
    assert_eq!(run(&["-e", "value where hs = 09 for 2020", "--load", &hs]).out, "10 (unit not declared)  2020\n");
    let partial = folder.write("part.csv", "period,partner,value\n2020,World,10\n2020,USA,4\n");
    // A known total is the whole, whatever its parts are.
    assert_eq!(run(&["-e", "value for 2020", "--load", &partial]).out, "10 (unit not declared)  2020\n");
}

#[test]
fn in_strict_mode_a_refused_statement_leaves_no_trace() {
    let text = "set strict = on\nlet a = 1\nuse \"no.tql\"";
    assert_eq!(run(&["-e", text]).code, 3);
    let folder = Folder::new("strict");
    folder.write("defs.tql", "let b = 2\nlet c = unknown_thing\n");
    // `b` came before the failure and is forgotten with it.
    let ran = run_in(&folder.0, &["check", &folder.write("m.tql", "use \"defs.tql\"\nb\n")]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("no series is named `b`"), "{}", ran.err);
}

#[test]
fn absent_is_zero_fills_empty_cells_and_leaves_what_is_marked_missing() {
    let folder = Folder::new("absent");
    let text = "load \"f.csv\" as z with { absent = zero\nmissing \"..\" }\nv by k";
    // Exact decimals, and numbers too small to be held as such.
    for (number, shown) in [("1.5", "1.5"), ("1e-12", "0.000000000001")] {
        folder.write("f.csv", &format!("period,k,v\n2020,a,{number}\n2020,b,\n2020,c,..\n"));
        let ran = run_in(&folder.0, &["-e", text, "--format", "csv"]);
        let rows: Vec<&str> = ran.out.lines().skip(1).collect();
        let wanted = [
            format!("a,2020,{shown},(unit not declared),,12/12,"),
            "b,2020,0,(unit not declared),,12/12,".into(),
            "c,2020,,(unit not declared),,,not reported".into(),
        ];
        assert_eq!(rows, wanted, "{}", ran.err);
    }
}

#[test]
fn a_workbook_is_read_by_sheet() {
    let file = "tests/files/two_sheets.xlsx";
    let ran = run(&["-e", "Exports", "--load", &format!("d={file}")]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("2 sheets") && ran.err.contains("sheet \"Trade\""), "{}", ran.err);
    // 101.5 + 99.25 + 110 = 310.75
    let query = format!("load \"{file}\" as d with {{ sheet \"Trade\" }}\nExports for 2024-Q1 in mn USD");
    let ran = run(&["-e", &query, "--format", "csv"]);
    assert!(ran.out.contains("310.75,mn USD"), "{}{}", ran.out, ran.err);
}

#[test]
fn what_is_exported_as_sdmx_is_read_again() {
    let folder = Folder::new("sdmx");
    let data = folder.write("d.csv", "year,partner,exports\n2023,CHN,1.5\n2023,USA,2\n2024,CHN,\n2024,USA,4\n");
    let out = folder.0.join("out.sdmx.csv").to_string_lossy().into_owned();
    let query = format!(
        "load \"{data}\" as d with {{ exports from exports: flow in mn USD }}\nexport exports by partner, year into \"{out}\"\n\
         load \"{out}\" as again\nagain.OBS_VALUE where partner = China for 2023 in USD"
    );
    let ran = run(&["-e", &query, "--format", "csv"]);
    assert!(ran.out.contains("1500000,USD"), "{}{}", ran.out, ran.err);
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(text.contains("dataflow,TRADEQL:ANSWER(1.0),I,CHN,2023,1.5,USD,6,A"), "{text}");
    assert!(text.contains("I,CHN,2024,,USD,6,O"), "{text}");
}

#[test]
fn inspect_tells_programs_and_people() {
    let folder = Folder::new("inspect");
    let data = folder.write("d.csv", "year;v\n2018;1.234,50\n2019;\n2020;7,25\n");
    let ran = run(&["inspect", &data, "--format", "json"]);
    let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(found["header"], serde_json::json!(["year", "v"]));
    assert_eq!(found["rows"], serde_json::json!([["2018", "1234.50"], ["2019", null], ["2020", "7.25"]]));
    assert!(found["declaration"].as_str().unwrap().contains("decimal \",\""), "{found}");
    let raw: serde_json::Value =
        serde_json::from_str(&run(&["inspect", &data, "--format", "json", "--raw", "--limit", "1"]).out).unwrap();
    assert_eq!(raw["rows"], serde_json::json!([["2018", "1.234,50"]]));
    let ran = run(&["inspect", &data]);
    assert!(ran.out.contains("3 rows, 2 columns, UTF-8, semicolons, header on line 1"), "{}", ran.out);
    let bad = folder.write("bad.csv", "a,b\n1\n");
    let ran = run(&["inspect", &bad, "--format", "json"]);
    let error: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &error["error"]["code"]), (3, &serde_json::json!("bad-data")));
}

#[test]
fn duplicates_are_refused_with_both_lines_or_resolved_as_declared() {
    let folder = Folder::new("duplicates");
    let data = folder.write("d.csv", "year,v\n2018,1\n2019,2\n2018,5\n");
    let ran = run(&["-e", "v for 2018", "--load", &format!("d={data}")]);
    assert!(ran.code == 3 && ran.err.contains("lines 2 and 4 are both for 2018"), "{}", ran.err);
    for (policy, answer) in [("sum", "6"), ("first", "1"), ("last", "5")] {
        let query = format!("load \"{data}\" as d with {{ duplicates {policy} }}\nv for 2018");
        let ran = run(&["-e", &query, "--format", "csv"]);
        assert!(ran.out.contains(&format!("2018,{answer},")), "{policy}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn the_level_of_codes_is_never_counted_twice() {
    let folder = Folder::new("levels");
    // HS2, HS4, HS6 and TOTAL in one column: 100 = 60 + 40, and each again by heading and subheading.
    let rows = "2018,TOTAL,100\n2018,85,60\n2018,8542,60\n2018,854231,35\n2018,854239,25\n2018,10,40\n2018,1001,40\n2018,100199,40\n";
    let data = folder.write("d.csv", &format!("year,hs,value\n{rows}"));
    let ran = run(&["-e", "value for 2018", "--load", &format!("d={data}"), "--format", "csv"]);
    assert!(ran.out.contains("2018,100,"), "{}{}", ran.out, ran.err);
    let ran = run(&["-e", "value where hs = 85 for 2018", "--load", &format!("d={data}"), "--format", "csv"]);
    assert!(ran.out.contains("2018,60,"), "{}{}", ran.out, ran.err);
}

#[cfg(feature = "parquet")]
#[test]
fn a_parquet_file_or_a_folder_of_them_is_a_dataset() {
    // Three reporters, each with 1.5 and 1234567.891 in 2018, 0.001 in 2019, 42 in 2020; written by pyarrow.
    let declared = "with { period from t, reporter from i, partner from j, hs from k, exports from v: flow in USD, \
        weight from q: flow in kg, skip price, cost, day }";
    let values = |path: &str| {
        let ran = run(&["-e", &format!("load \"{path}\" as d {declared}\nexports by year"), "--format", "csv"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out.lines().skip(1).map(|l| l.split(',').take(2).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    let expected = ["2018 3703708.173", "2019 0.003", "2020 126"];
    assert_eq!(values("tests/files/trade.parquet"), expected);
    let folder = Folder::new("parquet");
    let bytes = std::fs::read(root().join("tests/files/trade.parquet")).unwrap();
    std::fs::write(folder.0.join("a.parquet"), &bytes).unwrap();
    assert_eq!(values(&folder.0.to_string_lossy()), expected);
    let shown = run(&["inspect", "tests/files/trade.parquet", "--format", "json", "--limit", "2"]);
    let shown: serde_json::Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!(
        shown["rows"][1].as_array().unwrap()[3..6],
        ["854231".into(), "1234567.891".into(), serde_json::Value::Null]
    );
    // A file that ends early, and a folder without one.
    std::fs::write(folder.0.join("a.parquet"), &bytes[..bytes.len() / 2]).unwrap();
    let ran = run(&["-e", "exports by year", "--load", &format!("d={}", folder.0.join("a.parquet").display())]);
    assert!(ran.code == 3 && ran.err.contains("cannot be read"), "{}", ran.err);
    std::fs::remove_file(folder.0.join("a.parquet")).unwrap();
    let ran = run(&["-e", "exports by year", "--load", &format!("d={}", folder.0.display())]);
    assert!(ran.code == 3 && ran.err.contains("holds no Parquet file"), "{}", ran.err);
}

#[test]
fn the_peers_agree() {
    let python = |code: &str| std::process::Command::new("python3").args(["-c", code]).output();
    if !python("import numpy, duckdb, polars").is_ok_and(|o| o.status.success()) {
        println!("skipped: the Python packages numpy, duckdb and polars are not here");
        return;
    }
    let folder = Folder::new("peers");
    let script = root().join("benches/peers/bench.py");
    let done = std::process::Command::new("python3")
        .arg(script)
        .args(["--rows", "100000", "--runs", "1", "--check", "--binary", env!("CARGO_BIN_EXE_tradeql"), "--data"])
        .arg(&folder.0)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
}

#[test]
fn an_argument_that_no_script_takes_is_refused_and_a_byte_order_mark_is_no_word() {
    let folder = Folder::new("arguments");
    let data = folder.write("d.csv", "year,exports\n2022,5\n2023,7\n");
    folder.write("defs.tql", &format!("\u{feff}load \"{data}\" as d\nparam base = 2022\n"));
    let script = folder.write("s.tql", "\u{feff}use \"defs.tql\"\nparam yr = 2022\nexports for yr\n");
    assert_eq!(run(&["run", &script, "--arg", "yr=2023", "--format", "csv"]).code, 0);
    assert_eq!(run(&["run", &script, "--arg", "base=2023"]).code, 0);
    let ran = run(&["run", &script, "--arg", "yrr=2023"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("no parameter `yrr`"), "{}", ran.err);
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_a_failure() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let program = env!("CARGO_BIN_EXE_tradeql");
    let out = std::process::Command::new(program).args(["-e", "1 + 1"]).stdout(full).output().unwrap();
    assert_eq!(out.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&out.stderr).contains("cannot be written"));
}

#[test]
fn a_long_line_is_shown_around_its_fault_and_many_faults_are_counted() {
    let codes: Vec<String> = (100_000..100_300).map(|c| c.to_string()).collect();
    let query = format!("exports where hs among {{{}}} for 2023", codes.join(","));
    let ran = run(&["-e", &query, "--load", "examples/data/made_up_panel.csv"]);
    assert!(ran.err.lines().all(|l| l.chars().count() < 200), "{}", ran.err);
    // 24 characters stand before the first code; each takes 7.
    assert!(ran.err.contains("[-e:1:25]") && ran.err.contains("[-e:1:53]"), "{}", ran.err);
    assert!(ran.err.contains("296 more codes of hs are unknown, from `100004` on"), "{}", ran.err);
    let ran = run(&["-e", &query, "--load", "examples/data/made_up_panel.csv", "--diagnostics", "line"]);
    assert!(ran.err.starts_with("-e:1:25: error: unknown-code: no row has hs `100000`"), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 5, "{}", ran.err);
    let ran = run(&["-e", "ic_exports by year\nic_exports by month", "--load", IC, "--quiet"]);
    assert_eq!(ran.err, "");
}

#[test]
fn what_is_true_of_the_data_is_told_in_full_once() {
    let panel = "examples/data/made_up_panel.csv";
    let ran = run(&[
        "-e",
        "exports for 2021",
        "-e",
        "exports where reporter = CHN for 2021",
        "-e",
        "exports for 2021",
        "--load",
        panel,
    ]);
    let told = "exports for 2021 has 11 of 12 months: 2021-02 is missing";
    assert_eq!(ran.err.matches(&format!("  ⚠ {told}\n   ╭")).count(), 1, "{}", ran.err);
    assert_eq!(ran.err.matches(&format!("  ⚠ {told} (missing-observation, as before)\n")).count(), 2, "{}", ran.err);
    // The object of a statement holds all that is said of it, and nothing is said elsewhere.
    let ran = run(&["-e", "exports for 2021", "-e", "exports for 2021", "--load", panel, "--format", "json"]);
    assert_eq!((ran.err.as_str(), ran.out.matches(told).count()), ("", 2));
}

#[test]
fn a_pipe_is_a_script_without_a_greeting() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let piped = |arguments: &[&str], text: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tradeql"));
        let mut child = command
            .args(arguments)
            .args(["--load", "examples/data/made_up_panel.csv"])
            .current_dir(super::tool::root())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(piped(&[], "40 + 2\n"), (Some(0), "42\n".into()));
    assert_eq!(piped(&[], "40 + 2\nexprots for 2023\n1 + 1\n"), (Some(1), "42\n".into()));
    assert_eq!(piped(&["run", "-"], "param n = 40\nn + 2\n"), (Some(0), "n + 2\n  42\n\n".into()));
    assert_eq!(piped(&["run", "-", "--arg", "m=1"], "param n = 40\n"), (Some(2), String::new()));
    let page = run(&["help", "like-for-like", "growth"]);
    assert!(page.code == 0 && page.out.starts_with("like-for-like growth of x"), "{}", page.out);
}

/// Whether a value is as a schema says; where it is not.
fn fits(
    schema: &serde_json::Value,
    root: &serde_json::Value,
    value: &serde_json::Value,
    at: &str,
) -> Result<(), String> {
    use serde_json::Value as J;
    if let Some(path) = schema["$ref"].as_str() {
        return fits(&root["$defs"][path.rsplit('/').next().unwrap()], root, value, at);
    }
    let is = |word: &str| match word {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("{other}"),
    };
    let allowed = match &schema["type"] {
        J::String(word) => is(word),
        J::Array(words) => words.iter().any(|w| is(w.as_str().unwrap())),
        _ => true,
    };
    let listed = schema["enum"].as_array().is_none_or(|all| all.contains(value));
    if !allowed || !listed {
        return Err(format!("{at}: {value}"));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(J::as_str) {
        if value.get(name).is_none() {
            return Err(format!("{at}.{name} is not there"));
        }
    }
    for (name, part) in value.as_object().into_iter().flatten() {
        match (schema["properties"].get(name), schema.get("additionalProperties")) {
            (Some(own), _) | (None, Some(own)) => fits(own, root, part, &format!("{at}.{name}"))?,
            // What the schema does not name is not printed.
            (None, None) if schema["properties"].is_object() => return Err(format!("{at}.{name} is unknown")),
            (None, None) => {}
        }
    }
    for part in value.as_array().into_iter().flatten().filter(|_| schema["items"].is_object()) {
        fits(&schema["items"], root, part, at)?;
    }
    Ok(())
}

#[test]
fn json_is_as_its_schema_says() {
    let schema: serde_json::Value = serde_json::from_str(&run(&["schema"]).out).unwrap();
    let panel = "examples/data/made_up_panel.csv";
    let statements = [
        "exports for 2023",
        "exports, imports by partner, year",
        "exports by month of year, year",
        "exports > 3 bn CNY by year",
        "explain growth of exports from 2018 to 2024",
        "help growth",
        "list series",
        "claim exports for 2023 is 3 bn CNY citing \"x\"",
        "assert exports by year > 0 CNY",
        "assert exports by year < 0 CNY",
        "exprots for 2023",
        "100 * exports / exports for 2030",
        "load \"nothing.csv\"",
    ];
    for statement in statements {
        let ran = run(&["-e", statement, "--load", panel, "--format", "json"]);
        for line in ran.out.lines() {
            let value = serde_json::from_str(line).unwrap();
            fits(&schema["$defs"]["answer"], &schema, &value, "")
                .unwrap_or_else(|e| panic!("{statement}: {e}: {line}"));
        }
        assert!(!ran.out.is_empty(), "{statement}");
    }
    let ran = run(&["inspect", panel, "--format", "json", "--limit", "3"]);
    let value = serde_json::from_str(&ran.out).unwrap();
    fits(&schema["$defs"]["inspect"], &schema, &value, "").unwrap();
}

#[test]
fn the_help_the_man_page_and_the_completions_name_all_options() {
    let texts =
        [&["--help"][..], &["man"], &["completions", "bash"], &["completions", "zsh"], &["completions", "fish"]];
    for arguments in texts {
        let ran = run(arguments);
        assert_eq!(ran.code, 0, "{}", ran.err);
        for option in ["load", "csv-safe", "max-memory", "diagnostics", "sandbox", "color"] {
            let bare = ran.out.replace("\\-", "-");
            assert!(
                bare.contains(&format!("--{option}")) || bare.contains(&format!("-l {option}")),
                "{arguments:?} {option}"
            );
        }
    }
    let bash = std::process::Command::new("bash").arg("-n").stdin(std::process::Stdio::piped()).spawn();
    if let Ok(mut child) = bash {
        use std::io::Write;
        child.stdin.take().unwrap().write_all(run(&["completions", "bash"]).out.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(run(&["completions", "tcsh"]).code, 2);
}

#[test]
fn several_tables_of_separated_values_are_named() {
    let panel = ["--load", "examples/data/made_up_panel.csv", "--format", "csv"];
    let one = run(&[&["-e", "exports for 2023 in mn CNY"][..], &panel].concat());
    assert!(one.out.starts_with("period,value,unit,flags,coverage,reason\n2023,"), "{}", one.out);
    let both = run(&[&["-e", "exports for 2023 in mn CNY", "-e", "exports by partner for 2023"][..], &panel].concat());
    assert_eq!(both.out.matches("\n\n# exports by partner for 2023\npartner,period,").count(), 1, "{}", both.out);
    assert!(both.out.starts_with(&format!("# exports for 2023 in mn CNY\n{}", one.out)), "{}", both.out);
    // What was held back is printed though the next statement fails.
    let failed = run(&[&["-e", "exports for 2023 in mn CNY", "-e", "exprots"][..], &panel].concat());
    assert_eq!((failed.code, failed.out), (1, one.out));
}

//! One file of cases, the same bytes from a file and from every database, copied and asked.

use super::servers::{self, Table, psql};
use super::tool::{Folder, root};

/// A table, what is declared of it, and questions.
pub struct Case {
    pub title: String,
    pub table: Table,
    pub declared: String,
    pub questions: Vec<String>,
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

/// A folder with the files of all cases, the cases, and the rates of the last.
pub fn prepared(name: &str) -> (Folder, Vec<Case>, Table) {
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
fn clickhouse_answers_as_files_do() {
    if !servers::has_clickhouse() {
        return;
    }
    let (folder, cases, rates) = prepared("same-clickhouse");
    cases.iter().map(|c| &c.table).chain([&rates]).for_each(|t| t.create_in_clickhouse("same"));
    let target = "clickhouse://localhost/same".to_string();
    same_as_files(&folder, &cases, &[("ClickHouse", target.clone(), "T"), ("ClickHouse, narrow", target, "T_narrow")]);
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

/// Texts that mean something where they should not: to a shell, to a client, to SQL, to CSV.
fn labels() -> Case {
    let labels = [
        "two\nlines",
        "a,b",
        "say \"so\"",
        "O'Brien'; DROP TABLE labels; --",
        "a\\b",
        "a\\'b",
        "\\echo x",
        ".quit",
        "$$",
        "{x}",
        "%_",
        " ends ",
        "中国",
        "\\N x",
        "tab\there",
        "?",
        "--",
        "/* x */",
        "crlf\r\nhere",
    ];
    let row = |(at, label): (usize, &&str)| vec!["2022".to_string(), (*label).to_string(), format!("{}.5", at + 1)];
    let columns = [("year", "integer"), ("partner", "text"), ("value", "double")];
    Case {
        title: "labels".into(),
        table: Table {
            name: "labels".into(),
            columns: columns.iter().map(|(n, k)| ((*n).to_string(), (*k).to_string())).collect(),
            rows: labels.iter().enumerate().map(row).collect(),
        },
        declared: "exports from value: flow in mn USD".into(),
        questions: [
            "exports by partner",
            "exports by year",
            "exports where partner != \"a,b\" by partner",
            "exports where partner = \".quit\" by year",
            "exports where partner = \"a\\b\" by year",
        ]
        .map(String::from)
        .into(),
    }
}

#[test]
fn labels_of_any_kind_mean_nothing_else() {
    let folder = Folder::new("same-labels");
    std::fs::create_dir_all(folder.0.join("files")).unwrap();
    let case = labels();
    folder.write("files/labels.csv", &case.table.csv());
    let mut sources = Vec::new();
    if servers::has("sqlite3") {
        let file = folder.0.join("x.db").display().to_string();
        case.table.create("sqlite", &file);
        sources.push(("SQLite", file, "T"));
    }
    if servers::has("duckdb") {
        let file = folder.0.join("x.duckdb").display().to_string();
        case.table.create("duckdb", &file);
        sources.push(("DuckDB", file, "T"));
    }
    if servers::has_clickhouse() {
        case.table.create_in_clickhouse("labels");
        sources.push(("ClickHouse", "clickhouse://localhost/labels".into(), "T"));
    }
    if servers::prepared() {
        let _alone = servers::alone();
        case.table.create_at_servers();
        let target = servers::target("s1", "reader");
        sources.push(("PostgreSQL", target.clone(), "trade.T"));
        sources.push(("PostgreSQL, shared out", target, "trade.T_shared"));
    }
    same_as_files(&folder, &[case], &sources);
}

//! The text cases of `tests/cases`: a query, the answer it must give, and what must be said of it.
//!
//! ```text
//! load "…" as x            statements before the first query are run before each of them
//! > QUERY                  run through the program, answer taken as JSON
//! = 84.258 %               the only answer rounds to this, in this unit
//! = 2018, CHN: 4.5         the answer of one row; labels in the order of the dimensions, then the period; of several
//!                          series side by side, the series first
//! = missing no base        the only answer is missing, for this reason
//! = 2018: yes              whether it holds
//! verdict holds            of an assertion or a claim: holds, fails or unknown
//! failed 2                 how many cells of it do not hold
//! flags partial            marks of the only answer
//! coverage 11 12           its coverage
//! rows 7                   how many rows there are
//! ! warning CODE "words"   a diagnostic, and the words that it underlines
//! may CODE                 a diagnostic that is neither asked for nor forbidden
//! ? QUERY                  a query that it offers; it is run and must be answered without a warning
//! first 2018, CHN          which row comes first
//! ~ words                  words that stand in a message, an advice or the text of the answer
//! pending WHY              the case is known not to pass yet; it is run, and named when it does
//! ---                      what stands below, up to the next query, is run before each query from here on
//! ```
//! Cases on the files beside the project are left out, with a word, where these are not there.
//! What is not announced must not be said: a case without `!` is silent.

use super::tool::{json, root, run};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use tradeql::render::Format;
use tradeql::session::{Body, Files, Mode, Session};
use tradeql::value::Value;
use tradeql::value::number::{self, Rounding};

fn rounds_to(actual: f64, printed: &str) -> bool {
    let places = printed.split_once('.').map_or(0, |(_, f)| f.len());
    number::round_to(actual, places, Rounding::HalfAway) == printed
}

fn row_name(row: &Json, dims: &[String]) -> String {
    let mut parts: Vec<String> = row.get("series").and_then(Json::as_str).map(String::from).into_iter().collect();
    parts.extend(dims.iter().map(|d| row[d].as_str().unwrap_or("").to_string()));
    parts.extend(row.get("period").and_then(Json::as_str).map(String::from));
    parts.join(", ")
}

struct Case<'a> {
    place: String,
    setup: &'a str,
    query: &'a str,
    checks: Vec<&'a str>,
}

/// What became of the cases.
#[derive(Default)]
struct Outcome {
    count: usize,
    failures: Vec<String>,
    pending: usize,
    /// Pending cases that pass.
    ripe: Vec<String>,
}

impl Outcome {
    fn take(&mut self, case: &Case<'_>) {
        self.count += 1;
        if !case.checks.iter().any(|c| c.starts_with("pending ")) {
            return case.run(&mut self.failures);
        }
        let mut failures = Vec::new();
        case.run(&mut failures);
        self.pending += 1;
        if failures.is_empty() {
            self.ripe.push(format!("{}: {}", case.place, case.query));
        }
    }
}

impl Case<'_> {
    fn run(&self, failures: &mut Vec<String>) {
        let answer = json(&format!("{}\n{}", self.setup, self.query));
        let mut fail = |why: String| failures.push(format!("{}: {}\n    {why}\n    {answer}", self.place, self.query));
        let dims: Vec<String> =
            answer["dims"].as_array().into_iter().flatten().map(|d| d.as_str().unwrap_or("").into()).collect();
        let rows: Vec<&Json> = answer["rows"].as_array().into_iter().flatten().collect();
        let mut said: Vec<&Json> = answer.get("error").into_iter().collect();
        said.extend(answer["diagnostics"].as_array().into_iter().flatten());
        let mut announced = Vec::new();
        for check in &self.checks {
            let (sign, rest) = check.split_once(' ').unwrap_or((check, ""));
            match sign {
                "=" => {
                    let (name, value) = match rest.split_once(": ") {
                        Some((name, value)) => (Some(name), value),
                        None => (None, rest),
                    };
                    let row = match name {
                        Some(name) => rows.iter().find(|r| row_name(r, &dims) == name),
                        None if rows.len() == 1 => rows.first(),
                        None => None,
                    };
                    let Some(row) = row else {
                        fail(format!("no such row: {rest}"));
                        continue;
                    };
                    if let Some(reason) = value.strip_prefix("missing ") {
                        if row["reason"] != reason {
                            fail(format!("not missing as {reason}"));
                        }
                        continue;
                    }
                    if let "yes" | "no" = value {
                        if row["value"].as_bool() != Some(value == "yes") {
                            fail(format!("the answer is not {value}"));
                        }
                        continue;
                    }
                    let (number, unit) = value.split_once(' ').unwrap_or((value, ""));
                    if !row["value"].as_f64().is_some_and(|x| rounds_to(x, number)) {
                        fail(format!("the answer is not {number}"));
                    }
                    let own = &row["series"];
                    let columns = answer["columns"].as_array().into_iter().flatten();
                    let column = columns.into_iter().find(|c| c["series"] == *own).unwrap_or(&answer);
                    if !unit.is_empty() && column["unit"] != unit {
                        fail(format!("the unit is not {unit}"));
                    }
                }
                "flags" => {
                    let flags: Vec<&str> = rows
                        .first()
                        .and_then(|r| r["flags"].as_array())
                        .into_iter()
                        .flatten()
                        .filter_map(Json::as_str)
                        .collect();
                    if flags.join(" ") != rest {
                        fail(format!("the marks are not {rest}"));
                    }
                }
                "coverage" => {
                    let coverage = rows.first().and_then(|r| r["coverage"].as_array());
                    let have: Vec<String> = coverage.into_iter().flatten().map(|n| n.to_string()).collect();
                    if have.join(" ") != rest {
                        fail(format!("the coverage is not {rest}"));
                    }
                }
                "verdict" => {
                    let found = answer.get("claim").map(|c| &c["holds"]).or(answer.get("assert").map(|a| &a["passed"]));
                    let word = match found.map(Json::as_bool) {
                        Some(Some(true)) => "holds",
                        Some(Some(false)) => "fails",
                        Some(None) => "unknown",
                        None => "none",
                    };
                    if word != rest {
                        fail(format!("the verdict is {word}"));
                    }
                }
                "failed" => {
                    let failed = answer["assert"]["failed"].as_array().map_or(0, Vec::len);
                    if failed.to_string() != rest {
                        fail(format!("{failed} cells fail"));
                    }
                }
                "rows" => {
                    if rows.len().to_string() != rest {
                        fail(format!("there are {} rows", rows.len()));
                    }
                }
                "!" => {
                    let mut words = rest.splitn(3, ' ');
                    let (level, code, span) = (words.next().unwrap(), words.next().unwrap(), words.next());
                    announced.push(code.to_string());
                    let Some(found) = said.iter().find(|d| d["code"] == code && d["level"] == level) else {
                        fail(format!("{level} {code} is not said"));
                        continue;
                    };
                    if let Some(span) = span {
                        let at = |i: usize| found["span"][i].as_u64().unwrap_or(0) as usize;
                        let words: String = self.query.chars().skip(at(0)).take(at(1).saturating_sub(at(0))).collect();
                        if words != span.trim_matches('"') {
                            fail(format!("underlined is \"{words}\""));
                        }
                    }
                }
                "may" => announced.push(rest.to_string()),
                "pending" => {}
                "?" => {
                    let offered = said.iter().any(|d| d["help"].as_array().into_iter().flatten().any(|h| h == rest));
                    if !offered {
                        fail(format!("not offered: {rest}"));
                    }
                    let again = json(&format!("{}\n{rest}", self.setup));
                    let level = |d: &Json| d["level"] != "note";
                    if again.get("error").is_some() || again["diagnostics"].as_array().into_iter().flatten().any(level)
                    {
                        fail(format!("the offered query is not silent: {again}"));
                    }
                }
                "first" => {
                    let first = answer["rows"].get(0).map(|r| row_name(r, &dims)).unwrap_or_default();
                    if first != rest {
                        fail(format!("the first row is {first}"));
                    }
                }
                "~" => {
                    let in_text = answer["text"].as_str().is_some_and(|t| t.contains(rest));
                    let in_words = said.iter().any(|d| {
                        [&d["message"], &d["advice"]].iter().any(|w| w.as_str().is_some_and(|w| w.contains(rest)))
                    });
                    if !in_text && !in_words {
                        fail(format!("not said: {rest}"));
                    }
                }
                _ => fail(format!("no such check: {check}")),
            }
        }
        for d in said {
            let code = d["code"].as_str().unwrap_or("no code at all");
            if !announced.iter().any(|a| a == code) {
                fail(format!("said without being announced: {code}"));
            }
        }
    }
}

/// The sections of all files of cases that can be run here: the file, its text, the section.
pub fn sections() -> Vec<(String, String, String)> {
    let mut files: Vec<_> = std::fs::read_dir(root().join("tests/cases")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    // While working on some: `TRADEQL_CASES=seasons cargo test cases`.
    let only = std::env::var("TRADEQL_CASES").unwrap_or_default();
    files.retain(|f| f.file_name().unwrap().to_string_lossy().contains(&only));
    let mut out = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        for section in text.split("\n---\n") {
            if section.contains("../shared/data") && !root().join("../shared/data").is_dir() {
                println!("skipped, ../shared/data is not here: {}", section.lines().next().unwrap_or(""));
                continue;
            }
            out.push((name.clone(), text.clone(), section.to_string()));
        }
    }
    out
}

/// The statements before the first query of a section.
pub fn setup(section: &str) -> &str {
    let first = section.find("\n> ").map_or(section.len(), |i| i + 1);
    section.get(..first).unwrap()
}

#[test]
fn threads_change_no_byte_of_any_case() {
    let mut compared = 0;
    for (file, _, section) in sections() {
        let queries: Vec<&str> = section.lines().filter_map(|l| l.strip_prefix("> ")).collect();
        // Each by itself: a script ends at the first that fails.
        for statement in queries.iter().map(|q| format!("{}\n{q}", setup(&section))) {
            let answer = |threads| {
                let ran = run(&["-e", &statement, "--format", "json", "--threads", threads]);
                (ran.out, ran.err, ran.code)
            };
            let one = answer("1");
            assert!(one == answer("2") && one == answer("7"), "{file}: {statement}");
            compared += 1;
        }
    }
    assert!(compared > 60, "only {compared} cases were compared");
}

/// The files of the project.
pub struct Project;

impl Files for Project {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn write(&self, _: &Path, _: &[u8]) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }

    fn size(&self, path: &Path) -> Option<u64> {
        std::fs::metadata(path).ok().map(|m| m.len())
    }

    fn matching(&self, pattern: &Path) -> std::io::Result<Vec<PathBuf>> {
        let folder = std::fs::read_dir(pattern.parent().unwrap())?;
        let name = pattern.file_name().unwrap().to_string_lossy().into_owned();
        let (start, end) = name.split_once('*').unwrap_or((&name, ""));
        let mut found: Vec<PathBuf> = folder.map(|e| e.unwrap().path()).collect();
        let fits = |n: &str| n.starts_with(start) && n.ends_with(end);
        found.retain(|p| fits(&p.file_name().unwrap().to_string_lossy()));
        found.sort();
        Ok(found)
    }
}

/// What a script answers and says, of files that are read in part from so many rows on; and whether one was.
fn foreseen(script: &str, least: u64) -> (String, bool) {
    let mut session = Session::new(Box::new(Project), &root());
    session.set_least_rows(least);
    session.foresee_scripts();
    let mut out = String::new();
    session.run("case", script, Mode::Run, &mut |session, response| {
        match &response.body {
            Some(Body::Value(value)) => out += &session.text(value, Format::Csv, "", &response.files),
            Some(Body::List(columns) | Body::Explained(columns, _)) => {
                let columns: Vec<(&str, &Value)> = columns.iter().map(|c| (c.name.as_str(), &c.value)).collect();
                out += &session.columns_text(&columns, Format::Csv, ("", &[]), &response.files);
            }
            Some(Body::Checked(value, verdict)) => out += &format!("{:?} {verdict:?}", value.rows),
            Some(Body::Text(text)) => out += text,
            _ => {}
        }
        response.diagnostics.iter().for_each(|d| out += &format!("{} {} {:?}\n", d.code.slug, d.message, d.help));
        !response.failed()
    });
    (out, session.parts_read() > 0)
}

#[test]
fn what_is_read_in_part_changes_no_case() {
    let (mut parts, mut wrong) = (0, Vec::new());
    for (file, _, section) in sections() {
        let queries: Vec<&str> = section.lines().filter_map(|l| l.strip_prefix("> ")).collect();
        for statement in queries.iter().map(|q| format!("{}\n{q}", setup(&section))) {
            let (part, is_part) = foreseen(&statement, 0);
            if !is_part {
                continue;
            }
            parts += 1;
            let (whole, _) = foreseen(&statement, u64::MAX);
            if whole != part {
                wrong.push(format!("{file}: {statement}\n{whole:.600}\n{part:.600}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {parts}\n{}", wrong.len(), wrong.join("\n"));
    assert!(parts > 60, "only {parts} cases were read in part");
}

#[test]
fn every_case_gives_its_answer() {
    let mut outcome = Outcome::default();
    for (file, text, section) in &sections() {
        let setup = setup(section);
        let before = text.find(section.as_str()).map_or(0, |at| text[..at].matches('\n').count());
        let mut case: Option<Case<'_>> = None;
        for (i, line) in section.lines().enumerate().filter(|(_, l)| !l.trim().is_empty() && !l.starts_with('#')) {
            if let Some(query) = line.strip_prefix("> ") {
                if let Some(case) = case.take() {
                    outcome.take(&case);
                }
                let place = format!("{file}:{}", before + i + 1);
                case = Some(Case { place, setup, query, checks: Vec::new() });
            } else if let Some(case) = &mut case {
                case.checks.push(line.trim_end());
            }
        }
        if let Some(case) = case {
            outcome.take(&case);
        }
    }
    let Outcome { count, failures, pending, ripe } = outcome;
    println!("{count} cases, {pending} of them pending; these pass, so take their line away:\n{}", ripe.join("\n"));
    assert!(failures.is_empty(), "{} of {count} cases failed:\n{}", failures.len(), failures.join("\n"));
    assert!(count > 60, "only {count} cases were found");
}

//! Lessons: those that come along hold by themselves, a broken one is found out, and a learner is led through one by a
//! pipe and at a terminal. Classes are marked.

use super::tool::{Folder, root, run, run_in};
use std::io::Write;
use std::process::{Command, Stdio};

/// The files of the lessons that come along.
fn shipped() -> Vec<String> {
    let folder = root().join("src/teach/lessons");
    let mut found: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path().to_string_lossy().into_owned()).collect();
    found.sort();
    found
}

#[test]
fn every_lesson_takes_its_right_answers_and_no_wrong_one() {
    let files = shipped();
    assert_eq!(files.len(), tradeql::teach::lesson::SHIPPED.len());
    assert_eq!(files.len(), 10);
    for file in files {
        let ran = run(&["lesson", "check", &file]);
        assert!(ran.code == 0 && ran.out.contains("all as they say"), "{file}: {}{}", ran.out, ran.err);
    }
}

const LESSON: &str = "# T\nData: ic\n\n== S\nText.\n? How much in 2023?\n= ic_exports for 2023\n! period: ic_exports for 2022\nHint: h\nRight: r\n";

#[test]
fn a_lesson_that_does_not_hold_is_found_out() {
    let folder = Folder::new("lessons_wrong");
    folder.write("good.txt", LESSON);
    assert_eq!(run_in(&folder.0, &["lesson", "check", "good.txt"]).code, 0);
    for (from, to, words) in [
        ("! period: ic_exports for 2022", "! unit: ic_exports for 2022", "is its period, and the lesson says its unit"),
        ("! period: ic_exports for 2022", "! value: ic_exports for 2023", "is taken for right"),
        (
            "! period: ic_exports for 2022",
            "! error: ic_exports for 2022",
            "is its period, and the lesson says its error",
        ),
        ("= ic_exports for 2023", "= ic_exprots for 2023", "no series is named `ic_exprots`"),
        ("= ic_exports for 2023", "= ic_exports for 2023\n= ic_exports for 2022", "period"),
        ("Hint: h\n", "", "there is no hint"),
        ("Hint: h\n", "Hint h\n", "wrong.txt:9: `Hint h` is behind the question"),
        ("Data: ic", "> load \"none.csv\" as n", "none.csv"),
    ] {
        folder.write("wrong.txt", &LESSON.replacen(from, to, 1));
        let ran = run_in(&folder.0, &["lesson", "check", "wrong.txt"]);
        let late = ["= ic_exports for 2023\n= ic_exports for 2022"].contains(&to);
        // Two right answers that differ are both taken: each is one of those that are right.
        assert!(late || ran.code != 0 && ran.err.contains(words), "{to}: {}: {}{}", ran.code, ran.out, ran.err);
    }
}

/// A lesson taken through a pipe in a folder without anything.
fn taken(lesson: &str, typed: &str) -> (String, i32) {
    let folder = Folder::new("lessons_pipe");
    let mut child = Command::new(env!("CARGO_BIN_EXE_tradeql"))
        .args(["lesson", lesson])
        .current_dir(&folder.0)
        .env("HOME", &folder.0)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    (String::from_utf8(out.stdout).unwrap(), out.status.code().unwrap())
}

#[test]
fn an_answer_is_judged_by_its_value() {
    // In another scale, by another way, with a name: all the same number.
    for answer in [
        "exports for 2023",
        "exports in thousand CNY for 2023",
        "let e = exports\ne for 2023",
        "imports + (exports - imports) for 2023",
    ] {
        let (out, code) = taken("1", &format!("{answer}\nleave\n"));
        assert!(out.contains("Right.") && out.contains("2 of 4") && code == 1, "{answer}: {out}");
    }
    for (answer, words) in [
        ("exports for 2022", "Not yet (period): the answer is for 2022, and the question asks for 2023"),
        ("imports for 2023", "Not yet (value)"),
        ("exports by partner for 2023", "Not yet (dimension): the rows are by `partner`"),
        ("exports_weight for 2023", "Not yet (unit): the answer is a flow in tonne"),
        ("growth of exports from 2022 to 2023", "Not yet (period)"),
        ("100 * exports / imports for 2023", "Not yet (kind)"),
    ] {
        let (out, code) = taken("1", &format!("{answer}\nleave\n"));
        let out = out.replace('\n', " ");
        assert!(out.contains(words) && !out.contains("Right.") && code == 1, "{answer}: {out}");
    }
    // What fails is told as everywhere, and is no answer.
    let (out, code) = taken("1", "exprots for 2023\nhelp growth\nlist series\nhint\nhint\n");
    assert!(!out.contains("Not yet") && out.contains("There is no other hint") && code == 1, "{out}");
}

#[test]
fn every_lesson_runs_to_its_end() {
    for number in 1..=10 {
        let text = tradeql::teach::lesson::SHIPPED[number - 1];
        let lesson = tradeql::teach::lesson::read(text).unwrap();
        assert!(lesson.steps.len() >= 3, "{number}");
        let typed: String = lesson.steps.iter().map(|s| format!("{}\n{}\n", s.wrong[0].1, s.answers[0])).collect();
        let (out, code) = taken(&number.to_string(), &typed);
        assert!(code == 0 && out.contains("That was all"), "{number}: {out}");
        let judged = lesson.steps.iter().filter(|s| s.wrong[0].0 != tradeql::teach::same::What::Error).count();
        assert_eq!(out.matches("Not yet (").count(), judged, "{number}: {out}");
        assert_eq!(out.matches("Right.").count(), lesson.steps.len(), "{number}: {out}");
        let (out, code) = taken(&number.to_string(), &"skip\n".repeat(lesson.steps.len()));
        assert!(code == 0 && out.contains("That was all"), "{number}: {out}");
    }
    assert_eq!(run(&["lesson", "11"]).code, 2);
}

const KEY: &str = "load \"examples/data/china_ic_trade.csv\" as ic\n# Q1 How much? (2 points)\nic_exports for 2023\n# Q2 Growth\ngrowth of ic_exports from 2018 to 2023\n";

#[test]
fn a_class_is_marked() {
    let folder = Folder::new("lessons_class");
    folder.write("key.tql", KEY);
    let load = "load \"examples/data/china_ic_trade.csv\" as ic\n";
    folder.write(
        "anna.tql",
        &format!("{load}# Q2\n100% * (956.77 / 559 - 1)\n# Q1\nlet x = ic_exports\nx in tn CNY for 2023\n"),
    );
    folder.write("ben.tql", &format!("{load}# Q1\nic_exports for 2022\n# Q2\nchange of ic_exprots from 2018 to 2023\nexport ic_exports for 2023 into \"mine.csv\"\n"));
    folder.write("cleo.tql", load);
    let ran = run_in(&folder.0, &["lesson", "grade", "anna.tql", "ben.tql", "cleo.tql", "--key", "key.tql"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("anna.tql: 3 of 3 points\n"), "{}", ran.out);
    assert!(ran.out.contains("ben.tql: 0 of 3 points\n  Q1   0/2  period: "), "{}", ran.out);
    assert!(ran.out.contains("no series is named `ic_exprots`") && ran.out.contains("cleo.tql: 0 of 3"), "{}", ran.out);
    // A script of somebody else writes nothing.
    assert!(!folder.0.join("mine.csv").exists());
    let csv = run_in(&folder.0, &["lesson", "grade", "anna.tql", "--key", "key.tql", "--format", "csv"]).out;
    assert_eq!(csv, "script,question,points,of,remark\n\"anna.tql\",Q1,2,2,\"\"\n\"anna.tql\",Q2,1,1,\"\"\n");
    assert_eq!(run_in(&folder.0, &["lesson", "grade", "anna.tql"]).code, 2);
    assert_eq!(run_in(&folder.0, &["lesson", "grade", "none.tql", "--key", "key.tql"]).code, 2);
    folder.write("bad.tql", "# Q1\nnothing\n");
    assert_eq!(run_in(&folder.0, &["lesson", "grade", "anna.tql", "--key", "bad.tql"]).code, 1);
}

/// At a terminal, and how far one came is kept.
#[cfg(unix)]
#[test]
fn a_lesson_at_the_prompt() {
    let home = Folder::new("lessons_home");
    let begin = |arguments: &[&str]| {
        let mut command = Command::new("sh");
        command
            .args(["-c", "stty rows 40 cols 100; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_tradeql")])
            .args(arguments)
            .current_dir(root())
            .env("HOME", &home.0)
            .env_remove("XDG_STATE_HOME")
            .env("TERM", "xterm")
            .env("NO_COLOR", "1");
        rexpect::session::spawn_command(command, Some(60_000)).unwrap()
    };
    let mut p = begin(&[]);
    p.exp_string("tradeql> ").unwrap();
    p.send_line("let before = 40").unwrap();
    p.send_line("lesson").unwrap();
    p.exp_string("Reading a series").unwrap();
    p.send_line("lesson 2").unwrap();
    p.exp_string("1 of 4: Between two years").unwrap();
    p.send_line("change of ic_exports from 2018 to 2023").unwrap();
    p.exp_string("Not yet (kind)").unwrap();
    p.send_line("hint").unwrap();
    p.exp_string("The operator is").unwrap();
    p.send_line("growth of ic_exports from 2018 to 2023").unwrap();
    p.exp_string("Right.").unwrap();
    p.exp_string("2 of 4").unwrap();
    p.send_line("leave").unwrap();
    p.exp_string("back at the prompt").unwrap();
    // What was there before the lesson is there again.
    p.send_line("before + 2").unwrap();
    p.exp_string("42").unwrap();
    p.send_line("quit").unwrap();
    p.exp_eof().unwrap();
    let mut p = begin(&["lesson", "2"]);
    p.exp_string("2 of 4").unwrap();
    p.send_line("back").unwrap();
    p.exp_string("1 of 4").unwrap();
    p.send_line("skip").unwrap();
    p.exp_string("71.2 %").unwrap();
    p.send_line("quit").unwrap();
    p.exp_eof().unwrap();
    let listed = Command::new(env!("CARGO_BIN_EXE_tradeql"))
        .arg("lesson")
        .env("HOME", &home.0)
        .env_remove("XDG_STATE_HOME")
        .output()
        .unwrap();
    assert!(String::from_utf8(listed.stdout).unwrap().contains("Growth and its base  1 of 4 steps"));
}

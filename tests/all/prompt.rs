//! The prompt in a real terminal.

use super::tool::{Folder, root};
use rexpect::session::spawn_command;
use std::process::Command;

fn prompt(home: &Folder) -> rexpect::session::PtySession {
    prompt_with(home, &[])
}

fn prompt_with(home: &Folder, arguments: &[&str]) -> rexpect::session::PtySession {
    // A terminal of this size, whatever the one of the tests.
    let mut command = Command::new("sh");
    command
        .args(["-c", "stty rows 24 cols 100; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_tradeql")])
        .args(arguments)
        .current_dir(root())
        .env("PAGER", "echo paged by")
        .env("HOME", &home.0)
        .env_remove("XDG_STATE_HOME")
        .env("TERM", "xterm")
        .env("VISUAL", "true")
        .env("NO_COLOR", "1");
    spawn_command(command, Some(20_000)).unwrap()
}

/// Waits for the next prompt, and for the terminal to be ready for single keys.
fn settled(p: &mut rexpect::session::PtySession) {
    p.exp_string("tradeql> ").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
}

#[test]
fn a_session_at_the_prompt() {
    let home = Folder::new("home");
    let mut p = prompt(&home);
    p.exp_string("tradeql> ").unwrap();
    p.send_line("load \"examples/data/china_ic_trade.csv\" as ic").unwrap();
    p.exp_string("13 rows").unwrap();
    p.send_line("growth of ic_exports from 2018 to 2024").unwrap();
    p.exp_string("partial-period-comparison").unwrap();
    p.exp_string("84.3 %").unwrap();
    // A mistake ends the statement, not the session.
    p.send_line("growth of ic_exprots from 2018 to 2023").unwrap();
    p.exp_string("did you mean `ic_exports`").unwrap();
    // A line that ends in an operator goes on.
    p.send_line("ic_exports -").unwrap();
    p.send_line("ic_imports for 2022").unwrap();
    p.exp_string("-1.7409 tn CNY").unwrap();
    p.send_line("?cagr").unwrap();
    p.exp_string("Compound annual growth rate").unwrap();
    // Ctrl-C clears the line, Ctrl-D leaves.
    settled(&mut p);
    p.send("growth of nonsense").unwrap();
    p.flush().unwrap();
    p.exp_string("nonsense").unwrap();
    p.send_control('c').unwrap();
    settled(&mut p);
    p.send_line("40 + 2").unwrap();
    p.exp_string("\n42").unwrap();
    settled(&mut p);
    p.send_control('d').unwrap();
    p.exp_eof().unwrap();
    let history = home.0.join(".local/state/tradeql/history");
    let text = std::fs::read_to_string(&history).unwrap();
    assert!(text.contains("growth of ic_exports from 2018 to 2024"), "{text}");
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(&history).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_history_is_kept_across_sessions() {
    let home = Folder::new("history");
    for text in ["1 + 1", "2 + 2"] {
        let mut p = prompt(&home);
        p.exp_string("tradeql> ").unwrap();
        p.send_line(text).unwrap();
        p.exp_string(if text == "1 + 1" { "\n2" } else { "\n4" }).unwrap();
        settled(&mut p);
        p.send_control('d').unwrap();
        p.exp_eof().unwrap();
    }
    let kept = std::fs::read_to_string(home.0.join(".local/state/tradeql/history")).unwrap();
    assert!(kept.contains("1 + 1") && kept.contains("2 + 2"), "{kept}");
}

#[test]
fn habits_of_other_prompts_work() {
    let home = Folder::new("habits");
    let mut p = prompt(&home);
    settled(&mut p);
    p.send_line("load \"examples/data/made_up_panel.csv\" as panel").unwrap();
    p.exp_string("rows").unwrap();
    settled(&mut p);
    // What goes on is asked for.
    p.send_line("exports for 2023 -").unwrap();
    p.exp_string("...> ").unwrap();
    p.send_line("imports for 2023").unwrap();
    p.exp_string("parentheses keep one part apart").unwrap();
    settled(&mut p);
    p.send_line("help where").unwrap();
    p.exp_string("where").unwrap();
    settled(&mut p);
    // 4 partners: JPN 85.93, NLD 113.87, USA 96.75, VNM 60.32; the last answer has a name.
    p.send_line("exports by partner for 2023").unwrap();
    p.exp_string("113.87").unwrap();
    settled(&mut p);
    p.send_line("_ top 1").unwrap();
    p.exp_string("rest").unwrap();
    settled(&mut p);
    p.send_line("_1 where partner = USA").unwrap();
    p.exp_string("96.75").unwrap();
    settled(&mut p);
    p.send_line("set format = md").unwrap();
    settled(&mut p);
    p.send_line("exports for 2023").unwrap();
    p.exp_string("**`exports for 2023`**").unwrap();
    settled(&mut p);
    p.send_line("set format = auto").unwrap();
    settled(&mut p);
    // Up by prefix: the last line that begins so.
    p.send("load").unwrap();
    p.send("\x1b[A").unwrap();
    p.flush().unwrap();
    p.exp_string("made_up_panel.csv").unwrap();
    p.send_control('c').unwrap();
    settled(&mut p);
    // Tab by position: codes with their names, and files between quotes.
    p.send("exports where partner = ").unwrap();
    p.send("\t\t").unwrap();
    p.flush().unwrap();
    p.exp_string("United States").unwrap();
    p.send_control('c').unwrap();
    settled(&mut p);
    p.send("load \"examples/data/made_up_r").unwrap();
    p.send("\t").unwrap();
    p.flush().unwrap();
    p.exp_string("made_up_rates").unwrap();
    p.send_control('c').unwrap();
    settled(&mut p);
    p.send_line("cagr?").unwrap();
    p.exp_string("Compound annual growth rate").unwrap();
    settled(&mut p);
    // What is found again, pasted as one, edited, looked at.
    p.send_control('r').unwrap();
    p.send("by partner").unwrap();
    p.flush().unwrap();
    p.exp_string("exports by partner for 2023").unwrap();
    p.send_control('c').unwrap();
    settled(&mut p);
    p.send("\x1b[200~20 + 1\n20 + 3\n\x1b[201~\r").unwrap();
    p.flush().unwrap();
    p.exp_string("\n21").unwrap();
    p.exp_string("\n23").unwrap();
    settled(&mut p);
    p.send_line("edit").unwrap();
    p.exp_string("\n23").unwrap();
    settled(&mut p);
    p.send_line("head panel").unwrap();
    p.exp_string("270900").unwrap();
    settled(&mut p);
    p.send_line("! echo from_$((40 + 2))").unwrap();
    p.exp_string("from_42").unwrap();
    settled(&mut p);
    p.send_line("copy").unwrap();
    p.exp_string("\x1b]52;c;").unwrap();
    settled(&mut p);
    let script = home.0.join("hour.tql");
    p.send_line(&format!("save \"{}\"", script.display())).unwrap();
    p.exp_string("gives the same").unwrap();
    settled(&mut p);
    p.send_line("reset").unwrap();
    p.exp_string("is forgotten").unwrap();
    settled(&mut p);
    p.send_line("exports for 2023").unwrap();
    p.exp_string("no series is named `exports`").unwrap();
    settled(&mut p);
    p.send_line(":q").unwrap();
    p.exp_eof().unwrap();
    let saved = std::fs::read_to_string(&script).unwrap();
    let expected = [
        "load \"examples/data/made_up_panel.csv\" as panel",
        "let _1 = exports by partner for 2023",
        "_1",
        "_1 top 1",
        "_1 where partner = USA",
    ];
    assert!(expected.iter().all(|line| saved.lines().any(|l| l == *line)), "{saved}");
    // Run from where the session was, it gives the same.
    let text = saved.replace("examples/data", &root().join("examples/data").to_string_lossy());
    let again = home.write("again.tql", &text);
    let ran = super::tool::run(&["run", &again]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("96.75"), "{}", ran.out);
}

#[test]
fn in_a_sandbox_no_other_program_is_run() {
    let long = "list operators";
    for (arguments, paged) in [(&[][..], true), (&["--sandbox", "examples"], false)] {
        let home = Folder::new(if paged { "paged" } else { "sandboxed" });
        let mut p = prompt_with(&home, arguments);
        settled(&mut p);
        p.send_line("set pager = on").unwrap();
        settled(&mut p);
        p.send_line(long).unwrap();
        p.exp_string(if paged { "paged by" } else { "yoy growth" }).unwrap();
        settled(&mut p);
        p.send_line("! echo from_$((40 + 2))").unwrap();
        p.exp_string(if paged { "from_42" } else { "in a sandbox nothing is run" }).unwrap();
        settled(&mut p);
        p.send_line("quit").unwrap();
        p.exp_eof().unwrap();
    }
}

#[test]
fn numbered_answers_are_called_as_their_queries_and_never_go_in_circles() {
    let panel = "examples/data/made_up_panel.csv";
    let run = |text: &str| super::tool::run(&["-e", text, "--load", panel]);
    let ran = run("let _1 = exports by partner\n_1 for 2023\nlist series");
    assert!(ran.out.starts_with("partner  exports, 2023\n") && !ran.out.contains("_1"), "{}", ran.out);
    let ran = run("let _1 = exports\nlet _2 = _1\nlet _1 = _2\n_2 by year");
    assert!(ran.code == 1 && !ran.err.is_empty(), "{}{}", ran.out, ran.err);
}

//! The prompt in a real terminal.

use super::tool::{Folder, root};
use rexpect::session::spawn_command;
use std::process::Command;

fn prompt(home: &Folder) -> rexpect::session::PtySession {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tradeql"));
    command
        .current_dir(root())
        .env("HOME", &home.0)
        .env_remove("XDG_STATE_HOME")
        .env("TERM", "xterm")
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

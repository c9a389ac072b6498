//! Tables of databases through their client programs. Here the clients are scripts that sleep, lie, flood or die, so that
//! no database is needed: whatever they do, the session gets an error in time and lives on.

#![cfg(unix)]

use super::tool::{Folder, Ran};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A folder with a client of this name that does what a shell script says.
fn client(name: &str, program: &str, script: &str) -> Folder {
    let folder = Folder::new(&format!("client-{name}"));
    let path = folder.write(program, &format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    folder.write("x.db", "");
    folder
}

/// The program with only this folder and the system's own on its PATH.
fn command(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tradeql"));
    let path = format!("{}:/usr/bin:/bin", folder.0.display());
    command.args(arguments).current_dir(&folder.0).env("NO_COLOR", "1").env("PATH", path).env("HOME", &folder.0);
    command.env_remove("XDG_CONFIG_HOME");
    command
}

fn run(folder: &Folder, arguments: &[&str]) -> Ran {
    let out = command(folder, arguments).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { out: text(out.stdout), err: text(out.stderr), code: out.status.code().unwrap_or(-1) }
}

/// What the client of SQLite must do to be believed: the columns of a table, its rows, and behind each the word that it is
/// told to print.
const GOOD: &str = r#"while read -r line; do
  case "$line" in
    *pragma_table_info*) printf 'year,text\nexports,real\n' ;;
    *'FROM "t"'*) ROWS ;;
    .print*) echo "${line#.print }" ;;
  esac
done"#;

fn good(rows: &str) -> String {
    GOOD.replace("ROWS", rows)
}

#[test]
fn a_table_that_a_client_prints_is_a_dataset() {
    let folder = client("good", "sqlite3", &good("printf '2018,846.4\\r\\n2019,1015.2\\r\\n'"));
    folder.write("t.with", "exports from exports: flow in bn CNY\n");
    let ran = run(&folder, &["-e", "load \"x.db#t\"\ngrowth of t.exports from 2018 to 2019", "--format", "json"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    // 1015.2 / 846.4 - 1 = 0.199432…
    assert!(ran.out.contains("19.94"), "{}", ran.out);
    let ran = run(&folder, &["inspect", "x.db#t"]);
    assert!(ran.out.contains("table of SQLite") && !ran.out.contains("separator"), "{}", ran.out);
}

#[test]
fn a_client_that_reads_to_the_end_is_started_for_each_statement() {
    // It answers once nothing more comes; where it does not hear the end of it, it never does.
    let script = r#"[ "$1 $2" = "client clickhouse://h/d" ] || exit 1
told=$(cat)
case "$told" in
  *system.columns*) printf '"year","uint16"\n"exports","float64"\n' ;;
  *'FROM "t"'*) printf '2018,846.4\n2019,1015.2\n' ;;
esac
printf '%s\n' "$told" | sed -n "s/^SELECT '\([0-9a-f]*\)';$/\"\1\"/p""#;
    let folder = client("ends", "clickhouse", script);
    let load = "load \"clickhouse://h/d#t\" as t with { exports from exports: flow in bn CNY }";
    let ran = run(&folder, &["-e", &format!("{load}\ngrowth of t.exports from 2018 to 2019"), "--timeout", "20"]);
    // 1015.2 / 846.4 - 1 = 0.199432…
    assert!(ran.code == 0 && ran.out.contains("19.9 %"), "{} {}", ran.out, ran.err);
}

#[test]
fn whatever_a_client_does_is_survived() {
    let half = good("printf '2018,846.4\\n2019,\"10'; exit 1");
    let partial = good("printf '2018,846.4\\n'; exit 0");
    let wide = good("printf '2018,846.4,1\\n'");
    let flood = good("yes 2018,1");
    let endless = good("tr '\\0' x < /dev/zero");
    let cases: &[(&str, &str, &str)] = &[
        ("dies", "exit 1", "went away while it answered"),
        ("says", "echo 'Error: near line 1: no such table: t' >&2; exit 1", "the database says: no such table: t"),
        ("garbage", "echo a; echo b; sleep 20", "gave no proper answer: a row of 1 cells, not 2: `a`"),
        ("half", &half, "went away while it answered"),
        ("partial", &partial, "went away while it answered"),
        ("wide", &wide, "gave no proper answer: a row of 3 cells"),
        ("flood", &flood, ""),
        ("endless", &endless, "a row is longer than 16 MB"),
        ("denied", "echo 'Error: unable to open database \"x.db\": Permission denied' >&2; exit 1", "denies it"),
    ];
    for (name, script, said) in cases {
        let folder = client(name, "sqlite3", script);
        folder.write("d.csv", "year,exports\n2018,5\n");
        let begun = Instant::now();
        let ran = run(&folder, &["-e", "load \"x.db#t\"", "--timeout", "4", "--copy-rows", "1000"]);
        let words = ran.err.split_whitespace().filter(|w| *w != "│").collect::<Vec<_>>().join(" ");
        // What floods never ends: it is stopped by the clock.
        let (code, said) = if *name == "flood" { (124, "interrupted") } else { (3, *said) };
        assert!(words.contains(said), "{name}: {words}");
        assert_eq!(ran.code, code, "{name}: {words}");
        assert!(begun.elapsed() < Duration::from_secs(14), "{name}");
    }
}

#[test]
fn the_session_lives_on_after_a_client_died() {
    let folder = client("lives", "sqlite3", "exit 1");
    folder.write("d.csv", "year,exports\n2018,5\n");
    let mut child =
        command(&folder, &[]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    use std::io::Write;
    child.stdin.take().unwrap().write_all(b"load \"d.csv\"\nd.exports for 2018\n").unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(String::from_utf8_lossy(&out.stdout).contains('5'));
}

#[test]
fn a_client_that_hangs_is_ended_in_time() {
    // It heeds no signal that can be ignored, and listens to nothing.
    for (name, script) in [("sleeps", "sleep 60"), ("ignores", "trap '' INT TERM HUP PIPE; while :; do sleep 1; done")]
    {
        let folder = client(name, "psql", script);
        let begun = Instant::now();
        let ran = run(&folder, &["-e", "load \"postgresql://h/d#t\"", "--timeout", "1"]);
        assert_eq!(ran.code, 124, "{name}: {}", ran.err);
        assert!(begun.elapsed() < Duration::from_secs(10), "{name}");
    }
}

/// Whether a program is there, by its number.
fn is_alive(pid: &str) -> bool {
    Command::new("kill").args(["-0", pid]).stderr(Stdio::null()).status().unwrap().success()
}

/// The number of the client, which is waited for.
fn pid_of(folder: &Folder) -> String {
    let begun = Instant::now();
    loop {
        let pid = std::fs::read_to_string(folder.0.join("pid")).unwrap_or_default().trim().to_string();
        if !pid.is_empty() || begun.elapsed() > Duration::from_secs(10) {
            return pid;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn an_interrupt_or_the_end_ends_the_client_too() {
    // An end that is asked for may be heard by the main part first, which says that it was interrupted.
    for (signal, codes) in [("INT", &[130][..]), ("TERM", &[130, 143]), ("HUP", &[130, 129])] {
        if signal == "HUP" && hangup_is_ignored() {
            eprintln!("skipped: the tests themselves outlive their terminal");
            continue;
        }
        let folder = client(&format!("interrupt-{signal}"), "psql", "echo $$ > pid; exec sleep 60");
        let child = command(&folder, &["-e", "load \"postgresql://h/d#t\""])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let pid = pid_of(&folder);
        let begun = Instant::now();
        let told = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status().unwrap();
        assert!(told.success());
        let out = child.wait_with_output().unwrap();
        let code = out.status.code().unwrap_or(-1);
        assert!(codes.contains(&code), "{signal}: {code} {}", String::from_utf8_lossy(&out.stderr));
        assert!(begun.elapsed() < Duration::from_secs(5), "{signal}");
        assert!(!is_alive(&pid), "{signal}: the client goes on");
    }
}

/// Whether the end of a terminal is passed over here, and so by whatever is started.
fn hangup_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).map(str::trim);
    mask.and_then(|mask| u64::from_str_radix(mask, 16).ok()).is_none_or(|mask| mask & 1 != 0)
}

#[test]
fn a_run_that_outlives_its_terminal_goes_on() {
    let folder = client("nohup", "psql", "echo $PPID > parent; echo $$ > pid; exec sleep 60");
    let command = command(&folder, &["-e", "load \"postgresql://h/d#t\""]);
    let mut held = Command::new("sh");
    held.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => held.env(name, value),
            None => held.env_remove(name),
        };
    }
    command.get_current_dir().map(|dir| held.current_dir(dir));
    let mut child = held.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let pid = pid_of(&folder);
    let tell = |signal: &str| Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success();
    assert!(tell("-HUP"));
    std::thread::sleep(Duration::from_millis(800));
    assert!(is_alive(&pid), "the client was ended");
    assert!(tell("-TERM"));
    child.wait().unwrap();
    assert!(!is_alive(&pid), "the client goes on");
}

#[test]
fn a_terminal_that_is_closed_ends_the_client() {
    if hangup_is_ignored() {
        eprintln!("skipped: the tests themselves outlive their terminal");
        return;
    }
    let folder = client("closed", "psql", "echo $$ > pid; exec sleep 60");
    let mut p = prompt(&folder, &[]);
    p.exp_string("tradeql> ").unwrap();
    p.send_line("load \"postgresql://h/d#t\"").unwrap();
    let pid = pid_of(&folder);
    assert!(is_alive(&pid));
    // The end of the session of a terminal is told to what runs in it.
    drop(p);
    let begun = Instant::now();
    while is_alive(&pid) && begun.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(!is_alive(&pid), "the client goes on");
}

/// The prompt in a terminal, with the client of a folder.
fn prompt(folder: &Folder, arguments: &[&str]) -> rexpect::session::PtySession {
    let mut command = command(folder, arguments);
    command.env("TERM", "xterm").env_remove("XDG_STATE_HOME");
    rexpect::session::spawn_command(command, Some(20_000)).unwrap()
}

#[test]
fn ctrl_c_at_the_prompt_ends_the_client_and_not_the_session() {
    let folder = client("prompt", "psql", "echo $PPID > parent; echo $$ > pid; exec sleep 60");
    let mut p = prompt(&folder, &[]);
    p.exp_string("tradeql> ").unwrap();
    for _ in 0..2 {
        let _ = std::fs::remove_file(folder.0.join("pid"));
        p.send_line("load \"postgresql://h/d#t\"").unwrap();
        let pid = pid_of(&folder);
        p.send_control('c').unwrap();
        p.exp_string("interrupted").unwrap();
        p.exp_string("tradeql> ").unwrap();
        assert!(!is_alive(&pid), "the client goes on");
    }
    p.send_line("40 + 2").unwrap();
    p.exp_string("\n42").unwrap();
    // The end of the program is heard at the prompt.
    let parent = std::fs::read_to_string(folder.0.join("parent")).unwrap().trim().to_string();
    let told = Command::new("kill").args(["-TERM", &parent]).status().unwrap();
    assert!(told.success());
    p.exp_eof().unwrap();
}

#[test]
fn ctrl_c_while_the_prompt_begins_ends_it() {
    let folder = client("begins", "psql", "echo $$ > pid; exec sleep 60");
    let mut p = prompt(&folder, &["--load", "postgresql://h/d#t"]);
    let pid = pid_of(&folder);
    p.send_control('c').unwrap();
    p.exp_string("interrupted").unwrap();
    p.exp_eof().unwrap();
    assert!(!is_alive(&pid), "the client goes on");
}

#[test]
fn no_client_is_an_error_that_names_it() {
    let folder = Folder::new("client-none");
    folder.write("x.duckdb", "");
    let ran = run(&folder, &["-e", "load \"x.duckdb#t\""]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("`duckdb`, the client program of DuckDB, is not on the PATH"), "{}", ran.err);
}

#[test]
fn a_name_may_be_a_folder_of_files() {
    let folder = Folder::new("sources");
    std::fs::create_dir_all(folder.0.join("office")).unwrap();
    std::fs::create_dir_all(folder.0.join(".config/tradeql")).unwrap();
    folder.write("office/trade.panel.csv", "year;exports\n2018;5\n2019;6\n");
    folder.write("s.tql", "load \"office#trade.panel\"\npanel.exports for 2019");
    let source = format!("office={}", folder.0.join("office").display());
    let ran = run(&folder, &["run", "s.tql", "--source", &source]);
    assert!(ran.code == 0 && ran.out.contains("  6 (unit not declared)  2019\n"), "{}{}", ran.out, ran.err);
    // The user's own file says the same, from its own folder.
    folder.write(".config/tradeql/sources", "# mine\noffice = ../../office\n");
    let again = run(&folder, &["run", "s.tql"]);
    assert_eq!((again.out, again.code), (ran.out, 0), "{}", again.err);
    let lost = run(&folder, &["-e", "load \"office#trade.rates\""]);
    assert!(lost.code == 3 && lost.err.contains("none of them is called"), "{}", lost.err);
    let wrong = run(&folder, &["-e", "list datasets", "--source", "my office=x"]);
    assert!(wrong.code == 2 && wrong.err.contains("no name of a source"), "{}", wrong.err);
}

#[test]
fn a_sandbox_asks_no_database() {
    let folder = client("sandbox", "sqlite3", "touch started");
    let ran = run(&folder, &["--sandbox", ".", "-e", "load \"x.db#t\""]);
    assert!(ran.code == 3 && ran.err.contains("this session asks no database"), "{}", ran.err);
    assert!(!folder.0.join("started").exists());
}

#[test]
fn a_password_is_refused_and_not_printed() {
    let folder = client("secret", "psql", "touch started");
    for target in ["postgresql://me:hush@h/d#t", "postgresql://h/d?password=hush#t"] {
        let ran = run(&folder, &["-e", &format!("load \"{target}\"")]);
        assert!(ran.code == 3 && ran.err.contains("secret-in-script"), "{}", ran.err);
        assert!(!ran.err.contains("hush") && !ran.out.contains("hush"), "{}", ran.err);
    }
    // A user is no secret, but nobody's business.
    let ran = run(&folder, &["-e", "load \"postgresql://me@h/d#t\""]);
    assert!(ran.err.contains("went away"), "{}", ran.err);
    assert!(folder.0.join("started").exists());
}

//! Labels, names of columns and of files that would drive a terminal, turn the direction of writing, hide, begin a line of
//! their own or be computed by a spreadsheet: in every output they are seen for what they are.

use super::tool::{Folder, Ran, run_in};

/// What must not be seen as it is: the terminal obeys it, or the eye does not see it.
const HIDDEN: &[char] = &[
    '\u{1b}', '\u{9b}', '\u{7}', '\u{8}', '\u{202e}', '\u{200b}', '\u{feff}', '\u{2066}', '\u{ad}', '\r', '\t',
    '\u{7f}',
];

/// A label with all of it, and with a line that looks like ours.
fn label() -> String {
    HIDDEN.iter().filter(|c| **c != '\u{feff}').collect::<String>() + "x\nFORGED: 1"
}

const FILE: &str = "d\u{1b}[31m\u{202e}.csv";

fn folder() -> Folder {
    let folder = Folder::new("hostile");
    let row = |year: u32, label: &str, n: u32| format!("{year},\"{label}\",{n},{n}\n");
    let mut text = "year,partner,exports,\"im\u{1b}[2J\u{202e}ports\"\n".to_string();
    for (i, label) in [label().as_str(), "=1+1", "<script>alert(1)</script>|`*_", "plain"].into_iter().enumerate() {
        for year in 2020..2023 {
            text.push_str(&row(year, label, (i as u32 + 1) * (year - 2000)));
        }
    }
    folder.write(FILE, &text);
    folder
}

/// No hidden character, and no line that the data have made.
fn is_seen(what: &str, ran: &Ran) {
    for (stream, text) in [("out", &ran.out), ("err", &ran.err)] {
        let found = text.chars().find(|c| HIDDEN.contains(c) || (c.is_control() && *c != '\n'));
        assert_eq!(found, None, "{what}, {stream}: {text:?}");
        assert!(!text.lines().any(|l| l.trim_start().starts_with("FORGED")), "{what}, {stream}: {text}");
    }
}

#[test]
fn whatever_a_file_holds_is_seen_for_what_it_is() {
    let folder = folder();
    let load = format!("load \"{FILE}\" as d");
    let said = |statement: &str, format: &str| run_in(&folder.0, &["-e", &load, "-e", statement, "--format", format]);
    for statement in [
        "d.exports by partner, year",
        "d.exports by partner for 2022 top 1",
        "d.exports, d.exports * 2 by partner for 2022",
        "explain d.exports by partner for 2022",
        "plot d.exports by partner, year",
        "plot d.exports by partner for 2022",
        "describe d",
        "describe exports",
        "list codes partner",
        "list series",
        "list datasets",
        "list dimensions",
        "d.exports where partner = nowhere for 2022",
        "d.exports where partner = \"\u{1b}[31m\" for 2022",
        "growth of d.exports by partner from 2019 to 2022",
        "d.export\u{202e}s",
        "set width = 40\nd.exports by partner, year",
        "claim d.exports for 2022 is 5 citing \"\u{1b}[31m\"",
    ] {
        for format in ["table", "md"] {
            let ran = said(statement, format);
            assert!(!(ran.out.is_empty() && ran.err.is_empty()), "{statement}");
            is_seen(&format!("{statement:?} as {format}"), &ran);
        }
        let ran = run_in(&folder.0, &["-e", &load, "-e", statement, "--diagnostics", "line"]);
        is_seen(&format!("{statement:?} in lines"), &ran);
    }
    is_seen("inspect", &run_in(&folder.0, &["inspect", FILE]));
    is_seen("inspect raw", &run_in(&folder.0, &["inspect", FILE, "--raw"]));
    is_seen("a file that is not there", &run_in(&folder.0, &["inspect", "no\u{1b}[31m\nFORGED"]));
    is_seen("an option that is none", &run_in(&folder.0, &["--no\u{1b}[31m\nFORGED"]));
    is_seen("a script that is not there", &run_in(&folder.0, &["run", "no\u{1b}[31m\nFORGED.tql"]));
    // Programs get all of it, under the rules of the form; a lone return is a line end.
    let ran = said("d.exports by partner for 2022", "json");
    let json: serde_json::Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    let rows = json["rows"].as_array().unwrap();
    assert!(rows.iter().any(|r| r["partner"].as_str().is_some_and(|p| p == label().replace('\r', "\n"))), "{json}");
    let ran = said("d.exports by partner for 2022", "html");
    assert!(!ran.out.contains("<script>") && ran.out.contains("&lt;script&gt;"), "{}", ran.out);
    let ran = said("d.exports by partner for 2022", "md");
    assert!(!ran.out.contains("<script>") && !ran.out.contains("</script>|`"), "{}", ran.out);
}

/// What a label would have a terminal do: colours that we never use, a title, a screen cleared, text turned round.
const ORDERS: [&str; 5] = ["\u{1b}[45m", "\u{1b}]0;", "\u{1b}[2J", "\u{202e}", "\u{9b}"];

/// On a terminal we drive it ourselves, with colours and at the prompt; what a file holds never does.
#[test]
fn a_terminal_is_driven_by_us_alone() {
    let folder = Folder::new("hostile-pty");
    let label = format!("{}{}evil", ORDERS.concat(), "\u{7}");
    let rows: String = (2020..2023).map(|y| format!("{y},\"{label}\",{y},7\n{y},plain,5,\n")).collect();
    folder.write("d.csv", &format!("year,partner,exports,\"im{label}\"\n{rows}"));
    let spawned = |arguments: &[&str]| {
        let mut command = std::process::Command::new("sh");
        command
            .args(["-c", "stty rows 24 cols 60; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_tradeql")])
            .args(arguments)
            .current_dir(&folder.0)
            .env("HOME", &folder.0)
            .env("PAGER", "cat")
            .env("TERM", "xterm-256color")
            .env_remove("NO_COLOR")
            .env_remove("XDG_STATE_HOME");
        rexpect::session::spawn_command(command, Some(20_000)).unwrap()
    };
    let obeyed = |what: &str, text: &str| {
        // The bytes come as characters.
        let bytes: Vec<u8> = text.chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).collect();
        let text = String::from_utf8_lossy(&bytes);
        let found: Vec<_> = ORDERS.iter().filter(|order| text.contains(**order)).collect();
        assert!(found.is_empty(), "{what}: {found:?} in {text:?}");
        assert!(text.contains("u{1b}[45m"), "{what}: {text:?}");
    };
    let statements = [
        "d.exports by partner, year",
        "explain d.exports by partner for 2022",
        "plot d.exports by partner, year",
        "describe d",
        "list codes partner",
        "growth of d.exports by partner from 2020 to 2022 top 1",
        "d.exports where partner = nowhere for 2022",
    ];
    for statement in statements {
        for colour in ["always", "auto"] {
            let statements = format!("load \"d.csv\" as d\n{statement}");
            let mut p = spawned(&["-e", &statements, "--color", colour]);
            obeyed(&format!("{statement} in colours {colour}"), &p.exp_eof().unwrap());
        }
    }
    obeyed("inspect", &spawned(&["inspect", "d.csv"]).exp_eof().unwrap());
    // At the prompt, where the line editor draws too.
    let mut p = spawned(&[]);
    p.send_line("load \"d.csv\" as d").unwrap();
    for statement in statements {
        p.send_line(statement).unwrap();
    }
    p.send_line("1000 + 234").unwrap();
    let mut said = p.exp_string("1,234").unwrap_or_else(|_| p.exp_string("1234").unwrap());
    p.send_control('d').unwrap();
    said.push_str(&p.exp_eof().unwrap_or_default());
    obeyed("the prompt", &said);
}

//! The guide and the cookbook show what the program prints: every statement of `docs/language.md` is run, one after another in one
//! session, and what comes of it is compared with what stands there. `TRADEQL_BLESS=1` writes it anew.

use super::tool::root;
use std::path::Path;
use tradeql::front::Disk;
use tradeql::front::output::Printing;
use tradeql::front::printer::Printer;
use tradeql::render::Format;
use tradeql::session::{Mode, Session};

/// What a statement of the guide prints: what is said first, then the answer.
fn printed(session: &mut Session, printer: &mut Printer, statement: &str) -> String {
    let mut out = String::new();
    session.run("guide", statement, Mode::Run, &mut |session, response| {
        let (said, answer) = printer.texts(session, &response);
        out.push_str(&(said + &answer));
        true
    });
    let lines: Vec<&str> = out.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_string()
}

#[test]
fn the_guide_shows_what_is_printed() {
    shows("language", 41);
}

#[test]
fn the_cookbook_shows_what_is_printed() {
    shows("cookbook", 35);
    let text = std::fs::read_to_string(root().join("docs/cookbook.md")).unwrap();
    assert_eq!(text.lines().filter(|l| l.starts_with("### ")).count(), 30);
    // A recipe that fails is none.
    assert!(!text.contains("\n  × "), "a query of the cookbook fails");
}

/// Runs a page with at least so many statements, and compares what it prints with what stands there.
fn shows(page: &str, least: usize) {
    let path = root().join(format!("docs/{page}.md"));
    let text = std::fs::read_to_string(&path).unwrap();
    let mut session = Session::new(Box::new(Disk), Path::new(&root()));
    session.catalogue.settings.width = Some(90);
    let mut printer = Printer::new(Printing::plain(Format::Table), "guide");
    let (mut out, mut inside, mut statements) = (String::new(), false, 0);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if line.starts_with("```") {
            inside = line == "```tradeql";
            continue;
        }
        let Some(first) = line.strip_prefix("> ").filter(|_| inside) else {
            // What was printed is printed anew.
            if inside && !line.is_empty() {
                let kept = out.len() - line.len() - 1;
                out.truncate(kept);
            }
            continue;
        };
        let mut statement = first.to_string();
        while let Some(more) = lines.next_if(|l| l.starts_with(". ")) {
            out.push_str(more);
            out.push('\n');
            statement.push('\n');
            statement.push_str(more.trim_start_matches(". "));
        }
        while lines.next_if(|l| !l.starts_with("> ") && !l.starts_with("```")).is_some() {}
        statements += 1;
        let shown = printed(&mut session, &mut printer, &statement);
        if !shown.is_empty() {
            out.push_str(&shown);
            out.push('\n');
        }
        // Statements that print nothing stand together.
        if !shown.is_empty() && lines.peek().is_some_and(|l| l.starts_with("> ")) {
            out.push('\n');
        }
    }
    assert!(statements >= least, "only {statements} statements");
    if std::env::var_os("TRADEQL_BLESS").is_some() {
        std::fs::write(&path, &out).unwrap();
    }
    assert_eq!(text, out, "{page} shows something else; TRADEQL_BLESS=1 writes it anew, then read the difference");
}

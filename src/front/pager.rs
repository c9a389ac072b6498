//! What is longer than the screen, through the pager that the user has: only at a terminal, only where `set pager = on`.

use super::output::Printing;
use super::streams::{Out, say};
use crate::data::Budget;
use crate::session::Session;
use std::io::{IsTerminal, Write};
use std::process::{Command, Stdio};
use terminal_size::{Height, Width, terminal_size};

/// Columns and rows of the terminal, where stdout is one.
pub fn screen() -> Option<(usize, usize)> {
    let (Width(columns), Height(rows)) = terminal_size().filter(|_| std::io::stdout().is_terminal())?;
    (columns >= 20 && rows >= 2).then_some((usize::from(columns), usize::from(rows)))
}

/// Whether what is longer than the screen is paged.
pub fn pages(session: &Session, printing: Printing) -> bool {
    session.catalogue.settings.pager && printing.programs && screen().is_some()
}

/// Shows a text, and whether that could be done.
pub fn show(session: &Session, (printing, budget): (Printing, Option<Budget>), text: &str) -> bool {
    let long = |rows: usize| text.lines().count() >= rows;
    if pages(session, printing) && screen().is_some_and(|(_, rows)| long(rows)) {
        match paged(text) {
            Ok(()) => return true,
            Err(e) => say(&format!("the pager cannot be started: {e}")),
        }
    }
    let mut out = Out::watched(budget);
    out.put(text);
    out.finish()
}

fn paged(text: &str) -> std::io::Result<()> {
    let command = std::env::var("PAGER").ok().filter(|p| !p.trim().is_empty()).unwrap_or_else(|| "less".into());
    let mut words = command.split_whitespace();
    let mut pager = Command::new(words.next().unwrap_or("less"));
    // Colours stay colours, wide lines are not broken, and what was shown stays on the screen.
    if std::env::var_os("LESS").is_none() {
        pager.env("LESS", "-RSX");
    }
    let mut child = pager.args(words).stdin(Stdio::piped()).spawn()?;
    if let Some(mut to) = child.stdin.take() {
        // A pager that is left early reads no further.
        let _ = to.write_all(text.as_bytes());
    }
    child.wait().map(|_| ())
}

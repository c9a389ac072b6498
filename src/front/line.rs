//! What helps while a line is typed: completion by position, colours, grey hints. In: the line and the cursor.

use super::{colour, complete};
use crate::diagnostic::visible::cut;
use crate::operators;
use crate::plan::catalogue::Catalogue;
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hinter, HistoryHinter};
use rustyline::validate::Validator;
use rustyline::{Cmd, ConditionalEventHandler, Context, Event, EventContext, Helper, RepeatCount};
use std::borrow::Cow;
use unicode_width::UnicodeWidthStr;

/// Statements whose quoted texts are files.
const WITH_FILES: &[&str] = &["load", "use", "into", "save"];

/// The helper of the line editor.
pub struct Words {
    /// What has a name.
    pub catalogue: Catalogue,
    /// The codes of what the last answer said.
    pub raised: Vec<&'static str>,
    /// Whether colours are wanted.
    pub colour: bool,
    /// Columns of the terminal.
    pub width: usize,
    history: HistoryHinter,
    files: FilenameCompleter,
}

impl Words {
    /// Of a session.
    pub fn new(catalogue: Catalogue, colour: bool, width: usize) -> Words {
        let (history, files) = (HistoryHinter::new(), FilenameCompleter::new());
        Words { catalogue, raised: Vec::new(), colour, width, history, files }
    }

    /// What is shown of a candidate: itself, and what it is as far as that fits.
    fn shown(&self, found: &[complete::Candidate]) -> Vec<Pair> {
        let widest = found.iter().map(|c| c.text.width()).max().unwrap_or(0);
        let room = self.width.saturating_sub(widest + 4);
        let pair = |c: &complete::Candidate| {
            let blanks = " ".repeat(widest - c.text.width() + 2);
            let about = cut(&c.about, room);
            let display =
                if c.about.is_empty() || room < 10 { c.text.clone() } else { format!("{}{blanks}{about}", c.text) };
            Pair { display, replacement: c.text.clone() }
        };
        found.iter().map(pair).collect()
    }
}

impl Completer for Words {
    type Candidate = Pair;

    fn complete(&self, line: &str, cursor: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let before = line.get(..cursor).unwrap_or(line);
        let in_file = complete::open_quote(before).and_then(|at| {
            let last = before.get(..at - 1)?.split_whitespace().last()?;
            WITH_FILES.contains(&last.to_lowercase().as_str()).then_some(at)
        });
        if let Some(at) = in_file {
            let typed = before.get(at..).unwrap_or("");
            let (start, found) = self.files.complete_path_unsorted(typed, typed.len())?;
            return Ok((at + start, found));
        }
        let (start, found) = complete::complete(&self.catalogue, &self.raised, line, cursor);
        Ok((start, self.shown(&found)))
    }
}

impl Hinter for Words {
    type Hint = String;

    fn hint(&self, line: &str, cursor: usize, context: &Context<'_>) -> Option<String> {
        // Without colours a hint could not be told from what is typed.
        if !self.colour || cursor < line.len() || line.trim().is_empty() {
            return None;
        }
        self.history.hint(line, cursor, context).or_else(|| signature_after(line))
    }
}

/// How an operator goes on whose name has just been typed.
fn signature_after(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let ends_in_word = line.ends_with(|c: char| c.is_alphanumeric());
    let named = |count: usize| {
        let name = words.get(words.len().checked_sub(count)?..)?.join(" ");
        operators::lookup(&name)
    };
    let (entry, _) = (1..=4).rev().find_map(named).filter(|_| ends_in_word)?;
    Some(operators::signature(entry))
}

impl Highlighter for Words {
    fn highlight<'l>(&self, line: &'l str, cursor: usize) -> Cow<'l, str> {
        if self.colour { colour::coloured(&self.catalogue, line, cursor).into() } else { line.into() }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        if self.colour { format!("\x1b[2m{hint}\x1b[0m").into() } else { hint.into() }
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        self.colour
    }
}

impl Validator for Words {}

impl Helper for Words {}

/// Up and Down look for lines that begin as the one that is typed; within a text of several lines they move.
pub struct ByPrefix {
    /// Up.
    pub back: bool,
}

impl ConditionalEventHandler for ByPrefix {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        let typed = context.line().get(..context.pos()).unwrap_or("");
        if context.line().contains('\n') || typed.trim().is_empty() {
            return None;
        }
        Some(if self.back { Cmd::HistorySearchBackward } else { Cmd::HistorySearchForward })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_operator_is_followed_by_its_signature() {
        assert_eq!(signature_after("cagr").as_deref(), Some(" of x from PERIOD to PERIOD"));
        assert_eq!(signature_after("x + 3-month average").as_deref(), Some(" of x"));
        assert_eq!(signature_after("hhi").as_deref(), Some(" over DIMENSION of x"));
        assert_eq!(signature_after("exports by"), None);
    }
}

//! What is typed at the prompt and is no statement of the language: leaving, keeping an hour's work, beginning anew, the
//! clipboard, the shell. In: a line. Out: what is to be done, or what was done.

use super::inspect_page;
use super::streams::{print_err, print_out, say};
use crate::diagnostic::report::{Style, draw};
use crate::session::Session;
use std::io::IsTerminal;
use std::path::Path;
use std::process::Command as Process;

/// A command of the prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Leave.
    Quit,
    /// Write what worked into a script; perhaps over one that is there.
    Save(String, bool),
    /// Forget all but what the program was started with.
    Reset,
    /// Edit the last statement, or what this script of the session is.
    Edit,
    /// Put the last answer on the clipboard.
    Copy,
    /// Show the first rows of a dataset or a file.
    Head(String),
    /// Have the shell run something.
    Shell(String),
}

/// The command that a line is.
pub fn parse(line: &str) -> Option<Command> {
    let line = line.trim().trim_end_matches(';').trim_end();
    let command = match line {
        "quit" | "exit" | "q" | ":q" | ":quit" | ".exit" | ".quit" | "\\q" | "quit()" | "exit()" => Command::Quit,
        "reset" => Command::Reset,
        "edit" => Command::Edit,
        "copy" => Command::Copy,
        _ => {
            if let Some(words) = line.strip_prefix('!') {
                return Some(Command::Shell(words.trim().to_string()));
            }
            if let Some(name) = line.strip_prefix("head ").map(str::trim).filter(|n| !n.contains(' ')) {
                return Some(Command::Head(name.trim_matches('"').to_string()));
            }
            let rest = line.strip_prefix("save ")?.trim();
            let (rest, over) = rest.strip_suffix(" overwrite").map_or((rest, false), |r| (r.trim(), true));
            let name = rest.strip_prefix('"').and_then(|r| r.strip_suffix('"')).unwrap_or(rest);
            Command::Save(name.to_string(), over)
        }
    };
    Some(command)
}

/// What has worked so far, so that it can be run again.
#[derive(Default)]
pub struct Kept {
    /// The statements, each with the number of its answer, where it has one.
    statements: Vec<(String, Option<usize>)>,
    /// How many answers there were.
    answers: usize,
}

impl Kept {
    /// A statement that worked.
    pub fn statement(&mut self, text: &str) {
        self.statements.push((text.to_string(), None));
    }

    /// A query that was answered: the number of its answer.
    pub fn query(&mut self, text: &str) -> usize {
        self.answers += 1;
        self.statements.push((text.to_string(), Some(self.answers)));
        self.answers
    }

    /// The number of the last answer.
    pub fn last(&self) -> Option<usize> {
        (self.answers > 0).then_some(self.answers)
    }

    /// The last statement.
    pub fn last_text(&self) -> &str {
        self.statements.last().map_or("", |(text, _)| text)
    }

    /// The script that gives the same; an answer that another statement names is named in it.
    fn script(&self) -> String {
        let named = |n: usize| self.statements.iter().any(|(text, _)| mentions(text, &format!("_{n}")));
        let line = |(text, number): &(String, Option<usize>)| match number {
            Some(n) if named(*n) => format!("let _{n} = {text}\n_{n}\n"),
            _ => format!("{text}\n"),
        };
        self.statements.iter().map(line).collect()
    }
}

/// The places of a word that stands alone, outside of quotes and remarks.
fn places(text: &str, word: &str) -> Vec<usize> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '`');
    let (mut out, mut quote, mut before) = (Vec::new(), false, ' ');
    for (i, c) in text.char_indices() {
        match c {
            '"' => quote = !quote,
            '#' if !quote => return out,
            '\n' => quote = false,
            _ => {}
        }
        let after = text.get(i + word.len()..).and_then(|r| r.chars().next());
        let fits = text.get(i..).is_some_and(|r| r.starts_with(word));
        if !quote && fits && !is_word(before) && !after.is_some_and(is_word) {
            out.push(i);
        }
        before = c;
    }
    out
}

fn mentions(text: &str, word: &str) -> bool {
    !places(text, word).is_empty()
}

/// A line in which `_` is the name of the last answer.
pub fn with_last(line: &str, last: Option<usize>) -> String {
    let Some(last) = last else { return line.to_string() };
    let mut out = line.to_string();
    for at in places(line, "_").into_iter().rev() {
        out.replace_range(at..=at, &format!("_{last}"));
    }
    out
}

/// Writes what worked into a file.
pub fn save(session: &Session, kept: &Kept, name: &str, overwrite: bool) {
    match session.write_script(Path::new(name), &kept.script(), overwrite) {
        Ok(()) => print_out(&format!("wrote {name}: `tradeql run {name}` gives the same\n")),
        Err(words) => {
            say(&words.to_string());
            false
        }
    };
}

/// Shows the first rows of a dataset, or of a file that is no dataset, as they are written.
pub fn head(session: &mut Session, name: &str) {
    let loaded = session.catalogue.datasets.get(name).map(|s| s.info().file.clone());
    let series = || session.catalogue.find(name).first().map(|(s, _)| s.info().file.clone());
    let file = loaded.or_else(series).unwrap_or_else(|| name.to_string());
    let span = session.argument("head", name);
    let mut shown = Vec::new();
    let mut each = |row: Vec<Option<String>>| {
        shown.push(row);
        shown.len() < 5
    };
    match session.inspect(&file, true, span, &mut |_| (), &mut each) {
        Ok(found) => {
            print_out(&inspect_page::rows(&found, &shown));
        }
        Err(fault) => {
            let style = Style { colour: false, width: session.catalogue.settings.page_width() };
            print_err(&draw(&fault, &session.sources, style));
        }
    }
}

/// Puts a text on the clipboard of the terminal (OSC 52).
pub fn copy(text: Option<&str>) {
    let Some(text) = text else {
        say("there is no answer yet");
        return;
    };
    if !std::io::stdout().is_terminal() {
        say("only a terminal has a clipboard");
        return;
    }
    print_out(&format!("\x1b]52;c;{}\x07copied: {} lines\n", base64(text.as_bytes()), text.lines().count()));
}

/// Has the shell run a line.
pub fn shell(words: &str, allowed: bool) {
    if !allowed {
        say("in a sandbox nothing is run");
    } else if let Err(e) = Process::new("sh").arg("-c").arg(words).status() {
        say(&format!("the shell cannot be started: {e}"));
    }
}

/// The text as the user's editor leaves it.
pub fn edit(text: &str, allowed: bool) -> Option<String> {
    if !allowed {
        say("in a sandbox nothing is run");
        return None;
    }
    let named = |name| std::env::var(name).ok().filter(|v: &String| !v.trim().is_empty());
    let editor = named("VISUAL").or_else(|| named("EDITOR")).unwrap_or_else(|| "vi".into());
    let path = std::env::temp_dir().join(format!("tradeql-{}.tql", std::process::id()));
    let run = || -> std::io::Result<String> {
        std::fs::write(&path, format!("{text}\n"))?;
        Process::new("sh").arg("-c").arg(format!("{editor} \"$1\"")).arg("sh").arg(&path).status()?;
        std::fs::read_to_string(&path)
    };
    let edited = run();
    let _ = std::fs::remove_file(&path);
    match edited {
        Ok(text) => Some(text.trim_end().to_string()).filter(|t| !t.is_empty()),
        Err(e) => {
            say(&format!("`{editor}` cannot be used: {e}"));
            None
        }
    }
}

pub(super) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for part in bytes.chunks(3) {
        let of = |i: usize| u32::from(part.get(i).copied().unwrap_or(0));
        let all = of(0) << 16 | of(1) << 8 | of(2);
        for i in 0..4 {
            let letter = LETTERS.get((all >> (18 - 6 * i) & 63) as usize).copied().unwrap_or(b'=');
            out.push(if i <= part.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_command_or_a_statement() {
        assert_eq!(parse(" :q"), Some(Command::Quit));
        assert_eq!(parse("save \"a b.tql\" overwrite"), Some(Command::Save("a b.tql".into(), true)));
        assert_eq!(parse("! ls -l"), Some(Command::Shell("ls -l".into())));
        assert_eq!(parse("head panel"), Some(Command::Head("panel".into())));
        assert_eq!(parse("head of x for 2023"), None);
        assert_eq!(parse("savings by year"), None);
    }

    #[test]
    fn the_last_answer_is_meant_where_its_name_stands_alone() {
        assert_eq!(with_last("_ / a_b + x._ # _", Some(3)), "_3 / a_b + x._ # _");
        assert_eq!(with_last("load \"_\" as _x", Some(3)), "load \"_\" as _x");
        assert_eq!(with_last("_", None), "_");
    }

    #[test]
    fn what_worked_is_a_script() {
        let mut kept = Kept::default();
        kept.statement("load \"a.csv\" as a");
        assert_eq!(kept.query("x by year"), 1);
        assert_eq!(kept.query("growth of _1 from 2018 to 2019"), 2);
        assert_eq!(kept.script(), "load \"a.csv\" as a\nlet _1 = x by year\n_1\ngrowth of _1 from 2018 to 2019\n");
    }

    #[test]
    fn base64_is_that_of_rfc_4648() {
        assert_eq!(
            ["", "f", "fo", "foo", "foob"].map(|t| base64(t.as_bytes())),
            ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]
        );
    }
}

//! The prompt: history kept across sessions, lines that go on until a statement is complete, completion. Ctrl-C clears
//! the line or stops a running query, Ctrl-D leaves.

use super::complete;
use super::exit;
use super::output::Printing;
use super::pager;
use super::printer::Printer;
use super::streams::{print_err, print_out};
use crate::plan::catalogue::Catalogue;
use crate::session::{Mode, Session};
use crate::syntax::limits;
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, Editor, Helper};
use std::path::{Path, PathBuf};
use std::time::Instant;

struct Words {
    catalogue: Catalogue,
}

impl Completer for Words {
    type Candidate = Pair;

    fn complete(&self, line: &str, cursor: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let (start, found) = complete::complete(&self.catalogue, line, cursor);
        Ok((start, found.into_iter().map(|w| Pair { display: w.clone(), replacement: w }).collect()))
    }
}

impl Hinter for Words {
    type Hint = String;
}

impl Highlighter for Words {}

impl Validator for Words {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let unfinished = limits::is_unfinished(context.input());
        Ok(if unfinished { ValidationResult::Incomplete } else { ValidationResult::Valid(None) })
    }
}

impl Helper for Words {}

/// Where the history lives: private to the user.
pub fn history_file(state: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    let folder = state.or_else(|| home.map(|h| h.join(".local/state")))?;
    Some(folder.join("tradeql").join("history"))
}

/// Makes the history file, readable by its owner alone.
fn prepare(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path).map(|_| ())
}

/// Runs the prompt until the user leaves.
pub fn run(mut session: Session, printing: Printing, history: Option<PathBuf>) -> u8 {
    let config = Config::builder().completion_type(CompletionType::List).auto_add_history(false).max_history_size(2000);
    let config = match config {
        Ok(config) => config.build(),
        Err(_) => Config::default(),
    };
    let mut editor: Editor<Words, FileHistory> = match Editor::with_config(config) {
        Ok(editor) => editor,
        Err(e) => {
            print_err(&format!("tradeql: the terminal cannot be used: {e}\n"));
            return exit::FAILED;
        }
    };
    let history = history.filter(|p| prepare(p).is_ok());
    if let Some(path) = &history {
        let _ = editor.load_history(path);
    }
    let budget = session.budget.clone();
    let _ = ctrlc::set_handler(move || budget.stop());
    editor.set_helper(Some(Words { catalogue: session.catalogue.clone() }));
    print_out("tradeql: `help` shows what there is, Tab completes, Ctrl-D leaves\n");
    let mut printer = Printer::new(Printing { with_query: false, with_done: true, ..printing }, "tradeql");
    loop {
        match editor.readline("tradeql> ") {
            Ok(line) if line.trim().is_empty() => {}
            Ok(line) => {
                if editor.add_history_entry(line.trim_end()).is_ok_and(|added| added)
                    && let Some(path) = &history
                {
                    let _ = editor.append_history(path);
                }
                if matches!(line.trim(), "quit" | "exit") {
                    return exit::OK;
                }
                answer(&mut session, &line, &mut printer);
                if let Some(helper) = editor.helper_mut() {
                    helper.catalogue = session.catalogue.clone();
                }
            }
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => return exit::OK,
            Err(e) => {
                print_err(&format!("tradeql: {e}\n"));
                return exit::FAILED;
            }
        }
    }
}

/// Runs what was typed and prints what is to be said of it, then the answer.
fn answer(session: &mut Session, line: &str, printer: &mut Printer) {
    session.budget.restart();
    session.catalogue.settings.terminal = pager::screen().map(|(columns, _)| columns);
    // `?word` asks for help.
    let text = match line.trim().strip_prefix('?') {
        Some(word) => format!("help {word}"),
        None => line.to_string(),
    };
    let mut started = Instant::now();
    session.run("prompt", &text, Mode::Run, &mut |session, response| {
        printer.print(session, &response, started.elapsed());
        started = Instant::now();
        !response.failed()
    });
}

//! The prompt: history kept across sessions, statements of several lines, the last answers by name. Ctrl-C clears the
//! line or stops a running query, Ctrl-D leaves.

use super::commands::{self, Command, Kept};
use super::exit;
use super::interrupt;
use super::lesson::progress::Progress;
use super::lesson::{self, Course};
use super::line::{ByPrefix, Words};
use super::output::Printing;
use super::pager;
use super::printer::Printer;
use super::streams::{print_out, say};
use super::timeout::Watch;
use crate::render::Format;
use crate::session::{Body, Mode, Response, Session};
use crate::syntax::{Statement, limits};
use crate::value::Named;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Editor, EventHandler, KeyCode, KeyEvent, Modifiers};
use std::path::{Path, PathBuf};
use std::time::Instant;

const PROMPT: &str = "tradeql> ";
/// Within a lesson.
const LESSON: &str = "lesson> ";
const MORE: &str = "    ...> ";

/// Where the history lives: private to the user.
pub fn history_file(state: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    let folder = state.or_else(|| home.map(|h| h.join(".local/state")))?;
    Some(folder.join("tradeql").join("history"))
}

/// What is run when the prompt begins.
pub fn start_file(config: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    let folder = config.or_else(|| home.map(|h| h.join(".config")))?;
    Some(folder.join("tradeql").join("start.tql")).filter(|p| p.is_file())
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

type Lines = Editor<Words, FileHistory>;

fn editor(session: &Session, printing: Printing) -> rustyline::Result<Lines> {
    let config = Config::builder().completion_type(CompletionType::List).auto_add_history(false);
    let config = config.max_history_size(2000).and_then(|c| c.history_ignore_dups(true))?.build();
    let mut editor: Lines = Editor::with_config(config)?;
    let width = pager::screen().map_or(80, |(columns, _)| columns);
    editor.set_helper(Some(Words::new(session.catalogue.clone(), printing.colour_out, width)));
    for (key, back) in [(KeyCode::Up, true), (KeyCode::Down, false)] {
        let handler = EventHandler::Conditional(Box::new(ByPrefix { back }));
        editor.bind_sequence(KeyEvent(key, Modifiers::NONE), handler);
    }
    Ok(editor)
}

/// One statement, which may take several lines.
fn read(editor: &mut Lines, prompt: &str) -> rustyline::Result<String> {
    let mut text = editor.readline(prompt)?;
    while limits::is_unfinished(&text) {
        text.push('\n');
        text.push_str(&editor.readline(MORE)?);
    }
    Ok(text)
}

/// What the prompt begins with, and again after `reset`.
pub struct Beginning<'a> {
    /// A session with what the arguments name.
    pub session: &'a dyn Fn(&mut Printer) -> Result<Session, u8>,
    /// Where lines are kept.
    pub history: Option<PathBuf>,
    /// What is run first.
    pub start: Option<PathBuf>,
    /// The lesson with which it begins.
    pub lesson: Option<String>,
}

/// Runs the prompt until the user leaves.
pub fn run(beginning: &Beginning<'_>, printing: Printing) -> u8 {
    let printing = Printing { with_query: false, with_done: true, ..printing };
    let mut prompt = match Prompt::begin(beginning, printing) {
        Ok(prompt) => prompt,
        Err(code) => return code,
    };
    let mut editor = match editor(&prompt.session, printing) {
        Ok(editor) => editor,
        Err(e) => {
            say(&format!("the terminal cannot be used: {e}"));
            return exit::FAILED;
        }
    };
    let history = beginning.history.as_ref().filter(|p| prepare(p).is_ok());
    if let Some(path) = history {
        let _ = editor.load_history(path);
    }
    let budget = prompt.session.budget.clone();
    interrupt::stops(budget);
    print_out("tradeql: `help` shows what there is, Tab completes, Ctrl-D leaves\n");
    let mut progress = Progress::beside(history);
    if let Some(word) = &beginning.lesson {
        prompt.lesson(&format!("lesson {word}"), beginning, printing, &mut progress);
    }
    loop {
        let mark = prompt.course.as_ref().map_or(PROMPT, |_| LESSON);
        match read(&mut editor, mark) {
            Ok(line) if line.trim().is_empty() => {}
            Ok(line) => {
                // What begins with a blank is not kept.
                if !line.starts_with(' ')
                    && editor.add_history_entry(line.trim_end()).is_ok_and(|added| added)
                    && let Some(path) = history
                {
                    let _ = editor.append_history(path);
                }
                match commands::parse(&line) {
                    _ if prompt.lesson(&line, beginning, printing, &mut progress) => {}
                    Some(Command::Quit) => return exit::OK,
                    Some(Command::Reset) => match Prompt::begin(beginning, printing) {
                        Ok(fresh) => {
                            let budget = prompt.session.budget.clone();
                            prompt = fresh;
                            prompt.session.budget = budget;
                            print_out("all but what was there at the beginning is forgotten\n");
                        }
                        Err(code) => return code,
                    },
                    Some(command) => prompt.obey(&command, printing.programs),
                    None => {
                        prompt.answer(&line);
                        prompt.judge(&mut progress);
                    }
                }
                if let Some(helper) = editor.helper_mut() {
                    helper.catalogue = prompt.session.catalogue.clone();
                    helper.raised.clone_from(&prompt.raised);
                    helper.width = pager::screen().map_or(80, |(columns, _)| columns);
                }
            }
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => return exit::OK,
            Err(e) => {
                say(&format!("{e}"));
                return exit::FAILED;
            }
        }
    }
}

/// A session at the prompt, with what it has answered.
struct Prompt {
    session: Session,
    printer: Printer,
    kept: Kept,
    /// The codes of what the last answer said.
    raised: Vec<&'static str>,
    /// The last answer, for the clipboard and the lesson.
    last: Option<Response>,
    /// The lesson that is being taken.
    course: Option<Course>,
    /// Whether the lesson has not seen it yet.
    given: bool,
    /// What was there before the lesson.
    outer: Option<Box<Prompt>>,
    /// Stops what takes too long.
    watch: Option<Watch>,
}

impl Prompt {
    fn begin(beginning: &Beginning<'_>, printing: Printing) -> Result<Prompt, u8> {
        let mut printer = Printer::new(printing, "tradeql");
        let session = (beginning.session)(&mut printer)?;
        let (kept, raised, last, course, given, outer) = Default::default();
        let mut prompt = Prompt { session, printer, kept, raised, last, course, given, outer, watch: None };
        if let Some(path) = &beginning.start {
            prompt.start(path);
        }
        Ok(prompt)
    }

    /// Runs the file with which a session starts.
    fn start(&mut self, path: &Path) {
        let name = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let printer = &mut self.printer;
                self.session.run(&name, &text, Mode::Run, &mut |session, response| {
                    let failed = response.failed();
                    if failed {
                        printer.print(session, &response, std::time::Duration::ZERO);
                    }
                    !failed
                });
            }
            Err(e) => say(&format!("`{name}` cannot be read: {e}")),
        }
    }

    fn obey(&mut self, command: &Command, programs: bool) {
        self.session.budget.restart();
        match command {
            Command::Quit | Command::Reset => {}
            Command::Save(name, overwrite) => commands::save(&self.session, &self.kept, name, *overwrite),
            Command::Head(name) => commands::head(&mut self.session, name),
            Command::Copy => commands::copy(self.last.as_ref().and_then(|last| tabbed(&self.session, last)).as_deref()),
            Command::Shell(words) => commands::shell(words, programs),
            Command::Edit => {
                if let Some(text) = commands::edit(self.kept.last_text(), programs) {
                    print_out(&format!("{text}\n"));
                    self.answer(&text);
                }
            }
        }
    }

    /// Runs what was typed and prints what is to be said of it, then the answer.
    fn answer(&mut self, line: &str) {
        self.session.budget.restart();
        self.session.catalogue.settings.terminal = pager::screen().map(|(columns, _)| columns);
        // `?word` and `word?` ask for help.
        let text = match line.trim() {
            asked if asked.starts_with('?') => format!("help {}", asked.trim_start_matches('?').trim()),
            asked if asked.ends_with('?') => format!("help {}", asked.trim_end_matches('?').trim()),
            _ => commands::with_last(line, self.kept.last()),
        };
        let mut started = Instant::now();
        let (mut answered, mut raised) = (Vec::new(), Vec::new());
        let (printer, last, given) = (&mut self.printer, &mut self.last, &mut self.given);
        let watch = self.watch.get_or_insert_with(|| Watch::new(self.session.budget.clone()));
        watch.begin(&self.session);
        self.session.run("prompt", &text, Mode::Run, &mut |session, response| {
            watch.end(session);
            watch.begin(session);
            printer.print(session, &response, started.elapsed());
            started = Instant::now();
            raised.extend(response.diagnostics.iter().map(|d| d.code.slug));
            let failed = response.failed();
            let is_answer = matches!(response.body, Some(Body::Value(_) | Body::List(_)));
            if !failed {
                answered.push((response.query.clone(), is_answer));
            }
            if is_answer || lesson::value_of(&response).is_some() {
                (*last, *given) = (Some(response), true);
            }
            !failed
        });
        watch.end(&self.session);
        raised.sort_unstable();
        raised.dedup();
        self.raised = raised;
        for (query, is_answer) in answered {
            self.keep(&query, is_answer);
        }
    }

    /// Does what a line says of lessons; whether it says anything of them.
    fn lesson(&mut self, line: &str, from: &Beginning<'_>, printing: Printing, progress: &mut Progress) -> bool {
        let words: Vec<&str> = line.split_whitespace().collect();
        let said = match words.as_slice() {
            ["lesson" | "lessons"] => Ok(lesson::listed(progress)),
            ["lesson", word] => self.take(word.trim_matches('"'), from, printing, progress),
            ["leave"] if self.course.is_some() => {
                if let Some(outer) = self.outer.take() {
                    *self = *outer;
                }
                Ok("back at the prompt\n".to_string())
            }
            _ => match self.course.as_mut().and_then(|course| course.told(line.trim())) {
                Some(words) => Ok(words),
                None => return false,
            },
        };
        match said {
            Ok(words) => print_out(&words),
            Err(why) => {
                say(&why);
                false
            }
        };
        true
    }

    /// Begins a lesson, in a session of its own; what was there before waits.
    fn take(
        &mut self,
        word: &str,
        from: &Beginning<'_>,
        printing: Printing,
        progress: &Progress,
    ) -> Result<String, String> {
        if !printing.programs && word.parse::<usize>().is_err() {
            return Err("in a sandbox lessons are taken by their numbers".into());
        }
        let found = lesson::find(word)?;
        let fresh = |base: &Path| -> Result<Prompt, String> {
            let nothing = Beginning { history: None, start: None, lesson: None, ..*from };
            let mut prompt = Prompt::begin(&nothing, printing).map_err(|_| "the lesson cannot begin".to_string())?;
            prompt.session.budget = self.session.budget.clone();
            prompt.session.set_base(base);
            lesson::set_up(&mut prompt.session, &found.lesson)?;
            Ok(prompt)
        };
        let (mut learner, keys) = (fresh(&found.base)?, fresh(&found.base)?.session);
        let width = pager::screen().map_or(80, |(columns, _)| columns);
        let course = Course::begin(found.lesson, &found.name, keys, progress.step(&found.name), width);
        let opening = course.opening();
        learner.course = Some(course);
        let before = std::mem::replace(self, learner);
        self.outer = if before.outer.is_some() { before.outer } else { Some(Box::new(before)) };
        Ok(opening)
    }

    /// Has the lesson look at the answer, if there is one.
    fn judge(&mut self, progress: &mut Progress) {
        let given = std::mem::take(&mut self.given);
        let value = self.last.as_ref().filter(|_| given).and_then(lesson::value_of);
        if let (Some(course), Some(value)) = (&mut self.course, value) {
            print_out(&format!("\n{}", course.answered(value)));
            progress.keep(&course.name, course.done());
        }
    }

    /// Keeps what worked; an answer gets a name.
    fn keep(&mut self, query: &str, is_answer: bool) {
        let looks = |s: &Statement| {
            matches!(s, Statement::Help(_) | Statement::List(..) | Statement::Describe(_) | Statement::Read(_))
        };
        let parsed = crate::syntax::parse_script(crate::span::SourceId(0), query).unwrap_or_default();
        if parsed.iter().any(|p| p.statement.as_ref().is_ok_and(looks)) {
            return;
        }
        if !is_answer {
            self.kept.statement(query);
            return;
        }
        let number = self.kept.query(query);
        self.session.run("prompt", &format!("let _{number} = {query}"), Mode::Run, &mut |_, _| true);
    }
}

/// An answer as text between tabs, as spreadsheets paste it.
fn tabbed(session: &Session, response: &Response) -> Option<String> {
    let columns = match response.body.as_ref()? {
        Body::Value(value) => vec![(response.name.as_str(), value)],
        Body::List(all) | Body::Explained(all, _) | Body::Plotted(all, _) => Named::columns(all),
        _ => return None,
    };
    Some(session.columns_text(&columns, Format::Tsv, (&response.query, &response.keys), &response.files))
}

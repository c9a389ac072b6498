//! Scripts and `-e`: run to the first error, results on stdout, diagnostics on stderr, an exit code.

use super::arguments::{Arguments, Command};
use super::clients::{self, Clients, Sources};
use super::interrupt;
use super::output::Printing;
use super::pager;
use super::printer::Printer;
use super::sandbox::Sandbox;
use super::shelf::{self, Folder};
use super::shipped::Shipped;
use super::streams::say;
use super::timeout::Watch;
use super::{Disk, exit};
use crate::data::Budget;
use crate::data::load::io_words;
use crate::diagnostic::codes;
use crate::render::Format;
use crate::session::{Files, Mode, Response, Session};
use crate::span::SourceId;
use crate::syntax::limits::{self, MAX_SCRIPT};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How to print, given where the streams go.
pub fn printing(arguments: &Arguments, out_is_terminal: bool, err_is_terminal: bool, no_colour: bool) -> Printing {
    use super::arguments::Colour;
    let colour = |terminal: bool| match arguments.colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => terminal && !no_colour,
    };
    Printing {
        format: arguments.format.unwrap_or(Format::Table),
        telling: arguments.telling,
        quiet: arguments.quiet,
        colour_out: colour(out_is_terminal),
        colour_err: colour(err_is_terminal),
        with_query: matches!(arguments.command, Command::Run(_)),
        with_done: false,
        programs: arguments.sandbox.is_none(),
    }
}

/// A session as the arguments want it, with its datasets loaded, of which the rest of a script is all that will be
/// asked; else the exit code.
///
/// # Errors
/// The exit code, when a dataset that the arguments name is not loaded; what is wrong has been printed by then.
pub fn session(
    arguments: &Arguments,
    base: &Path,
    script: Option<&String>,
    printer: &mut Printer,
    budget: Budget,
) -> Result<Session, u8> {
    let files: Box<dyn Files> = match &arguments.sandbox {
        None => Box::new(Shipped(Disk)),
        Some(folder) => match Sandbox::new(Disk, Path::new(folder)) {
            Ok(files) => Box::new(Shipped(files)),
            Err(e) => {
                say(&format!("`--sandbox {folder}`: {}", io_words(&e)));
                return Err(exit::USAGE);
            }
        },
    };
    let mut session = Session::new(files, base);
    if arguments.sandbox.is_none()
        && let Some(shelf) = Folder::of_user(|name| std::env::var_os(name).map(PathBuf::from))
    {
        session.keep_on(Arc::new(shelf), Box::new(shelf::program));
    }
    session.overwrite = arguments.overwrite;
    session.catalogue.settings.csv_safe = arguments.csv_safe;
    session.catalogue.settings.terminal = pager::screen().map(|(columns, _)| columns);
    session.catalogue.settings.ascii = super::is_plain_terminal(|name| std::env::var(name).ok());
    session.catalogue.settings.strict = arguments.deny_warnings;
    let cores = || std::thread::available_parallelism().map_or(1, |n| n.get());
    session.budget = budget.with_threads(arguments.threads.unwrap_or_else(cores));
    if let Some(bytes) = arguments.max_memory.or_else(|| super::machine_memory().map(|m| m / 4 * 3)) {
        session.set_max_memory(bytes);
    }
    if std::io::IsTerminal::is_terminal(&std::io::stderr()) && !arguments.quiet {
        session.on_progress(super::progress::bar());
    }
    if let Err(why) = sources(arguments, &mut session) {
        say(&why);
        return Err(exit::USAGE);
    }
    session.arguments = arguments.values.iter().cloned().collect();
    if let Some(script) = script {
        session.foresee(script);
    }
    for load in &arguments.loads {
        let (name, path) = match load.split_once('=') {
            Some((name, path)) if !Path::new(load).exists() => (Some(name), path),
            _ => (None, load.as_str()),
        };
        let response = session.load_argument(load, path, name);
        if !response.diagnostics.is_empty() {
            printer.print(&session, &response, Duration::ZERO);
        }
        if response.failed() {
            return Err(code_of(&response));
        }
    }
    Ok(session)
}

/// Gives the session its databases and their names. A sandbox starts no program, and reads nothing of the user.
fn sources(arguments: &Arguments, session: &mut Session) -> Result<(), String> {
    let mut all = Sources::default();
    if arguments.sandbox.is_none() {
        let budget = session.budget.clone();
        session.ask_databases(Box::new(Clients::new(Box::new(move || interrupt::stops_then_ends(budget.clone())))));
        let folder = |name| std::env::var_os(name).map(Into::into);
        if let Some(file) = clients::sources_file(folder("XDG_CONFIG_HOME"), folder("HOME")) {
            all.add_file(&file)?;
        }
    }
    for (name, target) in all.0.iter().chain(&arguments.sources.0) {
        session.name_source(name, target);
    }
    if let Some(rows) = arguments.copied_rows {
        session.set_copied_rows(rows);
    }
    Ok(())
}

/// The script that comes through a pipe.
const STDIN: &str = "-";

/// The name of a script, its text and the folder that it is in; what is wrong has been printed if there is none.
fn script(command: &Command) -> Option<(String, String, PathBuf)> {
    let here = PathBuf::new();
    // What is too long for a script is not read to its end, and a device has none.
    let read = |path: &str| -> std::io::Result<String> {
        let file = Disk.open(Path::new(path))?;
        std::io::read_to_string(std::io::Read::take(file, MAX_SCRIPT as u64 + 1))
    };
    let (path, name, base) = match command {
        Command::Evaluate(texts) => return Some(("-e".to_string(), texts.join("\n"), here)),
        Command::Piped => (STDIN, "stdin", here),
        Command::Run(path) | Command::Check(path) if path == STDIN => (STDIN, "stdin", here),
        Command::Run(path) | Command::Check(path) => {
            (path.as_str(), path.as_str(), Path::new(path).parent().map(Path::to_path_buf).unwrap_or_default())
        }
        _ => return None,
    };
    match read(path) {
        Ok(text) => Some((name.to_string(), text.strip_prefix('\u{feff}').unwrap_or(&text).to_string(), base)),
        Err(e) => {
            say(&format!("`{path}` cannot be read: {}", io_words(&e)));
            None
        }
    }
}

/// Runs or checks what the arguments name.
pub fn run(arguments: &Arguments, printing: Printing, budget: Budget) -> u8 {
    let mode = if matches!(arguments.command, Command::Check(_)) { Mode::Check } else { Mode::Run };
    let Some((name, text, base)) = script(&arguments.command) else { return exit::USAGE };
    let mut printer = Printer::new(printing, &name);
    let begun = session(arguments, Path::new(""), (mode == Mode::Run).then_some(&text), &mut printer, budget);
    let mut session = match begun {
        Ok(session) => session,
        Err(code) => return code,
    };
    session.set_base(&base);
    if matches!(&arguments.command, Command::Run(path) if path != STDIN) {
        session.protect(Path::new(&name));
    }
    if let Some(unknown) = unknown_parameter(arguments, &text, &base) {
        say(&format!("the script has no parameter `{unknown}`"));
        return exit::USAGE;
    }
    if let Some(missing) = missing_parameter(arguments, &text, &base) {
        say(&format!("the script needs its parameter `{missing}`: --arg {missing}=VALUE"));
        return exit::USAGE;
    }
    let mut code = exit::OK;
    let mut started = Instant::now();
    let last = limits::statements(SourceId(0), &text).ok().and_then(|all| all.last().map(|piece| piece.span.end));
    let watch = Watch::new(session.budget.clone());
    watch.begin(&session);
    session.run(&name, &text, mode, &mut |session, response| {
        let failed = code_of(&response) == exit::INTERRUPTED;
        printer.is_last = Some(response.span.end) == last;
        let written = printer.print(session, &response, started.elapsed());
        started = Instant::now();
        let late = watch.end(session) && failed;
        watch.begin(session);
        let found = match written {
            true if late => exit::TIMEOUT,
            true => code_of(&response),
            false => exit::FAILED,
        };
        if code == exit::OK {
            code = found;
        }
        // A check goes on to the end; a run stops, for what comes next may depend on what failed.
        written && (found == exit::OK || mode == Mode::Check)
    });
    if printer.finish() || code != exit::OK { code } else { exit::FAILED }
}

/// What a statement means for the exit code.
pub(super) fn code_of(response: &Response) -> u8 {
    if response.diagnostics.iter().any(|d| d.code == &codes::INTERRUPTED) {
        exit::INTERRUPTED
    } else if response.load_failed() {
        exit::DATA
    } else if response.diagnostics.iter().any(|d| d.code == &codes::BUG) {
        exit::BUG
    } else if response.failed() {
        exit::FAILED
    } else if response.assertion_failed() {
        exit::ASSERTION
    } else {
        exit::OK
    }
}

/// A `--arg` that no `param` of the script takes, nor of one that it uses.
fn unknown_parameter(arguments: &Arguments, text: &str, base: &Path) -> Option<String> {
    if arguments.values.is_empty() {
        return None;
    }
    let (mut names, mut seen) = (Vec::new(), Vec::new());
    // Of a script that cannot be read nothing is known; running it says so.
    let known = parameters(text, base, &mut names, &mut seen);
    let given = arguments.values.iter().map(|(n, _)| n);
    given.into_iter().find(|n| known && !names.iter().any(|(name, _)| name == *n)).cloned()
}

/// A parameter without a value that no `--arg` gives.
fn missing_parameter(arguments: &Arguments, text: &str, base: &Path) -> Option<String> {
    let (mut names, mut seen) = (Vec::new(), Vec::new());
    parameters(text, base, &mut names, &mut seen);
    let given = |name: &String| arguments.values.iter().any(|(n, _)| n == name);
    names.into_iter().find(|(name, has_value)| !has_value && !given(name)).map(|(name, _)| name)
}

/// The parameters of a script and of those that it uses, and whether each has a value; whether all of them could be read.
fn parameters(text: &str, base: &Path, names: &mut Vec<(String, bool)>, seen: &mut Vec<PathBuf>) -> bool {
    use crate::syntax::Statement;
    let mut known = true;
    for parsed in crate::syntax::parse_script(SourceId(0), text).unwrap_or_default() {
        match parsed.statement {
            Ok(Statement::Param { name, value }) => names.push((name.node, value.is_some())),
            Ok(Statement::Use { path }) => {
                let full = base.join(&path.node);
                let real = Disk.real(&full);
                if seen.contains(&real) {
                    continue;
                }
                seen.push(real);
                let folder = full.parent().map(Path::to_path_buf).unwrap_or_default();
                // A pipe is read once, when the script runs.
                let text = if Disk.waits(&full) { None } else { std::fs::read_to_string(&full).ok() };
                known &= text.is_some_and(|text| parameters(&text, &folder, names, seen));
            }
            _ => {}
        }
    }
    known
}

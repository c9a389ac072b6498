//! The program: arguments in, a front end, an exit code out.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use tradeql::data::Budget;
use tradeql::front::arguments::{self, Arguments, Command};
use tradeql::front::lesson::{self, progress::Progress};
use tradeql::front::printer::Printer;
use tradeql::front::repl::Beginning;
use tradeql::front::streams::{print_err, print_out, say};
use tradeql::front::timeout::Timeout;
use tradeql::front::{batch, exit, inspect, read, repl, report, usage};

/// Room for the deepest query that the limits allow, whatever stack the system gives.
const STACK: usize = 64 << 20;

fn main() -> ExitCode {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(program);
    match thread.map(|t| t.join()) {
        Ok(Ok(code)) => ExitCode::from(code),
        _ => ExitCode::from(exit::BUG),
    }
}

fn printed(text: &str) -> u8 {
    if print_out(text) { exit::OK } else { exit::FAILED }
}

fn program() -> u8 {
    let arguments = match arguments::parse(std::env::args_os().skip(1)) {
        Ok(arguments) if arguments.command == Command::Repl && !std::io::stdin().is_terminal() => {
            Arguments { command: Command::Piped, ..arguments }
        }
        Ok(arguments) => arguments,
        Err(message) => {
            say(&message);
            print_err("`tradeql --help` shows how to call it\n");
            return exit::USAGE;
        }
    };
    let no_colour = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    let terminals = (std::io::stdout().is_terminal(), std::io::stderr().is_terminal());
    let printing = batch::printing(&arguments, terminals.0, terminals.1, no_colour);
    let budget = Budget::default();
    let timeout = arguments.timeout.map(|limit| Timeout::begin(limit, budget.clone()));
    let code = match arguments.command {
        Command::Version => printed(concat!("tradeql ", env!("CARGO_PKG_VERSION"), "\n")),
        Command::Help => printed(&usage::usage()),
        Command::Print(ref text) => printed(text),
        Command::Lesson(None) => {
            let folder = |name| std::env::var_os(name).map(Into::into);
            let history = repl::history_file(folder("XDG_STATE_HOME"), folder("HOME")).filter(|_| printing.programs);
            print_out(&lesson::listed(&Progress::beside(history.as_ref())));
            exit::OK
        }
        Command::Lesson(Some(ref word)) if !std::io::stdin().is_terminal() => {
            lesson::program::piped(word, &arguments, printing, &budget)
        }
        Command::Report(ref file) => report::run(file, &arguments, printing, budget.clone()),
        Command::TryLesson(ref file) => lesson::program::tried(file, &arguments, printing, &budget),
        Command::Grade(ref scripts) => lesson::program::marked(scripts, &arguments, printing, &budget),
        Command::Repl if timeout.is_some() => {
            say("`--timeout` is for scripts and `-e`; at the prompt Ctrl-C stops a query");
            return exit::USAGE;
        }
        Command::Repl | Command::Lesson(Some(_)) => {
            let lesson = if let Command::Lesson(word) = &arguments.command { word.clone() } else { None };
            let folder = |name| std::env::var_os(name).map(Into::into);
            // In a sandbox nothing is written, and nothing of the user is read.
            let history =
                printing.programs.then(|| repl::history_file(folder("XDG_STATE_HOME"), folder("HOME"))).flatten();
            let start =
                printing.programs.then(|| repl::start_file(folder("XDG_CONFIG_HOME"), folder("HOME"))).flatten();
            let session =
                |printer: &mut Printer| batch::session(&arguments, Path::new(""), None, printer, Budget::default());
            repl::run(&Beginning { session: &session, history, start, lesson }, printing)
        }
        Command::Read(ref file) => read::run(file, &arguments, printing, budget),
        Command::Inspect(ref file) => inspect::run(file, &arguments, printing, budget),
        Command::Run(_) | Command::Piped | Command::Check(_) | Command::Evaluate(_) => {
            batch::run(&arguments, printing, budget)
        }
    };
    timeout.map_or(code, |t| t.code(code))
}

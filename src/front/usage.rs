//! How the program is called: one table of its commands and options, from which the help, the man page and the completions
//! of shells are made.

use crate::render::Format;
use std::fmt::Write;

/// A command, and what it does.
const COMMANDS: &[(&str, &str)] = &[
    ("", "a prompt; of a pipe, the statements that come through it"),
    ("run SCRIPT", "run a script; stops at the first error; `-` is stdin"),
    ("check SCRIPT", "all errors of a script, nothing evaluated"),
    ("-e 'QUERY' --load FILE.csv", "one query"),
    ("inspect FILE", "what the loader understands of a file"),
    ("read FILE", "what follows from what in a story, and what cannot all be printed; `-` is stdin"),
    ("help WORD", "the help page of a word"),
    ("report NOTES.md -o NOTES.html", "a document with queries in it, with their answers"),
    ("lesson [N]", "the lessons, or one of them: of its number or a file"),
    ("lesson check FILE", "whether a lesson that you wrote takes its right answers and no wrong ones"),
    ("lesson grade ANSWERS --key KEY", "the marks of learners' scripts beside a key"),
    ("cache list", "the columns that `load … keep` keeps for the next start"),
    ("cache clear", "takes them away"),
    ("schema", "what the JSON of answers and of inspect looks like"),
    ("completions SHELL", "completions for bash, zsh or fish"),
    ("man", "this page for man"),
];

/// An option: its name, its value, and what it does.
pub struct Opt {
    /// Without the two dashes.
    pub name: &'static str,
    /// What follows it; `FORMATS` stands for the words of the forms of output.
    value: &'static str,
    about: &'static str,
}

const fn opt(name: &'static str, value: &'static str, about: &'static str) -> Opt {
    Opt { name, value, about }
}

/// All options.
pub const OPTIONS: &[Opt] = &[
    opt("load", "FILE", "load a dataset first; `NAME=FILE` names it"),
    opt("source", "NAME=TARGET", "a name for a database, or for a folder of files, as in `load \"NAME#TABLE\"`"),
    opt("copy-rows", "N", "tables of databases with so many rows are copied, larger ones are asked (200000)"),
    opt("arg", "NAME=VALUE", "set a parameter of the script"),
    opt("format", "FORMATS", "how results are printed"),
    opt("deny", "warnings", "warnings are errors"),
    opt("diagnostics", "full|line|json", "how warnings and errors are told"),
    opt("quiet", "", "errors alone are told"),
    opt("overwrite", "", "exports may replace files"),
    opt("csv-safe", "", "CSV: text that a spreadsheet would compute is marked as text"),
    opt("sandbox", "DIR", "read below DIR only, write nothing"),
    opt("output", "FILE", "report: where it is written, .html or .md; short: -o"),
    opt("check", "", "report: what it prints must hold"),
    opt("key", "FILE", "lesson grade: the script with the right answers"),
    opt("raw", "", "inspect: cells as written"),
    opt("limit", "N", "inspect: so many rows"),
    opt("date", "2024-12-20", "read: the day of the story"),
    opt("reporter", "CODE", "read: whose trade it tells"),
    opt("against", "NAME", "read: the dataset that may confirm it"),
    opt("script", "", "read: its claims as a script"),
    opt("timeout", "30s", "what takes longer is stopped, with exit code 124"),
    opt("threads", "N", "how many threads load and sum"),
    opt("max-memory", "512MB", "larger files are read anew for each question"),
    opt("color", "auto|always|never", "colours; `NO_COLOR` is heeded"),
    opt("version", "", "print the version"),
    opt("help", "", "print this"),
];

/// The exit codes, in words.
const EXITS: &str = "0 ok, 1 a statement failed, 2 usage, 3 data could not be loaded, 4 an assertion failed, 70 a mistake \
of ours, 124 stopped by `--timeout`, 130 interrupted.";

fn value(option: &Opt) -> String {
    option.value.replace("FORMATS", &Format::words().collect::<Vec<_>>().join("|"))
}

/// How to call it.
pub fn usage() -> String {
    let mut out = String::from("tradeql, a query language for trade statistics\n\n");
    // Writing into a text cannot fail.
    for (command, about) in COMMANDS {
        let _ = writeln!(out, "  {:36} {about}", format!("tradeql {command}").trim_end());
    }
    out.push('\n');
    for option in OPTIONS {
        let call = format!("--{} {}", option.name, value(option));
        let blanks = if call.trim_end().len() > 36 { "  " } else { " " };
        let _ = writeln!(out, "  {:36}{blanks}{}", call.trim_end(), option.about);
    }
    let _ = write!(out, "\nExit code: {EXITS}\n");
    out
}

/// The page for `man`.
pub fn man() -> String {
    let plain = |text: &str| text.replace('\\', "\\e").replace('-', "\\-");
    let mut out = format!(
        ".TH TRADEQL 1 \"\" \"tradeql {}\"\n.SH NAME\ntradeql \\- a query language for trade statistics\n.SH SYNOPSIS\n",
        env!("CARGO_PKG_VERSION")
    );
    for (command, about) in COMMANDS {
        let _ = write!(out, ".TP\n.B tradeql {}\n{}\n", plain(command), plain(about));
    }
    out.push_str(".SH OPTIONS\n");
    for option in OPTIONS {
        let _ =
            write!(out, ".TP\n.B \\-\\-{} {}\n{}\n", plain(option.name), plain(&value(option)), plain(option.about));
    }
    let _ = write!(
        out,
        ".SH EXIT STATUS\n{EXITS}\n.SH FILES\n.TP\n.I ~/.config/tradeql/start.tql\nrun when the prompt begins\n.TP\n.I ~/.config/tradeql/sources\nnames of databases, a line each: NAME = TARGET\n"
    );
    out + ".TP\n.I ~/.local/state/tradeql/history\nwhat was typed\n.TP\n.I ~/.cache/tradeql\nwhat `load … keep` keeps\n"
}

/// The words that may come first.
pub fn words() -> impl Iterator<Item = &'static str> {
    let all =
        || COMMANDS.iter().filter_map(|(c, _)| c.split(' ').next()).filter(|w| !w.is_empty() && !w.starts_with('-'));
    // A command of several forms is one word.
    all().enumerate().filter(move |(i, word)| all().take(*i).all(|w| w != *word)).map(|(_, word)| word)
}

/// The completions of a shell, if it is known.
pub fn completions(shell: &str) -> Option<String> {
    let commands: Vec<&str> = words().collect();
    let flags: Vec<String> = OPTIONS.iter().map(|o| format!("--{}", o.name)).collect();
    let choices = |o: &Opt| value(o).contains('|').then(|| value(o).replace('|', " "));
    let mut out = String::new();
    match shell {
        "bash" => {
            out.push_str("_tradeql() {\n  local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\"\n  case \"$prev\" in\n");
            for option in OPTIONS {
                if let Some(words) = choices(option) {
                    let _ = writeln!(
                        out,
                        "    --{}) COMPREPLY=($(compgen -W \"{words}\" -- \"$cur\")); return;;",
                        option.name
                    );
                }
            }
            let _ = write!(
                out,
                "    completions) COMPREPLY=($(compgen -W \"bash zsh fish\" -- \"$cur\")); return;;\n    --sandbox) COMPREPLY=($(compgen -d -- \"$cur\")); return;;\n  esac\n  if [[ \"$cur\" == -* ]]; then COMPREPLY=($(compgen -W \"-e {}\" -- \"$cur\"))\n  elif (( COMP_CWORD == 1 )); then COMPREPLY=($(compgen -W \"{}\" -- \"$cur\"))\n  else COMPREPLY=($(compgen -f -- \"$cur\")); fi\n}}\ncomplete -o filenames -F _tradeql tradeql\n",
                flags.join(" "),
                commands.join(" ")
            );
        }
        "zsh" => {
            out.push_str("#compdef tradeql\n_arguments \\\n");
            for option in OPTIONS {
                let about = option.about.replace('\'', "").replace('[', "(").replace(']', ")").replace(':', ";");
                let arguments = match (option.value, choices(option)) {
                    ("", _) => String::new(),
                    (_, Some(words)) => format!(":value:({words})"),
                    ("FILE", _) => ":file:_files".into(),
                    ("DIR", _) => ":folder:_files -/".into(),
                    (value, _) => format!(":{value}:"),
                };
                let _ = writeln!(out, "  '--{}[{about}]{arguments}' \\", option.name);
            }
            let _ = write!(
                out,
                "  '-e[a statement]:query:' \\\n  '1:command:({})' \\\n  '*:file:_files'\n",
                commands.join(" ")
            );
        }
        "fish" => {
            for (command, about) in COMMANDS.iter().filter(|(c, _)| c.starts_with(|c: char| c.is_alphabetic())) {
                let word = command.split(' ').next().unwrap_or(command);
                let about = about.replace('\'', "");
                let _ = writeln!(out, "complete -c tradeql -n __fish_use_subcommand -a {word} -d '{about}'");
            }
            for option in OPTIONS {
                let wants = if option.value.is_empty() { "" } else { " -r" };
                let words = choices(option).map(|w| format!(" -f -a '{w}'")).unwrap_or_default();
                let about = option.about.replace('\'', "");
                let _ = writeln!(out, "complete -c tradeql -l {}{wants}{words} -d '{about}'", option.name);
            }
        }
        _ => return None,
    }
    Some(out)
}

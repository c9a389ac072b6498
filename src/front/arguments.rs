//! The words after `tradeql` on the command line. Out: what to do, or one sentence on what makes no sense.

use super::clients::Sources;
use super::output::Telling;
use super::usage::{self, OPTIONS};
use crate::diagnostic::suggest;
use crate::render::Format;
use lexopt::prelude::*;

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// The prompt.
    Repl,
    /// Run a script; `-` is stdin.
    Run(String),
    /// Run the statements that come through a pipe.
    Piped,
    /// Check a script.
    Check(String),
    /// Say what the loader understands of a file.
    Inspect(String),
    /// Read a story; `-` is stdin.
    Read(String),
    /// Run the statements of `-e`.
    Evaluate(Vec<String>),
    /// List the lessons, or take the one of this number or file.
    Lesson(Option<String>),
    /// Try a lesson as its author: its right and wrong answers.
    TryLesson(String),
    /// Make a report of a document.
    Report(String),
    /// Mark the scripts of learners.
    Grade(Vec<String>),
    /// Print the version.
    Version,
    /// Print how to call it.
    Help,
    /// Print a text that is made of the tables of the program.
    Print(String),
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// In any case.
    Always,
    /// In no case.
    Never,
}

/// All that was said.
#[derive(Clone, Debug, PartialEq)]
pub struct Arguments {
    /// What to do.
    pub command: Command,
    /// `--format`; `None` is the table.
    pub format: Option<Format>,
    /// `--diagnostics`.
    pub telling: Telling,
    /// `--quiet`: errors alone are told.
    pub quiet: bool,
    /// `--deny warnings`.
    pub deny_warnings: bool,
    /// `--color`.
    pub colour: Colour,
    /// `--arg NAME=VALUE`.
    pub values: Vec<(String, String)>,
    /// `--load FILE` or `--load NAME=FILE`.
    pub loads: Vec<String>,
    /// `-o`: where a report is written.
    pub output: Option<String>,
    /// `--check`: what a report prints must hold.
    pub check: bool,
    /// `--key`: the script with the right answers.
    pub key: Option<String>,
    /// `--raw`: inspect without interpretation.
    pub raw: bool,
    /// `--limit N`: rows that inspect prints.
    pub limit: Option<usize>,
    /// `--max-memory SIZE` in bytes; `None` is three quarters of the machine.
    pub max_memory: Option<u64>,
    /// `--timeout S`.
    pub timeout: Option<std::time::Duration>,
    /// `--overwrite`: exports may replace files.
    pub overwrite: bool,
    /// `--csv-safe`: text that a spreadsheet would compute is marked as text.
    pub csv_safe: bool,
    /// `--sandbox DIR`: only what lies below is read, and nothing is written.
    pub sandbox: Option<String>,
    /// `--date 2024-12-20`: the day of a story.
    pub date: Option<String>,
    /// `--reporter CHN`: whose trade a story tells.
    pub reporter: Option<String>,
    /// `--against NAME`: the dataset that may confirm a story.
    pub against: Option<String>,
    /// `--script`: the claims of a story.
    pub script: bool,
    /// `--source NAME=TARGET`.
    pub sources: Sources,
    /// `--copy-rows N`: tables of so many rows are copied.
    pub copied_rows: Option<usize>,
    /// `--threads N`; `None` is as many as the machine has.
    pub threads: Option<usize>,
}

/// Reads the arguments.
///
/// # Errors
/// One sentence on the first argument that makes no sense, with the one that is probably meant.
pub fn parse(words: impl IntoIterator<Item = std::ffi::OsString>) -> Result<Arguments, String> {
    let mut out = Arguments {
        command: Command::Repl,
        format: None,
        telling: Telling::Full,
        quiet: false,
        deny_warnings: false,
        colour: Colour::Auto,
        values: Vec::new(),
        loads: Vec::new(),
        key: None,
        output: None,
        check: false,
        raw: false,
        limit: None,
        date: None,
        reporter: None,
        against: None,
        script: false,
        sources: Sources::default(),
        copied_rows: None,
        threads: None,
        timeout: None,
        overwrite: false,
        csv_safe: false,
        sandbox: None,
        max_memory: None,
    };
    let mut evaluate: Vec<String> = Vec::new();
    let mut words_seen: Vec<String> = Vec::new();
    let mut parser = lexopt::Parser::from_args(words);
    let text = |v: std::ffi::OsString| v.into_string().map_err(|_| "an argument is not UTF-8".to_string());
    while let Some(arg) = parser.next().map_err(|e| e.to_string())? {
        let value = |parser: &mut lexopt::Parser| parser.value().map_err(|e| e.to_string()).and_then(text);
        match arg {
            Short('e') => evaluate.push(value(&mut parser)?),
            Short('V') | Long("version") => out.command = Command::Version,
            Short('h') | Long("help") => out.command = Command::Help,
            Long("load") => out.loads.push(value(&mut parser)?),
            Long("source") => out.sources.add(&value(&mut parser)?).map_err(|why| format!("`--source`: {why}"))?,
            Long("arg") => {
                let pair = value(&mut parser)?;
                let Some((name, value)) = pair.split_once('=') else {
                    return Err(format!("`--arg {pair}` needs NAME=VALUE"));
                };
                out.values.push((name.trim().to_string(), value.trim().to_string()));
            }
            Long("format") => {
                let word = value(&mut parser)?;
                let found = Format::parse(&word);
                let known = || Format::words().collect::<Vec<_>>().join(", ");
                out.format = Some(found.ok_or_else(|| format!("no format is named `{word}`: {}", known()))?);
            }
            Long("deny") => match value(&mut parser)?.as_str() {
                "warnings" => out.deny_warnings = true,
                other => return Err(format!("`--deny {other}`: only warnings can be denied")),
            },
            Long("diagnostics") => {
                out.telling = match value(&mut parser)?.as_str() {
                    "full" => Telling::Full,
                    "line" => Telling::Line,
                    "json" => Telling::Json,
                    other => return Err(format!("`--diagnostics {other}`: full, line or json")),
                }
            }
            Long("quiet") => out.quiet = true,
            Long("timeout") => {
                let word = value(&mut parser)?;
                let seconds = word.strip_suffix('s').unwrap_or(&word).trim().parse::<f64>().ok();
                let limit = seconds.filter(|s| *s > 0.0).and_then(|s| std::time::Duration::try_from_secs_f64(s).ok());
                out.timeout =
                    Some(limit.ok_or_else(|| format!("`--timeout {word}` needs seconds, such as 30 or 0.5s"))?);
            }
            Long("overwrite") => out.overwrite = true,
            Long("csv-safe") => out.csv_safe = true,
            Long("sandbox") => out.sandbox = Some(value(&mut parser)?),
            Short('o') | Long("output") => out.output = Some(value(&mut parser)?),
            Long("check") => out.check = true,
            Long("key") => out.key = Some(value(&mut parser)?),
            Long("raw") => out.raw = true,
            Long("date") => out.date = Some(value(&mut parser)?),
            Long("reporter") => out.reporter = Some(value(&mut parser)?),
            Long("against") => out.against = Some(value(&mut parser)?),
            Long("script") => out.script = true,
            Long("max-memory") => {
                let word = value(&mut parser)?;
                let size = bytes_of(&word)
                    .ok_or_else(|| format!("`--max-memory {word}` needs a size such as 512MB or 2GB"))?;
                out.max_memory = Some(size);
            }
            Long(name @ ("limit" | "threads" | "copy-rows")) => {
                let name = name.to_string();
                let word = value(&mut parser)?;
                let number = word.parse().map_err(|_| format!("`--{name} {word}` needs a number"))?;
                match name.as_str() {
                    "limit" => out.limit = Some(number),
                    "threads" => out.threads = Some(number),
                    _ => out.copied_rows = Some(number),
                }
            }
            Long("color") => {
                out.colour = match value(&mut parser)?.as_str() {
                    "auto" => Colour::Auto,
                    "always" => Colour::Always,
                    "never" => Colour::Never,
                    other => return Err(format!("`--color {other}`: auto, always or never")),
                }
            }
            Long(other) => {
                let near = suggest::nearest(other, OPTIONS.iter().map(|o| o.name));
                let hint = near.first().map(|n| format!("; did you mean `--{n}`?")).unwrap_or_default();
                return Err(format!("there is no `--{other}`{hint}"));
            }
            Short(other) => return Err(format!("there is no `-{other}`")),
            Value(word) => words_seen.push(text(word)?),
        }
    }
    if out.command != Command::Repl {
        return Ok(out);
    }
    out.command = match (evaluate.is_empty(), words_seen.iter().map(String::as_str).collect::<Vec<_>>().as_slice()) {
        (true, []) => Command::Repl,
        (false, []) => Command::Evaluate(evaluate),
        (true, ["run", script]) => Command::Run((*script).to_string()),
        (true, ["check", script]) => Command::Check((*script).to_string()),
        (true, ["inspect", file]) => Command::Inspect((*file).to_string()),
        (true, ["read", file]) => Command::Read((*file).to_string()),
        (true, ["read"]) => return Err("which story? `tradeql read FILE`, or `-` for what comes through a pipe".into()),
        (true, ["help", words @ ..]) => Command::Evaluate(vec![format!("help {}", words.join(" ")).trim().to_string()]),
        (true, ["cache", word @ ("list" | "clear")]) => Command::Evaluate(vec![format!("cache {word}")]),
        (true, ["cache", ..]) => return Err("`tradeql cache list` or `tradeql cache clear`".into()),
        (true, ["report", file]) => Command::Report((*file).to_string()),
        (true, ["report"]) => return Err("which document? `tradeql report NOTES.md -o NOTES.html`".into()),
        (true, ["lesson"]) => Command::Lesson(None),
        (true, ["lesson", "check", file]) => Command::TryLesson((*file).to_string()),
        (true, ["lesson", "check"]) => return Err("which lesson? `tradeql lesson check FILE`".into()),
        (true, ["lesson", "grade", scripts @ ..]) if !scripts.is_empty() && out.key.is_some() => {
            Command::Grade(scripts.iter().map(|s| (*s).to_string()).collect())
        }
        (true, ["lesson", "grade", ..]) => {
            return Err("`tradeql lesson grade ANSWERS.tql --key KEY.tql` needs scripts of learners and a key".into());
        }
        (true, ["lesson", one]) => Command::Lesson(Some((*one).to_string())),
        (true, ["schema"]) => Command::Print(include_str!("schema.json").to_string()),
        (true, ["man"]) => Command::Print(usage::man()),
        (true, ["completions", shell]) => {
            let text = usage::completions(shell);
            Command::Print(text.ok_or_else(|| format!("`completions {shell}`: bash, zsh or fish"))?)
        }
        (true, ["completions"]) => return Err("of which shell? `tradeql completions bash`, zsh or fish".into()),
        (true, ["inspect"]) => return Err("which file? `tradeql inspect FILE`".into()),
        (_, ["run" | "check"]) => return Err("which script? `tradeql run SCRIPT`".into()),
        (true, [one]) if one.ends_with(".tql") => return Err(format!("did you mean `tradeql run {one}`?")),
        (_, [first, ..]) => {
            let near = suggest::nearest(first, usage::words());
            let hint = near.first().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
            return Err(format!("`{first}` is no command{hint}"));
        }
    };
    Ok(out)
}

/// `512MB`, `2GB`, `1000000`.
fn bytes_of(word: &str) -> Option<u64> {
    let lower = word.trim().to_lowercase();
    let end = lower.find(|c: char| !c.is_ascii_digit()).unwrap_or(lower.len());
    let (number, unit) = lower.split_at(end);
    let power = match unit.trim() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(1 << power)
}

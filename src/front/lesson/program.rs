//! What `tradeql lesson …` does beside the prompt: answers through a pipe, a lesson tried by its author, marks of a class.

use super::{Course, Found, check, find, grade, set_up, value_of};
use crate::data::Budget;
use crate::front::arguments::Arguments;
use crate::front::batch;
use crate::front::exit;
use crate::front::output::Printing;
use crate::front::printer::Printer;
use crate::front::streams::{print_err, print_out, say};
use crate::session::{Mode, Session};
use crate::syntax::limits;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How wide a lesson is through a pipe.
const WIDTH: usize = 80;

/// A lesson that words name; in a sandbox one that comes along.
fn named(word: &str, arguments: &Arguments) -> Result<Found, u8> {
    if arguments.sandbox.is_some() && word.parse::<usize>().is_err() {
        say("in a sandbox lessons are taken by their numbers");
        return Err(exit::USAGE);
    }
    find(word).map_err(|why| {
        say(&why.to_string());
        exit::USAGE
    })
}

/// A session for the data of a lesson.
fn session(arguments: &Arguments, base: &Path, printing: Printing, budget: &Budget) -> Result<Session, u8> {
    let mut printer = Printer::new(printing, "lesson");
    batch::session(arguments, base, None, &mut printer, budget.clone())
}

/// Takes a lesson through a pipe: each statement is an answer, or `hint`, `skip`, `back`, `leave`.
pub fn piped(word: &str, arguments: &Arguments, printing: Printing, budget: &Budget) -> u8 {
    let begun = || -> Result<_, u8> {
        let found = named(word, arguments)?;
        let mut learner = session(arguments, &found.base, printing, budget)?;
        let mut keys = session(arguments, &found.base, printing, budget)?;
        for session in [&mut learner, &mut keys] {
            set_up(session, &found.lesson).map_err(|why| {
                say(&why.to_string());
                exit::DATA
            })?;
        }
        Ok((Course::begin(found.lesson, &found.name, keys, 0, WIDTH), learner))
    };
    let (mut course, mut learner) = match begun() {
        Ok(begun) => begun,
        Err(code) => return code,
    };
    let mut printer = Printer::new(printing, "lesson");
    print_out(&course.opening());
    let text = std::io::read_to_string(std::io::stdin()).unwrap_or_default();
    let mut statement = String::new();
    for line in text.lines() {
        if !statement.is_empty() {
            statement.push('\n');
        }
        statement.push_str(line);
        if limits::is_unfinished(&statement) {
            continue;
        }
        let whole = std::mem::take(&mut statement);
        if whole.trim().is_empty() {
            continue;
        }
        match course.told(whole.trim()) {
            Some(words) => print_out(&words),
            None if whole.trim() == "leave" => break,
            None => {
                let mut given = None;
                learner.run("lesson", &whole, Mode::Run, &mut |session, response| {
                    given = value_of(&response).cloned().or(given.take());
                    printer.print(session, &response, Duration::ZERO)
                });
                given.is_none_or(|value| print_out(&course.answered(&value)))
            }
        };
    }
    if course.is_over() { exit::OK } else { exit::FAILED }
}

/// Tries a lesson as its author.
pub fn tried(word: &str, arguments: &Arguments, printing: Printing, budget: &Budget) -> u8 {
    let begun = || -> Result<_, u8> {
        let found = named(word, arguments)?;
        let learner = session(arguments, &found.base, printing, budget)?;
        let keys = session(arguments, &found.base, printing, budget)?;
        Ok((found, learner, keys))
    };
    let (found, mut learner, mut keys) = match begun() {
        Ok(begun) => begun,
        Err(code) => return code,
    };
    let (wrong, count) = check(&found, &mut learner, &mut keys);
    for words in &wrong {
        print_err(&format!("{word}: {words}\n"));
    }
    if !wrong.is_empty() {
        return exit::FAILED;
    }
    let steps = found.lesson.steps.len();
    print_out(&format!("{word}: {}: {steps} steps, {count} answers tried, all as they say\n", found.lesson.title));
    exit::OK
}

/// Marks the scripts of learners; of a folder, all that are in it.
pub fn marked(scripts: &[String], arguments: &Arguments, printing: Printing, budget: &Budget) -> u8 {
    let Some(key) = &arguments.key else { return exit::USAGE };
    let read = |path: &Path| {
        std::fs::read_to_string(path).map_err(|e| {
            let why = crate::data::load::io_words(&e);
            say(&format!("`{}` cannot be read: {why}", path.display()));
            exit::USAGE
        })
    };
    let folder = |path: &Path| path.parent().map(Path::to_path_buf).unwrap_or_default();
    let mark = || -> Result<bool, u8> {
        let key_path = Path::new(key);
        let key_text = read(key_path)?;
        let separated = matches!(printing.format.word(), Some("csv"));
        let mut all = true;
        if separated {
            print_out("script,question,points,of,remark\n");
        }
        for path in listed(scripts) {
            let text = read(&path)?;
            let mut keys = session(arguments, &folder(key_path), printing, budget)?;
            let mut learner = session(arguments, &folder(&path), printing, budget)?;
            // Scripts of others are read and asked, and write nothing.
            learner.read_only();
            keys.read_only();
            let name = path.display().to_string();
            let marks = grade((&mut keys, key, &key_text), (&mut learner, &name, &text)).map_err(|why| {
                say(&why.to_string());
                exit::FAILED
            })?;
            let (have, of) = marks.sum();
            all &= have >= of;
            if separated {
                for (question, have, of, words) in &marks.marks {
                    let quoted = |t: &str| format!("\"{}\"", t.replace('"', "\"\""));
                    print_out(&format!("{},{question},{have},{of},{}\n", quoted(&name), quoted(words)));
                }
                continue;
            }
            print_out(&format!("{name}: {have} of {of} points\n"));
            for (question, have, of, words) in &marks.marks {
                let words = if words.is_empty() { "right" } else { words };
                print_out(&format!("  {question:4} {have}/{of}  {words}\n"));
            }
        }
        Ok(all)
    };
    match mark() {
        Ok(_) => exit::OK,
        Err(code) => code,
    }
}

/// Files as they are named; of a folder its scripts, in order.
fn listed(scripts: &[String]) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for name in scripts {
        match std::fs::read_dir(name) {
            Ok(entries) => {
                let mut inside: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
                inside.retain(|p| p.extension().is_some_and(|e| e == "tql"));
                inside.sort();
                out.extend(inside);
            }
            Err(_) => out.push(PathBuf::from(name)),
        }
    }
    out
}

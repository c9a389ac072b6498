//! Lessons: listed, taken at the prompt, tried by their author, and a class's answers marked. In: text files of lessons and
//! scripts. Out: what is printed, an exit code. What a lesson is stands in `teach`.

pub mod course;
mod grade;
pub mod program;
pub mod progress;
mod tried;

pub use course::Course;
pub use grade::grade;
pub use tried::check;

use crate::session::{Body, Mode, Response, Session};
use crate::teach::lesson::{self, Lesson, SHIPPED};
use crate::value::Value;
use progress::Progress;
use std::path::{Path, PathBuf};

/// A lesson, what it is kept under, and the folder that its files are in.
pub struct Found {
    /// The lesson.
    pub lesson: Lesson,
    /// Its number, or its file.
    pub name: String,
    /// Where its paths begin.
    pub base: PathBuf,
}

/// The lesson that a word names: a number, or a file.
///
/// # Errors
/// There is no such lesson, or its file cannot be read: one sentence.
pub fn find(word: &str) -> Result<Found, String> {
    let number = word.parse::<usize>().ok();
    if let Some(text) = number.and_then(|n| SHIPPED.get(n.checked_sub(1)?)) {
        let lesson = lesson::read(text).map_err(|(line, why)| format!("lesson {word}, line {line}: {why}"))?;
        return Ok(Found { lesson, name: word.to_string(), base: PathBuf::new() });
    }
    if number.is_some() {
        return Err(format!("there are lessons 1 to {}; `lesson` lists them", SHIPPED.len()));
    }
    let path = Path::new(word);
    let text = std::fs::read_to_string(path)
        .map_err(|e| format!("`{word}` cannot be read: {}", crate::data::load::io_words(&e)))?;
    let lesson = lesson::read(&text).map_err(|(line, why)| format!("{word}:{line}: {why}"))?;
    Ok(Found { lesson, name: word.to_string(), base: path.parent().map(Path::to_path_buf).unwrap_or_default() })
}

/// All lessons that come along, with what is done of each.
pub fn listed(progress: &Progress) -> String {
    let mut out = String::from("Lessons, on data that come along:\n\n");
    for (i, text) in SHIPPED.iter().enumerate() {
        let Ok(lesson) = lesson::read(text) else { continue };
        let number = i + 1;
        let done = match progress.step(&number.to_string()) {
            0 => String::new(),
            n if n >= lesson.steps.len() => "  done".to_string(),
            n => format!("  {n} of {} steps", lesson.steps.len()),
        };
        out.push_str(&format!("{number:4}  {}{done}\n", lesson.title));
    }
    out + "\n`lesson 1` begins one; within it `hint` helps, `skip` shows the answer, `back` goes back, `leave` ends it.\n\
           `lesson FILE` takes one that a teacher wrote.\n"
}

/// The one value of an answer.
pub fn value_of(response: &Response) -> Option<&Value> {
    match response.body.as_ref()? {
        Body::Value(value) => Some(value),
        Body::Explained(all, _) | Body::List(all) | Body::Plotted(all, _) => match all.as_slice() {
            [only] => Some(&only.value),
            _ => None,
        },
        _ => None,
    }
}

/// The value of a query, or the first thing that is wrong with it.
pub(super) fn evaluated(session: &mut Session, query: &str) -> Result<Value, String> {
    let mut out = Err("it is no query".to_string());
    session.run("lesson", query, Mode::Run, &mut |_, response| {
        out = match (value_of(&response), response.diagnostics.first()) {
            (Some(value), _) => Ok(value.clone()),
            (None, Some(said)) if response.failed() => Err(said.message.clone()),
            (None, _) => Err("it gives no single answer".to_string()),
        };
        true
    });
    out
}

/// Runs what stands before the first step; the first thing that fails.
///
/// # Errors
/// The statement that fails, and why.
pub fn set_up(session: &mut Session, lesson: &Lesson) -> Result<(), String> {
    for statement in &lesson.setup {
        let mut failed = None;
        session.run("lesson", statement, Mode::Run, &mut |_, response| {
            if response.failed() {
                failed = response.diagnostics.first().map(|d| format!("`{statement}`: {}", d.message));
            }
            true
        });
        if let Some(why) = failed {
            return Err(why);
        }
    }
    Ok(())
}

//! A lesson that is being taken. In: what the learner answered. Out: whether it is right, what is wrong with it, and the
//! next step. Prints nothing.

use super::evaluated;
use crate::diagnostic::visible::wrapped;
use crate::front::output::{self, Printing};
use crate::render::Format;
use crate::session::{Mode, Session};
use crate::teach::lesson::{Lesson, Step};
use crate::teach::same::{What, differs};
use crate::value::Value;

/// Where a learner is.
pub struct Course {
    lesson: Lesson,
    /// What it is kept under.
    pub name: String,
    /// A session of its own, in which the right queries are answered.
    keys: Session,
    at: usize,
    hints: usize,
    width: usize,
}

/// What is wrong with an answer to a step, if anything is; beside all of the right ones, what sets it apart from the first.
pub fn judged(keys: &mut Session, step: &Step, given: &Value) -> Result<Option<(What, String)>, String> {
    let mut first = None;
    for query in &step.answers {
        match differs(given, &evaluated(keys, query)?) {
            None => return Ok(None),
            Some(wrong) => first = first.or(Some(wrong)),
        }
    }
    Ok(first)
}

impl Course {
    /// A lesson from one of its steps on; its answers are known to `keys`, which has its data.
    pub fn begin(lesson: Lesson, name: &str, keys: Session, at: usize, width: usize) -> Course {
        let at = if at < lesson.steps.len() { at } else { 0 };
        Course { lesson, name: name.to_string(), keys, at, hints: 0, width: width.clamp(40, 100) }
    }

    /// How many steps are done.
    pub fn done(&self) -> usize {
        self.at
    }

    /// Whether all steps are done.
    pub fn is_over(&self) -> bool {
        self.at >= self.lesson.steps.len()
    }

    /// What the lesson is about, and its first step.
    pub fn opening(&self) -> String {
        format!("{}\n\n{}\n{}", self.lesson.title, self.paragraphs(&self.lesson.about), self.step())
    }

    /// The step that is to be answered, or the end.
    pub fn step(&self) -> String {
        let Some(step) = self.lesson.steps.get(self.at) else {
            return "That was all of this lesson. `lesson` lists the others, `leave` goes back to the prompt.\n".into();
        };
        let head = format!("\n── {} of {}: {} ──\n", self.at + 1, self.lesson.steps.len(), step.title);
        let text = if step.text.is_empty() { String::new() } else { self.paragraphs(&step.text) };
        format!("{head}{text}\n{}", self.paragraphs(&format!("? {}", step.question)))
    }

    /// What is said of an answer.
    pub fn answered(&mut self, given: &Value) -> String {
        let Some(step) = self.lesson.steps.get(self.at) else { return String::new() };
        match judged(&mut self.keys, step, given) {
            Err(why) => format!("The lesson cannot answer its own question: {why}\n"),
            Ok(Some((what, words))) => {
                let help = if self.hints < step.hints.len() { " `hint` helps." } else { " `skip` shows the answer." };
                self.paragraphs(&format!("Not yet ({}): {words}.{help}", what.word()))
            }
            Ok(None) => {
                let right = format!("Right. {}", step.right);
                let right = self.paragraphs(right.trim_end());
                self.at += 1;
                self.hints = 0;
                right + &self.step()
            }
        }
    }

    /// The next word of help.
    pub fn hint(&mut self) -> String {
        let Some(step) = self.lesson.steps.get(self.at) else { return self.step() };
        let Some(hint) = step.hints.get(self.hints) else {
            return "There is no other hint; `skip` shows the answer and goes on.\n".into();
        };
        self.hints += 1;
        self.paragraphs(hint)
    }

    /// The answer, and the next step.
    pub fn skip(&mut self) -> String {
        let Some(step) = self.lesson.steps.get(self.at) else { return self.step() };
        let query = step.answers.first().cloned().unwrap_or_default();
        let right = if step.right.is_empty() { String::new() } else { self.paragraphs(&step.right) };
        let mut shown = format!("> {query}\n");
        self.keys.catalogue.settings.width = Some(self.width);
        self.keys.run("lesson", &query, Mode::Run, &mut |session, response| {
            shown.push_str(&output::result(session, &response, Printing::plain(Format::Table)));
            true
        });
        self.at += 1;
        self.hints = 0;
        shown + &right + &self.step()
    }

    /// The step before.
    pub fn back(&mut self) -> String {
        self.at = self.at.saturating_sub(1);
        self.hints = 0;
        self.step()
    }

    /// What is said of a word that is for the lesson, as `hint`; none where it is an answer.
    pub fn told(&mut self, line: &str) -> Option<String> {
        match line {
            "hint" => Some(self.hint()),
            "skip" => Some(self.skip()),
            "back" => Some(self.back()),
            "question" => Some(self.step()),
            _ => None,
        }
    }

    /// Text within the page; lines that stand in are left as they are.
    fn paragraphs(&self, text: &str) -> String {
        let mut out = String::new();
        for line in text.lines() {
            let lines = if line.starts_with("  ") { vec![line.to_string()] } else { wrapped(line, self.width) };
            out.push_str(&lines.join("\n"));
            out.push('\n');
        }
        out
    }
}

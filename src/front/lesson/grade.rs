//! The answers of a class, marked. In: a script with the right queries, and one of each learner. Out: a table with what is
//! right, and what is wrong with the rest.
//!
//! A remark `# Q1 …`, perhaps with `(2 points)`, begins a question; the last query below it is its answer. Without such
//! remarks the queries are taken in their order.

use super::value_of;
use crate::session::{Mode, Session};
use crate::syntax::keywords;
use crate::teach::same::differs;
use crate::value::Value;

/// A question of a script, and its answer.
struct Answer {
    name: String,
    points: f64,
    /// The value of its last query, or why there is none.
    value: Result<Value, String>,
}

/// The marks of one learner.
pub struct Marks {
    /// The script.
    pub name: String,
    /// By question: its name, the points reached, those that there are, and what is wrong.
    pub marks: Vec<(String, f64, f64, String)>,
}

impl Marks {
    /// The points reached, and those that there are.
    pub fn sum(&self) -> (f64, f64) {
        self.marks.iter().fold((0.0, 0.0), |(a, b), (_, have, of, _)| (a + have, b + of))
    }
}

/// The name and the points of a question that a remark begins.
fn heading(line: &str) -> Option<(String, f64)> {
    let words = line.trim().strip_prefix('#')?.trim();
    let name: String = words.chars().take_while(|c| c.is_alphanumeric() || *c == '.').collect();
    let name = name.trim_end_matches('.').to_string();
    let is = name.strip_prefix(['Q', 'q'])?.starts_with(|c: char| c.is_ascii_digit());
    let points = words.rsplit_once('(').and_then(|(_, p)| p.split_once(" point")?.0.trim().parse().ok());
    is.then(|| (name.to_uppercase(), points.filter(|p| *p > 0.0).unwrap_or(1.0)))
}

/// Whether a statement asks; what loads, names or writes is no answer, even where it fails.
fn is_query(text: &str) -> bool {
    let first = text.split(|c: char| c.is_whitespace()).next().unwrap_or_default();
    !keywords::begins_statement(first) || first.eq_ignore_ascii_case("explain")
}

/// The answers of a script, run to its end whatever fails.
fn answers(session: &mut Session, name: &str, text: &str) -> Vec<Answer> {
    let heads: Vec<(usize, String, f64)> =
        text.lines().enumerate().filter_map(|(i, line)| heading(line).map(|(n, p)| (i + 1, n, p))).collect();
    let mut out: Vec<Answer> = Vec::new();
    let none = || Err("there is no query".to_string());
    out.extend(heads.iter().map(|(_, name, points)| Answer { name: name.clone(), points: *points, value: none() }));
    session.run(name, text, Mode::Run, &mut |_, response| {
        let value = match (value_of(&response), response.diagnostics.first()) {
            (Some(value), _) => Ok(value.clone()),
            (None, Some(said)) if response.failed() && is_query(&response.query) => {
                Err(format!("line {}: {}", response.line, said.message))
            }
            _ => return true,
        };
        if heads.is_empty() {
            out.push(Answer { name: format!("Q{}", out.len() + 1), points: 1.0, value });
        } else if let Some(at) = heads.iter().rposition(|(line, ..)| *line <= response.line)
            && let Some(answer) = out.get_mut(at)
        {
            answer.value = value;
        }
        true
    });
    out
}

/// Marks the script of one learner.
///
/// # Errors
/// The key has no answers, or one that fails: it is no key.
pub fn grade(key: (&mut Session, &str, &str), learner: (&mut Session, &str, &str)) -> Result<Marks, String> {
    let wanted = answers(key.0, key.1, key.2);
    if wanted.is_empty() {
        return Err(format!("`{}` has no query that could be a key", key.1));
    }
    let given = answers(learner.0, learner.1, learner.2);
    let mut marks = Vec::new();
    for question in wanted {
        let right = question.value.map_err(|why| format!("`{}`, {}: {why}", key.1, question.name))?;
        let found = given.iter().find(|a| a.name == question.name).map(|a| a.value.as_ref());
        let wrong = match found {
            None => "no answer".to_string(),
            Some(Err(why)) => why.clone(),
            Some(Ok(value)) => match differs(value, &right) {
                None => String::new(),
                Some((what, words)) => format!("{}: {words}", what.word()),
            },
        };
        let reached = if wrong.is_empty() { question.points } else { 0.0 };
        marks.push((question.name, reached, question.points, wrong));
    }
    Ok(Marks { name: learner.1.to_string(), marks })
}

#[cfg(test)]
mod tests {
    use super::heading;

    #[test]
    fn a_remark_begins_a_question() {
        assert_eq!(heading("# Q1 What? (2 points)"), Some(("Q1".into(), 2.0)));
        assert_eq!(heading("#q2."), Some(("Q2".into(), 1.0)));
        assert_eq!(heading("# Question"), None);
        assert_eq!(heading("exports # Q1"), None);
    }
}

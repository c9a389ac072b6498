//! A lesson as one text file. In: its text. Out: its steps, or the line that cannot be read and why. Runs nothing.
//!
//! ```text
//! # Title
//! What it is about.
//! Data: ic panel
//! > let chips = exports where hs = 8542
//!
//! == A step
//! A short text.
//! ? The question.
//! = the query that answers it
//! = another that does
//! ! unit: a query that does not, and what it has wrong
//! Hint: a word of help
//! Right: what follows from the answer
//! ```

use super::page::DATA;
use super::same::What;

/// A lesson.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lesson {
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub about: String,
    /// What is run before its first step.
    pub setup: Vec<String>,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A text, a question, and what answers it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// What it is called.
    pub title: String,
    /// What is told before the question.
    pub text: String,
    /// The question.
    pub question: String,
    /// Queries that answer it; the first is the one that is shown.
    pub answers: Vec<String>,
    /// Queries that do not, and what each has wrong.
    pub wrong: Vec<(What, String)>,
    /// Words of help, one after another.
    pub hints: Vec<String>,
    /// What is said once it is answered.
    pub right: String,
    /// The line of the file on which it begins.
    pub line: usize,
}

/// Reads a lesson.
///
/// # Errors
/// The line that cannot be read, and why.
pub fn read(text: &str) -> Result<Lesson, (usize, String)> {
    let mut lesson = Lesson::default();
    for (i, line) in text.lines().enumerate() {
        let number = i + 1;
        let line = line.trim_end();
        if let Some(title) = line.strip_prefix("== ") {
            lesson.steps.push(Step { title: title.to_string(), line: number, ..Step::default() });
        } else if let Some(step) = lesson.steps.last_mut() {
            step.line(line).map_err(|why| (number, why))?;
        } else if let Some(title) = line.strip_prefix("# ").filter(|_| lesson.title.is_empty()) {
            lesson.title = title.to_string();
        } else if let Some(names) = line.strip_prefix("Data:") {
            for name in names.split_whitespace() {
                let found = DATA.iter().find(|(n, _)| *n == name).map(|(_, load)| (*load).to_string());
                let known = || DATA.iter().map(|(n, _)| *n).collect::<Vec<_>>().join(", ");
                let load =
                    found.ok_or_else(|| (number, format!("no shipped data are called `{name}`: {}", known())))?;
                lesson.setup.push(load);
            }
        } else if let Some(statement) = line.strip_prefix("> ") {
            lesson.setup.push(statement.to_string());
        } else {
            append(&mut lesson.about, line);
        }
    }
    lesson.about = lesson.about.trim().to_string();
    if lesson.title.is_empty() {
        return Err((1, "a lesson begins with its title: `# Title`".into()));
    }
    for step in &mut lesson.steps {
        step.text = step.text.trim().to_string();
        if step.question.is_empty() || step.answers.is_empty() {
            let lacks = if step.question.is_empty() { "question (`? …`)" } else { "answer (`= …`)" };
            return Err((step.line, format!("the step `{}` has no {lacks}", step.title)));
        }
    }
    if lesson.steps.is_empty() {
        return Err((1, "a lesson has at least one step: `== Title of the step`".into()));
    }
    Ok(lesson)
}

fn append(text: &mut String, line: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
}

impl Step {
    fn line(&mut self, line: &str) -> Result<(), String> {
        if let Some(question) = line.strip_prefix("? ") {
            append(&mut self.question, question);
        } else if let Some(query) = line.strip_prefix("= ") {
            self.answers.push(query.to_string());
        } else if let Some(rest) = line.strip_prefix("! ") {
            let (word, query) = rest.split_once(": ").ok_or("a wrong answer is written `! unit: QUERY`")?;
            let known = || What::WORDS.iter().map(|(w, _)| *w).collect::<Vec<_>>().join(", ");
            let what =
                What::parse(word).ok_or_else(|| format!("`{word}` is nothing that can be wrong: {}", known()))?;
            self.wrong.push((what, query.to_string()));
        } else if let Some(words) = line.strip_prefix("Hint: ") {
            self.hints.push(words.to_string());
        } else if let Some(words) = line.strip_prefix("Right: ") {
            self.right = words.to_string();
        } else if self.question.is_empty() {
            append(&mut self.text, line);
        } else if !line.is_empty() {
            return Err(format!(
                "`{line}` is behind the question and begins with none of `?`, `=`, `!`, `Hint:`, `Right:`"
            ));
        }
        Ok(())
    }
}

/// The lessons that come along, in their order.
pub const SHIPPED: &[&str] = &[
    include_str!("lessons/01_reading_a_series.txt"),
    include_str!("lessons/02_growth_and_its_base.txt"),
    include_str!("lessons/03_year_to_date.txt"),
    include_str!("lessons/04_share_and_contribution.txt"),
    include_str!("lessons/05_nominal_real_currency.txt"),
    include_str!("lessons/06_codes_and_totals.txt"),
    include_str!("lessons/07_missing_and_partial.txt"),
    include_str!("lessons/08_mirror_data.txt"),
    include_str!("lessons/09_concentration_and_rca.txt"),
    include_str!("lessons/10_checking_a_story.txt"),
];

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_lesson_is_read_and_a_wrong_line_is_named() {
        let text = "# T\nAbout.\nData: ic\n> let x = ic_exports\n\n== S\nText\nmore.\n? Q\n= x\n! unit: y\nHint: h\nRight: r\n";
        let lesson = read(text).unwrap();
        assert_eq!((lesson.title.as_str(), lesson.about.as_str(), lesson.setup.len()), ("T", "About.", 2));
        let step = &lesson.steps[0];
        assert_eq!(
            (step.text.as_str(), step.line, &step.wrong),
            ("Text\nmore.", 6, &vec![(What::Unit, "y".to_string())])
        );
        let why = |text: &str| read(text).unwrap_err();
        assert_eq!(why("# T\n== S\n? Q\n= x\nloose\n").0, 5);
        assert_eq!(why("# T\n== S\n? Q\n! size: x\n").0, 4);
        assert_eq!(why("# T\n== S\nno question\n").0, 2);
        assert_eq!(why("# T\nData: nothing\n== S\n? Q\n= x\n").0, 2);
        assert_eq!(why("no title\n").0, 1);
        assert_eq!(why("# T\n").0, 1);
    }
}

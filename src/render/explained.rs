//! The steps of an answer in documents: nested lists, so that a page may be as narrow as a phone and is read aloud in
//! order. In: steps. Out: Markdown, HTML or LaTeX. What comes from the data is text, never markup.

use super::explain::{self, BETWEEN};
use super::markup::{Markup, html, md, md_code};
use crate::diagnostic::Diagnostic;
use crate::eval::trace::Step;

impl Markup {
    /// How an answer came about.
    pub fn steps(self, steps: &[Step]) -> String {
        match self {
            Markup::Html => {
                let mut out = String::new();
                steps.iter().for_each(|step| html_step(step, &mut out));
                format!("<section class=\"steps\">\n<ul>\n{out}</ul>\n</section>\n")
            }
            Markup::Markdown => {
                let mut out = String::new();
                steps.iter().for_each(|step| md_step(step, 0, &mut out));
                out + "\n"
            }
            Markup::Latex => self.words("", &explain::draw(steps)),
        }
    }

    /// A heading of this level, from 1.
    pub fn heading(self, level: usize, text: &str) -> String {
        match self {
            Markup::Html => format!("<h{level}>{}</h{level}>\n", html(text)),
            Markup::Markdown => format!("{} {}\n\n", "#".repeat(level), md(text)),
            Markup::Latex => format!(
                "{}{{{}}}\n\n",
                if level > 1 { "\\subsection*" } else { "\\section*" },
                super::markup::tex(text)
            ),
        }
    }

    /// A paragraph of words.
    pub fn paragraph(self, text: &str) -> String {
        match self {
            Markup::Html => format!("<p>{}</p>\n", html(text)),
            Markup::Markdown => format!("{}\n\n", md(text)),
            Markup::Latex => format!("{}\n\n", super::markup::tex(text)),
        }
    }

    /// What is said of an answer; with `why`, the lesson of each.
    pub fn said(self, diagnostics: &[&Diagnostic], why: bool) -> String {
        let mut out = String::new();
        for said in diagnostics {
            let level = said.level.word();
            let lesson = if why { said.code.lesson } else { "" };
            let query = said.help.first();
            match self {
                Markup::Html => {
                    let lesson = if lesson.is_empty() { String::new() } else { format!("<br>{}", html(lesson)) };
                    let query = query.map(|q| format!("<br>Rather: <code>{}</code>", html(q))).unwrap_or_default();
                    out.push_str(&format!(
                        "<li class=\"{level}\"><strong>{level}: {}</strong>{lesson}{query}</li>\n",
                        html(&said.message)
                    ));
                }
                Markup::Markdown => {
                    let lesson = if lesson.is_empty() { String::new() } else { format!(" {}", md(lesson)) };
                    let query = query.map(|q| format!(" Rather: {}", md_inline(q))).unwrap_or_default();
                    out.push_str(&format!("- **{level}: {}**{lesson}{query}\n", md(&said.message)));
                }
                Markup::Latex => out.push_str(&self.paragraph(&format!("{level}: {} {lesson}", said.message))),
            }
        }
        match self {
            _ if out.is_empty() => out,
            Markup::Html => format!("<ul class=\"said\">\n{out}</ul>\n"),
            Markup::Markdown => out + "\n",
            Markup::Latex => out,
        }
    }
}

/// A query within a sentence.
fn md_inline(text: &str) -> String {
    md_code(text).trim().trim_start_matches("**").trim_end_matches("**").to_string()
}

/// Lines of arithmetic, with what lies between the first and the last.
fn lines(step: &Step) -> Vec<String> {
    let mut out: Vec<String> = step.lines.iter().map(explain::line_text).collect();
    if step.more > 0 {
        out.insert(out.len().min(BETWEEN), format!("… {} more …", step.more));
    }
    out
}

fn html_step(step: &Step, out: &mut String) {
    if step.say.is_empty() {
        step.below.iter().for_each(|below| html_step(below, out));
        return;
    }
    out.push_str(&format!("<li>{}", html(&step.say)));
    if !step.formula.is_empty() {
        out.push_str(&format!("\n<p class=\"formula\"><code>{}</code></p>", html(&step.formula)));
    }
    let listed = |class: &str, all: &[String], out: &mut String| {
        if !all.is_empty() {
            let items: String = all.iter().map(|l| format!("<li>{}</li>\n", html(l))).collect();
            out.push_str(&format!("\n<ul class=\"{class}\">\n{items}</ul>"));
        }
    };
    listed("lines", &lines(step), out);
    listed("cells", &step.observations, out);
    let mut below = String::new();
    step.below.iter().for_each(|b| html_step(b, &mut below));
    if !below.is_empty() {
        out.push_str(&format!("\n<ul>\n{below}</ul>"));
    }
    out.push_str("</li>\n");
}

fn md_step(step: &Step, depth: usize, out: &mut String) {
    if step.say.is_empty() {
        step.below.iter().for_each(|below| md_step(below, depth, out));
        return;
    }
    let pad = "  ".repeat(depth);
    out.push_str(&format!("{pad}- {}\n", md(&step.say).replace('\n', " ")));
    if !step.formula.is_empty() {
        out.push_str(&format!("{pad}  - {}\n", md_inline(&step.formula)));
    }
    for line in lines(step) {
        out.push_str(&format!("{pad}  - {}\n", md_inline(&line)));
    }
    for cell in &step.observations {
        out.push_str(&format!("{pad}  - {}\n", md(cell)));
    }
    step.below.iter().for_each(|below| md_step(below, depth + 1, out));
}

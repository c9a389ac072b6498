//! `tradeql report notes.md -o notes.html`: a document with queries in it becomes one with their answers. In: Markdown. Out:
//! a page of HTML that needs nothing else, or Markdown, with what it is made from at its end. With `--check`, what is
//! printed is held against the data.

mod document;
mod page;
mod provenance;

use super::arguments::Arguments;
use super::commands::base64;
use super::exit;
use super::output::{self, Printing};
use super::printer::Printer;
use super::streams::{print_err, print_out, say};
use super::{Disk, batch};
use crate::data::Budget;
use crate::data::load::io_words;
use crate::diagnostic::{Diagnostic, Level};
use crate::render::Format;
use crate::render::chart::picture;
use crate::render::markup::Markup;
use crate::session::{Body, Files, Mode, Response, Session};
use crate::value::Named;
use document::{OPEN, Part, SHUT};
use std::path::Path;

/// A report as far as it is made.
struct Making<'a> {
    session: Session,
    printer: Printer,
    markup: Markup,
    name: &'a str,
    /// The prose, with marks for the blocks.
    text: String,
    blocks: Vec<String>,
    /// What was said of the answers, each once.
    said: Vec<Diagnostic>,
    /// How many printed values and claims were held against the data.
    checked: usize,
    /// Those that do not hold.
    failing: usize,
    code: u8,
}

/// Makes a report.
pub fn run(file: &str, arguments: &Arguments, printing: Printing, budget: Budget) -> u8 {
    let fail = |words: String, code: u8| {
        say(&words.to_string());
        code
    };
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(e) => return fail(format!("`{file}` cannot be read: {}", io_words(&e)), exit::USAGE),
    };
    let markup = match &arguments.output {
        None => printing.format.markup().unwrap_or(Markup::Html),
        Some(out) => match Format::of_path(out).and_then(Format::markup) {
            Some(markup @ (Markup::Html | Markup::Markdown)) => markup,
            _ => return fail(format!("`-o {out}`: a report is written as .html or .md"), exit::USAGE),
        },
    };
    let parts = match document::parts(text.trim_start_matches('\u{feff}')) {
        Ok(parts) => parts,
        Err((line, why)) => return fail(format!("{file}:{line}: {why}"), exit::FAILED),
    };
    let mut printer = Printer::new(printing, file);
    let mut session = match batch::session(arguments, Path::new(""), None, &mut printer, budget) {
        Ok(session) => session,
        Err(code) => return code,
    };
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    session.set_base(folder);
    // A report writes itself alone.
    session.read_only();
    session.protect(Path::new(file));
    let (text_out, blocks, said) = Default::default();
    let mut making = Making {
        session,
        printer,
        markup,
        name: file,
        text: text_out,
        blocks,
        said,
        checked: 0,
        failing: 0,
        code: exit::OK,
    };
    for part in parts {
        match part {
            Part::Prose(prose) => making.text.push_str(&prose),
            Part::Number(query, line) => making.number(&query, line),
            Part::Block(statements, line, shown) => making.block(&statements, line, shown),
        }
        if making.code != exit::OK {
            return making.code;
        }
    }
    let title = document::title(&text).unwrap_or_else(|| file.to_string());
    let made = making.finished(&title, folder);
    if making.failing > 0 {
        let of = format!("{} of {} printed values and claims do not hold", making.failing, making.checked);
        say(&format!("{file}: {of}"));
    }
    let code = if making.failing > 0 && arguments.check { exit::ASSERTION } else { exit::OK };
    match &arguments.output {
        // A report that does not hold takes no other's place.
        _ if code != exit::OK => code,
        None if arguments.check => {
            print_out(&format!("{file}: {} printed values and claims hold\n", making.checked));
            code
        }
        None => {
            if print_out(&made) {
                code
            } else {
                exit::FAILED
            }
        }
        Some(out) if arguments.sandbox.is_some() => fail(format!("`{out}`: a sandbox writes nothing"), exit::FAILED),
        Some(out) if making.session.has_read(Path::new(out)) => {
            fail(format!("`{out}` was read by this report, and is not replaced"), exit::FAILED)
        }
        Some(out) => match Disk.write(Path::new(out), made.as_bytes()) {
            Ok(()) => code,
            Err(e) => fail(format!("`{out}` cannot be written: {}", io_words(&e)), exit::FAILED),
        },
    }
}

impl Making<'_> {
    /// Runs statements that stand on this line of the report.
    fn run(&mut self, text: &str, line: usize, each: &mut dyn FnMut(&mut Outcome<'_>, &Response)) {
        // Lines before it, so that places are those of the report.
        let placed = format!("{}{text}", "\n".repeat(line.saturating_sub(1)));
        let (printer, said) = (&mut self.printer, &mut self.said);
        let (checked, failing, code, markup) = (&mut self.checked, &mut self.failing, &mut self.code, self.markup);
        self.session.run(self.name, &placed, Mode::Run, &mut |session, response| {
            let (told, _) = printer.texts(session, &response);
            print_err(&told);
            for d in response.diagnostics.iter().filter(|d| d.level != Level::Error) {
                if !said.iter().any(|s| s.code == d.code && s.message == d.message) {
                    said.push(d.clone());
                }
            }
            if let Some(Body::Checked(_, verdict)) = &response.body {
                *checked += 1;
                *failing += usize::from(verdict.holds != Some(true));
            }
            *code = match batch::code_of(&response) {
                exit::ASSERTION => exit::ASSERTION,
                other => other,
            };
            each(&mut Outcome { session, markup }, &response);
            *code == exit::OK
        });
    }

    /// A number in a sentence; one that is printed there is held against the data.
    fn number(&mut self, query: &str, line: usize) {
        let statement = if is_claim(query) { format!("claim {query}") } else { query.to_string() };
        let mut words = None;
        self.run(&statement, line, &mut |outcome, response| {
            words = words.take().or_else(|| outcome.words(response));
        });
        match words {
            Some(words) => self.text.push_str(&words),
            None if self.code == exit::OK => {
                let (name, braces) = (self.name, format!("{{{{{query}}}}}"));
                say(&format!("{name}:{line}: `{braces}` is not one number; a block shows a table"));
                self.code = exit::FAILED;
            }
            None => {}
        }
    }

    /// The answers of a block.
    fn block(&mut self, statements: &str, line: usize, shown: bool) {
        let mut out = String::new();
        self.run(statements, line, &mut |outcome, response| out.push_str(&outcome.answer(response)));
        if !shown || out.is_empty() {
            return;
        }
        match self.markup {
            Markup::Html => {
                self.text.push_str(&format!("\n{OPEN}{}{SHUT}\n\n", self.blocks.len()));
                self.blocks.push(out);
            }
            _ => self.text.push_str(&format!("\n{out}")),
        }
    }

    /// The whole report.
    fn finished(&mut self, title: &str, folder: &Path) -> String {
        let end = provenance::told(&self.session, self.markup, self.name, &self.said);
        if self.markup == Markup::Markdown {
            return format!("{}\n\n{end}", self.text.trim_end());
        }
        self.text.push_str(&format!("\n\n{OPEN}{}{SHUT}\n", self.blocks.len()));
        self.blocks.push(end);
        let pictures = |address: &str| {
            let kinds = [("svg", "image/svg+xml"), ("png", "image/png"), ("jpg", "image/jpeg"), ("jpeg", "image/jpeg")];
            let suffix = address.rsplit_once('.')?.1.to_ascii_lowercase();
            let (_, kind) = kinds.iter().find(|(s, _)| *s == suffix)?;
            let bytes = self.session.bytes_of(&folder.join(address)).ok()?;
            Some(format!("data:{kind};base64,{}", base64(&bytes)))
        };
        page::page(title, &self.text, &self.blocks, &pictures)
    }
}

/// Whether a query within a sentence prints a value to be held against the data: `growth of x … is 71.2%`.
fn is_claim(query: &str) -> bool {
    use crate::syntax::{self, Statement};
    let parsed = syntax::parse_script(crate::span::SourceId(0), &format!("claim {query}")).unwrap_or_default();
    let claims = |p: &syntax::Parsed| matches!(&p.statement, Ok(Statement::Claim(_)));
    query.contains(" is ") && parsed.iter().any(claims)
}

/// What came of a statement, to be put into a report.
struct Outcome<'a> {
    session: &'a Session,
    markup: Markup,
}

impl Outcome<'_> {
    /// The words of an answer that is one number.
    fn words(&self, response: &Response) -> Option<String> {
        let escaped = |text: &str| Markup::Markdown.paragraph(text).trim().to_string();
        match response.body.as_ref()? {
            Body::Checked(_, v) if v.cells == 1 && v.holds == Some(true) => Some(escaped(&v.expected)),
            Body::Checked(_, v) if v.cells == 1 => {
                let would = if v.would_print.is_empty() { "nothing".into() } else { v.would_print.clone() };
                Some(format!("**{} (does not hold: {})**", escaped(&v.expected), escaped(&would)))
            }
            Body::Value(value) => {
                let named = [(response.name.as_str(), value)];
                let (number, marks) = self.session.number_words(&named)?;
                let marks = if marks.is_empty() { String::new() } else { format!(" ({marks})") };
                Some(escaped(&format!("{number}{marks}")))
            }
            _ => None,
        }
    }

    /// An answer as a part of the report.
    fn answer(&self, response: &Response) -> String {
        let columns_of = |columns: &[(&str, &crate::value::Value)]| {
            let title = (response.query.as_str(), response.keys.as_slice());
            self.session.columns_markup(columns, self.markup, title, &response.files)
        };
        let answer = match &response.body {
            None => return String::new(),
            Some(Body::Value(value)) => columns_of(&[(&response.name, value)]),
            Some(Body::List(all)) => columns_of(&Named::columns(all)),
            Some(Body::Explained(all, steps)) => columns_of(&Named::columns(all)) + &self.markup.steps(steps),
            Some(Body::Plotted(all, chart)) if self.markup == Markup::Html => format!(
                "<figure>\n<div class=\"scroll\" tabindex=\"0\">{}</div>\n<figcaption><details><summary>The numbers of this chart</summary>\n{}</details></figcaption>\n</figure>\n",
                picture::svg(chart),
                columns_of(&Named::columns(all))
            ),
            Some(Body::Plotted(all, chart)) => {
                let drawn = output::drawn(self.session, chart, Printing::plain(Format::Markdown));
                drawn.map_or_else(|| columns_of(&Named::columns(all)), |text| self.markup.words(&response.query, &text))
            }
            Some(Body::Checked(value, verdict)) => {
                let text = output::verdict_text(value, verdict);
                let words = self.markup.words(&response.query, &text);
                if verdict.holds == Some(true) { words } else { words.replace("<pre>", "<pre class=\"fails\">") }
            }
            Some(Body::Story(story)) if self.markup == Markup::Html => story.html(),
            Some(Body::Story(story)) => self.markup.words(&response.query, &story.page()),
            Some(Body::Text(text)) => self.markup.words("", text),
            Some(Body::Done(_) | Body::Written(..)) => String::new(),
        };
        let said: Vec<&Diagnostic> = response.diagnostics.iter().filter(|d| d.level != Level::Note).collect();
        answer + &self.markup.said(&said, false)
    }
}

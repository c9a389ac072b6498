//! Examples, worked: the statements of a page or a lesson run on the data that come along. In: statements. Out: what is
//! printed, diagnostics before answers, on a page of fixed width.

use super::output::{self, Printing};
use super::shipped::{InMemory, Shipped};
use crate::diagnostic::visible::{visible, wrapped};
use crate::diagnostic::{Diagnostic, Level};
use crate::render::Format;
use crate::session::{Mode, Response, Session};
use crate::teach::page::Page;
use std::path::Path;

/// How wide answers on pages are.
const WIDTH: usize = 76;

/// A session that knows the data that come along, and these files.
pub fn session(files: &[(String, String)]) -> Session {
    let mut session = Session::new(Box::new(Shipped(InMemory(files.to_vec()))), Path::new(""));
    session.catalogue.settings.width = Some(WIDTH);
    session
}

/// What a statement prints, and whether all of it worked.
pub fn printed(session: &mut Session, statement: &str) -> (String, bool) {
    let (mut out, mut worked) = (String::new(), true);
    session.run("page", statement, Mode::Run, &mut |session, response| {
        out.push_str(&shown(session, &response));
        worked &= !response.failed();
        true
    });
    (out, worked)
}

/// What came of a statement, in the format that is set.
fn shown(session: &Session, response: &Response) -> String {
    let format = session.catalogue.settings.format.and_then(Format::parse).unwrap_or(Format::Table);
    let said: String = response.diagnostics.iter().map(brief).collect();
    said + &output::result(session, response, Printing::plain(format))
}

/// A diagnostic in a few lines: its code, what it says, and the right query.
pub fn brief(diagnostic: &Diagnostic) -> String {
    let sign = match diagnostic.level {
        Level::Error => '×',
        Level::Warning => '⚠',
        Level::Note => '☞',
    };
    let mut out = String::new();
    let mut lines = |first: &str, text: &str, indent: &str| {
        let lines = wrapped(&visible(text), WIDTH - indent.len());
        out.push_str(&format!("{first}{}\n", lines.join(&format!("\n{indent}"))));
    };
    lines("", &format!("{sign} {}: {}", diagnostic.code.slug, diagnostic.message), "  ");
    match (diagnostic.help.first(), &diagnostic.advice) {
        (Some(query), _) => lines("  ", &format!("try: {query}"), "       "),
        (None, Some(advice)) => lines("  ", advice, "  "),
        (None, None) => {}
    }
    out
}

/// What each example of a page prints now.
pub fn page(page: &Page) -> Vec<String> {
    let mut session = session(&page.files);
    for load in page.loads() {
        let _ = printed(&mut session, load);
    }
    let lines = |text: String| text.lines().map(|l| l.trim_end().to_string() + "\n").collect::<String>();
    page.examples.iter().map(|example| lines(printed(&mut session, &example.statement).0)).collect()
}

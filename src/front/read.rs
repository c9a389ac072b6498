//! `tradeql read FILE`: a story from a file or from standard input, printed as a page, an object or a part of a document.

use super::arguments::Arguments;
use super::output::Printing;
use super::printer::Printer;
use super::streams::{print_err, print_out};
use super::{batch, exit};
use crate::data::Budget;
use crate::data::room::Room;
use crate::render::Format;
use crate::session::{Body, StoryAsked};
use std::io::Read;
use std::path::Path;
use std::time::Duration;

/// More bytes than a story may have.
const TOO_MANY: u64 = (1 << 20) + 1;

/// Reads a story.
pub fn run(file: &str, arguments: &Arguments, printing: Printing, budget: Budget) -> u8 {
    let mut printer = Printer::new(printing, file);
    let mut session = match batch::session(arguments, Path::new(""), None, &mut printer, budget) {
        Ok(session) => session,
        Err(code) => return code,
    };
    let text = if file == "-" {
        let mut bytes = Vec::new();
        if let Err(e) = std::io::stdin().lock().take(TOO_MANY).read_to_end(&mut bytes) {
            print_err(&format!("tradeql: the story cannot be read: {}\n", crate::data::load::io_words(&e)));
            return exit::DATA;
        }
        match crate::data::text::bytes::decode(bytes, None, Room::of(u64::MAX)) {
            Ok(decoded) => Some(decoded.text),
            Err(e) => {
                print_err(&format!("tradeql: the story cannot be read: {}\n", e.message));
                return exit::DATA;
            }
        }
    } else {
        None
    };
    // One dataset that was loaded for it is meant.
    let mut loaded = session.catalogue.datasets.keys();
    let only = loaded.next().filter(|_| loaded.next().is_none()).cloned();
    let asked = StoryAsked {
        date: arguments.date.clone(),
        reporter: arguments.reporter.clone(),
        against: arguments.against.clone().or(only),
    };
    let response = session.read_argument(if file == "-" { "stdin" } else { file }, text.as_deref(), &asked);
    let script = match &response.body {
        Some(Body::Story(story)) if arguments.script => Some(story.script()),
        _ => None,
    };
    if let Some(script) = script {
        return if print_out(&script) { exit::OK } else { exit::FAILED };
    }
    let page = printing.format == Format::Table;
    let said = printing.quiet || page && !response.failed();
    let shown = if said { crate::session::Response { diagnostics: Vec::new(), ..response } } else { response };
    let written = printer.print(&session, &shown, Duration::ZERO);
    match (written && printer.finish(), shown.load_failed()) {
        (_, true) => exit::DATA,
        (true, false) if !shown.failed() => exit::OK,
        _ => exit::FAILED,
    }
}

//! From text to statements: [`limits`] cuts and bounds, the grammar parses, lowering makes the tree of [`ast`],
//! [`format`] writes it canonically. One bad statement does not hide the others. Knows no data and no operators.

pub mod ast;
mod foreign;
mod foreign_period;
pub mod format;
mod grammar;
pub mod keywords;
pub mod limits;
mod lower;
mod lower_clause;
mod lower_decl;
mod lower_expr;
mod respell;
mod respell_declared;
pub mod units;

use crate::diagnostic::Diagnostic;
use crate::span::{SourceId, Span};
pub use ast::{Declaration, Statement};

pub use foreign::of_prompt;
pub use foreign_period::period as period_elsewhere;

/// What a stage hands back instead of its result.
pub type Fault = Box<Diagnostic>;

/// One statement of a script: where it stands and what it says, or what is wrong with it.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// Where it stands.
    pub span: Span,
    /// The 1-based line on which it begins.
    pub line: usize,
    /// What it says.
    pub statement: Result<Statement, Fault>,
}

/// Parses a whole script.
///
/// # Errors
/// The script is longer than the limit. What is wrong with a statement stands in its place in the list.
pub fn parse_script(source: SourceId, text: &str) -> Result<Vec<Parsed>, Fault> {
    let pieces = limits::statements(source, text)?;
    Ok(pieces
        .into_iter()
        .map(|piece| {
            let body = text.get(piece.span.start..piece.span.end).unwrap_or("");
            let statement = one(source, &piece, body);
            Parsed { span: piece.span, line: piece.line, statement }
        })
        .collect())
}

/// Parses one statement.
///
/// # Errors
/// It is beyond the limits, or no sentence of the grammar: where that shows, and what is probably meant.
pub fn parse_statement(text: &str) -> Result<Statement, Fault> {
    let piece = limits::Piece { span: Span::new(SourceId(0), 0, text.len()), line: 1 };
    one(SourceId(0), &piece, text)
}

/// The codes of a set that is written as in a query, `{CHN, USA}`; nothing of what is no set.
pub fn parse_set(text: &str) -> Option<Vec<String>> {
    lower::set(text)
}

/// A number with its unit as it is written in a query; nothing of what is none.
pub fn parse_literal(text: &str) -> Option<ast::Literal> {
    lower::literal(text)
}

/// The deepest statement that is parsed on the caller's stack.
const SHALLOW: usize = 6;
/// Room for the deepest statement that the limits allow.
const DEEP_STACK: usize = 32 << 20;

/// Checks the limits and parses. A deep statement gets a stack of its own, so that the caller's may be small.
fn one(source: SourceId, piece: &limits::Piece, text: &str) -> Result<Statement, Fault> {
    let parse = || lower::statement(source, piece.span.start, text);
    if limits::check(piece, text)? <= SHALLOW {
        return parse();
    }
    let failed = |_| {
        let what = "no thread could be started to parse a deep statement";
        Err(Box::new(Diagnostic::new(&crate::diagnostic::codes::BUG, piece.span, what)))
    };
    crate::stack::with_room(DEEP_STACK, parse).unwrap_or_else(failed)
}

/// Parses the items of a declaration that stands in a file of its own.
///
/// # Errors
/// As [`parse_statement`].
pub fn parse_declaration(source: SourceId, text: &str) -> Result<Declaration, Fault> {
    let piece = limits::Piece { span: Span::new(source, 0, text.len()), line: 1 };
    limits::check(&piece, text)?;
    lower::declaration_file(source, text)
}

//! From text to statements: [`limits`] cuts and bounds, the grammar parses, lowering makes the tree of [`ast`],
//! [`format`] writes it canonically. One bad statement does not hide the others. Knows no data and no operators.

pub mod ast;
mod foreign;
pub mod format;
mod grammar;
pub mod limits;
mod lower;
mod lower_expr;

use crate::diagnostic::Diagnostic;
use crate::span::{SourceId, Span};
pub use ast::{Declaration, Statement};

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

/// Parses a whole script. The error is for a script that is refused as a whole.
pub fn parse_script(source: SourceId, text: &str) -> Result<Vec<Parsed>, Fault> {
    let pieces = limits::statements(source, text)?;
    Ok(pieces
        .into_iter()
        .map(|piece| {
            let body = text.get(piece.span.start..piece.span.end).unwrap_or("");
            let statement = limits::check(&piece, body).and_then(|()| lower::statement(source, piece.span.start, body));
            Parsed { span: piece.span, line: piece.line, statement }
        })
        .collect())
}

/// Parses one statement.
pub fn parse_statement(text: &str) -> Result<Statement, Fault> {
    let piece = limits::Piece { span: Span::new(SourceId(0), 0, text.len()), line: 1 };
    limits::check(&piece, text)?;
    lower::statement(SourceId(0), 0, text)
}

/// Parses the items of a declaration that stands in a file of its own.
pub fn parse_declaration(source: SourceId, text: &str) -> Result<Declaration, Fault> {
    let piece = limits::Piece { span: Span::new(source, 0, text.len()), line: 1 };
    limits::check(&piece, text)?;
    lower::declaration_file(source, text)
}

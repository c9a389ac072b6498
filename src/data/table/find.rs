//! Places in a table by name and by text, and columns that hold nothing.

use crate::data::columns::column::Column;
use crate::data::doubt::Refusal;
use crate::data::table::Table;
use crate::diagnostic::{Diagnostic, codes, suggest, words};
use crate::syntax::ast::Name;

/// The column of a name in a declaration.
pub fn column(header: &[String], name: &Name) -> Result<usize, Refusal> {
    header.iter().position(|h| *h == name.node).ok_or_else(|| {
        let near = suggest::nearest(&name.node, header.iter().map(String::as_str));
        let message = format!("the file has no column `{}`", name.node);
        let advice = if near.is_empty() {
            format!("its columns are {}", words::some(header, 24))
        } else {
            format!("did you mean {}?", suggest::either(&near))
        };
        Refusal::Declaration(Box::new(Diagnostic::new(&codes::BAD_DECLARATION, name.span, message).advice(advice)))
    })
}

/// The first line on which a text stands in a column.
pub fn line_of(table: &Table, at: usize, text: &str) -> Option<usize> {
    let column = table.columns.get(at)?;
    let row = match column {
        Column::Words(words, codes) => {
            let place = words.iter().position(|w| w.trim() == text.trim())?;
            codes.iter().position(|c| c as usize == place)?
        }
        Column::Decimals(d) => d.odd_texts().find(|(_, t)| t.trim() == text.trim()).map(|(row, _)| row as usize)?,
        Column::Left => return None,
    };
    Some(table.lines.get(row))
}

/// Whether no cell of a column holds anything.
pub fn is_blank(column: &Column) -> bool {
    column.words().is_some_and(|w| w.iter().all(|x| x.trim().is_empty()))
}

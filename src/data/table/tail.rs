//! The end of a file: remarks below the table, rows that do not fit. In: the rows that were read, and what did not fit.
//! Out: a [`Table`] and its doubts, or the error of a row that is broken.

use crate::data::columns::column::Column;
use crate::data::doubt::{Doubt, LoadError};
use crate::data::known::number_forms as numbers;
use crate::data::known::period_forms;
use crate::data::table::one::{Own, Table};
use crate::data::table::open::Piece;
use crate::data::table::origin::Origin;
use crate::data::table::records::{Misfit, Rows};
use crate::data::text::head::Head;
use crate::diagnostic::codes;

/// Words with which a remark below a table begins.
const REMARKS: &[&str] = &[
    "source",
    "note",
    "footnote",
    "data from",
    "last updated",
    "last revised",
    "legend",
    "symbols",
    "abbreviations",
    "disclaimer",
    "copyright",
    "©",
    "*",
    "(c)",
    "来源",
    "注",
    "资料来源",
    "数据来源",
];

/// Weighs what did not fit, and puts the table together.
pub(in crate::data) fn finished(
    head: Head,
    mut rows: Rows,
    piece: &Piece<'_>,
    origin: Origin,
) -> Result<Table, LoadError> {
    let mut doubts = head.doubts;
    if let Some((line, count)) = rows.headers {
        let what =
            if count == 1 { "the header stands".to_string() } else { format!("{count} times the header stands") };
        let message = format!("{what} among the rows again and was left out");
        doubts.push(Doubt::new(&codes::REPAIRED_ROW, Some(line), message));
    }
    second_table(&rows)?;
    misfits(&rows, head.names.len(), &mut doubts)?;
    lone_tail(&mut rows, &mut doubts);
    if rows.total == 0 {
        return Err(LoadError::at(head.header_line.unwrap_or(1), "the file has a header and no rows"));
    }
    Ok(Table {
        header: head.names,
        columns: rows.columns,
        lines: rows.lines,
        rows: rows.count,
        separator: head.dialect.separator,
        header_line: head.header_line,
        origin,
        files: vec![(0, piece.name.clone())],
        above: head.above.into_iter().collect(),
        own: vec![Own { name: piece.name.clone(), separator: head.dialect.separator, titles: head.titles }],
        doubts,
        is_partial: false,
    })
}

/// A row of one field above the header that stands there again is the title of a second table.
fn second_table(rows: &Rows) -> Result<(), LoadError> {
    let Some((line, _)) = rows.headers else { return Ok(()) };
    let above = (0..rows.count).rev().find(|r| rows.lines.get(*r) < line);
    let Some(row) = above.filter(|r| rows.lines.get(*r) + 1 == line) else { return Ok(()) };
    let filled = |c: &Column| !c.text(row).trim().is_empty();
    if rows.columns.len() < 3 || rows.columns.iter().filter(|c| filled(c)).count() != 1 {
        return Ok(());
    }
    let title = rows.columns.iter().find(|c| filled(c)).map(|c| c.text(row).trim().to_string()).unwrap_or_default();
    let error = LoadError::at(line, format!("a second table begins here, below `{title}`"));
    Err(error.advice(format!(
        "declare `preamble {}` to read the second; to read the first, save it in a file of its own",
        line - 1
    )))
}

/// Whether a text begins as a remark does.
fn is_remark(text: &str) -> bool {
    let lower = text.to_lowercase();
    let rule = lower.len() > 2 && lower.chars().all(|c| matches!(c, '_' | '-' | '=' | '*' | '.' | '—' | '–'));
    rule || REMARKS.iter().any(|r| lower.starts_with(r))
}

/// Rows of another width: an error within the table, lines left out below it.
fn misfits(rows: &Rows, width: usize, doubts: &mut Vec<Doubt>) -> Result<(), LoadError> {
    let known = |text: &str| {
        let word = rows.columns.first().and_then(Column::words).is_some_and(|w| w.iter().any(|x| x.trim() == text));
        word || numbers::looks_numeric(text) || period_forms::read_any(text).is_some()
    };
    let blank: Vec<&Misfit> = rows.misfits.iter().filter(|m| m.filled == 0).collect();
    let mut odd: Vec<&Misfit> = rows.misfits.iter().filter(|m| m.filled > 0).collect();
    if let Some(first) = blank.first() {
        let what =
            if blank.len() == 1 { "an empty row was".to_string() } else { format!("{} empty rows were", blank.len()) };
        doubts.push(Doubt::new(&codes::REPAIRED_ROW, Some(first.line), format!("{what} left out")));
    }
    let tail = odd.iter().position(|m| m.rows_above == rows.total).unwrap_or(odd.len());
    let below: Vec<&Misfit> = odd.split_off(tail);
    let no_remark =
        |m: &&&Misfit| !is_remark(&m.first) && (known(&m.first) || !(m.first.contains(' ') || m.first.contains(':')));
    if let Some(bad) = odd.first().or(below.iter().find(no_remark)) {
        let (line, fields) = (bad.line, bad.fields);
        let s = if fields == 1 { "" } else { "s" };
        let more = rows.misfits.iter().filter(|m| m.filled > 0).count() - 1;
        let others = if more > 0 { format!("; {more} more rows do not fit either") } else { String::new() };
        let error = LoadError::at(line, format!("the row has {fields} field{s} and the header {width}{others}"));
        return Err(error.advice("a field that holds the separator must be quoted; a missing value is an empty field; or declare `misfits repair`"));
    }
    if let Some(first) = below.first() {
        let what = if below.len() == 1 { "a line was".to_string() } else { format!("{} lines were", below.len()) };
        let message = format!("{what} left out below the table: `{}`", first.first);
        doubts.push(Doubt::new(&codes::LAYOUT_GUESSED, Some(first.line), message));
    }
    Ok(())
}

/// Rows at the end of which only the first field holds something are remarks, if they look like it.
fn lone_tail(rows: &mut Rows, doubts: &mut Vec<Doubt>) {
    if rows.lone_tail == 0 || rows.lone_tail >= rows.count {
        return;
    }
    let first = rows.count - rows.lone_tail;
    let text = rows.columns.first().map(|c| c.text(first)).unwrap_or_default();
    if rows.blank_before_tail || is_remark(text.trim()) {
        let message = format!("a remark was left out below the table: `{}`", text.trim());
        doubts.push(Doubt::new(&codes::LAYOUT_GUESSED, Some(rows.lines.get(first)), message));
        rows.columns.iter_mut().zip(&rows.known).for_each(|(c, known)| c.truncate(first, *known));
        let keep: Vec<bool> = (0..rows.count).map(|r| r < first).collect();
        rows.lines = rows.lines.kept(&keep);
        rows.count = first;
    }
}

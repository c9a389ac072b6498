//! Which files an export writes: the name in its quotes, in which `{partner}` stands for each label. In: that name and
//! the columns of an answer. Out: for each file its name and its rows. Writes nothing.

use crate::diagnostic::{Diagnostic, codes, suggest, words};
use crate::pause::paced;
use crate::span::Span;
use crate::syntax::Fault;
use crate::syntax::ast::Name;
use crate::value::{Dimension, Flags, Freq, Labels, Named, Row, Value};
use std::collections::BTreeMap;

/// Files that one export may write.
const MOST: usize = 10_000;
/// Characters of a label that go into the name of a file.
const LONGEST: usize = 100;
/// The row of what no label accounts for, which is none.
const NOT_ALLOCATED: &str = "not allocated";

/// One file, or one sheet of it.
pub(super) struct Target {
    /// Its name, as the user would have written it.
    pub name: String,
    /// The labels that it is for; empty where it is for all.
    pub label: String,
    /// What it holds.
    pub columns: Vec<Named>,
}

/// A part of a name.
enum Piece<'a> {
    /// As it is written.
    Text(&'a str),
    /// A key in braces, and where it stands.
    Key(&'a str, Span),
}

/// What a key in braces is.
#[derive(Clone, Copy)]
enum Part {
    Dimension(usize),
    Period,
}

/// The name cut at its braces; `snippet` is the name as it stands in the statement.
fn pieces<'a>(into: &'a Name, snippet: &str) -> Result<Vec<Piece<'a>>, Fault> {
    let text = into.node.as_str();
    // Within quotes a place can be named; a parameter holds its name elsewhere.
    let within = snippet.len() == text.len() + 2 && snippet.starts_with('"');
    let place = |from: usize, to: usize| {
        if within {
            Span { start: into.span.start + 1 + from, end: into.span.start + 1 + to, ..into.span }
        } else {
            into.span
        }
    };
    let (mut out, mut rest, mut at) = (Vec::new(), text, 0);
    while let Some(open) = rest.find(['{', '}']) {
        let (before, behind) = rest.split_at(open);
        let end = behind.find('}').filter(|_| behind.starts_with('{'));
        let Some(end) = end else {
            let message = "a brace in the name of a file has no partner";
            let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, place(at + open, at + open + 1), message);
            return Err(Box::new(fault.advice("`{partner}` stands for each label of a key")));
        };
        out.push(Piece::Text(before));
        let (key, after) = behind.split_at(end + 1);
        out.push(Piece::Key(key.trim_matches(['{', '}']).trim(), place(at + open, at + open + end + 1)));
        at += open + end + 1;
        rest = after;
    }
    out.push(Piece::Text(rest));
    Ok(out)
}

/// Whether a name stands for one file a label.
pub(super) fn is_pattern(into: &str) -> bool {
    into.contains(['{', '}'])
}

/// The files of an export.
///
/// # Errors
/// What stands in braces is no key of the answer, two labels have one file, or there is nothing to write.
pub(super) fn targets(columns: Vec<Named>, into: &Name, snippet: &str) -> Result<Vec<Target>, Fault> {
    if !is_pattern(&into.node) {
        return Ok(vec![Target { name: into.node.clone(), label: String::new(), columns }]);
    }
    let pieces = pieces(into, snippet)?;
    let Some(first) = columns.first().map(|c| &c.value) else { return Ok(Vec::new()) };
    let mut parts: Vec<Part> = Vec::new();
    for piece in &pieces {
        if let Piece::Key(key, span) = piece {
            parts.push(part(first, key).ok_or_else(|| no_key(first, key, *span))?);
        }
    }
    let mut groups: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
    for (at, row) in paced(&first.rows).enumerate().filter(|(_, row)| is_listed(first, row, &parts)) {
        groups.entry(parts.iter().map(|p| label(first, row, *p)).collect()).or_default().push(at);
    }
    let fail = |message: String| Box::new(Diagnostic::new(&codes::WRONG_ARGUMENTS, into.span, message));
    if groups.is_empty() {
        return Err(fail("the answer has no rows, so there is no file to write".into()));
    }
    if groups.len() > MOST {
        return Err(fail(format!("this would write {} files, and {MOST} are the most", groups.len())));
    }
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    let mut out = Vec::new();
    for (labels, rows) in groups {
        let mut safe = labels.iter().map(|l| safe(l));
        let name: String = pieces
            .iter()
            .map(|p| match p {
                Piece::Text(text) => (*text).to_string(),
                Piece::Key(..) => safe.next().unwrap_or_default(),
            })
            .collect();
        let label = labels.join(", ");
        // On many systems upper and lower case are one file.
        if let Some(other) = taken.insert(name.to_lowercase(), label.clone()) {
            let fault = fail(format!("`{other}` and `{label}` would be one file, `{name}`"));
            return Err(Box::new(fault.advice("export one of them by itself, under another name")));
        }
        let columns = columns.iter().map(|c| Named { name: c.name.clone(), value: chosen(&c.value, &rows, &parts) });
        out.push(Target { name, label, columns: columns.collect() });
    }
    Ok(out)
}

fn part(value: &Value, key: &str) -> Option<Part> {
    if let Some(at) = value.dims.iter().position(|d| d.name.as_ref() == key) {
        return Some(Part::Dimension(at));
    }
    let timed = !value.rows.is_empty() && paced(&value.rows).all(|r| r.period().is_some());
    let yearly = || paced(&value.rows).all(|r| r.period().is_some_and(|p| p.freq() == Some(Freq::Year)));
    (timed && (key == "period" || key == "year" && yearly())).then_some(Part::Period)
}

fn no_key(value: &Value, key: &str, span: Span) -> Fault {
    let names: Vec<&str> = value.dims.iter().map(|d| d.name.as_ref()).collect();
    let message = format!("`{key}` is no key of the answer");
    let fault = Diagnostic::new(&codes::UNKNOWN_NAME, span, message).here("no key");
    Box::new(match names.as_slice() {
        [] => fault.advice(format!("`by {}` makes it one", if key.is_empty() { "partner" } else { key })),
        names => fault.advice(format!("its keys are {}", suggest::listed(names, "and"))),
    })
}

/// What takes labels singly passes by what is none.
fn is_listed(value: &Value, row: &Row, parts: &[Part]) -> bool {
    !row.flags().has(Flags::REST) || parts.iter().all(|p| !label(value, row, *p).ends_with(NOT_ALLOCATED))
}

fn label(value: &Value, row: &Row, part: Part) -> String {
    match part {
        Part::Dimension(at) => {
            let named = value.dims.get(at).zip(row.key().get(at)).map(|(d, place)| d.label(*place).to_string());
            named.unwrap_or_default()
        }
        Part::Period => row.period().map(|p| p.to_string()).unwrap_or_default(),
    }
}

/// Some rows of a value, without the columns that are the same in all of them.
fn chosen(value: &Value, rows: &[usize], parts: &[Part]) -> Value {
    let gone = |at: usize| parts.iter().any(|p| matches!(p, Part::Dimension(d) if *d == at));
    let timeless = parts.iter().any(|p| matches!(p, Part::Period));
    let dims: Vec<Dimension> =
        value.dims.iter().enumerate().filter(|(at, _)| !gone(*at)).map(|(_, d)| d.clone()).collect();
    let stay =
        |row: &Row| -> Labels { row.key().iter().enumerate().filter(|(at, _)| !gone(*at)).map(|(_, k)| *k).collect() };
    let cut = |row: &Row| Row::new(stay(row), row.period().filter(|_| !timeless), row.cell());
    let rows = rows.iter().filter_map(|at| value.rows.get(*at)).map(cut).collect();
    Value { dims, rows, ..value.clone() }
}

/// A label as a part of a name that every system takes: no separators of folders, no signs that shells or systems
/// read, no leading point, no blank at an end, no name of a device.
fn safe(label: &str) -> String {
    let is_bad = |c: char| c.is_control() || "/\\:*?\"<>|#{}".contains(c);
    let text: String = label.chars().take(LONGEST).map(|c| if is_bad(c) { '_' } else { c }).collect();
    let text = text.trim().trim_end_matches('.');
    let text = match text.strip_prefix('.') {
        Some(rest) => format!("_{rest}"),
        None => text.to_string(),
    };
    let upper = text.to_ascii_uppercase();
    let device = ["CON", "PRN", "AUX", "NUL"].contains(&upper.as_str())
        || ["COM", "LPT"]
            .iter()
            .any(|d| upper.strip_prefix(d).is_some_and(|n| n.len() == 1 && n.parse::<u8>().is_ok()));
    if text.is_empty() || device { format!("{text}_") } else { text }
}

/// `12 rows`, or `7 files, 84 rows`, of files or of sheets.
pub(super) fn counted(files: usize, noun: &str, rows: usize) -> String {
    let rows = words::counted(rows, "row");
    if files == 1 { rows } else { format!("{}, {rows}", words::counted(files, noun)) }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn labels_make_safe_names() {
        for (label, name) in [
            ("USA", "USA"),
            ("Côte d'Ivoire", "Côte d'Ivoire"),
            ("a/b\\c", "a_b_c"),
            ("../../etc", "_._.._etc"),
            ("..", "_"),
            ("", "_"),
            (" x. ", "x"),
            ("con", "con_"),
            ("LPT1", "LPT1_"),
            ("company", "company"),
            ("a#b\n", "a_b_"),
        ] {
            assert_eq!(safe(label), name, "{label:?}");
        }
    }
}

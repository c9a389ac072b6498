//! What people are shown of a file: the doubts first, what it is, the first rows, the declaration to edit. In: an
//! inspection and some rows. Out: text.

use crate::data::DatasetInfo;
use crate::data::load::inspect::Inspection;
use crate::data::table::origin::Form;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::visible::{cut, visible, visible_lines};
use crate::diagnostic::words::counted;

/// The longest cell that people are shown.
const WIDE: usize = 24;

/// At a glance: the doubts, what it is, the first rows, the declaration.
pub(super) fn page(file: &str, found: &Inspection, doubts: &[Diagnostic], shown: &[Vec<Option<String>>]) -> String {
    let mut out = String::new();
    say_doubts(found, doubts, &mut out);
    if !out.is_empty() {
        out.push('\n');
    }
    say_table(file, found, &mut out);
    if let Some(info) = &found.info {
        say_dataset(info, &mut out);
    }
    out.push('\n');
    draw_rows(found, shown, &mut out);
    let declaration = declaration(file, found, &|line| visible(line).into_owned());
    if !declaration.is_empty() {
        out.push_str(&format!("\n{declaration}\n"));
        if declaration.contains('?') {
            out.push_str("\nA `?` stands for what the file does not say: currency or quantity, and scale.\n");
        }
    }
    visible_lines(&out).into_owned()
}

fn say_doubts(found: &Inspection, doubts: &[Diagnostic], out: &mut String) {
    for doubt in doubts {
        let line = doubt.place.as_ref().and_then(|p| p.line).map(|l| format!("line {l}: ")).unwrap_or_default();
        out.push_str(&format!(
            "{} {line}{} [{}]\n",
            if doubt.level == crate::diagnostic::Level::Note { "note:" } else { "doubt:" },
            visible(&doubt.message),
            doubt.code.slug
        ));
        if let Some(advice) = &doubt.advice {
            out.push_str(&format!("       {}\n", visible(advice)));
        }
    }
    for note in &found.notes {
        out.push_str(&format!("note: {}\n", visible(note)));
    }
}

fn say_table(file: &str, found: &Inspection, out: &mut String) {
    let separator = match found.separator {
        ',' => "commas",
        ';' => "semicolons",
        '\t' => "tabs",
        '|' => "bars",
        _ => "another separator",
    };
    let header = found.header_line.map_or("no header".to_string(), |l| format!("header on line {l}"));
    // What is no text has neither.
    let text = if matches!(found.origin.form, Form::Parquet | Form::Database(_)) {
        String::new()
    } else {
        format!(", {separator}, {header}")
    };
    out.push_str(&format!("{}: {}\n", visible(file), visible(&found.layout)));
    out.push_str(&format!(
        "{}, {}, {}{text}\n",
        counted(found.rows, "row"),
        counted(found.header.len(), "column"),
        found.origin
    ));
}

fn say_dataset(info: &DatasetInfo, out: &mut String) {
    let extent = info.periods.iter().copied().reduce(crate::value::Period::span);
    out.push_str(&format!(
        "periods: {} ({} different)\n",
        extent.map(|e| e.to_string()).unwrap_or_default(),
        info.periods.len()
    ));
    for dim in &info.dims {
        let some: Vec<String> = dim.codes.iter().take(6).map(|c| short(c)).collect();
        let more = if dim.codes.len() > 6 { ", …" } else { "" };
        let totals: Vec<String> = dim.totals.iter().map(|t| short(dim.label(*t))).collect();
        let total = if totals.is_empty() { String::new() } else { format!("; total: {}", totals.join(", ")) };
        let groups = if dim.groups.is_empty() {
            String::new()
        } else {
            format!("; {} groups, left out of sums", dim.groups.len())
        };
        out.push_str(&format!(
            "{}: {}: {}{more}{total}{groups}\n",
            visible(&dim.name),
            counted(dim.codes.len(), "code"),
            some.join(", ")
        ));
    }
    for m in &info.measures {
        let unit = if m.declared { m.meaning.unit.to_string() } else { "unit not known".into() };
        out.push_str(&format!("{}: {}, {unit}, from column {}\n", m.name, m.meaning.kind, short(&m.column)));
    }
}

/// The first rows, under the header.
pub(super) fn rows(found: &Inspection, shown: &[Vec<Option<String>>]) -> String {
    let mut out = String::new();
    draw_rows(found, shown, &mut out);
    visible_lines(&out).into_owned()
}

fn draw_rows(found: &Inspection, shown: &[Vec<Option<String>>], out: &mut String) {
    let mut widths: Vec<usize> = found.header.iter().map(|h| short(h).chars().count()).collect();
    let cells: Vec<Vec<String>> =
        shown.iter().map(|r| r.iter().map(|c| c.as_deref().map_or("–".into(), short)).collect()).collect();
    for row in &cells {
        widths.iter_mut().zip(row).for_each(|(w, c)| *w = (*w).max(c.chars().count()));
    }
    let line = |cells: Vec<String>| {
        let padded: Vec<String> = cells.iter().zip(&widths).take(8).map(|(c, w)| format!("{c:<w$}")).collect();
        format!("  {}{}\n", padded.join("  ").trim_end(), if cells.len() > 8 { "  …" } else { "" })
    };
    out.push_str(&line(found.header.iter().map(|h| short(h)).collect()));
    cells.into_iter().for_each(|row| out.push_str(&line(row)));
}

/// The statement that loads it so.
pub(super) fn declaration(file: &str, found: &Inspection, shown: &dyn Fn(&str) -> String) -> String {
    if found.declaration.is_empty() {
        return String::new();
    }
    let name = found.info.as_ref().map_or("data", |i| i.name.as_ref());
    let lines: Vec<String> = found.declaration.iter().map(|l| format!("  {}\n", shown(l))).collect();
    format!("load {} as {name} with {{\n{}}}", shown(&crate::syntax::format::quoted(file)), lines.concat())
}

fn short(text: &str) -> String {
    cut(&visible(text), WIDE)
}

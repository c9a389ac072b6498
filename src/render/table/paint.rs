//! A grid as lines of a terminal, in colours by role where wanted; no colour says what no character says.

use super::fit::{Widths, halves, widths};
use super::grid::{Grid, Line, Text, Tone};
use crate::pause::paced;
use unicode_width::UnicodeWidthStr;

/// Heads, and what was added.
pub const BOLD: &str = "1";
/// What is beside the numbers.
pub const DIM: &str = "2";
const RED: &str = "31";
const MAGENTA: &str = "35";

/// A text in a colour.
pub fn in_colour(text: &str, role: &str, colour: bool) -> String {
    if colour && !text.is_empty() { format!("\x1b[{role}m{text}\x1b[0m") } else { text.to_string() }
}

/// Draws a grid.
pub fn paint(grid: &Grid, colour: bool) -> String {
    let widths = widths(grid);
    let mut out = String::new();
    if !grid.caption.is_empty() {
        out.push_str(&in_colour(&grid.caption, DIM, colour));
        out.push('\n');
    }
    let heads = head_line(&grid.header, grid.labels, &widths);
    out.push_str(&in_colour(heads.trim_end(), BOLD, colour));
    out.push('\n');
    if grid.units.iter().any(|u| !u.is_empty()) {
        let units = head_line(&grid.units, grid.labels, &widths);
        out.push_str(&in_colour(units.trim_end(), DIM, colour));
        out.push('\n');
    }
    // What is added to one list of labels stands under a rule; within groups its label tells.
    let parts = paced(&grid.rows).rposition(|r| !r.added).filter(|_| grid.labels == 1);
    let ruled = parts.filter(|last| paced(&grid.rows).take(*last).all(|r| !r.added) && last + 1 < grid.rows.len());
    for (i, row) in paced(&grid.rows).enumerate() {
        out.push_str(line(row, grid.labels, &widths, colour).trim_end());
        out.push('\n');
        if Some(i) == ruled {
            let rule: usize = widths.iter().map(|(a, b, c)| a + b + c + 2).sum();
            out.push_str(&in_colour(&"─".repeat(rule.saturating_sub(2)), DIM, colour));
            out.push('\n');
        }
    }
    out
}

fn pad(n: usize) -> String {
    " ".repeat(n)
}

fn head_line(heads: &[String], labels: usize, widths: &[Widths]) -> String {
    let mut out = String::new();
    for (i, (head, (before, after, mark))) in heads.iter().zip(widths).enumerate() {
        let free = pad((before + after).saturating_sub(head.width()));
        if i < labels {
            out.push_str(&format!("{head}{free}  "));
        } else {
            out.push_str(&format!("{free}{head}{}  ", pad(*mark)));
        }
    }
    out
}

fn line(row: &Line, labels: usize, widths: &[Widths], colour: bool) -> String {
    let mut out = String::new();
    for (i, (Text { text, marks, tone }, (before, after, mark))) in row.cells.iter().zip(widths).enumerate() {
        if i < labels {
            let shown = if row.added { in_colour(text, BOLD, colour) } else { text.clone() };
            out.push_str(&format!("{shown}{}  ", pad(before.saturating_sub(text.width()))));
            continue;
        }
        let (b, a) = halves(text);
        let shown = match tone {
            Tone::Negative => in_colour(text, RED, colour),
            Tone::Missing | Tone::Gone => in_colour(text, DIM, colour),
            Tone::Plain if row.added => in_colour(text, BOLD, colour),
            Tone::Plain => text.clone(),
        };
        let left = pad(before.saturating_sub(b));
        let right = pad(after.saturating_sub(a));
        out.push_str(&format!("{left}{shown}{right}"));
        if !marks.is_empty() {
            out.push_str(&format!(" {}", in_colour(marks, MAGENTA, colour)));
        }
        out.push_str(&pad(mark.saturating_sub(if marks.is_empty() { 0 } else { marks.width() + 1 })));
        out.push_str("  ");
    }
    out
}

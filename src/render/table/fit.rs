//! A table on a page of a given width: long labels are cut, then columns are left out in the middle and counted. A number
//! is never broken. In: a grid and a width. Out: the grid that is drawn, and what was left out.

use super::grid::{Grid, Line, Text, Tone};
use crate::diagnostic::visible::cut;
use crate::pause::paced;
use std::collections::HashSet;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// No label is cut to less than this.
const SHORTEST: usize = 12;

/// Per column, the widths before and from the decimal point, and of the marks.
pub type Widths = (usize, usize, usize);

/// The digits before the point (or the whole of what has none) and those from it on.
pub fn halves(text: &str) -> (usize, usize) {
    let number = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '<' | '>'));
    let at = text.find('.').filter(|_| number).unwrap_or(text.len());
    let (a, b) = text.split_at(at);
    (a.width(), b.width())
}

/// The widths of all columns.
pub fn widths(grid: &Grid) -> Vec<Widths> {
    (0..grid.header.len()).map(|i| width_of(grid, i)).collect()
}

fn width_of(grid: &Grid, i: usize) -> Widths {
    let text = |list: &[String]| list.get(i).map_or(0, |t| t.width());
    let cells = || paced(&grid.rows).filter_map(move |r| r.cells.get(i));
    if i < grid.labels {
        let widest = cells().map(|c| c.text.width()).max().unwrap_or(0);
        return (widest.max(text(&grid.header)), 0, 0);
    }
    let before = cells().map(|c| halves(&c.text).0).max().unwrap_or(0);
    let after = cells().map(|c| halves(&c.text).1).max().unwrap_or(0);
    let mark = cells().map(|c| c.marks.width()).max().unwrap_or(0);
    let mark = if mark > 0 { mark + 1 } else { 0 };
    let header = text(&grid.header).max(text(&grid.units));
    (before.max(header.saturating_sub(after)), after, mark)
}

fn total(widths: &[Widths]) -> usize {
    let columns: usize = widths.iter().map(|(a, b, c)| a + b + c + 2).sum();
    columns.saturating_sub(2)
}

/// Whether a grid needs no more than so many columns of the page.
pub fn fits(grid: &Grid, page: usize) -> bool {
    total(&widths(grid)) <= page
}

/// A text of at most so many columns, cut in the middle.
fn cut_inside(text: &str, most: usize) -> String {
    if text.width() <= most {
        return text.to_string();
    }
    let end = most.saturating_sub(1) / 2;
    let (mut tail, mut used) = (Vec::new(), 0);
    for c in text.chars().rev() {
        used += c.width().unwrap_or(0);
        if used > end {
            break;
        }
        tail.push(c);
    }
    let tail: String = tail.into_iter().rev().collect();
    cut(text, most - tail.width()) + tail.trim_start()
}

/// Cuts the labels of a column; in the middle, where two would look the same.
fn cut_labels(grid: &mut Grid, column: usize, most: usize) {
    let labels = || paced(&grid.rows).filter_map(|r| r.cells.get(column)).map(|c| c.text.as_str());
    let all: HashSet<&str> = labels().collect();
    let short: HashSet<String> = all.iter().map(|t| cut(t, most)).collect();
    let cut = if short.len() < all.len() { cut_inside } else { cut };
    for row in &mut grid.rows {
        if let Some(cell) = row.cells.get_mut(column) {
            cell.text = cut(&cell.text, most);
        }
    }
    if let Some(head) = grid.header.get_mut(column) {
        *head = crate::diagnostic::visible::cut(head, most);
    }
}

/// Makes a grid fit as well as can be; the heads of the columns that are left out.
pub fn fit(grid: &mut Grid, page: usize) -> Vec<String> {
    let own = widths(grid);
    if total(&own) <= page {
        return Vec::new();
    }
    // Labels get what numbers leave, or at least a third of the page.
    let (labels, numbers) = own.split_at_checked(grid.labels).unwrap_or((&[], &own));
    let needed = total(numbers) + 2 * labels.len();
    let each = page.saturating_sub(needed).max(page / 3) / labels.len().max(1);
    let spare: usize = labels.iter().map(|w| each.saturating_sub(w.0)).sum();
    let long = labels.iter().filter(|w| w.0 > each).count();
    let most = (each + spare.checked_div(long).unwrap_or(0)).max(SHORTEST);
    let too_long: Vec<usize> = labels.iter().enumerate().filter(|(_, w)| w.0 > most).map(|(i, _)| i).collect();
    for column in too_long {
        cut_labels(grid, column, most);
    }
    if fits(grid, page) {
        return Vec::new();
    }
    cut_heads(grid, page);
    if fits(grid, page) { Vec::new() } else { leave_out(grid, page) }
}

/// Heads that are wider than their numbers are cut, if that is enough.
fn cut_heads(grid: &mut Grid, page: usize) {
    let bare = Grid { header: vec![String::new(); grid.header.len()], ..grid.clone() };
    let numbers = widths(&bare);
    let heads = grid.header.iter().zip(&numbers).enumerate().map(|(i, (head, (before, after, _)))| {
        if i < grid.labels { head.clone() } else { cut(head, (before + after).max(SHORTEST)) }
    });
    let shorter = Grid { header: heads.collect(), ..bare };
    if fits(&shorter, page) {
        *grid = shorter;
    }
}

/// Leaves out columns in the middle until the rest fits; a column of dots stands for them.
fn leave_out(grid: &mut Grid, page: usize) -> Vec<String> {
    let all = widths(grid);
    let count = grid.header.len().saturating_sub(grid.labels);
    // As many as fit, one more in front than behind.
    let fitting = (2..count).rev().find(|kept| {
        let (front, back) = (kept.div_ceil(2), kept / 2);
        let kept = all.iter().enumerate().filter(|(i, _)| *i < grid.labels + front || *i >= all.len() - back);
        total(&kept.map(|(_, w)| *w).chain([(1, 0, 0)]).collect::<Vec<_>>()) <= page
    });
    let Some(kept) = fitting.or((count > 2).then_some(2)) else { return Vec::new() };
    let (from, to) = (grid.labels + kept.div_ceil(2), grid.header.len() - kept / 2);
    let dots = Text { text: "…".into(), tone: Tone::Gone, ..Text::default() };
    let gone: Vec<String> = grid.header.splice(from..to, ["…".to_string()]).collect();
    grid.units.splice(from..to, [String::new()]);
    for Line { cells, .. } in &mut grid.rows {
        let to = to.min(cells.len());
        cells.splice(from.min(to)..to, [dots.clone()]);
    }
    gone
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_in_the_middle() {
        assert_eq!(cut_inside("Iron ore, fine", 9), "Iron…fine");
    }

    fn grid(columns: usize) -> Grid {
        let texts = |word: &str| (0..columns).map(|i| format!("{word}{i}")).collect::<Vec<_>>();
        let mut header = vec!["partner".to_string()];
        header.extend(texts("200"));
        let mut cells = vec![Text::label("United Kingdom of Great Britain and Northern Ireland")];
        cells.extend(texts("12.").into_iter().map(Text::label));
        let units = vec![String::new(); header.len()];
        Grid { labels: 1, header, units, rows: vec![Line { cells, added: false }], ..Grid::default() }
    }

    #[test]
    fn what_does_not_fit_is_left_out_in_the_middle() {
        // 12 columns of 4 and 2 blanks between them take 70; a label of at least 12 more.
        let mut narrow = grid(12);
        let gone = fit(&mut narrow, 60);
        assert!(fits(&narrow, 60), "{:?}", widths(&narrow));
        assert!(!gone.is_empty() && narrow.header.iter().any(|h| h == "…"));
        assert_eq!(gone.len() + narrow.header.len() - 2, 12);
        assert_eq!(narrow.header.last().map(String::as_str), Some("20011"));
        let mut wide = grid(3);
        assert!(fit(&mut wide, 60).is_empty());
        assert!(wide.rows.iter().all(|r| r.cells.first().is_some_and(|c| c.text.ends_with('…'))));
    }
}

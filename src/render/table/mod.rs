//! The table for people: the name and unit of a series over its numbers, decimals in line, marks beside the cell, a dash
//! for what is missing with its reason below, no wider than the page. A single number is one line.

mod fit;
mod grid;
mod layout;
mod paint;

use super::Answer;
use super::notes::{lettered, notes};
use super::numbers::{self, Column};
use crate::diagnostic::visible::{visible, wrapped};
use crate::diagnostic::words::{counted, part_of};
use crate::pause::paced;
use crate::value::{Cell, Flags, Period, Row, Value};
pub use grid::{Grid, Laid, Line, Text, Tone};
use layout::Shown;
use paint::{BOLD, DIM, in_colour};

/// More rows than a person reads at once.
const MAX_ROWS: usize = 400;

/// An answer as a page for people, before it is drawn in one form or another.
pub struct Page<'a> {
    /// One number with its unit, period and marks, where the answer is that alone.
    pub single: Option<Single>,
    /// The ways in which its rows can be laid out, the best first, else.
    pub ways: Box<dyn Iterator<Item = Laid<'a>> + 'a>,
    /// What the marks and dashes mean.
    pub notes: Vec<String>,
    /// The files that it comes from.
    pub source: Option<String>,
}

/// One number.
pub struct Single {
    /// The number with its unit, or a dash with the reason.
    pub text: String,
    /// The period that it is of.
    pub period: Option<Period>,
    /// Its marks in words.
    pub marks: String,
}

/// The page of an answer.
pub fn page<'a>(answer: &Answer<'a>) -> Page<'a> {
    let shown = |(name, value): &(&'a str, &'a Value)| Shown { name, value, column: printed(value, answer) };
    let mut shown: Vec<Shown<'a>> = answer.columns.iter().map(shown).collect();
    let source = (!answer.files.is_empty()).then(|| {
        let files: Vec<_> = answer.files.iter().map(|f| visible(f)).collect();
        format!("source: {}", files.join(", "))
    });
    let alone = match shown.as_slice() {
        [one] => one.value.single().filter(|_| one.value.dims.is_empty()).map(|row| single(row, &one.column)),
        _ => None,
    };
    let ways: Box<dyn Iterator<Item = Laid<'a>>> = match shown.pop() {
        Some(one) if shown.is_empty() => Box::new(layout::ways(one, answer.keys)),
        last => {
            shown.extend(last);
            Box::new(std::iter::once_with(move || layout::beside(shown)))
        }
    };
    let notes = if alone.is_some() { Vec::new() } else { notes(answer.columns, '–') };
    Page { single: alone, ways, notes, source }
}

/// The first way that fits; else the first of which at least a few columns do, else the last.
fn chosen(mut ways: Vec<Grid>, width: usize) -> Grid {
    let whole = ways.iter().position(|g| fit::fits(g, width));
    let cut = || {
        ways.iter().position(|g| {
            let mut narrow = g.clone();
            let gone = fit::fit(&mut narrow, width);
            fit::fits(&narrow, width) && gone.len() * 3 <= g.header.len() * 2
        })
    };
    // A list of cells fits nearly always; a table that shows a third of its columns says more.
    let at = match whole {
        Some(at) if at + 1 < ways.len() => at,
        other => cut().or(other).unwrap_or(ways.len().saturating_sub(1)),
    };
    if at < ways.len() { ways.swap_remove(at) } else { Grid::default() }
}

/// Draws an answer for a terminal or a text.
pub fn draw(answer: &Answer<'_>) -> String {
    let Some((_, value)) = answer.columns.first() else { return String::new() };
    if value.rows.is_empty() {
        return "no rows\n".into();
    }
    let width = answer.settings.page_width();
    let page = page(answer);
    if let Some(single) = &page.single {
        return single.draw(answer.colour);
    }
    let mut grid = chosen(page.ways.map(|way| way.first(MAX_ROWS)).collect(), width);
    let gone = fit::fit(&mut grid, width);
    let mut out = paint::paint(&grid, answer.colour);
    for note in &page.notes {
        out.push_str(&format!("{}\n", wrapped(note, width.saturating_sub(2)).join("\n  ")));
    }
    if let (Some(first), Some(last)) = (gone.first(), gone.last()) {
        let which = if gone.len() == 1 { first.clone() } else { format!("{first} to {last}") };
        out.push_str(&format!("… {} left out: {which}\n", counted(gone.len(), "column")));
    }
    if grid.hidden > 0 {
        let hidden = counted(grid.hidden, "more row");
        out.push_str(&format!("and {hidden}; `export … into \"f.csv\"` writes all\n"));
    }
    if let Some(source) = &page.source {
        out.push_str(&in_colour(source, DIM, answer.colour));
        out.push('\n');
    }
    out
}

fn printed(value: &Value, answer: &Answer<'_>) -> Column {
    let numbers: Vec<f64> = paced(&value.rows).filter_map(|r| r.datum().ok()).collect();
    numbers::column(&numbers, &value.unit, value.kind, answer.settings)
}

fn single(row: &Row, column: &Column) -> Single {
    let text = match row.datum() {
        Ok(x) => column.with_unit(x),
        Err(reason) => format!("–  {}", reason.words()),
    };
    let marks = if marks(&row.cell()).is_empty() || row.datum().is_err() { String::new() } else { said(&row.cell()) };
    Single { text, period: row.period(), marks }
}

impl Single {
    fn draw(&self, colour: bool) -> String {
        let period = self.period.map(|p| in_colour(&format!("  {p}"), DIM, colour)).unwrap_or_default();
        let marks = if self.marks.is_empty() { String::new() } else { format!("  {}", self.marks) };
        format!("{}{period}{marks}\n", in_colour(&self.text, BOLD, colour))
    }
}

/// The marks of an answer that is one number, in words; nothing of one without.
pub fn marked(value: &Value) -> Option<String> {
    let [row] = value.rows.as_slice() else { return None };
    let cell = row.cell();
    (cell.datum.is_ok() && !marks(&cell).is_empty()).then(|| said(&cell))
}

/// The letters of a cell's marks.
fn marks(cell: &Cell) -> String {
    lettered(cell).letters().into_iter().map(|(c, _)| c).collect()
}

/// The marks in words, with what is covered.
fn said(cell: &Cell) -> String {
    let words = cell.flags.words().join(", ");
    match cell.coverage.filter(|c| !c.is_full() || c.observed.is_some()) {
        Some(c) => {
            let periods = || part_of(c.have as usize, c.of as usize, c.part());
            let periods = (!c.is_full() && (c.observed.is_none() || cell.flags.has(Flags::PARTIAL))).then(periods);
            let observed = c.observed.map(|(have, of)| format!("{have} of {of} observations present"));
            let covers: Vec<String> = periods.into_iter().chain(observed).collect();
            format!("{} {words}: {}", marks(cell), covers.join(", "))
        }
        None => format!("{} {words}", marks(cell)),
    }
}

//! What the first records of a table look like: where columns hold numbers or periods, and whether a record is a row or
//! a header. In: records of a sample. Out: shapes, verdicts. Knows neither bytes nor lines.

use crate::data::known::number_forms as numbers;
use crate::data::known::number_marks;
use crate::data::known::period_forms;
use crate::data::known::year_parts::month_number;
use crate::data::text::sample::Record;
use rustc_hash::FxHashMap;

/// What a column looks like below the header.
pub(super) struct Shape {
    /// Most of its cells are numbers.
    pub(super) numeric: bool,
    /// Most of its cells are periods.
    pub(super) periods: bool,
    /// Most rows have words here.
    pub(super) words: bool,
    /// All of these are names of months.
    pub(super) months: bool,
}

/// The shapes of so many columns.
pub(super) fn shapes(rows: &[Record], width: usize) -> Vec<Shape> {
    // How many fields are filled is counted once for each row, not for each column.
    let rows: Vec<(&Record, usize)> = rows.iter().take(60).map(|r| (r, r.filled())).collect();
    let told_at_all = rows.iter().filter(|(_, filled)| *filled > 1).count();
    let shape = |column: usize| {
        // Cells are much the same from row to row: each different one is looked at once, and counted.
        let mut counts: FxHashMap<&str, (usize, usize)> = FxHashMap::default();
        for (record, filled) in &rows {
            if let Some(cell) = record.cells.get(column) {
                let (told, all) = counts.entry(cell.trim()).or_default();
                *told += usize::from(width <= 2 || *filled >= 2);
                *all += 1;
            }
        }
        let (mut told, mut numeric, mut periods, mut months, mut words) = (0, 0, 0, 0, 0);
        for (cell, (rows, all)) in counts {
            // Most cells are plain decimals.
            if period_forms::is_no_period(cell) {
                told += rows;
                numeric += rows;
                continue;
            }
            let missing = numbers::is_missing(cell, &[]);
            let number = numbers::looks_numeric(cell);
            let plain = unmarked(cell);
            if !missing && !plain.is_empty() {
                told += rows;
                numeric += rows * usize::from(if plain == cell { number } else { numbers::looks_numeric(plain) });
                periods += rows * usize::from(is_period(cell));
                months += rows * usize::from(!number && month_number(cell).is_some());
            }
            words += all * usize::from(!missing && !number && !cell.is_empty());
        }
        let most = |count: usize| told > 0 && count * 2 > told;
        // Lines of one field are remarks.
        let words = words * 2 > told_at_all;
        Shape { numeric: most(numeric), periods: most(periods), words, months: most(months) }
    };
    (0..width).map(shape).collect()
}

/// A cell without the mark of status beside its number; empty where the mark stands for one.
fn unmarked(cell: &str) -> &str {
    number_marks::split(cell).map_or(cell, |(number, _)| number)
}

fn is_period(cell: &str) -> bool {
    period_forms::read_any(cell).is_some()
}

/// Whether the first record is a row like the others: numbers where they have numbers, periods where they have
/// periods. Periods above numbers are the header of a wide table.
pub(super) fn looks_like_data(first: &Record, shape: &[Shape]) -> bool {
    let mut evidence = 0;
    let mut spread: Vec<&str> = Vec::new();
    for (cell, shape) in first.cells.iter().zip(shape) {
        let cell = cell.trim();
        let missing = numbers::is_missing(cell, &[]);
        let fits = missing || (shape.periods && is_period(cell)) || (shape.numeric && numbers::looks_numeric(cell));
        if (shape.numeric || shape.periods) && !fits {
            return false;
        }
        if (shape.numeric || shape.periods) && !missing {
            evidence += 1;
            if shape.numeric && is_period(cell) {
                spread.push(cell);
            }
        }
    }
    let periods: Vec<_> = spread.iter().filter_map(|c| period_forms::read_any(c)).collect();
    let steps = periods.windows(2).all(|w| w.first() < w.last()) || periods.windows(2).all(|w| w.first() > w.last());
    evidence > 0 && !(periods.len() >= 2 && periods.len() == evidence && steps)
}

/// Words where all rows below have numbers, and no period.
pub(super) fn is_more_header(row: &Record, shape: &[Shape]) -> bool {
    let mut words = 0;
    for (cell, shape) in row.cells.iter().zip(shape) {
        let cell = cell.trim();
        if shape.periods && is_period(cell) {
            return false;
        }
        if shape.numeric && !cell.is_empty() {
            if numbers::looks_numeric(cell) || numbers::is_missing(cell, &[]) {
                return false;
            }
            words += 1;
        }
    }
    words > 0 && words * 2 > shape.iter().filter(|s| s.numeric && !s.periods).count()
}

//! The table for people: the unit under the header, decimals in line, marks beside the cell, a dash for what is
//! missing with its reason below. A single number is one line.

use super::Answer;
use super::numbers::{self, Column};
use crate::diagnostic::words::part_of;
use crate::value::unit::Form;
use crate::value::{Cell, Coverage, Flags, Freq, Period, Row, Value};
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthStr;

/// More rows than a person reads at once.
const MAX_ROWS: usize = 400;

/// Draws an answer.
pub fn draw(answer: &Answer<'_>) -> String {
    let Some((_, value)) = answer.columns.first() else { return String::new() };
    if value.rows.is_empty() {
        return "no rows\n".into();
    }
    let columns: Vec<Column> = answer.columns.iter().map(|(_, v)| printed(v, answer)).collect();
    let (grid, notes) = match (answer.columns, columns.as_slice()) {
        ([(_, value)], [column]) => {
            if let Some(row) = value.single().filter(|_| value.dims.is_empty()) {
                return single(answer, row, column);
            }
            (of_one(value, column, answer.settings.width, answer.keys), footnotes(value, None))
        }
        _ => (beside(answer.columns, &columns), all_footnotes(answer.columns)),
    };
    let mut out = paint(&grid, answer.colour);
    out.push_str(&notes);
    let more = grid.hidden;
    if more > 0 {
        out.push_str(&format!("and {more} more rows; `export … into \"f.csv\"` writes all\n"));
    }
    if !answer.files.is_empty() {
        let line = format!("source: {}", answer.files.join(", "));
        out.push_str(&dim(&line, answer.colour));
        out.push('\n');
    }
    out
}

fn printed(value: &Value, answer: &Answer<'_>) -> Column {
    let numbers: Vec<f64> = value.rows.iter().filter_map(|r| r.cell.datum.ok()).collect();
    numbers::column(&numbers, &value.unit, value.kind, answer.settings)
}

/// One value: a column for each period if that fits, else a line for each cell.
fn of_one(value: &Value, column: &Column, most: usize, keys: &[String]) -> Grid {
    let mut periods: Vec<Period> = value.rows.iter().filter_map(|r| r.period).collect();
    periods.sort_unstable();
    periods.dedup();
    if let Some((down, across)) = two_ways(value, &periods, keys) {
        let grid = crossed(value, &periods, column, (down, across));
        if width(&grid) <= most {
            return grid;
        }
    }
    if !value.dims.is_empty() && periods.len() > 1 {
        let grid = pivoted(value, &periods, column);
        if width(&grid) <= most {
            return grid;
        }
    }
    long(value, &periods, column)
}

/// Several values: a line for each label and period, a column for each value.
fn beside(values: &[(&str, &Value)], columns: &[Column]) -> Grid {
    let Some((_, first)) = values.first() else { return Grid::default() };
    let timed = first.rows.iter().any(|r| r.period.is_some());
    let mut header: Vec<String> = first.dims.iter().map(|d| d.name.to_string()).collect();
    header.extend(timed.then(|| "period".to_string()));
    let labels = header.len();
    let mut units = vec![String::new(); labels];
    header.extend(values.iter().map(|(name, _)| name.to_string()));
    units.extend(columns.iter().map(unit_text));
    let rows = first.rows.iter().enumerate().take(MAX_ROWS).map(|(at, r)| {
        let mut line: Vec<(String, String)> =
            first.dims.iter().zip(&r.key).map(|(d, k)| (d.label(*k).to_string(), String::new())).collect();
        line.extend(timed.then(|| (r.period.map(|p| p.to_string()).unwrap_or_default(), String::new())));
        line.extend(values.iter().zip(columns).map(|((_, v), c)| cell_text(v.rows.get(at).map(|r| &r.cell), c)));
        line
    });
    Grid { labels, header, units, rows: rows.collect(), hidden: first.rows.len().saturating_sub(MAX_ROWS) }
}

/// The unit under a header.
fn unit_text(column: &Column) -> String {
    match column.unit.form {
        Form::Index(None) => String::new(),
        _ => column.unit.to_string(),
    }
}

fn single(answer: &Answer<'_>, row: &Row, column: &Column) -> String {
    let mut out = match row.cell.datum {
        Ok(x) => bold(&column.with_unit(x), answer.colour),
        Err(reason) => format!("–  {}", reason.words()),
    };
    // Of a period that the query does not name, as the last or the largest one, it is told.
    let names = [" for ", " from "].iter().any(|w| answer.title.contains(w)) && !answer.title.contains("latest");
    if let Some(period) = row.period.filter(|_| !names) {
        out.push_str(&format!("  {period}"));
    }
    let marks = marks(&row.cell);
    if !marks.is_empty() && row.cell.datum.is_ok() {
        out.push_str(&format!("  {}", said(&row.cell)));
    }
    out.push('\n');
    out
}

/// The marks that a letter stands for; a row that is added says itself what it is.
fn lettered(cell: &Cell) -> Flags {
    cell.flags.without(Flags::REST).without(Flags::TOTAL)
}

/// The letters of a cell's marks.
fn marks(cell: &Cell) -> String {
    lettered(cell).letters().into_iter().map(|(c, _)| c).collect()
}

/// The marks in words, with what is covered.
fn said(cell: &Cell) -> String {
    let words = cell.flags.words().join(", ");
    match cell.coverage.filter(|c| !c.is_full() || c.observed.is_some()) {
        Some(Coverage { observed: Some((have, of)), .. }) => {
            format!("{} {words}: {have} of {of} observations present", marks(cell))
        }
        Some(c) => {
            format!("{} {words}: {}", marks(cell), part_of(c.have as usize, c.of as usize, c.part()))
        }
        None => format!("{} {words}", marks(cell)),
    }
}

/// Texts in rows and columns; the first `labels` columns are aligned to the left, the others on the decimal point.
#[derive(Default)]
struct Grid {
    labels: usize,
    header: Vec<String>,
    units: Vec<String>,
    rows: Vec<Vec<(String, String)>>,
    hidden: usize,
}

fn cell_text(cell: Option<&Cell>, column: &Column) -> (String, String) {
    match cell {
        None => (String::new(), String::new()),
        Some(cell) => match cell.datum {
            Ok(x) => (column.text(x), marks(cell)),
            Err(_) => ("–".into(), String::new()),
        },
    }
}

fn long(value: &Value, periods: &[Period], column: &Column) -> Grid {
    let timed = !periods.is_empty() && (periods.len() > 1 || value.dims.is_empty());
    let mut header: Vec<String> = value.dims.iter().map(|d| d.name.to_string()).collect();
    if timed {
        header.push("period".into());
    }
    let labels = header.len();
    header.push(match periods {
        [one] if !timed => one.to_string(),
        _ => value.kind.word().to_string(),
    });
    let rows = value.rows.iter().take(MAX_ROWS).map(|r| {
        let mut line: Vec<(String, String)> =
            value.dims.iter().zip(&r.key).map(|(d, k)| (d.label(*k).to_string(), String::new())).collect();
        if timed {
            line.push((r.period.map(|p| p.to_string()).unwrap_or_default(), String::new()));
        }
        line.push(cell_text(Some(&r.cell), column));
        line
    });
    let units = last_unit(header.len(), column);
    Grid { labels, header, units, rows: rows.collect(), hidden: value.rows.len().saturating_sub(MAX_ROWS) }
}

/// What goes down a table, or across it.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Labels(usize),
    Periods,
}

/// Which of two keys goes down and which across, where labels go across: the last of them does.
fn two_ways(value: &Value, periods: &[Period], keys: &[String]) -> Option<(Way, Way)> {
    let [first, _] = keys else { return None };
    match (value.dims.len(), periods.len()) {
        (1, 2..) if Freq::parse(first).is_some() => Some((Way::Periods, Way::Labels(0))),
        (2, 0 | 1) if !is_same_dimension(value) => Some((Way::Labels(0), Way::Labels(1))),
        _ => None,
    }
}

/// Whether two keys are a dimension and an attribute of it, which stands beside its codes.
fn is_same_dimension(value: &Value) -> bool {
    let stem = |name: &str| {
        name.rsplit(" of ").next().unwrap_or(name).trim_end_matches(|c: char| c.is_ascii_digit()).to_string()
    };
    matches!(value.dims.as_slice(), [a, b] if stem(&a.name) == stem(&b.name))
}

/// The labels or periods of one way, in the order of the rows; what was added stands last.
fn along(value: &Value, way: Way) -> Vec<String> {
    let mut out: Vec<(bool, usize, String)> = Vec::new();
    for row in &value.rows {
        let label = label_of(value, way, row);
        if out.iter().any(|(_, _, l)| *l == label) {
            continue;
        }
        let added = row.cell.flags.has(Flags::REST) || row.cell.flags.has(Flags::TOTAL);
        out.push((added && way != Way::Periods, out.len(), label));
    }
    out.sort();
    out.into_iter().map(|(_, _, label)| label).collect()
}

fn label_of(value: &Value, way: Way, row: &Row) -> String {
    match way {
        Way::Labels(at) => {
            value.dims.get(at).zip(row.key.get(at)).map(|(d, k)| d.label(*k).to_string()).unwrap_or_default()
        }
        Way::Periods => row.period.map(|p| p.to_string()).unwrap_or_default(),
    }
}

/// One line for each label of one key, one column for each of the other.
fn crossed(value: &Value, periods: &[Period], column: &Column, (down, across): (Way, Way)) -> Grid {
    let (lines, heads) = (along(value, down), along(value, across));
    let mut cells: BTreeMap<(String, String), &Cell> = BTreeMap::new();
    for row in &value.rows {
        cells.insert((label_of(value, down, row), label_of(value, across, row)), &row.cell);
    }
    let name = match (down, periods) {
        (Way::Labels(at), [one]) => value.dims.get(at).map(|d| format!("{}, {one}", d.name)).unwrap_or_default(),
        (Way::Labels(at), _) => value.dims.get(at).map(|d| d.name.to_string()).unwrap_or_default(),
        (Way::Periods, _) => "period".into(),
    };
    let mut header = vec![name];
    header.extend(heads.iter().cloned());
    let hidden = lines.len().saturating_sub(MAX_ROWS);
    let rows = lines.iter().take(MAX_ROWS).map(|line| {
        let cell = |head: &String| cell_text(cells.get(&(line.clone(), head.clone())).copied(), column);
        std::iter::once((line.clone(), String::new())).chain(heads.iter().map(cell)).collect()
    });
    let units = last_unit(header.len(), column);
    Grid { labels: 1, header, units, rows: rows.collect(), hidden }
}

/// One line per label, one column per period.
fn pivoted(value: &Value, periods: &[Period], column: &Column) -> Grid {
    let mut header: Vec<String> = value.dims.iter().map(|d| d.name.to_string()).collect();
    let labels = header.len();
    header.extend(periods.iter().map(|p| p.to_string()));
    let mut order: Vec<&[u32]> = Vec::new();
    let mut lines: BTreeMap<&[u32], BTreeMap<Period, &Cell>> = BTreeMap::new();
    for row in &value.rows {
        if !lines.contains_key(row.key.as_slice()) {
            order.push(&row.key);
        }
        if let Some(p) = row.period {
            lines.entry(&row.key).or_default().insert(p, &row.cell);
        }
    }
    // What was added stands behind the labels of its group.
    let is_added = |key: &[u32]| {
        let added = |c: &&Cell| c.flags.has(Flags::REST) || c.flags.has(Flags::TOTAL);
        lines.get(key).is_some_and(|cells| cells.values().any(added))
    };
    let group = |key: &[u32]| key.split_last().map(|(_, g)| g.to_vec()).unwrap_or_default();
    let mut groups: Vec<Vec<u32>> = Vec::new();
    for key in &order {
        let of = group(key);
        if !groups.contains(&of) {
            groups.push(of);
        }
    }
    if groups.len() <= MAX_ROWS {
        order.sort_by_key(|key| (groups.iter().position(|g| *g == group(key)), is_added(key)));
    }
    let hidden = order.len().saturating_sub(MAX_ROWS);
    let rows = order.iter().take(MAX_ROWS).map(|key| {
        let mut line: Vec<(String, String)> =
            value.dims.iter().zip(key.iter()).map(|(d, k)| (d.label(*k).to_string(), String::new())).collect();
        let cells = lines.get(key);
        line.extend(periods.iter().map(|p| cell_text(cells.and_then(|c| c.get(p)).copied(), column)));
        line
    });
    let units = last_unit(header.len(), column);
    Grid { labels, header, units, rows: rows.collect(), hidden }
}

/// The digits before the point (or the whole of what has none) and those from it on.
fn halves(text: &str) -> (usize, usize) {
    let at = text.find('.').unwrap_or(text.len());
    let (a, b) = text.split_at(at);
    (a.width(), b.width())
}

/// The unit of all columns under the last.
fn last_unit(columns: usize, column: &Column) -> Vec<String> {
    let mut out = vec![String::new(); columns];
    if let Some(last) = out.last_mut() {
        *last = unit_text(column);
    }
    out
}

/// Per column, the widths before and from the decimal point, and of the marks.
fn widths(grid: &Grid) -> Vec<(usize, usize, usize)> {
    let text = |list: &[String], i: usize| list.get(i).map_or(0, |t| t.width());
    (0..grid.header.len())
        .map(|i| {
            let cells = || grid.rows.iter().filter_map(move |r| r.get(i));
            if i < grid.labels {
                let widest = cells().map(|(t, _)| t.width()).max().unwrap_or(0);
                return (widest.max(text(&grid.header, i)), 0, 0);
            }
            let before = cells().map(|(t, _)| halves(t).0).max().unwrap_or(0);
            let after = cells().map(|(t, _)| halves(t).1).max().unwrap_or(0);
            let mark = cells().map(|(_, m)| m.width()).max().unwrap_or(0);
            let mark = if mark > 0 { mark + 1 } else { 0 };
            let header = text(&grid.header, i).max(text(&grid.units, i));
            (before.max(header.saturating_sub(after)), after, mark)
        })
        .collect()
}

fn width(grid: &Grid) -> usize {
    widths(grid).iter().map(|(a, b, c)| a + b + c + 2).sum()
}

fn paint(grid: &Grid, colour: bool) -> String {
    let widths = widths(grid);
    let pad = |n: usize| " ".repeat(n);
    let mut out = String::new();
    let mut line = String::new();
    for (i, (name, (before, after, mark))) in grid.header.iter().zip(&widths).enumerate() {
        if i < grid.labels {
            line.push_str(&format!("{name}{}  ", pad(before - name.width())));
        } else {
            line.push_str(&format!("{}{name}{}  ", pad((before + after).saturating_sub(name.width())), pad(*mark)));
        }
    }
    out.push_str(&bold(line.trim_end(), colour));
    out.push('\n');
    if grid.units.iter().any(|u| !u.is_empty()) {
        let mut line = String::new();
        for (unit, (before, after, mark)) in grid.units.iter().zip(&widths) {
            line.push_str(&format!("{}{unit}{}  ", pad((before + after).saturating_sub(unit.width())), pad(*mark)));
        }
        out.push_str(&dim(line.trim_end(), colour));
        out.push('\n');
    }
    for row in &grid.rows {
        let mut line = String::new();
        for (i, ((text, marks), (before, after, mark))) in row.iter().zip(&widths).enumerate() {
            if i < grid.labels {
                line.push_str(&format!("{text}{}  ", pad(before.saturating_sub(text.width()))));
                continue;
            }
            let (b, a) = halves(text);
            let marked =
                if marks.is_empty() { pad(*mark) } else { format!(" {marks}{}", pad(mark - marks.width() - 1)) };
            line.push_str(&format!("{}{text}{}{marked}  ", pad(before - b), pad(after - a)));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// The footnotes of several values; what is true of all is told once.
fn all_footnotes(values: &[(&str, &Value)]) -> String {
    let each: Vec<String> = values.iter().map(|(_, value)| footnotes(value, None)).collect();
    if each.windows(2).all(|w| matches!(w, [a, b] if a == b)) {
        return each.into_iter().next().unwrap_or_default();
    }
    values.iter().map(|(name, value)| footnotes(value, Some(name))).collect()
}

/// What the dashes and letters mean, perhaps with the name of the column.
fn footnotes(value: &Value, name: Option<&str>) -> String {
    let of = name.map(|n| format!(" in {n}")).unwrap_or_default();
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut letters: BTreeMap<char, (&str, Vec<String>)> = BTreeMap::new();
    // A mark that all labels of a period share is told of the period.
    let shared = |row: &Row| {
        let same = |other: &&Row| other.period == row.period;
        let like = |other: &Row| (other.cell.flags, other.cell.coverage) == (row.cell.flags, row.cell.coverage);
        value.rows.len() <= MAX_ROWS && row.period.is_some() && value.rows.iter().filter(same).all(like)
    };
    for row in &value.rows {
        let whole = row.cell.datum.is_ok() && lettered(&row.cell) != Flags::none() && shared(row);
        let dims = value.dims.iter().zip(&row.key).filter(|_| !whole);
        let labels = dims.map(|(d, k)| d.label(*k).to_string());
        let about = labels.chain(row.period.map(|p| p.to_string())).collect::<Vec<_>>().join(" ");
        match row.cell.datum {
            Err(reason) => reasons.entry(reason.words()).or_default().push(about),
            Ok(_) => {
                let covers = match row.cell.coverage.filter(|c| !c.is_full() || c.observed.is_some()) {
                    Some(Coverage { observed: Some((have, of)), .. }) => format!("{about} ({have} of {of} present)"),
                    Some(c) => format!("{about} ({} of {})", c.have, c.of),
                    None => about,
                };
                for (letter, word) in lettered(&row.cell).letters() {
                    let list = &mut letters.entry(letter).or_insert((word, Vec::new())).1;
                    if !list.contains(&covers) {
                        list.push(covers.clone());
                    }
                }
            }
        }
    }
    let listed = |list: &[String]| {
        let shown: Vec<&str> = list.iter().take(4).map(String::as_str).collect();
        let more = list.len().saturating_sub(4);
        if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
    };
    let mut out = String::new();
    for (letter, (word, list)) in &letters {
        out.push_str(&format!("{letter} {word}{of}: {}\n", listed(list)));
    }
    for (reason, list) in &reasons {
        out.push_str(&format!("– {reason}{of}: {}\n", listed(list)));
    }
    out
}

fn bold(text: &str, colour: bool) -> String {
    if colour { format!("\x1b[1m{text}\x1b[0m") } else { text.to_string() }
}

fn dim(text: &str, colour: bool) -> String {
    if colour { format!("\x1b[2m{text}\x1b[0m") } else { text.to_string() }
}

//! Which way a table goes. In: values with their rows. Out: a grid: a line for each cell, or the periods or the labels
//! of the last key across.

use super::grid::{Grid, Line, Text, Tone};
use super::marks;
use crate::diagnostic::visible::visible;
use crate::pause;
use crate::render::numbers::Column;
use crate::value::unit::Form;
use crate::value::{Cell, Flags, Freq, Labels, Period, Row, Value};
use std::collections::{BTreeMap, HashMap, HashSet};

/// One value, with its name and how its numbers are printed.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The head of its column.
    pub name: &'a str,
    /// The numbers.
    pub value: &'a Value,
    /// How they are printed.
    pub column: &'a Column,
}

impl Shown<'_> {
    /// What stands over its numbers: its name, else what kind of number it is.
    fn head(&self) -> String {
        if self.name.is_empty() { self.value.kind.word().to_string() } else { visible(self.name).into_owned() }
    }

    /// Name and unit over a table of which all cells are its own.
    fn caption(&self) -> String {
        let unit = unit_text(self.column);
        if unit.is_empty() { self.head() } else { format!("{}, {unit}", self.head()) }
    }

    fn cell(&self, cell: Option<Cell>) -> Text {
        cell_text(cell, self.column)
    }

    fn labels_of(&self, key: &[u32]) -> Vec<Text> {
        self.value.dims.iter().zip(key).map(|(d, k)| Text::label(visible(d.label(*k)))).collect()
    }

    fn dims(&self) -> Vec<String> {
        self.value.dims.iter().map(|d| visible(&d.name).into_owned()).collect()
    }
}

/// The unit under a header.
pub fn unit_text(column: &Column) -> String {
    match column.unit.form {
        Form::Index(None) => String::new(),
        _ => column.unit.to_string(),
    }
}

fn cell_text(cell: Option<Cell>, column: &Column) -> Text {
    pause::turn();
    let Some(cell) = cell else { return Text::default() };
    match cell.datum {
        Ok(x) => {
            let tone = if x < 0.0 { Tone::Negative } else { Tone::Plain };
            Text { text: column.text(x), marks: marks(&cell), tone }
        }
        Err(_) => Text { text: "–".into(), marks: String::new(), tone: Tone::Missing },
    }
}

/// Whether a row was added to those of the data.
pub fn is_added(row: &Row) -> bool {
    row.flags().has(Flags::REST) || row.flags().has(Flags::TOTAL)
}

/// The periods of a value, in order.
pub fn periods(value: &Value) -> Vec<Period> {
    let mut periods: Vec<Period> = value.rows.iter().filter_map(|r| r.period()).collect();
    periods.sort_unstable();
    periods.dedup();
    periods
}

/// The ways in which one value can be laid out, the best first; the last is a line for each cell.
pub fn ways(shown: Shown<'_>, periods: &[Period], keys: &[String], most: usize) -> Vec<Grid> {
    let value = shown.value;
    let mut out = Vec::new();
    if let Some(two) = two_ways(value, periods, keys) {
        out.push(crossed(shown, periods, two, most));
    }
    if !value.dims.is_empty() && periods.len() > 1 {
        out.push(pivoted(shown, periods, most));
    }
    out.push(long(shown, periods, most));
    out
}

/// Several values: a line for each label and period, a column for each value.
pub fn beside(values: &[Shown<'_>], most: usize) -> Grid {
    let Some(first) = values.first() else { return Grid::default() };
    let timed = first.value.rows.iter().any(|r| r.period().is_some());
    let mut header = first.dims();
    header.extend(timed.then(|| "period".to_string()));
    let labels = header.len();
    let mut units = vec![String::new(); labels];
    header.extend(values.iter().map(Shown::head));
    units.extend(values.iter().map(|v| unit_text(v.column)));
    let line = |(at, r): (usize, &Row)| {
        let mut cells = first.labels_of(r.key());
        cells.extend(timed.then(|| Text::label(r.period().map(|p| p.to_string()).unwrap_or_default())));
        cells.extend(values.iter().map(|v| v.cell(v.value.rows.get(at).map(Row::cell))));
        Line { cells, added: is_added(r) }
    };
    let rows = first.value.rows.iter().enumerate().take(most).map(line).collect();
    Grid { labels, header, units, rows, hidden: first.value.rows.len().saturating_sub(most), ..Grid::default() }
}

fn long(shown: Shown<'_>, periods: &[Period], most: usize) -> Grid {
    let value = shown.value;
    let timed = !periods.is_empty() && (periods.len() > 1 || value.dims.is_empty());
    let mut header = shown.dims();
    header.extend(timed.then(|| "period".to_string()));
    let labels = header.len();
    header.push(match periods {
        [one] if !timed => format!("{}, {one}", shown.head()),
        _ => shown.head(),
    });
    let line = |r: &Row| {
        let mut cells = shown.labels_of(r.key());
        cells.extend(timed.then(|| Text::label(r.period().map(|p| p.to_string()).unwrap_or_default())));
        cells.push(shown.cell(Some(r.cell())));
        Line { cells, added: is_added(r) }
    };
    let mut units = vec![String::new(); labels];
    units.push(unit_text(shown.column));
    let rows = value.rows.iter().take(most).map(line).collect();
    Grid { labels, header, units, rows, hidden: value.rows.len().saturating_sub(most), ..Grid::default() }
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

/// A label or period of one way.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    Label(u32),
    Period(Option<Period>),
}

fn place(way: Way, row: &Row) -> Place {
    match way {
        Way::Labels(at) => Place::Label(row.key().get(at).copied().unwrap_or(u32::MAX)),
        Way::Periods => Place::Period(row.period()),
    }
}

fn place_text(value: &Value, way: Way, place: Place) -> String {
    match (way, place) {
        (Way::Labels(at), Place::Label(k)) => {
            value.dims.get(at).map(|d| visible(d.label(k)).into_owned()).unwrap_or_default()
        }
        (_, Place::Period(p)) => p.map(|p| p.to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}

/// The labels or periods of one way, in the order of the rows, and whether they were added, which stands last.
fn along(value: &Value, way: Way) -> Vec<(Place, bool)> {
    let mut seen = HashSet::new();
    let mut out: Vec<(Place, bool)> = Vec::new();
    for row in &value.rows {
        let at = place(way, row);
        if seen.insert(at) {
            out.push((at, is_added(row) && way != Way::Periods));
        }
    }
    out.sort_by_key(|(_, added)| *added);
    out
}

/// One line for each label of one key, one column for each of the other.
fn crossed(shown: Shown<'_>, periods: &[Period], (down, across): (Way, Way), most: usize) -> Grid {
    let value = shown.value;
    let (lines, heads) = (along(value, down), along(value, across));
    let cells: HashMap<(Place, Place), &Row> =
        value.rows.iter().map(|r| ((place(down, r), place(across, r)), r)).collect();
    let dim = |at: usize| value.dims.get(at).map(|d| visible(&d.name).into_owned()).unwrap_or_default();
    let mut header = vec![match down {
        Way::Labels(at) => dim(at),
        Way::Periods => "period".into(),
    }];
    header.extend(heads.iter().map(|(head, _)| place_text(value, across, *head)));
    let hidden = lines.len().saturating_sub(most);
    // Each label has a column of its own size: as many decimals as that needs, in the scale of all.
    let mut numbers: HashMap<Place, Vec<f64>> = HashMap::new();
    for row in &value.rows {
        numbers.entry(place(across, row)).or_default().extend(row.datum().ok());
    }
    let part = |head: &Place| shown.column.of_part(numbers.get(head).map_or(&[][..], Vec::as_slice));
    let own: Vec<Column> = heads.iter().map(|(head, _)| part(head)).collect();
    let row = |(line, added): &(Place, bool)| {
        let cell = |((head, _), column): (&(Place, bool), &Column)| {
            cell_text(cells.get(&(*line, *head)).map(|r| r.cell()), column)
        };
        let label = Text::label(place_text(value, down, *line));
        let cells = std::iter::once(label).chain(heads.iter().zip(&own).map(cell)).collect();
        Line { cells, added: *added }
    };
    let rows = lines.iter().take(most).map(row).collect();
    let caption = match periods {
        [one] => format!("{}, {one}", shown.caption()),
        _ => shown.caption(),
    };
    Grid { caption, labels: 1, units: vec![String::new(); header.len()], header, rows, hidden }
}

/// One line per label, one column per period.
fn pivoted(shown: Shown<'_>, periods: &[Period], most: usize) -> Grid {
    let value = shown.value;
    let mut header = shown.dims();
    let labels = header.len();
    header.extend(periods.iter().map(|p| p.to_string()));
    let mut order: Vec<&[u32]> = Vec::new();
    let mut lines: BTreeMap<&[u32], BTreeMap<Period, &Row>> = BTreeMap::new();
    for row in &value.rows {
        if !lines.contains_key(row.key()) {
            order.push(row.key());
        }
        if let Some(p) = row.period() {
            lines.entry(row.key()).or_default().insert(p, row);
        }
    }
    let added = |key: &[u32]| lines.get(key).is_some_and(|cells| cells.values().any(|c| is_added(c)));
    // What was added stands behind the labels of its group.
    let group = |key: &[u32]| key.split_last().map(|(_, g)| Labels::from_slice(g)).unwrap_or_default();
    let mut groups: HashMap<Labels, usize> = HashMap::new();
    for key in &order {
        let next = groups.len();
        groups.entry(group(key)).or_insert(next);
    }
    order.sort_by_key(|key| (groups.get(&group(key)).copied(), added(key)));
    let hidden = order.len().saturating_sub(most);
    let row = |key: &&[u32]| {
        let cells = lines.get(key);
        let mut out = shown.labels_of(key);
        out.extend(periods.iter().map(|p| shown.cell(cells.and_then(|c| c.get(p)).map(|r| r.cell()))));
        Line { cells: out, added: added(key) }
    };
    let rows = order.iter().take(most).map(row).collect();
    Grid { caption: shown.caption(), labels, units: vec![String::new(); header.len()], header, rows, hidden }
}

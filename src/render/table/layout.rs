//! Which way a table goes. In: values with their rows. Out: the ways, of which each says its lines one after another: a line
//! for each cell, or the periods or the labels of the last key across.

use super::grid::{Grid, Laid, Line, Text, Tone};
use super::marks;
use crate::diagnostic::visible::visible;
use crate::pause;
use crate::pause::paced;
use crate::render::numbers::Column;
use crate::value::unit::Form;
use crate::value::{Cell, Flags, Freq, Labels, Period, Row, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// One value, with its name and how its numbers are printed.
#[derive(Clone)]
pub struct Shown<'a> {
    /// The head of its column.
    pub name: &'a str,
    /// The numbers.
    pub value: &'a Value,
    /// How they are printed.
    pub column: Column,
}

impl Shown<'_> {
    /// What stands over its numbers: its name, else what kind of number it is.
    fn head(&self) -> String {
        if self.name.is_empty() { self.value.kind.word().to_string() } else { visible(self.name).into_owned() }
    }

    /// Name and unit over a table of which all cells are its own.
    fn caption(&self) -> String {
        let unit = unit_text(&self.column);
        if unit.is_empty() { self.head() } else { format!("{}, {unit}", self.head()) }
    }

    fn cell(&self, cell: Option<Cell>) -> Text {
        cell_text(cell, &self.column)
    }

    fn labels_of(&self, key: &[u32]) -> Vec<Text> {
        self.value.dims.iter().zip(key).map(|(d, k)| Text::label(visible(d.label(*k)))).collect()
    }

    /// The labels of a row, and its period.
    fn head_of(&self, row: &Row, timed: bool) -> Vec<Text> {
        let mut cells = self.labels_of(row.key());
        cells.extend(timed.then(|| Text::label(row.period().map(|p| p.to_string()).unwrap_or_default())));
        cells
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
    let mut periods: Vec<Period> = paced(&value.rows).filter_map(|r| r.period()).collect();
    periods.sort_unstable();
    periods.dedup();
    periods
}

/// The ways in which one value can be laid out, the best first, each made when it is asked for; the last is a line for each
/// cell.
pub fn ways<'a>(shown: Shown<'a>, keys: &[String]) -> impl Iterator<Item = Laid<'a>> + use<'a> {
    let (value, periods) = (shown.value, periods(shown.value));
    let two = two_ways(value, &periods, keys).map(Lay::Crossed);
    let pivoted = (!value.dims.is_empty() && periods.len() > 1).then_some(Lay::Pivoted);
    two.into_iter().chain(pivoted).chain([Lay::Long]).map(move |lay| match lay {
        Lay::Crossed(two) => crossed(shown.clone(), &periods, two),
        Lay::Pivoted => pivoted_by(shown.clone(), periods.clone()),
        Lay::Long => long(shown.clone(), &periods),
    })
}

/// How one value can be laid out.
enum Lay {
    Crossed((Way, Way)),
    Pivoted,
    Long,
}

/// Several values: a line for each label and period, a column for each value.
pub fn beside<'a>(values: Vec<Shown<'a>>) -> Laid<'a> {
    let Some(first) = values.first().cloned() else { return nothing() };
    let timed = paced(&first.value.rows).any(|r| r.period().is_some());
    let mut header = first.dims();
    header.extend(timed.then(|| "period".to_string()));
    let labels = header.len();
    let mut units = vec![String::new(); labels];
    header.extend(values.iter().map(Shown::head));
    units.extend(values.iter().map(|v| unit_text(&v.column)));
    let frame = Grid { labels, header, units, ..Grid::default() };
    let count = first.value.rows.len();
    let line = move |at: usize| {
        let Some(row) = first.value.rows.get(at) else { return Line::default() };
        let mut cells = first.head_of(row, timed);
        cells.extend(values.iter().map(|v| v.cell(v.value.rows.get(at).map(Row::cell))));
        Line { cells, added: is_added(row) }
    };
    Laid { frame, count, line: Box::new(line) }
}

fn nothing<'a>() -> Laid<'a> {
    Laid { frame: Grid::default(), count: 0, line: Box::new(|_| Line::default()) }
}

fn long<'a>(shown: Shown<'a>, periods: &[Period]) -> Laid<'a> {
    let value = shown.value;
    let timed = !periods.is_empty() && (periods.len() > 1 || value.dims.is_empty());
    let mut header = shown.dims();
    header.extend(timed.then(|| "period".to_string()));
    let labels = header.len();
    header.push(match periods {
        [one] if !timed => format!("{}, {one}", shown.head()),
        _ => shown.head(),
    });
    let mut units = vec![String::new(); labels];
    units.push(unit_text(&shown.column));
    let frame = Grid { labels, header, units, ..Grid::default() };
    let line = move |at: usize| {
        let Some(row) = value.rows.get(at) else { return Line::default() };
        let mut cells = shown.head_of(row, timed);
        cells.push(shown.cell(Some(row.cell())));
        Line { cells, added: is_added(row) }
    };
    Laid { frame, count: value.rows.len(), line: Box::new(line) }
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
    let mut seen = FxHashSet::default();
    let mut out: Vec<(Place, bool)> = Vec::new();
    for row in paced(&value.rows) {
        let at = place(way, row);
        if seen.insert(at) {
            out.push((at, is_added(row) && way != Way::Periods));
        }
    }
    out.sort_by_key(|(_, added)| *added);
    out
}

/// One line for each label of one key, one column for each of the other.
fn crossed<'a>(shown: Shown<'a>, periods: &[Period], (down, across): (Way, Way)) -> Laid<'a> {
    let value = shown.value;
    let (lines, heads) = (along(value, down), along(value, across));
    let dim = |at: usize| value.dims.get(at).map(|d| visible(&d.name).into_owned()).unwrap_or_default();
    let mut header = vec![match down {
        Way::Labels(at) => dim(at),
        Way::Periods => "period".into(),
    }];
    header.extend(heads.iter().map(|(head, _)| place_text(value, across, *head)));
    // Each label has a column of its own size: as many decimals as that needs, in the scale of all.
    let mut numbers: FxHashMap<Place, Vec<f64>> = FxHashMap::default();
    let mut cells: FxHashMap<(Place, Place), usize> = FxHashMap::default();
    for (at, row) in paced(&value.rows).enumerate() {
        let (down, across) = (place(down, row), place(across, row));
        numbers.entry(across).or_default().extend(row.datum().ok());
        cells.insert((down, across), at);
    }
    let part = |head: &Place| shown.column.of_part(numbers.get(head).map_or(&[][..], Vec::as_slice));
    let columns: Vec<(Place, Column)> = heads.iter().map(|(head, _)| (*head, part(head))).collect();
    let caption = match periods {
        [one] => format!("{}, {one}", shown.caption()),
        _ => shown.caption(),
    };
    let frame = Grid { caption, labels: 1, units: vec![String::new(); header.len()], header, ..Grid::default() };
    let count = lines.len();
    let line = move |at: usize| {
        let Some((own, added)) = lines.get(at).copied() else { return Line::default() };
        let of = |head: Place| cells.get(&(own, head)).and_then(|at| value.rows.get(*at)).map(Row::cell);
        let numbers = columns.iter().map(|(head, column)| cell_text(of(*head), column));
        let label = Text::label(place_text(value, down, own));
        Line { cells: std::iter::once(label).chain(numbers).collect(), added }
    };
    Laid { frame, count, line: Box::new(line) }
}

/// One line per label, one column per period.
fn pivoted_by<'a>(shown: Shown<'a>, periods: Vec<Period>) -> Laid<'a> {
    let value = shown.value;
    let mut header = shown.dims();
    let labels = header.len();
    header.extend(periods.iter().map(|p| p.to_string()));
    let frame =
        Grid { caption: shown.caption(), labels, units: vec![String::new(); header.len()], header, ..Grid::default() };
    // The lines, each by its labels and the places of its rows.
    let mut lines: Vec<(&[u32], Vec<usize>)> = Vec::new();
    let mut places: FxHashMap<&[u32], usize> = FxHashMap::default();
    for (at, row) in paced(&value.rows).enumerate() {
        let line = *places.entry(row.key()).or_insert(lines.len());
        if line == lines.len() {
            lines.push((row.key(), Vec::new()));
        }
        if let Some((_, rows)) = lines.get_mut(line) {
            rows.push(at);
        }
    }
    let is_added_one = |rows: &[usize]| rows.iter().filter_map(|at| value.rows.get(*at)).any(is_added);
    // What was added stands behind the labels of its group.
    let group = |key: &[u32]| key.split_last().map(|(_, g)| Labels::from_slice(g)).unwrap_or_default();
    let mut groups: FxHashMap<Labels, usize> = FxHashMap::default();
    for (key, _) in &lines {
        let next = groups.len();
        groups.entry(group(key)).or_insert(next);
    }
    lines.sort_by_cached_key(|(key, rows)| (groups.get(&group(key)).copied(), is_added_one(rows)));
    let count = lines.len();
    let line = move |at: usize| {
        let Some((key, rows)) = lines.get(at) else { return Line::default() };
        let rows = || rows.iter().filter_map(|at| value.rows.get(*at));
        let of: BTreeMap<Period, &Row> = rows().filter_map(|r| r.period().map(|p| (p, r))).collect();
        let mut cells = shown.labels_of(key);
        cells.extend(periods.iter().map(|p| shown.cell(of.get(p).map(|r| r.cell()))));
        Line { cells, added: rows().any(is_added) }
    };
    Laid { frame, count, line: Box::new(line) }
}

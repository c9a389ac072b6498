//! The rows of a list, put into lines one by one. In: their keys and texts as they are met. Out: lines of fields under a
//! header, within the room there is for them.

use crate::data::doubt::LoadError;
use crate::data::room::Room;
use crate::pause::turn;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// Of what kind the rows of a list are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Objects,
    Lists,
}

/// The rows of a list, as far as they were read.
pub(super) struct Rows {
    /// For their lines.
    pub(super) room: Room,
    pub(super) kind: Option<Kind>,
    /// How many elements were met.
    pub(super) count: usize,
    /// The first row that is not of the kind of the first.
    other: Option<usize>,
    /// The keys in the order in which they were met.
    names: Vec<String>,
    places: FxHashMap<String, usize>,
    /// The lines, and from which byte on they have how many fields.
    pub(super) lines: String,
    widths: Vec<(usize, usize)>,
    /// The texts of the row that is read, and where those of each key lie.
    pub(super) texts: String,
    cells: Vec<Option<Range<usize>>>,
    /// The place of the key that is expected next.
    next: usize,
    /// The unit that is said of all rows, before them.
    unit: Option<String>,
}

/// The key under which a row has its unit, and an answer that of all its rows.
pub(super) const UNIT: &str = "unit";

impl Rows {
    pub(super) fn within(room: Room) -> Rows {
        Rows {
            room,
            kind: None,
            count: 0,
            other: None,
            names: Vec::new(),
            places: FxHashMap::default(),
            lines: String::new(),
            widths: Vec::new(),
            texts: String::new(),
            cells: Vec::new(),
            next: 0,
            unit: None,
        }
    }

    /// The same of rows that all have this unit, unless they say theirs.
    pub(super) fn in_unit(self, unit: Option<String>) -> Rows {
        Rows { unit, ..self }
    }

    /// Of this kind, as the first is.
    pub(super) fn takes(&mut self, kind: Option<Kind>) -> bool {
        self.count += 1;
        if self.count == 1 {
            self.kind = kind;
        } else if self.kind != kind {
            self.other.get_or_insert(self.count);
        }
        self.kind == kind && kind.is_some()
    }

    /// The place of a key; most rows have the keys of the one before, in the same order.
    pub(super) fn place(&mut self, name: &str) -> usize {
        let place = match self.names.get(self.next) {
            Some(expected) if expected == name => self.next,
            _ => match self.places.get(name) {
                Some(place) => *place,
                None => {
                    let place = self.names.len();
                    self.places.insert(name.to_string(), place);
                    self.names.push(name.to_string());
                    self.cells.push(None);
                    place
                }
            },
        };
        self.next = place + 1;
        place
    }

    /// Puts the text from this byte on under a key; false if it has another already.
    pub(super) fn put(&mut self, name: &str, start: usize) -> bool {
        let place = self.place(name);
        let text = start..self.texts.len();
        let Some(cell) = self.cells.get_mut(place) else { return true };
        let before = cell.replace(text.clone());
        before.is_none_or(|before| self.texts.get(before) == self.texts.get(text))
    }

    pub(super) fn begin(&mut self) {
        self.texts.clear();
        self.cells.fill(None);
        self.next = 0;
    }

    /// Writes the row of an object.
    pub(super) fn end(&mut self) {
        if let Some(unit) = self.unit.take() {
            let (start, place) = (self.texts.len(), self.place(UNIT));
            self.texts.push_str(&unit);
            if let Some(cell) = self.cells.get_mut(place).filter(|cell| cell.is_none()) {
                *cell = Some(start..self.texts.len());
            }
            self.unit = Some(unit);
        }
        if self.widths.last().is_none_or(|(_, width)| *width < self.cells.len()) {
            self.widths.push((self.lines.len(), self.cells.len()));
        }
        for (at, cell) in self.cells.iter().enumerate() {
            let text = cell.clone().and_then(|cell| self.texts.get(cell)).unwrap_or("");
            field(&mut self.lines, at, text);
        }
        self.lines.push('\n');
    }

    /// The table: its header, and the lines of rows that came before a key with fields for it.
    pub(super) fn finished(self) -> Result<String, LoadError> {
        let kind = if self.kind == Some(Kind::Lists) { "list" } else { "object" };
        if let Some(row) = self.other {
            return Err(LoadError::at(row, format!("a row is no {kind}, as the others are")));
        }
        if self.kind == Some(Kind::Lists) {
            return Ok(self.lines);
        }
        let width = self.names.len();
        let mut out = String::with_capacity(self.lines.len() + 16 * width);
        self.names.iter().enumerate().for_each(|(at, name)| field(&mut out, at, name));
        out.push('\n');
        let ends = self.widths.iter().skip(1).map(|(start, _)| *start).chain([self.lines.len()]);
        for ((start, own), end) in self.widths.iter().zip(ends) {
            let part = self.lines.get(*start..end).unwrap_or("");
            if *own == width {
                out.push_str(part);
            } else {
                padded(&mut out, part, (width - own) - usize::from(*own == 0), self.room)?;
            }
        }
        Ok(out)
    }
}

/// Lines with so many empty fields more.
fn padded(out: &mut String, lines: &str, more: usize, room: Room) -> Result<(), LoadError> {
    let mut quoted = false;
    for c in lines.chars() {
        turn();
        quoted ^= c == '"';
        if c == '\n' && !quoted {
            room.check(out.len().saturating_add(more))?;
            (0..more).for_each(|_| out.push(','));
        }
        out.push(c);
    }
    Ok(())
}

/// A field of a line.
pub(super) fn field(out: &mut String, at: usize, text: &str) {
    if at > 0 {
        out.push(',');
    }
    if text.contains([',', '"', '\n', '\r']) || text.trim() != text {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
}

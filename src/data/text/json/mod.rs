//! The rows of a JSON text as lines of fields, written while it is read: nothing but the lines is held. In: a text. Out:
//! CSV, or what is wrong with it. Rows are objects, whose keys are the header, or lists, the first of which is.

mod rows;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
mod tests;

use crate::data::doubt::LoadError;
use crate::data::room::Room;
use crate::pause::turn;
use rows::{Kind, Rows, UNIT, field};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt::{self, Display, Write as _};

/// Names under which an answer holds its rows.
const ROWS: &[&str] = &["data", "dataset", "results", "records", "observations", "items", "rows", "value"];

/// The text as CSV.
///
/// # Errors
/// It is not whole, or holds no rows, or rows of several kinds.
pub fn as_lines(text: &str, room: Room) -> Result<String, LoadError> {
    let rows = if is_row_a_line(text) {
        let mut rows = Rows::within(room);
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let mut reader = serde_json::Deserializer::from_str(line);
            let read = As(Row { rows: &mut rows, beside: None }).deserialize(&mut reader).and_then(|()| reader.end());
            read.map_err(|e| told(&e, at + 1, room))?;
        }
        Some(rows)
    } else {
        let mut reader = serde_json::Deserializer::from_str(text);
        let rows = As(Answer(room)).deserialize(&mut reader).and_then(|rows| reader.end().map(|()| rows));
        rows.map_err(|e| told(&e, e.line(), room))?
    };
    let rows = rows.ok_or_else(|| {
        let error = LoadError::new("it is JSON without rows: neither a list of objects nor one of lists");
        error.advice("ask the office for CSV, or a list of records")
    })?;
    rows.finished()
}

/// What is wrong with JSON, at a line of the file.
fn told(error: &serde_json::Error, line: usize, room: Room) -> LoadError {
    let words = error.to_string();
    // The place stands elsewhere.
    let cause = words.split(" at line ").next().unwrap_or(&words);
    if cause == TOO_LARGE {
        return room.exceeded();
    }
    if error.is_data() {
        return LoadError::at(line, cause);
    }
    LoadError::at(line, format!("it is JSON, and not whole: {cause}"))
}

/// Whether each line is an object of its own, as logs and interfaces write rows.
fn is_row_a_line(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut whole = |line: &str| line.starts_with('{') && serde_json::from_str::<IgnoredAny>(line).is_ok();
    lines.next().is_some_and(&mut whole) && lines.next().is_some_and(|line| line.starts_with('{'))
}

/// What is said on the way of lines that take more than there is room for.
const TOO_LARGE: &str = "too large";

/// What JSON is read as where it stands; what is of no kind that is wanted is passed over.
trait Read<'de>: Sized {
    type Out: Default;
    fn scalar(self, _: &dyn Display) -> Self::Out {
        Self::Out::default()
    }
    fn text(self, text: &str) -> Self::Out {
        self.scalar(&text)
    }
    fn none(self) -> Self::Out {
        Self::Out::default()
    }
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Out, A::Error> {
        while list.next_element_seed(As(Passed))?.is_some() {
            turn();
        }
        Ok(Self::Out::default())
    }
    fn object<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Out, A::Error> {
        while object.next_key::<IgnoredAny>()?.is_some() {
            turn();
            object.next_value_seed(As(Passed))?;
        }
        Ok(Self::Out::default())
    }
}

/// A [`Read`] as its reader knows it.
struct As<R>(R);

impl<'de, R: Read<'de>> DeserializeSeed<'de> for As<R> {
    type Value = R::Out;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<R::Out, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de, R: Read<'de>> Visitor<'de> for As<R> {
    type Value = R::Out;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, value: bool) -> Result<R::Out, E> {
        Ok(self.0.scalar(&value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<R::Out, E> {
        Ok(self.0.scalar(&value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<R::Out, E> {
        Ok(self.0.scalar(&value))
    }
    fn visit_f64<E>(self, value: f64) -> Result<R::Out, E> {
        Ok(match serde_json::Number::from_f64(value) {
            Some(number) => self.0.scalar(&number),
            None => self.0.none(),
        })
    }
    fn visit_str<E>(self, value: &str) -> Result<R::Out, E> {
        Ok(self.0.text(value))
    }
    fn visit_unit<E>(self) -> Result<R::Out, E> {
        Ok(self.0.none())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<R::Out, A::Error> {
        self.0.list(list)
    }
    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<R::Out, A::Error> {
        self.0.object(object)
    }
}

/// What is passed over.
struct Passed;

impl Read<'_> for Passed {
    type Out = ();
}

/// The whole text: its rows, wherever it holds them.
struct Answer(Room);

impl<'de> Read<'de> for Answer {
    type Out = Option<Rows>;
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<Rows>, A::Error> {
        let (mut rows, mut second) = (Rows::within(self.0), None);
        loop {
            let beside = (rows.count == 1 && rows.kind == Some(Kind::Objects)).then_some(&mut second);
            if list.next_element_seed(As(Row { rows: &mut rows, beside }))?.is_none() {
                break;
            }
        }
        // The World Bank: what page it is, then the rows.
        let paged = second.filter(|second: &Rows| rows.count == 2 && second.kind.is_some());
        Ok(Some(paged.unwrap_or(rows)).filter(|rows| rows.kind.is_some()))
    }
    fn object<A: MapAccess<'de>>(self, mut object: A) -> Result<Option<Rows>, A::Error> {
        let mut lists: Vec<(String, Rows)> = Vec::new();
        let mut unit = None;
        while let Some(name) = object.next_key::<String>()? {
            match object.next_value_seed(As(Part(self.0, unit.clone())))? {
                Some(Found::Rows(rows)) => lists.push((name, *rows)),
                Some(Found::Text(text)) if name == UNIT => unit = Some(text),
                Some(Found::Text(_)) | None => {}
            }
        }
        let named = ROWS.iter().find_map(|name| lists.iter().position(|(n, _)| n == name));
        let is_rows = |at: &usize| lists.get(*at).is_some_and(|(_, rows)| rows.kind.is_some());
        let named = named.filter(is_rows);
        let mut all = (0..lists.len()).filter(is_rows);
        let found = named.or_else(|| all.next());
        if let (None, Some(one), Some(other)) = (named, found, all.next()) {
            let name = |at: usize| lists.get(at).map_or("", |(name, _)| name.as_str());
            let (one, other) = (name(one), name(other));
            return Err(A::Error::custom(format!("it holds two lists of rows, `{one}` and `{other}`")));
        }
        Ok(found.map(|at| lists.swap_remove(at).1))
    }
}

/// A part of an answer: a list that may hold the rows, or what is said of them, with the unit that was.
struct Part(Room, Option<String>);

/// What a part is.
enum Found {
    Rows(Box<Rows>),
    Text(String),
}

impl<'de> Read<'de> for Part {
    type Out = Option<Found>;
    fn text(self, text: &str) -> Option<Found> {
        Some(Found::Text(text.to_string()))
    }
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<Found>, A::Error> {
        let mut rows = Rows::within(self.0).in_unit(self.1);
        while list.next_element_seed(As(Row { rows: &mut rows, beside: None }))?.is_some() {}
        Ok(Some(Found::Rows(Box::new(rows))))
    }
}

/// A list that may hold the rows.
struct List(Room);

impl<'de> Read<'de> for List {
    type Out = Option<Rows>;
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<Rows>, A::Error> {
        let mut rows = Rows::within(self.0);
        while list.next_element_seed(As(Row { rows: &mut rows, beside: None }))?.is_some() {}
        Ok(Some(rows))
    }
}

/// An element of a list of rows; a list in second place may hold them instead.
struct Row<'r> {
    rows: &'r mut Rows,
    beside: Option<&'r mut Option<Rows>>,
}

impl<'de> Read<'de> for Row<'_> {
    type Out = ();
    fn scalar(self, _: &dyn Display) {
        self.rows.takes(None);
    }
    fn none(self) {
        self.rows.takes(None);
    }
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let wanted = self.rows.takes(Some(Kind::Lists));
        if let Some(beside) = self.beside {
            *beside = List(self.rows.room).list(list)?;
            return Ok(());
        }
        if !wanted {
            return Passed.list(list);
        }
        let Rows { texts, lines, room, .. } = self.rows;
        for at in 0.. {
            turn();
            texts.clear();
            if list.next_element_seed(As(Cell(texts)))?.is_none() {
                break;
            }
            field(lines, at, texts);
        }
        lines.push('\n');
        room.check(lines.len()).map_err(|_| A::Error::custom(TOO_LARGE))
    }
    fn object<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        if !self.rows.takes(Some(Kind::Objects)) {
            return Passed.object(object);
        }
        self.rows.begin();
        let mut name = String::new();
        while object.next_key_seed(As(Cell(&mut name)))?.is_some() {
            turn();
            let twice = object.next_value_seed(As(Named { rows: self.rows, name: &mut name }))?;
            if twice {
                return Err(A::Error::custom(format!("a row has `{name}` twice, with other values")));
            }
            name.clear();
        }
        self.rows.end();
        self.rows.room.check(self.rows.lines.len()).map_err(|_| A::Error::custom(TOO_LARGE))
    }
}

/// A value under its key; what lies one level below has both names. Out: whether the key has another value already, and
/// then its name is left.
struct Named<'r> {
    rows: &'r mut Rows,
    name: &'r mut String,
}

impl<'de> Read<'de> for Named<'_> {
    type Out = bool;
    fn scalar(self, value: &dyn Display) -> bool {
        let start = self.rows.texts.len();
        Cell(&mut self.rows.texts).scalar(value);
        !self.rows.put(self.name, start)
    }
    fn none(self) -> bool {
        let start = self.rows.texts.len();
        !self.rows.put(self.name, start)
    }
    fn list<A: SeqAccess<'de>>(self, list: A) -> Result<bool, A::Error> {
        let start = self.rows.texts.len();
        Cell(&mut self.rows.texts).list(list)?;
        Ok(!self.rows.put(self.name, start))
    }
    fn object<A: MapAccess<'de>>(self, mut object: A) -> Result<bool, A::Error> {
        let Named { rows, name } = self;
        name.push(' ');
        let own = name.len();
        while object.next_key_seed(As(Cell(name)))?.is_some() {
            turn();
            let start = rows.texts.len();
            object.next_value_seed(As(Cell(&mut rows.texts)))?;
            if !rows.put(name, start) {
                return Ok(true);
            }
            name.truncate(own);
        }
        Ok(false)
    }
}

/// A value as the text of a cell: nothing for null, and JSON for what is nested.
struct Cell<'t>(&'t mut String);

impl<'de> Read<'de> for Cell<'_> {
    type Out = ();
    fn scalar(self, value: &dyn Display) {
        // Writing to a text does not fail.
        let _ = write!(self.0, "{value}");
    }
    fn list<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        Nested(self.0).list(list)
    }
    fn object<A: MapAccess<'de>>(self, object: A) -> Result<(), A::Error> {
        Nested(self.0).object(object)
    }
}

/// A value as JSON.
struct Nested<'t>(&'t mut String);

impl Nested<'_> {
    fn quoted(out: &mut String, text: &str) {
        out.push_str(&serde_json::Value::from(text).to_string());
    }
}

impl<'de> Read<'de> for Nested<'_> {
    type Out = ();
    fn scalar(self, value: &dyn Display) {
        Cell(self.0).scalar(value);
    }
    fn text(self, text: &str) {
        Nested::quoted(self.0, text);
    }
    fn none(self) {
        self.0.push_str("null");
    }
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.0.push('[');
        let first = self.0.len();
        loop {
            turn();
            let end = self.0.len();
            if end > first {
                self.0.push(',');
            }
            if list.next_element_seed(As(Nested(self.0)))?.is_none() {
                self.0.truncate(end);
                break;
            }
        }
        self.0.push(']');
        Ok(())
    }
    fn object<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        self.0.push('{');
        let first = self.0.len();
        while let Some(name) = object.next_key::<String>()? {
            turn();
            if self.0.len() > first {
                self.0.push(',');
            }
            Nested::quoted(self.0, &name);
            self.0.push(':');
            object.next_value_seed(As(Nested(self.0)))?;
        }
        self.0.push('}');
        Ok(())
    }
}

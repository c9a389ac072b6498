//! The rows of a JSON text as lines of fields, written while it is read: nothing but the lines is held. In: a text. Out:
//! CSV, or what is wrong with it. Rows are objects, whose keys are the header, or lists, the first of which is.

use crate::data::doubt::LoadError;
use crate::data::room::Room;
use crate::pause::turn;
use rustc_hash::FxHashMap;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt::{self, Display, Write as _};
use std::ops::Range;

/// Names under which an answer holds its rows.
const ROWS: &[&str] = &["data", "dataset", "results", "records", "observations", "items", "rows", "value"];

/// The text as CSV.
///
/// # Errors
/// It is not whole, or holds no rows, or rows of several kinds.
pub fn as_lines(text: &str, room: Room) -> Result<String, LoadError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let rows = As(Answer(room)).deserialize(&mut reader).and_then(|rows| reader.end().map(|()| rows));
    let rows = rows.map_err(|e| {
        let words = e.to_string();
        // The place stands elsewhere.
        let cause = words.split(" at line ").next().unwrap_or(&words);
        if cause == TOO_LARGE {
            return room.exceeded();
        }
        if e.is_data() {
            return LoadError::at(e.line(), cause);
        }
        LoadError::at(e.line(), format!("it is JSON, and not whole: {cause}"))
    })?;
    let rows = rows.ok_or_else(|| {
        let error = LoadError::new("it is JSON without rows: neither a list of objects nor one of lists");
        error.advice("ask the office for CSV, or a list of records")
    })?;
    rows.finished()
}

/// What is said on the way of lines that take more than there is room for.
const TOO_LARGE: &str = "too large";

/// Of what kind the rows of a list are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Objects,
    Lists,
}

/// The rows of a list, as far as they were read.
struct Rows {
    /// For their lines.
    room: Room,
    kind: Option<Kind>,
    /// How many elements were met.
    count: usize,
    /// The first row that is not of the kind of the first.
    other: Option<usize>,
    /// The keys in the order in which they were met.
    names: Vec<String>,
    places: FxHashMap<String, usize>,
    /// The lines, and from which byte on they have how many fields.
    lines: String,
    widths: Vec<(usize, usize)>,
    /// The texts of the row that is read, and where those of each key lie.
    texts: String,
    cells: Vec<Option<Range<usize>>>,
    /// The place of the key that is expected next.
    next: usize,
}

impl Rows {
    fn within(room: Room) -> Rows {
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
        }
    }

    /// Of this kind, as the first is.
    fn takes(&mut self, kind: Option<Kind>) -> bool {
        self.count += 1;
        if self.count == 1 {
            self.kind = kind;
        } else if self.kind != kind {
            self.other.get_or_insert(self.count);
        }
        self.kind == kind && kind.is_some()
    }

    /// The place of a key; most rows have the keys of the one before, in the same order.
    fn place(&mut self, name: &str) -> usize {
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
    fn put(&mut self, name: &str, start: usize) -> bool {
        let place = self.place(name);
        let text = start..self.texts.len();
        let Some(cell) = self.cells.get_mut(place) else { return true };
        let before = cell.replace(text.clone());
        before.is_none_or(|before| self.texts.get(before) == self.texts.get(text))
    }

    fn begin(&mut self) {
        self.texts.clear();
        self.cells.fill(None);
        self.next = 0;
    }

    /// Writes the row of an object.
    fn end(&mut self) {
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
    fn finished(self) -> Result<String, LoadError> {
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
fn field(out: &mut String, at: usize, text: &str) {
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
        while let Some(name) = object.next_key::<String>()? {
            if let Some(rows) = object.next_value_seed(As(List(self.0)))? {
                lists.push((name, rows));
            }
        }
        let named = ROWS.iter().find_map(|name| lists.iter().position(|(n, _)| n == name));
        let is_rows = |at: &usize| lists.get(*at).is_some_and(|(_, rows)| rows.kind.is_some());
        let found = named.filter(is_rows).or_else(|| (0..lists.len()).find(is_rows));
        Ok(found.map(|at| lists.swap_remove(at).1))
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use serde_json::Value;

    const ROOM: Room = Room::of(1 << 20);

    #[test]
    fn what_takes_more_than_there_is_room_for_is_refused() {
        // A key of its own in each row: rows times keys.
        let rows: Vec<String> = (0..2000).map(|n| format!("{{\"k{n}\":1}}")).collect();
        let lists = vec!["[\"0123456789\"]"; 200_000].join(",");
        for text in [format!("[{}]", rows.join(",")), format!("[{lists}]")] {
            let error = as_lines(&text, ROOM).unwrap_err();
            assert_eq!(error.message, "it takes more than 1 MB, which is `--max-memory`");
        }
    }

    #[test]
    fn rows_are_lines() {
        let of = |text: &str| as_lines(text, ROOM).unwrap();
        assert_eq!(of(r#"[["a","b"],[1,"x,y"]]"#), "a,b\n1,\"x,y\"\n");
        assert_eq!(of(r#"{"count":1,"data":[{"a":1.5,"b":null},{"a":2,"c":"z"}]}"#), "a,b,c\n1.5,,\n2,,z\n");
        assert_eq!(of(r#"[{"page":1},[{"country":{"id":"CN"},"value":3}]]"#), "country id,value\nCN,3\n");
        assert_eq!(
            of(r#"[{"b":"x\ny","a":true},{"a":[1,{"k":"\""}]}]"#),
            "b,a\n\"x\ny\",true\n,\"[1,{\"\"k\"\":\"\"\\\"\"\"\"}]\"\n"
        );
        // A key that comes later: the rows above have an empty field for it, also where one has a line end.
        assert_eq!(of("[{},{\"a\":\"x\\ny\"},{\"b\":2}]"), "a,b\n,\n\"x\ny\",\n,2\n");
        // The list with a usual name, wherever it stands; another where there is none.
        assert_eq!(of(r#"{"pages":[{"n":1}],"rows":[{"a":1}]}"#), "a\n1\n");
        assert_eq!(of(r#"{"ids":[1,2],"series":[{"a":1}],"more":{"data":[]}}"#), "a\n1\n");
    }

    #[test]
    fn it_is_asked_on_the_way_whether_to_go_on() {
        // Rows, what is passed over, and what is nested in one cell: 40,000 values each.
        let numbers = format!("[{}]", vec!["1"; 40_000].join(","));
        let texts = [
            format!("[{}]", vec![r#"{"a":1}"#; 40_000].join(",")),
            format!("[{}]", vec!["[1]"; 40_000].join(",")),
            format!(r#"{{"more":{{"x":{numbers}}},"data":[{{"a":1}}]}}"#),
            format!(r#"[{{"a":{numbers}}}]"#),
        ];
        for text in texts {
            let asked = std::rc::Rc::new(std::cell::Cell::new(0));
            let count = std::rc::Rc::clone(&asked);
            let read = crate::pause::stoppable(move || count.replace(count.get() + 1) > 7, || as_lines(&text, ROOM));
            assert!(read.is_none() && asked.get() == 9, "{}: {}", asked.get(), text.get(..20).unwrap_or(""));
        }
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let of = |text: &str| as_lines(text, ROOM).map_err(|e| (e.line, e.message)).unwrap_err();
        assert_eq!(of("{\"data\":[{\"a\":1},\n{\"a\"").0, Some(2));
        assert!(of(r#"{"a":1}"#).1.contains("without rows"));
        assert!(of("[1,2]").1.contains("without rows"));
        assert_eq!(of(r#"[{"a":1},[2]] "#).1, "a row is no object, as the others are");
        assert_eq!(of(r#"[{"a":1},{"a":2},3]"#).0, Some(3));
        assert_eq!(of(r#"[["a"],{"a":2}]"#).1, "a row is no list, as the others are");
        assert!(of(r#"[{"a":1}] x"#).1.contains("not whole"));
        // Which of the two is meant is not known.
        assert_eq!(
            of("[{\"a\":1},\n{\"a\":1,\"b\":2,\"a\":3}]"),
            (Some(2), "a row has `a` twice, with other values".into())
        );
        assert_eq!(of(r#"[{"a b":1,"a":{"b":2}}]"#).1, "a row has `a b` twice, with other values");
        assert_eq!(as_lines(r#"[{"a":1,"a":1}]"#, ROOM).unwrap(), "a\n1\n");
    }

    /// The same by way of a tree, as plainly as can be said; nothing where it has no rows of one kind.
    fn by_tree(value: &Value) -> Option<Vec<Vec<String>>> {
        let first = |list: &Vec<Value>| list.first().is_some_and(|v| v.is_object() || v.is_array());
        let rows = match value {
            Value::Array(both) if both.len() == 2 && both[0].is_object() => match &both[1] {
                Value::Array(rows) if first(rows) => rows,
                _ => both,
            },
            Value::Array(rows) if first(rows) => rows,
            Value::Object(map) => {
                let named = ROWS.iter().find_map(|name| map.get(*name).and_then(Value::as_array));
                let any = || map.values().filter_map(Value::as_array).find(|rows| first(rows));
                named.filter(|rows| first(rows)).or_else(any)?
            }
            _ => return None,
        };
        let cell = |v: &Value| match v {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if rows.first()?.is_array() {
            return rows.iter().map(|row| Some(row.as_array()?.iter().map(cell).collect())).collect();
        }
        let (mut names, mut flat): (Vec<String>, Vec<Vec<(String, String)>>) = Default::default();
        for row in rows {
            let mut cells = Vec::new();
            for (name, value) in row.as_object()? {
                match value {
                    Value::Object(inner) => cells.extend(inner.iter().map(|(n, v)| (format!("{name} {n}"), cell(v)))),
                    value => cells.push((name.clone(), cell(value))),
                }
            }
            for (name, _) in &cells {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
            flat.push(cells);
        }
        let of = |cells: &Vec<(String, String)>, name: &String| {
            cells.iter().find(|(n, _)| n == name).map(|(_, text)| text.clone()).unwrap_or_default()
        };
        let rows = flat.iter().map(|cells| names.iter().map(|name| of(cells, name)).collect()).collect::<Vec<_>>();
        Some([vec![names.clone()], rows].concat())
    }

    /// A value of a few forms; keys are few, so that they come again, and none is another with a blank in it.
    fn any(rng: &mut fastrand::Rng, depth: usize) -> Value {
        let texts = ["", "a", "x,y", "\"q\"", "two\nlines", " blank ", "é", "1.50"];
        match rng.u8(0..if depth == 0 { 6 } else { 12 }) {
            0 => Value::Null,
            1 => Value::Bool(rng.bool()),
            2 => Value::from(rng.i64(-9..9_007_199_254_740_993)),
            3 => Value::from(f64::from(rng.i32(-99..99)) / 8.0),
            4 | 5 => Value::from(texts[rng.usize(0..texts.len())]),
            6..=8 => Value::Array((0..rng.usize(0..4)).map(|_| any(rng, depth - 1)).collect()),
            _ => {
                let keys = ["k", "l", "data", "rows", "ü"];
                let pairs =
                    (0..rng.usize(0..4)).map(|_| (keys[rng.usize(0..keys.len())].to_string(), any(rng, depth - 1)));
                Value::Object(pairs.collect())
            }
        }
    }

    #[test]
    fn lines_are_what_a_tree_gives() {
        let mut rng = fastrand::Rng::with_seed(17);
        let (mut tables, mut refused) = (0, 0);
        for _ in 0..60_000 {
            let value = any(&mut rng, 4);
            let text = if rng.bool() { value.to_string() } else { serde_json::to_string_pretty(&value).unwrap() };
            let (found, expected) = (as_lines(&text, ROOM), by_tree(&value));
            let Some(expected) = expected else {
                assert!(found.is_err(), "{text}");
                refused += 1;
                continue;
            };
            tables += 1;
            let lines = found.unwrap_or_else(|e| panic!("{}: {text}", e.message));
            let mut written = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            // Of a row without a field there is an empty line, which readers of others pass over.
            let filled: Vec<_> = expected.iter().filter(|row| row.iter().any(|cell| !cell.is_empty())).collect();
            filled.iter().for_each(|row| written.write_record(row.iter()).unwrap());
            let read = |text: &[u8]| -> Vec<Vec<String>> {
                let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
                let rows = reader.records().map(|r| r.unwrap().iter().map(String::from).collect::<Vec<_>>());
                rows.filter(|row| row.iter().any(|cell| !cell.is_empty())).collect()
            };
            assert_eq!(read(lines.as_bytes()), read(&written.into_inner().unwrap()), "{text}");
        }
        assert!(tables > 2_500 && refused > 5_000, "{tables} {refused}");
    }
}

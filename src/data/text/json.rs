//! The rows of a JSON text as lines of fields, written while it is read: nothing but the lines is held. In: a text. Out:
//! CSV, or what is wrong with it. Rows are objects, whose keys are the header, or lists, the first of which is.

use crate::data::doubt::LoadError;
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
pub fn as_lines(text: &str) -> Result<String, LoadError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let rows = As(Answer).deserialize(&mut reader).and_then(|rows| reader.end().map(|()| rows));
    let rows = rows.map_err(|e| {
        let words = e.to_string();
        // The place stands elsewhere.
        let cause = words.split(" at line ").next().unwrap_or(&words);
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

/// Of what kind the rows of a list are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Objects,
    Lists,
}

/// The rows of a list, as far as they were read.
#[derive(Default)]
struct Rows {
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
                padded(&mut out, part, (width - own) - usize::from(*own == 0));
            }
        }
        Ok(out)
    }
}

/// Lines with so many empty fields more.
fn padded(out: &mut String, lines: &str, more: usize) {
    let mut quoted = false;
    for c in lines.chars() {
        turn();
        quoted ^= c == '"';
        if c == '\n' && !quoted {
            (0..more).for_each(|_| out.push(','));
        }
        out.push(c);
    }
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
struct Answer;

impl<'de> Read<'de> for Answer {
    type Out = Option<Rows>;
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<Rows>, A::Error> {
        let (mut rows, mut second) = (Rows::default(), None);
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
            if let Some(rows) = object.next_value_seed(As(List))? {
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
struct List;

impl<'de> Read<'de> for List {
    type Out = Option<Rows>;
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<Rows>, A::Error> {
        let mut rows = Rows::default();
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
            *beside = List.list(list)?;
            return Ok(());
        }
        if !wanted {
            return Passed.list(list);
        }
        let Rows { texts, lines, .. } = self.rows;
        for at in 0.. {
            turn();
            texts.clear();
            if list.next_element_seed(As(Cell(texts)))?.is_none() {
                break;
            }
            field(lines, at, texts);
        }
        lines.push('\n');
        Ok(())
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
        Ok(())
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
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_lines() {
        let of = |text: &str| as_lines(text).unwrap();
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
            let read = crate::pause::stoppable(move || count.replace(count.get() + 1) > 7, || as_lines(&text));
            assert!(read.is_none() && asked.get() == 9, "{}: {}", asked.get(), text.get(..20).unwrap_or(""));
        }
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let of = |text: &str| as_lines(text).map_err(|e| (e.line, e.message)).unwrap_err();
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
        assert_eq!(as_lines(r#"[{"a":1,"a":1}]"#).unwrap(), "a\n1\n");
    }
}

//! The cells of an answer as JSON, as types: their fields are the contract. Numbers are never rounded.

use super::Answer;
use crate::value::{Kind, Value};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// An answer.
#[derive(Debug, serde::Serialize)]
pub struct Cells<'a> {
    /// `flow`, `growth`, …
    pub kind: &'static str,
    /// `bn CNY`; empty for a plain number, `null` where nothing says it.
    pub unit: Option<String>,
    /// The dimensions that stayed.
    pub dims: Vec<&'a str>,
    /// One for each cell.
    pub rows: Vec<Row<'a>>,
}

/// One cell: its labels by dimension, then what is there.
#[derive(Debug, serde::Serialize)]
pub struct Row<'a> {
    #[serde(flatten)]
    labels: Labels<'a>,
    /// Its period, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// The number, or whether it holds; `null` where it is missing.
    pub value: Option<Shown>,
    /// Why it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// What is to be known of it: `provisional`, `partial`, …
    pub flags: Vec<&'static str>,
    /// Periods that are there, and periods that should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<[u32; 2]>,
}

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[serde(untagged)]
pub enum Shown {
    /// A number.
    Number(f64),
    /// Yes or no.
    Truth(bool),
}

/// Names of dimensions with the label of the cell in each.
#[derive(Debug)]
struct Labels<'a>(Vec<(&'a str, &'a str)>);

impl Serialize for Labels<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        self.0.iter().try_for_each(|(name, label)| map.serialize_entry(name, label))?;
        map.end()
    }
}

/// The cells of an answer.
pub fn cells(value: &Value) -> Cells<'_> {
    let truth = value.kind == Kind::Truth;
    let row = |row: &'_ crate::value::Row| {
        let (datum, coverage) = (row.cell.datum, row.cell.coverage);
        // A field of the cell outranks a dimension of the same name.
        let taken = |name: &str| match name {
            "value" | "flags" => true,
            "period" => row.period.is_some(),
            "reason" => datum.is_err(),
            "coverage" => coverage.is_some(),
            _ => false,
        };
        let dims = value.dims.iter().zip(&row.key).filter(|(dim, _)| !taken(&dim.name));
        Row {
            labels: Labels(dims.map(|(dim, place)| (dim.name.as_ref(), dim.label(*place))).collect()),
            period: row.period.map(|p| p.to_string()),
            value: datum.ok().map(|x| if truth { Shown::Truth(x != 0.0) } else { Shown::Number(x) }),
            reason: datum.err().map(|r| r.words()),
            flags: row.cell.flags.words(),
            coverage: coverage.map(|c| <[u32; 2]>::from(c.counted())),
        }
    };
    Cells {
        kind: value.kind.word(),
        unit: (!value.unit.is_unknown()).then(|| value.unit.to_string()),
        dims: value.dims.iter().map(|d| d.name.as_ref()).collect(),
        rows: value.rows.iter().map(row).collect(),
    }
}

/// An answer with its query.
#[derive(serde::Serialize)]
struct Titled<'a> {
    query: &'a str,
    #[serde(flatten)]
    cells: Cells<'a>,
}

/// The object that a file of an answer holds.
pub fn object(answer: &Answer<'_>) -> String {
    line(&Titled { query: answer.title, cells: cells(answer.value) })
}

/// One object on a line of its own.
pub fn line(object: &impl Serialize) -> String {
    // Texts and numbers written into memory: this cannot fail.
    serde_json::to_string(object).unwrap_or_default() + "\n"
}

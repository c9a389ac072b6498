//! The cells of an answer as JSON, as types: their fields are the contract. Numbers are never rounded.

use super::Answer;
use crate::pause::paced;
use crate::value::{Kind, Value};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::io::{self, Write};

/// An answer.
#[derive(Debug, serde::Serialize)]
pub struct Cells<'a> {
    /// Kind and unit, of each column where there are several.
    #[serde(flatten)]
    pub head: Head<'a>,
    /// The dimensions that stayed.
    pub dims: Vec<&'a str>,
    /// One for each cell, made when it is written.
    pub rows: Rows<'a>,
}

/// The cells of an answer.
#[derive(Debug)]
pub enum Rows<'a> {
    /// Of one value.
    One(&'a Value),
    /// Of several that have the same rows, each with its name.
    Several(Vec<(&'a str, &'a Value)>),
}

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Rows::One(value) => serializer.collect_seq(paced(&value.rows).map(|row| cell(value, row, None))),
            Rows::Several(columns) => {
                let count = columns.first().map_or(0, |(_, first)| first.rows.len());
                let line =
                    |at: usize| columns.iter().filter_map(move |(name, v)| Some(cell(v, v.rows.get(at)?, Some(name))));
                serializer.collect_seq((0..count).flat_map(line))
            }
        }
    }
}

/// What the numbers are.
#[derive(Debug, serde::Serialize)]
#[serde(untagged)]
pub enum Head<'a> {
    /// Of one value.
    One {
        /// `flow`, `growth`, …
        kind: &'static str,
        /// `bn CNY`; empty for a plain number, `null` where nothing says it.
        unit: Option<String>,
    },
    /// Of several.
    Several {
        /// One for each.
        columns: Vec<Series<'a>>,
    },
}

/// One of several values side by side.
#[derive(Debug, serde::Serialize)]
pub struct Series<'a> {
    /// Its name, or its query.
    pub series: &'a str,
    /// `flow`, `growth`, …
    pub kind: &'static str,
    /// As that of one.
    pub unit: Option<String>,
}

/// One cell: its labels by dimension, then what is there.
#[derive(Debug, serde::Serialize)]
pub struct Row<'a> {
    /// Which of several values it is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<&'a str>,
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
    Cells {
        head: Head::One { kind: value.kind.word(), unit: unit(value) },
        dims: value.dims.iter().map(|d| d.name.as_ref()).collect(),
        rows: Rows::One(value),
    }
}

/// The cells of several answers side by side; of one, as it stands alone.
pub fn beside<'a>(columns: &[(&'a str, &'a Value)]) -> Cells<'a> {
    let first = match columns {
        [(_, value)] => return cells(value),
        [(_, first), ..] => first,
        [] => {
            return Cells {
                head: Head::Several { columns: Vec::new() },
                dims: Vec::new(),
                rows: Rows::Several(Vec::new()),
            };
        }
    };
    let series =
        |(name, value): &(&'a str, &'a Value)| Series { series: name, kind: value.kind.word(), unit: unit(value) };
    Cells {
        head: Head::Several { columns: columns.iter().map(series).collect() },
        dims: first.dims.iter().map(|d| d.name.as_ref()).collect(),
        rows: Rows::Several(columns.to_vec()),
    }
}

fn unit(value: &Value) -> Option<String> {
    (!value.unit.is_unknown()).then(|| value.unit.to_string())
}

fn cell<'a>(value: &'a Value, row: &'a crate::value::Row, series: Option<&'a str>) -> Row<'a> {
    let truth = value.kind == Kind::Truth;
    {
        let (datum, coverage) = (row.datum(), row.coverage());
        // A field of the cell outranks a dimension of the same name.
        let taken = |name: &str| match name {
            "value" | "flags" => true,
            "series" => series.is_some(),
            "period" => row.period().is_some(),
            "reason" => datum.is_err(),
            "coverage" => coverage.is_some(),
            _ => false,
        };
        let dims = value.dims.iter().zip(row.key()).filter(|(dim, _)| !taken(&dim.name));
        Row {
            series,
            labels: Labels(dims.map(|(dim, place)| (dim.name.as_ref(), dim.label(*place))).collect()),
            period: row.period().map(|p| p.to_string()),
            value: datum.ok().map(|x| if truth { Shown::Truth(x != 0.0) } else { Shown::Number(x) }),
            reason: datum.err().map(|r| r.words()),
            flags: row.flags().words(),
            coverage: coverage.map(|c| <[u32; 2]>::from(c.counted())),
        }
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
///
/// # Errors
/// It cannot be written.
pub fn object(answer: &Answer<'_>, to: &mut dyn Write) -> io::Result<()> {
    write(&Titled { query: answer.title, cells: beside(answer.columns) }, to)
}

/// Writes one object on a line of its own.
///
/// # Errors
/// It cannot be written.
pub fn write(object: &impl Serialize, to: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *to, object).map_err(io::Error::from)?;
    to.write_all(b"\n")
}

/// One object on a line of its own.
pub fn line(object: &impl Serialize) -> String {
    // Texts and numbers written into memory: this cannot fail.
    serde_json::to_string(object).unwrap_or_default() + "\n"
}

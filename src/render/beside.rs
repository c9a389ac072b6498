//! Several values side by side as a table of texts: a column for each, headed by its name and unit, and behind them what
//! marks their cells where anything does. Numbers are never rounded. For CSV, TSV, Markdown and HTML.

use crate::pause::paced;
use crate::value::number;
use crate::value::{Row, Value};

/// The head of a column: `exports [mn USD]`.
pub fn head(name: &str, value: &Value) -> String {
    let unit = value.unit.to_string();
    if unit.is_empty() || value.unit.is_unknown() { name.to_string() } else { format!("{name} [{unit}]") }
}

/// Header and lines. The rows of all values are the same, in the same order.
pub fn texts(columns: &[(&str, &Value)]) -> (Vec<String>, Vec<Vec<String>>) {
    let Some((_, first)) = columns.first() else { return (Vec::new(), Vec::new()) };
    let timed = paced(&first.rows).any(|r| r.period().is_some());
    let mut names: Vec<String> = first.dims.iter().map(|d| d.name.to_string()).collect();
    names.extend(timed.then(|| "period".to_string()));
    names.extend(columns.iter().map(|(name, value)| head(name, value)));
    let marked: Vec<bool> = columns.iter().map(|(_, v)| paced(&v.rows).any(|r| !marks(r).is_empty())).collect();
    let with_marks = || columns.iter().zip(&marked).filter(|(_, m)| **m).map(|(c, _)| c);
    names.extend(with_marks().map(|(name, _)| format!("{name} marks")));
    let line = |(at, row): (usize, &Row)| {
        let mut out: Vec<String> = first.dims.iter().zip(row.key()).map(|(d, k)| d.label(*k).to_string()).collect();
        out.extend(timed.then(|| row.period().map(|p| p.to_string()).unwrap_or_default()));
        let of = |v: &Value| v.rows.get(at).map(|r| r.datum().map(number::plain).unwrap_or_default());
        out.extend(columns.iter().map(|(_, v)| of(v).unwrap_or_default()));
        out.extend(with_marks().map(|(_, v)| v.rows.get(at).map(marks).unwrap_or_default()));
        out
    };
    (names, paced(&first.rows).enumerate().map(line).collect())
}

/// What is to be known of a cell: its marks, what it covers, why it is missing.
pub(super) fn marks(row: &Row) -> String {
    let mut words: Vec<String> = row.flags().words().into_iter().map(String::from).collect();
    let covers = row.coverage().filter(|c| !c.is_full() || c.observed.is_some()).map(|c| c.counted());
    words.extend(covers.map(|(have, of)| format!("{have}/{of}")));
    words.extend(row.datum().err().map(|r| r.words().to_string()));
    words.join(", ")
}

//! The rows of a value as series: those of one key, one after another. In: a value, in whatever order its rows are.
//! Out: slices of its rows, of which a period is looked up. Copies nothing that is in order.

use super::{Cell, Period, Row, Value};
use crate::pause;
use std::borrow::Cow;

/// The rows of a value by key and period.
pub struct AllSeries<'v>(Cow<'v, [Row]>);

/// The cells of one key, in the order of their periods.
#[derive(Clone, Copy, Debug)]
pub struct Series<'s>(&'s [Row]);

/// The series of a value.
pub fn series(value: &Value) -> AllSeries<'_> {
    let ordered = |a: &Row, b: &Row| {
        pause::turn();
        a.key().cmp(b.key()).then_with(|| a.period().cmp(&b.period()))
    };
    if value.rows.is_sorted_by(|a, b| ordered(a, b).is_le()) {
        return AllSeries(Cow::Borrowed(&value.rows));
    }
    let mut rows = value.rows.clone();
    rows.sort_by(ordered);
    AllSeries(Cow::Owned(rows))
}

impl AllSeries<'_> {
    /// The key of each series and its cells, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&[u32], Series<'_>)> {
        self.0.chunk_by(|a, b| a.key() == b.key()).map(|rows| (rows.first().map_or(&[][..], Row::key), Series(rows)))
    }

    /// The cells of a key.
    pub fn of(&self, key: &[u32]) -> Series<'_> {
        let from = self.0.partition_point(|r| r.key() < key);
        let rest = self.0.get(from..).unwrap_or(&[]);
        let count = rest.partition_point(|r| r.key() == key);
        Series(rest.get(..count).unwrap_or(&[]))
    }
}

impl<'s> Series<'s> {
    /// Of rows of one key that are in order.
    pub fn new(rows: &'s [Row]) -> Series<'s> {
        Series(rows)
    }

    /// The cell of a period; of several the last.
    pub fn get(self, period: &Period) -> Option<Cell> {
        let until = match self.0 {
            // Most series have a few periods only.
            rows if rows.len() <= 8 => rows.iter().rposition(|r| r.period() == Some(*period))? + 1,
            rows => rows.partition_point(|r| r.period() <= Some(*period)),
        };
        let row = until.checked_sub(1).and_then(|at| self.0.get(at))?;
        (row.period() == Some(*period)).then(|| row.cell())
    }

    /// Whether there is a cell of this period.
    pub fn has(self, period: &Period) -> bool {
        self.get(period).is_some()
    }

    /// The rows.
    pub fn rows(self) -> &'s [Row] {
        self.0
    }

    /// The periods with their cells, in order.
    pub fn iter(self) -> impl Iterator<Item = (Period, Cell)> {
        self.0.iter().filter_map(|r| Some((r.period()?, r.cell())))
    }

    /// The cells.
    pub fn values(self) -> impl Iterator<Item = Cell> {
        self.iter().map(|(_, cell)| cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Dimension, Kind, Unit};
    use std::sync::Arc;

    #[test]
    fn series_are_found_whatever_the_order_of_the_rows() {
        let year = Period::year;
        let row = |key: u32, y: i32, x: f64| Row::new([key], year(y), Cell::number(x));
        let labels = Arc::new(vec!["a".into(), "b".into()]);
        let value = Value {
            dims: vec![Dimension { name: "partner".into(), labels }],
            rows: vec![row(1, 2019, 4.0), row(0, 2018, 1.0), row(1, 2018, 3.0), row(0, 2020, 2.0)],
            ..Value::scalar(0.0, Unit::plain(), Kind::Number)
        };
        let found = series(&value);
        let numbers: Vec<Vec<f64>> =
            found.iter().map(|(_, cells)| cells.values().filter_map(|c| c.datum.ok()).collect()).collect();
        assert_eq!(numbers, [[1.0, 2.0], [3.0, 4.0]]);
        let at = |key: u32, y: i32| year(y).and_then(|p| found.of(&[key]).get(&p)).map(|c| c.datum);
        assert_eq!((at(1, 2019), at(0, 2019), at(7, 2018)), (Some(Ok(4.0)), None, None));
    }
}

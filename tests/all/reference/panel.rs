//! A panel as rows: labels, a span of months, cells. In: a random generator and the features in use. Out: rows that
//! the reference reads one by one, and the same rows as text. Knows nothing of queries.

use super::features::Features;
use super::number::{Num, whole};
use fastrand::Rng;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Months from the first to the last, both counted from year 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub first: i32,
    pub last: i32,
}

impl Span {
    pub fn year(year: i32) -> Span {
        Span { first: year * 12, last: year * 12 + 11 }
    }

    pub fn months(self) -> i32 {
        self.last - self.first + 1
    }

    pub fn back(self, months: i32) -> Span {
        Span { first: self.first - months, last: self.last - months }
    }

    pub fn holds(self, other: Span) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    pub fn to(self, other: Span) -> Span {
        Span { first: self.first.min(other.first), last: self.last.max(other.last) }
    }

    /// The steps of so many months that lie in it.
    pub fn steps(self, step: i32) -> Vec<Span> {
        let start = (self.first + step - 1).div_euclid(step) * step;
        (0..)
            .map(|i| Span { first: start + i * step, last: start + (i + 1) * step - 1 })
            .take_while(|s| s.last <= self.last)
            .collect()
    }

    /// The step of so many months that it lies in.
    pub fn around(self, step: i32) -> Span {
        let first = self.first.div_euclid(step) * step;
        Span { first, last: first + step - 1 }
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month) = (self.first.div_euclid(12), self.first.rem_euclid(12));
        match self.months() {
            12 if month == 0 => write!(f, "{year}"),
            3 if month % 3 == 0 => write!(f, "{year}-Q{}", month / 3 + 1),
            1 => write!(f, "{year}-{:02}", month + 1),
            n if n % 12 == 0 && month == 0 => write!(f, "{year}..{}", year + n / 12 - 1),
            _ => {
                let (y, m) = (self.last.div_euclid(12), self.last.rem_euclid(12));
                write!(f, "{year}-{:02}..{y}-{:02}", month + 1, m + 1)
            }
        }
    }
}

/// A dimension, and whether an absent row along it means no trade.
#[derive(Clone, Debug)]
pub struct Dim {
    pub name: &'static str,
    pub labels: Vec<&'static str>,
    pub absent_is_zero: bool,
}

/// A column of numbers: its name and the unit as declared, if it is.
#[derive(Clone, Debug)]
pub struct Measure {
    pub name: &'static str,
    pub unit: Option<&'static str>,
}

/// A row: a label for each dimension, a period, a cell for each measure.
#[derive(Clone, Debug)]
pub struct Row {
    pub labels: Vec<&'static str>,
    pub span: Span,
    pub cells: Vec<Option<i64>>,
}

/// A dataset.
#[derive(Clone, Debug)]
pub struct Panel {
    pub step: i32,
    pub dims: Vec<Dim>,
    pub measures: Vec<Measure>,
    pub rows: Vec<Row>,
    /// What of it is compared.
    pub features: Features,
}

/// The code that means the whole of a dimension.
pub fn total_of(dim: &str) -> &'static str {
    match dim {
        "partner" | "reporter" => "World",
        "hs" => "TOTAL",
        _ => "_T",
    }
}

impl Panel {
    pub fn range(&self) -> Option<Span> {
        self.rows.iter().map(|r| r.span).reduce(Span::to)
    }

    /// A cell in its unit without a scale.
    pub fn cell(&self, row: &Row, measure: usize) -> Option<Num> {
        let scale = match self.measures[measure].unit {
            Some(unit) => super::shape::base_of(unit).1 as i64,
            None => 1,
        };
        row.cells[measure].map(|c| whole(c) * whole(scale))
    }

    pub fn text(&self) -> String {
        let names = self.dims.iter().map(|d| d.name).chain(self.measures.iter().map(|m| m.name));
        let mut out = format!("period,{}\n", names.collect::<Vec<_>>().join(","));
        for row in &self.rows {
            let cells = row.cells.iter().map(|c| c.map_or(String::new(), |c| c.to_string()));
            let cells: Vec<String> = row.labels.iter().map(|l| (*l).to_string()).chain(cells).collect();
            let _ = writeln!(out, "{},{}", row.span, cells.join(","));
        }
        out
    }

    pub fn load(&self, file: &str) -> String {
        let unit = |m: &Measure| m.unit.map(|u| format!("{} from {}: flow in {u}", m.name, m.name));
        let declared: Vec<String> = self.measures.iter().filter_map(unit).collect();
        if declared.is_empty() {
            return format!("load \"{file}\" as d\n");
        }
        format!("load \"{file}\" as d with {{ {} }}\n", declared.join(", "))
    }

    /// A panel of its own for each seed.
    pub fn random(rng: &mut Rng, features: &Features) -> Panel {
        let step = *rng.choice(&[1, 3, 12]).unwrap();
        let years = if step == 12 { rng.i32(2..5) } else { 2 };
        let first = 2020 + rng.i32(0..3);
        let mut dims = Vec::new();
        let mut dim = |name, all: &[&'static str], absent_is_zero, rng: &mut Rng| {
            let mut labels = all.to_vec();
            rng.shuffle(&mut labels);
            labels.truncate(rng.usize(2..=3));
            labels.sort_unstable();
            dims.push(Dim { name, labels, absent_is_zero });
        };
        if rng.u8(0..10) < 7 {
            dim("partner", &["USA", "JPN", "BRA", "VNM", "IND"], true, rng);
        }
        if rng.u8(0..10) < 4 {
            dim("reporter", &["CHN", "KOR", "MEX"], false, rng);
        }
        if rng.u8(0..10) < 3 {
            dim("hs", &["010121", "090111", "854231", "854239"], true, rng);
        }
        if rng.u8(0..10) < 2 {
            dim("regime", &["ordinary", "processing", "other"], false, rng);
        }
        let mut measures = vec![
            Measure { name: "exports", unit: Some("mn USD") },
            Measure { name: "imports", unit: Some("bn USD") },
            Measure { name: "weight", unit: Some("tonne") },
        ];
        if features.on("unknown units") && rng.bool() {
            measures.iter_mut().for_each(|m| m.unit = None);
        }
        let mut panel = Panel { step, dims, measures, rows: Vec::new(), features: features.clone() };
        let whole_span = Span::year(first).to(Span::year(first + years - 1));
        panel.fill(whole_span, rng, features);
        panel
    }

    fn fill(&mut self, whole_span: Span, rng: &mut Rng, features: &Features) {
        let mut tuples: Vec<Vec<&'static str>> = vec![Vec::new()];
        for dim in &self.dims {
            tuples = tuples.iter().flat_map(|t| dim.labels.iter().map(|l| [t.as_slice(), &[*l]].concat())).collect();
        }
        let gap = if features.on("missing periods") && rng.bool() { 15 } else { 0 };
        let drop = if features.on("absent rows") && rng.bool() { 15 } else { 0 };
        let empty = if features.on("empty cells") && rng.bool() { 6 } else { 0 };
        let odd = if rng.bool() { 8 } else { 0 };
        // The ends of the data are not those of a year.
        let mut steps = whole_span.steps(self.step);
        if self.step < 12 && rng.bool() {
            steps.truncate(steps.len() - rng.usize(1..4));
        }
        let ends = (steps[0], steps[steps.len() - 1]);
        for step in steps {
            if rng.u8(0..100) < gap && step != ends.0 && step != ends.1 {
                continue;
            }
            for labels in &tuples {
                if rng.u8(0..100) < drop {
                    continue;
                }
                let cells = (0..self.measures.len()).map(|m| {
                    let low = rng.u8(0..100) < odd;
                    let value = if low { rng.i64(-3..=1) * i64::from(m < 2) } else { rng.i64(1..900) };
                    (rng.u8(0..100) >= empty).then_some(if low && m == 2 { 1 } else { value })
                });
                let cells = cells.collect();
                self.rows.push(Row { labels: labels.clone(), span: step, cells });
            }
        }
        if features.on("totals") && rng.bool() {
            let at = rng.usize(0..self.dims.len().max(1));
            self.add_total(at);
        }
    }

    /// Adds the rows of the whole of a dimension; they are not among its labels.
    pub fn add_total(&mut self, at: usize) {
        let Some(dim) = self.dims.get(at) else { return };
        let code = total_of(dim.name);
        let mut sums: BTreeMap<(Span, Vec<&'static str>), Vec<Option<i64>>> = BTreeMap::new();
        for row in &self.rows {
            let mut labels = row.labels.clone();
            labels[at] = code;
            let sum = sums.entry((row.span, labels)).or_insert_with(|| vec![None; row.cells.len()]);
            for (sum, cell) in sum.iter_mut().zip(&row.cells) {
                *sum = cell.map_or(*sum, |c| Some(sum.unwrap_or(0) + c));
            }
        }
        self.rows.extend(sums.into_iter().map(|((span, labels), cells)| Row { labels, span, cells }));
    }

    /// Whether a row is the whole of something that the panel lists.
    pub fn is_total(&self, row: &Row) -> bool {
        self.dims.iter().zip(&row.labels).any(|(d, l)| *l == total_of(d.name))
    }
}

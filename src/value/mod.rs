//! The one type of value: a labelled array. Zero or more named dimensions, an optional time axis, a unit and a kind;
//! each cell is a number or missing with a reason, and knows its coverage. Knows nothing of queries or files.

pub mod absence;
pub mod base;
pub mod calendar;
pub mod kind;
pub mod number;
pub mod period;
mod row;
pub mod series;
pub mod unit;
pub mod unit_text;
pub mod unit_words;

pub use absence::Absence;
pub use kind::Kind;
pub use period::{Freq, Period};
pub use row::Row;
pub use series::{Series, series};
pub use unit::Unit;

use crate::pause;
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// Why there is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The data have no observation there.
    NotReported,
    /// The publisher withholds it.
    Suppressed,
    /// It will be published later.
    NotYet,
    /// The period is before the first or after the last observation.
    OutsideData,
    /// A filter or a range of the query leaves it out.
    OutsideFilter,
    /// What it is compared with is missing.
    NoBase,
    /// What it is compared with is zero.
    ZeroBase,
    /// What it is compared with is negative.
    NegativeBase,
    /// The whole it is a part of is not positive.
    NonpositiveDenominator,
    /// The quantity it is divided by is zero.
    ZeroQuantity,
    /// The formula has no value here.
    Undefined,
}

impl Reason {
    /// All of them.
    const ALL: [Reason; 11] = [
        Reason::NotReported,
        Reason::Suppressed,
        Reason::NotYet,
        Reason::OutsideData,
        Reason::OutsideFilter,
        Reason::NoBase,
        Reason::ZeroBase,
        Reason::NegativeBase,
        Reason::NonpositiveDenominator,
        Reason::ZeroQuantity,
        Reason::Undefined,
    ];

    /// A number that stands for it in a file of our own.
    pub fn number(self) -> u16 {
        Reason::ALL.iter().zip(0..).find(|(reason, _)| **reason == self).map_or(u16::MAX, |(_, number)| number)
    }

    /// The reason that has a number.
    pub fn of_number(number: u16) -> Option<Reason> {
        Reason::ALL.get(usize::from(number)).copied()
    }

    /// The words of the output.
    pub fn words(self) -> &'static str {
        match self {
            Reason::NotReported => "not reported",
            Reason::Suppressed => "suppressed",
            Reason::NotYet => "not yet",
            Reason::OutsideData => "outside the data",
            Reason::OutsideFilter => "outside the filter",
            Reason::NoBase => "no base",
            Reason::ZeroBase => "zero base",
            Reason::NegativeBase => "negative base",
            Reason::NonpositiveDenominator => "nonpositive denominator",
            Reason::ZeroQuantity => "zero quantity",
            Reason::Undefined => "undefined",
        }
    }
}

/// Marks on a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(u16);

impl Flags {
    /// Covers only a part of its period.
    pub const PARTIAL: Flags = Flags(1);
    /// Parts that should be there are missing.
    pub const MISSING: Flags = Flags(2);
    /// Will be revised.
    pub const PROVISIONAL: Flags = Flags(4);
    /// Estimated by the publisher.
    pub const ESTIMATED: Flags = Flags(8);
    /// Not comparable with what came before.
    pub const BREAK: Flags = Flags(16);
    /// Withheld in part.
    pub const CONFIDENTIAL: Flags = Flags(32);
    /// What no listed label accounts for: a whole less its parts.
    pub const REST: Flags = Flags(64);
    /// A row for all together, beside its parts.
    pub const TOTAL: Flags = Flags(128);

    /// Beyond the data, along a line through them.
    pub const EXTRAPOLATED: Flags = Flags(256);

    const NAMES: [(Flags, &'static str, char); 9] = [
        (Flags::PARTIAL, "partial", 'p'),
        (Flags::MISSING, "missing", 'm'),
        (Flags::PROVISIONAL, "provisional", 'v'),
        (Flags::ESTIMATED, "estimated", 'e'),
        (Flags::BREAK, "break", 'b'),
        (Flags::CONFIDENTIAL, "confidential", 'c'),
        (Flags::REST, "rest", 'r'),
        (Flags::TOTAL, "total", 't'),
        (Flags::EXTRAPOLATED, "extrapolated", 'x'),
    ];

    /// The marks as a number, in a file of our own.
    pub fn bits(self) -> u16 {
        self.0
    }

    /// The marks that a number stands for.
    pub fn of_bits(bits: u16) -> Flags {
        Flags(bits)
    }

    /// No mark.
    pub fn none() -> Flags {
        Flags(0)
    }

    /// Both marks.
    pub fn with(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }

    /// The marks but for one.
    pub fn without(self, other: Flags) -> Flags {
        Flags(self.0 & !other.0)
    }

    /// Whether this mark is set.
    pub fn has(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// The words, in a fixed order.
    pub fn words(self) -> Vec<&'static str> {
        Self::NAMES.iter().filter(|(f, _, _)| self.has(*f)).map(|(_, w, _)| *w).collect()
    }

    /// Letters for the table, with their meaning.
    pub fn letters(self) -> Vec<(char, &'static str)> {
        Self::NAMES.iter().filter(|(f, _, _)| self.has(*f)).map(|(_, w, c)| (*c, *w)).collect()
    }
}

/// How much of the period that a cell stands for is in the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Coverage {
    /// From the first to the last day that is covered.
    pub span: Period,
    /// Sub-periods present (months, or days for shorter periods).
    pub have: u32,
    /// Sub-periods that the period has.
    pub of: u32,
    /// Observations present and expected, labels by sub-periods, where some of its labels lack them.
    pub observed: Option<(u32, u32)>,
}

impl Coverage {
    /// The whole period.
    pub fn full(period: Period) -> Coverage {
        Coverage { span: period, have: period.parts(), of: period.parts(), observed: None }
    }

    /// What is counted: a month, or a day where more are present than the span has months.
    pub fn part(&self) -> &'static str {
        let months = self.span.months().and_then(|m| u32::try_from(m).ok());
        if months.is_some_and(|m| self.have <= m) { "month" } else { "day" }
    }

    /// Whether nothing is missing.
    pub fn is_full(&self) -> bool {
        self.have >= self.of
    }

    /// What is present of what is expected: observations where labels lack some, else sub-periods.
    pub fn counted(&self) -> (u32, u32) {
        self.observed.unwrap_or((self.have, self.of))
    }

    /// The one that covers the smaller part.
    pub fn lesser(self, other: Coverage) -> Coverage {
        let less = |(p, q): (u32, u32), (r, s): (u32, u32)| u64::from(p) * u64::from(s) < u64::from(r) * u64::from(q);
        let (mine, theirs) = ((self.have, self.of), (other.have, other.of));
        if less(theirs, mine) || (!less(mine, theirs) && less(other.counted(), self.counted())) { other } else { self }
    }
}

/// A number or the reason why there is none.
pub type Datum = Result<f64, Reason>;

/// One cell of a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// The number, in the unit of the value.
    pub datum: Datum,
    /// How much of its period it covers; `None` where there is no period.
    pub coverage: Option<Coverage>,
    /// Marks.
    pub flags: Flags,
}

impl Cell {
    /// A number without time.
    pub fn number(x: f64) -> Cell {
        Cell { datum: finite(x), coverage: None, flags: Flags::none() }
    }

    /// Missing.
    pub fn missing(reason: Reason) -> Cell {
        Cell { datum: Err(reason), coverage: None, flags: Flags::none() }
    }

    /// The same with another number; what is not finite becomes undefined.
    pub fn with(self, datum: Datum) -> Cell {
        Cell { datum: datum.and_then(finite), ..self }
    }

    /// Coverage and marks of two cells that make one.
    pub fn joined(self, other: Cell, datum: Datum) -> Cell {
        let coverage = match (self.coverage, other.coverage) {
            (Some(a), Some(b)) => Some(a.lesser(b)),
            (a, b) => a.or(b),
        };
        Cell { datum: datum.and_then(finite), coverage, flags: self.flags.with(other.flags) }
    }
}

/// `x`, or undefined if it is infinite or not a number.
pub fn finite(x: f64) -> Datum {
    // Minus zero becomes zero.
    if x.is_finite() { Ok(x + 0.0) } else { Err(Reason::Undefined) }
}

/// The labels of one dimension; a cell names its label by place.
#[derive(Clone, Debug, PartialEq)]
pub struct Dimension {
    /// `partner`, `hs`, …
    pub name: Arc<str>,
    /// Sorted, each once.
    pub labels: Arc<Vec<Arc<str>>>,
}

impl Dimension {
    /// The label at a place.
    pub fn label(&self, place: u32) -> &str {
        self.labels.get(place as usize).map(|l| l.as_ref()).unwrap_or("")
    }
}

/// Places of labels, one per dimension; few enough to need no memory of their own.
pub type Labels = smallvec::SmallVec<[u32; 4]>;

/// Whose a row is, for people: its labels and its period, as `DEU, 2024`.
pub fn about(dims: &[Dimension], key: &[u32], period: Option<Period>) -> String {
    let labels = dims.iter().zip(key).map(|(d, k)| d.label(*k).to_string());
    labels.chain(period.map(|p| p.to_string())).collect::<Vec<_>>().join(", ")
}

/// The different ones of many, of which few are: the periods of all rows.
pub fn distinct<T: Copy + Ord + std::hash::Hash>(items: impl Iterator<Item = T>) -> BTreeSet<T> {
    let mut last = None;
    let mut met: FxHashSet<T> = FxHashSet::default();
    for item in pause::paced(items) {
        if last != Some(item) {
            met.insert(item);
            last = Some(item);
        }
    }
    met.into_iter().collect()
}

/// A labelled array. Rows are sorted by labels, then period, unless an operator ranked them.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// The dimensions.
    pub dims: Vec<Dimension>,
    /// What the numbers count.
    pub unit: Unit,
    /// What may be done to them.
    pub kind: Kind,
    /// The cells.
    pub rows: Vec<Row>,
    /// What a row that is not there stands for.
    pub absent: Absence,
    /// Whether its one period was pinned inside the query, so that it meets every period of another value.
    pub fixed: bool,
}

/// A value with the name under which it stands beside others.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The head of its column.
    pub name: String,
    /// The column.
    pub value: Value,
}

impl Named {
    /// Names and values of columns.
    pub fn columns(all: &[Named]) -> Vec<(&str, &Value)> {
        all.iter().map(|n| (n.name.as_str(), &n.value)).collect()
    }
}

impl Value {
    /// A plain number.
    pub fn scalar(x: f64, unit: Unit, kind: Kind) -> Value {
        let row = Row::new([], None, Cell::number(x));
        Value { dims: Vec::new(), unit, kind, rows: vec![row], absent: Absence::Missing, fixed: false }
    }

    /// Without a row.
    pub fn empty(unit: Unit, kind: Kind) -> Value {
        Value { dims: Vec::new(), unit, kind, rows: Vec::new(), absent: Absence::Missing, fixed: false }
    }

    /// Puts the rows in order.
    pub fn sort(&mut self) {
        self.rows.sort_by(|a, b| {
            pause::turn();
            a.key().cmp(b.key()).then_with(|| a.period().cmp(&b.period()))
        });
    }

    /// The same with these dimensions in this order where they stand; others keep their places.
    pub fn ordered<'n>(mut self, names: impl Iterator<Item = &'n str>) -> Value {
        let wanted: Vec<usize> = names.filter_map(|name| self.dim(name)).collect();
        if wanted.is_sorted() {
            return self;
        }
        let mut order: Vec<usize> = (0..self.dims.len()).collect();
        let mut places = wanted.clone();
        places.sort_unstable();
        for (place, from) in places.into_iter().zip(wanted) {
            if let Some(slot) = order.get_mut(place) {
                *slot = from;
            }
        }
        self.dims = order.iter().filter_map(|from| self.dims.get(*from).cloned()).collect();
        for row in &mut self.rows {
            pause::turn();
            let old = Labels::from_slice(row.key());
            for (slot, from) in row.key_mut().iter_mut().zip(&order) {
                *slot = old.get(*from).copied().unwrap_or(0);
            }
        }
        self.sort();
        self
    }

    /// The place of a dimension.
    pub fn dim(&self, name: &str) -> Option<usize> {
        self.dims.iter().position(|d| d.name.as_ref() == name)
    }

    /// The only cell, if there is one only.
    pub fn single(&self) -> Option<&Row> {
        match self.rows.as_slice() {
            [row] => Some(row),
            _ => None,
        }
    }

    /// The same without the rows that no label accounts for.
    pub fn labels_only(mut self) -> Value {
        self.rows.retain(|r| !r.flags().has(Flags::REST));
        self
    }

    /// Multiplies every number by a power of ten and sets the unit.
    pub fn rescale(mut self, power: i32, unit: Unit) -> Value {
        if power != 0 {
            for row in &mut self.rows {
                row.set_datum(row.datum().map(|x| times_ten(x, power)));
            }
        }
        self.unit = unit;
        self
    }
}

/// `x × 10^power`, rounded once.
pub fn times_ten(x: f64, power: i32) -> f64 {
    let factor = 10f64.powi(power.abs());
    if power >= 0 { x * factor } else { x / factor }
}

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().join(", "))
    }
}

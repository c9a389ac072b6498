//! What kind of number a value is, which decides what may be done to it when the query does not say (the table of
//! the language reference, "Values").

use serde::{Deserialize, Serialize};
use std::fmt;

/// The kind of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// An amount within a period: exports, weight. Sums over time and dimensions.
    Flow,
    /// A flow published as sums from January. Differences give the flow.
    Cumulative,
    /// A flow told as if it went on for a year, as national accounts do. Mean over time, sum over dimensions.
    AnnualRate,
    /// An amount at a moment: inventories. Last over time, sum over dimensions.
    Stock,
    /// An index number.
    Index,
    /// A price.
    Price,
    /// Value per quantity, computed from sums.
    UnitValue,
    /// So much of a per one of b: an exchange rate. Mean over time.
    Rate,
    /// A part of a whole.
    Share,
    /// A quotient of like things.
    Ratio,
    /// A change in percent.
    Growth,
    /// A contribution to growth or a difference of percentages, in points.
    Points,
    /// A plain number of the query.
    Number,
    /// Whether a comparison holds, 1 or 0.
    Truth,
    /// How many there are; counted anew for several together, never added up.
    Count,
}

impl Kind {
    /// Every kind that a declaration may name, with its words.
    pub const DECLARED: &'static [(&'static str, Kind)] = &[
        ("cumulative flow", Kind::Cumulative),
        ("flow", Kind::Flow),
        ("annual rate", Kind::AnnualRate),
        ("stock", Kind::Stock),
        ("index", Kind::Index),
        ("price", Kind::Price),
        ("unit value", Kind::UnitValue),
        ("rate", Kind::Rate),
        ("share", Kind::Share),
        ("ratio", Kind::Ratio),
        ("growth", Kind::Growth),
    ];

    /// The word for people and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Flow => "flow",
            Kind::Cumulative => "cumulative flow",
            Kind::AnnualRate => "annual rate",
            Kind::Stock => "stock",
            Kind::Index => "index",
            Kind::Price => "price",
            Kind::UnitValue => "unit value",
            Kind::Rate => "rate",
            Kind::Share => "share",
            Kind::Ratio => "ratio",
            Kind::Growth => "growth",
            Kind::Points => "points",
            Kind::Number => "number",
            Kind::Truth => "truth",
            Kind::Count => "count",
        }
    }

    /// The word with which a message names several of it.
    pub fn plural(self) -> &'static str {
        match self {
            Kind::Flow | Kind::Cumulative => "flows",
            Kind::AnnualRate => "annual rates",
            Kind::Stock => "stocks",
            Kind::Index => "indices",
            Kind::Price => "prices",
            Kind::UnitValue => "unit values",
            Kind::Rate => "rates",
            Kind::Share => "shares",
            Kind::Ratio => "ratios",
            Kind::Growth => "growth rates",
            Kind::Points => "percentage points",
            Kind::Number => "numbers",
            Kind::Truth => "comparisons",
            Kind::Count => "counts",
        }
    }

    /// Whether amounts of it add up over the parts of a whole.
    pub fn adds_over_dimensions(self) -> bool {
        matches!(self, Kind::Flow | Kind::Cumulative | Kind::AnnualRate | Kind::Stock | Kind::Number)
    }

    /// Whether amounts of it add up over time.
    pub fn adds_over_time(self) -> bool {
        matches!(self, Kind::Flow | Kind::Cumulative | Kind::Number)
    }

    /// Whether it is an amount (of money, weight, pieces) rather than a relation of amounts.
    pub fn is_level(self) -> bool {
        matches!(self, Kind::Flow | Kind::Cumulative | Kind::AnnualRate | Kind::Stock)
    }

    /// Indices, prices and rates: over time they have a mean, no sum.
    pub fn is_mean(self) -> bool {
        matches!(self, Kind::Index | Kind::Price | Kind::Rate)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

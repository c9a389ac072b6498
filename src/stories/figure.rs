//! What a figure of a story is: its amount, what it is said of, and how that was found.

use super::words::{Comparison, Flow};
use crate::value::number;
use crate::value::period::Period;

/// What a figure says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// An amount.
    Level,
    /// A change in percent.
    Growth,
    /// A change in the unit of the amount.
    Change,
    /// A part of a whole in percent.
    Share,
    /// A change in percentage points.
    ShareChange,
    /// So many times as much.
    Multiple,
    /// An amount that must not be guessed.
    Refused,
    /// What is no figure of trade: a price, a range, a target.
    Other,
}

impl Role {
    /// As JSON has it.
    pub fn word(self) -> &'static str {
        match self {
            Role::Level => "level",
            Role::Growth => "growth",
            Role::Change => "change",
            Role::Share => "share",
            Role::ShareChange => "share_change",
            Role::Multiple => "multiple",
            Role::Refused => "refused",
            Role::Other => "other",
        }
    }
}

/// What a figure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// A currency; `?dollar` until it is known whose.
    Money(&'static str),
    /// Pieces, tonnes.
    Count(&'static str),
    /// Nothing that is said.
    Unsaid,
    /// Percent.
    Percent,
    /// Percentage points.
    Points,
    /// Times as much.
    Times,
}

/// Which sides of the rounding are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// None.
    None,
    /// `more than`
    Up,
    /// `less than`
    Down,
    /// `nearly`
    Nearly,
}

/// What is said of an attribute, and how it came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// In the clause.
    Said,
    /// At the figure beside.
    Beside,
    /// In an earlier sentence; so many sentences ago.
    Carried(usize),
    /// Nowhere: what is meant where nothing is said.
    Default,
}

impl Source {
    /// As JSON has it.
    pub fn word(self) -> &'static str {
        match self {
            Source::Said => "said",
            Source::Beside => "beside",
            Source::Carried(_) => "carried",
            Source::Default => "default",
        }
    }
}

/// Whose trade, which flow, in what, with whom.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subject {
    /// The code of the country that reports.
    pub reporter: Option<String>,
    /// The flow; `None` where no word told one.
    pub flow: Option<Flow>,
    /// The product.
    pub product: String,
    /// The partner.
    pub partner: String,
}

impl Subject {
    /// All goods with the world.
    pub fn all(product: &str) -> Subject {
        Subject { reporter: None, flow: None, product: product.into(), partner: "world".into() }
    }

    /// `exports`, for JSON.
    pub fn flow_word(&self) -> Option<&'static str> {
        self.flow.map(Flow::series)
    }
}

/// A figure of a story.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The 1-based sentence.
    pub sentence: usize,
    /// The byte where it begins.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// What it says.
    pub role: Role,
    /// The number, in units of its scale, with its sign.
    pub value: f64,
    /// The power of ten of its scale.
    pub ten: i32,
    /// What it is counted in.
    pub measure: Measure,
    /// Half a unit of its last digit, in units of its scale.
    pub half: f64,
    /// Whether it is open to a side.
    pub open: Open,
    /// `about`, `more than`.
    pub modifiers: Vec<&'static str>,
    /// What it is said of.
    pub subject: Subject,
    /// The time it is of; of a growth, the time that grew.
    pub period: Option<Period>,
    /// What it is compared with.
    pub comparison: Option<Comparison>,
    /// Whether that is told, and not only usual.
    pub compared: bool,
    /// The time it is compared with.
    pub base: Option<Period>,
    /// `sa`, `real`, `forecast`, `superseded`.
    pub basis: Option<&'static str>,
    /// The whole of a share: `total`, `cover`, `trade`, `imports`.
    pub whole: Option<&'static str>,
    /// Whether it is the level that others are compared with.
    pub is_base: bool,
    /// Whether the product was told as its unit: `498 billion integrated circuits`.
    pub counted: Option<&'static str>,
    /// How its period and subject are known.
    pub from_period: Source,
    /// The same of the flow, the product and the partner.
    pub from_subject: [Source; 3],
    /// What could not be decided, and why.
    pub unresolved: Vec<(&'static str, String)>,
    /// Why it was refused.
    pub reason: Option<&'static str>,
    /// The unit of the level beside, of which a growth or share is.
    pub of_unit: Option<Measure>,
    /// Figures that one sentence tells of one series share a group.
    pub group: usize,
    /// Whether it stands in brackets.
    pub bracketed: bool,
}

impl Figure {
    /// What rounds to it, in single units; `None` is open.
    pub fn bounds(&self) -> (Option<f64>, Option<f64>) {
        let one = 10f64.powi(self.ten);
        let (value, half) = (self.value * one, self.half * one);
        let (size_low, size_high) = match self.open {
            Open::None => return (Some(value - half), Some(value + half)),
            Open::Up => (Some(value.abs()), None),
            Open::Down => (None, Some(value.abs())),
            Open::Nearly => (Some(value.abs() * 0.8), Some(value.abs())),
        };
        if value < 0.0 { (size_high.map(|x| -x), size_low.map(|x| -x)) } else { (size_low, size_high) }
    }

    /// The rounding of the number alone, whatever stands before it.
    pub fn rounded(&self) -> (f64, f64) {
        let one = 10f64.powi(self.ten);
        ((self.value - self.half) * one, (self.value + self.half) * one)
    }

    /// Its value in single units.
    pub fn amount(&self) -> f64 {
        self.value * 10f64.powi(self.ten)
    }

    /// Whether quantities or money.
    pub fn is_quantity(&self) -> bool {
        matches!(self.measure, Measure::Count(_))
    }

    /// Its unit as the language writes it: `bn USD`.
    pub fn unit(&self) -> String {
        let base = match self.measure {
            Measure::Money(code) | Measure::Count(code) => code,
            Measure::Unsaid => "",
            Measure::Percent => return "%".into(),
            Measure::Points => return "pp".into(),
            Measure::Times => return "times".into(),
        };
        format!("{} {base}", crate::value::Unit::scale_word(self.ten)).trim().to_string()
    }

    /// Its number as it is written in a query.
    pub fn number(&self) -> String {
        number::significant(self.value, 15)
    }

    /// The number with its unit.
    pub fn words(&self) -> String {
        let unit = self.unit();
        let places = self.places();
        let number = number::grouped(&number::round_to(self.value, places, number::Rounding::HalfAway));
        if unit == "%" { format!("{number} %") } else { format!("{number} {unit}") }
    }

    /// Digits behind the point as printed, after the scale was changed.
    pub(super) fn places(&self) -> usize {
        let places = (0..12).find(|p| self.half * 2.0 >= 10f64.powi(-p) * 0.999).unwrap_or(12);
        usize::try_from(places).unwrap_or(0)
    }
}

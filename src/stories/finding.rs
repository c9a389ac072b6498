//! What may be found in a story, and how grave it is.

use super::interval::Interval;

/// What is said of some figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// They cannot all be printed.
    Contradicts,
    /// A level is far from another of its series.
    Suspect,
    /// They are of times of different length.
    Unlike,
    /// They do not fit, but perhaps they were read wrongly.
    Doubtful,
    /// It must not be guessed.
    Refused,
    /// One figure in two currencies.
    Rate,
    /// They meet within a wide margin.
    Fits,
    /// They follow.
    Follows,
}

impl Kind {
    /// As JSON has it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Contradicts => "contradicts",
            Kind::Suspect => "suspect",
            Kind::Unlike => "unlike-periods",
            Kind::Doubtful => "doubtful",
            Kind::Refused => "refused",
            Kind::Rate => "implied-rate",
            Kind::Fits | Kind::Follows => "follows",
        }
    }

    /// The mark of a figure that it is said of.
    pub fn mark(self) -> &'static str {
        match self {
            Kind::Contradicts | Kind::Suspect => "✗",
            Kind::Unlike => "≠",
            Kind::Follows | Kind::Fits | Kind::Rate => "✓",
            Kind::Doubtful | Kind::Refused => "?",
        }
    }
}

/// Something found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// Its name: `growth`, `balance`.
    pub relation: &'static str,
    /// The figures that it is of.
    pub figures: Vec<usize>,
    /// What comes out.
    pub computed: Option<Interval>,
    /// What is printed.
    pub printed: Option<Interval>,
    /// The unit of both, where it is not that of the figures.
    pub unit: Option<String>,
    /// What would make it right.
    pub mend: Option<String>,
    /// One sentence.
    pub message: String,
    /// The arithmetic as a query.
    pub formula: Option<String>,
    /// How the result is printed.
    pub result: Option<String>,
    /// How near the two must be for a claim, in the unit of the result.
    pub within: Option<f64>,
}

pub(super) fn simple(kind: Kind, relation: &'static str, figures: Vec<usize>, message: String) -> Finding {
    Finding {
        kind,
        relation,
        figures,
        computed: None,
        printed: None,
        unit: None,
        mend: None,
        message,
        formula: None,
        result: None,
        within: None,
    }
}

/// One simple slip that would explain it.
#[derive(Clone, Debug, PartialEq)]
pub struct Mend {
    /// What would be right.
    pub words: String,
    /// Whether it is a slip of its own kind, and not only another number.
    pub is_slip: bool,
}

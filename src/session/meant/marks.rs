//! What a word can be in a sentence, whatever language it is of.

use crate::value::Freq;

/// A word that joins others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Link {
    Of,
    In,
    For,
    By,
    Where,
    From,
    To,
    Before,
    Between,
    And,
    Comma,
    Versus,
    Minus,
    Plus,
    Over,
    Uses,
    ShareOf,
    Equal,
    Unequal,
    Without,
    More,
    AtLeast,
    Less,
    AtMost,
    Top,
    Bottom,
    Base,
    Deflated,
}

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// A word that joins.
    Link(Link),
    /// An operator of the registry.
    Op(String),
    /// `rolling`
    Rolling,
    /// `3-month`, of a window.
    Steps(String),
    /// A series or a named query.
    Series(String),
    /// A dimension, or a level of it: those that it may be, the likeliest first.
    Dim(Vec<String>),
    /// A step of time.
    Step(Freq),
    /// A word for time, before a period.
    Time,
    /// A code, and the dimensions that have it: name and code as it is written there.
    Code(Vec<(String, String)>),
    /// A period in the words of the language.
    Period(String),
    /// The last so many whole periods.
    Ago(i32, Freq),
    /// From January to the latest month.
    ThisYear,
    /// A word of a unit: its scale, or what it counts.
    Unit(String),
    /// A number as it is written.
    Number(String),
    /// Rows by their values; whether the smallest come first, if that is said.
    Order(Option<bool>),
    /// `total`: of all parts, or as a row of its own.
    AllTold,
    /// `when it`, before a comparison.
    It,
    /// `with total`
    Total,
    /// At constant prices.
    Real,
    /// Exports less imports.
    Balance,
    /// `ratio of A to B`
    Ratio,
    /// `difference between A and B`
    Difference,
    /// A picture is asked for.
    Plot,
    /// An explanation is asked for.
    Explain,
    /// `(`, `]` and the like.
    Bracket,
    /// `*`
    Star,
    /// The name of a dataset.
    Dataset(String),
    /// A word that says nothing.
    Noise,
}

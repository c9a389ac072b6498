//! The shapes of a chart, and what is said of an answer that one of them cannot show. Knows no answer and no drawing.

/// How numbers are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Along time, one line a series.
    Line,
    /// One bar a label, or one a period.
    Bar,
    /// Parts of a whole along time, one on the other.
    Area,
    /// Two keys, a field for each pair.
    Heat,
}

impl Shape {
    /// All of them, in the order in which another one is offered.
    pub const ALL: [Shape; 4] = [Shape::Line, Shape::Bar, Shape::Heat, Shape::Area];

    /// The word after `as`.
    pub fn word(self) -> &'static str {
        match self {
            Shape::Line => "line",
            Shape::Bar => "bar",
            Shape::Area => "area",
            Shape::Heat => "heat",
        }
    }

    /// The shape that a word names.
    pub fn parse(word: &str) -> Option<Shape> {
        Shape::ALL.into_iter().find(|s| s.word().eq_ignore_ascii_case(word))
    }
}

/// Why an answer is not drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// There is at most one number: a table says it.
    Nothing(String),
    /// The shape cannot show it.
    Shape(String),
    /// There is too much of it; so many of the largest labels of the last key would do, where that is known.
    TooMany(String, Option<usize>),
}

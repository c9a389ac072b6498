//! A table as texts in rows and columns, before anybody decides how wide it may be or in which form it is drawn. Its lines
//! are made as they are asked for: of some a terminal shows a few, a document writes all, one after another.

/// What a cell is, for its colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// A label, or what has no role.
    #[default]
    Plain,
    /// A number below zero.
    Negative,
    /// A dash for what is missing.
    Missing,
    /// A dot for columns that are left out.
    Gone,
}

/// One cell: its text, and the letters of its marks.
#[derive(Clone, Debug, Default)]
pub struct Text {
    /// The number or label.
    pub text: String,
    /// The letters beside it.
    pub marks: String,
    /// What it is.
    pub tone: Tone,
}

impl Text {
    /// A label.
    pub fn label(text: impl Into<String>) -> Text {
        Text { text: text.into(), ..Text::default() }
    }
}

/// One row.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Its cells.
    pub cells: Vec<Text>,
    /// Whether it was added to those of the data: a total, a rest.
    pub added: bool,
}

/// Texts in rows and columns; the first `labels` columns are aligned to the left, the others on the decimal point.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    /// What all numbers are, where the heads of their columns do not say it: `exports, mn USD`.
    pub caption: String,
    /// How many columns are labels.
    pub labels: usize,
    /// The heads.
    pub header: Vec<String>,
    /// The units under them.
    pub units: Vec<String>,
    /// The rows.
    pub rows: Vec<Line>,
    /// How many rows are not among them.
    pub hidden: usize,
}

/// A table of which each line is made when it is wanted.
pub struct Laid<'a> {
    /// All but the rows.
    pub frame: Grid,
    /// How many rows it has.
    pub count: usize,
    /// One of them.
    pub line: Box<dyn Fn(usize) -> Line + 'a>,
}

impl Laid<'_> {
    /// Its lines, one after another.
    pub fn lines(&self) -> impl Iterator<Item = Line> {
        (0..self.count).map(|at| (self.line)(at))
    }

    /// The table with so many lines at most.
    pub fn first(self, most: usize) -> Grid {
        let rows = self.lines().take(most).collect();
        Grid { rows, hidden: self.count.saturating_sub(most), ..self.frame }
    }
}

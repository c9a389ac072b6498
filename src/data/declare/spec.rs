//! A checked declaration: what the user said of a file, word by word. Knows nothing of the cells.

use crate::data::info::Meaning;
use crate::data::known::absence;
use crate::data::known::places::System;
use crate::data::text::dialect::TextSpec;
use crate::span::Span;
use crate::syntax::ast::{Condition, Name};
use crate::value::{Flags, Period};

/// Of which rows a measure is made, where not of all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Range {
    /// Rows with these codes in these columns or dimensions.
    pub conditions: Vec<Condition>,
    /// Rows of this period.
    pub within: Option<Period>,
}

/// `NAME from COLUMN: MEANING where … for …`
#[derive(Clone, Debug)]
pub struct MeasureSpec {
    /// As queries name it.
    pub name: Name,
    /// Where it stands; `cells` in a wide table.
    pub column: Name,
    /// What it is.
    pub meaning: Meaning,
    /// Its rows.
    pub range: Range,
    /// Where the meaning is written.
    pub span: Span,
}

/// What becomes of several rows for one observation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// They are an error.
    #[default]
    Refuse,
    /// They are added.
    Sum,
    /// The first counts.
    First,
    /// The last counts.
    Last,
}

/// A checked declaration.
#[derive(Clone, Debug, Default)]
pub struct Spec {
    /// `NAME from COLUMN`: dimensions, the period, the flow; with the form of periods, if it is said.
    pub columns: Vec<(Name, Name, Option<Name>)>,
    /// Measures.
    pub measures: Vec<MeasureSpec>,
    /// `DIM from columns A, B`
    pub wide: Option<(Name, Vec<Name>)>,
    /// `table of DIM, … by COLUMN`: it is no dataset.
    pub table: Option<(Vec<Name>, Name)>,
    /// `NAME = CODE`.
    pub constants: Vec<(Name, Name)>,
    /// Columns left out.
    pub skip: Vec<Name>,
    /// Missing markers.
    pub missing: Vec<String>,
    /// What a row that is not there stands for, along one dimension or all: whether it is zero. The last counts.
    pub absent: Vec<(Option<Name>, bool)>,
    /// Labels that are totals: dimension and label.
    pub aggregates: Vec<(Name, Name)>,
    /// Labels that are groups of some others.
    pub groups: Vec<(Name, Name)>,
    /// Whose codes the countries of a dimension are.
    pub systems: Vec<(Name, Option<System>)>,
    /// How the text is written.
    pub text: TextSpec,
    /// Its encoding.
    pub encoding: Option<&'static encoding_rs::Encoding>,
    /// Before decimals.
    pub decimal: Option<char>,
    /// Between thousands.
    pub thousands: Option<char>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// What becomes of duplicates.
    pub duplicates: Duplicates,
    /// Texts of the status column that mark a cell.
    pub marks: Vec<(String, Flags)>,
    /// Where the file comes from: `source`, `licence`, `retrieved`, `note`.
    pub provenance: Vec<(String, String)>,
    /// The block in words, the same for all ways to write it.
    pub said: String,
    /// The whole block.
    pub span: Span,
    /// Whether there is a block.
    pub given: bool,
}

impl Spec {
    /// Whether a flow has no row along a dimension because there was none: as declared, else by the dimension's name.
    pub fn absent_is_zero(&self, dimension: &str) -> bool {
        let own = |dim: &Option<Name>| dim.as_ref().is_some_and(|d| d.node == dimension);
        let said =
            |test: &dyn Fn(&Option<Name>) -> bool| self.absent.iter().rev().find(|(d, _)| test(d)).map(|(_, z)| *z);
        said(&own).or_else(|| said(&|d| d.is_none())).unwrap_or_else(|| absence::is_zero(dimension))
    }

    /// Whether an empty cell is zero too: where all that is absent is declared to be.
    pub fn empty_is_zero(&self) -> bool {
        self.absent.iter().rev().find(|(dim, _)| dim.is_none()).is_some_and(|(_, zero)| *zero)
    }
}

//! The layouts of known publishers, recognised whole by their header. In: the names of columns. Out: what each column is
//! for, and what the publisher does that no cell says. Knows no cells.

mod bodies;
mod offices;

use crate::data::info::Valuation;
use crate::data::known::places::System;
use crate::data::known::roles::Role;

/// The names by which a header shows a layout, in small letters but for [`Header::Begins`].
enum Header {
    /// They are there, in any order and among others.
    Holds(&'static [&'static str]),
    /// They are there, and no others.
    Is(&'static [&'static str]),
    /// They come first, in this order and written just so.
    Begins(&'static [&'static str]),
}

impl Header {
    fn fits(&self, header: &[String], lower: &[String]) -> bool {
        let holds = |names: &[&str]| names.iter().all(|n| lower.iter().any(|h| h == n));
        match self {
            Header::Holds(names) => holds(names),
            Header::Is(names) => header.len() == names.len() && holds(names),
            Header::Begins(names) => header.len() >= names.len() && header.iter().zip(*names).all(|(h, n)| h == n),
        }
    }
}

/// A layout that is recognised by its header.
pub struct Layout {
    /// For people.
    pub name: &'static str,
    /// The header that shows it.
    header: Header,
    /// What columns are, by name in small letters. Others are as in any file, or left out.
    pub columns: &'static [(&'static str, Role)],
    /// Dimensions that the file does not state.
    pub constants: &'static [(&'static str, &'static str)],
    /// Whether columns that are not named here are left out.
    pub closed: bool,
    /// Whose numbers the codes of countries are.
    pub countries: Option<System>,
    /// How the publisher values flows.
    pub valuations: &'static [(&'static str, Valuation)],
    /// Names of a country that are of others with it where a second name is there: China beside its mainland.
    wider: &'static [(&'static str, &'static str)],
    /// The currency of which columns named by a currency say how much one unit is.
    pub rates_of: Option<&'static str>,
    /// What `$` and dollars are, where they are the publisher's own.
    pub dollars: Option<&'static str>,
    /// The column of the last year that is no estimate.
    pub known_until: Option<&'static str>,
    /// A first column, and the word in it of rows that are marks of the row above them.
    pub rows_of_marks: Option<(&'static str, &'static str)>,
    /// Whether the numbers are rates of so many units as the column of powers says: of 100 yen.
    pub per_multiple: bool,
    /// Whether lines above the table are usual, and no reason for doubt.
    pub is_titled: bool,
}

/// What holds of most layouts.
const USUAL: Layout = Layout {
    name: "",
    header: Header::Holds(&[]),
    columns: &[],
    constants: &[],
    closed: false,
    countries: None,
    valuations: &[],
    wider: &[],
    rates_of: None,
    dollars: None,
    known_until: None,
    rows_of_marks: None,
    per_multiple: false,
    is_titled: true,
};

impl Layout {
    /// Whether a label is the name of a country and others together, beside these labels.
    pub fn is_wider(&self, label: &str, labels: &[impl AsRef<str>]) -> bool {
        let there = |own: &str| labels.iter().any(|l| l.as_ref() == own);
        self.wider.iter().any(|(wide, own)| label == *wide && there(own))
    }
}

/// The layouts, each exact on the files of its publisher: of international bodies, of national offices.
const LAYOUTS: &[&[Layout]] = &[bodies::LAYOUTS, offices::LAYOUTS];

/// The layout that a header shows.
pub fn recognise(header: &[String]) -> Option<&'static Layout> {
    let lower: Vec<String> = header.iter().map(|h| h.to_lowercase()).collect();
    LAYOUTS.iter().copied().flatten().find(|l| l.header.fits(header, &lower))
}

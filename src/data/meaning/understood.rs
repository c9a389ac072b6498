//! What is understood of a table: a use per column, the numbers that were read, the layout, the doubts. Knows not how
//! it was found out.

use crate::data::declare::Spec;
use crate::data::doubt::Doubt;
use crate::data::info::Meaning;
use crate::data::known::layouts::Layout;
use crate::data::meaning::cells::NumberColumn;
use crate::data::meaning::column_use::{Spread, Use};
use crate::data::meaning::evidence::Evidence;
use rustc_hash::FxHashMap;

/// What is understood of a table.
pub struct Understood {
    /// Per column.
    pub uses: Vec<Use>,
    /// Of a wide table.
    pub spread: Option<Spread>,
    /// Names and meanings of number columns that the layout knows.
    pub known: FxHashMap<usize, (String, Meaning)>,
    /// Columns read as numbers.
    pub numbers: FxHashMap<usize, NumberColumn>,
    /// How the names of a wide table's columns are periods, if that is declared.
    pub headings: Option<String>,
    /// The layout, if it is one that is known.
    pub layout: Option<&'static Layout>,
    /// In a few words.
    pub name: String,
    /// What was not beyond doubt.
    pub doubts: Vec<Doubt>,
    /// What stands in columns of numbers where no number is known.
    pub missing: Vec<String>,
    /// Before the decimals, where the file shows it.
    pub decimal: Option<char>,
    /// What the rows tell, of all parts so far.
    pub evidence: Evidence,
}

impl Understood {
    /// Whether it is not yet known what a column is for.
    pub(super) fn is_open(&self, at: usize) -> bool {
        self.uses.get(at) == Some(&Use::Open)
    }

    /// Notes what a column is for.
    pub(super) fn take(&mut self, at: usize, what: Use) {
        if let Some(slot) = self.uses.get_mut(at) {
            *slot = what;
        }
    }

    /// The column with this use.
    pub fn used_as(&self, what: &Use) -> Option<usize> {
        self.uses.iter().position(|u| u == what)
    }

    /// The column of the period.
    pub fn period(&self) -> Option<usize> {
        self.uses.iter().position(|u| matches!(u, Use::Period(_)))
    }

    /// Whether it is known where the periods stand.
    pub(super) fn has_time(&self, spec: &Spec) -> bool {
        self.period().is_some()
            || self.used_as(&Use::Year).is_some()
            || spec.constants.iter().any(|(n, _)| n.node == "period")
    }
}

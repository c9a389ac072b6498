//! Whose a missing base is: of some labels only, while others have it, or of all alike.

use super::matched::names;
use crate::plan::composition::listed;
use crate::value::Dimension;
use crate::value::absence::Names;

/// The labels that lack something.
#[derive(Default)]
pub(super) struct Lacking {
    labels: Vec<Names>,
    /// Whether others have it.
    pub others: bool,
}

impl Lacking {
    /// A label that lacks it.
    pub(super) fn add(&mut self, dims: &[Dimension], key: &[u32]) {
        if !key.is_empty() {
            self.labels.push(names(dims, key));
        }
    }

    /// Whose it is that is missing, where others have it.
    pub(super) fn whose(&self) -> Option<String> {
        (self.others && !self.labels.is_empty()).then(|| listed(&self.labels))
    }
}

//! The names of codes, for people: from a table of codes that was loaded, else those that are known here. In: a dimension.
//! Out: the name of each of its codes that has one of its own; the name of a chapter is not that of a heading below it.

use super::shipped;
use crate::plan::catalogue::Catalogue;
use crate::plan::grouping::{Grouping, NOT_ALLOCATED, UNCLASSIFIED};
use crate::plan::keys::Key;
use std::sync::Arc;

/// The attribute that names codes.
const NAME: &str = "name";
/// Letters of the longest code of a country.
const LONGEST: usize = 3;

/// The names of the codes of a dimension.
pub struct Names {
    geographic: bool,
    own: Vec<Arc<Grouping>>,
    shipped: Option<Arc<Grouping>>,
}

/// Those of a dimension, or of a level of its codes.
pub fn of(catalogue: &Catalogue, key: &str) -> Names {
    let dim = Key::dimension(key);
    let all = catalogue.datasets.values().flat_map(|s| &s.info().dims);
    let geographic = all.into_iter().any(|d| d.name.as_ref() == dim && d.geographic);
    let tables = catalogue.tables.values().rev().filter(|t| t.dims.contains(&dim));
    let own = tables.filter_map(|t| t.attributes.get(NAME).cloned()).collect();
    Names { geographic, own, shipped: shipped::attribute(geographic, &dim, NAME) }
}

impl Names {
    /// Whether no code has a name.
    pub fn is_empty(&self) -> bool {
        self.own.is_empty() && self.shipped.is_none()
    }

    /// The name of a code, where it says more than the code.
    pub fn of(&self, code: &str) -> Option<&str> {
        let own = self.own.iter().find_map(|t| t.of_itself(code, self.geographic));
        // What is longer is a name already, as somebody spells it.
        let is_code = code.chars().count() <= LONGEST || code.bytes().all(|b| b.is_ascii_digit());
        let shipped = || self.shipped.as_ref().filter(|_| is_code).and_then(|t| t.of_itself(code, self.geographic));
        own.or_else(shipped).filter(|name| *name != code && ![UNCLASSIFIED, NOT_ALLOCATED].contains(name))
    }
}

//! Attributes of codes that need no file: names and regions of countries, sections and chapters of the Harmonized
//! System. In: a dimension and the name of an attribute. Out: what puts its codes under labels.

use super::grouping::Grouping;
use std::sync::Arc;

/// The attributes of a dimension.
pub(super) fn names(of_countries: bool, dim: &str) -> &'static [&'static str] {
    let _ = (of_countries, dim);
    &[]
}

/// What puts the codes of a dimension under an attribute.
pub(super) fn attribute(of_countries: bool, dim: &str, attribute: &str) -> Option<Arc<Grouping>> {
    let _ = (of_countries, dim, attribute);
    None
}

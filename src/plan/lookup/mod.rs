//! From the tree of a query to its plan: every name is looked up and every definition put in its place. In: the tree and
//! the catalogue. Out: plans and what is chosen among their results, or all that is wrong. Reads no data.

mod attributes;
pub mod choosing;
mod clauses;
mod definitions;
mod elsewhere;
pub mod forecast;
pub mod names;
pub mod params;
mod put;
pub mod resolve;
mod resolver;
pub mod roles;
mod seasons;
mod shipped;
pub mod usable;
mod within;

use crate::plan::catalogue::Catalogue;

pub use clauses::is_choice;
pub use elsewhere::operator_elsewhere;
pub use resolver::deepest;
pub use within::{chain_of, path_to_itself};

/// The attributes of a dimension as keys, of tables that were loaded and of those that are known here: `region of partner`.
pub fn attributes_of(catalogue: &Catalogue, dim: &str) -> Vec<String> {
    let tables = catalogue.tables.values().filter(|t| t.dims.iter().any(|d| d == dim));
    let mut known: Vec<String> = tables.flat_map(|t| t.attributes.keys().cloned()).collect();
    let all = catalogue.datasets.values().flat_map(|s| &s.info().dims);
    let geographic = all.into_iter().any(|d| d.name.as_ref() == dim && d.geographic);
    known.extend(shipped::names(geographic, dim).iter().map(|n| n.to_string()));
    known.sort();
    known.dedup();
    known.into_iter().map(|attribute| format!("{attribute} of {dim}")).collect()
}

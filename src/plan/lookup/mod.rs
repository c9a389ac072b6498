//! From the tree of a query to its plan: every name is looked up and every definition put in its place. In: the tree and
//! the catalogue. Out: plans and what is chosen among their results, or all that is wrong. Reads no data.

mod attributes;
pub mod choosing;
mod clauses;
pub mod definitions;
mod elsewhere;
pub mod forecast;
pub mod names;
pub mod params;
pub mod resolve;
mod resolver;
mod seasons;
mod shipped;

pub use clauses::is_choice;

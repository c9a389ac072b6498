//! What each column is for: a period, a dimension, a measure, a mark, or nothing; by declaration, by known layout, by
//! name, by its cells. Knows no dataset.

pub mod asked;
pub mod cells;
pub mod naming;
pub mod sdmx;
pub mod uses;

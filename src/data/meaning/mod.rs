//! What each column is for: a period, a dimension, a measure, a mark, or nothing; by declaration, by known layout, by
//! name, by its cells. Knows no dataset.

mod across;
pub mod asked;
mod by_cells;
mod by_layout;
mod by_names;
pub mod cells;
pub mod choose;
pub mod column_use;
pub mod evidence;
pub mod kinds;
pub mod naming;
mod pairs;
mod rows_left_out;
pub mod sdmx;
pub mod understood;
pub mod uses;

//! Lists and forms of the trade world: places, products, the roles of columns and the layouts of known publishers, and
//! the forms in which numbers and periods are written. Knows no file and no dataset.

pub mod absence;
pub mod attributes;
pub mod fiscal;
mod flows;
pub mod former;
pub mod headings;
pub mod layouts;
mod number_cells;
pub mod number_forms;
pub mod number_marks;
mod number_plain;
pub mod period_forms;
mod period_spellings;
pub mod places;
pub mod products;
pub mod ranges;
mod readings;
pub mod roles;
pub mod totals;
pub mod year_parts;

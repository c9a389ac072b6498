//! Reads news and releases on trade: which figures stand there, what they are said of, and which of them follow from each
//! other. In: a text and the day that it is of. Out: a [`Story`]. Knows values, periods and lists of the trade world, no
//! query and no data.

mod amounts;
mod changes;
mod dates;
pub mod figure;
pub mod finding;
pub mod findings;
mod gate;
pub mod html;
pub mod interval;
pub mod json;
mod known;
mod lexer;
pub mod marks;
mod numerals;
pub mod page;
mod pairs;
mod phrases;
mod plain;
mod reading;
mod relation;
mod relations;
mod roles;
pub mod say;
pub mod script;
mod series;
mod settle;
mod subjects;
mod sums;
mod times;
mod view;
pub mod words;

pub use figure::Figure;
pub use reading::{Asked, Story, read};

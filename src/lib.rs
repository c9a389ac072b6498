//! tradeql, a small query language for trade statistics.
pub mod data;
pub mod diagnostic;
pub mod span;
pub mod syntax;
pub mod value;

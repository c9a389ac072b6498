//! tradeql, a small query language for trade statistics.
pub mod data;
pub mod diagnostic;
pub mod eval;
pub mod front;
pub mod operators;
pub mod plan;
pub mod render;
pub mod session;
pub mod span;
pub mod syntax;
pub mod value;

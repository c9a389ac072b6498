//! tradeql, a small query language for trade statistics. Data go one way:
//!
//! ```text
//! text ─limits─▶ pest pairs ─lower─▶ tree ─resolve, check─▶ plan ─evaluate─▶ value, steps, diagnostics ─render─▶ text
//!        syntax (only there is pest known)      plan                 eval                                   render
//!                                                                     │
//!                                             data: one question, AggregateRequest, answered with sums and counts
//! ```
//!
//! A [`session::Session`] is the one way in; [`front`] holds the program around it. [`operators`] is the registry that
//! everything else reads; [`diagnostic`] the table of codes. The library prints nothing and reads no clock.

pub mod data;
pub mod diagnostic;
pub mod eval;
pub mod front;
pub mod library;
pub mod operators;
pub mod pause;
pub mod plan;
pub mod render;
pub mod session;
pub mod span;
mod stack;
pub mod stories;
pub mod syntax;
pub mod teach;
pub mod value;

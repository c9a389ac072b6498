//! Whether a plan has a meaning, before a number is read. In: a plan. Out: its unit and kind, or all that is wrong. Looks
//! up no names and reads no data.

mod checker;
pub mod choices;
mod gone;
mod keys;
mod names;
mod reach;
mod shape;
pub mod undeclared;

pub use checker::{check, named};

//! An answer as a picture. In: the columns of an answer, the shape that is asked for, and what is told of it. Out: a chart,
//! which [`terminal`] draws in characters and [`picture`] as a file. A chart that would mislead is refused, with the shape
//! that fits.

mod build;
mod gather;
mod model;
pub mod picture;
mod shape;
mod spread;
pub mod terminal;
mod ticks;
mod time;

pub use build::{Asked, build};
pub use model::{Chart, Panel, Place, Series, Spot};
pub use shape::{Shape, Unfit};

/// The number of a count.
fn number(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

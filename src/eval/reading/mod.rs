//! A measure read from its source: what is asked of it, how each period is answered, who was there, and the cells that
//! this makes. Knows no other value beside it.

pub(in crate::eval) mod ask;
mod calendar;
pub(in crate::eval) mod cells;
mod cumulated;
pub(in crate::eval) mod filters;
pub(in crate::eval) mod leaf;
pub(in crate::eval) mod membership;
pub(in crate::eval) mod observed;
pub(in crate::eval) mod paths;
pub(in crate::eval) mod places;
pub(in crate::eval) mod presence;
pub(in crate::eval) mod regroup;
pub(in crate::eval) mod shared;
pub(in crate::eval) mod split;

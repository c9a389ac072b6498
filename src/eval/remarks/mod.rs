//! What is said and told of answers that have a meaning: notes and warnings, and the lines of `explain`. Changes no
//! number.

mod above;
pub(in crate::eval) mod alike;
pub(in crate::eval) mod notes;
pub(in crate::eval) mod relations;
pub(in crate::eval) mod signs;
pub(in crate::eval) mod told;

//! Two values beside each other: lined up by label and period, added, multiplied and divided cell by cell, with what a
//! careful analyst says where their labels or rows do not match.

pub(in crate::eval) mod align;
pub(in crate::eval) mod arithmetic;
pub(in crate::eval) mod filled;
pub(in crate::eval) mod labels;
pub(in crate::eval) mod quotient;
pub(in crate::eval) mod repeats;
pub(in crate::eval) mod unpaired;

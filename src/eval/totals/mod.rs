//! Codes of one dimension that stand above others: which rows count, what the parts leave over, and where a choice is
//! needed. Knows no arithmetic but sums of rows.

pub(in crate::eval) mod crossed;
mod groups;
pub(in crate::eval) mod left;
pub(in crate::eval) mod levels;
pub(in crate::eval) mod mixed;
pub(in crate::eval) mod uneven;
pub(in crate::eval) mod whole;

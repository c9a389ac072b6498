//! A dataset kept in a file of our own, so that the next start finds its columns and need not read the text again. In: a
//! dataset in memory, with the doubts of its loader. Out: bytes; and from them the same answers, of which only the blocks
//! of rows that a question needs are read. Every byte is under a checksum: what is damaged is told from what is whole.

pub mod check;
pub mod form;
pub mod open;
mod pack;
pub mod source;
pub mod write;

//! A part of a column on its way from a block of a file: how its cells are read, and what they are there. Knows neither
//! files nor who reads them.

use crate::data::columns::decimals::Decimals;

/// How a column is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// As texts.
    Words,
    /// As plain decimals.
    Decimals,
    /// Not at all.
    Leave,
}

/// A part of a column: the cells of one block.
#[derive(Debug)]
pub enum Part {
    /// Per row the place of its text at the desk, and the texts that are new there.
    Words(Vec<u32>, Vec<Box<str>>),
    /// Numbers.
    Decimals(Decimals),
    /// Nothing.
    Left,
}

//! What sums need of a dataset: codes, numbers and marks of rows, in columns. In: columns of one length. Out: the same,
//! with the ranges of codes per block of rows. Knows no names and no meaning.

use crate::data::columns::amounts::Numbers;
use crate::data::columns::codes::Codes;
use crate::data::store::selection;
use crate::data::store::sums;
use crate::value::{Flags, Reason};
use rustc_hash::FxHashMap;

/// Rows in columns.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// Per dimension, the place of each row's code.
    pub codes: Vec<Codes>,
    /// The place of each row's period.
    pub periods: Codes,
    /// The place of each row's flow, if a column says it.
    pub flows: Option<Codes>,
    /// Number columns.
    pub numbers: Vec<Numbers>,
    /// Why a cell is missing, where it is not simply `not reported`: (column, row).
    pub reasons: FxHashMap<(u32, u32), Reason>,
    /// Marks of rows.
    pub flags: FxHashMap<u32, Flags>,
    /// Per column of codes (dimensions, period, flow), the least and largest place in each block of rows.
    pub blocks: Vec<Vec<(u32, u32)>>,
    /// Per number column, whether no sum of some of its numbers can leave 64 bits.
    pub narrow: Vec<bool>,
}

impl Columns {
    /// How many rows.
    pub fn len(&self) -> usize {
        self.periods.len()
    }

    /// Bytes of the codes and numbers.
    pub fn held(&self) -> u64 {
        let codes = self.codes.iter().chain([&self.periods]).chain(self.flows.iter());
        let bytes = codes.map(Codes::held).chain(self.numbers.iter().map(Numbers::held)).sum::<usize>();
        bytes as u64
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Notes the range of codes in each block of rows; to be called when all rows are there.
    pub fn index(&mut self) {
        let columns: Vec<&Codes> = self.codes.iter().chain([&self.periods]).chain(self.flows.iter()).collect();
        self.blocks = selection::all_ranges(&columns);
    }

    /// Notes which columns of numbers have sums that fit 64 bits.
    pub fn narrow(&mut self, threads: usize) {
        let (first, second) = self.numbers.split_at(self.numbers.len() / 2);
        let narrow = |columns: &[Numbers]| columns.iter().map(sums::is_narrow).collect::<Vec<bool>>();
        let (mut first, second) = crate::data::work::together(threads, || narrow(first), || narrow(second));
        first.extend(second);
        self.narrow = first;
    }

    /// Only some rows, which are `chosen`; the ranges of blocks are to be noted anew.
    pub fn keep(&mut self, keep: &[bool], chosen: &[usize]) {
        let place: FxHashMap<u32, u32> =
            chosen.iter().zip(0u32..).map(|(row, i)| (u32::try_from(*row).unwrap_or(u32::MAX), i)).collect();
        let only = |codes: &Codes| -> Codes { chosen.iter().map(|row| codes.get(*row).unwrap_or(0)).collect() };
        self.codes = self.codes.iter().map(&only).collect();
        self.periods = only(&self.periods);
        self.flows = self.flows.as_ref().map(&only);
        self.numbers.iter_mut().for_each(|n| n.keep(keep));
        self.reasons = self.reasons.iter().filter_map(|((c, row), r)| Some(((*c, *place.get(row)?), *r))).collect();
        self.flags = self.flags.iter().filter_map(|(row, f)| Some((*place.get(row)?, *f))).collect();
    }
}

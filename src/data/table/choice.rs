//! How the columns of a file are to be read. In: what the reader of a table wants of each, and the first part of the
//! text. Out: texts, numbers, or nothing.

use crate::data::columns::decimals;
use crate::data::columns::part::How;
use crate::data::columns::words::Words;
use crate::data::known::number_forms as numbers;
use crate::data::table::sieve::Sieve;
use crate::data::text::dialect;
use crate::data::text::head::Head;

/// Which columns are read at all, which as texts in any case, and which rows are kept; by the names of the columns and
/// about how many rows there are.
pub type Choose<'a> = &'a dyn Fn(&[String], u64) -> (Vec<Choice>, Option<Sieve>);

/// How the reader of a table wants a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// As texts.
    Words,
    /// As numbers if there are very many of them.
    Any,
    /// Not at all.
    Leave,
}

/// How many different texts of a column are met in the sample before it is taken for one of numbers.
const MANY: usize = 4096;

/// Columns of very many different plain numbers are read as numbers, all others as texts.
pub(in crate::data) fn ways(sample: &str, head: &Head, choices: &[Choice], words: bool) -> Vec<How> {
    let choice = |i: usize| choices.get(i).copied().unwrap_or(Choice::Any);
    let mut out: Vec<How> =
        (0..head.names.len()).map(|i| if choice(i) == Choice::Leave { How::Leave } else { How::Words }).collect();
    if words {
        return out;
    }
    let rows = sample.get(head.start..).unwrap_or("");
    let mut reader = dialect::reader(head.dialect).from_reader(rows.as_bytes());
    let mut record = csv::ByteRecord::new();
    let mut seen: Vec<(Words, usize)> = vec![(Words::default(), 0); out.len()];
    let mut total = 0;
    while total < 20_000 && reader.read_byte_record(&mut record).unwrap_or(false) {
        total += 1;
        for ((words, decimals), cell) in seen.iter_mut().zip(record.iter()) {
            let cell = std::str::from_utf8(cell).unwrap_or("");
            // What is missing speaks neither for texts nor for numbers.
            *decimals += usize::from(decimals::decimal(cell.as_bytes()).is_some() || numbers::is_missing(cell, &[]));
            words.place(cell);
        }
    }
    for (i, (how, (words, decimals))) in out.iter_mut().zip(&seen).enumerate() {
        if choice(i) == Choice::Any && words.len() > MANY && decimals * 10 > total * 9 {
            *how = How::Decimals;
        }
    }
    out
}

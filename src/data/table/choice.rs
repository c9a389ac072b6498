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
pub type Choose<'a> = &'a (dyn Fn(&[String], u64) -> (Vec<Choice>, Option<Sieve>) + Sync);

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

/// Whether a number can only be a day, as `20240131` is: where all of a column are, they are no amounts.
fn is_day(text: &str) -> bool {
    let part = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u16>().ok());
    let digits = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    digits
        && part(0..4).is_some_and(|year| (1700..=2200).contains(&year))
        && part(4..6).is_some_and(|month| (1..=12).contains(&month))
        && part(6..8).is_some_and(|day| (1..=31).contains(&day))
}

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
        let many = words.len() > MANY && decimals * 10 > total * 9;
        if choice(i) == Choice::Any && many && !words.iter().all(is_day) {
            *how = How::Decimals;
        }
    }
    out
}

//! The cells of a column as they are read: each different text once, and per row its place; or, where a column holds
//! too many different numbers for that, the numbers themselves. Parts are read block by block and joined in order.

use crate::data::columns::amounts::Amount;
use crate::data::columns::codes::Codes;
use crate::data::columns::decimals::Decimals;
use crate::data::columns::part::{How, Part};
use crate::data::columns::words::Words;
use rustc_hash::FxHashMap;

/// A column as it was read.
#[derive(Clone, Debug)]
pub enum Column {
    /// Each different text once.
    Words(Words, Codes),
    /// Too many different numbers for that.
    Decimals(Decimals),
    /// Not wanted.
    Left,
}

impl Column {
    /// How many rows; a column that is left out has none.
    pub fn len(&self) -> usize {
        match self {
            Column::Words(_, codes) => codes.len(),
            Column::Decimals(d) => d.values.len(),
            Column::Left => 0,
        }
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a row as far as it is kept; numbers as plain decimals.
    pub fn text(&self, row: usize) -> String {
        match self {
            Column::Words(words, codes) => words.get(codes.get(row).unwrap_or(0)).to_string(),
            Column::Decimals(d) => match d.values.get(row).and_then(|v| v.get()) {
                None => {
                    let at = d.odd.binary_search_by_key(&row, |(r, _)| *r as usize).ok();
                    at.and_then(|i| d.odd.get(i)).map(|(_, w)| d.words.get(*w).to_string()).unwrap_or_default()
                }
                Some(v) => crate::value::number::scaled(i128::from(v), u32::from(d.places)),
            },
            Column::Left => String::new(),
        }
    }

    /// The different texts; none of numbers.
    pub fn words(&self) -> Option<&Words> {
        match self {
            Column::Words(words, _) => Some(words),
            _ => None,
        }
    }

    /// Every text as `change` says; numbers stay as they are.
    pub fn relabelled(&mut self, change: impl Fn(&str) -> String) {
        if let Column::Words(words, codes) = self {
            let mut changed = Words::default();
            let map: Vec<u32> = words.iter().map(|w| changed.place(&change(w))).collect();
            *codes = std::mem::take(codes).mapped(&map);
            *words = changed;
        }
    }

    /// Leaves the first rows only.
    pub fn truncate(&mut self, rows: usize) {
        match self {
            Column::Words(words, codes) => {
                codes.truncate(rows);
                compact(words, codes);
            }
            Column::Decimals(d) => {
                d.values.truncate(rows);
                d.odd.retain(|(r, _)| (*r as usize) < rows);
            }
            Column::Left => {}
        }
    }

    /// The same with only the rows for which `keep` is true; texts that no row has any more are forgotten.
    pub fn kept(self, keep: &[bool]) -> Column {
        let mut kept = self.thinned(keep);
        if let Column::Words(words, codes) = &mut kept {
            compact(words, codes);
        }
        kept
    }

    /// As [`Column::kept`], with all texts, which are numbered over the whole of a file that is read in parts.
    pub fn thinned(self, keep: &[bool]) -> Column {
        let chosen = || keep.iter().enumerate().filter(|(_, k)| **k).map(|(row, _)| row);
        match self {
            Column::Words(words, codes) => {
                Column::Words(words, chosen().map(|row| codes.get(row).unwrap_or(0)).collect())
            }
            Column::Decimals(d) => {
                let mut odd: FxHashMap<u32, u32> = d.odd.into_iter().collect();
                let mut out = Decimals { places: d.places, words: d.words, ..Decimals::default() };
                for row in chosen() {
                    if let Some(text) = u32::try_from(row).ok().and_then(|r| odd.remove(&r)) {
                        out.odd.push((u32::try_from(out.values.len()).unwrap_or(u32::MAX), text));
                    }
                    out.values.push(d.values.get(row).copied().unwrap_or(Amount::MISSING));
                }
                Column::Decimals(out)
            }
            Column::Left => Column::Left,
        }
    }
}

/// Forgets the texts that no row has any more.
fn compact(words: &mut Words, codes: &mut Codes) {
    let mut used = vec![false; words.len()];
    codes.iter().for_each(|c| {
        if let Some(slot) = used.get_mut(c as usize) {
            *slot = true;
        }
    });
    if used.iter().all(|u| *u) {
        return;
    }
    let mut kept = Words::default();
    let map: Vec<u32> = words.iter().zip(&used).map(|(w, used)| if *used { kept.place(w) } else { 0 }).collect();
    *codes = std::mem::take(codes).mapped(&map);
    *words = kept;
}

impl Column {
    /// An empty column.
    pub fn new(how: How) -> Column {
        match how {
            How::Words => Column::Words(Words::default(), Codes::default()),
            How::Decimals => Column::Decimals(Decimals::default()),
            How::Leave => Column::Left,
        }
    }

    /// Makes room for so many rows in all.
    pub fn expect(&mut self, rows: usize) {
        match self {
            Column::Words(_, Codes::U8(v)) => v.reserve_exact(rows.saturating_sub(v.len())),
            Column::Words(_, Codes::U16(v)) => v.reserve_exact(rows.saturating_sub(v.len())),
            Column::Words(_, Codes::U32(v)) => v.reserve_exact(rows.saturating_sub(v.len())),
            Column::Decimals(d) => d.values.reserve_exact(rows.saturating_sub(d.values.len())),
            Column::Left => {}
        }
    }

    /// Joins the next part; `map` says where the texts of its desk are in this column.
    pub fn append(&mut self, part: Part, map: &mut Vec<u32>) {
        match (self, part) {
            (Column::Words(words, codes), Part::Words(rows, new)) => {
                map.extend(new.iter().map(|w| words.place(w)));
                let largest = u32::try_from(words.len().saturating_sub(1)).unwrap_or(u32::MAX);
                codes.extend_mapped(&rows, map, largest);
            }
            (Column::Decimals(all), Part::Decimals(more)) => all.append(more),
            _ => {}
        }
    }
}

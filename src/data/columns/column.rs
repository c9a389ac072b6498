//! The cells of a column as they are read: each different text once, and per row its place; or, where a column holds
//! too many different numbers for that, the numbers themselves. Parts are read block by block and joined in order.

use crate::data::columns::amounts::Amount;
use crate::data::columns::codes::Codes;
use crate::data::columns::decimals::Decimals;
use crate::data::columns::part::{How, Part};
use crate::data::columns::words::Words;
use rustc_hash::{FxHashMap, FxHashSet};

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

    /// Gives rows without a text the text of the row above them; how many there are.
    pub fn filled_down(&mut self) -> usize {
        let Column::Words(words, codes) = self else { return 0 };
        let empty: Vec<bool> = words.iter().map(|w| w.trim().is_empty()).collect();
        let is_empty = |code: u32| empty.get(code as usize).copied().unwrap_or(false);
        let (mut last, mut count) = (None, 0);
        let filled = codes.iter().map(|code| match last.filter(|_| is_empty(code)) {
            Some(above) => {
                count += 1;
                above
            }
            None => {
                last = Some(code).filter(|c| !is_empty(*c));
                code
            }
        });
        let filled: Codes = filled.collect();
        let there: Vec<bool> = filled.iter().fold(vec![false; words.len()], |mut there, code| {
            there.get_mut(code as usize).into_iter().for_each(|slot| *slot = true);
            there
        });
        // The empty text is no longer one of the column's.
        if empty.iter().zip(&there).any(|(empty, there)| *empty && *there) {
            return 0;
        }
        *codes = filled;
        if count > 0 {
            let first = words.iter().find(|w| !w.trim().is_empty()).unwrap_or("").to_string();
            self.relabelled(|w| if w.trim().is_empty() { first.clone() } else { w.to_string() });
        }
        count
    }

    /// Leaves the first rows only, and forgets the texts from a place on that only the others have.
    pub fn truncate(&mut self, rows: usize, from: usize) {
        match self {
            Column::Words(words, codes) => {
                codes.truncate(rows);
                let there = present(words, codes);
                forget(words, codes, &|place, _| place < from || there.get(place).copied().unwrap_or(false));
            }
            Column::Decimals(d) => {
                d.values.truncate(rows);
                d.odd.retain(|(r, _)| (*r as usize) < rows);
            }
            Column::Left => {}
        }
    }

    /// Forgets all texts but these, which those of all rows are among.
    pub fn only(&mut self, texts: &FxHashSet<String>) {
        if let Column::Words(words, codes) = self {
            forget(words, codes, &|_, text| texts.contains(text));
        }
    }

    /// The same with only the rows for which `keep` is true, and all texts: they are numbered over the whole of a file
    /// that is read in parts.
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

/// Which texts a row has.
fn present(words: &Words, codes: &Codes) -> Vec<bool> {
    let mut there = vec![false; words.len()];
    codes.iter().for_each(|c| {
        if let Some(slot) = there.get_mut(c as usize) {
            *slot = true;
        }
    });
    there
}

/// Forgets texts that no row has.
fn forget(words: &mut Words, codes: &mut Codes, stays: &dyn Fn(usize, &str) -> bool) {
    let stay: Vec<bool> = words.iter().enumerate().map(|(place, text)| stays(place, text)).collect();
    if stay.iter().all(|stays| *stays) {
        return;
    }
    let mut kept = Words::default();
    let map: Vec<u32> = words.iter().zip(&stay).map(|(w, stays)| if *stays { kept.place(w) } else { 0 }).collect();
    *codes = std::mem::take(codes).mapped(&map);
    *words = kept;
}

impl Column {
    /// Its texts, which a column of the same file that is read anew begins with.
    pub fn texts(&self) -> Words {
        match self {
            Column::Words(words, _) => words.clone(),
            Column::Decimals(d) => d.words.clone(),
            Column::Left => Words::default(),
        }
    }

    /// How many texts it has.
    pub fn texts_len(&self) -> usize {
        match self {
            Column::Words(words, _) => words.len(),
            Column::Decimals(d) => d.words.len(),
            Column::Left => 0,
        }
    }

    /// An empty column with these texts.
    pub fn with_texts(how: How, texts: &Words) -> Column {
        match Column::new(how) {
            Column::Words(_, codes) => Column::Words(texts.clone(), codes),
            Column::Decimals(d) => Column::Decimals(Decimals { words: texts.clone(), ..d }),
            Column::Left => Column::Left,
        }
    }

    /// Takes all rows out; the texts stay numbered as they are.
    pub fn handed_on(&mut self) -> Column {
        let (how, texts) = match self {
            Column::Words(words, _) => (How::Words, &*words),
            Column::Decimals(d) => (How::Decimals, &d.words),
            Column::Left => return Column::Left,
        };
        let rest = Column::with_texts(how, texts);
        std::mem::replace(self, rest)
    }

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

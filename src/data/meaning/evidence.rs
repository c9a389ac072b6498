//! What only all rows of a file tell: which texts stand beside each other, how often each stands, when each stood last,
//! what the numbers of a period come to. In: a table, or the tables of its parts one after another. Out: the same for all
//! that were seen. A file that is read in one piece is one of one part, so that both are weighed alike.

use crate::data::columns::codes::Codes;
use crate::data::columns::words::Words;
use crate::value::Period;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// Pairs of texts that stand in one row, by their places.
pub type Pairs = FxHashSet<(u32, u32)>;

/// The numbers of a column.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    /// Their sum and how many they are, by period.
    pub sums: BTreeMap<Period, (f64, usize)>,
    /// Whether one of them is below zero or above one.
    pub beyond: bool,
}

impl Numbers {
    /// Adds one.
    pub fn add(&mut self, period: Period, x: f64) {
        let sum = self.sums.entry(period).or_default();
        *sum = (sum.0 + x, sum.1 + 1);
        self.beyond |= !(0.0..=1.0).contains(&x);
    }
}

/// What is known of one thing, and from how many parts.
#[derive(Clone, Debug, Default)]
struct Known<T> {
    of: T,
    parts: usize,
    /// The part that was added last.
    last: usize,
    /// Whether it is known of the whole file: nothing is added.
    is_whole: bool,
}

impl<T> Known<T> {
    fn with(&mut self, part: usize, add: impl FnOnce(&mut T)) -> &T {
        if !self.is_whole && self.last != part {
            add(&mut self.of);
            self.parts += 1;
            self.last = part;
        }
        &self.of
    }
}

/// What is known of the rows so far.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Which part is looked at, from one.
    part: usize,
    pairs: FxHashMap<(usize, usize), Known<Pairs>>,
    counts: FxHashMap<usize, Known<Vec<usize>>>,
    latest: FxHashMap<String, Known<Vec<Option<Period>>>>,
    numbers: FxHashMap<String, Known<Numbers>>,
    kept: FxHashMap<usize, Known<FxHashSet<String>>>,
}

/// The slot of a text, which is made if there is none.
fn slot<T: Clone + Default>(list: &mut Vec<T>, text: u32) -> Option<&mut T> {
    let at = text as usize;
    if at >= list.len() {
        list.resize(at + 1, T::default());
    }
    list.get_mut(at)
}

impl Evidence {
    /// The next table is looked at.
    pub fn next_part(&mut self) {
        self.part += 1;
    }

    /// Which texts of two columns stand in one row.
    pub fn pairs(&mut self, columns: (usize, usize), a: &Codes, b: &Codes) -> &Pairs {
        self.pairs.entry(columns).or_default().with(self.part, |pairs| {
            // Rows in order repeat their pairs.
            let mut last = None;
            for pair in a.iter().zip(b.iter()).filter(|pair| last.replace(*pair) != Some(*pair)) {
                pairs.insert(pair);
            }
        })
    }

    /// In how many rows each text of a column stands.
    pub fn counts(&mut self, column: usize, rows: &Codes) -> &[usize] {
        self.counts.entry(column).or_default().with(self.part, |counts| {
            for text in rows.iter() {
                if let Some(count) = slot(counts, text) {
                    *count += 1;
                }
            }
        })
    }

    /// The latest period in which each text of a dimension stands; `rows` gives text and period of each observation.
    pub fn latest(&mut self, dim: &str, rows: impl Iterator<Item = (u32, Option<Period>)>) -> &[Option<Period>] {
        self.latest.entry(dim.to_string()).or_default().with(self.part, |latest| {
            for (text, period) in rows {
                if let Some(slot) = slot(latest, text) {
                    *slot = period.max(*slot);
                }
            }
        })
    }

    /// What the numbers of a column come to; `rows` gives period and number of each observation that has one.
    pub fn numbers(&mut self, column: &str, rows: impl Iterator<Item = (Period, f64)>) -> &Numbers {
        self.numbers.entry(column.to_string()).or_default().with(self.part, |numbers| {
            for (period, x) in rows {
                numbers.add(period, x);
            }
        })
    }

    /// Which texts of a column have a row left where rows are left out.
    pub fn kept(&mut self, column: usize, words: &Words, rows: &Codes) -> &FxHashSet<String> {
        self.kept.entry(column).or_default().with(self.part, |kept| {
            let mut there = vec![false; words.len()];
            rows.iter().for_each(|text| there.get_mut(text as usize).into_iter().for_each(|slot| *slot = true));
            kept.extend(words.iter().zip(&there).filter(|(_, there)| **there).map(|(word, _)| word.to_string()));
        })
    }

    /// Whether all that was asked of the rows was asked of every part.
    pub fn is_whole(&self) -> bool {
        let parts = self.part;
        fn all<K, T>(known: &FxHashMap<K, Known<T>>, parts: usize) -> bool {
            known.values().all(|k| k.is_whole || k.parts == parts)
        }
        all(&self.pairs, parts)
            && all(&self.counts, parts)
            && all(&self.latest, parts)
            && all(&self.numbers, parts)
            && all(&self.kept, parts)
    }

    /// What stays true of the whole file where its texts were numbered differently from part to part.
    pub fn by_texts(self) -> Evidence {
        Evidence { kept: self.settled().kept, ..Evidence::default() }
    }

    /// What is known of the whole file, to read its parts with.
    pub fn settled(mut self) -> Evidence {
        fn settle<K: std::hash::Hash + Eq, T>(known: &mut FxHashMap<K, Known<T>>, parts: usize) {
            known.values_mut().for_each(|k| k.is_whole |= k.parts == parts);
            known.retain(|_, k| k.is_whole);
        }
        let parts = self.part;
        settle(&mut self.pairs, parts);
        settle(&mut self.counts, parts);
        settle(&mut self.latest, parts);
        settle(&mut self.numbers, parts);
        settle(&mut self.kept, parts);
        Evidence { part: 0, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(list: &[u32]) -> Codes {
        list.iter().copied().collect()
    }

    #[test]
    fn what_parts_say_is_what_the_whole_says() {
        let mut evidence = Evidence::default();
        for (a, b) in [([0, 1], [0, 0]), ([1, 2], [1, 2])] {
            evidence.next_part();
            evidence.pairs((0, 1), &codes(&a), &codes(&b));
            // Asked twice, counted once.
            evidence.counts(0, &codes(&a));
            evidence.counts(0, &codes(&a));
        }
        assert!(evidence.is_whole());
        assert_eq!(evidence.counts(0, &codes(&[])), [1, 2, 1]);
        assert_eq!(evidence.pairs((0, 1), &codes(&[]), &codes(&[])).len(), 4);
        let mut settled = evidence.settled();
        settled.next_part();
        assert_eq!(settled.counts(0, &codes(&[0, 0, 0])), [1, 2, 1]);
    }

    #[test]
    fn what_was_asked_of_some_parts_only_is_forgotten() {
        let mut evidence = Evidence::default();
        evidence.next_part();
        evidence.next_part();
        evidence.counts(0, &codes(&[0]));
        assert!(!evidence.is_whole());
        let mut settled = evidence.settled();
        settled.next_part();
        assert_eq!(settled.counts(0, &codes(&[0, 1])), [1, 1]);
    }
}

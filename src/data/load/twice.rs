//! Rows of one observation that stand in different parts of a file. In: a key for each row, part after part. Out: a key
//! that is there twice. Keys are numbers made of labels, so that they are the same in every part; what does not fit the
//! memory at once is looked for in several turns.

use crate::data::columns::codes::Codes;
use crate::data::columns::lines::Lines;
use std::hash::{Hash, Hasher};

/// The rows of a part: the key of each observation, and where it stands.
#[derive(Default)]
pub struct Keyed {
    pub(super) keys: Vec<u128>,
    pub(super) lines: Lines,
    /// Observations of one row.
    pub(super) times: usize,
}

/// Two numbers that are unlike for unlike things, as good as always.
fn hashed(thing: impl Hash) -> u128 {
    let half = |seed: u64| {
        let mut hasher = rustc_hash::FxHasher::default();
        (seed, &thing).hash(&mut hasher);
        u128::from(mixed(hasher.finish() ^ seed))
    };
    half(0x9e37_79b9_7f4a_7c15) << 64 | half(0xd1b5_4a32_d192_ed03)
}

/// A number of which each bit depends on all bits of another.
fn mixed(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The key of one more part of an observation.
fn joined(key: u128, part: u128) -> u128 {
    let half = |a: u128, b: u128| u128::from(mixed((a as u64).rotate_left(17) ^ (b as u64)));
    half(key >> 64, part >> 64) << 64 | half(key, part)
}

impl Keyed {
    /// Keys of so many observations, of which nothing is known yet.
    pub(super) fn new(observations: usize, lines: &Lines, times: usize) -> Keyed {
        Keyed { keys: vec![0; observations], lines: lines.clone(), times }
    }

    /// Adds what a column says of each observation, by the places of what there is.
    pub(super) fn add(&mut self, column: &Codes, there: impl Iterator<Item = impl Hash>) {
        let parts: Vec<u128> = there.map(hashed).collect();
        for (key, place) in self.keys.iter_mut().zip(column.iter()) {
            *key = joined(*key, parts.get(place as usize).copied().unwrap_or(0));
        }
    }

    /// The same where some rows do not stay: these are like no other.
    pub(super) fn kept(mut self, keep: Option<&[bool]>) -> Keyed {
        for (row, (key, _)) in
            self.keys.iter_mut().zip(keep.unwrap_or(&[])).enumerate().filter(|(_, (_, stays))| !**stays)
        {
            *key = hashed(("left out", self.lines.get(row / self.times.max(1)), row));
        }
        self
    }
}

/// Keys that are looked for a second time.
pub(super) struct Twice {
    seen: Vec<u64>,
    /// So many are kept at a time.
    room: usize,
    /// Of so many turns this is one.
    turns: u64,
    turn: u64,
    /// Whether there were more than there is room for.
    over: bool,
}

impl Twice {
    /// All keys, in one turn of several.
    pub(super) fn new(room: usize, (turn, turns): (u64, u64)) -> Twice {
        Twice { seen: Vec::new(), room, turns, turn, over: false }
    }

    /// Adds the keys of a part.
    pub(super) fn add(&mut self, keys: &[u128]) {
        for key in keys {
            let key = *key as u64;
            if key % self.turns != self.turn {
                continue;
            }
            if self.seen.len() >= self.room {
                self.over = true;
                return;
            }
            self.seen.push(key);
        }
    }

    /// Whether there were more keys than there was room for.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// A key that is there twice, as far as half of it tells.
    pub(super) fn pair(mut self) -> Option<u64> {
        self.seen.sort_unstable();
        self.seen.windows(2).find_map(|pair| match pair {
            [a, b] if a == b => Some(*a),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_comes_again_is_found_in_one_of_the_turns() {
        let keys: Vec<u128> = (0..1000u32).map(|i| hashed(("p", i))).collect();
        let found = |turns: u64, again: &[u128]| {
            let of = |turn| {
                let mut twice = Twice::new(10_000, (turn, turns));
                twice.add(&keys);
                twice.add(again);
                assert!(!twice.is_over());
                twice.pair()
            };
            (0..turns).filter_map(of).collect::<Vec<u64>>()
        };
        let again = keys.get(417..418).unwrap_or(&[]);
        for turns in [1, 2, 7] {
            assert!(found(turns, &[]).is_empty());
            assert_eq!(found(turns, again), again.iter().map(|key| *key as u64).collect::<Vec<u64>>());
        }
        let mut small = Twice::new(10, (0, 1));
        small.add(&keys);
        assert!(small.is_over());
    }
}

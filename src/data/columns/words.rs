//! Different texts of a column, each once. In: cells. Out: their places. Short texts are looked up as numbers.

use crate::pause::paced;
use rustc_hash::FxHashMap;

/// Different texts, in the order in which they were met.
#[derive(Clone, Debug, Default)]
pub struct Words {
    list: Vec<Box<str>>,
    /// Texts of up to seven bytes, packed into a number: most codes are, and a number is found faster.
    short: FxHashMap<u64, u32>,
    long: FxHashMap<Box<str>, u32>,
    last: Option<(u64, u32)>,
}

/// A text of up to seven bytes as a number: its bytes, and its length on top.
fn packed(text: &[u8]) -> Option<u64> {
    let mut bytes = [0u8; 8];
    bytes.get_mut(..text.len()).filter(|_| text.len() <= 7)?.copy_from_slice(text);
    Some(u64::from_le_bytes(bytes) | (text.len() as u64) << 56)
}

/// As [`packed`], for a part of a text that goes on: eight bytes are taken at once, and those behind the part cut off.
pub(in crate::data) fn packed_within(text: &[u8], start: usize, end: usize) -> Option<u64> {
    let len = end.wrapping_sub(start);
    if len > 7 {
        return None;
    }
    match text.get(start..start + 8).and_then(|b| <[u8; 8]>::try_from(b).ok()) {
        Some(bytes) => Some(u64::from_le_bytes(bytes) & ((1u64 << (8 * len)) - 1) | (len as u64) << 56),
        None => packed(text.get(start..end)?),
    }
}

impl Words {
    /// The place of a text, which is taken up if it is new.
    pub fn place(&mut self, text: &str) -> u32 {
        let next = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let Some(key) = packed(text.as_bytes()) else {
            if let Some(place) = self.long.get(text) {
                return *place;
            }
            self.list.push(text.into());
            self.long.insert(text.into(), next);
            return next;
        };
        self.place_of_key(key, text)
    }

    pub(in crate::data) fn place_within(&mut self, key: u64, text: &str, start: usize, end: usize) -> u32 {
        if let Some((last, place)) = self.last
            && last == key
        {
            return place;
        }
        match self.short.get(&key) {
            Some(place) => {
                self.last = Some((key, *place));
                *place
            }
            None => self.place_of_key(key, text.get(start..end).unwrap_or("")),
        }
    }

    fn place_of_key(&mut self, key: u64, text: &str) -> u32 {
        // Files are sorted: the cell is most often that of the row before.
        if let Some((last, place)) = self.last
            && last == key
        {
            return place;
        }
        let next = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let place = *self.short.entry(key).or_insert(next);
        if place == next {
            self.list.push(text.into());
        }
        self.last = Some((key, place));
        place
    }

    /// The texts from a place on.
    pub(in crate::data) fn since(&self, place: usize) -> Vec<Box<str>> {
        self.list.get(place..).unwrap_or(&[]).to_vec()
    }

    /// The text at a place.
    pub fn get(&self, place: u32) -> &str {
        self.list.get(place as usize).map_or("", |w| w)
    }

    /// All texts.
    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        paced(self.list.iter()).map(|w| w.as_ref())
    }

    /// How many texts.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

//! What stands in 64 bytes of a text, found together: one bit of a mask for each byte. In: bytes, and what went on from
//! those before. Out: masks of separators, line ends and quotes.

use wide::u8x16;

/// Bytes that are looked at together: one bit of a mask each.
pub(super) const CHUNK: usize = 64;

/// What stands in a chunk, one bit for each byte.
pub(super) struct Marks {
    /// Separators that are not between quotes.
    pub(super) separators: u64,
    /// Line ends.
    pub(super) lines: u64,
    /// The second of quotes that are written twice.
    pub(super) twice: u64,
}

/// A bit for every byte of a chunk that is `byte`.
pub(super) fn mask(chunk: &[u8; CHUNK], byte: u8) -> u64 {
    let (parts, _) = chunk.as_chunks::<16>();
    let pattern = u8x16::splat(byte);
    let bits = |part: &[u8; 16]| u64::from(u8x16::new(*part).simd_eq(pattern).to_bitmask());
    parts.iter().enumerate().fold(0, |mask, (i, part)| mask | bits(part) << (16 * i))
}

/// What goes on from one chunk to the next.
pub(super) struct Quotes {
    /// All ones where the last byte stands between quotes.
    within: u64,
    /// One where the last byte is a quote that closes.
    closed: u64,
    /// One where the last byte is a separator or a line end.
    ended: u64,
}

impl Quotes {
    pub(super) fn new() -> Quotes {
        // The text begins as behind a line end.
        Quotes { within: 0, closed: 0, ended: 1 }
    }

    /// The bytes between quotes, the opening ones with them, and the second of quotes that are written twice; none
    /// where a quote stands where none may.
    pub(super) fn inside(&mut self, quotes: u64, ends: u64, returns: impl Fn() -> u64) -> Option<(u64, u64)> {
        let mut inside = quotes;
        for shift in [1, 2, 4, 8, 16, 32] {
            inside ^= inside << shift;
        }
        inside ^= self.within;
        let (opening, closing, ends) = (quotes & inside, quotes & !inside, ends & !inside);
        let behind_closing = closing << 1 | self.closed;
        let behind_end = ends << 1 | self.ended;
        let astray = behind_closing & !(ends | opening);
        let regular = opening & !(behind_end | behind_closing) == 0 && (astray == 0 || astray & !returns() == 0);
        self.within = if inside >> 63 == 1 { u64::MAX } else { 0 };
        self.closed = closing >> 63;
        self.ended = ends >> 63;
        regular.then_some((inside, behind_closing & opening))
    }

    pub(super) fn is_open(&self) -> bool {
        self.within != 0
    }
}

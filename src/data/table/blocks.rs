//! Cuts a text into blocks that end where records end, so that each can be read by itself.

use std::io::Read;

/// How much is read at a time.
pub const BLOCK: usize = 512 << 10;

pub(in crate::data) struct Block {
    pub(in crate::data) line: usize,
    pub(in crate::data) text: Vec<u8>,
}

/// Cuts a reader into blocks that end where records end.
pub(in crate::data) struct Blocks<'a> {
    pub(in crate::data) reader: Box<dyn Read + Send + 'a>,
    pub(in crate::data) carry: Vec<u8>,
    pub(in crate::data) line: usize,
    pub(in crate::data) quote: u8,
    pub(in crate::data) done: bool,
}

impl Iterator for Blocks<'_> {
    type Item = std::io::Result<Block>;

    fn next(&mut self) -> Option<std::io::Result<Block>> {
        self.block().transpose()
    }
}

impl Blocks<'_> {
    fn block(&mut self) -> std::io::Result<Option<Block>> {
        if self.done {
            return Ok(None);
        }
        let mut text = std::mem::take(&mut self.carry);
        loop {
            let start = text.len();
            text.reserve(BLOCK);
            let got = (&mut self.reader).take(BLOCK as u64).read_to_end(&mut text)?;
            if got < BLOCK {
                self.done = true;
                break;
            }
            if let Some(end) = record_end(&text, self.quote) {
                self.carry = text.get(end..).unwrap_or(&[]).to_vec();
                text.truncate(end);
                break;
            }
            // A record longer than a block: read on, twice as much each time.
            let more = start.max(BLOCK);
            (&mut self.reader).take(more as u64).read_to_end(&mut text)?;
        }
        if text.is_empty() {
            return Ok(None);
        }
        let lines = memchr::memchr_iter(b'\n', &text).count();
        let block = Block { line: self.line, text };
        self.line += lines;
        Ok(Some(block))
    }
}

/// Behind the last line end that is in no quoted field.
fn record_end(text: &[u8], quote: u8) -> Option<usize> {
    let total = memchr::memchr_iter(quote, text).count();
    let mut after = 0;
    let mut end = text.len();
    while let Some(at) = memchr::memrchr(b'\n', text.get(..end)?) {
        after += memchr::memchr_iter(quote, text.get(at..end)?).count();
        if (total - after).is_multiple_of(2) {
            return Some(at + 1);
        }
        end = at;
    }
    None
}

//! Cuts a text into blocks that end where records end, so that each can be read by itself.

use std::io::{ErrorKind, Read};
use std::sync::{Mutex, PoisonError};

/// How much is read at a time.
pub const BLOCK: usize = 512 << 10;

pub(in crate::data) struct Block {
    pub(in crate::data) line: usize,
    /// The text, and room for more.
    room: Vec<u8>,
    length: usize,
}

impl Block {
    pub(in crate::data) fn bytes(&self) -> &[u8] {
        self.room.get(..self.length).unwrap_or(&[])
    }
}

/// Room of blocks that were read, for the next.
#[derive(Default)]
pub(in crate::data) struct Spare(Mutex<Vec<Vec<u8>>>);

impl Spare {
    pub(in crate::data) fn put(&self, block: Block) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(block.room);
    }

    fn take(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }
}

/// Cuts a reader into blocks that end where records end.
pub(in crate::data) struct Blocks<'a> {
    pub(in crate::data) reader: Box<dyn Read + Send + 'a>,
    pub(in crate::data) spare: &'a Spare,
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
        let mut room = self.spare.take();
        let mut length = self.carry.len();
        if room.len() < length + BLOCK {
            room.resize(length + BLOCK, 0);
        }
        room.iter_mut().zip(&self.carry).for_each(|(to, from)| *to = *from);
        // A record longer than a block: read on, twice as much each time.
        let mut more = BLOCK;
        loop {
            room.resize(room.len().max(length + more), 0);
            let got = fill(&mut *self.reader, room.get_mut(length..length + more).unwrap_or(&mut []))?;
            length += got;
            let text = room.get(..length).unwrap_or(&[]);
            if got < more {
                self.done = true;
                break;
            }
            if let Some(end) = record_end(text, self.quote) {
                self.carry.clear();
                self.carry.extend_from_slice(text.get(end..).unwrap_or(&[]));
                length = end;
                break;
            }
            more = length;
        }
        if length == 0 {
            return Ok(None);
        }
        let block = Block { line: self.line, room, length };
        self.line += memchr::memchr_iter(b'\n', block.bytes()).count();
        Ok(Some(block))
    }
}

/// Reads until all is filled or the reader ends; how much was read.
fn fill(reader: &mut dyn Read, mut room: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while !room.is_empty() {
        match reader.read(room) {
            Ok(0) => break,
            Ok(got) => {
                filled += got;
                room = room.get_mut(got..).unwrap_or(&mut []);
            }
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
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

//! Text onto stdout and stderr.

use crate::data::load::io_words;
use crate::data::{Budget, Stopped};
use crate::diagnostic::visible::visible;
use std::io::{BufWriter, Error, ErrorKind, StdoutLock, Write};

/// What is written at a time.
const PIECE: usize = 64 << 10;

/// Writes to stdout, and whether that could be done; a reader that has gone away is no error of ours.
pub fn print_out(text: &str) -> bool {
    let mut out = Out::new();
    out.put(text);
    out.finish()
}

/// Stdout, written piece by piece.
pub struct Out {
    to: BufWriter<StdoutLock<'static>>,
    failed: Option<Error>,
    /// Asks whether to stop.
    budget: Option<Budget>,
}

impl Out {
    /// Nothing is written yet.
    pub fn new() -> Out {
        Out { to: BufWriter::with_capacity(PIECE, std::io::stdout().lock()), failed: None, budget: None }
    }

    /// The same, which stops writing when it is asked to.
    pub fn watched(budget: Option<Budget>) -> Out {
        Out { budget, ..Out::new() }
    }

    /// Writes a piece; whether there is use in writing more.
    pub fn put(&mut self, text: &str) -> bool {
        if self.failed.is_none() {
            let written = text.as_bytes().chunks(PIECE).try_for_each(|piece| self.write_all(piece));
            self.failed = self.failed.take().or(written.err());
        }
        self.failed.is_none()
    }

    /// Notes that what should be written could not be.
    pub fn note(&mut self, written: std::io::Result<()>) {
        self.failed = self.failed.take().or(written.err());
    }

    /// Writes what is left, and whether all of it could be written; a reader that has gone away is no error of ours.
    pub fn finish(mut self) -> bool {
        let failed = self.failed.take().or_else(|| self.to.flush().err());
        // What is still in hand would be tried again, and fail again.
        let _ = self.to.into_parts();
        match failed {
            Some(e) if Stopped::is_in(&e) => {
                say("stopped before all of the answer was written");
                false
            }
            Some(e) if e.kind() != ErrorKind::BrokenPipe => {
                say(&format!("the answer cannot be written: {}", io_words(&e)));
                false
            }
            _ => true,
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        // Between one piece and the next it is asked whether to go on.
        if self.to.buffer().len() + bytes.len() > self.to.capacity() {
            self.budget.as_ref().map_or(Ok(()), Budget::check).map_err(Error::other)?;
        }
        self.to.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}

impl Default for Out {
    fn default() -> Out {
        Out::new()
    }
}

/// Says something on stderr that is not said of a place.
pub fn say(words: &str) {
    print_err(&format!("tradeql: {}\n", visible(words)));
}

/// Writes to stderr.
pub fn print_err(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

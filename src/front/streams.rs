//! Text onto stdout and stderr.

use crate::data::load::io_words;
use std::io::{BufWriter, Error, ErrorKind, StdoutLock, Write};

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
}

impl Out {
    /// Nothing is written yet.
    pub fn new() -> Out {
        Out { to: BufWriter::with_capacity(64 << 10, std::io::stdout().lock()), failed: None }
    }

    /// Writes a piece; whether there is use in writing more.
    pub fn put(&mut self, text: &str) -> bool {
        if self.failed.is_none() {
            self.failed = self.to.write_all(text.as_bytes()).err();
        }
        self.failed.is_none()
    }

    /// Writes what is left, and whether all of it could be written; a reader that has gone away is no error of ours.
    pub fn finish(mut self) -> bool {
        let failed = self.failed.take().or_else(|| self.to.flush().err());
        // What is still in hand would be tried again, and fail again.
        let _ = self.to.into_parts();
        match failed {
            Some(e) if e.kind() != ErrorKind::BrokenPipe => {
                print_err(&format!("tradeql: the answer cannot be written: {}\n", io_words(&e)));
                false
            }
            _ => true,
        }
    }
}

impl Default for Out {
    fn default() -> Out {
        Out::new()
    }
}

/// Writes to stderr.
pub fn print_err(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

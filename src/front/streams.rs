//! Text onto stdout and stderr.

use crate::data::load::io_words;
use std::io::Write;

/// Writes to stdout, and whether that could be done; a reader that has gone away is no error of ours.
pub fn print_out(text: &str) -> bool {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            print_err(&format!("tradeql: the answer cannot be written: {}\n", io_words(&e)));
            false
        }
        _ => true,
    }
}

/// Writes to stderr.
pub fn print_err(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

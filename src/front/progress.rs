//! A line on the terminal while a large file is read. Nothing is drawn in the first second.

use crate::session::Progress;
use std::io::Write;
use std::sync::Mutex;
use std::time::{Duration, Instant};

struct State {
    started: Instant,
    drawn: Option<Instant>,
    last: u64,
}

/// Draws how far reading has come.
pub fn bar() -> Progress {
    let state = Mutex::new(State { started: Instant::now(), drawn: None, last: 0 });
    Box::new(move |read, total| {
        let Ok(mut state) = state.lock() else { return };
        let now = Instant::now();
        // Nothing is read before a file and after it: the line goes, and the clock starts anew.
        if read == 0 || read < state.last {
            let drawn = state.drawn.take().is_some();
            (state.started, state.last) = (now, read);
            let mut err = std::io::stderr().lock();
            let _ = if drawn { err.write_all(b"\r\x1b[K").and_then(|()| err.flush()) } else { Ok(()) };
            return;
        }
        state.last = read;
        if now - state.started < Duration::from_secs(1)
            || state.drawn.is_some_and(|d| now - d < Duration::from_millis(100))
        {
            return;
        }
        state.drawn = Some(now);
        let mut err = std::io::stderr().lock();
        let text = match total {
            Some(t) => format!("\r\x1b[Kreading … {} % of {} MB", read * 100 / t.max(1), t >> 20),
            None => format!("\r\x1b[Kreading … {} MB", read >> 20),
        };
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
    })
}

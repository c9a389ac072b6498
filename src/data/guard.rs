//! Readers and writers of others run where a panic ends in an error: a damaged file must not end a session. What such a
//! panic would print is not printed.

use crate::data::doubt::LoadError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many are at work.
static READING: AtomicUsize = AtomicUsize::new(0);
static SILENCED: Once = Once::new();

/// What a reader gives, or that it gave up.
///
/// # Errors
/// The reader panicked: the file is damaged in a way that it does not expect.
pub fn guarded<T>(what: &str, read: impl FnOnce() -> T) -> Result<T, LoadError> {
    caught(read).map_err(|words| {
        let words = if words.is_empty() { "its reader gave up" } else { &words };
        LoadError::new(format!("{what} is damaged: {words}"))
    })
}

/// What the code of others gives, or what it said when it panicked.
///
/// # Errors
/// It panicked; the words may be none.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    SILENCED.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if READING.load(Ordering::Relaxed) == 0 {
                usual(info);
            }
        }));
    });
    READING.fetch_add(1, Ordering::Relaxed);
    // What it leaves behind is thrown away.
    let result = catch_unwind(AssertUnwindSafe(work));
    READING.fetch_sub(1, Ordering::Relaxed);
    result.map_err(|panic| {
        let panic = crate::pause::panicked(panic);
        let words = panic.downcast_ref::<String>().map(String::as_str);
        words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default().to_string()
    })
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_panics_is_an_error() {
        assert_eq!(guarded("the file", || 42).ok(), Some(42));
        let failed = guarded("the file", || -> i32 { panic!("no {}", "bytes") });
        assert!(failed.is_err_and(|e| e.message == "the file is damaged: no bytes"));
    }
}

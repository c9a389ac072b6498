//! Room for what is deep: brackets within brackets, and names that stand for queries that name others. In: how much
//! stack work needs at most. Out: its result, so that the caller's stack may be small.

use std::io::Result;
use std::panic::resume_unwind;

/// Does work on a stack of its own of so many bytes. What panics there panics here.
///
/// # Errors
/// No thread could be started; then nothing was done.
pub fn with_room<T: Send>(bytes: usize, work: impl FnOnce() -> T + Send) -> Result<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(bytes).spawn_scoped(scope, work)?;
        Ok(thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

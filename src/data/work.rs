//! How long work may take and on how many threads, with results in an order that does not depend on them. In: pieces of
//! work. Out: their results, one after another. Knows nothing of data.

use crate::pause;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The user asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("stopped before it was finished")
    }
}

impl std::error::Error for Stopped {}

impl Stopped {
    /// Whether an error in reading is that reading was asked to stop.
    pub fn is_in(error: &std::io::Error) -> bool {
        error.get_ref().is_some_and(|inner| inner.is::<Stopped>())
    }
}

/// Whether work should stop, polled in every loop over data, and how many threads it may take.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    stop: Arc<AtomicBool>,
    threads: usize,
    /// After so many more questions whether to go on the answer is no.
    left: Option<Arc<AtomicUsize>>,
    /// Rows that were looked at, where they are counted.
    looked: Option<Arc<AtomicU64>>,
    /// Bytes that an answer may take, where there is a limit.
    room: Option<u64>,
}

impl Budget {
    /// With so many threads for work that can be shared; 0 is 1.
    pub fn with_threads(mut self, threads: usize) -> Budget {
        self.threads = threads;
        self
    }

    /// Stopped when it has been asked so often whether to go on, which is the same at each run, as time is not.
    pub fn asked_at_most(mut self, times: usize) -> Budget {
        self.left = Some(Arc::new(AtomicUsize::new(times)));
        self
    }

    /// One that counts the rows of data that are looked at, which is the same at each run, as time is not.
    pub fn counting(mut self) -> Budget {
        self.looked = Some(Arc::default());
        self
    }

    /// For answers of so many bytes at most, while they are made.
    pub fn with_room(mut self, bytes: u64) -> Budget {
        self.room = Some(bytes);
        self
    }

    /// How many things of a size an answer may have, each of which is there twice while it is made.
    pub fn most(&self, size: usize) -> usize {
        let most = |room: u64| usize::try_from(room / (2 * size.max(1) as u64)).unwrap_or(usize::MAX);
        self.room.map_or(usize::MAX, most)
    }

    /// Notes that so many rows were looked at.
    pub fn look(&self, rows: usize) {
        if let Some(looked) = &self.looked {
            looked.fetch_add(rows as u64, Ordering::Relaxed);
        }
    }

    /// How many rows were looked at, where they are counted.
    pub fn looked(&self) -> u64 {
        self.looked.as_ref().map_or(0, |looked| looked.load(Ordering::Relaxed))
    }

    /// How many threads.
    pub fn threads(&self) -> usize {
        self.threads.max(1)
    }

    /// Asks all work under this budget to stop.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Lets work begin again.
    pub fn restart(&self) {
        self.stop.store(false, Ordering::Relaxed);
    }

    /// The result of work in whose long loops it is asked whether to stop; what it changed by then must be thrown away.
    ///
    /// # Errors
    /// It was asked to stop.
    pub fn stoppable<T>(&self, work: impl FnOnce() -> T) -> Result<T, Stopped> {
        let asked = self.clone();
        pause::stoppable(move || asked.check().is_err(), work).ok_or(Stopped)
    }

    /// An error if work should stop.
    pub fn check(&self) -> Result<(), Stopped> {
        if let Some(left) = &self.left {
            let more = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
            if more.is_err() {
                self.stop();
            }
        }
        if self.stop.load(Ordering::Relaxed) { Err(Stopped) } else { Ok(()) }
    }
}

/// How loading is done, whatever the file.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    /// How many threads.
    pub threads: usize,
    /// Asks whether to stop.
    pub budget: &'a Budget,
    /// Told how many bytes of a file are read, now and then.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

/// Two pieces of work, at the same time if there are threads for it.
pub fn together<A: Send, B>(threads: usize, a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B) -> (A, B) {
    if threads < 2 {
        return (a(), b());
    }
    std::thread::scope(|scope| {
        let other = scope.spawn(a);
        let b = b();
        match other.join() {
            Ok(a) => (a, b),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Does all pieces of work and takes their results in order, until one fails, be it in handing out the next piece. Each
/// thread works with a state of its own, which `begin` makes of its number, from 1.
pub fn in_order<P: Send, S, T: Send, E: Send>(
    threads: usize,
    pieces: impl Iterator<Item = Result<P, E>> + Send,
    begin: impl Fn(usize) -> S + Sync,
    work: impl Fn(&mut S, P) -> Result<T, E> + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let most = pieces.size_hint().1.unwrap_or(usize::MAX);
    if threads < 2 || most < 2 {
        let mut state = begin(1);
        return pieces.into_iter().try_for_each(|piece| take(work(&mut state, piece?)?));
    }
    let (pieces, stopped) = (Mutex::new(pieces.enumerate()), AtomicBool::new(false));
    let (send, receive) = std::sync::mpsc::sync_channel::<(usize, Result<T, E>)>(threads);
    std::thread::scope(|scope| {
        for number in 1..=threads.min(most) {
            let (send, pieces, stopped, begin, work) = (send.clone(), &pieces, &stopped, &begin, &work);
            scope.spawn(move || {
                let mut state = begin(number);
                while !stopped.load(Ordering::Relaxed) {
                    let next = pieces.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some((at, piece)) = next else { break };
                    if send.send((at, piece.and_then(|piece| work(&mut state, piece)))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        let mut waiting = BTreeMap::new();
        let mut expected = 0;
        let mut outcome = Ok(());
        while let Ok((at, result)) = receive.recv() {
            waiting.insert(at, result);
            while let Some(result) = waiting.remove(&expected) {
                expected += 1;
                if outcome.is_ok() {
                    outcome = result.and_then(&mut take);
                    stopped.store(outcome.is_err(), Ordering::Relaxed);
                }
            }
        }
        outcome
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_the_first_failure_ends_it() {
        let pieces: Vec<usize> = (0..200).collect();
        for threads in [1, 2, 7] {
            let mut seen = Vec::new();
            let slow = |_: &mut (), n: &usize| {
                std::thread::sleep(std::time::Duration::from_micros((n * 37 % 11) as u64 * 20));
                if *n == 150 { Err("no") } else { Ok(n * n) }
            };
            let done = in_order(
                threads,
                pieces.iter().map(Ok),
                |_| (),
                slow,
                |n| {
                    seen.push(n);
                    Ok(())
                },
            );
            assert_eq!(done, Err("no"));
            assert_eq!(seen, (0..150).map(|n| n * n).collect::<Vec<_>>());
        }
    }
}

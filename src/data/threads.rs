//! Work on several threads, with results in an order that does not depend on them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

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

/// Does all pieces of work and takes their results in order, until one fails.
pub fn in_order<P: Sync, T: Send, E: Send>(
    pieces: &[P],
    threads: usize,
    work: impl Fn(&P) -> Result<T, E> + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    if threads < 2 || pieces.len() < 2 {
        return pieces.iter().try_for_each(|piece| take(work(piece)?));
    }
    let (next, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (send, receive) = std::sync::mpsc::sync_channel::<(usize, Result<T, E>)>(threads);
    std::thread::scope(|scope| {
        for _ in 0..threads.min(pieces.len()) {
            let (send, next, stopped, work) = (send.clone(), &next, &stopped, &work);
            scope.spawn(move || {
                while !stopped.load(Ordering::Relaxed) {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(piece) = pieces.get(at) else { break };
                    if send.send((at, work(piece))).is_err() {
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
            let slow = |n: &usize| {
                std::thread::sleep(std::time::Duration::from_micros((n * 37 % 11) as u64 * 20));
                if *n == 150 { Err("no") } else { Ok(n * n) }
            };
            let done = in_order(&pieces, threads, slow, |n| {
                seen.push(n);
                Ok(())
            });
            assert_eq!(done, Err("no"));
            assert_eq!(seen, (0..150).map(|n| n * n).collect::<Vec<_>>());
        }
    }
}

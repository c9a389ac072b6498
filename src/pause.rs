//! Whether to go on, asked in long loops that have no other way to fail: sorting an answer, laying two beside each other,
//! drawing a table of millions of rows. In: work, and how to ask. Out: its result, or none if it was stopped on the way:
//! then the loop is left as a panic leaves it, without a word.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::io::{Read, Result, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;

/// How many turns of a loop pass between two questions.
const TURNS: u32 = 1 << 12;

/// Whether to stop.
type Asked = Rc<dyn Fn() -> bool>;

thread_local! {
    static ASKED: RefCell<Option<Asked>> = const { RefCell::new(None) };
    static TURN: Cell<u32> = const { Cell::new(0) };
}

/// What is on its way from a loop to whoever can stop.
struct Left;

/// The result of work in whose loops it is asked whether to stop; none if it was. What the work changed by then is as it
/// was left: it must be thrown away.
pub fn stoppable<T>(stop: impl Fn() -> bool + 'static, work: impl FnOnce() -> T) -> Option<T> {
    let outer = ASKED.replace(Some(Rc::new(stop)));
    let result = catch_unwind(AssertUnwindSafe(work));
    ASKED.set(outer);
    match result {
        Ok(result) => Some(result),
        Err(left) if left.is::<Left>() => None,
        Err(panic) => resume_unwind(panic),
    }
}

/// A turn of a long loop: now and then it is asked whether to go on.
#[inline]
pub fn turn() {
    let turn = TURN.get().wrapping_add(1);
    TURN.set(turn);
    if turn.is_multiple_of(TURNS) {
        pause();
    }
}

/// The same of what comes one by one.
pub fn paced<I: IntoIterator>(items: I) -> Turns<I::IntoIter> {
    Turns(items.into_iter())
}

/// What comes one by one, each a turn.
#[derive(Clone)]
pub struct Turns<I>(I);

impl<I: Iterator> Iterator for Turns<I> {
    type Item = I::Item;
    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        turn();
        self.0.next()
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<I: DoubleEndedIterator> DoubleEndedIterator for Turns<I> {
    fn next_back(&mut self) -> Option<I::Item> {
        turn();
        self.0.next_back()
    }
}

impl<I: ExactSizeIterator> ExactSizeIterator for Turns<I> {}

/// Bytes whose reader, the code of others, is asked at each piece that it takes.
#[derive(Clone)]
pub struct Paced<R>(pub R);

impl<R: Read> Read for Paced<R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        pause();
        self.0.read(out)
    }
}

impl<R: Seek> Seek for Paced<R> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.0.seek(to)
    }
}

/// What was caught as a panic; goes on its way if it is a loop that was stopped, which is none.
pub fn panicked(caught: Box<dyn Any + Send>) -> Box<dyn Any + Send> {
    if caught.is::<Left>() { resume_unwind(caught) } else { caught }
}

/// Asks whether to go on.
#[cold]
pub fn pause() {
    let asked = ASKED.with_borrow(Clone::clone);
    if asked.is_some_and(|stop| stop()) {
        resume_unwind(Box::new(Left));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_is_left_where_it_is_stopped_and_no_other() {
        let asked = Rc::new(Cell::new(0));
        let count = Rc::clone(&asked);
        let stop = move || {
            count.set(count.get() + 1);
            count.get() > 3
        };
        let passed = Cell::new(0u32);
        let work = || paced(0..100 * TURNS).for_each(|_| passed.set(passed.get() + 1));
        assert_eq!(stoppable(stop, work), None);
        assert!(passed.get() > 2 * TURNS && passed.get() <= 4 * TURNS, "{}", passed.get());
        // Nobody asks any more.
        assert_eq!(paced(0..3 * TURNS).count(), 3 * TURNS as usize);
        assert_eq!(stoppable(|| false, || paced(0..3 * TURNS).count()), Some(3 * TURNS as usize));
        // Within other work: the nearest is asked, then the outer one again.
        let inner = || stoppable(|| false, || paced(0..2 * TURNS).count());
        let both = stoppable(|| true, || (inner(), paced(0..2 * TURNS).count()));
        assert_eq!(both, None);
    }
}

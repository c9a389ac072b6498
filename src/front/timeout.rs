//! `--timeout`: what takes longer is stopped where it asks whether to go on; what does not ask is ended with the program.
//! `set timeout`: the same for each statement, without the end.

use super::exit;
use super::streams::say;
use crate::data::Budget;
use crate::session::Session;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long work has to stop by itself. Exports are put in their places whole, so that ending it leaves no half file.
const GRACE: Duration = Duration::from_secs(3);

/// A time that runs.
pub struct Timeout {
    limit: Duration,
    over: Arc<AtomicBool>,
}

impl Timeout {
    /// Begins to run.
    pub fn begin(limit: Duration, budget: Budget) -> Timeout {
        let over = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&over);
        std::thread::spawn(move || {
            std::thread::sleep(limit);
            flag.swap(true, Ordering::Relaxed);
            budget.stop();
            std::thread::sleep(GRACE);
            say_over(limit);
            std::process::exit(i32::from(exit::TIMEOUT));
        });
        Timeout { limit, over }
    }

    /// The exit code of work that ended with this one: what failed once the time was over was stopped.
    pub fn code(&self, code: u8) -> u8 {
        if code == exit::OK || !self.over.load(Ordering::Relaxed) {
            return code;
        }
        say_over(self.limit);
        exit::TIMEOUT
    }
}

fn say_over(limit: Duration) {
    say(&format!("stopped after {} s, as `--timeout` says", limit.as_secs_f64()));
}

/// What the clock of a [`Watch`] is set to: when a statement is to be stopped.
type Clock = (Mutex<Option<Instant>>, Condvar);

/// Stops statements that take longer than `set timeout` says.
pub struct Watch {
    clock: Arc<Clock>,
    over: Arc<AtomicBool>,
}

impl Watch {
    /// Watches whatever asks this budget whether to go on.
    pub fn new(budget: Budget) -> Watch {
        let clock: Arc<Clock> = Arc::default();
        let over = Arc::new(AtomicBool::new(false));
        let (own, flag) = (Arc::clone(&clock), Arc::clone(&over));
        std::thread::spawn(move || {
            let (until, changed) = &*own;
            let mut at = until.lock().unwrap_or_else(PoisonError::into_inner);
            loop {
                at = match at.map(|end| end.saturating_duration_since(Instant::now())) {
                    None => changed.wait(at).unwrap_or_else(PoisonError::into_inner),
                    Some(Duration::ZERO) => {
                        *at = None;
                        flag.swap(true, Ordering::Relaxed);
                        budget.stop();
                        at
                    }
                    Some(left) => changed.wait_timeout(at, left).unwrap_or_else(PoisonError::into_inner).0,
                };
            }
        });
        Watch { clock, over }
    }

    /// A statement begins: the time that it may take runs.
    pub fn begin(&self, session: &Session) {
        let limit = session.catalogue.settings.timeout.and_then(|n| u64::try_from(n).ok()).map(Duration::from_secs);
        self.set(limit.map(|limit| Instant::now() + limit));
    }

    /// Whether the statement that ends here was stopped by the clock, and after how many seconds it said so.
    pub fn end(&self, session: &Session) -> bool {
        self.set(None);
        let over = self.over.swap(false, Ordering::Relaxed);
        if over {
            session.budget.restart();
            let seconds = session.catalogue.settings.timeout.unwrap_or(0);
            say(&format!("stopped after {seconds} s, as `set timeout` says"));
        }
        over
    }

    fn set(&self, end: Option<Instant>) {
        let (until, changed) = &*self.clock;
        *until.lock().unwrap_or_else(PoisonError::into_inner) = end;
        changed.notify_one();
    }
}

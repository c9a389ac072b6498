//! `--timeout`: what takes longer is stopped where it asks whether to go on; what does not ask is ended with the program.

use super::exit;
use super::streams::say;
use crate::data::Budget;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

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

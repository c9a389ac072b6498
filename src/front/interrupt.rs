//! Ctrl-C while a query runs, and the end that is asked of the program. In: a budget. Out: work under it is asked to stop, so
//! that a database that is asked stops too.

use super::exit;
use crate::data::Budget;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// What is to be stopped.
static NOW: Mutex<Option<Budget>> = Mutex::new(None);
/// Whether the program goes on once that is stopped, as the prompt does.
static STAYS: AtomicBool = AtomicBool::new(false);
/// Whether it was asked for before.
static BEFORE: AtomicBool = AtomicBool::new(false);

fn stop() {
    if let Some(budget) = NOW.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
        budget.stop();
    }
}

fn set(budget: Budget) {
    *NOW.lock().unwrap_or_else(PoisonError::into_inner) = Some(budget);
    // Where it hears already, it hears this.
    let _ = ctrlc::set_handler(|| {
        if !STAYS.load(Ordering::Relaxed) && BEFORE.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(exit::INTERRUPTED));
        }
        stop();
    });
}

/// Ctrl-C stops what runs under this budget, and nothing else.
pub fn stops(budget: Budget) {
    STAYS.swap(true, Ordering::Relaxed);
    set(budget);
}

/// Ctrl-C stops what runs under this budget, so that a database that is asked stops too; a second one ends the program. Not
/// at the prompt, which has seen to it for all that it does.
pub fn stops_then_ends(budget: Budget) {
    if !STAYS.load(Ordering::Relaxed) {
        set(budget);
    }
    #[cfg(unix)]
    ends_when_told();
}

/// Whoever ends the program, or closes its terminal, ends what it asks for too: without this its clients and their servers
/// would go on.
#[cfg(unix)]
fn ends_when_told() {
    use signal_hook::consts::{SIGHUP, SIGTERM};
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        // A run that is to outlive its terminal does not hear that it is closed.
        let told = if outlives_its_terminal() { vec![SIGTERM] } else { vec![SIGTERM, SIGHUP] };
        let Ok(mut signals) = signal_hook::iterator::Signals::new(told) else { return };
        std::thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                stop();
                std::thread::sleep(GRACE);
                std::process::exit(128 + signal);
            }
        });
    });
}

/// Whether the program was started so that the end of its terminal is passed over, as `nohup` does; where that cannot be
/// known it was.
#[cfg(unix)]
fn outlives_its_terminal() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_none_or(|mask| mask & (1 << (signal_hook::consts::SIGHUP - 1)) != 0)
}

/// How long clients have to end.
#[cfg(unix)]
const GRACE: std::time::Duration = std::time::Duration::from_millis(500);

//! Ctrl-C while a query runs. In: a budget. Out: work under it is asked to stop.

use super::exit;
use crate::data::Budget;
use std::sync::atomic::{AtomicBool, Ordering};

/// Ctrl-C stops what runs under this budget, and nothing else.
pub fn stops(budget: Budget) {
    let _ = ctrlc::set_handler(move || budget.stop());
}

/// Ctrl-C stops what runs under this budget, so that a database that is asked stops too; a second one ends the program.
pub fn stops_then_ends(budget: Budget) {
    let before = AtomicBool::new(false);
    let _ = ctrlc::set_handler(move || {
        if before.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(exit::INTERRUPTED));
        }
        budget.stop();
    });
}

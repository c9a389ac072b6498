//! The front ends: arguments, batch runs, the prompt. All sit on one [`crate::session::Session`]; they alone print.

pub mod arguments;
pub mod batch;
pub mod clients;
mod colour;
mod commands;
pub mod complete;
mod disk;
pub mod inspect;
mod inspect_page;
mod interrupt;
mod json_line;
pub mod lesson;
mod line;
pub mod output;
mod pager;
pub mod printer;
mod progress;
pub mod read;
pub mod repl;
pub mod report;
mod sandbox;
mod shelf;
pub mod shipped;
pub mod streams;
pub mod timeout;
pub mod usage;
pub mod worked;

pub use clients::Clients;
pub use disk::Disk;

/// Exit codes of the program.
pub mod exit {
    /// All went well.
    pub const OK: u8 = 0;
    /// A statement failed.
    pub const FAILED: u8 = 1;
    /// The arguments make no sense.
    pub const USAGE: u8 = 2;
    /// Data could not be loaded.
    pub const DATA: u8 = 3;
    /// An assertion does not hold.
    pub const ASSERTION: u8 = 4;
    /// A mistake of tradeql itself.
    pub const BUG: u8 = 70;
    /// Stopped after `--timeout`.
    pub const TIMEOUT: u8 = 124;
    /// Stopped by the user.
    pub const INTERRUPTED: u8 = 130;
}

/// Whether the terminal shows ASCII alone: it says that it is dumb, or its language that it writes no UTF-8. Where nothing
/// is said, as on systems that have one encoding, it is UTF-8.
pub fn is_plain_terminal(variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &&str| variable(name).filter(|v| !v.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(set).map(|l| l.to_ascii_lowercase());
    let dumb = variable("TERM").is_some_and(|t| t == "dumb");
    dumb || locale.is_some_and(|l| !l.contains("utf-8") && !l.contains("utf8"))
}

/// The memory of this machine in bytes, where the system tells.
fn machine_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

//! The front ends: arguments, batch runs, the prompt. All sit on one [`crate::session::Session`]; they alone print.

pub mod arguments;
pub mod batch;
pub mod complete;
pub mod output;
pub mod repl;

use crate::session::Files;
use std::io::Write;
use std::path::Path;

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
    /// Stopped by the user.
    pub const INTERRUPTED: u8 = 130;
}

/// The files of this machine.
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let part = path.with_file_name(name);
        let written = std::fs::File::create(&part).and_then(|mut f| {
            f.write_all(bytes)?;
            f.sync_all()
        });
        let placed = written.and_then(|()| std::fs::rename(&part, path));
        if placed.is_err() {
            let _ = std::fs::remove_file(&part);
        }
        placed
    }
}

//! The front ends: arguments, batch runs, the prompt. All sit on one [`crate::session::Session`]; they alone print.

pub mod arguments;
pub mod batch;
pub mod complete;
pub mod inspect;
mod inspect_page;
mod json_line;
pub mod output;
mod progress;
pub mod repl;

use crate::session::Files;
use std::io::Write;
use std::path::{Path, PathBuf};

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

/// The memory of this machine in bytes, where the system tells.
fn machine_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// What came in on stdin, read once.
fn stdin() -> std::io::Result<&'static [u8]> {
    static BYTES: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    if BYTES.get().is_none() {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes)?;
        let _ = BYTES.set(bytes);
    }
    Ok(BYTES.get().map_or(&[], Vec::as_slice))
}

/// The files of this machine; `-` is stdin.
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        if path == Path::new("-") { stdin().map(<[u8]>::to_vec) } else { std::fs::read(path) }
    }

    fn open(&self, path: &Path) -> std::io::Result<Box<dyn std::io::Read + Send>> {
        if path == Path::new("-") {
            return stdin().map(|bytes| Box::new(bytes) as Box<dyn std::io::Read + Send>);
        }
        let file = std::fs::File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(std::io::ErrorKind::IsADirectory.into());
        }
        Ok(Box::new(file))
    }

    fn size(&self, path: &Path) -> Option<u64> {
        std::fs::metadata(path).ok().filter(|m| m.is_file()).map(|m| m.len())
    }

    fn is_folder(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn matching(&self, pattern: &Path) -> std::io::Result<Vec<PathBuf>> {
        let invalid = |e: glob::PatternError| std::io::Error::new(std::io::ErrorKind::InvalidInput, e);
        let paths = glob::glob(&pattern.to_string_lossy()).map_err(invalid)?;
        paths.map(|p| p.map_err(|e| e.into())).filter(|p| !p.as_ref().is_ok_and(|p| p.is_dir())).collect()
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

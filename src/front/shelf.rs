//! The folder of the user for what can be made again, and how files of this machine are known again. In: names. Out:
//! files that are read at any place, stamps. Nothing is made before something is kept.

use super::Disk;
use crate::data::pages::{Pages, Shared};
use crate::session::{Content, Files, Shelf, Stamp};
use std::fs::{File, Metadata};
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// No system notes times of changes more coarsely than this.
const COARSEST: Duration = Duration::from_secs(2);

/// A folder in which columns are kept.
pub struct Folder(PathBuf);

impl Folder {
    /// The user's: `$XDG_CACHE_HOME/tradeql`, else `~/.cache/tradeql`.
    pub fn of_user(variable: impl Fn(&str) -> Option<PathBuf>) -> Option<Folder> {
        let set = |name: &str| variable(name).filter(|path| path.is_absolute());
        let folder = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")))?;
        Some(Folder(folder.join("tradeql")))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

/// Whether a file is one of ours, and no file of somebody else that is in the folder by chance.
fn is_ours(name: &str) -> bool {
    let (entry, end) = name.split_once('.').unwrap_or((name, ""));
    let hex = entry.len() == 16 && entry.bytes().all(|b| b.is_ascii_hexdigit());
    hex && (end == "ticket" || end == "columns")
}

impl Shelf for Folder {
    fn open(&self, name: &str) -> Result<Shared> {
        pages(&self.file(name))
    }

    fn put(&self, name: &str, content: Content<'_>) -> Result<()> {
        if !self.0.is_dir() {
            let mut builder = std::fs::DirBuilder::new();
            builder.recursive(true);
            // What is in somebody's files is for nobody else.
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(&self.0)?;
        }
        Disk.put_all(&[(self.file(name), content)]).map_err(|(_, error)| error)
    }

    fn list(&self) -> Result<Vec<(String, u64)>> {
        let entries = match std::fs::read_dir(&self.0) {
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut out = Vec::new();
        for entry in entries {
            let entry = entry?;
            if let Some(name) = entry.file_name().to_str().filter(|name| is_ours(name)) {
                out.push((name.to_string(), entry.metadata()?.len()));
            }
        }
        out.sort();
        Ok(out)
    }

    fn remove(&self, name: &str) -> Result<()> {
        std::fs::remove_file(self.file(name))
    }

    fn place(&self) -> String {
        self.0.to_string_lossy().into_owned()
    }
}

/// This program as it is installed: its version, and the file that it is.
pub fn program() -> String {
    let file = std::env::current_exe().ok().and_then(|path| stamp(&path));
    let file = file.map(|s| format!("{} {} {:?}", s.size, s.modified, s.number)).unwrap_or_default();
    format!("tradeql {} {file}", env!("CARGO_PKG_VERSION"))
}

/// By what a file is known again.
pub(super) fn stamp(path: &Path) -> Option<Stamp> {
    let there = File::open(path).and_then(|file| file.metadata()).ok().filter(Metadata::is_file)?;
    let of = |time: SystemTime| {
        let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        i64::try_from(since.as_nanos()).ok()
    };
    let modified = of(there.modified().ok()?)?;
    let (changed, number) = system(&there);
    let last = changed.unwrap_or(modified);
    let before = of(SystemTime::now().checked_sub(COARSEST)?)?;
    Some(Stamp { size: there.len(), modified, changed, number, settled: last < before })
}

/// The time of the last change and the number of the file, which the system alone sets.
#[cfg(unix)]
fn system(there: &Metadata) -> (Option<i64>, Option<(u64, u64)>) {
    use std::os::unix::fs::MetadataExt;
    let changed = there.ctime().checked_mul(1_000_000_000).and_then(|s| s.checked_add(there.ctime_nsec()));
    (changed, Some((there.dev(), there.ino())))
}

#[cfg(not(unix))]
fn system(_: &Metadata) -> (Option<i64>, Option<(u64, u64)>) {
    (None, None)
}

/// A file of this machine, read at any place.
pub(super) fn pages(path: &Path) -> Result<Shared> {
    let file = File::open(path)?;
    let there = file.metadata()?;
    if !there.is_file() {
        return Err(Error::other("it is no plain file"));
    }
    Ok(Arc::new(OnDisk { size: there.len(), file: Reading::new(file) }))
}

struct OnDisk {
    size: u64,
    file: Reading,
}

impl Pages for OnDisk {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, at: u64, out: &mut [u8]) -> Result<()> {
        self.file.read_at(at, out)
    }
}

#[cfg(unix)]
struct Reading(File);

#[cfg(unix)]
impl Reading {
    fn new(file: File) -> Reading {
        Reading(file)
    }

    fn read_at(&self, at: u64, out: &mut [u8]) -> Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.0, out, at)
    }
}

/// Where a place and what is read there are two calls, one is made after the other.
#[cfg(not(unix))]
struct Reading(std::sync::Mutex<File>);

#[cfg(not(unix))]
impl Reading {
    fn new(file: File) -> Reading {
        Reading(std::sync::Mutex::new(file))
    }

    fn read_at(&self, at: u64, out: &mut [u8]) -> Result<()> {
        use std::io::{Read, Seek, SeekFrom};
        let mut file = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(out)
    }
}

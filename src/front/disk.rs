//! The files of this machine. In: paths of a session. Out: bytes, sizes, names; files put in place whole or not at all.

use super::shelf;
use crate::data::pages::Shared;
use crate::session::{Content, Files, Stamp};
use std::fs::{DirEntry, File, Metadata, OpenOptions};
use std::io::{BufWriter, Error, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Links that are followed, one after another.
const MOST_LINKS: usize = 40;

/// The files of this machine; `-` is stdin.
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open(path)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn open(&self, path: &Path) -> std::io::Result<Box<dyn Read + Send>> {
        if path == Path::new("-") {
            return Ok(Box::new(std::io::stdin()));
        }
        let file = File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(ErrorKind::IsADirectory.into());
        }
        Ok(Box::new(file))
    }

    fn size(&self, path: &Path) -> Option<u64> {
        std::fs::metadata(path).ok().filter(|m| m.is_file()).map(|m| m.len())
    }

    fn stamp(&self, path: &Path) -> Option<Stamp> {
        shelf::stamp(path)
    }

    fn pages(&self, path: &Path) -> std::io::Result<Shared> {
        shelf::pages(path)
    }

    fn waits(&self, path: &Path) -> bool {
        path == Path::new("-") || std::fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir())
    }

    fn is_folder(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn matching(&self, pattern: &Path) -> std::io::Result<Vec<PathBuf>> {
        let invalid = |e: glob::PatternError| Error::new(ErrorKind::InvalidInput, e);
        let paths = glob::glob(&pattern.to_string_lossy()).map_err(invalid)?;
        paths.map(|p| p.map_err(|e| e.into())).filter(|p| !p.as_ref().is_ok_and(|p| p.is_dir())).collect()
    }

    fn exists(&self, path: &Path) -> bool {
        std::fs::symlink_metadata(path).is_ok()
    }

    fn real(&self, path: &Path) -> PathBuf {
        if let Ok(found) = std::fs::canonicalize(path) {
            return found;
        }
        let folder = path.parent().map(|p| if p.as_os_str().is_empty() { Path::new(".") } else { p });
        match (folder.and_then(|f| std::fs::canonicalize(f).ok()), path.file_name()) {
            (Some(folder), Some(name)) => folder.join(name),
            _ => path.to_path_buf(),
        }
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        self.write_all(&[(path.to_path_buf(), bytes.to_vec())]).map_err(|(_, error)| error)
    }

    fn write_all(&self, files: &[(PathBuf, Vec<u8>)]) -> Result<(), (PathBuf, Error)> {
        let files: Vec<_> = files.iter().map(|(path, bytes)| (path.clone(), of_bytes(bytes))).collect();
        self.put_all(&files)
    }

    fn put_all(&self, files: &[(PathBuf, Content<'_>)]) -> Result<(), (PathBuf, Error)> {
        let mut placing = Placing::default();
        for (path, content) in files {
            placing.prepare(path, content).map_err(|e| (path.clone(), e))?;
        }
        placing.place()
    }
}

fn of_bytes(bytes: &[u8]) -> Content<'_> {
    Box::new(move |to| to.write_all(bytes))
}

/// Files beside their places, then in them. What is not finished is taken back when this goes.
#[derive(Default)]
struct Placing {
    /// Written, and where it is to go.
    parts: Vec<(Beside, PathBuf)>,
    /// What stood in a place before, kept while others are put in theirs.
    kept: Vec<(Beside, PathBuf)>,
    /// Places in which nothing stood and now something does.
    new: Vec<PathBuf>,
    finished: bool,
}

impl Placing {
    fn prepare(&mut self, path: &Path, content: &Content<'_>) -> std::io::Result<()> {
        // A link stays one: what it leads to is replaced.
        let path = &linked(path)?;
        let before = std::fs::metadata(path).ok();
        match &before {
            Some(there) if there.is_dir() => return Err(ErrorKind::IsADirectory.into()),
            Some(there) if !there.is_file() => return Err(Error::other("it is no plain file")),
            _ => {}
        }
        sweep(path);
        let part = Beside::new(path, PART, before.as_ref())?;
        let mut to = BufWriter::with_capacity(1 << 16, &part.file);
        let written = content(&mut to).and_then(|()| to.flush()).and_then(|()| part.file.sync_all());
        // What is still in hand is not tried again.
        drop(to.into_parts());
        self.parts.push((part, path.clone()));
        written
    }

    fn place(&mut self) -> Result<(), (PathBuf, Error)> {
        let alone = self.parts.len() == 1;
        for (part, path) in &self.parts {
            // One file is in its place at once; of several, those before it can be taken back.
            let kept = if alone { Ok(()) } else { keep(path, &mut self.kept, &mut self.new) };
            let placed = kept.and_then(|()| std::fs::rename(&part.path, path));
            placed.map_err(|e| (path.clone(), e))?;
        }
        self.finished = true;
        Ok(())
    }
}

/// Keeps what stands in a place, so that it can be put there again.
fn keep(path: &Path, kept: &mut Vec<(Beside, PathBuf)>, new: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !path.exists() {
        new.push(path.to_path_buf());
        return Ok(());
    }
    let old = beside(path, OLD);
    std::fs::hard_link(path, &old).or_else(|_| std::fs::copy(path, &old).map(|_| ()))?;
    let file = File::open(&old)?;
    // Where files cannot be locked, nothing is swept away either.
    let _ = file.try_lock();
    kept.push((Beside { path: old, file }, path.to_path_buf()));
    Ok(())
}

impl Drop for Placing {
    fn drop(&mut self) {
        if !self.finished {
            for (old, path) in &self.kept {
                let _ = std::fs::rename(&old.path, path);
            }
            for path in &self.new {
                let _ = std::fs::remove_file(path);
            }
        }
        for (rest, _) in self.parts.iter().chain(&self.kept) {
            let _ = std::fs::remove_file(&rest.path);
        }
    }
}

/// What is written, and what is kept, while files are put in their places.
const PART: &str = "part";
const OLD: &str = "old";

/// A file beside another, locked as long as somebody works on it.
struct Beside {
    path: PathBuf,
    file: File,
}

impl Beside {
    /// A new one, for those who may read the other and for nobody else.
    fn new(path: &Path, end: &str, before: Option<&Metadata>) -> std::io::Result<Beside> {
        let part = beside(path, end);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        if let Some(before) = before {
            use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
            options.mode(before.permissions().mode() & 0o777);
        }
        let file = options.open(&part)?;
        let _ = file.try_lock();
        let beside = Beside { path: part, file };
        if let Some(before) = before {
            let same = std::fs::set_permissions(&beside.path, before.permissions());
            same.inspect_err(|_| drop(std::fs::remove_file(&beside.path)))?;
        }
        Ok(beside)
    }
}

/// A name beside a file that nothing else has.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.{end}", std::process::id()));
    path.with_file_name(name)
}

/// Takes away what a program that was ended while it wrote this file has left beside it; what is locked is at work.
fn sweep(path: &Path) {
    let Some(name) = path.file_name().and_then(|n| n.to_str()) else { return };
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let left = |entry: &DirEntry| {
        let own = entry.file_name();
        let (number, end) = own.to_str()?.strip_prefix(name)?.strip_prefix('.')?.split_once('.')?;
        let ours = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) && (end == PART || end == OLD);
        ours.then(|| entry.path())
    };
    for path in std::fs::read_dir(folder).into_iter().flatten().flatten().filter_map(|entry| left(&entry)) {
        if File::open(&path).is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Where a link leads, and the path itself where it is none.
fn linked(path: &Path) -> std::io::Result<PathBuf> {
    let mut out = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        let Ok(next) = std::fs::read_link(&out) else { return Ok(out) };
        out = out.parent().unwrap_or(Path::new("")).join(next);
    }
    Err(Error::other("it is a link that leads in a circle"))
}

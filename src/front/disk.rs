//! The files of this machine. In: paths of a session. Out: bytes, sizes, names; files put in place whole or not at all.

use crate::session::Files;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

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
        let file = std::fs::File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(std::io::ErrorKind::IsADirectory.into());
        }
        Ok(Box::new(file))
    }

    fn size(&self, path: &Path) -> Option<u64> {
        std::fs::metadata(path).ok().filter(|m| m.is_file()).map(|m| m.len())
    }

    fn waits(&self, path: &Path) -> bool {
        path == Path::new("-") || std::fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir())
    }

    fn is_folder(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn matching(&self, pattern: &Path) -> std::io::Result<Vec<PathBuf>> {
        let invalid = |e: glob::PatternError| std::io::Error::new(std::io::ErrorKind::InvalidInput, e);
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

    fn write_all(&self, files: &[(PathBuf, Vec<u8>)]) -> Result<(), (PathBuf, std::io::Error)> {
        let mut placing = Placing::default();
        for (path, bytes) in files {
            placing.prepare(path, bytes).map_err(|e| (path.clone(), e))?;
        }
        placing.place()
    }
}

/// Files beside their places, then in them. What is not finished is taken back when this goes.
#[derive(Default)]
struct Placing {
    /// Written, and where it is to go.
    parts: Vec<(PathBuf, PathBuf)>,
    /// What stood in a place before, kept while others are put in theirs.
    kept: Vec<(PathBuf, PathBuf)>,
    /// Places in which nothing stood and now something does.
    new: Vec<PathBuf>,
    finished: bool,
}

impl Placing {
    fn prepare(&mut self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        if path.is_dir() {
            return Err(std::io::ErrorKind::IsADirectory.into());
        }
        let part = beside(path, "part");
        self.parts.push((part.clone(), path.to_path_buf()));
        let mut file = std::fs::File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn place(&mut self) -> Result<(), (PathBuf, std::io::Error)> {
        let alone = self.parts.len() == 1;
        for (part, path) in self.parts.clone() {
            // One file is in its place at once; of several, those before it can be taken back.
            let placed = if alone { Ok(()) } else { self.keep(&path) }.and_then(|()| std::fs::rename(&part, &path));
            placed.map_err(|e| (path.clone(), e))?;
        }
        self.finished = true;
        Ok(())
    }

    fn keep(&mut self, path: &Path) -> std::io::Result<()> {
        if !path.exists() {
            self.new.push(path.to_path_buf());
            return Ok(());
        }
        let old = beside(path, "old");
        self.kept.push((old.clone(), path.to_path_buf()));
        std::fs::hard_link(path, &old).or_else(|_| std::fs::copy(path, &old).map(|_| ()))
    }
}

impl Drop for Placing {
    fn drop(&mut self) {
        if !self.finished {
            for (old, path) in &self.kept {
                let _ = std::fs::rename(old, path);
            }
            for path in &self.new {
                let _ = std::fs::remove_file(path);
            }
        }
        for (rest, _) in self.parts.iter().chain(&self.kept) {
            let _ = std::fs::remove_file(rest);
        }
    }
}

/// A name beside a file that nothing else has.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.{end}", std::process::id()));
    path.with_file_name(name)
}

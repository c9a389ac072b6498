//! Files below one folder, to be read only. In: any files, and the folder. Out: the same, with everything else refused,
//! links out of the folder too, and nothing written.

use crate::session::Files;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::{Component, Path, PathBuf};

/// The files below a folder.
pub struct Sandbox<F> {
    files: F,
    folder: PathBuf,
    /// As it is called, links and all.
    called: PathBuf,
}

impl<F: Files> Sandbox<F> {
    /// Only what lies below `folder`.
    ///
    /// # Errors
    /// There is no such folder.
    pub fn new(files: F, folder: &Path) -> Result<Sandbox<F>> {
        let called = plain(&std::path::absolute(folder)?);
        let folder = std::fs::canonicalize(folder)?;
        if !folder.is_dir() {
            return Err(ErrorKind::NotADirectory.into());
        }
        Ok(Sandbox { files, folder, called })
    }

    /// Refuses what lies elsewhere, by its name before it is looked for.
    fn within<'p>(&self, path: &'p Path) -> Result<&'p Path> {
        if path == Path::new("-") {
            return Ok(path);
        }
        let named = plain(&std::path::absolute(path)?);
        let below = |path: &Path| path.starts_with(&self.folder) || path.starts_with(&self.called);
        let real = self.files.real(path);
        // What is not there has no links to follow.
        let leads = !self.files.exists(path) || real.starts_with(&self.folder);
        if below(&named) && leads { Ok(path) } else { Err(refused("it lies outside the sandbox")) }
    }
}

/// A path without `.` and `..`, taken by its words.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}

fn refused(why: &str) -> Error {
    Error::other(why)
}

impl<F: Files> Files for Sandbox<F> {
    fn read(&self, path: &Path) -> Result<Vec<u8>> {
        self.files.read(self.within(path)?)
    }

    fn open(&self, path: &Path) -> Result<Box<dyn Read + Send>> {
        self.files.open(self.within(path)?)
    }

    fn size(&self, path: &Path) -> Option<u64> {
        self.files.size(self.within(path).ok()?)
    }

    fn waits(&self, path: &Path) -> bool {
        self.within(path).is_ok_and(|path| self.files.waits(path))
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.within(path).is_ok_and(|path| self.files.is_folder(path))
    }

    fn matching(&self, pattern: &Path) -> Result<Vec<PathBuf>> {
        let found = self.files.matching(self.within(pattern)?)?;
        found.into_iter().map(|path| self.within(&path).map(Path::to_path_buf)).collect()
    }

    fn exists(&self, path: &Path) -> bool {
        self.within(path).is_ok_and(|path| self.files.exists(path))
    }

    fn real(&self, path: &Path) -> PathBuf {
        self.files.real(path)
    }

    fn write(&self, _: &Path, _: &[u8]) -> Result<()> {
        Err(refused("a sandbox writes nothing"))
    }

    fn write_all(&self, files: &[(PathBuf, Vec<u8>)]) -> std::result::Result<(), (PathBuf, Error)> {
        match files {
            [] => Ok(()),
            [(path, _), ..] => Err((path.clone(), refused("a sandbox writes nothing"))),
        }
    }
}

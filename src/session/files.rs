//! How a session reaches files. In: paths. Out: bytes, sizes, names. Knows neither what is in a file nor where the
//! files of a program are: a test or a web page may have none.

use crate::data::pages::Shared;
use serde::{Deserialize, Serialize};
use std::io::{ErrorKind, Result, Write};
use std::path::{Path, PathBuf};

/// Writes what a file is to hold.
pub type Content<'a> = Box<dyn Fn(&mut dyn Write) -> Result<()> + 'a>;

/// By what a file is known again. Two of one file that are the same tell that it was not written to between them, as long
/// as the system keeps the time of the last change, which no program can set.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stamp {
    /// Bytes.
    pub size: u64,
    /// When it was written to, as it says, in nanoseconds.
    pub modified: i64,
    /// When it was changed last, as the system says; `None` where the system does not.
    pub changed: Option<i64>,
    /// Which file it is.
    pub number: Option<(u64, u64)>,
    /// Whether the last change lies so far back that a later one has another time.
    pub settled: bool,
}

impl Stamp {
    /// Whether both are of one file, as long as nobody wrote to it.
    pub fn is_same(&self, other: &Stamp) -> bool {
        let of = |stamp: &Stamp| (stamp.size, stamp.modified, stamp.changed, stamp.number);
        of(self) == of(other)
    }
}

/// A place for files of our own, such as the user's folder for what can be made again. Reading and writing are whole or
/// not at all, also while others do the same.
pub trait Shelf: Send + Sync {
    /// A file.
    ///
    /// # Errors
    /// What the system says of one that is not there or cannot be read.
    fn open(&self, name: &str) -> Result<Shared>;

    /// Puts a file there, in place of one of the same name.
    ///
    /// # Errors
    /// What the system says; what stood there before stands there still.
    fn put(&self, name: &str, content: Content<'_>) -> Result<()>;

    /// The names of all files, and their bytes.
    ///
    /// # Errors
    /// What the system says of the place; that there is none yet is no error.
    fn list(&self) -> Result<Vec<(String, u64)>>;

    /// Takes a file away.
    ///
    /// # Errors
    /// What the system says.
    fn remove(&self, name: &str) -> Result<()>;

    /// Where it is, in words.
    fn place(&self) -> String;
}

/// How a session reaches files; a test or a web page may have none.
pub trait Files: Send + Sync {
    /// All bytes of a file.
    ///
    /// # Errors
    /// What the system says of a file that is not there or may not be read.
    fn read(&self, path: &Path) -> Result<Vec<u8>>;

    /// A file to be read piece by piece.
    ///
    /// # Errors
    /// As [`Files::read`]; what is wrong further on comes from the reader.
    fn open(&self, path: &Path) -> Result<Box<dyn std::io::Read + Send>> {
        self.read(path).map(|bytes| Box::new(std::io::Cursor::new(bytes)) as Box<dyn std::io::Read + Send>)
    }

    /// How many bytes a file has, if that is known before it is read.
    fn size(&self, _path: &Path) -> Option<u64> {
        None
    }

    /// By what a file is known again without reading it; `None` where that cannot be told.
    fn stamp(&self, _path: &Path) -> Option<Stamp> {
        None
    }

    /// A file that is read at any place.
    ///
    /// # Errors
    /// As [`Files::read`], and that there is no such thing here.
    fn pages(&self, _path: &Path) -> Result<Shared> {
        Err(ErrorKind::Unsupported.into())
    }

    /// Whether it is a pipe or the like: it can be read once, and reading waits for whoever writes.
    fn waits(&self, _path: &Path) -> bool {
        false
    }

    /// Whether it is a folder.
    fn is_folder(&self, _path: &Path) -> bool {
        false
    }

    /// The files that a pattern with `*` and `?` stands for, in order.
    ///
    /// # Errors
    /// A folder that may not be read, or a pattern that is none; finding no file is no error.
    fn matching(&self, pattern: &Path) -> Result<Vec<PathBuf>> {
        Ok(vec![pattern.to_path_buf()])
    }

    /// Whether there is anything of this name.
    fn exists(&self, path: &Path) -> bool {
        self.read(path).is_ok()
    }

    /// The one path of a file, whatever way leads to it; of a file that is not there, where it would be.
    fn real(&self, path: &Path) -> PathBuf {
        path.to_path_buf()
    }

    /// Puts all of these files in place, or none, as their contents are written; in memory, unless it is done better.
    ///
    /// # Errors
    /// As [`Files::write_all`], and what comes from writing the contents.
    fn put_all(&self, files: &[(PathBuf, Content<'_>)]) -> std::result::Result<(), (PathBuf, std::io::Error)> {
        let mut whole = Vec::new();
        for (path, content) in files {
            let mut bytes = Vec::new();
            content(&mut bytes).map_err(|e| (path.clone(), e))?;
            whole.push((path.clone(), bytes));
        }
        self.write_all(&whole)
    }

    /// Puts all of these files in place, or none.
    ///
    /// # Errors
    /// The file that could not be written, and what the system says.
    fn write_all(&self, files: &[(PathBuf, Vec<u8>)]) -> std::result::Result<(), (PathBuf, std::io::Error)> {
        files.iter().try_for_each(|(path, bytes)| self.write(path, bytes).map_err(|e| (path.clone(), e)))
    }

    /// Puts a file in place, whole or not at all.
    ///
    /// # Errors
    /// What the system says; what stood there before stands there still.
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<()>;
}

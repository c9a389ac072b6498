//! How a session reaches files. In: paths. Out: bytes, sizes, names. Knows neither what is in a file nor where the
//! files of a program are: a test or a web page may have none.

use std::io::Write;
use std::path::{Path, PathBuf};

/// Writes what a file is to hold.
pub type Content<'a> = Box<dyn Fn(&mut dyn Write) -> std::io::Result<()> + 'a>;

/// How a session reaches files; a test or a web page may have none.
pub trait Files: Send + Sync {
    /// All bytes of a file.
    ///
    /// # Errors
    /// What the system says of a file that is not there or may not be read.
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>>;

    /// A file to be read piece by piece.
    ///
    /// # Errors
    /// As [`Files::read`]; what is wrong further on comes from the reader.
    fn open(&self, path: &Path) -> std::io::Result<Box<dyn std::io::Read + Send>> {
        self.read(path).map(|bytes| Box::new(std::io::Cursor::new(bytes)) as Box<dyn std::io::Read + Send>)
    }

    /// How many bytes a file has, if that is known before it is read.
    fn size(&self, _path: &Path) -> Option<u64> {
        None
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
    fn matching(&self, pattern: &Path) -> std::io::Result<Vec<PathBuf>> {
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
    fn put_all(&self, files: &[(PathBuf, Content<'_>)]) -> Result<(), (PathBuf, std::io::Error)> {
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
    fn write_all(&self, files: &[(PathBuf, Vec<u8>)]) -> Result<(), (PathBuf, std::io::Error)> {
        files.iter().try_for_each(|(path, bytes)| self.write(path, bytes).map_err(|e| (path.clone(), e)))
    }

    /// Puts a file in place, whole or not at all.
    ///
    /// # Errors
    /// What the system says; what stood there before stands there still.
    fn write(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()>;
}

//! Files that are read at any place, wherever they are. Knows nothing of what is in them.

use std::io;
use std::sync::Arc;

/// A file that is read at any place.
pub trait Pages: Send + Sync {
    /// How many bytes there are.
    fn size(&self) -> u64;

    /// Fills `out` with the bytes from a place on.
    ///
    /// # Errors
    /// What the system says, and that there are fewer bytes.
    fn read_at(&self, at: u64, out: &mut [u8]) -> io::Result<()>;
}

impl Pages for Vec<u8> {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, at: u64, out: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(at).unwrap_or(usize::MAX);
        let from = start.checked_add(out.len()).and_then(|end| self.get(start..end));
        out.copy_from_slice(from.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

/// All bytes of a file.
///
/// # Errors
/// What the system says, and that the file is longer than `most`.
pub fn whole(pages: &dyn Pages, most: u64) -> io::Result<Vec<u8>> {
    if pages.size() > most {
        return Err(io::Error::other("it is too long"));
    }
    let mut out = vec![0; usize::try_from(pages.size()).unwrap_or(0)];
    pages.read_at(0, &mut out)?;
    Ok(out)
}

/// A file that can be read at any place, shared.
pub type Shared = Arc<dyn Pages>;

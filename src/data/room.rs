//! What may be held of a file at a time. In: a limit, and what is held. Out: the error of a file that takes more.

use crate::data::doubt::LoadError;
use crate::diagnostic::words::megabytes;

/// A limit in bytes, and how much of it is taken.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    most: u64,
    held: u64,
}

impl Room {
    /// All of a limit.
    pub const fn of(most: u64) -> Room {
        Room { most, held: 0 }
    }

    /// Beside so many bytes more that are held.
    pub fn beside(self, bytes: usize) -> Room {
        Room { held: self.held.saturating_add(bytes as u64), ..self }
    }

    /// How much may still be taken.
    pub fn left(self) -> u64 {
        self.most.saturating_sub(self.held)
    }

    /// # Errors
    /// So many bytes are more than is left.
    pub fn check(self, bytes: usize) -> Result<(), LoadError> {
        if bytes as u64 <= self.left() { Ok(()) } else { Err(self.exceeded()) }
    }

    /// The error of what takes more.
    pub fn exceeded(self) -> LoadError {
        let message = format!("it takes more than {} MB, which is `--max-memory`", megabytes(self.most));
        LoadError::new(message).advice("plain text in UTF-8, unpacked, is read part by part")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_leaves_less() {
        let room = Room::of(10 << 20).beside(6 << 20);
        assert_eq!(room.check(4 << 20), Ok(()));
        let told = room.check((4 << 20) + 1).map_err(|e| e.message);
        assert_eq!(told, Err("it takes more than 10 MB, which is `--max-memory`".to_string()));
        assert!(room.beside(5 << 20).check(1).is_err());
    }
}

//! Checksums, by which bytes are known again. In: bytes, or a file. Out: a number that no other bytes have but by a chance
//! of one in 2⁶⁴. Not meant against somebody who wants to deceive.

use crate::data::pages::Pages;
use crate::data::work::Budget;
use std::hash::Hasher;
use std::io;
use twox_hash::XxHash64;

/// What is read at a time.
const CHUNK: usize = 1 << 20;
/// Bytes of a sample.
const SAMPLE: u64 = 4096;

/// The checksum of some bytes.
pub fn of(bytes: &[u8]) -> u64 {
    XxHash64::oneshot(0, bytes)
}

/// The checksum of a whole file.
///
/// # Errors
/// What the system says, and that the work was stopped.
pub fn of_file(pages: &dyn Pages, budget: &Budget) -> io::Result<u64> {
    let mut hash = XxHash64::with_seed(0);
    let mut chunk = vec![0; CHUNK];
    let mut at = 0;
    while at < pages.size() {
        budget.check().map_err(io::Error::other)?;
        let size = usize::try_from(pages.size() - at).unwrap_or(CHUNK).min(CHUNK);
        let out = chunk.get_mut(..size).unwrap_or(&mut []);
        pages.read_at(at, out)?;
        hash.write(out);
        at += size as u64;
    }
    Ok(hash.finish())
}

/// The checksum of some places of a file, the first and the last among them: all of a small file.
///
/// # Errors
/// What the system says.
pub fn of_samples(pages: &dyn Pages, samples: u64) -> io::Result<u64> {
    let mut hash = XxHash64::with_seed(1);
    let mut sample = |at: u64, size: u64| -> io::Result<()> {
        let mut out = vec![0; usize::try_from(size).unwrap_or(0)];
        pages.read_at(at, &mut out)?;
        hash.write(&out);
        Ok(())
    };
    let size = pages.size();
    let samples = samples.max(2);
    if size <= samples * SAMPLE {
        sample(0, size)?;
    } else {
        for n in 0..samples {
            sample((size - SAMPLE) / (samples - 1) * n, SAMPLE)?;
        }
        sample(size - SAMPLE, SAMPLE)?;
    }
    Ok(hash.finish())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_known_again_and_others_are_told_apart() {
        // From the reference implementation of xxHash: XXH64 of nothing, of "a" and of "abc", seed 0.
        assert_eq!(of(b""), 0xef46_db37_51d8_e999);
        assert_eq!(of(b"a"), 0xd24e_c4f1_a98c_6e5b);
        assert_eq!(of(b"abc"), 0x44bc_2cf5_ad77_0999);
        let mut bytes: Vec<u8> = (0..3_000_000u32).map(|n| (n % 251) as u8).collect();
        let (file, samples) = (of_file(&bytes, &Budget::default()).unwrap(), of_samples(&bytes, 8).unwrap());
        assert_eq!(file, of(&bytes));
        bytes[2_999_999] ^= 1;
        assert_ne!(of_file(&bytes, &Budget::default()).unwrap(), file);
        assert_ne!(of_samples(&bytes, 8).unwrap(), samples);
    }
}

//! From the bytes of a file to text. In: a reader. Out: UTF-8, with what had to be guessed to get there. Packed files
//! are unpacked under a cap; an encoding is guessed only where the bytes themselves leave one choice.

use crate::data::doubt::LoadError;
use crate::data::room::Room;
use crate::diagnostic::words::megabytes;
use crate::pause::{paced, pause, turn};
use encoding_rs::{Encoding, GB18030, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::io::{self, Read};

/// How much larger than itself a packed file may become, and how much it may always be.
const MAX_RATIO: u64 = 200;
const ALWAYS_ALLOWED: u64 = 64 << 20;

/// Text, and how it was read from bytes.
#[derive(Debug)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// The name of the encoding.
    pub encoding: &'static str,
    /// The first line that is not ASCII, if the encoding was guessed.
    pub guessed: Option<usize>,
    /// The line of the first byte that is not of the encoding, and that byte, where all others are.
    pub broken: Option<(usize, u8)>,
}

/// A reader that counts what goes through and refuses to become a bomb.
struct Capped<R> {
    inner: R,
    left: u64,
    /// What is said of one that does.
    words: String,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        self.left = self.left.checked_sub(n as u64).ok_or_else(|| io::Error::other(self.words.clone()))?;
        Ok(n)
    }
}

/// How packed files begin.
pub const GZIP: &[u8] = &[0x1F, 0x8B];
/// How files packed with zstd begin.
pub const ZSTD: &[u8] = &[0x28, 0xB5, 0x2F, 0xFD];

#[cfg(feature = "parquet")]
fn of_zstd(packed: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    Ok(Box::new(zstd::stream::read::Decoder::new(packed)?))
}

#[cfg(not(feature = "parquet"))]
fn of_zstd(_: impl Read) -> io::Result<Box<dyn Read + Send>> {
    Err(io::Error::other("it is packed with zstd, which this build does not read; unpack it, or use gzip"))
}

/// Unpacks a reader that begins with `head`, if it is packed; `size` is what the packed file has, if known,
/// and `most` what may come of it.
pub fn unpacked(
    head: Vec<u8>,
    rest: Box<dyn Read + Send>,
    (size, most): (Option<u64>, u64),
) -> io::Result<(Vec<u8>, Box<dyn Read + Send>)> {
    let (zstd, gzip) = (head.starts_with(ZSTD), head.starts_with(GZIP));
    if !zstd && !gzip {
        return Ok((head, rest));
    }
    let packed = io::Cursor::new(head).chain(rest);
    let cap = size.map_or(u64::MAX, |s| s.saturating_mul(MAX_RATIO)).max(ALWAYS_ALLOWED);
    let inner: Box<dyn Read + Send> =
        if zstd { of_zstd(packed)? } else { Box::new(flate2::read::MultiGzDecoder::new(packed)) };
    let words = if most < cap {
        format!(
            "unpacked it is more than {} MB, which is `--max-memory`; unpack it, and it is read part by part",
            megabytes(most)
        )
    } else {
        format!("unpacked it is more than {MAX_RATIO} times its size; unpack it first")
    };
    let mut reader = Capped { inner, left: cap.min(most), words };
    let mut head = vec![0; 8];
    let mut filled = 0;
    while let Some(free) = head.get_mut(filled..).filter(|f| !f.is_empty()) {
        match reader.read(free)? {
            0 => break,
            n => filled += n,
        }
    }
    head.truncate(filled);
    Ok((head, Box::new(reader)))
}

/// Whether the bytes cannot be UTF-8 text as they begin, so that the whole file must be seen first.
pub fn is_foreign(head: &[u8]) -> bool {
    head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]) || head.contains(&0)
}

/// The encoding of a name such as `latin1`, `gbk`, `utf-16`.
pub fn by_name(name: &str) -> Option<&'static Encoding> {
    Encoding::for_label(name.as_bytes()).filter(|e| *e != encoding_rs::REPLACEMENT)
}

/// An error where a NUL stands in a text that begins at this line.
pub fn no_nul(text: &[u8], first_line: usize) -> Result<(), LoadError> {
    let Some(at) = memchr::memchr(0, text) else { return Ok(()) };
    let line = first_line + memchr::memchr_iter(b'\n', text.get(..at).unwrap_or(&[])).count();
    Err(LoadError::at(line, "there is a NUL byte; the file is damaged, or no text"))
}

/// All bytes of a file as text. A declared encoding must fit; else the marks at the start decide, then UTF-8, then
/// what the other bytes look like.
pub fn decode(mut bytes: Vec<u8>, declared: Option<&'static Encoding>, room: Room) -> Result<Decoded, LoadError> {
    if let Some((encoding, marks)) = Encoding::for_bom(&bytes).filter(|(e, _)| declared.is_none_or(|d| d == *e)) {
        bytes.drain(..marks);
        return whole(encoding, bytes, None, room);
    }
    if let Some(encoding) = declared {
        return whole(encoding, bytes, None, room);
    }
    if let Some(encoding) = wide(&bytes) {
        return whole(encoding, bytes, Some(1), room);
    }
    no_nul(&bytes, 1)?;
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Ok(Decoded { text, encoding: encoding_rs::UTF_8.name(), guessed: None, broken: None }),
        Err(wrong) => wrong.into_bytes(),
    };
    let line_at = |at: usize| memchr::memchr_iter(b'\n', bytes.get(..at).unwrap_or(&bytes)).count() + 1;
    let first = line_at(bytes.iter().position(|b| *b >= 0x80).unwrap_or(0));
    if let Some((at, byte)) = broken(&bytes) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        return Ok(Decoded {
            text,
            encoding: encoding_rs::UTF_8.name(),
            guessed: None,
            broken: Some((line_at(at), byte)),
        });
    }
    match foreign(&bytes).map(|found| eastern(&bytes, found)) {
        Some(encoding) => whole(encoding, bytes, Some(first), room),
        None => {
            let valid = bytes.utf8_chunks().next().map_or(0, |chunk| chunk.valid().len());
            let mut error =
                LoadError::at(line_at(valid), "the text is not UTF-8, and its bytes do not tell which encoding it has");
            error.advice = Some(
                "declare it, as in `with { encoding \"gb18030\" }` or `with { encoding \"windows-1252\" }`".into(),
            );
            Err(error)
        }
    }
}

/// So many bytes are decoded at a time.
const PIECE: usize = 1 << 16;

/// The text of bytes, and whether some are not of the encoding.
fn text_of(encoding: &'static Encoding, bytes: Vec<u8>, room: Room) -> Result<(String, bool), LoadError> {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) if encoding == encoding_rs::UTF_8 => return Ok((text, false)),
        Ok(text) => text.into_bytes(),
        Err(wrong) => wrong.into_bytes(),
    };
    let room = room.beside(bytes.len());
    let (mut text, mut wrong) = (String::new(), false);
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut pieces = bytes.chunks(PIECE).peekable();
    while let Some(piece) = pieces.next() {
        pause();
        text.reserve(decoder.max_utf8_buffer_length(piece.len()).unwrap_or(4 * PIECE));
        let (_, _, replaced) = decoder.decode_to_string(piece, &mut text, pieces.peek().is_none());
        wrong |= replaced;
        room.check(text.len())?;
    }
    Ok((text, wrong))
}

/// Whether all bytes are of the encoding.
fn is_of(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(4 * PIECE);
    let mut pieces = bytes.chunks(PIECE).peekable();
    while let Some(piece) = pieces.next() {
        pause();
        text.clear();
        text.reserve(decoder.max_utf8_buffer_length(piece.len()).unwrap_or(4 * PIECE));
        if decoder.decode_to_string(piece, &mut text, pieces.peek().is_none()).2 {
            return false;
        }
    }
    true
}

fn whole(
    encoding: &'static Encoding,
    bytes: Vec<u8>,
    guessed: Option<usize>,
    room: Room,
) -> Result<Decoded, LoadError> {
    let (text, wrong) = text_of(encoding, bytes, room)?;
    let first = |text: &str, bad: char| text.find(bad).map(|i| text.get(..i).unwrap_or("").matches('\n').count() + 1);
    if wrong {
        let line = first(&text, '\u{FFFD}').unwrap_or(1);
        return Err(LoadError::at(line, format!("the text is not {}", encoding.name())));
    }
    no_nul(text.as_bytes(), 1)?;
    Ok(Decoded { text, encoding: encoding.name(), guessed, broken: None })
}

/// The first byte that is not UTF-8 in a text whose other letters are: where, and which.
fn broken(bytes: &[u8]) -> Option<(usize, u8)> {
    let (mut whole, mut bad, mut at) = (0usize, 0usize, 0usize);
    let mut first = None;
    for chunk in paced(bytes.utf8_chunks()) {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        at += chunk.valid().len();
        if let Some(byte) = chunk.invalid().first() {
            bad += 1;
            first.get_or_insert((at, *byte));
        }
        at += chunk.invalid().len();
    }
    // Letters of other encodings are UTF-8 by chance now and then, never mostly.
    first.filter(|_| whole >= 2 * bad)
}

/// Of texts of East Asia the encoding whose letters occur as letters of its language do.
fn eastern(bytes: &[u8], found: &'static Encoding) -> &'static Encoding {
    if found != GB18030 {
        return found;
    }
    let mut detector = chardetng::EncodingDetector::new();
    let mut pieces = bytes.chunks(PIECE).peekable();
    while let Some(piece) = pieces.next() {
        pause();
        detector.feed(piece, pieces.peek().is_none());
    }
    let told = detector.guess(None, false);
    let known = [encoding_rs::SHIFT_JIS, encoding_rs::EUC_JP, encoding_rs::EUC_KR, encoding_rs::BIG5];
    let whole = |e: &&'static Encoding| is_of(e, bytes);
    known.into_iter().find(|e| *e == told).filter(whole).unwrap_or(found)
}

/// UTF-16 without its mark: nearly every second byte of text with Latin letters and digits is zero.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(4096))?;
    if head.len() < 4 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let zeros = |start: usize| head.iter().skip(start).step_by(2).filter(|b| **b == 0).count() * 10 / (head.len() / 2);
    match (zeros(0), zeros(1)) {
        (0, 7..) => Some(UTF_16LE),
        (7.., 0) => Some(UTF_16BE),
        _ => None,
    }
}

/// The only encoding under which the bytes above ASCII make sense: runs of whole pairs as in Chinese text, or lone
/// letters between Latin ones.
fn foreign(bytes: &[u8]) -> Option<&'static Encoding> {
    let (mut pairs, mut lone, mut other) = (0usize, 0usize, 0usize);
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        turn();
        if *byte < 0x80 {
            at += 1;
            continue;
        }
        let run = bytes.iter().skip(at).take_while(|b| **b >= 0x80).count();
        let part = bytes.get(at..at + run).unwrap_or(&[]);
        let chinese = run.is_multiple_of(2)
            && part.chunks(2).all(|p| matches!(p, [0xA1..=0xF7, 0xA1..=0xFE] | [0x81..=0xFE, 0x80..=0xFE]));
        let letter = |b: u8| matches!(b, 0xC0..=0xD6 | 0xD8..=0xF6 | 0xF8..=0xFF | 0x8A | 0x8C | 0x8E | 0x92 | 0x96 | 0x9A | 0x9C | 0x9E | 0xA0 | 0xA3 | 0xAA | 0xB0 | 0xBA);
        let before = at.checked_sub(1).and_then(|i| bytes.get(i)).copied().unwrap_or(b' ');
        let after = bytes.get(at + run).copied().unwrap_or(b' ');
        // Signs between Latin letters, where no second byte of a Chinese one stands behind: ©, §, ², €.
        let sign = matches!(
            part,
            [0xA9 | 0xAE | 0xA7 | 0xB2 | 0xB3 | 0xB5 | 0xB7 | 0x80 | 0x85 | 0x93 | 0x94 | 0x99 | 0xAB | 0xBB]
        ) && !matches!(after, 0x40..=0x7E);
        let latin = sign
            || run <= 2
                && part.iter().all(|b| letter(*b))
                && (before.is_ascii_alphabetic() || after.is_ascii_alphabetic() || run == 1);
        match (chinese, latin) {
            (true, false) => pairs += 1,
            (false, true) => lone += 1,
            // Two letters in a row inside a Latin word, or one lone Chinese character: both possible.
            (true, true) if before.is_ascii_alphabetic() && after.is_ascii_alphabetic() => lone += 1,
            (true, true) => pairs += 1,
            (false, false) => other += 1,
        }
        at += run;
    }
    // Some of the pairs of GB18030 end in an ASCII byte, so a text in it may have runs of odd length.
    match (pairs, lone, other) {
        (_, 0, 0) | (1.., 0, _) => Some(GB18030).filter(|e| is_of(e, bytes)),
        (0, _, 0) => Some(WINDOWS_1252),
        (p, l, o) if p > 10 * (l + o) => Some(GB18030).filter(|e| is_of(e, bytes)),
        (p, l, o) if l > 10 * (p + o) => Some(WINDOWS_1252),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const ROOM: Room = Room::of(1000);

    #[test]
    fn the_encoding_follows_from_the_bytes() {
        let name =
            |bytes: &[u8]| decode(bytes.to_vec(), None, ROOM).map(|d| (d.encoding, d.guessed)).map_err(|e| e.line);
        assert_eq!(name("a,é\n".as_bytes()), Ok(("UTF-8", None)));
        assert_eq!(name(b"\xEF\xBB\xBFa,b\n"), Ok(("UTF-8", None)));
        // 中国 is D6 D0 B9 FA in GB2312, Curaçao has a lone E7 in Latin-1.
        assert_eq!(name(b"a\n\xD6\xD0\xB9\xFA,1\n"), Ok(("gb18030", Some(2))));
        assert_eq!(name(b"a\nCura\xE7ao,1\n"), Ok(("windows-1252", Some(2))));
        assert_eq!(name(b"a\n1\n\xA9 Statistisches Bundesamt\n"), Ok(("windows-1252", Some(3))));
        assert_eq!(name(b"\xFF\xFEa\0,\x001\0"), Ok(("UTF-16LE", None)));
        assert_eq!(name(b"a\0,\x001\0\n\x002\0,\x003\0"), Ok(("UTF-16LE", Some(1))));
        assert_eq!(name(b"a,b\n1,\x002\n3"), Err(Some(2)));
    }

    #[test]
    fn a_declared_encoding_must_fit() {
        assert!(decode(b"a,\xFF\xFF\xFF\n".to_vec(), by_name("gb18030"), ROOM).is_err());
        assert_eq!(decode(b"\xE7".to_vec(), by_name("latin1"), ROOM).unwrap().text, "ç");
    }

    #[test]
    fn a_packed_file_may_not_grow_without_end() {
        let mut reader = Capped { inner: io::repeat(b'0'), left: 1000, words: "too much".into() };
        let mut out = Vec::new();
        assert!(reader.read_to_end(&mut out).is_err());
        assert!(out.len() <= 1000);
    }
}

//! Files as UTF-8 text, whatever they are. In: a file that can be opened. Out: its first part and the rest, what its
//! bytes are, and where its table begins.

use crate::data::doubt::{Doubt, LoadError};
use crate::data::pages::Shared;
use crate::data::room::Room;
use crate::data::table::origin::{self, Origin};
use crate::data::table::records::Stop;
use crate::data::text::bytes;
use crate::data::text::dialect::TextSpec;
use crate::data::text::head::{self, Head};
use crate::data::text::mended;
use crate::data::text::respelled::Form;
use crate::data::work::Budget;
use crate::diagnostic::codes;
use crate::pause::{paced, turn};
use std::io::{Cursor, Read};

/// How much of a file is looked at before it is read.
pub const SAMPLE: usize = 2 << 20;

/// A file that can be opened, more than once.
pub struct Piece<'a> {
    /// As the user wrote it.
    pub name: String,
    /// Its size in bytes, if known.
    pub size: Option<u64>,
    /// Bytes that may be held at a time.
    pub most: u64,
    /// Whether no more than a part of its rows is held at a time.
    pub in_parts: bool,
    /// Opens it.
    pub open: Box<dyn Fn() -> std::io::Result<Box<dyn Read + Send>> + Sync + 'a>,
    /// Opens it so that it is read at any place, where that can be done.
    pub pages: Option<Box<dyn Fn() -> std::io::Result<Shared> + Sync + 'a>>,
}

/// What is declared of the text of a file.
#[derive(Clone, Debug, Default)]
pub struct TableSpec {
    /// Separator, quotes, header.
    pub text: TextSpec,
    /// Its encoding.
    pub encoding: Option<&'static encoding_rs::Encoding>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
}

/// How a Parquet file begins.
pub(in crate::data) const PARQUET: &[u8] = b"PAR1";

#[cfg(feature = "parquet")]
fn parquet_text(bytes: Vec<u8>, most: u64, budget: &Budget) -> Result<String, Stop> {
    let file = crate::data::table::parquet::File::open(bytes).map_err(Stop::Error)?;
    file.fits(most).map_err(Stop::Error)?;
    file.as_text(budget)
}

#[cfg(not(feature = "parquet"))]
fn parquet_text(_: Vec<u8>, _: u64, _: &Budget) -> Result<String, Stop> {
    let error = LoadError::new("it is a Parquet file, which this build does not read");
    Err(Stop::Error(error.advice("export it as CSV")))
}

#[cfg(feature = "excel")]
fn workbook(bytes: &[u8], sheet: Option<&str>, room: Room) -> Result<String, LoadError> {
    crate::data::text::workbook::as_text(bytes, sheet, room)
}

/// The table in an archive; nothing of what is none.
#[cfg(feature = "excel")]
fn archived(bytes: &[u8]) -> Result<Option<Vec<u8>>, LoadError> {
    if bytes.starts_with(b"PK\x03\x04") { crate::data::text::archive::table(bytes) } else { Ok(None) }
}

#[cfg(not(feature = "excel"))]
fn archived(_: &[u8]) -> Result<Option<Vec<u8>>, LoadError> {
    Ok(None)
}

#[cfg(not(feature = "excel"))]
fn workbook(_: &[u8], _: Option<&str>, _: Room) -> Result<String, LoadError> {
    Err(LoadError::new("it is a workbook, which this build does not read").advice("export the sheet as CSV"))
}

impl Piece<'_> {
    /// Reads all that is left, which must be held at once.
    pub(in crate::data) fn hold(&self, reader: &mut dyn Read, into: &mut Vec<u8>) -> Result<(), Stop> {
        let left = self.room().beside(into.len()).left();
        reader.take(left.saturating_add(1)).read_to_end(into).map_err(Stop::Io)?;
        self.room().check(into.len()).map_err(Stop::Error)
    }

    /// What may be held of it.
    fn room(&self) -> Room {
        Room::of(self.most)
    }

    /// How much may come of it when it is unpacked.
    fn unpacked_most(&self) -> u64 {
        if self.in_parts { u64::MAX } else { self.most }
    }
}

/// A file as UTF-8 text: its first part and the rest.
pub(in crate::data) struct Opened {
    start: Vec<u8>,
    rest: Box<dyn Read + Send>,
    /// Whether the first part is all there is.
    pub(in crate::data) whole: bool,
    pub(in crate::data) origin: Origin,
    pub(in crate::data) doubt: Option<Doubt>,
    /// Which rows were made to fit.
    pub(in crate::data) repairs: Option<Doubt>,
}

impl Opened {
    /// The records of the first part.
    pub(in crate::data) fn sample(&self) -> Result<&str, Stop> {
        let end = if self.whole { None } else { memchr::memrchr(b'\n', &self.start).map(|i| i + 1) };
        let part = self.start.get(..end.unwrap_or(self.start.len())).unwrap_or(&self.start);
        std::str::from_utf8(part).map_err(|_| Stop::NotUtf8)
    }

    /// The text from a place in the first part on.
    pub(in crate::data) fn from(mut self, start: usize) -> Box<dyn Read + Send> {
        self.start.drain(..start.min(self.start.len()));
        Box::new(Cursor::new(self.start).chain(self.rest))
    }

    fn all(text: String, origin: Origin) -> Opened {
        let (start, rest) = (text.into_bytes(), Box::new(std::io::empty()));
        Opened { start, rest, whole: true, origin, doubt: None, repairs: None }
    }
}

/// Opens a file as text; `all` decodes it as a whole even if it begins as UTF-8.
pub(in crate::data) fn open(piece: &Piece<'_>, spec: &TableSpec, all: bool, budget: &Budget) -> Result<Opened, Stop> {
    budget.stoppable(|| as_text(piece, spec, all, budget))?
}

fn as_text(piece: &Piece<'_>, spec: &TableSpec, all: bool, budget: &Budget) -> Result<Opened, Stop> {
    let mut reader = (piece.open)().map_err(Stop::Io)?;
    let mut head = Vec::new();
    (&mut reader).take(8).read_to_end(&mut head).map_err(Stop::Io)?;
    if head.starts_with(PARQUET) {
        piece.hold(&mut reader, &mut head)?;
        return Ok(Opened::all(parquet_text(head, piece.most, budget)?, Origin::PARQUET));
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        piece.hold(&mut reader, &mut head)?;
        if let Some(bytes) = archived(&head).map_err(Stop::Error)? {
            let inner = Piece {
                name: piece.name.clone(),
                size: None,
                most: piece.most,
                in_parts: false,
                open: Box::new(move || Ok(Box::new(Cursor::new(bytes.clone())))),
                pages: None,
            };
            let mut opened = as_text(&inner, spec, all, budget)?;
            opened.origin.packed = true;
            return Ok(opened);
        }
        let text = workbook(&head, spec.sheet.as_deref(), piece.room()).map_err(Stop::Error)?;
        let text = match Form::of(text.as_bytes()) {
            Some(Form::Browser) => Form::Browser.respelled(&text, piece.room()).map_err(Stop::Error)?,
            _ => text,
        };
        return Ok(Opened::all(text, Origin::WORKBOOK));
    }
    let packed = head.starts_with(bytes::GZIP) || head.starts_with(bytes::ZSTD);
    let (mut start, mut reader) =
        bytes::unpacked(head, reader, (piece.size, piece.unpacked_most())).map_err(Stop::Io)?;
    (&mut reader).take(SAMPLE as u64).read_to_end(&mut start).map_err(Stop::Io)?;
    let whole = start.len() < SAMPLE;
    // Of UTF-16 no more than half of the bytes are zero.
    if memchr::memchr_iter(0, &start).count() * 5 > start.len() * 3 {
        return Err(Stop::Error(LoadError::new("it holds no text: most of its bytes are zero")));
    }
    let marked = start.starts_with(b"\xEF\xBB\xBF");
    let own = match spec.text.separator {
        Some(b' ') => Some(Form::Blanks),
        Some(_) => None,
        None => Form::of(if marked { start.get(3..).unwrap_or(&[]) } else { &start }),
    };
    let foreign = match std::str::from_utf8(&start) {
        Ok(_) => false,
        Err(e) => whole || e.error_len().is_some(),
    };
    let lone_return = memchr::memchr_iter(b'\r', &start).any(|i| !matches!(start.get(i + 1), Some(b'\n') | None));
    let declared = spec.encoding.filter(|e| *e != encoding_rs::UTF_8);
    let mut opened = if all
        || spec.text.mend
        || own.is_some()
        || declared.is_some()
        || foreign
        || lone_return
        || bytes::is_foreign(&start)
    {
        piece.hold(&mut reader, &mut start)?;
        respelled(decoded(start, spec, piece.room())?, own, piece.room())?
    } else {
        if marked {
            start.drain(..3);
        }
        Opened { start, rest: reader, whole, origin: Origin::PLAIN, doubt: None, repairs: None }
    };
    opened.origin.packed = packed;
    if spec.text.mend { mended(opened, &spec.text) } else { Ok(opened) }
}

/// So many lines are named.
const NAMED: usize = 4;

/// A text whose rows were made to fit, as it is declared.
fn mended(opened: Opened, spec: &TextSpec) -> Result<Opened, Stop> {
    let text = std::str::from_utf8(&opened.start).map_err(|_| Stop::NotUtf8)?;
    let found = mended::mended(text, spec).map_err(Stop::Error)?;
    let repairs = found.lines.first().map(|(first, _)| {
        let some: Vec<String> =
            found.lines.iter().take(NAMED).map(|(line, what)| format!("line {line} ({what})")).collect();
        let more = if found.lines.len() > NAMED { ", …" } else { "" };
        let (s, were) = if found.lines.len() == 1 { ("row", "was") } else { ("rows", "were") };
        let count = found.lines.len();
        let message = format!("{count} {s} that did not fit {were} made to fit: {}{more}", some.join(", "));
        Doubt::new(&codes::REPAIRED_ROW, Some(*first), message)
    });
    let (doubt, origin) = (opened.doubt.clone(), opened.origin);
    Ok(Opened { doubt, repairs, ..Opened::all(found.text, origin) })
}

/// A text in a form of its own as lines of fields.
fn respelled(opened: Opened, own: Option<Form>, room: Room) -> Result<Opened, Stop> {
    let Some(form) = own else { return Ok(opened) };
    let text = std::str::from_utf8(&opened.start).map_err(|_| Stop::NotUtf8)?;
    let text = form.respelled(text, room).map_err(Stop::Error)?;
    let origin = Origin { form: origin::Form::Own(form.word()), packed: false, decoded: true };
    Ok(Opened { doubt: opened.doubt, ..Opened::all(text, origin) })
}

/// A text whose lines end as ours do, in its place.
fn with_our_ends(text: String) -> Result<String, Stop> {
    let Some(first) = memchr::memchr(b'\r', text.as_bytes()) else { return Ok(text) };
    let mut bytes = text.into_bytes();
    let (mut to, mut from) = (first, first);
    while from < bytes.len() {
        turn();
        // At a carriage return, alone or before a line end.
        if let Some(end) = bytes.get_mut(to) {
            *end = b'\n';
        }
        to += 1;
        from += 1 + usize::from(bytes.get(from + 1) == Some(&b'\n'));
        let rest = bytes.get(from..).unwrap_or(&[]);
        let length = memchr::memchr(b'\r', rest).unwrap_or(rest.len());
        bytes.copy_within(from..from + length, to);
        (to, from) = (to + length, from + length);
    }
    bytes.truncate(to);
    String::from_utf8(bytes).map_err(|_| Stop::NotUtf8)
}

fn decoded(bytes: Vec<u8>, spec: &TableSpec, room: Room) -> Result<Opened, Stop> {
    let decoded = bytes::decode(bytes, spec.encoding, room).map_err(Stop::Error)?;
    let text = with_our_ends(decoded.text)?;
    let origin = Origin { form: origin::Form::Text(decoded.encoding), packed: false, decoded: true };
    // The first line that shows how the encoding was understood.
    let sample: String = match decoded.guessed {
        Some(_) => paced(text.lines()).find(|l| !l.is_ascii()).unwrap_or("").trim().chars().take(60).collect(),
        None => String::new(),
    };
    let mut opened = Opened::all(text, origin);
    if let Some((line, byte)) = decoded.broken {
        let message =
            format!("the byte {byte:02X} is not UTF-8, as the rest of the file is, and was read as `\u{FFFD}`");
        opened.doubt =
            Some(Doubt::new(&codes::ENCODING_GUESSED, Some(line), message).advice("mend it in a copy of the file"));
    }
    if let Some(line) = decoded.guessed {
        let message = format!("the file is not UTF-8; it was read as {}: `{sample}`", decoded.encoding);
        let doubt = Doubt::new(&codes::ENCODING_GUESSED, Some(line), message);
        let name = decoded.encoding.to_lowercase();
        opened.doubt = Some(doubt.advice(format!("if the letters are right, declare `encoding \"{name}\"`")));
    }
    Ok(opened)
}

/// About how many rows a file has, by its first part and its size; 0 where that cannot be known.
pub(in crate::data) fn about_rows(opened: &Opened, head: &Head, piece: &Piece<'_>) -> Result<u64, Stop> {
    let sample = opened.sample()?.as_bytes().get(head.start..).unwrap_or(&[]);
    let lines = memchr::memchr_iter(b'\n', sample).count() as u64;
    if opened.whole {
        return Ok(lines);
    }
    // Tables of texts are packed to a quarter or less.
    let times = if opened.origin.packed { 4 } else { 1 };
    let size = piece.size.filter(|_| opened.origin.is_utf8()).unwrap_or(0).saturating_mul(times);
    Ok(lines.saturating_mul(size) / (sample.len() as u64).max(1))
}

/// The head of its table.
pub(in crate::data) fn head(opened: &Opened, spec: &TableSpec) -> Result<Head, Stop> {
    let sample = opened.sample()?;
    bytes::no_nul(sample.as_bytes(), 1).map_err(Stop::Error)?;
    head::find(sample, &spec.text, opened.whole).map_err(Stop::Error)
}

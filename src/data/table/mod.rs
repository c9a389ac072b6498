//! From files to one table of texts. In: files that can be opened, what is declared of their text. Out: a [`Table`]
//! with the line of every row, and all that was not beyond doubt on the way.

pub mod blocks;
pub mod desk;
pub mod find;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
pub mod records;
pub(crate) mod rows;
pub mod sieve;

use crate::data::columns::column::Column;
use crate::data::columns::decimals::{self, Decimals};
use crate::data::columns::lines::Lines;
use crate::data::columns::part::How;
use crate::data::columns::words::Words;
use crate::data::doubt::{Doubt, LoadError};
use crate::data::known::number_forms as numbers;
use crate::data::known::period_forms;
use crate::data::table::records::{Misfit, Parts, Reading, Rows, Stop};
use crate::data::table::sieve::Sieve;
use crate::data::text::bytes;
use crate::data::text::dialect::{self, TextSpec};
use crate::data::text::head::{self, Head};
use crate::data::work::Work;
use crate::diagnostic::codes;
use std::io::{Cursor, Read};

/// How much of a file is looked at before it is read.
pub const SAMPLE: usize = 2 << 20;

/// A file that can be opened, more than once.
pub struct Piece<'a> {
    /// As the user wrote it.
    pub name: String,
    /// Its size in bytes, if known.
    pub size: Option<u64>,
    /// Opens it.
    pub open: Box<dyn Fn() -> std::io::Result<Box<dyn Read + Send>> + Sync + 'a>,
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

/// One or more files as a table.
#[derive(Debug)]
pub struct Table {
    /// Column names.
    pub header: Vec<String>,
    /// One per name.
    pub columns: Vec<Column>,
    /// The line of each row.
    pub lines: Lines,
    /// How many rows.
    pub rows: usize,
    /// Between fields.
    pub separator: u8,
    /// The line of the header.
    pub header_line: Option<usize>,
    /// The encoding, the packing: what the bytes are.
    pub encoding: String,
    /// The first row of each file.
    pub files: Vec<(usize, String)>,
    /// That lines above the header were left out, of each file that has some.
    pub above: Vec<Doubt>,
    /// What else was not beyond doubt.
    pub doubts: Vec<Doubt>,
    /// Whether columns or rows were left out that are not asked for.
    pub is_partial: bool,
}

impl Table {
    /// The file that a row comes from, if there are several.
    pub fn file(&self, row: usize) -> Option<&str> {
        let at = self.files.partition_point(|(first, _)| *first <= row);
        let found = at.checked_sub(1).and_then(|i| self.files.get(i));
        found.filter(|_| self.files.len() > 1).map(|(_, name)| name.as_str())
    }

    /// Only some of the rows.
    pub fn keep(&mut self, keep: &[bool]) {
        let before: Vec<usize> =
            self.files.iter().map(|(first, _)| keep.iter().take(*first).filter(|k| **k).count()).collect();
        for (file, first) in self.files.iter_mut().zip(before) {
            file.0 = first;
        }
        self.lines = self.lines.kept(keep);
        for column in &mut self.columns {
            *column = std::mem::replace(column, Column::Left).kept(keep);
        }
        self.rows = keep.iter().filter(|k| **k).count();
    }
}

/// Which columns are read at all, which as texts in any case, and which rows are kept; by the names of the columns and
/// about how many rows there are.
pub type Choose<'a> = &'a dyn Fn(&[String], u64) -> (Vec<Choice>, Option<Sieve>);

/// How the reader of a table wants a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// As texts.
    Words,
    /// As numbers if there are very many of them.
    Any,
    /// Not at all.
    Leave,
}

/// Reads files as one table; all must have the same columns.
pub fn read(pieces: &[Piece<'_>], spec: &TableSpec, choose: Choose<'_>, work: Work<'_>) -> Result<Table, Stop> {
    let mut table: Option<Table> = None;
    for piece in pieces {
        let more = read_one(piece, spec, choose, work).map_err(|stop| match stop {
            Stop::Error(mut e) if pieces.len() > 1 => {
                e.file.get_or_insert_with(|| piece.name.clone());
                Stop::Error(e)
            }
            other => other,
        })?;
        table = Some(match table {
            None => more,
            Some(table) => joined(table, more).map_err(Stop::Error)?,
        });
    }
    table.ok_or_else(|| Stop::Error(LoadError::new("there is no file")))
}

/// How a Parquet file begins.
const PARQUET: &[u8] = b"PAR1";

#[cfg(feature = "parquet")]
fn parquet_text(bytes: Vec<u8>) -> Result<String, Stop> {
    crate::data::table::parquet::File::open(bytes).map_err(Stop::Error)?.as_text(&crate::data::work::Budget::default())
}

#[cfg(not(feature = "parquet"))]
fn parquet_text(_: Vec<u8>) -> Result<String, Stop> {
    let error = LoadError::new("it is a Parquet file, which this build does not read");
    Err(Stop::Error(error.advice("export it as CSV")))
}

/// A Parquet file; `None` if it is something else.
#[cfg(feature = "parquet")]
fn read_parquet(piece: &Piece<'_>, choose: Choose<'_>, work: Work<'_>) -> Result<Option<Table>, Stop> {
    let mut reader = (piece.open)().map_err(Stop::Io)?;
    let mut bytes = Vec::new();
    (&mut reader).take(PARQUET.len() as u64).read_to_end(&mut bytes).map_err(Stop::Io)?;
    if bytes != PARQUET {
        return Ok(None);
    }
    reader.read_to_end(&mut bytes).map_err(Stop::Io)?;
    let file = crate::data::table::parquet::File::open(bytes).map_err(Stop::Error)?;
    let (choices, sieve) = choose(&file.names, file.rows);
    let rows = file.read(&file.ways(&choices), sieve.as_ref(), work.threads, work.budget)?;
    let head = Head {
        dialect: dialect::Dialect { separator: b',', quote: b'"', escape: None },
        names: file.names.clone(),
        surplus: false,
        start: 0,
        line: 1,
        header_line: None,
        above: None,
        doubts: Vec::new(),
    };
    let mut table = finished(head, rows, piece).map_err(Stop::Error)?;
    table.encoding = "Parquet".into();
    table.is_partial = sieve.is_some();
    Ok(Some(table))
}

#[cfg(not(feature = "parquet"))]
fn read_parquet(_: &Piece<'_>, _: Choose<'_>, _: Work<'_>) -> Result<Option<Table>, Stop> {
    Ok(None)
}

fn read_one(piece: &Piece<'_>, spec: &TableSpec, choose: Choose<'_>, work: Work<'_>) -> Result<Table, Stop> {
    if let Some(table) = read_parquet(piece, choose, work)? {
        return Ok(table);
    }
    let read = |all: bool| {
        let opened = open(piece, spec, all)?;
        let head = head(&opened, spec)?;
        let (choices, sieve) = choose(&head.names, about_rows(&opened, &head, piece)?);
        let how = ways(opened.sample()?, &head, &choices, opened.whole);
        let size = piece.size.filter(|_| !opened.encoding.ends_with("gzip"));
        let (encoding, doubt) = (opened.encoding.clone(), opened.doubt.clone());
        let reader = opened.from(head.start);
        let reading = Reading {
            head: &head,
            how: &how,
            sieve: sieve.as_ref(),
            threads: work.threads,
            budget: work.budget,
            progress: work.progress,
            size,
        };
        let rows = reading.rows(reader, None)?;
        if sieve.is_some() && rows.lone_tail > 0 {
            let why = "what stands below the table can only be weighed with all of it";
            return Err(Stop::Error(LoadError::new(why)));
        }
        let mut table = finished(head, rows, piece).map_err(Stop::Error)?;
        table.encoding = encoding;
        table.doubts.extend(doubt);
        table.is_partial = sieve.is_some();
        Ok(table)
    };
    match read(false) {
        // What is not UTF-8 stands further down: begin again with all of it.
        Err(Stop::NotUtf8) => read(true),
        other => other,
    }
}

/// Reads a file in tables of about `rows` rows each; texts are numbered as in the whole file, so that the last table
/// knows all of them. Only for files that are UTF-8 text.
pub fn in_parts(
    piece: &Piece<'_>,
    spec: &TableSpec,
    choose: Choose<'_>,
    work: Work<'_>,
    rows: usize,
    each: &mut dyn FnMut(Table) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let opened = open(piece, spec, false)?;
    if opened.whole || !opened.encoding.starts_with("UTF-8") {
        return Err(Stop::Error(LoadError::new(
            "the file is larger than `--max-memory`, and only plain text in UTF-8 is read part by part",
        )));
    }
    let head = head(&opened, spec)?;
    let (choices, sieve) = choose(&head.names, u64::MAX);
    let how = ways(opened.sample()?, &head, &choices, false);
    let (encoding, reader) = (opened.encoding.clone(), opened.from(head.start));
    let Work { threads, budget, progress } = work;
    let reading = Reading { head: &head, how: &how, sieve: sieve.as_ref(), threads, budget, progress, size: None };
    let mut take = |part: Rows| {
        let mut table = finished(head.clone(), part, piece).map_err(Stop::Error)?;
        table.encoding.clone_from(&encoding);
        table.is_partial = sieve.is_some();
        each(table)
    };
    let last = reading.rows(reader, Some(Parts { rows, take: &mut take }))?;
    let mut table = finished(head.clone(), last, piece).map_err(Stop::Error)?;
    table.encoding = encoding;
    table.is_partial = sieve.is_some();
    if table.rows > 0 { each(table) } else { Ok(()) }
}

/// A file as UTF-8 text: its first part and the rest.
struct Opened {
    start: Vec<u8>,
    rest: Box<dyn Read + Send>,
    whole: bool,
    encoding: String,
    doubt: Option<Doubt>,
}

impl Opened {
    fn sample(&self) -> Result<&str, Stop> {
        let end = if self.whole { None } else { memchr::memrchr(b'\n', &self.start).map(|i| i + 1) };
        let part = self.start.get(..end.unwrap_or(self.start.len())).unwrap_or(&self.start);
        std::str::from_utf8(part).map_err(|_| Stop::NotUtf8)
    }

    fn from(mut self, start: usize) -> Box<dyn Read + Send> {
        self.start.drain(..start.min(self.start.len()));
        Box::new(Cursor::new(self.start).chain(self.rest))
    }

    fn all(text: String, encoding: &str) -> Opened {
        let (start, rest) = (text.into_bytes(), Box::new(std::io::empty()));
        Opened { start, rest, whole: true, encoding: encoding.into(), doubt: None }
    }
}

/// Opens a file as text; `all` decodes it as a whole even if it begins as UTF-8.
fn open(piece: &Piece<'_>, spec: &TableSpec, all: bool) -> Result<Opened, Stop> {
    let mut reader = (piece.open)().map_err(Stop::Io)?;
    let mut head = Vec::new();
    (&mut reader).take(8).read_to_end(&mut head).map_err(Stop::Io)?;
    if head.starts_with(PARQUET) {
        reader.read_to_end(&mut head).map_err(Stop::Io)?;
        return Ok(Opened::all(parquet_text(head)?, "Parquet"));
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        reader.read_to_end(&mut head).map_err(Stop::Io)?;
        let text = workbook(&head, spec.sheet.as_deref()).map_err(Stop::Error)?;
        return Ok(Opened::all(text, "workbook"));
    }
    let packed = head.starts_with(&[0x1F, 0x8B]);
    let (mut start, mut reader) = bytes::unpacked(head, reader, piece.size).map_err(Stop::Io)?;
    (&mut reader).take(SAMPLE as u64).read_to_end(&mut start).map_err(Stop::Io)?;
    let whole = start.len() < SAMPLE;
    let marked = start.starts_with(b"\xEF\xBB\xBF");
    let foreign = match std::str::from_utf8(&start) {
        Ok(_) => false,
        Err(e) => whole || e.error_len().is_some(),
    };
    let lone_return = memchr::memchr_iter(b'\r', &start).any(|i| !matches!(start.get(i + 1), Some(b'\n') | None));
    let declared = spec.encoding.filter(|e| *e != encoding_rs::UTF_8);
    let mut opened = if all || declared.is_some() || foreign || lone_return || bytes::is_foreign(&start) {
        reader.read_to_end(&mut start).map_err(Stop::Io)?;
        decoded(&start, spec)?
    } else {
        if marked {
            start.drain(..3);
        }
        Opened { start, rest: reader, whole, encoding: "UTF-8".into(), doubt: None }
    };
    if packed {
        opened.encoding.push_str(", gzip");
    }
    Ok(opened)
}

fn decoded(bytes: &[u8], spec: &TableSpec) -> Result<Opened, Stop> {
    let decoded = bytes::decode(bytes, spec.encoding).map_err(Stop::Error)?;
    let mut text = decoded.text;
    if text.contains('\r') {
        text = text.replace("\r\n", "\n").replace('\r', "\n");
    }
    let sample: String = text.lines().find(|l| !l.is_ascii()).unwrap_or("").trim().chars().take(60).collect();
    let mut opened = Opened::all(text, decoded.encoding);
    if let Some(line) = decoded.guessed {
        let message = format!("the file is not UTF-8; it was read as {}: `{sample}`", decoded.encoding);
        let doubt = Doubt::new(&codes::ENCODING_GUESSED, Some(line), message);
        let name = decoded.encoding.to_lowercase();
        opened.doubt = Some(doubt.advice(format!("if the letters are right, declare `encoding \"{name}\"`")));
    }
    Ok(opened)
}

/// About how many rows a file has, by its first part; 0 where that cannot be known.
fn about_rows(opened: &Opened, head: &Head, piece: &Piece<'_>) -> Result<u64, Stop> {
    let sample = opened.sample()?.as_bytes().get(head.start..).unwrap_or(&[]);
    let lines = memchr::memchr_iter(b'\n', sample).count() as u64;
    let size = piece.size.filter(|_| !opened.whole && opened.encoding == "UTF-8").unwrap_or(0);
    Ok(lines.saturating_mul(size) / (sample.len() as u64).max(1))
}

fn head(opened: &Opened, spec: &TableSpec) -> Result<Head, Stop> {
    let sample = opened.sample()?;
    bytes::no_nul(sample.as_bytes(), 1).map_err(Stop::Error)?;
    head::find(sample, &spec.text, opened.whole).map_err(Stop::Error)
}

/// The cells of the rows of a table that was read, once more, one row after another, as they are written; `each`
/// says whether to go on.
pub fn rows(
    pieces: &[Piece<'_>],
    spec: &TableSpec,
    table: &TableShape,
    each: &mut dyn FnMut(&[&str]) -> bool,
) -> Result<(), Stop> {
    for (piece, count) in pieces.iter().zip(&table.counts) {
        let opened = open(piece, spec, table.decoded)?;
        let head = head(&opened, spec)?;
        let order: Vec<usize> =
            table.header.iter().map(|h| head.names.iter().position(|n| n == h).unwrap_or(usize::MAX)).collect();
        let mut reader = dialect::reader(head.dialect).from_reader(opened.from(head.start));
        let mut record = csv::ByteRecord::new();
        let mut left = *count;
        while left > 0 && reader.read_byte_record(&mut record).unwrap_or(false) {
            if !crate::data::table::rows::fits(&record, &head) {
                continue;
            }
            left -= 1;
            let cell = |at: &usize| record.get(*at).and_then(|c| std::str::from_utf8(c).ok()).unwrap_or("");
            let cells: Vec<&str> = order.iter().map(cell).collect();
            if !each(&cells) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// What is kept of a table to read its rows once more.
#[derive(Clone, Debug)]
pub struct TableShape {
    /// Column names.
    pub header: Vec<String>,
    /// Rows of each file.
    pub counts: Vec<usize>,
    /// Whether the files were decoded from another encoding.
    pub decoded: bool,
}

impl Table {
    /// What is needed to read the rows once more.
    pub fn shape(&self) -> TableShape {
        let ends = self.files.iter().skip(1).map(|(first, _)| *first).chain([self.rows]);
        let counts = self.files.iter().zip(ends).map(|((first, _), end)| end - first).collect();
        TableShape { header: self.header.clone(), counts, decoded: !self.encoding.starts_with("UTF-8") }
    }
}

#[cfg(feature = "excel")]
fn workbook(bytes: &[u8], sheet: Option<&str>) -> Result<String, LoadError> {
    crate::data::text::workbook::as_text(bytes, sheet)
}

#[cfg(not(feature = "excel"))]
fn workbook(_: &[u8], _: Option<&str>) -> Result<String, LoadError> {
    Err(LoadError::new("it is a workbook, which this build does not read").advice("export the sheet as CSV"))
}

/// How many different texts of a column are met in the sample before it is taken for one of numbers.
const MANY: usize = 4096;

/// Columns of very many different plain numbers are read as numbers, all others as texts.
fn ways(sample: &str, head: &Head, choices: &[Choice], words: bool) -> Vec<How> {
    let choice = |i: usize| choices.get(i).copied().unwrap_or(Choice::Any);
    let mut out: Vec<How> =
        (0..head.names.len()).map(|i| if choice(i) == Choice::Leave { How::Leave } else { How::Words }).collect();
    if words {
        return out;
    }
    let rows = sample.get(head.start..).unwrap_or("");
    let mut reader = dialect::reader(head.dialect).from_reader(rows.as_bytes());
    let mut record = csv::ByteRecord::new();
    let mut seen: Vec<(Words, usize)> = vec![(Words::default(), 0); out.len()];
    let mut total = 0;
    while total < 20_000 && reader.read_byte_record(&mut record).unwrap_or(false) {
        total += 1;
        for ((words, decimals), cell) in seen.iter_mut().zip(record.iter()) {
            let cell = std::str::from_utf8(cell).unwrap_or("");
            // What is missing speaks neither for texts nor for numbers.
            *decimals += usize::from(decimals::decimal(cell.as_bytes()).is_some() || numbers::is_missing(cell, &[]));
            words.place(cell);
        }
    }
    for (i, (how, (words, decimals))) in out.iter_mut().zip(&seen).enumerate() {
        if choice(i) == Choice::Any && words.len() > MANY && decimals * 10 > total * 9 {
            *how = How::Decimals;
        }
    }
    out
}

/// Words with which a remark below a table begins.
const REMARKS: &[&str] = &[
    "source",
    "note",
    "footnote",
    "data from",
    "last updated",
    "copyright",
    "©",
    "*",
    "(c)",
    "来源",
    "注",
    "资料来源",
    "数据来源",
];

/// Weighs what did not fit, and puts the table together.
fn finished(head: Head, mut rows: Rows, piece: &Piece<'_>) -> Result<Table, LoadError> {
    let mut doubts = head.doubts;
    let remark = |text: &str| {
        let lower = text.to_lowercase();
        REMARKS.iter().any(|r| lower.starts_with(r))
    };
    let width = head.names.len();
    let known = |text: &str| {
        let word = rows.columns.first().and_then(Column::words).is_some_and(|w| w.iter().any(|x| x.trim() == text));
        word || numbers::looks_numeric(text) || period_forms::read_any(text).is_some()
    };
    let blank: Vec<&Misfit> = rows.misfits.iter().filter(|m| m.filled == 0).collect();
    let mut odd: Vec<&Misfit> = rows.misfits.iter().filter(|m| m.filled > 0).collect();
    if let Some(first) = blank.first() {
        let what =
            if blank.len() == 1 { "an empty row was".to_string() } else { format!("{} empty rows were", blank.len()) };
        doubts.push(Doubt::new(&codes::REPAIRED_ROW, Some(first.line), format!("{what} left out")));
    }
    let tail = odd.iter().position(|m| m.rows_above == rows.total).unwrap_or(odd.len());
    let below: Vec<&Misfit> = odd.split_off(tail);
    if let Some(bad) = odd.first().or(below
        .iter()
        .find(|m| !remark(&m.first) && (known(&m.first) || !(m.first.contains(' ') || m.first.contains(':')))))
    {
        let (line, fields) = (bad.line, bad.fields);
        let s = if fields == 1 { "" } else { "s" };
        let more = rows.misfits.iter().filter(|m| m.filled > 0).count() - 1;
        let others = if more > 0 { format!("; {more} more rows do not fit either") } else { String::new() };
        let error = LoadError::at(line, format!("the row has {fields} field{s} and the header {width}{others}"));
        return Err(error.advice("a field that holds the separator must be quoted; a missing value is an empty field"));
    }
    if let Some(first) = below.first() {
        let what = if below.len() == 1 { "a line was".to_string() } else { format!("{} lines were", below.len()) };
        doubts.push(Doubt::new(
            &codes::LAYOUT_GUESSED,
            Some(first.line),
            format!("{what} left out below the table: `{}`", first.first),
        ));
    }
    if rows.lone_tail > 0 && rows.lone_tail < rows.count {
        let first = rows.count - rows.lone_tail;
        let text = rows.columns.first().map(|c| c.text(first)).unwrap_or_default();
        if rows.blank_before_tail || remark(text.trim()) {
            let line = rows.lines.get(first);
            doubts.push(Doubt::new(
                &codes::LAYOUT_GUESSED,
                Some(line),
                format!("a remark was left out below the table: `{}`", text.trim()),
            ));
            rows.columns.iter_mut().for_each(|c| c.truncate(first));
            let keep: Vec<bool> = (0..rows.count).map(|r| r < first).collect();
            rows.lines = rows.lines.kept(&keep);
            rows.count = first;
        }
    }
    if rows.total == 0 {
        return Err(LoadError::at(head.header_line.unwrap_or(1), "the file has a header and no rows"));
    }
    Ok(Table {
        header: head.names,
        columns: rows.columns,
        lines: rows.lines,
        rows: rows.count,
        separator: head.dialect.separator,
        header_line: head.header_line,
        encoding: "UTF-8".into(),
        files: vec![(0, piece.name.clone())],
        above: head.above.into_iter().collect(),
        doubts,
        is_partial: false,
    })
}

/// Rows of a later file below those of the earlier ones.
fn joined(mut table: Table, more: Table) -> Result<Table, LoadError> {
    let name = more.files.first().map(|(_, n)| n.clone()).unwrap_or_default();
    let order: Option<Vec<usize>> = table.header.iter().map(|h| more.header.iter().position(|m| m == h)).collect();
    let Some(order) = order.filter(|o| o.len() == more.header.len()) else {
        let missing = table
            .header
            .iter()
            .find(|h| !more.header.contains(h))
            .or(more.header.iter().find(|h| !table.header.contains(h)));
        let column = missing.cloned().unwrap_or_default();
        let first = table.files.first().map(|(_, n)| n.clone()).unwrap_or_default();
        let mut error =
            LoadError::at(1, format!("the columns are not those of `{first}`: `{column}` is in only one of the two"));
        error.file = Some(name);
        return Err(error);
    };
    let mut columns: Vec<Option<Column>> = more.columns.into_iter().map(Some).collect();
    for (column, from) in table.columns.iter_mut().zip(order) {
        let next = columns.get_mut(from).and_then(Option::take).unwrap_or(Column::Left);
        join_columns(column, next);
    }
    table.files.push((table.rows, name));
    (0..more.rows).for_each(|row| table.lines.push(more.lines.get(row)));
    table.rows += more.rows;
    add_new(&mut table.above, more.above);
    add_new(&mut table.doubts, more.doubts);
    Ok(table)
}

/// Adds the doubts that were not met before.
fn add_new(all: &mut Vec<Doubt>, more: Vec<Doubt>) {
    for doubt in more {
        if !all.iter().any(|d| d.code == doubt.code && d.message == doubt.message) {
            all.push(doubt);
        }
    }
}

fn join_columns(column: &mut Column, next: Column) {
    match (&mut *column, next) {
        (Column::Words(words, codes), Column::Words(more, places)) => {
            let map: Vec<u32> = more.iter().map(|w| words.place(w)).collect();
            places.iter().for_each(|p| codes.push(map.get(p as usize).copied().unwrap_or(0)));
        }
        (Column::Decimals(all), Column::Decimals(more)) => all.append(more),
        (Column::Decimals(all), next @ Column::Words(..)) => {
            let mut more = Decimals::default();
            (0..next.len()).for_each(|row| more.push(&next.text(row)));
            all.append(more);
        }
        (Column::Words(..), next @ Column::Decimals(_)) => {
            let mut all = Decimals::default();
            (0..column.len()).for_each(|row| all.push(&column.text(row)));
            *column = Column::Decimals(all);
            join_columns(column, next);
        }
        _ => {}
    }
}

//! How a file writes its table: separator, quotes, the lines before the header, the header itself. In: the first part
//! of the text. Out: a [`Head`]. What is found is weighed over all records of that part; every later record must fit.

use crate::data::doubt::{Doubt, LoadError};
use crate::data::known::number_forms as numbers;
use crate::data::known::period_forms;
use crate::diagnostic::codes;

/// How fields and records are set apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Between fields.
    pub separator: u8,
    /// Around fields that hold separators.
    pub quote: u8,
    /// Before a quote inside a field, if it is not written twice.
    pub escape: Option<u8>,
}

/// What a declaration says of the text of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TextSpec {
    /// Between fields.
    pub separator: Option<u8>,
    /// Around fields.
    pub quote: Option<u8>,
    /// Lines before the header.
    pub skip_lines: Option<usize>,
    /// Whether there is a header.
    pub header: Option<bool>,
}

/// Where the table begins and how it is written.
#[derive(Clone, Debug)]
pub struct Head {
    /// How fields are set apart.
    pub dialect: Dialect,
    /// Column names.
    pub names: Vec<String>,
    /// Whether each row ends in a separator with nothing behind it.
    pub surplus: bool,
    /// Where the first row begins, in bytes.
    pub start: usize,
    /// The 1-based line of the first row.
    pub line: usize,
    /// The 1-based line of the header, if there is one.
    pub header_line: Option<usize>,
    /// That lines above the header were left out, which is no doubt where a publisher always has some.
    pub above: Option<Doubt>,
    /// What else was not beyond doubt.
    pub doubts: Vec<Doubt>,
}

struct Record {
    start: usize,
    line: usize,
    cells: Vec<String>,
}

impl Record {
    fn filled(&self) -> usize {
        self.cells.iter().filter(|c| !c.trim().is_empty()).count()
    }
}

/// How many records are weighed.
const SAMPLE: usize = 2000;

/// Cuts a text into records, leniently; at most `limit`, without blank lines.
fn records(text: &[u8], dialect: Dialect, limit: usize, whole: bool) -> Vec<Record> {
    let mut reader = reader(dialect).from_reader(text);
    let mut record = csv::ByteRecord::new();
    let mut out: Vec<Record> = Vec::new();
    let (mut line, mut counted) = (1, 0);
    while out.len() < limit && reader.read_byte_record(&mut record).unwrap_or(false) {
        let mut start = record.position().and_then(|p| usize::try_from(p.byte()).ok()).unwrap_or(0);
        while matches!(text.get(start), Some(b'\n' | b'\r')) {
            start += 1;
        }
        line += memchr::memchr_iter(b'\n', text.get(counted..start).unwrap_or(&[])).count();
        counted = start;
        let cells = record.iter().map(|c| String::from_utf8_lossy(c).into_owned()).collect();
        let record = Record { start, line, cells };
        if record.filled() > 0 {
            out.push(record);
        }
    }
    if !whole && out.len() > 1 {
        out.pop();
    }
    out
}

/// A reader of records in this dialect.
pub fn reader(dialect: Dialect) -> csv::ReaderBuilder {
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(dialect.separator).quote(dialect.quote);
    builder.escape(dialect.escape).double_quote(dialect.escape.is_none());
    builder
}

/// The most usual number of fields, and how many records have it.
fn usual_width(records: &[Record]) -> (usize, usize) {
    let mut counts = std::collections::BTreeMap::new();
    for record in records {
        *counts.entry(record.cells.len()).or_insert(0usize) += 1;
    }
    counts.into_iter().map(|(width, n)| (n, width)).max().map(|(n, width)| (width, n)).unwrap_or((1, 0))
}

/// The separators that are tried, those that stand in other text least often first.
const SEPARATORS: [u8; 4] = [b'\t', b'|', b';', b','];

fn dialect(text: &[u8], spec: &TextSpec, whole: bool) -> Dialect {
    let first = text.split(|b| *b == b'\n').find(|l| !l.trim_ascii().is_empty()).unwrap_or(&[]).trim_ascii();
    let single = SEPARATORS.iter().any(|s| {
        let fields: Vec<&[u8]> = first.split(|b| b == s).collect();
        fields.len() > 1 && fields.iter().all(|f| f.len() > 1 && f.starts_with(b"'") && f.ends_with(b"'"))
    });
    let quote = spec.quote.unwrap_or(if single { b'\'' } else { b'"' });
    let tries: Vec<u8> = spec.separator.map_or(SEPARATORS.to_vec(), |s| vec![s]);
    let mut best = (0.0, 0, Dialect { separator: spec.separator.unwrap_or(b','), quote, escape: None });
    for separator in tries {
        let tried = Dialect { separator, quote, escape: None };
        let found = records(text, tried, SAMPLE, whole);
        let (width, n) = usual_width(&found);
        let share = n as f64 / found.len().max(1) as f64;
        if width > 1 && (share > best.0 + 1e-9 || (share > best.0 - 1e-9 && width > best.1)) {
            best = (share, width, tried);
        }
    }
    let mut found = best.2;
    if memchr::memmem::find(text, br#"\""#).is_some()
        && crate::data::text::quotes::check_quotes(text, found, 1).is_err()
        && crate::data::text::quotes::check_quotes(text, Dialect { escape: Some(b'\\'), ..found }, 1).is_ok()
    {
        found.escape = Some(b'\\');
    }
    found
}

/// Finds the head of a table; `whole` says that the text is all there is.
pub fn find(text: &str, spec: &TextSpec, whole: bool) -> Result<Head, LoadError> {
    let mut offset = 0;
    let mut spec = spec.clone();
    if let Some(rest) = text.strip_prefix("sep=") {
        let mut bytes = rest.bytes();
        if let (Some(s), Some(b'\r' | b'\n')) = (bytes.next(), bytes.next()) {
            spec.separator = spec.separator.or(Some(s));
            offset = text.find('\n').map_or(text.len(), |i| i + 1);
        }
    }
    let mut lines_before = usize::from(offset > 0);
    for _ in 0..spec.skip_lines.unwrap_or(0) {
        offset += text.get(offset..).and_then(|t| t.find('\n')).map_or(text.len() - offset, |i| i + 1);
        lines_before += 1;
    }
    let body = text.get(offset..).unwrap_or("");
    if body.trim().is_empty() {
        return Err(LoadError::new("the file is empty"));
    }
    let dialect = dialect(body.as_bytes(), &spec, whole);
    let mut found = records(body.as_bytes(), dialect, SAMPLE, whole);
    for record in &mut found {
        record.line += lines_before;
        record.start += offset;
    }
    head(text, dialect, &found, &spec)
}

/// What a column looks like below the header.
struct Shape {
    numeric: bool,
    periods: bool,
}

fn shapes(rows: &[Record], width: usize) -> Vec<Shape> {
    let share = |column: usize, test: &dyn Fn(&str) -> bool| {
        let cells = rows.iter().take(60).filter_map(|r| r.cells.get(column)).map(|c| c.trim());
        let (mut all, mut yes) = (0, 0);
        for cell in cells.filter(|c| !numbers::is_missing(c, &[])) {
            all += 1;
            yes += usize::from(test(cell));
        }
        all > 0 && yes * 2 > all
    };
    (0..width).map(|c| Shape { numeric: share(c, &numbers::looks_numeric), periods: share(c, &is_period) }).collect()
}

fn is_period(cell: &str) -> bool {
    period_forms::read_any(cell).is_some()
}

fn head(text: &str, dialect: Dialect, found: &[Record], spec: &TextSpec) -> Result<Head, LoadError> {
    let (width, _) = usual_width(found);
    let is_header = |r: &Record| {
        let near = r.cells.len() == width || r.cells.len() + 1 == width;
        near && r.filled() >= if width <= 2 { width.min(r.cells.len()) } else { 2.max(width.div_ceil(2)) }
    };
    let at = if spec.skip_lines.is_some() { Some(0) } else { found.iter().position(is_header) };
    let Some(at) = at.or_else(|| found.iter().position(|r| r.cells.len() == width)) else {
        return Err(LoadError::new("no table was found in the file"));
    };
    let Some(header) = found.get(at) else { return Err(LoadError::new("no table was found in the file")) };
    let rows = found.get(at + 1..).unwrap_or(&[]);
    let shape = shapes(rows, width);
    let mut doubts = Vec::new();
    let mut above = None;
    if at > 0 && spec.skip_lines.is_none() {
        let first = found.first().map(|r| r.line);
        let what = if at == 1 { "1 line".to_string() } else { format!("{at} lines") };
        above = Some(Doubt::new(&codes::LAYOUT_GUESSED, first, format!("{what} before the header left out")));
    }
    let titled = spec.header.unwrap_or_else(|| !looks_like_data(header, &shape));
    if !titled {
        let names: Vec<String> = (1..=width).map(|i| format!("column{i}")).collect();
        let (names, surplus) = without_surplus(names, found.get(at..).unwrap_or(&[]));
        if spec.header.is_none() {
            let doubt = Doubt::new(
                &codes::LAYOUT_GUESSED,
                Some(header.line),
                "the file has no header; its columns are named column1, column2, …",
            );
            doubts.push(
                doubt.advice(
                    "declare what they are, as in `period from column1`; `header yes` if the first line is one",
                ),
            );
        }
        return Ok(Head {
            dialect,
            names,
            surplus,
            start: header.start,
            line: header.line,
            header_line: None,
            above,
            doubts,
        });
    }
    // Further header lines stand below: units, or the second level of a table with groups of columns.
    let more =
        if spec.header.is_some() { 0 } else { rows.iter().take(3).take_while(|r| is_more_header(r, &shape)).count() };
    let mut names: Vec<String> = header.cells.iter().map(|c| tidy(c)).collect();
    for row in rows.iter().take(more) {
        for (name, below) in names.iter_mut().zip(&row.cells) {
            match (name.is_empty(), tidy(below)) {
                (_, below) if below.is_empty() => {}
                (true, below) => *name = below,
                (false, below) => *name = format!("{name} ({below})"),
            }
        }
        doubts.push(Doubt::new(&codes::LAYOUT_GUESSED, Some(row.line), "this line was read as part of the header"));
    }
    let first_row = rows.get(more);
    let body = rows.get(more..).unwrap_or(&[]);
    names.resize(names.len().max(if body.is_empty() { 0 } else { width }), String::new());
    let (mut names, surplus) = without_surplus(names, body);
    if let Some(groups) = at
        .checked_sub(1)
        .and_then(|i| found.get(i))
        .filter(|g| has_twins(&names) && g.cells.len() + 1 >= width && g.filled() > 1)
    {
        let mut group = String::new();
        for (name, above) in names.iter_mut().zip(&groups.cells) {
            if !above.trim().is_empty() {
                group = tidy(above);
            }
            if !group.is_empty() && *name != group {
                *name = format!("{group} {name}").trim().to_string();
            }
        }
        above = None;
        doubts.push(Doubt::new(&codes::LAYOUT_GUESSED, Some(groups.line), "this line was read as groups of columns"));
    }
    for (i, name) in names.iter_mut().enumerate().filter(|(_, n)| n.is_empty()) {
        *name = format!("column{}", i + 1);
        let message = format!("column {} has no name; it is called {name} and left out", i + 1);
        doubts.push(Doubt::new(&codes::LAYOUT_GUESSED, Some(header.line), message));
    }
    for (i, name) in names.iter().enumerate() {
        if names.iter().take(i).any(|other| other == name) {
            return Err(LoadError::at(header.line, format!("two columns are named `{name}`")));
        }
    }
    let start = first_row.map_or(text.len(), |r| r.start);
    let line = first_row.map_or(header.line + 1, |r| r.line);
    Ok(Head { dialect, names, surplus, start, line, header_line: Some(header.line), above, doubts })
}

fn tidy(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn has_twins(names: &[String]) -> bool {
    names.iter().enumerate().any(|(i, n)| names.iter().take(i).any(|other| other == n))
}

/// Takes the last name away if it is empty, as is the last field of every row.
fn without_surplus(mut names: Vec<String>, rows: &[Record]) -> (Vec<String>, bool) {
    let last = names.len();
    let unnamed = names.last().is_some_and(|n| n.is_empty() || *n == format!("column{last}"));
    let surplus = last > 1
        && unnamed
        && rows.iter().all(|r| r.cells.len() < last || r.cells.get(last - 1).is_none_or(|c| c.trim().is_empty()));
    if surplus {
        names.pop();
    }
    (names, surplus)
}

/// Whether the first record is a row like the others: numbers where they have numbers, periods where they have
/// periods. Periods above numbers are the header of a wide table.
fn looks_like_data(first: &Record, shape: &[Shape]) -> bool {
    let mut evidence = 0;
    let mut spread: Vec<&str> = Vec::new();
    for (cell, shape) in first.cells.iter().zip(shape) {
        let cell = cell.trim();
        let missing = numbers::is_missing(cell, &[]);
        let fits = missing || (shape.periods && is_period(cell)) || (shape.numeric && numbers::looks_numeric(cell));
        if (shape.numeric || shape.periods) && !fits {
            return false;
        }
        if (shape.numeric || shape.periods) && !missing {
            evidence += 1;
            if shape.numeric && is_period(cell) {
                spread.push(cell);
            }
        }
    }
    let periods: Vec<_> = spread.iter().filter_map(|c| period_forms::read_any(c)).collect();
    let steps = periods.windows(2).all(|w| w.first() < w.last()) || periods.windows(2).all(|w| w.first() > w.last());
    evidence > 0 && !(periods.len() >= 2 && periods.len() == evidence && steps)
}

/// Words where all rows below have numbers, and no period.
fn is_more_header(row: &Record, shape: &[Shape]) -> bool {
    let mut words = 0;
    for (cell, shape) in row.cells.iter().zip(shape) {
        let cell = cell.trim();
        if shape.periods && is_period(cell) {
            return false;
        }
        if shape.numeric && !cell.is_empty() {
            if numbers::looks_numeric(cell) || numbers::is_missing(cell, &[]) {
                return false;
            }
            words += 1;
        }
    }
    words > 0 && words * 2 > shape.iter().filter(|s| s.numeric && !s.periods).count()
}

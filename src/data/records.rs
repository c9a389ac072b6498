//! From bytes to columns of text. In: a file's bytes. Out: the header and, per column, the cells with their lines.
//! Refuses, with a line, what a lenient reader would accept in silence: broken quotes, rows of another width, NUL.

use std::fmt;

/// Why a file is not a table, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordError {
    /// 1-based line.
    pub line: Option<usize>,
    /// One sentence.
    pub message: String,
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

fn refuse<T>(line: Option<usize>, message: impl Into<String>) -> Result<T, RecordError> {
    Err(RecordError { line, message: message.into() })
}

/// The cells of one column, one after another.
#[derive(Clone, Debug, Default)]
pub struct TextColumn {
    text: String,
    ends: Vec<usize>,
}

impl TextColumn {
    fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    /// How many cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cells in order.
    pub fn cells(&self) -> impl Iterator<Item = &str> + Clone {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let cell = self.text.get(start..*end).unwrap_or("");
            start = *end;
            cell
        })
    }
}

/// A file as columns of text.
#[derive(Clone, Debug)]
pub struct Table {
    /// Column names, without blanks around them.
    pub header: Vec<String>,
    /// One per name.
    pub columns: Vec<TextColumn>,
    /// The line on which each row begins.
    pub lines: Vec<u32>,
    /// The separator found.
    pub separator: u8,
}

/// Reads a whole file.
pub fn read(bytes: &[u8]) -> Result<Table, RecordError> {
    let text = utf8(bytes)?;
    if text.trim().is_empty() {
        return refuse(None, "the file is empty");
    }
    let separator = separator(text);
    check_quotes(text, separator)?;
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut header: Vec<String> = Vec::new();
    let mut columns: Vec<TextColumn> = Vec::new();
    let mut lines = Vec::new();
    let mut surplus = false;
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(e) => return refuse(None, e.to_string()),
        }
        // The parser's position is that of the record's end of the one before; blank lines lie between.
        let line = record.position().map_or(0, |p| line_of(text, p));
        if header.is_empty() {
            header = record.iter().map(|c| c.trim().to_string()).collect();
            surplus = header.len() > 1 && header.last().is_some_and(String::is_empty);
            if surplus {
                header.pop();
            }
            check_header(&header, line)?;
            columns = vec![TextColumn::default(); header.len()];
            continue;
        }
        let width = record.len() - usize::from(surplus && record.len() == header.len() + 1);
        let extra = record.get(header.len()).unwrap_or("");
        if width != header.len() || !extra.trim().is_empty() {
            let message = format!("the row has {} fields and the header {}", record.len(), header.len());
            return refuse(Some(line), message);
        }
        for (column, cell) in columns.iter_mut().zip(record.iter()) {
            column.push(cell);
        }
        lines.push(u32::try_from(line).unwrap_or(u32::MAX));
    }
    if lines.is_empty() {
        return refuse(Some(1), "the file has a header and no rows");
    }
    Ok(Table { header, columns, lines, separator })
}

fn line_of(text: &str, position: &csv::Position) -> usize {
    let mut line = usize::try_from(position.line()).unwrap_or(0);
    let start = usize::try_from(position.byte()).unwrap_or(0);
    for b in text.as_bytes().get(start..).unwrap_or(&[]) {
        match b {
            b'\n' => line += 1,
            b'\r' => {}
            _ => break,
        }
    }
    line
}

fn utf8(bytes: &[u8]) -> Result<&str, RecordError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let line_at = |at: usize| bytes.iter().take(at).filter(|b| **b == b'\n').count() + 1;
    if let Some(at) = bytes.iter().position(|b| *b == 0) {
        return refuse(Some(line_at(at)), "there is a NUL byte; the file is not text in UTF-8");
    }
    std::str::from_utf8(bytes).map_err(|e| RecordError {
        line: Some(line_at(e.valid_up_to())),
        message: "the text is not UTF-8; convert the file, or export it again as UTF-8".into(),
    })
}

fn check_header(header: &[String], line: usize) -> Result<(), RecordError> {
    for (i, name) in header.iter().enumerate() {
        if name.is_empty() {
            return refuse(Some(line), format!("column {} of the header has no name", i + 1));
        }
        if header.iter().take(i).any(|other| other == name) {
            return refuse(Some(line), format!("two columns are named `{name}`"));
        }
    }
    Ok(())
}

/// The separator under which the first lines have the same number of fields, above one; else a comma.
fn separator(text: &str) -> u8 {
    let width = |line: &str, separator: char| {
        let mut quoted = false;
        let fields = line.chars().filter(|c| {
            quoted ^= *c == '"';
            !quoted && *c == separator
        });
        fields.count()
    };
    let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).take(30).collect();
    let mut best = (0usize, 0usize, b',');
    for candidate in [',', ';', '\t', '|'] {
        let first = lines.first().map_or(0, |l| width(l, candidate));
        let same = lines.iter().filter(|l| width(l, candidate) == first).count();
        if first > 0 && (same, first) > (best.0, best.1) {
            best = (same, first, u8::try_from(candidate).unwrap_or(b','));
        }
    }
    best.2
}

/// Every quote must open at the start of a field and close at its end.
fn check_quotes(text: &str, separator: u8) -> Result<(), RecordError> {
    #[derive(PartialEq)]
    enum At {
        Start,
        Bare,
        Quoted,
        Closed,
    }
    let mut at = At::Start;
    let mut line = 1;
    let mut opened = 1;
    for &b in text.as_bytes() {
        at = match (at, b) {
            (At::Quoted, b'"') => At::Closed,
            (At::Quoted, _) => At::Quoted,
            (At::Start, b'"') => {
                opened = line;
                At::Quoted
            }
            (At::Closed, b'"') => At::Quoted,
            (_, b'\n') => At::Start,
            (_, s) if s == separator => At::Start,
            (At::Closed, b'\r') => At::Closed,
            (At::Closed, _) => {
                return refuse(Some(line), "text follows a closing quote; quotes inside a field are written twice");
            }
            (_, b'"') => return refuse(Some(line), "a quote stands inside a field that is not quoted"),
            _ => At::Bare,
        };
        if b == b'\n' {
            line += 1;
        }
    }
    if at == At::Quoted { refuse(Some(opened), "a quote is opened here and never closed") } else { Ok(()) }
}

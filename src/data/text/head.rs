//! Where the table of a text begins: its dialect, the lines before the header, the header itself. In: the first part of
//! the text. Out: a [`Head`]. What is found is weighed over all records of that part; every later record must fit.

use crate::data::doubt::{Doubt, LoadError};
use crate::data::known::number_forms;
use crate::data::known::period_forms;
use crate::data::known::roles::{self, Role};
use crate::data::known::totals;
use crate::data::text::dialect::{Dialect, TextSpec};
use crate::data::text::quotes::check_quotes;
use crate::data::text::sample::{Record, SAMPLE, records, usual_width, widths};
use crate::data::text::shape::{Shape, is_more_header, looks_like_data, shapes};
use crate::diagnostic::codes;
use rustc_hash::{FxHashMap, FxHashSet};

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
    /// What these lines say, a text a field.
    pub titles: Vec<String>,
    /// What else was not beyond doubt.
    pub doubts: Vec<Doubt>,
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
    // A separator that stands nowhere makes one field of each record.
    for separator in tries.into_iter().filter(|s| memchr::memchr(*s, text).is_some()) {
        let tried = Dialect { separator, quote, escape: None };
        let found = widths(text, tried, SAMPLE, whole);
        let (width, n) = usual_width(found.iter().copied());
        let share = n as f64 / found.len().max(1) as f64;
        if width > 1 && (share > best.0 + 1e-9 || (share > best.0 - 1e-9 && width > best.1)) {
            best = (share, width, tried);
        }
    }
    let mut found = best.2;
    // Single quotes around fields, where double ones are letters.
    let other = Dialect { quote: b'\'', ..found };
    let begins = |s: u8| memchr::memmem::find(text, &[s, b'\'']).is_some();
    if quote == b'"'
        && spec.quote.is_none()
        && begins(found.separator)
        && check_quotes(text, found, 1).is_err()
        && check_quotes(text, other, 1).is_ok()
    {
        found = dialect(text, &TextSpec { quote: Some(b'\''), ..spec.clone() }, whole);
    }
    if memchr::memmem::find(text, br#"\""#).is_some()
        && check_quotes(text, found, 1).is_err()
        && check_quotes(text, Dialect { escape: Some(b'\\'), ..found }, 1).is_ok()
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

fn head(text: &str, dialect: Dialect, found: &[Record], spec: &TextSpec) -> Result<Head, LoadError> {
    let (width, _) = usual_width(found.iter().map(|r| r.cells.len()));
    let Some((at, header)) = header_of(found, width, spec) else {
        return Err(LoadError::new("no table was found in the file"));
    };
    let rows = found.get(at + 1..).unwrap_or(&[]);
    let shape = shapes(rows, width);
    let mut above = None;
    if at > 0 && spec.skip_lines.is_none() {
        let first = found.first().map(|r| r.line);
        let what = if at == 1 { "1 line".to_string() } else { format!("{at} lines") };
        above = Some(Doubt::new(&codes::LAYOUT_GUESSED, first, format!("{what} before the header left out")));
    }
    if !spec.header.unwrap_or_else(|| !looks_like_data(header, &shape)) {
        if let Some(lost) = at.checked_sub(1).and_then(|i| found.get(i)).filter(|r| is_lost_header(r, width, spec))
            && check_quotes(text.as_bytes(), dialect, 1).is_ok()
        {
            return Err(misfit_header(lost, width));
        }
        let names: Vec<String> = (1..=width).map(|i| format!("column{i}")).collect();
        let (names, surplus) = without_surplus(names, found.get(at..).unwrap_or(&[]));
        let doubts = if spec.header.is_none() { vec![untitled(header.line)] } else { Vec::new() };
        let (start, line) = (header.start, header.line);
        let titles = Vec::new();
        return Ok(Head { dialect, names, surplus, start, line, header_line: None, above, titles, doubts });
    }
    let mut doubts = Vec::new();
    let notes = notes_below(header, rows, &shape);
    let more = match spec.header {
        Some(_) => &[],
        None if !notes.is_empty() => notes,
        None => more_headers(rows, &shape),
    };
    let shape = if notes.is_empty() { shape } else { shapes(rows.get(notes.len()..).unwrap_or(&[]), width) };
    let names = match notes {
        [] => with_more(header, more, &mut doubts),
        notes => with_notes(header, notes, &mut doubts),
    };
    let body = rows.get(more.len()..).unwrap_or(&[]);
    if names.len() < width && !body.is_empty() && spec.header.is_none() && spec.skip_lines.is_none() {
        let last = |r: &Record| r.cells.get(width - 1).is_some_and(|c| !c.trim().is_empty());
        // Where quotes are broken, widths say nothing: the reader finds where.
        if body.iter().any(last) && check_quotes(text.as_bytes(), dialect, 1).is_ok() {
            return Err(misfit_header(header, width));
        }
    }
    let (mut names, surplus) = full_width(names, body, width);
    if let Some(groups) = at.checked_sub(1).and_then(|i| found.get(i)).filter(|g| are_groups(g, &names, width)) {
        grouped(&mut names, groups);
        above = None;
        doubts.push(Doubt::new(&codes::LAYOUT_GUESSED, Some(groups.line), "this line was read as groups of columns"));
    }
    named(&mut names, header.line, &shape, &mut doubts)?;
    let start = body.first().map_or(text.len(), |r| r.start);
    let line = body.first().map_or(header.line + 1, |r| r.line);
    let titles = if above.is_some() { found.get(..at).unwrap_or(&[]) } else { &[] };
    let titles = titles.iter().flat_map(|r| &r.cells).map(|c| tidy(c)).filter(|c| !c.is_empty()).collect();
    Ok(Head { dialect, names, surplus, start, line, header_line: Some(header.line), above, titles, doubts })
}

/// The record that is the header, or the first row where there is none, and its place.
fn header_of<'a>(found: &'a [Record], width: usize, spec: &TextSpec) -> Option<(usize, &'a Record)> {
    let is_header = |r: &Record| {
        let surplus = r.cells.len() == width + 1 && r.cells.last().is_some_and(|c| c.trim().is_empty());
        let near = r.cells.len() == width || r.cells.len() + 1 == width || surplus;
        near && r.filled() >= if width <= 2 { width.min(r.cells.len()) } else { 2.max(width.div_ceil(2)) }
    };
    let at = if spec.skip_lines.is_some() { Some(0) } else { found.iter().position(is_header) };
    let at = at.or_else(|| found.iter().position(|r| r.cells.len() == width))?;
    // Above a table of two columns a line of one field is a title, if a line of two names follows.
    let title = |r: &Record| r.cells.len() == 1 && width == 2;
    let named = |r: &Record| {
        r.cells.len() == width && r.filled() == width && !r.cells.iter().any(|c| number_forms::looks_numeric(c))
    };
    let below = found.iter().skip(at).take_while(|r| title(r)).count();
    let below = Some(at + below).filter(|below| spec.skip_lines.is_none() && found.get(*below).is_some_and(named));
    let at = below.unwrap_or(at);
    // Names of the series, their codes, and then the header: `Date` above the first of the dates.
    let dated = |i: usize| {
        let first = |i: usize| found.get(i).and_then(|r| r.cells.first()).map(|c| c.trim()).unwrap_or("");
        let name = roles::role_of(first(i)).is_some_and(|(role, _)| role == Role::Period);
        name && found.get(i).is_some_and(named) && period_forms::read_any(first(i + 1)).is_some()
    };
    let is_dated = |i: usize| found.get(i).is_some_and(|r| r.cells.len() == width) && dated(i);
    let later = (at + 1..at + 6).find(|i| spec.skip_lines.is_none() && is_dated(*i)).filter(|_| !dated(at));
    let at = later.unwrap_or(at);
    let next = (spec.skip_lines.is_none()).then(|| next_part(found, at, width)).flatten();
    let at = next.filter(|next| found.get(*next).is_some_and(|r| is_header(r) && named(r))).unwrap_or(at);
    Some((at, found.get(at)?))
}

/// Where another part of a file begins that has numbers, behind one of words alone: a list of the series, and then, under
/// a line of one field, the observations.
fn next_part(found: &[Record], at: usize, width: usize) -> Option<usize> {
    let rows = found.get(at..)?.iter().take(SAMPLE);
    let of_words = rows.take_while(|r| {
        !r.cells.iter().any(|c| number_forms::looks_numeric(c) || period_forms::read_any(c.trim()).is_some())
    });
    let words = of_words.count();
    let title = |r: &Record| r.cells.len() == 1 && width > 1;
    let part = found.get(at..at + words)?.iter().rposition(title)? + at + 1;
    (part < at + words).then_some(part)
}

/// Whether a line above rows without a header looks like one that does not fit them: words, and none a number.
fn is_lost_header(above: &Record, width: usize, spec: &TextSpec) -> bool {
    let words = above.cells.iter().filter(|c| !c.trim().is_empty() && !number_forms::looks_numeric(c)).count();
    spec.skip_lines.is_none()
        && spec.header.is_none()
        && above.cells.len() != width
        && words == above.filled()
        && words >= 2.max(width.div_ceil(2))
}

fn misfit_header(header: &Record, width: usize) -> LoadError {
    let fields = header.cells.len();
    let s = if fields == 1 { "" } else { "s" };
    LoadError::at(header.line, format!("the header has {fields} field{s} and the rows {width}")).advice(
        "mend the line in a copy of the file; or declare `header no` with `preamble N` to read the rows below it",
    )
}

fn untitled(line: usize) -> Doubt {
    let message = "the file has no header; its columns are named column1, column2, …";
    Doubt::new(&codes::LAYOUT_GUESSED, Some(line), message)
        .advice("declare what they are, as in `period from column1`; `header yes` if the first line is one")
}

/// Further header lines below the first: units, or the second level of a table with groups of columns.
fn more_headers<'a>(rows: &'a [Record], shape: &[Shape]) -> &'a [Record] {
    let more = rows.iter().take(3).take_while(|r| is_more_header(r, shape)).count();
    rows.get(..more).unwrap_or(&[])
}

/// The names of a header with what further header lines say.
fn with_more(header: &Record, more: &[Record], doubts: &mut Vec<Doubt>) -> Vec<String> {
    let mut names: Vec<String> = header.cells.iter().map(|c| tidy(c)).collect();
    for row in more {
        for (name, below) in names.iter_mut().zip(&row.cells) {
            match (name.is_empty(), tidy(below)) {
                (_, below) if below.is_empty() => {}
                (true, below) => *name = below,
                (false, below) if below.starts_with('(') && below.ends_with(')') => *name = format!("{name} {below}"),
                (false, below) => *name = format!("{name} ({below})"),
            }
        }
        doubts.push(Doubt::new(&codes::LAYOUT_GUESSED, Some(row.line), "this line was read as part of the header"));
    }
    names
}

/// As many names as rows have fields, less the one that is empty in all of them.
fn full_width(mut names: Vec<String>, body: &[Record], width: usize) -> (Vec<String>, bool) {
    names.resize(names.len().max(if body.is_empty() { 0 } else { width }), String::new());
    without_surplus(names, body)
}

/// Whether the line above the header says to which groups columns of one name belong.
fn are_groups(above: &Record, names: &[String], width: usize) -> bool {
    has_twins(names) && above.cells.len() + 1 >= width && above.filled() > 1
}

/// Puts the names of groups before those of their columns.
fn grouped(names: &mut [String], groups: &Record) {
    let mut group = String::new();
    for (name, above) in names.iter_mut().zip(&groups.cells) {
        if !above.trim().is_empty() {
            group = tidy(above);
        }
        if !group.is_empty() && *name != group {
            *name = format!("{group} {name}").trim().to_string();
        }
    }
}

/// Gives every column a name of its own.
fn named(names: &mut [String], line: usize, shape: &[Shape], doubts: &mut Vec<Doubt>) -> Result<(), LoadError> {
    let mut say = |message: String| doubts.push(Doubt::new(&codes::LAYOUT_GUESSED, Some(line), message));
    let known = names.iter().any(|n| n == "period");
    let nameless = |i: usize, n: &String| n.is_empty() && shape.get(i).is_some_and(|s| s.periods);
    let periods = names.iter().enumerate().position(|(i, n)| !known && nameless(i, n));
    let months = names.iter().enumerate().position(|(i, n)| n.is_empty() && shape.get(i).is_some_and(|s| s.months));
    let mut taken = names.iter().any(|n| n == "series");
    for (i, name) in names.iter_mut().enumerate().filter(|(_, n)| n.is_empty()) {
        if periods == Some(i) || periods.is_some() && months == Some(i) {
            let word = if months == Some(i) {
                "month"
            } else if months.is_some() {
                "year"
            } else {
                "period"
            };
            *name = word.to_string();
            say(format!("column {} has no name; it holds periods and is called {name}", i + 1));
            continue;
        }
        if shape.get(i).is_some_and(|s| s.words && !s.periods) && !taken {
            *name = "series".to_string();
            say(format!("column {} has no name; it is called {name}", i + 1));
            taken = true;
            continue;
        }
        *name = format!("column{}", i + 1);
        say(format!("column {} has no name; it is called {name} and left out", i + 1));
    }
    let mut before: FxHashSet<String> = FxHashSet::default();
    // The next number to be tried behind a name that stands there again.
    let mut next: FxHashMap<String, usize> = FxHashMap::default();
    for name in names {
        if before.insert(name.clone()) {
            continue;
        }
        let twice = name.clone();
        if roles::part_of_date(&twice).is_some() || matches!(roles::role_of(&twice), Some((Role::Period, _))) {
            let message = format!("two columns are called `{twice}`: tables stand side by side");
            return Err(LoadError::at(line, message).advice("put them into files of their own"));
        }
        let number = next.entry(twice.clone()).or_insert(2);
        loop {
            *name = format!("{twice} ({number})");
            *number += 1;
            if before.insert(name.clone()) {
                break;
            }
        }
        say(format!("a second column is named `{twice}`; it is called `{name}`"));
    }
    Ok(())
}

/// So many lines of notes may stand between the header and the first period.
const NOTES: usize = 20;

/// Lines below the header that say what the series are, above periods in the first column: units, sources, codes.
fn notes_below<'a>(header: &Record, rows: &'a [Record], shape: &[Shape]) -> &'a [Record] {
    let is_period = |r: &Record| r.cells.first().is_some_and(|c| period_forms::read_any(c.trim()).is_some());
    let notes = rows.iter().take(NOTES).take_while(|r| !is_period(r)).count();
    // Notes have a field for each series; a line of another width begins another part of the file.
    if rows.iter().take(notes).any(|r| r.cells.len() != header.cells.len() && r.cells.len() < shape.len()) {
        return &[];
    }
    // What begins with digits is a period that cannot be read, and what stands for a total is a row.
    let is_row = |cell: &str| cell.starts_with(|c: char| c.is_ascii_digit()) || totals::is_total(cell);
    if rows.iter().take(notes).any(|r| r.filled() > 1 && r.cells.first().is_some_and(|c| is_row(c.trim()))) {
        return &[];
    }
    let below = rows.get(notes..).unwrap_or(&[]);
    let all = below.iter().take(60).filter(|r| is_period(r)).count();
    // Notes say something of other columns too, and nothing but periods follows.
    let says = rows.iter().take(notes).filter(|r| r.filled() > 1).count();
    let right = says > 0 && all > 0 && all * 10 >= below.len().min(60) * 9;
    if is_period(header) || !right || shape.len() < 2 { &[] } else { rows.get(..notes).unwrap_or(&[]) }
}

/// The names of a header with the units that the notes below it say.
fn with_notes(header: &Record, notes: &[Record], doubts: &mut Vec<Doubt>) -> Vec<String> {
    let mut names: Vec<String> = header.cells.iter().map(|c| tidy(c)).collect();
    let word = |r: &Record| r.cells.first().map(|c| c.trim().to_lowercase()).unwrap_or_default();
    let of_unit = |r: &&Record| {
        ["preunit", "unit", "units", "unit of measure", "uom", "einheit", "unité", "unidad"].contains(&word(r).as_str())
    };
    // The Australian office, which writes its own dollars without a word.
    let source = |r: &Record| word(r) == "source" && r.cells.iter().any(|c| matches!(c.trim(), "ABS" | "RBA"));
    let australian = notes.iter().any(|r| word(r) == "collection month" || source(r));
    for (at, name) in names.iter_mut().enumerate().skip(1) {
        let said = |r: &Record| r.cells.get(at).map(|c| tidy(c)).filter(|c| !c.is_empty());
        let units: Vec<String> = notes.iter().filter(of_unit).filter_map(said).collect();
        // A line without a word in front goes on with the names.
        let more = notes.iter().filter(|r| word(r).is_empty()).filter_map(said);
        let unit = Some(units.join(" ")).filter(|u| !u.is_empty());
        for text in more.chain(unit) {
            let text = if australian { text.replace('$', "AUD") } else { text };
            let bracketed = text.starts_with('(') && text.ends_with(')');
            *name = if bracketed { format!("{name} {text}") } else { format!("{name} ({text})") };
        }
    }
    let what = if notes.len() == 1 { "1 line".to_string() } else { format!("{} lines", notes.len()) };
    let message = format!("{what} of notes between the header and the first period left out");
    doubts.push(Doubt::new(&codes::LAYOUT_GUESSED, notes.first().map(|r| r.line), message));
    names
}

fn tidy(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn has_twins(names: &[String]) -> bool {
    let mut before = FxHashSet::default();
    !names.iter().all(|name| before.insert(name))
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

//! Texts in a form of their own, respelled as lines of fields: the bulk files of Eurostat, whose first field holds several,
//! its sheets, whose header is two lines, columns of several measures for each month, fields set apart by runs of blanks
//! or with blanks behind separators, JSON. In: a text. Out: the same as CSV or lines with tabs, or what is wrong with it.

use crate::data::doubt::LoadError;
use crate::data::room::Room;
use crate::data::text::json;
use crate::pause::{paced, turn};

/// A form that is no lines of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `freq,unit,geo\TIME_PERIOD⇥2023 ⇥2024 `
    Eurostat,
    /// Rows as arrays or objects.
    Json,
    /// A sheet of Eurostat's data browser: the periods in one line, the key in the next, marks in columns of their own.
    Browser,
    /// `Quantity-Jan,Value-Jan,Quantity-Feb,Value-Feb`, as the Japanese customs write them.
    Months,
    /// Fields set apart by runs of blanks, where that is declared.
    Blanks,
    /// A blank between separators and quotes: `2023, "Korea, Rep.", 5`.
    Spaced,
}

impl Form {
    /// For people.
    pub fn word(self) -> &'static str {
        match self {
            Form::Eurostat => "Eurostat TSV",
            Form::Json => "JSON",
            Form::Browser => "Eurostat sheet",
            Form::Months => "months across",
            Form::Blanks => "fields between blanks",
            Form::Spaced => "a blank behind separators",
        }
    }

    /// The form of a text, by how it begins.
    pub fn of(start: &[u8]) -> Option<Form> {
        let first = start.split(|b| *b == b'\n').next().unwrap_or(&[]);
        let key = first.split(|b| *b == b'\t').next().unwrap_or(&[]);
        if key.len() < first.len() && memchr::memchr(b'\\', key).is_some() && memchr::memchr(b',', key).is_some() {
            return Some(Form::Eurostat);
        }
        if is_browser(start) {
            return Some(Form::Browser);
        }
        if months_of(&fields(first)).is_some() {
            return Some(Form::Months);
        }
        let text = start.trim_ascii_start();
        let inside = text.get(1..).unwrap_or(&[]).trim_ascii_start();
        match (text.first(), inside.first()) {
            (Some(b'{'), Some(b'"' | b'}')) => Some(Form::Json),
            (Some(b'['), Some(b'{' | b'[' | b']')) => Some(Form::Json),
            _ => spaced_by(start).map(|_| Form::Spaced),
        }
    }

    /// The text as lines of fields.
    ///
    /// # Errors
    /// It is damaged, or the text and its lines take more than there is room for.
    pub fn respelled(self, text: &str, room: Room) -> Result<String, LoadError> {
        let room = room.beside(text.len());
        if self != Form::Json {
            // The lines are about as long.
            room.check(text.len())?;
        }
        match self {
            Form::Eurostat => Ok(eurostat(text)),
            Form::Json => json::as_lines(text, room),
            Form::Browser => Ok(browser(text)),
            Form::Months => Ok(by_month(text)),
            Form::Spaced => Ok(close_up(text)),
            Form::Blanks => {
                Ok(paced(text.lines()).map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ") + "\n").collect())
            }
        }
    }
}

/// The separator behind which quotes stand after a blank, if none stands there without one.
fn spaced_by(start: &[u8]) -> Option<u8> {
    let stands = |parts: &[u8]| memchr::memmem::find(start, parts).is_some();
    [b',', b';'].into_iter().find(|s| stands(&[*s, b' ', b'"']) && !stands(&[*s, b'"']))
}

/// A text without the blanks behind its separators; those in quoted fields stay.
fn close_up(text: &str) -> String {
    let separator = spaced_by(text.as_bytes()).map_or(',', char::from);
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut behind, mut starts) = (false, false, true);
    for c in paced(text.chars()) {
        if behind && c == ' ' {
            continue;
        }
        // A quote in the middle of a field opens none.
        if c == '"' && (quoted || starts) {
            quoted = !quoted;
        }
        behind = !quoted && c == separator;
        starts = !quoted && (c == separator || c == '\n');
        out.push(c);
    }
    out
}

/// The keys of the first field as fields of their own; lines stay where they are.
fn eurostat(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for (at, line) in paced(text.lines()).enumerate() {
        let (keys, cells) = line.split_once('\t').unwrap_or((line, ""));
        // `geo\TIME_PERIOD`: the last key, and what the other columns are.
        let keys = if at == 0 { keys.split('\\').next().unwrap_or(keys) } else { keys };
        out.push_str(&keys.replace(',', "\t"));
        for cell in cells.split('\t') {
            out.push('\t');
            out.push_str(cell.trim());
        }
        out.push('\n');
    }
    out
}

/// The fields of a line with commas.
fn fields(line: &[u8]) -> Vec<String> {
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if !line.is_empty() && memchr::memchr2(b'"', b'\r', line).is_none() {
        return line.split(|b| *b == b',').map(|f| String::from_utf8_lossy(f).trim().to_string()).collect();
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line);
    let mut record = csv::ByteRecord::new();
    let there = reader.read_byte_record(&mut record).unwrap_or(false);
    let text = |f: &[u8]| String::from_utf8_lossy(f).trim().to_string();
    if there { record.iter().map(text).collect() } else { Vec::new() }
}

/// Whether a text is a sheet of Eurostat's data browser: `TIME` and periods above `GEO (Labels)`.
fn is_browser(start: &[u8]) -> bool {
    let mut lines = start.split(|b| *b == b'\n').take(20);
    let time = lines.find(|l| fields(l).first().is_some_and(|f| f == "TIME"));
    time.is_some()
        && lines.next().is_some_and(|l| fields(l).first().is_some_and(|f| f.ends_with(")") && f.contains(" (")))
}

/// The table of a sheet: a mark stands behind its number, lines above and below are left empty.
fn browser(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut periods: Vec<String> = Vec::new();
    let mut done = false;
    for raw in paced(text.lines()) {
        let cells = fields(raw.as_bytes());
        let first = cells.first().map(String::as_str).unwrap_or("");
        if periods.is_empty() {
            if first == "TIME" {
                periods = cells.get(1..).unwrap_or(&[]).to_vec();
            }
            out.push('\n');
            continue;
        }
        done |= first.is_empty();
        if done {
            out.push('\n');
            continue;
        }
        // The line of the key has no numbers; it is the header.
        let header = out.bytes().all(|b| b == b'\n');
        let mut row =
            vec![if header { first.split(" (").next().unwrap_or(first).to_string() } else { first.to_string() }];
        for (at, period) in periods.iter().enumerate().filter(|(_, p)| !p.is_empty()) {
            let value = cells.get(at + 1).map(String::as_str).unwrap_or("");
            let mark = periods.get(at + 1).filter(|p| p.is_empty()).and_then(|_| cells.get(at + 2));
            let mark = mark.map(String::as_str).unwrap_or("");
            row.push(if header { period.clone() } else { format!("{value} {mark}").trim().to_string() });
        }
        line(&mut out, row.into_iter());
    }
    out
}

/// What stands before a month in the name of a column, and the number of the month; 0 for the year.
fn of_month(name: &str) -> Option<(&str, usize)> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let (what, part) = name.rsplit_once(['-', '_'])?;
    let part = part.trim().to_lowercase();
    let month = MONTHS.iter().position(|m| *m == part).map(|at| at + 1);
    month.or((part == "year").then_some(0)).map(|month| (what.trim(), month))
}

/// The measures that a header has for each of several months, beside a year; nothing of another header.
fn months_of(header: &[String]) -> Option<Vec<String>> {
    let mut found: Vec<(String, usize)> = Vec::new();
    for (what, month) in header.iter().filter_map(|name| of_month(name)).filter(|(_, month)| *month > 0) {
        found.push((what.to_string(), month));
    }
    let mut measures: Vec<String> = Vec::new();
    for (what, _) in &found {
        if !measures.contains(what) {
            measures.push(what.clone());
        }
    }
    let year = header.iter().any(|h| h.eq_ignore_ascii_case("year"));
    let several = measures.iter().all(|m| found.iter().filter(|(what, _)| what == m).count() > 1);
    (year && measures.len() > 1 && several).then_some(measures)
}

/// A line for each month of a line; the sums of the year are left out. The Japanese customs count exports as 1.
fn by_month(text: &str) -> String {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut out = String::with_capacity(text.len());
    let (mut header, mut measures): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    while reader.read_record(&mut record).unwrap_or(false) {
        turn();
        if header.is_empty() {
            header = record.iter().map(|f| f.trim().to_string()).collect();
            measures = months_of(&header).unwrap_or_default();
            let keys = header.iter().filter(|h| of_month(h).is_none()).cloned();
            line(&mut out, keys.chain(["Month".to_string()]).chain(measures.iter().cloned()));
            continue;
        }
        let flow = |name: &str, cell: &str| match (name, cell.trim()) {
            ("Exp or Imp", "1") => "Export".to_string(),
            ("Exp or Imp", "2") => "Import".to_string(),
            (_, cell) => cell.to_string(),
        };
        for month in 1..=12 {
            let at = |what: &String| header.iter().position(|h| of_month(h) == Some((what.as_str(), month)));
            let cells: Vec<Option<usize>> = measures.iter().map(at).collect();
            if cells.iter().all(Option::is_none) {
                continue;
            }
            let keys = header.iter().zip(record.iter()).filter(|(h, _)| of_month(h).is_none()).map(|(h, c)| flow(h, c));
            let values = cells.iter().map(|at| at.and_then(|at| record.get(at)).unwrap_or("").trim().to_string());
            line(&mut out, keys.chain([month.to_string()]).chain(values));
        }
    }
    out
}

fn line(out: &mut String, cells: impl Iterator<Item = String>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        if cell.contains([',', '"', '\n', '\r']) || cell.trim() != cell {
            out.push_str(&format!("\"{}\"", cell.replace('"', "\"\"")));
        } else {
            out.push_str(&cell);
        }
    }
    out.push('\n');
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_eurostat_are_columns() {
        let text = "freq,geo\\TIME_PERIOD\t2022 \t2023 \nA,DE\t1.5 p\t: \n";
        assert_eq!(Form::of(text.as_bytes()), Some(Form::Eurostat));
        assert_eq!(
            Form::Eurostat.respelled(text, Room::of(1 << 20)).unwrap(),
            "freq\tgeo\t2022\t2023\nA\tDE\t1.5 p\t:\n"
        );
        assert_eq!(Form::of(b"a,b\n1,2\n"), None);
    }

    #[test]
    fn a_sheet_of_eurostat_is_a_table() {
        let text = "\"Dataset:\",\"x\"\n\"TIME\",\"2023\",\"\",\"2024\",\"\"\n\"GEO (Labels)\",\"\",\"\",\"\",\"\"\n\
                    \"Germany\",\"1.5\",\"\",\"2.5\",\"p\"\n,,,,\n\"Special value\",,,,\n";
        assert_eq!(Form::of(text.as_bytes()), Some(Form::Browser));
        assert_eq!(
            Form::Browser.respelled(text, Room::of(1 << 20)).unwrap(),
            "\n\nGEO,2023,2024\nGermany,1.5,2.5 p\n\n\n"
        );
    }

    #[test]
    fn months_across_become_lines() {
        let text = "Exp or Imp,Year,HS,Q-Year,V-Year,Q-Jan,V-Jan,Q-Feb,V-Feb\n1,2024,'85',3,30,1,10,2,20\n";
        assert_eq!(Form::of(text.as_bytes()), Some(Form::Months));
        let lines = "Exp or Imp,Year,HS,Month,Q,V\nExport,2024,'85',1,1,10\nExport,2024,'85',2,2,20\n";
        assert_eq!(Form::Months.respelled(text, Room::of(1 << 20)).unwrap(), lines);
        assert_eq!(Form::of(b"Year,Jan,Feb,Mar\n2024,1,2,3\n"), None);
        assert_eq!(Form::of(b"Year,V-Jan,V-Feb\n2024,1,2\n"), None);
    }

    #[test]
    fn json_is_known_by_how_it_begins() {
        assert_eq!(Form::of(b" [{\"a\":1}]"), Some(Form::Json));
        assert_eq!(Form::of(b"[Millions of dollars]\na,b\n"), None);
    }
}

//! Rows that do not fit, made to fit where that is declared: a field too few or too many, a quote that is not closed,
//! another separator in one row. In: a text and its head. Out: the same text with every row of the width of the header,
//! on the same lines, and which rows were changed. What fits is not touched.

use crate::data::doubt::LoadError;
use crate::data::known::number_forms::looks_numeric;
use crate::data::text::dialect::{Dialect, TextSpec};
use crate::data::text::head;
use crate::pause::turn;

/// So many rows are looked at to know which columns hold numbers.
const LOOKED: usize = 200;
/// So many openings of quotes are taken for letters, one after another.
const OPENINGS: usize = 12;
/// Separators that a single row may have instead.
const OTHERS: [u8; 4] = [b';', b'\t', b'|', b','];

/// A text whose rows fit.
#[derive(Debug)]
pub struct Mended {
    /// The text.
    pub text: String,
    /// The lines that were changed, and what was wrong with each.
    pub lines: Vec<(usize, &'static str)>,
}

/// Makes the rows of a text fit its header.
pub fn mended(text: &str, spec: &TextSpec) -> Result<Mended, LoadError> {
    let head = head::find(text, spec, true)?;
    let width = head.names.len();
    let body = text.get(head.start..).unwrap_or("");
    let mut numeric = vec![Some(true); width];
    let mut at = 0;
    for _ in 0..LOOKED {
        let Some((end, cells)) = regular(body, at, head.dialect) else { break };
        if cells.len() == width {
            for (cell, numeric) in cells.iter().zip(&mut numeric) {
                *numeric = numeric.map(|all| all && (cell.trim().is_empty() || looks_numeric(cell)));
            }
        }
        at = end;
        if at >= body.len() {
            break;
        }
    }
    let shape = Shape { numeric: numeric.into_iter().map(|n| n.unwrap_or(false)).collect() };
    let mut out = Mended { text: text.get(..head.start).unwrap_or("").to_string(), lines: Vec::new() };
    let (mut at, mut line) = (0, head.line);
    while at < body.len() {
        turn();
        let end_of_line =
            memchr::memchr(b'\n', body.as_bytes().get(at..).unwrap_or(&[])).map_or(body.len(), |i| at + i + 1);
        let found = regular(body, at, head.dialect);
        let several = found.as_ref().is_some_and(|(end, _)| *end > end_of_line);
        let good = |cells: &[String]| {
            let filled = cells.iter().filter(|c| !c.trim().is_empty()).count();
            let surplus = cells.len() == width + 1 && head.surplus && cells.last().is_some_and(|c| c.trim().is_empty());
            let lone =
                || filled <= 1 && !several && !shape.has_other(body.get(at..end_of_line).unwrap_or(""), head.dialect);
            cells.len() == width || surplus || lone()
        };
        let end = match &found {
            Some((end, cells)) if good(cells) => {
                out.text.push_str(body.get(at..*end).unwrap_or(""));
                *end
            }
            Some(_) | None => {
                let row = body.get(at..end_of_line).unwrap_or("").trim_end_matches(['\n', '\r']);
                let (cells, what) = shape.fitted(row, head.dialect);
                out.lines.push((line, what));
                written(&mut out.text, &cells, head.dialect);
                end_of_line
            }
        };
        line += memchr::memchr_iter(b'\n', body.as_bytes().get(at..end).unwrap_or(&[])).count();
        at = end;
    }
    Ok(out)
}

/// The fields of the record that begins here, if its quotes open and close where they may, and where it ends.
fn regular(text: &str, start: usize, dialect: Dialect) -> Option<(usize, Vec<String>)> {
    let bytes = text.as_bytes();
    let mut cells = Vec::new();
    let mut at = start;
    loop {
        let (cell, end) = match bytes.get(at) {
            Some(b) if *b == dialect.quote => quoted(text, at, dialect)?,
            _ => {
                let rest = bytes.get(at..).unwrap_or(&[]);
                let end = memchr::memchr3(dialect.separator, b'\n', b'\r', rest).map_or(bytes.len(), |i| at + i);
                let cell = text.get(at..end)?;
                if cell.as_bytes().contains(&dialect.quote) {
                    return None;
                }
                (cell.to_string(), end)
            }
        };
        cells.push(cell);
        at = end + 1;
        match bytes.get(end) {
            Some(b) if *b == dialect.separator => {}
            Some(b'\r') if bytes.get(end + 1) == Some(&b'\n') => return Some((end + 2, cells)),
            Some(_) => return Some((at, cells)),
            None => return Some((bytes.len(), cells)),
        }
    }
}

/// A quoted field: what it holds, and the place behind its closing quote, where a field ends.
fn quoted(text: &str, opened: usize, dialect: Dialect) -> Option<(String, usize)> {
    let bytes = text.as_bytes();
    let mut cell = Vec::new();
    let mut at = opened + 1;
    loop {
        let byte = *bytes.get(at)?;
        let next = bytes.get(at + 1).copied();
        match (byte, next) {
            (b, Some(next)) if Some(b) == dialect.escape => {
                cell.push(next);
                at += 2;
            }
            (b, Some(next)) if b == dialect.quote && next == dialect.quote && dialect.escape.is_none() => {
                cell.push(b);
                at += 2;
            }
            (b, next) if b == dialect.quote => {
                let ends = next.is_none_or(|n| n == dialect.separator || n == b'\n' || n == b'\r');
                return if ends { Some((String::from_utf8(cell).ok()?, at + 1)) } else { None };
            }
            (b, _) => {
                cell.push(b);
                at += 1;
            }
        }
    }
}

/// The fields of one line, whatever its quotes are; the opening quotes at `letters` are none. Also whether all is regular.
fn lenient(row: &str, dialect: Dialect, letters: Option<usize>) -> Vec<String> {
    let bytes = row.as_bytes();
    let (mut cells, mut at, mut openings) = (Vec::new(), 0, 0);
    loop {
        let mut field = None;
        if bytes.get(at) == Some(&dialect.quote) {
            if letters != Some(openings) {
                field = quoted(row, at, dialect);
            }
            openings += 1;
        }
        let (cell, end) = field.unwrap_or_else(|| {
            let rest = bytes.get(at..).unwrap_or(&[]);
            let end = memchr::memchr(dialect.separator, rest).map_or(bytes.len(), |i| at + i);
            let cell = row.get(at..end).unwrap_or("");
            // A quote that opens nothing is no part of the text; within it, it may be an inch.
            (cell.strip_prefix(char::from(dialect.quote)).unwrap_or(cell).to_string(), end)
        });
        cells.push(cell);
        if end >= bytes.len() {
            return cells;
        }
        at = end + 1;
    }
}

/// Which columns hold numbers.
struct Shape {
    numeric: Vec<bool>,
}

impl Shape {
    /// One line as a row of the right width, and what was wrong with it.
    fn fitted(&self, row: &str, dialect: Dialect) -> (Vec<String>, &'static str) {
        let width = self.numeric.len();
        let fits = |cells: &Vec<String>| cells.len() == width;
        let own = lenient(row, dialect, None);
        if fits(&own) {
            return (own, "quotes");
        }
        let letters = (0..OPENINGS).map(|n| lenient(row, dialect, Some(n))).find(fits);
        if let Some(cells) = letters {
            return (cells, "quotes");
        }
        if let Some(cells) = self.by_other(row, dialect) {
            return (cells, "another separator");
        }
        let single = if dialect.quote == b'"' { b'\'' } else { b'"' };
        if row.as_bytes().contains(&single) {
            let cells = lenient(row, Dialect { quote: single, ..dialect }, None);
            if fits(&cells) {
                return (cells, "other quotes");
            }
        }
        if own.len() < width {
            (self.filled(own), "fields too few")
        } else {
            (self.joined(own, dialect), "fields too many")
        }
    }

    /// The cells of a row that has another separator than its file.
    fn by_other(&self, row: &str, dialect: Dialect) -> Option<Vec<String>> {
        let others = OTHERS.iter().filter(|s| **s != dialect.separator);
        let mut cells = others.map(|s| lenient(row, Dialect { separator: *s, ..dialect }, None));
        cells.find(|cells| cells.len() == self.numeric.len())
    }

    fn has_other(&self, line: &str, dialect: Dialect) -> bool {
        self.numeric.len() > 1 && self.by_other(line.trim_end_matches(['\n', '\r']), dialect).is_some()
    }

    /// How many cells are not of the sort of their column.
    fn unlike(&self, cells: &[String]) -> usize {
        let unlike = |(cell, numeric): &(&String, &bool)| !cell.trim().is_empty() && looks_numeric(cell) != **numeric;
        cells.iter().zip(&self.numeric).filter(unlike).count()
    }

    /// With an empty cell where it suits best, the last of equal places, until there are enough.
    fn filled(&self, mut cells: Vec<String>) -> Vec<String> {
        while cells.len() < self.numeric.len() {
            let with = |at: usize| {
                let mut all = cells.clone();
                all.insert(at, String::new());
                all
            };
            let best = (0..=cells.len()).rev().min_by_key(|at| self.unlike(&with(*at)));
            cells = with(best.unwrap_or(cells.len()));
        }
        cells
    }

    /// Without an empty cell that suits least, or else with two cells put together, until there are few enough.
    fn joined(&self, mut cells: Vec<String>, dialect: Dialect) -> Vec<String> {
        // What a row of many fields is cannot be found out one by one.
        if cells.len() > 4 * self.numeric.len() + 16 {
            cells.truncate(self.numeric.len());
        }
        while cells.len() > self.numeric.len() && cells.len() > 1 {
            let without = |at: usize| {
                let mut all = cells.clone();
                all.remove(at);
                all
            };
            let together = |at: usize| {
                let mut all = cells.clone();
                let next = all.remove(at + 1);
                if let Some(cell) = all.get_mut(at) {
                    *cell = format!("{cell}{}{next}", char::from(dialect.separator));
                }
                all
            };
            let empty = (0..cells.len()).filter(|at| cells.get(*at).is_some_and(|c| c.trim().is_empty()));
            // What stands between thousands was taken for a separator.
            let thousands = |at: &usize| {
                let digits = |c: &&String, least, most| {
                    (least..=most).contains(&c.len()) && c.bytes().all(|b| b.is_ascii_digit())
                };
                let left = cells.get(*at).filter(|c| digits(c, 1, 3) && !c.starts_with('0'));
                dialect.separator == b',' && left.is_some() && cells.get(at + 1).is_some_and(|c| digits(&c, 3, 3))
            };
            let numbers = (0..cells.len() - 1).filter(thousands).min_by_key(|at| self.unlike(&together(*at)));
            cells = match empty.min_by_key(|at| self.unlike(&without(*at))) {
                Some(at) => without(at),
                None => {
                    let any = || (0..cells.len() - 1).min_by_key(|at| self.unlike(&together(*at)));
                    let best = numbers.filter(|at| self.unlike(&together(*at)) == 0).or_else(any);
                    together(best.unwrap_or(0))
                }
            };
        }
        cells
    }
}

/// Writes a row as its file writes rows.
fn written(out: &mut String, cells: &[String], dialect: Dialect) {
    let (separator, quote) = (char::from(dialect.separator), char::from(dialect.quote));
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(separator);
        }
        if dialect.quote == 0 && cell.contains(separator) {
            // Nothing keeps the separator in the field.
            out.push_str(&cell.replace(separator, " "));
        } else if dialect.quote != 0 && cell.contains([separator, quote, '\n', '\r']) {
            let inside = match dialect.escape {
                Some(escape) => cell.replace(quote, &format!("{}{quote}", char::from(escape))),
                None => cell.replace(quote, &format!("{quote}{quote}")),
            };
            out.push_str(&format!("{quote}{inside}{quote}"));
        } else {
            out.push_str(cell);
        }
    }
    out.push('\n');
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn mend(row: &str) -> (String, Vec<(usize, &'static str)>) {
        let good = "2020,CHN,\"Hong Kong, SAR\",5\n2021,CHN,Japan,6\n";
        let text = format!("year,reporter,partner,value\n{good}{row}\n{good}");
        let found = mended(&text, &TextSpec::default()).unwrap();
        let line = found.text.lines().nth(3).unwrap().to_string();
        assert_eq!(found.text.lines().count(), 6);
        assert!(found.text.starts_with("year,reporter,partner,value\n") && found.text.ends_with(good));
        (line, found.lines)
    }

    #[test]
    fn rows_are_made_to_fit_and_the_others_stay() {
        for (row, fitted, what) in [
            ("2022,CHN,Japan", "2022,CHN,Japan,", "fields too few"),
            ("2022,Japan,7", "2022,Japan,,7", "fields too few"),
            ("2022,CHN,,Japan,7", "2022,CHN,Japan,7", "fields too many"),
            ("2022,CHN,Korea, Rep.,7", "2022,\"CHN,Korea\", Rep.,7", "fields too many"),
            ("2022,CHN,Japan,1,200", "2022,CHN,Japan,\"1,200\"", "fields too many"),
            ("2022;CHN;Japan;7", "2022,CHN,Japan,7", "another separator"),
            ("2022,\"CHN,Japan,7", "2022,CHN,Japan,7", "quotes"),
            ("\"2022,CHN,\"Hong Kong, SAR\",7", "2022,CHN,\"Hong Kong, SAR\",7", "quotes"),
            ("2022,CHN,'Hong Kong, SAR',7", "2022,CHN,\"Hong Kong, SAR\",7", "other quotes"),
        ] {
            assert_eq!(mend(row), (fitted.to_string(), vec![(4, what)]), "{row}");
        }
        assert_eq!(mend("2022,CHN,Japan,7").1, []);
    }
}

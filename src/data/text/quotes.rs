//! Whether quotes stand where they may: what a lenient reader accepts in silence is an error here.

use crate::data::doubt::LoadError;
use crate::data::text::dialect::Dialect;

/// Every quote must open at the start of a field and close at its end; else the line of the one that does not.
pub fn check_quotes(text: &[u8], dialect: Dialect, first_line: usize) -> Result<(), LoadError> {
    let Dialect { separator, quote, escape } = dialect;
    let line_at = |at: usize| first_line + memchr::memchr_iter(b'\n', text.get(..at).unwrap_or(&[])).count();
    let mut at = 0;
    while let Some(opened) = memchr::memchr(quote, text.get(at..).unwrap_or(&[])).map(|i| i + at) {
        let before = opened.checked_sub(1).and_then(|i| text.get(i)).copied();
        let starts = |before: Option<u8>| before.is_none_or(|b| b == separator || b == b'\n' || b == b'\r');
        if let Some(end) = guarded(text, opened, dialect).filter(|_| starts(byte_before(text, opened, 2))) {
            at = end + 1;
            continue;
        }
        if !starts(before) {
            return Err(LoadError::at(line_at(opened), "a quote stands inside a field that is not quoted")
                .advice("a field that holds a quote is quoted itself, and its quotes are written twice; `quote \"\"` if quotes are letters here"));
        }
        let mut from = opened + 1;
        loop {
            let rest = text.get(from..).unwrap_or(&[]);
            let found = match escape {
                Some(e) => memchr::memchr2(quote, e, rest),
                None => memchr::memchr(quote, rest),
            };
            let Some(end) = found.map(|i| i + from) else {
                return Err(LoadError::at(line_at(opened), "a quote is opened here and never closed")
                    .advice("declare `quote \"\"` if quotes are letters in this file"));
            };
            if escape.is_some() && text.get(end) != Some(&quote) {
                from = end + 2;
                continue;
            }
            match text.get(end + 1).copied() {
                Some(b) if b == quote && escape.is_none() => from = end + 2,
                None | Some(b'\n' | b'\r') => {
                    at = end + 1;
                    break;
                }
                Some(b) if b == separator => {
                    at = end + 1;
                    break;
                }
                Some(_) => {
                    let (first, last) = (line_at(opened), line_at(end));
                    let message = if first < last {
                        "a quote is opened here and not closed in its field"
                    } else {
                        "text follows a closing quote; quotes inside a field are written twice"
                    };
                    return Err(LoadError::at(first, message));
                }
            }
        }
    }
    Ok(())
}

fn byte_before(text: &[u8], at: usize, by: usize) -> Option<u8> {
    at.checked_sub(by).and_then(|i| text.get(i)).copied()
}

/// The end of a field such as `="010121"`, which keeps a spreadsheet from reading a code as a number: its quotes are text.
fn guarded(text: &[u8], opened: usize, dialect: Dialect) -> Option<usize> {
    byte_before(text, opened, 1).filter(|b| *b == b'=')?;
    let inside = text.get(opened + 1..)?;
    let end = inside.iter().position(|b| [dialect.quote, dialect.separator, b'\n', b'\r'].contains(b))?;
    let closed = inside.get(end) == Some(&dialect.quote);
    let ends = inside.get(end + 1).is_none_or(|b| [dialect.separator, b'\n', b'\r'].contains(b));
    (closed && ends).then_some(opened + 1 + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guard_against_spreadsheets_is_no_quote_inside_a_field() {
        let check =
            |text: &str| check_quotes(text.as_bytes(), Dialect { separator: b',', quote: b'"', escape: None }, 1);
        assert!(check("2023,=\"010121\",5\n").is_ok());
        assert!(check("=\"01\"\n=\"02\"").is_ok());
        assert!(check("2023,=\"01,01\",5\n").is_err());
        assert!(check("2023,x=\"01\",5\n").is_err());
        assert!(check("2023,=\"01\"x,5\n").is_err());
    }
}

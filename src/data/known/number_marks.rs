//! Marks of status beside numbers, as offices print them: `1250 p`, `: c`, `(D)`, `1300*`. In: a cell. Out: the number in
//! it and the mark. Knows no column: whether its letters are marks is weighed over all cells.

use crate::value::{Flags, Reason};

/// Letters behind numbers; none of them is a unit or a scale that stands behind numbers too.
const LETTERS: &str = "bcdefinprsuz";
/// Those that may stand close behind a number, where others are more often part of a code.
const CLOSE: &str = "cepr";
/// What stands where there is no number, in small letters and without brackets.
const ALONE: &[&str] = &["c", "d", "s", "x", "q", "z", "n", "u", "na"];

/// The number of a cell, empty if there is none, and the mark beside it.
pub fn split(cell: &str) -> Option<(&str, &str)> {
    let cell = cell.trim();
    if let Some(mark) = cell.strip_prefix(':').map(str::trim).filter(|m| is_mark(m)) {
        return Some(("", mark));
    }
    if ALONE.contains(&bare(cell).to_lowercase().as_str()) {
        return Some(("", bare(cell)));
    }
    let last = cell.rfind(|c: char| c.is_ascii_digit())? + 1;
    let (number, behind) = cell.split_at(last);
    let apart = behind.starts_with([' ', '(', '[', '\u{a0}']) || behind.chars().all(|c| CLOSE.contains(c));
    if is_mark(bare(behind)) && (apart || !behind.contains(|c: char| c.is_alphabetic())) {
        return Some((number.trim(), bare(behind)));
    }
    let first = cell.find(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.'))?;
    let (before, number) = cell.split_at(first);
    let apart = before.ends_with([' ', ')', ']']) || !before.contains(|c: char| c.is_alphabetic());
    (behind.is_empty() && apart && is_mark(bare(before))).then(|| (number, bare(before)))
}

/// Without blanks and brackets.
fn bare(text: &str) -> &str {
    let text = text.trim();
    let inside = text.strip_prefix('(').and_then(|t| t.strip_suffix(')'));
    inside.or_else(|| text.strip_prefix('[').and_then(|t| t.strip_suffix(']'))).unwrap_or(text).trim()
}

fn is_mark(text: &str) -> bool {
    let letters = (1..=2).contains(&text.len()) && text.chars().all(|c| LETTERS.contains(c.to_ascii_lowercase()));
    let signs = (1..=3).contains(&text.chars().count()) && text.chars().all(|c| matches!(c, '*' | '†' | '‡' | '#'));
    letters || signs
}

/// What a mark says of a number, or of its absence; `None` if only the office knows.
pub fn meaning(mark: &str, has_number: bool) -> Option<(Flags, Option<Reason>)> {
    if !has_number {
        let secret = mark.to_lowercase().contains(['c', 'd', 's', 'x', 'q']);
        return Some((Flags::none(), secret.then_some(Reason::Suppressed)));
    }
    let mut flags = Flags::none();
    for letter in mark.to_lowercase().chars() {
        flags = flags.with(match letter {
            'p' => Flags::PROVISIONAL,
            'e' | 'f' | 'i' | 's' => Flags::ESTIMATED,
            'b' => Flags::BREAK,
            'c' => Flags::CONFIDENTIAL,
            // Revised, unreliable, differing, not significant: worth knowing, but no mark of a number here.
            'r' | 'u' | 'd' | 'n' | 'z' => Flags::none(),
            _ => return None,
        });
    }
    Some((flags, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_beside_numbers() {
        for (cell, number, mark) in [
            ("1250 p", "1250", "p"),
            ("1300*", "1300", "*"),
            ("11.8 c", "11.8", "c"),
            ("1,234.5 (e)", "1,234.5", "e"),
            ("p 12", "12", "p"),
            ("*-3", "-3", "*"),
            (": c", "", "c"),
            ("x", "", "x"),
            ("(D)", "", "D"),
            ("5 bp", "5", "bp"),
            ("5p", "5", "p"),
        ] {
            assert_eq!(split(cell), Some((number, mark)), "{cell}");
        }
        for cell in [
            "1250", "-", ":", "5 kg", "5 t", "5 mn", "(5)", "5-", "word", "85 total", "5%", "5A", "5b", "B2", "A1",
            "12a",
        ] {
            assert_eq!(split(cell), None, "{cell}");
        }
        assert_eq!(meaning("p", true), Some((Flags::PROVISIONAL, None)));
        assert_eq!(meaning("D", false), Some((Flags::none(), Some(Reason::Suppressed))));
        assert_eq!(meaning("*", true), None);
    }
}

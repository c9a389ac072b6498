//! The line that is being typed, in colours by what its words are: keywords, operators, texts, numbers, remarks. The
//! bracket that goes with the one at the cursor is shown.

use crate::operators;
use crate::plan::catalogue::Catalogue;
use crate::syntax::keywords;
use std::fmt::Write;

const KEYWORD: &str = "1";
const OPERATOR: &str = "36";
const NAME: &str = "32";
const TEXT: &str = "33";
const NUMBER: &str = "35";
const REMARK: &str = "2";
const BRACKET: &str = "7";

/// The line with colours.
pub fn coloured(catalogue: &Catalogue, line: &str, cursor: usize) -> String {
    let names = catalogue.names();
    let words: Vec<String> = operators::names().iter().flat_map(|n| n.split(' ').map(String::from)).collect();
    let bracket = partner(line, cursor);
    let mut out = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let at = line.len() - rest.len();
        let end = match first {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '"' => rest.get(1..).and_then(|r| r.find(['"', '\n'])).map_or(rest.len(), |i| i + 2).min(rest.len()),
            c if is_word(c) => rest.find(|c: char| !is_word(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (piece, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let role = match first {
            '#' => REMARK,
            '"' => TEXT,
            _ if Some(at) == bracket => BRACKET,
            c if c.is_ascii_digit() => NUMBER,
            c if is_word(c) && keywords::find(&piece.to_lowercase()).is_some() => KEYWORD,
            c if is_word(c) && names.iter().any(|n| n == piece) => NAME,
            c if is_word(c) && words.iter().any(|w| w == piece) => OPERATOR,
            _ => "",
        };
        // Writing into a text cannot fail.
        let _ = if role.is_empty() { write!(out, "{piece}") } else { write!(out, "\x1b[{role}m{piece}\x1b[0m") };
        rest = after;
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '%')
}

/// The place of the bracket that goes with the one at the cursor, or just before it.
fn partner(line: &str, cursor: usize) -> Option<usize> {
    let brackets: Vec<(usize, char)> =
        line.char_indices().filter(|(_, c)| matches!(c, '(' | ')' | '{' | '}')).collect();
    let here = brackets.iter().position(|(i, _)| *i == cursor);
    let at = here.or_else(|| brackets.iter().position(|(i, _)| *i + 1 == cursor))?;
    let (_, own) = brackets.get(at)?;
    let mut depth = 0i32;
    let opens = matches!(own, '(' | '{');
    let before = brackets.get(..=at).unwrap_or(&[]).iter().rev();
    let after = brackets.get(at..).unwrap_or(&[]).iter();
    let along: Vec<&(usize, char)> = if opens { after.collect() } else { before.collect() };
    for (i, c) in along {
        depth += if matches!(c, '(' | '{') == opens { 1 } else { -1 };
        if depth == 0 {
            return Some(*i);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_coloured_by_what_they_are() {
        let shown = coloured(&Catalogue::default(), "growth of x for 2023 # a", 0);
        let expected =
            "\x1b[36mgrowth\x1b[0m \x1b[1mof\x1b[0m x \x1b[1mfor\x1b[0m \x1b[35m2023\x1b[0m \x1b[2m# a\x1b[0m";
        assert_eq!(shown, expected);
        // What is shown is what was typed.
        let line = "load \"a b.csv\" as x with { period from t }";
        let bare: String = coloured(&Catalogue::default(), line, 3);
        let mut text = String::new();
        let mut escape = false;
        for c in bare.chars() {
            match c {
                '\x1b' => escape = true,
                'm' if escape => escape = false,
                c if !escape => text.push(c),
                _ => {}
            }
        }
        assert_eq!(text, line);
    }

    #[test]
    fn a_bracket_finds_its_partner() {
        assert_eq!(partner("(a (b) c)", 0), Some(8));
        assert_eq!(partner("(a (b) c)", 6), Some(3));
        assert_eq!(partner("(a", 0), None);
    }
}

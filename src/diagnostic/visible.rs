//! Texts from data, names and queries as a person may see them: what would drive the terminal, turn the direction of
//! writing or not be seen at all is shown as an escape, what is too long is cut or broken. Used wherever people read.

use crate::pause;
use std::borrow::Cow;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Whether a character does something other than being seen.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

fn escaped(text: &str, stays: impl Fn(char) -> bool) -> Cow<'_, str> {
    pause::turn();
    if !text.chars().any(|c| is_hidden(c) && !stays(c)) {
        return text.into();
    }
    let shown = |c: char| match c {
        c if !is_hidden(c) || stays(c) => c.to_string(),
        '\n' => "\\n".into(),
        '\t' => "\\t".into(),
        '\r' => "\\r".into(),
        c => format!("\\u{{{:x}}}", u32::from(c)),
    };
    text.chars().map(shown).collect::<String>().into()
}

/// A text of one line: `a\tb`, `\u{202e}abc`.
pub fn visible(text: &str) -> Cow<'_, str> {
    escaped(text, |_| false)
}

/// A text of several lines, which stay lines. What stands in them is put through [`visible`] first where it is no text
/// of ours, so that it begins no line of its own.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| c == '\n')
}

/// The same byte for byte, so that places in the text still fit: `?` for each byte of what would not be seen.
pub fn visible_in_place(text: &str) -> String {
    let shown = |c: char| {
        let (shown, times) = match c {
            // A return is no letter, and at the end of a line it is part of that.
            '\r' | '\t' => (' ', 1),
            c if is_hidden(c) && c != '\n' => ('?', c.len_utf8()),
            c => (c, 1),
        };
        std::iter::repeat_n(shown, times)
    };
    text.chars().flat_map(shown).collect()
}

/// A text of at most so many columns of a terminal, its end cut.
pub fn cut(text: &str, most: usize) -> String {
    if text.width() <= most {
        return text.to_string();
    }
    let (mut out, mut used) = (String::new(), 1);
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > most {
            break;
        }
        out.push(c);
    }
    out.trim_end().to_string() + "…"
}

/// A line broken between words.
pub fn wrapped(line: &str, room: usize) -> Vec<String> {
    let mut out = vec![String::new()];
    for word in line.split_whitespace() {
        let fits = |last: &String| last.is_empty() || last.width() + 1 + word.width() <= room;
        match out.last_mut() {
            Some(last) if fits(last) => {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(word);
            }
            _ => out.push(word.to_string()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_and_broken_by_the_columns_it_takes() {
        assert_eq!(cut("United Kingdom", 7), "United…");
        assert_eq!(cut("集成电路", 5), "集成…");
        assert_eq!(cut("short", 5), "short");
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("集成 电路", 6), ["集成", "电路"]);
    }

    #[test]
    fn what_drives_a_terminal_or_is_not_seen_is_written_out() {
        assert_eq!(visible("a\u{1b}[31mb\tc\n"), "a\\u{1b}[31mb\\tc\\n");
        assert_eq!(visible("\u{202e}abc\u{200b}\u{9b}"), "\\u{202e}abc\\u{200b}\\u{9b}");
        assert_eq!(visible("集成电路 – Côte d'Ivoire"), "集成电路 – Côte d'Ivoire");
        assert_eq!(visible_lines("a\n\u{7}b"), "a\n\\u{7}b");
        let text = "a\u{202e}b\u{1b}\n";
        assert_eq!(visible_in_place(text).len(), text.len());
        assert_eq!(visible_in_place(text), "a???b?\n");
    }
}

//! What is refused before parsing, and where one statement ends and the next begins. In: a script.
//! Out: the pieces, each one statement, with its line. Knows brackets, quotes and line ends, not the grammar.

use super::keywords;
use crate::diagnostic::{Diagnostic, codes};
use crate::span::{SourceId, Span};

/// The longest script, in bytes.
pub const MAX_SCRIPT: usize = 8 << 20;
/// The longest statement, in bytes.
pub const MAX_STATEMENT: usize = 64 << 10;
/// The deepest nesting of brackets, and the longest chain of operators with `of`.
pub const MAX_NESTING: usize = 64;

/// One statement of a script, not yet parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it stands, without surrounding blanks.
    pub span: Span,
    /// The 1-based line on which it begins.
    pub line: usize,
}

/// What a scan of one line leaves behind.
#[derive(Clone, Copy, Default)]
struct Scan {
    depth: usize,
    /// The end of what is not blank or remark, counted from the line's start.
    end: usize,
}

/// Cuts a script into statements.
///
/// # Errors
/// The script is longer than [`MAX_SCRIPT`].
pub fn statements(source: SourceId, text: &str) -> Result<Vec<Piece>, Box<Diagnostic>> {
    if text.len() > MAX_SCRIPT {
        let at = Span::new(source, 0, 0);
        return Err(Box::new(Diagnostic::new(&codes::TOO_LARGE, at, "the script is longer than 8 MB")));
    }
    let mut pieces: Vec<Piece> = Vec::new();
    let mut open: Option<Piece> = None;
    let mut depth = 0usize;
    let mut goes_on = false;
    let mut offset = 0usize;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let start = offset;
        offset += line.len();
        let scan = scan_line(line, depth);
        let body = line.get(..scan.end).unwrap_or("");
        let blank = body.trim().is_empty();
        if blank {
            if depth == 0 && line.trim().is_empty() {
                pieces.extend(open.take());
                goes_on = false;
            }
            continue;
        }
        let indent = body.len() - body.trim_start().len();
        let first = first_word(body);
        let begins_anew = indent == 0 && depth > 0 && keywords::begins_statement(&first);
        let continues = open.is_some() && !begins_anew && (depth > 0 || goes_on || indent > 0);
        if !continues {
            pieces.extend(open.take());
        }
        let scan = if begins_anew { scan_line(line, 0) } else { scan };
        let end = start + scan.end;
        match &mut open {
            Some(piece) => piece.span.end = end,
            None => open = Some(Piece { span: Span::new(source, start + indent, end), line: index + 1 }),
        }
        depth = scan.depth;
        goes_on = ends_open(text.get(start..end).unwrap_or(""));
    }
    pieces.extend(open);
    Ok(pieces)
}

/// Whether a text is one unfinished statement, so that a prompt should ask for more lines.
pub fn is_unfinished(text: &str) -> bool {
    let mut depth = 0;
    let mut last = "";
    for line in text.split_inclusive('\n') {
        let scan = scan_line(line, depth);
        depth = scan.depth;
        let body = line.get(..scan.end).unwrap_or("");
        if !body.trim().is_empty() {
            last = body;
        }
    }
    let ends_in_blank_line = text.ends_with("\n\n") || text.ends_with("\n");
    (depth > 0 || ends_open(last)) && !ends_in_blank_line
}

/// Refuses a statement that is too long or too deep; else says how deep it is.
///
/// # Errors
/// The statement is longer than [`MAX_STATEMENT`] or deeper than [`MAX_NESTING`].
pub fn check(piece: &Piece, text: &str) -> Result<usize, Box<Diagnostic>> {
    let refuse = |span: Span, message: String| Err(Box::new(Diagnostic::new(&codes::TOO_LARGE, span, message)));
    let mut deepest = 0usize;
    if text.len() > MAX_STATEMENT {
        let span = Span { end: piece.span.start + text.chars().next().map_or(0, char::len_utf8), ..piece.span };
        return refuse(span, format!("the statement is {} kB long; the limit is 64 kB", text.len() / 1024));
    }
    let mut depth = 0usize;
    let mut chain = 0usize;
    let mut word_start = None;
    let mut quote = None;
    let mut comment = false;
    for (i, c) in text.char_indices() {
        if comment {
            comment = c != '\n';
            continue;
        }
        if let Some(q) = quote {
            if c == q || c == '\n' {
                quote = None;
            }
            continue;
        }
        if c.is_alphanumeric() || c == '_' || c == '-' {
            word_start.get_or_insert(i);
            continue;
        }
        if let Some(s) = word_start.take()
            && text.get(s..i).is_some_and(|w| w.eq_ignore_ascii_case("of"))
        {
            chain += 1;
        }
        let here = Span::new(piece.span.source, piece.span.start + i, piece.span.start + i + c.len_utf8());
        match c {
            '"' | '`' => quote = Some(c),
            '#' => comment = true,
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth + chain);
        if depth > MAX_NESTING || chain > MAX_NESTING {
            let what = if chain > MAX_NESTING { "operators with `of`" } else { "levels of brackets" };
            return refuse(
                here,
                format!("more than {MAX_NESTING} {what} in one statement; name parts of it with `let`"),
            );
        }
    }
    Ok(deepest)
}

/// Follows quotes, remarks and brackets through one line.
fn scan_line(line: &str, depth: usize) -> Scan {
    let mut scan = Scan { depth, end: 0 };
    let mut quote = None;
    for (i, c) in line.char_indices() {
        if c == '\n' {
            break;
        }
        if let Some(q) = quote {
            if c == q {
                quote = None;
            }
            scan.end = i + c.len_utf8();
            continue;
        }
        match c {
            '#' => break,
            '"' | '`' => quote = Some(c),
            '(' | '{' | '[' => scan.depth += 1,
            ')' | '}' | ']' => scan.depth = scan.depth.saturating_sub(1),
            _ => {}
        }
        if !c.is_whitespace() {
            scan.end = i + c.len_utf8();
        }
    }
    scan
}

fn first_word(body: &str) -> String {
    body.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Whether a line ends in an operator, a comma or a clause word.
fn ends_open(line: &str) -> bool {
    let line = line.trim_end();
    let Some(last) = line.chars().next_back() else {
        return false;
    };
    // `help where` is whole, whatever the word is.
    if first_word(line).eq_ignore_ascii_case("help") && line.split_whitespace().nth(1).is_some() {
        return false;
    }
    if "+-*/=<>,−".contains(last) {
        return true;
    }
    let word: String = {
        let back: Vec<char> = line.chars().rev().take_while(|c| c.is_alphanumeric() || "_-.`\"".contains(*c)).collect();
        back.into_iter().rev().collect()
    };
    word.len() < line.len() && keywords::find(&word).is_some_and(|k| k.goes_on)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        statements(SourceId(0), text).unwrap().iter().map(|p| &text[p.span.start..p.span.end]).collect()
    }

    #[test]
    fn a_statement_goes_on_where_the_language_says_so() {
        assert_eq!(cut("help where\nhelp load\nx"), ["help where", "help load", "x"]);
        assert_eq!(cut("a\nb # remark\n\nc"), ["a", "b", "c"]);
        assert_eq!(cut("a +\nb\nc"), ["a +\nb", "c"]);
        assert_eq!(cut("a\n  by year\nc"), ["a\n  by year", "c"]);
        assert_eq!(cut("let s = {1,\n2}\nc"), ["let s = {1,\n2}", "c"]);
        assert_eq!(cut("a where\nb = 1"), ["a where\nb = 1"]);
        assert_eq!(cut("x \"# no remark\" # remark"), ["x \"# no remark\""]);
    }

    #[test]
    fn an_unclosed_bracket_does_not_swallow_the_script() {
        assert_eq!(cut("(a + b\nlet c = 1\nd"), ["(a + b", "let c = 1", "d"]);
    }
}

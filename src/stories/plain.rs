//! Markdown and simple HTML → text with every letter at its place: marks become blanks, entities their signs. In: the text
//! of a file. Out: a text of as many characters. Knows no words.

/// Whether it looks like a page of HTML.
fn is_html(text: &str) -> bool {
    let head: String = text.chars().take(2000).collect::<String>().to_lowercase();
    ["<html", "<!doctype", "<p>", "<p ", "<div", "<body", "<h1", "<br", "<article", "<span"]
        .iter()
        .any(|t| head.contains(t))
}

/// Tags that end a line.
const BLOCKS: [&str; 24] = [
    "p",
    "br",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ul",
    "ol",
    "tr",
    "td",
    "th",
    "table",
    "section",
    "article",
    "header",
    "footer",
    "title",
    "blockquote",
    "figcaption",
    "hr",
];
/// Tags whose inside is no text.
const SILENT: [&str; 5] = ["script", "style", "head", "svg", "noscript"];
const ENTITIES: [(&str, char); 16] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("pound", '£'),
    ("euro", '€'),
    ("yen", '¥'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("minus", '−'),
    ("thinsp", ' '),
    ("rsquo", '’'),
    ("lsquo", '‘'),
    ("hellip", '…'),
];

/// The text without its markup, each character at the place where it stood.
pub fn plain(text: &str) -> String {
    let text: String = text.chars().map(one).collect();
    let text = if is_html(&text) { without_tags(&text) } else { text };
    without_markdown(&text)
}

/// Signs of full width as those that are usual; what steers a terminal is a blank.
fn one(c: char) -> char {
    match c {
        '\u{FF10}'..='\u{FF19}' => char::from(b'0' + u8::try_from(c as u32 - 0xFF10).unwrap_or(0)),
        '％' | '﹪' => '%',
        '．' => '.',
        '\n' => c,
        '\u{2028}' | '\u{2029}' | '\u{85}' => '\n',
        c if c.is_control() => ' ',
        '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' => ' ',
        _ => c,
    }
}

fn without_tags(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out: Vec<char> = Vec::with_capacity(letters.len());
    let mut silent: Option<&str> = None;
    let mut i = 0;
    while let Some(c) = letters.get(i) {
        let next = letters.get(i + 1);
        let tag = *c == '<' && next.is_some_and(|n| n.is_ascii_alphabetic() || matches!(n, '/' | '!'));
        let end = tag.then(|| letters.iter().skip(i).take(4000).position(|c| *c == '>')).flatten();
        if let Some(length) = end {
            let name: String = letters
                .iter()
                .skip(i + 1)
                .take(length)
                .filter(|c| **c != '/')
                .take_while(|c| c.is_ascii_alphanumeric())
                .collect();
            let name = name.to_ascii_lowercase();
            let closing = next == Some(&'/');
            if let Some(open) = SILENT.iter().find(|s| **s == name) {
                silent = if closing { None } else { Some(open) };
            }
            let block = BLOCKS.contains(&name.as_str());
            out.extend(std::iter::repeat_n(' ', length));
            out.push(if block { '\n' } else { ' ' });
            i += length + 1;
            continue;
        }
        if silent.is_some() {
            out.push(' ');
            i += 1;
            continue;
        }
        if *c == '&'
            && let Some(length) = letters.iter().skip(i + 1).take(9).position(|c| *c == ';')
        {
            let name: String = letters.iter().skip(i + 1).take(length).collect();
            if let Some(sign) = entity(&name) {
                out.push(one(sign));
                out.extend(std::iter::repeat_n('\u{200B}', length + 1));
                i += length + 2;
                continue;
            }
        }
        // A line of a page is no line of the text.
        out.push(if *c == '\n' { ' ' } else { *c });
        i += 1;
    }
    out.into_iter().collect()
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let hex = number.strip_prefix(['x', 'X']);
        let code = hex.map_or_else(|| number.parse().ok(), |h| u32::from_str_radix(h, 16).ok());
        return code.and_then(char::from_u32);
    }
    ENTITIES.iter().find(|(n, _)| *n == name).map(|(_, sign)| *sign)
}

/// Stars, grids, bars and addresses of links become blanks.
fn without_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (n, line) in text.split('\n').enumerate() {
        if n > 0 {
            out.push('\n');
        }
        let body = line.trim_start();
        let mark = body.find(|c: char| !matches!(c, '#' | '>' | ' ')).unwrap_or(0);
        let bullet = ["- ", "* ", "+ ", "• "].iter().any(|b| body.starts_with(b));
        let lead = line.chars().count() - body.chars().count();
        let blank = lead
            + if bullet {
                1
            } else if body.starts_with(['#', '>']) {
                body.chars().take(mark).count()
            } else {
                0
            };
        let mut link = false;
        let mut before = ' ';
        for (at, c) in line.chars().enumerate() {
            if at < blank {
                out.push(' ');
                continue;
            }
            if before == ']' && c == '(' {
                link = true;
            }
            let bare = link || matches!(c, '*' | '`') || matches!(c, '|' | '[' | ']');
            if c == ')' {
                link = false;
            }
            before = c;
            out.push(if bare { ' ' } else { c });
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_blanks_and_nothing_moves() {
        let page = "<html><head><title>zq</title></head><p>Exports were &pound;2.6&nbsp;billion<br>up <b>5%</b></p>";
        let out = plain(page);
        assert_eq!(out.chars().count(), page.chars().count());
        let at = page.chars().position(|c| c == '2').unwrap();
        assert_eq!(out.chars().nth(at), Some('2'));
        assert!(out.contains('£') && !out.contains('<') && out.contains('\n') && !out.contains("zq"));
        let text = "## Trade\n* Exports **rose** to [5 bn](http://a.b/7)\n";
        let out = plain(text);
        assert_eq!(out.chars().count(), text.chars().count());
        assert!(!out.contains('*') && !out.contains("http") && out.contains("rose"));
        assert_eq!(plain("a\u{1b}[31m１２％"), "a  31m12%");
    }
}

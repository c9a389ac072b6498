//! A sentence cut into words, numbers and signs, whatever language it was written in. In: a text. Out: its pieces. Knows no
//! word of any language.

/// A word, a number or a sign.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Without quotes.
    pub text: String,
    /// Whether it stood in quotes.
    pub quoted: bool,
}

const QUOTES: &[(char, char)] = &[('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('‘', '’'), ('„', '“')];
/// Signs of several characters, the longer first.
const SIGNS: &[&str] = &["%>%", "==", "!=", "<>", "<=", ">=", "&&", "||", "|>"];

/// The pieces of a text.
pub fn cut(text: &str) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let quote = QUOTES.iter().find(|(open, _)| *open == first);
        let taken = if let Some((open, close)) = quote
            && let Some((inside, _)) = rest.get(open.len_utf8()..).and_then(|r| r.split_once(*close))
        {
            out.push(Piece { text: inside.to_string(), quoted: true });
            open.len_utf8() + inside.len() + close.len_utf8()
        } else if first.is_alphanumeric() || first == '_' {
            let length = word(rest);
            out.push(Piece { text: rest.get(..length).unwrap_or(rest).to_string(), quoted: false });
            // `China's exports`
            let after = rest.get(length..).unwrap_or("");
            length + ["'s ", "’s "].iter().find(|s| after.starts_with(**s)).map_or(0, |s| s.len())
        } else {
            let sign = SIGNS.iter().find(|s| rest.starts_with(**s));
            let sign = sign.map_or_else(|| first.to_string(), |s| (*s).to_string());
            let length = sign.len();
            // Pipes part as commas do.
            let sign = match sign.as_str() {
                "|>" | "%>%" | "|" => ",".to_string(),
                "||" => "or".to_string(),
                _ => sign,
            };
            out.push(Piece { text: sign, quoted: false });
            length
        };
        rest = rest.get(taken..).unwrap_or("").trim_start();
    }
    out
}

/// The bytes of the word that a text begins with: a hyphen, a point, a stroke or a colon may stand within.
fn word(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    let (mut part, mut before) = (0usize, ' ');
    while let Some((at, c)) = chars.next() {
        if c.is_alphanumeric() || c == '_' {
            (part, before) = (part + 1, c);
            continue;
        }
        let next = chars.peek().map_or(' ', |(_, c)| *c);
        let digits = before.is_ascii_digit() && next.is_ascii_digit();
        let within = match c {
            '-' | '–' => next.is_alphanumeric(),
            // `U.S.A`, `8542.31`, `2018..2020`
            '.' => digits || (part == 1 && next.is_alphabetic()) || next == '.' || before == '.',
            // `2023/01`, `y/y`
            '/' => digits || (part == 1 && next.is_alphabetic()),
            ':' => digits,
            _ => false,
        };
        if !within {
            return at;
        }
        (part, before) = (0, c);
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_quotes_part_words_and_hyphens_do_not() {
        let cut = |text| cut(text).into_iter().map(|p| p.text).collect::<Vec<_>>().join("|");
        assert_eq!(cut("sum(exports)=='USA';"), "sum|(|exports|)|==|USA|;");
        assert_eq!(cut("year-on-year 2018-2024 U.S.A 2023/01"), "year-on-year|2018-2024|U.S.A|2023/01");
        assert_eq!(cut("exports.sum() China's"), "exports|.|sum|(|)|China|'|s");
        assert_eq!(cut("China's exports 2018..2020"), "China|exports|2018..2020");
    }
}

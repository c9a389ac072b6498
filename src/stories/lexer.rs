//! Text → pieces → tokens: the shapes of the grammar, then the longest phrases of the dictionary and the words for time.
//! In: a text without markup. Out: tokens with their places, sentence by sentence. Of this room it
//! alone knows pest.

use super::numerals::{self, Numeral};
use super::phrases::{self, Phrase};
use super::words::{Class, dictionary, is_han};

/// The parser made from `grammar/story.pest`.
mod grammar {
    #![allow(missing_docs)]
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/story.pest"]
    pub struct Shapes;
}

/// What a piece of text looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The end of a line.
    Line,
    /// Digits, perhaps with separators.
    Number,
    /// Letters.
    Word,
    /// A sign of Chinese.
    Han,
    /// Any other sign.
    Sign,
}

/// A piece of the text.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    /// What it looks like.
    pub shape: Shape,
    /// As it is written.
    pub text: &'a str,
    /// The byte where it begins.
    pub start: usize,
}

impl Piece<'_> {
    /// One past its last byte.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is this word, whatever the size of its letters.
    pub fn is(&self, word: &str) -> bool {
        self.text.eq_ignore_ascii_case(word)
    }
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A number.
    Number(Numeral),
    /// A time.
    Time(Phrase),
    /// A word that the dictionary knows.
    Known(Class),
    /// A word that it does not know.
    Word,
    /// A sign.
    Sign(char),
}

/// A token of a sentence.
#[derive(Clone, Debug)]
pub struct Token {
    /// What it is.
    pub what: What,
    /// The byte where it begins.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// A sentence.
#[derive(Clone, Debug, Default)]
pub struct Sentence {
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// The byte where it begins.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// The pieces of a text.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    use grammar::{Rule, Shapes};
    use pest::Parser as _;
    let mut out = Vec::with_capacity(text.len() / 4);
    let Ok(parsed) = Shapes::parse(Rule::story, text) else { return out };
    for pair in parsed.flatten() {
        let shape = match pair.as_rule() {
            Rule::line => Shape::Line,
            Rule::number => Shape::Number,
            Rule::word => Shape::Word,
            Rule::han => Shape::Han,
            Rule::sign => Shape::Sign,
            _ => continue,
        };
        let span = pair.as_span();
        out.push(Piece { shape, text: span.as_str(), start: span.start() });
    }
    out
}

/// Words behind which a point ends no sentence.
const SHORT: &str =
    " jan feb mar apr jun jul aug sep sept oct nov dec no rs st mr mrs dr vs approx co inc ltd pct est fig ";

/// Whether a sentence ends with the piece at `i`.
fn ends_sentence(pieces: &[Piece], i: usize) -> bool {
    let Some(piece) = pieces.get(i) else { return false };
    if matches!(piece.text, "。" | "！" | "？") {
        return true;
    }
    let next = pieces.get(i + 1);
    let capital = |p: &Piece| p.start > piece.end() && !p.text.starts_with(char::is_lowercase) || p.shape == Shape::Han;
    if piece.shape == Shape::Word && piece.text.ends_with('.') {
        // `U.S. Exports rose`, but `U.S. Census Bureau`.
        return next.is_some_and(|p| {
            let lower = p.text.to_lowercase();
            let starts = matches!(dictionary().find("", &lower), Some(Class::Flow(_) | Class::Joint(_)));
            p.shape == Shape::Word && p.text.starts_with(char::is_uppercase) && (starts || lower == "the")
        });
    }
    if !matches!(piece.text, "." | "!" | "?") || !next.is_none_or(capital) {
        return false;
    }
    let before = i.checked_sub(1).and_then(|b| pieces.get(b));
    let short = before.is_some_and(|b| {
        b.shape == Shape::Word && (SHORT.contains(&format!(" {} ", b.text.to_lowercase())) || b.text.len() == 1)
    });
    let number_behind = next.is_some_and(|p| p.shape == Shape::Number);
    piece.text != "." || !short || !number_behind && before.is_some_and(|b| b.text.len() > 4)
}

/// The phrase of the dictionary that begins at `i`, and how many pieces it has.
fn phrase(pieces: &[Piece], i: usize, buffers: &mut (String, String)) -> Option<(Class, usize)> {
    let first = pieces.get(i)?;
    let bare = without_genitive(first.text);
    let (joined, lower) = buffers;
    lowered(bare, lower);
    let mut longest = dictionary().longest(lower);
    if bare.len() != first.text.len() {
        longest = longest.min(1);
    }
    while longest > 0 {
        joined.clear();
        let mut end = first.start;
        let mut whole = true;
        for n in 0..longest {
            let Some(piece) = pieces.get(i + n).filter(|p| p.shape != Shape::Line) else {
                whole = false;
                break;
            };
            if piece.start > end {
                joined.push(' ');
            }
            joined.push_str(if n + 1 == longest { without_genitive(piece.text) } else { piece.text });
            end = piece.end();
        }
        if whole {
            lowered(joined, lower);
            if let Some(class) = dictionary().find(joined, lower) {
                return Some((class, longest));
            }
        }
        longest -= 1;
    }
    None
}

fn lowered(text: &str, into: &mut String) {
    into.clear();
    if text.is_ascii() {
        into.push_str(text);
        into.make_ascii_lowercase();
    } else {
        into.extend(text.chars().flat_map(char::to_lowercase));
    }
}

fn without_genitive(word: &str) -> &str {
    ["'s", "’s", "'", "’"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word)
}

/// The most tokens of a sentence; what is longer is none, and is cut, so that no text takes long.
const LONGEST: usize = 400;

/// The sentences of a text.
pub fn sentences(text: &str) -> Vec<Sentence> {
    let pieces = pieces(text);
    let mut out = Vec::new();
    let mut open = Sentence::default();
    let mut buffers = (String::new(), String::new());
    let mut close = |open: &mut Sentence| {
        if let (Some(first), Some(last)) = (open.tokens.first(), open.tokens.last()) {
            (open.start, open.end) = (first.start, last.end);
            out.push(std::mem::take(open));
        }
    };
    let mut i = 0;
    while let Some(piece) = pieces.get(i) {
        if piece.shape == Shape::Line {
            close(&mut open);
            i += 1;
            continue;
        }
        let (what, count) = token(&pieces, i, &mut buffers);
        let last = (i + count).saturating_sub(1);
        let end = pieces.get(last).map_or(piece.end(), Piece::end);
        open.tokens.push(Token { what, start: piece.start, end });
        i += count;
        if ends_sentence(&pieces, last) || open.tokens.len() >= LONGEST {
            close(&mut open);
        }
    }
    close(&mut open);
    out
}

fn token(pieces: &[Piece], i: usize, buffers: &mut (String, String)) -> (What, usize) {
    let Some(piece) = pieces.get(i) else { return (What::Word, 1) };
    if let Some((time, count)) = phrases::at(pieces, i) {
        return (What::Time(time), count);
    }
    if piece.shape == Shape::Number {
        let next = pieces.get(i + 1).filter(|p| p.start == piece.end() && p.shape == Shape::Word);
        if next.is_some_and(|p| matches!(p.text, "st" | "nd" | "rd" | "th")) {
            return (What::Word, 2);
        }
        return (numerals::read(piece.text).map_or(What::Word, What::Number), 1);
    }
    if let Some((class, count)) = phrase(pieces, i, buffers) {
        return (What::Known(class), count);
    }
    // `non-oil-exports`, `China-bound`: a compound that is no phrase stays a word.
    match piece.shape {
        Shape::Sign => (What::Sign(piece.text.chars().next().unwrap_or(' ')), 1),
        Shape::Han if piece.text.chars().all(is_han) => (What::Word, 1),
        _ => (What::Word, 1),
    }
}

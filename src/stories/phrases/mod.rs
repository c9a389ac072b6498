//! Words for time in English: which pieces of a sentence are one, and what it says, not yet when that is. Chinese words
//! are read by [`han`].

use super::lexer::{Piece, Shape};
use crate::value::period::month_number;

mod english;
mod han;
mod relative;

/// A time as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phrase {
    /// A span of months, of a year that may be left out; the second month may lie in the next year.
    Months(Year, u32, u32),
    /// A span of days of one month.
    Days(Year, u32, u32, u32),
    /// The first so many days of this month.
    FirstDays(u32),
    /// Months of two years: `April 2023 to March 2024`.
    Between((i32, u32), (i32, u32)),
    /// So many months that end with a month.
    Ending(Year, u32, u32),
    /// A whole year.
    Year(Year),
    /// A span of years.
    Years(i32, i32),
    /// A quarter.
    Quarter(Year, u32),
    /// Quarters, half years and the like by months of the year: 1 to 9 is the first three quarters.
    Fiscal(Year, u32, u32),
    /// A month, and the month before with which it is compared: `between February and March`.
    Change(u32, u32),
    /// The same a year before.
    YearBefore,
    /// The same in another year.
    SameIn(Year),
    /// The month before the one told of.
    MonthBefore,
    /// The quarter before the one told of.
    QuarterBefore,
    /// The month before the day of the story.
    LastMonth,
    /// The month of the day of the story.
    ThisMonth,
    /// The quarter before that day.
    LastQuarter,
    /// From January to the last month told of.
    YearToDate,
    /// The last month told of.
    InTheMonth,
}

/// How a year is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Year {
    /// It is not.
    Unsaid,
    /// By its number.
    Is(i32),
    /// By the day of the story: 0 is `this year`, -1 `last year`.
    Back(i32),
}

/// A reader of pieces from some place on.
pub(super) struct Reader<'a, 'b> {
    pieces: &'a [Piece<'b>],
    /// Where it stands.
    pub at: usize,
}

impl<'a, 'b> Reader<'a, 'b> {
    pub(in crate::stories) fn new(pieces: &'a [Piece<'b>], at: usize) -> Self {
        Reader { pieces, at }
    }

    pub(in crate::stories) fn piece(&self, ahead: usize) -> Option<&'a Piece<'b>> {
        self.pieces.get(self.at + ahead).filter(|p| p.shape != Shape::Line)
    }

    /// Takes these words, if they come next.
    pub(in crate::stories) fn words(&mut self, words: &str) -> bool {
        let mut count = 0;
        for word in words.split(' ') {
            if !self.piece(count).is_some_and(|p| p.is(word)) {
                return false;
            }
            count += 1;
        }
        self.at += count;
        true
    }

    /// Takes one of these.
    pub(in crate::stories) fn any(&mut self, all: &[&str]) -> bool {
        all.iter().any(|words| self.words(words))
    }

    /// Takes a whole number of so many digits at most.
    pub(in crate::stories) fn number(&mut self, least: u32, most: u32) -> Option<u32> {
        let piece = self.piece(0)?;
        let value = match piece.shape {
            Shape::Number if piece.text.bytes().all(|b| b.is_ascii_digit()) => piece.text.parse().ok()?,
            Shape::Word => small_number(piece.text)?,
            Shape::Han => han::digit(piece.text)?,
            _ => return None,
        };
        let fits = (least..=most).contains(&value);
        fits.then(|| self.at += 1)?;
        Some(value)
    }

    /// Takes a year of four digits that is no amount.
    pub(in crate::stories) fn year(&mut self) -> Option<i32> {
        let piece = self.piece(0).filter(|p| p.shape == Shape::Number && p.text.len() == 4)?;
        let year = piece.text.parse::<i32>().ok().filter(|y| (1950..=2100).contains(y))?;
        self.at += 1;
        Some(year)
    }

    /// `, 2024`, `of 2024`, `2024`, `this year`, `of last year`.
    pub(in crate::stories) fn of_year(&mut self) -> Year {
        let back = self.at;
        let _ = self.words(",") || self.any(&["of the", "of", "in the", "in"]);
        if let Some(year) = self.year() {
            return Year::Is(year);
        }
        if self.any(&["this year", "the year", "this year's", "year's", "the current year", "current year"]) {
            return Year::Back(0);
        }
        if self.any(&["last year", "the previous year", "previous year", "last year's"]) {
            return Year::Back(-1);
        }
        self.at = back;
        Year::Unsaid
    }

    fn month(&mut self) -> Option<u32> {
        let piece = self.piece(0).filter(|p| p.shape == Shape::Word && p.text.starts_with(char::is_uppercase))?;
        let month = month_of(piece.text)?;
        self.at += 1;
        // `Nov.` before what goes on.
        if piece.text.len() <= 4 && self.piece(0).is_some_and(|p| p.is(".") && p.start == piece.end()) {
            let next = self.piece(1).map(|p| p.text.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit()));
            let sign = self.piece(1).is_some_and(|p| matches!(p.text, "-" | "–" | ","));
            let month_next = self.piece(1).is_some_and(|p| month_of(p.text).is_some());
            if next == Some(true) || sign || month_next {
                self.at += 1;
            }
        }
        Some(month)
    }

    fn dash(&mut self) -> bool {
        self.any(&["-", "–", "—", "to", "through", "until", "till", "~"])
    }
}

fn small_number(word: &str) -> Option<u32> {
    const WORDS: [&str; 12] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.iter().position(|w| w.eq_ignore_ascii_case(word)).and_then(|i| u32::try_from(i + 1).ok())
}

/// The number of a month by its name, perhaps with a genitive.
fn month_of(word: &str) -> Option<u32> {
    let bare = word.trim_end_matches("'s").trim_end_matches("’s");
    if bare.eq_ignore_ascii_case("sept") { Some(9) } else { month_number(bare) }
}

fn ordinal(word: &str) -> Option<u32> {
    Some(match word.to_ascii_lowercase().as_str() {
        "first" | "1st" | "opening" => 1,
        "second" | "2nd" => 2,
        "third" | "3rd" => 3,
        "fourth" | "4th" | "final" => 4,
        _ => return None,
    })
}

/// The time that begins at `i`, and how many pieces it has.
pub fn at(pieces: &[Piece], i: usize) -> Option<(Phrase, usize)> {
    let first = pieces.get(i)?;
    let mut reader = Reader::new(pieces, i);
    let before = i.checked_sub(1).and_then(|b| pieces.get(b));
    let phrase = match first.shape {
        Shape::Number | Shape::Han => {
            let glued = before.is_some_and(|b| b.end() == first.start && matches!(b.shape, Shape::Word | Shape::Sign));
            let money = before.is_some_and(|b| matches!(b.text, "$" | "€" | "£" | "¥" | "₹" | "₩"));
            let range = before.is_some_and(|b| {
                matches!(b.text, "(" | "-" | "–" | "/" | "“" | "（" | "，" | "、" | "：" | "；" | "。")
            });
            let dash = before.is_some_and(|b| matches!(b.text, "-" | "/")) && glued && first.text.len() < 4;
            if money || glued && !range && first.shape == Shape::Number || dash {
                return None;
            }
            han::read(&mut reader).or_else(|| {
                reader.at = i;
                english::number(&mut reader)
            })
        }
        Shape::Word if begins(first.text) => english::word(&mut reader),
        _ => None,
    };
    phrase.map(|p| (p, reader.at - i)).filter(|(_, n)| *n > 0)
}

/// Words with which a time may begin, besides months.
const BEGINNINGS: &str = " between q1 q2 q3 q4 h1 h2 first-quarter second-quarter third-quarter fourth-quarter first-half \
second-half fiscal fy the year start beginning previous last first opening past latest second third fourth final so since \
to this thus cumulatively a one year-earlier year-ago twelve two three four five six seven eight nine ten eleven \
preceding prior that in for during over 1st 2nd 3rd 4th year-to-date ";

/// Whether a time may begin with a word.
fn begins(word: &str) -> bool {
    static KNOWN: std::sync::OnceLock<rustc_hash::FxHashSet<&'static str>> = std::sync::OnceLock::new();
    let known = KNOWN.get_or_init(|| BEGINNINGS.split_whitespace().collect());
    let mut buffer = [0u8; 16];
    let Some(small) = buffer.get_mut(..word.len()) else { return word.contains('-') };
    small.copy_from_slice(word.as_bytes());
    small.make_ascii_lowercase();
    let is_known = std::str::from_utf8(small).is_ok_and(|w| known.contains(w));
    is_known
        || word.starts_with(|c: char| c.is_ascii_uppercase())
            && (word.len() <= 4 || word.contains(['-', '‑']) || month_of(word).is_some())
}

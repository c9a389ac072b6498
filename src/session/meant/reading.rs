//! What each word of a sentence is. In: its pieces, and what is known by name. Out: marks, one for each phrase, the longest
//! that is known; nothing if a word is unknown and near to none.

use super::known::Known;
use super::marks::{Link, Mark};
use super::phrases;
use super::pieces::Piece;
use crate::syntax::keywords;
use crate::value::Freq;

/// Words of the longest phrase.
const LONGEST: usize = 5;

/// A sentence read.
pub struct Read {
    /// Its parts.
    pub marks: Vec<Mark>,
    /// The first word that was taken for another: as it was typed, and as it was taken.
    pub slip: Option<(String, String)>,
    /// Words that are other words here.
    pub said: Vec<(String, String)>,
    /// The first word that is none of the language.
    pub foreign: Option<String>,
}

/// The parts of a sentence, if each of its words is known.
pub fn read(pieces: &[Piece], known: &Known<'_>) -> Option<Read> {
    let mut out = Read { marks: Vec::new(), slip: None, said: Vec::new(), foreign: None };
    let mut rest = pieces;
    while !rest.is_empty() {
        let parts = |n: usize| rest.split_at_checked(n);
        let most = LONGEST.min(rest.len());
        let found = (1..=most).rev().find_map(|n| {
            let (words, later) = parts(n)?;
            Some((of(words, later, out.marks.last(), known)?, words, later))
        });
        let (marks, later) = match found {
            Some((marks, words, later)) => {
                if out.foreign.is_none() {
                    out.foreign = foreign(words);
                }
                if let [mark] = marks.as_slice()
                    && let Some(here) = here(mark)
                {
                    let typed = joined(words);
                    if !typed.eq_ignore_ascii_case(&here) && !words.iter().any(|w| w.quoted) {
                        out.said.push((typed, here));
                    }
                }
                (marks, later)
            }
            // `Untied States` is one name.
            None => [3, 2, 1]
                .into_iter()
                .filter_map(parts)
                .find_map(|(words, later)| Some((taken_for(words, later, known, &mut out)?, later)))?,
        };
        out.marks.extend(marks);
        rest = later;
    }
    Some(out)
}

fn joined(words: &[Piece]) -> String {
    words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// A phrase of which some word is none of the language.
fn foreign(words: &[Piece]) -> Option<String> {
    let typed = joined(words);
    let known = words.iter().all(|w| keywords::find(&w.text).is_some() || !w.text.starts_with(char::is_alphabetic));
    (!known && phrases::part(&typed.to_lowercase()).is_some()).then_some(typed)
}

/// How the language says a part.
fn here(mark: &Mark) -> Option<String> {
    let word = match mark {
        Mark::Link(link) => match link {
            Link::By => "by",
            Link::Where => "where",
            Link::From => "from",
            Link::To => "to",
            Link::Top => "top",
            Link::Bottom => "bottom",
            Link::Equal => "=",
            Link::Unequal => "!=",
            Link::Minus => "-",
            Link::Plus => "+",
            Link::Over => "/",
            Link::ShareOf => "as share of",
            _ => return None,
        },
        Mark::Op(name) | Mark::Series(name) | Mark::Unit(name) => name,
        Mark::Dim(dims) => dims.first()?,
        Mark::Code(found) => &found.first()?.1,
        Mark::Step(step) => step.word(),
        _ => return None,
    };
    Some(word.to_string())
}

/// What words are together.
fn of(words: &[Piece], later: &[Piece], before: Option<&Mark>, known: &Known<'_>) -> Option<Vec<Mark>> {
    let text = joined(words);
    let lower = text.to_lowercase();
    let single = words.len() == 1;
    let quoted = words.iter().any(|w| w.quoted);
    let one = |mark| Some(vec![mark]);
    if quoted && !single {
        return None;
    }
    let after_link = |links: &[Link]| matches!(before, Some(Mark::Link(l)) if links.contains(l));
    if single {
        if known.is_series(&text) {
            return one(Mark::Series(text));
        }
        if known.is_dimension(&text) {
            return one(Mark::Dim(vec![text]));
        }
        if known.is_dataset(&text) {
            return one(Mark::Dataset(text));
        }
        // A code behind its dimension or a sign is one, though it may be a year too.
        let is_code = matches!(before, Some(Mark::Dim(_) | Mark::Link(Link::Equal | Link::Unequal | Link::Without)));
        if let Some(found) = known.code(&text).filter(|_| is_code || quoted) {
            return one(Mark::Code(found));
        }
    }
    if !quoted && let Some((op, steps)) = operator(&lower, before, known) {
        // `share in`, `log scale` are no operators; `total exports` is no sum.
        let wordy = !single || later.is_empty() || !["total", "last", "first", "count"].contains(&lower.as_str());
        if wordy || matches!(later.first(), Some(p) if ["of", "("].contains(&p.text.as_str())) {
            return Some(steps.into_iter().map(Mark::Steps).chain([Mark::Op(op)]).collect());
        }
    }
    if let Some(steps) = window(&lower) {
        let last =
            matches!(before, Some(Mark::Link(Link::Top))) || matches!(before, Some(Mark::Op(op)) if op == "last");
        return one(if last {
            Mark::Ago(steps.0, steps.1)
        } else {
            Mark::Steps(format!("{}-{}", steps.0, steps.1.word()))
        });
    }
    if let Some((n, step)) = lower.strip_prefix("last ").or(lower.strip_prefix("past ")).and_then(window) {
        return one(Mark::Ago(n, step));
    }
    if let Some(mark) = phrases::part(&lower).filter(|_| !quoted) {
        return one(mark);
    }
    if let Some((a, b)) = text.split_once(['-', '–']).filter(|(a, b)| single && is_year(a) && is_year(b)) {
        let end = |year: &str| Mark::Period(year.to_string());
        return Some(vec![end(a), Mark::Link(Link::To), end(b)]);
    }
    // Two years are two periods, whatever stands between them.
    let of_several = !single && (words.iter().filter(|w| is_year(&w.text)).count() > 1 || text.contains(','));
    if !of_several && let Some(period) = known.period(&text, single && known.code(&text).is_some()) {
        return one(Mark::Period(period));
    }
    if single && let Some(found) = known.code(&text) {
        return one(Mark::Code(found));
    }
    let dims = known.dimensions_of(&lower);
    if !dims.is_empty() {
        return one(Mark::Dim(dims));
    }
    if let Some(name) = known.series_of(&lower) {
        return one(Mark::Series(name));
    }
    if single {
        if let Some(step) = phrases::step(&lower).or_else(|| Freq::parse(&lower)) {
            return one(Mark::Step(step));
        }
        if let Some(unit) = known.unit(&text, after_link(&[Link::In])) {
            return one(Mark::Unit(unit));
        }
    }
    if let Some(found) = known.country(&text) {
        return one(Mark::Code(found));
    }
    let number = text.replace(',', "");
    if single && number.parse::<f64>().is_ok() {
        return one(Mark::Number(number));
    }
    if single && let Some(n) = phrases::number(&lower) {
        return one(Mark::Number(n.to_string()));
    }
    // `exports-imports`, `$bn`
    let parts: Vec<&str> = text.split('-').collect();
    if let [a, b] = parts.as_slice()
        && let (Some(a), Some(b)) = (known.any_series(a), known.any_series(b))
    {
        return Some(vec![Mark::Series(a), Mark::Link(Link::Minus), Mark::Series(b)]);
    }
    None
}

/// An operator, and the window that its words name.
fn operator(words: &str, before: Option<&Mark>, known: &Known<'_>) -> Option<(String, Option<String>)> {
    let op = known.operator(words)?;
    // `3-month` stands before `average` already.
    let bare = op.split_once(' ').filter(|(first, _)| *first == "12-month" && !words.starts_with("12")).map(|(_, b)| b);
    match (before, bare) {
        (Some(Mark::Steps(_)), Some(bare)) => Some((bare.to_string(), None)),
        _ => Some((op, None)),
    }
}

/// The number and the step of `3 month`, `3m`, `3-months`.
fn window(text: &str) -> Option<(i32, Freq)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (n, rest) = match digits {
        0 => {
            let (word, rest) = text.split_once([' ', '-'])?;
            (i32::try_from(phrases::number(word)?).ok()?, rest)
        }
        _ => {
            let (n, rest) = text.split_at_checked(digits)?;
            (n.parse().ok().filter(|n| (1..=1200).contains(n))?, rest)
        }
    };
    let step = match rest.trim_start_matches([' ', '-']) {
        "m" | "mo" => Freq::Month,
        "q" => Freq::Quarter,
        "y" => Freq::Year,
        "d" => Freq::Day,
        other => phrases::step(other)?,
    };
    Some((n, step))
}

/// Unknown words as those that they are a slip of.
fn taken_for(words: &[Piece], later: &[Piece], known: &Known<'_>, out: &mut Read) -> Option<Vec<Mark>> {
    let typed = joined(words);
    let quoted = words.iter().any(|w| w.quoted);
    let right = known.near(&typed, out.marks.last(), words.len() > 1)?;
    let piece = |w: &str| Piece { text: w.to_string(), quoted };
    let parts: Vec<Piece> = right.split(' ').map(piece).collect();
    let before = out.marks.last();
    let marks = of(&[piece(&right)], later, before, known).or_else(|| of(&parts, later, before, known))?;
    out.slip = out.slip.take().or(Some((typed, right)));
    Some(marks)
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit())
}

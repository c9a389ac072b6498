//! What a sentence that is no query was meant to ask, word by word: in another order, in everyday words, in the words of other
//! languages and tools, misspelt. In: a text, and what is known by name. Out: a query in which every word has found its
//! place, and a word of advice; whether it has a meaning is for the caller to see.

mod known;
mod marks;
mod phrases;
mod pieces;
mod reading;
mod sentence;
mod writing;

use crate::diagnostic::suggest;
use crate::plan::catalogue::Catalogue;
use known::Known;
use sentence::Sentence;

/// The longest text that a person types.
const LONGEST: usize = 400;

/// What was meant.
pub(super) struct Meant {
    /// A word of advice.
    pub advice: String,
    /// The text of a query.
    pub query: String,
    /// Whether every word is known as it was typed.
    pub is_sure: bool,
    /// Whether no word is another one here.
    pub is_plain: bool,
    /// A word of the text that is none of the language.
    pub foreign: Option<String>,
}

/// What was meant by a text, if each of its words has a place in a query.
pub(super) fn meant(catalogue: &Catalogue, text: &str) -> Option<Meant> {
    if text.len() > LONGEST || catalogue.datasets.is_empty() {
        return None;
    }
    let known = Known::new(catalogue);
    let read = reading::read(&pieces::cut(text), &known)?;
    let sentence = Sentence::of(&read.marks)?;
    let query = writing::text(&sentence, &known)?;
    let structure = if read.marks.contains(&marks::Mark::Balance) {
        Some("the balance is `exports - imports`")
    } else if sentence.when.is_some() {
        Some("which results come out is said by `when`")
    } else if sentence.after.is_some() || sentence.before.is_some() {
        Some("the periods of a result are said by `from A to B`")
    } else {
        None
    };
    let said: Vec<String> = read.said.iter().map(|(typed, here)| format!("`{typed}` is `{here}`")).take(3).collect();
    let advice = match &read.slip {
        Some((_, right)) => format!("did you mean `{right}`?"),
        None if structure.is_some() => structure.unwrap_or_default().to_string(),
        None if said.is_empty() => {
            "a query says what, then `where`, `by`, its periods, and `in` which unit".to_string()
        }
        None => format!("here {}", suggest::listed(&said, "and")),
    };
    let foreign = read.foreign;
    let is_plain = read.said.is_empty() && structure.is_none() && foreign.is_none();
    Some(Meant { advice, query, is_sure: read.slip.is_none(), is_plain, foreign })
}

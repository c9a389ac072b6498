//! All pages that come along, by what they are about. In: a word. Out: its page, or those that speak of it.

use super::page::{Page, read};
use std::sync::LazyLock;

/// A group of pages: what it is called, and the text file that holds it.
type Group = (&'static str, &'static str);

/// What the words of the language do.
const LANGUAGE: &[Group] = &[
    ("Where to begin", include_str!("pages/begin.txt")),
    ("Statements", include_str!("pages/statements.txt")),
    ("Clauses", include_str!("pages/clauses.txt")),
    ("Expressions", include_str!("pages/expressions.txt")),
    ("Files", include_str!("pages/files.txt")),
    ("Settings and output", include_str!("pages/output.txt")),
    ("The prompt", include_str!("pages/prompt.txt")),
];

/// The words of the field.
const GLOSSARY: &[Group] = &[
    ("What is counted", include_str!("glossary/counted.txt")),
    ("How it is valued", include_str!("glossary/valued.txt")),
    ("Classifications and codes", include_str!("glossary/codes.txt")),
    ("What is not there", include_str!("glossary/gaps.txt")),
    ("Time and comparison", include_str!("glossary/time.txt")),
    ("Prices and money", include_str!("glossary/money.txt")),
    ("Structure", include_str!("glossary/structure.txt")),
];

/// What diagnostics mean, with an example that raises each and the query that is right.
const CODES: &[Group] = &[
    ("Errors of a query", include_str!("codes/queries.txt")),
    ("Periods and comparison", include_str!("codes/periods.txt")),
    ("Totals, groups and labels", include_str!("codes/labels.txt")),
    ("Units, prices and money", include_str!("codes/money.txt")),
    ("Files", include_str!("codes/files.txt")),
];

/// What a set of pages is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// The words of the language.
    Language,
    /// The words of the field.
    Glossary,
    /// Diagnostics, by their codes.
    Codes,
}

static ALL: LazyLock<Vec<(Set, &'static str, Page)>> = LazyLock::new(|| {
    let sets = [(Set::Language, LANGUAGE), (Set::Glossary, GLOSSARY), (Set::Codes, CODES)];
    let groups = sets.iter().flat_map(|(set, groups)| groups.iter().map(|group| (*set, group)));
    groups.flat_map(|(set, (name, text))| read(text).into_iter().map(move |page| (set, *name, page))).collect()
});

/// The pages of a set, each with the name of its group.
pub fn of(set: Set) -> impl Iterator<Item = (&'static str, &'static Page)> {
    ALL.iter().filter(move |(s, ..)| *s == set).map(|(_, group, page)| (*group, page))
}

/// The pages that a word finds: of the language, then of the field. Case does not matter.
pub fn named(word: &str) -> Vec<&'static Page> {
    let is = |page: &Page| page.words.iter().any(|w| w.to_lowercase() == word);
    ALL.iter().filter(|(set, _, page)| *set != Set::Codes && is(page)).map(|(.., page)| page).collect()
}

/// The page of a diagnostic.
pub fn code(slug: &str) -> Option<&'static Page> {
    of(Set::Codes).map(|(_, page)| page).find(|page| page.title() == slug)
}

/// All words that find a page of the language or the field.
pub fn words() -> impl Iterator<Item = &'static str> {
    ALL.iter().filter(|(set, ..)| *set != Set::Codes).flat_map(|(.., page)| page.words.iter().map(String::as_str))
}

/// The titles of the pages that speak of something, at most so many.
pub fn speaking_of(words: &str, most: usize) -> Vec<&'static str> {
    ALL.iter().filter(|(_, _, page)| page.speaks_of(words)).map(|(.., page)| page.title()).take(most).collect()
}

/// The pages of a set as Markdown, by their groups.
pub fn markdown(set: Set) -> String {
    let mut out = String::new();
    let mut group = "";
    for (name, page) in of(set) {
        if name != group {
            out.push_str(&format!("\n## {name}\n"));
            group = name;
        }
        out.push_str(&format!("\n{}", page.markdown(3)));
    }
    out
}

/// The files of a set: their places below this room, and what they say.
pub fn files(set: Set) -> Vec<(String, &'static str)> {
    let groups = match set {
        Set::Language => LANGUAGE,
        Set::Glossary => GLOSSARY,
        Set::Codes => CODES,
    };
    groups.iter().map(|(name, text)| ((*name).to_string(), *text)).collect()
}

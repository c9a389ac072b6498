//! The keys of a declaration and the words behind them, once: they are read by them and said back by them.

use crate::data::declare::spec::Duplicates;
use crate::data::known::places::System;
use crate::value::Flags;

/// What an item that begins with a key says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Key {
    /// Texts that stand for no number.
    Missing,
    /// The encoding of the text.
    Encoding,
    /// Between fields.
    Separator,
    /// Before decimals.
    Decimal,
    /// Between thousands.
    Thousands,
    /// Around fields.
    Quote,
    /// The sheet of a workbook.
    Sheet,
    /// Texts of the status column that mark a cell.
    Mark(Flags),
    /// Where the file comes from.
    Provenance,
    /// What becomes of several rows for one observation.
    Duplicates,
    /// Whether there is a header.
    Header,
    /// Lines before it.
    Preamble,
    /// What becomes of rows of another width.
    Misfits,
    /// Codes that are totals of all others.
    Aggregates,
    /// Codes that are groups of some others.
    Groups,
    /// Whose codes the countries of a dimension are.
    Codes,
}

const KEYS: &[(&str, Key)] = &[
    ("missing", Key::Missing),
    ("encoding", Key::Encoding),
    ("separator", Key::Separator),
    ("decimal", Key::Decimal),
    ("thousands", Key::Thousands),
    ("quote", Key::Quote),
    ("sheet", Key::Sheet),
    ("estimated", Key::Mark(Flags::ESTIMATED)),
    ("provisional", Key::Mark(Flags::PROVISIONAL)),
    ("confidential", Key::Mark(Flags::CONFIDENTIAL)),
    ("break", Key::Mark(Flags::BREAK)),
    ("source", Key::Provenance),
    ("licence", Key::Provenance),
    ("retrieved", Key::Provenance),
    ("note", Key::Provenance),
    ("duplicates", Key::Duplicates),
    ("header", Key::Header),
    ("preamble", Key::Preamble),
    ("misfits", Key::Misfits),
    ("aggregates", Key::Aggregates),
    ("groups", Key::Groups),
    ("codes", Key::Codes),
];

impl Key {
    /// The key that a word is.
    pub fn of(word: &str) -> Option<Key> {
        KEYS.iter().find(|(w, _)| *w == word).map(|(_, key)| *key)
    }

    /// The word of a key; the first of several.
    pub fn word(self) -> &'static str {
        KEYS.iter().find(|(_, key)| *key == self).map_or("", |(word, _)| word)
    }
}

const DUPLICATES: &[(&str, Duplicates)] = &[
    ("refuse", Duplicates::Refuse),
    ("sum", Duplicates::Sum),
    ("first", Duplicates::First),
    ("last", Duplicates::Last),
];

/// What a word says of duplicates.
pub(super) fn duplicates_of(word: &str) -> Option<Duplicates> {
    DUPLICATES.iter().find(|(w, _)| *w == word).map(|(_, policy)| *policy)
}

/// The word that says what becomes of duplicates.
pub fn duplicates_word(policy: Duplicates) -> &'static str {
    DUPLICATES.iter().find(|(_, p)| *p == policy).map_or("", |(word, _)| word)
}

/// Names of systems of country codes; the first of a system is the one that is said back.
const SYSTEMS: &[(&str, Option<System>)] = &[
    ("comtrade", Some(System::Comtrade)),
    ("baci", Some(System::Comtrade)),
    ("m49", Some(System::Comtrade)),
    ("gacc", Some(System::Gacc)),
    ("own", None),
];

/// The system that a word names; within, `None` for codes that stay as they are.
pub(super) fn system_of(word: &str) -> Option<Option<System>> {
    SYSTEMS.iter().find(|(w, _)| *w == word).map(|(_, system)| *system)
}

/// The word for a system of country codes.
pub fn system_word(system: Option<System>) -> &'static str {
    SYSTEMS.iter().find(|(_, s)| *s == system).map_or("", |(word, _)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_in_the_grammar_and_no_other() {
        let grammar = include_str!("../../../grammar/tradeql.pest");
        let of_rule = |rule: &str| -> Vec<&str> {
            let body = grammar.split_once(&format!("\n{rule} ")).map_or("", |(_, rest)| rest);
            let body = body.split_once("stop }").map_or("", |(body, _)| body);
            body.split('"').skip(1).step_by(2).collect()
        };
        let words: Vec<&str> = ["text_key", "word_key", "decl_list"].into_iter().flat_map(of_rule).collect();
        assert_eq!(words, KEYS.iter().map(|(word, _)| *word).collect::<Vec<_>>());
    }
}

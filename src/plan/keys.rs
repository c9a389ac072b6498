//! Keys and conditions of a plan: a dimension at one level of its codes, or under other labels. In: words. Out: what is
//! meant by them. Knows no data.

use super::grouping::{By, Grouping};
use crate::data::known::roles;
use crate::span::{Span, Spanned};
use crate::value::Freq;
use std::sync::Arc;

/// A condition on a dimension.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The dimension.
    pub dim: Spanned<String>,
    /// Whether the codes are kept or left out.
    pub keep: bool,
    /// The codes, or the labels of what they are put together by.
    pub codes: Vec<Spanned<String>>,
    /// What puts codes under the labels that are named here.
    pub rows: Option<Arc<Grouping>>,
    /// Another dimension, whose code is to be the same, or is not to be.
    pub other: Option<Spanned<String>>,
}

impl Condition {
    /// On codes of the data.
    pub fn on_codes(dim: Spanned<String>, keep: bool, codes: Vec<Spanned<String>>) -> Condition {
        Condition { dim, keep, codes, rows: None, other: None }
    }

    /// The step of the calendar that it is about, if it is about one.
    pub fn step(&self) -> Option<Freq> {
        self.rows.as_ref().and_then(|r| r.step())
    }
}

/// A dimension that stays, at one level of its codes.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// As it was written: `hs4`, `region of partner`.
    pub name: Spanned<String>,
    /// The dimension: `hs`. Of the calendar, the name.
    pub dim: String,
    /// Code length: 4.
    pub level: Option<usize>,
    /// What puts codes, or months, under other labels.
    pub rows: Option<Arc<Grouping>>,
    /// Whether it stays only where nothing else is said of its dimension: an operator that lists a dimension leaves it
    /// to the call to name a level of it, or one code.
    pub yields: bool,
}

impl Key {
    /// From what is written after `by`, `over`, `across` or `where`: `hs4` are the codes of `hs` cut to four digits.
    pub fn parse(name: Spanned<String>) -> Key {
        let stem = name.node.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = name.node.get(stem.len()..).and_then(|n| n.parse::<usize>().ok());
        let level = digits.filter(|n| match stem {
            "hs" => [2, 4, 6, 8, 10].contains(n),
            _ => roles::levelled(stem) && (1..=8).contains(n),
        });
        let dim = if level.is_some() { stem.to_string() } else { name.node.clone() };
        Key { name, dim, level, rows: None, yields: false }
    }

    /// All codes of a dimension.
    pub fn plain(dim: &str, span: Span) -> Key {
        Key { name: Spanned::new(dim.to_string(), span), dim: dim.to_string(), level: None, rows: None, yields: false }
    }

    /// The dimension that a name means: `hs` for `hs4`.
    pub fn dimension(name: &str) -> String {
        Key::parse(Spanned::new(name.to_string(), Span::default())).dim
    }

    /// The step of the calendar that it is, if it is one.
    pub fn step(&self) -> Option<Freq> {
        self.rows.as_ref().and_then(|r| r.step())
    }

    /// Whether its labels are members of a list, which may leave codes out and hold some twice.
    pub fn is_listed(&self) -> bool {
        self.rows.as_ref().is_some_and(|r| matches!(r.by, By::Members(..)))
    }

    /// Whether each of its labels is one code of the data.
    pub fn is_codes(&self) -> bool {
        self.level.is_none() && self.rows.is_none()
    }
}

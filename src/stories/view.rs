//! A sentence as items, and the small questions that are asked of it. Decides nothing.

use super::amounts::{Item, Placed};
use super::words::{Class, Flow, Joint};

/// The items of a sentence with the text that they are of.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The items.
    pub items: &'a [Placed],
    /// The whole text.
    pub text: &'a str,
}

/// Words that say no more than that a noun comes.
const DETERMINERS: [&str; 14] =
    ["a", "an", "the", "its", "their", "some", "another", "this", "that", "all", "his", "of", "was", "were"];

impl View<'_> {
    /// The item at a place.
    pub fn item(&self, i: usize) -> Option<Item> {
        self.items.get(i).map(|p| p.item)
    }

    /// The same before a place.
    pub fn before(&self, i: usize, n: usize) -> Option<Item> {
        i.checked_sub(n).and_then(|at| self.item(at))
    }

    /// How it is written.
    pub fn word(&self, i: usize) -> &str {
        self.items.get(i).and_then(|p| self.text.get(p.start..p.end)).unwrap_or("")
    }

    /// Whether it is one of these words.
    pub fn is_word(&self, i: usize, words: &[&str]) -> bool {
        words.iter().any(|w| self.word(i).eq_ignore_ascii_case(w))
    }

    /// The class of an item.
    pub fn class(&self, i: usize) -> Option<Class> {
        if let Some(Item::Known(class)) = self.item(i) { Some(class) } else { None }
    }

    /// Whether it is this small word.
    pub fn is_joint(&self, i: usize, joint: Joint) -> bool {
        self.class(i) == Some(Class::Joint(joint))
    }

    /// The number of the figure there.
    pub fn figure(&self, i: usize) -> Option<usize> {
        if let Some(Item::Figure(f)) = self.item(i) { Some(f) } else { None }
    }

    /// The flow there.
    pub fn flow(&self, i: usize) -> Option<Flow> {
        match self.class(i) {
            Some(Class::Flow(flow) | Class::Did(flow)) => Some(flow),
            _ => None,
        }
    }

    /// Whether it is a sign that opens a bracket.
    pub fn opens(&self, i: usize) -> bool {
        matches!(self.item(i), Some(Item::Sign('(' | '（' | '[')))
    }

    /// Whether it is a sign that closes one.
    pub fn closes(&self, i: usize) -> bool {
        matches!(self.item(i), Some(Item::Sign(')' | '）' | ']')))
    }

    /// Whether it is a comma.
    pub fn comma(&self, i: usize) -> bool {
        matches!(self.item(i), Some(Item::Sign(',' | '，' | '、')))
    }

    /// Whether a part of a sentence ends there that is nearly one of its own.
    pub fn semicolon(&self, i: usize) -> bool {
        matches!(self.item(i), Some(Item::Sign(';' | '；' | ':' | '：')))
    }

    /// Whether a clause ends there.
    pub fn breaks(&self, i: usize) -> bool {
        self.comma(i)
            || self.semicolon(i)
            || self.opens(i)
            || self.closes(i)
            || self.is_joint(i, Joint::Break)
            || matches!(self.item(i), Some(Item::Sign('.' | '。' | '—' | '–' | '!' | '?')))
    }

    /// Whether it only says how near a number is, or that a noun comes.
    pub fn is_small(&self, i: usize) -> bool {
        match self.item(i) {
            Some(Item::Known(
                Class::About | Class::MoreThan | Class::LessThan | Class::Nearly | Class::Record | Class::Revised,
            )) => true,
            Some(Item::Known(Class::Base(false))) => self.is_word(i, &["over"]),
            Some(Item::Word) => self.is_word(i, &DETERMINERS),
            Some(Item::Sign('"' | '“' | '”' | '*' | '_')) => true,
            _ => false,
        }
    }

    /// The item before a figure that says what it is: words that say how near it is are passed over.
    pub fn back(&self, i: usize) -> Option<usize> {
        let mut at = i.checked_sub(1)?;
        // `below the record of V`
        if self.is_joint(at, Joint::Of) && at.checked_sub(1).is_some_and(|b| self.class(b) == Some(Class::Record)) {
            at = at.checked_sub(1)?;
        }
        while self.is_small(at) {
            // `20 % more than $5bn`: what stands behind a figure is a direction.
            let behind = matches!(self.class(at), Some(Class::MoreThan | Class::LessThan))
                && at.checked_sub(1).is_some_and(|b| self.figure(b).is_some() || self.closes(b));
            if behind {
                return Some(at);
            }
            at = at.checked_sub(1)?;
        }
        Some(at)
    }

    /// The item behind a figure, past brackets: `£2.6 billion (5.8%) higher`.
    pub fn past(&self, i: usize) -> usize {
        let mut at = i + 1;
        if self.opens(at) {
            let close = (at..at + 12).find(|c| self.closes(*c));
            if let Some(close) = close {
                at = close + 1;
            }
        }
        // `$93.9 billion, or 13.0 percent, above`
        // but `$8.7 billion, or $1.6 billion more`
        let percent = |t: usize| self.word(t).ends_with('%') || self.word(t).to_ascii_lowercase().ends_with("cent");
        let unlike = percent(i) != percent(at + 2);
        if self.comma(at) && self.is_word(at + 1, &["or"]) && self.figure(at + 2).is_some() && unlike {
            at += if self.comma(at + 3) { 4 } else { 3 };
        } else if self.is_word(at, &["or"]) && self.figure(at + 1).is_some() {
            at += 2;
        } else if self.comma(at)
            && i >= 2
            && self.is_word(i - 1, &["or"])
            && self.figure(i - 2).or(self.figure(i.wrapping_sub(3))).is_some()
        {
            at += 1;
        }
        at
    }

    /// The direction of a word behind a figure, if one stands there.
    pub fn direction_behind(&self, i: usize) -> Option<i8> {
        let at = self.past(i);
        match self.class(at) {
            Some(Class::Direction(sign, true)) => Some(sign),
            Some(Class::MoreThan) if self.word(at).to_ascii_lowercase().starts_with("more") => Some(1),
            Some(Class::LessThan) if self.word(at).to_ascii_lowercase().ends_with("than") => Some(-1),
            _ => None,
        }
    }

    /// Whether a level to compare with stands behind this item.
    pub fn is_base_mark(&self, i: usize) -> bool {
        match self.class(i) {
            Some(Class::Base(true) | Class::Joint(Joint::From)) => true,
            Some(Class::Direction(_, true) | Class::MoreThan | Class::LessThan) => {
                i.checked_sub(1).is_some_and(|b| self.figure(b).is_some() || self.closes(b) || self.comma(b))
                    && !self.is_word(i, &["larger", "smaller", "bigger", "wider", "stronger", "weaker"])
            }
            _ => false,
        }
    }
}

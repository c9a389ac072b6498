//! What each time of a sentence does: it leads, it is of a figure, or it is what is compared with.

use super::super::amounts::Item;
use super::super::dates;
use super::super::figure::{Figure, Role};
use super::super::phrases::Phrase;
use super::super::view::View;
use super::super::words::{Class, Joint, is_han};
use super::{Use, time};

/// Words between a figure and its time.
const TOLD: [&str; 8] = ["seen", "recorded", "posted", "registered", "logged", "reported", "booked", "achieved"];

pub(super) fn use_of(view: &View, i: usize, figures: &[Figure]) -> Option<Use> {
    let phrase = time(view, i)?;
    // A single day is that of the piece: no trade is told by the day.
    if matches!(phrase, Phrase::Days(_, _, first, last) if first == last) {
        return None;
    }
    // `the largest since December 2020`: how long it is since, not when it is.
    if i.checked_sub(1).is_some_and(|b| view.is_word(b, &["since"])) || view.is_word(i + 1, &["以来"]) {
        return None;
    }
    let mut at = i;
    // What is before the time but for small words.
    let before = loop {
        let Some(b) = at.checked_sub(1) else { break None };
        at = b;
        match view.item(b) {
            Some(Item::Known(Class::Joint(Joint::In | Joint::Of | Joint::For | Joint::At | Joint::On))) => {}
            Some(Item::Word) if view.is_word(b, &["the", "that", "those", "level", "its"]) => {}
            // `the $98.9 billion seen in 2023`
            Some(Item::Word) if view.is_word(b, &TOLD) => {}
            Some(Item::Known(Class::BackSubject | Class::Revised | Class::Whole)) => {}
            _ => break Some(b),
        }
    };
    // `from a 6.7 % gain in November`
    let before = before.map(|b| {
        let of = b.checked_sub(1).and_then(|f| view.figure(f)).and_then(|f| figures.get(f));
        let gain = matches!(view.class(b), Some(Class::Direction(_, false))) && of.is_some_and(|f| f.is_base);
        if gain { b - 1 } else { b }
    });
    // A figure before it, past a bracket without figures.
    let mut figure = before.and_then(|b| view.figure(b));
    if figure.is_none()
        && let Some(close) = before.filter(|b| view.closes(*b))
        && let Some(open) = (close.saturating_sub(8)..close).rev().find(|o| view.opens(*o))
    {
        figure = open.checked_sub(1).and_then(|b| view.figure(b));
    }
    let on = i.checked_sub(1).is_some_and(|b| {
        view.is_joint(b, Joint::On) || view.is_word(b, &["the"]) && b > 0 && view.is_joint(b - 1, Joint::On)
    });
    if let Some(f) = figure {
        let role = figures.get(f).map(|f| f.role);
        if on && matches!(role, Some(Role::Growth | Role::Change | Role::Multiple | Role::ShareChange)) {
            return Some(Use::Base(Some(f)));
        }
        let relative =
            dates::is_relative(phrase) && figures.get(f).is_some_and(|f| !f.is_base && f.role != Role::Level);
        return Some(if relative { Use::Base(Some(f)) } else { Use::Tight(f) });
    }
    let marked = before.is_some_and(|b| {
        view.is_base_mark(b) && !matches!(view.class(b), Some(Class::Direction(..)))
            || matches!(view.class(b), Some(Class::MoreThan | Class::LessThan))
            || matches!(view.class(b), Some(Class::Direction(_, true))) && view.is_word(b, &["above", "below", "under"])
            || view.class(b) == Some(Class::Base(false)) && !starts_sentence(view, b)
            || view.is_joint(b, Joint::With) && view.word(b).chars().all(is_han)
    });
    let from = before.is_some_and(|b| view.is_joint(b, Joint::From));
    // `exports from January to June`: nothing before it that it could be a base of.
    let clause = before.unwrap_or(0);
    let bare = from
        && matches!(phrase, Phrase::Months(_, a, b) if a != b)
        && !(0..clause).rev().take_while(|t| !view.breaks(*t)).any(|t| {
            let change = view.figure(t).and_then(|f| figures.get(f)).is_some_and(|f| f.role != Role::Level);
            change || matches!(view.class(t), Some(Class::Direction(..)))
        });
    // `up 96.5 percent, from January 2024`
    let trails = before.is_some_and(|b| b >= 2 && view.comma(b - 1) && view.figure(b - 2).is_some());
    let spans = bare || from && !trails && starts_sentence(view, before.unwrap_or(0));
    if marked && (!spans || dates::is_relative(phrase)) {
        let owner = before.and_then(|b| (0..b).rev().find_map(|t| view.figure(t)));
        // `up 4 % from October`, `against October, exports were up 3 %`.
        let clause_start = before.is_some_and(|b| b == 0 || view.breaks(b - 1));
        let next = clause_start && (owner.is_none() || before.is_some_and(|b| view.is_joint(b, Joint::With)));
        return Some(Use::Base(if next { None } else { owner }));
    }
    if on && before.is_some_and(|b| matches!(view.class(b), Some(Class::Direction(..)))) {
        let owner = before.and_then(|b| b.checked_sub(1)).and_then(|f| view.figure(f));
        return Some(Use::Base(owner));
    }
    if dates::is_relative(phrase) && !leads(view, i) {
        let owner = (0..i).rev().find_map(|t| view.figure(t));
        return Some(match owner.and_then(|f| figures.get(f).map(|g| (f, g))) {
            Some((f, figure)) if figure.is_base || figure.role == Role::Level => Use::Tight(f),
            owner => Use::Base(owner.map(|(f, _)| f)),
        });
    }
    Some(Use::Free)
}

fn starts_sentence(view: &View, i: usize) -> bool {
    i == 0 || view.breaks(i - 1)
}

/// Whether a time begins a clause: `a year earlier the deficit was`.
pub(super) fn leads(view: &View, i: usize) -> bool {
    let mut at = i;
    while let Some(b) = at.checked_sub(1) {
        if view.breaks(b) || view.is_joint(b, Joint::And) {
            return true;
        }
        if !(view.is_joint(b, Joint::In) || view.is_word(b, &["the", "but", "just"])) {
            return false;
        }
        at = b;
    }
    true
}

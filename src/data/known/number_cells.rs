//! A cell of a number taken apart: sign, digits with their separators, exponent, and the unit or scale that stands beside
//! them. Knows no column: how the separators are meant is decided over all its cells, in [`super::number_forms`].

use crate::value::{Unit, unit_words};
use std::borrow::Cow;

/// Signs of currencies, as they stand beside a number.
const SIGNS: &[(&str, &str)] = &[
    ("US$", "USD"),
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("RMB", "CNY"),
    ("¥", "¥"),
    ("￥", "¥"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("R$", "BRL"),
];

/// A cell taken apart: sign, digits with their separators, exponent, unit.
pub(super) struct Parts<'a> {
    pub(super) negative: bool,
    pub(super) digits: Cow<'a, str>,
    pub(super) exponent: i32,
    pub(super) mark: Option<Cow<'a, str>>,
    pub(super) negative_style: Option<Negative>,
}

/// How a number below zero is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Negative {
    Before,
    Brackets,
    Behind,
}

/// Letters for scales behind an amount with the sign of its currency: `$141b`.
const LETTERS: &[(&str, i32)] = &[("k", 3), ("m", 6), ("b", 9)];

/// Digits and separators of other scripts as ASCII.
pub(super) fn latin(cell: &str) -> Cow<'_, str> {
    if cell.is_ascii() {
        return Cow::Borrowed(cell);
    }
    let one = |c: char| match c {
        '\u{2212}' | '\u{2013}' | '\u{FF0D}' | '\u{2010}' | '\u{2011}' => '-',
        '\u{00A0}' | '\u{2009}' | '\u{202F}' | '\u{2007}' | '\u{3000}' => ' ',
        '\u{FF0C}' => ',',
        '\u{FF0E}' | '\u{066B}' => '.',
        '\u{066C}' => ',',
        '\u{2019}' => '\'',
        '\u{FF10}'..='\u{FF19}' => digit(c, 0xFF10),
        '\u{0660}'..='\u{0669}' => digit(c, 0x0660),
        '\u{06F0}'..='\u{06F9}' => digit(c, 0x06F0),
        '\u{0966}'..='\u{096F}' => digit(c, 0x0966),
        other => other,
    };
    Cow::Owned(cell.chars().map(one).collect())
}

pub(super) fn digit(c: char, zero: u32) -> char {
    char::from_digit(u32::from(c) - zero, 10).unwrap_or(c)
}

pub(super) fn parts(cell: &str) -> Option<Parts<'_>> {
    let mut rest = cell.trim();
    let (mut negative, mut signs) = (false, 0);
    let mut mark: Option<Cow<'_, str>> = None;
    let mut negative_style = None;
    if let Some(inside) = rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')) {
        (rest, negative, signs) = (inside.trim(), true, 1);
        negative_style = Some(Negative::Brackets);
    }
    loop {
        if let Some(r) = rest.strip_prefix(['-', '+']) {
            if rest.starts_with('-') {
                (negative, negative_style) = (true, Some(Negative::Before));
            }
            signs += 1;
            rest = r.trim_start();
        } else if let Some((sign, r)) =
            SIGNS.iter().filter(|_| mark.is_none()).find_map(|(s, _)| Some((*s, rest.strip_prefix(s)?)))
        {
            mark = Some(sign.into());
            rest = r.trim_start();
        } else {
            break;
        }
    }
    let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '\''))).unwrap_or(rest.len());
    let (digits, tail) = rest.split_at(end);
    let mut tail = tail.trim();
    let mut exponent = 0;
    if let Some(e) = tail.strip_prefix(['e', 'E']).filter(|e| e.ends_with(|c: char| c.is_ascii_digit())) {
        exponent = e.parse::<i32>().ok().filter(|e| e.abs() <= 400)?;
        tail = "";
    }
    if let (0, Some(t)) = (signs, tail.strip_suffix('-')) {
        (negative, signs, tail) = (true, 1, t);
        negative_style = Some(Negative::Behind);
    }
    if !tail.is_empty() {
        let known = SIGNS.iter().any(|(s, _)| *s == tail) || (tail.len() <= 12 && Unit::parse(tail).is_ok());
        mark = Some(match &mark {
            Some(sign) => scaled(sign, tail)?.into(),
            None if known => tail.into(),
            None => return None,
        });
    }
    let digits = digits.trim();
    let whole = signs <= 1 && digits.bytes().any(|b| b.is_ascii_digit());
    whole.then_some(Parts { negative, digits: Cow::Borrowed(digits), exponent, mark, negative_style })
}

/// A currency's sign and a word for a scale, as one unit: `bn USD`.
pub(super) fn scaled(sign: &str, word: &str) -> Option<String> {
    let lower = word.to_lowercase();
    let letter = LETTERS.iter().find(|(w, _)| *w == lower).map(|(_, power)| *power);
    let scale = Unit::scale_word(letter.or_else(|| unit_words::scale(&lower))?);
    let (_, currency) = SIGNS.iter().find(|(s, currency)| *s == sign && currency.is_ascii())?;
    Some(format!("{scale} {currency}"))
}

//! Tokens → items: the numbers of a sentence with what belongs to them, and everything between. In: tokens. Out: items and
//! figures whose subject and time are not known yet.

use super::figure::{Figure, Measure, Open, Role, Source, Subject};
use super::lexer::{Sentence, Token, What};
use super::numerals::{self, Numeral};
use super::phrases::Phrase;
use super::words::{Class, Joint};

/// A part of a sentence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Item {
    /// The figure of this number.
    Figure(usize),
    /// A time.
    Time(Phrase),
    /// A word of the dictionary.
    Known(Class),
    /// A sign.
    Sign(char),
    /// Another word.
    Word,
}

/// An item with its place.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    /// What it is.
    pub item: Item,
    /// The byte where it begins.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

fn class(token: Option<&Token>) -> Option<Class> {
    token.and_then(|t| if let What::Known(class) = t.what { Some(class) } else { None })
}

fn sign(token: Option<&Token>) -> Option<char> {
    token.and_then(|t| if let What::Sign(sign) = t.what { Some(sign) } else { None })
}

/// A number with what belongs to it, and how many tokens that takes.
struct Found {
    number: Numeral,
    measure: Measure,
    ten: i32,
    negative: Option<bool>,
    counted: Option<&'static str>,
    is_word: bool,
    is_ratio: bool,
    tokens: usize,
}

/// What is counted by a product's own noun.
fn counts(product: &str) -> bool {
    !matches!(product, "goods" | "services" | "goods_and_services")
}

fn amount(tokens: &[Token], at: usize) -> Option<Found> {
    let mut i = at;
    let mut negative = None;
    let mut measure = Measure::Unsaid;
    let mut signed = |i: &mut usize| {
        let (first, next) = (tokens.get(*i), tokens.get(*i + 1));
        let touches = first.zip(next).is_some_and(|(a, b)| a.end == b.start);
        let is_sign = |t| match sign(t) {
            Some('+') => Some(false),
            Some('-' | '−' | '–' | '－') => Some(true),
            _ => None,
        };
        if let Some(minus) = is_sign(first).filter(|_| touches) {
            *i += 1;
            // `$--99.37B`
            if is_sign(tokens.get(*i)).is_some() {
                *i += 1;
            }
            negative = Some(minus);
        } else if sign(first) == Some('(') && is_sign(next).is_some() && sign(tokens.get(*i + 2)) == Some(')') {
            negative = is_sign(next);
            *i += 3;
        }
    };
    let glued_before = at.checked_sub(1).and_then(|b| tokens.get(b)).zip(tokens.get(at));
    let after_word = glued_before.is_some_and(|(a, b)| a.end == b.start && !matches!(a.what, What::Sign(_)));
    if !after_word {
        signed(&mut i);
    }
    if let Some(Class::Money(code)) = class(tokens.get(i)) {
        measure = Measure::Money(code);
        i += 1;
        signed(&mut i);
    }
    let has_money = measure != Measure::Unsaid;
    let token = tokens.get(i)?;
    let is_word = matches!(token.what, What::Known(Class::Number(_)));
    let mut number = match token.what {
        What::Number(ref number) => number.clone(),
        What::Time(Phrase::Year(super::phrases::Year::Is(year))) if has_money => numerals::of_word(f64::from(year)),
        What::Known(Class::Number(value)) => numerals::of_word(value),
        _ => return None,
    };
    i += 1;
    let mut ten = 0;
    let scale_at = |i: usize| {
        let joint =
            usize::from(matches!(sign(tokens.get(i)), Some('-' | '‑' | ',')) && class(tokens.get(i + 1)).is_some());
        let joint = if sign(tokens.get(i)) == Some(',') { 0 } else { joint };
        let token = tokens.get(i + joint)?;
        let Some(Class::Scale(ten)) = class(Some(token)) else { return None };
        let touches = i.checked_sub(1).and_then(|b| tokens.get(b)).is_some_and(|b| b.end == token.start);
        let short = token.end - token.start == 1;
        (!short || touches || has_money).then_some((ten, joint + 1))
    };
    let mut scaled = false;
    if let Some((power, taken)) = scale_at(i) {
        (ten, scaled) = (power, true);
        i += taken;
        // `1 billion 243 million`.
        if let Some(What::Number(more)) = tokens.get(i).map(|t| &t.what)
            && let Some((power, taken)) = scale_at(i + 1)
            && power < ten
            && more.value * 10f64.powi(power) < 10f64.powi(ten)
        {
            number.value += more.value * 10f64.powi(power - ten);
            number.half = more.half * 10f64.powi(power - ten);
            i += taken + 1;
        }
    }
    let mut counted = None;
    let mut is_ratio = false;
    let joined = i + usize::from(sign(tokens.get(i)) == Some('-') && class(tokens.get(i + 1)).is_some());
    if !has_money {
        match class(tokens.get(joined)) {
            Some(Class::Money(code))
                if code != "?dollar" || !matches!(tokens.get(joined + 1).map(|t| &t.what), Some(What::Number(_))) =>
            {
                measure = Measure::Money(code);
                i = joined + 1;
            }
            Some(Class::Count(unit)) => {
                measure = Measure::Count(unit);
                i = joined + 1;
            }
            Some(Class::Percent) if !scaled => {
                measure = Measure::Percent;
                i = joined + 1;
            }
            Some(Class::Points) if !scaled => {
                measure = Measure::Points;
                i = joined + 1;
            }
            Some(Class::Times) if !scaled => {
                measure = Measure::Times;
                i = joined + 1;
                is_ratio = matches!(class(tokens.get(i)), Some(Class::Flow(_)));
            }
            Some(Class::Product(product)) if (scaled || number.value >= 1000.0) && counts(product) => {
                measure = Measure::Count("piece");
                counted = Some(product);
            }
            _ => {}
        }
    } else if let Some(Class::Money(code)) = class(tokens.get(i)).filter(|_| measure == Measure::Money("?dollar")) {
        // `$5 billion Canadian dollars`.
        measure = Measure::Money(code);
        i += 1;
    }
    if measure == Measure::Unsaid && !scaled
        || is_word && !scaled && !matches!(measure, Measure::Percent | Measure::Points | Measure::Times)
    {
        return None;
    }
    Some(Found { number, measure, ten, negative, counted, is_word, is_ratio, tokens: i - at })
}

/// A scale that the language has a word for: 亿 is a tenth of a billion.
fn usual(value: f64, ten: i32) -> i32 {
    if ten % 3 == 0 {
        return ten;
    }
    let (below, above) = (ten - ten % 3, ten - ten % 3 + 3);
    if value.abs() * 10f64.powi(ten - above) >= 1.0 { above } else { below }
}

fn figure(found: &Found, sentence: usize, start: usize, end: usize) -> Figure {
    let ten = usual(found.number.value, found.ten);
    let by = 10f64.powi(found.ten - ten);
    let role = match found.measure {
        Measure::Percent => Role::Growth,
        Measure::Points => Role::ShareChange,
        Measure::Times => Role::Multiple,
        _ => Role::Level,
    };
    let value = found.number.value * by * if found.negative == Some(true) { -1.0 } else { 1.0 };
    let rounded = crate::value::number::significant(value, 15).parse().unwrap_or(value);
    let mut figure = blank(role, sentence, start, end);
    figure.value = rounded;
    figure.ten = ten;
    figure.measure = found.measure;
    figure.half = found.number.half * by;
    figure.counted = found.counted;
    if found.number.ambiguous {
        figure.role = Role::Refused;
        figure.reason = Some("ambiguous-thousands-separator");
    }
    if found.negative.is_some() {
        figure.modifiers.push(if found.negative == Some(true) { "minus" } else { "plus" });
    }
    if found.is_word {
        figure.modifiers.push("word");
    }
    figure
}

fn blank(role: Role, sentence: usize, start: usize, end: usize) -> Figure {
    Figure {
        sentence,
        start,
        end,
        role,
        value: 0.0,
        ten: 0,
        measure: Measure::Unsaid,
        half: 0.5,
        open: Open::None,
        modifiers: Vec::new(),
        subject: Subject::all("goods"),
        period: None,
        comparison: None,
        compared: false,
        base: None,
        basis: None,
        whole: None,
        is_base: false,
        counted: None,
        from_period: Source::Default,
        from_subject: [Source::Default; 3],
        unresolved: Vec::new(),
        reason: None,
        of_unit: None,
        group: 0,
        bracketed: false,
    }
}

/// The items of a sentence; its figures are put at the end of `figures`.
pub fn items(sentence: &Sentence, number: usize, figures: &mut Vec<Figure>) -> Vec<Placed> {
    let tokens = &sentence.tokens;
    let mut out: Vec<Placed> = Vec::with_capacity(tokens.len());
    let mut i = 0;
    while let Some(token) = tokens.get(i) {
        if let Some(found) = amount(tokens, i) {
            let end = tokens.get(i + found.tokens - 1).map_or(token.end, |t| t.end);
            let start = first_byte(tokens, i, token);
            let mut figure = figure(&found, number, start, end);
            let priced = i.checked_sub(1).is_some_and(|b| class(tokens.get(b)) == Some(Class::PerUnit));
            if priced
                || class(tokens.get(i + found.tokens)) == Some(Class::PerUnit)
                || is_slash(tokens, i + found.tokens)
            {
                figure.role = Role::Other;
            }
            if is_range(tokens, i) || found.is_ratio {
                figure.role = Role::Other;
            }
            out.push(Placed { item: Item::Figure(figures.len()), start, end });
            figures.push(figure);
            i += found.tokens;
            continue;
        }
        let item = match &token.what {
            What::Time(phrase) => Item::Time(*phrase),
            What::Known(Class::Multiple(value)) => {
                let mut figure = blank(Role::Multiple, number, token.start, token.end);
                (figure.value, figure.measure) = (*value, Measure::Times);
                figures.push(figure);
                Item::Figure(figures.len() - 1)
            }
            What::Known(class) => Item::Known(*class),
            What::Sign(sign) => Item::Sign(*sign),
            What::Word | What::Number(_) => Item::Word,
        };
        out.push(Placed { item, start: token.start, end: token.end });
        i += 1;
    }
    modifiers(&out, figures);
    out
}

/// The sign in brackets is part of the words, a bracket before them is not.
fn first_byte(tokens: &[Token], i: usize, token: &Token) -> usize {
    if sign(Some(token)) == Some('(') { tokens.get(i + 1).map_or(token.start, |t| t.start) } else { token.start }
}

fn is_slash(tokens: &[Token], at: usize) -> bool {
    sign(tokens.get(at)) == Some('/') && tokens.get(at + 1).is_some_and(|t| !matches!(t.what, What::Number(_)))
}

/// Whether a number without unit and `to` stand before: `610 to 632 billion`, `5-7 percent`.
fn is_range(tokens: &[Token], i: usize) -> bool {
    let joint = i.checked_sub(1).and_then(|b| tokens.get(b));
    let number = i.checked_sub(2).and_then(|b| tokens.get(b));
    let joins =
        class(joint) == Some(Class::Joint(Joint::To)) || matches!(sign(joint), Some('-' | '–' | '~' | '～' | '—'));
    let bare = number.is_some_and(|n| matches!(n.what, What::Number(_)));
    joins && bare
}

/// `about`, `more than` before a figure, `左右` behind it.
fn modifiers(items: &[Placed], figures: &mut [Figure]) {
    for (i, placed) in items.iter().enumerate() {
        let Item::Figure(f) = placed.item else { continue };
        let at = |n: usize| i.checked_sub(n).and_then(|b| items.get(b)).map(|p| p.item);
        let after = items.get(i + 1).map(|p| p.item);
        let before = match at(1) {
            Some(Item::Known(Class::Record | Class::Revised)) => at(2),
            other => other,
        };
        let over = before == Some(Item::Known(Class::Base(false)))
            && !matches!(at(2), Some(Item::Figure(_) | Item::Known(Class::Direction(..))));
        let Some(figure) = figures.get_mut(f) else { continue };
        let behind = if matches!(after, Some(Item::Known(Class::About | Class::MoreThan)))
            && !matches!(before, Some(Item::Known(Class::About)))
        {
            after
        } else {
            None
        };
        let behind = behind.filter(|_| items.get(i + 1).is_some_and(|p| p.end - p.start == 6));
        let found = match (before, behind) {
            (Some(Item::Known(Class::About)), _) | (_, Some(Item::Known(Class::About))) => Some(("about", Open::None)),
            (Some(Item::Known(Class::MoreThan)), _) | (_, Some(Item::Known(Class::MoreThan))) => {
                Some(("more than", Open::Up))
            }
            (Some(Item::Known(Class::LessThan)), _) => Some(("less than", Open::Down)),
            (Some(Item::Known(Class::Nearly)), _) => Some(("nearly", Open::Nearly)),
            _ if over && is_over(items, i) => Some(("more than", Open::Up)),
            _ => None,
        };
        let word = figure.modifiers.contains(&"word");
        figure.modifiers.retain(|m| matches!(*m, "minus" | "plus"));
        if let Some((modifier, open)) = found {
            figure.modifiers.push(modifier);
            figure.open = open;
            if modifier == "about" && !word {
                figure.half *= 2.0;
            }
        }
    }
}

/// Whether the word before is `over` and not `on`.
fn is_over(items: &[Placed], i: usize) -> bool {
    i.checked_sub(1).and_then(|b| items.get(b)).is_some_and(|p| p.end - p.start == 4)
}

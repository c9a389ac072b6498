//! A text → a story: sentence by sentence, each with what was told before it. In: a text. Out: figures.

use super::dates;
use super::figure::{Figure, Source};
use super::lexer::{self, Sentence, What};
use super::pairs;
use super::phrases::{Phrase, Year};
use super::roles;
use super::settle;
use super::subjects::{self, Told};
use super::times::{self, Clock};
use super::view::View;
use super::words::{Class, Flow, Joint, dictionary};
use super::{amounts, plain};
use rustc_hash::FxHashMap;

/// What is said of a story from outside.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Year, month and day.
    pub date: Option<(i32, u32, u32)>,
    /// The code of the country that reports.
    pub reporter: Option<String>,
}

/// A story that was read.
#[derive(Clone, Debug)]
pub struct Story {
    /// The text as it is written.
    pub text: String,
    /// The same without markup, each character at its place.
    pub plain: String,
    /// The day that it is of, where that is known.
    pub date: Option<(i32, u32, u32)>,
    /// Who reports.
    pub reporter: Option<String>,
    /// Where each sentence begins and ends, in bytes of the plain text.
    pub sentences: Vec<(usize, usize)>,
    /// Its figures.
    pub figures: Vec<Figure>,
    /// Whether there were more than are read.
    pub cut: bool,
}

/// The most figures that are read.
pub const MOST_FIGURES: usize = 2000;

/// Reads a story.
pub fn read(text: &str, asked: &Asked) -> Story {
    let plain = plain::plain(text);
    let sentences = lexer::sentences(&plain);
    let date = asked.date.or_else(|| dateline(&sentences));
    let reporter = asked.reporter.clone().or_else(|| reporter(&sentences, &plain));
    let mut clock = Clock { dated: date.is_some(), ..Clock::default() };
    clock.standing.day = date.map(|(y, m, _)| (y, m));
    clock.standing.fiscal = dates::fiscal_month(reporter.as_deref());
    let mut told = Told { reporter: reporter.clone(), ..Told::default() };
    let mut figures: Vec<Figure> = Vec::new();
    let mut groups = 0;
    let mut adjusted = false;
    let mut cut = false;
    let mut signs: FxHashMap<String, Flow> = FxHashMap::default();
    for (n, sentence) in sentences.iter().enumerate() {
        if figures.len() >= MOST_FIGURES {
            cut = true;
            break;
        }
        let first = figures.len();
        let items = amounts::items(sentence, n + 1, &mut figures);
        let view = View { items: &items, text: &plain };
        let marks = roles::set(&items, &plain, &mut figures, first);
        let mut found = subjects::set(&items, &plain, &mut figures, &marks, &mut told, groups);
        times::set(&items, &plain, &mut figures, first, &mut clock);
        pairs::set(&items, &plain, &mut figures, first, &mut found, groups, &clock.standing);
        settle::units(&view, &mut figures, first);
        settle::measures(&view, &mut figures, first);
        settle::bases(&view, &mut figures, first, &mut adjusted);
        settle::sign(&mut figures, first, &marks, &mut signs);
        groups += found.len() + (figures.len() - first);
        if let Some(partner) = told.balance_with.take() {
            settle::still_with(&mut figures, first, &partner);
        }
        settle::balance_of(&mut figures, first);
        let here = figures.iter().skip(first);
        let only = here.clone().all(|f| f.subject.flow_word() == Some("balance") && f.from_subject[2] == Source::Said);
        told.balance_with =
            here.clone().next().filter(|_| only).map(|f| f.subject.partner.clone()).filter(|p| p != "world");
        let last = figures.iter().skip(first).rfind(|f| f.subject.flow.is_some());
        match last {
            Some(f) => told.subject = Some((f.subject.clone(), 0)),
            None => {
                if let Some(group) = found.iter().rev().find(|g| !g.implicit && g.subject.flow.is_some()) {
                    told.subject = Some((group.subject.clone(), 0));
                } else if let Some((_, ago)) = &mut told.subject {
                    *ago += 1;
                }
            }
        }
    }
    settle::headline(&mut figures);
    settle::whole_of_parts(&mut figures);
    settle::compared_alike(&mut figures);
    settle::currencies(&mut figures, reporter.as_deref(), &plain);
    settle::refuse(&mut figures);
    figures.iter_mut().for_each(settle::missing);
    Story {
        text: text.to_string(),
        plain,
        date,
        reporter,
        sentences: sentences.iter().map(|s| (s.start, s.end)).collect(),
        figures,
        cut,
    }
}

/// A day with its year in the first two lines.
fn dateline(sentences: &[Sentence]) -> Option<(i32, u32, u32)> {
    sentences.iter().take(2).find_map(|s| {
        s.tokens.iter().take(12).find_map(|t| match t.what {
            What::Time(Phrase::Days(Year::Is(year), month, first, last)) if first == last => Some((year, month, first)),
            _ => None,
        })
    })
}

/// `The United States was Germany's most important trading partner`: Germany's trade is told.
fn partner_of(tokens: &[lexer::Token], subject: usize, text: &str) -> Option<&'static str> {
    let word = |t: &lexer::Token| text.get(t.start..t.end).unwrap_or("").to_ascii_lowercase();
    let (at, code) = tokens.iter().enumerate().skip(subject + 1).take(8).find_map(|(n, t)| match t.what {
        What::Known(Class::Place(code) | Class::Native(code)) => Some((n, code)),
        _ => None,
    })?;
    let was = tokens
        .get(subject + 1..at)?
        .iter()
        .any(|t| ["was", "is", "remained", "became", "remains", "were", "overtook", "as"].contains(&word(t).as_str()));
    let own = |t: &lexer::Token| {
        let after = text.get(t.end..).unwrap_or("");
        word(t).ends_with("'s") || word(t).ends_with("’s") || after.starts_with("'s") || after.starts_with("’s")
    };
    let partner = tokens.iter().skip(at + 1).take(6).any(|t| {
        ["trading partner", "trade partner", "customer", "supplier", "export market", "buyer"]
            .contains(&word(t).as_str())
    });
    (was && tokens.get(at).is_some_and(own) && partner).then_some(code)
}

/// Whose trade a story tells: the first country that no small word makes a partner, or an office.
fn reporter(sentences: &[Sentence], text: &str) -> Option<String> {
    for sentence in sentences.iter().take(12) {
        for (i, token) in sentence.tokens.iter().enumerate() {
            match token.what {
                What::Known(Class::Place(code) | Class::Native(code)) => {
                    let at = |b: usize| match sentence.tokens.get(b).map(|t| &t.what) {
                        Some(What::Known(class)) => Some(*class),
                        _ => None,
                    };
                    let is_joint =
                        |c: &Class| matches!(c, Class::Joint(Joint::To | Joint::From | Joint::With | Joint::Towards));
                    let joint = (i.saturating_sub(2)..i).filter_map(at).find(is_joint);
                    // `exports from New Zealand`
                    let own = joint == Some(Class::Joint(Joint::From))
                        && (0..i).filter_map(at).any(|c| c == Class::Flow(Flow::Exports));
                    if joint.is_none() || own {
                        let owner = partner_of(&sentence.tokens, i, text);
                        return Some(owner.unwrap_or(code).to_string());
                    }
                }
                What::Known(Class::Office(code)) => return Some(code.to_string()),
                What::Known(Class::World) if i < 3 && text.len() > token.end => return Some("WLD".into()),
                _ => {}
            }
        }
    }
    let han = text.chars().filter(|c| super::words::is_han(*c)).count();
    let money = || {
        let mut tokens = sentences.iter().flat_map(|s| &s.tokens);
        tokens.find_map(
            |t| if let What::Known(Class::Money(code)) = t.what { dictionary().country_of(code) } else { None },
        )
    };
    if han > 20 { Some("CHN".into()) } else { money().map(str::to_string) }
}

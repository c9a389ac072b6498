//! When each figure of a sentence is, and with what it is compared. In: items with roles and groups, what was told before.
//! Out: periods, bases, comparisons.

use super::amounts::{Item, Placed};
use super::dates::{self, Standing};
use super::figure::{Figure, Role, Source};
use super::phrases::{Phrase, Year};
use super::view::View;
use super::words::Comparison;
use crate::value::period::Period;

mod compare;
mod uses;
use compare::compare;
use uses::{leads, use_of};

/// What was told of time before this sentence.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// The day of the story and what was told last.
    pub standing: Standing,
    /// How many sentences ago the time was told.
    pub ago: usize,
    /// The comparison told last.
    pub comparison: Option<Comparison>,
    /// The time told of that ends last.
    pub latest: Option<Period>,
    /// The time that a paragraph leaves for one month alone, to which the next comes back.
    pub aside: Option<Period>,
    /// Whether the day is that of the story: else the first time told with its year is taken for it.
    pub dated: bool,
}

/// What a time of a sentence does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Use {
    /// It says when what follows is.
    Free,
    /// It is of the figure before it.
    Tight(usize),
    /// It is what is compared with, told behind this figure.
    Base(Option<usize>),
}

/// Sets the times of the figures of a sentence, of which the first has this number.
pub fn set(items: &[Placed], text: &str, figures: &mut [Figure], first: usize, clock: &mut Clock) {
    let view = View { items, text };
    if begins_paragraph(&view)
        && let Some(left) = clock.aside.take()
    {
        clock.standing.main = Some(left);
    }
    let uses: Vec<Option<Use>> = (0..items.len()).map(|i| use_of(&view, i, figures)).collect();
    let told = main(&view, &uses, figures, clock);
    let carried = clock.standing.main;
    if told.is_some() {
        clock.standing.main = told;
        clock.standing.whole = told;
        if let Some(month) = told.and_then(last_month) {
            clock.standing.month = Some(month);
        }
        clock.ago = 0;
    } else {
        clock.ago += 1;
    }
    let main = told.or(carried);
    let source = if told.is_some() { Source::Said } else { Source::Carried(clock.ago) };
    levels(&view, &uses, figures, clock, main, source);
    beside(&view, figures, first);
    compare(&view, &uses, figures, first, clock);
    // A look back at the year before does not carry on, nor one at what had been.
    let had = (0..items.len()).any(|i| view.is_word(i, &["had"]));
    let back = told
        .zip(carried)
        .is_some_and(|(t, c)| dates::base_of(c, Comparison::Year) == Some(t) || had && t.last() < c.first());
    // `In November alone`: the next paragraph is of the whole again.
    let alone = (0..items.len())
        .any(|i| time(&view, i).is_some() && ["alone", "当月", "单月"].iter().any(|w| view.word(i).ends_with(w)));
    if alone
        && let (Some(t), Some(c)) = (told, carried)
        && c.contains(t)
        && c != t
    {
        clock.aside = Some(c);
    } else if told.is_some() && !back {
        clock.aside = None;
    }
    clock.standing.main = if back { carried } else { main };
    clock.latest = [clock.latest, main].into_iter().flatten().max_by_key(|p| p.last());
    clock.standing.whole = clock.latest;
}

/// Whether a line ends before the sentence.
fn begins_paragraph(view: &View) -> bool {
    let before = view.items.first().and_then(|p| view.text.get(..p.start)).unwrap_or("");
    before.chars().rev().take(80).take_while(|c| !c.is_alphanumeric()).any(|c| c == '\n')
}

/// The month with which a time ends, if it ends with a month of its own.
fn last_month(period: Period) -> Option<Period> {
    let months = period.months()?;
    (months == 1 || months < 12).then(|| {
        let (y, m) = period.last_month();
        Period::month(y, m)
    })?
}

fn time(view: &View, i: usize) -> Option<Phrase> {
    if let Some(Item::Time(phrase)) = view.item(i) { Some(phrase) } else { None }
}

/// The time that the sentence is about.
fn main(view: &View, uses: &[Option<Use>], figures: &[Figure], clock: &mut Clock) -> Option<Period> {
    let mut bracket: i32 = 0;
    let mut inside = None;
    for (i, used) in uses.iter().enumerate() {
        bracket = (bracket + i32::from(view.opens(i)) - i32::from(view.closes(i))).max(0);
        let Some(phrase) = time(view, i) else { continue };
        if bracket > 0 {
            let alone = !(i.saturating_sub(3)..i + 4).any(|t| view.figure(t).is_some());
            inside = inside.or(Some(phrase).filter(|p| alone && !dates::is_relative(*p)));
            continue;
        }
        let told = match used {
            Some(Use::Free) if !dates::is_relative(phrase) => true,
            Some(Use::Tight(f)) if !dates::is_relative(phrase) => {
                figures.get(*f).is_some_and(|f| !f.is_base && !f.bracketed)
            }
            _ => false,
        };
        if told && let Some(period) = resolve(phrase, clock) {
            return Some(period);
        }
    }
    inside.and_then(|phrase| resolve(phrase, clock))
}

/// When a time is; the first time told with its year is the day of a story that has none.
fn resolve(phrase: Phrase, clock: &mut Clock) -> Option<Period> {
    let period = clock.standing.resolve(phrase)?;
    if !clock.dated
        && matches!(
            phrase,
            Phrase::Months(Year::Is(_), ..)
                | Phrase::Year(Year::Is(_))
                | Phrase::Quarter(Year::Is(_), _)
                | Phrase::Days(Year::Is(_), ..)
        )
    {
        let last = period.last_month();
        clock.standing.day = Some(clock.standing.day.map_or(last, |d| d.max(last)));
    }
    Some(period)
}

/// The periods of levels, and of whatever has a time of its own.
fn levels(
    view: &View,
    uses: &[Option<Use>],
    figures: &mut [Figure],
    clock: &mut Clock,
    main: Option<Period>,
    source: Source,
) {
    let mut now = main;
    let mut now_source = source;
    let mut seen = false;
    for i in 0..view.items.len() {
        if matches!(view.item(i), Some(Item::Sign(';' | '；'))) {
            (now, now_source) = (main, source);
        }
        if let (Some(phrase), Some(Some(Use::Free))) = (time(view, i), uses.get(i)) {
            let bracketed =
                (i.saturating_sub(3)..i).any(|t| view.opens(t)) && !(i.saturating_sub(3)..i).any(|t| view.closes(t));
            let before = clock.standing.main;
            clock.standing.main = main;
            let found = resolve(phrase, clock);
            clock.standing.main = before;
            if let Some(period) =
                found.filter(|_| (seen || leads(view, i) || now.is_none() || dates::is_relative(phrase)) && !bracketed)
            {
                now = Some(period);
                now_source = Source::Said;
            }
            continue;
        }
        if view.is_word(i, &["when"])
            && let Some(t) = i.checked_sub(3).and_then(|from| (from..i).rev().find(|t| time(view, *t).is_some()))
            && let Some(phrase) = time(view, t)
        {
            let standing = Standing { main: now.or(main), ..clock.standing };
            now = standing.resolve(phrase).or(now);
            now_source = Source::Said;
            continue;
        }
        let Some(f) = view.figure(i) else { continue };
        seen = true;
        let own = uses.iter().enumerate().find_map(|(t, used)| {
            let here = matches!(used, Some(Use::Tight(g)) if *g == f);
            here.then(|| time(view, t)).flatten()
        });
        let bracket_time = i
            .checked_sub(2)
            .and_then(|t| time(view, t))
            .filter(|_| view.opens(i - 1) || view.semicolon(i - 1) && i >= 3 && view.opens(i - 3));
        let marked_time =
            view.back(i).and_then(|b| time(view, b)).filter(|_| figures.get(f).is_some_and(|f| f.is_base));
        let Some(figure) = figures.get_mut(f) else { continue };
        let phrase = own.or(bracket_time.filter(|_| figure.is_base)).or(marked_time);
        let standing = Standing { main: now.or(main), ..clock.standing };
        let unsaid_before = figure.is_base && phrase.is_none();
        if let Some(phrase) = phrase {
            let relative = dates::is_relative(phrase) || figure.is_base;
            let year_before =
                matches!(phrase, Phrase::Year(Year::Back(-1))) && now.is_some_and(|n| n.months() != Some(12));
            let phrase = if year_before && figure.is_base { Phrase::YearBefore } else { phrase };
            figure.period = standing.resolve(phrase);
            figure.from_period = Source::Said;
            if figure.period.is_none() {
                figure.unresolved.push(("period", "a time without its year, and no date".into()));
            }
            let _ = relative;
        } else if !unsaid_before {
            figure.period = now;
            figure.from_period = now_source;
        }
    }
}

/// What has no time of its own takes that of the level of its group.
fn beside(view: &View, figures: &mut [Figure], first: usize) {
    let parts: Vec<usize> =
        view.items.iter().filter(|p| matches!(p.item, Item::Sign(';' | '；'))).map(|p| p.start).collect();
    let part = |at: usize| parts.iter().filter(|p| **p < at).count();
    for f in first..figures.len() {
        let Some(figure) = figures.get(f) else { continue };
        if figure.is_base || matches!(figure.role, Role::Level) {
            continue;
        }
        let group = figure.group;
        let here = part(figure.start);
        let is_level = |l: &&Figure| l.role == Role::Level && !l.is_base && l.period.is_some();
        let level = figures.iter().skip(first).filter(|l| l.group == group && part(l.start) == here).filter(is_level);
        // The nearest before, else the nearest behind.
        let before = level.clone().rfind(|l| l.start < figure.start);
        let found =
            before.or_else(|| level.clone().find(|l| l.start > figure.start)).map(|l| (l.period, l.from_period));
        if let (Some((period, source)), Some(figure)) = (found, figures.get_mut(f)) {
            figure.period = period;
            figure.from_period = if source == Source::Said { Source::Beside } else { source };
        }
    }
}

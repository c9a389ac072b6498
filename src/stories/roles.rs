//! What each figure of a sentence says: a level, a growth, a change, a share. In: items. Out: roles, and the signs of
//! growth and change. Knows no subject.

use super::amounts::{Item, Placed};
use super::figure::{Figure, Measure, Open, Role};
use super::view::View;
use super::words::{Class, Flow, Joint};

/// What is found besides the roles.
#[derive(Default)]
pub struct Marks {
    /// Items that only name the whole of a share, or are told already.
    pub taken: Vec<bool>,
    /// The direction of each figure, by its number from the first of the sentence.
    pub direction: Vec<Option<i8>>,
    /// The figure before the bracket that a figure stands in.
    pub beside: Vec<Option<usize>>,
}

/// Sets the roles of the figures of a sentence, of which the first has this number.
pub fn set(items: &[Placed], text: &str, figures: &mut [Figure], first: usize) -> Marks {
    let view = View { items, text };
    let mut marks = Marks { taken: vec![false; items.len()], ..Marks::default() };
    let mut depth_from: Option<Option<usize>> = None;
    let mut last: Option<usize> = None;
    for i in 0..items.len() {
        if view.opens(i) {
            depth_from = Some(last);
        } else if view.closes(i) {
            depth_from = None;
        }
        let Some(f) = view.figure(i) else { continue };
        let beside = depth_from.flatten();
        marks.beside.push(beside);
        if let Some(figure) = figures.get_mut(f) {
            figure.bracketed = depth_from.is_some();
        }
        last = Some(f);
        set_one(&view, i, f, beside, figures, &mut marks);
    }
    directions(&view, figures, first, &mut marks);
    averages(&view, figures);
    marks
}

/// What is told of an average is of no period: `average daily exports dropped 2.7 % to $2.28 billion`, `均价上涨`.
fn averages(view: &View, figures: &mut [Figure]) {
    const MEANS: [&str; 8] = ["average", "averaged", "averaging", "日均", "月均", "年均", "均价", "平均"];
    let means = |t: usize| view.is_word(t, &MEANS) || view.is_word(t, &["daily"]);
    let (mut average, mut daily) = (false, false);
    for i in 0..view.items.len() {
        if view.is_word(i, &MEANS) {
            (average, daily) =
                (true, (i.saturating_sub(1)..i + 2).any(|t| view.is_word(t, &["daily", "均价", "日均", "on"])));
            continue;
        }
        let ends = view.semicolon(i)
            || view.is_joint(i, Joint::Break)
            || view.comma(i) && !daily
            || matches!(view.class(i), Some(Class::Product(_))) && view.word(i).chars().all(super::words::is_han)
            || view.flow(i).is_some()
                && !(i.saturating_sub(3)..i).any(means)
                && !i.checked_sub(1).is_some_and(|b| view.is_joint(b, Joint::Of));
        average &= !ends;
        if average
            && let Some(figure) = view.figure(i).and_then(|f| figures.get_mut(f))
            && figure.role != Role::Refused
        {
            figure.role = Role::Other;
        }
    }
}

fn set_one(view: &View, i: usize, f: usize, beside: Option<usize>, figures: &mut [Figure], marks: &mut Marks) {
    let Some(figure) = figures.get(f) else { return };
    let beside = beside.and_then(|b| figures.get(b)).map(|b| (b.role, b.measure, b.is_base));
    let role = match (figure.role, figure.measure) {
        (Role::Refused | Role::Other, _) => return,
        (_, Measure::Percent) => percent(view, i, beside, marks),
        (_, Measure::Points) => (Role::ShareChange, None, false),
        (_, Measure::Times) => (Role::Multiple, None, false),
        (_, measure) => amount(view, i, beside, measure),
    };
    let inherits = figure.measure == Measure::Unsaid;
    let Some(figure) = figures.get_mut(f) else { return };
    (figure.role, figure.whole, figure.is_base) = role;
    if figure.is_base && view.back(i).is_some_and(|b| matches!(view.class(b), Some(Class::MoreThan | Class::LessThan)))
    {
        figure.open = Open::None;
        figure.modifiers.retain(|m| matches!(*m, "minus" | "plus" | "about"));
    }
    if inherits
        && let Some((_, measure, _)) = beside.filter(|(_, m, _)| matches!(m, Measure::Money(_) | Measure::Count(_)))
    {
        figure.measure = measure;
    }
}

type Found = (Role, Option<&'static str>, bool);

fn amount(view: &View, i: usize, beside: Option<(Role, Measure, bool)>, measure: Measure) -> Found {
    let level = (Role::Level, None, false);
    let base = (Role::Level, None, true);
    let change = (Role::Change, None, false);
    let Some(b) = view.back(i) else { return level };
    if view.opens(b) {
        let before = b.checked_sub(1);
        let time = before.and_then(|t| view.item(t)).is_some_and(|t| matches!(t, Item::Time(_)));
        let marked = before.is_some_and(|t| {
            let joint = t.checked_sub(1);
            joint.is_some_and(|j| {
                view.is_base_mark(j) || view.is_joint(j, Joint::On) || view.class(j) == Some(Class::Base(false))
            })
        });
        return match beside {
            _ if time && marked => base,
            Some((Role::Growth | Role::Multiple | Role::ShareChange, _, _)) if !time => change,
            Some((role, other, is_base)) if other != measure && !time => (role, None, is_base),
            _ => level,
        };
    }
    // `(August: USD 22.9 billion)`
    if view.semicolon(b) && b >= 2 && matches!(view.before(b, 1), Some(Item::Time(_))) && view.opens(b - 2) {
        return base;
    }
    // `down 12.6% or £4.7 billion`
    let or = view.is_word(b, &["or"]) && !view.comma(b.wrapping_sub(1));
    if or && b.checked_sub(1).and_then(|g| view.figure(g)).is_some() && measured_before(view, b) {
        return change;
    }
    let behind = view.direction_behind(i).is_some();
    match view.class(b) {
        Some(Class::Joint(Joint::By)) => change,
        // `against A and B`
        Some(Class::Joint(Joint::And)) if after_base(view, b) && !behind => base,
        Some(Class::Direction(_, false)) => change,
        _ if view.is_base_mark(b) && !behind => base,
        Some(Class::Joint(Joint::Of)) if of_direction(view, b) || noun_direction(view, b).is_some() => change,
        // `against a deficit of V`
        Some(Class::Joint(Joint::Of)) if !behind && of_base(view, b) => base,
        Some(Class::Joint(Joint::On)) if after_change(view, b) => base,
        _ if behind => change,
        _ => time_between(view, b).unwrap_or(level),
    }
}

/// Whether a percentage with its direction stands before `or`.
fn measured_before(view: &View, or: usize) -> bool {
    let percent = or.checked_sub(1).filter(|g| view.word(*g).ends_with(['%', 't']) && view.figure(*g).is_some());
    percent.and_then(|g| view.back(g)).is_some_and(|b| {
        matches!(view.class(b), Some(Class::Direction(..) | Class::Joint(Joint::By))) || of_direction(view, b)
    })
}

/// `a rise of`.
fn of_direction(view: &View, of: usize) -> bool {
    of.checked_sub(1).is_some_and(|d| matches!(view.class(d), Some(Class::Direction(_, false))))
}

/// Whether the figure before `and` is one to compare with.
fn after_base(view: &View, and: usize) -> bool {
    // `after A in October and B in November 2023`
    let small = |t: usize| matches!(view.item(t), Some(Item::Time(_))) || view.is_joint(t, Joint::In);
    let figure = (and.saturating_sub(3)..and).rev().find(|t| !small(*t)).filter(|f| view.figure(*f).is_some());
    let mark = figure
        .and_then(|f| view.back(f))
        .map(|b| if view.class(b) == Some(Class::Forecast) { view.back(b) } else { Some(b) });
    mark.flatten().is_some_and(|b| view.class(b) == Some(Class::Base(true)))
}

/// `a decrease in the goods deficit of`: its sign.
fn noun_direction(view: &View, of: usize) -> Option<i8> {
    let mut at = of.checked_sub(1)?;
    matches!(view.class(at), Some(Class::Flow(_))).then_some(())?;
    for _ in 0..5 {
        at = at.checked_sub(1)?;
        match view.item(at) {
            Some(Item::Known(Class::Product(_) | Class::Whole | Class::Place(_) | Class::Native(_))) => {}
            Some(Item::Word) if view.is_word(at, &["the", "its", "their", "merchandise", "trade"]) => {}
            Some(Item::Known(Class::Joint(Joint::In | Joint::Of))) => match view.before(at, 1) {
                Some(Item::Known(Class::Direction(sign, false))) => return Some(sign),
                _ => return None,
            },
            _ => return None,
        }
    }
    None
}

/// `compared with a deficit of`.
fn of_base(view: &View, of: usize) -> bool {
    let Some(flow) = of.checked_sub(1).filter(|f| view.flow(*f).is_some()) else { return false };
    view.back(flow).is_some_and(|b| view.class(b) == Some(Class::Base(true)) || view.is_joint(b, Joint::From))
}

/// `up 5 percent on`.
fn after_change(view: &View, on: usize) -> bool {
    on.checked_sub(1).is_some_and(|d| view.figure(d).is_some() || matches!(view.class(d), Some(Class::Direction(..))))
}

/// `against last year's $5bn`, `compared with October's 5bn`: a time between the mark and the figure.
fn time_between(view: &View, at: usize) -> Option<Found> {
    matches!(view.item(at), Some(Item::Time(_))).then_some(())?;
    let mark = view.back(at)?;
    let own = view.word(at).ends_with('s') || view.word(at).contains("earlier") || view.word(at).contains("ago");
    (view.is_base_mark(mark) && own).then_some((Role::Level, None, true))
}

fn percent(view: &View, i: usize, beside: Option<(Role, Measure, bool)>, marks: &mut Marks) -> Found {
    let growth = (Role::Growth, None, false);
    let back = view.back(i);
    // `the ratio rose to 75.6 percent`
    let to_level = back.is_some_and(|b| view.is_joint(b, Joint::To));
    let directed = !to_level
        && back.is_some_and(|b| match view.class(b) {
            Some(Class::Direction(..) | Class::Joint(Joint::By)) => true,
            Some(Class::Joint(Joint::Of)) => of_direction(view, b) || noun_direction(view, b).is_some(),
            _ => false,
        });
    if directed || view.direction_behind(i).is_some() {
        // `after a drop of 2 per cent`
        let since = (i.saturating_sub(4)..i)
            .rev()
            .take_while(|t| !view.breaks(*t))
            .any(|t| view.is_word(t, &["after", "following"]));
        return (Role::Growth, None, since);
    }
    // Up to the clause before: `accounted for`, `占出口总值的`, `covered`.
    let mut at = i;
    let mut steps = 0;
    while let Some(b) = at.checked_sub(1).filter(|_| steps < 9) {
        match view.item(b) {
            Some(Item::Known(Class::Share)) => {
                for t in b..i {
                    take(marks, t);
                }
                let whole = whole_between(view, b, i).or_else(|| whole_behind(view, i, marks)).unwrap_or("total");
                return (Role::Share, Some(whole), false);
            }
            Some(Item::Known(Class::Cover)) => {
                let _ = whole_behind(view, i, marks);
                return (Role::Share, Some("cover"), false);
            }
            Some(Item::Known(Class::Direction(..))) if to_level => {}
            Some(Item::Known(Class::Direction(..) | Class::Compare(_))) | Some(Item::Figure(_)) => break,
            _ if view.semicolon(b) || view.opens(b) || view.comma(b) && steps > 0 => break,
            _ => {}
        }
        at = b;
        steps += 1;
    }
    if let Some(whole) = whole_behind(view, i, marks) {
        return (Role::Share, Some(whole), false);
    }
    // `66.4% of imports, against 85%`.
    let marked = back.is_some_and(|b| view.is_base_mark(b));
    if marked && let Some(b) = back {
        let cover = (0..b).rev().find_map(|t| view.figure(t).map(|_| t));
        let of_share = cover.is_some_and(|t| {
            (t.saturating_sub(11)..t).any(|s| matches!(view.class(s), Some(Class::Share | Class::Cover)))
                || whole_at(view, t + 1).is_some()
        });
        let is_cover = cover.is_some_and(|t| (t.saturating_sub(6)..t).any(|s| view.class(s) == Some(Class::Cover)));
        if of_share {
            return (Role::Share, Some(if is_cover { "cover" } else { "total" }), true);
        }
        return (Role::Growth, None, true);
    }
    if let Some((Role::Share, ..)) = beside {
        return growth;
    }
    growth
}

fn take(marks: &mut Marks, at: usize) {
    if let Some(taken) = marks.taken.get_mut(at) {
        *taken = true;
    }
}

fn whole_of(flow: Option<Flow>) -> &'static str {
    match flow {
        Some(Flow::Trade) => "trade",
        Some(Flow::Imports) => "imports",
        _ => "total",
    }
}

/// The whole that is named between the verb and the figure, as in Chinese.
fn whole_between(view: &View, from: usize, to: usize) -> Option<&'static str> {
    let flow = (from..to).find_map(|t| view.flow(t));
    flow.map(|f| whole_of(Some(f)))
}

/// `of the total`, `of all exports`: one past its last item, and its flow.
fn whole_at(view: &View, at: usize) -> Option<(usize, Option<Flow>)> {
    view.is_joint(at, Joint::Of).then_some(())?;
    let mut end = at + 1;
    let mut found = false;
    let mut flow = None;
    while end < at + 7 {
        match view.item(end) {
            Some(Item::Known(Class::Whole)) => found = true,
            Some(Item::Known(Class::Flow(f))) => {
                (found, flow) = (true, Some(f));
                end += 1;
                break;
            }
            Some(Item::Known(Class::BackSubject)) => found = true,
            // `of the Chinese market`
            Some(Item::Word) if view.is_word(end, &["market", "everything"]) => found = true,
            // `of everything the country sold abroad`
            Some(Item::Known(Class::Did(f))) if found => {
                (flow, end) = (Some(f), end + 1);
                break;
            }
            Some(Item::Known(Class::BackPlace)) if found => {}
            // `of the value of imports`
            Some(Item::Known(Class::Joint(Joint::Of)))
                if found && matches!(view.class(end + 1), Some(Class::Flow(_))) => {}
            Some(Item::Known(
                Class::Place(_) | Class::Native(_) | Class::Product(_) | Class::World | Class::Basis(_),
            )) => {}
            Some(Item::Word) if !view.is_word(end, &["which", "and", "or", "was", "were", "is"]) => {}
            _ => break,
        }
        end += 1;
    }
    found.then_some((end, flow))
}

fn whole_behind(view: &View, i: usize, marks: &mut Marks) -> Option<&'static str> {
    let (end, flow) = whole_at(view, view.past(i))?;
    for t in i + 1..end {
        take(marks, t);
    }
    Some(whole_of(flow))
}

/// The direction of each growth and change.
fn directions(view: &View, figures: &mut [Figure], first: usize, marks: &mut Marks) {
    marks.direction = vec![None; marks.beside.len()];
    let mut last: Option<i8> = None;
    for i in 0..view.items.len() {
        if let Some(Class::Direction(sign, false)) = view.class(i)
            && !marks.taken.get(i).copied().unwrap_or(false)
        {
            last = Some(sign);
        }
        let Some(f) = view.figure(i) else { continue };
        let Some(figure) = figures.get(f) else { continue };
        if !matches!(figure.role, Role::Growth | Role::Change | Role::ShareChange) {
            continue;
        }
        let said = figure.modifiers.contains(&"plus") || figure.modifiers.contains(&"minus");
        let beside = marks.beside.get(f - first).copied().flatten();
        let beside_sign = beside.and_then(|b| marks.direction.get(b.wrapping_sub(first)).copied().flatten());
        let found = match () {
            () if said => Some(1),
            () => view
                .direction_behind(i)
                .or_else(|| view.back(i).and_then(|b| noun_direction(view, b)))
                .or_else(|| before(view, i))
                .or_else(|| noun_behind(view, i))
                .or(beside_sign)
                .or_else(|| bracket_outside(view, i, figure.bracketed))
                .or(last),
        };
        if let Some(slot) = marks.direction.get_mut(f - first) {
            *slot = found;
        }
    }
}

/// The nearest direction before a figure in its clause.
fn before(view: &View, i: usize) -> Option<i8> {
    let mut at = i;
    for _ in 0..12 {
        at = at.checked_sub(1)?;
        match view.class(at) {
            Some(Class::Direction(sign, _)) => return Some(sign),
            Some(Class::Flow(_) | Class::Did(_)) => return None,
            _ if view.figure(at).is_some() || view.breaks(at) => return None,
            _ => {}
        }
    }
    None
}

/// `a 14.4 % decrease`, `20 percent up`.
fn noun_behind(view: &View, i: usize) -> Option<i8> {
    for at in i + 1..i + 5 {
        match view.class(at) {
            Some(Class::Direction(sign, _)) => return Some(sign),
            Some(Class::Flow(_) | Class::Did(_) | Class::Joint(_)) => return None,
            _ if view.figure(at).is_some() || view.breaks(at) => return None,
            _ => {}
        }
    }
    None
}

/// Of a figure in brackets behind a level without direction: a direction behind the bracket.
fn bracket_outside(view: &View, i: usize, bracketed: bool) -> Option<i8> {
    bracketed.then_some(())?;
    let close = (i..i + 6).find(|c| view.closes(*c))?;
    match view.class(close + 1) {
        Some(Class::Direction(sign, true)) => Some(sign),
        _ => None,
    }
}

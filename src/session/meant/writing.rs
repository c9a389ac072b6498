//! A sentence as a query says it. In: what is asked, and what is known. Out: the text of a query, its clauses in the order
//! in which they are written; whether it has a meaning is for the caller to see.

use super::known::Known;
use super::sentence::{Joined, Sentence, Time};
use crate::plan::full;
use crate::plan::operator::Over;
use crate::syntax::format;
use crate::value::period::parse_fixed;

/// The text of a query.
pub fn text(sentence: &Sentence, known: &Known<'_>) -> Option<String> {
    let s = sentence;
    if s.series.is_empty() {
        let bare = s.all && s.ops.is_empty() && s.keys.is_empty() && s.chosen.is_empty();
        return s.dataset.as_ref().filter(|_| bare).map(|name| format!("describe {name}"));
    }
    let mut keys = s.keys.clone();
    let mut over = s.over.clone();
    if over.is_empty() && s.ops.iter().any(|op| needs_dimension(op, known)) && !keys.is_empty() {
        over.extend(keys.drain(..1));
    }
    let mut conditions: Vec<String> = s.chosen.iter().map(condition).collect();
    let shared = s.ops.first().is_some_and(|op| op == "share") && !s.chosen.is_empty() && (s.part || keys.is_empty());
    let mut out = match s.series.as_slice() {
        // A part of a whole.
        [(_, name)] if shared => {
            let part = format!("({} where {})", series(name), conditions.join(" and "));
            conditions.clear();
            format!("{part} as share of {}", series(name))
        }
        _ => expression(s, &over, known)?,
    };
    let mut say = |words: &str, what: String| out.push_str(&format!(" {words}{what}"));
    if !conditions.is_empty() {
        say("where ", conditions.join(" and "));
    }
    let time = time(s, known)?;
    if !keys.is_empty() {
        say("by ", keys.iter().map(|k| format::word(k)).collect::<Vec<_>>().join(", "));
    }
    if !time.is_empty() {
        say("", time);
    }
    if let Some(unit) = unit(&s.unit)? {
        say("in ", unit);
    }
    if let Some((period, number)) = &s.base {
        say("with ", format!("{period} = {number}"));
    }
    if let Some((sign, number)) = &s.when {
        say(
            "when it ",
            format!(
                "{sign} {number}{}",
                if number.ends_with(|c: char| c.is_ascii_digit()) { unit_of_answer(s, known) } else { String::new() }
            ),
        );
    }
    match (s.top, s.order) {
        (Some((n, bottom)), order) => {
            say(if bottom || order == Some(true) { "bottom " } else { "top " }, n.to_string())
        }
        (None, Some(smallest)) => say(if smallest { "smallest" } else { "largest" }, " first".into()),
        (None, None) => {}
    }
    if s.total {
        say("with ", "total".into());
    }
    let prefix = if s.plot {
        "plot "
    } else if s.explain {
        "explain "
    } else {
        ""
    };
    Some(format!("{prefix}{out}"))
}

fn series(name: &str) -> String {
    format::dotted(name)
}

fn needs_dimension(op: &str, known: &Known<'_>) -> bool {
    known.catalogue.operators.lookup(op).is_some_and(|(entry, _)| matches!(entry.over, Over::Needed))
        || known.catalogue.defined(op, |d| d.over.is_none()).is_some_and(|d| d.over.is_some())
}

/// The operators and what they apply to.
fn expression(s: &Sentence, over: &[String], known: &Known<'_>) -> Option<String> {
    let deflated = |name: &str| -> Option<String> {
        match (&s.deflator, s.real) {
            (Some(by), _) => Some(format!("{} deflated by {}", series(name), series(by))),
            (None, true) => Some(format!("{} deflated by {}", series(name), series(&known.deflator()?))),
            (None, false) => Some(series(name)),
        }
    };
    let names: Option<Vec<(Joined, String)>> =
        s.series.iter().map(|(joined, name)| Some((*joined, deflated(name)?))).collect();
    let names = names?;
    let mut head = String::new();
    for op in &s.ops {
        let uses = if needs_dimension(op, known) && !over.is_empty() {
            format!(" over {}", over.join(", "))
        } else {
            String::new()
        };
        head.push_str(&format!("{op}{uses} of "));
    }
    let beside = names.iter().all(|(joined, _)| *joined == Joined::Beside);
    if beside {
        return Some(names.iter().map(|(_, name)| format!("{head}{name}")).collect::<Vec<_>>().join(", "));
    }
    let mut out = String::new();
    for (place, (joined, name)) in names.iter().enumerate() {
        let sign = match joined {
            _ if place == 0 => "",
            Joined::Beside => return None,
            Joined::Plus => " + ",
            Joined::Minus => " - ",
            Joined::Over => " / ",
            Joined::ShareOf => " as share of ",
        };
        out.push_str(&if s.each { format!("{sign}{head}{name}") } else { format!("{sign}{name}") });
    }
    let several_signs = names.iter().any(|(j, _)| matches!(j, Joined::Plus | Joined::Minus))
        && names.iter().any(|(j, _)| matches!(j, Joined::Over | Joined::ShareOf));
    if several_signs {
        return None;
    }
    Some(if head.is_empty() || s.each { out } else { format!("{head}({out})") })
}

fn condition(chosen: &super::sentence::Chosen) -> String {
    let codes: Vec<String> = chosen.codes.iter().map(|c| format::code(c)).collect();
    let dim = format::word(&chosen.dim);
    match (codes.as_slice(), chosen.keep) {
        ([one], true) => format!("{dim} = {one}"),
        ([one], false) => format!("{dim} != {one}"),
        (several, true) => format!("{dim} among {{{}}}", several.join(", ")),
        (several, false) => format!("{dim} not among {{{}}}", several.join(", ")),
    }
}

/// The clause of the periods; nothing if they do not go together.
fn time(s: &Sentence, known: &Known<'_>) -> Option<String> {
    let periods = s.series.first().map(|(_, name)| known.periods(name)).unwrap_or_default();
    let whole = |step| full::periods(&periods, step);
    let ends = |time: &Time| -> Option<(String, String)> {
        match time {
            Time::At(p) => Some((p.clone(), p.clone())),
            Time::Ago(n, step) => {
                // By the calendar: a year of which a month is missing is one of them.
                let last = *whole(*step).last()?;
                let first = last.shift(1 - *n, *step)?;
                periods.iter().any(|p| first.contains(*p)).then(|| (first.to_string(), last.to_string()))
            }
            Time::ThisYear => {
                let (year, _) = periods.iter().max_by_key(|p| p.last())?.last_month();
                Some((format!("ytd {year}"), format!("ytd {year}")))
            }
        }
    };
    let of_step = |text: &str| parse_fixed(text).and_then(|p| p.freq());
    let edge = |p: &str, first: bool| {
        let whole = whole(of_step(p)?);
        let found = if first { whole.first() } else { whole.last() };
        found.map(ToString::to_string)
    };
    let range = |a: String, b: String| if a == b { format!("for {a}") } else { format!("from {a} to {b}") };
    let later = |p: &str, n: i32| {
        let found = parse_fixed(p)?;
        Some(found.shift(n, found.freq()?)?.to_string())
    };
    let from = match (&s.from, &s.after) {
        (Some(from), None) => Some(ends(from)?.0),
        (None, Some(after)) => Some(later(after, 1)?),
        (None, None) => None,
        _ => return None,
    };
    let to = match (&s.to, &s.before) {
        (Some(to), None) => Some(ends(to)?.1),
        (None, Some(before)) => Some(later(before, -1)?),
        (None, None) => None,
        _ => return None,
    };
    match (from, to, s.times.as_slice()) {
        (Some(a), Some(b), []) => Some(range(a, b)),
        (Some(a), None, []) => edge(&a, false).map(|b| range(a, b)),
        (None, Some(b), []) => edge(&b, true).map(|a| range(a, b)),
        (None, None, []) => Some(String::new()),
        (None, None, [one]) => ends(one).map(|(a, b)| range(a, b)),
        (Some(_), ..) | (_, Some(_), _) => None,
        (None, None, several) => {
            let found: Option<Vec<_>> = several.iter().map(|t| ends(t).and_then(|(a, _)| parse_fixed(&a))).collect();
            let found = found?;
            let (first, last) = (found.first()?, found.last()?);
            // Two ends of a comparison, or periods that follow one another.
            let step = first.freq().filter(|f| found.iter().all(|p| p.freq() == Some(*f)))?;
            let follow = found.windows(2).all(|w| matches!(w, [a, b] if a.shift(1, step) == Some(*b)));
            let compares =
                found.len() == 2 && s.ops.iter().any(|op| op.contains("growth") || op == "change" || op == "cagr");
            (follow || compares).then(|| range(first.to_string(), last.to_string()))
        }
    }
}

/// The words of a unit in the order in which they are written: the scale, then what is counted.
fn unit(words: &[String]) -> Option<Option<String>> {
    let scales = crate::value::Unit::words().collect::<Vec<_>>();
    let is_scale = |w: &&String| ["thousand", "mn", "bn", "tn", "hundred"].contains(&w.as_str()) || w.contains(' ');
    let scale: Vec<&String> = words.iter().filter(is_scale).collect();
    let base: Vec<&String> = words.iter().filter(|w| !is_scale(w)).collect();
    if words.is_empty() {
        return Some(None);
    }
    let known = base.iter().all(|w| !w.is_empty() && (scales.contains(&w.as_str()) || w.as_str() == "%"));
    (scale.len() <= 1 && base.len() <= 1 && known)
        .then(|| Some(scale.into_iter().chain(base).map(String::as_str).collect::<Vec<_>>().join(" ")))
}

/// The unit in which the answer is printed, for a number that is compared with it.
fn unit_of_answer(s: &Sentence, known: &Known<'_>) -> String {
    let relative = |op: &String| op.contains("growth") || op == "share" || op == "cagr";
    if s.ops.iter().any(relative) {
        return "%".into();
    }
    let [(_, name)] = s.series.as_slice() else { return String::new() };
    let found = known.catalogue.find(name);
    let own = found.first().and_then(|(source, m)| source.info().measures.get(*m)).map(|m| m.meaning.unit.to_string());
    let said = unit(&s.unit).flatten();
    said.or(own).map(|u| format!(" {u}")).unwrap_or_default()
}

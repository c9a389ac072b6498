//! Whether one answer is another, by value: however the query was written, and in whatever scale. In: two values. Out:
//! nothing, or the first thing that is another, in a sentence for the one who answered.

use crate::value::number::significant;
use crate::value::{Datum, Flags, Period, Row, Value, times_ten};
use std::collections::BTreeMap;

/// In what an answer differs from the one that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The rows are told apart by other dimensions.
    Dimension,
    /// The periods are others, or of another length.
    Period,
    /// The labels are others.
    Label,
    /// The unit cannot be converted into the one that was asked for.
    Unit,
    /// The numbers are of another kind: a growth for an amount.
    Kind,
    /// All of that is right, and the numbers are others.
    Value,
    /// The query has no answer.
    Error,
}

impl What {
    /// Each, with its word in a lesson.
    pub const WORDS: &'static [(&'static str, What)] = &[
        ("dimension", What::Dimension),
        ("period", What::Period),
        ("label", What::Label),
        ("unit", What::Unit),
        ("kind", What::Kind),
        ("value", What::Value),
        ("error", What::Error),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, what)| *what == self).map_or("", |(word, _)| word)
    }

    /// What a word says.
    pub fn parse(word: &str) -> Option<What> {
        Self::WORDS.iter().find(|(w, _)| *w == word).map(|(_, what)| *what)
    }
}

/// The names and labels of a row, its period aside.
type Labels = Vec<(String, String)>;

/// The rows that a question is about: what was added to them, a rest or a total, is no part of the answer.
fn rows(value: &Value) -> impl Iterator<Item = &Row> {
    value.rows.iter().filter(|r| !r.flags().has(Flags::REST) && !r.flags().has(Flags::TOTAL))
}

fn cells(value: &Value) -> BTreeMap<(Labels, Option<Period>), Datum> {
    let labels = |row: &Row| {
        let mut out: Labels =
            value.dims.iter().zip(row.key()).map(|(d, k)| (d.name.to_string(), d.label(*k).into())).collect();
        out.sort();
        out
    };
    rows(value).map(|row| ((labels(row), row.period()), row.datum())).collect()
}

fn names(value: &Value) -> Vec<String> {
    let mut out: Vec<String> = value.dims.iter().map(|d| d.name.to_string()).collect();
    out.sort();
    out
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        "no dimension".into()
    } else {
        names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
    }
}

/// The periods of an answer, in words.
fn periods(all: &[Period]) -> String {
    match all {
        [] => "no period".into(),
        [one] => one.to_string(),
        [first, .., last] => format!("{} periods, {first} to {last}", all.len()),
    }
}

/// What is another in `given` than in `wanted`.
pub fn differs(given: &Value, wanted: &Value) -> Option<(What, String)> {
    let (have, want) = (names(given), names(wanted));
    if have != want {
        let words = format!("the rows are by {}, and the question asks by {}", listed(&have), listed(&want));
        return Some((What::Dimension, words));
    }
    let (have, want) = (cells(given), cells(wanted));
    let times = |all: &BTreeMap<(Labels, Option<Period>), Datum>| {
        let mut out: Vec<Period> = all.keys().filter_map(|(_, p)| *p).collect();
        out.sort();
        out.dedup();
        out
    };
    let (at, asked) = (times(&have), times(&want));
    // One number may stand without its period.
    if at != asked && !(have.len() == 1 && want.len() == 1 && (at.is_empty() || asked.is_empty())) {
        let words = format!("the answer is for {}, and the question asks for {}", periods(&at), periods(&asked));
        return Some((What::Period, words));
    }
    let Some(power) = given.unit.power_to(&wanted.unit) else {
        let kinds = given.kind != wanted.kind;
        let said = |v: &Value| {
            if v.unit.is_plain() {
                format!("{}, a plain number", with_article(v))
            } else {
                format!("{} in {}", with_article(v), v.unit)
            }
        };
        let words = format!("the answer is {}, and the question asks for {}", said(given), said(wanted));
        return Some((if kinds { What::Kind } else { What::Unit }, words));
    };
    if have.len() == 1 && want.len() == 1 {
        let (x, y) = (have.values().next().copied(), want.values().next().copied());
        return if alike(x, y, power) { None } else { Some(other(given, wanted, x, y, power)) };
    }
    let absent = |from: &BTreeMap<_, _>, of: &BTreeMap<(Labels, Option<Period>), Datum>| {
        of.keys()
            .find(|k| !from.contains_key(*k))
            .map(|(labels, _)| labels.iter().map(|(_, l)| l.clone()).collect::<Vec<_>>().join(", "))
    };
    if let Some(label) = absent(&have, &want) {
        return Some((What::Label, format!("a row is not there: {label}")));
    }
    if let Some(label) = absent(&want, &have) {
        return Some((What::Label, format!("a row is there that was not asked for: {label}")));
    }
    let wrong = want.iter().find(|(key, y)| !alike(have.get(*key).copied(), Some(**y), power));
    wrong.map(|(key, y)| {
        let (what, words) = other(given, wanted, have.get(key).copied(), Some(*y), power);
        let about: Vec<String> = key.0.iter().map(|(_, l)| l.clone()).chain(key.1.map(|p| p.to_string())).collect();
        (what, format!("{}: {words}", about.join(", ")))
    })
}

/// A kind, as one speaks of one of it.
fn with_article(value: &Value) -> String {
    let word = value.kind.word();
    match word {
        "points" => word.to_string(),
        _ if word.starts_with(['a', 'e', 'i', 'o']) => format!("an {word}"),
        _ => format!("a {word}"),
    }
}

/// Whether two numbers are one, but for the order in which they were added up.
fn alike(x: Option<Datum>, y: Option<Datum>, power: i32) -> bool {
    match (x, y) {
        (Some(Ok(x)), Some(Ok(y))) => (times_ten(x, power) - y).abs() <= 1e-9 * y.abs().max(1e-9),
        (Some(Err(_)), Some(Err(_))) => true,
        _ => false,
    }
}

/// What is said of a number that is another: the right one is not told.
fn other(given: &Value, wanted: &Value, x: Option<Datum>, y: Option<Datum>, power: i32) -> (What, String) {
    if given.kind != wanted.kind {
        return (
            What::Kind,
            format!("the answer is {}, and the question asks for {}", with_article(given), with_article(wanted)),
        );
    }
    let words = match (x, y) {
        (Some(Ok(x)), Some(Ok(y))) => {
            let x = times_ten(x, power);
            let far = if x > y { "too large" } else { "too small" };
            format!("{} is {far}", format!("{} {}", significant(x, 6), wanted.unit).trim_end())
        }
        (Some(Err(reason)), _) => format!("there is no number: {}", reason.words()),
        _ => "there is a number where none can be".to_string(),
    };
    (What::Value, words)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;
    use crate::value::{Kind, Unit};

    fn scalar(x: f64, unit: &str, kind: Kind) -> Value {
        Value::scalar(x, Unit::parse(unit).unwrap(), kind)
    }

    #[test]
    fn a_value_is_the_same_in_any_scale_and_by_any_way() {
        let bn = scalar(1.5, "bn CNY", Kind::Flow);
        assert_eq!(differs(&scalar(1500.0, "mn CNY", Kind::Flow), &bn), None);
        assert_eq!(differs(&scalar(0.25, "", Kind::Ratio), &scalar(25.0, "%", Kind::Share)), None);
        let what = |v: Value| differs(&v, &bn).map(|(what, _)| what);
        assert_eq!(what(scalar(1.5, "bn USD", Kind::Flow)), Some(What::Unit));
        assert_eq!(what(scalar(1.6, "bn CNY", Kind::Flow)), Some(What::Value));
        assert_eq!(what(scalar(71.2, "%", Kind::Growth)), Some(What::Kind));
    }

    #[test]
    fn each_thing_has_a_word() {
        assert!(What::WORDS.iter().all(|(word, what)| What::parse(word) == Some(*what) && what.word() == *word));
    }
}

//! A story as JSON, as types: their fields are the contract. In: a story, findings, what the data say. Out: an object.

use super::figure::Figure;
use super::finding::{Finding, Kind};
use super::interval::Interval;
use super::known::of_quantity;
use super::marks::{Checked, mark};
use super::reading::Story;
use super::script;
use super::words::Comparison;
use serde::Serialize;

/// A story that was read.
#[derive(Serialize)]
pub struct Read<'a> {
    read: &'a str,
    date: Option<String>,
    reporter: Option<&'a str>,
    sentences: Vec<[usize; 2]>,
    figures: Vec<Said<'a>>,
    findings: Vec<Found<'a>>,
    /// What does not fit, or was read wrongly.
    doubts: Vec<Found<'a>>,
    script: String,
}

/// A figure.
#[derive(Serialize)]
struct Said<'a> {
    id: String,
    sentence: usize,
    span: [usize; 2],
    text: String,
    role: &'static str,
    value: Option<f64>,
    unit: Option<String>,
    low: Option<f64>,
    high: Option<f64>,
    rounding: f64,
    reporter: Option<&'a str>,
    flow: Option<&'static str>,
    product: &'a str,
    partner: &'a str,
    period: Option<String>,
    measure: &'static str,
    basis: Option<&'static str>,
    comparison: Option<String>,
    base_period: Option<String>,
    modifiers: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    whole: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    from: Ways,
    unresolved: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<&'a str>,
    mark: &'static str,
    query: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a str>,
}

/// How its attributes are known.
#[derive(Serialize)]
struct Ways {
    period: &'static str,
    flow: &'static str,
    product: &'static str,
    partner: &'static str,
}

/// A finding.
#[derive(Serialize)]
struct Found<'a> {
    kind: &'static str,
    relation: &'static str,
    figures: Vec<String>,
    computed: Option<[Option<f64>; 2]>,
    printed: Option<[Option<f64>; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    weak: bool,
    message: &'a str,
    script: Option<String>,
}

/// Places in characters from places in bytes, asked in any order.
struct Places(Vec<usize>);

impl Places {
    fn of(text: &str) -> Places {
        Places(text.char_indices().map(|(at, _)| at).collect())
    }

    fn at(&self, byte: usize) -> usize {
        self.0.partition_point(|at| *at < byte)
    }
}

fn number(x: f64) -> Option<f64> {
    x.is_finite().then(|| crate::value::number::significant(x, 12).parse().unwrap_or(x))
}

fn pair(interval: Option<Interval>) -> Option<[Option<f64>; 2]> {
    interval.map(|i| [number(i.low), number(i.high)])
}

fn id(i: usize) -> String {
    format!("f{}", i + 1)
}

fn comparison(figure: &Figure) -> Option<String> {
    let base = figure.base?;
    let Some(known) = figure.comparison else { return Some(format!("vs={base}")) };
    let word = match known {
        Comparison::Year => "yoy",
        Comparison::Month if figure.period.and_then(|p| p.months()) == Some(3) => "qoq",
        Comparison::Month => "mom",
        Comparison::Quarter => "qoq",
    };
    Some(word.to_string())
}

/// The object of a story.
pub fn of<'a>(name: &'a str, story: &'a Story, findings: &'a [Finding], checked: &'a [Checked]) -> Read<'a> {
    let places = Places::of(&story.plain);
    let text: Vec<char> = story.text.chars().collect();
    let figures = story.figures.iter().enumerate().map(|(i, f)| {
        let span = [places.at(f.start), places.at(f.end)];
        let (low, high) = f.bounds();
        let growing = f.base.is_some()
            && f.unit() != ""
            && !matches!(f.role, super::figure::Role::Level | super::figure::Role::Share);
        let check = checked.iter().find(|c| c.figure == i);
        Said {
            id: id(i),
            sentence: f.sentence,
            span,
            text: text.iter().skip(span[0]).take(span[1] - span[0]).collect(),
            role: f.role.word(),
            value: if f.reason.is_some() { None } else { number(f.value) },
            unit: Some(f.unit()).filter(|u| !u.is_empty()),
            low: low.and_then(number),
            high: high.and_then(number),
            rounding: number(f.half * 10f64.powi(f.ten)).unwrap_or(0.0),
            reporter: f.subject.reporter.as_deref(),
            flow: f.subject.flow_word(),
            product: &f.subject.product,
            partner: &f.subject.partner,
            period: f.period.map(|p| p.to_string()),
            measure: if f.is_quantity() || of_quantity(f) { "quantity" } else { "value" },
            basis: f.basis,
            comparison: growing.then(|| comparison(f)).flatten(),
            base_period: f.base.filter(|_| growing).map(|p| p.to_string()),
            modifiers: f.modifiers.iter().copied().filter(|m| *m != "quantity").collect(),
            whole: f.whole,
            reason: f.reason,
            from: Ways {
                period: f.from_period.word(),
                flow: f.from_subject[0].word(),
                product: f.from_subject[1].word(),
                partner: f.from_subject[2].word(),
            },
            unresolved: f.unresolved.iter().map(|(what, _)| *what).collect(),
            reasons: f.unresolved.iter().map(|(_, why)| why.as_str()).collect(),
            mark: mark(i, f, findings, checked).1,
            query: check.map(|c| c.query.as_str()),
            data: check.map(|c| c.said.as_str()),
        }
    });
    let found = |f: &'a Finding| Found {
        kind: f.kind.word(),
        relation: f.relation,
        figures: f.figures.iter().map(|i| id(*i)).collect(),
        computed: pair(f.computed),
        printed: pair(f.printed),
        unit: f.unit.as_deref(),
        mend: f.mend.as_deref(),
        weak: f.kind == Kind::Fits,
        message: &f.message,
        script: script::claim(name, story, f),
    };
    let doubtful = |f: &&Finding| f.kind == Kind::Doubtful;
    Read {
        read: name,
        date: story.date.map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}")),
        reporter: story.reporter.as_deref(),
        sentences: story.sentences.iter().map(|(a, b)| [places.at(*a), places.at(*b)]).collect(),
        figures: figures.collect(),
        findings: findings.iter().filter(|f| !doubtful(f)).map(found).collect(),
        doubts: findings.iter().filter(doubtful).map(found).collect(),
        script: script::script(name, story, findings),
    }
}

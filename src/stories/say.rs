//! Sentences for people on what was found. In: figures and relations. Out: words.

use super::figure::{Figure, Role};
use super::finding::{Kind, Mend};
use super::interval::Interval;
use super::relation::Relation;
use crate::value::number;

fn digits(x: f64) -> String {
    number::significant(x, if x.abs() >= 1000.0 { 6 } else { 4 })
}

/// An interval in the unit of a figure.
fn range(interval: Interval, figure: &Figure) -> String {
    let one = 10f64.powi(figure.ten);
    format!("{} to {} {}", digits(interval.low / one), digits(interval.high / one), figure.unit())
}

/// An interval as the relation prints its result.
fn shown(relation: &Relation, interval: Interval, last: &Figure) -> String {
    match relation.name {
        "growth" | "growth-from-change" | "growth-of-sum" => {
            let p = |x: f64| number::round_to((x - 1.0) * 100.0, 2, number::Rounding::HalfAway);
            format!("{} to {} %", p(interval.low), p(interval.high))
        }
        "share" => format!("{} to {} %", digits(interval.low), digits(interval.high)),
        "multiple" => format!("{} to {} times", digits(interval.low), digits(interval.high)),
        _ => range(interval, last),
    }
}

/// What stands where another number should.
pub fn instead(relation: &Relation, last: &Figure) -> String {
    format!("{}, not {}", shown(relation, relation.computed, last), last.words())
}

fn name(relation: &str) -> &str {
    match relation {
        "balance" => "exports less imports",
        "trade" => "exports and imports together",
        "growth" => "the growth",
        "change" => "the change",
        "growth-from-change" => "the growth from the change",
        "growth-of-sum" => "the growth of both together",
        "share" => "the share",
        "multiple" => "the multiple",
        "sum" => "the sum of the parts",
        "change-of-balance" => "the change of the balance",
        "sum-of-changes" => "the sum of the changes",
        other => other,
    }
}

/// What came of a relation.
pub fn relation(figures: &[Figure], relation: &Relation, kind: Kind, mend: Option<&Mend>) -> String {
    let Some(last) = relation.figures.last().and_then(|f| figures.get(*f)) else { return String::new() };
    let computed = shown(relation, relation.computed, last);
    let head = format!("{}: {} is {computed}", name(relation.name), relation.formula);
    match kind {
        Kind::Follows => format!("{head}; {} follows", last.words()),
        Kind::Fits => format!("{head}; {} fits, within a wide margin", last.words()),
        Kind::Doubtful => format!("{head}, not {}: these do not fit, or they were read wrongly", last.words()),
        _ => {
            let mend = mend.filter(|m| m.is_slip).map(|m| format!(": {}", m.words)).unwrap_or_default();
            format!("{head}; {} cannot be printed beside that{mend}", last.words())
        }
    }
}

/// Said twice.
pub fn twice(a: &Figure, b: &Figure, kind: Kind) -> String {
    match kind {
        Kind::Follows => format!("{} is said twice and agrees", a.words()),
        Kind::Contradicts => format!(
            "{} in the first sentence and {} in sentence {} cannot both be printed",
            a.words(),
            b.words(),
            b.sentence
        ),
        _ => format!(
            "{} in sentence {} and {} in sentence {} do not agree, or are not of the same",
            a.words(),
            a.sentence,
            b.words(),
            b.sentence
        ),
    }
}

/// A part larger than its whole.
pub fn part(part: &Figure, whole: &Figure) -> String {
    let time = |f: &Figure| f.period.map(|p| p.to_string()).unwrap_or_default();
    format!("{} for {} is more than {} for {}, which holds it", part.words(), time(part), whole.words(), time(whole))
}

/// An implied rate.
pub fn rate(a: &Figure, b: &Figure, rate: Interval, unit: &str) -> String {
    format!("{} for {} implies {} to {} {unit}", a.words(), b.words(), digits(rate.low), digits(rate.high))
}

/// Two rates that are not one.
pub fn rates(a: Interval, b: Interval, unit: &str) -> String {
    format!(
        "two pairs of amounts of one time imply {} to {} and {} to {} {unit}",
        digits(a.low),
        digits(a.high),
        digits(b.low),
        digits(b.high)
    )
}

/// Times that are not alike.
pub fn unlike(a: &Figure, b: &Figure) -> String {
    let of = |f: &Figure| {
        let months = f.period.and_then(|p| p.months()).unwrap_or(0);
        format!("{} is of {months} months ({})", f.words(), f.period.map(|p| p.to_string()).unwrap_or_default())
    };
    format!("{}, {}: they are not to be compared as they stand", of(a), of(b))
}

/// A level far from another.
pub fn jump(a: &Figure, b: &Figure) -> String {
    let q = (a.amount() / b.amount()).abs();
    let q = if q < 1.0 { 1.0 / q } else { q };
    format!(
        "{} and {} of one series are a factor of {} apart: a scale may be wrong",
        a.words(),
        b.words(),
        number::significant(q, 2)
    )
}

/// What must not be guessed.
pub fn refused(figure: &Figure) -> String {
    match figure.reason {
        Some("missing-scale") => {
            format!("{} has no scale, such as billion, while other amounts have one: it is not guessed", figure.words())
        }
        Some("ambiguous-thousands-separator") => "points may part thousands or decimals here: it is not guessed".into(),
        _ => format!("{} is not read", figure.words()),
    }
}

/// What a figure was taken to be.
pub fn taken(figure: &Figure) -> String {
    let s = &figure.subject;
    let mut out = match figure.role {
        Role::Level => String::new(),
        Role::Growth => "growth of ".into(),
        Role::Change => "change of ".into(),
        Role::Share => "share of ".into(),
        Role::ShareChange => "change of the share of ".into(),
        Role::Multiple => "multiple of ".into(),
        Role::Refused => return "not read".into(),
        Role::Other => return "no figure of trade".into(),
    };
    out.push_str(s.flow_word().unwrap_or("an unknown flow"));
    if !matches!(s.product.as_str(), "goods") {
        out.push_str(&format!(" of {}", s.product.replace('_', " ")));
    }
    if s.partner != "world" {
        let with = match s.flow_word() {
            Some("exports") => "to",
            Some("imports") => "from",
            _ => "with",
        };
        let partner = s.partner.strip_prefix("NON-").map_or(s.partner.clone(), |p| format!("all but {p}"));
        out.push_str(&format!(" {with} {partner}"));
    }
    match figure.period {
        Some(period) => out.push_str(&format!(", {period}")),
        None => out.push_str(", time unknown"),
    }
    if let Some(base) = figure.base.filter(|_| figure.role != Role::Level) {
        out.push_str(&format!(" on {base}"));
    }
    match figure.whole {
        Some("cover") => out.push_str(", exports as a part of imports"),
        Some("trade") => out.push_str(", of trade"),
        Some("imports") => out.push_str(", of imports"),
        Some(_) => out.push_str(", of the total"),
        None => {}
    }
    if let Some(basis) = figure.basis {
        out.push_str(match basis {
            "sa" => ", adjusted",
            "real" => ", in real terms",
            "forecast" => ", expected",
            _ => ", no longer so",
        });
    }
    out
}

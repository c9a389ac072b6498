//! The gate: which figures that do not fit may be called a contradiction, and what would mend it. A wrong reading looks like
//! one, so only what is told in full and is near, or is mended by one simple slip, passes. In: a relation that fails. Out:
//! a verdict.

use super::figure::{Figure, Role, Source};
use super::finding::Mend;
use super::relation::{Relation, factor, span};

/// Whether what a figure is of is told near enough.
fn is_told(figure: &Figure) -> bool {
    let near = |s: Source| matches!(s, Source::Said | Source::Beside | Source::Default | Source::Carried(0 | 1));
    near(figure.from_period) && near(figure.from_subject[0])
}

/// The slip that would explain a relation that fails.
pub fn mend(figures: &[Figure], relation: &Relation) -> Option<Mend> {
    let (computed, printed) = (relation.computed, relation.printed);
    let last = relation.figures.last().and_then(|f| figures.get(*f))?;
    let amounts =
        matches!(relation.name, "balance" | "trade" | "sum" | "change" | "change-of-balance" | "sum-of-changes");
    // The other sign.
    if matches!(relation.name, "balance" | "change" | "change-of-balance") {
        let turned = super::interval::Interval::new(-printed.low, -printed.high);
        let near = (turned.middle() / computed.middle() - 1.0).abs() <= 0.1;
        if near {
            let word = if computed.middle() < 0.0 { "a deficit, not a surplus" } else { "a surplus, not a deficit" };
            let words = if last.role == Role::Change { "the other direction".into() } else { word.to_string() };
            return Some(Mend { words, is_slip: true });
        }
    }
    // A part of its whole, ten to a thousand times too large or small.
    if amounts {
        let parts: Vec<&Figure> = relation.figures.iter().filter_map(|f| figures.get(*f)).collect();
        for figure in &parts {
            // `万亿` for `亿` is four.
            for power in [-4, -3, -2, -1, 1, 2, 3, 4] {
                let moved = figure.amount() * 10f64.powi(power);
                let result = std::ptr::eq(*figure, last);
                // What the others leave for it.
                let needed = if result { computed.middle() } else { needed(relation, figures, figure) };
                if needed != 0.0 && (moved / needed - 1.0).abs() <= 0.02 && (power.abs() > 1 || last.value != 0.0) {
                    let words = format!("{} should be {}", figure.words(), moved_words(figure, power));
                    return Some(Mend { words, is_slip: true });
                }
            }
        }
        // The same number in two times.
        for (n, figure) in parts.iter().enumerate() {
            let again = parts.iter().enumerate().any(|(m, other)| m != n && twin_number(figure, other));
            let elsewhere =
                relation.figures.first().and_then(|_| near(figures, relation)).unwrap_or(&[]).iter().find(|other| {
                    other.period != figure.period
                        && other.subject == figure.subject
                        && other.role == figure.role
                        && twin_number(figure, other)
                });
            if again || elsewhere.is_some() {
                let words = format!("{} stands for two times", figure.words());
                return Some(Mend { words, is_slip: true });
            }
        }
    }
    if let Some(words) = turned_digits(figures, relation, last, amounts) {
        return Some(Mend { words, is_slip: true });
    }
    if relation.name == "growth" {
        let parts: Vec<&Figure> = relation.figures.iter().take(2).filter_map(|f| figures.get(*f)).collect();
        if let [a, b] = parts.as_slice()
            && twin_number(a, b)
        {
            return Some(Mend { words: format!("{} stands for two times", a.words()), is_slip: true });
        }
    }
    Some(Mend { words: super::say::instead(relation, last), is_slip: false })
}

/// The first two digits of one figure that changed places: `91.2 %` for 19.2 %, `32,279` for 23,279.
fn turned_digits(figures: &[Figure], relation: &Relation, last: &Figure, amounts: bool) -> Option<String> {
    let words =
        |from: &Figure, to: &Figure| format!("{} should be {}: two digits changed places", from.words(), to.words());
    let is_growth = matches!(relation.name, "growth" | "growth-from-change");
    if is_growth && last.compared || amounts || relation.name == "share" {
        let other = turned(last);
        let printed = |f: &Figure| if is_growth { factor(f) } else { span(f) };
        if let Some(other) = other.filter(|o| printed(o).meets(relation.computed)) {
            return Some(words(last, &other));
        }
    }
    // Of operands only where each stands by itself.
    if !matches!(relation.name, "balance" | "trade" | "sum") {
        return None;
    }
    let slack = (relation.computed.width() + relation.printed.width()) / 2.0;
    let operands = relation.figures.iter().rev().skip(1).filter_map(|f| figures.get(*f));
    operands.filter_map(|f| turned(f).map(|o| (f, o))).find_map(|(figure, other)| {
        let needed = needed(relation, figures, figure);
        ((other.amount() - needed).abs() <= slack * (1.0 + 1e-9)).then(|| words(figure, &other))
    })
}

/// A figure of at least three digits with its first two the other way round.
fn turned(figure: &Figure) -> Option<Figure> {
    let text = format!("{:.*}", figure.places(), figure.value.abs());
    let digits: Vec<usize> = text.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at).collect();
    let [a, b, _, ..] = digits.as_slice() else { return None };
    let mut bytes = text.clone().into_bytes();
    let zero = bytes.get(*a) == Some(&b'0') || bytes.get(*b) == Some(&b'0');
    bytes.swap(*a, *b);
    let value: f64 = String::from_utf8(bytes).ok()?.parse().ok()?;
    let differs = value != figure.value.abs() && !zero;
    differs.then(|| Figure { value: value.copysign(figure.value), ..figure.clone() })
}

/// Figures around those of a relation.
fn near<'a>(figures: &'a [Figure], relation: &Relation) -> Option<&'a [Figure]> {
    const AROUND: usize = 40;
    let (low, high) = (relation.figures.iter().min()?, relation.figures.iter().max()?);
    figures.get(low.saturating_sub(AROUND)..(high + AROUND).min(figures.len()))
}

fn twin_number(a: &Figure, b: &Figure) -> bool {
    a.role == Role::Level
        && b.role == Role::Level
        && a.period != b.period
        && a.value == b.value
        && a.ten == b.ten
        && a.measure == b.measure
}

/// What an operand would have to be.
fn needed(relation: &Relation, figures: &[Figure], figure: &Figure) -> f64 {
    let sign = if relation.name == "balance"
        && relation.figures.get(1).and_then(|f| figures.get(*f)).is_some_and(|f| std::ptr::eq(f, figure))
    {
        -1.0
    } else {
        1.0
    };
    let rest = relation.computed.middle() - sign * figure.amount();
    sign * (relation.printed.middle() - rest)
}

fn moved_words(figure: &Figure, power: i32) -> String {
    let ten = figure.ten + if power.abs() == 3 { power } else { 0 };
    let value = if power.abs() == 3 { figure.value } else { figure.value * 10f64.powi(power) };
    let half = if power.abs() == 3 { figure.half } else { figure.half * 10f64.powi(power) };
    Figure { ten, value, half, ..figure.clone() }.words()
}

/// Whether a relation that fails may be called a contradiction.
pub fn passes(figures: &[Figure], relation: &Relation, mend: Option<&Mend>) -> bool {
    let operands: Vec<&Figure> = relation.figures.iter().filter_map(|f| figures.get(*f)).collect();
    if !operands.iter().all(|f| is_told(f)) {
        return false;
    }
    if mend.is_some_and(|m| m.is_slip) {
        return true;
    }
    let (computed, printed) = (relation.computed, relation.printed);
    // What was cut off and not rounded is off by a whole unit of its last digit.
    let cut: f64 = operands.iter().rev().skip(1).map(|f| f.half * 10f64.powi(f.ten)).sum();
    let sums = matches!(relation.name, "balance" | "trade" | "sum" | "change" | "change-of-balance" | "sum-of-changes");
    let loose = super::interval::Interval { low: computed.low - cut, high: computed.high + cut };
    if sums && loose.meets(printed) {
        return false;
    }
    match relation.name {
        // The two factors: near each other, and both growths of the same direction or nearly so.
        "growth" | "growth-from-change" => {
            let far = (computed.middle() - printed.middle()).abs();
            let compared = operands.last().is_some_and(|g| g.compared);
            compared && far <= 0.2 * (printed.middle() - 1.0).abs().max(0.02)
        }
        "growth-of-sum" => false,
        "share" => (computed.middle() / printed.middle() - 1.0).abs() <= 0.1,
        "multiple" => false,
        _ => (computed.middle() / printed.middle() - 1.0).abs() <= 0.2,
    }
}

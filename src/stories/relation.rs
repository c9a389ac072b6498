//! A relation between figures: two sides that should be one number, as intervals. In: figures. Out: both sides. Judges nothing.

use super::figure::Figure;
use super::interval::Interval;

/// Two sides that should be one number.
#[derive(Clone, Debug)]
pub struct Relation {
    /// `balance`, `growth`.
    pub name: &'static str,
    /// The figures: operands first, the printed result last.
    pub figures: Vec<usize>,
    /// What the operands give.
    pub computed: Interval,
    /// What is printed.
    pub printed: Interval,
    /// The arithmetic in words of the language.
    pub formula: String,
    /// How the result is printed, for a claim.
    pub result: String,
    /// One number of the printed unit in those of the interval.
    pub one: f64,
}

/// The most restatements of one operand that are tried.
const MOST: usize = 4;

/// What a figure may be, whatever stands open.
pub fn span(figure: &Figure) -> Interval {
    let (low, high) = figure.rounded();
    Interval::new(low, high)
}

/// One plus a growth.
pub fn factor(figure: &Figure) -> Interval {
    span(figure).times(0.01).moved(1.0)
}

/// The operands that fit best: of several restatements the one whose sides meet, else the first.
pub(super) fn best(candidates: Vec<Relation>) -> Option<Relation> {
    let mut candidates = candidates.into_iter();
    let first = candidates.next()?;
    if first.computed.meets(first.printed) {
        return Some(first);
    }
    candidates.find(|c| c.computed.meets(c.printed)).or(Some(first))
}

pub(super) fn amount(figure: &Figure) -> String {
    let (number, unit) = (figure.number(), figure.unit());
    let text = format!("{number} {unit}");
    if figure.value < 0.0 { format!("({text})") } else { text }
}

pub(super) fn result(figure: &Figure) -> String {
    format!("{} {}", figure.number(), figure.unit())
}

pub(super) fn one(figure: &Figure) -> f64 {
    10f64.powi(figure.ten)
}

pub(super) fn take<'b>(list: &'b [usize]) -> impl Iterator<Item = usize> + 'b {
    list.iter().copied().take(MOST)
}

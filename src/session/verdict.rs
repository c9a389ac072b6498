//! Whether one number is another, as it was printed, and what is to be told of it. A printed value stands for everything
//! that rounds to it. Evaluates nothing.

use crate::diagnostic::{Diagnostic, codes, words};
use crate::pause::paced;
use crate::span::{Span, Spanned};
use crate::syntax::ast::{Comparison, ExprNode, Literal};
use crate::syntax::{Fault, format};
use crate::value::number::{self, Decimal, Rounding};
use crate::value::{Datum, Row, Unit, Value};

/// What came of a check.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Whether the statement is an assertion.
    pub must_hold: bool,
    /// Whether it holds; `None` where it cannot be checked, as where data are missing.
    pub holds: Option<bool>,
    /// The answer, in the unit of the printed value; `None` when missing, or where there are several.
    pub actual: Option<f64>,
    /// What was expected, as it is written.
    pub expected: String,
    /// The expected number.
    pub printed: Option<f64>,
    /// The unit of both numbers.
    pub unit: String,
    /// The answer, written as the expected value is.
    pub would_print: String,
    /// The least and the greatest that the answer may be, where amounts of the claim carry their rounding.
    pub allowed: Option<(f64, f64)>,
    /// How many cells were compared.
    pub cells: usize,
    /// Those that do not hold, or cannot be told.
    pub failed: Vec<Failed>,
    /// Where it was printed.
    pub citing: Option<String>,
}

/// How near is near enough.
#[derive(Clone, Copy, Debug)]
pub(super) enum Near {
    /// What would be printed so.
    Printed,
    /// No difference at all.
    Exactly,
    /// At most so far, in the unit of the printed value.
    Within(f64),
}

/// A cell of a comparison that does not hold.
#[derive(Clone, Debug)]
pub struct Failed {
    /// Its labels, by dimension.
    pub labels: Vec<(String, String)>,
    /// Its period.
    pub period: Option<String>,
    /// The left side.
    pub actual: Datum,
    /// The right side.
    pub expected: Datum,
    /// The comparison.
    sign: &'static str,
}

impl Failed {
    /// A cell by its labels and period, of which nothing else is known yet.
    pub(super) fn about(value: &Value, row: &Row) -> Failed {
        let labels = value.dims.iter().zip(row.key()).map(|(d, k)| (d.name.to_string(), d.label(*k).to_string()));
        let period = row.period().map(|p| p.to_string());
        Failed { labels: labels.collect(), period, actual: Ok(0.0), expected: Ok(1.0), sign: "" }
    }

    /// `JPN, 2023: 5 < 4`
    pub fn words(&self) -> String {
        let labels = self.labels.iter().map(|(_, label)| label.clone());
        let about = labels.chain(self.period.clone()).collect::<Vec<_>>().join(", ");
        if self.sign.is_empty() {
            return about;
        }
        let number = |d: Datum| match d {
            Ok(x) => number::significant(x, 6),
            Err(reason) => reason.words().to_string(),
        };
        format!("{about}: {} {} {}", number(self.actual), self.sign, number(self.expected))
    }
}

impl Verdict {
    /// The range that the rounding of typed amounts allows.
    pub fn allowed_words(&self) -> Option<String> {
        let (a, b) = self.allowed?;
        Some(
            format!("{} to {} {}", number::significant(a, 9), number::significant(b, 9), self.unit)
                .trim_end()
                .to_string(),
        )
    }
}

fn with_unit(number: &str, literal: &Literal, span: Span) -> String {
    let literal = Literal { number: number.to_string(), unit: literal.unit.clone() };
    format::expr(&Spanned::new(ExprNode::Number(literal), span))
}

pub(super) fn parsed(number: &str, span: Span) -> Result<f64, Vec<Fault>> {
    let bad = || vec![Box::new(Diagnostic::new(&codes::SYNTAX, span, format!("`{number}` is not a number")))];
    number.parse().ok().filter(|x: &f64| x.is_finite()).ok_or_else(bad)
}

/// A printed value that cannot be checked, and why.
pub(super) fn unchecked(literal: &Literal, why: &str, span: Span) -> Result<Verdict, Vec<Fault>> {
    let printed = Some(parsed(&literal.number, span)?);
    let expected = with_unit(&literal.number, literal, span);
    let unit = literal.unit.clone();
    Ok(Verdict { expected, printed, unit, would_print: format!("nothing ({why})"), cells: 1, ..Verdict::default() })
}

/// Whether the answer is the printed value; `typed` is the least and the greatest that it may be.
pub(super) fn against(
    literal: &Literal,
    near: Near,
    actual: Datum,
    typed: Option<(f64, f64)>,
    span: Span,
) -> Result<Verdict, Vec<Fault>> {
    let printed = parsed(&literal.number, span)?;
    let actual = match actual {
        Ok(x) => x,
        Err(reason) => return unchecked(literal, reason.words(), span),
    };
    let exponent = literal.number.contains(['e', 'E']);
    let places = if exponent { 0 } else { literal.number.split_once('.').map_or(0, |(_, f)| f.len()) };
    let rounded = number::round_to(actual, places, Rounding::HalfAway);
    let same = match (Decimal::parse(&rounded), Decimal::parse(&literal.number)) {
        (Some(x), Some(y)) => {
            x.places.max(y.places) <= 9 && x.rescale(x.places.max(y.places)) == y.rescale(x.places.max(y.places))
        }
        _ => rounded.parse() == Ok(printed),
    };
    let within = match near {
        Near::Printed => 0.5 * 10f64.powi(-i32::try_from(places).unwrap_or(0)),
        Near::Exactly => 0.0,
        Near::Within(by) => by,
    };
    let holds = match near {
        Near::Printed => same,
        Near::Exactly => actual == printed || number::significant(actual, 15).parse() == Ok(printed),
        Near::Within(_) => (actual - printed).abs() <= within * (1.0 + 1e-12),
    };
    let slack = 1e-9 * printed.abs().max(within);
    let tidy = |x: f64| number::significant(x, 12).parse().unwrap_or(x);
    let typed = typed.map(|(a, b)| (tidy(a), tidy(b)));
    let may = typed.is_some_and(|(a, b)| a <= printed + within + slack && b >= printed - within - slack);
    Ok(Verdict {
        holds: Some(holds || may),
        actual: Some(actual),
        expected: with_unit(&literal.number, literal, span),
        printed: Some(printed),
        unit: literal.unit.clone(),
        would_print: with_unit(&rounded, literal, span),
        allowed: typed.filter(|_| !holds),
        cells: 1,
        ..Verdict::default()
    })
}

/// Whether all cells of comparisons hold.
pub(super) fn of_truths(value: &Value) -> Verdict {
    let datum = |row: &Row| row.datum();
    let failing = paced(&value.rows).filter(|r| datum(r) != Ok(1.0));
    let failed: Vec<Failed> = failing.map(|r| Failed { actual: datum(r), ..Failed::about(value, r) }).collect();
    let no = failed.iter().any(|f| f.actual.is_ok());
    let holds = if no { Some(false) } else { (failed.is_empty() && !value.rows.is_empty()).then_some(true) };
    let would_print = match holds {
        Some(true) => "yes".to_string(),
        Some(false) => "no".to_string(),
        None => nothing(failed.first()),
    };
    Verdict {
        holds,
        actual: holds.map(|h| f64::from(u8::from(h))),
        expected: "yes".into(),
        printed: Some(1.0),
        would_print,
        cells: value.rows.len(),
        failed,
        ..Verdict::default()
    }
}

/// Why there is nothing to compare.
fn nothing(first: Option<&Failed>) -> String {
    let reason = first.and_then(|f| f.actual.err().or(f.expected.err()));
    reason.map_or("there is nothing to compare".into(), |reason| format!("nothing ({})", reason.words()))
}

/// Whether a comparison holds in every cell.
pub(super) fn of_cells(op: Comparison, unit: &Unit, cells: impl Iterator<Item = (Failed, Datum, Datum)>) -> Verdict {
    let (mut count, mut failed, mut last) = (0, Vec::new(), None);
    for (about, actual, expected) in cells {
        count += 1;
        last = Some((actual, expected));
        let holds = matches!((actual, expected), (Ok(x), Ok(y)) if op.holds(x, y));
        if !holds {
            failed.push(Failed { actual, expected, sign: op.sign(), ..about });
        }
    }
    let no = failed.iter().any(|f| f.actual.is_ok() && f.expected.is_ok());
    let holds = if no { Some(false) } else { (failed.is_empty() && count > 0).then_some(true) };
    let (a, b) = last.filter(|_| count == 1).map_or((None, None), |(a, b)| (Some(a), Some(b)));
    let written = |d: Datum| match d {
        Ok(x) => format!("{} {unit}", number::significant(x, 6)).trim_end().to_string(),
        Err(reason) => format!("nothing ({})", reason.words()),
    };
    let would_print = match (holds, a) {
        (None, _) => nothing(failed.first()),
        (_, Some(a)) => written(a),
        (Some(true), None) => format!("in {}", words::counted(count, "cell")),
        (Some(false), None) => format!("in {}", words::part_of(count - failed.len(), count, "cell")),
    };
    let expected = b.map_or("in every cell".to_string(), |b| format!("{} {}", op.sign(), written(b)));
    Verdict {
        holds,
        actual: a.and_then(Result::ok),
        expected,
        printed: b.and_then(Result::ok),
        unit: unit.to_string(),
        would_print,
        cells: count,
        failed,
        ..Verdict::default()
    }
}

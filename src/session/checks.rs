//! `assert` and `claim`: an answer against a printed value or another answer. A printed value stands for everything
//! that rounds to it.

use super::{Body, Mode, Response, Session, Verdict};
use crate::diagnostic::{Diagnostic, codes};
use crate::span::{Span, Spanned};
use crate::syntax::Fault;
use crate::syntax::ast::{Check, Comparison, Literal, Query, Test, Tolerance};
use crate::syntax::format;
use crate::syntax::units::parse_unit;
use crate::value::number::{self, Decimal, Rounding};
use crate::value::{Datum, Unit, Value, times_ten};

/// Runs a check.
pub(super) fn run(
    session: &mut Session,
    check: &Check,
    must_hold: bool,
    mode: Mode,
    response: &mut Response,
) -> Result<Body, Vec<Fault>> {
    let one = |f: Diagnostic| vec![Box::new(f)];
    let citing = check.citing.as_ref().map(|c| c.node.clone());
    let span = query_span(&check.query);
    match &check.test {
        Some(Test::Is { value: literal, tolerance }) => {
            let unit = parse_unit(&Spanned::new(literal.node.unit.clone(), literal.span), &codes::UNIT_MISMATCH)
                .map_err(|f| vec![f])?;
            let (Some(value), _) = session.answer(&check.query, mode, false, response)? else {
                return Ok(Body::Done(String::new()));
            };
            let Some(row) = value.single() else {
                let message = format!("a check is about one number, and this gives {}", value.rows.len());
                return Err(one(Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message)));
            };
            let Some(power) =
                checked_against(&value.unit, &unit).filter(|p| *p == 0 || !unit.is_plain() || value.unit.is_plain())
            else {
                let message = format!(
                    "the answer is in {} and the printed value in {}",
                    unit_words(&value.unit),
                    unit_words(&unit)
                );
                let fault = Diagnostic::new(&codes::UNIT_MISMATCH, literal.span, message)
                    .here(unit_words(&unit))
                    .label(span, unit_words(&value.unit));
                return Err(one(fault));
            };
            let actual = row.cell.datum.map(|x| times_ten(x, power));
            let verdict = against(&literal.node, tolerance, actual, literal.span)?;
            finish(Verdict { must_hold, citing, ..verdict }, value, span, response)
        }
        Some(Test::Compare { op, right }) => {
            let (Some(left), _) = session.answer(&check.query, mode, false, response)? else {
                session.answer(right, mode, false, response)?;
                return Ok(Body::Done(String::new()));
            };
            let (Some(other), _) = session.answer(right, mode, false, response)? else {
                return Ok(Body::Done(String::new()));
            };
            let (Some(a), Some(b)) = (left.single(), other.single()) else {
                let message = "a comparison is between two numbers; one of the sides gives more";
                return Err(one(Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message)));
            };
            let Some(power) = other.unit.power_to(&left.unit) else {
                let message = format!("{} cannot be compared with {}", unit_words(&left.unit), unit_words(&other.unit));
                return Err(one(Diagnostic::new(&codes::UNIT_MISMATCH, span, message)
                    .label(query_span(right), unit_words(&other.unit))));
            };
            let bound = b.cell.datum.map(|x| times_ten(x, power));
            let verdict = compared(*op, a.cell.datum, bound, &left.unit);
            finish(Verdict { must_hold, citing, ..verdict }, left, span, response)
        }
        None => {
            let (Some(value), _) = session.answer(&check.query, mode, false, response)? else {
                return Ok(Body::Done(String::new()));
            };
            if value.kind != crate::value::Kind::Truth {
                let message = "a check needs what to check against: `is VALUE`, or a comparison";
                return Err(one(Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message)));
            }
            let holds = !value.rows.is_empty() && value.rows.iter().all(|r| r.cell.datum == Ok(1.0));
            let verdict = Verdict {
                must_hold,
                holds,
                actual: Some(f64::from(u8::from(holds))),
                expected: "yes".into(),
                printed: Some(1.0),
                would_print: if holds { "yes".into() } else { "no".into() },
                citing,
            };
            finish(verdict, value, span, response)
        }
    }
}

fn finish(verdict: Verdict, value: Value, span: Span, response: &mut Response) -> Result<Body, Vec<Fault>> {
    if !verdict.holds {
        let (code, what) = if verdict.must_hold {
            (&codes::ASSERTION_FAILED, "the assertion")
        } else {
            (&codes::CLAIM_INCONSISTENT, "the claim")
        };
        let message = format!(
            "{what} does not hold: {} would print {}, not {}",
            "the data", verdict.would_print, verdict.expected
        );
        response.diagnostics.push(Diagnostic::new(code, span, message).here(verdict.would_print.clone()));
    }
    Ok(Body::Checked(value, verdict))
}

/// Whether the answer is the printed value.
fn against(literal: &Literal, tolerance: &Tolerance, actual: Datum, span: Span) -> Result<Verdict, Vec<Fault>> {
    let bad = |n: &str| vec![Box::new(Diagnostic::new(&codes::SYNTAX, span, format!("`{n}` is not a number")))];
    let printed: f64 =
        literal.number.parse().ok().filter(|x: &f64| x.is_finite()).ok_or_else(|| bad(&literal.number))?;
    let exponent = literal.number.contains(['e', 'E']);
    let places = if exponent { 0 } else { literal.number.split_once('.').map_or(0, |(_, f)| f.len()) };
    let rounded = actual.map(|x| number::round_to(x, places, Rounding::HalfAway));
    let same = |a: &str| match (Decimal::parse(a), Decimal::parse(&literal.number)) {
        (Some(x), Some(y)) => {
            x.places.max(y.places) <= 9 && x.rescale(x.places.max(y.places)) == y.rescale(x.places.max(y.places))
        }
        _ => a.parse() == Ok(printed),
    };
    let holds = match (tolerance, actual, &rounded) {
        (Tolerance::Printed, Ok(_), Ok(text)) => same(text),
        (Tolerance::Exactly, Ok(x), _) => x == printed || number::significant(x, 15).parse() == Ok(printed),
        (Tolerance::Within(by), Ok(x), _) => {
            let by: f64 = by.node.number.parse().map_err(|_| bad(&by.node.number))?;
            (x - printed).abs() <= by * (1.0 + 1e-12)
        }
        _ => false,
    };
    let unit = |n: &str| {
        format::expr(&Spanned::new(
            crate::syntax::ast::ExprNode::Number(Literal { number: n.to_string(), unit: literal.unit.clone() }),
            span,
        ))
    };
    let would_print = match (&rounded, actual) {
        (Ok(text), _) => unit(text),
        (_, Err(reason)) => format!("nothing ({})", reason.words()),
        (Err(reason), _) => reason.words().to_string(),
    };
    Ok(Verdict {
        must_hold: false,
        holds,
        actual: actual.ok(),
        expected: unit(&literal.number),
        printed: Some(printed),
        would_print,
        citing: None,
    })
}

fn compared(op: Comparison, a: Datum, b: Datum, unit: &Unit) -> Verdict {
    let holds = matches!((a, b), (Ok(x), Ok(y)) if op.holds(x, y));
    let words = |d: Datum| match d {
        Ok(x) => format!("{} {unit}", number::significant(x, 6)).trim_end().to_string(),
        Err(reason) => format!("nothing ({})", reason.words()),
    };
    let expected = format!("{} {}", op.sign(), words(b));
    Verdict { must_hold: false, holds, actual: a.ok(), expected, printed: b.ok(), would_print: words(a), citing: None }
}

/// The power of ten from an answer to a printed value; a bare number is in the unit that nobody says.
fn checked_against(answer: &Unit, printed: &Unit) -> Option<i32> {
    if answer.is_unknown() && printed.is_plain() {
        return Some(-printed.ten);
    }
    answer.power_to(printed)
}

fn unit_words(unit: &Unit) -> String {
    if unit.is_plain() && unit.ten == 0 { "a plain number".into() } else { unit.to_string() }
}

/// From the first to the last word of a query.
pub(super) fn query_span(query: &Query) -> Span {
    query.clauses.iter().fold(query.expr.span, |s, c| s.to(c.span))
}

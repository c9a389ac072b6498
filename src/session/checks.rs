//! `assert` and `claim`: an answer against a printed value or another answer, in every cell. Whether one number is
//! another is decided in [`verdict`](super::verdict); here is what is compared, and what is said of it.

use super::verdict::{self, Failed, Near, Verdict};
use super::{Body, Mode, Response, Session, typed};
use crate::diagnostic::{Diagnostic, Level, codes, words};
use crate::eval;
use crate::pause::paced;
use crate::plan::check::undeclared;
use crate::plan::lookup::params;
use crate::plan::rules;
use crate::span::{Span, Spanned};
use crate::syntax::Fault;
use crate::syntax::ast::{Check, Comparison, ExprNode, Figure, Literal, Query, Test, Tolerance};
use crate::syntax::units::parse_unit;
use crate::value::{Cell, Kind, Row, Unit, Value, times_ten};

/// Failing cells that a sentence names.
const NAMED: usize = 4;

/// Runs a check.
pub(super) fn run(
    session: &mut Session,
    check: &Check,
    must_hold: bool,
    mode: Mode,
    response: &mut Response,
) -> Result<Body, Vec<Fault>> {
    let Some(value) = session.value(&check.query, mode, response)? else {
        match &check.test {
            Some(Test::Compare { right, .. }) => drop(session.value(right, mode, response)?),
            Some(Test::Is { value, tolerance }) => drop(printed(session, value, tolerance)?),
            None => {}
        }
        return Ok(Body::Done(String::new()));
    };
    let (value, verdict) = match &check.test {
        Some(Test::Is { value: literal, tolerance }) => {
            let (literal, tolerance) = printed(session, literal, tolerance)?;
            let verdict = is(session, check, value.clone(), (&literal, tolerance), must_hold, response)?;
            (value, verdict)
        }
        Some(Test::Compare { op, right }) => {
            let Some(other) = session.value(right, mode, response)? else {
                return Ok(Body::Done(String::new()));
            };
            let verdict = compared(check, (*op, right), &value, &other)?;
            (value, verdict)
        }
        None if value.kind == Kind::Truth => {
            let verdict = verdict::of_truths(&value);
            (value, verdict)
        }
        None => {
            let message = "a check needs what to check against: `is VALUE`, or a comparison";
            return Err(one(Diagnostic::new(&codes::WRONG_ARGUMENTS, query_span(&check.query), message)));
        }
    };
    let citing = check.citing.as_ref().map(|c| c.node.clone());
    let verdict = Verdict { must_hold, citing, ..verdict };
    say(&verdict, query_span(&check.query), response);
    Ok(Body::Checked(value, verdict))
}

fn one(fault: Diagnostic) -> Vec<Fault> {
    vec![Box::new(fault)]
}

/// One number against a printed one.
fn is(
    session: &Session,
    check: &Check,
    value: Value,
    (literal, near): (&Spanned<Literal>, Near),
    must_hold: bool,
    response: &mut Response,
) -> Result<Verdict, Vec<Fault>> {
    let span = query_span(&check.query);
    let unit = parse_unit(&Spanned::new(literal.node.unit.clone(), literal.span), &codes::UNIT_MISMATCH)
        .map_err(|f| vec![f])?;
    let Some(row) = value.single() else {
        let message =
            format!("a check is about one number, and this gives {}", words::counted(value.rows.len(), "row"));
        return Err(one(Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message)));
    };
    let bare = unit.is_plain() && unit.ten == 0;
    if value.unit.is_unknown() && !bare {
        let plan = session.plan(&check.query)?;
        let fault = undeclared::fault(&[&plan], literal.span, &format!("checked against {}", unit_words(&unit)));
        if must_hold {
            return Err(one(fault));
        }
        response.diagnostics.push(fault.at_level(Level::Warning));
        return verdict::unchecked(&literal.node, "the unit is not declared", literal.span);
    }
    let power = if value.unit.is_unknown() {
        Some(value.unit.ten)
    } else {
        value.unit.power_to(&unit).filter(|p| *p == 0 || !unit.is_plain() || value.unit.is_plain())
    };
    let Some(power) = power else {
        let (have, want) = (unit_words(&value.unit), unit_words(&unit));
        let message = format!("the answer is in {have} and the printed value in {want}");
        let mut fault = Diagnostic::new(&codes::UNIT_MISMATCH, literal.span, message).here(want).label(span, have);
        if unit.is_plain() && value.unit.currency().is_some() {
            let meant = Unit { ten: unit.ten, asked: false, ..value.unit.clone() };
            let right = format!("{} {meant}", literal.node.number);
            fault.edits.push(vec![(literal.span, right.clone())]);
            fault = fault.advice(format!("the value may be {right}"));
        }
        return Err(one(fault));
    };
    let actual = row.datum().map(|x| times_ten(x, power));
    let typed = if must_hold { None } else { typed::bounds(session, &check.query) };
    let typed = typed.map(|(a, b)| (times_ten(a, power), times_ten(b, power)));
    verdict::against(&literal.node, near, actual, typed, literal.span)
}

/// The printed value and how near is near enough, what parameters hold being put in place.
fn printed(
    session: &Session,
    value: &Spanned<Figure>,
    tolerance: &Tolerance,
) -> Result<(Spanned<Literal>, Near), Vec<Fault>> {
    let figure = |f| params::figure(&session.catalogue, f).map_err(|f| vec![f]);
    let literal = figure(value)?;
    let near = match tolerance {
        Tolerance::Printed => Near::Printed,
        Tolerance::Exactly => Near::Exactly,
        Tolerance::Within(by) => Near::Within(within(&figure(by)?, &literal)?),
    };
    Ok((literal, near))
}

/// How far off an answer may be, in the unit of the printed value; a bare number is in that unit.
fn within(by: &Spanned<Literal>, literal: &Spanned<Literal>) -> Result<f64, Vec<Fault>> {
    let unit = |l: &Spanned<Literal>| {
        parse_unit(&Spanned::new(l.node.unit.clone(), l.span), &codes::UNIT_MISMATCH).map_err(|f| vec![f])
    };
    let distance = verdict::parsed(&by.node.number, by.span)?;
    if distance < 0.0 {
        return Err(one(Diagnostic::new(&codes::WRONG_ARGUMENTS, by.span, "a distance is not below zero")));
    }
    if by.node.unit.is_empty() || by.node.unit == literal.node.unit {
        return Ok(distance);
    }
    let (have, want) = (unit(by)?, unit(literal)?);
    let points = by.node.unit == "pp" && literal.node.unit.starts_with('%');
    let power = if points { Some(0) } else { have.power_to(&want) };
    power.map(|power| times_ten(distance, power)).ok_or_else(|| {
        let message = format!("the value is in {} and the distance in {}", unit_words(&want), unit_words(&have));
        let fault = Diagnostic::new(&codes::UNIT_MISMATCH, by.span, message).here(unit_words(&have));
        one(fault.label(literal.span, unit_words(&want)))
    })
}

/// Two answers, cell by cell.
fn compared(
    check: &Check,
    (op, right): (Comparison, &Query),
    value: &Value,
    other: &Value,
) -> Result<Verdict, Vec<Fault>> {
    let (a, b) = (rules::Type::new(value.unit.clone(), value.kind), rules::Type::new(other.unit.clone(), other.kind));
    let Some(power) = rules::comparable(&a, &b, (is_zero(&check.query), is_zero(right))) else {
        let (left, right_words) = (unit_words(&value.unit), unit_words(&other.unit));
        let message = format!("{left} cannot be compared with {right_words}");
        let fault = Diagnostic::new(&codes::UNIT_MISMATCH, query_span(&check.query), message);
        return Err(one(fault.label(query_span(right), right_words)));
    };
    let mut pairs = Vec::new();
    let met = eval::meet(value.clone(), other, |x, y| {
        pairs.push((x.datum, y.datum.map(|q| times_ten(q, power))));
        // Which pair it is; the rows are put in order afterwards.
        Cell::number((pairs.len() - 1) as f64)
    });
    let pair = |row: &Row| row.datum().ok().and_then(|at| pairs.get(at as usize)).copied();
    let cells = paced(&met.rows).filter_map(|row| pair(row).map(|(x, y)| (Failed::about(&met, row), x, y)));
    Ok(verdict::of_cells(op, &value.unit, cells))
}

/// Adds what a verdict has to say.
fn say(verdict: &Verdict, span: Span, response: &mut Response) {
    let (code, what) = if verdict.must_hold {
        (&codes::ASSERTION_FAILED, "the assertion")
    } else {
        (&codes::CLAIM_INCONSISTENT, "the claim")
    };
    let listed = || {
        let shown = verdict.failed.iter().take(NAMED).map(Failed::words).collect::<Vec<_>>().join("; ");
        let more = verdict.failed.len().saturating_sub(NAMED);
        if more > 0 { format!("{shown}; and {more} more") } else { shown }
    };
    let warning = match verdict.holds {
        Some(true) => return,
        Some(false) if verdict.cells > 1 => {
            let message = format!(
                "{what} does not hold in {}: {}",
                words::part_of(verdict.failed.len(), verdict.cells, "cell"),
                listed()
            );
            Diagnostic::new(code, span, message)
        }
        Some(false) => {
            let message =
                format!("{what} does not hold: the data would print {}, not {}", verdict.would_print, verdict.expected);
            let warning = Diagnostic::new(code, span, message).here(verdict.would_print.clone());
            match verdict.allowed_words() {
                Some(allowed) => warning.advice(format!("the rounding of what is typed allows {allowed}")),
                None => warning,
            }
        }
        None if verdict.must_hold => {
            let message = format!("{what} cannot be checked: {}", verdict.would_print);
            Diagnostic::new(code, span, message).here(verdict.would_print.clone())
        }
        // Why it is missing has been said with the answer.
        None if response.diagnostics.iter().any(|d| d.level != Level::Note) => return,
        None => {
            let message = format!("{what} cannot be checked: {}", verdict.would_print);
            Diagnostic::new(&codes::MISSING_OBSERVATION, span, message)
        }
    };
    response.diagnostics.push(warning);
}

fn unit_words(unit: &Unit) -> String {
    if unit.is_plain() && unit.ten == 0 { "a plain number".into() } else { unit.to_string() }
}

/// A bare zero, which fits every unit.
fn is_zero(query: &Query) -> bool {
    let zero = |l: &Literal| l.unit.is_empty() && l.number.parse() == Ok(0.0);
    query.clauses.is_empty() && matches!(&query.expr.node, ExprNode::Number(l) if zero(l))
}

/// From the first to the last word of a query.
pub(super) fn query_span(query: &Query) -> Span {
    query.clauses.iter().fold(query.expr.span, |s, c| s.to(c.span))
}

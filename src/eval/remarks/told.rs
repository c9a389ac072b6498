//! How chains of terms and factors, and changes of scale, are told: lines of arithmetic for `explain`.

use crate::eval::Evaluator;
use crate::eval::meeting::align;
use crate::eval::trace::{self, Line, Step};
use crate::plan::rules::{self, Type};
use crate::syntax::Fault;
use crate::syntax::ast::Factor;
use crate::value::{Unit, Value, times_ten};

impl Evaluator<'_> {
    /// Tells of a change of scale.
    pub(in crate::eval) fn rescale_step(&mut self, value: &Value, power: i32, unit: &Unit) {
        if power == 0 || !self.trace.is_on() {
            return;
        }
        self.trace.begin();
        let lines = value.rows.iter().filter_map(|r| r.cell.datum.ok().map(|x| (r, x))).map(|(r, x)| Line {
            about: r.period.map(|p| p.to_string()).unwrap_or_default(),
            arithmetic: if power > 0 {
                format!("{} * 10^{power}", trace::put(x))
            } else {
                format!("{} / 10^{}", trace::put(x), -power)
            },
            result: trace::result(times_ten(x, power)),
            unit: unit.to_string(),
        });
        let lines = lines.collect();
        self.trace.end(|| Step {
            say: format!("expressed in {unit}"),
            formula: "x * 10^n".into(),
            lines,
            ..Step::default()
        });
    }

    /// Tells of a chain of terms or factors.
    pub(in crate::eval) fn close_chain(
        &mut self,
        result: &Result<(Value, Vec<Value>), Fault>,
        signs: impl Iterator<Item = &'static str>,
    ) {
        if !self.trace.is_on() {
            return;
        }
        let signs: Vec<&str> = signs.collect();
        let Ok((total, parts)) = result else {
            self.trace.end(Step::default);
            return;
        };
        let mut lines = Vec::new();
        for row in &total.rows {
            let Ok(x) = row.cell.datum else { continue };
            let words: Vec<String> = parts
                .iter()
                .zip(&signs)
                .enumerate()
                .filter_map(|(i, (part, sign))| {
                    let cell = align::matching(total, row, part)?;
                    let number = trace::put(cell.datum.ok()?);
                    Some(if i == 0 && *sign != "-" { number } else { format!("{sign} {number}") })
                })
                .collect();
            if words.len() != parts.len() {
                continue;
            }
            let arithmetic = words.join(" ");
            let power = chain_power(parts, &signs);
            let arithmetic = if power == 0 { arithmetic } else { format!("{arithmetic} * 10^{power}") };
            let about = align::about(total, row);
            lines.push(Line { about, arithmetic, result: trace::result(x), unit: total.unit.to_string() });
        }
        let product = signs.iter().any(|s| *s == "/" || *s == "*");
        let say = if product { "factors multiplied and divided" } else { "terms added and taken away" };
        let say = if chain_is_plain(parts, &signs) {
            say.to_string()
        } else {
            String::from("units brought together, then ") + say
        };
        let lines = if chain_is_plain(parts, &signs) || product { lines } else { Vec::new() };
        let formula: Vec<String> = signs
            .iter()
            .enumerate()
            .map(|(i, s)| if i == 0 { "x1".to_string() } else { format!("{s} x{}", i + 1) })
            .collect();
        self.trace.end(|| Step { say, formula: formula.join(" "), lines, ..Step::default() });
    }
}

/// The power of ten that the units of a chain of factors leave to the numbers.
fn chain_power(parts: &[Value], signs: &[&str]) -> i32 {
    if !signs.iter().skip(1).any(|s| *s == "*" || *s == "/") {
        return 0;
    }
    let mut types = parts.iter().map(|p| Type::new(p.unit.clone(), p.kind)).zip(signs);
    let Some((mut left, _)) = types.next() else { return 0 };
    let mut power = 0;
    for (right, sign) in types {
        let how = if *sign == "/" { Factor::Over } else { Factor::Times };
        let (product, p) = rules::product(&left, how, &right);
        left = product;
        power += p;
    }
    power
}

/// Whether all terms have one unit, so that their numbers can be added as they stand.
fn chain_is_plain(parts: &[Value], signs: &[&str]) -> bool {
    let product = signs.iter().skip(1).any(|s| *s == "*" || *s == "/");
    let first = parts.first().map(|p| &p.unit);
    product || parts.iter().all(|p| first.is_some_and(|u| p.unit.power_to(u) == Some(0)))
}

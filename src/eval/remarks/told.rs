//! How chains of terms and factors, and changes of scale, are told: lines of arithmetic for `explain`.

use crate::eval::Evaluator;
use crate::eval::meeting::align;
use crate::eval::trace::{self, Line, Step};
use crate::pause::paced;
use crate::plan::rules::{self, Type};
use crate::plan::{Node, Plan};
use crate::syntax::Fault;
use crate::syntax::ast::{Factor, Sign};
use crate::value::{Unit, Value, times_ten};

impl Evaluator<'_> {
    /// Tells of a change of scale.
    pub(in crate::eval) fn rescale_step(&mut self, value: &Value, power: i32, unit: &Unit) {
        if power == 0 || !self.trace.is_on() {
            return;
        }
        self.trace.begin();
        let lines = paced(&value.rows).filter_map(|r| r.datum().ok().map(|x| (r, x))).map(|(r, x)| Line {
            about: r.period().map(|p| p.to_string()).unwrap_or_default(),
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
    pub(in crate::eval) fn close_chain<'p>(
        &mut self,
        result: &Result<(Value, Vec<Value>), Fault>,
        written: impl Iterator<Item = (&'static str, &'p Plan)>,
    ) {
        if !self.trace.is_on() {
            return;
        }
        let (signs, plans): (Vec<&str>, Vec<&Plan>) = written.unzip();
        let Ok((total, parts)) = result else {
            self.trace.end(Step::default);
            return;
        };
        let mut lines = Vec::new();
        for row in paced(&total.rows) {
            let Ok(x) = row.datum() else { continue };
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
        let formula = chain(signs.iter().copied().zip(names(&plans)));
        self.trace.end(|| Step { say, formula, lines, ..Step::default() });
    }
}

/// What the parts of a chain are called: as in the query, where that is short and tells them apart.
fn names(plans: &[&Plan]) -> Vec<String> {
    let found: Option<Vec<String>> = plans.iter().map(|p| called(p)).collect();
    let apart = |all: &Vec<String>| {
        let once = |name: &String| all.iter().filter(|n| *n == name).count() == 1;
        all.iter().all(once) && all.iter().map(String::len).sum::<usize>() <= 120
    };
    found.filter(apart).unwrap_or_else(|| (1..=plans.len()).map(|i| format!("x{i}")).collect())
}

/// An expression in the words of the query; none of what would need a clause.
fn called(plan: &Plan) -> Option<String> {
    match &plan.node {
        Node::Measure(source, at) => source.info().measures.get(*at).map(|m| m.name.to_string()),
        Node::Number(x, unit) => Some(format!("{} {unit}", trace::put(*x)).trim_end().to_string()),
        Node::Across(inner, dims) => Some(format!("{} across {}", called(inner)?, dims.join(", "))),
        Node::Scoped(inner, _) | Node::Held(inner) => called(inner),
        Node::Sum(terms) => {
            let sign = |s: &Sign| if *s == Sign::Plus { "+" } else { "-" };
            let words: Option<Vec<_>> = terms.iter().map(|(s, p)| Some((sign(s), called(p)?))).collect();
            Some(format!("({})", chain(words?.into_iter())))
        }
        Node::Product(factors) => {
            let sign = |f: &Factor| if *f == Factor::Times { "*" } else { "/" };
            let words: Option<Vec<_>> = factors.iter().map(|(f, p)| Some((sign(f), called(p)?))).collect();
            Some(format!("({})", chain(words?.into_iter())))
        }
        _ => None,
    }
}

/// Parts with their signs; that of the first is told where it takes away.
fn chain<'s>(parts: impl Iterator<Item = (&'s str, String)>) -> String {
    let word = |(i, (sign, name)): (usize, (&str, String))| {
        if i == 0 && sign != "-" { name } else { format!("{sign} {name}") }
    };
    parts.enumerate().map(word).collect::<Vec<_>>().join(" ")
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

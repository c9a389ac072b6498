//! Sums, products and shares: operands are evaluated, then met cell by cell in units brought together. What the cells
//! leave undefined is missing, and said.

use crate::diagnostic::{Diagnostic, codes, words};
use crate::eval::Evaluator;
use crate::eval::meeting::{align, filled};
use crate::eval::remarks::relations::{self, Cif};
use crate::eval::remarks::signs;
use crate::eval::trace::{self, Line, Step};
use crate::pause::paced;
use crate::plan::rules::{self, Type};
use crate::plan::{Demand, Node, Plan};
use crate::span::Span;
use crate::syntax::Fault;
use crate::syntax::ast::{Factor, Sign};
use crate::value::unit::Base;
use crate::value::{Flags, Kind, Reason, Row, Unit, Value, times_ten};

/// The sum of two decimals; what is left of equal ones by their binary form alone is nothing.
fn added(p: f64, q: f64) -> f64 {
    let sum = p + q;
    let whole = p.fract() == 0.0 && q.fract() == 0.0;
    let residue = sum.abs() <= 4.0 * f64::EPSILON * p.abs().max(q.abs());
    if residue && !whole { 0.0 } else { sum }
}

impl Evaluator<'_> {
    /// The first of several values; it stays among them only where they are to be shown later.
    pub(in crate::eval) fn head(&self, parts: &mut Vec<Value>) -> Option<Value> {
        if self.trace.is_on() {
            return parts.first().cloned();
        }
        (!parts.is_empty()).then(|| parts.remove(0))
    }

    pub(in crate::eval) fn sum(
        &mut self,
        terms: &[(Sign, Plan)],
        demand: &Demand,
    ) -> Result<(Value, Vec<Value>), Fault> {
        let mut parts = Vec::new();
        for (_, term) in terms {
            parts.push(self.eval(term, demand)?);
        }
        let Some((mut total, (sign, _))) = self.head(&mut parts).zip(terms.first()) else {
            return self.fault(&codes::BUG, Span::default(), "an empty sum");
        };
        let pairs = terms.iter().skip(1).zip(parts.iter().skip(parts.len() + 1 - terms.len()));
        if *sign == Sign::Minus {
            paced(&mut total.rows).for_each(|r| r.set_datum(r.datum().map(|x| -x)));
        }
        for ((sign, term), part) in pairs {
            let (a, b) = (Type::new(total.unit.clone(), total.kind), Type::new(part.unit.clone(), part.kind));
            let Some((sum, power)) = rules::sum(&a, *sign, &b) else {
                return self.fault(&codes::UNIT_MISMATCH, term.span, format!("{} and {} have no sum", a.unit, b.unit));
            };
            let told = *sign == Sign::Minus && self.compare_pinned(&total, part, term.span);
            let spread = align::beside(part, &total, &demand.grid);
            let part = spread.as_ref().unwrap_or(part);
            total = align::beside(&total, part, &demand.grid).unwrap_or(total);
            if !told {
                self.compare_spans((&total, part), Some((&plans(terms), demand)), term.span);
            }
            self.compare_labels(&total, part, term.span);
            if let Some((_, first)) = terms.first() {
                self.repeats((first, &total), (term, part));
            }
            let minus = *sign == Sign::Minus;
            if let Some((_, first)) = terms.first() {
                self.remark_growths((first, &total), (term, part), demand);
            }
            let cif = terms.first().filter(|_| minus).and_then(|(_, first)| relations::cif_and_fob(first, term));
            let mut below = 0usize;
            let more = filled::beside(part, &total);
            total = filled::beside(&total, part).unwrap_or(total);
            let part = more.as_ref().unwrap_or(part);
            total = align::combine(total, part, |x, y| {
                let both = x.datum.and_then(|p| y.datum.map(|q| (p, times_ten(q, power))));
                below += usize::from(match (cif, both) {
                    (Some(Cif::First), Ok((p, q))) => p < q,
                    (Some(Cif::Second), Ok((p, q))) => q < p,
                    _ => false,
                });
                x.joined(y, both.map(|(p, q)| added(p, if minus { -q } else { q })))
            });
            if let Some((_, first)) = terms.first() {
                self.remark_cif_below_fob(below, (first.span, term.span));
            }
            (total.unit, total.kind) = (sum.unit, sum.kind);
        }
        self.cif_fob(terms);
        Ok((total, parts))
    }

    pub(in crate::eval) fn product(
        &mut self,
        factors: &[(Factor, Plan)],
        demand: &Demand,
    ) -> Result<(Value, Vec<Value>), Fault> {
        let mut parts = Vec::new();
        for (_, factor) in factors {
            parts.push(self.eval(factor, demand)?);
        }
        // Numbers beside a quotient change nothing of which rows have both.
        let read: Vec<usize> = (0..factors.len())
            .filter(|at| factors.get(*at).is_some_and(|(_, plan)| !matches!(plan.node, Node::Number(..))))
            .collect();
        if let [first, second] = read.as_slice()
            && let (Some((one, a)), Some((other, b))) = (factors.get(*first), factors.get(*second))
            && one != other
            && let Some((before, behind)) = parts.split_at_mut_checked(*second)
            && let (Some(x), Some(y)) = (before.get_mut(*first), behind.first_mut())
        {
            let span = a.span.to(b.span);
            let (a, b, x, y) = if *one == Factor::Times { (a, b, x, y) } else { (b, a, y, x) };
            self.pair_up((a, b), demand, (x, y), span)?;
            self.same_labels((a, x), (b, y), demand, span)?;
        }
        let Some(mut total) = self.head(&mut parts) else {
            return self.fault(&codes::BUG, Span::default(), "an empty product");
        };
        self.remark_annualised(factors);
        self.remark_grown(factors, demand);
        let pairs = factors.iter().skip(1).zip(parts.iter().skip(parts.len() + 1 - factors.len()));
        for ((how, factor), part) in pairs {
            let (a, b) = (Type::new(total.unit.clone(), total.kind), Type::new(part.unit.clone(), part.kind));
            let (product, power) = rules::product(&a, *how, &b);
            let told = *how == Factor::Over && self.compare_pinned(&total, part, factor.span);
            let spread = align::beside(part, &total, &demand.grid);
            let part = spread.as_ref().unwrap_or(part);
            total = align::beside(&total, part, &demand.grid).unwrap_or(total);
            if !told {
                self.compare_spans((&total, part), Some((&plans(factors), demand)), factor.span);
            }
            self.compare_labels(&total, part, factor.span);
            self.fx_product(&a, *how, &b, factor, demand);
            let cif =
                factors.first().filter(|_| *how == Factor::Over).and_then(|(_, f)| relations::cif_and_fob(f, factor));
            let (mut zeros, mut negative, mut below) = (0usize, false, 0usize);
            let per_quantity = part.unit.num.iter().any(|b| matches!(b, Base::Quantity(_))) && !product.unit.is_plain();
            let (code, reason) = if per_quantity {
                (&codes::ZERO_QUANTITY, Reason::ZeroQuantity)
            } else {
                (&codes::NONPOSITIVE_DENOMINATOR, Reason::NonpositiveDenominator)
            };
            // An amount in amounts of its like that are below zero is no relation of the two.
            let of_likes = product.unit.is_plain() && part.kind.is_level() && total.kind.is_level();
            let (over, part) = (*how == Factor::Over && part.dims.iter().any(|d| total.dim(&d.name).is_some()), part);
            // What no label accounts for has no price and no ratio; as a part of a whole it has a share.
            let labels = (over && (has_rest(part) || has_rest(&total))).then(|| part.clone().labels_only());
            if labels.is_some() {
                total = total.labels_only();
            }
            let part = labels.as_ref().unwrap_or(part);
            let absent = total.absent.of_part(&total.dims, &part.dims);
            total = align::combine(total, part, |x, y| {
                let datum = x.datum.and_then(|p| y.datum.map(|q| (p, q))).and_then(|(p, q)| match how {
                    Factor::Times => Ok(times_ten(p * q, power)),
                    Factor::Over if q == 0.0 || (of_likes && q < 0.0) => {
                        zeros += 1;
                        negative |= q < 0.0;
                        Err(reason)
                    }
                    Factor::Over => Ok(times_ten(p / q, power)),
                });
                below += usize::from(match (cif, datum) {
                    (Some(Cif::First), Ok(z)) => z < 1.0,
                    (Some(Cif::Second), Ok(z)) => z > 1.0,
                    _ => false,
                });
                x.joined(y, datum)
            });
            if let Some((_, first)) = factors.first() {
                self.remark_cif_below_fob(below, (first.span, factor.span));
            }
            if zeros > 0 {
                let what = if per_quantity { "quantity" } else { "denominator" };
                let low = if negative { "zero or negative" } else { "zero" };
                self.say(Diagnostic::new(code, factor.span, undefined(what, low, zeros)).here(low));
            }
            if product.kind == Kind::Rate && a.kind != Kind::Rate && b.kind != Kind::Rate {
                let message = format!("the quotient of {} and {} implies an exchange rate", a.unit, b.unit);
                self.say(Diagnostic::new(&codes::IMPLIED_RATE, factor.span, message));
            }
            (total.unit, total.kind) = (product.unit, product.kind);
            if *how == Factor::Over {
                total.absent = absent;
            }
        }
        if let [(Factor::Times, part), (Factor::Over, whole)] = factors
            && signs::is_its_whole(part, whole)
            && let Some(warning) = signs::beyond_whole(&total, 1.0, part.span.to(whole.span))
        {
            self.say(warning);
        }
        Ok((total, parts))
    }

    /// `100 * part / whole`; of which plans they are, if of two.
    pub fn share(
        &mut self,
        part: Value,
        whole: &Value,
        asked: Option<(&[&Plan], &Demand)>,
        span: Span,
    ) -> Result<Value, Fault> {
        let (a, b) = (Type::new(part.unit.clone(), part.kind), Type::new(whole.unit.clone(), whole.kind));
        let Some(power) = rules::share(&a, &b) else {
            self.trace.end(Step::default);
            return self.fault(&codes::UNIT_MISMATCH, span, format!("{} is no part of {}", a.unit, b.unit));
        };
        self.compare_spans((&part, whole), asked, span);
        self.compare_labels(&part, whole, span);
        let mut negative = 0usize;
        let told = self.trace.is_on().then(|| (part.clone(), whole.clone()));
        let scale = if power == 2 { String::new() } else { format!(" * 10^{}", power - 2) };
        let absent = part.absent.of_part(&part.dims, &whole.dims);
        let mut value = align::combine(part, whole, |x, y| {
            let datum = x.datum.and_then(|p| y.datum.map(|q| (p, q))).and_then(|(p, q)| {
                if q <= 0.0 {
                    negative += 1;
                    return Err(Reason::NonpositiveDenominator);
                }
                Ok(times_ten(100.0 * p / q, power - 2))
            });
            x.joined(y, datum)
        });
        (value.unit, value.kind) = (Unit::percent(), Kind::Share);
        value.absent = absent;
        if negative > 0 {
            let message = undefined("whole", "zero or negative", negative);
            self.say(Diagnostic::new(&codes::NONPOSITIVE_DENOMINATOR, span, message));
        }
        // A line for each row, in their order.
        let line = |row: &Row| {
            let (part, whole) = told.as_ref()?;
            let number = |of: &Value| align::matching(&value, row, of)?.datum.ok();
            let (p, q, share) = (number(part)?, number(whole)?, row.datum().ok()?);
            let arithmetic = format!("100 * {} / {}{scale}", trace::put(p), trace::put(q));
            Some(Line { about: align::about(&value, row), arithmetic, result: trace::result(share), unit: "%".into() })
        };
        let lines = paced(&value.rows).filter_map(line).collect();
        self.trace.end(|| Step {
            say: "the part in percent of the whole".into(),
            formula: "100 * part / whole".into(),
            lines,
            ..Step::default()
        });
        Ok(value)
    }
}

/// That some cells are missing, for what they are divided by is so.
fn undefined(what: &str, how: &str, cells: usize) -> String {
    match cells {
        1 => format!("the {what} is {how}, so there is no answer"),
        _ => format!("the {what} is {how} in {}, which are missing", words::counted(cells, "cell")),
    }
}

fn has_rest(value: &Value) -> bool {
    paced(&value.rows).any(|r| r.flags().has(Flags::REST))
}

/// The plans of terms or factors.
fn plans<T>(of: &[(T, Plan)]) -> Vec<&Plan> {
    of.iter().map(|(_, plan)| plan).collect()
}

#[cfg(test)]
mod tests {
    use super::added;

    #[test]
    fn equal_decimals_leave_nothing_over() {
        // In binary 0.1 + 0.2 is a little more than 0.3.
        assert_eq!(added(added(0.1, 0.2), -0.3), 0.0);
        assert_eq!(added(added(0.735, 693.265), -694.0), 0.0);
        assert_eq!(added(0.3, -0.299_999_999), 0.3 - 0.299_999_999);
        // Whole numbers are exact.
        assert_eq!(added(9_007_199_254_740_992.0, -9_007_199_254_740_990.0), 2.0);
    }
}

//! From pest's pairs to clauses: conditions, keys, periods, units, and what chooses among results.

use super::ast::*;
use super::grammar::Rule;
use super::lower::{Lower, one_blank};
use super::{Fault, foreign_period};
use crate::diagnostic::{Diagnostic, codes};
use crate::span::{Span, Spanned};
use pest::iterators::Pair;

impl Lower {
    pub(super) fn clause(&self, pair: Pair<'_, Rule>) -> Result<Spanned<Clause>, Fault> {
        let pair = self.first(pair)?;
        let span = self.span(&pair);
        let rule = pair.as_rule();
        let mut parts = pair.into_inner();
        let clause = match rule {
            Rule::where_clause => {
                let conditions = parts.filter(|p| p.as_rule() == Rule::condition);
                Clause::Where(conditions.map(|c| self.condition(c)).collect::<Result<_, _>>()?)
            }
            Rule::when_clause => {
                let choices = parts.filter(|p| p.as_rule() == Rule::choice);
                Clause::When(choices.map(|c| self.choice(c)).collect::<Result<_, _>>()?)
            }
            Rule::by_clause => {
                let keys = parts.filter(|p| p.as_rule() == Rule::by_key);
                Clause::By(keys.map(|k| self.by_key(k)).collect::<Result<_, _>>()?)
            }
            Rule::from_clause => {
                let mut periods = parts.filter(|p| p.as_rule() == Rule::period);
                let from = self.period(&self.need(span, periods.next())?)?;
                Clause::FromTo(from, self.period(&self.need(span, periods.next())?)?)
            }
            Rule::for_clause => {
                Clause::For(self.period(&self.need(span, parts.find(|p| p.as_rule() == Rule::period))?)?)
            }
            Rule::in_clause => {
                let (mut unit, mut basis) = (None, None);
                for part in parts {
                    match part.as_rule() {
                        Rule::unit_year => return Err(self.no_unit(&part, span)),
                        Rule::unit => unit = Some(Spanned::new(one_blank(part.as_str()), self.span(&part))),
                        Rule::basis => basis = Some(part),
                        _ => {}
                    }
                }
                let mut unit = unit.ok_or_else(|| self.fault(span, "`in` needs a unit"))?;
                let mut rate = None;
                if let Some(b) = basis {
                    let text = one_blank(b.as_str());
                    if text.ends_with(" prices") {
                        unit = Spanned::new(format!("{} at {text}", unit.node), unit.span.to(self.span(&b)));
                    } else {
                        rate = Some(self.basis(b)?);
                    }
                }
                Clause::In { unit, basis: rate }
            }
            Rule::with_clause => {
                let (mut when, mut number) = (None, None);
                for part in parts {
                    match part.as_rule() {
                        Rule::kw_total => return Ok(Spanned::new(Clause::Total, span)),
                        Rule::period => when = Some(self.period(&part)?),
                        Rule::number => number = Some(Spanned::new(part.as_str().replace(',', ""), self.span(&part))),
                        Rule::simple_name => number = Some(self.word(&part)),
                        _ => {}
                    }
                }
                let (Some(period), Some(number)) = (when, number) else {
                    return Err(self.fault(span, "`with` needs a base period and its value, as in `with 2018 = 100`"));
                };
                Clause::With { period, number }
            }
            Rule::top_clause => self.top(span, parts)?,
            Rule::order_clause => Clause::Order { smallest: parts.any(|p| p.as_rule() == Rule::kw_smallest) },
            Rule::end_clause => {
                let last = parts.clone().any(|p| p.as_rule() == Rule::kw_last);
                let count = self.need(span, parts.find(|p| p.as_rule() == Rule::count))?;
                Clause::End { count: self.much(&count)?, last }
            }
            Rule::allowing_clause => {
                Clause::Allowing(self.word(&self.need(span, parts.find(|p| p.as_rule() == Rule::simple_name))?))
            }
            _ => return Err(self.fault(span, "this is not a clause")),
        };
        Ok(Spanned::new(clause, span))
    }

    fn no_unit(&self, pair: &Pair<'_, Rule>, clause: Span) -> Fault {
        let word = pair.as_str();
        let right = foreign_period::period(word).unwrap_or_else(|| word.to_string());
        let message = format!("`{word}` is a period, and `in` names a unit");
        let fault = Diagnostic::new(&codes::SYNTAX, self.span(pair), message);
        let mut fault = fault.advice(format!("the periods of a result follow `for`: `for {right}`"));
        fault.edits.push(vec![(clause, format!("for {right}"))]);
        Box::new(fault)
    }

    fn basis(&self, pair: Pair<'_, Rule>) -> Result<Spanned<Basis>, Fault> {
        let span = self.span(&pair);
        let basis = match pair.as_str().trim().to_lowercase().as_str() {
            "average" => Basis::Average,
            "end" => Basis::End,
            _ => {
                let inner = pair.into_inner().find(|p| p.as_rule() == Rule::period);
                Basis::At(self.period(&self.need(span, inner)?)?.node)
            }
        };
        Ok(Spanned::new(basis, span))
    }

    pub(super) fn condition(&self, pair: Pair<'_, Rule>) -> Result<Condition, Fault> {
        let span = self.span(&pair);
        let mut inner = pair.into_inner();
        let dim = self.key(self.need(span, inner.next())?)?;
        let test = self.need(span, inner.next())?;
        let keep = matches!(test.as_rule(), Rule::is_code | Rule::among);
        let single = matches!(test.as_rule(), Rule::is_code | Rule::is_not_code);
        let operand = test.into_inner().find(|p| matches!(p.as_rule(), Rule::code | Rule::code_set));
        let operand = self.need(span, operand)?;
        let codes = if single { Codes::One(self.word(&operand)) } else { self.set(operand) };
        Ok(Condition { dim, keep, codes })
    }

    fn set(&self, pair: Pair<'_, Rule>) -> Codes {
        let mut codes = Vec::new();
        for part in pair.into_inner() {
            let word = self.word(&part);
            if part.as_rule() == Rule::simple_name {
                return Codes::Named(word);
            }
            codes.push(word);
        }
        Codes::Set(codes)
    }

    fn by_key(&self, pair: Pair<'_, Rule>) -> Result<ByKey, Fault> {
        let span = self.span(&pair);
        let (mut dim, mut among) = (None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::key => dim = Some(self.key(part)?),
                Rule::code_set => among = Some(self.set(part)),
                _ => {}
            }
        }
        let dim = dim.ok_or_else(|| self.fault(span, "a dimension is missing here"))?;
        Ok(ByKey { dim, among })
    }

    fn choice(&self, pair: Pair<'_, Rule>) -> Result<Choice, Fault> {
        let inner = self.first(pair)?;
        if inner.as_rule() == Rule::code_choice {
            return Ok(Choice::Codes(self.condition(inner)?));
        }
        let expr = self.expr(inner)?;
        if matches!(expr.node, ExprNode::Compare { .. }) {
            return Ok(Choice::Holds(expr));
        }
        let fault = self.fault(expr.span, "what follows `when` is a comparison, or a key with its codes");
        Err(Box::new(fault.advice("for example `when it > 5%`, `when partner = USA`")))
    }

    fn top<'a>(&self, span: Span, parts: impl Iterator<Item = Pair<'a, Rule>>) -> Result<Clause, Fault> {
        let (mut bottom, mut much, mut over) = (false, None, Vec::new());
        for part in parts {
            match part.as_rule() {
                Rule::kw_bottom => bottom = true,
                Rule::count => much = Some(self.much(&part)?),
                Rule::part => {
                    let text = part.as_str().trim_end_matches(['%', ' ']).to_string();
                    let sound = text.parse::<f64>().is_ok_and(|x| x > 0.0 && x <= 100.0);
                    if !sound {
                        return Err(self.fault(self.span(&part), "a part is above zero and at most 100 %"));
                    }
                    much = Some(Spanned::new(Much::Part(text), self.span(&part)));
                }
                Rule::over_dims => over = self.over(part)?,
                _ => {}
            }
        }
        let much = much.ok_or_else(|| self.fault(span, "`top` needs a whole number above zero"))?;
        Ok(Clause::Top { much, bottom, over })
    }

    fn much(&self, pair: &Pair<'_, Rule>) -> Result<Spanned<Much>, Fault> {
        let word = self.word(pair);
        let Some(first) = pair.clone().into_inner().next().filter(|p| p.as_rule() == Rule::integer) else {
            return Ok(Spanned::new(Much::Named(word.node), word.span));
        };
        match first.as_str().parse().ok().filter(|n: &usize| *n > 0) {
            Some(n) => Ok(Spanned::new(Much::Count(n), word.span)),
            None => Err(self.fault(word.span, "a whole number above zero is needed here")),
        }
    }
}

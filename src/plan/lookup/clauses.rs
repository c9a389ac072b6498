//! The clauses of a query looked up: conditions, keys, periods, units, choices. In: clauses of the tree. Out: scopes of a
//! plan. What one level may say once only is held to it here.

use super::params::misfit;
use super::resolver::{Frame, Resolver};
use crate::diagnostic::{Diagnostic, codes, suggest};
use crate::plan::*;
use crate::syntax::ast::{self, Clause, Codes, Query};
use crate::syntax::units::parse_unit;
use crate::value::period;

impl Resolver<'_> {
    /// One level says its periods, its keys, its unit, its base and its choice once.
    pub(super) fn said_once(&mut self, query: &Query, frame: &Frame) {
        let mut said: Vec<(&str, Span)> = Vec::new();
        for clause in &query.clauses {
            let Some(what) = subject(&clause.node) else { continue };
            let span = frame.at.unwrap_or(clause.span);
            match said.iter().find(|(known, _)| *known == what) {
                Some((_, first)) => {
                    let fault = Diagnostic::new(&codes::CLAUSE_TWICE, span, format!("{what} are said twice"));
                    let fault = fault.here("again").label(*first, "already said");
                    self.faults.push(Box::new(fault.advice("what is meant for a part stands with it in parentheses")));
                }
                None => said.push((what, span)),
            }
        }
    }

    /// The scopes that a clause makes; a `by` with a step of time and keys is one.
    pub(super) fn clause(&mut self, clause: &Spanned<Clause>, frame: &Frame) -> Option<Vec<Scope>> {
        let place = |s: Span| frame.at.unwrap_or(s);
        Some(vec![match &clause.node {
            Clause::When(_) | Clause::Total | Clause::Top { .. } | Clause::Order { .. } | Clause::End { .. } => {
                return Some(Vec::new());
            }
            Clause::Where(conditions) => {
                conditions.iter().try_for_each(|c| self.months_are_periods(c, clause, frame))?;
                let found: Vec<Option<Condition>> = conditions.iter().map(|c| self.condition(c, frame)).collect();
                Scope::Where(found.into_iter().collect::<Option<_>>()?)
            }
            Clause::By(names) => {
                let (mut keys, mut freq) = (Vec::new(), None);
                for key in names {
                    let name = self.named_dimension(&key.dim.name, frame)?;
                    let plain = key.dim.attribute.is_none() && key.among.is_none();
                    match Freq::parse(&name.node).filter(|_| plain) {
                        Some(step) => freq = Some(step),
                        None => keys.push(self.by_key(key, frame)?),
                    }
                }
                Scope::By(keys, freq)
            }
            Clause::FromTo(a, b) => {
                let (a, b) = (self.period(a, frame), self.period(b, frame));
                let (a, b) = (a?, b?);
                self.has_years(&a, &b)?;
                Scope::Window(a, b)
            }
            Clause::For(p) => Scope::At(self.period(p, frame)?),
            Clause::In { unit, basis } => {
                let text = self.named_unit(unit, place(unit.span))?;
                let found = match parse_unit(&text, &codes::UNIT_MISMATCH) {
                    Ok(found) => found,
                    Err(fault) => {
                        self.faults.push(fault);
                        return None;
                    }
                };
                let basis = match basis.as_ref().map(|b| (&b.node, b.span)) {
                    None | Some((ast::Basis::Average, _)) => RateBasis::Average,
                    Some((ast::Basis::End, _)) => RateBasis::End,
                    Some((ast::Basis::At(p), span)) => match self.period(&Spanned::new(p.clone(), span), frame)?.node {
                        PeriodText::Fixed(p) => RateBasis::At(p),
                        other => {
                            let message = format!("the rate of `{other}` cannot be known before the data are read");
                            return self.fail(Diagnostic::new(&codes::WRONG_ARGUMENTS, place(span), message));
                        }
                    },
                };
                let asked = Unit { asked: true, ..found };
                Scope::In(Spanned::new(asked, place(unit.span)), basis)
            }
            Clause::With { period, number } => {
                let x = self.base_number(number, place(number.span))?;
                Scope::With(self.period(period, frame)?, x)
            }
            Clause::Allowing(word) => match codes::find(&word.node) {
                Some(code) => Scope::Allowing(code),
                None => {
                    let slugs = codes::ALL.iter().map(|c| c.slug).chain(["partial", "missing"]);
                    let near = suggest::nearest(&word.node, slugs);
                    let fault = Diagnostic::new(
                        &codes::UNKNOWN_NAME,
                        place(word.span),
                        format!("no warning is named `{}`", word.node),
                    );
                    return self.fail(match near.as_slice() {
                        [] => fault.advice("the codes stand in the warnings themselves; `partial` and `missing` are short for two of them"),
                        near => fault.advice(format!("did you mean {}?", suggest::either(near))),
                    });
                }
            },
        }])
    }

    pub(super) fn condition(&mut self, c: &ast::Condition, frame: &Frame) -> Option<Condition> {
        let place = |s: Span| frame.at.unwrap_or(s);
        let key = self.key(&c.dim, frame)?;
        let put = |w: &Spanned<String>| Spanned::new(w.node.clone(), place(w.span));
        let words: Vec<Spanned<String>> = match &c.codes {
            Codes::One(code) => {
                let code = put(code);
                if let Some(other) = self.other_dimension(&key, &code, code.span)? {
                    let dim = Spanned::new(key.dim, key.name.span);
                    return Some(Condition { other: Some(other), ..Condition::on_codes(dim, c.keep, Vec::new()) });
                }
                vec![self.one_code(&code)?]
            }
            Codes::Set(codes) => codes.iter().map(put).collect(),
            Codes::Named(name) => {
                let name = put(name);
                if !self.catalogue.sets.contains_key(&name.node) && !self.catalogue.params.contains_key(&name.node) {
                    return self.no_set(&name);
                }
                vec![name]
            }
        };
        let codes: Vec<Spanned<String>> = match &c.codes {
            Codes::One(_) => words,
            Codes::Set(_) | Codes::Named(_) => {
                let found: Option<Vec<_>> = words.iter().map(|w| self.codes_of(&key.dim, w, 0)).collect();
                found?.into_iter().flatten().collect()
            }
        };
        let level = key.level;
        if let Some((level, code)) = level.and_then(|l| codes.iter().find(|c| c.node.len() != l).map(|c| (l, c))) {
            let message =
                format!("`{}` has {} digits, and `{}` are of {level}", code.node, code.node.len(), key.name.node);
            let fault = Diagnostic::new(&codes::UNKNOWN_CODE, code.span, message).here("another level");
            return self.fail(fault.advice("`where hs = …` takes a code and all below it, whatever its level"));
        }
        let dim = Spanned::new(key.dim, key.name.span);
        Some(Condition { rows: key.rows, ..Condition::on_codes(dim, c.keep, codes) })
    }

    pub(super) fn period(&mut self, text: &Spanned<PeriodText>, frame: &Frame) -> Option<Spanned<PeriodText>> {
        let span = frame.at.unwrap_or(text.span);
        if let PeriodText::Each(season) = &text.node {
            self.is_one_thing(*season, span)?;
        }
        let PeriodText::Named(name) = &text.node else { return Some(Spanned::new(text.node.clone(), span)) };
        let Some(value) = self.catalogue.params.get(name) else {
            let fault = Diagnostic::new(&codes::SYNTAX, span, format!("`{name}` is not a period and no parameter"));
            return self
                .fail(fault.advice("periods are written 2018, 2018-Q3, 2018-03, Jan..Nov 2024, ytd 2024 or latest"));
        };
        match period::parse(&value.node) {
            Some(PeriodText::Named(_)) | None => {
                let fault = misfit(name, value, span, "a period");
                self.fail(fault)
            }
            Some(found) => Some(Spanned::new(found, span)),
        }
    }
}

/// Whether a query says for which periods it is, or in which steps.
pub(super) fn says_periods(query: &Query) -> bool {
    query.clauses.iter().any(|c| match &c.node {
        Clause::FromTo(..) | Clause::For(_) | Clause::End { .. } => true,
        Clause::By(keys) => keys.iter().any(|k| k.dim.attribute.is_none() && Freq::parse(&k.dim.name.node).is_some()),
        Clause::Where(_) | Clause::When(_) | Clause::In { .. } | Clause::With { .. } | Clause::Top { .. } => false,
        Clause::Total | Clause::Order { .. } | Clause::Allowing(_) => false,
    })
}

/// Whether a clause chooses among results, rather than data.
pub fn is_choice(clause: &Clause) -> bool {
    match clause {
        Clause::When(_) | Clause::Total | Clause::Top { .. } | Clause::Order { .. } | Clause::End { .. } => true,
        Clause::Where(_) | Clause::By(_) | Clause::FromTo(..) | Clause::For(_) => false,
        Clause::In { .. } | Clause::With { .. } | Clause::Allowing(_) => false,
    }
}

/// What a clause says that can be said once only.
fn subject(clause: &Clause) -> Option<&'static str> {
    match clause {
        Clause::For(p) if p.node.season().is_some() => Some("the parts of each year"),
        Clause::FromTo(..) | Clause::For(_) => Some("the periods"),
        Clause::By(_) => Some("the keys of `by`"),
        Clause::In { .. } => Some("the units"),
        Clause::With { .. } => Some("the bases"),
        Clause::Top { .. } => Some("the labels to be chosen"),
        Clause::Order { .. } => Some("the orders of the rows"),
        Clause::End { .. } => Some("the periods that are kept"),
        Clause::Total => Some("the totals"),
        Clause::Where(_) | Clause::When(_) | Clause::Allowing(_) => None,
    }
}

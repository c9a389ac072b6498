//! The clauses of a query looked up: conditions, keys, periods, units, choices. In: clauses of the tree. Out: scopes of a
//! plan. What one level may say once only is held to it here.

use super::resolver::{Frame, Resolver};
use super::*;
use crate::diagnostic::{Diagnostic, codes, suggest};
use crate::syntax::ast::{self, Clause, Codes, Query};
use crate::syntax::format;
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
                let found: Vec<Option<Condition>> = conditions.iter().map(|c| self.condition(c, frame)).collect();
                Scope::Where(found.into_iter().collect::<Option<_>>()?)
            }
            Clause::By(names) => {
                let (mut keys, mut freq) = (Vec::new(), None);
                for key in names {
                    let step = Freq::parse(&key.dim.name.node).filter(|_| key.dim.attribute.is_none());
                    match (step, &key.among) {
                        (Some(f), None) => freq = Some(f),
                        (_, None) => keys.push(self.key(&key.dim, frame)?),
                        (_, Some(_)) => {
                            let message = "the rows of a key cannot be listed here";
                            return self.fail(Diagnostic::new(&codes::WRONG_ARGUMENTS, place(key.dim.span()), message));
                        }
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
                let text = Spanned::new(unit.node.clone(), place(unit.span));
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
                let x = number.node.parse().ok().filter(|x: &f64| x.is_finite() && *x > 0.0);
                let Some(x) = x else {
                    let message = "the value of the base must be above zero";
                    return self.fail(Diagnostic::new(&codes::WRONG_ARGUMENTS, place(number.span), message));
                };
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
        let param = |w: &Spanned<String>| {
            let text = self.catalogue.params.get(&w.node).unwrap_or(&w.node);
            Spanned::new(text.clone(), place(w.span))
        };
        let codes = match &c.codes {
            Codes::One(code) => vec![param(code)],
            Codes::Set(codes) => codes.iter().map(param).collect(),
            Codes::Named(name) => match self.catalogue.sets.get(&name.node) {
                Some(set) => set.iter().map(|s| Spanned::new(s.node.clone(), place(name.span))).collect(),
                None => {
                    let near = suggest::nearest(&name.node, self.catalogue.sets.keys().map(String::as_str));
                    let fault = Diagnostic::new(
                        &codes::UNKNOWN_NAME,
                        place(name.span),
                        format!("no set is named `{}`", name.node),
                    );
                    return self.fail(match near.as_slice() {
                        [] => fault.advice(format!(
                            "a set is written {{A, B}} or named before: `let {} = {{A, B}}`",
                            name.node
                        )),
                        near => fault.advice(format!("did you mean {}?", suggest::either(near))),
                    });
                }
            },
        };
        let key = self.key(&c.dim, frame)?;
        let level = key.level;
        if let Some((level, code)) = level.and_then(|l| codes.iter().find(|c| c.node.len() != l).map(|c| (l, c))) {
            let message =
                format!("`{}` has {} digits, and `{}` are of {level}", code.node, code.node.len(), key.name.node);
            let fault = Diagnostic::new(&codes::UNKNOWN_CODE, code.span, message).here("another level");
            return self.fail(fault.advice("`where hs = …` takes a code and all below it, whatever its level"));
        }
        Some(Condition { dim: Spanned::new(key.dim, key.name.span), keep: c.keep, codes })
    }

    /// A dimension, perhaps at one level of its codes.
    pub(super) fn key(&mut self, dim: &ast::DimName, frame: &Frame) -> Option<Key> {
        let span = frame.at.unwrap_or(dim.span());
        if dim.attribute.is_some() {
            let message = format!("`{}` is no attribute that is known", format::key(dim));
            return self.fail(Diagnostic::new(&codes::UNKNOWN_NAME, span, message));
        }
        Some(Key::parse(Spanned::new(dim.name.node.clone(), span)))
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
        match period::parse(value) {
            Some(found) => Some(Spanned::new(found, span)),
            None => {
                let message = format!("parameter `{name}` is `{value}`, which is not a period");
                self.fail(Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message))
            }
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

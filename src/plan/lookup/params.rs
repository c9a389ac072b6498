//! Parameters of a script: a name that stands for a period, code, number, set, unit or dimension. In: the name and where
//! it stands. Out: what it holds, if that fits there; else a fault that names both places. What is called as a
//! dimension or a unit is that, so that a parameter of the same name cannot change its meaning.

use super::resolver::{Frame, Resolver};
use crate::diagnostic::{Diagnostic, codes, suggest};
use crate::plan::catalogue::Catalogue;
use crate::plan::*;
use crate::syntax::ast::{Figure, Literal, Name};
use crate::syntax::{Fault, parse_literal, parse_set};

/// A parameter that does not fit where it stands; `what` fits there.
pub fn misfit(name: &str, value: &Name, span: Span, what: &str) -> Diagnostic {
    let message = format!("parameter `{name}` is `{}`, which is not {what}", value.node);
    let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message).here(format!("{what} stands here"));
    let advice = format!("`param {name} = …` and `--arg {name}=…` say what it holds");
    fault.label(value.span, "what the parameter holds").advice(advice)
}

/// A number with its unit: as it is written, or what a parameter holds.
///
/// # Errors
/// No parameter is called so, or it holds no number.
pub fn figure(catalogue: &Catalogue, figure: &Spanned<Figure>) -> Result<Spanned<Literal>, Fault> {
    let name = match &figure.node {
        Figure::Printed(literal) => return Ok(Spanned::new(literal.clone(), figure.span)),
        Figure::Named(name) => name,
    };
    let Some(value) = catalogue.params.get(name) else {
        let message = format!("`{name}` is no number, and no parameter is called so");
        let fault = Diagnostic::new(&codes::UNKNOWN_NAME, figure.span, message);
        return Err(Box::new(match suggest::nearest(name, catalogue.params.keys().map(String::as_str)).as_slice() {
            [] => fault.advice("a value is a number as it was printed, with its unit; two queries meet in a comparison: `<`, `<=`, `>`, `>=`, `!=`"),
            near => fault.advice(format!("did you mean {}?", suggest::either(near))),
        }));
    };
    let literal = parse_literal(&value.node).ok_or_else(|| misfit(name, value, figure.span, "a number"))?;
    Ok(Spanned::new(literal, figure.span))
}

impl Resolver<'_> {
    /// The name that a dimension has where it is no parameter.
    pub(super) fn named_dimension(&mut self, name: &Name, frame: &Frame) -> Option<Name> {
        let span = frame.at.unwrap_or(name.span);
        let Some(value) = self.catalogue.params.get(&name.node) else {
            return Some(Spanned::new(name.node.clone(), span));
        };
        let known = |word: &str| {
            let key = Key::parse(Spanned::new(word.to_string(), span));
            Freq::parse(word).is_some() || self.catalogue.dimensions().contains(&key.dim)
        };
        match (known(&name.node), known(&value.node)) {
            (true, true) if value.node != name.node => {
                let message = format!("`{}` is a dimension, and a parameter that holds `{}`", name.node, value.node);
                let fault = Diagnostic::new(&codes::AMBIGUOUS_NAME, span, message).here("which one?");
                let fault = fault.label(value.span, "what the parameter holds");
                self.fail(fault.advice("give the parameter another name"))
            }
            (true, _) => Some(Spanned::new(name.node.clone(), span)),
            (false, true) => Some(Spanned::new(value.node.clone(), span)),
            (false, false) => {
                let fault = misfit(&name.node, value, span, "a dimension");
                self.fail(fault)
            }
        }
    }

    /// The words of a unit, as they are written or as a parameter holds them.
    pub(super) fn named_unit(&mut self, unit: &Name, span: Span) -> Option<Name> {
        let Some(value) = self.catalogue.params.get(&unit.node) else {
            return Some(Spanned::new(unit.node.clone(), span));
        };
        match (Unit::parse(&unit.node).is_ok(), Unit::parse(&value.node).is_ok()) {
            (true, true) if value.node != unit.node => {
                let message = format!("`{}` is a unit, and a parameter that holds `{}`", unit.node, value.node);
                let fault = Diagnostic::new(&codes::AMBIGUOUS_NAME, span, message).here("which one?");
                let fault = fault.label(value.span, "what the parameter holds");
                self.fail(fault.advice("give the parameter another name"))
            }
            (true, _) => Some(Spanned::new(unit.node.clone(), span)),
            (false, true) => Some(Spanned::new(value.node.clone(), span)),
            (false, false) => {
                let fault = misfit(&unit.node, value, span, "a unit");
                self.fail(fault)
            }
        }
    }

    /// One code, or the one that a parameter of this name holds.
    pub(super) fn one_code(&mut self, code: &Name) -> Option<Name> {
        let held = self.held(code);
        match (self.catalogue.params.get(&code.node), held.as_slice()) {
            (Some(value), codes) if codes.len() != 1 || parse_set(&value.node).is_some() => {
                let fault = misfit(&code.node, value, code.span, "one code");
                self.fail(fault.advice(format!("one of several codes is `among {}`", code.node)))
            }
            (_, codes) => codes.first().cloned(),
        }
    }

    /// A code, or those that a parameter of this name holds.
    pub(super) fn held(&self, code: &Name) -> Vec<Name> {
        let text = self.catalogue.params.get(&code.node).unwrap_or(code);
        let codes = parse_set(&text.node).unwrap_or_else(|| vec![text.node.clone()]);
        codes.into_iter().map(|held| Spanned::new(held, code.span)).collect()
    }

    /// The number that a series is put to: as it is written, or what a parameter holds.
    pub(super) fn base_number(&mut self, number: &Name, span: Span) -> Option<f64> {
        let text = match (number.node.parse::<f64>(), self.catalogue.params.get(&number.node)) {
            (Err(_), Some(value)) => match parse_literal(&value.node).filter(|l| l.unit.is_empty()) {
                Some(literal) => literal.number,
                None => {
                    let fault = misfit(&number.node, value, span, "a bare number");
                    return self.fail(fault);
                }
            },
            (Err(_), None) => {
                let message = format!("`{}` is no number, and no parameter is called so", number.node);
                return self.fail(Diagnostic::new(&codes::UNKNOWN_NAME, span, message));
            }
            (Ok(_), _) => number.node.clone(),
        };
        match text.parse().ok().filter(|x: &f64| x.is_finite() && *x > 0.0) {
            Some(x) => Some(x),
            None => {
                let message = "the value of the base must be above zero";
                self.fail(Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message))
            }
        }
    }
}

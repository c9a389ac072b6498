//! `set NAME = VALUE`.

use super::{Body, Fault, Session};
use crate::diagnostic::{Diagnostic, codes, suggest};
use crate::syntax::ast::Name;
use crate::value::number::Rounding;

const NAMES: &[&str] = &["strict", "rounding", "digits", "width", "timing"];

impl Session {
    pub(super) fn set(&mut self, name: &Name, value: &Name) -> Result<Body, Fault> {
        let settings = &mut self.catalogue.settings;
        let refuse = |message: String| Box::new(Diagnostic::new(&codes::WRONG_ARGUMENTS, value.span, message));
        let switch = || match value.node.as_str() {
            "on" => Ok(true),
            "off" => Ok(false),
            other => Err(refuse(format!("`{}` is `on` or `off`, not `{other}`", name.node))),
        };
        let count = |from: usize, to: usize| {
            value
                .node
                .parse()
                .ok()
                .filter(|n| (from..=to).contains(n))
                .ok_or_else(|| refuse(format!("`{}` is a number from {from} to {to}", name.node)))
        };
        match name.node.as_str() {
            "strict" => settings.strict = switch()?,
            "timing" => settings.timing = switch()?,
            "rounding" => {
                settings.rounding = match value.node.as_str() {
                    "half_away" => Rounding::HalfAway,
                    "half_even" => Rounding::HalfEven,
                    other => return Err(refuse(format!("`rounding` is `half_away` or `half_even`, not `{other}`"))),
                }
            }
            "digits" if value.node == "auto" => settings.digits = None,
            "digits" => settings.digits = Some(count(1, 15)?),
            "width" => settings.width = count(40, 1000)?,
            other => {
                let near = suggest::nearest(other, NAMES.iter().copied());
                let fault = Diagnostic::new(&codes::UNKNOWN_NAME, name.span, format!("there is no setting `{other}`"));
                let words = if near.is_empty() {
                    format!("the settings are {}", NAMES.join(", "))
                } else {
                    format!("did you mean {}?", suggest::either(&near))
                };
                return Err(Box::new(fault.advice(words)));
            }
        }
        Ok(Body::Done(format!("{} is {}", name.node, value.node)))
    }
}

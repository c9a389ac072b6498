//! Parameters of scripts: what each holds, by its statement or from outside, and where a name of one stands for a file.

use super::{Body, Session};
use crate::diagnostic::{Diagnostic, codes, suggest};
use crate::span::Spanned;
use crate::syntax::Fault;
use crate::syntax::ast::{FileName, Name};

impl Session {
    /// What comes from outside goes before what the script says.
    pub(super) fn parameter(&mut self, name: &Name, value: Option<&Name>) -> Result<Body, Fault> {
        let given = self.arguments.get(&name.node).cloned();
        let held = match (given, value) {
            (Some(given), _) => {
                let span = self.argument("--arg", &format!("{}={given}", name.node));
                Spanned::new(given, span)
            }
            (None, Some(value)) => value.clone(),
            (None, None) => {
                let message = format!("parameter `{}` has no value", name.node);
                let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, name.span, message).here("none is given");
                let advice = format!("`--arg {0}=VALUE` gives it one, or `param {0} = VALUE`", name.node);
                return Err(Box::new(fault.advice(advice)));
            }
        };
        let done = format!("{} is {}", name.node, held.node);
        self.catalogue.params.insert(name.node.clone(), held);
        Ok(Body::Done(done))
    }

    /// The name of a file: as it is written, or as a parameter holds it.
    pub(super) fn file_name(&self, file: &Spanned<FileName>) -> Result<Name, Fault> {
        let name = match &file.node {
            FileName::Text(text) => return Ok(Spanned::new(text.clone(), file.span)),
            FileName::Named(name) => name,
        };
        if let Some(value) = self.catalogue.params.get(name) {
            return Ok(Spanned::new(value.node.clone(), file.span));
        }
        let message = format!("no parameter is named `{name}`");
        let fault = Diagnostic::new(&codes::UNKNOWN_NAME, file.span, message).here("unknown");
        Err(Box::new(match suggest::nearest(name, self.catalogue.params.keys().map(String::as_str)).as_slice() {
            [] => fault.advice(format!("the name of a file stands in quotes: `\"{name}.csv\"`")),
            near => fault.advice(format!("did you mean {}?", suggest::either(near))),
        }))
    }
}

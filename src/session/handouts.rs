//! `export explain QUERY into "handout.html"`: how a number comes about, as a page that can be printed. In: a query and the
//! name of a file. Out: what was written: the answer, its steps, what is to be known of it, and where it comes from.

use super::answers::Answered;
use super::{Body, Mode, Response, Session};
use crate::diagnostic::{Diagnostic, codes};
use crate::eval::trace::Step;
use crate::render::Format;
use crate::span::Spanned;
use crate::syntax::ast::{FileName, Query};
use crate::syntax::format;
use crate::value::Named;

impl Session {
    /// An answer and how it came about, with the definitions of the operators that are written in the language.
    pub(super) fn told_how(
        &self,
        query: &Query,
        mode: Mode,
        response: &mut Response,
    ) -> Result<Answered, Vec<crate::syntax::Fault>> {
        let (answer, mut steps) = self.answer(query, mode, true, response)?;
        let defined = self.definitions_in(query).into_iter();
        steps.splice(0..0, defined.map(|say| Step { say, ..Step::default() }));
        Ok((answer, steps))
    }

    pub(super) fn handout(
        &mut self,
        query: &Query,
        into: &Spanned<FileName>,
        overwrite: bool,
        mode: Mode,
        response: &mut Response,
    ) -> Result<Body, Vec<crate::syntax::Fault>> {
        let into = self.file_name(into).map_err(|f| vec![f])?;
        let Some(markup) = Format::of_path(&into.node).and_then(Format::markup) else {
            let message = format!("`{}` is no name of a handout; names end in .html, .md or .tex", into.node);
            let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, into.span, message);
            return Err(vec![Box::new(fault.advice("without `explain` the numbers are exported in any format"))]);
        };
        let path = self.may_write(&into, &into.node, overwrite).map_err(|f| vec![f])?;
        let (Some(answer), steps) = self.told_how(query, mode, response)? else {
            return Ok(Body::Done(String::new()));
        };
        let asked = format::query(query);
        let table = self.columns_markup(&Named::columns(&answer), markup, (&asked, &response.keys), &response.files);
        let said: Vec<&Diagnostic> = response.diagnostics.iter().collect();
        let mut text = markup.head(&asked) + &markup.heading(1, "How a number comes about") + &table;
        text.push_str(&(markup.heading(2, "Step by step") + &markup.steps(&steps)));
        if !said.is_empty() {
            text.push_str(&(markup.heading(2, "What to know of it") + &markup.said(&said, true)));
        }
        text.push_str(&markup.paragraph(&format!("Made by tradeql {}.", env!("CARGO_PKG_VERSION"))));
        self.write(&into, &[(path, text.into_bytes())])?;
        Ok(Body::Written(vec![into.node.clone()], format!("wrote {}", into.node)))
    }
}

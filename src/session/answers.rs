//! From a query to its answer: looked up, checked, evaluated, put into a format. In: a query and the catalogue. Out: a
//! value with its steps, or a file; what is to be said of it goes into the response.

use super::{Body, Mode, Response, Session};
use crate::diagnostic::{Code, Diagnostic, codes, suggest, words};
use crate::eval::{self, trace::Step};
use crate::plan::{Demand, Plan, check, resolve};
use crate::render::{Answer, Format};
use crate::span::Span;
use crate::syntax::Fault;
use crate::syntax::ast::Query;
use crate::value::Value;
use std::collections::BTreeSet;
use std::sync::PoisonError;

/// What is true of a series or a dataset, whatever is asked of it, is said once.
const ONCE: &[&Code] = &[&codes::KIND_ASSUMED, &codes::DOMESTIC_ROWS];

impl Session {
    /// Looks a query up and checks it.
    pub(super) fn plan(&self, query: &Query) -> Result<Plan, Vec<Fault>> {
        let plan = resolve::resolve(&self.catalogue, query)?;
        check::check(&self.catalogue, &plan, &Demand::whole())?;
        Ok(plan)
    }

    /// A named query is checked where it is named, but for what its use may still say: periods and dimensions.
    pub(super) fn check_let(&self, query: &Query) -> Result<(), Vec<Fault>> {
        let plan = resolve::resolve(&self.catalogue, query)?;
        let late = [&codes::WRONG_ARGUMENTS, &codes::SUM_OF_NONADDITIVE];
        match check::check(&self.catalogue, &plan, &Demand::whole()) {
            Ok(_) => Ok(()),
            Err(faults) if faults.iter().all(|f| late.contains(&f.code)) => Ok(()),
            Err(faults) => Err(faults),
        }
    }

    /// Looks up, checks and evaluates a query.
    pub(super) fn answer(
        &self,
        query: &Query,
        mode: Mode,
        explain: bool,
        response: &mut Response,
    ) -> Result<(Option<Value>, Vec<Step>), Vec<Fault>> {
        let plan = self.plan(query)?;
        let files: BTreeSet<String> = plan.leaves().iter().map(|(s, _)| s.info().file.clone()).collect();
        response.files = files.into_iter().collect();
        if mode == Mode::Check {
            return Ok((None, Vec::new()));
        }
        let outcome = eval::evaluate(&self.catalogue, &plan, &self.budget, explain).map_err(|f| vec![f])?;
        if let Some(name) = misplaced(&outcome.value) {
            let message = format!("a row of the answer has no code of `{name}`");
            return Err(vec![Box::new(Diagnostic::new(&codes::BUG, query.expr.span, message))]);
        }
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let once = |d: &Diagnostic| ONCE.contains(&d.code);
        let new = outcome
            .diagnostics
            .into_iter()
            .filter(|d| !once(d) || told.insert(format!("{} {}", d.code.slug, d.message)));
        response.diagnostics.extend(new);
        Ok((Some(outcome.value), outcome.steps))
    }

    pub(super) fn export(
        &mut self,
        query: &Query,
        into: &str,
        span: Span,
        mode: Mode,
        response: &mut Response,
    ) -> Result<Body, Vec<Fault>> {
        let fail = |message: String| vec![Box::new(Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message))];
        let Some(format) = Format::of_path(into) else {
            let suffixes = suggest::listed(&Format::suffixes().collect::<Vec<_>>(), "or");
            return Err(fail(format!("`{into}` does not say its format; names end in {suffixes}")));
        };
        let (Some(value), _) = self.answer(query, mode, false, response)? else { return Ok(Body::Done(String::new())) };
        let text = self.text(&value, format, &response.query, &response.files);
        let path = self.base.join(into);
        self.files.write(&path, text.as_bytes()).map_err(|e| fail(format!("`{into}` cannot be written: {e}")))?;
        Ok(Body::Done(format!("wrote {into}: {}", words::counted(value.rows.len(), "row"))))
    }

    /// An answer in a format, without colours.
    pub fn text(&self, value: &Value, format: Format, title: &str, files: &[String]) -> String {
        format.text(&Answer { value, title, files, settings: &self.catalogue.settings, colour: false })
    }
}

/// A dimension in which a row has no code, so that it would be printed as a row that it is not.
fn misplaced(value: &Value) -> Option<&str> {
    let has_code = |at: usize, labels: usize| {
        value.rows.iter().all(|row| row.key.get(at).is_some_and(|place| (*place as usize) < labels))
    };
    let lost = value.dims.iter().enumerate().find(|(at, dim)| !has_code(*at, dim.labels.len()));
    lost.map(|(_, dim)| dim.name.as_ref())
}

//! From a query to its answer: looked up, checked, evaluated, put into a format. In: a query and the catalogue. Out: a
//! value with its steps; what is to be said of it goes into the response.

use super::loading::Partial;
use super::{Mode, Response, Session};
use crate::data::Budget;
use crate::diagnostic::{Diagnostic, codes};
use crate::eval::{self, trace::Step};
use crate::pause::paced;
use crate::plan::choices::Table;
use crate::plan::lookup::{choosing, resolve};
use crate::plan::{Demand, Plan, check};
use crate::render::markup::Markup;
use crate::render::{Answer, Format, table, text_of};
use crate::syntax::Fault;
use crate::syntax::ast::{Clause, ExprNode, Query};
use crate::syntax::format;
use crate::value::{Named, Value};
use std::collections::BTreeSet;
use std::io::Write;

/// The part of the memory that is always left for an answer.
const LEAST_PART: u64 = 4;
/// Bytes that are always left for one, as the first part of a file is always read.
const LEAST_ROOM: u64 = 4 << 20;

/// The columns of an answer, unless it was only checked, and how they came about.
pub(super) type Answered = (Option<Vec<Named>>, Vec<Step>);

impl Session {
    /// Looks a query up and checks it, as one value.
    pub(super) fn plan(&self, query: &Query) -> Result<Plan, Vec<Fault>> {
        let plan = resolve::resolve(&self.catalogue, query)?;
        check::check(&self.catalogue, &plan, &Demand::whole())?;
        Ok(plan)
    }

    /// Looks up and checks what a statement asks: one query, or several side by side.
    pub(super) fn table(&self, query: &Query) -> Result<Table, Vec<Fault>> {
        let mut table = choosing::table(&self.catalogue, query)?;
        check::choices::settle(&self.catalogue, &mut table)?;
        check::choices::check_table(&self.catalogue, &table)?;
        Ok(table)
    }

    /// A named query is checked where it is named, but for what its use may still say: periods and dimensions.
    pub(super) fn check_let(&self, query: &Query) -> Result<(), Vec<Fault>> {
        let late = [&codes::WRONG_ARGUMENTS, &codes::SUM_OF_NONADDITIVE];
        match self.table(query) {
            Ok(_) => Ok(()),
            Err(faults) if faults.iter().all(|f| late.contains(&f.code)) => Ok(()),
            Err(faults) => Err(faults),
        }
    }

    /// Looks up, checks and evaluates what a statement asks.
    pub(super) fn answer(
        &self,
        query: &Query,
        mode: Mode,
        explain: bool,
        response: &mut Response,
    ) -> Result<Answered, Vec<Fault>> {
        let table = self.table(query)?;
        response.keys = self.written_keys(query, 0);
        let plans = table.items.iter().map(|i| &i.plan).chain(table.choices.plans());
        note_files(plans, response);
        if mode == Mode::Check {
            return Ok((None, Vec::new()));
        }
        let outcome = eval::evaluate_table(&self.catalogue, &table, &self.answering(), explain).map_err(|f| vec![f])?;
        let (values, steps) = self.told(outcome, query, response)?;
        let names = table.items.into_iter().map(|i| i.name);
        Ok((Some(names.zip(values).map(|(name, value)| Named { name, value }).collect()), steps))
    }

    /// The budget of an answer: what the data leave of the memory, and in any case a part of it.
    pub(super) fn answering(&self) -> Budget {
        if self.max_memory == u64::MAX {
            return self.budget.clone();
        }
        let held: u64 = self.catalogue.datasets.values().map(|source| source.held()).sum();
        self.budget
            .clone()
            .with_room(self.max_memory.saturating_sub(held).max(self.max_memory / LEAST_PART).max(LEAST_ROOM))
    }

    /// The keys that a query lists, in order; those of the query that it names, where it lists none.
    fn written_keys(&self, query: &Query, depth: usize) -> Vec<String> {
        let by = query.clauses.iter().find_map(|c| match &c.node {
            Clause::By(keys) => Some(keys.iter().map(|k| format::key(&k.dim)).collect()),
            _ => None,
        });
        let named = || match &query.expr.node {
            ExprNode::Name(name) if depth < 64 => self.catalogue.lets.get(name).cloned(),
            _ => None,
        };
        by.or_else(|| named().map(|q| self.written_keys(&q, depth + 1))).unwrap_or_default()
    }

    /// The same of a query that is one value: nothing is added to its rows.
    pub(super) fn value(
        &self,
        query: &Query,
        mode: Mode,
        response: &mut Response,
    ) -> Result<Option<Value>, Vec<Fault>> {
        let plan = self.plan(query)?;
        note_files(std::iter::once(&plan), response);
        if mode == Mode::Check {
            return Ok(None);
        }
        let outcome = eval::evaluate(&self.catalogue, &plan, &self.answering(), false).map_err(|f| vec![f])?;
        Ok(self.told(outcome, query, response)?.0.pop())
    }

    /// The values of an outcome; what it says goes into the response.
    fn told(
        &self,
        outcome: eval::Outcome,
        query: &Query,
        response: &mut Response,
    ) -> Result<(Vec<Value>, Vec<Step>), Vec<Fault>> {
        // It is asked again of all rows, before anything is made of it.
        if self.partial.iter().any(Partial::is_beyond) {
            let message = "more was asked than was read of the file";
            return Err(vec![Box::new(Diagnostic::new(&codes::INTERRUPTED, query.expr.span, message))]);
        }
        if let Some(name) = outcome.values.iter().find_map(misplaced) {
            let message = format!("a row of the answer has no code of `{name}`");
            return Err(vec![Box::new(Diagnostic::new(&codes::BUG, query.expr.span, message))]);
        }
        response.diagnostics.extend(outcome.diagnostics);
        Ok((outcome.values, outcome.steps))
    }

    /// The one number of an answer in words, and its marks; none where it is a table.
    pub fn number_words(&self, columns: &[(&str, &Value)]) -> Option<(String, String)> {
        let answer =
            Answer { columns, title: "", keys: &[], files: &[], settings: &self.catalogue.settings, colour: false };
        let single = table::page(&answer).single?;
        Some((single.text, single.marks))
    }

    /// Values side by side as a part of a document.
    pub fn columns_markup(
        &self,
        columns: &[(&str, &Value)],
        markup: Markup,
        (title, keys): (&str, &[String]),
        files: &[String],
    ) -> String {
        text_of(|to| self.write_markup(columns, markup, (title, keys), files, to))
    }

    /// Writes the same.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_markup(
        &self,
        columns: &[(&str, &Value)],
        markup: Markup,
        (title, keys): (&str, &[String]),
        files: &[String],
        to: &mut dyn Write,
    ) -> std::io::Result<()> {
        let named = self.named(columns, Format::Html);
        let named = named.as_deref().map(Named::columns);
        let columns = named.as_deref().unwrap_or(columns);
        let settings = &self.catalogue.settings;
        markup.write(&Answer { columns, title, keys, files, settings, colour: false }, to)
    }

    /// A value in a format, without colours.
    pub fn text(&self, value: &Value, format: Format, title: &str, files: &[String]) -> String {
        self.columns_text(&[("", value)], format, (title, &[]), files)
    }

    /// Values side by side in a format, each with its name, without colours.
    pub fn columns_text(
        &self,
        columns: &[(&str, &Value)],
        format: Format,
        (title, keys): (&str, &[String]),
        files: &[String],
    ) -> String {
        text_of(|to| self.write_columns(columns, format, (title, keys), files, to))
    }

    /// Writes the same.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_columns(
        &self,
        columns: &[(&str, &Value)],
        format: Format,
        (title, keys): (&str, &[String]),
        files: &[String],
        to: &mut dyn Write,
    ) -> std::io::Result<()> {
        let named = self.named(columns, format);
        let named = named.as_deref().map(Named::columns);
        let columns = named.as_deref().unwrap_or(columns);
        let settings = &self.catalogue.settings;
        format.write(&Answer { columns, title, keys, files, settings, colour: false }, to)
    }
}

/// The files that an answer comes from.
fn note_files<'p>(plans: impl Iterator<Item = &'p Plan>, response: &mut Response) {
    let leaves = plans.flat_map(|p| p.leaves());
    let files: BTreeSet<String> =
        leaves.map(|(s, _)| s.info().file.clone()).chain(std::mem::take(&mut response.files)).collect();
    response.files = files.into_iter().collect();
}

/// A dimension in which a row has no code, so that it would be printed as a row that it is not.
fn misplaced(value: &Value) -> Option<&str> {
    let has_code = |at: usize, labels: usize| {
        paced(&value.rows).all(|row| row.key().get(at).is_some_and(|place| (*place as usize) < labels))
    };
    let lost = value.dims.iter().enumerate().find(|(at, dim)| !has_code(*at, dim.labels.len()));
    lost.map(|(_, dim)| dim.name.as_ref())
}

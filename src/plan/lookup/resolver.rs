//! What the look-up of a query carries along: the catalogue, what was wrong so far, and where in the substitution of
//! names it stands. Looks nothing up itself.

use crate::diagnostic::Diagnostic;
use crate::plan::Plan;
use crate::plan::catalogue::Catalogue;
use crate::span::Span;
use crate::syntax::Fault;
use crate::syntax::ast::Clause;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where in the substitution of names a query stands.
#[derive(Clone, Default)]
pub(super) struct Frame {
    pub(super) depth: usize,
    /// The place at which a named query was used.
    pub(super) at: Option<Span>,
    /// The operands of a user operator.
    pub(super) operands: Arc<BTreeMap<String, Plan>>,
    /// The clauses of the query around, which a user operator may take for its body.
    pub(super) taken: Vec<Clause>,
}

/// How deep a plan may be without names.
const PLAIN: usize = 128;
/// How much deeper each name makes it.
const NAME: usize = 8;
/// However many names there are.
const MOST: usize = 4_096;

/// How deep a plan may be, named queries put in place.
pub fn deepest(catalogue: &Catalogue) -> usize {
    catalogue.chains.longest.saturating_mul(NAME).saturating_add(PLAIN).min(MOST)
}

pub(super) struct Resolver<'a> {
    pub(super) catalogue: &'a Catalogue,
    /// How deep it may be.
    pub(super) deepest: usize,
    pub(super) nodes: usize,
    pub(super) faults: Vec<Fault>,
}

impl Resolver<'_> {
    pub(super) fn fail<T>(&mut self, fault: Diagnostic) -> Option<T> {
        self.faults.push(Box::new(fault));
        None
    }
}

//! Measures that stand several times in a query, as behind the names of other queries: what is asked of one of them twice
//! is read once. In: a measure and what is asked of it. Out: its value, with all that was said when it was read.

use crate::data::Source;
use crate::diagnostic::Diagnostic;
use crate::eval::Evaluator;
use crate::eval::reading::regroup::is_regrouped;
use crate::plan::{Demand, Grid, Node, Plan};
use crate::span::Span;
use crate::syntax::Fault;
use crate::value::Value;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::sync::Arc;

/// Larger values are read again rather than held.
const MOST_ROWS: usize = 1 << 18;
/// So many are held at a time.
const MOST: usize = 32;

/// A source by where it lies, a measure of it, and where it was said.
type Leaf = (usize, usize, Span);

/// What was read of measures that stand several times.
#[derive(Debug, Default)]
pub(in crate::eval) struct Shared {
    /// How often each measure stands in the query.
    times: FxHashMap<Leaf, usize>,
    known: Vec<Known>,
    /// What is said while one of them is read.
    said: Option<Vec<Diagnostic>>,
}

#[derive(Debug)]
struct Known {
    leaf: Leaf,
    demand: Demand,
    silent: bool,
    value: Value,
    said: Vec<Diagnostic>,
}

fn leaf(source: &Arc<dyn Source>, measure: usize, span: Span) -> Leaf {
    (Arc::as_ptr(source).cast::<()>().addr(), measure, span)
}

/// Whether the same is asked, for the same periods and in the money of the data.
fn alike(a: &Demand, b: &Demand) -> bool {
    let (Grid::List(x), Grid::List(y)) = (&a.grid, &b.grid) else { return false };
    x == y
        && a.keys == b.keys
        && a.filters == b.filters
        && (&a.ignored, &a.singly, &a.added) == (&b.ignored, &b.singly, &b.added)
        && (a.mean_is_asked, a.compares) == (b.mean_is_asked, b.compares)
        && a.money.is_empty()
        && b.money.is_empty()
}

impl Shared {
    /// Counts the measures of a plan.
    pub(in crate::eval) fn count(&mut self, plan: &Plan) {
        let times = RefCell::new(std::mem::take(&mut self.times));
        plan.any(&|p| {
            if let Node::Measure(source, measure) = &p.node {
                *times.borrow_mut().entry(leaf(source, *measure, p.span)).or_default() += 1;
            }
            false
        });
        self.times = times.into_inner();
    }

    /// Notes what is said.
    pub(in crate::eval) fn hear(&mut self, diagnostic: &Diagnostic) {
        if let Some(said) = &mut self.said {
            said.push(diagnostic.clone());
        }
    }

    /// Listens no more until [`Shared::listen`].
    pub(in crate::eval) fn pause(&mut self) -> Option<Vec<Diagnostic>> {
        self.said.take()
    }

    /// Listens as before.
    pub(in crate::eval) fn listen(&mut self, said: Option<Vec<Diagnostic>>) {
        self.said = said;
    }
}

impl Evaluator<'_> {
    /// The value of a measure, read once for all places of the query where the same is asked of it.
    pub(in crate::eval) fn leaf_once(
        &mut self,
        plan: &Plan,
        source: &Arc<dyn Source>,
        measure: usize,
        demand: &Demand,
    ) -> Result<Value, Fault> {
        let at = leaf(source, measure, plan.span);
        // Where labels are put together, not all that is said while they are read stays said.
        let plain = demand.money.is_empty() && !is_regrouped(source.info(), demand);
        if !plain || self.trace.is_on() || self.shared.times.get(&at).is_none_or(|n| *n < 2) {
            return self.leaf(plan, source, measure, demand);
        }
        let demand = self.listed(plan, demand)?;
        let silent = self.silent;
        let same = |k: &&Known| k.leaf == at && k.silent == silent && alike(&k.demand, &demand);
        if let Some(known) = self.shared.known.iter().find(same) {
            let (value, said) = (known.value.clone(), known.said.clone());
            said.into_iter().for_each(|d| self.say(d));
            return Ok(value);
        }
        let outer = self.shared.said.replace(Vec::new());
        let value = self.leaf(plan, source, measure, &demand);
        let said = self.shared.said.take().unwrap_or_default();
        self.shared.said = outer.map(|mut all| {
            all.extend(said.iter().cloned());
            all
        });
        let value = value?;
        if value.rows.len() <= MOST_ROWS && self.shared.known.len() < MOST {
            self.shared.known.push(Known { leaf: at, demand, silent, value: value.clone(), said });
        }
        Ok(value)
    }
}

//! A source under the name that a session gives it. In: any source. Out: the same answers, and an info with that name,
//! so that whoever wrote the source need not know what it will be called.

use crate::data::info::DatasetInfo;
use crate::data::presence::Presence;
use crate::data::source::{Aggregate, AggregateRequest, Filter, Groups, Observation, Paired, Source, SourceError};
use crate::data::work::Budget;
use crate::value::Period;
use std::sync::Arc;

/// A source with another name than it has of itself.
#[derive(Debug)]
pub struct Named {
    info: DatasetInfo,
    source: Arc<dyn Source>,
}

impl Named {
    /// The source, called so.
    pub fn new(name: &str, source: Arc<dyn Source>) -> Named {
        Named { info: DatasetInfo { name: name.into(), ..source.info().clone() }, source }
    }
}

impl Source for Named {
    fn info(&self) -> &DatasetInfo {
        &self.info
    }

    fn held(&self) -> u64 {
        self.source.held()
    }

    fn aggregate(&self, request: &AggregateRequest, budget: &Budget) -> Result<Aggregate, SourceError> {
        self.source.aggregate(request, budget)
    }

    fn visit(&self, request: &AggregateRequest, budget: &Budget, groups: &mut dyn Groups) -> Result<(), SourceError> {
        self.source.visit(request, budget, groups)
    }

    fn visit_near(
        &self,
        request: &AggregateRequest,
        near: Period,
        budget: &Budget,
        groups: &mut dyn Groups,
    ) -> Result<(), SourceError> {
        self.source.visit_near(request, near, budget, groups)
    }

    fn visit_paired(
        &self,
        request: &AggregateRequest,
        other: &Paired,
        budget: &Budget,
        groups: &mut dyn Groups,
    ) -> Result<bool, SourceError> {
        self.source.visit_paired(request, other, budget, groups)
    }

    fn meets_itself(
        &self,
        measure: usize,
        dims: (usize, usize),
        codes: &[String],
        budget: &Budget,
    ) -> Result<bool, SourceError> {
        self.source.meets_itself(measure, dims, codes, budget)
    }

    fn presence(
        &self,
        measure: usize,
        dims: &[usize],
        filters: &[Filter],
        budget: &Budget,
    ) -> Result<Arc<Presence>, SourceError> {
        self.source.presence(measure, dims, filters, budget)
    }

    fn statement(&self, request: &AggregateRequest) -> Option<String> {
        self.source.statement(request)
    }

    fn explain(
        &self,
        request: &AggregateRequest,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<Observation>, SourceError> {
        self.source.explain(request, limit, budget)
    }
}

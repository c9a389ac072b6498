//! A dataset of which only the rows of some codes were read. In: its source, and which codes of a dimension it has all
//! rows of. Out: answers about those; whatever asks for others is told so, and that it was asked for is noted, for no
//! number of a part may stand for one of the whole.

use crate::data::info::DatasetInfo;
use crate::data::seen::Seen;
use crate::data::source::{Aggregate, AggregateRequest, Filter, Groups, Observation, Paired, Source, SourceError};
use crate::data::work::Budget;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether more was asked of a dataset than was read.
pub type Beyond = Arc<AtomicBool>;

/// A source with the rows of some codes.
#[derive(Debug)]
pub struct Sifted {
    source: Arc<dyn Source>,
    dim: usize,
    /// Per code of the dimension, whether its rows are there.
    kept: Vec<bool>,
    beyond: Beyond,
    seen: Seen,
}

impl Sifted {
    /// The source, which has all rows of the codes of a dimension that are kept.
    pub fn new(source: Arc<dyn Source>, dim: usize, kept: &dyn Fn(&str) -> bool, beyond: Beyond) -> Sifted {
        let codes = source.info().dims.get(dim).map(|d| d.codes.iter().map(|code| kept(code)).collect());
        Sifted { source, dim, kept: codes.unwrap_or_default(), beyond, seen: Seen::default() }
    }

    /// Only codes of which the rows are there may pass.
    fn has(&self, filters: &[Filter]) -> Result<(), SourceError> {
        let Some(dim) = self.source.info().dims.get(self.dim) else { return Ok(()) };
        let tests: Vec<_> = filters.iter().filter(|f| f.dim == self.dim).map(|f| f.passes(dim)).collect();
        let mut codes = dim.codes.iter().zip(&self.kept);
        if codes.all(|(code, kept)| *kept || tests.iter().any(|passes| !passes(code))) {
            return Ok(());
        }
        self.beyond.store(true, Ordering::Relaxed);
        Err(SourceError::Failed("only a part of the file was read".into()))
    }
}

impl Source for Sifted {
    fn info(&self) -> &DatasetInfo {
        self.source.info()
    }

    fn held(&self) -> u64 {
        self.source.held()
    }

    fn aggregate(&self, request: &AggregateRequest, budget: &Budget) -> Result<Aggregate, SourceError> {
        self.has(&request.filters)?;
        self.source.aggregate(request, budget)
    }

    fn visit(&self, request: &AggregateRequest, budget: &Budget, groups: &mut dyn Groups) -> Result<(), SourceError> {
        self.has(&request.filters)?;
        self.source.visit(request, budget, groups)
    }

    fn visit_paired(
        &self,
        request: &AggregateRequest,
        other: &Paired,
        budget: &Budget,
        groups: &mut dyn Groups,
    ) -> Result<bool, SourceError> {
        self.has(&request.filters)?;
        self.source.visit_paired(request, other, budget, groups)
    }

    fn meets_itself(
        &self,
        measure: usize,
        dims: (usize, usize),
        codes: &[String],
        budget: &Budget,
    ) -> Result<bool, SourceError> {
        let both = [dims.0, dims.1].map(|dim| Filter { dim, keep: true, codes: codes.to_vec() });
        self.has(&both)?;
        self.source.meets_itself(measure, dims, codes, budget)
    }

    fn seen(&self) -> Option<&Seen> {
        Some(&self.seen)
    }

    fn explain(
        &self,
        request: &AggregateRequest,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<Observation>, SourceError> {
        self.has(&request.filters)?;
        self.source.explain(request, limit, budget)
    }
}

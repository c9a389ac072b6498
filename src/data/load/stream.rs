//! A dataset that is larger than the memory it may take: read anew for each question, part by part, through the same
//! loader and the same sums. In: a file that can be opened again. Out: the answers that the whole would give.

use crate::data::declare::Spec;
use crate::data::doubt::Doubt;
pub use crate::data::load::parts::Opener;
use crate::data::load::parts::{Known, Parts, Whole};
use crate::data::load::ranges::{self, Range};
use crate::data::load::{Extent, Loaded, Place};
use crate::data::meaning::asked::{Asked, LEAST_ROWS};
use crate::data::work::Work;
use crate::data::{
    Aggregate, AggregateRequest, Budget, DatasetInfo, Filter, Groups, Observation, Paired, Seen, Source, SourceError,
};
use crate::diagnostic::codes;
use crate::span::Span;
use crate::syntax::Fault;
use crate::value::Period;
use std::fmt;
use std::sync::Arc;

/// Rows that are held at a time: so many at most, and fewer in little memory.
const ROWS: u64 = 1 << 20;
/// Bytes that a row takes while it is read and summed, by a generous estimate.
const ROW: u64 = 128;

/// Keys of rows, of eight bytes each, that are held in the least of memories.
const FEW_KEYS: usize = 1 << 16;

/// A file that is read for each question.
pub struct Stream {
    info: DatasetInfo,
    parts: Parts,
    known: Known,
    /// Whether rows may be left out while they are read: not where anything about the file is doubtful.
    sieves: bool,
    seen: Seen,
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("info", &self.info).finish_non_exhaustive()
    }
}

/// Asks one part; `false` if it has no answer.
type Ask<'a> = &'a mut dyn FnMut(&dyn Source, &mut dyn Groups) -> Result<bool, SourceError>;

impl Stream {
    /// Reads a file once to know what it holds.
    pub fn open(
        place: &Place<'_>,
        open: Opener,
        spec: &Spec,
        work: Work<'_>,
        max_memory: u64,
    ) -> Result<Loaded, Fault> {
        let rows = usize::try_from((max_memory / ROW / 4).clamp(10_000, ROWS)).unwrap_or(10_000);
        let keys = usize::try_from(max_memory / 8 / 2).unwrap_or(usize::MAX).max(FEW_KEYS);
        let parts = Parts { open, spec: spec.clone(), most: max_memory, rows, keys };
        let Whole { info, mut doubts, known, unsearched } = parts.whole(place, work)?;
        let sieves = doubts.is_empty();
        doubts.extend(unsearched);
        let message = "the file is larger than the memory it may take: its numbers were not checked against each other";
        doubts.push(Doubt::new(&codes::NOT_CHECKED, None, message));
        let stream = Stream { info, parts, known, sieves, seen: Seen::default() };
        Ok(Loaded::of(Arc::new(stream), doubts))
    }

    /// The rows that a request may need: those of its reporters, if it names some.
    fn asked(&self, request: &AggregateRequest) -> Asked {
        let of_reporter = |f: &&Filter| self.info.dims.get(f.dim).is_some_and(|d| d.name.as_ref() == "reporter");
        let reporters = request.filters.iter().filter(of_reporter).find(|f| f.keep);
        Asked {
            // All columns, so that measures keep their places.
            names: self.info.measures.iter().map(|m| m.name.to_string()).collect(),
            reporters: reporters.map(|f| f.codes.iter().cloned().collect()),
            least: LEAST_ROWS,
            again: false,
        }
    }

    fn parts(
        &self,
        asked: Option<&Asked>,
        budget: &Budget,
        each: &mut dyn FnMut(&dyn Source) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        let place = Place { file: &self.info.file, name: &self.info.name, span: Span::default() };
        let work = Work { threads: budget.threads(), budget, progress: &|_| () };
        let mut own = None;
        let read =
            self.parts.each(&place, (&self.known, asked, Extent::Part { keys: false }), work, &mut |loaded, _| {
                each(&*loaded.source).inspect_err(|why| own = Some(why.clone()))
            });
        read.map(|_| ()).map_err(|fault| match (own, budget.check()) {
            (Some(why), _) => why,
            (None, Err(stopped)) => stopped.into(),
            (None, Ok(())) => SourceError::Failed(fault.message.clone()),
        })
    }

    /// What the parts answer, put together, by as many readings as memory asks for: each holds the next groups in the
    /// order of their keys. `false` if a part has no answer.
    fn together(
        &self,
        request: &AggregateRequest,
        budget: &Budget,
        (ask, out): (Ask<'_>, &mut dyn Groups),
    ) -> Result<bool, SourceError> {
        let dims = ranges::dims(&self.info, &request.group_by);
        let mut from = Some(0);
        while let Some(at) = from {
            let mut held = Range::new(&self.info, &dims, (at, ranges::most_groups(self.parts.most)))?;
            let mut all = true;
            self.parts(Some(&self.asked(request)).filter(|_| self.sieves), budget, &mut |part| {
                all &= ask(part, &mut held)?;
                Ok(())
            })?;
            if !all {
                return Ok(false);
            }
            from = held.shown(out)?;
        }
        Ok(true)
    }
}

impl Source for Stream {
    fn info(&self) -> &DatasetInfo {
        &self.info
    }

    fn aggregate(&self, request: &AggregateRequest, budget: &Budget) -> Result<Aggregate, SourceError> {
        let mut whole = Aggregate::default();
        self.visit(request, budget, &mut whole)?;
        Ok(whole)
    }

    fn visit(&self, request: &AggregateRequest, budget: &Budget, groups: &mut dyn Groups) -> Result<(), SourceError> {
        let ask: Ask<'_> = &mut |part, held| part.visit(request, budget, held).map(|()| true);
        self.together(request, budget, (ask, groups)).map(|_| ())
    }

    fn visit_paired(
        &self,
        request: &AggregateRequest,
        other: &Paired,
        budget: &Budget,
        groups: &mut dyn Groups,
    ) -> Result<bool, SourceError> {
        let ask: Ask<'_> = &mut |part, held| part.visit_paired(request, other, budget, held);
        self.together(request, budget, (ask, groups))
    }

    fn visit_near(
        &self,
        request: &AggregateRequest,
        _near: Period,
        budget: &Budget,
        groups: &mut dyn Groups,
    ) -> Result<(), SourceError> {
        // The file is read whatever is asked, and what is remembered takes room.
        self.visit(request, budget, groups)
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
        let mut out: Vec<Observation> = Vec::new();
        self.parts(None, budget, &mut |part| {
            out.extend(part.explain(request, limit - out.len().min(limit), budget)?);
            Ok(())
        })?;
        Ok(out)
    }
}

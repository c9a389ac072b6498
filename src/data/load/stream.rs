//! A dataset that is larger than the memory it may take: read anew for each question, part by part, through the same
//! loader and the same sums. In: a file that can be opened again. Out: the answers that the whole would give.

use crate::data::declare::Spec;
pub use crate::data::load::parts::Opener;
use crate::data::load::parts::{Known, Parts, Whole};
use crate::data::load::{Extent, Loaded, Place, Told};
use crate::data::meaning::asked::Asked;
use crate::data::work::Work;
use crate::data::{
    Aggregate, AggregateRequest, AggregateRow, Budget, DatasetInfo, Filter, Groups, Observation, Paired, Presence,
    Seen, Source, SourceError, Total,
};
use crate::span::Span;
use crate::syntax::Fault;
use crate::value::{Dimension, Labels, Period};
use rustc_hash::FxHashMap;
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

/// Asks one part; `None` if it has no answer.
type Ask<'a> = &'a mut dyn FnMut(&dyn Source) -> Result<Option<Aggregate>, SourceError>;

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
        let stream = Stream { info, parts, known, sieves, seen: Seen::default() };
        Ok(Loaded { source: Arc::new(stream), doubts, is_partial: false, told: Told::default() })
    }

    /// The rows that a request may need: those of its reporters, if it names some.
    fn asked(&self, request: &AggregateRequest) -> Asked {
        let of_reporter = |f: &&Filter| self.info.dims.get(f.dim).is_some_and(|d| d.name.as_ref() == "reporter");
        let reporters = request.filters.iter().filter(of_reporter).find(|f| f.keep);
        Asked {
            // All columns, so that measures keep their places.
            names: self.info.measures.iter().map(|m| m.name.to_string()).collect(),
            reporters: reporters.map(|f| f.codes.iter().cloned().collect()),
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

    /// What the parts answer, put together; `None` if one of them has no answer.
    fn merged(
        &self,
        request: &AggregateRequest,
        budget: &Budget,
        answer: Ask<'_>,
    ) -> Result<Option<Aggregate>, SourceError> {
        let mut all_answer = true;
        let mut dims: Vec<Dimension> = Vec::new();
        let mut places: Vec<FxHashMap<Arc<str>, u32>> = vec![FxHashMap::default(); request.group_by.len()];
        let mut groups: FxHashMap<(Labels, Period), AggregateRow> = FxHashMap::default();
        let mut decimals = 0;
        self.parts(Some(&self.asked(request)).filter(|_| self.sieves), budget, &mut |part| {
            let Some(part) = answer(part)? else {
                all_answer = false;
                return Ok(());
            };
            if part.places > decimals {
                groups.values_mut().for_each(|sum| sum.total = at_places(sum.total, decimals, part.places));
                decimals = part.places;
            }
            let maps: Vec<Vec<u32>> = part
                .dims
                .iter()
                .zip(&mut places)
                .map(|(d, known)| {
                    let next = |known: &FxHashMap<Arc<str>, u32>| u32::try_from(known.len()).unwrap_or(u32::MAX);
                    d.labels
                        .iter()
                        .map(|l| {
                            let n = next(known);
                            *known.entry(l.clone()).or_insert(n)
                        })
                        .collect()
                })
                .collect();
            if dims.is_empty() || !part.dims.is_empty() {
                dims = part.dims;
            }
            for mut row in part.rows {
                row.key = row.key.iter().zip(&maps).map(|(k, m)| m.get(*k as usize).copied().unwrap_or(0)).collect();
                row.total = at_places(row.total, part.places, decimals);
                match groups.get_mut(&(row.key.clone(), row.period)) {
                    Some(sum) => {
                        sum.total = joined(sum.total, row.total, decimals);
                        sum.count += row.count;
                        sum.rows += row.rows;
                        sum.reason = sum.reason.or(row.reason);
                        sum.flags = sum.flags.with(row.flags);
                    }
                    None => {
                        groups.insert((row.key.clone(), row.period), row);
                    }
                }
            }
            Ok(())
        })?;
        // Labels in order, and the keys with them.
        let mut maps = Vec::new();
        for (dim, known) in dims.iter_mut().zip(&places) {
            let mut labels: Vec<Arc<str>> = known.keys().cloned().collect();
            labels.sort_unstable();
            let mut map = vec![0u32; labels.len()];
            for (label, at) in labels.iter().zip(0u32..) {
                if let Some(slot) = known.get(label).and_then(|k| map.get_mut(*k as usize)) {
                    *slot = at;
                }
            }
            dim.labels = Arc::new(labels);
            maps.push(map);
        }
        let mut rows: Vec<AggregateRow> = groups.into_values().collect();
        for row in &mut rows {
            row.key = row.key.iter().zip(&maps).map(|(k, m)| m.get(*k as usize).copied().unwrap_or(0)).collect();
        }
        rows.sort_unstable_by(|a, b| a.key.cmp(&b.key).then(a.period.cmp(&b.period)));
        Ok(all_answer.then_some(Aggregate { dims, rows, places: decimals }))
    }
}

impl Source for Stream {
    fn info(&self) -> &DatasetInfo {
        &self.info
    }

    fn aggregate(&self, request: &AggregateRequest, budget: &Budget) -> Result<Aggregate, SourceError> {
        let whole = self.merged(request, budget, &mut |part| part.aggregate(request, budget).map(Some))?;
        Ok(whole.unwrap_or_default())
    }

    fn visit_paired(
        &self,
        request: &AggregateRequest,
        other: &Paired,
        budget: &Budget,
        groups: &mut dyn Groups,
    ) -> Result<bool, SourceError> {
        let whole = self.merged(request, budget, &mut |part| {
            let mut answer = Aggregate::default();
            Ok(part.visit_paired(request, other, budget, &mut answer)?.then_some(answer))
        })?;
        let Some(whole) = whole else { return Ok(false) };
        whole.shown(groups);
        Ok(true)
    }

    fn observed(&self, measure: usize, filters: &[Filter], budget: &Budget) -> Result<Arc<[Period]>, SourceError> {
        self.seen.periods(self, measure, filters, budget)
    }

    fn presence(
        &self,
        measure: usize,
        dims: &[usize],
        filters: &[Filter],
        budget: &Budget,
    ) -> Result<Arc<Presence>, SourceError> {
        self.seen.codes(self, measure, dims, filters, budget)
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

/// A sum at more decimals; not exact where that does not fit.
fn at_places(total: Total, from: u32, to: u32) -> Total {
    match total {
        Total::Exact(m) => {
            let scaled = 10i128.checked_pow(to.saturating_sub(from)).and_then(|by| m.checked_mul(by));
            scaled.map_or_else(|| Total::Float(crate::value::number::scaled_to_f64(m, from)), Total::Exact)
        }
        Total::Float(x) => Total::Float(x),
    }
}

fn joined(a: Total, b: Total, places: u32) -> Total {
    let exact = if let (Total::Exact(a), Total::Exact(b)) = (a, b) { a.checked_add(b) } else { None };
    exact.map_or_else(|| Total::Float(a.number(places) + b.number(places)), Total::Exact)
}

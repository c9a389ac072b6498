//! A dataset that is larger than the memory it may take: read anew for each question, part by part, through the same
//! loader and the same sums. In: a file that can be opened again. Out: the answers that the whole would give.

use crate::data::declare::Spec;
use crate::data::doubt::{Doubt, LoadError, Refusal};
use crate::data::known::products::Zeros;
use crate::data::load::checks;
use crate::data::load::{self, Loaded, Part, Place};
use crate::data::meaning::asked::Asked;
use crate::data::meaning::choose::choose;
use crate::data::meaning::uses;
use crate::data::table::join::add_new;
use crate::data::table::records::Stop;
use crate::data::table::{self, Piece, Table};
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
use std::io::Read;
use std::sync::Arc;

/// Rows that are held at a time: so many at most, and fewer in little memory.
const ROWS: u64 = 1 << 20;
/// Bytes that a row takes while it is read and summed, by a generous estimate.
const ROW: u64 = 128;

/// Opens the file again.
pub type Opener = Arc<dyn Fn() -> std::io::Result<Box<dyn Read + Send>> + Send + Sync>;

/// A file that is read for each question.
pub struct Stream {
    info: DatasetInfo,
    spec: Spec,
    part: Part,
    open: Opener,
    rows: usize,
    /// Whether rows may be left out while they are read: not where anything about the file is doubtful.
    sieves: bool,
    seen: Seen,
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("info", &self.info).finish_non_exhaustive()
    }
}

fn each_part(
    place: &Place<'_>,
    open: &Opener,
    (spec, part, asked): (&Spec, &Part, Option<&Asked>),
    (work, rows): (Work<'_>, usize),
    each: &mut dyn FnMut(Loaded) -> Result<(), SourceError>,
) -> Result<(), Fault> {
    let piece = Piece { name: place.file.to_string(), size: None, open: Box::new(move || open()) };
    let choices = |header: &[String], rows: u64| choose(header, spec, asked, rows);
    let mut failed: Option<Fault> = None;
    let mut take = |mut table: Table| {
        let refused = |r: Refusal| r.fault(place.span, place.file);
        let loaded = uses::understand(&mut table, spec)
            .map_err(refused)
            .and_then(|found| load::assemble(place, &mut table, found, (spec, Some(part)), work).map_err(refused));
        match loaded {
            Ok(loaded) => each(loaded).map_err(|_| Stop::Interrupted),
            Err(fault) => {
                failed = Some(fault);
                Err(Stop::Interrupted)
            }
        }
    };
    let read = table::in_parts(&piece, &load::table_spec(spec), &choices, work, rows, &mut take);
    match (read, failed) {
        (_, Some(fault)) => Err(fault),
        (Err(stop), None) => Err(load::fault_of(stop, place)),
        (Ok(()), None) => Ok(()),
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
        let held = usize::try_from((max_memory / ROW / 4).clamp(10_000, ROWS)).unwrap_or(10_000);
        // Texts are numbered over the whole file: the last part knows all codes and periods.
        let mut last: Option<(DatasetInfo, bool)> = None;
        let mut doubts: Vec<Doubt> = Vec::new();
        let mut rows = 0;
        let mut sums = checks::totals::Sums::default();
        each_part(place, &open, (spec, &Part::default(), None), (work, held), &mut |loaded| {
            rows += loaded.info().rows;
            sums.add(&*loaded.source, None, work.budget)?;
            let mut info = loaded.info().clone();
            // A later part may have fewer decimals, or none that are exact.
            if let Some((before, _)) = &last {
                for (m, b) in info.measures.iter_mut().zip(&before.measures) {
                    m.places = m.places.zip(b.places).map(|(x, y)| x.max(y));
                }
            }
            add_new(&mut doubts, loaded.doubts);
            last = Some((info, loaded.lost_zeros));
            Ok(())
        })?;
        let Some((info, lost_zeros)) = last else {
            return Err(load::fault_of(Stop::Error(LoadError::new("the file is empty")), place));
        };
        let (dims, found) = sums.dims(&info);
        doubts.extend(found);
        let info = DatasetInfo { rows, dims, ..info };
        // Whether zeros were lost is known at the end; the codes of the last part have them back already.
        let countries = info.dims.iter().filter(|d| d.geographic);
        let part = Part {
            zeros: Some(if lost_zeros { Zeros::Lost } else { Zeros::Whole }),
            labels: countries.map(|d| (d.name.to_string(), d.codes.clone())).collect(),
        };
        let sieves = doubts.is_empty();
        let stream = Stream { info, spec: spec.clone(), part, open, rows: held, sieves, seen: Seen::default() };
        Ok(Loaded { source: Arc::new(stream), doubts, is_partial: false, lost_zeros })
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
        each_part(&place, &self.open, (&self.spec, &self.part, asked), (work, self.rows), &mut |loaded| {
            each(&*loaded.source)
        })
        .map_err(|fault| match budget.check() {
            Err(stopped) => stopped.into(),
            Ok(()) => SourceError::Failed(fault.message.clone()),
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

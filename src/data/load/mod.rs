//! From files and their declaration to a dataset. In: a table and what each of its columns is for. Out: a [`Store`],
//! the declaration that says what was understood, and the doubts. Nothing half-loaded is ever returned.

mod assembly;
pub mod checks;
mod decided;
mod dimensions;
mod flows;
mod fractions;
mod frame;
pub mod inspect;
mod keys;
mod labels;
pub(in crate::data) mod marks;
mod measures;
mod parts;
mod periods;
mod ranges;
mod said;
mod series;
pub mod skeleton;
pub mod stream;
mod titles;
mod twice;
mod wide;

use crate::data::DatasetInfo;
use crate::data::columns::codes::Codes;
use crate::data::columns::column::Column;
use crate::data::declare::{Duplicates, Said, Spec};
use crate::data::doubt::{Doubt, LoadError, Refusal};
use crate::data::load::assembly::Assembly;
pub use crate::data::load::assembly::{Loaded, Place, Told};
use crate::data::load::decided::Decided;
use crate::data::load::frame::Frame;
use crate::data::load::twice::Keyed;
use crate::data::meaning::asked::{Asked, REPORTER, tells_all};
use crate::data::meaning::choose::choose;
use crate::data::meaning::column_use::Across;
use crate::data::meaning::evidence::Evidence;
use crate::data::meaning::understood::Understood;
use crate::data::meaning::uses;
use crate::data::sifted::{Beyond, Sifted};
use crate::data::store::Store;
use crate::data::store::columns::Columns;
use crate::data::store::selection;
use crate::data::table::records::Stop;
use crate::data::table::{self, Piece, Table, TableSpec};
use crate::data::work::{Stopped, Work, together};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Fault;
use std::borrow::Cow;
use std::sync::Arc;

/// Rows for which a second thread costs more than it brings.
const FEW: usize = 100_000;

/// The text part of a declaration.
pub fn table_spec(spec: &Spec) -> TableSpec {
    TableSpec { text: spec.text.clone(), encoding: spec.encoding, sheet: spec.sheet.clone() }
}

/// Why reading stopped, as a diagnostic of a statement.
pub fn fault_of(stop: Stop, place: &Place<'_>) -> Fault {
    Box::new(match stop {
        Stop::Error(e) => e.diagnostic(place.span, place.file),
        Stop::NotUtf8 => LoadError::new("the text is not UTF-8").diagnostic(place.span, place.file),
        Stop::Io(e) if Stopped::is_in(&e) => fault_of_stop(place),
        Stop::Interrupted => fault_of_stop(place),
        Stop::Io(e) => Diagnostic::new(
            &codes::NOT_LOADED,
            place.span,
            format!("`{}` cannot be read: {}", place.file, io_words(&e)),
        ),
    })
}

fn fault_of_stop(place: &Place<'_>) -> Diagnostic {
    Diagnostic::new(&codes::INTERRUPTED, place.span, "stopped before the file was read")
}

/// An error of the system in words.
pub fn io_words(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".into(),
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        std::io::ErrorKind::IsADirectory => "it is a folder".into(),
        std::io::ErrorKind::InvalidInput if error.to_string().contains("deflate") => "the gzip data are damaged".into(),
        _ => error.to_string(),
    }
}

/// Reads files as a dataset; only what is asked for, where that is known and nothing in it is doubtful.
pub fn load(
    place: &Place<'_>,
    pieces: &[Piece<'_>],
    spec: &Spec,
    asked: Option<&Asked>,
    work: Work<'_>,
) -> Result<Loaded, Fault> {
    let choices = |header: &[String], rows: u64| choose(header, spec, asked, rows);
    let read = table::read(pieces, &table_spec(spec), &choices, work).map_err(|s| fault_of(s, place));
    let partial = read.as_ref().is_ok_and(|table| table.is_partial);
    if partial && read.as_ref().is_ok_and(|t| !tells_all(&t.header, &t.columns, spec)) {
        return load(place, pieces, spec, None, work);
    }
    let understand = |mut table: Table| {
        let refused = |r: Refusal| r.fault(place.span, place.file);
        let spec = &of_what_is_read(spec, &table);
        let understood = uses::understand(&mut table, spec, Evidence::default()).map_err(refused)?;
        assemble(place, &mut table, understood, (spec, Extent::Whole), work).map_err(refused)
    };
    let stopped = |_| Box::new(fault_of_stop(place));
    let loaded = read.and_then(|table| work.budget.stoppable(|| understand(table)).map_err(stopped)?);
    match loaded {
        Ok(loaded) if partial && loaded.doubts.is_empty() && loaded.info().rows > 0 => Ok(of_a_part(loaded, asked)),
        // What is to be said of a file is said of all of it.
        Ok(_) if partial => load(place, pieces, spec, None, work),
        Err(_) if asked.is_some() && work.budget.check().is_ok() => load(place, pieces, spec, None, work),
        other => other,
    }
}

/// A dataset that answers only for what was read.
fn of_a_part(loaded: Loaded, asked: Option<&Asked>) -> Loaded {
    let beyond = Beyond::default();
    let dim = loaded.info().dims.iter().position(|d| d.name.as_ref() == REPORTER);
    let source = match dim {
        Some(dim) => {
            let kept = |code: &str| asked.is_some_and(|asked| asked.has_all_of(code));
            Arc::new(Sifted::new(loaded.source, dim, &kept, Arc::clone(&beyond)))
        }
        None => loaded.source,
    };
    Loaded { source, partial: Some(beyond), ..loaded }
}

/// A declaration without the measures whose columns were left out, because nothing asks for them.
fn of_what_is_read<'a>(spec: &'a Spec, table: &Table) -> Cow<'a, Spec> {
    let left = |name: &String| {
        let at = table.header.iter().position(|column| column == name);
        at.is_some_and(|at| matches!(table.columns.get(at), Some(Column::Left)))
    };
    if !table.is_partial || !spec.measures.iter().any(|m| left(&m.column.node)) {
        return Cow::Borrowed(spec);
    }
    let measures = spec.measures.iter().filter(|m| !left(&m.column.node)).cloned().collect();
    Cow::Owned(Spec { measures, ..spec.clone() })
}

/// How much of a file a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// Some of its rows, which are not checked against themselves; with or without the keys of its rows.
    Part {
        /// Whether the keys are wanted.
        keys: bool,
    },
}

/// Puts a dataset together.
pub fn assemble(
    place: &Place<'_>,
    table: &mut Table,
    found: Understood,
    how_much: (&Spec, Extent),
    how: Work<'_>,
) -> Result<Loaded, Refusal> {
    let (store, doubts, told) = put_together(place, table, found, how_much, how)?;
    let store = Arc::new(store);
    Ok(Loaded { source: Arc::clone(&store) as _, rows: Some(store), doubts, partial: None, told })
}

/// The rows of a dataset, what is doubtful in them, and what they tell.
fn put_together(
    place: &Place<'_>,
    table: &mut Table,
    found: Understood,
    (spec, extent): (&Spec, Extent),
    how: Work<'_>,
) -> Result<(Store, Vec<Doubt>, Told), Refusal> {
    let go_on = || how.budget.check().map_err(|_| Refusal::Declaration(fault_of(Stop::Interrupted, place)));
    let mut doubts = std::mem::take(&mut table.above);
    // Where the publisher always puts the same lines above the table, they are no doubt.
    if found.layout.is_some_and(|l| l.is_titled) {
        doubts.clear();
    }
    doubts.append(&mut table.doubts);
    let mut work = Assembly {
        table,
        found,
        spec,
        declaration: Vec::new(),
        doubts,
        decided: Decided::default(),
        period_marks: None,
        apart: Vec::new(),
    };
    work.said_of_text();
    work.totals_only()?;
    work.decided = Decided::of(work.table, &work.found);
    let frame = work.frame()?;
    // Rows that are there twice are looked for while the ranges of codes are noted.
    go_on()?;
    let threads = if frame.places.len() < FEW { 1 } else { how.threads };
    let columns: Vec<&Codes> = frame.codes.iter().chain([&frame.places]).chain(&frame.flow_codes).collect();
    // Unless it is declared what counts, spellings of one country are no rows that are there twice.
    let apart =
        Some(std::mem::take(&mut work.apart)).filter(|a| !a.is_empty() && spec.duplicates == Duplicates::Refuse);
    let apart = apart.map(|apart| frame.apart(apart));
    let (dims, all) = apart.as_ref().map_or((&frame.dims, &frame.codes), |(dims, codes)| (dims, codes));
    let twice = || keys::first_pair(dims, all, &frame.places, frame.flow_codes.as_ref(), &frame.periods);
    let (twice, blocks) = together(threads, twice, || selection::all_ranges(&columns));
    let keep = match twice {
        Some((keys, pair)) => {
            let table = &*work.table;
            let place = |row: usize| (table.lines.get(row / frame.times), table.file(row / frame.times));
            let resolved = keys::resolved(spec.duplicates, &place, dims, &frame.periods, (&keys, pair));
            resolved.map_err(|refusal| work.told_apart(refusal, (pair.0 / frame.times, pair.1 / frame.times)))?
        }
        None => None,
    };
    let keyed = match extent {
        Extent::Part { keys: true } => frame.keyed((dims, all), &work.table.lines).kept(keep.as_deref()),
        Extent::Part { .. } | Extent::Whole => Keyed::default(),
    };
    go_on()?;
    let flows = frame.flows.clone();
    let mut store = store_of(place, &work, frame, blocks);
    measures::add(&mut work, &mut store, &flows)?;
    if apart.is_some() {
        labels::added(&mut work, &store)?;
    }
    go_on()?;
    work.close();
    if let Some(keep) = keep {
        store.keep(&keep);
        store.columns.index();
    }
    store.columns.narrow(threads);
    let mut doubts = work.doubts;
    doubts.extend(std::mem::take(&mut work.found.doubts));
    if extent == Extent::Whole {
        checks::readings::readings(&mut store);
        doubts.extend(checks::repeated::repeated(&mut store));
        doubts.extend(checks::run(&mut store, &mut work.declaration, spec));
        if let Ok(found) = checks::steps::apart(&mut store, &mut work.declaration, spec, how.budget) {
            doubts.extend(found);
        }
        // A search that was stopped finds nothing, and the next step stops too.
        if let Ok((dims, found)) = checks::totals::search(&store, spec, how.budget) {
            store.info.dims = dims;
            // A blank that stands for all is no label of its own.
            let blank = store.info.dims.iter().filter(|d| d.totals.iter().any(|t| d.label(*t).is_empty()));
            let columns: Vec<String> = blank.filter_map(|d| d.column.clone()).collect();
            doubts.retain(|doubt| !columns.iter().any(|column| doubt.is_of_blanks(column)));
            doubts.extend(found);
        }
        go_on()?;
    }
    store.info.declaration = work.declaration.iter().map(Said::to_string).collect();
    work.decided.marks_periods = work.period_marks.is_some();
    let told = Told { decided: work.decided.with(&store.info), evidence: work.found.evidence, keyed };
    Ok((store, doubts, told))
}

/// A dataset without its measures.
fn store_of(place: &Place<'_>, work: &Assembly<'_>, frame: Frame, blocks: Vec<Vec<(u32, u32)>>) -> Store {
    let info = DatasetInfo {
        name: place.name.into(),
        file: place.file.into(),
        dims: frame.dims,
        measures: Vec::new(),
        periods: Arc::new(frame.periods),
        rows: frame.places.len(),
        layout: layout(work, frame.flows.is_empty()),
        declaration: Vec::new(),
        provenance: work.spec.provenance.clone(),
    };
    let columns =
        Columns { codes: frame.codes, periods: frame.places, flows: frame.flow_codes, blocks, ..Columns::default() };
    Store {
        info,
        columns,
        measures: Vec::new(),
        lines: work.table.lines.clone(),
        times: frame.times,
        files: work.table.files.clone(),
        adds_up: false,
        seen: Arc::default(),
    }
}

/// How the table is laid out, in a few words.
fn layout(work: &Assembly<'_>, no_flow: bool) -> String {
    let long = if no_flow { "one row per observation" } else { "one row per observation and flow" };
    let shape = match work.found.spread.as_ref().map(|s| (&s.across, s.groups.len())) {
        Some((Across::Periods(_), 1)) => "wide, one column per period".to_string(),
        Some((Across::Periods(_), _)) => "wide, one column per measure and period".to_string(),
        Some((Across::Parts(_), 1)) => "wide, one row per year and one column per part of it".to_string(),
        Some((Across::Parts(_), _)) => "wide, one row per year and one column per measure and part of it".to_string(),
        Some((Across::Codes(dim, _), _)) => format!("wide, one column per {dim}"),
        None => long.to_string(),
    };
    if work.found.name.is_empty() { shape } else { format!("{}; {shape}", work.found.name) }
}

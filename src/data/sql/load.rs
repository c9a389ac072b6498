//! From a large table to a source that is asked. In: its first rows and an engine. Out: [`Asked`], what is doubtful, or why
//! it cannot be asked. The loader of files says what each column and text means: it is shown the first rows and a row for
//! every text that is not among them.

use crate::data::declare::{Duplicates, Spec};
use crate::data::doubt::{Doubt, LoadError};
use crate::data::load::checks::totals;
use crate::data::load::marks;
use crate::data::load::skeleton::{Skeleton, skeleton};
use crate::data::load::{Loaded, Place};
use crate::data::meaning::column_use::Use;
use crate::data::source::SourceError;
use crate::data::sql::asked::Asked;
use crate::data::sql::catalogue;
use crate::data::sql::copy::Copied;
use crate::data::sql::dialect::ColumnOf;
use crate::data::sql::engine::{DbFault, Engine};
use crate::data::sql::keys::{Key, is_key, is_time};
use crate::data::sql::names::TableName;
use crate::data::sql::numbers::Number;
use crate::data::sql::statement;
use crate::data::table::Piece;
use crate::data::work::Work;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Fault;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::io::{Cursor, Read};
use std::sync::Arc;

/// Why a table is not asked: a fault of the database, one of the declaration or the data.
enum Why {
    Db(DbFault),
    Fault(Fault),
    Cannot(String),
}

impl From<DbFault> for Why {
    fn from(fault: DbFault) -> Why {
        Why::Db(fault)
    }
}

/// Loads a table that is asked.
pub fn load(
    place: &Place<'_>,
    (engine, table): (Arc<dyn Engine>, &TableName),
    copied: &Copied,
    spec: &Spec,
    work: Work<'_>,
) -> Result<Loaded, Fault> {
    begun(place, (engine, table), copied, spec, work).map_err(|why| match why {
        Why::Fault(fault) => fault,
        Why::Db(fault) => {
            let mut out = Diagnostic::new(fault.code(), place.span, fault.to_string());
            out.advice = fault.advice().map(String::from);
            Box::new(out)
        }
        Why::Cannot(why) => {
            let message = format!("the table has more rows than are copied, and it cannot be asked: {why}");
            let error = LoadError::new(message)
                .advice("make a view with one row for each observation, or copy it: `--copy-rows N`");
            Box::new(error.diagnostic(place.span, place.file))
        }
    })
}

/// Rows of the table that the loader is shown.
const SHOWN: usize = 20_000;

/// The rows that the loader is shown, as text and cell by cell.
struct Shown {
    rows: Vec<Vec<String>>,
    header: Vec<String>,
}

impl Shown {
    /// The first rows of a text.
    fn of(text: &[u8]) -> Result<Shown, Why> {
        let garbled = |e: csv::Error| Why::Db(DbFault::Garbled(e.to_string()));
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
        let mut rows = Vec::new();
        for record in reader.records().take(SHOWN + 1) {
            rows.push(record.map_err(garbled)?.iter().map(String::from).collect::<Vec<_>>());
        }
        let header = if rows.is_empty() { Vec::new() } else { rows.remove(0) };
        Ok(Shown { rows, header })
    }

    /// As text, and the row that begins at each line.
    fn text(&self) -> Result<(Vec<u8>, FxHashMap<usize, usize>), Why> {
        let garbled = |e: csv::Error| Why::Db(DbFault::Garbled(e.to_string()));
        let mut lines = FxHashMap::default();
        let mut line = 1;
        let mut out = csv::Writer::from_writer(Vec::new());
        let breaks = |row: &[String]| 1 + row.iter().map(|c| c.matches('\n').count()).sum::<usize>();
        for (at, row) in std::iter::once(&self.header).chain(&self.rows).enumerate() {
            out.write_record(row).map_err(garbled)?;
            if let Some(row) = at.checked_sub(1) {
                lines.insert(line, row);
            }
            line += breaks(row);
        }
        let text = out.into_inner().map_err(|e| Why::Db(DbFault::Garbled(e.to_string())))?;
        Ok((text, lines))
    }
}

fn of_text(place: &Place<'_>, text: Vec<u8>, spec: &Spec, work: Work<'_>) -> Result<Skeleton, Why> {
    let text: Arc<[u8]> = text.into();
    let open = Box::new(move || Ok(Box::new(Cursor::new(Arc::clone(&text))) as Box<dyn Read + Send>));
    let piece = Piece { name: place.file.to_string(), size: None, most: u64::MAX, in_parts: false, open, pages: None };
    skeleton(place, &[piece], spec, work).map_err(Why::Fault)
}

/// What cannot be done without the rows.
fn possible(spec: &Spec, first: &Skeleton) -> Result<(), Why> {
    let cannot = |why: &str| Err(Why::Cannot(why.into()));
    if matches!(spec.duplicates, Duplicates::First | Duplicates::Last) {
        return cannot("its rows have no order, so none is the first or the last");
    }
    if first.is_wide {
        return cannot("its periods or codes are columns");
    }
    if first.marks_periods {
        return cannot("marks stand beside its periods");
    }
    let names: BTreeSet<&str> = spec.measures.iter().map(|m| m.name.node.as_str()).collect();
    if names.len() < spec.measures.len() {
        return cannot("some of its rows are declared in another scale");
    }
    if spec.measures.iter().any(|m| m.meaning.unit.is_percent() && m.meaning.unit.ten != 0) {
        return cannot("its shares are declared in parts of a percent");
    }
    Ok(())
}

fn begun(
    place: &Place<'_>,
    (engine, table): (Arc<dyn Engine>, &TableName),
    copied: &Copied,
    spec: &Spec,
    work: Work<'_>,
) -> Result<Loaded, Why> {
    let mut shown = Shown::of(&copied.text)?;
    let first = of_text(place, shown.text()?.0, spec, work)?;
    possible(spec, &first)?;
    let mut keys: Vec<Key> = Vec::new();
    for (at, (what, column)) in first.uses.iter().zip(&copied.columns).enumerate() {
        if is_key(what) {
            let (texts, places) = Default::default();
            keys.push(Key { at, column: column.clone(), what: what.clone(), texts, places });
        }
    }
    let times: Vec<usize> = (0..keys.len()).filter(|k| keys.get(*k).is_some_and(|k| is_time(&k.what))).collect();
    let mut numbers: Vec<Number> = Vec::new();
    for column in &copied.columns {
        let of: Vec<_> = first.store.info.measures.iter().filter(|m| m.column == column.name).collect();
        if !of.is_empty() {
            let zero_is_none = of.iter().any(|m| m.meaning.zero_missing);
            numbers.push(Number::new(engine.dialect(), column.clone(), zero_is_none, spec.empty_is_zero())?);
        }
    }
    let time_columns: Vec<ColumnOf> = times.iter().filter_map(|k| keys.get(*k)).map(|k| k.column.clone()).collect();
    let time_columns: Vec<&ColumnOf> = time_columns.iter().collect();
    let (known, rows) = catalogue::times(&*engine, table, (&time_columns, &mut numbers), work.budget)?;
    fill(&*engine, table, (&mut keys, &times, &known), &first, &mut shown, (&time_columns, work))?;
    let (text, lines) = shown.text()?;
    let found = of_text(place, text, spec, work)?;
    if found.uses != first.uses || found.store.info.measures.len() != first.store.info.measures.len() {
        return Err(Why::Cannot(
            "its first rows are understood differently from all its codes; declare its columns".into(),
        ));
    }
    let mut asked = put_together((engine, table), &found, (keys, times, known, numbers), (&shown, &lines), spec)?;
    asked.info.rows = usize::try_from(rows).unwrap_or(usize::MAX);
    if let Some(sql) = statement::kept_rows(&asked) {
        let mut kept = 0;
        asked.engine.ask(&sql, 2, work.budget, &mut |row| {
            kept = row.first().and_then(|c| super::copy::text(c).parse().ok()).unwrap_or(kept);
            Ok(())
        })?;
        asked.info.rows = kept;
    }
    if spec.duplicates == Duplicates::Refuse {
        no_row_twice(place, &asked, work)?;
    }
    let mut doubts: Vec<Doubt> = found.doubts.into_iter().map(|d| Doubt { line: None, ..d }).collect();
    let (dims, totals) = totals::search(&asked, spec, work.budget).map_err(|why| match why {
        SourceError::Database(fault) => Why::Db(fault),
        SourceError::Interrupted => Why::Db(DbFault::Stopped),
        SourceError::Failed(why) => Why::Cannot(why),
        SourceError::TooLarge => Why::Cannot("it has too many codes".into()),
    })?;
    asked.info.dims = dims;
    doubts.extend(totals);
    let message = "the table is asked, not read: its numbers were not checked against each other";
    doubts.push(Doubt::new(&codes::NOT_CHECKED, None, message));
    Ok(Loaded::of(Arc::new(asked), doubts))
}

/// Asks for every text, and shows the loader a row for each that is not among the first rows.
fn fill(
    engine: &dyn Engine,
    table: &TableName,
    (keys, times, known): (&mut [Key], &[usize], &[Vec<String>]),
    first: &Skeleton,
    shown: &mut Shown,
    (time_columns, work): (&[&ColumnOf], Work<'_>),
) -> Result<(), Why> {
    let Some(model) = shown.rows.first().cloned() else { return Ok(()) };
    let places: Vec<usize> = times.iter().filter_map(|k| keys.get(*k)).map(|k| k.at).collect();
    let when = |row: &[String]| places.iter().filter_map(|at| row.get(*at).cloned()).collect::<Vec<_>>();
    let there: FxHashSet<Vec<String>> = shown.rows.iter().map(|row| when(row)).collect();
    let at_time = |row: &mut Vec<String>, time: &[String]| {
        for (at, text) in places.iter().zip(time) {
            row.get_mut(*at).into_iter().for_each(|cell| cell.clone_from(text));
        }
    };
    let mut more = Vec::new();
    for time in known.iter().filter(|t| !there.contains(*t)) {
        let mut row = model.clone();
        at_time(&mut row, time);
        more.push(row);
    }
    for (i, key) in times.iter().enumerate() {
        let Some(key) = keys.get_mut(*key) else { continue };
        let all: BTreeSet<&String> = known.iter().filter_map(|t| t.get(i)).collect();
        key.texts = all.into_iter().cloned().collect();
    }
    // A name beside a code is new where the code is.
    let aside: Vec<usize> = (0..first.uses.len()).filter(|at| first.uses.get(*at) == Some(&Use::Skip)).collect();
    for (_, key) in keys.iter_mut().enumerate().filter(|(k, _)| !times.contains(k)) {
        let texts = catalogue::texts(engine, table, &key.column, (time_columns, known.len()), work.budget)?;
        let there: FxHashSet<&str> = shown.rows.iter().filter_map(|r| r.get(key.at)).map(String::as_str).collect();
        for (text, time) in texts.iter().filter(|(text, _)| !there.contains(text.as_str())) {
            let mut row = model.clone();
            at_time(&mut row, time);
            for at in aside.iter().chain([&key.at]) {
                row.get_mut(*at).into_iter().for_each(|cell| cell.clone_from(text));
            }
            more.push(row);
        }
        key.texts = texts.into_keys().collect();
    }
    shown.rows.extend(more);
    Ok(())
}

type Keyed = (Vec<Key>, Vec<usize>, Vec<Vec<String>>, Vec<Number>);

/// The source: what each text means is read off the rows that the loader was shown.
fn put_together(
    (engine, table): (Arc<dyn Engine>, &TableName),
    found: &Skeleton,
    (mut keys, times, known, numbers): Keyed,
    (shown, lines): (&Shown, &FxHashMap<usize, usize>),
    spec: &Spec,
) -> Result<Asked, Why> {
    let store = &found.store;
    let mut info = store.info.clone();
    let of_dim =
        |dim: &crate::data::DimInfo| keys.iter().position(|k| dim.column.as_deref() == Some(k.column.name.as_str()));
    let dims: Vec<Option<usize>> = info.dims.iter().map(of_dim).collect();
    let flow = keys.iter().position(|k| k.what == Use::Flow).filter(|_| store.columns.flows.is_some());
    let mut periods: FxHashMap<Vec<String>, u32> = FxHashMap::default();
    let places: Vec<usize> = times.iter().filter_map(|k| keys.get(*k)).map(|k| k.at).collect();
    for at in 0..store.columns.len() {
        let Some(row) = lines.get(&store.line(at)).and_then(|row| shown.rows.get(*row)) else { continue };
        let when: Vec<String> = places.iter().filter_map(|at| row.get(*at).cloned()).collect();
        periods.insert(when, store.columns.periods.get(at).unwrap_or(0));
        for (number, key) in keys.iter_mut().enumerate() {
            let dim = dims.iter().position(|d| *d == Some(number));
            let place = match (dim, flow == Some(number)) {
                (Some(dim), _) => store.columns.codes.get(dim).and_then(|codes| codes.get(at)),
                (None, true) => store.columns.flows.as_ref().and_then(|codes| codes.get(at)),
                (None, false) => Some(0),
            };
            let (Some(text), Some(place)) = (row.get(key.at), place) else { continue };
            if key.places.insert(text.clone(), place).is_some_and(|before| before != place) {
                let why = format!("`{text}` in column `{}` means different codes in different rows", key.column.name);
                return Err(Why::Cannot(why));
            }
        }
    }
    let mut marked = Vec::new();
    for (number, key) in keys.iter().enumerate().filter(|(_, k)| matches!(k.what, Use::Status | Use::Secrecy)) {
        let of = (key.column.name.as_str(), key.what == Use::Status);
        let says = key.texts.iter().map(|text| (text.clone(), marks::mark(spec, of, text))).collect();
        marked.push((number, says));
    }
    let powers = keys.iter().position(|k| k.what == Use::Multiplier).map(|number| (number, powers(keys.get(number))));
    let powers = match powers {
        Some((number, found)) => Some((number, found?)).filter(|(_, f)| f.values().any(|p| *p > 0)),
        None => None,
    };
    for measure in &mut info.measures {
        measure.places = numbers.iter().find(|n| n.column.name == measure.column).and_then(Number::places);
    }
    info.layout = format!("{}; asked of {}, not read", info.layout, engine.dialect().name());
    let (measures, known) = (store.measures.clone(), known.into_iter().collect());
    let (table, kept) = (table.clone(), Default::default());
    Ok(Asked {
        engine,
        table,
        info,
        measures,
        numbers,
        keys,
        dims,
        flow,
        times,
        periods,
        known,
        marks: marked,
        powers,
        kept,
    })
}

/// What each text of a column of powers of ten adds to the least of them.
fn powers(key: Option<&Key>) -> Result<FxHashMap<String, u32>, Why> {
    let texts = key.map_or(&[][..], |k| &k.texts);
    let read = |text: &String| if text.trim().is_empty() { Some(0) } else { text.trim().parse::<i32>().ok() };
    let all: Option<Vec<(String, i32)>> = texts.iter().map(|t| Some((t.clone(), read(t)?))).collect();
    let all = all.ok_or_else(|| Why::Cannot("its powers of ten are no whole numbers".into()))?;
    let least = all.iter().map(|(_, p)| *p).min().unwrap_or(0);
    Ok(all.into_iter().map(|(text, power)| (text, power.abs_diff(least))).collect())
}

/// Refuses a table in which two rows are for one observation.
fn no_row_twice(place: &Place<'_>, asked: &Asked, work: Work<'_>) -> Result<(), Why> {
    let says = |what: &Use| !matches!(what, Use::Status | Use::Secrecy | Use::Multiplier);
    let keys: Vec<&ColumnOf> = asked.keys.iter().filter(|k| says(&k.what)).map(|k| &k.column).collect();
    let Some(twice) = catalogue::twice(&*asked.engine, &asked.table, &keys, work.budget)? else { return Ok(()) };
    let mut error = LoadError::new(format!("two rows are for the same observation: {twice}"));
    error.code = &codes::DUPLICATE_KEY;
    let error =
        error.advice("declare the column that tells them apart as a dimension, or `duplicates sum` if they add up");
    Err(Why::Fault(Box::new(error.diagnostic(place.span, place.file))))
}

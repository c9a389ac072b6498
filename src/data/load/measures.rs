//! The measures of a dataset: its columns of numbers, in memory, and what is known of each before it has a name.

use crate::data::columns::amounts::{Amount, Numbers, WideAmount};
use crate::data::declare::MeasureSpec;
use crate::data::doubt::{Doubt, LoadError, Refusal};
use crate::data::info::Meaning;
use crate::data::known::roles;
use crate::data::load::assembly::Assembly;
use crate::data::load::series::{self, Source};
use crate::data::load::{fractions, marks, titles, wide};
use crate::data::meaning::cells::NumberColumn;
use crate::data::meaning::column_use::Use;
use crate::data::meaning::evidence;
use crate::data::meaning::naming;
use crate::data::store::Store;
use crate::diagnostic::{Diagnostic, codes, words};
use crate::syntax::format::column_text;
use crate::value::{Kind, Unit, unit_text};
use rustc_hash::{FxHashMap, FxHashSet};

/// Adds all measures.
pub(in crate::data) fn add(work: &mut Assembly<'_>, store: &mut Store, flows: &[&'static str]) -> Result<(), Refusal> {
    let mut sources = Vec::new();
    let columns: Vec<usize> =
        (0..work.table.header.len()).filter(|at| work.found.uses.get(*at) == Some(&Use::Measure)).collect();
    if let Some(spread) = work.found.spread.clone() {
        wide::beside(work, &columns)?;
        for group in &spread.groups {
            sources.push(wide::of_group(work, store, &spread, group)?);
        }
    } else {
        for at in columns {
            sources.push(of_column(work, store, at)?);
        }
    }
    all_declared(work, &sources)?;
    titles::told(work, &mut sources)?;
    if sources.is_empty() {
        let mut error = LoadError::at(work.table.header_line.unwrap_or(1), "no column holds numbers");
        error.advice = Some("a table of codes is no dataset; its codes are compiled in, or declared".into());
        return Err(error.into());
    }
    let scale = marks::scales(work, store, &mut sources)?;
    marks::marks(work, store);
    let is_value = |s: &Source| roles::VALUES.contains(&s.header.to_lowercase().as_str()) || s.name == "value";
    let main = sources.iter().position(is_value).unwrap_or(0);
    apart(work, store, &mut sources, (main, flows));
    for (i, mut source) in sources.into_iter().enumerate() {
        let none = source.meaning.unit.is_plain() || source.meaning.unit.is_unknown();
        let open = !source.known || (none && source.meaning.kind == Kind::Flow);
        if let Some(unit) = &scale
            && open
        {
            source.meaning.unit = unit.clone();
            source.known = !unit.is_plain();
            if let Some(kind) = marks::kind_of(unit).filter(|_| source.meaning.kind == Kind::Flow) {
                (source.meaning.kind, source.kind_is_assumed) = (kind, false);
            }
        }
        series::name_all(work, store, &source, i == main, flows)?;
    }
    Ok(())
}

/// Gives each column a name of its own: what stands in brackets tells `Price (A)` from `Price (B)`, else a number.
fn apart(work: &Assembly<'_>, store: &Store, sources: &mut [Source], (main, flows): (usize, &[&'static str])) {
    let mut declared: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
    for m in &work.spec.measures {
        declared.entry(m.name.node.as_str()).or_default().push(m.column.node.as_str());
    }
    let dims: FxHashSet<&str> = store.info.dims.iter().map(|d| d.name.as_ref()).collect();
    let taken_by_others = |source: &Source, at: usize| {
        let name = source.name.as_str();
        let declared = declared.get(name).is_some_and(|columns| columns.iter().any(|c| *c != source.header));
        declared || dims.contains(name) || (at != main && flows.contains(&name))
    };
    let mut times: FxHashMap<String, usize> = FxHashMap::default();
    for source in sources.iter() {
        *times.entry(source.name.clone()).or_default() += 1;
    }
    for (at, source) in sources.iter_mut().enumerate() {
        if times.get(&source.name).is_some_and(|n| *n > 1) {
            source.name = naming::whole_name(&source.header);
        }
        if taken_by_others(source, at) {
            source.name = naming::whole_name(&source.header);
        }
    }
    let mut before: FxHashSet<String> = FxHashSet::default();
    // The next number to be tried behind a name that is taken.
    let mut next: FxHashMap<String, usize> = FxHashMap::default();
    for (at, source) in sources.iter_mut().enumerate() {
        let plain = source.name.clone();
        while before.contains(&source.name) || taken_by_others(source, at) {
            let number = next.entry(plain.clone()).or_insert(2);
            source.name = format!("{plain}_{number}");
            *number += 1;
        }
        before.insert(source.name.clone());
    }
}

/// Every series that is declared has its numbers: nothing that is said of a file is passed over.
fn all_declared(work: &Assembly<'_>, sources: &[Source]) -> Result<(), Refusal> {
    let lost = |m: &&MeasureSpec| !sources.iter().any(|s| s.header == m.column.node);
    let Some(measure) = work.spec.measures.iter().find(lost) else { return Ok(()) };
    let column = &measure.column;
    let mut list: Vec<String> = sources.iter().map(|s| column_text(&s.header)).collect();
    list.dedup();
    let message = format!("`{}` is not one of the columns that hold the numbers of this file", column.node);
    let fault = Diagnostic::new(&codes::BAD_DECLARATION, column.span, message);
    Err(Refusal::Declaration(Box::new(fault.advice(format!("they are {}", words::some(&list, 12))))))
}

pub(super) fn push(store: &mut Store, read: NumberColumn, zero_missing: bool) -> (usize, Option<u8>) {
    let column = store.columns.numbers.len();
    let place = u32::try_from(column).unwrap_or(0);
    store.columns.reasons.extend(read.reasons.iter().map(|(row, r)| ((place, *row), *r)));
    for (row, flags) in &read.flags {
        let slot = store.columns.flags.entry(*row).or_default();
        *slot = slot.with(*flags);
    }
    let mut numbers = read.numbers;
    if zero_missing {
        match &mut numbers {
            Numbers::Exact(v) => v.iter_mut().filter(|x| x.get() == Some(0)).for_each(|x| *x = Amount::MISSING),
            Numbers::Wide(v) => v.iter_mut().filter(|x| x.get() == Some(0)).for_each(|x| *x = WideAmount::MISSING),
            Numbers::Float(v) => v.iter_mut().filter(|x| **x == 0.0).for_each(|x| *x = f64::NAN),
        }
    }
    store.columns.numbers.push(numbers);
    (column, read.places)
}

/// Numbers that are declared in tenths of a percent become percent; by which power of ten, and how many decimals then.
pub(super) fn in_percent(
    work: &Assembly<'_>,
    store: &mut Store,
    (header, column): (&str, usize),
    places: Option<u8>,
) -> (i32, Option<u8>) {
    let declared = work.spec.measures.iter().find(|m| m.column.node == header).map(|m| &m.meaning.unit);
    let shift = declared.filter(|u| u.is_percent()).map_or(0, |u| u.ten);
    match store.columns.numbers.get_mut(column).filter(|_| shift != 0) {
        Some(numbers) => (shift, numbers.multiply(&|_| shift, places)),
        None => (0, places),
    }
}

/// What the numbers of a column come to in each period.
fn numbers_of<'w>(
    work: &'w mut Assembly<'_>,
    store: &Store,
    header: &str,
    read: &NumberColumn,
) -> &'w evidence::Numbers {
    let number = |row: usize| read.numbers.float(row, read.places.unwrap_or(0));
    let cells = store.columns.periods.iter().enumerate().map(|(row, place)| (place, number(row)));
    let periods = &store.info.periods;
    let known = cells.filter(|(_, x)| !x.is_nan()).filter_map(|(at, x)| Some((*periods.get(at as usize)?, x)));
    work.found.evidence.numbers(header, known)
}

/// Shares of several files are fractions in all of them or in none, unless their unit is declared.
fn shares_alike(work: &Assembly<'_>, store: &Store, header: &str, read: &NumberColumn) -> Result<(), Refusal> {
    if read.style.mark.is_some()
        || naming::says_percent(header)
        || work.spec.measures.iter().any(|m| m.column.node == header)
    {
        return Ok(());
    }
    let cell = |row: usize| {
        let period = store.columns.periods.get(row).and_then(|at| store.info.periods.get(at as usize))?;
        Some((*period, read.numbers.float(row, read.places.unwrap_or(0)))).filter(|(_, x)| !x.is_nan())
    };
    let files = fractions::Files { files: &work.table.files, rows: work.table.rows };
    let Some((one, other)) = files.unlike(&cell) else { return Ok(()) };
    let message = format!("column `{header}` is in fractions of one in `{one}`, and in percent in `{other}`");
    let mut error = LoadError::new(message).advice("load each by itself, and declare the unit of its shares");
    error.file = Some(one);
    Err(error.into())
}

/// Dollars of which it is not said whose they are are those of the United States, and that is said.
pub(super) fn dollars(work: &mut Assembly<'_>, name: &str, column: &str) {
    let declared = work.spec.measures.iter().any(|m| m.column.node == column);
    if !declared && naming::is_bare_dollar(name) {
        let message = format!("the dollars of column `{name}` were read as those of the United States");
        let advice = "declare the unit if they are others, as in `value from COLUMN: flow in mn AUD`";
        let doubt = Doubt::new(&codes::LAYOUT_GUESSED, work.table.header_line, message);
        work.doubts.push(doubt.advice(advice));
    }
}

/// Growth that is nowhere as much as one percent, though it is told in thousandths of one, is doubted.
fn may_be_fractions(work: &mut Assembly<'_>, header: &str, read: &NumberColumn) {
    let declared = work.spec.measures.iter().any(|m| m.column.node == header);
    let places = read.places.unwrap_or(u8::MAX);
    let numbers = (0..work.table.rows).map(|row| read.numbers.float(row, places)).filter(|x| !x.is_nan());
    let (count, most) = numbers.fold((0, 0.0_f64), |(n, most), x| (n + 1, most.max(x.abs())));
    if declared || places < 3 || count < 2 || most == 0.0 || most >= 1.0 {
        return;
    }
    let message = format!("growth in column `{header}` was read as percent, though none is as much as 1");
    let (name, column) = (naming::series_name(header), column_text(header));
    let advice = format!("declare it if they are fractions: `{name} from {column}: growth in 1`");
    let doubt = Doubt::new(&codes::KIND_ASSUMED, work.table.header_line, message);
    work.doubts.push(doubt.advice(advice));
}

fn of_column(work: &mut Assembly<'_>, store: &mut Store, at: usize) -> Result<Source, Refusal> {
    let header = work.table.header.get(at).cloned().unwrap_or_default();
    let known = work.found.known.get(&at).cloned();
    let naming::Told { mut meaning, known: mut sure, mut kind_is_assumed } =
        naming::meaning_of(&header, known.as_ref().map(|(_, m)| m), work.found.layout);
    let Some(read) = work.found.numbers.remove(&at) else {
        return Err(LoadError::new(format!("column `{header}` holds no number")).into());
    };
    if sure && known.is_none() {
        dollars(work, &header, &header);
    }
    if let (false, Some(unit)) = (sure, read.style.mark.as_deref().and_then(unit_text::read)) {
        let percent = unit.is_percent() && meaning.kind == Kind::Flow;
        meaning = Meaning::new(if percent { Kind::Share } else { meaning.kind }, unit);
        sure = true;
        kind_is_assumed &= !percent;
    }
    if meaning.kind == Kind::Share {
        shares_alike(work, store, &header, &read)?;
    }
    if meaning.kind == Kind::Share
        && known.is_none()
        && !naming::says_percent(&header)
        && read.style.mark.is_none()
        && fractions::are_fractions(numbers_of(work, store, &header, &read))
    {
        (meaning.unit, sure) = (Unit::plain(), true);
    }
    if meaning.kind == Kind::Growth && !naming::says_percent(&header) && read.style.mark.is_none() {
        may_be_fractions(work, &header, &read);
    }
    let zero =
        work.spec.measures.iter().any(|m| m.column.node == header && m.meaning.zero_missing) || meaning.zero_missing;
    let (column, places) = push(store, read, zero);
    let name = known.map(|(n, _)| n).unwrap_or_else(|| naming::series_name(&header));
    let (shift, places) = in_percent(work, store, (&header, column), places);
    Ok(Source { header, column, places, meaning, known: sure, kind_is_assumed, name, shift })
}

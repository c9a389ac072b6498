//! The measures of a dataset: which column, or part of one, becomes which series, in which unit and of which kind.

use crate::data::columns::column::Column;
use crate::data::declare::{MeasureSpec, meaning_text};
use crate::data::doubt::{LoadError, Refusal};
use crate::data::info::{Meaning, MeasureInfo};
use crate::data::known::roles;
use crate::data::load::Assembly;
use crate::data::meaning::cells::NumberColumn;
use crate::data::meaning::column_use::{Spread, Use};
use crate::data::meaning::naming;
use crate::data::meaning::sdmx;
use crate::data::store::{MeasureData, Numbers, Store};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::format::{self, column_text};
use crate::value::number::{self, Decimal};
use crate::value::{Kind, Unit};

/// A column of numbers on its way to series.
struct Source {
    header: String,
    column: usize,
    places: Option<u8>,
    meaning: Meaning,
    known: bool,
    name: String,
}

/// Adds all measures.
pub(in crate::data) fn add(work: &mut Assembly<'_>, store: &mut Store, flows: &[&'static str]) -> Result<(), Refusal> {
    let mut sources = Vec::new();
    if let Some(spread) = work.found.spread.clone() {
        sources.push(of_cells(work, store, &spread)?);
    } else {
        for at in 0..work.table.header.len() {
            if work.found.uses.get(at) == Some(&Use::Measure) {
                sources.push(of_column(work, store, at)?);
            }
        }
    }
    if sources.is_empty() {
        let mut error = LoadError::at(work.table.header_line.unwrap_or(1), "no column holds numbers");
        error.advice = Some("a table of codes is no dataset; its codes are compiled in, or declared".into());
        return Err(error.into());
    }
    let scale = scales(work, store, &sources)?;
    marks(work, store);
    let is_value = |s: &Source| roles::VALUES.contains(&s.header.to_lowercase().as_str()) || s.name == "value";
    let main = sources.iter().position(is_value).unwrap_or(0);
    for (i, mut source) in sources.into_iter().enumerate() {
        if let Some(unit) = &scale
            && !source.known
        {
            source.meaning.unit = unit.clone();
            source.known = !unit.is_plain();
        }
        name_all(work, store, &source, i == main, flows)?;
    }
    Ok(())
}

fn push(store: &mut Store, read: NumberColumn, zero_missing: bool) -> (usize, Option<u8>) {
    let column = store.columns.numbers.len();
    let place = u32::try_from(column).unwrap_or(0);
    store.columns.reasons.extend(read.reasons.iter().map(|(row, r)| ((place, *row), *r)));
    let mut numbers = read.numbers;
    if zero_missing {
        match &mut numbers {
            Numbers::Exact(v) => v.iter_mut().filter(|x| **x == 0).for_each(|x| *x = i64::MIN),
            Numbers::Float(v) => v.iter_mut().filter(|x| **x == 0.0).for_each(|x| *x = f64::NAN),
        }
    }
    store.columns.numbers.push(numbers);
    (column, read.places)
}

fn of_column(work: &mut Assembly<'_>, store: &mut Store, at: usize) -> Result<Source, Refusal> {
    let header = work.table.header.get(at).cloned().unwrap_or_default();
    let known = work.found.known.get(&at).cloned();
    let (mut meaning, sure) = naming::meaning_of(&header, known.as_ref().map(|(_, m)| m), &work.found.name);
    let Some(read) = work.found.numbers.remove(&at) else {
        return Err(LoadError::new(format!("column `{header}` holds no number")).into());
    };
    let mut sure = sure;
    if let (false, Some(unit)) = (sure, read.style.mark.as_deref().and_then(naming::unit_in)) {
        let percent = unit.is_percent() && meaning.kind == Kind::Flow;
        meaning = Meaning::new(if percent { Kind::Share } else { meaning.kind }, unit);
        sure = true;
    }
    let zero =
        work.spec.measures.iter().any(|m| m.column.node == header && m.meaning.zero_missing) || meaning.zero_missing;
    let (column, places) = push(store, read, zero);
    let name = known.map(|(n, _)| n).unwrap_or_else(|| naming::series_name(&header));
    Ok(Source { header, column, places, meaning, known: sure, name })
}

fn of_cells(work: &mut Assembly<'_>, store: &mut Store, spread: &Spread) -> Result<Source, Refusal> {
    let columns: Vec<Option<NumberColumn>> = spread.columns().iter().map(|at| work.found.numbers.remove(at)).collect();
    let (numbers, places) = woven(&columns, work.table.rows);
    let times = columns.len();
    let read = NumberColumn { numbers, places, style: Default::default(), ambiguous: None, reasons: Vec::new() };
    let mut read = read;
    for (k, column) in columns.iter().enumerate() {
        let rows = column.iter().flat_map(|c| &c.reasons);
        read.reasons.extend(rows.map(|(row, r)| (u32::try_from(*row as usize * times + k).unwrap_or(u32::MAX), *r)));
    }
    let zero = work.spec.measures.iter().any(|m| m.meaning.zero_missing);
    let (column, places) = push(store, read, zero);
    // One indicator for the whole file names its unit.
    let indicator = store.info.dims.iter().find(|d| d.name.as_ref() == "indicator").map(|d| d.codes.clone());
    let only = indicator.as_ref().filter(|c| c.len() == 1).and_then(|c| c.first());
    let found = only.and_then(|name| naming::meaning(name));
    let known = found.as_ref().is_some_and(|m| !m.unit.is_plain());
    let meaning = found.unwrap_or_else(|| Meaning::new(Kind::Flow, Unit::plain()));
    Ok(Source { header: "cells".into(), column, places, meaning, known, name: "value".into() })
}

/// `UNIT_MULT` and `UNIT_MEASURE`: the unit that they give to all undeclared numbers. Powers that differ from row to
/// row are put into the numbers.
fn scales(work: &mut Assembly<'_>, store: &mut Store, sources: &[Source]) -> Result<Option<Unit>, Refusal> {
    let mut ten = 0;
    let mut found = false;
    if let Some(at) = work.found.used_as(&Use::Multiplier)
        && let Some(Column::Words(words, codes)) = work.table.columns.get(at)
    {
        let powers: Option<Vec<i32>> =
            words.iter().map(|w| if w.trim().is_empty() { Some(0) } else { w.trim().parse().ok() }).collect();
        let Some(powers) = powers.filter(|p| p.iter().all(|x| (-9..=15).contains(x))) else {
            let header = work.table.header.get(at).cloned().unwrap_or_default();
            return Err(LoadError::new(format!("column `{header}` does not hold powers of ten")).into());
        };
        ten = powers.iter().copied().min().unwrap_or(0);
        found = true;
        if powers.iter().any(|p| *p != ten) {
            let times = store.times;
            let by = |row: usize| codes.get(row / times).and_then(|c| powers.get(c as usize)).map_or(0, |p| p - ten);
            for source in sources {
                if let Some(numbers) = store.columns.numbers.get_mut(source.column) {
                    numbers.multiply(&by);
                }
            }
        }
        let header = work.table.header.get(at).cloned().unwrap_or_default();
        work.declaration.push(format!("multiplier from {}", column_text(&header)));
    }
    let mut base = Unit::plain();
    if let Some(at) = work.found.used_as(&Use::Unit)
        && let Some(Column::Words(words, _)) = work.table.columns.get(at)
        && words.len() == 1
        && let Some(word) = words.iter().next()
        && let Some(unit) = naming::unit_in(word).or_else(|| Unit::parse(word.trim()).ok())
    {
        (base, found) = (unit, true);
    }
    if !found {
        return Ok(None);
    }
    base.ten += ten;
    Ok(Some(base))
}

/// Marks of observations: status and confidentiality.
fn marks(work: &mut Assembly<'_>, store: &mut Store) {
    let status = work.found.used_as(&Use::Status);
    let secrecy = work.found.used_as(&Use::Secrecy);
    for (at, is_status) in status.map(|a| (a, true)).into_iter().chain(secrecy.map(|a| (a, false))) {
        let Some(Column::Words(words, codes)) = work.table.columns.get(at) else { continue };
        let read = |word: &str| {
            let own = work.spec.marks.iter().find(|(text, _)| *text == word.trim()).map(|(_, f)| (*f, None));
            own.unwrap_or_else(|| if is_status { sdmx::status(word) } else { (sdmx::secrecy(word), None) })
        };
        let found: Vec<_> = words.iter().map(read).collect();
        for (row, code) in codes.iter().enumerate() {
            let Some((flags, reason)) = found.get(code as usize) else { continue };
            for k in 0..store.times {
                let row = u32::try_from(row * store.times + k).unwrap_or(u32::MAX);
                if *flags != crate::value::Flags::none() {
                    let slot = store.columns.flags.entry(row).or_default();
                    *slot = slot.with(*flags);
                }
                if let Some(reason) = reason {
                    for column in 0..store.columns.numbers.len() {
                        store.columns.reasons.insert((u32::try_from(column).unwrap_or(0), row), *reason);
                    }
                }
            }
        }
        let header = work.table.header.get(at).cloned().unwrap_or_default();
        let word = if is_status { "status" } else { "confidentiality" };
        work.declaration.push(format!("{word} from {}", column_text(&header)));
    }
}

/// The series of a column: as declared, one for each flow of the file, or one.
fn name_all(
    work: &mut Assembly<'_>,
    store: &mut Store,
    source: &Source,
    is_main: bool,
    flows: &[&'static str],
) -> Result<(), Refusal> {
    // A file of one flow says of its value column that it is that flow; its other columns keep their names.
    let own = if is_main || flows.len() > 1 { flows } else { &[] };
    let join = |flow: &str| if is_main { flow.to_string() } else { format!("{flow}_{}", source.name) };
    let names: Vec<(String, Option<u32>)> = if own.is_empty() {
        vec![(source.name.clone(), None)]
    } else {
        let split = store.columns.flows.is_some();
        own.iter().zip(0u32..).map(|(f, i)| (join(f), split.then_some(i))).collect()
    };
    let declared: Vec<MeasureSpec> =
        work.spec.measures.iter().filter(|m| m.column.node == source.header).cloned().collect();
    let flow_of =
        |name: &str| names.iter().find(|(n, _)| n == name || name.starts_with(&format!("{n}_"))).and_then(|(_, f)| *f);
    let mut out: Vec<(String, Option<u32>, Option<&MeasureSpec>)> = Vec::new();
    for spec in &declared {
        let flow = if names.len() == 1 { names.first().and_then(|(_, f)| *f) } else { flow_of(&spec.name.node) };
        out.push((spec.name.node.clone(), flow, Some(spec)));
    }
    let ranged = declared.iter().any(|s| s.range != Default::default());
    for (name, flow) in &names {
        let said = out.iter().any(|(n, f, _)| n == name || (flow.is_some() && f == flow));
        // One series that is declared stands for the column; ranges of it are all that is wanted.
        if !(said || (names.len() == 1 && (!declared.is_empty() || ranged))) {
            out.push((name.clone(), *flow, None));
        }
    }
    for (name, flow, spec) in out {
        let valuation = match name.as_str() {
            "exports" if work.found.name.starts_with("UN Comtrade") => Some(crate::data::Valuation::Fob),
            "imports" if work.found.name.starts_with("UN Comtrade") => Some(crate::data::Valuation::Cif),
            _ => None,
        };
        let mut meaning = spec.map(|s| s.meaning.clone()).unwrap_or_else(|| source.meaning.clone());
        meaning.valuation = meaning.valuation.or(valuation.filter(|_| spec.is_none()));
        let known = spec.is_some() || source.known;
        let mut text = if known {
            meaning_text(&meaning)
        } else {
            match meaning.kind {
                Kind::Rate => "rate in ?/?".to_string(),
                Kind::Index => "index ? = 100".to_string(),
                kind => format!("{} in ?", kind.word()),
            }
        };
        let mut data = MeasureData { column: source.column, flow, tests: Vec::new(), within: None };
        if let Some(spec) = spec {
            for (dim, code) in &spec.range.codes {
                let place = store
                    .info
                    .dims
                    .iter()
                    .position(|d| d.name.as_ref() == dim || d.column.as_deref() == Some(dim.as_str()));
                let Some((place, info)) = place.and_then(|p| store.info.dims.get(p).map(|d| (p, d))) else {
                    let fault =
                        Diagnostic::new(&codes::BAD_DECLARATION, spec.span, format!("there is no dimension `{dim}`"));
                    let dims: Vec<&str> = store.info.dims.iter().map(|d| d.name.as_ref()).collect();
                    return Err(Refusal::Declaration(Box::new(
                        fault.advice(format!("the dimensions are {}", dims.join(", "))),
                    )));
                };
                let Some(found) = info.find(code) else {
                    let fault =
                        Diagnostic::new(&codes::BAD_DECLARATION, spec.span, format!("no row has {dim} `{code}`"));
                    return Err(Refusal::Declaration(Box::new(fault)));
                };
                data.tests.push((
                    place,
                    info.codes.iter().map(|c| *c == found || (info.nested && c.starts_with(found.as_ref()))).collect(),
                ));
                text.push_str(&format!(" where {} = {}", format::word(&info.name), format::code(code)));
            }
            if let Some(within) = spec.range.within {
                data.within = Some(within);
                text.push_str(&format!(" for {within}"));
            }
        }
        work.declaration.push(format!("{} from {}: {text}", format::word(&name), column_text(&source.header)));
        if let (Some(spec), Some(base)) = (spec, store.info.measures.iter().position(|m| m.name.as_ref() == name)) {
            overridden(store, base, &data, &meaning, spec)?;
            continue;
        }
        let one = |pass: &Vec<bool>| pass.iter().filter(|p| **p).count() == 1;
        let pinned = data.tests.iter().filter(|(_, pass)| one(pass)).map(|(dim, _)| *dim).collect();
        store.measures.push(data);
        store.info.measures.push(MeasureInfo {
            name: name.as_str().into(),
            meaning,
            column: source.header.clone(),
            places: source.places,
            declared: known,
            pinned,
        });
    }
    Ok(())
}

/// The same series in another scale for some of its rows.
fn overridden(
    store: &mut Store,
    base: usize,
    part: &MeasureData,
    meaning: &Meaning,
    spec: &MeasureSpec,
) -> Result<(), Refusal> {
    let refuse = |message: String, advice: &str| {
        let fault = Diagnostic::new(&codes::BAD_DECLARATION, spec.span, message);
        Err(Refusal::Declaration(Box::new(fault.advice(advice.to_string()))))
    };
    let (Some(info), Some(data)) = (store.info.measures.get(base), store.measures.get(base)) else { return Ok(()) };
    if part.tests.is_empty() && part.within.is_none() {
        return refuse(
            format!("`{}` is declared twice", spec.name.node),
            "a second declaration says for which rows: `where …`, `for …`",
        );
    }
    let Some(power) = meaning.unit.power_to(&info.meaning.unit).filter(|_| meaning.kind == info.meaning.kind) else {
        let message = format!("`{}` is in {} elsewhere, not in {}", spec.name.node, info.meaning.unit, meaning.unit);
        return refuse(message, "rows in another currency are another series: give them a name of their own");
    };
    let column = data.column;
    let rows = store.rows_of(part);
    let by = |row: usize| if rows.get(row).copied().unwrap_or(false) { power } else { 0 };
    if let Some(numbers) = store.columns.numbers.get_mut(column) {
        let places = numbers.multiply_with(&by, info.places);
        for (m, _) in store.info.measures.iter_mut().zip(&store.measures).filter(|(_, d)| d.column == column) {
            m.places = places;
        }
    }
    Ok(())
}

/// Columns of one period or code each, as one column: row after row.
fn woven(columns: &[Option<NumberColumn>], rows: usize) -> (Numbers, Option<u8>) {
    let places = columns
        .iter()
        .flatten()
        .map(|c| c.places)
        .collect::<Option<Vec<u8>>>()
        .map(|p| p.into_iter().max().unwrap_or(0));
    if let Some(places) = places {
        let cell = |c: &Option<NumberColumn>, row: usize| match c.as_ref().map(|c| (&c.numbers, c.places)) {
            Some((Numbers::Exact(v), from)) => match v.get(row).copied() {
                Some(i64::MIN) | None => Some(i64::MIN),
                Some(m) => Decimal { mantissa: m, places: from.unwrap_or(0) }.rescale(places),
            },
            Some((Numbers::Float(_), _)) => None,
            None => Some(i64::MIN),
        };
        let exact: Option<Vec<i64>> = (0..rows).flat_map(|row| columns.iter().map(move |c| cell(c, row))).collect();
        if let Some(values) = exact {
            return (Numbers::Exact(values), Some(places));
        }
    }
    let cell = |c: &Option<NumberColumn>, row: usize| match c.as_ref().map(|c| (&c.numbers, c.places)) {
        Some((Numbers::Exact(v), from)) => match v.get(row).copied() {
            Some(i64::MIN) | None => f64::NAN,
            Some(m) => number::scaled_to_f64(i128::from(m), u32::from(from.unwrap_or(0))),
        },
        Some((Numbers::Float(v), _)) => v.get(row).copied().unwrap_or(f64::NAN),
        None => f64::NAN,
    };
    (Numbers::Float((0..rows).flat_map(|row| columns.iter().map(move |c| cell(c, row))).collect()), None)
}

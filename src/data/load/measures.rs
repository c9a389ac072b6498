//! The measures of a dataset: its columns of numbers, in memory, and what is known of each before it has a name.

use crate::data::columns::amounts::{Amount, Numbers, WideAmount};
use crate::data::doubt::{Doubt, LoadError, Refusal};
use crate::data::info::Meaning;
use crate::data::known::roles;
use crate::data::load::assembly::Assembly;
use crate::data::load::series::{self, Source};
use crate::data::load::{fractions, marks};
use crate::data::meaning::cells::NumberColumn;
use crate::data::meaning::column_use::{Spread, Use};
use crate::data::meaning::evidence;
use crate::data::meaning::naming;
use crate::data::store::Store;
use crate::diagnostic::codes;
use crate::value::number::{self, Wide};
use crate::value::{Kind, Unit, unit_text};

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
    let scale = marks::scales(work, store, &mut sources)?;
    marks::marks(work, store);
    let is_value = |s: &Source| roles::VALUES.contains(&s.header.to_lowercase().as_str()) || s.name == "value";
    let main = sources.iter().position(is_value).unwrap_or(0);
    apart(work, store, &mut sources, (main, flows));
    for (i, mut source) in sources.into_iter().enumerate() {
        if let Some(unit) = &scale
            && !source.known
        {
            source.meaning.unit = unit.clone();
            source.known = !unit.is_plain();
        }
        series::name_all(work, store, &source, i == main, flows)?;
    }
    Ok(())
}

/// Gives each column a name of its own: what stands in brackets tells `Price (A)` from `Price (B)`, else a number.
fn apart(work: &Assembly<'_>, store: &Store, sources: &mut [Source], (main, flows): (usize, &[&'static str])) {
    let taken_by_others = |source: &Source, at: usize| {
        let declared = work.spec.measures.iter().any(|m| m.name.node == source.name && m.column.node != source.header);
        let dim = store.info.dims.iter().any(|d| d.name.as_ref() == source.name);
        declared || dim || (at != main && flows.contains(&source.name.as_str()))
    };
    let names: Vec<String> = sources.iter().map(|s| s.name.clone()).collect();
    for (at, source) in sources.iter_mut().enumerate() {
        if names.iter().filter(|n| **n == source.name).count() > 1 {
            source.name = naming::whole_name(&source.header);
        }
        if taken_by_others(source, at) {
            source.name = naming::whole_name(&source.header);
        }
    }
    for at in 0..sources.len() {
        let (before, rest) = sources.split_at_mut(at);
        let Some(source) = rest.first_mut() else { continue };
        let plain = source.name.clone();
        let mut number = 1;
        while before.iter().any(|s| s.name == source.name) || taken_by_others(source, at) {
            number += 1;
            source.name = format!("{plain}_{number}");
        }
    }
}

fn push(store: &mut Store, read: NumberColumn, zero_missing: bool) -> (usize, Option<u8>) {
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
fn in_percent(
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

fn of_column(work: &mut Assembly<'_>, store: &mut Store, at: usize) -> Result<Source, Refusal> {
    let header = work.table.header.get(at).cloned().unwrap_or_default();
    let known = work.found.known.get(&at).cloned();
    let naming::Told { mut meaning, known: mut sure, mut kind_is_assumed } =
        naming::meaning_of(&header, known.as_ref().map(|(_, m)| m), work.found.layout);
    let Some(read) = work.found.numbers.remove(&at) else {
        return Err(LoadError::new(format!("column `{header}` holds no number")).into());
    };
    if let (false, Some(unit)) = (sure, read.style.mark.as_deref().and_then(unit_text::read)) {
        let percent = unit.is_percent() && meaning.kind == Kind::Flow;
        meaning = Meaning::new(if percent { Kind::Share } else { meaning.kind }, unit);
        sure = true;
        kind_is_assumed &= !percent;
    }
    if meaning.kind == Kind::Share
        && known.is_none()
        && !naming::says_percent(&header)
        && read.style.mark.is_none()
        && fractions::are_fractions(numbers_of(work, store, &header, &read))
    {
        (meaning.unit, sure) = (Unit::plain(), true);
    }
    let zero =
        work.spec.measures.iter().any(|m| m.column.node == header && m.meaning.zero_missing) || meaning.zero_missing;
    let (column, places) = push(store, read, zero);
    let name = known.map(|(n, _)| n).unwrap_or_else(|| naming::series_name(&header));
    let (shift, places) = in_percent(work, store, (&header, column), places);
    Ok(Source { header, column, places, meaning, known: sure, kind_is_assumed, name, shift })
}

fn of_cells(work: &mut Assembly<'_>, store: &mut Store, spread: &Spread) -> Result<Source, Refusal> {
    let columns: Vec<Option<NumberColumn>> = spread.columns().iter().map(|at| work.found.numbers.remove(at)).collect();
    let (numbers, places) = woven(&columns, work.table.rows);
    let times = columns.len();
    let mut read = NumberColumn { numbers, places, ..NumberColumn::default() };
    for (k, column) in columns.iter().enumerate() {
        let rows = column.iter().flat_map(|c| &c.reasons);
        let woven = |row: u32| u32::try_from(row as usize * times + k).unwrap_or(u32::MAX);
        read.reasons.extend(rows.map(|(row, r)| (woven(*row), *r)));
        read.flags.extend(column.iter().flat_map(|c| &c.flags).map(|(row, f)| (woven(*row), *f)));
    }
    let years = work.found.whole_year.and_then(|at| Some((at, work.found.numbers.remove(&at)?)));
    if let Some((at, years)) = years {
        match wrong_year(&columns, &years, work.table.rows) {
            None => store.adds_up = true,
            Some((row, sum)) => {
                let header = work.header(at);
                let message = format!("column `{header}` is not the sum of the columns beside it, which is {sum}");
                work.doubts.push(Doubt::new(&codes::IDENTITY_FAILED, Some(work.table.lines.get(row)), message));
            }
        }
    }
    let zero = work.spec.measures.iter().any(|m| m.meaning.zero_missing);
    let (column, places) = push(store, read, zero);
    // One indicator for the whole file names its unit.
    let indicator = store.info.dims.iter().find(|d| d.name.as_ref() == "indicator").map(|d| d.codes.clone());
    let only = indicator.as_ref().filter(|c| c.len() == 1).and_then(|c| c.first());
    let found = only.and_then(|name| naming::meaning(name));
    let known = found.as_ref().is_some_and(|m| !m.unit.is_plain() && !m.unit.is_unknown());
    let meaning = found.unwrap_or_else(|| Meaning::new(Kind::Flow, Unit::plain()));
    let name = "value".to_string();
    let header = "cells".to_string();
    let (shift, places) = in_percent(work, store, (&header, column), places);
    Ok(Source { header, column, places, meaning, known, kind_is_assumed: false, name, shift })
}

/// The first row in which a year is not the sum of its parts within rounding, and that sum.
fn wrong_year(parts: &[Option<NumberColumn>], years: &NumberColumn, rows: usize) -> Option<(usize, String)> {
    let number = |c: &NumberColumn, row: usize| c.numbers.float(row, c.places.unwrap_or(0));
    let half = |c: &NumberColumn| c.places.map_or(0.0, |p| 0.5 * 10f64.powi(-i32::from(p)));
    let slack: f64 = parts.iter().flatten().chain([years]).map(half).sum();
    (0..rows).find_map(|row| {
        let (year, sum) = (number(years, row), parts.iter().flatten().map(|c| number(c, row)).filter(|x| !x.is_nan()));
        let sum: f64 = sum.sum();
        let wrong = !year.is_nan() && (year - sum).abs() > slack + 1e-9 * year.abs();
        wrong.then(|| (row, number::significant(sum, 12)))
    })
}

/// Columns of one period or code each, as one column: row after row.
fn woven(columns: &[Option<NumberColumn>], rows: usize) -> (Numbers, Option<u8>) {
    let places = columns
        .iter()
        .flatten()
        .map(|c| c.places)
        .collect::<Option<Vec<u8>>>()
        .map(|p| p.into_iter().max().unwrap_or(0));
    let number = |c: &Option<NumberColumn>, row: usize, places: u8| -> Option<Option<i128>> {
        let Some(column) = c else { return Some(None) };
        let Some(mantissa) = column.numbers.exact(row) else { return Some(None) };
        Wide { mantissa, places: column.places? }.rescale(places).map(Some)
    };
    if let Some(places) = places {
        let all: Option<Vec<Option<i128>>> =
            (0..rows).flat_map(|row| columns.iter().map(move |c| number(c, row, places))).collect();
        let narrow = |n: &Option<i128>| match n {
            Some(n) => i64::try_from(*n).ok().and_then(Amount::new),
            None => Some(Amount::MISSING),
        };
        if let Some(exact) = all.as_ref().and_then(|a| a.iter().map(narrow).collect()) {
            return (Numbers::Exact(exact), Some(places));
        }
        let wide = |n: Option<i128>| n.and_then(WideAmount::new).unwrap_or(WideAmount::MISSING);
        if let Some(numbers) = all.and_then(|a| Numbers::wide(a.into_iter().map(wide).collect())) {
            return (numbers, Some(places));
        }
    }
    let cell = |c: &Option<NumberColumn>, row: usize| {
        c.as_ref().map_or(f64::NAN, |c| c.numbers.float(row, c.places.unwrap_or(0)))
    };
    (Numbers::Float((0..rows).flat_map(|row| columns.iter().map(move |c| cell(c, row))).collect()), None)
}

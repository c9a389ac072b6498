//! The numbers of wide tables: columns of one thing, woven into one column, row after row. In: the columns of a group. Out:
//! a column of numbers in memory, with the marks that stand beside them.

use crate::data::columns::amounts::{Amount, Numbers, WideAmount};
use crate::data::doubt::{Doubt, LoadError, Refusal};
use crate::data::info::Meaning;
use crate::data::known::{roles, year_parts};
use crate::data::load::assembly::Assembly;
use crate::data::load::measures::{dollars, in_percent, push};
use crate::data::load::series::Source;
use crate::data::meaning::cells::NumberColumn;
use crate::data::meaning::column_use::{Across, Group, Spread};
use crate::data::meaning::{naming, sdmx};
use crate::data::store::Store;
use crate::diagnostic::{codes, words};
use crate::syntax::format::column_text;
use crate::value::number::{self, Wide};
use crate::value::{Flags, Kind, Unit};

/// So many columns are named.
const NAMED: usize = 4;

/// What the declarations of a wide table call its cells, where they hold one thing.
const CELLS: &str = "cells";

/// Numbers beside the columns that are spread out are one for all periods of a row: no series, and said so.
pub(super) fn beside(work: &mut Assembly<'_>, columns: &[usize]) -> Result<(), Refusal> {
    let names: Vec<String> = columns.iter().map(|at| work.header(*at)).collect();
    if let Some(declared) = names.iter().find(|n| work.spec.measures.iter().any(|m| m.column.node == **n)) {
        let message = format!("column `{declared}` has one number for all periods or codes of its row");
        let advice = format!("declare `skip {}`, or load the file once more as another table", column_text(declared));
        return Err(LoadError::at(work.table.header_line.unwrap_or(1), message).advice(advice).into());
    }
    if !names.is_empty() {
        let names: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
        let message = format!("{}: one number for all periods or codes of a row, left out", words::some(&names, NAMED));
        work.doubts.push(Doubt::new(&codes::LAYOUT_GUESSED, work.table.header_line, message));
    }
    Ok(())
}

/// The numbers of one group of columns.
pub(super) fn of_group(
    work: &mut Assembly<'_>,
    store: &mut Store,
    spread: &Spread,
    group: &Group,
) -> Result<Source, Refusal> {
    let mut take = |at: &Option<usize>| at.as_ref().and_then(|at| work.found.numbers.remove(at));
    let columns: Vec<Option<NumberColumn>> = group.columns.iter().map(&mut take).collect();
    let years = take(&group.whole_year);
    let (numbers, places) = woven(&columns, work.table.rows);
    let times = columns.len();
    let mut read = NumberColumn { numbers, places, ..NumberColumn::default() };
    let place = |row: u32, k: usize| u32::try_from(row as usize * times + k).unwrap_or(u32::MAX);
    for (k, column) in columns.iter().enumerate() {
        let rows = column.iter().flat_map(|c| &c.reasons);
        read.reasons.extend(rows.map(|(row, r)| (place(*row, k), *r)));
        read.flags.extend(column.iter().flat_map(|c| &c.flags).map(|(row, f)| (place(*row, k), *f)));
    }
    for (k, at) in group.marks.iter().enumerate() {
        let Some((at, column)) = at.and_then(|at| Some((at, work.table.columns.get(at)?))) else { continue };
        let header = work.header(at);
        for row in 0..work.table.rows {
            let (flags, reason) = sdmx::status(&header, &column.text(row));
            let row = place(u32::try_from(row).unwrap_or(u32::MAX), k);
            read.flags.extend(Some((row, flags)).filter(|_| flags != Flags::none()));
            read.reasons.extend(reason.map(|r| (row, r)));
        }
    }
    read.flags.extend(estimates(work, spread).into_iter().map(|(row, k)| (place(row, k), Flags::ESTIMATED)));
    if let (Some(at), Some(years)) = (group.whole_year, years) {
        match wrong_year(&columns, &years, work.table.rows) {
            None => store.adds_up = true,
            Some((row, sum)) => {
                let header = work.header(at);
                let message = format!("column `{header}` is not the sum of the columns beside it, which is {sum}");
                work.doubts.push(Doubt::new(&codes::IDENTITY_FAILED, Some(work.table.lines.get(row)), message));
            }
        }
    }
    let header = group.name.clone().filter(|_| spread.groups.len() > 1).unwrap_or_else(|| CELLS.to_string());
    let zero = work.spec.measures.iter().any(|m| m.column.node == header && m.meaning.zero_missing);
    let (column, places) = push(store, read, zero);
    let (name, told) = match &group.name {
        Some(stem) => {
            let name = roles::flow_of(stem).map_or_else(|| naming::series_name(stem), str::to_string);
            (name, naming::meaning_of(stem, None, work.found.layout))
        }
        None => ("value".to_string(), of_indicator(store)),
    };
    if let Some(stem) = group.name.as_deref().filter(|_| told.known) {
        dollars(work, stem, &header);
    }
    let (shift, places) = in_percent(work, store, (&header, column), places);
    let naming::Told { meaning, known, kind_is_assumed } = told;
    Ok(Source { header, column, places, meaning, known, kind_is_assumed, name, shift })
}

/// The cells of years behind the last that is no estimate, by row and period, where the publisher says which it is.
fn estimates(work: &Assembly<'_>, spread: &Spread) -> Vec<(u32, usize)> {
    let Across::Periods(periods) = &spread.across else { return Vec::new() };
    let Some(until) = work.found.layout.and_then(|l| l.known_until) else { return Vec::new() };
    let at = work.table.header.iter().position(|h| h.to_lowercase() == until);
    let Some(column) = at.and_then(|at| work.table.columns.get(at)) else { return Vec::new() };
    let mut out = Vec::new();
    for row in 0..work.table.rows {
        let Some(last) = year_parts::year_of(&column.text(row)) else { continue };
        let beyond = periods.iter().enumerate().filter(|(_, p)| p.first_month().0 > last);
        out.extend(beyond.map(|(k, _)| (u32::try_from(row).unwrap_or(u32::MAX), k)));
    }
    out
}

/// One indicator for the whole file names its unit.
fn of_indicator(store: &Store) -> naming::Told {
    let indicator = store.info.dims.iter().find(|d| d.name.as_ref() == "indicator").map(|d| d.codes.clone());
    let only = indicator.as_ref().filter(|c| c.len() == 1).and_then(|c| c.first());
    let found = only.and_then(|name| naming::meaning(name));
    let known = found.as_ref().is_some_and(|m| !m.unit.is_plain() && !m.unit.is_unknown());
    let meaning = found.unwrap_or_else(|| Meaning::new(Kind::Flow, Unit::plain()));
    naming::Told { meaning, known, kind_is_assumed: false }
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

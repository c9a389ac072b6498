//! Several files as one table. In: tables with the same columns, in whatever order. Out: one, with the rows of the later
//! files below those of the earlier ones.

use crate::data::columns::column::Column;
use crate::data::columns::decimals::Decimals;
use crate::data::doubt::{Doubt, LoadError};
use crate::data::table::one::Table;

/// Rows of a later file below those of the earlier ones.
pub(in crate::data) fn join(table: &mut Table, more: Table) -> Result<(), LoadError> {
    let name = more.files.first().map(|(_, n)| n.clone()).unwrap_or_default();
    let order: Option<Vec<usize>> = table.header.iter().map(|h| more.header.iter().position(|m| m == h)).collect();
    let Some(order) = order.filter(|o| o.len() == more.header.len()) else {
        let missing = table
            .header
            .iter()
            .find(|h| !more.header.contains(h))
            .or(more.header.iter().find(|h| !table.header.contains(h)));
        let column = missing.cloned().unwrap_or_default();
        let first = table.files.first().map(|(_, n)| n.clone()).unwrap_or_default();
        let mut error =
            LoadError::at(1, format!("the columns are not those of `{first}`: `{column}` is in only one of the two"));
        error.file = Some(name);
        return Err(error);
    };
    let mut columns: Vec<Option<Column>> = more.columns.into_iter().map(Some).collect();
    for (column, from) in table.columns.iter_mut().zip(order) {
        let next = columns.get_mut(from).and_then(Option::take).unwrap_or(Column::Left);
        join_columns(column, next);
    }
    table.files.push((table.rows, name));
    (0..more.rows).for_each(|row| table.lines.push(more.lines.get(row)));
    table.rows += more.rows;
    table.is_partial |= more.is_partial;
    table.own.extend(more.own);
    add_new(&mut table.above, more.above);
    add_new(&mut table.doubts, more.doubts);
    Ok(())
}

/// Adds the doubts that were not met before.
pub(in crate::data) fn add_new(all: &mut Vec<Doubt>, more: Vec<Doubt>) {
    for doubt in more {
        if !all.iter().any(|d| d.code == doubt.code && d.message == doubt.message) {
            all.push(doubt);
        }
    }
}

fn join_columns(column: &mut Column, next: Column) {
    match (&mut *column, next) {
        (Column::Words(words, codes), Column::Words(more, places)) => {
            let map: Vec<u32> = more.iter().map(|w| words.place(w)).collect();
            places.iter().for_each(|p| codes.push(map.get(p as usize).copied().unwrap_or(0)));
        }
        (Column::Decimals(all), Column::Decimals(more)) => all.append(more),
        (Column::Decimals(all), next @ Column::Words(..)) => {
            let mut more = Decimals::default();
            (0..next.len()).for_each(|row| more.push(&next.text(row)));
            all.append(more);
        }
        (Column::Words(..), next @ Column::Decimals(_)) => {
            let mut all = Decimals::default();
            (0..column.len()).for_each(|row| all.push(&column.text(row)));
            *column = Column::Decimals(all);
            join_columns(column, next);
        }
        _ => {}
    }
}

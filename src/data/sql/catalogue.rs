//! What a large table holds, asked once: every text of the columns that say what a row is of, with a row for each, and what
//! the columns of numbers are made of. In: an engine and a table. Out: texts, numbers, how many rows. Each statement groups
//! by the time too where shards are divided by it, so that each shard answers for itself.

use crate::data::sql::copy::text;
use crate::data::sql::dialect::ColumnOf;
use crate::data::sql::engine::{DbFault, Engine};
use crate::data::sql::names::{Dialect, TableName};
use crate::data::sql::numbers::Number;
use crate::data::work::Budget;
use std::collections::BTreeMap;

/// The most codes that a column may have.
const MOST_TEXTS: usize = 1_000_000;
/// Times up to which codes are asked together with them.
const FEW_TIMES: usize = 400;

/// The texts of a column, and for each a time at which it stands.
pub(super) type Texts = BTreeMap<String, Vec<String>>;

/// A cell that is text of UTF-8.
fn strict(cell: &[u8], column: &str) -> Result<String, DbFault> {
    let wrong = |_| DbFault::Garbled(format!("a text of column `{column}` is not UTF-8"));
    String::from_utf8(cell.to_vec()).map_err(wrong)
}

/// The times of a table, each as its texts, and how many rows; what the columns of numbers are made of is noted in them.
pub(super) fn times(
    engine: &dyn Engine,
    table: &TableName,
    (times, numbers): (&[&ColumnOf], &mut [Number]),
    budget: &Budget,
) -> Result<(Vec<Vec<String>>, u64), DbFault> {
    let dialect = engine.dialect();
    let mut asked: Vec<String> = times.iter().map(|c| dialect.cell(c)).collect();
    asked.push("COUNT(*)".into());
    asked.push("COUNT(*)".into());
    asked.extend(numbers.iter().flat_map(Number::questions));
    let sql = format!("SELECT {} FROM {}{}", asked.join(", "), dialect.table(table), grouped(times.len()));
    let (mut found, mut rows) = (Vec::new(), 0u64);
    let mut told = vec![(0u8, 0f64, 0u64, 0u64); numbers.len()];
    engine.ask(&sql, asked.len(), budget, &mut |row| {
        let (key, rest) = row.split_at_checked(times.len()).unwrap_or((row, &[]));
        let key: Result<Vec<String>, DbFault> = key.iter().zip(times).map(|(c, of)| strict(c, &of.name)).collect();
        found.push(key?);
        rows += number::<u64>(rest.first())?;
        let rest = rest.get(2..).unwrap_or(&[]);
        for (answers, told) in rest.chunks(4).zip(&mut told) {
            told.0 = told.0.max(number(answers.first())?);
            told.1 = told.1.max(number(answers.get(1))?);
            told.2 += number::<u64>(answers.get(2))?;
            told.3 += number::<u64>(answers.get(3))?;
        }
        Ok(())
    })?;
    for (number, (places, largest, endless, fractions)) in numbers.iter_mut().zip(told) {
        number.answered(places, largest, endless, fractions)?;
    }
    Ok((found, rows))
}

/// A number of an answer; the empty cell, which a group without numbers has, is zero.
fn number<T: std::str::FromStr + Default>(cell: Option<&&[u8]>) -> Result<T, DbFault> {
    let words = cell.map(|c| text(c)).unwrap_or_default();
    if words.is_empty() {
        return Ok(T::default());
    }
    words.parse().map_err(|_| DbFault::Garbled(format!("`{words}` is not the number that was asked for")))
}

fn grouped(keys: usize) -> String {
    if keys == 0 {
        return String::new();
    }
    format!(" GROUP BY {}", (1..=keys).map(|k| k.to_string()).collect::<Vec<_>>().join(", "))
}

/// Every text of a column.
pub(super) fn texts(
    engine: &dyn Engine,
    table: &TableName,
    column: &ColumnOf,
    (times, count): (&[&ColumnOf], usize),
    budget: &Budget,
) -> Result<Texts, DbFault> {
    let dialect = engine.dialect();
    let with = if dialect == Dialect::Postgres && count <= FEW_TIMES { times } else { &[] };
    let mut asked = vec![dialect.cell(column)];
    asked.extend(with.iter().map(|c| dialect.cell(c)));
    asked.push("COUNT(*)".into());
    let sql = format!("SELECT {} FROM {}{}", asked.join(", "), dialect.table(table), grouped(with.len() + 1));
    let mut found = Texts::new();
    engine.ask(&sql, asked.len(), budget, &mut |row| {
        let Some((own, rest)) = row.split_first() else { return Ok(()) };
        let own = strict(own, &column.name)?;
        if found.contains_key(&own) {
            return Ok(());
        }
        if found.len() == MOST_TEXTS {
            let message = format!("column `{}` has more than {MOST_TEXTS} codes; `skip` leaves it out", column.name);
            return Err(DbFault::Unfit(message));
        }
        let when = rest.iter().zip(with).map(|(c, of)| strict(c, &of.name)).collect::<Result<_, _>>()?;
        found.insert(own, when);
        Ok(())
    })?;
    Ok(found)
}

/// Two rows of one observation, in words, if there are any. A unique index over the keys, or some of them, says that there
/// are none.
pub(super) fn twice(
    engine: &dyn Engine,
    table: &TableName,
    keys: &[&ColumnOf],
    budget: &Budget,
) -> Result<Option<String>, DbFault> {
    let dialect = engine.dialect();
    let mut indices: BTreeMap<String, Vec<String>> = BTreeMap::new();
    if let Some(sql) = dialect.unique(table) {
        engine.ask(&sql, 2, budget, &mut |row| {
            if let [index, column] = row {
                indices.entry(text(index)).or_default().push(text(column));
            }
            Ok(())
        })?;
    }
    let is_key = |name: &String| keys.iter().any(|k| k.name == *name);
    if keys.is_empty() || indices.values().any(|columns| columns.iter().all(is_key)) {
        return Ok(None);
    }
    let mut asked: Vec<String> = keys.iter().map(|c| dialect.cell(c)).collect();
    let ends = format!("{} HAVING COUNT(*) > 1 LIMIT 1", grouped(asked.len()));
    asked.push("COUNT(*)".into());
    let sql = format!("SELECT {} FROM {}{ends}", asked.join(", "), dialect.table(table));
    let mut found = None;
    engine.ask(&sql, asked.len(), budget, &mut |row| {
        let cells = row.iter().zip(keys).map(|(cell, of)| format!("{} {}", of.name, text(cell)));
        found = Some(cells.collect::<Vec<_>>().join(", ").replace('"', ""));
        Ok(())
    })?;
    Ok(found)
}

//! A small table as text, which is then a file like any other. In: an engine and a table. Out: its columns and rows as
//! CSV. Knows not what they mean.

use crate::data::sql::dialect::ColumnOf;
use crate::data::sql::engine::{DbFault, Engine};
use crate::data::sql::names::{Dialect, TableName};
use crate::data::work::Budget;
use crate::diagnostic::suggest;

/// A table as text.
pub struct Copied {
    /// Header and rows, between commas.
    pub text: Vec<u8>,
    /// Its columns.
    pub columns: Vec<ColumnOf>,
    /// How many rows came.
    pub rows: usize,
    /// Whether these are all.
    pub is_whole: bool,
}

/// A cell as text of UTF-8, which names are.
pub(super) fn text(cell: &[u8]) -> String {
    String::from_utf8_lossy(cell).into_owned()
}

/// The columns of a table.
///
/// # Errors
/// There is no such table, or the database gives no answer.
pub fn columns(engine: &dyn Engine, table: &TableName, budget: &Budget) -> Result<Vec<ColumnOf>, DbFault> {
    let dialect = engine.dialect();
    let mut found: Vec<ColumnOf> = Vec::new();
    engine.ask(&dialect.columns(table), 2, budget, &mut |row| {
        if let [name, kind] = row {
            found.push(dialect.column(text(name), &text(kind)));
        }
        Ok(())
    })?;
    if found.is_empty() {
        let all = tables(engine, budget)?;
        let names: Vec<String> = all.iter().map(ToString::to_string).collect();
        let own = table.to_string();
        let near = match suggest::nearest(&own, names.iter().map(String::as_str)).as_slice() {
            [] if names.is_empty() => "; it has none that may be read".to_string(),
            [] => format!("; it has {}", crate::diagnostic::words::some(&names, 6)),
            near => format!("; did you mean {}?", suggest::either(near)),
        };
        return Err(DbFault::Unfit(format!("there is no table `{table}`{near}")));
    }
    Ok(found)
}

/// The tables that there are.
///
/// # Errors
/// The database gives no answer.
pub fn tables(engine: &dyn Engine, budget: &Budget) -> Result<Vec<TableName>, DbFault> {
    let dialect = engine.dialect();
    let mut found = Vec::new();
    engine.ask(dialect.tables(), 2, budget, &mut |row| {
        if let [schema, name] = row {
            let schema = Some(text(schema)).filter(|s| s != dialect.usual_schema());
            found.push(TableName { schema, name: text(name) });
        }
        Ok(())
    })?;
    Ok(found)
}

/// The rows of a table as text, so many at most.
///
/// # Errors
/// There is no such table, or the database gives no answer.
pub fn copied(engine: &dyn Engine, table: &TableName, most: usize, budget: &Budget) -> Result<Copied, DbFault> {
    let columns = columns(engine, table, budget)?;
    if columns.len() < 2 {
        return Err(DbFault::Unfit(format!("the table `{table}` has one column; a period and a number need two")));
    }
    let garbled = |e: csv::Error| DbFault::Garbled(e.to_string());
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(columns.iter().map(|c| &c.name)).map_err(garbled)?;
    let (mut rows, mut is_whole) = (0, true);
    let sql = sample(engine.dialect(), table, &columns, most);
    engine.ask(&sql, columns.len(), budget, &mut |row| {
        if rows == most {
            is_whole = false;
            return Ok(());
        }
        rows += 1;
        out.write_record(row).map_err(garbled)
    })?;
    let text = out.into_inner().map_err(|e| DbFault::Garbled(e.to_string()))?;
    Ok(Copied { text, columns, rows, is_whole })
}

/// Asks for the rows of a table, and for one more than may be: where it comes, these are not all.
fn sample(dialect: Dialect, table: &TableName, columns: &[ColumnOf], most: usize) -> String {
    let cells: Vec<String> = columns.iter().map(|c| dialect.cell(c)).collect();
    // Of several threads whichever is first would be so.
    let ends = if dialect == Dialect::ClickHouse { " SETTINGS max_threads = 1" } else { "" };
    format!("SELECT {} FROM {} LIMIT {}{ends}", cells.join(", "), dialect.table(table), most.saturating_add(1))
}

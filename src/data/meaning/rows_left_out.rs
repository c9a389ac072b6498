//! Rows that are no observations: a total below the periods, flows that are no flow of goods here. In: a table. Out: the
//! same without them, and what was left out.

use crate::data::columns::column::Column;
use crate::data::doubt::Doubt;
use crate::data::known::{roles, totals, year_parts};
use crate::data::meaning::by_names::are_periods;
use crate::data::meaning::column_use::Use;
use crate::data::meaning::understood::Understood;
use crate::data::table::Table;
use crate::diagnostic::codes;

/// Leaves out rows that have the word of a total where all others have a period.
pub(super) fn totals_below(table: &mut Table, found: &mut Understood) {
    for at in 0..table.header.len() {
        let name = table.header.get(at).map_or("", String::as_str);
        let may_be = match found.uses.get(at) {
            Some(Use::Period(_) | Use::Year) => true,
            Some(Use::Open) => at == 0 || roles::part_of_date(name).is_some() || is_period_by_name(name),
            _ => false,
        };
        let Some(words) = table.columns.get(at).and_then(Column::words).filter(|_| may_be) else { continue };
        let totals: Vec<String> = words.iter().filter(|w| totals::is_total(w.trim())).map(String::from).collect();
        if totals.is_empty() {
            continue;
        }
        if !are_periods(words.iter().filter(|w| !totals::is_total(w.trim()))) {
            continue;
        }
        let name = name.to_string();
        if let Some((rows, line)) = table.leave_out(at, &totals) {
            let total = totals.first().map_or("", |t| t.trim());
            let what = if rows == 1 { "the row".to_string() } else { format!("{rows} rows") };
            let was = if rows == 1 { "was" } else { "were" };
            let message = format!("{what} `{total}` among the periods of column `{name}` {was} left out");
            found.doubts.push(Doubt::new(&codes::AGGREGATE_ROW, Some(line), message));
        }
        return;
    }
}

/// Leaves out the means of years among the months, quarters or halves of a column beside one of years.
pub(super) fn means_of_years(table: &mut Table, found: &mut Understood) {
    for at in 0..table.header.len() {
        let name = table.header.get(at).map_or("", String::as_str);
        let may_be = is_period_by_name(name) || roles::part_of_date(name).is_some();
        let Some(words) = table.columns.get(at).and_then(Column::words).filter(|_| may_be) else { continue };
        let is_mean = |w: &&str| year_parts::is_mean_of_year(w);
        let means: Vec<String> = words.iter().filter(is_mean).map(String::from).collect();
        let rest = words.iter().filter(|w| !year_parts::is_mean_of_year(w)).all(|w| year_parts::named(w).is_some());
        if means.is_empty() || !rest || means.len() == words.len() {
            continue;
        }
        let name = table.header.get(at).cloned().unwrap_or_default();
        if let Some((rows, line)) = table.leave_out(at, &means) {
            let list = means.iter().map(|m| format!("`{}`", m.trim())).collect::<Vec<_>>().join(", ");
            let s = if rows == 1 { "row" } else { "rows" };
            let message = format!("{rows} {s} with the mean of a year ({list} in column `{name}`) left out");
            found.doubts.push(Doubt::new(&codes::AGGREGATE_ROW, Some(line), message));
        }
        return;
    }
}

/// Leaves out the rows of marks that a publisher puts under each row of numbers.
pub(super) fn rows_of_marks(table: &mut Table, found: &mut Understood) {
    let Some((column, word)) = found.layout.and_then(|l| l.rows_of_marks) else { return };
    let Some(at) = table.header.iter().position(|h| h.to_lowercase() == column) else { return };
    if let Some((rows, line)) = table.leave_out(at, &[word.to_string()]) {
        // What stood in these rows alone is no cell of a column of numbers.
        for (at, column) in table.columns.iter_mut().enumerate() {
            if let Column::Words(words, codes) = column {
                let kept = found.evidence.kept(at, words, codes);
                column.only(kept);
            }
        }
        let s = if rows == 1 { "row" } else { "rows" };
        let message = format!("{rows} {s} of marks (`{word}` in column `{column}`) left out");
        found.doubts.push(Doubt::new(&codes::LAYOUT_GUESSED, Some(line), message));
    }
}

fn is_period_by_name(name: &str) -> bool {
    roles::role_of(name).is_some_and(|(role, _)| role == roles::Role::Period)
}

/// Leaves out rows whose flow is neither exports nor imports, where other rows have one of them.
pub(super) fn flows(table: &mut Table, found: &mut Understood) {
    let Some(at) = found.used_as(&Use::Flow) else { return };
    let Some(words) = table.columns.get(at).and_then(Column::words) else { return };
    let known = words.iter().filter(|w| roles::flow_of(w).is_some()).count();
    let others: Vec<String> =
        words.iter().filter(|w| roles::flow_of(w).is_none() && !w.trim().is_empty()).map(String::from).collect();
    if known == 0 || others.is_empty() {
        return;
    }
    let name = table.header.get(at).cloned().unwrap_or_default();
    if let Some((rows, line)) = table.leave_out(at, &others) {
        let list: Vec<String> = others.iter().take(4).map(|w| format!("`{}`", w.trim())).collect();
        let more = if others.len() > 4 { format!(" and {} more", others.len() - 4) } else { String::new() };
        let s = if rows == 1 { "row whose flow is" } else { "rows whose flow is" };
        let message = format!("{rows} {s} {}{more} left out; column `{name}` has known flows beside", list.join(", "));
        let advice = format!("declare the column as a dimension to have them: `regime from {name}`");
        found.doubts.push(Doubt::new(&codes::LAYOUT_GUESSED, Some(line), message).advice(advice));
    }
}

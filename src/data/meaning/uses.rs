//! What each column of a table is for. In: the table, what is declared, what names and cells say. Out: a use per
//! column. Declarations come first, then layouts that are recognised whole, then known names, then the cells.

use crate::data::columns::column::Column;
use crate::data::declare::Spec;
use crate::data::doubt::{Doubt, Refusal};
use crate::data::known::layouts;
use crate::data::meaning::column_use::Use;
use crate::data::meaning::evidence::Evidence;
use crate::data::meaning::rows_left_out;
use crate::data::meaning::sdmx;
use crate::data::meaning::understood::Understood;
use crate::data::table::Table;
use crate::diagnostic::{codes, words};
use rustc_hash::FxHashMap;

/// Finds out what the columns are for. A table that is a part of a file is weighed with the evidence of the others.
pub fn understand(table: &mut Table, spec: &Spec, mut evidence: Evidence) -> Result<Understood, Refusal> {
    evidence.next_part();
    let mut found = Understood {
        uses: vec![Use::Open; table.header.len()],
        spread: None,
        known: FxHashMap::default(),
        numbers: FxHashMap::default(),
        headings: None,
        layout: layouts::recognise(&table.header),
        name: String::new(),
        doubts: Vec::new(),
        missing: Vec::new(),
        decimal: spec.decimal,
        evidence,
    };
    if sdmx::is_sdmx(&table.header) {
        sdmx::prepare(table)?;
    }
    unquoted(table, &mut found);
    found.declared(table, spec)?;
    if table.is_partial {
        let left = table.columns.iter().enumerate().filter(|(_, c)| matches!(c, Column::Left));
        left.for_each(|(at, _)| found.take(at, Use::Skip));
    }
    if sdmx::is_sdmx(&table.header) {
        found.name = sdmx::uses(table, &mut found.uses);
    }
    let starts =
        |names: &[&str]| table.header.iter().zip(names).filter(|(h, n)| h.as_str() == **n).count() == names.len();
    if table.header.len() == 2 && (starts(&["DATE"]) || starts(&["observation_date"])) {
        found.name = "FRED".into();
    }
    rows_left_out::rows_of_marks(table, &mut found);
    found.by_layout(table)?;
    rows_left_out::totals_below(table, &mut found);
    rows_left_out::means_of_years(table, &mut found);
    found.by_names(table, spec)?;
    rows_left_out::flows(table, &mut found);
    found.by_cells(table, spec)?;
    if !spec.given {
        found.by_pairs(table);
    }
    Ok(found)
}

/// Takes the single quotes off the texts of columns in which all have them.
fn unquoted(table: &mut Table, found: &mut Understood) {
    let inside = |w: &str| w.trim().strip_prefix('\'').and_then(|w| w.strip_suffix('\'')).map(str::to_string);
    let mut named = Vec::new();
    for (name, column) in table.header.iter().zip(&mut table.columns) {
        let Some(words) = column.words() else { continue };
        let told = || words.iter().filter(|w| !w.trim().is_empty());
        let all = told().next().is_some() && told().all(|w| inside(w).is_some());
        if all {
            column.relabelled(|w| inside(w).unwrap_or_else(|| w.to_string()));
            named.push(format!("`{name}`"));
        }
    }
    if !named.is_empty() {
        let message = format!("the single quotes around the texts of {} were taken off", words::some(&named, 4));
        found.doubts.push(Doubt::new(&codes::LAYOUT_GUESSED, table.header_line, message));
    }
}

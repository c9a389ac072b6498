//! Which columns are read at all. In: the header, what is declared and what is asked for. Out: a choice per column, and
//! which rows are kept. Knows no cell.

use crate::data::declare::Spec;
use crate::data::known::layouts;
use crate::data::known::roles::{self, Role};
use crate::data::meaning::asked::Asked;
use crate::data::table::Choice;
use crate::data::table::sieve::Sieve;

/// The columns that are read, by their names alone, and the rows that are kept: all that may be asked for.
pub fn choose(header: &[String], spec: &Spec, asked: Option<&Asked>, rows: u64) -> (Vec<Choice>, Option<Sieve>) {
    let layout = layouts::recognise(header);
    let named = |name: &str| spec.columns.iter().any(|(_, c, _)| c.node == name);
    let measured = |name: &str| spec.measures.iter().any(|m| m.column.node == name);
    let conditioned =
        |name: &str| spec.measures.iter().any(|m| m.range.conditions.iter().any(|c| c.dim.name.node == name));
    let choice = |name: &String| {
        if named(name) || conditioned(name) {
            return Choice::Words;
        }
        if measured(name) {
            return Choice::Any;
        }
        if spec.skip.iter().any(|s| s.node == *name) {
            return Choice::Leave;
        }
        if let Some(layout) = layout {
            let role = layout.columns.iter().find(|(n, _)| *n == name.to_lowercase()).map(|(_, r)| *r);
            return match role {
                Some(Role::Measure(..)) => Choice::Any,
                Some(Role::Note) => Choice::Leave,
                Some(_) => Choice::Words,
                None if layout.closed => Choice::Leave,
                None => Choice::Any,
            };
        }
        match roles::role_of(name) {
            Some(_) => Choice::Words,
            None if roles::part_of_date(name).is_some() || roles::is_code_name(name) => Choice::Words,
            None => Choice::Any,
        }
    };
    let mut choices: Vec<Choice> = header.iter().map(choice).collect();
    let sieve = asked.and_then(|asked| asked.narrow(header, spec, rows, &mut choices));
    (choices, sieve)
}

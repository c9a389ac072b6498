//! Which columns are read at all. In: the header, what is declared and what is asked for. Out: a choice per column, and
//! which rows are kept. Knows no cell.

use crate::data::declare::Spec;
use crate::data::known::roles::{self, Role};
use crate::data::known::{layouts, period_forms, year_parts};
use crate::data::meaning::asked::Asked;
use crate::data::meaning::by_names::{is_year, names_codes};
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
            None if roles::part_of_date(name).is_some() || names_codes(name) => Choice::Words,
            None if roles::remarks(name).is_some() => Choice::Words,
            None => Choice::Any,
        }
    };
    let mut choices: Vec<Choice> = header.iter().map(choice).collect();
    if layout.is_none() {
        // Numbers before columns of periods are codes, if they are anything.
        for slot in choices.iter_mut().take(before_periods(header)).filter(|c| matches!(c, Choice::Any)) {
            *slot = Choice::Words;
        }
    }
    let sieve = asked.and_then(|asked| asked.narrow(header, spec, rows, &mut choices));
    (choices, sieve)
}

/// How many columns stand before three or more whose names are periods or parts of a year, or two years; none without
/// such.
fn before_periods(header: &[String]) -> usize {
    let is_period = |h: &String| period_forms::read_any(h).is_some() || year_parts::named(h).is_some();
    let years = header.iter().filter(|h| is_year(h)).count();
    let many = years >= 2 || header.iter().filter(|h| is_period(h)).count() >= 3;
    header.iter().position(is_period).filter(|_| many).unwrap_or(0)
}

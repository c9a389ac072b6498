//! What the marks of a chart mean: what is missing and why, what is partial and how much of it is there. In: the columns
//! of an answer. Out: lines.

use crate::value::{Coverage, Flags, Row, Value, about};
use std::collections::BTreeMap;

/// How many places a line names.
const NAMED: usize = 4;

/// A line for each reason and each mark.
pub fn notes(columns: &[(&str, &Value)]) -> Vec<String> {
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut marks: BTreeMap<(char, String), Vec<String>> = BTreeMap::new();
    for (name, value) in columns {
        let of = if columns.len() > 1 { format!(" in {name}") } else { String::new() };
        for row in &value.rows {
            let place = place(value, row);
            match row.cell.datum {
                Err(reason) => add(reasons.entry(format!("{}{of}", reason.words())).or_default(), place),
                Ok(_) => {
                    for (letter, word) in row.cell.flags.without(Flags::REST).without(Flags::TOTAL).letters() {
                        let covered = match row.cell.coverage.filter(|c| !c.is_full() || c.observed.is_some()) {
                            Some(Coverage { observed: Some((have, all)), .. }) => format!("{place} ({have} of {all})"),
                            Some(c) => format!("{place} ({} of {})", c.have, c.of),
                            None => place.clone(),
                        };
                        add(marks.entry((letter, format!("{word}{of}"))).or_default(), covered);
                    }
                }
            }
        }
    }
    let marked = marks.into_iter().map(|((letter, word), list)| format!("{letter} {word}: {}", listed(&list)));
    let missing = reasons.into_iter().map(|(reason, list)| format!("× {reason}: {}", listed(&list)));
    marked.chain(missing).collect()
}

fn add(list: &mut Vec<String>, place: String) {
    if !list.contains(&place) && list.len() <= 10_000 {
        list.push(place);
    }
}

/// A mark that all labels of a period share is told of the period.
fn place(value: &Value, row: &Row) -> String {
    let same = |other: &&Row| other.period == row.period;
    let like = |other: &Row| {
        (other.cell.flags, other.cell.coverage, other.cell.datum.is_ok())
            == (row.cell.flags, row.cell.coverage, row.cell.datum.is_ok())
    };
    let shared = value.rows.len() <= 400 && row.period.is_some() && value.rows.iter().filter(same).all(like);
    if shared { about(&[], &[], row.period) } else { about(&value.dims, &row.key, row.period) }
}

fn listed(list: &[String]) -> String {
    let shown: Vec<&str> = list.iter().take(NAMED).map(String::as_str).collect();
    let more = list.len().saturating_sub(NAMED);
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

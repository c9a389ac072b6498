//! What will be asked of a dataset, where that is known before it is read: a script is known whole. In: names and
//! reporters. Out: which columns of a large file are read, and of which rows. Only files whose layout is recognised are
//! read in part: what their numbers and codes look like is known without reading all of them.

use crate::data::declare::Spec;
use crate::data::known::layouts::{self, Layout};
use crate::data::known::places::{self, System};
use crate::data::known::roles::{self, Role};
use crate::data::known::totals;
use crate::data::table::Choice;
use crate::data::table::sieve::Sieve;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a script asks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// Every name of a series that it uses.
    pub names: BTreeSet<String>,
    /// The reporters that it asks for; `None` if it asks for all somewhere.
    pub reporters: Option<BTreeSet<String>>,
}

/// Smaller files are read whole: they are weighed against themselves, for which all of them is needed.
const LEAST_ROWS: u64 = 600_000;

impl Asked {
    /// Leaves out what is not asked for, of a file of about so many rows; the rows that are kept, if not all are.
    pub fn narrow(&self, header: &[String], spec: &Spec, rows: u64, choices: &mut [Choice]) -> Option<Sieve> {
        let layout = layouts::recognise(header).filter(|_| rows >= LEAST_ROWS && !spec.given)?;
        // Rows of trade, and nothing else: no indicators that are never summed, no columns that somebody added.
        let plain = |role: Role| match role {
            Role::Dimension(dim) => matches!(dim, "reporter" | "partner" | "hs"),
            _ => true,
        };
        let known = layout.closed || header.iter().all(|name| role(layout, name).is_some());
        if !known || !layout.columns.iter().all(|(_, role)| plain(*role)) {
            return None;
        }
        for (name, choice) in header.iter().zip(choices.iter_mut()) {
            if let Some(Role::Measure(series, _)) = role(layout, name)
                && !roles::VALUES.contains(&name.to_lowercase().as_str())
                && !self.names.iter().any(|asked| is_called(asked, series, name))
            {
                *choice = Choice::Leave;
            }
        }
        // The columns of a dimension in the order of the layout: the first that is there counts.
        let columns = |what: Role| {
            let named = layout.columns.iter().filter(move |(_, role)| *role == what);
            named.filter_map(|(name, _)| header.iter().position(|column| column.to_lowercase() == *name))
        };
        for dim in ["reporter", "partner"] {
            for at in columns(Role::Dimension(dim)).skip(1) {
                if let Some(choice) = choices.get_mut(at) {
                    *choice = Choice::Leave;
                }
            }
        }
        let (Some(reporters), Some(column)) = (&self.reporters, columns(Role::Dimension("reporter")).next()) else {
            return Some(Sieve::default());
        };
        // Periods, flows and countries are what the whole file says; all else is as in the rows that are kept.
        let whole = header.iter().enumerate().filter(|(_, name)| match role(layout, name) {
            Some(Role::Dimension(dim)) => roles::is_geographic(dim),
            Some(Role::Measure(..) | Role::Note) | None => false,
            Some(_) => true,
        });
        let whole = whole.map(|(at, _)| at).collect();
        let reporters = reporters.clone();
        let test = move |text: &str| reporters.iter().any(|code| may_be(text.trim(), code));
        Some(Sieve { condition: Some((column, Arc::new(test))), whole })
    }
}

fn role(layout: &Layout, column: &str) -> Option<Role> {
    let column = column.to_lowercase();
    layout.columns.iter().find(|(name, _)| *name == column).map(|(_, role)| *role)
}

/// Whether a name of a query may be the series of a column.
fn is_called(asked: &str, series: &str, column: &str) -> bool {
    let name = asked.rsplit('.').next().unwrap_or(asked);
    name == series || name == column || name.strip_suffix(series).is_some_and(|flow| flow.ends_with('_'))
}

/// Whether a text of a file may be the country of a query, whoever numbered it.
fn may_be(text: &str, code: &str) -> bool {
    let names = |text: &str| [places::by_system(text, System::Comtrade), places::by_system(text, System::Gacc)];
    text == code
        || totals::is_total(code)
        || names(text).iter().flatten().any(|name| *name == code || names(code).contains(&Some(name)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn only_the_columns_and_rows_that_matter_are_read() {
        let header: Vec<String> = ["t", "i", "j", "k", "v", "q"].map(String::from).to_vec();
        let china: BTreeSet<String> = BTreeSet::from(["CHN".to_string()]);
        let asked = Asked { names: BTreeSet::from(["exports".to_string()]), reporters: Some(china) };
        let mut choices = vec![Choice::Any; 6];
        let sieve = asked.narrow(&header, &Spec::default(), 1_000_000, &mut choices).unwrap();
        assert_eq!(choices, [[Choice::Any; 5].as_slice(), &[Choice::Leave]].concat());
        let (column, test) = sieve.condition.unwrap();
        assert!(column == 1 && test("156") && test(" CHN") && test("China") && !test("842"));
        assert_eq!(sieve.whole, [0, 1, 2]);
        let weight = Asked { names: BTreeSet::from(["baci.weight".to_string()]), reporters: None };
        let mut choices = vec![Choice::Any; 6];
        assert!(weight.narrow(&header, &Spec::default(), 1_000_000, &mut choices).unwrap().condition.is_none());
        assert_eq!(choices, [Choice::Any; 6]);
        assert!(weight.narrow(&header, &Spec::default(), 1000, &mut choices).is_none());
    }
}

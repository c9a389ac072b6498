//! What will be asked of a dataset, where that is known before it is read: a script is known whole. In: names and
//! reporters. Out: which columns of a large file are read, and of which rows. Only files of which every column is declared
//! or known by the layout are read in part: what their numbers and codes look like is known without reading all of them.

use crate::data::columns::column::Column;
use crate::data::declare::{Range, Spec};
use crate::data::known::former;
use crate::data::known::layouts::{self, Layout};
use crate::data::known::places::{self, System};
use crate::data::known::roles::{self, Role};
use crate::data::known::totals;
use crate::data::table::Choice;
use crate::data::table::sieve::Sieve;
use crate::value::Kind;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The dimension by which rows are chosen.
pub const REPORTER: &str = "reporter";

/// What a script asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Every name of a series that it uses.
    pub names: BTreeSet<String>,
    /// The reporters that it asks for; `None` if it asks for all somewhere.
    pub reporters: Option<BTreeSet<String>>,
    /// Files of fewer rows are read whole.
    pub least: u64,
    /// Whether a file of which a part leaves something open is read again whole.
    pub again: bool,
}

/// Smaller files are read whole: they are weighed against themselves, for which all of them is needed.
pub const LEAST_ROWS: u64 = 600_000;

/// What a column is for, as far as it matters which of its rows are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part<'a> {
    /// A dimension by this name.
    Dimension(&'a str),
    /// Numbers, by the name of their series.
    Measure(&'a str),
    /// Nothing.
    Note,
    /// What all rows say: periods, flows, marks.
    Whole,
}

/// What the columns of a file are for: as they are declared, else as the layout has them.
struct Parts<'a> {
    layout: Option<&'static Layout>,
    spec: &'a Spec,
}

impl<'a> Parts<'a> {
    fn of(&self, column: &str) -> Option<Part<'a>> {
        let declared = self.spec.columns.iter().find(|(_, from, _)| from.node == column).map(|(name, ..)| &name.node);
        if let Some(name) = declared {
            return Some(match name.as_str() {
                "period" | "year" | "month" | "quarter" | "flow" | "status" | "confidentiality" | "multiplier" => {
                    Part::Whole
                }
                name => Part::Dimension(name),
            });
        }
        if let Some(measure) = self.spec.measures.iter().find(|m| m.column.node == column) {
            return Some(Part::Measure(&measure.name.node));
        }
        if self.spec.skip.iter().any(|name| name.node == column) {
            return Some(Part::Note);
        }
        let layout = self.layout?;
        let column = column.to_lowercase();
        let role = layout.columns.iter().find(|(name, _)| *name == column).map(|(_, role)| *role);
        match role {
            Some(Role::Dimension(dim)) => Some(Part::Dimension(dim)),
            Some(Role::Measure(series, _)) => Some(Part::Measure(series)),
            Some(Role::Note) => Some(Part::Note),
            Some(_) => Some(Part::Whole),
            None => layout.closed.then_some(Part::Note),
        }
    }

    /// Whether the declaration says nothing for which all rows are needed.
    fn is_plain(&self) -> bool {
        let spec = self.spec;
        let ranged = spec.measures.iter().any(|m| m.range != Range::default() || m.column.node == "cells");
        // Rates are looked up by what they are, not by name.
        let rates = spec.measures.iter().any(|m| matches!(m.meaning.kind, Kind::Rate | Kind::Index));
        // What a column of another name is declared to be may be meant otherwise by the layout.
        let twice = |name: &str| spec.columns.iter().filter(|(n, ..)| n.node == name).count() > 1;
        let shared = spec.columns.iter().any(|(name, ..)| twice(&name.node));
        spec.wide.is_none()
            && spec.table.is_none()
            && !spec.text.mend
            && !ranged
            && !rates
            && !shared
            && spec.constants.iter().all(|(name, _)| name.node == "flow")
            && (!spec.given || self.layout.is_some() || !spec.measures.is_empty())
    }

    /// The columns of a dimension: what is declared, else the first that the layout has.
    fn columns(&self, header: &[String], dim: &str) -> Vec<usize> {
        let place = |column: &str| header.iter().position(|name| name == column);
        let declared = self.spec.columns.iter().filter(|(name, ..)| name.node == dim);
        let mut out: Vec<usize> = declared.filter_map(|(_, from, _)| place(&from.node)).collect();
        let of_layout = self.layout.iter().flat_map(|layout| layout.columns);
        let named = of_layout.filter(|(_, role)| matches!(role, Role::Dimension(d) if *d == dim));
        let places = named.filter_map(|(name, _)| header.iter().position(|column| column.to_lowercase() == *name));
        for at in places {
            let open = header.get(at).is_some_and(|name| self.of(name) == Some(Part::Dimension(dim)));
            if open && !out.contains(&at) {
                out.push(at);
            }
        }
        out
    }
}

impl Asked {
    /// Whether all rows of a reporter are kept, which it is called in the dataset: the texts that mean it pass as it does.
    pub fn has_all_of(&self, code: &str) -> bool {
        self.reporters.as_ref().is_none_or(|reporters| is_one_of(code, reporters))
    }

    /// Leaves out what is not asked for, of a file of about so many rows; the rows that are kept, if not all are.
    pub fn narrow(&self, header: &[String], spec: &Spec, rows: u64, choices: &mut [Choice]) -> Option<Sieve> {
        let parts = Parts { layout: layouts::recognise(header), spec };
        // Of a file that is not read again only the layouts of offices are known well enough.
        if (!self.again && parts.layout.is_none())
            || rows < self.least
            || !(spec.given || parts.layout.is_some())
            || !parts.is_plain()
        {
            return None;
        }
        // Rows of trade, and nothing else: no indicators that are never summed, no columns that somebody added.
        let trade = |dim: &str| matches!(dim, "reporter" | "partner" | "hs");
        let plain = |name: &String| parts.of(name).is_some_and(|p| !matches!(p, Part::Dimension(dim) if !trade(dim)));
        let of_layout = |role: Role| !matches!(role, Role::Dimension(dim) if !trade(dim));
        let layout = parts.layout.iter().all(|layout| layout.columns.iter().all(|(_, role)| of_layout(*role)));
        if !layout || !header.iter().all(plain) {
            return None;
        }
        for (name, choice) in header.iter().zip(choices.iter_mut()) {
            if let Some(Part::Measure(series)) = parts.of(name)
                && !roles::VALUES.contains(&name.to_lowercase().as_str())
                && !self.names.iter().any(|asked| is_called(asked, series, name))
            {
                *choice = Choice::Leave;
            }
        }
        // The columns of a dimension in the order of the layout: the first that is there counts.
        for dim in [REPORTER, "partner"] {
            for at in parts.columns(header, dim).into_iter().skip(1) {
                if let Some(choice) = choices.get_mut(at) {
                    *choice = Choice::Leave;
                }
            }
        }
        let first = parts.columns(header, REPORTER).first().copied();
        let (Some(reporters), Some(column)) = (&self.reporters, first) else {
            return Some(Sieve::default());
        };
        // Periods, flows and countries are what the whole file says; all else is as in the rows that are kept.
        let whole = header.iter().enumerate().filter(|(_, name)| match parts.of(name) {
            Some(Part::Dimension(dim)) => roles::is_geographic(dim),
            Some(Part::Measure(_) | Part::Note) | None => false,
            Some(Part::Whole) => true,
        });
        let whole = whole.map(|(at, _)| at).collect();
        let reporters = reporters.clone();
        let test = move |text: &str| is_one_of(text, &reporters);
        Some(Sieve { condition: Some((column, Arc::new(test))), whole })
    }
}

/// Whether a text of a file may be one of these countries.
fn is_one_of(text: &str, codes: &BTreeSet<String>) -> bool {
    codes.iter().any(|code| may_be(text.trim(), code))
}

/// Whether a name of a query may be the series of a column.
fn is_called(asked: &str, series: &str, column: &str) -> bool {
    let name = asked.rsplit('.').next().unwrap_or(asked);
    name == series || name == column || name.strip_suffix(series).is_some_and(|flow| flow.ends_with('_'))
}

/// Whether a text of a file may be the country of a query: whatever is not surely another one.
fn may_be(text: &str, code: &str) -> bool {
    if text == code || totals::is_total(code) {
        return true;
    }
    // A number from before a change of borders may be one country or another.
    let before = text.parse().is_ok_and(|n| former::before(n).is_some());
    let named = |text: &str| [places::by_system(text, System::Comtrade), places::by_system(text, System::Gacc)];
    let (mine, asked) = (named(text), named(code));
    // Of the numbers no other than those known is that of a country.
    let is_number = text.bytes().all(|b| b.is_ascii_digit()) && asked.iter().any(Option::is_some);
    let unknown = mine.iter().all(Option::is_none) && !is_number;
    before || unknown || mine.iter().flatten().any(|m| asked.contains(&Some(m)) || *m == code)
}

/// Whether a part of the rows tells what the texts of its columns mean as all rows do: codes of digits, countries that are
/// known, each in one spelling, and numbers that can be read in one way only. Of others more rows may tell more: that a
/// label is the total of the rest, that points stand between thousands.
pub fn tells_all(header: &[String], columns: &[Column], spec: &Spec) -> bool {
    let parts = Parts { layout: layouts::recognise(header), spec };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    header.iter().zip(columns).all(|(name, column)| match (parts.of(name), column) {
        (Some(Part::Dimension(dim)), Column::Words(words, _)) if roles::is_geographic(dim) => {
            let mut known = BTreeSet::new();
            words.iter().map(str::trim).filter(|text| !is_digits(text)).all(|text| match places::iso3(text) {
                Some(country) => known.insert(country),
                None => totals::is_total(text),
            })
        }
        (Some(Part::Dimension(_)), Column::Words(words, _)) => {
            let sure = |text: &str| parts.layout.is_some() || !totals::is_doubtful(text);
            words.iter().map(str::trim).all(|text| (is_digits(text) || totals::is_total(text)) && sure(text))
        }
        // The layouts of offices write numbers in one way.
        (Some(Part::Measure(_)), _) if parts.layout.is_some() => true,
        (Some(Part::Measure(_)), Column::Decimals(decimals)) => decimals.places != 3 && decimals.odd.is_empty(),
        (Some(Part::Measure(_)), Column::Words(words, _)) => words.iter().all(|text| !is_open_to_readings(text)),
        _ => true,
    })
}

/// Whether the separator of a number may stand before thousands or before decimals: `1.234`.
fn is_open_to_readings(text: &str) -> bool {
    let text = text.trim();
    text.rfind(['.', ',']).is_some_and(|at| text.get(at + 1..).is_some_and(|behind| behind.len() == 3))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn only_the_columns_and_rows_that_matter_are_read() {
        let header: Vec<String> = ["t", "i", "j", "k", "v", "q"].map(String::from).to_vec();
        let china: BTreeSet<String> = BTreeSet::from(["CHN".to_string()]);
        let asked = Asked {
            names: BTreeSet::from(["exports".to_string()]),
            reporters: Some(china),
            least: LEAST_ROWS,
            again: true,
        };
        let mut choices = vec![Choice::Any; 6];
        let sieve = asked.narrow(&header, &Spec::default(), 1_000_000, &mut choices).unwrap();
        assert_eq!(choices, [[Choice::Any; 5].as_slice(), &[Choice::Leave]].concat());
        let (column, test) = sieve.condition.unwrap();
        assert!(column == 1 && test("156") && test(" CHN") && test("China") && !test("842"));
        // What may be meant otherwise is kept: a number of other borders, a text that is cleaned later.
        assert!(test("280") && test("=\"156\"") && test("156.0") && test("CN:China") && !test("USA"));
        assert_eq!(sieve.whole, [0, 1, 2]);
        let weight = Asked {
            names: BTreeSet::from(["baci.weight".to_string()]),
            reporters: None,
            least: LEAST_ROWS,
            again: true,
        };
        let mut choices = vec![Choice::Any; 6];
        assert!(weight.narrow(&header, &Spec::default(), 1_000_000, &mut choices).unwrap().condition.is_none());
        assert_eq!(choices, [Choice::Any; 6]);
        assert!(weight.narrow(&header, &Spec::default(), 1000, &mut choices).is_none());
    }
}

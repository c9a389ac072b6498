//! What could stand where the cursor is: keywords, operators, names, dimensions, codes, units.

use crate::diagnostic::Level;
use crate::operators;
use crate::plan::catalogue::Catalogue;
use crate::plan::lookup::attributes_of;
use crate::plan::lookup::names::of as names_of;
use crate::session::lists::LISTS;
use crate::session::{settings, topics};
use crate::syntax::format;
use crate::syntax::keywords::{self, Keyword, Place};
use crate::value::Freq;

/// Words of periods and steps, which are no keywords.
const TIMES: &[&str] = &["year", "quarter", "month", "latest"];

/// The keywords with which statements begin, or the others.
fn keywords(at_start: bool) -> impl Iterator<Item = String> {
    let fits = move |k: &&Keyword| (k.place == Place::Statement) == at_start && !k.offered.is_empty();
    let times = if at_start { &[] } else { TIMES };
    keywords::ALL.iter().filter(fits).map(|k| k.offered).chain(times.iter().copied()).map(String::from)
}

/// What could stand where the cursor is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// As it is written.
    pub text: String,
    /// What it is, in a few words; often nothing.
    pub about: String,
}

impl Candidate {
    fn new(text: impl Into<String>, about: impl Into<String>) -> Candidate {
        Candidate { text: text.into(), about: about.into() }
    }
}

fn plain(texts: impl IntoIterator<Item = impl Into<String>>) -> Vec<Candidate> {
    texts.into_iter().map(|t| Candidate::new(t, "")).collect()
}

/// Whether the cursor stands in a text between quotes, and where that begins.
pub fn open_quote(before: &str) -> Option<usize> {
    let mut open = None;
    for (i, c) in before.char_indices() {
        match (open, c) {
            (None, '"') => open = Some(i + 1),
            (Some(_), '"' | '\n') => open = None,
            _ => {}
        }
    }
    open
}

/// The byte at which the word under the cursor begins, and what could stand there; `raised` are the codes of what the last
/// answer said.
pub fn complete(catalogue: &Catalogue, raised: &[&'static str], line: &str, cursor: usize) -> (usize, Vec<Candidate>) {
    let before = line.get(..cursor).unwrap_or(line);
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let quote = open_quote(before);
    let start = quote.map_or_else(
        || {
            let end = |i: usize| before.get(i..).and_then(|r| r.chars().next()).map_or(1, char::len_utf8);
            before.rfind(|c| !is_word(c)).map_or(0, |i| i + end(i))
        },
        |start| start - 1,
    );
    let word = before.get(start..).unwrap_or("").trim_start_matches('"');
    let set = before.get(..start).unwrap_or("").replace(['{', ','], " ");
    let words: Vec<&str> = set.split_whitespace().collect();
    let fits = |c: &Candidate| {
        c.text.trim_start_matches('"').to_lowercase().starts_with(&word.to_lowercase()) && c.text != word
    };
    let mut found: Vec<Candidate> = match words.as_slice() {
        ["set", name, "="] => plain(settings::values(name)),
        [.., dim, "=" | "!="] => codes(catalogue, dim),
        [.., dim, "among"] => [codes(catalogue, dim), plain(catalogue.sets.keys().cloned())].concat(),
        all if quote.is_some() || set_of(all).is_some() => codes(catalogue, set_of(all).unwrap_or_default()),
        [.., "help" | "?"] => {
            let codes = crate::diagnostic::codes::ALL.iter().map(|c| c.slug.to_string());
            [operators(catalogue), plain(codes.chain(topics::words().map(String::from)))].concat()
        }
        ["list"] => plain(LISTS.iter().copied()),
        ["list", "codes"] => plain(catalogue.dimensions()),
        ["cache"] => plain(["list", "clear"]),
        ["set"] => settings::all().map(|(name, about)| Candidate::new(format!("{name} ="), about)).collect(),
        ["set", ..] => Vec::new(),
        [.., "describe"] => {
            let sets = catalogue.sets.keys().chain(catalogue.tables.keys()).chain(catalogue.definitions.keys());
            [plain(catalogue.datasets.keys().chain(sets).cloned()), series(catalogue)].concat()
        }
        [.., "by" | "over" | "across"] => {
            let times = ["year", "quarter", "month", "month of year", "quarter of year", "hs2", "hs4", "hs6"];
            plain(catalogue.dimensions().into_iter().chain(times.map(String::from)).chain(attributes(catalogue)))
        }
        [.., "where" | "and"] if words.contains(&"where") => {
            plain(catalogue.dimensions().into_iter().chain(attributes(catalogue)))
        }
        [.., "for" | "from" | "to"] => periods(catalogue),
        [.., "with"] => plain(["total"]),
        [.., "as"] => plain(["share of", "line", "bar", "area", "heat"]),
        [.., "largest" | "smallest"] => plain(["first"]),
        [.., "top" | "bottom" | "first" | "last"] => Vec::new(),
        [.., "allowing"] => {
            let usual = ["partial", "missing"].into_iter();
            let warnings = crate::diagnostic::codes::ALL.iter().filter(|c| c.level == Level::Warning);
            if raised.is_empty() { plain(usual.chain(warnings.map(|c| c.slug))) } else { plain(raised.iter().copied()) }
        }
        [.., "in"] => units(catalogue),
        _ => {
            let mut all = series(catalogue);
            all.extend(operators(catalogue).into_iter().filter(|n| !n.text.starts_with("N-")));
            all.extend(plain(keywords(words.is_empty())));
            all
        }
    };
    found.retain(fits);
    found.sort();
    found.dedup_by(|a, b| a.text == b.text);
    found.truncate(200);
    (start, found)
}

/// The dimension of a set of codes that is being written: `partner among { CHN`.
fn set_of<'w>(words: &[&'w str]) -> Option<&'w str> {
    let at = words.iter().rposition(|w| *w == "among")?;
    let is_code = |w: &&str| keywords::find(w).is_none() && !w.contains(['}', '=']);
    words.get(at + 1..).filter(|rest| rest.iter().all(is_code))?;
    words.get(at.checked_sub(1)?).copied()
}

/// The series and names, with what they are.
fn series(catalogue: &Catalogue) -> Vec<Candidate> {
    let about = |name: &str| {
        let found = catalogue.measures().find(|(_, _, m)| m.name.as_ref() == name);
        found.map(|(_, _, m)| format!("{} {}", m.meaning.kind, m.meaning.unit)).unwrap_or_default()
    };
    catalogue.names().into_iter().map(|n| Candidate::new(n.clone(), about(&n))).collect()
}

fn operators(catalogue: &Catalogue) -> Vec<Candidate> {
    let own = catalogue.definitions.values().chain(catalogue.library.all());
    let defined = own.map(|d| Candidate::new(d.name.clone(), d.summary()));
    operators::all().map(|e| Candidate::new(e.name, e.summary)).chain(defined).collect()
}

/// The years that are there, the last period first.
fn periods(catalogue: &Catalogue) -> Vec<Candidate> {
    let all = catalogue.datasets.values().flat_map(|s| s.info().periods.iter().copied());
    let extent = all.reduce(crate::value::Period::span);
    let years = extent.map(|e| e.units(Freq::Year, 60)).unwrap_or_default();
    let last = extent.map(|e| format!("the last period, of {e}")).unwrap_or_default();
    let years = years.into_iter().map(|y| Candidate::new(y.to_string(), ""));
    std::iter::once(Candidate::new("latest", last)).chain(years).collect()
}

/// The units that numbers of the loaded series can be told in.
fn units(catalogue: &Catalogue) -> Vec<Candidate> {
    let own = || catalogue.measures().map(|(_, _, m)| &m.meaning.unit);
    let mut bases: Vec<String> = own()
        .filter(|u| !u.is_unknown() && u.exchange().is_none())
        .map(|u| crate::value::Unit { ten: 0, ..u.clone() }.to_string())
        .collect();
    let exchanged = own().filter_map(|u| u.exchange()).flat_map(|(a, b)| [a, b]);
    bases.extend(exchanged.filter_map(|code| String::from_utf8(code.to_vec()).ok()));
    bases.sort();
    bases.dedup();
    bases.retain(|b| !b.is_empty());
    if bases.is_empty() {
        return plain(crate::value::Unit::words());
    }
    let amount = |b: &String| b.starts_with(|c: char| c.is_alphabetic()) && !b.contains([' ', '=']);
    let scaled = bases.iter().filter(|b| amount(b)).flat_map(|b| ["mn", "bn"].map(|s| format!("{s} {b}")));
    plain(scaled.chain(bases.iter().cloned()))
}

/// What tables of codes say, as keys: `region of partner`.
fn attributes(catalogue: &Catalogue) -> Vec<String> {
    let known = catalogue.dimensions();
    known.iter().flat_map(|dim| attributes_of(catalogue, dim)).collect()
}

/// The codes of a dimension, as they are written in a query, with their names.
fn codes(catalogue: &Catalogue, dim: &str) -> Vec<Candidate> {
    let names = names_of(catalogue, dim);
    let dims = catalogue.datasets.values().flat_map(|s| s.info().dims.iter().filter(|d| d.name.as_ref() == dim));
    let candidate = |c: &std::sync::Arc<str>| Candidate::new(format::code(c), names.of(c).unwrap_or_default());
    dims.flat_map(|d| d.codes.iter().map(candidate)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<String> {
        complete(&Catalogue::default(), &[], line, line.len()).1.into_iter().map(|c| c.text).collect()
    }

    #[test]
    fn words_complete_by_where_they_stand() {
        let empty = Catalogue::default();
        let (start, found) = complete(&empty, &[], "yoy gr", 6);
        assert_eq!((start, found.len()), (4, 2));
        assert!(found.iter().any(|c| c.text == "growth" && c.about.starts_with("Growth between two periods")));
        assert!(texts("x by qu").contains(&"quarter".to_string()));
        assert!(texts("list co").contains(&"codes".to_string()));
        assert_eq!(texts("set la"), ["labels ="]);
        assert_eq!(texts("set labels = "), ["off", "on"]);
        assert!(texts("help overw").contains(&"overwrite".to_string()));
        assert!(texts("x with to").contains(&"total".to_string()));
        assert!(texts("des").contains(&"describe".to_string()));
        assert_eq!(texts("x top "), [""; 0]);
        assert!(!texts("x allowing b").contains(&"bug".to_string()));
        let raised = complete(&empty, &["provisional"], "x allowing ", 11).1;
        assert!(matches!(raised.as_slice(), [one] if one.text == "provisional"));
        assert_eq!((open_quote("load \"ab"), open_quote("load \"a\" as ")), (Some(6), None));
    }
}

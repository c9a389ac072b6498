//! What could stand where the cursor is: keywords, operators, names, dimensions, codes, units.

use crate::operators;
use crate::plan::catalogue::Catalogue;
use crate::plan::lookup::attributes_of;
use crate::session::lists::LISTS;
use crate::session::{settings, topics};
use crate::syntax::format;
use crate::syntax::keywords::{self, Keyword, Place};

/// Words of periods and steps, which are no keywords.
const TIMES: &[&str] = &["year", "quarter", "month", "latest"];

/// The keywords with which statements begin, or the others.
fn keywords(at_start: bool) -> impl Iterator<Item = String> {
    let fits = move |k: &&Keyword| (k.place == Place::Statement) == at_start && !k.offered.is_empty();
    let times = if at_start { &[] } else { TIMES };
    keywords::ALL.iter().filter(fits).map(|k| k.offered).chain(times.iter().copied()).map(String::from)
}

/// The byte at which the word under the cursor begins, and what could stand there.
pub fn complete(catalogue: &Catalogue, line: &str, cursor: usize) -> (usize, Vec<String>) {
    let before = line.get(..cursor).unwrap_or(line);
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let start = before
        .rfind(|c| !is_word(c))
        .map_or(0, |i| i + before.get(i..).and_then(|r| r.chars().next()).map_or(1, char::len_utf8));
    let word = before.get(start..).unwrap_or("");
    let words: Vec<&str> = before.get(..start).unwrap_or("").split_whitespace().collect();
    let fits = |c: &String| c.to_lowercase().starts_with(&word.to_lowercase()) && c.as_str() != word;
    let mut found: Vec<String> = match words.as_slice() {
        [.., "help" | "?"] => {
            let codes = crate::diagnostic::codes::ALL.iter().map(|c| c.slug.to_string());
            let own = catalogue.definitions.keys().cloned();
            operators::names().into_iter().chain(codes).chain(topics::words().map(String::from)).chain(own).collect()
        }
        ["list"] => LISTS.iter().map(|l| l.to_string()).collect(),
        ["list", "codes"] => catalogue.dimensions(),
        ["set"] => settings::names().map(|n| format!("{n} =")).collect(),
        [.., "describe"] => {
            let sets = catalogue.sets.keys().chain(catalogue.tables.keys()).chain(catalogue.definitions.keys());
            catalogue.datasets.keys().cloned().chain(catalogue.names()).chain(sets.cloned()).collect()
        }
        [.., "by" | "over" | "across"] => {
            let times = ["year", "quarter", "month", "month of year", "quarter of year", "hs2", "hs4", "hs6"];
            catalogue.dimensions().into_iter().chain(times.map(String::from)).chain(attributes(catalogue)).collect()
        }
        [.., "where" | "and"] => catalogue.dimensions().into_iter().chain(attributes(catalogue)).collect(),
        [.., "with"] => ["total"].map(String::from).to_vec(),
        [.., "largest" | "smallest"] => ["first"].map(String::from).to_vec(),
        [.., "allowing"] => {
            let codes = crate::diagnostic::codes::ALL.iter().map(|c| c.slug.to_string());
            codes.chain(["partial", "missing"].map(String::from)).collect()
        }
        [.., "in"] => crate::value::Unit::words().map(String::from).collect(),
        [.., dim, "=" | "!=" | "among"] => codes(catalogue, dim),
        _ => {
            let mut all = catalogue.names();
            all.extend(operators::names().into_iter().filter(|n| !n.starts_with("N-")));
            all.extend(catalogue.definitions.keys().cloned());
            all.extend(keywords(words.is_empty()));
            all
        }
    };
    found.retain(fits);
    found.sort();
    found.dedup();
    found.truncate(200);
    (start, found)
}

/// What tables of codes say, as keys: `region of partner`.
fn attributes(catalogue: &Catalogue) -> Vec<String> {
    let known = catalogue.dimensions();
    known.iter().flat_map(|dim| attributes_of(catalogue, dim)).collect()
}

/// The codes of a dimension, as they are written in a query.
fn codes(catalogue: &Catalogue, dim: &str) -> Vec<String> {
    let dims = catalogue.datasets.values().flat_map(|s| s.info().dims.iter().filter(|d| d.name.as_ref() == dim));
    dims.flat_map(|d| d.codes.iter().map(|c| format::code(c))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_complete_by_where_they_stand() {
        let empty = Catalogue::default();
        assert_eq!(complete(&empty, "yoy gr", 6), (4, vec!["growth".to_string(), "growth contributions".to_string()]));
        assert!(complete(&empty, "x by qu", 7).1.contains(&"quarter".to_string()));
        assert!(complete(&empty, "list co", 7).1.contains(&"codes".to_string()));
        assert_eq!(complete(&empty, "set la", 6).1, ["labels ="]);
        assert!(complete(&empty, "help overw", 10).1.contains(&"overwrite".to_string()));
        assert!(complete(&empty, "x with to", 9).1.contains(&"total".to_string()));
        assert!(complete(&empty, "des", 3).1.contains(&"describe".to_string()));
    }
}

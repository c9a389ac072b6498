//! What a session knows by name: datasets, named queries, sets of codes, user operators, parameters, settings.
//! Cheap to clone, so that a failed statement is undone by forgetting the clone.

use super::definition::{Definition, Library};
use super::grouping::Grouping;
use super::operator::Registry;
use crate::data::{MeasureInfo, Source};
use crate::span::Spanned;
use crate::syntax::ast::{Name, Query};
use crate::value::Kind;
use crate::value::number::Rounding;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Attributes of the codes of some dimensions, from a table that was loaded.
#[derive(Clone, Debug)]
pub struct CodeTable {
    /// The dimensions.
    pub dims: Vec<String>,
    /// The file it was read from.
    pub file: String,
    /// How many codes it has.
    pub codes: usize,
    /// What puts codes under each attribute.
    pub attributes: BTreeMap<String, Arc<Grouping>>,
}

/// What `set` can change.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Warnings are errors.
    pub strict: bool,
    /// How ties are rounded in print.
    pub rounding: Rounding,
    /// Significant digits in print; `None` lets the table decide.
    pub digits: Option<usize>,
    /// Columns of the page; `None` is as many as the terminal has.
    pub width: Option<usize>,
    /// Columns of the terminal, where there is one.
    pub terminal: Option<usize>,
    /// Text of CSV that a spreadsheet would compute is marked as text.
    pub csv_safe: bool,
    /// Print how long each statement took.
    pub timing: bool,
    /// Names beside codes, where people read.
    pub labels: bool,
    /// The word of the form in which results are printed; `None` is as the program was asked.
    pub format: Option<&'static str>,
    /// What is longer than the screen is paged.
    pub pager: bool,
    /// How many seconds a statement may take.
    pub timeout: Option<usize>,
    /// Columns of files are kept for the next start.
    pub keep: bool,
    /// The terminal shows the characters of ASCII alone.
    pub ascii: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            strict: false,
            rounding: Rounding::HalfAway,
            digits: None,
            width: None,
            terminal: None,
            csv_safe: false,
            timing: false,
            labels: false,
            format: None,
            pager: false,
            timeout: None,
            keep: false,
            ascii: false,
        }
    }
}

impl Settings {
    /// Columns of a page that no terminal limits.
    pub const PAGE: usize = 100;

    /// How wide a page is.
    pub fn page_width(&self) -> usize {
        self.width.or(self.terminal).unwrap_or(Settings::PAGE)
    }
}

/// How many names stand within each other at most, of queries and operators that are named.
#[derive(Clone, Debug, Default)]
pub struct Chains {
    of: BTreeMap<String, usize>,
    /// No fewer than the longest has.
    pub longest: usize,
}

impl Chains {
    /// How many a name has, itself among them; none of what is no name.
    pub fn of(&self, name: &str) -> usize {
        self.of.get(name).copied().unwrap_or(0)
    }

    /// Notes how many a name has. What was named with it before may have grown by as many.
    pub fn note(&mut self, name: &str, count: usize) {
        let again = self.of.insert(name.to_string(), count).is_some();
        let longest = if again { self.longest + count } else { self.longest.max(count) };
        self.longest = longest.min(self.of.len());
    }
}

/// Everything that has a name.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// The operators of the language.
    pub operators: Registry,
    /// Operators that are written in the language and come with it.
    pub library: Library,
    /// Loaded data, by name.
    pub datasets: BTreeMap<String, Arc<dyn Source>>,
    /// `let NAME = QUERY`
    pub lets: BTreeMap<String, Arc<Query>>,
    /// Tables of codes, by name.
    pub tables: BTreeMap<String, Arc<CodeTable>>,
    /// `let NAME = {…}`
    pub sets: BTreeMap<String, Vec<Spanned<String>>>,
    /// `def WORDS of …`
    pub definitions: BTreeMap<String, Arc<Definition>>,
    /// How names stand within names.
    pub chains: Chains,
    /// `param NAME = VALUE`: what each holds, and where that was said.
    pub params: BTreeMap<String, Name>,
    /// `set NAME = VALUE`
    pub settings: Settings,
}

impl Catalogue {
    /// Every measure of every dataset: dataset, place, what it is.
    pub fn measures(&self) -> impl Iterator<Item = (&Arc<dyn Source>, usize, &MeasureInfo)> {
        self.datasets.values().flat_map(|s| s.info().measures.iter().enumerate().map(move |(i, m)| (s, i, m)))
    }

    /// The measures with this name, or with this name in this dataset.
    pub fn find(&self, name: &str) -> Vec<(&Arc<dyn Source>, usize)> {
        let bare: Vec<_> =
            self.measures().filter(|(_, _, m)| m.name.as_ref() == name).map(|(s, i, _)| (s, i)).collect();
        if !bare.is_empty() {
            return bare;
        }
        // A column that is one series may be called by its own name.
        let column = |s: &Arc<dyn Source>, name: &str| {
            let found: Vec<usize> =
                (0..).zip(&s.info().measures).filter(|(_, m)| m.column == name).map(|(i, _)| i).collect();
            if let [only] = found.as_slice() { Some(*only) } else { None }
        };
        let Some((dataset, series)) = name.split_once('.') else {
            return self.datasets.values().filter_map(|s| column(s, name).map(|i| (s, i))).collect();
        };
        let source = self.datasets.get(dataset);
        source
            .and_then(|s| s.info().measure(series).or_else(|| column(s, series)).map(|i| (s, i)))
            .into_iter()
            .collect()
    }

    /// The pairs of currencies of all loaded exchange rates: `(CNY, USD)` for CNY/USD.
    pub fn exchange_pairs(&self) -> Vec<([u8; 3], [u8; 3])> {
        let rates = self.measures().filter(|(_, _, m)| m.meaning.kind == Kind::Rate);
        rates.filter_map(|(_, _, m)| m.meaning.unit.exchange()).collect()
    }

    /// Every name that an expression may use.
    pub fn names(&self) -> Vec<String> {
        let measures = self.measures().map(|(_, _, m)| m.name.to_string());
        let lets = self.named_queries().map(|(name, _)| name.to_string());
        let mut all: Vec<String> = measures.chain(lets).chain(self.params.keys().cloned()).collect();
        all.sort();
        all.dedup();
        all
    }

    /// The operator that is defined under these words: by the session, else by the library. Of several of the library
    /// the first that fits, else the first.
    pub fn defined(&self, words: &str, fits: impl Fn(&Definition) -> bool) -> Option<Arc<Definition>> {
        if let Some(own) = self.definitions.get(words) {
            return Some(Arc::clone(own));
        }
        // The library is read when one of its own is asked for, not before.
        if self.operators.lookup(words).is_some() {
            return None;
        }
        let named = || self.library.all().iter().filter(|d| d.name.eq_ignore_ascii_case(words));
        named().find(|d| fits(d)).or_else(|| named().next()).cloned()
    }

    /// Whether an operator is known under these words: of the language, of its library, of the session.
    pub fn is_operator(&self, words: &str) -> bool {
        self.operators.lookup(words).is_some() || self.defined(words, |_| true).is_some()
    }

    /// The words of all operators, each once.
    pub fn operator_names(&self) -> Vec<String> {
        let library = self.library.all().iter().map(|d| d.name.clone());
        let mut all: Vec<String> = self.operators.names().into_iter().chain(library).collect();
        all.extend(self.definitions.keys().cloned());
        let mut known = std::collections::BTreeSet::new();
        all.retain(|name| known.insert(name.clone()));
        all
    }

    /// The queries that somebody has named; the numbered answers of a prompt are none that anybody looks for.
    pub fn named_queries(&self) -> impl Iterator<Item = (&str, &Arc<Query>)> {
        self.lets.iter().map(|(name, query)| (name.as_str(), query)).filter(|(name, _)| !is_numbered(name))
    }

    /// The names of all dimensions.
    pub fn dimensions(&self) -> Vec<String> {
        let mut all: Vec<String> =
            self.datasets.values().flat_map(|s| s.info().dims.iter().map(|d| d.name.to_string())).collect();
        all.sort();
        all.dedup();
        all
    }
}

/// Whether a name is the number of an answer of a prompt: `_1`.
pub fn is_numbered(name: &str) -> bool {
    name.strip_prefix('_').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

//! What words of a sentence are known by: the names of a session, the codes of its data, operators, units and countries. In:
//! words. Out: what they name here.

use super::marks::{Link, Mark};
use super::phrases;
use crate::data::DimInfo;
use crate::data::known::{attributes, places};
use crate::diagnostic::suggest;
use crate::plan::Key;
use crate::plan::catalogue::Catalogue;
use crate::plan::lookup::operator_elsewhere;
use crate::syntax;
use crate::value::period::{self, PeriodText};
use crate::value::{Kind, Period, Unit, unit_words};
use std::sync::OnceLock;

/// What is known by name.
pub struct Known<'a> {
    pub(super) catalogue: &'a Catalogue,
    names: Vec<String>,
    operators: Vec<String>,
}

impl<'a> Known<'a> {
    /// What a session knows.
    pub fn new(catalogue: &'a Catalogue) -> Known<'a> {
        Known { catalogue, names: catalogue.names(), operators: catalogue.operator_names() }
    }

    fn dims(&self) -> impl Iterator<Item = &'a DimInfo> + use<'a> {
        self.catalogue.datasets.values().flat_map(|s| &s.info().dims)
    }

    pub(super) fn is_series(&self, word: &str) -> bool {
        self.names.iter().any(|n| n == word) || (word.contains('.') && !self.catalogue.find(word).is_empty())
    }

    pub(super) fn is_dimension(&self, word: &str) -> bool {
        let name = Key::dimension(word);
        self.dims().any(|d| d.name.as_ref() == name)
    }

    pub(super) fn is_dataset(&self, word: &str) -> bool {
        self.catalogue.datasets.contains_key(word)
    }

    /// A series by another case or another word.
    pub(super) fn series_of(&self, lower: &str) -> Option<String> {
        let cased = self.names.iter().find(|n| n.to_lowercase() == lower);
        let elsewhere = || phrases::series_elsewhere(lower).iter().find(|n| self.is_series(n)).map(|n| n.to_string());
        cased.cloned().or_else(elsewhere)
    }

    pub(super) fn any_series(&self, word: &str) -> Option<String> {
        if self.is_series(word) { Some(word.to_string()) } else { self.series_of(&word.to_lowercase()) }
    }

    /// The dimensions that a word means: its plural, another case, another word.
    pub(super) fn dimensions_of(&self, lower: &str) -> Vec<String> {
        let singular = lower.strip_suffix('s').unwrap_or(lower);
        if let Some(dim) = [lower, singular].into_iter().find(|w| self.is_dimension(w)) {
            return vec![dim.to_string()];
        }
        // A dimension of one code parts nothing.
        let several = |name: &&&str| self.dims().any(|d| d.name.as_ref() == **name && d.codes.len() > 1);
        let all = phrases::dimension_elsewhere(lower).iter().filter(several);
        all.map(|n| n.to_string()).collect()
    }

    /// The operator that words name here or elsewhere.
    pub(super) fn operator(&self, lower: &str) -> Option<String> {
        let known = |name: &str| self.catalogue.is_operator(name);
        if known(lower) {
            return Some(lower.to_string());
        }
        operator_elsewhere(lower).filter(|name| known(name))
    }

    /// The dimensions that have a code, each with the code as it is written there.
    pub(super) fn code(&self, text: &str) -> Option<Vec<(String, String)>> {
        let mut found: Vec<(String, String)> = Vec::new();
        let bare = text.trim_end_matches(['*', '%']);
        for dim in self.dims() {
            let nested = |code: &str| dim.nested && !code.is_empty() && dim.codes.iter().any(|c| c.starts_with(code));
            let zeros = format!("0{bare}");
            let digits = bare.bytes().all(|b| b.is_ascii_digit() || b == b'.') && bare.len() > 1;
            let written = match dim.find(text) {
                Some(code) => code.to_string(),
                None if digits && nested(bare) => bare.to_string(),
                None if digits && nested(&bare.replace('.', "")) => bare.replace('.', ""),
                None if digits && bare.len() % 2 == 1 && nested(&zeros) => zeros,
                None => continue,
            };
            if !found.iter().any(|(name, _)| *name == dim.name.as_ref()) {
                found.push((dim.name.to_string(), written));
            }
        }
        (!found.is_empty()).then_some(found)
    }

    /// The same of the name of a country, or of what belongs to it.
    pub(super) fn country(&self, text: &str) -> Option<Vec<(String, String)>> {
        let lower = text.to_lowercase();
        let iso = phrases::country_of(&lower).or_else(|| places::iso3(text).filter(|_| text.len() > 2))?;
        self.code(iso)
    }

    /// A period in the words of the language; a number that may be a code is one of the years of the data or none.
    pub(super) fn period(&self, text: &str, may_be_code: bool) -> Option<String> {
        let found = match period::parse(text) {
            Some(PeriodText::Fixed(p)) => p,
            Some(PeriodText::Latest) => return Some("latest".into()),
            Some(PeriodText::Named(_)) => syntax::period_elsewhere(text).and_then(|t| period::parse_fixed(&t))?,
            Some(_) => return Some(text.to_string()),
            None => syntax::period_elsewhere(text).and_then(|t| period::parse_fixed(&t))?,
        };
        let (year, _) = found.first_month();
        let bounds = if may_be_code { self.span()?.overlaps(found) } else { (1800..2200).contains(&year) };
        bounds.then(|| found.to_string())
    }

    /// From the first period of all data to the last.
    fn span(&self) -> Option<Period> {
        let all = self.catalogue.datasets.values().flat_map(|s| s.info().periods.iter().copied());
        all.reduce(Period::span)
    }

    /// The periods of the data that a series is of; of a named query, of all.
    pub(super) fn periods(&self, series: &str) -> Vec<Period> {
        let found: Vec<Period> =
            self.catalogue.find(series).iter().flat_map(|(s, _)| s.info().periods.iter().copied()).collect();
        if !found.is_empty() {
            return found;
        }
        self.catalogue.datasets.values().flat_map(|s| s.info().periods.iter().copied()).collect()
    }

    /// A word of a unit as the language writes it; of those that may be something else too, only where one must stand.
    pub(super) fn unit(&self, text: &str, expected: bool) -> Option<String> {
        let lower = text.to_lowercase();
        let short = match lower.as_str() {
            "m" if expected => Some("mn".to_string()),
            "b" if expected => Some("bn".to_string()),
            "k" if expected => Some("thousand".to_string()),
            "¥" => Some("CNY".to_string()),
            _ => None,
        };
        let own = || Unit::parse(text).is_ok().then(|| text.to_string());
        let scale = || unit_words::scale(&lower).map(Unit::scale_word);
        let base = || unit_words::base(&lower).map(str::to_string);
        let upper = || Some(text.to_uppercase()).filter(|u| expected && Unit::parse(u).is_ok());
        let number = text.starts_with(|c: char| c.is_ascii_digit());
        if number { None } else { short.or_else(own).or_else(scale).or_else(base).or_else(upper) }
    }

    /// The word that an unknown one is a slip of; of several, the name of a country.
    pub(super) fn near(&self, text: &str, before: Option<&Mark>, several: bool) -> Option<String> {
        let after = |links: &[Link]| matches!(before, Some(Mark::Link(l)) if links.contains(l));
        let length = text.chars().count();
        let longer = length > 3;
        let mut candidates: Vec<String> = Vec::new();
        let code =
            matches!(before, Some(Mark::Dim(_))) || after(&[Link::Equal, Link::Unequal, Link::To, Link::Without]);
        if code {
            let codes = self.dims().flat_map(|d| d.codes.iter().map(|c| c.to_string()));
            candidates.extend(codes.filter(|c| longer || c.len() < 4));
        }
        if after(&[Link::In]) || matches!(before, Some(Mark::Unit(_))) {
            candidates.extend(Unit::words().filter(|w| w.len() > 2).map(String::from));
        }
        if length == 3 && text.chars().all(char::is_alphabetic) {
            candidates.extend(["for", "from", "to", "top", "and", "not", "by"].map(String::from));
        }
        if several {
            candidates = countries().filter(|n| n.contains(' ')).map(String::from).collect();
        } else if longer {
            candidates.extend(self.names.iter().cloned());
            candidates.extend(self.dims().map(|d| d.name.to_string()));
            candidates.extend(self.operators.iter().cloned());
            let words = phrases::words().chain(["year", "quarter", "month"]).chain(countries());
            candidates.extend(words.map(String::from));
        }
        let lower = text.to_lowercase();
        let close = |word: &&str| {
            let other = word.to_lowercase();
            let distance = strsim::damerau_levenshtein(&lower, &other);
            distance <= if other.len().max(lower.len()) > 6 { 2 } else { 1 } && other != lower
        };
        let near: Vec<&str> = candidates.iter().map(String::as_str).filter(close).collect();
        suggest::nearest(text, near).first().map(|w| w.to_string())
    }

    /// The only price index there is.
    pub(super) fn deflator(&self) -> Option<String> {
        let indices = self.catalogue.measures().filter(|(_, _, m)| m.meaning.kind == Kind::Index);
        let names: Vec<String> = indices.map(|(_, _, m)| m.name.to_string()).collect();
        if let [only] = names.as_slice() { Some(only.clone()) } else { None }
    }
}

/// The names of all countries.
fn countries() -> impl Iterator<Item = &'static str> {
    static NAMES: OnceLock<Vec<String>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let pairs = attributes::of_countries("name").map(|l| l.pairs).unwrap_or_default();
        let mut names: Vec<String> = pairs.into_iter().map(|(_, name)| name).filter(|n| n.len() > 4).collect();
        names.extend(["United States", "South Korea", "Vietnam", "Russia"].map(String::from));
        names
    });
    names.iter().map(String::as_str)
}

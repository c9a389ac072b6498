//! Labels that stand for several codes, or for several months: attributes from a table of codes, members of a list, the
//! calendar. In: a code of a dimension, or a period. Out: the places of its labels. Adds nothing up.

use crate::data::DimInfo;
use crate::data::known::{places, ranges, roles};
use crate::span::Spanned;
use crate::value::{Freq, Period};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::sync::{Arc, OnceLock};

/// What a table of codes does not say.
pub const UNCLASSIFIED: &str = "unclassified";
/// What no code accounts for.
pub const NOT_ALLOCATED: &str = "not allocated";
/// Everything that no member of a list holds.
pub const REST: &str = "rest";

/// Places of labels.
pub type Found = SmallVec<[u32; 2]>;

/// The labels of a key that are no codes of the data, in the order in which they are printed.
#[derive(Clone, Debug)]
pub struct Grouping {
    /// All labels; one table for all that is lined up by them.
    pub labels: Arc<Vec<Arc<str>>>,
    /// What makes a label.
    pub by: By,
    /// The length of codes that decides, where it is one: sections are told by chapters.
    pub level: Option<usize>,
    /// The place of each label, made when it is first asked for: there may be one for each code.
    places: OnceLock<FxHashMap<Arc<str>, u32>>,
}

/// What makes a label.
#[derive(Clone, Debug)]
pub enum By {
    /// The month, quarter or half of the year.
    Calendar(Freq),
    /// The label of a code, or of the nearest code above it, by code and by ISO 3166 code.
    Table(FxHashMap<Arc<str>, u32>),
    /// The codes of each member; the last may be all others.
    Members(Vec<Vec<String>>, bool),
}

impl PartialEq for Grouping {
    fn eq(&self, other: &Grouping) -> bool {
        let same = std::mem::discriminant(&self.by) == std::mem::discriminant(&other.by);
        same && (Arc::ptr_eq(&self.labels, &other.labels) || self.labels == other.labels)
    }
}

fn place(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn arcs<'a>(labels: impl Iterator<Item = &'a str>) -> Vec<Arc<str>> {
    labels.map(Arc::from).collect()
}

impl Grouping {
    fn of(labels: Vec<Arc<str>>, by: By, level: Option<usize>) -> Grouping {
        Grouping { labels: Arc::new(labels), by, level, places: OnceLock::new() }
    }

    /// The months, quarters or halves of the year.
    pub fn calendar(step: Freq) -> Option<Grouping> {
        let labels: Vec<&str> = match step {
            Freq::Month => crate::value::period::MONTHS.to_vec(),
            Freq::Quarter => vec!["Q1", "Q2", "Q3", "Q4"],
            Freq::Half => vec!["H1", "H2"],
            Freq::Day | Freq::Week | Freq::Year => return None,
        };
        Some(Grouping::of(arcs(labels.into_iter()), By::Calendar(step), None))
    }

    /// From pairs of a code and its label; labels in the order of `order`, else sorted.
    pub fn table<'a>(
        pairs: impl Iterator<Item = (&'a str, &'a str)>,
        order: Option<Vec<&'a str>>,
        level: Option<usize>,
    ) -> Grouping {
        let pairs: Vec<(&str, &str)> = pairs.collect();
        let mut labels = order.unwrap_or_else(|| {
            let mut all: Vec<&str> = pairs.iter().map(|(_, l)| *l).collect();
            all.sort_unstable();
            all.dedup();
            all
        });
        for own in [UNCLASSIFIED, NOT_ALLOCATED] {
            if !labels.contains(&own) {
                labels.push(own);
            }
        }
        let at: FxHashMap<&str, u32> = labels.iter().enumerate().map(|(i, l)| (*l, place(i))).collect();
        let mut of: FxHashMap<Arc<str>, u32> = FxHashMap::default();
        for (code, label) in &pairs {
            let Some(label) = at.get(label) else { continue };
            of.insert(Arc::from(*code), *label);
        }
        // The code itself goes before other spellings of the same country.
        for (code, label) in &pairs {
            if let (Some(country), Some(label)) = (places::iso3(code), at.get(label)) {
                of.entry(Arc::from(country)).or_insert(*label);
            }
        }
        Grouping::of(arcs(labels.into_iter()), By::Table(of), level)
    }

    /// From names with their codes; `rest` holds all others.
    pub fn members(list: Vec<(String, Vec<String>)>, rest: bool) -> Grouping {
        let mut labels = arcs(list.iter().map(|(name, _)| name.as_str()));
        if !rest {
            labels.push(Arc::from(NOT_ALLOCATED));
        }
        Grouping::of(labels, By::Members(list.into_iter().map(|(_, codes)| codes).collect(), rest), None)
    }

    /// The step of the calendar, if it is one.
    pub fn step(&self) -> Option<Freq> {
        match self.by {
            By::Calendar(step) => Some(step),
            By::Table(_) | By::Members(..) => None,
        }
    }

    /// The place of a period in its year.
    pub fn of_period(&self, period: Period) -> Option<u32> {
        let (_, month) = period.first_month();
        let length = self.step()?.months()?.unsigned_abs();
        Some((month - 1) / length)
    }

    /// The place of a label; of `XVI Machinery and …` the first word is enough.
    pub fn place(&self, label: &str) -> Option<u32> {
        let first_of_each = || {
            let mut out = FxHashMap::default();
            for (at, label) in self.labels.iter().enumerate() {
                out.entry(Arc::clone(label)).or_insert(place(at));
            }
            out
        };
        let whole = self.places.get_or_init(first_of_each).get(label).copied();
        let short = || {
            let code = label.bytes().all(|b| b.is_ascii_digit()) || label.bytes().all(|b| b.is_ascii_uppercase());
            let first = |l: &&Arc<str>| l.split_once(' ').is_some_and(|(first, _)| first == label);
            let mut found = self.labels.iter().enumerate().filter(|(_, l)| code && first(l));
            found.next().filter(|_| found.next().is_none()).map(|(at, _)| at)
        };
        whole.or_else(|| short().map(place))
    }

    /// The places of the labels of a code; none for a code that no member of a list holds.
    pub fn of_code(&self, dim: &DimInfo, code: &str) -> Found {
        match &self.by {
            By::Calendar(_) => Found::new(),
            By::Table(of) => {
                let known = of.get(code).or_else(|| {
                    let country = dim.geographic.then(|| places::iso3(code)).flatten();
                    country.and_then(|c| of.get(c))
                });
                let above = |code: &str| (1..=code.len()).rev().filter_map(|n| code.get(..n)).find_map(|c| of.get(c));
                // A range may begin in one and end in another.
                let nearest = || match ranges::ends_of(code) {
                    Some((first, last)) => above(first).filter(|label| above(last) == Some(label)),
                    None => above(code),
                };
                let found = known.or_else(|| if dim.nested { nearest() } else { None }).copied();
                found.or_else(|| self.place(UNCLASSIFIED)).into_iter().collect()
            }
            By::Members(list, rest) => {
                let named = if *rest { list.len().saturating_sub(1) } else { list.len() };
                let holds = |codes: &Vec<String>| codes.iter().any(|c| is_within(dim, code, c));
                let mut found: Found =
                    list.iter().take(named).enumerate().filter(|(_, c)| holds(c)).map(|(i, _)| place(i)).collect();
                if found.is_empty() && *rest {
                    found.push(place(named));
                }
                found
            }
        }
    }

    /// The label of a code itself, not that of a code above it.
    pub fn of_itself(&self, code: &str, geographic: bool) -> Option<&str> {
        let By::Table(of) = &self.by else { return None };
        let country = || geographic.then(|| places::iso3(code)).flatten();
        let found = of.get(code).or_else(|| country().and_then(|c| of.get(c)))?;
        self.labels.get(*found as usize).map(|l| l.as_ref())
    }

    /// Which of these codes of a dimension have one of the labels.
    pub fn holds(&self, dim: &str, codes: &[Arc<str>], labels: &[Spanned<String>]) -> Vec<bool> {
        let wanted: FxHashSet<u32> = labels.iter().filter_map(|l| self.place(&l.node)).collect();
        let geographic = roles::is_geographic(dim);
        let dim = DimInfo { geographic, nested: roles::levelled(dim) || dim == "hs", ..DimInfo::new(dim, []) };
        codes.iter().map(|c| self.of_code(&dim, c).iter().any(|p| wanted.contains(p))).collect()
    }

    /// The place of what no code accounts for: a row of its own, or the rest.
    pub fn of_nothing(&self) -> Option<u32> {
        match &self.by {
            By::Members(list, true) => list.len().checked_sub(1).map(place),
            By::Members(_, false) => None,
            By::Calendar(_) | By::Table(_) => self.place(NOT_ALLOCATED),
        }
    }

    /// The codes of a dimension that have one of these labels, as short as they can be said.
    pub fn codes(&self, dim: &DimInfo, labels: &[&str]) -> Vec<String> {
        let wanted: FxHashSet<u32> = labels.iter().filter_map(|l| self.place(l)).collect();
        let mut out: Vec<String> = Vec::new();
        for (at, code) in (0u32..).zip(dim.codes.iter()) {
            if dim.is_total(at) || !self.of_code(dim, code).iter().any(|p| wanted.contains(p)) {
                continue;
            }
            let cut = self.level.and_then(|l| DimInfo::cut(code, l)).filter(|_| dim.nested).unwrap_or(code);
            if out.last().is_none_or(|last| last != cut) {
                out.push(cut.to_string());
            }
        }
        out
    }
}

/// Whether a code is another, or lies below it, or is the same country.
pub fn is_within(dim: &DimInfo, code: &str, other: &str) -> bool {
    code == other
        || (dim.nested && DimInfo::cut(code, other.len()) == Some(other))
        || (dim.geographic && places::iso3(code).is_some_and(|c| places::iso3(other) == Some(c)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::value::period::parse_fixed;

    #[test]
    fn a_code_has_the_label_of_the_nearest_above_it() {
        let table = Grouping::table([("85", "machines"), ("8542", "chips"), ("10", "food")].into_iter(), None, None);
        let dim = DimInfo { nested: true, ..DimInfo::new("hs", ["85", "854231", "8517", "100199", "99"]) };
        let label = |code: &str| {
            let places = table.of_code(&dim, code);
            places.iter().map(|p| table.labels.get(*p as usize).unwrap().to_string()).collect::<Vec<_>>().join("+")
        };
        assert_eq!(label("854231"), "chips");
        assert_eq!(label("8517"), "machines");
        assert_eq!(label("85"), "machines");
        assert_eq!(label("100199"), "food");
        assert_eq!(label("99"), UNCLASSIFIED);
        assert_eq!(table.codes(&dim, &["machines"]), ["85", "8517"]);
    }

    #[test]
    fn members_may_overlap_and_the_rest_is_everything_else() {
        let member = |name: &str, codes: &[&str]| (name.to_string(), codes.iter().map(|c| c.to_string()).collect());
        let list = vec![member("g2", &["USA", "CHN"]), member("asia", &["CHN", "JPN"]), member(REST, &[])];
        let grouping = Grouping::members(list, true);
        let dim = DimInfo { geographic: true, ..DimInfo::new("partner", ["842", "CHN", "DEU"]) };
        assert_eq!(grouping.of_code(&dim, "842").to_vec(), [0]);
        assert_eq!(grouping.of_code(&dim, "CHN").to_vec(), [0, 1]);
        assert_eq!(grouping.of_code(&dim, "DEU").to_vec(), [2]);
    }

    #[test]
    fn months_have_their_place_in_the_year() {
        let months = Grouping::calendar(Freq::Month).unwrap();
        assert_eq!(months.of_period(parse_fixed("2011-11").unwrap()), Some(10));
        let quarters = Grouping::calendar(Freq::Quarter).unwrap();
        assert_eq!(quarters.of_period(parse_fixed("2011-Q3").unwrap()), Some(2));
    }
}

//! Columns that tell the same thing twice: a code and its name, a country by letters and in words. In: the texts of two
//! columns that are dimensions. Out: which of the two is the name of the other, and is left out. Knows no numbers.

use crate::data::columns::column::Column;
use crate::data::known::roles::{self, Role};
use crate::data::known::{places, totals};
use crate::data::meaning::column_use::Use;
use crate::data::meaning::evidence::Pairs;
use crate::data::meaning::sdmx;
use crate::data::meaning::understood::Understood;
use crate::data::table::Table;
use rustc_hash::FxHashMap;

/// Endings of the name of a column that make it one of codes.
const CODES: &[&str] = &["code", "iso", "iso2", "iso3", "id", "isoalpha3", "编码", "代码", "コード", "코드"];
/// Endings that make it one of names.
const NAMES: &[&str] = &["name", "names", "desc", "description", "label", "title", "名称"];

/// What columns of the codes of places are about; one called `id` or `code` alone may be of anything.
const PLACES: &[&str] = &["", "cty", "ctry", "country", "geo", "area", "partner", "reporter", "economy", "region"];

/// What a column is about, without the word that says how it is told, and whether it tells names.
fn stem(header: &str) -> (String, Option<bool>) {
    let lower = header.to_lowercase();
    // Whose codes they are stands in brackets: `Area Code (M49)`.
    let bare = lower.split(['(', '（']).next().filter(|b| !b.trim().is_empty()).unwrap_or(&lower);
    let plain: String = bare.chars().filter(|c| c.is_alphanumeric()).collect();
    let ends = |list: &[&str]| list.iter().find_map(|end| plain.strip_suffix(end).map(String::from));
    match (ends(NAMES), ends(CODES)) {
        (Some(stem), _) => (stem, Some(true)),
        (None, Some(stem)) => (stem, Some(false)),
        (None, None) => (plain, None),
    }
}

impl Understood {
    /// Leaves out dimensions that only name the codes of another.
    pub(super) fn by_pairs(&mut self, table: &Table) {
        let dims: Vec<usize> =
            (0..table.header.len()).filter(|at| matches!(self.uses.get(*at), Some(Use::Dimension(_)))).collect();
        let name = |at: usize| table.header.get(at).map(String::as_str).unwrap_or("");
        for (code_at, name_at) in dims.iter().flat_map(|code| dims.iter().map(move |name| (*code, *name))) {
            // Codes of an office's own say nothing of totals and groups; the names beside them do.
            let (about, is_name) = stem(name(code_at));
            let same = about == stem(name(name_at)).0;
            let place = PLACES.contains(&about.as_str()) && are_places(table, name_at);
            if code_at == name_at || is_name != Some(false) || !(same || place) {
                continue;
            }
            if tells_more(table, code_at, name_at) && self.are_one(table, code_at, name_at) {
                self.take(code_at, Use::Skip);
            }
        }
        let dims: Vec<usize> =
            dims.into_iter().filter(|at| matches!(self.uses.get(*at), Some(Use::Dimension(_)))).collect();
        for name_at in &dims {
            let (about, is_name) = stem(name(*name_at));
            let twin = dims.iter().any(|code_at| {
                let (other, other_is_name) = stem(name(*code_at));
                // A column called `Code` alone is of what is named beside it.
                let of = other == about || (other.is_empty() && other_is_name == Some(false) && is_name == Some(true));
                // SDMX writes the names of components in capitals, and their labels, if there are any, behind them.
                let labelled = *name_at == code_at + 1 && sdmx::is_id(name(*code_at)) && !sdmx::is_id(name(*name_at));
                if labelled && sdmx::is_sdmx(&table.header) {
                    return self.names_each(table, *code_at, *name_at);
                }
                // `SUBJECT` and `Subject`, `LOCATION` and `Country`.
                let twins = *name_at == code_at + 1 && other == about && name(*code_at) != name(*name_at);
                if twins && is_name.is_none() && other_is_name.is_none() {
                    return self.names_each(table, *code_at, *name_at);
                }
                let codes = code_at != name_at && of && other_is_name != Some(true);
                let told = is_name == Some(true) || (is_name.is_none() && other_is_name == Some(false));
                codes && told && self.names_each(table, *code_at, *name_at)
            });
            let mut others = dims.iter().filter(|at| *at != name_at);
            let told =
                twin || (is_name == Some(true) && others.any(|at| self.are_same_countries(table, *at, *name_at)));
            if told {
                self.take(*name_at, Use::Skip);
            }
        }
    }
}

/// Whether at least half of the texts of a column are countries.
fn are_places(table: &Table, at: usize) -> bool {
    let Some(words) = table.columns.get(at).and_then(Column::words) else { return false };
    let countries = words.iter().filter(|w| places::iso3(w.trim()).is_some()).count();
    countries > 0 && countries * 2 >= words.len()
}

/// Whether names say which places they are, or which of them is the total, where the codes beside them do not.
fn tells_more(table: &Table, code: usize, name: usize) -> bool {
    let totals = |at: usize, header: &str| {
        let words = table.columns.get(at).and_then(Column::words);
        words.map_or(0, |w| totals::totals(header, w.iter()).len())
    };
    let header = |at: usize| table.header.get(at).map(String::as_str).unwrap_or("").to_lowercase();
    let nested = roles::role_of(&header(code)).is_some_and(|(role, _)| role == Role::Dimension("hs"));
    let places = are_places(table, name) && !are_places(table, code);
    places || (!nested && totals(name, &header(name)) > 0 && totals(code, &header(code)) == 0)
}

/// Whether each text of the first has one text of the second.
fn is_function(pairs: &Pairs) -> bool {
    let mut of: FxHashMap<u32, u32> = FxHashMap::default();
    pairs.iter().all(|(code, name)| *of.entry(*code).or_insert(*name) == *name)
}

impl Understood {
    /// The pairs of texts that stand in one row.
    fn pairs(&mut self, table: &Table, a: usize, b: usize) -> Option<&Pairs> {
        let codes = |at: usize| match table.columns.get(at) {
            Some(Column::Words(_, codes)) => Some(codes),
            _ => None,
        };
        Some(self.evidence.pairs((a, b), codes(a)?, codes(b)?))
    }

    /// Whether two columns tell the same: each text of one stands beside one text of the other, and the other way round.
    pub(super) fn are_one(&mut self, table: &Table, a: usize, b: usize) -> bool {
        self.names_each(table, a, b) && self.names_each(table, b, a)
    }

    /// Whether each text of one column has one text of another beside it.
    fn names_each(&mut self, table: &Table, code: usize, name: usize) -> bool {
        self.pairs(table, code, name).is_some_and(is_function)
    }

    /// Whether one column tells no more than another that has its role.
    pub(super) fn tells(&mut self, table: &Table, first: usize, again: usize) -> bool {
        self.names_each(table, first, again) || self.are_same_countries(table, first, again)
    }

    /// Whether two columns hold the same country in each row. The rows are gone through only where all texts are countries.
    fn are_same_countries(&mut self, table: &Table, a: usize, b: usize) -> bool {
        let countries = |at: usize| -> Option<Vec<&'static str>> {
            table.columns.get(at).and_then(Column::words)?.iter().map(|w| places::iso3(w.trim())).collect()
        };
        let Some((x, y)) = countries(a).zip(countries(b)) else { return false };
        let Some(pairs) = self.pairs(table, a, b) else { return false };
        pairs.len() >= 2 && pairs.iter().all(|(i, j)| x.get(*i as usize) == y.get(*j as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_column_is_about() {
        assert_eq!(stem("Country Name"), ("country".into(), Some(true)));
        assert_eq!(stem("Country Code"), ("country".into(), Some(false)));
        assert_eq!(stem("partnerDesc"), ("partner".into(), Some(true)));
        assert_eq!(stem("partner"), ("partner".into(), None));
    }
}

//! The labels of a dimension, one per different text of its column: texts freed of what spreadsheets put around them,
//! zeros given back, and one label for each country, however it is spelled. In: the texts of a column. Out: a label for
//! each, and the labels before countries were put together. Knows no measure.

use crate::data::columns::codes::Codes;
use crate::data::columns::words::Words;
use crate::data::declare::{Duplicates, Key, Said, system_word};
use crate::data::doubt::{Doubt, Refusal};
use crate::data::known::places::{self, System};
use crate::data::known::products::{self, Zeros};
use crate::data::known::{former, roles};
use crate::data::load::assembly::Assembly;
use crate::data::load::keys;
use crate::data::store::Store;
use crate::diagnostic::codes;
use crate::value::Period;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Labels in order, each once, and the place among them of each text.
pub(super) fn numbered(texts: &[String]) -> (Vec<Arc<str>>, Vec<u32>) {
    let mut labels: Vec<&String> = texts.iter().collect();
    labels.sort_unstable();
    labels.dedup();
    let place = |t: &String| labels.binary_search(&t).ok().and_then(|i| u32::try_from(i).ok()).unwrap_or(0);
    let map = texts.iter().map(place).collect();
    (labels.into_iter().map(|l| Arc::from(l.as_str())).collect(), map)
}

/// The texts of a column in its rows, the periods of the dataset with the place of each observation's, and how many
/// observations a row has.
pub(super) type Standing<'a> = (&'a Codes, (&'a [Period], &'a Codes), usize);

impl Assembly<'_> {
    /// The texts of a column without what is no part of a label: `="010121"`, `854231.0`, `AU:Australia`.
    pub(super) fn labels(&mut self, name: &str, header: &str, words: &Words) -> Vec<String> {
        let mut texts: Vec<String> = words.iter().map(|w| unguarded(w.trim()).to_string()).collect();
        if let Some(whole) = without_decimals(&texts) {
            texts = whole;
            self.declaration.push(Said::remark(&format!("`.0` behind the codes of column {header} left out")));
        }
        let named = || if name == "hs" { products::without_names(&texts) } else { None };
        if let Some(codes) = codes_before_labels(&texts).or_else(named) {
            texts = codes;
            self.declaration.push(Said::remark(&format!("column {header} holds codes and their labels")));
        }
        if let Some(bare) = if name == "hs" { products::without_points(&texts) } else { None } {
            let written = texts.iter().find(|t| t.contains(['.', ' '])).cloned().unwrap_or_default();
            texts = bare;
            self.declaration
                .push(Said::remark(&format!("points between the digits of column {header} left out: {written}")));
        }
        let zeros = if name == "hs" { products::zeros(texts.iter().map(String::as_str)) } else { Zeros::Whole };
        self.given_back(header, &mut texts, zeros);
        texts
    }

    /// The same with one label for each country; `None` where nothing is put together and no number is a country.
    pub(super) fn countries(
        &mut self,
        name: &str,
        texts: &[String],
        system: Option<System>,
        standing: Standing<'_>,
    ) -> Option<Vec<String>> {
        match system {
            Some(system) => self.numbered_by(name, texts, system),
            None if roles::is_geographic(name) => self.spelled(name, texts, standing),
            None => None,
        }
    }

    /// Numbers of a system as the letters of ISO 3166.
    fn numbered_by(&mut self, name: &str, texts: &[String], system: System) -> Option<Vec<String>> {
        let mut out = texts.to_vec();
        let mut changed = 0;
        for (text, slot) in texts.iter().zip(&mut out) {
            let label = match text.as_str() {
                "0" => Some("World"),
                "97" if system == System::Comtrade => Some("EU28"),
                _ => places::by_system(text, system),
            };
            if let Some(label) = label {
                *slot = label.to_string();
                changed += 1;
            }
        }
        // A country before a change of its borders stays apart from the one of now.
        let older = |text: &String| text.parse().ok().filter(|_| system == System::Comtrade).and_then(former::before);
        let present: Vec<String> = out.clone();
        for (text, slot) in texts.iter().zip(&mut out).filter(|(text, slot)| text == slot) {
            let Some(label) = older(text) else { continue };
            if !present.iter().any(|l| l == label) {
                *slot = label.to_string();
                changed += 1;
            }
        }
        if changed == 0 {
            return None;
        }
        let said = Said::of_codes(Key::Codes, name, system_word(Some(system)));
        self.declaration.push(said.because(format!("{} codes read as countries", system.name())));
        Some(out)
    }

    /// One spelling for each country: that of its latest period.
    fn spelled(
        &mut self,
        name: &str,
        texts: &[String],
        (rows, (periods, places), times): Standing<'_>,
    ) -> Option<Vec<String>> {
        let numbers: Vec<bool> = texts.iter().map(|t| t.parse::<u32>().is_ok()).collect();
        let found: Vec<Option<&str>> = texts.iter().map(|t| places::iso3(t)).collect();
        let of_numbers = || numbers.iter().zip(&found).filter(|(n, _)| **n);
        // Numbers of which some are no countries are those of another system.
        let are_countries = of_numbers().filter(|(_, c)| c.is_none()).count() * 5 <= of_numbers().count();
        let layout = self.found.layout;
        let country = |i: usize| {
            if layout.zip(texts.get(i)).is_some_and(|(layout, text)| layout.is_wider(text, texts)) {
                return None;
            }
            let is_number = numbers.get(i).copied().unwrap_or(false);
            found.get(i).copied().flatten().filter(|_| are_countries || !is_number)
        };
        let mut spellings: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for i in 0..texts.len() {
            if let Some(country) = country(i) {
                spellings.entry(country).or_default().push(i);
            }
        }
        let several =
            |list: &Vec<usize>| list.iter().any(|i| texts.get(*i) != list.first().and_then(|f| texts.get(*f)));
        if !spellings.values().any(several) {
            return None;
        }
        let observations = places.iter().enumerate();
        let standing = observations
            .filter_map(|(at, place)| Some((rows.get(at / times.max(1))?, periods.get(place as usize).copied())));
        let latest = self.found.evidence.latest(name, standing);
        let mut out = texts.to_vec();
        let mut said = Vec::new();
        for list in spellings.into_values() {
            let last = list.iter().max_by_key(|i| (latest.get(**i).copied().flatten(), std::cmp::Reverse(**i)));
            let Some(label) = last.and_then(|i| texts.get(*i)).cloned() else { continue };
            if several(&list) {
                let mut names: Vec<&str> = list.iter().filter_map(|i| texts.get(*i)).map(String::as_str).collect();
                names.sort_unstable();
                names.dedup();
                said.push(format!("{name} {label}: {} are one country", names.join(", ")));
            }
            for i in list {
                if let Some(slot) = out.get_mut(i) {
                    *slot = label.clone();
                }
            }
        }
        said.sort_unstable();
        self.declaration.extend(said.iter().map(|text| Said::remark(text)));
        Some(out)
    }

    /// The zeros that product codes have lost.
    fn given_back(&mut self, header: &str, texts: &mut [String], zeros: Zeros) {
        match zeros {
            Zeros::Lost => {
                let odd: Vec<usize> = texts
                    .iter()
                    .enumerate()
                    .filter(|(_, t)| t.len() % 2 == 1 && t.bytes().all(|b| b.is_ascii_digit()))
                    .map(|(i, _)| i)
                    .collect();
                let example = odd.first().and_then(|i| texts.get(*i)).cloned().unwrap_or_default();
                for i in &odd {
                    if let Some(slot) = texts.get_mut(*i) {
                        slot.insert(0, '0');
                    }
                }
                let message = format!(
                    "{} codes of column `{header}` had lost their leading zero: `{example}` is read as `0{example}`",
                    odd.len()
                );
                self.doubts.push(Doubt::new(&codes::HS_LEADING_ZERO, None, message));
            }
            Zeros::Unclear => {
                let example = texts.iter().find(|t| !t.is_empty()).cloned().unwrap_or_default();
                let message = format!(
                    "the codes of column `{header}` have an odd number of digits, as `{example}`; they are kept as they are"
                );
                self.doubts.push(Doubt::new(&codes::HS_LEADING_ZERO, None, message));
            }
            Zeros::Whole => {}
        }
    }
}

/// Says where rows of two spellings of a country are for one observation: amounts are added, all else is refused.
pub(super) fn added(work: &mut Assembly<'_>, store: &Store) -> Result<(), Refusal> {
    let (info, columns) = (&store.info, &store.columns);
    let pair = keys::first_pair(&info.dims, &columns.codes, &columns.periods, columns.flows.as_ref(), &info.periods);
    let Some((keys, (first, second))) = pair else { return Ok(()) };
    if info.measures.iter().all(|m| m.meaning.kind.adds_over_dimensions()) {
        let message = format!(
            "lines {} and {} name one country by two spellings for the same observation; such rows are added",
            store.line(first),
            store.line(second)
        );
        let advice = "declare what counts if they are not parts of it: `duplicates first` or `last`";
        work.doubts.push(Doubt::new(&codes::REPAIRED_ROW, Some(store.line(second)), message).advice(advice));
        return Ok(());
    }
    let table = &*work.table;
    let place = |row: usize| (table.lines.get(row / store.times), table.file(row / store.times));
    keys::resolved(Duplicates::Refuse, &place, &info.dims, &info.periods, (&keys, (first, second))).map(|_| ())
}

/// A text without the guard that keeps a spreadsheet from reading it as a number: `="010121"`.
fn unguarded(text: &str) -> &str {
    let inside = text.strip_prefix("=\"").and_then(|t| t.strip_suffix('"'));
    let is_code = |t: &&str| t.bytes().all(|b| b.is_ascii_digit()) || *t == "TOTAL";
    inside.or_else(|| text.strip_prefix('\'').filter(is_code)).unwrap_or(text)
}

/// Codes without the `.0` that a data frame with gaps has put behind them, if all points are such.
fn without_decimals(texts: &[String]) -> Option<Vec<String>> {
    let code = |t: &str| {
        let (whole, decimals) = t.split_once('.')?;
        let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        (digits(whole) && digits(decimals) && decimals.bytes().all(|b| b == b'0')).then(|| whole.to_string())
    };
    let pointed = || texts.iter().filter(|t| t.contains('.') && t.starts_with(|c: char| c.is_ascii_digit()));
    if pointed().next().is_none() || !pointed().all(|t| code(t).is_some()) {
        return None;
    }
    Some(texts.iter().map(|t| code(t).unwrap_or_else(|| t.clone())).collect())
}

/// The codes of texts that are all a code and its label, as SDMX writes both: `AU:Australia`.
fn codes_before_labels(texts: &[String]) -> Option<Vec<String>> {
    let is_code = |c: &str| {
        !c.is_empty() && c.len() <= 12 && c.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    let split = |t: &String| {
        let (code, label) = t.split_once(':')?;
        (is_code(code.trim()) && label.contains(char::is_alphabetic)).then(|| code.trim().to_string())
    };
    let there = texts.iter().filter(|t| !t.is_empty()).count();
    let out: Option<Vec<String>> =
        texts.iter().map(|t| if t.is_empty() { Some(String::new()) } else { split(t) }).collect();
    let out = out.filter(|_| there >= 1)?;
    // A code has one label.
    let different = numbered(&out).0.len() == numbered(texts).0.len();
    different.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(list: &[&str]) -> Vec<String> {
        list.iter().map(|t| (*t).to_string()).collect()
    }

    #[test]
    fn labels_are_freed_of_what_is_around_them() {
        assert_eq!(unguarded("=\"010121\""), "010121");
        assert_eq!(unguarded("'0101"), "0101");
        assert_eq!(unguarded("Cote d'Ivoire"), "Cote d'Ivoire");
        assert_eq!(
            without_decimals(&texts(&["10121.0", "854231.0", "TOTAL"])),
            Some(texts(&["10121", "854231", "TOTAL"]))
        );
        assert_eq!(without_decimals(&texts(&["8542.31", "8542.0"])), None);
        assert_eq!(without_decimals(&texts(&["U.S.A.", "8542"])), None);
        assert_eq!(codes_before_labels(&texts(&["AU:Australia", "CN: China"])), Some(texts(&["AU", "CN"])));
        assert_eq!(codes_before_labels(&texts(&["AU:Australia", "China"])), None);
        assert_eq!(codes_before_labels(&texts(&["10:30", "11:00"])), None);
        assert_eq!(codes_before_labels(&texts(&["A:one", "A:two"])), None);
    }
}

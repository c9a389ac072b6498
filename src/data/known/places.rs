//! Countries: which codes and names mean the same. Compiled in from public lists (`tables/countries.tsv`); read when a
//! code is first looked up, not before.

use crate::data::known::former;
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

const COUNTRIES: &str = include_str!("tables/countries.tsv");

/// Whose numbers the codes of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// UN Comtrade and BACI: M49, but 842 USA, 699 India, 757 Switzerland, 490 Taiwan.
    Comtrade,
    /// China Customs: 116 Japan, 502 United States.
    Gacc,
}

impl System {
    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            System::Comtrade => "UN Comtrade",
            System::Gacc => "China Customs",
        }
    }
}

struct Lists {
    iso3: Vec<&'static str>,
    by_text: FxHashMap<String, usize>,
    by_number: FxHashMap<u32, usize>,
    by_gacc: FxHashMap<u32, usize>,
}

fn lists() -> &'static Lists {
    static LISTS: OnceLock<Lists> = OnceLock::new();
    LISTS.get_or_init(|| {
        let mut out = Lists {
            iso3: Vec::new(),
            by_text: FxHashMap::default(),
            by_number: FxHashMap::default(),
            by_gacc: FxHashMap::default(),
        };
        for line in COUNTRIES.lines().filter(|l| !l.starts_with('#')) {
            let mut fields = line.split('\t');
            let mut next = || fields.next().unwrap_or("");
            let (iso3, iso2, m49, un, gacc, names) = (next(), next(), next(), next(), next(), next());
            let place = out.iso3.len();
            out.iso3.push(iso3);
            for text in [iso3, iso2].into_iter().chain(names.split('|')) {
                out.by_text.entry(plain(text)).or_insert(place);
            }
            for number in [m49, un].into_iter().filter_map(|n| n.parse().ok()) {
                out.by_number.entry(number).or_insert(place);
            }
            if let Ok(number) = gacc.parse() {
                out.by_gacc.entry(number).or_insert(place);
            }
        }
        out
    })
}

/// A name without case, accents, punctuation and the words that lists add or leave out.
fn plain(text: &str) -> String {
    let fold = |c: char| match c {
        'à'..='å' | 'À'..='Å' => 'a',
        'ç' | 'Ç' => 'c',
        'è'..='ë' | 'È'..='Ë' => 'e',
        'ì'..='ï' | 'Ì'..='Ï' => 'i',
        'ò'..='ö' | 'Ò'..='Ö' => 'o',
        'ù'..='ü' | 'Ù'..='Ü' => 'u',
        'ñ' | 'Ñ' => 'n',
        other => other,
    };
    let words: String =
        text.replace('&', " and ").chars().map(fold).map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    words.to_lowercase().split_whitespace().filter(|w| *w != "the").collect::<Vec<_>>().join(" ")
}

/// The ISO 3166 code of a country that a code, an abbreviation or a name means; numbers as UN Comtrade has them.
pub fn iso3(text: &str) -> Option<&'static str> {
    by_system(text, System::Comtrade)
}

/// The same with numbers of a given system.
pub fn by_system(text: &str, system: System) -> Option<&'static str> {
    let lists = lists();
    let at = |place: &usize| lists.iso3.get(*place).copied();
    match text.trim().parse::<u32>() {
        Ok(n) if system == System::Gacc => lists.by_gacc.get(&n).and_then(at),
        Ok(n) => lists.by_number.get(&n).and_then(at).or_else(|| former::renumbered(n)),
        Err(_) => {
            let found = lists.by_text.get(&plain(text));
            // `U.S.A.` and `U.K.` are the letters alone.
            let letters = || text.contains('.').then(|| lists.by_text.get(&plain(&text.replace('.', ""))));
            found.or_else(|| letters().flatten()).and_then(at)
        }
    }
}

/// All names that are longer than a code, each with the ISO 3166 code of its country.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = COUNTRIES.lines().filter(|l| !l.starts_with('#'));
    lines.flat_map(|line| {
        let code = line.split('\t').next().unwrap_or("");
        let names = line.split('\t').nth(5).unwrap_or("").split('|');
        names.filter(|name| name.len() > 3 || *name == "UAE").map(move |name| (name, code))
    })
}

/// Whether two labels of a dimension of countries are one country.
pub fn is_same(a: &str, b: &str) -> bool {
    a == b || iso3(a).is_some_and(|country| iso3(b) == Some(country))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_of_one_country_are_one() {
        for text in ["USA", "us", "842", "840", "United States", "the United States of America", "美国"] {
            assert_eq!(iso3(text), Some("USA"), "{text}");
        }
        for (text, code) in [
            ("699", "IND"),
            ("356", "IND"),
            ("757", "CHE"),
            ("490", "TWN"),
            ("Other Asia, nes", "TWN"),
            ("Taiwan,China", "TWN"),
            ("Rep. of Korea", "KOR"),
            ("Korea, Rep.", "KOR"),
            ("Hong Kong,China", "HKG"),
            ("Armenia(Since 2023)", "ARM"),
            ("NA", "NAM"),
            ("rom", "ROU"),
            ("Côte d'Ivoire", "CIV"),
            ("Cote d'Ivoire", "CIV"),
            ("Curaçao", "CUW"),
        ] {
            assert_eq!(iso3(text), Some(code), "{text}");
        }
        assert_eq!(by_system("116", System::Gacc), Some("JPN"));
        assert_eq!(iso3("116"), Some("KHM"));
        assert_eq!(iso3("Atlantis"), None);
    }
}

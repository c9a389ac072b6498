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

/// The fields of each country: ISO codes of three and two letters, numbers of M49, UN Comtrade and China Customs, names.
fn countries() -> impl Iterator<Item = [&'static str; 6]> {
    COUNTRIES.lines().filter(|l| !l.starts_with('#')).map(|line| {
        let mut fields = line.split('\t');
        std::array::from_fn(|_| fields.next().unwrap_or(""))
    })
}

/// By number, whose country it is: each list by itself, since most files need one of them.
type Numbers = FxHashMap<u32, &'static str>;

fn numbers() -> &'static Numbers {
    static LIST: OnceLock<Numbers> = OnceLock::new();
    LIST.get_or_init(|| {
        let mut out = Numbers::default();
        for [iso3, _, m49, un, ..] in countries() {
            for number in [m49, un].into_iter().filter_map(|n| n.parse().ok()) {
                out.entry(number).or_insert(iso3);
            }
        }
        out
    })
}

fn of_gacc() -> &'static Numbers {
    static LIST: OnceLock<Numbers> = OnceLock::new();
    LIST.get_or_init(|| {
        let mut out = Numbers::default();
        for [iso3, _, _, _, gacc, _] in countries() {
            if let Ok(number) = gacc.parse() {
                out.entry(number).or_insert(iso3);
            }
        }
        out
    })
}

/// The codes of letters. None of them is an abbreviation of another country that stands further above.
fn letters() -> &'static FxHashMap<String, &'static str> {
    static LIST: OnceLock<FxHashMap<String, &'static str>> = OnceLock::new();
    LIST.get_or_init(|| {
        let mut out = FxHashMap::default();
        for [iso3, iso2, ..] in countries() {
            out.entry(plain(iso3)).or_insert(iso3);
            out.entry(plain(iso2)).or_insert(iso3);
        }
        out
    })
}

fn texts() -> &'static FxHashMap<String, &'static str> {
    static LIST: OnceLock<FxHashMap<String, &'static str>> = OnceLock::new();
    LIST.get_or_init(|| {
        let mut out = FxHashMap::default();
        for [iso3, iso2, _, _, _, names] in countries() {
            for text in [iso3, iso2].into_iter().chain(names.split('|')) {
                out.entry(plain(text)).or_insert(iso3);
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
    let mut out = String::with_capacity(text.len());
    let mut word = 0;
    // Ends a word, which goes if it is the article.
    let mut end = |out: &mut String| {
        if out.get(word..) == Some("the") {
            out.truncate(word);
        }
        if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
        word = out.len();
    };
    for c in text.chars().map(fold) {
        if c == '&' {
            end(&mut out);
            out.push_str("and");
            end(&mut out);
        } else if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else {
            end(&mut out);
        }
    }
    end(&mut out);
    out.truncate(out.trim_end().len());
    out
}

/// The ISO 3166 code of a country that a code, an abbreviation or a name means; numbers as UN Comtrade has them.
pub fn iso3(text: &str) -> Option<&'static str> {
    by_system(text, System::Comtrade)
}

/// The same with numbers of a given system.
pub fn by_system(text: &str, system: System) -> Option<&'static str> {
    match text.trim().parse::<u32>() {
        Ok(n) if system == System::Gacc => of_gacc().get(&n).copied(),
        Ok(n) => numbers().get(&n).copied().or_else(|| former::renumbered(n)),
        Err(_) => {
            let by_name = |plain: &String| letters().get(plain).or_else(|| texts().get(plain)).copied();
            // `U.S.A.` and `U.K.` are the letters alone.
            let dotted = || text.contains('.').then(|| by_name(&plain(&text.replace('.', ""))));
            by_name(&plain(text)).or_else(|| dotted().flatten())
        }
    }
}

/// All names that are longer than a code, each with the ISO 3166 code of its country.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    countries().flat_map(|[code, _, _, _, _, names]| {
        names.split('|').filter(|name| name.len() > 3 || *name == "UAE").map(move |name| (name, code))
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
    fn no_code_of_letters_is_another_country_by_name() {
        for (text, country) in letters() {
            assert_eq!(texts().get(text), Some(country), "{text}");
        }
    }

    #[test]
    fn names_are_plain_letters_and_words() {
        for (text, expected) in [
            ("The Bahamas", "bahamas"),
            ("Trinidad & Tobago", "trinidad and tobago"),
            ("  Côte   d'Ivoire ", "cote d ivoire"),
            ("Netherlands (the)", "netherlands"),
            ("Theland", "theland"),
            ("the", ""),
            ("A&B", "a and b"),
            ("", ""),
        ] {
            assert_eq!(plain(text), expected);
        }
    }

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

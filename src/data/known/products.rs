//! Product codes of the Harmonized System: which texts are codes, and what becomes of those that lost their first
//! zero. The headings are compiled in (`tables/headings.txt`).

use std::collections::BTreeMap;
use std::sync::OnceLock;

const HEADINGS: &str = include_str!("tables/headings.txt");

fn headings() -> &'static Vec<&'static str> {
    static LIST: OnceLock<Vec<&'static str>> = OnceLock::new();
    LIST.get_or_init(|| HEADINGS.lines().filter(|l| !l.starts_with('#')).flat_map(str::split_whitespace).collect())
}

/// Whether a text is a chapter, a heading, or lies below one.
pub fn is_code(text: &str) -> bool {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    match text.len() {
        2 => digits && headings().iter().any(|h| h.starts_with(text)),
        4 | 6 | 8 | 10 => digits && text.get(..4).is_some_and(|h| headings().binary_search(&h).is_ok()),
        _ => false,
    }
}

/// Codes without the points and blanks that tariffs write between their digits, `8542.31.00`, if all are such codes and
/// most are known.
pub fn without_points(texts: &[String]) -> Option<Vec<String>> {
    let whole = |text: &str| {
        let groups: Vec<&str> = text.split(['.', ' ']).collect();
        let digits = |g: &&str| g.len() >= 2 && g.len().is_multiple_of(2) && g.bytes().all(|b| b.is_ascii_digit());
        (groups.iter().all(digits) && text.len() <= 14).then(|| groups.concat())
    };
    // Read as a number, 8542.30 has lost its last digit.
    let code = |text: &str| match text.split_once('.') {
        Some((_, behind)) if behind.len() == 1 => whole(&format!("{text}0")),
        _ => whole(text),
    };
    let other = |text: &str| text.is_empty() || crate::data::known::totals::is_total(text);
    if !texts.iter().any(|t| t.contains(['.', ' ']) && whole(t).is_some()) {
        return None;
    }
    let bare = |t: &String| if other(t) { Some(t.clone()) } else { code(t) };
    let out: Vec<String> = texts.iter().map(bare).collect::<Option<_>>()?;
    let known = out.iter().filter(|t| is_code(t)).count();
    (known * 2 > out.iter().filter(|t| !other(t)).count()).then_some(out)
}

/// Codes without the names behind them, `84 Machinery`, `8542 - Integrated circuits`, if all texts are known codes, some
/// with a name, and no code has two.
pub fn without_names(texts: &[String]) -> Option<Vec<String>> {
    let parts = |text: &str| {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (code, rest) = text.split_at(end);
        let name = rest.trim_start_matches([' ', '-', '–', '—', ':', '.', ',', ')']);
        let apart = rest.is_empty() || name.len() < rest.len() && name.starts_with(char::is_alphabetic);
        (is_code(code) && apart).then(|| (code.to_string(), name.to_string()))
    };
    let other = |text: &str| text.is_empty() || crate::data::known::totals::is_total(text);
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut out = Vec::with_capacity(texts.len());
    for text in texts {
        if other(text) {
            out.push(text.clone());
            continue;
        }
        let (code, name) = parts(text)?;
        let known = names.entry(code.clone()).or_insert_with(|| name.clone());
        if *known != name {
            return None;
        }
        out.push(code);
    }
    names.values().any(|name| !name.is_empty()).then_some(out)
}

/// What the lengths of codes say about lost zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zeros {
    /// Nothing is lost.
    Whole,
    /// Codes of odd length lost one; the column also holds codes of even length.
    Lost,
    /// All codes have odd length: perhaps they lost one, perhaps they are of another system.
    Unclear,
}

/// Looks at the codes of a product column.
pub fn zeros<'a>(codes: impl Iterator<Item = &'a str>) -> Zeros {
    let (mut odd, mut even) = (0, 0);
    for code in codes.filter(|c| !c.is_empty() && !crate::data::known::totals::is_total(c)) {
        if !code.bytes().all(|b| b.is_ascii_digit()) {
            return Zeros::Whole;
        }
        if code.len().is_multiple_of(2) { even += 1 } else { odd += 1 }
    }
    match (odd, even) {
        (0, _) => Zeros::Whole,
        (_, 0) => Zeros::Unclear,
        _ => Zeros::Lost,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_given_back_only_where_the_column_shows_the_loss() {
        assert!(is_code("8542") && is_code("01") && is_code("854231") && !is_code("8599") && !is_code("2018"));
        assert_eq!(zeros(["10121", "854231"].into_iter()), Zeros::Lost);
        assert_eq!(zeros(["10121", "20110"].into_iter()), Zeros::Unclear);
        assert_eq!(zeros(["854231", "TOTAL"].into_iter()), Zeros::Whole);
        assert_eq!(zeros(["A1", "B12"].into_iter()), Zeros::Whole);
    }

    #[test]
    fn points_between_the_digits_of_codes_are_no_part_of_them() {
        let bare = |list: &[&str]| without_points(&list.iter().map(|t| t.to_string()).collect::<Vec<_>>());
        let same = |list: &[&str], out: &[&str]| bare(list).is_some_and(|bare| bare == out);
        assert!(same(&["0201.10", "8542.31.00", "TOTAL"], &["020110", "85423100", "TOTAL"]));
        assert!(same(&["85.42", "8471 30", "01"], &["8542", "847130", "01"]));
        assert!(same(&["8542.3", "8542.31"], &["854230", "854231"]));
        // Of another system, a range, decimals, nothing to leave out.
        for list in [["776.4", "7764"], ["01-05", "8542.31"], ["8542.3", "8542"], ["8542", "8471"], ["77.64", "77.65"]]
        {
            assert_eq!(bare(&list), None);
        }
    }
}

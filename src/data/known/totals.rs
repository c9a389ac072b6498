//! Labels that stand for others: totals of a whole dimension, and groups of countries or products. In: a dimension and
//! its labels. Out: which of them are totals, which are groups, and whether two groups or a group and a country
//! overlap. Compiled in from public lists (`tables/totals.tsv`, `tables/groups.tsv`), read when first asked.

use super::{places, roles};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::OnceLock;

const TOTALS: &str = include_str!("tables/totals.tsv");
const GROUPS: &str = include_str!("tables/groups.tsv");

/// What a group is made of.
struct Group {
    system: &'static str,
    members: Vec<&'static str>,
}

#[derive(Default)]
struct Lists {
    by_sort: FxHashMap<&'static str, FxHashSet<String>>,
    groups: Vec<Group>,
    by_name: FxHashMap<String, usize>,
}

fn lists() -> &'static Lists {
    static LISTS: OnceLock<Lists> = OnceLock::new();
    LISTS.get_or_init(|| {
        let mut out = Lists::default();
        for (sort, names) in TOTALS.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once('\t')) {
            out.by_sort.entry(sort).or_default().extend(names.split('|').map(folded));
        }
        for line in GROUPS.lines().filter(|l| !l.starts_with('#')) {
            let mut fields = line.split('\t');
            let mut next = || fields.next().unwrap_or("");
            let (system, names, members) = (next(), next(), next());
            let place = out.groups.len();
            out.groups.push(Group { system, members: members.split_whitespace().collect() });
            for name in names.split('|') {
                out.by_name.entry(folded(name)).or_insert(place);
            }
        }
        out
    })
}

/// In small letters, with single blanks, without marks of footnotes.
fn folded(text: &str) -> String {
    let bare = text.trim().trim_end_matches(['*', ':']).trim();
    bare.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn listed(sort: &str, label: &str) -> bool {
    lists().by_sort.get(sort).is_some_and(|names| names.contains(label))
}

/// How surely a label is a total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sure {
    /// By its code or its whole name.
    Yes,
    /// It begins or ends with a word for a total, and what else it says is not known.
    Perhaps,
    /// It is none.
    No,
}

fn sure(dimension: &str, label: &str) -> Sure {
    let text = folded(label);
    // `World, Not Seasonally Adjusted` is the world.
    let adjusted = [", not seasonally adjusted", ", seasonally adjusted"].iter().find_map(|end| text.strip_suffix(end));
    let text = adjusted.map(str::to_string).unwrap_or(text);
    let place = roles::is_geographic(dimension) && listed("place", &text);
    let product = roles::is_product(dimension) && listed("product", &text);
    let sector = dimension.contains("sector") && listed("sector", &text);
    let world = matches!(text.as_str(), "world" | "wld" | "w00" | "all countries" | "all commodities" | "世界");
    // Places have codes of one and two letters of their own.
    let any = listed("any", &text) && !(roles::is_geographic(dimension) && places::iso3(label).is_some());
    if place || product || sector || any || world || listed("word", &text) {
        return Sure::Yes;
    }
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return Sure::No };
    let glued = ["合计", "合計", "总计", "總計", "总值", "總值", "总额"]
        .iter()
        .any(|w| text.ends_with(w) || text.starts_with(w));
    if !glued && !listed("word", first) && !listed("word", last) {
        return Sure::No;
    }
    let others = words.iter().filter(|w| !listed("word", w));
    let left: Vec<&str> = others.copied().collect();
    if is_group(dimension, &left.join(" ")) || places::iso3(&left.join(" ")).is_some() {
        return Sure::No;
    }
    let plain = |w: &&str| listed("plain", w) || w.bytes().all(|b| b.is_ascii_digit());
    if left.iter().all(plain) { Sure::Yes } else { Sure::Perhaps }
}

/// Which labels of a dimension are totals of it, by their places. One that only sounds like a total is one if it is
/// alone in that.
pub fn totals<'a>(dimension: &str, labels: impl Iterator<Item = &'a str>) -> Vec<u32> {
    let found: Vec<(u32, Sure)> =
        (0u32..).zip(labels.map(|l| sure(dimension, l))).filter(|(_, s)| *s != Sure::No).collect();
    let certain: Vec<u32> = found.iter().filter(|(_, s)| *s == Sure::Yes).map(|(i, _)| *i).collect();
    match (certain.is_empty(), found.as_slice()) {
        (true, [(only, Sure::Perhaps)]) => vec![*only],
        _ => certain,
    }
}

/// Whether a code that is a total somewhere is that of a part elsewhere, so that only its numbers tell which it is.
pub fn is_doubtful(label: &str) -> bool {
    listed("doubtful", &folded(label))
}

/// Whether a label is by itself the total of some dimension.
pub fn is_total(label: &str) -> bool {
    let text = folded(label);
    listed("any", &text) || (text.chars().count() > 2 && listed("place", &text)) || listed("product", &text)
}

/// Whether a label of a dimension is a group of several others.
pub fn is_group(dimension: &str, label: &str) -> bool {
    group(dimension, label).is_some()
}

fn group(dimension: &str, label: &str) -> Option<&'static Group> {
    let lists = lists();
    let geographic = roles::is_geographic(dimension);
    if geographic && places::iso3(label).is_some() {
        return None;
    }
    let text = folded(label);
    let subtotal = ["total", "sub-total", "subtotal"];
    let bare = subtotal.iter().find_map(|w| text.strip_suffix(w).or(text.strip_prefix(w))).map(str::trim);
    let found = lists.by_name.get(&text).or_else(|| lists.by_name.get(bare?)).and_then(|i| lists.groups.get(*i));
    found.filter(|g| if g.system == "stage" { roles::is_product(dimension) } else { geographic })
}

/// Whether a group may hold another label of its dimension; what is not known of it may.
pub fn may_hold(dimension: &str, label: &str, other: &str) -> bool {
    let Some(group) = group(dimension, label) else { return true };
    if group.members.is_empty() {
        return true;
    }
    places::iso3(other).is_some_and(|country| group.members.contains(&country))
}

/// Whether two groups tell some of the same trade: they share members, or are of two systems.
pub fn overlap(dimension: &str, a: &str, b: &str) -> bool {
    let (Some(a), Some(b)) = (group(dimension, a), group(dimension, b)) else { return false };
    if a.members.is_empty() || b.members.is_empty() {
        return a.system != b.system;
    }
    a.members.iter().any(|m| b.members.contains(m))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(dimension: &str, labels: &[&'a str]) -> Vec<&'a str> {
        let places = totals(dimension, labels.iter().copied());
        places.iter().filter_map(|i| labels.get(*i as usize)).copied().collect()
    }

    #[test]
    fn totals_are_known_in_many_words() {
        for word in
            ["Grand Total", "Gesamt", "Insgesamt", "Total général", "合计", "总计", "計", "Итого", "Toplam", "Ogółem"]
        {
            assert_eq!(found("partner", &[word, "USA", "DEU"]), [word]);
            assert_eq!(found("commodity", &[word, "Fish", "Steel"]), [word]);
        }
        for word in ["Totale", "Total value", "TOTAL EXPORTS", "Exports, total", "进出口总值", "Total (all partners)"]
        {
            assert_eq!(found("partner", &[word, "USA"]), [word]);
        }
        for code in ["W0", "W1", "001", "0", "_T", "T", "TOT", "W00", "WLD", "World"] {
            assert_eq!(found("partner", &[code, "USA", "DEU"]), [code]);
        }
        assert_eq!(found("sector", &["S1", "S11", "S12"]), ["S1"]);
    }

    #[test]
    fn what_only_looks_like_a_total_is_none() {
        assert!(found("sitc", &["0", "00", "7"]).is_empty());
        assert!(found("partner", &["Rest of the World", "TO", "TG", "Asia total"]).is_empty());
        assert_eq!(found("partner", &["Total Asia", "Grand Total", "CHN"]), ["Grand Total"]);
    }

    #[test]
    fn groups_are_known_by_code_and_by_name() {
        for name in ["High income", "Arab World", "OECD members", "Euro area", "5A", "5J", "4A", "1C", "A1", "WXD"] {
            assert!(is_group("partner", name), "{name}");
        }
        for name in ["EXTRA_EU28", "EFTA", "ACP", "OECDE", "EU27_2020", "Asia total", "亚洲"] {
            assert!(is_group("partner", name), "{name}");
        }
        assert!(!is_group("partner", "CHN") && !is_group("hs", "A1") && !is_group("partner", "Georgia"));
        assert!(may_hold("partner", "Asia", "CHN") && !may_hold("partner", "Asia", "USA"));
        assert!(overlap("partner", "High income", "Asia") && !overlap("partner", "Asia", "Europe"));
    }
}

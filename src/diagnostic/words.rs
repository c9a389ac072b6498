//! The grammar of numbers and nouns, in one place: `1 month`, `11 months`, `an index`. In: counts and nouns. Out: words.

/// `1 month`, `11 months`.
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {}", if count == 1 { noun.to_string() } else { several(noun) })
}

/// `1 of 12 months`: the noun goes with what there should be.
pub fn part_of(have: usize, of: usize, noun: &str) -> String {
    format!("{have} of {}", counted(of, noun))
}

/// The first of some names, and how many more there are: `a, b, c, d and 12 more`.
pub fn some<T: AsRef<str>>(names: &[T], most: usize) -> String {
    let first: Vec<&str> = names.iter().take(most).map(AsRef::as_ref).collect();
    let more = names.len().saturating_sub(most);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", first.join(", "))
}

/// A size as it is said: `10MB` is ten of 1,024 times 1,024.
pub fn megabytes(bytes: u64) -> u64 {
    if bytes.trailing_zeros() >= 20 { bytes >> 20 } else { bytes.div_ceil(1_000_000) }
}

/// `is` or `are`.
pub fn be(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// A noun with its article: `a flow`, `an index`, `an hour`.
pub fn one(noun: &str) -> String {
    let vowel =
        noun.starts_with(['a', 'e', 'i', 'o', 'u']) && !["unit", "use", "one"].iter().any(|w| noun.starts_with(w));
    format!("{} {noun}", if vowel || noun.starts_with("hour") { "an" } else { "a" })
}

/// The plural of a noun.
pub fn several(noun: &str) -> String {
    match noun {
        "index" => "indices".into(),
        "half" => "halves".into(),
        "basis" => "bases".into(),
        _ if noun.ends_with('y') && !noun.ends_with("day") => format!("{}ies", noun.trim_end_matches('y')),
        _ => format!("{noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_nouns_agree() {
        assert_eq!([counted(0, "row"), counted(1, "row"), counted(2, "row")], ["0 rows", "1 row", "2 rows"]);
        assert_eq!([counted(2, "day"), counted(2, "query"), counted(2, "half")], ["2 days", "2 queries", "2 halves"]);
        assert_eq!([part_of(1, 12, "month"), part_of(0, 1, "day")], ["1 of 12 months", "0 of 1 day"]);
        assert_eq!(
            [one("flow"), one("index"), one("annual rate"), one("unit value")],
            ["a flow", "an index", "an annual rate", "a unit value"]
        );
    }
}

//! "Did you mean": the nearest of the words that would have been right.

/// The candidates close enough to `word` to be offered, best first, at most three.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let lower = word.to_lowercase();
    let mut scored: Vec<(f64, &str)> = candidates
        .into_iter()
        .filter_map(|c| {
            let other = c.to_lowercase();
            let score = if other == lower {
                2.0
            } else {
                let close = strsim::damerau_levenshtein(&lower, &other);
                let longest = lower.chars().count().max(other.chars().count()).max(1);
                let allowed = if longest <= 4 { 1 } else { longest / 3 };
                let begins = lower.len() >= 3 && other.starts_with(&lower);
                if close <= allowed {
                    1.0 - close as f64 / longest as f64
                } else if begins {
                    0.3
                } else if lower.len() >= 4 && other.split(['_', ' ', '-']).any(|part| part == lower) {
                    0.2
                } else {
                    return None;
                }
            };
            Some((score, c))
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.into_iter().take(3).map(|(_, c)| c).collect()
}

/// `a`, `a or b`, `a, b or c`, each in backticks.
pub fn either(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|w| format!("`{w}`")).collect();
    listed(&quoted, "or")
}

/// `a`, `a or b`, `a, b or c`, with that word before the last.
pub fn listed<T: AsRef<str>>(words: &[T], last_word: &str) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_string(),
        Some((last, rest)) => format!("{} {last_word} {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_one_letter_is_bridged_and_a_different_word_is_not() {
        assert_eq!(nearest("ic_exprots", ["ic_exports", "gdp"]), ["ic_exports"]);
        assert!(nearest("gdp", ["ic_exports", "population"]).is_empty());
        assert_eq!(nearest("Exports", ["exports"]), ["exports"]);
    }
}

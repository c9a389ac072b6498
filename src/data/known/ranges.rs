//! Labels that are ranges of codes: `01-05`, `84–85 Machinery`. In: a label. Out: what lies within it. A range beside its
//! codes is a group of them.

/// A label that begins with a range, as the first and the last of its codes.
fn range(label: &str) -> Option<(&str, &str)> {
    let (first, rest) = digits(label)?;
    let rest = rest.trim_start().strip_prefix(['-', '–', '—', '‑'])?.trim_start();
    let (last, rest) = digits(rest)?;
    let alike = first.len() == last.len() && ends(rest);
    alike.then_some((first, last))
}

/// The digits that a text begins with, and what follows.
fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// Whether a code ends before this text.
fn ends(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '–' | '—' | '‑' | '.' | '/'))
}

/// The first and the last code of a range.
pub fn ends_of(label: &str) -> Option<(&str, &str)> {
    range(label).filter(|(first, last)| first < last)
}

/// Whether a label is a range.
pub fn is_range(label: &str) -> bool {
    ends_of(label).is_some()
}

/// How many codes a range has at most.
pub fn width(label: &str) -> u64 {
    let span = range(label).and_then(|(first, last)| last.parse::<u64>().ok()?.checked_sub(first.parse().ok()?));
    span.unwrap_or(u64::MAX)
}

/// Whether a range holds another label: a code within it or below such a one, or a range that is less.
pub fn holds(range_label: &str, other: &str) -> bool {
    let Some((first, last)) = ends_of(range_label) else { return false };
    let within = |code: &str| code.get(..first.len()).is_some_and(|c| first <= c && c <= last);
    match range(other) {
        Some((a, b)) => within(a) && within(b) && (a.len() > first.len() || (a, b) != (first, last)),
        None => digits(other).is_some_and(|(code, rest)| ends(rest) && within(code)),
    }
}

/// Whether labels of this form are ranges in a dimension: none of them goes backwards, as numbers of parts do, `02-01`.
pub fn are_ranges<'a>(labels: impl Iterator<Item = &'a str>) -> bool {
    let mut any = false;
    for (first, last) in labels.filter_map(range) {
        if first >= last {
            return false;
        }
        any = true;
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_what_lies_within_it() {
        assert!(holds("01-05", "01") && holds("01–05", "05 Animal products") && holds("01 - 24", "0101"));
        assert!(
            holds("01-24", "01-05") && !holds("01-05", "01-24") && !holds("01-05", "01-05") && !holds("01-05", "06")
        );
        assert!(!holds("01-05", "1st") && !holds("2020", "2020") && !holds("01-05", "Fish"));
        assert!(
            is_range("84-85") && !is_range("84") && !is_range("85-84") && !is_range("010-5") && !is_range("01-05-06")
        );
        assert!(!are_ranges(["01", "01-01", "01-02", "02-01"].into_iter()));
        assert!(!are_ranges(["01", "02"].into_iter()) && are_ranges(["01", "01-05"].into_iter()));
    }
}

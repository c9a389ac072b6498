//! A number as it is printed: its value, and how far what was rounded to it may lie from it.

/// A printed number.
#[derive(Clone, Debug, PartialEq)]
pub struct Numeral {
    /// What it says.
    pub value: f64,
    /// Half a unit of its last digit that counts.
    pub half: f64,
    /// Digits behind the point.
    pub places: usize,
    /// Whether its separators have two readings.
    pub ambiguous: bool,
    /// Whether it is digits alone, as a year is.
    pub bare: bool,
}

/// The most signs of a number that is read.
const LONGEST: usize = 30;

/// Half a unit of the last digit; of a whole number that ends in two zeros or more, half of the place of the first zero.
fn half(digits: &str, places: usize) -> f64 {
    if places > 0 {
        return 0.5 * 10f64.powi(-i32::try_from(places).unwrap_or(0));
    }
    let zeros = digits.len() - digits.trim_end_matches('0').len();
    if zeros >= 2 && zeros < digits.len() { 0.5 * 10f64.powi(i32::try_from(zeros).unwrap_or(0)) } else { 0.5 }
}

/// Reads a number with its separators.
pub fn read(text: &str) -> Option<Numeral> {
    if text.len() > LONGEST {
        return None;
    }
    let count = |sign: char| text.matches(sign).count();
    let (points, commas) = (count('.'), count(','));
    let spaced = text.chars().any(char::is_whitespace);
    let tail = |sign: char| text.rsplit_once(sign).map_or(0, |(_, t)| t.len());
    // The sign before the decimals, if there are any.
    let decimal = match (points, commas) {
        (0, 0) => None,
        (1, _) if !spaced || commas == 0 => Some('.'),
        (0, 1) if spaced || tail(',') < 3 => Some(','),
        (0, _) => None,
        (_, 1) => Some(','),
        _ => None,
    };
    let (whole, fraction) = decimal.and_then(|d| text.rsplit_once(d)).unwrap_or((text, ""));
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    let plain = if fraction.is_empty() { digits.clone() } else { format!("{digits}.{fraction}") };
    let value: f64 = plain.parse().ok()?;
    let grouped = digits.len() != whole.len();
    // `1.234.567` may be two points too many.
    let ambiguous = points > 1 && commas == 0;
    Some(Numeral {
        value,
        half: half(&digits, fraction.len()),
        places: fraction.len(),
        ambiguous,
        bare: !grouped && fraction.is_empty(),
    })
}

/// A number that is written as a word.
pub fn of_word(value: f64) -> Numeral {
    Numeral { value, half: 0.5, places: 0, ambiguous: false, bare: false }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_carry_what_rounds_to_them() {
        for (text, value, half) in [
            ("41.58", 41.58, 0.005),
            ("9,152.4", 9152.4, 0.05),
            ("9,270", 9270.0, 0.5),
            ("800", 800.0, 50.0),
            ("1 741.9", 1741.9, 0.05),
            ("1 187,45", 1187.45, 0.005),
            ("12,5", 12.5, 0.05),
            ("1.234.567,8", 1_234_567.8, 0.05),
            ("315,334", 315_334.0, 0.5),
            ("1", 1.0, 0.5),
            ("0", 0.0, 0.5),
        ] {
            let read = read(text).unwrap();
            assert_eq!(read.value, value, "{text}");
            assert!((read.half - half).abs() < 1e-12, "{text}: {}", read.half);
        }
        assert!(read(&"9".repeat(31)).is_none());
        assert!(read("1.234.567").unwrap().ambiguous);
    }
}

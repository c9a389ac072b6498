//! Periods as others write them: `Q1 2023`, `1Q23`, `2023/01`, `2024M03`, `Jan-Nov 2024`, `first half of 2023`. In: a text that is
//! no period here. Out: the one that it means, in the words of the language; nothing of what has two meanings.

use crate::value::period;

/// The period that a foreign spelling means, as the language writes it.
pub fn period(text: &str) -> Option<String> {
    let lower = text.trim().to_lowercase();
    let parts = parts(&lower);
    let ends = parts.len().saturating_sub(1);
    // `first half of 2023`, `Jan to Nov 2024`
    let joins = |at: usize, word: &str| at > 0 && at < ends && ["of", "to"].contains(&word);
    let parts: Vec<&str> =
        parts.iter().enumerate().filter(|(at, word)| !joins(*at, word)).map(|(_, word)| word.as_str()).collect();
    let of_year = |part: (char, u32), year: &str| Some(format!("{}-{}{}", whole_year(year)?, part.0, part.1));
    let of_month = |month: u32, year: &str| Some(format!("{}-{month:02}", whole_year(year)?));
    let found = match parts.as_slice() {
        // `2018-2024`
        [a, b] if is_year(a) && is_year(b) => format!("{a}..{b}"),
        // `2023/01`, `01-2023`, `2023-Mar`, `March/2023`
        [year, month] | [month, year] if is_year(year) && digits(month) && month.len() < 3 => {
            of_month(month.parse().ok()?, year)?
        }
        [year, month] | [month, year] if is_year(year) && period::month_number(month).is_some() => {
            of_month(period::month_number(month)?, year)?
        }
        // `202301`
        [one] if digits(one) && one.len() == 6 => format!("{}-{}", one.get(..4)?, one.get(4..)?),
        // `2024M03`, `M3 2024`
        [year, "m", month] | ["m", month, year] if digits(month) => of_month(month.parse().ok()?, year)?,
        // `2023Q1`, `Q1 2023`, `1Q23`, `first quarter 2023`
        [year, word, n] if is_year(year) && part_of_year(word, n).is_some() => of_year(part_of_year(word, n)?, year)?,
        [word, n, year] if part_of_year(word, n).is_some() => of_year(part_of_year(word, n)?, year)?,
        [n, word, year] if part_of_year(word, n).is_some() => of_year(part_of_year(word, n)?, year)?,
        // `1st quarter 2023`
        [n, "st" | "nd" | "rd" | "th", word, year] if part_of_year(word, n).is_some() => {
            of_year(part_of_year(word, n)?, year)?
        }
        // `Jan-Nov 2024`, `2024 Jan-Nov`
        [a, b, year] | [year, a, b] if is_year(year) && period::month_number(a).is_some() => {
            let (a, b) = (period::month_number(a)?, period::month_number(b)?);
            format!("{year}-{a:02}..{year}-{b:02}")
        }
        // `15.03.2023`, `2023/03/15`; which of two small numbers is the day, nobody knows.
        [day, month, year] if is_year(year) && digits(day) && digits(month) && lower.contains('.') => {
            format!("{year}-{month:0>2}-{day:0>2}")
        }
        [year, month, day] if is_year(year) && digits(day) && digits(month) => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => return None,
    };
    period::parse_fixed(&found).map(|p| p.to_string())
}

/// Runs of digits and of letters.
fn parts(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in text.chars() {
        if c.is_alphanumeric() {
            let goes_on = before.is_alphanumeric() && before.is_ascii_digit() == c.is_ascii_digit();
            match out.last_mut().filter(|_| goes_on) {
                Some(last) => last.push(c),
                None => out.push(c.to_string()),
            }
        }
        before = c;
    }
    out
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && digits(text)
}

/// A year in full; of two digits one of this century.
fn whole_year(text: &str) -> Option<String> {
    match text.len() {
        4 if digits(text) => Some(text.to_string()),
        2 if digits(text) => Some(format!("20{text}")),
        _ => None,
    }
}

/// `Q1` of `q` and `1`, of `quarter` and `first`.
fn part_of_year(word: &str, n: &str) -> Option<(char, u32)> {
    let (letter, most) = match word {
        "q" | "qtr" | "quarter" | "quartal" | "trimestre" => ('Q', 4),
        "h" | "half" | "semester" | "halbjahr" => ('H', 2),
        _ => return None,
    };
    let number = match n {
        "first" => 1,
        "second" => 2,
        "third" => 3,
        "fourth" | "last" => 4,
        other => other.parse().ok()?,
    };
    (1..=most).contains(&number).then_some((letter, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_known_in_the_spellings_of_others() {
        let same = [
            ("Q1 2023", "2023-Q1"),
            ("2023Q1", "2023-Q1"),
            ("1Q23", "2023-Q1"),
            ("Q1/2023", "2023-Q1"),
            ("first quarter of 2023", "2023-Q1"),
            ("1st quarter 2023", "2023-Q1"),
            ("H1 2023", "2023-H1"),
            ("2023/01", "2023-01"),
            ("01-2023", "2023-01"),
            ("03.2023", "2023-03"),
            ("2023-Mar", "2023-03"),
            ("2024M03", "2024-03"),
            ("202301", "2023-01"),
            ("Jan-Nov 2024", "2024-01..2024-11"),
            ("2018-2024", "2018..2024"),
            ("15.03.2023", "2023-03-15"),
        ];
        for (text, right) in same {
            assert_eq!(period(text).as_deref(), Some(right), "{text}");
        }
        for none in ["2023-13", "FY2023", "5Q23", "03/04/2023", "Q1"] {
            assert_eq!(period(none), None, "{none}");
        }
    }
}

//! Parts of a year by name or number: `Jan`, `août`, `M01`, `Q1`, `1季度`, `3月`. In: a text that stands beside a year, in
//! another cell or at the head of a column. Out: the part. Knows no year.

use crate::value::Period;
use crate::value::period;

/// A part of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum YearPart {
    /// A month, 1 to 12.
    Month(u32),
    /// A quarter, 1 to 4.
    Quarter(u32),
    /// A half, 1 or 2.
    Half(u32),
    /// All of it.
    Whole,
}

impl YearPart {
    /// This part of a year.
    pub fn of(self, year: i32) -> Option<Period> {
        match self {
            YearPart::Month(n) => Period::month(year, n),
            YearPart::Quarter(n) => Period::quarter(year, n),
            YearPart::Half(n) => Period::half(year, n),
            YearPart::Whole => Period::year(year),
        }
    }
}

/// Names of months in the languages of offices, without accents; no name is of two months.
const MONTHS: [&[&str]; 12] = [
    &[
        "enero",
        "ene",
        "janvier",
        "janv",
        "januar",
        "janner",
        "janeiro",
        "gennaio",
        "gen",
        "一月",
        "januari",
        "styczen",
        "stycznia",
        "ocak",
        "январь",
        "января",
        "янв",
    ],
    &[
        "febrero",
        "fevrier",
        "fevr",
        "fev",
        "februar",
        "fevereiro",
        "febbraio",
        "二月",
        "februari",
        "luty",
        "lutego",
        "subat",
        "февраль",
        "февраля",
        "фев",
    ],
    &["marzo", "mars", "marz", "mrz", "marco", "三月", "maart", "marzec", "marca", "mart", "март", "марта", "мар"],
    &["abril", "abr", "avril", "avr", "aprile", "四月", "kwiecien", "kwietnia", "nisan", "апрель", "апреля", "апр"],
    &["mayo", "mai", "maio", "maggio", "mag", "五月", "mei", "maj", "maja", "mayis", "май", "мая"],
    &[
        "junio", "juin", "juni", "junho", "giugno", "giu", "六月", "czerwiec", "czerwca", "haziran", "июнь", "июня",
        "июн",
    ],
    &[
        "julio", "juillet", "juil", "juli", "julho", "luglio", "lug", "七月", "lipiec", "lipca", "temmuz", "июль",
        "июля", "июл",
    ],
    &["agosto", "ago", "aout", "八月", "augustus", "sierpien", "sierpnia", "agustos", "август", "августа", "авг"],
    &[
        "septiembre",
        "setiembre",
        "sept",
        "set",
        "septembre",
        "setembro",
        "settembre",
        "九月",
        "wrzesien",
        "wrzesnia",
        "eylul",
        "сентябрь",
        "сентября",
        "сен",
    ],
    &[
        "octubre",
        "octobre",
        "oktober",
        "okt",
        "outubro",
        "out",
        "ottobre",
        "ott",
        "十月",
        "pazdziernik",
        "pazdziernika",
        "ekim",
        "октябрь",
        "октября",
        "окт",
    ],
    &["noviembre", "novembre", "novembro", "十一月", "listopad", "listopada", "kasim", "ноябрь", "ноября", "ноя"],
    &[
        "diciembre",
        "dic",
        "decembre",
        "dezember",
        "dez",
        "dezembro",
        "dicembre",
        "十二月",
        "grudzien",
        "grudnia",
        "aralik",
        "декабрь",
        "декабря",
        "дек",
    ],
];

/// The number of a month by its name in one of the languages of offices.
pub fn month_number(word: &str) -> Option<u32> {
    let word = word.trim().trim_end_matches('.');
    if word.is_ascii()
        && let Some(number) = period::month_number(word)
    {
        return Some(number);
    }
    if let Some(number) = word.strip_suffix(['月', '월']).and_then(|n| number(n, 12)) {
        return Some(number);
    }
    let plain: String = word.to_lowercase().chars().map(without_accent).collect();
    let foreign = MONTHS.iter().position(|names| names.contains(&plain.as_str()));
    // `Mär`, `déc`: English without the accent.
    foreign.and_then(|i| u32::try_from(i + 1).ok()).or_else(|| period::month_number(&plain))
}

fn without_accent(c: char) -> char {
    match c {
        'é' | 'è' | 'ê' | 'ę' => 'e',
        'û' | 'ù' | 'ü' => 'u',
        'ä' | 'á' | 'ą' => 'a',
        'ç' | 'ć' => 'c',
        'ş' | 'ś' => 's',
        'ź' | 'ż' => 'z',
        'ğ' => 'g',
        'ı' => 'i',
        'ń' => 'n',
        'ö' | 'ó' => 'o',
        other => other,
    }
}

/// A year of two digits: the last or the present century, whichever is not in the far future.
pub fn of_two_digits(year: i32) -> i32 {
    if year < 50 { 2000 + year } else { 1900 + year }
}

fn number(text: &str, most: u32) -> Option<u32> {
    let good = !text.is_empty() && text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit());
    good.then(|| text.parse().ok()).flatten().filter(|n| (1..=most).contains(n))
}

/// A part of a year that says itself what it is.
pub fn named(text: &str) -> Option<YearPart> {
    let text = text.trim();
    if let Some(month) = month_number(text) {
        return Some(YearPart::Month(month));
    }
    // `01. Janeiro`: the number and the name.
    if let Some((first, name)) = text.split_once(['.', '-', ' '])
        && let Some(month) = month_number(name.trim()).filter(|month| number(first, 12) == Some(*month))
    {
        return Some(YearPart::Month(month));
    }
    let upper = text.to_uppercase();
    let after = |words: &[&str]| words.iter().find_map(|w| upper.strip_prefix(w)).map(str::trim);
    let before = |words: &[&str]| words.iter().find_map(|w| upper.strip_suffix(w)).map(str::trim);
    if let Some(month) = after(&["M"]).and_then(|n| number(n, 12)) {
        return Some(YearPart::Month(month));
    }
    let quarter = after(&["QUARTER", "QTR", "Q", "TRIM", "T", "第"]).map(|n| n.trim_end_matches("季度"));
    let quarter = quarter.or_else(|| before(&["Q", "QTR", "QUARTER", "季度"]));
    if let Some(quarter) = quarter.and_then(|n| number(n, 4)) {
        return Some(YearPart::Quarter(quarter));
    }
    if let Some(half) = after(&["H", "S"]).and_then(|n| number(n, 2)) {
        return Some(YearPart::Half(half));
    }
    (upper == "A01").then_some(YearPart::Whole)
}

/// `M13`, `Q05`, `S03`: the mean of a year among its months, quarters or halves, as the Bureau of Labor Statistics has it.
pub fn is_mean_of_year(text: &str) -> bool {
    matches!(text.trim(), "M13" | "Q05" | "S03")
}

/// Marks behind a period: provisional, revised, estimated. Which, and the period without it.
pub fn marked(cell: &str) -> Option<(&str, &str)> {
    let cell = cell.trim();
    let at = cell.rfind(|c: char| c.is_ascii_digit())? + 1;
    let (period, mark) = cell.split_at(at);
    let mark = mark.trim().trim_start_matches(['(', '[']).trim_end_matches([')', ']']);
    let known = ["p", "P", "e", "E", "f", "F", "r", "R", "b", "*", "**", "prov", "prov.", "est", "est."];
    known.contains(&mark).then_some((period, mark))
}

/// A part of a year in a column that is known to hold months or, else, quarters.
pub fn in_column(text: &str, of_quarters: bool) -> Option<YearPart> {
    let text = text.trim();
    let text = marked(text).map_or(text, |(part, _)| part.trim());
    let plain = text.strip_suffix(".0").unwrap_or(text);
    let found = match (named(text), of_quarters) {
        (Some(part), _) => part,
        (None, true) => YearPart::Quarter(number(plain, 4)?),
        // UN Comtrade writes 52 for the whole year.
        (None, false) if plain == "52" => YearPart::Whole,
        (None, false) => YearPart::Month(number(plain, 12)?),
    };
    Some(found)
}

/// Year and part from two columns.
pub fn period_of(year: &str, part: &str, of_quarters: bool) -> Option<Period> {
    in_column(part, of_quarters)?.of(year_of(year)?)
}

/// A year of four digits.
pub fn year_of(text: &str) -> Option<i32> {
    let text = text.trim();
    (text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_years_in_many_tongues() {
        for (text, number) in [
            ("Jan", 1),
            ("août", 8),
            ("März", 3),
            ("Mär", 3),
            ("déc.", 12),
            ("M09", 9),
            ("十二月", 12),
            ("3月", 3),
            ("dez.", 12),
            ("01. Janeiro", 1),
            ("12-Dec", 12),
        ] {
            assert_eq!(named(text), Some(YearPart::Month(number)), "{text}");
        }
        for text in ["Q2", "2Q", "Qtr 2", "T2", "2季度", "第2季度"] {
            assert_eq!(named(text), Some(YearPart::Quarter(2)), "{text}");
        }
        assert_eq!(named("H2"), Some(YearPart::Half(2)));
        assert_eq!(named("A01"), Some(YearPart::Whole));
        assert!(is_mean_of_year("M13") && !is_mean_of_year("M12"));
        for text in ["", "13", "M13", "Total", "1", "Q5", "M", "02. Janeiro"] {
            assert_eq!(named(text), None, "{text}");
        }
        let period = |year: &str, part: &str, quarters| period_of(year, part, quarters).map(|p| p.to_string());
        assert_eq!(period("2022", "52", false).as_deref(), Some("2022"));
        assert_eq!(period("2022", "1", true).as_deref(), Some("2022-Q1"));
        assert_eq!(period("2022", "11", false).as_deref(), Some("2022-11"));
        assert_eq!(period("2022", "5", true), None);
    }

    #[test]
    fn no_name_is_of_two_months() {
        let all: Vec<&str> = MONTHS.iter().flat_map(|names| names.iter().copied()).collect();
        assert!(all.iter().enumerate().all(|(i, name)| !all.iter().skip(i + 1).any(|other| other == name)));
    }
}

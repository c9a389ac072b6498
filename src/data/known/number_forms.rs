//! How numbers are written in a column. In: all its different cells. Out: the one [`Style`] under which all of them
//! are numbers, and each as a plain decimal. A sample never decides, and a style that only some cells fit is no style.

use crate::data::known::number_cells::{latin, parts};
use crate::data::known::number_plain::{shifted, tidy};

/// What stands for "no number" in a column whose other cells are numbers.
const MISSING: &[&str] = &[
    "", ".", "..", "...", "…", "NA", "N/A", "n/a", "na", "N.A.", "n.a.", "#N/A", "NULL", "null", "None", "-", "--",
    "–", "—", ":", "−",
];
/// What some programs write for a number that is none.
const NOT_A_NUMBER: &[&str] = &["nan", "inf", "-inf", "+inf", "infinity", "-infinity", "#div/0!", "∞"];

/// How the numbers of a column are written.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Style {
    /// Between groups of three digits.
    pub thousands: Option<char>,
    /// Groups of two above the first three, as in India.
    pub lakh: bool,
    /// Before the decimals.
    pub decimal: Option<char>,
    /// A unit that stands in every cell: `%`, `$`, `kg`.
    pub mark: Option<String>,
}

/// A cell read as a number.
#[derive(Clone, Debug, PartialEq)]
pub enum Read {
    /// A plain decimal: digits, at most one point, perhaps a minus.
    Plain(String),
    /// No number is known.
    Missing,
    /// Not a number: NaN, infinite.
    Undefined,
}

/// Why a column is not one of numbers.
#[derive(Clone, Debug, PartialEq)]
pub enum NotNumbers {
    /// This cell is none.
    Cell(String),
    /// Codes: digits with a leading zero.
    Codes,
    /// Every cell could have a comma for thousands or for decimals.
    Ambiguous(String),
    /// Cells with different units.
    Marks(String, String),
    /// A cell of one of several files, and the file, which by itself is read otherwise than beside the others.
    Files(String, String),
    /// No cell holds a number.
    Nothing,
}

/// Whether a cell stands for "no number"; `declared` are the markers of a declaration.
pub fn is_missing(cell: &str, declared: &[String]) -> bool {
    MISSING.contains(&cell) || declared.iter().any(|m| m.trim() == cell)
}

/// Whether a cell says that it is no number: `NaN`, `#DIV/0!`.
pub fn is_undefined(cell: &str) -> bool {
    cell.len() <= 12 && NOT_A_NUMBER.contains(&cell.to_lowercase().as_str())
}

/// Whether a cell is a number in some style, a missing marker not counted.
pub fn looks_numeric(cell: &str) -> bool {
    let text = latin(cell);
    is_undefined(text.trim()) || parts(&text).is_some_and(|p| STYLES.iter().any(|s| fits(&p.digits, s).is_some()))
}

struct Candidate {
    thousands: Option<char>,
    lakh: bool,
    decimal: char,
}

const fn style(thousands: Option<char>, decimal: char) -> Candidate {
    Candidate { thousands, lakh: false, decimal }
}

/// The styles, the plain one first. Each is tried on every cell.
const STYLES: [Candidate; 9] = [
    style(None, '.'),
    style(Some(','), '.'),
    style(None, ','),
    style(Some('.'), ','),
    style(Some(' '), '.'),
    style(Some(' '), ','),
    style(Some('\''), '.'),
    style(Some('\''), ','),
    Candidate { thousands: Some(','), lakh: true, decimal: '.' },
];
const THOUSANDS: usize = 1;
const DECIMAL_COMMA: usize = 2;

/// Whether digits are written in a style, and whether they use its separators.
fn fits(digits: &str, style: &Candidate) -> Option<(bool, bool)> {
    let (whole, fraction) = match digits.split_once(style.decimal) {
        Some((w, f)) => (w, Some(f)),
        None => (digits, None),
    };
    let all = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if !fraction.is_none_or(all) {
        return None;
    }
    match style.thousands.filter(|t| whole.contains(*t)) {
        None if !all(whole) || (style.thousands.is_some() && whole.len() > 3) => None,
        None => Some((false, fraction.is_some())),
        Some(separator) => {
            let groups: Vec<&str> = whole.split(separator).collect();
            let (first, rest) = groups.split_first()?;
            let (last, middle) = rest.split_last()?;
            let size = if style.lakh { 2 } else { 3 };
            let good = !first.is_empty()
                && first.len() <= size
                && all(first)
                && !first.starts_with('0')
                && middle.iter().all(|g| g.len() == size && all(g))
                && last.len() == 3
                && all(last);
            good.then_some((true, fraction.is_some()))
        }
    }
}

/// What is known of a file before a column of it is read.
#[derive(Clone, Debug, Default)]
pub struct Hints<'a> {
    /// Declared missing markers.
    pub markers: &'a [String],
    /// Before the decimals, by declaration or in other columns of the file.
    pub decimal: Option<char>,
    /// Between thousands, by declaration.
    pub thousands: Option<char>,
    /// Whether fields are set apart by commas, so that a comma in a number was quoted on purpose.
    pub comma_separated: bool,
    /// Whether zeros may stand before the digits: the column is called as one of amounts.
    pub padded: bool,
}

/// What was found besides the style.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Found {
    /// The style.
    pub style: Style,
    /// A cell that could be read otherwise.
    pub ambiguous: Option<String>,
    /// How many different cells are numbers.
    pub numbers: usize,
    /// A cell that says that it is no number: `NaN`, `#DIV/0!`.
    pub undefined: Option<String>,
    /// Two cells in which a number below zero is written differently.
    pub negatives: Option<(String, String)>,
}

/// The one style of all cells; the same cell need be given only once.
pub fn find_style<'a>(cells: impl Iterator<Item = &'a str> + Clone, hints: &Hints<'_>) -> Result<Found, NotNumbers> {
    let mut fit = [true; STYLES.len()];
    let (mut grouped, mut pointed) = ([false; STYLES.len()], [false; STYLES.len()]);
    let mut mark: Option<Option<String>> = None;
    let (mut numbers, mut codes) = (0, false);
    let (mut without, mut round, mut comma) = (false, false, None);
    let mut thin = true;
    let mut threes = true;
    let (mut undefined, mut negative, mut negatives) = (None, None, None);
    for cell in cells {
        let text = latin(cell.trim());
        let text = text.trim();
        if is_missing(text, hints.markers) || is_missing(cell.trim(), hints.markers) {
            continue;
        }
        if is_undefined(text) {
            undefined.get_or_insert_with(|| text.to_string());
            continue;
        }
        let Some(p) = parts(text) else { return Err(NotNumbers::Cell(cell.trim().to_string())) };
        if let Some(style) = p.negative_style {
            let (first, shown) = negative.get_or_insert_with(|| (style, cell.trim().to_string()));
            if *first != style {
                negatives.get_or_insert_with(|| (shown.clone(), cell.trim().to_string()));
            }
        }
        let here = p.mark.as_deref().map(str::to_string);
        match &mark {
            None => mark = Some(here),
            Some(m) if *m == here => {}
            Some(m) => {
                return Err(NotNumbers::Marks(m.clone().unwrap_or_else(|| "no unit".into()), cell.trim().to_string()));
            }
        }
        let digits: &str = &p.digits;
        codes |= digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
        numbers += 1;
        for (i, style) in STYLES.iter().enumerate() {
            let (Some(fit), Some(grouped), Some(pointed)) = (fit.get_mut(i), grouped.get_mut(i), pointed.get_mut(i))
            else {
                continue;
            };
            match fits(digits, style) {
                Some((g, d)) => {
                    *grouped |= g;
                    *pointed |= d;
                }
                None => *fit = false,
            }
        }
        if !fit.contains(&true) {
            return Err(NotNumbers::Cell(cell.trim().to_string()));
        }
        match digits.contains(',') {
            true => {
                threes &= STYLES.get(THOUSANDS).is_some_and(|s| fits(digits, s).is_some());
                round |= digits.ends_with('0');
                comma = Some(cell.trim().to_string());
            }
            false => without = true,
        }
        thin &= !digits.contains('.') || (fits(digits, &style(Some('.'), ',')).is_some() && !digits.starts_with('0'));
    }
    if numbers == 0 {
        return Err(NotNumbers::Nothing);
    }
    if codes && !hints.padded && mark == Some(None) {
        return Err(NotNumbers::Codes);
    }
    let possible: Vec<usize> = (0..STYLES.len())
        .filter(|i| {
            let on = |list: &[bool]| list.get(*i).copied().unwrap_or(false);
            let Some(s) = STYLES.get(*i) else { return false };
            let used = (s.thousands.is_none() || on(&grouped))
                && (s.decimal == '.' || on(&pointed) || s.thousands == Some('.'));
            let declared = hints
                .decimal
                .is_none_or(|d| d == s.decimal || (!on(&pointed) && s.thousands.is_none_or(|t| t != d)))
                && hints.thousands.is_none_or(|t| s.thousands == Some(t) || (s.thousands.is_none() && s.decimal != t));
            on(&fit) && used && declared
        })
        .collect();
    let mut ambiguous = None;
    let chosen = match possible.as_slice() {
        [] => {
            let culprit = comma.unwrap_or_default();
            return Err(NotNumbers::Cell(culprit));
        }
        [0, ..] if hints.decimal == Some(',') && possible.contains(&3) => 3,
        [0, rest @ ..] => {
            // Points before groups of three in a file of semicolons: German thousands, or three decimals.
            if thin && !hints.comma_separated && hints.decimal.is_none() && rest.contains(&3) {
                return Err(NotNumbers::Ambiguous(String::new()));
            }
            0
        }
        // Three digits behind every comma, as thousands have, but four and more elsewhere without one.
        [DECIMAL_COMMA] if threes && hints.decimal.is_none() => {
            return Err(NotNumbers::Cell(comma.unwrap_or_default()));
        }
        [only] => *only,
        many if many.contains(&THOUSANDS) && many.contains(&DECIMAL_COMMA) => {
            let shown = comma.clone().unwrap_or_default();
            if without && round {
                // Decimals that end in zero are written to a fixed number of places, but some cells have none.
                ambiguous = (!hints.comma_separated).then_some(shown);
                THOUSANDS
            } else if hints.comma_separated {
                ambiguous = Some(shown);
                THOUSANDS
            } else {
                return Err(NotNumbers::Ambiguous(shown));
            }
        }
        [first, ..] => *first,
    };
    let Some(s) = STYLES.get(chosen) else { return Err(NotNumbers::Nothing) };
    let style = Style { thousands: s.thousands, lakh: s.lakh, decimal: Some(s.decimal), mark: mark.flatten() };
    Ok(Found { style, ambiguous, numbers, undefined, negatives })
}

/// One cell as a plain decimal; `None` if it is not written in this style.
pub fn read(cell: &str, style: &Style, markers: &[String]) -> Option<Read> {
    let text = latin(cell.trim());
    let text = text.trim();
    if is_missing(text, markers) || is_missing(cell.trim(), markers) {
        return Some(Read::Missing);
    }
    if is_undefined(text) {
        return Some(Read::Undefined);
    }
    let p = parts(text)?;
    let mut plain = String::with_capacity(text.len() + 1);
    if p.negative {
        plain.push('-');
    }
    let decimal = style.decimal.unwrap_or('.');
    for c in p.digits.chars() {
        if c.is_ascii_digit() {
            plain.push(c);
        } else if c == decimal {
            plain.push('.');
        }
    }
    Some(Read::Plain(tidy(&if p.exponent == 0 { plain } else { shifted(&plain, p.exponent) })))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn plain(cells: &[&str], comma_separated: bool) -> Result<Vec<String>, NotNumbers> {
        let hints = Hints { comma_separated, ..Hints::default() };
        let found = find_style(cells.iter().copied(), &hints)?;
        let one = |c: &&str| match read(c, &found.style, &[]) {
            Some(Read::Plain(p)) => p,
            other => format!("{other:?}"),
        };
        Ok(cells.iter().map(one).collect())
    }

    #[test]
    fn thousands_only_when_the_whole_column_agrees() {
        assert_eq!(plain(&["19,863", "13,450", "6,413", "798"], true).unwrap(), ["19863", "13450", "6413", "798"]);
        assert_eq!(plain(&["1,234,567", "5"], false).unwrap(), ["1234567", "5"]);
        assert_eq!(plain(&["1,234.50", "0.5"], true).unwrap(), ["1234.50", "0.5"]);
        assert_eq!(plain(&["12,34,567", "1,000"], true).unwrap(), ["1234567", "1000"]);
        assert_eq!(plain(&["1 234,5", "7,25"], false).unwrap(), ["1234.5", "7.25"]);
        assert_eq!(plain(&["1.234,5", "7,25"], false).unwrap(), ["1234.5", "7.25"]);
        assert_eq!(plain(&["1'234.5"], true).unwrap(), ["1234.5"]);
        assert_eq!(plain(&["19,863", "13450"], true), Err(NotNumbers::Cell("19,863".into())));
        assert_eq!(plain(&["1,5", "12,75"], false).unwrap(), ["1.5", "12.75"]);
        // One, or one thousand? Semicolons speak for a country of decimal commas, but prove nothing.
        assert_eq!(plain(&["1,234", "5,678"], false), Err(NotNumbers::Ambiguous("5,678".into())));
    }

    #[test]
    fn signs_digits_and_units_of_all_kinds() {
        assert_eq!(plain(&["−5", "(1,200)", "3-"], true).unwrap(), ["-5", "-1200", "-3"]);
        assert_eq!(plain(&["１２３", "4"], true).unwrap(), ["123", "4"]);
        assert_eq!(plain(&["$1,234.5", "-$3"], true).unwrap(), ["1234.5", "-3"]);
        assert_eq!(plain(&["12.5%", "3 %"], true).unwrap(), ["12.5", "3"]);
        assert_eq!(
            plain(&["1e21", "1.5E+03", "2e-3", ".5", "5."], true).unwrap(),
            ["1000000000000000000000", "1500", "0.002", "0.5", "5"]
        );
        assert_eq!(plain(&["$141bn", "$9.5bn"], true).unwrap(), ["141", "9.5"]);
        assert_eq!(plain(&["9567.7亿元", "3亿元"], true).unwrap(), ["9567.7", "3"]);
        assert!(matches!(plain(&["$141bn", "$9.5mn"], true), Err(NotNumbers::Marks(..))));
        let negatives = |cells: &[&str]| {
            find_style(cells.iter().copied(), &Hints::default()).ok().and_then(|found| found.negatives)
        };
        assert_eq!(negatives(&["-5", "(3)", "2"]), Some(("-5".into(), "(3)".into())));
        assert_eq!(negatives(&["-5", "-3"]), None);
        assert_eq!(plain(&["5 kg", "3 tonne"], true), Err(NotNumbers::Marks("kg".into(), "3 tonne".into())));
        assert_eq!(plain(&["013", "994"], true), Err(NotNumbers::Codes));
        assert_eq!(plain(&["1-684", "7"], true), Err(NotNumbers::Cell("1-684".into())));
        assert_eq!(plain(&["1", "NaN", ".."], true).unwrap(), ["1", "Some(Undefined)", "Some(Missing)"]);
    }
}

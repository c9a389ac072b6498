//! From a column of texts to a column of numbers. The style is decided over all cells; each different text is read
//! once. Exact as scaled integers where they fit, else as the nearest floating-point numbers.

use crate::data::columns::amounts::{Amount, Numbers, WideAmount};
use crate::data::columns::codes::Codes;
use crate::data::columns::column::Column;
use crate::data::columns::decimals::Decimals;
use crate::data::columns::words::Words;
use crate::data::known::number_forms::{self, Found, Hints, NotNumbers, Read, Style};
use crate::data::known::number_marks;
use crate::pause::paced;
use crate::value::number::{self, Wide};
use crate::value::{Flags, Reason};
use rustc_hash::FxHashMap;

/// A column read as numbers.
#[derive(Clone, Debug, Default)]
pub struct NumberColumn {
    /// The numbers.
    pub numbers: Numbers,
    /// Decimals, if exact.
    pub places: Option<u8>,
    /// How they are written.
    pub style: Style,
    /// A cell that could be read otherwise.
    pub ambiguous: Option<String>,
    /// Rows that are missing for a reason of their own.
    pub reasons: Vec<(u32, Reason)>,
    /// Rows whose numbers have a mark beside them.
    pub flags: Vec<(u32, Flags)>,
    /// Marks beside numbers, and whether it is known what they say.
    pub marks: Vec<(String, bool)>,
    /// A cell that is no number though it stands for one: `NaN`, or too large to be one.
    pub undefined: Option<String>,
    /// Two cells in which a number below zero is written differently.
    pub negatives: Option<(String, String)>,
    /// What stands where no number is known.
    pub missing: Vec<String>,
}

/// How marks beside numbers are read: not at all, or as a declaration has them and else as they usually are.
pub type Marks<'a> = Option<&'a [(String, Flags)]>;

#[derive(Clone, Copy)]
enum Cell {
    Exact(Wide),
    Float(f64),
    Missing(Reason),
}

fn cell(read: Option<Read>) -> Cell {
    match read {
        Some(Read::Plain(text)) => match (Wide::parse(&text), text.parse::<f64>()) {
            (Some(d), _) => Cell::Exact(d),
            (None, Ok(x)) if x.is_finite() => Cell::Float(x),
            _ => Cell::Missing(Reason::Undefined),
        },
        Some(Read::Undefined) => Cell::Missing(Reason::Undefined),
        Some(Read::Missing) | None => Cell::Missing(Reason::NotReported),
    }
}

/// What is the same for all cells of a column.
struct Reader<'a> {
    hints: &'a Hints<'a>,
    style: Style,
    empty_is_zero: bool,
    marks: Marks<'a>,
}

impl Reader<'_> {
    /// One cell, and what the mark beside it says.
    fn one(&self, text: &str) -> (Cell, Flags) {
        if self.empty_is_zero && text.trim().is_empty() {
            return (Cell::Exact(Wide::default()), Flags::none());
        }
        let Some((number, mark)) = self.marks.and_then(|_| number_marks::split(text)) else {
            return (cell(number_forms::read(text, &self.style, self.hints.markers)), Flags::none());
        };
        let own = self.marks.and_then(|list| list.iter().find(|(m, _)| m == mark)).map(|(_, flags)| (*flags, None));
        let (flags, reason) = own.or_else(|| number_marks::meaning(mark, !number.is_empty())).unwrap_or_default();
        match (number.is_empty(), reason) {
            (true, reason) => (Cell::Missing(reason.unwrap_or(Reason::NotReported)), flags),
            (false, _) => (cell(number_forms::read(number, &self.style, self.hints.markers)), flags),
        }
    }
}

/// A cell without the mark beside it, where marks are read.
fn unmarked<'a>(text: &'a str, marks: Marks<'_>) -> &'a str {
    marks.and_then(|_| number_marks::split(text)).map_or(text, |(number, _)| number)
}

/// Reads a column as numbers. Where a file declares that what is absent is zero, the empty cell is; what is marked as
/// missing stays missing.
///
/// Numbers that were read as such are moved out of the column.
pub fn read(
    column: &mut Column,
    hints: &Hints<'_>,
    empty_is_zero: bool,
    marks: Marks<'_>,
) -> Result<NumberColumn, NotNumbers> {
    let texts = match column {
        Column::Words(words, _) => &*words,
        Column::Decimals(d) => &d.words,
        Column::Left => return Err(NotNumbers::Nothing),
    };
    let found = number_forms::find_style(texts.iter().map(|w| unmarked(w, marks)), hints);
    let mut out = NumberColumn::default();
    let is_marker = |w: &&str| !w.trim().is_empty() && number_forms::is_missing(w.trim(), &[]);
    out.missing = texts.iter().filter(is_marker).map(|w| w.trim().to_string()).collect();
    out.missing.sort_unstable();
    out.missing.dedup();
    if let Some(own) = marks {
        for (number, mark) in texts.iter().filter_map(number_marks::split) {
            let known = own.iter().any(|(m, _)| m == mark) || number_marks::meaning(mark, !number.is_empty()).is_some();
            if !out.marks.iter().any(|(m, _)| m == mark) {
                out.marks.push((mark.to_string(), known));
            }
        }
    }
    let style = match style_of(column, found, &mut out) {
        // Where only marks stand, all numbers are withheld.
        Err(NotNumbers::Nothing) if marks.is_some() && !out.marks.is_empty() => Style::default(),
        other => other?,
    };
    let reader = Reader { hints, style: style.clone(), empty_is_zero, marks };
    out.style = style;
    match column {
        Column::Words(words, codes) => of_words(words, codes, &reader, &mut out),
        Column::Decimals(d) => of_decimals(d, &reader, &mut out),
        Column::Left => {}
    }
    Ok(out)
}

/// The style of all cells of a column, those that were read as decimals already among them.
fn style_of(column: &Column, found: Result<Found, NotNumbers>, out: &mut NumberColumn) -> Result<Style, NotNumbers> {
    let Column::Decimals(d) = column else {
        let found = found?;
        out.ambiguous = found.ambiguous;
        (out.undefined, out.negatives) = (found.undefined, found.negatives);
        return Ok(found.style);
    };
    let plain = Style { decimal: Some('.'), ..Style::default() };
    let other = || NotNumbers::Cell(d.words.iter().next().map(String::from).unwrap_or_default());
    match found {
        Ok(found) => {
            (out.undefined, out.negatives) = (found.undefined, found.negatives);
            let odd = d.words.iter().find(|w| w.trim().starts_with('(') || w.trim().ends_with('-') && w.trim() != "-");
            let plain_one = || d.values.iter().filter_map(|v| v.get()).find(|v| *v < 0);
            if let (None, Some((odd, below))) = (&out.negatives, odd.and_then(|o| Some((o, plain_one()?)))) {
                let below = number::scaled(i128::from(below), u32::from(d.places));
                out.negatives = Some((below, odd.trim().to_string()));
            }
            let style = found.style;
            match (style.thousands, style.decimal, &style.mark) {
                (None, Some('.'), None) => Ok(plain),
                // Fits only if no plain cell has four digits before the point.
                (Some(','), _, None) => {
                    let limit = 1000 * 10i64.pow(u32::from(d.places));
                    let fits =
                        !d.values.iter().filter_map(|v| v.get()).any(|v| v.unsigned_abs() >= limit.unsigned_abs());
                    if fits { Ok(style) } else { Err(other()) }
                }
                _ => Err(other()),
            }
        }
        Err(NotNumbers::Nothing) => {
            out.undefined = d.words.iter().find(|w| number_forms::is_undefined(w.trim())).map(|w| w.trim().to_string());
            Ok(plain)
        }
        Err(e) => Err(e),
    }
}

fn of_words(words: &Words, codes: &Codes, reader: &Reader<'_>, out: &mut NumberColumn) {
    let read: Vec<(Cell, Flags)> = words.iter().map(|w| reader.one(w)).collect();
    let too_large = words.iter().zip(&read).find(|(_, (c, _))| matches!(c, Cell::Missing(Reason::Undefined)));
    out.undefined = out.undefined.take().or_else(|| too_large.map(|(w, _)| w.trim().to_string()));
    let cells: Vec<Cell> = paced(&read).map(|(c, _)| *c).collect();
    let special =
        |(c, f): &(Cell, Flags)| *f != Flags::none() || matches!(c, Cell::Missing(r) if *r != Reason::NotReported);
    if read.iter().any(special) {
        for (row, code) in (0u32..).zip(paced(codes.iter())) {
            let Some((cell, flags)) = read.get(code as usize) else { continue };
            out.special(row, *cell, *flags);
        }
    }
    let places = cells.iter().filter_map(places_of).max().unwrap_or(0);
    let of = |values: &[WideAmount]| -> Vec<WideAmount> {
        paced(codes.iter()).map(|c| values.get(c as usize).copied().unwrap_or(WideAmount::MISSING)).collect()
    };
    let narrow: Option<Vec<Amount>> = paced(&cells).map(|c| narrow(*c, places)).collect();
    if let Some(values) = narrow {
        let rows = paced(codes.iter()).map(|c| values.get(c as usize).copied().unwrap_or(Amount::MISSING));
        (out.numbers, out.places) = (Numbers::Exact(rows.collect()), Some(places));
        return;
    }
    let wide: Option<Vec<WideAmount>> = paced(&cells).map(|c| wide(*c, places)).collect();
    if let Some(numbers) = wide.and_then(|values| Numbers::wide(of(&values))) {
        (out.numbers, out.places) = (numbers, Some(places));
        return;
    }
    let values: Vec<f64> = paced(&cells).map(|c| float(*c)).collect();
    let rows = paced(codes.iter()).map(|c| values.get(c as usize).copied().unwrap_or(f64::NAN));
    (out.numbers, out.places) = (Numbers::Float(rows.collect()), None);
}

impl NumberColumn {
    /// Notes why a row is missing, or what the mark of its number says.
    fn special(&mut self, row: u32, cell: Cell, flags: Flags) {
        if let Cell::Missing(reason) = cell
            && reason != Reason::NotReported
        {
            self.reasons.push((row, reason));
        }
        if flags != Flags::none() {
            self.flags.push((row, flags));
        }
    }

    /// Only some rows.
    pub fn keep(&mut self, keep: &[bool]) {
        self.numbers.keep(keep);
        let place: FxHashMap<u32, u32> =
            (0u32..).zip(keep).filter(|(_, k)| **k).map(|(row, _)| row).zip(0u32..).collect();
        self.reasons = self.reasons.iter().filter_map(|(row, r)| Some((*place.get(row)?, *r))).collect();
        self.flags = self.flags.iter().filter_map(|(row, f)| Some((*place.get(row)?, *f))).collect();
    }
}

fn places_of(cell: &Cell) -> Option<u8> {
    if let Cell::Exact(d) = cell { Some(d.places) } else { None }
}

fn narrow(cell: Cell, places: u8) -> Option<Amount> {
    match cell {
        Cell::Exact(d) => i64::try_from(d.rescale(places)?).ok().and_then(Amount::new),
        Cell::Float(_) => None,
        Cell::Missing(_) => Some(Amount::MISSING),
    }
}

fn wide(cell: Cell, places: u8) -> Option<WideAmount> {
    match cell {
        Cell::Exact(d) => WideAmount::new(d.rescale(places)?),
        Cell::Float(_) => None,
        Cell::Missing(_) => Some(WideAmount::MISSING),
    }
}

fn float(cell: Cell) -> f64 {
    match cell {
        Cell::Exact(d) => number::scaled_to_f64(d.mantissa, u32::from(d.places)),
        Cell::Float(x) => x,
        Cell::Missing(_) => f64::NAN,
    }
}

fn of_decimals(d: &mut Decimals, reader: &Reader<'_>, out: &mut NumberColumn) {
    let read: Vec<(Cell, Flags)> = d.words.iter().map(|w| reader.one(w)).collect();
    let too_large = d.words.iter().zip(&read).find(|(_, (c, _))| matches!(c, Cell::Missing(Reason::Undefined)));
    out.undefined = out.undefined.take().or_else(|| too_large.map(|(w, _)| w.trim().to_string()));
    let nothing = (Cell::Missing(Reason::NotReported), Flags::none());
    // Millions of cells may be missing, and nothing is to be done for them.
    let silent = |(c, f): &(Cell, Flags)| *f == Flags::none() && matches!(c, Cell::Missing(Reason::NotReported));
    let told: Vec<bool> = read.iter().map(|r| !silent(r)).collect();
    let odd: Vec<(u32, Cell)> = if told.contains(&true) {
        let rows = d.odd.iter().filter(|(_, word)| told.get(*word as usize) == Some(&true));
        let one = |(row, word): &(u32, u32)| (*row, read.get(*word as usize).copied().unwrap_or(nothing));
        rows.map(one)
            .map(|(row, (cell, flags))| {
                out.special(row, cell, flags);
                (row, cell)
            })
            .filter(|(_, cell)| !matches!(cell, Cell::Missing(_)))
            .collect()
    } else {
        Vec::new()
    };
    let fits = |c: &Cell| places_of(c).is_some_and(|p| p <= d.places) && narrow(*c, d.places).is_some();
    if odd.iter().all(|(_, c)| fits(c)) {
        let mut values = std::mem::take(&mut d.values);
        for (row, c) in &odd {
            if let (Some(value), Some(slot)) = (narrow(*c, d.places), values.get_mut(*row as usize)) {
                *slot = value;
            }
        }
        (out.numbers, out.places) = (Numbers::Exact(values), Some(d.places));
        return;
    }
    let places = odd.iter().filter_map(|(_, c)| places_of(c)).max().unwrap_or(0).max(d.places);
    if let Some(numbers) = wide_decimals(d, &odd, places) {
        (out.numbers, out.places) = (numbers, Some(places));
        return;
    }
    let mut values: Vec<f64> = d.values.iter().map(|v| v.float(d.places)).collect();
    // What is missing is no number already.
    for (row, c) in &odd {
        if let Some(slot) = values.get_mut(*row as usize) {
            *slot = float(*c);
        }
    }
    (out.numbers, out.places) = (Numbers::Float(values), None);
}

/// Decimals with longer ones among them, if all fit 38 digits.
fn wide_decimals(d: &Decimals, odd: &[(u32, Cell)], places: u8) -> Option<Numbers> {
    let plain = |v: &Amount| match v.get() {
        None => Some(WideAmount::MISSING),
        Some(m) => WideAmount::new(Wide { mantissa: i128::from(m), places: d.places }.rescale(places)?),
    };
    let mut values = d.values.iter().map(plain).collect::<Option<Vec<WideAmount>>>()?;
    for (row, c) in odd {
        *values.get_mut(*row as usize)? = wide(*c, places)?;
    }
    Numbers::wide(values)
}

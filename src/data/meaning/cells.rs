//! From a column of texts to a column of numbers. The style is decided over all cells; each different text is read
//! once. Exact as scaled integers where they fit, else as the nearest floating-point numbers.

use crate::data::columns::amounts::{Amount, Numbers};
use crate::data::columns::codes::Codes;
use crate::data::columns::column::Column;
use crate::data::columns::decimals::Decimals;
use crate::data::columns::words::Words;
use crate::data::known::number_forms::{self, Found, Hints, NotNumbers, Read, Style};
use crate::value::Reason;
use crate::value::number::{self, Decimal};

/// A column read as numbers.
#[derive(Clone, Debug)]
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
}

#[derive(Clone, Copy)]
enum Cell {
    Exact(Decimal),
    Float(f64),
    Missing(Reason),
}

fn cell(read: Option<Read>) -> Cell {
    match read {
        Some(Read::Plain(text)) => match (Decimal::parse(&text), text.parse::<f64>()) {
            (Some(d), _) => Cell::Exact(d),
            (None, Ok(x)) if x.is_finite() => Cell::Float(x),
            _ => Cell::Missing(Reason::Undefined),
        },
        Some(Read::Undefined) => Cell::Missing(Reason::Undefined),
        Some(Read::Missing) | None => Cell::Missing(Reason::NotReported),
    }
}

/// Reads a column as numbers. Where a file declares that what is absent is zero, the empty cell is; what is marked as
/// missing stays missing.
///
/// Numbers that were read as such are moved out of the column.
pub fn read(column: &mut Column, hints: &Hints<'_>, empty_is_zero: bool) -> Result<NumberColumn, NotNumbers> {
    match column {
        Column::Words(words, codes) => of_words(words, codes, hints, empty_is_zero),
        Column::Decimals(d) => of_decimals(d, hints, empty_is_zero),
        Column::Left => Err(NotNumbers::Nothing),
    }
}

fn of_words(words: &Words, codes: &Codes, hints: &Hints<'_>, empty_is_zero: bool) -> Result<NumberColumn, NotNumbers> {
    let Found { style, ambiguous, .. } = number_forms::find_style(words.iter(), hints)?;
    let zero = |w: &str| empty_is_zero && w.trim().is_empty();
    let one = |w: &str| {
        if zero(w) { Cell::Exact(Decimal::default()) } else { cell(number_forms::read(w, &style, hints.markers)) }
    };
    let cells: Vec<Cell> = words.iter().map(one).collect();
    let places =
        cells.iter().filter_map(|c| if let Cell::Exact(d) = c { Some(d.places) } else { None }).max().unwrap_or(0);
    let exact: Option<Vec<Amount>> = cells
        .iter()
        .map(|c| match c {
            Cell::Exact(d) => d.rescale(places).and_then(Amount::new),
            Cell::Float(_) => None,
            Cell::Missing(_) => Some(Amount::MISSING),
        })
        .collect();
    let own: Vec<Option<Reason>> = cells
        .iter()
        .map(|c| if let Cell::Missing(r) = c { Some(*r).filter(|r| *r != Reason::NotReported) } else { None })
        .collect();
    let mut reasons = Vec::new();
    if own.iter().any(Option::is_some) {
        for (row, code) in (0u32..).zip(codes.iter()) {
            reasons.extend(own.get(code as usize).copied().flatten().map(|r| (row, r)));
        }
    }
    let (numbers, places) = match exact {
        Some(values) => (
            Numbers::Exact(codes.iter().map(|c| values.get(c as usize).copied().unwrap_or(Amount::MISSING)).collect()),
            Some(places),
        ),
        None => {
            let values: Vec<f64> = cells.iter().map(|c| float(*c)).collect();
            (Numbers::Float(codes.iter().map(|c| values.get(c as usize).copied().unwrap_or(f64::NAN)).collect()), None)
        }
    };
    Ok(NumberColumn { numbers, places, style, ambiguous, reasons })
}

fn float(cell: Cell) -> f64 {
    match cell {
        Cell::Exact(d) => number::scaled_to_f64(i128::from(d.mantissa), u32::from(d.places)),
        Cell::Float(x) => x,
        Cell::Missing(_) => f64::NAN,
    }
}

fn of_decimals(d: &mut Decimals, hints: &Hints<'_>, empty_is_zero: bool) -> Result<NumberColumn, NotNumbers> {
    let mut style = Style { decimal: Some('.'), ..Style::default() };
    if !d.odd.is_empty() {
        match number_forms::find_style(d.words.iter(), hints) {
            Ok(found)
                if found.style.thousands.is_none()
                    && found.style.decimal == Some('.')
                    && found.style.mark.is_none() => {}
            Ok(found) if found.style.thousands == Some(',') && found.style.mark.is_none() => {
                // Fits only if no plain cell has four digits before the point.
                let limit = 1000 * 10i64.pow(u32::from(d.places));
                if d.values.iter().filter_map(|v| v.get()).any(|v| v.abs() >= limit) {
                    return Err(NotNumbers::Cell(d.words.iter().next().map(String::from).unwrap_or_default()));
                }
                style = found.style;
            }
            Err(NotNumbers::Nothing) => {}
            Err(e) => return Err(e),
            Ok(_) => return Err(NotNumbers::Cell(d.words.iter().next().map(String::from).unwrap_or_default())),
        }
    }
    let mut reasons = Vec::new();
    let zero = |t: &str| empty_is_zero && t.trim().is_empty();
    let one = |t: &str| {
        if zero(t) { Cell::Exact(Decimal::default()) } else { cell(number_forms::read(t, &style, hints.markers)) }
    };
    let read: Vec<Cell> = d.words.iter().map(one).collect();
    let at = |word: u32| read.get(word as usize).copied().unwrap_or(Cell::Missing(Reason::NotReported));
    let rows_with = |which: &dyn Fn(&Cell) -> bool| -> Vec<(u32, Cell)> {
        let wanted: Vec<bool> = read.iter().map(which).collect();
        // Millions of cells may be missing, and nothing is to be done for them.
        let rows = d.odd.iter().filter(|(_, word)| wanted.get(*word as usize) == Some(&true));
        if wanted.contains(&true) { rows.map(|(row, word)| (*row, at(*word))).collect() } else { Vec::new() }
    };
    let own = rows_with(&|c| matches!(c, Cell::Missing(r) if *r != Reason::NotReported));
    reasons.extend(own.iter().filter_map(|(row, c)| if let Cell::Missing(r) = c { Some((*row, *r)) } else { None }));
    let odd = rows_with(&|c| !matches!(c, Cell::Missing(_)));
    let fits = |c: &Cell| match c {
        Cell::Exact(x) => x.rescale(d.places.max(x.places)).filter(|_| x.places <= d.places).is_some(),
        Cell::Float(_) => false,
        Cell::Missing(_) => true,
    };
    let (numbers, places) = if odd.iter().all(|(_, c)| fits(c)) {
        let mut values = std::mem::take(&mut d.values);
        for (row, c) in &odd {
            if let (Cell::Exact(x), Some(slot)) = (c, values.get_mut(*row as usize)) {
                *slot = x.rescale(d.places).and_then(Amount::new).unwrap_or(Amount::MISSING);
            }
        }
        (Numbers::Exact(values), Some(d.places))
    } else {
        let mut values: Vec<f64> = d.values.iter().map(|v| v.float(d.places)).collect();
        // What is missing is no number already.
        for (row, c) in &odd {
            if let Some(slot) = values.get_mut(*row as usize) {
                *slot = float(*c);
            }
        }
        (Numbers::Float(values), None)
    };
    Ok(NumberColumn { numbers, places, style, ambiguous: None, reasons })
}

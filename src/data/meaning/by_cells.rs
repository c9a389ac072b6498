//! Uses by the cells of columns that nothing else is known of: numbers are measures, all else are dimensions. A column of
//! numbers with a mistake in it is an error, and no dimension.

use crate::data::columns::column::Column;
use crate::data::declare::Spec;
use crate::data::doubt::{Doubt, LoadError, Refusal};
use crate::data::known::number_forms::{self, Hints, NotNumbers, Style};
use crate::data::known::number_marks;
use crate::data::known::{roles, totals};
use crate::data::meaning::cells::{self, NumberColumn};
use crate::data::meaning::column_use::Use;
use crate::data::meaning::kinds;
use crate::data::meaning::naming::{series_name, whole_name};
use crate::data::meaning::understood::Understood;
use crate::data::table::Table;
use crate::data::table::find::line_of;
use crate::data::table::one::Own;
use crate::diagnostic::codes;
use crate::syntax::format::{self, column_text};
use std::collections::BTreeSet;

impl Understood {
    /// Columns that nothing is known of: numbers are measures, all else are dimensions.
    pub(super) fn by_cells(&mut self, table: &mut Table, spec: &Spec) -> Result<(), Refusal> {
        self.decimal = self.decimal.or_else(|| decimal_sign(table, &self.uses, spec));
        let header = table.header.clone();
        for (at, name) in header.iter().enumerate() {
            let wanted = matches!(self.uses.get(at), Some(Use::Open | Use::Measure | Use::Spread));
            if !wanted {
                continue;
            }
            let open = self.is_open(at);
            if open
                && let Some(Column::Words(words, _)) = table.columns.get(at)
                && words.iter().all(|w| number_forms::is_missing(w.trim(), &spec.missing))
            {
                self.take(at, Use::Skip);
                continue;
            }
            let read = self.read_numbers(table, at, spec, None);
            let read = read.or_else(|problem| self.marked_numbers(table, at, spec, open, problem));
            let what = match read {
                Ok(read) => {
                    self.doubts_of(table, at, &read);
                    self.numbers.insert(at, read);
                    if open { Use::Measure } else { continue }
                }
                Err(NotNumbers::Nothing) if self.uses.get(at) == Some(&Use::Spread) => continue,
                Err(problem) if !open => return Err(number_error(table, at, &problem).into()),
                Err(problem) => match self.is_text(table, at, &problem) {
                    true => Use::Dimension(self.free_name(name)),
                    false => return Err(number_error(table, at, &problem).into()),
                },
            };
            self.take(at, what);
        }
        let groups = self.spread.iter().flat_map(|s| &s.groups);
        for at in groups.filter_map(|g| g.whole_year).collect::<Vec<_>>() {
            if let Ok(read) = self.read_numbers(table, at, spec, None) {
                self.numbers.insert(at, read);
            }
        }
        Ok(())
    }

    /// The name of a dimension that no other has.
    fn free_name(&self, header: &str) -> String {
        let is_free = |name: &String| self.used_as(&Use::Dimension(name.clone())).is_none();
        let numbered = (2..).map(|n| format!("{}_{n}", whole_name(header)));
        [series_name(header), whole_name(header)].into_iter().chain(numbered).find(is_free).unwrap_or_default()
    }

    /// What is not beyond doubt in a column of numbers.
    fn doubts_of(&mut self, table: &Table, at: usize, read: &NumberColumn) {
        let name = table.header.get(at).map_or("", String::as_str);
        let mut say = |code, cell: &str, message: String, advice: Option<String>| {
            let doubt = Doubt::new(code, line_of(table, at, cell), message);
            self.doubts.push(Doubt { advice, ..doubt });
        };
        if let Some(cell) = &read.ambiguous {
            let message = format!("`{cell}` in column `{name}` was read as thousands; it could have decimals");
            let advice = "declare `thousands \",\"` or `decimal \",\"`";
            say(&codes::AMBIGUOUS_THOUSANDS, cell, message, Some(advice.into()));
        }
        if let Some(cell) = &read.undefined {
            let short: String = cell.chars().take(40).collect();
            let shown = if short.len() < cell.len() { format!("{short}…") } else { short };
            let message = format!("`{shown}` in column `{name}` is no number that can be kept and was read as missing");
            let advice = format!("declare `missing {}` if that is right", format::quoted(&shown));
            say(&codes::REPAIRED_ROW, cell, message, Some(advice).filter(|_| shown == *cell));
        }
        if let Some((a, b)) = &read.negatives {
            let message = format!("numbers below zero in column `{name}` are written in two ways: `{a}` and `{b}`");
            say(&codes::UNEXPECTED_SIGN, b, message, None);
        }
        if let Some((first, _)) = read.marks.first() {
            let list = |known: bool| -> Vec<String> {
                read.marks.iter().filter(|(_, k)| *k == known).map(|(mark, _)| format!("`{mark}`")).collect()
            };
            let (known, unknown) = (list(true), list(false));
            let mut message = format!("marks beside the numbers of column `{name}` were read as their status");
            if !known.is_empty() {
                message += &format!(": {}", known.join(", "));
            }
            let advice = unknown.first().map(|mark| {
                message += &format!("; what {} says is not known", unknown.join(", "));
                format!("declare it if you know, as in `provisional {}`", mark.replace('`', "\""))
            });
            say(&codes::LAYOUT_GUESSED, first, message, advice);
        }
        if read.places.is_none() {
            let message =
                format!("numbers in column `{name}` need more than 38 digits together: sums of them are rounded");
            say(&codes::INEXACT_SUMS, "", message, None);
        }
        for text in read.missing.iter().chain(read.undefined.as_ref().filter(|u| u.len() <= 12)) {
            if !self.missing.contains(text) {
                self.missing.push(text.clone());
            }
        }
    }

    /// A column of numbers with marks of status beside some of them, if all its cells are such.
    fn marked_numbers(
        &mut self,
        table: &mut Table,
        at: usize,
        spec: &Spec,
        open: bool,
        problem: NotNumbers,
    ) -> Result<NumberColumn, NotNumbers> {
        if !matches!(problem, NotNumbers::Cell(_) | NotNumbers::Marks(..)) {
            return Err(problem);
        }
        let (texts, mut plain) = match table.columns.get(at) {
            Some(Column::Words(words, _)) => (words, false),
            Some(Column::Decimals(d)) => (&d.words, d.values.iter().any(|v| !v.is_missing())),
            Some(Column::Left) | None => return Err(problem),
        };
        let mut marked = false;
        for text in texts.iter() {
            match number_marks::split(text) {
                Some(("", _)) => {}
                Some((number, _)) if number_forms::looks_numeric(number) => marked = true,
                None if number_forms::looks_numeric(text) => plain = true,
                None if number_forms::is_missing(text.trim(), &spec.missing) => {}
                Some(_) | None => return Err(problem),
            }
        }
        // Without a marked number, letters beside numbers are more often codes; so is a column that would be a text.
        // Of months across, one column may have marked numbers alone; and of a whole column all may be withheld.
        let spread = self.uses.get(at) == Some(&Use::Spread);
        let bracketed = |text: &str| text.trim().starts_with(['(', '[']);
        let withheld = !plain && !marked && texts.iter().any(bracketed);
        if !(plain || withheld || spread && marked) {
            return Err(problem);
        }
        // Without a marked number, letters beside numbers are more often codes; so is a column that would be a text.
        if !withheld && !marked && open && self.is_text(table, at, &problem) {
            return Err(problem);
        }
        self.read_numbers(table, at, spec, Some(&spec.marks)).map_err(|own| match own {
            // What another column shows of the decimals may tell.
            NotNumbers::Ambiguous(_) | NotNumbers::Files(..) => own,
            _ => problem,
        })
    }

    fn read_numbers(
        &self,
        table: &mut Table,
        at: usize,
        spec: &Spec,
        marks: cells::Marks<'_>,
    ) -> Result<NumberColumn, NotNumbers> {
        let name = table.header.get(at).map_or("", String::as_str);
        let padded = self.uses.get(at) == Some(&Use::Measure)
            || roles::VALUES.contains(&name.to_lowercase().as_str())
            || kinds::told(name).is_some();
        let hints = Hints {
            markers: &spec.missing,
            decimal: self.decimal,
            thousands: spec.thousands,
            comma_separated: table.separator == b',',
            padded: padded && !roles::is_code_name(name),
        };
        let declared = spec.decimal.is_some() || spec.thousands.is_some();
        let own = if declared { Vec::new() } else { texts_by_file(table, at) };
        let Some(column) = table.columns.get_mut(at) else { return Err(NotNumbers::Nothing) };
        let read = cells::read(column, &hints, spec.empty_is_zero(), marks)?;
        // Files may come from different places: what one of them shows says nothing of another that can be read by itself.
        for (file, texts) in own {
            let hints = Hints { decimal: None, comma_separated: file.separator == b',', ..hints };
            let Ok(found) = number_forms::find_style(texts.iter().map(String::as_str), &hints) else { continue };
            let by = |style: &Style, text: &str| number_forms::read(text, style, hints.markers);
            if let Some(text) = texts.iter().find(|t| by(&found.style, t) != by(&read.style, t)) {
                return Err(NotNumbers::Files(text.clone(), file.name));
            }
        }
        Ok(read)
    }

    /// Whether a column that is not one of numbers is one of texts, rather than of numbers with a mistake in it.
    fn is_text(&mut self, table: &Table, at: usize, problem: &NotNumbers) -> bool {
        let Some(Column::Words(words, codes)) = table.columns.get(at) else { return false };
        match problem {
            NotNumbers::Codes | NotNumbers::Nothing => return true,
            NotNumbers::Ambiguous(_) | NotNumbers::Marks(..) | NotNumbers::Files(..) => return false,
            NotNumbers::Cell(_) => {}
        }
        let numeric: Vec<bool> = words.iter().map(|w| !w.trim().is_empty() && number_forms::looks_numeric(w)).collect();
        let counts = self.evidence.counts(at, codes);
        let rows: usize = counts.iter().zip(&numeric).filter(|(_, numeric)| **numeric).map(|(count, _)| count).sum();
        if rows * 2 <= counts.iter().sum() {
            return true;
        }
        // Codes are repeated, or have words of their own beside digits: `TOTAL` beside 8542.
        words.iter().zip(&numeric).filter(|(_, n)| **n).all(|(w, _)| w.trim().bytes().all(|b| b.is_ascii_digit()))
            && words
                .iter()
                .zip(&numeric)
                .filter(|(w, n)| !**n && !w.trim().is_empty())
                .all(|(w, _)| totals::is_total(w.trim()) || is_list_of_codes(w))
    }
}

/// The different texts of a column of each of several files; nothing where no comma makes the reading of one open.
fn texts_by_file(table: &Table, at: usize) -> Vec<(Own, BTreeSet<String>)> {
    let Some(column) = table.columns.get(at).filter(|_| table.files.len() > 1) else { return Vec::new() };
    let texts = match column {
        Column::Words(words, _) => words,
        Column::Decimals(d) => &d.words,
        Column::Left => return Vec::new(),
    };
    let one_separator = table.own.windows(2).all(|w| matches!(w, [a, b] if a.separator == b.separator));
    if one_separator && !texts.iter().any(|text| text.contains(',')) {
        return Vec::new();
    }
    let ends = table.files.iter().skip(1).map(|(first, _)| *first).chain([table.rows]);
    let rows = table.files.iter().map(|(first, _)| *first).zip(ends);
    let texts_of = |(first, end): (usize, usize)| (first..end).map(|row| column.text(row)).collect();
    table.own.iter().cloned().zip(rows.map(texts_of)).collect()
}

/// `1-684`, `12;13`, `290 n`: codes, several or with a mark, in one cell.
fn is_list_of_codes(cell: &str) -> bool {
    let cell = cell.trim();
    cell.contains(|c: char| c.is_ascii_digit())
        && cell.contains(['-', '–', ';', ',', '/', ' '])
        && cell.starts_with(|c: char| c.is_ascii_digit())
}

fn number_error(table: &Table, at: usize, problem: &NotNumbers) -> LoadError {
    let name = table.header.get(at).map(String::as_str).unwrap_or("");
    let error = |line: Option<usize>, message: String| LoadError { line, ..LoadError::new(message) };
    match problem {
        NotNumbers::Cell(cell) => error(
            line_of(table, at, cell),
            format!("`{cell}` in column `{name}` is not a number written as the others are"),
        )
        .advice(format!(
            "declare `missing {}` if it stands for no number, or `skip {}`",
            format::quoted(cell),
            column_text(name)
        )),
        NotNumbers::Codes => error(None, format!("column `{name}` holds codes with leading zeros, not numbers")),
        NotNumbers::Nothing => error(None, format!("column `{name}` holds no number")),
        NotNumbers::Files(cell, file) => {
            let mut e = error(
                line_of(table, at, cell),
                format!(
                    "`{cell}` in column `{name}` of `{file}` is written otherwise than the numbers of the other files"
                ),
            );
            e.code = &codes::AMBIGUOUS_THOUSANDS;
            e.advice("declare how all are written, as in `decimal \",\"`, or load each file by itself")
        }
        NotNumbers::Marks(a, b) => {
            error(line_of(table, at, b), format!("column `{name}` mixes units: `{a}` and `{b}`"))
        }
        NotNumbers::Ambiguous(cell) => {
            let mut e = error(
                line_of(table, at, cell),
                format!("column `{name}` could have thousands or decimals, as in `{cell}`"),
            );
            if cell.is_empty() {
                e.message = format!("the points in column `{name}` could stand between thousands or before decimals");
            }
            e.code = &codes::AMBIGUOUS_THOUSANDS;
            e.advice("declare which: `decimal \",\"`, `decimal \".\"` or `thousands \",\"`")
        }
    }
}

/// The decimal sign, if one of the number columns proves that it is a comma.
fn decimal_sign(table: &Table, uses: &[Use], spec: &Spec) -> Option<char> {
    if table.separator == b',' {
        return None;
    }
    let hints = Hints { markers: &spec.missing, thousands: spec.thousands, ..Hints::default() };
    let columns = table.columns.iter().zip(uses).filter(|(_, u)| matches!(u, Use::Open | Use::Measure | Use::Spread));
    let signs = columns.filter_map(|(c, _)| number_forms::find_style(c.words()?.iter(), &hints).ok());
    let signs: Vec<char> = signs.filter_map(|f| f.style.decimal.filter(|d| *d == ',')).collect();
    signs.first().copied()
}

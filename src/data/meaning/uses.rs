//! What each column of a table is for. In: the table, what is declared, what names and cells say. Out: a use per
//! column. Declarations come first, then layouts that are recognised whole, then known names, then the cells.

use crate::data::columns::column::Column;
use crate::data::declare::{Spec, parse_meaning};
use crate::data::doubt::{Doubt, LoadError, Refusal};
use crate::data::info::Meaning;
use crate::data::known::layouts::{self, Layout};
use crate::data::known::number_forms::{self, Hints, NotNumbers};
use crate::data::known::period_forms;
use crate::data::known::products;
use crate::data::known::roles::{self, Role};
use crate::data::meaning::asked::Asked;
use crate::data::meaning::cells::{self, NumberColumn};
use crate::data::meaning::naming;
use crate::data::meaning::sdmx;
use crate::data::table::sieve::Sieve;
use crate::data::table::{Choice, Table};
use crate::diagnostic::{Diagnostic, codes, suggest};
use crate::span::Spanned;
use crate::syntax::{ast::Name, format};
use crate::value::{Kind, Period, Unit, unit};
use rustc_hash::FxHashMap;

/// What a column is used as.
#[derive(Clone, Debug, PartialEq)]
pub enum Use {
    /// The period, perhaps in a declared form.
    Period(Option<String>),
    /// The year, where the month stands apart.
    Year,
    /// The month.
    Month,
    /// A dimension.
    Dimension(String),
    /// Exports or imports.
    Flow,
    /// Numbers.
    Measure,
    /// Numbers of one period or code: the column's name says which.
    Spread,
    /// A breakdown of which only the total is read.
    TotalOnly,
    /// Observation status.
    Status,
    /// Confidentiality.
    Secrecy,
    /// The power of ten of a row.
    Multiplier,
    /// The unit of a row.
    Unit,
    /// Left out.
    Skip,
    /// Not yet known.
    Open,
}

/// What the names of the columns of a wide table are.
#[derive(Clone, Debug, PartialEq)]
pub enum Spread {
    /// Periods, by column.
    Periods(Vec<(usize, Period)>),
    /// Codes of a dimension, by column.
    Codes(String, Vec<(usize, String)>),
}

impl Spread {
    /// The columns.
    pub fn columns(&self) -> Vec<usize> {
        match self {
            Spread::Periods(list) => list.iter().map(|(at, _)| *at).collect(),
            Spread::Codes(_, list) => list.iter().map(|(at, _)| *at).collect(),
        }
    }
}

/// What is understood of a table.
pub struct Understood {
    /// Per column.
    pub uses: Vec<Use>,
    /// Of a wide table.
    pub spread: Option<Spread>,
    /// Names and meanings of number columns that the layout knows.
    pub known: FxHashMap<usize, (String, Meaning)>,
    /// Columns read as numbers.
    pub numbers: FxHashMap<usize, NumberColumn>,
    /// The layout, if it is one that is known.
    pub layout: Option<&'static Layout>,
    /// In a few words.
    pub name: String,
    /// What was not beyond doubt.
    pub doubts: Vec<Doubt>,
    /// Before the decimals, where the file shows it.
    pub decimal: Option<char>,
}

/// The columns that are read, by their names alone, and the rows that are kept: all that may be asked for.
pub fn choose(header: &[String], spec: &Spec, asked: Option<&Asked>, rows: u64) -> (Vec<Choice>, Option<Sieve>) {
    let layout = layouts::recognise(header);
    let named = |name: &str| spec.columns.iter().any(|(_, c, _)| c.node == name);
    let measured = |name: &str| spec.measures.iter().any(|m| m.column.node == name);
    let conditioned = |name: &str| spec.measures.iter().any(|m| m.range.codes.iter().any(|(n, _)| n == name));
    let choice = |name: &String| {
        if named(name) || conditioned(name) {
            return Choice::Words;
        }
        if measured(name) {
            return Choice::Any;
        }
        if spec.skip.iter().any(|s| s.node == *name) {
            return Choice::Leave;
        }
        if let Some(layout) = layout {
            let role = layout.columns.iter().find(|(n, _)| *n == name.to_lowercase()).map(|(_, r)| *r);
            return match role {
                Some(Role::Measure(..)) => Choice::Any,
                Some(Role::Note) => Choice::Leave,
                Some(_) => Choice::Words,
                None if layout.closed => Choice::Leave,
                None => Choice::Any,
            };
        }
        match roles::role_of(name) {
            Some(_) => Choice::Words,
            None => Choice::Any,
        }
    };
    let mut choices: Vec<Choice> = header.iter().map(choice).collect();
    let sieve = asked.and_then(|asked| asked.narrow(header, spec, rows, &mut choices));
    (choices, sieve)
}

/// Finds out what the columns are for.
pub fn understand(table: &mut Table, spec: &Spec) -> Result<Understood, Refusal> {
    let mut found = Understood {
        uses: vec![Use::Open; table.header.len()],
        spread: None,
        known: FxHashMap::default(),
        numbers: FxHashMap::default(),
        layout: layouts::recognise(&table.header),
        name: String::new(),
        doubts: Vec::new(),
        decimal: spec.decimal,
    };
    if sdmx::is_sdmx(&table.header) {
        sdmx::prepare(table)?;
    }
    found.declared(table, spec)?;
    if table.is_partial {
        let left = table.columns.iter().enumerate().filter(|(_, c)| matches!(c, Column::Left));
        left.for_each(|(at, _)| found.take(at, Use::Skip));
    }
    if sdmx::is_sdmx(&table.header) {
        found.name = sdmx::uses(table, &mut found.uses);
    }
    let starts =
        |names: &[&str]| table.header.iter().zip(names).filter(|(h, n)| h.as_str() == **n).count() == names.len();
    if table.header.len() == 2 && (starts(&["DATE"]) || starts(&["observation_date"])) {
        found.name = "FRED".into();
    }
    found.by_layout(table)?;
    found.by_names(table, spec)?;
    found.by_cells(table, spec)?;
    Ok(found)
}

/// The column of a name in a declaration.
pub fn column(header: &[String], name: &Name) -> Result<usize, Refusal> {
    header.iter().position(|h| *h == name.node).ok_or_else(|| {
        let near = suggest::nearest(&name.node, header.iter().map(String::as_str));
        let message = format!("the file has no column `{}`", name.node);
        let advice = if near.is_empty() {
            format!("its columns are {}", header.join(", "))
        } else {
            format!("did you mean {}?", suggest::either(&near))
        };
        Refusal::Declaration(Box::new(Diagnostic::new(&codes::BAD_DECLARATION, name.span, message).advice(advice)))
    })
}

impl Understood {
    fn is_open(&self, at: usize) -> bool {
        self.uses.get(at) == Some(&Use::Open)
    }

    fn take(&mut self, at: usize, what: Use) {
        if let Some(slot) = self.uses.get_mut(at) {
            *slot = what;
        }
    }

    /// The column with this use.
    pub fn used_as(&self, what: &Use) -> Option<usize> {
        self.uses.iter().position(|u| u == what)
    }

    /// The column of the period.
    pub fn period(&self) -> Option<usize> {
        self.uses.iter().position(|u| matches!(u, Use::Period(_)))
    }

    fn has_time(&self, spec: &Spec) -> bool {
        self.period().is_some()
            || self.used_as(&Use::Year).is_some()
            || spec.constants.iter().any(|(n, _)| n.node == "period")
    }

    fn declared(&mut self, table: &Table, spec: &Spec) -> Result<(), Refusal> {
        for (name, from, form) in &spec.columns {
            let at = column(&table.header, from)?;
            let what = match name.node.as_str() {
                "period" => Use::Period(form.as_ref().map(|f| f.node.clone())),
                "year" => Use::Year,
                "month" => Use::Month,
                "flow" => Use::Flow,
                "status" => Use::Status,
                "confidentiality" => Use::Secrecy,
                "multiplier" => Use::Multiplier,
                _ => Use::Dimension(name.node.clone()),
            };
            self.take(at, what);
        }
        for measure in spec.measures.iter().filter(|m| m.column.node != "cells") {
            let at = column(&table.header, &measure.column)?;
            self.take(at, Use::Measure);
        }
        for name in &spec.skip {
            let at = column(&table.header, name)?;
            self.take(at, Use::Skip);
        }
        if let Some((dim, columns)) = &spec.wide {
            let places = columns.iter().map(|c| column(&table.header, c).map(|at| (at, c.node.clone())));
            let places: Vec<(usize, String)> = places.collect::<Result<_, _>>()?;
            places.iter().for_each(|(at, _)| self.take(*at, Use::Spread));
            self.spread = Some(Spread::Codes(dim.node.clone(), places));
        }
        Ok(())
    }

    fn by_layout(&mut self, table: &Table) -> Result<(), Refusal> {
        let Some(layout) = self.layout else { return Ok(()) };
        self.name = layout.name.to_string();
        for (name, role) in layout.columns {
            let Some(at) = table.header.iter().position(|h| h.to_lowercase() == *name).filter(|at| self.is_open(*at))
            else {
                continue;
            };
            let what = match role {
                Role::Measure(name, meaning) => {
                    let text = Spanned::new((*meaning).to_string(), Default::default());
                    if let Ok(meaning) = parse_meaning(&text) {
                        self.known.insert(at, ((*name).to_string(), meaning));
                    }
                    Use::Measure
                }
                other => use_of(*other),
            };
            let twice = matches!(what, Use::Dimension(_) | Use::Period(_)) && self.used_as(&what).is_some();
            // A dimension without a single label says nothing.
            let empty = matches!(what, Use::Dimension(_)) && table.columns.get(at).is_some_and(is_blank);
            self.take(at, if twice || empty { Use::Skip } else { what });
        }
        // A number column of a closed layout that is wholly empty is one that this file does not use.
        for at in 0..table.header.len() {
            let blank = table.columns.get(at).is_some_and(is_blank);
            if (layout.closed && self.is_open(at))
                || (blank && self.uses.get(at) == Some(&Use::Measure) && self.known.contains_key(&at))
            {
                self.take(at, Use::Skip);
            }
        }
        Ok(())
    }

    fn by_names(&mut self, table: &mut Table, spec: &Spec) -> Result<(), Refusal> {
        let open: Vec<usize> = (0..table.header.len()).filter(|i| self.is_open(*i)).collect();
        let name_of = |at: usize| table.header.get(at).map(String::as_str).unwrap_or("");
        let numbered = |at: usize| name_of(at) == format!("column{}", at + 1) && table.header_line.is_some();
        let mut roles: Vec<(usize, Role, usize)> =
            open.iter().filter_map(|i| roles::role_of(name_of(*i)).map(|(r, rank)| (*i, r, rank))).collect();
        roles.sort_by_key(|(i, role, rank)| if *role == Role::Period { (*rank, *i) } else { (usize::MAX, *i) });
        for at in open.iter().filter(|i| numbered(**i)) {
            self.take(*at, Use::Skip);
        }
        // Year and month apart, unless one column holds the whole date.
        let part = |what: Role| open.iter().copied().find(|i| roles::part_of_date(name_of(*i)) == Some(what));
        if let (false, Some(year), Some(month)) = (self.has_time(spec), part(Role::Year), part(Role::Month)) {
            let whole = roles
                .iter()
                .any(|(at, role, _)| *role == Role::Period && *at != year && *at != month && holds_periods(table, *at));
            let parts = table
                .columns
                .get(month)
                .and_then(Column::words)
                .is_some_and(|w| w.iter().all(|m| period_forms::from_parts("2000", m).is_some()));
            if !whole && parts {
                self.take(year, Use::Year);
                self.take(month, Use::Month);
            }
        }
        for (at, role, _) in roles {
            if !self.is_open(at) {
                continue;
            }
            let what = use_of(role);
            let blank = table.columns.get(at).is_some_and(is_blank);
            let taken = match &what {
                Use::Period(_) if self.has_time(spec) => true,
                // A column called `time` may hold something else.
                Use::Period(_) if !holds_periods(table, at) && roles::part_of_date(name_of(at)).is_some() => true,
                Use::Period(_) => false,
                Use::Skip => false,
                other => self.used_as(other).is_some() || blank,
            };
            self.take(at, if taken { Use::Skip } else { what });
        }
        let open: Vec<usize> = (0..table.header.len()).filter(|i| self.is_open(*i)).collect();
        if self.spread.is_none() {
            self.spread = wide(table, &open, self.has_time(spec));
            for at in self.spread.iter().flat_map(Spread::columns).collect::<Vec<_>>() {
                self.take(at, Use::Spread);
            }
        }
        if !self.has_time(spec) && !matches!(self.spread, Some(Spread::Periods(_))) {
            let candidates: Vec<usize> =
                open.into_iter().filter(|i| self.is_open(*i) && holds_periods(table, *i)).collect();
            if let [only] = candidates.as_slice() {
                self.take(*only, Use::Period(None));
            }
        }
        Ok(())
    }

    /// Columns that nothing is known of: numbers are measures, all else are dimensions.
    fn by_cells(&mut self, table: &mut Table, spec: &Spec) -> Result<(), Refusal> {
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
            let what = match self.read_numbers(table, at, spec) {
                Ok(read) => {
                    if let Some(cell) = &read.ambiguous {
                        let message =
                            format!("`{cell}` in column `{name}` was read as thousands; it could have decimals");
                        let advice = "declare `thousands \",\"` or `decimal \",\"`";
                        self.doubts.push(
                            Doubt::new(&codes::AMBIGUOUS_THOUSANDS, line_of(table, at, cell), message).advice(advice),
                        );
                    }
                    self.numbers.insert(at, read);
                    if open { Use::Measure } else { continue }
                }
                Err(NotNumbers::Nothing) if self.uses.get(at) == Some(&Use::Spread) => continue,
                Err(problem) if !open => return Err(number_error(table, at, &problem).into()),
                Err(problem) => match self.is_text(table, at, &problem) {
                    true => Use::Dimension(series_name(name)),
                    false => return Err(number_error(table, at, &problem).into()),
                },
            };
            self.take(at, what);
        }
        Ok(())
    }

    fn read_numbers(&self, table: &mut Table, at: usize, spec: &Spec) -> Result<NumberColumn, NotNumbers> {
        let hints = Hints {
            markers: &spec.missing,
            decimal: self.decimal,
            thousands: spec.thousands,
            comma_separated: table.separator == b',',
        };
        let Some(column) = table.columns.get_mut(at) else { return Err(NotNumbers::Nothing) };
        cells::read(column, &hints, spec.absent_is_zero)
    }

    /// Whether a column that is not one of numbers is one of texts, rather than of numbers with a mistake in it.
    fn is_text(&self, table: &Table, at: usize, problem: &NotNumbers) -> bool {
        let Some(Column::Words(words, codes)) = table.columns.get(at) else { return false };
        match problem {
            NotNumbers::Codes | NotNumbers::Nothing => return true,
            NotNumbers::Ambiguous(_) | NotNumbers::Marks(..) => return false,
            NotNumbers::Cell(_) => {}
        }
        let numeric: Vec<bool> = words.iter().map(|w| !w.trim().is_empty() && number_forms::looks_numeric(w)).collect();
        let rows = codes.iter().filter(|c| numeric.get(*c as usize).copied().unwrap_or(false)).count();
        if rows * 2 <= codes.len() {
            return true;
        }
        // Codes are repeated, or have words of their own beside digits: `TOTAL` beside 8542.
        words.iter().zip(&numeric).filter(|(_, n)| **n).all(|(w, _)| w.trim().bytes().all(|b| b.is_ascii_digit()))
            && words
                .iter()
                .zip(&numeric)
                .filter(|(w, n)| !**n && !w.trim().is_empty())
                .all(|(w, _)| crate::data::known::places::is_total(w.trim()) || is_list_of_codes(w))
    }
}

/// `1-684`, `12;13`, `290 n`: codes, several or with a mark, in one cell.
fn is_list_of_codes(cell: &str) -> bool {
    let cell = cell.trim();
    cell.contains(|c: char| c.is_ascii_digit())
        && cell.contains(['-', ';', ',', '/', ' '])
        && cell.starts_with(|c: char| c.is_ascii_digit())
}

/// The first line on which a text stands in a column.
pub fn line_of(table: &Table, at: usize, text: &str) -> Option<usize> {
    let column = table.columns.get(at)?;
    let row = match column {
        Column::Words(words, codes) => {
            let place = words.iter().position(|w| w.trim() == text.trim())?;
            codes.iter().position(|c| c as usize == place)?
        }
        Column::Decimals(d) => d.odd_texts().find(|(_, t)| t.trim() == text.trim()).map(|(row, _)| row as usize)?,
        Column::Left => return None,
    };
    Some(table.lines.get(row))
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

fn use_of(role: Role) -> Use {
    match role {
        Role::Period => Use::Period(None),
        Role::Year => Use::Year,
        Role::Month => Use::Month,
        Role::Dimension(name) => Use::Dimension(name.to_string()),
        Role::Flow => Use::Flow,
        Role::Measure(..) => Use::Measure,
        Role::TotalOnly => Use::TotalOnly,
        Role::Status => Use::Status,
        Role::Secrecy => Use::Secrecy,
        Role::Multiplier => Use::Multiplier,
        Role::Unit => Use::Unit,
        Role::Note => Use::Skip,
    }
}

fn is_blank(column: &Column) -> bool {
    column.words().is_some_and(|w| w.iter().all(|x| x.trim().is_empty()))
}

/// Whether all cells of a column are periods of the last centuries.
fn holds_periods(table: &Table, at: usize) -> bool {
    let Some(words) = table.columns.get(at).and_then(Column::words) else { return false };
    let read = period_forms::read_column(words.iter(), None);
    match read {
        Ok((_, periods)) => periods.iter().all(|p| (1700..=2200).contains(&p.first_month().0)),
        Err(period_forms::NotPeriods::Ambiguous(..)) => true,
        Err(_) => false,
    }
}

/// A wide table: three or more columns that are periods, or two or more that are product codes beside a period.
fn wide(table: &Table, open: &[usize], has_time: bool) -> Option<Spread> {
    let name = |at: usize| table.header.get(at).map(String::as_str).unwrap_or("");
    let numeric = |at: usize| {
        let words = table.columns.get(at).and_then(Column::words);
        words
            .is_none_or(|w| w.iter().all(|x| number_forms::is_missing(x.trim(), &[]) || number_forms::looks_numeric(x)))
    };
    if !has_time {
        let periods: Vec<(usize, Period)> =
            open.iter().filter_map(|at| period_forms::read_any(name(*at)).map(|p| (*at, p))).collect();
        return (periods.len() >= 3).then_some(Spread::Periods(periods));
    }
    let columns: Vec<usize> = open.iter().copied().filter(|at| numeric(*at)).collect();
    let codes: Vec<(usize, String)> =
        columns.iter().filter(|at| products::is_code(name(**at))).map(|at| (*at, name(*at).to_string())).collect();
    (codes.len() >= 2 && codes.len() == columns.len()).then(|| Spread::Codes("hs".into(), codes))
}

/// The decimal sign, if one of the number columns proves that it is a comma.
fn decimal_sign(table: &Table, uses: &[Use], spec: &Spec) -> Option<char> {
    if table.separator == b',' {
        return None;
    }
    let hints = Hints { markers: &spec.missing, decimal: None, thousands: spec.thousands, comma_separated: false };
    let columns = table.columns.iter().zip(uses).filter(|(_, u)| matches!(u, Use::Open | Use::Measure | Use::Spread));
    let signs = columns.filter_map(|(c, _)| number_forms::find_style(c.words()?.iter(), &hints).ok());
    let signs: Vec<char> = signs.filter_map(|f| f.style.decimal.filter(|d| *d == ',')).collect();
    signs.first().copied()
}

/// A column name as a series name: letters, digits and underscores.
pub fn series_name(header: &str) -> String {
    let before = header.split(['(', '（']).next().filter(|b| !b.trim().is_empty()).unwrap_or(header);
    let mut out = String::new();
    for c in before.chars() {
        if c.is_alphanumeric() || c == '_' {
            out.push(c);
        } else if !out.ends_with('_') && !out.is_empty() {
            out.push('_');
        }
    }
    let out = out.trim_end_matches('_');
    if out.is_empty() { "value".into() } else { out.to_string() }
}

/// A column name as it is written in a declaration.
pub fn column_text(header: &str) -> String {
    let plain = !header.is_empty() && header.chars().all(|c| c.is_alphanumeric() || c == '_');
    if plain { header.to_string() } else { format::quoted(header) }
}

/// What a number column means by its name and its layout; the flag says whether that is known rather than assumed.
pub fn meaning_of(header: &str, known: Option<&Meaning>, layout: Option<&Layout>) -> (Meaning, bool) {
    if let Some(meaning) = known {
        return (meaning.clone(), true);
    }
    if let Some(base) = layout.and_then(|l| l.rates_of)
        && let Ok(unit) = Unit::parse(&format!("{header}/{base}"))
    {
        return (Meaning::new(Kind::Rate, unit), true);
    }
    if let Some(meaning) = naming::fred(header) {
        return (meaning, true);
    }
    if unit::currency(header).is_some() {
        return (Meaning::new(Kind::Rate, Unit::plain()), false);
    }
    match naming::meaning(header) {
        Some(meaning) => {
            let known = !meaning.unit.is_plain() && meaning.kind != Kind::Index;
            (meaning, known)
        }
        None => (Meaning::new(Kind::Flow, Unit::plain()), false),
    }
}

//! Wide tables: columns that hold the same for one period, part of a year or code each. In: the names of the columns that
//! nothing is known of. Out: which of them belong together.

use crate::data::columns::column::Column;
use crate::data::declare::Spec;
use crate::data::doubt::{Doubt, LoadError, Refusal};
use crate::data::known::headings::{self, Heading};
use crate::data::known::period_forms::NotPeriods;
use crate::data::known::roles;
use crate::data::known::year_parts::{self, YearPart};
use crate::data::known::{fiscal, number_forms, number_marks, period_forms, products};
use crate::data::meaning::by_names::is_year;
use crate::data::meaning::column_use::{Across, Group, Spread, Use};
use crate::data::meaning::understood::Understood;
use crate::data::table::Table;
use crate::diagnostic::codes;
use crate::value::Period;
use rustc_hash::FxHashMap;
use std::hash::Hash;

impl Understood {
    /// The columns of a wide table, if it is one.
    pub(super) fn across(&mut self, table: &Table, spec: &Spec, open: &[usize]) -> Result<Option<Spread>, Refusal> {
        let part = self.used_as(&Use::Month).or(self.used_as(&Use::Quarter));
        match (self.has_time(spec), part) {
            (false, _) => match self.by_period(table, open)? {
                Some(bare) => Ok(Some(bare)),
                None => self.by_stem_and_period(table, open),
            },
            (true, None) => Ok(self.by_part(table, open).or_else(|| by_code(table, open))),
            (true, Some(_)) => Ok(by_code(table, open)),
        }
    }

    /// Two or more columns whose names are periods, three where they might be codes.
    fn by_period(&mut self, table: &Table, open: &[usize]) -> Result<Option<Spread>, Refusal> {
        let name = |at: &usize| table.header.get(*at).map(String::as_str).unwrap_or("");
        let declared = self.headings.as_deref();
        let one = |cell: &str| match declared {
            Some(form) => period_forms::read_column(std::iter::once(cell), Some(form)).ok()?.1.first().copied(),
            None => period_forms::read_any(cell),
        };
        let fiscal = |at: &&usize| fiscal::is_label(name(at));
        let years: Vec<usize> = open.iter().filter(fiscal).copied().collect();
        let sure = years.len() >= 3 || years.len() == 2 && years.iter().map(name).all(|y| y.trim().len() == 9);
        if let (None, true, Some(cell)) = (declared, sure, fiscal::shown(years.iter().map(name))) {
            return Err(of_fiscal_years(table, &cell));
        }
        let (columns, mut all): (Vec<usize>, Vec<Period>) =
            open.iter().filter_map(|at| one(name(at)).map(|p| (*at, p))).unzip();
        // Written alike, they are read as the cells of a column are.
        if declared.is_none() {
            self.in_order(table, &columns, &mut all)?;
            // Days may stand for their months, as in a column of them.
            period_forms::widened(&mut all);
        }
        let periods: Vec<(usize, Period)> = columns.into_iter().zip(all).collect();
        // Digits may be codes.
        let plain = |at: &usize| is_year(name(at)) || name(at).contains(|c: char| !c.is_ascii_digit());
        let enough = if periods.iter().all(|(at, _)| plain(at)) { 2 } else { 3 };
        Ok((periods.len() >= enough).then_some(Spread::of_one(periods, Across::Periods)))
    }

    /// Day and month of headings in the one order that all of them allow. Of two orders the one in which all are the first
    /// of their months is taken, and said.
    fn in_order(&mut self, table: &Table, columns: &[usize], all: &mut Vec<Period>) -> Result<(), Refusal> {
        let name = |at: &usize| table.header.get(*at).map(String::as_str).unwrap_or("");
        let names = || columns.iter().map(name);
        let read = match period_forms::read_column(names(), None) {
            Err(NotPeriods::Ambiguous(a, b)) => (a, b),
            Ok((_, periods)) => {
                *all = periods;
                return Ok(());
            }
            Err(_) => return Ok(()),
        };
        let by = |form: &str| period_forms::read_column(names(), Some(form)).map(|(_, periods)| periods);
        let months = |periods: &Vec<Period>| periods.iter().all(|p| p.first() != p.last());
        let taken = match (by(read.0), by(read.1)) {
            (Ok(a), Ok(b)) => match (months(&a), months(&b)) {
                (true, false) => Some((a, read.0)),
                (false, true) => Some((b, read.1)),
                (true, true) | (false, false) => None,
            },
            _ => None,
        };
        let (first, form) = (names().next().unwrap_or(""), taken.as_ref().map_or(read.0, |(_, form)| *form));
        let line = table.header_line;
        match taken {
            Some((periods, form)) => {
                let message = format!("the headings `{first}`, … were read as {form}: the first days of months");
                let advice = format!("declare it if they are not: `period from columns: {}`", other(read, form));
                self.doubts.push(Doubt::new(&codes::LAYOUT_GUESSED, line, message).advice(advice));
                *all = periods;
                Ok(())
            }
            None => {
                let message = format!("the headings `{first}`, … could be {} or {}", read.0, read.1);
                let error = LoadError::at(line.unwrap_or(1), message);
                Err(error.advice(format!("declare which: `period from columns: {form}`")).into())
            }
        }
    }

    /// Columns whose names say a period and what they hold: of each thing two or more.
    fn by_stem_and_period(&mut self, table: &Table, open: &[usize]) -> Result<Option<Spread>, Refusal> {
        let name = |at: usize| table.header.get(at).map(String::as_str).unwrap_or("");
        let headed = |at: &usize| headings::period(name(*at)).map(|h| (*at, h));
        let found: Vec<(usize, Heading<Period>)> = open.iter().filter_map(headed).collect();
        let of_numbers = found.iter().filter(|(at, h)| !marks(h) && holds_numbers(table, *at));
        let mut stems = Stems::default();
        of_numbers.for_each(|(at, h)| stems.add(&h.stem, h.of, *at));
        stems.only(|stem, columns| columns.len() > 1 && !table.header.iter().any(|h| h == stem));
        let Some((_, first)) = stems.list.first() else { return Ok(None) };
        let fiscal = |texts: Vec<&str>| fiscal::shown(texts.into_iter());
        let texts = |stem: &str| found.iter().filter(|(_, h)| h.stem == stem).map(|(_, h)| h.text.as_str()).collect();
        if let Some(cell) = stems.list.iter().find_map(|(stem, _)| fiscal(texts(stem))) {
            return Err(of_fiscal_years(table, &cell));
        }
        let mut periods: Vec<Period> = first.keys().copied().collect();
        periods.extend(stems.list.iter().flat_map(|(_, columns)| columns.keys().copied()));
        periods.sort_unstable();
        periods.dedup();
        // Marks say of which measure they are only where there is one.
        let marked: FxHashMap<Period, usize> =
            found.iter().filter(|(_, h)| marks(h) && stems.list.len() == 1).map(|(at, h)| (h.of, *at)).collect();
        let group = |(stem, columns): (&str, FxHashMap<Period, usize>)| Group {
            name: Some(stem.to_string()).filter(|s| !s.is_empty()),
            columns: periods.iter().map(|p| columns.get(p).copied()).collect(),
            marks: periods.iter().map(|p| marked.get(p).copied()).collect(),
            whole_year: None,
        };
        let groups = stems.list.into_iter().map(group).collect();
        found.iter().filter(|(_, h)| marks(h)).for_each(|(at, _)| self.take(*at, Use::Skip));
        Ok(Some(Spread { across: Across::Periods(periods), groups }))
    }

    /// Three or more columns whose names are months or quarters, beside a column of years; a total of them is left out.
    fn by_part(&mut self, table: &Table, open: &[usize]) -> Option<Spread> {
        let years = self.period().or(self.used_as(&Use::Year))?;
        let words = table.columns.get(years).and_then(Column::words)?;
        if !words.iter().all(|w| year_parts::year_of(w).is_some()) {
            return None;
        }
        let name = |at: usize| table.header.get(at).map(String::as_str).unwrap_or("");
        let parts: Vec<(usize, YearPart)> =
            open.iter().filter_map(|at| year_parts::named(name(*at)).map(|p| (*at, p))).collect();
        if parts.len() < 3 || !are_alike(parts.iter().map(|(_, p)| *p)) {
            return self.by_stem_and_part(table, open);
        }
        let mut spread = Spread::of_one(parts, Across::Parts);
        let whole = open.iter().copied().filter(|at| headings::is_whole_year(name(*at)));
        for at in whole.collect::<Vec<_>>() {
            self.leave_whole_year(table, at, spread.groups.first_mut());
        }
        Some(spread)
    }

    /// Columns whose names say a month or quarter and what they hold: of each thing all months or all quarters.
    fn by_stem_and_part(&mut self, table: &Table, open: &[usize]) -> Option<Spread> {
        let name = |at: usize| table.header.get(at).map(String::as_str).unwrap_or("");
        let headed = |at: &usize| headings::part(name(*at)).map(|h| (*at, h));
        let found: Vec<(usize, Heading<Option<YearPart>>)> =
            open.iter().filter_map(headed).filter(|(at, _)| holds_numbers(table, *at)).collect();
        let mut stems = Stems::default();
        found.iter().for_each(|(at, h)| stems.add(&h.stem, h.of, *at));
        let parts_of = |columns: &FxHashMap<Option<YearPart>, usize>| -> Vec<YearPart> {
            let mut parts: Vec<YearPart> = columns.keys().copied().flatten().collect();
            parts.sort_unstable();
            parts
        };
        stems.only(|_, columns| {
            let parts = parts_of(columns);
            let enough = match parts.first() {
                Some(YearPart::Month(_)) => parts.len() == 12,
                Some(YearPart::Quarter(_)) => parts.len() == 4,
                Some(YearPart::Half(_) | YearPart::Whole) | None => false,
            };
            enough && are_alike(parts.into_iter())
        });
        let parts = parts_of(&stems.list.first()?.1);
        let mut groups = Vec::new();
        for (stem, columns) in stems.list.into_iter().filter(|(_, columns)| parts_of(columns) == parts) {
            let at = |part: &YearPart| columns.get(&Some(*part)).copied();
            let name = Some(stem.to_string());
            let mut group = Group { name, columns: parts.iter().map(at).collect(), ..Group::default() };
            if let Some(at) = columns.get(&None) {
                self.leave_whole_year(table, *at, Some(&mut group));
            }
            groups.push(group);
        }
        Some(Spread { across: Across::Parts(parts), groups })
    }

    /// Leaves out the total of months or quarters, which they are held against.
    fn leave_whole_year(&mut self, table: &Table, at: usize, group: Option<&mut Group>) {
        let name = table.header.get(at).map(String::as_str).unwrap_or("");
        let message = format!("column `{name}` beside the months or quarters was left out");
        self.doubts.push(Doubt::new(&codes::AGGREGATE_ROW, table.header_line, message));
        self.take(at, Use::Skip);
        if let Some(group) = group {
            group.whole_year = Some(at);
        }
    }
}

/// Columns by what their names say beside the period, in the order in which they stand.
struct Stems<'a, T> {
    list: Vec<(&'a str, FxHashMap<T, usize>)>,
    places: FxHashMap<&'a str, usize>,
}

impl<T> Default for Stems<'_, T> {
    fn default() -> Self {
        Stems { list: Vec::new(), places: FxHashMap::default() }
    }
}

impl<'a, T: Eq + Hash> Stems<'a, T> {
    fn add(&mut self, stem: &'a str, of: T, column: usize) {
        let place = *self.places.entry(stem).or_insert(self.list.len());
        if place == self.list.len() {
            self.list.push((stem, FxHashMap::default()));
        }
        if let Some((_, columns)) = self.list.get_mut(place) {
            columns.entry(of).or_insert(column);
        }
    }

    fn only(&mut self, test: impl Fn(&str, &FxHashMap<T, usize>) -> bool) {
        self.list.retain(|(stem, columns)| test(stem, columns));
    }
}

/// The form that was not taken.
fn other(both: (&'static str, &'static str), taken: &str) -> &'static str {
    if both.0 == taken { both.1 } else { both.0 }
}

/// Whether the cells of a column are marks of those of another.
fn marks(heading: &Heading<Period>) -> bool {
    let lower = heading.stem.to_lowercase();
    let ends = ["missing value", "missingvalue", "note", "notes", "footnote", "footnotes"];
    heading.is_mark || roles::remarks(&lower).is_some() || ends.iter().any(|end| lower.ends_with(end))
}

/// Parts of one kind, each once.
fn are_alike(parts: impl Iterator<Item = YearPart> + Clone) -> bool {
    let months = parts.clone().filter(|p| matches!(p, YearPart::Month(_))).count();
    months == 0 || months == parts.count()
}

fn of_fiscal_years(table: &Table, cell: &str) -> Refusal {
    let message = format!("the columns are fiscal years, as `{cell}`, and it is not said in which month they begin");
    let advice = format!("declare it: {}", fiscal::advice("columns", cell));
    LoadError::at(table.header_line.unwrap_or(1), message).advice(advice).into()
}

/// Whether a column can be one of numbers.
fn holds_numbers(table: &Table, at: usize) -> bool {
    let words = table.columns.get(at).and_then(Column::words);
    let marked = |x: &str| number_marks::split(x).is_some_and(|(number, _)| number_forms::looks_numeric(number));
    let numeric = |x: &str| number_forms::is_missing(x.trim(), &[]) || number_forms::looks_numeric(x) || marked(x);
    words.is_none_or(|w| w.iter().all(numeric))
}

/// Two or more columns whose names are product codes, beside a period.
fn by_code(table: &Table, open: &[usize]) -> Option<Spread> {
    let name = |at: usize| table.header.get(at).map(String::as_str).unwrap_or("");
    let columns: Vec<usize> = open.iter().copied().filter(|at| holds_numbers(table, *at)).collect();
    let codes: Vec<(usize, String)> =
        columns.iter().filter(|at| products::is_code(name(**at))).map(|at| (*at, name(*at).to_string())).collect();
    let all = codes.len() >= 2 && codes.len() == columns.len();
    all.then(|| Spread::of_one(codes, |codes| Across::Codes("hs".into(), codes)))
}

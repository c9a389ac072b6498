//! Uses by the names of columns, of which each is believed only where its cells do not speak against it: a column called
//! `time` may hold hours.

use crate::data::columns::column::Column;
use crate::data::declare::Spec;
use crate::data::doubt::{Doubt, Refusal};
use crate::data::known::roles::{self, Remarks, Role};
use crate::data::known::{period_forms, places, totals, year_parts};
use crate::data::meaning::column_use::{Across, Spread, Use, use_of};
use crate::data::meaning::kinds;
use crate::data::meaning::naming::series_name;
use crate::data::meaning::sdmx;
use crate::data::meaning::understood::Understood;
use crate::data::table::Table;
use crate::data::table::find::is_blank;
use crate::diagnostic::{codes, words};
use crate::value::Flags;

impl Understood {
    /// By known names, and by what the names of a wide table's columns are.
    pub(super) fn by_names(&mut self, table: &mut Table, spec: &Spec) -> Result<(), Refusal> {
        self.years_above(table, spec);
        let open: Vec<usize> = (0..table.header.len()).filter(|i| self.is_open(*i)).collect();
        let name_of = |at: usize| table.header.get(at).map(String::as_str).unwrap_or("");
        let numbered = |at: usize| name_of(at) == format!("column{}", at + 1) && table.header_line.is_some();
        let mut roles: Vec<(usize, Role, usize)> =
            open.iter().filter_map(|i| roles::role_of(name_of(*i)).map(|(r, rank)| (*i, r, rank))).collect();
        // The most telling name takes a role, wherever its column stands.
        roles.sort_by_key(|(i, _, rank)| (*rank, *i));
        // Remarks on the cells of another column stand in one of its name.
        let remarks = |at: usize| {
            let name = name_of(at).to_lowercase();
            name.strip_suffix(" missing value").is_some_and(|of| table.header.iter().any(|h| h.to_lowercase() == of))
        };
        let power = |at: usize| {
            let code = |h: &String| h.eq_ignore_ascii_case("PowerCode Code");
            name_of(at).eq_ignore_ascii_case("PowerCode") && table.header.iter().any(code)
        };
        for at in open.iter().filter(|i| numbered(**i) || remarks(**i) || power(**i)) {
            self.take(*at, Use::Skip);
        }
        self.flags(table);
        self.parts_of_date(table, spec, &roles);
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
                // Another column of a role is the same told again, or a dimension under its own name.
                Use::Dimension(_) if let Some(first) = self.used_as(&what) => {
                    if !blank && !self.tells(table, first, at) {
                        continue;
                    }
                    true
                }
                other => self.used_as(other).is_some() || blank,
            };
            self.take(at, if taken { Use::Skip } else { what });
        }
        // Flows by their own words, whatever the column is called.
        let tells_flows = |at: &usize| {
            let words = table.columns.get(*at).and_then(Column::words);
            words.is_some_and(|w| roles::are_flows(w.iter()))
        };
        let all: Vec<usize> = (0..table.header.len()).filter(|i| self.is_open(*i)).collect();
        if self.used_as(&Use::Flow).is_none()
            && let [only] = all.iter().copied().filter(tells_flows).collect::<Vec<_>>().as_slice()
        {
            self.take(*only, Use::Flow);
        }
        // Numbers that are codes are no amounts.
        let blank = |at: &usize| table.columns.get(*at).is_some_and(is_blank);
        let codes = |at: &usize| names_codes(name_of(*at)) && holds_digits(table, *at) && !blank(at);
        let coded: Vec<usize> = all.into_iter().filter(|at| self.is_open(*at)).filter(codes).collect();
        for at in coded {
            let again = self.has_time(spec) && roles::is_period_code(name_of(at));
            self.take(at, if again { Use::Skip } else { Use::Dimension(series_name(name_of(at))) });
        }
        let open: Vec<usize> = (0..table.header.len()).filter(|i| self.is_open(*i)).collect();
        if self.spread.is_none() {
            self.spread = self.across(table, spec, &open)?;
            let columns: Vec<usize> = self.spread.iter().flat_map(Spread::columns).collect();
            columns.into_iter().for_each(|at| self.take(at, Use::Spread));
            self.codes_before(table);
        }
        if !self.has_time(spec) && !self.spread.as_ref().is_some_and(|s| matches!(s.across, Across::Periods(_))) {
            let candidates: Vec<usize> =
                open.into_iter().filter(|i| self.is_open(*i) && holds_periods(table, *i)).collect();
            if let [only] = candidates.as_slice() {
                self.take(*only, Use::Period(None));
            }
        }
        Ok(())
    }

    /// Columns of remarks on the observations are no dimensions: a total and its parts differ in them.
    fn flags(&mut self, table: &Table) {
        self.flags_of_one_each(table);
        for (at, name) in table.header.iter().enumerate() {
            let Some(what) = roles::remarks(name).filter(|_| self.is_open(at)) else { continue };
            let Some(words) = table.columns.get(at).and_then(Column::words) else { continue };
            let told = || words.iter().map(str::trim).filter(|w| !w.is_empty());
            let marked = |w: &str| sdmx::status(name, w).0 != Flags::none() || sdmx::is_no(w);
            let are = match what {
                // A ship has a flag too.
                Remarks::Flags => told().next().is_none() || !told().all(|w| w.len() > 2 && places::iso3(w).is_some()),
                Remarks::Perhaps => words.iter().any(|w| w.trim().is_empty()) || told().all(marked),
                Remarks::Footnotes => true,
                Remarks::Coverage => told().next().is_some() && told().all(is_part),
            };
            if are {
                let again =
                    matches!(what, Remarks::Footnotes | Remarks::Coverage) || self.used_as(&Use::Status).is_some();
                self.take(at, if again { Use::Skip } else { Use::Status });
            }
        }
    }

    /// Flags of several measures, a column for each, say nothing of the others, and are left out.
    fn flags_of_one_each(&mut self, table: &Table) {
        let lower: Vec<String> = table.header.iter().map(|h| h.to_lowercase()).collect();
        let is_flag = |at: usize| lower.get(at).is_some_and(|h| roles::remarks(h) == Some(Remarks::Flags));
        let measure = |at: usize| {
            let name = lower.get(at)?;
            let bare =
                |n: &String| n.split(['[', '(']).next().is_some_and(|n| n.len() > 2 && name.starts_with(n.trim()));
            let named = |(i, n): &(usize, &String)| !is_flag(*i) && bare(n);
            lower.iter().enumerate().find(named).map(|(i, _)| i)
        };
        let open = (0..lower.len()).filter(|at| is_flag(*at) && self.is_open(*at));
        let of: Vec<(usize, usize)> = open.filter_map(|at| Some((at, measure(at)?))).collect();
        let first = of.first().map(|(_, measure)| *measure);
        if of.iter().all(|(_, measure)| Some(*measure) == first) {
            return;
        }
        let names: Vec<String> =
            of.iter().filter_map(|(at, _)| table.header.get(*at)).map(|h| format!("`{h}`")).collect();
        let message = format!("{} mark one measure each, and are left out", words::some(&names, 4));
        self.doubts.push(Doubt::new(&codes::LAYOUT_GUESSED, table.header_line, message));
        of.into_iter().for_each(|(at, _)| self.take(at, Use::Skip));
    }

    /// Where the year stands in the first of its rows alone, beside months or quarters, the others are of the same.
    fn years_above(&mut self, table: &mut Table, spec: &Spec) {
        let called = |what: Role| table.header.iter().position(|h| roles::part_of_date(h) == Some(what));
        let part = called(Role::Month).or_else(|| called(Role::Quarter));
        let Some(year) = called(Role::Year).filter(|at| part.is_some() && self.is_open(*at) && !self.has_time(spec))
        else {
            return;
        };
        if has_years_above(table, year) {
            let rows = table.columns.get_mut(year).map_or(0, Column::filled_down);
            let name = table.header.get(year).map(String::as_str).unwrap_or("");
            let (s, were) = if rows == 1 { ("row", "was") } else { ("rows", "were") };
            let message = format!("{rows} {s} without a year in column `{name}` {were} read as of the year above");
            self.doubts.push(Doubt::new(&codes::LAYOUT_GUESSED, table.header_line, message));
        }
    }

    /// Year and month apart, or year and quarter, unless one column holds the whole date.
    fn parts_of_date(&mut self, table: &Table, spec: &Spec, roles: &[(usize, Role, usize)]) {
        let name_of = |at: usize| table.header.get(at).map(String::as_str).unwrap_or("");
        let open: Vec<usize> = (0..table.header.len()).filter(|i| self.is_open(*i)).collect();
        let column = |what: Role| open.iter().copied().find(|i| roles::part_of_date(name_of(*i)) == Some(what));
        let Some(year) = column(Role::Year).filter(|_| !self.has_time(spec)) else { return };
        let holds_parts = |at: usize, test: &dyn Fn(&str) -> bool| {
            let words = table.columns.get(at).and_then(Column::words);
            words.is_some_and(|w| !w.is_empty() && w.iter().all(test))
        };
        let in_column = |quarters: bool| move |text: &str| year_parts::in_column(text, quarters).is_some();
        let month = column(Role::Month).filter(|at| holds_parts(*at, &in_column(false)));
        let quarter = column(Role::Quarter).filter(|at| holds_parts(*at, &in_column(true)));
        // `period` beside a year may hold `M01`.
        let named = |text: &str| year_parts::named(text).is_some();
        let by_period = roles.iter().filter(|(_, role, _)| *role == Role::Period).map(|(at, ..)| *at);
        let part = month.or_else(|| by_period.clone().find(|at| *at != year && holds_parts(*at, &named)));
        let Some(part) = part.or(quarter) else { return };
        let whole = |at: usize| at != year && at != part && Some(at) != quarter && holds_periods(table, at);
        if by_period.clone().any(whole) {
            return;
        }
        self.take(year, Use::Year);
        self.take(part, if Some(part) == quarter { Use::Quarter } else { Use::Month });
        if let Some(quarter) = quarter.filter(|q| *q != part) {
            // The month says it too.
            self.take(quarter, Use::Skip);
        }
    }

    /// Whole numbers before the columns of periods tell which row it is, unless a dimension does: then they count the
    /// rows, or are ranks or the office's own numbers.
    fn codes_before(&mut self, table: &Table) {
        let periods = |s: &&Spread| !matches!(s.across, Across::Codes(..));
        let first = self.spread.iter().filter(periods).flat_map(Spread::columns).min();
        for at in (0..first.unwrap_or(0)).filter(|at| self.is_open(*at)).collect::<Vec<_>>() {
            let name = table.header.get(at).map(String::as_str).unwrap_or("");
            if !holds_digits(table, at) || totals::is_total(name.trim()) {
                continue;
            }
            let dims = (0..table.header.len()).filter(|i| matches!(self.uses.get(*i), Some(Use::Dimension(_))));
            let told = dims.collect::<Vec<_>>().into_iter().any(|dim| self.are_one(table, at, dim));
            self.take(at, if told { Use::Skip } else { Use::Dimension(series_name(name)) });
        }
    }
}

/// Whether a column has years, the first row one of them, and nothing where the year stays the same.
fn has_years_above(table: &Table, at: usize) -> bool {
    let Some(Column::Words(words, codes)) = table.columns.get(at) else { return false };
    let first = codes.get(0).map_or("", |c| words.get(c));
    let is_year = |w: &str| year_parts::year_of(w).is_some();
    is_year(first)
        && words.iter().any(|w| w.trim().is_empty())
        && words.iter().all(|w| w.trim().is_empty() || is_year(w))
}

/// Whether a name is four digits, of a year of the last centuries.
pub(super) fn is_year(name: &str) -> bool {
    name.len() == 4 && name.parse::<i32>().is_ok_and(|year| (1800..=2100).contains(&year))
}

/// Whether all cells of a column are digits alone, or empty.
fn holds_digits(table: &Table, at: usize) -> bool {
    let digits = |w: &str| w.trim().bytes().all(|b| b.is_ascii_digit());
    table.columns.get(at).and_then(Column::words).is_some_and(|w| !w.is_empty() && w.iter().all(digits))
}

/// Whether a column is called as one of codes or of the numbers that things have, and not of a kind of amounts.
pub(super) fn names_codes(column: &str) -> bool {
    roles::is_code_name(column) || roles::is_number_name(column) && kinds::told(column).is_none()
}

/// Whether all cells of a column are periods of the last centuries.
fn holds_periods(table: &Table, at: usize) -> bool {
    table.columns.get(at).and_then(Column::words).is_some_and(|words| are_periods(words.iter()))
}

/// Whether texts are periods of an age in which trade was counted, though it may have to be asked which.
pub(super) fn are_periods<'a>(words: impl Iterator<Item = &'a str> + Clone) -> bool {
    match period_forms::read_column(words, None) {
        Ok((_, periods)) => periods.iter().all(|p| (1700..=2200).contains(&p.first_month().0)),
        Err(period_forms::NotPeriods::Ambiguous(..) | period_forms::NotPeriods::Fiscal(_)) => true,
        Err(period_forms::NotPeriods::Cell(_) | period_forms::NotPeriods::NoForm) => false,
    }
}

/// `11/12`, `[11,12]`: so many of so many.
fn is_part(cell: &str) -> bool {
    let bare = cell.trim_start_matches('[').trim_end_matches(']');
    let number = |n: &str| !n.trim().is_empty() && n.trim().bytes().all(|b| b.is_ascii_digit());
    bare.split_once(['/', ',']).is_some_and(|(have, of)| number(have) && number(of))
}

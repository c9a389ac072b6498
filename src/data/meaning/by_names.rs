//! Uses by the names of columns, of which each is believed only where its cells do not speak against it: a column called
//! `time` may hold hours.

use crate::data::columns::column::Column;
use crate::data::declare::Spec;
use crate::data::doubt::Refusal;
use crate::data::known::roles::{self, Role};
use crate::data::known::{number_forms, period_forms, products};
use crate::data::meaning::column_use::{Spread, Use, use_of};
use crate::data::meaning::understood::Understood;
use crate::data::table::Table;
use crate::data::table::find::is_blank;
use crate::value::Period;

impl Understood {
    /// By known names, and by what the names of a wide table's columns are.
    pub(super) fn by_names(&mut self, table: &mut Table, spec: &Spec) -> Result<(), Refusal> {
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

//! The periods of a dataset: a column, the year and the month apart, the names of columns, or one that is declared.
//! Out: each period once, in order, and the place of each observation's.

use crate::data::columns::codes::Codes;
use crate::data::columns::column::Column;
use crate::data::declare::{Range, Said};
use crate::data::doubt::{LoadError, Refusal};
use crate::data::known::fiscal;
use crate::data::known::period_forms::{self, NotPeriods};
use crate::data::known::year_parts::{self, YearPart};
use crate::data::load::assembly::{Assembly, repeated};
use crate::data::meaning::column_use::{Across, Use};
use crate::data::table::find::line_of;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::format::column_text;
use crate::value::{Flags, Period};
use rustc_hash::FxHashMap;

impl Assembly<'_> {
    /// The periods in order, and the place of each observation's.
    pub(super) fn periods(&mut self, times: usize) -> Result<(Vec<Period>, Codes), Refusal> {
        if let Some((_, code)) = self.spec.constants.iter().find(|(n, _)| n.node == "period") {
            let Some(period) = crate::value::period::parse_fixed(&code.node) else {
                let fault =
                    Diagnostic::new(&codes::BAD_DECLARATION, code.span, format!("`{}` is not a period", code.node));
                return Err(Refusal::Declaration(Box::new(fault)));
            };
            self.declaration.push(Said::constant("period", &period.to_string()));
            return Ok((vec![period], std::iter::repeat_n(0, self.table.rows * times).collect()));
        }
        let across = self.found.spread.as_ref().map(|s| &s.across);
        if let Some(Across::Periods(once)) = across {
            let (sorted, map) = sorted(once);
            self.declaration.push(match &self.found.headings {
                Some(form) => Said::meaning("period", "columns", form, &Range::default()),
                None => Said::remark("periods are the names of columns"),
            });
            return Ok((sorted, (0..self.table.rows).flat_map(|_| map.iter().copied()).collect()));
        }
        let year = self.found.used_as(&Use::Year);
        for part in [Use::Month, Use::Quarter] {
            if let (Some(year), Some(at)) = (year, self.found.used_as(&part)) {
                return self.periods_of_parts(year, (at, part == Use::Quarter), times);
            }
        }
        let Some(at) = self.found.period().or(year) else {
            let mut error = LoadError::at(self.table.header_line.unwrap_or(1), "no column holds the periods");
            error.advice = Some("say which one, `with { period from COLUMN }`, or for which period the whole file is, `with { period = 2018 }`".into());
            return Err(error.into());
        };
        let form = match self.found.uses.get(at) {
            Some(Use::Period(form)) => form.clone(),
            _ => None,
        };
        let header = self.header(at);
        let Some(Column::Words(words, codes)) = self.table.columns.get(at) else {
            return Err(LoadError::new(format!("column `{header}` holds numbers, not periods")).into());
        };
        if let Some(Across::Parts(list)) = across {
            return self.periods_across(at, &list.clone());
        }
        let read = period_forms::read_column(words.iter(), form.as_deref());
        let (name, periods) = read.map_err(|problem| self.not_periods(at, problem))?;
        let (sorted, map) = sorted(&periods);
        let places = codes.clone().mapped(&map);
        self.decided.periods = periods;
        if declared_or(&form, name).contains("with a mark") {
            self.period_marks = Some((at, words.iter().map(mark_of).collect()));
        }
        let said = match &form {
            Some(form) => Said::meaning("period", &header, form, &Range::default()),
            None => Said::column("period", &header).because(format!("format found: {name}")),
        };
        self.declaration.push(said);
        Ok((sorted, repeated(places, times)))
    }

    /// Of a table with a row for each year and a column for each of its parts.
    fn periods_across(&mut self, years: usize, parts: &[YearPart]) -> Result<(Vec<Period>, Codes), Refusal> {
        let header = self.header(years);
        let Some(Column::Words(words, codes)) = self.table.columns.get(years) else {
            return Ok((Vec::new(), Codes::default()));
        };
        let mut list: Vec<Period> = Vec::new();
        for word in words.iter() {
            let periods = year_parts::year_of(word).map(|y| parts.iter().filter_map(move |p| p.of(y)));
            let Some(periods) = periods else {
                let line = line_of(self.table, years, word);
                let message = format!("`{}` in column `{header}` is not a year", word.trim());
                return Err(LoadError { line, ..LoadError::new(message) }.into());
            };
            list.extend(periods);
        }
        let (sorted, map) = sorted(&list);
        let of_year = |code: u32| (0..parts.len()).map(move |k| code as usize * parts.len() + k);
        let places = codes.iter().flat_map(of_year).map(|i| map.get(i).copied().unwrap_or(0)).collect();
        self.declaration.push(Said::column("year", &header).because("its parts are the names of columns".into()));
        Ok((sorted, places))
    }

    fn periods_of_parts(
        &mut self,
        year: usize,
        (month, of_quarters): (usize, bool),
        times: usize,
    ) -> Result<(Vec<Period>, Codes), Refusal> {
        let (a, b) = (self.header(year), self.header(month));
        let what = if of_quarters { "quarter" } else { "month" };
        let (Some(years), Some(months)) = (self.table.columns.get(year), self.table.columns.get(month)) else {
            return Ok((Vec::new(), Codes::default()));
        };
        let mut known: FxHashMap<(String, String), u32> = FxHashMap::default();
        let mut list: Vec<Period> = Vec::new();
        let mut rows = Codes::default();
        for row in 0..self.table.rows {
            let parts = (years.text(row), months.text(row));
            let place = match known.get(&parts) {
                Some(place) => *place,
                None => {
                    let Some(period) = year_parts::period_of(&parts.0, &parts.1, of_quarters) else {
                        let message = format!(
                            "`{}` and `{}` in columns `{a}` and `{b}` are no year and {what}",
                            parts.0.trim(),
                            parts.1.trim()
                        );
                        return Err(LoadError::at(self.table.lines.get(row), message).into());
                    };
                    let place = u32::try_from(list.len()).unwrap_or(u32::MAX);
                    list.push(period);
                    known.insert(parts, place);
                    place
                }
            };
            rows.push(place);
        }
        if let Column::Words(words, _) = months {
            let marks: Vec<Flags> = words.iter().map(mark_of).collect();
            if marks.iter().any(|m| *m != Flags::none()) {
                self.period_marks = Some((month, marks));
            }
        }
        let (sorted, map) = sorted(&list);
        self.declaration.push(Said::column("year", &a));
        self.declaration.push(Said::column(what, &b));
        Ok((sorted, repeated(rows.mapped(&map), times)))
    }

    /// Why a column does not hold the periods.
    fn not_periods(&self, at: usize, problem: NotPeriods) -> Refusal {
        let header = self.header(at);
        match problem {
            NotPeriods::Cell(cell) => {
                let what =
                    if cell.trim().is_empty() { "an empty cell".to_string() } else { format!("`{}`", cell.trim()) };
                let line = line_of(self.table, at, &cell);
                let message = format!("{what} in column `{header}` is not a period written as the others are");
                LoadError { line, ..LoadError::new(message) }.into()
            }
            NotPeriods::Ambiguous(a, b) => {
                let message = format!("the periods in column `{header}` could be {a} or {b}");
                let form = if a == "January" { "YYYY.M" } else { a };
                let advice = format!("declare which: `period from {}: {form}`", column_text(&header));
                LoadError::new(message).advice(advice).into()
            }
            NotPeriods::Fiscal(cell) => {
                let line = line_of(self.table, at, &cell);
                let message = format!(
                    "the cells of column `{header}` are fiscal years, as `{cell}`, and it is not said in which month they begin"
                );
                let advice = format!("declare it: {}", fiscal::advice(&column_text(&header), &cell));
                LoadError { line, ..LoadError::new(message) }.advice(advice).into()
            }
            NotPeriods::NoForm => {
                let span = self
                    .spec
                    .columns
                    .iter()
                    .find(|(n, _, _)| n.node == "period")
                    .and_then(|(_, _, f)| f.as_ref())
                    .map_or(self.spec.span, |f| f.span);
                let fault = Diagnostic::new(&codes::BAD_DECLARATION, span, "no form of periods has this name");
                let forms = period_forms::FORMS.iter().map(|f| f.name).chain(["fiscal year from Apr"]);
                let forms: Vec<&str> = forms.collect();
                Refusal::Declaration(Box::new(fault.advice(format!("the forms are {}", forms.join("; ")))))
            }
        }
    }
}

/// The form of a column: as it is declared, or as it was found.
fn declared_or<'a>(form: &'a Option<String>, found: &'a str) -> &'a str {
    form.as_deref().unwrap_or(found)
}

/// What the mark behind a period says of its numbers.
fn mark_of(cell: &str) -> Flags {
    match period_forms::marked(cell).map(|(_, mark)| mark.to_lowercase()).as_deref() {
        Some("p" | "prov" | "prov.") => Flags::PROVISIONAL,
        Some("e" | "f" | "est" | "est.") => Flags::ESTIMATED,
        Some("b") => Flags::BREAK,
        Some(_) | None => Flags::none(),
    }
}

/// Each period once, in order, and per place of `periods` its place among them.
fn sorted(periods: &[Period]) -> (Vec<Period>, Vec<u32>) {
    let mut list = periods.to_vec();
    list.sort_unstable();
    list.dedup();
    let map =
        periods.iter().map(|p| list.binary_search(p).ok().and_then(|i| u32::try_from(i).ok()).unwrap_or(0)).collect();
    (list, map)
}

//! Answers of a large table that stays where it is: each request becomes one statement, and what comes back is put under
//! the codes, periods and marks that its texts mean. In: an [`AggregateRequest`]. Out: the answer that a file of the same
//! rows would give. Answers are kept as long as one question is open, which sees one state of the data.

use crate::data::info::{DatasetInfo, DimInfo};
use crate::data::presence::{self, Presence};
use crate::data::source::{
    Aggregate, AggregateRequest, AggregateRow, Filter, Groups, Observation, Paired, Source, SourceError, Total,
};
use crate::data::sql::asked::{Asked, Kept};
use crate::data::sql::copy::text as text_of;
use crate::data::sql::derived;
use crate::data::sql::engine::DbFault;
use crate::data::sql::keys::Key;
use crate::data::sql::statement::{self, Statement};
use crate::data::work::Budget;
use crate::value::number::{self, Wide};
use crate::value::{Dimension, Flags, Labels, Reason};
use rustc_hash::FxHashMap;
use std::sync::{Arc, PoisonError};

/// The most groups that an answer may have.
const MOST_GROUPS: usize = 2_000_000;

/// A key of groups: which of the columns asked for says it, and the place in the answer of each place of its dimension.
struct Grouped {
    column: Option<usize>,
    places: Vec<u32>,
}

fn changed(key: &Key, text: &str) -> DbFault {
    let name = &key.column.name;
    DbFault::Changed(format!("`{text}` in column `{name}` was not there when the table was loaded"))
}

impl Asked {
    /// The keys of an answer.
    fn grouped(&self, request: &AggregateRequest, asked: &[usize]) -> (Vec<Grouped>, Vec<Dimension>) {
        let one = |group: &crate::data::GroupKey| {
            let dim = self.info.dims.get(group.dim)?;
            let (labels, places) = dim.at_level(group.level);
            let key = self.dims.get(group.dim).copied().flatten();
            let column = key.and_then(|key| asked.iter().position(|k| *k == key));
            Some((Grouped { column, places }, Dimension { name: dim.name.clone(), labels }))
        };
        request.group_by.iter().filter_map(one).unzip()
    }

    /// The period of a row's texts; none of a row that is left out.
    fn period(&self, cells: &[String], asked: &[usize]) -> Result<Option<u32>, DbFault> {
        let text = |key: &usize| asked.iter().position(|k| k == key).and_then(|i| cells.get(i)).cloned();
        let when: Vec<String> = self.times.iter().filter_map(text).collect();
        match self.periods.get(&when) {
            Some(place) => Ok(Some(*place)),
            None if self.known.contains(&when) => Ok(None),
            None => Err(DbFault::Changed(format!("{} was not there when the table was loaded", when.join(", ")))),
        }
    }

    /// What the marks of a row say, and by which power of ten its numbers are larger.
    fn marked(&self, cells: &[String], asked: &[usize]) -> Result<(Flags, Option<Reason>, u32), DbFault> {
        let at = |key: usize| asked.iter().position(|k| *k == key).and_then(|i| cells.get(i));
        let (mut flags, mut reason) = (Flags::none(), None);
        for (key, says) in &self.marks {
            let Some(text) = at(*key) else { continue };
            let lost = || self.keys.get(*key).map_or(DbFault::Stopped, |k| changed(k, text));
            let (own, why) = says.get(text).ok_or_else(lost)?;
            (flags, reason) = (flags.with(*own), reason.or(*why));
        }
        let Some((key, powers)) = &self.powers else { return Ok((flags, reason, 0)) };
        let Some(text) = at(*key) else { return Ok((flags, reason, 0)) };
        let lost = || self.keys.get(*key).map_or(DbFault::Stopped, |k| changed(k, text));
        Ok((flags, reason, *powers.get(text).ok_or_else(lost)?))
    }

    /// The answer to a request, of rows whose other measure is there or not where that is asked.
    fn answer(
        &self,
        request: &AggregateRequest,
        paired: Option<&Paired>,
        budget: &Budget,
    ) -> Result<Aggregate, SourceError> {
        let statement = statement::of(self, request, paired);
        let asked: &[usize] = statement.as_ref().map_or(&[], |s| &s.columns);
        let (keys, dims) = self.grouped(request, asked);
        let number = self.number(request.measure);
        let places = self.info.measures.get(request.measure).and_then(|m| m.places).map_or(0, u32::from);
        let mut answer = Aggregate { dims, rows: Vec::new(), places };
        let (Some(Statement { sql, columns, cut }), Some(number)) = (&statement, number) else { return Ok(answer) };
        let mut groups: FxHashMap<(Labels, u32), AggregateRow> = FxHashMap::default();
        let mut too_large = false;
        let asked = self.engine.ask(sql, columns.len() + 3, budget, &mut |row| {
            let (cells, rest) = row.split_at_checked(columns.len()).unwrap_or((row, &[]));
            let cells: Vec<String> = cells.iter().map(|c| text_of(c)).collect();
            let words: Vec<String> = rest.iter().map(|c| text_of(c)).collect();
            let [rows, count, sum] = words.as_slice() else { return Ok(()) };
            let garbled = |what: &String| DbFault::Garbled(format!("`{what}` is not the number that was asked for"));
            let rows: u64 = rows.parse().map_err(|_| garbled(rows))?;
            let Some(at) = self.period(&cells, columns)?.filter(|_| rows > 0) else { return Ok(()) };
            let Some(period) = self.info.periods.get(at as usize).copied() else { return Ok(()) };
            if request.within.is_some_and(|w| !w.contains(period))
                || self.measures.get(request.measure).and_then(|m| m.within).is_some_and(|w| !w.contains(period))
            {
                return Ok(());
            }
            let mut key = Labels::new();
            for group in &keys {
                let place = match group.column {
                    None => 0,
                    Some(column) => {
                        let text = cells.get(column).map_or("", String::as_str);
                        let of = columns.get(column).and_then(|k| self.keys.get(*k)).ok_or(DbFault::Stopped)?;
                        if let Some((_, places)) = cut.as_ref().filter(|(at, _)| columns.get(column) == Some(at)) {
                            key.push(*places.get(text).ok_or_else(|| changed(of, text))?);
                            continue;
                        }
                        match of.places.get(text) {
                            Some(place) => *place,
                            // Of rows that the loader leaves out.
                            None if of.texts.binary_search_by(|t| t.as_str().cmp(text)).is_ok() => return Ok(()),
                            None => return Err(changed(of, text)),
                        }
                    }
                };
                key.push(group.places.get(place as usize).copied().unwrap_or(0));
            }
            let count: u64 = count.parse().map_err(|_| garbled(count))?;
            let (flags, why, power) = self.marked(&cells, columns)?;
            let total = number.total(sum).and_then(|t| larger(t, power)).ok_or_else(|| garbled(sum))?;
            let reason = (count < rows).then(|| why.unwrap_or(Reason::NotReported));
            let found = AggregateRow { key: key.clone(), period, total, count, rows, reason, flags };
            let is_full = groups.len() == MOST_GROUPS;
            match groups.get_mut(&(key.clone(), at)) {
                Some(known) => {
                    let before = known.reason;
                    known.add(&found);
                    known.reason = derived::reason(before, reason);
                }
                None if is_full => {
                    too_large = true;
                    return Err(DbFault::Stopped);
                }
                None => {
                    groups.insert((key, at), found);
                }
            }
            Ok(())
        });
        if too_large {
            return Err(SourceError::TooLarge);
        }
        asked?;
        answer.rows = groups.into_values().collect();
        answer.rows.sort_unstable_by(|a, b| a.key.cmp(&b.key).then(a.period.cmp(&b.period)));
        Ok(answer)
    }
}

/// A sum times a power of ten, if it fits.
fn larger(total: Total, power: u32) -> Option<Total> {
    match total {
        Total::Exact(m) => m.checked_mul(10i128.checked_pow(power)?).map(Total::Exact),
        Total::Float(x) => Some(Total::Float(crate::value::times_ten(x, i32::try_from(power).ok()?))),
    }
}

impl Source for Asked {
    fn info(&self) -> &DatasetInfo {
        &self.info
    }

    fn aggregate(&self, request: &AggregateRequest, budget: &Budget) -> Result<Aggregate, SourceError> {
        budget.check()?;
        // A time that holds all periods is none.
        let within = request.within.filter(|w| !self.info.periods.iter().all(|p| w.contains(*p)));
        let request = &AggregateRequest { within, ..request.clone() };
        let question = self.engine.question();
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.question != question {
                *kept = Kept { question, ..Kept::default() };
            }
            if let Some(known) = kept.answers.get(request) {
                return Ok(known.clone());
            }
            if let Some(known) = derived::derived(&kept.answers, request) {
                return Ok(kept.keep(request, known));
            }
        }
        if let Some(finer) = derived::finer(self, request) {
            let answer = self.answer(&finer, None, budget)?;
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.question == question {
                kept.keep(&finer, answer);
                if let Some(known) = derived::derived(&kept.answers, request) {
                    return Ok(kept.keep(request, known));
                }
            }
        }
        let answer = self.answer(request, None, budget)?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(if kept.question == question { kept.keep(request, answer) } else { answer })
    }

    fn visit_paired(
        &self,
        request: &AggregateRequest,
        other: &Paired,
        budget: &Budget,
        groups: &mut dyn Groups,
    ) -> Result<bool, SourceError> {
        let (Some(this), Some(that)) = (self.measures.get(request.measure), self.measures.get(other.measure)) else {
            return Ok(false);
        };
        // Of other rows, as those of another flow are, nothing is known row by row.
        if !this.is_of_the_rows_of(that) {
            return Ok(false);
        }
        self.answer(request, Some(other), budget)?.shown(groups);
        Ok(true)
    }

    fn presence(
        &self,
        measure: usize,
        dims: &[usize],
        filters: &[Filter],
        budget: &Budget,
    ) -> Result<Arc<Presence>, SourceError> {
        let codes = |dim: &usize| self.info.dims.get(*dim).map_or(1, |d| d.codes.len());
        let most = dims.iter().map(codes).fold(1usize, usize::saturating_mul);
        // Where there may be too many to be looked at, they are counted first, which brings one row.
        if most > presence::MAX_COMBINATIONS
            && let Some(sql) = statement::combinations(self, measure, dims, filters)
        {
            let mut count = 0u64;
            self.engine.ask(&sql, 2, budget, &mut |row| {
                count = row.first().and_then(|c| text_of(c).parse().ok()).unwrap_or(u64::MAX);
                Ok(())
            })?;
            if usize::try_from(count).is_ok_and(|n| n > presence::MAX_COMBINATIONS) {
                return Ok(Arc::new(Presence::of_too_many()));
            }
        }
        presence::ask(self, measure, dims, filters, budget)
    }

    fn explain(
        &self,
        request: &AggregateRequest,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<Observation>, SourceError> {
        budget.check()?;
        let places = self.info.measures.get(request.measure).and_then(|m| m.places).map_or(0, u32::from);
        let Some(Statement { sql, columns, .. }) = statement::rows_of(self, request, limit) else {
            return Ok(Vec::new());
        };
        let mut out = Vec::new();
        self.engine.ask(&sql, columns.len() + 1, budget, &mut |row| {
            let mut cells: Vec<String> = row.iter().map(|c| text_of(c)).collect();
            let value = cells.pop().unwrap_or_default();
            let place = self.period(&cells, &columns)?;
            let Some(period) = place.and_then(|p| self.info.periods.get(p as usize)).copied() else { return Ok(()) };
            if request.within.is_some_and(|w| !w.contains(period)) {
                return Ok(());
            }
            let code = |(dim, key): (&DimInfo, &Option<usize>)| {
                let column = key.and_then(|key| columns.iter().position(|k| *k == key));
                let Some((at, key)) = column.zip(key.and_then(|k| self.keys.get(k))) else {
                    return dim.label(0).to_string();
                };
                let place = cells.get(at).and_then(|text| key.places.get(text));
                place.map(|p| dim.label(*p).to_string()).unwrap_or_default()
            };
            let codes = self.info.dims.iter().zip(&self.dims).map(code).collect();
            let (_, _, power) = self.marked(&cells, &columns)?;
            out.push(Observation { place: "row".into(), period, codes, value: shown(&value, power, places) });
            Ok(())
        })?;
        Ok(out)
    }

    fn meets_itself(
        &self,
        measure: usize,
        dims: (usize, usize),
        codes: &[String],
        budget: &Budget,
    ) -> Result<bool, SourceError> {
        let Some(Statement { sql, columns, .. }) = statement::meeting(self, measure, dims, codes) else {
            return Ok(false);
        };
        let mut found = false;
        self.engine.ask(&sql, columns.len() + 3, budget, &mut |row| {
            found |= row.get(columns.len() + 1).is_some_and(|count| *count != b"0");
            Ok(())
        })?;
        Ok(found)
    }

    fn statement(&self, request: &AggregateRequest) -> Option<String> {
        statement::of(self, request, None).map(|s| s.sql)
    }
}

/// A number as a file would show it; none of the empty cell.
fn shown(text: &str, power: u32, places: u32) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    let exact = Wide::parse(text).and_then(|wide| {
        let mantissa = wide.rescale(u8::try_from(places).ok()?.max(wide.places))?;
        let mantissa = mantissa.checked_mul(10i128.checked_pow(power)?)?;
        let at = places.max(u32::from(wide.places));
        Some(number::trim_zeros(&number::scaled(mantissa, at)).to_string())
    });
    exact.or_else(|| {
        text.parse().ok().map(|x: f64| number::plain(crate::value::times_ten(x, i32::try_from(power).unwrap_or(0))))
    })
}

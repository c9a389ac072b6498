//! Rows that are added to a printed table: what `top` left out together, and the total. What adds up is added; what does
//! not is computed anew for all of them together, column by column.

use super::lines::{Column, Line, Lines};
use super::ranked::{Ranked, is_calendar};
use super::rests::{MANY, Rests, asked_in_pieces};
use crate::data::Source;
use crate::diagnostic::{Diagnostic, codes};
use crate::eval::Evaluator;
use crate::pause::paced;
use crate::plan::choices::{key_named, without_key};
use crate::plan::evaluation::OFTEN;
use crate::plan::{Condition, Key, Plan, parts};
use crate::span::{Span, Spanned};
use crate::syntax::Fault;
use crate::value::{Cell, Dimension, Flags, Labels, Period, Reason, Row, distinct};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The label of all that is not shown.
pub const REST: &str = "rest";
/// The label of all together.
pub const TOTAL: &str = "total";

impl Evaluator<'_> {
    /// Adds a row for what `top` left out of each group.
    pub(super) fn add_rest(&mut self, table: &mut Lines<'_>, ranked: &Ranked, span: Span) -> Result<(), Fault> {
        if ranked.groups.iter().all(|(_, _, left)| left.is_empty()) || ranked.dims.is_empty() || ranked.ranks_periods {
            return Ok(());
        }
        let label: BTreeMap<usize, u32> = ranked.dims.iter().map(|d| (*d, with_label(table, *d, REST))).collect();
        let mut at_once: Vec<Option<Rests>> = Vec::new();
        for column in &table.columns {
            let dims = ranked.dims.iter().filter_map(|d| table.dims.get(*d));
            let added = dims.into_iter().all(|d| adds_up(column, &d.name)) || is_published(column);
            at_once.push(if added { None } else { self.rests(table, column, ranked)? });
        }
        let asked = |(column, known): (&Column<'_>, &Option<Rests>)| match known {
            None if ranked.groups.len() >= MANY => asked_in_pieces(column, &table.dims, &ranked.dims),
            _ => column.plan.clone(),
        };
        let plans: Vec<Plan> = table.columns.iter().zip(&at_once).map(asked).collect();
        let kept = std::mem::take(&mut table.lines);
        let mut kept = kept.into_iter().peekable();
        for (group, chosen, left) in &ranked.groups {
            self.go_on(span)?;
            while let Some(line) = kept.next_if(|l| ranked.group(l) == *group) {
                table.lines.push(line);
            }
            if left.is_empty() {
                continue;
            }
            self.say_swallowed(table, left, span);
            let mut periods = distinct(left.iter().map(|l| l.period));
            let mut columns = Vec::new();
            for (at, plan) in plans.iter().enumerate() {
                let known = at_once.get(at).and_then(Option::as_ref).map(|all| all.get(group));
                let rest = match known {
                    Some(rest) => Some(timed(rest, left)),
                    None => self.rest(table, (at, plan), ranked, (&group.0, chosen, left))?,
                };
                // What has none for one group has none for any.
                if let (None, Some(all)) = (&rest, at_once.get_mut(at)) {
                    *all = Some(Rests::default());
                }
                columns.push(rest.unwrap_or_default());
            }
            periods.retain(|p| columns.iter().any(|c| c.contains_key(p)));
            for period in periods {
                let mut others = group.0.iter();
                let key: Labels = (0..table.dims.len())
                    .map(|d| label.get(&d).copied().or_else(|| others.next().copied()).unwrap_or_default())
                    .collect();
                let cell = |c: &BTreeMap<Option<Period>, Cell>| {
                    let cell = c.get(&period).copied().unwrap_or(Cell::missing(Reason::Undefined));
                    Cell { flags: cell.flags.with(Flags::REST), ..cell }
                };
                table.lines.push(Line { key, period, cells: columns.iter().map(cell).collect() });
            }
        }
        table.lines.extend(kept);
        Ok(())
    }

    /// What no label accounts for is part of the rest.
    fn say_swallowed(&mut self, table: &Lines<'_>, left: &[Line], span: Span) {
        let parts = || left.iter().filter(|l| l.is_rest() && l.first().datum.is_ok());
        let Some(last) = parts().max_by_key(|l| l.period.map(|p| p.last())).map(|l| l.period) else { return };
        let x: f64 = parts().filter(|l| l.period == last).filter_map(|l| l.first().datum.ok()).sum();
        let Some(unit) = table.columns.first().map(|c| &c.value.unit) else { return };
        let unit = if unit.is_unknown() { String::new() } else { format!(" {unit}") };
        let period = last.map(|p| format!(" in {p}")).unwrap_or_default();
        let amount = crate::value::number::significant(x, 6);
        let message = format!("`rest` holds {amount}{}{period} that no label accounts for", unit.trim_end());
        self.say(Diagnostic::new(&codes::NOT_ALLOCATED, span, message));
    }

    /// The rest of one column, by period; `None` where the column has none, whatever the group.
    fn rest(
        &mut self,
        table: &Lines<'_>,
        (at, plan): (usize, &Plan),
        ranked: &Ranked,
        (group, chosen, left): (&Labels, &[Labels], &[Line]),
    ) -> Result<Option<BTreeMap<Option<Period>, Cell>>, Fault> {
        let Some(column) = table.columns.get(at) else { return Ok(None) };
        let dims: Vec<&Dimension> = ranked.dims.iter().filter_map(|d| table.dims.get(*d)).collect();
        if dims.iter().all(|d| adds_up(column, &d.name)) {
            return Ok(Some(by_period(left, at)));
        }
        // Prices and indices of others together are nothing that the data know.
        let [dim] = dims.as_slice() else { return Ok(None) };
        if is_published(column) {
            return Ok(None);
        }
        let Some(without) = without_key(plan, &dim.name) else { return Ok(None) };
        let mut below = column.demand.clone();
        below.keys.retain(|k| k.name.node != dim.name.as_ref());
        let span = column.plan.span;
        let condition = |d: &Dimension, codes: Vec<String>, keep: bool| {
            let codes = codes.into_iter().map(|c| Spanned::new(c, span)).collect();
            let key = key_named(column.plan, &column.demand, &d.name);
            let dim = key.as_ref().map_or_else(|| Key::dimension(&d.name), |k| k.dim.clone());
            let rows = key.and_then(|k| k.rows);
            Condition { rows, ..Condition::on_codes(Spanned::new(dim, span), keep, codes) }
        };
        let shown = chosen.iter().filter_map(|k| k.first()).map(|k| dim.label(*k).to_string()).collect();
        below.filters.push(condition(dim, shown, false));
        let others = table.dims.iter().enumerate().filter(|(d, _)| !ranked.dims.contains(d));
        for ((_, dim), code) in others.zip(group) {
            below.filters.push(condition(dim, vec![dim.label(*code).to_string()], true));
        }
        let result = self.quietly(|e| e.eval(&without, &below))?;
        // What lists them all the same compares them, and has nothing for several together.
        if result.dims.iter().any(|d| d.name == dim.name) {
            return Ok(None);
        }
        Ok(Some(timed(Some(&paced(result.rows).map(|r| (r.period(), r.cell())).collect()), left)))
    }

    /// Adds a row for all labels of the last key together, in each group of the others.
    pub(super) fn add_total(&mut self, table: &mut Lines<'_>, all: &Lines<'_>, span: Span) -> Result<(), Fault> {
        let Some(at) = (0..table.dims.len()).rev().find(|d| table.dims.get(*d).is_some_and(|d| !is_calendar(&d.name)))
        else {
            let message = "`with total` adds up the labels of a key, and the result has none";
            return self.fault(&codes::WRONG_ARGUMENTS, span, message);
        };
        let Some(name) = table.dims.get(at).map(|d| d.name.clone()) else { return Ok(()) };
        let mut columns: Vec<BTreeMap<(Labels, Option<Period>), Cell>> = Vec::new();
        for (place, column) in all.columns.iter().enumerate() {
            columns.push(self.total(all, column, (place, at, &name))?);
        }
        let label = with_label(table, at, TOTAL);
        let group =
            |key: &Labels| -> Labels { key.iter().enumerate().filter(|(d, _)| *d != at).map(|(_, k)| *k).collect() };
        let lines = std::mem::take(&mut table.lines);
        // The groups in the order of their first lines, and the periods of each.
        let mut groups: Vec<(Labels, BTreeSet<Option<Period>>)> = Vec::new();
        let mut places: FxHashMap<Labels, usize> = FxHashMap::default();
        let mut last = 0;
        let mut together = true;
        for (at, line) in lines.iter().enumerate() {
            if at.is_multiple_of(OFTEN) {
                self.go_on(span)?;
            }
            let of = group(&line.key);
            let place = *places.entry(of.clone()).or_insert(groups.len());
            if place == groups.len() {
                groups.push((of, BTreeSet::new()));
            }
            together &= place >= last;
            last = place;
            if let Some((_, periods)) = groups.get_mut(place) {
                periods.insert(line.period);
            }
        }
        let mut rest: Vec<Line> = Vec::new();
        let mut lines = lines.into_iter().peekable();
        for (of, periods) in &groups {
            while let Some(line) = lines.next_if(|l| !together || group(&l.key) == *of) {
                table.lines.push(line);
            }
            for period in periods {
                let mut others = of.iter();
                let key: Labels = (0..table.dims.len())
                    .map(|d| if d == at { label } else { others.next().copied().unwrap_or_default() })
                    .collect();
                let cell = |c: &BTreeMap<(Labels, Option<Period>), Cell>| {
                    let found = c.get(&(of.clone(), *period)).copied();
                    let cell = found.unwrap_or(Cell::missing(Reason::NotReported));
                    Cell { flags: cell.flags.with(Flags::TOTAL), ..cell }
                };
                let line = Line { key, period: *period, cells: columns.iter().map(cell).collect() };
                if together { table.lines.push(line) } else { rest.push(line) }
            }
        }
        table.lines.extend(rest);
        Ok(())
    }

    /// The totals of one column, by the labels of the other keys and by period.
    fn total(
        &mut self,
        all: &Lines<'_>,
        column: &Column<'_>,
        (place, at, name): (usize, usize, &str),
    ) -> Result<BTreeMap<(Labels, Option<Period>), Cell>, Fault> {
        let others: Vec<usize> = (0..all.dims.len()).filter(|d| *d != at).collect();
        let repeats = all.lines.iter().all(|l| l.period.is_none());
        let adds = column.value.kind.adds_over_dimensions();
        let without = without_key(column.plan, name);
        // What was chosen in parentheses holds: amounts of its labels are all there is.
        let chosen = adds && without.is_none();
        if chosen || !adds && parts::add_up(column.plan, &Key::dimension(name)) {
            let mut groups: BTreeMap<Labels, Vec<Line>> = BTreeMap::new();
            for line in &all.lines {
                let key = others.iter().filter_map(|d| line.key.get(*d).copied()).collect();
                groups.entry(key).or_default().push(line.clone());
            }
            let sums = groups.into_iter().flat_map(|(key, lines)| {
                by_period(&lines, place).into_iter().map(move |(period, cell)| ((key.clone(), period), cell))
            });
            return Ok(sums.collect());
        }
        let Some(without) = without else { return Ok(BTreeMap::new()) };
        let mut below = column.demand.clone();
        below.keys.retain(|k| k.name.node != name);
        let value = self.eval(&without, &below)?;
        if value.dims.iter().any(|d| d.name.as_ref() == name) {
            return Ok(BTreeMap::new());
        }
        let dims: Vec<&Dimension> = others.iter().filter_map(|d| all.dims.get(*d)).collect();
        let own: Option<Vec<usize>> = dims.iter().map(|d| value.dim(&d.name)).collect();
        let Some(own) = own else { return Ok(BTreeMap::new()) };
        // Per dimension of the value, the place of each label among those of the table.
        let places: Vec<Vec<Option<u32>>> = dims
            .iter()
            .zip(&own)
            .map(|(dim, own)| {
                let known: FxHashMap<&str, u32> = dim.labels.iter().map(|l| l.as_ref()).zip(0u32..).collect();
                let labels = value.dims.get(*own).into_iter().flat_map(|d| d.labels.iter());
                labels.map(|l| known.get(l.as_ref()).copied()).collect()
            })
            .collect();
        let key = |row: &Row| -> Option<Labels> {
            let place = |(own, places): (&usize, &Vec<Option<u32>>)| *places.get(*row.key().get(*own)? as usize)?;
            own.iter().zip(&places).map(place).collect()
        };
        let rows = paced(&value.rows).filter_map(|r| Some(((key(r)?, r.period().filter(|_| !repeats)), r.cell())));
        Ok(rows.collect())
    }
}

/// A rest by period, or without one where the lines have none.
fn timed(rest: Option<&BTreeMap<Option<Period>, Cell>>, left: &[Line]) -> BTreeMap<Option<Period>, Cell> {
    let repeats = left.iter().all(|l| l.period.is_none());
    rest.into_iter().flatten().map(|(period, cell)| (period.filter(|_| !repeats), *cell)).collect()
}

/// Whether the numbers of a column for several labels have a sum.
fn adds_up(column: &Column<'_>, dim: &str) -> bool {
    column.value.kind.adds_over_dimensions() || parts::add_up(column.plan, &Key::dimension(dim))
}

/// Whether a column is a price, an index or a rate as the data have it.
fn is_published(column: &Column<'_>) -> bool {
    let published = |(source, m): &(&Arc<dyn Source>, usize)| {
        source.info().measures.get(*m).is_some_and(|m| !m.meaning.kind.adds_over_dimensions())
    };
    column.plan.leaves().iter().any(published)
}

/// The cells of one column, added up by period.
fn by_period(lines: &[Line], column: usize) -> BTreeMap<Option<Period>, Cell> {
    let mut cells: BTreeMap<Option<Period>, SmallVec<[Cell; 8]>> = BTreeMap::new();
    for line in lines {
        cells.entry(line.period).or_default().extend(line.cells.get(column).copied());
    }
    cells.into_iter().map(|(period, cells)| (period, added(&cells))).collect()
}

/// Cells of one period added up.
fn added(cells: &[Cell]) -> Cell {
    let present: Vec<&Cell> = cells.iter().filter(|c| c.datum.is_ok()).collect();
    let Some(first) = present.first() else {
        return cells.first().copied().unwrap_or(Cell::missing(Reason::NotReported));
    };
    let mut total: Cell = **first;
    for cell in present.iter().skip(1) {
        total = total.joined(**cell, total.datum.and_then(|x| cell.datum.map(|y| x + y)));
    }
    if present.len() < cells.len() {
        total.flags = total.flags.with(Flags::MISSING);
    }
    total.flags = total.flags.without(Flags::REST);
    total
}

/// Adds a label after all others of a dimension, so that no code can be mistaken for it; its place.
fn with_label(table: &mut Lines<'_>, at: usize, label: &str) -> u32 {
    let Some(dim) = table.dims.get_mut(at) else { return 0 };
    let mut labels: Vec<Arc<str>> = dim.labels.to_vec();
    labels.push(label.into());
    let place = u32::try_from(labels.len() - 1).unwrap_or(u32::MAX);
    *dim = Dimension { name: dim.name.clone(), labels: Arc::new(labels) };
    place
}

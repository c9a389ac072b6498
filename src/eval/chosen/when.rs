//! `when`: which results come out. In: lines and conditions. Out: the lines for which all of them hold; what could not be
//! decided is counted, and where nothing is left, the nearest miss is told.

use super::lines::{Line, Lines};
use crate::diagnostic::{Diagnostic, codes, words};
use crate::eval::Evaluator;
use crate::eval::meeting::{align, labels};
use crate::eval::trace::Step;
use crate::pause::paced;
use crate::plan::choices::{Comparing, Side, When, within};
use crate::plan::{Condition, Demand, Grid, axis, rules};
use crate::syntax::Fault;
use crate::value::{Cell, Reason, Unit, Value, number, times_ten};
use std::collections::BTreeMap;

/// Whether a line comes out; if it cannot be said, why.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Yes,
    No,
    Open(Reason),
}

/// Reasons that a sentence names.
const NAMED: usize = 3;

impl Evaluator<'_> {
    /// Leaves out the lines for which a condition does not hold.
    pub(super) fn keep_when(&mut self, table: &mut Lines<'_>, conditions: &[When]) -> Result<(), Fault> {
        let mut verdicts = vec![Verdict::Yes; table.lines.len()];
        let mut nearest: Option<(f64, usize, f64, Unit)> = None;
        for condition in conditions {
            match condition {
                When::Codes(codes, span) => {
                    let Some(test) = passes(table, codes) else {
                        let message = format!("`{}` is no key of the result", codes.dim.node);
                        let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, *span, message);
                        return Err(Box::new(
                            fault.advice("`where` chooses the data that go in; `when` chooses rows by their keys"),
                        ));
                    };
                    for (verdict, line) in verdicts.iter_mut().zip(&table.lines) {
                        if !test(line) {
                            *verdict = Verdict::No;
                        }
                    }
                }
                When::Holds(comparing) => {
                    let (left, unit) = self.side(table, &comparing.left, comparing)?;
                    let (right, other) = self.side(table, &comparing.right, comparing)?;
                    let power = rules::comparable(&unit, &other, (false, false)).unwrap_or(0);
                    for (place, (verdict, (x, y))) in verdicts.iter_mut().zip(left.iter().zip(&right)).enumerate() {
                        let found = match (x.datum, y.datum) {
                            (Ok(x), Ok(y)) => {
                                let y = times_ten(y, power);
                                let miss = (x - y).abs();
                                let holds = comparing.op.holds(x, y);
                                if !holds && nearest.as_ref().is_none_or(|n| miss < n.0) {
                                    nearest = Some((miss, place, x, unit.unit.clone()));
                                }
                                if holds { Verdict::Yes } else { Verdict::No }
                            }
                            (Err(reason), _) | (_, Err(reason)) => Verdict::Open(reason),
                        };
                        *verdict = match (*verdict, found) {
                            (Verdict::No, _) | (_, Verdict::No) => Verdict::No,
                            (Verdict::Open(r), _) | (_, Verdict::Open(r)) => Verdict::Open(r),
                            _ => Verdict::Yes,
                        };
                    }
                }
            }
        }
        self.say_undecided(table, conditions, &verdicts);
        let left = verdicts.contains(&Verdict::Yes);
        if !left && !verdicts.is_empty() {
            self.say_nothing(table, conditions, nearest.filter(|_| conditions.len() == 1));
        }
        let mut verdicts = verdicts.into_iter();
        table.lines.retain(|_| verdicts.next() == Some(Verdict::Yes));
        Ok(())
    }

    /// A side of a comparison, one cell for each line, with its unit and kind.
    fn side(
        &mut self,
        table: &Lines<'_>,
        side: &Side,
        comparing: &Comparing,
    ) -> Result<(Vec<Cell>, rules::Type), Fault> {
        let Some(first) = table.columns.first() else {
            return Ok((Vec::new(), rules::Type::new(Unit::plain(), crate::value::Kind::Number)));
        };
        let plan = match side {
            Side::It(_) => {
                let own = rules::Type::new(first.value.unit.clone(), first.value.kind);
                return Ok((table.lines.iter().map(Line::first).collect(), own));
            }
            Side::Of(plan) => plan,
        };
        let (demand, core) = within(first.plan, &first.demand);
        let demand = self.side_demand(table, (core, plan), demand)?;
        self.trace.begin();
        let value = self.eval(plan, &demand);
        self.trace.end(|| Step { say: format!("what `{}` compares with", comparing.op.sign()), ..Step::default() });
        let value = value?.labels_only();
        let found = rules::Type::new(value.unit.clone(), value.kind);
        if let Some(extra) = value.dims.iter().find(|d| !table.dims.iter().any(|own| own.name == d.name)) {
            let message = format!("the condition has a value for each {}, and the result has not", extra.name);
            return self.fault(&codes::WRONG_ARGUMENTS, comparing.span, message);
        }
        let base = table.numbered();
        let (base, value) = align::together(base, value, &demand.grid);
        let one_period = |v: &Value| {
            let mut periods = paced(&v.rows).map(|r| r.period());
            let first = periods.next();
            periods.all(|p| Some(p) == first)
        };
        if paced(&base.rows).all(|r| r.period().is_none()) && !one_period(&value) {
            let message = "the condition has a value for each period, and the result has none";
            return self.fault(&codes::WRONG_ARGUMENTS, comparing.span, message);
        }
        let mut cells = vec![Cell::missing(Reason::NotReported); table.lines.len()];
        align::combine(base, &value, |place, cell| {
            if let Some(slot) = place.datum.ok().and_then(|p| cells.get_mut(p as usize)) {
                *slot = cell;
            }
            place
        });
        Ok((cells, found))
    }

    /// What is asked of a side: the periods of the result; beside one number for a range, the range as one period.
    fn side_demand(
        &mut self,
        table: &Lines<'_>,
        (core, side): (&crate::plan::Plan, &crate::plan::Plan),
        demand: Demand,
    ) -> Result<Demand, Fault> {
        if axis::takes_range(side, false) {
            return Ok(demand);
        }
        if let (true, Grid::Window(from, to, _)) = (axis::takes_range(core, false), &demand.grid) {
            let (a, b) = self.ends(core, &demand, from, to)?;
            return Ok(demand.at(vec![a.span(b)]));
        }
        let periods = table.periods();
        Ok(if periods.is_empty() { demand } else { demand.at(periods) })
    }

    fn say_undecided(&mut self, table: &Lines<'_>, conditions: &[When], verdicts: &[Verdict]) {
        let mut own: BTreeMap<Reason, Vec<String>> = BTreeMap::new();
        let mut other: BTreeMap<Reason, Vec<String>> = BTreeMap::new();
        for (line, verdict) in table.lines.iter().zip(verdicts) {
            let Verdict::Open(reason) = verdict else { continue };
            let of = if line.first().datum.is_err() { &mut own } else { &mut other };
            of.entry(*reason).or_default().push(table.about(line));
        }
        let span = conditions.iter().map(When::span).reduce(|a, b| a.to(b)).unwrap_or_default();
        for (found, missing_itself) in [(other, false), (own, true)] {
            let count: usize = found.values().map(Vec::len).sum();
            if count == 0 {
                continue;
            }
            let some = found.iter().map(|(reason, about)| {
                let shown = about.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
                let more = about.len().saturating_sub(NAMED);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                format!("{shown}{more} {}", reason.words())
            });
            let reasons = some.collect::<Vec<_>>().join("; ");
            let part = words::part_of(count, verdicts.len(), "result");
            let message = format!("{part} could not be decided: {}", reasons.trim());
            let warning = Diagnostic::new(&codes::UNDECIDED, span, message);
            let level = if missing_itself { crate::diagnostic::Level::Note } else { warning.level };
            self.say(warning.at_level(level));
        }
    }

    fn say_nothing(&mut self, table: &Lines<'_>, conditions: &[When], nearest: Option<(f64, usize, f64, Unit)>) {
        let span = conditions.iter().map(When::span).reduce(|a, b| a.to(b)).unwrap_or_default();
        let miss = nearest.and_then(|(_, place, x, unit)| {
            let unit = if unit.is_unknown() { String::new() } else { unit.to_string() };
            let number = format!("{} {unit}", number::significant(x, 4));
            table.lines.get(place).map(|line| (table.about(line), number.trim_end().to_string()))
        });
        let message = match miss {
            Some((about, number)) if about.is_empty() => format!("nothing satisfies the condition: it is {number}"),
            Some((about, number)) => format!("nothing satisfies the condition; the nearest is {about}: {number}"),
            None => "nothing satisfies the condition".to_string(),
        };
        self.say(Diagnostic::new(&codes::NOTHING_CHOSEN, span, message));
    }
}

/// Whether a line comes out.
type Test<'t> = Box<dyn Fn(&Line) -> bool + 't>;

/// Whether the label of a line is one of the codes, or below one; nothing if the lines have no such key.
fn passes<'t>(table: &'t Lines<'_>, condition: &'t Condition) -> Option<Test<'t>> {
    let dim = &condition.dim.node;
    let is = |d: &crate::value::Dimension| {
        d.name.ends_with(&format!(" of {dim}")) || crate::plan::Key::dimension(&d.name) == *dim
    };
    let at = table.dims.iter().position(|d| d.name.as_ref() == dim).or_else(|| table.dims.iter().position(is))?;
    let labels = table.dims.get(at)?;
    if let Some(rows) = &condition.rows {
        let own = |d: &&crate::value::Dimension| d.labels == rows.labels;
        let (at, hits) = match table.dims.iter().position(|d| own(&d)) {
            Some(at) => (
                at,
                rows.labels
                    .iter()
                    .map(|l| condition.codes.iter().any(|c| rows.place(&c.node) == rows.place(l)))
                    .collect(),
            ),
            None => (at, rows.holds(dim, &labels.labels, &condition.codes)),
        };
        let (hits, keep): (Vec<bool>, bool) = (hits, condition.keep);
        return Some(Box::new(move |line: &Line| {
            line.key.get(at).and_then(|k| hits.get(*k as usize)).copied().unwrap_or(false) == keep
        }) as Test<'t>);
    }
    let nested = crate::data::known::roles::levelled(dim);
    if let Some(other) = &condition.other {
        let there = table.dims.iter().position(|d| d.name.as_ref() == other.node)?;
        let theirs = table.dims.get(there)?;
        let text = move |line: &Line, at: usize, d: &'t crate::value::Dimension| -> &'t str {
            line.key.get(at).map_or("", |k| d.label(*k))
        };
        let keep = condition.keep;
        return Some(Box::new(move |line: &Line| {
            labels::is_same(dim, text(line, at, labels), text(line, there, theirs)) == keep
        }) as Test<'t>);
    }
    let fits = |label: &str| {
        condition
            .codes
            .iter()
            .any(|c| labels::is_same(dim, label, &c.node) || (nested && label.starts_with(c.node.as_str())))
    };
    let hits: Vec<bool> = labels.labels.iter().map(|l| fits(l) == condition.keep).collect();
    Some(Box::new(move |line: &Line| line.key.get(at).and_then(|k| hits.get(*k as usize)).copied().unwrap_or(false)))
}

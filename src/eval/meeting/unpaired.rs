//! Rows of a quotient of which one side is missing: a value without its weight would make the unit value too high, so
//! both are taken only where both are there. In: two measures of one source, summed. Out: the same sums over the pairs,
//! and how much was left out. A row that is not there is no trade and takes nothing out.

use crate::data::{AggregateRequest, AggregateRow, Filter, GroupKey, Groups, Paired, Source, Total};
use crate::diagnostic::{Diagnostic, codes};
use crate::eval::Evaluator;
use crate::eval::money;
use crate::eval::reading::places::{Place, Places};
use crate::pause::paced;
use crate::plan::{Demand, Grid, Node, Plan, Scope};
use crate::span::Span;
use crate::syntax::Fault;
use crate::value::{Cell, Dimension, Flags, Labels, Period, Value, about, number};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Of larger data only what is known to lack cells is looked at row by row.
const FEW_ROWS: usize = 1_000_000;
/// More rows without a number are not remembered.
const MAX_LACKING: usize = 2_000_000;

/// A measure as a quotient reads it.
struct Side {
    source: Arc<dyn Source>,
    measure: usize,
    filters: Vec<Filter>,
    demand: Demand,
}

/// The measure that a plan is, under filters and keys alone.
fn side(plan: &Plan, demand: &Demand) -> Option<Side> {
    match &plan.node {
        Node::Measure(source, measure) if is_as_read(source, *measure, demand) => {
            let info = source.info();
            let filters = Evaluator::filters_of(info, info.measures.get(*measure)?, demand);
            Some(Side { source: Arc::clone(source), measure: *measure, filters, demand: demand.clone() })
        }
        Node::Scoped(inner, scope @ (Scope::Where(_) | Scope::By(..))) => side(inner, &demand.under(scope)),
        Node::Scoped(inner, Scope::Allowing(_)) => side(inner, demand),
        _ => None,
    }
}

/// Whether a measure is read in its own money, though another may be asked for.
fn is_as_read(source: &Arc<dyn Source>, measure: usize, demand: &Demand) -> bool {
    let unit = source.info().measures.get(measure).map(|m| &m.meaning.unit);
    unit.is_some_and(|unit| money::unit_after(unit, &demand.money) == *unit)
}

/// What is deflated, as it is before.
fn bare(plan: &Plan) -> &Plan {
    if let Node::Deflated(inner, _) = &plan.node { bare(inner) } else { plan }
}

/// The rows of a measure that have no number, or have zero where that counts as none.
struct Lacking {
    zero_too: bool,
    rows: FxHashSet<(Labels, Period)>,
}

impl Groups for Lacking {
    fn begin(&mut self, _: Vec<Dimension>, _: u32) {}

    fn group(&mut self, row: &AggregateRow) {
        let zero = match row.total {
            Total::Exact(m) => m == 0,
            Total::Float(x) => x == 0.0,
        };
        if (row.count < row.rows || (self.zero_too && zero)) && self.rows.len() <= MAX_LACKING {
            self.rows.insert((row.key.clone(), row.period));
        }
    }
}

/// Sums of one cell over the rows that are kept and those that are not.
#[derive(Clone, Copy, Default)]
struct Kept {
    exact: (i128, i128),
    float: (f64, f64),
    count: u64,
    out: u64,
}

impl Kept {
    /// Adds a group to what is kept, or to what is left out.
    fn add(&mut self, row: &AggregateRow, out: bool) {
        let (exact, float) = match row.total {
            Total::Exact(m) => (m, 0.0),
            Total::Float(x) => (0, x),
        };
        if out {
            self.exact.1 = self.exact.1.saturating_add(exact);
            self.float.1 += float;
            self.out += row.count;
        } else {
            self.exact.0 = self.exact.0.saturating_add(exact);
            self.float.0 += float;
            self.count += row.count;
        }
    }
}

/// Adds up the rows of a measure for the cells of a value.
struct Sums<'a> {
    lacking: &'a FxHashSet<(Labels, Period)>,
    places: Places<'a>,
    decimals: u32,
    cells: FxHashMap<Place, Kept>,
}

impl Groups for Sums<'_> {
    fn begin(&mut self, dims: Vec<Dimension>, places: u32) {
        self.decimals = places;
        self.places.begin(dims);
    }

    fn group(&mut self, row: &AggregateRow) {
        if row.count == 0 {
            return;
        }
        let out = self.lacking.contains(&(row.key.clone(), row.period));
        for place in self.places.of(&row.key, row.period) {
            self.cells.entry(place).or_default().add(row, out);
        }
    }
}

/// Adds up the groups of a measure for the cells of a value: rows that have their counterpart, or those that lack it.
struct Halves<'a> {
    has: bool,
    places: Places<'a>,
    decimals: u32,
    cells: FxHashMap<Place, Kept>,
}

impl Groups for Halves<'_> {
    fn begin(&mut self, dims: Vec<Dimension>, places: u32) {
        self.decimals = places;
        self.places.begin(dims);
    }

    fn group(&mut self, row: &AggregateRow) {
        for place in self.places.of(&row.key, row.period) {
            self.cells.entry(place).or_default().add(row, !self.has);
        }
    }
}

impl Evaluator<'_> {
    /// Takes the rows of two sums, of which the other side is missing, out of both. By a quantity of zero nothing can
    /// be divided: that counts as missing too.
    pub(in crate::eval) fn pair_up(
        &mut self,
        (a, b): (&Plan, &Plan),
        demand: &Demand,
        (x, y): (&mut Value, &mut Value),
        span: Span,
    ) -> Result<(), Fault> {
        let (Some(upper), Some(lower)) = (side(a, demand), side(b, demand)) else {
            return self.pair_up_changed((bare(a), bare(b)), demand, (x, y), span);
        };
        let info = upper.source.info();
        let same = Arc::ptr_eq(&upper.source, &lower.source) && upper.filters == lower.filters;
        let levels = x.kind.is_level() && y.kind.is_level();
        let mixed =
            info.dims.iter().enumerate().any(|(i, d)| crate::eval::totals::mixed::is_mixed(d, &upper.filters, i));
        let by_quantity = x.unit.power_to(&y.unit).is_none();
        // A quantity of zero beside an amount of money is none, on whatever side it stands.
        let of_quantity = by_quantity && y.unit.has_money() && !x.unit.has_money();
        let marked = |v: &Value| paced(&v.rows).any(|r| r.flags().has(Flags::MISSING) || r.datum().is_err());
        let worth = marked(x) || marked(y) || by_quantity;
        let spans = self.spans(&upper.source, upper.measure, demand, span)?;
        // Months of the year lie across the periods of an answer.
        let calendar = demand.calendar().is_some();
        if !same || !levels || mixed || !worth || calendar || spans.step().is_none() {
            return Ok(());
        }
        let names = [&upper, &lower]
            .map(|s| s.source.info().measures.get(s.measure).map(|m| m.name.to_string()).unwrap_or_default());
        let [value, weight] = names;
        if let Some(halves) = self.halves(&upper, (lower.measure, by_quantity), span)? {
            if let Some(part) = kept(&halves, x) {
                self.say_unpaired((&value, &weight), part, span);
            }
            if let Some(halves) = self.halves(&lower, (upper.measure, of_quantity), span)?
                && let Some(part) = kept(&halves, y)
            {
                self.say_unpaired((&weight, &value), part, span);
            }
            return Ok(());
        }
        // Row by row, where the source does not know which rows have both.
        if info.rows > FEW_ROWS && !(marked(x) || marked(y)) {
            return Ok(());
        }
        let without_weight = self.lacking(&lower, by_quantity, span)?;
        let without_value = self.lacking(&upper, of_quantity, span)?;
        if without_weight.len() > MAX_LACKING || without_value.len() > MAX_LACKING {
            return Ok(());
        }
        if let Some(part) = self.keep(&upper, &without_weight, x, span)? {
            self.say_unpaired((&value, &weight), part, span);
        }
        if let Some(part) = self.keep(&lower, &without_value, y, span)? {
            self.say_unpaired((&weight, &value), part, span);
        }
        Ok(())
    }

    /// The same of money that is changed: each sum loses the part that its rows without a counterpart have of it before,
    /// which is exact for a period that is read as it is, for it has one rate.
    fn pair_up_changed(
        &mut self,
        (a, b): (&Plan, &Plan),
        demand: &Demand,
        (x, y): (&mut Value, &mut Value),
        span: Span,
    ) -> Result<(), Fault> {
        let plain = Demand { money: Default::default(), ..demand.clone() };
        if side(a, &plain).is_none() || side(b, &plain).is_none() {
            return Ok(());
        }
        let read = self.quietly(|e| Ok::<_, Fault>((e.eval(a, &plain)?, e.eval(b, &plain)?)));
        let Ok((upper, lower)) = read else { return Ok(()) };
        let (mut kept_upper, mut kept_lower) = (upper.clone(), lower.clone());
        self.pair_up((a, b), &plain, (&mut kept_upper, &mut kept_lower), span)?;
        for (value, all, kept) in [(x, upper, kept_upper), (y, lower, kept_lower)] {
            let parts = all.rows.iter().zip(&kept.rows).filter_map(|(all, kept)| {
                let (whole, part) = (all.datum().ok()?, kept.datum().ok()?);
                (whole != part).then(|| ((Labels::from(all.key()), all.period()), part / whole))
            });
            let parts: FxHashMap<(Labels, Option<Period>), f64> = parts.collect();
            for row in paced(&mut value.rows) {
                let Some(part) = parts.get(&(Labels::from(row.key()), row.period())) else { continue };
                let cell = row.cell();
                row.set_cell(Cell {
                    flags: cell.flags.with(Flags::MISSING),
                    ..cell.with(cell.datum.map(|x| x * part))
                });
            }
        }
        Ok(())
    }

    /// The sums of a side over rows that have their counterpart and over those that lack it, for the cells that lack any;
    /// `None` where the source cannot tell.
    fn halves(
        &mut self,
        side: &Side,
        (measure, zero_is_none): (usize, bool),
        span: Span,
    ) -> Result<Option<Cells>, Fault> {
        let Grid::List(wanted) = &side.demand.grid else { return Ok(None) };
        let info = side.source.info();
        let places = || Places::new(info, &side.demand, wanted);
        let group_by = places().needs().into_iter().map(|dim| GroupKey { dim, level: None }).collect();
        let within = wanted.iter().copied().reduce(Period::span);
        let request = AggregateRequest { group_by, within, ..Self::request(side) };
        let mut halves = Halves { has: false, places: places(), decimals: 0, cells: FxHashMap::default() };
        let other = |has| Paired { measure, zero_is_none, has };
        let asked = side.source.visit_paired(&request, &other(false), self.budget, &mut halves);
        if !asked.map_err(|e| self.stopped(&e, span))? {
            return Ok(None);
        }
        halves.cells.retain(|_, cell| cell.out > 0);
        if !halves.cells.is_empty() {
            halves.has = true;
            let asked = side.source.visit_paired(&request, &other(true), self.budget, &mut halves);
            asked.map_err(|e| self.stopped(&e, span))?;
        }
        Ok(Some(Cells { decimals: halves.decimals, cells: halves.cells }))
    }

    fn request(side: &Side) -> AggregateRequest {
        let dims = 0..side.source.info().dims.len();
        let group_by = dims.map(|dim| GroupKey { dim, level: None }).collect();
        AggregateRequest { measure: side.measure, group_by, within: None, filters: side.filters.clone() }
    }

    fn lacking(&mut self, side: &Side, zero_too: bool, span: Span) -> Result<FxHashSet<(Labels, Period)>, Fault> {
        let mut found = Lacking { zero_too, rows: FxHashSet::default() };
        let asked = side.source.visit(&Self::request(side), self.budget, &mut found);
        asked.map_err(|e| self.stopped(&e, span))?;
        Ok(found.rows)
    }

    /// As [`kept`], the rows of a source looked at one by one.
    fn keep(
        &mut self,
        side: &Side,
        lacking: &FxHashSet<(Labels, Period)>,
        value: &mut Value,
        span: Span,
    ) -> Result<Option<Part>, Fault> {
        let Grid::List(wanted) = &side.demand.grid else { return Ok(None) };
        if lacking.is_empty() {
            return Ok(None);
        }
        let places = Places::new(side.source.info(), &side.demand, wanted);
        let mut sums = Sums { lacking, places, decimals: 0, cells: FxHashMap::default() };
        let asked = side.source.visit(&Self::request(side), self.budget, &mut sums);
        asked.map_err(|e| self.stopped(&e, span))?;
        Ok(kept(&Cells { decimals: sums.decimals, cells: sums.cells }, value))
    }

    fn say_unpaired(&mut self, (what, other): (&str, &str), part: Part, span: Span) {
        let rows = if part.rows == 1 { "1 row has".to_string() } else { format!("{} rows have", part.rows) };
        let share = if part.share.is_finite() {
            format!(", {} % of {what}", number::significant(part.share, 3))
        } else {
            String::new()
        };
        let more = match part.cells {
            0 | 1 => String::new(),
            2 => "; 1 more cell lacks some".into(),
            n => format!("; {} more cells lack some", n - 1),
        };
        let message = format!("in {} {rows} no {other}{share}: left out of both{more}", part.about);
        self.say(Diagnostic::new(&codes::UNPAIRED_ROWS, span, message).here("only over rows with both"));
    }
}

/// Sums by cell, over rows with and without their counterpart.
struct Cells {
    decimals: u32,
    cells: FxHashMap<Place, Kept>,
}

/// Replaces the cells that hold rows without their counterpart by sums of the others. The largest part that was left
/// out, in percent, and of how many cells.
fn kept(sums: &Cells, value: &mut Value) -> Option<Part> {
    let mut found: Option<Part> = None;
    let dims = value.dims.clone();
    for row in &mut value.rows {
        let Some(period) = row.period() else { continue };
        let names = dims.iter().zip(row.key()).filter_map(|(d, k)| d.labels.get(*k as usize).cloned()).collect();
        let Some(sum) = sums.cells.get(&(names, period)).filter(|s| s.out > 0) else { continue };
        let scaled = |m: i128| number::scaled_to_f64(m, sums.decimals);
        let (kept, out) = (scaled(sum.exact.0) + sum.float.0, scaled(sum.exact.1) + sum.float.1);
        // Where nothing has a counterpart, the counterpart is missing and says so.
        if row.datum().is_err() || sum.count == 0 {
            continue;
        }
        row.set_cell(Cell { flags: row.flags().with(Flags::MISSING), ..row.cell().with(Ok(kept)) });
        let share = 100.0 * out / (kept + out);
        let cells = found.as_ref().map_or(0, |p| p.cells) + 1;
        match &mut found {
            Some(part) if part.share.abs() >= share.abs() => part.cells = cells,
            _ => {
                let about = about(&dims, row.key(), Some(period));
                found = Some(Part { about, share, rows: sum.out, cells });
            }
        }
    }
    found
}

/// What was left out of the cell that lacks most.
struct Part {
    about: String,
    share: f64,
    rows: u64,
    cells: usize,
}

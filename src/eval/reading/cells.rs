//! The cells of a measure, one group after another as its source gives them, for those who need no table of them: an
//! answer may have a thousand rows and be made of millions of groups. In: a measure, the periods wanted. Out: cells in
//! the order of their keys. Totals among parts, changes of money and explanations are not for here.

use crate::data::{AggregateRow, Budget, DatasetInfo, Groups, Source};
use crate::eval::Evaluator;
use crate::eval::money;
use crate::eval::reading::ask::Question;
use crate::eval::reading::observed::{Observed, Reading, absent};
use crate::eval::reading::paths::Path;
use crate::eval::reading::presence::{Seats, Standing, Standings};
use crate::eval::reading::regroup::is_regrouped;
use crate::eval::totals::mixed::is_mixed;
use crate::pause::paced;
use crate::plan::evaluation::{Cells, EachSeries};
use crate::plan::{Demand, Node, Plan, Scope};
use crate::syntax::Fault;
use crate::value::{Absence, Cell, Dimension, Flags, Kind, Labels, Period, Reason, Row, Series, Value, series};
use std::sync::Arc;

/// All cells as rows.
pub(in crate::eval) struct Collected {
    pub(in crate::eval) dims: Vec<Dimension>,
    pub(in crate::eval) rows: Vec<Row>,
    /// How many rows may be kept, and how many more there are.
    most: usize,
    pub(in crate::eval) over: usize,
}

impl Collected {
    /// Keeps no more rows than the answer may have.
    pub(in crate::eval) fn within(budget: &Budget) -> Collected {
        Collected { dims: Vec::new(), rows: Vec::new(), most: budget.most(size_of::<Row>()), over: 0 }
    }
}

impl Cells for Collected {
    fn begin(&mut self, dims: &[Dimension]) {
        self.dims = dims.to_vec();
    }

    fn cell(&mut self, key: &[u32], period: Option<Period>, cell: &Cell) {
        if self.rows.len() < self.most {
            self.rows.push(Row::new(key, period, *cell));
        } else {
            self.over += 1;
        }
    }
}

/// Cells put together to series, which are handed on one after another.
struct Together<'f> {
    /// What they are of, without rows.
    of: Value,
    /// Those of the key at hand.
    rows: Vec<Row>,
    each: EachSeries<'f>,
}

impl Together<'_> {
    fn close(&mut self) {
        if let Some(first) = self.rows.first() {
            let key = Labels::from(first.key());
            if !self.rows.is_sorted_by_key(|r| r.period()) {
                self.rows.sort_by_key(|r| r.period());
            }
            (self.each)(&self.of, &key, Series::new(&self.rows));
            self.rows.clear();
        }
    }
}

impl Cells for Together<'_> {
    fn begin(&mut self, dims: &[Dimension]) {
        self.of.dims = dims.to_vec();
    }

    fn absent(&mut self, absence: &Absence) {
        self.of.absent = absence.clone();
    }

    fn cell(&mut self, key: &[u32], period: Option<Period>, cell: &Cell) {
        if self.rows.last().is_some_and(|last| last.key() != key) {
            self.close();
        }
        self.rows.push(Row::new(key, period, *cell));
    }
}

/// Groups on their way to cells.
struct Flow<'a, 'e> {
    evaluator: &'a Evaluator<'e>,
    reading: Reading<'a>,
    /// What the dimensions are called in the query.
    names: Vec<Arc<str>>,
    wanted: &'a [Period],
    paths: &'a [Result<Path, Reason>],
    standings: &'a Standings,
    seats: Seats<'a>,
    /// Where every period wanted is one that is observed, in order: which.
    direct: Option<Vec<Period>>,
    /// The group at hand, and how many of its wanted periods have had their cell.
    key: Option<Labels>,
    done: usize,
    /// Whether labels without a row get no cell.
    sparse: bool,
    observed: Vec<(Period, Observed)>,
    out: &'a mut dyn Cells,
}

impl Groups for Flow<'_, '_> {
    fn begin(&mut self, dims: Vec<Dimension>, places: u32) {
        self.reading.places = places;
        self.seats = self.standings.seats(&dims);
        let named = dims.into_iter().zip(&self.names);
        let dims: Vec<Dimension> = named.map(|(d, name)| Dimension { name: name.clone(), ..d }).collect();
        self.out.begin(&dims);
        if self.names.is_empty() {
            self.key = Some(Labels::new());
        }
    }

    fn group(&mut self, row: &AggregateRow) {
        if !self.key.as_ref().is_some_and(|key| key.iter().eq(row.key.iter())) {
            self.close();
            self.key = Some(Labels::from_slice(&row.key));
        }
        let Some(spans) = &self.direct else {
            self.observed.push((row.period, Observed::from(row)));
            return;
        };
        // A group that is a period is a cell at once; the rows of a group come in the order of their periods.
        let likely = spans.get(self.done) == Some(&row.period);
        let found = if likely { Some(self.done) } else { spans.binary_search(&row.period).ok() };
        let Some(at) = found else { return };
        self.pass(at);
        self.give(at, Some(&Observed::from(row)));
        self.done = at + 1;
    }
}

impl Flow<'_, '_> {
    /// The cells of the group at hand that are still owed.
    fn close(&mut self) {
        if self.key.is_none() {
            return;
        }
        if self.direct.is_some() {
            self.pass(self.wanted.len());
        } else if let Some(key) = self.key.as_ref().filter(|_| !self.sparse || !self.observed.is_empty()) {
            let standings = self.seats.of(key);
            for (at, (period, path)) in self.wanted.iter().zip(self.paths).enumerate() {
                let standing = (standings.get(at), self.names.is_empty());
                if let Some((cell, _)) = self.evaluator.cell(&self.reading, path, &self.observed, standing) {
                    self.out.cell(key, Some(*period), &cell);
                }
            }
        }
        self.key = None;
        self.done = 0;
        self.observed.clear();
    }

    /// The cells of wanted periods before this one in which the group has no row.
    fn pass(&mut self, before: usize) {
        if self.sparse {
            return;
        }
        for at in self.done..before {
            self.give(at, None);
        }
    }

    /// The cell of a wanted period that is one observation.
    fn give(&mut self, at: usize, observed: Option<&Observed>) {
        let (Some(key), Some(Ok(path)), Some(period)) = (&self.key, self.paths.get(at), self.wanted.get(at)) else {
            return;
        };
        if let Some(cell) = self.direct_cell(path, observed, self.seats.of(key).get(at)) {
            self.out.cell(key, Some(*period), &cell);
        }
    }

    /// As [`Evaluator::cell`], of one observation that is the period.
    fn direct_cell(&self, path: &Path, observed: Option<&Observed>, standing: Option<&Standing>) -> Option<Cell> {
        let Some(o) = observed else {
            return absent(self.reading.kind, path, standing, self.names.is_empty());
        };
        if o.count == 0 {
            return Some(Cell::missing(o.reason.unwrap_or(Reason::NotReported)));
        }
        let mut coverage = path.coverage;
        if let Some(Standing::Part(_, seen)) = standing {
            coverage.observed = *seen;
        }
        if coverage.observed.is_none() && o.count < o.rows {
            coverage.observed = u32::try_from(o.count).ok().zip(u32::try_from(o.rows).ok());
        }
        let mut flags = o.flags;
        if coverage.observed.is_some() {
            flags = flags.with(Flags::MISSING);
        }
        if !path.coverage.is_full() {
            flags = flags.with(Flags::PARTIAL);
        }
        let x = o.total.number(self.reading.places);
        Some(Cell { datum: crate::value::finite(x), coverage: Some(coverage), flags })
    }
}

impl Evaluator<'_> {
    /// Whether the cells of a measure can be taken as they come.
    pub(in crate::eval) fn can_flow(&self, info: &DatasetInfo, measure: usize, demand: &Demand) -> bool {
        let Some(m) = info.measures.get(measure) else { return false };
        let filters = Self::filters_of(info, m, demand);
        let mixed = info.dims.iter().enumerate().any(|(place, dim)| is_mixed(dim, &filters, place));
        let changed = money::unit_after(&m.meaning.unit, &demand.money) != m.meaning.unit;
        let excluded = crate::eval::reading::filters::excluded(info, &filters).is_some();
        let editions = !crate::eval::totals::mixed::newest(info, demand).is_empty();
        !(mixed
            || is_regrouped(info, demand)
            || editions
            || excluded
            || changed
            || self.trace.is_on()
            || m.meaning.kind == Kind::Cumulative)
    }

    /// The cells of a measure whose periods are listed, one after another.
    pub(in crate::eval) fn flow(
        &mut self,
        plan: &Plan,
        source: &Arc<dyn Source>,
        measure: usize,
        demand: &Demand,
        (out, sparse): (&mut dyn Cells, bool),
    ) -> Result<Absence, Fault> {
        let Question { measure: m, wanted, keys, spans, near, mut request, .. } =
            self.ask(plan, source, measure, demand)?;
        if sparse {
            request.within = near;
        }
        let names = keys.iter().map(|(k, _)| k.name.node.as_str().into()).collect();
        let reading =
            Reading { source, measure, kind: m.meaning.kind, places: 0, span: plan.span, mean: demand.mean_is_asked };
        let paths = self.answers(&reading, &spans, wanted)?;
        let listed = (keys.as_slice(), spans.as_ref());
        let (standings, absence) = self.standings(source, measure, demand, listed, (wanted, &paths), plan.span)?;
        let single = |path: &Result<Path, Reason>| match path {
            Ok(Path { steps, gap: None, .. }) => match steps.as_slice() {
                [(true, span)] => Some(*span),
                _ => None,
            },
            _ => None,
        };
        let direct: Option<Vec<Period>> = paths.iter().map(single).collect();
        let rises = |list: &[Period]| list.windows(2).all(|w| matches!(w, [a, b] if a < b));
        let direct = direct.filter(|spans| rises(spans) && rises(wanted) && !standings.has_own());
        out.absent(&absence);
        let mut flow = Flow {
            evaluator: self,
            reading,
            names,
            wanted,
            paths: &paths,
            standings: &standings,
            seats: Seats::default(),
            direct,
            key: None,
            done: 0,
            sparse,
            observed: Vec::new(),
            out,
        };
        let done = match near.filter(|_| request.within.is_none() && !request.group_by.is_empty()) {
            Some(near) => source.visit_near(&request, near, self.budget, &mut flow),
            None => source.visit(&request, self.budget, &mut flow),
        };
        flow.close();
        done.map_err(|e| self.stopped(&e, plan.span))?;
        Ok(absence)
    }

    /// The cells of a plan, one after another; those of a measure are never all kept, and where few are wanted zeros of
    /// labels that have no row are left out.
    pub fn each_cell(
        &mut self,
        plan: &Plan,
        demand: &Demand,
        (out, sparse): (&mut dyn Cells, bool),
    ) -> Result<(), Fault> {
        match &plan.node {
            Node::Scoped(inner, scope @ (Scope::Where(_) | Scope::By(..))) => {
                return self.each_cell(inner, &demand.under(scope), (out, sparse));
            }
            Node::Measure(source, measure) => {
                let demand = &self.listed(plan, demand)?;
                let apart = !self.split_by(source, *measure, demand, plan.span)?.is_empty();
                if !apart && self.can_flow(source.info(), *measure, demand) {
                    self.budget.check().map_err(|e| self.stopped(&e.into(), plan.span))?;
                    return self.flow(plan, source, *measure, demand, (out, sparse)).map(|_| ());
                }
            }
            _ => {}
        }
        let value = self.eval(plan, demand)?;
        out.begin(&value.dims);
        paced(&value.rows).for_each(|row| out.cell(row.key(), row.period(), &row.cell()));
        Ok(())
    }

    /// The value of a plan, series by series; those of a measure are never all kept.
    pub fn each_series(&mut self, plan: &Plan, demand: &Demand, each: EachSeries<'_>) -> Result<Value, Fault> {
        self.budget.check().map_err(|e| self.stopped(&e.into(), plan.span))?;
        match &plan.node {
            Node::Scoped(inner, scope @ (Scope::Where(_) | Scope::By(..) | Scope::With(..))) => {
                return self.each_series(inner, &demand.under(scope), each);
            }
            Node::Measure(source, measure) => {
                let demand = &self.listed(plan, demand)?;
                let m = source.info().measures.get(*measure);
                if let Some(m) = m.filter(|_| self.can_flow(source.info(), *measure, demand))
                    && self.split_by(source, *measure, demand, plan.span)?.is_empty()
                {
                    let of = Value::empty(m.meaning.unit.clone(), m.meaning.kind);
                    let mut out = Together { of, rows: Vec::new(), each };
                    self.flow(plan, source, *measure, demand, (&mut out, false))?;
                    out.close();
                    return Ok(out.of);
                }
            }
            _ => {}
        }
        let mut value = self.eval(plan, demand)?;
        let of = Value {
            rows: Vec::new(),
            dims: value.dims.clone(),
            absent: value.absent.clone(),
            unit: value.unit.clone(),
            ..value
        };
        series(&value).iter().for_each(|(key, cells)| each(&of, key, cells));
        value.rows = Vec::new();
        Ok(value)
    }
}

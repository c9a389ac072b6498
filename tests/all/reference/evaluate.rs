//! The plain evaluator: one cell at a time, from the rows, in loops and exact fractions. No plan, no store, no
//! caches. In: a panel and a tree of [`super::query`]. Out: a cell for labels and a period, or why there is none.

use super::number::{Num, whole};
use super::panel::{Panel, Row, Span};
use super::query::{Expr, Filter, Query, Time};
use num_traits::{Signed, Zero};

/// Why a cell is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    NotReported,
    OutsideData,
    OutsideFilter,
    NoBase,
    /// One of those above: which of them, the contract does not say.
    Absent,
    /// A base or a denominator that is zero or negative.
    Undefined,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The contract refuses it, with one of these codes.
    Code(&'static str),
    /// The contract does not say, or the reference does not know.
    Unsaid(&'static str),
}

/// A cell: its number, and how many of the months and labels that it stands for are in the data.
#[derive(Clone, Debug)]
pub struct Cell {
    pub value: Result<Num, Reason>,
    pub have: i32,
    pub of: i32,
}

impl Cell {
    fn new(value: Result<Num, Reason>, have: i32, of: i32) -> Cell {
        Cell { value, have, of }
    }

    /// With another value, from two operands.
    fn both(&self, other: &Cell, value: Result<Num, Reason>) -> Cell {
        Cell::new(value, self.have + other.have, self.of + other.of)
    }
}

/// What is asked: one period, or the two ends of a range.
#[derive(Clone, Copy, Debug)]
pub enum When {
    At(Span),
    Ends(Span, Span),
    /// No period stands around it.
    Never,
}

/// What holds around an expression.
#[derive(Clone, Debug, Default)]
pub struct Around {
    pub filters: Vec<Filter>,
    pub keys: Vec<(&'static str, &'static str)>,
    pub base: Option<Span>,
    /// The first period of the result.
    pub first: Option<Span>,
    /// The dimensions of `by`.
    pub by: Vec<&'static str>,
}

impl Around {
    fn takes(&self, panel: &Panel, row: &Row) -> bool {
        panel.dims.iter().zip(&row.labels).all(|(dim, label)| {
            self.keys.iter().all(|(d, code)| *d != dim.name || code == label)
                && self.filters.iter().all(|f| f.dim() != dim.name || f.takes(label))
        })
    }

    /// As [`Self::takes`], by the dimensions alone whose absence is missing.
    fn expects(&self, panel: &Panel, row: &Row) -> bool {
        let mut strict = self.clone();
        let zero = |d: &str| panel.dims.iter().any(|x| x.name == d && x.absent_is_zero);
        strict.keys.retain(|(d, _)| !zero(d));
        strict.filters.retain(|f| !zero(f.dim()));
        strict.takes(panel, row)
    }

    fn without(&self, dims: &[&'static str]) -> Around {
        let mut out = self.clone();
        out.keys.retain(|(d, _)| !dims.contains(d));
        out.filters.retain(|f| !dims.contains(&f.dim()));
        out
    }

    fn key(&self, dim: &'static str, code: &'static str) -> Around {
        let mut out = self.clone();
        out.keys.retain(|(d, _)| *d != dim);
        out.keys.push((dim, code));
        out
    }

    pub fn within(&self, query: &Query) -> Around {
        let mut out = self.clone();
        out.filters.extend(query.filters.iter().cloned());
        out.base = query.base.or(out.base);
        out
    }
}

pub type Answer = Result<Cell, Refusal>;

const HUNDRED: i64 = 100;

pub fn cell(panel: &Panel, expr: &Expr, around: &Around, when: When) -> Answer {
    let get = |x: &Expr| cell(panel, x, around, when);
    match expr {
        Expr::Number(n) => Ok(Cell::new(Ok(whole(*n)), 0, 0)),
        Expr::Measure(name) => match when {
            When::At(span) => leaf(panel, name, around, span),
            When::Ends(..) => Err(Refusal::Code("wrong-arguments")),
            When::Never => Err(Refusal::Unsaid("a series without a period")),
        },
        Expr::Sum(minus, a, b) => {
            let (a, b) = (get(a)?, get(b)?);
            let value = a.value.clone().and_then(|x| {
                let y = b.value.clone()?;
                Ok(if *minus { x - y } else { x + y })
            });
            Ok(a.both(&b, value))
        }
        Expr::Product(under, a, b) => {
            let (a, b) = (get(a)?, get(b)?);
            if *under && !panel.features.on("negative denominators") && b.value.as_ref().is_ok_and(Signed::is_negative)
            {
                return Err(Refusal::Unsaid("a negative denominator"));
            }
            let value = a.value.clone().and_then(|x| {
                let y = b.value.clone()?;
                if !under {
                    return Ok(x * y);
                }
                if y.is_positive() { Ok(x / y) } else { Err(Reason::Undefined) }
            });
            Ok(a.both(&b, value))
        }
        Expr::ShareOf(a, b) => {
            let (a, b) = (get(a)?, get(b)?);
            Ok(share(&a, &b))
        }
        Expr::Across(x, dims) => {
            if !panel.features.on("filters under across") && filters_on(x, dims) {
                return Err(Refusal::Unsaid("a filter under `across`"));
            }
            cell(panel, x, &around.without(dims), when)
        }
        Expr::Call(op, over, _, x) if over.is_empty() => super::operators::over_time(panel, *op, x, around, when),
        Expr::Call(op, over, _, x) => super::operators::over_dims(panel, *op, over, x, around, when),
        Expr::Inner(query) => inner(panel, query, around, when),
        Expr::Named(..) | Expr::Defined(..) | Expr::Param => Err(Refusal::Unsaid("a name that was not filled in")),
    }
}

/// Whether a filter in parentheses is on one of these dimensions.
pub fn filters_on(expr: &Expr, dims: &[&'static str]) -> bool {
    let own = matches!(expr, Expr::Inner(q) if q.filters.iter().any(|f| dims.contains(&f.dim())));
    own || expr.parts().into_iter().any(|p| filters_on(p, dims))
}

/// `a` in percent of `b`.
pub fn share(a: &Cell, b: &Cell) -> Cell {
    let value = a.value.clone().and_then(|x| {
        let y = b.value.clone()?;
        if y.is_positive() { Ok(whole(HUNDRED) * x / y) } else { Err(Reason::Undefined) }
    });
    a.both(b, value)
}

/// What stands in parentheses holds.
fn inner(panel: &Panel, query: &Query, around: &Around, when: When) -> Answer {
    if let (Some(step), When::At(span)) = (query.every, when)
        && span.months() < step
        && !matches!(query.time, Some(Time::For(_)))
    {
        return Err(Refusal::Code("wrong-arguments"));
    }
    let around = around.within(query);
    let ends = super::shape::of(panel, &query.expr)?.is_one_number();
    match query.time {
        None => cell(panel, &query.expr, &around, when),
        Some(Time::For(span)) => cell(panel, &query.expr, &around, When::At(span)),
        Some(Time::FromTo(a, b)) if ends => cell(panel, &query.expr, &around, When::Ends(a, b)),
        Some(Time::FromTo(a, b)) => match when {
            When::At(span) if a.to(b).holds(span) => cell(panel, &query.expr, &around, when),
            When::At(span) if span.last < a.first || span.first > b.last => {
                Ok(Cell::new(Err(Reason::OutsideFilter), 0, 1))
            }
            When::At(_) => Err(Refusal::Unsaid("a period that reaches over the end of a range in parentheses")),
            When::Ends(..) => Err(Refusal::Code("wrong-arguments")),
            When::Never => Err(Refusal::Unsaid("a series without a period")),
        },
    }
}

/// The sum of a measure over the rows of a period.
fn leaf(panel: &Panel, name: &str, around: &Around, span: Span) -> Answer {
    let measure = panel.measures.iter().position(|m| m.name == name).ok_or(Refusal::Code("unknown-name"))?;
    let Some(range) = panel.range() else { return Err(Refusal::Unsaid("no rows")) };
    let excluded = panel.dims.iter().any(|dim| {
        let on: Vec<&Filter> = around.filters.iter().filter(|f| f.dim() == dim.name).collect();
        !on.is_empty() && dim.labels.iter().all(|l| !on.iter().all(|f| f.takes(l)))
    });
    let left_out = around.keys.iter().any(|(d, code)| around.filters.iter().any(|f| f.dim() == *d && !f.takes(code)));
    if left_out {
        return Err(Refusal::Unsaid("a label that a filter in parentheses leaves out"));
    }
    if excluded && !panel.features.on("excluding filters") {
        return Err(Refusal::Unsaid("filters that exclude each other"));
    }
    if excluded {
        return Ok(Cell::new(Err(Reason::OutsideFilter), 0, 1));
    }
    let steps = span.steps(panel.step);
    if steps.is_empty() {
        return Err(Refusal::Unsaid("a period shorter than those of the data"));
    }
    if span.last < range.first || span.first > range.last {
        return Ok(Cell::new(Err(Reason::OutsideData), 0, 1));
    }
    let (mut sum, mut have, mut of, mut known) = (Num::zero(), 0, 0, false);
    for step in &steps {
        let groups = groups(panel, around, *step);
        of += groups.expected.max(1);
        have += groups.present;
        let rows: Vec<&Row> =
            panel.rows.iter().filter(|r| r.span == *step && !panel.is_total(r) && around.takes(panel, r)).collect();
        let numbers: Vec<Num> = rows.iter().filter_map(|r| panel.cell(r, measure)).collect();
        if numbers.len() < rows.len() {
            // An empty cell: the group is there only in part.
            have -= 1;
        }
        known |= groups.present > 0 && (rows.is_empty() || !numbers.is_empty());
        sum += numbers.into_iter().sum::<Num>();
    }
    Ok(Cell::new(if known { Ok(sum) } else { Err(Reason::NotReported) }, have.max(0), of))
}

struct Groups {
    expected: i32,
    present: i32,
}

/// The groups of labels whose absence is missing: how many are expected in a step, and how many have a row there.
fn groups(panel: &Panel, around: &Around, step: Span) -> Groups {
    let strict: Vec<usize> = (0..panel.dims.len()).filter(|i| !panel.dims[*i].absent_is_zero).collect();
    let (mut expected, mut present) = (Vec::new(), Vec::new());
    for row in panel.rows.iter().filter(|r| !panel.is_total(r) && around.expects(panel, r)) {
        let group: Vec<&str> = strict.iter().map(|i| row.labels[*i]).collect();
        let near = row.span.first - step.last <= 12 && step.first - row.span.last <= 12;
        if near && !expected.contains(&group) {
            expected.push(group.clone());
        }
        if row.span == step && !present.contains(&group) {
            present.push(group);
        }
    }
    Groups { expected: expected.len() as i32, present: present.len() as i32 }
}

/// The labels of a dimension that have a row under what holds around an expression and within it.
pub fn labels(panel: &Panel, dim: &'static str, expr: &Expr, around: &Around) -> Vec<&'static str> {
    let Some(at) = panel.dims.iter().position(|d| d.name == dim) else { return Vec::new() };
    let open = Around { keys: around.keys.iter().filter(|(d, _)| *d != dim).copied().collect(), ..around.clone() };
    let mut out: Vec<&'static str> = Vec::new();
    for row in panel.rows.iter().filter(|r| !panel.is_total(r)) {
        if !out.contains(&row.labels[at]) && reads(panel, expr, &open, row) {
            out.push(row.labels[at]);
        }
    }
    out.sort_unstable();
    out
}

/// Whether a leaf of an expression reads a row, in whatever period.
pub fn reads(panel: &Panel, expr: &Expr, around: &Around, row: &Row) -> bool {
    match expr {
        Expr::Measure(_) => around.takes(panel, row),
        Expr::Across(x, dims) => reads(panel, x, &around.without(dims), row) && around.takes(panel, row),
        Expr::Inner(query) => reads(panel, &query.expr, &around.within(query), row),
        other => other.parts().iter().any(|p| reads(panel, p, around, row)),
    }
}

/// A cell for each label of a dimension.
pub fn members(
    panel: &Panel,
    dims: &[&'static str],
    expr: &Expr,
    around: &Around,
    when: When,
) -> Result<Vec<(Vec<&'static str>, Cell)>, Refusal> {
    let mut out = vec![(Vec::new(), around.clone())];
    for dim in dims {
        let mut next = Vec::new();
        for (key, around) in &out {
            for label in labels(panel, dim, expr, around) {
                next.push(([key.as_slice(), &[label]].concat(), around.key(dim, label)));
            }
        }
        out = next;
    }
    out.into_iter().map(|(key, around)| Ok((key, cell(panel, expr, &around, when)?))).collect()
}

//! Two dimensions listed side by side that both hold totals: what the parts of one leave over and what those of the other
//! do may be the same trade. In: an answer before and after its totals were taken away. Out: a warning.

use crate::data::{Aggregate, DimInfo};
use crate::diagnostic::{Diagnostic, Level, codes};
use crate::eval::Evaluator;
use crate::eval::totals::levels::NOT_ALLOCATED;
use crate::span::Span;
use crate::value::{Flags, Labels, Period};
use std::collections::BTreeMap;

/// What is rounded in so many cells is no difference.
const SLACK: f64 = 1e-6;

/// The whole of each group, where a row tells it.
pub(in crate::eval) struct Crossed<'q> {
    /// The dimensions that are listed and hold totals, with their places in the answer.
    dims: Vec<(usize, &'q DimInfo)>,
    wholes: BTreeMap<(Labels, Period), f64>,
}

impl<'q> Crossed<'q> {
    /// The rows that are totals in all of these dimensions at once.
    pub(in crate::eval) fn of(answer: &Aggregate, dims: Vec<(usize, &'q DimInfo)>) -> Crossed<'q> {
        let mut wholes = BTreeMap::new();
        if dims.len() > 1 {
            let total = |key: &Labels| dims.iter().all(|(at, dim)| key.get(*at).is_some_and(|c| dim.is_total(*c)));
            for row in answer.rows.iter().filter(|row| row.count > 0 && total(&row.key)) {
                let amount = row.total.number(answer.places);
                wholes.entry((rest(&row.key, &dims), row.period)).or_insert(amount);
            }
        }
        Crossed { dims, wholes }
    }

    /// Two dimensions of which what is left over is told twice, if there are such.
    fn doubled(&self, answer: &Aggregate) -> Option<(&DimInfo, &DimInfo)> {
        if self.dims.len() < 2 {
            return None;
        }
        let mut cells: BTreeMap<(Labels, Period), (f64, Vec<usize>)> = BTreeMap::new();
        for row in answer.rows.iter().filter(|row| row.count > 0) {
            let (sum, alone) = cells.entry((rest(&row.key, &self.dims), row.period)).or_default();
            let amount = row.total.number(answer.places);
            *sum += amount;
            if !row.flags.has(Flags::REST) || amount == 0.0 {
                continue;
            }
            let is_left = |at: usize| {
                let code = row.key.get(at).copied().unwrap_or(0);
                answer.dims.get(at).is_some_and(|d| d.label(code).contains(NOT_ALLOCATED))
            };
            let left: Vec<usize> =
                (0..self.dims.len()).filter(|i| self.dims.get(*i).is_some_and(|(at, _)| is_left(*at))).collect();
            if let [only] = left.as_slice()
                && !alone.contains(only)
            {
                alone.push(*only);
            }
        }
        let is_doubled = |key: &(Labels, Period), sum: f64| {
            self.wholes.get(key).is_none_or(|whole| sum.abs() > whole.abs() * (1.0 + SLACK))
        };
        cells.iter().find_map(|(key, (sum, alone))| match alone.as_slice() {
            [a, b, ..] if is_doubled(key, *sum) => Some((self.dims.get(*a)?.1, self.dims.get(*b)?.1)),
            _ => None,
        })
    }
}

/// The rest of a key.
fn rest(key: &Labels, dims: &[(usize, &DimInfo)]) -> Labels {
    key.iter().enumerate().filter(|(at, _)| !dims.iter().any(|(place, _)| place == at)).map(|(_, code)| *code).collect()
}

impl Evaluator<'_> {
    /// Says that what is left over of two dimensions is the same trade.
    pub(in crate::eval) fn say_crossed(&mut self, crossed: &Crossed<'_>, answer: &Aggregate, span: Span) {
        let Some((a, b)) = crossed.doubled(answer) else { return };
        let message = format!(
            "what is `{NOT_ALLOCATED}` of `{}` and of `{}` is in part the same trade, told twice: these cells have no sum",
            a.name, b.name
        );
        let advice = format!("ask for one of them at a time: `by {}`", crate::syntax::format::word(&a.name));
        self.say(Diagnostic::new(&codes::NOT_ALLOCATED, span, message).advice(advice).at_level(Level::Warning));
    }
}

//! Filters of a query on one dataset: which codes pass them together, and what is said where none does.

use crate::data::{DatasetInfo, Filter};
use crate::diagnostic::{Diagnostic, codes};
use crate::eval::Evaluator;
use crate::plan::{Demand, Grid};
use crate::syntax::format;
use crate::value::{Absence, Cell, Dimension, Kind, Reason, Row, Unit, Value};
use std::sync::Arc;

/// The dimension of which no code passes all filters, though each of them alone leaves some.
pub(in crate::eval) fn excluded(info: &DatasetInfo, filters: &[Filter]) -> Option<usize> {
    let passes = |place: usize, only: Option<&Filter>| {
        let Some(dim) = info.dims.get(place) else { return true };
        dim.codes.iter().any(|code| {
            filters.iter().filter(|f| f.dim == place && only.is_none_or(|o| std::ptr::eq(o, *f))).all(|f| {
                let hit = |c: &String| code.as_ref() == c || (dim.nested && code.starts_with(c.as_str()));
                f.codes.iter().any(hit) == f.keep
            })
        })
    };
    let several = |place: &usize| filters.iter().filter(|f| f.dim == *place).count() > 1;
    (0..info.dims.len())
        .filter(several)
        .find(|place| !passes(*place, None) && filters.iter().all(|f| f.dim != *place || passes(*place, Some(f))))
}

impl Evaluator<'_> {
    /// The answer where filters inside and outside of parentheses leave nothing over, said once.
    pub(in crate::eval) fn nothing_passes(
        &mut self,
        info: &DatasetInfo,
        unit: Unit,
        kind: Kind,
        demand: &Demand,
    ) -> Option<Value> {
        let filters = Self::filters(info, demand);
        let dim = info.dims.get(excluded(info, &filters)?)?;
        let mut said = demand.filters.iter().filter(|f| info.dim(&f.dim.node) == info.dim(&dim.name));
        let words = |f: &crate::plan::Condition| {
            let codes: Vec<String> = f.codes.iter().take(3).map(|c| format::code(&c.node)).collect();
            let list = if codes.len() > 1 { format!("among {{{}}}", codes.join(", ")) } else { codes.join("") };
            let sign = match (codes.len() > 1, f.keep) {
                (true, true) => "",
                (true, false) => "not ",
                (false, true) => "= ",
                (false, false) => "!= ",
            };
            format!("{} {sign}{list}", f.dim.node)
        };
        if let (Some(first), Some(last)) = (said.next(), said.next_back()) {
            let message = format!("`{}` and `{}` leave nothing over", words(first), words(last));
            let warning = Diagnostic::new(&codes::FILTERS_EXCLUDE, last.dim.span, message).here("excludes the other");
            self.say(warning.label(first.dim.span, "filters here"));
        }
        let dims: Vec<Dimension> = demand
            .keys
            .iter()
            .filter(|k| info.dim(&k.dim).is_some())
            .map(|k| Dimension { name: k.name.node.as_str().into(), labels: Arc::new(Vec::new()) })
            .collect();
        let Grid::List(wanted) = &demand.grid else { return None };
        let missing = |p: &crate::value::Period| Row::new([], Some(*p), Cell::missing(Reason::OutsideFilter));
        let rows = if dims.is_empty() { wanted.iter().map(missing).collect() } else { Vec::new() };
        Some(Value { dims, unit, kind, rows, absent: Absence::Missing, fixed: false })
    }
}

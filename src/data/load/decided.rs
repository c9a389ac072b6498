//! What was decided of a table before any question is asked: what its columns are for, which label, period and flow each
//! of its texts stands for, what its numbers mean. In: what was understood, as the dataset is put together. Out: whether
//! two parts of one file were read alike.

use crate::data::DatasetInfo;
use crate::data::columns::column::Column;
use crate::data::info::Meaning;
use crate::data::known::number_forms::Style;
use crate::data::meaning::column_use::{Spread, Use};
use crate::data::meaning::understood::Understood;
use crate::data::table::Table;
use crate::value::Period;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What was decided of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decided {
    /// What each column is for; `None` where it was not read.
    uses: Vec<Option<Use>>,
    spread: Option<Spread>,
    styles: BTreeMap<usize, Style>,
    /// For each text of a dimension its label.
    pub(super) labels: BTreeMap<String, Vec<String>>,
    /// For each text of the column of periods.
    pub(super) periods: Vec<Period>,
    /// For each text of the column of flows.
    pub(super) flows: Vec<&'static str>,
    measures: Vec<(Arc<str>, String, Meaning, bool)>,
    /// Whether marks stand beside periods.
    pub(super) marks_periods: bool,
}

impl Decided {
    /// What each column is for; `None` where it was not read.
    pub(super) fn uses(&self) -> &[Option<Use>] {
        &self.uses
    }

    /// What is understood of the columns of a table.
    pub(super) fn of(table: &Table, found: &Understood) -> Decided {
        let read = |at: usize| !matches!(table.columns.get(at), Some(Column::Left));
        let uses = found.uses.iter().enumerate().map(|(at, what)| Some(what.clone()).filter(|_| read(at)));
        Decided {
            uses: uses.collect(),
            spread: found.spread.clone(),
            styles: found.numbers.iter().map(|(at, read)| (*at, read.style.clone())).collect(),
            ..Decided::default()
        }
    }

    /// Adds what the measures of the dataset are.
    pub(super) fn with(mut self, info: &DatasetInfo) -> Decided {
        let measures = info.measures.iter();
        let of =
            |m: &crate::data::MeasureInfo| (m.name.clone(), m.column.clone(), m.meaning.clone(), m.kind_is_assumed);
        self.measures = measures.map(of).collect();
        self
    }

    /// Whether a part with these decisions could stand in one dataset with a part that has the others: what both have
    /// texts for is the same in both. Else what differs.
    pub(super) fn differs(&self, other: &Decided, header: &[String]) -> Option<String> {
        let column = |at: usize| format!("column `{}`", header.get(at).map_or("", String::as_str));
        let both = self.uses.iter().zip(&other.uses).enumerate();
        let unlike = both.filter_map(|(at, (a, b))| Some((at, a.as_ref()?, b.as_ref()?))).find(|(_, a, b)| a != b);
        if let Some((at, ..)) = unlike {
            return Some(format!("what {} is", column(at)));
        }
        let unlike = self.styles.iter().find(|(at, style)| other.styles.get(at).is_some_and(|s| s != *style));
        if let Some((at, _)) = unlike {
            return Some(format!("how the numbers of {} are written", column(*at)));
        }
        if self.spread != other.spread {
            return Some("how the table is laid out".into());
        }
        fn alike<T: PartialEq>(a: &[T], b: &[T]) -> bool {
            a.iter().zip(b).all(|(a, b)| a == b)
        }
        let unlike = self.labels.iter().find(|(dim, a)| other.labels.get(*dim).is_none_or(|b| !alike(a, b)));
        if let Some((dim, _)) = unlike {
            return Some(format!("which codes `{dim}` has"));
        }
        if !alike(&self.periods, &other.periods) || !alike(&self.flows, &other.flows) {
            return Some("which periods or flows its rows are of".into());
        }
        let unlike = self.measures.iter().zip(&other.measures).find(|(a, b)| a != b).map(|(a, _)| a.0.to_string());
        let unlike = unlike.or_else(|| (self.measures.len() != other.measures.len()).then(String::new));
        unlike.map(|name| format!("what the numbers of `{name}` mean"))
    }
}

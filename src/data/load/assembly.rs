//! The state of a loader while a dataset is put together, and what it hands back. Knows not how columns are read.

use crate::data::columns::codes::Codes;
use crate::data::declare::{Said, Spec};
use crate::data::doubt::{Doubt, Refusal};
use crate::data::load::decided::Decided;
use crate::data::load::twice::Keyed;
use crate::data::meaning::column_use::Use;
use crate::data::meaning::evidence::Evidence;
use crate::data::meaning::understood::Understood;
use crate::data::meaning::{kinds, naming};
use crate::data::sifted::Beyond;
use crate::data::store::Store;
use crate::data::table::Table;
use crate::data::{DatasetInfo, DimInfo, Source};
use crate::span::Span;
use crate::syntax::format::column_text;
use crate::value::Flags;
use std::sync::Arc;

/// Where a load statement stands, for messages.
pub struct Place<'a> {
    /// The path as it was written.
    pub file: &'a str,
    /// The name that the dataset gets.
    pub name: &'a str,
    /// The statement.
    pub span: Span,
}

/// A dataset, and what a careful reader would doubt in it.
pub struct Loaded {
    /// What it is, and the answers.
    pub source: Arc<dyn Source>,
    /// Its rows, where they are in memory.
    pub rows: Option<Arc<Store>>,
    /// In the order in which they were met.
    pub doubts: Vec<Doubt>,
    /// Where it has only what is asked for: whether more was asked since.
    pub partial: Option<Beyond>,
    /// What was decided of its columns and texts, and what the rows told: for the other parts of its file.
    pub told: Told,
}

impl Loaded {
    /// A dataset that answers by itself, with its doubts.
    pub fn of(source: Arc<dyn Source>, doubts: Vec<Doubt>) -> Loaded {
        Loaded { source, rows: None, doubts, partial: None, told: Told::default() }
    }

    /// What the dataset is.
    pub fn info(&self) -> &DatasetInfo {
        self.source.info()
    }
}

/// What a part of a file tells the others.
#[derive(Default)]
pub struct Told {
    /// What its columns and texts are.
    pub(super) decided: Decided,
    /// What its rows and those before tell.
    pub(super) evidence: Evidence,
    /// The keys of its rows, where they are wanted.
    pub(super) keyed: Keyed,
}

/// Builds a loader's state while the dataset is put together.
pub(in crate::data) struct Assembly<'a> {
    pub(in crate::data) table: &'a mut Table,
    pub(in crate::data) found: Understood,
    pub(in crate::data) spec: &'a Spec,
    pub(in crate::data) declaration: Vec<Said>,
    pub(in crate::data) doubts: Vec<Doubt>,
    pub(in crate::data) decided: Decided,
    /// The column of the periods and, for each of its texts, what the mark behind it says.
    pub(in crate::data) period_marks: Option<(usize, Vec<Flags>)>,
    /// Dimensions in which spellings of one country were put together, by their place: as they were before.
    pub(in crate::data) apart: Vec<(usize, DimInfo, Codes)>,
}

impl Assembly<'_> {
    /// Two rows of one observation, with the column that may tell them apart: one that is left out, or whole numbers that
    /// are called as no amounts.
    pub(super) fn told_apart(&self, refusal: Refusal, (first, second): (usize, usize)) -> Refusal {
        let Refusal::File(error) = refusal else { return refusal };
        let text = |at: usize, row: usize| self.table.columns.get(at).map(|c| c.text(row)).unwrap_or_default();
        let differs = |at: &usize| text(*at, first) != text(*at, second) && !text(*at, first).trim().is_empty();
        let used = |at: &usize, what: Use| self.found.uses.get(*at) == Some(&what);
        let whole = |at: &usize| text(*at, first).trim().bytes().all(|b| b.is_ascii_digit());
        let code = |at: &usize| used(at, Use::Measure) && whole(at) && kinds::told(&self.header(*at)).is_none();
        let all = 0..self.table.header.len();
        let found = all.clone().filter(|at| used(at, Use::Skip)).find(differs);
        let Some(at) = found.or_else(|| all.filter(code).find(differs)) else { return Refusal::File(error) };
        let header = self.header(at);
        let item = format!("{} from {}", naming::series_name(&header), column_text(&header));
        let advice = format!(
            "declare what tells them apart, which may be `{item}`, or what counts: `duplicates sum`, `first` or `last`"
        );
        Refusal::File(error.advice(advice))
    }

    /// The name of a column.
    pub(super) fn header(&self, at: usize) -> String {
        self.table.header.get(at).cloned().unwrap_or_default()
    }
}

/// Every place so many times, one after another.
pub(super) fn repeated(codes: Codes, times: usize) -> Codes {
    if times == 1 { codes } else { codes.iter().flat_map(|c| std::iter::repeat_n(c, times)).collect() }
}

//! A large table that stays where it is, and all that is known of it: what its columns say, what each text means, how its
//! numbers are summed. Knows no statements.

use crate::data::info::DatasetInfo;
use crate::data::source::{Aggregate, AggregateRequest};
use crate::data::sql::engine::Engine;
use crate::data::sql::keys::Key;
use crate::data::sql::names::TableName;
use crate::data::sql::numbers::Number;
use crate::data::store::MeasureData;
use crate::value::{Flags, Reason};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{Arc, Mutex};

/// What each text of a column of marks says of its row.
pub(super) type Says = FxHashMap<String, (Flags, Option<Reason>)>;

/// A table that is asked.
#[derive(Debug)]
pub struct Asked {
    pub(super) engine: Arc<dyn Engine>,
    pub(super) table: TableName,
    pub(super) info: DatasetInfo,
    /// Per measure, of which rows it is made.
    pub(super) measures: Vec<MeasureData>,
    pub(super) numbers: Vec<Number>,
    pub(super) keys: Vec<Key>,
    /// Per dimension, its key; none of a constant.
    pub(super) dims: Vec<Option<usize>>,
    /// The key that says the flow.
    pub(super) flow: Option<usize>,
    /// The keys that say the time.
    pub(super) times: Vec<usize>,
    /// The period that the texts of the time mean.
    pub(super) periods: FxHashMap<Vec<String>, u32>,
    /// All texts of the time that were there, those of rows that are left out among them.
    pub(super) known: FxHashSet<Vec<String>>,
    /// Keys whose texts mark a row, and what each says.
    pub(super) marks: Vec<(usize, Says)>,
    /// The key that says powers of ten, and what each text adds to the least.
    pub(super) powers: Option<(usize, FxHashMap<String, u32>)>,
    pub(super) kept: Mutex<Kept>,
}

/// Answers of one question.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) question: u64,
    pub(super) groups: usize,
    pub(super) answers: FxHashMap<AggregateRequest, Aggregate>,
}

/// Groups of all answers that are kept.
const KEPT_GROUPS: usize = 1_000_000;

impl Kept {
    /// Keeps an answer, if there is room for it.
    pub(super) fn keep(&mut self, request: &AggregateRequest, answer: Aggregate) -> Aggregate {
        if self.groups + answer.rows.len() <= KEPT_GROUPS {
            self.groups += answer.rows.len();
            self.answers.insert(request.clone(), answer.clone());
        }
        answer
    }
}

impl Asked {
    /// The number column of a measure.
    pub(super) fn number(&self, measure: usize) -> Option<&Number> {
        let column = &self.info.measures.get(measure)?.column;
        self.numbers.iter().find(|n| n.column.name == *column)
    }
}

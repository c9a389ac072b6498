//! What stands in a saved dataset beside its rows: what it is, what was said of it, and where each block of each column
//! lies. In: a dataset. Out: the same, as it can be written and read.

use crate::data::doubt::Doubt;
use crate::data::info::DatasetInfo;
use crate::data::store::MeasureData;
use crate::diagnostic::{Level, codes};
use serde::{Deserialize, Serialize};

/// The last bytes of a file of this form.
pub(super) const MAGIC: &[u8; 8] = b"tql-col2";
/// Bytes behind the head: its place, its size, its checksum, and the mark of the form.
pub(super) const TAIL: usize = 32;

/// What a column of the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Form {
    /// Places in a list, of so many bytes in memory.
    Codes(u8),
    /// Amounts.
    Exact,
    /// Amounts of up to 38 digits.
    Wide,
    /// Floating-point numbers.
    Float,
    /// Why cells are missing, and the marks of rows.
    Marks,
    /// The lines of the rows, all in one block.
    Lines,
}

/// A doubt, as it is written.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SavedDoubt {
    code: String,
    line: Option<usize>,
    message: String,
    advice: Option<String>,
    level: Option<u8>,
}

impl SavedDoubt {
    pub(super) fn of(doubt: &Doubt) -> SavedDoubt {
        let level = |level: Level| match level {
            Level::Note => 0,
            Level::Warning => 1,
            Level::Error => 2,
        };
        SavedDoubt {
            code: doubt.code.slug.into(),
            line: doubt.line,
            message: doubt.message.clone(),
            advice: doubt.advice.clone(),
            level: doubt.level.map(level),
        }
    }

    pub(super) fn doubt(self) -> Option<Doubt> {
        let level = match self.level {
            None => None,
            Some(0) => Some(Level::Note),
            Some(1) => Some(Level::Warning),
            Some(_) => Some(Level::Error),
        };
        let code = codes::ALL.iter().find(|c| c.slug == self.code)?;
        Some(Doubt { code, line: self.line, message: self.message, advice: self.advice, level })
    }
}

/// What a saved dataset is.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) info: DatasetInfo,
    pub(super) measures: Vec<MeasureData>,
    pub(super) times: usize,
    pub(super) files: Vec<(usize, String)>,
    pub(super) adds_up: bool,
    pub(super) narrow: Vec<bool>,
    pub(super) doubts: Vec<SavedDoubt>,
    /// Rows in columns, which are observations.
    pub(super) rows: usize,
    /// How many columns are dimensions; then the periods, the flows if there are any, the numbers, marks and lines.
    pub(super) dims: usize,
    /// Whether there is a column of flows.
    pub(super) flows: bool,
    pub(super) columns: Vec<Form>,
}

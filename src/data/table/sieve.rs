//! Which rows of a file can matter for what will be asked of it. In: a condition on the texts of a column. Out: per row
//! of a block, whether it is kept. Lets through whatever might matter: the question itself decides again, on codes.

use crate::data::columns::part::Part;
use crate::data::table::desk::Desk;
use std::sync::Arc;

/// Whether a text of a column may be one that is asked for.
pub type Test = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// A condition on the rows of a file.
#[derive(Clone, Default)]
pub struct Sieve {
    /// The column, and what its texts must be; without one, all rows are kept.
    pub condition: Option<(usize, Test)>,
    /// Columns of which all texts are numbered, whether their rows are kept or not.
    pub whole: Vec<usize>,
}

impl std::fmt::Debug for Sieve {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let column = self.condition.as_ref().map(|(column, _)| column);
        f.debug_struct("Sieve").field("column", &column).field("whole", &self.whole).finish()
    }
}

impl Sieve {
    /// Whether the column is read of all rows.
    pub fn is_whole(&self, column: usize) -> bool {
        self.whole.contains(&column) || self.condition.as_ref().is_none_or(|(at, _)| *at == column)
    }
}

/// What was found of each text of the column, at one reader of blocks.
#[derive(Debug, Default)]
pub struct Verdicts(Vec<bool>);

impl Verdicts {
    /// Which rows of a block are kept; the part of the column is filled already.
    pub fn rows(&mut self, (column, test): &(usize, Test), desks: &[Desk], parts: &[Part]) -> Vec<bool> {
        let (Some(Desk::Words(words, _)), Some(Part::Words(places, _))) = (desks.get(*column), parts.get(*column))
        else {
            return Vec::new();
        };
        self.0.extend(words.iter().skip(self.0.len()).map(|word| test(word)).collect::<Vec<_>>());
        places.iter().map(|place| self.0.get(*place as usize).copied().unwrap_or(true)).collect()
    }
}

/// Leaves the rows that are kept.
pub fn thin(part: &mut Part, pass: &[bool]) {
    if let Part::Words(places, _) = part {
        let mut rows = pass.iter();
        places.retain(|_| rows.next().copied().unwrap_or(true));
    }
}

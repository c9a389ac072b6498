//! Which rows of a file can matter for what will be asked of it. In: conditions on the texts of columns. Out: per row
//! of a block, whether it is kept. Lets through whatever might matter: the question itself decides again, on codes.

use super::desk::{Desk, Part};
use std::sync::Arc;

/// Whether a text of a column may be one that is asked for.
pub type Test = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// Rows are kept that pass all conditions of one alternative.
#[derive(Clone, Default)]
pub struct Sieve {
    /// Per alternative, the columns with a condition.
    pub alternatives: Vec<Vec<(usize, Test)>>,
    /// Columns of which all texts are numbered, whether their rows are kept or not.
    pub whole: Vec<usize>,
}

impl std::fmt::Debug for Sieve {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sieve of {} alternatives", self.alternatives.len())
    }
}

impl Sieve {
    /// Whether the column is read of all rows.
    pub fn is_whole(&self, column: usize) -> bool {
        self.whole.contains(&column) || self.alternatives.iter().flatten().any(|(at, _)| *at == column)
    }
}

/// What was found of each text of each conditioned column, at one reader of blocks.
#[derive(Debug, Default)]
pub struct Verdicts(Vec<Vec<Vec<bool>>>);

impl Verdicts {
    /// Which rows of a block are kept; the parts of the conditioned columns are filled already.
    pub fn rows(&mut self, sieve: &Sieve, desks: &[Desk], parts: &[Part], count: usize) -> Vec<bool> {
        self.0.resize_with(sieve.alternatives.len(), Vec::new);
        let mut pass = vec![false; count];
        let mut all = vec![true; count];
        for (conditions, verdicts) in sieve.alternatives.iter().zip(&mut self.0) {
            verdicts.resize_with(conditions.len(), Vec::new);
            all.fill(true);
            for ((column, test), known) in conditions.iter().zip(verdicts) {
                let (Some(Desk::Words(words, _)), Some(Part::Words(places, _))) =
                    (desks.get(*column), parts.get(*column))
                else {
                    continue;
                };
                known.extend(words.iter().skip(known.len()).map(|word| test(word)).collect::<Vec<_>>());
                for (slot, place) in all.iter_mut().zip(places) {
                    *slot &= known.get(*place as usize).copied().unwrap_or(true);
                }
            }
            pass.iter_mut().zip(&all).for_each(|(p, a)| *p |= a);
        }
        pass
    }
}

/// Leaves the rows that are kept.
pub fn thin(part: &mut Part, pass: &[bool]) {
    if let Part::Words(places, _) = part {
        let mut rows = pass.iter();
        places.retain(|_| rows.next().copied().unwrap_or(true));
    }
}

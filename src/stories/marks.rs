//! The mark of each figure: the worst that is found of it, and what the data say. In: a story, its findings, what was
//! checked against data. Out: marks, and the finding that is shown beside each figure.

use super::figure::{Figure, Role};
use super::finding::{Finding, Kind};

/// A figure beside the data.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The number of the figure.
    pub figure: usize,
    /// The question that was asked.
    pub query: String,
    /// Whether the data agree; `None` where they cannot tell.
    pub agrees: Option<bool>,
    /// What they say, or why they do not.
    pub said: String,
}

/// The mark of a figure, and its word for JSON.
pub fn mark(i: usize, figure: &Figure, findings: &[Finding], checked: &[Checked]) -> (&'static str, &'static str) {
    let of_data = checked.iter().find(|c| c.figure == i).and_then(|c| c.agrees);
    let found = best(i, findings).map(|f| f.kind);
    match (found, of_data) {
        (Some(Kind::Contradicts | Kind::Suspect), _) => ("✗", "contradicts"),
        (_, Some(false)) => ("#", "differs"),
        (Some(Kind::Unlike), _) => ("≠", "unlike-periods"),
        (_, Some(true)) => ("=", "confirmed"),
        (Some(Kind::Follows | Kind::Fits | Kind::Rate), _) => ("✓", "follows"),
        (Some(Kind::Doubtful | Kind::Refused), _) => ("?", "doubtful"),
        (None, _) if figure.role == Role::Other || !figure.unresolved.is_empty() => ("?", "unresolved"),
        (None, None) => ("·", "alone"),
    }
}

/// What is shown beside a figure: the worst, of which it is the result rather than an operand.
pub fn best(i: usize, findings: &[Finding]) -> Option<&Finding> {
    let of = || findings.iter().filter(|f| f.figures.contains(&i));
    let worst = of().map(|f| f.kind).min()?;
    let result = of().find(|f| f.kind == worst && f.figures.last() == Some(&i));
    result.or_else(|| of().find(|f| f.kind == worst))
}

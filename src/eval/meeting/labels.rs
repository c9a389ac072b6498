//! Labels of two values that mean the same: a country under another of its names or codes. In: two dimensions. Out: the
//! labels of the second as the first spells them, and a warning where most of them meet none. Knows no cell.

use crate::data::known::{places, roles};
use crate::diagnostic::{Diagnostic, codes};
use crate::eval::Evaluator;
use crate::pause::paced;
use crate::span::Span;
use crate::value::{Dimension, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// So many labels of each side are shown.
const SHOWN: usize = 3;

/// The labels of `b` as `a` spells them. A label of `a` is met by one of `b` at most: the same text before another
/// spelling.
pub(in crate::eval) fn as_spelled_in(a: &Dimension, b: &Dimension) -> Vec<Arc<str>> {
    if !roles::is_geographic(&a.name) {
        return b.labels.to_vec();
    }
    let ours: FxHashSet<&str> = a.labels.iter().map(AsRef::as_ref).collect();
    let theirs: FxHashSet<&str> = b.labels.iter().map(AsRef::as_ref).collect();
    let mut open: FxHashMap<&str, &Arc<str>> = FxHashMap::default();
    for label in a.labels.iter().filter(|l| !theirs.contains(l.as_ref())).rev() {
        if let Some(country) = places::iso3(label) {
            open.insert(country, label);
        }
    }
    let spelled = |label: &Arc<str>, open: &mut FxHashMap<&str, &Arc<str>>| {
        let country = if ours.contains(label.as_ref()) { None } else { places::iso3(label) };
        country.and_then(|country| open.remove(country)).unwrap_or(label).clone()
    };
    b.labels.iter().map(|label| spelled(label, &mut open)).collect()
}

/// Whether two labels of a dimension mean the same.
pub(in crate::eval) fn is_same(dim: &str, a: &str, b: &str) -> bool {
    a == b || (roles::is_geographic(dim) && places::is_same(a, b))
}

/// The labels of a dimension of which a value has rows.
fn used(value: &Value, at: usize) -> Vec<Arc<str>> {
    let Some(dim) = value.dims.get(at) else { return Vec::new() };
    let mut seen = vec![false; dim.labels.len()];
    for row in paced(&value.rows) {
        if let Some(slot) = row.key().get(at).and_then(|place| seen.get_mut(*place as usize)) {
            *slot = true;
        }
    }
    dim.labels.iter().zip(seen).filter(|(_, seen)| *seen).map(|(label, _)| label.clone()).collect()
}

impl Evaluator<'_> {
    /// Warns where under half of the labels of the smaller side meet one of the other.
    pub(in crate::eval) fn compare_labels(&mut self, a: &Value, b: &Value, span: Span) {
        for (i, dim) in a.dims.iter().enumerate() {
            let Some((j, other)) = b.dim(&dim.name).and_then(|j| b.dims.get(j).map(|d| (j, d))) else { continue };
            if Arc::ptr_eq(&dim.labels, &other.labels) || dim.labels == other.labels {
                continue;
            }
            let ours = Dimension { name: dim.name.clone(), labels: Arc::new(used(a, i)) };
            let theirs = Dimension { name: dim.name.clone(), labels: Arc::new(used(b, j)) };
            let known: FxHashSet<&str> = ours.labels.iter().map(AsRef::as_ref).collect();
            let met = as_spelled_in(&ours, &theirs).iter().filter(|l| known.contains(l.as_ref())).count();
            let smaller = ours.labels.len().min(theirs.labels.len());
            if met * 2 >= smaller {
                continue;
            }
            let first =
                |d: &Dimension| d.labels.iter().take(SHOWN).map(|l| format!("`{l}`")).collect::<Vec<_>>().join(", ");
            let message = format!(
                "{met} of {smaller} labels of `{}` have a counterpart on the other side: {} on the left, {} on the right",
                dim.name,
                first(&ours),
                first(&theirs)
            );
            self.say(Diagnostic::new(&codes::LABELS_DO_NOT_MEET, span, message));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dim(name: &str, labels: &[&str]) -> Dimension {
        Dimension { name: name.into(), labels: Arc::new(labels.iter().map(|l| Arc::from(*l)).collect()) }
    }

    #[test]
    fn the_spelling_of_the_left_is_kept() {
        let spelled = |a: &[&str], b: &[&str], name: &str| -> Vec<String> {
            as_spelled_in(&dim(name, a), &dim(name, b)).iter().map(|l| l.to_string()).collect()
        };
        assert_eq!(
            spelled(&["China", "Korea, Rep."], &["CHN", "KOR", "USA"], "reporter"),
            ["China", "Korea, Rep.", "USA"]
        );
        // One label of the left is met once, by its own text first.
        assert_eq!(spelled(&["CHN"], &["156", "CHN"], "partner"), ["156", "CHN"]);
        assert_eq!(spelled(&["156"], &["CHN", "China"], "partner"), ["156", "China"]);
        assert_eq!(spelled(&["China"], &["CHN"], "hs"), ["CHN"]);
    }
}

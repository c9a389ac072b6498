//! Codes that a query names, of which a period tells only what stands above them: `8501` in a year in which `85` alone is
//! told. In: a measure, its filters, the periods that are wanted. Out: a warning, for no row of theirs is then no trade.

use crate::data::known::ranges;
use crate::data::presence::Presence;
use crate::data::{DimInfo, Filter, MeasureInfo, Source};
use crate::diagnostic::{Diagnostic, Level, codes};
use crate::eval::Evaluator;
use crate::span::Span;
use crate::value::Period;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Of more codes it is not looked for what stands above each.
const MOST: usize = 64;

/// Whether a code stands above another, and is not it.
fn is_above(code: &str, other: &str) -> bool {
    code != other && (DimInfo::cut(other, code.len()) == Some(code) || ranges::holds(code, other))
}

impl Evaluator<'_> {
    /// Says of which of the codes that are kept something is told above them alone.
    pub(super) fn remark_above(
        &mut self,
        source: &Arc<dyn Source>,
        m: &MeasureInfo,
        wanted: &[Period],
        filters: &[Filter],
        span: Span,
    ) {
        let info = source.info();
        let Some(measure) = info.measure(&m.name) else { return };
        for (place, dim) in info.dims.iter().enumerate().filter(|(_, dim)| dim.nested) {
            let kept = filters.iter().filter(|f| f.dim == place && f.keep && f.codes.len() <= MOST);
            for code in kept.flat_map(|f| &f.codes) {
                let above: Vec<String> =
                    dim.codes.iter().filter(|c| is_above(c, code)).map(|c| c.to_string()).collect();
                if above.is_empty() {
                    continue;
                }
                let others = filters.iter().filter(|f| f.dim != place).cloned();
                let asked: Vec<Filter> = others.chain([Filter { dim: place, keep: true, codes: above }]).collect();
                let Ok(presence) = source.presence(measure, &[place], &asked, self.budget) else { return };
                if let Some((above, period)) = told_above(&presence, code, wanted) {
                    let message = format!(
                        "for {period} `{above}` is told without the codes within it, so that `{code}` has no row, \
                         which does not mean that there was none"
                    );
                    let warning = Diagnostic::new(&codes::MISSING_OBSERVATION, span, message).at_level(Level::Warning);
                    self.say(warning.advice(format!("ask for `{above}`, or for periods that tell `{code}`")));
                }
            }
        }
    }
}

/// A code above another that is told for a period without those within it.
fn told_above(presence: &Presence, code: &str, wanted: &[Period]) -> Option<(Arc<str>, Period)> {
    let (mut fine, mut coarse) = (BTreeSet::<Period>::new(), Vec::new());
    for (key, periods) in &presence.members {
        let label = presence.dims.first().zip(key.first()).and_then(|(dim, at)| dim.labels.get(*at as usize));
        match label {
            Some(own) if is_above(own, code) => coarse.push((Arc::clone(own), periods)),
            Some(own) if own.len() >= code.len() && !ranges::is_range(own) => fine.extend(periods),
            _ => {}
        }
    }
    let open = |p: &&Period| wanted.iter().any(|w| w.contains(**p)) && !fine.contains(*p);
    coarse.into_iter().find_map(|(above, periods)| Some((above, periods.iter().find(open).copied()?)))
}

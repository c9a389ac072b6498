//! Labels that report in different steps: sales to one partner by month, to another by year. In: a store. Out: that what
//! has no row along them is missing rather than zero, so that each is answered in steps of its own; and a doubt.

use crate::data::declare::{Said, Spec};
use crate::data::doubt::Doubt;
use crate::data::load::checks::totals;
use crate::data::presence::ask;
use crate::data::store::Store;
use crate::data::{Budget, DimInfo, SourceError};
use crate::diagnostic::codes;
use crate::value::Freq;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Looks for them along the dimensions in which what has no row is zero, unless that is declared.
pub fn apart(store: &mut Store, said: &mut Vec<Said>, spec: &Spec, budget: &Budget) -> Result<Vec<Doubt>, SourceError> {
    let all: BTreeSet<Option<Freq>> = store.info.periods.iter().map(|p| p.freq()).collect();
    let mut out = Vec::new();
    if all.len() < 2 || !spec.absent.is_empty() {
        return Ok(out);
    }
    let open = |dim: &DimInfo| dim.absent_is_zero && dim.codes.len() > 1;
    let places: Vec<usize> =
        (0..store.info.dims.len()).filter(|at| store.info.dims.get(*at).is_some_and(open)).collect();
    for place in places {
        for measure in 0..store.info.measures.len().min(totals::MAX_MEASURES) {
            let Some((a, b)) = pair(store, measure, place, budget)? else { continue };
            let Some(dim) = store.info.dims.get_mut(place) else { continue };
            dim.absent_is_zero = false;
            said.push(Said::absent(Some(dim.name.as_ref()), false));
            let message = format!(
                "labels of `{}` report in different steps ({} by {}, {} by {}): what has no row is missing, not zero",
                dim.name,
                a.0,
                a.1.word(),
                b.0,
                b.1.word()
            );
            let advice = format!("declare `absent {} = zero` if it was no trade", dim.name);
            out.push(Doubt::new(&codes::LAYOUT_GUESSED, None, message).advice(advice));
            break;
        }
    }
    Ok(out)
}

type Step = (Arc<str>, Freq);

/// Two labels of a dimension that have no step in common, with one of each.
fn pair(store: &Store, measure: usize, place: usize, budget: &Budget) -> Result<Option<(Step, Step)>, SourceError> {
    let Some(dim) = store.info.dims.get(place) else { return Ok(None) };
    let presence = ask(store, measure, &[place], &[], budget)?;
    if presence.is_too_large() {
        return Ok(None);
    }
    // Labels by the steps that they have.
    let mut found: BTreeMap<BTreeSet<Freq>, Arc<str>> = BTreeMap::new();
    for (key, periods) in &presence.members {
        let steps: BTreeSet<Freq> = periods.iter().filter_map(|p| p.freq()).collect();
        let Some(at) = key.first().filter(|at| !steps.is_empty() && !dim.is_total(**at) && !dim.is_group(**at)) else {
            continue;
        };
        found.entry(steps).or_insert_with(|| Arc::from(dim.label(*at)));
    }
    let one = |(steps, label): (&BTreeSet<Freq>, &Arc<str>)| Some((Arc::clone(label), *steps.first()?));
    for a in &found {
        if let Some(b) = found.iter().find(|b| a.0.is_disjoint(b.0)) {
            return Ok(one(a).zip(one(b)));
        }
    }
    Ok(None)
}

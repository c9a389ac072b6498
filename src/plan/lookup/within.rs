//! Names that would stand for themselves. In: the catalogue, and the name of a series or the words of an operator that
//! is to be kept in it. Out: the names on the way from it to itself.

use super::put::STEP;
use super::usable::words_of;
use crate::plan::catalogue::Catalogue;
use std::collections::BTreeMap;

/// What leads from the name of a series or from an operator's words back to itself, both ends left out; nothing if they
/// lead elsewhere only.
pub fn path_to_itself(catalogue: &Catalogue, name: &str) -> Option<Vec<String>> {
    let mut before: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut open = vec![name.to_string()];
    while let Some(at) = open.pop() {
        for next in named_by(catalogue, &at) {
            if next == name {
                let steps = std::iter::successors(Some(&at), |at| before.get(*at)?.as_ref());
                let mut path: Vec<String> = steps.filter(|step| *step != name).cloned().collect();
                path.reverse();
                return Some(path);
            }
            if next != at && !before.contains_key(&next) {
                before.insert(next.clone(), Some(at.clone()));
                open.push(next);
            }
        }
    }
    None
}

/// How many names stand within each other in one, itself among them.
pub fn chain_of(catalogue: &Catalogue, name: &str) -> usize {
    let named = named_by(catalogue, name);
    1 + named.iter().map(|n| catalogue.chains.of(n)).max().unwrap_or(0)
}

/// The series and operators that one names, as they are kept.
fn named_by(catalogue: &Catalogue, name: &str) -> Vec<String> {
    let (mut names, mut operators) = (Vec::new(), Vec::new());
    let mut call = |words: &str, _: bool, _: usize| operators.push(words.to_string());
    if let Some(query) = catalogue.lets.get(name) {
        words_of(query, &mut names, &mut call);
    } else if let Some(definition) = catalogue.definitions.get(name) {
        words_of(&definition.body, &mut names, &mut call);
        let own = |n: &String| definition.params.contains(n) || definition.over.as_ref() == Some(n);
        names.retain(|n| !own(n));
    }
    names.retain(|n| catalogue.lets.contains_key(n));
    // `3-month rise` is kept as `N-month rise`.
    let kept = |words: &String| catalogue.defined(words, |_| true).map(|d| d.name.clone());
    let any_step = |words: &String| {
        let (step, rest) = words.split_once(' ')?;
        let (_, unit) = step.split_once('-')?;
        kept(&format!("N-{unit} {rest}")).or_else(|| kept(&format!("{STEP} {rest}")))
    };
    let mut operators: Vec<String> =
        operators.iter().filter_map(|words| kept(words).or_else(|| any_step(words))).collect();
    operators.retain(|n| catalogue.definitions.contains_key(n));
    names.append(&mut operators);
    names
}

//! What the marks of a table or chart mean, and the sign for what is missing. In: the columns of an answer. Out: a line for
//! each mark and each reason, with where they are.

use crate::diagnostic::visible::visible;
use crate::pause::paced;
use crate::value::{Cell, Coverage, Flags, Period, Value};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, HashSet};

/// The marks that a letter stands for; a row that is added says itself what it is.
pub fn lettered(cell: &Cell) -> Flags {
    cell.flags.without(Flags::REST).without(Flags::TOTAL)
}

/// The notes of several values, of which what is missing is shown by this sign; what is true of all is told once.
pub fn notes(values: &[(&str, &Value)], missing: char) -> Vec<String> {
    let each: Vec<Vec<String>> = values.iter().map(|(_, value)| of(value, None, missing)).collect();
    if each.windows(2).all(|w| matches!(w, [a, b] if a == b)) {
        return each.into_iter().next().unwrap_or_default();
    }
    values.iter().flat_map(|(name, value)| of(value, Some(name), missing)).collect()
}

/// What the dashes and letters mean, perhaps with the name of the column.
fn of(value: &Value, name: Option<&str>, missing: char) -> Vec<String> {
    let of = name.map(|n| format!(" in {}", visible(n))).unwrap_or_default();
    let mut reasons: BTreeMap<&str, Listed> = BTreeMap::new();
    let mut letters: BTreeMap<char, (&str, Listed)> = BTreeMap::new();
    let shared = shared(value);
    for row in paced(&value.rows) {
        let marked = row.datum().is_err() || lettered(&row.cell()) != Flags::none();
        if !marked {
            continue;
        }
        let whole = row.datum().is_ok() && row.period().is_some_and(|p| shared.get(&p) == Some(&true));
        let about = || {
            let dims = value.dims.iter().zip(row.key()).filter(|_| !whole);
            let labels = dims.map(|(d, k)| visible(d.label(*k)).into_owned());
            labels.chain(row.period().map(|p| p.to_string())).collect::<Vec<_>>().join(" ")
        };
        match row.datum() {
            Err(reason) => reasons.entry(reason.words()).or_default().add(None, about),
            Ok(_) => {
                let coverage = row.coverage().filter(|c| !c.is_full() || c.observed.is_some());
                // Of a part of a period it is told how long that is; else how many observations there are of it.
                let covers = |of_the_period: bool| match coverage {
                    Some(c) if of_the_period && !c.is_full() => format!("{} ({} of {})", about(), c.have, c.of),
                    Some(Coverage { observed: Some((have, of)), .. }) => {
                        format!("{} ({have} of {of} present)", about())
                    }
                    Some(c) => format!("{} ({} of {})", about(), c.have, c.of),
                    None => about(),
                };
                let partial = Flags::PARTIAL.letters();
                for (letter, word) in lettered(&row.cell()).letters() {
                    let list = &mut letters.entry(letter).or_insert((word, Listed::default())).1;
                    list.add(row.period().filter(|_| whole), || covers(partial.contains(&(letter, word))));
                }
            }
        }
    }
    let letters = letters.iter().map(|(letter, (word, list))| format!("{letter} {word}{of}: {}", list.words()));
    let reasons = reasons.iter().map(|(reason, list)| format!("{missing} {reason}{of}: {}", list.words()));
    letters.chain(reasons).collect()
}

/// The periods of which all labels are marked alike: that is told of the period.
fn shared(value: &Value) -> FxHashMap<Period, bool> {
    let mut found: FxHashMap<Period, (Cell, bool)> = FxHashMap::default();
    for row in paced(&value.rows) {
        let Some(period) = row.period() else { continue };
        let cell = row.cell();
        let (first, alike) = found.entry(period).or_insert((cell, true));
        *alike &= (lettered(first), first.coverage) == (lettered(&cell), cell.coverage);
    }
    found.into_iter().map(|(period, (_, alike))| (period, alike)).collect()
}

/// Places that are told: the first of them, and how many more there are.
#[derive(Default)]
struct Listed {
    first: Vec<String>,
    count: usize,
    /// Periods that were told for all of their labels.
    whole: HashSet<Period>,
}

impl Listed {
    /// How many are told by name.
    const MOST: usize = 4;

    /// A place; one of a whole period is told once.
    fn add(&mut self, whole: Option<Period>, words: impl FnOnce() -> String) {
        if whole.is_some_and(|p| !self.whole.insert(p)) {
            return;
        }
        self.count += 1;
        if self.first.len() < Self::MOST {
            self.first.push(words());
        }
    }

    fn words(&self) -> String {
        let shown = self.first.join(", ");
        let more = self.count.saturating_sub(Self::MOST);
        if more > 0 { format!("{shown} and {more} more") } else { shown }
    }
}

//! The periods of a step of which the data have every month. In: the periods of the data. Out: those of the step, in
//! order. Knows no numbers.

use crate::value::{Freq, Period};
use std::collections::BTreeSet;

/// The periods of this step that the data have whole.
pub fn periods(known: &[Period], freq: Freq) -> Vec<Period> {
    let mut months: BTreeSet<(i32, u32)> = BTreeSet::new();
    let mut around: BTreeSet<Period> = BTreeSet::new();
    for period in known {
        around.insert(Period::unit_around(period.first(), freq));
        let (mut year, mut month) = period.first_month();
        while (year, month) <= period.last_month() {
            months.insert((year, month));
            (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        }
    }
    let whole = |p: &Period| match freq.months() {
        Some(_) => p.units(Freq::Month, 12).iter().all(|m| months.contains(&m.first_month())),
        None => true,
    };
    around.into_iter().filter(whole).collect()
}

/// The last two whole years; where there are not two, nothing.
pub fn last_two_years(known: &[Period]) -> Option<(Period, Period)> {
    match periods(known, Freq::Year).as_slice() {
        [.., a, b] => Some((*a, *b)),
        _ => None,
    }
}

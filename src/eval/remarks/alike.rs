//! What is said of each of many periods in the same words, said once. In: what is said. Out: the first of those that are
//! alike but for their numbers, and how many more there are.

use crate::diagnostic::{Diagnostic, codes};

/// So many are said one by one.
const FEW: usize = 2;

/// Puts together what is said of missing observations at one place of the query in the same words.
pub(in crate::eval) fn together(said: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let alike = |a: &Diagnostic, b: &Diagnostic| {
        let places = |d: &Diagnostic| d.labels.iter().map(|l| l.span).collect::<Vec<_>>();
        a.code == b.code && a.code == &codes::MISSING_OBSERVATION && places(a) == places(b) && form(a) == form(b)
    };
    let mut out: Vec<(Diagnostic, usize)> = Vec::new();
    for diagnostic in said {
        let count = out.iter().filter(|(d, _)| alike(d, &diagnostic)).count();
        match out.iter_mut().filter(|(d, _)| alike(d, &diagnostic)).last() {
            Some((_, more)) if count >= FEW => *more += 1,
            _ => out.push((diagnostic, 0)),
        }
    }
    let told = |(mut d, more): (Diagnostic, usize)| {
        if more > 0 {
            d.message = format!("{}; so it is for {more} more", d.message);
        }
        d
    };
    out.into_iter().map(told).collect()
}

/// The words of a message without what has digits in it.
fn form(said: &Diagnostic) -> Vec<&str> {
    said.message.split_whitespace().filter(|w| !w.bytes().any(|b| b.is_ascii_digit())).collect()
}

//! A second opinion: random panels and queries, answered by the program and by a plain evaluator of the contract.
//!
//! `TRADEQL_PAIRS=100000` asks so many; `TRADEQL_REFERENCE=all` also those of which the program is known to differ
//! (see [`features`]), and shows each kind of difference once, made small.

mod compare;
mod evaluate;
mod features;
mod generate;
mod laws;
mod laws_chosen;
mod number;
mod operators;
mod panel;
mod query;
mod shape;
mod shrink;

use compare::{Program, Verdict, judge};
use fastrand::Rng;
use features::Features;
use generate::Maker;
use panel::Panel;
use std::collections::BTreeMap;

/// How many queries are asked of each panel.
const OF_EACH: usize = 10;

#[test]
fn the_program_and_the_reference_agree() {
    let features = Features::chosen();
    let pairs: usize = std::env::var("TRADEQL_PAIRS").ok().and_then(|n| n.parse().ok()).unwrap_or(3_000);
    let seed: u64 = std::env::var("TRADEQL_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    let (mut agreed, mut refused) = (0, 0);
    let mut disagreed: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let mut unsaid: BTreeMap<&str, usize> = BTreeMap::new();
    for i in 0..pairs / OF_EACH {
        let mut rng = Rng::with_seed(seed * 1_000_003 + i as u64);
        let panel = Panel::random(&mut rng, &features);
        let mut program = Program::of(&panel);
        for _ in 0..OF_EACH {
            let query = Maker { panel: &panel, rng: &mut rng, features: &features, names: 0 }.query();
            match judge(&panel, &mut program, &query) {
                Verdict::Agreed => agreed += 1,
                Verdict::BothRefused => refused += 1,
                Verdict::Unsaid(why) => *unsaid.entry(why).or_default() += 1,
                Verdict::Disagreed(why) => {
                    // Each kind is made small once.
                    let known =
                        disagreed.entry(shrink::class(&why)).or_insert_with(|| (0, shrink::small(&panel, &query)));
                    known.0 += 1;
                }
            }
        }
    }
    let count: usize = disagreed.values().map(|(n, _)| n).sum();
    println!("{agreed} agreed, {refused} refused by both, {count} disagreed; the contract does not say: {unsaid:?}");
    let small: Vec<String> =
        disagreed.into_iter().map(|(kind, (n, small))| format!("── {n} × {kind}\n{small}")).collect();
    assert!(small.is_empty(), "{count} of {pairs} pairs disagree:\n{}", small.join("\n\n"));
    assert!(agreed > pairs / 2, "only {agreed} of {pairs} pairs were compared");
}

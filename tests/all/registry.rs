//! What the registry promises: examples that give their answers, pages for every operator and code.

use super::tool::run;
use tradeql::diagnostic::codes;
use tradeql::operators;

#[test]
fn every_example_prints_its_answer() {
    let mut count = 0;
    for entry in operators::all() {
        for (query, answer) in entry.examples {
            let ran = run(&["-e", query, "--load", "examples/data/china_ic_trade.csv"]);
            assert!(ran.out.starts_with(answer), "{query} is {}, not {answer}", ran.out);
            count += 1;
        }
    }
    assert!(count >= 7);
}

#[test]
fn every_operator_has_a_page_and_a_source() {
    for entry in operators::all() {
        let ran = run(&["-e", &format!("help {}", entry.name)]);
        assert_eq!(ran.code, 0, "{}", entry.name);
        assert!(ran.out.contains(entry.formula) && !entry.cites.is_empty(), "{}", entry.name);
        assert!(operators::lookup(&entry.name.replace("N-month", "3-month")).is_some());
    }
}

#[test]
fn every_code_is_explained_and_has_its_own_slug() {
    let mut slugs: Vec<&str> = codes::ALL.iter().map(|c| c.slug).collect();
    slugs.sort_unstable();
    let count = slugs.len();
    slugs.dedup();
    assert_eq!(slugs.len(), count);
    for code in codes::ALL {
        let ran = run(&["-e", &format!("explain {}", code.slug)]);
        assert!(ran.out.starts_with(code.slug), "{}: {}{}", code.slug, ran.out, ran.err);
    }
}

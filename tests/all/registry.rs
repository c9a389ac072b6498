//! What the registry promises: examples that give their answers, pages for every operator and code.

use super::tool::run;
use tradeql::diagnostic::codes;
use tradeql::operators;

const SERIES: &str = "examples/data/china_ic_trade.csv";
const PANEL: &str = "examples/data/made_up_panel.csv";

#[test]
fn every_operator_has_an_example_that_prints_its_answer() {
    let mut wrong = Vec::new();
    for entry in operators::all() {
        assert!(!entry.examples.is_empty(), "{} has no example", entry.name);
        for (query, answer) in entry.examples {
            let ran = run(&["-e", query, "--load", SERIES, "--load", PANEL]);
            // One number begins the output; of a table, the answer is one of its lines.
            let line = |l: &str| l.split_whitespace().collect::<Vec<_>>().join(" ") == *answer;
            let found = ran.out.starts_with(answer) || ran.out.lines().any(line);
            if !found {
                wrong.push(format!("{query} is {}{}, not {answer}", ran.out, ran.err));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_operator_has_a_page_and_a_source() {
    for entry in operators::all() {
        let ran = run(&["-e", &format!("help {}", entry.name)]);
        assert_eq!(ran.code, 0, "{}", entry.name);
        assert!(ran.out.contains(entry.formula) && !entry.cites.is_empty(), "{}", entry.name);
        assert!(operators::lookup(&entry.name.replace("N-month", "3-month").replace("Nth", "90th")).is_some());
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

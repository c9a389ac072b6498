//! What a diagnostic offers can be asked: every query in a `help` of every text case is run.

use super::cases::{sections, setup};
use super::tool::json;
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// All that an answer offers.
fn offered(answer: &Json) -> Vec<String> {
    let said = answer.get("error").into_iter().chain(answer["diagnostics"].as_array().into_iter().flatten());
    let help = said.flat_map(|d| d["help"].as_array().into_iter().flatten());
    help.filter_map(Json::as_str).map(String::from).collect()
}

#[test]
fn every_offered_query_runs() {
    let mut asked = BTreeSet::new();
    let mut failures = Vec::new();
    for (file, _, section) in sections() {
        let setup = setup(&section);
        for query in section.lines().filter_map(|l| l.strip_prefix("> ")) {
            for help in offered(&json(&format!("{setup}\n{query}"))) {
                if !asked.insert((setup.to_string(), help.clone())) {
                    continue;
                }
                let again = json(&format!("{setup}\n{help}"));
                if let Some(error) = again.get("error") {
                    failures.push(format!("{file}: {query}\n    offers {help}\n    which says {error}"));
                }
            }
        }
    }
    assert!(asked.len() > 20, "only {} queries were offered", asked.len());
    assert!(failures.is_empty(), "{} of {} offers fail:\n{}", failures.len(), asked.len(), failures.join("\n"));
}

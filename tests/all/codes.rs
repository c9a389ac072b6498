//! Every code of the table is raised somewhere: it has a text case that says it, or stands here with its reason.

use super::cases::sections;
use std::collections::BTreeSet;
use tradeql::diagnostic::codes;

/// Codes without a text case, and why. Those of loading are said of a `load`, which is no case.
const ELSEWHERE: &[(&str, &str)] = &[
    ("too-large", "texts of 64 kB stand in tests/all/limits.rs"),
    ("interrupted", "needs somebody to interrupt: tests/all/cli.rs"),
    ("bug", "there should be none"),
    ("total-found", "comes with the recognition of totals by their sums"),
    ("file-not-read", "said of a load: tests/all/cli.rs"),
    ("bad-data", "said of a load: src/data tests"),
    ("bad-declaration", "said of a load: src/data tests"),
    ("duplicate-key", "said of a load: src/data tests"),
    ("hs-leading-zero", "said of a load: tests/all/pollution.rs"),
    ("ambiguous-thousands-separator", "said of a load: tests/all/pollution.rs"),
    ("level-jump", "said of a load: tests/all/pollution.rs"),
    ("identity-failed", "said of a load: tests/all/pollution.rs"),
    ("repaired-row", "said of a load: tests/all/pollution.rs"),
    ("layout-guessed", "said of a load: tests/all/pollution.rs"),
    ("unexpected-sign", "said of a load: tests/all/pollution.rs"),
    ("encoding-guessed", "said of a load: tests/all/pollution.rs"),
    ("missing-scale", "said of a story: tests/all/stories.rs"),
    ("story-without-date", "said of a story: tests/all/stories.rs"),
    ("reading-doubtful", "said of a story: tests/all/stories.rs"),
    ("cumulative-read-as-flow", "said of a load: tests/all/pollution.rs"),
    ("database-failed", "said of a load: tests/all/databases.rs"),
    ("secret-in-script", "said of a load: tests/all/databases.rs"),
    ("table-changed", "needs a database: tests/all/conformance.rs"),
    ("not-checked", "needs a database: tests/all/conformance.rs"),
    ("saved-columns", "said of a load: tests/all/kept.rs"),
];

/// The codes that the cases announce; of pending ones, or of the others.
fn announced(pending: bool) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, _, section) in sections() {
        for case in section.split("\n> ").skip(1) {
            if case.lines().any(|l| l.starts_with("pending ")) != pending {
                continue;
            }
            let codes = case.lines().filter_map(|l| l.strip_prefix("! ")).filter_map(|l| l.split(' ').nth(1));
            found.extend(codes.map(String::from));
        }
    }
    found
}

#[test]
fn every_code_has_a_case_that_says_it() {
    let (said, awaited) = (announced(false), announced(true));
    let elsewhere = |slug: &str| ELSEWHERE.iter().any(|(code, _)| *code == slug);
    let missing: Vec<&str> = codes::ALL
        .iter()
        .map(|c| c.slug)
        .filter(|slug| !said.contains(*slug) && !awaited.contains(*slug) && !elsewhere(slug))
        .collect();
    assert!(missing.is_empty(), "no case says {}", missing.join(", "));
    let idle: Vec<&str> = ELSEWHERE.iter().map(|(code, _)| *code).filter(|code| said.contains(*code)).collect();
    println!("these have a case now, so take them out of the list: {}", idle.join(", "));
    let gone: Vec<&str> = ELSEWHERE.iter().map(|(code, _)| *code).filter(|code| codes::find(code).is_none()).collect();
    assert!(gone.is_empty(), "these are no codes: {}", gone.join(", "));
}

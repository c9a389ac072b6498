//! What the library promises: each indicator has its help, its source and an example that prints its answer, and can be
//! copied into a script under another name.

use super::tool::run;
use tradeql::library::{FAMILIES, definitions};
use tradeql::plan::definition::Definition;

const DATA: &[&str] =
    &["examples/data/made_up_panel.csv", "examples/data/made_up_economy.csv", "examples/data/made_up_mirror.csv"];

fn all() -> Vec<Definition> {
    FAMILIES.iter().flat_map(|(_, text)| definitions(text)).collect()
}

/// The example of a definition: the query, and the answer as printed.
fn example(definition: &Definition) -> (String, String) {
    let mut lines = definition.help.lines().skip_while(|l| !l.starts_with("Example: "));
    let query = lines.next().unwrap_or_else(|| panic!("{} has no example", definition.name));
    (query["Example: ".len()..].to_string(), lines.next().unwrap_or_default().trim().to_string())
}

fn asked(query: &str) -> String {
    let mut arguments = vec!["-e", query];
    DATA.iter().for_each(|file| arguments.extend(["--load", file]));
    let ran = run(&arguments);
    assert_eq!(ran.code, 0, "{query}: {}", ran.err);
    ran.out
}

#[test]
fn every_text_of_the_library_is_definitions_and_remarks() {
    for (family, text) in FAMILIES {
        let written = text.lines().filter(|l| l.starts_with("def ")).count();
        assert_eq!(definitions(text).len(), written, "{family}");
        let others = text.lines().filter(|l| !l.is_empty() && !l.starts_with('#') && !l.starts_with("def "));
        assert_eq!(others.count(), 0, "{family}");
    }
}

#[test]
fn every_indicator_says_what_it_is() {
    for definition in all() {
        let help = &definition.help;
        assert!(definition.summary().ends_with('.') || definition.summary().ends_with(':'), "{}", definition.header());
        assert!(help.lines().any(|l| l.starts_with("  ")), "{} has no formula", definition.header());
        assert!(help.lines().any(|l| l.starts_with("Source: ")), "{} has no source", definition.header());
        let page = run(&["-e", &format!("help {}", definition.name.replace("N-year", "2-year"))]);
        assert!(page.code == 0 && page.out.contains(&definition.text), "{}: {}", definition.header(), page.err);
    }
}

#[test]
fn every_example_prints_its_answer() {
    for definition in all() {
        let (query, answer) = example(&definition);
        let out = asked(&query);
        assert!(out.starts_with(&format!("{answer}  ")) || out.trim() == answer, "{query} is {out}, not {answer}");
    }
}

/// A reader copies a definition into a script, calls it otherwise, and gets the same.
#[test]
fn a_copy_under_another_name_gives_the_same() {
    for definition in all() {
        let (query, answer) = example(&definition);
        let own = |text: &str| text.replacen(&definition.name.replace("N-year ", ""), "own copy", 1);
        // One that calls itself by another number of operands is no copy of one thing.
        let copied = own(&definition.text);
        let out = asked(&format!("{copied}\n{}", own(&query)));
        assert!(out.contains(&answer), "{copied}: {out}, not {answer}");
    }
}

//! The indicators of trade as a page: those of the library with their definitions, those that are code with their
//! formulas, by family. Everything is read from the library and the registry.

use crate::library::{FAMILIES, definitions};
use crate::operators;
use crate::plan::definition::Definition;
use crate::plan::operator::Entry;

/// The indicators of a family that are code, by their names.
const CODE: &[(&str, &[&str])] = &[
    (
        "Growth",
        &[
            "cagr",
            "log growth",
            "trend growth",
            "annualised sum",
            "seasonally annualised sum",
            "growth contributions",
            "contribution shares",
        ],
    ),
    ("Balance", &["mirror"]),
    ("Concentration", &["hhi", "normalised hhi", "theil", "entropy", "gini", "corrected gini"]),
    ("Complexity", &["eci", "pci", "proximity", "density"]),
];

/// The words at the end of the names of index numbers of prices.
const PRICES: &str = " price index";

/// The entries of a family that are code; of index numbers those of prices against the base stand for all.
fn entries(family: &str) -> Vec<&'static Entry> {
    let named = CODE.iter().filter(|(of, _)| *of == family).flat_map(|(_, names)| names.iter());
    let mut found: Vec<&Entry> = named.filter_map(|name| operators::all().find(|e| e.name == *name)).collect();
    if family == "Prices and volumes" {
        found.extend(operators::all().filter(|e| e.name.ends_with(PRICES) && !e.name.starts_with(CHAINED)));
    }
    found
}

/// The words at the beginning of the names of chained ones.
const CHAINED: &str = "chained ";

/// All indicators, a line each, by family.
pub(super) fn listed() -> String {
    let mut out = String::new();
    for (family, text) in FAMILIES {
        out.push_str(&format!("{family}\n"));
        for definition in definitions(text) {
            out.push_str(&format!("  {}: {}\n", definition.header(), definition.summary()));
        }
        for entry in entries(family) {
            out.push_str(&format!("  {}{}: {}\n", entry.name, operators::signature(entry), entry.summary));
        }
    }
    out
}

/// All indicators, in Markdown.
pub(super) fn manual() -> String {
    let mut out = String::from(
        "# The indicators of trade\n\nMade from the library and the registry by `tradeql help indicators manual`. \
         What stands in the language can be copied into a script and changed there; a `def` of the same name takes the place of the one here.\n",
    );
    for (family, text) in FAMILIES {
        out.push_str(&format!("\n## {family}\n"));
        for definition in definitions(text) {
            out.push_str(&section(&definition));
        }
        let entries = entries(family);
        if family.starts_with("Prices") {
            out.push_str(
                "\nEach of the index numbers of prices below has one of volume, with `volume` in place of `price`: prices and \
                 quantities change places. `chained` before the name multiplies the links of all periods since the base.\n",
            );
        }
        for entry in entries {
            out.push_str(&format!(
                "\n### {}{}\n\n{}",
                entry.name,
                operators::signature(entry),
                operators::section(entry)
            ));
        }
    }
    out
}

/// What is said of a definition, in Markdown.
fn section(definition: &Definition) -> String {
    let mut out = format!("\n### {}\n\n", definition.header());
    let mut inside = false;
    let mut query = None;
    for line in definition.help.lines() {
        let code = line.strip_prefix("  ");
        if let (Some(answer), Some(query)) = (code, query.take()) {
            out.push_str(&format!("\nExample: `{query}` is {}\n", answer.trim()));
            continue;
        }
        if code.is_some() != inside {
            out.push('\n');
            inside = code.is_some();
        }
        if let Some(example) = line.strip_prefix("Example: ") {
            query = Some(example.to_string());
        } else if let Some(formula) = code {
            out.push_str(&format!("    {formula}\n"));
        } else if line.starts_with("Source: ") {
            out.push_str(&format!("\n{line}\n"));
        } else {
            out.push_str(&format!("{line}\n"));
        }
    }
    out.push_str(&format!("\n    {}\n", definition.text));
    out
}

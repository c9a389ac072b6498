//! The indicators of trade, written in the language itself. In: the `.tql` files beside this one, compiled in. Out: their
//! definitions, read when the first of them is looked for.

use crate::plan::definition::{Definition, Library};
use crate::span::SourceId;
use crate::syntax::{self, Statement};
use std::sync::{Arc, LazyLock};

/// A family of indicators: what it is called, and its definitions.
pub type Family = (&'static str, &'static str);

/// The families, in the order in which they are printed.
pub const FAMILIES: &[Family] = &[
    ("Growth", include_str!("growth.tql")),
    ("Balance", include_str!("balance.tql")),
    ("Openness", include_str!("openness.tql")),
    ("Concentration", include_str!("concentration.tql")),
    ("Structure", include_str!("structure.tql")),
    ("Comparative advantage", include_str!("advantage.tql")),
    ("Margins", include_str!("margins.tql")),
    ("Prices and volumes", include_str!("prices.tql")),
    ("Complexity", include_str!("complexity.tql")),
];

/// The library, to be handed in with the registry.
pub const LIBRARY: Library = Library { read: Some(all) };

static ALL: LazyLock<Vec<Arc<Definition>>> =
    LazyLock::new(|| FAMILIES.iter().flat_map(|(_, text)| definitions(text)).map(Arc::new).collect());

fn all() -> &'static [Arc<Definition>] {
    &ALL
}

/// The definitions of a text, each with the remarks above it.
pub fn definitions(text: &str) -> Vec<Definition> {
    let parsed = syntax::parse_script(SourceId(0), text).unwrap_or_default();
    let said = |p: &syntax::Parsed| {
        let statement: &Statement = p.statement.as_ref().ok()?;
        Definition::written(statement, text.get(..p.span.start)?)
    };
    parsed.iter().filter_map(said).collect()
}

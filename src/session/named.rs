//! Names beside codes, where people read and `labels` is on. In: the columns of an answer and its format. Out: the same
//! columns with other labels; what programs read stays with codes.

use super::Session;
use crate::diagnostic::visible::cut;
use crate::plan::lookup::names;
use crate::render::Format;
use crate::value::{Dimension, Named, Value};
use std::sync::Arc;

/// Characters of a name in a table, whose columns are to fit a page.
const LONGEST: usize = 40;

impl Session {
    /// The columns with names beside their codes; none where they are printed as they are.
    pub fn named(&self, columns: &[(&str, &Value)], format: Format) -> Option<Vec<Named>> {
        if !self.catalogue.settings.labels || !format.is_for_people() {
            return None;
        }
        let of = |(name, value): &(&str, &Value)| {
            let dims = value.dims.iter().map(|d| self.with_names(d, format)).collect();
            Named { name: name.to_string(), value: Value { dims, ..(*value).clone() } }
        };
        Some(columns.iter().map(of).collect())
    }

    /// A dimension whose labels are codes with their names.
    fn with_names(&self, dim: &Dimension, format: Format) -> Dimension {
        let names = names::of(&self.catalogue, &dim.name);
        if names.is_empty() {
            return dim.clone();
        }
        let most = if format == Format::Table { LONGEST } else { usize::MAX };
        let label = |code: &Arc<str>| names.of(code).map_or_else(|| code.clone(), |n| beside(code, n, most));
        Dimension { name: dim.name.clone(), labels: Arc::new(dim.labels.iter().map(label).collect()) }
    }
}

/// A code and its name, on one line and not too long.
fn beside(code: &str, name: &str, most: usize) -> Arc<str> {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let name: String = cut(name, most).chars().map(plain).collect();
    format!("{code} {name}").into()
}

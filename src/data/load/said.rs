//! What the declaration would say that belongs to no column: the text, what is missing, and where the file is from.

use crate::data::declare::Duplicates;
use crate::data::load::assembly::Assembly;
use crate::data::meaning::column_use::Use;
use crate::data::store::Store;
use crate::syntax::format::{self, column_text};

impl Assembly<'_> {
    /// What was declared or found of the text, so far as it is not the usual.
    pub(super) fn said_of_text(&mut self) {
        let table = &*self.table;
        if table.encoding.starts_with("UTF-8") || matches!(table.encoding.as_str(), "workbook" | "Parquet") {
        } else if let Some(name) = table.encoding.split(',').next() {
            self.declaration.push(format!("encoding {}", format::quoted(&name.to_lowercase())));
        }
        let text = &self.spec.text;
        if let Some(s) = text.separator {
            self.declaration.push(format!("separator {}", format::quoted(&char::from(s).to_string())));
        }
        if let Some(q) = text.quote {
            self.declaration.push(format!("quote {}", format::quoted(&char::from(q).to_string())));
        }
        if let Some(n) = text.skip_lines {
            self.declaration.push(format!("preamble {n}"));
        }
        if let Some(h) = text.header {
            self.declaration.push(format!("header {}", if h { "yes" } else { "no" }));
        }
        if let Some(sheet) = &self.spec.sheet {
            self.declaration.push(format!("sheet {}", format::quoted(sheet)));
        }
    }

    /// The end of the declaration.
    pub(super) fn close(&mut self, store: &mut Store) {
        let skipped: Vec<String> = self
            .found
            .uses
            .iter()
            .zip(&self.table.header)
            .filter(|(u, _)| **u == Use::Skip)
            .map(|(_, h)| column_text(h))
            .collect();
        let closed = self.found.layout.is_some_and(|l| l.closed);
        if !skipped.is_empty() && !closed {
            self.declaration.push(format!("skip {}", skipped.join(", ")));
        }
        let spec = self.spec;
        if !spec.missing.is_empty() {
            let texts: Vec<String> = spec.missing.iter().map(|m| format::quoted(m)).collect();
            self.declaration.push(format!("missing {}", texts.join(", ")));
        }
        if let Some(d) = self.found.decimal {
            self.declaration.push(format!("decimal {}", format::quoted(&d.to_string())));
        }
        if let Some(t) = spec.thousands {
            self.declaration.push(format!("thousands {}", format::quoted(&t.to_string())));
        }
        if spec.absent_is_zero {
            self.declaration.push("absent = zero".into());
        }
        for (key, list) in [("aggregates", &spec.aggregates), ("groups", &spec.groups)] {
            for (dim, label) in list {
                self.declaration.push(format!("{key} {} {}", format::word(&dim.node), format::quoted(&label.node)));
            }
        }
        let duplicates = match spec.duplicates {
            Duplicates::Refuse => None,
            Duplicates::Sum => Some("sum"),
            Duplicates::First => Some("first"),
            Duplicates::Last => Some("last"),
        };
        self.declaration.extend(duplicates.map(|d| format!("duplicates {d}")));
        for (dim, _) in spec.systems.iter().filter(|(_, s)| s.is_none()) {
            self.declaration.push(format!("codes {} own", format::word(&dim.node)));
        }
        for (text, flags) in &spec.marks {
            let word = flags.words().first().copied().unwrap_or("estimated");
            self.declaration.push(format!("{word} {}", format::quoted(text)));
        }
        for (key, text) in &spec.provenance {
            self.declaration.push(format!("{key} {}", format::quoted(text)));
        }
        store.info.declaration = std::mem::take(&mut self.declaration);
    }
}

//! `declare NAME with { … }`: a dataset that is loaded is read again with what was understood of it, but for what the
//! block says otherwise. Nothing is changed if that cannot be.

use super::{Body, Session};
use crate::data::declare;
use crate::diagnostic::{Diagnostic, codes, suggest};
use crate::span::{Span, Spanned};
use crate::syntax::ast::{Declaration, Item, Name};
use crate::syntax::{self, Fault};

impl Session {
    pub(super) fn declare(
        &mut self,
        name: &Name,
        more: &Declaration,
        span: Span,
        said: &mut Vec<Diagnostic>,
    ) -> Result<Body, Fault> {
        let known = self.catalogue.datasets.get(&name.node).map(|s| s.info().declaration.clone());
        let Some(lines) = known else {
            let fault =
                Diagnostic::new(&codes::UNKNOWN_NAME, name.span, format!("no dataset is called `{}`", name.node));
            let near = suggest::nearest(&name.node, self.catalogue.datasets.keys().map(String::as_str));
            return Err(Box::new(match near.as_slice() {
                [] => fault.advice("`list datasets` prints those that are loaded"),
                near => fault.advice(format!("did you mean {}?", suggest::either(near))),
            }));
        };
        let Some((base, path)) = self.places.get(&name.node).cloned().filter(|(_, path)| path != "-") else {
            let message = format!("`{}` cannot be read again, for it is no file", name.node);
            let fault = Diagnostic::new(&codes::NOT_LOADED, name.span, message);
            return Err(Box::new(fault.advice("declare it where it is loaded: `load … with { … }`")));
        };
        let text = format!("{{\n{}\n}}\n", lines.iter().map(|l| settled(l)).collect::<Vec<_>>().join("\n"));
        let source = self.sources.add(&format!("what was understood of {}", name.node), &text);
        let before = syntax::parse_declaration(source, &text)?;
        let spec = declare::check(&merged(before, more), span)?;
        let here = std::mem::replace(&mut self.base, base);
        let done = self.load(&path, &name.node, Some(spec), span, said);
        self.base = here;
        done
    }
}

/// A line of a declaration without what only the user knows, and without its remark.
fn settled(line: &str) -> String {
    let line = line.split("  # ").next().unwrap_or(line);
    let line = if line.trim_start().starts_with('#') { "" } else { line };
    line.strip_suffix(" in ?").or_else(|| line.strip_suffix(": rate in ?/?")).unwrap_or(line).to_string()
}

/// The items of both; where they are of the same thing, those of the second.
fn merged(before: Declaration, more: &Declaration) -> Declaration {
    let mut items: Vec<Spanned<Item>> = before.items.into_iter().filter_map(|old| without(old, &more.items)).collect();
    items.extend(more.items.iter().cloned());
    Declaration { items }
}

/// An item without what others say anew; nothing if nothing of it is left.
fn without(old: Spanned<Item>, more: &[Spanned<Item>]) -> Option<Spanned<Item>> {
    let column_is_said = |column: &str| {
        more.iter().any(|m| match &m.node {
            Item::Column { column: c, .. } => c.node == column,
            Item::Skip(columns) | Item::Columns { columns, .. } => columns.iter().any(|c| c.node == column),
            _ => false,
        })
    };
    let name_is_said = |name: &str| {
        more.iter().any(|m| match &m.node {
            Item::Column { name: n, .. } | Item::Constant { name: n, .. } | Item::Columns { name: n, .. } => {
                n.node == name
            }
            _ => false,
        })
    };
    let is_said = match &old.node {
        Item::Column { name, column, .. } => column_is_said(&column.node) || name_is_said(&name.node),
        Item::Constant { name, .. } => name_is_said(&name.node),
        Item::Columns { name, columns } => name_is_said(&name.node) || columns.iter().any(|c| column_is_said(&c.node)),
        Item::Skip(columns) => {
            let left: Vec<Name> = columns.iter().filter(|c| !column_is_said(&c.node)).cloned().collect();
            return (!left.is_empty()).then(|| Spanned::new(Item::Skip(left), old.span));
        }
        Item::Text { key, .. } => {
            more.iter().any(|m| matches!(&m.node, Item::Text { key: k, .. } if k.node == key.node))
        }
        Item::Word { key, .. } => {
            more.iter().any(|m| matches!(&m.node, Item::Word { key: k, .. } if k.node == key.node))
        }
        Item::Absent { dim, .. } => more.iter().any(|m| matches!(&m.node, Item::Absent { dim: d, .. } if d == dim)),
        Item::List { key, dim, .. } => more
            .iter()
            .any(|m| matches!(&m.node, Item::List { key: k, dim: d, .. } if k.node == key.node && d.node == dim.node)),
        Item::Table { .. } => more.iter().any(|m| matches!(&m.node, Item::Table { .. })),
    };
    (!is_said).then_some(old)
}

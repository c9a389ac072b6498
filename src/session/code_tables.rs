//! Tables of codes: files of which each row says attributes of one code. In: a file and what declares it. Out: what puts
//! codes under labels, by name in the catalogue.

use super::{Body, Session};
use crate::data::declare::Spec;
use crate::data::load::{self, Place, inspect};
use crate::diagnostic::{Diagnostic, codes, suggest, words};
use crate::plan::catalogue::CodeTable;
use crate::plan::grouping::Grouping;
use crate::span::Span;
use crate::syntax::Fault;
use crate::syntax::ast::Name;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The cells of a file, as texts.
type Cells = (Vec<String>, Vec<Vec<Option<String>>>);

impl Session {
    /// Reads a table of codes.
    pub(super) fn load_codes(&mut self, path: &str, name: &str, spec: &Spec, span: Span) -> Result<Body, Fault> {
        let Some((dims, by)) = &spec.table else {
            return Err(Box::new(Diagnostic::new(&codes::BUG, span, "the file is no table of codes")));
        };
        let place = Place { file: path, name, span };
        let (header, rows) = self.cells(&place, spec)?;
        let code_at = column(&header, by)?;
        if let Some(measure) = spec.measures.first() {
            let message = "a table of codes has attributes, which have no kind and no unit";
            return Err(Box::new(Diagnostic::new(&codes::BAD_DECLARATION, measure.span, message)));
        }
        let mut seen = BTreeSet::new();
        let mut coded: Vec<(&str, &Vec<Option<String>>)> = Vec::new();
        for row in &rows {
            let code = row.get(code_at).and_then(|c| c.as_deref()).map(str::trim).unwrap_or("");
            if code.is_empty() {
                continue;
            }
            if !seen.insert(code) {
                let message = format!("the code `{code}` has two rows in `{path}`");
                let fault = Diagnostic::new(&codes::DUPLICATE_KEY, by.span, message);
                return Err(Box::new(
                    fault.advice("a table of codes has one row for each; several groups of a code are sets"),
                ));
            }
            coded.push((code, row));
        }
        let length = coded.first().map(|(c, _)| c.len());
        let level =
            length.filter(|l| coded.iter().all(|(c, _)| c.len() == *l && c.bytes().all(|b| b.is_ascii_digit())));
        let mut attributes = BTreeMap::new();
        for (attribute, from, _) in &spec.columns {
            let at = column(&header, from)?;
            let label =
                |row: &Vec<Option<String>>| row.get(at).and_then(|c| c.clone()).filter(|l| !l.trim().is_empty());
            let pairs: Vec<(&str, String)> =
                coded.iter().filter_map(|(c, row)| label(row).map(|l| (*c, l.trim().to_string()))).collect();
            let pairs = pairs.iter().map(|(code, label)| (*code, label.as_str()));
            attributes.insert(attribute.node.clone(), Arc::new(Grouping::table(pairs, None, level)));
        }
        if attributes.is_empty() {
            let message = "the table says nothing of its codes; `region from COLUMN` names an attribute";
            return Err(Box::new(Diagnostic::new(&codes::BAD_DECLARATION, by.span, message)));
        }
        let dims: Vec<String> = dims.iter().map(|d| d.node.clone()).collect();
        let known: Vec<&str> = attributes.keys().map(String::as_str).collect();
        let text =
            format!("{name}: {} of {}; {}", words::counted(coded.len(), "code"), dims.join(", "), known.join(", "));
        let table = CodeTable { dims, file: path.to_string(), codes: coded.len(), attributes };
        self.catalogue.tables.insert(name.to_string(), Arc::new(table));
        Ok(Body::Done(text))
    }

    /// The header and the cells of a file, as they are written.
    fn cells(&self, place: &Place<'_>, spec: &Spec) -> Result<Cells, Fault> {
        let plain = Spec {
            text: spec.text.clone(),
            encoding: spec.encoding,
            sheet: spec.sheet.clone(),
            missing: spec.missing.clone(),
            span: spec.span,
            ..Spec::default()
        };
        self.with_files(place.file, place.span, |pieces, work| {
            let found = inspect::inspect(place, pieces, &plain, true, work)?;
            let mut rows = Vec::new();
            let mut keep = |row: Vec<Option<String>>| {
                rows.push(row);
                true
            };
            found.rows(pieces, work.budget, &mut keep).map_err(|s| load::fault_of(s, place))?;
            Ok((found.header.clone(), rows))
        })
    }
}

/// The place of a column.
fn column(header: &[String], name: &Name) -> Result<usize, Fault> {
    if let Some(at) = header.iter().position(|h| *h == name.node) {
        return Ok(at);
    }
    let near = suggest::nearest(&name.node, header.iter().map(String::as_str));
    let fault = Diagnostic::new(&codes::BAD_DECLARATION, name.span, format!("no column is named `{}`", name.node));
    let first: Vec<&str> = header.iter().map(String::as_str).take(6).collect();
    Err(Box::new(match near.as_slice() {
        [] => fault.advice(format!("the columns begin with {}", first.join(", "))),
        near => fault.advice(format!("did you mean {}?", suggest::either(near))),
    }))
}

//! Looking around: `describe`, `list`, `help`, and what a code means. Everything is read from the catalogue, the
//! registry and the table of codes.

use super::{Fault, Session, topics};
use crate::data::DatasetInfo;
use crate::diagnostic::{Diagnostic, codes, suggest, words};
use crate::operators;
use crate::plan::Demand;
use crate::plan::catalogue::CodeTable;
use crate::plan::check;
use crate::plan::definition::Definition;
use crate::plan::grouping::{NOT_ALLOCATED, UNCLASSIFIED};
use crate::plan::lookup::resolve;
use crate::plan::lookup::usable::words_of;
use crate::syntax::ast::{ExprNode, Name, Query};
use crate::syntax::format;
use std::sync::Arc;

/// The page of a diagnostic, if the query is only its code.
pub(super) fn code_page(query: &Query) -> Option<String> {
    let ExprNode::Name(name) = &query.expr.node else { return None };
    let code = codes::find(name).filter(|_| query.clauses.is_empty())?;
    Some(page(code))
}

fn page(code: &codes::Code) -> String {
    format!("{} ({})\n\n{}.\n\n{}\n", code.slug, code.level.word(), sentence(code.title), code.lesson)
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The page of an operator that is written in the language; of several under one name, that of each.
fn definition_pages(all: &[Arc<Definition>]) -> Option<String> {
    let page = |d: &Arc<Definition>| {
        let help = if d.help.is_empty() { String::new() } else { format!("{}\n\n", d.help) };
        format!("{}\n\n{help}{}\n", d.header(), d.text)
    };
    (!all.is_empty()).then(|| all.iter().map(page).collect::<Vec<_>>().join("\n"))
}

impl Session {
    /// The operators that some words name and that are written in the language: of the session, else of the library.
    fn definitions_named(&self, words: &str) -> Vec<Arc<Definition>> {
        let own = |d: &&Arc<Definition>| {
            d.name.split_once(' ').map(|(_, rest)| rest) == words.split_once(' ').map(|(_, rest)| rest)
        };
        let step = |d: &&Arc<Definition>| d.name.starts_with("N-") && words.contains('-') && own(d);
        let session = &self.catalogue.definitions;
        if let Some(found) = session.get(words).or_else(|| session.values().find(step)) {
            return vec![Arc::clone(found)];
        }
        let library = || self.catalogue.library.all().iter();
        let named: Vec<_> = library().filter(|d| d.name.eq_ignore_ascii_case(words)).cloned().collect();
        if named.is_empty() { library().filter(step).cloned().collect() } else { named }
    }

    /// The operators that a query calls and that are written in the language, as they are written, each once; what they
    /// call stands behind them.
    pub(super) fn definitions_in(&self, query: &Query) -> Vec<String> {
        let mut found: Vec<Arc<Definition>> = Vec::new();
        let mut left = vec![query.clone()];
        while let Some(query) = left.pop() {
            words_of(&query, &mut Vec::new(), &mut |words, over, operands| {
                let fits = |d: &&Arc<Definition>| d.over.is_some() == over && d.params.len() == operands;
                let named = self.definitions_named(words);
                let Some(definition) = named.iter().find(fits).or(named.first()) else { return };
                if !found.iter().any(|d| d.text == definition.text) {
                    found.push(Arc::clone(definition));
                    left.push(definition.body.clone());
                }
            });
        }
        found.iter().map(|d| d.text.clone()).collect()
    }

    pub(super) fn describe(&self, name: &Name) -> Result<String, Fault> {
        if let Some(page) = definition_pages(&self.definitions_named(&name.node)) {
            return Ok(page);
        }
        if let Some(source) = self.catalogue.datasets.get(&name.node) {
            return Ok(dataset(source.info()));
        }
        if let Some(query) = self.catalogue.lets.get(&name.node) {
            let mut out = format!("let {} = {}\n", format::word(&name.node), format::query(query));
            if let Ok(plan) = resolve::resolve(&self.catalogue, query)
                && let Ok(found) = check::check(&self.catalogue, &plan, &Demand::whole())
            {
                out.push_str(&format!("a {}, {}\n", found.kind, check::named(&found)));
            }
            return Ok(out);
        }
        if let Some(set) = self.catalogue.sets.get(&name.node) {
            let codes: Vec<String> = set.iter().map(|c| format::code(&c.node)).collect();
            return Ok(format!("let {} = {{{}}}\n", format::word(&name.node), codes.join(", ")));
        }
        if let [(source, measure)] = self.catalogue.find(&name.node).as_slice()
            && let Some(m) = source.info().measures.get(*measure)
        {
            let unit = if m.meaning.unit.is_plain() { "a plain number".into() } else { m.meaning.unit.to_string() };
            let info = source.info();
            let dims: Vec<String> =
                info.dims.iter().map(|d| format!("{} ({})", d.name, words::counted(d.codes.len(), "code"))).collect();
            let dims = if dims.is_empty() { "none".to_string() } else { dims.join(", ") };
            return Ok(format!(
                "{}: a {}, {unit}\ndataset: {} ({}), column {}\nperiods: {}\ndimensions: {dims}\n",
                m.name,
                m.meaning.kind,
                info.name,
                info.file,
                m.column,
                periods(info)
            ));
        }
        if let Some(table) = self.catalogue.tables.get(&name.node) {
            return Ok(code_table(&name.node, table));
        }
        let mut names: Vec<String> = self.catalogue.datasets.keys().cloned().collect();
        names.extend(self.catalogue.tables.keys().chain(self.catalogue.sets.keys()).cloned());
        names.extend(self.catalogue.names());
        Err(unknown("nothing", &name.node, name, names.iter().map(String::as_str)))
    }

    pub(super) fn help(&self, words: Option<&Name>) -> Result<String, Fault> {
        let Some(words) = words else { return Ok(overview()) };
        let word = words.node.to_lowercase();
        if word == "manual" {
            return Ok(operators::manual());
        }
        if word == "indicators manual" {
            return Ok(super::indicators::manual());
        }
        let topic = topics::find(&word);
        if let Some((entry, _)) = operators::lookup(&word) {
            // A word may be an operator and a word of the language: `first of x`, `first 5`.
            let more = topic.map(|text| format!("\n{text}")).unwrap_or_default();
            return Ok(operators::page(entry) + &more);
        }
        if let Some(entry) = operators::all().find(|e| e.name == format!("N-month {word}")) {
            return Ok(operators::page(entry));
        }
        if let Some(page) = definition_pages(&self.definitions_named(&words.node)) {
            return Ok(page);
        }
        if let Some(text) = topic {
            return Ok(text);
        }
        if let Some(code) = codes::find(&word) {
            return Ok(page(code));
        }
        if self.catalogue.datasets.contains_key(&words.node) || self.catalogue.names().contains(&words.node) {
            return self.describe(words);
        }
        let names = self.catalogue.operator_names();
        let mut known: Vec<&str> = names.iter().map(String::as_str).collect();
        for word in topics::words().chain(codes::ALL.iter().map(|c| c.slug)) {
            known.push(word);
        }
        Err(unknown("no help", &words.node, words, known))
    }
}

pub(super) fn unknown<'a>(what: &str, word: &str, at: &Name, candidates: impl IntoIterator<Item = &'a str>) -> Fault {
    let all: Vec<&str> = candidates.into_iter().collect();
    let near = suggest::nearest(word, all.iter().copied());
    let fault = Diagnostic::new(&codes::UNKNOWN_NAME, at.span, format!("there is {what} for `{word}`"));
    Box::new(match near.as_slice() {
        [] if all.len() <= 6 && !all.is_empty() => fault.advice(format!("there is {}", suggest::either(&all))),
        [] => fault.advice("`help` shows what there is"),
        near => fault.advice(format!("did you mean {}?", suggest::either(near))),
    })
}

pub(super) fn periods(info: &DatasetInfo) -> String {
    let extent = info.periods.iter().copied().reduce(crate::value::Period::span);
    let mut steps: Vec<&str> = info.periods.iter().map(|p| p.freq().map_or("other spans", |f| f.word())).collect();
    steps.sort_unstable();
    steps.dedup();
    format!("{} by {}", extent.map(|e| e.to_string()).unwrap_or_default(), steps.join(", "))
}

/// What a table says of codes: each attribute with the first of its labels.
fn code_table(name: &str, table: &CodeTable) -> String {
    let mut out =
        format!("{name}: {} of {} from {}\n", words::counted(table.codes, "code"), table.dims.join(", "), table.file);
    for (attribute, rows) in &table.attributes {
        let labels = || rows.labels.iter().filter(|l| ![UNCLASSIFIED, NOT_ALLOCATED].contains(&l.as_ref()));
        let some: Vec<&str> = labels().take(6).map(|l| l.as_ref()).collect();
        let more = if labels().count() > some.len() { ", …" } else { "" };
        let count = words::counted(labels().count(), "label");
        out.push_str(&format!("{attribute}: {count}: {}{more}\n", some.join(", ")));
    }
    out
}

fn dataset(info: &DatasetInfo) -> String {
    let mut out = format!(
        "{}: {} from {}, {}\nperiods: {}\n",
        info.name,
        words::counted(info.rows, "row"),
        info.file,
        info.layout,
        periods(info)
    );
    for dim in &info.dims {
        let some: Vec<&str> = dim.codes.iter().take(6).map(|c| c.as_ref()).collect();
        let more = if dim.codes.len() > 6 { ", …" } else { "" };
        out.push_str(&format!(
            "{}: {}: {}{more}\n",
            dim.name,
            words::counted(dim.codes.len(), "code"),
            some.join(", ")
        ));
    }
    out.push_str(&format!("\nload {} as {} with {{\n", format::quoted(&info.file), format::word(&info.name)));
    for line in &info.declaration {
        out.push_str(&format!("  {line}\n"));
    }
    out.push_str("}\n");
    if info.measures.iter().any(|m| !m.declared) {
        out.push_str("\nA `?` stands for what the file does not say: currency or quantity, and scale.\n");
    }
    out
}

fn overview() -> String {
    let topics: Vec<&str> = topics::pages().collect();
    format!(
        "A query names what it asks for, then what applies to it:\n\n\
           growth of ic_exports from 2018 to 2024\n\
           share of exports by partner for 2023 top 10\n\
           exports - imports where partner = USA by year\n\n\
         help WORD: {}\n\
         help OPERATOR: `list operators` names them all\n\
         describe NAME, list series, list datasets, list codes D, list settings, explain QUERY, explain CODE\n",
        topics.join(", ")
    )
}

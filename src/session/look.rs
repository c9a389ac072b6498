//! Looking around: `describe`, `list`, `help`, and what a code means. Everything is read from the catalogue, the
//! registry and the table of codes.

use super::{Fault, Session, topics};
use crate::data::DatasetInfo;
use crate::diagnostic::visible::visible;
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
use crate::teach::pages;
use std::sync::Arc;

/// The page of a diagnostic, if the query is only its code.
pub(super) fn code_page(query: &Query) -> Option<String> {
    let ExprNode::Name(name) = &query.expr.node else { return None };
    let code = codes::find(name).filter(|_| query.clauses.is_empty())?;
    Some(topics::of_code(code))
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
            let dims: Vec<String> = info
                .dims
                .iter()
                .map(|d| format!("{} ({})", visible(&d.name), words::counted(d.codes.len(), "code")))
                .collect();
            let dims = if dims.is_empty() { "none".to_string() } else { dims.join(", ") };
            return Ok(format!(
                "{}: a {}, {unit}\ndataset: {} ({}), column {}\nperiods: {}\ndimensions: {dims}\n",
                m.name,
                m.meaning.kind,
                info.name,
                visible(&info.file),
                visible(&m.column),
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
        let word = words.node.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        match word.as_str() {
            "manual" => return Ok(operators::manual()),
            "indicators manual" => return Ok(super::indicators::manual()),
            "diagnostics manual" => return Ok(topics::diagnostics()),
            "glossary manual" => return Ok(topics::glossary()),
            "words" | "glossary" | "topics" => return Ok(topics::listed()),
            _ => {}
        }
        if let Some(page) = self.page(&words.node, &word) {
            return Ok(page);
        }
        if self.catalogue.datasets.contains_key(&words.node) || self.catalogue.names().contains(&words.node) {
            return self.describe(words);
        }
        let known = |w: &str| self.page(w, w).is_some();
        if let Some(other) = topics::respelled(&word, &known)
            && let Some(page) = self.page(&other, &other)
        {
            return Ok(page);
        }
        self.nearest(words, &word)
    }

    /// The page of what `explain` names, if that is a word and no series.
    pub(super) fn explained_word(&self, query: &Query) -> Option<String> {
        let ExprNode::Name(name) = &query.expr.node else { return None };
        let is_series = !self.catalogue.find(name).is_empty() || self.catalogue.lets.contains_key(name);
        if is_series || !query.clauses.is_empty() {
            return None;
        }
        self.page(name, &name.to_lowercase())
    }

    /// The pages of a word, as it is typed and in small letters: of an operator, of the language and the field, of a
    /// diagnostic, of a unit.
    fn page(&self, typed: &str, word: &str) -> Option<String> {
        let entry = operators::lookup(word).map(|(entry, _)| entry);
        let entry = entry.or_else(|| operators::all().find(|e| e.name == format!("N-month {word}")));
        let defined = || definition_pages(&self.definitions_named(typed));
        if let Some(page) = entry.map(operators::page).or_else(defined) {
            // A word may be an operator and a word of the language or the field: `first of x`, `first 5`.
            let more = topics::find(word, false).map(|text| format!("\n{text}")).unwrap_or_default();
            return Some(page + &more);
        }
        let code = || codes::find(word).map(topics::of_code);
        topics::find(word, true).or_else(code).or_else(|| topics::unit(word))
    }

    /// The page of the one word that was probably meant; else an error that names those that may have been, or that
    /// speak of it.
    fn nearest(&self, words: &Name, word: &str) -> Result<String, Fault> {
        let names = self.catalogue.operator_names();
        let mut known: Vec<&str> = names.iter().map(String::as_str).collect();
        known.extend(self.catalogue.library.all().iter().map(|d| d.name.as_str()));
        for word in topics::words().chain(codes::ALL.iter().map(|c| c.slug)) {
            known.push(word);
        }
        let near = suggest::nearest(word, known.iter().copied());
        // A slip of the fingers has the letters of one word, nearly all of them.
        let slip = |n: &&&str| n.len() >= 4 && n.len().abs_diff(word.len()) <= 1 && near.len() == 1;
        if let Some(meant) = near.first().filter(slip)
            && let Some(page) = self.page(meant, &meant.to_lowercase())
        {
            return Ok(format!("There is no page `{}`; this is `{meant}`.\n\n{page}", words.node));
        }
        // Of several words without a page together, those that have one.
        let parts: Vec<&str> = word.split(' ').filter(|w| self.page(w, w).is_some()).collect();
        if word.contains(' ') && !parts.is_empty() {
            let listed: Vec<String> = parts.iter().map(|w| format!("    help {w}\n")).collect();
            return Ok(format!(
                "`{}` has no page of its own; these of its words have one:\n\n{}",
                words.node,
                listed.concat()
            ));
        }
        let speak = if near.is_empty() { pages::speaking_of(word, 6) } else { Vec::new() };
        if speak.is_empty() || word.len() < 3 {
            return Err(unknown("no help", &words.node, words, known));
        }
        let listed: Vec<String> = speak.iter().map(|title| format!("    help {title}\n")).collect();
        Ok(format!("`{}` has no page of its own; these speak of it:\n\n{}", words.node, listed.concat()))
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
    let mut out = format!(
        "{name}: {} of {} from {}\n",
        words::counted(table.codes, "code"),
        table.dims.join(", "),
        visible(&table.file)
    );
    for (attribute, rows) in &table.attributes {
        let labels = || rows.labels.iter().filter(|l| ![UNCLASSIFIED, NOT_ALLOCATED].contains(&l.as_ref()));
        let some: Vec<_> = labels().take(6).map(|l| visible(l)).collect();
        let more = if labels().count() > some.len() { ", …" } else { "" };
        let count = words::counted(labels().count(), "label");
        let attribute = visible(attribute);
        out.push_str(&format!("{attribute}: {count}: {}{more}\n", some.join(", ")));
    }
    out
}

fn dataset(info: &DatasetInfo) -> String {
    let mut out = format!(
        "{}: {} from {}, {}\nperiods: {}\n",
        info.name,
        words::counted(info.rows, "row"),
        visible(&info.file),
        visible(&info.layout),
        periods(info)
    );
    for dim in &info.dims {
        let some: Vec<_> = dim.codes.iter().take(6).map(|c| visible(c)).collect();
        let more = if dim.codes.len() > 6 { ", …" } else { "" };
        out.push_str(&format!(
            "{}: {}: {}{more}\n",
            visible(&dim.name),
            words::counted(dim.codes.len(), "code"),
            some.join(", ")
        ));
    }
    out.push_str(&format!("\nload {} as {} with {{\n", format::quoted(&info.file), format::word(&info.name)));
    for line in &info.declaration {
        out.push_str(&format!("  {}\n", visible(line)));
    }
    out.push_str("}\n");
    if info.measures.iter().any(|m| !m.declared) {
        out.push_str("\nA `?` stands for what the file does not say: currency or quantity, and scale.\n");
    }
    out
}

/// What a newcomer sees: the page with which all begins.
fn overview() -> String {
    topics::find("begin", false).unwrap_or_default()
}

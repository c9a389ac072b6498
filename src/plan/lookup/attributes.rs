//! Keys that are looked up: columns' own names for dimensions, attributes, members of a list, the calendar; and the
//! conditions on them. In: words of the tree. Out: keys and conditions of a plan.

use super::resolver::{Frame, Resolver};
use super::shipped;
use crate::diagnostic::{Diagnostic, codes, suggest};
use crate::plan::grouping::{Grouping, REST};
use crate::plan::*;
use crate::syntax::ast::{self, ByKey, Clause, Codes, DimName};
use crate::syntax::format;
use std::collections::BTreeSet;

/// Sets may be named within sets so deep.
const MAX_DEPTH: usize = 32;
/// What the calendar can say of a year.
const CALENDAR: [&str; 3] = ["month", "quarter", "half"];

impl Resolver<'_> {
    /// A dimension, perhaps at one level of its codes, or an attribute of one.
    pub(super) fn key(&mut self, dim: &DimName, frame: &Frame) -> Option<Key> {
        let span = frame.at.unwrap_or(dim.span());
        let Some(attribute) = &dim.attribute else {
            let name = self.named_dimension(&dim.name, frame)?;
            let name = self.dimension(&name.node, span)?;
            return Some(Key::parse(Spanned::new(name, span)));
        };
        let written = format::key(dim);
        if dim.name.node.eq_ignore_ascii_case("year") {
            let step =
                Freq::parse(&attribute.node).filter(|_| CALENDAR.contains(&attribute.node.to_lowercase().as_str()));
            let Some(rows) = step.and_then(Grouping::calendar) else {
                let message = format!("the calendar has no `{written}`");
                let fault = Diagnostic::new(&codes::UNKNOWN_NAME, span, message).here("unknown");
                return self.fail(fault.advice("it has `month of year`, `quarter of year` and `half of year`"));
            };
            let dim = written.to_lowercase();
            return Some(Key {
                name: Spanned::new(dim.clone(), span),
                level: None,
                rows: Some(Arc::new(rows)),
                dim,
                yields: false,
            });
        }
        let name = self.dimension(&dim.name.node, span)?;
        let name = Key::dimension(&name);
        let tables = self.catalogue.tables.iter().filter(|(_, t)| t.dims.contains(&name));
        let tables: Vec<&str> =
            tables.filter(|(_, t)| t.attributes.contains_key(&attribute.node)).map(|(n, _)| n.as_str()).collect();
        if tables.len() > 1 {
            let message = format!("`{written}` is in the tables {}", suggest::listed(&tables, "and"));
            return self.fail(Diagnostic::new(&codes::AMBIGUOUS_NAME, span, message).here("of which?"));
        }
        let Some(rows) = self.attribute(&name, &attribute.node) else {
            return self.unknown_attribute(&name, attribute, span);
        };
        let written = format!("{} of {name}", attribute.node);
        Some(Key { name: Spanned::new(written, span), dim: name, level: None, rows: Some(rows), yields: false })
    }

    /// A key of `by`, whose rows may be listed.
    pub(super) fn by_key(&mut self, by: &ByKey, frame: &Frame) -> Option<Key> {
        let key = self.key(&by.dim, frame)?;
        let Some(among) = &by.among else { return Some(key) };
        let span = frame.at.unwrap_or(by.dim.span());
        if key.rows.is_some() || key.level.is_some() {
            let message = format!("`{}` cannot be listed; `among` lists codes of a dimension", key.name.node);
            return self.fail(Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message));
        }
        let named = |n: &ast::Name| Spanned::new(n.node.clone(), frame.at.unwrap_or(n.span));
        let members: Vec<ast::Name> = match among {
            Codes::One(code) => vec![named(code)],
            Codes::Set(codes) => codes.iter().map(named).collect(),
            Codes::Named(name) => {
                let Some(set) = self.catalogue.sets.get(&name.node).cloned() else { return self.no_set(&named(name)) };
                set.iter().map(|m| Spanned::new(m.node.clone(), frame.at.unwrap_or(name.span))).collect()
            }
        };
        let (mut list, mut seen, mut rest) = (Vec::new(), BTreeSet::new(), false);
        for member in &members {
            if !seen.insert(member.node.clone()) {
                let message = format!("`{}` is listed twice", member.node);
                return self.fail(Diagnostic::new(&codes::WRONG_ARGUMENTS, member.span, message));
            }
            if member.node == REST && (self.catalogue.sets.contains_key(REST) || self.is_code(&key.dim, REST)) {
                let message = "`rest` is everything else, and a name of something here";
                return self.fail(Diagnostic::new(&codes::AMBIGUOUS_NAME, member.span, message).here("which one?"));
            }
            if member.node == REST {
                rest = true;
                continue;
            }
            let codes = self.codes_of(&key.dim, member, 0)?;
            list.push((member.node.clone(), codes.into_iter().map(|c| c.node).collect()));
        }
        if rest {
            list.push((REST.to_string(), Vec::new()));
        }
        Some(Key { rows: Some(Arc::new(Grouping::members(list, rest))), ..key })
    }

    /// The codes that a word stands for: those of the set of this name, or itself.
    pub(super) fn codes_of(&mut self, dim: &str, word: &ast::Name, depth: usize) -> Option<Vec<ast::Name>> {
        let held = self.held(word);
        let [word] = held.as_slice() else { return Some(held) };
        let Some(set) = self.catalogue.sets.get(&word.node).cloned() else { return Some(held) };
        if self.is_code(dim, &word.node) {
            let message = format!("`{}` is a set and a code of `{dim}`", word.node);
            let fault = Diagnostic::new(&codes::AMBIGUOUS_NAME, word.span, message).here("which one?");
            return self.fail(fault.advice("give the set another name"));
        }
        if depth > MAX_DEPTH {
            let message = format!("the set `{}` names itself", word.node);
            return self.fail(Diagnostic::new(&codes::WRONG_ARGUMENTS, word.span, message));
        }
        let mut out = Vec::new();
        for code in set {
            out.extend(self.codes_of(dim, &Spanned::new(code.node, word.span), depth + 1)?);
        }
        Some(out)
    }

    /// No set has this name.
    pub(super) fn no_set<T>(&mut self, name: &ast::Name) -> Option<T> {
        let near = suggest::nearest(&name.node, self.catalogue.sets.keys().map(String::as_str));
        let fault = Diagnostic::new(&codes::UNKNOWN_NAME, name.span, format!("no set is named `{}`", name.node));
        self.fail(match near.as_slice() {
            [] => fault.advice(format!("a set is written {{A, B}} or named before: `let {} = {{A, B}}`", name.node)),
            near => fault.advice(format!("did you mean {}?", suggest::either(near))),
        })
    }

    /// Whether a word is a code of a dimension of any dataset.
    fn is_code(&self, dim: &str, word: &str) -> bool {
        let all = self.catalogue.datasets.values().flat_map(|s| &s.info().dims);
        all.filter(|d| d.name.as_ref() == dim).any(|d| d.find(word).is_some())
    }

    /// The dimension that a name stands for: itself, or the one that was read from the column of this name.
    pub(super) fn dimension(&mut self, name: &str, span: Span) -> Option<String> {
        let known = self.catalogue.dimensions();
        if known.contains(&Key::dimension(name)) {
            return Some(name.to_string());
        }
        let all = self.catalogue.datasets.values().flat_map(|s| &s.info().dims);
        let meant: BTreeSet<&str> =
            all.filter(|d| d.column.as_deref() == Some(name)).map(|d| d.name.as_ref()).collect();
        let meant: Vec<&str> = meant.into_iter().collect();
        match meant.as_slice() {
            [] => Some(name.to_string()),
            [one] => Some(one.to_string()),
            several => {
                let message = format!("the column `{name}` is {} dimensions", several.len());
                let fault = Diagnostic::new(&codes::AMBIGUOUS_NAME, span, message).here("which one?");
                let advice = format!("write {}", suggest::either(several));
                self.fail(fault.advice(advice))
            }
        }
    }

    /// What puts the codes of a dimension under an attribute: a table that was loaded, else one that is known here.
    fn attribute(&self, dim: &str, attribute: &str) -> Option<Arc<Grouping>> {
        let tables = self.catalogue.tables.values().rev();
        let own = tables.filter(|t| t.dims.iter().any(|d| d == dim)).find_map(|t| t.attributes.get(attribute));
        own.cloned().or_else(|| shipped::attribute(self.is_of_countries(dim), dim, attribute))
    }

    fn is_of_countries(&self, dim: &str) -> bool {
        let all = self.catalogue.datasets.values().flat_map(|s| &s.info().dims);
        all.into_iter().any(|d| d.name.as_ref() == dim && d.geographic)
    }

    fn unknown_attribute<T>(&mut self, dim: &str, attribute: &ast::Name, span: Span) -> Option<T> {
        let tables = self.catalogue.tables.values().filter(|t| t.dims.iter().any(|d| d == dim));
        let mut known: Vec<String> = tables.flat_map(|t| t.attributes.keys().cloned()).collect();
        known.extend(shipped::names(self.is_of_countries(dim), dim).iter().map(|n| n.to_string()));
        known.sort();
        known.dedup();
        let message = format!("`{}` is no attribute of `{dim}` that is known", attribute.node);
        let mut fault = Diagnostic::new(&codes::UNKNOWN_NAME, span, message).here("unknown");
        let near = suggest::nearest(&attribute.node, known.iter().map(String::as_str));
        fault.edits.extend(near.first().map(|n| vec![(span, format!("{n} of {dim}"))]));
        let words: Vec<&str> = known.iter().map(String::as_str).collect();
        self.fail(match (near.as_slice(), words.as_slice()) {
            ([], []) => fault.advice(format!(
                "a table of codes gives it: `load \"codes.csv\" as t with {{ table of {dim} by CODE, {} from COLUMN }}`",
                attribute.node
            )),
            ([], words) => fault.advice(format!("its attributes are {}", suggest::either(words))),
            (near, _) => fault.advice(format!("did you mean {}?", suggest::either(near))),
        })
    }

    /// The other dimension that a bare word on the right of a condition names.
    pub(super) fn other_dimension(
        &mut self,
        key: &Key,
        word: &ast::Name,
        span: Span,
    ) -> Option<Option<Spanned<String>>> {
        if key.rows.is_some() || key.level.is_some() {
            return Some(None);
        }
        let name = self.dimension(&word.node, span)?;
        if name == key.dim || !self.catalogue.dimensions().contains(&name) {
            return Some(None);
        }
        if self.is_code(&key.dim, &word.node) {
            let message = format!("`{}` is a code of `{}` and a dimension", word.node, key.dim);
            return self.fail(Diagnostic::new(&codes::AMBIGUOUS_NAME, span, message).here("which one?"));
        }
        Some(Some(Spanned::new(name, span)))
    }

    /// `over region of partner of x`: `of` ends the dimensions, so that an attribute needs parentheses.
    pub(super) fn bare_attribute(&self, over: &[DimName], operands: &[ast::Expr]) -> Option<Diagnostic> {
        let last = over.last().filter(|d| d.attribute.is_none())?;
        let [operand] = operands else { return None };
        let ast::ExprNode::Call { words, over: none, .. } = &operand.node else { return None };
        let dimension = words.node.eq_ignore_ascii_case("year") || self.catalogue.dimensions().contains(&words.node);
        if !dimension || !none.is_empty() || self.catalogue.dimensions().contains(&Key::dimension(&last.name.node)) {
            return None;
        }
        let whole = last.name.span.to(words.span);
        let written = format!("({} of {})", last.name.node, words.node);
        let message = "`of` ends what stands after `over`, so an attribute stands in parentheses";
        let mut fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, whole, message).here("an attribute");
        fault.edits.push(vec![(whole, written)]);
        Some(fault)
    }

    /// A condition on the month of the year, which is said in `for`.
    pub(super) fn months_are_periods(
        &mut self,
        c: &ast::Condition,
        clause: &Spanned<Clause>,
        frame: &Frame,
    ) -> Option<()> {
        let calendar = c.dim.attribute.is_some() && c.dim.name.node.eq_ignore_ascii_case("year");
        if !calendar {
            return Some(());
        }
        let span = frame.at.unwrap_or(c.dim.span());
        let message = format!("`{}` is said by the period, not by a condition on the data", format::key(&c.dim));
        let mut fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message).here("a period");
        let one = match (&c.codes, &clause.node) {
            (Codes::One(code), Clause::Where(all)) if c.keep => Some((code, all.len())),
            _ => None,
        };
        if let Some((code, count)) = one
            && let Some(season) = Season::parse(&code.node)
        {
            if count == 1 && frame.at.is_none() {
                fault.edits.push(vec![(clause.span, format!("for {season}"))]);
            }
            fault = fault.advice(format!("`for {season}` is that part of each year"));
        } else {
            fault = fault.advice("`for Nov` is that part of each year; `when` chooses among rows");
        }
        self.fail(fault)
    }
}

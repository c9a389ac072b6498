//! Queries that are right, made from what a diagnostic knows. In: a diagnostic, its statement and its answer. Out:
//! canonical queries in its `help`, each of which was planned against the catalogue: what would not run is not offered.

use super::meant;
use super::rewrites::{self, with_range};
use super::{Body, Session};
use crate::diagnostic::{Code, Diagnostic, Edit, codes};
use crate::eval;
use crate::pause::paced;
use crate::span::Span;
use crate::syntax::ast::{FileName, Query};
use crate::syntax::{self, Statement, format};
use crate::value::Flags;

/// How often a query is put right before it is given up.
const ROUNDS: usize = 3;

/// What is wrong with words, rather than with what they ask.
const OF_WORDS: &[&Code] =
    &[&codes::SYNTAX, &codes::UNKNOWN_NAME, &codes::UNKNOWN_CODE, &codes::UNKNOWN_OPERATOR, &codes::UNIT_MISMATCH];

impl Session {
    /// Turns what a diagnostic knows into queries, as far as they have a meaning.
    pub(super) fn offer(&self, diagnostic: &mut Diagnostic, statement: Span, body: Option<&Body>) {
        let text = self.sources.snippet(statement).to_string();
        let mut offered: Vec<String> =
            std::mem::take(&mut diagnostic.help).iter().filter_map(|query| self.sound(query)).collect();
        let mut meant = std::mem::take(&mut diagnostic.meant).into_iter();
        let answered = |text: &str| self.sound_statement(text).filter(|query| self.is_answered(query));
        if let Some((advice, query)) = meant.find_map(|(advice, text)| Some((advice, answered(&text)?))) {
            diagnostic.advice = Some(advice);
            offered.push(query);
        }
        let edits = std::mem::take(&mut diagnostic.edits);
        let query = query_of(&text);
        // What an operator uses up was said, though as what stays.
        let uses = edits.iter().flatten().any(|(_, words)| words.starts_with(" over "));
        let moved = query.as_ref().filter(|_| uses).and_then(rewrites::key_used_up).and_then(|q| self.settled(q));
        let edits = if moved.is_some() { Vec::new() } else { edits };
        offered.extend(moved);
        offered.extend(edits.into_iter().filter_map(|e| {
            let edited = edited(&text, statement, e)?;
            // What a check compares with was wrong, not what it asks.
            if query.is_some() && query_of(&edited).map(|q| format::query(&q)) == query.as_ref().map(format::query) {
                return self.sound_statement(&edited);
            }
            let text = edited;
            self.sound(&text).or_else(|| self.sound_statement(&text))
        }));
        if let (Some(range), Some(query)) = (&diagnostic.range, &query) {
            offered.extend(self.settled(with_range(query, range)));
        }
        if let Some(query) = query.as_ref().filter(|_| body.is_none()) {
            offered.extend(rewrites::said_otherwise(query).and_then(|q| self.settled(q)));
        }
        if let (Some(query), Some(word)) = (query, short(diagnostic.code).filter(|_| offered.is_empty())) {
            let whole = if diagnostic.code == &codes::PARTIAL_PERIOD { whole_periods(&query, body) } else { None };
            match whole.and_then(|q| self.settled(q)) {
                Some(better) => offered.push(better),
                // A mark is all that can be kept; a cell that is not there has none.
                None if has_numbers(body)
                    && (diagnostic.advice.is_none() || diagnostic.code == &codes::MISSING_OBSERVATION) =>
                {
                    offered.extend(self.settled_text(&format!("{} allowing {word}", format::query(&query))));
                }
                None => {}
            }
        }
        // What could be planned and failed needs offers that were tried, for the next would fail in the same way.
        let planned = query_of(&text).is_some_and(|q| self.table(&q).is_ok());
        if body.is_none() && planned {
            offered.retain(|text| self.is_answered(text));
        }
        for query in offered {
            let query = plotted(&text, query);
            if !diagnostic.help.contains(&query) && query != text.trim() {
                diagnostic.help.push(query);
            }
        }
    }

    /// What the words of a statement that failed mean together. Where each of them is known it is more than what one
    /// change makes of it, which may leave words out.
    pub(super) fn offer_what_was_meant(&self, diagnostics: &mut Vec<Diagnostic>, statement: Span) {
        let text = self.sources.snippet(statement);
        let offered = diagnostics.iter().any(|d| !d.help.is_empty());
        let of_words = diagnostics.iter().position(|d| OF_WORDS.contains(&d.code));
        if offered && of_words.is_none() {
            return;
        }
        let Some(found) = meant::meant(&self.catalogue, text).filter(|m| m.is_sure || !offered) else { return };
        let Some(query) = self.sound_statement(&found.query).filter(|q| self.is_answered(q)) else { return };
        for told in diagnostics.iter_mut().filter(|d| d.code == &codes::SYNTAX) {
            if let Some(word) = &found.foreign {
                told.message = format!("`{word}` is no word of a query");
            }
        }
        if query == text.trim() || diagnostics.iter().any(|d| d.help.iter().any(|h| in_order(h) == in_order(&query))) {
            return;
        }
        // Of a sentence that is understood one thing is said.
        if let Some(at) = of_words {
            diagnostics.swap(0, at);
            diagnostics.truncate(1);
        }
        if let Some(first) = diagnostics.first_mut() {
            let same = found.is_plain && found.is_sure;
            if !same || first.advice.as_ref().is_none_or(|advice| advice.starts_with("`list")) {
                first.advice = Some(found.advice);
            }
            // A change of one word may leave out what others say; one that leaves none out is as good.
            if !same {
                first.help.clear();
            }
            first.help.push(query);
        }
    }

    /// A statement as it can be offered: canonical, and with a meaning.
    fn sound(&self, text: &str) -> Option<String> {
        match syntax::parse_statement(text).ok()? {
            Statement::Let { name, query } => {
                let named = || format::statement(&Statement::Let { name, query: query.clone() });
                self.check_let(&query).is_ok().then(named)
            }
            Statement::Plot { query, shape, into, overwrite } => {
                let Ok(Statement::Query(query)) = syntax::parse_statement(&self.settled(query)?) else { return None };
                Some(format::statement(&Statement::Plot { query, shape, into, overwrite }))
            }
            _ => self.settled(query_of(text)?),
        }
    }

    /// As [`Self::sound`], of a whole statement: a check stays one.
    fn sound_statement(&self, text: &str) -> Option<String> {
        let statement = syntax::parse_statement(text).ok()?;
        match &statement {
            Statement::Assert(check) | Statement::Claim(check) => {
                self.plan(&check.query).is_ok().then(|| format::statement(&statement))
            }
            Statement::Explain(query) => self.table(query).is_ok().then(|| format::statement(&statement)),
            Statement::Def { .. } => {
                self.defined_by(&statement, Span::NOWHERE).is_ok().then(|| format::statement(&statement))
            }
            Statement::Load { path, .. } => {
                let there = |path: &str| self.files.exists(&self.base.join(path));
                matches!(&path.node, FileName::Text(path) if there(path)).then(|| format::statement(&statement))
            }
            Statement::Describe(name) => self.describe(name).is_ok().then(|| format::statement(&statement)),
            _ => self.sound(text),
        }
    }

    /// Whether a query has an answer.
    fn is_answered(&self, text: &str) -> bool {
        let Some(query) = query_of(text) else { return true };
        let Ok(table) = self.table(&query) else { return false };
        eval::evaluate_table(&self.catalogue, &table, &self.answering(), false).is_ok()
    }

    fn settled_text(&self, text: &str) -> Option<String> {
        match syntax::parse_statement(text).ok()? {
            Statement::Query(query) => self.settled(query),
            _ => None,
        }
    }

    /// A query that has a meaning, given the periods that it lacks.
    fn settled(&self, mut query: Query) -> Option<String> {
        for _ in 0..ROUNDS {
            match self.table(&query) {
                Ok(table) => {
                    let plans = table.items.iter().map(|i| &i.plan);
                    let Some(better) = rewrites::last_whole(&query, plans) else { return Some(format::query(&query)) };
                    query = better;
                }
                Err(faults) => {
                    let range = faults.into_iter().find_map(|f| f.range)?;
                    query = with_range(&query, &range);
                }
            }
        }
        None
    }
}

/// The words of a query, whatever the order of its clauses.
fn in_order(query: &str) -> Vec<&str> {
    let mut words: Vec<&str> = query.split_whitespace().collect();
    words.sort_unstable();
    words
}

/// The statement with an edit made: all of it, or nothing, for half of one is another query.
fn edited(text: &str, statement: Span, mut edit: Edit) -> Option<String> {
    let inside = |s: &Span| s.source == statement.source && s.start >= statement.start && s.end <= statement.end;
    if !edit.iter().all(|(s, _)| inside(s)) {
        return None;
    }
    edit.sort_by_key(|(s, _)| std::cmp::Reverse(s.start));
    let mut changed = text.to_string();
    for (span, words) in edit {
        let (a, b) = (span.start - statement.start, span.end - statement.start);
        changed.get(a..b)?;
        changed.replace_range(a..b, &words);
    }
    Some(changed)
}

/// A query that is offered for one that is plotted is plotted as well.
fn plotted(statement: &str, offered: String) -> String {
    match (syntax::parse_statement(statement), syntax::parse_statement(&offered)) {
        (Ok(Statement::Plot { shape, into, overwrite, .. }), Ok(Statement::Query(query))) => {
            format::statement(&Statement::Plot { query, shape, into, overwrite })
        }
        _ => offered,
    }
}

/// The word after `allowing` that silences a warning whose mark stays.
fn short(code: &Code) -> Option<&'static str> {
    if code == &codes::PARTIAL_PERIOD {
        Some("partial")
    } else if code == &codes::MISSING_OBSERVATION {
        Some("missing")
    } else {
        None
    }
}

fn has_numbers(body: Option<&Body>) -> bool {
    let values = body.map(Body::values).unwrap_or_default();
    values.iter().any(|v| paced(&v.rows).any(|r| r.datum().is_ok()))
}

/// The query over those of its periods that are whole, where it names none.
fn whole_periods(query: &Query, body: Option<&Body>) -> Option<Query> {
    let Some(Body::Value(value)) = body else { return None };
    if rewrites::says_range(query) {
        return None;
    }
    let marked = |p| paced(&value.rows).any(|r| r.period() == Some(p) && r.flags().has(Flags::PARTIAL));
    let mut periods: Vec<_> = paced(&value.rows).filter_map(|r| r.period()).collect();
    periods.sort_unstable();
    periods.dedup();
    let whole: Vec<_> = periods.iter().copied().skip_while(|p| marked(*p)).take_while(|p| !marked(*p)).collect();
    let (first, last) = (whole.first()?, whole.last()?);
    let ends = (first.to_string(), last.to_string());
    (first != last && first.freq() == last.freq() && first.freq().is_some()).then(|| with_range(query, &ends))
}

/// The query of a statement: without `explain`, `assert … is …` and the like.
fn query_of(statement: &str) -> Option<Query> {
    match syntax::parse_statement(statement).ok()? {
        Statement::Query(query) | Statement::Explain(query) => Some(query),
        Statement::Assert(check) | Statement::Claim(check) => Some(check.query),
        Statement::Plot { query, .. } | Statement::Export { query, .. } | Statement::Let { query, .. } => Some(query),
        _ => None,
    }
}

//! Queries that are right, made from the edits of a diagnostic. In: a diagnostic and its statement. Out: canonical
//! queries in its `help`, each of which parses.

use super::Session;
use crate::diagnostic::{Diagnostic, codes};
use crate::span::Span;
use crate::syntax::{self, Statement};

impl Session {
    /// Turns the edits of a diagnostic into queries, as far as they parse.
    pub(super) fn offer(&self, diagnostic: &mut Diagnostic, statement: Span) {
        let text = self.sources.snippet(statement);
        let inside = |s: &Span| s.source == statement.source && s.start >= statement.start && s.end <= statement.end;
        let mut found = Vec::new();
        for edit in std::mem::take(&mut diagnostic.edits) {
            if !edit.iter().all(|(s, _)| inside(s)) {
                continue;
            }
            let mut edit = edit;
            edit.sort_by_key(|(s, _)| std::cmp::Reverse(s.start));
            let mut changed = text.to_string();
            // All of an edit, or nothing: half of one is another query.
            let whole = edit.into_iter().try_for_each(|(span, words)| {
                let (a, b) = (span.start - statement.start, span.end - statement.start);
                changed.get(a..b)?;
                changed.replace_range(a..b, &words);
                Some(())
            });
            found.push(whole.and_then(|()| query_of(&changed)));
        }
        let short = if diagnostic.code == &codes::PARTIAL_PERIOD {
            Some("partial")
        } else if diagnostic.code == &codes::MISSING_OBSERVATION {
            Some("missing")
        } else {
            None
        };
        if let (Some(word), true) = (short, found.is_empty() && diagnostic.help.is_empty()) {
            found.push(query_of(text).map(|q| format!("{q} allowing {word}")));
        }
        for query in found.into_iter().flatten() {
            if syntax::parse_statement(&query).is_ok() && !diagnostic.help.contains(&query) {
                diagnostic.help.push(query);
            }
        }
    }
}

/// The query of a statement as canonical text: without `explain`, `assert … is …` and the like.
fn query_of(statement: &str) -> Option<String> {
    let parsed = syntax::parse_statement(statement).ok()?;
    let query = match &parsed {
        Statement::Query(q) | Statement::Explain(q) => q,
        Statement::Assert(c) | Statement::Claim(c) => &c.query,
        Statement::Plot { query, .. } | Statement::Export { query, .. } | Statement::Let { query, .. } => query,
        _ => return None,
    };
    Some(syntax::format::query(query))
}

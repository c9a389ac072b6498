//! Parts of each year in the clauses of a query: what stands beside `for Nov`, and what cannot. In: clauses of the tree
//! and what they were looked up to. Out: scopes, or a fault with the right query.

use super::resolver::{Frame, Resolver};
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::*;
use crate::syntax::ast::{Clause, Query};

/// The part of each year that the clauses of a query name.
fn named(query: &Query) -> Option<&Spanned<PeriodText>> {
    query.clauses.iter().find_map(|c| match &c.node {
        Clause::For(p) if p.node.season().is_some() => Some(p),
        _ => None,
    })
}

impl Resolver<'_> {
    /// The scopes of a clause beside the part of each year that its query names, if it names one.
    pub(super) fn beside_season(&mut self, scopes: Vec<Scope>, query: &Query, frame: &Frame) -> Option<Vec<Scope>> {
        let Some(text) = named(query) else { return Some(scopes) };
        let Some(season) = text.node.season() else { return Some(scopes) };
        let mut out = Vec::with_capacity(scopes.len());
        for scope in scopes {
            out.push(match scope {
                Scope::By(_, Some(freq)) => {
                    let message =
                        format!("`for {season}` is one period for each year, so there is no `by {}`", freq.word());
                    let at = frame.at.unwrap_or(text.span);
                    let mut fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, at, message).here("each year");
                    if frame.at.is_none() {
                        fault.edits.extend(without_steps(query));
                    }
                    return self.fail(fault.advice("the periods of the result are these parts of the years"));
                }
                // The base is the same part of its year.
                Scope::With(Spanned { node: PeriodText::Fixed(base), span }, level)
                    if base.freq() == Some(Freq::Year) =>
                {
                    let part = season.in_year(base.first_month().0).unwrap_or(base);
                    Scope::With(Spanned::new(PeriodText::Fixed(part), span), level)
                }
                other => other,
            });
        }
        Some(out)
    }

    /// A range from one part of a year to another lacks the years.
    pub(super) fn has_years(&mut self, from: &Spanned<PeriodText>, to: &Spanned<PeriodText>) -> Option<()> {
        let Some(season) = from.node.season().or(to.node.season()) else { return Some(()) };
        let message = format!("`{season}` is a part of each year, and a range needs to know of which");
        let mut fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, from.span.to(to.span), message).here("which years?");
        if let (Some(a), Some(b)) = (from.node.season(), to.node.season())
            && let Some(both) = Season::parse(&format!("{}..{}", a.ends().0, b.ends().1))
        {
            fault = fault.advice(format!("`for {both}` is that part of each year"));
        } else {
            fault = fault.advice("write the year too: `from Nov 2022 to Mar 2023`");
        }
        self.fail(fault)
    }

    /// A word that is a part of each year and a parameter.
    pub(super) fn is_one_thing(&mut self, season: Season, span: Span) -> Option<()> {
        let words = season.to_string();
        let Some(name) = self.catalogue.params.keys().find(|k| k.eq_ignore_ascii_case(&words)).cloned() else {
            return Some(());
        };
        let message = format!("`{name}` is a parameter and a part of each year");
        let fault = Diagnostic::new(&codes::AMBIGUOUS_NAME, span, message).here("which one?");
        self.fail(fault.advice("give the parameter another name"))
    }
}

/// The query without steps of time in its `by`.
fn without_steps(query: &Query) -> Option<crate::diagnostic::Edit> {
    let (clause, keys) = query.clauses.iter().find_map(|c| match &c.node {
        Clause::By(keys) => Some((c.span, keys)),
        _ => None,
    })?;
    let stays: Vec<String> = keys
        .iter()
        .filter(|k| k.dim.attribute.is_some() || k.among.is_some() || Freq::parse(&k.dim.name.node).is_none())
        .map(crate::syntax::format::by_key)
        .collect();
    let text = if stays.is_empty() { String::new() } else { format!("by {}", stays.join(", ")) };
    Some(vec![(clause, text)])
}

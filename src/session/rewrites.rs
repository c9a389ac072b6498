//! A query said otherwise: over a range that it lacks, to the last whole period, with its years as periods. In: a query.
//! Out: another one; whether it has a meaning is for the caller to see.

use crate::plan::{Plan, full};
use crate::span::{Span, Spanned};
use crate::syntax::ast::{ByKey, Clause, Codes, ExprNode, Query};
use crate::value::Freq;
use crate::value::period::{self, PeriodText};

/// Whether a query says for which periods it is.
pub(super) fn says_range(query: &Query) -> bool {
    query.clauses.iter().any(|c| is_range(&c.node))
}

/// Whether a clause says for which periods a query is; a part of each year leaves open of which years.
fn is_range(clause: &Clause) -> bool {
    matches!(clause, Clause::FromTo(..)) || matches!(clause, Clause::For(p) if p.node.season().is_none())
}

/// The same query over a range, whatever it says of its periods.
pub(super) fn with_range(query: &Query, range: &(String, String)) -> Query {
    let end = |text: &str| period::parse(text).map(|p| Spanned::new(p, Span::default()));
    let (Some(a), Some(b)) = (end(&range.0), end(&range.1)) else { return query.clone() };
    let mut out = query.clone();
    out.clauses.retain_mut(|clause| match &mut clause.node {
        clause if is_range(clause) => false,
        Clause::By(keys) => {
            keys.retain(|key| key.dim.attribute.is_some() || Freq::parse(&key.dim.name.node).is_none());
            !keys.is_empty()
        }
        _ => true,
    });
    let late = |c: &Spanned<Clause>| {
        matches!(c.node, Clause::Allowing(_) | Clause::With { .. }) || crate::plan::is_choice(&c.node)
    };
    let at = out.clauses.iter().position(late).unwrap_or(out.clauses.len());
    out.clauses.insert(at, Spanned::new(Clause::FromTo(a, b), Span::default()));
    out
}

/// A range that ends with the latest period, ended with the last whole one of its own step, where the data have finer.
pub(super) fn last_whole<'p>(query: &Query, mut plans: impl Iterator<Item = &'p Plan>) -> Option<Query> {
    let mut out = query.clone();
    for clause in &mut out.clauses {
        let Clause::FromTo(from, to) = &mut clause.node else { continue };
        let (PeriodText::Fixed(first), PeriodText::Latest) = (&from.node, &to.node) else { continue };
        let (source, _) = plans.find_map(|p| p.leaves().into_iter().next())?;
        let whole = full::periods(&source.info().periods, first.freq()?);
        to.node = PeriodText::Fixed(*whole.last().filter(|last| *last > first)?);
        return Some(out);
    }
    None
}

/// `where year = 2023` as the period that it means.
pub(super) fn said_otherwise(query: &Query) -> Option<Query> {
    let mut out = query.clone();
    let mut meant = None;
    for clause in &mut out.clauses {
        let Clause::Where(conditions) = &mut clause.node else { continue };
        conditions.retain(|c| {
            let timely = Freq::parse(&c.dim.name.node).is_some()
                || ["period", "date", "time"].contains(&c.dim.name.node.as_str());
            let Codes::One(code) = &c.codes else { return true };
            let found = period::parse_fixed(&code.node).filter(|_| timely && c.keep);
            meant = meant.or(found);
            found.is_none()
        });
    }
    let period = Spanned::new(PeriodText::Fixed(meant?), Span::default());
    out.clauses.retain(|c| !matches!(&c.node, Clause::Where(conditions) if conditions.is_empty()));
    out.clauses.push(Spanned::new(Clause::For(period), Span::default()));
    Some(out)
}

/// `hhi of exports by partner` as `hhi over partner of exports`: the only key is what the operator uses up.
pub(super) fn key_used_up(query: &Query) -> Option<Query> {
    let mut out = query.clone();
    let mut used = None;
    out.clauses.retain_mut(|clause| {
        let Clause::By(keys) = &mut clause.node else { return true };
        let is_dim =
            |k: &ByKey| k.dim.attribute.is_none() && Freq::parse(&k.dim.name.node).is_none() && k.among.is_none();
        if let Some(at) = keys.iter().position(is_dim) {
            used = Some(keys.remove(at).dim);
        }
        !keys.is_empty()
    });
    let ExprNode::Call { over, .. } = &mut out.expr.node else { return None };
    over.is_empty().then_some(())?;
    over.push(used?);
    Some(out)
}

//! A disagreement made small: fewer rows, fewer clauses, smaller expressions, as long as the two still disagree.

use super::compare::{Program, Verdict, judge, script};
use super::panel::{Dim, Panel, Row, total_of};
use super::query::{Expr, Query};

fn disagreement(panel: &Panel, query: &Query) -> Option<String> {
    let empty = |m: usize| panel.rows.iter().all(|r| r.cells[m].is_none());
    if (0..panel.measures.len()).any(empty) {
        return None;
    }
    match judge(panel, &mut Program::of(panel), query) {
        Verdict::Disagreed(why) => Some(why),
        Verdict::Agreed | Verdict::BothRefused | Verdict::Unsaid(_) => None,
    }
}

/// What kind of difference it is: the words without labels and numbers.
pub fn class(why: &str) -> String {
    let first = why.lines().next().unwrap_or("");
    let first = first.split(';').next().unwrap_or(first);
    let said = first.split_once(": ").map_or(first, |(_, said)| said);
    said.split(' ')
        .filter(|w| w.chars().all(|c| c.is_alphabetic() || c == '-' || c == ','))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Panels with less in them: without a period, a label, a dimension of one label.
fn less(panel: &Panel, query: &Query) -> Vec<Panel> {
    let mut out = Vec::new();
    let text = script(query);
    let totals: Vec<usize> = (0..panel.dims.len())
        .filter(|i| panel.rows.iter().any(|r| r.labels[*i] == total_of(panel.dims[*i].name)))
        .collect();
    let parts = || panel.rows.iter().filter(|r| !panel.is_total(r)).cloned().collect::<Vec<_>>();
    let mut offer = |dims: Vec<Dim>, rows: Vec<Row>| {
        let mut new = Panel { dims, rows, ..panel.clone() };
        totals.iter().for_each(|at| new.add_total(*at));
        out.push(new);
    };
    let mut spans: Vec<_> = panel.rows.iter().map(|r| r.span).collect();
    spans.dedup();
    for span in spans {
        offer(panel.dims.clone(), parts().into_iter().filter(|r| r.span != span).collect());
    }
    for (i, dim) in panel.dims.iter().enumerate() {
        for label in dim.labels.iter().filter(|_| dim.labels.len() > 1) {
            let mut dims = panel.dims.clone();
            dims[i].labels.retain(|l| l != label);
            offer(dims, parts().into_iter().filter(|r| r.labels[i] != *label).collect());
        }
    }
    if !totals.is_empty() {
        out.push(Panel { rows: parts(), ..panel.clone() });
    }
    for (i, dim) in panel
        .dims
        .iter()
        .enumerate()
        .filter(|_| totals.is_empty())
        .filter(|(_, d)| d.labels.len() == 1 && !text.contains(d.name))
    {
        let mut new = panel.clone();
        new.dims.retain(|d| d.name != dim.name);
        new.rows.iter_mut().for_each(|r| {
            r.labels.remove(i);
        });
        out.push(new);
    }
    for at in 0..panel.rows.len().min(12) {
        let mut new = panel.clone();
        if !new.is_total(&panel.rows[at]) && totals.is_empty() {
            new.rows.remove(at);
            out.push(new);
        }
    }
    out
}

/// Expressions with one part less.
fn smaller(expr: &Expr) -> Vec<Expr> {
    let mut out: Vec<Expr> = match expr {
        Expr::Defined(_, _, x) => vec![(**x).clone()],
        _ => expr.parts().into_iter().cloned().collect(),
    };
    let pair = |a: &Expr, b: &Expr, make: &dyn Fn(Box<Expr>, Box<Expr>) -> Expr| {
        let left = smaller(a).into_iter().map(|a| make(a.into(), b.clone().into()));
        left.chain(smaller(b).into_iter().map(|b| make(a.clone().into(), b.into()))).collect::<Vec<_>>()
    };
    match expr {
        Expr::Measure(_) | Expr::Number(_) | Expr::Param => {}
        Expr::Sum(minus, a, b) => out.extend(pair(a, b, &|a, b| Expr::Sum(*minus, a, b))),
        Expr::Product(under, a, b) => out.extend(pair(a, b, &|a, b| Expr::Product(*under, a, b))),
        Expr::ShareOf(a, b) => out.extend(pair(a, b, &Expr::ShareOf)),
        Expr::Across(x, dims) => out.extend(smaller(x).into_iter().map(|x| Expr::Across(x.into(), dims.clone()))),
        Expr::Call(op, over, step, x) => {
            out.extend(smaller(x).into_iter().map(|x| Expr::Call(*op, over.clone(), step, x.into())));
        }
        Expr::Inner(q) => out.extend(fewer_clauses(q).into_iter().map(|q| Expr::Inner(q.into()))),
        Expr::Named(name, q) => {
            out.push(Expr::Inner(q.clone()));
            out.extend(fewer_clauses(q).into_iter().map(|q| Expr::Named(name.clone(), q.into())));
        }
        Expr::Defined(name, body, x) => {
            out.extend(smaller(x).into_iter().map(|x| Expr::Defined(name.clone(), body.clone(), x.into())));
        }
    }
    out
}

fn fewer_clauses(query: &Query) -> Vec<Query> {
    let mut out: Vec<Query> = smaller(&query.expr).into_iter().map(|expr| Query { expr, ..query.clone() }).collect();
    if !query.filters.is_empty() {
        out.push(Query { filters: query.filters[1..].to_vec(), ..query.clone() });
    }
    if !query.by.is_empty() {
        out.push(Query { by: query.by[1..].to_vec(), ..query.clone() });
    }
    if query.every.is_some() {
        out.push(Query { every: None, ..query.clone() });
    }
    if query.time.is_some() {
        out.push(Query { time: None, ..query.clone() });
    }
    out
}

/// The smallest that was found, as text to try by hand.
pub fn small(panel: &Panel, query: &Query) -> String {
    let (mut panel, mut query) = (panel.clone(), query.clone());
    let mut why = disagreement(&panel, &query).unwrap_or_default();
    let kind = class(&why);
    let still = |p: &Panel, q: &Query| disagreement(p, q).filter(|w| class(w) == kind);
    for _ in 0..60 {
        let by_query = fewer_clauses(&query).into_iter().find_map(|q| still(&panel, &q).map(|w| (panel.clone(), q, w)));
        let found = by_query.or_else(|| {
            less(&panel, &query).into_iter().find_map(|p| still(&p, &query).map(|w| (p, query.clone(), w)))
        });
        match found {
            Some((p, q, w)) => (panel, query, why) = (p, q, w),
            None => break,
        }
    }
    format!("{}{}{}\n  → {why}", panel.load("d.csv"), panel.text(), script(&query))
}

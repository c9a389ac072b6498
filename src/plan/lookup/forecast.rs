//! What a script will ask of its data, found before they are read. In: the statements that follow. Out: the names of
//! series and the reporters that may be asked for; nothing where that cannot be known, as when data are described or
//! money is changed. Errs on the side of asking for more.

use crate::data::meaning::asked::Asked;
use crate::syntax::Statement;
use crate::syntax::ast::{Check, Choice, Clause, Codes, Condition, DimName, Expr, ExprNode, Name, Query, Test};
use std::collections::{BTreeMap, BTreeSet};

/// The dimension by which rows are chosen.
const REPORTER: &str = "reporter";
/// So deep may named queries be nested.
const MAX_DEPTH: usize = 64;
/// So many are looked into, each as often as it is named.
const MAX_QUERIES: usize = 10_000;

/// What these statements ask of data; a name among `params` may stand for a code or a dimension.
pub fn asked<'a>(statements: impl Iterator<Item = &'a Statement>, params: &BTreeSet<String>) -> Option<Asked> {
    let mut forecast = Forecast {
        params,
        lets: BTreeMap::new(),
        names: BTreeSet::new(),
        reporters: Some(BTreeSet::new()),
        left: MAX_QUERIES,
    };
    for statement in statements {
        forecast.statement(statement)?;
    }
    let Forecast { names, reporters, .. } = forecast;
    Some(Asked { names, reporters: reporters.filter(|r| !r.is_empty()) })
}

struct Forecast<'a> {
    params: &'a BTreeSet<String>,
    lets: BTreeMap<&'a str, &'a Query>,
    names: BTreeSet<String>,
    /// `None` once some series is asked for of all reporters.
    reporters: Option<BTreeSet<String>>,
    /// How many queries may still be looked into.
    left: usize,
}

impl<'a> Forecast<'a> {
    fn statement(&mut self, statement: &'a Statement) -> Option<()> {
        match statement {
            Statement::Let { name, query } => {
                // One that is named twice is asked for in both senses.
                if self.lets.insert(&name.node, query).is_some() {
                    return None;
                }
                Some(())
            }
            Statement::Export { explained: true, .. } => None,
            Statement::Query(query) | Statement::Export { query, .. } | Statement::Plot { query, .. } => {
                self.question(&[query])
            }
            Statement::Assert(check) | Statement::Claim(check) => self.check(check),
            Statement::Load { .. } | Statement::LetSet { .. } | Statement::Param { .. } | Statement::Set { .. } => {
                Some(())
            }
            Statement::Use { .. }
            | Statement::Declare { .. }
            | Statement::Def { .. }
            | Statement::Explain(_)
            | Statement::Describe(_)
            | Statement::Read(_)
            | Statement::List(..)
            | Statement::Cache(_)
            | Statement::Help(_) => None,
        }
    }

    fn lists_reporters(&self, dim: &DimName) -> bool {
        dim.name.node == REPORTER || self.params.contains(&dim.name.node)
    }

    fn check(&mut self, check: &'a Check) -> Option<()> {
        match &check.test {
            Some(Test::Compare { right, .. }) => self.question(&[&check.query, right]),
            Some(Test::Is { .. }) | None => self.question(&[&check.query]),
        }
    }

    /// One statement that is evaluated. Where it lists or sums out reporters, it may need others than it names.
    fn question(&mut self, queries: &[&'a Query]) -> Option<()> {
        let mut open = false;
        for query in queries {
            self.under(query, &[], &mut open, 0)?;
        }
        if open {
            self.reporters = None;
        }
        Some(())
    }

    /// A query under conditions on the reporter; `open` is set where all reporters may be needed.
    fn under(&mut self, query: &'a Query, above: &[String], open: &mut bool, depth: usize) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        if depth > MAX_DEPTH {
            return None;
        }
        let mut reporters = above.to_vec();
        for clause in &query.clauses {
            match &clause.node {
                Clause::Where(conditions) => {
                    for condition in conditions.iter().filter(|c| c.dim.name.node == REPORTER && c.keep) {
                        if is_open(condition) {
                            continue;
                        }
                        let named = |code: &Name| self.params.contains(&code.node);
                        match &condition.codes {
                            Codes::One(code) if named(code) => return None,
                            Codes::Set(codes) if codes.iter().any(named) => return None,
                            Codes::One(code) => reporters.push(code.node.clone()),
                            Codes::Set(codes) => reporters.extend(codes.iter().map(|c| c.node.clone())),
                            Codes::Named(_) => return None,
                        }
                    }
                }
                Clause::By(keys) => *open |= keys.iter().any(|k| self.lists_reporters(&k.dim)),
                // Rates and deflators are looked up by what they are, not by name.
                Clause::In { .. } => return None,
                Clause::FromTo(..)
                | Clause::For(_)
                | Clause::With { .. }
                | Clause::Total
                | Clause::Top { .. }
                | Clause::Order { .. }
                | Clause::End { .. }
                | Clause::Allowing(_) => {}
                // What it compares with is read under the same conditions.
                Clause::When(_) => {}
            }
        }
        let choices = query.clauses.iter().filter_map(|c| match &c.node {
            Clause::When(choices) => Some(choices),
            _ => None,
        });
        for choice in choices.flatten() {
            match choice {
                Choice::Holds(expr) => self.expr(expr, &reporters, open, depth)?,
                // It may name a series instead of a key.
                Choice::Codes(condition) => {
                    self.names.insert(condition.dim.name.node.clone());
                    if let Codes::One(code) = &condition.codes {
                        self.names.insert(code.node.clone());
                    }
                }
            }
        }
        self.expr(&query.expr, &reporters, open, depth)
    }

    fn expr(&mut self, expr: &'a Expr, reporters: &[String], open: &mut bool, depth: usize) -> Option<()> {
        match &expr.node {
            ExprNode::Number(_) => Some(()),
            ExprNode::Name(name) => {
                if let Some(query) = self.lets.get(name.as_str()).copied() {
                    return self.under(query, reporters, open, depth + 1);
                }
                self.names.insert(name.clone());
                *open |= reporters.is_empty();
                if let Some(known) = &mut self.reporters {
                    known.extend(reporters.iter().cloned());
                }
                Some(())
            }
            ExprNode::Sum(terms) => terms.iter().try_for_each(|(_, term)| self.expr(term, reporters, open, depth)),
            ExprNode::Product(factors) => factors.iter().try_for_each(|(_, f)| self.expr(f, reporters, open, depth)),
            ExprNode::Call { over, operands, .. } => {
                *open |= over.iter().any(|d| self.lists_reporters(d));
                operands.iter().try_for_each(|operand| self.expr(operand, reporters, open, depth))
            }
            ExprNode::Across { inner, dims } => {
                *open |= dims.iter().any(|d| self.lists_reporters(d));
                self.expr(inner, reporters, open, depth)
            }
            ExprNode::Deflated { .. } => None,
            ExprNode::ShareOf { part, whole } => {
                self.expr(part, reporters, open, depth)?;
                self.expr(whole, reporters, open, depth)
            }
            ExprNode::Compare { left, right, .. } => {
                self.expr(left, reporters, open, depth)?;
                self.expr(right, reporters, open, depth)
            }
            ExprNode::List(items) => items.iter().try_for_each(|item| self.expr(item, reporters, open, depth)),
            ExprNode::Group(query) => self.under(query, reporters, open, depth + 1),
        }
    }
}

/// Whether a condition may name something else than reporters: an attribute, a set, another dimension.
fn is_open(condition: &Condition) -> bool {
    let is_place = |code: &crate::syntax::ast::Name| {
        code.node.bytes().all(|b| b.is_ascii_digit()) || crate::data::known::places::iso3(&code.node).is_some()
    };
    condition.dim.attribute.is_some()
        || match &condition.codes {
            Codes::One(code) => !is_place(code),
            Codes::Set(codes) => !codes.iter().all(is_place),
            Codes::Named(_) => false,
        }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;
    use crate::span::SourceId;

    fn of(script: &str) -> Option<Asked> {
        let parsed = crate::syntax::parse_script(SourceId(0), script).unwrap();
        let statements: Vec<Statement> = parsed.into_iter().map(|p| p.statement.unwrap()).collect();
        asked(statements.iter(), &BTreeSet::new())
    }

    fn reporters(script: &str) -> Option<Vec<String>> {
        of(script).unwrap().reporters.map(|r| r.into_iter().collect())
    }

    #[test]
    fn reporters_are_those_of_every_series() {
        let some = |list: &[&str]| Some(list.iter().map(|c| c.to_string()).collect::<Vec<_>>());
        assert_eq!(reporters("exports where reporter = CHN and hs = 85 by year"), some(&["CHN"]));
        assert_eq!(
            reporters("let x = exports where reporter among {CHN, USA}\nx by partner top 3"),
            some(&["CHN", "USA"])
        );
        assert_eq!(reporters("(exports where reporter = CHN) - (imports where reporter = USA)"), some(&["CHN", "USA"]));
        assert_eq!(reporters("share of (exports where reporter = CHN) by partner"), some(&["CHN"]));
        // All reporters are needed.
        assert_eq!(reporters("exports by year"), None);
        assert_eq!(reporters("(exports where reporter = CHN) as share of exports"), None);
        assert_eq!(reporters("share of (exports where reporter = CHN) by reporter"), None);
        assert_eq!(reporters("exports where reporter = CHN\nexports where reporter != CHN"), None);
        assert_eq!(reporters("exports as share of exports across reporter where reporter = CHN"), None);
    }

    #[test]
    fn names_are_all_that_are_used_and_some_scripts_tell_nothing() {
        let asked = of("let x = b.exports\nassert growth of x from 2018 to 2019 > weight").unwrap();
        assert_eq!(asked.names, BTreeSet::from(["b.exports".to_string(), "weight".to_string()]));
        for script in [
            "describe b",
            "explain exports for 2018",
            "exports in bn USD at average",
            "use \"x.tql\"",
            "x deflated by p",
        ] {
            assert_eq!(of(script), None, "{script}");
        }
    }
}

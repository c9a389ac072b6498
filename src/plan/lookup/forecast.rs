//! What a script will ask of its data, found before they are read. In: the statements that follow. Out: the names of
//! series and the reporters that may be asked for; nothing where that cannot be known, as when data are described.
//! A guess: what is read in part says so when more is asked of it ([`crate::data::sifted`]).

use crate::data::known::places;
use crate::data::meaning::asked::{Asked, LEAST_ROWS, REPORTER};
use crate::plan::catalogue::Catalogue;
use crate::plan::lookup::usable::words_of;
use crate::syntax::Statement;
use crate::syntax::ast::{Check, Choice, Clause, Codes, DimName, Expr, ExprNode, Name, Query, Test};
use std::collections::{BTreeMap, BTreeSet};

/// So deep may named queries be nested.
const MAX_DEPTH: usize = 64;
/// So many are looked into, each as often as it is named.
const MAX_QUERIES: usize = 10_000;

/// What these statements ask of data, in a session that has these names; `arguments` are values of parameters that come
/// from outside.
pub fn asked(catalogue: &Catalogue, arguments: &BTreeMap<String, String>, statements: &[&Statement]) -> Option<Asked> {
    let mut forecast = Forecast {
        catalogue,
        params: values(catalogue, arguments, statements),
        lets: catalogue.lets.iter().map(|(name, query)| (name.as_str(), query.as_ref())).collect(),
        sets: catalogue.sets.iter().map(|(name, codes)| (name.as_str(), codes.as_slice())).collect(),
        defs: Vec::new(),
        names: BTreeSet::new(),
        reporters: Some(BTreeSet::new()),
        left: MAX_QUERIES,
    };
    for definition in catalogue.definitions.values() {
        forecast.definition(&definition.name, &definition.body)?;
    }
    for statement in statements {
        forecast.statement(statement)?;
    }
    let Forecast { names, reporters, .. } = forecast;
    Some(Asked { names, reporters: reporters.filter(|r| !r.is_empty()), least: LEAST_ROWS, again: true })
}

/// What each parameter may hold.
fn values(
    catalogue: &Catalogue,
    arguments: &BTreeMap<String, String>,
    statements: &[&Statement],
) -> BTreeMap<String, BTreeSet<String>> {
    let known = catalogue.params.iter().map(|(name, value)| (name.clone(), Some(value.node.clone())));
    let said = statements.iter().filter_map(|s| match s {
        Statement::Param { name, value } => Some((name.node.clone(), value.as_ref().map(|v| v.node.clone()))),
        _ => None,
    });
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, value) in known.chain(said) {
        let given = arguments.get(&name).cloned();
        out.entry(name).or_default().extend(value.into_iter().chain(given));
    }
    out
}

struct Forecast<'a> {
    catalogue: &'a Catalogue,
    params: BTreeMap<String, BTreeSet<String>>,
    lets: BTreeMap<&'a str, &'a Query>,
    sets: BTreeMap<&'a str, &'a [Name]>,
    /// Operators that are defined, and whether they look at reporters by themselves.
    defs: Vec<(&'a str, bool)>,
    names: BTreeSet<String>,
    /// `None` once some series is asked for of all reporters.
    reporters: Option<BTreeSet<String>>,
    /// How many queries may still be looked into.
    left: usize,
}

impl<'a> Forecast<'a> {
    fn statement(&mut self, statement: &'a Statement) -> Option<()> {
        match statement {
            // One that is named twice is asked for in both senses.
            Statement::Let { name, query } => self.lets.insert(&name.node, query).is_none().then_some(()),
            Statement::LetSet { name, codes } => self.sets.insert(&name.node, codes).is_none().then_some(()),
            Statement::Def { name, body, .. } => self.definition(&name.node, body),
            Statement::Export { explained: true, .. } => None,
            Statement::Query(query)
            | Statement::Explain(query)
            | Statement::Export { query, .. }
            | Statement::Plot { query, .. } => self.question(&[query]),
            Statement::Assert(check) | Statement::Claim(check) => self.check(check),
            Statement::Load { .. } | Statement::Param { .. } | Statement::Set { .. } => Some(()),
            Statement::Use { .. }
            | Statement::Declare { .. }
            | Statement::Describe(_)
            | Statement::Read(_)
            | Statement::List(..)
            | Statement::Cache(_)
            | Statement::Help(_) => None,
        }
    }

    /// What the body of an operator names is asked for, and where it names reporters, of all.
    fn definition(&mut self, name: &'a str, body: &'a Query) -> Option<()> {
        let (mut used, mut called) = (Vec::new(), Vec::new());
        words_of(body, &mut used, &mut |words, _, _| called.push(words.to_string()));
        let open = used.iter().any(|word| self.is_reporter(word)) || called.iter().any(|w| self.looks_around(w));
        if used.iter().any(|word| self.lets.contains_key(word.as_str())) {
            return None;
        }
        self.names.extend(used);
        self.defs.push((name, open));
        Some(())
    }

    /// Whether an operator looks at other reporters than its operands name.
    fn looks_around(&self, words: &str) -> bool {
        let defined = self.defs.iter().rev().find(|(name, _)| *name == words);
        let of_library = || {
            let named = self.catalogue.library.all().iter().filter(|d| d.name.eq_ignore_ascii_case(words));
            named.into_iter().any(|d| {
                let (mut used, mut called) = (Vec::new(), Vec::new());
                words_of(&d.body, &mut used, &mut |words, _, _| called.push(words.to_string()));
                let calls = called.iter().any(|other| other != words && self.looks_around(other));
                used.iter().any(|word| word == REPORTER) || calls
            })
        };
        words == "mirror" || defined.map_or_else(of_library, |(_, open)| *open)
    }

    /// Whether a word is the dimension, or a parameter that may hold it.
    fn is_reporter(&self, word: &str) -> bool {
        word == REPORTER || self.params.get(word).is_some_and(|values| values.contains(REPORTER))
    }

    fn lists_reporters(&self, dim: &DimName) -> bool {
        self.is_reporter(&dim.name.node)
    }

    /// The codes of a condition, with all that parameters among them may hold; nothing where they are not known.
    fn codes(&self, codes: &Codes) -> Option<BTreeSet<String>> {
        let list = match codes {
            Codes::One(code) => std::slice::from_ref(code),
            Codes::Set(codes) => codes,
            Codes::Named(name) => self.sets.get(name.node.as_str())?,
        };
        let held = |code: &Name| self.params.get(&code.node).into_iter().flatten().cloned().collect::<Vec<_>>();
        Some(list.iter().flat_map(|code| held(code).into_iter().chain([code.node.clone()])).collect())
    }

    /// Whether a code is one of a place, or the name of a parameter.
    fn may_be_place(&self, code: &str) -> bool {
        code.bytes().all(|b| b.is_ascii_digit()) || places::iso3(code).is_some() || self.params.contains_key(code)
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
                        let codes = self.codes(&condition.codes)?;
                        // It may name something else than reporters: an attribute, a group.
                        if condition.dim.attribute.is_none() && codes.iter().all(|code| self.may_be_place(code)) {
                            reporters.extend(codes);
                        }
                    }
                }
                Clause::By(keys) => *open |= keys.iter().any(|k| self.lists_reporters(&k.dim)),
                // A file of which rates may be wanted is read whole.
                Clause::In { .. }
                | Clause::FromTo(..)
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
            ExprNode::Call { words, over, operands } => {
                *open |= over.iter().any(|d| self.lists_reporters(d)) || self.looks_around(&words.node);
                operands.iter().try_for_each(|operand| self.expr(operand, reporters, open, depth))
            }
            ExprNode::Across { inner, dims } => {
                *open |= dims.iter().any(|d| self.lists_reporters(d));
                self.expr(inner, reporters, open, depth)
            }
            // What it is deflated by is read under no condition.
            ExprNode::Deflated { inner, by } => {
                self.expr(inner, reporters, open, depth)?;
                self.expr(by, &[], open, depth)
            }
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;
    use crate::span::SourceId;

    fn of(script: &str) -> Option<Asked> {
        let parsed = crate::syntax::parse_script(SourceId(0), script).unwrap();
        let statements: Vec<Statement> = parsed.into_iter().map(|p| p.statement.unwrap()).collect();
        let arguments = BTreeMap::from([("given".to_string(), "DEU".to_string())]);
        let catalogue = Catalogue { library: crate::library::LIBRARY, ..Catalogue::default() };
        asked(&catalogue, &arguments, &statements.iter().collect::<Vec<_>>())
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
        assert_eq!(reporters("param who = CHN\nexports where reporter = who"), some(&["CHN", "who"]));
        assert_eq!(reporters("param given\nexports where reporter = given"), some(&["DEU", "given"]));
        assert_eq!(reporters("let us = {USA, CAN}\nexports where reporter among us by year"), some(&["CAN", "USA"]));
        assert_eq!(reporters("def half of x = x / 2\nhalf of exports where reporter = CHN"), some(&["CHN"]));
        assert_eq!(reporters("explain exports where reporter = CHN"), some(&["CHN"]));
        // All reporters are needed.
        assert_eq!(reporters("rca over hs of exports where reporter = CHN"), None);
        assert_eq!(reporters("symmetric rca over hs of exports where reporter = CHN"), None);
        assert_eq!(reporters("mirror of exports where reporter = CHN"), None);
        assert_eq!(reporters("def part of x = x / x across reporter\npart of exports where reporter = CHN"), None);
        assert_eq!(reporters("param d = reporter\nexports across d where reporter = CHN"), None);
        assert_eq!(reporters("exports deflated by p where reporter = CHN"), None);
        assert_eq!(reporters("param who = EU\nexports where reporter = who"), None);
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
        for script in ["describe b", "use \"x.tql\"", "list periods", "let x = exports\nlet x = imports"] {
            assert_eq!(of(script), None, "{script}");
        }
        let asked = of("x deflated by p where reporter = CHN in bn USD at average").unwrap();
        assert_eq!(asked.names, BTreeSet::from(["p".to_string(), "x".to_string()]));
    }
}

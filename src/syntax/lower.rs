//! From pest's pairs to the tree: statements and clauses. Expressions are in [`super::lower_expr`], declarations
//! in [`super::lower_decl`].
//! A pair of an unexpected rule cannot come from our own grammar; it is answered as a syntax error, not a crash.

use super::ast::*;
use super::grammar::{Failure, Rule, parse};
use super::{Fault, foreign, foreign_period, format, keywords};
use crate::diagnostic::{Diagnostic, codes};
use crate::span::{SourceId, Span, Spanned};
use crate::value::period::{self, PeriodText};
use pest::iterators::Pair;

/// Where the parsed text stands in its source.
pub(super) struct Lower {
    pub source: SourceId,
    pub base: usize,
}

/// Parses one statement that begins at byte `base` of `source`.
pub(super) fn statement(source: SourceId, base: usize, text: &str) -> Result<Statement, Fault> {
    let lower = Lower { source, base };
    let pair = parse(Rule::statement, text).map_err(|f| lower.failed(text, f))?;
    let inner = lower.first(pair)?;
    lower.statement(inner)
}

/// Parses the items of a declaration file.
pub(super) fn declaration_file(source: SourceId, text: &str) -> Result<Declaration, Fault> {
    let lower = Lower { source, base: 0 };
    let pair = parse(Rule::declaration_file, text).map_err(|f| lower.failed(text, f))?;
    let mut items = Vec::new();
    for inner in pair.into_inner() {
        match inner.as_rule() {
            Rule::declaration => return lower.declaration(inner),
            Rule::decl_item => items.push(lower.item(inner)?),
            _ => {}
        }
    }
    Ok(Declaration { items })
}

/// The codes of a set that is written as in a query: `{CHN, USA}`.
pub(super) fn set(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    let pair = parse(Rule::set_literal, text).ok().filter(|p| p.as_str().len() == text.len())?;
    Some(pair.into_inner().map(|c| unquoted(c.as_str())).collect())
}

/// A number with its unit that is written as in a query: `-2,590.7 bn CNY`.
pub(super) fn literal(text: &str) -> Option<Literal> {
    let text = text.trim();
    let pair = parse(Rule::literal, text).ok().filter(|p| p.as_str().len() == text.len())?;
    Some(Lower { source: SourceId(0), base: 0 }.literal(pair).node)
}

impl Lower {
    pub(super) fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        // The blanks that the parser skips at the end of a rule are not part of what was said.
        let s = pair.as_span();
        Span::new(self.source, self.base + s.start(), self.base + s.start() + s.as_str().trim_end().len())
    }

    pub(super) fn fault(&self, span: Span, message: impl Into<String>) -> Fault {
        Box::new(Diagnostic::new(&codes::SYNTAX, span, message))
    }

    fn failed(&self, text: &str, failure: Failure) -> Fault {
        let rest = text.get(failure.at..).unwrap_or("");
        let word: String = {
            let mut chars = rest.chars();
            let first: Option<char> = chars.next();
            let is_word = |c: &char| c.is_alphanumeric() || *c == '_' || *c == '-';
            match first {
                Some(c) if is_word(&c) => std::iter::once(c).chain(chars.take_while(is_word)).collect(),
                Some(c) => c.to_string(),
                None => String::new(),
            }
        };
        let start = self.base + failure.at;
        let span = Span::new(self.source, start, start + word.len());
        // `and` goes on with conditions; in the place of a sign it is no advice.
        let sign = word.starts_with(['+', '-', '*', '/', '<', '>']);
        let wanted = expected(&failure.expected).filter(|what| !sign || what != "`and`");
        let message = match (word.is_empty(), wanted) {
            (true, Some(what)) => format!("the statement ends where {what} is expected"),
            (true, None) => "the statement is not complete".to_string(),
            (false, Some(what)) => format!("found `{word}` where {what} is expected"),
            (false, None) if failure.expected.contains(&"`of`") && two_words(text, failure.at).is_some() => {
                format!(
                    "`{}` is no series, and no operator with its `of`",
                    two_words(text, failure.at).unwrap_or_default()
                )
            }
            (false, None) if failure.at == 0 => format!("no statement begins with `{word}`"),
            (false, None) => format!("`{word}` has no place here"),
        };
        let mut diagnostic = Diagnostic::new(&codes::SYNTAX, span, message).here("here");
        for hint in foreign::hints(text, failure.at) {
            match hint.query {
                Some(query) => diagnostic.meant.push((hint.advice, query)),
                None => diagnostic.advice = diagnostic.advice.or(Some(hint.advice)),
            }
        }
        Box::new(diagnostic)
    }

    pub(super) fn first<'a>(&self, pair: Pair<'a, Rule>) -> Result<Pair<'a, Rule>, Fault> {
        let span = self.span(&pair);
        pair.into_inner().next().ok_or_else(|| self.fault(span, "the statement is not complete"))
    }

    pub(super) fn word(&self, pair: &Pair<'_, Rule>) -> Name {
        Spanned::new(unquoted(pair.as_str()), self.span(pair))
    }

    /// `partner, (region of partner)`
    pub(super) fn dims(&self, pair: Pair<'_, Rule>) -> Result<Vec<DimName>, Fault> {
        pair.into_inner().filter(|p| p.as_rule() == Rule::dim).map(|p| self.dim(p)).collect()
    }

    fn dim(&self, pair: Pair<'_, Rule>) -> Result<DimName, Fault> {
        let inner = self.first(pair)?;
        if inner.as_rule() == Rule::key {
            return self.key(inner);
        }
        Ok(DimName { attribute: None, name: self.word(&inner) })
    }

    /// `partner`, `region of partner`
    pub(super) fn key(&self, pair: Pair<'_, Rule>) -> Result<DimName, Fault> {
        let span = self.span(&pair);
        let mut words = pair.into_inner().filter(|p| p.as_rule() == Rule::simple_name).map(|p| self.word(&p));
        match (words.next(), words.next()) {
            (Some(name), None) => Ok(DimName { attribute: None, name }),
            (Some(attribute), Some(name)) => Ok(DimName { attribute: Some(attribute), name }),
            (None, _) => Err(self.fault(span, "a dimension is missing here")),
        }
    }

    /// The parts of a statement without its keywords.
    pub(super) fn parts<'a>(&self, pair: Pair<'a, Rule>) -> impl Iterator<Item = Pair<'a, Rule>> {
        pair.into_inner().filter(|p| !is_keyword(p.as_rule()))
    }

    pub(super) fn need<'a>(&self, whole: Span, part: Option<Pair<'a, Rule>>) -> Result<Pair<'a, Rule>, Fault> {
        part.ok_or_else(|| self.fault(whole, "the statement is not complete"))
    }

    fn statement(&self, pair: Pair<'_, Rule>) -> Result<Statement, Fault> {
        let span = self.span(&pair);
        let rule = pair.as_rule();
        if rule == Rule::table {
            return Ok(Statement::Query(self.query(pair)?));
        }
        let overwrite = pair.clone().into_inner().any(|p| p.as_rule() == Rule::kw_overwrite);
        let explain = pair.clone().into_inner().any(|p| p.as_rule() == Rule::kw_explain);
        let keep = pair.clone().into_inner().any(|p| p.as_rule() == Rule::kw_keep);
        let mut parts = self.parts(pair);
        let mut next = || self.need(span, parts.next());
        Ok(match rule {
            Rule::load => {
                let path = self.file(&next()?);
                let (mut name, mut declaration) = (None, None);
                for part in parts {
                    match part.as_rule() {
                        Rule::simple_name => name = Some(self.word(&part)),
                        _ => declaration = Some(self.declaration(part)?),
                    }
                }
                Statement::Load { path, name, declaration, keep }
            }
            Rule::read => self.story(&next()?, parts, (overwrite, explain)),
            Rule::declare => Statement::Declare { name: self.word(&next()?), declaration: self.declaration(next()?)? },
            Rule::use_ => Statement::Use { path: self.word(&next()?) },
            Rule::let_ => {
                let name = self.word(&next()?);
                let body = next()?;
                if body.as_rule() == Rule::set_literal {
                    Statement::LetSet { name, codes: self.codes(body) }
                } else {
                    Statement::Let { name, query: self.query(body)? }
                }
            }
            Rule::def => {
                let mut words: Vec<Name> = Vec::new();
                let (mut over, mut params, mut takes, mut body) = (None, Vec::new(), None, None);
                for part in parts {
                    match part.as_rule() {
                        Rule::op_word => words.push(self.word(&part)),
                        Rule::def_over => over = self.parts(part).next().map(|p| self.word(&p)),
                        Rule::def_param => params.push(self.word(&part)),
                        Rule::def_takes => takes = self.takes(part),
                        _ => body = Some(part),
                    }
                }
                let name = joined(&words).ok_or_else(|| self.fault(span, "the operator has no name"))?;
                Statement::Def { name, over, params, takes, body: self.query(self.need(span, body)?)? }
            }
            Rule::plot => {
                let query = self.query(next()?)?;
                let (mut shape, mut into) = (None, None);
                for part in parts {
                    match part.as_rule() {
                        Rule::plot_as => shape = Some(self.word(&part)),
                        _ => into = Some(self.file(&part)),
                    }
                }
                Statement::Plot { query, shape, into, overwrite }
            }
            Rule::export => {
                let asked = next()?;
                let explained = asked.as_rule() == Rule::explain;
                let inner = if explained { asked.into_inner().nth(1) } else { Some(asked) };
                let query = self.query(inner.ok_or_else(|| self.fault(span, "there is nothing to export"))?)?;
                Statement::Export { query, explained, into: self.file(&next()?), overwrite }
            }
            Rule::explain => Statement::Explain(self.query(next()?)?),
            Rule::assert => Statement::Assert(self.check(span, parts)?),
            Rule::claim => Statement::Claim(self.check(span, parts)?),
            Rule::param => {
                let name = self.word(&next()?);
                Statement::Param { name, value: parts.next().map(|v| self.held(v)) }
            }
            Rule::describe => Statement::Describe(self.word(&next()?)),
            Rule::list => Statement::List(self.word(&next()?), parts.next().map(|of| self.word(&of))),
            Rule::cache => Statement::Cache(self.word(&next()?)),
            Rule::help => Statement::Help(parts.next().map(|w| {
                let word = self.word(&w);
                Spanned::new(word.node.trim().to_string(), word.span)
            })),
            Rule::set => Statement::Set { name: self.word(&next()?), value: self.word(&next()?) },
            _ => return Err(self.fault(span, "this is not a statement")),
        })
    }

    fn takes(&self, pair: Pair<'_, Rule>) -> Option<Takes> {
        let kind = pair.clone().into_inner().next()?.as_rule();
        let mut names = pair.into_inner().filter(|p| p.as_rule() == Rule::simple_name).map(|p| self.word(&p));
        let first = names.next()?;
        match (kind, names.next()) {
            (Rule::kw_from, Some(second)) => Some(Takes::FromTo(first, second)),
            (Rule::kw_with, Some(second)) => Some(Takes::With(first, second)),
            _ => Some(Takes::For(first)),
        }
    }

    fn check<'a>(&self, span: Span, mut parts: impl Iterator<Item = Pair<'a, Rule>>) -> Result<Check, Fault> {
        let query = self.query(self.need(span, parts.next())?)?;
        let (mut test, mut citing) = (None, None);
        for part in parts {
            match part.as_rule() {
                Rule::test => test = Some(self.test(part)?),
                _ => citing = self.parts(part).next().map(|s| self.word(&s)),
            }
        }
        Ok(Check { query, test, citing })
    }

    fn test(&self, pair: Pair<'_, Rule>) -> Result<Test, Fault> {
        let span = self.span(&pair);
        let mut inner = pair.into_inner();
        let first = self.need(span, inner.next())?;
        if first.as_rule() == Rule::compare {
            let op = self.comparison(&first)?;
            return Ok(Test::Compare { op, right: self.query(self.need(span, inner.next())?)? });
        }
        let mut parts = first.into_inner().filter(|p| p.as_rule() != Rule::kw_is);
        let value = self.figure(self.need(span, parts.next())?)?;
        let tolerance = match parts.next() {
            None => Tolerance::Printed,
            Some(p) if p.as_rule() == Rule::within => {
                let figure = p.into_inner().find(|q| q.as_rule() == Rule::figure);
                Tolerance::Within(self.figure(self.need(span, figure)?)?)
            }
            Some(_) => Tolerance::Exactly,
        };
        Ok(Test::Is { value, tolerance })
    }

    fn figure(&self, pair: Pair<'_, Rule>) -> Result<Spanned<Figure>, Fault> {
        let inner = self.first(pair)?;
        if inner.as_rule() == Rule::literal {
            let literal = self.literal(inner);
            return Ok(Spanned::new(Figure::Printed(literal.node), literal.span));
        }
        let name = self.word(&inner);
        Ok(Spanned::new(Figure::Named(name.node), name.span))
    }

    pub(super) fn file(&self, pair: &Pair<'_, Rule>) -> Spanned<FileName> {
        let word = self.word(pair);
        let quoted = pair.as_str().starts_with('"');
        let node = if quoted { FileName::Text(word.node) } else { FileName::Named(word.node) };
        Spanned::new(node, word.span)
    }

    /// What a parameter holds, as text.
    fn held(&self, pair: Pair<'_, Rule>) -> Name {
        let word = self.word(&pair);
        match pair.into_inner().find(|p| p.as_rule() == Rule::set_literal) {
            Some(set) => Spanned::new(format::code_set(&self.codes(set)), word.span),
            None => word,
        }
    }

    fn codes(&self, set: Pair<'_, Rule>) -> Vec<Name> {
        set.into_inner().map(|c| self.word(&c)).collect()
    }

    pub(super) fn comparison(&self, pair: &Pair<'_, Rule>) -> Result<Comparison, Fault> {
        Ok(match pair.as_str().trim() {
            "<" => Comparison::Less,
            "<=" => Comparison::LessOrEqual,
            ">" => Comparison::More,
            ">=" => Comparison::MoreOrEqual,
            "!=" => Comparison::NotEqual,
            "=" => Comparison::Equal,
            other => return Err(self.fault(self.span(pair), format!("`{other}` is no comparison"))),
        })
    }

    pub(super) fn literal(&self, pair: Pair<'_, Rule>) -> Spanned<Literal> {
        let span = self.span(&pair);
        let (mut number, mut unit) = (String::new(), String::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::minus => number.push('-'),
                Rule::number => number.extend(part.as_str().chars().filter(|c| *c != ',')),
                _ => unit = one_blank(part.as_str()),
            }
        }
        Spanned::new(Literal { number, unit }, span)
    }

    pub(super) fn period(&self, pair: &Pair<'_, Rule>) -> Result<Spanned<PeriodText>, Fault> {
        let span = self.span(pair);
        let text = one_blank(pair.as_str());
        if let Some((month, first, last)) = period::month_to_year(&text) {
            let message =
                format!("`{text}` has two meanings: {month} {first} to the end of {last}, or {month} of each year");
            let whole = format!("{month} {first}..Dec {last}");
            let advice = format!("write `{whole}` for all months between, or `for {month} from {first} to {last}`");
            return Err(Box::new(Diagnostic::new(&codes::SYNTAX, span, message).advice(advice)));
        }
        if let Some(found) = period::parse(&text) {
            return Ok(Spanned::new(found, span));
        }
        let is_word = text.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_') && !text.contains(['.', ' ']);
        if is_word && period::month_number(&text).is_none() {
            return Ok(Spanned::new(PeriodText::Named(text), span));
        }
        let mut diagnostic = Diagnostic::new(&codes::SYNTAX, span, format!("`{text}` is not a period"));
        match foreign_period::period(&text) {
            Some(right) => {
                diagnostic = diagnostic.here(format!("write `{right}`")).advice(format!("did you mean `{right}`?"));
                diagnostic.edits.push(vec![(span, right)]);
            }
            None => {
                diagnostic = diagnostic.advice(format!(
                    "{}periods are written 2018, 2018-H1, 2018-Q3, 2018-03, 2018-03-15, 2018..2020, Jan..Nov 2024, ytd 2024 or latest",
                    why_none(&text)
                ));
            }
        }
        Err(Box::new(diagnostic))
    }
}

/// The words without a keyword between them that end where a parse stopped, if there are several.
fn two_words(text: &str, at: usize) -> Option<String> {
    let before = text.get(..at)?.trim_end();
    let last = before.split_whitespace().rev();
    let plain = |w: &&str| {
        !keywords::is_reserved(w)
            && w.starts_with(char::is_alphabetic)
            && w.chars().all(|c| c.is_alphanumeric() || "_-".contains(c))
    };
    let mut words: Vec<&str> = last.take_while(plain).collect();
    words.reverse();
    if words.first().is_some_and(|w| keywords::begins_statement(w)) {
        return None;
    }
    (words.len() > 1).then(|| words.join(" "))
}

/// What is wrong with a period that is nearly one.
fn why_none(text: &str) -> &'static str {
    let lower = text.to_lowercase();
    match text.split_once(['-', '/']) {
        _ if lower.starts_with("fy") => "a fiscal year is written as its months, `2023-04..2024-03`; ",
        Some((year, month)) if year.len() == 4 && month.parse::<u32>().is_ok_and(|m| m == 0 || m > 12) => {
            "a year has twelve months; "
        }
        _ => "",
    }
}

/// What should stand there, if it can be said in a word or two: of much that could, a person learns nothing.
fn expected(words: &[&'static str]) -> Option<String> {
    // What goes on with any sentence is no news.
    let news: Vec<&str> = words.iter().copied().filter(|w| !["a clause", "the end"].contains(w)).collect();
    match news.as_slice() {
        [] => None,
        [one] => Some((*one).to_string()),
        [one, other] if words.len() == 2 => Some(format!("{one} or {other}")),
        _ => None,
    }
}

fn is_keyword(rule: Rule) -> bool {
    format!("{rule:?}").starts_with("kw_") || rule == Rule::EOI
}

/// Words of an operator as one name: single blanks, lower case is kept as written.
pub(super) fn joined(words: &[Name]) -> Option<Name> {
    let (first, last) = (words.first()?, words.last()?);
    let text = words.iter().map(|w| w.node.as_str()).collect::<Vec<_>>().join(" ");
    Some(Spanned::new(text, first.span.to(last.span)))
}

/// Without the quotes or backticks around it, or around its parts.
fn unquoted(text: &str) -> String {
    let text = text.trim();
    if let Some(inner) = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        return inner.replace("\"\"", "\"");
    }
    if text.starts_with('`') || text.ends_with('`') {
        return text.replace('`', "");
    }
    text.to_string()
}

/// With single blanks between words.
pub(super) fn one_blank(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace(" / ", "/").replace(" .. ", "..")
}

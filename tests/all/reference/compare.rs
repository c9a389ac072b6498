//! One query asked of the program and of the reference, and whether the two answers are the same.

use super::evaluate::{Around, Cell, Reason, Refusal, When, cell, reads};
use super::number::near;
use super::panel::{Panel, Span, total_of};
use super::query::{Expr, Filter, Op, Query, Time};
use super::shape::{self, Unit, base_of};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tradeql::render::Format;
use tradeql::session::{Body, Files, Mode, Session};

/// What came of a pair.
#[derive(Debug)]
pub enum Verdict {
    Agreed,
    BothRefused,
    /// The contract does not say.
    Unsaid(&'static str),
    /// Both answers, and what differs.
    Disagreed(String),
}

/// Files in memory, of which a pattern takes those that begin and end as it does.
struct Folder(BTreeMap<PathBuf, Vec<u8>>);

impl Files for Folder {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        self.0.get(path).cloned().ok_or_else(|| std::io::ErrorKind::NotFound.into())
    }

    fn size(&self, path: &Path) -> Option<u64> {
        self.0.get(path).map(|bytes| bytes.len() as u64)
    }

    fn matching(&self, pattern: &Path) -> std::io::Result<Vec<PathBuf>> {
        let pattern = pattern.to_string_lossy();
        let (start, end) = pattern.split_once('*').unwrap_or((&pattern, ""));
        let fits = |p: &&PathBuf| p.to_string_lossy().starts_with(start) && p.to_string_lossy().ends_with(end);
        Ok(self.0.keys().filter(fits).cloned().collect())
    }

    fn write(&self, _: &Path, _: &[u8]) -> std::io::Result<()> {
        Err(std::io::ErrorKind::ReadOnlyFilesystem.into())
    }
}

/// A session in which a panel is loaded, and its state before any query.
pub struct Program {
    session: Session,
    fresh: tradeql::plan::catalogue::Catalogue,
}

/// An answer of the program: the JSON, or the code of the error; and the codes of what else is said.
pub struct Said {
    pub answer: Result<Json, String>,
    pub codes: Vec<&'static str>,
}

impl Program {
    pub fn with(files: &[(&str, Vec<u8>)], load: &str) -> Program {
        let files: BTreeMap<PathBuf, Vec<u8>> = files.iter().map(|(n, b)| (n.into(), b.clone())).collect();
        let mut session = Session::new(Box::new(Folder(files)), Path::new(""));
        session.run("load", load, Mode::Run, &mut |_, r| {
            assert!(!r.failed(), "{load}: {:?}", r.diagnostics);
            true
        });
        let fresh = session.catalogue.clone();
        Program { session, fresh }
    }

    pub fn of(panel: &Panel) -> Program {
        Program::with(&[("d.csv", panel.text().into_bytes())], &panel.load("d.csv"))
    }

    /// The answer to the last statement.
    pub fn ask(&mut self, script: &str) -> Said {
        let mut said = Said { answer: Err("nothing".into()), codes: Vec::new() };
        self.session.run("query", script, Mode::Run, &mut |session, response| {
            said.codes = response.diagnostics.iter().map(|d| d.code.slug).collect();
            said.answer = match &response.body {
                Some(Body::Value(value)) => {
                    Ok(serde_json::from_str(&session.text(value, Format::Json, "", &[])).unwrap())
                }
                Some(Body::List(all)) => Ok(serde_json::from_str(&beside(session, all)).unwrap()),
                Some(_) => Err("nothing".into()),
                None => Err(said.codes.first().copied().unwrap_or("").into()),
            };
            response.body.is_some()
        });
        self.session.catalogue = self.fresh.clone();
        self.session.sources = Default::default();
        said
    }
}

/// Several series side by side.
fn beside(session: &Session, all: &[tradeql::value::Named]) -> String {
    session.columns_text(&tradeql::value::Named::columns(all), Format::Json, ("", &[]), &[])
}

/// A period as printed.
fn parsed(text: &str) -> Option<Span> {
    if let Some((a, b)) = text.split_once("..") {
        return Some(parsed(a)?.to(parsed(b)?));
    }
    let year: i32 = text.get(..4)?.parse().ok()?;
    let span = |first: i32, months: i32| Span { first: year * 12 + first, last: year * 12 + first + months - 1 };
    let number = |from: usize| text.get(from..)?.parse::<i32>().ok();
    Some(match text.get(4..6) {
        None => Span::year(year),
        Some("-Q") => span((number(6)? - 1) * 3, 3),
        Some("-H") => span((number(6)? - 1) * 6, 6),
        Some(_) => span(number(5)? - 1, 1),
    })
}

/// The script that asks a query.
pub fn script(query: &Query) -> String {
    let mut lines = Vec::new();
    query.expr.names(&mut lines);
    lines.push(query.to_string());
    lines.join("\n")
}

fn family(reason: &str) -> Option<Reason> {
    Some(match reason {
        "not reported" | "suppressed" | "not yet" => Reason::NotReported,
        "outside the data" => Reason::OutsideData,
        "outside the filter" => Reason::OutsideFilter,
        "no base" => Reason::NoBase,
        _ => Reason::Undefined,
    })
}

/// The reference's side of a query: what is asked of each cell.
struct Asked<'a> {
    panel: &'a Panel,
    query: Query,
    shape: shape::Shape,
    around: Around,
    keys: Vec<&'static str>,
}

impl Asked<'_> {
    fn when(&self, printed: Option<Span>) -> Result<When, Refusal> {
        match self.query.time {
            Some(Time::FromTo(a, b)) if self.shape.is_one_number() && self.query.every.is_none() => {
                Ok(When::Ends(a, b))
            }
            _ if self.shape.needs_ends() => Err(Refusal::Code("wrong-arguments")),
            _ => Ok(printed.map_or(When::Never, When::At)),
        }
    }

    /// The periods of the result, where they are told by its clauses or by the steps of the data.
    fn periods(&self) -> Vec<Span> {
        let range = self.panel.range().unwrap();
        let step = self.query.every.unwrap_or(self.shape.step).max(1);
        match self.query.time {
            Some(Time::For(p)) if self.query.every.is_none() => vec![p],
            Some(Time::For(p)) => p.steps(step),
            Some(Time::FromTo(a, b)) => a.to(b).steps(self.query.every.unwrap_or(a.months())),
            None if self.shape.is_one_number() && self.query.every.is_none() => {
                vec![range.around(step).to(Span { first: range.last, last: range.last }.around(step))]
            }
            None => range.around(step).to(Span { first: range.last, last: range.last }.around(step)).steps(step),
        }
    }

    fn cell(&self, labels: &[&'static str], printed: Option<Span>) -> Result<Cell, Refusal> {
        let mut around = self.around.clone();
        around.keys = self.keys.iter().copied().zip(labels.iter().copied()).collect();
        cell(self.panel, &self.query.expr, &around, self.when(printed)?)
    }

    /// The labels of which some leaf has a row.
    fn tuples(&self) -> Vec<Vec<&'static str>> {
        let at: Vec<usize> =
            self.keys.iter().map(|k| self.panel.dims.iter().position(|d| d.name == *k).unwrap()).collect();
        let mut out: Vec<Vec<&'static str>> = Vec::new();
        for row in self.panel.rows.iter().filter(|r| !self.panel.is_total(r)) {
            let tuple: Vec<&'static str> = at.iter().map(|i| row.labels[*i]).collect();
            if !out.contains(&tuple) && reads(self.panel, &self.query.expr, &self.around, row) {
                out.push(tuple);
            }
        }
        out
    }
}

/// Every code that a filter names is in the data.
fn known_codes(panel: &Panel, query: &Query) -> Result<(), Refusal> {
    fn inside(panel: &Panel, expr: &Expr) -> Result<(), Refusal> {
        match expr {
            Expr::Inner(query) => known_codes(panel, query),
            other => other.parts().into_iter().try_for_each(|p| inside(panel, p)),
        }
    }
    let there = |dim: &str, code: &&str| {
        let at = panel.dims.iter().position(|d| d.name == dim);
        at.is_some_and(|at| panel.rows.iter().any(|r| r.labels[at] == *code))
    };
    for filter in &query.filters {
        let odd = matches!(filter, Filter::Not(..) | Filter::NotAmong(..));
        let code = total_of(filter.dim());
        if odd && !panel.features.on("totals and `!=`") && panel.rows.iter().any(|r| r.labels.contains(&code)) {
            return Err(Refusal::Unsaid("`!=` beside a total"));
        }
        if !filter.codes().iter().all(|code| there(filter.dim(), code)) {
            return Err(Refusal::Code("unknown-code"));
        }
    }
    inside(panel, &query.expr)
}

fn asked<'a>(panel: &'a Panel, query: &Query) -> Result<(Asked<'a>, Unit), Refusal> {
    let query = Query { expr: query.expr.filled(None), ..query.clone() };
    known_codes(panel, &query)?;
    let (unit, _) = shape::unit(panel, &query.expr)?;
    let shape = shape::of(panel, &query.expr)?;
    shape::of_query(panel, &query)?;
    let mut around = Around { by: query.by.clone(), ..Around::default() }.within(&query);
    let mut keys = query.by.clone();
    if let Expr::Call(Op::Rank, over, _, _) = &query.expr {
        keys.extend(over.iter().filter(|d| !query.by.contains(d)));
    }
    around.first = match query.time {
        Some(Time::FromTo(a, _) | Time::For(a)) => Some(a),
        None => panel.range().map(|r| r.around(query.every.unwrap_or(shape.step).max(1))),
    };
    Ok((Asked { panel, query, shape, around, keys }, unit))
}

/// Asks both.
pub fn judge(panel: &Panel, program: &mut Program, query: &Query) -> Verdict {
    let said = program.ask(&script(query));
    match reference(panel, query, &said) {
        Ok(verdict) => verdict,
        Err(Refusal::Unsaid(why)) => Verdict::Unsaid(why),
        Err(Refusal::Code(code)) => match &said.answer {
            Err(_) => Verdict::BothRefused,
            Ok(answer) => Verdict::Disagreed(format!("refused as {code}, answered with {answer}")),
        },
    }
}

/// A series beside itself under clauses that were meant for one side.
fn is_beside_itself(query: &Query) -> bool {
    let same = |a: &Expr, b: &Expr| format!("{a:?}") == format!("{b:?}") && !matches!(a, Expr::Number(_));
    let narrows = query.time.is_some() || !query.filters.is_empty();
    match &query.expr {
        Expr::Sum(true, a, b) | Expr::Product(true, a, b) | Expr::ShareOf(a, b) => narrows && same(a, b),
        _ => false,
    }
}

/// Whether some measure of an expression still has a dimension, where `across` and `over` take it away.
fn keeps(expr: &Expr, dim: &str) -> bool {
    match expr {
        Expr::Measure(_) => true,
        Expr::Call(_, gone, ..) | Expr::Across(_, gone) if gone.contains(&dim) => false,
        _ => expr.parts().into_iter().any(|part| keeps(part, dim)),
    }
}

fn reference(panel: &Panel, query: &Query, said: &Said) -> Result<Verdict, Refusal> {
    if is_beside_itself(query) {
        return Err(Refusal::Code("wrong-arguments"));
    }
    let (asked, unit) = asked(panel, query)?;
    let periods: Vec<Option<Span>> =
        if asked.shape.is_fixed() { vec![None] } else { asked.periods().into_iter().map(Some).collect() };
    let mut expected = Vec::new();
    for labels in asked.tuples() {
        for period in &periods {
            expected.push((labels.clone(), *period, asked.cell(&labels, *period)?));
        }
    }
    let answer = match &said.answer {
        Ok(answer) => answer,
        Err(code) if *code == "wrong-arguments" && query.by.iter().any(|key| !keeps(&query.expr, key)) => {
            return Err(Refusal::Unsaid("a key that the expression does not have"));
        }
        Err(code) => return Ok(Verdict::Disagreed(format!("refused as {code}; the reference has {expected:?}"))),
    };
    let wrong = |why: String| Ok(Verdict::Disagreed(format!("{why}\n    {answer}")));
    let printed = answer["unit"].as_str();
    let (base, factor) = base_of(printed.unwrap_or(""));
    let units_meet = match &unit {
        Unit::Plain => printed == Some(""),
        Unit::Percent => printed == Some("%"),
        Unit::Index => printed.is_some_and(|p| p.ends_with("= 100")),
        Unit::Known(known) => *known == base,
        Unit::Unknown(_) => printed.is_none(),
    };
    if !units_meet {
        return wrong(format!("the unit is {unit:?}"));
    }
    let factor = if matches!(unit, Unit::Known(_)) { factor } else { 1.0 };
    let mut seen = Vec::new();
    for row in answer["rows"].as_array().into_iter().flatten() {
        let mut labels = Vec::new();
        for key in &asked.keys {
            if row.get(*key).is_none() {
                return Err(Refusal::Unsaid("a key that the expression does not have"));
            }
            let dim = panel.dims.iter().find(|d| d.name == *key).unwrap();
            let Some(label) = dim.labels.iter().find(|l| row[*key] == **l) else {
                return wrong(format!("a label of {key} that is none: {row}"));
            };
            labels.push(*label);
        }
        let period = if asked.shape.is_fixed() { None } else { row["period"].as_str().and_then(parsed) };
        let foreign = !asked.shape.is_one_number() && period.is_some() && !periods.contains(&period);
        if foreign && row["value"].is_null() && !panel.features.on("fixed periods") {
            continue;
        }
        let cell = asked.cell(&labels, period)?;
        if let Some(why) = differs(&cell, row, factor, panel.features.on("reasons")) {
            return wrong(format!("{labels:?} {}: {why}", row["period"]));
        }
        seen.push((labels, period));
    }
    // What a range in parentheses leaves of the periods outside it is no matter here.
    let cut = ranged(&asked.query.expr);
    for (labels, period, cell) in expected.into_iter().filter(|_| !cut) {
        let one = matches!(asked.when(period), Ok(When::Ends(..)));
        if cell.value.is_ok() && !seen.iter().any(|(l, p)| *l == labels && (one || *p == period)) {
            return wrong(format!("no row for {labels:?} {}", period.map_or(String::new(), |p| p.to_string())));
        }
    }
    Ok(Verdict::Agreed)
}

fn ranged(expr: &Expr) -> bool {
    let own = matches!(expr, Expr::Inner(q) if matches!(q.time, Some(Time::FromTo(..))));
    own || expr.parts().into_iter().any(ranged)
}

/// How the program's row differs from a cell.
fn differs(cell: &Cell, row: &Json, factor: f64, strict: bool) -> Option<String> {
    let exact = match &cell.value {
        Err(why) => {
            let said = row["reason"].as_str().and_then(family);
            let absent = |r| {
                [Reason::NotReported, Reason::OutsideData, Reason::NoBase, Reason::Absent, Reason::OutsideFilter]
                    .contains(&r)
            };
            let open = *why == Reason::Absent && said != Some(Reason::OutsideFilter);
            let alike = (!strict || open) && absent(*why) && said.is_some_and(absent);
            return (said != Some(*why) && !alike).then(|| format!("missing, {why:?}"));
        }
        Ok(exact) => exact,
    };
    let truth = row["value"].as_bool().map(|b| f64::from(u8::from(b)));
    let Some(x) = row["value"].as_f64().or(truth) else { return Some(format!("is {exact}")) };
    if !near(x, factor, exact) {
        return Some(format!("is {exact}"));
    }
    let whole = row["coverage"].as_array().map(|c| c[0] == c[1]);
    if whole.is_some_and(|w| w != (cell.have == cell.of)) {
        return Some(format!("coverage is {} of {}", cell.have, cell.of));
    }
    None
}

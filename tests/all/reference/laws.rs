//! Laws that hold whatever the numbers are: the program against itself, on data told in two ways or asked in two
//! ways. `TRADEQL_LAWS=5000` tries each law so many times.

use super::compare::{Program, Said, script};
use super::features::Features;
use super::generate::Maker;
use super::panel::{Panel, Row, Span};
use super::query::{Expr, Op, Query, Time, step_word};
use super::shape::base_of;
use fastrand::Rng;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::io::Write;

fn runs() -> u64 {
    std::env::var("TRADEQL_LAWS").ok().and_then(|n| n.parse().ok()).unwrap_or(60)
}

/// Rows by their labels and period, in the unit without its scale: a number, or the reason that there is none.
pub type Rows = BTreeMap<String, Result<f64, String>>;

pub fn rows(said: &Said) -> Result<Rows, String> {
    let answer = said.answer.as_ref().map_err(Clone::clone)?;
    let factor = base_of(answer["unit"].as_str().unwrap_or("")).1;
    let name = |row: &Json| {
        let cells = row.as_object().unwrap().iter();
        let keys = cells.filter(|(k, _)| !["value", "reason", "flags", "coverage"].contains(&k.as_str()));
        keys.map(|(k, v)| format!("{k} {v}")).collect::<Vec<_>>().join(", ")
    };
    let value = |row: &Json| match row["value"].as_f64().or(row["value"].as_bool().map(|b| f64::from(u8::from(b)))) {
        Some(x) => Ok(x * factor),
        None => Err(row["reason"].to_string()),
    };
    Ok(answer["rows"].as_array().unwrap().iter().map(|row| (name(row), value(row))).collect())
}

pub fn same(a: &Result<Rows, String>, b: &Result<Rows, String>, size: f64) -> bool {
    let alike = |x: &Result<f64, String>, y: &Result<f64, String>| match (x, y) {
        (Ok(x), Ok(y)) => (x - y).abs() <= 1e-9 * x.abs().max(y.abs()).max(size),
        (x, y) => x == y,
    };
    match (a, b) {
        (Ok(a), Ok(b)) => a.len() == b.len() && a.iter().all(|(k, x)| b.get(k).is_some_and(|y| alike(x, y))),
        (a, b) => a == b,
    }
}

/// Asks a panel in two ways; what holds for the first must hold for the second.
pub struct Law<'a> {
    name: &'a str,
    pub tried: usize,
}

impl Law<'_> {
    fn check(&mut self, first: (&mut Program, &str), second: (&mut Program, &str), about: &str) {
        let (a, b) = (rows(&first.0.ask(first.1)), rows(&second.0.ask(second.1)));
        self.tried += usize::from(a.is_ok());
        let size = if a.as_ref().is_ok_and(|a| a.values().flatten().any(|x| x.abs() > 1e6)) { 1e6 } else { 1.0 };
        assert!(same(&a, &b, size), "{}:\n{about}\n{}\n  {a:?}\n{}\n  {b:?}", self.name, first.1, second.1);
    }

    pub fn new(name: &str) -> Law<'_> {
        Law { name, tried: 0 }
    }

    /// Two answers that are to be the same.
    pub fn compare(&mut self, a: &Result<Rows, String>, b: &Result<Rows, String>, about: &[&str]) {
        self.tried += usize::from(a.is_ok());
        let size = if a.as_ref().is_ok_and(|a| a.values().flatten().any(|x| x.abs() > 1e6)) { 1e6 } else { 1.0 };
        let refused = a.is_err() && b.is_err();
        assert!(refused || same(a, b, size), "{}:\n{}\n  {a:?}\n  {b:?}", self.name, about.join("\n"));
    }

    /// As [`Law::done`], where some panels have nothing to ask.
    pub fn done_in_most(mut self) {
        self.tried *= 3;
        self.done();
    }

    pub fn done(self) {
        println!("{}: held {} times", self.name, self.tried);
        assert!(self.tried as u64 >= runs(), "{}: only tried {} times", self.name, self.tried);
    }
}

/// Panels and queries, one after the other.
pub fn each(seed: u64, mut f: impl FnMut(&Panel, &mut Rng, &Features)) {
    let features = Features::chosen();
    for i in 0..runs() {
        let mut rng = Rng::with_seed(seed * 7_919 + i);
        let panel = Panel::random(&mut rng, &features);
        f(&panel, &mut rng, &features);
    }
}

fn queries(panel: &Panel, rng: &mut Rng, features: &Features, fits: &dyn Fn(&Query) -> bool) -> Vec<String> {
    let mut all = Vec::new();
    while all.len() < 3 {
        let query = Maker { panel, rng, features, names: 0 }.query();
        if fits(&query) {
            all.push(script(&query));
        }
    }
    all
}

fn any(expr: &Expr, what: &dyn Fn(&Expr) -> bool) -> bool {
    what(expr) || expr.parts().into_iter().any(|p| any(p, what))
}

fn told_again(name: &str, seed: u64, tell: impl Fn(&Panel, &mut Rng) -> Program) {
    let mut law = Law { name, tried: 0 };
    each(seed, |panel, rng, features| {
        let mut told = tell(panel, rng);
        for query in queries(panel, rng, features, &|_| true) {
            law.check((&mut Program::of(panel), &query), (&mut told, &query), &panel.text());
        }
    });
    law.done();
}

pub fn text_of(lines: &[String]) -> Vec<u8> {
    (lines.join("\n") + "\n").into_bytes()
}

pub fn lines(panel: &Panel) -> Vec<String> {
    panel.text().lines().map(String::from).collect()
}

#[test]
fn the_order_of_rows_is_no_matter() {
    told_again("shuffled rows", 1, |panel, rng| {
        let mut lines = lines(panel);
        rng.shuffle(&mut lines[1..]);
        Program::with(&[("d.csv", text_of(&lines))], &panel.load("d.csv"))
    });
}

#[test]
fn the_order_of_columns_is_no_matter() {
    told_again("shuffled columns", 2, |panel, rng| {
        let mut order: Vec<usize> = (0..1 + panel.dims.len() + panel.measures.len()).collect();
        rng.shuffle(&mut order);
        let turn = |line: &String| {
            let cells: Vec<&str> = line.split(',').collect();
            order.iter().map(|i| cells[*i]).collect::<Vec<_>>().join(",")
        };
        let lines: Vec<String> = lines(panel).iter().map(turn).collect();
        Program::with(&[("d.csv", text_of(&lines))], &panel.load("d.csv"))
    });
}

#[test]
fn a_file_in_two_is_the_file() {
    told_again("two files", 3, |panel, rng| {
        let lines = lines(panel);
        let cut = rng.usize(1..lines.len());
        let (first, mut second) = (lines[..=cut].to_vec(), vec![lines[0].clone()]);
        second.extend_from_slice(&lines[cut + 1..]);
        let mut files = vec![("d1.csv", text_of(&first))];
        if second.len() > 1 {
            files.push(("d2.csv", text_of(&second)));
        }
        Program::with(&files, &panel.load("d*.csv"))
    });
}

#[test]
fn a_packed_file_is_the_file() {
    told_again("gzip", 4, |panel, _| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(panel.text().as_bytes()).unwrap();
        Program::with(&[("d.csv.gz", packer.finish().unwrap())], &panel.load("d.csv.gz"))
    });
}

#[test]
fn a_declared_scale_is_no_matter() {
    told_again("thousands in place of millions", 5, |panel, _| {
        let mut other = panel.clone();
        other.rows.iter_mut().for_each(|r| r.cells[0] = r.cells[0].map(|c| c * 1000));
        other.measures[0].unit = other.measures[0].unit.map(|_| "thousand USD");
        // Without a declared unit there is no scale.
        if panel.measures[0].unit.is_none() { Program::of(panel) } else { Program::of(&other) }
    });
}

#[test]
fn names_of_labels_are_no_matter() {
    let mut law = Law { name: "renamed labels", tried: 0 };
    let renamed = |text: &str| {
        let names = [("USA", "Utopia"), ("JPN", "Ruritania"), ("BRA", "Lilliput"), ("VNM", "Laputa"), ("IND", "Oz")];
        let more = [("CHN", "Freedonia"), ("KOR", "Sylvania"), ("MEX", "Brobdingnag")];
        names.iter().chain(&more).fold(text.to_string(), |text, (a, b)| text.replace(a, b))
    };
    each(6, |panel, rng, features| {
        let mut other = Program::with(&[("d.csv", renamed(&panel.text()).into_bytes())], &panel.load("d.csv"));
        for query in queries(panel, rng, features, &|_| true) {
            let told = renamed(&query);
            let (a, b) = (rows(&Program::of(panel).ask(&query)), rows(&other.ask(&told)));
            law.tried += usize::from(a.is_ok());
            let a = a.map(|a| a.into_iter().map(|(k, v)| (renamed(&k), v)).collect::<Rows>());
            assert!(same(&a, &b, 1e6), "{}\n{query}\n{a:?}\n{b:?}", panel.text());
        }
    });
    law.done();
}

/// Filters by `!=` add up what is left, total or not; what the program makes of that beside a total is its own test.
fn plain(query: &Query) -> bool {
    let text = script(query);
    !text.contains("!=") && !text.contains("not among")
}

#[test]
fn a_total_row_changes_no_answer() {
    let mut law = Law { name: "a total row", tried: 0 };
    each(7, |panel, rng, features| {
        let mut parts = panel.clone();
        parts.rows.retain(|r| !panel.is_total(r));
        for at in 0..parts.dims.len() {
            let mut with = parts.clone();
            with.add_total(at);
            let (mut without, mut with) = (Program::of(&parts), Program::of(&with));
            for query in queries(&parts, rng, features, &plain) {
                law.check((&mut without, &query), (&mut with, &query), &parts.text());
            }
        }
    });
    law.done();
}

#[test]
fn a_group_with_its_members_changes_no_answer() {
    let mut law = Law { name: "a group of members", tried: 0 };
    each(8, |panel, rng, features| {
        let Some(at) = panel.dims.iter().position(|d| d.name == "partner") else { return };
        let mut parts = panel.clone();
        parts.rows.retain(|r| !panel.is_total(r));
        // Two members of the European Union, the others not.
        let members = [(parts.dims[at].labels[0], "DEU"), (parts.dims[at].labels[1], "FRA")];
        for (old, new) in members {
            parts.dims[at].labels.iter_mut().filter(|l| **l == old).for_each(|l| *l = new);
            parts.rows.iter_mut().filter(|r| r.labels[at] == old).for_each(|r| r.labels[at] = new);
        }
        let mut with = parts.clone();
        let mut group: BTreeMap<(Span, Vec<&'static str>), Row> = BTreeMap::new();
        for row in parts.rows.iter().filter(|r| ["DEU", "FRA"].contains(&r.labels[at])) {
            let mut labels = row.labels.clone();
            labels[at] = "EU27_2020";
            let empty = || Row { labels: labels.clone(), span: row.span, cells: vec![None; row.cells.len()] };
            let sum = group.entry((row.span, labels.clone())).or_insert_with(empty);
            for (sum, cell) in sum.cells.iter_mut().zip(&row.cells) {
                *sum = cell.map_or(*sum, |c| Some(sum.unwrap_or(0) + c));
            }
        }
        with.rows.extend(group.into_values());
        let (mut without, mut with) = (Program::of(&parts), Program::of(&with));
        for query in queries(&parts, rng, features, &plain) {
            law.check((&mut without, &query), (&mut with, &query), &parts.text());
        }
    });
    // About a third of the panels have no partners.
    law.tried *= 2;
    law.done();
}

#[test]
fn a_label_of_zeros_changes_no_sum_share_or_concentration() {
    let mut law = Law { name: "a label of zeros", tried: 0 };
    let fits = |query: &Query| {
        !any(&query.expr, &|x| matches!(x, Expr::Call(Op::Min | Op::Max | Op::Average, over, ..) if !over.is_empty()))
            && !any(&query.expr, &|x| matches!(x, Expr::Call(Op::Rank, ..)))
    };
    each(9, |panel, rng, features| {
        let Some(at) = panel.dims.iter().position(|d| d.name == "partner") else { return };
        let mut with = panel.clone();
        for row in panel.rows.iter().filter(|r| r.labels[at] == panel.dims[at].labels[0]) {
            let mut zero = row.clone();
            zero.labels[at] = "CHL";
            zero.cells.iter_mut().for_each(|c| *c = Some(0));
            with.rows.push(zero);
        }
        let (mut without, mut with) = (Program::of(panel), Program::of(&with));
        for query in queries(panel, rng, features, &fits) {
            // Which missing cells have a row is no matter here.
            let numbers = |r: Result<Rows, String>| {
                r.map(|r| r.into_iter().filter(|(k, v)| v.is_ok() && !k.contains("CHL")).collect::<Rows>())
            };
            let (a, b) = (numbers(rows(&without.ask(&query))), numbers(rows(&with.ask(&query))));
            law.tried += usize::from(a.is_ok());
            assert!(same(&a, &b, 1e6), "{query}\n{a:?}\n{b:?}\n{}", panel.text());
        }
    });
    law.tried *= 2;
    law.done();
}

#[test]
fn parts_add_up_to_the_whole() {
    let mut law = Law { name: "parts and whole", tried: 0 };
    each(10, |panel, rng, features| {
        let mut program = Program::of(panel);
        for dim in &panel.dims {
            let x = Maker { panel, rng, features, names: 0 }.part(2);
            let (text, year) = (Query::bare(x).to_string(), Span::year(panel.range().unwrap().first.div_euclid(12)));
            let whole = program.ask(&format!("({text}) for {year}"));
            let parts = program.ask(&format!("({text}) by {} for {year}", dim.name));
            let (Ok(whole), Ok(parts)) = (rows(&whole), rows(&parts)) else { continue };
            let sum: f64 = parts.values().flatten().sum();
            let shares = rows(&program.ask(&format!("share of ({text}) by {} for {year}", dim.name)));
            let shares: f64 = shares.into_iter().flat_map(|s| s.into_values().flatten()).sum();
            for x in whole.values().flatten() {
                assert!(
                    (sum - x).abs() <= 1e-9 * x.abs().max(1e6),
                    "{text} by {}: {sum}, {x}\n{}",
                    dim.name,
                    panel.text()
                );
                let adds = (shares - 100.0).abs() < 1e-6 || *x <= 0.0;
                assert!(adds, "shares of {text} by {}: {shares}\n{}", dim.name, panel.text());
                law.tried += 1;
            }
        }
    });
    law.done();
}

#[test]
fn an_answer_for_a_period_is_that_of_its_rows_alone() {
    let mut law = Law { name: "only the rows of the period", tried: 0 };
    each(11, |panel, rng, features| {
        let year = Span::year(panel.range().unwrap().first.div_euclid(12));
        let mut only = panel.clone();
        only.rows.retain(|r| year.holds(r.span));
        for dim in panel.dims.iter().map(|d| format!("by {}", d.name)).chain([String::new()]) {
            let x = Query::bare(Maker { panel, rng, features, names: 0 }.part(2));
            let query = format!("({x}) {dim} for {year}");
            law.check((&mut Program::of(panel), &query), (&mut Program::of(&only), &query), &panel.text());
        }
    });
    law.done();
}

#[test]
fn growth_of_an_index_is_growth() {
    let mut law = Law { name: "growth of an index", tried: 0 };
    each(12, |panel, rng, features| {
        let range = panel.range().unwrap();
        let steps: Vec<Span> = panel.rows.iter().map(|r| r.span).collect();
        let (a, b, base) = (*rng.choice(&steps).unwrap(), *rng.choice(&steps).unwrap(), range.steps(panel.step)[0]);
        let x = Query::bare(Maker { panel, rng, features, names: 0 }.part(1));
        let mut program = Program::of(panel);
        let based = rows(&program.ask(&format!("({x}) for {base}")));
        let positive = based.is_ok_and(|b| b.values().all(|v| v.as_ref().is_ok_and(|v| *v > 0.0)));
        if a.first >= b.first || !positive {
            return;
        }
        let growth = format!("growth of ({x}) from {a} to {b}");
        let indexed = format!("growth of (index of ({x}) with {base} = 100) from {a} to {b}");
        let (first, second) = (rows(&program.ask(&growth)), rows(&program.ask(&indexed)));
        law.tried += 1;
        assert!(same(&first, &second, 1.0), "{growth}\n{first:?}\n{indexed}\n{second:?}\n{}", panel.text());
    });
    law.tried *= 4;
    law.done();
}

#[test]
fn like_for_like_growth_of_a_balanced_panel_is_growth() {
    let mut law = Law { name: "like for like", tried: 0 };
    each(13, |panel, _, _| {
        let years: Vec<Span> = panel.range().unwrap().steps(12);
        let missing = |y: &Span| y.steps(panel.step).iter().any(|s| !panel.rows.iter().any(|r| r.span == *s));
        let whole: Vec<&Span> = years.iter().filter(|y| !missing(y)).collect();
        let mut program = Program::of(panel);
        for pair in whole.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            for by in panel.dims.iter().map(|d| format!(" by {}", d.name)).chain([String::new()]) {
                let growth = format!("growth of exports from {a} to {b}{by}");
                let like = format!("like-for-like {growth}");
                let (first, second) = (rows(&program.ask(&growth)), rows(&program.ask(&like)));
                law.tried += 1;
                assert!(same(&first, &second, 1.0), "{growth}\n{first:?}\n{second:?}\n{}", panel.text());
            }
        }
    });
    law.done();
}

#[test]
fn the_order_of_clauses_is_no_matter() {
    let mut law = Law { name: "the order of clauses", tried: 0 };
    each(14, |panel, rng, features| {
        let mut program = Program::of(panel);
        for _ in 0..3 {
            let query = Maker { panel, rng, features, names: 0 }.query();
            let bare = Query::bare(query.expr.clone());
            let whole = query.to_string();
            let start = bare.to_string();
            let mut clauses: Vec<String> = Vec::new();
            if !query.filters.is_empty() {
                let only = Query { filters: query.filters.clone(), ..bare.clone() }.to_string();
                clauses.push(only[start.len()..].to_string());
            }
            if !query.by.is_empty() || query.every.is_some() {
                let keys = query.by.iter().copied().chain(query.every.map(step_word));
                clauses.push(format!(" by {}", keys.collect::<Vec<_>>().join(", ")));
            }
            match query.time {
                Some(Time::For(p)) => clauses.push(format!(" for {p}")),
                Some(Time::FromTo(a, b)) => clauses.push(format!(" from {a} to {b}")),
                None => {}
            }
            clauses.extend(query.base.map(|b| format!(" with {b} = 100")));
            rng.shuffle(&mut clauses);
            let mut names = Vec::new();
            query.expr.names(&mut names);
            let lead = names.iter().map(|n| format!("{n}\n")).collect::<String>();
            let (first, second) = (format!("{lead}{whole}"), format!("{lead}{start}{}", clauses.concat()));
            let (a, b) = (rows(&program.ask(&first)), rows(&program.ask(&second)));
            law.tried += usize::from(a.is_ok());
            assert!(same(&a, &b, 1.0), "{first}\n{a:?}\n{second}\n{b:?}\n{}", panel.text());
        }
    });
    law.done();
}

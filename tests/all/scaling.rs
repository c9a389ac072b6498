//! Twice the rows and groups cost at most twice as much and a little: no query reads its data once for each group, and
//! none compares everything with everything. What is counted is the same at each run: rows of data looked at, and memory
//! asked for, in pieces and in bytes. Time is not counted.

use super::pollution::Memory;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use tradeql::data::Budget;
use tradeql::session::{Body, Files, Mode, Session};

/// Products of the smallest table.
const PRODUCTS: usize = 24;
/// How much more twice as much may cost.
const MOST: f64 = 2.2;

/// What is asked: the operator, the query, and clauses that choose among its results.
pub(super) const FORMS: &[(&str, &str)] = &[
    ("", "v by hs, partner for 2021"),
    ("", "v by hs, partner, year"),
    ("", "v / w by hs, partner for 2021"),
    ("", "v - u by hs, partner for 2021"),
    ("", "v as share of v across partner by hs, partner for 2021"),
    ("", "v as share of v across hs by hs, partner for 2021"),
    ("", "(v as share of v across hs) / (v across reporter as share of v across reporter, hs) by hs, partner for 2021"),
    ("", "v > u by hs, partner for 2021"),
    ("growth", "growth of v by hs, partner from 2018 to 2021"),
    ("growth", "growth of (v / w) by hs, partner from 2018 to 2021"),
    ("change", "change of v by hs, partner from 2018 to 2021"),
    ("log growth", "log growth of v by hs, partner from 2018 to 2021"),
    ("cagr", "cagr of v by hs, partner from 2018 to 2021"),
    ("annualised growth", "annualised growth of v by hs, partner from 2018 to 2021"),
    ("trend growth", "trend growth of v by hs, partner from 2018 to 2021"),
    ("growth contributions", "growth contributions of v by hs, partner from 2018 to 2021"),
    ("contribution shares", "contribution shares of v by hs, partner from 2018 to 2021"),
    ("like-for-like growth", "like-for-like growth of v by hs, partner from 2018 to 2021"),
    ("like-for-like change", "like-for-like change of v by hs, partner from 2018 to 2021"),
    ("like-for-like yoy growth", "like-for-like yoy growth of v by hs, partner from 2019 to 2021"),
    ("yoy growth", "yoy growth of v by hs, partner from 2019 to 2021"),
    ("yoy change", "yoy change of v by hs, partner from 2019 to 2021"),
    ("qoq growth", "qoq growth of m.v by hs, partner from 2021-Q1 to 2021-Q4"),
    ("qoq change", "qoq change of m.v by hs, partner from 2021-Q1 to 2021-Q4"),
    ("mom growth", "mom growth of m.v by hs, partner from 2021-01 to 2021-12"),
    ("mom change", "mom change of m.v by hs, partner from 2021-01 to 2021-12"),
    ("N-month growth", "6-month growth of m.v by hs, partner from 2021-01 to 2021-12"),
    ("N-month change", "6-month change of m.v by hs, partner from 2021-01 to 2021-12"),
    ("N-month lag", "2-year lag of v by hs, partner from 2020 to 2021"),
    ("N-month lead", "2-year lead of v by hs, partner from 2018 to 2019"),
    ("N-month sum", "3-month sum of m.v by hs, partner from 2021-01 to 2021-12"),
    ("N-month average", "3-month average of m.v by hs, partner from 2021-01 to 2021-12"),
    ("centred N-month average", "centred 12-month average of m.v by hs, partner from 2020-07 to 2021-06"),
    ("ytd sum", "ytd sum of m.v by hs, partner from 2021-01 to 2021-12"),
    ("cumulative sum", "cumulative sum of v by hs, partner from 2018 to 2021"),
    ("cumulative max", "cumulative max of v by hs, partner from 2018 to 2021"),
    ("cumulative min", "cumulative min of v by hs, partner from 2018 to 2021"),
    ("cumulative product", "cumulative product of (v / 1-year lag of v) by hs, partner from 2019 to 2021"),
    ("trend", "trend of (v by year from 2018 to 2020) by hs, partner for 2021"),
    ("index", "index of v with 2018 = 100 by hs, partner from 2018 to 2021"),
    ("log", "log of v by hs, partner for 2021"),
    ("exponential", "exponential of log of (v / w) by hs, partner for 2021"),
    ("square root", "square root of (v / (v for 2018)) by hs, partner for 2021"),
    ("absolute value", "absolute value of (v - u) by hs, partner for 2021"),
    ("smaller", "smaller of v and (2 * v) by hs, partner for 2021"),
    ("larger", "larger of v and (2 * v) by hs, partner for 2021"),
    ("average", "average of v by hs, partner from 2018 to 2021"),
    ("average", "average over partner of v by hs, reporter for 2021"),
    ("sum", "sum of v by hs, partner from 2018 to 2021"),
    ("sum", "sum over partner of v by hs, reporter for 2021"),
    ("min", "min of v by hs, partner from 2018 to 2021"),
    ("max", "max over partner of v by hs, reporter for 2021"),
    ("first", "first of v by hs, partner from 2018 to 2021"),
    ("last", "last of v by hs, partner from 2018 to 2021"),
    ("count", "count over partner of v by hs, reporter for 2021"),
    ("median", "median over partner of v by hs, reporter for 2021"),
    ("Nth percentile", "90th percentile over partner of v by hs, reporter for 2021"),
    ("stdev", "stdev of v by hs, partner from 2018 to 2021"),
    ("share", "share of v by hs, partner for 2021"),
    ("rank", "rank over partner of v by hs, partner for 2021"),
    ("rank", "rank over hs of v by hs, partner for 2021"),
    ("cumulative share", "cumulative share over partner of v by hs, partner for 2021"),
    ("cumulative share", "cumulative share over hs of v by hs, partner for 2021"),
    ("hhi", "hhi over partner of v by hs, reporter for 2021"),
    ("hhi", "hhi over hs of v by partner, reporter for 2021"),
    ("normalised hhi", "normalised hhi over partner of v by hs, reporter for 2021"),
    ("theil", "theil over partner of v by hs, reporter for 2021"),
    ("entropy", "entropy over partner of v by hs, reporter for 2021"),
    ("gini", "gini over partner of v by hs, reporter for 2021"),
    ("corrected gini", "corrected gini over partner of v by hs, reporter for 2021"),
    ("eci", "eci over hs of v by reporter for 2021"),
    ("pci", "pci over reporter of v by hs for 2021"),
    ("proximity", "proximity over reporter of v by hs for 2021"),
    ("density", "density over hs of v by reporter for 2021"),
    ("correlation", "correlation of v and w by hs, partner from 2018 to 2021"),
    ("correlation", "correlation over partner of v and w by hs, reporter for 2021"),
    ("slope", "slope of v and w by hs, partner from 2018 to 2021"),
    ("weighted average", "weighted average over partner of (v / w) and w by hs, reporter for 2021"),
    ("daily average", "daily average of v by hs, partner for 2021"),
    ("annualised sum", "annualised sum of m.v by hs, partner for Jan..Jun 2021"),
    ("seasonally annualised sum", "seasonally annualised sum of m.v by hs, partner for Jan..Jun 2021"),
    ("mirror", "mirror of v by hs, partner for 2021"),
    ("splice", "splice of (v from 2018 to 2019) and v by hs, partner for 2021"),
    ("streak", "streak of (v > u) by hs, partner for 2021"),
    ("seasonal adjustment", "seasonal adjustment of m.v by hs, partner for 2021-06"),
];

/// Choices among results, each put behind a form.
const CHOICES: &[&str] = &["", " top 2"];

/// What is known to grow faster: beginnings of queries, and why.
const KNOWN: &[(&str, &str)] = &[("proximity ", "it compares each product with each")];

/// Countries, for other texts may name groups of them, of which rests are asked one by one.
const REPORTERS: [&str; 3] = ["CHN", "DEU", "USA"];
const PARTNERS: [&str; 4] = ["ESP", "FRA", "ITA", "JPN"];

/// Years of trade of three countries with four partners, or three years of months of one with two.
fn table(products: usize, monthly: bool) -> String {
    let mut text = String::from("period,reporter,partner,hs,v,u,w\n");
    let mut rng = fastrand::Rng::with_seed(3);
    let periods: Vec<String> = match monthly {
        false => (2018..2022).map(|y| y.to_string()).collect(),
        true => (2019..2022).flat_map(|y| (1..13).map(move |m| format!("{y}-{m:02}"))).collect(),
    };
    let (reporters, partners) = if monthly { (1, 2) } else { (3, 4) };
    for period in &periods {
        for (r, p) in (0..reporters).flat_map(|r| (0..partners).map(move |p| (r, p))) {
            for k in 0..products {
                // Sorted codes of chapters, as in files of trade.
                let code = format!("{:02}{:02}{:02}", 1 + k / 1600, 10 + k / 40 % 40, 10 + k % 40);
                let mut value = || rng.u32(1..100_000);
                let _ = writeln!(
                    text,
                    "{period},{},{},{code},{},{},{}",
                    REPORTERS[r],
                    PARTNERS[p],
                    value(),
                    value(),
                    value()
                );
            }
        }
    }
    text
}

fn session(products: usize) -> Session {
    let files = Memory::default();
    files.write(Path::new("d.csv"), table(products, false).as_bytes()).unwrap();
    files.write(Path::new("m.csv"), table(products / 4, true).as_bytes()).unwrap();
    let mut session = Session::new(Box::new(files), Path::new(""));
    let with = "with { v from v: flow in USD\n u from u: flow in USD\n w from w: flow in kg }";
    run(&mut session, &format!("load \"m.csv\" as m {with}\nload \"d.csv\" as d {with}\n"));
    session
}

/// How many cells are answered.
fn run(session: &mut Session, script: &str) -> usize {
    let mut cells = 0;
    session.run("script", script, Mode::Run, &mut |_, response| {
        assert!(!response.failed(), "{script}: {:?}", response.diagnostics);
        if let Some(Body::Value(value)) = &response.body {
            cells += value.rows.len();
        }
        true
    });
    cells
}

/// Rows of data looked at, pieces and bytes of memory, and what all of these may grow with: rows and cells of the answer.
fn cost(session: &mut Session, products: usize, script: &str) -> ([u64; 3], usize) {
    session.budget = Budget::default().with_threads(1).counting();
    let mut cells = 0;
    let memory = allocation_counter::measure(|| cells = run(session, script));
    ([session.budget.looked(), memory.count_total, memory.bytes_total], products * 48 + cells)
}

/// What grows faster than its data, in words.
fn superlinear(sessions: &mut [Session], script: impl Fn(usize) -> String) -> Vec<String> {
    let mut found = Vec::new();
    let costs: Vec<([u64; 3], usize)> = (0u32..)
        .zip(sessions)
        .map(|(at, session)| {
            let products = PRODUCTS << at;
            cost(session, products, &script(products))
        })
        .collect();
    for (at, what) in ["rows looked at", "pieces of memory", "bytes of memory"].iter().enumerate() {
        let ratio = |i: usize| {
            let ((x, n), (y, m)) = (costs[i], costs[i + 1]);
            (y[at] as f64 / x[at] as f64) / (m as f64 / n as f64) * 2.0
        };
        if ratio(0) > MOST || ratio(1) > MOST {
            let counts: Vec<u64> = costs.iter().map(|c| c.0[at]).collect();
            found.push(format!("{what} {counts:?}: {:.2}, {:.2} times: {}", ratio(0), ratio(1), script(PRODUCTS)));
        }
    }
    found
}

fn sessions() -> Vec<Session> {
    (0..3).map(|at| session(PRODUCTS << at)).collect()
}

/// The queries of all forms; those of a family whose operators differ in a formula only are made of its names.
fn forms() -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> =
        FORMS.iter().map(|(name, form)| (name.to_string(), form.to_string())).collect();
    for entry in tradeql::operators::all() {
        let name = entry.name;
        if entry.has_season && name != "seasonal adjustment" {
            out.push((name.into(), format!("{name} of m.v by hs, partner for 2021-06")));
        }
        if is_index_number(name) && ["laspeyres price", "chained fisher volume"].iter().any(|n| name.starts_with(n)) {
            let query = format!("{name} over partner of v and w by hs, reporter with 2019 = 100 for 2021");
            out.push((name.into(), query));
        }
    }
    out
}

/// Index numbers have one body and differ in a formula of two periods.
fn is_index_number(name: &str) -> bool {
    name.ends_with(" price index") || name.ends_with(" volume index")
}

/// The same of the table of years, where it names no other.
fn of_years(query: &str) -> String {
    let word = |word: &str| match word.trim_matches(['(', ')']) {
        column @ ("v" | "u" | "w") => word.replace(column, &format!("d.{column}")),
        _ => word.to_string(),
    };
    query.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn twice_the_groups_cost_no_more_than_twice_whatever_the_operator() {
    let mut sessions = sessions();
    let mut found = Vec::new();
    for (name, form) in forms() {
        // What is costly on its own chooses like the others.
        let choices = if name.contains("stl") { &CHOICES[..1] } else { CHOICES };
        for choice in choices {
            let script = of_years(&format!("{form}{choice}"));
            if KNOWN.iter().any(|(begin, _)| script.starts_with(begin)) {
                continue;
            }
            let mut more = superlinear(&mut sessions, |_| script.clone());
            // What is found out of the data once and remembered may fall on one of the three.
            if !more.is_empty() {
                more = superlinear(&mut sessions, |_| script.clone());
            }
            more.iter().for_each(|m| eprintln!("{m}"));
            found.extend(more);
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_operator_has_a_form() {
    let known: BTreeSet<String> = forms().into_iter().map(|f| f.0).collect();
    let lacks: Vec<&str> =
        tradeql::operators::all().map(|e| e.name).filter(|n| !known.contains(*n) && !is_index_number(n)).collect();
    assert!(lacks.is_empty(), "{lacks:?}");
}

#[test]
fn what_many_names_stand_for_is_read_once() {
    let mut session = session(PRODUCTS);
    let mut looked = |links: usize| {
        let links: Vec<String> = (1..=links).map(|n| format!("let x{n} = x{} + d.v", n - 1)).collect();
        let script = format!("let x0 = d.v\n{}\nx{} by hs, partner for 2021", links.join("\n"), links.len());
        cost(&mut session, PRODUCTS, &script).0[0]
    };
    // What is remembered of the data is asked for once.
    looked(1);
    // The number of rows does not depend on how many links there are.
    assert_eq!(looked(32), looked(4));
    assert_eq!(looked(200), looked(4));
}

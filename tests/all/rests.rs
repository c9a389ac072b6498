//! What `top` leaves out of many groups: each rest is what arithmetic on the rows gives, and what the group gives when it
//! is asked for alone.

use super::pollution::Memory;
use fastrand::Rng;
use std::collections::BTreeMap;
use std::path::Path;
use tradeql::session::{Body, Files, Mode, Session};
use tradeql::value::Value;

const GROUPS: usize = 40;
const LABELS: usize = 6;

/// By group, label and year; some are missing.
type Panel = BTreeMap<(usize, usize, i32), Option<i64>>;

fn panel(rng: &mut Rng) -> Panel {
    let mut out = Panel::new();
    for (group, label) in (0..GROUPS).flat_map(|g| (0..LABELS).map(move |l| (g, l))) {
        for year in [2020, 2021] {
            if rng.u32(0..12) > 0 {
                let value = (rng.u32(0..20) > 0).then(|| rng.i64(1..1000));
                out.insert((group, label, year), value);
            }
        }
    }
    out
}

fn session(panel: &Panel) -> Session {
    loaded(panel, false)
}

/// The panel, and rows of the total of all codes beside it.
fn loaded(panel: &Panel, totals: bool) -> Session {
    let mut text = String::from("year,hs,reporter,value,weight\n");
    for ((group, label, year), value) in panel {
        let weight = value.map(|v| (v % 7 + 1).to_string()).unwrap_or_default();
        let value = value.map(|v| v.to_string()).unwrap_or_default();
        text += &format!("{year},{}01,P{label},{value},{weight}\n", code(*group));
    }
    let mut sums: BTreeMap<(usize, i32), (i64, i64)> = BTreeMap::new();
    for ((_, label, year), value) in panel.iter().filter_map(|(key, value)| Some((key, (*value)?))) {
        let (values, weights) = sums.entry((*label, *year)).or_default();
        (*values, *weights) = (*values + value, *weights + value % 7 + 1);
    }
    for ((label, year), (value, weight)) in sums.into_iter().filter(|_| totals) {
        text += &format!("{year},TOTAL,P{label},{value},{weight}\n");
    }
    let files = Memory::default();
    files.write(Path::new("f.csv"), text.as_bytes()).unwrap();
    let mut session = Session::new(Box::new(files), Path::new(""));
    let load = "load \"f.csv\" as d with { value from value: flow in USD\n weight from weight: flow in kg }";
    session.run("setup", load, Mode::Run, &mut |_, r| {
        assert!(!r.failed(), "{:?}", r.diagnostics);
        true
    });
    session
}

fn code(group: usize) -> String {
    format!("{}{:02}", 10 + group / 10, group % 10)
}

/// By labels and period, the number of each row and its marks.
fn ask(session: &mut Session, query: &str) -> BTreeMap<Vec<String>, (Option<f64>, String)> {
    let mut found = None;
    session.run("query", query, Mode::Run, &mut |_, r| {
        match r.body {
            Some(Body::Value(value)) => found = Some(value),
            _ => panic!("{query}: {:?}", r.diagnostics),
        }
        true
    });
    let value: Value = found.unwrap();
    let key = |r: &tradeql::value::Row| {
        let labels = r.key().iter().zip(&value.dims).map(|(k, d)| d.label(*k).to_string());
        labels.chain(r.period().map(|p| p.to_string())).collect()
    };
    value.rows.iter().map(|r| (key(r), (r.datum().ok(), format!("{:?}", r.flags())))).collect()
}

#[test]
fn rests_of_many_groups_are_those_of_each_group_alone() {
    let mut rng = Rng::with_seed(11);
    for round in 0..4 {
        let mut session = loaded(&panel(&mut rng), round % 2 == 1);
        for (query, clause) in [
            ("growth of value by hs4, reporter from 2020 to 2021", "top 2"),
            ("growth of value by hs4, reporter from 2020 to 2021", "bottom 1"),
            ("yoy growth of value by hs4, reporter for 2021", "top 2"),
            ("value / weight by hs4, reporter for 2020", "top 2"),
            ("value by hs4, reporter for 2020", "top 2"),
            ("(value > 300 USD) by hs4, reporter for 2020", "top 2"),
            ("value / (value across reporter) by hs4, reporter for 2020", "top 2"),
            (
                "(value as share of value across reporter) * (value as share of value across reporter) by hs4, reporter for 2020",
                "top 2",
            ),
            ("value / weight by hs4, reporter, year from 2020 to 2021", "top 2 over reporter"),
            // A whole over the groups is another for each of them.
            ("value as share of value across hs by hs4, reporter for 2020", "top 2"),
            (
                "value as share of (value across hs where reporter != P1) by hs4, reporter, year from 2020 to 2021",
                "top 1",
            ),
            ("(value across hs / weight across hs) * value / value by hs4, reporter for 2020", "top 2"),
            ("change of (value as share of value across hs) by hs4, reporter from 2020 to 2021", "bottom 2"),
            ("value / (value across hs) by hs4, reporter for 2020", "top 2"),
        ] {
            let all = ask(&mut session, &format!("{query} {clause}"));
            assert!(all.keys().any(|k| k.contains(&"rest".to_string())), "{query}");
            for group in 0..GROUPS {
                let alone = ask(&mut session, &format!("({query}) where hs4 = {} {clause}", code(group)));
                for (key, cell) in alone {
                    assert_eq!(all.get(&key), Some(&cell), "{query} {clause}: {key:?}");
                }
            }
        }
    }
}

#[test]
fn the_whole_of_a_rest_is_without_what_its_group_keeps() {
    let mut rng = Rng::with_seed(13);
    let panel = panel(&mut rng);
    let mut session = session(&panel);
    let all = ask(&mut session, "value as share of value across hs by hs4, reporter for 2021 top 2");
    let mut found = 0;
    for group in 0..GROUPS {
        let kept = |label: usize| {
            all.keys().any(|k| *k.first().unwrap() == code(group) && k.get(1) == Some(&format!("P{label}")))
        };
        let sum = |groups: std::ops::Range<usize>| -> i64 {
            let each = groups.flat_map(|g| (0..LABELS).map(move |l| (g, l))).filter(|(_, l)| !kept(*l));
            each.filter_map(|(g, l)| panel.get(&(g, l, 2021)).copied().flatten()).sum()
        };
        let Some((_, (rest, _))) = all.iter().find(|(k, _)| k[0] == code(group) && k[1] == "rest") else { continue };
        // Those that are left in the group, over those in all groups.
        let share = 100.0 * sum(group..group + 1) as f64 / sum(0..GROUPS) as f64;
        assert!(rest.is_some_and(|x| (x - share).abs() < 1e-9 * share.max(1.0)), "{group}: {rest:?} {share}");
        found += 1;
    }
    assert!(found > GROUPS / 2, "{found}");
}

#[test]
fn rests_of_many_groups_are_what_arithmetic_gives() {
    let mut rng = Rng::with_seed(12);
    let panel = panel(&mut rng);
    let mut session = session(&panel);
    let all = ask(&mut session, "growth of value by hs4, reporter from 2020 to 2021 top 2");
    for group in 0..GROUPS {
        let kept = |label: usize| {
            all.keys().any(|k| *k.first().unwrap() == code(group) && k.get(1) == Some(&format!("P{label}")))
        };
        let sum = |year: i32| -> Option<i64> {
            let of = (0..LABELS).filter(|l| !kept(*l)).filter_map(|l| panel.get(&(group, l, year)).copied().flatten());
            of.reduce(|a, b| a + b)
        };
        let Some((_, (rest, _))) = all.iter().find(|(k, _)| k[0] == code(group) && k[1] == "rest") else { continue };
        let (before, after) = (sum(2020), sum(2021));
        let growth = before.zip(after).map(|(b, a)| 100.0 * (a as f64 / b as f64 - 1.0));
        match (rest, growth) {
            (Some(x), Some(y)) => assert!((x - y).abs() < 1e-9 * y.abs().max(1.0), "{group}: {x} {y}"),
            (None, None) => {}
            (x, y) => panic!("{group}: {x:?} {y:?}"),
        }
    }
}

//! Laws of what chooses among results and of labels that are no codes: asked in one query, or told by a column of its own
//! and picked out of the rows by hand.

use super::compare::{Program, Said, script};
use super::generate::Maker;
use super::laws::{Law, Rows, each, lines, rows, text_of};
use super::panel::{Panel, Span};
use super::query::{Expr, Filter, Op, Query};
use fastrand::Rng;
use serde_json::Value as Json;

/// The zones that countries are put into; not every country is in one.
const ZONES: [(&str, &[&str]); 2] = [("East", &["JPN", "VNM", "IND", "KOR"]), ("West", &["USA", "BRA"])];

fn zone(label: &str, none: &'static str) -> &'static str {
    ZONES.iter().find(|(_, members)| members.contains(&label)).map_or(none, |(zone, _)| zone)
}

/// What the panel says, with a column more that is made of its labels.
fn with_column(panel: &Panel, name: &str, of: &dyn Fn(&[&str]) -> &'static str) -> Vec<u8> {
    let mut all = lines(panel);
    all[0] += &format!(",{name}");
    for (line, row) in all.iter_mut().skip(1).zip(&panel.rows) {
        *line += &format!(",{}", of(&row.labels));
    }
    text_of(&all)
}

/// The same declaration, with a word on rows of the new column that are not there.
fn declared(panel: &Panel, dim: &str, name: &str) -> String {
    let zero = panel.dims.iter().any(|d| d.name == dim && d.absent_is_zero);
    let absent = if zero { format!("absent {name} = zero") } else { format!("absent {name} = missing") };
    match panel.load("d.csv").trim_end() {
        load if load.ends_with('}') => load.replace(" }", &format!(", {absent} }}")) + "\n",
        load => format!("{load} with {{ {absent} }}\n"),
    }
}

/// Whether an operator or `across` uses a dimension up.
fn uses_up(expr: &Expr, dim: &str) -> bool {
    let own = matches!(expr, Expr::Call(_, over, _, _) | Expr::Across(_, over) if over.contains(&dim));
    own || expr.parts().into_iter().any(|p| uses_up(p, dim))
}

fn has_call(expr: &Expr, ops: &[Op]) -> bool {
    let own = matches!(expr, Expr::Call(op, ..) if ops.contains(op));
    own || expr.parts().into_iter().any(|p| has_call(p, ops))
}

/// Rows with a number, with the names of their keys replaced.
fn told(said: &Said, from: &str, to: &str) -> Result<Rows, String> {
    let named = |name: &str| name.split(", ").map(|k| k.replace(from, to)).collect::<Vec<_>>();
    let sorted = |mut keys: Vec<String>| {
        keys.sort_unstable();
        keys.join(", ")
    };
    Ok(rows(said)?.into_iter().filter(|(_, v)| v.is_ok()).map(|(k, v)| (sorted(named(&k)), v)).collect())
}

/// Whether a query drops the filters on a dimension, or has none.
fn drops(query: &Query, dim: &str) -> bool {
    let expr = query.expr.filled(None);
    let filtered = |q: &Query| q.filters.iter().any(|f| f.dim() == dim);
    fn inside(expr: &Expr, test: &dyn Fn(&Query) -> bool) -> bool {
        matches!(expr, Expr::Inner(q) if test(q)) || expr.parts().into_iter().any(|p| inside(p, test))
    }
    has_call(&expr, &[Op::Share]) && (filtered(query) || inside(&expr, &filtered))
}

/// Where conditions leave no row, a column of its own knows no code, or holds that there is no trade.
fn nobody(by_labels: &Result<Rows, String>, by_column: &Result<Rows, String>) -> bool {
    let none = |r: &Rows| r.values().flatten().all(|x| *x == 0.0);
    let unknown = by_column.as_ref().is_err_and(|e| e == "unknown-code");
    unknown || (by_labels.as_ref().is_ok_and(Rows::is_empty) && by_column.as_ref().is_ok_and(none))
}

/// A dimension of countries of the panel, and a query that leaves it alone.
fn query_on(panel: &Panel, rng: &mut Rng, features: &super::features::Features, dims: &[&'static str]) -> Query {
    loop {
        let query = Maker { panel, rng, features, names: 0 }.query();
        if dims.iter().all(|dim| !uses_up(&query.expr.filled(None), dim)) {
            return query;
        }
    }
}

#[test]
fn an_attribute_is_a_column() {
    let mut law = Law::new("an attribute is a column");
    each(21, |panel, rng, features| {
        let Some(at) = panel.dims.iter().position(|d| ["partner", "reporter"].contains(&d.name)) else { return };
        let mut panel = panel.clone();
        panel.rows.retain(|r| !panel_is_total(&panel.dims, r));
        let dim = panel.dims[at].name;
        let column = with_column(&panel, "zone", &|labels| zone(labels[at], "unclassified"));
        let mut second = Program::with(&[("d.csv", column)], &declared(&panel, dim, "zone"));
        let table: Vec<String> = std::iter::once("code,zone".to_string())
            .chain(ZONES.iter().flat_map(|(zone, list)| list.iter().map(move |code| format!("{code},{zone}"))))
            .collect();
        let files = [("d.csv", panel.text().into_bytes()), ("zones.csv", text_of(&table))];
        let load = format!(
            "{}load \"zones.csv\" as zones with {{ table of {dim} by code, zone from zone }}\n",
            panel.load("d.csv")
        );
        let mut first = Program::with(&files, &load);
        for _ in 0..3 {
            let mut query = query_on(&panel, rng, features, &[dim]);
            query.by.retain(|d| *d != dim);
            if drops(&query, dim) {
                continue;
            }
            let (mut a, mut b) = (query.clone(), query);
            let of: &'static str = if dim == "partner" { "zone of partner" } else { "zone of reporter" };
            match rng.u8(0..4) {
                0 => {
                    a.filters.push(Filter::Is(of, "East"));
                    b.filters.push(Filter::Is("zone", "East"));
                }
                1 => {
                    a.filters.push(Filter::Not(of, "West"));
                    b.filters.push(Filter::Not("zone", "West"));
                }
                _ => {
                    a.by.push(of);
                    b.by.push("zone");
                }
            }
            let (x, y) = (first.ask(&script(&a)), second.ask(&script(&b)));
            let exclude = x.codes.contains(&"filters-exclude");
            let (x, y) = (told(&x, of, "zone"), told(&y, "zone", "zone"));
            if exclude || nobody(&x, &y) {
                continue;
            }
            law.compare(&x, &y, &[&script(&a), &script(&b), &panel.text()]);
        }
    });
    law.done_in_most();
}

fn panel_is_total(dims: &[super::panel::Dim], row: &super::panel::Row) -> bool {
    dims.iter().zip(&row.labels).any(|(d, l)| *l == super::panel::total_of(d.name))
}

#[test]
fn members_of_a_list_are_a_column() {
    let mut law = Law::new("members of a list are a column");
    each(22, |panel, rng, features| {
        let Some(at) = panel.dims.iter().position(|d| d.name == "partner") else { return };
        let mut panel = panel.clone();
        panel.rows.retain(|r| !panel_is_total(&panel.dims, r));
        let labels = &panel.dims[at].labels;
        let (one, two) = (labels[0], labels[labels.len() - 1]);
        let column = with_column(&panel, "side", &|l| if l[at] == one || l[at] == two { "pair" } else { "rest" });
        let mut second = Program::with(&[("d.csv", column)], &declared(&panel, "partner", "side"));
        let load = format!("{}let pair = {{{one}, {two}}}\n", panel.load("d.csv"));
        let mut first = Program::with(&[("d.csv", panel.text().into_bytes())], &load);
        for _ in 0..3 {
            let mut query = query_on(&panel, rng, features, &["partner"]);
            query.by.retain(|d| *d != "partner");
            if drops(&query, "partner") {
                continue;
            }
            let (mut a, mut b) = (query.clone(), query);
            a.by.push("partner among {pair, rest}");
            b.by.push("side");
            let (x, y) = (first.ask(&script(&a)), second.ask(&script(&b)));
            let (x, y) = (told(&x, "partner ", "side "), told(&y, "side ", "side "));
            law.compare(&x, &y, &[&script(&a), &script(&b), &panel.text()]);
        }
    });
    law.done_in_most();
}

#[test]
fn a_condition_on_two_dimensions_is_a_column() {
    let mut law = Law::new("a condition on two dimensions is a column");
    each(23, |panel, rng, features| {
        let find = |name: &str| panel.dims.iter().position(|d| d.name == name);
        let (Some(i), Some(j)) = (find("reporter"), find("partner")) else { return };
        let mut panel = panel.clone();
        panel.rows.retain(|r| !panel_is_total(&panel.dims, r));
        // Reporters that are partners of each other.
        let partners = panel.dims[j].labels.clone();
        let swap = |label: &'static str| match label {
            "CHN" => partners[0],
            "KOR" => partners[1],
            other => other,
        };
        panel.dims[i].labels.iter_mut().for_each(|l| *l = swap(l));
        panel.dims[i].labels.sort_unstable();
        panel.rows.iter_mut().for_each(|r| r.labels[i] = swap(r.labels[i]));
        let column = with_column(&panel, "home", &|l| if l[i] == l[j] { "domestic" } else { "abroad" });
        let mut second = Program::with(&[("d.csv", column)], &declared(&panel, "partner", "home"));
        let mut first = Program::of(&panel);
        for _ in 0..5 {
            let query = query_on(&panel, rng, features, &["partner", "reporter"]);
            let (mut a, mut b) = (query.clone(), query);
            let differ = rng.bool();
            a.filters.push(if differ { Filter::Not("reporter", "partner") } else { Filter::Is("reporter", "partner") });
            b.filters.push(Filter::Is("home", if differ { "abroad" } else { "domestic" }));
            let (x, y) = (first.ask(&script(&a)), second.ask(&script(&b)));
            let (x, y) = (told(&x, "", ""), told(&y, "", ""));
            if nobody(&x, &y) {
                continue;
            }
            law.compare(&x, &y, &[&script(&a), &script(&b), &panel.text()]);
        }
    });
    // Few panels have both.
    law.tried *= 8;
    law.done();
}

#[test]
fn a_list_is_its_queries_one_by_one() {
    let mut law = Law::new("a list is its queries");
    each(24, |panel, rng, features| {
        let mut program = Program::of(panel);
        for _ in 0..3 {
            let query = Maker { panel, rng, features, names: 0 }.query();
            let other = Query { expr: Maker { panel, rng, features, names: 20 }.query().expr, ..query.clone() };
            let clauses = Query { expr: Expr::Number(0), ..query.clone() }.to_string();
            let mut names = Vec::new();
            query.expr.names(&mut names);
            other.expr.names(&mut names);
            let lead = names.iter().map(|n| format!("{n}\n")).collect::<String>();
            let one = |q: &Query| format!("({})", Query::bare(q.expr.clone()));
            let text = |q: &Query| format!("{lead}{}{}", one(q), &clauses[1..]);
            let list = format!(
                "{lead}let first = {}\nlet second = {}\nfirst, second{}",
                one(&query),
                one(&other),
                &clauses[1..]
            );
            let both = program.ask(&list);
            // What is one number for a range is told to stand beside every period.
            if both.answer.is_err() || both.codes.contains(&"repeated-item") {
                continue;
            }
            for (q, head) in [(&query, "first"), (&other, "second")] {
                let alone = program.ask(&text(q));
                let of = |said: &Said, head: Option<&str>| -> Result<Rows, String> {
                    let answer = said.answer.as_ref().map_err(Clone::clone)?;
                    let mut answer = answer.clone();
                    if let Some(head) = head {
                        let column = answer["columns"].as_array().unwrap().iter().find(|c| c["series"] == head);
                        answer["unit"] = column.unwrap()["unit"].clone();
                        let rows = answer["rows"].as_array_mut().unwrap();
                        rows.retain(|r| r["series"] == head);
                        rows.iter_mut().for_each(|r| drop(r.as_object_mut().unwrap().remove("series")));
                    }
                    told(&Said { answer: Ok(answer), codes: Vec::new() }, "", "")
                };
                let (a, mut b) = (of(&both, Some(head)), of(&alone, None));
                // One number for a range stands beside what has no periods.
                if let (Ok(list), Ok(own)) = (&a, &b)
                    && !list.keys().any(|k| k.contains("period"))
                {
                    let cut =
                        |k: &String| k.split(", ").filter(|w| !w.starts_with("period")).collect::<Vec<_>>().join(", ");
                    b = Ok(own.iter().map(|(k, v)| (cut(k), v.clone())).collect());
                }
                // What takes no clause of its own, and one number, stand beside every row of the other.
                if b.is_err() {
                    continue;
                }
                if b.as_ref().is_ok_and(|b| a.as_ref().is_ok_and(|a| a.len() > b.len())) {
                    continue;
                }
                law.compare(&a, &b, &[&list, &text(q), &panel.text()]);
            }
        }
    });
    law.done_in_most();
}

/// The rows of an answer in their order: keys as text, and the number.
fn ordered(said: &Said) -> Option<Vec<(String, Option<f64>)>> {
    let name = |row: &Json| {
        let keys = row.as_object().unwrap().iter();
        let keys = keys.filter(|(k, _)| !["value", "reason", "flags", "coverage"].contains(&k.as_str()));
        keys.map(|(k, v)| format!("{k} {v}")).collect::<Vec<_>>().join(", ")
    };
    let rows = said.answer.as_ref().ok()?["rows"].as_array()?.clone();
    Some(rows.iter().map(|r| (name(r), r["value"].as_f64())).collect())
}

#[test]
fn choices_are_rows_of_the_answer_picked_by_hand() {
    let mut law = Law::new("choices among rows");
    each(25, |panel, rng, features| {
        let Some(dim) = panel.dims.first().map(|d| d.name) else { return };
        let mut program = Program::of(panel);
        for _ in 0..3 {
            let mut query = query_on(panel, rng, features, &[dim]);
            if has_call(&query.expr, &[Op::Rank]) {
                continue;
            }
            query.by = vec![dim];
            let plain = script(&query);
            let said = program.ask(&plain);
            let Some(all) = ordered(&said) else { continue };
            let known: Vec<f64> = all.iter().filter_map(|(_, x)| *x).collect();
            if known.is_empty() {
                continue;
            }
            let periods =
                all.iter().filter_map(|(k, _)| k.split("period ").nth(1)).collect::<std::collections::BTreeSet<_>>();
            let limit = known[rng.usize(0..known.len())].round();
            let limit_is_near = known.iter().any(|x| (x - limit).abs() < 1e-6 * limit.abs().max(1.0));
            let mut by_size: Vec<(String, f64)> = all.iter().filter_map(|(k, x)| Some((k.clone(), (*x)?))).collect();
            by_size.sort_by(|a, b| b.1.total_cmp(&a.1));
            let is_close = |a: f64, b: f64| (a - b).abs() < 1e-9 * a.abs().max(1.0);
            let tied = by_size.windows(2).any(|w| is_close(w[0].1, w[1].1));
            let mut check = |clause: &str, expected: Vec<String>, in_order: bool| {
                let text = format!("{plain} {clause}");
                let Some(found) = ordered(&program.ask(&text)) else {
                    let said = program.ask(&text);
                    // Of what has no sum there is no rest.
                    let rest = clause.starts_with("top") || clause.starts_with("bottom");
                    assert!(expected.is_empty() || rest, "{text}: {:?}\n{}", said.codes, panel.text());
                    return;
                };
                let rest = |k: &String| k.contains("\"rest\"");
                let mut found: Vec<String> =
                    found.into_iter().filter(|(k, x)| x.is_some() && !rest(k)).map(|(k, _)| k).collect();
                let mut expected = expected;
                if !in_order {
                    found.sort_unstable();
                    expected.sort_unstable();
                }
                law.tried += 1;
                assert!(found == expected, "{text}\n{found:?}\n{expected:?}\n{}\n{all:?}", panel.text());
            };
            let names = |list: &[(String, f64)]| list.iter().map(|(k, _)| k.clone()).collect::<Vec<_>>();
            let unit = said.answer.as_ref().unwrap()["unit"].as_str().unwrap_or("?").to_string();
            if !limit_is_near && !unit.contains('?') && !unit.contains("= 100") {
                let above: Vec<String> =
                    names(&by_size.iter().filter(|(_, x)| *x > limit).cloned().collect::<Vec<_>>());
                let under: Vec<String> =
                    names(&by_size.iter().filter(|(_, x)| *x < limit).cloned().collect::<Vec<_>>());
                check(&format!("when it > {limit} {unit}"), above, false);
                check(&format!("when it <= {limit} {unit}"), under, false);
            }
            if periods.len() <= 1 && !tied {
                check("largest first", names(&by_size), true);
                let smallest: Vec<(String, f64)> = by_size.iter().rev().cloned().collect();
                check("smallest first", names(&smallest), true);
                check("top 2", names(&by_size[..by_size.len().min(2)]), true);
                check("bottom 1", names(&smallest[..1]), true);
            }
        }
    });
    law.done_in_most();
}

#[test]
fn months_of_a_year_are_the_rows_of_these_months() {
    let mut law = Law::new("months of a year");
    each(26, |panel, rng, features| {
        let (step, words): (i32, &[(&str, i32)]) = match panel.step {
            1 => (1, &[("Mar", 2), ("Nov", 10), ("Jan", 0)]),
            3 => (3, &[("Q1", 0), ("Q3", 6)]),
            _ => return,
        };
        let (word, month) = *rng.choice(words).unwrap();
        let range = panel.range().unwrap();
        let year = Span::year(range.first.div_euclid(12));
        let next = year.back(-12);
        let mut program = Program::of(panel);
        for dim in panel.dims.iter().map(|d| format!(" by {}", d.name)).chain([String::new()]) {
            let x = Query::bare(Maker { panel, rng, features, names: 0 }.part(2));
            let told_by = format!("({x}){dim} for {word} from {year} to {next}");
            let of = |y: Span| Span { first: y.first + month, last: y.first + month + step - 1 };
            let plainly = format!("({x}){dim} from {} to {}", of(year), of(next));
            let wanted = [of(year).to_string(), of(next).to_string()];
            let only = |r: Result<Rows, String>| -> Result<Rows, String> {
                let has = |k: &String| wanted.iter().any(|w| k.contains(&format!("{w}\"")));
                Ok(r?.into_iter().filter(|(k, v)| v.is_ok() && has(k)).collect())
            };
            let (a, b) = (only(rows(&program.ask(&told_by))), only(rows(&program.ask(&plainly))));
            law.compare(&a, &b, &[&told_by, &plainly, &panel.text()]);
        }
    });
    law.done_in_most();
}

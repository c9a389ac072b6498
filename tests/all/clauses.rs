//! No clause is ever ignored: every clause on every kind of number in every kind of unit changes the answer, or is
//! refused. Walks over all of them, on data in which each has something to change.

use super::pollution::Memory;
use std::path::Path;
use tradeql::session::{Body, Files, Mode, Session};
use tradeql::value::Value;

/// What columns are declared to be; the first word names the series.
const MEANINGS: &[(&str, &str)] = &[
    ("flow_usd", "flow in mn USD"),
    ("flow_kg", "flow in kg"),
    ("flow_unknown", "flow"),
    ("cumulative_usd", "cumulative flow in mn USD"),
    ("annual_usd", "annual rate in bn USD"),
    ("stock_person", "stock in person"),
    ("stock_unknown", "stock"),
    ("index_based", "index 2022 = 100"),
    ("index_free", "index"),
    ("price_usd", "price in USD/kg"),
    ("price_unknown", "price"),
    ("rate_plain", "rate in %"),
    ("share_percent", "share in %"),
    ("ratio_plain", "ratio"),
    ("growth_percent", "growth in %"),
];

/// A query with nothing, and the same with one clause: for the periods of one label where a label must be named.
const BASES: &[&str] =
    &["{x} where partner = A", "{x} by partner", "yoy growth of {x} where partner = A", "yoy change of {x} by partner"];

const CLAUSES: &[&str] = &[
    "in CNY",
    "in bn CNY",
    "in 100 mn CNY",
    "in EUR",
    "in USD",
    "in thousand USD",
    "in kg",
    "in tonne",
    "in person",
    "in %",
    "in pp",
    "in CNY at end",
    "by year",
    "by quarter",
    "by day",
    "by week",
    "by hs4",
    "by reporter",
    "for 2023",
    "for 2023-05",
    "for 1999",
    "from 2023-02 to 2023-07",
    "where partner = B",
    "where partner != A",
    "where reporter = CHN",
    "top 1",
    "bottom 1",
    "top 1 over partner",
    "top 50%",
    "largest first",
    "first 2",
    "last 2",
    "with total",
    "when it > it",
    "when partner = B",
    "with 2022 = 100",
    "deflated by deflator",
];

fn session() -> Session {
    let files = Memory::default();
    let mut table = format!("period,partner,{}\n", MEANINGS.iter().map(|(n, _)| *n).collect::<Vec<_>>().join(","));
    let mut rates = String::from("period,cny,deflator\n");
    for i in 0..24 {
        let (year, month) = (2022 + i / 12, i % 12 + 1);
        rates.push_str(&format!("{year}-{month:02},{}.{},{}\n", 6 + i / 12, i % 10, 100 + i));
        for (k, partner) in ["A", "B"].iter().enumerate() {
            let cells = (0..MEANINGS.len()).map(|j| {
                // A cumulation grows within the year.
                let x = if MEANINGS[j].1.starts_with("cumulative") {
                    (100 + 7 * k) * month + (i / 12) * (1 + k) * month * month
                } else {
                    1000 + 37 * i + 91 * k + 3 * i * k + 11 * j + i * i
                };
                format!("{x}")
            });
            table.push_str(&format!("{year}-{month:02},{partner},{}\n", cells.collect::<Vec<_>>().join(",")));
        }
    }
    files.write(Path::new("t.csv"), table.as_bytes()).unwrap();
    files.write(Path::new("r.csv"), rates.as_bytes()).unwrap();
    let mut session = Session::new(Box::new(files), Path::new(""));
    let items: Vec<String> = MEANINGS.iter().map(|(n, m)| format!("{n} from {n}: {m}")).collect();
    let setup = format!(
        "load \"t.csv\" as t with {{ {} }}\nload \"r.csv\" as r with {{ cny from cny: rate in CNY/USD, deflator from deflator: index 2022 = 100 }}",
        items.join(", ")
    );
    session.run("setup", &setup, Mode::Run, &mut |_, r| {
        assert!(!r.failed(), "{:?}", r.diagnostics);
        true
    });
    session
}

/// The answer of a query, or the codes of its errors.
fn answer(session: &mut Session, query: &str) -> Result<Value, Vec<&'static str>> {
    let mut found = Err(Vec::new());
    session.run("query", query, Mode::Run, &mut |_, r| {
        found = match r.body {
            Some(Body::Value(value)) => Ok(value),
            _ => Err(r.diagnostics.iter().map(|d| d.code.slug).collect()),
        };
        true
    });
    found
}

/// Whether two answers are the same to whoever reads them.
fn same(session: &Session, a: &Value, b: &Value) -> bool {
    let text = |v: &Value| session.text(v, tradeql::render::Format::Table, "", &[]);
    let row = |v: &Value| {
        v.rows
            .iter()
            .map(|r| {
                (
                    r.key().iter().zip(&v.dims).map(|(k, d)| d.label(*k).to_string()).collect::<Vec<_>>(),
                    r.period(),
                    r.datum(),
                )
            })
            .collect::<Vec<_>>()
    };
    row(a) == row(b) && text(a) == text(b)
}

/// What a clause says that is so already: it changes nothing because there is nothing to change.
fn says_what_is(meaning: &str, base: &str, clause: &str) -> bool {
    let unit = meaning.rsplit(" in ").next().unwrap_or("");
    let grown = base.starts_with("yoy growth");
    match clause {
        // Growth in the currency that the series has.
        "in USD" | "in thousand USD" => grown && unit.contains("USD"),
        "in %" => grown || unit == "%",
        "in pp" => base.starts_with("yoy change") && unit == "%",
        "in kg" | "in person" => unit == &clause[3..],
        _ => false,
    }
}

#[test]
fn every_clause_changes_the_answer_or_is_refused() {
    let mut session = session();
    let (mut changed, mut refused, mut ignored) = (0, 0, Vec::new());
    for (name, meaning) in MEANINGS {
        for base in BASES {
            let plain = base.replace("{x}", name);
            let before = answer(&mut session, &plain);
            for clause in CLAUSES {
                let query = if clause.starts_with("deflated") {
                    base.replace("{x}", &format!("({name} {clause})"))
                } else {
                    format!("{plain} {clause}")
                };
                match (&before, answer(&mut session, &query)) {
                    (Ok(before), Ok(after)) if same(&session, before, &after) => {
                        if !says_what_is(meaning, base, clause) {
                            ignored.push(format!("{query}   ({meaning})"));
                        }
                    }
                    (_, Ok(_)) => changed += 1,
                    (_, Err(codes)) => {
                        assert!(!codes.is_empty() && !codes.contains(&"bug"), "{query}: {codes:?}");
                        refused += 1;
                    }
                }
            }
        }
    }
    println!("{changed} clauses changed the answer, {refused} were refused");
    assert!(changed > 300 && refused > 300, "{changed} changed, {refused} refused");
    assert!(ignored.is_empty(), "{} ignored:\n{}", ignored.len(), ignored.join("\n"));
}

//! Fuzzing that stays: queries made by a grammar of their own, most of which must run, drawn in every form; files of every
//! kind with damaged bytes. Nothing may panic, and nothing may be a mistake of ours. `TRADEQL_FUZZ=N` makes N times as
//! many rounds, `TRADEQL_SEED=N` other ones.

use super::pollution::Memory;
use fastrand::Rng;
use std::path::Path;
use tradeql::diagnostic::report::{Style, draw};
use tradeql::front::output::{Printing, result};
use tradeql::render::Format;
use tradeql::session::{Files, Mode, Response, Session};

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

fn random() -> Rng {
    Rng::with_seed(number("TRADEQL_SEED", 15))
}

const FORMATS: [Format; 8] = [
    Format::Table,
    Format::Csv,
    Format::Tsv,
    Format::Json,
    Format::Markdown,
    Format::Html,
    Format::Latex,
    Format::Sdmx,
];

fn table() -> String {
    let mut text = String::from("period,partner,hs,exports,weight\n");
    for month in 0..36u32 {
        for (i, partner) in ["USA", "JPN", "DEU"].iter().enumerate() {
            for (j, hs) in ["854231", "854239", "090111"].iter().enumerate() {
                let value = 10 + (month * 7 + i as u32 * 5 + j as u32 * 3) % 40;
                let (year, month) = (2018 + month / 12, month % 12 + 1);
                text.push_str(&format!("{year}-{month:02},{partner},{hs},{value}.5,{}\n", value * 3));
            }
        }
    }
    text
}

const LOAD: &str = "load \"t.csv\" as t with { period from period, partner from partner, hs from hs, \
                    exports from exports: flow in mn USD, weight from weight: flow in kg }";

fn one(rng: &mut Rng, of: &[&str]) -> String {
    (*rng.choice(of).unwrap()).to_string()
}

/// An amount: a series, a part of it, or what is made of amounts of one unit.
fn amount(rng: &mut Rng, depth: usize) -> String {
    if depth == 0 || rng.u8(0..3) == 0 {
        return one(
            rng,
            &["exports", "exports", "(exports where partner = USA)", "(exports where hs = 8542)", "t.exports"],
        );
    }
    let (a, b) = (amount(rng, depth - 1), amount(rng, depth - 1));
    match rng.u8(0..6) {
        0 => format!("({a} + {b})"),
        1 => format!("({a} - {b})"),
        2 => format!("({a} * {})", rng.u8(1..9)),
        3 => format!("({a} / {})", rng.u8(1..9)),
        4 => format!("({a} where partner != {})", one(rng, &["JPN", "DEU"])),
        _ => format!("(2 * {a} + 5 mn USD)"),
    }
}

/// A whole query.
fn query(rng: &mut Rng) -> String {
    let depth = rng.usize(0..4);
    let x = amount(rng, depth);
    let year = rng.u16(2018..2021);
    let step = one(rng, &["year", "quarter", "month", "half"]);
    let by = one(rng, &["partner", "hs", "hs2", "partner, hs", "partner, hs4"]);
    match rng.u8(0..16) {
        0 => format!("{x} by {step}"),
        1 => format!("{x} by {by}, {step}"),
        2 => format!("{x} by {by} for {year} top {}", rng.u8(1..5)),
        3 => format!("growth of {x} from 2018 to {}", rng.u16(2019..2021)),
        4 => format!("yoy growth of {x} by month from 2019-02 to 2020-11"),
        5 => format!("share of {x} by {by} for {year}"),
        6 => format!("hhi over partner of {x} by year"),
        7 => format!("index of {x} with 2018 = 100 by {step}"),
        8 => format!("rank over partner of {x} by partner, year"),
        9 => format!("average over partner of {x} by {step}"),
        10 => format!("{}-month average of {x} from 2018-06 to 2020-06", rng.u8(1..6)),
        11 => format!("cumulative sum of {x} from 2018-01 to 2019-12"),
        12 => format!("explain {x} by {by} for {year}"),
        13 => format!("{x} / weight by {by} for {year}"),
        14 => format!("{x} as share of exports by {step}"),
        _ => format!("plot {x} by {step}"),
    }
}

/// Draws all that came of a statement in every form; it is no mistake of ours.
fn looked_at(session: &Session, response: &Response, what: &str) {
    assert!(!response.failed() || !response.diagnostics.is_empty(), "{what}");
    for d in &response.diagnostics {
        assert!(d.code.slug != "bug", "{what}: {}", d.message);
        assert!(!draw(d, &session.sources, Style { colour: false, width: 80 }).is_empty());
    }
    for format in FORMATS {
        let text = result(session, response, Printing::plain(format));
        assert!(response.body.is_none() || format == Format::Json || !text.contains("\u{1b}["), "{what}: {text}");
    }
}

fn session(name: &str, bytes: &[u8]) -> Session {
    let files = Memory::default();
    files.write(Path::new(name), bytes).unwrap();
    Session::new(Box::new(files), Path::new(""))
}

#[test]
fn queries_of_a_grammar_mostly_run_and_all_can_be_drawn() {
    let mut rng = random();
    let mut session = session("t.csv", table().as_bytes());
    session.run("load", LOAD, Mode::Run, &mut |_, r| {
        assert!(!r.failed(), "{:?}", r.diagnostics);
        true
    });
    let rounds = 400 * number("TRADEQL_FUZZ", 1);
    let mut answered = 0;
    for _ in 0..rounds {
        let text = query(&mut rng);
        session.run("fuzz", &text, Mode::Run, &mut |session, response| {
            looked_at(session, &response, &text);
            answered += u64::from(!response.failed());
            true
        });
        session.sources = Default::default();
    }
    assert!(answered * 10 > rounds * 7, "{answered} of {rounds} were answered");
    for text in include_str!("../fuzz/queries.txt").lines().filter(|l| !l.starts_with('#')) {
        session.run("corpus", text, Mode::Run, &mut |session, response| {
            looked_at(session, &response, text);
            true
        });
    }
}

/// Bytes put in, taken out, changed, doubled; or the end gone.
fn damaged(rng: &mut Rng, bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..rng.usize(1..6) {
        let at = rng.usize(0..out.len().max(1)).min(out.len().saturating_sub(1));
        let end = (at + rng.usize(1..30)).min(out.len());
        match rng.u8(0..6) {
            0 | 1 => out.iter_mut().skip(at).take(1).for_each(|b| *b = rng.u8(..)),
            2 => drop(out.drain(at..end)),
            3 => {
                let piece = out[at..end].to_vec();
                out.splice(at..at, piece);
            }
            4 => out.truncate(at.max(1)),
            _ => out.insert(at, rng.u8(..)),
        }
    }
    out
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut out, bytes).unwrap();
    out.finish().unwrap()
}

#[test]
fn damaged_files_of_every_kind_are_errors_or_tables() {
    let mut rng = random();
    let text = table();
    let json: Vec<String> =
        (2000..2020).map(|y| format!("{{\"year\":{y},\"partner\":\"USA\",\"exports\":{}.5}}", y * 3)).collect();
    let lists: Vec<String> = (2000..2020).map(|y| format!("[{y},{}.25]", y * 7)).collect();
    let root = super::tool::root();
    let book = std::fs::read(root.join("tests/files/two_sheets.xlsx")).unwrap();
    let columns = std::fs::read(root.join("tests/files/trade.parquet")).unwrap();
    let kinds = [
        ("t.csv", text.clone().into_bytes()),
        ("t.json", format!("[{}]", json.join(",")).into_bytes()),
        ("paged.json", format!("[{{\"page\":1,\"more\":[[1]]}},[{}]]", json.join(",\n")).into_bytes()),
        (
            "named.json",
            format!("{{\"n\":1,\"data\":[{}]}}", json.join(",").replace(":\"USA\"", ":{\"id\":\"USA\"}")).into_bytes(),
        ),
        ("lists.json", format!("[[\"year\",\"exports\"],{}]", lists.join(",")).into_bytes()),
        ("t.csv.gz", packed(text.as_bytes())),
        ("t.xlsx", book),
        ("t.parquet", columns),
    ];
    for (name, good) in kinds {
        let mut refused = 0;
        let rounds = 80 * number("TRADEQL_FUZZ", 1);
        for round in 0..rounds {
            let bytes = damaged(&mut rng, &good);
            let mut session = session(name, &bytes);
            session.set_max_memory(64 << 20);
            let mut last = None;
            session.run(
                "fuzz",
                &format!("load \"{name}\" as d\ndescribe d\n1 + 1"),
                Mode::Run,
                &mut |session, response| {
                    looked_at(session, &response, &format!("{name}, round {round}"));
                    refused += u64::from(response.load_failed());
                    last = Some(result(session, &response, Printing::plain(Format::Table)));
                    true
                },
            );
            assert_eq!(last.as_deref(), Some("2\n"), "{name}, round {round}: the session goes on");
        }
        assert!(refused > 0 || name == "t.csv", "{name}: nothing was refused");
    }
}

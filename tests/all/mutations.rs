//! Ten thousand broken scripts and files: every one gives an answer or a diagnostic, never a panic. All run in one
//! session, which must be as good after them as before.

use super::pollution::Memory;
use fastrand::Rng;
use std::path::Path;
use tradeql::session::{Files, Mode, Session};

/// One to four random changes: bytes put in, taken out, swapped for others, pieces doubled or moved.
fn mutated(rng: &mut Rng, text: &[u8], words: &[&str]) -> Vec<u8> {
    let mut out = text.to_vec();
    for _ in 0..rng.usize(1..5) {
        let at = rng.usize(0..=out.len());
        match rng.u8(0..6) {
            0 => out.insert(at, *rng.choice(b"()\",=.-+/*<>%#`{}\n\r\0;|0129abZ\xff\xc3").unwrap()),
            1 if at < out.len() => {
                out.remove(at);
            }
            2 if at < out.len() => out[at] = rng.u8(..),
            3 => {
                let end = rng.usize(at..=out.len().min(at + 40));
                let piece = out[at..end].to_vec();
                let to = rng.usize(0..=out.len());
                out.splice(to..to, piece);
            }
            4 => {
                let end = rng.usize(at..=out.len().min(at + 40));
                out.drain(at..end);
            }
            _ => {
                let word = format!(" {} ", rng.choice(words).unwrap());
                out.splice(at..at, word.bytes());
            }
        }
    }
    out
}

const QUERIES: &[&str] = &[
    "growth of exports from 2018 to 2020",
    "3-month average of yoy growth of exports where hs = 8542 from 2019-01 to 2019-11",
    "share of exports by partner for 2019 top 2",
    "(exports / exports across hs) / (exports across partner / exports across partner, hs) by hs2 for 2019",
    "growth contributions of exports by partner from 2018 to 2019 bottom 1",
    "exports - 5 mn USD by year in bn CNY at average",
    "index of exports with 2018 = 100 by partner, quarter",
    "hhi over partner of exports by year",
    "normalised hhi over hs4 of exports for 2019",
    "explain exports deflated by xpi by year",
    "like-for-like growth of exports by partner from 2018 to 2020",
    "trend growth of exports from 2018-01 to 2019-12",
    "assert exports for 2019 is 12.5 mn USD within 1%",
    "claim growth of exports from 2018 to 2019 is -3.4% citing \"x\"",
    "let a = exports where partner among {USA, JPN}\na by year\nrank over partner of a by partner for latest",
    "def twice of x = 2 * x\ntwice of exports for ytd 2020",
    "load \"t.csv\" as t with { exports from value: flow in mn USD fob\n period from period, skip xpi }",
    "average over partner of log of exports by year",
    "cumulative sum of exports from 2018-01 to 2018-12",
    "max of exports by year",
    "2-quarter lead of exports by quarter from 2018-Q1 to 2019-Q4",
    "export exports by partner, year into \"o.md\"",
    "describe t",
    "help yoy growth",
    "set digits = 4",
];

const WORDS: &[&str] = &[
    "of",
    "by",
    "where",
    "from",
    "to",
    "for",
    "in",
    "at",
    "top",
    "over",
    "across",
    "and",
    "as share of",
    "deflated by",
    "year",
    "2019",
    "2018..2020",
    "latest",
    "exports",
    "partner",
    "hs2",
    "8542",
    "growth",
    "bn USD",
    "%",
    "allowing partial",
    "with",
    "1e308",
    "99999999999999999999",
    "0",
    "-1",
    "2018-02",
    "1000-year",
];

fn table() -> String {
    let mut out = String::from("period,partner,hs,value,xpi\n");
    for year in 2018..=2020 {
        for month in 1..=12 {
            for (i, partner) in ["USA", "JPN", "FRA"].iter().enumerate() {
                for (j, hs) in ["854231", "854239", "090111"].iter().enumerate() {
                    if (month + i + j) % 5 != 0 {
                        out.push_str(&format!("{year}-{month:02},{partner},{hs},{}.{},1{i}\n", month * (i + 2), j));
                    }
                }
            }
        }
    }
    out
}

#[test]
fn ten_thousand_mutations_cause_no_panic() {
    let files = Memory::default();
    let good = table();
    files.write(Path::new("t.csv"), good.as_bytes()).unwrap();
    files.write(Path::new("fx.csv"), b"period,rate,xpi\n2018,6.5,100\n2019,6.9,101\n2020,7.1,102\n").unwrap();
    let mut rng = Rng::with_seed(20_261_124);
    let mut session = Session::new(Box::new(files.clone()), Path::new(""));
    let setup = "load \"t.csv\" as t with { exports from value: flow in mn USD\n skip xpi }\nload \"fx.csv\" as fx with { rate from rate: rate in CNY/USD\n xpi from xpi: index 2018 = 100 }\n";
    session.run("setup", setup, Mode::Run, &mut |s, r| {
        assert!(!r.failed(), "{:?}", (r.diagnostics, s.catalogue.datasets.len()));
        true
    });
    let fresh = session.catalogue.clone();
    for i in 0..8_000 {
        let query = QUERIES[i % QUERIES.len()];
        let text = String::from_utf8_lossy(&mutated(&mut rng, query.as_bytes(), WORDS)).into_owned();
        session.run("mutated", &text, Mode::Run, &mut |session, response| {
            // A failure must say why, and every diagnostic must be drawable.
            assert!(!response.failed() || !response.diagnostics.is_empty(), "{text}");
            for d in &response.diagnostics {
                let style = tradeql::diagnostic::report::Style { colour: i % 2 == 0, width: 80 };
                assert!(!tradeql::diagnostic::report::draw(d, &session.sources, style).is_empty());
            }
            true
        });
        if i % 50 == 0 {
            session.catalogue = fresh.clone();
            session.sources = Default::default();
        }
    }
    for _ in 0..2_000 {
        let broken = mutated(
            &mut rng,
            &good.as_bytes()[..600],
            &["\"", ",", ";", "World", "TOTAL", "2019-13", "1,234", "NaN", "1e400"],
        );
        files.write(Path::new("m.csv"), &broken).unwrap();
        session.run(
            "file",
            "load \"m.csv\" as m\nvalue by year\nm.value by partner, hs2",
            Mode::Run,
            &mut |_, response| {
                assert!(!response.failed() || !response.diagnostics.is_empty());
                true
            },
        );
        session.catalogue = fresh.clone();
        session.sources = Default::default();
    }
    // 2018 is as it was: computed again in a new session.
    let mut answers = Vec::new();
    for mut s in [session, Session::new(Box::new(files), Path::new(""))] {
        s.run("again", &format!("{setup}exports for 2018"), Mode::Run, &mut |_, r| {
            answers.push(format!("{:?}", r.body));
            true
        });
    }
    assert_eq!(answers.len(), 6);
    assert_eq!(answers[2], answers[5]);
}

//! What each stage takes by itself: `cargo bench --bench stages`. Numbers per item are rows, bytes or statements of
//! the stage, so that a change can be seen where it happens. Only comparisons on one machine mean anything.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use std::fmt::Write;
use std::path::Path;
use tradeql::data::{AggregateRequest, Budget, Filter, GroupKey};
use tradeql::render::Format;
use tradeql::session::{Body, Files, Mode, Session};
use tradeql::span::SourceId;
use tradeql::syntax;

fn main() {
    divan::main();
}

/// One file in memory, whatever its name.
struct One(Vec<u8>);

impl Files for One {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        if path.extension().is_some_and(|e| e == "csv") {
            Ok(self.0.clone())
        } else {
            Err(std::io::ErrorKind::NotFound.into())
        }
    }

    fn write(&self, _: &Path, _: &[u8]) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}

const ROWS: usize = 200_000;

/// Rows like those of BACI.
fn plain() -> String {
    let mut text = String::from("t,i,j,k,v,q\n");
    let mut random = fastrand::Rng::with_seed(1);
    let codes = [156, 842, 276, 392, 410, 251, 826, 528, 724, 36];
    for row in 0..ROWS {
        let (t, i, j, k) = (2018 + row / 40_000, row / 4000 % 10, row / 400 % 10, row % 400);
        let (v, q) = (random.u32(1..1_000_000), random.u32(1..100_000));
        let _ = writeln!(
            text,
            "{t},{},{},{:02}{:02}10,{}.{:03},{}.{:03}",
            codes[i],
            codes[j],
            1 + k / 40,
            1 + k % 40,
            v / 1000,
            v % 1000,
            q / 1000,
            q % 1000
        );
    }
    text
}

/// The same with every text in quotes, as UN Comtrade writes it.
fn quoted() -> String {
    let mut text = String::from(
        "\"period\",\"reporterISO\",\"flowCode\",\"partnerISO\",\"cmdCode\",\"cmdDesc\",\"primaryValue\"\n",
    );
    let mut random = fastrand::Rng::with_seed(1);
    let names = ["CHN", "USA", "DEU", "JPN", "KOR", "FRA", "GBR", "NLD", "ESP", "AUS"];
    for row in 0..ROWS {
        let (t, i, j, k) = (2018 + row / 40_000, row / 4000 % 10, row / 400 % 10, row % 400);
        let value = random.u32(1..1_000_000);
        let _ = writeln!(
            text,
            "{t},\"{}\",\"X\",\"{}\",\"{:02}{:02}10\",\"articles of \"\"x\"\", n.e.c.\",{value}",
            names[i],
            names[j],
            1 + k / 40,
            1 + k % 40
        );
    }
    text
}

fn session(text: String) -> Session {
    let mut session = Session::new(Box::new(One(text.into_bytes())), Path::new(""));
    session.run("bench", "load \"d.csv\" as d", Mode::Run, &mut |_, response| {
        assert!(!response.failed(), "{:?}", response.diagnostics);
        true
    });
    session
}

const STATEMENTS: &[&str] = &[
    "growth of exports where reporter = CHN from 2018 to 2022",
    "exports where reporter = CHN and hs among {01, 02} by partner, year",
    "(exports / exports across hs) / (exports across reporter / exports across reporter, hs) where reporter = CHN and hs = 0101 for 2021",
    "share of exports by partner for 2021 top 5",
];

#[divan::bench(args = STATEMENTS)]
fn parse(bencher: Bencher, statement: &str) {
    bencher.counter(BytesCount::of_str(statement)).bench(|| syntax::parse_script(SourceId(0), black_box(statement)));
}

#[divan::bench(args = STATEMENTS)]
fn plan(bencher: Bencher, statement: &str) {
    let mut session = session(plain());
    bencher.bench_local(|| {
        session.run("bench", black_box(statement), Mode::Check, &mut |_, response| !response.failed());
    });
}

#[divan::bench(args = ["plain", "quoted"], sample_count = 10)]
fn load_per_row(bencher: Bencher, kind: &str) {
    let text = if kind == "plain" { plain() } else { quoted() };
    bencher.counter(ItemsCount::new(ROWS)).bench(|| session(black_box(text.clone())));
}

#[divan::bench(args = ["total", "selected", "by reporter and product", "by all"])]
fn aggregate_per_row(bencher: Bencher, kind: &str) {
    let session = session(plain());
    let source = session.catalogue.datasets.get("d").unwrap();
    let by =
        |names: &[&str]| names.iter().map(|n| GroupKey { dim: source.info().dim(n).unwrap(), level: None }).collect();
    let filter = || Filter { dim: source.info().dim("hs").unwrap(), keep: true, codes: vec!["010110".into()] };
    let (group_by, filters) = match kind {
        "total" => (Vec::new(), Vec::new()),
        "selected" => (Vec::new(), vec![filter()]),
        "by reporter and product" => (by(&["reporter", "hs"]), Vec::new()),
        _ => (by(&["reporter", "partner", "hs"]), Vec::new()),
    };
    let request =
        AggregateRequest { measure: source.info().measure("exports").unwrap(), group_by, within: None, filters };
    let budget = Budget::default();
    bencher.counter(ItemsCount::new(ROWS)).bench(|| source.aggregate(black_box(&request), &budget));
}

#[divan::bench(args = ["table", "csv", "json"])]
fn render(bencher: Bencher, kind: &str) {
    let format = match kind {
        "table" => Format::Table,
        "csv" => Format::Csv,
        _ => Format::Json,
    };
    let mut session = session(plain());
    let mut found = None;
    session.run("bench", "exports by reporter, hs, year", Mode::Run, &mut |_, response| {
        found = response.body;
        true
    });
    let Some(Body::Value(value)) = found else { return };
    let rows = value.rows.len();
    bencher.counter(ItemsCount::new(rows)).bench(|| session.text(black_box(&value), format, "bench", &[]));
}

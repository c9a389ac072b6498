//! A file beyond the memory limit, whose parts are unlike each other: it answers as the whole file does, or is refused with
//! the reason. What the whole answers is a second opinion here; that it is right is tested elsewhere, on small files.

use super::pollution::Memory;
use std::fmt::Write;
use std::path::Path;
use tradeql::data::Budget;
use tradeql::render::Format;
use tradeql::session::{Body, Files, Mode, Session};

/// Rows of a file, which is read in eight parts or more, each larger than what the layout is guessed from.
const ROWS: usize = 90_000;

/// What queries answer, and whether the file was read anew for each of them; or why it was refused.
fn answers(text: &str, with: &str, queries: &str, max_memory: u64) -> Result<String, String> {
    let files = Memory::default();
    files.write(Path::new("d.csv"), text.as_bytes()).unwrap();
    let mut session = Session::new(Box::new(files), Path::new(""));
    session.budget = Budget::default().with_threads(2);
    session.set_max_memory(max_memory);
    let (mut out, mut refused) = (String::new(), None);
    session.run("test", &format!("load \"d.csv\" as d{with}\n{queries}"), Mode::Run, &mut |session, response| {
        match &response.body {
            Some(Body::Value(value)) => out.push_str(&session.text(value, Format::Csv, "", &response.files)),
            Some(Body::Text(text)) => out.push_str(text),
            _ => {}
        }
        if response.failed() {
            let said: Vec<&str> = response.diagnostics.iter().map(|d| d.message.as_str()).collect();
            refused = refused.take().or(Some(said.join("; ")));
        }
        true
    });
    if let Some(source) = session.catalogue.datasets.get("d") {
        let streamed = format!("{source:?}").contains("Stream");
        assert_eq!(streamed, max_memory == 1, "{source:?}");
    }
    refused.map_or(Ok(out), Err)
}

/// A file of which each row is what `row` makes of its number, from 0 to 1 along the file.
fn file(header: &str, row: impl Fn(usize, f64, &mut fastrand::Rng) -> String) -> String {
    let mut rng = fastrand::Rng::with_seed(23);
    let mut text = format!("{header}\n");
    for i in 0..ROWS {
        let line = row(i, i as f64 / ROWS as f64, &mut rng);
        let _ = writeln!(text, "{line}");
    }
    assert!(text.len() > 2_100_000, "{header} is {} bytes long", text.len());
    text
}

/// The year and a code of a row, so that no two rows are for the same observation.
fn key(i: usize) -> (usize, String) {
    (2000 + i / 4500, format!("number {:04} of all", i % 4500))
}

fn same(name: &str, text: &str, queries: &str) {
    let (whole, parts) = (answers(text, "", queries, u64::MAX), answers(text, "", queries, 1));
    let whole = whole.unwrap_or_else(|e| panic!("{name}: {e}"));
    assert!(whole.lines().count() > 4, "{name}: {whole}");
    let parts = parts.unwrap_or_else(|e| panic!("{name}: {e}"));
    let unlike = whole.lines().zip(parts.lines()).find(|(a, b)| a != b);
    assert!(whole == parts, "{name}: {unlike:?}");
}

#[test]
fn powers_of_ten_and_units_of_later_rows_count_for_all() {
    let header = "FREQ,REF_AREA,PARTNER,UNIT_MULT,TIME_PERIOD,OBS_VALUE";
    let text = file(header, |i, part, rng| {
        let (year, partner) = key(i);
        let power = if part < 0.3 {
            6
        } else if part < 0.7 {
            3
        } else {
            0
        };
        format!("A,CHN,{partner},{power},{year},{}", rng.u32(1..90_000))
    });
    same("powers", &text, "describe d\nd.OBS_VALUE by year\nd.OBS_VALUE by partner for 2003 top 5");
}

#[test]
fn a_name_that_later_has_two_codes_is_a_dimension_of_all() {
    let row = |twice: bool| {
        file("year,product_code,product_name,partner,exports", move |i, part, rng| {
            let (year, partner) = key(i);
            let code = i % 7;
            let name = if twice && part > 0.8 && code == 3 { "another".to_string() } else { format!("name of {code}") };
            format!("{year},{code}00,{name},{partner},{}", rng.u32(1..90_000))
        })
    };
    for twice in [false, true] {
        same("names", &row(twice), "describe d\nd.exports by year\nd.exports by product_code, year");
    }
    let text = row(true);
    assert!(answers(&text, "", "d.exports by product_name, year", 1).unwrap().contains("another"));
}

#[test]
fn a_country_is_spelled_as_in_its_latest_period_whatever_part_that_is_in() {
    let text = file("year,partner,product,exports", |i, part, rng| {
        // The newest years stand first.
        let (year, product) = (2024 - i / 4500, key(i).1);
        let partner = match (i % 3, part < 0.4) {
            (0, true) => "Germany",
            (0, false) => "DEU",
            (1, true) => "Turkiye",
            (1, false) => "Turkey",
            _ => "USA",
        };
        format!("{year},{partner},{product},{}", rng.u32(1..90_000))
    });
    same("spellings", &text, "describe d\nd.exports by partner, year");
}

#[test]
fn shares_are_fractions_or_hundredths_in_the_whole_file() {
    let text = file("year,product,share_of_imports", |i, part, rng| {
        let (year, product) = key(i);
        let whole = if part < 0.1 { 90.0 } else { 0.9 };
        format!("{year},{product},{:.9}", rng.f64() * whole)
    });
    same("shares", &text, "describe d\nd.share_of_imports where product = \"number 0007 of all\" by year");
}

#[test]
fn periods_of_two_columns_and_flows_are_those_of_all_parts() {
    let text = file("year,month,product,flow,value", |i, part, rng| {
        let (year, month, product) = (2000 + i / 3600, 1 + i / 300 % 12, format!("p{:04}", i % 150));
        let flow = if i / 150 % 2 == 0 || part < 0.3 { "Import" } else { "Export" };
        let product = if part < 0.3 && i / 150 % 2 == 0 { format!("{product}x") } else { product };
        format!("{year},{month},{product},{flow},{}", rng.u32(1..90_000))
    });
    same("flows", &text, "describe d\nd.imports by year\nd.exports by month from 2010-01 to 2011-12");
}

#[test]
fn a_total_is_found_where_its_parts_come_late() {
    let text = file("year,partner,product,exports", |i, _, _| {
        // For each of 1500 products the total stands among fifteen partners; each part has few of them.
        let (product, partner) = (i / 4 % 1500, i / 6000);
        let value = |p: usize| 1000 + (product * 31 + p * 17) % 5000;
        let year = 2020 + i % 4;
        let value = if partner == 0 { (1..15).map(value).sum() } else { value(partner) };
        let partner = if partner == 0 { "all of them".to_string() } else { format!("partner {partner:02}") };
        format!("{year},{partner},product {product:04},{value}")
    });
    same("totals", &text, "d.exports by year\nd.exports by partner for 2021");
}

#[test]
fn breakdowns_of_which_only_totals_are_read_have_the_same_codes() {
    let header = "refYear,reporterISO,partnerISO,cmdCode,flowCode,customsCode,motCode,primaryValue";
    let text = file(header, |i, part, rng| {
        let (year, product) = (2000 + i / 9000, 1000 + i / 3 % 3000);
        let (customs, only) = if i % 3 == 0 {
            ("C00", product)
        } else if i % 3 == 1 {
            ("C01", product)
        } else {
            ("C05", 9999)
        };
        let partner = if part < 0.5 {
            "USA"
        } else if i % 3 == 2 {
            "BRA"
        } else {
            "DEU"
        };
        format!("{year},CHN,{partner},{:04}{:02},X,{customs},0,{}", only, i / 3 % 90, rng.u32(1..90_000))
    });
    let queries = "describe d\nexports by year\nexports by partner, year";
    let (whole, parts) = (answers(&text, "", queries, u64::MAX), answers(&text, "", queries, 1));
    assert!(whole.is_ok() || parts.is_err(), "{whole:?}");
    assert_eq!(whole, parts);
}

#[test]
fn numbers_that_are_codes_or_thousands_further_down_are_so_in_all_parts() {
    for late in ["0101", "1,234", "TOTAL", "2.5 (p)", "1e5", "n.a."] {
        let text = file("year;product;kind;exports", |i, part, rng| {
            let (year, product) = key(i);
            let late = if late.contains('0') || late == "TOTAL" { (late, "7") } else { ("3", late) };
            let (kind, value) = if part > 0.95 && i % 50 == 0 { late } else { ("3", "77") };
            let value = if value == "77" { rng.u32(1..90_000).to_string() } else { value.to_string() };
            format!("{year};{product};{kind};{value}")
        });
        let queries = "d.exports by year";
        let (whole, parts) = (answers(&text, "", queries, u64::MAX), answers(&text, "", queries, 1));
        match (&whole, &parts) {
            (Ok(whole), Ok(parts)) => assert_eq!(whole, parts, "{late}"),
            (_, Err(why)) => assert!(whole.is_err() || why.contains("max-memory"), "{late}: {why}"),
            (Err(why), Ok(_)) => panic!("{late}: the whole is refused, {why}"),
        }
    }
}

#[test]
fn rows_that_are_there_twice_are_found_in_whatever_parts_they_stand() {
    let rows = |again: &[(usize, usize)]| {
        let again = again.to_vec();
        file("year,partner,exports", move |i, _, rng| {
            let (year, partner) = key(again.iter().find(|(at, _)| *at == i).map_or(i, |(_, as_of)| *as_of));
            format!("{year},{partner},{}", rng.u32(1..90_000))
        })
    };
    assert!(answers(&rows(&[]), "", "d.exports by year", 1).is_ok());
    for again in [(80_000, 3), (89_999, 0), (45_000, 44_000), (70_001, 70_000)] {
        let text = rows(&[again]);
        let why = answers(&text, "", "d.exports by year", 1).unwrap_err();
        let lines = format!("lines {} and {} are", again.1 + 2, again.0 + 2);
        assert!(why.contains(&lines) && why.contains("for"), "{why}");
        assert!(answers(&text, "", "d.exports by year", u64::MAX).unwrap_err().contains(&lines));
        let declared = |how| {
            format!(" with {{ period from year, partner from partner, exports from exports: flow, duplicates {how} }}")
        };
        let query = "d.exports by year";
        let sums = (answers(&text, &declared("sum"), query, 1), answers(&text, &declared("sum"), query, u64::MAX));
        assert!(sums.0.is_ok() && sums.0 == sums.1);
        for how in ["first", "last"] {
            let (whole, parts) =
                (answers(&text, &declared(how), query, u64::MAX), answers(&text, &declared(how), query, 1));
            // Within a part one is chosen as in the whole; across parts none is.
            assert!(
                whole.is_ok() && (parts == whole || parts.as_ref().is_err_and(|e| e.contains(&lines))),
                "{parts:?}"
            );
            assert!(parts.is_err() || again.0 < 80_000);
        }
    }
}

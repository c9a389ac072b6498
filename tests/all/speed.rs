//! What makes answers fast changes no answer: threads, memory limits, reading only what is asked for. And sums are exact.

use super::pollution::Memory;
use super::tool::{Folder, run};
use std::fmt::Write;
use std::io::Write as _;
use std::path::Path;
use tradeql::data::Budget;
use tradeql::render::Format;
use tradeql::session::{Body, Files, Mode, Session};

const REPORTERS: [u32; 6] = [156, 842, 276, 392, 410, 251];

/// A table of trade among six countries like those of BACI, sorted, large enough for many blocks.
fn trade(products: u32) -> String {
    let mut text = String::from("t,i,j,k,v,q\n");
    let mut rng = fastrand::Rng::with_seed(7);
    for year in 2018..2025 {
        for i in REPORTERS {
            for j in REPORTERS.iter().filter(|j| **j != i) {
                for k in 0..products {
                    let code = format!("{:02}{:02}10", 1 + k / 60, 1 + k % 60);
                    // China alone trades in 9901; in 2020 it does not.
                    let code = if k == 0 && i == 156 { "990110" } else { code.as_str() };
                    if code == "990110" && year == 2020 {
                        continue;
                    }
                    let value = (rng.u32(1..9000), rng.u32(..1000));
                    let _ = write!(text, "{year},{i},{j},{code},{}.{:03},", value.0, value.1);
                    match rng.u8(..) {
                        0..20 => text.push_str("NA\n"),
                        _ => drop(writeln!(text, "{}.{:03}", rng.u32(1..90), rng.u32(..1000))),
                    }
                }
            }
        }
    }
    text
}

/// Rates with more decimals than are kept exactly.
fn measured() -> String {
    let mut text = String::from("year,reporter,partner,weight\n");
    let mut rng = fastrand::Rng::with_seed(8);
    for year in 2000..2025 {
        for i in 0..90 {
            for j in 0..90 {
                let _ = writeln!(text, "{year},r{i:02},p{j:02},{:.12}", rng.f64());
            }
        }
    }
    text
}

#[test]
fn threads_and_memory_change_no_byte_of_an_answer() {
    let folder = Folder::new("large");
    let answer = |loads: &[&str], queries: &str, extra: &[&str]| {
        let mut arguments = vec!["-e", queries, "--format", "json"];
        loads.iter().for_each(|load| arguments.extend(["--load", load]));
        arguments.extend(extra);
        let ran = run(&arguments);
        assert_eq!(ran.code, 0, "{}{}", ran.out.lines().last().unwrap_or(""), ran.err);
        assert_eq!(ran.out.lines().count(), queries.lines().count());
        ran.out
    };
    let queries = "d.exports by year\nd.exports where reporter = CHN and hs = 0101 by partner, year\n\
        share of d.exports by reporter for 2024\nhhi over hs of d.exports by reporter, year\n\
        d.exports by partner top 3 for 2023\nd.exports by reporter, hs2 for 2020\nd.weight by reporter, year\n\
        yoy growth of d.exports by reporter from 2019 to 2024\n(d.exports / d.weight) by reporter, year\ndescribe d";
    let more = "hhi over reporter, partner of d.exports by hs, year top 3\nd.exports by hs, partner, reporter for 2019\n\
        m.weight by reporter, year\nm.weight by year, partner";
    let d = format!("d={}", folder.write("d.csv", &trade(1300)));
    let m = format!("m={}", folder.write("m.csv", &measured()));
    let with = |threads| answer(&[&d, &m], &format!("{queries}\n{more}"), &["--threads", threads]);
    let one = with("1");
    for threads in ["2", "7"] {
        assert!(with(threads) == one, "{threads} threads answer otherwise");
    }
    let d = format!("d={}", folder.write("small.csv", &trade(100)));
    let one = answer(&[&d], queries, &["--threads", "1"]);
    for extra in [&["--max-memory", "100KB"][..], &["--max-memory", "100KB", "--threads", "3"]] {
        assert!(answer(&[&d], queries, extra) == one, "{extra:?} answers otherwise");
    }
}

#[test]
fn several_files_beyond_the_limit_are_refused_and_a_packed_one_is_streamed() {
    let folder = Folder::new("limit");
    let ask = |name: &str, limit: &str| {
        let load = format!("d={}", folder.0.join(name).display());
        run(&["-e", "exports by year", "--load", &load, "--max-memory", limit, "--format", "csv"])
    };
    let text = trade(500);
    folder.write("a.csv", &text);
    let packed = std::fs::File::create(folder.0.join("p.gz")).unwrap();
    let mut packed = flate2::write::GzEncoder::new(packed, flate2::Compression::none());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap();
    let whole = ask("a.csv", "1GB");
    assert!(whole.code == 0 && whole.out.lines().count() == 8 && !whole.err.contains("not-checked"), "{}", whole.err);
    let packed = ask("p.gz", "900KB");
    assert_eq!(packed.out, whole.out);
    // What was looked for in the whole of a file that is held was not in this one.
    assert!(packed.err.contains("not-checked"), "{}", packed.err);
    folder.write("b.csv", &text);
    let ran = ask("*.csv", "900KB");
    assert!(ran.code == 3 && ran.err.contains("`--max-memory` is 1 MB"), "{}", ran.err);
}

#[test]
fn a_large_file_is_understood_as_a_small_one_of_its_rows() {
    let header = "dag,HTS_Number,partner,exports\n";
    let mut text = String::from(header);
    let mut rng = fastrand::Rng::with_seed(9);
    // 5,376 days, and as many codes of ten digits, in more than 2 MB, which are looked at first.
    for year in 2000..2016 {
        for (month, day) in (1..13).flat_map(|m| (1..29).map(move |d| (m, d))) {
            for k in 0..16 {
                let code = 8_500_000_000u64 + rng.u64(0..6000) * 16 + k;
                let _ = writeln!(text, "{year}{month:02}{day:02},{code},r{k},{}.{k:02}", rng.u32(1..90_000));
            }
        }
    }
    let files = Memory::default();
    files.write(Path::new("all/d.csv"), text.as_bytes()).unwrap();
    let some: Vec<&str> = text.lines().take(500).collect();
    files.write(Path::new("some/d.csv"), (some.join("\n") + "\n").as_bytes()).unwrap();
    assert!(text.len() > 2 << 20);
    let meant = |folder: &str| {
        let script = format!("load \"{folder}/d.csv\" as d\ndescribe d");
        let mut session = Session::new(Box::new(files.clone()), Path::new(""));
        let mut out = String::new();
        session.run("script", &script, Mode::Run, &mut |_, response| {
            assert!(!response.failed(), "{:?}", response.diagnostics);
            if let Some(Body::Text(text)) = response.body {
                out = text.split_once("with {").unwrap().1.into();
            }
            true
        });
        out
    };
    assert_eq!(meant("all"), meant("some"));
    assert!(meant("all").contains("period from dag") && meant("all").contains("HTS_Number from HTS_Number"));
}

#[test]
fn what_stands_above_others_for_some_only_is_judged_for_each_in_large_files_too() {
    let mut rng = fastrand::Rng::with_seed(11);
    let mut cell = || u64::from(rng.u32(1..1000));
    // One reports headings, the others products; one has a row for the world of every other product, one none.
    let (mut text, mut levels) = (String::from("year,reporter,partner,hs,exports\n"), [0u64; 3]);
    let mut worlds = [0u64; 2];
    for year in 2001..2024 {
        for heading in 0..900 {
            for (r, reporter) in ["CHN", "DEU", "USA"].iter().enumerate() {
                for k in 0..if r == 0 { 1 } else { 6 } {
                    let code = format!("{:02}{:02}", 10 + heading / 10, 10 + heading % 10);
                    let code = if r == 0 { code } else { format!("{code}{}0", k + 1) };
                    let x = cell();
                    let _ = writeln!(text, "{year},{reporter},JPN,{code},{x}");
                    levels[r] += if year == 2023 { x } else { 0 };
                }
            }
        }
    }
    let mut other = String::from("year,reporter,partner,hs,exports\n");
    for year in 2001..2024 {
        for product in 0..2000 {
            for (r, reporter) in ["CHN", "USA"].iter().enumerate() {
                let (a, b) = (cell(), cell());
                let code = format!("{:06}", 100_000 + product);
                let _ = writeln!(other, "{year},{reporter},JPN,{code},{a}\n{year},{reporter},KOR,{code},{b}");
                if product % 2 == r {
                    let _ = writeln!(other, "{year},{reporter},World,{code},{}", a + b);
                }
                worlds[r] += if year == 2023 { a + b } else { 0 };
            }
        }
    }
    let files = Memory::default();
    files.write(Path::new("levels.csv"), text.as_bytes()).unwrap();
    files.write(Path::new("worlds.csv"), other.as_bytes()).unwrap();
    let with = "with { period from year, reporter from reporter, partner from partner, hs from hs, \
                exports from exports: flow in USD }";
    let ask = |file: &str, query: &str| -> Vec<f64> {
        let (out, rows) = answers(&files, &format!("load \"{file}.csv\" as d {with}\n{query}"), false);
        assert!(rows > 200_000, "{rows}");
        let value = |line: &str| line.rsplit(",USD").nth(1)?.rsplit(',').next()?.parse().ok();
        out.lines().filter_map(value).collect()
    };
    let sum = |list: &[u64]| list.iter().sum::<u64>() as f64;
    assert_eq!(ask("levels", "exports for 2023"), [sum(&levels)]);
    assert_eq!(ask("levels", "exports where reporter among {CHN, USA} for 2023"), [(levels[0] + levels[2]) as f64]);
    assert_eq!(ask("levels", "exports by reporter for 2023"), levels.map(|x| x as f64));
    assert_eq!(ask("worlds", "exports for 2023"), [sum(&worlds)]);
    assert_eq!(ask("worlds", "exports by reporter for 2023"), worlds.map(|x| x as f64));
}

#[test]
fn an_answer_larger_than_the_limit_is_refused_and_the_limit_named() {
    let folder = Folder::new("room");
    let load = format!("d={}", folder.write("d.csv", &trade(800)));
    let ask = |query: &str, limit: &str| run(&["-e", query, "--load", &load, "--max-memory", limit, "--format", "csv"]);
    // 168,000 cells of 40 bytes, there twice while they are made: 13.4 MB.
    let cells = "exports by reporter, partner, hs, year";
    for query in [cells, &format!("share of {cells}"), &format!("({cells}) top 3"), &format!("yoy growth of {cells}")] {
        let ran = ask(query, "8MB");
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{query}: {}", ran.err);
        assert!(ran.err.contains("too-large") && ran.err.contains("`--max-memory` leaves room for"), "{}", ran.err);
        assert!(ask(query, "60MB").code == 0, "{query}");
    }
    assert_eq!(ask("exports by reporter, year", "8MB").code, 0);
}

/// What a script prints, and what is said of it.
fn answers(files: &Memory, script: &str, foresees: bool) -> (String, u64) {
    let mut session = Session::new(Box::new(files.clone()), Path::new(""));
    if foresees {
        session.foresee_scripts();
    }
    session.budget = Budget::default().with_threads(2);
    told(&mut session, script)
}

/// The same in a session.
fn told(session: &mut Session, script: &str) -> (String, u64) {
    let (mut out, mut rows) = (String::new(), 0);
    session.run("script", script, Mode::Run, &mut |session, response| {
        if let Some(Body::Done(words)) = &response.body {
            // `d: 123 rows, …`
            rows = words.split(' ').nth(1).and_then(|n| n.parse().ok()).unwrap_or(rows);
        }
        if let Some(Body::Value(value)) = &response.body {
            out.push_str(&session.text(value, Format::Csv, "", &response.files));
        }
        for d in &response.diagnostics {
            let _ = writeln!(out, "{} {:?} {} {:?}", d.code.slug, d.level, d.message, d.advice);
        }
        true
    });
    (out, rows)
}

#[test]
fn a_script_that_reads_only_what_it_asks_for_answers_as_one_that_reads_everything() {
    let files = Memory::default();
    let mut text = trade(3200);
    files.write(Path::new("d.csv"), text.as_bytes()).unwrap();
    // A row that is there twice, of a reporter that few ask for.
    text.push_str("2024,251,842,010110,1,1\n2024,251,842,010110,1,1\n");
    files.write(Path::new("twice.csv"), text.as_bytes()).unwrap();
    let all = 670_000;
    for (queries, partly) in [
        ("exports where reporter = CHN and hs = 0101 by year", true),
        (
            "let x = exports where reporter = CHN and hs = 02 for 2024\nx by partner top 3\nshare of x by partner top 3",
            true,
        ),
        (
            "exports where reporter = CHN and partner = USA by year\nexports where reporter = USA and partner = CHN by year",
            true,
        ),
        ("exports where reporter = 156 and hs = 990110 by year", true),
        ("growth of exports where reporter = CHN from 2018 to 2024", true),
        ("exports where reporter = \"United States\" by hs2 for 2020", true),
        ("exports by reporter for 2024", false),
        ("d.weight by year", false),
        // What is not there is said as of the whole file.
        ("exports where reporter = USA and hs = 990110 by year", false),
        ("exports where reporter = CHN and hs = 990110 for 2020", false),
        ("exports where reporter = CHN and partner = ZZZ by year", false),
        ("exports where reporter = BRA by year", false),
        ("exports where reporter = CHN for 2031", false),
        ("wieght where reporter = CHN by year", false),
    ] {
        let script = format!("load \"d.csv\" as d\n{queries}");
        let ((whole, rows), (part, read)) = (answers(&files, &script, false), answers(&files, &script, true));
        assert!(whole == part, "{queries}\n{whole}\n{part}");
        assert!(rows > all, "{rows}");
        assert!(!partly || read < rows / 2, "{queries} read {read} rows");
    }
    // In several files, packed, in another encoding; by a script that is used, by its own names.
    let lines: Vec<&str> = text.lines().collect();
    for (at, part) in lines[1..lines.len() - 2].chunks(200_000).enumerate() {
        let part = format!("{}\n{}\n", lines[0], part.join("\n"));
        files.write(Path::new(&format!("part{at}.csv")), part.as_bytes()).unwrap();
    }
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(trade(3200).as_bytes()).unwrap();
    files.write(Path::new("d.csv.gz"), &packed.finish().unwrap()).unwrap();
    let utf16: Vec<u8> = format!("\u{feff}{}", trade(3200)).encode_utf16().flat_map(u16::to_le_bytes).collect();
    files.write(Path::new("d16.csv"), &utf16).unwrap();
    files.write(Path::new("names.tql"), b"load \"d.csv\" as d\nlet us = {USA, KOR}\ndef half of x = x / 2").unwrap();
    let query = "half of exports where reporter among us by year";
    for script in [
        "load \"part?.csv\" as d\nexports where reporter = USA by year".to_string(),
        "load \"d.csv.gz\" as d\nexports where reporter = USA by year".to_string(),
        "load \"d16.csv\" as d\nexports where reporter = USA by year".to_string(),
        format!("use \"names.tql\"\n{query}"),
        format!("param who = USA\nload \"d.csv\" as d\n{}", query.replace("among us", "= who").replace("half of ", "")),
        format!("load \"d.csv\" as d\nlet us = {{USA, KOR}}\ndef half of x = x / 2\n{query}\nexplain {query}"),
    ] {
        let ((whole, _), (part, read)) = (answers(&files, &script, false), answers(&files, &script, true));
        assert!(whole == part, "{script}\n{whole}\n{part}");
        assert!(script.starts_with("use") || read < all / 2, "{script} read {read} rows: {part:.300}");
    }
    let (whole, _) = answers(&files, "load \"twice.csv\" as d\nexports where reporter = FRA by year", true);
    assert!(whole.contains("duplicate-key"), "{whole}");
}

#[test]
fn what_was_asked_before_looks_at_its_own_year_alone_of_a_part_of_a_file_too() {
    let files = Memory::default();
    files.write(Path::new("d.csv"), trade(1600).as_bytes()).unwrap();
    let query = "exports where reporter among {CHN, USA} by partner, hs4 for 2024\n";
    // Two of six reporters, with five partners each in seven years.
    let kept = 2 * 5 * 1600 * 7;
    for part in [false, true] {
        let mut session = Session::new(Box::new(files.clone()), Path::new(""));
        if part {
            session.foresee_scripts();
            session.set_least_rows(1);
        }
        session.budget = Budget::default().with_threads(1).counting();
        let mut looked = Vec::new();
        session.run("script", &format!("load \"d.csv\" as d\n{}", query.repeat(3)), Mode::Run, &mut |session, r| {
            assert!(!r.failed(), "{:?}", r.diagnostics);
            looked.push(session.budget.looked());
            true
        });
        assert_eq!(session.parts_read() > 0, part);
        let [.., before, last] = looked.as_slice() else { panic!("{looked:?}") };
        // Of the whole file the rows of all reporters lie in the way.
        let most = if part { kept } else { 3 * kept };
        assert!(last - before < most / 2, "{looked:?} of {kept}");
    }
}

/// A form of a query, of another series and chapter, in which every series has this filter.
fn of_series(form: &str, filter: &str) -> String {
    let word = |word: &str| {
        let name = word.trim_matches(['(', ')']);
        match name {
            "v" | "u" | "m.v" => word.replace(name, &format!("(exports{filter})")),
            "w" => word.replace(name, &format!("(weight{filter})")),
            _ => word.to_string(),
        }
    };
    form.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn no_operator_takes_the_reporters_that_are_read_for_all_of_the_file() {
    let files = Memory::default();
    files.write(Path::new("d.csv"), trade(3200).as_bytes()).unwrap();
    let mut queries: Vec<String> = Vec::new();
    // Each operator once, with the filter around it and within it in turn.
    let (filter, codes) = (" where reporter = CHN", " and hs among {010110, 020210}");
    for (at, (name, form)) in super::scaling::FORMS.iter().enumerate() {
        let is_first = super::scaling::FORMS.get(at.wrapping_sub(1)).is_none_or(|(before, _)| before != name);
        match (is_first || name.is_empty(), at % 2) {
            (true, 0) => queries.push(of_series(form, "") + filter + codes),
            (true, _) => queries.push(of_series(form, filter) + " where hs among {010110, 020210}"),
            _ => {}
        }
    }
    for definition in tradeql::library::LIBRARY.all() {
        let over = definition.over.as_ref().map(|_| " over hs").unwrap_or_default();
        let operands = ["exports", "weight", "exports"].get(..definition.params.len()).unwrap().join(" and ");
        let time = if definition.takes.is_some() { "from 2019 to 2021" } else { "for 2021" };
        let name = &definition.name;
        queries.push(format!("{name}{over} of {operands} where reporter = CHN and hs = 010210 {time}"));
    }
    let named = "let all = exports across reporter\ndef part of x = 100 * x / x across reporter\n";
    queries.extend(
        [
            "let c = exports where reporter = CHN\nrca over hs of c for 2021 top 2",
            &format!("{named}all where reporter = CHN by year"),
            &format!("{named}part of exports where reporter = CHN by year"),
            "explain rca over hs of exports where reporter = CHN and hs = 010110 for 2021",
        ]
        .map(String::from),
    );
    let load = "load \"d.csv\" as d";
    // The whole file is read where the script is not known whole.
    let mut session = Session::new(Box::new(files.clone()), Path::new(""));
    let (all, _) = told(&mut session, load);
    let mut wrong = Vec::new();
    for query in &queries {
        let whole = all.clone() + &told(&mut session, query).0;
        let (part, _) = answers(&files, &format!("{load}\n{query}"), true);
        if whole != part {
            wrong.push(format!("{query}\n{whole:.300}\n{part:.300}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), queries.len(), wrong.join("\n"));
}

#[test]
fn sums_of_a_hundred_thousand_random_tables_are_exact_to_the_last_digit() {
    // Each group of a file is a table of its own: up to nine decimals, up to 10^14, signs, what is missing.
    let mut tables = 0;
    for seed in 0..200 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let most = rng.usize(0..=9);
        // What is scaled by the decimals of its column fits 64 bits.
        let large = 10i64.pow(rng.u32(1..=u32::try_from(9.min(15 - most)).unwrap()));
        let groups = 500;
        let mut sums = vec![None::<i128>; groups];
        let mut text = String::from("year,partner,value\n");
        let shift = |m: i128, by: usize| m * 10i128.pow(u32::try_from(by).unwrap());
        for year in 2010..2010 + rng.i32(2..6) {
            for (partner, sum) in sums.iter_mut().enumerate() {
                let places = rng.usize(0..=most);
                if rng.u8(..) < 10 {
                    let _ = writeln!(text, "{year},p{partner:03},");
                    continue;
                }
                let m = i128::from(rng.i64(-large..large)) * i128::from(rng.i64(1..1000));
                *sum = Some(sum.unwrap_or(0) + shift(m, 9 - places));
                let (sign, scale) = (if m < 0 { "-" } else { "" }, shift(1, places));
                let (whole, rest) = (m.abs() / scale, m.abs() % scale);
                let number =
                    if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest:0places$}") };
                let _ = writeln!(text, "{year},p{partner:03},{number}");
            }
        }
        let files = Memory::default();
        files.write(Path::new("d.csv"), text.as_bytes()).unwrap();
        let mut session = Session::new(Box::new(files), Path::new(""));
        let script = "load \"d.csv\" as d\nsum of value by partner";
        session.run("script", script, Mode::Run, &mut |_, response| {
            let Some(Body::Value(value)) = response.body else { return true };
            assert_eq!(value.rows.len(), groups);
            for (row, sum) in value.rows.iter().zip(&sums) {
                // The nearest double of the exact rational, by an independent route: parsing its decimal text.
                let expected = sum.map(|sum| {
                    let (sign, unit) = (if sum < 0 { "-" } else { "" }, shift(1, 9));
                    format!("{sign}{}.{:09}", sum.abs() / unit, sum.abs() % unit).parse::<f64>().unwrap()
                });
                assert_eq!(row.datum().ok(), expected, "seed {seed}, {}", value.dims[0].label(row.key()[0]));
                tables += 1;
            }
            true
        });
    }
    assert_eq!(tables, 100_000);
}

#[test]
fn a_total_of_some_reporters_answers_for_these_alone_however_many_rows() {
    // 2 reporters × 30 partners × 3,600 products, each 1; the first has a row for the world beside them.
    let folder = Folder::new("uneven");
    let mut text = String::from("year,reporter,partner,hs,exports\n");
    let partners = "USA DEU FRA ITA ESP POL NLD BEL AUT CHE SWE NOR DNK FIN PRT GRC IRL GBR CAN MEX BRA ARG CHL COL PER \
                    AUS NZL JPN KOR IND";
    for reporter in ["CHN", "VNM"] {
        for product in 0..3_600 {
            for partner in partners.split_ascii_whitespace() {
                let _ = writeln!(text, "2022,{reporter},{partner},{:06},1", 10_101 + product);
            }
            if reporter == "CHN" {
                let _ = writeln!(text, "2022,CHN,WLD,{:06},30", 10_101 + product);
            }
        }
    }
    folder.write("d.csv", &text);
    let load = format!("d={}", folder.0.join("d.csv").display());
    let ran = run(&["-e", "exports by year", "--load", &load, "--format", "csv"]);
    // 2 × 30 × 3,600
    assert!(ran.out.contains("2022,216000,"), "{}{}", ran.out, ran.err);
}

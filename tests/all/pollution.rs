//! Clean tables made dirty in the ways of real files. What is loaded must be the clean table, or there must be an
//! error: never another table in silence.

use fastrand::Rng;
use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tradeql::session::{Files, Session};
use tradeql::span::Span;

/// Files in memory.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<HashMap<PathBuf, Vec<u8>>>>);

impl Files for Memory {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        self.0.lock().unwrap().get(path).cloned().ok_or_else(|| std::io::ErrorKind::NotFound.into())
    }

    fn size(&self, path: &Path) -> Option<u64> {
        self.0.lock().unwrap().get(path).map(|bytes| bytes.len() as u64)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        self.0.lock().unwrap().insert(path.to_path_buf(), bytes.to_vec());
        Ok(())
    }
}

type Rows = Vec<Vec<Option<String>>>;

/// Header, rows as understood, codes of the doubts; or the code of the error.
pub fn inspect(bytes: &[u8]) -> Result<(Vec<String>, Rows, Vec<&'static str>), String> {
    let files = Memory::default();
    files.write(Path::new("f.csv"), bytes).unwrap();
    let mut session = Session::new(Box::new(files), Path::new(""));
    let here = session.sources.add("test", "f.csv");
    let mut rows = Vec::new();
    let found = session.inspect("f.csv", false, Span::new(here, 0, 5), &mut |_| (), &mut |row| {
        rows.push(row);
        true
    });
    match found {
        Ok(found) => Ok((found.header.clone(), rows, found.doubts.iter().map(|d| d.code.slug).collect())),
        Err(fault) => Err(format!("{}: {}", fault.code.slug, fault.message)),
    }
}

/// A table as it is meant.
struct Clean {
    header: Vec<&'static str>,
    rows: Vec<[String; 5]>,
}

fn clean(rng: &mut Rng) -> Clean {
    let partners = ["USA", "NA", "Hong Kong, China", "Korea \"South\"", "Brazil", "Other; nes"];
    let years = rng.usize(1..4);
    let mut rows = Vec::new();
    let big = rng.bool();
    for year in 0..years {
        for month in 1..=12 {
            for partner in partners.iter().take(rng.usize(1..=partners.len())) {
                let code = if rng.bool() { "010121" } else { "854231" };
                // Whole and fraction: thousands must show in some of them.
                let whole = if big { rng.u32(1000..9_000_000) } else { rng.u32(1..900) };
                let value = format!("{whole}.{:02}", rng.u32(0..100));
                let weight = format!("{}", rng.u32(1..50_000));
                rows.push([format!("{}-{month:02}", 2018 + year), partner.to_string(), code.into(), value, weight]);
            }
        }
    }
    Clean { header: vec!["period", "partner", "hs", "value", "weight"], rows }
}

fn quoted(cell: &str, separator: char, all: bool) -> String {
    if all || cell.contains([separator, '"', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_string()
    }
}

fn grouped(number: &str, separator: char) -> String {
    let (whole, fraction) = number.split_once('.').map_or((number, None), |(w, f)| (w, Some(f)));
    let mut out = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(c);
    }
    match fraction {
        Some(f) => format!("{out}.{f}"),
        None => out,
    }
}

/// The table as a file, dirty in some ways; whether it must be refused.
fn dirty(clean: &Clean, rng: &mut Rng) -> (Vec<u8>, bool, String) {
    let mut said = Vec::new();
    let mut often = |p: u8, what: &str, rng: &mut Rng| {
        let yes = rng.u8(0..100) < p;
        if yes {
            said.push(what.to_string());
        }
        yes
    };
    let separator = *rng.choice(&[',', ',', ';', '\t', '|']).unwrap();
    let all_quoted = often(20, "quoted", rng);
    let trailing = often(15, "trailing separator", rng);
    let end = if often(30, "CRLF", rng) { "\r\n" } else { "\n" };
    let thousands = often(25, "thousands", rng);
    let comma = separator == ';' && !thousands && often(40, "decimal comma", rng);
    let padded = often(15, "padded", rng);
    let marked = often(15, "marks", rng);
    let form = rng.u8(0..5);
    let period = |p: &str| match form {
        0 => p.to_string(),
        1 => p.replace('-', ""),
        2 => format!("{p}-01"),
        3 => p.replace('-', "."),
        _ => format!("{}M{}", &p[..4], &p[5..]),
    };
    let cells = |row: &[String; 5]| -> Vec<String> {
        let number = |n: &str| {
            let mut n = if thousands { grouped(n, ',') } else { n.to_string() };
            if comma {
                n = n.replace('.', ",");
            }
            if padded { format!("   {n}") } else { n }
        };
        let weight = number(&row[4]);
        // A mark of status behind some of the numbers.
        let weight = if marked && row[4].ends_with('7') { format!("{weight} p") } else { weight };
        vec![period(&row[0]), row[1].clone(), row[2].clone(), number(&row[3]), weight]
    };
    let mut lines: Vec<String> = Vec::new();
    let line = |cells: Vec<String>| {
        let mut out =
            cells.iter().map(|c| quoted(c, separator, all_quoted)).collect::<Vec<_>>().join(&separator.to_string());
        if trailing {
            out.push(separator);
        }
        out
    };
    lines.push(line(clean.header.iter().map(|h| h.to_string()).collect()));
    lines.extend(clean.rows.iter().map(|r| line(cells(r))));
    let mut broken = false;
    let body = lines.len() - 1;
    let at = 1 + rng.usize(0..body);
    match rng.u8(0..14) {
        0 if body > 3 => {
            // A field is gone.
            let cut = lines[at].rfind(separator).unwrap();
            lines[at].truncate(cut);
            broken = !trailing;
        }
        1 => {
            lines[at].push_str(&format!("{separator}7"));
            broken = true;
        }
        2 if body > 3 => {
            lines[at] = format!("\"{}", lines[at].replace('"', ""));
            broken = true;
        }
        3 => {
            lines[at].push('\0');
            broken = true;
        }
        _ => {}
    }
    if often(15, "header again", rng) {
        lines.insert(at, lines[0].clone());
    }
    if often(15, "notes", rng) {
        lines.insert(1, line(["Series ID", "A1", "B1", "C1", "D1"].map(String::from).to_vec()));
    }
    if often(20, "blank lines", rng) {
        lines.insert(at, String::new());
    }
    if often(20, "preamble", rng) {
        lines.insert(0, String::new());
        lines.insert(0, "Foreign trade by partner".into());
    }
    if often(15, "remark below", rng) {
        lines.push(String::new());
        lines.push("Source: Customs".into());
    }
    let mut text = lines.join(end);
    if !often(20, "no last line end", rng) {
        text.push_str(end);
    }
    let bytes = match rng.u8(0..8) {
        0 => [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat(),
        1 if !broken => [vec![0xFF, 0xFE], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat(),
        2 => {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packer.write_all(text.as_bytes()).unwrap();
            packer.finish().unwrap()
        }
        _ => text.into_bytes(),
    };
    (bytes, broken, format!("{separator:?} form {form} {}", said.join(", ")))
}

#[test]
fn a_dirty_table_is_the_clean_one_or_an_error() {
    let (mut same, mut refused) = (0, 0);
    for seed in 0..600 {
        let mut rng = Rng::with_seed(seed);
        let table = clean(&mut rng);
        let (bytes, broken, how) = dirty(&table, &mut rng);
        match inspect(&bytes) {
            Err(why) => {
                refused += 1;
                let own =
                    why.starts_with("bad-data") || why.starts_with("ambiguous") || why.starts_with("duplicate-key");
                assert!(own, "seed {seed} ({how}): {why}");
                // Nothing but damage and true ambiguity is refused.
                assert!(broken || why.starts_with("ambiguous"), "seed {seed} ({how}): {why}");
            }
            Ok((header, rows, _)) => {
                assert!(!broken, "seed {seed} ({how}): a broken file was read");
                same += 1;
                assert_eq!(header, table.header, "seed {seed} ({how})");
                assert_eq!(rows.len(), table.rows.len(), "seed {seed} ({how})");
                for (read, meant) in rows.iter().zip(&table.rows) {
                    let read: Vec<&str> = read.iter().map(|c| c.as_deref().unwrap_or("")).collect();
                    assert_eq!(read, meant.iter().map(String::as_str).collect::<Vec<_>>(), "seed {seed} ({how})");
                }
            }
        }
    }
    assert!(same > 320 && refused > 60, "{same} read, {refused} refused");
}

/// Files that lenient readers take for another table: what must come of each.
#[test]
fn nasty_files_are_read_rightly_or_refused() {
    let rows = |text: &str| {
        inspect(text.as_bytes()).map(|(_, rows, _)| {
            rows.iter()
                .map(|r| r.iter().map(|c| c.as_deref().unwrap_or("∅")).collect::<Vec<_>>().join(","))
                .collect::<Vec<_>>()
                .join(" ")
        })
    };
    let error = |text: &str| inspect(text.as_bytes()).err().unwrap_or_else(|| format!("read: {:?}", rows(text)));
    for (text, meant) in [
        (
            "year,v\n2018,\"19,863\"\n2019,\"13,450\"\n2020,\"6,413\"\n2021,798\n",
            "2018,19863 2019,13450 2020,6413 2021,798",
        ),
        ("year,v\n2018,1e21\n2019,NaN\n2020,inf\n2021,−5\n", "2018,1000000000000000000000 2019,∅ 2020,∅ 2021,-5"),
        ("year,v\n2018,\"$1,234.50\"\n2019,$3.00\n", "2018,1234.50 2019,3.00"),
        ("period,v\n2023.01,1\n2023.10,2\n", "2023-01,1 2023-10,2"),
        ("period,v\n202452,7\n202401,1\n", "2024,7 2024-01,1"),
        ("period,v\n2000-01-01T00:00:00/P2M,7\n2000-03-01T00:00:00/P1M,1\n", "2000-01..2000-02,7 2000-03,1"),
        ("iso2,year,v\nNA,2018,1\nUS,2018,2\n", "NA,2018,1 US,2018,2"),
        ("hs,year,v\n0101,2018,1\n8542,2018,2\n", "0101,2018,1 8542,2018,2"),
        ("year;v\n2018;1,5\n2019;2,25\n", "2018,1.5 2019,2.25"),
        ("year,v,\n2018,1,\n2019,2,\n", "2018,1 2019,2"),
        ("year,v\r2018,1\r2019,2\r", "2018,1 2019,2"),
        ("sep=;\nyear;v\n2018;1\n", "2018,1"),
        ("year,v\n2018,..\n2019,N/A\n2020,5\n", "2018,∅ 2019,∅ 2020,5"),
        ("2018-01,CHN,559.2\n2018-02,CHN,560.1\n", "2018-01,CHN,559.2 2018-02,CHN,560.1"),
        ("Year,Exports,Imports\n,mn USD,mn USD\n2018,1,2\n2019,3,4\n", "2018,1,2 2019,3,4"),
        ("Table 1,,\nYear,Exports,Imports\n2018,1,2\n2019,3,4\n", "2018,1,2 2019,3,4"),
        ("year,v,w\n2018,1,2\n2019,3,4\nSource: Customs,,\n", "2018,1,2 2019,3,4"),
        ("year\tv\n2018\t\"a \"\"b\"\"\"\n", "2018,a \"b\""),
    ] {
        assert_eq!(rows(text).as_deref(), Ok(meant), "{text:?}");
    }
    for (text, why) in [
        ("", "empty"),
        ("\n \n", "empty"),
        ("year,v\n", "no rows"),
        ("year,v\n2018,1\n2019\n2020,3\n", "1 field"),
        ("year,v\n2018,1,234\n2019,5\n", "3 fields"),
        ("year,v\n2018,\"1\n2019,2\n", "opened"),
        ("year,v\n2018,5\" pipe\n", "quote"),
        ("year,v,year,v\n2018,1,2018,2\n", "two columns"),
        ("year,v\n2018,1\n2018,2\n", "both"),
        ("year;v\n2018;1,234\n2019;5,678\n", "thousands or decimals"),
        ("year,v\n2018,\"19,863\"\n2019,13450\n", "19,863"),
        ("year,v\n2018,5 kg\n2019,3 tonne\n", "units"),
        ("date,v\n01/02/2024,1\n02/03/2024,2\n", "could be"),
        ("period,v\n202401,1\n202413,2\n", "202413"),
        ("year,v\n2018,1\n2019,x7\n2020,3\n2021,4\n", "x7"),
    ] {
        let said = error(text);
        assert!(said.contains(why), "{text:?}: {said}");
    }
}

/// Time and memory grow with the text, not faster, on lines that no table has.
#[test]
fn hostile_text_is_read_in_linear_time() {
    let commas = format!("a,b\n{}\n", ",".repeat(1_000_000));
    assert!(inspect(commas.as_bytes()).is_err());
    let field = format!("year,note,v\n2018,\"{}\",1\n", "x, \"\"y\"\"\n".repeat(30_000));
    assert!(inspect(field.as_bytes()).is_ok());
    let quotes = format!("year,v\n2018,{}\n", "\"".repeat(1_000_001));
    assert!(inspect(quotes.as_bytes()).is_err());
}

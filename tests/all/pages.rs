//! What a person sees of a table: names and units over numbers, one number of decimals in a column, and no line wider
//! than the page, whatever its width.

use super::tool::{Folder, run_in};
use unicode_width::UnicodeWidthStr;

/// Three partners, one with a very long name, in fourteen years.
fn panel(name: &str) -> Folder {
    let folder = Folder::new(name);
    let mut text = String::from("year,partner,exports\n");
    let names = ["Hong Kong", "United Kingdom of Great Britain and Northern Ireland (excluding Isle of Man)", "日本"];
    for (n, name) in names.iter().enumerate() {
        for year in 2010..2024 {
            // 100 mn, 0.02 mn, 10,000 mn and a little more each year.
            let size = [100.0, 0.02, 10_000.0][n] * (1.0 + f64::from(year - 2010) / 10.0);
            text.push_str(&format!("{year},{name},{size}\n"));
        }
    }
    folder.write("p.csv", &text);
    folder
}

const LOAD: &str =
    "load \"p.csv\" as p with { period from year, partner from partner, exports from exports: flow in mn USD }";

fn shown(folder: &Folder, query: &str, width: usize) -> String {
    let ran = run_in(&folder.0, &["-e", LOAD, "-e", &format!("set width = {width}"), "-e", query]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.out
}

#[test]
fn no_line_is_wider_than_the_page_and_no_column_gets_lost_unsaid() {
    let folder = panel("pages_wide");
    let queries = [
        "exports by partner, year",
        "exports by year, partner",
        "exports by partner for 2020",
        "share of exports by partner, year with total",
    ];
    for width in [60, 80, 120, 200] {
        for query in queries {
            let out = shown(&folder, query, width);
            assert!(out.lines().all(|l| l.width() <= width), "{width}: {query}\n{out}");
        }
    }
    // Fourteen cells as wide as `10,000.0` and two blanks do not fit beside a name of a third of the page: both ends are
    // shown, and what is between them is counted.
    let out = shown(&folder, "exports by partner, year", 80);
    let head = out.lines().nth(1).unwrap();
    let years: Vec<&str> = head.split_whitespace().skip(1).collect();
    assert!(years.first() == Some(&"2010") && years.last() == Some(&"2023") && years.contains(&"…"), "{out}");
    let gone = 14 - (years.len() - 1);
    assert!(out.contains(&format!("… {gone} columns left out: ")), "{out}");
    assert!(out.contains("United Kingdom") && out.contains('…'), "{out}");
    let out = shown(&folder, "exports by partner, year", 300);
    assert!(!out.contains('…') && out.contains("(excluding Isle of Man)"), "{out}");
}

#[test]
fn decimals_are_those_of_the_column_and_zeros_are_kept() {
    let folder = panel("pages_columns");
    // 100, 110, … 230 mn USD beside 10,000 … 23,000: nothing is dropped at the end, and the names stand over the numbers.
    let out = shown(&folder, "exports where partner = \"Hong Kong\" from 2010 to 2013", 80);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(&lines[..4], &["period  exports", "         mn USD", "2010        100", "2011        110"], "{out}");
    // 100 + 0.02 + 10,000 mn and 110 + 0.022 + 11,000 mn, in bn; the zero of 10.10 is kept.
    let out = shown(&folder, "exports, exports / 3 from 2010 to 2011", 80);
    let rows: Vec<Vec<&str>> = out.lines().skip(2).take(2).map(|l| l.split_whitespace().collect()).collect();
    assert_eq!(rows, [["2010", "10.10", "3.367"], ["2011", "11.11", "3.703"]], "{out}");
    // Across, each label has decimals of its own size: 0.02 mn beside 10,000 mn.
    let out = shown(&folder, "exports by year, partner from 2010 to 2011", 160);
    let row: Vec<&str> = out.lines().find(|l| l.starts_with("2011")).unwrap().split_whitespace().collect();
    assert_eq!(row, ["2011", "110", "0.022", "11,000"], "{out}");
}

#[test]
fn what_drives_a_terminal_is_written_out_in_every_form() {
    let folder = Folder::new("pages_hostile");
    let label = "a\u{1b}[31m\u{202e}|<b>&\\_$%";
    folder.write("h.csv", &format!("year,partner,exports\n2020,{label},1\n2021,{label},2\n2020,x,3\n2021,x,4\n"));
    for format in ["table", "md", "html", "latex"] {
        for query in [
            "exports by partner, year",
            "exports by partner for 2020",
            "exports, exports by partner",
            "explain exports by partner for 2020",
        ] {
            let ran = run_in(&folder.0, &["-e", query, "--load", "h.csv", "--format", format]);
            assert_eq!(ran.code, 0, "{}", ran.err);
            let hostile = |c: char| c == '\u{1b}' || c == '\u{202e}';
            assert!(!ran.out.contains(hostile) && !ran.err.contains(hostile), "{format}: {query}: {:?}", ran.out);
            assert!(format != "html" || !ran.out.contains("<b>"), "{}", ran.out);
        }
    }
}

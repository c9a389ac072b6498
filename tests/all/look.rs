//! Looking around: lists, pages of help, and names beside codes.

use super::tool::{Folder, json, run, run_in};
use tradeql::session::{lists::LISTS, settings, topics};
use tradeql::syntax::keywords;

const PANEL: &str = "load \"examples/data/made_up_panel.csv\" as panel\n";
const CODES: &str =
    "load \"tests/files/keys/codes.csv\" as countries with { table of partner by ISO3, name from Name }\n";

fn text(statement: &str) -> String {
    let answer = json(&format!("{PANEL}{statement}"));
    answer["text"].as_str().unwrap_or_else(|| panic!("{statement}: {answer}")).to_string()
}

#[test]
fn every_word_of_the_language_has_a_page() {
    let words: Vec<&str> = keywords::ALL.iter().map(|k| k.word).chain(topics::words()).collect();
    let script: String = words.iter().map(|w| format!("help {w}\n")).collect();
    let ran = run(&["-e", &script, "--format", "json"]);
    assert_eq!((ran.code, ran.out.lines().count()), (0, words.len()), "{}", ran.err);
    // A word that is an operator and a word of the language has both pages.
    let first = text("help first");
    assert!(first.contains("first of x") && first.contains("QUERY first N"), "{first}");
    assert!(text("help export").contains(".xlsx") && text("help set").contains("set labels = …"));
    let ran = run(&["-e", "help overwrit"]);
    assert!(ran.code == 0 && ran.out.starts_with("There is no page `overwrit`; this is `overwrite`."), "{}", ran.err);
}

#[test]
fn every_list_is_there_and_near_ones_are_offered() {
    for list in LISTS.iter().filter(|l| **l != "codes") {
        assert!(!text(&format!("list {list}")).is_empty(), "{list}");
    }
    let shown = text("list settings");
    assert!(settings::names().all(|n| shown.contains(&format!("{n} = "))), "{shown}");
    assert!(text("set labels = on\nlist settings").contains("labels = on:"));
    for (statement, words) in [
        ("list setings", "did you mean `settings`?"),
        ("list codes", "`list codes` needs a dimension"),
        ("list codes partnr", "did you mean `partner`?"),
        ("list series partner", "only `list codes` takes a dimension"),
        ("set labls = on", "did you mean `labels`?"),
        ("set labels = yes", "`labels` is `on` or `off`, not `yes`"),
    ] {
        let ran = run(&["-e", &format!("{PANEL}{statement}")]);
        assert!(ran.code == 1 && ran.err.contains(words), "{statement}: {}", ran.err);
    }
}

#[test]
fn codes_are_listed_with_their_names() {
    assert_eq!(text("list codes partner"), "JPN: Japan\nNLD: Netherlands\nUSA: United States\nVNM: Vietnam\n");
    assert!(text("list codes hs2").contains("85: Electrical machinery and equipment\n"));
    // The name of a chapter is not that of a heading.
    assert!(text("list codes hs4").contains("8542\n"));
    let own = text(&format!("{CODES}list codes partner"));
    assert!(own.contains("USA: America\n") && own.contains("JPN: Japan\n"), "{own}");
    assert_eq!(text(&format!("{CODES}list tables")), "countries: 3 codes of partner: name\n");
    let described = text(&format!("{CODES}describe countries"));
    assert!(described.contains("name: 3 labels: America, Germany, Middle Kingdom\n"), "{described}");
    let folder = Folder::new("look_codes");
    folder.write("t.csv", "year,country,exports\n2023,World,3\n2023,USA,1\n2023,France,2\n");
    let ran = run_in(&folder.0, &["-e", "load \"t.csv\"\nlist codes country"]);
    assert!(ran.out.contains("USA: United States\n") && ran.out.contains("France\n"), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("World: a total\n"), "{}", ran.out);
}

#[test]
fn names_stand_beside_codes_where_people_read() {
    let show = |statements: &str, format: &str| run(&["-e", &format!("{PANEL}{statements}"), "--format", format]).out;
    let query = "exports by partner for 2023";
    let on = format!("set labels = on\n{query}");
    for format in ["table", "md", "html"] {
        assert!(show(&on, format).contains("USA United States"), "{}", show(&on, format));
        assert!(!show(query, format).contains("United States"));
        assert_eq!(show(&format!("set labels = on\nset labels = off\n{query}"), format), show(query, format));
    }
    for format in ["csv", "tsv", "json", "sdmx"] {
        assert!(!show(&on, format).contains("United States"), "{format}");
    }
    let more = [
        "exports, imports by partner for 2023",
        "exports by year, partner",
        "exports by partner, year top 2",
        "exports by hs2, partner for 2023",
        "explain exports by partner for 2023",
    ];
    for query in more {
        let shown = show(&format!("set labels = on\n{query}"), "table");
        assert!(shown.contains("USA United States"), "{query}: {shown}");
    }
    // An attribute is a name already.
    let shown = show("set labels = on\nexports by name of partner for 2023", "table");
    assert!(shown.contains("\nUnited States "), "{shown}");
    assert!(show(&format!("{CODES}{on}"), "table").contains("USA America"));
}

#[test]
fn names_of_others_do_no_harm() {
    let folder = Folder::new("look_hostile");
    folder.write("t.csv", "year,hs,exports\n2023,85,1\n2023,84,2\n2023,83,4\n");
    folder.write("n.csv", &format!("code,label\n85,\"a|b <i>\nc\u{1b}[31m\"\n84,{}\n", "x".repeat(300)));
    let script = "load \"t.csv\"\nload \"n.csv\" as n with { table of hs by code, name from label }\nset labels = on\n";
    let show = |query: &str, more: &[&str]| run_in(&folder.0, &[&["-e", &format!("{script}{query}")], more].concat());
    let ran = show("exports by hs for 2023", &[]);
    assert!(ran.out.lines().all(|l| l.chars().count() < 70) && ran.out.contains("xxx…"), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("85 a|b <i> c") && !ran.out.contains('\u{1b}'), "{:?}", ran.out);
    assert!(show("exports by hs for 2023", &["--format", "html"]).out.contains("a|b &lt;i&gt; c"));
    assert!(show("exports by hs for 2023", &["--format", "md"]).out.contains("| 85 a\\|b \\<i\\> c"));
    let ran = show("export exports by hs for 2023 into \"o.csv\"\nexport exports by hs for 2023 into \"o.md\"", &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let read = |name: &str| std::fs::read_to_string(folder.0.join(name)).unwrap();
    assert!(read("o.csv").contains("\n85,2023,1,") && read("o.md").contains("85 a"), "{}", read("o.md"));
}

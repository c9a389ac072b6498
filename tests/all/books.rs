//! Workbooks that are written: what stands in their cells, which sheets there are, and that they are read back.

use super::tool::{Folder, Ran, run_in};
use calamine::{Data, Reader};

const TRADE: &str = "period,partner,exports,weight\n2022,A,100.123456789,5\n2022,B,50,6\n2023,A,120,7\n2023,B,,8\n";

fn folder(name: &str) -> Folder {
    let folder = Folder::new(&format!("book_{name}"));
    folder.write("trade.csv", TRADE);
    folder.write("trade.csv.with", "exports from exports: flow in mn USD\nweight from weight: flow in tonne\n");
    folder
}

fn said(folder: &Folder, statements: &str, more: &[&str]) -> Ran {
    let statements = format!("load \"trade.csv\"\n{statements}");
    run_in(&folder.0, &[&["-e", &statements], more].concat())
}

/// The sheets of a book, and what stands in the cells of each, line by line.
fn book(folder: &Folder, name: &str) -> Vec<(String, Vec<String>)> {
    let mut book = calamine::open_workbook_auto(folder.0.join(name)).unwrap();
    let names = book.sheet_names();
    let cell = |c: &Data| match c {
        Data::Empty => String::new(),
        Data::Float(x) => format!("{x}"),
        Data::String(s) => format!("'{s}'"),
        other => format!("{other:?}"),
    };
    let mut sheet = |name: &String| {
        let range = book.worksheet_range(name).unwrap();
        assert!(book.worksheet_formula(name).unwrap().is_empty(), "{name} computes");
        range.rows().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(" ")).collect()
    };
    names.iter().map(|name| (name.clone(), sheet(name))).collect()
}

fn sheets(folder: &Folder, name: &str) -> Vec<String> {
    book(folder, name).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn numbers_are_numbers_under_their_units_and_marks_have_a_column() {
    let folder = folder("cells");
    let ran = said(&folder, "export exports by partner, year into \"a.xlsx\"", &["--format", "json"]);
    assert!(ran.code == 0 && ran.out.contains("\"written\":[\"a.xlsx\"]"), "{}{}", ran.out, ran.err);
    let lines = [
        "'partner' 'period' 'exports [mn USD]' 'exports marks'",
        "'A' '2022' 100.123456789 ",
        "'A' '2023' 120 ",
        "'B' '2022' 50 ",
        "'B' '2023'  'not reported'",
    ];
    assert_eq!(book(&folder, "a.xlsx"), [("data".to_string(), lines.map(String::from).to_vec())]);
    let ran = said(&folder, "export exports, weight, exports > 60 mn USD by partner for 2022 into \"b.xlsx\"", &[]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let lines = [
        "'partner' 'period' 'exports [mn USD]' 'weight [tonne]' 'exports > 60 mn USD'",
        "'A' '2022' 100.123456789 5 1",
        "'B' '2022' 50 6 0",
    ];
    assert_eq!(book(&folder, "b.xlsx")[0].1, lines);
    let ran = said(&folder, "export growth of exports where partner = A from 2022 to 2023 into \"one.xlsx\"", &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(book(&folder, "one.xlsx")[0].1[1].starts_with("'2022..2023' 19.8520"), "{:?}", book(&folder, "one.xlsx"));
    let none = "export exports by partner for 2022 when it > 1000 bn USD into \"none.xlsx\"";
    assert_eq!(said(&folder, none, &[]).code, 0);
    assert_eq!(book(&folder, "none.xlsx")[0].1.len(), 1);
}

#[test]
fn what_is_written_is_read_back_as_it_was() {
    let folder = folder("back");
    let series = "exports, weight, exports / weight by partner, year";
    assert_eq!(said(&folder, &format!("export {series} into \"a.xlsx\""), &[]).code, 0);
    let numbers = |statements: &str| -> Vec<serde_json::Value> {
        let ran = run_in(&folder.0, &["-e", statements, "--format", "json"]);
        let last = ran.out.lines().last().unwrap_or_else(|| panic!("{}", ran.err)).to_string();
        let answer: serde_json::Value = serde_json::from_str(&last).unwrap();
        let rows = answer["rows"].as_array().unwrap_or_else(|| panic!("{last}"));
        rows.iter().map(|r| r["value"].clone()).filter(|v| !v.is_null()).collect()
    };
    let before = numbers(&format!("load \"trade.csv\"\n{series}"));
    let declared = "load \"a.xlsx\" as back with { exports from \"exports [mn USD]\": flow in mn USD\n \
                    weight from \"weight [tonne]\": flow in tonne\n price from \"exports / weight [USD/tonne]\": price in \
                    USD/tonne\n skip \"exports marks\", \"exports / weight marks\" }\n";
    let after = numbers(&format!("{declared}back.exports, back.weight, price by partner, year"));
    assert_eq!(before, after);
    assert_eq!(before.len(), 10);
}

#[test]
fn a_text_is_never_a_formula_whatever_it_holds() {
    let folder = folder("hostile");
    let long = "L".repeat(40_000);
    let labels =
        ["=cmd|' /C calc'!A0", "+1", "-5", "@x", "_x0041_", "🚢 ship", "https://a.b", "x\u{1}y", "a&<b>", "0901"];
    let rows: String = labels.iter().map(|l| format!("2023,{l},1.5\n")).collect();
    folder.write("odd.csv", &format!("year,partner,exports\n{rows}"));
    folder.write("long.csv", &format!("year,partner,exports\n2023,{long},1\n2023,b,2\n"));
    let ran = said(&folder, "load \"odd.csv\"\nexport odd.exports by partner for 2023 into \"odd.xlsx\"", &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let lines = &book(&folder, "odd.xlsx")[0].1;
    assert_eq!(lines.len(), labels.len() + 1);
    for label in labels {
        assert!(lines.iter().any(|l| *l == format!("'{label}' '2023' 1.5")), "{label:?}: {lines:?}");
    }
    let ran = said(&folder, "load \"long.csv\"\nexport long.exports by partner for 2023 into \"long.xlsx\"", &[]);
    assert!(ran.code == 1 && ran.err.contains("a label has 40000 characters"), "{}", ran.err);
    assert!(!folder.0.join("long.xlsx").exists());
}

#[test]
fn sheets_of_one_run_are_one_book() {
    let folder = folder("sheets");
    let both = "export exports by partner, year into \"b.xlsx#one\"\nexport weight by year into \"b.xlsx#二\"";
    let ran = said(&folder, both, &[]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(sheets(&folder, "b.xlsx"), ["one", "二"]);
    // Another run needs the word, and then the book is a new one.
    let ran = said(&folder, "export exports into \"b.xlsx#three\"", &[]);
    assert!(ran.code == 1 && ran.err.contains("replaces it with all of its sheets"), "{}", ran.err);
    assert_eq!(sheets(&folder, "b.xlsx"), ["one", "二"]);
    let more = "export exports into \"b.xlsx#three\" overwrite\nexport exports into \"b.xlsx#four\"\n\
                export weight into \"b.xlsx#THREE\" overwrite";
    let ran = said(&folder, more, &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(sheets(&folder, "b.xlsx"), ["THREE", "four"]);
    let twice = "export exports into \"c.xlsx#a\"\nexport exports into \"c.xlsx#A\"";
    let ran = said(&folder, twice, &[]);
    assert!(ran.code == 1 && ran.err.contains("`c.xlsx` has a sheet `A` already"), "{}", ran.err);
    let whole = "export exports into \"d.xlsx#a\"\nexport exports into \"d.xlsx\"";
    assert!(said(&folder, whole, &[]).err.contains("`d.xlsx` is there already"));
    // The same answers make the same file.
    let bytes = || std::fs::read(folder.0.join("b.xlsx")).unwrap();
    let before = bytes();
    let ran = said(&folder, more, &["--overwrite"]);
    assert_eq!((ran.code, bytes() == before), (0, true), "{}", ran.err);
}

#[test]
fn labels_make_books_and_sheets() {
    let folder = folder("labels");
    let ran = said(&folder, "export exports by partner, year into \"{partner}.xlsx\"", &[]);
    assert_eq!((ran.code, sheets(&folder, "A.xlsx"), sheets(&folder, "B.xlsx").len()), (0, vec!["data".into()], 1));
    let ran = said(&folder, "export exports, weight by partner, year into \"to {partner}.xlsx#{period}\"", &[]);
    assert_eq!((ran.code, sheets(&folder, "to B.xlsx")), (0, vec!["2022".into(), "2023".into()]), "{}", ran.err);
    folder.write("odd.csv", &format!("year,partner,exports\n2023,a[b,1\n2023,{},2\n2023,a]b,2\n", "n".repeat(40)));
    let odd = |statement: &str| run_in(&folder.0, &["-e", &format!("load \"odd.csv\"\n{statement}")]);
    let ran = odd("export exports by partner for 2023 into \"odd.xlsx#{partner}\"");
    assert!(ran.code == 1 && ran.err.contains("`odd.xlsx` has a sheet `a_b` already"), "{}", ran.err);
    let ran = odd("export exports where partner != \"a[b\" by partner for 2023 into \"odd.xlsx#{partner}\"");
    assert!(ran.code == 1 && ran.err.contains("has 40 characters"), "{}", ran.err);
    assert!(!folder.0.join("odd.xlsx").exists());
}

#[test]
fn nothing_is_written_where_it_may_not() {
    let folder = folder("refused");
    std::fs::create_dir(folder.0.join("folder.xlsx")).unwrap();
    folder.write("old.xlsx", "mine");
    for (into, words) in [
        ("n.xlsx#a/b", "cannot hold `/`"),
        ("n.xlsx#", "needs a name"),
        ("n.xlsx#aaaaaaaaaabbbbbbbbbbccccccccccdddd", "has 34 characters"),
        ("n.xlsx#history", "for themselves"),
        ("n.csv#a", "does not say its format"),
        ("nowhere/n.xlsx", "cannot be written"),
        ("folder.xlsx", "is there already"),
        ("old.xlsx", "is there already"),
        ("old.xlsx#a", "is there already"),
    ] {
        let ran = said(&folder, &format!("export exports into \"{into}\""), &[]);
        assert!(ran.code == 1 && ran.err.contains(words), "{into}: {}", ran.err);
    }
    let ran = said(&folder, "export exports into \"folder.xlsx\" overwrite", &[]);
    assert!(ran.code == 1 && ran.err.contains("it is a folder"), "{}", ran.err);
    assert_eq!(said(&folder, "export exports into \"in.xlsx#a\"", &[]).code, 0);
    for into in ["in.xlsx", "in.xlsx#b"] {
        let again = format!("load \"in.xlsx\" as back\nexport trade.exports into \"{into}\" overwrite");
        let ran = said(&folder, &again, &["--overwrite"]);
        assert!(ran.code == 1 && ran.err.contains("was read by this session"), "{}", ran.err);
    }
    let ran = said(&folder, "export exports into \"new.xlsx\"", &["--sandbox", "."]);
    assert!(ran.code == 1 && ran.err.contains("a sandbox writes nothing"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(folder.0.join("old.xlsx")).unwrap(), "mine");
    let left: Vec<_> = std::fs::read_dir(&folder.0).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(left.iter().all(|n| !n.to_string_lossy().contains("part")), "{left:?}");
}

/// A sheet of many rows is written in another way than a small one, and holds the same.
#[test]
fn a_sheet_of_many_rows_holds_them_all() {
    let folder = folder("many");
    let mut text = String::from("year,port,exports\n");
    let rows = 50_100;
    // Labels, and one that a spreadsheet could take for a formula.
    (0..rows).for_each(|at| text.push_str(&format!("2022,P{},{at}.5\n", 100_000 + at)));
    text.push_str("2022,=1+1,7\n");
    folder.write("many.csv", &text);
    let statements = "load \"many.csv\" as many with { exports from exports: flow in USD }\n\
                      export exports by port, year into \"many.xlsx\"\nexport exports by year into \"many.xlsx#sum\"";
    let ran = run_in(&folder.0, &["-e", statements]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let sheets = book(&folder, "many.xlsx");
    let (data, sum) = (&sheets[0].1, &sheets[1].1);
    assert_eq!(data.len(), rows + 2);
    // Labels are sorted: a sign stands before letters.
    assert_eq!((data[1].as_str(), data[2].as_str()), ("'=1+1' '2022' 7", "'P100000' '2022' 0.5"));
    // 0 + 1 + … + 50,099 = 50,099 × 50,100 / 2 = 1,254,979,950, and half of 50,100 and seven.
    assert_eq!(sum[1], "'2022' 1255005007");
}

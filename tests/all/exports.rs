//! Files that are written, parameters that stand in them, and what may not be read or written.

use super::tool::{Folder, Ran, run_in};

const TRADE: &str = "period,partner,exports\n2022,A,100\n2022,B,50\n2023,A,120\n2023,B,80\n";

fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("trade.csv", TRADE);
    folder.write("trade.csv.with", "exports from exports: flow in mn USD\n");
    folder
}

fn said(folder: &Folder, statement: &str, more: &[&str]) -> Ran {
    let statements = format!("load \"trade.csv\"\n{statement}");
    run_in(&folder.0, &[&["-e", &statements], more].concat())
}

fn read(folder: &Folder, name: &str) -> Option<String> {
    std::fs::read_to_string(folder.0.join(name)).ok()
}

fn names(folder: &Folder) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(&folder.0).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn each_label_has_its_file() {
    let folder = folder("labels");
    let ran = said(&folder, "export exports by partner, year into \"to {partner}.csv\"", &["--format", "json"]);
    assert!(ran.out.contains("\"written\":[\"to A.csv\",\"to B.csv\"]"), "{}{}", ran.out, ran.err);
    let text = |rows: &str| Some(format!("period,value,unit,flags,coverage,reason\n{rows}"));
    assert_eq!(read(&folder, "to A.csv"), text("2022,100,mn USD,,12/12,\n2023,120,mn USD,,12/12,\n"));
    assert_eq!(read(&folder, "to B.csv"), text("2022,50,mn USD,,12/12,\n2023,80,mn USD,,12/12,\n"));
    let ran = said(&folder, "export exports by partner, year into \"{period}.tsv\"", &[]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(read(&folder, "2022.tsv").is_some_and(|t| t.starts_with("partner\tvalue\t") && t.contains("B\t50\t")));
    let ran = said(&folder, "export exports, exports / 2 by partner for 2023 into \"{partner}.md\"", &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(read(&folder, "B.md").is_some_and(|t| t.contains("| 80 | 40 |")), "{:?}", read(&folder, "B.md"));
}

#[test]
fn names_of_files_are_those_of_keys_and_safe() {
    let folder = folder("names");
    let before = names(&folder);
    for (statement, words) in [
        ("export exports by partner into \"x{hs}.csv\"", "`hs` is no key of the answer"),
        ("export exports into \"{partner}.csv\"", "`partner` is no key of the answer"),
        ("export exports by partner into \"{partner.csv\"", "has no partner"),
        ("export exports by partner into \"partner}.csv\"", "has no partner"),
        ("export exports by partner into \"{partner}\"", "does not say its format"),
    ] {
        let ran = said(&folder, statement, &[]);
        assert!(ran.code == 1 && ran.err.contains(words), "{statement}: {}", ran.err);
    }
    folder.write("odd.csv", "year,partner,exports\n2023,a/b,1\n2023,a:b,2\n2023,../c,3\n");
    let odd = |statement: &str| run_in(&folder.0, &["-e", &format!("load \"odd.csv\"\n{statement}")]);
    let ran = odd("export exports by partner for 2023 into \"{partner}.csv\"");
    assert!(ran.code == 1 && ran.err.contains("`a/b` and `a:b` would be one file, `a_b.csv`"), "{}", ran.err);
    assert!(names(&folder).iter().filter(|n| *n != "odd.csv").eq(&before));
    let ran = odd("export exports where partner != \"a:b\" by partner for 2023 into \"{partner}.csv\"");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(read(&folder, "a_b.csv").is_some() && read(&folder, "_._c.csv").is_some(), "{:?}", names(&folder));
}

#[test]
fn a_file_that_is_there_stays_unless_it_is_said_and_an_input_always() {
    let folder = folder("stays");
    folder.write("B.csv", "mine\n");
    let export = "export exports by partner for 2023 into \"{partner}.csv\"";
    let ran = said(&folder, export, &[]);
    assert!(ran.code == 1 && ran.err.contains("`B.csv` is there already"), "{}", ran.err);
    assert_eq!((read(&folder, "A.csv"), read(&folder, "B.csv").as_deref()), (None, Some("mine\n")));
    assert_eq!(said(&folder, &format!("{export} overwrite"), &[]).code, 0);
    assert!(read(&folder, "A.csv").is_some() && read(&folder, "B.csv").is_some_and(|t| t.contains("80")));
    assert_eq!(said(&folder, export, &["--overwrite"]).code, 0);
    std::fs::create_dir(folder.0.join("sub")).unwrap();
    for name in ["trade.csv", "sub/../trade.csv", "./trade.csv"] {
        let ran = said(&folder, &format!("export exports into \"{name}\" overwrite"), &["--overwrite"]);
        assert!(ran.code == 1 && ran.err.contains("was read by this session"), "{name}: {}", ran.err);
    }
}

#[test]
fn all_files_are_written_or_none() {
    let folder = folder("none");
    folder.write("A.csv", "mine\n");
    std::fs::create_dir(folder.0.join("B.csv")).unwrap();
    let before = names(&folder);
    let ran = said(&folder, "export exports by partner into \"{partner}.csv\" overwrite", &[]);
    assert!(ran.code == 1 && ran.err.contains("`B.csv` cannot be written: it is a folder"), "{}", ran.err);
    assert_eq!((names(&folder), read(&folder, "A.csv").as_deref()), (before, Some("mine\n")));
}

#[test]
fn text_that_a_spreadsheet_would_compute_is_marked() {
    let folder = folder("safe");
    folder.write("odd.csv", "year,partner,exports\n2023,=1+1,-1\n2023,@x,2\n2023,plain,3\n");
    let show = |query: &str, more: &[&str]| {
        run_in(&folder.0, &[&["-e", query, "--load", "odd.csv", "--format", "csv"], more].concat()).out
    };
    let query = "exports by partner for 2023";
    assert!(show(query, &[]).contains("\n=1+1,"));
    let safe = show(query, &["--csv-safe"]);
    assert!(safe.contains("\n'=1+1,2023,-1,") && safe.contains("\n'@x,") && safe.contains("\nplain,"), "{safe}");
    let safe = show("exports, exports * 2 by partner for 2023", &["--csv-safe"]);
    assert!(safe.contains("\n'=1+1,2023,-1,-2") && safe.contains("\n'@x,2023,2,4"), "{safe}");
}

#[test]
fn a_sandbox_reads_below_its_folder_and_writes_nothing() {
    let folder = folder("sandbox");
    std::fs::create_dir(folder.0.join("in")).unwrap();
    folder.write("in/trade.csv", TRADE);
    let tried = |statement: &str| run_in(&folder.0, &["-e", statement, "--sandbox", "in"]);
    assert_eq!(tried("load \"in/trade.csv\"\nexports for 2022").out, "150 (unit not declared)  2022\n");
    for path in ["trade.csv", "in/../trade.csv", "*.csv", "in/../*.csv", "/etc/passwd", "nowhere.csv"] {
        let ran = tried(&format!("load \"{path}\" as x"));
        assert!(ran.code == 3 && ran.err.contains("outside the sandbox"), "{path}: {}", ran.err);
    }
    let ran = tried("use \"defs.tql\"");
    assert!(ran.err.contains("outside the sandbox"), "{}", ran.err);
    let ran = tried("load \"in/trade.csv\"\nexport exports into \"in/new.csv\"");
    assert!(ran.code == 1 && ran.err.contains("a sandbox writes nothing"), "{}", ran.err);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.0.join("trade.csv"), folder.0.join("in/link.csv")).unwrap();
        assert!(tried("load \"in/link.csv\" as x").err.contains("outside the sandbox"));
    }
    assert_eq!(run_in(&folder.0, &["-e", "1 + 1", "--sandbox", "nowhere"]).code, 2);
}

#[test]
fn parameters_stand_for_whatever_may_stand() {
    let folder = folder("params");
    let script = "param file\nparam who = {A}\nparam n = 1\nparam unit = bn USD\nparam key = partner\nparam yr = 2023\n\
                  param printed = 0.12 bn USD\nparam near = 1 mn USD\nparam base = 100\nparam out = \"o.csv\"\n\
                  load file\n\
                  exports where partner among who for yr\n\
                  exports where partner among {who, B} for yr\n\
                  exports where key among who for yr in unit\n\
                  first of exports by key top n\n\
                  average over key of exports for yr\n\
                  index of exports with 2022 = base for yr\n\
                  assert exports where partner among who for yr is printed within near\n\
                  export exports by key for yr into out\n";
    folder.write("s.tql", script);
    let run = |more: &[&str]| run_in(&folder.0, &[&["run", "s.tql", "--format", "json"], more].concat());
    let ran = run(&[]);
    assert!(ran.code == 2 && ran.out.is_empty() && ran.err.contains("`file`: --arg file=VALUE"), "{}", ran.err);
    let ran = run(&["--arg", "file=trade.csv"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let values: Vec<f64> = ran
        .out
        .lines()
        .filter_map(|l| serde_json::from_str::<serde_json::Value>(l).ok()?["rows"][0]["value"].as_f64())
        .collect();
    // A 120; A and B 200; A in bn; the first of A and B, of which A is the largest; (120 + 80) / 2; 200 / 150 × 100.
    assert_eq!(values, [120.0, 200.0, 0.12, 100.0, 100.0, 200.0 * 100.0 / 150.0, 120.0]);
    assert!(read(&folder, "o.csv").is_some_and(|t| t.contains("A,2023,120,")));
    for (arg, words) in [
        ("who=Q", "no row"),
        ("n=0", "`n` is `0`, which is not a whole number above zero"),
        ("n=2,5", "`n` is `2,5`, which is not a whole number above zero"),
        ("unit=bm", "`unit` is `bm`, which is not a unit"),
        ("key=A", "`key` is `A`, which is not a dimension"),
        ("yr=soon", "`yr` is `soon`, which is not a period"),
        ("printed=0,12", "`printed` is `0,12`, which is not a number"),
        ("near=2 kg", "the value is in bn USD and the distance in kg"),
        ("base=2 kg", "`base` is `2 kg`, which is not a bare number"),
        ("out=o.doc", "does not say its format"),
    ] {
        let ran = run(&["--arg", "file=trade.csv", "--arg", arg]);
        assert!(ran.code == 1 && (ran.out.contains(words) || ran.err.contains(words)), "{arg}: {}{}", ran.out, ran.err);
    }
    folder.write("clash.tql", "param partner = year\nparam kg = mn USD\nload \"trade.csv\"\nexports by partner\n");
    assert!(run_in(&folder.0, &["run", "clash.tql"]).err.contains("which one?"));
    // A parameter that is called as a dimension and holds a code is no dimension.
    folder.write(
        "code.tql",
        "param partner = A\nload \"trade.csv\"\nexports where partner = partner by partner for 2023\n",
    );
    assert!(run_in(&folder.0, &["run", "code.tql", "--format", "csv"]).out.contains("A,2023,120,"));
}

#[test]
fn a_file_without_a_name_is_called_as_it_is() {
    let folder = folder("called");
    folder.write("2024 trade.csv", TRADE);
    std::fs::create_dir(folder.0.join("sub")).unwrap();
    folder.write("sub/trade.csv", TRADE);
    assert_eq!(said(&folder, "trade.exports for 2022", &[]).out, "150 mn USD  2022\n");
    assert_eq!(said(&folder, "load \"trade.csv\"\ntrade.exports for 2022", &[]).code, 0);
    assert_eq!(said(&folder, "load \"2024 trade.csv\"\ndata_2024_trade.exports for 2022", &[]).code, 0);
    let ran = said(&folder, "load \"sub/trade.csv\"", &[]);
    assert!(ran.err.contains("`trade` is already loaded, from `trade.csv`"), "{}", ran.err);
    assert_eq!(said(&folder, "load \"sub/trade.csv\" as trade\ntrade.exports for 2022", &[]).code, 0);
    let ran = said(&folder, "load trade as x", &[]);
    assert!(ran.err.contains("no parameter is named `trade`"), "{}", ran.err);
}

#[test]
fn a_document_is_called_as_what_it_answers() {
    let folder = Folder::new("document");
    let panel = super::tool::root().join("examples/data/made_up_panel.csv");
    let load = format!("load \"{}\" as panel", panel.display());
    let ran = run_in(&folder.0, &["-e", &load, "-e", "export exports by partner for 2023 into \"a.html\""]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let text = std::fs::read_to_string(folder.0.join("a.html")).unwrap();
    assert!(text.contains("<caption>exports by partner for 2023</caption>") && !text.contains("a.html"), "{text}");
}

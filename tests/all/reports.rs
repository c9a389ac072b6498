//! Reports: what stands in prose and in blocks becomes numbers, tables, charts and explanations; what does not hold is
//! found; nothing of the user is markup; the same report has the same bytes.

use super::tool::{Folder, Ran, root, run, run_in};
use std::path::Path;

const LOAD: &str = "```tql hidden\nload \"f.csv\" as f with { exports from exports: flow in mn USD }\n```\n";

/// A folder with a small file: 80, 100, 120.
fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("f.csv", "year,exports\n2021,80\n2022,100\n2023,120\n");
    folder
}

fn made(folder: &Folder, text: &str, arguments: &[&str]) -> (Ran, String) {
    folder.write("notes.md", &format!("# Notes\n\n{LOAD}\n{text}"));
    let mut all = vec!["report", "notes.md"];
    all.extend(arguments);
    let ran = run_in(&folder.0, &all);
    let out = arguments.iter().position(|a| *a == "-o").map(|i| arguments[i + 1]);
    let text = out.and_then(|o| std::fs::read_to_string(folder.0.join(o)).ok()).unwrap_or_default();
    (ran, text)
}

#[test]
fn numbers_tables_charts_and_explanations_stand_where_they_were_asked_for() {
    let folder = folder("reports_whole");
    let text = "In 2023 it was {{exports for 2023}}, {{growth of exports from 2022 to 2023}} more.\n\n\
                ```tql\nexports by year\nplot exports by year\nexplain growth of exports from 2021 to 2022\n```\n\nEnd `{{not}}` *here*.\n";
    let (ran, html) = made(&folder, text, &["-o", "out.html"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    // 120 / 100 - 1 = 20 %; 100 / 80 - 1 = 25 %.
    assert!(html.contains("In 2023 it was 120 mn USD, 20.0 % more."), "{html}");
    assert!(html.contains("100 * (100 / 80 - 1) = 25 %") && html.contains("<em>here</em>"), "{html}");
    assert!(html.contains("<code>{{not}}</code>"), "{html}");
    assert!(html.contains("<svg ") && html.contains("role=\"img\" aria-label=\"Exports by year\""), "{html}");
    // Whole by itself: nothing is fetched, nothing runs.
    for word in ["<script", "http-equiv", "<link", "src=\"http", "url(", "@import"] {
        assert!(!html.contains(word), "{word}");
    }
    // One heading of the first level, none left out below it; tables have heads.
    let levels: Vec<u32> =
        html.match_indices("<h").filter_map(|(i, _)| html[i + 2..].chars().next()?.to_digit(10)).collect();
    assert_eq!(levels.iter().filter(|l| **l == 1).count(), 1, "{levels:?}");
    assert!(levels.windows(2).all(|w| w[1] <= w[0] + 1), "{levels:?}");
    assert!(html.matches("<table>").count() == html.matches("<thead>").count() && html.contains("<th scope=\"col\""));
    assert!(html.contains("lang=\"en\"") && html.contains("@media print") && html.contains("<title>Notes</title>"));
    // The same again is the same.
    let again = made(&folder, text, &["-o", "out.html"]).1;
    assert_eq!(html, again);
    let (ran, md) = made(&folder, text, &["-o", "out.md"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(md.contains("In 2023 it was 120 mn USD, 20.0 % more.") && md.contains("| 2022 | 100 |"), "{md}");
    assert!(md.contains("`100 * (100 / 80 - 1) = 25 %`") && md.contains("\n\n---\n"), "{md}");
}

#[test]
fn the_files_it_is_made_from_are_named_with_their_hashes() {
    let folder = folder("reports_provenance");
    let (_, html) = made(&folder, "{{exports for 2023}}\n", &["-o", "out.html"]);
    let sum = std::process::Command::new("sha256sum").arg(folder.0.join("f.csv")).output();
    let Ok(sum) = sum else {
        println!("there is no sha256sum here");
        return;
    };
    let hash = String::from_utf8(sum.stdout).unwrap().split_whitespace().next().unwrap().to_string();
    assert!(hash.len() == 64 && html.contains(&format!("f.csv  sha256 {hash}")), "{hash}\n{html}");
    assert!(html.contains("3 rows, 2021..2023") && html.contains("exports from exports: flow in mn USD"), "{html}");
    assert!(html.contains(concat!("Made by tradeql ", env!("CARGO_PKG_VERSION"))), "{html}");
}

#[test]
fn a_printed_number_that_no_longer_holds_fails_the_check() {
    let folder = folder("reports_check");
    let right = "{{growth of exports from 2022 to 2023 is 20%}} and {{exports for 2023 is 120 mn USD}}.\n";
    let (ran, _) = made(&folder, right, &["--check"]);
    assert!(ran.code == 0 && ran.out.contains("2 printed values and claims hold"), "{}{}", ran.out, ran.err);
    for wrong in [
        "{{growth of exports from 2022 to 2023 is 21%}}\n",
        "{{exports for 2020 is 120 mn USD}}\n",
        "```tql\nclaim exports for 2023 is 121 mn USD\n```\n",
        "```tql\nassert exports for 2023 is 121 mn USD\n```\n",
    ] {
        let (ran, html) = made(&folder, wrong, &["--check", "-o", "checked.html"]);
        assert!(ran.code == 4 && html.is_empty(), "{wrong}: {}{}", ran.code, ran.err);
    }
    // Without the check it is written, and says so.
    let (ran, html) = made(&folder, "{{growth of exports from 2022 to 2023 is 21%}}\n", &["-o", "said.html"]);
    assert!(ran.code == 0 && html.contains("<strong>21% (does not hold: 20%)</strong>"), "{}{html}", ran.err);
    assert!(ran.err.contains("1 of 1 printed values and claims do not hold"), "{}", ran.err);
    // The data change under a report that held.
    folder.write("f.csv", "year,exports\n2021,80\n2022,100\n2023,130\n");
    assert_eq!(made(&folder, right, &["--check"]).0.code, 4);
}

#[test]
fn what_fails_is_told_with_its_line_and_writes_nothing() {
    let folder = folder("reports_fails");
    folder.write("out.html", "good");
    // The heading, the block of the load and two blank lines are lines 1 to 6.
    for (text, line, words) in [
        ("\n{{exprots for 2023}}\n", 8, "no series is named"),
        ("```tql\nexports for 2023\nexprots for 2023\n```\n", 9, "no series is named"),
        ("{{exports by year}}\n", 7, "is not one number"),
        ("{{exports for 2023\n", 7, "has no `}}`"),
        ("```tql\nexports\n", 7, "has no end"),
    ] {
        let (ran, html) = made(&folder, text, &["-o", "out.html"]);
        assert_eq!((ran.code, html.as_str()), (1, "good"), "{text}: {}", ran.err);
        assert!(ran.err.contains(words) && ran.err.contains(&format!("notes.md:{line}")), "{text}: {}", ran.err);
    }
    let refused = |out: &str| made(&folder, "{{exports for 2023}}\n", &["-o", out]).0;
    assert!(refused("f.csv").code == 2 && refused("notes.md").code == 1 && refused("out.pdf").code == 2);
    assert!(std::fs::read_to_string(folder.0.join("f.csv")).unwrap().starts_with("year"));
    // A report writes itself alone.
    let ran = made(&folder, "```tql\nexport exports by year into \"side.csv\"\n```\n", &["-o", "out.html"]).0;
    assert!(ran.code == 1 && !folder.0.join("side.csv").exists(), "{}", ran.err);
}

#[test]
fn hostile_words_stay_words() {
    let folder = Folder::new("reports_hostile");
    let label = "<img src=x onerror=alert(1)>\u{E000}0\u{E001}&|*_";
    folder.write("f.csv", &format!("year,partner,exports\n2023,\"{label}\",1\n2023,b,2\n"));
    let text = "<script>alert(1)</script>\n\n[a](javascript:alert(1)) ![b](http://x/y.png)\n\n\
                ```tql\nexports by partner for 2023\nplot exports by partner for 2023\nexplain share of exports by partner for 2023\n```\n";
    let (ran, html) = made(&folder, text, &["-o", "out.html"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(!html.contains("<script") && !html.contains("<img src=x") && !html.contains("javascript:"), "{html}");
    assert!(html.contains("&lt;script&gt;") && html.contains("&lt;img src=x onerror"), "{html}");
}

#[test]
fn a_picture_beside_a_report_goes_into_it() {
    let folder = folder("reports_picture");
    folder.write("p.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    let (_, html) = made(&folder, "![a plan](p.svg)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", &["-o", "out.html"]);
    assert!(html.contains("src=\"data:image/svg+xml;base64,PHN2Zy") && html.contains("alt=\"a plan\""), "{html}");
    assert!(html.contains("<td>1</td>"), "{html}");
}

/// The story of the news is a report: its figures hold, its trap is told, and its chart is there.
#[test]
fn the_story_of_the_example_holds() {
    let ran = run(&["report", "examples/ic_story.md", "--check"]);
    assert!(ran.code == 0 && ran.out.contains("printed values and claims hold"), "{}{}", ran.out, ran.err);
    let out = run(&["report", "examples/ic_story.md"]).out;
    for words in
        ["559 bn CNY", "1.03 tn CNY", "141 bn USD", "84.3%", "71.2%", "11 of 12 months", "<svg ", "856.2 bn CNY"]
    {
        assert!(out.contains(words), "{words}");
    }
    assert!(Path::new(&root()).join("examples/ic_story.md").exists());
}

/// How a number comes about, as a page to print.
#[test]
fn an_explanation_is_a_handout() {
    let folder = folder("reports_handout");
    let load = "load \"f.csv\" as f with { exports from exports: flow in mn USD }";
    let wrote = |statement: &str| run_in(&folder.0, &["-e", load, "-e", statement]);
    for name in ["h.html", "h.md", "h.tex"] {
        let ran = wrote(&format!("export explain growth of exports from 2021 to 2022 into \"{name}\""));
        assert_eq!(ran.code, 0, "{name}: {}", ran.err);
        let text = std::fs::read_to_string(folder.0.join(name)).unwrap();
        assert!(text.contains("How a number comes about") && text.contains("100 / 80 - 1"), "{text}");
        assert!(!text.contains("<script"), "{text}");
    }
    for (statement, words) in [
        ("export explain exports by year into \"h.csv\"", "names end in .html, .md or .tex"),
        ("export explain exports by year into \"h.html\"", "is there already"),
        ("export explain exprots by year into \"i.html\"", "no series is named"),
    ] {
        let ran = wrote(statement);
        assert!(ran.code == 1 && ran.err.contains(words), "{statement}: {}", ran.err);
    }
    assert!(!folder.0.join("h.csv").exists() && !folder.0.join("i.html").exists());
    // The numbers themselves are exported as before, and so is a series of that name.
    assert_eq!(wrote("export exports by year into \"n.csv\"").code, 0);
    assert_eq!(wrote("let explain = exports\nexport explain by year into \"e.csv\"").code, 0);
}

//! Charts: what is drawn stands where arithmetic puts it. Pictures are compared as text.

use super::tool::{Folder, Ran, root, run_in};
use std::process::Command;

fn folder(name: &str, rows: &str, declared: &str) -> Folder {
    let folder = Folder::new(&format!("charts-{name}"));
    folder.write("t.csv", rows);
    folder.write("t.csv.with", declared);
    folder
}

fn said(folder: &Folder, statement: &str, more: &[&str]) -> Ran {
    run_in(&folder.0, &[&["-e", &format!("load \"t.csv\"\n{statement}")], more].concat())
}

/// The picture of a plot.
fn svg(folder: &Folder, plot: &str) -> String {
    let ran = said(folder, &format!("plot {plot} into \"f.svg\" overwrite"), &[]);
    assert_eq!(ran.code, 0, "{plot}: {}", ran.err);
    std::fs::read_to_string(folder.0.join("f.svg")).unwrap()
}

/// The number of an attribute of an element.
fn number(element: &str, name: &str) -> f64 {
    let rest = element.split_once(&format!(" {name}=\"")).unwrap_or_else(|| panic!("no {name} in {element}")).1;
    rest.split('"').next().unwrap().parse().unwrap()
}

/// The lines that begin an element and hold a text.
fn elements<'a>(svg: &'a str, tag: &str, holds: &str) -> Vec<&'a str> {
    svg.lines().filter(|l| l.starts_with(&format!("<{tag} ")) && l.contains(holds)).collect()
}

/// The points of a path.
fn points(element: &str) -> Vec<(f64, f64)> {
    let path = element.split_once(" d=\"").unwrap().1.split('"').next().unwrap();
    let pairs = path.trim_end_matches('Z').split(['M', 'L']).filter(|p| !p.is_empty());
    pairs.map(|p| p.split_once(' ').unwrap()).map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).collect()
}

const BLUE: &str = "#0072b2";
const RED: &str = "#d55e00";

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.02
}

#[test]
fn a_bar_of_half_the_number_is_half_as_long() {
    let folder = folder(
        "half",
        "year,partner,exports\n2023,A,100\n2023,B,50\n2023,C,-25\n",
        "exports from exports: flow in mn USD\n",
    );
    let svg = svg(&folder, "exports by partner for 2023");
    let bars = elements(&svg, "rect", BLUE);
    let [a, b, c] = bars.as_slice() else { panic!("{bars:?}") };
    let width = |bar: &str| number(bar, "width");
    assert!(near(width(a), 2.0 * width(b)) && near(width(a), 4.0 * width(c)), "{bars:?}");
    // What is negative ends where the others begin.
    assert!(near(number(a, "x"), number(b, "x")) && near(number(c, "x") + width(c), number(a, "x")), "{bars:?}");
    for text in [">A<", ">B<", ">C<", ">100<", ">50<", ">-25<", ">mn USD<"] {
        assert!(svg.contains(text), "{text} in {svg}");
    }
}

#[test]
fn a_gap_breaks_the_line_and_time_runs_evenly() {
    let rows = "year,exports,flag\n2018,10,\n2019,20,\n2020,30,\n2021,,\n2022,40,\n2023,20,\n";
    let folder = folder("gap", rows, "exports from exports: flow in mn USD\nskip flag\n");
    let svg = svg(&folder, "exports by year");
    let lines = elements(&svg, "path", "fill=\"none\" stroke=\"#0072b2\"");
    let [first, second] = lines.as_slice() else { panic!("{lines:?}") };
    let (first, second) = (points(first), points(second));
    assert_eq!((first.len(), second.len()), (3, 2));
    // The middles of the years 2018 to 2023 are 365, 365.5, 365.5, 365, 365 days apart.
    let day = (first[1].0 - first[0].0) / 365.0;
    assert!(near(first[2].0 - first[1].0, 365.5 * day), "{first:?}");
    assert!(near(second[0].0 - first[2].0, (365.5 + 365.0) * day), "{first:?} {second:?}");
    // 10, 20, 30 rise in even steps, and 40 to 20 falls by two of them.
    let step = first[0].1 - first[1].1;
    assert!(step > 5.0 && near(first[1].1 - first[2].1, step), "{first:?}");
    assert!(near(second[1].1 - second[0].1, 2.0 * step) && near(second[1].1, first[1].1), "{second:?}");
    assert!(svg.contains("× not reported: 2021") && svg.contains("missing</title>"), "{svg}");
}

#[test]
fn layers_stand_on_each_other() {
    let rows = "year,partner,exports\n2022,A,10\n2022,B,30\n2023,A,20\n2023,B,20\n";
    let folder = folder("layers", rows, "exports from exports: flow in mn USD\n");
    let svg = svg(&folder, "exports by partner, year as area");
    let (lower, upper) = (elements(&svg, "path", BLUE), elements(&svg, "path", RED));
    let (lower, upper) = (points(lower[0]), points(upper[0]));
    // Along the upper edge, then back along the lower: 10, 20, 0, 0 below and 40, 40, 20, 10 above.
    let zero = lower[3].1;
    let unit = (zero - lower[0].1) / 10.0;
    let heights: Vec<f64> =
        lower.iter().chain(&upper).map(|(_, y)| ((zero - y) / unit * 10.0).round() / 10.0).collect();
    assert_eq!(heights, [10.0, 20.0, 0.0, 0.0, 40.0, 40.0, 20.0, 10.0]);
}

#[test]
fn labels_are_escaped_and_what_is_unseen_is_seen() {
    let rows = "year,partner,exports\n2023,\"<script>&\u{202e}\",100\n2023,\"a \"\"b\"\"\",50\n";
    let folder = folder("escape", rows, "exports from exports: flow in mn USD\n");
    let svg = svg(&folder, "exports by partner for 2023");
    assert!(!svg.contains("<script") && !svg.contains('\u{202e}'), "{svg}");
    assert!(svg.contains("&lt;script&gt;&amp;\\u{202e}") && svg.contains("a &quot;b&quot;"), "{svg}");
    // Every tag is closed, and the picture has a title and says what it shows.
    assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
    assert!(svg.contains("role=\"img\"") && svg.contains("<title>Exports by partner for 2023</title>"));
    assert!(svg.contains("<desc>bar in mn USD, from"), "{svg}");
}

#[test]
fn names_at_the_ends_of_lines_do_not_touch() {
    let all = ["A", "B", "C", "D", "E", "F"];
    let rows: String = all.iter().flat_map(|p| [format!("2022,{p},50\n"), format!("2023,{p},100\n")]).collect();
    let folder = folder("ends", &format!("year,partner,exports\n{rows}"), "exports from exports: flow in mn USD\n");
    let svg = svg(&folder, "exports by partner, year");
    let mut at: Vec<f64> = all.iter().map(|p| number(elements(&svg, "text", &format!(">{p}<"))[0], "y")).collect();
    at.sort_by(f64::total_cmp);
    assert!(at.windows(2).all(|w| w[1] - w[0] >= 13.0), "{at:?}");
    // The same chart has the same bytes.
    assert_eq!(svg, self::svg(&folder, "exports by partner, year"));
}

#[test]
fn units_have_panels_of_their_own_and_many_labels_too() {
    let rows: String =
        (0..9).flat_map(|p| [2022, 2023].map(|y| format!("{y},P{p},{},{}\n", p + 1, 5 * p + 1))).collect();
    let rows = format!("year,partner,exports,weight\n{rows}");
    let folder = folder("panels", &rows, "exports from exports: flow in mn USD\nweight from weight: flow in tonne\n");
    let two = svg(&folder, "exports, weight by year");
    assert!(two.contains(">exports<") && two.contains(">mn USD<") && two.contains(">tonne<"), "{two}");
    let many = svg(&folder, "exports by partner, year");
    // Nine panels share their scale, which ends at the largest number or above it.
    assert_eq!(elements(&many, "path", "fill=\"none\" stroke=\"#0072b2\"").len(), 9);
    assert_eq!(elements(&many, "text", ">10<").len(), 9, "{many}");
}

#[test]
fn what_is_partial_is_hollow_and_warnings_stand_below() {
    let rows: String =
        (1..=12).map(|m| format!("2022-{m:02},10\n")).chain((1..=6).map(|m| format!("2023-{m:02},10\n"))).collect();
    let folder = folder("partial", &format!("month,exports\n{rows}"), "exports from exports: flow in mn USD\n");
    let svg = svg(&folder, "exports by year");
    let hollow = elements(&svg, "circle", "fill=\"#ffffff\"");
    assert_eq!((hollow.len(), elements(&svg, "circle", "fill=\"#0072b2\"").len()), (1, 1), "{svg}");
    assert!(svg.contains("p partial: 2023 (6 of 12)"), "{svg}");
    // Six months of ten stand at half of twelve: 60 and 120 above zero.
    let height = |circle: &str| number(circle, "cy");
    let zero = number(elements(&svg, "line", "#8c8c8c")[0], "y1");
    let full = elements(&svg, "circle", "fill=\"#0072b2\"")[0];
    assert!(near(zero - height(full), 2.0 * (zero - height(hollow[0]))), "{svg}");
}

#[test]
fn files_are_written_as_exports_are() {
    let rows = "year,partner,exports\n2022,A,10\n2022,B,30\n2023,A,20\n2023,B,20\n";
    let folder = folder("files", rows, "exports from exports: flow in mn USD\n");
    let plot = "plot exports by partner, year into \"{partner}.svg\"";
    let ran = said(&folder, plot, &["--format", "json"]);
    assert!(ran.out.contains("\"written\":[\"A.svg\",\"B.svg\"]"), "{}{}", ran.out, ran.err);
    let text = std::fs::read_to_string(folder.0.join("A.svg")).unwrap();
    assert!(text.contains("Exports by partner, year: A<"), "{text}");
    let again = said(&folder, plot, &[]);
    assert!(again.code == 1 && again.err.contains("is there already"), "{}", again.err);
    assert_eq!(said(&folder, &format!("{plot} overwrite"), &[]).code, 0);
    let boxed = said(&folder, "plot exports by year into \"new.svg\"", &["--sandbox", "."]);
    assert!(boxed.code == 1 && !folder.0.join("new.svg").exists(), "{}", boxed.err);
    // A chart that cannot be drawn leaves no file.
    let none = said(&folder, "plot exports by partner for 2023 as line into \"none.svg\"", &[]);
    assert!(none.code == 1 && !folder.0.join("none.svg").exists(), "{}", none.err);
}

/// What a plot prints, with these variables.
fn printed(plot: &str, variables: &[(&str, &str)]) -> String {
    let load = "load \"examples/data/made_up_panel.csv\" as panel\n";
    let mut command = Command::new(env!("CARGO_BIN_EXE_tradeql"));
    command.args(["-e", &format!("{load}{plot}")]).current_dir(root()).env("NO_COLOR", "1");
    for variable in ["LC_ALL", "LC_CTYPE", "LANG", "TERM"] {
        command.env_remove(variable);
    }
    let output = command.envs(variables.iter().copied()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

const PLOTS: [&str; 8] = [
    "plot exports by month",
    "plot exports, imports by year",
    "plot exports - imports by partner for 2023",
    "plot exports by partner, hs2 for 2023",
    "plot exports by partner, year as area",
    "plot exports, imports by year as bar",
    "plot exports by hs6, year",
    "plot exports, exports_weight by year",
];

#[test]
fn no_line_is_wider_than_the_page() {
    for width in [40, 60, 100, 200] {
        for plot in PLOTS {
            let out = printed(&format!("set width = {width}\n{plot}"), &[("LC_ALL", "C.UTF-8")]);
            assert!(out.contains("CNY"), "{plot} at {width} lacks its unit: {out}");
            let drawn = out.lines().take_while(|l| !l.starts_with(['m', 'p', '×', 's']));
            let widest = drawn.map(|l| l.chars().count()).max().unwrap_or(0);
            assert!(widest > 20 && widest <= width, "{plot}: {widest} of {width}\n{out}");
        }
    }
}

#[test]
fn a_plain_terminal_gets_plain_characters() {
    for variables in [[("LC_ALL", "C"), ("TERM", "xterm")], [("LANG", "en_US.UTF-8"), ("TERM", "dumb")]] {
        for plot in PLOTS {
            let out = printed(plot, &variables);
            assert!(out.is_ascii() && out.lines().count() > 4, "{plot}: {out}");
        }
    }
    let out = printed("plot exports by month", &[("LANG", "en_US.UTF-8")]);
    assert!(out.chars().any(|c| ('\u{2801}'..='\u{28ff}').contains(&c)), "{out}");
}

#[test]
fn bars_of_characters_are_as_long_as_their_numbers() {
    let folder = folder(
        "cells",
        "year,partner,exports\n2023,A,100\n2023,B,50\n2023,C,25\n",
        "exports from exports: flow in mn USD\n",
    );
    let ran = run_in(&folder.0, &["-e", "load \"t.csv\"\nplot exports by partner for 2023"]);
    let eighths = |label: &str| {
        let line = ran.out.lines().find(|l| l.starts_with(label)).unwrap();
        let of = |c: char| "▏▎▍▌▋▊▉█".chars().position(|e| e == c).map_or(0, |at| at + 1);
        line.chars().map(of).sum::<usize>()
    };
    let (a, b, c) = (eighths("A"), eighths("B"), eighths("C"));
    assert!(a > 400 && a.abs_diff(2 * b) <= 2 && a.abs_diff(4 * c) <= 4, "{a} {b} {c}\n{}", ran.out);
}

#[test]
fn the_picture_of_the_readme_is_what_is_drawn() {
    let folder = Folder::new("charts-readme");
    let path = folder.0.join("chart.svg");
    let load = "load \"examples/data/made_up_panel.csv\" as panel\n";
    let plot = format!("{load}plot exports by partner, year allowing missing into \"{}\"", path.display());
    let ran = run_in(&root(), &["-e", &plot]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let drawn = std::fs::read_to_string(path).unwrap();
    let kept = root().join("docs/chart.svg");
    if std::env::var_os("TRADEQL_BLESS").is_some() {
        std::fs::write(&kept, &drawn).unwrap();
    }
    assert_eq!(std::fs::read_to_string(kept).unwrap_or_default(), drawn, "TRADEQL_BLESS=1 writes it anew");
}

#[cfg(feature = "png")]
#[test]
fn a_picture_in_pixels_has_twice_the_size_and_the_colours_of_the_page() {
    let folder =
        folder("png", "year,partner,exports\n2023,A,100\n2023,B,50\n", "exports from exports: flow in mn USD\n");
    let height = number(elements(&svg(&folder, "exports by partner for 2023"), "svg", "")[0], "height");
    let ran = said(&folder, "plot exports by partner for 2023 into \"f.png\"", &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let bytes = std::fs::read(folder.0.join("f.png")).unwrap();
    assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"));
    let word = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!((word(16), f64::from(word(20))), (1440, 2.0 * height));
    // A sign that the font lacks is refused, not left out.
    folder.write("u.csv", "year,partner,exports\n2023,集成,100\n2023,B,50\n");
    let ran = run_in(&folder.0, &["-e", "load \"u.csv\"\nplot exports by partner for 2023 into \"u.png\""]);
    assert!(ran.code == 1 && ran.err.contains("has no `集`") && ran.err.contains("u.svg"), "{}", ran.err);
    assert!(!folder.0.join("u.png").exists());
}

//! Stories: figures and findings against what a careful reader takes from them. The texts of `tests/files/stories` are our
//! own; each has its expectations beside it. Those of `../shared/stories`, where they are, are re-told from real pieces.

use super::tool::{root, run};
use serde_json::Value;
use std::path::Path;
use tradeql::stories::finding::{Finding, Kind};
use tradeql::stories::findings;
use tradeql::stories::{Asked, Figure, Story, read};

/// What is expected of a figure.
#[derive(Clone, Debug)]
struct Want {
    from: usize,
    to: usize,
    role: String,
    value: Option<f64>,
    unit: String,
    flow: String,
    product: String,
    partner: String,
    period: String,
}

/// What is expected of a text.
struct Expected {
    name: String,
    text: String,
    date: Option<(i32, u32, u32)>,
    figures: Vec<Want>,
    findings: Vec<(String, String, Vec<usize>)>,
}

fn date(text: &str) -> Option<(i32, u32, u32)> {
    let parts: Vec<i32> = text.split('-').filter_map(|p| p.parse().ok()).collect();
    match parts.as_slice() {
        [y, m, d] => Some((*y, m.unsigned_abs(), d.unsigned_abs())),
        _ => None,
    }
}

/// `= text | role | value unit | flow product partner period`, in the order of the text; `> kind relation 1 2 3`.
fn own(path: &Path) -> Expected {
    let folder = path.parent().unwrap();
    let lines = std::fs::read_to_string(path).unwrap();
    let mut out = Expected {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        text: String::new(),
        date: None,
        figures: Vec::new(),
        findings: Vec::new(),
    };
    let mut at = 0;
    for line in lines.lines() {
        if let Some(file) = line.strip_prefix("file ") {
            out.text = std::fs::read_to_string(folder.join(file)).unwrap();
        } else if let Some(day) = line.strip_prefix("date ") {
            out.date = date(day);
        } else if let Some(rest) = line.strip_prefix("= ") {
            let parts: Vec<&str> = rest.split(" | ").map(str::trim).collect();
            let [text, role, amount, subject] = parts.as_slice() else { panic!("{line}") };
            let start = out.text[at..].find(text).unwrap_or_else(|| panic!("{}: no `{text}` from {at}", out.name)) + at;
            at = start + text.len();
            let (value, unit) = amount.split_once(' ').unwrap_or((amount, ""));
            let words: Vec<&str> = subject.split(' ').collect();
            let word = |i: usize| words.get(i).unwrap_or(&"").to_string();
            let chars = |byte: usize| out.text[..byte].chars().count();
            out.figures.push(Want {
                from: chars(start),
                to: chars(at),
                role: role.to_string(),
                value: value.parse().ok(),
                unit: unit.to_string(),
                flow: word(0),
                product: word(1),
                partner: word(2),
                period: word(3),
            });
        } else if let Some(rest) = line.strip_prefix("> ") {
            let words: Vec<&str> = rest.split(' ').collect();
            let figures = words[2..].iter().map(|n| n.parse::<usize>().unwrap() - 1).collect();
            out.findings.push((words[0].into(), words[1].into(), figures));
        }
    }
    out
}

fn shared() -> Option<Vec<Expected>> {
    let folder = root().join("../shared/stories");
    let text = std::fs::read_to_string(folder.join("stories.json")).ok()?;
    let all: Value = serde_json::from_str(&text).unwrap();
    let expected = all.as_array().unwrap().iter().map(|s| {
        let word = |v: &Value| v.as_str().unwrap_or("").to_string();
        let figures = s["figures"].as_array().unwrap();
        let want = |f: &Value| Want {
            from: f["span"][0].as_u64().unwrap() as usize,
            to: f["span"][1].as_u64().unwrap() as usize,
            role: word(&f["role"]),
            value: f["value"].as_f64(),
            unit: word(&f["unit"]),
            flow: word(&f["flow"]),
            product: word(&f["product"]),
            partner: word(&f["partner"]),
            period: word(&f["period"]),
        };
        let number = |id: &Value| figures.iter().position(|f| f["id"] == *id).unwrap();
        let finding = |f: &Value| {
            let of = f["figures"].as_array().unwrap().iter().map(number).collect();
            (word(&f["kind"]), word(&f["relation"]), of)
        };
        Expected {
            name: word(&s["id"]),
            text: std::fs::read_to_string(folder.join(word(&s["file"]))).unwrap(),
            date: date(&word(&s["date"])),
            figures: figures.iter().map(want).collect(),
            findings: s["findings"].as_array().unwrap().iter().map(finding).collect(),
        }
    });
    Some(expected.collect())
}

/// What came of texts, counted.
#[derive(Default)]
struct Score {
    wanted: usize,
    given: usize,
    right: usize,
    findings_wanted: usize,
    findings_given: usize,
    findings_right: usize,
    false_alarms: usize,
    faults: Vec<String>,
}

impl Score {
    fn check(&self, precision: f64, recall: f64) {
        let part = |a: usize, b: usize| if b == 0 { 1.0 } else { a as f64 / b as f64 };
        let figures = (part(self.right, self.given), part(self.right, self.wanted));
        let found = (part(self.findings_right, self.findings_given), part(self.findings_right, self.findings_wanted));
        println!("figures {figures:.3?}, findings {found:.3?}, false alarms {}", self.false_alarms);
        let enough = figures.0 >= precision && figures.1 >= recall && found.0 >= precision && found.1 >= recall;
        assert!(enough && self.false_alarms == 0, "{figures:?} {found:?}\n{}", self.faults.join("\n"));
    }
}

fn alike(a: &str, b: &str) -> bool {
    let same = |x: &str| x.replace("integrated_circuits", "semiconductors");
    same(a) == same(b)
}

fn is_right(figure: &Figure, want: &Want) -> bool {
    if figure.role.word() != want.role {
        return false;
    }
    if want.role == "refused" {
        return true;
    }
    let value = want.value.unwrap_or(f64::NAN);
    (figure.value - value).abs() <= 1e-9 * value.abs().max(1e-9)
        && figure.unit() == want.unit
        && figure.subject.flow_word() == Some(want.flow.as_str())
        && alike(&figure.subject.product, &want.product)
        && figure.subject.partner == want.partner
        && figure.period.map(|p| p.to_string()).unwrap_or_default() == want.period
}

/// The figures with what they are of: a restatement counts as the same.
fn of(story: &Story, figures: &[usize]) -> Vec<String> {
    let key =
        |i: &usize| story.figures.get(*i).map(|f| format!("{:?}{:?}{:?}{:?}", f.role, f.subject, f.period, f.base));
    let mut all: Vec<String> = figures.iter().filter_map(key).collect();
    all.sort();
    all
}

fn count(expected: &Expected, score: &mut Score) {
    let story = read(&expected.text, &Asked { date: expected.date, reporter: None });
    let found = findings::all(&story.figures);
    let places: Vec<usize> = story.plain.char_indices().map(|(at, _)| at).chain([story.plain.len()]).collect();
    let mut used = vec![false; story.figures.len()];
    let mut ids: Vec<Option<usize>> = Vec::new();
    for want in &expected.figures {
        score.wanted += 1;
        let (from, to) = (places[want.from], places[want.to]);
        let at = story.figures.iter().enumerate().position(|(i, f)| !used[i] && f.start < to && f.end > from);
        ids.push(at);
        let Some(at) = at else {
            score.faults.push(format!("{}: {want:?} is not found", expected.name));
            continue;
        };
        used[at] = true;
        if is_right(&story.figures[at], want) {
            score.right += 1;
        } else {
            score.faults.push(format!("{}: wanted {want:?}, read {:?}", expected.name, story.figures[at]));
        }
    }
    score.given += story.figures.iter().filter(|f| f.role.word() != "other").count();
    let mut taken = vec![false; found.len()];
    for (kind, relation, figures) in &expected.findings {
        score.findings_wanted += 1;
        let figures: Vec<usize> = figures.iter().filter_map(|f| ids[*f]).collect();
        let is = |f: &Finding| {
            f.kind.word() == kind && f.relation == relation && of(&story, &f.figures) == of(&story, &figures)
        };
        match found.iter().enumerate().position(|(n, f)| !taken[n] && is(f)) {
            Some(n) => {
                taken[n] = true;
                score.findings_right += 1;
            }
            None => score.faults.push(format!("{}: {kind} {relation} {figures:?} is not found", expected.name)),
        }
    }
    for (n, finding) in found.iter().enumerate().filter(|(_, f)| f.kind != Kind::Doubtful) {
        score.findings_given += 1;
        if !taken[n] {
            score.faults.push(format!("{}: {:?} {}", expected.name, finding.kind, finding.message));
            score.false_alarms += usize::from(matches!(finding.kind, Kind::Contradicts | Kind::Suspect | Kind::Unlike));
        }
    }
}

#[test]
fn our_own_stories_are_read_as_a_reader_reads_them() {
    let folder = root().join("tests/files/stories");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "expect"));
    paths.sort();
    assert!(paths.len() >= 16);
    let mut score = Score::default();
    paths.iter().for_each(|path| count(&own(path), &mut score));
    score.check(0.95, 0.9);
}

#[test]
fn stories_re_told_from_real_pieces_are_read_right() {
    let Some(all) = shared() else {
        println!("../shared/stories is not here: nothing was tried");
        return;
    };
    let mut score = Score::default();
    all.iter().for_each(|expected| count(expected, &mut score));
    score.check(0.95, 0.9);
}

fn story(name: &str) -> String {
    root().join(format!("tests/files/stories/{name}")).to_string_lossy().into_owned()
}

#[test]
fn the_program_tells_it_to_people_programs_and_pages() {
    let file = story("kr-jul-2024-slip.txt");
    let page = run(&["read", &file, "--date", "2024-08-01"]);
    assert_eq!(page.code, 0, "{}", page.err);
    // 57.5 - 53.9 is 3.6, a surplus; the text has a deficit.
    for words in ["✗ cannot all be printed", "a surplus, not a deficit", "[13.9 percent]", "✓ 13.9 %"] {
        assert!(page.out.contains(words), "{words}: {}", page.out);
    }
    let json = run(&["read", &file, "--date", "2024-08-01", "--format", "json"]);
    let line: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(line["figures"][1]["value"], 57.5);
    assert_eq!(line["figures"][1]["unit"], "bn USD");
    assert_eq!(line["findings"][0]["kind"], "contradicts");
    assert!(line["diagnostics"].as_array().unwrap().iter().any(|d| d["code"] == "claim-inconsistent"));
    let html = run(&["read", &file, "--date", "2024-08-01", "--format", "html"]);
    assert!(html.out.contains("<mark class=\"contradicts\"") && html.out.contains("Cannot all be printed"));
    // For a newsroom's checks.
    assert_eq!(run(&["read", &file, "--date", "2024-08-01", "--deny", "warnings"]).code, 1);
    assert_eq!(run(&["read", &story("my-mar-2024.txt"), "--date", "2024-04-19", "--deny", "warnings"]).code, 0);
    assert_ne!(run(&["read", "nowhere.txt"]).code, 0);
    assert_ne!(run(&["read", &file, "--date", "2024-13-01"]).code, 0);
    assert_ne!(run(&["read", &file, "--reporter", "Atlantis"]).code, 0);
}

#[test]
fn the_claims_of_a_story_are_a_script_that_runs_and_finds_the_same() {
    let folder = std::env::temp_dir().join(format!("tradeql-stories-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let into = folder.join("claims.tql").to_string_lossy().into_owned();
    let statement = format!("read \"{}\" dated 2024-08-01 into \"{into}\"", story("kr-jul-2024-slip.txt"));
    let written = run(&["-e", &statement]);
    assert_eq!(written.code, 0, "{}", written.err);
    // It is there now, and is not written over unasked.
    assert_ne!(run(&["-e", &statement]).code, 0);
    let ran = run(&["run", &into]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains("holds: 13.95%") || ran.out.contains("holds: 14.0%") || ran.out.contains("holds: 13.9%"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("does not hold: 3.6 bn USD, not -3.6 bn USD"), "{}", ran.out);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_cannot_be_known_is_left_open() {
    let unread = |text: &str| {
        let story = read(text, &Asked::default());
        story.figures.iter().flat_map(|f| f.unresolved.iter().map(|(what, _)| *what)).collect::<Vec<_>>()
    };
    assert_eq!(unread("In November exports rose 5 percent."), ["period"]);
    assert_eq!(unread("They paid 5 billion dollars in 2023."), ["flow"]);
    let scale = read("Exports were $31.99 billion in May 2020 and imports $32.23.", &Asked::default());
    assert_eq!(scale.figures[1].reason, Some("missing-scale"));
}

#[test]
fn nothing_that_is_read_can_break_it() {
    let mut texts: Vec<String> = vec![
        String::new(),
        "\u{0}\u{1b}[31m\u{202e}".into(),
        "9".repeat(200_000),
        "9 ".repeat(100_000),
        "(".repeat(50_000),
        "$1 billion ".repeat(20_000),
        "出口".repeat(50_000),
        "exports and imports, ".repeat(10_000),
        "up 5 percent respectively and ".repeat(5_000),
        "<p>".repeat(30_000),
        "<script>".repeat(20_000),
        "&#x110000;&#0;&nbsp;".repeat(5_000),
        "Exports rose 1e999 billion percent 99999999999999999999999999999.9 trillion dollars in 9999.".into(),
        "Exports were -$-0 billion and 0 percent of the total in 2024, 0 billion dollars in 2023.".into(),
        "in 2024 2025 2026 from 2027 to 2028 between January and February ".repeat(3_000),
        "é’—“”…💥 exports 💥 5 % ".repeat(3_000),
        "12,3,4.5.6,7 8 900 1 000 1,00,000.00 percent of all exports in May 2024.".into(),
    ];
    // Every text cut anywhere is one more.
    let whole = std::fs::read_to_string(story("zh-10m-2024.txt")).unwrap();
    texts.extend(whole.char_indices().map(|(at, _)| whole[..at].to_string()));
    for text in texts {
        let story = read(&text, &Asked { date: Some((2024, 12, 20)), reporter: None });
        for figure in &story.figures {
            assert!(story.plain.is_char_boundary(figure.start) && figure.end <= story.plain.len());
        }
        let found = findings::all(&story.figures);
        let _ = tradeql::stories::page::page("t", &story, &found, &[]);
        let _ = tradeql::stories::html::section("t", &story, &found, &[]);
        let _ = serde_json::to_string(&tradeql::stories::json::of("t", &story, &found, &[])).unwrap();
    }
}

#[test]
fn a_story_means_nothing_to_the_page_that_shows_it() {
    let text = "China's exports <img src=x onerror=alert(1)> were $5 billion in May 2024 & rose \"5%\".";
    let story = read(text, &Asked::default());
    let html = tradeql::stories::html::section("<b>", &story, &[], &[]);
    assert!(!html.contains("<img") && !html.contains("<b>") && html.contains("&lt;b&gt;"));
}

#[test]
fn data_confirm_or_contradict_what_a_story_prints() {
    // The data have 559 bn CNY for 2018, 805.6 for 2020 and 956.77 for 2023.
    let folder = std::env::temp_dir().join(format!("tradeql-story-data-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("ic.txt").to_string_lossy().into_owned();
    let text = "China's exports of integrated circuits were 956.8 billion yuan in 2023. In 2018 they were 559 billion yuan. \
                In 2020 the figure was 815.6 billion yuan. Exports of coffee were 1 billion yuan in 2023.";
    std::fs::write(&file, text).unwrap();
    let data = root().join("examples/data/china_ic_trade.csv").to_string_lossy().into_owned();
    let line = run(&["read", &file, "--load", &format!("ic={data}"), "--format", "json"]);
    let read: Value = serde_json::from_str(&line.out).unwrap_or_else(|_| panic!("{}{}", line.out, line.err));
    let mark = |i: usize| read["figures"][i]["mark"].as_str().unwrap_or("").to_string();
    assert_eq!([mark(0), mark(1), mark(2)], ["confirmed", "confirmed", "differs"], "{read}");
    assert_eq!(read["figures"][0]["query"], "ic.ic_exports for 2023 in bn CNY");
    assert!(read["figures"][2]["data"].as_str().unwrap().contains("805.6"));
    assert!(read["figures"][3]["data"].as_str().unwrap().contains("cannot be checked"), "{read}");
    let page = run(&["-e", &format!("load \"{data}\" as ic\nread \"{file}\" against ic")]);
    assert!(page.out.contains("# 815.6 bn CNY") && page.out.contains("= 559 bn CNY"), "{}", page.out);
    assert_ne!(run(&["-e", &format!("read \"{file}\" against nothing")]).code, 0);
    std::fs::remove_dir_all(&folder).unwrap();
}

//! The pages of help, the glossary and the lessons on diagnostics: every example prints what stands there, and every
//! word, operator, indicator, unit, kind, setting and code has a page. `TRADEQL_BLESS=1` writes what is printed anew.

use super::tool::{root, run};
use std::path::PathBuf;
use tradeql::diagnostic::codes;
use tradeql::front::worked;
use tradeql::library::{FAMILIES, definitions};
use tradeql::session::{lists::LISTS, settings, topics};
use tradeql::syntax::keywords;
use tradeql::teach::page::{self, Page};
use tradeql::teach::pages::{self, Set};
use tradeql::value::kind::Kind;
use tradeql::value::unit::{CURRENCIES, QUANTITIES};

/// The text files of a room of pages.
fn files(room: &str) -> Vec<PathBuf> {
    let folder = root().join("src/teach").join(room);
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    found.retain(|p| p.extension().is_some_and(|e| e == "txt"));
    found.sort();
    found
}

/// A text with what its statements print now.
fn written(text: &str, shown: &[String]) -> String {
    let mut shown = shown.iter();
    let (mut out, mut lines) = (String::new(), text.lines().peekable());
    while let Some(line) = lines.next() {
        out.push_str(line.trim_end());
        out.push('\n');
        if !line.starts_with("> ") {
            continue;
        }
        while let Some(more) = lines.next_if(|l| l.starts_with(". ")) {
            out.push_str(&format!("{more}\n"));
        }
        while lines.next_if(|l| l.starts_with('|')).is_some() {}
        for row in shown.next().unwrap().lines() {
            out.push_str(format!("| {row}").trim_end());
            out.push('\n');
        }
    }
    out
}

/// Runs all examples of a room; what differs.
fn differing(room: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for path in files(room) {
        let text = std::fs::read_to_string(&path).unwrap();
        let pages = page::read(&text);
        let shown: Vec<Vec<String>> = pages.iter().map(worked::page).collect();
        for (page, shown) in pages.iter().zip(&shown) {
            for (example, now) in page.examples.iter().zip(shown) {
                if example.shown != *now {
                    wrong.push(format!("{} {}: {}\n{now}", path.display(), page.title(), example.statement));
                }
            }
        }
        if std::env::var_os("TRADEQL_BLESS").is_some() {
            std::fs::write(&path, written(&text, &shown.concat())).unwrap();
        }
    }
    wrong
}

#[test]
fn every_page_shows_what_is_printed() {
    let wrong: Vec<String> = ["pages", "glossary", "codes"].iter().flat_map(|room| differing(room)).collect();
    assert!(wrong.is_empty(), "TRADEQL_BLESS=1 writes it anew, then read the difference:\n{}", wrong.join("\n"));
}

/// Only a lesson on a diagnostic shows what fails, and that first.
#[test]
fn only_lessons_on_errors_show_errors() {
    for set in [Set::Language, Set::Glossary, Set::Codes] {
        for (_, page) in pages::of(set) {
            let failing: Vec<&str> =
                page.examples.iter().filter(|e| e.shown.starts_with('×')).map(|e| e.statement.as_str()).collect();
            let allowed = if set == Set::Codes { 1 } else { 0 };
            assert!(failing.len() <= allowed, "{}: {failing:?}", page.title());
        }
    }
}

#[test]
fn each_word_finds_one_page_of_the_language_and_one_of_the_field() {
    for set in [Set::Language, Set::Glossary] {
        let mut all: Vec<&String> = pages::of(set).flat_map(|(_, page)| &page.words).collect();
        let count = all.len();
        all.sort_unstable();
        let twice: Vec<_> = all.windows(2).filter(|w| w[0] == w[1]).map(|w| w[0]).collect();
        assert!(twice.is_empty() && count > 100, "{twice:?}");
    }
}

/// The page of a word, or what is said instead.
fn pages_of(words: &[String]) -> Vec<String> {
    let script: String = words.iter().map(|w| format!("help {w}\n")).collect();
    let ran = run(&["-e", &script, "--format", "json"]);
    let answers: Vec<serde_json::Value> = ran.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!((ran.code, answers.len()), (0, words.len()), "{}", answers.last().unwrap());
    answers.iter().map(|a| a["text"].as_str().unwrap().to_string()).collect()
}

#[test]
fn every_word_of_the_program_has_a_page_of_its_own() {
    let mut words: Vec<String> = keywords::ALL.iter().map(|k| k.word.to_string()).collect();
    words.extend(topics::words().map(String::from));
    words.extend(tradeql::operators::names());
    words.extend(FAMILIES.iter().flat_map(|(_, text)| definitions(text)).map(|d| d.name));
    words.extend(CURRENCIES.split_ascii_whitespace().map(String::from));
    words.extend(QUANTITIES.iter().map(|q| q.word.to_string()));
    words.extend(Kind::DECLARED.iter().map(|(word, _)| word.to_string()));
    words.extend(settings::names().map(String::from));
    words.extend(LISTS.iter().map(|l| l.to_string()));
    words.extend(codes::ALL.iter().map(|c| c.slug.to_string()));
    words.extend(tradeql::render::Format::words().map(String::from));
    // The words of declarations, as the grammar has them.
    let grammar = std::fs::read_to_string(root().join("grammar/tradeql.pest")).unwrap();
    let begins = ["text_key ", "word_key ", "decl_list ", "              | ^"];
    let rules = grammar.lines().filter(|l| begins.iter().any(|b| l.starts_with(b)));
    words.extend(rules.flat_map(|l| l.split("^\"").skip(1).filter_map(|w| w.split('"').next())).map(String::from));
    assert!(words.len() > 900, "{}", words.len());
    let found = pages_of(&words);
    for (word, text) in words.iter().zip(&found) {
        assert!(!text.contains("has no page of its own") && !text.starts_with("There is no page"), "{word}: {text}");
    }
}

#[test]
fn every_code_has_a_lesson_with_an_example_or_a_reason() {
    // What no page can show.
    let elsewhere = ["too-large", "interrupted", "bug", "encoding-guessed", "table-changed", "not-checked"];
    for code in codes::ALL.iter().filter(|c| !elsewhere.contains(&c.slug)) {
        let page = pages::code(code.slug).unwrap_or_else(|| panic!("{} has no lesson", code.slug));
        // An error of loading has a file before it and the right declaration after it.
        let raised = page.examples.iter().position(|e| e.shown.contains(code.slug));
        let raised = raised.unwrap_or_else(|| panic!("no example raises {}", code.slug));
        // What remains of it may be a note where it was a warning.
        let sign =
            page.examples[raised].shown.split(&format!(" {}:", code.slug)).next().unwrap().chars().last().unwrap();
        let said = format!("{sign} {}:", code.slug);
        let right = page.examples.iter().skip(raised + 1).find(|e| !e.shown.contains(&said));
        assert!(right.is_some(), "{}: no right query after the one that raises it", code.slug);
    }
    for (_, page) in pages::of(Set::Codes) {
        assert!(codes::find(page.title()).is_some(), "{} is no code", page.title());
    }
}

#[test]
fn the_glossary_is_whole() {
    let all: Vec<&Page> = pages::of(Set::Glossary).map(|(_, page)| page).collect();
    assert!(all.len() >= 80, "{}", all.len());
    for page in all {
        let first = page.text.split("\n\n").next().unwrap();
        let sentences = first.matches(['.', '?']).count();
        assert!(sentences >= 2 && first.len() > 60, "{}: {first}", page.title());
        assert!(!page.misleads.is_empty() && !page.sources.is_empty(), "{}", page.title());
        assert!(!page.examples.is_empty(), "{} has no query", page.title());
    }
}

/// What people call things.
#[test]
fn everyday_and_misspelt_words_find_their_page() {
    for (word, page) in [
        ("average", "average"),
        ("market share", "The part that one has in a whole"),
        ("nominal", "In the money of the time"),
        ("real", "change of prices taken out"),
        ("rca", "rca over"),
        ("ytd", "QUERY for ytd 2024"),
        ("fob", "at the border of the country that exports"),
        ("cif", "insurance"),
        ("base", "sets to 100"),
        ("pp", "difference of two percentages"),
        ("percentage points", "difference of two percentages"),
        ("contribution", "come from each part"),
        ("balance", "Exports less imports"),
        ("unit value", "unit value of value and quantity"),
        ("mirror", "mirror of x"),
        ("HS", "Harmonized System"),
        ("period", "2018-Q3"),
        ("unit", "A scale"),
        ("flow", "An amount within a period"),
        ("stock", "at one moment"),
        ("kind", "What sort of number"),
        ("examples", "Three steps"),
        ("lesson", "lesson 1"),
        ("the deflator", "index of prices"),
        ("Growth Rates", "change in percent"),
        ("re-export", "Foreign goods that leave"),
        ("year-on-year", "same one a year before"),
        ("overwrit", "this is `overwrite`"),
        ("nomnial", "this is `nominal`"),
        ("avrage", "this is `average`"),
        ("USD", "ISO 4217"),
        ("tonne", "unit of quantity"),
        ("sort", "largest first"),
        ("group by", "The dimensions that stay"),
        ("graph", "plot QUERY"),
        ("excel", ".xlsx"),
        ("by year", "help by"),
        ("%", "A scale"),
        ("tariff preference", ""),
    ] {
        let ran = run(&["help", word]);
        if page.is_empty() {
            assert_eq!(ran.code, 1, "{word}: {}", ran.out);
        } else {
            assert!(ran.code == 0 && ran.out.contains(page), "help {word}: {}{}", ran.out, ran.err);
        }
    }
    // A word without a page is looked for in all of them.
    let ran = run(&["help", "holidays"]);
    assert!(ran.code == 0 && ran.out.contains("help working days"), "{}{}", ran.out, ran.err);
}

#[test]
fn help_leads_from_nothing_to_a_chart() {
    let out = run(&["help"]).out;
    let steps: Vec<&str> = out.lines().filter_map(|l| l.strip_prefix("    ")).take(3).collect();
    assert_eq!(steps.len(), 3, "{out}");
    let folder = super::tool::Folder::new("teach_first_steps");
    // As typed by somebody who has the program and nothing else.
    let ran = super::tool::run_in(&folder.0, &["-e", &steps.join("\n")]);
    assert!(ran.code == 0 && ran.out.contains("2018") && ran.out.contains('─'), "{}{}", ran.out, ran.err);
    // Every page that it names is there.
    let named: Vec<String> = out
        .lines()
        .filter_map(|l| l.trim().strip_prefix("help "))
        .filter_map(|l| l.split("  ").next())
        .map(|w| w.trim().to_string())
        .collect();
    assert!(named.len() >= 8, "{named:?}");
    pages_of(&named);
    // And every page that a page names.
    let see: Vec<String> =
        [Set::Language, Set::Glossary].into_iter().flat_map(pages::of).flat_map(|(_, page)| page.see.clone()).collect();
    for text in pages_of(&see) {
        assert!(!text.contains("has no page of its own"), "{text}");
    }
}

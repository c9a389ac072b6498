//! The layers of the crate stay apart, and what is generated is up to date.

use super::tool::root;
use std::path::Path;

fn sources(folder: &Path, out: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let name = path.strip_prefix(root().join("src")).unwrap().to_string_lossy().into_owned();
            out.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

fn all() -> Vec<(String, String)> {
    let mut out = Vec::new();
    sources(&root().join("src"), &mut out);
    out
}

#[test]
fn each_library_is_named_in_its_place_only() {
    for (word, places) in [
        (
            "pest::",
            vec![
                "syntax/grammar.rs",
                "syntax/lower.rs",
                "syntax/lower_clause.rs",
                "syntax/lower_decl.rs",
                "syntax/lower_expr.rs",
                "stories/lexer.rs",
            ],
        ),
        ("miette::", vec!["diagnostic/report.rs"]),
        ("rustyline::", vec!["front/repl.rs", "front/line.rs"]),
        ("pulldown_cmark::", vec!["front/report/page.rs"]),
        ("sha2::", vec!["front/report/provenance.rs"]),
        ("lexopt::", vec!["front/arguments.rs"]),
        ("ctrlc::", vec!["front/interrupt.rs"]),
        ("rust_xlsxwriter::", vec!["render/xlsx.rs"]),
        ("tiny_skia::", vec!["render/chart/picture/png.rs"]),
        ("ttf_parser::", vec!["render/chart/picture/png.rs"]),
    ] {
        let found: Vec<String> = all().into_iter().filter(|(_, t)| t.contains(word)).map(|(n, _)| n).collect();
        assert!(found.iter().all(|f| places.contains(&f.as_str())), "{word} is in {found:?}");
    }
}

#[test]
fn the_library_prints_nothing_and_reads_no_clock_or_environment() {
    for (name, text) in all().into_iter().filter(|(n, _)| !n.starts_with("front/") && n != "main.rs") {
        for word in [
            "println!",
            "eprintln!",
            "std::env::",
            "SystemTime",
            "Instant::now",
            "std::fs::",
            "std::process",
            "std::net",
        ] {
            assert!(!text.contains(word), "{word} in {name}");
        }
    }
}

#[test]
fn data_go_one_way() {
    // What a layer may not know.
    for (layer, forbidden) in [
        ("value/", vec!["crate::data", "crate::plan", "crate::eval", "crate::syntax", "crate::session"]),
        ("syntax/", vec!["crate::data", "crate::plan", "crate::eval", "crate::operators"]),
        ("data/", vec!["crate::plan", "crate::eval", "crate::session", "crate::operators"]),
        ("plan/", vec!["crate::eval", "crate::operators", "crate::session"]),
        ("eval/", vec!["crate::operators", "crate::session"]),
        (
            "stories/",
            vec!["crate::plan", "crate::eval", "crate::syntax", "crate::session", "crate::operators", "crate::render"],
        ),
        ("data/", vec!["crate::stories"]),
        ("render/", vec!["crate::data", "crate::syntax", "crate::session"]),
        (
            "teach/",
            vec!["crate::data", "crate::plan", "crate::eval", "crate::syntax", "crate::session", "crate::front"],
        ),
    ] {
        for (name, text) in all().into_iter().filter(|(n, _)| n.starts_with(layer)) {
            for word in &forbidden {
                assert!(!text.contains(word), "{name} knows {word}");
            }
        }
    }
}

#[test]
fn rooms_of_data_know_only_what_lies_below() {
    for (room, forbidden) in [
        ("data/declare/", vec!["table", "meaning", "load", "store", "source"]),
        ("data/meaning/", vec!["load", "store", "source"]),
        ("data/store/", vec!["known", "text", "table", "declare", "meaning", "load"]),
    ] {
        for (name, text) in all().into_iter().filter(|(n, _)| n.starts_with(room)) {
            for word in &forbidden {
                assert!(!text.contains(&format!("crate::data::{word}")), "{name} knows {word}");
            }
        }
    }
}

#[test]
fn looking_up_and_checking_know_nothing_of_each_other() {
    for (room, word) in [("plan/lookup/", "crate::plan::check::"), ("plan/check/", "crate::plan::lookup::")] {
        for (name, text) in all().into_iter().filter(|(n, _)| n.starts_with(room)) {
            assert!(!text.contains(word), "{name} knows {word}");
        }
    }
}

/// The files that a file names by their paths, from the crate or from its own room.
fn named<'a>(own: &str, text: &str, files: &'a [(String, String)]) -> Vec<&'a str> {
    let room = own.rsplit_once('/').map_or("", |(room, _)| room);
    let word = |rest: &str| {
        rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':').next().unwrap_or("").replace("::", "/")
    };
    let from_crate = text.split("crate::").skip(1).map(word);
    let from_room = text.split("super::").skip(1).map(|rest| format!("{room}/{}", word(rest)));
    let file = |path: String| {
        let ends = (1..=path.len()).rev().filter(|end| *end == path.len() || path.as_bytes()[*end] == b'/');
        ends.map(|end| path[..end].trim_matches('/').to_string()).find_map(|path| {
            let is = |name: &str| name == format!("{path}.rs") || name == format!("{path}/mod.rs");
            files.iter().map(|(name, _)| name.as_str()).find(|name| is(name) && *name != own)
        })
    };
    from_crate.chain(from_room).filter_map(file).collect()
}

#[test]
fn no_file_is_named_by_what_it_names() {
    // A face names its rooms and may be named by them; a trait may give what its questions make.
    let is_face = |name: &str| name.ends_with("mod.rs") || name == "lib.rs" || name == "main.rs";
    let known = ["data/source.rs", "data/presence.rs", "data/seen.rs"];
    // Types of a plan and what an operator is speak of each other.
    let files: Vec<(String, String)> = all()
        .into_iter()
        .map(|(name, text)| (name, text.split("#[cfg(test)]").next().unwrap_or("").to_string()))
        .map(|(name, text)| {
            let code: Vec<&str> = text.lines().filter(|l| !l.trim_start().starts_with("//")).collect();
            (name, code.join("\n"))
        })
        .collect();
    for (start, text) in files.iter().filter(|(name, _)| !is_face(name) && !known.contains(&name.as_str())) {
        let mut open = named(start, text, &files);
        let mut seen: Vec<&str> = Vec::new();
        while let Some(next) = open.pop() {
            if seen.contains(&next) || is_face(next) {
                continue;
            }
            assert!(next != start, "{start} is named by what it names: {seen:?}");
            seen.push(next);
            let (name, text) = files.iter().find(|(name, _)| name == next).unwrap();
            open.extend(named(name, text, &files));
        }
    }
}

#[test]
fn no_file_is_longer_than_a_few_pages() {
    for (name, text) in all() {
        assert!(text.lines().count() <= 450, "{name} has {} lines", text.lines().count());
    }
}

#[test]
fn nothing_outside_the_data_knows_how_they_are_stored() {
    for (name, text) in all().into_iter().filter(|(n, _)| !n.starts_with("data/")) {
        assert!(!text.contains("data::store") && !text.contains(".store"), "{name} knows the store");
    }
}

#[test]
fn the_grammar_names_no_operator() {
    let grammar = std::fs::read_to_string(root().join("grammar/tradeql.pest")).unwrap();
    for name in tradeql::operators::names() {
        // These are words of the grammar too, in `as share of`, `first 5`, `last 12`.
        let quoted = format!("\"{name}\"");
        assert!(
            ["share", "first", "last"].contains(&name.as_str()) || !grammar.contains(&quoted),
            "{name} is in the grammar"
        );
    }
}

#[test]
fn the_manuals_are_the_registry_and_the_library() {
    let indicators = super::tool::run(&["help", "indicators", "manual"]).out;
    let diagnostics = tradeql::session::topics::diagnostics();
    let glossary = tradeql::session::topics::glossary();
    let operators = tradeql::operators::manual();
    for (name, manual) in
        [("operators", operators), ("indicators", indicators), ("diagnostics", diagnostics), ("glossary", glossary)]
    {
        let path = root().join(format!("docs/{name}.md"));
        if std::env::var_os("TRADEQL_BLESS").is_some() {
            std::fs::write(&path, &manual).unwrap();
        }
        let known = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(known.trim_end(), manual.trim_end(), "write it anew: TRADEQL_BLESS=1 cargo test layers");
    }
}

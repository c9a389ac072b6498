//! The help pages of words, whatever is loaded: of the language and of the field, of units, and of diagnostics. In: a
//! word, as people write it. Out: its pages, or the words that were probably meant. Operators have their pages in the
//! registry.

use super::lists::LISTS;
use super::settings;
use crate::diagnostic::codes::{self, Code};
use crate::render::Format;
use crate::teach::pages::{self, Set};
use crate::value::unit::{QUANTITIES, currency};

/// All words that have a page.
pub fn words() -> impl Iterator<Item = &'static str> {
    pages::words()
}

/// The pages of a word, in small letters, one below the other; without heads where another page stands above.
pub(super) fn find(word: &str, headed: bool) -> Option<String> {
    let found: Vec<String> = pages::named(word).iter().map(|page| filled(&page.shown(headed))).collect();
    (!found.is_empty()).then(|| found.join("\n"))
}

/// What the tables of the program say, in its place.
fn filled(text: &str) -> String {
    let suffixes = || Format::suffixes().collect::<Vec<_>>().join(", ");
    let settings =
        || settings::all().map(|(name, of)| format!("    set {name} = …\n        {of}\n")).collect::<String>();
    let lists = || LISTS.join("|").replace("codes", "codes D");
    let fill = |text: String, mark: &str, with: &dyn Fn() -> String| {
        if text.contains(mark) { text.replace(mark, &with()) } else { text }
    };
    let text = fill(text.to_string(), "SUFFIXES", &suffixes);
    let text = fill(text, "SETTINGS\n", &settings);
    fill(text, "LISTS", &lists)
}

/// Other ways to write a word: without an article, in the singular, with blanks for hyphens, and the other way round.
fn spellings(word: &str) -> Vec<String> {
    let bare = ["the ", "a ", "an ", "what is ", "what are ", "how to "];
    let word = bare.iter().find_map(|b| word.strip_prefix(b)).unwrap_or(word).trim_end_matches(['?', '.', '!']);
    let mut out = vec![word.to_string(), word.replace('-', " "), word.replace(' ', "-"), format!("{word}s")];
    out.extend(word.strip_suffix('s').map(String::from));
    out.extend(word.strip_suffix("ies").map(|w| format!("{w}y")));
    out
}

/// The spelling of a word that has a page here, or an operator's or other page elsewhere, as `is` says.
pub(super) fn respelled(word: &str, is: &dyn Fn(&str) -> bool) -> Option<String> {
    spellings(word).into_iter().skip_while(|w| w == word).find(|w| is(w) || !pages::named(w).is_empty())
}

/// The page of a unit: of its word or of its code.
pub(super) fn unit(word: &str) -> Option<String> {
    let upper = word.to_uppercase();
    if currency(&upper).is_some() {
        return Some(format!(
            "{upper}\n\nA currency, by its code of ISO 4217. `in {upper}` converts with a table of rates that is loaded; \
             `in bn {upper}` only rescales what is in it. Declared as `exports from value: flow in mn {upper}`.\n"
        ));
    }
    let quantity = QUANTITIES.iter().find(|q| q.word.eq_ignore_ascii_case(word))?;
    Some(format!(
        "{0}\n\nA unit of quantity, for weights and numbers of things: `flow in {0}`, `in thousand {0}`, `USD/{0}`.\n",
        quantity.word
    ))
}

/// The page of a diagnostic: what it means, why it matters, what raises it and the query that is right.
pub(super) fn of_code(code: &Code) -> String {
    let mut out = format!("{} ({})\n\n{}.\n\n{}\n", code.slug, code.level.word(), sentence(code.title), code.lesson);
    if let Some(page) = pages::code(code.slug) {
        out.push_str(page.shown(false).trim_start_matches('\n').trim_end());
        out = out.replacen("\nExample, with", "\n\nExample, with", 1).replace("\n\n\n", "\n\n");
        out.push('\n');
    }
    out
}

pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// All words that have a page, by what they are.
pub(super) fn listed() -> String {
    let mut out = String::from("Every word that has a page: `help WORD`.\n");
    for (set, title) in [(Set::Language, "the language"), (Set::Glossary, "the field")] {
        let mut group = "";
        for (name, page) in pages::of(set) {
            if name == group {
                out.push_str(", ");
            } else {
                out.push_str(&format!("\n\n{name} ({title})\n  "));
                group = name;
            }
            out.push_str(page.title());
        }
    }
    out + "\n\nOperators: `list operators`, `list indicators`. Warnings and errors: `list diagnostics`. Units: `list units`.\n"
}

/// All diagnostics, in Markdown.
pub fn diagnostics() -> String {
    let mut out = String::from(
        "# What can be said of a query or a file\n\nMade from the table of codes by `tradeql help diagnostics manual`; a test runs \
         every example. An error has no answer. A warning has one that a careful analyst would not print without a word. A note \
         is worth knowing.\n",
    );
    let mut seen: Vec<&str> = Vec::new();
    let mut group = "";
    for (name, page) in pages::of(Set::Codes) {
        let Some(code) = codes::ALL.iter().find(|c| c.slug == page.title()) else { continue };
        if name != group {
            out.push_str(&format!("\n## {name}\n"));
            group = name;
        }
        seen.push(code.slug);
        let title = sentence(code.title);
        out.push_str(&format!(
            "\n### {}\n\n**{}: {title}.** {}\n",
            code.slug,
            sentence(code.level.word()),
            code.lesson
        ));
        let body = page.markdown(3);
        let body = body.split_once("\n\n").map_or("", |(_, rest)| rest);
        out.push_str(&format!("\n{}\n", body.trim()));
    }
    out.push_str("\n## Others\n");
    for code in codes::ALL.iter().filter(|c| !seen.contains(&c.slug)) {
        let title = sentence(code.title);
        out.push_str(&format!(
            "\n### {}\n\n**{}: {title}.** {}\n",
            code.slug,
            sentence(code.level.word()),
            code.lesson
        ));
    }
    out
}

/// The glossary, in Markdown.
pub fn glossary() -> String {
    let head = "# The words of trade statistics\n\nMade from the pages of `help` by `tradeql help glossary manual`; a test runs every \
                query. Each word is told in two sentences, with when it misleads, a query on data that come along, and a source. \
                The made-up panel is for exercises: none of its figures is a statistic.\n";
    head.to_string() + &pages::markdown(Set::Glossary)
}

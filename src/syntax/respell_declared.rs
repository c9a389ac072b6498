//! Declarations as they may be typed: items without the comma between them, a column that has the name of its series said
//! once. In: the words of a statement. Out: the words with what is missing, for the caller to see whether they parse.

/// Words with which an item of a declaration begins.
const ITEMS: &[&str] = &[
    "missing",
    "encoding",
    "separator",
    "decimal",
    "thousands",
    "quote",
    "sheet",
    "estimated",
    "provisional",
    "confidential",
    "break",
    "source",
    "licence",
    "retrieved",
    "note",
    "duplicates",
    "header",
    "preamble",
    "misfits",
    "skip",
    "absent",
    "aggregates",
    "groups",
    "codes",
    "table",
];

/// Where a declaration begins, which of the words behind it stand within quotes, and its end.
fn body(words: &[&str]) -> Option<(usize, Vec<bool>)> {
    words.first().filter(|w| w.eq_ignore_ascii_case("load") || w.eq_ignore_ascii_case("declare"))?;
    let open = words.iter().position(|w| w.starts_with('{'))?;
    let mut within = false;
    let quoted = |w: &&str| {
        let began = within;
        within ^= w.matches('"').count() % 2 == 1;
        began || w.starts_with('"')
    };
    Some((open, words.iter().map(quoted).collect()))
}

/// `{ header no preamble 1 }`
pub(super) fn between_items(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let (open, quoted) = body(words)?;
    let begins = |at: usize| {
        let word = words.get(at).copied().unwrap_or_default();
        let next = words.get(at + 1).copied().unwrap_or_default();
        let item =
            ITEMS.iter().any(|i| word.eq_ignore_ascii_case(i)) || next.eq_ignore_ascii_case("from") || next == "=";
        item && !quoted.get(at).copied().unwrap_or(false)
    };
    let mut out: Vec<String> = Vec::new();
    let mut added = false;
    for (at, word) in words.iter().enumerate() {
        let before = words.get(at.wrapping_sub(1)).copied().unwrap_or_default();
        let apart = before.ends_with([',', '{']);
        if let Some(last) = out.last_mut().filter(|_| at > open + 1 && begins(at) && !apart && *word != "}") {
            last.push(',');
            added = true;
        }
        out.push((*word).to_string());
    }
    added.then_some(("the items of a declaration stand on lines of their own, or are separated by commas", out))
}

/// `{ exports: flow in mn USD }`
pub(super) fn column_of_its_name(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let (open, quoted) = body(words)?;
    let begins = |at: usize| at > open && words.get(at - 1).is_some_and(|w| w.ends_with(['{', ',']));
    let mut out: Vec<String> = Vec::new();
    let mut changed = false;
    for (at, word) in words.iter().enumerate() {
        let name =
            word.strip_suffix(':').filter(|n| !n.is_empty() && begins(at) && !quoted.get(at).copied().unwrap_or(true));
        match name {
            Some(name) => {
                changed = true;
                out.push(format!("{name} from {name}:"));
            }
            None => out.push((*word).to_string()),
        }
    }
    changed.then_some(("a declaration says from which column a series is: `NAME from COLUMN: flow in mn USD`", out))
}

//! Spellings of other languages, recognised only to answer with the right form. A correction is offered as a query
//! only if it parses.

use super::grammar::{Rule, parse};
use super::keywords::{self, Keyword, Place};
use super::respell;

/// What to say to a text that did not parse.
pub(super) struct Hint {
    /// A sentence.
    pub advice: String,
    /// The text put right.
    pub query: Option<String>,
}

/// What of a script is a line for the prompt, in words: `quit`, `lesson 1`.
pub fn of_prompt(text: &str) -> Option<&'static str> {
    match text.split_whitespace().next()?.to_lowercase().as_str() {
        "lesson" | "lessons" | "leave" => {
            Some("lessons are taken at the prompt, or by `tradeql lesson`; a script holds statements")
        }
        "quit" | "exit" => Some("it ends the prompt; a script ends with its last line"),
        "head" => Some("the first rows are shown at the prompt, or by `tradeql inspect FILE`"),
        "reset" | "edit" | "copy" | "save" => Some("it is a line for the prompt; a script holds statements"),
        _ => None,
    }
}

/// What may have been meant by a text whose parse stopped at byte `at`, the likeliest first.
pub(super) fn hints(text: &str, at: usize) -> Vec<Hint> {
    let known = respell::rules(text).into_iter().filter_map(|(advice, fixed)| some(advice, Some(valid(fixed)?)));
    let mut found: Vec<Hint> = known.collect();
    found.extend(hint(text, at));
    found.extend(guessed(text, at));
    found
}

/// The hint for a text whose parse stopped at byte `at`.
fn hint(text: &str, at: usize) -> Option<Hint> {
    let before = text.get(..at)?;
    let rest = text.get(at..)?;
    let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let lower = word.to_lowercase();
    let previous = last_word(before).to_lowercase();
    let replaced = |from: &str, to: &str| valid(text.replacen(from, to, 1));
    let first = text.split_whitespace().nth(1).unwrap_or("");
    if text.to_lowercase().starts_with("let ") && first.starts_with(|c: char| c.is_ascii_digit()) {
        return some(&format!("a name begins with a letter, and `{first}` is a number"), None);
    }
    let begins = |word: &str| text.trim_start().to_lowercase().starts_with(word);
    if let Some(advice) = of_prompt(text).filter(|_| before.split_whitespace().count() <= 2) {
        return some(advice, None);
    }
    if let Some(words) = text.trim().strip_prefix("explain ").filter(|w| rest.is_empty() && !w.contains('`')) {
        return some(&format!("`explain` takes a query or a code; `help {words}` tells what an operator does"), None);
    }
    if (begins("load ") || begins("use ")) && !text.contains('"') {
        return some("the name of a file stands in quotes: `load \"file.csv\" as NAME`", None);
    }
    if text.contains("==") {
        return some("one `=` compares with a code", replaced("==", "="));
    }
    if text.contains("<>") {
        return some("unequal is written `!=`", replaced("<>", "!="));
    }
    if text.trim_start().to_lowercase().starts_with("real ") {
        return some("at constant prices is written `x deflated by p`, p being a price index with a base", None);
    }
    if let Some(fixed) = swap_word(text, &["group by", "grouped by"], "by") {
        return some("the dimensions that stay are named by `by`", valid(fixed));
    }
    if text.trim_start().to_lowercase().starts_with("select ") {
        return some(
            "a query names what it asks for, then its clauses: `exports where partner = USA by year for 2023`",
            None,
        );
    }
    if let Some(fixed) = swap_word(text, &["between"], "from").filter(|_| lower == "between" || previous == "between") {
        let fixed = swap_word(&fixed, &["and"], "to").unwrap_or(fixed);
        return some("a range of periods is written `from A to B`", valid(fixed));
    }
    if lower == "per" {
        return some("a quotient is written with `/`", valid(format!("{before}/{}", rest.get(3..).unwrap_or(""))));
    }
    let after_by =
        before.to_lowercase().rsplit(" by ").next().is_some_and(|keys| !has_clause(keys) && keys.len() < before.len());
    if lower == "and" && after_by {
        let fixed = format!("{},{}", before.trim_end(), rest.get(3..).unwrap_or(""));
        return some("dimensions are separated by commas", valid(fixed));
    }
    if lower == "and" {
        let fixed = format!("{},{}", before.trim_end(), rest.get(3..).unwrap_or(""));
        return some("series stand side by side with commas between them", valid(fixed));
    }
    if rest.starts_with(',') && has_clause(before) {
        let advice = "clauses after the last series apply to all; one that needs its own stands in parentheses";
        return some(advice, apart(text).and_then(valid));
    }
    if matches!(lower.as_str(), "during" | "on") {
        return some("the periods of the result follow `for`", valid(splice(before, "for", rest, word.len())));
    }
    if rest.starts_with('(') && !previous.is_empty() {
        let inner = matching(rest);
        let fixed = match inner {
            Some((inside, after)) => {
                format!("{} of {}{after}", before.trim_end(), bracketed(inside))
            }
            None => String::new(),
        };
        return some("operators are written with `of`", valid(fixed));
    }
    for (sign, right) in [('×', "*"), ('÷', "/"), ('&', "and"), ('\'', "\"")] {
        if rest.starts_with(sign) {
            return some(&format!("`{sign}` is written `{right}`"), None);
        }
    }
    if ["the", "a", "an"].contains(&previous.as_str()) && !word.is_empty() {
        let fixed =
            format!("{}{rest}", before.trim_end().get(..before.trim_end().len() - previous.len()).unwrap_or(""));
        return some("there are no articles", valid(fixed));
    }
    if previous == "it" && rest.trim().is_empty() {
        return some("behind `when` stands a comparison, as in `when it > 100`", None);
    }
    if rest.starts_with(['<', '>']) && has_clause(before) {
        return some("which results come out is said by `when`, as in `when it > 100`", None);
    }
    if rest.starts_with(['+', '-', '*', '/']) && has_clause(before) {
        let fixed = format!("({}) {rest}", before.trim());
        return some(
            "clauses apply to the whole expression on their left; parentheses keep one part apart",
            valid(fixed),
        );
    }
    if let Some((word, fixed)) = respelt(text) {
        return some(&format!("did you mean `{word}`?"), Some(fixed));
    }
    if let Some((a, b)) = range_of_years(before).filter(|_| rest.trim().is_empty()) {
        let start = before.trim_end().len() - a.len() - b.len() - 1;
        let fixed = valid(format!("{}{a} to {b}", before.get(..start).unwrap_or("")));
        return some("a range of periods is written `from A to B`", fixed);
    }
    if rest.trim().is_empty() && before.to_lowercase().contains("from ") && !before.to_lowercase().contains(" to ") {
        return some("a range ends with `to`", valid(format!("{} to latest", before.trim_end())));
    }
    None
}

/// A missing `of`, which is the likeliest of what no rule knows: after the word before, or before the word that stands
/// there.
fn guessed(text: &str, at: usize) -> Vec<Hint> {
    let (Some(before), Some(rest)) = (text.get(..at), text.get(at..)) else { return Vec::new() };
    let previous = last_word(before).to_lowercase();
    let begins = rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let after = (begins && !previous.is_empty() && !keywords::is_reserved(&previous))
        .then(|| valid(format!("{} of {rest}", before.trim_end())))
        .flatten();
    let joined = |fixed| some("an operator and what it applies to are joined by `of`", Some(fixed));
    after.into_iter().chain(with_of(before, rest)).filter_map(joined).collect()
}

/// A misspelt clause word: the word, and the text with it put right. Only in texts as long as a person types.
fn respelt(text: &str) -> Option<(&'static str, String)> {
    // The words between others are too short, or too seldom, to be meant by a slip.
    let meant = |k: &&Keyword| k.place == Place::Clause || ["to", "of", "across"].contains(&k.word);
    if text.len() > 1000 {
        return None;
    }
    let near =
        |w: &str, right: &str| w.len() >= right.len() && strsim::damerau_levenshtein(&w.to_lowercase(), right) == 1;
    let mut start = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let (at, plain) = (start, word.trim_end());
        start += word.len();
        for right in keywords::ALL.iter().filter(meant).map(|k| k.word).filter(|r| near(plain, r)) {
            let later = text.get(at + plain.len()..)?;
            if let Some(fixed) = valid(format!("{}{right}{later}", text.get(..at)?)) {
                return Some((right, fixed));
            }
        }
    }
    None
}

/// The text with `of` before the last of the words that end where the parse stopped.
fn with_of(before: &str, rest: &str) -> Option<String> {
    let trimmed = before.trim_end();
    let (head, name) = trimmed.rsplit_once(char::is_whitespace)?;
    let operator = head.split_whitespace().next_back()?;
    let word =
        |w: &str| w.starts_with(char::is_alphabetic) && w.chars().all(|c| c.is_alphanumeric() || "_-".contains(c));
    let joined = word(name) && word(operator) && !keywords::is_reserved(operator) && !keywords::is_reserved(name);
    joined.then(|| valid(format!("{head} of {name} {rest}"))).flatten()
}

/// The two years that a text ends with, as `2018-2024`.
fn range_of_years(before: &str) -> Option<(&str, &str)> {
    let last = before.split_whitespace().next_back()?;
    let (a, b) = last.split_once('-')?;
    let year = |t: &str| t.len() == 4 && t.bytes().all(|c| c.is_ascii_digit());
    (year(a) && year(b)).then_some((a, b))
}

fn some(advice: &str, query: Option<String>) -> Option<Hint> {
    Some(Hint { advice: advice.to_string(), query })
}

fn valid(text: String) -> Option<String> {
    let text = text.trim().to_string();
    (!text.is_empty() && parse(Rule::statement, &text).is_ok()).then_some(text)
}

fn splice(before: &str, word: &str, rest: &str, skip: usize) -> String {
    format!("{before}{word}{}", rest.get(skip..).unwrap_or(""))
}

fn bracketed(inside: &str) -> String {
    let inside = inside.trim();
    if inside.contains([' ', '+', '-', '*', '/']) { format!("({inside})") } else { inside.to_string() }
}

/// What stands in the bracket that `rest` begins with, and what follows.
fn matching(rest: &str) -> Option<(&str, &str)> {
    let mut depth = 0usize;
    for (i, c) in rest.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some((rest.get(1..i)?, rest.get(i + 1..)?));
                }
            }
            _ => {}
        }
    }
    None
}

/// Each of several series with clauses of its own in parentheses.
fn apart(text: &str) -> Option<String> {
    let (mut items, mut depth, mut start) = (Vec::new(), 0usize, 0);
    for (i, c) in text.char_indices() {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.checked_sub(1)?,
            ',' if depth == 0 => {
                items.push(text.get(start..i)?);
                start = i + 1;
            }
            _ => {}
        }
    }
    items.push(text.get(start..)?);
    let one = |item: &&str| {
        let item = item.trim();
        if has_clause(item) { format!("({item})") } else { item.to_string() }
    };
    Some(items.iter().map(one).collect::<Vec<_>>().join(", "))
}

fn last_word(before: &str) -> &str {
    let trimmed = before.trim_end();
    let start = trimmed.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map(|i| {
        let width = trimmed.get(i..).and_then(|r| r.chars().next()).map_or(1, char::len_utf8);
        i + width
    });
    trimmed.get(start.unwrap_or(0)..).unwrap_or("")
}

fn has_clause(before: &str) -> bool {
    before.split_whitespace().any(keywords::begins_clause)
}

/// Replaces the first of `words` that stands alone in the text.
fn swap_word(text: &str, words: &[&str], with: &str) -> Option<String> {
    let lower = text.to_lowercase();
    words.iter().find_map(|w| {
        let at = lower.find(w)?;
        let boundary = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
        let alone =
            boundary(lower.get(..at)?.chars().next_back()) && boundary(lower.get(at + w.len()..)?.chars().next());
        (alone && lower.len() == text.len())
            .then(|| format!("{}{with}{}", &text.get(..at).unwrap_or(""), text.get(at + w.len()..).unwrap_or("")))
    })
}

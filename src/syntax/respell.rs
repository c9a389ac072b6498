//! How the same is said in other languages, word by word. In: a text that does not parse. Out: texts in which one thing
//! is said as it is said here, each with its advice; whether they parse, and have a meaning, is for the caller to see.

use super::keywords;
use super::respell_declared::{between_items, column_of_its_name};

/// The words of a text, and what became of them.
type Rule = fn(&[&str]) -> Option<(&'static str, Vec<String>)>;

const RULES: &[Rule] = &[
    ended,
    file_in_quotes,
    operands_in_brackets,
    money_sign,
    checked,
    since,
    bare_range,
    like,
    one_of_several,
    in_list,
    steps,
    yoy,
    share_between,
    base,
    limit,
    ordered,
    having,
    when_again,
    top_of,
    to_place,
    of_period,
    two_periods,
    in_brackets,
    place_first,
    let_without_sign,
    part_in_whole,
    between_items,
    column_of_its_name,
    exported_plot,
];

/// The texts that may have been meant, the likeliest first.
pub(super) fn rules(text: &str) -> Vec<(&'static str, String)> {
    // Only what a person types.
    if text.len() > 1000 {
        return Vec::new();
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let found = RULES.iter().filter_map(|rule| rule(&words));
    found.map(|(advice, words)| (advice, words.join(" "))).collect()
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_string()).collect()
}

fn is(word: Option<&&str>, wanted: &str) -> bool {
    word.is_some_and(|w| w.eq_ignore_ascii_case(wanted))
}

fn find(words: &[&str], wanted: &[&str]) -> Option<usize> {
    words.iter().position(|w| wanted.iter().any(|x| w.eq_ignore_ascii_case(x)))
}

/// A word that can be the name of a series.
fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && word.chars().all(|c| c.is_alphanumeric() || "_.".contains(c))
        && !keywords::is_reserved(&word.to_lowercase())
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit())
}

/// Words of which some stand in the place of others.
fn spliced(words: &[&str], from: usize, to: usize, with: &[String]) -> Vec<String> {
    let mut out = owned(words.get(..from).unwrap_or_default());
    out.extend_from_slice(with);
    out.extend(owned(words.get(to..).unwrap_or_default()));
    out
}

fn texts(words: &[&str]) -> Vec<String> {
    owned(words)
}

/// The first clause, or the end.
fn clauses(words: &[&str]) -> usize {
    words.iter().position(|w| keywords::begins_clause(w)).unwrap_or(words.len())
}

fn ended(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let (last, most) = words.split_last()?;
    let bare = last.strip_suffix(';')?;
    let out = most.iter().copied().chain((!bare.is_empty()).then_some(bare));
    Some(("a statement ends with its line", owned(&out.collect::<Vec<_>>())))
}

fn since(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let at = find(words, &["since"])?;
    let first = words.get(at + 1)?;
    Some((
        "a range of periods is written `from A to B`",
        spliced(words, at, at + 2, &texts(&["from", first, "to", "latest"])),
    ))
}

/// `growth of exports 2018-2024`
fn bare_range(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let years = |w: &str| {
        w.split_once(['-', '–']).filter(|(a, b)| is_year(a) && is_year(b)).map(|(a, b)| texts(&["from", a, "to", b]))
    };
    let (at, range) = words.iter().enumerate().find_map(|(i, w)| years(w).map(|r| (i, r)))?;
    let before = at.checked_sub(1).and_then(|i| words.get(i));
    let from = if ["from", "for", "in"].iter().any(|w| is(before, w)) { at - 1 } else { at };
    Some(("a range of periods is written `from A to B`", spliced(words, from, at + 1, &range)))
}

fn like(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let at = find(words, &["like"])?;
    let code = words.get(at + 1)?.trim_matches(['"', '\'']).trim_end_matches(['*', '%']);
    Some(("a code stands for itself and all below it", spliced(words, at, at + 2, &texts(&["=", code]))))
}

/// `where partner = USA or partner = JPN`
fn one_of_several(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let or = find(words, &["or"])?;
    let dim = *words.get(or.checked_sub(3)?)?;
    if !is(words.get(or - 2), "=") {
        return None;
    }
    let (mut codes, mut at) = (vec![*words.get(or - 1)?], or);
    while is(words.get(at), "or") {
        let named = is(words.get(at + 1), dim) && is(words.get(at + 2), "=");
        let next = if named { at + 3 } else { at + 1 };
        codes.push(words.get(next)?);
        at = next + 1;
    }
    let set = format!("among {{{}}}", codes.join(", "));
    Some(("several codes are written `among {A, B}`", spliced(words, or - 2, at, &[set])))
}

/// `where partner in (USA, JPN)`
fn in_list(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let open = words.iter().position(|w| w.starts_with('('))?;
    let at = open.checked_sub(1).filter(|i| is(words.get(*i), "in"))?;
    let length = words.get(open..)?.iter().position(|w| w.ends_with(')'))?;
    let inside = words.get(open..=open + length)?.join(" ");
    let codes = inside.trim_start_matches('(').trim_end_matches(')').replace('\'', "\"");
    Some((
        "several codes are written `among {A, B}`",
        spliced(words, at, open + length + 1, &[format!("among {{{codes}}}")]),
    ))
}

/// `3 month average`, `3m average`
fn steps(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let step = |w: &str| {
        let w = w.to_lowercase();
        ["day", "week", "month", "quarter", "half", "year"]
            .into_iter()
            .find(|s| w == *s || w.strip_suffix('s') == Some(s))
    };
    let digits = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_digit());
    let advice = "a number of steps is one word: `3-month`";
    let two = words.windows(2).position(|w| matches!(w, [n, s] if digits(n) && step(s).is_some()));
    if let Some(at) = two
        && let (Some(n), Some(s)) = (words.get(at), words.get(at + 1).and_then(|s| step(s)))
    {
        return Some((advice, spliced(words, at, at + 2, &[format!("{n}-{s}")])));
    }
    let short = |w: &str| {
        let (n, s) = w.split_at_checked(w.len().checked_sub(1)?)?;
        let s = match s {
            "m" | "M" => "month",
            "q" | "Q" => "quarter",
            "y" | "Y" => "year",
            _ => return None,
        };
        digits(n).then(|| format!("{n}-{s}"))
    };
    let (at, one) = words.iter().enumerate().find_map(|(i, w)| short(w).map(|s| (i, s)))?;
    Some((advice, spliced(words, at, at + 1, &[one])))
}

/// `yoy exports`
fn yoy(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let at = find(words, &["yoy", "qoq", "mom"])?;
    let next = words.get(at + 1)?;
    let more: &[&str] = match next.to_lowercase().as_str() {
        "growth" | "change" => return None,
        "of" => &["growth"],
        _ => &["growth", "of"],
    };
    Some(("a change on the period before is `growth` or `change`", spliced(words, at + 1, at + 1, &owned(more))))
}

/// `exports share by partner`
fn share_between(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let at = find(words, &["share"])?;
    let name = at.checked_sub(1).and_then(|i| words.get(i)).filter(|w| is_name(w))?;
    if is(words.get(at + 1), "of") {
        return None;
    }
    Some((
        "an operator stands before `of`, and what it applies to behind",
        spliced(words, at - 1, at + 1, &texts(&["share", "of", name])),
    ))
}

/// `index of exports 2018 = 100`, `index of exports base 2018`
fn base(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let advice = "the base of an index is written `with 2018 = 100`";
    find(words, &["index"])?;
    if let Some(at) = find(words, &["base"]) {
        let year = words.get(at + 1)?;
        let to = if is(words.get(at + 2), "=") { at + 4 } else { at + 2 };
        return Some((advice, spliced(words, at, to, &texts(&["with", year, "=", "100"]))));
    }
    let at = words.windows(2).position(|w| matches!(w, [y, "="] if is_year(y)))?;
    let said = at.checked_sub(1).is_some_and(|i| is(words.get(i), "with"));
    (!said).then(|| (advice, spliced(words, at, at, &texts(&["with"]))))
}

/// `order by value desc`
fn ordered(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let at = find(words, &["order", "sort", "sorted", "ordered"])?;
    let rest = words.get(at + 1..)?;
    is(rest.first(), "by").then_some(())?;
    let ends = rest.iter().position(|w| keywords::begins_clause(w) && !w.eq_ignore_ascii_case("by"));
    let keys = rest.get(1..ends.unwrap_or(rest.len()))?;
    let falls = find(keys, &["desc", "descending"]).is_some();
    let rises = find(keys, &["asc", "ascending"]).is_some();
    let order = if rises && !falls { "smallest" } else { "largest" };
    let to = at + 2 + keys.len();
    Some(("rows are put in order by their values", spliced(words, at, to, &texts(&[order, "first"]))))
}

/// `having`, `if`, and `where` of a result.
fn having(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let at = find(words, &["having", "if"])
        .or_else(|| words.windows(2).position(|w| matches!(w, [a, b] if is(Some(a), "where") && is(Some(b), "it"))))?;
    Some(("which results come out is said by `when`", spliced(words, at, at + 1, &texts(&["when"]))))
}

/// `when it > average of x and it < 5`: `and` belongs to the nearest `of`.
fn when_again(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let when = find(words, &["when"])?;
    let at = words.iter().rposition(|w| w.eq_ignore_ascii_case("and")).filter(|at| *at > when)?;
    Some((
        "`and` belongs to the nearest `of`; another `when` joins conditions",
        spliced(words, at, at + 1, &texts(&["when"])),
    ))
}

fn limit(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let at = find(words, &["limit"])?;
    Some(("the largest are chosen by `top N`", spliced(words, at, at + 1, &texts(&["top"]))))
}

/// `top 3 partners of exports for 2023`
fn top_of(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let [first, count, dim, of, rest @ ..] = words else { return None };
    if !first.eq_ignore_ascii_case("top") || !of.eq_ignore_ascii_case("of") {
        return None;
    }
    let dim = dim.strip_suffix('s').unwrap_or(dim);
    let mut out = spliced(rest, clauses(rest), clauses(rest), &texts(&["by", dim]));
    out.extend(texts(&["top", count]));
    Some(("`top` stands behind the query", out))
}

/// `exports to USA`
fn to_place(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let at = find(words, &["to"]).filter(|at| find(words, &["from"]).is_none_or(|f| f > *at))?;
    let place = words.get(at + 1).filter(|w| w.starts_with(char::is_alphabetic))?;
    let before = words.get(..at)?;
    let advice = "the partner is a dimension: `where partner = …`";
    if let [name, of, reporter] = before
        && of.eq_ignore_ascii_case("of")
    {
        let to = format!("where reporter = {reporter} and partner = {place}");
        return Some((advice, spliced(words, 0, at + 2, &[(*name).to_string(), to])));
    }
    Some((advice, spliced(words, at, at + 2, &texts(&["where", "partner", "=", place]))))
}

/// `share of exports by partner of 2023`
fn of_period(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let at = words.windows(2).position(|w| matches!(w, [of, y] if of.eq_ignore_ascii_case("of") && is_year(y)))?;
    Some(("the periods of a result follow `for`", spliced(words, at, at + 1, &texts(&["for"]))))
}

/// `exports for 2023, 2024`
fn two_periods(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let at = find(words, &["for"])?;
    let first = words.get(at + 1)?.strip_suffix(',').filter(|y| is_year(y))?;
    let last = words.get(at + 2).filter(|y| is_year(y))?;
    Some((
        "a range of periods is written `from A to B`",
        spliced(words, at, at + 3, &texts(&["from", first, "to", last])),
    ))
}

/// `exports(2023)`
fn in_brackets(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let named = |w: &str| {
        let (name, year) = w.strip_suffix(')')?.split_once('(')?;
        (is_name(name) && is_year(year)).then(|| texts(&[name, "for", year]))
    };
    let (at, with) = words.iter().enumerate().find_map(|(i, w)| named(w).map(|n| (i, n)))?;
    Some(("the periods of a result follow `for`", spliced(words, at, at + 1, &with)))
}

/// `USA exports for 2023`
fn place_first(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let [place, name, rest @ ..] = words else { return None };
    let code = place.len() == 3 && place.bytes().all(|b| b.is_ascii_uppercase());
    let out = || spliced(rest, 0, 0, &texts(&[name, "where", "partner", "=", place]));
    (code && is_name(name)).then(|| ("a partner is chosen by `where partner = …`", out()))
}

/// `let x exports by year`
fn let_without_sign(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let [first, name, next, ..] = words else { return None };
    let wanted = first.eq_ignore_ascii_case("let") && is_name(name) && *next != "=";
    wanted.then(|| ("a name and what it means are joined by `=`", spliced(words, 2, 2, &texts(&["="]))))
}

/// `share of hs 8542 in exports for 2023`
fn part_in_whole(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let [share, of, dim, code, within, name, rest @ ..] = words else { return None };
    let said =
        share.eq_ignore_ascii_case("share") && of.eq_ignore_ascii_case("of") && within.eq_ignore_ascii_case("in");
    let part = format!("({name} where {dim} = {code})");
    let out = || spliced(rest, 0, 0, &[part.clone(), "as share of".into(), (*name).to_string()]);
    (said && is_name(name)).then(|| ("a part of a whole is `x as share of y`", out()))
}

/// `exports in $`
fn money_sign(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let code = |w: &str| match w {
        "$" | "US$" => Some("USD"),
        "€" => Some("EUR"),
        "¥" => Some("CNY"),
        _ => None,
    };
    let (at, right) = words.iter().enumerate().find_map(|(i, w)| code(w).map(|c| (i, c)))?;
    Some(("currencies are written as their codes: USD, EUR, CNY", spliced(words, at, at + 1, &texts(&[right]))))
}

/// `claim exports for 2023 = 356 bn CNY`
fn checked(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    words.first().filter(|w| w.eq_ignore_ascii_case("claim") || w.eq_ignore_ascii_case("assert"))?;
    let at = words.iter().rposition(|w| ["=", "=="].contains(w))?;
    let number = words.get(at + 1)?.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
    number.then(|| ("a check says `is`", spliced(words, at, at + 1, &texts(&["is"]))))
}

/// `load figures/ic.csv`
fn file_in_quotes(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let [first, file, ..] = words else { return None };
    let wanted = ["load", "use"].iter().any(|w| first.eq_ignore_ascii_case(w)) && file.contains(['.', '/', '\'']);
    let quoted = format!("\"{}\"", file.trim_matches('\''));
    wanted.then(|| ("the name of a file stands in quotes", spliced(words, 1, 2, &[quoted])))
}

/// `def f(x) = growth of x`
fn operands_in_brackets(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    words.first().filter(|w| w.eq_ignore_ascii_case("def"))?;
    let sign = find(words, &["="])?;
    let header = words.get(1..sign)?.join(" ");
    let (name, inside) = header.strip_suffix(')')?.split_once('(')?;
    let operands: Vec<&str> = inside.split(',').map(str::trim).collect();
    let said = format!("{} of {}", name.trim(), operands.join(" and "));
    let all = operands.iter().all(|o| is_name(o));
    all.then(|| ("operators are written with `of`, their definitions too", spliced(words, 1, sign, &[said])))
}

/// `export plot exports by year into "f.svg"`
fn exported_plot(words: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let [first, second, rest @ ..] = words else { return None };
    let said = first.eq_ignore_ascii_case("export") && second.eq_ignore_ascii_case("plot");
    said.then(|| ("a picture is written by `plot … into`", spliced(rest, 0, 0, &texts(&[second]))))
}

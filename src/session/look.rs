//! Looking around: `describe`, `list`, `help`, and what a code means. Everything is read from the catalogue, the
//! registry and the table of codes.

use super::{Fault, Session};
use crate::data::DatasetInfo;
use crate::diagnostic::{Diagnostic, codes, suggest, words};
use crate::operators;
use crate::plan::Demand;
use crate::plan::catalogue::Definition;
use crate::plan::check;
use crate::plan::lookup::resolve;
use crate::render::Format;
use crate::syntax::ast::{ExprNode, Name, Query};
use crate::syntax::format;
use crate::value::unit::{CURRENCIES, QUANTITIES};

/// The page of a diagnostic, if the query is only its code.
pub(super) fn code_page(query: &Query) -> Option<String> {
    let ExprNode::Name(name) = &query.expr.node else { return None };
    let code = codes::find(name).filter(|_| query.clauses.is_empty())?;
    Some(page(code))
}

fn page(code: &codes::Code) -> String {
    format!("{} ({})\n\n{}.\n\n{}\n", code.slug, code.level.word(), sentence(code.title), code.lesson)
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// What `help` knows besides operators and codes.
const TOPICS: &[(&str, &str)] = &[
    (
        "load",
        "load \"file.csv\" as NAME with { … }\nload \"file.csv\"\n\nReads a file, called as the file is where no name is given: CSV in any dialect or encoding, gzip, a workbook, SDMX-CSV; `*.csv` several as one. The block says what the file does not: `describe NAME` prints what was understood, to edit.\n",
    ),
    (
        "where",
        "QUERY where DIMENSION = CODE and DIMENSION among {A, B}\n\nOnly these codes. `hs = 8542` means the code and all below it, once. Also `!=` and `not among`.\n",
    ),
    (
        "by",
        "QUERY by DIMENSION, year\n\nThe dimensions that stay; all others are summed, if they can be. `year`, `half`, `quarter`, `month`, `day` set the step of time; `hs2`, `hs4`, `hs6` a level of the codes.\n",
    ),
    (
        "from",
        "QUERY from PERIOD to PERIOD\n\nThe periods of the result, both ends included; the end points of `growth` and its like. The ends set the step: years on a monthly series take annual sums.\n",
    ),
    (
        "for",
        "QUERY for PERIOD\n\nOne period: 2018, 2018-H1, 2018-Q3, 2018-03, Mar 2018, 2018-03-15, 2018..2020, Jan..Nov 2024, ytd 2024, latest.\n",
    ),
    (
        "in",
        "QUERY in UNIT at average|end|PERIOD\n\n`in bn CNY` rescales; `in USD` converts period by period with a loaded rate table.\n",
    ),
    (
        "top",
        "QUERY by DIMENSION top N (over KEYS)\nQUERY by DIMENSION top 80%\n\nThe largest labels of the last key by the last period, and a `rest` row that keeps the total. `over` ranks these keys within every other, periods included; a part takes the fewest that reach it; without a dimension, periods are ranked. `bottom` takes the smallest. In parentheses it only chooses.\n",
    ),
    (
        "when",
        "QUERY when CONDITION and CONDITION\n\nWhich results come out, after everything is computed; `where` says which data go in. A condition is a comparison, in which `it` is the result, or codes of a key: `share of exports by partner for 2023 when it > 5%`, `when partner = USA`. It has the filters, keys and periods of the query on its left.\n",
    ),
    (
        "largest",
        "QUERY largest first\nQUERY smallest first\n\nPuts rows in order by the value of the last period; of several series, of the first.\n",
    ),
    (
        "first",
        "QUERY first N\nQUERY last N\n\nKeeps the first or last periods of the result: `exports by month last 12`. `first of x` is the first value of a series.\n",
    ),
    (
        "total",
        "QUERY by DIMENSION with total\n\nAdds a row for all labels of the last key together, computed anew, so that the total of a growth is a growth.\n",
    ),
    (
        "beside",
        "QUERY, QUERY, … CLAUSES\n\nSeveral series side by side; the clauses apply to all. A series that needs its own stands in parentheses, or has a name by `let`, which heads its column. The first one chooses rows by `when`, `top` and order.\n",
    ),
    (
        "across",
        "x across DIMENSION\n\nSums the dimension out, whatever filter stands on it: the denominator of a share.\n",
    ),
    ("deflated", "x deflated by INDEX\n\nAt constant prices of the index's base, before sums over time.\n"),
    (
        "allowing",
        "QUERY allowing CODE\n\nRecords that a warning is known; `allowing partial` and `allowing missing` are short for two of them. The mark stays.\n",
    ),
    (
        "let",
        "let NAME = QUERY\nlet NAME = {CODE, CODE}\n\nNames a query, which clauses still apply to, or a set of codes.\n",
    ),
    (
        "def",
        "def NAME over D of X and Y from A to B = QUERY\n\nDefines an operator, called like a built-in one. `over D` makes the dimension a parameter, `N-month` in the name the step; a header that ends in `from A to B`, `for P` or `with P = N` takes that clause of the call for its body. Remarks above it are its help; `list definitions` shows all.\n",
    ),
    (
        "assert",
        "assert QUERY is VALUE (within TOL | exactly) (citing \"…\")\nassert QUERY < QUERY\n\nMust hold; a failure ends a script. A printed value stands for all that rounds to it: 20.3% accepts [20.25, 20.35).\n",
    ),
    (
        "claim",
        "claim QUERY is VALUE (citing \"…\")\n\nThe same check on somebody's statement; it never ends a script.\n",
    ),
    (
        "explain",
        "explain QUERY\nexplain CODE\n\nHow the number comes about, with the formula and the numbers put in; or what a diagnostic means.\n",
    ),
    (
        "export",
        "export QUERY into \"f.csv\"\nexport QUERY into \"{partner}.csv\" overwrite\n\nWrites the answer; the suffix says how: SUFFIXES. A key in braces writes a file for each of its labels, without that column, all of them or none; `{period}` does so for each period. `into \"book.xlsx#sheet\"` puts it into a workbook beside what this run has put there. A file that is there is replaced only with `overwrite`, or `--overwrite` outside; one that was read is never.\n",
    ),
    (
        "param",
        "param NAME = VALUE\nparam NAME\n\nA parameter of a script with its default; `--arg NAME=VALUE` sets it, and must where there is none. It stands for a period, code, set, number, unit, dimension or file, wherever one may stand.\n",
    ),
    (
        "set",
        "set strict = on\nset rounding = half_even\nset digits = 4\nset width = 100\nset timing = on\n\nSettings of the session. `timing` says how long each statement took until its answer was there, before it is printed.\n",
    ),
];

/// What `list` shows.
const LISTS: &[&str] = &["series", "datasets", "dimensions", "operators", "definitions", "units", "diagnostics"];

/// What an operator of the script is for: the first remark above it, else how it is defined.
fn sentence_of(definition: &Definition) -> &str {
    definition.help.lines().next().filter(|l| !l.is_empty()).unwrap_or(&definition.text)
}

/// The page of an operator of the script.
fn definition_page(definition: &Definition) -> String {
    let help = if definition.help.is_empty() { String::new() } else { format!("{}\n\n", definition.help) };
    format!("{}\n\n{help}{}\n", definition.header(), definition.text)
}

impl Session {
    /// The operator of the script that some words name.
    fn definition(&self, words: &str) -> Option<&Definition> {
        let all = &self.catalogue.definitions;
        let own = |d: &&std::sync::Arc<Definition>| {
            d.name.split_once(' ').map(|(_, rest)| rest) == words.split_once(' ').map(|(_, rest)| rest)
        };
        let step = || all.values().filter(|d| d.name.starts_with("N-") && words.contains('-')).find(own);
        all.get(words).or_else(step).map(|d| d.as_ref())
    }

    /// The operators of the script that a query calls, as they are written, each once.
    pub(super) fn definitions_in(&self, query: &Query) -> Vec<String> {
        let text = format::query(query);
        let all = self.catalogue.definitions.values();
        let calls = |d: &&std::sync::Arc<Definition>| {
            let words =
                d.name.strip_prefix("N-").and_then(|n| n.split_once(' ')).map_or(d.name.as_str(), |(_, rest)| rest);
            text.contains(&format!("{words} of ")) || text.contains(&format!("{words} over "))
        };
        all.filter(calls).map(|d| d.text.clone()).collect()
    }

    pub(super) fn describe(&self, name: &Name) -> Result<String, Fault> {
        if let Some(definition) = self.definition(&name.node) {
            return Ok(definition_page(definition));
        }
        if let Some(source) = self.catalogue.datasets.get(&name.node) {
            return Ok(dataset(source.info()));
        }
        if let Some(query) = self.catalogue.lets.get(&name.node) {
            let mut out = format!("let {} = {}\n", format::word(&name.node), format::query(query));
            if let Ok(plan) = resolve::resolve(&self.catalogue, query)
                && let Ok(found) = check::check(&self.catalogue, &plan, &Demand::whole())
            {
                out.push_str(&format!("a {}, {}\n", found.kind, check::named(&found)));
            }
            return Ok(out);
        }
        if let Some(set) = self.catalogue.sets.get(&name.node) {
            let codes: Vec<String> = set.iter().map(|c| format::code(&c.node)).collect();
            return Ok(format!("let {} = {{{}}}\n", format::word(&name.node), codes.join(", ")));
        }
        if let [(source, measure)] = self.catalogue.find(&name.node).as_slice()
            && let Some(m) = source.info().measures.get(*measure)
        {
            let unit = if m.meaning.unit.is_plain() { "a plain number".into() } else { m.meaning.unit.to_string() };
            let info = source.info();
            let dims: Vec<String> =
                info.dims.iter().map(|d| format!("{} ({})", d.name, words::counted(d.codes.len(), "code"))).collect();
            let dims = if dims.is_empty() { "none".to_string() } else { dims.join(", ") };
            return Ok(format!(
                "{}: a {}, {unit}\ndataset: {} ({}), column {}\nperiods: {}\ndimensions: {dims}\n",
                m.name,
                m.meaning.kind,
                info.name,
                info.file,
                m.column,
                periods(info)
            ));
        }
        let mut names: Vec<String> = self.catalogue.datasets.keys().cloned().collect();
        names.extend(self.catalogue.names());
        Err(unknown("nothing", &name.node, name, names.iter().map(String::as_str)))
    }

    pub(super) fn list(&self, word: &Name) -> Result<String, Fault> {
        let mut out = String::new();
        match word.node.to_lowercase().as_str() {
            "series" => {
                for (source, _, m) in self.catalogue.measures() {
                    let unit = match &m.meaning.unit {
                        unit if unit.is_plain() => "in plain".to_string(),
                        unit if unit.is_unknown() => unit.to_string(),
                        unit => format!("in {unit}"),
                    };
                    out.push_str(&format!("{}.{}: {} {unit}\n", source.info().name, m.name, m.meaning.kind));
                }
                for (name, query) in &self.catalogue.lets {
                    out.push_str(&format!("{name}: {}\n", format::query(query)));
                }
                if out.is_empty() {
                    out.push_str("nothing is loaded; begin with `load \"file.csv\" as NAME`\n");
                }
            }
            "datasets" => {
                for source in self.catalogue.datasets.values() {
                    let info = source.info();
                    out.push_str(&format!(
                        "{}: {}, {}, {}\n",
                        info.name,
                        info.file,
                        words::counted(info.rows, "row"),
                        periods(info)
                    ));
                }
                if out.is_empty() {
                    out.push_str("nothing is loaded; begin with `load \"file.csv\" as NAME`\n");
                }
            }
            "operators" => {
                for entry in operators::all() {
                    out.push_str(&format!("{}: {}\n", entry.name, entry.summary));
                }
                for definition in self.catalogue.definitions.values() {
                    out.push_str(&format!("{} (defined here): {}\n", definition.name, sentence_of(definition)));
                }
            }
            "definitions" => {
                for definition in self.catalogue.definitions.values() {
                    out.push_str(&format!("{}\n", definition.text));
                }
                if out.is_empty() {
                    out.push_str("nothing is defined; `def NAME of x = QUERY` defines an operator\n");
                }
            }
            "dimensions" => {
                for name in self.catalogue.dimensions() {
                    let all = self.catalogue.datasets.values();
                    let of = all.filter(|s| s.info().dim(&name).is_some()).map(|s| s.info().name.to_string());
                    out.push_str(&format!("{name}: {}\n", of.collect::<Vec<_>>().join(", ")));
                }
            }
            "diagnostics" => {
                for code in codes::ALL {
                    out.push_str(&format!("{} ({}): {}\n", code.slug, code.level.word(), code.title));
                }
            }
            "units" => {
                let quantities: Vec<&str> = QUANTITIES.iter().map(|q| q.word).collect();
                out.push_str(&format!(
                    "scales: thousand, mn, bn, tn\nquantities: {}\nothers: %, pp, plain\ncurrencies: {CURRENCIES}\n",
                    quantities.join(", ")
                ));
            }
            other => return Err(unknown("no list", other, word, LISTS.iter().copied())),
        }
        Ok(out)
    }

    pub(super) fn help(&self, words: Option<&Name>) -> Result<String, Fault> {
        let Some(words) = words else { return Ok(overview()) };
        let word = words.node.to_lowercase();
        if word == "manual" {
            return Ok(operators::manual());
        }
        if let Some((entry, _)) = operators::lookup(&word) {
            return Ok(operators::page(entry));
        }
        if let Some(entry) = operators::all().find(|e| e.name == format!("N-month {word}")) {
            return Ok(operators::page(entry));
        }
        if let Some(definition) = self.definition(&words.node) {
            return Ok(definition_page(definition));
        }
        if let Some((_, text)) = TOPICS.iter().find(|(topic, _)| *topic == word) {
            return Ok(text.replace("SUFFIXES", &Format::suffixes().collect::<Vec<_>>().join(", ")));
        }
        if let Some(code) = codes::find(&word) {
            return Ok(page(code));
        }
        if self.catalogue.datasets.contains_key(&words.node) || self.catalogue.names().contains(&words.node) {
            return self.describe(words);
        }
        let names = operators::names();
        let topics = TOPICS
            .iter()
            .map(|(t, _)| *t)
            .chain(names.iter().map(String::as_str))
            .chain(codes::ALL.iter().map(|c| c.slug));
        Err(unknown("no help", &words.node, words, topics))
    }
}

fn unknown<'a>(what: &str, word: &str, at: &Name, candidates: impl IntoIterator<Item = &'a str>) -> Fault {
    let all: Vec<&str> = candidates.into_iter().collect();
    let near = suggest::nearest(word, all.iter().copied());
    let fault = Diagnostic::new(&codes::UNKNOWN_NAME, at.span, format!("there is {what} for `{word}`"));
    Box::new(match near.as_slice() {
        [] if all.len() <= 6 && !all.is_empty() => fault.advice(format!("there is {}", suggest::either(&all))),
        [] => fault.advice("`help` shows what there is"),
        near => fault.advice(format!("did you mean {}?", suggest::either(near))),
    })
}

fn periods(info: &DatasetInfo) -> String {
    let extent = info.periods.iter().copied().reduce(crate::value::Period::span);
    let mut steps: Vec<&str> = info.periods.iter().map(|p| p.freq().map_or("other spans", |f| f.word())).collect();
    steps.sort_unstable();
    steps.dedup();
    format!("{} by {}", extent.map(|e| e.to_string()).unwrap_or_default(), steps.join(", "))
}

fn dataset(info: &DatasetInfo) -> String {
    let mut out = format!(
        "{}: {} from {}, {}\nperiods: {}\n",
        info.name,
        words::counted(info.rows, "row"),
        info.file,
        info.layout,
        periods(info)
    );
    for dim in &info.dims {
        let some: Vec<&str> = dim.codes.iter().take(6).map(|c| c.as_ref()).collect();
        let more = if dim.codes.len() > 6 { ", …" } else { "" };
        out.push_str(&format!(
            "{}: {}: {}{more}\n",
            dim.name,
            words::counted(dim.codes.len(), "code"),
            some.join(", ")
        ));
    }
    out.push_str(&format!("\nload {} as {} with {{\n", format::quoted(&info.file), format::word(&info.name)));
    for line in &info.declaration {
        out.push_str(&format!("  {line}\n"));
    }
    out.push_str("}\n");
    if info.measures.iter().any(|m| !m.declared) {
        out.push_str("\nA `?` stands for what the file does not say: currency or quantity, and scale.\n");
    }
    out
}

fn overview() -> String {
    let topics: Vec<&str> = TOPICS.iter().map(|(t, _)| *t).collect();
    format!(
        "A query names what it asks for, then what applies to it:\n\n\
           growth of ic_exports from 2018 to 2024\n\
           share of exports by partner for 2023 top 10\n\
           exports - imports where partner = USA by year\n\n\
         help WORD: {}\n\
         help OPERATOR: `list operators` names them all\n\
         describe NAME, list series, list datasets, list units, explain QUERY, explain CODE\n",
        topics.join(", ")
    )
}

//! `list …`: what there is, a line each. Everything is read from the catalogue, the registry and the table of codes.

use super::look::{periods, unknown};
use super::{Fault, Session};
use crate::data::DimInfo;
use crate::diagnostic::visible::visible;
use crate::diagnostic::{Diagnostic, codes, suggest, words};
use crate::operators;
use crate::plan::Key;
use crate::plan::definition::Definition;
use crate::plan::lookup::names;
use crate::span::Spanned;
use crate::syntax::ast::Name;
use crate::syntax::format;
use crate::value::unit::{CURRENCIES, QUANTITIES};
use std::collections::{BTreeMap, BTreeSet};

/// What `list` shows.
pub const LISTS: &[&str] = &[
    "series",
    "datasets",
    "dimensions",
    "codes",
    "tables",
    "operators",
    "indicators",
    "definitions",
    "units",
    "diagnostics",
    "settings",
];
/// More codes than a person reads.
const MOST: usize = 2000;

/// What an operator of the script is for: the first remark above it, else how it is defined.
fn sentence_of(definition: &Definition) -> &str {
    definition.help.lines().next().filter(|l| !l.is_empty()).unwrap_or(&definition.text)
}

impl Session {
    pub(super) fn list(&self, word: &Name, of: Option<&Name>) -> Result<String, Fault> {
        let mut out = String::new();
        let list = word.node.to_lowercase();
        if let Some(of) = of.filter(|_| list != "codes" && LISTS.contains(&list.as_str())) {
            let message = format!("`list {list}` lists all of them; only `list codes` takes a dimension");
            return Err(Box::new(Diagnostic::new(&codes::WRONG_ARGUMENTS, of.span, message)));
        }
        match list.as_str() {
            "series" => {
                for (source, _, m) in self.catalogue.measures() {
                    let unit = match &m.meaning.unit {
                        unit if unit.is_plain() => "in plain".to_string(),
                        unit if unit.is_unknown() => unit.to_string(),
                        unit => format!("in {unit}"),
                    };
                    out.push_str(&format!("{}.{}: {} {unit}\n", source.info().name, m.name, m.meaning.kind));
                }
                for (name, query) in self.catalogue.named_queries() {
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
                        visible(&info.file),
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
                for definition in self.catalogue.library.all() {
                    out.push_str(&format!("{}: {}\n", definition.name, definition.summary()));
                }
                for definition in self.catalogue.definitions.values() {
                    out.push_str(&format!("{} (defined here): {}\n", definition.name, sentence_of(definition)));
                }
            }
            "indicators" => out = super::indicators::listed(),
            "definitions" => {
                for definition in self.catalogue.definitions.values() {
                    out.push_str(&format!("{}\n", definition.text));
                }
                if out.is_empty() {
                    out.push_str("nothing is defined; `def NAME of x = QUERY` defines an operator\n");
                }
            }
            "codes" => return self.codes(word, of),
            "settings" => out = self.settings(),
            "tables" => {
                for (name, table) in &self.catalogue.tables {
                    let attributes: Vec<&str> = table.attributes.keys().map(String::as_str).collect();
                    let codes = words::counted(table.codes, "code");
                    let (dims, attributes) = (table.dims.join(", "), attributes.join(", "));
                    let (dims, attributes) = (visible(&dims), visible(&attributes));
                    out.push_str(&format!("{name}: {codes} of {dims}: {attributes}\n"));
                }
                if out.is_empty() {
                    out.push_str("no table of codes is loaded; `help table` shows how\n");
                }
            }
            "dimensions" => {
                for name in self.catalogue.dimensions() {
                    let all = self.catalogue.datasets.values();
                    let of = all.filter(|s| s.info().dim(&name).is_some()).map(|s| s.info().name.to_string());
                    out.push_str(&format!("{}: {}\n", visible(&name), of.collect::<Vec<_>>().join(", ")));
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

    /// The codes of a dimension, or of one level of it, with their names where they are known.
    fn codes(&self, word: &Name, of: Option<&Name>) -> Result<String, Fault> {
        let known = self.catalogue.dimensions();
        let Some(of) = of else {
            let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, word.span, "`list codes` needs a dimension");
            let dims: Vec<&str> = known.iter().map(String::as_str).collect();
            let words = suggest::either(&dims);
            return Err(Box::new(if dims.is_empty() { fault } else { fault.advice(format!("there is {words}")) }));
        };
        let key = Key::parse(Spanned::new(of.node.clone(), of.span));
        let all = || self.catalogue.datasets.values().flat_map(|s| s.info().dims.iter());
        let named = |d: &&DimInfo| d.name.as_ref() == key.dim || d.column.as_deref() == Some(key.dim.as_str());
        let dims: Vec<&DimInfo> = all().filter(named).collect();
        let meant: BTreeSet<&str> = dims.iter().map(|d| d.name.as_ref()).collect();
        let dim = match meant.iter().copied().collect::<Vec<_>>().as_slice() {
            [] => return Err(unknown("no dimension", &of.node, of, known.iter().map(String::as_str))),
            [one] => *one,
            several => {
                let message = format!("the column `{}` is {} dimensions", of.node, several.len());
                let fault = Diagnostic::new(&codes::AMBIGUOUS_NAME, of.span, message).here("which one?");
                return Err(Box::new(fault.advice(format!("write {}", suggest::either(several)))));
            }
        };
        let mut found: BTreeMap<&str, &str> = BTreeMap::new();
        for dim in dims {
            for (at, code) in (0u32..).zip(dim.codes.iter()) {
                let code = match key.level {
                    Some(level) => DimInfo::cut(code, level).filter(|_| !dim.is_total(at)),
                    None => Some(code.as_ref()),
                };
                let what = if dim.is_total(at) {
                    "a total"
                } else if dim.is_group(at) {
                    "a group"
                } else {
                    ""
                };
                found.extend(code.map(|code| (code, what)));
            }
        }
        let names = names::of(&self.catalogue, dim);
        let line = |(code, what): (&&str, &&str)| {
            let said: Vec<_> =
                names.of(code).into_iter().map(visible).chain((!what.is_empty()).then_some((*what).into())).collect();
            let said = if said.is_empty() { String::new() } else { format!(": {}", said.join(", ")) };
            format!("{}{said}\n", visible(&format::code(code)))
        };
        let mut out: String = found.iter().take(MOST).map(line).collect();
        if found.len() > MOST {
            out.push_str(&format!("and {} more\n", found.len() - MOST));
        }
        if found.is_empty() {
            out.push_str(&format!("no code of `{dim}` reaches this level\n"));
        }
        Ok(out)
    }
}

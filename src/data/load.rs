//! From a file and its declaration to a dataset. Infers roles from names and cells, reports them as the declaration
//! that says the same, and refuses what it cannot know. Nothing half-loaded is ever returned.

use super::columns::{self, NumberColumn};
use super::declare::{Meaning, Spec, meaning_text};
use super::records::{self, Table};
use super::roles::{self, Role};
use super::store::{MeasureData, Numbers, Store};
use super::{DatasetInfo, DimInfo, MeasureInfo, period_forms};
use crate::diagnostic::{Diagnostic, codes, suggest};
use crate::span::Span;
use crate::syntax::{Fault, format};
use crate::value::{Kind, Period, Unit};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Where a load statement stands, for messages.
pub struct Place<'a> {
    /// The path as it was written.
    pub file: &'a str,
    /// The name that the dataset gets.
    pub name: &'a str,
    /// The statement.
    pub span: Span,
}

/// What a column is used as.
#[derive(Clone, Debug, PartialEq)]
enum Use {
    Period,
    Dimension(String),
    Flow,
    Measure,
    /// A measure column of one period: the column's name is the period.
    Spread(Period),
    Skip,
    Open,
}

/// Rows as they go into the store: one per observation.
struct Rows {
    codes: Vec<Vec<u32>>,
    periods: Vec<u32>,
    flows: Option<Vec<u32>>,
    lines: Vec<u32>,
}

struct Loader<'a> {
    place: &'a Place<'a>,
    table: &'a Table,
    spec: &'a Spec,
    uses: Vec<Use>,
    /// Columns already read as numbers while their use was inferred.
    read: FxHashMap<usize, NumberColumn>,
    declaration: Vec<String>,
}

/// Reads bytes as a dataset.
pub fn load(place: &Place<'_>, bytes: &[u8], spec: &Spec) -> Result<Store, Fault> {
    let table = records::read(bytes)
        .map_err(|e| Box::new(Diagnostic::new(&codes::BAD_DATA, place.span, e.message).at_file(place.file, e.line)))?;
    let uses = vec![Use::Open; table.header.len()];
    let mut loader = Loader { place, table: &table, spec, uses, read: FxHashMap::default(), declaration: Vec::new() };
    loader.declared()?;
    loader.inferred()?;
    loader.finish()
}

impl Loader<'_> {
    fn bad(&self, line: Option<usize>, message: impl Into<String>) -> Fault {
        Box::new(Diagnostic::new(&codes::BAD_DATA, self.place.span, message).at_file(self.place.file, line))
    }

    fn column(&self, name: &crate::syntax::ast::Name) -> Result<usize, Fault> {
        self.table.header.iter().position(|h| *h == name.node).ok_or_else(|| {
            let near = suggest::nearest(&name.node, self.table.header.iter().map(String::as_str));
            let message = format!("the file has no column `{}`", name.node);
            let fault = Diagnostic::new(&codes::BAD_DECLARATION, name.span, message);
            let advice = if near.is_empty() {
                format!("its columns are {}", self.table.header.join(", "))
            } else {
                format!("did you mean {}?", suggest::either(&near))
            };
            Box::new(fault.advice(advice))
        })
    }

    fn take(&mut self, column: usize, what: Use) {
        if let Some(slot) = self.uses.get_mut(column) {
            *slot = what;
        }
    }

    fn used_as(&self, what: &Use) -> Option<usize> {
        self.uses.iter().position(|u| u == what)
    }

    /// What the declaration says of the columns.
    fn declared(&mut self) -> Result<(), Fault> {
        for (name, column, meaning) in &self.spec.columns {
            let at = self.column(column)?;
            let what = match (name.node.as_str(), meaning) {
                (_, Some(_)) => Use::Measure,
                ("period", None) => Use::Period,
                ("flow", None) => Use::Flow,
                (_, None) => Use::Dimension(name.node.clone()),
            };
            self.take(at, what);
        }
        for column in &self.spec.skip {
            let at = self.column(column)?;
            self.take(at, Use::Skip);
        }
        Ok(())
    }

    /// What the names and cells of the other columns say.
    fn inferred(&mut self) -> Result<(), Fault> {
        let table = self.table;
        if table.header == ["t", "i", "j", "k", "v", "q"] {
            let names = [Use::Period, dim("reporter"), dim("partner"), dim("hs")];
            for (at, what) in names.into_iter().enumerate() {
                if self.uses.get(at) == Some(&Use::Open) {
                    self.take(at, what);
                }
            }
        }
        let open: Vec<(usize, &String)> =
            table.header.iter().enumerate().filter(|(i, _)| self.uses.get(*i) == Some(&Use::Open)).collect();
        let mut roles: Vec<(usize, Role)> =
            open.iter().filter_map(|(i, h)| roles::role_of(h).map(|r| (*i, r))).collect();
        roles.sort_by_key(|(i, r)| match r {
            Role::Period => table.header.get(*i).map_or(0, |h| roles::period_rank(h)),
            Role::Dimension(_) | Role::Flow | Role::Note => *i,
        });
        for (at, role) in roles {
            let what = match role {
                Role::Period => Use::Period,
                Role::Dimension(name) => dim(name),
                Role::Flow => Use::Flow,
                Role::Note => Use::Skip,
            };
            let taken = what != Use::Skip && self.used_as(&what).is_some();
            self.take(at, if taken { Use::Skip } else { what });
        }
        let spread: Vec<(usize, Period)> = open
            .iter()
            .filter(|(i, _)| self.uses.get(*i) == Some(&Use::Open))
            .filter_map(|(i, h)| period_forms::read_any(h).map(|p| (*i, p)))
            .collect();
        if spread.len() >= 3 && self.used_as(&Use::Period).is_none() {
            for (at, period) in spread {
                self.take(at, Use::Spread(period));
            }
        }
        for (at, header) in open {
            if self.uses.get(at) != Some(&Use::Open) {
                continue;
            }
            let Some(column) = table.columns.get(at) else { continue };
            let what = match columns::numbers(column, &self.spec.missing, self.spec.absent_is_zero) {
                Ok(read) => {
                    self.read.insert(at, read);
                    Use::Measure
                }
                Err(e) if e.numbers * 2 > column.len() => {
                    let line = table.lines.get(e.row).map(|l| *l as usize);
                    let message =
                        format!("`{}` in column `{header}` is not a number, as most of the column are", e.cell);
                    let mut fault = self.bad(line, message);
                    fault.advice = Some(format!(
                        "declare `missing {}` if it stands for no number, or `skip {}`",
                        format::quoted(&e.cell),
                        format::quoted(header)
                    ));
                    return Err(fault);
                }
                Err(_) if column.cells().all(|c| columns::is_missing(c.trim(), &self.spec.missing)) => Use::Skip,
                Err(_) => Use::Dimension(series_name(header)),
            };
            self.take(at, what);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Store, Fault> {
        let table = self.table;
        let spread: Vec<(usize, Period)> = self
            .uses
            .iter()
            .enumerate()
            .filter_map(|(i, u)| if let Use::Spread(p) = u { Some((i, *p)) } else { None })
            .collect();
        let wide = !spread.is_empty();
        let (periods, form) = self.periods(&spread)?;
        let mut dictionary: Vec<Period> = periods.clone();
        dictionary.sort_unstable();
        dictionary.dedup();
        let place_of = |p: &Period| dictionary.binary_search(p).ok().and_then(|i| u32::try_from(i).ok()).unwrap_or(0);
        let times = if wide { spread.len() } else { 1 };
        if wide {
            self.declaration.push("# periods are the names of columns".into());
        } else if let Some(at) = self.used_as(&Use::Period) {
            let column = table.header.get(at).map(String::as_str).unwrap_or("");
            self.declaration.push(format!("period from {}  # format found: {form}", column_text(column)));
        }
        let (dims, codes) = self.dimensions(times)?;
        let (flow_names, flows) = self.flows(times)?;
        let period_places: Vec<u32> = if wide {
            let once: Vec<u32> = periods.iter().map(place_of).collect();
            table.lines.iter().flat_map(|_| once.iter().copied()).collect()
        } else {
            periods.iter().map(place_of).collect()
        };
        let lines = table.lines.iter().flat_map(|l| std::iter::repeat_n(*l, times)).collect();
        let rows = Rows { codes, periods: period_places, flows, lines };
        self.no_duplicates(&rows, &dictionary, &dims)?;
        let mut store = Store {
            info: DatasetInfo {
                name: self.place.name.into(),
                file: self.place.file.into(),
                dims,
                measures: Vec::new(),
                periods: Arc::new(dictionary),
                rows: rows.periods.len(),
                absent_is_zero: self.spec.absent_is_zero,
                layout: String::new(),
                declaration: Vec::new(),
            },
            codes: rows.codes,
            periods: rows.periods,
            flows: rows.flows,
            numbers: Vec::new(),
            measures: Vec::new(),
            lines: rows.lines,
            reasons: FxHashMap::default(),
        };
        self.measures(&mut store, &spread, &flow_names)?;
        let long = if flow_names.is_empty() { "one row per observation" } else { "one row per observation and flow" };
        store.info.layout = if wide { "wide, one column per period".into() } else { long.to_string() };
        self.close(&mut store);
        Ok(store)
    }

    fn periods(&self, spread: &[(usize, Period)]) -> Result<(Vec<Period>, &'static str), Fault> {
        if !spread.is_empty() {
            return Ok((spread.iter().map(|(_, p)| *p).collect(), ""));
        }
        let Some(at) = self.used_as(&Use::Period) else {
            let mut fault = self.bad(Some(1), "no column holds the periods");
            fault.advice = Some("say which one with `with { period from COLUMN }`".into());
            return Err(fault);
        };
        let Some(column) = self.table.columns.get(at) else { return Ok((Vec::new(), "")) };
        period_forms::read_column(column.cells()).map(|(form, periods)| (periods, form.name)).map_err(|cell| {
            let row = column.cells().position(|c| c == cell).unwrap_or(0);
            let line = self.table.lines.get(row).map(|l| *l as usize);
            let name = self.table.header.get(at).map(String::as_str).unwrap_or("");
            self.bad(line, format!("`{cell}` in column `{name}` is not a period written as the others are"))
        })
    }

    fn dimensions(&mut self, times: usize) -> Result<(Vec<DimInfo>, Vec<Vec<u32>>), Fault> {
        let (mut dims, mut codes) = (Vec::new(), Vec::new());
        let uses = self.uses.clone();
        for (at, what) in uses.iter().enumerate() {
            let (Use::Dimension(name), Some(column)) = (what, self.table.columns.get(at)) else { continue };
            let mut labels: Vec<&str> = column.cells().map(str::trim).collect();
            labels.sort_unstable();
            labels.dedup();
            let places: FxHashMap<&str, u32> = labels.iter().copied().zip(0u32..).collect();
            let rows = column.cells().map(|c| places.get(c.trim()).copied().unwrap_or(0));
            codes.push(rows.flat_map(|c| std::iter::repeat_n(c, times)).collect());
            let header = self.table.header.get(at).cloned().unwrap_or_default();
            self.declaration.push(format!("{} from {}", format::word(name), column_text(&header)));
            dims.push(self.dimension(name, labels.iter().map(|l| Arc::from(*l)).collect(), Some(header)));
        }
        for (name, code) in self.spec.constants.iter().filter(|(n, _)| n.node != "flow") {
            if dims.iter().any(|d: &DimInfo| d.name.as_ref() == name.node) {
                let message = format!("`{}` is already a column of the file", name.node);
                return Err(Box::new(Diagnostic::new(&codes::BAD_DECLARATION, name.span, message)));
            }
            codes.push(vec![0; self.table.lines.len() * times]);
            self.declaration.push(format!("{} = {}", format::word(&name.node), format::code(&code.node)));
            dims.push(self.dimension(&name.node, vec![Arc::from(code.node.as_str())], None));
        }
        Ok((dims, codes))
    }

    fn dimension(&self, name: &str, codes: Vec<Arc<str>>, column: Option<String>) -> DimInfo {
        let declared = |label: &str| self.spec.aggregates.iter().any(|(d, l)| d.node == name && l.node == label);
        let totals = (0u32..).zip(&codes).filter(|(_, c)| roles::is_total(c) || declared(c)).map(|(i, _)| i).collect();
        DimInfo { name: name.into(), codes: Arc::new(codes), totals, nested: roles::is_nested(name), column }
    }

    /// The names of the flows in the file, and each row's place among them.
    fn flows(&mut self, times: usize) -> Result<(Vec<&'static str>, Option<Vec<u32>>), Fault> {
        if let Some((_, code)) = self.spec.constants.iter().find(|(n, _)| n.node == "flow") {
            let Some(flow) = roles::flow_of(&code.node) else {
                let message = format!("`{}` is no flow", code.node);
                let fault = Diagnostic::new(&codes::BAD_DECLARATION, code.span, message);
                return Err(Box::new(fault.advice("flows are exports, imports, re_exports, re_imports")));
            };
            self.declaration.push(format!("flow = {flow}"));
            return Ok((vec![flow], None));
        }
        let Some(at) = self.used_as(&Use::Flow) else { return Ok((Vec::new(), None)) };
        let Some(column) = self.table.columns.get(at) else { return Ok((Vec::new(), None)) };
        let mut names: Vec<&'static str> = Vec::new();
        let mut rows = Vec::new();
        for (row, cell) in column.cells().enumerate() {
            let Some(flow) = roles::flow_of(cell) else {
                let line = self.table.lines.get(row).map(|l| *l as usize);
                let name = self.table.header.get(at).map(String::as_str).unwrap_or("");
                return Err(self.bad(line, format!("`{}` in column `{name}` is no flow", cell.trim())));
            };
            let place = names.iter().position(|n| *n == flow).unwrap_or_else(|| {
                names.push(flow);
                names.len() - 1
            });
            rows.extend(std::iter::repeat_n(u32::try_from(place).unwrap_or(0), times));
        }
        let header = self.table.header.get(at).map(String::as_str).unwrap_or("");
        self.declaration.push(format!("flow from {}", column_text(header)));
        Ok((names, Some(rows)))
    }

    fn no_duplicates(&self, rows: &Rows, periods: &[Period], dims: &[DimInfo]) -> Result<(), Fault> {
        let mut seen: FxHashMap<Vec<u32>, usize> = FxHashMap::default();
        for row in 0..rows.periods.len() {
            let mut key: Vec<u32> = rows.codes.iter().filter_map(|c| c.get(row).copied()).collect();
            key.extend(rows.periods.get(row));
            key.extend(rows.flows.as_ref().and_then(|f| f.get(row)));
            let Some(first) = seen.insert(key.clone(), row) else { continue };
            let line = |r: usize| rows.lines.get(r).map_or(0, |l| *l as usize);
            let named = dims
                .iter()
                .zip(&key)
                .map(|(d, c)| format!("{} {}", d.name, d.codes.get(*c as usize).map(|c| c.as_ref()).unwrap_or("")));
            let period = key.get(dims.len()).and_then(|p| periods.get(*p as usize)).map(|p| p.to_string());
            let what: Vec<String> = named.chain(period).collect();
            let message = format!("lines {} and {} are both for {}", line(first), line(row), what.join(", "));
            let fault = Diagnostic::new(&codes::DUPLICATE_KEY, self.place.span, message);
            let advice = "declare the column that tells them apart as a dimension, or remove one of the rows";
            return Err(Box::new(fault.at_file(self.place.file, Some(line(row))).advice(advice)));
        }
        Ok(())
    }

    fn measures(&mut self, store: &mut Store, spread: &[(usize, Period)], flows: &[&'static str]) -> Result<(), Fault> {
        if !spread.is_empty() {
            let columns: Vec<NumberColumn> =
                spread.iter().map(|(at, _)| self.numbers(*at)).collect::<Result<_, _>>()?;
            let (numbers, places) = woven(&columns, self.table.lines.len());
            store.numbers.push(numbers);
            let name = flows.first().copied().unwrap_or("value");
            self.add_flow_measures(store, 0, "value", name, "", places, flows);
            return Ok(());
        }
        let uses = self.uses.clone();
        let value = uses.iter().enumerate().filter(|(_, u)| **u == Use::Measure).map(|(i, _)| i);
        let value: Vec<usize> = value.collect();
        let known =
            |i: &&usize| self.table.header.get(**i).is_some_and(|h| roles::VALUES.contains(&h.to_lowercase().as_str()));
        let main = value.iter().find(known).or(value.first()).copied();
        for at in value {
            let read = self.numbers(at)?;
            let header = self.table.header.get(at).cloned().unwrap_or_default();
            let column = store.numbers.len();
            let reasons = read.reasons.iter().map(|(row, r)| ((u32::try_from(column).unwrap_or(0), *row), *r));
            store.reasons.extend(reasons);
            store.numbers.push(read.numbers);
            let plain = series_name(&header);
            let name =
                if Some(at) == main && !flows.is_empty() { flows.first().copied().unwrap_or("value") } else { &plain };
            let is_main = Some(at) == main;
            let suffix = if is_main { "" } else { plain.as_str() };
            let flows_here: &[&'static str] = if flows.len() > 1 || is_main { flows } else { &[] };
            self.add_flow_measures(store, column, &header, name, suffix, read.places, flows_here);
        }
        if store.measures.is_empty() {
            return Err(self.bad(Some(1), "no column holds numbers"));
        }
        Ok(())
    }

    /// One measure, or one for each flow of the file.
    #[allow(clippy::too_many_arguments)] // the parts of one fact: which column becomes which names
    fn add_flow_measures(
        &mut self,
        store: &mut Store,
        column: usize,
        header: &str,
        name: &str,
        suffix: &str,
        places: Option<u8>,
        flows: &[&'static str],
    ) {
        let names: Vec<(String, Option<u32>)> = if flows.is_empty() {
            vec![(name.to_string(), None)]
        } else {
            let join = |f: &str| if suffix.is_empty() { f.to_string() } else { format!("{f}_{suffix}") };
            let split = store.flows.is_some();
            flows.iter().zip(0u32..).map(|(f, i)| (join(f), split.then_some(i))).collect()
        };
        let declared: Vec<(String, Meaning)> = self
            .spec
            .columns
            .iter()
            .filter(|(_, c, m)| c.node == header && m.is_some())
            .filter_map(|(n, _, m)| m.clone().map(|m| (n.node.clone(), m)))
            .collect();
        let renamed = match declared.as_slice() {
            [(only, meaning)] if names.len() == 1 => {
                names.first().map(|(_, flow)| vec![(only.clone(), *flow, Some(meaning.clone()))])
            }
            _ => None,
        };
        let meant = renamed.unwrap_or_else(|| {
            let flow_of = |name: &str| {
                names.iter().find(|(n, _)| n == name || name.starts_with(&format!("{n}_"))).and_then(|(_, f)| *f)
            };
            let mut out: Vec<(String, Option<u32>, Option<Meaning>)> =
                declared.iter().map(|(n, m)| (n.clone(), flow_of(n), Some(m.clone()))).collect();
            for (name, flow) in &names {
                if !out.iter().any(|(n, f, _)| n == name || (flow.is_some() && f == flow)) {
                    out.push((name.clone(), *flow, None));
                }
            }
            out
        });
        for (name, flow, meaning) in meant {
            let known = meaning.is_some();
            let meaning =
                meaning.unwrap_or(Meaning { kind: Kind::Flow, unit: Unit::plain(), valuation: None, adjusted: false });
            let text = if known { meaning_text(&meaning) } else { "flow in ?".into() };
            self.declaration.push(format!("{} from {}: {text}", format::word(&name), column_text(header)));
            store.measures.push(MeasureData { column, flow });
            store.info.measures.push(MeasureInfo {
                name: name.as_str().into(),
                unit: meaning.unit,
                kind: meaning.kind,
                valuation: meaning.valuation,
                adjusted: meaning.adjusted,
                column: header.into(),
                places,
                declared: known,
            });
        }
    }

    fn numbers(&mut self, at: usize) -> Result<NumberColumn, Fault> {
        if let Some(read) = self.read.remove(&at) {
            return Ok(read);
        }
        let header = self.table.header.get(at).map(String::as_str).unwrap_or("");
        let Some(column) = self.table.columns.get(at) else { return Err(self.bad(None, "a column is missing")) };
        columns::numbers(column, &self.spec.missing, self.spec.absent_is_zero).map_err(|e| {
            let line = self.table.lines.get(e.row).map(|l| *l as usize);
            let message = if e.numbers == 0 && e.cell.is_empty() {
                format!("column `{header}` holds no number")
            } else {
                format!("`{}` in column `{header}` is not a number", e.cell)
            };
            self.bad(line, message)
        })
    }

    fn close(&mut self, store: &mut Store) {
        let skipped: Vec<String> = self
            .uses
            .iter()
            .zip(&self.table.header)
            .filter(|(u, _)| **u == Use::Skip)
            .map(|(_, h)| column_text(h))
            .collect();
        if !skipped.is_empty() {
            self.declaration.push(format!("skip {}", skipped.join(", ")));
        }
        if !self.spec.missing.is_empty() {
            let texts: Vec<String> = self.spec.missing.iter().map(|m| format::quoted(m)).collect();
            self.declaration.push(format!("missing {}", texts.join(", ")));
        }
        if self.spec.absent_is_zero {
            self.declaration.push("absent = zero".into());
        }
        for (dim, label) in &self.spec.aggregates {
            self.declaration.push(format!("aggregates {} {}", format::word(&dim.node), format::quoted(&label.node)));
        }
        store.info.declaration = std::mem::take(&mut self.declaration);
    }
}

/// Columns of one period each, as one column: row after row, period after period.
fn woven(columns: &[NumberColumn], rows: usize) -> (Numbers, Option<u8>) {
    let places = columns.iter().map(|c| c.places).collect::<Option<Vec<u8>>>().and_then(|p| p.into_iter().max());
    if let Some(places) = places {
        let cell = |c: &NumberColumn, row: usize| match &c.numbers {
            Numbers::Exact(v) => match v.get(row).copied() {
                Some(i64::MIN) | None => Some(i64::MIN),
                Some(m) => crate::value::number::Decimal { mantissa: m, places: c.places.unwrap_or(0) }.rescale(places),
            },
            Numbers::Float(_) => None,
        };
        let exact: Option<Vec<i64>> = (0..rows).flat_map(|row| columns.iter().map(move |c| cell(c, row))).collect();
        if let Some(values) = exact {
            return (Numbers::Exact(values), Some(places));
        }
    }
    let cell = |c: &NumberColumn, row: usize| match &c.numbers {
        Numbers::Exact(v) => match v.get(row).copied() {
            Some(i64::MIN) | None => f64::NAN,
            Some(m) => crate::value::number::scaled_to_f64(i128::from(m), u32::from(c.places.unwrap_or(0))),
        },
        Numbers::Float(v) => v.get(row).copied().unwrap_or(f64::NAN),
    };
    (Numbers::Float((0..rows).flat_map(|row| columns.iter().map(move |c| cell(c, row))).collect()), None)
}

fn dim(name: &str) -> Use {
    Use::Dimension(name.to_string())
}

/// A column name as a series name: letters, digits and underscores.
fn series_name(header: &str) -> String {
    let mut out = String::new();
    for c in header.chars() {
        if c.is_alphanumeric() || c == '_' {
            out.push(c);
        } else if !out.ends_with('_') && !out.is_empty() {
            out.push('_');
        }
    }
    let out = out.trim_end_matches('_');
    if out.is_empty() { "value".into() } else { out.to_string() }
}

fn column_text(header: &str) -> String {
    let plain = !header.is_empty() && header.chars().all(|c| c.is_alphanumeric() || c == '_');
    if plain { header.to_string() } else { format::quoted(header) }
}

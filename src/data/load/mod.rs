//! From files and their declaration to a dataset. In: a table and what each of its columns is for. Out: a [`Store`],
//! the declaration that says what was understood, and the doubts. Nothing half-loaded is ever returned.

pub mod checks;
pub mod inspect;
pub(crate) mod keys;
pub(crate) mod measures;
pub mod stream;

use crate::data::columns::codes::Codes;
use crate::data::columns::column::Column;
use crate::data::declare::Spec;
use crate::data::doubt::{Doubt, LoadError, Refusal};
use crate::data::known::period_forms::{self, NotPeriods};
use crate::data::known::places::{self, System};
use crate::data::known::products::{self, Zeros};
use crate::data::known::roles;
use crate::data::meaning::asked::Asked;
use crate::data::meaning::choose::choose;
use crate::data::meaning::column_use::{Spread, Use};
use crate::data::meaning::naming;
use crate::data::meaning::understood::Understood;
use crate::data::meaning::uses;
use crate::data::store::Store;
use crate::data::store::columns::Columns;
use crate::data::store::selection;
use crate::data::table::find::line_of;
use crate::data::table::records::Stop;
use crate::data::table::{self, Piece, Table, TableSpec};
use crate::data::work::{Work, together};
use crate::data::{DatasetInfo, DimInfo};
use crate::diagnostic::{Diagnostic, codes};
use crate::span::Span;
use crate::syntax::Fault;
use crate::syntax::format::{self, column_text};
use crate::value::Period;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Rows for which a second thread costs more than it brings.
const FEW: usize = 100_000;

/// Where a load statement stands, for messages.
pub struct Place<'a> {
    /// The path as it was written.
    pub file: &'a str,
    /// The name that the dataset gets.
    pub name: &'a str,
    /// The statement.
    pub span: Span,
}

/// A dataset, and what a careful reader would doubt in it.
pub struct Loaded {
    /// The dataset.
    pub store: Store,
    /// In the order in which they were met.
    pub doubts: Vec<Doubt>,
    /// Whether it has only what is asked for.
    pub is_partial: bool,
}

/// The text part of a declaration.
pub fn table_spec(spec: &Spec) -> TableSpec {
    TableSpec { text: spec.text.clone(), encoding: spec.encoding, sheet: spec.sheet.clone() }
}

/// Why reading stopped, as a diagnostic of a statement.
pub fn fault_of(stop: Stop, place: &Place<'_>) -> Fault {
    Box::new(match stop {
        Stop::Error(e) => e.diagnostic(place.span, place.file),
        Stop::NotUtf8 => LoadError::new("the text is not UTF-8").diagnostic(place.span, place.file),
        Stop::Interrupted => Diagnostic::new(&codes::INTERRUPTED, place.span, "stopped before the file was read"),
        Stop::Io(e) => Diagnostic::new(
            &codes::NOT_LOADED,
            place.span,
            format!("`{}` cannot be read: {}", place.file, io_words(&e)),
        ),
    })
}

/// An error of the system in words.
pub fn io_words(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".into(),
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        std::io::ErrorKind::IsADirectory => "it is a folder".into(),
        std::io::ErrorKind::InvalidInput if error.to_string().contains("deflate") => "the gzip data are damaged".into(),
        _ => error.to_string(),
    }
}

/// Reads files as a dataset; only what is asked for, where that is known and nothing in it is doubtful.
pub fn load(
    place: &Place<'_>,
    pieces: &[Piece<'_>],
    spec: &Spec,
    asked: Option<&Asked>,
    work: Work<'_>,
) -> Result<Loaded, Fault> {
    let asked = asked.filter(|_| pieces.len() == 1);
    let choices = |header: &[String], rows: u64| choose(header, spec, asked, rows);
    let read = table::read(pieces, &table_spec(spec), &choices, work).map_err(|s| fault_of(s, place));
    let partial = read.as_ref().is_ok_and(|table| table.is_partial);
    let loaded = read.and_then(|mut table| {
        let refused = |r: Refusal| r.fault(place.span, place.file);
        let understood = uses::understand(&mut table, spec).map_err(refused)?;
        assemble(place, &mut table, understood, spec, work).map_err(refused)
    });
    match loaded {
        Ok(loaded) if partial && loaded.doubts.is_empty() && loaded.store.info.rows > 0 => {
            Ok(Loaded { is_partial: true, ..loaded })
        }
        // What is to be said of a file is said of all of it.
        Ok(_) if partial => load(place, pieces, spec, None, work),
        Err(_) if asked.is_some() && work.budget.check().is_ok() => load(place, pieces, spec, None, work),
        other => other,
    }
}

/// The rows of a dataset before its measures.
struct Frame {
    dims: Vec<DimInfo>,
    codes: Vec<Codes>,
    periods: Vec<Period>,
    places: Codes,
    flows: Vec<&'static str>,
    flow_codes: Option<Codes>,
    /// Observations of one row of the file.
    times: usize,
}

/// Builds a loader's state while the dataset is put together.
pub(in crate::data) struct Assembly<'a> {
    pub(in crate::data) table: &'a mut Table,
    pub(in crate::data) found: Understood,
    pub(in crate::data) spec: &'a Spec,
    pub(in crate::data) declaration: Vec<String>,
    pub(in crate::data) doubts: Vec<Doubt>,
}

/// Puts a dataset together.
pub fn assemble(
    place: &Place<'_>,
    table: &mut Table,
    found: Understood,
    spec: &Spec,
    how: Work<'_>,
) -> Result<Loaded, Refusal> {
    let go_on = || how.budget.check().map_err(|_| Refusal::Declaration(fault_of(Stop::Interrupted, place)));
    let mut doubts = std::mem::take(&mut table.doubts);
    // Where the publisher always puts the same lines above the table, they are no doubt.
    if found.layout.is_some() {
        doubts.retain(|d| d.code != &codes::LAYOUT_GUESSED || !d.message.contains("before the header"));
    }
    let mut work = Assembly { table, found, spec, declaration: Vec::new(), doubts };
    work.said_of_text();
    work.totals_only()?;
    let mut frame = work.frame()?;
    // Rows that are there twice are looked for while the ranges of codes are noted.
    go_on()?;
    let threads = if frame.places.len() < FEW { 1 } else { how.threads };
    let columns: Vec<&Codes> = frame.codes.iter().chain([&frame.places]).chain(&frame.flow_codes).collect();
    let twice =
        || keys::first_pair(&frame.dims, &frame.codes, &frame.places, frame.flow_codes.as_ref(), &frame.periods);
    let (twice, blocks) = together(threads, twice, || selection::all_ranges(&columns));
    let keep = match twice {
        Some((keys, pair)) => keys::resolved(&work, &frame.dims, &frame.periods, frame.times, (&keys, pair))?,
        None => None,
    };
    go_on()?;
    let rows = frame.places.len();
    let long = if frame.flows.is_empty() { "one row per observation" } else { "one row per observation and flow" };
    let shape = match &work.found.spread {
        Some(Spread::Periods(_)) => "wide, one column per period".to_string(),
        Some(Spread::Codes(dim, _)) => format!("wide, one column per {dim}"),
        None => long.to_string(),
    };
    let layout = if work.found.name.is_empty() { shape } else { format!("{}; {shape}", work.found.name) };
    let info = DatasetInfo {
        name: place.name.into(),
        file: place.file.into(),
        dims: std::mem::take(&mut frame.dims),
        measures: Vec::new(),
        periods: Arc::new(std::mem::take(&mut frame.periods)),
        rows,
        absent_is_zero: spec.absent_is_zero,
        layout,
        declaration: Vec::new(),
        provenance: spec.provenance.clone(),
    };
    let mut store = Store {
        info,
        columns: Columns {
            codes: frame.codes,
            periods: frame.places,
            flows: frame.flow_codes,
            blocks,
            ..Columns::default()
        },
        measures: Vec::new(),
        lines: work.table.lines.clone(),
        times: frame.times,
        files: work.table.files.clone(),
        seen: Arc::default(),
    };
    measures::add(&mut work, &mut store, &frame.flows)?;
    go_on()?;
    work.close(&mut store);
    if let Some(keep) = keep {
        store.keep(&keep);
        store.columns.index();
    }
    store.columns.narrow(threads);
    let mut doubts = work.doubts;
    doubts.extend(std::mem::take(&mut work.found.doubts));
    if !spec.is_part {
        doubts.extend(checks::run(&mut store));
    }
    Ok(Loaded { store, doubts, is_partial: false })
}

impl Assembly<'_> {
    fn header(&self, at: usize) -> String {
        self.table.header.get(at).cloned().unwrap_or_default()
    }

    /// What was declared or found of the text, so far as it is not the usual.
    fn said_of_text(&mut self) {
        let table = &*self.table;
        if table.encoding.starts_with("UTF-8") || matches!(table.encoding.as_str(), "workbook" | "Parquet") {
        } else if let Some(name) = table.encoding.split(',').next() {
            self.declaration.push(format!("encoding {}", format::quoted(&name.to_lowercase())));
        }
        let text = &self.spec.text;
        if let Some(s) = text.separator {
            self.declaration.push(format!("separator {}", format::quoted(&char::from(s).to_string())));
        }
        if let Some(q) = text.quote {
            self.declaration.push(format!("quote {}", format::quoted(&char::from(q).to_string())));
        }
        if let Some(n) = text.skip_lines {
            self.declaration.push(format!("preamble {n}"));
        }
        if let Some(h) = text.header {
            self.declaration.push(format!("header {}", if h { "yes" } else { "no" }));
        }
        if let Some(sheet) = &self.spec.sheet {
            self.declaration.push(format!("sheet {}", format::quoted(sheet)));
        }
    }

    /// Of breakdowns by customs procedure, mode of transport or second partner, only the totals are read.
    fn totals_only(&mut self) -> Result<(), Refusal> {
        let columns: Vec<usize> =
            (0..self.table.header.len()).filter(|at| self.found.uses.get(*at) == Some(&Use::TotalOnly)).collect();
        if columns.is_empty() {
            return Ok(());
        }
        let mut keep = vec![true; self.table.rows];
        let mut named = Vec::new();
        for at in columns {
            let Some(Column::Words(words, codes)) = self.table.columns.get(at) else { continue };
            let whole: Vec<bool> = words.iter().map(|w| is_whole(w.trim())).collect();
            if whole.iter().all(|w| *w) {
                continue;
            }
            if !whole.iter().any(|w| *w) {
                // No totals at all: the breakdown adds up to them.
                let name = naming::series_name(&self.header(at)).to_lowercase();
                if let Some(slot) = self.found.uses.get_mut(at) {
                    *slot = Use::Dimension(name);
                }
                continue;
            }
            named.push(self.header(at));
            for (slot, code) in keep.iter_mut().zip(codes.iter()) {
                *slot &= whole.get(code as usize).copied().unwrap_or(true);
            }
        }
        let left = keep.iter().filter(|k| !**k).count();
        if left == 0 {
            return Ok(());
        }
        if left == keep.len() {
            return Err(LoadError::new(format!("no row is a total over {}", named.join(", "))).into());
        }
        let first = keep.iter().position(|k| !*k).map(|row| self.table.lines.get(row));
        let message = format!("{left} rows that break totals down by {} were left out", named.join(", "));
        self.doubts.push(Doubt::new(&codes::AGGREGATE_ROW, first, message));
        self.table.keep(&keep);
        for numbers in self.found.numbers.values_mut() {
            numbers.numbers.keep(&keep);
            let place: FxHashMap<u32, u32> =
                (0u32..).zip(&keep).filter(|(_, k)| **k).map(|(row, _)| row).zip(0u32..).collect();
            numbers.reasons = numbers.reasons.iter().filter_map(|(row, r)| Some((*place.get(row)?, *r))).collect();
        }
        Ok(())
    }

    fn frame(&mut self) -> Result<Frame, Refusal> {
        let times = self.found.spread.as_ref().map_or(1, |s| s.columns().len());
        let (periods, places) = self.periods(times)?;
        let (dims, codes) = self.dimensions(times)?;
        let (flows, flow_codes) = self.flows(times)?;
        Ok(Frame { dims, codes, periods, places, flows, flow_codes, times })
    }

    /// The periods in order, and the place of each observation's.
    fn periods(&mut self, times: usize) -> Result<(Vec<Period>, Codes), Refusal> {
        if let Some((_, code)) = self.spec.constants.iter().find(|(n, _)| n.node == "period") {
            let Some(period) = crate::value::period::parse_fixed(&code.node) else {
                let fault =
                    Diagnostic::new(&codes::BAD_DECLARATION, code.span, format!("`{}` is not a period", code.node));
                return Err(Refusal::Declaration(Box::new(fault)));
            };
            self.declaration.push(format!("period = {period}"));
            return Ok((vec![period], std::iter::repeat_n(0, self.table.rows * times).collect()));
        }
        if let Some(Spread::Periods(list)) = &self.found.spread {
            let once: Vec<Period> = list.iter().map(|(_, p)| *p).collect();
            let (sorted, map) = sorted(&once);
            self.declaration.push("# periods are the names of columns".into());
            return Ok((sorted, (0..self.table.rows).flat_map(|_| map.iter().copied()).collect()));
        }
        if let (Some(year), Some(month)) = (self.found.used_as(&Use::Year), self.found.used_as(&Use::Month)) {
            return self.periods_of_parts(year, month, times);
        }
        let Some(at) = self.found.period().or(self.found.used_as(&Use::Year)) else {
            let mut error = LoadError::at(self.table.header_line.unwrap_or(1), "no column holds the periods");
            error.advice = Some("say which one, `with { period from COLUMN }`, or for which period the whole file is, `with { period = 2018 }`".into());
            return Err(error.into());
        };
        let form = match self.found.uses.get(at) {
            Some(Use::Period(form)) => form.clone(),
            _ => None,
        };
        let header = self.header(at);
        let Some(Column::Words(words, codes)) = self.table.columns.get(at) else {
            return Err(LoadError::new(format!("column `{header}` holds numbers, not periods")).into());
        };
        let read = period_forms::read_column(words.iter(), form.as_deref());
        let (name, periods) = read.map_err(|problem| -> Refusal {
            match problem {
                NotPeriods::Cell(cell) => {
                    let what =
                        if cell.trim().is_empty() { "an empty cell".to_string() } else { format!("`{}`", cell.trim()) };
                    let line = line_of(self.table, at, &cell);
                    let message = format!("{what} in column `{header}` is not a period written as the others are");
                    LoadError { line, ..LoadError::new(message) }.into()
                }
                NotPeriods::Ambiguous(a, b) => {
                    let message = format!("the periods in column `{header}` could be {a} or {b}");
                    let form = if a == "January" { "YYYY.M" } else { a };
                    let advice = format!("declare which: `period from {}: {form}`", column_text(&header));
                    LoadError::new(message).advice(advice).into()
                }
                NotPeriods::NoForm => {
                    let span = self
                        .spec
                        .columns
                        .iter()
                        .find(|(n, _, _)| n.node == "period")
                        .and_then(|(_, _, f)| f.as_ref())
                        .map_or(self.spec.span, |f| f.span);
                    let fault = Diagnostic::new(&codes::BAD_DECLARATION, span, "no form of periods has this name");
                    let forms: Vec<&str> = period_forms::FORMS.iter().map(|f| f.name).collect();
                    Refusal::Declaration(Box::new(fault.advice(format!("the forms are {}", forms.join("; ")))))
                }
            }
        })?;
        let (sorted, map) = sorted(&periods);
        let places = codes.clone().mapped(&map);
        let said = match &form {
            Some(form) => format!("period from {}: {form}", column_text(&header)),
            None => format!("period from {}  # format found: {name}", column_text(&header)),
        };
        self.declaration.push(said);
        Ok((sorted, repeated(places, times)))
    }

    fn periods_of_parts(&mut self, year: usize, month: usize, times: usize) -> Result<(Vec<Period>, Codes), Refusal> {
        let (a, b) = (self.header(year), self.header(month));
        let (Some(years), Some(months)) = (self.table.columns.get(year), self.table.columns.get(month)) else {
            return Ok((Vec::new(), Codes::default()));
        };
        let mut known: FxHashMap<(String, String), u32> = FxHashMap::default();
        let mut list: Vec<Period> = Vec::new();
        let mut rows = Codes::default();
        for row in 0..self.table.rows {
            let parts = (years.text(row), months.text(row));
            let place = match known.get(&parts) {
                Some(place) => *place,
                None => {
                    let Some(period) = period_forms::from_parts(&parts.0, &parts.1) else {
                        let message = format!(
                            "`{}` and `{}` in columns `{a}` and `{b}` are no year and month",
                            parts.0.trim(),
                            parts.1.trim()
                        );
                        return Err(LoadError::at(self.table.lines.get(row), message).into());
                    };
                    let place = u32::try_from(list.len()).unwrap_or(u32::MAX);
                    list.push(period);
                    known.insert(parts, place);
                    place
                }
            };
            rows.push(place);
        }
        let (sorted, map) = sorted(&list);
        self.declaration.push(format!("year from {}", column_text(&a)));
        self.declaration.push(format!("month from {}", column_text(&b)));
        Ok((sorted, repeated(rows.mapped(&map), times)))
    }

    fn dimensions(&mut self, times: usize) -> Result<(Vec<DimInfo>, Vec<Codes>), Refusal> {
        let (mut dims, mut codes) = (Vec::new(), Vec::new());
        let uses = self.found.uses.clone();
        for (at, what) in uses.iter().enumerate() {
            let name = match what {
                Use::Dimension(name) => name.clone(),
                // Several units are a dimension, and one that has no sum.
                Use::Unit if self.table.columns.get(at).and_then(Column::words).is_some_and(|w| w.len() > 1) => {
                    "unit".to_string()
                }
                _ => continue,
            };
            let header = self.header(at);
            let Some(Column::Words(words, rows)) =
                self.table.columns.get_mut(at).map(|c| std::mem::replace(c, Column::Left))
            else {
                let message = format!(
                    "column `{header}` holds numbers; declare it as a measure, as in `{name} from {}: flow`",
                    column_text(&header)
                );
                return Err(LoadError::new(message).into());
            };
            let system = self.system(&name, &words);
            let zeros = match (roles::is_nested(&name), self.spec.zeros) {
                (false, _) => Zeros::Whole,
                (true, Some(known)) => known,
                (true, None) => products::zeros(words.iter().map(str::trim)),
            };
            let texts = self.labels(&name, &header, &words, system, zeros);
            let mut labels: Vec<&String> = texts.iter().collect();
            labels.sort_unstable();
            labels.dedup();
            let map: Vec<u32> = texts
                .iter()
                .map(|t| labels.binary_search(&t).ok().and_then(|i| u32::try_from(i).ok()).unwrap_or(0))
                .collect();
            codes.push(repeated(rows.mapped(&map), times));
            let said = format!("{} from {}", format::word(&name), column_text(&header));
            self.declaration.push(said);
            let labels = labels.into_iter().map(|l| Arc::from(l.as_str())).collect();
            dims.push(self.dimension(&name, labels, Some(header)));
        }
        if let Some(Spread::Codes(name, list)) = &self.found.spread {
            let (name, list) = (name.clone(), list.clone());
            let mut labels: Vec<Arc<str>> = list.iter().map(|(_, c)| Arc::from(c.as_str())).collect();
            labels.sort_unstable();
            let once: Vec<u32> = list
                .iter()
                .map(|(_, c)| {
                    labels.iter().position(|l| l.as_ref() == c).and_then(|i| u32::try_from(i).ok()).unwrap_or(0)
                })
                .collect();
            codes.push((0..self.table.rows).flat_map(|_| once.iter().copied()).collect());
            let columns: Vec<String> = list.iter().map(|(_, c)| column_text(c)).collect();
            self.declaration.push(format!("{} from columns {}", format::word(&name), columns.join(", ")));
            dims.push(self.dimension(&name, labels, None));
        }
        let constants: Vec<(String, String, Span)> = self
            .spec
            .constants
            .iter()
            .filter(|(n, _)| n.node != "flow" && n.node != "period")
            .map(|(n, c)| (n.node.clone(), c.node.clone(), n.span))
            .chain(
                self.found
                    .layout
                    .iter()
                    .flat_map(|l| l.constants)
                    .map(|(n, c)| (n.to_string(), c.to_string(), Span::default())),
            )
            .collect();
        for (name, code, span) in constants {
            if dims.iter().any(|d: &DimInfo| d.name.as_ref() == name) {
                if span == Span::default() {
                    continue;
                }
                let fault =
                    Diagnostic::new(&codes::BAD_DECLARATION, span, format!("`{name}` is already a column of the file"));
                return Err(Refusal::Declaration(Box::new(fault)));
            }
            codes.push(std::iter::repeat_n(0, self.table.rows * times).collect());
            self.declaration.push(format!("{} = {}", format::word(&name), format::code(&code)));
            dims.push(self.dimension(&name, vec![Arc::from(code.as_str())], None));
        }
        Ok((dims, codes))
    }

    /// Whose numbers the countries of a dimension are, if they are numbers.
    fn system(&self, name: &str, words: &crate::data::columns::words::Words) -> Option<System> {
        if let Some((_, system)) = self.spec.systems.iter().find(|(n, _)| n.node == name) {
            return *system;
        }
        let numbers = words.iter().any(|w| w.trim().parse::<u32>().is_ok());
        self.found.layout.and_then(|l| l.countries).filter(|_| numbers && roles::is_geographic(name))
    }

    /// The labels of a dimension, one per different text of its column.
    fn labels(
        &mut self,
        name: &str,
        header: &str,
        words: &crate::data::columns::words::Words,
        system: Option<System>,
        zeros: Zeros,
    ) -> Vec<String> {
        let mut texts: Vec<String> = words.iter().map(|w| w.trim().to_string()).collect();
        if let Some(system) = system {
            let mut taken: FxHashMap<String, usize> = FxHashMap::default();
            let mut changed = 0;
            for (i, text) in texts.clone().iter().enumerate() {
                let label = match text.as_str() {
                    "0" => Some("World"),
                    "97" if system == System::Comtrade => Some("EU28"),
                    _ => places::by_system(text, system),
                };
                let Some(label) = label.map(String::from) else { continue };
                // Two codes of one country (before and after a change of borders) stay apart.
                if !taken.contains_key(&label)
                    && let Some(slot) = texts.get_mut(i)
                {
                    taken.insert(label.clone(), i);
                    *slot = label;
                    changed += 1;
                }
            }
            if changed > 0 {
                self.declaration.push(format!(
                    "codes {} {}  # {} codes read as countries",
                    format::word(name),
                    system_word(system),
                    system.name()
                ));
            }
        }
        match zeros {
            Zeros::Lost => {
                let odd: Vec<usize> = texts
                    .iter()
                    .enumerate()
                    .filter(|(_, t)| t.len() % 2 == 1 && t.bytes().all(|b| b.is_ascii_digit()))
                    .map(|(i, _)| i)
                    .collect();
                let example = odd.first().and_then(|i| texts.get(*i)).cloned().unwrap_or_default();
                for i in &odd {
                    if let Some(slot) = texts.get_mut(*i) {
                        slot.insert(0, '0');
                    }
                }
                let message = format!(
                    "{} codes of column `{header}` had lost their leading zero: `{example}` is read as `0{example}`",
                    odd.len()
                );
                self.doubts.push(Doubt::new(&codes::HS_LEADING_ZERO, None, message));
            }
            Zeros::Unclear => {
                let example = texts.iter().find(|t| !t.is_empty()).cloned().unwrap_or_default();
                let message = format!(
                    "the codes of column `{header}` have an odd number of digits, as `{example}`; they are kept as they are"
                );
                self.doubts.push(Doubt::new(&codes::HS_LEADING_ZERO, None, message));
            }
            Zeros::Whole => {}
        }
        texts
    }

    fn dimension(&self, name: &str, labels: Vec<Arc<str>>, column: Option<String>) -> DimInfo {
        let declared = |list: &[(crate::syntax::ast::Name, crate::syntax::ast::Name)], label: &str| {
            list.iter().any(|(d, l)| d.node == name && l.node == label)
        };
        let total = |c: &str| places::is_total(c) || declared(&self.spec.aggregates, c);
        let geographic = roles::is_geographic(name);
        let group = |c: &str| declared(&self.spec.groups, c) || (geographic && places::is_group(c));
        let places_of = |test: &dyn Fn(&str) -> bool| {
            (0u32..).zip(&labels).filter(|(_, c)| test(c)).map(|(i, _)| i).collect::<Vec<u32>>()
        };
        let totals = places_of(&total);
        let groups = places_of(&|c| group(c) && !total(c));
        DimInfo {
            name: name.into(),
            // Groups alone are what the file is about.
            groups: if groups.len() == labels.len() { Vec::new() } else { groups },
            codes: Arc::new(labels),
            totals,
            nested: roles::is_nested(name),
            distinct: roles::is_distinct(name),
            geographic,
            column,
        }
    }

    /// The names of the flows in the file, and each observation's place among them.
    fn flows(&mut self, times: usize) -> Result<(Vec<&'static str>, Option<Codes>), Refusal> {
        if let Some((_, code)) = self.spec.constants.iter().find(|(n, _)| n.node == "flow") {
            let Some(flow) = roles::flow_of(&code.node) else {
                let fault = Diagnostic::new(&codes::BAD_DECLARATION, code.span, format!("`{}` is no flow", code.node));
                return Err(Refusal::Declaration(Box::new(
                    fault.advice("flows are exports, imports, re_exports, re_imports"),
                )));
            };
            self.declaration.push(format!("flow = {flow}"));
            return Ok((vec![flow], None));
        }
        let Some(at) = self.found.used_as(&Use::Flow) else { return Ok((Vec::new(), None)) };
        let header = self.header(at);
        let Some(Column::Words(words, rows)) = self.table.columns.get(at) else { return Ok((Vec::new(), None)) };
        let mut names: Vec<&'static str> = Vec::new();
        let mut map = Vec::new();
        for word in words.iter() {
            let Some(flow) = roles::flow_of(word) else {
                let line = line_of(self.table, at, word);
                let message = format!("`{}` in column `{header}` is no flow", word.trim());
                let advice = format!("declare it as a dimension: `regime from {}`", column_text(&header));
                return Err(LoadError { line, ..LoadError::new(message) }.advice(advice).into());
            };
            let place = names.iter().position(|n| *n == flow).unwrap_or_else(|| {
                names.push(flow);
                names.len() - 1
            });
            map.push(u32::try_from(place).unwrap_or(0));
        }
        let flows = repeated(rows.clone().mapped(&map), times);
        self.declaration.push(format!("flow from {}", column_text(&header)));
        Ok((names, Some(flows)))
    }

    /// The end of the declaration.
    fn close(&mut self, store: &mut Store) {
        let skipped: Vec<String> = self
            .found
            .uses
            .iter()
            .zip(&self.table.header)
            .filter(|(u, _)| **u == Use::Skip)
            .map(|(_, h)| column_text(h))
            .collect();
        let closed = self.found.layout.is_some_and(|l| l.closed);
        if !skipped.is_empty() && !closed {
            self.declaration.push(format!("skip {}", skipped.join(", ")));
        }
        let spec = self.spec;
        if !spec.missing.is_empty() {
            let texts: Vec<String> = spec.missing.iter().map(|m| format::quoted(m)).collect();
            self.declaration.push(format!("missing {}", texts.join(", ")));
        }
        if let Some(d) = self.found.decimal {
            self.declaration.push(format!("decimal {}", format::quoted(&d.to_string())));
        }
        if let Some(t) = spec.thousands {
            self.declaration.push(format!("thousands {}", format::quoted(&t.to_string())));
        }
        if spec.absent_is_zero {
            self.declaration.push("absent = zero".into());
        }
        for (key, list) in [("aggregates", &spec.aggregates), ("groups", &spec.groups)] {
            for (dim, label) in list {
                self.declaration.push(format!("{key} {} {}", format::word(&dim.node), format::quoted(&label.node)));
            }
        }
        let duplicates = match spec.duplicates {
            crate::data::declare::Duplicates::Refuse => None,
            crate::data::declare::Duplicates::Sum => Some("sum"),
            crate::data::declare::Duplicates::First => Some("first"),
            crate::data::declare::Duplicates::Last => Some("last"),
        };
        self.declaration.extend(duplicates.map(|d| format!("duplicates {d}")));
        for (dim, _) in spec.systems.iter().filter(|(_, s)| s.is_none()) {
            self.declaration.push(format!("codes {} own", format::word(&dim.node)));
        }
        for (text, flags) in &spec.marks {
            let word = flags.words().first().copied().unwrap_or("estimated");
            self.declaration.push(format!("{word} {}", format::quoted(text)));
        }
        for (key, text) in &spec.provenance {
            self.declaration.push(format!("{key} {}", format::quoted(text)));
        }
        store.info.declaration = std::mem::take(&mut self.declaration);
    }
}

fn system_word(system: System) -> &'static str {
    match system {
        System::Comtrade => "comtrade",
        System::Gacc => "gacc",
    }
}

/// Whether a code of a breakdown stands for all of it.
fn is_whole(code: &str) -> bool {
    matches!(code, "" | "0" | "C00" | "TOTAL" | "W00") || code == "World"
}

/// Each period once, in order, and per place of `periods` its place among them.
fn sorted(periods: &[Period]) -> (Vec<Period>, Vec<u32>) {
    let mut list = periods.to_vec();
    list.sort_unstable();
    list.dedup();
    let map =
        periods.iter().map(|p| list.binary_search(p).ok().and_then(|i| u32::try_from(i).ok()).unwrap_or(0)).collect();
    (list, map)
}

/// Every place so many times, one after another.
fn repeated(codes: Codes, times: usize) -> Codes {
    if times == 1 { codes } else { codes.iter().flat_map(|c| std::iter::repeat_n(c, times)).collect() }
}

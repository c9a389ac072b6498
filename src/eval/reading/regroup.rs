//! A measure under labels that are no codes of the data: attributes, members of a list, months of the year; and of rows
//! of which two dimensions are compared. In: a measure and what is asked of it. Out: it is read code by code, month by
//! month, and put together under the labels.

use crate::data::{DatasetInfo, DimInfo, Source};
use crate::diagnostic::{Diagnostic, codes, words};
use crate::eval::Evaluator;
use crate::eval::meeting::labels;
use crate::eval::reading::calendar;
use crate::eval::reading::split::{added, exact_sum};
use crate::eval::trace::{Line, Step, put, result};
use crate::pause::paced;
use crate::plan::grouping::{By, Found, Grouping, NOT_ALLOCATED, UNCLASSIFIED};
use crate::plan::{Condition, Demand, Key, Plan};
use crate::span::Span;
use crate::syntax::Fault;
use crate::value::absence::{Relabel, Under};
use crate::value::{Cell, Dimension, Flags, Labels, Period, Row, Value, about, number};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// So many codes are named.
const NAMED: usize = 4;

/// Whether a measure is read by other labels than the codes of the data.
pub(in crate::eval) fn is_regrouped(info: &DatasetInfo, demand: &Demand) -> bool {
    let key = |k: &Key| k.rows.is_some() && (k.step().is_some() || info.dim(&k.dim).is_some());
    let filter = |f: &Condition| f.step().is_some() || pair(info, f).is_some();
    demand.keys.iter().any(key) || demand.filters.iter().any(filter)
}

/// The two dimensions that a condition compares.
pub(in crate::eval) fn pair<'f>(info: &DatasetInfo, f: &'f Condition) -> Option<(&'f str, &'f str)> {
    let other = f.other.as_ref()?;
    (info.dim(&f.dim.node).is_some() && info.dim(&other.node).is_some()).then_some((&f.dim.node, &other.node))
}

/// From where in what is read a label of the answer comes.
enum From {
    /// The label itself, of the dimension at this place.
    Same(usize),
    /// Its first characters.
    Cut(usize, usize),
    /// Its group.
    Rows(usize, Arc<Grouping>),
    /// The place of the period in its year.
    Calendar(Arc<Grouping>),
}

/// What was left without a label, and what has several.
#[derive(Default)]
struct Told {
    unclassified: BTreeMap<String, (BTreeSet<String>, f64)>,
    several: BTreeMap<String, BTreeSet<String>>,
    all: f64,
}

impl Evaluator<'_> {
    /// Reads a measure code by code and puts it together under the labels that are asked for.
    pub(in crate::eval) fn regrouped(
        &mut self,
        plan: &Plan,
        source: &Arc<dyn Source>,
        measure: usize,
        demand: &Demand,
    ) -> Result<Value, Fault> {
        let info = source.info();
        let observed = self.spans(source, measure, demand, plan.span)?;
        let (inner, wanted) = calendar::finer(demand, &self.periods(plan, demand)?, observed.list());
        let below = Demand { keys: inner_keys(info, &inner), filters: plain_filters(info, &inner), ..inner.clone() };
        self.trace.begin();
        let said = self.diagnostics.len();
        let read = self.leaf(plan, source, measure, &below)?;
        if demand.filters.iter().any(|f| pair(info, f).is_some()) {
            // That there are rows of a place with itself is known to who asks for them, or for the others.
            let later = self.diagnostics.split_off(said.min(self.diagnostics.len()));
            self.diagnostics.extend(later.into_iter().filter(|d| d.code != &codes::DOMESTIC_ROWS));
        }
        let from = sources(info, demand, &read);
        let dims = dimensions(demand, &from, &read);
        let pairs: Vec<(usize, usize, bool)> = demand
            .filters
            .iter()
            .filter_map(|f| pair(info, f).map(|(a, b)| (a, b, f.keep)))
            .filter_map(|(a, b, keep)| Some((read.dim(a)?, read.dim(b)?, keep)))
            .collect();
        let months: Vec<&Condition> = demand.filters.iter().filter(|f| f.step().is_some()).collect();
        let mut told = Told::default();
        let mut groups: BTreeMap<(Labels, Option<Period>), Vec<Cell>> = BTreeMap::new();
        for row in paced(&read.rows) {
            if !passes(&read, row, &pairs) || !months.iter().all(|f| calendar::passes(f, row.period())) {
                continue;
            }
            told.all += row.datum().map_or(0.0, f64::abs);
            let (keys, rest) = keys(info, &read, row, (&from, &dims), &mut told);
            let flags = if rest { row.flags() } else { row.flags().without(Flags::REST) };
            for key in keys {
                groups.entry((key, row.period())).or_default().push(Cell { flags, ..row.cell() });
            }
        }
        let places = info.measures.get(measure).and_then(|m| m.places).filter(|_| demand.money.is_empty());
        let mut lines = Vec::new();
        let mut rows: Vec<Row> = Vec::with_capacity(groups.len());
        for ((key, period), cells) in groups {
            if !read.kind.adds_over_dimensions() && cells.len() > 1 {
                return self.no_sum(&read, plan.span);
            }
            let cell = if let [one] = cells.as_slice() { *one } else { exactly(&cells, period, places) };
            if let (true, Ok(x)) = (self.trace.is_on() && cells.len() > 1, cell.datum) {
                let about = about(&dims, &key, period);
                let parts: Vec<String> = cells.iter().filter_map(|c| c.datum.ok()).map(put).collect();
                lines.push(Line {
                    about,
                    arithmetic: parts.join(" + "),
                    result: result(x),
                    unit: read.unit.to_string(),
                });
            }
            rows.push(Row::new(key, period, cell));
        }
        let absent = read.absent.clone().under(&|name| relabelled(info, &read, name, (&from, &dims)));
        let mut value = Value { dims, rows, absent, ..read };
        self.say_labels(&told, plan.span);
        if demand.calendar().is_some() {
            value = self.over_years(value, demand, (&wanted, places), plan.span)?;
        }
        value.sort();
        let names: Vec<&str> = demand.keys.iter().map(|k| k.name.node.as_str()).collect();
        self.trace.end(|| Step {
            say: format!("put together by {}", names.join(", ")),
            formula: if lines.is_empty() { String::new() } else { "x1 + … + xn".into() },
            lines,
            ..Step::default()
        });
        Ok(value)
    }

    fn no_sum(&self, read: &Value, span: Span) -> Result<Value, Fault> {
        let message = format!("{} of several codes have no sum", read.kind.plural());
        let fault = Diagnostic::new(&codes::SUM_OF_NONADDITIVE, span, message).here(words::one(read.kind.word()));
        Err(Box::new(fault.advice("compute the relation from the sums of its parts, or name one")))
    }

    /// Notes codes without a label, and codes with several.
    fn say_labels(&mut self, told: &Told, span: Span) {
        let listed = |codes: &BTreeSet<String>| {
            let some: Vec<&str> = codes.iter().take(NAMED).map(String::as_str).collect();
            let more = codes.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{}{more}", some.join(", "))
        };
        for (key, (codes, amount)) in &told.unclassified {
            let share = if told.all > 0.0 { 100.0 * amount / told.all } else { 0.0 };
            let (count, share) = (words::counted(codes.len(), "code"), number::significant(share, 3));
            let message = format!("`{key}` is not known of {count}, with {share} % of the amount: {}", listed(codes));
            self.say(Diagnostic::new(&codes::UNCLASSIFIED, span, message));
        }
        for (key, codes) in &told.several {
            let message = format!("members of `{key}` overlap, so their rows do not add up: {}", listed(codes));
            self.say(Diagnostic::new(&codes::OVERLAPPING_GROUPS, span, message));
        }
    }
}

/// The keys by which data are read: every dimension once, as fine as its finest key needs.
fn inner_keys(info: &DatasetInfo, demand: &Demand) -> Vec<Key> {
    let compared: Vec<&str> = demand.filters.iter().filter_map(|f| pair(info, f)).flat_map(|(a, b)| [a, b]).collect();
    let other = |k: &Key| k.rows.is_some() && info.dim(&k.dim).is_some();
    let apart = |dim: &str| compared.contains(&dim) || demand.keys.iter().any(|k| k.dim == dim && other(k));
    let mut out: Vec<Key> = Vec::new();
    for key in demand.keys.iter().filter(|k| k.step().is_none()) {
        if !apart(&key.dim) {
            out.push(key.clone());
        } else if !out.iter().any(|k| k.dim == key.dim) {
            out.push(base(info, demand, key, compared.contains(&key.dim.as_str())));
        }
    }
    for dim in compared {
        if !out.iter().any(|k| k.dim == dim) {
            out.push(Key::plain(dim, Span::default()));
        }
    }
    out
}

/// The key that all keys of a dimension can be told from.
fn base(info: &DatasetInfo, demand: &Demand, key: &Key, compared: bool) -> Key {
    let dim = info.dim(&key.dim).and_then(|d| info.dims.get(d));
    let reaches = |level: usize| dim.is_some_and(|d| d.nested && d.levels().iter().all(|l| *l >= level));
    let needs = |k: &Key| match &k.rows {
        Some(rows) => rows.level.filter(|l| reaches(*l)),
        None => k.level,
    };
    let mut own = demand.keys.iter().filter(|k| k.dim == key.dim).map(needs);
    let level = own.try_fold(0, |most, level| level.map(|l| most.max(l))).filter(|l| *l > 0 && !compared);
    let plain = Key::plain(&key.dim, key.name.span);
    match level {
        Some(level) => Key::parse(crate::span::Spanned::new(format!("{}{level}", key.dim), key.name.span)),
        None => plain,
    }
}

/// The filters that data are read under.
fn plain_filters(info: &DatasetInfo, demand: &Demand) -> Vec<Condition> {
    demand.filters.iter().filter(|f| f.step().is_none() && pair(info, f).is_none()).cloned().collect()
}

/// Where the labels of each key come from.
fn sources(info: &DatasetInfo, demand: &Demand, read: &Value) -> Vec<(usize, From)> {
    let mut out = Vec::new();
    for (at, key) in demand.keys.iter().enumerate() {
        let place = || {
            let own = |d: &Dimension| d.name.as_ref() == key.name.node || Key::dimension(&d.name) == key.dim;
            read.dims.iter().position(own)
        };
        let from = match (&key.rows, key.step()) {
            (Some(rows), Some(_)) => Some(From::Calendar(Arc::clone(rows))),
            (Some(rows), None) => info.dim(&key.dim).and_then(|_| place()).map(|p| From::Rows(p, Arc::clone(rows))),
            (None, _) => place().map(|p| {
                let same = read.dims.get(p).is_some_and(|d| d.name.as_ref() == key.name.node);
                match key.level.filter(|_| !same) {
                    Some(level) => From::Cut(p, level),
                    None => From::Same(p),
                }
            }),
        };
        out.extend(from.map(|f| (at, f)));
    }
    out
}

/// The dimensions of the answer.
fn dimensions(demand: &Demand, from: &[(usize, From)], read: &Value) -> Vec<Dimension> {
    let named = |(at, from): &(usize, From)| {
        let name: Arc<str> = demand.keys.get(*at).map_or("", |k| k.name.node.as_str()).into();
        let labels = match from {
            From::Same(p) => read.dims.get(*p).map(|d| Arc::clone(&d.labels)).unwrap_or_default(),
            From::Cut(p, level) => {
                let all = read.dims.get(*p).map(|d| Arc::clone(&d.labels)).unwrap_or_default();
                let mut cut: Vec<Arc<str>> = all.iter().map(|l| cut_to(l, *level)).collect();
                cut.sort_unstable();
                cut.dedup();
                Arc::new(cut)
            }
            From::Rows(_, rows) | From::Calendar(rows) => Arc::clone(&rows.labels),
        };
        Dimension { name, labels }
    };
    from.iter().map(named).collect()
}

/// What a dimension that was read is called in the answer, and what its labels are under; none where it is summed out.
fn relabelled<'a>(
    info: &'a DatasetInfo,
    read: &'a Value,
    name: &str,
    (from, dims): (&'a [(usize, From)], &'a [Dimension]),
) -> Option<Under<'a>> {
    let at = read.dim(name)?;
    let own = |from: &From| matches!(from, From::Same(p) | From::Cut(p, _) | From::Rows(p, _) if *p == at);
    let ((_, from), dim) = from.iter().zip(dims).find(|((_, from), _)| own(from))?;
    let relabel: Relabel<'a> = match from {
        From::Same(_) | From::Calendar(_) => Box::new(|label| vec![label.clone()]),
        From::Cut(_, level) => Box::new(|label| vec![cut_to(label, *level)]),
        From::Rows(_, rows) => {
            let known = info.dims.iter().find(|i| *i.name == *Key::dimension(name))?;
            let of = |p: &u32| rows.labels.get(*p as usize).cloned();
            Box::new(move |label| rows.of_code(known, label).iter().filter_map(of).collect())
        }
    };
    Some((dim.name.clone(), relabel))
}

fn cut_to(label: &Arc<str>, level: usize) -> Arc<str> {
    DimInfo::cut(label, level).map_or_else(|| Arc::clone(label), Arc::from)
}

/// Whether two dimensions of a row are compared as a condition wants it; what no code accounts for is not the same as
/// anything.
fn passes(read: &Value, row: &Row, pairs: &[(usize, usize, bool)]) -> bool {
    let label = |at: usize| Some(read.dims.get(at)?.label(*row.key().get(at)?));
    pairs.iter().all(|(a, b, keep)| {
        let rest = row.flags().has(Flags::REST);
        let dim = read.dims.get(*a).map_or("", |d| d.name.as_ref());
        let same = label(*a).zip(label(*b)).is_some_and(|(x, y)| labels::is_same(dim, x, y) && !rest);
        same == *keep
    })
}

/// The keys of a row in the answer, and whether it is still what no code accounts for.
fn keys(
    info: &DatasetInfo,
    read: &Value,
    row: &Row,
    (from, dims): (&[(usize, From)], &[Dimension]),
    told: &mut Told,
) -> (Vec<Labels>, bool) {
    let mut out = vec![Labels::new()];
    let mut rest = row.flags().has(Flags::REST);
    for ((_, from), own) in from.iter().zip(dims) {
        let found: Found = match from {
            From::Same(p) => row.key().get(*p).copied().into_iter().collect(),
            From::Cut(p, level) => {
                let label = read.dims.get(*p).and_then(|d| d.labels.get(*row.key().get(*p)? as usize));
                let cut = label.and_then(|l| own.labels.binary_search(&cut_to(l, *level)).ok());
                cut.and_then(|c| u32::try_from(c).ok()).into_iter().collect()
            }
            From::Calendar(rows) => row.period().and_then(|p| rows.of_period(p)).into_iter().collect(),
            From::Rows(p, rows) => {
                let dim = read.dims.get(*p);
                let label = dim.and_then(|d| Some(d.label(*row.key().get(*p)?))).unwrap_or("");
                let known = dim.and_then(|d| info.dims.iter().find(|i| *i.name == *Key::dimension(&d.name)));
                let (found, nothing) = known.map_or((Found::new(), false), |dim| group(dim, rows, label, row));
                rest = rest && nothing;
                told.take(row, (&own.name, rows), label, &found);
                found
            }
        };
        out = out
            .into_iter()
            .flat_map(|key| {
                found.iter().map(move |f| {
                    let mut key = key.clone();
                    key.push(*f);
                    key
                })
            })
            .collect();
    }
    (out, rest)
}

/// The groups of a label, and whether it is what no code accounts for.
fn group(dim: &DimInfo, rows: &Grouping, label: &str, row: &Row) -> (Found, bool) {
    let nothing = row.flags().has(Flags::REST).then(|| label.trim_end_matches(" (rest)"));
    let Some(above) = nothing.and_then(|l| l.strip_suffix(NOT_ALLOCATED)) else {
        return (rows.of_code(dim, label), false);
    };
    let found = if above.trim().is_empty() { Found::new() } else { rows.of_code(dim, above.trim()) };
    let known = |f: &Found| f.iter().any(|p| rows.labels.get(*p as usize).is_some_and(|l| l.as_ref() != UNCLASSIFIED));
    if known(&found) { (found, false) } else { (rows.of_nothing().into_iter().collect(), !takes_rest(rows)) }
}

fn takes_rest(rows: &Grouping) -> bool {
    matches!(rows.by, By::Members(_, true))
}

impl Told {
    fn take(&mut self, row: &Row, (key, rows): (&Arc<str>, &Grouping), label: &str, found: &Found) {
        let is = |p: &u32| rows.labels.get(*p as usize).is_some_and(|l| l.as_ref() == UNCLASSIFIED);
        let some = row.datum().is_ok_and(|x| x != 0.0) && !row.flags().has(Flags::REST);
        if matches!(rows.by, By::Table(_)) && found.iter().any(is) && some {
            let known = self.unclassified.entry(key.to_string()).or_default();
            known.0.insert(label.to_string());
            known.1 += row.datum().map_or(0.0, f64::abs);
        }
        if found.len() > 1 {
            self.several.entry(key.to_string()).or_default().insert(label.to_string());
        }
    }
}

/// A sum of cells, without the noise of adding decimals as floats where the data are decimals.
fn exactly(cells: &[Cell], period: Option<Period>, places: Option<u8>) -> Cell {
    let sum = added(cells, period);
    sum.with(sum.datum.map(|_| exact_sum(&mut cells.iter().filter_map(|c| c.datum.ok()), places)))
}

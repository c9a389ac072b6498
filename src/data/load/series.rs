//! From columns of numbers to series: their names, their meaning, and of which rows each is made. In: a column and what
//! is declared of it. Out: a measure for each series.

use crate::data::declare::{MeasureSpec, Range, Said, meaning_text};
use crate::data::doubt::Refusal;
use crate::data::info::Meaning;
use crate::data::load::assembly::Assembly;
use crate::data::meaning::kinds;
use crate::data::store::{MeasureData, Store};
use crate::data::{DimInfo, MeasureInfo};
use crate::diagnostic::{Diagnostic, codes};
use crate::span::Span;
use crate::syntax::ast::{Codes, Condition};
use crate::syntax::format;
use crate::value::{Kind, Unit};

/// A column of numbers on its way to series.
pub(super) struct Source {
    pub(super) header: String,
    pub(super) column: usize,
    pub(super) places: Option<u8>,
    pub(super) meaning: Meaning,
    pub(super) known: bool,
    pub(super) kind_is_assumed: bool,
    pub(super) name: String,
    /// The power of ten by which the numbers were multiplied to be in percent.
    pub(super) shift: i32,
}

/// A series of a column: its name, the flow it is of, and its declaration; one that is declared for another flow of the
/// column gives its unit and kind, not its valuation.
type Series<'a> = (String, Option<u32>, Option<(&'a MeasureSpec, bool)>);

/// The series of a column: as declared, one for each flow of the file, or one.
pub(super) fn name_all(
    work: &mut Assembly<'_>,
    store: &mut Store,
    source: &Source,
    is_main: bool,
    flows: &[&'static str],
) -> Result<(), Refusal> {
    let declared: Vec<MeasureSpec> =
        work.spec.measures.iter().filter(|m| m.column.node == source.header).cloned().collect();
    // A file of one flow says of its value column that it is that flow; its other columns keep their names.
    let own = if is_main || flows.len() > 1 { flows } else { &[] };
    for series in all_series(&declared, source, is_main, (own, store.columns.flows.is_some())) {
        add(work, store, source, series)?;
    }
    Ok(())
}

/// Which series a column has.
fn all_series<'a>(
    declared: &'a [MeasureSpec],
    source: &Source,
    is_main: bool,
    (own, split): (&[&'static str], bool),
) -> Vec<Series<'a>> {
    let join = |flow: &str| if is_main { flow.to_string() } else { format!("{flow}_{}", source.name) };
    let names: Vec<(String, Option<u32>)> = if own.is_empty() {
        vec![(source.name.clone(), None)]
    } else {
        own.iter().zip(0u32..).map(|(f, i)| (join(f), split.then_some(i))).collect()
    };
    let flow_of =
        |name: &str| names.iter().find(|(n, _)| n == name || name.starts_with(&format!("{n}_"))).and_then(|(_, f)| *f);
    let mut out: Vec<Series<'_>> = Vec::new();
    let ranged = |s: &MeasureSpec| s.range != Default::default();
    // A declaration of the value column under no name of a flow is one for all of them.
    let of_all = |s: &MeasureSpec| {
        split && !own.is_empty() && !ranged(s) && !names.iter().any(|(n, _)| s.name.node.starts_with(n.as_str()))
    };
    for spec in declared.iter().filter(|s| !of_all(s)) {
        let flow = if names.len() == 1 { names.first().and_then(|(_, f)| *f) } else { flow_of(&spec.name.node) };
        out.push((spec.name.node.clone(), flow, Some((spec, true))));
    }
    let general = declared.iter().find(|s| of_all(s)).map(|s| (s, true));
    let sibling = || declared.iter().find(|s| !ranged(s)).filter(|_| split).map(|s| (s, false));
    for (name, flow) in &names {
        let said = out.iter().any(|(n, f, _)| n == name || (flow.is_some() && f == flow));
        // One series that is declared stands for the column; ranges of it are all that is wanted.
        if !(said || (names.len() == 1 && general.is_none() && !declared.is_empty())) {
            out.push((name.clone(), *flow, general.or_else(sibling)));
        }
    }
    out
}

/// The unit of a column that nothing says: shared by the series of the column, and by columns that differ in the flow
/// alone.
fn of_column(dataset: &str, column: &str) -> Unit {
    let mut text = column.to_lowercase();
    for word in ["re-exports", "re_exports", "reexports", "exports", "imports", "export", "import", "出口", "进口"]
    {
        text = text.replace(word, "*");
    }
    Unit::unknown(dataset, &text)
}

/// Adds one series.
fn add(
    work: &mut Assembly<'_>,
    store: &mut Store,
    source: &Source,
    (name, flow, spec): Series<'_>,
) -> Result<(), Refusal> {
    let valued = work.found.layout.and_then(|l| l.valuations.iter().find(|(flow, _)| *flow == name));
    let valuation = valued.map(|(_, valuation)| *valuation);
    let own = spec.filter(|(_, own)| *own).map(|(spec, _)| spec);
    let mut meaning = spec.map(|(s, _)| s.meaning.clone()).unwrap_or_else(|| source.meaning.clone());
    if own.is_none() {
        meaning.valuation = valuation;
    }
    let known = spec.is_some() || source.known;
    let bare = meaning.unit.is_plain() && meaning.unit.ten == 0 && meaning.kind != Kind::Ratio;
    if meaning.unit.is_unknown() || (!known && bare) {
        meaning.unit = of_column(&store.info.name, &source.header);
    }
    let words = if known { meaning_text(&meaning) } else { unknown(meaning.kind) };
    // A series that is called as a flow of the file is one.
    let told = match name.starts_with("OBS_VALUE") {
        // SDMX calls numbers of all kinds so; the unit may tell.
        true => !meaning.unit.is_unknown(),
        false => kinds::told(&name).is_some(),
    };
    let kind_is_assumed = spec.is_none() && source.kind_is_assumed && flow.is_none() && !told;
    // Tenths of a percent are percent in memory.
    if meaning.unit.is_percent() {
        meaning.unit.ten = 0;
    }
    let spec = own;
    let mut data = MeasureData { column: source.column, flow, tests: Vec::new(), within: None };
    let mut range = spec.map(|s| s.range.clone()).unwrap_or_default();
    narrowed(store, &mut range, &mut data)?;
    work.declaration.push(Said::meaning(&name, &source.header, &words, &range));
    if let (Some(spec), Some(base)) = (spec, store.info.measures.iter().position(|m| m.name.as_ref() == name)) {
        return overridden(store, base, &data, (&spec.meaning, source.shift), spec);
    }
    let one = |pass: &Vec<bool>| pass.iter().filter(|p| **p).count() == 1;
    let pinned = data.tests.iter().filter(|(_, pass)| one(pass)).map(|(dim, _)| *dim).collect();
    store.measures.push(data);
    store.info.measures.push(MeasureInfo {
        name: name.as_str().into(),
        meaning,
        column: source.header.clone(),
        places: source.places,
        declared: known,
        kind_is_assumed,
        looks_cumulative: false,
        pinned,
        repeated: None,
    });
    Ok(())
}

/// What is said of a meaning that is not known.
fn unknown(kind: Kind) -> String {
    match kind {
        Kind::Rate => "rate in ?/?".to_string(),
        Kind::Index => "index ? = 100".to_string(),
        kind => format!("{} in ?", kind.word()),
    }
}

/// Only the rows that the declaration names. A column that it names is said back as the dimension that it is.
fn narrowed(store: &Store, range: &mut Range, data: &mut MeasureData) -> Result<(), Refusal> {
    let refuse = |span: Span, message: String| Diagnostic::new(&codes::BAD_DECLARATION, span, message);
    for Condition { dim, keep, codes } in &mut range.conditions {
        let named =
            |d: &DimInfo| d.name.as_ref() == dim.name.node || d.column.as_deref() == Some(dim.name.node.as_str());
        let place = store.info.dims.iter().position(named);
        let place = place.filter(|_| dim.attribute.is_none());
        let Some((place, info)) = place.and_then(|p| store.info.dims.get(p).map(|d| (p, d))) else {
            let fault = refuse(dim.span(), format!("there is no dimension `{}`", format::key(dim)));
            let dims: Vec<&str> = store.info.dims.iter().map(|d| d.name.as_ref()).collect();
            let advice = format!("the dimensions are {}", dims.join(", "));
            return Err(Refusal::Declaration(Box::new(fault.advice(advice))));
        };
        let texts = match codes {
            Codes::One(code) | Codes::Named(code) => std::slice::from_ref(code),
            Codes::Set(codes) => codes.as_slice(),
        };
        let mut hit = vec![false; info.codes.len()];
        for code in texts {
            let Some(found) = info.find(&code.node) else {
                let fault = refuse(code.span, format!("no row has {} `{}`", dim.name.node, code.node));
                return Err(Refusal::Declaration(Box::new(fault)));
            };
            for (slot, c) in hit.iter_mut().zip(info.codes.iter()) {
                *slot |= *c == found || (info.nested && c.starts_with(found.as_ref()));
            }
        }
        data.tests.push((place, hit.iter().map(|h| *h == *keep).collect()));
        dim.name.node = info.name.to_string();
    }
    data.within = range.within;
    Ok(())
}

/// The same series in another scale for some of its rows.
fn overridden(
    store: &mut Store,
    base: usize,
    part: &MeasureData,
    (meaning, shift): (&Meaning, i32),
    spec: &MeasureSpec,
) -> Result<(), Refusal> {
    let refuse = |message: String, advice: &str| {
        let fault = Diagnostic::new(&codes::BAD_DECLARATION, spec.span, message);
        Err(Refusal::Declaration(Box::new(fault.advice(advice.to_string()))))
    };
    let (Some(info), Some(data)) = (store.info.measures.get(base), store.measures.get(base)) else { return Ok(()) };
    if part.tests.is_empty() && part.within.is_none() {
        return refuse(
            format!("`{}` is declared twice", spec.name.node),
            "a second declaration says for which rows: `where …`, `for …`",
        );
    }
    let Some(power) = meaning.unit.power_to(&info.meaning.unit).filter(|_| meaning.kind == info.meaning.kind) else {
        let message = format!("`{}` is in {} elsewhere, not in {}", spec.name.node, info.meaning.unit, meaning.unit);
        return refuse(message, "rows in another currency are another series: give them a name of their own");
    };
    let power = power - shift;
    let column = data.column;
    let rows = store.rows_of(part);
    let by = |row: usize| if rows.get(row).copied().unwrap_or(false) { power } else { 0 };
    if let Some(numbers) = store.columns.numbers.get_mut(column) {
        let places = numbers.multiply(&by, info.places);
        for (m, _) in store.info.measures.iter_mut().zip(&store.measures).filter(|(_, d)| d.column == column) {
            m.places = places;
        }
    }
    Ok(())
}

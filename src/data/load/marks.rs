//! Columns that say something of the numbers beside them: powers of ten, units, status, confidentiality.

use crate::data::columns::column::Column;
use crate::data::declare::{Said, Spec};
use crate::data::doubt::{LoadError, Refusal};
use crate::data::known::roles;
use crate::data::load::assembly::Assembly;
use crate::data::load::series::Source;
use crate::data::meaning::column_use::Use;
use crate::data::meaning::sdmx;
use crate::data::store::Store;
use crate::value::unit::Form;
use crate::value::{Flags, Kind, Reason, Unit, period, unit_text};

/// `UNIT_MULT` and `UNIT_MEASURE`: the unit that they give to all undeclared numbers. Powers that differ from row to
/// row are put into the numbers.
pub(super) fn scales(
    work: &mut Assembly<'_>,
    store: &mut Store,
    sources: &mut [Source],
) -> Result<Option<Unit>, Refusal> {
    let mut ten = 0;
    let mut found = false;
    if let Some(at) = work.found.used_as(&Use::Multiplier)
        && let Some(Column::Words(words, codes)) = work.table.columns.get(at)
    {
        let powers: Option<Vec<i32>> =
            words.iter().map(|w| if w.trim().is_empty() { Some(0) } else { w.trim().parse().ok() }).collect();
        // A rate of a hundred yen is a hundredth for one.
        let below = work.found.layout.is_some_and(|l| l.per_multiple);
        let powers = powers.map(|p: Vec<i32>| p.into_iter().map(|x| if below { -x } else { x }).collect::<Vec<i32>>());
        let Some(powers) = powers.filter(|p| p.iter().all(|x| (-15..=15).contains(x))) else {
            let header = work.table.header.get(at).cloned().unwrap_or_default();
            return Err(LoadError::new(format!("column `{header}` does not hold powers of ten")).into());
        };
        ten = if below { 0 } else { powers.iter().copied().min().unwrap_or(0) };
        found = !below;
        if powers.iter().any(|p| *p != ten) {
            let times = store.times;
            let by = |row: usize| codes.get(row / times).and_then(|c| powers.get(c as usize)).map_or(0, |p| p - ten);
            for source in sources.iter_mut() {
                if let Some(numbers) = store.columns.numbers.get_mut(source.column) {
                    source.places = numbers.multiply(&by, source.places);
                }
            }
        }
        let header = work.table.header.get(at).cloned().unwrap_or_default();
        work.declaration.push(Said::column("multiplier", &header));
    }
    let mut base = Unit::plain();
    let told = match work.found.used_as(&Use::Unit).and_then(|at| work.table.columns.get(at)) {
        Some(Column::Words(words, _)) if words.len() == 1 => words.iter().next().map(str::to_string),
        Some(_) => None,
        // The unit of a row is that of its one number.
        None => {
            let dim = store.info.dims.iter().find(|d| roles::is_unit(&d.name)).filter(|_| sources.len() == 1);
            dim.filter(|d| d.codes.len() == 1).and_then(|d| d.codes.first()).map(|c| c.to_string())
        }
    };
    if let Some(word) = told
        && let Some(unit) = unit_text::read(&word).or_else(|| Unit::parse(word.trim()).ok()).or_else(|| in_words(&word))
    {
        // Of which country dollars are, the publisher knows.
        let dollars = work.found.layout.and_then(|l| l.dollars).filter(|_| unit.currency() == Some(*b"USD"));
        base = dollars.and_then(|own| Unit::parse(own).ok()).map_or(unit.clone(), |own| Unit { ten: unit.ten, ..own });
        found = true;
    }
    if !found {
        return Ok(None);
    }
    base.ten += ten;
    Ok(Some(base))
}

/// Units that do not add up, as publishers spell them: `Index, 2015=100`, `percentage points`, `% change`.
fn in_words(text: &str) -> Option<Unit> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric() && c != '%').filter(|w| !w.is_empty()).collect();
    let has = |word: &str| words.contains(&word);
    let base = lower.split_once('=').filter(|(_, hundred)| hundred.trim_start().starts_with("100"));
    let year = base.and_then(|(before, _)| before.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next());
    match () {
        () if has("index") || has("indices") || base.is_some() => {
            // The base of several years is none of the last.
            let one = words.iter().filter(|w| w.len() == 4 && w.bytes().all(|b| b.is_ascii_digit())).count() == 1;
            Some(Unit::index(year.filter(|_| one).and_then(period::parse_fixed)))
        }
        () if has("points") && (has("percentage") || has("percent") || has("%")) => Unit::parse("pp").ok(),
        () if words.iter().any(|w| w.contains('%') || matches!(*w, "percent" | "percentage" | "pct"))
            || words.windows(2).any(|w| w == ["per", "cent"]) =>
        {
            Unit::parse("%").ok()
        }
        () => None,
    }
}

/// What numbers of a unit are that do not add up, if the unit tells.
pub(super) fn kind_of(unit: &Unit) -> Option<Kind> {
    match unit.form {
        Form::Percent | Form::PercentPerYear => Some(Kind::Share),
        Form::Points => Some(Kind::Points),
        Form::Index(_) => Some(Kind::Index),
        Form::Plain | Form::Unknown(_) if unit.exchange().is_some() => Some(Kind::Rate),
        Form::Plain | Form::Unknown(_) => (unit.has_money() && unit.currency().is_none()).then_some(Kind::Price),
    }
}

/// What a text of a column of status or confidentiality says of its row.
pub(in crate::data) fn mark(spec: &Spec, (column, is_status): (&str, bool), word: &str) -> (Flags, Option<Reason>) {
    let own = spec.marks.iter().find(|(text, _)| *text == word.trim()).map(|(_, f)| (*f, None));
    own.unwrap_or_else(|| if is_status { sdmx::status(column, word) } else { (sdmx::secrecy(word), None) })
}

/// Marks of observations: status and confidentiality.
pub(super) fn marks(work: &mut Assembly<'_>, store: &mut Store) {
    if let Some((at, marks)) = &work.period_marks
        && let Some(Column::Words(_, codes)) = work.table.columns.get(*at)
    {
        for (row, code) in codes.iter().enumerate() {
            let Some(flags) = marks.get(code as usize).filter(|f| **f != crate::value::Flags::none()) else { continue };
            for k in 0..store.times {
                let row = u32::try_from(row * store.times + k).unwrap_or(u32::MAX);
                let slot = store.columns.flags.entry(row).or_default();
                *slot = slot.with(*flags);
            }
        }
    }
    let status = work.found.used_as(&Use::Status);
    let secrecy = work.found.used_as(&Use::Secrecy);
    for (at, is_status) in status.map(|a| (a, true)).into_iter().chain(secrecy.map(|a| (a, false))) {
        let Some(Column::Words(words, codes)) = work.table.columns.get(at) else { continue };
        let column = work.table.header.get(at).map(String::as_str).unwrap_or("");
        let read = |word: &str| mark(work.spec, (column, is_status), word);
        let found: Vec<_> = words.iter().map(read).collect();
        for (row, code) in codes.iter().enumerate() {
            let Some((flags, reason)) = found.get(code as usize) else { continue };
            for k in 0..store.times {
                let row = u32::try_from(row * store.times + k).unwrap_or(u32::MAX);
                if *flags != crate::value::Flags::none() {
                    let slot = store.columns.flags.entry(row).or_default();
                    *slot = slot.with(*flags);
                }
                if let Some(reason) = reason {
                    for column in 0..store.columns.numbers.len() {
                        store.columns.reasons.insert((u32::try_from(column).unwrap_or(0), row), *reason);
                    }
                }
            }
        }
        let header = work.table.header.get(at).cloned().unwrap_or_default();
        let word = if is_status { "status" } else { "confidentiality" };
        work.declaration.push(Said::column(word, &header));
    }
}

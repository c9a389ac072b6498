//! What the lines above a table say of all its numbers: `Unit: US$1,000`, `(2010 = 100)`. In: these lines, and columns of
//! numbers of which nothing else says the unit. Out: the unit, or a kind that has no sum, and a word that it was taken.

use crate::data::doubt::{Doubt, LoadError};
use crate::data::info::Meaning;
use crate::data::load::assembly::Assembly;
use crate::data::load::series::Source;
use crate::data::meaning::{kinds, naming};
use crate::diagnostic::{codes, words};
use crate::value::Kind;

/// Gives columns without a unit the one that the lines above them say, if they say one.
///
/// # Errors
/// The lines above the tables of several files do not all say the same.
pub(super) fn told(work: &mut Assembly<'_>, sources: &mut [Source]) -> Result<(), LoadError> {
    // A recognised layout says what its lines mean.
    if work.found.layout.is_some() {
        return Ok(());
    }
    let titles = work.table.own.first().map_or(&[][..], |own| &own.titles);
    let found = said(titles);
    let declared = |s: &Source| work.spec.measures.iter().any(|m| m.column.node == s.header);
    let mut open = sources.iter_mut().filter(|s| !s.known && s.meaning.kind == Kind::Flow && !declared(s)).peekable();
    if open.peek().is_none() {
        return Ok(());
    }
    for own in work.table.own.iter().skip(1).filter(|own| own.titles != titles) {
        let other = said(&own.titles);
        if other.as_ref().map(|(_, m)| (m.kind, &m.unit)) != found.as_ref().map(|(_, m)| (m.kind, &m.unit)) {
            let words =
                |said: &Option<(String, Meaning)>| said.as_ref().map_or("nothing".into(), |(t, _)| format!("`{t}`"));
            let message = format!("above its table stands {}, and above the first {}", words(&other), words(&found));
            let mut error = LoadError::at(1, message).advice("load each by itself, or declare the unit");
            error.file = Some(own.name.clone());
            return Err(error);
        }
    }
    let Some((title, meaning)) = found else { return Ok(()) };
    let mut names = Vec::new();
    for source in open {
        source.meaning.unit = meaning.unit.clone();
        source.meaning.kind = meaning.kind;
        source.known = true;
        source.kind_is_assumed &= meaning.kind == Kind::Flow;
        names.push(format!("`{}`", source.name));
    }
    let message = format!("`{title}` above the table was taken for what {} is in", words::some(&names, 4));
    work.doubts.push(Doubt::new(&codes::LAYOUT_GUESSED, Some(1), message));
    Ok(())
}

/// What the lines above a table say of its numbers, and which does; nothing where two say different things.
fn said(titles: &[String]) -> Option<(String, Meaning)> {
    let mut found: Vec<(String, Meaning)> = Vec::new();
    for title in titles {
        let bare = title.trim_matches(['(', ')', '（', '）']);
        let said = bare.split_once(':').map_or(bare, |(_, rest)| rest).trim();
        let meaning = [title.as_str(), said].into_iter().find_map(of_title);
        found.extend(meaning.map(|m| (title.clone(), m)));
    }
    let (_, meaning) = found.first()?;
    let alike = found.iter().all(|(_, other)| (other.kind, &other.unit) == (meaning.kind, &meaning.unit));
    found.into_iter().next().filter(|_| alike)
}

/// The unit of money or the base of an index that a line says; of quantities there may be others beside it.
fn of_title(text: &str) -> Option<Meaning> {
    let meaning = naming::meaning(text)?;
    let index = meaning.kind == Kind::Index && text.contains("=");
    let money = meaning.unit.currency().is_some() && kinds::hinted(text).is_none() && !naming::is_bare_dollar(text);
    (index || money).then_some(meaning)
}

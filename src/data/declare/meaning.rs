//! The words that say what numbers mean: read from a declaration, and written into one.

use crate::data::info::{Meaning, Valuation};
use crate::diagnostic::{Diagnostic, codes, suggest};
use crate::span::Spanned;
use crate::syntax::Fault;
use crate::syntax::ast::Name;
use crate::syntax::units::parse_unit;
use crate::value::{Kind, Unit};

/// `flow in 100 mn CNY fob`, `index 2018 = 100`, `rate in CNY/USD`.
pub fn parse_meaning(text: &Name) -> Result<Meaning, Fault> {
    let refuse = |message: String| Box::new(Diagnostic::new(&codes::BAD_DECLARATION, text.span, message));
    let words = text.node.trim();
    let found = Kind::DECLARED.iter().find(|(w, _)| {
        words.get(..w.len()).is_some_and(|s| s.eq_ignore_ascii_case(w))
            && !words.get(w.len()..).is_some_and(|r| r.starts_with(|c: char| c.is_alphanumeric()))
    });
    let Some((word, kind)) = found else {
        let first = words.split_whitespace().next().unwrap_or("");
        let kinds: Vec<&str> = Kind::DECLARED.iter().map(|(w, _)| *w).collect();
        let near = suggest::nearest(first, kinds.iter().copied());
        let mut fault = refuse(format!("`{first}` is no kind of number"));
        fault.advice = Some(if near.is_empty() {
            format!("the kinds are {}", kinds.join(", "))
        } else {
            format!("did you mean {}?", suggest::either(&near))
        });
        return Err(fault);
    };
    let mut rest = words.get(word.len()..).unwrap_or("").trim();
    let mut meaning = Meaning::new(*kind, Unit::plain());
    let zero = "zero as missing";
    let (before, end) = rest.split_at_checked(rest.len().saturating_sub(zero.len())).unwrap_or((rest, ""));
    if end.eq_ignore_ascii_case(zero) {
        meaning.zero_missing = true;
        rest = before.trim();
    }
    loop {
        let (before, last) = match rest.rsplit_once(char::is_whitespace) {
            Some((b, l)) => (b.trim(), l),
            None => ("", rest),
        };
        match last.to_lowercase().as_str() {
            "fob" => meaning.valuation = Some(Valuation::Fob),
            "cif" => meaning.valuation = Some(Valuation::Cif),
            "adjusted" => meaning.adjusted = true,
            _ => break,
        }
        rest = before;
    }
    let unit = match rest.split_once(char::is_whitespace) {
        Some((word, unit)) if word.eq_ignore_ascii_case("in") => unit.trim(),
        _ => rest,
    };
    let by_kind = match kind {
        Kind::Growth | Kind::Share => Unit::percent(),
        Kind::Index => Unit::index(None),
        Kind::Ratio => Unit::plain(),
        // Only its kind is declared: whose unit it is, the loader says.
        _ => Unit::unknown("", ""),
    };
    meaning.unit = if unit.is_empty() || matches!(unit, "?" | "?/?" | "? = 100") {
        by_kind
    } else {
        parse_unit(&Spanned::new(unit.to_string(), text.part(unit)), &codes::BAD_DECLARATION)?
    };
    if *kind == Kind::Index && meaning.unit.is_plain() {
        meaning.unit = Unit::index(None);
    }
    if *kind == Kind::Rate && meaning.unit.exchange().is_none() && meaning.unit.has_money() {
        return Err(refuse("a rate says so much of a per one of b, as in `rate in CNY/USD`".into()));
    }
    Ok(meaning)
}

/// The text that declares this meaning.
pub fn meaning_text(meaning: &Meaning) -> String {
    let kind = meaning.kind.word();
    let unit = if meaning.unit.is_unknown() { "?".to_string() } else { meaning.unit.to_string() };
    let mut out = match (meaning.kind, unit.as_str()) {
        (Kind::Rate, "?") => "rate in ?/?".to_string(),
        // A share is in hundredths unless it is said.
        (Kind::Share | Kind::Growth, "") => format!("{kind} in plain"),
        (_, "") => kind.to_string(),
        (Kind::Index, "index") => kind.to_string(),
        (Kind::Index, unit) => format!("{kind} {unit}"),
        (_, unit) => format!("{kind} in {unit}"),
    };
    match meaning.valuation {
        Some(Valuation::Fob) => out.push_str(" fob"),
        Some(Valuation::Cif) => out.push_str(" cif"),
        None => {}
    }
    if meaning.adjusted {
        out.push_str(" adjusted");
    }
    if meaning.zero_missing {
        out.push_str(" zero as missing");
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let text = |words: &str| {
            let read = parse_meaning(&Spanned::new(words.to_string(), Default::default())).unwrap();
            meaning_text(&read)
        };
        for words in [
            "flow in 100 mn CNY fob",
            "flow in USD cif adjusted zero as missing",
            "rate in CNY/USD",
            "index 2018 = 100",
            "share in plain",
            "share in %",
            "growth in 0.1 %",
            "rate in ?/?",
        ] {
            assert_eq!(text(words), words);
        }
        assert_eq!(text("FLOW IN mn USD FOB ADJUSTED Zero As Missing"), "flow in mn USD fob adjusted zero as missing");
    }
}

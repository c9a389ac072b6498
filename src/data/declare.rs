//! What a declaration says of a file: roles of columns, kinds and units of measures, constants, missing markers.
//! In: the items of `with { … }`. Out: the same, checked word by word. Knows nothing of the cells.

use super::Valuation;
use crate::diagnostic::{Diagnostic, codes, suggest};
use crate::span::{Span, Spanned};
use crate::syntax::Fault;
use crate::syntax::ast::{Declaration, Item, Name};
use crate::value::{Kind, Unit, period};

/// Kind, unit and the like of a measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Meaning {
    /// What may be done to it.
    pub kind: Kind,
    /// What it counts.
    pub unit: Unit,
    /// FOB or CIF.
    pub valuation: Option<Valuation>,
    /// Seasonally adjusted.
    pub adjusted: bool,
}

/// A checked declaration.
#[derive(Clone, Debug, Default)]
pub struct Spec {
    /// `NAME from COLUMN` with what was said of it.
    pub columns: Vec<(Name, Name, Option<Meaning>)>,
    /// `NAME = CODE`.
    pub constants: Vec<(Name, Name)>,
    /// Columns left out.
    pub skip: Vec<Name>,
    /// Missing markers.
    pub missing: Vec<String>,
    /// A row or cell that is not there is zero.
    pub absent_is_zero: bool,
    /// Labels that are totals: dimension and label.
    pub aggregates: Vec<(Name, Name)>,
    /// The whole block.
    pub span: Span,
}

/// Checks a declaration.
pub fn check(declaration: &Declaration, span: Span) -> Result<Spec, Fault> {
    let mut spec = Spec { span, ..Spec::default() };
    for item in &declaration.items {
        match &item.node {
            Item::Column { name, column, meaning } => {
                let meaning = meaning.as_ref().map(parse_meaning).transpose()?;
                spec.columns.push((name.clone(), column.clone(), meaning));
            }
            Item::Constant { name, code } => spec.constants.push((name.clone(), code.clone())),
            Item::Skip(columns) => spec.skip.extend(columns.iter().cloned()),
            Item::Missing(texts) => spec.missing.extend(texts.iter().map(|t| t.node.clone())),
            Item::Absent(word) => match word.node.as_str() {
                "zero" => spec.absent_is_zero = true,
                "missing" => spec.absent_is_zero = false,
                other => {
                    let message = format!("`absent` is `zero` or `missing`, not `{other}`");
                    return Err(Box::new(Diagnostic::new(&codes::BAD_DECLARATION, word.span, message)));
                }
            },
            Item::Aggregates { dim, codes } => {
                spec.aggregates.extend(codes.iter().map(|c| (dim.clone(), c.clone())));
            }
        }
    }
    Ok(spec)
}

/// `flow in 100 mn CNY fob`, `index 2018 = 100`, `rate in CNY/USD`.
fn parse_meaning(text: &Name) -> Result<Meaning, Fault> {
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
    let mut meaning = Meaning { kind: *kind, unit: Unit::plain(), valuation: None, adjusted: false };
    loop {
        let (before, last) = match rest.rsplit_once(char::is_whitespace) {
            Some((b, l)) => (b.trim(), l),
            None => ("", rest),
        };
        match last {
            "fob" => meaning.valuation = Some(Valuation::Fob),
            "cif" => meaning.valuation = Some(Valuation::Cif),
            "adjusted" => meaning.adjusted = true,
            _ => break,
        }
        rest = before;
    }
    let unit = rest.strip_prefix("in ").map(str::trim).unwrap_or(rest);
    let by_kind = match kind {
        Kind::Growth | Kind::Share => Unit::percent(),
        Kind::Index => Unit::index(None),
        _ => Unit::plain(),
    };
    meaning.unit = if unit.is_empty() {
        by_kind
    } else {
        parse_unit(&Spanned::new(unit.to_string(), text.span), &codes::BAD_DECLARATION)?
    };
    if *kind == Kind::Index && meaning.unit.is_plain() {
        meaning.unit = Unit::index(None);
    }
    if *kind == Kind::Rate && meaning.unit.exchange().is_none() && meaning.unit.has_money() {
        return Err(refuse("a rate says so much of a per one of b, as in `rate in CNY/USD`".into()));
    }
    Ok(meaning)
}

/// Reads a unit, with did-you-mean for the word that is none.
pub fn parse_unit(text: &Name, code: &'static crate::diagnostic::Code) -> Result<Unit, Fault> {
    Unit::parse(&text.node).map_err(|word| {
        let mut fault = Diagnostic::new(code, text.span, format!("`{word}` is no unit"));
        let foreign = match word.to_lowercase().as_str() {
            "yuan" | "rmb" | "¥" => Some("CNY"),
            "$" | "dollar" | "dollars" | "us$" => Some("USD"),
            "euro" | "euros" | "€" => Some("EUR"),
            "million" | "millions" | "m" => Some("mn"),
            "billion" | "billions" | "b" => Some("bn"),
            "trillion" => Some("tn"),
            "percent" => Some("%"),
            "tonnes" | "tons" | "t" => Some("tonne"),
            "pieces" | "units" => Some("piece"),
            _ => None,
        };
        let near = suggest::nearest(&word, Unit::words());
        if let Some(right) = foreign {
            fault = fault.advice(format!("write `{right}`"));
        } else if period::parse_fixed(&word).is_some() {
            fault = fault.advice(format!("a period follows `for`: `for {word}`"));
        } else if !near.is_empty() {
            fault = fault.advice(format!("did you mean {}?", suggest::either(&near)));
        } else {
            fault = fault.advice("units are a currency (CNY), a quantity (kg), a scale before it (bn CNY), a quotient (USD/kg) or %; `list units`");
        }
        Box::new(fault)
    })
}

/// The text that declares this meaning.
pub fn meaning_text(meaning: &Meaning) -> String {
    let kind = meaning.kind.word();
    let unit = meaning.unit.to_string();
    let mut out = match (meaning.kind, unit.as_str()) {
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
    out
}

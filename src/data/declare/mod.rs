//! What a declaration says of a file: roles of columns, kinds and units of measures, constants, missing markers.
//! In: the items of `with { … }`. Out: the same, checked word by word. Knows nothing of the cells.

use crate::data::info::{Meaning, Valuation};
use crate::data::known::places::System;
use crate::data::text::dialect::TextSpec;
use crate::diagnostic::{Diagnostic, codes, suggest};
use crate::span::{Span, Spanned};
use crate::syntax::Fault;
use crate::syntax::ast::{Declaration, Item, Name};
use crate::value::{Flags, Kind, Period, Unit, period};

/// Of which rows a measure is made, where not of all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Range {
    /// Rows with this text in this column or dimension.
    pub codes: Vec<(String, String)>,
    /// Rows of this period.
    pub within: Option<Period>,
}

/// `NAME from COLUMN: MEANING where … for …`
#[derive(Clone, Debug)]
pub struct MeasureSpec {
    /// As queries name it.
    pub name: Name,
    /// Where it stands; `cells` in a wide table.
    pub column: Name,
    /// What it is.
    pub meaning: Meaning,
    /// Its rows.
    pub range: Range,
    /// Where the meaning is written.
    pub span: Span,
}

/// What becomes of several rows for one observation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// They are an error.
    #[default]
    Refuse,
    /// They are added.
    Sum,
    /// The first counts.
    First,
    /// The last counts.
    Last,
}

/// A checked declaration.
#[derive(Clone, Debug, Default)]
pub struct Spec {
    /// `NAME from COLUMN`: dimensions, the period, the flow; with the form of periods, if it is said.
    pub columns: Vec<(Name, Name, Option<Name>)>,
    /// Measures.
    pub measures: Vec<MeasureSpec>,
    /// `DIM from columns A, B`
    pub wide: Option<(Name, Vec<Name>)>,
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
    /// Labels that are groups of some others.
    pub groups: Vec<(Name, Name)>,
    /// Whose codes the countries of a dimension are.
    pub systems: Vec<(Name, Option<System>)>,
    /// How the text is written.
    pub text: TextSpec,
    /// Its encoding.
    pub encoding: Option<&'static encoding_rs::Encoding>,
    /// Before decimals.
    pub decimal: Option<char>,
    /// Between thousands.
    pub thousands: Option<char>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// What becomes of duplicates.
    pub duplicates: Duplicates,
    /// Texts of the status column that mark a cell.
    pub marks: Vec<(String, Flags)>,
    /// Where the file comes from: `source`, `licence`, `retrieved`, `note`.
    pub provenance: Vec<(String, String)>,
    /// The whole block.
    pub span: Span,
    /// Whether there is a block.
    pub given: bool,
}

fn bad(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(&codes::BAD_DECLARATION, span, message)
}

/// Checks a declaration.
pub fn check(declaration: &Declaration, span: Span) -> Result<Spec, Fault> {
    let mut spec = Spec { span, given: true, ..Spec::default() };
    for item in &declaration.items {
        match &item.node {
            Item::Column { name, column, meaning } if matches!(name.node.as_str(), "period" | "year" | "month") => {
                spec.columns.push((name.clone(), column.clone(), meaning.clone()));
            }
            Item::Column { name, column, meaning: None } => spec.columns.push((name.clone(), column.clone(), None)),
            Item::Column { name, column, meaning: Some(meaning) } => {
                let (words, range) = range_of(meaning)?;
                let found = parse_meaning(&words)?;
                let span = meaning.span;
                let (name, column) = (name.clone(), column.clone());
                spec.measures.push(MeasureSpec { name, column, meaning: found, range, span });
            }
            Item::Columns { name, columns } => spec.wide = Some((name.clone(), columns.clone())),
            Item::Constant { name, code } => spec.constants.push((name.clone(), code.clone())),
            Item::Skip(columns) => spec.skip.extend(columns.iter().cloned()),
            Item::Text { key, values } => text_item(&mut spec, key, values)?,
            Item::Word { key, value } => word_item(&mut spec, key, value)?,
            Item::Absent(word) => match word.node.as_str() {
                "zero" => spec.absent_is_zero = true,
                "missing" => spec.absent_is_zero = false,
                other => {
                    return Err(Box::new(bad(word.span, format!("`absent` is `zero` or `missing`, not `{other}`"))));
                }
            },
            Item::List { key, dim, codes } => {
                let all = codes.iter().map(|c| (dim.clone(), c.clone()));
                match (key.node.as_str(), codes.first()) {
                    ("aggregates", _) => spec.aggregates.extend(all),
                    ("groups", _) => spec.groups.extend(all),
                    (_, Some(word)) => {
                        let system = match word.node.to_lowercase().as_str() {
                            "comtrade" | "baci" | "m49" => Some(System::Comtrade),
                            "gacc" => Some(System::Gacc),
                            "own" => None,
                            other => {
                                let fault = bad(word.span, format!("`{other}` is no system of country codes"));
                                return Err(Box::new(fault.advice("the systems are comtrade, baci, m49, gacc, and own for codes that stay as they are")));
                            }
                        };
                        spec.systems.push((dim.clone(), system));
                    }
                    _ => {}
                }
            }
        }
    }
    Ok(spec)
}

fn text_item(spec: &mut Spec, key: &Name, values: &[Name]) -> Result<(), Fault> {
    let Some(first) = values.first() else { return Ok(()) };
    let one = |what: &str| -> Result<char, Fault> {
        let text = if first.node == "\\t" { "\t" } else { &first.node };
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) => Ok(c),
            _ => Err(Box::new(bad(first.span, format!("{what} is one character")))),
        }
    };
    let byte = |what: &str| {
        let c = one(what)?;
        u8::try_from(c)
            .ok()
            .filter(u8::is_ascii)
            .ok_or_else(|| -> Fault { Box::new(bad(first.span, format!("{what} is an ASCII character"))) })
    };
    let flags = match key.node.as_str() {
        "estimated" => Some(Flags::ESTIMATED),
        "provisional" => Some(Flags::PROVISIONAL),
        "confidential" => Some(Flags::CONFIDENTIAL),
        "break" => Some(Flags::BREAK),
        _ => None,
    };
    if let Some(flags) = flags {
        spec.marks.extend(values.iter().map(|v| (v.node.clone(), flags)));
        return Ok(());
    }
    match key.node.as_str() {
        "missing" => spec.missing.extend(values.iter().map(|t| t.node.clone())),
        "encoding" => {
            let found = crate::data::text::bytes::by_name(&first.node);
            spec.encoding =
                Some(found.ok_or_else(|| -> Fault {
                    let fault = bad(first.span, format!("`{}` is no encoding that is known", first.node));
                    Box::new(fault.advice(
                        "utf-8, utf-16le, utf-16be, gb18030, big5, shift_jis, euc-kr, windows-1252, iso-8859-2, …",
                    ))
                })?);
        }
        "separator" => spec.text.separator = Some(byte("a separator")?),
        "quote" => spec.text.quote = Some(byte("a quote")?),
        "decimal" => spec.decimal = Some(one("a decimal sign")?),
        "thousands" => spec.thousands = Some(one("a sign between thousands")?),
        "sheet" => spec.sheet = Some(first.node.clone()),
        other => spec.provenance.push((other.to_string(), first.node.clone())),
    }
    Ok(())
}

fn word_item(spec: &mut Spec, key: &Name, value: &Name) -> Result<(), Fault> {
    let word = value.node.to_lowercase();
    match (key.node.as_str(), word.as_str()) {
        ("duplicates", "sum") => spec.duplicates = Duplicates::Sum,
        ("duplicates", "first") => spec.duplicates = Duplicates::First,
        ("duplicates", "last") => spec.duplicates = Duplicates::Last,
        ("duplicates", "refuse") => spec.duplicates = Duplicates::Refuse,
        ("duplicates", _) => {
            return Err(Box::new(bad(value.span, "`duplicates` is `refuse`, `sum`, `first` or `last`")));
        }
        ("header", "yes") => spec.text.header = Some(true),
        ("header", "no") => spec.text.header = Some(false),
        ("header", _) => return Err(Box::new(bad(value.span, "`header` is `yes` or `no`"))),
        _ => {
            let lines = word.parse().map_err(|_| -> Fault {
                Box::new(bad(value.span, "`preamble` is the number of lines before the header"))
            })?;
            spec.text.skip_lines = Some(lines);
        }
    }
    Ok(())
}

/// Cuts ` where DIM = CODE and …` and ` for PERIOD` off a meaning.
fn range_of(meaning: &Name) -> Result<(Name, Range), Fault> {
    let mut range = Range::default();
    let refuse = |message: String| -> Fault { Box::new(bad(meaning.span, message)) };
    let mut words = meaning.node.as_str();
    if let Some((before, period)) = words.rsplit_once(" for ") {
        let found = period::parse_fixed(period.trim());
        range.within = Some(found.ok_or_else(|| refuse(format!("`{}` is not a period", period.trim())))?);
        words = before;
    }
    if let Some((before, conditions)) = words.split_once(" where ") {
        for condition in conditions.split(" and ") {
            let Some((name, code)) = condition.split_once('=') else {
                return Err(refuse(format!("`{condition}` is no condition; write `where DIMENSION = CODE`")));
            };
            let bare = |t: &str| t.trim().trim_matches('"').trim_matches('`').to_string();
            range.codes.push((bare(name), bare(code)));
        }
        words = before;
    }
    Ok((Spanned::new(words.trim().to_string(), meaning.span), range))
}

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
    if let Some(before) = rest.strip_suffix("zero as missing") {
        meaning.zero_missing = true;
        rest = before.trim();
    }
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
    meaning.unit = if unit.is_empty() || unit == "?" {
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
    if meaning.zero_missing {
        out.push_str(" zero as missing");
    }
    out
}

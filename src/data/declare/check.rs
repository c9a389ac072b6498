//! From the items of a declaration to what they say, word by word, each fault with its place.

use crate::data::declare::keys::{Key, duplicates_of, system_of};
use crate::data::declare::meaning::parse_meaning;
use crate::data::declare::spec::{MeasureSpec, Range, Spec};
use crate::data::text::bytes;
use crate::diagnostic::{Diagnostic, codes};
use crate::span::Span;
use crate::syntax::Fault;
use crate::syntax::ast::{Codes, Declaration, Item, MeaningText, Name};
use crate::value::period::PeriodText;

fn bad(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(&codes::BAD_DECLARATION, span, message)
}

/// Checks a declaration.
pub fn check(declaration: &Declaration, span: Span) -> Result<Spec, Fault> {
    let said = crate::syntax::format::inline(declaration);
    let mut spec = Spec { span, given: true, said, ..Spec::default() };
    for item in &declaration.items {
        match &item.node {
            Item::Column { name, column, meaning } => column_item(&mut spec, name, column, meaning.as_ref())?,
            Item::Columns { name, columns } => spec.wide = Some((name.clone(), columns.clone())),
            Item::Constant { name, code } => spec.constants.push((name.clone(), code.clone())),
            Item::Table { dims, by } => spec.table = Some((dims.clone(), by.clone())),
            Item::Skip(columns) => spec.skip.extend(columns.iter().cloned()),
            Item::Text { key, values } => text_item(&mut spec, key, values)?,
            Item::Word { key, value } => word_item(&mut spec, key, value)?,
            Item::Absent { dim, what } => match what.node.as_str() {
                "zero" => spec.absent.push((dim.clone(), true)),
                "missing" => spec.absent.push((dim.clone(), false)),
                other => {
                    return Err(Box::new(bad(what.span, format!("`absent` is `zero` or `missing`, not `{other}`"))));
                }
            },
            Item::List { key, dim, codes } => list_item(&mut spec, key, dim, codes)?,
        }
    }
    Ok(spec)
}

fn column_item(spec: &mut Spec, name: &Name, column: &Name, meaning: Option<&MeaningText>) -> Result<(), Fault> {
    let (name, column) = (name.clone(), column.clone());
    let Some(meaning) = meaning else {
        spec.columns.push((name, column, None));
        return Ok(());
    };
    let range = range(meaning)?;
    if matches!(name.node.as_str(), "period" | "year" | "month" | "quarter") {
        if range != Range::default() {
            let message = format!("a `{}` is of all rows; `where` and `for` are for measures", name.node);
            return Err(Box::new(bad(meaning.span(), message)));
        }
        spec.columns.push((name, column, Some(meaning.words.clone())));
        return Ok(());
    }
    let found = parse_meaning(&meaning.words)?;
    spec.measures.push(MeasureSpec { name, column, meaning: found, range, span: meaning.span() });
    Ok(())
}

/// Of which rows a measure is made.
fn range(meaning: &MeaningText) -> Result<Range, Fault> {
    for condition in &meaning.conditions {
        if let Codes::Named(set) = &condition.codes {
            let fault = bad(set.span, "a declaration knows no sets");
            return Err(Box::new(fault.advice("write the codes: `among {A, B}`")));
        }
    }
    let within = meaning.within.as_ref().map(|p| match &p.node {
        PeriodText::Fixed(period) => Ok(*period),
        other @ (PeriodText::Latest
        | PeriodText::YearToDate(_)
        | PeriodText::Named(_)
        | PeriodText::Each(_)
        | PeriodText::Part(..)) => {
            Err(Box::new(bad(p.span, format!("`{other}` is not a period that is the same for every file"))))
        }
    });
    Ok(Range { conditions: meaning.conditions.clone(), within: within.transpose()? })
}

fn list_item(spec: &mut Spec, key: &Name, dim: &Name, codes: &[Name]) -> Result<(), Fault> {
    let all = codes.iter().map(|c| (dim.clone(), c.clone()));
    match Key::of(&key.node) {
        Some(Key::Aggregates) => spec.aggregates.extend(all),
        Some(Key::Groups) => spec.groups.extend(all),
        _ => {
            let Some(word) = codes.first() else { return Ok(()) };
            let Some(system) = system_of(&word.node.to_lowercase()) else {
                let fault = bad(word.span, format!("`{}` is no system of country codes", word.node.to_lowercase()));
                return Err(Box::new(
                    fault.advice("the systems are comtrade, baci, m49, gacc, and own for codes that stay as they are"),
                ));
            };
            spec.systems.push((dim.clone(), system));
        }
    }
    Ok(())
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
    let Some(what) = Key::of(&key.node) else { return Ok(()) };
    match what {
        Key::Missing => spec.missing.extend(values.iter().map(|t| t.node.clone())),
        Key::Encoding => {
            let found = bytes::by_name(&first.node);
            spec.encoding =
                Some(found.ok_or_else(|| -> Fault {
                    let fault = bad(first.span, format!("`{}` is no encoding that is known", first.node));
                    Box::new(fault.advice(
                        "utf-8, utf-16le, utf-16be, gb18030, big5, shift_jis, euc-kr, windows-1252, iso-8859-2, …",
                    ))
                })?);
        }
        // Blanks, as many as there are.
        Key::Separator if first.node.is_empty() => spec.text.separator = Some(b' '),
        Key::Separator => spec.text.separator = Some(byte("a separator")?),
        // No byte of a text is zero, so nothing is a quote.
        Key::Quote if first.node.is_empty() => spec.text.quote = Some(0),
        Key::Quote => spec.text.quote = Some(byte("a quote")?),
        Key::Decimal => spec.decimal = Some(one("a decimal sign")?),
        Key::Thousands => spec.thousands = Some(one("a sign between thousands")?),
        Key::Sheet => spec.sheet = Some(first.node.clone()),
        Key::Mark(flags) => spec.marks.extend(values.iter().map(|v| (v.node.clone(), flags))),
        Key::Provenance => spec.provenance.push((key.node.clone(), first.node.clone())),
        Key::Duplicates | Key::Header | Key::Preamble | Key::Misfits | Key::Aggregates | Key::Groups | Key::Codes => {}
    }
    Ok(())
}

fn word_item(spec: &mut Spec, key: &Name, value: &Name) -> Result<(), Fault> {
    let word = value.node.to_lowercase();
    match (Key::of(&key.node), word.as_str()) {
        (Some(Key::Duplicates), word) => {
            spec.duplicates = duplicates_of(word).ok_or_else(|| -> Fault {
                Box::new(bad(value.span, "`duplicates` is `refuse`, `sum`, `first` or `last`"))
            })?;
        }
        (Some(Key::Header), "yes") => spec.text.header = Some(true),
        (Some(Key::Header), "no") => spec.text.header = Some(false),
        (Some(Key::Header), _) => return Err(Box::new(bad(value.span, "`header` is `yes` or `no`"))),
        (Some(Key::Misfits), "refuse") => spec.text.mend = false,
        (Some(Key::Misfits), "repair") => spec.text.mend = true,
        (Some(Key::Misfits), _) => return Err(Box::new(bad(value.span, "`misfits` is `refuse` or `repair`"))),
        _ => {
            let lines = word.parse().map_err(|_| -> Fault {
                Box::new(bad(value.span, "`preamble` is the number of lines before the header"))
            })?;
            spec.text.skip_lines = Some(lines);
        }
    }
    Ok(())
}

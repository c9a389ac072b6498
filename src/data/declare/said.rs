//! The items that would say what was understood of a file: typed while a dataset is put together, and text at the end,
//! by the same hand that writes declarations of scripts.

use crate::data::declare::keys::Key;
use crate::data::declare::spec::Range;
use crate::span::{Span, Spanned};
use crate::syntax::ast::{Item, MeaningText, Name};
use crate::syntax::format;
use crate::value::period::PeriodText;
use std::fmt;

/// One item, and a remark behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    item: Option<Item>,
    remark: Option<String>,
}

fn name(text: impl Into<String>) -> Name {
    Spanned::new(text.into(), Span::default())
}

fn names(texts: &[String]) -> Vec<Name> {
    texts.iter().map(name).collect()
}

impl Said {
    fn new(item: Item) -> Said {
        Said { item: Some(item), remark: None }
    }

    /// A remark alone.
    pub fn remark(text: &str) -> Said {
        Said { item: None, remark: Some(text.to_string()) }
    }

    /// With a remark behind it.
    pub fn because(self, text: String) -> Said {
        Said { remark: Some(text), ..self }
    }

    /// `NAME from COLUMN`
    pub fn column(word: &str, column: &str) -> Said {
        Said::new(Item::Column { name: name(word), column: name(column), meaning: None })
    }

    /// `NAME from COLUMN: MEANING where … for …`
    pub fn meaning(word: &str, column: &str, words: &str, range: &Range) -> Said {
        let meaning = MeaningText {
            words: name(words),
            conditions: range.conditions.clone(),
            within: range.within.map(|p| Spanned::new(PeriodText::Fixed(p), Span::default())),
        };
        Said::new(Item::Column { name: name(word), column: name(column), meaning: Some(meaning) })
    }

    /// `NAME from columns A, B`
    pub fn columns(word: &str, columns: &[String]) -> Said {
        Said::new(Item::Columns { name: name(word), columns: names(columns) })
    }

    /// `NAME = CODE`
    pub fn constant(word: &str, code: &str) -> Said {
        Said::new(Item::Constant { name: name(word), code: name(code) })
    }

    /// `skip A, B`
    pub fn skip(columns: &[String]) -> Said {
        Said::new(Item::Skip(names(columns)))
    }

    /// `absent = zero`, `absent DIM = missing`
    pub fn absent(dim: Option<&str>, is_zero: bool) -> Said {
        let what = name(if is_zero { "zero" } else { "missing" });
        Said::new(Item::Absent { dim: dim.map(name), what })
    }

    /// `KEY "TEXT", …`
    pub fn texts(key: Key, texts: &[String]) -> Said {
        Said::provenance(key.word(), texts)
    }

    /// `source "TEXT"`, where several words are one key.
    pub fn provenance(word: &str, texts: &[String]) -> Said {
        Said::new(Item::Text { key: name(word), values: names(texts) })
    }

    /// `KEY WORD`
    pub fn word(key: Key, word: &str) -> Said {
        Said::new(Item::Word { key: name(key.word()), value: name(word) })
    }

    /// `KEY DIM CODE`
    pub fn of_codes(key: Key, dim: &str, code: &str) -> Said {
        Said::new(Item::List { key: name(key.word()), dim: name(dim), codes: vec![name(code)] })
    }

    /// Says another meaning, if this is the item of a series.
    pub fn mean(&mut self, series: &str, words: &str) {
        if let Some(Item::Column { name: own, meaning: Some(meaning), .. }) = &mut self.item
            && own.node == series
        {
            *meaning = MeaningText { words: name(words), conditions: Vec::new(), within: None };
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.item, &self.remark) {
            (Some(item), None) => f.write_str(&format::item(item)),
            (Some(item), Some(remark)) => write!(f, "{}  # {remark}", format::item(item)),
            (None, remark) => write!(f, "# {}", remark.as_deref().unwrap_or("")),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::span::SourceId;
    use crate::syntax::parse_declaration;

    #[test]
    fn what_is_said_reads_back() {
        let text = "trade from Value: flow in mn USD where country = \"Trinidad and Tobago\" and `goods group` among \
                    {A, B} for 2023-02";
        let declaration = parse_declaration(SourceId(0), text).unwrap();
        let spec = crate::data::declare::check(&declaration, Span::default()).unwrap();
        let measure = spec.measures.first().unwrap();
        let said = Said::meaning("trade", "Value", "flow in mn USD", &measure.range);
        assert_eq!(said.to_string(), text);
        let mut said = said.because("seen".into());
        said.mean("other", "price in ?");
        said.mean("trade", "price in ?");
        assert_eq!(said.to_string(), "trade from Value: price in ?  # seen");
    }
}

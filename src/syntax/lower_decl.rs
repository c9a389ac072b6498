//! From pest's pairs to declarations: items of `with { … }` and of files beside the data.

use super::Fault;
use super::ast::*;
use super::grammar::Rule;
use super::lower::Lower;
use crate::span::Spanned;
use pest::iterators::Pair;

impl Lower {
    /// `read "story.txt" …`: its file, and what stands behind it.
    pub(super) fn story<'a>(
        &self,
        file: &Pair<'_, Rule>,
        parts: impl Iterator<Item = Pair<'a, Rule>>,
        (overwrite, explain): (bool, bool),
    ) -> Statement {
        let path = self.word(file);
        let mut read = Read { path, date: None, reporter: None, against: None, into: None, overwrite, explain };
        for part in parts {
            let word = || part.clone().into_inner().next().map(|p| self.word(&p));
            match part.as_rule() {
                Rule::read_day => read.date = word(),
                Rule::read_reporter => read.reporter = word(),
                Rule::read_against => read.against = word(),
                _ => read.into = Some(self.file(&part)),
            }
        }
        Statement::Read(Box::new(read))
    }

    pub(super) fn declaration(&self, pair: Pair<'_, Rule>) -> Result<Declaration, Fault> {
        let items = pair.into_inner().filter(|p| p.as_rule() == Rule::decl_item);
        Ok(Declaration { items: items.map(|i| self.item(i)).collect::<Result<_, _>>()? })
    }

    pub(super) fn item(&self, pair: Pair<'_, Rule>) -> Result<Spanned<Item>, Fault> {
        let span = self.span(&pair);
        let pair = self.first(pair)?;
        let rule = pair.as_rule();
        if rule == Rule::decl_column {
            return Ok(Spanned::new(self.column(pair)?, span));
        }
        let words: Vec<Name> = self
            .parts(pair)
            .map(|p| {
                let word = self.word(&p);
                Spanned::new(word.node.trim().to_string(), word.span)
            })
            .collect();
        let incomplete = || self.fault(span, "the item is not complete");
        let item = match (rule, words.as_slice()) {
            (Rule::decl_table, [dims @ .., by]) => Item::Table { dims: dims.to_vec(), by: by.clone() },
            (Rule::decl_skip, columns) => Item::Skip(columns.to_vec()),
            (Rule::decl_text, [key, values @ ..]) => Item::Text { key: small(key), values: values.to_vec() },
            (Rule::decl_word, [key, value]) => Item::Word { key: small(key), value: value.clone() },
            (Rule::decl_columns, [name, columns @ ..]) => {
                Item::Columns { name: name.clone(), columns: columns.to_vec() }
            }
            (Rule::decl_absent, [what]) => Item::Absent { dim: None, what: small(what) },
            (Rule::decl_absent, [dim, what]) => Item::Absent { dim: Some(dim.clone()), what: small(what) },
            (Rule::decl_aggregates, [key, dim, codes @ ..]) => {
                Item::List { key: small(key), dim: dim.clone(), codes: codes.to_vec() }
            }
            (Rule::decl_constant, [name, code]) => Item::Constant { name: name.clone(), code: code.clone() },
            _ => return Err(incomplete()),
        };
        Ok(Spanned::new(item, span))
    }

    /// `NAME from COLUMN: MEANING where … for …`
    fn column(&self, pair: Pair<'_, Rule>) -> Result<Item, Fault> {
        let span = self.span(&pair);
        let (mut words, mut meaning) = (Vec::new(), None);
        for part in self.parts(pair) {
            if part.as_rule() == Rule::meaning {
                meaning = Some(self.meaning(part)?);
            } else {
                words.push(self.word(&part));
            }
        }
        match <[Name; 2]>::try_from(words) {
            Ok([name, column]) => Ok(Item::Column { name, column, meaning }),
            Err(_) => Err(self.fault(span, "the item is not complete")),
        }
    }

    fn meaning(&self, pair: Pair<'_, Rule>) -> Result<MeaningText, Fault> {
        let span = self.span(&pair);
        let (mut words, mut conditions, mut within) = (None, Vec::new(), None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::meaning_words => {
                    let word = self.word(&part);
                    words = Some(Spanned::new(word.node.trim().to_string(), word.span));
                }
                Rule::meaning_where | Rule::meaning_for => match self.clause(part)?.node {
                    Clause::Where(list) => conditions = list,
                    Clause::For(period) => within = Some(period),
                    _ => {}
                },
                _ => {}
            }
        }
        let words = words.ok_or_else(|| self.fault(span, "the item is not complete"))?;
        Ok(MeaningText { words, conditions, within })
    }
}

fn small(name: &Name) -> Name {
    Spanned::new(name.node.to_lowercase(), name.span)
}

//! Uses that are not guessed: what is declared, then what a layout says that is recognised by its whole header.

use crate::data::declare::{Spec, parse_meaning};
use crate::data::doubt::Refusal;
use crate::data::known::headings;
use crate::data::known::roles::Role;
use crate::data::meaning::column_use::{Across, Spread, Use, use_of};
use crate::data::meaning::understood::Understood;
use crate::data::table::Table;
use crate::data::table::find::{column, is_blank};
use crate::span::Spanned;

impl Understood {
    /// As it is declared.
    pub(super) fn declared(&mut self, table: &Table, spec: &Spec) -> Result<(), Refusal> {
        for (name, from, form) in &spec.columns {
            // The names of columns, rather than a column that is so called.
            if name.node == "period" && from.node == "columns" && !table.header.contains(&from.node) {
                self.headings = form.as_ref().map(|f| f.node.clone());
                continue;
            }
            let at = column(&table.header, from)?;
            let what = match name.node.as_str() {
                "period" => Use::Period(form.as_ref().map(|f| f.node.clone())),
                "year" => Use::Year,
                "month" => Use::Month,
                "quarter" => Use::Quarter,
                "flow" => Use::Flow,
                "status" => Use::Status,
                "confidentiality" => Use::Secrecy,
                "multiplier" => Use::Multiplier,
                _ => Use::Dimension(name.node.clone()),
            };
            self.take(at, what);
        }
        for measure in spec.measures.iter().filter(|m| m.column.node != "cells") {
            let told = |h: &String| headings::stems(h).any(|stem| stem == measure.column.node);
            match column(&table.header, &measure.column) {
                Ok(at) => self.take(at, Use::Measure),
                // What the names of several columns say beside their periods.
                Err(_) if table.header.iter().any(told) => {}
                Err(none) => return Err(none),
            }
        }
        for name in &spec.skip {
            let at = column(&table.header, name)?;
            self.take(at, Use::Skip);
        }
        if let Some((dim, columns)) = &spec.wide {
            let places = columns.iter().map(|c| column(&table.header, c).map(|at| (at, c.node.clone())));
            let places: Vec<(usize, String)> = places.collect::<Result<_, _>>()?;
            places.iter().for_each(|(at, _)| self.take(*at, Use::Spread));
            let dim = dim.node.clone();
            self.spread = Some(Spread::of_one(places, |codes| Across::Codes(dim, codes)));
        }
        Ok(())
    }

    /// As the layout has it, if it is one that is known.
    pub(super) fn by_layout(&mut self, table: &Table) -> Result<(), Refusal> {
        let Some(layout) = self.layout else { return Ok(()) };
        self.name = layout.name.to_string();
        for (name, role) in layout.columns {
            let Some(at) = table.header.iter().position(|h| h.to_lowercase() == *name).filter(|at| self.is_open(*at))
            else {
                continue;
            };
            let what = match role {
                Role::Measure(name, meaning) => {
                    let text = Spanned::new((*meaning).to_string(), Default::default());
                    if let Ok(meaning) = parse_meaning(&text) {
                        self.known.insert(at, ((*name).to_string(), meaning));
                    }
                    Use::Measure
                }
                other => use_of(*other),
            };
            let twice = matches!(what, Use::Dimension(_) | Use::Period(_)) && self.used_as(&what).is_some();
            // A dimension without a single label says nothing.
            let empty = matches!(what, Use::Dimension(_)) && table.columns.get(at).is_some_and(is_blank);
            self.take(at, if twice || empty { Use::Skip } else { what });
        }
        // It is read, but is no series.
        let until = layout.known_until.and_then(|name| table.header.iter().position(|h| h.to_lowercase() == name));
        if let Some(at) = until.filter(|at| self.is_open(*at)) {
            self.take(at, Use::Skip);
        }
        // A number column of a closed layout that is wholly empty is one that this file does not use.
        for at in 0..table.header.len() {
            let blank = table.columns.get(at).is_some_and(is_blank);
            if (layout.closed && self.is_open(at))
                || (blank && self.uses.get(at) == Some(&Use::Measure) && self.known.contains_key(&at))
            {
                self.take(at, Use::Skip);
            }
        }
        Ok(())
    }
}

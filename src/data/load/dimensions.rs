//! The dimensions of a dataset, and the code of each observation in them: countries by their usual codes, product codes
//! with the zeros that they had lost. Of breakdowns that are no dimension, only the totals are read.

use crate::data::DimInfo;
use crate::data::columns::codes::Codes;
use crate::data::columns::column::Column;
use crate::data::columns::words::Words;
use crate::data::declare::Said;
use crate::data::doubt::{Doubt, LoadError, Refusal};
use crate::data::known::places::System;
use crate::data::known::products;
use crate::data::known::ranges;
use crate::data::known::roles;
use crate::data::known::totals;
use crate::data::load::assembly::{Assembly, repeated};
use crate::data::load::labels::numbered;
use crate::data::meaning::column_use::{Across, Use};
use crate::data::meaning::naming;
use crate::diagnostic::{Diagnostic, Level, codes, words};
use crate::span::Span;
use crate::syntax::ast::Name;
use crate::syntax::format::column_text;
use crate::value::Period;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Assembly<'_> {
    /// Of breakdowns by customs procedure, mode of transport or second partner, only the totals are read.
    pub(super) fn totals_only(&mut self) -> Result<(), Refusal> {
        let columns: Vec<usize> =
            (0..self.table.header.len()).filter(|at| self.found.uses.get(*at) == Some(&Use::TotalOnly)).collect();
        if columns.is_empty() {
            return Ok(());
        }
        let mut keep = vec![true; self.table.rows];
        let mut named = Vec::new();
        for at in columns {
            let Some(Column::Words(words, codes)) = self.table.columns.get(at) else { continue };
            let whole: Vec<bool> = words.iter().map(|w| is_whole(w.trim())).collect();
            if whole.iter().all(|w| *w) {
                continue;
            }
            if !whole.iter().any(|w| *w) {
                // No totals at all: the breakdown adds up to them.
                let name = naming::series_name(&self.header(at)).to_lowercase();
                if let Some(slot) = self.found.uses.get_mut(at) {
                    *slot = Use::Dimension(name);
                }
                continue;
            }
            named.push(self.header(at));
            for (slot, code) in keep.iter_mut().zip(codes.iter()) {
                *slot &= whole.get(code as usize).copied().unwrap_or(true);
            }
        }
        let left = keep.iter().filter(|k| !**k).count();
        if left == 0 {
            return Ok(());
        }
        if left == keep.len() {
            return Err(LoadError::new(format!("no row is a total over {}", named.join(", "))).into());
        }
        let first = keep.iter().position(|k| !*k).map(|row| self.table.lines.get(row));
        let message = format!("{left} rows that break totals down by {} were left out", named.join(", "));
        self.doubts.push(Doubt::new(&codes::AGGREGATE_ROW, first, message));
        self.table.keep(&keep);
        for (at, column) in self.table.columns.iter_mut().enumerate() {
            if let Column::Words(words, codes) = column {
                let kept = self.found.evidence.kept(at, words, codes);
                column.only(kept);
            }
        }
        for numbers in self.found.numbers.values_mut() {
            numbers.keep(&keep);
        }
        Ok(())
    }

    /// A dimension for each column that is used as one, for the names of a wide table's columns, and for each constant.
    pub(super) fn dimensions(
        &mut self,
        times: usize,
        places: (&[Period], &Codes),
    ) -> Result<(Vec<DimInfo>, Vec<Codes>), Refusal> {
        let (mut dims, mut codes) = (Vec::new(), Vec::new());
        self.of_columns((times, places), &mut dims, &mut codes)?;
        self.of_names(&mut dims, &mut codes);
        self.of_constants(times, &mut dims, &mut codes)?;
        Ok((dims, codes))
    }

    fn of_columns(
        &mut self,
        (times, places): (usize, (&[Period], &Codes)),
        dims: &mut Vec<DimInfo>,
        codes: &mut Vec<Codes>,
    ) -> Result<(), Refusal> {
        let uses = self.found.uses.clone();
        for (at, what) in uses.iter().enumerate() {
            let name = match what {
                Use::Dimension(name) => name.clone(),
                // Several units are a dimension, and one that has no sum.
                Use::Unit if self.table.columns.get(at).and_then(Column::words).is_some_and(|w| w.len() > 1) => {
                    "unit".to_string()
                }
                _ => continue,
            };
            let header = self.header(at);
            let Some(Column::Words(words, rows)) =
                self.table.columns.get_mut(at).map(|c| std::mem::replace(c, Column::Left))
            else {
                let message = format!(
                    "column `{header}` holds numbers; declare it as a measure, as in `{name} from {}: flow`",
                    column_text(&header)
                );
                return Err(LoadError::new(message).into());
            };
            self.blanks(&name, &header, &words, &rows);
            let system = self.system(&name, &words);
            let mut texts = self.labels(&name, &header, &words);
            let together = self.countries(&name, &texts, system, (&rows, places, times));
            if let Some(together) = together {
                let (apart, map) = numbered(&texts);
                let (labels, _) = numbered(&together);
                if labels.len() < apart.len() {
                    let dim = self.dimension(&name, apart, Some(header.clone()));
                    self.apart.push((dims.len(), dim, repeated(rows.clone().mapped(&map), times)));
                }
                texts = together;
            }
            let (labels, map) = numbered(&texts);
            self.decided.labels.insert(name.clone(), texts);
            codes.push(repeated(rows.mapped(&map), times));
            self.declaration.push(Said::column(&name, &header));
            self.levels_of_goods(&name, &header, &labels);
            dims.push(self.dimension(&name, labels, Some(header)));
        }
        Ok(())
    }

    /// Says where a country or a product stands once for the rows below it, which then have none.
    fn blanks(&mut self, name: &str, header: &str, texts: &Words, rows: &Codes) {
        if !(roles::is_geographic(name) || roles::is_product(name)) {
            return;
        }
        let blank: Vec<bool> = texts.iter().map(|w| w.trim().is_empty()).collect();
        let is_blank = |code: u32| blank.get(code as usize).copied().unwrap_or(false);
        let count = if blank.contains(&true) { rows.iter().filter(|code| is_blank(*code)).count() } else { 0 };
        // A whole column of blanks says nothing.
        if count == 0 || rows.iter().next().is_none_or(is_blank) {
            return;
        }
        let line = rows.iter().position(is_blank).map(|row| self.table.lines.get(row));
        let (of, are) = (words::counted(count, "row"), words::be(count));
        let message =
            format!("{of} {are}{}, and are a label of their own, not the one above them", Doubt::blank_in(header));
        let advice = "fill the column in if each label stands for the rows below it";
        self.doubts.push(Doubt::new(&codes::LAYOUT_GUESSED, line, message).advice(advice));
    }

    /// Says where codes of HS in a column of another name contain each other: they are added up.
    fn levels_of_goods(&mut self, name: &str, header: &str, labels: &[Arc<str>]) {
        if roles::is_nested(name) || !roles::is_product(name) || self.found.layout.is_some() {
            return;
        }
        let texts: Vec<String> = labels.iter().map(|label| label.to_string()).collect();
        let mut goods = products::without_names(&texts).unwrap_or(texts);
        goods.retain(|code| !code.is_empty() && !totals::is_total(code));
        goods.sort_unstable();
        if !goods.iter().all(|code| products::is_code(code)) {
            return;
        }
        let within = |pair: &[String]| matches!(pair, [a, b] if a.len() < b.len() && b.starts_with(a.as_str()));
        let Some([whole, part]) = goods.windows(2).find(|pair| within(pair)) else { return };
        let message = format!("`{part}` of column `{header}` is part of `{whole}`, and is added to it");
        let advice = format!("if they are codes of HS, say so: `with {{ hs from {} }}`", column_text(header));
        self.doubts.push(Doubt::new(&codes::AGGREGATE_ROW, None, message).advice(advice).at_level(Level::Warning));
    }

    fn of_names(&mut self, dims: &mut Vec<DimInfo>, codes: &mut Vec<Codes>) {
        if let Some(Across::Codes(name, columns)) = self.found.spread.as_ref().map(|s| s.across.clone()) {
            let mut labels: Vec<Arc<str>> = columns.iter().map(|c| Arc::from(c.as_str())).collect();
            labels.sort_unstable();
            let place = |c: &String| labels.iter().position(|l| l.as_ref() == c).and_then(|i| u32::try_from(i).ok());
            let once: Vec<u32> = columns.iter().map(|c| place(c).unwrap_or(0)).collect();
            codes.push((0..self.table.rows).flat_map(|_| once.iter().copied()).collect());
            self.declaration.push(Said::columns(&name, &columns));
            dims.push(self.dimension(&name, labels, None));
        }
    }

    fn of_constants(&mut self, times: usize, dims: &mut Vec<DimInfo>, codes: &mut Vec<Codes>) -> Result<(), Refusal> {
        let constants: Vec<(String, String, Span)> = self
            .spec
            .constants
            .iter()
            .filter(|(n, _)| n.node != "flow" && n.node != "period")
            .map(|(n, c)| (n.node.clone(), c.node.clone(), n.span))
            .chain(
                self.found
                    .layout
                    .iter()
                    .flat_map(|l| l.constants)
                    .map(|(n, c)| (n.to_string(), c.to_string(), Span::default())),
            )
            .collect();
        for (name, code, span) in constants {
            if dims.iter().any(|d: &DimInfo| d.name.as_ref() == name) {
                if span == Span::default() {
                    continue;
                }
                let fault =
                    Diagnostic::new(&codes::BAD_DECLARATION, span, format!("`{name}` is already a column of the file"));
                return Err(Refusal::Declaration(Box::new(fault)));
            }
            codes.push(std::iter::repeat_n(0, self.table.rows * times).collect());
            self.declaration.push(Said::constant(&name, &code));
            dims.push(self.dimension(&name, vec![Arc::from(code.as_str())], None));
        }
        Ok(())
    }

    /// Whose numbers the countries of a dimension are, if they are numbers.
    fn system(&self, name: &str, words: &Words) -> Option<System> {
        if let Some((_, system)) = self.spec.systems.iter().find(|(n, _)| n.node == name) {
            return *system;
        }
        let numbers = words.iter().any(|w| w.trim().parse::<u32>().is_ok());
        self.found.layout.and_then(|l| l.countries).filter(|_| numbers && roles::is_geographic(name))
    }

    fn dimension(&self, name: &str, labels: Vec<Arc<str>>, column: Option<String>) -> DimInfo {
        let declared = |list: &[(Name, Name)], label: &str| list.iter().any(|(d, l)| d.node == name && l.node == label);
        let geographic = roles::is_geographic(name);
        let known = totals::totals(name, labels.iter().map(|l| l.as_ref()));
        // A range of codes is a group where some of its codes are there; alone it is a part as others are.
        let product = roles::is_product(name) || ["chapter", "section", "division"].iter().any(|w| name.contains(w));
        let ranged = product && ranges::are_ranges(labels.iter().map(|l| l.as_ref()));
        let group = |c: &str| {
            ranged && ranges::is_range(c) && labels.iter().any(|other| ranges::holds(c, other))
                || geographic && self.found.layout.is_some_and(|l| l.is_wider(c, &labels))
                || declared(&self.spec.groups, c)
                || totals::is_group(name, c)
        };
        let places_of = |test: &dyn Fn(u32, &str) -> bool| {
            (0u32..).zip(&labels).filter(|(i, c)| test(*i, c)).map(|(i, _)| i).collect::<Vec<u32>>()
        };
        // What comes in and what goes out are no parts of one thing, in words of whatever language.
        let says = |word: &str| labels.iter().any(|l| l.to_lowercase().contains(word));
        let means = |l: &Arc<str>| roles::flow_of(l).filter(|_| l.chars().count() > 2 || !l.is_ascii());
        let meant: BTreeSet<&str> = labels.iter().filter_map(means).collect();
        let both = meant.contains("exports") && meant.contains("imports");
        let is = |word: &str| labels.iter().any(|l| l.eq_ignore_ascii_case(word));
        let distinct = roles::is_distinct(name)
            || roles::are_readings(labels.iter().map(|l| l.as_ref()))
            || both
            || says("import") && says("export")
            || is("real") && is("nominal");
        // In the layouts of offices 999999 is what no code specifies, and their totals are called otherwise.
        let office = self.found.layout.is_some() && roles::is_product(name);
        // Of readings none is the total of others: `t` is a unit there.
        let totals = places_of(&|i, c| {
            let none = distinct || declared(&self.spec.groups, c) || (office && totals::is_doubtful(c));
            let own = known.contains(&i) && !none;
            own || declared(&self.spec.aggregates, c)
        });
        let groups = places_of(&|i, c| group(c) && !totals.contains(&i));
        // Codes of HS begin with digits: of others none stands above those that begin with it.
        let numbered = |(i, c): (u32, &Arc<str>)| !totals.contains(&i) && c.starts_with(|b: char| b.is_ascii_digit());
        let numbered = name != "hs" || (0u32..).zip(&labels).any(numbered);
        DimInfo {
            name: name.into(),
            groups,
            codes: Arc::new(labels),
            totals,
            nested: numbered && roles::is_nested(name),
            distinct,
            geographic,
            of_parts: false,
            absent_is_zero: self.spec.absent_is_zero(name),
            column,
        }
    }
}

/// Whether a code of a breakdown stands for all of it.
fn is_whole(code: &str) -> bool {
    matches!(code, "" | "0" | "C00" | "TOTAL" | "W00") || code == "World"
}

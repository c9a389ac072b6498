//! Figures of a story beside a dataset: the query that each would be, asked, and shown with its answer. In: a story, the
//! name of a dataset. Out: for each level what was asked and whether it agrees. Guesses no series: where several would do,
//! or none, it says so.

use super::{Body, Mode, Session};
use crate::span::SourceId;
use crate::stories::figure::{Figure, Measure, Role};
use crate::stories::marks::Checked;
use crate::stories::words::dictionary;
use crate::stories::{Story, figure::Subject};
use crate::syntax::{self, Parsed};
use crate::value::number;

/// The most figures that are asked of.
const MOST: usize = 60;

impl Session {
    /// Asks a dataset for each level of a story.
    pub(super) fn beside_data(&mut self, story: &Story, dataset: &str) -> Vec<Checked> {
        let levels = story.figures.iter().enumerate().filter(|(_, f)| f.role == Role::Level && f.unresolved.is_empty());
        let levels: Vec<(usize, Figure)> = levels.take(MOST).map(|(i, f)| (i, f.clone())).collect();
        let asked = levels.into_iter().map(|(i, figure)| {
            let none = |query: String, said: &str| Checked {
                figure: i,
                query,
                agrees: None,
                said: format!("cannot be checked: {said}"),
            };
            match self.question_of(&figure, dataset) {
                Err(why) => none(dataset.to_string(), &why),
                Ok(query) => match self.asked_of_data(&query) {
                    Err(why) => none(query, &why),
                    Ok(answer) => {
                        let one = 10f64.powi(figure.ten);
                        let (low, high) = figure.bounds();
                        let answer_amount = answer * one;
                        // Half a unit of the last digit that the data may have lost themselves.
                        let dust = 1e-9 * answer_amount.abs();
                        let above = low.is_none_or(|l| answer_amount >= l - dust);
                        let below = high.is_none_or(|h| answer_amount <= h + dust);
                        let agrees = above && below;
                        let said = number::significant(answer, 6);
                        let word = if agrees { "agrees" } else { "differs" };
                        Checked {
                            figure: i,
                            query,
                            agrees: Some(agrees),
                            said: format!("{said} {}, {word}", figure.unit()),
                        }
                    }
                },
            }
        });
        asked.collect()
    }

    /// The query that a level is, in words of the language.
    fn question_of(&self, figure: &Figure, dataset: &str) -> Result<String, String> {
        let source = self.catalogue.datasets.get(dataset).ok_or("the dataset is gone")?;
        let info = source.info();
        let Some(period) = figure.period else { return Err("its time is not known".into()) };
        let Subject { reporter, product, partner, .. } = &figure.subject;
        let flow = figure.subject.flow_word().unwrap_or("");
        let unit = figure.unit();
        let fits = |m: &&crate::data::MeasureInfo| match figure.measure {
            Measure::Money(code) => m.meaning.unit.currency().is_some_and(|c| c.as_slice() == code.as_bytes()),
            Measure::Count(code) => m.meaning.unit.to_string().ends_with(code),
            _ => false,
        };
        // What is in another currency may be converted by a table of rates, where nothing is in this one.
        let other = |m: &&crate::data::MeasureInfo| {
            matches!(figure.measure, Measure::Money(_)) && m.meaning.unit.currency().is_some()
        };
        let names = |all: Vec<&crate::data::MeasureInfo>| all.iter().map(|m| m.name.to_string()).collect::<Vec<_>>();
        let mut measures = names(info.measures.iter().filter(fits).collect());
        if measures.is_empty() {
            measures = names(info.measures.iter().filter(other).collect());
        }
        let is_product = |measure: &str| {
            product != "goods"
                && measure.to_lowercase().contains(&product.to_lowercase().replace("integrated_circuits", "ic"))
        };
        let named = |word: &str| -> Vec<String> {
            let of_flow: Vec<String> = measures.iter().filter(|m| m.to_lowercase().contains(word)).cloned().collect();
            let of_product: Vec<String> = of_flow.iter().filter(|m| is_product(m)).cloned().collect();
            if of_product.is_empty() { of_flow } else { of_product }
        };
        let one = |word: &str| match named(word).as_slice() {
            [only] => Ok((only.clone(), is_product(only))),
            [] => Err(format!("no series of {dataset} is of {word} in such a unit")),
            several => Err(format!("several series would do: {}", several.join(", "))),
        };
        let q = |name: &str| {
            if name.chars().all(|c| c.is_alphanumeric() || c == '_') { name.to_string() } else { format!("`{name}`") }
        };
        let (text, told) = match flow {
            "balance" | "trade" => match one(flow) {
                Ok((name, told)) => (format!("{dataset}.{}", q(&name)), told),
                Err(_) => {
                    let (e, told) = one("export")?;
                    let (m, _) = one("import")?;
                    let sign = if flow == "trade" { "+" } else { "-" };
                    (format!("({dataset}.{} {sign} {dataset}.{})", q(&e), q(&m)), told)
                }
            },
            "exports" | "imports" => {
                let (name, told) = one(flow.trim_end_matches('s'))?;
                (format!("{dataset}.{}", q(&name)), told)
            }
            _ => return Err("its flow is not known".into()),
        };
        let mut conditions = Vec::new();
        let has = |dim: &str| info.dims.iter().any(|d| d.name.as_ref() == dim);
        if product != "goods" && !told {
            let dim = ["hs", "product", "hs4", "commodity", "sitc"].into_iter().find(|d| has(d));
            let code = dictionary().code(product);
            match (dim, code) {
                (Some(dim), Some(code)) => conditions.push(format!("{dim} = {code}")),
                (None, _) => return Err(format!("{dataset} does not tell products apart")),
                (_, None) => return Err(format!("no code is known for {}", product.replace('_', " "))),
            }
        }
        if partner != "world" {
            if !has("partner") {
                return Err(format!("{dataset} does not tell partners apart"));
            }
            if partner.contains('+') || partner.starts_with("NON-") {
                return Err("several partners together are not asked for".into());
            }
            conditions.push(format!("partner = {partner}"));
        }
        if has("reporter") {
            let code = reporter.as_ref().ok_or("who reports is not known")?;
            conditions.push(format!("reporter = {code}"));
        }
        let filter = if conditions.is_empty() { String::new() } else { format!(" where {}", conditions.join(" and ")) };
        Ok(format!("{text}{filter} for {period} in {unit}"))
    }

    /// The one number that a query gives.
    fn asked_of_data(&mut self, query: &str) -> Result<f64, String> {
        let (id, parsed) = self.parse("story", query);
        let _: SourceId = id;
        let parsed: Option<Parsed> = parsed.ok().and_then(|mut p| if p.len() == 1 { p.pop() } else { None });
        let parsed = parsed.ok_or("it is no query")?;
        let _: &Result<syntax::Statement, _> = &parsed.statement;
        let strict = std::mem::replace(&mut self.catalogue.settings.strict, false);
        let response = self.statement(parsed, Mode::Run);
        self.catalogue.settings.strict = strict;
        match response.body {
            Some(Body::Value(value)) => match value.rows.as_slice() {
                [row] => row.datum().map_err(|reason| reason.words().to_string()),
                _ => Err("the data tell it apart further".into()),
            },
            _ => Err(response.diagnostics.first().map_or("it has no answer".into(), |d| d.message.clone())),
        }
    }
}

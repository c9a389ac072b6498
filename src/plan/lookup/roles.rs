//! What an operator asks of the data by role: `product` is the dimension of products, whatever the data call it; an
//! operator of the library that sums over all reporters needs the data of more than one. In: a definition and its
//! operands. Out: the dimensions that stand for its words, or what is to be declared.

use super::resolver::Resolver;
use super::usable::words_of;
use crate::data::DimInfo;
use crate::data::known::roles::is_product;
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::definition::Definition;
use crate::plan::*;
use crate::syntax::ast::DimName;

/// The word for the dimension of products.
const PRODUCT: &str = "product";
const REPORTER: &str = "reporter";

/// Whether a word of a definition stands for what the data have in that role.
pub(super) fn is_role(word: &str) -> bool {
    [PRODUCT, REPORTER].contains(&word)
}

impl Resolver<'_> {
    /// The dimensions that the words of a definition stand for in the data of its operands.
    pub(super) fn roles(
        &mut self,
        definition: &Definition,
        operands: &[Plan],
        over: &[DimName],
        at: Span,
    ) -> Option<Vec<(String, Vec<DimName>)>> {
        let mut used = Vec::new();
        words_of(&definition.body, &mut used, &mut |_, _, _| {});
        let uses = |word: &str| used.iter().any(|u| u == word) && definition.over.as_deref() != Some(word);
        let from_library = self.catalogue.library.all().iter().any(|d| std::ptr::eq(d.as_ref(), definition));
        if from_library {
            self.add_up(definition, operands, over, at)?;
        }
        if from_library && uses(REPORTER) {
            if let Some(own) = over.iter().find(|d| d.name.node == REPORTER) {
                let message = format!("`{}` compares reporters, so they are not what it uses up", definition.name);
                let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, at, message).label(own.name.span, "reporters");
                return self.fail(fault.advice("`over` names the products or the partners"));
            }
            self.is_world(definition, operands, at)?;
        }
        let leaves: Vec<_> = operands.iter().flat_map(Plan::leaves).collect();
        if !uses(PRODUCT) || leaves.iter().all(|(s, _)| s.info().dim(PRODUCT).is_some()) {
            return Some(Vec::new());
        }
        let found = leaves.iter().find_map(|(s, _)| s.info().dims.iter().find(|d| is_product(&d.name)));
        let Some(found) = found else {
            return self.fail(lacks_role(&definition.name, at, "products", "hs from COLUMN"));
        };
        let name = Spanned::new(found.name.to_string(), at);
        Some(vec![(PRODUCT.to_string(), vec![DimName { name, attribute: None }])])
    }

    /// Whether the operands are amounts with a sum over the dimensions that are used up: indicators are made of shares.
    fn add_up(&mut self, definition: &Definition, operands: &[Plan], over: &[DimName], at: Span) -> Option<()> {
        for dim in over {
            let dim = dim.attribute.as_ref().map_or_else(|| Key::dimension(&dim.name.node), |_| dim.name.node.clone());
            let has = |p: &Plan| p.leaves().iter().any(|(s, _)| s.info().dim(&dim).is_some());
            if let Some(other) = operands.iter().find(|p| has(p) && !parts::add_up(p, &dim)) {
                let message = format!("`{}` is of amounts, and this has no sum over {dim}", definition.name);
                let fault = Diagnostic::new(&codes::SUM_OF_NONADDITIVE, other.span, message).here("no amount");
                return self
                    .fail(fault.label(at, "here").advice(format!("it is defined as `{}`", definition.header())));
            }
        }
        Some(())
    }

    /// Whether the sum over all reporters is the world, rather than the one country that is asked about.
    fn is_world(&mut self, definition: &Definition, operands: &[Plan], at: Span) -> Option<()> {
        let name = &definition.name;
        for (source, _) in operands.iter().flat_map(Plan::leaves) {
            let info = source.info();
            let Some(dim) = info.dims.iter().find(|d| d.name.as_ref() == REPORTER) else {
                return self.fail(lacks_role(&definition.name, at, "reporters", "reporter from COLUMN"));
            };
            if let Some(only) = only_code(dim) {
                let message = format!("`{name}` compares with the world, and {only} is the only reporter in the data");
                let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, at, message).here("needs all reporters");
                return self.fail(fault.advice(format!("load the data of all reporters; {}", self.other_world(name))));
            }
        }
        let held = operands.iter().find_map(held_to_one);
        let Some((code, place)) = held else { return Some(()) };
        let message = format!("`{name}` compares with the world, and its operand is held to the reporter {code}");
        let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, at, message).label(place, "only this one");
        self.fail(fault.advice(format!(
            "what stands in parentheses or behind a name holds: say it of the whole, `{name} … where {REPORTER} = {code}`"
        )))
    }

    /// What to ask with a series of the world at hand.
    fn other_world(&self, name: &str) -> String {
        let takes_world = |d: &Definition| d.params.iter().any(|p| p == "world");
        match self.catalogue.library.all().iter().find(|d| d.name == name && takes_world(d)) {
            Some(d) => format!("with a series of the world at hand ask `{}`", d.header()),
            None => "the world is the sum of all of them".into(),
        }
    }
}

/// The only code of a dimension that is no total and no group, where no total tells of all.
fn only_code(dim: &DimInfo) -> Option<&str> {
    if !dim.totals.is_empty() {
        return None;
    }
    let single = |p: &u32| !dim.is_total(*p) && !dim.is_group(*p);
    let mut all = (0..u32::try_from(dim.codes.len()).unwrap_or(u32::MAX)).filter(single);
    match (all.next(), all.next()) {
        (Some(one), None) => Some(dim.label(one)),
        _ => None,
    }
}

/// The one reporter that a condition within an operand keeps, and where it says so.
fn held_to_one(plan: &Plan) -> Option<(String, Span)> {
    if let Node::Scoped(_, Scope::Where(conditions)) = &plan.node {
        let one = |c: &&Condition| c.keep && c.dim.node == REPORTER && c.codes.len() == 1 && c.rows.is_none();
        if let Some(code) = conditions.iter().find(one).and_then(|c| c.codes.first()) {
            return Some((code.node.clone(), code.span));
        }
    }
    plan.children().into_iter().find_map(held_to_one)
}

/// The data of an operator do not say which of their dimensions has a role; a line of a declaration would.
pub fn lacks_role(operator: &str, at: Span, what: &str, line: &str) -> Diagnostic {
    let message = format!("`{operator}` needs to know which dimension of the data is that of {what}");
    let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, at, message);
    fault.advice(format!("declare it: `load \"…\" as … with {{ {line} }}`"))
}

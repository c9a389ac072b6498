//! Products beside a flow, and products as subjects. In: items. Out: the product of a group.

use super::super::amounts::Item;
use super::super::figure::{Figure, Role, Source};
use super::super::words::{Class, Flow, Joint, is_han};
use super::Reader;

/// Words behind `of` that are no product.
const NO_PRODUCT: [&str; 30] = [
    "the", "its", "their", "these", "those", "which", "such", "some", "all", "about", "more", "last", "other",
    "various", "a", "an", "at", "both", "and", "or", "around", "this", "that", "course", "late", "key", "key", "any",
    "our", "us",
];

impl Reader<'_> {
    /// `Electronics remained the top export`.
    pub(super) fn top_product(&self, i: usize) -> Option<String> {
        let b = i.checked_sub(1)?;
        self.view
            .is_word(b, &["top", "main", "largest", "biggest", "leading", "major", "principal", "key"])
            .then_some(())?;
        (0..b).rev().take_while(|t| !self.view.breaks(*t)).find_map(|t| match self.view.class(t) {
            Some(Class::Product(product)) => Some(product.to_string()),
            _ => None,
        })
    }

    pub(super) fn product_left(&mut self, i: usize) -> Option<String> {
        let mut at = i.checked_sub(1)?;
        for _ in 0..3 {
            match self.view.item(at) {
                Some(Item::Known(Class::Product(product))) if !self.is_used(at) => {
                    let counted = at.checked_sub(1).is_some_and(|b| self.view.figure(b).is_some());
                    if counted {
                        return None;
                    }
                    self.take(at);
                    return Some(product.to_string());
                }
                Some(
                    Item::Known(Class::Whole | Class::Record | Class::Compare(_) | Class::Basis(_)) | Item::Time(_),
                ) => {}
                _ => return None,
            }
            at = at.checked_sub(1)?;
        }
        None
    }

    pub(super) fn product_right(&mut self, i: usize, did: bool) -> Option<(String, Vec<String>)> {
        let mut at = i + 1;
        let of = self.view.is_joint(at, Joint::Of)
            || self.view.is_joint(at, Joint::In)
            || self.view.is_joint(at, Joint::On)
            || self.view.is_joint(at, Joint::For);
        if of {
            at += 1;
        }
        while self.view.is_word(at, &["the", "its", "all", "both"]) || self.view.class(at) == Some(Class::Whole) {
            at += 1;
        }
        if let Some(Class::Product(product)) = self.view.class(at) {
            let han = self.view.word(at).chars().next().is_some_and(is_han);
            if !(of || did || han) {
                return None;
            }
            self.take(at);
            let mut all = vec![product.to_string()];
            while self.view.is_joint(at + 1, Joint::And) || self.view.comma(at + 1) {
                let next =
                    if self.view.comma(at + 1) && self.view.is_joint(at + 2, Joint::And) { at + 3 } else { at + 2 };
                let Some(Class::Product(more)) = self.view.class(next) else { break };
                if matches!(self.view.class(next + 1), Some(Class::Flow(_))) {
                    break;
                }
                self.take(next);
                all.push(more.to_string());
                at = next;
            }
            return Some((all.join("_and_"), all));
        }
        if !of || !self.view.is_joint(i + 1, Joint::Of) {
            return None;
        }
        let from = at;
        while at < from + 6 {
            // `metal and non-metallic mineral products`
            let listed = self.view.comma(at) && self.view.is_joint(at + 2, Joint::And);
            let joins = (self.view.is_joint(at, Joint::And) || listed)
                && at > from
                && matches!(self.view.item(at + 1), Some(Item::Word));
            let named =
                at > from && matches!(self.view.class(at), Some(Class::Product(p)) if p != "goods" && p != "services");
            if !joins && !named && !matches!(self.view.item(at), Some(Item::Word)) {
                break;
            }
            let word = self.view.word(at);
            if joins && self.view.word(at + 1).starts_with(|c: char| !c.is_ascii_lowercase()) {
                break;
            }
            if joins || named {
                at += 1;
                continue;
            }
            if !word.starts_with(|c: char| c.is_ascii_lowercase()) || NO_PRODUCT.contains(&word) {
                break;
            }
            at += 1;
        }
        let ends =
            matches!(self.view.item(at), None | Some(Item::Known(_) | Item::Sign(_) | Item::Figure(_) | Item::Time(_)));
        // A verb that the dictionary does not know may stand behind the noun: only the first word is sure then.
        let until = if at > from + 1
            && matches!(self.view.item(at), Some(Item::Figure(_) | Item::Known(Class::Joint(Joint::At | Joint::To))))
        {
            at - 1
        } else {
            at
        };
        if until == from || !ends {
            return None;
        }
        let words: Vec<String> = (from..until)
            .filter(|t| !self.view.comma(*t))
            .map(|t| self.view.word(t).to_lowercase())
            .filter(|w| {
                !matches!(
                    w.as_str(),
                    "were"
                        | "was"
                        | "came"
                        | "had"
                        | "stood"
                        | "reached"
                        | "totaled"
                        | "totalled"
                        | "worth"
                        | "amounted"
                )
            })
            .collect();
        (!words.is_empty()).then(|| (words.join("_"), vec![words.join("_")]))
    }

    pub(super) fn product(&mut self, i: usize, product: &'static str, figures: &mut [Figure], groups: usize) {
        let v = self.view;
        // A flow that follows says it again.
        if matches!(v.class(i + 1), Some(Class::Flow(_) | Class::Whole))
            || matches!(v.class(i + 2), Some(Class::Flow(_)))
                && v.class(i + 1).is_some()
                && !v.is_joint(i + 1, Joint::And)
        {
            return;
        }
        let back = i.checked_sub(1);
        let behind = back.and_then(|b| v.figure(b)).or_else(|| {
            let joint =
                back.is_some_and(|b| [Joint::Of, Joint::In, Joint::For, Joint::On].iter().any(|j| v.is_joint(b, *j)));
            joint.then(|| i.checked_sub(2).and_then(|b| v.figure(b))).flatten()
        });
        if let Some(f) = behind {
            let Some(figure) = figures.get_mut(f) else { return };
            if figure.counted == Some(product) || !matches!(figure.role, Role::Level) {
                return;
            }
            // `a deficit of £2.8 billion on goods and services`: of all that is told so.
            let joined = back.is_some_and(|b| v.figure(b).is_none());
            if joined
                && let Some(group) =
                    self.groups.last_mut().filter(|g| g.figures == 1 && g.from[1] != Source::Said && !g.implicit)
            {
                group.subject.product = product.to_string();
                group.from[1] = Source::Said;
                self.note_total(Some(product));
                return;
            }
            // `US$14.34 billion oil and gas`: of this figure alone.
            let Some(mut group) = self.groups.last().cloned() else { return };
            group.subject.product = product.to_string();
            (group.from[1], group.implicit, group.figures) = (Source::Said, false, 1);
            figure.group = groups + self.groups.len();
            self.groups.push(group);
            return;
        }
        // `Goods and services taken together, exports were V`
        // `Semiconductors led the gains: sales abroad rose`
        let colon = (i + 1..i + 9).find(|t| {
            v.semicolon(*t)
                || v.comma(*t)
                || v.flow(*t).is_some()
                || v.figure(*t).is_some()
                || v.is_joint(*t, Joint::Break)
        });
        if i == 0 && colon.is_some_and(|c| v.word(c) == ":") && !product.starts_with("goods") {
            self.lead_product = Some(product.to_string());
            return;
        }
        self.told.both |= product == "goods_and_services";
        let together = v.is_word(i + 1, &["together", "combined", "taken", "considered"])
            && (i + 1..i + 4).any(|t| v.comma(t) || v.is_word(t, &["together", "combined"]));
        if matches!(v.class(i + 1), Some(Class::Did(_))) || is_actor(product) || together {
            self.lead_product = Some(product.to_string());
        }
        let starts =
            i == 0 || v.breaks(i - 1) || v.is_joint(i - 1, Joint::And) || v.is_word(i - 1, &["the", "those", "of"]);
        let flow_first = (i + 1..(i + 6).min(v.items.len())).find(|t| v.flow(*t).is_some() || v.figure(*t).is_some());
        if !starts || flow_first.is_none_or(|t| v.figure(t).is_none()) {
            return;
        }
        let Some(mut group) = self.groups.last().cloned() else { return };
        group.subject.flow = own_flow(product).or(group.subject.flow);
        if group.subject.flow.is_none() {
            return;
        }
        // What is told of a product behind a balance is no balance of its own: `By item, chips rose`.
        if group.implicit && group.subject.flow.is_some_and(Flow::is_balance) {
            group.subject.flow = self.told.led.or(group.subject.flow);
        }
        group.subject.product = product.to_string();
        group.subject.partner = self.lead_partner.clone().unwrap_or_else(|| "world".into());
        (group.from[1], group.implicit, group.figures) = (Source::Said, false, 0);
        if self.lead_partner.is_none() {
            (group.from[2], group.partners) = (Source::Default, vec![]);
        }
        group.pair.clear();
        self.groups.push(group);
    }
}

/// The flow that a product's own name tells.
fn own_flow(product: &str) -> Option<Flow> {
    match product {
        "re-exports" | "domestic_exports" => Some(Flow::Exports),
        _ if product.ends_with("_trade") => Some(Flow::Trade),
        _ => None,
    }
}

/// Whether a product is told by who trades it.
fn is_actor(product: &str) -> bool {
    ["_sector", "_enterprises"].iter().any(|end| product.ends_with(end))
}

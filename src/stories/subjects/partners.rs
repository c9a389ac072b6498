//! Places: partners, who reports, and places as subjects. In: items. Out: the partner of a group.

use super::super::amounts::Item;
use super::super::figure::{Figure, Source};
use super::super::words::{Class, Flow, Joint, is_han};
use super::Reader;

impl Reader<'_> {
    /// The small word before a place that makes it a partner.
    pub(super) fn is_partner_joint(&self, i: usize) -> Option<Joint> {
        // `对美出口`, one word.
        match self.view.word(i).chars().next() {
            Some('对') => return Some(Joint::Towards),
            Some('自' | '从') => return Some(Joint::From),
            _ => {}
        }
        let mut at = i.checked_sub(1)?;
        while self
            .view
            .is_word(at, &["the", "all", "all the", "both", "neighbouring", "neighboring", "mainland", "other"])
            || self.view.class(at) == Some(Class::Whole)
        {
            at = at.checked_sub(1)?;
        }
        // `对前三大贸易伙伴欧盟`
        let han = self.view.word(i).chars().all(is_han);
        for _ in 0..8 {
            let passed = matches!(self.view.item(at), Some(Item::Word | Item::Known(Class::Nothing)));
            if !han || !passed || !self.view.word(at).chars().all(is_han) {
                break;
            }
            at = at.checked_sub(1)?;
        }
        match self.view.class(at) {
            Some(Class::Joint(joint @ (Joint::To | Joint::From | Joint::With | Joint::Towards | Joint::Between))) => {
                Some(joint)
            }
            _ => None,
        }
    }

    /// A verb of buying or selling that crosses a border: its flow, and the partner that a verb before it had.
    pub(super) fn traded(&self, i: usize) -> Option<(Flow, Option<String>)> {
        let v = &self.view;
        let flow = match () {
            () if v.is_word(i, &["sold", "sells", "sell"]) => Flow::Exports,
            () if v.is_word(i, &["bought", "purchased", "buys", "buy"]) => Flow::Imports,
            () => return None,
        };
        let joint = if flow == Flow::Exports { Joint::To } else { Joint::From };
        let clause = || (i + 1..v.items.len()).take(12).take_while(|t| v.flow(*t).is_none() && !v.semicolon(*t));
        let abroad = clause().any(|t| {
            let place = if v.is_word(t + 1, &["the"]) { t + 2 } else { t + 1 };
            v.is_word(t, &["abroad", "overseas"])
                || v.is_joint(t, joint) && matches!(v.class(place), Some(Class::Place(_) | Class::World))
        });
        // `and bought V` behind what was sold.
        let again = self.sold.is_some_and(|s| s != flow)
            && (i.saturating_sub(2)..i).any(|t| v.is_joint(t, Joint::And) || v.is_joint(t, Joint::Break));
        let partner = self.groups.last().filter(|g| again && !abroad && g.from[2] == Source::Said);
        (abroad || again).then(|| (flow, partner.map(|g| g.subject.partner.clone())))
    }

    pub(super) fn place(&mut self, i: usize, code: &'static str, figures: &mut [Figure], groups: usize) {
        let v = self.view;
        let own = self.told.reporter.as_deref() == Some(code);
        if let Some(joint) = self.is_partner_joint(i) {
            // `exports from Germany` are Germany's; `自东盟进口` are not.
            let from_exports = joint == Joint::From
                && !v.word(i).chars().all(is_han)
                && self.groups.last().is_some_and(|g| g.subject.flow == Some(Flow::Exports) && !g.implicit);
            if own || from_exports {
                return;
            }
            if joint == Joint::From && v.is_joint(i + 1, Joint::To) && matches!(v.class(i + 2), Some(Class::Place(_))) {
                return;
            }
            self.partner(i, code, figures, groups);
            return;
        }
        // `China, the US and Japan`; `Russia and Kazakhstan`.
        let listed = i.checked_sub(1).is_some_and(|b| {
            let mut at = b;
            while v.is_word(at, &["the"]) && at > 0 {
                at -= 1;
            }
            let with = v.is_joint(at, Joint::And) || v.comma(at) || v.is_joint(at, Joint::With);
            with && (at.saturating_sub(2)..at).any(|t| matches!(v.class(t), Some(Class::Place(_))))
        });
        if listed && !own && !self.ahead.is_empty() {
            self.ahead.push(code.to_string());
            return;
        }
        if listed && !own {
            let Some(group) = self.groups.last_mut().filter(|g| g.figures == 0) else { return };
            if group.from[2] == Source::Said && group.subject.partner != "world" {
                group.partners.push(code.to_string());
                group.subject.partner = group.partners.join("+");
            } else {
                group.subject.partner = code.to_string();
                group.partners = vec![code.to_string()];
                group.from[2] = Source::Said;
            }
            self.told.partner = Some(group.subject.partner.clone());
            if self.lead_partner.is_some() {
                self.lead_partner = Some(group.subject.partner.clone());
            }
            return;
        }
        // `ahead of China (2.8 billion)`
        let in_bracket = v.opens(i + 1) && v.figure(i + 2).is_some() && !own;
        if in_bracket
            && let Some(mut group) = self.groups.last().filter(|g| g.figures > 0 && g.subject.flow.is_some()).cloned()
        {
            group.subject.partner = code.to_string();
            group.partners = vec![code.to_string()];
            group.from[2] = Source::Said;
            (group.implicit, group.figures) = (false, 0);
            self.groups.push(group);
            return;
        }
        // A place as subject: `China took $17 billion`.
        let starts = i == 0
            || v.breaks(i - 1)
            || v.is_joint(i - 1, Joint::And)
            || v.is_word(i - 1, &["the", "gave", "gives", "giving"]);
        let places = (i + 1..v.items.len())
            .take(12)
            .take_while(|t| {
                v.comma(*t)
                    || v.is_joint(*t, Joint::And)
                    || v.is_word(*t, &["the"])
                    || matches!(v.class(*t), Some(Class::Place(_)))
            })
            .count();
        let next = (i + 1..(i + 8 + places).min(v.items.len()))
            .find(|t| v.flow(*t).is_some() && !self.is_used(*t) || v.figure(*t).is_some() || v.semicolon(*t));
        let to_figure = next.is_some_and(|t| v.figure(t).is_some() || v.semicolon(t));
        if own || !starts || !to_figure {
            // `ASEAN remained the largest partner. Trade with the bloc`
            if !own && (i == 0 || i == 1 && v.is_word(0, &["the"])) && next.is_none() {
                self.told.partner = Some(code.to_string());
            }
            return;
        }
        let Some(mut group) = self.groups.last().cloned() else { return };
        if group.subject.flow.is_none() {
            return;
        }
        let given = i > 0 && v.is_word(i - 1, &["gave", "gives", "giving"]);
        if group.implicit && !given && (self.told.bare || self.told.total.is_some()) {
            group.subject.product = self.total();
        }
        if group.subject.flow.is_some_and(Flow::is_balance) && group.implicit {
            group.subject.flow = Some(Flow::Exports);
        }
        // `China bought $94 billion of Brazilian goods`
        if v.is_word(i + 1, &["bought", "purchased", "absorbed", "buys"]) {
            (group.subject.flow, group.from[0]) = (Some(Flow::Exports), Source::Said);
        } else if v.is_word(i + 1, &["supplied", "supplies"]) {
            (group.subject.flow, group.from[0]) = (Some(Flow::Imports), Source::Said);
        }
        group.subject.partner = code.to_string();
        group.partners = vec![code.to_string()];
        group.from[2] = Source::Said;
        (group.implicit, group.figures) = (false, 0);
        self.told.partner = Some(code.to_string());
        self.groups.push(group);
    }

    pub(super) fn partner(&mut self, i: usize, code: &str, figures: &mut [Figure], groups: usize) {
        if !matches!(code, "world") {
            self.told.partner = Some(code.to_string());
        }
        let reach = if self.view.word(i).chars().all(is_han) { 12 } else { 6 };
        let near = (i + 1..(i + reach).min(self.view.items.len())).find(|t| {
            self.view.flow(*t).is_some()
                || self.view.figure(*t).is_some()
                || self.view.breaks(*t) && !self.view.comma(*t)
        });
        if near.is_some_and(|t| self.view.flow(t).is_some()) && self.view.word(i).chars().all(is_han) {
            self.ahead.push(code.to_string());
            return;
        }
        // `the trade war with China` tells of no trade.
        let noun = (i.saturating_sub(3)..i)
            .rev()
            .find(|t| !self.view.is_word(*t, &["the"]) && !matches!(self.view.class(*t), Some(Class::Joint(_))));
        if noun.is_some_and(|t| self.view.class(t) == Some(Class::Nothing)) && !self.view.word(i).chars().all(is_han) {
            return;
        }
        // `In trade with the EU, Japan posted a deficit`
        let in_trade =
            self.groups.last().is_some_and(|g| g.subject.flow == Some(Flow::Trade) && g.figures == 0 && !g.implicit)
                && (self.view.is_joint(0, Joint::In) || self.view.is_word(0, &["in"]))
                && (i + 1..self.view.items.len()).any(|t| self.view.flow(t).is_some_and(Flow::is_balance));
        if in_trade {
            self.lead_partner = Some(code.to_string());
        }
        let flow_later = !self.groups.iter().any(|g| !g.implicit)
            && (i + 1..self.view.items.len()).any(|t| self.view.flow(t).is_some());
        let clause_later = i >= 2
            && (self.view.semicolon(i - 2) || self.view.comma(i - 2))
            && (i + 1..(i + 6).min(self.view.items.len()))
                .find(|t| self.view.flow(*t).is_some() || self.view.figure(*t).is_some())
                .is_some_and(|t| self.view.flow(t).is_some());
        if flow_later || clause_later {
            self.lead_partner = Some(code.to_string());
            return;
        }
        let Some(last) = self.groups.last() else { return };
        let next_figure = (i + 1..(i + 5).min(self.view.items.len()))
            .find(|t| self.view.figure(*t).is_some() || self.view.flow(*t).is_some());
        let before_figure = next_figure.is_some_and(|t| self.view.figure(t).is_some());
        let fresh = last.figures > 0 && (before_figure || last.from[2] == Source::Said && last.subject.partner != code);
        if fresh && (last.from[2] == Source::Said || self.starts_anew(i)) {
            let mut group = last.clone();
            (group.implicit, group.figures) = (false, 0);
            group.subject.partner = code.to_string();
            group.partners = vec![code.to_string()];
            group.from[2] = Source::Said;
            group.pair.clear();
            self.groups.push(group);
            return;
        }
        let Some(group) = self.groups.last_mut() else { return };
        if group.implicit && group.figures == 0 {
            group.implicit = false;
        }
        group.subject.partner = code.to_string();
        group.partners = vec![code.to_string()];
        group.from[2] = Source::Said;
        let _ = (figures, groups);
    }

    /// Whether `those to X`, `and to X` stands there: another series.
    pub(super) fn starts_anew(&self, i: usize) -> bool {
        (i.saturating_sub(4)..i).any(|t| {
            self.view.comma(t)
                || self.view.semicolon(t)
                || self.view.is_joint(t, Joint::And)
                || self.view.is_joint(t, Joint::Break)
                || self.view.class(t) == Some(Class::BackSubject)
        })
    }
}

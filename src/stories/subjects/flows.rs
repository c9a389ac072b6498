//! Flows, each of which begins a group. In: items. Out: groups.

use super::super::amounts::Item;
use super::super::figure::{Source, Subject};
use super::super::words::{Class, Flow, Joint};
use super::{Group, Reader};

impl Reader<'_> {
    pub(super) fn flow(&mut self, i: usize, flow: Flow, did: bool) {
        let refines = i.checked_sub(1).is_some_and(|b| self.last_flow == Some(b))
            || flow.is_balance()
                && self
                    .groups
                    .last()
                    .is_some_and(|g| !g.implicit && g.figures == 0 && g.subject.flow == Some(Flow::Balance));
        let words = self.view.word(i).to_lowercase();
        let pair = match words.split_once(" and ") {
            Some((first, _)) if words.contains("import") && words.contains("export") => {
                if first.contains("export") {
                    vec![Flow::Exports, Flow::Imports]
                } else {
                    vec![Flow::Imports, Flow::Exports]
                }
            }
            _ => Vec::new(),
        };
        if refines && let Some(group) = self.groups.last_mut() {
            group.subject.flow = Some(flow);
            let product = group.subject.product.clone();
            if matches!(flow, Flow::Surplus | Flow::Deficit) && group.from[1] == Source::Said {
                self.signs.push((flow, product));
            }
            self.last_flow = Some(i);
            return;
        }
        // `goods worth V were imported from there`: said of the figure before it.
        let passive = did && i.checked_sub(1).is_some_and(|b| self.view.figure(b).is_some());
        if passive
            && let Some(group) =
                self.groups.last_mut().filter(|g| !g.implicit && g.figures == 1 && g.from[1] == Source::Said)
        {
            (group.subject.flow, group.from[0]) = (Some(flow), Source::Said);
            self.last_flow = Some(i);
            return;
        }
        // `a surplus in trade in goods`
        let attribute = flow == Flow::Trade
            && i >= 2
            && self.last_flow == Some(i - 2)
            && matches!(self.view.class(i - 1), Some(Class::Joint(_)));
        if attribute && self.groups.last().is_some_and(|g| g.subject.flow.is_some_and(Flow::is_balance)) {
            let right = self.product_right(i, false).map(|(p, _)| p);
            self.note_total(right.as_deref());
            if let (Some(product), Some(group)) = (right, self.groups.last_mut()) {
                group.subject.product = product;
                group.from[1] = Source::Said;
            }
            return;
        }
        // `exports in October and imports were A and B`
        let joined = self.groups.last().is_some_and(|g| {
            let other = g.subject.flow.filter(|f| *f != flow && matches!(f, Flow::Exports | Flow::Imports));
            !g.implicit && g.figures == 0 && other.is_some() && matches!(flow, Flow::Exports | Flow::Imports)
        }) && self.last_flow.is_some_and(|l| (l..i).any(|t| self.view.is_joint(t, Joint::And)));
        let left = self.product_left(i);
        let right = self.product_right(i, did);
        let said = left.is_some() || right.is_some();
        let products = right.as_ref().map(|(_, all)| all.clone()).unwrap_or_default();
        let mut product = left.or(right.map(|(p, _)| p));
        product = product
            .or_else(|| self.top_product(i))
            .or_else(|| self.signs.iter().rev().find(|(f, _)| *f == flow).map(|(_, p)| p.clone()));
        // `so the sector's surplus was V`: of the product told of before.
        if product.is_none() && i.checked_sub(1).is_some_and(|b| self.view.is_word(b, &["sector's", "sector’s"])) {
            product = self.groups.last().map(|g| g.subject.product.clone());
        }
        // `overall exports`, where goods and services were told together before.
        let overall = i.checked_sub(1).is_some_and(|b| self.view.is_word(b, &["overall", "combined"]));
        if product.is_none() && overall && self.told.both {
            product = Some("goods_and_services".into());
        }
        self.told.both |= product.as_deref() == Some("goods_and_services");
        self.note_total(product.as_deref());
        self.told.bare |= product.is_none();
        if matches!(flow, Flow::Exports | Flow::Imports) {
            self.told.led = self.told.led.or(Some(flow));
        }
        let (reporter, own) = self.reporter_before(i);
        let lead = self.lead_product.clone();
        let fallback = lead.clone().unwrap_or_else(|| self.total());
        let product = product.take().unwrap_or(fallback);
        if matches!(flow, Flow::Surplus | Flow::Deficit) && said {
            self.signs.push((flow, product.clone()));
        }
        let source = match (said || lead.is_some(), self.total.is_some()) {
            (true, _) => Source::Said,
            (_, true) => Source::Beside,
            _ => Source::Default,
        };
        if joined && let Some(group) = self.groups.last_mut() {
            group.pair = vec![group.subject.flow.unwrap_or(flow), flow];
            self.last_flow = Some(i);
            return;
        }
        let ahead = std::mem::take(&mut self.ahead);
        let next = (!ahead.is_empty()).then(|| ahead.join("+"));
        let partner = next.or(self.lead_partner.clone()).filter(|p| reporter.as_deref() != Some(p));
        // `Intra-euro area trade`
        let intra = (i.saturating_sub(3)..i).any(|t| self.view.word(t).to_lowercase().starts_with("intra"));
        let partner = if intra { self.told.reporter.clone().or(Some("intra".into())) } else { partner };
        let bilateral = i.checked_sub(1).is_some_and(|b| self.view.is_word(b, &["bilateral"]));
        let partner = if bilateral { partner.or(self.told.partner.clone()) } else { partner };
        // `exports to the US rose 5 percent to V, while imports grew`: from there.
        let other = self.groups.last().filter(|g| {
            let both = matches!(
                (g.subject.flow, flow),
                (Some(Flow::Exports), Flow::Imports) | (Some(Flow::Imports), Flow::Exports)
            );
            both && g.figures > 1 && !g.implicit && g.from[2] == Source::Said && g.partners.len() == 1
        });
        let follows = other.filter(|_| {
            let joint = (i.saturating_sub(2)..i)
                .any(|t| self.view.is_joint(t, Joint::Break) || self.view.is_joint(t, Joint::And));
            let near = (i + 1..i + 5).all(|t| {
                !matches!(self.view.class(t), Some(Class::World | Class::Place(_) | Class::BackPlace | Class::Others))
            });
            joint && near && !said && !own
        });
        let partner = partner.or(follows.map(|g| g.subject.partner.clone()));
        let from_partner = if partner.is_some() { Source::Said } else { Source::Default };
        let subject = Subject {
            reporter: if own { reporter } else { self.told.reporter.clone() },
            flow: Some(flow),
            product,
            partner: partner.unwrap_or_else(|| "world".into()),
        };
        let from = [Source::Said, source, from_partner];
        let group = Group { subject, from, pair, partners: ahead, products, implicit: false, figures: 0 };
        if !self.early.is_empty() {
            // What stands before the first subject belongs to it: `Up 5 percent, exports reached`.
            let first = self.groups.first().map_or(0, |g| g.figures);
            self.groups.clear();
            self.groups.push(Group { figures: first, ..group });
            self.early.clear();
        } else {
            self.groups.push(group);
        }
        self.last_flow = Some(i);
    }

    /// The country before a flow, if it is another than who reports: `China exported the most`.
    pub(super) fn reporter_before(&self, i: usize) -> (Option<String>, bool) {
        let mut at = i;
        for _ in 0..4 {
            let Some(b) = at.checked_sub(1) else { break };
            match self.view.class(b) {
                Some(Class::Place(code) | Class::Native(code)) => {
                    let joint = self.is_partner_joint(b).is_some()
                        || i.checked_sub(2).is_some_and(|c| self.view.is_joint(c, Joint::And) || self.view.comma(c))
                            && !self.ahead.is_empty();
                    return if joint { (None, false) } else { (Some(code.to_string()), true) };
                }
                Some(Class::World) if self.is_partner_joint(b).is_none() => return (Some("WLD".into()), true),
                Some(Class::Product(_) | Class::Whole | Class::Basis(_) | Class::Flow(_) | Class::Compare(_)) => {}
                _ if matches!(self.view.item(b), Some(Item::Time(_))) => {}
                _ if matches!(self.view.item(b), Some(Item::Word))
                    && self.view.word(b).starts_with(|c: char| c.is_ascii_lowercase())
                    && at == i => {}
                _ => break,
            }
            at = b;
        }
        (None, false)
    }
}
